"""`make grade`: release, demo class, autograde, feedback, by nbgrader's own classes in one process, and a summary of
the results.
"""

from __future__ import annotations

import argparse
import csv
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from course_tests.notebooks import ROOT
from tools import demo_class, gradebook, picture, release

LOG = "report/grade.log"
RECORDED = "tools/tests/demo_scores.csv"


class Sum(NamedTuple):
    """One learner in one assignment: points from tests, points that tests give, a person is needed, it came late."""

    score: float = 0.0
    points: float = 0.0
    person: bool = False
    late: bool = False


def main(root: Path = ROOT, record: bool = False) -> int:
    start = time.perf_counter()
    nbgrader = Nbgrader(root)
    no_walls = nbgrader.no_walls()
    if no_walls:
        print(no_walls, flush=True)
    book = root / "gradebook.db"
    try:
        gradebook.assert_writable(book)
        if release.bring_in_step(root):
            print("release/ and gradebook.db were out of step with source/: written again.", flush=True)
    except gradebook.GradebookUnusable as error:
        sys.exit(str(error))
    _keep_grades_out_of_git(root)
    demo_class.make(root)
    _set_due_dates(book, release.assignments(root))
    nbgrader.grade(release.assignments(root))
    rows = gradebook.scores(book)
    print()
    print(table(rows))
    for line in nbgrader.remarks():
        print(line)
    page = next(iter(sorted((root / "feedback").glob("demo_mistakes_1/*/*.html"), reverse=True)), None)
    if page:
        print(f"\nA feedback page worth opening:  {page.relative_to(root)}")
    graded = root / "autograded"
    drawn = picture.draw(sums(rows), picture.mistakes(graded), root / "report" / "grades.png", picture.carried(graded))
    print(f"The class at a glance, a picture: {drawn.relative_to(root)}")
    if record:
        _record(rows, root / RECORDED)
    print(f"Done in {time.perf_counter() - start:.0f} s.")
    if no_walls:
        print(no_walls)
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
    """Learner x assignment: points from the tests, of all points that tests give. ``late`` and ``+w``: written
    answers wait for a person.
    """
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
            writer.writerow(
                [learner, assignment, f"{total.score:g}", f"{total.points:g}", "late" if total.late else ""]
            )
    print(f"Recorded in {path.name}.")


class Nbgrader:
    """What `nbgrader autograde` and `nbgrader generate_feedback` run, for all assignments in this one process: both
    commands take a second to start.
    """

    def __init__(self, root: Path):
        os.environ.pop("GRADEBOOK_URL", None)  # never a real class
        import nbgrader.apps.api
        from nbgrader.apps.baseapp import NbGrader

        self.root = root
        os.chdir(root)  # nbgrader looks for its configuration in the working folder
        (root / "report").mkdir(exist_ok=True)
        self.app = NbGrader()
        self.app.initialize([])
        if nbgrader.apps.api.Autograde is nbgrader.converters.Autograde:
            sys.exit(
                "nbgrader_config.py did not get as far as proctor.install, and without it learners' code would run "
                "beside the tests: fix it first."
            )
        self.app.log.handlers[:] = [logging.FileHandler(root / LOG, mode="w", encoding="utf-8")]
        self.app.log.handlers[0].setFormatter(logging.Formatter("[%(levelname)s] %(message)s"))
        self.looks: dict[str, dict] = {}  # assignment -> learner -> reasons
        self.failed: list[str] = []

    def no_walls(self) -> str:
        """A sentence if learners' code will run without walls on this machine."""
        from proctor.plugin.converter import no_walls
        from proctor.plugin.options import Proctor

        return no_walls(Proctor(parent=self.app))

    def grade(self, assignments: list[str]) -> None:
        """Grade what is new or changed, and write the pages that are older than what they show: those of one
        assignment while the next is graded.
        """
        from proctor.plugin.options import Proctor
        from proctor.plugin.pool import Pool

        todo = {assignment: self._to_grade(assignment) for assignment in assignments}
        with Pool(Proctor(parent=self.app).worker_count()) as workers, ThreadPoolExecutor(1) as writer:
            written = []
            with _Progress(self.root, todo) as progress:
                for assignment, learners in todo.items():
                    if learners:
                        progress.begin(assignment)
                        self._autograde(assignment, learners, workers)
                        progress.end()
                    else:
                        print(f"{assignment}: all submissions are graded and up to date.", flush=True)
                    written.append(writer.submit(self._feedback, assignment))
                for page in written:
                    page.result()

    def remarks(self) -> Iterator[str]:
        """What the grader should be told after the table."""
        if self.looks:
            count = sum(map(len, self.looks.values()))
            learners = sorted({learner for looks in self.looks.values() for learner in looks})
            yield f"\n{count} submissions need a look, of {', '.join(learners)}: {LOG} says why."
        if self.failed:
            yield f"\nSomething went wrong ({', '.join(self.failed)}): see {LOG}"

    def _to_grade(self, assignment: str) -> list[str]:
        """Who has no graded notebook of this assignment, or one that is older than the tests or the submission."""
        tests = _newest(self.root / "course_tests", "*.py")
        found = []
        for folder in sorted((self.root / "submitted").glob(f"*/{assignment}")):
            learner = folder.parent.name
            if _newest(self.root / "autograded" / learner / assignment, "*.ipynb") < max(tests, _newest(folder, "*")):
                found.append(learner)
        return found

    def _autograde(self, assignment: str, learners: list[str], workers) -> None:
        from nbgrader.apps.api import Autograde  # the name that `proctor.install` has put its own converter under

        everybody = {folder.parent.name for folder in (self.root / "submitted").glob(f"*/{assignment}")}
        course = self._course(assignment, student_id_exclude=",".join(sorted(everybody - set(learners))))
        converter = Autograde(coursedir=course, parent=self.app)
        converter.force, converter.pool = True, workers
        self._run(converter, f"autograde {assignment}")
        self.looks |= {assignment: converter.summary.looks} if converter.summary.looks else {}

    def _feedback(self, assignment: str) -> None:
        from nbgrader.apps.api import GenerateFeedback

        old = [
            path
            for path in (self.root / "autograded").glob(f"*/{assignment}/*.ipynb")
            if not (
                page := self.root / "feedback" / path.relative_to(self.root / "autograded").with_suffix(".html")
            ).exists()
            or page.stat().st_mtime < path.stat().st_mtime
        ]
        if old:
            converter = GenerateFeedback(coursedir=self._course(assignment), parent=self.app)
            converter.force = True
            self._run(converter, f"generate_feedback {assignment}")

    def _course(self, assignment: str, **traits):
        from nbgrader.coursedir import CourseDirectory

        return CourseDirectory(parent=self.app, assignment_id=assignment, **traits)

    def _run(self, converter, what: str) -> None:
        self.app.log.info("$ nbgrader %s", what)
        try:
            converter.start()
        except Exception:
            self.app.log.exception("%s failed", what)
            self.failed.append(what)


class _Progress:
    """One bar for all assignments on a terminal, a line for each elsewhere; counts the folders that have been
    written since it began.
    """

    def __init__(self, root: Path, todo: dict[str, list[str]]):
        self.todo = todo
        self.folders = [
            root / step / learner / assignment
            for step in ("autograded", "feedback")
            for assignment, learners in todo.items()
            for learner in learners
        ]

    def __enter__(self):
        self.since = time.time()
        self.bar = tqdm(total=len(self.folders), unit="folder", disable=not (self.folders and sys.stderr.isatty()))
        self.stop = threading.Event()
        self.watcher = threading.Thread(target=self._watch, daemon=True)
        self.watcher.start()
        return self

    def begin(self, assignment: str) -> None:
        self.assignment, self.start = assignment, time.perf_counter()
        self.bar.set_description(assignment)

    def end(self) -> None:
        if self.bar.disable:
            print(
                f"{self.assignment}: {len(self.todo[self.assignment])} submissions, "
                f"{time.perf_counter() - self.start:.1f} s",
                flush=True,
            )

    def _watch(self) -> None:
        while not self.stop.wait(0.3):
            self._show()

    def _show(self) -> None:
        if not self.bar.disable:
            self.bar.update(sum(_newest(folder, "*") >= self.since for folder in self.folders) - self.bar.n)

    def __exit__(self, *error):
        self.stop.set()
        self.watcher.join()
        self._show()
        self.bar.close()


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
