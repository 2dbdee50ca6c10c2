"""The first code cell of a released notebook: it brings the notebook's files where a learner has the notebook alone.

`cell` is `c.Proctor.first_cell` in nbgrader_config.py. The files are those of release/, so what is sealed there is
sealed here.
"""

from __future__ import annotations

import base64
import bz2
from pathlib import Path

FUNCTION = Path(__file__).parent / "templates" / "alone.py"
TITLE = (
    "# @title Run this cell first. Where the notebook lies alone, it writes the files that the notebook needs; "
    "it replaces nothing of yours.\n# You need not read on: below are these files, packed.\n"
)


def cell(assignment: str, notebook: str, files: dict[str, bytes]) -> str:
    """The source of the cell.

    Parameters
    ----------
    assignment : str
        Also the name of the folder that it makes where the notebook lies among other things.
    notebook : str
        The name of the notebook's file.
    files : dict of str to bytes
        What lies beside the notebook, by its path.
    """
    packed = "".join(
        f'    "{name}": "{base64.b85encode(bz2.compress(content)).decode()}",\n'
        for name, content in sorted(files.items())
    )
    return (
        f"{TITLE}{FUNCTION.read_text(encoding='utf-8')}\n\n"
        f'_bring_files("{assignment}", "{notebook}", {{\n{packed}}})\ndel _bring_files\n'
    ).rstrip("\n")
