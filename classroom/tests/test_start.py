"""A class is started in one command, started again without loss, and refuses what would harm it."""

from __future__ import annotations

import os
import re
import shutil
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from start_course import ROOT, ROSTER, answer, everybodys, make_course, run
from traitlets.config import Config

from classroom import book, cuts, late, roster, settings, start, when
from classroom.errors import ClassroomError

START = (
    "classroom",
    "start",
    "../autumn",
    "--roster",
    "roster.csv",
    "--cut",
    "short",
    "--first-due",
    "2027-03-26",
    "--timezone",
    "Europe/Berlin",
    "--late",
    "per-day:10%,stop:3,grace:15",
)


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> tuple[Path, Path, str]:
    """A course, a class of it, and what was said."""
    course = make_course(tmp_path_factory.mktemp("start") / "course")
    said = run(course, *START).stdout
    return course, course.parent / "autumn", said


@pytest.fixture
def copies(pair, tmp_path, monkeypatch) -> tuple[Path, Path]:
    """A course and its class to spoil. The configuration of the class points to the copy."""
    course, folder = shutil.copytree(pair[0], tmp_path / "course"), shutil.copytree(pair[1], tmp_path / "autumn")
    config = folder / "nbgrader_config.py"
    config.write_text(config.read_text().replace(repr(str(pair[0])), repr(str(course))))
    monkeypatch.chdir(course)
    return course, folder


def dates(folder: Path) -> dict:
    with book.opened(f"sqlite:///{folder / 'gradebook.db'}") as connection:
        return book.assignments(connection)


def enrolled(folder: Path) -> dict:
    with book.opened(f"sqlite:///{folder / 'gradebook.db'}") as connection:
        return {learner.id: learner for learner in book.learners(connection)}


# -- start


def test_one_command_makes_a_class(pair):
    course, folder, said = pair
    assert (
        sorted(enrolled(folder)) == ["ada", "emile", "jane", "jane2"]
        and enrolled(folder)["emile"].first_name == "Émile"
    )
    assert (folder / "release" / "01_add" / "add.ipynb").exists() and "BEGIN SOLUTION" not in (
        folder / "release" / "02_double" / "double.ipynb"
    ).read_text()
    assert not (course / "release").exists() and not (course / "gradebook.db").exists()
    app = settings.of_folder(folder)
    assert (app.coursedir.root, app.coursedir.course_id) == (str(folder), "autumn") and late.LatePolicy(
        parent=app
    ).per_day == 0.1
    assert "not there" not in said and "releasing 02_double (2 of 2)" in said and "4 learners added" in said


def test_a_week_later_is_the_same_hour_across_summer_time(pair):
    assert dates(pair[1]) == {"01_add": datetime(2027, 3, 26, 22, 59), "02_double": datetime(2027, 4, 2, 21, 59)}
    assert "UTC+0100" in pair[2] and "UTC+0200" in pair[2]


def test_again_adds_and_takes_nothing_away(copies, capsys):
    course, folder = copies
    config = (folder / "nbgrader_config.py").read_bytes()
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "autumn") as gradebook:
        gradebook.add_submission("01_add", "jane2")
    (course / "roster.csv").write_text(
        "id,first_name,last_name,email,lms_user_id\nada,Ada,,lady@example.org,77\nnew,New,One,n@example.org,\n"
    )
    (course / "due.csv").write_text("assignment;due\n02_double;2027-05-01 18:00\n")
    assert start.main(["../autumn", "--roster", "roster.csv", "--due", "due.csv"]) == 0
    said = capsys.readouterr().out
    assert (
        "1 learners added, 1 changed" in said
        and "email ada@example.org -> lady@example.org" in said
        and "stay: emile, jane, jane2" in said
    )
    ada = enrolled(folder)["ada"]
    assert (ada.last_name, ada.email, ada.lms_user_id) == ("Lovelace", "lady@example.org", "77") and len(
        enrolled(folder)
    ) == 5
    assert dates(folder) == {"01_add": datetime(2027, 3, 26, 22, 59), "02_double": datetime(2027, 5, 1, 16, 0)}
    assert (folder / "nbgrader_config.py").read_bytes() == config
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "autumn") as gradebook:
        assert gradebook.find_submission("01_add", "jane2")
    assert start.main(["../autumn", "--roster", "roster.csv", "--due", "due.csv"]) == 0
    assert "0 learners added, 0 changed, 2 as before" in capsys.readouterr().out


def test_a_killed_start_is_continued(copies):
    _, folder = copies
    shutil.rmtree(folder / "source" / "02_double")
    shutil.rmtree(folder / "release")
    (folder / "gradebook.db").unlink()
    assert start.main(["../autumn", "--roster", "roster.csv", "--cut", "short"]) == 0
    assert len(enrolled(folder)) == 4 and (folder / "release" / "02_double" / "double.ipynb").exists()


@pytest.mark.parametrize(
    "option",
    [("--late", "none"), ("--course-id", "other"), ("--timezone", "UTC"), ("--gradebook", "sqlite:////tmp/other.db")],
)
def test_options_that_contradict_the_class_are_refused(copies, option):
    with pytest.raises(ClassroomError, match=f"{option[0]} is not what this class uses"):
        start.main(["../autumn", *option])


on_unix = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader has no exchange on Windows")


@on_unix
def test_an_exchange_for_learners_with_accounts(copies, tmp_path, capsys):
    """Nobody but the grader enters the class; the course's folders are there before a learner could make them."""
    with everybodys() as place:
        root = place / "exchange"
        assert start.main(["../hub", "--cut", "01_add", "--exchange", str(root)]) == 0
        said = capsys.readouterr().out
        rights = {
            name: f"{(root / name).stat().st_mode & 0o7777:o}"
            for name in (".", "hub", "hub/outbound", "hub/inbound", "hub/feedback")
        }
        assert list(rights.values()) == ["1777", "755", "755", "3733", "711"], rights
        app = settings.of_folder("../hub")
        assert app.config.Exchange.root == str(root) and app.config.Exchange.path_includes_course
        assert Path("../hub").stat().st_mode & 0o777 == 0o700 and not Path("../hub/exchange").exists()
        assert "nbgrader release_assignment" in said
        with pytest.raises(ClassroomError, match="--exchange is not what this class uses"):
            start.main(["../hub", "--exchange", str(place / "another")])


@on_unix
def test_an_exchange_that_is_none_is_refused_before_anything_is_made(copies, tmp_path):
    with everybodys() as place:
        (place / "file").touch()
        (place / "wide").mkdir()
        (place / "wide").chmod(0o777)
        (place / "narrow").mkdir()
        for root, why in (
            (place / "file", "is not a folder"),
            (place / "wide", "can rename or replace the folder of a course in it. Run `chmod 1777"),
            (place / "narrow", "learners cannot fetch and hand in there"),
            (place / "no" / "where", "cannot be made .*install -d -m 1777"),
            (tmp_path / "hub" / "exchange", "inside the class"),
            (tmp_path / "own", "out of learners' reach, behind"),
        ):
            with pytest.raises(ClassroomError, match=why):
                start.main(["../hub", "--exchange", str(root)])
    assert not Path("../hub").exists()


def test_somebody_elses_folder_is_left_alone(copies):
    course, folder = copies
    for place, why in (
        (".", "a folder of its own"),
        ("inside", "committed by accident"),
        ("../other", "so it is not a class"),
        ("../strange", "not made by this command"),
    ):
        if place.startswith("../"):
            Path(place, "submitted").mkdir(parents=True)
        if place == "../strange":
            Path(place, "nbgrader_config.py").write_text("# mine")
        with pytest.raises(ClassroomError, match=why):
            start.main([place, "--roster", "roster.csv"])
    with pytest.raises(ClassroomError, match="holds 4 learners already"):
        start.main(["../spring", "--gradebook", f"sqlite:///{folder / 'gradebook.db'}"])
    assert not Path("../spring").exists()


@pytest.mark.parametrize("name", ["kurs [NN]", "kurs{x}", "$HOME kurs", "kurs?x", "kurs *", 'the "course"', "a`b"])
def test_a_folder_that_nbgrader_would_misread_is_refused_before_anything_is_made(copies, tmp_path, name):
    course, _ = copies
    with pytest.raises(ClassroomError, match="Nothing was made: the name of the folder"):
        start.main([str(tmp_path / name / "class")])
    shutil.copytree(course, tmp_path / name / "course")
    with pytest.raises(ClassroomError, match="Nothing was made: the name of the folder"):
        start.main([str(tmp_path / "plain"), "--course", str(tmp_path / name / "course")])
    assert not (tmp_path / name / "class").exists() and not (tmp_path / "plain").exists()


def test_a_course_that_has_moved_stops_nbgrader(copies):
    course, folder = copies
    course.rename(course.with_name("elsewhere"))
    said = run(folder, "nbgrader", "db", "student", "list", ok=(1,))
    assert "The course is no longer at" in said.stderr


def test_a_python_without_the_packages_grades_nothing(copies, monkeypatch):
    """nbgrader would log a failed import and grade with its own settings."""
    import builtins

    from traitlets.config import PyFileConfigLoader

    imported = builtins.__import__

    def without(name, *arguments):
        if name.split(".")[0] in missing:
            raise ModuleNotFoundError(f"No module named {name!r}")
        return imported(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", without)
    for missing, folder, what in (
        ({"classroom"}, copies[1], f"made with {sys.executable}"),
        ({"proctor"}, ROOT, f"run `make setup` in {ROOT}"),
    ):
        with pytest.raises(SystemExit, match=f"No module named '{min(missing)}.*{re.escape(what)}"):
            PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()


# -- rosters

GOOD = {
    "semicolons and a mark": "\ufeffid;first_name;last_name;email\nada;Ada;Lovelace, Countess;a@b.org\n",
    "tabs, utf-16": "id\tfirst_name\tlast_name\temail\r\nada\tAda\tLovelace, Countess\ta@b.org\r\n".encode("utf-16"),
    "moodle": '"First name","Last name","ID number",Institution,Department,"Email address","Assignment: 01 (Real)"\n'
    'Ada,"Lovelace, Countess",ada,,,a@b.org,-\n',
    "british moodle": 'First name,Surname,Username,Email address\nAda,"Lovelace, Countess",ada,a@b.org\n',
    "canvas": "Student,ID,SIS User ID,SIS Login ID,Section,HW (12)\n,,,,,Manual Posting\n    Points Possible,,,,,10\n"
    '"Lovelace, Countess, Ada",4711,S1,ada,A,9\n"Student, Test",99,,f00,A,\n',
    "Excel's own first line": "sep=;\r\nid;first_name;last_name;email\r\nada;Ada;Lovelace, Countess;a@b.org\r\n",
    "Excel's own first line, quoted": '\ufeff"sep=,"\nid,first_name,last_name,email\nada,Ada,"Lovelace, '
    'Countess",a@b.org\n',
    "a title": "Neural networks, autumn\n\nid;first_name;last_name;email\nada;Ada;Lovelace, Countess;a@b.org\n",
    "a title with fields": 'Course,NN 1,Room 7,,\nid,first_name,last_name,email\nada,Ada,"Lovelace, '
    'Countess",a@b.org\n',
    "german moodle": 'Vorname,Nachname,ID-Nummer,E-Mail-Adresse\nAda,"Lovelace, Countess",ada,a@b.org\n',
    "french moodle": "Prénom;Nom;Numéro d’identification;Adresse de courriel\nAda;Lovelace, Countess;ada;a@b.org\n",
    "spanish moodle": 'Nombre,Apellido(s),Nombre de usuario,Dirección de correo\nAda,"Lovelace, '
    'Countess",ada,a@b.org\n',
    "canvas, two columns": 'LastName;FirstName;ID;SIS Login ID;Section\n    Points Possible;;;;\n"Lovelace, '
    'Countess";Ada;4711;ada;A\n',
}


@pytest.mark.parametrize("kind", GOOD)
def test_rosters_are_recognised(tmp_path, kind):
    path = tmp_path / "r.csv"
    path.write_bytes(GOOD[kind] if isinstance(GOOD[kind], bytes) else GOOD[kind].encode())
    (learner,), _ = roster.read(path)
    if kind == "canvas":
        learner = learner._replace(
            first_name="Ada", last_name="Lovelace, Countess"
        )  # "Last, First" cannot say where a comma belongs
    assert learner[:3] == ("ada", "Ada", "Lovelace, Countess")
    assert learner.lms_user_id == {
        "moodle": "ada",
        "british moodle": "ada",
        "canvas": "4711",
        "canvas, two columns": "4711",
        "german moodle": "ada",
        "french moodle": "ada",
        "spanish moodle": "ada",
    }.get(kind, "")


def test_a_column_that_can_be_the_id_is_proposed(tmp_path):
    """Without ids of Moodle's: the advice, typed as it is printed, works."""
    path = tmp_path / "r.csv"
    path.write_text("Student ID,First Name,Last Name,Email\n77,Ada,Lovelace,ada@x.org\n78,Jane,Doe,jane@x.org\n")
    with pytest.raises(ClassroomError, match="Is it 'student id'\\? Then: --id-column \"student id\""):
        roster.read(path)
    learners, _ = roster.read(path, "student id")
    assert learners[0] == book.Learner("77", "Ada", "Lovelace", "ada@x.org", "77")


@pytest.mark.parametrize(
    "name, last, first",
    [
        ("Smith, Jr., Chloé", "Smith, Jr.", "Chloé"),
        ("Smith, Chloé, PhD", "Smith, PhD", "Chloé"),
        ("Lovelace, Ada", "Lovelace", "Ada"),
        ("Lovelace, Countess of, Ada", "Lovelace, Countess of", "Ada"),
        ("Plato", "Plato", ""),
    ],
)
def test_canvas_names_with_commas(name, last, first):
    assert roster.last_and_first(name) == (last, first)


@pytest.mark.parametrize(
    "before, now, kept",
    [
        (("Chloé", "Smith, Jr."), ("Jr., Chloé", "Smith"), True),  # cut elsewhere
        (("Chloé", "Smith"), ("CHLOE", "SMITH"), True),
        (("Chloe", "Smith"), ("Chloé", "Smith"), False),  # with its accent, at last
        (("ADA", "LOVELACE"), ("Ada", "Lovelace"), False),
        (("Ada Mary", "Lovelace"), ("Ada", "Lovelace"), True),
        (("Ada", "Byron"), ("Ada", "Lovelace"), False),  # another name
        (("Gül", "O'Neil"), ("Gul", "ONeil"), True),
    ],
)
def test_an_export_puts_no_worse_name_in_place_of_a_better(before, now, kept):
    old, new = (book.Learner("x", *name, "", "") for name in (before, now))
    assert roster.better(old, new) == (old if kept else new)


def test_one_person_with_two_ids_is_told(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(HEAD + "ada,Ada,Lovelace,ada@x.org\nlove,Ada,Lovelace,ADA@x.org\n")
    _, remarks = roster.read(path)
    assert "ada and love share ada@x.org: if they are one person, `classroom drop`" in " ".join(remarks)


HEAD = "id,first_name,last_name,email\n"
BAD = {
    "twice": (HEAD + "ada,A,B,\nbob,A,B,\nAda,A,B,\n", "line 4: the id 'Ada' is in line 2 already"),
    "folder": (HEAD + "../ada,A,B,\n", "line 2: the id '../ada' cannot be the name of a folder"),
    "space": (HEAD + "a da,A,B,\n", "line 2: the id 'a da' cannot"),
    "star": (HEAD + "*,A,B,\n", r"line 2: the id '\*' cannot"),
    "windows": (HEAD + "con,A,B,\n", "Windows keeps this name"),
    "spreadsheet": (HEAD + "1.23E+05,A,B,\n", "a spreadsheet has rounded the number"),
    "decimal": (
        HEAD + "12345.0,A,B,\n",
        "line 2: the id '12345.0' cannot be the name of a folder: a spreadsheet has made a decimal number of it",
    ),
    "decimal comma": (HEAD.replace(",", ";") + "12345,00;A;B;\n", "a spreadsheet has made a decimal number of it"),
    "rounded comma": (HEAD.replace(",", ";") + "1,23E+05;A;B;\n", "a spreadsheet has rounded the number"),
    "another language": (
        "Ime,Prezime,Broj\nAda,B,1\n",
        "set the language of your account to English and export again, or rename the columns",
    ),
    "below a title": ("A title\n" + HEAD + "../ada,A,B,\n", "line 3: the id '../ada' cannot"),
    "no id": (HEAD + "x,A,B,\n,Ada,B,\n", "line 3: Ada B has no id"),
    "column": ("id,first_name,email\nada,A,\n", "line 1: the column last_name is missing"),
    "no header": ("ada,Ada,Lovelace\n", "line 1: no columns of a roster"),
    "latin-1": ((HEAD + "ada,A,B,\n").encode() + b"e,\xc9mile,O,\n", "line 3: not UTF-8"),
    "too many": (HEAD + "ada,A,B, PhD,a@b.org\n", "line 2: 5 fields where the header has 4"),
    "quotes": (HEAD + 'ada,"A,B,\n', "line 2: this is not a row"),
    "nobody": (HEAD, "nobody below it"),
    "empty": ("", "the file is empty"),
    "excel": (b"PK\x03\x04rest", "is a spreadsheet"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_rosters_say_where(tmp_path, kind):
    content, why = BAD[kind]
    path = tmp_path / "r.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ClassroomError, match=why) as raised:
        roster.read(path)
    assert str(path) in str(raised.value)


def test_a_name_is_no_page(tmp_path):
    """formgrader shows names as they are: a learner who may choose their own must not run a script there."""
    path = tmp_path / "r.csv"
    path.write_text(HEAD + "ada,Ada</script><script>alert(1)</script>,<b>Love\tlace,a@b.org\n")
    (learner,), _ = roster.read(path)
    assert learner[:3] == ("ada", "Ada/scriptscriptalert(1)/script", "bLovelace")


def test_every_bad_line_is_named_at_once(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(HEAD + "a/b,A,B,\nok,A,B,\n,A,B,\n")
    with pytest.raises(ClassroomError) as raised:
        roster.read(path)
    assert "line 2" in str(raised.value) and "line 4" in str(raised.value)


def test_a_bad_roster_changes_nothing(copies):
    _, folder = copies
    before = (folder / "gradebook.db").read_bytes()
    Path("roster.csv").write_text(ROSTER + "bad id,A,B,\n")
    with pytest.raises(ClassroomError, match="line 6"):
        start.main(["../autumn", "--roster", "roster.csv", "--first-due", "2028-01-01"])
    assert (folder / "gradebook.db").read_bytes() == before


def test_nobody_is_enrolled_twice_under_two_ids(copies):
    _, folder = copies
    Path("roster.csv").write_text("id,first_name,last_name,email\nal815,Ada,Lovelace,ADA@example.org\n")
    with pytest.raises(ClassroomError, match="is 'al815' here and 'ada' in the gradebook"):
        start.main(["../autumn", "--roster", "roster.csv"])
    assert "al815" not in enrolled(folder)


# -- cuts and due dates


def test_a_cut_or_names(pair):
    course = pair[0]
    assert cuts.choose(course, "short") == ([["01_add"], ["02_double"]], ["03"])
    assert cuts.choose(course, "all at once").sessions == [["01_add", "02_double"]]
    assert cuts.choose(course).assignments == ["01_add", "02_double"]
    assert cuts.choose(course, "02, 01_add").assignments == ["02_double", "01_add"]
    with pytest.raises(ClassroomError, match="No cut and no assignment 'long'. Cuts: full, short, all at once"):
        cuts.choose(course, "long")


def test_the_courses_own_cuts_name_what_is_there():
    root = Path(__file__).resolve().parents[2]
    if not (root / "cuts.csv").exists():
        pytest.skip("this course has no cuts.csv")
    assert [len(session) for session in cuts.choose(root, "workshop").sessions] == [4, 2, 1] and cuts.choose(
        root, "workshop"
    ).missing == []
    assert cuts.choose(root, "short").sessions[0] == ["01_pixels", "02_neuron"]


@pytest.mark.parametrize(
    "text, utc",
    [
        ("2027-02-05", "2027-02-05 22:59"),
        ("2027-02-05 18:00", "2027-02-05 17:00"),
        ("2027-02-05T18:00Z", "2027-02-05 18:00"),
        ("2027-02-05 18:00 +02:00", "2027-02-05 16:00"),
        ("2027-02-05 18:00 America/New_York", "2027-02-05 23:00"),
        ("2027-07-05 18:00 UTC", "2027-07-05 18:00"),
    ],
)
def test_due_dates_know_their_time_zone(text, utc):
    found = start.Due("x", when.moment(text, when.zone_named("Europe/Berlin", ""), due=True))
    assert f"{found.utc:%Y-%m-%d %H:%M}" == utc and found.utc.tzinfo is None


@pytest.mark.parametrize(
    "text",
    [
        "5.2.2027",
        "05/02/2027 18:00",
        "soon",
        "2027-02-30",
        "2027",
        "20270205",
        "2027-02-05 18:00 Atlantis/Sunk",
        "2027-02-05 18:00 XYZT",
        "2027-02-05 18:00 IST",
        "2027-02-05 18:00 CST",
        "2027-07-05 18:00 CET",
        "2027-07-05 18:00 EST",
        "2027-02-05 18:00 UTC+3",
        "2027-02-05 18:00 +25:00",
        "2027-02-05 13:00 PM",
        "Saturday, 5 February 2027, 11:58 AM",
        "Freitag, 5. Februar 2027, 11:58",
        "2027-02-05 18:00 ../../etc/passwd",
        "0001-01-01 00:00",
    ],
)
def test_what_is_no_date_or_may_be_two_is_refused_with_an_example(text):
    with pytest.raises(ClassroomError, match="write 2027-02-05 18:00") as raised:
        when.moment(text, when.zone_named("UTC", ""), "--first-due", due=True)
    assert f"--first-due: '{text}'" in str(raised.value)


@pytest.mark.parametrize(
    "text, utc",
    [
        ("2027-02-05 18:00 EST", "2027-02-05 23:00"),
        ("2027-07-05 18:00 CEST", "2027-07-05 16:00"),
        ("2027-02-05 18:00 JST", "2027-02-05 09:00"),
        ("Friday, 5 February 2027, 11:58 AM", "2027-02-05 10:58"),
        ("Friday, February 5, 2027, 11:58 PM", "2027-02-05 22:58"),
        ("Feb 5, 2027 at 11:58pm", "2027-02-05 22:58"),
        ("2027-02-05T11:59:00-07:00", "2027-02-05 18:59"),
        ("5 Feb 2027 12:05 AM", "2027-02-04 23:05"),
        ("2027-02-05 24:00", "2027-02-05 23:00"),
        ("2027-10-31 02:30", "2027-10-31 00:30"),
        ("2027-10-31 02:30 CEST", "2027-10-31 00:30"),
        ("2027-10-31 02:30 CET", "2027-10-31 01:30"),
        ("05-Feb-2027 18:00", "2027-02-05 17:00"),
        ("February 5th, 2027, 6:00 PM", "2027-02-05 17:00"),
        ("Fri, 05 Feb 2027 18:00:00 +0100", "2027-02-05 17:00"),
        ("Feb 5, 2027, 11:58\u202fAM", "2027-02-05 10:58"),
        ("2027-03-28 02:30", "2027-03-28 01:30"),
    ],
)
def test_times_of_platforms_name_their_moment(text, utc):
    assert f"{when.moment(text, when.zone_named('Europe/Berlin', '')).astimezone(timezone.utc):%Y-%m-%d %H:%M}" == utc


@pytest.mark.parametrize("name", ["Berlin", "UTC+3", "EST5EDT4", "europe/berlin", "CEST", "", "../UTC"])
def test_a_zone_that_is_none_is_refused(name):
    with pytest.raises(ClassroomError, match="unknown time zone"):
        when.zone_named(name, "c.LmsCollector.timezone")


def test_a_due_date_of_an_unknown_assignment(copies):
    Path("due.csv").write_text("assignment,due\n01_add,2027-01-01\n09_none,2027-01-01\n02_double,whenever\n")
    with pytest.raises(ClassroomError) as raised:
        start.main(["../autumn", "--due", "due.csv"])
    assert "line 3: the class has no assignment '09_none'" in str(
        raised.value
    ) and "line 4: 'whenever' is not a date" in str(raised.value)


# -- late


@pytest.mark.parametrize(
    "text, seconds, part",
    [
        ("none", 10**7, 0),
        ("per-day:10%", 1, 0.1),
        ("per-day:10%", 86400, 0.1),
        ("per-day:10%", 86401, 0.2),
        ("per-day:0.25", 10**7, 1),
        ("per-day:10%,stop:3", 3 * 86400, 0.3),
        ("per-day:10%,stop:3", 3 * 86400 + 1, 1),
        ("stop:0", 1, 1),
        ("stop:0,grace:15", 900, 0),
        ("per-day:10%,grace:15", 900, 0),
        ("per-day:10%,grace:15", 901, 0.1),
        ("stop:2", 86400, 0),
    ],
)
def test_what_a_late_submission_costs(text, seconds, part):
    assert late.LatePolicy(**late.parse(text)).part(seconds) == pytest.approx(part)


@pytest.mark.parametrize(
    "zone, due, extension, handed_in, days",
    [
        ("Europe/Berlin", "2027-10-30 23:59", 0, "2027-10-31 23:58", 1),  # 25 hours, and one calendar day
        ("Europe/Berlin", "2027-10-30 23:59", 0, "2027-11-01 00:00", 2),
        ("Europe/Berlin", "2027-03-27 23:59", 0, "2027-03-28 23:58", 1),
        ("Europe/Berlin", "2027-03-27 23:59", 0, "2027-03-29 00:00", 2),  # 23 hours and a minute
        ("Europe/Berlin", "2027-03-27 02:30", 0, "2027-03-28 03:10", 1),  # 02:30 does not exist in that night
        ("Europe/Berlin", "2027-10-31 02:10", 0, "2027-10-31 02:59", 1),
        ("America/New_York", "2027-11-06 18:00", 0, "2027-11-07 18:00", 1),
        ("America/New_York", "2027-11-06 18:00", 0, "2027-11-07 18:01", 2),
        ("Australia/Lord_Howe", "2027-04-03 23:59", 0, "2027-04-04 23:59", 1),  # half an hour
        ("UTC", "2027-10-30 23:59", 0, "2027-10-31 23:59", 1),
        (
            "Europe/Berlin",
            "2027-10-28 23:59",
            7,
            "2027-11-04 23:58",
            0,
        ),  # an extension of seven days ends at the same time on the clock
        ("Europe/Berlin", "2027-10-28 23:59", 7, "2027-11-05 23:58", 1),
        ("Europe/Berlin", "2027-03-26 23:59", 7, "2027-04-02 23:58", 0),
    ],
)
def test_a_day_is_a_day_of_the_clock_on_the_wall(zone, due, extension, handed_in, days):
    moments = [
        when.moment(text, when.zone_named(zone, "")).astimezone(timezone.utc).replace(tzinfo=None)
        for text in (due, handed_in)
    ]
    more = timedelta(days=extension)
    seconds = (moments[1] - moments[0] - more).total_seconds()
    for policy, part in (
        ({"per_day": 0.1}, days / 10),
        ({"stop_after_days": 1.0}, float(days > 1)),
        ({"stop_after_days": 0.0}, float(days > 0)),
    ):
        policy = late.LatePolicy(config=Config(LmsCollector={"timezone": zone}, LatePolicy=policy))
        assert policy.part(seconds, moments[0], more) == pytest.approx(part) if seconds > 0 else not days


@pytest.mark.parametrize("zone", ["Europe/Berln", "CEST", "UTC+3"])
def test_a_policy_in_a_zone_that_is_none_is_refused(zone):
    with pytest.raises(ClassroomError, match=re.escape(f"c.LmsCollector.timezone: unknown time zone '{zone}'")):
        late.LatePolicy(config=Config(LmsCollector={"timezone": zone}))


@pytest.mark.parametrize("text", ["10%", "per-day", "per-day:200%", "per-day:10", "stop:3%", "per-day:10%;stop:3"])
def test_late_policies_that_are_not_understood(text):
    with pytest.raises(ClassroomError, match="--late"):
        late.parse(text)


def test_both_autograders_take_the_same_off(copies):
    """On time, in the grace, a day and a bit, beyond the stop: through `nbgrader autograde` with and without
    proctor.
    """
    _, folder = copies
    due = datetime(2027, 3, 26, 22, 59)
    for learner, after in (("ada", -60), ("emile", 800), ("jane", 90000), ("jane2", 400000)):
        place = folder / "submitted" / learner / "01_add"
        place.mkdir(parents=True)
        (place / "add.ipynb").write_text(answer("add", "x + 1"))
        then = due + timedelta(seconds=after)
        (place / "timestamp.txt").write_text(f"{then} UTC")
        seconds = (then - datetime(1970, 1, 1)).total_seconds()
        os.utime(place / "timestamp.txt", (seconds, seconds))
    found = []
    for options in ([], ["--force", "--Proctor.enabled=False"]):
        run(folder, "nbgrader", "autograde", "01_add", *options)
        with book.opened(f"sqlite:///{folder / 'gradebook.db'}") as connection:
            found.append({one.learner: (one.penalty, one.score) for one in book.submissions(connection)})
    assert found[0] == found[1] == {"ada": (0, 10), "emile": (0, 10), "jane": (2, 8), "jane2": (10, 0)}


def test_the_night_in_which_clocks_change_makes_no_second_day(copies, capsys):
    """Due on a Saturday in autumn, handed in 24 and a half hours later, at half past eleven on Sunday: by both
    autograders and doctor.
    """
    _, folder = copies
    start.main(["../autumn", "--first-due", "2027-10-30"])
    place = folder / "submitted" / "ada" / "01_add"
    place.mkdir(parents=True)
    (place / "add.ipynb").write_text(answer("add", "x + 1"))
    (place / "timestamp.txt").write_text("2027-10-31 22:30:00 UTC")
    for options in ([], ["--force", "--Proctor.enabled=False"]):
        run(folder, "nbgrader", "autograde", "01_add", *options)
        with book.opened(f"sqlite:///{folder / 'gradebook.db'}") as connection:
            assert [(one.learner, one.penalty) for one in book.submissions(connection)] == [("ada", 1)]
    assert "late penalties do not match the policy" not in run(folder, "classroom", "doctor", ok=(0, 1)).stdout


def test_a_zone_that_is_none_stops_autograding_and_doctor_says_which(copies):
    _, folder = copies
    place = folder / "submitted" / "ada" / "01_add"
    place.mkdir(parents=True)
    (place / "add.ipynb").write_text(answer("add", "x + 1"))
    config = folder / "nbgrader_config.py"
    config.write_text(
        config.read_text().replace("'Europe/Berlin'", "'Europe/Berln'")
        + "c.Exchange.timezone = 'UTC+3'\nc.NbGraderAPI.timezone = 'CEST'\n"
    )
    done = run(folder, "nbgrader", "autograde", "01_add", ok=(1,))
    assert (
        "unknown time zone 'Europe/Berln'" in done.stdout + done.stderr and not (folder / "autograded" / "ada").exists()
    )
    said = run(folder, "classroom", "doctor", ok=(1,)).stdout
    for name, zone in (("LmsCollector", "Europe/Berln"), ("Exchange", "UTC+3"), ("NbGraderAPI", "CEST")):
        assert f"c.{name}.timezone = '{zone}'" in said
    for command in ("list", "release_assignment"):
        done = run(folder, "nbgrader", command, "01_add", ok=(1,))
        assert "c.Exchange.timezone: unknown time zone 'UTC+3'" in done.stdout + done.stderr


@pytest.mark.parametrize("twin, other", [("Ada", "ada"), ("EMILE", "emile")])
def test_an_id_that_differs_in_capital_letters_only_makes_no_second_learner(copies, twin, other):
    _, folder = copies
    for learner in (twin, "jane"):
        place = folder / "submitted" / learner / "01_add"
        place.mkdir(parents=True)
        (place / "add.ipynb").write_text(answer("add", "x + 1"))
    done = run(folder, "nbgrader", "autograde", "01_add", ok=(1,))
    assert f"{twin}: was not graded: the gradebook has a learner '{other}'" in done.stdout + done.stderr
    assert (
        twin not in enrolled(folder)
        and (folder / "autograded" / "jane").exists()
        and not (folder / "autograded" / twin).exists()
    )
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "autumn") as gradebook:
        gradebook.add_student(twin)  # as an autograde of before did
    said = run(folder, "classroom", "doctor", ok=(1,)).stdout
    assert f"Learners without a name: {twin} ({twin} and {other} differ only in upper and lower case)" in said


def test_whom_nobody_knows_is_a_look(copies):
    _, folder = copies
    place = folder / "submitted" / "u99" / "01_add"
    place.mkdir(parents=True)
    (place / "add.ipynb").write_text(answer("add", "x + 1"))
    done = run(folder, "nbgrader", "autograde", "01_add")
    assert "u99: Nobody on the roster has this id" in done.stdout + done.stderr
    assert "Learners without a name: u99" in run(folder, "classroom", "doctor", ok=(0, 1)).stdout


def test_feedback_knows_what_was_marked_after_it(copies):
    """nbgrader takes a page for up to date where only the gradebook has changed."""
    _, folder = copies
    place = folder / "submitted" / "ada" / "01_add"
    place.mkdir(parents=True)
    (place / "add.ipynb").write_text(answer("add", "x + 1"))
    run(folder, "nbgrader", "autograde", "01_add")
    run(folder, "nbgrader", "generate_feedback", "01_add")
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "autumn") as gradebook:
        graded = gradebook.find_submission_notebook("add", "01_add", "ada").grades[0]
        graded.extra_credit = 7.0
        gradebook.db.commit()
    run(folder, "nbgrader", "generate_feedback", "01_add")
    assert "17 of 10" in (folder / "feedback" / "ada" / "01_add" / "add.html").read_text()


# -- the seed of hidden tests


def seed(folder: Path) -> str:
    (line,) = [
        line for line in (folder / "nbgrader_config.py").read_text().splitlines() if line.startswith("os.environ")
    ]
    return line.split('"')[3]


SEEDED = """### BEGIN HIDDEN TESTS
import os
assert add(0) == "none", "the room must not know"
### END HIDDEN TESTS
int(os.environ["COURSE_SEED"]) % 11"""


def test_each_class_has_a_seed_of_its_own_and_keeps_it(copies):
    """In grading, in a regrade, after start is run again, and in a copy of the class; and never in the room."""
    course, folder = copies
    given = nbformat.read(folder / "source" / "01_add" / "add.ipynb", as_version=4)
    given.cells[1].source = SEEDED
    nbformat.write(given, folder / "source" / "01_add" / "add.ipynb")
    run(folder, "nbgrader", "generate_assignment", "01_add", "--force")
    released = nbformat.read(folder / "release" / "01_add" / "add.ipynb", as_version=4)
    solution = next(cell for cell in released.cells if "nbgrader" in cell.metadata)
    solution.source = (
        "import os\ndef add(x):\n    seen = open('/proc/self/environ').read() if os.path.exists('/proc/self/environ') "
        "else ''\n"
        "    return 'seen' if 'COURSE_SEED' in os.environ or 'COURSE_SEED' in seen else 'none'"
    )
    place = folder / "submitted" / "ada" / "01_add"
    place.mkdir(parents=True)
    nbformat.write(released, place / "add.ipynb")
    own = seed(folder)
    wanted = {"ada": min(int(own) % 11, 10)}
    run(folder, "nbgrader", "autograde", "01_add", ok=(0, 3))
    assert points(folder) == wanted
    assert "Nothing to regrade" in run(folder, "classroom", "regrade", "01_add").stdout
    assert start.main(["../autumn", "--roster", "roster.csv"]) == 0 and seed(folder) == own
    other = shutil.copytree(folder, folder.with_name("copy"))
    shutil.rmtree(other / "autograded")
    run(other, "nbgrader", "autograde", "01_add", "--force", ok=(0, 3))
    assert points(other) == wanted
    assert start.main(["../autumn", "--new-seed"]) == 0 and seed(folder) != own
    run(folder, "nbgrader", "autograde", "01_add", "--force", ok=(0, 3))
    assert points(folder) == {"ada": min(int(seed(folder)) % 11, 10)}


def points(folder: Path) -> dict:
    with book.opened(f"sqlite:///{folder / 'gradebook.db'}") as connection:
        return {one.learner: one.score for one in book.submissions(connection)}


def test_a_seed_reaches_stock_validate(copies):
    _, folder = copies
    given = nbformat.read(folder / "source" / "01_add" / "add.ipynb", as_version=4)
    given.cells[1].source = f"import os\nassert os.environ['COURSE_SEED'] == '{seed(folder)}'"
    nbformat.write(given, folder / "check.ipynb")
    assert "Success" in run(folder, "nbgrader", "validate", "check.ipynb").stdout


def test_a_class_of_before_keeps_what_it_graded_with_until_asked(copies):
    _, folder = copies
    config = folder / "nbgrader_config.py"
    config.write_text(start._SEED.sub("", config.read_text()))
    assert "COURSE_SEED" not in config.read_text()
    assert start.main(["../autumn", "--roster", "roster.csv"]) == 0 and "COURSE_SEED" not in config.read_text()
    assert start.main(["../autumn", "--new-seed"]) == 0 and seed(folder).isdigit()


def test_two_classes_differ(pair):
    course = pair[0]
    run(course, "classroom", "start", "../winter", "--cut", "01_add")
    assert seed(course.parent / "winter") != seed(pair[1])
