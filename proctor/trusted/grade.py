"""Walks through one notebook: ordinary cells go to the room, locked test cells run here."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import functools
import inspect
import io
import math
import os
import re
import sys
import time
import types
import warnings
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..cells import HIDDEN, NOT_PYTHON, about, hidden_lines, is_answer, is_test, names_in, source_of, visible
from ..job import Job, Report, TestResult
from ..wire import LineClosed, LineTimeout, Unsendable, rng
from . import messages, rooms
from .fault import TOLD, NotHere, fault_of
from .files import USED, Files
from .given import checks_of
from .limits import Budget, TestTimeout, in_words, memory_limit, time_limit
from .mirror import Replaced, code_shown, formulas_only
from .names import TestNames, imports_of
from .outputs import checked_outputs, clean
from .session import CallTimeout, RoomGone, Session
from .stopped import MOST_LEFT_OUT, Stopped, error_line, error_of, next_part, unmade

if TYPE_CHECKING:
    from ..job import Limits
    from .names import TestNames

MOST_ROOMS = 25  # for one notebook
_HARMLESS = re.compile(r"\s*(%%time\s*$|%(matplotlib|config|precision|load_ext|autoreload)\b)")
CODE_FILES = (".py", ".pyc", ".so", ".pyd", ".pth", ".egg", ".zip")

close = rooms.close


def grade_notebook(job: Job) -> Report:
    """Run one notebook and its tests.

    Never raises for anything that a submission does: what went wrong is in the report's results and notes. Raises
    RoomError if no room is available at all (with sandbox="strict", where no sandbox can start).
    """
    return Walk(job).walk()


class Walk:
    def __init__(self, job):
        self.job = job
        self.limits = job.limits
        self.cells = job.notebook.get("cells", [])
        self.report = Report()
        self.budget = Budget(job.limits.notebook_seconds, job.limits.wall_factor)
        self.session = None
        self.rooms = 0
        self.done = []  # indices of the ordinary cells that ran to their end
        self.parts = {}  # index -> the cell in the parts that ran, if it went on after something that was left out
        self.unkept = set()  # texts that the room shall not keep
        self.absent = set()  # names that are missing for what was left out
        # name -> what visible parts of tests did to define it, for later cells of the learner's that use it
        self.lent = {}
        self.output_left = job.limits.notebook_output
        self.names = TestNames(
            {**imports_of(self.cells), **job.trusted_names},
            helper_modules(job.files),
            own_modules(job),
            checks_of(self.cells),
        )
        self.seconds = {
            "start": 0.0,
            "cells": 0.0,
            "tests": 0.0,
            "end": 0.0,
        }  # of the clock; "room" and "trusted" are CPU
        self.opened = []
        self.not_run = []  # grade ids of tests that had no room
        self.broken = set()  # names that tests which could not be run would have defined

    def walk(self) -> Report:
        start, before = time.monotonic(), time.process_time()
        self.house = rooms.house(self.job.sandbox, self.job.warm, self.job.private)
        self.report.walls = self.house.walls
        self.seconds["start"] += time.monotonic() - start
        try:
            with trusted_surroundings(self.job) as self.surroundings, memory_limit():
                for index, cell in enumerate(self.cells):
                    if cell.get("cell_type") == "code":
                        self.step(index, cell)
                self.tell_of_limits()
        finally:
            start = time.monotonic()
            if self.session is not None:
                self.session.end()
            if not self.job.warm:
                self.house.close()
            self.seconds["end"] += time.monotonic() - start
        self.seconds["room"] = sum(session.room.cpu for session in self.opened)
        self.seconds["trusted"] = time.process_time() - before
        self.report.seconds = self.seconds
        return self.report

    def step(self, index: Any, cell: Any) -> None:
        """Run one cell of code, whatever it is."""
        if is_test(cell):
            self.test(index, cell)
        elif (
            index not in self.job.skip
            and source_of(cell).strip()
            and "skip-execution" not in cell.get("metadata", {}).get("tags", ())
        ):
            self.cell(index, cell)

    # -- rooms ----------------------------------------------------------------------------------------------------

    def room(self) -> Session | None:
        """The room with all earlier cells run in it; None if there can be none any more."""
        while self.budget.over or self.session is None or self.session.spoke():
            if self.budget.over or self.rooms >= MOST_ROOMS:
                return None
            again = self.rooms > 0
            self.rooms += 1
            if not self._open():
                continue
            if again:
                self._replay()
        return self.session

    def _open(self):
        start = time.monotonic()
        try:
            if not self.house.alive():
                self.house.close()
                self.house.start()
            self.session = Session(self.house.room(dataclasses.asdict(self.limits)), self.limits, self.budget)
            self.opened.append(self.session)
            self.session.start(self.job.files)
        except (RoomGone, LineClosed, LineTimeout, CallTimeout, rooms.RoomError) as error:
            self.note(f"A room did not start: {error} {getattr(self.session, 'reason_of_warden', '')}".strip())
            if isinstance(error, rooms.RoomError):
                self.house.close()
            return False
        except Unsendable:
            self.note("The files of the submission are too large, so the notebook ran without them.")
            self.job = dataclasses.replace(self.job, files={})
            self.session.end()
            return False
        finally:
            self.seconds["start"] += time.monotonic() - start
        return True

    def _replay(self):
        """Run again what ran before, in a new room, without what ended the last one."""
        for index in list(self.done):
            try:
                self.lend(self.session, source_of(self.cells[index]))
                for source in self.parts.get(index) or [source_of(self.cells[index])]:
                    *_, late = self.session.run_cell(
                        source, self.limits.cell_seconds, 1 << 16, draw=False, kept=source not in self.unkept
                    )
            except (RoomGone, CallTimeout):
                late = True
            if late:
                self.done.remove(index)
            if not self.session.alive:
                return

    # -- cells ----------------------------------------------------------------------------------------------------

    def cell(self, index: int, cell: dict) -> None:
        self.report.unfinished.add(index)
        session = self.room()
        if session is None:
            self.report.outputs[index] = [failure(self.why_no_room())]
            return
        start = time.monotonic()
        limit = max(min(self.limits.cell_output, self.output_left), 1000)
        try:
            self.lend(session, source_of(cell))
            outputs, count, late = session.run_cell(
                source_of(cell), self.limits.cell_seconds, limit, self.draws(index, cell)
            )
            outputs = checked_outputs(outputs, limit)
            if not late and (stop := error_of(outputs, count)) is not None:
                outputs, late = self.go_on(session, index, cell, outputs, stop, limit)
            self.output_left -= sum(len(str(output)) for output in outputs)
            if late:
                outputs.append(failure(f"This cell was stopped: it {session.why}."))
                self.note(f"Cell {index + 1} was stopped: it {session.why}.")
                self.tell(f"Cell {index + 1} of your notebook was stopped: it {session.why}.")
                self.report.late = True
            else:
                self.done.append(index)
                self.report.unfinished.discard(index)
            if type(count) is int and 0 <= count < 1 << 31:
                self.report.execution_counts[index] = count
            self.report.outputs[index] = outputs
        except (RoomGone, Exception) as error:  # a MemoryError at what it sent, too
            session.end(str(error))
            text = self.why_gone(session)
            self.report.outputs[index] = [failure(text)]
            self.note(f"Cell {index + 1}: {text}")
            self.tell(f"Cell {index + 1} of your notebook: {text}")
        finally:
            self.seconds["cells"] += time.monotonic() - start

    def go_on(self, session: Session, index: int, cell: dict, outputs: list, stop: Any, limit: int) -> tuple:
        """Run what is left of a cell that stopped at something that only the learner's machine has; the outputs of
        all, and whether it was interrupted.
        """
        source, late, ran = source_of(cell), False, [source_of(cell)]
        found = self.report.stopped[index] = Stopped(error=error_line(stop), first=error_line(stop))
        while stop is not None and not late:
            part = next_part(source, stop, self.absent) if len(found.left_out) < MOST_LEFT_OUT else None
            if part is None:
                found.line, found.error, found.ended = stop[0], error_line(stop), True
                found.unmade = unmade(
                    source, stop[0], stop[1].endswith(("SyntaxError", "IndentationError", "TabError"))
                )
                break
            source, left = part
            found.left_out.append(left[:200])
            ran.append(source)
            more, count, late = session.run_cell(source, self.limits.cell_seconds, limit, self.draws(index, cell))
            more = checked_outputs(more, limit)
            outputs, stop = outputs + more, error_of(more, count)
        self.parts[index] = ran
        return outputs, late

    def lend(self, session: Session, source: str) -> None:
        """Give a cell the names that it takes from the visible part of an earlier test, as in Jupyter: `y = f(x)`
        after a test with `x`.
        """
        for name in sorted(names_in(source) & self.lent.keys()) if self.lent else ():
            try:
                there, _ = session.get(name)
            except Exception:  # it is there, but cannot cross
                there = True
            session.begin_test()
            if not there:
                session.run_cell(self.lent[name], self.limits.cell_seconds, 1000, draw=False)

    def draws(self, index: int, cell: dict) -> bool:
        """Whether the figures of this cell are drawn."""
        graded = index in self.job.draw or about(cell).get("grade") or is_answer(cell)
        return self.job.figures == "all" or self.job.figures == "graded" and bool(graded)

    def tell_of_limits(self) -> None:
        """A notebook that was stopped: which tests were not run, for the grader and for the learner."""
        if self.not_run:
            why = (
                f"the notebook used up the {in_words(self.limits.notebook_seconds)} that all its cells and tests "
                "together may take"
                if self.budget.over
                else "its cells ended the process of the notebook too often"
            )
            names = (
                f"{len(self.not_run)} tests were not run: {', '.join(self.not_run)}"
                if len(self.not_run) > 1
                else f"the test {self.not_run[0]} was not run"
            )
            self.report.notes.append(f"Stopped: {why}; {names}.")
            self.report.told.append(
                f"Your notebook was stopped: {why}. So {names}; {'they earn' if len(self.not_run) > 1 else 'it earns'} "
                "no points. Look for an endless loop or very slow code."
            )

    def why_gone(self, session: Any) -> str:
        said = getattr(session, "reason_of_warden", "")
        if said in ("too much memory", "too many processes"):
            return f"This cell's process was ended: {said}."
        if session.failed == "late":
            self.report.late = True
            return f"This cell's process was ended: it {session.why} and could not be interrupted."
        return "This cell ended its own process or its connection to the grader."

    def why_no_room(self) -> str:
        if self.budget.over:
            self.report.late = True
            return f"Not run: the notebook took more than {in_words(self.limits.notebook_seconds)} in all."
        return "Not run: the notebook's process ended too often."

    def note(self, text: str) -> None:
        if text not in self.report.notes and len(self.report.notes) < 50:
            self.report.notes.append(text)

    def tell(self, text: str) -> None:
        if len(self.report.told) < 5:
            self.report.told.append(text)

    # -- tests ----------------------------------------------------------------------------------------------------

    def test(self, index: int, cell: dict) -> None:
        grade_id = str(cell["metadata"]["nbgrader"].get("grade_id", ""))
        session = self.room()
        if session is None:
            self.fail(grade_id, self.why_no_room())
            self.not_run.append(grade_id)
            return
        start = time.monotonic()
        source, filename = source_of(cell), test_name(grade_id)
        session.begin_test()
        if grade_id in self.job.inside:
            self.test_inside(index, cell, grade_id, session)
            self.seconds["tests"] += time.monotonic() - start
            self.lent.update(given_to_later_cells(source, self.job.marks))
            return
        self.names.begin(session, source, self.job.marks)
        try:
            value = self.surroundings.run(session, source, filename, self.names, self.limits)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt) and not hasattr(error, "__proctor_learner__"):
                raise  # the grader's own Ctrl-C
            fault = self.fault_of(error, session, source, filename)
            self.fail(grade_id, TOLD if fault else self.why_failed(error, session, source, filename), error, fault)
        else:
            if session.failed:  # whatever the test made of it
                self.fail(grade_id, self.why_no_answer(session))
            else:
                self.passed(cell, grade_id, value)
        finally:
            self.seconds["tests"] += time.monotonic() - start
        self.lent.update(given_to_later_cells(source, self.job.marks))
        if session.failed:
            self.note(f"Test {grade_id}: {self.why_no_answer(session)}")

    def test_inside(self, index: int, cell: dict, grade_id: str, session: Session) -> None:
        """Run a test in a fork of the room, as calibrated by the instructor's solution."""
        source = source_of(cell)
        earlier = (
            [source_of(one) for one in self.cells[:index] if is_test(one)]
            if self.job.inside[grade_id] == "after"
            else []
        )
        try:
            passed, score, error, late = session.run_test(source, earlier, self.limits.cell_seconds)
        except (RoomGone, Exception) as gone:
            session.end(str(gone))
            self.fail(grade_id, self.why_no_answer(session), gone)
            self.note(f"Test {grade_id}: {self.why_no_answer(session)}")
            return
        if late:
            self.report.late = True
            self.note(f"Test {grade_id}: {messages.LATE.format(session.why)}")
            self.fail(grade_id, messages.LATE.format(session.why))
        elif passed:
            self.passed(cell, grade_id, score)
        else:
            said = messages.InsideError.of(error)
            self.fail(grade_id, said.message(source, self.visible, self.job.marks), reason=said.reason)

    @functools.cached_property
    def visible(self) -> frozenset:
        """The names that the learner can read in the notebook."""
        return frozenset().union(*(names_in(_visible(cell, self.job.marks)) for cell in self.cells))

    def fault_of(self, error: BaseException, session: Session, source: str, filename: str) -> str:
        if session.failed or not isinstance(error, Exception):
            return ""
        given = self.job.given + "\n" + "\n".join(_visible(cell, self.job.marks) for cell in self.cells)
        return fault_of(
            error, source, filename, given, [source_of(cell) for cell in self.cells if is_test(cell)], self.broken
        )

    def why_failed(self, error: BaseException, session: Session, source: str, filename: str) -> str:
        if isinstance(error, TestTimeout):
            self.report.late = True
            self.note(f"Test {filename[6:-1]} took more than {in_words(self.limits.cell_seconds)} of computing time.")
            return messages.TOO_LONG.format(in_words(self.limits.cell_seconds))
        said_by_a_check = (
            isinstance(error, Exception)
            and not isinstance(error, CallTimeout)
            and hasattr(type(error), "_render_traceback_")
        )
        if (
            session.failed
            and not (session.failed == "late" and said_by_a_check)
            or isinstance(error, (RoomGone, CallTimeout))
        ):
            return self.why_no_answer(session)
        try:
            return messages.explain(error, source, filename, self.visible, self.job.marks, self.cause_of)
        except Exception:
            return messages.NEUTRAL

    def cause_of(self, name: str) -> str:
        """Why a name of the learner's is missing: the cell that should define it stopped."""
        found = [
            stop
            for stop in self.report.stopped.values()
            if name in stop.unmade and not stop.error.startswith("NotImplementedError")
        ]
        return f"The cell that should define `{name}` {found[-1]}" if found else ""

    def why_no_answer(self, session: Session) -> str:
        if session.failed != "late":
            return messages.DEAD
        self.report.late = True
        return messages.LATE.format(session.why)

    def fail(
        self, grade_id: str, message: str, error: BaseException | None = None, fault: str = "", reason: str = ""
    ) -> None:
        reason = reason or fault or messages.reason(error) or message
        result = self.report.results[grade_id] = TestResult(
            grade_id, False, None, clean(message), fault=clean(fault), reason=clean(reason)
        )
        for what in ("figure", "headline", "read_again", "mistakes"):
            with contextlib.suppress(Exception):  # a message without them is still a message
                setattr(result, what, getattr(messages, what)(error))

    def passed(self, cell: dict, grade_id: str, value: Any) -> None:
        score, most = None, cell["metadata"]["nbgrader"].get("points")
        if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
            score = float(value)
            if math.isnan(score) or score < 0:
                self.note(f"Test {grade_id} ended in {score}: counted as 0.")
                score = 0.0
            elif isinstance(most, (int, float)) and score > most:
                self.note(f"Test {grade_id} ended in {score}, more than its {most} points: counted as {most}.")
                score = float(most)
        if grade_id in self.report.results and not self.report.results[grade_id].passed:
            return  # a second cell of that name cannot repair the first
        self.report.results[grade_id] = TestResult(grade_id, True, score, "")


class Surroundings:
    """The surroundings of the tests of one notebook in this process, restored afterwards."""

    def __init__(self, folder, given=()):
        self.folder, self.given, self.taken = folder, given, {}

    def run(self, session: Session, source: str, filename: str, names: TestNames, limits: Limits) -> Any:
        """Run a test cell; returns the value of its last expression."""
        body, last = compiled(source, filename)
        here = os.getcwd() if self.folder else None
        quiet = Quiet()
        try:
            if self.folder:
                os.chdir(self.folder)
            with (
                contextlib.redirect_stdout(quiet),
                contextlib.redirect_stderr(quiet),
                no_notebook(),
                warnings.catch_warnings(),
                np.errstate(),
                seeds_told(session),
                code_shown(session),
                formulas_only(source),
                time_limit(limits.cell_seconds, limits.wall_factor),
            ):
                warnings.simplefilter("ignore")
                session.replaced = Replaced(source)
                session.files = Files(session, self.folder, self.given, self.taken) if USED.search(source) else None
                if session.files is not None:
                    session.files.pull()
                run_code(body, names)
                return run_code(last, names) if last is not None else None
        finally:
            session.files = None
            if here:
                os.chdir(here)


def run_code(code: CodeType, names: dict) -> Any:
    """Run a part of a test cell, which may await."""
    value = eval(code, names)
    if not code.co_flags & inspect.CO_COROUTINE:
        return value
    import asyncio

    with asyncio.Runner() as runner:
        return runner.run(value)


class Quiet(io.TextIOBase):
    """Takes what a test prints and discards it."""

    def write(self, text: str) -> int:
        return len(text)

    def writable(self) -> bool:
        return True


class _NoNotebook(types.ModuleType):
    """Stands for `__main__`, which is the notebook in a kernel and not here: doctest and unittest would find nothing
    in it, and nothing wrong.
    """

    def __getattribute__(self, name):
        if name.startswith("__") and name not in ("__dict__", "__name__"):
            raise AttributeError(name)
        raise NotHere("it looks into the notebook's own module")


@contextlib.contextmanager
def no_notebook() -> Iterator[None]:
    """Tests see no `__main__`."""
    before = sys.modules["__main__"]
    sys.modules["__main__"] = _NoNotebook("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = before


@contextlib.contextmanager
def seeds_told(session: Session) -> Iterator[None]:
    """A test that seeds NumPy's or Python's global random numbers seeds them in the room as well."""
    import random

    def telling(function, key, state):
        def seed(*args, **kwargs):
            found = function(*args, **kwargs)
            session.seeds[key] = state()
            return found

        return seed

    numpy_state = lambda: rng.state_of(np.random.mtrand._rand)  # noqa: E731
    places = [
        (np.random, "seed", "random", numpy_state),
        (np.random, "set_state", "random", numpy_state),
        (random, "seed", "python_random", random.getstate),
        (random, "setstate", "python_random", random.getstate),
    ]
    kept = [(module, name, getattr(module, name)) for module, name, _, _ in places]
    for module, name, key, state in places:
        setattr(module, name, telling(getattr(module, name), key, state))
    try:
        yield
    finally:
        for module, name, function in kept:
            setattr(module, name, function)


@contextlib.contextmanager
def stock_variables() -> Iterator[None]:
    """Of the environment, as stock nbgrader sets them for tests."""
    names = ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING")
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    try:
        yield
    finally:
        for name in names:
            os.environ.pop(name, None)
        os.environ.update(before)


@contextlib.contextmanager
def import_path(folders: Iterable[str]) -> Iterator[None]:
    """sys.path with the instructor's folders and never the working folder."""
    path = sys.path[:]
    sys.path[:] = [str(one) for one in folders] + [one for one in path if one not in ("", ".")]
    try:
        yield
    finally:
        sys.path[:] = path


@contextlib.contextmanager
def trusted_surroundings(job: Job) -> Iterator[Surroundings]:
    """The instructor's folders to import from; a folder with the notebook's data files; nbgrader's variables."""
    import tempfile

    folder = None
    data = {name: content for name, content in job.files.items() if not name.lower().endswith(CODE_FILES)}
    with import_path(job.import_paths), stock_variables():
        with tempfile.TemporaryDirectory(prefix="proctor-") as folder:
            for name, content in data.items():
                target = os.path.normpath(os.path.join(folder, name))
                if target.startswith(folder + os.sep):
                    os.makedirs(os.path.dirname(target), exist_ok=True)
                    with open(target, "xb") as file:
                        file.write(content)
            before, tempfile.tempdir = tempfile.tempdir, folder
            try:
                yield Surroundings(folder, data)
            finally:
                tempfile.tempdir = before


@functools.lru_cache(4096)
def compiled(source: str, filename: str) -> tuple:
    """The code of a test cell in two parts: all but its last expression, and that. The same for every submission.

    Magics that change nothing here are left out; any other one, or a cell of nothing else, cannot run on this side.
    """
    try:
        tree = ast.parse(source, filename)
    except SyntaxError:
        tree = ast.parse(without_magics(source), filename)
        if not tree.body:
            raise NotHere("nothing of this cell can run outside the room: it is made of magics") from None
    last = None
    end = tree.body[-1] if tree.body else None
    if isinstance(end, ast.Expr) and not source.rstrip().endswith(";"):
        tree.body.pop()
        last = compile(ast.Expression(end.value), filename, "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return compile(tree, filename, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), last


def without_magics(source: str) -> str:
    """The Python of a cell, without the lines that only time it or set up a display.

    Raises
    ------
    NotHere
        For a magic or a shell command that does something.
    """
    from IPython.core.inputtransformer2 import TransformerManager

    kept = ["\n" if _HARMLESS.match(line) else line for line in source.splitlines(keepends=True)]
    if "".join(kept).lstrip().startswith("%%"):
        raise NotHere("a cell magic runs in the room only")
    made = TransformerManager().transform_cell("".join(kept))
    if "get_ipython()." in made and "get_ipython()." not in source:
        raise NotHere("a magic or a shell command runs in the room only")
    return made


@functools.lru_cache(4096)
def given_to_later_cells(source: str, marks: tuple = HIDDEN) -> dict:
    """{name: statements} for the names that the visible part of a test defines; its asserts and calls are left out."""
    hidden = hidden_lines(source, marks)
    try:
        body = ast.parse(source).body
    except NOT_PYTHON:
        return {}
    kept = [
        node
        for node in body
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef))
        and not hidden & set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    ]
    names = {
        part.id
        for node in kept
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    names |= {
        alias.asname or alias.name.split(".")[0]
        for node in kept
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    names |= {node.name for node in kept if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    text = "\n".join(ast.unparse(node) for node in kept)
    return dict.fromkeys(names, text)


def test_name(grade_id: str) -> str:
    """Where the code of a test cell says that it comes from."""
    return f"<test {grade_id}>"


def _visible(cell, marks):
    source = source_of(cell)
    return visible(source, marks) if is_test(cell) else source


def helper_modules(files: Iterable[str]) -> set:
    """Top names of the Python files that lie beside the notebook."""
    return {name.replace("\\", "/").split("/")[0].removesuffix(".py") for name in files if name.endswith(".py")}


def own_modules(job: Job) -> dict:
    """{name: text} of the instructor's Python files beside the notebook."""
    return {
        name[:-3]: job.files[name].decode("utf-8", "replace")
        for name in job.own_files
        if name.endswith(".py") and "/" not in name and name in job.files
    }


def failure(text: str) -> dict:
    return {"output_type": "error", "ename": "Grader", "evalue": text, "traceback": [text]}
