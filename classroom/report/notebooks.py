"""What a report reads from notebooks: solutions, the messages of failed tests, and which tests belong to which exercise. Plain JSON, no kernel."""

from __future__ import annotations

import glob
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Notebook(NamedTuple):
    """What is kept of one learner's notebook: cell -> text."""

    learner: str
    assignment: str
    name: str
    solutions: dict[str, str]
    failures: dict[str, str]


class Unreadable(NamedTuple):
    """A notebook that is no notebook, and why."""

    learner: str
    path: Path
    reason: str


def load(path: Path) -> list[dict]:
    """The cells of a notebook; ValueError if there are none to be had."""
    try:
        content = json.loads(path.read_bytes())
        return [cell for cell in content["cells"] if isinstance(cell, dict)]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from None


def about(cell: dict) -> dict:
    """nbgrader's metadata of a cell."""
    metadata = cell.get("metadata")
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def text(cell: dict) -> str:
    """The source of a cell, which a file may hold as one string or as lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(map(str, source))


def solutions(cells: list[dict]) -> dict[str, str]:
    """Code that is the learner's own: grade id -> source."""
    return {str(about(cell).get("grade_id")): text(cell) for cell in cells if cell.get("cell_type") == "code" and about(cell).get("solution")}


def failures(cells: list[dict]) -> dict[str, str]:
    """What tests said that did not pass: grade id -> message."""
    found = {}
    for cell in cells:
        if cell.get("cell_type") == "code" and about(cell).get("grade"):
            for output in cell.get("outputs") or ():
                if output.get("output_type") == "error":
                    found[str(about(cell).get("grade_id"))] = ANSI.sub("", "\n".join(map(str, output.get("traceback") or [output.get("evalue", "")])))
    return found


def outline(cells: list[dict]) -> dict[str, str]:
    """Graded cell -> the exercise that it belongs to, in the order of the notebook.

    An exercise has the name of its solution cell; the tests below, up to the next solution, are its tests.
    A written answer is an exercise of its own.
    """
    exercise, found = "", {}
    for cell in cells:
        meta = about(cell)
        name = str(meta.get("grade_id"))
        if meta.get("task") or meta.get("grade") and meta.get("solution"):
            found[name] = name
        elif meta.get("solution"):
            exercise = name
        elif meta.get("grade"):
            found[name] = exercise or name
    return found


def folder(coursedir, step: str, learner: str, assignment: str) -> Path:
    """Where a learner's files are; with "." as learner, the instructor's or the released ones."""
    return Path(coursedir.format_path(step, learner, assignment))


def given(coursedir, assignment: str) -> dict[str, list[dict]]:
    """The assignment as it was released, or else as the instructor wrote it: notebook -> cells."""
    for step in (coursedir.release_directory, coursedir.source_directory):
        found = {}
        for path in sorted(folder(coursedir, step, ".", assignment).glob("*.ipynb")):
            try:
                found[path.stem] = load(path)
            except ValueError:  # `doctor` speaks of it; here the next best will do
                continue
        if found:
            return found
    return {}


def learners(coursedir, step: str, assignment: str) -> list[str]:
    """Everybody who has a folder for this assignment."""
    pattern = re.compile(coursedir.format_path(step, "(?P<learner>[^/\\\\]*)", re.escape(assignment), escape=True))
    found = (pattern.fullmatch(path) for path in glob.glob(str(folder(coursedir, step, "*", glob.escape(assignment)))))
    return sorted(match["learner"] for match in found if match)


def read(coursedir, step: str, wanted: Iterable[tuple[str, str]], told: str = "Reading notebooks") -> Iterator[Notebook | Unreadable]:
    """The notebooks of (learner, assignment) pairs, one after the other; where there is no folder, nothing."""
    wanted = list(wanted)
    for learner, assignment in tqdm(wanted, told, unit=" submissions", disable=None, leave=False):
        for path in sorted(folder(coursedir, step, learner, assignment).glob("*.ipynb")):
            try:
                cells = load(path)
                yield Notebook(learner, assignment, path.stem, solutions(cells), failures(cells))
            except (ValueError, AttributeError) as error:
                yield Unreadable(learner, path, str(error))
