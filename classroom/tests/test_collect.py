"""Downloads of Moodle and Canvas become submissions: the right learner, the right time, nothing lost, nothing
believed that is not to be.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import unicodedata
import zipfile
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from start_course import answer, make_course, run

from classroom import book, collect
from classroom.errors import ClassroomError
from proctor.plugin import received

ROSTER = """First name,Last name,ID number,Email address
Ada,Lovelace,ada,ada@example.org
Émile,O'Neil,emile,emile@example.org
Jane,Doe,jane,jane@example.org
Jane,Doe,jane2,jane2@example.org
"""
CANVAS_ROSTER = """Student,ID,SIS Login ID,Section
    Points Possible,,,
"Lovelace, Ada",101,ada,A
"O'Neil, Émile",102,emile,A
"Doe, Jane",103,jane,A
"Doe, Jane",104,jane2,A
"""
DUE = datetime(2027, 2, 5, 12)
RIGHT, WRONG = answer("add", "x + 1"), answer("add", "x - 1")


@pytest.fixture(scope="module")
def classes(tmp_path_factory) -> dict[str, Path]:
    """A class whose roster came from Moodle, and one from Canvas."""
    course = make_course(tmp_path_factory.mktemp("collect") / "course")
    for name, text in (("moodle", ROSTER), ("canvas", CANVAS_ROSTER)):
        (course / "roster.csv").write_text(text, encoding="utf-8")
        run(
            course,
            "classroom",
            "start",
            f"../{name}",
            "--roster",
            "roster.csv",
            "--cut",
            "01_add",
            "--first-due",
            "2027-02-05 12:00",
            "--late",
            "per-day:10%,grace:15",
        )
    return {name: course.parent / name for name in ("moodle", "canvas")}


@pytest.fixture
def moodle(classes, tmp_path, monkeypatch) -> Path:
    return _enter(shutil.copytree(classes["moodle"], tmp_path / "class"), monkeypatch)


@pytest.fixture
def canvas(classes, tmp_path, monkeypatch) -> Path:
    return _enter(shutil.copytree(classes["canvas"], tmp_path / "class"), monkeypatch)


def _enter(folder: Path, monkeypatch) -> Path:
    monkeypatch.chdir(folder)
    return folder


def download(files: dict, when=(2027, 2, 6, 9, 0, 0), path: str = "../download.zip") -> str:
    """A zip as an LMS streams it: every file has the time of the download, unless a file brings its own."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            content, time = content if isinstance(content, tuple) else (content, when)
            entry = zipfile.ZipInfo(name, time)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return path


def packed(files: dict) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def folder_of(name: str, number: int) -> str:
    return f"{name}_{number}_assignsubmission_file_/"


def submitted(learner: str) -> dict[str, str]:
    place = Path("submitted", learner, "01_add")
    return {
        path.relative_to(place).as_posix(): path.read_text()
        for path in sorted(place.rglob("*"))
        if path.is_file() and path.name != received.RECORD
    }


def when(learner: str) -> str:
    """What timestamp.txt says; its own time must be the same, or it would not be believed."""
    path = Path("submitted", learner, "01_add", "timestamp.txt")
    said = path.read_text().removesuffix(" UTC")
    assert received.when_received(path.parent, learner, "01_add", ".") == (datetime.fromisoformat(said), "")
    assert abs((datetime.fromisoformat(said) - datetime(1970, 1, 1)).total_seconds() - path.stat().st_mtime) < 1
    return said


# -- whose, and what


@pytest.mark.parametrize("kind", ["folder", "file", "canvas"])
def test_one_learners_zip_is_no_download(moodle, tmp_path, kind):
    """What is in it is theirs, whatever names they chose: nobody hands in for somebody else."""
    folder = tmp_path / "late ones"
    folder.mkdir()
    name = "oneilemile_12_34_work.zip" if kind == "canvas" else "emile.zip"
    (folder / name).write_bytes(
        packed({"add.ipynb": WRONG, "ada.ipynb": WRONG, "Ada Lovelace_11_assignsubmission_file_/add.ipynb": WRONG})
    )
    collect.main(["01_add", str(folder / name if kind == "file" else folder)])
    assert sorted(path.name for path in Path("submitted").iterdir()) == ["emile"]
    assert submitted("emile")["add.ipynb"] == WRONG


def test_two_people_of_one_name_do_not_share_a_folder(moodle, capsys):
    """A name in an LMS can be changed; neither may replace what the other has handed in."""
    source = download(
        {
            folder_of("Ada Lovelace", 11) + "add.ipynb": RIGHT,
            folder_of("ADA LOVELACE", 99) + "add.ipynb": WRONG,
            folder_of("Émile O'Neil", 12) + "add.ipynb": RIGHT,
        }
    )
    assert collect.main(["01_add", source]) == 3
    said = capsys.readouterr()
    assert not Path("submitted", "ada").exists() and submitted("emile")["add.ipynb"] == RIGHT
    assert "Ada Lovelace (11)" in said.err and "ADA LOVELACE (99)" in said.err


def test_what_a_name_from_the_download_begins_with_is_no_formula(moodle):
    """collected.csv is opened in a spreadsheet."""
    assert collect.main(["01_add", download({folder_of("=Ada Lovelace", 11) + "add.ipynb": RIGHT})]) == 0
    assert ",'=Ada Lovelace," in Path("downloaded", "01_add", "collected.csv").read_text()


def test_moodles_download(moodle, capsys):
    source = download(
        {
            folder_of("Ada Lovelace", 11) + "add.ipynb": RIGHT,
            folder_of("Émile O'Neil", 12) + "work.zip": packed(
                {
                    "01_add/add.ipynb": RIGHT,
                    "01_add/data/x.csv": "1",
                    "01_add/timestamp.txt": "2020-01-01 UTC",
                    "__MACOSX/._add.ipynb": "junk",
                }
            ),
            folder_of("Jane Doe", 13) + "add.ipynb": RIGHT,
            "Ada Lovelace_11_assignsubmission_onlinetext_/onlinetext.html": "hello",
            folder_of("Some Body", 14) + "add.ipynb": RIGHT,
        }
    )
    before = Path(source).read_bytes()
    assert collect.main(["01_add", source]) == 3
    said = capsys.readouterr()
    assert submitted("ada")["add.ipynb"] == RIGHT and sorted(submitted("emile")) == [
        "add.ipynb",
        "data/x.csv",
        "timestamp.txt",
    ]
    told = "'Jane Doe (13)' may be jane or jane2: say who, such as --who '13=jane', or give Moodle's grading worksheet"
    assert not Path("submitted/jane").exists() and told in said.err
    assert "'Some Body' is not on the roster" in said.err and "typed into Moodle" in said.out
    assert Path(source).read_bytes() == before
    assert collect.main(["01_add", source, "--who", "Jane Doe=jane2", "--who", "Some Body=jane"]) == 0
    assert submitted("jane2")["add.ipynb"] == RIGHT


def test_namesakes_and_second_accounts_are_told_apart_as_the_message_says(moodle, capsys):
    """Each piece of advice, typed as it is printed, works."""
    source = download(
        {
            folder_of("Jane Doe", 13) + "add.ipynb": RIGHT,
            folder_of("Jane Doe", 14) + "add.ipynb": WRONG,
            folder_of("Ada Lovelace", 11) + "add.ipynb": RIGHT,
            folder_of("Ada Lovelace", 21) + "add.ipynb": WRONG,
        }
    )
    assert collect.main(["01_add", source]) == 3
    said = capsys.readouterr().err
    assert (
        "'Jane Doe (13)' may be jane or jane2: say who, such as --who '13=jane'" in said and "'Jane Doe (14)'" in said
    )
    assert "Ada Lovelace (11) and Ada Lovelace (21) have one name" in said and "such as --who '11=ada'" in said
    assert collect.main(["01_add", source, "--who", "13=jane", "--who", "14=jane2", "--who", "11=ada"]) == 0
    assert "ada: collected from the account 11, not from 21." in capsys.readouterr().out
    found = [submitted(learner)["add.ipynb"] == RIGHT for learner in ("jane", "jane2", "ada")]
    assert found == [True, False, True]


def test_the_grading_worksheet_tells_namesakes_and_times(moodle):
    Path("worksheet.csv").write_text(
        '\ufeffIdentifier,Full name,Email address,Status,Grade,"Last modified (submission)"\n'
        'Participant 11,Ada Lovelace,ada@example.org,Submitted,,"Friday, 5 February 2027, 11:58 AM"\n'
        'Participant 13,Jane Doe,jane2@example.org,Submitted,,"Saturday, 6 February 2027, 1:00 PM"\n'
        "Participant 15,Jane Doe,jane@example.org,No submission,,-\n",
        encoding="utf-8",
    )
    source = download(
        {folder_of("Ada Lovelace", 11) + "add.ipynb": RIGHT, folder_of("Jane Doe", 13) + "add.ipynb": RIGHT},
        (2027, 2, 20, 9, 0, 0),
    )
    assert collect.main(["01_add", source, "--times", "worksheet.csv"]) == 0
    assert when("ada") == "2027-02-05 11:58:00" and when("jane2") == "2027-02-06 13:00:00"


def test_moodles_download_without_folders_and_unpacked(moodle):
    place = Path("../unpacked/everything")
    place.mkdir(parents=True)
    (place / "Ada Lovelace_11_assignsubmission_file_add.ipynb").write_text(RIGHT)
    (place / "ONeil Emile_12_assignsubmission_file_add (1).ipynb").write_text(WRONG)
    assert collect.main(["01_add", "../unpacked"]) == 0
    assert submitted("ada")["add.ipynb"] == RIGHT and submitted("emile")["add.ipynb"] == WRONG


def test_canvas_download(canvas, capsys):
    source = download(
        {
            "lovelaceada_101_9001_add-2.ipynb": RIGHT,
            "oneilémile_LATE_102_9002_add.ipynb": RIGHT,
            "doejane_104_9003_my_work_55_66_add.ipynb": RIGHT,
            "doejane_103_9004_essay.pdf": "no notebook",
            "stranger_199_9005_add.ipynb": RIGHT,
            "anon_x7f_9006_add.ipynb": RIGHT,
        }
    )
    assert collect.main(["01_add", source]) == 3
    said = capsys.readouterr()
    assert [submitted(learner)["add.ipynb"] == RIGHT for learner in ("ada", "emile", "jane2")] == [True] * 3
    assert not Path("submitted/jane").exists() and "jane has not submitted a notebook (essay.pdf)" in said.err
    assert "'stranger' is not on the roster" in said.err and "anonymous" in said.err
    assert "taken as add.ipynb" in said.out
    assert when("ada") < "2027-02-05 12:00:00" < when("emile") <= "2027-02-06 12:00:00"


def test_a_name_that_is_somebody_elses_number_is_nobodys(canvas, capsys):
    """The name on the file is Ada's, the number Émile's: a number is safer than a name."""
    assert (
        collect.main(
            ["01_add", download({"lovelaceada_102_9001_add.ipynb": RIGHT, "lovelaceada_555_9002_add.ipynb": RIGHT})]
        )
        == 3
    )
    assert os.listdir("submitted") == ["emile"]


def test_plain_files_named_by_id(moodle):
    place = Path("../plain")
    place.mkdir()
    (place / "ada.ipynb").write_text(RIGHT)
    (place / "emile.zip").write_bytes(packed({"folder/add.ipynb": WRONG, "folder/notes/a.txt": "x"}))
    (place / "jane").mkdir()
    (place / "jane" / "add.ipynb").write_text(RIGHT)
    assert collect.main(["01_add", str(place), "--at", "2027-02-05 11:00"]) == 0
    assert submitted("ada")["add.ipynb"] == RIGHT and sorted(submitted("emile")) == [
        "add.ipynb",
        "notes/a.txt",
        "timestamp.txt",
    ]
    assert {when(learner) for learner in ("ada", "emile", "jane")} == {"2027-02-05 11:00:00"}


def test_a_zip_in_a_zip(moodle, capsys):
    """Windows packs what was packed; a third time is too much, and is said."""
    inner = packed({"homework/add.ipynb": RIGHT, "homework/a.csv": "1"})
    source = download(
        {
            folder_of("Ada Lovelace", 11) + "work.zip": packed({"work/inner.zip": inner, "__MACOSX/._inner.zip": "x"}),
            folder_of("Émile O'Neil", 12) + "work.zip": packed({"a.zip": packed({"b.zip": inner})}),
        }
    )
    assert collect.main(["01_add", source]) == 3
    assert submitted("ada")["add.ipynb"] == RIGHT and submitted("ada")["a.csv"] == "1"
    assert "emile has not submitted a notebook" in capsys.readouterr().err and not Path("submitted/emile").exists()


BLACKBOARD = "gradebook_2027_HW3_{}_attempt_2027-02-05-11-00-0{}_add.ipynb"


@pytest.mark.parametrize(
    "names",
    [
        ["ada_add.ipynb", "emile-add.ipynb"],
        ["Ada Lovelace/add.ipynb", "Émile O'Neil/add.ipynb"],
        ["Lovelace, Ada.ipynb", "O'Neil, Émile.ipynb"],
        [
            "Lovelace, Ada(ada)/Submission attachment(s)/add.ipynb",
            "O'Neil, Émile(emile)/Submission attachment(s)/add.ipynb",
            "O'Neil, Émile(emile)/timestamp.txt",
        ],
        [
            BLACKBOARD.format("ada", 0),
            BLACKBOARD.format("ada", 0).replace("_add.ipynb", ".txt"),
            BLACKBOARD.format("emile", 0),
        ],
        [
            "123-456 - Ada Lovelace - Feb 5, 2027 600 AM - add.ipynb",
            "123-789 - Émile O'Neil - Feb 5, 2027 1045 AM - add (1).ipynb",
            "index.html",
        ],
        [
            "Team 1-Ada Lovelace_11_assignsubmission_file_/add.ipynb",
            "Default group-Émile O'Neil_12_assignsubmission_file_/add.ipynb",
        ],
        ["all/ada_add.ipynb", "all/emile_add.ipynb"],
    ],
    ids=[
        "id in front",
        "folders by name",
        "files by name",
        "Sakai",
        "Blackboard",
        "Brightspace",
        "Moodle's teams",
        "a folder around",
    ],
)
def test_other_platforms_name_whose_a_file_is(moodle, names):
    collect.main(["01_add", download(dict.fromkeys(names, RIGHT))])
    assert sorted(path.name for path in Path("submitted").iterdir()) == ["ada", "emile"]
    assert all(submitted(learner)["add.ipynb"] == RIGHT for learner in ("ada", "emile"))


def test_times_in_names_count_and_the_newest_attempt_is_taken(moodle, capsys):
    collect.main(
        [
            "01_add",
            download(
                {
                    BLACKBOARD.format("ada", 5): RIGHT,
                    BLACKBOARD.format("ada", 1): WRONG,
                    "123-456 - Émile O'Neil - Feb 5, 2027 1245 PM - add.ipynb": RIGHT,
                }
            ),
        ]
    )
    assert submitted("ada")["add.ipynb"] == RIGHT and "ada: several attempts" in capsys.readouterr().out
    assert (when("ada"), when("emile")) == ("2027-02-05 11:00:05", "2027-02-05 12:45:00")


def test_a_hyphen_in_a_name_is_no_team(moodle, capsys):
    """Nobody gets what "Anna-Ada Lovelace" has handed in, but whom the grader names."""
    path = download(
        {folder_of("Anna-Ada Lovelace", 1) + "add.ipynb": WRONG, folder_of("Émile O'Neil", 2) + "add.ipynb": RIGHT}
    )
    assert collect.main(["01_add", path]) == 3 and "Anna-Ada Lovelace" in capsys.readouterr().err
    assert not Path("submitted/ada").exists() and Path("submitted/emile").exists()


@pytest.mark.parametrize(
    "name",
    [
        "Jane Doe/add.ipynb",
        "group 7.ipynb",
        "hw-xyz/deep/add.ipynb",
        "who knows.zip",
        folder_of("Somebody", 9) + "add.ipynb",
    ],
)
def test_who_counts_for_any_name(moodle, name):
    content = packed({"add.ipynb": RIGHT}) if name.endswith(".zip") else RIGHT
    given = name.split("/")[0].removesuffix(".ipynb").removesuffix(".zip").split("_")[0]
    assert collect.main(["01_add", download({name: content, "ada.ipynb": RIGHT}), "--who", f"{given}=JANE2"]) == 0
    assert submitted("jane2")["add.ipynb"] == RIGHT


def test_nbgraders_own_rule_for_names_counts(moodle):
    config = Path("nbgrader_config.py")
    config.write_text(
        config.read_text() + "\nc.FileNameCollectorPlugin.named_regexp = "
        "r'.*HW_(?P<student_id>\\w+)_try_(?P<timestamp>[0-9-]+)_(?P<file_id>.*)'\n"
    )
    Path("downloaded/01_add/archive").mkdir(parents=True)
    download(
        {"HW_ada_try_2027-02-05-11-30-00_add.ipynb": RIGHT, "HW_emile_try_2027-02-05-11-45-00_add.ipynb": WRONG},
        path="downloaded/01_add/archive/d.zip",
    )
    run(Path.cwd(), "nbgrader", "zip_collect", "01_add")
    assert submitted("ada")["add.ipynb"] == RIGHT and (when("ada"), when("emile")) == (
        "2027-02-05 11:30:00",
        "2027-02-05 11:45:00",
    )


def test_collecting_nothing_is_no_success(moodle):
    Path("downloaded/01_add/archive").mkdir(parents=True)
    done = run(Path.cwd(), "nbgrader", "zip_collect", "01_add", ok=(1,))
    assert "Nothing was collected for 01_add." in done.stdout + done.stderr
    download({"nobody at all.ipynb": RIGHT}, path="downloaded/01_add/archive/d.zip")
    done = run(Path.cwd(), "nbgrader", "zip_collect", "01_add", "--force", ok=(1,))
    assert "'nobody at all.ipynb' is not the name of anybody's submission" in done.stdout + done.stderr
    Path("../empty").mkdir()
    assert run(Path.cwd(), "classroom", "collect", "01_add", "../empty", ok=(1,))


@pytest.mark.parametrize(
    "code, flagged",
    [
        ("utf-8", False),
        ("cp437", False),
        ("cp850", False),
        ("cp1252", False),
        ("cp852", False),
        ("nfd", True),
        ("nfd", False),
    ],
)
def test_accents_in_zips_of_macs_and_old_windows(moodle, code, flagged):
    name = folder_of("Émile O'Neil", 2) + "add.ipynb"
    raw = unicodedata.normalize("NFD", name).encode() if code == "nfd" else name.encode(code)
    download({"X" * len(raw): RIGHT})
    content = Path("../download.zip").read_bytes().replace(b"X" * len(raw), raw)
    if flagged:  # in both headers
        content = bytearray(content)
        content[7] |= 8
        content[content.index(b"PK\x01\x02") + 9] |= 8
    Path("../download.zip").write_bytes(content)
    assert collect.main(["01_add", "../download.zip"]) == 0
    assert submitted("emile")["add.ipynb"] == RIGHT


def test_two_notebooks_in_one_submission_are_both_taken(moodle, capsys):
    """Which one counts is decided by what they hold, when they are graded."""
    source = download(
        {folder_of("Ada Lovelace", 11) + "add.ipynb": RIGHT, folder_of("Ada Lovelace", 11) + "add (1).ipynb": WRONG}
    )
    assert collect.main(["01_add", source]) == 3
    there = submitted("ada")
    assert there["add.ipynb"] == RIGHT and there["add (1).ipynb"] == WRONG
    assert "several files for add.ipynb ('add (1).ipynb', 'add.ipynb'): all were taken" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["add.ipynb.json", "add.ipynb.txt", "add.json", "add", "add.ipynb ", "add (1).ipynb.download"]
)
def test_the_content_says_what_is_a_notebook(moodle, capsys, name):
    """Browsers and mail programs change how a name ends."""
    notebook = json.dumps(
        {
            "cells": [{"cell_type": "code", "metadata": {}, "source": "1"}],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )
    assert (
        collect.main(
            [
                "01_add",
                download(
                    {folder_of("Ada Lovelace", 11) + name: notebook, folder_of("Emile ONeil", 12) + "add.json": "{}"}
                ),
            ]
        )
        == 3
    )
    said = capsys.readouterr()
    assert submitted("ada")["add.ipynb"] == notebook and f"'{name}' is taken as add.ipynb" in said.out
    assert "emile has not submitted a notebook" in said.err


# -- when


def test_times_of_an_archive_that_has_them(moodle):
    source = download(
        {
            folder_of("Ada Lovelace", 11) + "add.ipynb": (RIGHT, (2027, 2, 4, 10, 0, 0)),
            folder_of("Émile O'Neil", 12) + "add.ipynb": (RIGHT, (2027, 2, 6, 18, 0, 0)),
        }
    )
    assert collect.main(["01_add", source]) == 0
    assert (when("ada"), when("emile")) == ("2027-02-04 10:00:00", "2027-02-06 18:00:00")


def test_the_time_zone_of_archives(moodle):
    config = Path("nbgrader_config.py")
    config.write_text(config.read_text().replace("timezone = 'UTC'", "timezone = 'Europe/Berlin'"))
    collect.main(["01_add", download({folder_of("Ada Lovelace", 11) + "add.ipynb": RIGHT}, (2027, 2, 4, 10, 0, 0))])
    assert when("ada") == "2027-02-04 09:00:00"


def test_nobody_is_late_because_the_grader_downloaded_late(moodle, capsys):
    source = download(
        {folder_of("Ada Lovelace", 11) + "add.ipynb": RIGHT, folder_of("Émile O'Neil", 12) + "add.ipynb": RIGHT},
        (2027, 2, 20, 9, 0, 0),
    )
    assert collect.main(["01_add", source]) == 0
    assert when("ada") < "2027-02-05 12:00:00" and "2 count as on time" in capsys.readouterr().out


def test_a_learner_does_not_choose_the_time(moodle):
    """Neither by a timestamp.txt nor by the times inside their own zip."""
    inner = Path("../inner.zip")
    download({"add.ipynb": (RIGHT, (2026, 1, 1, 0, 0, 0)), "timestamp.txt": "2026-01-01 00:00:00 UTC"}, path=str(inner))
    source = download(
        {
            folder_of("Ada Lovelace", 11) + "w.zip": (inner.read_bytes(), (2027, 2, 7, 11, 0, 0)),
            folder_of("Émile O'Neil", 12) + "add.ipynb": (RIGHT, (2027, 2, 4, 9, 0, 0)),
            folder_of("Émile O'Neil", 12) + "timestamp.txt": ("2026-01-01 00:00:00 UTC", (2027, 2, 4, 9, 0, 0)),
        }
    )
    collect.main(["01_add", source])
    assert (when("ada"), when("emile")) == ("2027-02-07 11:00:00", "2027-02-04 09:00:00")


# -- again


def test_a_resubmission_counts_and_the_older_one_is_kept(canvas, capsys):
    collect.main(["01_add", download({"lovelaceada_101_9001_add.ipynb": WRONG}, (2027, 2, 6, 9, 0, 0))])
    first = when("ada")
    collect.main(["01_add", download({"lovelaceada_101_9009_add-1.ipynb": RIGHT}, (2027, 2, 7, 9, 0, 0))])
    assert (
        submitted("ada")["add.ipynb"] == RIGHT and first < when("ada") < "2027-02-05 12:00:00"
    )  # autograde takes what is newer
    assert (
        "the newest counts; what was there before is in downloaded/01_add/older/<id>/: ada" in capsys.readouterr().out
    )
    (kept,) = Path("downloaded/01_add/older/ada").iterdir()
    assert (kept / "add.ipynb").read_text() == WRONG
    collect.main(["01_add", download({"lovelaceada_101_9001_add.ipynb": WRONG}, (2027, 2, 6, 9, 0, 0))])
    assert submitted("ada")["add.ipynb"] == RIGHT and "the download is older" in capsys.readouterr().out
    again = {path: path.stat().st_mtime_ns for path in Path("submitted").rglob("*")}
    collect.main(["01_add", download({"lovelaceada_101_9009_add-1.ipynb": RIGHT}, (2027, 2, 8, 9, 0, 0))])
    assert {path: path.stat().st_mtime_ns for path in Path("submitted").rglob("*")} == again


def test_exact_times_may_come_later(moodle):
    source = download({folder_of("Ada Lovelace", 11) + "add.ipynb": RIGHT})
    collect.main(["01_add", source])
    Path("times.csv").write_text("id;time\nada;2027-02-06 20:00\n")
    assert collect.main(["01_add", source, "--times", "times.csv"]) == 0 and when("ada") == "2027-02-06 20:00:00"


def test_a_changed_file_of_the_same_minute_is_newer(moodle):
    """Autograde takes only what is newer than what it has graded; a worksheet knows minutes, not seconds."""
    Path("times.csv").write_text("id;time\nada;2027-02-06 20:00\n")
    for content in (WRONG, RIGHT):
        source = download({folder_of("Ada Lovelace", 11) + "add.ipynb": content})
        assert collect.main(["01_add", source, "--times", "times.csv"]) == 0
    assert submitted("ada")["add.ipynb"] == RIGHT and when("ada") == "2027-02-06 20:00:01"


def test_what_was_collected_is_graded_with_its_penalty(canvas):
    """`nbgrader zip_collect`, `autograde`, a resubmission by `classroom collect`, `autograde`: one day late costs a
    tenth, not more.
    """
    place = Path("downloaded/01_add/archive")
    place.mkdir(parents=True)
    files = {"lovelaceada_101_9001_add.ipynb": WRONG, "oneilemile_LATE_102_9002_add.ipynb": RIGHT}
    download(files, (2027, 2, 20, 9, 0, 0), str(place / "submissions.zip"))
    run(Path.cwd(), "nbgrader", "zip_collect", "01_add")
    run(Path.cwd(), "nbgrader", "autograde", "01_add")
    assert _scores() == {"ada": (0, 0), "emile": (9, 1)}
    again = download({**files, "lovelaceada_101_9001_add.ipynb": RIGHT}, (2027, 2, 21, 9, 0, 0))
    run(Path.cwd(), "classroom", "collect", "01_add", again)
    run(Path.cwd(), "nbgrader", "autograde", "01_add")
    assert _scores() == {"ada": (10, 0), "emile": (9, 1)}


def _scores() -> dict:
    with book.opened("sqlite:///gradebook.db") as connection:
        return {one.learner: (one.score, one.penalty) for one in book.submissions(connection)}


# -- archives that nobody should unpack


def _link(name: str, to: str) -> tuple[zipfile.ZipInfo, str]:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry, to


@pytest.mark.parametrize(
    "entry, content",
    [
        ("../evil.txt", "x"),
        ("/tmp/evil.txt", "x"),
        ("..\\evil.txt", "x"),
        ("C:\\evil.txt", "x"),
        _link("add.ipynb", "/etc/passwd"),
    ],
)
def test_archives_that_reach_outside_are_refused(moodle, capsys, entry, content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, content)
    Path("../evil.zip").write_bytes(buffer.getvalue())
    with pytest.raises(ClassroomError, match="was not unpacked.*Nothing was collected"):
        collect.main(["01_add", "../evil.zip"])
    source = download(
        {folder_of("Ada Lovelace", 11) + "w.zip": buffer.getvalue(), folder_of("Émile O'Neil", 12) + "add.ipynb": RIGHT}
    )
    assert collect.main(["01_add", source]) == 3
    assert "'w.zip' was not unpacked" in capsys.readouterr().err and os.listdir("submitted") == ["emile"]
    assert not Path("../evil.txt").exists() and not any(path.is_symlink() for path in Path(".").rglob("*"))


def test_a_zip_bomb_is_refused_whatever_it_claims(moodle, capsys):
    bomb = bytearray(packed({}))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("add.ipynb", b"0" * 30_000_000)
    bomb = buffer.getvalue()
    config = Path("nbgrader_config.py")
    config.write_text(config.read_text() + "c.LmsExtractor.max_submission_bytes = 20_000_000\n")
    source = download(
        {folder_of("Ada Lovelace", 11) + "w.zip": bomb, folder_of("Émile O'Neil", 12) + "add.ipynb": RIGHT}
    )
    assert collect.main(["01_add", source]) == 3
    assert "unpacks to more than is allowed" in capsys.readouterr().err and os.listdir("submitted") == ["emile"]


def test_damaged_and_locked_zips_do_not_replace_a_submission(moodle, capsys):
    collect.main(["01_add", download({folder_of("Ada Lovelace", 11) + "add.ipynb": RIGHT})])
    assert (
        collect.main(
            ["01_add", download({folder_of("Ada Lovelace", 11) + "w.zip": b"PK\x03\x04 no zip"}, (2027, 2, 9, 9, 0, 0))]
        )
        == 3
    )
    assert submitted("ada")["add.ipynb"] == RIGHT and "it is damaged" in capsys.readouterr().err


class _Stream(io.RawIOBase):
    """What a web server writes a zip to: it cannot go back to fill in sizes."""

    def __init__(self):
        self.content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, some) -> int:
        self.content += bytes(some)
        return len(some)


def moodles_bytes(streamed: bool) -> tuple[bytes, dict[str, str]]:
    """A download with a notebook or a zip of five learners, stored and deflated; and each one's folder in it."""
    stream = _Stream() if streamed else io.BytesIO()
    who = {"ada": ("Ada Lovelace", 11), "emile": ("Émile O'Neil", 12)}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, number in who.values():
            archive.writestr(folder_of(name, number) + "add.ipynb", RIGHT)
            archive.writestr(folder_of(name, number) + "notes.txt", "notes " * 50)
        archive.writestr(
            folder_of("Jane Doe", 13) + "w.zip",
            packed({"add.ipynb": RIGHT, "Ada Lovelace_11_assignsubmission_file_/add.ipynb": WRONG}),
        )
    content = bytes(stream.content) if streamed else stream.getvalue()
    return content, {
        learner: folder_of(name, number) for learner, (name, number) in {**who, "jane": ("Jane Doe", 13)}.items()
    }


def where(content: bytes, folder: str) -> list[range]:
    """Where a learner's files lie in a zip, and what its directory says of them."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
        at = archive.start_dir
        ends = [entry.header_offset for entry in entries[1:]] + [at]
        for entry, end in zip(entries, ends):
            size = (
                46
                + len(entry.filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437"))
                + len(entry.extra)
                + len(entry.comment)
            )
            if entry.filename.startswith(folder):
                found += [range(entry.header_offset, end), range(at, at + size)]
            at += size
    return found


@pytest.mark.parametrize("streamed", [False, True])
def test_a_damaged_download_costs_only_whose_file_is_damaged(moodle, streamed, capsys):
    """A byte anywhere in the download is another: no traceback, and everybody else is collected, with what they
    handed in.
    """
    content, folders = moodles_bytes(streamed)
    random = Random(int(streamed))
    for _ in range(int(os.environ.get("FUZZ", "25"))):
        at = random.randrange(len(content))
        broken = bytearray(content)
        broken[at] ^= 1 << random.randrange(8)
        Path("../broken.zip").write_bytes(broken)
        shutil.rmtree("submitted", ignore_errors=True)
        shutil.rmtree("downloaded", ignore_errors=True)
        status = collect.main(["01_add", "../broken.zip", "--who", "Jane Doe=jane", "--at", "2027-02-05 11:00"])
        hit = {learner for learner, folder in folders.items() if any(at in place for place in where(content, folder))}
        said = capsys.readouterr()
        for learner in folders.keys() - hit:
            assert submitted(learner)["add.ipynb"] == RIGHT, (at, learner, said)
        for learner in hit:
            place = Path("submitted", learner, "01_add", "add.ipynb")
            assert place.read_text() == RIGHT if place.exists() else status == 3 and "  Look: " in said.err, (at, said)


def test_a_download_that_was_cut_off(moodle, capsys):
    """What came whole is collected, the rest is said to be missing."""
    content, folders = moodles_bytes(streamed=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        second = [entry.header_offset for entry in archive.infolist() if entry.filename.startswith(folders["emile"])][1]
    Path("../cut.zip").write_bytes(content[: second + 40])
    assert collect.main(["01_add", "../cut.zip"]) == 3
    assert submitted("ada")["add.ipynb"] == RIGHT and "is cut off" in capsys.readouterr().err
    Path("../cut.zip").write_bytes(content[:100])
    with pytest.raises(ClassroomError, match="was not unpacked"):
        collect.main(["01_add", "../cut.zip"])


def _changed(content: bytes, mark: bytes, offset: int, by: bytes) -> bytes:
    at = content.index(mark) + offset
    return content[:at] + by + content[at + len(by) :]


def broken_zips() -> dict[str, bytes]:
    """Every way in which Python's zipfile gives up on a zip, or should."""
    text = RIGHT * 20
    kinds = {}
    for name, method in (
        ("deflated", zipfile.ZIP_DEFLATED),
        ("bzip2", zipfile.ZIP_BZIP2),
        ("lzma", zipfile.ZIP_LZMA),
        ("stored", zipfile.ZIP_STORED),
    ):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as archive:
            archive.writestr("add.ipynb", text)
        content = buffer.getvalue()
        kinds[name] = content[:60] + bytes(255 - byte for byte in content[60:80]) + content[80:]
        kinds[f"{name}, cut off"] = content[: len(content) // 2]
    kinds["password"] = _changed(_changed(content, b"PK\x01\x02", 8, b"\x01"), b"PK\x03\x04", 6, b"\x01")
    kinds["compression"] = _changed(_changed(content, b"PK\x01\x02", 10, b"\x63"), b"PK\x03\x04", 8, b"\x63")
    kinds["wrong sum"] = _changed(content, b"PK\x01\x02", 16, b"\0\0\0\0")
    kinds["name that is no UTF-8"] = _changed(
        _changed(content, b"PK\x01\x02", 9, b"\x08"), b"PK\x01\x02", 46, b"\xff\xfe"
    )
    kinds["huge"] = _changed(content, b"PK\x01\x02", 20, b"\xff" * 8)
    kinds["far away"] = _changed(content, b"PK\x01\x02", 42, b"\xf0\xff\xff\x7f")
    kinds["extra"] = _changed(content, b"PK\x01\x02", 30, b"\xff\xff")
    return kinds


@pytest.mark.parametrize("command", ["classroom collect", "nbgrader zip_collect"])
def test_broken_zips_of_learners_stop_nobody(moodle, command):
    """Every kind in Émile's place, one after the other; Ada is collected each time."""
    for kind, content in broken_zips().items():
        shutil.rmtree("submitted", ignore_errors=True)
        shutil.rmtree("downloaded", ignore_errors=True)
        Path("downloaded/01_add/archive").mkdir(parents=True)
        source = download(
            {folder_of("Émile O'Neil", 12) + "w.zip": content, folder_of("Ada Lovelace", 11) + "add.ipynb": RIGHT},
            path="downloaded/01_add/archive/d.zip",
        )
        if command == "nbgrader zip_collect" and kind in ("deflated", "lzma", "password"):
            run(moodle, "nbgrader", "zip_collect", "01_add")
        else:
            collect.main(["01_add", source])
        assert submitted("ada")["add.ipynb"] == RIGHT, kind
        assert not Path("submitted/emile").exists() or submitted("emile")["add.ipynb"] == RIGHT * 20, kind


def test_what_can_be_read_of_a_learners_zip_is_collected(moodle, capsys):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("add.ipynb", RIGHT)
        archive.writestr("data.csv", "1,2,3" * 100)
    content = buffer.getvalue().replace(b"1,2,31,2,3", b"1,2,31,2,4", 1)
    assert collect.main(["01_add", download({folder_of("Ada Lovelace", 11) + "w.zip": content})]) == 3
    assert sorted(submitted("ada")) == ["add.ipynb", "timestamp.txt"]
    assert "'data.csv' in 'w.zip' was left out" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, why",
    [
        (["01_add", "nothing.zip"], "nothing.zip does not exist"),
        (["01_add", "nbgrader_config.py"], "is neither a zip nor a folder"),
        (["09_none", "exchange"], "no assignment '09_none'; it has: 01_add"),
        (["01_add", "exchange", "--who", "Ada"], "write NAME=ID"),
    ],
)
def test_what_cannot_be_collected(moodle, arguments, why):
    with pytest.raises(ClassroomError, match=why):
        collect.main(arguments)


# -- the exchange


def test_the_newest_submission_counts_in_the_exchange(moodle, tmp_path):
    """`nbgrader submit` twice, `nbgrader collect` after each: nbgrader says so, and the exchange keeps both."""
    run(moodle, "nbgrader", "release_assignment", "01_add")
    home = tmp_path / "home"
    home.mkdir()
    (home / "nbgrader_config.py").write_text(
        f"c.CourseDirectory.course_id = 'moodle'\nc.Exchange.root = {str(moodle / 'exchange')!r}\nc.Exchange.cache = "
        f"{str(home / 'cache')!r}\n"
    )
    run(home, "nbgrader", "fetch_assignment", "01_add")
    for text, word in ((WRONG, "Collecting"), (RIGHT, "Updating")):
        (home / "01_add" / "add.ipynb").write_text(text)
        run(home, "nbgrader", "submit", "01_add", "--student=ada")
        assert f"{word} submission: ada 01_add" in run(moodle, "nbgrader", "collect", "01_add").stderr
        assert submitted("ada")["add.ipynb"] == text
    assert len(list((moodle / "exchange" / "moodle" / "inbound").glob("ada+01_add+*"))) == 2
    run(moodle, "nbgrader", "autograde", "01_add")
    assert _scores() == {"ada": (10, 0)}
