"""`classroom mark ASSIGNMENT [QUESTION]`: one question, the answers of all learners below each other, in a browser."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import difflib
from pathlib import Path
from typing import TYPE_CHECKING

from classroom import book, scratch, settings
from classroom.errors import ClassroomError
from proctor.plugin import access

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory


def main(arguments: list[str]) -> int:
    """Serve the page until Control + C."""
    parser = argparse.ArgumentParser(
        "classroom mark",
        description="Mark written answers, one question after the other, in a browser. Whatever is given is saved at "
        "once, in nbgrader's gradebook.",
    )
    parser.add_argument("assignment")
    parser.add_argument("question", nargs="?", help="where to begin (default: the first that waits)")
    parser.add_argument("--names", action="store_true", help="show who wrote each answer, in the order of the roster")
    parser.add_argument("--port", type=int, default=0, help="of 127.0.0.1 (default: one that is free)")
    parser.add_argument("--no-browser", action="store_true", help="print the link only")
    given = parser.parse_args(arguments)
    if not 0 <= given.port <= 65535:
        raise ClassroomError(f"There is no port {given.port}: give a number from 1024 to 65535, or none.")
    course = settings.of_folder(Path.cwd()).coursedir
    question = _checked(course, given.assignment, given.question)
    from classroom.mark import server  # tornado, and what lays answers out: not for a name that is misspelt

    with contextlib.closing(server.Session(course, given.assignment, given.names)) as session:
        asyncio.run(server.serve(session, question, given.port, not given.no_browser))
    print(
        "Everything that was given is in the gradebook. Feedback: nbgrader generate_feedback --force", given.assignment
    )
    return 0


def _checked(course: CourseDirectory, assignment: str, wanted: str | None) -> book.Question:
    """The question to begin with."""
    file = scratch.file_of(course.db_url)
    if file is not None and not file.is_file():
        raise ClassroomError(f"There is no gradebook at {file}: run `nbgrader generate_assignment` first.")
    access.assert_usable(course.db_url)
    with book.opened(course.db_url) as connection:
        known = list(book.assignments(connection))
        if assignment not in known:
            raise ClassroomError(_unknown(assignment, "The gradebook has no assignment", known))
        questions = book.questions(connection, assignment)
    if not questions:
        raise ClassroomError(f"{assignment} has no question that a person marks.")
    if wanted is not None:
        named = [one for one in questions if one.cell == wanted]
        if not named:
            raise ClassroomError(_unknown(wanted, f"{assignment} has no question", [one.cell for one in questions]))
        return named[0]
    if not any(one.answers for one in questions):
        raise ClassroomError(f"There are no answers to mark yet: run `nbgrader autograde {assignment}` first.")
    waits = [one for one in questions if one.waits]
    return (waits or questions)[0]


def _unknown(name: str, said: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"{said} {name!r}" + (f": did you mean {near[0]}?" if near else f". It has: {', '.join(known) or 'none'}.")
