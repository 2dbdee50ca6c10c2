"""A time limit for code of this side."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import threading


class TestTimeout(BaseException):
    """The test as a whole took too long."""


@contextlib.contextmanager
def time_limit(seconds: float):
    """Raise TestTimeout in the code inside after so many seconds, and again each second if it goes on."""
    if threading.current_thread() is threading.main_thread():
        active = True

        def strike(*_):
            if active:
                raise TestTimeout

        before = signal.signal(signal.SIGALRM, strike)
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), 1.0)
        try:
            yield
        finally:
            active = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        return
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
