"""Cuts of a course: which assignments, in which sessions. They are in cuts.csv beside the course's source/, so that a
course can change them.

A row is one session: ``cut,session,assignments``. Assignments are named in full (``03_activations``) or by what stands
before the first
underscore (``03``), with spaces between them. What does not exist yet is skipped. The cut ``full`` needs no row:
everything, one a session.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from classroom.errors import ClassroomError
from classroom.roster import Table

FULL = "full"


class Cut(NamedTuple):
    """The sessions in order, each a list of assignments, and the names that no assignment has yet."""

    sessions: list[list[str]]
    missing: list[str]

    @property
    def assignments(self) -> list[str]:
        return [name for session in self.sessions for name in session]


def assignments(course: Path) -> list[str]:
    """All assignments in the course's source/, in order."""
    return sorted({path.parent.name for path in (course / "source").glob("*/*.ipynb")})


def choose(course: Path, wanted: str = FULL) -> Cut:
    """Find a cut by its name, or make one of the assignments named separated by commas.

    Raises
    ------
    ClassroomError
        If there is no such cut or assignment.
    """
    known = assignments(course)
    if not known:
        raise ClassroomError(
            f"No assignments in {course / 'source'}: run this in the folder of the course, or name it with --course."
        )
    if wanted == FULL:
        return Cut([[name] for name in known], [])
    cuts = _read(course)
    if wanted in cuts:
        sessions, missing = [], []
        for names in cuts[wanted]:
            there = [_find(known, name) for name in names]
            missing += [name for name, found in zip(names, there) if not found]
            if any(there):
                sessions.append([name for name in there if name])
        return Cut(sessions, missing)
    chosen = [(name.strip(), _find(known, name.strip())) for name in wanted.split(",") if name.strip()]
    unknown = [name for name, found in chosen if not found]
    if unknown or not chosen:
        raise ClassroomError(
            f"No cut and no assignment '{(unknown or [wanted])[0]}'. Cuts: {', '.join([FULL, *cuts])}. Assignments: "
            f"{', '.join(known)}."
        )
    return Cut([[found] for found in dict.fromkeys(found for _, found in chosen)], [])


def _find(known: list[str], name: str) -> str:
    return name if name in known else next((full for full in known if full.partition("_")[0] == name), "")


def _read(course: Path) -> dict[str, list[list[str]]]:
    path = course / "cuts.csv"
    if not path.exists():
        return {}
    table = Table(path)
    if not {"cut", "assignments"} <= set(table.header):
        raise ClassroomError(f"{path}, line 1: needs the columns cut, session, assignments.")
    table.check()
    cuts: dict[str, list[list[str]]] = {}
    for _, row in table.rows:
        cuts.setdefault(row.get("cut", ""), []).append(row.get("assignments", "").split())
    return cuts
