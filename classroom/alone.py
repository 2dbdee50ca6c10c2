"""One at a time: a lock that goes with the process that holds it, however that ends."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from classroom.errors import ClassroomError

FOLDER = ".classroom"  # what the commands remember of a class, beside what nbgrader keeps


def private(root: Path | str) -> Path:
    """The folder in a class for what only these commands read; no git takes it along."""
    folder = Path(root) / FOLDER
    if not folder.is_dir():
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    return folder


@contextlib.contextmanager
def alone(path: Path, refusal: str, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock in this file, one of SQLite's, so that it works on every system.

    Parameters
    ----------
    path : Path
        It stays, and is empty.
    refusal : str
        What a `ClassroomError` says if another process, or thread, still holds it.
    wait : float
        Seconds for the other to end.
    """
    with contextlib.closing(sqlite3.connect(path, timeout=wait, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise ClassroomError(refusal) from None
        yield
