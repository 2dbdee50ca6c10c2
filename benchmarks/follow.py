"""What follow-through marks change: points that one mistake costs in its own exercise and elsewhere.

Run it as ``python -m benchmarks.follow [assignment ...]``. Every exercise is answered wrongly by a learner of its own,
whose other answers are right, with the mistake of the bank that most tests catch; and the learners of the demo class
who make mistakes hand in, too. All are graded twice, with `c.Proctor.follow_through` "off" and "full"; the seconds are
those of both groups together.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.naming import COURSE
from course_tests import bank
from course_tests.notebooks import ROOT, Notebook, sources
from proctor import cells
from tools import demo_class, gradebook


def main(chosen: list[str]) -> None:
    print(
        f"{'':16} {'':12} {'own exercise':>13} {'off: elsewhere':>15} {'full: elsewhere':>16} {'carried':>8} "
        f"{'s off':>6} {'s full':>7}"
    )
    sums: Counter = Counter()
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        for name in COURSE:
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, course / name)
        for notebook in sources():
            if not chosen or notebook.assignment in chosen:
                sums += report(course, notebook)
    for kind in ("one mistake", "demo class"):
        print_row("all", kind, *(sums[kind, what] for what in ("own", "off", "full", "carried", "s off", "s full")))


def report(course: Path, notebook: Notebook) -> Counter:
    """Submit and grade the mistakes of one assignment; (kind of learner, what) -> sum."""
    bank.load(notebook.topic)
    released = course / "release" / notebook.assignment
    blank = json.loads((released / notebook.path.name).read_text(encoding="utf-8"))
    right = {cell.grade_id: demo_class.MARKERS.sub("", cell.source) for cell in notebook.exercises()}
    wrong: dict[str, dict[str, str]] = {}
    for number, exercise in enumerate(right):
        entries = bank.of(bank.MISCONCEPTIONS, notebook.topic, exercise)
        if entries:
            wrong[f"one_{number}"] = {exercise: max(entries, key=lambda entry: len(entry.caught_by)).code}
    for number in range(demo_class.MISTAKEN):
        made = demo_class.mistakes(notebook, number)
        wrong[f"demo_{number}"] = {exercise: entry.code for exercise, entry in made.items()}
    for learner, answers in wrong.items():
        folder = course / "submitted" / learner / notebook.assignment
        shutil.copytree(released, folder)
        (folder / notebook.path.name).write_bytes(demo_class.fill(blank, {**right, **answers}.get))
    owner = dict(cells.exercises(blank["cells"]))
    sums: Counter = Counter()
    for follow in ("off", "full"):
        begin = time.monotonic()
        subprocess.run(
            [
                sys.executable,
                "-m",
                "nbgrader",
                "autograde",
                notebook.assignment,
                "--force",
                f"--Proctor.follow_through={follow}",
            ],
            cwd=course,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        sums["one mistake", f"s {follow}"] = time.monotonic() - begin
        for learner, assignment, _, cell, kind, score, points, _, _ in gradebook.scores(course / "gradebook.db"):
            if assignment != notebook.assignment or kind != "test" or learner not in wrong:
                continue
            lost = points - (score or 0)
            group = "one mistake" if learner.startswith("one") else "demo class"
            own = owner.get(cell) in wrong[learner]
            if own and follow == "off":
                sums[group, "own"] += lost
            elif own:
                sums[group, "own, full"] += lost
            else:
                sums[group, follow] += lost
    for learner in wrong:
        group = "one mistake" if learner.startswith("one") else "demo class"
        graded = json.loads((course / "autograded" / learner / notebook.assignment / notebook.path.name).read_text())
        sums[group, "carried"] += sum(found.points for cell in graded["cells"] if (found := cells.carried(cell)))
    for kind in ("one mistake", "demo class"):
        print_row(
            notebook.assignment,
            kind,
            *(sums[kind, what] for what in ("own", "off", "full", "carried", "s off", "s full")),
        )
    return sums


def print_row(
    name: str, kind: str, own: float, off: float, full: float, carried: float, before: float, after: float
) -> None:
    print(f"{name:16} {kind:12} {own:13g} {off:15g} {full:16g} {carried:8g} {before:6.1f} {after:7.1f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
