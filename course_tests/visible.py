"""What a learner sees before submitting: the visible lines of the test cells, run on answers of the bank."""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from course_tests import bank
from course_tests.notebooks import RELEASE, SHOWN, Cell, Notebook, read, run_in_plain_python, sources

QUIZ = "answers"  # the exercise that every quiz asks for
IN_ASSIGNMENT, IN_EXERCISE = 0.95, 0.85  # share of the mistakes that must fail a visible line
NAMED_AT_HOME = 0.85  # and of those that do, the share that practice.py must name


@functools.cache
def of_topic(topic: str) -> Notebook:
    """The source notebook of a topic."""
    return next(notebook for notebook in sources() if notebook.topic == topic)


@functools.cache
def namespace(path: Path) -> dict[str, Any]:
    """The names of a source notebook after running it as plain Python, without the cells that only draw."""
    with contextlib.redirect_stdout(None):
        return run_in_plain_python(read(path), without=SHOWN)


def exercises(notebook: Notebook) -> list[str]:
    """The exercises of a notebook, without the quiz."""
    return [cell.grade_id for cell in notebook.exercises() if cell.grade_id != QUIZ]


def cells_of(notebook: Notebook, exercise: str) -> list[Cell]:
    """The test cells whose visible lines use an exercise."""
    return [cell for cell in notebook.of_role("test") if re.search(rf"\b{re.escape(exercise)}\b", cell.visible)]


def failures(entry: bank.Entry) -> dict[str, Exception]:
    """The test cells whose visible lines fail for an answer of the bank, each with its error."""
    if entry.label not in _failures:
        notebook = of_topic(entry.topic)
        given = with_answer(namespace(notebook.path), entry)
        errors = {cell.grade_id: error_of(cell.visible, dict(given)) for cell in cells_of(notebook, entry.exercise)}
        _failures[entry.label] = {test: error for test, error in errors.items() if error}
    return _failures[entry.label]


_failures: dict[str, dict[str, Exception]] = {}


def with_answer(names: dict[str, Any], entry: bank.Entry) -> dict[str, Any]:
    """The names of a notebook in which an answer of the bank stands: it uses what is given there."""
    given = dict(names)
    exec(compile(entry.code, entry.label, "exec"), given)
    return given


def error_of(code: Any, names: dict[str, Any]) -> Exception | None:
    """What stops some lines, or None."""
    try:
        with contextlib.redirect_stdout(None), np.errstate(all="ignore"):
            exec(_compiled(code), names)
    except Exception as error:
        return error.with_traceback(None)
    return None


@functools.lru_cache(4096)  # the lines of a cell are run for each mistake
def _compiled(code: Any) -> Any:
    return compile(code, "visible lines", "exec")


def should_show(entry: bank.Entry) -> bool:
    """Whether a mistake should show before submitting: it is caught by more than craft tests."""
    craft = {cell.grade_id for cell in of_topic(entry.topic).of_role("test") if cell.kind == "craft"}
    return not set(entry.caught_by) <= craft


def shares(topic: str) -> dict[str, tuple[int, int]]:
    """For each exercise: how many mistakes should show before submitting, and how many do."""
    found = {}
    for exercise in exercises(of_topic(topic)):
        mistakes = [entry for entry in bank.of(bank.MISCONCEPTIONS, topic, exercise) if should_show(entry)]
        if mistakes:
            found[exercise] = len(mistakes), sum(bool(failures(entry)) for entry in mistakes)
    return found


# ---------------------------------------------------------------- what practice.py sees and says


@functools.cache
def practice(path: Path) -> ModuleType:
    """A practice.py as a module that looks on at no notebook."""
    spec = importlib.util.spec_from_file_location("practice_looks_on", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def looking_on(module: ModuleType, notebook: Notebook, originals: str, known: Any = None) -> Any:
    """A `Watch` of practice.py, in a notebook whose exercises are all solved."""
    shell = SimpleNamespace(user_ns=dict(namespace(notebook.path)))
    empty = module.Known({"salt": "", "tests": {}, "sentences": [], "quiz": {}})
    return module.Watch(shell, module.Book(json.loads(originals)), known=known or empty)


def seen(
    entry: bank.Entry, notebook: Notebook, module: ModuleType, watch: Any
) -> dict[str, tuple[Exception | None, list[str]]]:
    """Run the test cells of a mistake's own exercise under the eyes of practice.py.

    Returns
    -------
    dict
        Test -> its error or None, and the events that practice.py noted down.
    """
    found = {}
    names = watch.shell.user_ns
    names[entry.exercise] = with_answer(names, entry)[entry.exercise]
    for test in watch.book.exercises[entry.exercise]:
        watch.test = test
        watch.forget()
        lines = next(cell.visible for cell in notebook.cells if cell.grade_id == test)
        own = dict(names) | {module.LOOKER: watch}
        found[test] = error_of(watch.visit(ast.parse(lines)), own), watch.events
        watch.book.passed[test] = found[test][0] is None
        if found[test][0]:
            watch.explain(test, found[test][0])
    return found


def named(entry: bank.Entry) -> dict[str, list[str]]:
    """Test that fails at home -> the lines with which practice.py, as learners get it, names the mistake."""
    notebook = of_topic(entry.topic)
    folder = RELEASE / notebook.assignment
    module = practice(folder / "practice.py")
    originals = (folder / "originals.json").read_text(encoding="utf-8")
    watch = looking_on(module, notebook, originals, module.Known.beside(folder))
    seen(entry, notebook, module, watch)
    return {test: failure.named for test, failure in watch.failures.items()}
