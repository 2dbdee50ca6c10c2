"""The configuration of the class in a folder, as every nbgrader command reads it."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory

from classroom.errors import ClassroomError


class Class(NbGrader):
    """nbgrader's own reading of nbgrader_config.py, for programs that are no nbgrader command.

    Use `of_folder`. ``coursedir`` then has the paths and the gradebook's address, ``config`` everything else.
    """

    name = "nbgrader-classroom"


def of_folder(folder: Path | str = ".") -> Class:
    """Read the nbgrader_config.py of a class.

    Parameters
    ----------
    folder : path
        The folder that holds nbgrader_config.py.

    Raises
    ------
    ClassroomError
        If there is no configuration.
    """
    folder = Path(folder).resolve()
    if not (folder / "nbgrader_config.py").exists():
        raise ClassroomError(f"No nbgrader_config.py in {folder}: go to the folder of a class, or make one with `python -m classroom start`.")
    before = os.getcwd()
    os.chdir(folder)  # nbgrader looks for its configuration in the working folder, nowhere else
    try:
        app = Class()
        app.initialize([])
        app.coursedir = CourseDirectory(parent=app)
    finally:
        os.chdir(before)
    return app


@contextlib.contextmanager
def quiet(level: int) -> Iterator[None]:
    """No messages up to this level from nbgrader: what it logs on the way is not what a command of ours has to say."""
    before = logging.root.manager.disable
    logging.disable(level)
    try:
        yield
    finally:
        logging.disable(before)
