"""A gradebook or a scheduler that cannot be used is reported in one sentence, quickly, and nothing is lost."""

import contextlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time

import pytest
from nbgrader.converters import NbGraderException
from sqlalchemy.exc import OperationalError

import proctor.plugin.converter as converter
from proctor.plugin import access, feedback, pool
from proctor.plugin.generating import ProctorFeedback
from proctor.tests import plugin_stand_in
from proctor.tests.plugin_course import Course
from proctor.tests.test_plugin_rows import copy_of


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("course") / "course")


@pytest.fixture
def course(released, tmp_path, monkeypatch):
    monkeypatch.setattr(converter, "grade_submission", plugin_stand_in.grade_submission)
    monkeypatch.setattr(access, "PATIENCE", 0.2)
    monkeypatch.setattr(access, "HOLD", 0.2)
    course = copy_of(released, tmp_path / "course")
    course.submit("ann", numbers=course.answered(), words=course.answered("words"))
    course.submit("bob", numbers=course.answered(), words=course.answered("words"))
    return course


def told(course, caplog) -> str:
    """The last error of a run that must fail, which is all that it says of the matter."""
    caplog.clear()
    with pytest.raises(NbGraderException):
        course.autograde()
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1 and "\n" not in errors[0].getMessage() and not errors[0].exc_info, caplog.text
    return errors[0].getMessage()


@contextlib.contextmanager
def held(course):
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


def test_a_locked_gradebook(course, caplog):
    with held(course):
        assert "is locked" in (line := told(course, caplog)) and "run this again" in line
    assert not list(course.root.glob("autograded/*/ps1"))
    assert course.autograde().summary.graded == 2


def test_feedback_from_a_locked_gradebook(course, caplog):
    """One sentence, not one for each learner; the pages of before stay."""
    course.autograde()
    feedback.configure(course.config)
    command = ProctorFeedback(coursedir=course.coursedir(), config=course.config)
    command.start()
    pages = {path: path.read_bytes() for path in course.root.glob("feedback/*/*/*.html")}
    caplog.clear()
    command.force = True
    with held(course), pytest.raises(NbGraderException):
        command.start()
    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1 and "is locked" in errors[0] and "run this again" in errors[0] and "\n" not in errors[0]
    assert len(pages) == 4 and pages == {path: path.read_bytes() for path in course.root.glob("feedback/*/*/*.html")}


def test_a_gradebook_that_is_locked_on_the_way(course, caplog, monkeypatch):
    """The run stops; what was recorded stays, and the next run does the rest."""
    record = converter.Ledger.record
    other = sqlite3.connect(course.root / "gradebook.db", isolation_level=None, check_same_thread=False)

    def then_lock(ledger, *arguments, **options):
        result = record(ledger, *arguments, **options)
        other.execute("BEGIN EXCLUSIVE")
        return result

    monkeypatch.setattr(converter.Ledger, "record", then_lock)
    assert "is locked" in told(course, caplog)
    other.close()
    monkeypatch.undo()
    monkeypatch.setattr(converter, "grade_submission", plugin_stand_in.grade_submission)
    assert len(list(course.root.glob("autograded/*/ps1"))) == 1
    assert course.autograde().summary.graded == 1


def test_a_file_that_is_no_gradebook(course, caplog):
    (course.root / "gradebook.db").write_text("grades" * 1000)
    assert "is not a gradebook" in (line := told(course, caplog)) and "db_url" in line
    assert (course.root / "gradebook.db").read_text() == "grades" * 1000


def test_a_folder_that_is_not_there(course, caplog):
    course.config.CourseDirectory.db_url = f"sqlite:///{course.root}/nowhere/gradebook.db"
    assert "cannot be opened" in told(course, caplog)


def test_a_read_only_gradebook(course, caplog):
    course.config.CourseDirectory.db_url = (
        f"sqlite:///file:{course.root}/gradebook.db?mode=ro&uri=true"  # for root, a file's mode means nothing
    )
    assert "is read-only" in told(course, caplog)


def test_an_address_that_is_none(course, caplog):
    course.config.CourseDirectory.db_url = "gradebook.db"
    assert "not a database address" in told(course, caplog)


def test_a_server_that_is_not_there(course, caplog):
    pytest.importorskip("psycopg", reason="psycopg is not installed; install it with: pip install 'psycopg[binary]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        course.config.CourseDirectory.db_url = (
            f"postgresql+psycopg://grader:secret@127.0.0.1:{free.getsockname()[1]}/grades"
        )
        line = told(course, caplog)
    assert "cannot be reached" in line and "secret" not in line


def test_a_full_disk(course, caplog, tmp_path):
    """A real one: a file system in memory with no room left."""
    small = tmp_path / "small"
    small.mkdir()
    if (
        os.geteuid()
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", small], capture_output=True).returncode
    ):
        pytest.skip("a small disk cannot be made: needs root with the right to mount")
    try:
        shutil.copy(course.root / "gradebook.db", small)
        course.config.CourseDirectory.db_url = f"sqlite:///{small}/gradebook.db"
        with pytest.raises(OSError), (small / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(bytes(4096))
        assert "Free some disk space" in told(course, caplog)
        (small / "filler").unlink()
        assert course.autograde().summary.graded == 2
    finally:
        subprocess.run(["umount", small], check=True)


def test_no_room_for_graded_notebooks(course, caplog, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    if (
        os.geteuid()
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40k", "none", small], capture_output=True).returncode
    ):
        pytest.skip("a small disk cannot be made: needs root with the right to mount")
    try:
        with pytest.raises(OSError), (small / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(bytes(4096))
        course.config.CourseDirectory.autograded_directory = str(small)
        assert "Free some disk space" in told(course, caplog)
        assert not course.rows()["assignments"]
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_missing_table_names_the_upgrade():
    error = OperationalError("SELECT 1", {}, sqlite3.OperationalError("no such column: course.id"))
    assert "nbgrader db upgrade" in access.sentence(error, "sqlite:////tmp/gradebook.db")


# ---------------------------------------------------------------- Dask


def test_a_dead_scheduler(course, caplog, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(pool, "CONNECT", 0.5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        course.config.Proctor.scheduler = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        assert "does not answer" in (line := told(course, caplog)) and "c.Proctor.scheduler" in line
    course.config.Proctor.scheduler = "nonsense://here"
    assert "does not answer" in told(course, caplog)


def test_a_scheduler_that_dies_on_the_way(course, caplog, monkeypatch, tmp_path):
    """What was recorded until then stays."""
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(pool, "CONNECT", 3)
    local = ["--no-dashboard", "--host", "127.0.0.1"]
    file = tmp_path / "scheduler.json"
    scheduler = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--scheduler-file", file, *local],
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    )
    worker = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", file, "--nthreads", "1", *local],
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not file.exists() or not file.read_text():
            assert scheduler.poll() is None
            time.sleep(0.1)
        course.config.Proctor.scheduler = address = json.loads(file.read_text())["address"]
        with distributed.Client(address) as client:
            client.wait_for_workers(1)
        slow = course.answered(halve="import time\ntime.sleep(3)\ndef halve(x):\n    return x / 2")
        course.submit("bob", numbers=slow, words=course.answered("words"))
        record = converter.Ledger.record

        def then_kill(*arguments, **options):
            record(*arguments, **options)
            scheduler.kill()

        monkeypatch.setattr(converter.Ledger, "record", then_kill)
        assert "does not answer" in told(course, caplog)
        assert [row[0] for row in course.rows()["assignments"]] == ["ann"]
    finally:
        for process in (worker, scheduler):
            process.kill()
            process.wait()
