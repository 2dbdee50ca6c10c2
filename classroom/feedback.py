"""`classroom feedback ASSIGNMENT --to WAY`: bring out the feedback that is new or changed, to each learner.

Without --send it says what would go to whom, and does nothing. With it, each page is made and brought out, and what
went out is written down: the same command again goes on where it was stopped, and nothing goes twice.
"""

from __future__ import annotations

import argparse
import fnmatch
import logging
import shlex
from collections import Counter
from collections.abc import Iterator

from classroom import book, pages, ways
from classroom.alone import alone, private
from classroom.assignment import Assignment
from classroom.errors import ClassroomError
from classroom.words import amount, listed, unknown

NEEDS_A_LOOK = 3  # exit status: what could go has gone
AT_A_TIME = 16  # pages that are made before they are sent


class _Plan:
    """What is to be done for whom."""

    def __init__(self, of: Assignment, way: ways.Way, students: str, even_unmarked: bool, again: bool):
        self.of, self.way = of, way
        self.record = pages.Record(of.root)
        with book.opened(of.url) as connection:
            self.roster = [one.id for one in book.learners(connection)]
        found = pages.graded(of.app, of.name)
        wanted = self._wanted(students, found)
        self.go: dict[str, pages.Graded] = {}
        self.prints: dict[str, str] = {}  # of the page and of where it goes
        self.lines: dict[str, str] = {}
        self.stuck: dict[str, str] = {}
        self.last = {} if again else self.record.last(way.name, of.name)
        self.counts: Counter = Counter()
        for learner, one in sorted(found.items()):
            if learner in wanted:
                self.lines[learner] = self._judge(learner, one, even_unmarked)
        self.absent = [learner for learner in self.roster if learner in wanted and learner not in found]

    def _wanted(self, students: str, found: dict) -> set[str]:
        everybody = {*self.roster, *found}
        wanted: set[str] = set()
        for pattern in filter(None, (one.strip() for one in students.split(","))):
            matched = {pattern} & everybody or set(fnmatch.filter(everybody, pattern))
            if not matched:
                raise ClassroomError(f"--student: {unknown('learner', pattern, sorted(everybody))}")
            wanted |= matched
        return wanted

    def _judge(self, learner: str, one: pages.Graded, even_unmarked: bool) -> str:
        if one.waits and not even_unmarked:
            self.counts["waiting"] += 1
            return f"waits: {amount(one.waits, 'answer')} not marked yet"
        try:
            address = self.way.address(learner)
        except ways.CannotGo as why:
            self.stuck[learner] = str(why)
            return f"cannot go: {why}"
        self.prints[learner] = f"{one.fingerprint} {address}"
        before = self.last.get(learner)
        if before is not None and before.fingerprint == self.prints[learner]:
            self.counts["as sent"] += 1
            return f"went out {before.at}, unchanged"
        self.go[learner] = one
        return one.points + (f", changed since {before.at}" if before else "")

    def show(self) -> None:
        """One line for each learner, and the sums."""
        wide = max(map(len, self.lines), default=0)
        for learner, line in self.lines.items():
            print(f"  {learner:{wide}}  {line}")
        parts = [f"{len(self.go)} to go out"]
        parts += [f"{self.counts['as sent']} unchanged since they went out"] if self.counts["as sent"] else []
        parts += [f"{self.counts['waiting']} waiting for a grader"] if self.counts["waiting"] else []
        parts += [f"{len(self.stuck)} cannot go this way"] if self.stuck else []
        print(f"{self.of.name}, by {self.way.name}: {', '.join(parts)}.")
        if self.absent:
            print(f"Nothing graded of {amount(len(self.absent), 'learner')}: {listed(self.absent)}.")

    # -- doing it

    def send(self) -> None:
        """Make and send what is to go; a learner whose page fails stops nobody."""
        wide = max(map(len, self.go), default=0)
        sent: dict[str, tuple[str, str]] = {}
        for learner, said, row in self._sent():
            if row is not None and self.way.at_once:
                self.record.add(self.way.name, self.of.name, {learner: row})
            if row is not None:
                sent[learner] = row
            print(f"  {learner:{wide}}  {said}", flush=True)
        said = self.way.finish()
        if sent and not self.way.at_once:
            self.record.add(self.way.name, self.of.name, sent)
        print(f"Sent to {amount(len(sent), 'learner')}.{' ' + said if sent and said else ''}")

    def _sent(self) -> Iterator[tuple[str, str, tuple[str, str] | None]]:
        """(learner, what to say, what to write down or None if nothing was sent)."""
        of, todo = self.of, list(self.go)
        log = logging.getLogger("classroom.feedback")
        log.disabled = True  # what it says is in these lines
        for start in range(0, len(todo), AT_A_TIME):
            some = todo[start : start + AT_A_TIME]
            # The exchange takes a page from where it lies; any other way takes what was read.
            with alone(private(of.root) / pages.LOCK, pages.BUSY, pages.PATIENCE):
                failed = pages.make(of.app, of.name, [self.go[learner] for learner in some], log)
                made = {learner: pages.read(of.app, of.name, learner) for learner in some if learner not in failed}
                if isinstance(self.way, ways.ToExchange):
                    yield from (self._one(learner, failed, made) for learner in some)
            if not isinstance(self.way, ways.ToExchange):
                yield from (self._one(learner, failed, made) for learner in some)

    def _one(self, learner: str, failed: dict, made: dict) -> tuple[str, str, tuple[str, str] | None]:
        if learner in failed or not made[learner]:
            self.stuck[learner] = failed.get(learner, "none was made")
            return learner, f"has no page: {self.stuck[learner]}", None
        row = (self.prints[learner], pages.digest(made[learner]))
        before = self.last.get(learner)
        address = self.prints[learner].partition(" ")[2]
        if before and (before.page, before.fingerprint.partition(" ")[2]) == (row[1], address):
            self.record.add(self.way.name, self.of.name, {learner: row})
            return learner, f"the page is as it was on {before.at}: nothing was sent", None
        try:
            self.way.send(learner, made[learner])
        except ways.CannotGo as why:
            self.stuck[learner] = str(why)
            return learner, f"could not go: {why}", None
        return learner, f"sent: {self.go[learner].points}", row


def main(arguments: list[str]) -> int:
    """See `classroom feedback --help`."""
    listing = "\n".join(f"  --to {name:16} {what}" for name, what in ways.KINDS.items())
    parser = argparse.ArgumentParser(
        prog="classroom feedback",
        description=f"{__doc__}\n{listing}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("assignment")
    parser.add_argument("--to", nargs="+", required=True, metavar="WAY", help="how it reaches learners: see above")
    parser.add_argument("--send", action="store_true", help="do it; without this, nothing is made and nothing is sent")
    parser.add_argument("--student", default="*", help="only these: ids or patterns, separated by commas")
    parser.add_argument(
        "--even-unmarked",
        action="store_true",
        help="also to learners of whom a written answer is not marked yet; the page says what still waits",
    )
    parser.add_argument("--again", action="store_true", help="also what went out before and has not changed")
    parser.add_argument("--worksheet", help="for Moodle: its grading worksheet, with the numbers of participants")
    options = parser.parse_args(arguments)
    of = Assignment(".", options.assignment)
    way = ways.chosen(options.to, of.app, of.name, options.worksheet)
    refusal = "Another `classroom feedback` is running in this class: wait for it to end, then run this again."
    try:
        if not options.send:
            plan = _Plan(of, way, options.student, options.even_unmarked, options.again)
            plan.show()
            print(f"Nothing was sent. To do it: classroom feedback {_again(arguments)} --send")
            return NEEDS_A_LOOK if plan.stuck else 0
        with alone(private(of.root) / "feedback.lock", refusal):
            plan = _Plan(of, way, options.student, options.even_unmarked, options.again)
            plan.show()
            if plan.go:
                plan.send()
            else:
                print("Nothing to send.")
        return NEEDS_A_LOOK if plan.stuck else 0
    except KeyboardInterrupt:
        raise ClassroomError(
            "Stopped. Whoever has a line that says sent is served; the same command goes on."
            if way.at_once
            else "Stopped. Nothing was written; the same command begins again."
        ) from None
    finally:
        way.close()


def _again(arguments: list[str]) -> str:
    """The command line as one would type it."""
    return shlex.join(arguments)
