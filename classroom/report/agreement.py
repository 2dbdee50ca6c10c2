"""Section: do two graders give the same points for the same written answers?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import sqlalchemy

from classroom import book
from classroom.errors import ClassroomError
from classroom.report.facts import Facts


class Both(NamedTuple):
    """One answer that both have marked."""

    learner: str
    assignment: str
    cell: str
    maximum: float
    first: float
    second: float

    @property
    def apart(self) -> float:
        return abs(self.first - self.second)


class Agreement(NamedTuple):
    """`kappa` is None where both gave the same to everything: then there is nothing to compare with chance."""

    name: str
    n: int
    exact: float
    apart: float
    kappa: float | None
    cells: list[tuple[str, str, int, float, float | None]]
    widest: list[Both]


def weighted_kappa(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Cohen's weighted kappa with quadratic weights; None if neither grader's points vary.

    1 - (sum of w_ij o_ij) / (sum of w_ij e_ij) with w_ij = (i - j)^2, o the observed and e the expected proportions
    (J. Cohen, Weighted kappa, Psychological Bulletin 70, 1968, 213-220). Since e_ij is the product of the margins, the
    lower sum is the mean of
    (x - y)^2 over every x of the one with every y of the other: points need not be sorted into categories.
    """
    x, y = np.asarray(first, float), np.asarray(second, float)
    expected = np.mean(x**2) + np.mean(y**2) - 2 * np.mean(x) * np.mean(y) if x.size else 0.0
    return None if expected < 1e-12 else float(1 - np.mean((x - y) ** 2) / expected)


def section(facts: Facts, second_markers: Sequence[str]) -> list[Agreement]:
    """This gradebook against each of the others."""
    first = _marked(facts.marks)
    return [compare(_name(address), first, _marked(_read(address))) for address in second_markers]


def compare(name: str, first: dict[tuple, book.Mark], second: dict[tuple, book.Mark]) -> Agreement:
    """What two graders gave for the answers that both have marked."""
    both = [
        Both(
            mark.learner,
            mark.assignment,
            mark.cell,
            mark.maximum,
            float(mark.manual or 0.0),
            float(second[key].manual or 0.0),
        )
        for key, mark in first.items()
        if key in second
    ]
    cells = []
    for assignment, cell in dict.fromkeys((pair.assignment, pair.cell) for pair in both):
        of = [pair for pair in both if (pair.assignment, pair.cell) == (assignment, cell)]
        apart = float(np.mean([pair.apart for pair in of]))
        cells.append(
            (
                assignment,
                cell,
                len(of),
                apart,
                weighted_kappa([pair.first for pair in of], [pair.second for pair in of]),
            )
        )
    cells.sort(key=lambda row: -row[3])
    scaled = [pair for pair in both if pair.maximum > 0]  # cells of 1 and of 5 points together: as shares
    distances = np.array([pair.apart for pair in both] or [0.0])
    return Agreement(
        name,
        len(both),
        float(np.mean(distances < 1e-9)),
        float(np.mean(distances)),
        weighted_kappa([p.first / p.maximum for p in scaled], [p.second / p.maximum for p in scaled]),
        cells,
        [pair for pair in sorted(both, key=lambda pair: -pair.apart)[:10] if pair.apart > 1e-9],
    )


def _marked(marks: list[book.Mark]) -> dict[tuple, book.Mark]:
    return {
        (m.learner, m.assignment, m.notebook, m.cell): m
        for m in marks
        if m.written and m.manual is not None and not m.waits
    }


def _of_a_file(path: Path) -> str:
    """A gradebook has the same name in each class: its folder tells whose it is."""
    return str(Path(path.resolve().parent.name) / path.name) if path.name == "gradebook.db" else path.name


def _name(address: str) -> str:
    """What the page calls the other gradebook; never its password."""
    return (
        sqlalchemy.make_url(address).render_as_string(hide_password=True)
        if "://" in address
        else _of_a_file(Path(address))
    )


def _read(address: str) -> list[book.Mark]:
    path = None if "://" in address else Path(address)
    if path is not None and not path.is_file():
        raise ClassroomError(
            f"There is no second gradebook {address}: give --Report.second_markers the file or address that the "
            "second grader used."
        )
    try:
        with book.opened(address if path is None else f"sqlite:///{path.resolve()}") as connection:
            return book.marks(connection)
    except sqlalchemy.exc.SQLAlchemyError as error:
        reason = type(error).__name__
        raise ClassroomError(
            f"The second gradebook {_name(address)} cannot be read ({reason}): is it a gradebook of nbgrader?"
        ) from None
