"""`classroom collect ASSIGNMENT DOWNLOAD`: submissions from Moodle's or Canvas's download, or a folder of <id>.ipynb
and <id>.zip.

nbgrader's own zip_collect does the work, with an extractor that trusts no archive and a collector that knows the
roster; with `install` in
nbgrader_config.py, `nbgrader zip_collect` does the same. Nothing is deleted: an older submission moves to
downloaded/<assignment>/older/.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import filecmp
import os
import re
import shutil
import sys
import unicodedata
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from nbgrader.apps.zipcollectapp import ZipCollectApp
from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from nbgrader.utils import parse_utc, rmtree
from traitlets import Dict, Integer, Unicode

from classroom import book, roster, when
from classroom.errors import ClassroomError
from classroom.exports import sheet
from classroom.unzip import CUT, TWO_NAMES, Refused, printable, unpack
from classroom.words import unknown as unknown_name
from proctor.plugin import received
from proctor.plugin.folders import holds_a_notebook

if TYPE_CHECKING:
    from traitlets.config import Config

# Canvas: name, LATE, user, number of the file, its name. Moodle: name, number of the participant, then a folder or the
# rest of the file's name.
CANVAS = re.compile(r"(?P<name>.+?)_(?P<late>LATE_)?(?P<user>\d+)_(?P<number>\d+)_(?P<file>.+)")
CANVAS_ANONYMOUS = re.compile(r"anon_\w+?_\d+_.+")
MOODLE = re.compile(r"(?P<name>.+?)_(?P<user>\d+)_assignsubmission_(?P<kind>[a-z]+)_?(?P<file>.*)")
# Blackboard: the class, the assignment, user, time, file. Brightspace: numbers, name, time, file. Sakai: a folder
# "name(user)".
ELSEWHERE = (
    re.compile(r".+_(?P<user>[^_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)"),
    re.compile(r"[\d-]+ - (?P<name>.+?) - (?P<time>[A-Z][a-z]{2,8} \d{1,2}, \d{4} \d{3,4} [AP]M) - (?P<file>.+)"),
    re.compile(r"(?P<name>.+)\((?P<user>[^()]+)\)"),
)
NUMBERED = re.compile(
    r"(?P<stem>.+?)(?:-\d+| ?\(\d+\)|_\d+|[- ]copy\d*)+", re.IGNORECASE
)  # what Canvas and browsers add to a name
OTHER_ENDING = re.compile(
    r"\.ipynb\b.*$|\.\w{1,5}$", re.IGNORECASE
)  # browsers and mail programs save .ipynb.json, .ipynb.txt, .json
JUNK = ("__MACOSX", "Thumbs.db", "desktop.ini", "timestamp.txt", "submission_secret.txt")
AT_ONCE = timedelta(
    minutes=10
)  # files of a download that all lie within this have the time of the download, not of the submission
OTHER_CODES = (
    "cp850",
    "cp1252",
    "cp852",
    "cp1250",
    "cp866",
    "cp1251",
    "cp737",
    "cp1253",
)  # encodings of old Windows, for names in zips
ON_TIME, ONE_DAY = (
    timedelta(hours=-1),
    timedelta(hours=23),
)  # from the due date, where the time is not known: room for resubmissions
NEEDS_A_LOOK = 3  # exit status: the rest is collected


def install(c: Config) -> None:
    """Make `nbgrader zip_collect` read the downloads of Moodle and Canvas. Called in nbgrader_config.py."""
    c.ZipCollectApp.extractor_plugin = "classroom.collect.LmsExtractor"
    c.ZipCollectApp.collector_plugin = "classroom.collect.LmsCollector"
    # nbgrader has no trait for how files are put into submitted/; its own way deletes an older submission and dates
    # timestamp.txt today.
    if ZipCollectApp._transfer_files is not _transfer_files:
        _STOCK.extend((ZipCollectApp._transfer_files, ZipCollectApp.start))
        ZipCollectApp._transfer_files, ZipCollectApp.start = _transfer_files, _start


_STOCK: list = []


class LmsExtractor(ExtractorPlugin):
    """Unpacks a download and the zips in it, and nothing that leaves its folder, is a link, or grows beyond bounds.

    A file gets the time that the outermost archive has for it: the times inside a learner's own zip are the learner's
    to choose.
    """

    max_bytes = Integer(8 * 1024**3, help="Bytes that a whole download may unpack to.").tag(config=True)
    max_submission_bytes = Integer(200 * 1024**2, help="Bytes that a learner's own zip may unpack to.").tag(config=True)
    max_files = Integer(100_000, help="Files in a download; a hundredth of it in a learner's own zip.").tag(config=True)

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """See `nbgrader.plugins.ExtractorPlugin`; `archive_path` may be a zip itself."""
        self.refused: list[str] = []
        self.damaged: dict[str, str] = {}  # name in the download -> why it could not be unpacked
        zone = _zone(LmsCollector(parent=self.parent).timezone)
        source, target = Path(archive_path), Path(extracted_path)
        archives = [path for path in _files(source) if not _is_junk(path.name)] if source.is_dir() else [source]
        for path in archives:
            inside = target / path.relative_to(source).parent if source.is_dir() else target
            inside.mkdir(parents=True, exist_ok=True)
            if (
                path.suffix.lower() == ".zip" and len(archives) == 1 and not self._is_somebodys(path.name)
            ):  # the download
                try:
                    self.damaged.update(unpack(path, inside, self.max_bytes, self.max_files, zone))
                except Refused as why:
                    raise ClassroomError(f"{path} was not unpacked: {why}. Nothing was collected.") from None
            else:
                shutil.copy2(path, inside / path.name)
        for path in sorted(target.rglob("*")):
            if path.suffix.lower() == ".zip" and path.is_file():
                self._learners_zip(path)

    def _is_somebodys(self, name: str) -> bool:
        """Whether a single zip is what one learner handed in: the names in it are theirs to choose, and tell nothing
        about others.
        """
        with book.opened(self.parent.coursedir.db_url) as connection:
            people = People(book.learners(connection), LmsCollector(parent=self.parent).who)
        match = MOODLE.fullmatch(name) or CANVAS.fullmatch(name)
        by_name = match and people.find(name=match["name"], lms=match["user"] if match.re is CANVAS else "")[0]
        return bool(by_name or people.exact(Path(name).stem))

    def _learners_zip(self, path: Path, nested: bool = False) -> None:
        """Unpack what one learner handed in; a zip that is alone in it, too."""
        when = path.stat().st_mtime
        folder = path.with_name(path.name + ".unpacked")
        try:
            problems = unpack(path, folder, self.max_submission_bytes, self.max_files // 100)
            for name, why in problems.items():
                if name.lower().endswith(".ipynb"):
                    raise Refused(f"'{printable(name)}' in it {why}")
        except Refused as why:
            shutil.rmtree(folder, ignore_errors=True)
            self.refused.append(
                f"'{printable(path.name)}' was not unpacked: {why}. Ask the learner for the notebook itself."
            )
            return
        except OSError as error:
            raise ClassroomError(f"{path} could not be unpacked: {error.strerror}. Nothing was collected.") from None
        self.refused += [
            f"'{printable(name) or 'the rest'}' in '{printable(path.name)}' was left out: {why}."
            for name, why in problems.items()
        ]
        path.unlink()  # the download still has it
        for inner in folder.rglob("*"):
            os.utime(inner, (when, when))
        files = [one for one in _files(folder) if not _is_junk(one.name) and "__MACOSX" not in one.parts]
        if not nested and len(files) == 1 and files[0].suffix.lower() == ".zip":
            self._learners_zip(files[0], nested=True)


class Owner(NamedTuple):
    """Who a file in a download belongs to, by its name or its folder's.

    Attributes
    ----------
    name : str
        Of the person, as the download gives it.
    learner, why : str
        The id; or "" and why there is none.
    rest : str or None
        The file's own name; None to leave it out.
    time : str
        When it was handed in, where the name says so.
    """

    name: str
    learner: str
    why: str
    rest: str | None
    late: bool = False
    time: str = ""


@dataclass
class Submission:
    """What one learner handed in: where files come from and go to, and when it counts as handed in."""

    learner: str
    name: str  # as the download gives it
    accounts: dict = field(default_factory=dict)  # number in the LMS -> name there
    of_account: dict = field(default_factory=dict)  # number in the LMS -> files, as above
    files: dict = field(default_factory=dict)  # path in the submission -> path in extracted/
    archived: datetime = datetime.min  # the newest file's time: orders two downloads
    late: bool = False  # Canvas says so
    said: datetime | None = None  # when it was handed in, where names in the download say so
    when: datetime = datetime.min  # when it counts as handed in, once `_date` has said so
    known: bool = False  # `when` is when it was handed in, not a stand-in


class LmsCollector(FileNameCollectorPlugin):
    """Who a file belongs to, what it should be called, and when it was handed in."""

    timezone = Unicode(
        "UTC", help="The time zone of times in archives and in `times`, which name none: such as Europe/Berlin."
    ).tag(config=True)
    times = Unicode("", help="A CSV that says when: Moodle's grading worksheet, or id,time.").tag(config=True)
    at = Unicode("", help="One time for everything in the download.").tag(config=True)
    who = Dict(help="Names as in the download -> ids, for people the roster cannot tell apart.").tag(config=True)

    def plan(self) -> dict[str, Submission]:
        """Read what has been extracted, once: learner -> submission. What belongs to nobody is in
        ``looks``.
        """
        if getattr(self, "submissions", None) is not None:
            return self.submissions
        self.looks: list[str] = []
        self.remarks: list[str] = []
        self.zone = _zone(self.timezone)
        course, app = self.parent.coursedir, self.parent
        self.assignment = course.assignment_id
        with book.opened(course.db_url) as connection:
            self.people = People(book.learners(connection), self.who)
            self.due = book.assignments(connection).get(self.assignment)
        released = Path(course.format_path(course.release_directory, ".", self.assignment))
        self.released = sorted(path.name for path in released.glob("*.ipynb"))
        self.worksheet = self._worksheet()
        self.submissions: dict[str, Submission] = {}
        # nbgrader lays out {downloaded}/{assignment_id}/{collect_step}
        self._survey(Path(app._format_collect_path(app.extracted_directory)))
        for submission in list(self.submissions.values()):
            self._name(submission)
            if not any(map(holds_a_notebook, submission.files.values())):
                self.looks.append(
                    f"{submission.learner} has not submitted a notebook "
                    f"({', '.join(sorted(submission.files))[:100] or 'nothing'})."
                )
                del self.submissions[submission.learner]
        self._date()
        self.remarks = list(dict.fromkeys(self.remarks))
        return self.submissions

    def collect(self, submitted_file: str) -> dict | None:
        """See `nbgrader.plugins.FileNameCollectorPlugin`."""
        self.plan()
        found = self.by_file.get(submitted_file)
        if found is None:
            return None
        submission, name = found
        return {
            "student_id": submission.learner,
            "file_id": name,
            "timestamp": f"{submission.when:%Y-%m-%d %H:%M:%S} UTC",
        }

    # -- whose

    def _survey(self, root: Path) -> None:
        top = root
        # A download that was zipped with the folder around it.
        while (
            (inside := [path for path in root.iterdir() if not _is_junk(path.name)])
            and len(inside) == 1
            and inside[0].is_dir()
            and not inside[0].name.endswith(".unpacked")
            and self._identify(inside[0].name) is None
        ):
            root = inside[0]
        unknown: dict[str, str] = {}
        paths = [(path, path.relative_to(root).parts) for path in _files(root)]
        paths = [(path, parts) for path, parts in paths if not any(_is_junk(part) for part in parts)]
        self.people.teams_of(
            {match["name"] for _, parts in paths if (match := MOODLE.fullmatch(parts[0].removesuffix(".unpacked")))}
        )
        for path, parts in paths:
            owner = self._by_the_courses_rule(path) or self._identify(parts[0])
            match = MOODLE.fullmatch(parts[0].removesuffix(".unpacked")) or CANVAS.fullmatch(parts[0])
            if owner is None:
                unknown[parts[0]] = (
                    "is not the name of anybody's submission; call it <id>.ipynb or <id>.zip, or use --who "
                    f"'{Path(parts[0]).stem}=<id>'"
                )
                continue
            if not owner.learner:
                # Two of one name are two lines.
                number = f" ({match['user']})" if match and owner.why.startswith("may be") else ""
                unknown[owner.name + number] = owner.why
                continue
            if owner.rest is None:
                if MOODLE.fullmatch(parts[0]):
                    self.remarks.append(
                        f"{owner.learner}: a text typed into Moodle was left out; only files are collected."
                    )
                continue
            submission = self.submissions.setdefault(owner.learner, Submission(owner.learner, owner.name))
            if not self._of_the_newest_attempt(submission, owner):
                continue
            submission.late |= owner.late
            by_rule = owner.rest if self._by_the_courses_rule(path) else ""
            name = by_rule or "/".join(filter(None, [owner.rest, *parts[1:]]))
            submission.files[name] = path
            if match:
                submission.accounts[match["user"]] = match["name"]
                submission.of_account.setdefault(match["user"], {})[name] = path
            when = _utc(path.stat().st_mtime)
            submission.archived = max(when, submission.archived)
        for submission in list(self.submissions.values()):
            if len(submission.accounts) > 1:
                self._one_account(submission)
        extractor = getattr(self.parent, "extractor_plugin_inst", None)
        self._drop_damaged(getattr(extractor, "damaged", {}), root.relative_to(top).parts)
        self.looks += [f"'{printable(name)}' {why}." for name, why in sorted(unknown.items())] + getattr(
            extractor, "refused", []
        )

    def _one_account(self, submission: Submission) -> None:
        """Of several accounts of one name the one that the grader named counts, of two named ones the newest
        submission. Names can be changed: nobody may replace what somebody else has handed in.
        """
        learner, accounts = submission.learner, submission.accounts
        named = [number for number in accounts if self.people.who.get(_plain(number)) == learner]
        if not named:
            several = " and ".join(f"{name} ({number})" for number, name in sorted(accounts.items()))
            self.looks.append(
                f"{several} have one name, and the roster knows one of them: nothing was collected for {learner}. Say "
                f"which account is theirs, such as --who '{min(accounts)}={learner}' (both, if both are)."
            )
            del self.submissions[learner]
            return

        def newest(number: str) -> float:
            return max(path.stat().st_mtime for path in submission.of_account[number].values())

        chosen = max(named, key=newest)
        submission.files, submission.archived = submission.of_account[chosen], _utc(newest(chosen))
        others = ", ".join(sorted(accounts.keys() - {chosen}))
        self.remarks.append(f"{learner}: collected from the account {chosen}, not from {others}.")

    def _drop_damaged(self, damaged: dict[str, str], around: tuple) -> None:
        """Learners with a damaged file in the download are not collected without it: that would replace a complete
        submission.
        """
        for path, why in damaged.items():
            if path == CUT:
                self.looks.append(f"The download is cut off: {why}. Download it again.")
                continue
            parts = PurePosixPath(path.replace("\\", "/")).parts
            parts = parts[len(around) :] if parts[: len(around)] == around else parts
            if not parts or any(_is_junk(part) for part in parts):
                continue
            owner = self._identify(parts[0])
            learner = owner.learner if owner and why != TWO_NAMES else ""
            self.submissions.pop(learner, None)
            self.looks.append(
                f"'{printable(path)}' in the download could not be unpacked: {why}; "
                f"nothing was collected for {learner or 'its learner'}. Download it again."
            )

    def _by_the_courses_rule(self, path: Path) -> Owner | None:
        """nbgrader's own way to handle any platform: ``c.FileNameCollectorPlugin.named_regexp``."""
        if not self.named_regexp:
            return None
        try:
            match = re.match(self.named_regexp, str(path))
            parts = match.groupdict() if match else {}
        except re.error as error:
            raise ClassroomError(
                f"c.FileNameCollectorPlugin.named_regexp is not a valid regular expression: {error}."
            ) from None
        id, file = parts.get("student_id"), parts.get("file_id")
        if not id or not file:
            return None
        learner = self.people.exact(id) or self.people.who.get(_plain(id), "")
        why = "" if learner else f"is not on the roster: add them (`classroom add`), or use --who '{id}=<id>'"
        file = file.replace("\\", "/").rsplit("/", 1)[-1]
        return Owner(
            id,
            learner,
            why,
            file if file.lower().endswith(path.suffix.lower()) else file + path.suffix,
            time=parts.get("timestamp") or "",
        )

    def _of_the_newest_attempt(self, submission: Submission, owner: Owner) -> bool:
        """Take note of the time that a name says; False for a file of an older attempt than one that was seen."""
        if not owner.time:
            return True
        text = re.sub(r"^(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)$", r"\1 \2:\3:\4", owner.time)
        text = re.sub(r" (\d{1,2})(\d\d) ([AP]M)$", r" \1:\2 \3", text)
        moment = _moment(text, self.zone, owner.name)
        if submission.said is not None and moment != submission.said:
            self.remarks.append(f"{submission.learner}: several attempts are in the download; the newest is taken.")
            if moment < submission.said:
                return False
            submission.files.clear()
        submission.said = moment
        return True

    def _identify(self, name: str) -> Owner | None:
        """Who a file or folder of the download belongs to; None if nobody."""
        bare = name.removesuffix(".unpacked")
        if match := MOODLE.fullmatch(bare):
            if match["kind"] == "onlinetext":
                learner, _ = self._moodle(match)
                return Owner(match["name"], learner or "-", "", None)
            if match["kind"] != "file":
                return Owner(bare, "", "is neither a file nor a text of Moodle's", "")
            return Owner(match["name"], *self._moodle(match), _own_name(match["file"], name))
        if CANVAS_ANONYMOUS.fullmatch(bare):
            return Owner(bare, "", "is anonymous; switch anonymous grading off in Canvas and download again", "")
        if match := CANVAS.fullmatch(bare):
            learner, why = self.people.find(name=match["name"], lms=match["user"])
            return Owner(match["name"], learner, why, _own_name(match["file"], name), late=bool(match["late"]))
        return self._plainly(bare, name) or self._elsewhere(bare, name)

    def _plainly(self, bare: str, name: str) -> Owner | None:
        """A name that the grader has given with --who, an id, the full name of one learner, or an id in front of the
        notebook's name.
        """
        stem = bare if Path(bare).suffix.lower() not in (".ipynb", ".zip") else Path(bare).stem
        if second := re.fullmatch(r"(.+?)\.ipynb(?:\.\w{1,10}| )+", bare, re.IGNORECASE):
            stem, bare = second[1], second[1] + ".ipynb"
        suffix = bare[len(stem) :].lower()
        learner = self.people.who.get(_plain(bare)) or self.people.who.get(_plain(stem)) or self.people.exact(stem)
        if not learner:
            learner = self.people.find(name=stem)[0]
            if learner:
                self.remarks.append(f"{learner}: '{printable(bare)}' is theirs, going by the name.")
        if learner:
            if suffix != ".ipynb":
                return Owner(stem, learner, "", "" if bare != name or suffix != ".zip" else bare)
            return Owner(stem, learner, "", self.released[0] if len(self.released) == 1 else bare)
        for gap in re.finditer(r"[_ -]+", bare):
            id, file = bare[: gap.start()], bare[gap.end() :]
            if (learner := self.people.ids.get(id.casefold())) and (self._released_name(file) or suffix == ".zip"):
                return Owner(id, learner, "", _own_name(file, name))
        return None

    def _elsewhere(self, bare: str, name: str) -> Owner | None:
        """As platforms other than Moodle and Canvas name what they hand out."""
        for pattern in ELSEWHERE:
            if match := pattern.fullmatch(bare):
                parts = {"name": "", "user": "", "time": "", "file": "", **match.groupdict()}
                learner = self.people.exact(parts["user"] or "") or self.people.who.get(
                    _plain(parts["user"] or parts["name"]), ""
                )
                shown, why = parts["name"] or parts["user"], ""
                if not learner:
                    learner, why = self.people.find(name=shown)
                if not learner and pattern is ELSEWHERE[-1]:
                    return None  # a bracket in a name is not a separator
                left_out = parts["file"] is None  # Blackboard's own account of an attempt
                return Owner(
                    shown, learner, why, None if left_out else _own_name(parts["file"], name), time=parts["time"]
                )
        return None

    def _moodle(self, match) -> tuple[str, str]:
        if learner := self.people.who.get(_plain(match["user"])):
            return learner, ""
        row = self.worksheet.get(match["user"])
        if row is not None:
            learner, why = self.people.find(
                name=row.get("full name", ""), ids=[row.get("id number"), row.get("username"), row.get("email address")]
            )
            if learner:
                return learner, ""
        if match["name"].lower() == "participant" and row is None:
            return "", "is anonymous; reveal the identities in Moodle and download again"
        return self.people.find(name=match["name"], number=match["user"])

    # -- what

    def _name(self, submission: Submission) -> None:
        files = {name: path for name, path in submission.files.items() if name}
        while files and all("/" in name for name in files) and len({name.split("/")[0] for name in files}) == 1:
            files = {name.split("/", 1)[1]: path for name, path in files.items()}  # the folder around a learner's zip
        notebooks = [name for name, path in files.items() if holds_a_notebook(path)]
        wanted = {name: self._released_name(name) for name in notebooks}
        if len(notebooks) == 1 and len(self.released) == 1 and not wanted[notebooks[0]]:
            wanted[notebooks[0]] = self.released[0]
            self.remarks.append(f"{submission.learner}: '{notebooks[0]}' is taken as {self.released[0]}.")
        for target in set(wanted.values()) - {""}:
            several = sorted(name for name in notebooks if wanted[name] == target)
            if len(several) == 1:
                if not several[0].lower().endswith(".ipynb"):
                    self.remarks.append(f"{submission.learner}: '{printable(several[0])}' is taken as {target}.")
                continue
            names = ", ".join(f"'{printable(name)}'" for name in several)
            self.looks.append(
                f"{submission.learner} has handed in several files for {target} ({names}): all were taken; autograde "
                "grades the one with answers."
            )
            for name in several:  # as they are: which one counts is decided by what they hold
                wanted[name] = ""
        submission.files = {wanted.get(name) or name: path for name, path in files.items()}

    def _released_name(self, name: str) -> str:
        stem = unicodedata.normalize(
            "NFC", OTHER_ENDING.sub("", Path(name).name).strip()
        )  # Macs write accents as letters of their own
        for released in self.released:
            base = unicodedata.normalize("NFC", Path(released).stem)
            match = NUMBERED.fullmatch(stem)
            if stem.lower() == base.lower() or (match and match["stem"].strip().lower() == base.lower()):
                return released
        return ""

    # -- when

    def _date(self) -> None:
        submissions = list(self.submissions.values())
        times = [submission.archived for submission in submissions]
        at_once = bool(times) and max(times) - min(times) < AT_ONCE
        for submission in submissions:
            moment = self.given.get(submission.learner)
            if moment is not None:
                submission.when, submission.known = moment, True
            elif self.at:
                submission.when, submission.known = _moment(self.at, self.zone, "--at"), True
            elif submission.said is not None:
                submission.when, submission.known = submission.said, True
            elif not at_once:
                submission.when, submission.known = submission.archived.replace(microsecond=0), True
            else:
                submission.when = self._stand_in(submission)
        unknown = [submission for submission in submissions if not submission.known]
        late = [submission.learner for submission in unknown if submission.late]
        if unknown and self.due is not None and max(submission.archived for submission in unknown) > self.due:
            self.remarks.append(
                f"The download has its own time, not when learners handed in: {len(unknown) - len(late)} count as on "
                "time"
                + (f", {len(late)} that Canvas calls LATE as one day late" if late else "")
                + ". For exact times: --times with Moodle's grading worksheet or a CSV (id,time); --at for one time."
            )
        self.by_file = {
            str(path): (submission, name) for submission in submissions for name, path in submission.files.items()
        }

    def _stand_in(self, submission: Submission) -> datetime:
        archived = submission.archived.replace(microsecond=0)
        if self.due is None or archived <= self.due:
            return archived
        return min(archived, self.due + (ONE_DAY if submission.late else ON_TIME))

    def _worksheet(self) -> dict[str, dict]:
        """Moodle's grading worksheet: number of the participant -> row. Fills ``given``: learner -> time."""
        self.given: dict[str, datetime] = {}
        if not self.times:
            return {}
        table = roster.Table(Path(self.times))
        column = next(
            (name for name in ("last modified (submission)", "time", "timestamp", "submitted") if name in table.header),
            "",
        )
        if not column or not {"identifier", "id", "learner", "email address"} & set(table.header):
            raise ClassroomError(
                f"{self.times}, line 1: needs the columns id, time; or Moodle's grading worksheet with 'Last modified "
                "(submission)' "
                "(in another language: set the language of your account to English and download it again)."
            )
        rows = {}
        for line, row in table.rows:
            number = re.sub(r"\D", "", row.get("identifier", ""))
            learner = self.people.exact(row.get("id") or row.get("learner") or "")
            if not learner:
                learner, _ = self.people.find(
                    name=row.get("full name", ""),
                    ids=[row.get("id number"), row.get("username"), row.get("email address")],
                )
            if number:
                rows[number] = row
            text = row.get(column, "")
            if learner and text not in ("", "-"):
                try:
                    self.given[learner] = _moment(text, self.zone, "")
                except ClassroomError as error:
                    table.problem(line, str(error))
        table.check()
        return rows


class People:
    """The roster, by everything that an LMS may call a person."""

    def __init__(self, learners: list[book.Learner], who: dict):
        if not learners:
            raise ClassroomError("The gradebook has no learners: run `classroom start` with --roster first.")
        self.ids = {learner.id.casefold(): learner.id for learner in learners}
        self.lms = _index((learner.lms_user_id.casefold(), learner.id) for learner in learners)
        self.email = _index((learner.email.casefold(), learner.id) for learner in learners)
        self.names = _index(
            pair
            for learner in learners
            for pair in (
                (_plain(learner.first_name + learner.last_name), learner.id),
                (_plain(learner.last_name + learner.first_name), learner.id),
            )
        )
        self.lms_of = {learner.id: learner.lms_user_id for learner in learners}
        self.who = {_plain(name): self.ids.get(id.casefold(), id) for name, id in who.items()}
        self.teams = False  # whether Moodle has put the name of a team in front of each name
        for name, id in who.items():
            if id.casefold() not in self.ids:
                raise ClassroomError(f"--who: nobody on the roster is '{id}' ({name}).")

    def exact(self, id: str) -> str:
        """The learner with this id or number in the LMS; "" if there is none."""
        known = self.lms.get(id.casefold(), set())
        return self.ids.get(id.casefold(), "") or (next(iter(known)) if len(known) == 1 else "")

    def teams_of(self, names: set[str]) -> None:
        """Look whether all names of a download, two at least, are those of learners after a team's: one "Anna-Lena
        Doe" is not in team "Anna".
        """
        self.teams = len(names) > 1 and all(not self._named(name) and self._in_a_team(name) for name in names)

    def _in_a_team(self, name: str) -> str:
        """The name after that of a team, if it is the name of one learner."""
        ends = [name[at + 1 :] for at, sign in enumerate(name) if sign == "-"]
        names = [end for end in ends if len(self._named(end)) == 1 or _plain(end) in self.who]
        return names[0] if names else ""

    def _named(self, name: str) -> set[str]:
        """The learners of this name; a zip from old Windows has it in the encoding of its country, and Python assumes
        another.
        """
        readings = [name]
        for code in OTHER_CODES if not name.isascii() else ():
            with contextlib.suppress(UnicodeError):
                readings.append(name.encode("cp437").decode(code))
        return next((self.names[plain] for plain in map(_plain, readings) if plain in self.names), set())

    def find(self, name: str, lms: str = "", ids: list | None = None, number: str = "") -> tuple[str, str]:
        """(learner, "") or ("", why not).

        Parameters
        ----------
        name : str
        lms : str, optional
            The number that the LMS and the roster know them by.
        ids : list of str, optional
            Whatever else may be an id or an address.
        number : str, optional
            One that the download alone has, to be named in what --who is told.
        """
        if lms and _plain(lms) in self.who:
            return self.who[_plain(lms)], ""
        if self.teams:
            name = self._in_a_team(name) or name
        if _plain(name) in self.who:
            return self.who[_plain(name)], ""
        for number in filter(None, [lms, *(ids or [])]):
            candidates = (
                self.lms.get(number.casefold())
                or ({self.ids[number.casefold()]} if number.casefold() in self.ids and not lms else None)
                or self.email.get(number.casefold())
            )
            if candidates and len(candidates) == 1:
                return next(iter(candidates)), ""
        candidates = {
            id for id in self._named(name) if not (lms and self.lms_of[id].isdigit() and self.lms_of[id] != lms)
        }
        if len(candidates) == 1:
            return next(iter(candidates)), ""
        if candidates:
            return (
                "",
                f"may be {' or '.join(sorted(candidates))}: say who, such as "
                f"--who '{lms or number or name}={sorted(candidates)[0]}'"
                + (", or give Moodle's grading worksheet with --times" if number else ""),
            )
        return "", f"is not on the roster: add them (`classroom add`), or use --who '{lms or number or name}=<id>'"


def _index(pairs) -> dict[str, set[str]]:
    index: dict[str, set[str]] = {}
    for key, id in pairs:
        if key:
            index.setdefault(key, set()).add(id)
    return index


def _plain(name: str) -> str:
    """Letters and digits only, in lower case, without accents: what is left of a name in a file's name."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name.casefold()) if letter.isalnum())


def _own_name(file: str, component: str) -> str:
    """The file's own name; "" for what was unpacked from it."""
    return "" if component.endswith(".unpacked") else file


def _is_junk(name: str) -> bool:
    return name in JUNK or name.startswith(".")


def _files(root: Path) -> list[Path]:
    """Plain files, in order; a link in a folder is not followed."""
    return sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())


def _looks_like_a_zip(path: Path) -> bool:
    """A damaged one too, as far as it can be read."""
    with path.open("rb") as file:
        return file.read(2) == b"PK" or zipfile.is_zipfile(path)


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc).replace(tzinfo=None)


def _zone(name: str):
    return when.zone_named(name, "c.LmsCollector.timezone")


def _moment(text: str, zone, what: str) -> datetime:
    """A time as written by an LMS or a person, as naive UTC."""
    return when.moment(text, zone, what).astimezone(timezone.utc).replace(tzinfo=None)


# -- into submitted/

RECORD = [
    "learner",
    "counts as handed in (UTC)",
    "time known",
    "time in the download (UTC)",
    "name in the download",
    "collected (UTC)",
]


def _transfer_files(app, collected_data: dict) -> None:
    """Replaces ZipCollectApp's: keeps what was there, and writes a timestamp.txt that `proctor` and stock
    nbgrader believe.
    """
    collector = app.collector_plugin_inst
    if not isinstance(collector, LmsCollector):
        return _STOCK[0](app, collected_data)
    course, assignment = app.coursedir, app.coursedir.assignment_id
    downloads = Path(app._format_collect_path(".")).resolve()
    record = _Record(downloads / "collected.csv")
    collector.counts = {"new": [], "newer": [], "same": [], "older": [], "dated": []}
    for learner in collected_data:
        submission = collector.submissions[learner]
        place = Path(course.format_path(course.submitted_directory, learner, assignment))
        # nbgrader has put the suffix of the download after each name.
        outcome = _install(place, submission.files, submission, record, downloads / "older" / learner, collector)
        collector.counts[outcome].append(learner)
    older = os.path.relpath(downloads / "older", course.root)
    for outcome, what in (
        ("newer", f"resubmitted, the newest counts; what was there before is in {older}/<id>/"),
        ("older", "the download is older than what is in submitted/, which stays"),
        ("dated", "the same files, now with the time at which they were handed in"),
    ):
        if collector.counts[outcome]:
            collector.remarks.append(f"{what}: {', '.join(sorted(collector.counts[outcome]))}.")
    app.log.info(_summary(assignment, collector))
    for line in collector.remarks:
        app.log.info(line)
    for line in collector.looks:
        app.log.warning(line)


def _start(app) -> None:
    """Replaces ZipCollectApp's, which ends with 0 where it has collected nothing."""
    _STOCK[1](app)
    collector = app.collector_plugin_inst
    if isinstance(collector, LmsCollector) and not any(getattr(collector, "counts", {}).values()):
        for line in getattr(collector, "looks", ()):
            app.log.warning(line)
        app.fail(f"Nothing was collected for {app.coursedir.assignment_id}.")


def _install(
    place: Path, files: dict, submission: Submission, record: _Record, older: Path, collector: LmsCollector
) -> str:
    """Put one submission at its place; "new", "newer", "same" or "older"."""
    learner, course = submission.learner, collector.parent.coursedir
    known_by = (learner, course.assignment_id, course.root, course.groupshared)
    if not place.exists():
        _write(place, files, submission.when, known_by)
        record.add(submission)
        return "new"
    before = _timestamp(place)
    if _same(place, files):
        if submission.known and before != submission.when:
            _stamp(place, submission.when, known_by)
            record.add(submission)
            collector.counts["dated"].append(learner)
        return "same"
    then = record.archived(learner)
    is_older = (
        submission.archived.replace(microsecond=0) < then
        if then is not None
        else before is not None and submission.when < before
    )
    if is_older:
        return "older"
    if before is not None and (submission.when == before or not submission.known and submission.when < before):
        submission.when = before + timedelta(seconds=1)  # autograde takes what is newer than what it graded
    kept = older / f"{before or _utc(place.stat().st_mtime):%Y-%m-%d_%H%M%S}"
    while kept.exists():
        kept = kept.with_name(kept.name + "_")
    part = _write(place.with_name(f".{place.name}.part"), files, submission.when, known_by)
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(place, kept)
    part.rename(place)
    record.add(submission)
    return "newer"


def _write(place: Path, files: dict, when: datetime, known_by: tuple) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    for name, source in files.items():
        target = place.joinpath(*name.split("/"))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    place.mkdir(parents=True, exist_ok=True)
    _stamp(place, when, known_by)
    return place


def _stamp(place: Path, when: datetime, known_by: tuple) -> None:
    """timestamp.txt for nbgrader, and the record that proctor believes wherever the class is copied to; `known_by`:
    see `received.record`.
    """
    received.record(place, known_by[0], known_by[1], when, *known_by[2:])
    path = place / "timestamp.txt"
    path.write_text(f"{when:%Y-%m-%d %H:%M:%S} UTC", encoding="utf-8")
    seconds = when.replace(tzinfo=timezone.utc).timestamp()
    os.utime(path, (seconds, seconds))


def _timestamp(place: Path) -> datetime | None:
    try:
        return parse_utc((place / "timestamp.txt").read_text(encoding="utf-8").strip()).replace(microsecond=0)
    except (OSError, ValueError, AttributeError, OverflowError):
        return None


def _same(place: Path, files: dict) -> bool:
    there = {
        path.relative_to(place).as_posix(): path
        for path in _files(place)
        if path.name not in ("timestamp.txt", "submission_secret.txt", received.RECORD)
    }
    return there.keys() == files.keys() and all(filecmp.cmp(there[name], files[name], shallow=False) for name in files)


class _Record:
    """downloaded/<assignment>/collected.csv: what was collected, when, from what. The last row of a learner counts."""

    def __init__(self, path: Path):
        self.path = path
        self.rows: dict[str, dict] = {}
        if path.exists():
            with path.open(newline="", encoding="utf-8") as file:
                self.rows = {row[RECORD[0]]: row for row in csv.DictReader(file)}

    def archived(self, learner: str) -> datetime | None:
        row = self.rows.get(learner)
        return parse_utc(row[RECORD[3]]) if row else None

    def add(self, submission: Submission) -> None:
        new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        row = [
            submission.learner,
            submission.when,
            "yes" if submission.known else "no",
            submission.archived.replace(microsecond=0),
            sheet.guarded(submission.name),
            datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0),
        ]
        with self.path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(RECORD)
            writer.writerow(row)


def _summary(assignment: str, collector: LmsCollector) -> str:
    counts = {outcome: len(learners) for outcome, learners in collector.counts.items()}
    words = [f"{counts['new']} new", f"{counts['newer']} newer than before", f"{counts['same']} as before"]
    if counts["older"]:
        words.append(f"{counts['older']} older than what is there")
    return f"{assignment}: {sum(counts.values()) - counts['dated']} submissions in the download: {', '.join(words)}."


# -- the command


class LmsCollectApp(ZipCollectApp):
    """zip_collect that reads the download where it lies and leaves it there."""

    download = ""

    def init_plugins(self) -> None:
        self.extractor_plugin, self.collector_plugin = LmsExtractor, LmsCollector
        super().init_plugins()

    def extract_archive_files(self) -> None:
        extracted = self._format_collect_path(self.extracted_directory)
        if os.path.isdir(extracted):
            rmtree(extracted)  # made from a download, which is still there
        os.makedirs(extracted)
        self.extractor_plugin_inst.extract(self.download, extracted)

    _transfer_files = _transfer_files

    def start(self) -> None:
        """Ignores the exit status of `nbgrader zip_collect`: this command has its own."""
        _STOCK[1](self) if _STOCK else super().start()


def main(arguments: list[str]) -> int:
    """See `classroom collect --help`."""
    parser = argparse.ArgumentParser(
        prog="classroom collect", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("assignment")
    parser.add_argument(
        "download",
        type=Path,
        help="the zip of Moodle or Canvas, or a folder: what was in it, or <id>.ipynb and <id>.zip",
    )
    parser.add_argument(
        "--times", type=Path, help="when they handed in: Moodle's grading worksheet, or a CSV with id,time"
    )
    parser.add_argument("--at", default="", help="one time for all, such as '2027-02-05 18:00'")
    parser.add_argument(
        "--who",
        action="append",
        default=[],
        metavar="NAME=ID",
        help="who a name in the download belongs to, or the number beside a name; can be given several times",
    )
    options = parser.parse_args(arguments)
    if not Path("nbgrader_config.py").exists():
        raise ClassroomError(f"No nbgrader_config.py in {Path.cwd()}: change to the folder of a class.")
    if not options.download.exists():
        raise ClassroomError(f"{options.download} does not exist.")
    if not options.download.is_dir() and not _looks_like_a_zip(options.download):
        raise ClassroomError(f"{options.download} is neither a zip nor a folder; unpack it and give the folder.")
    if any("=" not in pair for pair in options.who):
        raise ClassroomError("--who: write NAME=ID, such as --who 'Ada Lovelace=s01'.")
    app = LmsCollectApp()
    app.download = str(options.download.resolve())
    app.initialize([options.assignment, "--log-level=ERROR"])
    app.config.LmsCollector.update(
        {"times": str(options.times or ""), "at": options.at, "who": dict(pair.rsplit("=", 1) for pair in options.who)}
    )
    with book.opened(app.coursedir.db_url) as connection:
        known = book.assignments(connection)
    if options.assignment not in known:
        raise ClassroomError(unknown_name("assignment", options.assignment, list(known)))
    app.start()
    collector = app.collector_plugin_inst
    collector.plan()
    print(
        _summary(options.assignment, collector)
        if hasattr(collector, "counts")
        else f"{options.assignment}: no submission in {options.download}."
    )
    for line in collector.remarks:
        print(f"  {line}")
    for line in collector.looks:
        print(f"  Look: {line}", file=sys.stderr)
    if collector.looks:
        print(
            "  What is listed above was not collected, or not completely. It is still in "
            f"{options.download}, untouched.",
            file=sys.stderr,
        )
        return NEEDS_A_LOOK
    if not any(getattr(collector, "counts", {}).values()):
        return 1
    print(f"Next: nbgrader autograde {options.assignment}")
    return 0
