"""A copy of the gradebook, to keep or to try something in without consequences."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

import sqlalchemy
from nbgrader import api

from classroom import book
from classroom.errors import ClassroomError

PATIENCE = 5.0  # seconds that another program may hold the gradebook


def file_of(url: str) -> Path | None:
    """The file of a gradebook in SQLite; None for any other database."""
    parsed = sqlalchemy.make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def copy_gradebook(url: str, course: str, assignment: str, to: Path) -> str:
    """Copy a gradebook into a SQLite file; return its address.

    A SQLite gradebook is copied as it is, also while others write to it. Of any other database, the roster and all
    assignments come along,
    but submissions of this assignment only.
    """
    copy = f"sqlite:///{to}"
    path = file_of(url)
    if path is not None:
        address = f"{path.resolve().as_uri()}?mode=ro"
        with (
            contextlib.closing(sqlite3.connect(address, uri=True)) as source,
            contextlib.closing(sqlite3.connect(to)) as target,
        ):
            source.backup(target)
        return copy
    api.Gradebook(copy, course).close()  # the tables, and the version that nbgrader looks for
    theirs, ours = sqlalchemy.create_engine(url), sqlalchemy.create_engine(copy)
    try:
        with theirs.connect() as source, ours.begin() as target:
            target.execute(api.Course.__table__.delete())
            for table, rows in book.rows_of_assignment(source, assignment):
                if rows:
                    table.create(target, checkfirst=True)  # decisions are in no table of nbgrader's
                    target.execute(table.insert(), rows)
    finally:
        theirs.dispose()
        ours.dispose()
    return copy


def assert_free(url: str) -> None:
    """Raise ClassroomError if another program is writing to the gradebook and does not stop."""
    path = file_of(url)
    engine = sqlalchemy.create_engine(url, connect_args={"timeout": PATIENCE} if path else {})
    try:
        if path is not None:
            if not path.exists():
                raise ClassroomError(
                    f"There is no gradebook at {path}: run `nbgrader generate_assignment` first, or set GRADEBOOK_URL."
                )
            with contextlib.closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as file:
                file.execute("BEGIN IMMEDIATE")
                file.execute("ROLLBACK")
        else:
            end = time.monotonic() + PATIENCE
            with engine.connect() as connection:
                table = api.Grade.__table__.name
                while True:
                    try:
                        connection.exec_driver_sql(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE NOWAIT")
                        break
                    except sqlalchemy.exc.OperationalError:
                        connection.rollback()
                        if time.monotonic() > end:
                            raise
                        time.sleep(0.5)
    except (sqlite3.OperationalError, sqlalchemy.exc.OperationalError) as error:
        held = "locked" in str(error) or "lock" in str(error)
        what = (
            "Another run (autograde, another regrade, a database browser) holds the gradebook: wait for it to finish, "
            "then try again."
            if held
            else f"The gradebook cannot be written ({str(error).splitlines()[0]})."
        )
        raise ClassroomError(what) from None
    finally:
        engine.dispose()
