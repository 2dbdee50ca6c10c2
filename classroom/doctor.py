"""`classroom doctor`, in the folder of a class: checks the whole set-up and says for each finding what to do.

One line each: ok, note (worth knowing), problem (grades would be wrong or lost). `--fix` repairs what can be repaired
without a choice: indexes, penalties.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import importlib.metadata
import json
import logging
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple
from zoneinfo import available_timezones

import sqlalchemy
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from nbgrader import dbutil
from nbgrader.apps.nbgraderapp import NbGraderApp
from nbgrader.exchange.default.exchange import Exchange
from nbgrader.preprocessors import AssignLatePenalties
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from traitlets.config import PyFileConfigLoader

import classroom
import proctor
from classroom import book, head, instep, late, places, rights, scratch, settings
from classroom.assignment import when_submitted
from classroom.words import amount, listed
from proctor.plugin import folders

OK, NOTE, PROBLEM = "ok", "note", "problem"
GIGABYTE = 1024**3

# What nbgrader's pages and export look up for each learner, cell by cell, without an index of its own.
INDEXES = {
    "grade": ("notebook_id",),
    "comment": ("notebook_id",),
    "submitted_notebook": ("assignment_id",),
    "submitted_assignment": ("student_id",),
    "base_cell": ("notebook_id",),
    "source_cell": ("notebook_id",),
    "notebook": ("assignment_id",),
}


class Finding(NamedTuple):
    """One line for people."""

    level: str
    what: str
    do: str = ""

    def __str__(self) -> str:
        return f"{self.level:8} {self.what}" + (f"  ->  {self.do}" if self.do else "")


class Patient:
    """The class in a folder, with what several checks need."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.typed = shutil.which(
            "nbgrader"
        )  # what a person starts, before the configuration changes the PATH of this process
        self.app = settings.of_folder(folder)
        self.course = self.app.coursedir
        self.root = Path(self.course.root)
        self.course_folder = Path(str(self.app.config.Classroom.get("course", self.root)))
        self.config_files = [
            path for path in (folder / "nbgrader_config.py", self.course_folder / "nbgrader_config.py") if path.exists()
        ]
        self.wants_proctor = any(
            re.search(r"^\s*(proctor\.install\(|c\.Proctor\.)", path.read_text(encoding="utf-8"), re.MULTILINE)
            for path in self.config_files
        )
        self.no_walls = ""  # a sentence, if learners' code would run without walls
        self.learners: list[book.Learner] = []
        self.assignments: dict[str, datetime | None] = {}
        self.graded: dict[tuple[str, str], book.Submission] = {}
        self.submitted: dict[str, dict[str, Path]] = {}  # assignment -> learner -> folder
        self.decisions: dict[tuple[str, str], book.Decision] = {}

    @property
    def has_proctor(self) -> bool:
        import nbgrader.apps.autogradeapp

        return nbgrader.apps.autogradeapp.Autograde.__module__.startswith("proctor.")

    def folder_of(self, step: str, learner: str, assignment: str) -> Path:
        return Path(self.course.format_path(getattr(self.course, f"{step}_directory"), learner, assignment))

    def must_have(self, learner: str, assignment: str, now: datetime) -> bool:
        """Whether a learner has no reason to have handed in nothing."""
        decision = self.decisions.get((learner, assignment))
        excused = decision is not None and (decision.until is None or decision.until > now)
        return not excused and (learner, "") not in self.decisions

    def read(self) -> None:
        """The gradebook and submitted/, once."""
        with book.opened(self.course.db_url) as connection:
            self.learners = book.learners(connection)
            self.assignments = book.assignments(connection)
            self.graded = {(one.learner, one.assignment): one for one in book.submissions(connection)}
            self.decisions = book.decisions(connection)
        for name in self.assignments:
            pattern = re.compile(
                self.course.format_path(
                    self.course.submitted_directory, "(?P<learner>[^/\\\\]+)", re.escape(name), escape=True
                )
            )
            found = self.root.glob(os.path.relpath(self.folder_of("submitted", "*", name), self.root))
            self.submitted[name] = {
                match["learner"]: path for path in sorted(found) if (match := pattern.fullmatch(str(path)))
            }


def main(arguments: list[str]) -> int:
    """See `classroom doctor --help`; 1 if there is a problem."""
    parser = argparse.ArgumentParser(
        prog="classroom doctor", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fix", action="store_true", help="add the indexes, bring late penalties up to date")
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args(arguments)
    with settings.quiet(logging.CRITICAL):
        patient = Patient(Path.cwd())
        findings = []
        for finding in examine(patient, options.fix):
            findings.append(finding)
            if not options.json:
                print(finding, flush=True)
    if options.json:
        print(json.dumps([finding._asdict() for finding in findings], indent=1))
    else:
        counts = {level: sum(finding.level == level for finding in findings) for level in (PROBLEM, NOTE)}
        print(f"{counts[PROBLEM]} problems, {counts[NOTE]} notes.")
        if patient.no_walls:
            print(patient.no_walls)
    return int(any(finding.level == PROBLEM for finding in findings))


def examine(patient: Patient, fix: bool = False) -> Iterator[Finding]:
    """Every check in its order. One that fails itself is a finding, and the others go on."""
    yield from _safely(python, patient)
    yield from _safely(versions, patient)
    configured = list(_safely(configuration, patient))
    yield from configured
    for check in (versions_of_files, programs, engine, exchange, disk):
        yield from _safely(check, patient)
    reached = list(_safely(gradebook, patient, fix))
    yield from reached
    if any(finding.level == PROBLEM for finding in reached):
        return
    for check in (
        release,
        due_dates,
        submissions,
        notebooks,
        times_of_receipt,
        not_graded,
        where_tests_run,
        who_graded,
        older_than_tests,
        by_hand,
    ):
        yield from _safely(check, patient)
    if all(
        finding.level != PROBLEM for finding in configured
    ):  # else the policy is not known, and to apply it would be wrong
        yield from _safely(penalties, patient, fix)


def _safely(check: Callable, *arguments) -> Iterator[Finding]:
    try:
        yield from check(*arguments)
    except Exception as error:
        yield Finding(
            PROBLEM,
            f"The check of {check.__name__.replace('_', ' ')} failed: {type(error).__name__}: "
            f"{str(error).splitlines()[0] if str(error) else ''}",
            "fix this first, or report it",
        )


# -- the machine


def python(patient: Patient) -> Iterator[Finding]:
    here = ".".join(map(str, sys.version_info[:3]))
    project = _beside_classroom("pyproject.toml")
    wanted = re.search(r'requires-python\s*=\s*"([^"]+)"', project.read_text(encoding="utf-8")) if project else None
    if wanted and not SpecifierSet(wanted[1]).contains(here):
        yield Finding(
            PROBLEM, f"Python {here}, but the course needs {wanted[1]}", "make PYTHON=/path/to/another/python"
        )
    else:
        yield Finding(OK, f"Python {here}")


def versions(patient: Patient) -> Iterator[Finding]:
    lock = _beside_classroom("requirements.lock")
    if lock is None:
        yield Finding(
            NOTE, f"nbgrader {importlib.metadata.version('nbgrader')}; there is no requirements.lock to compare with"
        )
        return
    other, missing, count = [], [], 0
    for line in lock.read_text(encoding="utf-8").splitlines():
        try:
            requirement = Requirement(line.rstrip("\\ ").strip())
        except InvalidRequirement:
            continue
        if requirement.marker and not requirement.marker.evaluate():
            continue
        count += 1
        try:
            there = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(requirement.name)
            continue
        if not requirement.specifier.contains(there, prereleases=True):
            other.append(f"{requirement.name} {there} (lock: {str(requirement.specifier).lstrip('=')})")
    if missing:
        yield Finding(
            NOTE,
            f"Not installed, and in requirements.lock: {listed(missing)}",
            "pip install --no-deps -r requirements.lock",
        )
    if other:
        yield Finding(
            NOTE, f"Other versions than the tested ones: {listed(other)}", "pip install --no-deps -r requirements.lock"
        )
    if not missing and not other:
        yield Finding(
            OK, f"{count} packages as in requirements.lock, nbgrader {importlib.metadata.version('nbgrader')}"
        )


def configuration(patient: Patient) -> Iterator[Finding]:
    """A mistake in nbgrader_config.py makes nbgrader carry on with stock settings, after one line in its log."""
    path = patient.folder / "nbgrader_config.py"
    try:
        config = PyFileConfigLoader(path.name, path=str(patient.folder)).load_config()
    except (Exception, SystemExit) as error:
        where = _last_line(error, patient.config_files)
        yield Finding(
            PROBLEM,
            f"nbgrader_config.py stops{where} with {type(error).__name__}: {error}; nbgrader carries on with its own "
            "settings",
            "fix that line",
        )
        return
    known: dict[str, set[str]] = {}
    for cls in _configurable(patient):  # two classes of nbgrader's are called Exchange
        known.setdefault(cls.__name__, set()).update(cls.class_trait_names(config=True))  # type: ignore[attr-defined]
    wrong = []
    for section, values in config.items():
        near = difflib.get_close_matches(section, known, 1, 0.85)
        if section not in known and near:
            wrong.append(f"c.{section} (is it c.{near[0]}?)")
        for name in values if section in known else ():
            if name not in known[section]:
                near = difflib.get_close_matches(name, known[section], 1, 0.6)
                wrong.append(f"c.{section}.{name}" + (f" (is it {near[0]}?)" if near else ""))
    if wrong:
        yield Finding(
            PROBLEM, f"No such setting, so it does nothing: {listed(wrong)}", "correct the name in nbgrader_config.py"
        )
    zones = [
        f"c.{section}.timezone = '{zone}'"
        for section in ("LmsCollector", "Exchange", "NbGraderAPI")
        if (zone := str(config.get(section, {}).get("timezone", "UTC"))) not in available_timezones()
    ]
    if zones:
        yield Finding(
            PROBLEM,
            f"There is no such time zone: {listed(zones)}",
            "write one like UTC or Europe/Berlin in nbgrader_config.py",
        )
    for path in {patient.root, patient.course_folder}:
        if why := places.unusable(path):
            yield Finding(PROBLEM, f"{why[0].upper()}{why[1:].partition('; ')[0]}", "rename the folder")
    if patient.root != patient.folder:
        yield Finding(NOTE, f"The class lies in {patient.root}, not in this folder", "set c.CourseDirectory.root")
    if not patient.course.course_id:
        yield Finding(
            NOTE, "There is no course_id, which the exchange and PostgreSQL need", "set c.CourseDirectory.course_id"
        )
    if zones:
        return
    stage = AssignLatePenalties(parent=patient.app)
    stage.init_plugin()
    words = (
        late.in_words(stage.plugin_inst)
        if isinstance(stage.plugin_inst, late.LatePolicy)
        else type(stage.plugin_inst).__name__
    )
    if not wrong:
        yield Finding(OK, f"nbgrader_config.py is read completely; late: {words}")


def versions_of_files(patient: Patient) -> Iterator[Finding]:
    """What an earlier version of `start` wrote, or left behind in the course."""
    old, here = settings.of_an_earlier_version(patient.folder), settings.left_in_the_course(patient.folder)
    if old:
        yield Finding(
            PROBLEM,
            f"Written by an earlier version, and may start another copy of proctor and classroom: {listed(old)}",
            f"cd {patient.course_folder} && classroom start {patient.folder}",
        )
    if here:
        yield Finding(
            PROBLEM,
            here,
            "classroom start ../NAME, then move class.db to ../NAME/gradebook.db, and submitted/, autograded/ and "
            "feedback/ beside it",
        )


def programs(patient: Patient) -> Iterator[Finding]:
    """Is the nbgrader that a person types the one beside this Python, where proctor and classroom are?"""
    here = Path(sys.executable).parent
    if patient.typed and Path(patient.typed).parent.resolve() == here.resolve():
        return
    activate = f"source {here / 'activate'}"
    if patient.typed is None:
        yield Finding(NOTE, "The command `nbgrader` is not on the PATH", activate)
    elif _lacks_packages(Path(patient.typed)):
        yield Finding(
            PROBLEM,
            f"The command nbgrader is {patient.typed}, whose Python has no proctor: it would not grade this class",
            activate,
        )
    else:
        yield Finding(NOTE, f"The command nbgrader is {patient.typed}, not the one beside this Python", activate)


def _lacks_packages(script: Path) -> bool:
    """Whether the Python in the first line of this program has no proctor or no classroom."""
    with script.open("rb") as file:
        first = file.readline().decode(errors="replace")
    if not first.startswith("#!"):
        return False
    found = subprocess.run(
        [*shlex.split(first[2:]), "-c", "import proctor, classroom"],
        cwd="/",
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    return found.returncode != 0


def engine(patient: Patient) -> Iterator[Finding]:
    """Which autograder is it, and does its room start?"""
    if not patient.has_proctor:
        if patient.wants_proctor:
            yield Finding(
                PROBLEM,
                "nbgrader_config.py installs proctor, but it is not in place: nbgrader would grade with the learner's "
                "code beside the tests",
                "see the finding about nbgrader_config.py; run `nbgrader autograde --debug`",
            )
        else:
            yield Finding(NOTE, "Stock nbgrader grades: the learner's code runs with the grader's rights")
        return
    from proctor.plugin.converter import no_walls
    from proctor.plugin.options import Proctor

    options = Proctor(parent=patient.app)
    patient.no_walls = no_walls(options)
    if not options.enabled:
        yield Finding(
            NOTE, "proctor is switched off (c.Proctor.enabled): the learner's code runs with the grader's rights"
        )
        return
    gone = [path for path in options.import_paths or [patient.course.root] if not Path(path).is_dir()]
    if gone:
        yield Finding(
            PROBLEM, f"Hidden tests import from {gone[0]}, which does not exist", "set c.Proctor.import_paths"
        )
    if options.scheduler:
        yield Finding(NOTE, f"Submissions are graded at {options.scheduler}; its rooms were not tried")
        return
    yield _room(patient)


def _room(patient: Patient) -> Finding:
    """Start one, run a cell in it, and check whether it sees what it must not."""
    from proctor.trusted.remedy import remedy
    from proctor.trusted.rooms import missing_walls

    tried = proctor.try_room(patient.app.config, [patient.root, patient.course_folder])
    if tried.problem:
        return Finding(PROBLEM, tried.problem, remedy(missing_walls()) if missing_walls() else "see proctor/README.md")
    if tried.no_walls:
        return Finding(
            PROBLEM,
            f"The room has no walls: {tried.no_walls}. Submissions could read everything on this machine",
            remedy(tried.no_walls),
        )
    if tried.seen:
        return Finding(
            PROBLEM, f"The room sees {tried.seen[0]}", "move the class out of the system's folders (/usr, /opt ...)"
        )
    return Finding(OK, f"proctor grades; its room was tried, and has walls ({tried.seconds:.1f} s)")


def where_tests_run(patient: Patient) -> Iterator[Finding]:
    """Outside the room or inside, as calibrated; see proctor/README.md."""
    if not patient.has_proctor:
        return
    from proctor.plugin import calibrate

    outside, inside = 0, []
    for name, notebooks in sorted(calibrate.written(str(patient.root)).items()):
        for notebook, found in notebooks.items():
            outside += found.tests - len(found.inside)
            if found.inside:
                inside.append(found.sentence(f"{name}/{notebook}"))
            for grade_id, why in found.nowhere.items():
                yield Finding(
                    PROBLEM,
                    f"The instructor's own solution does not pass {name}/{notebook}, {grade_id}: {why}",
                    f"fix the test in source/, then: nbgrader generate_assignment {name} --force",
                )
    if outside or inside:
        yield Finding(
            NOTE if inside else OK,
            "; ".join(inside) or f"All {outside} test cells run outside the learner's room",
            calibrate.MEANS if inside else "",
        )


def exchange(patient: Patient) -> Iterator[Finding]:
    root = Path(str(patient.app.config.Exchange.get("root", "/usr/local/share/nbgrader/exchange")))
    if not root.is_dir():
        yield Finding(
            NOTE,
            f"The exchange {root} is not there: nbgrader submit, collect and list fail, and formgrader's pages log "
            "errors",
            f"mkdir -p {root}, or set c.Exchange.root",
        )
    elif not os.access(root, os.W_OK | os.X_OK):
        yield Finding(PROBLEM, f"The exchange {root} cannot be written to", f"chmod 1777 {root}")
    elif not rights.shared(root, patient.root):
        yield Finding(OK, f"The exchange {root} can be written to")
    else:
        owner, course_id = patient.root.stat().st_uid, patient.course.course_id
        found = [
            rights.exchange(root),
            *(rights.course(root, course_id, owner) if course_id else ()),
            None if patient.course.groupshared else rights.folder("the class", patient.root),
            rights.folder("the course", patient.course_folder),
            rights.homes(),
        ]
        yield from (Finding(PROBLEM, *one) for one in found if one)
        if not any(found):
            yield Finding(OK, f"The exchange {root} is shared; homes, class and course are closed to learners")


def disk(patient: Patient) -> Iterator[Finding]:
    free = shutil.disk_usage(patient.root).free
    size = f"{free / GIGABYTE:.1f} GB free in {patient.root}"
    if free < GIGABYTE / 2:
        yield Finding(PROBLEM, size, "free some space before grading")
    else:
        yield Finding(NOTE if free < 2 * GIGABYTE else OK, size)


# -- the gradebook


def gradebook(patient: Patient, fix: bool) -> Iterator[Finding]:
    url = patient.course.db_url
    shown = sqlalchemy.engine.make_url(url).render_as_string(hide_password=True)
    file = scratch.file_of(url)
    if file is not None and not file.exists():
        yield Finding(
            PROBLEM,
            f"There is no gradebook at {shown}",
            "nbgrader generate_assignment makes it; or set c.CourseDirectory.db_url",
        )
        return
    try:
        with book.opened(url) as connection:
            tables = set(sqlalchemy.inspect(connection).get_table_names())
            if not {"grade", "student", "alembic_version"} <= tables:
                yield Finding(
                    PROBLEM,
                    f"{shown} is not an nbgrader gradebook",
                    "nbgrader generate_assignment makes one; or set c.CourseDirectory.db_url",
                )
                return
            if url.startswith("sqlite"):
                broken = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
                if broken != "ok":
                    yield Finding(
                        PROBLEM,
                        f"The gradebook's file is damaged ({broken})",
                        "restore the last backup, or: sqlite3 gradebook.db .recover | sqlite3 new.db",
                    )
                    return
            version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            missing = _missing_indexes(connection, tables)
    except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
        from proctor.plugin import access

        what, _, remedy = access.sentence(error, url).partition(". ")
        yield Finding(PROBLEM, what, remedy)
        return
    config = AlembicConfig()
    config.set_main_option("script_location", dbutil.ALEMBIC_DIR)
    newest = ScriptDirectory.from_config(config).get_current_head()
    if version != newest:
        yield Finding(
            PROBLEM,
            f"The gradebook has version {version}; this nbgrader needs {newest}",
            "nbgrader db upgrade (it makes a backup of a SQLite file)",
        )
        return
    patient.read()
    with book.opened(url) as connection:
        count = book.count_of_grades(connection)
    yield Finding(
        OK,
        f"The gradebook can be read: {len(patient.learners)} learners, {len(patient.assignments)} assignments, "
        f"{count} grades ({shown})",
    )
    if missing and fix:
        add_indexes(url)
        yield Finding(OK, f"{len(missing)} indexes were added to the gradebook")
    elif missing:
        level = NOTE if count > 2000 else OK
        yield Finding(
            level,
            f"{len(missing)} indexes would make nbgrader's pages and export faster"
            + ("" if level == NOTE else "; the class is small"),
            "classroom doctor --fix",
        )
    else:
        yield Finding(OK, "The gradebook has the indexes that nbgrader's pages need")


def add_indexes(url: str) -> None:
    """Add the indexes that are missing; every version of nbgrader works with and without them."""
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.begin() as connection:
            for table, column in _missing_indexes(connection, set(sqlalchemy.inspect(connection).get_table_names())):
                connection.exec_driver_sql(
                    f"CREATE INDEX IF NOT EXISTS classroom_{table}_{column} ON {table} ({column})"
                )
    finally:
        engine.dispose()


def _missing_indexes(connection, tables: set[str]) -> list[tuple[str, str]]:
    inspector = sqlalchemy.inspect(connection)
    found = []
    for table, columns in INDEXES.items():
        first = (
            {(index["column_names"] or [""])[0] for index in inspector.get_indexes(table)}
            if table in tables
            else set(columns)
        )
        first |= (
            {(index["column_names"] or [""])[0] for index in inspector.get_unique_constraints(table)}
            if table in tables
            else set()
        )
        found += [(table, column) for column in columns if column not in first]
    return found


# -- the class


def release(patient: Patient) -> Iterator[Finding]:
    """release/ and the gradebook's cells are what source/ makes; source/ is what the course has."""
    names = [name for name in patient.assignments if any(patient.folder_of("source", ".", name).glob("*.ipynb"))]
    without = sorted(patient.assignments.keys() - set(names))
    if without:
        yield Finding(NOTE, f"In the gradebook and not in source/: {listed(without)}")
    stale: list[str] = []
    differs: list[str] = []
    dated: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        config = patient.app.config.copy()
        config.Proctor.tests = "outside"  # where they run is known, or autograde finds out
        config.Head.gradebook = patient.course.db_url  # due dates are not made anew
        why_not, rows = instep.made(config, patient.root / patient.course.source_directory, names, fresh)
        if why_not:
            yield _made_and_in_source(patient, names) or Finding(
                PROBLEM, why_not, "fix the notebook in source/, then: nbgrader generate_assignment NAME --force"
            )
            return
        with book.opened(patient.course.db_url) as connection:
            recorded = book.released(connection)
        for name in names:
            before, after = patient.folder_of("release", ".", name), fresh / "release" / name
            if instep.differing(instep.files(before), instep.files(after)):
                (dated if head.differ_in_head_alone(before, after) else stale).append(name)
            elif instep.differing(
                {key: value for key, value in rows.items() if key[0] == name},
                {key: value for key, value in recorded.items() if key[0] == name},
            ):
                differs.append(name)
    if dated:
        yield Finding(
            NOTE,
            f"The notebooks in release/ have another due date than the gradebook: {listed(dated)}",
            f"nbgrader generate_assignment {dated[0]} --force, and give it out again",
        )
    if stale:
        yield Finding(
            PROBLEM,
            f"release/ is not what source/ makes: {listed(stale)}",
            f"nbgrader generate_assignment {stale[0]} --force (then `classroom regrade {stale[0]}` if it is graded)",
        )
    if differs:
        yield Finding(
            PROBLEM,
            f"The gradebook has other cells than source/: {listed(differs)}",
            f"nbgrader generate_assignment {differs[0]} --force",
        )
    if names and not stale and not differs:
        yield Finding(OK, f"release/ and the gradebook are in step with source/ ({len(names)} assignments)")
    if patient.course_folder != patient.root:
        changed = [
            name
            for name in names
            if (released := instep.files(patient.course_folder / "source" / name))
            and instep.differing(released, instep.files(patient.folder_of("source", ".", name)))
        ]
        if changed:
            yield Finding(
                NOTE,
                f"The course has changed since the class began: {listed(changed)}",
                f"to adopt the change: cp -r {patient.course_folder / 'source' / changed[0]} source/ && nbgrader "
                f"generate_assignment {changed[0]} --force",
            )
        else:
            yield Finding(OK, f"source/ matches the course ({patient.course_folder})")


def _made_and_in_source(patient: Patient, names: list[str]) -> Finding | None:
    """A class that was started when what the course makes for learners still lay in source/."""
    if not patient.has_proctor:
        return None
    from proctor.plugin.given import InSource, given_files
    from proctor.plugin.options import Proctor

    found: dict[str, list[str]] = {}
    for name in names:
        try:
            given_files(
                Proctor(parent=patient.app).given_files,
                name,
                os.path.normpath(patient.folder_of("source", ".", name)),
                patient.app.config,
            )
        except InSource as error:
            found[name] = [os.path.relpath(path, patient.folder) for path in error.paths]
    if not found:
        return None
    paths = " ".join(shlex.quote(path) for name in found for path in found[name])
    return Finding(
        PROBLEM,
        "source/ contains files that the course now generates: "
        + listed([path for name in found for path in found[name]]),
        f"rm {paths} && for name in {' '.join(found)}; do nbgrader generate_assignment $name --force; done",
    )


def due_dates(patient: Patient) -> Iterator[Finding]:
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    without = [name for name, when in patient.assignments.items() if when is None]
    if without:
        yield Finding(
            NOTE,
            f"No due date, so nobody is late: {listed(without)}",
            f"nbgrader db assignment add {without[0]} --duedate='2027-02-05 23:59:00 UTC'",
        )
    past = [name for name, when in patient.assignments.items() if when is not None and when < now]
    empty = [name for name in past if not patient.submitted.get(name)]
    if empty:
        yield Finding(
            NOTE,
            f"Past due, and nobody's submission is here: {listed(empty)}",
            f"nbgrader collect {empty[0]}, or classroom collect {empty[0]} DOWNLOAD",
        )
    ahead = sorted((when, name) for name, when in patient.assignments.items() if when is not None and when >= now)
    if past or ahead:
        yield Finding(
            OK,
            f"{len(past)} assignments are past due"
            + (f"; next is {ahead[0][1]} at {ahead[0][0]:%Y-%m-%d %H:%M} UTC" if ahead else ""),
        )


def submissions(patient: Patient) -> Iterator[Finding]:
    """The roster against submitted/."""
    ids = {learner.id for learner in patient.learners}
    if not ids:
        yield Finding(NOTE, "The gradebook has no learners", "classroom start ... --roster roster.csv")
    strangers = sorted({learner for learners in patient.submitted.values() for learner in learners} - ids)
    if strangers:
        near = difflib.get_close_matches(strangers[0], ids, 1, 0.7)
        yield Finding(
            PROBLEM,
            f"Submissions of nobody on the roster: {listed(strangers)}"
            + (f" (is {strangers[0]} {near[0]}?)" if near else ""),
            f"rename the folder in submitted/, or: nbgrader db student add {strangers[0]}",
        )
    named = {learner.id for learner in patient.learners if learner.first_name or learner.last_name or learner.email}
    nameless = sorted(ids - named) if named else []
    if nameless:
        twins = {one: other for one in nameless for other in sorted(named) if one.casefold() == other.casefold()}
        first, other = next(iter(twins.items()), (nameless[0], ""))
        yield Finding(
            PROBLEM if twins else NOTE,
            f"Learners without a name: {listed(nameless)}"
            + "".join(f" ({one} and {other} differ only in upper and lower case)" for one, other in twins.items()),
            f"move submitted/{first} to submitted/{other}, nbgrader db student remove {first} --force, and autograde "
            "again"
            if twins
            else "classroom start . --roster roster.csv, which has their names; or classroom forget, for who is nobody",
        )
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    for name, when in patient.assignments.items():
        there = patient.submitted.get(name, {})
        missing = sorted(learner for learner in ids - there.keys() if patient.must_have(learner, name, now))
        if there and missing and when is not None and when < now:
            yield Finding(NOTE, f"{name}: {len(missing)} of {len(ids)} have not handed in anything: {listed(missing)}")
    if patient.decisions:
        yield Finding(OK, f"{amount(len(patient.decisions), 'exception')} for single learners: classroom exceptions")
    if ids and not strangers:
        count = sum(map(len, patient.submitted.values()))
        yield Finding(OK, f"{count} submissions, all of learners on the roster")


def notebooks(patient: Patient) -> Iterator[Finding]:
    """Duplicate and misnamed files."""
    misnamed, several, none, empty = [], [], [], []
    for name, learners in patient.submitted.items():
        wanted = {path.name for path in patient.folder_of("release", ".", name).glob("*.ipynb")}
        for learner, folder in learners.items():
            if not folder.is_dir():
                continue
            there = [
                path
                for path in folder.rglob("*")
                if path.is_file()
                and not path.is_symlink()
                and ".ipynb_checkpoints" not in path.parts
                and folders.holds_a_notebook(path)
            ]
            empty += [f"{learner}/{name}" for path in there if not path.stat().st_size]
            right = {path.name for path in there if path.parent == folder} & wanted
            if not there:
                none.append(f"{learner}/{name}")
            elif len(there) > len(wanted):
                several.append(f"{learner}/{name}")
            elif wanted - right:
                misnamed.append(
                    f"{learner}/{name} ({', '.join(sorted({path.name for path in there} - wanted) or ['in a folder'])})"
                )
    if several:
        yield Finding(
            NOTE,
            f"More notebooks than the assignment has: {listed(several)}",
            "decide which one counts, and remove the others",
        )
    if none:
        yield Finding(NOTE, f"No notebook in the submission: {listed(none)}", "ask the learner for it")
    if empty:
        yield Finding(NOTE, f"A notebook of 0 bytes: {listed(empty)}", "ask the learner for it")
    if misnamed:
        yield Finding(
            NOTE if patient.has_proctor else PROBLEM,
            f"Not named as released: {listed(misnamed)}",
            "nothing to do: proctor recognises it by its cells" if patient.has_proctor else "rename it",
        )
    if not (several or none or misnamed or empty):
        yield Finding(OK, "Every submission has the released notebooks, once")


def times_of_receipt(patient: Patient) -> Iterator[Finding]:
    """Records of when submissions were collected, which count only with the key of the class."""
    if not patient.has_proctor:
        return
    from proctor.plugin import received

    unchecked: dict[str, list[str]] = {}
    for name, learners in patient.submitted.items():
        for learner, folder in learners.items():
            if why := received.when_received(folder, learner, name, patient.root)[1]:
                unchecked.setdefault("made here" if "not made here" in why else "without", []).append(
                    f"{learner}/{name}"
                )
    if without := unchecked.get("without"):
        yield Finding(
            PROBLEM,
            f"{received.KEY} is missing, so {len(without)} records of when submissions were collected do not count: "
            f"{listed(without)}",
            f"copy {received.KEY} from where the class was before (files that begin with a dot were left out)",
        )
    if others := unchecked.get("made here"):
        yield Finding(
            NOTE,
            f"Records of when they were collected that were not made in this class: {listed(others)}",
            f"copy {received.KEY} along with the class, or collect again",
        )


def not_graded(patient: Patient) -> Iterator[Finding]:
    waiting: dict[str, list[str]] = {}
    gone: dict[str, list[str]] = {}
    replaced: dict[str, list[str]] = {}
    for name, learners in patient.submitted.items():
        for learner, folder in learners.items():
            graded = patient.folder_of("autograded", learner, name)
            recorded = patient.graded.get((learner, name))
            when = None
            with contextlib.suppress(OSError, ValueError, AttributeError, OverflowError):
                when = when_submitted(patient.app, folder, learner, name)
            newer = recorded and when and recorded.timestamp and when > recorded.timestamp + timedelta(seconds=1)
            if recorded is not None and not newer and not graded.is_dir():
                gone.setdefault(name, []).append(learner)
            elif recorded is None or newer:
                waiting.setdefault(name, []).append(learner)
            elif folders.is_replaced(str(folder), str(graded), patient.course.ignore):
                replaced.setdefault(name, []).append(learner)
    for name, new in waiting.items():
        yield Finding(
            NOTE, f"{name}: {len(new)} submissions are new and not graded: {listed(new)}", f"nbgrader autograde {name}"
        )
    for name, lost in gone.items():
        yield Finding(
            PROBLEM,
            f"{name}: graded, but autograded/ has no folder of {listed(lost)}: no feedback, and nothing to mark",
            f"nbgrader autograde {name} makes it again",
        )
    for name, changed in replaced.items():
        what = f"{name}: the files in submitted/ are not those that were graded: {listed(changed)}"
        yield Finding(NOTE, what, f"nbgrader autograde {name}")
    if patient.graded and not waiting and not gone and not replaced:
        yield Finding(OK, "Every submission is graded")


def who_graded(patient: Patient) -> Iterator[Finding]:
    """What the notebooks in autograded/ record about how they were graded: today's set-up tells nothing about
    yesterday's run.
    """
    if not patient.wants_proctor:
        return
    stock: dict[str, list[str]] = {}
    open_rooms: dict[str, list[str]] = {}
    for learner, name in patient.graded:
        for path in sorted(patient.folder_of("autograded", learner, name).glob("*.ipynb")):
            mark = re.search(
                rb'"proctor": \{"messages": .*"walls": ("(?:[^"\\]|\\.)*")\}', path.read_bytes()[-200_000:], re.DOTALL
            )
            if mark is None:
                stock.setdefault(name, []).append(learner)
            elif mark[1] != b'""':
                open_rooms.setdefault(name, []).append(learner)
    for name, learners in sorted(stock.items()):
        yield Finding(
            PROBLEM,
            f"{name}: not graded by proctor, but with the learner's code beside the tests: "
            f"{listed(sorted(set(learners)))}",
            f"nbgrader autograde {name} --force",
        )
    for name, learners in sorted(open_rooms.items()):
        yield Finding(
            NOTE,
            f"{name}: graded in rooms without walls: {listed(sorted(set(learners)))}",
            f"see proctor/README.md, then nbgrader autograde {name} --force",
        )
    if patient.graded and not stock and not open_rooms:
        yield Finding(OK, "Every graded notebook was graded by proctor, behind walls")


def older_than_tests(patient: Patient) -> Iterator[Finding]:
    """Grades from before the hidden tests were changed."""
    packages = patient.app.config.Proctor.get("test_packages", [])
    places = [patient.course_folder / str(package) for package in packages]
    files = [path for place in places for path in ([place] if place.is_file() else place.rglob("*.py"))]
    tests = max((path.stat().st_mtime for path in files), default=0.0)
    old: dict[str, int] = {}
    for learner, name in patient.graded:
        source = max(
            (path.stat().st_mtime for path in patient.folder_of("source", ".", name).rglob("*") if path.is_file()),
            default=0.0,
        )
        graded = [path.stat().st_mtime for path in patient.folder_of("autograded", learner, name).glob("*.ipynb")]
        if graded and min(graded) < max(tests, source):
            old[name] = old.get(name, 0) + 1
    for name, count in sorted(old.items()):
        yield Finding(
            NOTE, f"{name}: {count} were graded before the tests were last changed", f"classroom regrade {name}"
        )


def by_hand(patient: Patient) -> Iterator[Finding]:
    waiting: dict[str, int] = {}
    for one in patient.graded.values():
        if one.waits:
            waiting[one.assignment] = waiting.get(one.assignment, 0) + 1
    if waiting:
        yield Finding(
            NOTE,
            "Waiting for a person: " + ", ".join(f"{name} ({count})" for name, count in sorted(waiting.items())),
            "jupyter lab, then Nbgrader, Formgrader, Manual Grading",
        )
    elif patient.graded:
        yield Finding(OK, "Nothing is waiting for a person")


def penalties(patient: Patient, fix: bool) -> Iterator[Finding]:
    """nbgrader computes a penalty while it autogrades; points given by hand, due dates and extensions come later."""
    with book.opened(patient.course.db_url) as connection:
        rows = late.outdated(patient.app, connection)
    who = [f"{row.learner}/{row.assignment}" for row, _ in rows]
    if rows and fix:
        late.bring_up_to_date(patient.course.db_url, rows)
        yield Finding(OK, f"{len(rows)} late penalties were brought up to date: {listed(who)}")
    elif rows:
        yield Finding(
            NOTE,
            f"{len(rows)} late penalties do not match the policy (marks, due dates or the policy changed): "
            f"{listed(who)}",
            "classroom doctor --fix",
        )


# -- small things


def _beside_classroom(name: str) -> Path | None:
    path = Path(classroom.__file__).resolve().parent.parent / name
    return path if path.exists() else None


def _configurable(patient: Patient) -> list[type]:
    app = NbGraderApp()
    classes = [cls for cls in app.all_configurable_classes() if isinstance(cls, type)]
    classes += [Exchange, late.LatePolicy]
    with contextlib.suppress(ImportError):
        from classroom.collect import LmsCollector, LmsExtractor

        classes += [LmsCollector, LmsExtractor]
    if patient.wants_proctor:
        with contextlib.suppress(ImportError):
            from proctor.plugin.options import Proctor

            classes += [Proctor]
    return classes


def _last_line(error: BaseException, files: list[Path]) -> str:
    """Where in a configuration it happened."""
    if isinstance(error, SyntaxError):
        return f" in line {error.lineno} of {error.filename}"
    place, trace = "", error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename in map(str, files):
            place = f" in line {trace.tb_lineno} of {trace.tb_frame.f_code.co_filename}"
        trace = trace.tb_next
    return place
