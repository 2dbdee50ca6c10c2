"""The exporter: gathers, asks each section, writes the page and its figures."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, List, Unicode

from classroom import book, when
from classroom.errors import ClassroomError
from classroom.report import (
    agreement,
    attention,
    exercises,
    facts,
    grades,
    likeness,
    mistakes,
    page,
    person,
    timeline,
    written,
)
from classroom.words import unknown

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

SHOWN = 5  # pairs of similar submissions of one assignment, side by side


class Report(ExportPlugin):
    """One page on the class, and its figures as PNG files."""

    names = Bool(
        True, help="False: the page for showing in class. No learner's name, id or code is on it, only counts."
    ).tag(config=True)
    second_markers = List(
        Unicode(),
        help=("Gradebooks (files or addresses) in which a second grader has marked the same written answers."),
    ).tag(config=True)
    formgrader = Unicode(
        "http://localhost:8888/formgrader", help="Where formgrader is, for the links to written answers."
    ).tag(config=True)
    learner = Unicode("", help="An id: a page on this one learner, for office hours, in place of the class's.").tag(
        config=True
    )
    similar = Bool(True, help="False: leave out the comparison of solutions.").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the report to `to`: a folder (page and figures in it) or a file that ends in .html (figures beside
        it). Default: report/.
        """
        try:
            place, number = self.write(gradebook)
        except (ClassroomError, OSError) as error:
            self.log.error("%s", error)
            sys.exit(1)
        if self.learner:
            print(f"{place}: {self.learner} alone.")
            return
        print(
            f"{place}: the report; {number} figures as PNG beside it."
            + ("" if self.names else " No learner is named in it.")
        )

    def write(self, gradebook: Gradebook) -> tuple[Path, int]:
        """Write page and figures; return the page's path and the number of figures."""
        place = self._place()
        if self.learner:
            page.write(place, page.render("person.html", **self.of_one(gradebook)).encode("utf-8"))
            return place, 0
        values = self.sections(gradebook)
        figures = [row.figure for row in values["grades"]] + [row.figure for row in values["exercises"]]
        figures += [values["timeline"].figure] if values["timeline"].figure else []
        for figure in figures:
            page.write(place.parent / figure.file, figure.png)
        page.write(place, page.render("report.html", **values).encode("utf-8"))
        return place, len(figures)

    def sections(self, gradebook: Gradebook) -> dict:
        """Everything on the page, by section."""
        coursedir = getattr(self.parent, "coursedir", None) or CourseDirectory(parent=self)
        now = datetime.now(timezone.utc).replace(tzinfo=None)  # as the gradebook has it
        students, assignments = ({str(item) for item in wanted} for wanted in (self.student, self.assignment))
        with gradebook.engine.connect() as connection:
            known = facts.gather(connection, coursedir, now, self.names, students, assignments)
        found = mistakes.section(known)
        waiting = written.section(known, self.formgrader)
        waits = {
            name: sum(row.waits for row in waiting if row.written and row.assignment == name) for name in known.due
        }
        return {
            "facts": known,
            "few": exercises.FEW,
            "weak": exercises.WEAK,
            "shown": SHOWN,
            "rule": attention.RULE,
            "thresholds": likeness,
            "labels": {name: attention.label(name) for name in known.due},
            "came": {(s.learner, s.assignment) for s in known.submissions},
            "grades": grades.section(known),
            "exercises": exercises.section(known),
            "timeline": timeline.section(known),
            "mistakes": found,
            "common": mistakes.over_the_term(found),
            "taught": [one.name for one in reversed(found) if one.mistakes],
            "exceptions": self._exceptions(known),
            "needs": attention.section(known),
            "written": waiting,
            "waits": {name: number for name, number in waits.items() if number},
            "agreement": agreement.section(known, self.second_markers),
            "similar": self._similar(known, coursedir) if self.similar else None,
        }

    def of_one(self, gradebook: Gradebook) -> dict:
        """Everything on the page on one learner, measured against the class."""
        coursedir = getattr(self.parent, "coursedir", None) or CourseDirectory(parent=self)
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        with gradebook.engine.connect() as connection:
            known = facts.gather(connection, coursedir, now, assignments={str(item) for item in self.assignment})
            if self.learner not in known.learners:
                if (self.learner, "") not in known.decisions:
                    raise ClassroomError(unknown("learner", self.learner, list(known.learners)))
                known = facts.gather(connection, coursedir, now, students={self.learner})
            comments = [one for one in book.comments(connection) if one.learner == self.learner]
        return {"facts": known, "learner": self.learner, "rows": person.section(known, self.learner, comments)}

    def _exceptions(self, known: facts.Facts) -> list[str]:
        """A line for each, in the class's own time zone."""
        zone = when.zone_named(str(self.config.LmsCollector.get("timezone", "UTC")), "c.LmsCollector.timezone")
        lines = []
        for (who, assignment), one in known.decisions.items():
            what = f"{assignment}: excused" if one.kind == book.EXCUSED else "has left the class"
            what = f"{assignment}: until {when.spelled(one.until, zone)}" if one.until else what
            lines.append(f"{known.who(who)}, {what}" + (f" ({one.why})" if one.why else ""))
        return lines

    def _similar(self, known: facts.Facts, coursedir) -> list[likeness.Compared]:
        found = []
        for assignment in reversed(known.handed_in()):
            solved = likeness.by_learner(notebook for notebook in known.read if notebook.assignment == assignment)
            if solved:
                found.append(likeness.compare(assignment, solved, likeness.given_code(coursedir, assignment)))
        return found

    def _place(self) -> Path:
        place = Path(os.path.expanduser(self.to or (f"report/{self.learner}.html" if self.learner else "report")))
        if place.suffix.lower() not in (".html", ".htm"):
            place = place / "index.html"
        for folder in (place, *place.parents):
            if folder.exists() and folder.is_dir() == (folder == place):
                kind = "a folder" if folder == place else "a file"
                raise ClassroomError(f"Cannot write the report to {place}: {folder} is {kind}. Give --to another name.")
        return place
