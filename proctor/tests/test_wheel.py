"""The wheel holds all that another course needs and nothing of this one; in an environment of its own it grades
nbgrader's example course.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from packaging.requirements import Requirement

from proctor.tests.needs import walls

ROOT = Path(__file__).resolve().parents[2]
THREE_LINES = "\nimport proctor\nc = get_config()\nproctor.install(c)\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from this folder, as `pip install .` builds it."""
    pytest.importorskip("hatchling", reason="hatchling builds the wheel: make setup")
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_packages_whole_and_nothing_else(wheel):
    """Learners' code sees what is installed: no hidden test, no reference and no wrong answer may ever be in it."""
    with zipfile.ZipFile(wheel) as archive:
        there = {name for name in archive.namelist() if ".dist-info/" not in name}
        bytes_of_all = b"".join(archive.read(name) for name in there)
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in ("proctor", "classroom")
        for path in (ROOT / package).rglob("*")
        if path.is_file()
    }
    unwanted = re.compile(r"^\w+/tests/|__pycache__|\.pyc$|\.ipynb_checkpoints")
    assert there == {name for name in wanted if not unwanted.search(name)}
    assert not [name for name in there if "course_tests" in name] and b"from course_tests" not in bytes_of_all


def test_another_course_gets_no_tool_of_this_one(wheel):
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(next(name for name in archive.namelist() if name.endswith("METADATA"))).decode()
    needed = {
        Requirement(line).name for line in re.findall("^Requires-Dist: (.*)", metadata, re.M) if "extra ==" not in line
    }
    assert needed == {"nbgrader", "numpy", "matplotlib", "tqdm", "latex2mathml", "nh3"}


# ---------------------------------------------------------------- an environment with nbgrader, the wheel and what they
# need


def needs_of(*names: str) -> dict[str, importlib.metadata.Distribution]:
    """These distributions and all that they need, as they are installed here."""
    found, seen, todo = {}, set(), [Requirement(name) for name in names]
    while todo:
        wanted = todo.pop()
        if str(wanted) in seen:
            continue
        seen.add(str(wanted))
        try:
            found[wanted.name] = importlib.metadata.distribution(wanted.name)
        except importlib.metadata.PackageNotFoundError:
            continue  # left out of the lock on purpose: see pyproject.toml
        todo += [
            one
            for one in map(Requirement, found[wanted.name].requires or ())
            if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras))
        ]
    return found


def link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory) -> Path:
    """As `pip install nbgrader WHEEL` would make it, without a registry: the packages are those of this environment,
    by hard links.
    """
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, symlinks=True)
    site = next(folder.glob("lib/python*/site-packages"))
    for distribution in needs_of("nbgrader", "numpy", "matplotlib", "tqdm", "latex2mathml", "nh3").values():
        for file in distribution.files or ():
            target = Path(os.path.normpath(site / file))  # nbconvert's templates lie in share/
            if "bin" not in file.parts and Path(file.locate()).is_file() and not target.exists():
                link(Path(file.locate()), target)
    for program, module in (("alembic", "alembic.config"), ("nbgrader", "nbgrader.apps.nbgraderapp")):
        script = folder / "bin" / program
        script.write_text(f"#!{folder / 'bin' / 'python'}\nfrom {module} import main\nmain()\n", encoding="utf-8")
        script.chmod(0o755)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "install",
            "--quiet",
            "--offline",
            "--no-deps",
            "--python",
            str(folder / "bin" / "python"),
            str(wheel),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder / "bin"


@pytest.fixture(scope="module")
def course(environment, tmp_path_factory) -> Path:
    """`nbgrader quickstart`, the three lines, and the course's own solution handed in."""
    folder = tmp_path_factory.mktemp("quickstart")
    run(environment, folder, "python", "-m", "nbgrader", "quickstart", "course101")
    made = folder / "course101"
    with (made / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(THREE_LINES)
    run(environment, made, "python", "-m", "nbgrader", "generate_assignment", "ps1")
    shutil.copytree(made / "source" / "ps1", made / "submitted" / "bitdiddle" / "ps1")
    shutil.copytree(made / "release" / "ps1", made / "submitted" / "hacker" / "ps1")  # nothing was done
    run(environment, made, "python", "-m", "nbgrader", "autograde", "ps1")
    return made


def run(environment: Path, folder: Path, program: str, *arguments: str) -> str:
    """A program of the environment, which knows nothing of this folder."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "VIRTUAL_ENV", "GRADEBOOK_URL"))
    }
    clean["PATH"] = os.pathsep.join([str(environment), os.environ["PATH"]])
    done = subprocess.run(
        [environment / program, *arguments],
        cwd=folder,
        env=clean,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_environment_has_no_tool_of_this_course(environment):
    code = (
        "import importlib.util as u, proctor, classroom; print(proctor.__file__, classroom.__file__); "
        "print([name for name in ('pytest', 'xdist', 'copydetect', 'hatchling', 'course_tests', 'tools', "
        "'proctor.tests') if u.find_spec(name)])"
    )
    where, there = run(environment, environment, "python", "-c", code).splitlines()
    assert where.count(str(environment.parent)) == 2 and there == "[]"


def test_nbgraders_own_course_is_graded(course):
    """Written by nbgrader's authors: their solution gets full marks, and an empty notebook gets none."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "course101") as gradebook:
        points = {
            (learner, grade.notebook.name, grade.name): (grade.auto_score, grade.max_score)
            for learner in ("bitdiddle", "hacker")
            for notebook in gradebook.find_submission("ps1", learner).notebooks
            for grade in notebook.grades
            if grade.auto_score is not None
        }  # the rest waits for a person
    tests = ("correct_squares", "squares_invalid_input", "correct_sum_of_squares", "sum_of_squares_uses_squares")
    solved = {key: value for key, value in points.items() if key[0] == "bitdiddle" and key[2] in tests}
    assert len(solved) == 4 and {key: value for key, value in solved.items() if value[0] != value[1]} == {}
    assert sum(got for (learner, *_), (got, _) in points.items() if learner == "hacker") == 0


@walls
def test_the_command_classroom_finds_nothing_wrong(environment, course):
    run(environment, course, "python", "-m", "nbgrader", "generate_feedback", "ps1")
    assert (course / "feedback" / "bitdiddle" / "ps1" / "problem1.html").exists()
    assert "0 problems" in run(environment, course, "classroom", "doctor")
    assert (
        run(environment, course, "classroom", "export", "canvas", "--to", "canvas.csv")
        and (course / "canvas.csv").exists()
    )
