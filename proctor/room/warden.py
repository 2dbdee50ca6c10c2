"""Stands between the zygote and one room: starts it, watches how much it uses, interrupts and ends it on request.

The room cannot see this process (it has other process numbers) and has another user or fewer privileges.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import NoReturn

from . import walls

PAGE = os.sysconf("SC_PAGE_SIZE")
LINUX = sys.platform.startswith("linux")
TICKS = os.sysconf("SC_CLK_TCK")
EVERY = 0.1  # seconds between two looks


def keep(order: dict, room_socket: socket.socket, control: socket.socket, run: Callable) -> NoReturn:
    """Start a room that does `run(socket, order)`, and stay until it has ended. Never returns."""
    walled, as_root, limits = order["walls"], order["as_root"], order["limits"]
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if walled:
            walls.split(as_root)
        elif LINUX:
            walls._libc().prctl(walls.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        pid = os.fork()
        if not pid:
            control.close()
            _enter(order, room_socket, run)
        room_socket.close()
        control.sendall(b"started\n")
        reason = _watch(pid, control, limits, Meter())
        _end(pid, walled)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        control.sendall(f"{reason}\ncpu {used.ru_utime + used.ru_stime:.4f}\n".encode())
    except OSError as error:
        try:
            control.sendall(f"failed: {error}\n".encode())
        except OSError:
            pass
    finally:
        os._exit(0)


def _enter(order, sock, run):
    """The first process of the room."""
    status = 1
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(0, 1)
        os.dup2(0, 2)
        sock = socket.socket(fileno=_only(sock))
        limits = order["limits"]
        try:
            with open("/proc/self/oom_score_adj", "w") as file:
                file.write("1000")
        except OSError:
            pass
        if order["walls"]:
            walls.limit(limits, count_processes=False)
            walls.furnish(limits["disk"])
            walls.drop(order["as_root"], order["uid"])
            walls.limit(limits, count_processes=order["count_processes"])
        else:
            os.chdir(order["folder"])
            os.environ.update(HOME=order["folder"], TMPDIR=order["folder"])
            if order["drops"]:
                walls.drop(True, order["uid"])
            walls.limit(limits, count_processes=order["drops"])
        run(sock, order)
        status = 0
    finally:
        os._exit(status)


def _only(sock):
    """Close every other file."""
    number = os.dup2(sock.detach(), 3)
    os.closerange(4, 65536)
    os.set_inheritable(3, False)
    return number


def _watch(pid, control, limits, meter):
    poll = select.poll()
    poll.register(control, select.POLLIN)
    base = _taken(os.getpid())
    while True:
        if poll.poll(EVERY * 1000):
            word = control.recv(1)
            if word == b"I":
                os.kill(pid, signal.SIGINT)
                control.sendall(b"interrupted\n")
            elif word == b"C":
                meter.look(descendants(pid))
                control.sendall(f"used {meter.cpu:.6f} {meter.asleep:.6f}\n".encode())
                continue
            else:  # asked to end, or nobody is left
                return "ended"
        gone, status = os.waitpid(pid, os.WNOHANG)
        if gone:
            return f"died {status}"
        tree = descendants(pid)
        meter.look(tree)
        reason = _too_much(tree, limits, base)
        if reason:
            return reason


class Meter:
    """What the processes of a room have used so far. Nothing in the room can turn it back.

    Attributes
    ----------
    cpu : float
        Seconds of CPU time of all of them, those that have ended too. Where nobody can ask for that (not Linux),
        seconds of the clock.
    asleep : float
        Seconds in which none of them computed, wanted to compute or waited for a disk.
    """

    def __init__(self):
        self.begin = self.last = time.monotonic()
        self.cpu = self.asleep = 0.0
        self.seen = {}  # process -> its CPU time when it was last seen
        self.gone = 0.0  # of processes whose number has been reused

    def look(self, tree: set) -> None:
        now = time.monotonic()
        if not LINUX:
            self.cpu = now - self.begin
            return
        waited_for = 0.0
        for pid in tree:
            used = _cpu(pid)
            if used < self.seen.get(pid, 0.0):
                self.gone += self.seen[pid]
            self.seen[pid] = used
            waited_for += used + _cpu_of_children(pid)
        # Both are too small for some programs, neither is ever too large: short-lived children; children that nobody
        # waits for.
        self.cpu = max(self.cpu, self.gone + sum(self.seen.values()), waited_for)
        if not any(_wants_to_run(pid) for pid in tree):
            self.asleep += min(now - self.last, EVERY)
        self.last = now


def _cpu(pid) -> float:
    """CPU seconds of all threads of a process, ended ones too."""
    try:
        return time.clock_gettime(~pid << 3 | 2)  # the kernel's number for the CPU clock of that process
    except OSError:
        return 0.0


def _cpu_of_children(pid) -> float:
    """CPU seconds of the ended children that a process has waited for."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        return (int(fields[13]) + int(fields[14])) / TICKS
    except (OSError, IndexError, ValueError):
        return 0.0


def _wants_to_run(pid) -> bool:
    """Whether any thread of a process computes, waits for its turn, or for a disk."""
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/stat", "rb") as file:
                if file.read().rpartition(b")")[2].split()[0] in (b"R", b"D"):
                    return True
    except (OSError, IndexError):
        pass  # it has just ended
    return False


def _too_much(tree, limits, base):
    if len(tree) > limits["processes"]:
        return "too many processes"
    sizes = [_taken(one) for one in tree]
    # Shared memory that a process has put out of its sight is still mapped: so a bound for what is mapped, too.
    if sum(max(0, mapped - base[0]) for mapped, _ in sizes) > 8 * limits["memory"]:
        return "too much memory"
    taken = sum(max(0, resident - base[1]) for _, resident in sizes)
    if taken > limits["memory"]:
        exact = [_proportional(one) for one in tree]
        if None in exact or sum(exact) > limits["memory"]:
            return "too much memory"
    return ""


def descendants(pid: int) -> set:
    """`pid` and all that come from it. In a room of its own process numbers, orphans go to its first process."""
    if not LINUX:
        return {pid}
    children: dict = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    parent = int(file.read().rpartition(b")")[2].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(name))
    found, to_do = {pid}, [pid]
    while to_do:
        for child in children.get(to_do.pop(), ()):
            if child not in found:
                found.add(child)
                to_do.append(child)
    return found


def _taken(pid) -> tuple:
    """(bytes mapped, bytes resident), the latter with what is shared with others."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            mapped, resident, *_ = file.read().split()
        return int(mapped) * PAGE, int(resident) * PAGE
    except (OSError, ValueError):
        return 0, 0


def _proportional(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            return sum(
                int(line.split()[1]) * 1024 for line in file if line.startswith((b"Pss_Anon", b"Pss_Shmem", b"Swap:"))
            )
    except OSError:
        return None


def _end(pid, walled):
    """Nothing that the room started survives this."""
    if walled:  # the kernel ends every process of the room with its first one
        _kill(pid)
    else:
        for _ in range(200):
            rest = descendants(os.getpid()) - {os.getpid()}
            if not rest:
                break
            for one in rest:
                _kill(one)
            _reap()
            time.sleep(0.002)
        try:
            os.killpg(pid, signal.SIGKILL)
        except OSError:
            pass
    _reap(block=walled)


def _kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass


def _reap(block=False):
    try:
        while os.waitpid(-1, 0 if block else os.WNOHANG)[0]:
            pass
    except OSError:
        pass
