"""How much faster are the exporters of classroom/ than stock `nbgrader export`: the same gradebook, whole commands, one
after the other.

    python benchmarks/export.py                    # 100 learners, then 1,000, with 10 assignments: stock nbgrader takes
    minutes for 1,000
    python benchmarks/export.py -n 100 200 400     # how both grow
    python benchmarks/export.py -n 5000 --no-stock # ours alone

The gradebook is SQLite as nbgrader makes it, every learner has handed in everything, and both must give the same
scores. Seconds are what
a person waits: starting Python and nbgrader's imports count. On a busy machine believe the CPU seconds.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from nbgrader import api

from proctor.plugin import access

EXPORTERS = ["Canvas", "Moodle", "Exercises"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, nargs="+", default=[100, 1000], help="learners")
    parser.add_argument("-a", type=int, default=10, help="assignments")
    parser.add_argument("-c", type=int, default=20, help="graded cells of an assignment")
    parser.add_argument("-r", type=int, default=3, help="runs of ours; the fastest counts")
    parser.add_argument("--no-stock", action="store_true", help="only ours")
    options = parser.parse_args()
    access.find_programs()
    for learners in options.n:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            compare(Path(folder), learners, options)


def compare(folder: Path, learners: int, options: argparse.Namespace) -> None:
    """Print the seconds of each exporter, and the ratio to stock nbgrader."""
    fill(folder, learners, options.a, options.c)
    print(f"{learners} learners x {options.a} assignments x {options.c} graded cells", flush=True)
    ours = {
        name: min(export(folder, f"{name}.csv", f"--exporter=classroom.exports.{name}") for _ in range(options.r))
        for name in EXPORTERS
    }
    stock = None if options.no_stock else export(folder, "stock.csv")
    if stock is not None:
        print(f"  stock nbgrader {stock[0]:8.1f} s ({stock[1]:.1f} s of CPU)")
        same_scores(folder, learners * options.a)
    for name, (seconds, cpu) in ours.items():
        ratio = (
            f"   {stock[0] / seconds:6.1f} times as fast, {stock[1] / cpu:.1f} times less CPU"
            if stock is not None
            else ""
        )
        print(f"  {name:14} {seconds:8.1f} s ({cpu:.1f} s of CPU){ratio}", flush=True)


def fill(folder: Path, learners: int, assignments: int, cells: int) -> None:
    """A gradebook with every submission graded, and the configuration to find it."""
    url = f"sqlite:///{folder / 'gradebook.db'}"
    (folder / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(folder)!r}\nc.CourseDirectory.db_url = {url!r}\n"
    )
    rng, rows = (
        random.Random(0),
        {table: [] for table in (api.Student, api.SubmittedAssignment, api.SubmittedNotebook, api.Grade)},
    )
    names = [f"learner{i:05}" for i in range(learners)]
    rows[api.Student] = [
        {"id": name, "first_name": "Ada", "last_name": name, "email": f"{name}@example.org"} for name in names
    ]
    with api.Gradebook(url) as gradebook:
        for a in range(assignments):
            assignment = gradebook.add_assignment(f"ps{a:02}")
            notebook = gradebook.add_notebook("notebook", assignment.name)
            graded = [
                gradebook.add_grade_cell(f"test_{c}", "notebook", assignment.name, max_score=2, cell_type="code").id
                for c in range(cells)
            ]
            for name in names:
                submitted, submitted_notebook = uuid.uuid4().hex, uuid.uuid4().hex
                rows[api.SubmittedAssignment].append(
                    {"id": submitted, "assignment_id": assignment.id, "student_id": name}
                )
                rows[api.SubmittedNotebook].append(
                    {
                        "id": submitted_notebook,
                        "assignment_id": submitted,
                        "notebook_id": notebook.id,
                        "late_submission_penalty": rng.choice([0, 0, 0.5]),
                    }
                )
                rows[api.Grade] += [
                    {
                        "id": uuid.uuid4().hex,
                        "cell_id": cell,
                        "notebook_id": submitted_notebook,
                        "auto_score": rng.choice([0, 1, 2]),
                        "needs_manual_grade": False,
                    }
                    for cell in graded
                ]
        for table, values in rows.items():
            gradebook.db.execute(table.__table__.insert(), values)
        gradebook.db.commit()


def export(folder: Path, to: str, *arguments: str) -> tuple[float, float]:
    """Seconds, and seconds of CPU, of one `nbgrader export`."""
    begin, before = time.perf_counter(), os.times()
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "export", "--to", to, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    after = os.times()
    return time.perf_counter() - begin, sum(after[2:4]) - sum(before[2:4])


def same_scores(folder: Path, count: int) -> None:
    """Stop if stock nbgrader and ours do not say the same."""
    with open(folder / "stock.csv", newline="") as file:
        stock = {(row["student_id"], row["assignment"]): float(row["score"]) for row in csv.DictReader(file)}
    with open(folder / "Canvas.csv", newline="", encoding="utf-8") as file:
        head, _, *lines = csv.reader(file)
    ours = {(line[2], name): float(score) for line in lines for name, score in zip(head[5:], line[5:])}
    if stock != ours or len(ours) != count:
        sys.exit("Stock nbgrader and ours give different scores.")


if __name__ == "__main__":
    main()
