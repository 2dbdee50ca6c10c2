"""release/ and gradebook.db: two halves of one product of `nbgrader generate_assignment`, kept in step with source/."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

from traitlets.config import PyFileConfigLoader

from classroom import instep
from course_tests.notebooks import ROOT, problems, read
from proctor.plugin import calibrate
from tools import alone, given, gradebook, known

GRADEBOOK = ROOT / "gradebook.db"


def generate(into: Path, root: Path = ROOT) -> None:
    """Write ``release/`` and ``gradebook.db`` of the course at `root` into the folder `into`, from nothing.

    Raises
    ------
    SystemExit
        If a source notebook is not fit for release, with one line for each reason.
    """
    wrong = [line for path in sorted((root / "source").glob("*/*.ipynb")) for line in problems(read(path))]
    if wrong:
        sys.exit("\n".join(wrong))
    if (root / calibrate.FILE).exists():  # where the tests run: what is still true need not be found out again
        shutil.copy2(root / calibrate.FILE, into)
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    config.Application.log_level = "ERROR"
    why_not = instep.generate(config, root / "source", assignments(root), into)
    if why_not:
        sys.exit(why_not)
    for name in assignments(root):
        missing = sorted(
            made
            for made in given.files(name, into / "source" / name, config)
            if not (into / "release" / name / made).exists()
        )
        if missing:
            sys.exit(
                f"nbgrader generate_assignment {name} wrote no {', '.join(missing)}: nbgrader_config.py must say "
                "proctor.install(c) "
                'and c.Proctor.given_files = "tools.given:files". Then: make release'
            )
    shutil.rmtree(into / "source")


def assignments(root: Path = ROOT) -> list[str]:
    """The names of all assignments, in order."""
    return sorted(path.parent.name for path in (root / "source").glob("*/*.ipynb"))


def differences(fresh: Path, root: Path = ROOT) -> list[str]:
    """What differs between the fresh release in `fresh` and the one in `root`: bytes of release/, rows of
    gradebook.db.
    """
    found = [
        f"release/{name} is not what source/ makes"
        for name in instep.differing(instep.files(root / "release"), instep.files(fresh / "release"))
    ]
    if calibrate.read(root / calibrate.FILE) != calibrate.read(fresh / calibrate.FILE):
        found.append(f"{calibrate.FILE} is not what source/ makes")
    book = root / "gradebook.db"
    if not book.exists():
        return [*found, "gradebook.db is missing"]
    rows = instep.differing(gradebook.released_rows(book), gradebook.released_rows(fresh / "gradebook.db"))
    return found + [
        f"gradebook.db: the rows of {'/'.join(filter(None, place))} are not what source/ makes" for place in rows
    ]


def install(fresh: Path, root: Path = ROOT) -> None:
    """Put the fresh release in place of the old one. A gradebook with learners is never replaced.

    Raises
    ------
    SystemExit
        If the gradebook holds learners and its cells would change.
    """
    book = root / "gradebook.db"
    out_of_step = not book.exists() or any(line.startswith("gradebook.db") for line in differences(fresh, root))
    if out_of_step and book.exists() and gradebook.learners(book):
        sys.exit(
            "gradebook.db holds learners, and the notebooks in source/ have changed. Run `make clean` to remove the "
            "demo class first; "
            "a real class keeps its own gradebook (GRADEBOOK_URL, see README.md)."
        )
    if out_of_step:
        gradebook.assert_writable(book)
        shutil.copy2(fresh / "gradebook.db", book)
    shutil.copy2(fresh / calibrate.FILE, root)
    shutil.rmtree(root / "release", ignore_errors=True)
    shutil.copytree(fresh / "release", root / "release")


def bring_in_step(root: Path = ROOT) -> bool:
    """Generate the release where it differs from what source/ makes; True if something was written."""
    stamp = root / ".cache" / "release"
    if stamp.exists() and stamp.read_text() == _digest(root):
        return False
    with tempfile.TemporaryDirectory() as scratch:
        generate(Path(scratch), root)
        changed = bool(differences(Path(scratch), root))
        if changed:
            install(Path(scratch), root)
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(_digest(root))
    return changed


def _digest(root: Path) -> str:
    """Changes when source/, release/ or the configuration does: a quick answer to "is it still in step?"."""
    digest = hashlib.sha256()
    bank = (path for shelf in ("misconceptions", "reference") for path in (root / "course_tests" / shelf).glob("*.py"))
    for path in (
        root / "nbgrader_config.py",
        Path(given.__file__),
        Path(known.__file__),
        Path(alone.__file__),
        alone.FUNCTION,
        given.PRACTICE,
        *sorted(bank),
    ):
        digest.update(path.read_bytes())
    for folder in ("source", "release"):
        for name, content in sorted(instep.files(root / folder).items()):
            digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()


def main() -> None:
    try:
        changed = bring_in_step()
    except gradebook.GradebookUnusable as error:
        sys.exit(str(error))
    print(
        "release/ and gradebook.db: written again."
        if changed
        else "release/ and gradebook.db are in step with source/."
    )


if __name__ == "__main__":
    main()
