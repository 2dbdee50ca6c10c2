"""Points that were carried forward are told apart wherever points are shown."""

import json
from datetime import datetime
from types import SimpleNamespace

from classroom import rehearsal
from classroom.book import Mark
from classroom.exports.exercises import Exercises
from classroom.report import exercises, facts, notebooks
from proctor import cells
from tools import picture

TOLD = "This fails because of your `mean`; with a right one it passes."


def graded(tmp_path, learner="ann"):
    """A notebook of a learner whose `mean` is wrong: the two points of test_spread were carried forward."""
    made = [
        ("mean", {"solution": True, "grade": False}, {}),
        ("test_mean", {"grade": True, "points": 2}, {"passed": False, "points": 0.0, "message": "Got 9."}),
        ("spread", {"solution": True, "grade": False}, {}),
        (
            "test_spread",
            {"grade": True, "points": 2},
            {"passed": False, "points": 2.0, "message": TOLD, "carried": {"points": 2.0, "because_of": ["mean"]}},
        ),
    ]
    content = [
        {
            "cell_type": "code",
            "source": "",
            "outputs": [],
            "metadata": {"nbgrader": {"grade_id": name, **meta}, **({"proctor": proctor} if proctor else {})},
        }
        for name, meta, proctor in made
    ]
    folder = tmp_path / "autograded" / learner / "ps1"
    folder.mkdir(parents=True)
    (folder / "numbers.ipynb").write_text(json.dumps({"cells": content}))
    return content, folder


def test_they_are_read_from_the_graded_notebook(tmp_path):
    content, _ = graded(tmp_path)
    assert notebooks.carried(content) == {"test_spread": cells.Carried(2.0, ("mean",))}
    assert cells.carried(content[1]) is None
    assert cells.carried({"metadata": {"proctor": {"carried": "yes"}}}) is None


def test_a_regrade_says_so(tmp_path):
    _, folder = graded(tmp_path)
    found = rehearsal._graded_cells(folder)
    assert found["numbers", "test_spread"].message == f"{TOLD} Carried forward: 2 points."
    assert found["numbers", "test_mean"].message == "Got 9."


def test_the_report_counts_their_learners(tmp_path):
    content, _ = graded(tmp_path)
    marks = [
        Mark("ann", "ps1", "numbers", f"test_{name}", False, 2.0, points, None, 0.0, False)
        for name, points in (("mean", 0.0), ("spread", 2.0))
    ]
    read = [notebooks.Notebook("ann", "ps1", "numbers", {}, {}, notebooks.carried(content))]
    known = facts.Facts("", datetime(2026, 1, 1), {}, {"ps1": None}, marks, [], read)
    known.outlines["ps1", "numbers"] = dict(cells.exercises(content))
    assert exercises._carried(known, "ps1") == {"spread": {"ann"}}


def test_the_export_has_them_in_a_column_of_their_own(tmp_path):
    graded(tmp_path)
    course = SimpleNamespace(
        autograded_directory="autograded",
        format_path=lambda step, learner, assignment: str(tmp_path / step / learner / assignment),
    )
    found = Exercises._carried(SimpleNamespace(parent=SimpleNamespace(coursedir=course)), "ann", "ps1")
    assert found == {("numbers", "test_spread"): 2.0}


def test_the_picture_says_how_many(tmp_path):
    graded(tmp_path)
    assert picture.carried(tmp_path / "autograded") == 2.0
    words = picture.in_words({("ann", "ps1"): (2.0, 4.0, False, False)}, [], 2.0)
    assert "2 points of these carried forward" in words
