"""The real chain on the demo class: release, autograde, feedback, by nbgrader's own commands, in a copy of the course."""

import csv
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from course_tests import jupyter
from course_tests.notebooks import ROOT, sources
from tools import gradebook, release

RECORDED = ROOT / "course_tests" / "demo_scores.csv"
COURSE = ["course_tests", "proctor", "release", "source", "tools", "gradebook.db", "nbgrader_config.py"]
WRITE_ANEW = "If that is what you mean, run `.venv/bin/python -m tools.grade --record` and commit course_tests/demo_scores.csv"


def copy_course(into: Path) -> Path:
    for name in COURSE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, into / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
        else:
            shutil.copy2(ROOT / name, into / name)
    (into / "autograded").mkdir()
    return into


def run(course: Path, *command: str, **environment: str) -> subprocess.CompletedProcess:
    # PATH without the virtual environment: nbgrader must work when it is called by its full path.
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "GRADEBOOK_URL", "VIRTUAL_ENV")}
    clean |= {"PATH": "/usr/bin:/bin"} | environment
    return subprocess.run([sys.executable, *command], cwd=course, env=clean, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=900)


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
    done = run(course, "-m", "tools.grade")
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
    assert not gradebook.learners(book), "The committed gradebook.db holds learners: run `make clean`, then `make release`."
    assert gradebook.released_rows(book) == gradebook.released_rows(fresh / "gradebook.db"), (
        "gradebook.db is not what source/ makes. Run `make release` and commit release/ and gradebook.db.")


# ---------------------------------------------------------------- the class


def test_scores_of_the_demo_class_are_as_recorded(graded):
    course, _ = graded
    with RECORDED.open(newline="") as file:
        want = {(row["learner"], row["assignment"]): (float(row["score"]), float(row["points"]), row["late"] == "late") for row in csv.DictReader(file)}
    got = scores(course)
    changed = [f"{learner} in {assignment}: {got.get((learner, assignment))}, recorded {want.get((learner, assignment))}"
               for learner, assignment in sorted(got.keys() | want.keys()) if got.get((learner, assignment)) != want.get((learner, assignment))]
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
    named = 0
    for page in (course / "feedback").glob("demo_mistakes_*/*/*.html"):
        text = page.read_text(encoding="utf-8")
        named += text.count("behaves exactly like a known mistake")
        for secret in ("course_tests", "HIDDEN TESTS", "assert_agrees", "rngs(", str(course), str(ROOT)):
            assert secret not in text, f"{page.relative_to(course)} shows {secret!r}"
        # A traceback of the learner's own cell is theirs to read; none may come from a file of the tests.
        assert not re.search(r"checks\.py|test_\w+\.py|/proctor/", text), f"{page.relative_to(course)} shows a traceback of the tests"
    assert named >= 10, f"only {named} mistakes are named in the feedback of the demo class"


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


# ---------------------------------------------------------------- nbgrader's own commands


@pytest.mark.parametrize("assignment", release.assignments())
def test_nbgrader_validates_source_and_release(graded, assignment):
    course, _ = graded
    notebook = f"{assignment}/{assignment.partition('_')[2]}.ipynb"
    nbgrader = str(Path(sys.executable).with_name("nbgrader"))
    good = run(course, nbgrader, "validate", f"source/{notebook}")
    assert "Success" in good.stdout, good.stdout + good.stderr
    blank = run(course, nbgrader, "validate", "--invert", f"release/{notebook}")
    assert "Success" in blank.stdout, blank.stdout + blank.stderr


def test_nbgrader_autogrades_one_learner_and_exports(graded):
    course, _ = graded
    nbgrader = str(Path(sys.executable).with_name("nbgrader"))
    assignment = release.assignments()[-1]
    before = scores(course)
    done = run(course, nbgrader, "autograde", assignment, "--student", "demo_blank", "--force")
    assert done.returncode == 0, done.stderr
    assert scores(course) == before
    done = run(course, nbgrader, "export", "--to", "grades.csv")
    assert done.returncode == 0, done.stderr
    with (course / "grades.csv").open(newline="") as file:
        assert {row["student_id"] for row in csv.DictReader(file)} >= {"demo_perfect", "demo_blank"}


def test_formgrader_pages_open(graded, tmp_path):
    course, _ = graded
    with jupyter.lab(course, tmp_path) as address:
        for page in ("manage_assignments", "gradebook", "manage_students"):
            assert "formgrader" in jupyter.get(f"{address}/formgrader/{page}"), page
        assert release.assignments()[0] in jupyter.get(f"{address}/formgrader/api/assignments")


# ---------------------------------------------------------------- bad input


def one_line(done: subprocess.CompletedProcess) -> str:
    """The message of a command that must have failed; a traceback is no message."""
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr.strip().splitlines()[-1]


@pytest.fixture
def course(tmp_path):
    return copy_course(tmp_path)


def test_a_locked_gradebook_is_refused_with_what_to_do(course):
    with sqlite3.connect(course / "gradebook.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "locked" in (line := one_line(run(course, "-m", "tools.grade"))) and "again" in line
        other.execute("ROLLBACK")


def test_a_read_only_gradebook_is_refused_with_what_to_do(course):
    (course / "gradebook.db").chmod(0o444)
    assert "chmod u+w gradebook.db" in one_line(run(course, "-m", "tools.grade"))


def test_a_file_that_is_no_gradebook_is_refused(course):
    (course / "gradebook.db").write_text("grades" * 1000)
    assert "make release" in one_line(run(course, "-m", "tools.grade"))


def edit_source(course: Path, old: str, new: str) -> None:
    path = sorted((course / "source").glob("*/*.ipynb"))[0]
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_source_notebook_with_outputs_is_refused(course):
    edit_source(course, '"outputs": []', '"outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}]')
    assert "has outputs: clear all outputs" in one_line(run(course, "-m", "tools.release"))


def test_an_unknown_test_cell_is_refused(course):
    edit_source(course, '"grade_id": "test_', '"grade_id": "test_nobody_knows_')
    assert "no hidden test is called test_nobody_knows_" in one_line(run(course, "-m", "tools.release"))


def test_an_exercise_without_reference_is_refused(course):
    first = next(cell for cell in sources()[0].exercises())
    edit_source(course, f'"grade_id": "{first.grade_id}"', '"grade_id": "nobody_knows_me"')
    assert "the exercise nobody_knows_me has no reference" in one_line(run(course, "-m", "tools.release"))


def test_a_release_out_of_step_is_made_anew(course):
    edit_source(course, '"# ', '"# A changed title: ')
    done = run(course, "-m", "tools.release")
    assert done.returncode == 0 and "written anew" in done.stdout, done.stderr


def test_a_release_is_not_made_over_a_gradebook_with_learners(course):
    with sqlite3.connect(course / "gradebook.db") as book:
        book.execute("INSERT INTO student (id) VALUES ('ada')")
    path = sorted((course / "source").glob("*/*.ipynb"))[0]
    path.write_text(re.sub(r'"points": 0\.125', '"points": 0.25', path.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    assert "holds learners" in one_line(run(course, "-m", "tools.release"))
    assert gradebook.learners(course / "gradebook.db") == ["ada"]


def test_a_missing_module_is_named(course):
    hide = "import sys, importlib.util as u; real = u.find_spec; u.find_spec = lambda name, *a: None if name == 'tqdm' else real(name, *a); import tools"
    assert "tqdm is missing: run `make setup`" in one_line(run(course, "-c", hide))


def test_a_python_too_old_is_refused(tmp_path):
    shutil.copy2(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.lock").touch()
    old = tmp_path / "python2.6"
    old.write_text("#!/bin/sh\nexec " + sys.executable + ' -c "import sys; sys.version_info = (3, 9, 1); exec(sys.argv[1])" "$2"\n')
    old.chmod(0o755)
    done = subprocess.run(["make", "setup", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0 and "Python 3.9 is here; the course needs 3.10 to 3.13" in done.stdout


def test_clean_leaves_a_real_class_alone(course):
    for learner in ("ada", "demo_blank"):
        (course / "submitted" / learner / "01_pixels").mkdir(parents=True)
    with sqlite3.connect(course / "gradebook.db") as book:
        book.execute("INSERT INTO student (id) VALUES ('ada')")
    done = run(course, "tools/clean.py")
    assert done.returncode == 0 and done.stdout.count("left alone") == 2, done.stdout + done.stderr
    assert (course / "submitted" / "ada").exists() and not (course / "submitted" / "demo_blank").exists()
    assert gradebook.learners(course / "gradebook.db") == ["ada"]
