"""Where things stand on a feedback page: under which heading a test is, what is bonus, and which earlier answer a
later one depends on.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from proctor.cells import NOT_PYTHON, is_answer, is_graded, is_test

if TYPE_CHECKING:
    from nbformat import NotebookNode

_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.+)")
LONGEST = 300  # characters of a heading


@dataclass(frozen=True)
class Heading:
    """A heading of the notebook; `anchor` is the id of its cell on the page."""

    level: int
    title: str
    anchor: str


@dataclass
class Exercise:
    """What stands under one heading: its graded cells, and the names that its answers define."""

    heading: Heading | None
    part: Heading | None = None
    bonus: bool = False
    cells: list = field(default_factory=list)
    names: set = field(default_factory=set)

    @property
    def tests(self) -> list:
        return [cell for cell in self.cells if is_test(cell)]

    @property
    def score(self) -> float:
        return sum(float(cell.metadata.nbgrader.get("score") or 0) for cell in self.cells)

    @property
    def points(self) -> float:
        return sum(float(cell.metadata.nbgrader.get("points") or 0) for cell in self.cells)

    @property
    def lost(self) -> float:
        """The points that tests did not give."""
        return sum(
            max(float(cell.metadata.nbgrader.get("points") or 0) - float(cell.metadata.nbgrader.get("score") or 0), 0)
            for cell in self.tests
        )


def anchor(index: int) -> str:
    """The id of the cell with this index."""
    return f"part-{index}"


def outline(nb: NotebookNode, code: bool = True) -> list:
    """The exercises of a notebook with scores, in order.

    A graded cell belongs to the last heading above it. It is bonus if that heading, or one that it stands under, begins
    with "Bonus".
    Each cell learns its `anchor` and the `level` that a heading in it has; each test learns what it leans on:
    `cell.metadata["leans_on"]` is a list of (name, Heading) of earlier exercises that
    the tested answer uses, directly or through other functions, and that did not pass all their tests; of a chain of
    such, the first.
    Without `code`, nothing that a learner wrote is read, and nothing leans on anything.
    """
    path: list = []
    exercises: list = []
    uses = {}
    for index, cell in enumerate(nb.cells):
        cell.metadata["anchor"] = anchor(index)
        if cell.cell_type == "markdown":
            for heading in headings(cell.source, anchor(index)):
                path = [one for one in path if one.level < heading.level] + [heading]
        elif code and cell.cell_type == "code" and not is_test(cell):
            uses.update(names_used(cell.source))
        cell.metadata["level"] = (
            min(path[-1].level + 2, 6) if path else 2
        )  # the page's own title is above the notebook's headings
        if not (is_graded(cell) or is_answer(cell)):
            continue
        here = path[-1] if path else None
        if not exercises or exercises[-1].heading != here:
            part = path[-2] if len(path) > 1 and path[-2].level > 1 else None
            exercises.append(Exercise(here, part, any(one.title.lower().startswith("bonus") for one in path)))
        if code and is_answer(cell) and cell.cell_type == "code":
            exercises[-1].names |= set(names_used(cell.source))
        if is_graded(cell):
            exercises[-1].cells.append(cell)
        if is_test(cell):
            cell.metadata["leans_on"] = _leans_on(exercises, uses)
    return exercises


def headings(source: str, anchor: str) -> list:
    """The headings in Markdown, except those in a block of code."""
    found, fenced = [], False
    for line in source.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        match = None if fenced else _HEADING.match(line[:LONGEST])
        words = match[2].rstrip().rstrip("#").rstrip() if match else ""
        if match and words:
            found.append(Heading(len(match[1]), title(words), anchor))
    return found


def title(words: str) -> str:
    """A heading without marks, and without what follows a long dash: "Exercise 2. `sigmoid` — medium" is "Exercise
    2. sigmoid".
    """
    return re.sub(r"[`*]", "", re.split(r"\s+[—–]\s+", words)[0]).strip()


def names_used(source: str) -> dict:
    """{name that a cell defines: names that stand in its definition}."""
    try:
        body = ast.parse(source).body
    except NOT_PYTHON:
        return {}
    found = {}
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            defined = {node.name}
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            defined = {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
        else:
            continue
        used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} - defined
        for name in defined:
            found[name] = used
    return found


def _leans_on(exercises: list, uses: dict) -> list:
    own = exercises[-1].names
    reached = _reached(own, uses)
    found = [
        (name, earlier.heading)
        for earlier in exercises[:-1]
        if earlier.heading and (used := earlier.names & reached - own) and earlier.lost > 0
        for name in sorted(used)
    ]
    names = {name for name, _ in found}
    first = [
        (name, heading) for name, heading in found if not names & _reached({name}, uses) - {name}
    ]  # where a chain of mistakes begins
    return first or found


def _reached(names: set, uses: dict) -> set:
    """These names, and all that their definitions use."""
    reached, new = set(), set(names)
    while new:
        reached |= new
        new = {name for known in new for name in uses.get(known, ())} - reached
    return reached
