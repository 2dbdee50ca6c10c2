"""A class of four with hidden tests in a file of their own, as real as can be: released, submitted, graded, marked
by hand.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

from nbgrader.api import Gradebook

import proctor
from proctor.tests import forkserver
from proctor.tests.plugin_course import Course, cell, notebook

HOME = Path(proctor.__file__).parents[1]
COURSE = "small"

TESTS = '''
class Wrong(AssertionError):
    """Says something to the learner."""

    def _render_traceback_(self):
        return [str(self)]


def check_double(double):
    if double(21) != 42:
        raise Wrong("Twice 21 is 42.")


def check_halve(halve):
    if not isinstance(halve(4), float):
        raise Wrong("=half of 4 is 2.0, with a point")
'''
# Doubling negative numbers is tested now, and a whole number is a right half.
CHANGED = TESTS.replace(
    """        raise Wrong("Twice 21 is 42.")
""",
    """        raise Wrong("Twice 21 is 42.")
    if double(-3) != -6:
        raise Wrong("Twice -3 is -6: try negative numbers.")
""",
).replace("not isinstance(halve(4), float)", "halve(4) != 2")

ANSWERS = {  # learner -> the cells that they fill in
    "ann": {
        "double": "def double(x):\n    return 2 * x",
        "halve": "def halve(x):\n    return x / 2",
        "why": "Because two is two.",
        "program": "print('two')",
    },
    "bob": {
        "double": "def double(x):\n    return abs(2 * x)",
        "halve": "def halve(x):\n    return x / 2",
        "why": "I do not know.",
    },
    "cat": {"double": "def double(x):\n    return 2 * x", "halve": "def halve(x):\n    return x // 2", "why": "So."},
    "dan": {},
}
#                test_double  test_halve
FIRST = {"ann": (2, 3), "bob": (2, 3), "cat": (2, 0), "dan": (0, 0)}
SECOND = {"ann": (2, 3), "bob": (0, 3), "cat": (2, 3), "dan": (0, 0)}

# What graders gave: learner, notebook, cell -> points, extra credit, comment.
BY_HAND = {
    ("ann", "words", "why"): (3.5, 0.5, "Good; say which two."),
    ("ann", "words", "program"): (2.0, None, None),
    ("bob", "words", "why"): (1.0, None, "Read 1.2 again, ä 🙂"),
    ("bob", "numbers", "test_double"): (1.5, None, None),
    ("cat", "words", "tree"): (5.0, None, "A fine tree."),
    ("dan", "words", "why"): (0.0, 1.0, "You said it aloud."),
}


def numbers() -> dict:
    """The notebook `numbers`: tests after stable cells."""
    cells = [cell("plain", "# Numbers", cell_type="markdown")]
    for name, points in (("double", 2), ("halve", 3)):
        cells.append(cell("solution", f"### BEGIN SOLUTION\n{ANSWERS['ann'][name]}\n### END SOLUTION", name))
        cells.append(
            cell(
                "test",
                f'"""{name} works"""\n### BEGIN HIDDEN TESTS\nfrom hidden_ps1 import check_{name}\n'
                f"check_{name}({name})\n"
                "### END HIDDEN TESTS",
                f"test_{name}",
                points,
            )
        )
    return notebook(cells)


def words() -> dict:
    """The notebook `words`: what people mark."""
    return notebook(
        [
            cell("manual", "### BEGIN SOLUTION\nBecause.\n### END SOLUTION", "why", 4, "markdown"),
            cell("manual", "### BEGIN SOLUTION\nprint('hello')\n### END SOLUTION", "program", 2),
            cell("task", "Draw a tree.", "tree", 5, "markdown"),
            cell("plain", "1 + 1"),
        ]
    )


class SmallClass(Course):
    """The course of proctor's tests with a configuration file, so that every command works in its folder."""

    def __init__(self, root: Path):
        super().__init__(root, {"numbers": numbers(), "words": words()})
        self.tests(TESTS)
        (root / "nbgrader_config.py").write_text(
            textwrap.dedent(f"""
            import os, sys
            sys.path[:0] = [{str(HOME)!r}]
            import proctor
            c = get_config()
            proctor.install(c)
            c.CourseDirectory.course_id = {COURSE!r}
            c.CourseDirectory.db_url = os.environ.get("GRADEBOOK_URL", "sqlite:///" + os.path.join(os.getcwd(), "gradebook.db"))
            c.ClearSolutions.code_stub = {{"python": "# your code"}}
            c.Proctor.workers = 1  # four learners are graded before a second one has started
        """)
        )

    @property
    def url(self) -> str:
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def tests(self, text: str) -> None:
        """Change the hidden tests."""
        (self.root / "hidden_ps1.py").write_text(text)

    def hand_in(self, learner: str, **more: str) -> None:
        """Put a learner's two notebooks into submitted/, with answers changed by grade id."""
        answers = {**ANSWERS[learner], **more}
        self.submit(learner, numbers=self.filled("numbers", answers), words=self.filled("words", answers))

    def filled(self, name: str, answers: dict) -> dict:
        """A released notebook with answers by grade id."""
        made = self.released(name)
        for one in made["cells"]:
            grade_id = one["metadata"].get("nbgrader", {}).get("grade_id")
            if grade_id in answers:
                one["source"] = answers[grade_id]
        return made

    def mark(self, given: dict = BY_HAND) -> None:
        """What formgrader does when a grader types points, extra credit and comments."""
        with Gradebook(self.url, COURSE) as gradebook:
            for (learner, name, cell_name), (points, extra, comment) in given.items():
                grade = gradebook.find_grade(cell_name, name, "ps1", learner)
                grade.manual_score, grade.extra_credit = points, extra
                grade.needs_manual_grade = points is None and grade.auto_score is None
                if comment is not None:
                    gradebook.find_comment(cell_name, name, "ps1", learner).manual_comment = comment
            gradebook.db.commit()

    def by_hand(self) -> dict:
        """What people gave, as it stands in the gradebook, in the shape of BY_HAND."""
        rows = self.rows()
        comments = {row[:3]: row[4] for row in rows["comments"]}
        given = {row[:3]: (row[4], row[5], comments.get(row[:3])) for row in rows["grades"]}
        return {key: value for key, value in given.items() if value != (None, None, None)}

    def waiting(self) -> set:
        """(learner, cell) of what waits for a grader."""
        return {(row[0], row[2]) for row in self.rows()["grades"] if row[6]}

    def points(self) -> dict:
        """Learner -> automatic points of the two tests."""
        found: dict = {}
        for row in self.rows()["grades"]:
            if row[2].startswith("test_"):
                found.setdefault(row[0], {})[row[2]] = row[3]
        return {learner: (of.get("test_double"), of.get("test_halve")) for learner, of in found.items()}

    def run(self, *command: str, **options) -> subprocess.Popen:
        """Start a command in the folder of the class: nbgrader, or classroom."""
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=self.root,
            env=self.environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **options,
        )

    def environment(self) -> dict:
        return {**os.environ, "PYTHONPATH": str(HOME), "JUPYTER_CONFIG_DIR": str(self.root / "config")}

    def ran(self, *command: str, status: int = 0) -> str:
        """Run a command to its end, which must have this status; return what it printed."""
        done = forkserver.run(["-m", *command], self.root, self.environment(), merge=True)
        assert done.returncode == status, done.stdout
        return done.stdout


def graded_class(root: Path) -> SmallClass:
    """All four graded, and marked by hand."""
    made = SmallClass(root)
    for learner in ANSWERS:
        made.hand_in(learner)
    made.ran("nbgrader", "autograde", "ps1")
    made.mark()
    return made


def copy_of(made: SmallClass, root: Path) -> SmallClass:
    """The same class in another folder."""
    shutil.copytree(made.root, root)
    other = object.__new__(SmallClass)
    other.root, other.config = root, made.config.copy()
    other.config.CourseDirectory.root = str(root)
    return other
