"""`make student`: a zip for learners, made from release/: the notebooks, what lies beside them, how to begin, what to
install.

`make github` packs the same as a template repository for GitHub Classroom, whose workflow runs the visible tests.
`earlier.py` shows no answer to an exercise that is in the same zip, unless its due date in the gradebook
(GRADEBOOK_URL)
has passed.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from datetime import datetime, timezone
from pathlib import Path

from traitlets.config import PyFileConfigLoader

from classroom import book, scratch
from course_tests.notebooks import ROOT
from tools import given

NAME = "decision-committee"
NEEDED = ("numpy", "matplotlib", "ipywidgets", "jupyterlab")  # nothing that only graders need
PINNED = ("numpy", "matplotlib")  # another version knows other functions; one line for each version of Python
README = Path(__file__).parent / "templates" / "student_readme.md"
GITHUB = Path(__file__).parent / "templates" / "github"
IN_REPOSITORY = {".github/workflows/classroom.yml": "classroom.yml", ".github/autograde.py": "autograde.py"}
IGNORED = ".venv/\n__pycache__/\n.ipynb_checkpoints/\n"
WHEN = (2026, 1, 1, 0, 0, 0)  # the same files give the same bytes on every day


def requirements(root: Path = ROOT) -> str:
    """requirements.txt of a learner.

    What answers use is pinned to what the grader has, Jupyter to the next major version after the locked one.
    """
    lowest = dict(re.findall(r'"([\w-]+)>=([\d.]+)"', (root / "pyproject.toml").read_text(encoding="utf-8")))
    lock = (root / "requirements-class.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([\w-]+)==(\d+)", lock, re.MULTILINE))
    pinned = re.findall(rf"^(?:{'|'.join(PINNED)})==[^\s;]+(?: ; [^\\\n]*[^\\\s])?", lock, re.MULTILINE)
    others = [f"{name}>={lowest[name]},<{int(locked[name]) + 1}" for name in NEEDED if name not in PINNED]
    return "".join(f"{line}\n" for line in pinned + others)


def files(
    assignments: list[str],
    root: Path = ROOT,
    over: set[str] = frozenset(),
    github: bool = False,
    shelf: Path | None = None,
) -> dict[str, bytes]:
    """Path in the zip -> content; the answers of the assignments in `over` need not be sealed. `shelf` is the folder
    with release/ and source/, where it is not the course's.
    """
    shelf = shelf or root
    found = {
        f"{assignment}/{path.name}": path.read_bytes()
        for assignment in assignments
        for path in (shelf / "release" / assignment).iterdir()
        if path.is_file()
    }
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    for assignment in assignments:
        made = given.beside(assignment, shelf / "source" / assignment, config, set(assignments) - over)
        for name, content in made.items():
            path = f"{assignment}/{name}"
            if path not in found or name != "earlier.py" and found[path] != content:
                sys.exit(f"release/{path} is not what source/ makes: run `make release` first.")
            found[path] = content
    found["requirements.txt"] = requirements(root).encode()
    found["README.md"] = readme(assignments, found).encode()
    if github:
        found["README.md"] += (GITHUB / "readme.md").read_bytes()
        found |= {path: (GITHUB / name).read_bytes() for path, name in IN_REPOSITORY.items()}
        found[".gitignore"] = IGNORED.encode()
    return {f"{NAME}/{name}": content for name, content in sorted(found.items())}


def readme(assignments: list[str], found: dict[str, bytes]) -> str:
    """How to begin, in plain words, with a list of the contents."""
    rows = [
        f"| `{assignment}/{_notebook(assignment)}` | {_title(found[f'{assignment}/{_notebook(assignment)}'])} |"
        for assignment in assignments
    ]
    text = README.read_text(encoding="utf-8")
    for word, value in (
        ("ASSIGNMENTS", "\n".join(rows)),
        ("FOLDER", assignments[0]),
        ("NOTEBOOK", _notebook(assignments[0])),
    ):
        text = text.replace("{" + word + "}", value)
    return text


def _notebook(assignment: str) -> str:
    return assignment.partition("_")[2] + ".ipynb"


def _title(notebook: bytes) -> str:
    first = "".join(json.loads(notebook)["cells"][0]["source"])
    return first.splitlines()[0].lstrip("# ")


def of_class(url: str) -> Path | None:
    """The folder of the class that a gradebook belongs to, whose release has its due dates; None for none."""
    path = scratch.file_of(url)
    folder = path.resolve().parent if path is not None else None
    return folder if folder and folder != ROOT and any((folder / "release").glob("*/*.ipynb")) else None


def over(url: str) -> set[str]:
    """The assignments of a gradebook whose due date has passed."""
    path = scratch.file_of(url)
    if path is not None and not path.exists():
        return set()
    with book.opened(url) as connection:
        dates = book.assignments(connection)
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    return {name for name, due in dates.items() if due is not None and due < now}


def build(
    assignments: list[str],
    path: Path,
    root: Path = ROOT,
    over: set[str] = frozenset(),
    github: bool = False,
    shelf: Path | None = None,
) -> None:
    """Write the zip; the same files give the same bytes."""
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files(assignments, root, over, github, shelf).items():
            entry = zipfile.ZipInfo(name, WHEN)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, content)


def main(arguments: list[str], root: Path = ROOT) -> None:
    github = "--github" in arguments
    chosen = [name for name in arguments if name != "--github"]
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    shelf = of_class(config.CourseDirectory.db_url) or root
    known = sorted(path.parent.name for path in (shelf / "release").glob("*/*.ipynb"))
    unknown = [name for name in chosen if name not in known]
    if unknown or not known:
        sys.exit(
            f"release/ has no {', '.join(unknown) or 'assignments'}. It has: {', '.join(known)}. "
            "After a change in source/: make release"
        )
    path = root / "student" / f"{chosen[0] if len(chosen) == 1 else NAME}{'-github' if github else ''}.zip"
    names = chosen or known
    past = over(config.CourseDirectory.db_url) & set(names)
    build(names, path, root, past, github, shelf)
    print(
        f"{path.relative_to(root)}: {len(names)} of {len(known)} assignments, {path.stat().st_size / 1000:,.0f} kB"
        + (f"; of the class in {shelf}, with its due dates" if shelf != root else "")
        + (f"; answers in plain text, due dates having passed: {', '.join(sorted(past))}" if past else "")
    )


if __name__ == "__main__":
    main(sys.argv[1:])
