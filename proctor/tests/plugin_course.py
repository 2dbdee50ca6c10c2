"""A small course for the plugin's tests: stock-style hidden tests, partial credit, answers for a grader, a task, a
helper file.
"""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import nbformat
import sqlalchemy as sa
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

import proctor.plugin.converter as converter

DOUBLE = "def double(x):\n    return 2 * x"
HALVE = "def halve(x):\n    return x / 2"


def cell(kind: str, source: str, grade_id: str = "", points: float = 0, cell_type: str = "code") -> dict:
    """One cell of a source notebook; kind is plain, solution, test, readonly, manual or task."""
    make = nbformat.v4.new_code_cell if cell_type == "code" else nbformat.v4.new_markdown_cell
    made = make(source, id=(grade_id or "plain-" + str(abs(hash(source)) % 10**8)).replace("_", "-"))
    if kind != "plain":
        made.metadata["nbgrader"] = {
            "grade": kind in ("test", "manual"),
            "solution": kind in ("solution", "manual"),
            "locked": kind in ("test", "readonly", "task"),
            "task": kind == "task",
            "grade_id": grade_id,
            "schema_version": 3,
        }
        if kind in ("test", "manual", "task"):
            made.metadata["nbgrader"]["points"] = points
    return made


def numbers() -> dict:
    """The notebook `numbers`."""
    return notebook(
        [
            cell("plain", "# Numbers\n\nMean: $\\frac{1}{n} \\sum_i x_i$", cell_type="markdown"),
            cell("readonly", "from helper import FACTOR", "imports"),
            cell("solution", f"### BEGIN SOLUTION\n{DOUBLE}\n### END SOLUTION", "double"),
            cell(
                "test",
                '"""double of a number is twice the number"""\nassert double(1) == FACTOR\n'
                "### BEGIN HIDDEN TESTS\nassert double(21) == 42, 'the secret answer'\n### END HIDDEN TESTS",
                "test_double",
                2,
            ),
            cell("plain", "scratch = double(3)"),
            cell("solution", f"### BEGIN SOLUTION\n{HALVE}\n### END SOLUTION", "halve"),
            cell(
                "test",
                "score = 0\n### BEGIN HIDDEN TESTS\nscore += 1 if halve(4) == 2 else 0\nscore += 2 if halve(1) == 0.5 "
                "else 0\n"
                "### END HIDDEN TESTS\nscore",
                "test_halve",
                3,
            ),
        ]
    )


def words() -> dict:
    """The notebook `words`."""
    return notebook(
        [
            cell("manual", "### BEGIN SOLUTION\nBecause.\n### END SOLUTION", "why", 4, "markdown"),
            cell("manual", "### BEGIN SOLUTION\nprint('hello')\n### END SOLUTION", "program", 2),
            cell("task", "Draw a tree.", "tree", 5, "markdown"),
            cell("plain", "1 + 1"),
        ]
    )


def notebook(cells: list) -> dict:
    """A notebook for Python 3."""
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec, "language_info": {"name": "python"}})


class Course:
    """A course in a temporary folder, with `numbers` and `words` in assignment ps1, released."""

    def __init__(self, root: Path, notebooks: dict | None = None, db_url: str = ""):
        self.root = root
        source = root / "source" / "ps1"
        source.mkdir(parents=True)
        (source / "helper.py").write_text("FACTOR = 2\n")
        for name, nb in (notebooks or {"numbers": numbers(), "words": words()}).items():
            nbformat.write(nb, source / f"{name}.ipynb")
        self.config = Config()
        self.config.CourseDirectory.root = str(root)
        self.config.CourseDirectory.assignment_id = "ps1"
        if db_url:
            self.config.CourseDirectory.db_url = db_url
            self.config.CourseDirectory.course_id = "course"  # PostgreSQL insists on the row that it refers to
        self.config.ClearSolutions.code_stub = {"python": "# your code"}
        self.config.Proctor.workers = 2
        self.config.Proctor.tests = "outside"
        GenerateAssignment(coursedir=self.coursedir(), config=self.config).start()

    def coursedir(self, **traits) -> CourseDirectory:
        return CourseDirectory(config=self.config, **traits)

    def released(self, name: str) -> dict:
        """A fresh copy of a released notebook, as JSON."""
        return json.loads((self.root / "release" / "ps1" / f"{name}.ipynb").read_text())

    def answered(self, name: str = "numbers", **answers: str) -> dict:
        """A released notebook with cells filled in by grade id; right answers for `numbers` unless told otherwise."""
        nb = self.released(name)
        answers = {"double": DOUBLE, "halve": HALVE, **answers} if name == "numbers" else answers
        for c in nb["cells"]:
            grade_id = c["metadata"].get("nbgrader", {}).get("grade_id")
            if grade_id in answers:
                c["source"] = answers[grade_id]
        return nb

    def submit(self, student: str, **files) -> Path:
        """Put files into submitted/: notebooks as dictionaries, `timestamp` as text, anything else as bytes by file
        name.
        """
        folder = self.root / "submitted" / student / "ps1"
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            if isinstance(content, dict):
                (folder / f"{name}.ipynb").write_text(json.dumps(content))
            elif name == "timestamp":
                (folder / "timestamp.txt").write_text(content)
            else:
                (folder / name).write_bytes(content)
        return folder

    def autograde(self, stock: bool = False, force: bool = False, **coursedir):
        """Run the converter in this process; return it (with its `summary`)."""
        kind = Autograde if stock else converter.ProctorAutograde
        app = kind(coursedir=self.coursedir(**coursedir), config=self.config)
        app.force = force
        app.start()
        return app

    def rows(self) -> dict:
        """All rows of the gradebook that grading writes, with names in place of ids."""
        engine = sa.create_engine(self.coursedir().db_url)
        queries = {
            "grades": "select s.student_id, n.name, c.name, g.auto_score, g.manual_score, g.extra_credit, "
            "g.needs_manual_grade from grade g "
            "join submitted_notebook sn on sn.id = g.notebook_id join notebook n on n.id = sn.notebook_id "
            "join submitted_assignment s on s.id = sn.assignment_id join base_cell c on c.id = g.cell_id",
            "comments": "select s.student_id, n.name, c.name, k.auto_comment, k.manual_comment from comment k "
            "join submitted_notebook sn on sn.id = k.notebook_id join notebook n on n.id = sn.notebook_id "
            "join submitted_assignment s on s.id = sn.assignment_id join base_cell c on c.id = k.cell_id",
            "notebooks": "select s.student_id, n.name, sn.flagged, sn.late_submission_penalty from submitted_notebook "
            "sn "
            "join notebook n on n.id = sn.notebook_id join submitted_assignment s on s.id = sn.assignment_id",
            "assignments": "select student_id, timestamp, extension from submitted_assignment",
            "students": "select id, first_name, last_name, email from student",
        }
        with closing(engine.connect()) as db:
            rows = {table: sorted(map(tuple, db.execute(sa.text(query))), key=repr) for table, query in queries.items()}
        engine.dispose()
        return rows

    def scores(self, student: str) -> dict:
        """Cell -> (auto_score, needs_manual_grade) of one student."""
        return {row[2]: (row[3], bool(row[6])) for row in self.rows()["grades"] if row[0] == student}

    def graded(self, student: str, name: str = "numbers") -> dict:
        """The notebook in autograded/."""
        return json.loads((self.root / "autograded" / student / "ps1" / f"{name}.ipynb").read_text())
