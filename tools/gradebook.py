"""The gradebook file: whether it is usable, whether it has learners, and what is in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from classroom import book


class GradebookUnusable(Exception):
    """The gradebook cannot be read or written; the message says what to do."""


def assert_writable(path: Path) -> None:
    """Raise GradebookUnusable if `path` is read-only, locked by another program, or no gradebook."""
    if not path.exists():
        return
    if not path.stat().st_mode & 0o200:
        raise GradebookUnusable(f"{path.name} is read-only: chmod u+w {path.name}")
    file = sqlite3.connect(path, timeout=2)
    try:
        file.execute("BEGIN IMMEDIATE")
        file.rollback()
    except sqlite3.OperationalError as error:
        if "readonly" in str(error):
            raise GradebookUnusable(f"{path.name} is read-only: chmod u+w {path.name}") from None
        raise GradebookUnusable(
            f"{path.name} is locked: another program is writing to it (a running autograde, or formgrader). "
            "Wait for it or stop it, then run this again."
        ) from None
    except sqlite3.DatabaseError:
        raise GradebookUnusable(
            f"{path.name} is not a gradebook: run `git checkout {path.name}`, or `make release`"
        ) from None
    finally:
        file.close()


def released_rows(path: Path) -> dict[tuple[str, str, str], list[tuple]]:
    """The rows that a release writes, see `classroom.book.released`."""
    with book.opened(f"sqlite:///{path}") as connection:
        return book.released(connection)


def learners(path: Path) -> list[str]:
    """The ids of all learners in the gradebook."""
    with book.opened(f"sqlite:///{path}") as connection:
        return sorted(learner.id for learner in book.learners(connection))


def scores(path: Path) -> list[tuple]:
    """One row for each graded cell: learner, assignment, notebook, cell, kind ("test" or "written"), score, points,
    needs a person, late seconds.

    `score` is None while nobody has graded it.
    """
    with book.opened(f"sqlite:///{path}") as connection:
        marks = book.marks(connection)
        late = {(one.learner, one.assignment): one.seconds_late for one in book.submissions(connection, marks)}
    return [
        (
            mark.learner,
            mark.assignment,
            mark.notebook,
            mark.cell,
            "written" if mark.written else "test",
            None if mark.auto is None and mark.manual is None else mark.score,
            mark.maximum,
            mark.waits,
            late[mark.learner, mark.assignment],
        )
        for mark in marks
    ]
