"""Starts rooms: a zygote behind bubblewrap's walls, and from it one room for each submission."""

from __future__ import annotations

import atexit
import functools
import glob
import json
import os
import select
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import threading

from . import hidden
from .remedy import remedy

FIRST_UID = 0x70000000  # no system assigns these to anybody
START_SECONDS = 180  # of the clock: a busy machine may need them
ANSWERS = ("used ", "interrupted")  # the warden's, each to one word of ours
USUAL_PLACES = ("/usr/bin", "/bin", "/usr/local/bin")
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/home/learner",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TMPDIR": "/tmp",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "IPYTHONDIR": "/tmp/ipython",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",  # else each thread maps 64 MB, and thirty of them reach the limit
    "PIP_RETRIES": "0",  # a leftover `%pip install` fails at once: there is no network
    "MALLOC_TRIM_THRESHOLD_": "33554432",
    "MALLOC_MMAP_THRESHOLD_": "16777216",  # else each larger array is made of new pages, which cost more than the array
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "NBGRADER_EXECUTION": "autograde",  # as stock nbgrader says it to notebooks
    "TERM": "dumb",
    "USER": "learner",
    "COLUMNS": "100",
}


class RoomError(Exception):
    """No room is available; the message says what to do."""


class Room:
    """One running room: its line and its warden."""

    def __init__(self, data, control):
        self.data = data
        self.control = control
        self.cpu = 0.0
        self.said = []  # by the warden, of its own accord
        self.text = b""  # the part of its next line that has arrived
        self.due = 0  # answers

    def interrupt(self) -> None:
        """Returns when the signal is there, so that it cannot hit a later question."""
        self._ask(b"I")

    def used(self) -> tuple | None:
        """(seconds of CPU time, seconds asleep) of the room until now, measured from outside; None if
        unknown.
        """
        answer = self._ask(b"C")
        return tuple(float(part) for part in answer.split()[1:]) if answer else None

    def _ask(self, word):
        try:
            self.control.settimeout(START_SECONDS)
            self.control.sendall(word)
            self.due += 1
            while self.due:  # the last of them: an answer may have come too late for its own question
                while b"\n" not in self.text:
                    chunk = self.control.recv(4096)
                    if not chunk:
                        return None
                    self.text += chunk
                line, _, self.text = self.text.partition(b"\n")
                line = line.decode("ascii", "replace")
                if line.startswith(ANSWERS):
                    self.due -= 1
                else:
                    self.said.append(line)
            return line
        except OSError:
            return None

    def end(self) -> str:
        """End it with all that it started; returns the warden's reason, such as "died 9"."""
        self.data.close()
        reason = ""
        try:
            self.control.settimeout(START_SECONDS)
            try:
                self.control.sendall(b"K")
            except OSError:
                pass
            while chunk := self.control.recv(4096):
                reason += chunk.decode("ascii", "replace")
        except OSError:  # it had ended the room by itself, and said why
            reason = reason or "the warden does not answer"
        self.control.close()
        lines = [*self.said, *(self.text.decode("ascii", "replace") + reason).splitlines()]
        lines = [line for line in lines if line != "started" and not line.startswith(ANSWERS)]
        for line in lines:
            if line.startswith("cpu "):
                self.cpu = float(line[4:])  # of all its processes that it waited for
        return " ".join(line for line in lines if not line.startswith("cpu "))


class House:
    """A zygote behind its walls. Rooms come from it one after the other."""

    def __init__(self, sandbox: str, warm: bool, private: tuple = ()):
        self.warm, self.private = warm, private
        self.walls = "" if sandbox == "none" else missing_walls()
        self.walled = sandbox != "none" and not self.walls
        if sandbox == "none":
            self.walls = "the sandbox is switched off"
        if sandbox == "strict" and not self.walled:
            raise RoomError(
                f"No sandbox: {self.walls}. To get one: {remedy(self.walls)}. Or set the sandbox to 'auto'."
            )
        self.drops = not self.walled and os.geteuid() == 0
        if self.drops and (trouble := no_other_user()):
            if sandbox != "none":
                raise RoomError(
                    f"No sandbox: {self.walls}; and submissions would run as root: {trouble}. To get one: "
                    f"{remedy(self.walls)}. "
                    "Or grade as an ordinary user; or set the sandbox to 'none', and submissions can do all that root "
                    "can."
                )
            self.drops, self.walls = False, f"{self.walls}; submissions run as root: {trouble}"
        elif self.drops:
            self.walls += "; submissions run as a user without rights"
        if not self.walled and (seen := hidden.places(private)):
            self.walls += f"; what the tests import can be read in {seen[0]}"
        self.folder = ""
        self.process: subprocess.Popen | None = None
        self.start()

    def start(self) -> None:
        self.pid = os.getpid()  # a fork of this process uses the zygote, too, but never ends it
        ours, theirs = socket.socketpair()
        command = python_command(
            theirs.fileno(), self.warm, self.walled, () if self.walled else hidden.names(self.private)
        )
        environment = dict(ENVIRONMENT)
        if self.walled:
            command = bwrap_command(command, private=self.private)
        else:
            self.folder = tempfile.mkdtemp(prefix="proctor-")
            os.chmod(self.folder, 0o711)
            environment.update(
                HOME=self.folder,
                TMPDIR=self.folder,
                MPLCONFIGDIR=matplotlib_cache() or self.folder,
                IPYTHONDIR=self.folder,
            )
        self.process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            start_new_session=True,
        )
        theirs.close()
        self.control = ours
        ours.settimeout(START_SECONDS)
        try:
            ready = ours.recv(5)
        except OSError:
            ready = b""
        if ready != b"ready":
            self.process.kill()
            said = (
                (self.process.stderr.read() if self.process.stderr else b"")
                .decode("utf-8", "replace")
                .strip()
                .splitlines()
            )
            self.close()
            raise RoomError("The room's first process did not start: " + (said[-1] if said else "no answer"))

    def room(self, limits: dict) -> Room:
        """A fresh room."""
        ours, data = socket.socketpair()
        mine, control = socket.socketpair()
        as_root, uid = walls_of_root(), room_uid()
        folder = tempfile.mkdtemp(dir=self.folder) if self.folder else None
        if self.drops:
            os.chown(str(folder), uid, uid)
        order = {
            "walls": self.walled,
            "as_root": as_root,
            "drops": self.drops,
            "uid": uid,
            "limits": limits,
            "folder": folder,
            "count_processes": as_root or self.drops or self.walled and kernel() >= (5, 14),
        }
        try:
            socket.send_fds(self.control, [json.dumps(order).encode()], [data.fileno(), control.fileno()])
        except OSError as error:
            raise RoomError(f"The room's first process is gone: {error}") from None
        finally:
            data.close()
            control.close()
        mine.settimeout(START_SECONDS)
        return Room(ours, mine)

    def alive(self) -> bool:
        if self.process is None:
            return False
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        return not poll.poll(
            0
        )  # it can send nothing more, so that is its end; a fork of this process cannot ask for its state

    def close(self) -> None:
        if self.process is None or self.pid != os.getpid():
            return
        self.control.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()
        self.process = None
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def python_command(fd: int, warm: bool, walled: bool, blocked: tuple = ()) -> list[str]:
    """The command that starts the zygote with only the Python installation and proctor's room and wire on its path."""
    package = "/room"
    path = ["/packages"] if walled else hidden.package_folders()
    if not walled:
        package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    code = (
        f"import sys; from types import ModuleType; sys.path[:] = [p for p in sys.path if p] + {path!r}; "
        "proctor = sys.modules['proctor'] = ModuleType('proctor'); proctor.__path__ = "
        f"[{os.path.join(package, 'proctor')!r}]; "
        f"from proctor.room.zygote import main; main({fd:d}, {warm!r}, {walled!r}, {tuple(blocked)!r})"
    )
    program = os.path.realpath(sys.executable)
    if not program.startswith(
        os.path.realpath(sys.base_prefix) + os.sep
    ):  # a virtual environment with a copy of Python instead of a link
        program = os.path.realpath(sys._base_executable)  # type: ignore[attr-defined]
    return [hidden.inside(program)[0] if walled else program, "-S", "-s", "-c", code]


def bwrap_command(command: list[str], as_root: bool | None = None, private: tuple = ()) -> list[str]:
    """bubblewrap's walls: no network, a read-only system and Python installation, and nothing else of this machine.

    Parameters
    ----------
    as_root : bool or None
        Whether the walls are built with root's rights or, as for ordinary users, in a user namespace; None is what
        works here.
    private : tuple of str
        Names of packages and paths of folders that the room must not see, even where they lie in the system or the
        Python installation.
    """
    as_root = walls_of_root() if as_root is None else as_root
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    base = os.path.realpath(sys.base_prefix)
    args = [
        bubblewrap(),
        "--unshare-uts" if as_root else "--unshare-user",
        "--unshare-net",
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-uts",
        "--unshare-cgroup-try",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
        "--hostname",
        "room",
    ]
    if not as_root:
        args += ["--uid", "1000", "--gid", "1000"]
    args += ["--cap-drop", "ALL"]
    if as_root:  # the zygote needs them to build a room's inner walls; the room has none
        for name in ("SYS_ADMIN", "SETUID", "SETGID", "SETPCAP", "KILL", "SYS_PTRACE", "SYS_RESOURCE"):
            args += ["--cap-add", "CAP_" + name]
    for name, value in ENVIRONMENT.items():
        args += ["--setenv", name, value]
    for name in (
        "/etc",
        "/home",
        "/fonts",
        "/room",
        "/room/proctor",
    ):  # made here, because bubblewrap makes missing ones for root only
        args += ["--dir", name]
    args += ["--ro-bind", "/usr", "/usr"]
    for name in ("/bin", "/sbin", "/lib", "/lib64", "/lib32"):
        if os.path.islink(name):
            args += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            args += ["--ro-bind", name, name]
    for name in ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime"):
        if os.path.exists("/etc/" + name):
            args += ["--ro-bind", os.path.realpath("/etc/" + name), "/etc/" + name]
    if not (base == "/usr" or base.startswith("/usr/")):
        # Without the path it would take the system's libpython, of another version, or none.
        args += ["--ro-bind", base, "/python", "--setenv", "LD_LIBRARY_PATH", "/python/lib"]
    folders = hidden.package_folders()
    args += ["--ro-bind", folders[0], "/packages"]
    for part in ("wire", "room"):
        args += ["--ro-bind", os.path.join(here, part), f"/room/proctor/{part}"]
    for path in hidden.places(private):
        for there in hidden.inside(path):
            args += ["--tmpfs", there] if os.path.isdir(path) else ["--ro-bind", "/dev/null", there]
    args += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for file in glob.glob(os.path.join(matplotlib_cache(), "fontlist-*.json")) if matplotlib_cache() else ():
        args += ["--ro-bind", file, "/fonts/" + os.path.basename(file)]
    args += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--"]
    return args + command


def bubblewrap() -> str:
    """The absolute path of bubblewrap, "" if there is none that can be trusted: one that others can write to could
    be anything.
    """
    places = [*USUAL_PLACES, *os.environ.get("PATH", "").split(os.pathsep)]
    for folder in places:
        if (
            os.path.isabs(folder)
            and os.access(path := os.path.realpath(os.path.join(folder, "bwrap")), os.X_OK)
            and _only_ours(path)
        ):
            return path
    return ""


def _only_ours(path) -> bool:
    """Whether no other user of this machine can change or exchange this file."""
    owners = {0, os.geteuid(), os.stat("/").st_uid}  # in a user namespace, root has another number
    while True:
        found = os.stat(path)
        if found.st_uid not in owners or found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
            return False
        if path == "/":
            return True
        path = os.path.dirname(path)


def matplotlib_cache() -> str:
    """Where Matplotlib keeps its list of fonts, which takes a second to make."""
    for folder in (
        os.environ.get("MPLCONFIGDIR"),
        os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "matplotlib"),
    ):
        if folder and glob.glob(os.path.join(folder, "fontlist-*.json")):
            return folder
    return ""


def kernel() -> tuple:
    try:
        return tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])
    except ValueError:
        return (0, 0)


@functools.lru_cache(1)
def _tried() -> tuple:
    """(Why no walls can be built here or "", whether they are built with root's rights)."""
    if not sys.platform.startswith("linux"):
        return "bubblewrap exists on Linux only", False
    if not bubblewrap():
        return "bubblewrap (bwrap) is not installed", False
    why = ""
    for as_root in (
        (True, False) if os.geteuid() == 0 else (False,)
    ):  # root without CAP_SYS_ADMIN may have user namespaces
        program = "/usr/bin/true" if os.path.exists("/usr/bin/true") else "/bin/true"
        done = subprocess.run(
            bwrap_command([program], as_root),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
            cwd="/",
        )
        if done.returncode == 0:
            return "", as_root
        why = (
            why
            or "bubblewrap cannot build walls here: " + (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        )
    return why, False


def missing_walls() -> str:
    """Why no sandbox can start here; "" if one can."""
    return _tried()[0]


def walls_of_root() -> bool:
    """Whether walls are built with root's rights here."""
    return _tried()[1]


@functools.lru_cache(1)
def _unused_uids() -> tuple:
    """(first, how many) of the user ids that nobody has: a container may have only the first 65,536."""
    try:
        with open("/proc/self/uid_map") as file:
            known = [(int(first), int(count)) for first, _, count in (line.split() for line in file)]
    except (OSError, ValueError):
        known = []
    if not known or any(first <= FIRST_UID and FIRST_UID + 0xFFFFFF < first + count for first, count in known):
        return FIRST_UID, 0xFFFFFF
    first, count = max(known)
    few = min(5000, count // 2)
    return first + count - few - 10, few


def room_uid() -> int:
    """A user for the room of this process, as no other room has at this time."""
    first, count = _unused_uids()
    return first + os.getpid() % max(count, 1)


@functools.lru_cache(1)
def no_other_user() -> str:
    """Why a room without walls cannot have a user without rights; "" if it can. Tried in a fork."""
    if not sys.platform.startswith("linux"):
        return "only on Linux can a room have a user of its own"
    needed = [
        os.path.dirname(os.__file__),
        *hidden.package_folders(),
        os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
    ]
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        said = "it failed"
        try:
            from ..room import walls

            with tempfile.TemporaryDirectory() as folder:
                os.chown(folder, room_uid(), room_uid())
            os.kill(os.getppid(), 0)
            walls.drop(True, room_uid())
            closed = [path for path in needed if not os.access(path, os.R_OK | os.X_OK)]
            said = f"another user cannot read {closed[0]}" if closed else ""
        except OSError as error:
            said = f"this root may not change to another user ({error.strerror})"
        finally:
            os.write(writing, said.encode())
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as file:
        said = file.read().decode()
    os.waitpid(pid, 0)
    return said


_houses: dict = {}
_lock = threading.Lock()


def house(sandbox: str, warm: bool, private: tuple = ()) -> House:
    """The house of this process and thread for these options; a cold one is always new."""
    if not warm:
        return House(sandbox, False, private)
    key = (threading.get_ident(), sandbox, private)
    found = _houses.get(key)
    if found is not None and found.alive():
        return found
    with _lock:
        if found is not None:
            found.close()
        _houses[key] = House(sandbox, True, private)
    return _houses[key]


def close() -> None:
    """End the zygotes that this process started."""
    with _lock:
        for key in list(_houses):
            _houses.pop(key).close()


atexit.register(close)
