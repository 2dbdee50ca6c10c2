"""nbgrader's exchange, read by a grader who trusts nobody who may write to it: collect, list --inbound,
release_feedback.

A learner owns the folder that they hand in, and may put anything there under any name, at any time. So no link is
followed, nothing is
opened but plain files that belong to the folder's owner, the owner must be the learner whose name the folder bears, and
the time is the
disk's (ctime), which no user can set. `install` puts the three classes in place of nbgrader's.
"""

from __future__ import annotations

import contextlib
import errno
import fnmatch
import functools
import glob
import hashlib
import json
import os
import re
import shutil
import stat
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.exchange.default import ExchangeCollect, ExchangeList, ExchangeReleaseFeedback
from traitlets import Enum, Integer

from . import received
from .folders import read_plain_file, shown

if TYPE_CHECKING:
    from traitlets.config import Config

STAMP, SECRET = "timestamp.txt", "submission_secret.txt"
WHILE_COPYING = timedelta(
    minutes=1
)  # `nbgrader submit` takes the time, then copies: so much earlier than the disk says is believed
MAX_DEPTH = 10
MAX_SEEN = 50_000  # entries of a submission that are looked at, taken or not
SHOWN = 10  # files left out that are listed, of one submission


def install(c: Config) -> None:
    """Set the classes in a configuration, where the course has not chosen its own exchange."""
    if "exchange" in c.ExchangeFactory:
        return
    for name, one in (
        ("collect", "ProctorCollect"),
        ("list", "ProctorList"),
        ("release_feedback", "ProctorReleaseFeedback"),
    ):
        if name not in c.ExchangeFactory:
            c.ExchangeFactory[name] = f"proctor.plugin.exchange.{one}"


class Refused(Exception):
    """Why a submission, or a file in it, is not taken."""


# -- reading a submission


@dataclass
class Contents:
    """What was read of one submission.

    Attributes
    ----------
    digest : str
        Of all names and contents, whatever the times are.
    changed : int
        The newest ctime of all that was read, in nanoseconds.
    claimed : bytes
        What the learner's timestamp.txt says.
    left_out : list of str
        What was not taken, and why.
    """

    digest: str = ""
    changed: int = 0
    claimed: bytes = b""
    left_out: list = field(default_factory=list)


@dataclass
class _Bounds:
    files: int
    bytes: int
    file_bytes: int
    ignore: list
    include: list


class _Walk:
    """One pass through a submission, by handles: a name that is swapped for a link meanwhile leads nowhere."""

    def __init__(self, root: int, bounds: _Bounds, first: list, target: str | None = None):
        self.about = os.fstat(root)
        self.bounds, self.target = bounds, target
        self.files, self.bytes, self.seen = bounds.files, bounds.bytes, 0
        self.digests: dict[str, str] = {}
        self.full: Counter = Counter()
        self.contents = Contents(changed=self.about.st_ctime_ns)
        done = {STAMP, *first, SECRET, received.RECORD}
        for name in (STAMP, *first, SECRET):  # what counts comes first, so that nothing can push it out
            self._entry(root, name, "", 0, expected=True)
        self._folder(root, "", 0, done)
        # Once more: what was changed while it was read was handed in when it was changed.
        self.contents.changed = max(self.contents.changed, os.fstat(root).st_ctime_ns)
        for why, count in self.full.items():
            self.contents.left_out.append(f"{count} files left out: {why}")
        listing = "".join(f"{name}\0{digest}\0" for name, digest in sorted(self.digests.items()))
        self.contents.digest = hashlib.sha256(listing.encode()).hexdigest()

    def _folder(self, folder: int, path: str, depth: int, done=frozenset()):
        names = []
        with os.scandir(folder) as entries:
            for entry in entries:
                self.seen += 1
                if self.seen > MAX_SEEN:
                    self.full[f"there are more than {MAX_SEEN} entries"] += 1
                    break
                names.append(entry.name)
        for name in sorted(names):
            if name not in done:
                self._entry(folder, name, path, depth)

    def _entry(self, folder: int, name: str, path: str, depth: int, expected: bool = False):
        inner = f"{path}/{name}" if path else name
        if any(fnmatch.fnmatch(name, pattern) for pattern in self.bounds.ignore):
            return
        handle = None
        try:
            _assert_plain(name)
            about = os.stat(
                name, dir_fd=folder, follow_symlinks=False
            )  # before opening: opening a device may have effects
            self._assert_owned(about)
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
            about = os.fstat(handle)
            self._assert_owned(about)
            self.contents.changed = max(self.contents.changed, about.st_ctime_ns)
            if stat.S_ISDIR(about.st_mode):
                if depth >= MAX_DEPTH:
                    raise Refused(f"deeper than {MAX_DEPTH} folders")
                self._folder(handle, inner, depth + 1)
            else:
                self._file(handle, about, name, inner)
            self.contents.changed = max(self.contents.changed, os.fstat(handle).st_ctime_ns)
        except Refused as why:
            self.contents.left_out.append(f"{shown(inner)} left out: {why}")
        except OSError as error:
            if not (expected and error.errno == errno.ENOENT):
                self.contents.left_out.append(f"{shown(inner)} left out: {error.strerror}")
        finally:
            if handle is not None:
                os.close(handle)

    def _assert_owned(self, about: os.stat_result):
        if stat.S_ISLNK(about.st_mode):
            raise Refused("a link")
        if not stat.S_ISREG(about.st_mode) and not stat.S_ISDIR(about.st_mode):
            raise Refused("no plain file")
        if about.st_uid != self.about.st_uid:
            raise Refused(f"belongs to {account(about.st_uid)}")
        if about.st_dev != self.about.st_dev:
            raise Refused("on another disk")

    def _file(self, handle: int, about: os.stat_result, name: str, inner: str):
        if inner == STAMP:
            self.contents.claimed = os.read(handle, 256)
            return
        if not any(fnmatch.fnmatch(name, pattern) for pattern in self.bounds.include):
            return
        limit = min(self.bytes, self.bounds.file_bytes or self.bytes)
        if self.bounds.file_bytes and about.st_size > self.bounds.file_bytes:
            raise Refused(f"{about.st_size / 1e6:,.0f} MB")
        if self.files <= 0 or about.st_size > limit:
            self.full[
                f"there are more than {self.bounds.files} files"
                if self.files <= 0
                else f"it has more than {self.bounds.bytes / 1e6:,.0f} MB"
            ] += 1
            return
        self.files -= 1
        target = os.path.join(self.target, *inner.split("/")) if self.target else os.devnull
        if self.target:
            os.makedirs(os.path.dirname(target), exist_ok=True)
        digest, taken = hashlib.sha256(), 0
        with open(target, "wb") as copy:
            while chunk := os.read(handle, min(1 << 20, limit + 1 - taken)):
                taken += len(chunk)
                if taken > limit:  # it grows while it is read
                    break
                digest.update(chunk)
                copy.write(chunk)
        self.bytes -= taken
        if taken > limit:
            if self.target:
                os.remove(target)
            raise Refused("it grew while it was read")
        self.digests[inner] = digest.hexdigest()


def _assert_plain(name: str):
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise Refused("a name that is not UTF-8") from None
    if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in name) or "\\" in name:
        raise Refused("an odd name")


@functools.cache
def account(uid: int) -> str:
    """The name of an account, or its number."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"account number {uid}"


# -- when


class Ledger:
    """What this class has seen in the exchange, and when, so that a copy restored from a backup, or a chmod, makes
    nobody late.

    It knows a submission by its contents: name of the folder -> [digest, time that counts].
    """

    def __init__(self, root: str, course_id: str, shared: bool):
        self.shared = shared
        self.path = Path(root) / ".proctor" / f"exchange-{course_id}.json"
        self.seen: dict[str, list] = {}

    @contextlib.contextmanager
    def held(self) -> Iterator[Ledger]:
        """Read, and write in the end; one collector at a time, formgrader's button or the command."""
        import fcntl

        self.path.parent.mkdir(mode=0o770 if self.shared else 0o700, exist_ok=True)
        with open(self.path.with_suffix(".lock"), "a") as lock:
            with contextlib.suppress(OSError):  # a disk without locks
                fcntl.flock(lock, fcntl.LOCK_EX)
            with contextlib.suppress(FileNotFoundError, ValueError):
                self.seen = json.loads(self.path.read_text(encoding="utf-8"))
            try:
                yield self
            finally:
                part = self.path.with_suffix(".part")
                part.write_text(json.dumps(self.seen, indent=0, sort_keys=True), encoding="utf-8")
                part.replace(self.path)

    def first(self, name: str, contents: Contents, when: datetime) -> datetime:
        """The time that counts: that of the first sight, if it is still the same submission."""
        digest, before = self.seen.get(name) or ("", "")
        if digest == contents.digest:
            when = datetime.fromisoformat(before)
        self.seen[name] = [contents.digest, when.isoformat()]
        return when


def _utc(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds // 1000 / 1e6, timezone.utc).replace(tzinfo=None)


# -- collect


class ProctorCollect(ExchangeCollect):
    """`nbgrader collect`, and formgrader's button."""

    max_files = Integer(
        2000, min=1, help="Files of one submission; what is beyond is left out, the notebooks last."
    ).tag(config=True)

    max_submissions = Integer(
        50, min=1, help="Of one learner for one assignment; the older ones beyond are not looked at."
    ).tag(config=True)

    times = Enum(
        ["disk", "claimed"],
        "disk",
        help="disk: when a submission came to this disk, or was first seen here. claimed: what its timestamp.txt "
        "says, for one run after the "
        "exchange was moved or restored before anything had been collected.",
    ).tag(config=True)

    def start(self) -> None:
        """See nbgrader; one collector at a time in a class."""
        if not hasattr(os, "O_NOFOLLOW"):
            self.fail("Collecting from the exchange needs a system like Linux or macOS.")
        self._refusals: dict = defaultdict(list)
        with Ledger(
            self.coursedir.root, self.coursedir.course_id or "course", self.coursedir.groupshared
        ).held() as self.ledger:
            try:
                super().start()
            finally:
                self._report()

    def init_src(self) -> None:
        """Choose one submission of each learner."""
        if self.coursedir.course_id == "":
            self.fail("No course id specified. Re-run with --course flag.")
        self.course_path = os.path.join(self.root, self.coursedir.course_id)
        self.inbound_path = os.path.join(self.course_path, "inbound")
        if not os.path.isdir(self.inbound_path):
            self.fail(f"Course not found: {self.inbound_path}")
        try:
            self._inbound = os.open(self.inbound_path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:
            self.fail(f"You don't have read permissions for the directory: {self.inbound_path}")
        try:
            self._init_bounds()
            found = self._candidates()
            duedate = self._duedate()
            self.src_records = []
            for records in found.values():
                records.sort(key=lambda record: record["timestamp"], reverse=True)
                early = [record for record in records if duedate is not None and record["timestamp"] <= duedate]
                self.src_records.append(early[0] if self.before_duedate and early else records[0])
            self.src_records.sort(key=lambda record: record["username"])
        except BaseException:
            os.close(self._inbound)
            raise

    def _init_bounds(self):
        course = self.coursedir
        self.bounds = _Bounds(
            self.max_files,
            1000 * course.max_dir_size,
            1000 * (course.max_file_size or 0),
            course.ignore,
            course.include,
        )
        released = course.format_path(course.release_directory, ".", course.assignment_id)
        self.first = sorted(
            os.path.basename(path) for path in glob.glob(os.path.join(glob.escape(released), "*.ipynb"))
        )

    def _duedate(self):
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                return gradebook.find_assignment(self.coursedir.assignment_id).duedate
            except MissingEntry:
                return None

    def _candidates(self) -> dict:
        """Learner -> records of what may be theirs, each with the time that counts."""
        assignment = re.escape(self.coursedir.assignment_id)
        pattern = re.compile(rf"(?P<username>[^\x00-\x1f]+?)\+{assignment}\+[^+]*(\+[^+]*)?")
        wanted = self.coursedir.student_id or "*"
        owned = defaultdict(list)
        with os.scandir(self._inbound) as entries:
            for entry in entries:
                name = entry.name
                if f"+{self.coursedir.assignment_id}+" not in name or not fnmatch.fnmatch(
                    name, f"{wanted}+{self.coursedir.assignment_id}+*"
                ):
                    continue
                if not self.is_complete(name):
                    continue
                try:
                    about = os.stat(name, dir_fd=self._inbound, follow_symlinks=False)
                    owner = account(about.st_uid)
                    try:
                        username = self._username(name, pattern.fullmatch(name), about)
                    except Refused as why:
                        self._refuse(owner, name, why)
                        continue
                except OSError as error:
                    self._refuse("?", name, error.strerror)
                    continue
                owned[username].append((about.st_ctime_ns, name))
        found = {}
        for username, folders in sorted(owned.items()):
            folders.sort(reverse=True)
            if len(folders) > self.max_submissions:
                self._refuse(
                    username,
                    folders[-1][1],
                    f"{username} has handed in {len(folders)} times; only the newest {self.max_submissions} are "
                    "looked at",
                )
            records = [
                record for _, name in folders[: self.max_submissions] if (record := self._record(username, name))
            ]
            if records:
                found[username] = records
        return found

    def is_complete(self, name: str) -> bool:
        """Whether a folder of inbound/ is looked at; one that collects all the time leaves out what is still being
        copied.
        """
        return True

    def _username(self, name: str, match, about: os.stat_result) -> str:
        _assert_plain(name)
        if match is None or match["username"].startswith(".") or "/" in match["username"]:
            raise Refused("an odd name")
        if not stat.S_ISDIR(about.st_mode):
            raise Refused("a link" if stat.S_ISLNK(about.st_mode) else "not a folder")
        username, owner = match["username"], account(about.st_uid)
        if self.check_owner and username != owner:
            # Only the grader can have made what belongs to the grader: trying out, or a system on which all share one
            # account.
            if about.st_uid != os.geteuid():
                raise Refused(f"is named {shown(username)} but belongs to {owner}")
            self._unchecked = getattr(self, "_unchecked", 0) + 1
        return username

    def _open(self, name: str, username: str) -> int:
        root = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._inbound)
        about = os.fstat(root)
        if (
            self.check_owner
            and account(about.st_uid) != username
            and about.st_uid != os.geteuid()
            or about.st_dev != os.fstat(self._inbound).st_dev
        ):
            os.close(root)
            raise Refused("was replaced while it was read")
        return root

    def _record(self, username: str, name: str) -> dict | None:
        try:
            contents = self._read(name, username)
        except (Refused, OSError) as why:
            self._refuse(username, name, getattr(why, "strerror", None) or why)
            return None
        return {"username": username, "filename": name, "timestamp": self._when(name, username, contents)}

    def _read(self, name: str, username: str, target: str | None = None) -> Contents:
        root = self._open(name, username)
        try:
            return _Walk(root, self.bounds, self.first, target).contents
        finally:
            os.close(root)

    def _when(self, name: str, username: str, contents: Contents) -> datetime:
        disk = _utc(contents.changed)
        claimed = _claimed(contents.claimed, contents.changed / 1e9)
        when = disk
        if claimed is not None and (self.times == "claimed" or disk - WHILE_COPYING <= claimed <= disk):
            when = claimed
        elif (before := self._collected(username, contents)) is not None:
            when = before  # collected before there was a ledger
        return self.ledger.first(name, contents, when)

    def _place(self, username: str) -> str:
        return self.coursedir.format_path(self.coursedir.submitted_directory, username, self.coursedir.assignment_id)

    def _collected(self, username: str, contents: Contents) -> datetime | None:
        """The time of what is in submitted/, if that is this very submission, down to the secret of `nbgrader
        submit`.
        """
        place = self._place(username)
        try:
            root = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            return None
        try:
            there = _Walk(root, self.bounds, self.first).contents
        finally:
            os.close(root)
        return _claimed(there.claimed) if there.digest == contents.digest else None

    def copy_files(self) -> None:
        """Into submitted/, each separately: one that cannot be read stops nobody."""
        assignment = self.coursedir.assignment_id
        try:
            if not self.src_records:
                self.log.warning(
                    "No submissions of '%s' for course '%s' to collect", assignment, self.coursedir.course_id
                )
            else:
                self.log.info(
                    "Processing %d submissions of '%s' for course '%s'",
                    len(self.src_records),
                    assignment,
                    self.coursedir.course_id,
                )
            for record in self.src_records:
                try:
                    self._collect(record)
                except (Refused, OSError) as why:
                    self._refuse(record["username"], record["filename"], getattr(why, "strerror", None) or why)
        finally:
            os.close(self._inbound)

    def _collect(self, record: dict):
        username, assignment = record["username"], self.coursedir.assignment_id
        place = self._place(username)
        there = os.path.isdir(place)
        if there:
            existing = _claimed(_bytes(read_plain_file(os.path.join(place, STAMP), 256)))
            newer = existing is None or record["timestamp"] > existing
            if not (self.update and newer or self.before_duedate and existing != record["timestamp"]):
                say = (
                    "No newer submission to collect"
                    if self.update
                    else "Submission already exists, use --update to update"
                )
                self.log.info("%s: %s %s", say, username, assignment)
                return
        self.log.info("%s submission: %s %s", "Updating" if there else "Collecting", username, assignment)
        part = os.path.join(os.path.dirname(place), f".{os.path.basename(place)}.{uuid.uuid4().hex}.part")
        try:
            os.makedirs(part)
            contents = self._read(record["filename"], username, part)
            when = self._when(record["filename"], username, contents)
            if not os.path.lexists(os.path.join(part, SECRET)):  # `nbgrader release_feedback` stops without one
                Path(part, SECRET).write_text(uuid.uuid4().hex, encoding="utf-8")
            stamp(part, when)
            received.record(part, username, assignment, when, self.coursedir.root, self.coursedir.groupshared)
            if self.coursedir.groupshared:
                _share(part)
            if there:
                shutil.rmtree(place)
            os.rename(part, place)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        for line in contents.left_out[:SHOWN]:
            self._refuse(username, record["filename"], line)
        if len(contents.left_out) > SHOWN:
            self._refuse(username, record["filename"], f"and {len(contents.left_out) - SHOWN} more files left out")
        claimed = _claimed(contents.claimed, contents.changed / 1e9)
        if claimed is None or abs(claimed - when) > WHILE_COPYING:
            says = f"says {claimed:%Y-%m-%d %H:%M:%S} UTC" if claimed is not None else "holds no date"
            self._refuse(
                username,
                record["filename"],
                f"its timestamp.txt {says}; it came at {when:%Y-%m-%d %H:%M:%S} UTC, which counts",
            )

    def _refuse(self, who: str, name: str, why):
        self._refusals[who].append(f"{shown(name)}: {why}")

    def _report(self):
        for _, lines in sorted(self._refusals.items()):
            for line in lines[: 4 * SHOWN]:
                self.log.warning("%s", line)
            if len(lines) > 4 * SHOWN:
                self.log.warning("... and %d more lines about the same account", len(lines) - 4 * SHOWN)
        if unchecked := getattr(self, "_unchecked", 0):
            self.log.warning(
                "%d submissions belong to your own account (%s): whose they are is believed as their names say.",
                unchecked,
                account(os.geteuid()),
            )


def stamp(place: str, when: datetime) -> None:
    """Write timestamp.txt with a file time that agrees."""
    path = os.path.join(place, STAMP)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{when:%Y-%m-%d %H:%M:%S.%f} UTC")
    seconds = when.replace(tzinfo=timezone.utc).timestamp()
    os.utime(path, (seconds, seconds))


def _bytes(content) -> bytes:
    return content if isinstance(content, bytes) else b""


def _claimed(text: bytes, near: float | None = None) -> datetime | None:
    return received.read_time(text.decode("utf-8", "replace").strip(), near)


def _share(root: str):
    for directory, _, files in os.walk(root):
        os.chmod(directory, 0o2770 | stat.S_IMODE(os.lstat(directory).st_mode))
        for name in files:
            path = os.path.join(directory, name)
            os.chmod(path, 0o660 | stat.S_IMODE(os.lstat(path).st_mode))


# -- list --inbound


class ProctorList(ExchangeList):
    """`nbgrader list`; of inbound/, only folders whose name nbgrader understands, and no link or pipe in the place
    of a file.
    """

    def init_dest(self) -> None:
        """See nbgrader."""
        super().init_dest()
        if self.inbound:
            kept = []
            for path in self.assignments:  # type: ignore[has-type]
                why = _unlistable(path)
                if why:
                    self.log.warning("%s: %s, left out", shown(os.path.basename(path)), why)
                else:
                    kept.append(path)
            self.assignments = kept


def _unlistable(path: str) -> str:
    name = os.path.basename(path)
    if not all(letter.isprintable() for letter in name) or name.count("+") not in (2, 3):
        return "an odd name"
    if os.path.islink(path) or not os.path.isdir(path):
        return "not a folder"
    for inner in [SECRET, *(os.path.basename(one) for one in glob.glob(os.path.join(glob.escape(path), "*.ipynb")))]:
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG(os.lstat(os.path.join(path, inner)).st_mode):
                return f"{shown(inner)} is not a plain file"
    return ""


# -- release_feedback


class ProctorReleaseFeedback(ExchangeReleaseFeedback):
    """`nbgrader release_feedback`: a submission that did not come by `nbgrader submit` has no secret, and stops
    nobody else's page.
    """

    def copy_files(self) -> None:
        """See nbgrader."""
        everybody = self.src_path  # type: ignore[has-type]
        for folder in sorted(glob.glob(everybody)):
            lacks = [
                name
                for name in (STAMP, SECRET)
                if not isinstance(read_plain_file(os.path.join(folder, name), 4096), bytes)
            ]
            if lacks:
                self.log.warning(
                    "%s: no %s, so that it was not handed in by `nbgrader submit`; its feedback cannot go back "
                    "through the exchange.",
                    os.path.relpath(folder, self.coursedir.root),
                    " and no ".join(lacks),
                )
                continue
            self.src_path = glob.escape(folder)
            super().copy_files()
        self.src_path = everybody
