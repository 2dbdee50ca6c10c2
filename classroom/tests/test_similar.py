"""Similar solutions: a copy with other names is found, answers that are right independently are not."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest

from classroom.errors import ClassroomError
from classroom.report import likeness, notebooks
from classroom.similar import of_folder
from course_tests import bank
from course_tests.notebooks import sources
from proctor.tests import forkserver
from tools.demo_class import MARKERS

ROOT = Path(__file__).resolve().parents[2]

STUB = "def train(X, y, lr, epochs):\n    raise NotImplementedError()\n"
EXPECTED = """def train(X, y, lr, epochs):
    w = np.zeros(X.shape[1])
    for epoch in range(epochs):
        w = w - lr * X.T @ (X @ w - y) / len(y)
    return w
"""
ORIGINAL = """def train(X, y, lr, epochs):
    # my way: </pre><script>alert(1)</script>
    weights, history = np.random.normal(size=X.shape[1]) * 0, []
    for turn in range(epochs):
        guess = sum(weights[k] * X[:, k] for k in range(len(weights)))
        wrong = guess - y
        history.append(float((wrong ** 2).mean()))
        for k in range(len(weights)):
            weights[k] -= lr * (wrong * X[:, k]).mean()
    if history and history[-1] > history[0]:
        print("it grows", history[-1] < 2)
    return weights
"""
NAMES = {"weights": "ww", "history": "losses", "guess": "p", "wrong": "e", "turn": "step_number", "k": "number"}
COPY = re.sub(r"\b(" + "|".join(NAMES) + r")\b", lambda name: NAMES[name.group()], ORIGINAL)
COPY = COPY.replace("# my way: </pre><script>alert(1)</script>", "\n    # I wrote this")
OTHERS = [
    """def train(X, y, lr, epochs):
    X = np.asarray(X, float)
    n, d = X.shape
    w = np.zeros(d)
    while epochs > 0:
        residual = X.dot(w) - y
        w -= (lr / n) * residual.dot(X)
        epochs -= 1
    return w
""",
    """def train(X, y, lr, epochs):
    def slope(w):
        return np.mean((X @ w - y)[:, None] * X, axis=0)
    w = np.zeros_like(X[0], dtype=float)
    for _ in range(epochs):
        w = w - lr * slope(w)
    return w
""",
    """def train(X, y, lr, epochs):
    state = [np.zeros(X.shape[1])]
    for k in range(epochs):
        old = state[-1]
        gradient = np.einsum('ij,i->j', X, X @ old - y) / y.size
        state.append(old - lr * gradient)
    return state[-1]
""",
]


def cell(code, grade_id="", solution=False):
    metadata = (
        {"nbgrader": {"grade_id": grade_id, "grade": False, "solution": solution, "locked": not solution}}
        if grade_id
        else {}
    )
    return {
        "cell_type": "code",
        "source": code.splitlines(keepends=True),
        "outputs": [],
        "execution_count": None,
        "metadata": metadata,
    }


def put(path, code):
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [
        cell("import numpy as np\n", "setup"),
        cell(code, "train", True),
        cell(ORIGINAL),
    ]  # an ungraded cell: nobody's solution
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


@pytest.fixture
def course(tmp_path):
    """Ten learners: two who share, four with the expected answer, one with nothing, three with answers of their own."""
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\nc.CourseDirectory.root = {str(tmp_path)!r}\n")
    wrote = {"anna": ORIGINAL, "bela": COPY, "nina": STUB, **{f"same{k}": EXPECTED for k in range(4)}}
    wrote.update({f"own{k}": code for k, code in enumerate(OTHERS)})
    for learner, code in wrote.items():
        put(tmp_path / "submitted" / learner / "ps1" / ("work (1).ipynb" if learner == "bela" else "work.ipynb"), code)
    for step, code in (("release", STUB), ("source", EXPECTED)):
        put(tmp_path / step / "ps1" / "work.ipynb", code)
        content = json.loads((tmp_path / step / "ps1" / "work.ipynb").read_text())
        content["cells"].pop()  # what the learners have there is not given
        (tmp_path / step / "ps1" / "work.ipynb").write_text(json.dumps(content))
    return tmp_path


def test_a_copy_with_other_names_is_found_and_nobody_else(course):
    compared, unreadable = of_folder(course, "ps1")
    assert (compared.learners, compared.cells, unreadable) == (10, 1, [])
    assert [(pair.first, pair.second) for pair in compared.pairs] == [("anna", "bela")]
    assert compared.pairs[0].cells[0].similarity > 0.9


def test_what_matches_is_marked_and_what_people_wrote_is_escaped(course):
    [pair] = of_folder(course, "ps1")[0].pairs
    first, second = pair.cells[0].first, pair.cells[0].second
    assert "<mark>" in first and "<mark>" in second
    assert "<script>" not in first and "&lt;script&gt;" in first
    for marked, code in ((first, ORIGINAL), (second, COPY)):
        assert marked.replace("<mark>", "").replace("</mark>", "").unescape() == code
    matched = "".join(part.split("</mark>")[0] for part in str(second).split("<mark>")[1:])
    assert "losses.append" in matched and "return ww" in matched


def test_what_does_not_count_is_not_marked():
    """The first lines were given; only the rest is the two learners' own."""
    given = (
        "def load(path):\n    rows = [line.split(',') for line in open(path)]\n    return np.array(rows[1:], "
        "dtype=float)\n"
    )
    [pair] = likeness.compare("ps1", {"a": {"c": given + ORIGINAL}, "b": {"c": given + COPY}}, [given]).pairs
    marked = str(pair.cells[0].first)
    assert "<mark>" not in marked[: marked.index("line in")] and "history.append" in "".join(
        re.findall("<mark>(.*?)</mark>", marked, re.DOTALL)
    )


def test_no_text_is_lost_or_doubled_where_marks_step_back():
    """copydetect's offsets do so after a class."""
    marked = likeness._marked("0123456789abcdef", np.array([[4, 2, 9], [8, 6, 99]]))
    assert str(marked) == "0123<mark>4567</mark>8<mark>9abcdef</mark>"


def test_what_most_of_the_class_has_is_nobodys_own(course):
    """Five of ten with the same long answer, and no instructor's notebook that would tell."""
    (course / "source" / "ps1" / "work.ipynb").unlink()
    for learner in ("same0", "same1", "same2", "same3", "nina"):
        put(course / "submitted" / learner / "ps1" / "work.ipynb", "".join(OTHERS).replace("def train", "def part") * 2)
    assert [(pair.first, pair.second) for pair in of_folder(course, "ps1")[0].pairs] == [("anna", "bela")]


def test_what_was_given_is_left_out(course):
    """The same code as in the release is nobody's."""
    put(course / "release" / "ps1" / "work.ipynb", ORIGINAL)
    assert of_folder(course, "ps1")[0].pairs == []


@pytest.mark.parametrize("topic", ["neuron", "losses", "descent"])
def test_right_answers_written_independently_are_not_alike(topic):
    """The course's own collection of right answers that differ: each learner has one of each exercise, the rest of
    the class the expected one.
    """
    notebook = next(notebook for notebook in sources() if notebook.topic == topic)
    right = {cell.grade_id: MARKERS.sub("", cell.source) for cell in notebook.exercises()}
    written = {f"learner{k:02}": {} for k in range(12)}
    for name, code in right.items():
        others = [entry.code for entry in bank.of(bank.ALTERNATIVES, topic, name)][:12]
        for k, learner in enumerate(written):
            written[learner][name] = others[k] if k < len(others) else code
    given = [each.source for each in notebook.cells if each.cell_type == "code"] + list(right.values())
    assert likeness.compare(topic, written, given).pairs == []


def test_the_command_prints_the_pairs_and_writes_them_side_by_side(course):
    (course / "submitted" / "own0" / "ps1" / "work.ipynb").write_text("{")
    done = forkserver.run(["-m", "classroom", "similar", "ps1"], course, {**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    assert (
        "1 pair to look at" in done.stdout and "anna  and  bela:  train" in done.stdout and "not proof" in done.stdout
    )
    assert "cannot be read" in done.stdout and "own0" in done.stdout
    text = (course / "report" / "similar_ps1.html").read_text()
    assert "<mark>" in text and "<script" not in text and "not proof" in text
    assert not (course / "gradebook.db").exists()  # a look makes no gradebook


def test_an_assignment_that_nobody_has_handed_in_is_one_clear_line(course):
    with pytest.raises(ClassroomError, match="Nobody has handed in ps7"):
        of_folder(course, "ps7")


def test_autograded_notebooks_come_first_because_they_were_mended(course):
    """Whoever is not autograded yet counts as submitted."""
    put(course / "autograded" / "anna" / "ps1" / "work.ipynb", OTHERS[0])
    compared, _ = of_folder(course, "ps1")
    assert compared.learners == 10
    assert ("anna", "bela") not in [(pair.first, pair.second) for pair in compared.pairs]


def test_a_learner_alone_is_compared_with_nobody():
    assert likeness.compare("ps1", {"a": {"c": ORIGINAL}}, []).pairs == []
    assert likeness.compare("ps1", {}, []).pairs == []


def test_solution_cells_are_those_that_nbgrader_calls_so():
    assert notebooks.solutions([cell("x = 1"), cell("y = 2", "given"), cell("z = 3", "mine", True)]) == {
        "mine": "z = 3"
    }
