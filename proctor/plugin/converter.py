"""`nbgrader autograde`, and formgrader's button: the same options, folders and rows, by another route."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import pickle
import re
import sys
import time
import unicodedata
from dataclasses import replace
from fnmatch import fnmatchcase
from types import SimpleNamespace

from nbformat import NotebookNode
from nbgrader.converters.autograde import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties, LimitOutput
from sqlalchemy.exc import DatabaseError, InternalError, OperationalError, SQLAlchemyError
from traitlets import TraitError

from proctor.trusted.rooms import missing_walls

from . import access, calibrate, folders, given, pool, received, release
from .claims import Claims
from .gradebook import Ledger, Unknown
from .grading import Outcome, Shared, Task, given_up, grade_submission
from .hidden import cutter, marks_of
from .options import Proctor
from .plain import Plain
from .progress import Progress

NEEDS_A_LOOK = (
    3  # exit status with c.Proctor.status = "look": everything is recorded, but a grader should look at some of it
)
NO_WALLS = "THERE ARE NO WALLS: %s. Learners' code runs beside everything on this machine; see proctor/README.md."
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def no_walls(options: Proctor) -> str:
    """A sentence if learners' code runs without walls on this machine; "" if there are walls, or if other machines
    grade.

    Parameters
    ----------
    options : proctor.plugin.options.Proctor
    """
    if options.scheduler or not options.enabled:
        return ""
    why = "c.Proctor.sandbox is 'none'" if options.sandbox == "none" else missing_walls()
    return NO_WALLS % why if why else ""


class ProctorAutograde(Autograde):
    """Stock nbgrader's Autograde, but submissions are graded by proctor, many at once.

    Attributes
    ----------
    pool : proctor.plugin.pool.Pool or None
        Workers that stay from one assignment to the next; None starts some for each.
    summary : Summary
        The outcome of the last run.
    """

    pool = None

    def start(self) -> None:
        """Grade what is to be graded; ends the program with status 1 if something could not be graded."""
        try:
            self.options = Proctor(parent=self)
        except TraitError as error:
            self._fail(str(error))
        if not self.options.enabled:
            return super().start()
        if self.config.Execute.get("enabled", True) is False:
            self.log.warning("--no-execute is ignored: proctor gives points only for tests that it has seen pass.")
        self.summary = Summary(self.log, self.coursedir.assignment_id, no_walls(self.options))
        currdir, names = os.getcwd(), Plain()
        os.chdir(self.coursedir.root)  # a course's hooks and plugins expect it, as with stock nbgrader
        self.log.addFilter(names)
        try:
            self.summary.warn_of_walls()
            self._grade_all()
        except SQLAlchemyError as error:
            self._fail(access.sentence(error, self.coursedir.db_url))
        except (access.GradebookUnusable, pool.NoScheduler) as error:
            self._fail(str(error))
        finally:
            self.summary.warn_of_walls()
            self.log.removeFilter(names)
            os.chdir(currdir)
        if self.summary.undated and type(self.parent).__name__ == "AutogradeApp":
            sys.exit(1)  # as stock nbgrader: graded, but not everything is recorded
        if self.summary.looks and self.options.status == "look" and type(self.parent).__name__ == "AutogradeApp":
            sys.exit(NEEDS_A_LOOK)

    def _grade_all(self):
        assignment = self.coursedir.assignment_id
        if self.summary.walls and self.options.sandbox == "strict":
            self._fail("Nothing was graded: there are no walls, and c.Proctor.sandbox is 'strict'.")
        found = self._find_submissions(assignment)
        try:
            ledger = Ledger(self.coursedir.db_url, self.coursedir.course_id, assignment)
        except Unknown as error:
            self._fail(str(error))
        claims = Claims(
            os.path.join(self.coursedir.root, self.coursedir.autograded_directory, f".{assignment}.lock"),
            self.coursedir.groupshared,
        )
        try:
            wanted = self._wanted_notebooks(ledger)
            todo = self._to_do(found, assignment, ledger, wanted)
            if todo:
                self._run(todo, assignment, ledger, wanted, claims)
        finally:
            claims.close()
            ledger.close()
            self.summary.report()
        if self.summary.failed:
            raise NbGraderException(f"{len(self.summary.failed)} submissions could not be graded; the log says why.")

    # -- what is to be graded

    def _find_submissions(self, assignment: str) -> dict:
        """Student -> folder."""
        pattern = re.compile(self._format_source(re.escape(assignment), "(?P<student>.*)", escape=True), re.DOTALL)
        excluded = set(self.coursedir.student_id_exclude.split(",")) if self.coursedir.student_id_exclude else set()
        found = {}
        for path in sorted(glob.glob(self._format_source(assignment, self.coursedir.student_id))):
            match = pattern.fullmatch(path)
            if match and match["student"] not in excluded:
                found[match["student"]] = path
        if not found:
            self._fail(
                f"No submissions were matched by '{self._format_source(assignment, self.coursedir.student_id)}'."
            )
        return found

    def _wanted_notebooks(self, ledger: Ledger) -> tuple:
        wanted = tuple(name for name in ledger.notebooks if fnmatchcase(name, self.coursedir.notebook_id))
        if not wanted:
            self._fail(
                f"No notebook of '{self.coursedir.assignment_id}' matches '{self.coursedir.notebook_id}'; "
                f"the gradebook has {', '.join(ledger.notebooks) or 'none: run nbgrader generate_assignment'}."
            )
        for name in wanted:
            language = ledger.notebooks[name].kernelspec.get("language", "python")
            if language.lower() != "python":
                self._fail(
                    f"Notebook '{name}' is written in {language}; set c.Proctor.enabled = False to grade it with "
                    "stock nbgrader."
                )
        return wanted

    def _to_do(self, found: dict, assignment: str, ledger: Ledger, wanted: tuple) -> list:
        """The submissions that are new, newer than what was graded, or forced."""
        todo = []
        recorded = ledger.times()
        alike: dict = {}
        for known in ledger.students:
            alike.setdefault(_folded(known), known)
        for student, path in found.items():
            if student not in ledger.students and (known := alike.get(_folded(student))):
                self.summary.fail(
                    student,
                    f"was not graded: the gradebook has a learner '{known}', whose id differs only in upper and "
                    "lower case, in blanks or in how accents are written, and nobody "
                    f"may be listed twice. Rename the folder submitted/{student} to {known}, or add another learner: "
                    f"nbgrader db student add {student}",
                )
                continue
            if not self.create_student and student not in ledger.students:
                self.summary.fail(
                    student,
                    f"No student with ID '{student}' exists in the database; run `nbgrader db student add {student}`.",
                )
                continue
            place = self._place(assignment, student)
            before = recorded.get(student)
            when, doubt = received.submission_time(
                path, student, assignment, self.coursedir.root, before, self.options.timestamps == "trusted"
            )
            item = SimpleNamespace(
                student=student,
                path=path,
                place=place,
                when=when,
                doubt=doubt,
                before=before,
                known=student in recorded,
                replaced=False,
                nameless=ledger.has_roster and student not in ledger.students,
            )
            if self.force or self._is_due(item, recorded, wanted):
                todo.append(item)
            else:
                self.summary.skipped += 1
                self.log.info("Skipping existing assignment: %s", folders.printable(place))
        return todo

    def _is_due(self, item, recorded: dict, wanted: tuple) -> bool:
        before = recorded.get(item.student)
        newer = item.when is not None and before is not None and item.when > before
        return (
            newer
            or item.student not in recorded
            or not self._is_graded(item.place, wanted)
            or self._is_replaced(item, wanted)
        )

    def _is_replaced(self, item, wanted: tuple) -> bool:
        return folders.is_replaced(
            item.path, item.place, self.coursedir.ignore, () if self.coursedir.notebook_id == "*" else wanted
        )

    def _is_graded(self, place: str, wanted: tuple) -> bool:
        if self.coursedir.notebook_id == "*":
            return os.path.isdir(place)
        return all(os.path.exists(os.path.join(place, name + ".ipynb")) for name in wanted)

    def _place(self, assignment: str, student: str) -> str:
        return os.path.normpath(self.coursedir.format_path(self.coursedir.autograded_directory, student, assignment))

    # -- grading and recording

    def _run(self, todo: list, assignment: str, ledger: Ledger, wanted: tuple, claims: Claims):
        shared = self._shared(assignment, ledger)
        shared = replace(
            shared,
            inside=calibrate.inside_of(self._where_tests_run(assignment, shared)),
            solutions=self._solutions(assignment, shared),
        )
        self._assignment_files, self._templates, self._wanted = shared.files, shared.templates, wanted
        penalty = self._late_penalty()
        by_student = {item.student: item for item in todo}
        progress = Progress(len(todo), self.log, bar=self.pool is None)
        ours = (item for item in todo if self._is_ours(item, ledger, wanted, claims))
        try:
            for task, result in self._results(pickle.dumps(shared), self._tasks(ours, wanted), len(todo)):
                self._take_in(by_student[task.student], result, ledger, penalty)
                claims.release(task.student)
                progress.step(task.student)
        finally:
            progress.close()

    def _solutions(self, assignment: str, shared: Shared) -> dict:
        """Notebook -> {grade id: the instructor's own answer}, where points are carried forward."""
        if not shared.follow:
            return {}
        source = self.coursedir.format_path(self.coursedir.source_directory, ".", assignment)
        found = {t.name: calibrate.solutions(os.path.join(source, t.name + ".ipynb"), t) for t in shared.templates}
        missing = [name for name, answers in found.items() if not answers]
        if missing:
            self.log.warning(
                "Nothing is carried forward in %s: c.Proctor.follow_through needs the instructor's own notebook, and "
                "it is not in %s.",
                ", ".join(missing),
                source,
            )
        return {name: {key: text for key, text in answers.items() if key} for name, answers in found.items()}

    def _where_tests_run(self, assignment: str, shared: Shared, anew: bool = False) -> dict:
        """Notebook -> calibrate.Found. With `anew`, tests that passed nowhere are tried again: the instructor may
        have fixed what they need.
        """
        if self.options.tests != "calibrated":
            return {} if self.options.tests == "outside" else calibrate.everything(shared.templates)
        course = self.coursedir
        calibration = calibrate.Calibration(
            course.root, assignment, course.format_path(course.source_directory, ".", assignment), shared
        )
        found = calibration.known()
        if found is not None and not (anew and calibration.has_source and any(one.nowhere for one in found.values())):
            calibrate.say(self.log, found, quiet=not anew)
            return found
        if not calibration.has_source:
            return calibrate.tagged(shared.templates)
        try:
            if self.pool is not None:
                found = calibration.calibrate(self.pool.run)
            else:
                with pool.Pool(min(self.options.worker_count(), 2)) as workers:
                    found = calibration.calibrate(workers.run)
        except Exception as error:
            self.log.debug("While calibrating", exc_info=True)
            self.log.warning(
                "%s: nobody could find out with the instructor's own solution which tests must run inside (%s: %s); "
                "all run outside.",
                assignment,
                type(error).__name__,
                error,
            )
            return calibrate.tagged(shared.templates)
        calibrate.say(self.log, found)
        return found

    def calibrate(self) -> dict:
        """For `nbgrader generate_assignment`: where the tests of the assignment run, found out if it is not known."""
        self.options = Proctor(parent=self)
        if not self.options.enabled or self.options.tests != "calibrated":
            return {}
        assignment = self.coursedir.assignment_id
        try:
            with contextlib.closing(Ledger(self.coursedir.db_url, self.coursedir.course_id, assignment)) as ledger:
                if all(
                    row.kernelspec.get("language", "python").lower() == "python" for row in ledger.notebooks.values()
                ):
                    return self._where_tests_run(assignment, self._shared(assignment, ledger), anew=True)
        except (Unknown, SQLAlchemyError, access.GradebookUnusable) as error:
            self.log.debug("While calibrating", exc_info=error)  # autograde says it, and tries again
        return {}

    def _is_ours(self, item, ledger: Ledger, wanted: tuple, claims: Claims) -> bool:
        """Claim a submission; False if another run has it in hand, or has graded it since this one looked. With
        --force it is graded in any case.
        """
        claimed = claims.take(item.student)
        if self.force or claimed and self._is_due(item, ledger.times(item.student), wanted):
            return True
        if claimed:
            claims.release(item.student)
        self.summary.others += 1
        self.log.info("Skipping %s: another nbgrader autograde has graded it or is grading it", item.student)
        return False

    def _take_in(self, item, result, ledger: Ledger, penalty):
        """Record the outcome of one submission. One submission's trouble does not stop the others; that of the
        gradebook or the disk does.
        """
        try:
            if isinstance(result, Exception):
                self._record_failure(item, result, ledger, penalty)
            elif result.refused:
                self.summary.fail(item.student, f"was not graded: {result.refused}")
            else:
                self._record(item, result, ledger, penalty)
        except Exception as error:
            self.log.debug("While recording %s", item.student, exc_info=True)
            if type(error) in (OperationalError, InternalError, DatabaseError):
                raise
            if isinstance(error, OSError) and error.errno in DISK:
                self._fail(
                    f"{error.strerror}: {item.place} cannot be written. Free some disk space, then run this again; "
                    "what was recorded stays."
                )
            self.summary.fail(
                item.student, f"could not be recorded ({type(error).__name__}: {error}); run nbgrader autograde again"
            )
        finally:
            item.files = None

    def _results(self, shared: bytes, tasks, count: int):
        scheduler = self.options.scheduler
        if scheduler:
            archive = release.pack((self.options.import_paths or [self.coursedir.root])[0], self.options.test_packages)
            yield from pool.run_on_dask(shared, tasks, scheduler, archive)
        elif self.pool is not None:
            yield from self.pool.run(grade_submission, shared, tasks)
        else:
            with pool.Pool(min(self.options.worker_count(), count)) as workers:
                yield from workers.run(grade_submission, shared, tasks)

    def _shared(self, assignment: str, ledger: Ledger) -> Shared:
        course = self.coursedir
        source = course.format_path(course.source_directory, ".", assignment)
        released = course.format_path(course.release_directory, ".", assignment)
        chosen = self.options.import_paths
        paths = tuple(chosen) if chosen is not None else (course.root,)
        templates = release.templates(ledger.notebooks, [released, source], self._without_hidden())
        files = {
            **release.data_files(source, course.ignore, self.exclude_overwriting.get(assignment, [])),
            **self._given(assignment),
        }
        return Shared(
            templates=templates,
            elsewhere=release.others(ledger.elsewhere()),
            files=files,
            import_paths=paths,
            marks=marks_of(self.config),
            private=(
                *release.private_names(templates, files, paths, self.options.test_packages),
                *dict.fromkeys((course.root, *paths)),
            ),
            variables={name: os.environ.get(name) for name in self.options.variables},
            limits=self.options.job_limits(),
            sandbox=self.options.sandbox,
            warm=self.options.warm,
            figures=self.options.figures,
            skip_tags=tuple(self.options.skip_tags),
            show_hidden_tests=self.options.show_hidden_tests,
            follow=self.options.carried_share(),
            at_home=tuple(self.options.given_at_home),
            max_lines=LimitOutput(parent=self).max_lines,
        )

    def _given(self, assignment: str) -> dict:
        excluded = {*self.exclude_overwriting.get(assignment, []), *self.options.given_at_home}
        return {path: content for path, content in given.of_converter(self, assignment).items() if path not in excluded}

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Stock grading alone comes here (`c.Proctor.enabled = False`): it finds the files that the course makes,
        too.
        """
        super().init_assignment(assignment_id, student_id)
        given.write(self._given(assignment_id), self._format_dest(assignment_id, student_id))

    def _without_hidden(self):
        """What generate_assignment leaves of a cell."""
        cut = cutter(self.config)

        def without_hidden(cell_type: str, source: str) -> str:
            cell = NotebookNode(cell_type=cell_type, source=source, metadata=NotebookNode())
            cut(cell)
            return cell.source

        return without_hidden

    def _tasks(self, todo, wanted: tuple):
        """Read submissions only when a worker is free for them."""
        course = self.coursedir
        for item in todo:
            self.notebooks = sorted(glob.glob(os.path.join(glob.escape(item.path), course.notebook_id + ".ipynb")))
            self.run_pre_convert_hook()
            try:
                folder = folders.read_folder(
                    item.path,
                    course.ignore,
                    self.options.max_notebook,
                    self.options.max_files,
                    self.options.max_bytes,
                    expected=tuple(f"{template.name}.ipynb" for template in self._templates),
                )
            except OSError as error:
                folder = folders.Folder(looks=[f"The submission could not be read ({error.strerror})."])
            item.looks = folder.looks + ([item.doubt] if item.doubt else [])
            item.replaced = item.known and item.when == item.before and self._is_replaced(item, wanted)
            if item.replaced:
                item.looks.append(
                    "Its files are not those that were graded before, although its time is the same: it was graded "
                    "again."
                )
            if item.nameless:
                item.looks.append(
                    "Nobody on the roster has this id: a learner without a name was added to the gradebook."
                )
            item.files = folder.files
            item.digest = folders.digest_of(item.path, course.ignore)
            yield Task(item.student, wanted, folder.notebooks, folder.files, item.digest)

    def _record(self, item, outcome: Outcome, ledger: Ledger, penalty):
        """Folder and gradebook together: see `folders.Staging`."""
        folders.remove_leavings(item.place)
        staging = folders.Staging(item.place)
        try:
            staging.write(
                self._contents(item, outcome), int(str(self.permissions), 8), keep=self.coursedir.notebook_id != "*"
            )
            ledger.record(outcome, item.when, penalty, before_commit=staging.withdraw, replaced=item.replaced)
            staging.publish()
        except BaseException:
            staging.discard()
            raise
        if self.coursedir.groupshared:
            self.set_permissions(self.coursedir.assignment_id, item.student)
        self.run_post_convert_hook()
        looks = list(item.looks)
        for notebook in outcome.notebooks:
            self._log_notebook(item.student, notebook)
            looks += notebook.looks
        self.summary.grade(item.student, looks, outcome)
        if item.doubt and item.when is None and item.before is None:
            self.summary.undated.add(item.student)

    def _record_failure(self, item, error: Exception, ledger: Ledger, penalty):
        """The worker died on it: no points, and a grader must look. Any other error is our own and leaves
        nothing behind.
        """
        self.log.debug("While grading %s", item.student, exc_info=error)
        if isinstance(error, pool.WorkerDied):
            self._record(
                item,
                given_up(self._templates, self._wanted, item.student, f"{error}; it has no points.", item.digest),
                ledger,
                penalty,
            )
        else:
            self.summary.fail(
                item.student, f"could not be graded ({type(error).__name__}: {error}); run nbgrader autograde again"
            )

    def _contents(self, item, outcome: Outcome) -> dict:
        own = dict(self._assignment_files)
        for notebook in outcome.notebooks:
            if notebook.text:
                own[notebook.name + ".ipynb"] = notebook.text.encode("utf-8", "replace")
        stamp = received.stamp(item.path, item.when or item.before)  # as in the gradebook
        if stamp is not None:
            own["timestamp.txt"] = stamp
        return folders.merged(item.files, own)

    def _late_penalty(self):
        """The course's late_submission_plugin behind nbgrader's own bounds; None if the course removed it."""
        if not any(
            getattr(p, "__name__", str(p).rsplit(".", 1)[-1]) == "AssignLatePenalties"
            for p in self.autograde_preprocessors
        ):
            return None
        stock = AssignLatePenalties(parent=self)
        try:
            stock.init_plugin()
        except Exception as error:  # nbgrader would find out with the first late submission
            self._fail(f"The plugin for late submissions cannot be used: {error}")

        def penalty(student: str, score: float, seconds_late: float):
            amount = stock.plugin_inst.late_submission_penalty(student, score, seconds_late)
            if amount is None:
                return None
            return stock._check_late_penalty(SimpleNamespace(score=score), amount)

        return penalty

    def _log_notebook(self, student: str, notebook):
        for remark in notebook.remarks:
            self.log.info("%s, %s: %s", folders.printable(student), notebook.name, folders.printable(remark))
        self.log.debug("%s, %s: %s", student, notebook.name, notebook.seconds)

    def _fail(self, message: str):
        self.log.error(message)
        raise NbGraderException(message)


def _folded(student: str) -> str:
    """An id as people and file systems may write it: in lower case, with accents in one of their two forms, without
    blanks around it.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", student).casefold()).strip()


class Summary:
    """What the grader is told at the end.

    Attributes
    ----------
    graded, skipped, others : int
        Submissions that were graded, were up to date, or were left to another run.
    looks, failed : dict
        Student -> sentences: what a grader should look at; why nothing is recorded.
    undated : set
        Students whose timestamp.txt holds no date: recorded without a time.
    faults : dict
        (Notebook, test, why no learner could pass it) -> students.
    walls : str
        A sentence if there were no walls.
    """

    def __init__(self, log, assignment: str, walls: str = ""):
        self.log, self.assignment, self.walls = log, assignment, walls
        self.graded = 0
        self.skipped = 0
        self.others = 0
        self.looks: dict = {}
        self.failed: dict = {}
        self.undated: set = set()
        self.faults: dict = {}
        self.begin = time.monotonic()

    def grade(self, student: str, looks: list, outcome: Outcome) -> None:
        self.graded += 1
        if looks:
            self.looks[student] = looks
        if outcome.walls:
            self.walls = NO_WALLS % outcome.walls  # the room knows more than could be known before
        for notebook in outcome.notebooks:
            for grade_id, why in notebook.faults.items():
                self.faults.setdefault((notebook.name, grade_id, why), []).append(student)
                self.looks.setdefault(student, [])

    def fail(self, student: str, why: str) -> None:
        self.failed[student] = [why]

    def warn_of_walls(self) -> None:
        if self.walls:
            self.log.warning("%s", self.walls)

    def report(self) -> None:
        for students, say in ((self.looks, self.log.warning), (self.failed, self.log.error)):
            for student, reasons in sorted(students.items()):
                for reason in dict.fromkeys(reasons):
                    say("%s: %s", folders.printable(student), folders.printable(reason))
        for (notebook, grade_id, why), students in sorted(self.faults.items()):
            self.log.error(
                "FIX THE TEST '%s' of %s: %s. %d submissions have no points for it, whatever their content; then run "
                "nbgrader generate_assignment and autograde again, with --force.",
                grade_id,
                notebook,
                folders.printable(why),
                len(students),
            )
        seconds = time.monotonic() - self.begin
        parts = [f"{self.graded} graded in {seconds:.1f} s", f"{len(self.looks)} need a look"]
        if self.failed:
            parts.append(f"{len(self.failed)} could not be graded")
        if self.skipped:
            parts.append(f"{self.skipped} were up to date")
        if self.others:
            parts.append(f"{self.others} were left to another run")
        say = self.log.warning if self.looks or self.failed else self.log.info
        say("%s: %s.", self.assignment, ", ".join(parts))
