"""`python -m classroom regrade ASSIGNMENT`: tests have changed. Whose points would change, and why; then, with --apply, do it.

The preview grades every submission again with `nbgrader autograde`, in a scratch folder and on a copy of the gradebook. --apply regrades
only those for whom something changes, keeps what people gave by hand, and writes a log.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import fnmatch
import glob
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import sqlalchemy
from nbgrader import api
from nbgrader.utils import parse_utc
from tqdm import tqdm

from classroom import book, byhand, scratch, settings
from classroom.errors import ClassroomError

FOLDER = "regrades"
SHOWN = 30  # rows of the table on the terminal; the files have all
LISTED = 12  # names in one line
OWN = ""
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")  # of an object in memory: other in each run


class Cell(NamedTuple):
    """One cell of a graded notebook: what it holds and, of a test, what its learner is told."""

    source: str
    answer: bool
    points: float | None
    message: str


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
    unchanged: set = field(default_factory=set)  # (learner, notebook, cell) whose answer and automatic points are the same
    replaced: list[str] = field(default_factory=list)  # learners whose files are not those that were graded
    left_out: dict[str, str] = field(default_factory=dict)  # learner -> why
    version: str = ""

    @property
    def touched(self) -> list[str]:
        """The learners that --apply grades again."""
        return sorted({change.learner for change in self.changes} | set(self.words))


# -- the class

class Assignment:
    """One assignment of the class in a folder, with the paths and commands that a regrade needs."""

    def __init__(self, folder: Path | str, name: str):
        self.app = settings.of_folder(folder)
        self.course, self.name = self.app.coursedir, name
        self.root, self.url = Path(self.course.root), self.course.db_url
        path = scratch.file_of(self.url)
        if path is not None and not path.exists():
            raise ClassroomError(f"There is no gradebook {path}: run `nbgrader generate_assignment {name}` first, or set GRADEBOOK_URL.")
        with book.opened(self.url) as connection:
            known = book.assignments(connection)
        if name not in known:
            raise ClassroomError(f"The gradebook has no assignment {name!r}. It has: {', '.join(known) or 'none; run nbgrader generate_assignment'}.")

    def path(self, step: str, learner: str) -> Path:
        return Path(self.course.format_path(step, learner, self.name))

    def submitted(self) -> list[str]:
        """Everybody whose folder lies in submitted/."""
        pattern = re.compile(self.course.format_path(self.course.submitted_directory, "(?P<learner>[^/\\\\]*)", re.escape(self.name), escape=True))
        found = (pattern.fullmatch(path) for path in glob.glob(str(self.path(self.course.submitted_directory, "*"))))
        return sorted(match["learner"] for match in found if match)

    def when_submitted(self, learner: str):
        """The time that counts for what lies in submitted/, as the grading engine sees it; None if there is no time."""
        if self.app.config.Proctor:
            from proctor.plugin.folders import submission_time
            return submission_time(str(self.path(self.course.submitted_directory, learner)), parse_utc, self.app.config.Proctor.get("timestamps") == "trusted")[0]
        file = self.path(self.course.submitted_directory, learner) / "timestamp.txt"
        return parse_utc(file.read_text(encoding="utf-8").strip()) if file.exists() else None

    def read(self):
        """Marks by (learner, notebook, cell), and submissions by learner."""
        return _read(self.url, self.name)

    def nbgrader(self, *arguments: str, log: Path, only: Iterable[str] | None = None, done=None, what: str = "", total: int = 0) -> int:
        """Run an nbgrader command in the class, its output to a file; return its exit status.

        Parameters
        ----------
        only : iterable of str, optional
            These learners and nobody else.
        done : callable, optional
            ``done()`` -> how many are finished, for the bar on a terminal.
        """
        command = [sys.executable, "-m", "nbgrader", *arguments, f"--NbGrader.logfile={log}.log"]
        if only is not None:
            others = sorted(set(self.submitted()) - set(only))
            command += [f"--CourseDirectory.student_id_exclude={','.join(others)}"] if others else []
        # nbgrader calls `alembic`, which lies beside this Python
        environment = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])}
        with log.open("a", encoding="utf-8") as file:
            process = subprocess.Popen(command, cwd=self.root, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
            with tqdm(total=total, desc=what, unit="learner", disable=done is None or not sys.stderr.isatty(), leave=False) as bar:
                while True:
                    try:
                        status = process.wait(timeout=0.5)
                    except subprocess.TimeoutExpired:
                        if done is not None:
                            bar.update(done() - bar.n)
                        continue
                    return status


def _read(url: str, assignment: str) -> tuple[dict, dict]:
    with book.opened(url) as connection:
        marks = book.marks(connection, assignment)
        rows = book.submissions(connection, marks)
    return ({(mark.learner, mark.notebook, mark.cell): mark for mark in marks},
            {row.learner: row for row in rows if row.assignment == assignment})


def _graded_cells(folder: Path) -> dict[tuple[str, str], Cell]:
    """(notebook, grade id) -> what the graded notebooks in a folder of autograded/ hold; under OWN, all cells without an id."""
    cells = {}
    for path in sorted(folder.glob("*.ipynb")):
        try:
            notebook = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        for cell in notebook["cells"]:
            meta = cell["metadata"].get("nbgrader") or {}
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            if not meta.get("grade_id"):
                own = cells.get((path.stem, OWN), Cell("", True, None, ""))
                cells[path.stem, OWN] = own._replace(source=own.source + source + "\n")
                continue
            message = (cell["metadata"].get("proctor") or {}).get("message") or _error(cell)
            cells[path.stem, meta["grade_id"]] = Cell(source, bool(meta.get("solution")), meta.get("points"), _ADDRESS.sub("0x...", message))
    return cells


def _error(cell: dict) -> str:
    return next((f"{output.get('ename')}: {output.get('evalue')}" for output in cell.get("outputs", []) if output.get("output_type") == "error"), "")


# -- may we?

@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """No second regrade in the same class. The lock is a file of SQLite's: it goes with the process that holds it, however that ends."""
    (root / FOLDER).mkdir(exist_ok=True)
    with contextlib.closing(sqlite3.connect(root / FOLDER / ".lock", timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise ClassroomError("Another regrade is at work in this class: let it end, then try again.") from None
        yield


def _choose(of: Assignment, student: str) -> tuple[list[str], dict[str, str]]:
    """Whom to grade again, and who is left out and why.

    Raises
    ------
    ClassroomError
        If nobody is left, or if what was graded is no longer in submitted/.
    """
    _, graded = of.read()
    there = set(of.submitted())
    wanted = [learner for learner in graded if any(fnmatch.fnmatchcase(learner, pattern) for pattern in student.split(","))]
    if not wanted:
        raise ClassroomError(f"Nobody is graded in {of.name}" + (f" whose id matches {student!r}." if student != "*" else
                             f": `nbgrader autograde {of.name}` comes first."))
    missing = [learner for learner in wanted if learner not in there]
    if missing:
        raise ClassroomError(f"Graded, but no longer in {of.course.submitted_directory}/: {_names(missing)}. Bring the folders back (a regrade needs what "
                             "was handed in), or name the others with --student.")
    left_out = {learner: "handed in, but not graded yet" for learner in there - set(graded)
                if any(fnmatch.fnmatchcase(learner, pattern) for pattern in student.split(","))}
    for learner in list(wanted):
        when, recorded = of.when_submitted(learner), graded[learner].timestamp
        if when is not None and recorded is not None and when > recorded:
            left_out[learner] = "has a newer submission than the graded one"
            wanted.remove(learner)
    if not wanted:
        raise ClassroomError(f"Nothing graded in {of.name} is the newest submission: run `nbgrader autograde {of.name}` first.")
    return wanted, left_out


def _assert_in_step(of: Assignment, url: str, folder: Path) -> None:
    """Raise ClassroomError unless `nbgrader generate_assignment` would write the release and the gradebook that are there.

    Parameters
    ----------
    url : str
        A copy of the gradebook that may be written to.
    """
    course, log = of.course, folder / "generate.log"
    source, release = (Path(course.format_path(step, ".", of.name)) for step in (course.source_directory, course.release_directory))
    again = f"run `nbgrader generate_assignment {of.name} --force`, then try again."
    if not source.is_dir():
        raise ClassroomError(f"There is no {source}: the source of {of.name} is needed to see whether its release is in step.")
    if not release.is_dir():
        raise ClassroomError(f"There is no {release}: {again}")
    before = _cells(url, of.name)
    fresh = folder / "release"
    status = of.nbgrader("generate_assignment", of.name, "--force", f"--CourseDirectory.release_directory={fresh}", f"--db={url}", log=log)
    if status:
        text = log.read_text(encoding="utf-8", errors="replace")
        if "Cannot add or remove cells" in text:
            raise ClassroomError(f"In source/{of.name} a graded cell was added, removed or renamed. nbgrader keeps no grades through that: bring the "
                                 "cells back under their names, and change tests behind them.")
        raise ClassroomError(f"`nbgrader generate_assignment {of.name}` does not work at the moment; run it and mend what it says. {_last_line(text)}")
    after = _cells(url, of.name)
    differing = sorted({key[1] for key in before.keys() | after.keys() if before.get(key) != after.get(key)})
    if differing:
        raise ClassroomError(f"source/{of.name} has changed since the release was made ({_names(differing)}): {again}")
    made = Path(course.format_path(str(fresh), ".", of.name))
    other = sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_file() and not _same(path, release / path.relative_to(made)))
    if other:
        raise ClassroomError(f"{course.release_directory}/{of.name} is not what {course.source_directory}/ makes ({_names(other)}): {again}")


def _cells(url: str, assignment: str) -> dict[tuple[str, str], tuple]:
    """(notebook, cell) -> what the gradebook says of a cell of the release."""
    a, n, cell, source = api.Assignment.__table__, api.Notebook.__table__, api.BaseCell.__table__, api.SourceCell.__table__
    graded, task = api.GradeCell.__table__, api.TaskCell.__table__
    with book.opened(url) as connection:
        points = connection.execute(
            sqlalchemy.select(n.c.name, cell.c.name, cell.c.type, graded.c.max_score, task.c.max_score)
            .select_from(cell.join(n, n.c.id == cell.c.notebook_id).join(a, a.c.id == n.c.assignment_id)
                         .outerjoin(graded, graded.c.id == cell.c.id).outerjoin(task, task.c.id == cell.c.id)).where(a.c.name == assignment))
        texts = connection.execute(
            sqlalchemy.select(n.c.name, source.c.name, source.c.cell_type, source.c.locked, source.c.source)
            .select_from(source.join(n, n.c.id == source.c.notebook_id).join(a, a.c.id == n.c.assignment_id)).where(a.c.name == assignment))
        found = defaultdict(tuple)
        for notebook, name, *what in sorted(map(tuple, points), key=repr) + sorted(map(tuple, texts), key=repr):
            found[notebook, name] += tuple(what)
    return found


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()


# -- the preview

def preview(of: Assignment, student: str = "*") -> Preview:
    """Grade everybody again, in a scratch folder and on a copy of the gradebook; nothing of the class is written.

    Parameters
    ----------
    student : str
        Ids or patterns of ids, with commas between them.
    """
    learners, left_out = _choose(of, student)
    scratch.assert_free(of.url)
    with tempfile.TemporaryDirectory(prefix="regrade-") as folder:
        folder = Path(folder)
        copy = scratch.copy_gradebook(of.url, of.course.course_id, of.name, folder / "gradebook.db")
        _assert_in_step(of, copy, folder)
        return _rehearse(of, learners, left_out, folder, copy)


def _rehearse(of: Assignment, learners: list[str], left_out: dict, folder: Path, copy: str) -> Preview:
    marks_before, sums_before = _read(copy, of.name)
    with book.opened(copy) as connection:
        given_before = byhand.snapshot(connection, of.name)
    place = folder / "autograded"
    places = {learner: Path(of.course.format_path(str(place), learner, of.name)) for learner in learners}
    if not all(path.is_relative_to(folder) for path in places.values()):
        raise ClassroomError("A regrade needs a c.CourseDirectory.directory_structure that begins with {nbgrader_step}.")
    log = folder / "autograde.log"
    status = of.nbgrader("autograde", of.name, "--force", f"--CourseDirectory.autograded_directory={place}", f"--db={copy}", log=log, only=learners,
                         done=lambda: sum(path.is_dir() for path in places.values()), what=f"grading {of.name} again", total=len(learners))
    graded = [learner for learner in learners if places[learner].is_dir()]
    if not graded:
        raise ClassroomError(f"`nbgrader autograde {of.name}` does not work at the moment (status {status}). "
                             f"{_last_line(log.read_text(encoding='utf-8', errors='replace'))}")
    left_out = {**left_out, **{learner: "could not be graded again; nbgrader autograde says why" for learner in set(learners) - set(graded)}}
    marks_after, sums_after = _read(copy, of.name)
    with book.opened(copy) as connection:
        given_after = byhand.snapshot(connection, of.name)
    if given_before != given_after:
        learner, notebook, cell = next(key for key in given_before.keys() | given_after.keys() if given_before.get(key) != given_after.get(key))
        raise ClassroomError(f"Grading again would change what a person gave ({learner}, {cell}): something in nbgrader_config.py, such as a hook, writes "
                             "into the gradebook. Nothing was written; take that out first.")
    found = Preview(of.name, graded, [], [], [], {learner: (sums_before[learner].score, sums_after[learner].score) for learner in graded},
                    left_out=left_out, version=version(of))
    for learner in graded:
        _compare(found, learner, _graded_cells(of.path(of.course.autograded_directory, learner)), _graded_cells(places[learner]), marks_before, marks_after)
    return found


def _compare(found: Preview, learner: str, before: dict, now: dict, marks_before: dict, marks_after: dict) -> None:
    """Add what changes for one learner."""
    nothing = Cell("", False, None, "")
    other_words = other_answers = False
    for key in sorted(before.keys() | now.keys()):
        was, new = before.get(key, nothing), now.get(key, nothing)
        # a learner's own cells are in both as they handed them in; all others are the instructor's
        other_answers |= new.answer and was.source != new.source and key in before
        other_words |= was._replace(source="") != new._replace(source="") if new.answer else was != new
    for (who, notebook, cell), after in marks_after.items():
        if who != learner:
            continue
        mark = marks_before[who, notebook, cell]
        was, new = before.get((notebook, cell), nothing), now.get((notebook, cell), nothing)
        place = OWN if mark.written and not new.answer else cell  # a task is answered in cells of the learner's own
        same_answer = not mark.written or before.get((notebook, place), nothing).source == now.get((notebook, place), nothing).source
        if mark.auto != after.auto:
            found.changes.append(Change(learner, notebook, cell, mark.auto, after.auto, after.maximum, mark.manual,
                                        _said(was, mark, "before"), _said(new, after, "now")))
        if mark.manual is None:
            if after.waits and not mark.waits:
                found.looks.append(Look(learner, notebook, cell, "a person has to give its points now"))
        elif mark.auto != after.auto:
            found.looks.append(Look(learner, notebook, cell, f"the tests give {_points(after.auto)} now, a grader gave {mark.manual:g}, which counts"))
        elif not same_answer:
            found.looks.append(Look(learner, notebook, cell, f"the answer is not the one that was graded; a grader gave {mark.manual:g}"))
        elif mark.manual > after.maximum:
            found.looks.append(Look(learner, notebook, cell, f"a grader gave {mark.manual:g}, the cell has {after.maximum:g} points now"))
        elif not mark.waits:
            found.unchanged.add((learner, notebook, cell))
    if other_answers:
        found.replaced.append(learner)
    if other_words and not any(change.learner == learner for change in found.changes):
        found.words.append(learner)


def _said(cell: Cell, mark: book.Mark, when: str) -> str:
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
    for folder in [of.root, Path(of.course.format_path(of.course.source_directory, ".", of.name)), *map(Path, of.app.config.Proctor.get("import_paths") or [])]:
        top = _git(folder, "rev-parse", "--show-toplevel")
        if top and top not in found:
            changed = _git(Path(top), "status", "--porcelain", "--untracked-files=no")
            found[top] = f"{Path(top).name} {_git(Path(top), 'rev-parse', '--short=12', 'HEAD')}" + (" with uncommitted changes" if changed else "")
    return ", ".join(found.values())


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


# -- what one sees

def report(found: Preview) -> str:
    """The preview as lines for a terminal."""
    lines = [f"{found.assignment}: {_count(len(found.learners), 'submission')} graded again." + (f" Tests: {found.version}." if found.version else "")]
    if found.changes:
        lines.append("")
        wide = max(len(change.learner) for change in found.changes)
        tests = max(len(change.cell) for change in found.changes)
        for change in found.changes[:SHOWN]:
            by_hand = "" if change.manual is None else f"   (a grader gave {change.manual:g}, which counts)"
            lines.append(f"  {change.learner:{wide}}  {change.cell:{tests}}  {_points(change.old)} -> {_points(change.new)} of {change.maximum:g}{by_hand}")
            lines.append(f"      before: {_short(change.before)}")
            lines.append(f"      now:    {_short(change.now)}")
        if len(found.changes) > SHOWN:
            lines.append(f"  ... and {len(found.changes) - SHOWN} more: the files below have all.")
    return "\n".join(lines + ["", *_sums(found)])


def _sums(found: Preview) -> list[str]:
    gains = {learner: pair for learner, pair in found.totals.items() if pair[1] > pair[0]}
    loses = {learner: pair for learner, pair in found.totals.items() if pair[1] < pair[0]}
    total = [sum(pair[at] for pair in found.totals.values()) for at in (0, 1)]
    lines = [f"{len(gains)} gain, {len(loses)} lose, {len(found.totals) - len(gains) - len(loses)} keep their points. "
             f"All together: {total[0]:g} -> {total[1]:g} ({total[1] - total[0]:+g})."]
    for name, group in (("lose", loses), ("gain", gains)):
        if group:
            lines.append(f"  {name}: " + _names([f"{learner} {old:g} -> {new:g}" for learner, (old, new) in sorted(group.items())]))
    by_test = defaultdict(list)
    for change in found.changes:
        by_test[change.cell].append((change.new or 0.0) - (change.old or 0.0))
    for cell, differences in sorted(by_test.items()):
        lines.append(f"  {cell}: {_count(len(differences), 'submission')}, {sum(differences):+g} points from the tests")
    if found.words:
        lines.append(f"  {_count(len(found.words), 'learner')} keep their points, but the feedback says something else: {_names(found.words)}")
    if found.replaced:
        lines.append(f"  not for the tests alone: the files in submitted/ are not those that were graded: {_names(found.replaced)}")
    for learner, why in sorted(found.left_out.items()):
        lines.append(f"  left out: {learner} {why}")
    if found.looks:
        lines.append("A grader has to look at these in formgrader afterwards:")
        lines += [f"  {look.learner}, {look.cell}: {look.why}" for look in found.looks[:SHOWN]]
        lines += [f"  ... and {len(found.looks) - SHOWN} more"] if len(found.looks) > SHOWN else []
    return lines


def write_files(found: Preview, path: Path, state: dict[str, str], remarks: Iterable[str] = ()) -> None:
    """Write a preview or a log as ``path``.csv and ``path``.md.

    Parameters
    ----------
    path : Path
        Without a suffix.
    state : dict
        Learner -> what became of the change.
    """
    path.parent.mkdir(exist_ok=True)
    with path.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["learner", "notebook", "test", "old_points", "new_points", "of", "by_hand", "before", "now", "total_before", "total_after", "tests", "state"])
        for change in found.changes:
            total = found.totals[change.learner]
            writer.writerow([_safe(value) for value in (
                change.learner, change.notebook, change.cell, _number(change.old), _number(change.new), f"{change.maximum:g}", _number(change.manual),
                change.before, change.now, f"{total[0]:g}", f"{total[1]:g}", found.version, state.get(change.learner, "preview"))])
        for learner in found.words:
            writer.writerow([_safe(value) for value in (learner, "", "", "", "", "", "", "", "the feedback says something else", f"{found.totals[learner][0]:g}",
                                                        f"{found.totals[learner][1]:g}", found.version, state.get(learner, "preview"))])
    lines = [f"# Regrade of {found.assignment}", "", f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC. {_count(len(found.learners), 'submission')} graded again."
             + (f" Tests: {found.version}." if found.version else ""), ""]
    lines += [f"- {_cell(line.strip())}" for line in [*_sums(found), *remarks]]
    if found.changes:
        lines += ["", "| Learner | Test | Points | Before | Now |", "| --- | --- | --- | --- | --- |"]
        for change in found.changes:
            points = f"{_points(change.old)} → {_points(change.new)} of {change.maximum:g}"
            lines.append("| " + " | ".join(map(_cell, (change.learner, change.cell, points, change.before, change.now))) + " |")
    path.with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _points(value: float | None) -> str:
    return "waits" if value is None else f"{value:g}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _safe(value: str) -> str:
    """A spreadsheet must not take a learner's words for a formula."""
    return "'" + value if value[:1] in ("=", "+", "-", "@", "\t", "\r") and not re.fullmatch(r"-?[\d.]+", value) else value


def _cell(text: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text)


def _short(text: str, width: int = 130) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."


def _names(names: list[str]) -> str:
    return ", ".join(names[:LISTED]) + (f" and {len(names) - LISTED} more" if len(names) > LISTED else "")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _last_line(text: str) -> str:
    """What a log says last of an error."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in reversed(lines) if "ERROR" in line or "CRITICAL" in line), lines[-1] if lines else "")


# -- and now really

def apply(of: Assignment, found: Preview, feedback: bool = False) -> list[str]:
    """Regrade those for whom something changes; return what to tell.

    Keeps a copy of the gradebook, puts back what a person gave if anything takes it away, and takes back the request to look again at written
    answers whose text and points are the same.
    """
    stamp = f"{datetime.now():%Y-%m-%d-%H%M%S}"
    log = of.root / FOLDER / f"{stamp}-{of.name}"
    path = scratch.file_of(of.url)
    kept = path.with_name(f"{path.stem}-before-regrade-{stamp}{path.suffix}") if path else log.with_name(f"{stamp}-gradebook-before.db")
    scratch.copy_gradebook(of.url, of.course.course_id, of.name, kept)
    touched = found.touched
    write_files(found, log, dict.fromkeys(touched, "planned"))  # if this machine dies on the way, it says what was under way
    with book.opened(of.url) as connection:
        given = byhand.snapshot(connection, of.name)
    begin = time.time()
    output = log.with_suffix(".log")
    places = [of.path(of.course.autograded_directory, learner) for learner in touched]
    status = of.nbgrader("autograde", of.name, "--force", log=output, only=touched, what=f"regrading {of.name}", total=len(touched),
                         done=lambda: sum(path.is_dir() and path.stat().st_mtime >= begin for path in places))
    remarks = _keep_by_hand(of, given)
    marks, sums = of.read()
    expected = {(change.learner, change.notebook, change.cell): change.new for change in found.changes}
    state = dict.fromkeys(touched, "done")
    for key, new in expected.items():
        if marks[key].auto != new:
            state[key[0]] = "differs"
            remarks.append(f"{key[0]}, {key[2]}: {_points(marks[key].auto)} points now, not {_points(new)} as in the preview: its test does not give "
                           "the same each time, or its submission could not be graded; look at it, then run the regrade again.")
    byhand.reviewed(of.url, of.course.course_id, of.name, [key for key in found.unchanged if key[0] in state and marks[key].waits])
    if status not in (0, 3):
        remarks.append(f"nbgrader autograde ended with status {status}; {output.relative_to(of.root)} says why.")
    found.totals.update({learner: (found.totals[learner][0], sums[learner].score) for learner in touched})
    if feedback:
        remarks += _make_feedback(of, touched, output)
    else:
        remarks += _feedback_commands(of, touched)
    remarks.append(f"The gradebook as it was: {os.path.relpath(kept, of.root)}")
    write_files(found, log, state, remarks)
    return [f"Regraded {_count(len(touched), 'submission')} of {of.name}. "
            f"{_count(len(given), 'cell')} with points, extra credit or comments by hand: all kept.", *remarks,
            f"The log: {FOLDER}/{log.name}.md and .csv"]


def _keep_by_hand(of: Assignment, before: dict) -> list[str]:
    """Put back what is gone. What is other than before was changed by a grader in the meantime: the rehearsal has shown that grading does not."""
    with book.opened(of.url) as connection:
        after = byhand.snapshot(connection, of.name)
    gone = byhand.lost(before, after)
    left = byhand.put_back(of.url, of.course.course_id, of.name, gone) if gone else []
    remarks = [f"{learner}, {cell}: {what} by hand was gone after grading and has been put back." for (learner, notebook, cell), what in sorted(gone.items())
               if (learner, notebook, cell) not in left]
    remarks += [f"{learner}, {cell}: {gone[learner, notebook, cell]} by hand is gone and could not be put back: its row is not in the gradebook any more. "
                "Bring back the copy of the gradebook." for learner, notebook, cell in left]
    remarks += [f"{learner}, {cell}: somebody has changed {was} by hand into {now} during the regrade; that was kept."
                for (learner, _, cell), (was, now) in sorted(byhand.changed(before, after).items())]
    return remarks


def _feedback_commands(of: Assignment, learners: list[str]) -> list[str]:
    if len(learners) > 3:
        return [f"Feedback pages are old for {_count(len(learners), 'learner')}; make them again: nbgrader generate_feedback {of.name} --force"]
    return [f"A feedback page is old; make it again: nbgrader generate_feedback {of.name} --force --student {learner}" for learner in learners]


def _make_feedback(of: Assignment, learners: list[str], output: Path) -> list[str]:
    if of.nbgrader("generate_feedback", of.name, "--force", log=output, only=learners):
        return [f"The feedback could not be made; {output.relative_to(of.root)} says why.", *_feedback_commands(of, learners)]
    return [f"Feedback was made again for {_count(len(learners), 'learner')}."]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m classroom regrade", description="Tests have changed: see whose points would change, then apply it.")
    parser.add_argument("assignment")
    parser.add_argument("--student", default="*", help="only these: ids or patterns, with commas between them")
    parser.add_argument("--apply", action="store_true", help="regrade those for whom something changes, and write a log")
    parser.add_argument("--feedback", action="store_true", help="with --apply: make their feedback pages again, too")
    options = parser.parse_args(arguments)
    of = Assignment(".", options.assignment)
    with _alone(of.root):
        found = preview(of, options.student)
        print(report(found))
        if not found.touched:
            print("Nothing to regrade.")
            return 0
        if options.apply:
            print("\n" + "\n".join(apply(of, found, options.feedback)))
            return 0
        path = of.root / FOLDER / f"preview-{of.name}"
        write_files(found, path, {})
    print(f"\nNothing was written to the class. The table: {FOLDER}/{path.name}.md and .csv"
          f"\nTo do it: python -m classroom regrade {of.name} --apply" + (f" --student '{options.student}'" if options.student != "*" else ""))
    return 0
