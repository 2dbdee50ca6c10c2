"""Many submissions at once, behind concurrent.futures: processes of this machine, or Dask workers."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import multiprocessing
import multiprocessing.connection
import os
import pickle
import sys
import threading
import types
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, ProcessPoolExecutor, wait

from proctor.job import GraderDied

PRELOAD = ["proctor.plugin.grading", "proctor.trusted.clean", "numpy"]

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")  # read when NumPy is imported

STUCK = 3  # seconds after which workers that have died are no longer waited for

CONNECT = 5  # seconds for a Dask scheduler to answer

_main_lock = threading.Lock()


class WorkerDied(RuntimeError):
    """The process that graded this submission, and no other, ended without an answer."""


class NoScheduler(RuntimeError):
    """The Dask scheduler cannot be used; the message says what to do."""


class Pool:
    """Processes of this machine that take tasks. They start with the first one and stay until `close`, through as many
    runs as there are.

    Parameters
    ----------
    workers : int
        How many tasks are worked on at the same time.
    start : str
        How they start, if not in the usual way: "fork" inherits what this process has imported, and needs one without
        other threads.
    """

    def __init__(self, workers: int, start: str = ""):
        self.workers, self.start = workers, start
        self._executor: ProcessPoolExecutor | None = None

    def run(self, function: Callable, shared: bytes, tasks: Iterable) -> Iterator[tuple]:
        """Yield (task, outcome or exception) as they finish, for an iterable of tasks that is read as they are needed.

        A task during which its worker dies is tried once more, alone; if it dies again, it is yielded with
        `WorkerDied`. All others
        are unharmed. A task whose outcome is `late` while others were worked on is done once more, alone: that outcome
        counts.

        Parameters
        ----------
        function : callable
            ``function(shared, task)`` -> outcome, in a worker.
        """
        suspects: list = []
        late: list = []
        tasks = iter(tasks)
        while broken := (yield from _in_time(self._drain(function, shared, tasks), late if self.workers > 1 else None)):
            suspects += broken
            self.close()
        for task in suspects:
            with Pool(1, self.start) as alone:
                again = yield from alone._drain(function, shared, iter([task]))
            if again:
                yield task, WorkerDied("The process that graded it ended without an answer")
        if late:
            with Pool(1, self.start) as alone:
                yield from alone.run(function, shared, late)

    def close(self) -> None:
        """End the workers; another run starts new ones."""
        if self._executor is not None:
            _end(self._executor)
            self._executor = None

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *error):
        self.close()

    def _drain(self, function, shared, tasks):
        return _drain(lambda task: self._submit(function, shared, task), tasks, 2 * self.workers)

    def _submit(self, *call) -> Future:
        if self._executor is None:
            self._executor = _executor(self.workers, self.start)
        with _no_main_module(), _one_thread_each():
            return self._executor.submit(*call)


def _drain(submit, tasks, most: int):
    """Keep `most` tasks under way, so that memory does not grow with the class. Return the tasks lost with a broken
    executor or a process of their own.

    Parameters
    ----------
    submit : callable
        ``submit(task)`` -> Future.
    """
    pending: dict[Future, object] = {}
    exhausted = False
    died: list = []
    while True:
        while not exhausted and len(pending) < most:
            task = next(tasks, None)
            if task is None:
                exhausted = True
                break
            try:
                pending[submit(task)] = task
            except BrokenExecutor:
                return [*died, *pending.values(), task]
        if not pending:
            return died
        done, _ = wait(pending, return_when=FIRST_COMPLETED)
        lost = []
        for future in done:
            task = pending.pop(future)
            error = future.exception()
            if isinstance(error, BrokenExecutor):
                lost.append(task)
            elif isinstance(error, GraderDied):  # a process of its own: the worker and all others are unharmed
                died.append(task)
            else:
                yield task, error if error is not None else future.result()
        if lost:
            for future, task in pending.items():  # what finished before the break still counts
                error = future.exception()
                if error is None:
                    yield task, future.result()
                else:
                    lost.append(task)
            return died + lost


def _in_time(results, late: list | None):
    """Pass on what comes, and what is returned; tasks whose outcome is late go into the list, if there is one, and
    are not passed on.
    """
    while True:
        try:
            task, outcome = next(results)
        except StopIteration as end:
            return end.value
        if late is not None and getattr(outcome, "late", False):
            late.append(task)
        else:
            yield task, outcome


def _executor(workers: int, start: str) -> ProcessPoolExecutor:
    """Processes forked from a server that has imported the trusted side only; started from nothing where there is no
    fork.
    """
    method = start or ("forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(PRELOAD)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare)


def _end(executor: ProcessPoolExecutor) -> None:
    """Shut down, and wait for it. Once its workers have died, nobody reads the pipe of tasks any more, and older
    Pythons (Debian's 3.11.2 is one) wait for ever to write the rest of a task into it: CPython's issue 94777, mended
    there by closing that pipe, as here.
    """
    manager, tasks = (getattr(executor, name, None) for name in ("_executor_manager_thread", "_call_queue"))
    executor.shutdown(wait=False, cancel_futures=True)
    if manager is not None:
        if getattr(executor, "_broken", False):
            manager.join(STUCK)
            if tasks is not None and manager.is_alive():
                with contextlib.suppress(AttributeError, OSError):
                    tasks._reader.close()
        manager.join()


def _prepare():
    """What a worker does before its first submission."""
    _end_with_parent()
    _keep_memory()


def _keep_memory():
    """Without this, malloc returns the memory of each larger array to the system at once: 7,000 page faults a
    submission.
    """
    if sys.platform.startswith("linux"):
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            trim_threshold, mmap_threshold = -1, -3
            mallopt(trim_threshold, 32 << 20)
            mallopt(mmap_threshold, 16 << 20)


def _end_with_parent():
    """A worker whose run was killed must not survive it."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch():
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def _no_main_module():
    """Hide `__main__` while workers start: each would import it, and nbgrader's takes 1.5 seconds."""
    with _main_lock:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


@contextlib.contextmanager
def _one_thread_each():
    """Workers that start meanwhile compute with one thread each: there are as many of them as cores, and in the small
    products of a test several threads only wait for each other, which costs twice the CPU time.
    """
    new = {name: "1" for name in THREADS if name not in os.environ}
    os.environ.update(new)
    try:
        yield
    finally:
        for name in new:
            os.environ.pop(name, None)


def run_on_dask(shared: bytes, tasks: Iterable, scheduler: str, archive: bytes) -> Iterator[tuple]:
    """As `Pool.run` with `grade_submission`, on Dask workers.

    Parameters
    ----------
    scheduler : str
        Its address.
    archive : bytes
        What `release.pack` made: proctor and what the hidden tests import.
    """
    import cloudpickle
    import dask
    from distributed import Client

    from . import remote

    cloudpickle.register_pickle_by_value(remote)
    lost = NoScheduler(
        f"The Dask scheduler {scheduler} does not answer. Start it (dask scheduler), or remove "
        "c.Proctor.scheduler from the configuration to grade on this machine; then run this "
        "again. What was recorded stays."
    )
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(
            logging.CRITICAL
        )  # for a lost scheduler it shows tracebacks; one line is enough
    try:
        with dask.config.set({"distributed.comm.timeouts.connect": CONNECT}):
            client = Client(scheduler, timeout=CONNECT)
    except (OSError, ValueError) as error:  # no answer, or no such kind of address
        raise lost from error
    try:
        with client:
            if not client.nthreads():
                raise NoScheduler(
                    f"The Dask scheduler {scheduler} has no workers; start one with `dask worker {scheduler}`."
                )
            most = 2 * sum(client.nthreads().values())
            executor = client.get_executor(pure=False)

            def results(tasks, most):
                for task, answer in _drain(
                    lambda task: executor.submit(remote.grade_remotely, archive, pickle.dumps((shared, task))),
                    iter(tasks),
                    most,
                ):
                    if isinstance(answer, bytes):
                        answer = (
                            pickle.loads(answer)
                            if answer
                            else WorkerDied("The process that graded it ended without an answer")
                        )
                    yield task, answer

            late: list = []
            yield from _in_time(results(tasks, most), late)
            yield from results(late, 1)
    except (OSError, CancelledError) as error:
        raise lost from error
