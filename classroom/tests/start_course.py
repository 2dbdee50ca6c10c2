"""A course of two small assignments, and a class of it, for the tests of start, collect and doctor."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat

from proctor.tests import forkserver

ROOT = Path(__file__).resolve().parents[2]
CONFIG = f"""import os, sys
from pathlib import Path
root = Path(__file__).resolve().parent
sys.path.insert(0, {str(ROOT)!r})
c = get_config()
c.CourseDirectory.root = str(root)
c.CourseDirectory.course_id = "tiny"
import proctor
proctor.install(c)
c.Proctor.test_packages = ["tiny_tests.py"]
c.Proctor.workers = 1  # the few learners are graded before a second one has started
"""
CUTS = "cut,session,assignments\nshort,1,01\nshort,2,02 03\nall at once,1,01_add 02_double\n"
ROSTER = """id,first_name,last_name,email
ada,Ada,Lovelace,ada@example.org
emile,Émile,O'Neil,emile@example.org
jane,Jane,Doe,jane@example.org
jane2,Jane,Doe,jane2@example.org
"""


def cell(kind: str, source: str, name: str, points: float = 0) -> nbformat.NotebookNode:
    made = nbformat.v4.new_code_cell(source, id=name)
    made.metadata["nbgrader"] = {
        "grade": kind == "test",
        "solution": kind == "solution",
        "locked": kind == "test",
        "task": False,
        "grade_id": name,
        "schema_version": 3,
        **({"points": points} if kind == "test" else {}),
    }
    return made


def notebook(function: str, formula: str) -> nbformat.NotebookNode:
    """One exercise of ten points, with a hidden test."""
    return nbformat.v4.new_notebook(
        metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        cells=[
            cell(
                "solution",
                f"def {function}(x):\n    ### BEGIN SOLUTION\n    return {formula}\n    ### END SOLUTION",
                function,
            ),
            cell(
                "test",
                f"assert callable({function})\n### BEGIN HIDDEN TESTS\nassert {function}(3) == "
                f"{eval(formula, {'x': 3})}\n### END HIDDEN TESTS",
                f"test-{function}",
                10,
            ),
        ],
    )


def make_course(folder: Path) -> Path:
    for name, function, formula in (("01_add", "add", "x + 1"), ("02_double", "double", "2 * x")):
        (folder / "source" / name).mkdir(parents=True)
        nbformat.write(notebook(function, formula), folder / "source" / name / f"{function}.ipynb")
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    (folder / "cuts.csv").write_text(CUTS, encoding="utf-8")
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (folder / "tiny_tests.py").write_text("", encoding="utf-8")
    return folder


def run(folder: Path, *arguments: str, ok: tuple = (0,)) -> subprocess.CompletedProcess:
    """A command in the folder."""
    done = forkserver.run(["-m", *arguments], folder, {**os.environ, "PYTHONPATH": str(ROOT), "GRADEBOOK_URL": ""})
    assert done.returncode in ok, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def answer(function: str, formula: str, note: str = "") -> str:
    """A learner's notebook."""
    made = notebook(function, formula)
    for one in made.cells:
        one.source = one.source.replace("    ### BEGIN SOLUTION\n", "").replace("    ### END SOLUTION", "") + note
    made.cells[1].source = f"assert callable({function})"
    return nbformat.writes(made)


@contextmanager
def everybodys() -> Iterator[Path]:
    """A folder that every account of this machine reaches; those of pytest are for one."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)
