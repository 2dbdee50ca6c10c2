"""The walls of the room and its limits, tried from inside by the learner's code, in a real sandbox."""

import os

import pytest
from traitlets.config import Config

import proctor
from proctor.job import Limits
from proctor.tests.needs import walls
from proctor.tests.test_trusted import grade
from proctor.trusted import close, rooms
from proctor.trusted.rooms import bubblewrap

QUICK = Limits(cell_seconds=2, call_seconds=1, notebook_seconds=30)


@pytest.fixture(scope="module", autouse=True)
def one_house():
    yield
    close()


def shown(source, **options):
    """What a cell prints."""
    report = grade(source, **options)
    return "".join(output.get("text", "") or "\n".join(output.get("traceback", ())) for output in report.outputs[0])


# ---- walls


@walls
@pytest.mark.parametrize("warm", [True, False])
def test_the_room_sees_no_file_of_the_grader(warm):
    """Neither the course, nor the grader's home, nor its files in /tmp can be read."""
    here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    text = shown(
        f"""
import os
for path in ({here!r}, os.path.expanduser('~root'), '/root', '/etc/shadow', '/etc/passwd', '/var', '/sys', '/home/' + 'x'):
    print(path, os.path.exists(path))
print(sorted(os.listdir('/')), os.listdir('/home'), os.listdir('.'), os.listdir('/tmp'))
print(sorted(os.listdir('/room/proctor')))
""",
        warm=warm,
    )
    assert "True" not in text
    assert "'python'" in text or "'usr'" in text
    assert "['room', 'wire']" in text


def test_bubblewrap_is_started_by_its_absolute_path(tmp_path, monkeypatch):
    """One that is found relative to the working folder, or that others could have put there, is never run."""
    for folder, mode in (("open", 0o777), ("private", 0o755)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "bwrap").write_text("#!/bin/sh\n")
        (tmp_path / folder / "bwrap").chmod(0o755)
        (tmp_path / folder).chmod(mode)
    monkeypatch.chdir(tmp_path / "private")
    monkeypatch.setenv("PATH", os.pathsep.join(["", ".", str(tmp_path / "open")]))
    monkeypatch.setattr(rooms, "USUAL_PLACES", ())
    assert bubblewrap() == ""
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "open"), str(tmp_path / "private")]))
    assert bubblewrap() == str(tmp_path / "private" / "bwrap")
    assert rooms.bwrap_command([])[0] == str(tmp_path / "private" / "bwrap")


@walls
def test_the_room_has_no_network():
    """No address answers, not even the machine's own."""
    text = shown("""
import socket, os
for family, address in ((socket.AF_INET, ('127.0.0.1', 22)), (socket.AF_INET, ('8.8.8.8', 53))):
    try:
        socket.create_connection(address, 1); print('open')
    except OSError as error:
        print('shut')
print(os.listdir('/sys/class/net') if os.path.exists('/sys/class/net') else [])
""")
    assert text.split() == ["shut", "shut", "[]"]


@walls
def test_the_environment_is_empty_of_the_grader(monkeypatch):
    """No variable and no argument of the grader's process is seen."""
    monkeypatch.setenv("GRADEBOOK_URL", "sqlite:///secret.db")
    text = shown(
        "import os, sys\nprint(dict(os.environ), sys.argv, sys.path, sys.prefix, os.getcwd())\n"
        "print(open('/proc/1/environ').read() if os.path.exists('/proc/1/environ') else '')"
    )
    assert "secret" not in text and os.path.dirname(os.path.abspath(__file__)) not in text and "/root" not in text


@walls
def test_the_room_has_no_privileges():
    """It is an ordinary user without capabilities, cannot gain any, and cannot make namespaces."""
    text = shown("""
import os, ctypes
libc = ctypes.CDLL(None, use_errno=True)
import struct
sets = ctypes.create_string_buffer(24)
libc.capget(struct.pack('<Ii', 0x20080522, 0), sets)
print(os.getuid() != 0, sets.raw == bytes(24), [libc.prctl(23, n, 0, 0, 0) for n in range(3)], libc.prctl(39, 0, 0, 0, 0), libc.prctl(21, 0, 0, 0, 0))
print(libc.unshare(0x10000000), libc.mount(b'none', b'/tmp', b'tmpfs', 0, b''), libc.ptrace(0, 0, 0, 0), libc.umount2(b'/proc', 2), libc.setns(0, 0))
pid = libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)
if pid == 0: os._exit(0)
print(pid)
""")
    assert "True True [0, 0, 0] 1 2" in text
    assert "-1 -1 -1 -1 -1" in text and text.strip().endswith("-1")


@walls
def test_the_system_is_read_only():
    """Nothing outside the room's own folders can be written."""
    text = shown("""
import os
for path in ('/x', '/usr/x', '/packages/x', '/room/x', '/room/proctor/room/x', '/dev/x', '/fonts/x', '/etc/x', '/python/x'):
    try:
        open(path, 'w'); print('written', path)
    except OSError:
        pass
for path in ('/tmp/x', '/dev/shm/x', 'x'):
    open(path, 'w'); print('ok')
""")
    assert text.split() == ["ok"] * 3


@walls
def test_the_room_sees_only_its_own_processes():
    """Its first process has number 1, and there are no others."""
    text = shown("import os\nprint(os.getpid(), [n for n in os.listdir('/proc') if n.isdigit()])")
    assert text in ("1 ['1']\n", "1 []\n")  # an ordinary user gets no second /proc


def leftovers():
    """Processes of this machine that carry the mark of the test."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    if b"31.4159" in file.read():
                        found.append(name)
            except OSError:
                pass
    return found


@pytest.mark.parametrize("sandbox", [pytest.param("auto", marks=walls), "none"])
def test_nothing_that_a_submission_starts_survives(sandbox):
    """Processes in the background, in new sessions and orphans end with the room."""
    report = grade(
        """
import subprocess, os
for _ in range(3):
    subprocess.Popen(['sleep', '31.4159'], start_new_session=True)
if not os.fork():
    if not os.fork():
        os.setsid()
        os.execvp('sleep', ['sleep', '31.4159'])
    os._exit(0)
print('done')
""",
        sandbox=sandbox,
    )
    assert "done" in str(report.outputs)
    assert leftovers() == []


@walls
def test_one_submission_never_reaches_the_next():
    """Files, shared memory, processes, modules and patched functions are gone in the next room."""
    grade("""
import os, numpy, builtins, ctypes
for path in ('/tmp/left', '/dev/shm/left', 'left'):
    open(path, 'w').write('x')
numpy.left = 1
builtins.left = 2
numpy.sum = None
print(ctypes.CDLL(None).shmget(77, 4096, 0o1666))
""")
    text = shown("""
import os, numpy, ctypes
print([os.path.exists(path) for path in ('/tmp/left', '/dev/shm/left', 'left')], hasattr(numpy, 'left'), 'left' in dir(__builtins__), numpy.sum([1]))
print(ctypes.CDLL(None).shmget(77, 4096, 0o666))
""")
    assert text.split("\n")[:2] == ["[False, False, False] False False 1", "-1"]


@walls
def test_no_open_file_but_the_line():
    """The room holds its own socket and /dev/null, and nothing of the zygote's."""
    text = shown("""
import os, stat
kinds = []
for number in range(300):
    try:
        mode = os.fstat(number).st_mode
        kinds.append('socket' if stat.S_ISSOCK(mode) else 'device' if stat.S_ISCHR(mode) else 'other')
    except OSError:
        pass
print(kinds)
""")
    assert text == "['device', 'device', 'device', 'socket']\n"


# ---- limits

AFTER = "def f(x): return x + 1"
TEST = ("t", "assert f(1) == 2")

BOMBS = {
    "memory in many pieces": "x = []\nwhile True: x.append(bytearray(10_000_000))",
    "memory in children": "import os, time\nfor _ in range(8):\n    if not os.fork():\n        x = "
    "bytearray(400_000_000)\n        time.sleep(30)\n        os._exit(0)\ntime.sleep(30)",
    "processes": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    "threads": "import threading, time\nfor _ in range(10000): threading.Thread(target=time.sleep, args=(30,)).start()",
    "an endless loop": "while True: pass",
    "an endless loop that ignores interrupts": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile "
    "True: pass",
    "an endless loop that catches interrupts": "while True:\n    try:\n        while True: pass\n    except "
    "BaseException: pass",
    "os._exit": "import os\nos._exit(0)",
    "a segmentation fault": "import ctypes\nctypes.string_at(0)",
    "a stack overflow": "import sys, ctypes\nsys.setrecursionlimit(10**9)\ndef g(n): return g(n + 1)\nimport "
    "functools\nx = None\nfor _ in range(10**6): x = [x]\nrepr(x)\ng(0)",
    "kill -9": "import os\nos.kill(os.getpid(), 9); os.kill(-1, 9)\nos.abort()",
    "a flood of output": "while True: print('x' * 10000)",
    "a large file": "f = open('/tmp/x', 'wb')\nwhile True: f.write(b'x' * 1_000_000)",
    "a full disk": "i = 0\nwhile True:\n    i += 1\n    open(f'/tmp/{i}', 'wb').write(b'x' * 10_000_000)",
    "many files": "x = []\nwhile True: x.append(open('/dev/null'))",
    "a deep recursion": "def g(n): return g(n + 1)\ng(0)",
    "closed line": "import os\nos.closerange(0, 100)",
    "raise SystemExit": "raise SystemExit(3)",
    "exit()": "exit()",
    "noise on the line": "import os\nos.write(3, os.urandom(100))",
    "a huge length on the line": "import os\nos.write(3, (2**62).to_bytes(8, 'little'))",
    "a length that is a lie": "import os\nos.write(3, (2**20).to_bytes(8, 'little') + b'l')",
    "a flood on the line": "import os\nwhile True: os.write(3, b'x' * 100000)",
    "zeros on the line": "import os\nwhile True: os.write(3, bytes(100000))",
}


@walls
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_only_its_own_cell(name):
    """A cell that breaks every limit ends; what comes before and after it is graded."""
    limits = Limits(cell_seconds=3, call_seconds=1, notebook_seconds=40, memory=1 << 30)
    report = grade(
        "def early(): return 1",
        ("e", "assert early() == 1"),
        BOMBS[name],
        AFTER,
        TEST,
        ("l", "assert early() == 1"),
        limits=limits,
    )
    assert report.results["e"].passed
    assert report.results["t"].passed and report.results["l"].passed, (report.notes, report.outputs)
    assert sum(len(str(output)) for output in report.outputs.values()) < 3 * limits.cell_output


@walls
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_in_a_call_costs_only_its_own_test(name):
    """The same in a function that a test calls."""
    body = "\n".join("    " + line for line in BOMBS[name].splitlines())
    limits = Limits(cell_seconds=5, call_seconds=2, notebook_seconds=40, memory=1 << 30)
    report = grade(
        AFTER,
        f"def bomb():\n{body}\n    return 5",
        ("b", "assert bomb() == 6"),
        ("t", "assert f(1) == 2"),
        limits=limits,
    )
    assert not report.results["b"].passed and report.results["b"].message
    assert report.results["t"].passed, report.notes


def test_a_call_that_never_ends_is_stopped_whatever_the_test_catches():
    """Not even a bare `except` in the test turns a time-out into a pass."""
    report = grade(
        "def f():\n    while True: pass",
        ("t", "try:\n    f()\nexcept BaseException:\n    pass"),
        AFTER.replace("f(", "g("),
        ("g", "assert g(1) == 2"),
        limits=QUICK,
    )
    assert not report.results["t"].passed and "time" in report.results["t"].message
    assert report.results["g"].passed


def test_the_notebook_has_a_limit_too():
    """Many slow cells together end at the limit of the notebook."""
    report = grade(
        AFTER,
        TEST,
        *["import time\ntime.sleep(1.5)"] * 10,
        ("l", "assert f(1) == 2"),
        limits=Limits(notebook_seconds=5),
    )
    assert report.results["t"].passed and not report.results["l"].passed
    assert "more than 5 seconds" in report.results["l"].message


def test_output_is_cut_at_its_limit():
    """A long output is shown up to the limit, with a word about the rest."""
    report = grade("for i in range(100000): print(i)", limits=Limits(cell_output=10_000))
    text = "".join(output["text"] for output in report.outputs[0])
    assert 5000 < len(text) < 20_000 and "left out" in text


def test_files_of_the_submission_lie_beside_the_notebook():
    """Helper modules can be imported by the learner's cells, data read by both sides, and no path leads out."""
    files = {"helper.py": b"def h(x): return x + 1", "data/a.txt": b"12", "../out.txt": b"x", "/etc/x": b"y"}
    report = grade(
        "import helper\nvalue = int(open('data/a.txt').read())",
        ("t", "assert helper.h(1) == 2 and value == 12 == int(open('data/a.txt').read())"),
        ("u", "from helper import h\nassert h(2) == 3"),
        files=files,
    )
    assert report.results["t"].passed and report.results["u"].passed, report


def test_files_that_shadow_modules_shadow_nothing_here():
    """A submitted numpy.py, conftest.py or a package of tests is never run on the trusted side."""
    bad = b"import os\nraise SystemExit('run')\n"
    files = {
        name: bad
        for name in (
            "numpy.py",
            "conftest.py",
            "sitecustomize.py",
            "hidden_tests/__init__.py",
            "proctor.py",
            "pytest.py",
            "ast.py",
        )
    }
    report = grade(
        "x = 1",
        ("t", "import numpy as np\nassert np.sum([x, 1]) == 2"),
        ("u", "import hidden_tests.reference"),
        files=files,
    )
    assert report.results["t"].passed and not report.results["u"].passed


@pytest.mark.skipif(os.geteuid() != 0, reason="already an ordinary user")
@walls
def test_an_ordinary_user_has_the_same_walls():
    """The tests of the walls pass again as a user without privileges."""
    import subprocess
    import sys

    command = [
        bubblewrap(),
        "--bind",
        "/",
        "/",
        "--dev-bind",
        "/dev",
        "/dev",
        "--unshare-user",
        "--uid",
        "1234",
        "--gid",
        "1234",
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        __file__,
        "-k",
        "(room or read_only or reaches or survives) and not bomb",
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@walls
def test_a_set_up_is_tried_in_one_call(tmp_path):
    """The doctor and a course's own scripts ask the same question: would learners' code have walls here, and would
    they hold?
    """
    tried = proctor.try_room(secrets=[tmp_path, "/usr"])
    assert (tried.problem, tried.no_walls, tried.seen) == ("", "", ["/usr"]) and tried.seconds > 0
    assert proctor.try_room(Config({"Proctor": {"sandbox": "none"}}), [tmp_path]).no_walls.startswith(
        "the sandbox is switched off"
    )


def test_a_room_that_cannot_be_had_is_a_sentence(monkeypatch):
    monkeypatch.setattr(rooms, "_tried", lambda: ("no bubblewrap today", False))
    assert "no bubblewrap today" in proctor.try_room(Config({"Proctor": {"sandbox": "strict"}})).problem


REFUSED = "bubblewrap cannot build walls here: bwrap: setting up uid map: Permission denied"


@pytest.mark.parametrize(
    "why, switches, container, helps",
    [
        ("bubblewrap exists on Linux only", {}, False, "virtual machine"),
        ("bubblewrap (bwrap) is not installed", {}, False, "apt-get install bubblewrap"),
        (REFUSED, {"kernel/apparmor_restrict_unprivileged_userns": "1"}, False, "AppArmor"),
        (REFUSED, {}, False, "AppArmor"),
        (REFUSED, {"kernel/apparmor_restrict_unprivileged_userns": "1"}, True, "--security-opt"),
        (
            "bubblewrap cannot build walls here: bwrap: No permissions to create new namespace",
            {"kernel/unprivileged_userns_clone": "0"},
            False,
            "unprivileged_userns_clone=1",
        ),
        (
            "bubblewrap cannot build walls here: bwrap: Creating new namespace failed",
            {"user/max_user_namespaces": "0"},
            False,
            "max_user_namespaces=15000",
        ),
    ],
)
def test_the_remedy_for_missing_walls_is_one_that_helps(tmp_path, monkeypatch, why, switches, container, helps):
    from proctor.trusted import remedy

    for name, value in switches.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(value + "\n")
    monkeypatch.setattr(remedy, "SWITCHES", f"{tmp_path}/")
    monkeypatch.setattr(remedy, "CONTAINERS", (str(tmp_path),) if container else ())
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    assert helps in remedy.remedy(why) and ("apt-get" in remedy.remedy(why)) == ("not installed" in why)
