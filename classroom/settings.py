"""The configuration of the class in a folder, as every nbgrader command reads it."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory

from classroom.errors import ClassroomError
from proctor.plugin import access


class Class(NbGrader):
    """nbgrader's own reading of nbgrader_config.py, for programs that are not nbgrader commands.

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
        raise ClassroomError(
            f"No nbgrader_config.py in {folder}: change to the folder of a class, or make one with `classroom start`."
        )
    access.find_programs()
    before = os.getcwd()
    os.chdir(folder)  # nbgrader looks for its configuration only in the working folder
    try:
        app = Class()
        app.initialize([])
        app.coursedir = CourseDirectory(parent=app)
    finally:
        os.chdir(before)
    return app


LAUNCHER = """#!/bin/sh
# The command `classroom` of the Python that this class was made with; no environment need be active: ./classroom doctor
exec "{python}" -m classroom "$@"
"""
# What `start` of version 0.1 wrote into a configuration to find the package; another copy of it may lie there.
_OLD = re.compile(r"^sys\.path\.insert\(0, (?:str\(course\)\)|.*\)  # the package classroom)\n", re.MULTILINE)
_IN_THE_COURSE = "class_config.py"  # of a class in the course's own folder, which version 0.1 knew


def write_launcher(folder: Path) -> None:
    """The file ./classroom."""
    launcher = folder / "classroom"
    launcher.write_text(LAUNCHER.format(python=sys.executable), encoding="utf-8")
    launcher.chmod(0o755)


def of_an_earlier_version(folder: Path) -> list[str]:
    """The files of a class that an earlier version of `start` wrote in another way."""
    launcher, config = folder / "classroom", folder / "nbgrader_config.py"
    old = (
        ["classroom"]
        if launcher.is_file() and "PYTHONPATH=" in launcher.read_text(encoding="utf-8", errors="replace")
        else []
    )
    return old + ([config.name] if _OLD.search(config.read_text(encoding="utf-8", errors="replace")) else [])


def bring_up_to_date(folder: Path) -> list[str]:
    """Write the files of a class as this version does, the configuration but for its outdated lines as it is; what
    was done, in sentences.
    """
    old = of_an_earlier_version(folder)
    if "classroom" in old:
        write_launcher(folder)
    if "nbgrader_config.py" in old:
        config = folder / "nbgrader_config.py"
        part = config.with_suffix(".part")
        part.write_text(_OLD.sub("", config.read_text(encoding="utf-8")), encoding="utf-8")
        shutil.copymode(config, part)
        part.replace(config)
    return [f"{name} was of an earlier version, and is now up to date." for name in old]


def left_in_the_course(folder: Path) -> str:
    """One sentence on a class that version 0.1 made in the course's own folder; "" if there is none."""
    if not (folder / _IN_THE_COURSE).exists():
        return ""
    return (
        f"{_IN_THE_COURSE} is not read any more: a class has a folder of its own, and what is graded here goes "
        "into the course's gradebook"
    )


@contextlib.contextmanager
def quiet(level: int) -> Iterator[None]:
    """No messages up to this level from nbgrader: what it logs along the way is not part of this command's output."""
    before = logging.root.manager.disable
    logging.disable(level)
    try:
        yield
    finally:
        logging.disable(before)
