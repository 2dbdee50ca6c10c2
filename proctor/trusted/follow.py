"""A second walk through a notebook, in a fresh room: which tests pass once earlier answers are the instructor's.

Nothing leaves this room but which tests passed. Copies of earlier answers are tried on the instructor's own notebook:
there no learner's code runs.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from ..cells import about, grade_id_of, is_answer, is_test, source_of
from ..job import Job
from .grade import Walk, given_to_later_cells
from .session import RoomGone

LIMIT = 1 << 16  # characters of output, which nobody reads


@dataclass(frozen=True)
class Plan:
    """What the second walk does.

    Attributes
    ----------
    right : dict of str to str
        Grade id of an answer -> the instructor's own text of it.
    behind : dict of int to tuple of str
        Index of a cell -> the answers that are known to be wrong and whose right text runs behind this cell.
    again : dict of str to tuple of str
        Grade id of an answer -> its tests that are tried again. If one of them still fails, the right text runs behind
        the last of them.
    leave : frozenset of int
        Indices of cells that are not run: they did not come to their end the first time.
    """

    right: dict
    behind: dict = field(default_factory=dict)
    again: dict = field(default_factory=dict)
    leave: frozenset = frozenset()


@dataclass
class Second:
    """What came of it: grade id of a test that passed -> (score or None for full points, the answers that were put
    right before it).
    """

    passed: dict = field(default_factory=dict)
    late: bool = False


def walk_again(job: Job, plan: Plan) -> Second:
    """Run the notebook once more, with the instructor's text behind each answer that is wrong.

    The learner's own text runs before it, since later answers may use what else it defines. Tests that passed the first
    time are not run.
    """
    walk = _Again(dataclasses.replace(job, figures="none"), plan)
    walk.walk()
    return Second(walk.passed_now, walk.report.late)


def try_copies(job: Job, plan: Plan, copies: dict) -> dict:
    """Which tests give points to a copy of an earlier answer, or to no answer at all.

    Parameters
    ----------
    job : Job
        The instructor's own notebook.
    plan : Plan
        Its `again` says which tests of which answers are tried.
    copies : dict
        Grade id of an answer -> {name of a copy: its text}, run in this order in place of the answer.

    Returns
    -------
    dict
        (grade id of the answer, name of the copy) -> the tests that gave no points for it.
    """
    walk = _Copies(dataclasses.replace(job, figures="none"), plan, copies)
    walk.walk()
    return walk.failed


class _Again(Walk):
    def __init__(self, job, plan):
        super().__init__(job)
        self.plan = plan
        self.unkept = set(plan.right.values())
        self.owner = {test: answer for answer, tests in plan.again.items() for test in tests}
        self.behind = dict(sorted(plan.behind.items()))
        self.last = max((i for i, cell in enumerate(self.cells) if grade_id_of(cell) in self.owner), default=-1)
        self.placed = []
        self.passed_now = {}

    def step(self, index, cell):
        if index > self.last:
            return
        for place in [place for place in self.behind if place < index]:
            for answer in self.behind.pop(place):
                self.put_right(place, answer)
        if not is_test(cell):
            if index not in self.plan.leave:
                super().step(index, cell)
        elif grade_id_of(cell) in self.owner:
            self.try_again(index, cell)
        else:
            self.lent.update(given_to_later_cells(source_of(cell), self.job.marks))

    def try_again(self, index, cell):
        test, before = grade_id_of(cell), tuple(self.placed)
        self.test(index, cell)
        result = self.report.results[test]
        if result.passed:
            self.passed_now[test] = result.score, before
        answer = self.owner[test]
        tests = self.plan.again[answer]
        if test == tests[-1] and not all(map(self.in_full, tests)) and answer in self.plan.right:
            self.put_right(index, answer)

    def in_full(self, test):
        score = self.passed_now.get(test, (0.0,))[0]
        return score is None or score >= self.points_of(test)

    def points_of(self, test):
        return next(about(cell).get("points") or 0 for cell in self.cells if grade_id_of(cell) == test)

    def put_right(self, index, answer):
        """Run the instructor's text behind a cell, here and in every room that takes the place of this one."""
        session = self.room()
        if session is None:
            return
        text = self.plan.right[answer]
        try:
            *_, late = session.run_cell(text, self.limits.cell_seconds, LIMIT, draw=False, kept=False)
        except (RoomGone, Exception) as error:
            session.end(str(error))
            return
        if late:
            return
        self.placed.append(answer)
        ran = self.parts.get(index) or ([source_of(self.cells[index])] if index in self.done else [])
        self.parts[index] = [*ran, text]
        if index not in self.done:
            self.done.append(index)


class _Copies(_Again):
    def __init__(self, job, plan, copies):
        super().__init__(job, plan)
        self.copies = copies
        self.failed = {}

    def step(self, index, cell):
        answer = grade_id_of(cell) if is_answer(cell) else ""
        if index <= self.last and answer in self.copies:
            for name, text in self.copies[answer].items():
                self.try_copy(answer, name, text)
        if index <= self.last and not is_test(cell):
            Walk.step(self, index, cell)
        elif is_test(cell):
            self.lent.update(given_to_later_cells(source_of(cell), self.job.marks))

    def try_copy(self, answer, name, text):
        session = self.room()
        if session is None:
            return
        try:
            session.run_cell(text or "pass", self.limits.cell_seconds, LIMIT, draw=False)
        except (RoomGone, Exception) as error:
            session.end(str(error))
            return
        failed = set()
        for index, cell in enumerate(self.cells):
            test = grade_id_of(cell)
            if test in self.plan.again[answer] and is_test(cell):
                self.report.results.pop(test, None)
                self.test(index, cell)
                result = self.report.results[test]
                if not result.passed or result.score == 0:
                    failed.add(test)
        self.failed[answer, name] = frozenset(failed)
