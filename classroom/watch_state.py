"""What `classroom watch` remembers of a class: `.classroom/watch.db`. Every step is written before the next begins."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from typing import NamedTuple

from classroom.alone import private
from classroom.errors import ClassroomError

# A submission is begun, graded, and then its feedback is out or withheld; or it failed, or was graded by somebody else.
BEGUN, GRADED, OUT, WITHHELD, FAILED, NOT_OURS = "begun", "graded", "out", "withheld", "failed", "not ours"


class Row(NamedTuple):
    """One learner's work on one assignment.

    Attributes
    ----------
    signature : str
        Of what lay in submitted/.
    state : str
    tries : int
        Submissions that were graded.
    attempts : int
        How often this one was begun, and not finished.
    graded : float
        When the last one was graded, in seconds since 1970; 0 if none was.
    """

    signature: str
    state: str
    tries: int
    attempts: int
    graded: float


class State:
    """Rows by (assignment, learner), and the folders of inbound/ that were dealt with. May be used by several
    threads.
    """

    def __init__(self, root: Path | str):
        path = private(root) / "watch.db"
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, timeout=20, check_same_thread=False)
        try:
            with self._db:
                self._db.execute(
                    "CREATE TABLE IF NOT EXISTS work (assignment TEXT, learner TEXT, signature TEXT, state TEXT, "
                    "tries INTEGER, attempts INTEGER, graded REAL, PRIMARY KEY (assignment, learner))"
                )
                self._db.execute("CREATE TABLE IF NOT EXISTS inbound (name TEXT PRIMARY KEY, changed INTEGER)")
            rows = self._db.execute("SELECT * FROM work").fetchall()
            self.inbound: dict[str, int] = dict(self._db.execute("SELECT name, changed FROM inbound"))
        except sqlite3.DatabaseError as error:
            self._db.close()
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise ClassroomError(
                f"{path} is damaged: it counts tries. Remove it to begin anew: what was graded stays graded."
            ) from None
        self.rows: dict[tuple[str, str], Row] = {(row[0], row[1]): Row(*row[2:]) for row in rows}

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def begin(self, key: tuple[str, str], signature: str) -> int:
        """Write down that a submission is taken in hand; how often it has been."""
        before = self.rows.get(key) or Row("", NOT_OURS, 0, 0, 0.0)
        same = before.signature == signature and before.state == BEGUN
        row = Row(signature, BEGUN, before.tries, before.attempts + 1 if same else 1, before.graded)
        self._write(key, row)
        return row.attempts

    def relent(self, key: tuple[str, str]) -> None:
        """The last beginning was not the submission's own failure. In memory alone: the disk may be full."""
        row = self.rows.get(key)
        if row is not None and row.state == BEGUN:
            self.rows[key] = row._replace(attempts=max(0, row.attempts - 1))

    def graded(self, key: tuple[str, str], counts: bool) -> int:
        """It is in the gradebook; the number of tries, this one included if it counts as one."""
        before = self.rows[key]
        row = before._replace(
            state=GRADED, tries=before.tries + counts, graded=time.time() if counts else before.graded
        )
        self._write(key, row)
        return row.tries

    def finish(self, key: tuple[str, str], signature: str, state: str, inbound: dict[str, int]) -> None:
        """Nothing is left to do, and these folders of inbound/ were dealt with."""
        before = self.rows.get(key) or Row("", NOT_OURS, 0, 0, 0.0)
        self._write(key, before._replace(signature=signature, state=state, attempts=0), inbound)

    def dealt_with(self, inbound: dict[str, int]) -> None:
        """These folders of inbound/ led to nothing."""
        self._write(None, None, inbound)

    def forget(self, names: set[str]) -> None:
        """Folders of inbound/ that are gone."""
        with self._lock, self._db:
            self._db.executemany("DELETE FROM inbound WHERE name = ?", [(name,) for name in names])
        for name in names:
            self.inbound.pop(name, None)

    def _write(self, key: tuple[str, str] | None, row: Row | None, inbound: dict[str, int] | None = None) -> None:
        with self._lock, self._db:
            if key is not None and row is not None:
                self._db.execute("INSERT OR REPLACE INTO work VALUES (?, ?, ?, ?, ?, ?, ?)", (*key, *row))
            self._db.executemany("INSERT OR REPLACE INTO inbound VALUES (?, ?)", list((inbound or {}).items()))
        if key is not None and row is not None:
            self.rows[key] = row
        self.inbound.update(inbound or {})
