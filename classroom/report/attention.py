"""Section: learners who need help, by a rule that can be said in words."""

from __future__ import annotations

import re
from statistics import mean, median
from typing import NamedTuple

from classroom.report.facts import Facts

FALL = 0.20  # of the points, against the class, from the earlier assignments to the last two
FAR = 0.5  # of the class's median
EARLIER = 2  # assignments that must stand before the last two, or nothing can be said of a fall


class Needs(NamedTuple):
    """One learner: why, and the share of the points in each assignment (None: not handed in)."""

    learner: str
    who: str
    email: str
    reasons: list[str]
    shares: list[tuple[str, float | None]]


RULE = (
    "Missing: the newest assignment that is due was not handed in, or two or more were not. "
    f"Falling: the last two assignments, each measured against the class's median, are {FALL:.0%} of the points or "
    "more below the earlier ones "
    f"(from {EARLIER + 2} assignments on). Far below: the mean of what was handed in is below half of the class's "
    "median."
).replace("%", " %")


def label(name: str) -> str:
    """An assignment in two or three characters: its number, or how it begins."""
    number = re.search(r"\d+", name)
    return number.group()[:3] if number else name[:3]


def section(facts: Facts) -> list[Needs]:
    """Those who need help, those with most reasons first."""
    asked = facts.asked()
    excused = {name: facts.excused(name) for name in asked}
    came = {(s.learner, s.assignment) for s in facts.submissions}
    middles = {
        name: median(of) for name in asked if (of := [share for (_, a), share in facts.share.items() if a == name])
    }
    if not asked:
        return []
    reached = {
        learner: [facts.share[learner, name] for name in asked if (learner, name) in facts.share]
        for learner in facts.learners
    }
    means = {learner: mean(shares) for learner, shares in reached.items() if shares}
    middle = median(means.values()) if means else 0.0
    found = []
    for learner, row in facts.learners.items():
        reasons = []
        theirs = [name for name in asked if learner not in excused[name]]
        missing = [name for name in theirs if (learner, name) not in came and not facts.has_time(learner, name)]
        if missing and len(missing) == len(theirs):
            reasons.append("has not handed in anything")
        elif missing and (len(missing) > 1 or missing[-1] == theirs[-1]):
            since = len(theirs) - len(missing)
            stopped = missing == theirs[since:] and len(missing) > 1
            reasons.append(f"nothing since {missing[0]}" if stopped else "missing: " + ", ".join(missing))
        against = [facts.share[learner, name] - middles[name] for name in asked if (learner, name) in facts.share]
        if len(against) >= EARLIER + 2:
            fall = mean(against[:-2]) - mean(against[-2:])
            if fall >= FALL:
                reasons.append(f"falling: {100 * fall:.0f} points of 100 lower in the last two, against the class")
        if learner in means and means[learner] < FAR * middle:
            reasons.append(f"far below: {100 * means[learner]:.0f} % on average, the class {100 * middle:.0f} %")
        if reasons:
            found.append(
                (
                    -len(reasons) - (len(missing) > 1),
                    means.get(learner, -1.0),
                    Needs(
                        learner,
                        facts.who(learner),
                        row.email,
                        reasons,
                        [(name, facts.share.get((learner, name))) for name in theirs],
                    ),
                )
            )
    return [needs for _, _, needs in sorted(found, key=lambda entry: entry[:2])]
