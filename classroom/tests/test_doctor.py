"""The doctor finds what is wrong with a class, says what to do, and finds nothing in a healthy one."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy
from nbgrader.api import Gradebook
from start_course import ROOT, answer, everybodys, make_course, run

from classroom import book, doctor, rights, settings, start
from classroom.__main__ import main as classroom_main
from proctor.tests.needs import walls

URL = "sqlite:///gradebook.db"


@pytest.fixture(scope="module")
def healthy(tmp_path_factory) -> Path:
    """A class with two graded submissions, one of them late."""
    course = make_course(tmp_path_factory.mktemp("doctor") / "course")
    run(
        course,
        "classroom",
        "start",
        "../class",
        "--roster",
        "roster.csv",
        "--cut",
        "full",
        "--first-due",
        "2027-02-05",
        "--late",
        "per-day:10%",
    )
    folder = course.parent / "class"
    for learner, when in (("ada", "2027-02-05 10:00:00"), ("emile", "2027-02-06 10:00:00")):
        hand_in(folder, learner, "01_add", "add.ipynb", answer("add", "x + 1"), when)
    run(folder, "nbgrader", "autograde", "01_add")
    return folder


def hand_in(folder: Path, learner: str, assignment: str, name: str, text: str, when: str) -> None:
    place = folder / "submitted" / learner / assignment
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_text(text)
    (place / "timestamp.txt").write_text(f"{when} UTC")
    seconds = (datetime.fromisoformat(when) - datetime(1970, 1, 1)).total_seconds()
    os.utime(place / "timestamp.txt", (seconds, seconds))


@pytest.fixture
def patient(healthy, tmp_path, monkeypatch) -> Path:
    """A copy to make ill; the working folder."""
    folder = shutil.copytree(healthy, tmp_path / "class")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(
        doctor, "_room", lambda patient: doctor.Finding("ok", "room")
    )  # tried in the tests that are about it
    return folder


def found(*checks: str, fix: bool = False) -> list[str]:
    """The findings of some checks alone, for the time that all would take."""
    patient = doctor.Patient(Path.cwd())
    patient.read()
    with settings.quiet(logging.CRITICAL):
        return [
            str(one)
            for name in checks
            for one in getattr(doctor, name)(*([patient, fix] if name in ("gradebook", "penalties") else [patient]))
        ]


def only(lines: list[str], *words: str) -> str:
    """The one line with these words."""
    there = [line for line in lines if all(word in line for word in words)]
    assert len(there) == 1, lines
    return there[0]


@walls
def test_a_healthy_class(healthy):
    """By the launcher in its folder, from a shell; the room is really tried."""
    import subprocess

    done = subprocess.run(
        ["./classroom", "doctor"],
        cwd=healthy,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0 and "0 problems" in done.stdout, done.stdout + done.stderr
    assert "proctor grades; its room was tried, and has walls" in done.stdout
    assert "in step with source/ (2 assignments)" in done.stdout and "has the indexes" in done.stdout


def test_json_for_programs(patient, capsys):
    assert doctor.main(["--json"]) == 0
    assert {"level": "ok", "what": "Every submission is graded", "do": ""} in json.loads(capsys.readouterr().out)


def test_a_configuration_that_stops_in_the_middle(patient):
    """nbgrader itself would log one line and grade with stock settings."""
    config = Path("nbgrader_config.py")
    config.write_text(config.read_text().replace("load_subconfig(", "undefined_name\nload_subconfig(", 1))
    said = run(Path.cwd(), "classroom", "doctor", ok=(1,)).stdout
    assert "nbgrader_config.py stops in line" in said and "NameError" in said
    assert "installs proctor, but it is not in place" in said
    assert "late penalties" not in said  # the policy is not known, so --fix must not apply it


def test_a_misspelt_setting(patient):
    with Path("nbgrader_config.py").open("a") as config:
        config.write("c.LatePolicy.perday = 0.2\nc.Procter.workers = 3\nc.Proctor.figure = 'none'\n")
    line = only(found("configuration"), "problem", "No such setting")
    assert (
        "c.LatePolicy.perday (is it per_day?)" in line
        and "c.Procter (is it c.Proctor?)" in line
        and "c.Proctor.figure (is it figures?)" in line
    )


def test_what_the_course_makes_now_still_lies_in_source(patient, monkeypatch):
    (patient / "made_for_the_doctor.py").write_text(
        "def files(assignment, source, config):\n    return {'helper.py': b'FACTOR = 2'}\n"
    )
    monkeypatch.syspath_prepend(str(patient))
    with (patient / "nbgrader_config.py").open("a") as config:
        config.write('c.Proctor.given_files = "made_for_the_doctor:files"\n')
    for name in ("01_add", "02_double"):
        (patient / "source" / name / "helper.py").write_text("FACTOR = 3")
    line = only(found("release"), "problem", "source/ contains files that the course now generates")
    assert (
        "rm source/01_add/helper.py source/02_double/helper.py && for name in 01_add 02_double; do nbgrader "
        "generate_assignment $name --force; done" in line
    )
    for name in ("01_add", "02_double"):
        (patient / "source" / name / "helper.py").unlink()
    only(
        found("release"),
        "problem",
        "release/ is not what source/ makes: 01_add, 02_double",
        "nbgrader generate_assignment 01_add --force",
    )


def test_a_class_of_an_earlier_version(patient, capsys):
    """Its launcher and its configuration name the folder of a copy of the packages; `start` takes that out and
    touches nothing else.
    """
    config, launcher = Path("nbgrader_config.py"), Path("classroom")
    now = config.read_text(), launcher.read_text()
    old = now[0].replace("load_subconfig(", "import sys\nsys.path.insert(0, str(course))\nload_subconfig(", 1)
    old = old.replace(
        "c.Classroom.course", "sys.path.insert(0, '/old/place')  # the package classroom\nc.Classroom.course", 1
    )
    config.write_text(old)
    launcher.write_text(
        '#!/bin/sh\nPYTHONPATH="/old/place${PYTHONPATH:+:$PYTHONPATH}" exec "/old/python" -m classroom "$@"\n'
    )
    course = doctor.Patient(Path.cwd()).course_folder
    line = only(found("versions_of_files"), "problem", "earlier version", "classroom, nbgrader_config.py")
    assert line.endswith(f"cd {course} && classroom start {Path.cwd()}")
    assert start.main([str(Path.cwd()), "--course", str(course)]) == 0
    assert "nbgrader_config.py was of an earlier version" in capsys.readouterr().out and not found("versions_of_files")
    assert (config.read_text().replace("import sys\n", "", 1), launcher.read_text()) == now


def test_a_class_in_the_courses_own_folder_is_no_more(patient):
    Path("class_config.py").write_text("c = get_config()\n")
    assert "a class has a folder of its own" in only(found("versions_of_files"), "problem", "move class.db")


def test_the_nbgrader_of_another_environment(patient, monkeypatch, tmp_path):
    """Typed without activating the environment, the system's nbgrader answers, which has no proctor."""
    base = getattr(sys, "_base_executable", sys.executable)
    other = tmp_path / "bin" / "nbgrader"
    other.parent.mkdir()
    other.write_text(f"#!{base} -IS\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(other.parent))
    activate = f"source {Path(sys.executable).parent / 'activate'}"
    assert only(found("programs"), "problem", str(other), "has no proctor").endswith(activate)
    monkeypatch.setenv("PATH", "")
    assert only(found("programs"), "note", "not on the PATH").endswith(activate)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert not found("programs")


def test_a_room_without_walls(healthy, monkeypatch):
    import proctor.trusted.rooms as rooms

    monkeypatch.chdir(healthy)
    monkeypatch.setattr(rooms, "_tried", lambda: ("no bubblewrap today", False))
    only(found("engine"), "problem", "no bubblewrap today")  # a room without walls, or none for root


def test_where_bubblewrap_is_there_and_may_not_the_remedy_is_another(healthy, monkeypatch):
    import proctor.trusted.rooms as rooms

    monkeypatch.chdir(healthy)
    monkeypatch.setattr(
        rooms,
        "_tried",
        lambda: (
            "bubblewrap cannot build walls here: bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted",
            False,
        ),
    )
    line = only(found("engine"), "problem", "RTM_NEWADDR")
    assert "apt-get" not in line and "apparmor" in line.lower() and "Walls in proctor/README.md" in line


def test_no_walls_are_the_last_line(healthy, monkeypatch, capsys):
    import proctor.trusted.rooms as rooms

    monkeypatch.chdir(healthy)
    monkeypatch.setattr(rooms, "_tried", lambda: ("no bubblewrap today", False))
    doctor.main([])
    assert "NO WALLS: no bubblewrap today" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize(
    "verb", [["export", "report"], ["regrade", "01_add"], ["similar", "01_add"]], ids=lambda verb: verb[0]
)
def test_a_file_that_is_no_gradebook_is_one_sentence_for_every_command(patient, verb, capsys):
    path = Path(doctor.Patient(Path.cwd()).course.db_url.removeprefix("sqlite:///"))
    path.write_text("grades" * 1000)
    assert classroom_main(verb) == 1
    said = capsys.readouterr().err
    assert (
        "is not a gradebook" in said.splitlines()[-1]
        and "Put a copy" in said.splitlines()[-1]
        and "Traceback" not in said
    )
    assert path.read_text() == "grades" * 1000


def test_hidden_tests_that_are_elsewhere(patient):
    with Path("nbgrader_config.py").open("a") as config:
        config.write("c.Proctor.import_paths = ['/nowhere']\n")
    only(found("engine"), "problem", "Hidden tests import from /nowhere")


def test_an_exchange_that_is_not_there(patient):
    with Path("nbgrader_config.py").open("a") as config:
        config.write("c.Exchange.root = '/nowhere/exchange'\n")
    only(found("exchange"), "note", "/nowhere/exchange is not there", "mkdir -p")


@pytest.mark.skipif(sys.platform == "win32", reason="nbgrader has no exchange on Windows")
def test_who_may_read_and_write_where_learners_have_accounts(patient, monkeypatch):
    monkeypatch.setattr(rights, "homes", lambda: None)
    with everybodys() as place:
        root = place / "exchange"
        with Path("nbgrader_config.py").open("a") as config:
            config.write(f"c.Exchange.root = {str(root)!r}\n")
        root.mkdir()
        root.chmod(0o1777)
        rights.make_course(root, "class")
        only(found("exchange"), "ok", "is shared")
        (root / "class" / "feedback").chmod(0o755)
        (root / "class" / "outbound").chmod(0o777)
        (root / "class" / "inbound").chmod(0o2733)
        root.chmod(0o777)
        lines = found("exchange")
        only(lines, "problem", "may list", "feedback (rights 0755)", "chmod 0711")
        only(lines, "problem", "may write to", "outbound", "chmod 0755")
        only(lines, "problem", "name of a submission", "chmod +t")
        only(lines, "problem", "can rename or replace", f"chmod 1777 {root}")
        monkeypatch.setattr(rights, "is_open", lambda path: True)
        lines = found("exchange")
        only(lines, "problem", f"can read the class {Path.cwd()}", "chmod 700")
        only(lines, "problem", "can read the course")
        if os.geteuid() == 0:
            os.chown(root / "class", 1, 1)
            only(found("exchange"), "problem", f"belongs to {rights.account(1)}", "chown -R")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pwd")
def test_homes_that_others_can_read(monkeypatch):
    import pwd

    with everybodys() as place:
        people = []
        for name, mode in (("anna", 0o700), ("ben", 0o755), ("cleo", 0o711), ("dora", 0o750)):
            (place / name).mkdir()
            (place / name).chmod(mode)
            people.append(SimpleNamespace(pw_name=name, pw_uid=os.geteuid(), pw_gid=12345, pw_dir=str(place / name)))
        monkeypatch.setattr(pwd, "getpwall", lambda: people)
        monkeypatch.setattr(rights, "PEOPLE", range(100_000))
        assert rights.homes().do == f"chmod 700 {place / 'ben'} {place / 'cleo'}"
        people.append(SimpleNamespace(pw_name="eve", pw_uid=99_999, pw_gid=(place / "dora").stat().st_gid, pw_dir="/"))
        assert rights.homes().do.endswith(f"{place / 'cleo'} {place / 'dora'}")  # a group that eve is in


def test_a_gradebook_that_is_missing_damaged_or_old(patient):
    """What would read it is not tried then."""

    def all_that_is_said() -> list[str]:
        with settings.quiet(logging.CRITICAL):
            return [str(one) for one in doctor.examine(doctor.Patient(Path.cwd())) if one.level == "problem"]

    good = Path("gradebook.db").read_bytes()
    engine = sqlalchemy.create_engine(URL)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '50a4d84c131a'")
    engine.dispose()
    assert only(all_that_is_said(), "has version 50a4d84c131a", "nbgrader db upgrade")
    Path("gradebook.db").write_bytes(good[:4096] + bytes(20000) + good[24096:])
    assert only(all_that_is_said(), "gradebook")
    Path("gradebook.db").unlink()
    assert only(all_that_is_said(), "There is no gradebook")
    assert not Path("gradebook.db").exists()


def test_indexes_are_added_on_demand(patient):
    engine = sqlalchemy.create_engine(URL)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX classroom_grade_notebook_id")
    only(found("gradebook"), "1 indexes would make")
    only(found("gradebook", fix=True), "1 indexes were added")
    only(found("gradebook"), "has the indexes")
    engine.dispose()


def test_release_out_of_step(patient):
    notebook = Path("source/01_add/add.ipynb")
    notebook.write_text(notebook.read_text().replace("add(3) == 4", "add(4) == 5"))
    lines = found("release")
    only(lines, "problem", "The gradebook has other cells than source/: 01_add")  # a hidden test: release/ is the same
    only(lines, "note", "The course has changed since the class began: 01_add")
    Path("release/02_double/double.ipynb").write_text("{}")
    only(
        found("release"),
        "problem",
        "release/ is not what source/ makes: 02_double",
        "nbgrader generate_assignment 02_double --force",
    )


def test_points_and_dates_that_are_not_those_of_the_source(patient):
    """Changed in the gradebook alone; a date is a note, since no grade depends on what the notebook says."""
    with Gradebook(URL, "class") as gradebook:
        gradebook.find_grade_cell("test-add", "add", "01_add").max_score = 11
        gradebook.update_or_create_assignment("02_double", duedate=datetime(2027, 9, 1))
        gradebook.db.commit()
    lines = found("release")
    only(lines, "problem", "The gradebook has other cells than source/: 01_add")
    only(
        lines,
        "note",
        "another due date than the gradebook: 02_double",
        "nbgrader generate_assignment 02_double --force",
    )


def test_a_gradebook_with_a_spoiled_first_page(patient):
    good = Path("gradebook.db").read_bytes()
    Path("gradebook.db").write_bytes(b"x" * 100 + good[100:])
    with settings.quiet(logging.CRITICAL):
        lines = [str(one) for one in doctor.gradebook(doctor.Patient(Path.cwd()), False)]
    assert "is not a gradebook, or is damaged" in only(lines, "problem", "Put a copy of it in its place")
    assert "psycopg" not in lines[0]


def test_an_empty_notebook_and_a_graded_one_that_is_gone(patient):
    hand_in(Path.cwd(), "jane", "01_add", "add.ipynb", "", "2027-02-05 10:00:00")
    only(found("notebooks"), "note", "A notebook of 0 bytes: jane/01_add")
    shutil.rmtree("autograded/ada")
    lines = found("not_graded")
    only(lines, "problem", "01_add: graded, but autograded/ has no folder of ada", "nbgrader autograde 01_add")
    only(lines, "01_add: 1 submissions are new and not graded: jane")


def test_due_dates(patient):
    with Gradebook(URL, "class") as gradebook:
        gradebook.update_or_create_assignment("01_add", duedate=None)
        gradebook.update_or_create_assignment("02_double", duedate=datetime(2020, 1, 1))
    lines = found("due_dates")
    only(lines, "No due date, so nobody is late: 01_add")
    only(lines, "Past due, and nobody's submission is here: 02_double")


def test_the_roster_against_submissions(patient):
    hand_in(Path.cwd(), "adaa", "01_add", "add.ipynb", answer("add", "x"), "2027-02-05 10:00:00")
    with Gradebook(URL, "class") as gradebook:
        gradebook.update_or_create_assignment("01_add", duedate=datetime(2020, 1, 1))
    lines = found("submissions")
    only(lines, "problem", "Submissions of nobody on the roster: adaa (is adaa ada?)")
    only(lines, "01_add: 2 of 4 have not handed in anything: jane, jane2")
    for learner, assignment, kind in (("jane", "", book.DROPPED), ("jane2", "01_add", book.EXCUSED)):
        book.decide(URL, book.Decision(learner, assignment, kind, None, "", datetime(2020, 1, 1)))
    lines = found("submissions")
    only(lines, "2 exceptions for single learners")
    assert not any("have not handed in" in line for line in lines)


def test_files_that_are_misnamed_or_there_twice(patient):
    hand_in(Path.cwd(), "ada", "01_add", "add (1).ipynb", answer("add", "x"), "2027-02-05 10:00:00")
    hand_in(Path.cwd(), "jane", "01_add", "homework.ipynb", answer("add", "x"), "2027-02-05 10:00:00")
    hand_in(Path.cwd(), "jane2", "01_add", "essay.txt", "", "2027-02-05 10:00:00")
    lines = found("notebooks")
    only(lines, "More notebooks than the assignment has: ada/01_add")
    only(lines, "Not named as released: jane/01_add (homework.ipynb)")
    only(lines, "No notebook in the submission: jane2/01_add")


def test_a_class_copied_without_its_key(patient):
    """`cp -r class/*` leaves .proctor/ behind: what collecting wrote down counts no more."""
    from proctor.plugin import received

    place = Path("submitted/ada/01_add")
    received.record(place, "ada", "01_add", datetime(2027, 2, 5, 10), patient)
    assert not found("times_of_receipt")
    Path(received.KEY).rename("key")
    only(
        found("times_of_receipt"),
        "problem",
        ".proctor/received.key is missing",
        "ada/01_add",
        "copy .proctor/received.key",
    )
    received.record(Path("submitted/emile/01_add"), "emile", "01_add", datetime(2027, 2, 6, 10), patient)  # another key
    only(found("times_of_receipt"), "note", "not made in this class: ada/01_add")
    Path("key").replace(received.KEY)
    only(found("times_of_receipt"), "note", "not made in this class: emile/01_add")


def test_what_is_not_graded_and_what_waits(patient):
    hand_in(Path.cwd(), "ada", "01_add", "add.ipynb", answer("add", "x"), "2027-02-05 11:00:00")
    hand_in(Path.cwd(), "jane", "01_add", "add.ipynb", answer("add", "x"), "2027-02-05 10:00:00")
    with Gradebook(URL, "class") as gradebook:
        gradebook.find_submission("01_add", "emile").notebooks[0].grades[0].needs_manual_grade = True
        gradebook.db.commit()
    lines = found("not_graded", "by_hand")
    only(lines, "01_add: 2 submissions are new and not graded: ada, jane", "nbgrader autograde 01_add")
    only(lines, "Waiting for a person: 01_add (1)")


def test_files_that_were_replaced_after_grading(patient):
    """By hand, with the time that they had; what only looks at times calls them graded."""
    from proctor.plugin import folders

    graded = Path("autograded/emile/01_add/add.ipynb")
    text = graded.read_text()
    digest = folders.digest_of("submitted/emile/01_add", [])
    assert f'"submission": "{digest}"' in text
    (Path("submitted/emile/01_add") / "notes.txt").write_text("new")
    only(
        found("not_graded"),
        "01_add: the files in submitted/ are not those that were graded: emile",
        "nbgrader autograde 01_add",
    )
    (Path("submitted/emile/01_add") / "notes.txt").unlink()
    assert not any("not those" in line for line in found("not_graded"))


def test_a_notebook_by_another_ending_is_one(patient):
    notebook = json.dumps(
        {
            "cells": [{"cell_type": "code", "metadata": {}, "source": "1"}],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )
    hand_in(Path.cwd(), "jane2", "01_add", "add.ipynb.txt", notebook, "2027-02-05 10:00:00")
    only(found("notebooks"), "Not named as released: jane2/01_add (add.ipynb.txt)")


def test_tests_that_changed_after_grading(patient):
    course = Path(doctor.Patient(Path.cwd()).course_folder)
    later = datetime.now() + timedelta(days=1)
    before = (course / "tiny_tests.py").stat()
    os.utime(course / "tiny_tests.py", (later.timestamp(), later.timestamp()))
    try:
        only(found("older_than_tests"), "01_add: 2 were graded before the tests were last changed", "regrade 01_add")
    finally:
        os.utime(course / "tiny_tests.py", (before.st_atime, before.st_mtime))


def test_penalties_follow_points_given_by_hand(patient):
    """nbgrader takes a tenth of what autograding gave; points that a person gives later would escape."""
    assert not found("penalties")
    with Gradebook(URL, "class") as gradebook:
        gradebook.find_submission("01_add", "emile").notebooks[0].grades[0].manual_score = 6
        gradebook.db.commit()
    only(found("penalties"), "note", "1 late penalties do not match the policy", "emile/01_add", "--fix")
    only(found("penalties", fix=True), "ok", "1 late penalties were brought up to date")
    with book.opened(URL) as connection:
        (emile,) = [one for one in book.submissions(connection) if one.learner == "emile"]
    assert (emile.penalty, emile.score) == (pytest.approx(0.6), pytest.approx(5.4))
    assert not found("penalties")


def test_extra_credit_for_a_cell_without_points_costs_nothing(patient):
    """nbgrader counts extra credit only where a cell has points, and so does the penalty."""
    with Gradebook(URL, "class") as gradebook:
        notebook = gradebook.find_submission("01_add", "emile").notebooks[0]
        grade = notebook.grades[0]
        grade.auto_score, grade.manual_score, grade.extra_credit = None, None, 5
        gradebook.db.commit()
        score = notebook.score
    found("penalties", fix=True)
    with book.opened(URL) as connection:
        (emile,) = [one for one in book.submissions(connection) if one.learner == "emile"]
    assert emile.penalty == pytest.approx(0.1 * score)


def test_a_check_that_fails_is_a_finding(patient, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: 1 / 0)
    (line,) = doctor._safely(doctor.disk, doctor.Patient(Path.cwd()))
    assert line.level == "problem" and "The check of disk failed: ZeroDivisionError" in line.what


def test_outside_a_class(tmp_path):
    assert "No nbgrader_config.py in" in run(tmp_path, "classroom", "doctor", ok=(1,)).stderr


def test_another_python(patient, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 1, "final", 0))
    only(found("python"), "problem", "Python 3.9.1, but the course needs")


@walls
def test_who_really_graded_is_read_from_what_was_graded(patient):
    """A run of stock nbgrader, or one without walls, is found, however the set-up looks today."""
    assert "Every graded notebook was graded by proctor" in only(found("who_graded"), "proctor")
    place = patient / "autograded" / "ada" / "01_add" / "add.ipynb"
    graded = json.loads(place.read_text())
    graded["metadata"]["proctor"]["walls"] = "bubblewrap (bwrap) is not installed"
    place.chmod(0o644)
    place.write_text(json.dumps(graded))
    assert "without walls: ada" in only(found("who_graded"), "01_add")
    del graded["metadata"]["proctor"]
    place.write_text(json.dumps(graded))
    line = only(found("who_graded"), "01_add")
    assert (
        "not graded by proctor" in line
        and "ada" in line
        and "emile" not in line
        and "nbgrader autograde 01_add --force" in line
    )
