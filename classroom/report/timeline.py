"""Section: when submissions came, against the due dates."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from matplotlib import dates

from classroom.report import figures
from classroom.report.facts import Facts


class Arrivals(NamedTuple):
    """The submissions of one assignment: how many came, how many of them late, how many of them in the last day
    before the due date, and how many learners there are who were to hand in.
    """

    assignment: str
    due: datetime | None
    times: list[datetime]
    late: list[datetime]
    timeless: int
    last_day: int
    learners: int


class Timeline(NamedTuple):
    rows: list[Arrivals]
    learners: int
    figure: figures.Figure | None


def section(facts: Facts) -> Timeline:
    """Arrivals of each assignment, and one figure of all."""
    rows = []
    for assignment in facts.handed_in():
        of, due = facts.of[assignment], facts.due[assignment]
        times = sorted(s.timestamp for s in of if s.timestamp is not None)
        late = sorted(s.timestamp for s in of if s.timestamp is not None and s.seconds_late > 0)
        last = sum(due - timedelta(days=1) <= time <= due for time in times) if due else 0
        learners = len(facts.learners) - len(facts.excused(assignment))
        rows.append(Arrivals(assignment, due, times, late, len(of) - len(times), last, learners))
    drawn = [row for row in rows if row.times]
    return Timeline(rows, len(facts.learners), _figure(drawn, len(facts.learners)) if drawn else None)


def _figure(rows: list[Arrivals], learners: int) -> figures.Figure:
    came, late = sum(len(row.times) for row in rows), sum(len(row.late) for row in rows)
    alt = (
        f"Submissions by day: {came} in {len(rows)} {'assignment' if len(rows) == 1 else 'assignments'}, {late} of "
        "them late."
    )
    worst = max(rows, key=lambda row: len(row.late))
    if worst.late:
        alt += f" Most late ones: {worst.assignment}, {len(worst.late)} of {len(worst.times)}."
    return figures.finished(_draw(rows, learners, 7.6), "submissions", alt, _draw(rows, learners, 4.0))


def _draw(rows: list[Arrivals], learners: int, width: float):
    """One strip for each assignment: a bar for each day, late ones above in another colour, a line where it was due."""
    moments = [time for row in rows for time in row.times] + [row.due for row in rows if row.due]
    first, last = (moment.replace(hour=0, minute=0, second=0, microsecond=0) for moment in (min(moments), max(moments)))
    days = (last - first).days + 1
    step = max(1, -(-days // (110 if width > 6 else 55)))  # days in one bar: a term fits, so do two years
    edges = np.arange(0, days + step, step, dtype=float)
    figure, axis = figures.canvas(width, 0.55 + 0.46 * len(rows))
    start = dates.date2num(first)
    counts = [
        [
            np.histogram([dates.date2num(time) - start for time in times], edges)[0]
            for times in (_without(row.times, row.late), row.late)
        ]
        for row in rows
    ]
    highest = max(float((on_time + late).max()) for on_time, late in counts)
    for place, (row, (on_time, late)) in enumerate(zip(rows, counts)):
        base = len(rows) - 1 - place
        scale = 0.8 / highest
        axis.bar(start + edges[:-1], on_time * scale, step * 0.9, bottom=base, align="edge", color=figures.BLUE)
        axis.bar(
            start + edges[:-1],
            late * scale,
            step * 0.9,
            bottom=base + on_time * scale,
            align="edge",
            color=figures.ORANGE,
            hatch="////",
            edgecolor="white",
            linewidth=0,
        )
        axis.axhline(base, color=figures.GRID, linewidth=0.8)
        if row.due:
            axis.plot([dates.date2num(row.due)] * 2, [base, base + 0.9], color=figures.INK, linewidth=1.4)
    heights = [len(rows) - 1 - place + 0.3 for place in range(len(rows))]
    axis.set_yticks(heights, [figures.shortened(row.assignment, 18) for row in rows], parse_math=False)
    axis.set(ylim=(-0.05, len(rows)), xlim=(start - 0.02 * days, start + edges[-1] + 0.02 * days))
    locator = dates.AutoDateLocator(minticks=3, maxticks=8 if width > 6 else 4)
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
    return figure


def _without(times: list[datetime], late: list[datetime]) -> list[datetime]:
    """`times` without `late`, of which several may be equal."""
    left = list(times)
    for time in late:
        left.remove(time)
    return left
