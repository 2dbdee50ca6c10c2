"""What a report reads from notebooks: solutions, and the mistakes that tests named. Plain JSON, no kernel."""

from __future__ import annotations

import glob
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tqdm import tqdm

from proctor import cells

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory


class Notebook(NamedTuple):
    """What is kept of one learner's notebook: the text of each answer, what each test named, and the points that were
    carried forward in each.
    """

    learner: str
    assignment: str
    name: str
    solutions: dict[str, str]
    mistakes: dict[str, tuple[cells.Mistake, ...]]
    carried: dict[str, cells.Carried] = {}


class Unreadable(NamedTuple):
    """A file that cannot be read as a notebook, and why."""

    learner: str
    path: Path
    reason: str


def load(path: Path) -> list[dict]:
    """The cells of a notebook; ValueError if it has none."""
    try:
        content = json.loads(path.read_bytes())
        return [cell for cell in content["cells"] if isinstance(cell, dict)]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from None


def solutions(content: list[dict]) -> dict[str, str]:
    """Code that is the learner's own: grade id -> source."""
    return {
        cells.grade_id_of(cell): cells.source_of(cell)
        for cell in content
        if cell.get("cell_type") == "code" and cells.is_answer(cell)
    }


def mistakes(content: list[dict]) -> dict[str, tuple[cells.Mistake, ...]]:
    """The tests that named known mistakes: grade id -> those."""
    return {
        cells.grade_id_of(cell): found for cell in content if cells.is_test(cell) and (found := cells.mistakes(cell))
    }


def carried(content: list[dict]) -> dict[str, cells.Carried]:
    """The tests that failed and have points all the same: grade id -> those."""
    return {cells.grade_id_of(cell): found for cell in content if (found := cells.carried(cell)) is not None}


def folder(coursedir: CourseDirectory, step: str, learner: str, assignment: str) -> Path:
    """Where a learner's files are; with "." as learner, the instructor's or the released ones."""
    return Path(coursedir.format_path(step, learner, assignment))


def given(coursedir: CourseDirectory, assignment: str) -> dict[str, list[dict]]:
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


def learners(coursedir: CourseDirectory, step: str, assignment: str) -> list[str]:
    """Everybody who has a folder for this assignment."""
    pattern = re.compile(coursedir.format_path(step, "(?P<learner>[^/\\\\]*)", re.escape(assignment), escape=True))
    found = (pattern.fullmatch(path) for path in glob.glob(str(folder(coursedir, step, "*", glob.escape(assignment)))))
    return sorted(match["learner"] for match in found if match)


def read(
    coursedir: CourseDirectory, step: str, wanted: Iterable[tuple[str, str]], told: str = "Reading notebooks"
) -> Iterator[Notebook | Unreadable]:
    """The notebooks of (learner, assignment) pairs, one after the other; where there is no folder, nothing."""
    wanted = list(wanted)
    for learner, assignment in tqdm(wanted, told, unit=" submissions", disable=None, leave=False):
        for path in sorted(folder(coursedir, step, learner, assignment).glob("*.ipynb")):
            try:
                content = load(path)
                yield Notebook(learner, assignment, path.stem, solutions(content), mistakes(content), carried(content))
            except (ValueError, AttributeError) as error:
                yield Unreadable(learner, path, str(error))
