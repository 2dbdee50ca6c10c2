"""Templates of an assignment's notebooks: from the gradebook, which is right, in the order of release/ or source/."""

from __future__ import annotations

import io
import os
import zipfile

from .folders import read_folder
from .salvage import Unreadable, read_cells
from .template import Cell, Template


def templates(notebooks: dict, folders: list, without_hidden) -> tuple:
    """Return a Template for each notebook of the gradebook.

    Parameters
    ----------
    notebooks : dict
        Name -> NotebookRow.
    folders : list of str
        Where a notebook of the same name tells the order of cells: release/, then source/.
    without_hidden : callable
        ``without_hidden(cell_type, source)`` -> the source as learners may see it.
    """
    return tuple(_template(row, folders, without_hidden) for row in notebooks.values())


def _template(row, folders: list, without_hidden) -> Template:
    known = {}
    for cell in row.cells:
        known[cell.name] = Cell(
            id="", cell_type=cell.cell_type, source=without_hidden(cell.cell_type, cell.source), full_source=cell.source, grade_id=cell.name,
            grade=cell.grade, solution=cell.solution, task=cell.task, locked=cell.locked, points=cell.points, checksum=cell.checksum)
    ordered, left = [], dict(known)
    for cell_id, grade_id, cell_type, source, tags in _layout(row.name, folders):
        if grade_id in left:
            ordered.append(_with_id(left.pop(grade_id), cell_id))
        elif not grade_id:
            ordered.append(Cell(id=cell_id, cell_type=cell_type, source=source, tags=tags))
    return Template(row.name, tuple(ordered) + tuple(left.values()), row.kernelspec)


def _layout(name: str, folders: list) -> list:
    for folder in folders:
        try:
            with open(os.path.join(folder, name + ".ipynb"), "rb") as file:
                cells = read_cells(file.read())
        except (OSError, Unreadable):
            continue
        layout = []
        for cell in cells:
            meta = cell["metadata"].get("nbgrader") or {}
            named = any(meta.get(key) for key in ("grade", "solution", "locked", "task"))
            tags = tuple(tag for tag in cell["metadata"].get("tags") or () if isinstance(tag, str))
            layout.append((cell["id"], meta.get("grade_id", "") if named else "", cell["cell_type"], cell["source"], tags))
        return layout
    return []


def _with_id(cell: Cell, cell_id: str) -> Cell:
    return Cell(**{**cell.__dict__, "id": cell_id})


def data_files(source: str, ignore: list, excluded: list) -> dict:
    """The assignment's own files, which replace the learner's copies."""
    folder = read_folder(source, ignore, 0, 10**6, 10**9)
    return {path: content for path, content in folder.files.items() if path not in excluded}


def pack(root: str, names: list) -> bytes:
    """Zip proctor and what hidden tests import, for workers that do not share this disk."""
    engine = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _add(archive, os.path.dirname(engine), os.path.basename(engine), "engine")
        for name in names:
            _add(archive, root, name, "tests")
    return buffer.getvalue()


def _add(archive, root: str, name: str, inside: str):
    path = os.path.join(root, name)
    if os.path.isfile(path):
        archive.write(path, f"{inside}/{name}")
    for directory, names, files in os.walk(path):
        names[:] = sorted(n for n in names if n not in ("__pycache__", "tests"))
        for file in sorted(files):
            full = os.path.join(directory, file)
            archive.write(full, os.path.join(inside, os.path.relpath(full, root)))
