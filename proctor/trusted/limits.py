"""A time limit for code of this side."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import threading


class TestTimeout(BaseException):
    """The test as a whole took too long."""


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
