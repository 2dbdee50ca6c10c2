"""The picture of a graded class: who has what share of each exercise's points."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402  (after the choice of a backend without a display)
import numpy as np  # noqa: E402


def draw(rows: Iterable[tuple], path: Path) -> Path:
    """Write a PNG with one panel for each assignment: learners down, test cells across, colour by share of the points.

    Parameters
    ----------
    rows : iterable of tuple
        As `tools.gradebook.scores` gives them.
    path : Path
        The file to write.
    """
    by_assignment: dict[str, dict[str, dict[str, float]]] = {}
    for learner, assignment, _, cell, kind, score, points, _, _ in rows:
        if kind == "test" and points:
            by_assignment.setdefault(assignment, {}).setdefault(learner, {})[cell.removeprefix("test_")] = (score or 0.0) / points
    heights = [1.6 + 0.24 * len(learners) for learners in by_assignment.values()]
    figure, panels = plt.subplots(len(heights), 1, figsize=(15, sum(heights) + 1.2 * len(heights)), squeeze=False,
                                  gridspec_kw={"height_ratios": heights})
    for panel, (assignment, learners) in zip(panels[:, 0], sorted(by_assignment.items())):
        cells = list(dict.fromkeys(cell for shares in learners.values() for cell in shares))
        grid = np.array([[shares.get(cell, np.nan) for cell in cells] for shares in learners.values()])
        image = panel.imshow(grid, cmap="cividis", vmin=0, vmax=1, aspect="auto")
        panel.set_xticks(range(len(cells)), cells, rotation=60, ha="right", fontsize=6)
        panel.set_yticks(range(len(learners)), list(learners), fontsize=8)
        panel.set_title(f"{assignment}: share of the points of each test cell", loc="left", fontsize=11)
        figure.colorbar(image, ax=panel, fraction=0.015, pad=0.01, ticks=[0, 0.5, 1])
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Description": "Grades by exercise: one row for each learner, one column for each test cell; "
                                                           "bright is full points, dark is none."})
    plt.close(figure)
    return path
