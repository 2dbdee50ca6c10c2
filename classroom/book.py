"""What a gradebook holds, in as few queries as can be: one for all grades, whatever the size of the class.

nbgrader's own API asks for every learner and every cell by itself: minutes for a thousand learners.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

import sqlalchemy
from nbgrader import api


class Learner(NamedTuple):
    """A row of the roster."""

    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str


class Mark(NamedTuple):
    """What one learner has for one graded cell of one submission.

    `auto` and `manual` are None while neither tests nor a person gave anything. `score` is what counts: `manual` if there is one, else
    `auto`, plus extra credit; 0 while there is neither.
    """

    learner: str
    assignment: str
    notebook: str
    cell: str
    written: bool
    maximum: float
    auto: float | None
    manual: float | None
    extra: float
    waits: bool

    @property
    def score(self) -> float:
        given = self.auto if self.manual is None else self.manual
        return 0.0 if given is None else float(given) + self.extra


class Cell(NamedTuple):
    """A graded cell of an assignment, whether anybody has handed it in or not."""

    assignment: str
    notebook: str
    cell: str
    written: bool
    maximum: float


class Comment(NamedTuple):
    """What a grader, or autograding, said to a learner about one cell."""

    learner: str
    assignment: str
    notebook: str
    cell: str
    text: str
    by_hand: bool


class Submission(NamedTuple):
    """One learner's submission of one assignment. Scores are points; `seconds_late` is 0 where there is no due date or no time."""

    learner: str
    assignment: str
    timestamp: datetime | None
    seconds_late: float
    penalty: float
    score: float
    maximum: float
    waits: bool


@contextmanager
def opened(url: str) -> Iterator[sqlalchemy.Connection]:
    """A connection to read from, to a gradebook in SQLite or PostgreSQL."""
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _text(value) -> str:
    return "" if value is None else str(value)


def learners(connection) -> list[Learner]:
    """The roster, by last name."""
    table = api.Student.__table__.c
    rows = connection.execute(sqlalchemy.select(table.id, table.first_name, table.last_name, table.email, table.lms_user_id))
    found = [Learner(*map(_text, row)) for row in rows]
    return sorted(found, key=lambda learner: (learner.last_name, learner.first_name, learner.id))


def assignments(connection) -> dict[str, datetime | None]:
    """Name -> due date (naive, in UTC) or None, by name."""
    table = api.Assignment.__table__.c
    return dict(sorted(connection.execute(sqlalchemy.select(table.name, table.duedate)).fetchall()))


def cells(connection) -> list[Cell]:
    """Every graded cell of every assignment, by name."""
    a, n, base, graded, task = (table.__table__ for table in (api.Assignment, api.Notebook, api.BaseCell, api.GradeCell, api.TaskCell))
    query = (
        sqlalchemy.select(a.c.name, n.c.name, base.c.name, graded.c.id, graded.c.cell_type, graded.c.max_score, task.c.max_score)
        .select_from(base.join(n, n.c.id == base.c.notebook_id).join(a, a.c.id == n.c.assignment_id)
                     .outerjoin(graded, graded.c.id == base.c.id).outerjoin(task, task.c.id == base.c.id))
        .where(graded.c.id.is_not(None) | task.c.id.is_not(None)).order_by(a.c.name, n.c.name, base.c.name))
    return [Cell(assignment, notebook, cell, graded_id is None or cell_type == "markdown",
                 float((task_points if graded_id is None else points) or 0.0))
            for assignment, notebook, cell, graded_id, cell_type, points, task_points in connection.execute(query)]


def comments(connection) -> list[Comment]:
    """Every comment that says something; a person's takes the place of the automatic one."""
    a, n, base, s = (table.__table__ for table in (api.Assignment, api.Notebook, api.BaseCell, api.SubmittedAssignment))
    sn, comment = api.SubmittedNotebook.__table__, api.Comment.__table__
    text, by_hand = sqlalchemy.func.coalesce(comment.c.manual_comment, comment.c.auto_comment), comment.c.manual_comment.is_not(None)
    query = (
        sqlalchemy.select(s.c.student_id, a.c.name, n.c.name, base.c.name, text, by_hand)
        .select_from(comment.join(sn, sn.c.id == comment.c.notebook_id).join(s, s.c.id == sn.c.assignment_id).join(a, a.c.id == s.c.assignment_id)
                     .join(n, n.c.id == sn.c.notebook_id).join(base, base.c.id == comment.c.cell_id))
        .where(text.is_not(None), text != "").order_by(s.c.student_id, a.c.name, n.c.name, base.c.name))
    return [Comment(*row) for row in connection.execute(query)]


def marks(connection, assignment: str | None = None) -> list[Mark]:
    """Every mark in the gradebook, or of one assignment, with one query, ordered by learner, assignment and cell."""
    a, n, base = api.Assignment.__table__, api.Notebook.__table__, api.BaseCell.__table__
    graded, task = api.GradeCell.__table__, api.TaskCell.__table__
    s, sn, g = api.SubmittedAssignment.__table__, api.SubmittedNotebook.__table__, api.Grade.__table__
    query = (
        sqlalchemy.select(s.c.student_id, a.c.name, n.c.name, base.c.name, graded.c.id, graded.c.cell_type, graded.c.max_score, task.c.max_score,
                          g.c.auto_score, g.c.manual_score, g.c.extra_credit, g.c.needs_manual_grade)
        .select_from(g.join(sn, sn.c.id == g.c.notebook_id).join(s, s.c.id == sn.c.assignment_id).join(a, a.c.id == s.c.assignment_id)
                     .join(n, n.c.id == sn.c.notebook_id).join(base, base.c.id == g.c.cell_id)
                     .outerjoin(graded, graded.c.id == base.c.id).outerjoin(task, task.c.id == base.c.id))
        .order_by(s.c.student_id, a.c.name, n.c.name, base.c.name))
    if assignment is not None:
        query = query.where(a.c.name == assignment)
    return [Mark(learner, assignment, notebook, cell, graded_id is None or cell_type == "markdown",
                 float((task_points if graded_id is None else points) or 0.0), auto, manual, float(extra or 0.0), bool(waits))
            for learner, assignment, notebook, cell, graded_id, cell_type, points, task_points, auto, manual, extra, waits in connection.execute(query)]


def submissions(connection, of: list[Mark] | None = None) -> list[Submission]:
    """Every submission with its sums and its late penalty, with one query, ordered by learner and assignment.

    Parameters
    ----------
    connection : sqlalchemy.engine.Connection
        From `opened`.
    of : list of Mark, optional
        What `marks` gave, where the caller has it already; it is added up then. Without it the database adds up.
    """
    a, s, sn = api.Assignment.__table__, api.SubmittedAssignment.__table__, api.SubmittedNotebook.__table__
    penalty = sqlalchemy.func.sum(sn.c.late_submission_penalty).label("points")
    penalties = sqlalchemy.select(sn.c.assignment_id, penalty).group_by(sn.c.assignment_id).subquery()
    columns = [s.c.student_id, a.c.name, s.c.timestamp, a.c.duedate, s.c.extension, penalties.c.points]
    tables = s.join(a, a.c.id == s.c.assignment_id).outerjoin(penalties, penalties.c.assignment_id == s.c.id)
    if of is None:
        sums = _sums()
        columns += [sums.c.score, sums.c.maximum, sums.c.waiting]
        tables = tables.outerjoin(sums, sums.c.assignment_id == s.c.id)
    added: dict[tuple[str, str], list] = {}
    for mark in of or ():
        total = added.setdefault((mark.learner, mark.assignment), [0.0, 0.0, False])
        total[0] += mark.score
        total[1] += mark.maximum
        total[2] |= mark.waits
    found = []
    for learner, assignment, timestamp, due, extension, penalty, *total in connection.execute(
            sqlalchemy.select(*columns).select_from(tables).order_by(s.c.student_id, a.c.name)):
        late = 0.0
        if timestamp is not None and due is not None:
            late = max(0.0, (timestamp - due - (extension or timestamp - timestamp)).total_seconds())
        score, maximum, waits = total or added.get((learner, assignment), (0.0, 0.0, False))
        lost, before = float(penalty or 0.0), float(score or 0.0)
        found.append(Submission(learner, assignment, timestamp, late, lost, max(before - lost, 0.0), float(maximum or 0.0), bool(waits)))
    return found


def score_of_grade():
    """What counts for one cell, as the database computes it from a row of `grade`: see `Mark`."""
    g = api.Grade.__table__.c
    given = sqlalchemy.func.coalesce(g.manual_score, g.auto_score)
    return sqlalchemy.case((given.is_not(None), given + sqlalchemy.func.coalesce(g.extra_credit, 0.0)), else_=0.0)


def _sums():
    """Score, maximum and waiting answers of each submission, as the database adds them up."""
    graded, task, sn, g = (table.__table__ for table in (api.GradeCell, api.TaskCell, api.SubmittedNotebook, api.Grade))
    return (
        sqlalchemy.select(sn.c.assignment_id, sqlalchemy.func.sum(score_of_grade()).label("score"),
                          sqlalchemy.func.sum(sqlalchemy.func.coalesce(graded.c.max_score, task.c.max_score, 0.0)).label("maximum"),
                          sqlalchemy.func.sum(sqlalchemy.case((g.c.needs_manual_grade, 1), else_=0)).label("waiting"))
        .select_from(g.join(sn, sn.c.id == g.c.notebook_id).outerjoin(graded, graded.c.id == g.c.cell_id).outerjoin(task, task.c.id == g.c.cell_id))
        .group_by(sn.c.assignment_id).subquery())
