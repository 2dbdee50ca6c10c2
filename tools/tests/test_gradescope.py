"""The autograder for Gradescope, in folders like Gradescope's: its scripts run as they would there."""

import csv
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import matplotlib
import pytest

from course_tests.notebooks import ROOT, sources
from proctor.trusted import rooms
from tools import demo_class, gradescope

ASSIGNMENT = "03_activations"
NOTEBOOK = next(notebook for notebook in sources() if notebook.assignment == ASSIGNMENT)
OPTIONS = {"tries": 2, "visibility": "visible", "seconds": 200}
METADATA = {"id": 7, "users": [{"id": 12, "email": "Ada@Uni.example", "name": "Ada"}], "previous_submissions": []}
HOSTILE = """
import os
seen, wrote = "", []
for folder, _, names in os.walk(PLACE):
    for name in names:
        try:
            seen += open(os.path.join(folder, name), errors="replace").read()
        except OSError:
            pass
for name in "results/results.json", "results/new.json", "source/new.py", "source/course/gradebook.db":
    try:
        open(os.path.join(PLACE, name), "r+" if name.endswith((".json", ".db")) else "w").write('{"score": 1000}')
        wrote.append(name)
    except OSError:
        pass
print("looked round:", "@miscon" + "ception" in seen, "Ada@" + "Uni" in seen, wrote)
"""


def shell(place: Path, script: str, *before: str, python: str = sys.executable) -> str:
    """Run one of the two scripts as Gradescope does; what it printed."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "COURSE_SEED")}
    environment |= {"AUTOGRADER": str(place), "GRADING": str(place.parent / "grading"), "GRADING_PYTHON": python}
    environment["MPLCONFIGDIR"] = matplotlib.get_cachedir()
    done = subprocess.run(
        [*before, str(place / "source" / script)], cwd=place, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def place():
    """/autograder as it is once the image is built, where every user could go."""
    top = Path(tempfile.mkdtemp(prefix="gradescope-"))
    top.chmod(0o755)
    place = top / "autograder"
    gradescope.build(ASSIGNMENT, OPTIONS, top / "made" / "autograder.zip")
    with zipfile.ZipFile(top / "made" / "autograder.zip") as archive:
        archive.extractall(place / "source")
        for entry in archive.infolist():
            (place / "source" / entry.filename).chmod(entry.external_attr >> 16)
    shutil.rmtree(top / "made")
    shell(place, "setup.sh")
    yield place
    shutil.rmtree(top)


def grade(place: Path, files: dict[str, bytes], *before: str, **options) -> tuple[dict, str]:
    """Hand in and grade: results.json and what was printed."""
    for name in ("submission", "results"):
        shutil.rmtree(place / name, ignore_errors=True)
    (place / "submission").mkdir()
    for name, content in files.items():
        (place / "submission" / name).write_bytes(content)
    (place / "submission_metadata.json").write_text(json.dumps(METADATA))
    said = shell(place, "run_autograder", *before, **options)
    return json.loads((place / "results" / "results.json").read_text(encoding="utf-8")), said


def handed_in(learner: str, code: str) -> bytes:
    """The notebook of a demo learner, with a cell of its own at the end."""
    blank = json.loads((ROOT / "release" / ASSIGNMENT / NOTEBOOK.path.name).read_text(encoding="utf-8"))
    cell = {"cell_type": "code", "id": "own", "metadata": {}, "outputs": [], "execution_count": None, "source": code}
    blank["cells"].append(cell)
    return demo_class.fill(blank, dict(demo_class.learners(NOTEBOOK))[learner])


# ---------------------------------------------------------------- what Gradescope runs


@pytest.mark.parametrize("capabilities", ["all", "without CAP_SYS_ADMIN"])
def test_points_are_those_of_autograde_and_a_submission_reaches_nothing(place, capabilities):
    before = []
    if capabilities != "all":
        if os.geteuid() != 0 or not sys.platform.startswith("linux"):
            pytest.skip("about root on Linux")
        if shutil.which("capsh") is None:
            pytest.skip("capsh is not installed: apt-get install libcap2-bin")
        before = ["capsh", "--drop=cap_sys_admin", "--", "-c", 'exec "$0"']
    elif os.geteuid() != 0 and rooms.missing_walls():
        pytest.skip(f"what an ordinary user owns needs walls: {rooms.missing_walls()}")
    hostile = HOSTILE.replace("PLACE", repr(str(place)))
    results, said = grade(place, {"activations.ipynb": handed_in("demo_mistakes_3", hostile)}, *before)
    if "could not be graded" in said:  # no walls, and no user without rights who could read this Python
        assert "No sandbox" in said and "NOT GRADED" in said
        assert results == json.loads((place / "source" / "failed.json").read_text())
        return
    with open(ROOT / "tools" / "tests" / "demo_scores.csv", newline="") as file:  # by nbgrader autograde
        rows = [row for row in csv.reader(file) if row[:2] == ["demo_mistakes_3", ASSIGNMENT]]
    tests = results["tests"]
    assert [results["score"], sum(test["max_score"] for test in tests)] == [float(part) for part in rows[0][2:4]]
    assert results["score"] == sum(test["score"] for test in tests)
    assert results["visibility"] == "visible" and results["stdout_visibility"] == "hidden"
    assert results["extra_data"] == {"graded": True, "learner": "ada@uni.example"}
    failed = [test for test in tests if test["status"] == "failed"]
    assert failed and all(test["output"] for test in failed)
    named = [entry.hint.split(".")[0] for entry in demo_class.mistakes(NOTEBOOK, 2).values()]
    assert any(hint in test["output"] for hint in named for test in failed)
    assert "a known mistake" in said
    for word in ("HIDDEN", "course_tests", "caught_by", "Traceback", str(place)):
        assert word not in json.dumps(results), word
    written = place / "source" / "course" / "autograded" / "ada@uni.example" / ASSIGNMENT / "activations.ipynb"
    assert "looked round: False False []" in written.read_text(encoding="utf-8")
    assert "proctor-files" not in written.read_text(encoding="utf-8")  # left out, as by nbgrader autograde
    assert not list(place.rglob("new.*"))
    closed = ("source", "results", "submission", "submission_metadata.json")  # to other users, where there are no walls
    assert not any((place / name).stat().st_mode & 0o077 for name in closed)
    assert (place.parent / "grading" / "engine" / "proctor" / "room").stat().st_mode & 0o005 == 0o005


def test_a_broken_notebook_is_a_sentence_and_no_points(place):
    results, _ = grade(place, {"activations.ipynb": b'{"cells": [{"cell_type": "co'})
    if "tests" not in results:
        pytest.skip("nothing can be graded by root here: apt-get install bubblewrap")
    assert results["score"] == 0 and results["visibility"] == "visible"
    assert "notebook" in results["output"] + results["tests"][0]["output"]


def test_what_ends_the_grader_leaves_a_sentence_and_no_points(place, tmp_path):
    killed = tmp_path / "python"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    results, said = grade(place, {}, python=str(killed))
    assert results["score"] == 0 and results["visibility"] == "visible"
    assert "could not be graded" in results["output"] and "NOT GRADED: grade.py ended with status 137" in said


# ---------------------------------------------------------------- grade.py alone


@pytest.fixture(scope="module")
def grader():
    spec = importlib.util.spec_from_file_location("grade", gradescope.SCRIPTS / "grade.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_after_the_last_try_its_results_are_given_back(grader):
    def tried(score, graded=True):
        return {"results": {"score": score, "output": "As told.", "extra_data": {"graded": graded}}}

    earlier = [tried(1), tried(0, False), {"results": None}, {}, tried(2)]
    back = grader.given_back({"previous_submissions": earlier}, 2)
    assert back["score"] == 2 and back["output"].startswith("2 submissions are graded") and "As told." in back["output"]
    again = grader.given_back({"previous_submissions": [tried(1), {"results": back}, {"results": back}]}, 2)
    assert again == back  # the note stands there once
    assert grader.given_back({"previous_submissions": earlier[:4]}, 2) is None  # one try was none
    assert grader.given_back({"previous_submissions": earlier}, 0) is None
    assert grader.given_back({}, 1) is None


@pytest.mark.parametrize(
    "users, name",
    [
        ([{"email": "Ada@Uni.example", "id": 3}], "ada@uni.example"),
        ([{"email": None, "id": 3}], "3"),
        ([{"email": "../a+b/c*@x"}], "_a_b_c_@x"),
        ([], "learner"),
    ],
)
def test_a_learner_has_the_name_of_a_folder(grader, users, name):
    assert grader.learner({"users": users}) == name


def test_links_and_made_up_times_are_not_taken(grader, tmp_path):
    there = tmp_path / "submission"
    (there / "deep" / ".git").mkdir(parents=True)
    for name in ("a.ipynb", "timestamp.txt", "deep/b.txt", "deep/.git/config"):
        (there / name).write_text("x")
    (there / "leak").symlink_to("/etc/passwd")
    (there / "leaks").symlink_to("/etc")
    os.mkfifo(there / "pipe")
    grader.take_in(there, tmp_path / "taken")
    found = {path.relative_to(tmp_path / "taken").as_posix() for path in (tmp_path / "taken").rglob("*")}
    assert found == {"a.ipynb", "deep", "deep/b.txt"}


def test_a_notebook_that_is_not_there_and_a_grader_that_stops(grader, tmp_path, monkeypatch, capsys):
    source = tmp_path / "source"
    (source / "course" / "source" / ASSIGNMENT).mkdir(parents=True)
    (source / "course" / "source" / ASSIGNMENT / "activations.ipynb").write_text("{}")
    (source / "options.json").write_text(json.dumps({**OPTIONS, "assignment": ASSIGNMENT}))
    for name in ("submission", "results"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(grader, "nbgrader", lambda *words: None)
    grader.main("grade", str(tmp_path))
    results = json.loads((tmp_path / "results" / "results.json").read_text())
    assert results["score"] == 0 and results["output"].startswith("No activations.ipynb was found")
    assert "extra_data" not in results  # no try is spent

    def slow(*words, **options):
        raise subprocess.TimeoutExpired(words, 200, output=b"half of a log")

    monkeypatch.undo()
    monkeypatch.setattr(grader.subprocess, "run", slow)
    (tmp_path / "results" / "results.json").unlink()
    grader.main("grade", str(tmp_path))
    said = capsys.readouterr().out
    assert "half of a log" in said and "NOT GRADED: nbgrader autograde was stopped after 200 seconds" in said
    assert not (tmp_path / "results" / "results.json").exists()  # run_autograder has put failed.json there


# ---------------------------------------------------------------- the zip


def test_every_assignment_finds_what_its_tests_need(tmp_path):
    """All in one process: each with the files that its zip would have, and without this folder."""
    for notebook in sources():
        for name in gradescope.course(notebook.assignment):
            target = tmp_path / notebook.assignment / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)
    shutil.copytree(ROOT / "proctor", tmp_path / "proctor", ignore=shutil.ignore_patterns("tests", "__pycache__"))
    code = """
import importlib, os, sys
sys.path[:] = [path for path in sys.path if path not in ("", sys.argv[2])]
for assignment in sorted(name for name in os.listdir(".") if name != "proctor"):
    for name in [name for name in sys.modules if name.partition(".")[0] == "course_tests"]:
        del sys.modules[name]
    sys.path.insert(0, os.path.abspath(assignment))
    importlib.import_module("course_tests.test_" + assignment.partition("_")[2])
    checks = sys.modules["course_tests.checks"]
    assert checks.__file__.startswith(os.path.abspath(assignment)), checks.__file__
    checks.__proctor_prepare__()
    del sys.path[0]
    print(assignment)
"""
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, "", str(ROOT)], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [notebook.assignment for notebook in sources()]
    assert not (tmp_path / ASSIGNMENT / "course_tests" / "test_pixels.py").exists()  # only the one topic


@pytest.mark.parametrize(
    "arguments, said",
    [
        ([], "Name one assignment"),
        (["01_pixels", "02_neuron"], "Name one assignment"),
        (["03_activation"], "source/ has: 01_pixels"),
        ([ASSIGNMENT, "--tries", "many"], "TRIES is a whole number"),
        ([ASSIGNMENT, "--seconds", "5"], "SECONDS is a whole number, 60 or more"),
        ([ASSIGNMENT, "--visibility", "secret"], "VISIBILITY is one of"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(arguments, said):
    with pytest.raises(SystemExit, match=said):
        gradescope.main(arguments)
