"""Cells that only show something are not run, unless somebody needs them."""

import json

import nbformat
import pytest

from proctor.plugin import grading
from proctor.plugin.salvage import Notebook
from proctor.plugin.template import Cell, Template
from proctor.tests.plugin_course import Course
from proctor.trusted import close

FIGURE = "scores = [1, 2, 3]\nprint('drawn')"
TEST = "assert total([1, 2]) == 3"
TEMPLATE = Template(
    "sums",
    (
        Cell("a", "code", "def total(x):\n    raise NotImplementedError()", grade_id="total", solution=True),
        Cell("b", "code", FIGURE, tags=("figure",)),
        Cell("c", "code", "words = 'said'\nprint(words)", tags=("other",)),
        Cell("d", "code", TEST, full_source=TEST, grade_id="test_total", grade=True, locked=True, points=2.0),
    ),
    {"name": "python3"},
)
RIGHT = "def total(x):\n    return sum(x)"


@pytest.fixture(scope="module", autouse=True)
def one_house():
    yield
    close()


def graded(answer: str, figure: str = FIGURE, tags=("figure",), files=None, at_home=()):
    """The points, and what the cells printed."""
    sources = [answer, figure, TEMPLATE.cells[2].source, TEST]
    cells = [
        {
            "cell_type": "code",
            "id": cell.id,
            "metadata": {"nbgrader": cell.metadata()} if cell.grade_id else {},
            "source": source,
        }
        for cell, source in zip(TEMPLATE.cells, sources)
    ]
    found, _ = grading._grade_notebook(
        TEMPLATE, Notebook(cells), files or {}, grading.Shared(templates=(TEMPLATE,), skip_tags=tags, at_home=at_home)
    )
    printed = [
        output["text"]
        for cell in json.loads(found.text)["cells"]
        for output in cell["outputs"]
        if output["output_type"] == "stream"
    ]
    return found.scores["test_total"][0], "".join(printed)


def test_a_cell_that_only_shows_something_is_not_run():
    assert graded(RIGHT) == (2.0, "said\n")


def test_without_such_tags_every_cell_is_run():
    assert graded(RIGHT, tags=()) == (2.0, "drawn\nsaid\n")


def test_what_the_learner_changed_is_run():
    assert graded(RIGHT, figure=FIGURE + "\n") == (2.0, "drawn\nsaid\n")


@pytest.mark.parametrize(
    "line",
    [
        "return sum(x) + 0 * len(scores)",
        "return sum(x) + 0 * len(globals()['sco' + 'res'])",
        "return eval('sum(x) + 0 * len(scores)')",
        "import __main__; return sum(x) + 0 * len(__main__.scores)",
        "return sum(x) + 0 * len([s for s in (1, 2) if scores])",
        "return sum(x) if scores else 0",
        "return sum(x) + len(f'{scores}') * 0",
        "global scores; scores += [4]; return sum(x)",
        "\n        return sum(x) + 0 * SPARE.get('y', len(scores))\n    except KeyError: pass",
    ],
)
def test_a_learner_who_builds_on_it_loses_nothing(line):
    line = line if not line.startswith("\n") else "try:" + line
    assert graded("SPARE = {}\ndef total(x):\n    " + line) == (2.0, "drawn\nsaid\n")


@pytest.mark.parametrize(
    "answer",
    [
        # a value of its own if the name is missing
        "try:\n    scores\nexcept NameError:\n    scores = None\nscores = scores or [0]",
        "scores = [0]\ndef other():\n    return scores",  # the cell gives it another value
        "scores = [0]\ndel scores",
    ],
    ids=["has a substitute", "gives it a value first", "takes it away"],
)
def test_a_name_with_another_value_is_no_error_but_is_seen(answer):
    """Only a name that is given a value and asked for at once has no need of the other cell."""
    assert ("drawn" in graded(RIGHT + "\n" + answer)[1]) == ("del" not in answer)


def test_nobody_has_two_tries():
    """A notebook runs once, whatever it says is missing: answers made of luck would have two tries, and twice the
    time.
    """
    tries = "import time\nprint('try')\ndef total(x):\n    raise NameError(\"name 'sc\" + \"ores' is not defined\")"
    points, printed = graded(tries)
    assert points == 0 and printed == "try\nsaid\n"


def test_a_helper_file_of_the_learners_that_looks_into_the_notebook():
    helper = {"mine.py": b"import __main__\ndef length():\n    return len(__main__.scores)"}
    answer = "import mine\ndef total(x):\n    return sum(x) + 0 * mine.length()"
    assert graded(answer, files=helper) == (2.0, "drawn\nsaid\n")


def test_a_file_of_the_course_that_learners_have_at_home_needs_no_figure():
    home = {"practice.py": b"import __main__\ndef length():\n    return len(__main__.scores)"}
    assert graded(RIGHT, files=home, at_home=("practice.py",)) == (2.0, "said\n")
    answer = "import practice\ndef total(x):\n    return sum(x) + 0 * practice.length()"
    assert graded(answer, files=home, at_home=("practice.py",)) == (2.0, "drawn\nsaid\n")


def test_figures_of_the_learners_own_cells_are_drawn_for_the_grader(tmp_path):
    """Below a task and anywhere of their own; what was given and earns nothing is not."""
    course = Course(tmp_path)
    course.config.Proctor.figures = "graded"
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.title('mine'); plt.show()"
    made = course.answered("words", why="See below.")
    made["cells"] += [nbformat.v4.new_code_cell(plot)]
    made["cells"].insert(1, nbformat.v4.new_code_cell(plot))
    course.submit("ann", words=made)
    course.autograde()
    outputs = [str(one["outputs"]) for one in course.graded("ann", "words")["cells"] if one["source"] == plot]
    assert len(outputs) == 2 and all("image/png" in output for output in outputs)
