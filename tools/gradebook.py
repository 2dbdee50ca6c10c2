"""The gradebook file: is it usable, is it empty of learners, what does it say."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

# What `nbgrader generate_assignment` writes; ids and timestamps differ each time, these columns do not.
_RELEASED = {
    "assignment": "SELECT name FROM assignment",
    "notebook": "SELECT a.name, n.name, n.kernelspec FROM notebook n JOIN assignment a ON a.id = n.assignment_id",
    "cells": """SELECT a.name, n.name, c.name, c.type, g.max_score, g.cell_type, t.max_score, t.cell_type
                FROM base_cell c JOIN notebook n ON n.id = c.notebook_id JOIN assignment a ON a.id = n.assignment_id
                LEFT JOIN grade_cells g ON g.id = c.id LEFT JOIN task_cells t ON t.id = c.id""",
    "sources": """SELECT a.name, n.name, s.name, s.cell_type, s.source, s.checksum, s.locked
                  FROM source_cell s JOIN notebook n ON n.id = s.notebook_id JOIN assignment a ON a.id = n.assignment_id""",
}


class GradebookUnusable(Exception):
    """The gradebook cannot be read or written; the message says what to do."""


@contextlib.contextmanager
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the gradebook file for reading."""
    book = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        yield book
    finally:
        book.close()


def assert_writable(path: Path) -> None:
    """Raise GradebookUnusable if `path` is read-only, locked by another program, or no gradebook."""
    if not path.exists():
        return
    if not path.stat().st_mode & 0o200:
        raise GradebookUnusable(f"{path.name} is read-only: chmod u+w {path.name}")
    book = sqlite3.connect(path, timeout=2)
    try:
        book.execute("BEGIN IMMEDIATE")
        book.rollback()
    except sqlite3.OperationalError as error:
        if "readonly" in str(error):
            raise GradebookUnusable(f"{path.name} is read-only: chmod u+w {path.name}") from None
        raise GradebookUnusable(f"{path.name} is locked: another program is writing to it (a running autograde, or formgrader). "
                                "Wait for it or stop it, then run this again.") from None
    except sqlite3.DatabaseError:
        raise GradebookUnusable(f"{path.name} is no gradebook: run `git checkout {path.name}`, or `make release`") from None
    finally:
        book.close()


def released_rows(path: Path) -> dict[str, list]:
    """The rows that a release writes, sorted, without ids and times."""
    with connection(path) as book:
        return {name: sorted(book.execute(query).fetchall(), key=repr) for name, query in _RELEASED.items()}


def learners(path: Path) -> list[str]:
    """The ids of all learners in the gradebook."""
    with connection(path) as book:
        return [row[0] for row in book.execute("SELECT id FROM student ORDER BY id")]


def scores(path: Path) -> list[tuple]:
    """One row for each graded cell: learner, assignment, notebook, cell, kind ("test" or "written"), score, points, needs a person, late seconds.

    `score` is None while nobody has graded it.
    """
    with connection(path) as book:
        return book.execute("""
            SELECT s.student_id, a.name, n.name, c.name,
                   CASE WHEN gc.id IS NULL OR gc.cell_type = 'markdown' THEN 'written' ELSE 'test' END,
                   COALESCE(g.manual_score, g.auto_score), COALESCE(gc.max_score, tc.max_score), g.needs_manual_grade,
                   CASE WHEN a.duedate IS NULL OR s.timestamp <= a.duedate THEN 0
                        ELSE strftime('%s', s.timestamp) - strftime('%s', a.duedate) END
            FROM grade g
            JOIN submitted_notebook sn ON sn.id = g.notebook_id
            JOIN submitted_assignment s ON s.id = sn.assignment_id
            JOIN assignment a ON a.id = s.assignment_id
            JOIN notebook n ON n.id = sn.notebook_id
            JOIN base_cell c ON c.id = g.cell_id
            LEFT JOIN grade_cells gc ON gc.id = c.id
            LEFT JOIN task_cells tc ON tc.id = c.id
            ORDER BY s.student_id, a.name, n.name, c.id""").fetchall()
