"""`make grade`: release, demo class, autograde, feedback, by nbgrader's own commands, and what came of it."""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from course_tests.notebooks import ROOT
from tools import demo_class, gradebook, picture, release

LOG = "report/grade.log"
RECORDED = "course_tests/demo_scores.csv"


class Sum(NamedTuple):
    """One learner in one assignment: points from tests, points that tests give, a person is needed, it came late."""

    score: float = 0.0
    points: float = 0.0
    person: bool = False
    late: bool = False


def main(root: Path = ROOT, record: bool = False) -> int:
    start = time.perf_counter()
    if (root / "class_config.py").exists():
        sys.exit("A class lives in this folder (class_config.py); the demo class would come among its learners. Use another clone for `make grade`.")
    book = root / "gradebook.db"
    try:
        gradebook.assert_writable(book)
        if release.bring_in_step(root):
            print("release/ and gradebook.db were out of step with source/: written anew.", flush=True)
    except gradebook.GradebookUnusable as error:
        sys.exit(str(error))
    _keep_grades_out_of_git(root)
    demo_class.make(root)
    _set_due_dates(book, release.assignments(root))
    (root / "report").mkdir(exist_ok=True)
    (root / LOG).write_text("")
    clean = True
    for assignment in release.assignments(root):
        clean &= _autograde(root, assignment)
        clean &= _feedback(root, assignment)
    rows = gradebook.scores(book)
    print()
    print(table(rows))
    if not clean:
        print(f"\nSome submissions need a look: see {LOG}")
    page = next(iter(sorted((root / "feedback").glob("demo_mistakes_1/*/*.html"), reverse=True)), None)
    if page:
        print(f"\nA feedback page worth opening:  {page.relative_to(root)}")
    drawn = picture.draw(rows, root / "report" / "grades.png")
    print(f"Grades by exercise, as a picture: {drawn.relative_to(root)}")
    print(f"Done in {time.perf_counter() - start:.0f} s.")
    if record:
        _record(rows, root / RECORDED)
    return 0


def sums(rows: Iterable[tuple]) -> dict[tuple[str, str], Sum]:
    """Learner and assignment -> what the tests gave."""
    totals: dict[tuple[str, str], Sum] = {}
    for learner, assignment, _, _, kind, score, points, needs_person, late in rows:
        total = totals.get((learner, assignment), Sum())
        if kind == "test":
            total = total._replace(score=total.score + (score or 0.0), points=total.points + points)
        totals[learner, assignment] = total._replace(person=total.person or bool(needs_person), late=late > 0)
    return totals


def table(rows: Iterable[tuple]) -> str:
    """Learner x assignment: points from the tests, of all points that tests give. ``late`` and ``+w``: written answers wait for a person."""
    totals = sums(rows)
    assignments = sorted({assignment for _, assignment in totals})
    learners = sorted({learner for learner, _ in totals})
    width = max(16, *(len(a) + 2 for a in assignments)) if assignments else 16
    lines = [" " * 20 + "".join(a.rjust(width) for a in assignments)]
    for learner in learners:
        line = learner.ljust(20)
        for assignment in assignments:
            if (learner, assignment) not in totals:
                line += "-".rjust(width)
                continue
            score, points, person, late = totals[learner, assignment]
            line += f"{score:g}/{points:g}{' late' if late else ''}{' +w' if person else ''}".rjust(width)
        lines.append(line)
    lines.append("Points from tests.  +w: written answers wait for a person, in `nbgrader formgrader`.")
    return "\n".join(lines)


def _record(rows: Iterable[tuple], path: Path) -> None:
    """Write the scores of the demo class to the table that the tests compare with."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["learner", "assignment", "score", "points", "late"])
        for (learner, assignment), total in sorted(sums(rows).items()):
            writer.writerow([learner, assignment, f"{total.score:g}", f"{total.points:g}", "late" if total.late else ""])
    print(f"Recorded in {path.name}.")


def _autograde(root: Path, assignment: str) -> bool:
    """Grade what is new or changed; True if nbgrader had nothing to complain of."""
    submitted = sorted(path.parent for path in (root / "submitted").glob(f"*/{assignment}"))
    tests = _newest(root / "course_tests", "*.py")
    missing, old = [], []
    for folder in submitted:
        graded = root / "autograded" / folder.name / assignment
        if not any(graded.glob("*.ipynb")):
            missing.append(folder.name)
        elif _newest(graded, "*.ipynb") < max(tests, _newest(folder / assignment, "*")):
            old.append(folder.name)
    if not missing and not old:
        print(f"{assignment}: all {len(submitted)} submissions are graded and up to date.", flush=True)
        return True
    with _Progress(f"autograde {assignment}", [root / "autograded" / name / assignment for name in missing + old]):
        if len(old) > 3:
            return _nbgrader(root, "autograde", assignment, "--force")
        clean = [_nbgrader(root, "autograde", assignment, "--force", "--student", name) for name in old]
        if missing:
            clean.append(_nbgrader(root, "autograde", assignment))
        return all(clean)


def _feedback(root: Path, assignment: str) -> bool:
    old = [path for path in (root / "autograded").glob(f"*/{assignment}/*.ipynb")
           if not (page := root / "feedback" / path.relative_to(root / "autograded").with_suffix(".html")).exists()
           or page.stat().st_mtime < path.stat().st_mtime]
    if not old:
        return True
    with _Progress(f"feedback  {assignment}", [root / "feedback" / p.parent.relative_to(root / "autograded") for p in old]):
        return _nbgrader(root, "generate_feedback", assignment, "--force")


def _nbgrader(root: Path, *arguments: str) -> bool:
    """Run an nbgrader command on the demo class's gradebook, its output to the log."""
    environment = {key: value for key, value in os.environ.items() if key != "GRADEBOOK_URL"}  # never a real class
    with (root / LOG).open("a", encoding="utf-8") as log:
        log.write(f"\n$ nbgrader {' '.join(arguments)}\n")
        log.flush()
        command = [sys.executable, "-m", "nbgrader", *arguments]
        return subprocess.run(command, cwd=root, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log).returncode == 0


class _Progress:
    """A bar on a terminal, one line at the end elsewhere; counts the folders that have been written since it began."""

    def __init__(self, what: str, folders: list[Path]):
        self.what, self.folders = what, folders

    def __enter__(self):
        self.start, self.since = time.perf_counter(), time.time()
        self.bar = tqdm(total=len(self.folders), desc=self.what, unit="learner", disable=not sys.stderr.isatty(), leave=True)
        self.stop = threading.Event()
        self.watcher = threading.Thread(target=self._watch, daemon=True)
        self.watcher.start()
        return self

    def _watch(self):
        while not self.stop.wait(0.3):
            self._show()

    def _show(self):
        done = sum(_newest(folder, "*") >= self.since for folder in self.folders)
        self.bar.update(done - self.bar.n)

    def __exit__(self, *error):
        self.stop.set()
        self.watcher.join()
        self._show()
        self.bar.close()
        if not sys.stderr.isatty():
            print(f"{self.what}: {len(self.folders)} learners, {time.perf_counter() - self.start:.1f} s", flush=True)


def _newest(folder: Path, pattern: str) -> float:
    return max((path.stat().st_mtime for path in folder.rglob(pattern)), default=0.0)


def _set_due_dates(book: Path, assignments: list[str]) -> None:
    """The demo class has one due date, so that one learner can be late."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{book}") as opened:
        for name in assignments:
            if opened.find_assignment(name).duedate is None:
                opened.update_or_create_assignment(name, duedate=demo_class.DUE)


def _keep_grades_out_of_git(root: Path) -> None:
    """Grading changes gradebook.db; in a git checkout, hide that, so that grades are never committed by accident."""
    if (root / ".git").is_dir():
        subprocess.run(["git", "update-index", "--skip-worktree", "gradebook.db"], cwd=root, capture_output=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true", help=f"write the scores of the demo class to {RECORDED}")
    sys.exit(main(record=parser.parse_args().record))
