"""One row for each learner and exercise, for statistics of one's own."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from traitlets import Bool, Enum

from classroom import book
from classroom.exports import sheet
from classroom.exports.base import GradeExport
from classroom.words import amount
from proctor.cells import carried as carried_in
from proctor.cells import exercises as exercises_of
from proctor.cells import grade_id_of

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory


class Exercise(NamedTuple):
    """A learner's answer with the cells that give points for it."""

    assignment: str
    notebook: str
    name: str
    cells: tuple

    @property
    def maximum(self) -> float:
        """Points of all its cells."""
        return sum(cell.maximum for cell in self.cells)


class Exercises(GradeExport):
    """A CSV with a row for every learner, assignment and exercise, or (`wide`) a row for every learner and a column for
    every exercise.

    An exercise is an answer with the tests that follow it; a written answer is one by itself. The order comes from the
    released notebooks;
    where they are not at hand, every graded cell counts as an exercise, as with ``by = "cell"``. Late penalties belong
    to a submission,
    not to an exercise: they are not subtracted here. `carried` are points of the score that were carried forward: the
    test fails, but only because of an earlier answer.
    """

    wide = Bool(False, help="One row for each learner, one column for each exercise.").tag(config=True)
    by = Enum(
        ["exercise", "cell"], "exercise", help="What a row is about: an answer with its tests, or every graded cell."
    ).tag(config=True)

    default_to = "exercises.csv"

    def write(self, gradebook: Gradebook, to: Path) -> None:
        """Write the CSV."""
        grades, connection = self.grades(gradebook), gradebook.db.connection()
        exercises = [
            exercise
            for exercise in all_exercises(self.parent.coursedir, grades.cells, self.by)
            if exercise.assignment in grades.maximum
        ]
        marks: dict = {}
        for mark in book.marks(connection):
            marks.setdefault((mark.learner, mark.assignment), {})[mark.notebook, mark.cell] = mark
        seen: Counter = Counter()
        sheet.write(
            sheet.Sheet((self._wide if self.wide else self._long)(grades, exercises, marks, seen), bom=self.excel), to
        )
        self.log.info("%s: %s of %s", to, amount(len(exercises), "exercise"), amount(len(grades.learners), "learner"))
        if seen["waits"]:
            self.log.warning(
                "%s not graded yet%s", amount(seen["waits"], "exercise"), ", left blank" if self.only_complete else ""
            )

    def _score(self, grades, learner: str, exercise: Exercise, marks: list, seen: Counter) -> float | str | None:
        if (learner, exercise.assignment) in grades.excused:
            return None
        if not marks:
            absent = (learner, exercise.assignment) not in grades.submissions and exercise.assignment in grades.closed
            return self.missing if self.missing and absent else None
        if any(mark.waits for mark in marks):
            seen["waits"] += 1
            if self.only_complete:
                return None
        score = sum(mark.score for mark in marks)
        return min(score, exercise.maximum) if self.cap else score

    def _wide(self, grades, exercises: list, marks: dict, seen: Counter) -> list:
        notebooks = Counter(
            assignment for assignment, _ in {(exercise.assignment, exercise.notebook) for exercise in exercises}
        )
        names = [
            " ".join(
                [
                    exercise.assignment,
                    *([exercise.notebook] if notebooks[exercise.assignment] > 1 else []),
                    exercise.name,
                ]
            )
            for exercise in exercises
        ]
        rows = [[sheet.cell(name) for name in ("student_id", "last_name", "first_name", "email", *names)]]
        for learner in grades.learners:
            scores = [
                self._score(
                    grades, learner.id, exercise, _of(exercise, marks.get((learner.id, exercise.assignment), {})), seen
                )
                for exercise in exercises
            ]
            rows.append(
                [
                    sheet.cell(value)
                    for value in (learner.id, learner.last_name, learner.first_name, learner.email, *scores)
                ]
            )
        return rows

    def _long(self, grades, exercises: list, marks: dict, seen: Counter) -> list:
        rows = [
            [
                "student_id",
                "last_name",
                "first_name",
                "email",
                "assignment",
                "notebook",
                "exercise",
                "kind",
                "score",
                "max_score",
                "extra_credit",
                "tests",
                "tests_passed",
                "carried",
                "by_hand",
                "waits",
                "submitted",
                "late",
                "excused",
            ]
        ]
        carried: dict = {}
        for learner in grades.learners:
            who = [sheet.cell(value) for value in (learner.id, learner.last_name, learner.first_name, learner.email)]
            for one in exercises:
                submission = grades.submissions.get((learner.id, one.assignment))
                found = _of(one, marks.get((learner.id, one.assignment), {}))
                score = self._score(grades, learner.id, one, found, seen)
                tests = [mark for mark in found if not mark.written]
                if submission is not None and (learner.id, one.assignment) not in carried:
                    carried[learner.id, one.assignment] = self._carried(learner.id, one.assignment)
                forward = {
                    mark.cell: points
                    for mark in tests
                    if (points := carried.get((learner.id, one.assignment), {}).get((mark.notebook, mark.cell)))
                }
                rows.append(
                    who
                    + [
                        sheet.cell(value)
                        for value in (
                            one.assignment,
                            one.notebook,
                            one.name,
                            "written" if all(cell.written for cell in one.cells) else "tests",
                            score,
                            one.maximum,
                            sum(mark.extra for mark in found),
                            sum(not cell.written for cell in one.cells),
                            sum((mark.auto or 0.0) >= mark.maximum and mark.cell not in forward for mark in tests)
                            if found
                            else None,
                            sum(forward.values()),
                            any(mark.manual is not None for mark in found),
                            any(mark.waits for mark in found),
                            submission is not None,
                            submission is not None and submission.seconds_late > 0,
                            (learner.id, one.assignment) in grades.excused,
                        )
                    ]
                )
        return rows

    def _carried(self, learner: str, assignment: str) -> dict:
        """(notebook, test) -> the points that were carried forward in it, as the graded notebooks say."""
        course, found = self.parent.coursedir, {}
        for path in Path(course.format_path(course.autograded_directory, learner, assignment)).glob("*.ipynb"):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
                text = path.read_bytes()
                for cell in json.loads(text)["cells"] if b'"carried"' in text else ():
                    if forward := carried_in(cell):
                        found[path.stem, grade_id_of(cell)] = forward.points
        return found


def _of(exercise: Exercise, marks: dict) -> list:
    return [marks[cell.notebook, cell.cell] for cell in exercise.cells if (cell.notebook, cell.cell) in marks]


def all_exercises(coursedir: CourseDirectory, cells: list, by: str = "exercise") -> list[Exercise]:
    """The graded cells of a gradebook in groups, in the order of the released notebooks.

    Parameters
    ----------
    coursedir : CourseDirectory
        Where the notebooks are.
    cells : list of Cell
        From `book.cells`.
    by : {"exercise", "cell"}
    """
    groups: dict[tuple, list] = {}
    orders = {assignment: order(coursedir, assignment) for assignment in sorted({cell.assignment for cell in cells})}
    last = (2**31, "")

    def place(cell):
        return cell.assignment, cell.notebook, orders[cell.assignment].get((cell.notebook, cell.cell), last)[0]

    for cell in sorted(cells, key=place):
        name = (
            orders[cell.assignment].get((cell.notebook, cell.cell), (0, cell.cell))[1]
            if by == "exercise"
            else cell.cell
        )
        groups.setdefault((cell.assignment, cell.notebook, name), []).append(cell)
    return [
        Exercise(assignment, notebook, name, tuple(group)) for (assignment, notebook, name), group in groups.items()
    ]


def order(coursedir: CourseDirectory, assignment: str) -> dict:
    """(notebook, graded cell) -> (place, name of the exercise), from the released notebooks, else from the source;
    empty if there are neither.
    """
    for folder in (coursedir.release_directory, coursedir.source_directory):
        paths = sorted(Path(coursedir.format_path(folder, ".", assignment)).glob("*.ipynb"))
        if paths:
            return {key: value for path in paths for key, value in _order_in(path).items()}
    return {}


def _order_in(path: Path) -> dict:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return {(path.stem, cell): (place, name) for place, (cell, name) in enumerate(exercises_of(content))}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
