"""A copy of the course that a test may work in, and its commands as a person types them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from nbgrader.api import Gradebook

from course_tests.notebooks import ROOT
from proctor.tests import forkserver
from tools import gradebook

COURSE = [
    "course_tests",
    "proctor",
    "release",
    "source",
    "tools",
    "calibration.json",
    "gradebook.db",
    "nbgrader_config.py",
]


def copy_course(into: Path) -> Path:
    """The course as it is before anybody has handed in, whether or not a class is at work in this folder."""
    for name in COURSE:
        if (ROOT / name).is_dir():  # with what is compiled: Python takes it where the source is as old
            shutil.copytree(ROOT / name, into / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "*.pyc.*"))
        else:
            shutil.copy2(ROOT / name, into / name)
    (into / "autograded").mkdir()
    if gradebook.learners(into / "gradebook.db"):
        with Gradebook(f"sqlite:///{into / 'gradebook.db'}", "decision-committee") as book:
            for learner in book.students:
                book.remove_student(learner.id)
    return into


def run(course: Path, *command: str, typed: bool = False, **environment: str) -> subprocess.CompletedProcess:
    """A command in the course: its own interpreter starts if it is `typed`; otherwise nbgrader is imported already."""
    # PATH without the virtual environment: nbgrader must work when it is called by its full path.
    clean = {
        key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "GRADEBOOK_URL", "VIRTUAL_ENV")
    }
    clean |= {"PATH": "/usr/bin:/bin"} | environment
    return forkserver.run(list(command), course, clean, typed=typed)
