"""Templates of an assignment's notebooks: from the gradebook, which is right, in the order of release/ or source/."""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import io
import os
import re
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace

from proctor.cells import NOT_PYTHON, about

from .folders import read_folder
from .salvage import Unreadable, read_cells
from .template import BRINGS_FILES, Cell, Template


def templates(notebooks: dict, folders: list, without_hidden: Callable[[str, str], str]) -> tuple:
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
            id="",
            cell_type=cell.cell_type,
            source=without_hidden(cell.cell_type, cell.source),
            full_source=cell.source,
            grade_id=cell.name,
            grade=cell.grade,
            solution=cell.solution,
            task=cell.task,
            locked=cell.locked,
            points=cell.points,
            checksum=cell.checksum,
        )
    ordered, left, left_out = [], dict(known), []
    for cell_id, grade_id, cell_type, source, tags in _layout(row.name, folders):
        if grade_id in left:
            ordered.append(replace(left.pop(grade_id), id=cell_id, tags=tags))
        elif not grade_id and BRINGS_FILES in tags:
            left_out.append(source)
        elif not grade_id:
            ordered.append(Cell(id=cell_id, cell_type=cell_type, source=source, tags=tags))
    return Template(row.name, tuple(ordered) + tuple(left.values()), row.kernelspec, tuple(left_out))


def others(cells: dict) -> tuple:
    """Templates of the notebooks of other assignments, as far as they serve to recognise one.

    Parameters
    ----------
    cells : dict
        "assignment/notebook" -> (grade id, text) of its cells.
    """
    return tuple(
        Template(name, tuple(Cell("", "", text, grade_id=grade_id) for grade_id, text in rows))
        for name, rows in sorted(cells.items())
    )


def _layout(name: str, folders: list) -> list:
    for folder in folders:
        try:
            with open(os.path.join(folder, name + ".ipynb"), "rb") as file:
                cells = read_cells(file.read())
        except (OSError, Unreadable):
            continue
        layout = []
        for cell in cells:
            meta = about(cell)
            named = any(meta.get(key) for key in ("grade", "solution", "locked", "task"))
            tags = tuple(tag for tag in cell["metadata"].get("tags") or () if isinstance(tag, str))
            layout.append(
                (cell["id"], meta.get("grade_id", "") if named else "", cell["cell_type"], cell["source"], tags)
            )
        return layout
    return []


def data_files(source: str, ignore: list, excluded: list) -> dict:
    """The assignment's own files, which replace the learner's copies."""
    folder = read_folder(source, ignore, 0, 10**6, 10**9, given=True)
    return {path: content for path, content in folder.files.items() if path not in excluded}


def private_names(templates: tuple, files: dict, import_paths: tuple, test_packages: list) -> tuple:
    """The packages that belong to the tests alone, so that no room may see them where they are installed.

    Those that the course names, that tests import from the course's own folders, or that tests alone import and that
    came from a
    folder or repository, not from an index. Never what the notebook itself imports, or a file beside it.
    """
    given = {name.replace("\\", "/").split("/")[0].removesuffix(".py") for name in files}
    asked: set = set()
    shown: set = set()
    for template in templates:
        for cell in template.cells:
            if cell.cell_type == "code":
                (asked if cell.is_test else shown).update(_imported(cell.full_source or cell.source))
    own = {
        name
        for name in asked
        if any(os.path.exists(os.path.join(str(path), name + end)) for path in import_paths for end in ("", ".py"))
    }
    own |= {name for name in asked - shown - own - sys.stdlib_module_names if _is_local(name)}
    own |= {name.replace("\\", "/").strip("./").split("/")[0].removesuffix(".py") for name in test_packages}
    return tuple(sorted(own - shown - given - {""}))


@functools.lru_cache(256)
def _is_local(name: str) -> bool:
    """Whether an installed package came from a folder or a repository, as pip writes it down."""
    distributions = importlib.metadata.packages_distributions().get(name, ())
    return any(importlib.metadata.distribution(one).read_text("direct_url.json") for one in distributions)


def _imported(source: str) -> set:
    """The top names of all imports in a cell."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except NOT_PYTHON:
        return set(re.findall(r"^\s*(?:import|from)\s+(\w+)", source, re.M))
    found = {alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return found | {
        node.module.split(".")[0]
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }


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
