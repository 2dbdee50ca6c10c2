"""A released notebook without anything beside it: its folded first cell brings what it needs."""

import ast
import json
import os
import subprocess
import sys

import pytest

from course_tests.notebooks import RELEASE, sources
from tools import demo_class

NOTEBOOKS = {notebook.topic: notebook for notebook in sources()}
# Runs a notebook as a kernel does, from the folder in which it lies; figures apart, which only cost time.
RUN = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
cells = json.load(open(sys.argv[1], encoding="utf-8"))["cells"]
shell = InteractiveShell.instance()
for cell in cells:
    if cell["cell_type"] == "code" and "figure" not in cell["metadata"].get("tags", ()):
        result = shell.run_cell("".join(cell["source"]))
        if not result.success:
            sys.exit(f"{cell['id']}: {result.error_before_exec or result.error_in_exec!r}")
print("IN THE END", shell.user_ns["practice"].watch.book.total())
"""


def released(topic: str) -> dict:
    return json.loads((RELEASE / NOTEBOOKS[topic].assignment / f"{topic}.ipynb").read_text(encoding="utf-8"))


def first_cell(topic: str) -> str:
    (cell,) = [cell for cell in released(topic)["cells"] if "proctor-files" in cell["metadata"].get("tags", ())]
    return "".join(cell["source"])


def python(code: str, folder, *arguments: str, **variables: str) -> str:
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "NBGRADER_EXECUTION")}
    own = {"MPLBACKEND": "agg", "PYTHONDONTWRITEBYTECODE": "1", "IPYTHONDIR": str(folder.parent / "ipython")}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=folder, env={**clean, **own, **variables}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def found(folder) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_early_and_a_late_notebook_run_in_one_empty_folder(tmp_path):
    """Solved, as two downloads that lie together: neither takes the other's files, and both keep what was built."""
    home = tmp_path / "Downloads"
    home.mkdir()
    for topic in ("losses", "capstone"):
        notebook = NOTEBOOKS[topic]
        exercises = len(notebook.exercises())
        right = {cell.grade_id: demo_class.MARKERS.sub("", cell.source) for cell in notebook.exercises()}
        (home / f"{topic}.ipynb").write_bytes(demo_class.fill(released(topic), right.get))
        said = python(RUN, home, f"{topic}.ipynb")
        assert f"The files that this notebook needs are in {home / notebook.assignment} now: " in said
        assert f"IN THE END {exercises} of {exercises} exercises" in said
        beside = found(RELEASE / notebook.assignment)
        del beside[f"{topic}.ipynb"]
        assert found(home / notebook.assignment) == beside
    assert {path.name for path in (home / "mine").iterdir()} >= {"losses.py", "capstone.py"}


def test_it_replaces_nothing_and_stays_where_the_files_are(tmp_path):
    """A folder as a course hands it out, under another name; what a learner changed stays, what is lost comes back."""
    home, assignment = tmp_path / "week 4", NOTEBOOKS["losses"].assignment
    home.mkdir()
    for name, content in found(RELEASE / assignment).items():
        (home / name).write_bytes(content)
    (home / "practice.py").write_text("changed = True\n")
    (home / "known.json").unlink()
    said = python(first_cell("losses") + "\nimport earlier, practice\nprint(practice.changed)", home)
    assert said == f"The files that this notebook needs are in {home} now: known.json.\nTrue\n"
    assert sorted(found(home)) == sorted(found(RELEASE / assignment))
    assert (home / "practice.py").read_text() == "changed = True\n"


def test_it_does_nothing_where_it_is_graded(tmp_path):
    home = tmp_path / "room"
    home.mkdir()
    assert python(first_cell("losses"), home, NBGRADER_EXECUTION="autograde") == "" and not found(home)


@pytest.mark.parametrize("topic", NOTEBOOKS)
def test_every_released_notebook_has_it_folded_behind_its_title(topic):
    cells = released(topic)["cells"]
    place = next(place for place, cell in enumerate(cells) if cell["cell_type"] == "code")
    assert place > 0 and cells[place]["metadata"]["tags"] == ["proctor-files"]
    assert cells[place]["metadata"]["jupyter"] == {"source_hidden": True}
    assert cells[place]["source"][0].startswith("# @title Run this cell first.")
    packed = ast.parse(first_cell(topic)).body[1].value.args[2]
    beside = set(found(RELEASE / NOTEBOOKS[topic].assignment)) - {f"{topic}.ipynb"}
    assert {key.value for key in packed.keys} == beside
