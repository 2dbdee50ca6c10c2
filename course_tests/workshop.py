"""A copy of the course that a test may work in, and its commands as a person types them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from course_tests.notebooks import ROOT

COURSE = ["course_tests", "proctor", "release", "source", "tools", "gradebook.db", "nbgrader_config.py"]


def copy_course(into: Path) -> Path:
    for name in COURSE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, into / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
        else:
            shutil.copy2(ROOT / name, into / name)
    (into / "autograded").mkdir()
    return into


def run(course: Path, *command: str, **environment: str) -> subprocess.CompletedProcess:
    # PATH without the virtual environment: nbgrader must work when it is called by its full path.
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "GRADEBOOK_URL", "VIRTUAL_ENV")}
    clean |= {"PATH": "/usr/bin:/bin"} | environment
    return subprocess.run([sys.executable, *command], cwd=course, env=clean, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=900)
