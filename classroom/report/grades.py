"""Section: how the grades of each assignment are distributed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from classroom.report import figures
from classroom.report.facts import Facts

BINS = 10
HALF = 0.5


class Distribution(NamedTuple):
    """The grades of one assignment, as shares of the points that could be had so far."""

    assignment: str
    counts: list[int]
    graded: int
    missing: int
    median: float
    quartiles: tuple[float, float]
    below_half: int
    figure: figures.Figure


def section(facts: Facts) -> list[Distribution]:
    """A distribution for each assignment that has grades."""
    found = []
    for assignment in facts.handed_in():
        shares = np.array(
            [facts.share[s.learner, assignment] for s in facts.of[assignment] if (s.learner, assignment) in facts.share]
        )
        if not shares.size:
            continue
        counts = binned(shares)
        low, median, high = np.percentile(shares, [25, 50, 75])
        below = int((shares < HALF - 1e-9).sum())
        missing = len(facts.learners) - len(facts.excused(assignment)) - len(facts.of[assignment])
        alt = (
            (
                f"Grades in {assignment}: {shares.size} graded, median {median:.0%} of the points, the middle half "
                f"between {low:.0%} and {high:.0%}; "
                f"{below} below 50 %."
            )
            .replace("%", " %")
            .replace("  %", " %")
        )
        found.append(
            Distribution(
                assignment,
                counts,
                shares.size,
                missing,
                median,
                (low, high),
                below,
                _draw(assignment, counts, median, alt),
            )
        )
    return found


def binned(shares: np.ndarray) -> list[int]:
    """How many are in [0, 10 %), ..., [90, 100 %]; extra credit counts in the last."""
    places = np.clip(np.floor(shares * BINS + 1e-9).astype(int), 0, BINS - 1)
    return np.bincount(places, minlength=BINS).tolist()


def _draw(assignment: str, counts: list[int], median: float, alt: str) -> figures.Figure:
    figure, axis = figures.canvas(3.4, 1.9)
    left = np.arange(BINS) * 10
    colours = [figures.ORANGE if edge < 50 else figures.BLUE for edge in left]
    bars = axis.bar(left + 5, counts, width=9, color=colours)
    axis.bar_label(bars, [count or "" for count in counts], fontsize=7.5, color=figures.QUIET, padding=1)
    # Above the bars: below the axis it would cover a number.
    axis.plot(min(median, 1.0) * 100, 1.2 * max(counts), "v", color=figures.INK, markersize=6, clip_on=False, zorder=5)
    axis.set(
        xlim=(0, 100),
        ylim=(0, max(counts) * 1.2),
        yticks=[],
        xticks=[0, 25, 50, 75, 100],
        xticklabels=["0", "25", "50", "75", "100 %"],
    )
    return figures.finished(figure, f"grades_{assignment}", alt)
