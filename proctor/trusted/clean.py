"""Each notebook is graded in a process of its own, forked from one that has imported what tests need and in which no
test ever ran.

Whatever a test leaves behind (a function replaced in a module, NumPy's error state, the working folder, a thread) ends
with that process,
so no submission can change the points of the next.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import functools
import gc
import os
import pickle
import select
import struct
import sys
from collections.abc import Callable
from typing import Any

from ..cells import HIDDEN, imports_in, names_in
from ..job import GraderDied, Job, Report
from . import follow, grade, mirror, rooms

VERDICT_ONLY = "PROCTOR_VERDICT_ONLY"  # in the environment of a run of which only pass or fail is used

_LENGTH = struct.Struct("!Q")
_prepared: dict[tuple, set] = {}  # import paths -> what was prepared for them


def grade_notebook(job: Job) -> Report:
    """As `grade.grade_notebook`, but leaves nothing behind in this process.

    Raises
    ------
    GraderDied
        If the process ended without an answer.
    """
    return _in_fork(grade.grade_notebook, job)


def walk_again(job: Job, plan: follow.Plan) -> follow.Second:
    """As `follow.walk_again`, in a process of its own."""
    return _in_fork(_verdict_only, job, follow.walk_again, plan)


def try_copies(job: Job, plan: follow.Plan, copies: dict) -> dict:
    """As `follow.try_copies`, in a process of its own."""
    return _in_fork(_verdict_only, job, follow.try_copies, plan, copies)


def _verdict_only(job: Job, function: Callable, *more: Any) -> Any:
    """Tests are told that nobody will read why they failed: looking for the cause may take longer than all else."""
    os.environ[VERDICT_ONLY] = "1"
    try:
        return function(job, *more)
    finally:
        del os.environ[VERDICT_ONLY]


def _in_fork(function: Callable, job: Job, *more: Any) -> Any:
    if not hasattr(os, "fork"):  # no room can start there either
        return function(job, *more)
    if job.warm:
        with contextlib.suppress(rooms.RoomError):  # raised again below, where somebody waits for it
            rooms.house(job.sandbox, True, job.private)  # here, so that the next notebook has it too
    reading, writing = os.pipe()
    parent, pid = os.getpid(), os.fork()
    if not pid:
        _answer_and_exit(functools.partial(function, job, *more), writing, parent)
    os.close(writing)
    try:
        data = _read(reading, pid)
    finally:
        os.close(reading)
        _end(pid)
    if data is None:
        raise GraderDied("The process that graded it ended without an answer")
    answer = pickle.loads(data)
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _answer_and_exit(work, writing, parent):
    try:
        _end_with(parent)
        with open(os.devnull, "r+b") as nowhere:
            for number in (0, 1):  # standard output may be a line of ours, and a test's programs inherit it
                os.dup2(nowhere.fileno(), number)
        try:
            answer = work()
        except BaseException as error:
            answer = error
        try:
            data = pickle.dumps(answer)
        except Exception:
            data = pickle.dumps(RuntimeError(f"{type(answer).__name__}: {answer}"))
        rooms.close()  # what this process started itself
        with open(writing, "wb") as file:
            file.write(_LENGTH.pack(len(data)) + data)
    finally:
        os._exit(0)


def _end_with(parent):
    """This process does not outlive the one that waits for it, even while it is stuck."""
    if sys.platform.startswith("linux"):
        set_parent_death_signal, kill = 1, 9
        ctypes.CDLL(None).prctl(set_parent_death_signal, kill, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _read(reading, pid):
    """The answer, or None if the process ends without one. A process that a test started may hold the pipe open: its
    end says nothing.
    """
    data, ended = b"", False
    while True:
        ready, _, _ = select.select([reading], [], [], 0 if ended else 0.5)
        if ready:
            chunk = os.read(reading, 1 << 20)
            if not chunk:
                return None
            data += chunk
            if len(data) >= _LENGTH.size and len(data) - _LENGTH.size >= _LENGTH.unpack_from(data)[0]:
                return data[_LENGTH.size :]
        elif ended:
            return None
        else:
            ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end(pid):
    with contextlib.suppress(OSError):
        os.kill(pid, 9)  # it has answered, or never will
    with contextlib.suppress(OSError):
        os.waitpid(pid, 0)


def prepare(import_paths: tuple, tests: dict, modules: dict, marks: tuple = HIDDEN) -> None:
    """Import here, once, what the tests of a notebook import, compile and read them: all submissions have it then.

    A module that was imported may have a function ``__proctor_prepare__()``, which fills caches of its own. No test
    runs here.

    Parameters
    ----------
    import_paths : tuple of str
    tests : dict
        Grade id -> full source of the test cell.
    modules : dict
        What the names of the notebook mean, see `Job.trusted_names`; those that a test uses are imported.
    marks : tuple of (str, str)
        How what is hidden begins and ends.
    """
    if not hasattr(os, "fork"):
        return
    if import_paths not in _prepared:
        _forget()
    done = _prepared.setdefault(import_paths, set())
    if done.issuperset(tests.values()):
        return
    with (
        grade.import_path(import_paths),
        contextlib.redirect_stdout(grade.Quiet()),
        contextlib.redirect_stderr(grade.Quiet()),
    ):
        for grade_id, source in tests.items():
            if source in done:
                continue
            done.add(source)
            with contextlib.suppress(Exception):  # what cannot be imported fails again in the test, which says so
                grade.compiled(source, grade.test_name(grade_id))
                grade.given_to_later_cells(source, marks)  # asked as the walk asks, so that each fork finds it
                mirror.spelled_out(source, marks)
                mirror.targets(source)
                imports_in(source)
                _import_for(source, modules)
        for name, module in list(sys.modules.items()):
            hook = (
                vars(module).get("__proctor_prepare__") if module is not None and hasattr(module, "__dict__") else None
            )
            if hook is not None and name not in done:
                done.add(name)
                with contextlib.suppress(Exception):
                    hook()
    gc.collect()
    gc.freeze()  # else the first look for garbage in each fork writes to, and so copies, all memory


def _import_for(source, modules):
    nodes = [node for node in ast.parse(source).body if isinstance(node, (ast.Import, ast.ImportFrom))]
    targets = [(alias.name, ()) for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    targets += [
        (node.module, [alias.name for alias in node.names])
        for node in nodes
        if isinstance(node, ast.ImportFrom) and not node.level
    ]
    targets += [tuple(modules[name].split(":")[:1]) + ((),) for name in sorted(names_in(source) & modules.keys())]
    for module, names in targets:
        with contextlib.suppress(Exception, SystemExit):
            __import__(module, fromlist=names or ["__name__"])


def _forget():
    """Modules of another course have the same names, and other contents."""
    folders = tuple(os.path.realpath(path) + os.sep for paths in _prepared for path in paths)
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if folders and file and os.path.realpath(file).startswith(folders) and not name.startswith("proctor"):
            del sys.modules[name]
    _prepared.clear()
