"""`classroom start FOLDER --roster roster.csv`: a class of its own, ready to grade, in one command.

Run again with the same folder it adds what is new: learners, due dates, assignments. It removes nothing.
"""

from __future__ import annotations

import argparse
import logging
import re
import secrets
import shutil
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

import dateutil.tz
import sqlalchemy
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from tqdm import tqdm

from classroom import book, cuts, doctor, exceptions, head, late, places, rights, roster, scratch, settings, when
from classroom.errors import ClassroomError
from classroom.words import amount, listed

CONFIG = "nbgrader_config.py"

CLASS = '''"""The configuration of one class. The course's own is read first; what stands below is this class's."""

from pathlib import Path

here = Path(__file__).resolve().parent
c = get_config()  # noqa: F821  (nbgrader puts get_config here)

# The course: preprocessors, hidden tests, the grading engine. Without it nbgrader would grade with its own settings.
course = Path({course!r})
if not (course / "nbgrader_config.py").exists():
    raise SystemExit(f"The course is no longer at {{course}}: write its new place into {{__file__}}.")
load_subconfig("nbgrader_config.py", path=str(course))  # noqa: F821
c.Classroom.course = str(course)  # for `doctor`, which compares source/ with it

# source/, release/, submitted/, autograded/ and feedback/ are here.
c.CourseDirectory.root = str(here)

# The class in the gradebook and in the exchange.
c.CourseDirectory.course_id = {course_id!r}
# Grades: a SQLite file, or PostgreSQL (postgresql+psycopg://...) where several machines write.
c.CourseDirectory.db_url = {gradebook}
{exchange}
# `nbgrader collect` takes a newer submission; the exchange keeps the ones before.
c.ExchangeCollect.update = True
# A mark by hand changes no file, so nbgrader would take older feedback for up to date: it is made again each time.
c.GenerateFeedback.force = True
{imports}
# Late submissions: {policy_words}.
c.AssignLatePenalties.plugin_class = "classroom.late.LatePolicy"
{policy}
# `nbgrader zip_collect` and `classroom collect` read the downloads of Moodle and Canvas.
try:
    import classroom.collect
    import classroom.head
except ImportError as error:  # nbgrader would only log it, and grade with its own settings
    raise SystemExit(f"{{error}}: this class was made with {python}; use the nbgrader beside it.") from error
classroom.collect.install(c)
# The due date below the title of each released notebook, and on the feedback page.
classroom.head.install(c)
# Where the class lives: due dates without a time zone, and the times in an LMS's files.
c.LmsCollector.timezone = {timezone!r}
'''

EXCHANGE = """# For `nbgrader submit` and `collect` with one account (`start --exchange FOLDER`: with learners' own).
c.Exchange.root = str(here / "exchange")
(here / "exchange").mkdir(exist_ok=True)"""
SHARED_EXCHANGE = """# For `nbgrader submit` and `collect`: a folder that learners' accounts share, rights 1777.
c.Exchange.root = {root!r}
c.Exchange.path_includes_course = True  # learners find an assignment in COURSE/ASSIGNMENT"""

SEED = """
# Hidden tests draw their inputs with this number, other ones in each class: old notes pass nothing.
# Keep it for the whole term, regrades too (`start --new-seed` draws another). It never reaches learners' code.
import os  # noqa: E402

os.environ["COURSE_SEED"] = "{seed}"
"""
_SEED = re.compile(re.escape(SEED).replace(r"\{seed\}", r"\d+"))


class Due(NamedTuple):
    """When an assignment is due: as people wrote it, with its time zone."""

    assignment: str
    moment: datetime

    @property
    def utc(self) -> datetime:
        """As nbgrader keeps it: in UTC, without a time zone."""
        return self.moment.astimezone(timezone.utc).replace(tzinfo=None)

    def __str__(self) -> str:
        return f"{self.moment:%a %Y-%m-%d %H:%M} (UTC{self.moment:%z}), in UTC {self.utc:%Y-%m-%d %H:%M}"


def main(arguments: list[str]) -> int:
    """See `classroom start --help`."""
    options = _options(arguments)
    on_path = shutil.which("nbgrader") or ""  # before a configuration changes the PATH of this process
    course = Path(options.course).resolve()
    if not (course / CONFIG).exists():
        raise ClassroomError(
            f"No {CONFIG} in {course}: run this in the folder of the course, or name it with --course."
        )
    folder = _folder(options, course)
    config = folder / CONFIG
    new = not config.exists()
    # Everything that a person may have mistyped is read before anything is made.
    learners, remarks = roster.read(options.roster, options.id_column) if options.roster else ([], [])
    known = [] if new else cuts.assignments(folder)
    cut = (
        cuts.Cut([[name] for name in known], [])
        if known and not options.cut
        else cuts.choose(course, options.cut or cuts.FULL)
    )
    zone_name = options.timezone or "UTC" if new else _same(options, folder)
    zone = when.zone_named(zone_name, "--timezone")
    due = _due(options, cut, zone, known)
    policy = late.parse(options.late or "none")
    if new:
        _refuse_a_used_gradebook(_url(options, folder))
        _refuse_an_open_exchange(options, folder)
        _make(options, course, folder, config, policy, zone_name)
    print(f"{'Made' if new else 'Bringing up to date'}: {folder}")
    for line in _who_may_read(options, course) if new else settings.bring_up_to_date(folder):
        print(f"  {line}")
    if options.new_seed and not new:
        _draw_again(config)
    with settings.quiet(logging.WARNING):
        app = _configured(folder)
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id):
        pass  # makes its tables
    moved, told = _set_due(app, due)  # first, since it stands in the notebooks
    _release(app, course, folder, cut.assignments, moved)
    doctor.add_indexes(app.coursedir.db_url)
    print(f"  {amount(len(cut.assignments), 'assignment')}: {', '.join(cut.assignments)}")
    for line in [*_left_out(app), *remarks, *_enrol(app, learners, options.roster), *told]:
        print(f"  {line}")
    print(f"  Late: {late.in_words(late.LatePolicy(parent=app))}.")
    if new:
        begin, take = (
            ("Next", "nbgrader release_assignment ASSIGNMENT\n  nbgrader collect ASSIGNMENT")
            if options.exchange
            else ("Next: give learners what is in release/. Then", "classroom collect ASSIGNMENT DOWNLOAD.zip")
        )
        print(
            f"{begin}, in {folder}:\n  classroom doctor\n  {take}\n  nbgrader autograde ASSIGNMENT\n  "
            "nbgrader generate_feedback ASSIGNMENT"
        )
        if Path(on_path).parent != Path(sys.executable).parent:
            print(
                f"  (`source {Path(sys.executable).parent / 'activate'}` puts both commands on the PATH; ./classroom "
                "works without)"
            )
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="classroom start", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", help="the folder of the class, made if it is not there, outside the course")
    parser.add_argument("--course", default=".", help="the folder of the course (default: this one)")
    parser.add_argument(
        "--roster", type=Path, help="CSV: id, first_name, last_name, email; or an export of Moodle or Canvas"
    )
    parser.add_argument("--id-column", default="", help="the column of an export that becomes the learner's id")
    parser.add_argument(
        "--cut", default="", help="full, a cut of the course's cuts.csv, or assignments separated by commas"
    )
    parser.add_argument(
        "--first-due",
        help="the first session's due date, such as 2027-02-05 or 2027-02-05T18:00; without a time the end of the day",
    )
    parser.add_argument("--every", type=int, default=7, help="days from one session to the next (default: 7)")
    parser.add_argument("--due", type=Path, help="CSV: assignment, due")
    parser.add_argument("--timezone", help="of due dates without one, such as Europe/Berlin (default: UTC)")
    parser.add_argument("--late", help="none, or per-day:10%%, stop:3 (days), grace:15 (minutes) separated by commas")
    parser.add_argument(
        "--gradebook", help="sqlite:///... or postgresql+psycopg://... (default: gradebook.db in the folder)"
    )
    parser.add_argument(
        "--exchange",
        type=Path,
        help="where learners have accounts on this machine: a folder to fetch from and hand in to (docs/hub.md)",
    )
    parser.add_argument(
        "--new-seed", action="store_true", help="hidden tests draw new inputs (a new class has a seed of its own)"
    )
    parser.add_argument(
        "--course-id", help="the name of the class in the gradebook and the exchange (default: the folder's)"
    )
    options = parser.parse_args(arguments)
    if options.first_due and options.due:
        parser.error("--first-due and --due cannot be used together")
    return options


def _folder(options, course: Path) -> Path:
    folder = Path(options.folder).resolve()
    for path in (course, folder):
        if why := places.unusable(path):
            raise ClassroomError(f"Nothing was made: {why}")
    if folder == course:
        raise ClassroomError(
            "This is the folder of the course itself; a class has a folder of its own: name one outside, such as "
            "../autumn."
        )
    if course in folder.parents:
        raise ClassroomError(
            f"{folder} is inside the course, where grades could be committed by accident; choose one outside, such as "
            f"../{folder.name}."
        )
    in_the_way = [name for name in ("source", "release", "submitted", "gradebook.db") if (folder / name).exists()]
    if not (folder / CONFIG).exists() and in_the_way:
        raise ClassroomError(
            f"{folder} has a {in_the_way[0]} and no {CONFIG}: so it is not a class. Nothing was changed; "
            "name another folder."
        )
    if (folder / CONFIG).exists() and "classroom.late" not in (folder / CONFIG).read_text(encoding="utf-8"):
        raise ClassroomError(
            f"{folder / CONFIG} was not made by this command. Nothing was changed; name another folder."
        )
    return folder


def _same(options, folder: Path) -> str:
    """The time zone of a class that exists; options that contradict its configuration are refused, not applied in
    silence.
    """
    with settings.quiet(logging.WARNING):
        app = _configured(folder)
    policy = late.LatePolicy(parent=app)
    given = {name: getattr(policy, name) for name in ("per_day", "stop_after_days", "grace_minutes")}
    usual = {name: trait.default_value for name, trait in late.LatePolicy.class_traits().items() if name in given}
    contradicted = [
        options.late is not None and {**usual, **late.parse(options.late)} != given and "--late",
        options.gradebook is not None and _url(options, folder) != app.coursedir.db_url and "--gradebook",
        options.course_id is not None and options.course_id != app.coursedir.course_id and "--course-id",
        options.exchange is not None
        and options.exchange.expanduser().resolve() != Path(str(app.config.Exchange.get("root", ""))).resolve()
        and "--exchange",
        options.timezone is not None
        and options.timezone != app.config.LmsCollector.get("timezone", "UTC")
        and "--timezone",
    ]
    for option in filter(None, contradicted):
        raise ClassroomError(
            f"{option} is not what this class uses. Nothing was changed; change it in "
            f"{folder / CONFIG}, where a comment explains the line."
        )
    return str(app.config.LmsCollector.get("timezone", "UTC"))


def _url(options, folder: Path) -> str:
    url = options.gradebook or f"sqlite:///{folder / 'gradebook.db'}"
    file = url.removeprefix("sqlite:///")
    return url if file == url else f"sqlite:///{folder / file}"  # an absolute path stays as it is


def _refuse_an_open_exchange(options, folder: Path) -> None:
    """A folder that learners reach and where nobody takes another's place; it is made if it is not there."""
    if options.exchange is None:
        return
    root = options.exchange = options.exchange.expanduser().resolve()
    course_id = options.course_id or folder.name
    if sys.platform == "win32":
        raise ClassroomError("--exchange: nbgrader has no exchange on Windows.")
    if why := places.unusable(root):
        raise ClassroomError(f"--exchange: {why}")
    if not rights.shared(root, folder):
        raise ClassroomError(f"--exchange: {root} is inside the class, which learners must not enter; choose another.")
    new = not root.exists()
    if new:
        try:
            root.mkdir()
        except OSError as error:
            raise ClassroomError(
                f"--exchange: {root} cannot be made ({error.strerror}). As root: install -d -m 1777 {root}"
            ) from None
        root.chmod(rights.SHARED)
    if not root.is_dir():
        raise ClassroomError(f"--exchange: {root} is not a folder.")
    if found := rights.exchange(root):
        if new:
            root.rmdir()
        raise ClassroomError(f"--exchange: {found.what}. Run `{found.do}`, as its owner, then this again.")
    if (root / course_id).exists() and not rights.is_mine(root / course_id):
        raise ClassroomError(
            f"--exchange: {root / course_id} belongs to {rights.account((root / course_id).stat().st_uid)}. Have it "
            "removed, or choose another --course-id."
        )


def _who_may_read(options, course: Path) -> list[str]:
    """What learners with accounts on this machine could read, and what to do."""
    if options.exchange is None:
        return []
    found = [rights.folder("the course", course), rights.homes()]
    return [f"{one.what}: {one.do}" for one in found if one]


def _refuse_a_used_gradebook(url: str) -> None:
    """A class starts with a gradebook of its own."""
    try:
        file = scratch.file_of(url)
        if file is not None and not file.exists():
            return
        with book.opened(url) as connection:
            if not sqlalchemy.inspect(connection).has_table("student"):
                return
            count = len(book.learners(connection))
    except ImportError as error:
        raise ClassroomError(
            f"The gradebook {_shown(url)} needs a Python package: {error}. For PostgreSQL: pip install "
            "'psycopg[binary]'."
        ) from None
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise ClassroomError(
            f"The gradebook {_shown(url)} cannot be opened: {str(getattr(error, 'orig', error)).splitlines()[0]}"
        ) from None
    if count:
        raise ClassroomError(
            f"The gradebook {_shown(url)} holds {count} learners already; a class needs one of its own. Nothing was "
            "changed."
        )


def _shown(url: str) -> str:
    """The address without its password."""
    try:
        return sqlalchemy.engine.make_url(url).render_as_string(hide_password=True)
    except sqlalchemy.exc.ArgumentError:
        raise ClassroomError(
            f"--gradebook: '{url}' is not a database address; write sqlite:////full/path.db or "
            "postgresql+psycopg://user@host/name."
        ) from None


def _make(options, course: Path, folder: Path, config: Path, policy: dict, zone_name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if options.exchange:
        folder.chmod(0o700)
        rights.make_course(options.exchange, options.course_id or folder.name)
    url = _url(options, folder)
    usual = folder / "gradebook.db"
    engine = "Proctor." in (course / CONFIG).read_text(encoding="utf-8")
    traits = "\n".join(f"c.LatePolicy.{name} = {value!r}" for name, value in policy.items())
    text = (
        CLASS.format(
            course=str(course),
            python=sys.executable,
            course_id=options.course_id or folder.name,
            timezone=zone_name,
            policy=traits or "# c.LatePolicy.per_day = 0.1",
            gradebook=f'f"sqlite:///{{here / {usual.name!r}}}"' if url == f"sqlite:///{usual}" else repr(url),
            policy_words=late.in_words(late.LatePolicy(**policy)),
            exchange=SHARED_EXCHANGE.format(root=str(options.exchange)) if options.exchange else EXCHANGE,
            imports="# Hidden tests import from the course.\nc.Proctor.import_paths = [str(course)]" if engine else "",
        )
        + _new_seed()
    )
    for name in ("submitted",) if options.exchange else ("submitted", "exchange"):
        (folder / name).mkdir(exist_ok=True)
    # Written last and at once: a folder with a configuration is a class, and the next run continues.
    settings.write_launcher(folder)
    part = config.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    if sqlalchemy.engine.make_url(url).password:
        part.chmod(0o600)
        print(
            f"  The password of the gradebook is in {config.name}, which only you can read; ~/.pgpass is a better "
            "place."
        )
    part.replace(config)


def _new_seed() -> str:
    return SEED.format(seed=secrets.randbelow(2**31))


def _draw_again(config: Path) -> None:
    """A new seed for a class that exists, or its first."""
    text = config.read_text(encoding="utf-8")
    block = _new_seed()
    text = _SEED.sub(lambda _: block, text) if _SEED.search(text) else text + block
    if text.count("COURSE_SEED") > 1:
        raise ClassroomError(f"{config} sets COURSE_SEED itself; change it there. Nothing was changed.")
    part = config.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    shutil.copymode(config, part)
    part.replace(config)
    print(
        "  COURSE_SEED: hidden tests draw other inputs from now on; `classroom regrade` shows whose points would "
        "change."
    )


def _configured(folder: Path):
    app = settings.of_folder(folder)
    if Path(app.coursedir.root) != folder:
        raise ClassroomError(
            f"{folder / CONFIG} could not be read as a whole: `classroom doctor` in that folder says why."
        )
    return app


def _left_out(app) -> list[str]:
    """What the class leaves out of the course, and which released notebooks say so because they speak of it."""
    names = head.left_out(app.config)
    if not names:
        return []
    release = Path(app.coursedir.root) / app.coursedir.release_directory
    speak = [path.stem for path in sorted(release.glob("*/*.ipynb")) if head.says_so(path)]
    told = f"; {listed(speak)} speak of that, and say so below the title" if speak else ""
    return [f"Left out: {', '.join(names)}{told}."]


def _release(app, course: Path, folder: Path, names: list[str], moved: list[str]) -> None:
    """Copy what is missing, and generate what is not in release/ or in the gradebook, or has `moved` its due date."""
    for path in sorted((course / "source").iterdir()):
        target = folder / "source" / path.name
        if path.is_file() and not target.exists():  # a header that all notebooks get
            target.parent.mkdir(exist_ok=True)
            shutil.copy2(path, target)
        elif path.name in names and not target.exists():
            part = target.parent / f".{path.name}.part"
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(path, part, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__"))
            part.rename(target)
    calibrated = course / "calibration.json"  # where the tests run, for proctor
    if calibrated.exists() and not (folder / calibrated.name).exists():
        shutil.copy2(calibrated, folder)
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as gradebook:
        there = {assignment.name for assignment in gradebook.assignments if assignment.notebooks}
    todo = [
        name
        for name in names
        if name not in there
        or (name in moved and "classroom.head" in (folder / CONFIG).read_text(encoding="utf-8"))
        or not any(Path(app.coursedir.format_path(app.coursedir.release_directory, ".", name)).glob("*.ipynb"))
    ]
    config = app.config.copy()
    config.Application.log_level = "ERROR"
    config.NbGrader.logfile = ""
    with settings.quiet(logging.WARNING):
        api = NbGraderAPI(config=config)
    for number, name in enumerate(todo, 1):
        print(f"  releasing {name} ({number} of {len(todo)})", flush=True)
        with settings.quiet(logging.WARNING):
            result = api.generate_assignment(name, force=True)
        if not result["success"]:
            said = (result.get("error") or result.get("log") or "").strip().splitlines()
            raise ClassroomError(
                f"nbgrader generate_assignment {name} failed: {said[-1] if said else 'no reason given'}. Fix "
                f"source/{name}, then run this again."
            )


def _enrol(app, learners: list[book.Learner], source: Path | None) -> list[str]:
    """Put learners into the gradebook; what is there stays, and an empty field erases nothing."""
    with book.opened(app.coursedir.db_url) as connection:
        before = {learner.id: learner for learner in book.learners(connection)}
        dropped = {learner for learner, assignment in book.decisions(connection) if not assignment}
    if not learners:
        return [
            f"{len(before)} learners; no roster given." if before else "No learners yet: run this again with --roster."
        ]
    # Who was dropped may come back under another id.
    roster.same_people({id: one for id, one in before.items() if id not in dropped}, learners, str(source))
    added, changed, lines = [], [], []
    from_lms = source is not None and roster.is_export(source)
    for learner in learners:
        old = before.get(learner.id)
        if old is None:
            added.append(learner)
            continue
        merged = learner._replace(**{name: value or getattr(old, name) for name, value in learner._asdict().items()})
        if from_lms and (kept := roster.better(old, merged)) != merged:
            lines.append(f"{old.id}: still {exceptions.who(old)}, not '{merged.first_name} {merged.last_name}'")
            merged = kept
        if merged != old:
            changed.append(merged)
            what = ", ".join(
                f"{name} {getattr(old, name) or '(nothing)'} -> {value}"
                for name, value in merged._asdict().items()
                if value != getattr(old, name)
            )
            lines.append(f"{learner.id}: {what}")
    if added or changed:
        with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as gradebook:
            for learner in tqdm(added + changed, desc="learners", disable=not sys.stderr.isatty(), leave=False):
                gradebook.update_or_create_student(
                    learner.id, **{k: v or None for k, v in learner._asdict().items() if k != "id"}
                )
    gone = sorted(before.keys() - {learner.id for learner in learners} - dropped)
    lines.insert(
        0,
        f"{len(added)} learners added, {len(changed)} changed, {len(learners) - len(added) - len(changed)} as before.",
    )
    if gone:
        lines.append(
            f"{len(gone)} in the gradebook are not in {source and source.name} and stay: "
            f"{', '.join(gone[:10])}{' ...' if len(gone) > 10 else ''} "
            "(`classroom drop` takes one out of means and exports)"
        )
    return lines


def _due(options, cut: cuts.Cut, zone, known: list[str]) -> list[Due]:
    if options.first_due:
        first = when.moment(options.first_due, zone, "--first-due", due=True)
        if options.every < 1:
            raise ClassroomError("--every is a number of days, 1 or more.")
        wall = first.replace(tzinfo=None)  # a week later is the same time of day, summer time or not
        return [
            Due(
                name,
                dateutil.tz.resolve_imaginary(
                    (wall + timedelta(days=options.every * number)).replace(tzinfo=first.tzinfo)
                ),
            )
            for number, session in enumerate(cut.sessions)
            for name in session
        ]
    if not options.due:
        return []
    table = roster.Table(options.due)
    column = next((name for name in ("due", "duedate", "due date") if name in table.header), "")
    if "assignment" not in table.header or not column:
        raise ClassroomError(f"{options.due}, line 1: needs the columns assignment, due.")
    found: dict[str, Due] = {}
    for line, row in table.rows:
        name = row.get("assignment", "")
        if name not in cut.assignments and name not in known:
            table.problem(line, f"the class has no assignment '{name}'; there are {', '.join(cut.assignments)}.")
        elif name in found:
            table.problem(line, f"'{name}' appears twice.")
        elif row.get(column):
            try:
                found[name] = Due(name, when.moment(row[column], zone, due=True))
            except ClassroomError as error:
                table.problem(line, str(error))
    table.check()
    return list(found.values())


def _set_due(app, due: list[Due]) -> tuple[list[str], list[str]]:
    """The assignments whose due date is new or another, and what to say."""
    with book.opened(app.coursedir.db_url) as connection:
        before = book.assignments(connection)
    changed = [one for one in due if before.get(one.assignment) != one.utc]
    if changed:
        with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as gradebook:
            for one in changed:
                gradebook.update_or_create_assignment(one.assignment, duedate=one.utc)
    lines = []
    for one in changed:
        old = before.get(one.assignment)
        lines.append(f"{one.assignment}: due {one}" + (f" (was {old:%Y-%m-%d %H:%M} UTC)" if old else ""))
    if due and len(changed) < len(due):
        lines.append(f"{len(due) - len(changed)} due dates are as before.")
    now = {**before, **{one.assignment: one.utc for one in due}}
    without = [name for name, when in now.items() if when is None]
    if without:
        lines.append(f"No due date, so nobody can be late: {', '.join(without)} (--first-due or --due)")
    return [one.assignment for one in changed], lines
