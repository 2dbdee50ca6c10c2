"""Grades for Moodle: its gradebook, or the worksheet of one assignment."""

from __future__ import annotations

import html
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets import Bool, Dict, Enum, Unicode

from classroom import book
from classroom.errors import ClassroomError
from classroom.exports import sheet, template
from classroom.exports.base import GradeExport, Grades
from classroom.words import amount, listed

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

IDENTIFIERS = {"email": "Email address", "idnumber": "ID number", "username": "Username"}
_EXPORTED = re.compile(r"(?:[^:]*: ?)?(.*?)(?: \((\w+)\))?", re.DOTALL)  # "Assignment: Pixels (Real)"


class Moodle(GradeExport):
    """The CSV that Moodle's gradebook imports ("Grade import", MoodleDocs), or with a template the worksheet of one
    assignment.

    Moodle stops the whole import at a learner whom it does not know, and takes a row without an identifier to belong
    to the learner
    of the row before; so learners without a usable identifier are left out, and named. No grade is "-", as in Moodle's
    own exports. Note
    that importing "-" for a learner removes a grade that Moodle has: import grades that Moodle exported (`template`)
    to keep it.

    Give as `template` what Moodle exported: either the gradebook ("Grade export", with email address or ID number), or
    an
    assignment's worksheet ("Using Assignment", Offline grading worksheet: Identifier, Full name, Email address, Status,
    Grade,
    Maximum Grade, Grade can be changed, Last modified ..., Feedback comments). Rows, order, identifiers and dates come
    back untouched;
    where we have no score, Moodle's stays, and so does every grade that cannot be changed.
    """

    identifier = Enum(list(IDENTIFIERS), "email", help="What Moodle finds a learner by; the last two are the id.").tag(
        config=True
    )
    template = Unicode(
        "", help="The CSV that Moodle exported: its gradebook, or the offline grading worksheet of one assignment."
    ).tag(config=True)
    columns = Dict(help="Assignment -> its name in Moodle, where that does not contain ours.").tag(config=True)
    headings = Dict(
        help="With a template in another language: English heading -> heading there, {'Grade': 'Nota'}."
    ).tag(config=True)
    scale = Bool(False, help="With a worksheet: convert points where Moodle has another maximum.").tag(config=True)
    match_names = Bool(
        False, help="With a template: also match by full name where nothing else fits, if only one learner has it."
    ).tag(config=True)
    comments = Bool(
        False, help="With a worksheet: put the graders' comments into the feedback comments that are still empty."
    ).tag(config=True)

    default_to = "moodle.csv"
    no_grade = "-"

    def write(self, gradebook: Gradebook, to: Path) -> None:
        """Write the CSV."""
        table = sheet.read(Path(self.template)) if self.template else None
        grades = self.grades(gradebook)
        seen: Counter = Counter()
        if table is None:
            table = self._anew(grades, seen)
        else:
            head = [name.strip() for name in table.rows[0]]
            if self._at(head, "Identifier") is not None and self._at(head, "Grade") is not None:
                self._fill_worksheet(table.rows, head, grades, gradebook, seen)
            else:
                self._fill_gradebook(table.rows, head, grades, seen)
            table = table._replace(bom=table.bom or self.excel)
        sheet.write(table, to)
        self.tell(to, seen, bool(self.template))

    def _at(self, head: list, name: str) -> int | None:
        name = self.headings.get(name, name)
        return head.index(name) if name in head else None

    def _anew(self, grades: Grades, seen: Counter) -> sheet.Sheet:
        of = {"email": lambda who: who.email.strip()}.get(self.identifier, lambda who: who.id)
        owners = Counter(of(learner) for learner in grades.learners)
        usable = [
            learner
            for learner in grades.learners
            if of(learner) and owners[of(learner)] == 1 and not sheet.is_formula(of(learner))
        ]
        if grades.learners and not usable:
            raise ClassroomError(
                f"No learner has a usable {IDENTIFIERS[self.identifier].lower()} in the gradebook: import a roster "
                "that has it, "
                "or use the learners' ids with --Moodle.identifier=idnumber (or username)."
            )
        left_out = [learner.id for learner in grades.learners if learner not in usable]
        if left_out:
            what = IDENTIFIERS[self.identifier].lower()
            self.log.warning(
                "Left out, because Moodle would stop there: no %s of their own: %s", what, listed(left_out)
            )
        head = [
            "First name",
            "Last name",
            IDENTIFIERS[self.identifier],
            *(self.columns.get(name, name) for name in grades.maximum),
        ]
        rows, high = [[sheet.cell(name) for name in head]], 0
        for learner in usable:
            scores = [self.score(grades, learner.id, assignment, seen) for assignment in grades.maximum]
            high += sum(isinstance(score, float) and score > 100 for score in scores)
            scores = [self.no_grade if score is None else score for score in scores]
            rows.append([sheet.cell(value) for value in (learner.first_name, learner.last_name, of(learner), *scores)])
        if high:
            self.log.warning(
                "%s above 100: Moodle refuses the whole file, unless its administrator allows unlimited grades. "
                "--Moodle.cap=True cuts bonus points off.",
                amount(high, "grade"),
            )
        return sheet.Sheet(rows, bom=self.excel)

    def _fill_gradebook(self, rows: list, head: list, grades: Grades, seen: Counter) -> None:
        keys = self._keys(head)
        if not keys:
            raise ClassroomError(
                f"{self.template} has no column Email address, ID number or Username, by which to identify a learner: "
                "export Moodle's "
                "gradebook with one of them, or name its headings with c.Moodle.headings."
            )
        theirs = []
        for index, heading in enumerate(head):
            match = _EXPORTED.fullmatch(heading)
            if index not in {at for at, _ in keys} and match and match[2] not in ("Percentage", "Letter", "Feedback"):
                theirs.append(template.Column(index, heading, (match[1], heading.removesuffix(" (Real)"))))
        places = self.places(grades, theirs, "name in Moodle")
        owners, unknown = template.owners(grades, keys, _lines(rows))
        for line, learner in owners.items():
            for assignment, column in places.items():
                template.put(rows[line], column.index, self.score(grades, learner.id, assignment, seen), seen)
        self._guard(rows, head, ("First name", "Last name", "Surname", "Full name"))
        self._tell(rows, grades, owners, unknown)

    def _fill_worksheet(self, rows: list, head: list, grades: Grades, gradebook, seen: Counter) -> None:
        if len(grades.maximum) != 1:
            raise ClassroomError(
                f"{self.template} is the worksheet of one assignment: say which with "
                f"--assignment={next(iter(grades.maximum), 'ps1')}"
            )
        assignment, possible = next(iter(grades.maximum.items()))
        grade, most, feedback = (self._at(head, name) for name in ("Grade", "Maximum Grade", "Feedback comments"))
        locked = self._at(head, "Grade can be changed")
        owners, unknown = template.owners(grades, self._keys(head), _lines(rows))
        said = self._said(gradebook, assignment) if self.comments and feedback is not None else {}
        limits, above = set(), []
        for line, learner in owners.items():
            row, score = rows[line], self.score(grades, learner.id, assignment, seen)
            row.extend([""] * (len(head) - len(row)))
            limit = None if most is None else template.points(row[most])
            if isinstance(score, float) and limit and abs(limit - possible) > 0.005:
                limits.add(limit)
                score = score * limit / possible if self.scale and possible else score
            if locked is not None and row[locked].strip() == self.headings.get("No", "No"):
                seen["locked"] += 1
                continue
            if isinstance(score, float) and limit is not None and score > limit + 1e-9:
                above.append(learner.id)
            assert grade is not None  # by this column it is known as a worksheet
            template.put(row, grade, score, seen)
            if learner.id in said and score is not None:
                row[feedback] = row[feedback] or said[learner.id]
        if limits and not self.scale:
            self.log.warning(
                "%s has %s points here and %s in Moodle. Scores are given as points; to convert them: "
                "--Moodle.scale=True",
                assignment,
                sheet.number(possible),
                ", ".join(map(sheet.number, sorted(limits))),
            )
        if above:
            self.log.warning(
                "Moodle will skip grades above its maximum, of: %s. --Moodle.cap=True cuts them to full marks.",
                listed(above),
            )
        if seen["locked"]:
            self.log.warning("%s cannot be changed in Moodle: not touched", amount(seen["locked"], "grade"))
        self._guard(rows, head, ("Full name", "Email address", "Online text"))
        self._tell(rows, grades, owners, unknown)

    def _keys(self, head: list) -> list:
        known = {
            "Email address": lambda who: who.email,
            "ID number": lambda who: who.id,
            "Username": lambda who: who.id,
        }
        if self.match_names:
            known["Full name"] = lambda who: f"{who.first_name} {who.last_name}".strip()
        return [(self._at(head, name), of) for name, of in known.items() if self._at(head, name) is not None]

    def _said(self, gradebook, assignment: str) -> dict:
        """Learner -> graders' comments on one assignment, as the HTML that Moodle expects."""
        said: dict[str, str] = {}
        for comment in book.comments(gradebook.db.connection()):
            if comment.assignment == assignment and comment.by_hand:
                line = f"<p>{html.escape(comment.cell)}: {html.escape(comment.text)}</p>".replace("\n", "<br>")
                said[comment.learner] = said.get(comment.learner, "") + line
        return said

    def _guard(self, rows: list, head: list, names: tuple) -> None:
        """Learners choose what stands there, and Moodle does not read it back."""
        for index in (self._at(head, name) for name in names):
            for row in rows[1:]:
                if index is not None and index < len(row):
                    row[index] = sheet.guarded(row[index])

    def _tell(self, rows: list, grades: Grades, owners: dict, unknown: list) -> None:
        if unknown and not self.student:
            self.log.warning(
                "In Moodle but not in the gradebook, left as they are: %s",
                listed(" ".join(rows[line][:2]) for line in unknown),
            )
        absent = sorted({learner.id for learner in grades.learners} - {learner.id for learner in owners.values()})
        if absent:
            self.log.warning(
                "In the gradebook but not in Moodle's file, not exported: %s. The roster's email or id must be "
                "Moodle's%s.",
                listed(absent),
                "" if self.match_names else "; to match by name too: --Moodle.match_names=True",
            )


def _lines(rows: list) -> list:
    """The lines below the headings that have something in them, each with its place."""
    return [(line, row) for line, row in enumerate(rows) if line and any(text.strip() for text in row)]
