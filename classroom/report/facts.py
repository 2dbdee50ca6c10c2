"""Everything that the sections of a report look at, gathered once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from classroom import book
from classroom.errors import ClassroomError
from classroom.report import notebooks
from classroom.words import unknown
from proctor import cells

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory


@dataclass
class Facts:
    """One class at one moment.

    Attributes
    ----------
    learners : dict
        Id -> row of the roster, by last name.
    due : dict
        Assignment -> due date or None, oldest first.
    marks, submissions : list
        From `classroom.book`.
    read, unreadable : list
        The autograded notebooks.
    outlines : dict
        (assignment, notebook) -> graded cell -> exercise, in the order of the notebook.
    names : bool
        May the page say who?
    decisions : dict
        (learner, assignment) -> what holds for this learner alone. Who has left the class is in no other list, and
        what somebody is excused from is neither in `marks` nor in `submissions`.
    """

    course: str
    now: datetime
    learners: dict[str, book.Learner]
    due: dict[str, datetime | None]
    marks: list[book.Mark]
    submissions: list[book.Submission]
    read: list[notebooks.Notebook] = field(default_factory=list)
    unreadable: list[notebooks.Unreadable] = field(default_factory=list)
    outlines: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    names: bool = True
    decisions: dict[tuple[str, str], book.Decision] = field(default_factory=dict)

    def __post_init__(self):
        pairs = {(mark.assignment, mark.notebook) for mark in self.marks}
        self._several = {assignment for assignment, _ in pairs if sum(of == assignment for of, _ in pairs) > 1}
        self.of: dict[str, list[book.Submission]] = {assignment: [] for assignment in self.due}
        for submission in self.submissions:
            self.of[submission.assignment].append(submission)
        sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for mark in self.marks:
            if not mark.waits:
                total = sums[mark.learner, mark.assignment]
                total[0] += mark.score
                total[1] += mark.maximum
        self.graded = {key: tuple(total) for key, total in sums.items() if total[1] > 0}
        self.share: dict[tuple[str, str], float] = {}
        for submission in self.submissions:
            key = submission.learner, submission.assignment
            if key in self.graded:
                points, maximum = self.graded[key]
                self.share[key] = max(0.0, points - submission.penalty) / maximum

    def exercise(self, assignment: str, notebook: str, cell: str) -> str:
        """The exercise that a graded cell belongs to; where that is unknown, the cell itself."""
        name = self.outlines.get((assignment, notebook), {}).get(cell, cell)
        return f"{notebook}: {name}" if assignment in self._several else name

    def who(self, learner: str) -> str:
        """A learner's name and id, as a person reads it."""
        row = self.learners.get(learner)
        name = f"{row.first_name} {row.last_name}".strip() if row else ""
        return f"{name} ({learner})" if name else learner

    def excused(self, assignment: str) -> set[str]:
        """Those in the class who need not do an assignment."""
        return {
            learner
            for (learner, name), one in self.decisions.items()
            if name == assignment and one.kind == book.EXCUSED and learner in self.learners
        }

    def has_time(self, learner: str, assignment: str) -> bool:
        """Whether a learner's own due date is still to come."""
        decision = self.decisions.get((learner, assignment))
        return decision is not None and decision.until is not None and decision.until > self.now

    def asked(self) -> list[str]:
        """Assignments that should be there by now, oldest first: past their due date; without one, once half of the
        class has it.
        """
        due = [name for name in self.handed_in() if (self.due[name] or self.now) <= self.now]
        return [name for name in due if self.due[name] or 2 * len(self.of[name]) >= len(self.learners)]

    def handed_in(self) -> list[str]:
        """Assignments that somebody has handed in, oldest first."""
        return [assignment for assignment in self.due if self.of[assignment]]


def gather(
    connection: Any,
    coursedir: CourseDirectory,
    now: datetime,
    names: bool = True,
    students: Collection[str] = (),
    assignments: Collection[str] = (),
) -> Facts:
    """Read the gradebook and the autograded notebooks; `students` and `assignments` may leave some out."""
    everybody, decided = {learner.id: learner for learner in book.learners(connection)}, book.decisions(connection)
    known = book.assignments(connection)
    for what, wanted, there in (("learner", students, everybody), ("assignment", assignments, known)):
        for name in wanted:
            if name not in there:
                raise ClassroomError(unknown(what, name, list(there)))
    roster = {
        id: learner for id, learner in everybody.items() if id in students or not students and (id, "") not in decided
    }
    excused = {key for key, one in decided.items() if one.kind == book.EXCUSED}
    due = {name: date for name, date in known.items() if not assignments or name in assignments}
    marks = [
        mark
        for mark in book.marks(connection)
        if mark.learner in roster and mark.assignment in due and (mark.learner, mark.assignment) not in excused
    ]
    handed = [
        s
        for s in book.submissions(connection, marks, decided)
        if s.learner in roster and s.assignment in due and (s.learner, s.assignment) not in excused
    ]
    times: dict[str, list[datetime]] = defaultdict(list)
    for submission in handed:
        if submission.timestamp is not None:
            times[submission.assignment].append(submission.timestamp)
    # By due date, or by when most had it done; what has neither comes last, by name.
    order = sorted(
        due,
        key=lambda name: (
            due[name] or (sorted(times[name])[len(times[name]) // 2] if times[name] else datetime.max),
            name,
        ),
    )
    facts = Facts(
        coursedir.course_id or "",
        now,
        roster,
        {name: due[name] for name in order},
        marks,
        handed,
        names=names,
        decisions=decided,
    )
    step = coursedir.autograded_directory
    for found in notebooks.read(coursedir, step, [(s.learner, s.assignment) for s in handed]):
        if isinstance(found, notebooks.Notebook):
            facts.read.append(found)
        else:
            facts.unreadable.append(found)
    for assignment in facts.handed_in():
        given = notebooks.given(coursedir, assignment) or _first(coursedir, facts, assignment)
        facts.outlines.update({(assignment, name): dict(cells.exercises(content)) for name, content in given.items()})
    return facts


def _first(coursedir, facts: Facts, assignment: str) -> dict[str, list[dict]]:
    """Without release/ and source/, one learner's autograded notebooks show the order as well."""
    found: dict[str, list[dict]] = {}
    for notebook in facts.read:
        if notebook.assignment == assignment and notebook.name not in found:
            place = notebooks.folder(coursedir, coursedir.autograded_directory, notebook.learner, assignment)
            found[notebook.name] = notebooks.load(place / f"{notebook.name}.ipynb")
    return found
