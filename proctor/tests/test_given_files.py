"""Files that a course makes for its learners (`c.Proctor.given_files`): in release/ and in grading."""

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import proctor
from proctor.tests.plugin_course import Course

HOME = Path(proctor.__file__).parents[1]
RIGHT = {"test_double": (2.0, False), "test_halve": (3.0, False)}
MADE = """def files(assignment, source, config):
    assert source.is_dir() and source.name == assignment and config.CourseDirectory.root
    return {"helper.py": b"FACTOR = 2\\n", "data/made.txt": assignment.encode()}
def broken(assignment, source, config):
    raise ValueError("no helper today")
def cell(assignment, notebook, files):
    return f"FILES = {assignment, notebook, sorted(files)}"
def outside(assignment, source, config):
    return {"../helper.py": b""}
"""
CONFIG = """
    import sys
    sys.path[:0] = [{home!r}, {root!r}]
    import proctor
    c = get_config()
    proctor.install(c)
    c.CourseDirectory.root = {root!r}
    c.ClearSolutions.code_stub = {{"python": "# your code"}}
    c.Proctor.workers = 1
    c.Proctor.given_files = "made:{function}"
"""


@pytest.fixture
def course(tmp_path):
    """Released by stock nbgrader with helper.py in source/; from then on it is made."""
    course = Course(tmp_path / "course")
    (course.root / "source" / "ps1" / "helper.py").unlink()
    shutil.rmtree(course.root / "release")
    (course.root / "made.py").write_text(MADE)
    configure(course)
    return course


def configure(course, function="files", more=""):
    (course.root / "nbgrader_config.py").write_text(
        textwrap.dedent(CONFIG.format(home=str(HOME), root=str(course.root), function=function)) + more
    )


def nbgrader(course, *arguments):
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(course.root / "config"), "PYTHONPATH": ""}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments], cwd=course.root, env=env, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def button(course):
    """What formgrader's button does."""
    code = (
        "from nbgrader.apps import NbGraderAPI\nfrom traitlets.config import PyFileConfigLoader\n"
        "config = PyFileConfigLoader('nbgrader_config.py', path='.').load_config()\n"
        "result = NbGraderAPI(config=config).generate_assignment('ps1')\n"
        "assert result['success'], result"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=course.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("generate", ["command", "button"])
def test_they_are_in_the_release(course, generate):
    if generate == "button":
        button(course)
    else:
        status, said = nbgrader(course, "generate_assignment", "ps1")
        assert status == 0, said
    release = course.root / "release" / "ps1"
    assert sorted(str(path.relative_to(release)) for path in release.rglob("*") if path.is_file()) == [
        "data/made.txt",
        "helper.py",
        "numbers.ipynb",
        "words.ipynb",
    ]
    assert (release / "helper.py").read_bytes() == b"FACTOR = 2\n" and (
        release / "data" / "made.txt"
    ).read_bytes() == b"ps1"
    assert not (course.root / "source" / "ps1" / "helper.py").exists()


@pytest.mark.parametrize("enabled", [True, False], ids=["proctor", "stock"])
def test_a_notebook_finds_them_while_it_is_graded(course, enabled):
    """Those of the course, whatever lies in the submission."""
    button(course)
    course.submit("ada", numbers=course.answered(), **{"helper.py": b"FACTOR = 3\n"})
    configure(course, more=f"c.Proctor.enabled = {enabled}\nc.Proctor.given_at_home = ['data/made.txt']\n")
    status, said = nbgrader(course, "autograde", "ps1", "--create")
    assert status == 0 and course.scores("ada").items() >= RIGHT.items(), said
    graded = course.root / "autograded" / "ada" / "ps1"
    assert (graded / "helper.py").read_bytes() == b"FACTOR = 2\n" and not (graded / "data").exists()


@pytest.mark.parametrize(
    "function, why",
    [
        ("broken", "c.Proctor.given_files = 'made:broken' makes nothing for ps1: ValueError: no helper today"),
        ("outside", "must give bytes by a path inside the assignment, not '../helper.py'"),
        ("missing", "c.Proctor.given_files = 'made:missing' makes nothing for ps1: AttributeError"),
    ],
)
def test_a_failure_ends_the_command_and_leaves_the_release(course, function, why):
    button(course)
    before = {path: path.read_bytes() for path in (course.root / "release").rglob("*") if path.is_file()}
    configure(course, function)
    course.submit("ada", numbers=course.answered())
    for command in (["generate_assignment", "ps1", "--force"], ["autograde", "ps1", "--create"]):
        status, said = nbgrader(course, *command)
        assert status == 1 and why in said and "Traceback" not in said, said
    assert before == {path: path.read_bytes() for path in (course.root / "release").rglob("*") if path.is_file()}
    assert course.scores("ada") == {}


def test_a_file_in_source_as_well_is_one_sentence_with_the_command_that_repairs_it(course):
    """A course or a class from before it was made: its source/ still holds a copy."""
    button(course)
    old = course.root / "source" / "ps1" / "helper.py"
    old.write_text("FACTOR = 5\n")
    course.submit("ada", numbers=course.answered())
    remedy = f"Take it out: rm {old} && nbgrader generate_assignment ps1 --force"
    for command in (["generate_assignment", "ps1", "--force"], ["autograde", "ps1", "--create"]):
        status, said = nbgrader(course, *command)
        assert (
            status == 1
            and remedy.replace(str(course.root) + "/", "") in said.replace(str(course.root) + "/", "")
            and "Traceback" not in said
        ), said
    done = subprocess.run(
        f"rm {old} && {sys.executable} -m nbgrader generate_assignment ps1 --force",
        shell=True,
        cwd=course.root,
        capture_output=True,
    )
    assert done.returncode == 0


def test_a_first_cell_is_in_the_release_and_grading_leaves_it_out(course):
    """What a learner writes into it is the learner's, and runs."""
    configure(course, more="c.Proctor.first_cell = 'made:cell'\n")
    button(course)
    cells = course.released("numbers")["cells"]
    assert [cell["cell_type"] for cell in cells[:2]] == ["markdown", "code"], "it comes before the first code cell"
    (first,) = [cell for cell in cells if "proctor-files" in cell["metadata"].get("tags", ())]
    assert first is cells[1] and first["metadata"]["jupyter"] == {"source_hidden": True}
    assert "".join(first["source"]) == "FILES = ('ps1', 'numbers.ipynb', ['data/made.txt', 'helper.py'])"
    assert "FILES" not in (course.root / "source" / "ps1" / "numbers.ipynb").read_text()
    course.submit("ada", numbers=course.answered())
    written_into = course.answered()
    written_into["cells"][1]["source"] += "\nfrom helper import FACTOR as MINE"
    written_into["cells"] = [
        {**cell, "source": "def double(x):\n    return MINE * x"} if cell["id"] == "double" else cell
        for cell in written_into["cells"]
    ]
    course.submit("ben", numbers=written_into)
    status, said = nbgrader(course, "autograde", "ps1", "--create")
    assert status == 0 and said.count("WARNING") == said.count("words.ipynb") + 1 == 3, said
    for learner in ("ada", "ben"):
        assert course.scores(learner).items() >= RIGHT.items(), said
        assert (learner == "ben") == any("FILES" in cell["source"] for cell in course.graded(learner)["cells"])


def test_what_names_no_function_is_refused(course):
    configure(course, more="c.Proctor.given_files = 'made.files'\n")
    status, said = nbgrader(course, "generate_assignment", "ps1")
    assert status == 1 and "write it as 'module:function'" in said
