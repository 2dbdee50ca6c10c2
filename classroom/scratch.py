"""A copy of the gradebook, to keep or to try something in without consequences."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

import sqlalchemy
from nbgrader import api

from classroom.errors import ClassroomError

PATIENCE = 5.0  # seconds that another program may hold the gradebook


def file_of(url: str) -> Path | None:
    """The file of a gradebook in SQLite; None for any other database."""
    parsed = sqlalchemy.make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def copy_gradebook(url: str, course: str, assignment: str, to: Path) -> str:
    """Copy a gradebook into a SQLite file; return its address.

    A SQLite gradebook is copied as it is, also while others write to it. Of any other database, the roster and all assignments come along,
    but submissions of this assignment only.
    """
    copy = f"sqlite:///{to}"
    path = file_of(url)
    if path is not None:
        address = f"{path.resolve().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as source, contextlib.closing(sqlite3.connect(to)) as target:
            source.backup(target)
        return copy
    api.Gradebook(copy, course).close()  # the tables, and the version that nbgrader looks for
    theirs, ours = sqlalchemy.create_engine(url), sqlalchemy.create_engine(copy)
    try:
        with theirs.connect() as source, ours.begin() as target:
            target.execute(api.Course.__table__.delete())
            for table in api.Base.metadata.sorted_tables:
                rows = [dict(row._mapping) for row in source.execute(_of_assignment(table, assignment))]
                if rows:
                    target.execute(table.insert(), rows)
    finally:
        theirs.dispose()
        ours.dispose()
    return copy


def _of_assignment(table, assignment: str):
    """All rows of a table; of what learners handed in, one assignment's."""
    submitted, notebook = api.SubmittedAssignment.__table__, api.SubmittedNotebook.__table__
    wanted = sqlalchemy.select(submitted.c.id).where(
        submitted.c.assignment_id.in_(sqlalchemy.select(api.Assignment.__table__.c.id).where(api.Assignment.__table__.c.name == assignment)))
    query = sqlalchemy.select(table)
    if table is submitted:
        return query.where(table.c.id.in_(wanted))
    if table is notebook:
        return query.where(table.c.assignment_id.in_(wanted))
    if table in (api.Grade.__table__, api.Comment.__table__):
        return query.where(table.c.notebook_id.in_(sqlalchemy.select(notebook.c.id).where(notebook.c.assignment_id.in_(wanted))))
    return query


def assert_free(url: str) -> None:
    """Raise ClassroomError if another program is writing to the gradebook and does not stop."""
    path = file_of(url)
    engine = sqlalchemy.create_engine(url, connect_args={"timeout": PATIENCE} if path else {})
    try:
        if path is not None:
            if not path.exists():
                raise ClassroomError(f"There is no gradebook {path}: run `nbgrader generate_assignment` first, or set GRADEBOOK_URL.")
            with contextlib.closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as book:
                book.execute("BEGIN IMMEDIATE")
                book.execute("ROLLBACK")
        else:
            end = time.monotonic() + PATIENCE
            with engine.connect() as book:
                table = api.Grade.__table__.name
                while True:
                    try:
                        book.exec_driver_sql(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE NOWAIT")
                        break
                    except sqlalchemy.exc.OperationalError:
                        book.rollback()
                        if time.monotonic() > end:
                            raise
                        time.sleep(0.5)
    except (sqlite3.OperationalError, sqlalchemy.exc.OperationalError) as error:
        held = "locked" in str(error) or "lock" in str(error)
        what = ("Another run (autograde, another regrade, a database browser) holds the gradebook: let it end, then try again."
                if held else f"The gradebook cannot be written ({str(error).splitlines()[0]}).")
        raise ClassroomError(what) from None
    finally:
        engine.dispose()
