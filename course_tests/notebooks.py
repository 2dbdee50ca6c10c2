"""Reads the source notebooks: which cell is an exercise, which is a test, and what a learner would see of it."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from course_tests import bank
from proctor import cells

ROOT = Path(__file__).resolve().parent.parent
SOURCE, RELEASE = ROOT / "source", ROOT / "release"
SHOWN = frozenset({"figure"})  # tags of cells that only show something, as in nbgrader_config.py
IN_SOURCE = str(ROOT / "tools" / "in_source")  # what notebooks in source/ find in place of the files that learners get


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook.

    Attributes
    ----------
    grade_id : str
        The word that names it in the gradebook; empty for text between.
    role : str
        "text", "code", "given" (read only), "solution", "test", "task" (graded by a person).
    kind : str
        For a test: "basic", "edge", "craft" or "quiz".
    """

    index: int
    cell_type: str
    source: str
    grade_id: str
    role: str
    kind: str
    points: float
    tags: tuple[str, ...]

    @property
    def visible(self) -> str:
        """The source without what is hidden."""
        return cells.visible(self.source).rstrip("\n")

    @property
    def hidden(self) -> str:
        """The hidden tests of a test cell, or an empty string."""
        hidden = cells.hidden_lines(self.source, cells.HIDDEN[:1])  # tests, no mark schemes
        lines = [line for number, line in enumerate(self.source.splitlines(), 1) if number in hidden]
        return "".join(f"{line}\n" for line in lines[1:-1])

    @property
    def sentence(self) -> str:
        """The first line of a test cell: a docstring that a learner may read."""
        found = re.match(r'"""(.*?)"""', self.source, re.DOTALL)
        return found.group(1) if found else ""


@dataclass(frozen=True)
class Notebook:
    """A source notebook: its assignment folder, its topic and its cells."""

    path: Path
    cells: tuple[Cell, ...]

    @property
    def assignment(self) -> str:
        return self.path.parent.name

    @property
    def topic(self) -> str:
        return self.path.stem

    def of_role(self, role: str) -> list[Cell]:
        return [cell for cell in self.cells if cell.role == role]

    def exercises(self) -> list[Cell]:
        """The solution cells whose grade id is the name that the learner defines."""
        return self.of_role("solution")


def read(path: Path) -> Notebook:
    """Read a notebook file."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Notebook(path, tuple(_cell(index, cell) for index, cell in enumerate(raw["cells"])))


def sources() -> list[Notebook]:
    """All source notebooks, in the order of the course."""
    return [read(path) for path in sorted(SOURCE.glob("*/*.ipynb"))]


def problems(notebook: Notebook) -> list[str]:
    """Why a source notebook cannot be released: a line for each reason, which says what to edit."""
    place = f"source/{notebook.assignment}/{notebook.path.name}"
    found = []
    raw = json.loads(notebook.path.read_text(encoding="utf-8"))
    if any(cell.get("outputs") or cell.get("execution_count") for cell in raw["cells"]):
        found.append(f"{place} has outputs: clear all outputs in Jupyter and save it again.")
    ids = [cell.grade_id for cell in notebook.cells if cell.grade_id]
    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        found.append(f"{place}: two cells have the grade id {twice}: rename one.")
    known = hidden_tests(notebook.topic)
    for cell in notebook.of_role("test"):
        if cell.grade_id not in known:
            found.append(
                f"{place}: no hidden test is called {cell.grade_id}: write it in "
                f"course_tests/test_{notebook.topic}.py, or rename the cell."
            )
    right = bank.reference(notebook.topic)
    for cell in notebook.exercises():
        if not hasattr(right, cell.grade_id):
            found.append(
                f"{place}: the exercise {cell.grade_id} has no reference: write it in "
                f"course_tests/reference/{notebook.topic}.py, or rename the cell."
            )
    return found


def hidden_tests(topic: str) -> dict[str, Callable]:
    """The hidden tests of a topic by name."""
    module = importlib.import_module(f"course_tests.test_{topic}")
    return {name: test for name, test in vars(module).items() if getattr(test, "hidden", False)}


def _cell(index: int, raw: dict) -> Cell:
    meta = raw["metadata"].get("nbgrader", {})
    if meta.get("task"):
        role = "task"
    elif meta.get("grade") and not meta.get("solution"):
        role = "test"
    elif meta.get("solution"):
        role = "solution"
    elif meta.get("locked"):
        role = "given"
    else:
        role = "text" if raw["cell_type"] == "markdown" else "code"
    tags = tuple(raw["metadata"].get("tags", ()))
    kind = next((tag for tag in tags if tag in ("basic", "edge", "craft", "quiz")), "")
    return Cell(
        index,
        raw["cell_type"],
        "".join(raw["source"]),
        meta.get("grade_id", ""),
        role,
        kind,
        float(meta.get("points", 0)),
        tags,
    )


def run_in_plain_python(notebook: Notebook, without: frozenset = frozenset()) -> dict:
    """Run all code cells but the tests as plain Python, without a kernel or a display, and return the names.

    Parameters
    ----------
    without : frozenset of str
        Cells with one of these tags are left out.

    Raises
    ------
    RuntimeError
        If a cell fails, with its number.
    """
    names: dict = {"__name__": "__main__", "display": lambda *args, **kwargs: None}
    with (
        mock.patch.dict(os.environ, NBGRADER_EXECUTION="autograde", MPLBACKEND="agg"),
        _working_folder(notebook.path.parent),
    ):
        import matplotlib.pyplot as plt

        plt.switch_backend("agg")
        for cell in notebook.cells:
            if cell.cell_type == "code" and cell.role != "test" and not without & set(cell.tags):
                try:
                    exec(compile(cell.source, f"{notebook.path.name}, cell {cell.index}", "exec"), names)
                except Exception as error:
                    raise RuntimeError(f"Cell {cell.index} of {notebook.path.name} fails: {error!r}") from error
        plt.close("all")
    return names


@contextlib.contextmanager
def _working_folder(path: Path):
    before = os.getcwd()
    os.chdir(path)
    sys.path[:0] = [str(path), IN_SOURCE]  # a notebook imports what lies beside it
    sys.modules.pop("earlier", None)  # and not what lay beside another
    try:
        yield
    finally:
        os.chdir(before)
        sys.path.remove(str(path))
        sys.path.remove(IN_SOURCE)
        sys.modules.pop("earlier", None)
