"""How many of the bank's mistakes are named to the learner: every misconception, submitted by a learner of its own,
through the real chain.

Run it as ``python -m benchmarks.naming [assignment ...]``. Prints, for each assignment, how many mistakes lost points
in the tests that they
name, in how many of these failures the feedback names the mistake, and in how many it names another one.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from course_tests import bank
from course_tests.notebooks import ROOT, Notebook, sources
from proctor import cells
from tools import demo_class, gradebook

COURSE = ["course_tests", "proctor", "release", "source", "gradebook.db", "nbgrader_config.py"]


def main(chosen: list[str]) -> None:
    print(
        f"{'assignment':16} {'mistakes':>9} {'caught':>7} {'failures':>9} {'named':>6} {'one of two':>11} "
        f"{'wrongly':>8} {'silent':>7}"
    )
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        for name in COURSE:
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, course / name)
        for notebook in sources():
            if not chosen or notebook.assignment in chosen:
                report(course, notebook)


def report(course: Path, notebook: Notebook) -> None:
    """Submit, grade and count the mistakes of one assignment."""
    bank.load(notebook.topic)
    entries = {
        f"learner_{number}": entry
        for number, entry in enumerate(e for e in bank.MISCONCEPTIONS if e.topic == notebook.topic)
    }
    released = course / "release" / notebook.assignment
    blank = json.loads((released / notebook.path.name).read_text(encoding="utf-8"))
    right = {cell.grade_id: demo_class.MARKERS.sub("", cell.source) for cell in notebook.exercises()}
    for learner, entry in entries.items():
        folder = course / "submitted" / learner / notebook.assignment
        shutil.copytree(released, folder)
        (folder / notebook.path.name).write_bytes(demo_class.fill(blank, {**right, entry.exercise: entry.code}.get))
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", notebook.assignment],
        cwd=course,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    lost = {
        (learner, cell)
        for learner, assignment, _, cell, kind, score, points, _, _ in gradebook.scores(course / "gradebook.db")
        if assignment == notebook.assignment and kind == "test" and (score or 0) < points
    }
    caught = failures = named = either = wrongly = 0
    for learner, entry in entries.items():
        caught += all((learner, test) in lost for test in entry.caught_by)
        said = named_in(course / "autograded" / learner / notebook.assignment / notebook.path.name)
        for test in entry.caught_by:
            if (learner, test) not in lost:
                continue
            failures += 1
            labels = said.get(test, set())
            named += labels == {entry.label}
            either += len(labels) > 1 and entry.label in labels
            wrongly += bool(labels) and entry.label not in labels
    silent = failures - named - either - wrongly
    print(
        f"{notebook.assignment:16} {len(entries):9} {caught:7} {failures:9} {share(named, failures):>6} "
        f"{share(either, failures):>11} "
        f"{share(wrongly, failures):>8} {share(silent, failures):>7}",
        flush=True,
    )


def named_in(path: Path) -> dict[str, set[str]]:
    """Grade id of a test -> the labels of the mistakes that it named."""
    if not path.exists():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {cells.grade_id_of(cell): {mistake.name for mistake in cells.mistakes(cell)} for cell in found}


def share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "-"


if __name__ == "__main__":
    main(sys.argv[1:])
