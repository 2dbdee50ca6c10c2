"""The ways by which a feedback page reaches its learner: the exchange, Moodle, Canvas, a folder."""

from __future__ import annotations

import logging
import os
import re
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

from nbgrader.apps.baseapp import NbGrader
from nbgrader.exchange import ExchangeError

from classroom import book, pages, roster
from classroom.canvas_api import CanvasAssignment, Unsent
from classroom.collect import People
from classroom.errors import ClassroomError
from classroom.words import nearest

TOKEN = "CANVAS_TOKEN"
KINDS = {
    "exchange": "the exchange of nbgrader, from which learners fetch it",
    "moodle FILE.zip": "a zip for Moodle's 'Upload multiple feedback files in a zip'; needs --worksheet",
    "canvas URL": f"a comment with a file in Canvas, .../courses/1/assignments/2; the token from {TOKEN}",
    "folder DIR": "a folder with one page for each learner",
}


class CannotGo(Exception):
    """Why one learner's page cannot go this way."""


class Way:
    """One way out. `name` is what the record of what was sent knows it by."""

    at_once = True  # whether a page has gone out when `send` returns; else when `finish` has

    def __init__(self, app: NbGrader, assignment: str, name: str):
        self.app, self.assignment, self.name = app, assignment, name

    def address(self, learner: str) -> str:
        """Where the page goes, as far as it is the learner's: part of the fingerprint of what was sent.

        Raises
        ------
        CannotGo
        """
        return ""

    def send(self, learner: str, of: dict[str, bytes]) -> None:
        """Bring out the pages of one learner, by name.

        Raises
        ------
        CannotGo
        """
        raise NotImplementedError

    def finish(self) -> str:
        """After the last page: a sentence on what to do next, if anything."""
        return ""

    def close(self) -> None:
        """Leave nothing half done, whatever has happened."""


class ToExchange(Way):
    """nbgrader's own `release_feedback`, for each learner apart."""

    def __init__(self, app: NbGrader, assignment: str):
        super().__init__(app, assignment, "exchange")
        if not app.coursedir.course_id:
            raise ClassroomError("The exchange needs c.CourseDirectory.course_id in nbgrader_config.py.")

    def address(self, learner: str) -> str:
        found = pages.secret(self.app, self.assignment, learner)
        if not found:
            raise CannotGo("it was not handed in by `nbgrader submit`, so there is no secret by which it is fetched")
        return pages.hidden(found)

    def send(self, learner: str, of: dict[str, bytes]) -> None:
        log = logging.getLogger("classroom.feedback")
        try:
            pages.exchange_of(self.app, self.assignment, learner, log)()
        except (ExchangeError, OSError) as error:
            raise CannotGo(str(error)) from None

    def finish(self) -> str:
        return "Learners get it with `nbgrader fetch_feedback`, or in Jupyter's assignment list."


class ToFolder(Way):
    """``DIR/<learner>.html``, or ``<learner>-<notebook>.html`` where there are several notebooks."""

    def __init__(self, app: NbGrader, assignment: str, place: str):
        self.place = Path(place).resolve()
        if self.place.exists() and not self.place.is_dir():
            raise ClassroomError(f"{place} is not a folder.")
        super().__init__(app, assignment, f"folder {self.place}")

    def send(self, learner: str, of: dict[str, bytes]) -> None:
        try:
            self.place.mkdir(parents=True, exist_ok=True)
            for name, content in of.items():
                target = self.place / (f"{learner}.html" if len(of) == 1 else f"{learner}-{name}")
                part = target.with_name(f".{target.name}.part")
                part.write_bytes(content)
                part.replace(target)
        except OSError as error:
            raise CannotGo(f"{self.place}: {error.strerror}") from None


class ToMoodle(Way):
    """The zip of feedback files, which Moodle reads by the numbers of participants in the grading worksheet."""

    at_once = False

    def __init__(self, app: NbGrader, assignment: str, file: str, worksheet: str | None):
        if not file.lower().endswith(".zip"):
            raise ClassroomError(f"--to moodle: {file} is no name of a zip; write --to moodle feedback.zip.")
        if not worksheet:
            raise ClassroomError(
                "--to moodle needs --worksheet: Moodle finds a learner by the number of the participant, which stands "
                "in the assignment's grading worksheet (Download grading worksheet)."
            )
        super().__init__(app, assignment, "moodle")
        self.file = Path(file).resolve()
        self.part = self.file.with_name(f".{self.file.name}.part")
        self.zip: zipfile.ZipFile | None = None
        self.participants = self._participants(Path(worksheet))

    def _participants(self, worksheet: Path) -> dict[str, tuple[str, str]]:
        """Learner -> (name, number), as the worksheet has them."""
        table = roster.Table(worksheet)
        if "identifier" not in table.header:
            raise ClassroomError(
                f"{worksheet}, line 1: there is no column Identifier. Take Moodle's grading worksheet (in another "
                "language: set the language of your account to English and download it again)."
            )
        with book.opened(self.app.coursedir.db_url) as connection:
            people = People(book.learners(connection), {})
        found: dict[str, tuple[str, str]] = {}
        for line, row in table.rows:
            number, name = re.sub(r"\D", "", row.get("identifier", "")), row.get("full name", "")
            ids = [row.get("id number"), row.get("username"), row.get("email address")]
            learner, _ = people.find(name=name, ids=ids)
            if not learner or not number:
                continue
            if learner in found:
                table.problem(line, f"{learner} is here a second time; nobody can tell which row is theirs.")
            found[learner] = (name, number)
        table.check()
        return found

    def address(self, learner: str) -> str:
        if learner not in self.participants:
            raise CannotGo("is not in the worksheet")
        return self.participants[learner][1]

    def send(self, learner: str, of: dict[str, bytes]) -> None:
        name, number = self.participants[learner]
        # A _ would move the number, and Moodle would ignore the file in silence, as one whose name begins with . or ~.
        name = re.sub(r"[_/\\\x00-\x1f]+", " ", name).strip(" .~") or "Participant"
        if self.zip is None:
            self.zip = zipfile.ZipFile(self.part, "w", zipfile.ZIP_DEFLATED)
        for file, content in of.items():
            self.zip.writestr(f"{name}_{number}_assignfeedback_file_{file}", content)

    def finish(self) -> str:
        if self.zip is None:
            return ""
        self.zip.close()
        self.zip = None
        os.replace(self.part, self.file)
        return (
            f"{self.file}: in Moodle, in the assignment (feedback type 'Feedback files'), Submissions, 'Upload "
            "multiple feedback files in a zip'."
        )

    def close(self) -> None:
        if self.zip is not None:
            self.zip.close()
        self.part.unlink(missing_ok=True)


class ToCanvas(Way):
    """A comment with the page as a file, at the learner's last attempt."""

    def __init__(self, app: NbGrader, assignment: str, url: str):
        self.canvas = CanvasAssignment(url, os.environ.get(TOKEN, ""), TOKEN)
        super().__init__(app, assignment, f"canvas {self.canvas.shown}")
        with book.opened(app.coursedir.db_url) as connection:
            self.users = {one.id: one.lms_user_id for one in book.learners(connection)}

    def address(self, learner: str) -> str:
        user = self.users.get(learner, "")
        if not re.fullmatch(r"\d+", user):
            raise CannotGo(
                "has no number in Canvas: give the roster Canvas's own export (`classroom start . --roster export.csv`)"
            )
        return user

    def send(self, learner: str, of: dict[str, bytes]) -> None:
        try:
            self.canvas.comment(self.users[learner], f"Feedback on {self.assignment}", of, pages.digest(of)[:12])
        except Unsent as why:
            raise CannotGo(str(why)) from None


def chosen(to: list[str], app: NbGrader, assignment: str, worksheet: str | None) -> Way:
    """The way that ``--to`` names."""
    kind, *rest = to
    wanted = {one.split()[0]: one for one in KINDS}
    if kind not in wanted:
        near = nearest(kind, list(wanted))
        raise ClassroomError(f"--to: there is no way '{kind}'{near}; there are {', '.join(KINDS)}.")
    if len(rest) != len(wanted[kind].split()) - 1:
        raise ClassroomError(f"--to: write --to {wanted[kind]}.")
    if kind == "moodle":
        return ToMoodle(app, assignment, rest[0], worksheet)
    if worksheet:
        raise ClassroomError("--worksheet is for --to moodle.")
    if kind == "exchange":
        return ToExchange(app, assignment)
    if kind == "folder":
        return ToFolder(app, assignment, rest[0])
    if urlsplit(rest[0]).scheme not in ("http", "https"):
        raise ClassroomError("--to canvas: write the address of the assignment, https://HOST/courses/1/assignments/2.")
    return ToCanvas(app, assignment, rest[0])
