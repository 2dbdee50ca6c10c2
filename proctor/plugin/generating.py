"""The converter behind `nbgrader generate_feedback` and formgrader's button: pages of many learners at once."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field

from nbconvert.exporters.exporter import ResourcesDict
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import rmtree
from sqlalchemy.exc import SQLAlchemyError

from . import access, pages
from .feedback import FeedbackExporter
from .gradebook import read_marks
from .options import Proctor
from .plain import Plain
from .pool import Pool


@dataclass
class _Submission:
    student: str
    assignment: str
    notebooks: list
    left: set = field(default_factory=set)


class ProctorFeedback(GenerateFeedback):
    """Stock nbgrader's GenerateFeedback, but pages are made by processes with a time limit, many at once.

    Attributes
    ----------
    pool : proctor.plugin.pool.Pool or None
        Workers that stay from one assignment to the next; None starts some.
    """

    pool: Pool | None = None

    def convert_notebooks(self) -> None:
        """A page for every learner; what is wrong with one notebook costs only its own page."""
        if not isinstance(self.exporter, FeedbackExporter):
            super().convert_notebooks()
            return
        names = Plain()
        self.log.addFilter(names)
        try:
            access.assert_usable(self.coursedir.db_url, write=False)
            self._make_pages()
        except (SQLAlchemyError, access.GradebookUnusable) as error:
            why = (
                str(error)
                if isinstance(error, access.GradebookUnusable)
                else access.sentence(error, self.coursedir.db_url)
            )
            self.log.error(why)
            raise NbGraderException(why) from None
        finally:
            self.log.removeFilter(names)

    def _make_pages(self) -> None:
        begin = time.monotonic()
        self._failed: list = []
        self._open: dict = {}
        made = 0
        options = Proctor(parent=self)
        common = pages.shared(self.config, options.page_seconds, self.preprocessors)
        pages.exporter(FeedbackExporter, common)  # processes that are forked have it
        workers = min(options.worker_count(), sum(map(len, self.assignments.values())))
        pool = self.pool or Pool(workers, pages.start_method())
        try:
            for task, page, why in pages.feedback_pages(pool, common, self._tasks()):
                if why:
                    self.log.warning("%s, %s: %s", task.student, task.notebook, why)
                made += self._write(task, page)
        finally:
            if self.pool is None:
                pool.close()
            for submission in list(self._open.values()):  # stopped on the way: nothing half done stays
                self._remove(submission)
        self.log.info("%d pages in %.1f s", made, time.monotonic() - begin)
        if self._failed:
            for student, why in self._failed:
                self.log.error("%s has no feedback: %s", student, why)
            raise NbGraderException(f"{len(self._failed)} learners have no feedback; the log says why.")

    def _tasks(self):
        """Read notebooks only when a worker is free for them."""
        marks = {}
        pattern = re.compile(self._format_source("(?P<assignment_id>.*)", "(?P<student_id>.*)", escape=True))
        for folder in sorted(self.assignments):
            match = pattern.match(folder)
            submission = _Submission(match["student_id"], match["assignment_id"], sorted(self.assignments[folder]))
            self.notebooks = submission.notebooks
            try:
                if not self.init_destination(submission.assignment, submission.student):
                    continue
                self.run_pre_convert_hook()
                self._open[submission.student, submission.assignment] = submission
                self.init_assignment(submission.assignment, submission.student)
                if submission.assignment not in marks:
                    wanted = self.coursedir.student_id  # one of a thousand needs no other's
                    marks[submission.assignment] = read_marks(
                        self.coursedir.db_url,
                        submission.assignment,
                        "" if set("*?[") & set(wanted) else wanted,
                        self.coursedir.course_id,
                    )
                tasks = [self._task(submission, path, marks[submission.assignment]) for path in submission.notebooks]
            except SQLAlchemyError:  # the gradebook's trouble is not this learner's
                raise
            except Exception as error:
                self.log.debug("%s", submission.student, exc_info=True)
                self._fail(submission, f"{type(error).__name__}: {error}")
                continue
            submission.left = {task.notebook for task in tasks}
            yield from tasks

    def _task(self, submission: _Submission, path: str, marks: dict) -> pages.Page:
        notebook = os.path.splitext(os.path.basename(path))[0]
        if (submission.student, notebook) not in marks:
            raise NbGraderException(f"the gradebook has no points for '{notebook}'; run nbgrader autograde")
        with open(path, "rb") as file:
            return pages.Page(
                submission.student,
                submission.assignment,
                notebook,
                file.read(),
                marks[submission.student, notebook],
                os.path.dirname(path),
            )

    def _write(self, task: pages.Page, page: str) -> int:
        submission = self._open.get((task.student, task.assignment))
        if submission is None:
            return 0
        try:
            about = {"student": task.student, "assignment": task.assignment, "notebook": task.notebook}
            self.write_single_notebook(
                page,
                ResourcesDict(
                    unique_key=task.notebook,
                    nbgrader=about,
                    output_extension=self.exporter.file_extension,
                    output_files_dir=f"{task.notebook}_files",
                ),
            )
            submission.left.discard(task.notebook)
            if not submission.left:
                self.notebooks = submission.notebooks
                self.set_permissions(submission.assignment, submission.student)
                self.run_post_convert_hook()
                del self._open[submission.student, submission.assignment]
        except Exception as error:
            self._fail(submission, f"{type(error).__name__}: {error}")
            return 0
        return 1

    def _fail(self, submission: _Submission, why: str):
        self._failed.append((submission.student, why))
        self._remove(submission)

    def _remove(self, submission: _Submission):
        """As stock nbgrader does after an error."""
        self._open.pop((submission.student, submission.assignment), None)
        place = os.path.normpath(self._format_dest(submission.assignment, submission.student))
        if self.coursedir.notebook_id == "*":
            if os.path.exists(place):
                rmtree(place)
            return
        for path in submission.notebooks:
            page = os.path.join(place, os.path.splitext(os.path.basename(path))[0] + self.exporter.file_extension)
            if os.path.exists(page):
                os.remove(page)
