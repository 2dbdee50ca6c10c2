"""Commands that need no graded class: `nbgrader validate`, and what bad input gets."""

import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from course_tests.notebooks import ROOT, sources
from tools import gradebook, release
from tools.tests.workshop import copy_course, run


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """A copy of the course that no test changes, whose kernels write short tracebacks: the long ones of a blank notebook
    take as long as all the rest.
    """
    course = copy_course(tmp_path_factory.mktemp("course"))
    profile = course / ".ipython" / "profile_default"
    profile.mkdir(parents=True)
    (profile / "ipython_kernel_config.py").write_text("get_config().InteractiveShell.xmode = 'Minimal'\n")
    return course


@pytest.mark.parametrize("assignment", release.assignments())
def test_nbgrader_validates_source_and_release(untouched, assignment):
    notebook = f"{assignment}/{assignment.partition('_')[2]}.ipynb"
    nbgrader = str(Path(sys.executable).with_name("nbgrader"))
    settings = {"IPYTHONDIR": str(untouched / ".ipython")}
    everything = "--Validator.validate_all=True"  # figures, too
    patient = (
        "--Execute.timeout=300"  # nbgrader's 30 s are of the wall clock: too few for training where four tests run
    )
    good = run(untouched, nbgrader, "validate", everything, patient, f"source/{notebook}", **settings)
    assert "Success" in good.stdout, good.stdout + good.stderr
    blank = run(untouched, nbgrader, "validate", "--invert", f"release/{notebook}", **settings)
    assert "Success" in blank.stdout, blank.stdout + blank.stderr


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


@pytest.fixture
def course_of_two(course):
    """A course of the first two assignments, in step: all of them take long to release."""
    for folder in ("source", "release"):
        for path in sorted((course / folder).glob("[0-9]*"))[2:]:
            shutil.rmtree(path)
    (course / "gradebook.db").unlink()
    for says in ("written again", "in step"):
        done = run(course, "-m", "tools.release")
        assert done.returncode == 0 and says in done.stdout, done.stderr
    return course


def test_a_release_out_of_step_is_made_anew(course_of_two):
    edit_source(course_of_two, '"# ', '"# A changed title: ')
    done = run(course_of_two, "-m", "tools.release")
    assert done.returncode == 0 and "written again" in done.stdout, done.stderr


def test_a_release_is_not_made_over_a_gradebook_with_learners(course_of_two):
    course = course_of_two
    with sqlite3.connect(course / "gradebook.db") as book:
        book.execute("INSERT INTO student (id) VALUES ('ada')")
    path = sorted((course / "source").glob("*/*.ipynb"))[0]
    path.write_text(
        re.sub(r'"points": 0\.125', '"points": 0.25', path.read_text(encoding="utf-8"), count=1), encoding="utf-8"
    )
    assert "holds learners" in one_line(run(course, "-m", "tools.release"))
    assert gradebook.learners(course / "gradebook.db") == ["ada"]


def test_a_missing_module_is_named(course):
    hide = (
        "import sys, importlib.util as u; real = u.find_spec; u.find_spec = lambda name, *a: None if name == "
        "'tqdm' else real(name, *a); import tools"
    )
    assert "tqdm is missing: run `make setup`" in one_line(run(course, "-c", hide))


def test_a_python_too_old_is_refused(tmp_path):
    shutil.copy2(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.lock").touch()
    old = tmp_path / "python2.6"
    old.write_text(
        "#!/bin/sh\nexec " + sys.executable + ' -c "import sys; sys.version_info = (3, 9, 1); exec(sys.argv[1])" "$2"\n'
    )
    old.chmod(0o755)
    done = subprocess.run(["make", "setup", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0 and "Python 3.9 is here; the course needs 3.10 to 3.13" in done.stdout
    new = tmp_path / "python4"
    new.write_text(old.read_text().replace("(3, 9, 1)", "(3, 14, 0)"))
    new.chmod(0o755)
    for untested, refused in (("", True), ("1", False)):  # then it goes on, as far as there is a course
        command = ["make", "setup", f"PYTHON={new}", f"UNTESTED={untested}"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert ("Python 3.14 is here" in done.stdout) == refused


def test_clean_leaves_a_real_class_alone(course):
    for learner in ("ada", "demo_blank"):
        (course / "submitted" / learner / "01_pixels").mkdir(parents=True)
    with sqlite3.connect(course / "gradebook.db") as book:
        book.execute("INSERT INTO student (id) VALUES ('ada')")
    done = run(course, "tools/clean.py")
    assert done.returncode == 0 and done.stdout.count("left alone") == 2, done.stdout + done.stderr
    assert (course / "submitted" / "ada").exists() and not (course / "submitted" / "demo_blank").exists()
    assert gradebook.learners(course / "gradebook.db") == ["ada"]
