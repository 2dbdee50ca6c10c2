"""One submission from the exchange to its feedback: what each lane of `classroom watch` does."""

from __future__ import annotations

import errno
import glob
import logging
import math
import os
import re
import sqlite3
import stat
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.auth import Authenticator
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError
from sqlalchemy.exc import SQLAlchemyError

from classroom import book, pages, scratch
from classroom.alone import alone, private
from classroom.assignment import when_submitted
from classroom.watch_state import BEGUN, FAILED, GRADED, NOT_OURS, OUT, WITHHELD, State
from proctor.plugin import access, folders
from proctor.plugin.converter import ProctorAutograde
from proctor.plugin.exchange import ProctorCollect
from proctor.plugin.pool import NoScheduler, Pool

ATTEMPTS = 3  # after so many beginnings without an end, a submission waits for a person
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE)
_DISK_SAID = tuple(os.strerror(number) for number in DISK)
A_DAY = 86400
SHOWN = 400  # letters of what is said about one submission
Key = tuple[str, str]  # assignment, learner


class Trouble(Exception):
    """Of the gradebook, the disk or the exchange, not of one submission: it passes, and one waits for that."""


@dataclass
class Item:
    """What one learner has handed in for one assignment, as far as it is to be looked at.

    Attributes
    ----------
    inbound : dict
        Complete folders of inbound/ that are new: name -> ctime in nanoseconds.
    not_before : float
        In seconds since 1970.
    troubles : int
        How often it met `Trouble`.
    """

    key: Key
    inbound: dict[str, int] = field(default_factory=dict)
    since: float = field(default_factory=time.monotonic)
    not_before: float = 0.0
    troubles: int = 0


@dataclass
class Done:
    """What became of an item. `line` is for the log; `trouble` asks to wait, `later` to come again in that many
    seconds.
    """

    item: Item
    line: str = ""
    trouble: str = ""
    later: float = 0.0
    seconds: float = 0.0
    failed: bool = False
    others: list[str] = field(default_factory=list)  # lines about what else lay in inbound/


class _Lines(logging.Handler):
    """Keeps the warnings of one run."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if len(self.lines) < 100:
            self.lines.append(folders.printable(record.getMessage()))


class _Collect(ProctorCollect):
    """`nbgrader collect` for one learner, of complete folders alone."""

    complete: frozenset[str] = frozenset()

    def is_complete(self, name: str) -> bool:
        return name in self.complete


def signature(folder: str) -> str:
    """What lies in a folder, by names, sizes and times: another one is another submission."""
    found: list[str] = []
    left = [(folder, "")]
    while left and len(found) < 5000:
        place, inner = left.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                about = entry.stat(follow_symlinks=False)
                name = f"{inner}{entry.name}"
                if stat.S_ISDIR(about.st_mode):
                    left.append((entry.path, f"{name}/"))
                found.append(f"{name}\0{about.st_size}\0{about.st_mtime_ns}")
    return pages.digest({"": "\0\0".join(sorted(found)).encode("utf-8", "surrogateescape")})


def trouble_of(error: BaseException, url: str) -> str:
    """One sentence if this is the trouble of all, not of one submission; else ""."""
    if isinstance(error, SQLAlchemyError):
        return access.sentence(error, url)
    if isinstance(error, sqlite3.Error):
        return f"What is remembered in .classroom/ cannot be written: {error}."
    if isinstance(error, Trouble | access.GradebookUnusable | NoScheduler | ExchangeError):
        return str(error)
    if isinstance(error, OSError) and error.errno in DISK:
        return f"{error.strerror}: {error.filename or 'the class'} cannot be written."
    return ""


class Lane:
    """Takes one item after the other, with workers of its own that stay.

    Parameters
    ----------
    app : NbGrader
        From `settings.of_folder`.
    state : State
    tries : int
        Submissions with feedback before the due date; 0 for any number.
    number : int
    """

    def __init__(self, app: NbGrader, state: State, tries: int, number: int):
        self.app, self.state, self.tries = app, state, tries
        self.pool = Pool(1)
        self.record = pages.Record(app.coursedir.root)
        self.lines = _Lines()
        self.log = logging.getLogger(f"classroom.watch.{number}")
        self.log.propagate = False
        self.log.setLevel(logging.INFO)
        self.log.handlers = [self.lines]

    def serve(self, item: Item) -> Done:
        """Do all that is to be done, and say it in a line; never raises."""
        begin = time.monotonic()
        self.lines.lines.clear()
        try:
            done = self._serve(item)
        except Exception as error:
            self.log.debug("%s", item.key, exc_info=True)
            trouble = trouble_of(error, self.app.coursedir.db_url)
            done = Done(item, trouble=trouble) if trouble else self._broken(item, error)
        if done.trouble or done.later:
            self.state.relent(item.key)
        done.seconds = time.monotonic() - begin
        return done

    def _broken(self, item: Item, error: Exception) -> Done:
        why = f"{type(error).__name__}: {error}"
        try:
            self._finish(item, FAILED)
        except Exception as worse:  # the disk, say: the same again later
            trouble = trouble_of(worse, self.app.coursedir.db_url)
            if trouble:
                return Done(item, trouble=trouble)
            self.state.inbound.update(item.inbound)
        return Done(item, f"not graded ({why}); run nbgrader autograde, which says more", failed=True)

    def _serve(self, item: Item) -> Done:
        self._assert_gradebook()
        assignment, learner = item.key
        others = self._collect(item) if item.inbound else []
        place = self._place(item.key)
        if not os.path.isdir(place):
            self.state.dealt_with(item.inbound)
            return Done(item, others=others)
        print_ = signature(place)
        before = self.state.rows.get(item.key)
        state = before.state if before is not None and before.signature == print_ else ""  # of this very submission
        recorded = self._recorded(assignment)
        if state == FAILED or state in (OUT, NOT_OURS) and learner in recorded:
            self.state.dealt_with(item.inbound)
            return Done(item, others=others)
        if before is not None and state in (GRADED, WITHHELD) and learner in recorded:
            return self._feedback(item, print_, before.tries, others)
        if state != BEGUN and self._is_graded(item.key, recorded):
            self.state.finish(item.key, print_, NOT_OURS, item.inbound)
            return Done(item, others=others)
        if self.state.begin(item.key, print_) > ATTEMPTS:
            self.state.finish(item.key, print_, FAILED, item.inbound)
            why = f"not graded: begun {ATTEMPTS} times without an end; run nbgrader autograde {assignment} by hand"
            return Done(item, why, failed=True, others=others)
        summary = self._autograde(item)
        if learner in summary.failed:
            self.state.finish(item.key, print_, FAILED, item.inbound)
            return Done(item, f"not graded: {_joined(summary.failed[learner])}", failed=True, others=others)
        if summary.others:
            return Done(item, later=5.0, others=others)
        if not summary.graded and state != BEGUN:  # somebody else was faster
            self.state.finish(item.key, print_, NOT_OURS, item.inbound)
            return Done(item, others=others)
        tries = self.state.graded(item.key, counts=state in ("", BEGUN))  # else the gradebook had lost it
        return self._feedback(item, print_, tries, others, summary.looks.get(learner, []))

    def _assert_gradebook(self) -> None:
        path = scratch.file_of(self.app.coursedir.db_url)
        if path is not None and not path.exists():  # nbgrader would make an empty one
            raise Trouble(f"There is no gradebook at {path}.")

    def _course(self, key: Key) -> CourseDirectory:
        return CourseDirectory(parent=self.app, assignment_id=key[0], student_id=glob.escape(key[1]))

    def _place(self, key: Key) -> str:
        course = self.app.coursedir
        return course.format_path(course.submitted_directory, key[1], key[0])

    def _recorded(self, assignment: str) -> dict[str, datetime | None]:
        with book.opened(self.app.coursedir.db_url) as connection:
            return book.times(connection, assignment)

    def _is_graded(self, key: Key, recorded: dict) -> bool:
        """Whether this very submission is in the gradebook already, graded by another command."""
        assignment, learner = key
        course = self.app.coursedir
        graded = course.format_path(course.autograded_directory, learner, assignment)
        if learner not in recorded or not os.path.isdir(graded):
            return False
        when = when_submitted(self.app, Path(self._place(key)), learner, assignment)
        newer = when is not None and recorded[learner] is not None and when > recorded[learner]
        return not newer and not folders.is_replaced(self._place(key), graded, course.ignore)

    def _finish(self, item: Item, state: str) -> None:
        place = self._place(item.key)
        if os.path.isdir(place):
            self.state.finish(item.key, signature(place), state, item.inbound)
        else:
            self.state.dealt_with(item.inbound)

    # -- the steps

    def _collect(self, item: Item) -> list[str]:
        """Into submitted/; what was refused, in lines."""
        course = self._course(item.key)
        collector = _Collect(
            coursedir=course, authenticator=Authenticator(parent=self.app), parent=self.app, log=self.log
        )
        collector.complete, collector.update = frozenset({*item.inbound, *self.state.inbound}), True
        collector.start()
        said, self.lines.lines = self.lines.lines, []
        full = [line for line in said if any(word in line for word in _DISK_SAID)]
        if full:
            raise Trouble(f"A submission could not be collected: {full[0]}")
        said = [line for line in said if not line.startswith("No submissions of")]
        return [re.sub(r"^\d+ submissions belong", "Submissions belong", line) for line in said]

    def _autograde(self, item: Item):
        converter = ProctorAutograde(coursedir=self._course(item.key), parent=self.app, log=self.log)
        converter.force, converter.pool = False, self.pool  # type: ignore[assignment]
        try:
            converter.start()
        except NbGraderException as error:
            if item.key[1] not in getattr(getattr(converter, "summary", None), "failed", {}):
                raise Trouble(str(error)) from error
        return converter.summary

    def _feedback(self, item: Item, print_: str, tries: int, others: list[str], looks: list[str] | None = None) -> Done:
        """What the tests say, to the learner; or a line that it waits."""
        assignment, learner = item.key
        marks = pages.automatic(self.app, assignment, learner)
        of = pages.graded_as(self.app, assignment, learner, marks)
        with book.opened(self.app.coursedir.db_url) as connection:
            due, extension = book.due_of(connection, assignment, learner)
            when = book.times(connection, assignment).get(learner)
        if due is not None and extension is not None:
            due += extension
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        counted = f"try {tries}" + (f" of {self.tries}" if self.tries else "")
        look = f"; look: {_joined(looks)}" if looks else ""
        if self.tries and tries > self.tries and (due is None or now < due):
            self.state.finish(item.key, print_, WITHHELD, item.inbound)
            until = f"until {due:%Y-%m-%d %H:%M} UTC" if due else "for `classroom feedback`"
            return Done(item, f"{of.points} by tests, {counted}, feedback waits {until}{look}", others=others)
        with alone(private(self.app.coursedir.root) / pages.LOCK, pages.BUSY, pages.PATIENCE):
            failed = pages.make(self.app, assignment, [of], self.log, self.pool)
            if any(word in why for why in failed.values() for word in _DISK_SAID):
                raise Trouble(f"A feedback page could not be written: {failed[learner]}")
            sent = "" if failed else self._release(item.key, of)
        self.state.finish(item.key, print_, FAILED if failed else OUT, item.inbound)
        waited = self._since(when) if when is not None else math.inf
        after = f" after {waited:.1f} s" if waited < A_DAY else ""
        out = f"no feedback: {_joined(list(failed.values()))}" if failed else f"{sent}{after}"
        return Done(item, f"{of.points} by tests, {counted}, {out}{look}", failed=bool(failed), others=others)

    @staticmethod
    def _since(when: datetime) -> float:
        return max(0.0, time.time() - when.replace(tzinfo=timezone.utc).timestamp())

    def _release(self, key: Key, of: pages.Graded) -> str:
        """Through the exchange, where the submission came that way; what was done."""
        assignment, learner = key
        secret = pages.secret(self.app, assignment, learner)
        if not secret or not os.path.isdir(os.path.join(exchange_root(self.app), self.app.coursedir.course_id)):
            return "feedback in feedback/"
        try:
            pages.exchange_of(self.app, assignment, learner, self.log)()
        except OSError as error:
            raise Trouble(f"The exchange cannot be written: {error.strerror or error}.") from error
        made = pages.digest(pages.read(self.app, assignment, learner))
        self.record.add("exchange", assignment, {learner: (f"{of.fingerprint} {pages.hidden(secret)}", made)})
        return "feedback out"


def exchange_root(app: NbGrader) -> str:
    """The folder of the exchange, as the configuration has it."""
    from nbgrader.exchange.default.exchange import Exchange

    return str(Exchange(coursedir=app.coursedir, parent=app).root)


def _joined(sentences: list[str]) -> str:
    text = " ".join(dict.fromkeys(folders.printable(one) for one in sentences))
    return text if len(text) <= SHOWN else text[: SHOWN - 4] + " ..."
