"""Grades one submission with `nbgrader autograde`, and writes what came out as Gradescope reads it.

python grade.py release FOLDER    once, when the image is built: the release and the gradebook
python grade.py grade FOLDER      the submission in FOLDER/submission; FOLDER is /autograder on Gradescope
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ABOUT = ("timestamp.txt", ".received.json")  # what collecting writes; a learner's own is not believed
NOT_THEIRS = {".git", "__pycache__", ".ipynb_checkpoints"}


class NotGraded(Exception):
    """No points were found out; the message is for the instructor."""


def main(what: str, folder: str) -> None:
    """See above. What is printed is for the instructor: learners do not see it."""
    place = Path(folder).resolve()
    options = json.loads((place / "source" / "options.json").read_text(encoding="utf-8"))
    if what == "release":
        nbgrader(place, options["seconds"], "generate_assignment", options["assignment"], "--force")
        course = place / "source" / "course"
        shutil.copytree(course / "released", course / "release" / options["assignment"], dirs_exist_ok=True)
        return
    metadata = read(place / "submission_metadata.json")
    results = given_back(metadata, options["tries"])
    if results is None:
        try:
            results = graded(place, options, metadata)
        except NotGraded as error:
            print(f"NOT GRADED: {error}")
            return  # failed.json is there already
    part = place / "results" / "results.part"
    part.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(place / "results" / "results.json")


def read(path: Path) -> dict[str, Any]:
    """submission_metadata.json; {} if there is none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"{path.name} cannot be read: {error}")
        return {}
    return found if isinstance(found, dict) else {}


def given_back(metadata: dict[str, Any], tries: int) -> dict[str, Any] | None:
    """The results of the last try, if there are no more; what could not be graded was none."""
    earlier = [one.get("results") for one in metadata.get("previous_submissions") or ()]
    tried = [one for one in earlier if isinstance(one, dict) and (one.get("extra_data") or {}).get("graded")]
    if not tries or len(tried) < tries:
        return None
    last = tried[tries - 1]
    note = f"{tries} submissions are graded, and you have had them: these are the results of the last of them."
    said = last.get("output") or ""
    return {**last, "output": said if said.startswith(note) else f"{note}\n\n{said}".strip()}


def learner(metadata: dict[str, Any]) -> str:
    """The learner's e-mail address, or else id, as the name of a folder."""
    user = next(iter(metadata.get("users") or ()), {})
    name = str(user.get("email") or user.get("id") or "learner").lower()
    return re.sub(r"[^\w.@-]", "_", name).lstrip(".-") or "learner"


def graded(place: Path, options: dict[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
    """The results of one submission."""
    course, assignment, student = place / "source" / "course", options["assignment"], learner(metadata)
    for name in ("submitted", "autograded"):
        shutil.rmtree(course / name, ignore_errors=True)
    take_in(place / "submission", course / "submitted" / student / assignment)
    print(f"{assignment}, handed in by {', '.join(str(user.get('email')) for user in metadata.get('users') or ())}")
    nbgrader(place, options["seconds"], "autograde", assignment, "--student", student, "--force")
    written = course / "autograded" / student / assignment
    notebooks = sorted(path.name for path in (course / "source" / assignment).glob("*.ipynb"))
    missing = [name for name in notebooks if not (written / name).exists()]
    results: dict[str, Any] = {"visibility": options["visibility"], "stdout_visibility": "hidden"}
    if missing:
        said = f"No {missing[0]} was found in what you handed in, so it has no points. Hand in this one file."
        return {**results, "score": 0, "output": said, "output_format": "text"}
    output, tests = [], []
    for name in notebooks:
        said_of_notebook, tests_of_notebook = told(written / name, student, options)
        output += said_of_notebook
        tests += tests_of_notebook
    return {
        **results,
        "score": round(sum(test["score"] for test in tests), 6),
        "output": "\n\n".join(output),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "tests": tests,
        "extra_data": {"graded": True, "learner": student},
    }


def take_in(submission: Path, target: Path) -> None:
    """Copy plain files, never what a link points to."""
    target.mkdir(parents=True)
    for folder, names, files in os.walk(submission):
        names[:] = [name for name in names if name not in NOT_THEIRS]
        inside = target / Path(folder).relative_to(submission)
        for name in files:
            path = Path(folder, name)
            if stat.S_ISREG(path.lstat().st_mode) and not (inside == target and name in ABOUT):
                inside.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, inside / name, follow_symlinks=False)


def nbgrader(place: Path, seconds: int, *words: str) -> None:
    """Run one of nbgrader's commands; its log is printed."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *words],
            cwd=place / "source" / "course",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as error:
        said = error.stdout or b""
        print(said if isinstance(said, str) else said.decode("utf-8", "replace"))
        raise NotGraded(f"nbgrader {words[0]} was stopped after {seconds} seconds") from None
    print(done.stdout)
    if done.returncode:
        raise NotGraded(f"nbgrader {words[0]} ended with status {done.returncode}; its log says why")


def told(path: Path, student: str, options: dict[str, Any]) -> tuple[list[str], list[dict[str, Any]]]:
    """(Sentences about the whole notebook, its tests), in the words of the feedback page."""
    import nbformat  # here, not above: these take a second, and results that are given back need none

    from proctor.plugin.feedback import ForLearners, Grades
    from proctor.plugin.gradebook import read_marks

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        for mistake in cell.metadata.get("proctor", {}).get("mistakes", ()):
            print(f"{cell.metadata.nbgrader.grade_id}: a known mistake, {mistake.get('name')}")
    book = path.parents[3] / "gradebook.db"
    marks = read_marks(f"sqlite:///{book}", options["assignment"], student, options["course"])[student, path.stem]
    resources = {"nbgrader": {"student": student, "notebook": path.stem, "marks": marks}, "plain": True}
    for look in (Grades(), ForLearners()):
        notebook, resources = look.preprocess(notebook, resources)
    exercises = resources["proctor"]["exercises"]
    tests = [test_of(cell, exercise, options) for exercise in exercises for cell in exercise.tests]
    return [*resources["proctor"]["messages"], *by_hand(exercises)], tests


def test_of(cell: Any, exercise: Any, options: dict[str, Any]) -> dict[str, Any]:
    """One test as Gradescope has it."""
    meta, result = cell.metadata.nbgrader, cell.metadata.proctor
    heading = exercise.heading.title if exercise.heading else ""
    score, points = float(meta.score or 0), float(meta.points or 0)
    return {
        "name": ": ".join(filter(None, (heading, result.get("sentence") or meta.grade_id))),
        "score": score,
        "max_score": points,
        "status": "passed" if score >= points else "failed",
        "output": "" if result["passed"] else "\n".join(said_of(cell, heading)),
        "visibility": options["visibility"],
    }


def said_of(cell: Any, heading: str) -> Iterator[str]:
    """What a learner reads about a test that failed, the sentence that names the mistake first."""
    from proctor.cells import carried
    from proctor.plugin.top import case_of, headline_of

    result = cell.metadata.proctor
    if carried(cell) is not None:
        yield result["message"]
        return
    yield from headline_of(result)
    if case := case_of(result).strip("\n"):
        yield f"\n{case}"
    again = [words for words, _ in cell.metadata.get("read_again", ()) if words != heading]
    if again:
        yield f"\nRead again: {'; '.join(again)}"


def by_hand(exercises: list) -> Iterator[str]:
    """A sentence about the answers that no test can grade."""
    cells = [cell for exercise in exercises for cell in exercise.cells if cell not in exercise.tests]
    if cells:
        points = sum(float(cell.metadata.nbgrader.points or 0) for cell in cells)
        names = ", ".join(cell.metadata.nbgrader.grade_id for cell in cells)
        yield f"A person marks what you wrote in words ({names}: {points:g} points). It is not in this score."


if __name__ == "__main__":
    main(*sys.argv[1:])
