"""`make gradescope ASSIGNMENT=03_activations`: the autograder that one uploads to Gradescope, as a zip.

It holds a small course, with one notebook and the modules that its hidden tests need, and proctor. docs/platforms.md
says how to use it.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import sys
import zipfile
from pathlib import Path

from traitlets.config import PyFileConfigLoader

from course_tests.notebooks import ROOT, read
from tools import given

SCRIPTS = Path(__file__).parent / "templates" / "gradescope"
LOCK = "requirements-class.lock"
WHEN = (2026, 1, 1, 0, 0, 0)  # the same files give the same bytes on every day
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")
# course_tests.bank imports these for a topic, by name
SHELVES = ("reference", "misconceptions", "alternatives")
DATA = re.compile(r'SOURCE / "(\w+)" / "([\w.-]+)"')  # a file of an assignment that hidden tests read
SEED = """
# Hidden tests draw their inputs with this number.
import os  # noqa: E402

os.environ["COURSE_SEED"] = {seed!r}
"""


def modules(assignment: str, root: Path = ROOT) -> list[str]:
    """The files of course_tests that grading an assignment needs, by relative path: those that its tests import, those
    that the bank imports for it, and what these import.
    """
    notebook = read(next((root / "source" / assignment).glob("*.ipynb")))
    todo = [name for cell in notebook.of_role("test") for name in _imported(cell.source)]
    found: set[str] = set()
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        if name.startswith("course_tests.test_"):
            topic = name.removeprefix("course_tests.test_").partition(".")[0]
            todo += [f"course_tests.{shelf}.{topic}" for shelf in SHELVES]
        path = root.joinpath(*name.split("."))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if file.exists():  # else the name of something in a module
            found.add(file.relative_to(root).as_posix())
            todo += [name.rpartition(".")[0], *_imported(file.read_text(encoding="utf-8"))]
    return sorted(found)


def _imported(source: str) -> list[str]:
    """What of course_tests some code imports: modules, and names in them."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name for name in found if name.partition(".")[0] == "course_tests"]


def course(assignment: str, root: Path = ROOT) -> list[str]:
    """The files of the course that grading an assignment needs, by relative path."""
    found = modules(assignment, root)
    for name in list(found):
        found += ["/".join(("source", *place)) for place in DATA.findall((root / name).read_text(encoding="utf-8"))]
    found += [f"source/{assignment}/{path.name}" for path in (root / "source" / assignment).iterdir() if path.is_file()]
    return sorted({*found, "calibration.json"})


def files(assignment: str, options: dict, root: Path = ROOT, seed: str = "") -> dict[str, bytes]:
    """Path in the zip -> content."""
    source = root / "source" / assignment
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    beside = given.files(assignment, source, config)
    for name in config.Proctor.given_at_home:
        beside.pop(name, None)
    found = {name: (SCRIPTS / name).read_bytes() for name in ("setup.sh", "run_autograder", "grade.py", "failed.json")}
    options = {"assignment": assignment, "course": config.CourseDirectory.course_id, **options}
    found["options.json"] = (json.dumps(options, indent=1) + "\n").encode()
    found[LOCK] = (root / LOCK).read_bytes()
    for path in sorted((root / "proctor").rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_file() and not {"tests", "__pycache__"} & set(parts):
            found["/".join(("engine", *parts))] = path.read_bytes()
    found |= {f"course/{name}": (root / name).read_bytes() for name in course(assignment, root)}
    found["course/course_config.py"] = (root / "nbgrader_config.py").read_bytes()
    found |= {f"course/source/{assignment}/{name}": content for name, content in beside.items()}
    for path in (root / "release" / assignment).glob("*.ipynb"):
        found[f"course/released/{path.name}"] = path.read_bytes()
    configuration = (SCRIPTS / "nbgrader_config.py").read_text(encoding="utf-8")
    found["course/nbgrader_config.py"] = (configuration + (SEED.format(seed=seed) if seed else "")).encode()
    return dict(sorted(found.items()))


def build(assignment: str, options: dict, path: Path, root: Path = ROOT, seed: str = "") -> None:
    """Write the zip; the same files give the same bytes."""
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files(assignment, options, root, seed).items():
            entry = zipfile.ZipInfo(name, WHEN)
            mode = 0o755 if content.startswith(b"#!") else 0o644
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, mode << 16
            archive.writestr(entry, content)


def main(arguments: list[str], root: Path = ROOT) -> None:
    parser = argparse.ArgumentParser(prog="make gradescope", description=__doc__)
    parser.add_argument("assignment", nargs="*")
    parser.add_argument("--tries", default="", help="how many submissions of a learner are graded (default: all)")
    parser.add_argument("--visibility", default="", help=f"of the results: {', '.join(VISIBILITIES)}")
    parser.add_argument("--seconds", default="", help="for one submission, less than Gradescope's own limit (540)")
    chosen = parser.parse_args(arguments)
    known = sorted(path.parent.name for path in (root / "source").glob("*/*.ipynb"))
    if len(chosen.assignment) != 1 or chosen.assignment[0] not in known:
        sys.exit(
            f"Name one assignment, such as make gradescope ASSIGNMENT=03_activations. source/ has: {', '.join(known)}."
        )
    if not any((root / "release" / chosen.assignment[0]).glob("*.ipynb")):
        sys.exit(f"release/ has no {chosen.assignment[0]}: run `make release` first.")
    options = {
        "tries": _number("TRIES", chosen.tries or "0", 0),
        "visibility": chosen.visibility or VISIBILITIES[0],
        "seconds": _number("SECONDS", chosen.seconds or "540", 60),
    }
    if options["visibility"] not in VISIBILITIES:
        sys.exit(f"VISIBILITY is one of {', '.join(VISIBILITIES)}, not {chosen.visibility}.")
    path = root / "gradescope" / f"{chosen.assignment[0]}.zip"
    build(chosen.assignment[0], options, path, root, os.environ.get("COURSE_SEED", ""))
    print(
        f"{path.relative_to(root)}: {path.stat().st_size / 1000:,.0f} kB. It holds hidden tests and solutions: upload "
        "it to Gradescope, and give it to nobody else."
    )


def _number(name: str, text: str, least: int) -> int:
    if not text.isdecimal() or int(text) < least:
        sys.exit(f"{name} is a whole number, {least} or more, not {text}.")
    return int(text)


if __name__ == "__main__":
    main(sys.argv[1:])
