"""A gradebook on PostgreSQL, with a real server that these tests start and stop."""

import glob
import os
import pwd
import shutil
import subprocess
import tempfile
import threading

import pytest

import proctor.plugin.converter as converter
from proctor.tests import plugin_stand_in
from proctor.tests.plugin_course import Course

FULL = {"test_double": (2.0, False), "test_halve": (3.0, False)}


def program(name):
    found = shutil.which(name) or next(iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None)
    if found is None:
        pytest.skip(f"PostgreSQL's {name} is not installed; install it with: apt-get install postgresql")
    return found


@pytest.fixture(scope="module")
def server():
    """The URL of an empty database; the server listens on a socket in a temporary folder only."""
    pytest.importorskip("psycopg", reason="psycopg is not installed; install it with: pip install 'psycopg[binary]'")
    initdb, pg_ctl = program("initdb"), program("pg_ctl")
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        user = {}
        if os.getuid() == 0:  # the server refuses to run as root
            name = next(n for n in ("postgres", "nobody") if any(p.pw_name == n for p in pwd.getpwall()))
            shutil.chown(folder, name)
            user = {"user": name}
        data, quiet = os.path.join(folder, "data"), {"stdout": subprocess.DEVNULL, "cwd": folder, **user}
        subprocess.run([initdb, "-D", data, "-U", "grader", "-A", "trust", "--no-sync"], check=True, **quiet)
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        subprocess.run(
            [pg_ctl, "-D", data, "-o", options, "-l", os.path.join(folder, "log"), "-w", "start"], check=True, **quiet
        )
        try:
            yield f"postgresql+psycopg://grader@/postgres?host={folder}"
        finally:
            subprocess.run([pg_ctl, "-D", data, "-m", "immediate", "stop"], check=True, **quiet)


def test_a_gradebook_on_postgresql(server, tmp_path, monkeypatch):
    """A run, a second run with --force, and two runs at once leave each row once, with its points."""
    monkeypatch.setattr(converter, "grade_submission", plugin_stand_in.grade_submission)
    course = Course(tmp_path / "course", db_url=server)
    students = [f"s{i}" for i in range(6)]
    for student in students:
        course.submit(student, numbers=course.answered(), words=course.answered("words", why="So"))
    assert course.autograde().summary.graded == 6
    first = course.rows()
    assert course.autograde().summary.graded == 0
    assert course.autograde(force=True).summary.graded == 6
    assert course.rows() == first
    runs = [threading.Thread(target=course.autograde, kwargs={"force": True}) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert course.rows() == first
    for student in students:
        assert {name: value for name, value in course.scores(student).items() if name in FULL} == FULL
