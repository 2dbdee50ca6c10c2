"""The top of a feedback page: what a learner reads in a minute. What to do first, what passed, what a person wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from proctor.cells import carried, is_test

from .outline import Exercise, Heading

MOST = 3  # sentences of one exercise that are not folded


@dataclass
class Told:
    """What failing tests of one exercise say in the same words.

    Attributes
    ----------
    headline : tuple of str
        The sentence that names the mistake, or two of which one is likely; else what came out.
    tests : list
        The cells, each with its message.
    lost : float
        The points that they cost.
    figures : list
        Outputs to show beside it.
    """

    headline: tuple
    tests: list = field(default_factory=list)
    lost: float = 0.0
    figures: list = field(default_factory=list)

    @property
    def cases(self) -> list:
        """(test, what was called and what came out) of each."""
        return [(test, case_of(test.metadata["proctor"])) for test in self.tests]

    @property
    def caption(self) -> str:
        """What stands below the figure."""
        return next((c for test in self.tests if (c := test.metadata["proctor"].get("caption"))), "")


@dataclass
class Part:
    """One exercise on the top of the page.

    Attributes
    ----------
    told : list of Told
        What its failing tests say, in their order; empty if nothing is lost by its own fault.
    again : list of (str, str)
        What to read again: words, and an anchor or "".
    leans_on : list of (str, Heading)
        Earlier wrong answers that it uses, where nobody knows whether they are the cause.
    forward : float
        Points in it that were carried forward.
    because_of : list of str
        The names of the earlier answers because of which they were.
    followers : list of Part
        Exercises that have points carried forward because of this one.
    alone : bool
        Whether it uses a wrong earlier answer, and was tried with a right one, and still fails.
    """

    exercise: Exercise
    title: str
    anchor: str
    told: list = field(default_factory=list)
    again: list = field(default_factory=list)
    leans_on: list = field(default_factory=list)
    forward: float = 0.0
    because_of: list = field(default_factory=list)
    followers: list = field(default_factory=list)
    alone: bool = False

    @property
    def lost(self) -> float:
        """The points that its failing tests cost."""
        return sum(one.lost for one in self.told)

    @property
    def points(self) -> float:
        """Of its tests alone; what a person grades stands elsewhere."""
        return sum(_number(test, "points") for test in self.exercise.tests)

    @property
    def score(self) -> float:
        """What its tests gave, points that were carried forward included."""
        return sum(_number(test, "score") for test in self.exercise.tests)


@dataclass
class Written:
    """An answer that a person grades."""

    title: str
    cell: Any


@dataclass
class Top:
    """The three lists of the page, and the points that were carried forward in all."""

    first: list
    rest: list
    written: list
    forward: float


def top(exercises: list) -> Top:
    """From the exercises of a notebook with scores, whose tests know what to read again."""
    parts = [_part(exercise) for exercise in exercises if exercise.tests]
    by_name = {name: part for part in parts for name in part.exercise.names}
    for part in parts:
        for cause in dict.fromkeys(by_name[name].title for name in part.because_of if name in by_name):
            next(one for one in parts if one.title == cause).followers.append(part)
    written = [
        Written(_title(exercise, cell), cell) for exercise in exercises for cell in exercise.cells if not is_test(cell)
    ]
    return Top(
        [part for part in parts if part.told],
        [part for part in parts if not part.told],
        written,
        sum(part.forward for part in parts),
    )


def _part(exercise: Exercise) -> Part:
    heading = exercise.heading or Heading(1, exercise.tests[0].metadata.nbgrader.grade_id, "")
    part = Part(exercise, heading.title, heading.anchor or exercise.tests[0].metadata.nbgrader.grade_id)
    again: dict = {}
    leans: dict = {}
    for test in exercise.tests:
        forward = carried(test)
        if forward is not None:
            part.forward += forward.points
            part.because_of += [name for name in forward.because_of if name not in part.because_of]
        lost = max(_number(test, "points") - _number(test, "score"), 0.0)
        if not lost or forward is not None:
            continue
        _tell(part, test, lost)
        again.update(dict.fromkeys(test.metadata.get("read_again", ())))
        if test.metadata["proctor"].get("alone"):
            part.alone = part.alone or bool(test.metadata.get("leans_on"))
        elif not test.metadata["proctor"].get("read_again"):
            leans.update(dict.fromkeys(test.metadata.get("leans_on", ())))
    part.again = list(again)
    part.leans_on = list(leans)
    return part


def _tell(part: Part, test, lost: float):
    headline = headline_of(test.metadata["proctor"])
    found = next((one for one in part.told if one.headline == headline), None)
    if found is None:
        found = Told(headline)
        part.told.append(found)
    found.tests.append(test)
    found.lost += lost
    if not any(one.figures for one in part.told):  # one for an exercise is enough; each test has its own below
        found.figures = [output for output in test.outputs if _is_figure(output)][:1]


def headline_of(result: dict) -> tuple:
    """What a test says first: what the course gave as its headline, or the first line of the message."""
    given = result.get("headline")
    if isinstance(given, list) and given and all(isinstance(line, str) for line in given):
        return tuple(given)
    lines = (result.get("message") or "This test did not pass.").splitlines()
    return (next((line for line in lines if line.strip()), "This test did not pass."),)


def case_of(result: dict) -> str:
    """What is left of a message once its headline is told: what was called, and what came out."""
    lines = (result.get("message") or "").splitlines()
    headline = headline_of(result)
    said = [
        number for number, line in enumerate(lines) if any(one == line or one.endswith(f": {line}") for one in headline)
    ]
    if said and said[0] and lines[said[0] - 1].endswith(":"):
        said.append(said[0] - 1)  # "Your answer behaves exactly like a known mistake:"
    return "\n".join(line for number, line in enumerate(lines) if number not in said)


def _is_figure(output) -> bool:
    return output.output_type == "display_data" and "text/html" in output.data


def _number(cell, what: str) -> float:
    return float(cell.metadata.nbgrader.get(what) or 0)


def _title(exercise: Exercise, cell) -> str:
    if exercise.heading and len(exercise.cells) == 1:
        return exercise.heading.title
    return cell.metadata.nbgrader.grade_id
