"""What a notebook of an assignment should look like: the instructor's cells, in order."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from proctor.cells import is_run_for_points

BRINGS_FILES = "proctor-files"  # tag of the cell that `c.Proctor.first_cell` puts into a release


@dataclass(frozen=True)
class Cell:
    """One cell of the release.

    Attributes
    ----------
    source : str
        What a learner was given; hidden tests are cut out.
    full_source : str
        With the hidden tests. The same as `source` for any other cell.
    grade_id : str
        Empty for an ordinary cell, which nbgrader does not know.
    """

    id: str
    cell_type: str
    source: str
    full_source: str = ""
    grade_id: str = ""
    grade: bool = False
    solution: bool = False
    task: bool = False
    locked: bool = False
    points: float = 0.0
    checksum: str = ""
    tags: tuple = ()

    @property
    def is_test(self) -> bool:
        return is_run_for_points(self.cell_type, self.grade, self.solution)

    @property
    def is_graded(self) -> bool:
        return self.grade or self.task

    def metadata(self) -> dict:
        """The cell's nbgrader metadata."""
        meta = {
            "grade": self.grade,
            "grade_id": self.grade_id,
            "locked": self.locked,
            "schema_version": 3,
            "solution": self.solution,
            "task": self.task,
            "cell_type": self.cell_type,
            "checksum": self.checksum,
        }
        if self.is_graded:
            meta["points"] = self.points
        return meta


@dataclass(frozen=True, eq=False)
class Template:
    """One notebook of an assignment.

    Attributes
    ----------
    cells : tuple of Cell
    left_out : tuple of str
        Texts of cells of the release that grading leaves out: they only bring files, which a grader has.
    """

    name: str
    cells: tuple
    kernelspec: dict = field(default_factory=dict)
    left_out: tuple = ()


def checksum(source: str, cell: Cell) -> str:
    """nbgrader's checksum of a cell that holds `source`, without nbgrader's imports."""
    locked = not cell.solution and (cell.grade or cell.locked)
    parts = [source, cell.cell_type, str(cell.grade), str(cell.solution), str(locked), cell.grade_id]
    if cell.grade:
        parts.append(str(float(cell.points)))
    return hashlib.md5("".join(parts).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def as_json(template: Template, answers: dict) -> bytes:
    """The release with these answers in it, as somebody could hand it in."""
    cells = []
    for number, cell in enumerate(template.cells):
        metadata = {"nbgrader": cell.metadata()} if cell.grade_id else {"tags": list(cell.tags)}
        source = answers.get(cell.grade_id, cell.source) if cell.solution else cell.source
        made = {"cell_type": cell.cell_type, "id": cell.id or f"cell-{number}", "metadata": metadata, "source": source}
        cells.append({**made, "outputs": [], "execution_count": None} if cell.cell_type == "code" else made)
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
