"""One assignment of the class in a folder: where its files are, what the gradebook says, and nbgrader's commands on
it.
"""

from __future__ import annotations

import glob
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.apps import api
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log, parse_utc
from tqdm import tqdm

from classroom import book, scratch, settings
from classroom.errors import ClassroomError
from classroom.words import unknown

if TYPE_CHECKING:
    from nbgrader.apps import NbGrader


class Assignment:
    """One assignment of the class in a folder, with the paths and commands that a regrade needs."""

    def __init__(self, folder: Path | str, name: str):
        self.app = settings.of_folder(folder)
        self.course, self.name = self.app.coursedir, name
        self.root, self.url = Path(self.course.root), self.course.db_url
        path = scratch.file_of(self.url)
        if path is not None and not path.exists():
            raise ClassroomError(
                f"There is no gradebook at {path}: run `nbgrader generate_assignment {name}` first, or set "
                "GRADEBOOK_URL."
            )
        with book.opened(self.url) as connection:
            known = book.assignments(connection)
        if name not in known:
            raise ClassroomError(unknown("assignment", name, list(known)))

    def path(self, step: str, learner: str) -> Path:
        return Path(self.course.format_path(step, learner, self.name))

    def submitted(self) -> list[str]:
        """Everybody whose folder lies in submitted/."""
        pattern = re.compile(
            self.course.format_path(
                self.course.submitted_directory, "(?P<learner>[^/\\\\]*)", re.escape(self.name), escape=True
            )
        )
        found = (pattern.fullmatch(path) for path in glob.glob(str(self.path(self.course.submitted_directory, "*"))))
        return sorted(match["learner"] for match in found if match)

    def when_submitted(self, learner: str) -> datetime | None:
        """The time that counts for what lies in submitted/; None if there is no time."""
        return when_submitted(self.app, self.path(self.course.submitted_directory, learner), learner, self.name)

    def read(self) -> tuple[dict, dict]:
        """Marks by (learner, notebook, cell), and submissions by learner."""
        return read(self.url, self.name)

    def generate(self, **traits: Any) -> dict:
        """Make the release again with these traits of the course directory; see `nbgrader.utils.capture_log` for the
        answer.
        """
        course = CourseDirectory(parent=self.app, assignment_id=self.name, **traits)
        converter = api.GenerateAssignment(coursedir=course, parent=self.app)
        converter.force = True
        handlers, self.app.log.handlers = (
            self.app.log.handlers,
            [],
        )  # what it says is in the answer, not on the terminal
        try:
            return capture_log(converter)
        finally:
            self.app.log.handlers = handlers

    def nbgrader(
        self,
        *arguments: str,
        log: Path,
        only: Iterable[str] | None = None,
        done: Any = None,
        what: str = "",
        total: int = 0,
    ) -> int:
        """Run an nbgrader command in the class, its output to a file; return its exit status.

        Parameters
        ----------
        only : iterable of str, optional
            These learners and nobody else.
        done : callable, optional
            ``done()`` -> how many are finished, for the bar on a terminal.
        """
        command = [sys.executable, "-m", "nbgrader", *arguments, f"--NbGrader.logfile={os.devnull}"]
        if only is not None:
            others = sorted(set(self.submitted()) - set(only))
            command += [f"--CourseDirectory.student_id_exclude={','.join(others)}"] if others else []
        with log.open("a", encoding="utf-8") as file:
            process = subprocess.Popen(command, cwd=self.root, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
            with tqdm(
                total=total, desc=what, unit="learner", disable=done is None or not sys.stderr.isatty(), leave=False
            ) as bar:
                while True:
                    try:
                        status = process.wait(timeout=0.5)
                    except subprocess.TimeoutExpired:
                        if done is not None:
                            bar.update(done() - bar.n)
                        continue
                    return status


def when_submitted(app: NbGrader, folder: Path, learner: str, assignment: str) -> datetime | None:
    """When a submission counts as handed in, as the grading engine sees it, or stock nbgrader; None if there is no
    time.
    """
    if app.config.Proctor:
        from proctor.plugin.received import submission_time

        return submission_time(
            folder, learner, assignment, app.coursedir.root, trusted=app.config.Proctor.get("timestamps") == "trusted"
        )[0]
    file = folder / "timestamp.txt"
    return parse_utc(file.read_text(encoding="utf-8").strip()) if file.exists() else None


def read(url: str, assignment: str) -> tuple[dict, dict]:
    """Marks by (learner, notebook, cell) and submissions by learner, of one assignment in the gradebook at `url`."""
    with book.opened(url) as connection:
        marks = book.marks(connection, assignment)
        rows = book.submissions(connection, marks)
    return (
        {(mark.learner, mark.notebook, mark.cell): mark for mark in marks},
        {row.learner: row for row in rows if row.assignment == assignment},
    )
