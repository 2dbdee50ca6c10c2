"""The gradebook after proctor holds the rows that stock nbgrader writes, for honest submissions."""

import copy
import json
import os
import shutil
import subprocess
from datetime import datetime, timedelta, timezone
from random import Random

import nbformat
import pytest
import sqlalchemy as sa
from nbgrader.api import Gradebook

import proctor.plugin.converter as converter
from proctor.plugin import received
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
        course.submit(
            "right", numbers=course.answered(), words=course.answered("words", why="I say so", program="print(2)")
        ),
        course.submit(
            "partly", numbers=course.answered(halve="def halve(x):\n    return x // 2"), words=course.answered("words")
        ),
        course.submit(
            "wrong",
            numbers=course.answered(double="def double(x):\n    return x", halve="1/0"),
            words=course.answered("words", why="?"),
        ),
        course.submit("untouched", numbers=untouched, words=course.released("words")),
        course.submit("half", numbers=course.answered()),
        course.submit(
            "late", numbers=course.answered(), words=course.answered("words", why="Sorry"), extra=course.answered()
        ),
    ]
    for folder in folders:  # everybody draws a tree: a task without an answer is not as in stock nbgrader
        if (path := folder / "words.ipynb").exists():
            path.write_text(
                json.dumps(
                    (made := json.loads(path.read_text()))
                    | {"cells": [*made["cells"], nbformat.v4.new_markdown_cell("A tree")]}
                )
            )
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
    """Every row of an honest class, with a penalty for the late one, is the same as after stock `nbgrader
    autograde`.
    """
    honest_class(course)
    course.config.LateSubmissionPlugin.penalty_method = "zero"
    stock = copy_of(course, tmp_path / "stock")
    stock.autograde(stock=True)
    course.autograde()
    same_rows(stock, course)
    assert course.rows()["notebooks"][2][3] == 5.0  # "late", "numbers"


def test_an_answer_left_as_released_gets_nothing_and_waits_for_nobody(course):
    """Written answers, code for a grader, a task: whatever follows it, up to the next cell; else a person
    looks.
    """
    blank = course.released("words")

    def variant(change, **answers):
        made = course.answered("words", **answers)
        change(made["cells"])
        return made

    markdown, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    course.submit("blank", words=blank)
    course.submit("spaces", words=course.answered("words", why="", program="  # your code\n"))
    course.submit("below", words=variant(lambda cells: cells.append(markdown("A tree: /\\"))))
    course.submit("drawn", words=variant(lambda cells: cells.append(code("print('/')"))))
    course.submit("above", words=variant(lambda cells: cells.insert(0, markdown("My tree"))))
    course.submit(
        "attached",
        words=variant(
            lambda cells: next(
                one for one in cells if one["metadata"].get("nbgrader", {}).get("grade_id") == "why"
            ).update(attachments={"a.png": {"image/png": "iVBORw0KGgo="}})
        ),
    )
    course.submit("file", words=blank, **{"answer.pdf": b"%PDF"})
    course.autograde()
    nothing, waits = (0.0, False), (None, True)
    told = {
        student: [course.scores(student)[name] for name in ("why", "program", "tree")]
        for student in ("blank", "spaces", "below", "drawn", "above", "attached", "file")
    }
    assert told == {
        "blank": [nothing] * 3,
        "spaces": [nothing] * 3,
        "below": [nothing, nothing, waits],
        "drawn": [nothing, nothing, waits],
        "above": [nothing, nothing, waits],
        "attached": [waits, nothing, nothing],
        "file": [nothing, nothing, waits],
    }
    course.submit(
        "blank",
        words=course.answered("words", why="Because", program="print(2)")
        | {"cells": [*course.answered("words", why="Because", program="print(2)")["cells"], markdown("/")]},
    )
    course.autograde(force=True)
    assert [course.scores("blank")[name] for name in ("why", "program", "tree")] == [waits] * 3


def test_second_autograde_keeps_a_graders_points_and_asks_for_a_look(course, tmp_path):
    """Manual points, extra credit and comments survive --force, and the row asks for a grader again, as in stock
    nbgrader.
    """
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
    folder = course.submit("wrong", numbers=course.answered(), words=course.answered("words", why="Since."))
    again = course.autograde()  # replaced by hand: its time is the same
    assert (again.summary.graded, again.summary.skipped) == (
        1,
        5,
    ) and "not those that were graded" in again.summary.looks["wrong"][0]
    assert course.scores("wrong")["test_double"] == (2.0, False) and course.autograde().summary.graded == 0
    shutil.copytree(folder, folder.with_name("copy"))  # what is copied has new times and is the same
    shutil.rmtree(folder)
    folder.with_name("copy").rename(folder)
    assert course.autograde().summary.graded == 0
    course.submit("wrong", numbers=course.answered())
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

    def listen(conn, cursor, statement, *rest):
        seen.append(statement)

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
    """If the run dies after the rows are written and before the folder is in its place, the next run grades that one
    again.
    """
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


def times_of(course):
    return {row[0]: row[1] for row in course.rows()["assignments"]}


def test_timestamp_is_believed_and_a_date_that_looks_made_up_is_flagged(course):
    """Nobody loses points for the age of a file; one that holds no date stops nobody and has no time."""
    honest_class(course)
    course.config.LateSubmissionPlugin.penalty_method = "zero"
    course.submit("forger", numbers=course.answered(), timestamp="2026-04-30 00:00:00 UTC")
    course.submit("joker", numbers=course.answered(), timestamp="\x00 the day before yesterday")
    course.submit("empty", numbers=course.answered(), timestamp="")
    run = course.autograde()
    times = times_of(course)
    assert times["right"] == "2026-05-01 12:00:00.123456" and times["forger"] == "2026-04-30 00:00:00.000000"
    assert times["joker"] is None and times["empty"] is None
    for student in ("forger", "joker"):
        assert any("timestamp.txt" in look for look in run.summary.looks[student])
    assert not any(
        "timestamp.txt" in look for student in ("right", "late", "empty") for look in run.summary.looks.get(student, ())
    )
    assert run.summary.undated == {"joker"}
    assert all(row[3] is None for row in course.rows()["notebooks"] if row[0] != "late")
    assert course.autograde().summary.graded == 0


def test_class_survives_being_copied(course, tmp_path):
    """After cp -r, which makes every file new, nobody is late, and whatever collecting recorded needs no look."""
    honest_class(course)
    course.config.LateSubmissionPlugin.penalty_method = "zero"
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gb:
        due = gb.find_assignment("ps1").duedate
    for student in ("right", "late"):
        received.record(
            course.root / "submitted" / student / "ps1",
            student,
            "ps1",
            due + timedelta(days=1 if student == "late" else -1),
            course.root,
        )
    subprocess.run(["cp", "-r", course.root, tmp_path / "copy"], check=True)
    copy_ = copy_of(course, tmp_path / "unused")
    copy_.root = tmp_path / "copy"
    copy_.config.CourseDirectory.root = str(copy_.root)
    looks = copy_.autograde().summary.looks
    assert {row[0] for row in copy_.rows()["notebooks"] if row[3] is not None} == {"late"}
    assert not any("timestamp.txt" in look for student in ("right", "late") for look in looks.get(student, ()))
    assert any("is believed" in look for look in looks["half"])
    same_rows_of_times = times_of(copy_)
    course.autograde()
    assert same_rows_of_times == times_of(course)
    graded = copy_.root / "autograded" / "right" / "ps1"
    assert (
        ".received.json" not in os.listdir(graded)
        and (graded / "timestamp.txt").read_text() == f"{due - timedelta(days=1)} UTC"
    )
    assert (
        course.root / "autograded" / "half" / "ps1" / "timestamp.txt"
    ).read_text() == "2026-05-01 12:00:00.123456 UTC"


def test_record_counts_only_for_the_learner_and_the_course_that_it_was_made_for(course, tmp_path):
    """A record that is somebody else's, changed, from another course or no record at all is flagged; a valid one
    counts for more than timestamp.txt.
    """
    early, late = datetime(2026, 4, 1), datetime(2026, 5, 3)
    folders = {
        name: course.submit(name, numbers=course.answered())
        for name in ("own", "others", "changed", "foreign", "rubbish", "pipe", "no_key")
    }
    for name, folder in folders.items():
        received.record(folder, name, "ps1", late, course.root)
        stamp(folder, early)
    shutil.copy(folders["own"] / received.RECORD, folders["others"])
    path = folders["changed"] / received.RECORD
    path.write_text(path.read_text().replace("2026-05-03", "2026-05-02"))
    received.record(folders["foreign"], "foreign", "ps1", late, tmp_path)
    for content in (b"", b"[]", b"{}", b"\xff", b'{"received": 7, "hash": "\xc3\xa4"}', b"[" * 4000):
        (folders["rubbish"] / received.RECORD).write_bytes(content)
        assert received.when_received(folders["rubbish"], "rubbish", "ps1", course.root)[1]
    os.remove(folders["pipe"] / received.RECORD)
    os.mkfifo(folders["pipe"] / received.RECORD)
    looks = course.autograde().summary.looks
    times = times_of(course)
    assert times.pop("own") == f"{late}.000000" and any("which counts" in look for look in looks["own"])
    assert times.pop("no_key") == f"{late}.000000"
    assert set(times.values()) == {f"{early}.000000"}
    assert all(any("not made here" in look for look in looks[name]) for name in times)
    key = course.root / received.KEY
    assert oct(key.stat().st_mode & 0o777) == "0o600"
    key.unlink()
    when, doubt = received.submission_time(folders["no_key"], "no_key", "ps1", course.root)
    assert when == early and "copy that along" in doubt


def test_formgrader_takes_the_recorded_time(course):
    """NbGraderAPI.get_submitted_timestamp, by which formgrader sees a newer submission."""
    from nbgrader.apps.api import NbGraderAPI

    import proctor

    proctor.install(copy.deepcopy(course.config))
    folder = course.submit("ada", numbers=course.answered())
    stamp(folder, datetime(2026, 4, 1))
    received.record(folder, "ada", "ps1", datetime(2026, 5, 3), course.root)
    api = NbGraderAPI(course.coursedir(), config=course.config)
    assert api.get_submitted_timestamp("ps1", "ada") == datetime(2026, 5, 3)
    course.config.Proctor.timestamps = "trusted"
    api = NbGraderAPI(course.coursedir(), config=course.config)
    assert api.get_submitted_timestamp("ps1", "ada") == datetime(2026, 4, 1)


@pytest.mark.parametrize(
    "content",
    [
        b"2025-01-10 12:00:00 ../../x",
        b"2025-01-10 12:00:00 " + b"Z" * 900,
        b"2025-01-10 12:00:00 /dev/zero",
        b"99999-01-01 00:00:00 UTC",
        b"9999-12-31 23:59:59 -12",
        b"0001-01-01 00:00:00 +1400",
        b"2025-01-10 12:00:00 99999999999999999999",
        b"2025-13-45",
        b"\xff\xfe\x00",
        b"\x00" * 900,
        b"9" * 1000,
        b"9" * 10**7,
        b"2025-01-10 12:00:00 \x1b[2J",
        b"2025-01-10 12:00:00 nan",
        b"2025-01-10T12:00:00+99:99",
        b"2025-01-10 12:00:00 \xd9\xa3",
        b"2025 1e999999999",
        b"2025-01-10 12:00:00.9e99999 UTC",
        b"now",
        b"7",
    ],
)
def test_strange_timestamp_costs_only_its_own_submission(course, content):
    """Whatever timestamp.txt holds, the submission itself and everybody else's are graded, without a penalty and
    with a look.
    """
    honest_class(course)
    course.config.LateSubmissionPlugin.penalty_method = "zero"
    (course.submit("joker", numbers=course.answered()) / "timestamp.txt").write_bytes(content)
    os.utime(course.root / "submitted" / "joker" / "ps1" / "timestamp.txt", (10**11, 10**11))  # the year 5138
    run = course.autograde()
    assert run.summary.graded == 7 and not run.summary.failed
    look = " ".join(run.summary.looks["joker"])
    assert "timestamp.txt" in look and look.isprintable()
    assert course.scores("joker")["test_double"] == (2.0, False)
    assert all(row[3] is None for row in course.rows()["notebooks"] if row[0] == "joker")
    assert course.autograde().summary.graded == 0


def test_random_timestamps_never_raise(tmp_path):
    """Bytes made from pieces of dates, zones, numbers and rubbish."""
    random = Random(1)
    pieces = [
        "2025",
        "-01",
        "-10",
        " ",
        "12:00",
        ":00",
        ".5",
        "UTC",
        "+",
        "-",
        "99",
        "T",
        "Z",
        "Europe/Berlin",
        "EST5EDT,M3.2.0",
        "/",
        "..",
        "\x00",
        "é",
        "am",
        "Mon",
        ",",
        "1e9",
        "\n",
    ]
    for _ in range(3000):
        (tmp_path / "timestamp.txt").write_text(
            "".join(random.choices(pieces, k=random.randrange(9))), encoding="utf-8"
        )
        when, doubt = received.submission_time(tmp_path, "ada", "ps1", tmp_path)
        assert when is None or when.year in received.YEARS and when.tzinfo is None
        assert doubt.isprintable()
