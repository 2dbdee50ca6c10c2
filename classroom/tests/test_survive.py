"""Points, extra credit and comments that people gave outlive whatever happens to a submission. Regrades: see
test_regrade.py.
"""

import contextlib
import json
import os
import signal
import sqlite3
import time

import pytest
import small_class
from small_class import ANSWERS, BY_HAND, FIRST, graded_class

MARKED = {(learner, cell) for (learner, _, cell), (points, *_) in BY_HAND.items() if points is not None}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    return graded_class(tmp_path_factory.mktemp("class") / "class")


@pytest.fixture
def klass(graded, tmp_path):
    return small_class.copy_of(graded, tmp_path / "class")


def folders(klass):
    """Learner -> the graded folder's identity; a regraded one is another folder."""
    found = {}
    for path in klass.root.glob("autograded/*/ps1"):
        with contextlib.suppress(FileNotFoundError):  # it is being exchanged at this moment
            found[path.parent.name] = path.stat().st_ino
    return found


def test_a_grader_marks_while_everything_is_graded_again(klass):
    """autograde leaves what is graded alone; --force keeps every mark, also those that come while it runs, and asks
    to look again.
    """
    waiting = klass.waiting()
    klass.ran("nbgrader", "autograde", "ps1")
    assert klass.by_hand() == BY_HAND and klass.waiting() == waiting
    before = folders(klass)
    process = klass.run("nbgrader", "autograde", "ps1", "--force")
    number = 0
    while process.poll() is None:
        number += 1
        late = {("cat", "words", "why"): (number / 8, None, f"Seen {number} times")}
        klass.mark(late)
        time.sleep(0.05)
    assert process.returncode == 0, process.stdout.read()
    assert all(folders(klass)[learner] != before[learner] for learner in ANSWERS), "everybody was graded again"
    assert klass.by_hand() == {**BY_HAND, **late} and number > 1
    assert klass.points() == FIRST
    # as in stock nbgrader, a task does not wait again; and the answer that was marked in the meantime may have come
    # before or after its turn
    assert (waiting | MARKED) - klass.waiting() <= {("cat", "tree"), ("cat", "why")}


def test_autograde_that_is_killed(klass):
    """SIGKILL for the whole process group, as early as something is written and somewhat later; then the next run
    ends the work.
    """
    for regraded in (1, 2):
        before = folders(klass)
        process = klass.run("nbgrader", "autograde", "ps1", "--force", start_new_session=True)
        while (
            process.poll() is None
            and sum(folders(klass).get(learner) != before[learner] for learner in before) < regraded
        ):
            time.sleep(0.001)
        with contextlib.suppress(ProcessLookupError):  # it had ended just now
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        with sqlite3.connect(klass.root / "gradebook.db") as book:
            assert book.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert klass.by_hand() == BY_HAND
        klass.ran("nbgrader", "autograde", "ps1")
        assert set(folders(klass)) == set(ANSWERS)
        assert klass.by_hand() == BY_HAND and klass.points() == FIRST


def test_a_new_release_of_the_same_cells(klass):
    """generate_assignment --force with other words and other points, then everything graded again."""
    words = {"source": "### BEGIN SOLUTION\nBecause of it.\n### END SOLUTION"}
    for name, cell_name, change in (("words", "why", words), ("numbers", "test_halve", 6)):
        path = klass.root / "source" / "ps1" / f"{name}.ipynb"
        notebook = json.loads(path.read_text())
        cell = next(
            cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == cell_name
        )
        if isinstance(change, dict):
            cell.update(change)
        else:
            cell["metadata"]["nbgrader"]["points"] = change
        path.write_text(json.dumps(notebook))
    klass.ran("nbgrader", "generate_assignment", "ps1", "--force")
    assert klass.by_hand() == BY_HAND
    klass.ran("nbgrader", "autograde", "ps1", "--force")
    assert klass.by_hand() == BY_HAND
    assert klass.points() == {"ann": (2, 6), "bob": (2, 6), "cat": (2, 0), "dan": (0, 0)}


def test_a_newer_submission(klass):
    """Other answers, a file that no longer parses, a notebook that is gone: the marks stay, and a grader is asked to
    look again.
    """
    tree = {("ann", "words", "tree"): (4.0, None, "Its leaves are missing.")}
    klass.mark(tree)
    klass.hand_in("ann", why="I have thought again.")
    klass.hand_in("bob")
    klass.submit("bob", **{"words.ipynb": b'{"cells": [', "numbers.ipynb": b""})
    klass.hand_in("cat")
    (klass.root / "submitted" / "cat" / "ps1" / "words.ipynb").unlink()
    for learner in ("ann", "bob", "cat"):
        when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
        klass.submit(learner, timestamp=when)
    with sqlite3.connect(klass.root / "gradebook.db") as book:
        book.execute("UPDATE submitted_assignment SET timestamp = '2026-01-01 00:00:00.000000'")
    before = folders(klass)
    text = klass.ran("nbgrader", "autograde", "ps1")
    assert {learner for learner in before if folders(klass)[learner] != before[learner]} == {"ann", "bob", "cat"}
    assert klass.by_hand() == {**BY_HAND, **tree}
    assert klass.points() == {**FIRST, "bob": (0, 0)}
    waiting = klass.waiting()
    assert {("ann", "why"), ("ann", "program"), ("ann", "tree"), ("bob", "why"), ("bob", "test_double")} <= waiting
    assert ("dan", "why") not in waiting, "nothing new came from dan"
    # as in stock nbgrader, a mark for a notebook that is not there does not wait: there is nothing to open; the summary
    # says it
    assert "bob: 'words.ipynb'" in text and "cat: No notebook 'words.ipynb' was found in the submission." in text
