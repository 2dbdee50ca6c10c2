"""A small course in which attacks and honest, clumsy submissions are graded together, in one real `nbgrader
autograde`.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import proctor
from proctor.tests import forkserver
from proctor.tests.plugin_course import Course, cell, notebook

HOME = Path(proctor.__file__).parents[1]
CANARY = "canary-5e1f0c77"
LIMITS = {
    "cell_seconds": 1.2,
    "call_seconds": 0.6,
    "notebook_seconds": 8.0,
    "memory": 600 * 1024**2,
    "disk": 64 * 1024**2,
    "cell_output": 100_000,
}

RIGHT = {
    "add": "def add(a, b):\n    return a + b",
    "scale": "def scale(x, k):\n    return x * k",
    "layer": "class Layer:\n    def __init__(self, W):\n        self.W = np.array(W)\n\n    def forward(self, X):\n   "
    "     return X @ self.W",
    "mean_of": "def mean_of(f, xs):\n    return sum(f(x) for x in xs) / len(xs)",
    "sign": "def sign(x):\n    return (x > 0) - (x < 0)",
}
POINTS = {"test_add": 2, "test_scale": 3, "test_layer": 3, "test_mean_of": 2, "test_sign": 3, "test_given": 2}
FULL = sum(POINTS.values())

CHECKS = (
    "import numpy as np\n\nLIMIT = 1e-9\n\n\ndef same(a, b):\n    return np.shape(a) == np.shape(b) and "
    "bool(np.all(np.abs(np.asarray(a) - b) < LIMIT))\n"
)
REFERENCE = f"# {CANARY}\ndef add(a, b):\n    return a + b\n\n\ndef scale(x, k):\n    return x * k\n"


def game() -> dict:
    """The notebook `game`: numbers, arrays, a class, a function as argument, partial credit, checks that are given."""
    solution = lambda name: cell("solution", f"### BEGIN SOLUTION\n{RIGHT[name]}\n### END SOLUTION", name)  # noqa: E731
    test = lambda name, visible, hidden: cell(  # noqa: E731
        "test",
        f'"""{name} works"""\n{visible}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS',
        "test_" + name,
        POINTS["test_" + name],
    )
    return notebook(
        [
            cell("plain", "# A game\n\nFill in the functions.", cell_type="markdown"),
            cell(
                "readonly",
                'import numpy as np\nimport checks\n\ndef must_equal(a, b):\n    """Raise if they differ."""\n    '
                'assert a == b, "they differ"',
                "setup",
            ),
            cell("plain", "from math import isclose\nfrom checks import same"),
            solution("add"),
            test(
                "add",
                "assert add(1, 2) == 3",
                f"from vault import reference  # {CANARY}\nassert add(20, 22) == reference.add(20, 22)\nassert "
                "abs(add(0.5, 0.25) - 0.75) < 1e-9\n"
                "assert all(a == b for a, b in zip(map(add, [1, 2], [3, 4]), [4, 6]))\nassert [add(i, 1) for i in "
                "range(3)] == [1, 2, 3]",
            ),
            solution("scale"),
            test(
                "scale",
                "x = np.array([1., 2., 4.])\nassert np.allclose(scale(x, 1.), x)",
                "from vault import reference\nassert np.allclose(scale(x, 5), reference.scale(x, 5))\nassert "
                "abs(scale(x, 2.) - 2 * x).max() < 1e-6\nnp.testing.assert_allclose(scale(x, -1), -x)\n"
                "assert x.tolist() == [1, 2, 4]",
            ),
            solution("layer"),
            test(
                "layer",
                "layer = Layer([[1.], [2.]])\nassert layer.W.shape == (2, 1)",
                "X = np.array([[3., 4.]])\nassert ((layer.forward(X) - np.array([[11.]])) ** 2).sum() < 1e-9\n"
                "layer.W[0] = 0\nassert np.allclose(layer.forward(X), 8)",
            ),
            cell("plain", "scratch = 1"),
            solution("mean_of"),
            test(
                "mean_of",
                "assert mean_of(abs, [-1, 1]) == 1",
                "xs = [1., 2., 6.]\nassert abs(mean_of(lambda v: v * v, xs) - 41 / 3) < 1e-9\nassert mean_of(np.exp, "
                "[0.]) == 1",
            ),
            solution("sign"),
            cell(
                "test",
                '"""sign of positive and negative numbers"""\nscore = 0\n### BEGIN HIDDEN TESTS\nfor number, right in '
                "((-3, -1), (5.5, 1), (7, 1)):\n    try:\n        score += 1 if sign(number) == right else 0\n"
                "    except Exception:\n        pass\nif score == 2:\n    score = 0\n### END HIDDEN TESTS\nscore",
                "test_sign",
                3,
            ),
            test(
                "given",
                "must_equal(add(2, 2), 4)",
                "assert isclose(add(0.1, 0.2), 0.3)\nassert same(scale(np.ones(2), 3), [3, 3])\nassert "
                "checks.same(add(1, 1), 2)",
            ),
        ]
    )


@dataclass
class Submission:
    """What one learner hands in.

    Attributes
    ----------
    answers : dict
        Source by grade id of the solution cell; what is missing keeps its stub.
    before, after : tuple of str
        Code cells at the top and at the end.
    files : dict
        Other files, by name.
    change : callable
        ``change(notebook)`` -> the notebook as dict, or bytes for the file.
    lost : tuple of str
        The tests that must fail; all others must have full points.
    """

    answers: dict = field(default_factory=dict)
    before: tuple = ()
    after: tuple = ()
    files: dict = field(default_factory=dict)
    change: object = None
    lost: tuple = ()


def honest(**options) -> Submission:
    """Right answers, with changes."""
    answers = {**RIGHT, **options.pop("answers", {})}
    return Submission(answers=answers, **options)


def attack(code="", **options) -> Submission:
    """Nothing right: `code` stands in the first answer."""
    options.setdefault("lost", tuple(POINTS))
    return Submission(answers={"add": code, **options.pop("answers", {})}, **options)


def code_cell(source, **metadata) -> dict:
    return {
        "cell_type": "code",
        "id": "",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


class Arena:
    """The course, its submissions, and what came of them.

    Parameters
    ----------
    root : Path
    tests : str
        Where the tests run: c.Proctor.tests.
    workers : int
        With one, nobody who was late is graded once more.
    """

    def __init__(self, root: Path, tests: str = "outside", workers: int = 2):
        self.root = root
        (root / "course" / "vault").mkdir(parents=True)
        (root / "course" / "vault" / "reference.py").write_text(REFERENCE)
        self.course = Course(root / "course", {"game": game()})
        for folder in ("source", "release"):
            (root / "course" / folder / "ps1" / "helper.py").unlink(missing_ok=True)
            (root / "course" / folder / "ps1" / "checks.py").write_text(CHECKS)
        self.home = root / "grader-home"
        self.home.mkdir()
        (self.home / "secret.txt").write_text(CANARY)
        (self.home / "secret.txt").chmod(0o644)
        (root / "course" / "nbgrader_config.py").write_text(
            textwrap.dedent(f"""
            # {CANARY}
            import sys
            sys.path.insert(0, {str(HOME)!r})
            import proctor
            c = get_config()
            proctor.install(c)
            c.CourseDirectory.root = {str(self.course.root)!r}
            c.Exchange.root = {str(self.home)!r}
            c.Proctor.workers = {workers}
            c.Proctor.tests = {tests!r}
            c.Proctor.limits = {LIMITS!r}
        """)
        )

    def submit(self, student: str, submission: Submission):
        nb = self.course.released("game")
        for one in nb["cells"]:
            one["source"] = "".join(one["source"])
            grade_id = one["metadata"].get("nbgrader", {}).get("grade_id")
            if grade_id in submission.answers:
                one["source"] = submission.answers[grade_id]
        nb["cells"][1:1] = [code_cell(source) for source in submission.before]
        nb["cells"] += [code_cell(source) for source in submission.after]
        nb = submission.change(copy.deepcopy(nb)) if submission.change else nb
        content = nb if isinstance(nb, bytes) else json.dumps(nb).encode()
        self.course.submit(student, **{"game.ipynb": content}, **submission.files)

    def nbgrader(self, *arguments, typed=False):
        """Run nbgrader as the grader does, `typed` in a process of its own; returns (status, what it said)."""
        env = {
            **os.environ,
            "HOME": str(self.home),
            "GRADER_SECRET": CANARY,
            "PYTHONDONTWRITEBYTECODE": "1",
            "JUPYTER_CONFIG_DIR": str(self.home / "config"),
            "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR", os.path.expanduser("~/.cache/matplotlib")),
        }
        done = forkserver.run(["-m", "nbgrader", *arguments], self.course.root, env, typed=typed)
        return done.returncode, done.stdout + done.stderr

    def points(self) -> dict:
        """Student -> test -> points."""
        found = {}
        for student, _, name, auto, *_ in self.course.rows()["grades"]:
            found.setdefault(student, {})[name] = auto
        return found

    def written(self, student: str, folder="autograded") -> str:
        """All that a learner may read, as one text."""
        parts = []
        for path in sorted((self.course.root / folder / student / "ps1").rglob("*")):
            if path.is_file() and path.name != "checks.py":
                parts.append(path.read_bytes().decode("utf-8", "replace"))
        return "\n".join(parts)

    def messages(self, student: str) -> dict:
        """Test -> message for the learner."""
        nb = self.course.graded(student, "game")
        return {
            c["metadata"]["nbgrader"]["grade_id"]: c["metadata"]["proctor"]["message"]
            for c in nb["cells"]
            if "proctor" in c["metadata"]
        }

    def fingerprint(self) -> dict:
        """Path -> hash of everything that grading must not change."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            inside = path.relative_to(self.root).parts
            if (
                path.is_file()
                and not path.is_symlink()
                and not {"autograded", "feedback"} & set(inside)
                and not path.name.startswith("gradebook.db")
                and "config" not in inside
            ):
                found["/".join(inside)] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found


def expected(submission: Submission) -> dict:
    return {name: 0 if name in submission.lost else points for name, points in POINTS.items()}
