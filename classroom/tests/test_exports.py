"""Exporters on real gradebooks, with files in the formats that Canvas and Moodle document."""

import csv
import datetime
import io
import json
import logging
import os
import shutil
from pathlib import Path

import pytest
import sqlalchemy
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from classroom import book, scratch, settings
from classroom.book import Learner
from classroom.errors import ClassroomError
from classroom.exports import Canvas, Exercises, Moodle, sheet, template
from proctor.tests import forkserver
from proctor.tests.test_plugin_postgresql import server  # noqa: F401  (a fixture)

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own

ROOT = Path(__file__).resolve().parents[2]
EVIL = '=HYPERLINK("http://evil","x")'
ROSTER = [  # id, last and first name, email, Canvas's id
    ("ada", "Łoś-Müller", 'Ada, "the first"', "ada@uni.example", "1001"),
    ("bob", "Byte\nTwo", "Bob", "Bob@uni.example", "1002"),
    ("cyd", EVIL, "Cyd", "cyd@uni.example", "1003"),
    ("dan", "Late", "Dan", "dan@uni.example", None),
    ("eve", None, None, None, None),
]
PAST, FUTURE = datetime.datetime(2020, 1, 1, 12), datetime.datetime(2999, 1, 1)


class World:
    """The folder of a class, its gradebook, and what an exporter says."""

    def __init__(self, folder, url=""):
        self.folder, self.url, self.said = folder, url or f"sqlite:///{folder}/class.db", []
        (folder / "nbgrader_config.py").write_text(
            f"c = get_config()\nc.CourseDirectory.root = {str(folder)!r}\nc.CourseDirectory.course_id = 'course'\n"
            f"c.CourseDirectory.db_url = {self.url!r}\n"
        )

    def book(self):
        return Gradebook(self.url, "course")

    def export(self, kind, to=None, **options):
        """Run an exporter as nbgrader does; return its file as text."""
        app = settings.of_folder(self.folder)
        app.log.handlers = [logging.Handler()]
        app.log.handlers[0].emit = lambda record: self.said.append(record.getMessage())
        del self.said[:]
        to = Path(to or self.folder / "out.csv")
        with self.book() as gradebook:
            kind(parent=app, to=str(to), **options).export(gradebook)
        return to.read_bytes().decode("utf-8") if to.suffix == ".csv" else None

    def rows(self, kind, **options):
        return list(csv.reader(io.StringIO(self.export(kind, **options), newline="")))

    @property
    def words(self):
        return "\n".join(self.said)


def fill(world, roster=ROSTER):
    """ps1: two tests and a written answer. ps2: one test, due in the past, late ones lose points. ps3: not due yet."""
    with world.book() as gradebook:
        for name, due in (("ps1", None), ("ps2", PAST), ("ps3", FUTURE)):
            gradebook.add_assignment(name, duedate=due)
            gradebook.add_notebook("nb", name)
            gradebook.add_grade_cell("test_a", "nb", name, max_score=2, cell_type="code")
        gradebook.add_grade_cell("test_b", "nb", "ps1", max_score=3, cell_type="code")
        gradebook.add_grade_cell("why", "nb", "ps1", max_score=5, cell_type="markdown")
        gradebook.add_solution_cell("why", "nb", "ps1")
        for name, last, first, email, lms in roster:
            gradebook.add_student(name, first_name=first, last_name=last, email=email, lms_user_id=lms)
        known = {name for name, *_ in roster}
        give(gradebook, "ps1", "ada", test_a=2, test_b=2.5, why=(4, 0.25))
        give(gradebook, "ps1", "bob", test_a=2, test_b=0, why=None)
        give(gradebook, "ps2", "ada", test_a=(2, 1))
        if "dan" in known:
            give(gradebook, "ps2", "dan", test_a=2)
            gradebook.find_submission_notebook("nb", "ps2", "dan").late_submission_penalty = 0.5
        comment = gradebook.find_comment("why", "nb", "ps1", "ada")
        comment.manual_comment = "Well <said>"
        gradebook.find_comment("why", "nb", "ps1", "bob").auto_comment = "No response."
        gradebook.db.commit()
    return world


def give(gradebook, assignment, learner, **scores):
    """A number is what tests gave, a pair a person's score with extra credit, None still waits."""
    gradebook.add_submission(assignment, learner, timestamp=PAST + datetime.timedelta(hours=2))
    for cell, score in scores.items():
        grade = gradebook.find_grade(cell, "nb", assignment, learner)
        grade.needs_manual_grade = score is None
        if isinstance(score, tuple):
            grade.auto_score, (grade.manual_score, grade.extra_credit) = 0, score
        else:
            grade.auto_score = score


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """A gradebook for each size of the class, made once: nbgrader calls a program for each new one."""
    made = {}
    for size in (5, 25):
        folder = tmp_path_factory.mktemp(str(size))
        world = fill(World(folder), ROSTER + [(f"l{i}", None, None, f"l{i}@x", str(i)) for i in range(size - 5)])
        with world.book() as gradebook:
            for i in range(size - 5):
                give(gradebook, "ps2", f"l{i}", test_a=1)
            gradebook.db.commit()
        made[size] = folder / "class.db"
    return made


def copied(made, folder):
    shutil.copy(made, folder / "class.db")
    return World(folder)


@pytest.fixture
def world(tmp_path, books):
    return copied(books[5], tmp_path)


def command(world, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return forkserver.run(["-m", "nbgrader", "export", *arguments], world.folder, environment)


# Canvas

CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Notes,Week 1: PS1 (501),ps2 (502),ps22 (503),Quiz "
    "(504),Current Score,Final Score\r\n"
    ",,,,,,Manual Posting,,,,,\r\n"
    "    Points Possible,,,,,,10.00,2.00,7.00,5.00,(read only),(read only)\r\n"
    '"Müller, Ada",1001,77,adalogin,"A, B and C",=1+1,,1.00,3.50,5.00,88.1,70\r\n'
    "=cmd(),1002,78,bob@UNI.example,A,,3.00,EX,,4.00,,\r\n"
    '"Dee, Dan",9004,dan,zzz,A,-,,N/A,,,,\r\n'
    '"Evil, Cyd",1003,80,x,A,,9.00,8.00,,,,\r\n'
    '"Nobody, Known",4242,81,nobody,A,,1.00,1.00,,,,\r\n'
    '"Student, Test",4243,,0f3a,A,,,,,,,\r\n'
)


def test_canvas_gets_its_columns_through_the_real_command(world):
    """Student, ID, SIS User ID, SIS Login ID, Section, assignments; then the row of points."""
    done = command(
        world,
        "--exporter=classroom.exports.Canvas",
        "--to",
        "canvas.csv",
        "--assignment",
        "ps1",
        "--assignment",
        "ps2",
        "--Canvas.only_complete=False",
        "--Canvas.section=A",
    )
    assert done.returncode == 0, done.stderr
    rows = list(csv.reader((world.folder / "canvas.csv").open(encoding="utf-8", newline="")))
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "ps1", "ps2"],
        ["    Points Possible", "", "", "", "", "10", "2"],
        ["eve", "", "eve", "eve", "A", "", ""],
        ["'" + EVIL + ", Cyd", "1003", "cyd", "cyd", "A", "", ""],
        ["Byte\nTwo, Bob", "1002", "bob", "bob", "A", "2", ""],
        ["Late, Dan", "", "dan", "dan", "A", "", "1.5"],
        ['Łoś-Müller, Ada, "the first"', "1001", "ada", "ada", "A", "8.75", "3"],
    ]
    assert "1 grade not final" in done.stderr and "Traceback" not in done.stderr


def test_an_error_is_one_line_and_leaves_the_old_file(world):
    (world.folder / "canvas.csv").write_text("old")
    done = command(world, "--exporter=classroom.exports.Canvas", "--to", "canvas.csv", "--student", "zoe")
    assert (
        done.returncode == 1
        and "no learner 'zoe'" in done.stderr
        and "ada" in done.stderr
        and "Traceback" not in done.stderr
    )
    assert (world.folder / "canvas.csv").read_text() == "old" and not list(world.folder.glob(".*part"))


def filled(world, text, kind=Canvas, **options):
    (world.folder / "theirs.csv").write_bytes(text.encode("utf-8"))
    return world.export(kind, template=str(world.folder / "theirs.csv"), **options)


def test_canvas_gets_its_own_file_back_with_our_scores(world):
    """Byte order mark, line ends, rows, order, ids, headings, other columns, EX, N/A and grades that we cannot
    replace stay.
    """
    expected = CANVAS.replace('"A, B and C",=1+1,,1.00,3.50', '"A, B and C",=1+1,8.75,3,3.50').replace(
        "=cmd(),1002,78,bob@UNI.example,A,,3.00", "'=cmd(),1002,78,bob@UNI.example,A,,3.00"
    )
    assert filled(world, CANVAS) == expected
    assert "Nobody, Known" in world.words and "Test" not in world.words and "not exported: eve" in world.words
    assert (
        "no column for ps3" in world.words
        and "1 grade left blank" in world.words
        and "1 new, 1 changed, 0 as before" in world.words
    )
    assert filled(world, CANVAS, only_complete=False) == expected.replace("A,,3.00,EX", "A,,2,EX")
    assert ",=1+1,EX,3,3.50" in filled(world, CANVAS.replace("=1+1,,", "=1+1,EX,"))
    assert filled(world, expected) == expected and "0 new, 0 changed, 2 as before" in world.words


def test_a_semicolon_file_with_decimal_commas_comes_back_as_one(world):
    text = 'Student;ID;SIS Login ID;Section;ps1 (1)\n    Points Possible;;;;10,00\nX;1001;;;"3,50"\n'
    assert filled(world, text, assignment=["ps1"]) == text.replace('"3,50"', "8.75")
    assert "Canvas. Scores" not in world.words


def test_canvas_columns_are_found_by_mapping_name_or_words():
    """An id, a heading, an equal name, or a heading with our name as whole words; never a guess between two."""
    headings = ["Lab_1 (11)", "Lab 12 (12)", "Intro to lab 2 (13)", "Lab 3 a (14)", "Lab 3 b (15)"]
    theirs = [
        template.Column(place, heading, tuple(heading[:-1].split(" ("))) for place, heading in enumerate(headings)
    ]

    def places(*ours, **mapping):
        found, problems = template.columns(list(ours), theirs, mapping)
        return {name: column.index for name, column in found.items()}, problems

    assert places("lab-1", "lab 2") == ({"lab-1": 0, "lab 2": 2}, [])
    assert places("ps", ps="14") == ({"ps": 3}, []) and places("ps", ps="Lab 3 b (15)")[0] == {"ps": 4}
    assert places("lab_3") == ({}, ['lab_3 could be any of "Lab 3 a (14)", "Lab 3 b (15)"'])
    assert places("lab")[0] == {} and places("ab 12")[0] == {}
    assert places("intro", "lab 2")[0] == {} and "not the only one" in places("intro", "lab 2")[1][0]
    assert places("ps", ps="99") == ({}, ['no column for ps (as "99")'])


def test_a_line_is_never_given_to_two_learners_nor_a_learner_two_lines():
    a, b, c = (Learner(name, "", "", mail, "") for name, mail in (("a", "same@x"), ("b", "same@x"), ("c", "c@x")))
    lines = [(1, ["a", ""]), (2, ["", "same@x"]), (3, ["c", ""]), (4, ["", "C@X"])]
    assert template.rows([a, b, c], [(0, lambda who: who.id), (1, lambda who: who.email)], lines) == ({1: a}, [2, 3, 4])


def test_points_that_differ_in_canvas_are_said_and_can_be_converted(world):
    text = "Student,ID,SIS User ID,SIS Login ID,Section,ps1 (1)\n    Points Possible,,,,,100\nX,1001,,,,\n"
    assert (
        filled(world, text, assignment=["ps1"]).endswith("X,1001,,,,8.75\n")
        and "10 points here and 100 in Canvas" in world.words
    )
    assert (
        filled(world, text, assignment=["ps1"], scale=True).endswith("X,1001,,,,87.5\n")
        and "here and" not in world.words
    )
    assert ",100\n" in filled(world, text, assignment=["ps1"], scale=True)
    filled(world, text, assignment=["ps1"], full_marks={"ps1": 100})
    assert "here and" not in world.words


@pytest.mark.parametrize(
    "text, hint",
    [
        ("a,b\n1,2\n", "not an export of Canvas"),
        ("Student,ID,SIS Login ID,Section,Other (1)\n", "c.Canvas.columns"),
        ("just words\n", "no columns"),
    ],
)
def test_a_file_that_is_not_canvas_is_refused_with_what_to_do(world, text, hint):
    (world.folder / "out.csv").write_text("old")
    with pytest.raises(SystemExit):
        filled(world, text)
    assert hint in world.words and (world.folder / "out.csv").read_text() == "old"


# Moodle


def test_moodle_gets_one_row_for_each_learner_that_it_can_know(world):
    """A dash is no grade; a learner without an email of their own would stop Moodle's import, and is left out and
    named.
    """
    with world.book() as gradebook:
        gradebook.update_or_create_student("cyd", email="dan@uni.example")
    assert world.rows(Moodle, assignment=["ps1", "ps2"]) == [
        ["First name", "Last name", "Email address", "ps1", "ps2"],
        ["Bob", "Byte\nTwo", "Bob@uni.example", "-", "-"],
        ['Ada, "the first"', "Łoś-Müller", "ada@uni.example", "8.75", "3"],
    ]
    assert all(name in world.words for name in ("eve", "cyd", "dan")) and "1 grade left blank" in world.words
    rows = world.rows(Moodle, identifier="idnumber", missing="0", columns={"ps1": "Week 1"}, student=["eve", "dan"])
    assert rows == [
        ["First name", "Last name", "ID number", "Week 1", "ps2", "ps3"],
        ["", "", "eve", "0", "0", "-"],
        ["Dan", "Late", "dan", "0", "1.5", "-"],
    ]


def test_moodles_own_gradebook_file_is_filled_in(world):
    """Real grades only, not percentages; a grade stays where we have none; the date of the download stays."""
    text = (
        "First name,Last name,ID number,Email address,Assignment: ps1 (Real),Assignment: ps1 (Percentage),Quiz: ps2 "
        "intro (Real),"
        "Course total (Real),Last downloaded from this course\n"
        "Ada,L,,ADA@uni.example,-,-,-,5.00,1700000000\nBob,B,,bob@uni.example,4.00,40 %,-,5.00,1700000000\n"
        "Zed,Z,,zed@uni.example,1.00,,-,,1700000000\n"
    )
    assert filled(world, text, Moodle) == text.replace("ADA@uni.example,-,-,-", "ADA@uni.example,8.75,-,3")
    assert "Zed Z" in world.words and "no column for ps3" in world.words


WORKSHEET = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed","Last modified '
    '(submission)",'
    '"Last modified (grade)","Feedback comments"\n'
    'Participant 11,"Ada Łoś",ada@uni.example,"Submitted for grading",,2.00,Yes,"Monday, 3 May 2027, 5:01 PM",-,\n'
    'Participant 12,=evil(),dan@uni.example,"Submitted for grading",1.00,2.00,Yes,"Monday, 3 May 2027, 5:01 '
    'PM",-,"<p>kept</p>"\n'
    'Participant 13,"Bob Byte",bob@uni.example,"No submission",2.00,2.00,Yes,-,-,\n'
    'Participant 14,"Cyd Cee",cyd@uni.example,"No submission",,2.00,No,-,-,\n'
)


def test_moodles_worksheet_of_one_assignment_is_filled_in(world):
    """Identifiers, states and dates come back; out of range and unchangeable grades are said."""
    rows = list(csv.reader(io.StringIO(filled(world, WORKSHEET, Moodle, assignment=["ps2"]))))
    before = list(csv.reader(io.StringIO(WORKSHEET)))
    assert [row[4] for row in rows] == ["Grade", "3", "1.5", "2.00", ""] and rows[2][1] == "'=evil()"
    for row in (*rows, *before):
        row[4] = row[1] = ""
    assert rows == before
    assert (
        "skip grades above its maximum, of: ada" in world.words
        and "1 grade cannot be changed" in world.words
        and "exported: eve" in world.words
    )
    assert ",2,2.00,Yes" in filled(world, WORKSHEET, Moodle, assignment=["ps2"], cap=True) and "skip" not in world.words


def test_a_worksheet_takes_comments_other_points_and_another_language(world):
    text = WORKSHEET.replace("Grade,", "Nota,").replace("Identifier", "Identificador").replace("2.00,Yes", '"5,00",Yes')
    options = {
        "headings": {"Grade": "Nota", "Identifier": "Identificador", "Maximum Grade": "Maximum Nota"},
        "assignment": ["ps1"],
    }
    got = filled(world, text.replace('"Maximum Grade"', '"Maximum Nota"'), Moodle, comments=True, scale=True, **options)
    assert (
        ',4.375,"5,00",Yes' in got.replace("4.38", "4.375")
        and "<p>why: Well &lt;said&gt;</p>" in got
        and "<p>kept</p>" in got
    )
    assert "No response" not in filled(
        world, WORKSHEET, Moodle, comments=True, only_complete=False, assignment=["ps1"]
    ), "only what a person said"


def test_a_worksheet_wants_one_assignment(world):
    with pytest.raises(SystemExit):
        filled(world, WORKSHEET, Moodle)
    assert "--assignment=ps1" in world.words


# Scores


def test_scores_are_those_of_stock_nbgrader(world):
    """Manual before automatic, extra credit on top, late penalty off, never below 0: as nbgrader's own export has
    them.
    """
    with world.book() as gradebook:
        gradebook.find_submission_notebook("nb", "ps1", "bob").late_submission_penalty = 99
        give(gradebook, "ps2", "cyd", test_a=None)
        gradebook.find_grade("test_a", "nb", "ps2", "cyd").extra_credit = 1  # without a score: nbgrader counts nothing
        gradebook.db.commit()
        for name, *_ in ROSTER:
            gradebook.update_or_create_student(
                name, first_name=None, last_name=None, email=None
            )  # stock quotes nothing
        CsvExportPlugin(to=str(world.folder / "stock.csv")).export(gradebook)
    with open(world.folder / "stock.csv") as file:
        stock = {(row["assignment"], row["student_id"]): float(row["score"]) for row in csv.DictReader(file)}
    rows = world.rows(Canvas, only_complete=False)
    ours = {
        (name, row[2]): float(row[5 + at] or 0) for row in rows[2:] for at, name in enumerate(("ps1", "ps2", "ps3"))
    }
    assert ours["ps1", "ada"] == 8.75 and ours == stock and len(stock) == 15


def test_bonus_points_count_unless_they_are_capped(world):
    def scores(**options):
        return {row[2]: row[6] for row in world.rows(Canvas, **options)}

    assert (
        scores()["ada"] == "3"
        and scores(cap=True)["ada"] == "2"
        and scores(cap=True, full_marks={"ps2": 1})["dan"] == "1"
    )
    assert world.rows(Canvas, full_marks={"ps2": 1})[1][6] == "1"


def test_nobody_gets_a_zero_before_the_due_date(world):
    rows = {row[2]: row[5:] for row in world.rows(Canvas, missing="0")}
    assert rows["eve"] == ["0", "0", ""] and rows["bob"] == ["", "0", ""]


def test_a_submission_that_was_never_graded_is_no_zero(world):
    with world.book() as gradebook:
        gradebook.add_submission("ps2", "bob")
        notebook = gradebook.find_submission_notebook("nb", "ps2", "bob").id
        gradebook.db.execute(sqlalchemy.text(f"delete from grade where notebook_id = '{notebook}'"))
        gradebook.db.commit()
    assert {row[2]: row[6] for row in world.rows(Canvas, only_complete=False)}["bob"] == ""


# Files


@pytest.mark.parametrize(
    "text, expected",
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-cmd", "'-cmd"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        (" =x", "' =x"),
        ("\uff1dx", "'\uff1dx"),
        ("-2.5", "-2.5"),
        ("+1", "+1"),
        ("-", "-"),
        ("a=b", "a=b"),
        ("", ""),
        (-2.5, "-2.5"),
        (0.1 + 0.2, "0.3"),
        (-0.0, "0"),
        (123456.75, "123456.75"),
        (True, "1"),
        (None, ""),
        (float("nan"), ""),
        (1e-9, "0"),
        ("-1+1", "'-1+1"),
        ("=1", "'=1"),
    ],
)
def test_text_that_a_spreadsheet_would_compute_gets_an_apostrophe(text, expected):
    assert sheet.cell(text) == expected


def test_a_file_is_replaced_only_when_the_new_one_is_complete(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("old")
    path.chmod(0o640)
    with pytest.raises(KeyboardInterrupt), sheet.replacing(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["a.csv"]
    with open(path) as reader:
        sheet.write(sheet.Sheet([["ü"]], bom=True), path)
        assert reader.read() == "old"  # who reads the old file meanwhile reads all of it
    assert (
        path.read_bytes() == b"\xef\xbb\xbf\xc3\xbc\r\n"
        and path.stat().st_mode & 0o777 == 0o640
        and os.listdir(tmp_path) == ["a.csv"]
    )
    for bad in (tmp_path, tmp_path / "no" / "a.csv"):
        with pytest.raises(ClassroomError, match="--to"), sheet.replacing(bad):
            pass


def test_line_ends_in_a_cell_come_back(tmp_path):
    for newline in ("\n", "\r\n"):
        rows = [["name", "text"], ["a\rb", "c\r\nd"], ["e\nf", '"g", h']]
        sheet.write(sheet.Sheet(rows, newline=newline), tmp_path / "a.csv")
        assert sheet.read(tmp_path / "a.csv").rows == rows


def test_excel_gets_its_byte_order_mark_on_request(world):
    assert not world.export(Canvas).startswith("\ufeff") and world.export(Canvas, excel=True).startswith("\ufeff")


# Exercises


def released(world):
    """ps1 in release/: one answer with both tests, the written answer first."""

    def cell(name, **flags):
        return {"metadata": {"nbgrader": {"grade_id": name, "grade": False, "solution": False, "task": False, **flags}}}

    folder = world.folder / "release" / "ps1"
    folder.mkdir(parents=True)
    cells = [
        {"metadata": {}},
        cell("why", grade=True, solution=True),
        cell("add", solution=True),
        cell("test_b", grade=True),
        cell("test_a", grade=True),
    ]
    (folder / "nb.ipynb").write_text(json.dumps({"cells": cells}))


def test_exercises_are_answers_with_their_tests(world):
    """One row for each learner, assignment and exercise, with what a person may want to count."""
    released(world)
    rows = world.rows(Exercises, student=["ada", "bob", "eve"], assignment=["ps1", "ps2"])
    table = {(row[0], row[4], row[6]): dict(zip(rows[0], row)) for row in rows[1:]}
    assert list(table) == [
        (name, *what) for name in ("eve", "bob", "ada") for what in (("ps1", "why"), ("ps1", "add"), ("ps2", "test_a"))
    ]
    ada = table["ada", "ps1", "add"]
    assert (ada["score"], ada["max_score"], ada["tests"], ada["tests_passed"], ada["kind"], ada["by_hand"]) == (
        "4.5",
        "5",
        "2",
        "1",
        "tests",
        "0",
    )
    ada = table["ada", "ps1", "why"]
    assert (ada["score"], ada["extra_credit"], ada["kind"], ada["by_hand"], ada["waits"]) == (
        "4.25",
        "0.25",
        "written",
        "1",
        "0",
    )
    assert (
        table["bob", "ps1", "why"]["score"] == ""
        and table["bob", "ps1", "why"]["waits"] == "1"
        and table["bob", "ps1", "add"]["score"] == "2"
    )
    assert table["ada", "ps2", "test_a"]["late"] == "1"
    assert table["eve", "ps1", "add"]["score"] == "" and table["eve", "ps1", "add"]["submitted"] == "0"
    assert "1 exercise not graded yet" in world.words


def test_exercises_side_by_side(world):
    released(world)
    rows = world.rows(Exercises, wide=True, student=["ada"])
    assert rows == [
        ["student_id", "last_name", "first_name", "email", "ps1 why", "ps1 add", "ps2 test_a", "ps3 test_a"],
        ["ada", "Łoś-Müller", 'Ada, "the first"', "ada@uni.example", "4.25", "4.5", "3", ""],
    ]
    assert world.rows(Exercises, wide=True, by="cell")[0][4:] == [
        "ps1 why",
        "ps1 test_b",
        "ps1 test_a",
        "ps2 test_a",
        "ps3 test_a",
    ]


# Numbers that are none


def test_a_score_that_is_no_number_is_a_blank_cell(server, tmp_path):  # noqa: F811
    """SQLite keeps no NaN; PostgreSQL does. The whole export works there too."""
    world = fill(World(tmp_path, server))
    with world.book() as gradebook:
        gradebook.find_grade("test_a", "nb", "ps2", "ada").manual_score = float("nan")
        gradebook.db.commit()
    rows = {row[2]: row[5:] for row in world.rows(Canvas)}
    assert (
        rows["ada"] == ["8.75", "", ""]
        and rows["dan"] == ["", "1.5", ""]
        and "ada has no number as the score of ps2" in world.words
    )
    assert world.rows(Moodle, student=["ada"])[1][3:] == ["8.75", "-", "-"]
    assert len(world.rows(Exercises)) == 1 + 5 * 5


# Size


@pytest.mark.parametrize(
    "kind, options",
    [
        (Canvas, {}),
        (Canvas, {"template": "theirs.csv"}),
        (Moodle, {"identifier": "idnumber"}),
        (Exercises, {}),
        (Moodle, {"template": "sheet.csv", "assignment": ["ps2"], "comments": True}),
    ],
)
def test_the_number_of_queries_does_not_grow_with_the_class(tmp_path, books, kind, options):
    """As many statements for twenty-five learners as for five."""
    counts = []
    for size, made in books.items():
        folder = tmp_path / str(size)
        folder.mkdir()
        copied(made, folder)
        (folder / "theirs.csv").write_text(CANVAS)
        (folder / "sheet.csv").write_text(WORKSHEET)
        given = {**options, **({"template": str(folder / options["template"])} if "template" in options else {})}
        statements = []
        with Gradebook(f"sqlite:///{folder}/class.db", "course") as gradebook:
            sqlalchemy.event.listen(
                gradebook.engine, "before_cursor_execute", lambda *event: statements.append(event[2])
            )
            kind(parent=settings.of_folder(folder), to=str(folder / "out"), **given).export(gradebook)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 6


def test_decisions_and_forgetting_on_postgresql(server, tmp_path):  # noqa: F811
    """The same rows as in SQLite; a copy for a regrade takes the decisions along."""
    engine = sqlalchemy.create_engine(server)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    fill(World(tmp_path, server))
    until = datetime.datetime(2999, 2, 1)
    for learner, assignment, kind, day in (
        ("ada", "ps1", book.EXCUSED, None),
        ("ada", "ps2", book.EXTENDED, until),
        ("bob", "", book.DROPPED, None),
    ):
        for _ in range(2):
            book.decide(server, book.Decision(learner, assignment, kind, day, "", until))
    copy = scratch.copy_gradebook(server, "course", "ps1", tmp_path / "copy.db")
    for url in (server, copy):
        with book.opened(url) as connection:
            assert set(book.decisions(connection)) == {("ada", "ps1"), ("ada", "ps2"), ("bob", "")}
    assert book.forget(server, "ada")["classroom_decision"] == 2
    with book.opened(server) as connection:
        assert {one.learner for one in book.marks(connection)} == {"bob", "cyd", "dan", "eve"} & {
            one.learner for one in book.submissions(connection)
        }
        assert "ada" not in {one.id for one in book.learners(connection)}
