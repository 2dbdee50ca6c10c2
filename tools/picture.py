"""The picture of a graded class, one page: who has what share of the points in each assignment, and which mistakes
were named most often.
"""

from __future__ import annotations

import json
import textwrap
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402  (after the choice of a backend without a display)
import numpy as np  # noqa: E402
from matplotlib.patches import Rectangle  # noqa: E402

from classroom.words import amount, points  # noqa: E402
from proctor import cells  # noqa: E402

MOST = 40  # learners in the picture; a larger class shows those with the fewest points
WIDTH = 11  # inches
UPRIGHT = 10  # names of more assignments than these are slanted, or they would overlap
INK = "#1b1b1b", "#ffffff"  # ink on a light and on a dark ground


class Mistake(NamedTuple):
    """A known mistake that tests named: in which assignment, in how many tests, by how many learners."""

    assignment: str
    hint: str
    tests: int
    learners: int


def mistakes(graded: Path, most: int = 10) -> list[Mistake]:
    """What the tests named most often in the graded notebooks of a class.

    Parameters
    ----------
    graded : Path
        The folder autograded/.
    """
    tests: dict[tuple[str, str], Counter] = defaultdict(
        Counter
    )  # (assignment, name of the mistake) -> its hints, with whatever numbers
    learners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in sorted(graded.glob("*/*/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            found = cells.mistakes(cell)
            if len(found) == 1:
                key = path.parent.name, found[0].name
                tests[key][found[0].hint] += 1
                learners[key].add(path.parent.parent.name)
    first = sorted(tests, key=lambda key: (-len(learners[key]), -tests[key].total(), key))[:most]
    return [Mistake(key[0], tests[key].most_common(1)[0][0], tests[key].total(), len(learners[key])) for key in first]


def carried(graded: Path) -> float:
    """The points of a class that were carried forward: their tests fail only because of earlier answers."""
    return sum(
        found.points
        for path in graded.glob("*/*/*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if (found := cells.carried(cell)) is not None
    )


def draw(totals: dict[tuple[str, str], tuple], named: list[Mistake], path: Path, forward: float = 0.0) -> Path:
    """Write a PNG of one page.

    Parameters
    ----------
    totals : dict
        (learner, assignment) -> (score, points, a person is needed, late), as `tools.grade.sums` gives them.
    named : list of Mistake
    path : Path
        The file to write.
    forward : float
        Points that were carried forward, of all learners together.
    """
    assignments = sorted({assignment for _, assignment in totals})
    learners = _shown(totals)
    table, bars = 0.36 * max(len(learners), 1), 0.46 * len(named)
    slanted = len(assignments) > UPRIGHT
    head, margin = (1.95, 0.9) if slanted else (1.3, 0.25)
    height = head + 0.2 + table + 0.6 + (bars + 0.7 if named else 0)
    figure = plt.figure(figsize=(WIDTH, height))

    def panel(left: float, top: float, width: float, tall: float):
        """Axes at a place in inches from the upper left corner."""
        return figure.add_axes((left / WIDTH, 1 - (top + tall) / height, width / WIDTH, tall / height))

    figure.text(0.25 / WIDTH, 1 - 0.5 / height, "The class at a glance", fontsize=18, weight="bold")
    if forward:
        figure.text(0.25 / WIDTH, 1 - 0.78 / height, _forward(forward), fontsize=9.5)
    _table(panel(1.9, head, WIDTH - 1.9 - margin, table), totals, learners, assignments)
    if named:
        _bars(panel(7.0, head + table + 1.3, WIDTH - 7.25, bars), named)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(
        path, dpi=100, metadata={"Title": "The class at a glance", "Description": in_words(totals, named, forward)}
    )
    plt.close(figure)
    return path


def _forward(forward: float) -> str:
    return f"{points(forward)} of these carried forward: the tests fail only because of earlier answers that are wrong."


def in_words(totals: dict[tuple[str, str], tuple], named: list[Mistake], forward: float = 0.0) -> str:
    """The picture in words, for those who cannot see it."""
    lines = ["Share of the points that tests give, learner by learner:"]
    for learner in _shown(totals):
        parts = [
            f"{assignment} {_share(total):.0%}{' late' if total[3] else ''}{' waits for a person' if total[2] else ''}"
            for (who, assignment), total in sorted(totals.items())
            if who == learner
        ]
        lines.append(f"{learner}: {', '.join(parts)}.")
    if forward:
        lines.append(_forward(forward))
    if named:
        lines.append("Named most often: " + "; ".join(f"{m.assignment}, {_amount(m)}: {m.hint}" for m in named))
    return "\n".join(lines).encode("latin-1", "replace").decode("latin-1")  # what the text of a PNG can hold


def _shown(totals: dict) -> list[str]:
    sums: dict[str, float] = {}
    for (learner, _), total in totals.items():
        sums[learner] = sums.get(learner, 0.0) + total[0]
    return sorted(sorted(sums, key=lambda learner: (sums[learner], learner))[:MOST])


def _share(total: tuple) -> float:
    return total[0] / total[1] if total[1] else 0.0


def _table(panel, totals: dict, learners: list[str], assignments: list[str]) -> None:
    grid = np.array(
        [[_share(totals[who, what]) if (who, what) in totals else np.nan for what in assignments] for who in learners],
        float,
    )
    panel.imshow(
        np.ma.masked_invalid(grid.reshape(len(learners), len(assignments))),
        cmap="cividis",
        vmin=0,
        vmax=1,
        aspect="auto",
    )
    waits = [[(who, what) in totals and totals[who, what][2] for what in assignments] for who in learners]
    for y, who in enumerate(learners):
        for x, what in enumerate(assignments):
            if (who, what) not in totals:
                panel.text(x, y, "–", ha="center", va="center", fontsize=10, color=INK[0])
                continue
            ink = INK[0] if grid[y, x] > 0.55 else INK[1]
            late = totals[who, what][3]
            panel.text(x, y - 0.13 * late, f"{100 * grid[y, x]:.0f}", ha="center", va="center", fontsize=11, color=ink)
            if waits[y][x]:
                panel.plot(x + 0.36, y - 0.22, marker="o", markersize=4, color=ink)
            if late:
                panel.add_patch(
                    Rectangle((x - 0.46, y - 0.42), 0.92, 0.84, fill=False, edgecolor="#d55e00", linewidth=2.2)
                )
                panel.text(x, y + 0.27, "late", ha="center", va="center", fontsize=7.5, color=ink)
    if len(assignments) > UPRIGHT:
        panel.set_xticks(
            range(len(assignments)), assignments, fontsize=9.5, rotation=50, ha="left", rotation_mode="anchor"
        )
    else:
        panel.set_xticks(range(len(assignments)), [what.replace("_", "\n", 1) for what in assignments], fontsize=9.5)
    panel.set_yticks(range(len(learners)), [_short(who, 24) for who in learners], fontsize=10)
    panel.xaxis.tick_top()
    panel.set_xticks(np.arange(len(assignments) + 1) - 0.5, minor=True)
    panel.set_yticks(np.arange(len(learners) + 1) - 0.5, minor=True)
    panel.grid(which="minor", color="white", linewidth=1.5)
    panel.tick_params(which="both", length=0)
    panel.spines[:].set_visible(False)
    dots = sum(map(sum, waits))
    panel.set_xlabel(
        "Percent of the points from tests: bright is all, dark is none.     ● written answers wait for a person "
        f"({dots} of "
        f"{len(totals)})     orange frame: late",
        fontsize=9,
        loc="right",
        labelpad=8,
    )


def _bars(panel, named: list[Mistake]) -> None:
    places = range(len(named))
    panel.barh(places, [mistake.tests for mistake in named], color="#0072b2", height=0.62)
    panel.set_yticks([])
    for place, mistake in zip(places, named):
        panel.text(mistake.tests, place, f"  {_amount(mistake)}", va="center", fontsize=9)
        panel.annotate(
            mistake.assignment,
            (0, place),
            (-487, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            weight="bold",
        )
        panel.annotate(
            _wrapped(mistake.hint), (0, place), (-385, 0), textcoords="offset points", va="center", fontsize=9
        )
    panel.invert_yaxis()
    panel.set_xlim(0, 1.6 * max(mistake.tests for mistake in named))
    panel.set_xticks([])
    panel.tick_params(length=0)
    panel.spines[:].set_visible(False)
    panel.annotate(
        "Mistakes that the tests named most often",
        (0, 1),
        (-487, 12),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=13,
        weight="bold",
    )


def _amount(mistake: Mistake) -> str:
    return f"{amount(mistake.learners, 'learner')}, {amount(mistake.tests, 'test')}"


def _wrapped(text: str) -> str:
    """Two lines at most; a dollar would begin a formula."""
    lines = textwrap.wrap(text.replace("$", r"\$"), 70, max_lines=2, placeholder=" …")
    return "\n".join(lines)


def _short(text: str, most: int) -> str:
    text = "".join(c if c.isprintable() else "?" for c in text).replace("$", r"\$")
    return text if len(text) <= most else text[: most - 1] + "…"
