"""What a learner sees before submitting: the visible lines of the test cells, run on answers of the bank."""

from __future__ import annotations

import contextlib
import functools
import re
from typing import Any

from course_tests import bank
from course_tests.notebooks import SHOWN, Cell, Notebook, run_in_plain_python, sources

QUIZ = "answers"  # the exercise that every quiz asks for
IN_ASSIGNMENT, IN_EXERCISE = 0.95, 0.85  # share of these mistakes that must fail a visible line


@functools.cache
def notebook(topic: str) -> Notebook:
    """The source notebook of a topic."""
    return next(one for one in sources() if one.topic == topic)


@functools.cache
def namespace(topic: str) -> dict[str, Any]:
    """The names of a source notebook after running it as plain Python, without the cells that only draw."""
    with contextlib.redirect_stdout(None):
        return run_in_plain_python(notebook(topic), without=SHOWN)


def exercises(topic: str) -> list[str]:
    """The exercises of a notebook, without the quiz."""
    return [cell.grade_id for cell in notebook(topic).exercises() if cell.grade_id != QUIZ]


@functools.cache
def cells_of(topic: str, exercise: str) -> tuple[Cell, ...]:
    """The test cells whose visible lines use an exercise."""
    return tuple(
        cell for cell in notebook(topic).of_role("test") if re.search(rf"\b{re.escape(exercise)}\b", cell.visible)
    )


def failures(entry: bank.Entry) -> dict[str, Exception]:
    """The test cells whose visible lines fail for an answer of the bank, each with its error."""
    if entry.label not in _failures:
        _failures[entry.label] = _failures_of(entry)
    return _failures[entry.label]


_failures: dict[str, dict[str, Exception]] = {}


def _failures_of(entry: bank.Entry) -> dict[str, Exception]:
    failed: dict[str, Exception] = {}
    for cell in cells_of(entry.topic, entry.exercise):
        names = dict(namespace(entry.topic)) | {entry.exercise: entry.implementation}
        try:
            with contextlib.redirect_stdout(None):
                exec(compile(cell.visible, cell.grade_id, "exec"), names)
        except Exception as error:
            failed[cell.grade_id] = error.with_traceback(None)
    return failed


def should_show(entry: bank.Entry) -> bool:
    """Whether a mistake should show before submitting: it is caught by more than craft tests."""
    craft = {cell.grade_id for cell in notebook(entry.topic).of_role("test") if cell.kind == "craft"}
    return not set(entry.caught_by) <= craft


def shares(topic: str) -> dict[str, tuple[int, int]]:
    """For each exercise: how many mistakes should show before submitting, and how many do."""
    found = {}
    for exercise in exercises(topic):
        mistakes = [entry for entry in bank.of(bank.MISCONCEPTIONS, topic, exercise) if should_show(entry)]
        if mistakes:
            found[exercise] = len(mistakes), sum(bool(failures(entry)) for entry in mistakes)
    return found
