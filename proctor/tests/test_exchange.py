"""The exchange, where a learner owns what they hand in: nothing is read that is not theirs, and nobody chooses the
time.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import textwrap
import zoneinfo
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from nbgrader.apps import NbGraderAPI

import proctor
from proctor.plugin import exchange, received
from proctor.tests.plugin_course import Course
from proctor.tests.test_plugin_rows import copy_of

if sys.platform == "win32":
    pytest.skip("nbgrader has no exchange on Windows", allow_module_level=True)

HOME = Path(proctor.__file__).parents[1]
ME = pwd.getpwuid(os.geteuid()).pw_name
OTHERS = [one.pw_name for one in pwd.getpwall() if one.pw_uid not in (0, os.geteuid())][
    :2
]  # accounts that any system has
as_root = pytest.mark.skipif(
    os.geteuid() != 0 or len(OTHERS) < 2, reason="needs root, to hand in as two other accounts of this system"
)
CONFIG = """
import sys
sys.path.insert(0, {home!r})
import proctor
c = get_config()
proctor.install(c)
c.CourseDirectory.root = {root!r}
c.CourseDirectory.course_id = "course"
c.Exchange.root = {root!r} + "/exchange"
c.Exchange.cache = {root!r} + "/cache"
c.ExchangeCollect.update = True
c.Exchange.assignment_dir = {root!r} + "/home"
c.Proctor.workers = 2
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("course") / "course")


@pytest.fixture
def course(released, tmp_path):
    course = copy_of(released, tmp_path / "course")
    (course.root / "nbgrader_config.py").write_text(
        textwrap.dedent(CONFIG).format(home=str(HOME), root=str(course.root))
    )
    (course.root / "home").mkdir()
    for name in ("outbound", "inbound", "feedback"):
        (course.root / "exchange" / "course" / name).mkdir(parents=True)
    return course


def nbgrader(course, *arguments, ok=(0,), **options) -> str:
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(course.root / "config"), "PYTHONPATH": str(HOME)}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course.root,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        **options,
    )
    assert done.returncode in ok, done.stdout
    return done.stdout


def collect(course, **config) -> str:
    """What formgrader's button does; returns what it logged."""
    options = course.config.copy()
    options.CourseDirectory.course_id = "course"
    options.Exchange.root = str(course.root / "exchange")
    options.ExchangeFactory.collect = "proctor.plugin.exchange.ProctorCollect"
    options.ProctorCollect.update(config)
    api = NbGraderAPI(config=options)
    result = api.collect("ps1", update=True)
    assert result["success"], result
    return result.get("log", "")


def hand_in(course, learner=ME, files=None, at="2026-01-01 10:00:00 UTC", name="", owner="", assignment="ps1") -> Path:
    """A folder made by hand in inbound/, complete, of an account of this system."""
    folder = (
        course.root / "exchange" / "course" / "inbound" / (name or f"{learner}+{assignment}+{at}+{os.urandom(4).hex()}")
    )
    folder.mkdir()
    files = {"numbers.ipynb": json.dumps(course.answered()), "submission_secret.txt": "secret", **(files or {})}
    for inner, content in files.items():
        (folder / inner).parent.mkdir(parents=True, exist_ok=True)
        (folder / inner).write_text(content)
    stamp = folder / "timestamp.txt"
    if "timestamp.txt" not in files:
        stamp.write_text(at)
        seconds = datetime.fromisoformat(at.removesuffix(" UTC")).replace(tzinfo=timezone.utc).timestamp()
        os.utime(stamp, (seconds, seconds))
    if owner:
        give(folder, owner)
    return folder


def give(folder: Path, owner: str):
    about = pwd.getpwnam(owner)
    for path in [folder, *folder.rglob("*")]:
        os.lchown(path, about.pw_uid, about.pw_gid)


def collected(course, learner=ME) -> dict:
    place = course.root / "submitted" / learner / "ps1"
    return {
        path.relative_to(place).as_posix(): path
        for path in place.rglob("*")
        if path.name != received.RECORD and (not path.is_dir() or path.is_symlink())
    }


def when(course, learner=ME) -> datetime:
    """What timestamp.txt says; the file's own time must agree, or it is not believed."""
    path = course.root / "submitted" / learner / "ps1" / "timestamp.txt"
    said = datetime.strptime(path.read_text(), "%Y-%m-%d %H:%M:%S.%f UTC")
    assert abs(said.replace(tzinfo=timezone.utc).timestamp() - path.stat().st_mtime) < 1
    assert received.when_received(path.parent, learner, "ps1", course.root) == (said, "")
    return said


def now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)


# -- what is read


def test_no_link_is_followed(course):
    """The roster and the reference solution, handed in as links and printed on a feedback page."""
    (course.root / "roster.csv").write_text("the secret roster")
    folder = hand_in(course)
    os.symlink(course.root / "roster.csv", folder / "roster.csv")
    os.symlink(course.root / "source", folder / "data")
    os.symlink(course.root / "source" / "ps1" / "words.ipynb", folder / "words.ipynb")
    said = nbgrader(course, "collect", "ps1")
    assert sorted(collected(course)) == ["numbers.ipynb", "submission_secret.txt", "timestamp.txt"]
    assert all(f"'{name}' left out: a link" in said for name in ("roster.csv", "data", "words.ipynb"))


def test_a_submission_that_is_a_link_is_nobodys(course, tmp_path):
    shutil.copytree(course.root / "source" / "ps1", tmp_path / "elsewhere")
    os.symlink(
        tmp_path / "elsewhere", course.root / "exchange" / "course" / "inbound" / f"{ME}+ps1+2026-01-01 10:00:00 UTC+x"
    )
    assert "a link" in collect(course)
    assert not (course.root / "submitted").exists()


@as_root
def test_nobody_hands_in_for_somebody_else(course):
    anna, ben = OTHERS
    hand_in(course, anna, owner=anna)
    hand_in(course, anna, {"numbers.ipynb": "mine now"}, at="2099-01-01 10:00:00 UTC", owner=ben)
    hand_in(course, ben, owner=ben)
    said = collect(course)
    assert f"is named '{anna}' but belongs to {ben}" in said
    assert collected(course, anna)["numbers.ipynb"].read_text() == json.dumps(course.answered()) and collected(
        course, ben
    )


@as_root
def test_files_of_others_in_a_learners_folder_are_left_out(course):
    """A hard link to a classmate's file, or what somebody else has written into a folder that all may write to."""
    anna, ben = OTHERS
    theirs = hand_in(course, anna, owner=anna)
    folder = hand_in(course, ben, owner=ben)
    os.link(theirs / "numbers.ipynb", folder / "words.ipynb")
    (folder / "mine.txt").write_text("put there by root")
    said = collect(course)
    assert sorted(collected(course, ben)) == ["numbers.ipynb", "submission_secret.txt", "timestamp.txt"]
    assert f"'words.ipynb' left out: belongs to {anna}" in said and "'mine.txt' left out: belongs to root" in said


def test_what_is_no_plain_file_is_left_out_and_stops_nobody(course):
    folder = hand_in(course, "anna")
    os.mkfifo(folder / "pipe.ipynb")
    os.mkfifo(folder / "words.ipynb")
    with socket.socket(socket.AF_UNIX) as made:
        here = os.getcwd()
        os.chdir(folder)
        made.bind("socket")
        os.chdir(here)
    with open(folder / "sparse.bin", "wb") as file:
        file.truncate(10 * 1024**3)
    (folder / "a\nb\x1b[31m").write_text("odd")
    os.mkdir(os.path.join(os.fsencode(folder), b"\xff\xfe"))
    if os.geteuid() == 0:
        os.mknod(folder / "zero", 0o020666, os.makedev(1, 5))
    deep = folder
    for _ in range(30):
        deep = deep / "d"
        deep.mkdir()
    hand_in(course, "ben")
    said = collect(course)
    assert sorted(collected(course, "anna")) == ["numbers.ipynb", "submission_secret.txt", "timestamp.txt"]
    assert "numbers.ipynb" in collected(course, "ben")
    assert "10,737 MB" in said and "\x1b" not in said.replace("\x1b[0m", "") and said.count("left out") == 8


def test_odd_names_of_submissions_are_refused_one_line_each(course):
    for name in ("a\nb+ps1+2026-01-01+x", "..+ps1+x", ".hidden+ps1+x", "c+d+ps1+x+y+z", "+ps1+x", "e+ps1+\x1b[2J"):
        hand_in(course, name=name)
    hand_in(course, "ben", name="ben+ps1+not a date at all+x")
    said = collect(course)
    assert os.listdir(course.root / "submitted") == ["ben"] and said.count("an odd name") == 6
    assert "\x1b[2J" not in said and (course.root / "ps1").exists() is False


def test_many_files_and_many_bytes_do_not_push_the_notebook_out(course):
    folder = hand_in(course)
    for number in range(2500):
        (folder / f"a{number:05d}").touch()
    course.config.CourseDirectory.max_dir_size = 2000  # kB
    for number in range(5):
        (folder / f"b{number}").write_bytes(b"x" * 900_000)
    said = collect(course, max_files=1000)
    found = collected(course)
    assert {"numbers.ipynb", "submission_secret.txt", "timestamp.txt"} < set(found) and len(found) == 1001
    assert sum(path.stat().st_size for path in found.values()) < 2_000_000
    assert "there are more than 1000 files" in said


def test_more_files_than_anybody_wants_to_look_at(course, monkeypatch):
    monkeypatch.setattr(exchange, "MAX_SEEN", 3000)
    folder = hand_in(course)
    (folder / "d").mkdir()
    for number in range(5000):
        (folder / "d" / f"{number}").touch()
    said = collect(course)
    assert (
        "numbers.ipynb" in collected(course)
        and len(collected(course)) == 2001
        and "there are more than 3000 entries" in said
    )


def test_many_submissions_of_one_learner(course):
    for number in range(200):
        (course.root / "exchange" / "course" / "inbound" / f"anna+ps1+{number}+x").mkdir()
    hand_in(course, "anna")
    hand_in(course, "ben")
    said = collect(course)
    assert "numbers.ipynb" in collected(course, "anna") and "numbers.ipynb" in collected(course, "ben")
    assert "anna has handed in 201 times; only the newest 50" in said


def test_a_folder_that_cannot_be_read_is_named(course, monkeypatch):
    hand_in(course, "anna").chmod(0)
    hand_in(course, "ben")
    if os.geteuid() == 0:  # root may read it: as an ordinary grader sees it
        opened = os.open
        monkeypatch.setattr(
            exchange.os,
            "open",
            lambda path, *a, **k: (
                opened(path, *a, **k)
                if not str(path).startswith("anna")
                else (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
            ),
        )
    said = collect(course)
    assert os.listdir(course.root / "submitted") == ["ben"] and "Permission denied" in said


def test_what_is_exchanged_while_it_is_copied_leads_nowhere(course, monkeypatch):
    """The folder, or a file in it, becomes a link after it was looked at."""
    (course.root / "secret").mkdir()
    (course.root / "secret" / "words.ipynb").write_text("the secret")
    folder = hand_in(course, "anna", {"data/words.ipynb": "x", "last.txt": "x"})
    hand_in(course, "ben")
    looked = os.stat

    def swap(path, *arguments, **options):
        about = looked(path, *arguments, **options)
        if path in ("data", "last.txt") and options.get("dir_fd") is not None:
            target = folder / path
            if not target.is_symlink():
                shutil.rmtree(target) if target.is_dir() else target.unlink()
                os.symlink(course.root / "secret" / ("" if path == "data" else "words.ipynb"), target)
        return about

    monkeypatch.setattr(exchange.os, "stat", swap)
    collect(course)
    assert sorted(collected(course, "anna")) == [
        "numbers.ipynb",
        "submission_secret.txt",
        "timestamp.txt",
    ] and collected(course, "ben")


def test_a_submission_that_cannot_be_copied_leaves_the_one_before(course, monkeypatch):
    hand_in(course)
    collect(course)
    before = when(course)
    hand_in(course, files={"submission_secret.txt": "another"})
    monkeypatch.setattr(exchange, "stamp", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert "No space left on device" in collect(course)
    assert when(course) == before and [path.name for path in (course.root / "submitted" / ME).iterdir()] == ["ps1"]


# -- when


def test_the_time_is_the_disks_not_the_learners(course):
    """timestamp.txt, its own time and the folder's name all say New Year; so does `touch -d` of everything."""
    begin = now() - timedelta(seconds=1)
    folder = hand_in(course)
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (1767261600, 1767261600))
    said = collect(course)
    assert begin <= when(course) <= now()
    assert "timestamp.txt says 2026-01-01 10:00:00 UTC; it came at" in said


def test_the_name_does_not_say_which_is_the_newest(course):
    hand_in(course, at="2099-01-01 10:00:00 UTC", files={"numbers.ipynb": "first"})
    hand_in(course, at="2026-01-01 10:00:00 UTC", files={"numbers.ipynb": "second"})
    collect(course)
    assert collected(course)["numbers.ipynb"].read_text() == "second"


def test_what_nbgrader_submit_wrote_is_believed(course):
    """The time that the learner was told, a moment before the files came."""
    said = now() - timedelta(seconds=20)
    hand_in(course, files={"timestamp.txt": f"{said} UTC"})
    assert "came at" not in collect(course)
    assert when(course) == said


def test_an_admins_chmod_or_restore_makes_nobody_late(course):
    """ctime moves; what was seen before keeps its time, also where it is not the newest. A change of the contents
    does not.
    """
    folders = [hand_in(course, files={"numbers.ipynb": text}) for text in ("first", "second")]
    collect(course)
    first = when(course)
    kept = course.root / "backup"
    shutil.move(course.root / "exchange", kept)
    shutil.copytree(kept, course.root / "exchange")
    os.chmod(folders[0], 0o700)
    assert "No newer submission" in collect(course)
    assert when(course) == first and collected(course)["numbers.ipynb"].read_text() == "second"
    shutil.rmtree(course.root / "submitted")
    collect(course)
    assert when(course) == first
    before = now()
    (folders[0] / "numbers.ipynb").write_text("third")
    collect(course)
    assert when(course) >= before - timedelta(seconds=1) and collected(course)["numbers.ipynb"].read_text() == "third"


def test_a_class_collected_before_there_was_a_record_keeps_its_times(course):
    folder = hand_in(course)
    shutil.copytree(folder, course.root / "submitted" / ME / "ps1")
    collect(course)
    path = course.root / "submitted" / ME / "ps1" / "timestamp.txt"
    assert path.read_text() == "2026-01-01 10:00:00 UTC"


def test_times_can_be_believed_for_one_run(course):
    hand_in(course)
    collect(course, times="claimed")
    assert when(course) == datetime(2026, 1, 1, 10)


def test_before_duedate_goes_by_the_disk(course):
    hand_in(course, files={"numbers.ipynb": "in time"})
    due = now() + timedelta(seconds=0.5)
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "course") as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate=due)
    while now() <= due:
        pass
    hand_in(course, files={"numbers.ipynb": "late, and backdated"})
    nbgrader(course, "collect", "ps1", "--before-duedate")
    assert collected(course)["numbers.ipynb"].read_text() == "in time"


# -- the way there and back


def test_from_submit_to_fetched_feedback(course):
    """All by nbgrader's commands; a hand-made submission without a secret beside it stops nobody's feedback."""
    shutil.rmtree(course.root / "exchange")
    (course.root / "exchange").mkdir()
    nbgrader(course, "release_assignment", "ps1")
    nbgrader(course, "fetch_assignment", "ps1")
    (course.root / "home" / "ps1" / "numbers.ipynb").write_text(json.dumps(course.answered()))
    told = nbgrader(course, "submit", "ps1")
    (mine,) = (course.root / "cache" / "course").iterdir()
    hand_in(course, "aaa", files={"submission_secret.txt": "secret"})
    said = nbgrader(course, "collect", "ps1")
    assert "Submitted as" in told and "Collecting submission" in said
    assert f"{when(course)} UTC".removesuffix(" UTC") in (mine / "timestamp.txt").read_text()
    shutil.copytree(course.root / "submitted" / ME, course.root / "submitted" / "by-mail")
    (course.root / "submitted" / "by-mail" / "ps1" / "submission_secret.txt").unlink()
    nbgrader(course, "autograde", "ps1", "--create", ok=(0, 3))
    nbgrader(course, "generate_feedback", "ps1")
    shutil.move(course.root / "feedback" / "by-mail", course.root / "feedback" / "AAA-first")
    assert "AAA-first" in nbgrader(course, "release_feedback", "ps1")
    nbgrader(course, "fetch_feedback", "ps1")
    assert list((course.root / "home" / "ps1" / "feedback").rglob("numbers.html"))


def test_list_inbound_waits_for_no_pipe_and_stops_at_no_name(course):
    folder = hand_in(course, "anna")
    (folder / "submission_secret.txt").unlink()
    os.mkfifo(folder / "submission_secret.txt")
    hand_in(course, name="a\nb+ps1+x+y")
    hand_in(course, "ben")
    said = nbgrader(course, "list", "--inbound", "ps1", timeout=60)
    assert "course ben ps1" in said and "not a plain file, left out" in said and "an odd name" in said


def test_a_course_that_chose_its_own_exchange_keeps_it():
    from traitlets.config import Config

    c = Config()
    c.ExchangeFactory.collect = "nbgrader.exchange.default.ExchangeCollect"
    exchange.install(c)
    assert c.ExchangeFactory.collect.startswith("nbgrader.") and c.ExchangeFactory.list.startswith("proctor.")
    other = Config()
    other.ExchangeFactory.exchange = "ngshare_exchange.Exchange"
    exchange.install(other)
    assert "collect" not in other.ExchangeFactory


@pytest.mark.parametrize(
    "where",
    [
        "Asia/Tokyo",
        "Asia/Kolkata",
        "Asia/Jerusalem",
        "Europe/Dublin",
        "Europe/Berlin",
        "America/New_York",
        "America/Los_Angeles",
        "Asia/Shanghai",
        "America/Chicago",
        "America/Havana",
        "Australia/Sydney",
        "America/Sao_Paulo",
        "Asia/Kathmandu",
        "Africa/Algiers",
    ],
)
@pytest.mark.parametrize("month", [1, 7])
def test_a_timestamp_of_nbgrader_submit_names_its_moment_in_any_zone(tmp_path, where, month):
    """As `c.Exchange.timezone` makes it, with the abbreviation that the zone has: read with the file's own time
    beside it.
    """
    zone = zoneinfo.ZoneInfo(where)
    moment = datetime(2026, month, 15, 12, 30, 15, 123456, tzinfo=zone)
    path = tmp_path / "timestamp.txt"
    path.write_text(moment.strftime("%Y-%m-%d %H:%M:%S.%f %Z"))
    os.utime(path, (moment.timestamp() + 2,) * 2)
    utc = moment.astimezone(timezone.utc).replace(tzinfo=None)
    assert received.submission_time(tmp_path, "anna", "ps1", tmp_path) == (utc, "")


@pytest.mark.parametrize("fraction", ["", ".1", ".123", ".1234567"])
def test_the_zone_counts_whatever_the_fraction_of_the_second(fraction):
    """One digit was read as UTC, nine hours off."""
    assert received.read_time(f"2026-02-05 18:00:00{fraction} JST").hour == 9
    assert received.read_time(f"2026-02-05 18:00:00{fraction} XYZ") is None


@pytest.mark.parametrize(
    "text, hour",
    [
        ("2027-02-05 18:00 GMT+1", 17),
        ("February 5th, 2027 6:00 PM UTC-3", 21),
        ("Fri, 05 Feb 2027 18:00:00 GMT", 18),
        ("2027-02-05 18:00 UTC+01:00", 17),
        ("05.05.2027 18:00", 18),
        ("25/02/2027 18:00", 18),
        ("05.02.2027 18:00", None),
        ("2/5/2027 18:00 UTC", None),
    ],
)
def test_a_timestamp_has_one_meaning(text, hour):
    """GMT+1 is east of Greenwich; where the day or the month may come first, nothing is read."""
    found = received.read_time(text)
    assert (found and found.hour) == hour
