"""What a submission may use: time of the room, time and memory of the tests.

Time is CPU time, the room's and this process's, and the time that the room sleeps: none of them grows because the
machine is busy. Wall-clock time
counts only as the last resort.
"""

from __future__ import annotations

import contextlib
import ctypes
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

LEAST_WALL = 60.0  # seconds of the clock that everything may take
MEMORY = 2 << 30  # bytes that tests may take on top of what the process has


class TestTimeout(BaseException):
    """The test as a whole took too long."""


def on_the_wall(seconds: float, wall_factor: float) -> float:
    """The last resort for a limit of this many seconds."""
    return max(wall_factor * seconds, LEAST_WALL)


def in_words(seconds: float) -> str:
    return f"{seconds:g} second" + "s" * (seconds != 1)


class Allowance:
    """What the room may use until it has answered one question.

    Its use counts from the first look on: a question that is answered before costs nobody a look.

    Attributes
    ----------
    end : float
        `time.monotonic` at which it is over in any case.
    """

    def __init__(self, seconds: float, wall_factor: float, end: float = float("inf")):
        self.seconds = seconds
        self.end = min(time.monotonic() + on_the_wall(seconds, wall_factor), end)
        self.cpu = self.asleep = 0.0
        self.before: tuple | None = None

    def look(self, used: tuple | None) -> float:
        """Count what the room has used since the last look: (seconds of CPU time, seconds asleep). Returns how long
        it slept while we waited.
        """
        slept = 0.0
        if used and self.before:
            slept = max(0.0, used[1] - self.before[1])
            self.cpu += max(0.0, used[0] - self.before[0])
            self.asleep += slept
        self.before = used
        return slept

    def forget(self) -> None:
        """The room was idle for a while: what it used until the next look is not counted."""
        self.before = None

    @property
    def over(self) -> bool:
        return self.cpu + self.asleep >= self.seconds or time.monotonic() >= self.end

    @property
    def why(self) -> str:
        """How it was used up, as a predicate of the room's code: "took more than 10 seconds of computing time"."""
        if self.cpu + self.asleep < self.seconds:
            return "took far too long in wall-clock time"
        if self.asleep > self.cpu:
            return f"waited for more than {in_words(self.seconds)} without computing"
        return f"took more than {in_words(self.seconds)} of computing time"


class TestAllowance:
    """What one test may use: the room while it answers, and this process."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.begin = time.process_time()
        self.room = self.asleep = 0.0
        self.before: tuple | None = None

    def look(self, used: tuple | None, slept: float) -> None:
        if used and self.before:
            self.room += max(0.0, used[0] - self.before[0])
        self.before = used or self.before
        self.asleep += slept

    @property
    def over(self) -> bool:
        return self.room + self.asleep + time.process_time() - self.begin >= self.seconds


class Budget:
    """What one notebook has used in all: its rooms, and its tests on this side."""

    def __init__(self, seconds: float, wall_factor: float):
        self.seconds = seconds
        self.begin = time.process_time()
        self.end = time.monotonic() + on_the_wall(seconds, wall_factor)
        self.ended_rooms = self.room = self.asleep = 0.0

    def look(self, used: tuple | None, slept: float) -> None:
        if used:
            self.room = max(self.room, used[0])
        self.asleep += slept

    @property
    def why(self) -> str:
        return f"was still running when the whole notebook had used up its {in_words(self.seconds)}"

    def room_ended(self, cpu: float) -> None:
        self.ended_rooms += max(self.room, cpu)
        self.room = 0.0

    @property
    def used(self) -> float:
        return self.ended_rooms + self.room + self.asleep + time.process_time() - self.begin

    @property
    def over(self) -> bool:
        return self.used >= self.seconds or time.monotonic() >= self.end


@contextlib.contextmanager
def memory_limit(extra: int = MEMORY) -> Iterator[None]:
    """A context in which this process may take no more than `extra` bytes: a value from the room that makes a test
    build something enormous is a MemoryError of that test. Linux only."""
    try:
        import resource

        with open("/proc/self/statm") as file:
            now = int(file.read().split()[5]) * resource.getpagesize()
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = now + extra
        if soft != resource.RLIM_INFINITY and soft < wanted:
            wanted = soft
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))
    except (ImportError, OSError, ValueError, IndexError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def time_limit(seconds: float, wall_factor: float) -> Any:
    """A context that raises TestTimeout in the code inside after this many seconds of this process's CPU time, and
    again each second if it goes on.
    """
    main = threading.current_thread() is threading.main_thread()
    return _BySignals(seconds, wall_factor) if main else _by_thread(seconds, wall_factor)


class _BySignals:
    def __init__(self, seconds, wall_factor):
        seconds = max(seconds, 0.001)
        self.timers = (
            (signal.ITIMER_PROF, signal.SIGPROF, seconds),
            (signal.ITIMER_REAL, signal.SIGALRM, on_the_wall(seconds, wall_factor)),
        )
        self.active = True

    def __enter__(self):
        self.before = [signal.signal(number, self.strike) for _, number, _ in self.timers]
        for timer, _, seconds in self.timers:
            signal.setitimer(timer, seconds, 1.0)

    def strike(self, *_):
        if self.active:
            raise TestTimeout

    def __exit__(self, *_):
        while True:
            try:  # the last signal may arrive here
                self.active = False
                for (timer, number, _), before in zip(self.timers, self.before):
                    signal.setitimer(timer, 0)
                    signal.signal(number, before)
                return False
            except TestTimeout:
                continue


@contextlib.contextmanager
def _by_thread(seconds, wall_factor):
    # Another thread gets no signals: an exception is put into it from a third.
    me, done = threading.get_ident(), threading.Event()
    lock = threading.Lock()
    most, end = time.process_time() + seconds, time.monotonic() + on_the_wall(seconds, wall_factor)

    def watch():
        while not done.wait(min(1.0, max(seconds / 10, 0.001))):
            with lock:
                if not done.is_set() and (time.process_time() > most or time.monotonic() > end):
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(me), ctypes.py_object(TestTimeout))

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        with lock:
            done.set()
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(me), None)
