"""Section: how hard each exercise was, and whether it tells those who know the subject from those who do not."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from classroom.report import figures
from classroom.report.facts import Facts

# learners; below, a correlation reflects chance more than the exercise (its standard error is about 1 / sqrt(n))
FEW = 20
WEAK = 0.2  # Ebel & Frisbie, Essentials of Educational Measurement, 5th ed. 1991: below 0.20, poor
HARD = 0.5


class Exercise(NamedTuple):
    """`share` is the mean share of its points; `discrimination` is None where it cannot be computed, and `why` says
    why. Points of `carried` learners were carried forward: their answer fails only because of an earlier one. For
    `unread` learners something in it still waits for a person: they are not counted, and nothing is judged.
    """

    name: str
    points: float
    learners: int
    share: float
    discrimination: float | None
    why: str = ""
    carried: int = 0
    unread: int = 0

    @property
    def is_hard(self) -> bool:
        """Whether less than half of the points were reached, as far as all have been read."""
        return not self.unread and self.share < HARD

    @property
    def look(self) -> str:
        """What makes it worth a look, in words; empty if nothing does."""
        if self.unread:
            return ""
        if self.discrimination is not None and self.discrimination < 0:
            return "those who did well elsewhere did worse here: is a test, or the text, wrong?"
        if self.discrimination is not None and self.discrimination < WEAK and self.share < 0.9:
            return "hardly tells anybody apart"
        return "hard" if self.is_hard else ""


class Analysis(NamedTuple):
    """The exercises of one assignment, in its order."""

    assignment: str
    exercises: list[Exercise]
    learners: int
    figure: figures.Figure


def section(facts: Facts) -> list[Analysis]:
    """An analysis of each assignment that has grades."""
    points: dict[str, dict[str, dict[str, list[float]]]] = defaultdict(
        lambda: defaultdict(dict)
    )  # assignment, exercise, learner -> [score, maximum]
    for mark in facts.marks:
        if not mark.waits and mark.maximum > 0:
            of = points[mark.assignment][facts.exercise(mark.assignment, mark.notebook, mark.cell)].setdefault(
                mark.learner, [0.0, 0.0]
            )
            of[0] += mark.score
            of[1] += mark.maximum
    unread: dict[tuple[str, str], set[str]] = defaultdict(set)
    for mark in facts.marks:
        if mark.waits:
            unread[mark.assignment, facts.exercise(mark.assignment, mark.notebook, mark.cell)].add(mark.learner)
    found = []
    for assignment in facts.handed_in():
        if points[assignment]:
            carried = _carried(facts, assignment)
            exercises = [
                exercise._replace(carried=len(carried[exercise.name]), unread=len(unread[assignment, exercise.name]))
                for exercise in analyse(_in_order(facts, assignment, points[assignment]))
            ]
            learners = len({learner for of in points[assignment].values() for learner in of})
            found.append(Analysis(assignment, exercises, learners, _draw(assignment, exercises, learners)))
    return found


def _carried(facts: Facts, assignment: str) -> dict[str, set[str]]:
    """Exercise -> the learners with points in it that were carried forward."""
    found: dict[str, set[str]] = defaultdict(set)
    for notebook in facts.read:
        if notebook.assignment == assignment:
            for cell in notebook.carried:
                found[facts.exercise(assignment, notebook.name, cell)].add(notebook.learner)
    return found


def _in_order(facts: Facts, assignment: str, points: dict) -> dict:
    order = [
        facts.exercise(assignment, notebook, cell)
        for (of, notebook), cells in facts.outlines.items()
        if of == assignment
        for cell in cells
    ]
    place = {name: number for number, name in reversed(list(enumerate(order)))}
    return {name: points[name] for name in sorted(points, key=lambda name: place.get(name, len(order)))}


def analyse(points: dict[str, dict[str, list[float]]]) -> list[Exercise]:
    """Difficulty and discrimination, from exercise -> learner -> (score, maximum).

    Discrimination is the corrected item-total correlation: Pearson's, of the share of this exercise with the share of
    all the other exercises of
    the assignment. For an exercise that is only right or wrong it is the point-biserial correlation with the rest score
    (Nunnally & Bernstein, Psychometric Theory, 3rd ed. 1994).
    """
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for of in points.values():
        for learner, (score, maximum) in of.items():
            sums[learner][0] += score
            sums[learner][1] += maximum
    found = []
    for name, of in points.items():
        own = np.array([score / maximum for score, maximum in of.values()])
        rest = [(sums[learner][0] - score, sums[learner][1] - maximum) for learner, (score, maximum) in of.items()]
        value, why = None, ""
        if len(own) < FEW:
            why = "too few learners"
        elif any(maximum <= 0 for _, maximum in rest):
            why = "no other exercise"
        else:
            others = np.array([score / maximum for score, maximum in rest])
            if np.ptp(own) < 1e-12:
                why = "all alike"
            elif np.ptp(others) < 1e-12:
                why = "all alike elsewhere"
            else:
                value = float(np.corrcoef(own, others)[0, 1])
        found.append(
            Exercise(name, max(maximum for _, maximum in of.values()), len(own), float(own.mean()), value, why)
        )
    return found


def _draw(assignment: str, exercises: list[Exercise], learners: int) -> figures.Figure:
    hardest = min(exercises, key=lambda exercise: (exercise.unread > 0, exercise.share))
    known = [(exercise.discrimination, exercise.name) for exercise in exercises if exercise.discrimination is not None]
    alt = (
        f"Exercises of {assignment}: the hardest is {hardest.name}, with {100 * hardest.share:.0f} % of its points "
        "on average."
    )
    if known:
        least, name = min(known, key=lambda pair: pair[0])
        weak = sum(discrimination < WEAK for discrimination, _ in known)
        alt += (
            f" {weak} of {len(known)} tell learners apart poorly (below {WEAK}); the lowest is {name} with {least:.2f}."
        )
    else:
        alt += f" Discrimination cannot be computed: {learners} learners are too few, or all scored alike."
    figure, (left, right) = figures.canvas(5.2, 0.75 + 0.235 * len(exercises), 2, sharey=True, width_ratios=[3, 2])
    rows = np.arange(len(exercises))
    colours = [figures.GRID if e.unread else figures.ORANGE if e.is_hard else figures.BLUE for e in exercises]
    bars = left.barh(rows, [max(0.0, 100 * e.share) for e in exercises], height=0.62, color=colours)
    left.bar_label(bars, [f"{100 * e.share:.0f}" for e in exercises], fontsize=7.5, color=figures.QUIET, padding=2)
    left.set(xlim=(0, 112), xticks=[0, 50, 100], xticklabels=["0", "50", "100 %"])
    left.set_yticks(rows, [figures.shortened(e.name) for e in exercises], parse_math=False)
    left.set_title("mean share of the points", fontsize=8.5, color=figures.QUIET, loc="left")
    right.axvspan(-1, WEAK, color="#f4f4f4", zorder=0)
    right.axvline(0, color=figures.GRID, linewidth=1)
    for row, exercise in zip(rows, exercises):
        if exercise.discrimination is None:
            right.text(0.02, row, exercise.why, fontsize=7, color=figures.QUIET, va="center")
        else:
            poor = exercise.discrimination < WEAK
            right.plot(
                exercise.discrimination,
                row,
                "D" if poor else "o",
                color=figures.VERMILION if poor else figures.BLUE,
                markersize=5.5,
            )
    lowest = min([-0.1, *(discrimination - 0.08 for discrimination, _ in known)])
    right.set(xlim=(lowest, 1), xticks=[0, 0.5, 1], xticklabels=["0", "0.5", "1"])
    right.set_title("discrimination", fontsize=8.5, color=figures.QUIET, loc="left")
    left.invert_yaxis()
    return figures.finished(figure, f"exercises_{assignment}", alt)
