"""Tests have changed: the preview writes nothing, applying changes exactly what was shown, and what people gave
stays.
"""

import contextlib
import csv
import json
import shutil
import sqlite3

import pytest
import small_class
from small_class import BY_HAND, CHANGED, FIRST, SECOND, graded_class

from classroom import byhand, regrade
from classroom.errors import ClassroomError


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    return graded_class(tmp_path_factory.mktemp("class") / "class")


@pytest.fixture
def klass(graded, tmp_path, monkeypatch):
    """A copy of the graded class, whose hidden tests have changed; the working folder is there."""
    made = small_class.copy_of(graded, tmp_path / "class")
    made.tests(CHANGED)
    monkeypatch.chdir(made.root)
    return made


def files(root):
    """All files of a class but those of the regrade itself."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not {"regrades", "__pycache__", "config"} & set(path.relative_to(root).parts)
    }


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_preview_says_who_and_why_and_writes_nothing(klass, capsys):
    """bob loses 2 (but a grader gave 1.5, which counts), cat gains 3, ann and dan stay; no file of the class
    changes.
    """
    assert klass.points() == FIRST
    before = files(klass.root)
    assert regrade.main(["ps1"]) == 0
    assert files(klass.root) == before
    text = capsys.readouterr().out
    assert "4 submissions graded again" in text
    assert "bob  test_double  2 -> 0 of 2   (a grader gave 1.5, which counts)" in text
    assert "before: passed" in text and "now:    Twice -3 is -6: try negative numbers." in text
    assert "1 gain, 0 lose, 3 keep their points. In total: 24.5 -> 27.5 (+3)." in text
    assert "gain: cat 7 -> 10" in text
    assert "bob, test_double: the tests give 0 now, a grader gave 1.5, which counts" in text
    assert "Nothing was written to the class." in text and "classroom regrade ps1 --apply" in text
    rows = table("regrades/preview-ps1.csv")
    assert [
        (row["learner"], row["test"], row["old_points"], row["new_points"], row["of"], row["by_hand"]) for row in rows
    ] == [("bob", "test_double", "2", "0", "2", "1.5"), ("cat", "test_halve", "0", "3", "3", "")]
    assert rows[1]["before"] == "'=half of 4 is 2.0, with a point", "a spreadsheet must not take it for a formula"
    assert {row["state"] for row in rows} == {"preview"}
    assert (
        "| cat | test_halve | 0 → 3 of 3 | =half of 4 is 2.0, with a point | passed |"
        in open("regrades/preview-ps1.md", encoding="utf-8").read()
    )


def test_applying_changes_what_was_shown_and_keeps_what_people_gave(klass, capsys):
    """Points as tested now; marks, extra credit and comments as before; only bob's test waits for a look; log and
    old gradebook are kept.
    """
    old = klass.rows()
    waiting = klass.waiting()
    text = klass.ran("classroom", "regrade", "ps1", "--apply")
    assert klass.points() == SECOND
    assert klass.by_hand() == BY_HAND
    assert klass.waiting() == waiting | {("bob", "test_double")}, (
        "written answers are the same: nobody has to mark them again"
    )
    assert "Regraded 2 submissions of ps1. 6 cells with points, extra credit or comments by hand: all kept." in text
    assert (
        "nbgrader generate_feedback ps1 --force --student bob" in text
        and "--student cat" in text
        and "--student ann" not in text
    )
    (log,) = klass.root.glob("regrades/2*-ps1.csv")
    assert [
        (row["learner"], row["new_points"], row["total_before"], row["total_after"], row["state"]) for row in table(log)
    ] == [("bob", "0", "5.5", "5.5", "done"), ("cat", "3", "7", "10", "done")]
    assert "put back" not in log.with_suffix(".md").read_text()
    (kept,) = klass.root.glob("gradebook-before-regrade-*.db")
    shutil.copy(kept, klass.root / "gradebook.db")
    assert klass.rows() == old
    # the old gradebook beside newly graded notebooks: the points are found again
    assert regrade.main(["ps1", "--apply"]) == 0
    assert klass.points() == SECOND
    assert regrade.main(["ps1", "--apply"]) == 0
    assert capsys.readouterr().out.endswith("Nothing to regrade.\n")
    assert len(list(klass.root.glob("gradebook-before-regrade-*.db"))) == 2


def test_only_one_learner_with_feedback(klass, capsys):
    """--student regrades nobody else, --feedback makes the page."""
    assert regrade.main(["ps1", "--apply", "--student", "c*", "--feedback"]) == 0
    text = capsys.readouterr().out
    assert klass.points() == {**FIRST, "cat": SECOND["cat"]}
    assert "Feedback was made again for 1 learner." in text
    assert [path.parts[-3] for path in sorted(klass.root.glob("feedback/*/ps1/numbers.html"))] == ["cat"]
    assert klass.by_hand() == BY_HAND


def test_other_points(klass, capsys):
    """Points changed in source/: refused until generate_assignment has run; then the sums are those of the new
    points.
    """
    klass.tests(small_class.TESTS)
    path = klass.root / "source" / "ps1" / "numbers.ipynb"
    notebook = json.loads(path.read_text())
    changed = next(
        cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == "test_double"
    )
    changed["metadata"]["nbgrader"]["points"] = 1
    path.write_text(json.dumps(notebook))
    with pytest.raises(
        ClassroomError, match=r"source/ps1 has changed since .*test_double.*generate_assignment ps1 --force"
    ):
        regrade.main(["ps1"])
    klass.ran("nbgrader", "generate_assignment", "ps1", "--force")
    assert regrade.main(["ps1", "--apply"]) == 0
    text = capsys.readouterr().out
    assert "bob, test_double: the tests give 1 now, a grader gave 1.5, which counts" in text
    assert klass.points() == {"ann": (1, 3), "bob": (1, 3), "cat": (1, 0), "dan": (0, 0)}
    assert klass.by_hand() == BY_HAND


def test_a_release_by_hand_is_out_of_step(klass):
    """release/ is compared byte by byte, and a removed cell is told as such."""
    path = klass.root / "release" / "ps1" / "helper.py"
    path.write_text("FACTOR = 3\n")
    with pytest.raises(ClassroomError, match=r"release/ps1 is not what source/ makes \(helper.py\)"):
        regrade.main(["ps1"])
    path = klass.root / "source" / "ps1" / "numbers.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"] = [
        cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") != "test_double"
    ]
    path.write_text(json.dumps(notebook))
    with pytest.raises(ClassroomError, match="a graded cell was added, removed or renamed"):
        regrade.main(["ps1"])


def test_what_is_refused(klass, capsys):
    """Unknown names, a submission that is gone, a held gradebook, a second regrade: one line each, and nothing is
    written.
    """
    before = klass.rows()
    with pytest.raises(ClassroomError, match="has no assignment 'ps2'; is it 'ps1'"):
        regrade.main(["ps2"])
    with pytest.raises(ClassroomError, match="Nobody is graded in ps1 whose id matches 'eve'"):
        regrade.main(["ps1", "--student", "eve"])
    with contextlib.closing(sqlite3.connect("gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ClassroomError, match="Another run .* holds the gradebook"):
            regrade.main(["ps1", "--apply"])
    with regrade.alone(klass.root), pytest.raises(ClassroomError, match="Another regrade is running"):
        regrade.main(["ps1", "--apply"])
    shutil.move("submitted/bob", "bob")
    with pytest.raises(ClassroomError, match="Graded, but no longer in submitted/: bob"):
        regrade.main(["ps1", "--apply"])
    assert klass.rows() == before
    assert regrade.main(["ps1", "--except", "bob,zoe"]) == 0
    text = capsys.readouterr().out
    assert "3 submissions graded again" in text and "classroom regrade ps1 --apply --except 'bob,zoe'" in text


def test_a_newer_submission_is_left_for_autograde(klass, capsys):
    """Its points would change for another reason than the tests; a replaced file without a time is told."""
    klass.submit("cat", timestamp="2035-01-01 12:00:00 UTC")
    with contextlib.closing(sqlite3.connect("gradebook.db")) as book:
        book.execute(
            "UPDATE submitted_assignment SET timestamp = '2026-01-01 00:00:00.000000' WHERE student_id = 'cat'"
        )
        book.commit()
    klass.hand_in("bob", double="def double(x):\n    return 0", why="Now I know.")
    klass.submit("eve", numbers=klass.released("numbers"))
    assert regrade.main(["ps1"]) == 0
    text = capsys.readouterr().out
    assert (
        "left out: cat has a newer submission than the graded one" in text
        and "left out: eve handed in, but not graded yet" in text
    )
    assert "the files in submitted/ are not those that were graded: bob" in text
    assert "bob, why: the answer is not the one that was graded; a grader gave 1" in text
    assert "3 submissions graded again" in text


HOOK = """
def forget(book={book}, **_):
    import sqlite3
    with sqlite3.connect(book) as book:
        book.execute("UPDATE grade SET manual_score = NULL, extra_credit = NULL")
        book.execute("UPDATE comment SET manual_comment = NULL")

c.Autograde.post_convert_hook = forget
"""


def test_a_hook_that_takes_marks_away_is_found_in_the_rehearsal(klass):
    """Nothing is written when grading again would change what a person gave."""
    config = klass.root / "nbgrader_config.py"
    config.write_text(
        config.read_text()
        + HOOK.format(book="next((a[15:] for a in sys.argv if a.startswith('--db=')), 'gradebook.db')")
    )
    with pytest.raises(ClassroomError, match="Grading again would change what a person gave .* Nothing was written"):
        regrade.main(["ps1", "--apply"])
    assert klass.by_hand() == BY_HAND and klass.points() == FIRST


def test_marks_that_vanish_while_applying_are_put_back(klass, capsys):
    """Something that writes only to the real gradebook takes everything; it comes back, and is told."""
    config = klass.root / "nbgrader_config.py"
    config.write_text(config.read_text() + HOOK.format(book='"gradebook.db"'))
    assert regrade.main(["ps1", "--apply"]) == regrade.NEEDS_A_LOOK
    text = capsys.readouterr().out
    assert klass.by_hand() == BY_HAND and klass.points() == SECOND
    assert (
        "ann, why: 3.5 points, 0.5 extra, 'Good; say which two.' by hand was gone after grading and has been put back."
        in text
    )


def test_marks_of_a_grader_who_works_meanwhile_are_kept():
    """What is gone is told from what somebody has changed."""
    before = {("ann", "n", "a"): byhand.ByHand(1.0, None, "so"), ("bob", "n", "a"): byhand.ByHand(2.0)}
    after = {("ann", "n", "a"): byhand.ByHand(1.5, 0.5), ("eve", "n", "a"): byhand.ByHand(3.0)}
    assert byhand.lost(before, after) == {
        ("ann", "n", "a"): byhand.ByHand(comment="so"),
        ("bob", "n", "a"): byhand.ByHand(2.0),
    }
    assert set(byhand.changed(before, after)) == {("ann", "n", "a"), ("eve", "n", "a")}
    assert str(byhand.ByHand(1.5, None, "so")) == "1.5 points, 'so'"
