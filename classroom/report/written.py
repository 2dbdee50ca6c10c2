"""Section: what waits for a person: written answers, and code that the tests could not grade."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple
from urllib.parse import quote

from classroom.report.facts import Facts


class Waiting(NamedTuple):
    """One cell that a person grades: in how many submissions it waits, and in how many it is done."""

    assignment: str
    notebook: str
    cell: str
    written: bool
    waits: int
    done: int
    link: str


def section(facts: Facts, formgrader: str) -> list[Waiting]:
    """Every written answer, and every other cell that waits, in the order of the assignments."""
    counts: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])
    for mark in facts.marks:
        if mark.written or mark.waits:
            counts[mark.assignment, mark.notebook, mark.cell, mark.written][0 if mark.waits else 1] += 1
    for mark in facts.marks:  # code that waits for somebody is done for the others
        if (
            not mark.written
            and not mark.waits
            and (key := (mark.assignment, mark.notebook, mark.cell, False)) in counts
        ):
            counts[key][1] += 1
    order = {name: place for place, name in enumerate(facts.due)}
    base = formgrader.rstrip("/") + "/gradebook"
    rows = [
        Waiting(
            assignment, notebook, cell, written, waits, done, f"{base}/{quote(assignment, '')}/{quote(notebook, '')}"
        )
        for (assignment, notebook, cell, written), (waits, done) in counts.items()
    ]
    return sorted(rows, key=lambda row: (order[row.assignment], not row.written, row.notebook, row.cell))
