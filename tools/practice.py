"""``practice.py`` and ``originals.json`` beside every notebook: what keeps count for a learner. Run it after a change to a notebook."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions
from traitlets.config import Config, PyFileConfigLoader

from course_tests.notebooks import ROOT, Cell, Notebook, sources

MODULE = Path(__file__).parent / "templates" / "practice.py"


def originals(notebook: Notebook, config: Config) -> str:
    """The named code cells as learners get them, by nbgrader's own preprocessors: exercises, tests and given cells."""
    released = nbformat.read(notebook.path, as_version=4)
    for clear in (ClearSolutions, ClearHiddenTests):
        released, _ = clear(config=config).preprocess(released, {})
    cells = [{"name": cell.grade_id, "role": _role(cell), "text": released.cells[cell.index].source}
             for cell in notebook.cells if cell.cell_type == "code" and cell.grade_id]
    return json.dumps({"notebook": notebook.path.name, "cells": cells}, indent=1, ensure_ascii=False) + "\n"


def _role(cell: Cell) -> str:
    return {"solution": "exercise", "test": "test"}.get(cell.role, "given")


def files(root: Path = ROOT) -> dict[Path, str]:
    """Path -> content of both files beside every source notebook."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    module = MODULE.read_text(encoding="utf-8")
    found = {}
    for notebook in sources():
        found[notebook.path.parent / "practice.py"] = module
        found[notebook.path.parent / "originals.json"] = originals(notebook, config)
    return found


def main() -> None:
    for path, content in files().items():
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: written anew.")


if __name__ == "__main__":
    main()
