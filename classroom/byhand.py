"""What people gave by hand: points, extra credit, comments. To be compared before and after, and put back where
something removed it.
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy
from nbgrader import api

from classroom import book

Key = tuple[str, str, str]  # learner, notebook, cell


class ByHand(NamedTuple):
    """What a person gave for one cell of one submission; None where nothing."""

    points: float | None = None
    extra: float | None = None
    comment: str | None = None

    def __str__(self) -> str:
        parts = [] if self.points is None else [f"{self.points:g} points"]
        parts += [] if self.extra is None else [f"{self.extra:g} extra"]
        parts += [] if self.comment is None else [repr(self.comment)]
        return ", ".join(parts) or "nothing"


def snapshot(connection: sqlalchemy.Connection, assignment: str) -> dict[Key, ByHand]:
    """Everything that people gave in one assignment, in two queries."""
    grades, comments = book.given_by_hand(connection, assignment)
    found = {(learner, notebook, cell): ByHand(points, extra) for learner, notebook, cell, points, extra in grades}
    for *key, text in comments:
        found[tuple(key)] = found.get(tuple(key), ByHand())._replace(comment=text)
    return found


def lost(before: dict[Key, ByHand], after: dict[Key, ByHand]) -> dict[Key, ByHand]:
    """What was there before and is gone now: only the fields to put back."""
    gone = {}
    for key, was in before.items():
        now = after.get(key, ByHand())
        missing = was._replace(**{name: None for name, new in zip(was._fields, now) if new is not None})
        if missing != ByHand():
            gone[key] = missing
    return gone


def changed(before: dict[Key, ByHand], after: dict[Key, ByHand]) -> dict[Key, tuple[ByHand, ByHand]]:
    """What differs from before, or is new, but not gone."""
    found = {}
    for key, now in after.items():
        was = before.get(key, ByHand())
        if any(new is not None and old != new for old, new in zip(was, now)):
            found[key] = (was, now)
    return found


def put_back(url: str, course: str, assignment: str, given: dict[Key, ByHand]) -> list[Key]:
    """Write what was lost into the gradebook again; return what could not be written, because its row is gone."""
    left = []
    with api.Gradebook(url, course) as gradebook:
        for (learner, notebook, cell), what in given.items():
            place = (cell, notebook, assignment, learner)
            try:
                if what.points is not None or what.extra is not None:
                    grade = gradebook.find_grade(*place)
                    grade.manual_score = grade.manual_score if what.points is None else what.points
                    grade.extra_credit = grade.extra_credit if what.extra is None else what.extra
                if what.comment is not None:
                    gradebook.find_comment(*place).manual_comment = what.comment
            except api.MissingEntry:
                left.append((learner, notebook, cell))
        gradebook.db.commit()
    return left


def reviewed(url: str, course: str, assignment: str, keys: list[Key]) -> None:
    """Record for these cells that no grader has to look again."""
    with api.Gradebook(url, course) as gradebook:
        for learner, notebook, cell in keys:
            gradebook.find_grade(cell, notebook, assignment, learner).needs_manual_grade = False
        gradebook.db.commit()
