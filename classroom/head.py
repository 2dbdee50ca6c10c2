"""What a class adds to a released notebook, below its title, and to the feedback page: when it is due, and what of the
course this class leaves out. `install` puts it into the configuration of a class.
"""

from __future__ import annotations

import contextlib
import json
import re
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import nbformat
import sqlalchemy
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode
from traitlets.config import Config

from classroom import book, cuts, instep, late, when
from proctor.cells import OF_THE_CLASS

# What stands before and after the number of an assignment: "as in 03, 04 and 06, where", "the nets of 17.", "14 to 17".
_BEFORE = r"\b(?:(?:in|from|of|assignment|notebook)\s+(?:\d\d(?:,|\s+and|\s+to)\s+)*\**|\d\d\s+to\s+)"
_AFTER = (
    r"(?=\**(?:[.,;:)](?!\d)|'s|\s+(?:and|or|to|you|we|they|it|the|is|are|was|will|has|had|asks|shows|train|lets|did"
    r"|with)\b|\s*\(|\s*$))"
)
LEAVES_OUT = "This class leaves out"
_NO_COMMENT = re.compile(r"^[^#\n]*", re.MULTILINE)


def install(c: Config) -> None:
    """Called in the nbgrader_config.py of a class, after the course's own configuration."""
    c.GenerateAssignment.preprocessors.append("classroom.head.Head")
    c.GenerateFeedback.preprocessors.append("classroom.head.Deadline")


class Head(NbGraderPreprocessor):
    """Puts a cell below the title: the due date, what lateness costs, and a word where the text points to an
    assignment that this class leaves out.
    """

    gradebook = Unicode("", help="Where the due dates are, if not in the class's own gradebook.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """See `nbconvert.preprocessors.Preprocessor`."""
        about = resources["nbgrader"]
        with book.opened(self.gradebook or about["db_url"]) as connection:
            due = book.assignments(connection).get(about["assignment"])
        paragraphs = [self._due(due)] if due else []
        names = pointed_to(nb, left_out(self.config), about["assignment"])
        paragraphs += [_said(names)] if names else []
        nb.cells = [cell for cell in nb.cells if OF_THE_CLASS not in cell.metadata.get("tags", ())]
        if paragraphs:
            cell = new_markdown_cell("\n\n".join(paragraphs), id="of-the-class", metadata={"tags": [OF_THE_CLASS]})
            if (nb.nbformat, nb.nbformat_minor) < (4, 5):
                del cell["id"]
            nb.cells.insert(int(bool(nb.cells) and nb.cells[0].cell_type == "markdown"), cell)
        return nb, resources

    def _due(self, due: datetime) -> str:
        cost = late.in_words(late.LatePolicy(parent=self))
        until = when.spelled(due, _zone(self.config))
        return f"**Due: {until}.** Late: {cost}. If you were given more time, your date counts."


class Deadline(Preprocessor):
    """Tells the feedback page when the learner's work was due and came, in `resources["nbgrader"]["deadline"]`."""

    enabled = True

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """See `nbconvert.preprocessors.Preprocessor`."""
        about, url = resources["nbgrader"], self.config.CourseDirectory.get("db_url")
        if url:
            with book.opened(str(url)) as connection:
                about["deadline"] = deadline(connection, about["assignment"], about["student"], _zone(self.config))
        return nb, resources


def deadline(connection: sqlalchemy.Connection, assignment: str, learner: str, zone: tzinfo) -> str:
    """When somebody's work was due, and came; "" without a due date."""
    decision = book.decisions(connection).get((learner, assignment))
    if decision is not None and decision.kind == book.EXCUSED:
        return "You are excused from this assignment: it does not count."
    everybodys, _, _ = book.dates_of(connection, assignment, learner)
    due, extension = book.due_of(connection, assignment, learner)
    if due is None or everybodys is None:
        return ""
    theirs = due + (extension or timedelta())
    came = book.handed_in(connection, assignment, learner)
    words = [f"Due: {when.spelled(theirs, zone)}" + (", with your extension." if theirs > everybodys else ".")]
    words += [f"Handed in: {when.spelled(came, zone)}."] if came else []
    return " ".join(words)


def left_out(config: Config) -> list[str]:
    """The assignments of the course that the class does not have."""
    course, root = config.get("Classroom", {}).get("course"), config.CourseDirectory.get("root")
    if not course or not root:
        return []
    there = set(cuts.assignments(Path(str(root))))
    return [name for name in cuts.assignments(Path(str(course))) if name not in there]


def pointed_to(nb: NotebookNode, names: list[str], own: str = "") -> list[str]:
    """Those of the assignments `names` of which the text of a notebook, or a comment, speaks by name or number."""
    cells = [cell for cell in nb.cells if OF_THE_CLASS not in cell.metadata.get("tags", ())]
    text = "\n".join(_NO_COMMENT.sub("", cell.source) if cell.cell_type == "code" else cell.source for cell in cells)
    found = []
    for name in names:
        number = re.escape(name.partition("_")[0])
        by_number = rf"{_BEFORE}{number}{_AFTER}|\|\s*{number}\s*\|\s*$"
        if name != own and re.search(rf"\b{re.escape(name)}\b|{by_number}", text, re.MULTILINE):
            found.append(name)
    return found


def says_so(path: Path) -> bool:
    """Whether a released notebook tells its reader that something is left out."""
    cells = nbformat.read(path, as_version=4).cells
    return any(LEAVES_OUT in cell.source for cell in cells if OF_THE_CLASS in cell.metadata.get("tags", ()))


def differ_in_head_alone(one: Path, other: Path) -> bool:
    """Whether two releases of an assignment differ in nothing but what a class adds."""

    def content(folder: Path) -> dict:
        found = {}
        for path in sorted(folder.glob("*.ipynb")):
            found[path.name] = path.read_bytes()
            with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):  # no notebook: as it is
                nb = json.loads(found[path.name])
                nb["cells"] = [cell for cell in nb["cells"] if OF_THE_CLASS not in cell["metadata"].get("tags", ())]
                found[path.name] = nb
        return found

    rest = [
        {name: text for name, text in instep.files(folder).items() if not name.endswith(".ipynb")}
        for folder in (one, other)
    ]
    return rest[0] == rest[1] and content(one) == content(other)


def _said(names: list[str]) -> str:
    several = len(names) > 1
    which = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    return (
        f"*{LEAVES_OUT} {which}. Where the text speaks of {'them' if several else 'it'}, you miss nothing: "
        "what this notebook takes from there is given.*"
    )


def _zone(config: Config) -> tzinfo:
    return when.zone_named(str(config.LmsCollector.get("timezone", "UTC")), "c.LmsCollector.timezone")
