"""Commands of nbgrader for tests, without its second of imports: a process that has imported it forks for each command.

The fork runs what `python -m nbgrader ...` runs, with the same arguments, folder, environment and streams, to the same
end;
only what lies in site-packages is imported already. Run as a script, this file is that process.
"""

from __future__ import annotations

import array
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading

MODULES = ("nbgrader", "classroom", "tools.grade", "tools.release")  # what these import first is nbgrader
# An interpreter reads these when it starts; a fork has started already. Any other PYTHON... means a process of its own.
UNDERSTOOD = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}

_server: tuple[int, subprocess.Popen, str] | None = None
_starting = threading.Lock()


def run(
    arguments: list, cwd, env: dict, timeout: float = 1800, merge: bool = False, typed: bool = False
) -> subprocess.CompletedProcess:
    """Run ``python *arguments`` as subprocess.run would: nothing to read, output captured as text.

    Parameters
    ----------
    arguments : list of str
        ``["-m", "nbgrader", ...]``, or the path of the program nbgrader and its arguments. Anything else gets a process
        of its own.
    merge : bool
        Whether standard error goes into standard output.
    typed : bool
        Whether it gets a process of its own, as if a person had typed it.
    """
    arguments = [str(one) for one in arguments]
    error_too = subprocess.STDOUT if merge else subprocess.PIPE
    strange = {name for name in env if name.startswith("PYTHON")} - UNDERSTOOD
    known = arguments[1] in MODULES if arguments[0] == "-m" else os.path.basename(arguments[0]) == "nbgrader"
    if typed or strange or not known or not hasattr(os, "fork"):
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=error_too,
            text=True,
            timeout=timeout,
        )
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, socket.socket(socket.AF_UNIX) as line:
        line.connect(_address())
        line.settimeout(timeout)
        order = json.dumps({"arguments": arguments, "cwd": str(cwd), "env": env}).encode()
        streams = array.array("i", [out.fileno(), (out if merge else err).fileno()])
        line.sendmsg([len(order).to_bytes(8, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
        line.sendall(order)
        pid = 0
        try:
            pid = int.from_bytes(line.recv(8), "big")
            status = int.from_bytes(line.recv(8), "big", signed=True)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL) if pid else None
            raise subprocess.TimeoutExpired(arguments, timeout) from None
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8").replace("\r\n", "\n"))
    return subprocess.CompletedProcess([sys.executable, *arguments], status, texts[0], None if merge else texts[1])


def _address() -> str:
    """Where this process's server listens; it ends when this process does."""
    global _server
    with _starting:
        if _server is None or _server[0] != os.getpid():
            folder = tempfile.mkdtemp(prefix="forks-")
            environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
            environment["PATH"] = os.pathsep.join(
                [os.path.dirname(sys.executable), os.environ.get("PATH", "")]
            )  # nbgrader calls `alembic`
            process = subprocess.Popen(
                [sys.executable, __file__, folder], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            assert process.stdout.read(1) == b"."  # it listens
            _server = os.getpid(), process, os.path.join(folder, "line")
        return _server[2]


def serve(folder: str) -> list[str] | None:
    """Take orders until nobody holds the other end of standard input; returns only in a fork, with its arguments."""
    import select
    import shutil

    _import()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the helpers that wait for commands
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(os.path.join(folder, "line"))
        door.listen(64)
        os.write(1, b".")
        while True:
            if sys.stdin in select.select([door, sys.stdin], [], [])[0]:
                shutil.rmtree(folder, ignore_errors=True)
                return None
            line, _ = door.accept()
            if os.fork() == 0:
                door.close()
                return _helper(line)
            line.close()


def _import() -> None:
    """All that is heavy and lies in site-packages; never what a course brings along."""
    import functools
    import gc

    import nbgrader.api
    import nbgrader.apps.nbgraderapp  # noqa: F401
    import nbgrader.converters  # noqa: F401
    import numpy  # noqa: F401
    import sqlalchemy.dialects.sqlite  # noqa: F401
    from nbconvert.exporters import HTMLExporter  # noqa: F401

    nbgrader.api.get_alembic_version = functools.cache(
        nbgrader.api.get_alembic_version
    )  # a constant that costs a process
    nbgrader.api.get_alembic_version()
    gc.collect()
    gc.freeze()  # a fork leaves these pages as they are


def _helper(line: socket.socket) -> list[str] | None:
    """Read an order, fork for it, tell its pid and then its exit status; returns in the fork."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, rights, _, _ = line.recvmsg(8, socket.CMSG_SPACE(8))
    streams = array.array("i", rights[0][2])
    left, parts = int.from_bytes(head, "big"), []
    while left:
        parts.append(line.recv(left))
        left -= len(parts[-1])
    order = json.loads(b"".join(parts))
    pid = os.fork()
    if pid == 0:
        line.close()
        os.setpgid(0, 0)
        return _become(order, *streams)
    line.sendall(pid.to_bytes(8, "big"))
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(BrokenPipeError):
        line.sendall(os.waitstatus_to_exitcode(status).to_bytes(8, "big", signed=True))
    os._exit(0)


def _become(order: dict, out: int, err: int) -> list[str]:
    """Take over streams, folder, environment and path of a fresh `python`."""
    import time

    null = os.open(os.devnull, os.O_RDONLY)
    for stream, number in ((null, 0), (out, 1), (err, 2)):
        os.dup2(stream, number)
    for stream in {null, out, err} - {0, 1, 2}:
        os.close(stream)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    sys.dont_write_bytecode = bool(order["env"].get("PYTHONDONTWRITEBYTECODE"))
    arguments = order["arguments"]
    first = os.getcwd() if arguments[0] == "-m" else os.path.dirname(arguments[0])
    sys.path[:1] = [first, *filter(None, order["env"].get("PYTHONPATH", "").split(os.pathsep))]
    return arguments


if __name__ == "__main__":
    import runpy

    arguments = serve(sys.argv[1])
    if arguments is not None:
        if arguments[0] == "-m":
            sys.argv = arguments[1:]
            runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = arguments
            runpy.run_path(arguments[0], run_name="__main__")
