"""The real chain on the demo class: release, autograde, feedback, by nbgrader's own commands, in a copy of the
course.
"""

import csv
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from course_tests.notebooks import ROOT, sources
from course_tests.test_course import UNNAMED
from proctor import cells
from tools import demo_class, gradebook, release
from tools.tests import jupyter
from tools.tests.workshop import copy_course, run

RECORDED = ROOT / "tools" / "tests" / "demo_scores.csv"
WRITE_ANEW = (
    "If that is what you mean, run `.venv/bin/python -m tools.grade --record` and commit tools/tests/demo_scores.csv"
)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A fresh release, made from source/."""
    folder = tmp_path_factory.mktemp("fresh")
    release.generate(folder)
    return folder


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A copy of the course in which `make grade` has run, and what it printed."""
    course = copy_course(tmp_path_factory.mktemp("course"))
    done = run(course, "-m", "tools.grade", typed=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return course, done.stdout


def scores(course: Path) -> dict[tuple[str, str], tuple[float, float, bool]]:
    """Learner and assignment -> points from tests, points that tests give, late?"""
    sums = {}
    for learner, assignment, _, _, kind, score, points, _, late in gradebook.scores(course / "gradebook.db"):
        if kind == "test":
            got, most, _ = sums.get((learner, assignment), (0.0, 0.0, False))
            sums[learner, assignment] = (got + (score or 0.0), most + points, late > 0)
    return sums


# ---------------------------------------------------------------- the release


def test_release_is_in_step_with_source(fresh):
    found = [line for line in release.differences(fresh) if line.startswith("release/")]
    assert not found, "\n".join([*found, "Run `make release` and commit release/ and gradebook.db."])


def test_committed_gradebook_is_in_step_and_without_learners(fresh, tmp_path):
    book = tmp_path / "gradebook.db"
    shown = subprocess.run(["git", "show", "HEAD:gradebook.db"], cwd=ROOT, capture_output=True)
    book.write_bytes(shown.stdout if shown.returncode == 0 else (ROOT / "gradebook.db").read_bytes())
    assert not gradebook.learners(book), (
        "The committed gradebook.db holds learners: run `make clean`, then `make release`."
    )
    assert gradebook.released_rows(book) == gradebook.released_rows(fresh / "gradebook.db"), (
        "gradebook.db is not what source/ makes. Run `make release` and commit release/ and gradebook.db."
    )


# ---------------------------------------------------------------- the class


def test_scores_of_the_demo_class_are_as_recorded(graded):
    course, _ = graded
    with RECORDED.open(newline="") as file:
        want = {
            (row["learner"], row["assignment"]): (float(row["score"]), float(row["points"]), row["late"] == "late")
            for row in csv.DictReader(file)
        }
    got = scores(course)
    changed = [
        f"{learner} in {assignment}: {got.get((learner, assignment))}, recorded {want.get((learner, assignment))}"
        for learner, assignment in sorted(got.keys() | want.keys())
        if got.get((learner, assignment)) != want.get((learner, assignment))
    ]
    assert not changed, "\n".join([*changed, WRITE_ANEW])


def test_source_earns_everything_and_release_nothing(graded):
    course, _ = graded
    for (learner, assignment), (score, points, _) in scores(course).items():
        if learner in ("demo_perfect", "demo_alternatives", "demo_late"):
            assert score == points, f"{learner} has {score} of {points} in {assignment}"
        if learner == "demo_blank":
            assert score == 0, f"the release of {assignment} earns {score} points"


def test_feedback_names_the_mistakes_and_shows_no_hidden_test(graded):
    course, _ = graded
    for page in (course / "feedback").glob("demo_mistakes_*/*/*.html"):
        text = page.read_text(encoding="utf-8")
        for secret in ("course_tests", "HIDDEN TESTS", "assert_agrees", "rngs(", str(course), str(ROOT)):
            assert secret not in text, f"{page.relative_to(course)} shows {secret!r}"
        # A traceback of the learner's own cell is theirs to read; none may come from a file of the tests.
        assert not re.search(r"checks\.py|test_\w+\.py|/proctor/", text), (
            f"{page.relative_to(course)} shows a traceback of the tests"
        )


def test_the_demo_class_is_told_its_mistakes_by_name(graded):
    """In the graded notebook; the page says the sentence and not the name. A later mistake may hide behind an
    earlier one that it calls.
    """
    course, _ = graded
    for notebook, number in itertools.product(sources(), range(demo_class.MISTAKEN)):
        place = Path(f"demo_mistakes_{number + 1}", notebook.assignment)
        tests = json.loads((course / "autograded" / place / notebook.path.name).read_text(encoding="utf-8"))["cells"]
        page = (course / "feedback" / place / f"{notebook.topic}.html").read_text(encoding="utf-8")
        exercise, named = dict(cells.exercises(tests)), {}
        for cell in tests:
            for mistake in cells.mistakes(cell):
                named.setdefault(exercise[cells.grade_id_of(cell)], set()).add(mistake.name)
                assert mistake.name not in page
        for name, entry in list(demo_class.mistakes(notebook, number).items())[:1]:
            assert entry.label in named.get(name, ()) or entry.label in UNNAMED, (
                f"{place}: {entry.label} is called {named.get(name)}"
            )


def test_a_second_run_grades_nothing(graded):
    course, _ = graded
    before = {path: path.stat().st_mtime_ns for path in (course / "autograded").rglob("*.ipynb")}
    done = run(course, "-m", "tools.grade")
    assert done.returncode == 0 and "up to date" in done.stdout, done.stdout + done.stderr
    assert {path: path.stat().st_mtime_ns for path in (course / "autograded").rglob("*.ipynb")} == before


def test_the_run_ends_with_a_table_a_page_and_a_picture(graded):
    course, printed = graded
    assert "demo_perfect" in printed and "late" in printed
    page = re.search(r"feedback/\S+\.html", printed)
    assert page and (course / page.group()).exists()
    assert (course / "report" / "grades.png").read_bytes().startswith(b"\x89PNG")
    lines = printed.strip().splitlines()
    assert lines[-1].startswith("Done in") or "NO WALLS" in lines[0] and lines[-1] == lines[0]


# ---------------------------------------------------------------- nbgrader's own commands


def test_nbgrader_autogrades_one_learner_and_exports(graded):
    course, _ = graded
    nbgrader = str(Path(sys.executable).with_name("nbgrader"))
    assignment = release.assignments()[-1]
    before = scores(course)
    done = run(course, nbgrader, "autograde", assignment, "--student", "demo_blank", "--force", typed=True)
    assert done.returncode == 0, done.stderr
    assert scores(course) == before
    done = run(course, nbgrader, "export", "--to", "grades.csv", typed=True)
    assert done.returncode == 0, done.stderr
    with (course / "grades.csv").open(newline="") as file:
        assert {row["student_id"] for row in csv.DictReader(file)} >= {"demo_perfect", "demo_blank"}


def test_formgrader_pages_open(graded, tmp_path):
    course, _ = graded
    with jupyter.lab(course, tmp_path) as address:
        for page in ("manage_assignments", "gradebook", "manage_students"):
            assert "formgrader" in jupyter.get(f"{address}/formgrader/{page}"), page
        assert release.assignments()[0] in jupyter.get(f"{address}/formgrader/api/assignments")
