"""Can the gradebook be reached, and if not, one sentence that says what to do. For grading, feedback and every other
program that opens one.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from typing import TYPE_CHECKING, cast

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

PATIENCE = 5  # seconds that another program may hold the gradebook, or a server may take to answer, before a run begins
HOLD = 20  # ... and while a submission is being recorded


class GradebookUnusable(Exception):
    """The gradebook cannot be read or written; the message says what to do."""


def assert_usable(url: str, write: bool = True) -> None:
    """Raise GradebookUnusable if the gradebook cannot be read, or written, within a few seconds.

    Parameters
    ----------
    url : str
        ``c.CourseDirectory.db_url``. A SQLite file that is not there yet is usable: nbgrader makes it.
    write : bool
        False for programs that only read.
    """
    try:
        if _is_to_be_made(url):
            return
        engine = engine_of(url, PATIENCE)
        try:
            with engine.connect() as db:
                if engine.dialect.name == "sqlite":
                    _try_sqlite(cast(sqlite3.Connection, db.connection.driver_connection), write)
        finally:
            engine.dispose()
    except (SQLAlchemyError, sqlite3.Error, ImportError) as error:
        raise GradebookUnusable(sentence(error, url)) from error


def find_programs() -> None:
    """Let nbgrader find the program `alembic`, which lies beside this Python, however nbgrader itself was called."""
    here, path = os.path.dirname(sys.executable), os.environ.get("PATH", "")
    if path.split(os.pathsep)[0] != here:
        os.environ["PATH"] = os.pathsep.join(filter(None, [here, path]))


def _is_to_be_made(url: str) -> bool:
    parsed = make_url(url)
    path = parsed.database or ""
    return (
        parsed.get_backend_name() == "sqlite"
        and not os.path.lexists(path)
        and os.path.isdir(os.path.dirname(path) or ".")
    )


def _try_sqlite(book: sqlite3.Connection, write: bool) -> None:
    book.isolation_level = None
    book.execute(
        "SELECT count(*) FROM sqlite_master"
    ).fetchone()  # a file that is not a database opens without complaint
    if write:
        book.execute("BEGIN IMMEDIATE")
        with contextlib.closing(book.execute("PRAGMA user_version")) as kept:
            book.execute(f"PRAGMA user_version = {int(kept.fetchone()[0])}")  # only this shows that a file is read-only
        book.execute("ROLLBACK")


def engine_of(url: str, patience: float) -> Engine:
    """An engine that gives up after this many seconds on a server that does not answer, or on a lock that is not
    released.
    """
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        return create_engine(url, connect_args={"timeout": patience})
    if backend != "postgresql":
        return create_engine(url)
    engine = create_engine(
        url, connect_args={} if "connect_timeout" in make_url(url).query else {"connect_timeout": PATIENCE}
    )

    @event.listens_for(engine, "connect")
    def _limit(connection, _record):
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {int(1000 * patience)}")
        connection.commit()

    return engine


def is_held(error: Exception) -> bool:
    """Whether another program is in the way, so that a retry may help."""
    return any(
        word in str(getattr(error, "orig", error)).lower()
        for word in ("locked", "lock timeout", "deadlock", "could not serialize")
    )


def sentence(error: Exception, url: str) -> str:
    """What is wrong with the gradebook, and what to do."""
    if isinstance(error, ArgumentError):
        return (
            "c.CourseDirectory.db_url is not a database address: write sqlite:////path/to/gradebook.db or "
            "postgresql+psycopg://user@host/name."
        )
    if isinstance(error, (NoSuchModuleError, ImportError)):
        return (
            f"The driver for the database of {_shown(url)} is not installed ({error}). For PostgreSQL: pip "
            "install 'psycopg[binary]'."
        )
    said = " ".join(str(getattr(error, "orig", None) or error).split())
    low = said.lower()
    where = _shown(url)
    if is_held(error):
        return (
            f"The gradebook {where} is locked: another program keeps writing to it. Close that program, then run this "
            "again."
        )
    if "not a database" in low or "malformed" in low:
        return (
            f"{where} is not a gradebook, or is damaged ({said}). Put a copy of it in its place, or correct "
            "c.CourseDirectory.db_url."
        )
    if "readonly" in low or "read-only" in low:
        return (
            f"The gradebook {where} is read-only. Make the file and its folder writable (chmod u+w), then run "
            "this again."
        )
    if "disk is full" in low or "no space left" in low or "disk i/o error" in low:
        return (
            f"The gradebook {where} cannot be written ({said}). Free some disk space, then run this again; what "
            "was recorded stays."
        )
    if "unable to open" in low:
        return (
            f"The gradebook {where} cannot be opened. Check that its folder exists and that you may write to it, "
            "or correct c.CourseDirectory.db_url."
        )
    if "no such table" in low or "no such column" in low or "does not exist" in low and "relation" in low:
        return (
            f"The gradebook {where} is not as this nbgrader needs it ({said}). Back it up, then run `nbgrader db "
            "upgrade`."
        )
    if isinstance(error, DBAPIError) and not url.startswith("sqlite"):
        return (
            f"The gradebook {where} cannot be reached ({said[:200]}). Check that the server runs and accepts you, "
            "then run this again."
        )
    return f"The gradebook {where} gives an error ({said[:200]})."


def _shown(url: str) -> str:
    """The file of a gradebook in SQLite; the address of any other, without its password."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return url
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        return (
            os.path.relpath(parsed.database)
            if os.path.dirname(os.path.abspath(parsed.database)) == os.getcwd()
            else parsed.database
        )
    return parsed.render_as_string(hide_password=True)
