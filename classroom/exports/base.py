"""What all exporters share: their options, the grades, and one line for each thing that a person should know."""

from __future__ import annotations

import datetime
import math
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Dict, Unicode

from classroom import book
from classroom.errors import ClassroomError
from classroom.exports import template
from classroom.words import amount, listed, unknown

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


class Grades(NamedTuple):
    """The chosen part of a gradebook.

    Attributes
    ----------
    learners : list of Learner
    maximum : dict
        Assignment -> points for full marks, in the order of names.
    closed : set of str
        Assignments that are past their due date; without a due date, those that somebody has handed in.
    submissions : dict
        (learner, assignment) -> Submission.
    excused : set
        (learner, assignment) without a grade by decision.
    dropped : list of Learner
        Who has left the class, and was not asked for by name.
    cells : list of Cell
        Of all assignments.
    """

    learners: list
    maximum: dict
    closed: set
    submissions: dict
    excused: set
    dropped: list
    cells: list


class GradeExport(ExportPlugin):
    """Base of the exporters. Scores are points: what nbgrader shows, with extra credit and less the late penalty,
    never below 0.
    """

    only_complete = Bool(
        True, help="Leave out scores that are not final because written answers still wait for a grader."
    ).tag(config=True)
    missing = Unicode(
        "", help="What to write for a missing submission once it is due, such as 0; empty: no grade."
    ).tag(config=True)
    full_marks = Dict(help="Assignment -> points for full marks, where some of its points are a bonus on top.").tag(
        config=True
    )
    cap = Bool(False, help="Never more than full marks, whatever bonus a learner has.").tag(config=True)
    excel = Bool(
        False, help="Begin the file with a byte order mark, without which Excel does not recognise UTF-8."
    ).tag(config=True)

    default_to = ""
    no_grade = ""  # how the target system says "no grade"
    excused: str | None = None  # ... and that somebody need not do an assignment; None: by no grade

    def export(self, gradebook: Gradebook) -> None:
        """nbgrader calls this."""
        try:
            self.write(gradebook, Path(self.to or self.default_to))
        except ClassroomError as error:
            if not hasattr(self.parent, "fail"):
                raise
            self.parent.fail(str(error))  # one line and status 1, as nbgrader's own commands end

    def write(self, gradebook: Gradebook, to: Path) -> None:
        """Write the export to `to`."""
        raise NotImplementedError

    def grades(self, gradebook: Gradebook) -> Grades:
        """Five queries, whatever the size of the class."""
        connection = gradebook.db.connection()
        decisions = book.decisions(connection)
        decided = decisions.values()
        everybody, due, cells = book.learners(connection), book.assignments(connection), book.cells(connection)
        learners = self._chosen("learner", self.student, {learner.id: learner for learner in everybody})
        gone = {one.learner for one in decided if one.kind == book.DROPPED} - {str(name) for name in self.student}
        dropped = [learner for learner in learners.values() if learner.id in gone]
        learners = {id: learner for id, learner in learners.items() if id not in gone}
        maximum = self._chosen("assignment", self.assignment, {name: 0.0 for name in due})
        for one in cells:
            if one.assignment in maximum:
                maximum[one.assignment] += one.maximum
        maximum.update({name: float(points) for name, points in self.full_marks.items() if name in maximum})
        submissions = book.submissions(connection, decided=decisions)
        handed_in, now = (
            {one.assignment for one in submissions},
            datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None),
        )
        closed = {
            name
            for name, when in due.items()
            if name in maximum and (name in handed_in if when is None else when < now)
        }
        found = {
            (one.learner, one.assignment): self._checked(one, maximum)
            for one in submissions
            if one.learner in learners and one.assignment in maximum
        }
        excused = {(one.learner, one.assignment) for one in decided if one.kind == book.EXCUSED}
        if dropped:
            self.log.info("Not exported, because they have left the class: %s", listed(one.id for one in dropped))
        return Grades(list(learners.values()), maximum, closed, found, excused, dropped, cells)

    def _chosen(self, what: str, wanted: list, there: dict) -> dict:
        wanted = [str(name) for name in wanted]
        for name in wanted:
            if name not in there:
                raise ClassroomError(unknown(what, name, list(there)))
        return {name: value for name, value in there.items() if not wanted or name in wanted}

    def places(self, grades: Grades, theirs: list, called: str) -> dict:
        """Assignment -> its column in the template (`columns` and `template` are traits of the exporters that fill
        one in).
        """
        places, problems = template.columns(list(grades.maximum), theirs, self.columns)
        setting = f"c.{type(self).__name__}.columns"
        if not places:
            raise ClassroomError(
                f"No column of {self.template} is one of {listed(grades.maximum)}. Name them in nbgrader_config.py: "
                f'{setting} = {{"{next(iter(grades.maximum), "ps1")}": "{called}"}}'
            )
        for problem in problems:
            self.log.warning("Not exported: %s. Columns can be named with %s in nbgrader_config.py.", problem, setting)
        return places

    def _checked(self, submission, maximum: dict):
        """A score that is not a number is not final; nor is a submission of which nothing was graded."""
        if not math.isfinite(submission.score):
            self.log.warning(
                "%s has no number as the score of %s: look at it in formgrader.",
                submission.learner,
                submission.assignment,
            )
            return submission._replace(score=math.nan, waits=True)
        if not submission.maximum and maximum[submission.assignment]:
            return submission._replace(score=math.nan, waits=True)
        return (
            submission._replace(score=min(submission.score, maximum[submission.assignment])) if self.cap else submission
        )

    def score(self, grades: Grades, learner: str, assignment: str, seen: Counter) -> float | str | None:
        """A score, what `missing` says, `excused` or None for no grade; and count in `seen` what it was.

        Parameters
        ----------
        grades : Grades
        learner, assignment : str
        seen : Counter
            Gets one more of "final", "not final", "waits", "missing" or "exempt".
        """
        if (learner, assignment) in grades.excused:
            seen["exempt"] += 1
            return self.excused
        submission = grades.submissions.get((learner, assignment))
        if submission is None:
            seen["missing"] += 1
            return self.missing if self.missing and assignment in grades.closed else None
        if submission.waits and (self.only_complete or math.isnan(submission.score)):
            seen["waits"] += 1
            return None
        seen["not final" if submission.waits else "final"] += 1
        return submission.score

    def tell(self, to: Path, seen: Counter, filled: bool) -> None:
        """Say what was written, to a new file or into a template (`filled`), and what was not."""
        if filled:
            self.log.info(
                "%s: %d new, %d changed, %d as before, and %d of theirs kept where the gradebook has none",
                to,
                seen["new"],
                seen["changed"],
                seen["as before"],
                seen["kept"],
            )
        else:
            self.log.info("%s: %s", to, amount(seen["final"] + seen["not final"], "grade"))
        if seen["missing"]:
            given = f"{self.missing} where it is due" if self.missing else "no grade"
            self.log.info("%s not there: %s", amount(seen["missing"], "submission"), given)
        if seen["exempt"]:
            how = f"written as {self.excused}" if self.excused else "no grade"
            self.log.info("%s excused: %s", amount(seen["exempt"], "submission"), how)
        if seen["waits"]:
            self.log.warning(
                "%s left blank: something in them still waits for a grader (`classroom mark`). "
                "To export them as they stand: --%s.only_complete=False",
                amount(seen["waits"], "grade"),
                type(self).__name__,
            )
        if seen["not final"]:
            self.log.warning(
                "%s not final: something in them still waits for a grader.", amount(seen["not final"], "grade")
            )
