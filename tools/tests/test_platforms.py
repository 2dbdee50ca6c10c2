"""GitHub, a container, and the lock of a class: the files name what is there, and run what README.md says."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
import yaml

from course_tests.notebooks import ROOT, sources
from tools import demo_class, student

ASSIGNMENT = "03_activations"
NOTEBOOK = next(notebook for notebook in sources() if notebook.assignment == ASSIGNMENT)
README = (ROOT / "README.md").read_text(encoding="utf-8")
WALLS = (ROOT / "proctor" / "README.md").read_text(encoding="utf-8")
PLATFORMS = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def read(*path: str) -> dict:
    return yaml.safe_load(ROOT.joinpath(*path).read_text(encoding="utf-8"))


def commands(job: dict) -> list[str]:
    return [line.strip() for step in job["steps"] for line in step.get("run", "").splitlines()]


# ---------------------------------------------------------------- GitHub


def test_the_workflow_runs_the_commands_of_the_readme():
    workflow = read(".github", "workflows", "ci.yml")
    job = workflow["jobs"]["test"]
    first, last = (int(part) for part in re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', PROJECT).groups())
    matrix = job["strategy"]["matrix"]
    assert matrix["python"] == [f"3.{minor}" for minor in range(first, last)] and matrix["untested"] == [False]
    assert [(one["python"], one["untested"]) for one in matrix["include"]] == [(f"3.{last}", True)]
    assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "macos"}
    said = commands(job)
    assert said[-2:] == ["make test", "make grade"] and all(f"\n{line} " in README for line in said[-2:])
    assert [line for line in said[:-2] if line.removeprefix("sudo ").replace(" -y", "") not in WALLS] == [
        "sudo apt-get update"
    ]
    assert "`make UNTESTED=1`" in PLATFORMS and "UNTESTED" in job["env"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """The unpacked template repository."""
    here = tmp_path_factory.mktemp("github")
    student.build([ASSIGNMENT], here / "made" / "a.zip", github=True)
    zipfile.ZipFile(here / "made" / "a.zip").extractall(here)
    return here / student.NAME


def autograde(repository, python: str = sys.executable) -> tuple[int, str, dict]:
    """The step "Visible tests" as GitHub runs it: status, what it prints, and what the reporter gets."""
    workflow = yaml.safe_load((repository / ".github" / "workflows" / "classroom.yml").read_text())
    step = next(one for one in workflow["jobs"]["run-autograding-tests"]["steps"] if one.get("id") == "practice")
    output = repository / "output"
    output.unlink(missing_ok=True)
    command = step["run"].replace("python", python, 1)
    environment = {**os.environ, "GITHUB_OUTPUT": str(output), "IPYTHONDIR": str(repository / "ipython")}
    done = subprocess.run(["sh", "-e", "-c", command], cwd=repository, env=environment, capture_output=True, text=True)
    name, _, packed = output.read_text().strip().partition("=")
    assert name == "result"
    return done.returncode, done.stdout + done.stderr, json.loads(base64.b64decode(packed))


def test_a_template_repository_runs_the_visible_tests(repository):
    workflow = yaml.safe_load((repository / ".github" / "workflows" / "classroom.yml").read_text())
    steps = workflow["jobs"]["run-autograding-tests"]["steps"]
    reporter = steps[-1]
    assert reporter["with"]["runners"].upper() + "_RESULTS" in reporter["env"] and reporter["if"] == "always()"
    needed = next(line for line in commands(workflow["jobs"]["run-autograding-tests"]) if "pip" in line)
    assert needed.removeprefix("python") in (repository / "README.md").read_text()
    assert "git push" in (repository / "README.md").read_text()
    right = {cell.grade_id: demo_class.MARKERS.sub("", cell.source) for cell in NOTEBOOK.exercises()}
    blank = json.loads((ROOT / "release" / ASSIGNMENT / NOTEBOOK.path.name).read_text(encoding="utf-8"))
    answers = {name: right[name] for name in ("step", "sigmoid")}
    (repository / ASSIGNMENT / NOTEBOOK.path.name).write_bytes(demo_class.fill(blank, answers.get))
    status, said, report = autograde(repository)
    assert status == 1 and f"\n2 of {len(right)} exercises pass the visible tests." in said, said
    assert report["status"] == "fail" and report["max_score"] == len(right) == len(report["tests"])
    passed = {test["name"] for test in report["tests"] if test["score"]}
    assert passed == {f"{ASSIGNMENT}: {name}" for name in answers}
    assert all(test["message"] for test in report["tests"] if test["status"] == "fail")


@pytest.mark.parametrize(
    "practice, status, said",
    [
        ("print('exercise  visible tests'); print('step    2 of 2'); print('tanh  1 of 1')", 0, "2 of 2 exercises"),
        ("import sys; sys.exit('There is no activations.ipynb here.')", 1, "0 of 1 exercises"),
    ],
)
def test_the_status_says_whether_all_passes(tmp_path, practice, status, said):
    shutil.copytree(student.GITHUB, tmp_path / ".github")
    (tmp_path / ".github" / "workflows").mkdir()
    (tmp_path / ".github" / "classroom.yml").rename(tmp_path / ".github" / "workflows" / "classroom.yml")
    (tmp_path / ASSIGNMENT).mkdir()
    (tmp_path / ASSIGNMENT / "practice.py").write_text(practice)
    found, printed, report = autograde(tmp_path)
    assert found == status and said in printed and report["status"] == ("fail" if status else "pass")
    assert not status or "There is no activations.ipynb" in report["tests"][0]["message"]


# ---------------------------------------------------------------- a container


def test_the_container_has_what_it_names():
    services = read("docker", "compose.yaml")["services"]
    grader = services["grader"]
    assert (ROOT / "docker" / grader["build"]["context"]).resolve() == ROOT.resolve()
    made = (ROOT / grader["build"]["dockerfile"]).read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (.*) \S+$", made, re.MULTILINE):
        assert all((ROOT / name).exists() for name in line.split())
    assert (ROOT / "docker" / "Dockerfile.dockerignore").exists()
    # README's own ways to install, and the walls of proctor/README.md
    assert "pip install --no-cache-dir --no-deps -r requirements-class.lock" in made
    assert "requirements-class.lock" in README and "pip install --no-deps -r requirements.lock" in README
    assert "bubblewrap" in made and re.search(r"^USER grader$", made, re.MULTILINE)
    asked = re.findall(r"--security-opt (\S+=unconfined)", WALLS)
    assert set(asked) == set(grader["security_opt"])
    pattern = re.search(r"grep -oE '(.*)' requirements\.lock", made)[1]
    found = re.findall(pattern, (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(found) == 2
    # one database, one user, by the name that docs/platforms.md types
    database = services["db"]["environment"]
    address = f"postgresql+psycopg://{database['POSTGRES_USER']}@db/{database['POSTGRES_DB']}"
    assert address in PLATFORMS and "docker compose -f docker/compose.yaml run --rm grader" in PLATFORMS
    assert database["POSTGRES_DB"] in services["db"]["healthcheck"]["test"]
    assert grader["depends_on"]["db"]["condition"] == "service_healthy"


# ---------------------------------------------------------------- the lock of a class


def locked(name: str) -> dict[str, set[str]]:
    """Package -> its versions; there may be one for each Python."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


def required(table: str) -> set[str]:
    """The packages of one list in pyproject.toml."""
    body = re.search(rf"^{table} = \[(.*?)\] *(?:#.*)?$", PROJECT, re.MULTILINE | re.DOTALL)[1]
    return set(re.findall(r'"([\w-]+)', body))


def test_the_lock_of_a_class_has_the_same_versions_and_no_extras_that_lack_wheels():
    whole, few = locked("requirements.lock"), locked("requirements-class.lock")
    assert {name: whole.get(name) for name in few} == few, "run `make lock-class`"
    wanted = required("dependencies") | required("course") | required("similar") | {"pytest"}
    assert {"nbgrader", "jupyterlab"} <= wanted <= few.keys(), "run `make lock-class`"
    assert not {"psycopg", "psycopg-binary", "playwright", "distributed", "ruff", "uv"} & few.keys()
