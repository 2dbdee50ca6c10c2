"""The cells of a notebook: what nbgrader records about one, its text, what of it is hidden, what it imports, and which
exercise it belongs to.

The only place that knows. At the bottom of the imports: needs the standard library alone, so that every side of
proctor, and tools beside it, can use it.
A cell is a mapping as in a notebook's JSON; nothing in it is assumed to have the right type.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

HIDDEN = (("BEGIN HIDDEN TESTS", "END HIDDEN TESTS"), ("BEGIN MARK SCHEME", "END MARK SCHEME"))  # nbgrader's own marks
OF_THE_CLASS = "of-the-class"  # the tag of a cell that a class adds to its release: no part of the course
NOT_PYTHON = (
    SyntaxError,
    ValueError,
    RecursionError,
    MemoryError,
)  # what `ast.parse` raises for text that is not Python


class Mistake(NamedTuple):
    """A known mistake that a test named: its name in the course, the same for everybody, and what the learner was
    told.
    """

    name: str
    hint: str


class Carried(NamedTuple):
    """Points that a failed test earned all the same, since it passes once these earlier answers are right."""

    points: float
    because_of: tuple[str, ...]


# ---------------------------------------------------------------- what nbgrader says of a cell


def about(cell: Mapping[str, Any]) -> dict:
    """nbgrader's metadata of a cell; empty for one that it does not know."""
    return _part(cell, "nbgrader")


def grade_id_of(cell: Mapping[str, Any]) -> str:
    """The name of a cell in the gradebook; "" for one that has none."""
    found = about(cell).get("grade_id")
    return found if isinstance(found, str) else ""


def is_run_for_points(cell_type: str, grade: Any, solution: Any) -> bool:
    """Whether nbgrader grades a cell of this kind by running it: a test."""
    return cell_type == "code" and bool(grade) and not solution


def is_test(cell: Mapping[str, Any]) -> bool:
    """Whether nbgrader grades this cell by running it."""
    meta = about(cell)
    return is_run_for_points(cell.get("cell_type", ""), meta.get("grade"), meta.get("solution"))


def is_answer(cell: Mapping[str, Any]) -> bool:
    """Whether the content of this cell is the learner's to write: code, or words that a person grades. A task is
    not.
    """
    return bool(about(cell).get("solution"))


def is_graded(cell: Mapping[str, Any]) -> bool:
    """Whether there are points for this cell, by a test or by a person."""
    return bool(about(cell).get("grade") or about(cell).get("task"))


def is_given(cell: Mapping[str, Any]) -> bool:
    """Whether this is the instructor's own code: locked, tests included."""
    return cell.get("cell_type") == "code" and bool(about(cell).get("locked")) and not is_answer(cell)


def mistakes(cell: Mapping[str, Any]) -> tuple[Mistake, ...]:
    """The known mistakes that this test named when it was graded: one, or several of which one is likely the
    learner's.
    """
    found = _part(cell, "proctor").get("mistakes")
    pairs = (
        [(one.get("name"), one.get("hint")) for one in found if isinstance(one, dict)]
        if isinstance(found, list)
        else []
    )
    return tuple(Mistake(name, hint) for name, hint in pairs if isinstance(name, str) and isinstance(hint, str))


def carried(cell: Mapping[str, Any]) -> Carried | None:
    """The points that were carried forward in this test when it was graded."""
    found = _part(cell, "proctor").get("carried")
    if not isinstance(found, dict) or not isinstance(found.get("points"), (int, float)):
        return None
    names = found.get("because_of")
    return Carried(
        found["points"], tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()
    )


def _part(cell: Mapping[str, Any], name: str) -> dict:
    metadata = cell.get("metadata")
    found = metadata.get(name) if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


# ---------------------------------------------------------------- the text of a cell


def source_of(cell: Mapping[str, Any]) -> str:
    """The source of a cell, which a file may hold as one text or as lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(map(str, source or ()))


def hidden_lines(source: str, marks: tuple = HIDDEN) -> set[int]:
    """Numbers of the lines that nbgrader takes out of the release, the lines with marks included.

    Parameters
    ----------
    marks : tuple of (str, str)
        The marks around hidden parts; a course may have its own.
    """
    hidden = set()
    for begin, end in marks:
        inside = False
        for number, line in enumerate(source.splitlines(), 1):
            inside = begin in line or inside and end not in line
            if inside or end in line:
                hidden.add(number)
    return hidden


def visible(source: str, marks: tuple = HIDDEN) -> str:
    """What learners see of the source of a test."""
    hidden = hidden_lines(source, marks)
    return "\n".join(line for number, line in enumerate(source.splitlines(), 1) if number not in hidden)


def names_in(text: str) -> set[str]:
    """Every identifier in a text."""
    return set(re.findall(r"[A-Za-z_]\w*", text))


@functools.lru_cache(4096)
def parsed(source: str) -> ast.Module:
    """The syntax tree of a text, to be read only; an empty one where the text is not Python."""
    try:
        return ast.parse(source)
    except NOT_PYTHON:
        return ast.Module([], [])


@functools.lru_cache(4096)
def imports_in(source: str) -> dict[str, str]:
    """{name: "module" or "module:name"} for the import statements at the top of a cell, except "*"."""
    found: dict[str, str] = {}
    if "import" not in source:
        return found
    for node in parsed(source).body:
        if isinstance(node, ast.Import):
            found.update(
                (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2 for alias in node.names
            )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update(
                (alias.asname or alias.name, f"{node.module}:{alias.name}") for alias in node.names if alias.name != "*"
            )
    return found


# ---------------------------------------------------------------- cells among others


def exercises(cells: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """(graded cell, the exercise that it belongs to), in the order of the notebook.

    An exercise has the name of its solution cell; the tests below, up to the next solution, are its tests. A written
    answer is an
    exercise of its own, and so is a test that has no solution above it.
    """
    exercise = ""
    for cell in cells:
        name = grade_id_of(cell)
        if about(cell).get("task") or about(cell).get("grade") and is_answer(cell):
            yield name, name
        elif is_answer(cell):
            exercise = name
        elif is_graded(cell):
            yield name, exercise or name
