"""`classroom extend`, `excuse`, `drop`, `add`: what holds for one learner and not for the class. `classroom exceptions`
lists all.

They lie in the gradebook. Grades are never touched; late penalties follow at once.
"""

from __future__ import annotations

import argparse
import logging
from datetime import datetime, timezone, tzinfo
from pathlib import Path

import sqlalchemy
from nbgrader.api import Gradebook

from classroom import book, late, roster, scratch, settings, when
from classroom.book import DROPPED, EXCUSED, EXTENDED, Decision
from classroom.errors import ClassroomError
from classroom.words import amount, points, unknown


class Class:
    """The class in this folder, as far as these commands need it."""

    def __init__(self, folder: Path | str = "."):
        with settings.quiet(logging.WARNING):
            self.app = settings.of_folder(folder)
        self.root, self.url = Path(self.app.coursedir.root), self.app.coursedir.db_url
        self.zone: tzinfo = when.zone_named(
            str(self.app.config.LmsCollector.get("timezone", "UTC")), "c.LmsCollector.timezone"
        )
        file = scratch.file_of(self.url)
        if file is not None and not file.exists():
            raise ClassroomError(f"There is no gradebook at {file}: make a class with `classroom start`.")
        with book.opened(self.url) as connection:
            if not sqlalchemy.inspect(connection).has_table("student"):
                raise ClassroomError(f"{file or 'The database'} is not a gradebook: `classroom doctor` says more.")
            self.learners = {learner.id: learner for learner in book.learners(connection)}
            self.due = book.assignments(connection)
            self.decisions = book.decisions(connection)

    def learner(self, typed: str) -> book.Learner:
        """A learner by id; ClassroomError with the nearest one."""
        if typed in self.learners:
            return self.learners[typed]
        names = {one.id: one.id for one in self.learners.values()}
        for one in self.learners.values():
            for other in (one.email, f"{one.first_name} {one.last_name}".strip(), one.lms_user_id):
                names.setdefault(other, one.id)
        names.pop("", None)
        raise ClassroomError(unknown("learner", typed, names))

    def assignment(self, typed: str) -> str:
        """An assignment by its name, or by what stands before the first underscore."""
        if typed in self.due:
            return typed
        short = [name for name in self.due if name.partition("_")[0] == typed]
        if len(short) != 1:
            raise ClassroomError(unknown("assignment", typed, list(self.due)))
        return short[0]

    def moment(self, utc: datetime | None) -> str:
        """A date of the gradebook's as people of the class read it."""
        if utc is None:
            return "no due date"
        return f"{utc.replace(tzinfo=timezone.utc).astimezone(self.zone):%a %Y-%m-%d %H:%M (UTC%z)}"

    def penalties(self, learner: str, assignment: str) -> list[str]:
        """Bring the late penalties of one submission up to date; what changed, in sentences."""
        with settings.quiet(logging.WARNING), book.opened(self.url) as connection:
            rows = [
                (row, wanted)
                for row, wanted in late.outdated(self.app, connection)
                if (row.learner, row.assignment) == (learner, assignment)
            ]
        late.bring_up_to_date(self.url, rows)
        if not rows:
            return []
        command = f"nbgrader generate_feedback {assignment} --force --student {learner}"
        return [
            f"  {row.notebook}: {points(row.recorded or 0.0)} taken off for being late before, {wanted or 0:g} now."
            for row, wanted in rows
        ] + [f"  The feedback page says so once it is made again: {command}"]


def who(learner: book.Learner) -> str:
    """``Ada Lovelace (s01)``."""
    name = f"{learner.first_name} {learner.last_name}".strip()
    return f"{name} ({learner.id})" if name else learner.id


def in_words(decision: Decision, of: Class) -> str:
    """What was decided, without the learner."""
    if decision.kind == EXTENDED:
        return f"{decision.assignment}: until {of.moment(decision.until)}"
    return "no longer in the class" if decision.kind == DROPPED else f"{decision.assignment}: excused"


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)


def _parser(verb: str, what: str, assignment: bool = True) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"classroom {verb}", description=what)
    parser.add_argument("learner", help="the id")
    if assignment:
        parser.add_argument("assignment", help="such as 03_activations, or 03")
        parser.add_argument("--undo", action="store_true", help="take it back")
    parser.add_argument("--why", default="", help="a word for yourselves, shown in the list of exceptions only")
    return parser


def _take_back(of: Class, learner: book.Learner, assignment: str, kind: str) -> int:
    decision = of.decisions.get((learner.id, assignment))
    if decision is None or decision.kind != kind:
        raise ClassroomError(f"{who(learner)} is not {kind} in {assignment}: nothing was changed.")
    book.undecide(of.url, decision)
    print(f"{who(learner)}: no longer {kind} in {assignment}.")
    for line in of.penalties(learner.id, assignment):
        print(line)
    return 0


def _decide(of: Class, learner: book.Learner, new: Decision) -> bool:
    """Write it, and say what it takes the place of; False if it is as before."""
    before = of.decisions.get((new.learner, new.assignment))
    if before is not None and (before.kind, before.until) == (new.kind, new.until) and new.why in ("", before.why):
        print(f"{who(learner)}, {in_words(before, of)}: as before.")
        return False
    book.decide(of.url, new)
    instead = f" (before: {in_words(before, of).partition(': ')[2]})" if before and before.kind != DROPPED else ""
    print(f"{who(learner)}, {in_words(new, of)}{instead}.")
    return True


def extend(arguments: list[str]) -> int:
    """See `classroom extend --help`."""
    parser = _parser("extend", "More time for one learner in one assignment.")
    parser.add_argument(
        "--until", help="2027-02-12 or '2027-02-12 18:00', in the class's zone; without a time the end of the day"
    )
    options = parser.parse_args(arguments)
    if bool(options.until) == options.undo:
        parser.error("give --until DATE, or --undo")
    of = Class()
    learner, name = of.learner(options.learner), of.assignment(options.assignment)
    if options.undo:
        return _take_back(of, learner, name, EXTENDED)
    until = when.moment(options.until, of.zone, "--until", due=True)
    until = until.astimezone(timezone.utc).replace(tzinfo=None)
    due = of.due[name]
    if due is None:
        raise ClassroomError(f"{name} has no due date, so nobody is late in it: nothing was changed.")
    if until <= due:
        raise ClassroomError(
            f"--until {of.moment(until)} is no extension: {name} is due {of.moment(due)} for everybody. Nothing was "
            "changed."
        )
    if _decide(of, learner, Decision(learner.id, name, EXTENDED, until, options.why, _now())):
        print(f"  Everybody else: {of.moment(due)}.")
    if until < _now():
        print("  That is in the past: it counts for what was handed in until then.")
    for line in of.penalties(learner.id, name):
        print(line)
    return 0


def excuse(arguments: list[str]) -> int:
    """See `classroom excuse --help`."""
    options = _parser("excuse", "One learner need not do one assignment.").parse_args(arguments)
    of = Class()
    learner, name = of.learner(options.learner), of.assignment(options.assignment)
    if options.undo:
        return _take_back(of, learner, name, EXCUSED)
    if _decide(of, learner, Decision(learner.id, name, EXCUSED, None, options.why, _now())):
        print("  No grade in exports (Canvas: EX), not in means, not missing. What was graded stays in the gradebook.")
    return 0


def drop(arguments: list[str]) -> int:
    """See `classroom drop --help`."""
    options = _parser(
        "drop", "One learner has left the class: grades are kept, out of means and exports.", assignment=False
    ).parse_args(arguments)
    of = Class()
    learner = of.learner(options.learner)
    if _decide(of, learner, Decision(learner.id, "", DROPPED, None, options.why, _now())):
        with book.opened(of.url) as connection:
            count = sum(one.learner == learner.id for one in book.submissions(connection))
        print(f"  {amount(count, 'submission')} and all grades stay in the gradebook, out of means and exports.")
        print(f"  Back again: classroom add {learner.id}. To delete what there is about them: classroom forget.")
    return 0


def add(arguments: list[str]) -> int:
    """See `classroom add --help`."""
    parser = _parser("add", "One learner more, or one who was dropped back again.", assignment=False)
    parser.add_argument("--first-name", default="", help="as in a roster")
    parser.add_argument("--last-name", default="")
    parser.add_argument("--email", default="")
    parser.add_argument("--lms-user-id", default="", help="what Moodle or Canvas finds them by")
    options = parser.parse_args(arguments)
    of = Class()
    if why := roster.unsafe(options.learner):
        raise ClassroomError(f"The id '{options.learner}' cannot be the name of a folder: {why}.")
    given = {name: getattr(options, name) for name in ("first_name", "last_name", "email", "lms_user_id")}
    before = of.learners.get(options.learner)
    twin = next((one for one in of.learners if one.casefold() == options.learner.casefold()), options.learner)
    if before is None and twin != options.learner:
        raise ClassroomError(f"'{twin}' is in the class, and differs in upper and lower case alone: nothing was done.")
    new = before or book.Learner(options.learner, "", "", "", "")
    new = new._replace(**{name: value for name, value in given.items() if value})
    here = {id: one for id, one in of.learners.items() if (id, "") not in of.decisions}  # a dropped id may be left
    roster.same_people(here, [new], "The command")
    if new != before:
        with Gradebook(of.url, of.app.coursedir.course_id) as gradebook:
            rest = {name: value or None for name, value in new._asdict().items() if name != "id"}
            gradebook.update_or_create_student(new.id, **rest)
    dropped = of.decisions.get((new.id, ""))
    if dropped:
        book.undecide(of.url, dropped)
    what = "is back in the class, with all grades" if dropped else "is in the class now" if before is None else ""
    print(f"{who(new)} {what or ('has changed' if new != before else 'is in the class, as before')}.")
    return 0


def listing(arguments: list[str]) -> int:
    """See `classroom exceptions --help`."""
    parser = argparse.ArgumentParser(
        prog="classroom exceptions", description="Who has more time, is excused, or has left the class."
    )
    parser.parse_args(arguments)
    of = Class()
    for decision in of.decisions.values():
        learner = of.learners.get(decision.learner, book.Learner(decision.learner, "", "", "", ""))
        why = f" ({decision.why})" if decision.why else ""
        print(f"{who(learner)}, {in_words(decision, of)}; since {decision.made:%Y-%m-%d}{why}")
    if not of.decisions:
        print("No exceptions: everybody has the same dates and assignments.")
    return 0
