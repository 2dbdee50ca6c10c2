"""What a gradebook holds, in as few queries as can be: one for all grades, whatever the size of the class.

nbgrader's own API asks for every learner and every cell by itself: minutes for a thousand learners. Of classroom and
tools, this module
alone knows nbgrader's tables (proctor, which needs no classroom, has its own in proctor/plugin/gradebook.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy
from nbgrader import api

from proctor.plugin.gradebook import score_of


class Learner(NamedTuple):
    """A row of the roster."""

    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str


class Mark(NamedTuple):
    """What one learner has for one graded cell of one submission.

    `auto` and `manual` are None while neither tests nor a person gave anything. `score` is what counts: `manual` if
    there is one, else
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
        """By proctor's rule, which is nbgrader's; `score_of_grade` is the same for the database."""
        return float(score_of(self.auto, self.manual, self.extra))


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
    """One learner's submission of one assignment. Scores are points; `seconds_late` is 0 where there is no due date
    or no time.
    """

    learner: str
    assignment: str
    timestamp: datetime | None
    seconds_late: float
    penalty: float
    score: float
    maximum: float
    waits: bool


class Decision(NamedTuple):
    """What was decided for one learner: `kind` is "extended" (`until`, naive in UTC), "excused", or "dropped" from the
    class (`assignment` is "" then). `made` is when, naive in UTC.
    """

    learner: str
    assignment: str
    kind: str
    until: datetime | None
    why: str
    made: datetime


class Penalty(NamedTuple):
    """What one submitted notebook has earned, how late it came, and the penalty that is recorded. `key` is its id."""

    learner: str
    assignment: str
    notebook: str
    key: str
    earned: float
    seconds_late: float
    recorded: float | None
    due: datetime | None = None
    extension: timedelta | None = None


class Question(NamedTuple):
    """What a person marks: a task, or an answer that no test marks. `source` is the instructor's text of the cell, with
    its mark scheme; `graded` and `commented` are the ids of the cells that points and comments belong to. `waits` of
    `answers` are still to be read; what was left as released is no answer.
    """

    notebook: str
    cell: str
    maximum: float
    source: str
    task: bool
    graded: str
    commented: str
    answers: int
    waits: int


class Given(NamedTuple):
    """What a person gave for one answer, and whether it still waits for one."""

    points: float | None
    comment: str | None
    waits: bool


class Answer(NamedTuple):
    """One learner's answer to a `Question`: `key` is the id of its grade, `submitted` that of the submitted notebook,
    `auto` and `said` are what autograding gave and said.
    """

    key: str
    submitted: str
    learner: str
    name: str
    auto: float | None
    extra: float
    said: str
    given: Given

    @property
    def blank(self) -> bool:
        """Whether it was left as released, or not handed in: autograding has given its points."""
        return not self.given.waits and self.given.points is None


@contextmanager
def opened(url: str) -> Iterator[sqlalchemy.Connection]:
    """A connection to read from, to a gradebook in SQLite or PostgreSQL."""
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


# Decisions lie in the gradebook, where grades go: in any database, wherever the class is copied to.
_decision = sqlalchemy.Table(
    "classroom_decision",
    sqlalchemy.MetaData(),
    sqlalchemy.Column("learner", sqlalchemy.String(128), primary_key=True),
    sqlalchemy.Column("assignment", sqlalchemy.String(128), primary_key=True),
    sqlalchemy.Column("kind", sqlalchemy.String(16), nullable=False),
    sqlalchemy.Column("until", sqlalchemy.DateTime),
    sqlalchemy.Column("why", sqlalchemy.Text, nullable=False),
    sqlalchemy.Column("made", sqlalchemy.DateTime, nullable=False),
)
EXTENDED, EXCUSED, DROPPED = "extended", "excused", "dropped"


def decisions(connection: sqlalchemy.Connection) -> dict[tuple[str, str], Decision]:
    """(learner, assignment) -> what was decided; the assignment is "" for who has left the class."""
    if _decision.name not in sqlalchemy.inspect(connection).get_table_names():  # one query, unlike has_table
        return {}
    rows = [Decision(*row) for row in connection.execute(sqlalchemy.select(_decision))]
    return {(row.learner, row.assignment): row for row in sorted(rows)}


def decide(url: str, decision: Decision) -> None:
    """Write a decision, in place of an earlier one, and an extension also where nbgrader keeps it."""

    def write(connection: sqlalchemy.Connection) -> None:
        connection.execute(sqlalchemy.schema.CreateTable(_decision, if_not_exists=True))
        _undecide(connection, decision.learner, decision.assignment)
        connection.execute(_decision.insert().values(**decision._asdict()))
        if decision.until is not None:
            due = dates_of(connection, decision.assignment, decision.learner)[0]
            _set_extension(connection, decision, max(timedelta(), decision.until - due) if due else None)

    _in_one_transaction(url, write)


def undecide(url: str, decision: Decision) -> None:
    """Take a decision back."""

    def write(connection: sqlalchemy.Connection) -> None:
        _undecide(connection, decision.learner, decision.assignment)
        if decision.until is not None:
            _set_extension(connection, decision, None)

    _in_one_transaction(url, write)


def _undecide(connection: sqlalchemy.Connection, learner: str, assignment: str) -> None:
    of = _decision.c
    connection.execute(_decision.delete().where(of.learner == learner, of.assignment == assignment))


def _set_extension(connection: sqlalchemy.Connection, of: Decision, extension: timedelta | None) -> None:
    """In nbgrader's own row of the submission, if there is one yet."""
    a, s = api.Assignment.__table__, api.SubmittedAssignment.__table__
    assignment = sqlalchemy.select(a.c.id).where(a.c.name == of.assignment).scalar_subquery()
    rows = (s.c.student_id == of.learner) & (s.c.assignment_id == assignment)
    connection.execute(s.update().where(rows).values(extension=extension))


def _in_one_transaction(url: str, write: Callable[[sqlalchemy.Connection], None]) -> None:
    engine = sqlalchemy.create_engine(url)
    try:
        for attempt in range(3):
            try:
                with engine.begin() as connection:
                    return write(connection)
            except (sqlalchemy.exc.IntegrityError, sqlalchemy.exc.ProgrammingError):
                if attempt == 2:  # not another command that wrote the same row, or made the table, at the same moment
                    raise
    finally:
        engine.dispose()


def _what_counts(
    decision: Decision | None, due: datetime | None, extension: timedelta | None
) -> tuple[datetime | None, timedelta | None]:
    """Due date and extension: a decision names a day, which stays where it is when the due date of all moves."""
    if due is None or decision is None or decision.until is None:
        return due, extension
    return max(due, decision.until), None


def forget(url: str, learner: str) -> dict[str, int]:
    """Delete every row about a learner; how many there were, by table."""
    student, submitted, notebook = (
        table.__table__ for table in (api.Student, api.SubmittedAssignment, api.SubmittedNotebook)
    )
    of_learner = sqlalchemy.select(submitted.c.id).where(submitted.c.student_id == learner)
    in_notebook = sqlalchemy.select(notebook.c.id).where(notebook.c.assignment_id.in_(of_learner))
    rows = [(table, table.c.notebook_id.in_(in_notebook)) for table in (api.Grade.__table__, api.Comment.__table__)] + [
        (notebook, notebook.c.assignment_id.in_(of_learner)),
        (submitted, submitted.c.student_id == learner),
        (_decision, _decision.c.learner == learner),
        (student, student.c.id == learner),
    ]
    found: dict[str, int] = {}

    def write(connection: sqlalchemy.Connection) -> None:
        there = set(sqlalchemy.inspect(connection).get_table_names())
        for table, which in rows:
            if table.name in there:
                found[table.name] = connection.execute(table.delete().where(which)).rowcount

    _in_one_transaction(url, write)
    return {name: count for name, count in found.items() if count}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def learners(connection: sqlalchemy.Connection) -> list[Learner]:
    """The roster, by last name."""
    table = api.Student.__table__.c
    rows = connection.execute(
        sqlalchemy.select(table.id, table.first_name, table.last_name, table.email, table.lms_user_id)
    )
    found = [Learner(*map(_text, row)) for row in rows]
    return sorted(found, key=lambda learner: (learner.last_name, learner.first_name, learner.id))


def assignments(connection: sqlalchemy.Connection) -> dict[str, datetime | None]:
    """Name -> due date (naive, in UTC) or None, by name."""
    table = api.Assignment.__table__.c
    return dict(sorted(connection.execute(sqlalchemy.select(table.name, table.duedate)).fetchall()))


def times(connection: sqlalchemy.Connection, assignment: str) -> dict[str, datetime | None]:
    """Learner -> when what the gradebook has of them was handed in (naive, in UTC)."""
    a, s = api.Assignment.__table__, api.SubmittedAssignment.__table__
    query = sqlalchemy.select(s.c.student_id, s.c.timestamp).select_from(s.join(a, a.c.id == s.c.assignment_id))
    return {learner: when for learner, when in connection.execute(query.where(a.c.name == assignment))}


def cells(connection: sqlalchemy.Connection) -> list[Cell]:
    """Every graded cell of every assignment, by name."""
    a, n, base, graded, task = (
        table.__table__ for table in (api.Assignment, api.Notebook, api.BaseCell, api.GradeCell, api.TaskCell)
    )
    query = (
        sqlalchemy.select(
            a.c.name, n.c.name, base.c.name, graded.c.id, graded.c.cell_type, graded.c.max_score, task.c.max_score
        )
        .select_from(
            base.join(n, n.c.id == base.c.notebook_id)
            .join(a, a.c.id == n.c.assignment_id)
            .outerjoin(graded, graded.c.id == base.c.id)
            .outerjoin(task, task.c.id == base.c.id)
        )
        .where(graded.c.id.is_not(None) | task.c.id.is_not(None))
        .order_by(a.c.name, n.c.name, base.c.name)
    )
    return [
        Cell(
            assignment,
            notebook,
            cell,
            graded_id is None or cell_type == "markdown",
            float((task_points if graded_id is None else points) or 0.0),
        )
        for assignment, notebook, cell, graded_id, cell_type, points, task_points in connection.execute(query)
    ]


def comments(
    connection: sqlalchemy.Connection, assignment: str | None = None, learner: str | None = None
) -> list[Comment]:
    """Every comment that says something, or those on one assignment, of one learner; a person's takes the place of
    the automatic one.
    """
    a, n, base, s = (table.__table__ for table in (api.Assignment, api.Notebook, api.BaseCell, api.SubmittedAssignment))
    sn, comment = api.SubmittedNotebook.__table__, api.Comment.__table__
    text, by_hand = (
        sqlalchemy.func.coalesce(comment.c.manual_comment, comment.c.auto_comment),
        comment.c.manual_comment.is_not(None),
    )
    query = (
        sqlalchemy.select(s.c.student_id, a.c.name, n.c.name, base.c.name, text, by_hand)
        .select_from(
            comment.join(sn, sn.c.id == comment.c.notebook_id)
            .join(s, s.c.id == sn.c.assignment_id)
            .join(a, a.c.id == s.c.assignment_id)
            .join(n, n.c.id == sn.c.notebook_id)
            .join(base, base.c.id == comment.c.cell_id)
        )
        .where(text.is_not(None), text != "")
        .order_by(s.c.student_id, a.c.name, n.c.name, base.c.name)
    )
    if assignment is not None:
        query = query.where(a.c.name == assignment)
    if learner is not None:
        query = query.where(s.c.student_id == learner)
    return [Comment(*row) for row in connection.execute(query)]


def marks(connection: sqlalchemy.Connection, assignment: str | None = None, learner: str | None = None) -> list[Mark]:
    """Every mark in the gradebook, or of one assignment, or learner, with one query, ordered by learner, assignment
    and cell.
    """
    a, n, base = api.Assignment.__table__, api.Notebook.__table__, api.BaseCell.__table__
    graded, task = api.GradeCell.__table__, api.TaskCell.__table__
    s, sn, g = api.SubmittedAssignment.__table__, api.SubmittedNotebook.__table__, api.Grade.__table__
    query = (
        sqlalchemy.select(
            s.c.student_id,
            a.c.name,
            n.c.name,
            base.c.name,
            graded.c.id,
            graded.c.cell_type,
            graded.c.max_score,
            task.c.max_score,
            g.c.auto_score,
            g.c.manual_score,
            g.c.extra_credit,
            g.c.needs_manual_grade,
        )
        .select_from(
            g.join(sn, sn.c.id == g.c.notebook_id)
            .join(s, s.c.id == sn.c.assignment_id)
            .join(a, a.c.id == s.c.assignment_id)
            .join(n, n.c.id == sn.c.notebook_id)
            .join(base, base.c.id == g.c.cell_id)
            .outerjoin(graded, graded.c.id == base.c.id)
            .outerjoin(task, task.c.id == base.c.id)
        )
        .order_by(s.c.student_id, a.c.name, n.c.name, base.c.name)
    )
    if assignment is not None:
        query = query.where(a.c.name == assignment)
    if learner is not None:
        query = query.where(s.c.student_id == learner)
    rows = connection.execute(query)
    return [
        Mark(
            learner,
            assignment,
            notebook,
            cell,
            graded_id is None or cell_type == "markdown",
            float((task_points if graded_id is None else points) or 0.0),
            auto,
            manual,
            float(extra or 0.0),
            bool(waits),
        )
        for (
            learner,
            assignment,
            notebook,
            cell,
            graded_id,
            cell_type,
            points,
            task_points,
            auto,
            manual,
            extra,
            waits,
        ) in rows
    ]


def submissions(
    connection: sqlalchemy.Connection,
    of: list[Mark] | None = None,
    decided: dict[tuple[str, str], Decision] | None = None,
) -> list[Submission]:
    """Every submission with its sums and its late penalty, with one query, ordered by learner and assignment.

    Parameters
    ----------
    connection : sqlalchemy.engine.Connection
        From `opened`.
    of : list of Mark, optional
        What `marks` gave, where the caller has it already; it is added up then. Without it the database adds up.
    decided : dict, optional
        What `decisions` gave, where the caller has it already.
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
    found, decided = [], decisions(connection) if decided is None else decided
    for learner, assignment, timestamp, due, extension, penalty, *total in connection.execute(
        sqlalchemy.select(*columns).select_from(tables).order_by(s.c.student_id, a.c.name)
    ):
        late = _seconds_late(timestamp, *_what_counts(decided.get((learner, assignment)), due, extension))
        score, maximum, waits = total or added.get((learner, assignment), [0.0, 0.0, False])
        lost, before = float(penalty or 0.0), float(score or 0.0)
        found.append(
            Submission(
                learner, assignment, timestamp, late, lost, max(before - lost, 0.0), float(maximum or 0.0), bool(waits)
            )
        )
    return found


def score_of_grade() -> sqlalchemy.ColumnElement[float]:
    """What counts for one cell, as the database computes it from a row of `grade`: see `Mark`."""
    g = api.Grade.__table__.c
    given = sqlalchemy.func.coalesce(g.manual_score, g.auto_score)
    return sqlalchemy.case((given.is_not(None), given + sqlalchemy.func.coalesce(g.extra_credit, 0.0)), else_=0.0)


def _sums() -> sqlalchemy.Subquery:
    """Score, maximum and waiting answers of each submission, as the database adds them up."""
    graded, task, sn, g = (table.__table__ for table in (api.GradeCell, api.TaskCell, api.SubmittedNotebook, api.Grade))
    return (
        sqlalchemy.select(
            sn.c.assignment_id,
            sqlalchemy.func.sum(score_of_grade()).label("score"),
            sqlalchemy.func.sum(sqlalchemy.func.coalesce(graded.c.max_score, task.c.max_score, 0.0)).label("maximum"),
            sqlalchemy.func.sum(sqlalchemy.case((g.c.needs_manual_grade, 1), else_=0)).label("waiting"),
        )
        .select_from(
            g.join(sn, sn.c.id == g.c.notebook_id)
            .outerjoin(graded, graded.c.id == g.c.cell_id)
            .outerjoin(task, task.c.id == g.c.cell_id)
        )
        .group_by(sn.c.assignment_id)
        .subquery()
    )


def _seconds_late(timestamp: datetime | None, due: datetime | None, extension: timedelta | None) -> float:
    """0 where there is no due date or no time."""
    if timestamp is None or due is None:
        return 0.0
    return max(0.0, (timestamp - due - (extension or timedelta())).total_seconds())


def due_of(
    connection: sqlalchemy.Connection, assignment: str, learner: str
) -> tuple[datetime | None, timedelta | None]:
    """The due date of an assignment (naive, in UTC) and the extension of it that count for a learner; None where there
    is none.
    """
    due, extension, until = dates_of(connection, assignment, learner)
    return (due, extension) if due is None or until is None else (max(due, until), None)


def dates_of(
    connection: sqlalchemy.Connection, assignment: str, learner: str
) -> tuple[datetime | None, timedelta | None, datetime | None]:
    """The due date of an assignment for all, a learner's extension of it as nbgrader has it, and the learner's own date
    by decision (both dates naive, in UTC); None where there is none.
    """
    a, s = api.Assignment.__table__, api.SubmittedAssignment.__table__
    joined = a.outerjoin(s, (s.c.assignment_id == a.c.id) & (s.c.student_id == learner))
    row = connection.execute(
        sqlalchemy.select(a.c.duedate, s.c.extension).select_from(joined).where(a.c.name == assignment)
    ).first()
    decision = decisions(connection).get((learner, assignment))
    return (row[0], row[1], decision.until if decision else None) if row else (None, None, None)


def handed_in(connection: sqlalchemy.Connection, assignment: str, learner: str) -> datetime | None:
    """When a graded submission was handed in (naive, in UTC); None where there is none, or no time."""
    return times(connection, assignment).get(learner)


def penalties(connection: sqlalchemy.Connection) -> list[Penalty]:
    """Every submitted notebook of an assignment with a due date, with its late penalty, by assignment and learner."""
    a, n = api.Assignment.__table__, api.Notebook.__table__
    s, sn, g = api.SubmittedAssignment.__table__, api.SubmittedNotebook.__table__, api.Grade.__table__
    columns = (
        s.c.student_id,
        a.c.name,
        n.c.name,
        sn.c.id,
        s.c.timestamp,
        a.c.duedate,
        s.c.extension,
        sn.c.late_submission_penalty,
    )
    query = (
        sqlalchemy.select(*columns, sqlalchemy.func.sum(score_of_grade()))
        .select_from(
            s.join(a, a.c.id == s.c.assignment_id)
            .join(sn, sn.c.assignment_id == s.c.id)
            .join(n, n.c.id == sn.c.notebook_id)
            .join(g, g.c.notebook_id == sn.c.id)
        )
        .where(s.c.timestamp.is_not(None), a.c.duedate.is_not(None))
        .group_by(*columns)
        .order_by(a.c.name, s.c.student_id, n.c.name)
    )
    found, decided = [], decisions(connection)
    for learner, assignment, notebook, key, when, due, extension, recorded, earned in connection.execute(query):
        counts = _what_counts(decided.get((learner, assignment)), due, extension)
        late = _seconds_late(when, *counts)
        found.append(Penalty(learner, assignment, notebook, key, float(earned), late, recorded, *counts))
    return found


def set_penalties(url: str, wanted: dict[str, float | None]) -> None:
    """Write late penalties: id of a submitted notebook -> points or None."""
    table = api.SubmittedNotebook.__table__
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.begin() as connection:
            for key, points in wanted.items():
                connection.execute(table.update().where(table.c.id == key).values(late_submission_penalty=points))
    finally:
        engine.dispose()


def given_by_hand(connection: sqlalchemy.Connection, assignment: str) -> tuple[list[tuple], list[tuple]]:
    """What people gave in one assignment: (learner, notebook, cell, points, extra credit), and (learner, notebook,
    cell, comment).
    """
    a, n, s, sn = (
        api.Assignment.__table__,
        api.Notebook.__table__,
        api.SubmittedAssignment.__table__,
        api.SubmittedNotebook.__table__,
    )
    grade, comment, cell = api.Grade.__table__, api.Comment.__table__, api.BaseCell.__table__

    def rows(of: sqlalchemy.Table, *columns: sqlalchemy.Column) -> list[tuple]:
        joined = (
            of.join(sn, sn.c.id == of.c.notebook_id)
            .join(s, s.c.id == sn.c.assignment_id)
            .join(a, a.c.id == s.c.assignment_id)
            .join(n, n.c.id == sn.c.notebook_id)
            .join(cell, cell.c.id == of.c.cell_id)
        )
        query = sqlalchemy.select(s.c.student_id, n.c.name, cell.c.name, *columns).select_from(joined)
        given = sqlalchemy.or_(*(column.is_not(None) for column in columns))
        return [tuple(row) for row in connection.execute(query.where(a.c.name == assignment, given))]

    return rows(grade, grade.c.manual_score, grade.c.extra_credit), rows(comment, comment.c.manual_comment)


def questions(connection: sqlalchemy.Connection, assignment: str) -> list[Question]:
    """What a person marks in one assignment, by name."""
    a, n, source = api.Assignment.__table__, api.Notebook.__table__, api.SourceCell.__table__
    graded, task, g = api.GradeCell.__table__, api.TaskCell.__table__, api.Grade.__table__
    base = api.BaseCell.__table__
    answer = base.alias()  # the same cell of the notebook, as what a learner fills in
    read = g.c.needs_manual_grade | g.c.manual_score.is_not(None)
    columns = (
        n.c.name,
        base.c.name,
        sqlalchemy.func.coalesce(task.c.max_score, graded.c.max_score),
        source.c.source,
        task.c.id,
        base.c.id,
        sqlalchemy.func.coalesce(task.c.id, answer.c.id),
    )
    query = (
        sqlalchemy.select(
            *columns,
            sqlalchemy.func.sum(sqlalchemy.case((read, 1), else_=0)),
            sqlalchemy.func.sum(sqlalchemy.case((g.c.needs_manual_grade, 1), else_=0)),
        )
        .select_from(
            base.join(n, n.c.id == base.c.notebook_id)
            .join(a, a.c.id == n.c.assignment_id)
            .outerjoin(graded, graded.c.id == base.c.id)
            .outerjoin(task, task.c.id == base.c.id)
            .outerjoin(
                answer,
                (answer.c.notebook_id == n.c.id) & (answer.c.name == base.c.name) & (answer.c.type == "SolutionCell"),
            )
            .outerjoin(source, (source.c.notebook_id == n.c.id) & (source.c.name == base.c.name))
            .outerjoin(g, g.c.cell_id == base.c.id)
        )
        .where(a.c.name == assignment, task.c.id.is_not(None) | (graded.c.id.is_not(None) & answer.c.id.is_not(None)))
        .group_by(*columns)
        .order_by(n.c.name, base.c.name)
    )
    return [
        Question(
            notebook, cell, float(points or 0), _text(text), task_id is not None, key, other, int(all_), int(waits)
        )
        for notebook, cell, points, text, task_id, key, other, all_, waits in connection.execute(query)
    ]


def answers(connection: sqlalchemy.Connection, question: Question) -> list[Answer]:
    """Everybody's answers to one question, in an order that says nothing about the learner."""
    g, comment, student = api.Grade.__table__, api.Comment.__table__, api.Student.__table__
    s, sn = api.SubmittedAssignment.__table__, api.SubmittedNotebook.__table__
    query = (
        sqlalchemy.select(
            g.c.id,
            sn.c.id,
            s.c.student_id,
            student.c.first_name,
            student.c.last_name,
            g.c.auto_score,
            g.c.extra_credit,
            comment.c.auto_comment,
            g.c.manual_score,
            comment.c.manual_comment,
            g.c.needs_manual_grade,
        )
        .select_from(
            g.join(sn, sn.c.id == g.c.notebook_id)
            .join(s, s.c.id == sn.c.assignment_id)
            .join(student, student.c.id == s.c.student_id)
            .join(comment, (comment.c.notebook_id == sn.c.id) & (comment.c.cell_id == question.commented))
        )
        .where(g.c.cell_id == question.graded)
        .order_by(g.c.id)
    )
    return [
        Answer(
            key,
            submitted,
            learner,
            f"{first or ''} {last or ''}".strip(),
            auto,
            float(extra or 0.0),
            _text(said),
            Given(points, words, bool(waits)),
        )
        for key, submitted, learner, first, last, auto, extra, said, points, words, waits in connection.execute(query)
    ]


def give(engine: sqlalchemy.Engine, question: Question, answer: Answer, now: Given) -> bool:
    """Write what a person gives, if nobody has written anything else since `answer` was read; whether it was written.

    The old values stand in the conditions, so that of two graders who write at once one gets False, in every database.
    """
    grade, comment = api.Grade.__table__, api.Comment.__table__
    was = answer.given
    points = grade.update().where(
        grade.c.id == answer.key,
        grade.c.manual_score.is_not_distinct_from(was.points),
        grade.c.needs_manual_grade == was.waits,
    )
    words = comment.update().where(
        comment.c.notebook_id == answer.submitted,
        comment.c.cell_id == question.commented,
        comment.c.manual_comment.is_not_distinct_from(was.comment),
    )
    with engine.connect() as connection:
        written = (
            connection.execute(points.values(manual_score=now.points, needs_manual_grade=now.waits)).rowcount == 1
            and connection.execute(words.values(manual_comment=now.comment)).rowcount == 1
        )
        if written:
            connection.commit()
    return written


def count_of_grades(connection: sqlalchemy.Connection) -> int:
    """How many cells of how many submissions the gradebook has a row for."""
    return connection.execute(sqlalchemy.select(sqlalchemy.func.count()).select_from(api.Grade.__table__)).scalar_one()


def released(
    connection: sqlalchemy.Connection, assignment: str | None = None
) -> dict[tuple[str, str, str], list[tuple]]:
    """What `nbgrader generate_assignment` writes, of all assignments or one, without ids and times.

    Returns
    -------
    dict
        (assignment, notebook, cell) -> rows to compare. A notebook itself has "" for its cell, an assignment "" for
        both.
    """
    a, n, cell, source = (
        api.Assignment.__table__,
        api.Notebook.__table__,
        api.BaseCell.__table__,
        api.SourceCell.__table__,
    )
    graded, task = api.GradeCell.__table__, api.TaskCell.__table__
    empty = sqlalchemy.literal("")
    of_notebook = n.join(a, a.c.id == n.c.assignment_id)
    queries = [
        sqlalchemy.select(a.c.name, empty, empty).select_from(a),
        sqlalchemy.select(a.c.name, n.c.name, empty, n.c.kernelspec).select_from(of_notebook),
        sqlalchemy.select(
            a.c.name,
            n.c.name,
            cell.c.name,
            cell.c.type,
            graded.c.max_score,
            graded.c.cell_type,
            task.c.max_score,
            task.c.cell_type,
        ).select_from(
            of_notebook.join(cell, cell.c.notebook_id == n.c.id)
            .outerjoin(graded, graded.c.id == cell.c.id)
            .outerjoin(task, task.c.id == cell.c.id)
        ),
        sqlalchemy.select(
            a.c.name, n.c.name, source.c.name, source.c.cell_type, source.c.source, source.c.checksum, source.c.locked
        ).select_from(of_notebook.join(source, source.c.notebook_id == n.c.id)),
    ]
    found: dict[tuple[str, str, str], list[tuple]] = {}
    for query in queries:
        if assignment is not None:
            query = query.where(a.c.name == assignment)
        for row in sorted(map(tuple, connection.execute(query)), key=repr):
            found.setdefault(row[:3], []).append(row[3:])
    return found


def rows_of_assignment(
    connection: sqlalchemy.Connection, assignment: str
) -> Iterator[tuple[sqlalchemy.Table, list[dict]]]:
    """Every table with its rows, but of what learners handed in, those of one assignment alone."""
    submitted, notebook = api.SubmittedAssignment.__table__, api.SubmittedNotebook.__table__
    wanted = sqlalchemy.select(submitted.c.id).where(
        submitted.c.assignment_id.in_(
            sqlalchemy.select(api.Assignment.__table__.c.id).where(api.Assignment.__table__.c.name == assignment)
        )
    )
    for table in api.Base.metadata.sorted_tables:
        query = sqlalchemy.select(table)
        if table is submitted:
            query = query.where(table.c.id.in_(wanted))
        elif table is notebook:
            query = query.where(table.c.assignment_id.in_(wanted))
        elif table in (api.Grade.__table__, api.Comment.__table__):
            query = query.where(
                table.c.notebook_id.in_(sqlalchemy.select(notebook.c.id).where(notebook.c.assignment_id.in_(wanted)))
            )
        yield table, [dict(row._mapping) for row in connection.execute(query)]
    if decided := decisions(connection):
        yield _decision, [one._asdict() for one in decided.values()]
