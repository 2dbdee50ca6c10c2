"""What `make setup` makes: .venv holds what requirements.lock says, and nothing that only costs time."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_tests.notebooks import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCKED = set(re.findall(r"^([\w.-]+)==", LOCK, re.MULTILINE))
OWN = Path(sys.prefix).resolve() == (ROOT / ".venv").resolve()
BUILD = (
    "hatchling",
    "packaging",
    "pathspec",
    "pluggy",
    "tomli",
    "tomlkit",
    "trove-classifiers",
)  # hatchling and what it needs
USELESS = {"rfc3987-syntax": "rfc3987_syntax", "lark": "lark", "isoduration": "isoduration", "arrow": "arrow"}


@pytest.mark.parametrize("package", USELESS)
def test_a_package_that_only_costs_time_is_not_there(package):
    assert package not in LOCKED
    if not OWN:
        pytest.skip("runs in .venv: make setup")
    assert importlib.util.find_spec(USELESS[package]) is None


def test_the_left_out_packages_break_nothing():
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    done = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "check", "--python", sys.executable], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_formats_are_still_checked():
    import jsonschema

    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    assert {"date-time", "uri", "uri-reference", "json-pointer", "email"} <= set(checker.checkers)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate("no date", {"type": "string", "format": "date-time"}, format_checker=checker)


# ---------------------------------------------------------------- an environment of few packages, made, broken and
# mended


def make(root: Path, status: int = 0) -> str:
    """`make setup` there; what it said."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MAKE", "MFLAGS", "VIRTUAL_ENV", "PYTHONPATH"))
    }
    base = getattr(sys, "_base_executable", sys.executable)
    done = subprocess.run(["make", "setup", f"PYTHON={base}"], cwd=root, env=clean, capture_output=True, text=True)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr if status else done.stdout


def lock(root: Path, *names: str) -> None:
    entries = [
        re.search(rf"^{name}==.*\n(?:    --hash=.*\n)+", LOCK, re.MULTILINE).group() for name in (*names, *BUILD)
    ]
    (root / "requirements.lock").write_text("".join(entries), encoding="utf-8")


def imports(root: Path, *names: str) -> bool:
    return (
        subprocess.run(
            [root / ".venv" / "bin" / "python", "-c", f"import {', '.join(names)}"], cwd=root, capture_output=True
        ).returncode
        == 0
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder in which `make setup` has run; each test brings it back to this state by itself."""
    root = tmp_path_factory.mktemp("setup")
    (root / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "setup.py", root / "tools")
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    (root / "classroom").mkdir()
    for name in ("__init__.py", "places.py"):
        shutil.copy(ROOT / "classroom" / name, root / "classroom")
    (root / "classroom" / "__main__.py").write_text("def main():\n    print('here:', __file__)\n", encoding="utf-8")
    if subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", str(root / "probe"), "idna"],
        capture_output=True,
    ).returncode:
        pytest.skip("pip reaches no package index here: connect to a network, or set one in pip.conf")
    lock(root, "uv", "idna", "tqdm")
    said = make(root)
    assert (
        "Setting up .venv" in said and "1 of 3" in said and "2 of 3" in said and "3 of 3" in said
    )  # it is never silent for long
    assert imports(root, "idna", "tqdm")
    return root


def site(root: Path) -> Path:
    return next((root / ".venv" / "lib").glob("python*/site-packages"))


def test_modules_are_compiled_when_they_are_installed(made):
    assert list(site(made).glob("idna/__pycache__/core.*.pyc"))


def classroom(root: Path) -> str:
    """What the command says, typed in another folder."""
    done = subprocess.run(
        [root / ".venv" / "bin" / "python", root / ".venv" / "bin" / "classroom"],
        cwd="/",
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},  # a configuration may set it
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


def test_the_command_classroom_is_there(made):
    assert classroom(made) == f"here: {made / 'classroom' / '__main__.py'}\n"


def test_a_course_that_has_moved_is_linked_again(made):
    moved = made.rename(made.with_name("moved"))
    assert f"{made}/" in classroom(moved) or "Error" in classroom(moved)
    make(moved)
    assert classroom(moved) == f"here: {moved / 'classroom' / '__main__.py'}\n" and make(moved) == ""
    moved.rename(made)
    make(made)


def test_an_environment_of_another_copy_stays_linked_to_it(made, tmp_path):
    """Two working copies of one course with one environment: the second uses it and changes nothing."""
    copy = shutil.copytree(made, tmp_path / "copy", ignore=shutil.ignore_patterns(".venv"))
    (copy / ".venv").symlink_to(made / ".venv")
    make(copy)
    assert classroom(copy) == f"here: {made / 'classroom' / '__main__.py'}\n"


def test_an_environment_that_is_whole_is_left_alone(made):
    before = (made / ".venv" / "installed").stat().st_mtime_ns
    assert make(made) == "" and (made / ".venv" / "installed").stat().st_mtime_ns == before


def test_an_environment_in_use_is_brought_up_to_date_in_place(made):
    own = made / ".venv" / "mine"
    own.touch()
    (made / ".venv" / "installed").unlink()
    assert "1 of 3" not in make(made) and own.exists()


DAMAGES = {
    "a file of a package is gone": lambda root: (site(root) / "idna" / "core.py").unlink(),
    "a package is gone": lambda root: [shutil.rmtree(path) for path in site(root).glob("idna*")],
    "an install was interrupted": lambda root: [
        next(site(root).glob("idna-*")).joinpath("RECORD").unlink(),
        (root / ".venv" / "installed").unlink(),
    ],
    "the link to this folder is gone": lambda root: next(site(root).glob("_decision_committee.pth")).unlink(),
    "there is no pip": lambda root: [
        *[shutil.rmtree(path) for path in site(root).glob("pip*")],
        (root / ".venv" / "installed").unlink(),
    ],
    "python leads nowhere": lambda root: [
        (path.unlink(), path.symlink_to("/nowhere/python")) for path in (root / ".venv" / "bin").glob("python*")
    ],
    "uv does not start": lambda root: [
        (root / ".venv" / "bin" / "uv").write_text("no program"),
        (root / ".venv" / "installed").unlink(),
    ],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_environment_mends_itself(made, damage):
    DAMAGES[damage](made)
    make(made)
    assert imports(made, "pip", "idna.core", "tqdm") and classroom(made).startswith("here") and make(made) == ""


def test_pip_takes_over_where_uv_cannot_be_had(made):
    lock(made, "idna", "tqdm")
    shutil.rmtree(made / ".venv")
    (made / ".venv").mkdir()  # half-made
    said = make(made)
    assert "by pip" in said and "by uv" not in said and classroom(made).startswith("here")
    assert imports(made, "idna", "tqdm") and list(site(made).glob("idna/__pycache__/core.*.pyc"))
    (site(made) / "idna" / "core.py").unlink()
    make(made)
    assert imports(made, "idna.core")
    lock(made, "uv", "idna", "tqdm")


def test_other_bytes_than_the_locked_ones_are_refused(made):
    for path in [*site(made).glob("idna*"), made / ".venv" / "installed"]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    text = (made / "requirements.lock").read_text(encoding="utf-8")
    (made / "requirements.lock").write_text(
        re.sub(r"(?<=--hash=sha256:)[0-9a-f]{60}", "0" * 60, text), encoding="utf-8"
    )
    done = make(made, status=2)
    assert "goes on where it stopped" in done and not imports(made, "idna")
