"""A class of learners to grade: made from the source notebooks and the bank, never stored.

demo_perfect            the source solutions
demo_blank              the release as it is
demo_alternatives       right answers, written otherwise
demo_mistakes_1 ... 4   right, except for a known mistake in every fourth exercise
demo_late               right, two days late
demo_renamed            right, in a file that a browser has numbered: "pixels (1).ipynb"
demo_syntax_error       right, but one cell does not parse
"""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

from course_tests import bank
from course_tests.notebooks import ROOT, Notebook, sources
from proctor.cells import grade_id_of, is_answer

DUE = "2026-02-01 12:00:00 UTC"
ON_TIME, LATE = "2026-01-31 18:30:00 UTC", "2026-02-03 12:00:00 UTC"
MARKERS = re.compile(r"^\s*### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)
MISTAKEN = 4  # learners who make mistakes

Answer = Callable[
    [str], "str | None"
]  # grade id of an exercise -> what the learner wrote in its cell; None leaves the stub


def learners(notebook: Notebook) -> Iterator[tuple[str, Answer]]:
    """Every demo learner's id, with what they write in each solution cell of `notebook`."""
    right = {cell.grade_id: MARKERS.sub("", cell.source) for cell in notebook.exercises()}
    names = list(right)
    middle = names[len(names) // 2]

    def otherwise(name):
        others = bank.of(bank.ALTERNATIVES, notebook.topic, name)
        return others[0].code if others else right[name]

    def mistaken(number):
        wrong = mistakes(notebook, number)
        return lambda name: wrong[name].code if name in wrong else right[name]

    yield "demo_perfect", right.get
    yield "demo_blank", lambda name: None
    yield "demo_alternatives", otherwise
    for number in range(MISTAKEN):
        yield f"demo_mistakes_{number + 1}", mistaken(number)
    yield "demo_late", right.get
    yield "demo_renamed", right.get
    yield "demo_syntax_error", lambda name: right[name] + "\nprint('done'\n" if name == middle else right[name]


def mistakes(notebook: Notebook, number: int) -> dict[str, bank.Entry]:
    """The exercises that learner `number` of those who make mistakes answers wrongly, each with the mistake."""
    made = {}
    for place, cell in enumerate(notebook.exercises()):
        wrong = bank.of(bank.MISCONCEPTIONS, notebook.topic, cell.grade_id)
        if place % MISTAKEN == number and wrong:
            made[cell.grade_id] = wrong[(place // MISTAKEN + number) % len(wrong)]
    return made


def make(root: Path = ROOT) -> list[tuple[str, str]]:
    """Write the demo class into ``submitted/`` where it is not there yet; return all (learner, assignment)."""
    made = []
    for notebook in sources():
        folder = root / "release" / notebook.assignment
        blank = json.loads((folder / notebook.path.name).read_text(encoding="utf-8"))
        for learner, answer in learners(notebook):
            name = f"{notebook.topic} (1).ipynb" if learner == "demo_renamed" else notebook.path.name
            files = {
                path.name: path.read_bytes()
                for path in folder.iterdir()
                if path.is_file() and path != folder / notebook.path.name
            }
            files[name] = fill(blank, answer)
            when = LATE if learner == "demo_late" else ON_TIME
            files["timestamp.txt"] = when.encode()
            _write(root / "submitted" / learner / notebook.assignment, files, when)
            made.append((learner, notebook.assignment))
    return made


def fill(blank: dict, answer: Answer) -> bytes:
    """A released notebook with a learner's answers in its solution cells, as the bytes of a file."""
    filled = copy.deepcopy(blank)
    for cell in filled["cells"]:
        if cell["cell_type"] == "code" and is_answer(cell):
            written = answer(grade_id_of(cell))
            if written is not None:
                cell["source"] = written.rstrip("\n").splitlines(keepends=True)
    return (json.dumps(filled, indent=1, ensure_ascii=False) + "\n").encode()


def _write(folder: Path, files: dict[str, bytes], when: str) -> None:
    """Write only what differs, so that what is graded already stays up to date. The files have the time of the
    submission, as collected ones have.
    """
    seconds = datetime.strptime(when, "%Y-%m-%d %H:%M:%S %Z").replace(tzinfo=timezone.utc).timestamp()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            os.utime(path, (seconds, seconds))
