"""`classroom regrade ASSIGNMENT`: tests have changed. Whose points would change, and why; then, with --apply, do it.

The preview grades every submission again with `nbgrader autograde`, in a scratch folder and on a copy of the gradebook.
--apply regrades
only those for whom something changes, keeps what people gave by hand, and writes a log.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import re
import textwrap
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path

from classroom import alone as lock
from classroom import book, byhand, scratch
from classroom.assignment import Assignment
from classroom.errors import ClassroomError
from classroom.exports import sheet
from classroom.rehearsal import Preview, preview
from classroom.words import amount, listed

FOLDER = "regrades"
NEEDS_A_LOOK = 3  # exit status, as nbgrader autograde has it: everything is written, but not all as shown
COLUMNS = [
    "learner",
    "notebook",
    "test",
    "old_points",
    "new_points",
    "of",
    "by_hand",
    "before",
    "now",
    "total_before",
    "total_after",
    "tests",
    "state",
]
SHOWN = 30  # rows of the table on the terminal; the files have all


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Prevents a second regrade, or `forget`, in the same class."""
    (root / FOLDER).mkdir(exist_ok=True)
    refusal = "Another regrade is running in this class, or `forget`: wait for it to finish, then try again."
    with lock.alone(root / FOLDER / ".lock", refusal):
        yield


# -- what is shown


def report(found: Preview) -> str:
    """The preview as lines for a terminal."""
    lines = [
        f"{found.assignment}: {amount(len(found.learners), 'submission')} graded again."
        + (f" Tests: {found.version}." if found.version else "")
    ]
    if found.changes:
        lines.append("")
        wide = max(len(change.learner) for change in found.changes)
        tests = max(len(change.cell) for change in found.changes)
        for change in found.changes[:SHOWN]:
            by_hand = "" if change.manual is None else f"   (a grader gave {change.manual:g}, which counts)"
            points = f"{_points(change.old)} -> {_points(change.new)} of {change.maximum:g}"
            lines.append(f"  {change.learner:{wide}}  {change.cell:{tests}}  {points}{by_hand}")
            for name, text in (("before:", change.before), ("now:   ", change.now)):
                lines += textwrap.wrap(
                    text,
                    118,
                    initial_indent=f"      {name} ",
                    subsequent_indent=" " * 14,
                    max_lines=3,
                    placeholder=" ...",
                )
        if len(found.changes) > SHOWN:
            lines.append(f"  ... and {len(found.changes) - SHOWN} more: the files below have all.")
    return "\n".join(lines + ["", *_sums(found)])


def _sums(found: Preview) -> list[str]:
    gains = {learner: pair for learner, pair in found.totals.items() if pair[1] > pair[0]}
    loses = {learner: pair for learner, pair in found.totals.items() if pair[1] < pair[0]}
    total = [sum(pair[at] for pair in found.totals.values()) for at in (0, 1)]
    lines = [
        f"{len(gains)} gain, {len(loses)} lose, {len(found.totals) - len(gains) - len(loses)} keep their points. "
        f"In total: {total[0]:g} -> {total[1]:g} ({total[1] - total[0]:+g})."
    ]
    for name, group in (("lose", loses), ("gain", gains)):
        if group:
            lines.append(
                f"  {name}: "
                + listed([f"{learner} {old:g} -> {new:g}" for learner, (old, new) in sorted(group.items())])
            )
    by_test = defaultdict(list)
    for change in found.changes:
        by_test[change.cell].append((change.new or 0.0) - (change.old or 0.0))
    for cell, differences in sorted(by_test.items()):
        lines.append(f"  {cell}: {amount(len(differences), 'submission')}, {sum(differences):+g} points from the tests")
    if found.words:
        lines.append(
            f"  {amount(len(found.words), 'learner')} with the same points, but different feedback: "
            f"{listed(found.words)}"
        )
    if found.replaced:
        lines.append(
            "  not because of the tests alone: the files in submitted/ are not those that were graded: "
            f"{listed(found.replaced)}"
        )
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
        writer.writerow(COLUMNS)
        rows: list[tuple] = [
            (
                change.learner,
                change.notebook,
                change.cell,
                _number(change.old),
                _number(change.new),
                f"{change.maximum:g}",
                _number(change.manual),
                change.before,
                change.now,
            )
            for change in found.changes
        ]
        rows += [(learner, *[""] * 7, "the feedback says something else") for learner in found.words]
        for row in rows:
            total = [_number(points) for points in found.totals[row[0]]]
            writer.writerow(
                [sheet.guarded(value) for value in (*row, *total, found.version, state.get(row[0], "preview"))]
            )
    tests = f" Tests: {found.version}." if found.version else ""
    lines = [
        f"# Regrade of {found.assignment}",
        "",
        f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC. {amount(len(found.learners), 'submission')} graded "
        f"again.{tests}",
        "",
    ]
    lines += [f"- {_cell(line.strip())}" for line in [*_sums(found), *remarks]]
    if found.changes:
        lines += ["", "| Learner | Test | Points | Before | Now |", "| --- | --- | --- | --- | --- |"]
        for change in found.changes:
            points = f"{_points(change.old)} → {_points(change.new)} of {change.maximum:g}"
            lines.append(
                "| " + " | ".join(map(_cell, (change.learner, change.cell, points, change.before, change.now))) + " |"
            )
    path.with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _points(value: float | None) -> str:
    return "waits" if value is None else f"{value:g}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _cell(text: str) -> str:
    """Text that Markdown shows unchanged."""
    return re.sub(r"([\\`*<|]|(?<=\])\()", r"\\\1", text)


# -- applying it


def apply(of: Assignment, found: Preview, feedback: bool = False) -> tuple[list[str], bool]:
    """Regrade those for whom something changes; return what to print, and whether everything went as it should.

    Keeps a copy of the gradebook, puts back what a person gave if anything removes it, and withdraws the request to
    look again at written
    answers whose text and points are the same.
    """
    stamp = f"{datetime.now():%Y-%m-%d-%H%M%S}"
    log = of.root / FOLDER / f"{stamp}-{of.name}"
    path = scratch.file_of(of.url)
    kept = (
        path.with_name(f"{path.stem}-before-regrade-{stamp}{path.suffix}")
        if path
        else log.with_name(f"{stamp}-gradebook-before.db")
    )
    scratch.copy_gradebook(of.url, of.course.course_id, of.name, kept)
    touched = found.touched
    write_files(found, log, dict.fromkeys(touched, "planned"))  # if the machine crashes, it tells what was in progress
    begin = time.time()
    output = log.with_suffix(".log")
    places = [of.path(of.course.autograded_directory, learner) for learner in touched]
    status = of.nbgrader(
        "autograde",
        of.name,
        "--force",
        log=output,
        only=touched,
        what=f"regrading {of.name}",
        total=len(touched),
        done=lambda: sum(path.is_dir() and path.stat().st_mtime >= begin for path in places),
    )
    remarks = _keep_by_hand(of, found.given)
    fine = not remarks and status in (0, 3)
    marks, sums = of.read()
    expected = {(change.learner, change.notebook, change.cell): change.new for change in found.changes}
    state = dict.fromkeys(touched, "done")
    for key, new in expected.items():
        if marks[key].auto != new:
            state[key[0]], fine = "differs", False
            remarks.append(
                f"{key[0]}, {key[2]}: {_points(marks[key].auto)} points now, not {_points(new)} as in the preview: "
                "its test does not give "
                "the same result each time, or its submission could not be graded; look at it, then run the regrade "
                "again."
            )
    byhand.reviewed(
        of.url, of.course.course_id, of.name, [key for key in found.unchanged if key[0] in state and marks[key].waits]
    )
    if status not in (0, 3):
        remarks.append(f"nbgrader autograde ended with status {status}; {output.relative_to(of.root)} says why.")
    found.totals.update({learner: (found.totals[learner][0], sums[learner].score) for learner in touched})
    confirm(of, found)
    if feedback:
        remarks += _make_feedback(of, touched, output)
    else:
        remarks += _feedback_commands(of, touched)
    remarks.append(f"The previous gradebook: {os.path.relpath(kept, of.root)}")
    write_files(found, log, state, remarks)
    return [
        f"Regraded {amount(len(touched), 'submission')} of {of.name}. "
        f"{amount(len(found.given), 'cell')} with points, extra credit or comments by hand: all kept.",
        *remarks,
        f"The log: {FOLDER}/{log.name}.md and .csv",
    ], fine


def confirm(of: Assignment, found: Preview) -> None:
    """Give graded notebooks that came out the same today's time: they are no longer older than the tests."""
    for learner in set(found.learners) - set(found.touched):
        for path in of.path(of.course.autograded_directory, learner).glob("*.ipynb"):
            os.utime(path)


def _keep_by_hand(of: Assignment, before: dict) -> list[str]:
    """Put back what is gone. What differs from before was changed by a grader in the meantime: the rehearsal has
    shown that grading does not.
    """
    with book.opened(of.url) as connection:
        after = byhand.snapshot(connection, of.name)
    gone = byhand.lost(before, after)
    left = byhand.put_back(of.url, of.course.course_id, of.name, gone) if gone else []
    remarks = [
        f"{key[0]}, {key[2]}: {what} by hand was gone after grading and has been put back."
        for key, what in sorted(gone.items())
        if key not in left
    ]
    remarks += [
        f"{key[0]}, {key[2]}: {gone[key]} by hand is gone and could not be restored: its row is no longer in the "
        "gradebook. "
        "Restore the copy of the gradebook."
        for key in left
    ]
    remarks += [
        f"{learner}, {cell}: somebody has changed {was} by hand into {now} during the regrade; that was kept."
        for (learner, _, cell), (was, now) in sorted(byhand.changed(before, after).items())
    ]
    return remarks


def _feedback_commands(of: Assignment, learners: list[str]) -> list[str]:
    if len(learners) > 3:
        return [
            f"Feedback pages are out of date for {amount(len(learners), 'learner')}; make them again: nbgrader "
            f"generate_feedback {of.name} --force"
        ]
    return [
        f"A feedback page is out of date; make it again: nbgrader generate_feedback {of.name} --force "
        f"--student {learner}"
        for learner in learners
    ]


def _make_feedback(of: Assignment, learners: list[str], output: Path) -> list[str]:
    if of.nbgrader("generate_feedback", of.name, "--force", log=output, only=learners):
        return [
            f"The feedback could not be made; {output.relative_to(of.root)} says why.",
            *_feedback_commands(of, learners),
        ]
    return [f"Feedback was made again for {amount(len(learners), 'learner')}."]


def _exceptions(of: Assignment, found: Preview) -> list[str]:
    """Those whose points change and do not count, or whose own due date is another: a line each."""
    with book.opened(of.url) as connection:
        decided = book.decisions(connection)
    words = {
        book.DROPPED: "has left the class, so these points count nowhere",
        book.EXCUSED: f"is excused from {of.name}, so these points count nowhere",
        book.EXTENDED: "has an extension, by which the late penalty goes",
    }
    return [
        f"  {learner} {words[decision.kind]}."
        for learner in found.touched
        for decision in [decided.get((learner, "")) or decided.get((learner, of.name))]
        if decision
    ]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="classroom regrade", description="Tests have changed: see whose points would change, then apply it."
    )
    parser.add_argument("assignment")
    parser.add_argument("--student", default="*", help="only these: ids or patterns, separated by commas")
    parser.add_argument("--except", default="", dest="but", metavar="STUDENT", help="not these")
    parser.add_argument(
        "--apply", action="store_true", help="regrade those for whom something changes, and write a log"
    )
    parser.add_argument("--feedback", action="store_true", help="with --apply: make their feedback pages again, too")
    options = parser.parse_args(arguments)
    of = Assignment(".", options.assignment)
    try:
        return _run(of, options)
    except KeyboardInterrupt:
        raise ClassroomError(
            "Stopped. Every submission is as it was or wholly regraded; the same command continues."
        ) from None


def _run(of: Assignment, options: argparse.Namespace) -> int:
    with alone(of.root):
        found = preview(of, options.student, options.but)
        print(report(found))
        for line in _exceptions(of, found):
            print(line)
        if not found.touched:
            print("Nothing to regrade.")
            if options.apply:
                confirm(of, found)
            return 0
        if options.apply:
            lines, fine = apply(of, found, options.feedback)
            print("\n" + "\n".join(lines))
            return 0 if fine else NEEDS_A_LOOK
        path = of.root / FOLDER / f"preview-{of.name}"
        write_files(found, path, {})
    chosen = f" --student '{options.student}'" if options.student != "*" else ""
    chosen += f" --except '{options.but}'" if options.but else ""
    print(
        f"\nNothing was written to the class. The table: {FOLDER}/{path.name}.md and .csv"
        f"\nTo do it: classroom regrade {of.name} --apply{chosen}"
    )
    return 0
