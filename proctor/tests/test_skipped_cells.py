"""Cells that only show something are not run, unless somebody needs them."""

import json

import pytest

from proctor.plugin import grading
from proctor.plugin.template import Cell, Template
from proctor.trusted import close

FIGURE = "scores = [1, 2, 3]\nprint('drawn')"
TEST = "assert total([1, 2]) == 3"
TEMPLATE = Template("sums", (
    Cell("a", "code", "def total(x):\n    raise NotImplementedError()", grade_id="total", solution=True),
    Cell("b", "code", FIGURE, tags=("figure",)),
    Cell("c", "code", "words = 'said'\nprint(words)", tags=("other",)),
    Cell("d", "code", TEST, full_source=TEST, grade_id="test_total", grade=True, locked=True, points=2.0),
), {"name": "python3"})
RIGHT = "def total(x):\n    return sum(x)"


@pytest.fixture(scope="module", autouse=True)
def one_house():
    yield
    close()


def graded(answer: str, figure: str = FIGURE, tags=("figure",)):
    """The points, and what the cells printed."""
    sources = [answer, figure, TEMPLATE.cells[2].source, TEST]
    cells = [{"cell_type": "code", "id": cell.id, "metadata": {"nbgrader": cell.metadata()} if cell.grade_id else {}, "source": source}
             for cell, source in zip(TEMPLATE.cells, sources)]
    found, _ = grading._grade_notebook(TEMPLATE, cells, {}, grading.Shared(templates=(TEMPLATE,), skip_tags=tags))
    printed = [output["text"] for cell in json.loads(found.text)["cells"] for output in cell["outputs"] if output["output_type"] == "stream"]
    return found.scores["test_total"][0], "".join(printed)


def test_a_cell_that_only_shows_something_is_not_run():
    assert graded(RIGHT) == (2.0, "said\n")


def test_without_such_tags_every_cell_is_run():
    assert graded(RIGHT, tags=()) == (2.0, "drawn\nsaid\n")


def test_what_the_learner_changed_is_run():
    assert graded(RIGHT, figure=FIGURE + "\n") == (2.0, "drawn\nsaid\n")


@pytest.mark.parametrize("answer", [
    "def total(x):\n    return sum(x) + 0 * len(scores)",
    "def total(x):\n    return sum(x)\n" + "def again():\n    return scores\n",
], ids=["needs a name of it", "names it and never asks"])
def test_a_learner_who_builds_on_it_loses_nothing(answer):
    points, printed = graded(answer)
    assert points == 2.0
    assert ("drawn" in printed) == ("len(scores)" in answer)
