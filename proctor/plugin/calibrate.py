"""Where each test of an assignment runs: outside the room or inside, decided once by the instructor's own solution and
the blank release.

Nothing that a learner hands in influences it. What was found lies in `calibration.json` beside the gradebook, with a
digest of the tests and solution that it holds for.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from proctor.cells import OF_THE_CLASS

from . import folders
from .grading import Shared, Task, grade_submission
from .salvage import Unreadable, read_cells
from .template import Template, as_json

FILE = "calibration.json"
TAG = "proctor-inside"
ENGINE = 1  # goes up when a test that passed outside may no longer do so
ROUNDS = 8
STEPS = {"outside": "alone", "alone": "after", "after": "nowhere"}
MEANS = (
    "Inside means: behind the same walls and limits, hidden tests stay out of the feedback, but a learner's code that "
    "wants to can see such a test "
    "and forge its result; see proctor/README.md."
)


@dataclass
class Found:
    """Where the tests of one notebook run.

    Attributes
    ----------
    tests : int
        How many there are.
    inside : dict
        Grade id -> ("alone" or "after" all earlier tests, why not outside).
    nowhere : dict
        Grade id -> why the instructor's own solution does not pass it.
    """

    tests: int = 0
    inside: dict = field(default_factory=dict)
    nowhere: dict = field(default_factory=dict)

    def sentence(self, notebook: str) -> str:
        """For the log and the doctor."""
        outside = self.tests - len(self.inside)
        if not self.inside:
            return f"{notebook}: all {self.tests} test cells run outside the room"
        cells = ", ".join(f"{grade_id} ({why})" for grade_id, (_, why) in self.inside.items())
        return (
            f"{notebook}: {outside} of {self.tests} test cells run outside the room; {len(self.inside)} inside: {cells}"
        )


def inside_of(results: dict) -> dict:
    """{notebook: {grade id: "alone" or "after"}} for `Shared.inside`."""
    return {
        name: {grade_id: how for grade_id, (how, _) in result.inside.items()}
        for name, result in results.items()
        if result.inside
    }


def tagged(templates: tuple) -> dict:
    """What tags say: for a course whose source is not available."""
    return {
        t.name: Found(
            sum(c.is_test for c in t.cells),
            {c.grade_id: ("after", f"it has the tag {TAG}") for c in t.cells if c.is_test and TAG in c.tags},
        )
        for t in templates
    }


def everything(templates: tuple) -> dict:
    """Every test inside, as c.Proctor.tests = "inside" wants it."""
    return {
        t.name: Found(
            sum(c.is_test for c in t.cells), {c.grade_id: ("after", "c.Proctor.tests") for c in t.cells if c.is_test}
        )
        for t in templates
    }


class Calibration:
    """That of one assignment.

    Parameters
    ----------
    root : str
        Folder of the course, where the file is.
    source : str
        Folder of the assignment in source/; it need not be there.
    shared : Shared
        As for grading, without `inside`.
    """

    def __init__(self, root: str, assignment: str, source: str, shared: Shared):
        self.path = os.path.join(root, FILE)
        self.assignment = assignment
        self.shared = replace(shared, show_hidden_tests=True, skip_tags=(), follow=0.0)
        self.solutions = {t.name: solutions(os.path.join(source, t.name + ".ipynb"), t) for t in shared.templates}
        self.has_source = all(self.solutions.values())
        self.tests_digest = _digest(
            [
                ENGINE,
                [
                    [
                        t.name,
                        [
                            [c.cell_type, c.source, c.full_source, c.grade_id, c.points]
                            for c in t.cells
                            if OF_THE_CLASS not in c.tags
                        ],
                    ]
                    for t in shared.templates
                ],
            ]
        )
        self.source_digest = _digest(
            [
                self.solutions,
                sorted((name, hashlib.sha256(content).hexdigest()) for name, content in shared.files.items()),
            ]
        )

    def known(self) -> dict | None:
        """{notebook: Found} as it was written down; None if there is nothing, or if it is for other tests or another
        solution.
        """
        entry: dict = read(self.path).get(self.assignment) or {}
        with contextlib.suppress(AttributeError, KeyError, TypeError, ValueError):
            if entry["tests"] == self.tests_digest and (not self.has_source or entry["solution"] == self.source_digest):
                return _found(entry)
        return None

    def calibrate(self, run: Callable) -> dict:
        """Find out, and write it down.

        Parameters
        ----------
        run : callable
            ``run(function, shared, tasks)`` yields (task, outcome or exception), see `pool.Pool.run`.
        """
        results = self._calibrate(run)
        notebooks = {
            name: {
                "tests": result.tests,
                **({"inside": result.inside} if result.inside else {}),
                **({"nowhere": result.nowhere} if result.nowhere else {}),
            }
            for name, result in results.items()
        }
        write(
            self.path,
            self.assignment,
            {"tests": self.tests_digest, "solution": self.source_digest, "notebooks": notebooks},
        )
        return results

    def _calibrate(self, run) -> dict:
        where = {(t.name, c.grade_id): "outside" for t in self.shared.templates for c in t.cells if c.is_test}
        first: dict = {}
        why: dict = {}
        last = None
        for _ in range(ROUNDS):
            results = self._grade(run, where, "solution", *(["blank"] if last is None else []))
            failed = {test: reason for test, (passed, _, reason) in results["solution"].items() if not passed}
            last = last or results["blank"]
            for test, reason in failed.items():
                first.setdefault(test, reason)
                why[test] = reason
            moved = [test for test in failed if where[test] != "nowhere"]
            for test in moved:
                where[test] = STEPS[where[test]]
            if not moved:
                break
        nowhere = {test: why[test] for test, place in where.items() if place == "nowhere"}
        self._look_at_blank(run, where, last, first)
        found = {t.name: Found(sum(c.is_test for c in t.cells)) for t in self.shared.templates}
        for (name, grade_id), place in where.items():
            if (name, grade_id) in nowhere:
                found[name].nowhere[grade_id] = nowhere[name, grade_id]
            elif place != "outside":
                found[name].inside[grade_id] = (place, first[name, grade_id] or "it fails outside")
        return found

    def _look_at_blank(self, run, where, blank, first):
        """A test that the blank notebook passes outside and not inside looks at a stand-in: inside, then."""
        empty = [
            test for test, (passed, points, _) in blank.items() if passed and points > 0 and where[test] == "outside"
        ]
        if not empty:
            return
        results = self._grade(run, {**where, **dict.fromkeys(empty, "alone")}, "solution", "blank")
        for test in empty:
            if results["solution"][test][0] and not results["blank"][test][0]:
                where[test] = "alone"
                first[test] = "outside it passes for a blank answer"

    def _grade(self, run, where, *who) -> dict:
        """{who: {(notebook, grade id): (passed, points, reason)}}."""
        inside: dict = {}
        for (name, grade_id), place in where.items():
            if place in ("alone", "after"):
                inside.setdefault(name, {})[grade_id] = place
        names = tuple(t.name for t in self.shared.templates)
        notebooks = {
            "blank": {t.name: as_json(t, {}) for t in self.shared.templates},
            "solution": {t.name: as_json(t, self.solutions[t.name]) for t in self.shared.templates},
        }
        tasks = [
            Task(learner, names, {f"{name}.ipynb": text for name, text in notebooks[learner].items()}, {})
            for learner in who
        ]
        outcomes = {}
        for task, outcome in run(grade_submission, pickle.dumps(replace(self.shared, inside=inside)), tasks):
            if isinstance(outcome, Exception):
                raise outcome
            if outcome.refused:
                raise NotCalibrated(outcome.refused)
            outcomes[task.student] = {
                (notebook.name, grade_id): result
                for notebook in outcome.notebooks
                for grade_id, result in notebook.tests.items()
            }
            for test in where:
                outcomes[task.student].setdefault(test, (False, 0.0, "it was not run"))
        return outcomes


class NotCalibrated(Exception):
    """It cannot be found out here; the message says why."""


def solutions(path: str, template: Template) -> dict:
    """Grade id -> the instructor's own text, {} if the source is not available."""
    try:
        with open(path, "rb") as file:
            cells = read_cells(file.read())
    except (OSError, Unreadable):
        return {}
    own = {cell.grade_id for cell in template.cells if cell.solution}
    sources = {(cell["metadata"].get("nbgrader") or {}).get("grade_id"): cell["source"] for cell in cells}
    return {grade_id: sources[grade_id] for grade_id in sorted(own & sources.keys())} or {"": ""}


def written(root: str) -> dict:
    """{assignment: {notebook: Found}} as stored in a course's file."""
    entries = {}
    for assignment, entry in read(os.path.join(root, FILE)).items():
        with contextlib.suppress(AttributeError, KeyError, TypeError, ValueError):
            entries[assignment] = _found(entry)
    return entries


def _found(entry: dict) -> dict:
    return {
        name: Found(
            entry_of_notebook["tests"],
            {key: tuple(value) for key, value in entry_of_notebook.get("inside", {}).items()},
            dict(entry_of_notebook.get("nowhere", {})),
        )
        for name, entry_of_notebook in entry["notebooks"].items()
    }


def read(path: str) -> dict:
    """All assignments of a file; {} if there is none that can be read."""
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write(path: str, assignment: str, entry: dict) -> None:
    """Put one assignment into the file."""
    text = json.dumps({**read(path), assignment: entry}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    part = f"{path}.{os.getpid()}"
    try:
        with open(part, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(part, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise NotCalibrated(f"{path} cannot be written ({error.strerror})") from None


def say(log: logging.Logger | logging.LoggerAdapter, results: dict, quiet: bool = False) -> None:
    """Tell the instructor."""
    for notebook, result in results.items():
        (log.warning if result.inside else log.debug if quiet else log.info)(
            "%s", folders.printable(result.sentence(notebook))
        )
        for grade_id, why in result.nowhere.items():
            log.error(
                "FIX THE TEST '%s' of %s: the instructor's own solution does not pass it, neither outside nor inside "
                "the room: %s",
                grade_id,
                notebook,
                folders.printable(why),
            )
    if any(result.inside for result in results.values()):
        log.warning(MEANS)


def _digest(value) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()[:32]
