"""`classroom feedback`: each learner's page goes out once, by the exchange, Moodle, Canvas or a folder."""

from __future__ import annotations

import os
import re
import shutil
import sys
import zipfile
from types import SimpleNamespace

import pytest
from nbgrader.api import Gradebook

from classroom import alone, canvas_api, feedback, pages
from classroom.errors import ClassroomError
from classroom.tests.canvas_stand_in import TOKEN, StandIn
from classroom.tests.handing_in import page_of, with_exchange
from classroom.tests.small_class import ANSWERS, BY_HAND, COURSE, SmallClass, copy_of

if sys.platform == "win32":
    pytest.skip("nbgrader has no exchange on Windows", allow_module_level=True)

PEOPLE = {
    "ann": ("Ann", "Lee_Smith", "11"),
    "bob": ("Bob", "Ray", "12"),
    "cat": ("Cat", "Ono", ""),
    "dan": ("Dan", "Low", "14"),
}


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """Ann's and bob's answers are all marked, cat's and dan's are not; dan did not hand in by `nbgrader submit`."""
    made = SmallClass(tmp_path_factory.mktemp("marked") / "course")
    for learner in ANSWERS:
        made.hand_in(learner)
        if learner != "dan":
            (made.root / "submitted" / learner / "ps1" / "submission_secret.txt").write_text(f"secret of {learner}")
            (made.root / "submitted" / learner / "ps1" / "timestamp.txt").write_text("2027-01-01 10:00:00 UTC")
    made.ran("nbgrader", "autograde", "ps1")
    made.mark({**BY_HAND, ("ann", "words", "tree"): (1, None, None), ("bob", "words", "program"): (0, None, None)})
    made.mark({("bob", "words", "tree"): (0, None, None), ("dan", "words", "program"): (0, None, None)})
    with Gradebook(made.url, COURSE) as gradebook:
        for id, (first, last, number) in PEOPLE.items():
            gradebook.update_or_create_student(id, first_name=first, last_name=last, lms_user_id=number or None)
        gradebook.add_student("eve", first_name="Eve")
    return made


@pytest.fixture
def course(marked, tmp_path, monkeypatch):
    made = with_exchange(copy_of(marked, tmp_path / "course"))
    monkeypatch.chdir(made.root)
    monkeypatch.setattr(sys, "path", sys.path[:])
    return made


def run(capsys, *arguments: str, status: int = 0) -> str:
    """The command in this process; what it printed."""
    assert feedback.main(["ps1", *arguments]) == status
    return capsys.readouterr().out


def test_through_the_exchange_once_each_and_nothing_unmarked(course, capsys):
    shown = run(capsys, "--to", "exchange", status=3)
    assert "Nothing was sent. To do it: classroom feedback ps1 --to exchange --send" in shown
    assert re.search(r"^  ann  +12.* of 16 points$", shown, re.M) and "2 to go out" in shown
    assert re.search(r"^  cat  waits: 1 answer not marked yet$", shown, re.M) and "1 learner: eve" in shown
    assert not (course.root / "feedback").exists() and not (course.root / alone.FOLDER).exists()
    said = run(capsys, "--to", "exchange", "--send", status=3)
    assert "sent: " in said and "Sent to 2 learners. Learners get it with `nbgrader fetch_feedback`" in said
    page = page_of(course, "secret of ann", "words")
    assert "say which two" in page.read_text() and page_of(course, "secret of bob").exists()
    assert not page_of(course, "secret of cat").exists()
    # Nothing twice: not by the same command, nor where a page is made anew from what has not changed.
    page.unlink()
    assert "Nothing to send." in run(capsys, "--to", "exchange", "--send", status=3) and not page.exists()
    # What changed goes out again, and nothing else; so does whoever is not marked yet, if that is asked for.
    course.mark({("bob", "words", "why"): (2.0, None, "Better.")})
    said = run(capsys, "--to", "exchange", "--send", "--even-unmarked", status=3)
    assert re.search(r"^  bob  .*changed since 20", said, re.M) and "ann  went out 20" in said
    assert "Sent to 2 learners" in said and "dan  cannot go: it was not handed in by `nbgrader submit`" in said
    assert "Better." in page_of(course, "secret of bob", "words").read_text()
    assert page_of(course, "secret of cat").exists() and not page.exists()
    # One learner whose page cannot be made stops nobody.
    graded = course.root / "autograded" / "ann" / "ps1" / "words.ipynb"
    graded.unlink()
    graded.mkdir()
    course.mark({("bob", "words", "why"): (2.5, None, "Better.")})
    said = run(capsys, "--to", "exchange", "--send", status=3)
    assert "ann  has no page" in said and "bob  sent: " in said and "Sent to 1 learner." in said


def test_a_zip_that_moodle_reads(course, capsys):
    sheet = course.root / "worksheet.csv"
    rows = [f"Participant {number}0,{first} {last},{id}" for id, (first, last, number) in PEOPLE.items() if number]
    sheet.write_text("\n".join(["Identifier,Full name,Username", *rows, "Participant 99,Nobody Here,zz"]) + "\n")
    with pytest.raises(ClassroomError, match="needs --worksheet"):
        feedback.main(["ps1", "--to", "moodle", "out.zip"])
    to = ("--to", "moodle", "out.zip", "--worksheet", "worksheet.csv")
    run(capsys, *to)
    assert not (course.root / "out.zip").exists()
    said = run(capsys, *to, "--send", "--even-unmarked", status=3)
    assert "cat  cannot go: is not in the worksheet" in said and "Upload multiple feedback files" in said
    with zipfile.ZipFile("out.zip") as archive:
        assert sorted(archive.namelist()) == sorted(
            f"{name}_{number}_assignfeedback_file_{notebook}.html"
            for name, number in (("Ann Lee Smith", 110), ("Bob Ray", 120), ("Dan Low", 140))
            for notebook in ("numbers", "words")
        )
    (course.root / "out.zip").unlink()
    said = run(capsys, *to, "--send", "--even-unmarked", status=3)
    assert "Nothing to send." in said and not (course.root / "out.zip").exists()
    assert "Sent to 3 learners" in run(capsys, *to, "--send", "--even-unmarked", "--again", status=3)
    assert not list(course.root.glob(".*.part"))


def test_a_folder_and_an_interruption(course, capsys, monkeypatch):
    """What went out before a stop is known, and the same command goes on."""
    made = pages.read

    def interrupted(app, assignment, learner):
        if learner == "bob":
            raise KeyboardInterrupt
        return made(app, assignment, learner)

    monkeypatch.setattr(feedback, "AT_A_TIME", 1)
    monkeypatch.setattr(pages, "read", interrupted)
    with pytest.raises(ClassroomError, match="the same command goes on"):
        feedback.main(["ps1", "--to", "folder", "out", "--send"])
    assert sorted(os.listdir("out")) == ["ann-numbers.html", "ann-words.html"]
    monkeypatch.setattr(pages, "read", made)
    assert "Sent to 2 learners." in run(capsys, "--to", "folder", "out", "--send")
    assert len(os.listdir("out")) == 6
    with alone.alone(alone.private(course.root) / "feedback.lock", ""), pytest.raises(ClassroomError, match="Another"):
        feedback.main(["ps1", "--to", "folder", "out", "--send"])
    for words, said in (
        (["ps2", "--to", "exchange"], "is it 'ps1'"),
        (["ps1", "--to", "foldr", "x"], "is it 'folder'"),
        (["ps1", "--to", "folder"], "write --to folder DIR"),
        (["ps1", "--to", "exchange", "--student", "bobb"], "is it 'bob'"),
    ):
        with pytest.raises(ClassroomError, match=said):
            feedback.main(words)
    shutil.rmtree("out")


def test_a_comment_in_canvas(course, capsys, monkeypatch):
    """With the page as a file, at the last attempt, once, whatever the server does; the token goes nowhere else."""
    stand_in = StandIn({"11": 3, "12": 1})
    slept: list[float] = []
    monkeypatch.setattr(canvas_api, "time", SimpleNamespace(sleep=slept.append))
    monkeypatch.delenv("CANVAS_TOKEN", raising=False)
    with stand_in.serving() as url:
        to = ("--to", "canvas", url, "--even-unmarked")
        with pytest.raises(ClassroomError, match="Canvas needs a token"):
            feedback.main(["ps1", *to])
        for wrong, said in (
            ("http://canvas.example.edu/courses/7/assignments/42", "write https"),
            (f"{url}/x", "no address"),
        ):
            monkeypatch.setenv("CANVAS_TOKEN", TOKEN)
            with pytest.raises(ClassroomError, match=said):
                feedback.main(["ps1", "--to", "canvas", wrong])
        monkeypatch.setenv("CANVAS_TOKEN", "wrong")
        with pytest.raises(ClassroomError, match="refuses the token in CANVAS_TOKEN"):
            feedback.main(["ps1", *to, "--send"])
        capsys.readouterr()
        monkeypatch.setenv("CANVAS_TOKEN", TOKEN)
        assert "cat  cannot go: has no number in Canvas" in run(capsys, *to, status=3)
        assert not stand_in.uploads
        stand_in.trouble = [
            (429, {"Retry-After": "7"}, b"slow down"),
            (403, {}, b"403 Forbidden (Rate Limit Exceeded)"),
            (500, {}, b"oops"),
        ]
        stand_in.lose_the_next_answer = True  # ann's comment arrives, and nobody is told
        said = run(capsys, *to, "--send", status=3)
        assert slept[:3] == [7.0, 2.0, 4.0] and len(slept) == 4
        assert "dan  could not go: Canvas answers 404 to GET" in said and "Sent to 2 learners." in said
        [(text, attempt, files)] = stand_in.comments["11"]
        assert text.startswith("Feedback on ps1 (page ") and attempt == "3"
        assert [name for name, _ in files] == ["numbers.html", "words.html"] and b"say which two" in files[1][1]
        assert len(stand_in.comments["12"]) == 1
        # A run that did not live to write down what it did finds the comment there.
        (course.root / alone.FOLDER / "sent.db").unlink()
        run(capsys, *to, "--send", status=3)
        assert {user: len(of) for user, of in stand_in.comments.items()} == {"11": 1, "12": 1}
        stand_in.trouble = [(429, {}, b"slow down")] * 20
        course.mark({("bob", "words", "why"): (2.0, None, "Better.")})
        said = run(capsys, *to, "--send", "--student", "bob", status=3)
        assert "bob  could not go: Canvas's limit of requests was reached" in said
    assert TOKEN not in said and all(not key for _, path, key in stand_in.asked if path.startswith("/elsewhere"))
