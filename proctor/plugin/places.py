"""An answer that stands where no test sees it: below its test, in a cell that is not code, or replaced by a stub."""

from __future__ import annotations

import ast
import re

from proctor.cells import NOT_PYTHON

from .mend import Mended, bound_names, without_magics
from .template import Cell, Template, checksum

MOST = 5  # sentences for one notebook


def misplaced(mended: Mended, template: Template, lost: set) -> list:
    """What to say of names that a test asks for and that the learner wrote elsewhere: (look, message) for each.

    Parameters
    ----------
    lost : set of str
        Grade ids of the tests that have not their full points.
    """
    given = "\n".join(cell.source for cell in template.cells if cell.cell_type != "code")
    made = [_bound(cell["source"]) if cell["cell_type"] == "code" else set() for cell in mended.cells]
    told: dict = {}
    for index, spec in enumerate(mended.specs):
        if spec is None or not spec.is_test or spec.grade_id not in lost:
            continue
        for name in sorted(_asked(spec.full_source)):
            if name not in told and (found := _of(name, index, spec, mended, made, given)):
                told[name] = found
    return list(told.values())[:MOST]


def _of(name: str, test: int, spec: Cell, mended: Mended, made: list, given: str) -> tuple | None:
    above = [index for index in range(test) if name in made[index]]
    if above:
        return _under_a_stub(name, above, mended)
    below = [index for index in range(test + 1, len(made)) if name in made[index] and _is_written(index, mended)]
    if below:
        where = below[0] + 1
        return (
            f"`{name}` stands in cell {where} of the graded notebook, below the test '{spec.grade_id}' that asks for "
            "it: a test sees what is above it.",
            f"Your `{name}` stands in cell {where} of your notebook, below the test '{spec.grade_id}' that asks for "
            "it. A test sees only what is above it: write it into the cell for that answer.",
        )
    written = re.compile(rf"^\s*(?:async\s+)?(?:def|class)\s+{re.escape(name)}\b|^{re.escape(name)}\s*=[^=]", re.M)
    if written.search(given):
        return None
    for index, cell in enumerate(mended.cells):
        if cell["cell_type"] != "code" and written.search(cell["source"]):
            return (
                f"`{name}` stands in cell {index + 1} of the graded notebook, which is not a code cell: it was not "
                "run.",
                f"Your `{name}` stands in cell {index + 1} of your notebook, which is not a code cell, so it was not "
                "run. Write it into the cell for that answer.",
            )
    return None


def _under_a_stub(name: str, above: list, mended: Mended) -> tuple | None:
    """The learner's own cell defines it, and the stub of the release defines it again below."""
    own = [index for index in above if mended.specs[index] is None]
    last = mended.specs[above[-1]]
    if not own or last is None or not last.solution:
        return None
    if checksum(mended.cells[above[-1]]["source"], last) != last.checksum:
        return None
    return (
        f"`{name}` of cell {own[-1] + 1} of the graded notebook was replaced by the answer cell '{last.grade_id}' "
        "below it, which is as it was released.",
        f"Your `{name}` in cell {own[-1] + 1} of your notebook was replaced by the cell '{last.grade_id}' below it, "
        "which you left as it was released. Write your answer into that cell.",
    )


def _is_written(index: int, mended: Mended) -> bool:
    """Whether a cell is for the learner to write."""
    spec = mended.specs[index]
    return spec is None or spec.solution


def _asked(source: str) -> set:
    """The names that a test reads."""
    tree = _parsed(source)
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _bound(source: str) -> set:
    """The names that a cell gives a value to at its top."""
    return bound_names(_parsed(source))


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(without_magics(source))
    except NOT_PYTHON:
        return ast.Module([], [])
