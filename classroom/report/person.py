"""The page on one learner, for office hours: each assignment, what cost most, what was named, what graders said."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from statistics import median
from typing import NamedTuple

from classroom import book
from classroom.report import mistakes
from classroom.report.facts import Facts


class Row(NamedTuple):
    """One assignment of one learner. `share` and `middle` (the class's median) are None while nothing is graded;
    `lost` are exercises with their points and what they could give, those that cost most first.
    """

    assignment: str
    state: str
    share: float | None
    middle: float | None
    penalty: float
    waits: int
    lost: list[tuple[str, float, float]]
    told: list[tuple[str, tuple[str, ...]]]
    comments: list[book.Comment]


def section(facts: Facts, learner: str, comments: list[book.Comment]) -> list[Row]:
    """Every assignment that is due or handed in, newest first."""
    came = {one.assignment: one for one in facts.submissions if one.learner == learner}
    rows = []
    for name in reversed(facts.due):
        due = facts.due[name]
        decision = facts.decisions.get((learner, name))
        if name not in came and decision is None and (due is None or due > facts.now):
            continue
        shares = [share for (_, of), share in facts.share.items() if of == name]
        points: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for mark in facts.marks:
            if (mark.learner, mark.assignment) == (learner, name) and not mark.waits:
                total = points[facts.exercise(name, mark.notebook, mark.cell)]
                total[0] += mark.score
                total[1] += mark.maximum
        lost = [(exercise, score, most) for exercise, (score, most) in points.items() if score < most - 1e-9]
        rows.append(
            Row(
                name,
                _state(came.get(name), decision, due, facts.now),
                facts.share.get((learner, name)),
                median(shares) if shares else None,
                came[name].penalty if name in came else 0.0,
                sum(mark.waits for mark in facts.marks if (mark.learner, mark.assignment) == (learner, name)),
                sorted(lost, key=lambda row: row[1] - row[2]),
                _told(facts, learner, name),
                [one for one in comments if one.assignment == name and one.by_hand],
            )
        )
    return rows


def _state(
    submission: book.Submission | None, decision: book.Decision | None, due: datetime | None, now: datetime
) -> str:
    """What became of it, in words."""
    if decision is not None and decision.kind == book.EXCUSED:
        return "excused"
    words = []
    if submission is None:
        last = decision.until if decision is not None and decision.until else due
        words.append("not handed in" if last is None or last < now else "not handed in yet")
    elif submission.seconds_late > 0:
        words.append(f"handed in {_span(submission.seconds_late)} late")
    else:
        words.append("handed in on time" if due else "handed in")
    if decision is not None and decision.until is not None:
        words.append(f"has until {decision.until:%Y-%m-%d %H:%M} UTC")
    return ", ".join(words)


def _span(seconds: float) -> str:
    """``3 days``, ``5 hours``, ``20 minutes``: the largest that fits."""
    for name, size in (("day", 86400), ("hour", 3600)):
        if seconds >= size:
            number = round(seconds / size)
            return f"{number} {name}" + ("" if number == 1 else "s")
    return f"{max(1, round(seconds / 60))} minutes"


def _told(facts: Facts, learner: str, assignment: str) -> list[tuple[str, tuple[str, ...]]]:
    """(exercise, sentences): what the tests named to this learner."""
    named: dict[str, list] = defaultdict(list)
    for notebook in facts.read:
        if (notebook.learner, notebook.assignment) == (learner, assignment):
            for cell, found in notebook.mistakes.items():
                named[facts.exercise(assignment, notebook.name, cell)].append(found)
    return [
        (exercise, tuple(mistake.hint for mistake in told))
        for exercise, tests in named.items()
        for told in mistakes.once(tests)
    ]
