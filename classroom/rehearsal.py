"""Grade an assignment again without writing to the class: in a scratch folder, on a copy of the gradebook. What
comes out differently?
"""

from __future__ import annotations

import fnmatch
import json
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from classroom import book, byhand, instep, scratch
from classroom.assignment import Assignment, read
from classroom.errors import ClassroomError
from classroom.words import listed, nearest, points
from proctor import cells as cells_of

OWN = ""
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")  # of an object in memory: other in each run


class Cell(NamedTuple):
    """One cell of a graded notebook: what it holds and, of a test, what its learner is told."""

    source: str = ""
    answer: bool = False
    points: float | None = None
    message: str = ""


class Change(NamedTuple):
    """One cell whose automatic points become others; None means that a person has to give them."""

    learner: str
    notebook: str
    cell: str
    old: float | None
    new: float | None
    maximum: float
    manual: float | None
    before: str
    now: str


class Look(NamedTuple):
    """A cell that a grader has to look at after the regrade, and why."""

    learner: str
    notebook: str
    cell: str
    why: str


@dataclass
class Preview:
    """What a regrade of one assignment would do."""

    assignment: str
    learners: list[str]
    changes: list[Change]
    looks: list[Look]
    words: list[str]  # learners whose points stay, but whose feedback says something else
    totals: dict[str, tuple[float, float]]  # learner -> points before and after, with late penalties
    unchanged: set = field(
        default_factory=set
    )  # (learner, notebook, cell) whose answer and automatic points are the same
    replaced: list[str] = field(default_factory=list)  # learners whose files are not those that were graded
    left_out: dict[str, str] = field(default_factory=dict)  # learner -> why
    given: dict = field(default_factory=dict)  # what people had given by hand when it began
    version: str = ""

    @property
    def touched(self) -> list[str]:
        """The learners that --apply grades again."""
        return sorted({change.learner for change in self.changes} | set(self.words))


# -- whether a regrade is possible


def _choose(of: Assignment, student: str, but: str) -> tuple[list[str], dict[str, str]]:
    """Who to grade again, and who is left out and why.

    Raises
    ------
    ClassroomError
        If nobody is left, or if what was graded is no longer in submitted/.
    """
    _, graded = of.read()
    there = set(of.submitted())
    wanted = [learner for learner in graded if _matches(learner, student) and not _matches(learner, but)]
    if not wanted:
        raise ClassroomError(
            f"Nobody is graded in {of.name}"
            + (
                f" whose id matches {student!r}{nearest(student, list(graded))}."
                if student != "*"
                else f": `nbgrader autograde {of.name}` comes first."
            )
        )
    missing = [learner for learner in wanted if learner not in there]
    if missing:
        raise ClassroomError(
            f"Graded, but no longer in {of.course.submitted_directory}/: {listed(missing)}. Bring the folders back (a "
            "regrade needs "
            "what was handed in), or leave them out with --except."
        )
    left_out = {
        learner: "handed in, but not graded yet"
        for learner in there - set(graded)
        if _matches(learner, student) and not _matches(learner, but)
    }
    for learner in list(wanted):
        when, recorded = of.when_submitted(learner), graded[learner].timestamp
        if when is not None and recorded is not None and when > recorded:
            left_out[learner] = "has a newer submission than the graded one"
            wanted.remove(learner)
    if not wanted:
        raise ClassroomError(
            f"Nothing graded in {of.name} is the newest submission: run `nbgrader autograde {of.name}` first."
        )
    return wanted, left_out


def _matches(learner: str, patterns: str) -> bool:
    return any(fnmatch.fnmatchcase(learner, pattern) for pattern in patterns.split(","))


def _assert_in_step(of: Assignment, url: str, folder: Path) -> None:
    """Raise ClassroomError unless `nbgrader generate_assignment` would write the release and the gradebook that are
    there.

    Parameters
    ----------
    url : str
        A copy of the gradebook that may be written to.
    """
    course = of.course
    source, release = of.path(course.source_directory, "."), of.path(course.release_directory, ".")
    again = f"run `nbgrader generate_assignment {of.name} --force`, then try again."
    if not source.is_dir():
        raise ClassroomError(
            f"There is no {source}: the source of {of.name} is needed to see whether its release is in step."
        )
    if not release.is_dir():
        raise ClassroomError(f"There is no {release}: {again}")
    with book.opened(url) as connection:
        before = book.released(connection, of.name)
    fresh = folder / "release"
    done = of.generate(release_directory=str(fresh), db_url=url)
    if not done["success"]:
        if "Cannot add or remove cells" in done.get("log", ""):
            raise ClassroomError(
                f"In source/{of.name} a graded cell was added, removed or renamed. nbgrader keeps no grades through "
                "that: bring the "
                "cells back under their names, and keep the tests that follow them."
            )
        raise ClassroomError(
            f"`nbgrader generate_assignment {of.name}` does not work at the moment; run it and fix what it reports. "
            f"{last_line(done.get('log') or done['error'])}"
        )
    with book.opened(url) as connection:
        differing = sorted(
            {cell or notebook for _, notebook, cell in instep.differing(before, book.released(connection, of.name))}
        )
    if differing:
        raise ClassroomError(f"source/{of.name} has changed since the release was made ({listed(differing)}): {again}")
    other = instep.differing(instep.files(of.path(str(fresh), ".")), instep.files(release))
    if other:
        raise ClassroomError(
            f"{course.release_directory}/{of.name} is not what {course.source_directory}/ makes ({listed(other)}): "
            f"{again}"
        )


# -- the rehearsal


def preview(of: Assignment, student: str = "*", but: str = "") -> Preview:
    """Grade everybody again, in a scratch folder and on a copy of the gradebook; nothing of the class is written.

    Parameters
    ----------
    student, but : str
        Who to include and who to leave out: ids or patterns of ids, separated by commas.
    """
    learners, left_out = _choose(of, student, but)
    scratch.assert_free(of.url)
    with tempfile.TemporaryDirectory(prefix="regrade-") as made:
        folder = Path(made)
        copy = scratch.copy_gradebook(of.url, of.course.course_id, of.name, folder / "gradebook.db")
        _assert_in_step(of, copy, folder)
        return _rehearse(of, learners, left_out, folder, copy)


def _rehearse(of: Assignment, learners: list[str], left_out: dict, folder: Path, copy: str) -> Preview:
    marks_before, sums_before = read(copy, of.name)
    with book.opened(copy) as connection:
        given_before = byhand.snapshot(connection, of.name)
    place = folder / "autograded"
    places = {learner: of.path(str(place), learner) for learner in learners}
    if not all(path.is_relative_to(folder) for path in places.values()):
        raise ClassroomError(
            "A regrade needs a c.CourseDirectory.directory_structure that begins with {nbgrader_step}."
        )
    log = folder / "autograde.log"
    status = of.nbgrader(
        "autograde",
        of.name,
        "--force",
        f"--CourseDirectory.autograded_directory={place}",
        f"--db={copy}",
        log=log,
        only=learners,
        what=f"grading {of.name} again",
        total=len(learners),
        done=lambda: sum(path.is_dir() for path in places.values()),
    )
    graded = [learner for learner in learners if places[learner].is_dir()]
    if not graded:
        raise ClassroomError(
            f"`nbgrader autograde {of.name}` does not work at the moment (status {status}). "
            f"{last_line(log.read_text(encoding='utf-8', errors='replace'))}"
        )
    left_out = {
        **left_out,
        **{
            learner: "could not be graded again; nbgrader autograde says why" for learner in set(learners) - set(graded)
        },
    }
    marks_after, sums_after = read(copy, of.name)
    with book.opened(copy) as connection:
        given_after = byhand.snapshot(connection, of.name)
    if given_before != given_after:
        learner, notebook, cell = next(
            key for key in given_before.keys() | given_after.keys() if given_before.get(key) != given_after.get(key)
        )
        raise ClassroomError(
            f"Grading again would change what a person gave ({learner}, {cell}): something in nbgrader_config.py, "
            "such as a hook, "
            "writes into the gradebook. Nothing was written; take that out first."
        )
    found = Preview(
        of.name,
        graded,
        [],
        [],
        [],
        {learner: (sums_before[learner].score, sums_after[learner].score) for learner in graded},
        given=given_before,
        left_out=left_out,
        version=version(of),
    )
    for learner in graded:
        before = _graded_cells(of.path(of.course.autograded_directory, learner))
        _compare(found, learner, before, _graded_cells(places[learner]), marks_before, marks_after)
        if learner not in found.touched:  # they are not graded again, and keep even a late penalty that is out of date
            found.totals[learner] = (sums_before[learner].score,) * 2
    return found


def _compare(found: Preview, learner: str, before: dict, now: dict, marks_before: dict, marks_after: dict) -> None:
    """Add what changes for one learner."""
    nothing = Cell()
    other_words = other_answers = False
    for key in sorted(before.keys() | now.keys()):
        was, new = before.get(key, nothing), now.get(key, nothing)
        # a learner's own cells are in both as they handed them in; all others are the instructor's
        other_answers |= new.answer and was.source != new.source and key in before
        other_words |= was._replace(source="") != new._replace(source="") if new.answer else was != new
    for (who, notebook, cell), after in marks_after.items():
        if who != learner:
            continue
        mark = marks_before.get((who, notebook, cell)) or after._replace(auto=None, manual=None, extra=0.0, waits=True)
        was, new = before.get((notebook, cell), nothing), now.get((notebook, cell), nothing)
        place = OWN if mark.written and not new.answer else cell  # a task is answered in cells of the learner's own
        same_answer = (
            not mark.written
            or before.get((notebook, place), nothing).source == now.get((notebook, place), nothing).source
        )
        if mark.auto != after.auto:
            found.changes.append(
                Change(
                    learner,
                    notebook,
                    cell,
                    mark.auto,
                    after.auto,
                    after.maximum,
                    mark.manual,
                    _said(was, mark),
                    _said(new, after),
                )
            )
        if mark.manual is None:
            if after.waits and not mark.waits:
                found.looks.append(Look(learner, notebook, cell, "a person has to give its points now"))
        elif mark.auto != after.auto:
            found.looks.append(
                Look(
                    learner,
                    notebook,
                    cell,
                    f"the tests give {after.auto or 0:g} now, a grader gave {mark.manual:g}, which counts",
                )
            )
        elif not same_answer:
            found.looks.append(
                Look(
                    learner, notebook, cell, f"the answer is not the one that was graded; a grader gave {mark.manual:g}"
                )
            )
        elif mark.manual > after.maximum:
            found.looks.append(
                Look(
                    learner, notebook, cell, f"a grader gave {mark.manual:g}, the cell has {after.maximum:g} points now"
                )
            )
        elif not mark.waits:
            found.unchanged.add((learner, notebook, cell))
    if other_answers:
        found.replaced.append(learner)
    if other_words and not any(change.learner == learner for change in found.changes):
        found.words.append(learner)


def _said(cell: Cell, mark: book.Mark) -> str:
    """The feedback's words about a cell, in one line."""
    text = " ".join(_COLOURS.sub("", cell.message).split("\n\n")[0].split())
    if text:
        return text
    if mark.written:
        return "a person gives the points" if mark.auto is None else "no answer"
    if mark.auto is None:
        return "not graded"
    return "passed" if mark.auto > 0 or mark.maximum == 0 else "did not pass"


def version(of: Assignment) -> str:
    """The commits of the course, where it is kept in git."""
    found = {}
    for folder in [
        of.root,
        of.path(of.course.source_directory, "."),
        *map(Path, of.app.config.Proctor.get("import_paths") or []),
    ]:
        top = _git(folder, "rev-parse", "--show-toplevel")
        if top and top not in found:
            changed = _git(Path(top), "status", "--porcelain", "--untracked-files=no")
            commit = _git(Path(top), "rev-parse", "--short=12", "HEAD")
            found[top] = f"{Path(top).name} at commit {commit}" + (" and uncommitted changes" if changed else "")
    return ", ".join(found.values())


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


# -- small things


def _graded_cells(folder: Path) -> dict[tuple[str, str], Cell]:
    """(notebook, grade id) -> what the graded notebooks in a folder of autograded/ hold; under OWN, all cells
    without an id.
    """
    cells: dict = {}
    for path in sorted(folder.glob("*.ipynb")):
        try:
            notebook = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        for cell in notebook["cells"]:
            meta = cell["metadata"].get("nbgrader") or {}
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            if not meta.get("grade_id"):
                own = cells.get((path.stem, OWN), Cell(answer=True))
                cells[path.stem, OWN] = own._replace(source=own.source + source + "\n")
                continue
            message = (cell["metadata"].get("proctor") or {}).get("message") or _error(cell)
            if carried := cells_of.carried(cell):
                message += f" Carried forward: {points(carried.points)}."
            cells[path.stem, meta["grade_id"]] = Cell(
                source, bool(meta.get("solution")), meta.get("points"), _ADDRESS.sub("0x...", message)
            )
    return cells


def _error(cell: dict) -> str:
    return next(
        (
            f"{output.get('ename')}: {output.get('evalue')}"
            for output in cell.get("outputs", [])
            if output.get("output_type") == "error"
        ),
        "",
    )


def last_line(text: str) -> str:
    """The last error in a log."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in reversed(lines) if "ERROR" in line or "CRITICAL" in line), lines[-1] if lines else "")
