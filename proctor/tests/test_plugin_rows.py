"""The gradebook after proctor holds the rows that stock nbgrader writes, for honest submissions."""

import copy
import os
import shutil
import time
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from nbgrader.api import Gradebook

import proctor.plugin.converter as converter
from proctor.tests import plugin_stand_in
from proctor.tests.plugin_course import Course


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    monkeypatch.setattr(converter, "grade_submission", plugin_stand_in.grade_submission)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("course") / "course")


@pytest.fixture
def course(released, tmp_path):
    return copy_of(released, tmp_path / "course")


def copy_of(course, root):
    """The same course elsewhere, with the same files and gradebook."""
    shutil.copytree(course.root, root)
    there = object.__new__(Course)
    there.root, there.config = root, copy.deepcopy(course.config)
    there.config.CourseDirectory.root = str(root)
    return there


def stamp(folder, when):
    """Write timestamp.txt as `nbgrader submit` does: at the time that it names."""
    path = folder / "timestamp.txt"
    path.write_text(f"{when:%Y-%m-%d %H:%M:%S.%f} UTC")
    seconds = when.replace(tzinfo=timezone.utc).timestamp()
    os.utime(path, (seconds, seconds))


def honest_class(course):
    """Right, wrong, partly right, untouched, partly handed in, late, with an extra notebook."""
    untouched = course.released("numbers")
    folders = [
        course.submit("right", numbers=course.answered(), words=course.answered("words", why="I say so", program="print(2)")),
        course.submit("partly", numbers=course.answered(halve="def halve(x):\n    return x // 2"), words=course.answered("words")),
        course.submit("wrong", numbers=course.answered(double="def double(x):\n    return x", halve="1/0"), words=course.answered("words", why="?")),
        course.submit("untouched", numbers=untouched, words=course.released("words")),
        course.submit("half", numbers=course.answered()),
        course.submit("late", numbers=course.answered(), words=course.answered("words", why="Sorry"), extra=course.answered()),
    ]
    when = datetime(2026, 5, 1, 12, 0, 0, 123456)
    for folder in folders[:-1]:
        stamp(folder, when)
    stamp(folders[-1], when + timedelta(days=2))
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gb:
        gb.update_or_create_assignment("ps1", duedate=when + timedelta(days=1))


def same_rows(one, other):
    for table, rows in one.rows().items():
        assert rows == other.rows()[table], table


def test_rows_are_those_of_stock_nbgrader(course, tmp_path):
    """Every row of an honest class, with a penalty for the late one, is the same as after stock `nbgrader autograde`."""
    honest_class(course)
    course.config.LateSubmissionPlugin.penalty_method = "zero"
    stock = copy_of(course, tmp_path / "stock")
    stock.autograde(stock=True)
    course.autograde()
    same_rows(stock, course)
    assert course.rows()["notebooks"][2][3] == 5.0  # "late", "numbers"


def test_second_autograde_keeps_a_graders_points_and_asks_for_a_look(course, tmp_path):
    """Manual points, extra credit and comments survive --force, and the row asks for a grader again, as in stock nbgrader."""
    honest_class(course)
    course.autograde()
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gb:
        grade = gb.find_grade("test_double", "numbers", "ps1", "wrong")
        grade.manual_score, grade.extra_credit = 1.5, 0.5
        gb.find_comment("why", "words", "ps1", "wrong").manual_comment = "Say more."
        gb.db.commit()
    stock = copy_of(course, tmp_path / "stock")
    for c in (course, stock):
        c.submit("wrong", numbers=c.answered())
    stock.autograde(stock=True, force=True)
    course.autograde(force=True)
    same_rows(stock, course)
    assert course.scores("wrong")["test_double"] == (2.0, True)


def test_up_to_date_submissions_are_skipped_and_newer_ones_are_graded_again(course):
    """Only what is new, newer or missing is graded, and --force grades all."""
    honest_class(course)
    assert course.autograde().summary.graded == 6
    assert course.autograde().summary.graded == 0
    folder = course.submit("wrong", numbers=course.answered())
    assert course.autograde().summary.graded == 0
    stamp(folder, datetime(2026, 5, 1, 13))
    shutil.rmtree(course.root / "autograded" / "half" / "ps1")
    again = course.autograde()
    assert (again.summary.graded, again.summary.skipped) == (2, 4)
    assert course.scores("wrong")["test_double"] == (2.0, False)
    assert course.autograde(force=True).summary.graded == 6


def test_student_and_notebook_options_limit_what_is_graded(course):
    """--student and --notebook leave everything else as it is."""
    honest_class(course)
    course.autograde(student_id="right", notebook_id="numbers")
    assert {row[0] for row in course.rows()["assignments"]} == {"right"}
    scores = course.scores("right")
    assert scores["test_double"] == (2.0, False) and scores["program"] == (None, True)
    folder = course.root / "autograded" / "right" / "ps1"
    assert sorted(p.name for p in folder.glob("*.ipynb")) == ["numbers.ipynb"]
    course.autograde(student_id="right", notebook_id="words")
    assert sorted(p.name for p in folder.glob("*.ipynb")) == ["numbers.ipynb", "words.ipynb"]


def test_one_worker_gives_the_same_rows_as_many(course, tmp_path):
    """The order in which submissions finish does not show."""
    honest_class(course)
    slow = copy_of(course, tmp_path / "slow")
    slow.config.Proctor.workers = 1
    course.autograde(), slow.autograde()
    same_rows(course, slow)


def test_statements_per_submission_are_few(course):
    """A new submission takes at most twelve statements; a second run of it no more."""
    honest_class(course)
    seen = []
    listen = lambda conn, cursor, statement, *rest: seen.append(statement)
    sa.event.listen(sa.engine.Engine, "before_cursor_execute", listen)
    try:
        course.autograde(student_id="right")
        begin = seen.index("BEGIN IMMEDIATE", len(seen) - 1 - seen[::-1].index("BEGIN IMMEDIATE"))
        first = len(seen) - begin
        seen.clear()
        course.autograde(student_id="right", force=True)
        begin = len(seen) - 1 - seen[::-1].index("BEGIN IMMEDIATE")
        assert first <= 12 and len(seen) - begin <= 12
    finally:
        sa.event.remove(sa.engine.Engine, "before_cursor_execute", listen)


def test_gradebook_is_consistent_after_a_kill_between_rows_and_folder(course, monkeypatch):
    """If the run dies after the rows are written and before the folder is in its place, the next run grades that one again."""
    from proctor.plugin import folders

    honest_class(course)
    monkeypatch.setattr(folders.Staging, "publish", lambda self: None)
    monkeypatch.setattr(folders.Staging, "discard", lambda self: None)
    course.autograde(student_id="right")
    assert not (course.root / "autograded" / "right" / "ps1").exists()
    monkeypatch.undo()
    monkeypatch.setattr(converter, "grade_submission", plugin_stand_in.grade_submission)
    assert course.autograde(student_id="right").summary.graded == 1
    assert (course.root / "autograded" / "right" / "ps1" / "numbers.ipynb").exists()


def test_timestamp_is_believed_only_if_the_file_is_from_then(course):
    """A forged timestamp.txt does not make a late submission punctual, an absurd one stops nobody."""
    honest_class(course)
    begin = datetime.fromtimestamp(time.time() - 60, timezone.utc).replace(tzinfo=None)
    course.submit("forger", numbers=course.answered(), timestamp="2001-01-01 00:00:00 UTC")
    course.submit("joker", numbers=course.answered(), timestamp="\x00 the day before yesterday")
    course.submit("empty", numbers=course.answered(), timestamp="")
    run = course.autograde()
    times = {row[0]: row[1] for row in course.rows()["assignments"]}
    assert times["right"] == "2026-05-01 12:00:00.123456"
    for student in ("forger", "joker", "empty"):
        assert datetime.fromisoformat(times[student]) > begin
        assert any("timestamp.txt" in look for look in run.summary.looks[student])
    assert course.autograde().summary.graded == 0
