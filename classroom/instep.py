"""Is a release what its source makes? How to make it again elsewhere, and how to compare: for the doctor, a regrade,
and whoever keeps a course.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.apps import NbGraderAPI, api
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor, SaveCells
from traitlets.config import Config

BESIDE = {".ipynb_checkpoints", "__pycache__"}  # what editors and Python leave in any folder


def generate(config: Config, source: Path, names: list[str], into: Path) -> str:
    """Let nbgrader write ``release/`` and ``gradebook.db`` of these assignments into the folder `into`, from nothing.

    Parameters
    ----------
    config : Config
        The course's; its paths and its gradebook are left alone.
    source : Path
        The folder of all sources. It is copied whole: what is made for one assignment may depend on the notebooks of
        others.

    Returns
    -------
    str
        Why it cannot be made, or "".
    """
    if not names:
        return ""
    shutil.copytree(source, into / "source", ignore=shutil.ignore_patterns(*BESIDE))
    config = config.copy()  # type: ignore[assignment]
    config.CourseDirectory.root = str(into)
    config.CourseDirectory.db_url = f"sqlite:///{into / 'gradebook.db'}"
    config.NbGrader.logfile = ""
    generator = NbGraderAPI(config=config)
    for name in names:
        result = generator.generate_assignment(name)
        if not result["success"]:
            said = (result.get("error") or result.get("log") or "").strip().splitlines()
            return f"nbgrader generate_assignment {name} fails: {said[-1] if said else 'no reason given'}"
    return ""


class Recorded(SaveCells):
    """What nbgrader's SaveCells would write into a gradebook, kept in `rows`: a gradebook takes most of the time."""

    rows: dict[tuple[str, str, str], list[tuple]] = {}

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """See `nbgrader.preprocessors.SaveCells`."""
        self.notebook_id, self.assignment_id = resources["nbgrader"]["notebook"], resources["nbgrader"]["assignment"]
        self.gradebook = _Empty()
        self.new_grade_cells: dict[str, dict] = {}
        self.new_solution_cells: dict[str, dict] = {}
        self.new_task_cells: dict[str, dict] = {}
        self.new_source_cells: dict[str, dict] = {}
        nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
        place = self.assignment_id, self.notebook_id
        found: dict[tuple[str, str, str], list[tuple]] = {
            (self.assignment_id, "", ""): [()],
            (*place, ""): [(json.dumps(nb.metadata.get("kernelspec", {})),)],
        }
        for name, of in self.new_grade_cells.items():
            found.setdefault((*place, name), []).append(("GradeCell", of["max_score"], of["cell_type"], None, None))
        for name in self.new_solution_cells:
            found.setdefault((*place, name), []).append(("SolutionCell", None, None, None, None))
        for name, of in self.new_task_cells.items():
            found.setdefault((*place, name), []).append(("TaskCell", None, None, of["max_score"], of["cell_type"]))
        for name, of in self.new_source_cells.items():
            row = of["cell_type"], of["source"], of["checksum"], of["locked"]
            found.setdefault((*place, name), []).append(row)
        self.rows.update(found)
        return nb, resources


class _Empty:
    """A gradebook in which there is nothing yet."""

    def __getattr__(self, name: str):
        def find(*place):
            raise MissingEntry(name)

        return find


def made(config: Config, source: Path, names: list[str], into: Path) -> tuple[str, dict[tuple[str, str, str], list]]:
    """Like `generate`, for a look only: ``release/`` in the folder `into`, and in place of a gradebook its rows, as
    `book.released` gives them.
    """
    config = config.copy()  # type: ignore[assignment]
    stages = api.GenerateAssignment(coursedir=CourseDirectory(config=config), config=config).preprocessors
    called = [getattr(one, "__name__", str(one).rpartition(".")[2]) for one in stages]
    checks = [number for number, name in enumerate(called) if name == "CheckCellMetadata"]
    config.GenerateAssignment.preprocessors = [
        Recorded if name == "SaveCells" else one
        for number, (one, name) in enumerate(zip(stages, called))
        if number not in checks[1:]  # of what has been checked before
    ]
    with contextlib.closing(sqlite3.connect(into / "gradebook.db")) as file:
        file.execute("CREATE TABLE empty (one)")  # in a new file nbgrader asks for its version by a program
    Recorded.rows.clear()
    why_not = generate(config, source, names, into)
    return why_not, dict(Recorded.rows)


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its relative path, except what editors and Python leave there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not BESIDE & set(path.parts)
    }


def differing(one: Mapping, other: Mapping) -> list:
    """The keys, in order, whose values differ between two mappings."""
    return sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
