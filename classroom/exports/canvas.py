"""Grades for Canvas's gradebook."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets import Bool, Dict, Unicode

from classroom.errors import ClassroomError
from classroom.exports import sheet, template
from classroom.exports.base import GradeExport, Grades
from classroom.words import listed

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

    from classroom.book import Learner

_WITH_ID = re.compile(r"(.*)\((\d+)\)\s*", re.DOTALL)


class Canvas(GradeExport):
    """The CSV that Canvas's gradebook imports ("How do I import grades in the Gradebook?", Canvas Instructor Guide).

    Give Canvas's own export as `template` ("How do I export grades in the Gradebook?"): its rows, order, ids and
    headings come back
    untouched, and only our scores are filled in. Canvas finds a column by the id in "Name (12345)" and a learner by ID,
    then by SIS
    User ID, SIS Login ID and name. Without a template, columns have no id: Canvas takes one whose name it knows, and
    offers to make
    a new assignment of any other.

    An empty cell is "ungraded". Where we have no score, the template's cell stays, and so do "EX" (excused) and "N/A"
    (not
    assigned). The points of an assignment are never changed: Canvas would change the assignment itself.
    """

    template = Unicode(
        "", help="The CSV that Canvas exported; its rows and ids are kept, and our columns filled in."
    ).tag(config=True)
    columns = Dict(help="Assignment -> its name, heading or id in Canvas, where that does not contain ours.").tag(
        config=True
    )
    scale = Bool(False, help="With a template: convert points where Canvas has another maximum.").tag(config=True)
    match_names = Bool(
        False, help="With a template: also match by name where nothing else fits, if only one learner has it."
    ).tag(config=True)
    section = Unicode("", help="Without a template: the section of all learners.").tag(config=True)

    default_to = "canvas.csv"
    excused = "EX"

    def write(self, gradebook: Gradebook, to: Path) -> None:
        """Write the CSV."""
        table = sheet.read(Path(self.template)) if self.template else None
        grades = self.grades(gradebook)
        seen: Counter = Counter()
        sheet.write(self._anew(grades, seen) if table is None else self._filled(table, grades, seen), to)
        self.tell(to, seen, table is not None)

    def _anew(self, grades: Grades, seen: Counter) -> sheet.Sheet:
        head = [
            "Student",
            "ID",
            "SIS User ID",
            "SIS Login ID",
            "Section",
            *(self.columns.get(name, name) for name in grades.maximum),
        ]
        rows = [
            [sheet.cell(name) for name in head],
            ["    Points Possible", "", "", "", "", *map(sheet.number, grades.maximum.values())],
        ]
        for learner in grades.learners:
            who = [name_of(learner), learner.lms_user_id, learner.id, learner.id, self.section]
            scores = [self.score(grades, learner.id, assignment, seen) for assignment in grades.maximum]
            rows.append([sheet.cell(value) for value in (*who, *scores)])
        return sheet.Sheet(rows, bom=self.excel)

    def _filled(self, table: sheet.Sheet, grades: Grades, seen: Counter) -> sheet.Sheet:
        head = [name.strip() for name in table.rows[0]]
        if head[0] not in ("Student", "LastName") or "ID" not in head or "Section" not in head:
            raise ClassroomError(
                f"{self.template} is not an export of Canvas's gradebook, whose first line begins with Student,ID: in "
                "Canvas, "
                "Grades > Export > Export Entire Gradebook, with the language set to English."
            )
        possible: list = next((row for row in table.rows[1:4] if row and "Points Possible" in row[0]), [])
        theirs = []
        for index in range(head.index("Section") + 1, len(head)):
            match = _WITH_ID.fullmatch(head[index])
            if match:
                theirs.append(template.Column(index, head[index], (match[1], match[2])))
        places = self.places(grades, theirs, "name or id in Canvas")
        factor = self._factors(grades, places, possible)
        lines = [(line, row) for line, row in enumerate(table.rows) if line and self._is_learner(row, head)]
        names = [head.index(name) for name in ("Student", "LastName", "FirstName") if name in head]
        owners, unknown = template.owners(grades, self._keys(head), lines)
        for line, learner in owners.items():
            for assignment, column in places.items():
                self._put(
                    table.rows[line],
                    column.index,
                    self.score(grades, learner.id, assignment, seen),
                    factor[assignment],
                    seen,
                )
        for _, row in lines:
            for index in names:  # learners choose their own; Canvas goes by the ID beside it
                row[index] = sheet.guarded(row[index])
        self._tell(table, grades, owners, unknown, seen)
        return table._replace(bom=table.bom or self.excel)

    def _put(self, row: list, index: int, score, factor: float, seen: Counter) -> None:
        theirs = row[index].strip().upper() if index < len(row) else ""
        if theirs in ("EX", "N/A"):
            seen["excused"] += 1
        elif score == self.excused:
            row.extend([""] * (index + 1 - len(row)))
            row[index] = score
            seen["changed" if theirs else "new"] += 1
        else:
            template.put(row, index, score * factor if isinstance(score, float) else score, seen)

    @staticmethod
    def _is_learner(row: list, head: list) -> bool:
        """Not the row of points, not the row that says "Manual Posting", not Canvas's "Test Student"."""
        if (
            not any(cell.strip() for cell in row)
            or "Points Possible" in row[0]
            or row[0].strip() in ("Student, Test", "Test Student")
        ):
            return False
        return any(cell.strip() for cell in row[: head.index("Section") + 1])

    def _keys(self, head: list) -> list:
        known = {
            "ID": [lambda who: who.lms_user_id],
            "SIS User ID": [lambda who: who.id],
            "Integration ID": [lambda who: who.id],
            "SIS Login ID": [lambda who: who.id, lambda who: who.email],
        }
        if self.match_names:
            known["Student"] = [name_of]
        return [(head.index(name), of) for name, functions in known.items() if name in head for of in functions]

    def _factors(self, grades: Grades, places: dict, possible: list) -> dict:
        factors = {}
        for assignment, column in places.items():
            theirs, ours = (
                template.points(possible[column.index]) if column.index < len(possible) else None,
                grades.maximum[assignment],
            )
            factors[assignment] = 1.0
            if theirs is None or not ours or abs(theirs - ours) < 0.005:
                continue
            if self.scale and theirs:
                factors[assignment] = theirs / ours
            else:
                self.log.warning(
                    "%s has %s points here and %s in Canvas. Scores are given as points; to convert them: "
                    "--Canvas.scale=True",
                    assignment,
                    sheet.number(ours),
                    sheet.number(theirs),
                )
        return factors

    def _tell(self, table, grades: Grades, owners: dict, unknown: list, seen: Counter) -> None:
        if seen["excused"]:
            self.log.info("%d excused (EX) or not assigned (N/A) in Canvas: not touched", seen["excused"])
        if unknown and not self.student:
            self.log.warning(
                "In Canvas but not in the gradebook, left as they are: %s",
                listed(table.rows[line][0] for line in unknown),
            )
        absent = sorted({learner.id for learner in grades.learners} - {learner.id for learner in owners.values()})
        if absent:
            self.log.warning(
                "In the gradebook but not in Canvas's file, not exported: %s. Canvas's ID belongs into the roster's "
                "lms_user_id, or "
                "the SIS id or login is the learner's id.",
                listed(absent),
            )


def name_of(learner: Learner) -> str:
    """ "Last, First"; the id if there is no name."""
    return ", ".join(filter(None, (learner.last_name, learner.first_name))) or learner.id
