"""A gradebook on PostgreSQL, with a real server that these tests start and stop."""

import threading

import pytest

import proctor.plugin.converter as converter
from proctor.tests import database, plugin_stand_in
from proctor.tests.plugin_course import Course

FULL = {"test_double": (2.0, False), "test_halve": (3.0, False)}


@pytest.fixture(scope="module")
def server():
    """The URL of an empty database."""
    if why := database.missing():
        pytest.skip(why)
    with database.postgresql() as url:
        yield url


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
