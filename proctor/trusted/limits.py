"""A time limit for code of this side."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import threading


MEMORY = 2 << 30  # bytes that tests may take on top of what the process has


class TestTimeout(BaseException):
    """The test as a whole took too long."""


@contextlib.contextmanager
def memory_limit(extra: int = MEMORY):
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


def time_limit(seconds: float):
    """A context that raises TestTimeout in the code inside after so many seconds, and again each second if it goes on."""
    main = threading.current_thread() is threading.main_thread()
    return _ByAlarm(seconds) if main else _by_thread(seconds)


class _ByAlarm:
    def __init__(self, seconds):
        self.seconds = max(seconds, 0.001)
        self.active = True

    def __enter__(self):
        self.before = signal.signal(signal.SIGALRM, self.strike)
        signal.setitimer(signal.ITIMER_REAL, self.seconds, 1.0)

    def strike(self, *_):
        if self.active:
            raise TestTimeout

    def __exit__(self, *_):
        while True:
            try:  # the last strike may fall in here
                self.active = False
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, self.before)
                return False
            except TestTimeout:
                continue


@contextlib.contextmanager
def _by_thread(seconds):
    # Another thread gets no signals: an exception is put into it from a third.
    me, done = threading.get_ident(), threading.Event()
    lock = threading.Lock()

    def watch():
        wait = seconds
        while not done.wait(max(wait, 0.001)):
            with lock:
                if not done.is_set():
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(me), ctypes.py_object(TestTimeout))
            wait = 1.0

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        with lock:
            done.set()
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(me), None)
