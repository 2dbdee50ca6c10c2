"""Untidy notebooks of honest learners: every point that was earned is given, in the small course and in real
assignments.
"""

import json
import re
import shutil

import pytest
from nbgrader.converters import GenerateAssignment

from proctor.tests import arena
from proctor.tests.arena import HOME, Arena, code_cell, expected
from proctor.tests.honest import HONEST

LIMITS = {**arena.LIMITS, "cell_seconds": 4.0, "call_seconds": 3.0, "notebook_seconds": 90.0, "memory": 2 * 1024**3}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The small course, graded."""
    patch = pytest.MonkeyPatch()
    patch.setattr(arena, "LIMITS", LIMITS)
    place = Arena(tmp_path_factory.mktemp("honest"))
    patch.undo()
    for name, one in HONEST.items():
        place.submit(name, one)
    place.status, place.said = place.nbgrader("autograde", "ps1", "--create")
    place.found = place.points()
    return place


def test_there_are_enough():
    assert len(HONEST) >= 30


@pytest.mark.parametrize("name", HONEST)
def test_every_point_that_was_earned(small, name):
    """As if the notebook were tidy."""
    assert small.found[name] == expected(HONEST[name]), (small.messages(name), small.said[-500:])


def test_messages_are_clear_and_true(small):
    """What is wrong is said in the learner's words, and where nothing is wrong nothing is said."""
    for name, one in HONEST.items():
        assert {test for test, text in small.messages(name).items() if text} == set(one.lost)
    assert "took more than 3 seconds of computing time" in small.messages("one_that_hangs")["test_mean_of"]
    assert "stopped its own process" in small.messages("one_that_dies")["test_mean_of"]
    assert (
        "AttributeError" in small.messages("one_missing")["test_layer"]
        or "TypeError" in small.messages("one_missing")["test_layer"]
    )
    assert small.messages("one_wrong")["test_scale"] == "This line did not hold: assert np.allclose(scale(x, 1.), x)"


def test_only_what_needs_a_look_is_reported(small):
    """An untidy notebook alone is no reason to call a grader."""
    looked_at = set(re.findall(r"WARNING\] (\w+): ", small.said)) - {"ps1"}
    expected = {
        "an_answer_pasted_twice",
        "stopped_loop",
        "one_that_hangs",
        "one_that_dies",
        "old_format",
        "other_editor",
        "magics",
        "test_edited",  # wrote into a locked cell: what was added ran as a cell of its own
        "changes_folder",  # the given `import checks` no longer finds the file beside the notebook: it was left out
        "asks_for_input",  # nobody answers: the line was left out
    }
    assert looked_at <= expected, looked_at


# ---- real assignments

ASSIGNMENTS = ("01_pixels", "02_neuron", "03_activations")


def tidy(nb):
    return nb


def scratch_everywhere(nb):
    """Errors, prints and names of all kinds between the cells."""
    between = [
        "1 / 0",
        "print('here')",
        "x = X = w = b = z = a = 'mine'",
        "input('?')",
        "def f(:",
        "%matplotlib inline",
        "list = id = 0",
    ]
    return {
        **nb,
        "cells": [c for n, one in enumerate(nb["cells"]) for c in (one, code_cell(between[n % len(between)]))]
        + [code_cell("exit()")],
    }


def settings_left(nb):
    """Seeds, error states, filters and backends changed at the top."""
    top = (
        "import numpy as np, warnings, os, random\nnp.random.seed(1); random.seed(1); np.seterr(all='raise'); "
        "warnings.simplefilter('error')\nos.makedirs('sub', exist_ok=True)\nnp.set_printoptions(1)"
    )
    return {**nb, "cells": [code_cell(top), *nb["cells"]]}


def noisy_answers(nb):
    """Each answer prints, warns and draws at the top of its cell."""
    noise = (
        "import warnings, logging, sys\nprint('start', file=sys.stderr); warnings.warn('careful'); "
        "logging.warning('seen')\n"
    )
    return {
        **nb,
        "cells": [
            {**c, "source": noise + c["source"]}
            if c["metadata"].get("nbgrader", {}).get("solution") and c["cell_type"] == "code"
            else c
            for c in nb["cells"]
        ],
    }


CLUMSY = {one.__name__: one for one in (tidy, scratch_everywhere, settings_left, noisy_answers)}


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """The first assignments of the course of which this engine is a part, graded for the same clumsy learners."""
    if not (HOME / "source").is_dir() or not (HOME / "course_tests").is_dir():
        pytest.skip("proctor is here without its course")
    place = Arena(tmp_path_factory.mktemp("real"))
    root = place.course.root
    shutil.copytree(HOME / "course_tests", root / "course_tests", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "nbgrader_config.py").write_text(
        (root / "nbgrader_config.py").read_text().replace(repr(arena.LIMITS), repr(LIMITS))
    )
    found = {}
    for name in ASSIGNMENTS:
        shutil.copytree(HOME / "source" / name, root / "source" / name)
        earlier = HOME / "release" / name / "earlier.py"  # made when a release is
        if earlier.exists():
            shutil.copy(earlier, root / "source" / name)
        config = place.course.config.copy()
        config.CourseDirectory.assignment_id = name
        coursedir = type(place.course.coursedir())(config=config)
        GenerateAssignment(coursedir=coursedir, config=config).start()
        for learner, change in CLUMSY.items():
            folder = root / "submitted" / learner / name
            shutil.copytree(root / "source" / name, folder)
            for path in folder.glob("*.ipynb"):
                nb = json.loads(path.read_text())
                for one in nb["cells"]:
                    one["source"] = "".join(one["source"])
                path.write_text(json.dumps(change(nb)))
        status, said = place.nbgrader("autograde", name, "--create")
        for learner in CLUMSY:
            for path in (root / "autograded" / learner / name).glob("*.ipynb"):
                cells = json.loads(path.read_text())["cells"]
                found[name, learner] = {
                    c["metadata"]["nbgrader"]["grade_id"]: (
                        c["metadata"]["proctor"],
                        c["metadata"]["nbgrader"]["points"],
                    )
                    for c in cells
                    if "proctor" in c["metadata"]
                }
        found[name, "said"] = said
    return found


@pytest.mark.parametrize("learner", CLUMSY)
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_real_assignments_give_full_marks(real, name, learner):
    """The instructor's own answers in a clumsy notebook."""
    results = real[name, learner]
    assert len(results) > 10
    lost = {test: result["message"] for test, (result, points) in results.items() if result["points"] != points}
    assert not lost, lost
