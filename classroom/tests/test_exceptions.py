"""What holds for one learner: more time, excused, dropped, added, forgotten; and the dates that learners read."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import notebook_hash
from start_course import answer, make_course, run
from test_doctor import hand_in
from traitlets.config import Config

from classroom import book, forget, head, start, when
from classroom.__main__ import main as classroom

DUE = datetime(2027, 2, 5, 22, 59)
START = ("--roster", "roster.csv", "--cut", "full", "--first-due", "2027-02-05", "--timezone", "Europe/Berlin")


@pytest.fixture(scope="module")
def begun(tmp_path_factory) -> Path:
    """A class in which three handed in the first assignment: one on time, two a day late, one of whom may."""
    course = make_course(tmp_path_factory.mktemp("exceptions") / "course")
    run(course, "classroom", "start", "../class", *START, "--late", "per-day:10%")
    folder = course.parent / "class"
    for learner, time in (
        ("ada", "2027-02-05 10:00:00"),
        ("emile", "2027-02-06 10:00:00"),
        ("jane", "2027-02-06 10:00:00"),
    ):
        hand_in(folder, learner, "01_add", "add.ipynb", answer("add", "x + 1"), time)
    run(folder, "classroom", "extend", "jane", "01", "--until", "2027-02-07")
    run(folder, "nbgrader", "autograde", "01_add")
    return folder


@pytest.fixture
def klass(begun, tmp_path, monkeypatch) -> Path:
    """A copy to change; the working folder."""
    folder = shutil.copytree(begun, tmp_path / "class")
    monkeypatch.chdir(folder)
    return folder


def said(capsys, *arguments: str, status: int = 0) -> str:
    """What a command says, on one line, in the class."""
    capsys.readouterr()
    assert classroom(list(arguments)) == status, capsys.readouterr()
    told = capsys.readouterr()
    return " ".join((told.out + told.err).split())


def penalties(folder: Path) -> dict[str, float]:
    with book.opened(f"sqlite:///{folder / 'gradebook.db'}") as connection:
        return {one.learner: one.penalty for one in book.submissions(connection) if one.assignment == "01_add"}


def exported(folder: Path, what: str, *options: str) -> dict[str, dict]:
    """The rows of an export by the learner's id, and what it said."""
    done = run(folder, "classroom", "export", what, "--to", "out.csv", *options)
    with open(folder / "out.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    key = {"canvas": "SIS User ID", "moodle": "Email address", "exercises": "student_id"}[what]
    return {row[key].partition("@")[0]: row for row in rows} | {"": {"said": done.stdout + done.stderr}}


# -- extend


def test_an_extension_before_handing_in_counts_when_it_is_graded(begun):
    assert penalties(begun) == {"ada": 0, "emile": 1, "jane": 0}
    with book.opened(f"sqlite:///{begun / 'gradebook.db'}") as connection:
        late = {one.learner: one.seconds_late for one in book.submissions(connection)}
    assert late["jane"] == 0 and late["emile"] > 0


def test_an_extension_afterwards_takes_the_penalty_off_and_is_safe_to_repeat(klass, capsys):
    told = said(capsys, "extend", "emile", "01_add", "--until", "2027-02-06 12:00", "--why", "train")
    assert "Émile O'Neil (emile), 01_add: until Sat 2027-02-06 12:00 (UTC+0100)." in told
    assert "Everybody else: Fri 2027-02-05 23:59 (UTC+0100)." in told
    assert "1 point taken off for being late before, 0 now" in told
    assert penalties(klass)["emile"] == 0
    assert "as before" in said(capsys, "extend", "emile", "01_add", "--until", "2027-02-06 12:00")
    told = said(capsys, "exceptions")
    assert "emile), 01_add: until Sat 2027-02-06 12:00" in told and "(train)" in told and "jane), 01_add: until" in told
    # It is a day, which does not move with the due date of all, and nbgrader's own column has it.
    with sqlite3.connect("gradebook.db") as file:
        found = file.execute(
            "SELECT extension IS NOT NULL FROM submitted_assignment WHERE student_id = 'emile'"
        ).fetchall()
    assert found == [(1,)]
    assert "no longer extended" in said(capsys, "extend", "emile", "01_add", "--undo")
    assert penalties(klass)["emile"] == 1


def test_a_due_date_that_moves_leaves_an_extension_where_it_is(klass):
    until = DUE + timedelta(days=1)
    for due, wanted in ((DUE, until), (DUE - timedelta(days=2), until), (until + timedelta(days=9), None)):
        counts, extension = book._what_counts(book.Decision("a", "b", book.EXTENDED, until, "", DUE), due, None)
        assert (counts, extension) == (wanted or due, None)


def test_what_is_typed_wrong_is_told_in_one_sentence_and_changes_nothing(klass, capsys, monkeypatch):
    before = (klass / "gradebook.db").read_bytes()
    for arguments, sentence in (
        (["extend", "emil", "01_add", "--until", "2027-03-01"], "The class has no learner 'emil'; is it 'emile'?"),
        (["extend", "lovelace", "01", "--until", "2027-03-01"], "no learner 'lovelace'; is it 'ada'?"),
        (["extend", "emile", "01_ad", "--until", "2027-03-01"], "no assignment '01_ad'; is it '01_add'?"),
        (["extend", "emile", "quiz", "--until", "2027-03-01"], "no assignment 'quiz'; it has: 01_add, 02_double."),
        (["extend", "emile", "01_add", "--until", "3/4/2027"], "can be read in two ways"),
        (["extend", "emile", "01_add", "--until", "2027-03-01 12:00 XYZ"], "a time zone, 'XYZ', that is not known"),
        (["extend", "emile", "01_add", "--until", "2027-02-01"], "is no extension: 01_add is due Fri 2027-02-05"),
        (["extend", "emile", "01_add", "--undo"], "Émile O'Neil (emile) is not extended in 01_add"),
        (["excuse", "emile", "01_add", "--undo"], "is not excused in 01_add"),
        (["excuse", "nobody-at-all", "01_add"], "it has: "),
        (["drop", "Jane Do"], "is it 'jane'?"),
        (["add", "Emile"], "'emile' is in the class, and differs in upper and lower case alone"),
        (["add", "a/b"], "cannot be the name of a folder"),
        (["add", "new", "--email", "ada@example.org"], "Nobody was added"),
        (["forget", "emil"], "is it 'emile'?"),
    ):
        told = said(capsys, *arguments, status=1)
        assert sentence in told and "Traceback" not in told, (arguments, told)
    with pytest.raises(SystemExit):
        classroom(["extend", "emile", "01_add"])
    assert (klass / "gradebook.db").read_bytes() == before
    monkeypatch.chdir(klass.parent)
    for verb in (["exceptions"], ["drop", "ada"], ["forget", "ada"], ["extend", "ada", "01", "--until", "2027-03-01"]):
        assert "No nbgrader_config.py in" in said(capsys, *verb, status=1)


def test_many_at_once_leave_one_decision(klass):
    """The same command twice, or two graders."""
    days = [DUE + timedelta(days=number) for number in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda day: book.decide(
                    "sqlite:///gradebook.db", book.Decision("emile", "02_double", book.EXTENDED, day, "", DUE)
                ),
                days,
            )
        )
    with book.opened("sqlite:///gradebook.db") as connection:
        assert book.decisions(connection)["emile", "02_double"].until in days


# -- excuse, drop, add


def test_excused_and_dropped_learners_are_out_of_exports_and_come_back(klass, capsys):
    assert "Canvas: EX" in said(capsys, "excuse", "ada", "01_add")
    told = said(capsys, "drop", "emile")
    assert "no longer in the class" in told and "1 submission and all grades stay" in told
    canvas = exported(klass, "canvas")
    assert canvas["ada"]["01_add"] == "EX" and "emile" not in canvas and canvas["jane"]["01_add"] == "10"
    assert "1 submission excused: written as EX" in canvas[""]["said"]
    assert "Not exported, because they have left the class: emile" in canvas[""]["said"]
    assert exported(klass, "canvas", '--Canvas.student=["emile"]')["emile"]["01_add"] == "9"
    moodle = exported(klass, "moodle")
    assert moodle["ada"]["01_add"] == "-" and "emile" not in moodle
    rows = exported(klass, "exercises", "--assignment", "01_add")
    assert rows["ada"]["excused"] == "1" and rows["ada"]["score"] == "" and rows["jane"]["excused"] == "0"
    # Canvas's own file: EX goes in, a line of who left is neither unknown nor filled.
    (klass / "canvas.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,01_add (7)\n    Points Possible,,,,,10\n"
        '"Lovelace, Ada",1,ada,ada,A,3\n"O\'Neil, Émile",2,emile,emile,A,4\n"Doe, Jane",3,jane,jane,A,\n'
    )
    filled = exported(klass, "canvas", "--Canvas.template=canvas.csv")
    cells = [filled[learner]["01_add (7)"] for learner in ("ada", "emile", "jane")]
    assert cells == ["EX", "4", "10"] and "left as they are" not in filled[""]["said"]
    assert "is back in the class, with all grades" in said(capsys, "add", "emile")
    assert exported(klass, "canvas")["emile"]["01_add"] == "9"


def test_one_learner_more(klass, capsys):
    told = said(capsys, "add", "new", "--first-name", "Nia", "--last-name", "Long", "--email", "nia@example.org")
    assert "Nia Long (new) is in the class now." in told
    assert "as before" in said(capsys, "add", "new")
    with book.opened("sqlite:///gradebook.db") as connection:
        assert book.Learner("new", "Nia", "Long", "nia@example.org", "") in book.learners(connection)


def test_one_person_under_another_id_after_the_first_was_dropped(klass, capsys):
    """As the advice on one address under two ids says."""
    assert "Nobody was added" in said(capsys, "add", "lady", "--email", "ada@example.org", status=1)
    said(capsys, "drop", "ada")
    assert "lady is in the class now." in said(capsys, "add", "lady", "--email", "ada@example.org")


# -- forget


def test_forget_shows_everything_first_and_leaves_nothing(klass, capsys):
    """In the gradebook and its copies, folders, the exchange, tables, logs and pages; nobody else loses anything."""
    (klass / "feedback" / "emile" / "01_add").mkdir(parents=True)
    (klass / "feedback" / "emile" / "01_add" / "add.html").write_text("emile")
    (klass / "submitted" / "emile" / "01_add" / "submission_secret.txt").write_text("secret")
    page = klass / "exchange" / "class" / "feedback" / f"{notebook_hash(secret='secret', notebook_id='add')}.html"
    page.parent.mkdir(parents=True)
    page.write_text("O'Neil")
    (klass / "exchange" / "class" / "inbound" / "emile+01_add+2027-02-06 10:00:00 UTC+x").mkdir(parents=True)
    (klass / "exchange" / "class" / "inbound" / "ada+01_add+2027-02-06 10:00:00 UTC+x").mkdir()
    shutil.copy(klass / "gradebook.db", klass / "second.db")
    (klass / "regrades").mkdir()
    (klass / "regrades" / "log.csv").write_text("learner,points\nemile,1\nada,2\n")
    (klass / "regrades" / "log.md").write_text("- gain: ada 1 -> 2, emile 0 -> 1\n")
    (klass / "canvas.csv").write_text('Student,ID\r\n"O\'Neil, Émile",7\r\n"Lovelace, Ada",8\r\n')
    (klass / "report").mkdir()
    (klass / "report" / "index.html").write_text("<p>Émile O'Neil (emile)")
    (klass / "notes.log").write_text("emile@example.org wrote; a mile is no emilee\n")
    before = {path: path.read_bytes() for path in klass.rglob("*") if path.is_file() and "regrades" not in path.parts}
    told = said(capsys, "forget", "emile")
    for part in (
        "nothing has been changed",
        "submitted/emile (",
        "autograded/emile (",
        "feedback/emile (",
        "1 submission in the exchange",
        "1 feedback page in the exchange",
        "second.db (1 submission, ",
        "1 row of regrades/log.csv",
        "1 times in regrades/log.md",
        "1 row of canvas.csv",
        "report/index.html",
        "the gradebook (1 submission, ",
        "To do it: classroom forget emile --apply",
    ):
        assert part in told, (part, told)
    assert all(path.read_bytes() == content for path, content in before.items())
    # An interrupted run: the gradebook comes last, and the same command goes on.
    of = forget.Class()
    next(iter(forget.remains(of, of.learners["emile"]))).remove()
    assert "everything above is gone" in said(capsys, "forget", "emile", "--apply")
    left = [
        path
        for path in klass.rglob("*")
        if "emile" in path.name
        or path.is_file()
        and path.suffix != ".ipynb"
        and any(word in path.read_bytes().replace(b"emilee", b"") for word in (b"emile", "Émile".encode(), b"O'Neil"))
    ]
    assert not left, left
    assert (klass / "regrades" / "log.md").read_text() == "- gain: ada 1 -> 2, (forgotten) 0 -> 1\n"
    assert (klass / "regrades" / "log.csv").read_text() == "learner,points\nada,2\n"
    assert (klass / "canvas.csv").read_bytes() == b'Student,ID\r\n"Lovelace, Ada",8\r\n'
    assert len(list((klass / "exchange" / "class" / "inbound").iterdir())) == 1
    assert penalties(klass) == {"ada": 0, "jane": 0} and (klass / "submitted" / "ada").is_dir()
    assert "has no learner 'emile'" in said(capsys, "forget", "emile", status=1)


# -- what learners read


def test_due_dates_stand_in_the_notebook_and_follow_when_they_move(begun, tmp_path, monkeypatch, capsys):
    course = shutil.copytree(begun.parent / "course", tmp_path / "course")
    folder = shutil.copytree(begun, tmp_path / "class")
    config = folder / "nbgrader_config.py"
    config.write_text(config.read_text().replace(repr(str(begun.parent / "course")), repr(str(course))))
    notebook = folder / "release" / "02_double" / "double.ipynb"
    cells = json.loads(notebook.read_text())["cells"]
    assert cells[0]["source"] == [
        "**Due: Friday 12 February 2027, 23:59 (Europe/Berlin).** Late: 10 % of the earned points for each day begun. "
        "If you were given more time, your date counts."
    ]
    calibrated = (folder / "calibration.json").read_bytes()
    monkeypatch.chdir(course)
    (course / "due.csv").write_text("assignment,due\n02_double,2027-03-01 18:00\n")
    assert start.main(["../class", "--due", "due.csv"]) == 0
    assert "releasing 02_double (1 of 1)" in capsys.readouterr().out
    moved = json.loads(notebook.read_text())["cells"]
    assert moved[0]["source"][0].startswith("**Due: Monday 1 March 2027, 18:00 (Europe/Berlin).**")
    assert moved[1:] == cells[1:]
    assert (folder / "calibration.json").read_bytes() == calibrated  # the tests are the same


def test_a_notebook_says_so_where_it_speaks_of_what_the_class_leaves_out(begun, tmp_path):
    course, folder = tmp_path / "course", tmp_path / "class"
    for name in ("03_waves", "15_strings", "17_codes"):
        (course / "source" / name).mkdir(parents=True)
        (course / "source" / name / "nb.ipynb").write_text("{}")
    shutil.copytree(course / "source" / "03_waves", folder / "source" / "03_waves")
    config = Config()
    config.Classroom.course, config.CourseDirectory.root = str(course), str(folder)
    config.Head.gradebook = f"sqlite:///{begun / 'gradebook.db'}"
    assert head.left_out(config) == ["15_strings", "17_codes"]

    def made(*texts: str) -> list[str]:
        nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text) for text in ("# Waves", *texts)])
        nb, _ = head.Head(config=config).preprocess(nb, {"nbgrader": {"assignment": "03_waves", "db_url": ""}})
        return [cell.source for cell in nb.cells]

    assert made("As you will see in 17, this is so.")[1].startswith("*This class leaves out 17_codes. Where the text")
    assert "15_strings and 17_codes" in made("| strings | 15 |\n", "the ones of 03 and 17.")[1]
    assert "15_strings" in made("**15_strings** comes next")[1]
    for harmless in ("medium, 15 minutes", "in 17 of the 30 runs", "[1, 15, 17]", "0 to 17 pixels", "of 15 samples"):
        assert len(made(harmless)) == 2, harmless


def test_the_feedback_page_knows_when_it_was_due_and_came(klass, capsys):
    zone = when.zone_named("Europe/Berlin", "")

    def deadline(learner: str) -> str:
        with book.opened("sqlite:///gradebook.db") as connection:
            return head.deadline(connection, "01_add", learner, zone)

    assert deadline("emile") == (
        "Due: Friday 5 February 2027, 23:59 (Europe/Berlin). Handed in: Saturday 6 February 2027, 11:00 (Europe/Berlin)."
    )
    assert deadline("jane").startswith("Due: Sunday 7 February 2027, 23:59 (Europe/Berlin), with your extension.")
    said(capsys, "excuse", "jane", "01")
    assert deadline("jane") == "You are excused from this assignment: it does not count."
    assert "Handed in" not in deadline("jane2")
