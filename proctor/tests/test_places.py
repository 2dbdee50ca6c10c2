"""An answer that stands where no test sees it is named, to the grader and to the learner."""

import copy

import pytest

from proctor.plugin.mend import mend
from proctor.plugin.places import misplaced
from proctor.plugin.template import Cell, Template, checksum

STUB = "def double(x):\n    raise NotImplementedError"
RIGHT = "def double(x):\n    return 2 * x"
ANSWER = Cell("b", "code", STUB, grade_id="double", solution=True)
ANSWER = Cell("b", "code", STUB, grade_id="double", solution=True, checksum=checksum(STUB, ANSWER))
TEST = "assert double(2) == 4"
TEMPLATE = Template(
    "numbers",
    (
        Cell("a", "markdown", "# Doubles"),
        ANSWER,
        Cell("c", "code", TEST, full_source=TEST, grade_id="test_double", grade=True, locked=True, points=1.0),
        Cell("d", "code", "", grade_id="halve", solution=True),
    ),
)


def handed_in(**answers):
    cells = [
        {
            "cell_type": one.cell_type,
            "id": one.id,
            "metadata": {"nbgrader": one.metadata()} if one.grade_id else {},
            "source": answers.get(one.grade_id or "heading", one.source),
        }
        for one in TEMPLATE.cells
    ]
    return copy.deepcopy(cells)


def own(source, kind="code"):
    return {"cell_type": kind, "id": "", "metadata": {}, "source": source}


def moved():
    cells = handed_in(double=RIGHT)
    return [cells[0], cells[2], cells[1], cells[3]]


BELOW, NO_CODE, STUBBED = "below the test 'test_double'", "is not a code cell", "as it was released"
ELSEWHERE = {
    "at the end": ([*handed_in(double="# see below"), own(RIGHT)], BELOW),
    "in the next answer": (handed_in(double="# see below", halve=RIGHT), BELOW),
    "moved below its test": (moved(), BELOW),
    "in a raw cell": ([own(RIGHT, "raw"), *handed_in(double="# see above")], NO_CODE),
    "in the heading": (handed_in(heading=f"# Doubles\n\n```\n{RIGHT}\n```", double="# see above"), NO_CODE),
    "above the stub": ([own("%time\nimport math\n" + RIGHT), *handed_in()], STUBBED),
    "as a lambda": ([*handed_in(double=""), own("double = lambda x: 2 * x")], BELOW),
    "as an import": ([*handed_in(double=""), own("from mine import double")], BELOW),
}


@pytest.mark.parametrize("where", ELSEWHERE)
def test_an_answer_that_no_test_sees_is_named(where):
    cells, why = ELSEWHERE[where]
    said = misplaced(mend(cells, TEMPLATE), TEMPLATE, {"test_double"})
    assert len(said) == 1 and said[0][0].startswith("`double`") and said[0][1].startswith("Your `double`")
    assert why in said[0][0].replace("which is as", "as")


@pytest.mark.parametrize(
    "cells",
    [
        handed_in(),
        handed_in(double=RIGHT.replace("2", "3")),
        [*handed_in(double=RIGHT), own(RIGHT)],
        [own(RIGHT), *handed_in(double=RIGHT)],
        [*handed_in(double="")[:2], own(RIGHT), *handed_in()[2:]],
        [*handed_in(double=""), own("print('double = 2')", "markdown")],
        [*handed_in(double="def (:"), own("not Python", "raw")],
    ],
)
def test_what_a_test_sees_is_not_elsewhere(cells):
    """A wrong or missing answer is no misplaced one."""
    assert misplaced(mend(cells, TEMPLATE), TEMPLATE, {"test_double"}) == []
