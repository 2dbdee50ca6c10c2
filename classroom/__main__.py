"""The command `classroom VERB ...`, in the folder of a class; `classroom` is the same."""

from __future__ import annotations

import importlib
import os
import sys

from classroom.errors import ClassroomError

# Verb -> the module whose main(arguments) (or the function after the colon) does it, and what it is for. A module is
# imported only when it is asked for.
VERBS = {
    "start": ("classroom.start", "a new class: folder, roster, due dates, late penalty, release"),
    "collect": ("classroom.collect", "submissions from a Moodle or Canvas download, or from a folder of zips"),
    "mark": ("classroom.mark", "written answers, one question after the other, in a browser"),
    "extend": ("classroom.exceptions:extend", "more time for one learner in one assignment"),
    "excuse": ("classroom.exceptions:excuse", "one learner need not do one assignment"),
    "drop": ("classroom.exceptions:drop", "one learner has left: grades kept, out of means and exports"),
    "add": ("classroom.exceptions:add", "one learner more, or one who was dropped back again"),
    "exceptions": ("classroom.exceptions:listing", "a list of who has more time, is excused, or has left"),
    "forget": ("classroom.forget", "delete everything there is about one person, after a preview"),
    "doctor": ("classroom.doctor", "check the whole set-up, and say what to do"),
    "feedback": ("classroom.feedback", "bring feedback out: exchange, Moodle, Canvas, or a folder"),
    "watch": ("classroom.watch", "grade what is handed in, at once, and bring out what the tests say"),
    "export": ("classroom.export", "a report on the class; grades for Canvas or Moodle, or by exercise"),
    "regrade": ("classroom.regrade", "tests have changed: see whose points would change, then apply it"),
    "similar": ("classroom.similar", "solutions that resemble each other, side by side"),
}


def main(arguments: list[str] | None = None) -> int:
    """Do what the first argument says; the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments or arguments[0] not in VERBS:
        print("Usage: classroom VERB [--help]\n")
        for verb, (_, purpose) in VERBS.items():
            print(f"  {verb:10} {purpose}")
        return 0 if not arguments or arguments[0] in ("-h", "--help", "help") else 2
    os.environ.setdefault("PGCONNECT_TIMEOUT", "5")  # seconds; PostgreSQL's own limit is minutes
    try:
        module, _, function = VERBS[arguments[0]][0].partition(":")
        return getattr(importlib.import_module(module), function or "main")(arguments[1:]) or 0
    except ClassroomError as error:
        print(error, file=sys.stderr)
        return 1
    except Exception as error:
        told = _of_the_gradebook(error)
        if not told:
            raise
        print(told, file=sys.stderr)
        return 1


def _of_the_gradebook(error: Exception) -> str:
    """One sentence on a gradebook that cannot be used; "" if the error is another."""
    import sqlite3

    import sqlalchemy.exc

    if not isinstance(error, (sqlalchemy.exc.SQLAlchemyError, sqlite3.Error)):
        return ""
    from classroom import settings
    from proctor.plugin import access

    return access.sentence(error, settings.of_folder().coursedir.db_url)


if __name__ == "__main__":
    sys.exit(main())
