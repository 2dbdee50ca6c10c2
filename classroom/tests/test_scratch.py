"""Copies of a gradebook, from a SQLite file that is in use and from PostgreSQL; a gradebook that is held."""

import contextlib
import sqlite3

import pytest
import sqlalchemy
from nbgrader.api import Gradebook

import proctor.plugin.converter as converter
from classroom import book, byhand, scratch
from classroom.errors import ClassroomError
from proctor.tests import plugin_stand_in
from proctor.tests.plugin_course import Course
from proctor.tests.test_plugin_postgresql import server  # noqa: F401  (a fixture)


def content(url):
    """What a gradebook says of ps1."""
    with book.opened(url) as connection:
        return (
            book.marks(connection, "ps1"),
            book.submissions(connection),
            book.learners(connection),
            byhand.snapshot(connection, "ps1"),
        )


def graded(root, monkeypatch, **options):
    monkeypatch.setattr(converter, "grade_submission", plugin_stand_in.grade_submission)
    course = Course(root, **options)
    for learner in ("ann", "bob"):
        course.submit(learner, numbers=course.answered(), words=course.answered("words", why="So"))
    course.autograde()
    with Gradebook(course.coursedir().db_url, course.coursedir().course_id) as gradebook:
        gradebook.find_grade("why", "words", "ps1", "ann").manual_score = 3.5
        gradebook.find_comment("why", "words", "ps1", "ann").manual_comment = "Fine"
        gradebook.db.commit()
    return course.coursedir()


def test_a_copy_of_a_sqlite_file_in_use(tmp_path, monkeypatch):
    """What is committed comes along, also while another program writes; a held gradebook is told, a free one is not."""
    of = graded(tmp_path / "course", monkeypatch)
    monkeypatch.setattr(scratch, "PATIENCE", 0.1)
    scratch.assert_free(of.db_url)
    with contextlib.closing(sqlite3.connect(scratch.file_of(of.db_url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE grade SET manual_score = 0")
        copy = scratch.copy_gradebook(of.db_url, of.course_id, "ps1", tmp_path / "copy.db")
        with pytest.raises(ClassroomError, match="Another run .* holds the gradebook"):
            scratch.assert_free(of.db_url)
    assert content(copy) == content(of.db_url)
    assert content(copy)[-1] == {("ann", "words", "why"): byhand.ByHand(3.5, None, "Fine")}


def test_a_copy_of_postgresql(server, tmp_path, monkeypatch):  # noqa: F811
    """It becomes a SQLite file that nbgrader opens, with the same marks; putting back works there too."""
    of = graded(tmp_path / "course", monkeypatch, db_url=server)
    monkeypatch.setattr(scratch, "PATIENCE", 0.1)
    scratch.assert_free(server)
    copy = scratch.copy_gradebook(server, of.course_id, "ps1", tmp_path / "copy.db")
    assert content(copy) == content(server)
    engine = sqlalchemy.create_engine(server)
    with engine.connect() as other:
        other.exec_driver_sql("UPDATE grade SET manual_score = NULL")
        with pytest.raises(ClassroomError, match="Another run .* holds the gradebook"):
            scratch.assert_free(server)
        other.commit()
    engine.dispose()
    before, after = content(copy)[-1], content(server)[-1]
    assert byhand.put_back(server, of.course_id, "ps1", byhand.lost(before, after)) == []
    assert content(server)[-1] == before
