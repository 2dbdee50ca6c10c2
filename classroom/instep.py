"""Is a release what its source makes? How to make it again elsewhere, and how to compare: for the doctor, a regrade,
and whoever keeps a course.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from nbgrader.apps import NbGraderAPI
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
