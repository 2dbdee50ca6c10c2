"""Feedback pages of chosen learners, and the record of which page went out, so that nothing goes twice."""

from __future__ import annotations

import contextlib
import dataclasses
import glob
import hashlib
import json
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from classroom import book
from classroom.alone import private
from classroom.errors import ClassroomError
from proctor.plugin.folders import read_plain_file
from proctor.plugin.generating import ProctorFeedback
from proctor.plugin.gradebook import Marks, read_marks
from proctor.plugin.pool import Pool

LOCK = "pages.lock"  # who makes a page holds it until the page has gone out, or was read
PATIENCE = 600.0  # seconds that another command may hold it
BUSY = "Another command has been making feedback pages in this class for ten minutes; try again when it has ended."


class Graded(NamedTuple):
    """What one learner's page is made of.

    Attributes
    ----------
    marks : dict
        Notebook -> proctor.plugin.gradebook.Marks.
    fingerprint : str
        Of the graded notebooks and the marks: another one is another page.
    waits : int
        Answers that wait for a person.
    """

    learner: str
    marks: dict
    fingerprint: str
    waits: int

    @property
    def points(self) -> str:
        """``33.25 of 35 points``."""
        of = self.marks.values()
        return f"{sum(m.score - m.penalty for m in of):g} of {sum(m.max_score for m in of):g} points"


def graded(app: NbGrader, assignment: str, learner: str = "") -> dict[str, Graded]:
    """Learner -> what they have, of all whose submission was graded, or of one."""
    course = app.coursedir
    by_learner: dict[str, dict] = {}
    for (who, notebook), marks in sorted(
        read_marks(course.db_url, assignment, learner, course.course_id or "default_course").items()
    ):
        if os.path.isfile(graded_notebook(app, assignment, who, notebook)):
            by_learner.setdefault(who, {})[notebook] = marks
    return {who: graded_as(app, assignment, who, marks) for who, marks in by_learner.items()}


def graded_as(app: NbGrader, assignment: str, learner: str, marks: dict[str, Marks]) -> Graded:
    """One learner with these marks, whatever the gradebook has."""
    whole = hashlib.sha256()
    for notebook, of in sorted(marks.items()):
        path = graded_notebook(app, assignment, learner, notebook)
        content = Path(path).read_bytes() if os.path.isfile(path) else b""
        about = json.dumps(dataclasses.asdict(of), sort_keys=True)
        whole.update(f"{notebook}\0{hashlib.sha256(content).hexdigest()}\0{about}\0".encode())
    waits = sum(waits for of in marks.values() for _, _, waits in of.grades.values())
    return Graded(learner, marks, whole.hexdigest(), waits)


def graded_notebook(app: NbGrader, assignment: str, learner: str, notebook: str) -> str:
    """Its path in autograded/."""
    course = app.coursedir
    return os.path.join(course.format_path(course.autograded_directory, learner, assignment), f"{notebook}.ipynb")


def automatic(app: NbGrader, assignment: str, learner: str) -> dict[str, Marks]:
    """The marks of one learner as autograding alone gave them: what a person gave waits until it is released."""
    course = app.coursedir
    with book.opened(course.db_url) as connection:
        rows = book.marks(connection, assignment, learner)
        said = {
            (one.notebook, one.cell): one.text
            for one in book.comments(connection, assignment, learner)
            if not one.by_hand
        }
    found = {
        notebook: dataclasses.replace(marks, grades=dict(marks.grades), comments=dict(marks.comments))
        for (_, notebook), marks in read_marks(
            course.db_url, assignment, learner, course.course_id or "default_course"
        ).items()
    }
    for row in rows:
        waits = row.auto is None or row.waits and row.manual is None
        found[row.notebook].grades[row.cell] = (row.auto or 0.0, row.maximum, waits)
    for notebook, marks in found.items():
        marks.comments = {cell: said.get((notebook, cell)) for cell in marks.comments}
        whole, marks.score = marks.score, sum(score for score, _, _ in marks.grades.values())
        if whole:  # a late penalty is a part of what was earned
            marks.penalty = min(marks.penalty * marks.score / whole, marks.score)
    return found


# -- making them


class ChosenPages(ProctorFeedback):
    """`nbgrader generate_feedback` for some learners, perhaps with other marks than the gradebook's.

    Attributes
    ----------
    chosen : dict
        Learner -> {notebook: Marks}.
    """

    chosen: dict[str, dict[str, Marks]] = {}

    def init_notebooks(self) -> None:
        """See nbgrader; the folders of those who were chosen."""
        super().init_notebooks()
        wanted = {self._format_source(self.coursedir.assignment_id, learner) for learner in self.chosen}
        self.assignments = {folder: found for folder, found in self.assignments.items() if folder in wanted}  # type: ignore[has-type]

    def _task(self, submission, path, marks):
        page = super()._task(submission, path, marks)
        return dataclasses.replace(page, marks=self.chosen[page.student].get(page.notebook, page.marks))


def make(
    app: NbGrader, assignment: str, of: Iterable[Graded], log: logging.Logger, pool: Pool | None = None
) -> dict[str, str]:
    """Make pages in feedback/; return learner -> why there is none, for those who have none."""
    chosen = {one.learner: one.marks for one in of}
    only = glob.escape(next(iter(chosen))) if len(chosen) == 1 else "*"
    course = CourseDirectory(parent=app, assignment_id=assignment, student_id=only)
    converter = ChosenPages(coursedir=course, parent=app, log=log)
    converter.chosen, converter.force, converter.pool = chosen, True, pool
    try:
        converter.start()
    except NbGraderException as error:
        failed = dict(getattr(converter, "_failed", ()))
        return failed or dict.fromkeys(chosen, str(error))
    return {}


def read(app: NbGrader, assignment: str, learner: str) -> dict[str, bytes]:
    """Name -> content of one learner's pages in feedback/."""
    course = app.coursedir
    folder = Path(course.format_path(course.feedback_directory, learner, assignment))
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.html"))}


def digest(pages: dict[str, bytes]) -> str:
    """A hash of pages by name."""
    whole = hashlib.sha256()
    for name, content in sorted(pages.items()):
        whole.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\0".encode())
    return whole.hexdigest()


def secret(app: NbGrader, assignment: str, learner: str) -> str:
    """The secret of `nbgrader submit` in a graded submission, by which its learner finds the page; "" if there is
    none.
    """
    course = app.coursedir
    folder = course.format_path(course.autograded_directory, learner, assignment)
    if not isinstance(read_plain_file(os.path.join(folder, "timestamp.txt"), 4096), bytes):
        return ""
    found = read_plain_file(os.path.join(folder, "submission_secret.txt"), 4096)
    return found.decode("utf-8", "replace") if isinstance(found, bytes) else ""


def hidden(text: str) -> str:
    """A hash that tells whether a secret is the same, and nothing else."""
    return hashlib.sha256(text.encode()).hexdigest()


# -- what went out


@dataclass
class Out:
    """One learner's page, as it went out."""

    fingerprint: str
    page: str
    at: str


class Record:
    """Which page went out, by which way and when: `.classroom/sent.db`, written after each page."""

    def __init__(self, root: Path | str):
        self.root = Path(root)

    def last(self, way: str, assignment: str) -> dict[str, Out]:
        """Learner -> what went out last by this way. Writes nothing."""
        path = self.root / ".classroom" / "sent.db"
        if not path.exists():
            return {}
        with contextlib.closing(self._opened()) as db:
            rows = db.execute(
                "SELECT learner, fingerprint, page, at FROM sent WHERE way = ? AND assignment = ?", (way, assignment)
            )
            return {learner: Out(*rest) for learner, *rest in rows}

    def add(self, way: str, assignment: str, rows: dict[str, tuple[str, str]]) -> None:
        """Write down what has just gone out.

        Parameters
        ----------
        way : str
            "exchange", or another with its address.
        assignment : str
        rows : dict
            Learner -> (fingerprint, hash of the page).
        """
        now = time.strftime("%Y-%m-%d %H:%M")
        with contextlib.closing(self._opened()) as db, db:
            db.executemany(
                "INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?, ?, ?)",
                [(way, assignment, learner, *pair, now) for learner, pair in rows.items()],
            )

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(private(self.root) / "sent.db", timeout=20)
        try:
            db.execute(
                "CREATE TABLE IF NOT EXISTS sent (way TEXT, assignment TEXT, learner TEXT, fingerprint TEXT, "
                "page TEXT, at TEXT, PRIMARY KEY (way, assignment, learner))"
            )
        except sqlite3.DatabaseError as error:
            db.close()
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise ClassroomError(
                f"{self.root / '.classroom' / 'sent.db'} is damaged: it says what has gone out. Remove it, and "
                "everything counts as new."
            ) from None
        return db


def exchange_of(app: NbGrader, assignment: str, learner: str, log: logging.Logger) -> Callable[[], None]:
    """What copies one learner's pages from feedback/ into the exchange when it is called."""
    from nbgrader.apps import NbGraderAPI

    course = CourseDirectory(parent=app, assignment_id=assignment, student_id=glob.escape(learner))
    api = NbGraderAPI(course, parent=app)
    return api.exchange.ReleaseFeedback(coursedir=course, authenticator=api.authenticator, parent=app, log=log).start
