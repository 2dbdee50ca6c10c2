"""What a worker does: one submission's files in, graded notebooks and points out, both by value.

Imports neither nbgrader nor a database, so that it runs on any machine that has proctor.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import faulthandler
import functools
import html
import importlib.metadata
import json
import math
import os
import pickle
import platform
import time
from collections import Counter
from dataclasses import dataclass, field, replace

from proctor.cells import HIDDEN, NOT_PYTHON, imports_in
from proctor.job import GraderDied, Job, Limits, Report, TestResult

from .choosing import choose, read_all
from .folders import merged, shown
from .mend import Mended, answered, mend
from .places import misplaced
from .salvage import Notebook, read_cells
from .template import Cell, Template, as_json, checksum
from .unneeded import unneeded

GRACE = 60  # seconds for a notebook beyond its own limit on the wall
ANSWER_FILES = (
    ".pdf",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".svg",
    ".heic",
    ".webp",
    ".doc",
    ".docx",
    ".odt",
    ".txt",
    ".md",
    ".tex",
    ".html",
)


@dataclass(frozen=True)
class Shared:
    """What all submissions of one run have in common; sent once to each worker."""

    templates: tuple
    elsewhere: tuple = ()  # notebooks of other assignments, to know one that was handed in by mistake
    files: dict = field(default_factory=dict)  # of the assignment; they replace the learner's
    import_paths: tuple = ()
    marks: tuple = HIDDEN
    private: tuple = ()  # names and folders that no room sees
    variables: dict = field(default_factory=dict)  # of the environment, for hidden tests; None is one that is not set
    limits: Limits = Limits()
    sandbox: str = "auto"
    warm: bool = True
    figures: str = "all"
    skip_tags: tuple = ()
    inside: dict = field(default_factory=dict)  # notebook -> {grade id: how}, see `proctor.job.Job`
    show_hidden_tests: bool = False
    max_lines: int = 1000
    follow: float = 0.0  # share of the points that is carried forward where an earlier answer is put right
    solutions: dict = field(default_factory=dict)  # notebook -> {grade id: the instructor's own answer}, for `follow`
    at_home: tuple = ()  # the course's files that learners have and grading does not need


@dataclass(frozen=True)
class Task:
    """One submission: every notebook file that it has, by relative path (a str says why it was not read), and its other
    files.

    `digest` stands for all that it holds; it is kept in the graded notebooks.
    """

    student: str
    wanted: tuple
    notebooks: dict
    files: dict
    digest: str = ""


@dataclass
class Graded:
    """One graded notebook.

    Attributes
    ----------
    late : bool
        It reached a time limit, and some test has not its full points.
    text : str
        The notebook for autograded/; empty if the submission had no such file.
    scores : dict
        Grade id -> (auto_score or None, needs_manual_grade).
    comments : dict
        Grade id -> the automatic comment or None.
    faults : dict
        Grade id of a test that no learner could pass -> why.
    tests : dict
        Grade id of a test that ran -> (passed, points, what ended it); for the instructor alone.
    """

    name: str
    text: str = ""
    scores: dict = field(default_factory=dict)
    comments: dict = field(default_factory=dict)
    remarks: list = field(default_factory=list)
    looks: list = field(default_factory=list)
    messages: list = field(default_factory=list)
    faults: dict = field(default_factory=dict)
    tests: dict = field(default_factory=dict)
    seconds: dict = field(default_factory=dict)
    late: bool = False


@dataclass
class Outcome:
    """The outcome of one submission. `refused` says why nothing may be recorded, such as no walls where the course
    insists on them.
    """

    student: str
    notebooks: list = field(default_factory=list)
    walls: str = ""
    refused: str = ""

    @property
    def late(self) -> bool:
        """Whether a time limit may have cost points."""
        return any(notebook.late for notebook in self.notebooks)


def grade_submission(shared: bytes, task: Task) -> Outcome:
    """Grade one submission.

    Parameters
    ----------
    shared : bytes
        A pickled `Shared`; unpickled once in each worker.
    task : Task
    """
    common = _shared(shared)
    for name, value in common.variables.items():
        os.environ.pop(name, None) if value is None else os.environ.update({name: value})
    runs = 3 if common.follow else 1
    with _last_resort(len(task.wanted) * (runs * common.limits.wall_factor * common.limits.notebook_seconds + GRACE)):
        _prepare(common)
        return _grade(common, task)


def _prepare(shared: Shared):
    from proctor.trusted.clean import prepare

    for template in shared.templates:
        tests = {cell.grade_id: cell.full_source for cell in template.cells if cell.is_test}
        prepare(shared.import_paths, tests, _modules(template), shared.marks)


@contextlib.contextmanager
def _last_resort(seconds: float):
    """End this process if all other time limits have failed: the pool then carries on without it."""
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def _grade(shared: Shared, task: Task) -> Outcome:
    outcome = Outcome(task.student)
    readable, problems = read_all(task.notebooks)
    for name in task.wanted:
        template = next(t for t in shared.templates if t.name == name)
        choice = choose(template, readable, problems, shared.templates, shared.elsewhere)
        if choice.path is None and not choice.looks and task.notebooks:
            outcome.notebooks.append(
                _absent(template)
            )  # other notebooks are there: as stock nbgrader, no file and no points
        elif choice.path is None or choice.notebook is None:
            missing = f"No notebook '{name}.ipynb' was found in the submission."
            there = f" It has {_some(task.files)}." if task.files else ""
            outcome.notebooks.append(
                _unreadable(
                    template, choice.looks or [missing + there], choice.messages or [missing + there], task.digest
                )
            )
        else:
            try:
                graded, walls = _grade_notebook(
                    template, choice.notebook, task.files, shared, task.digest, choice.messages
                )
            except GraderDied:  # the pool tries it once more
                raise
            except Exception as error:
                if type(error).__name__ == "RoomError":  # no notebook is at fault: record nothing
                    outcome.refused = str(error)
                    break
                graded, walls = (
                    _given_up(
                        template,
                        f"The grader failed on it ({type(error).__name__}: {error}); it has no points.",
                        task.digest,
                    ),
                    "",
                )
            graded.looks[:0] = choice.looks
            outcome.notebooks.append(graded)
            outcome.walls = outcome.walls or walls
            if walls and shared.sandbox == "strict":
                outcome.refused = f"the room has no walls ({walls}) and c.Proctor.sandbox is 'strict'"
                break
    return outcome


def _some(files) -> str:
    names = [shown(name) for name in sorted(files)]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def given_up(templates: tuple, wanted: tuple, student: str, why: str, digest: str = "") -> Outcome:
    """What is recorded for a submission that ended its worker, twice: no points, and a grader is asked to look."""
    return Outcome(student, [_given_up(template, why, digest) for template in templates if template.name in wanted])


def _given_up(template: Template, why: str, digest: str) -> Graded:
    told = ["Your notebook could not be graded; your instructor has been told."]
    graded = _unreadable(template, told, told, digest)
    graded.scores = {grade_id: (points, True) for grade_id, (points, _) in graded.scores.items()}
    graded.looks = [f"{why} Look at the notebook, then run again with --force."]
    return graded


@functools.lru_cache(maxsize=2)
def _shared(pickled: bytes) -> Shared:
    return pickle.loads(pickled)  # made by our own collecting process, never by a submission


def _grade_notebook(
    template: Template, read: Notebook, files: dict, shared: Shared, digest: str = "", messages: tuple | list = ()
) -> tuple:
    # here, not above: pulls in NumPy, which the collecting process does not need
    from proctor.trusted.clean import grade_notebook

    begin = time.perf_counter()
    mended = mend(read.cells, template)
    mended.looks[:0], mended.messages[:0] = read.problems, [*messages, *read.problems]
    if _is_untouched(mended, template):
        mended.looks.append("It is unchanged since its release: nothing was answered.")
        mended.messages.append(
            "This notebook is unchanged, without an answer. If you have worked on it, your work is in "
            "another file: hand in that one."
        )
    job = _job(template, mended, files, shared)
    notebook = job.notebook
    ready = time.perf_counter()
    report = grade_notebook(job)
    ran = time.perf_counter()
    graded = Graded(
        template.name,
        remarks=mended.remarks,
        looks=mended.looks + list(report.notes),
        messages=mended.messages + report.told,
    )
    unanswered = _unanswered(mended, template, files.keys() - shared.files.keys())
    for cell, spec in zip(mended.cells, mended.specs):
        if spec is not None:
            _score(cell, spec, mended, report, graded, unanswered)
    _carry(template, mended, job, report, graded, files, shared)
    _tell_of_stops(mended, report, graded, read.python)
    _tell_of_places(mended, template, graded)
    graded.late = report.late and any(
        spec is not None and spec.is_test and graded.scores[spec.grade_id][0] < spec.points for spec in mended.specs
    )
    graded.text = _write(notebook, mended.specs, report, graded, shared, digest)
    graded.seconds = {
        "prepare": ready - begin,
        "run": ran - ready,
        "finish": time.perf_counter() - ran,
        **report.seconds,
    }
    return graded, report.walls


def _job(template: Template, mended: Mended, files: dict, shared: Shared) -> Job:
    notebook = {
        "cells": mended.cells,
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": template.kernelspec, "language_info": {"name": "python"}},
    }
    inside = shared.inside.get(template.name, {})
    own = (
        {f"{template.name}.ipynb": _as_seen(mended).encode()} if inside else {}
    )  # such a test may read its own notebook, or list the folder
    return Job(
        notebook=notebook,
        files={**merged(files, shared.files), **own},
        own_files=tuple(shared.files),
        import_paths=shared.import_paths,
        private=shared.private,
        marks=shared.marks,
        given=_given(template),
        limits=shared.limits,
        sandbox=shared.sandbox,
        warm=shared.warm,
        figures=shared.figures,
        draw=_seen_by_graders(mended, template),
        skip=_only_shown(mended, template, shared, files),
        inside=inside,
        trusted_names=_modules(template),
    )


def _carry(template: Template, mended: Mended, job: Job, report: Report, graded: Graded, files: dict, shared: Shared):
    """Follow-through marks: what passes once earlier answers are right has its points, or a share of them."""
    right = shared.solutions.get(template.name) if shared.follow else None
    if not right:
        return
    from . import following  # pulls in NumPy

    def own_job() -> Job:
        cells = read_cells(as_json(template, right))
        return _job(template, mend(cells, template), {}, shared)

    points = {test: found[1] for test, found in graded.tests.items()}
    # whatever became of a file that grading does not need: the second room does without it
    job = replace(job, files={name: content for name, content in job.files.items() if name not in shared.at_home})
    own = {name: content for name, content in job.files.items() if name not in shared.files and name in files}
    followed = following.follow(template, mended, job, report, points, right, own_job, own)
    if followed.remark:
        graded.remarks.append(followed.remark)
    for test in followed.alone:
        report.results[test] = replace(report.results[test], alone=True)
    for test, found in followed.carried.items():
        result, before = report.results[test], points[test]
        total = before + shared.follow * (found.points - before)
        graded.scores[test] = (total, False)
        report.results[test] = replace(
            result,
            message=following.message(found.names),
            carried=(total - before, found.names),
            figure=(),
            headline=(),
            read_again=(),
            mistakes=(),
        )
    report.late |= followed.late


def _tell_of_stops(mended: Mended, report: Report, graded: Graded, python: str):
    """Name the cells that stopped, or of which something was left out: it may be the machine and not the learner."""
    lost = any(
        spec is not None and spec.is_test and graded.scores[spec.grade_id][0] < spec.points for spec in mended.specs
    )
    for index, stop in sorted(report.stopped.items()):
        spec = mended.specs[index]
        answer = spec is not None and spec.solution and checksum(mended.cells[index]["source"], spec) != spec.checksum
        name = f"'{spec.grade_id}'" if spec is not None else f"number {index + 1} of the graded notebook"
        if stop.left_out:
            left = "; ".join(stop.left_out)
            version = _other_version(stop.first, python) if stop.first.startswith("AttributeError") else ""
            graded.looks.append(
                f"Cell {name} was run without what does not work here ({stop.first}): {left}{version and '.' + version}"
            )
            graded.messages.append(
                f"Your cell {name} was run without this, which does not work where notebooks are graded "
                f"({stop.first}): {left}{version and '.' + version}"
            )
        if stop.ended and answer and lost and not stop.error.startswith("NotImplementedError"):
            graded.looks.append(f"Answer {name} {stop}.{_other_version(stop.error, python)}")
            graded.messages.append(f"Your answer {name} {stop}.{_other_version(stop.error, python)}")


def _tell_of_places(mended: Mended, template: Template, graded: Graded):
    """Name the answers that stand where no test sees them."""
    lost = {name for name, (passed, _, _) in graded.tests.items() if not passed}
    for look, message in misplaced(mended, template, lost) if lost else ():
        graded.looks.append(look)
        graded.messages.append(message)


def _other_version(error: str, python: str) -> str:
    """A sentence if the error may come from another Python or NumPy than the learner's."""
    here = platform.python_version()
    found = []
    if python and python.split(".")[:2] != here.split(".")[:2]:
        found.append(f"The notebook was written with Python {python} and graded with Python {here}.")
    if "numpy" in error:
        found.append(f"It was graded with NumPy {importlib.metadata.version('numpy')}.")
    return "".join(" " + one for one in found)


def _is_untouched(mended: Mended, template: Template) -> bool:
    """Whether a learner who should have answered has written nothing at all."""
    return any(cell.solution or cell.task for cell in template.cells) and not answered(mended, template)


def _as_seen(mended: Mended) -> str:
    """The notebook as its author sees it: without hidden tests."""
    cells = [
        {**cell, "source": spec.source} if spec is not None and not spec.solution else cell
        for cell, spec in zip(mended.cells, mended.specs)
    ]
    return json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False, default=str
    )


def _only_shown(mended: Mended, template: Template, shared: Shared, files: dict) -> tuple:
    """Where the instructor's cells with one of the tags stand, if the learner left them as they were and nothing
    asks for a name of theirs.
    """
    ordinary = [cell for cell in template.cells if cell.cell_type == "code" and not cell.grade_id]
    texts = {cell.source for cell in ordinary if not set(shared.skip_tags).isdisjoint(cell.tags)}
    known = {cell.source for cell in ordinary}
    shown, given, written = {}, [], []
    for index, (cell, spec) in enumerate(zip(mended.cells, mended.specs)):
        if cell["cell_type"] != "code":
            continue
        if spec is None and cell["source"] in texts:
            shown[index] = cell["source"]
        elif spec is not None and not spec.solution or cell["source"] in known:
            given.append(cell["source"])
        else:
            written.append(cell["source"])
    # What learners have at home alone counts where their own cells name it: practice.py speaks of __main__ itself.
    home = {name for name in shared.at_home if not any(name.partition(".")[0] in source for source in written)}
    own = {name: content for name, content in files.items() if name not in shared.files and name not in home}
    return tuple(shown) if shown and unneeded(list(shown.values()), given, written, own) else ()


@functools.lru_cache(maxsize=64)
def _given(template: Template) -> str:
    return "\n".join(cell.source for cell in template.cells)


@functools.lru_cache(maxsize=64)
def _modules_of(template: Template) -> tuple:
    names = {}
    asked: set = set()
    for cell in template.cells:
        if cell.cell_type != "code" or cell.is_test:
            continue
        if cell.solution:
            with contextlib.suppress(*NOT_PYTHON):
                asked.update(
                    getattr(node, "name", getattr(node, "id", "")) for node in ast.walk(ast.parse(cell.source))
                )
        else:
            names.update(imports_in(cell.source))
    return tuple((name, target) for name, target in names.items() if name not in asked or ":" not in target)


def _modules(template: Template) -> dict:
    """What the instructor's notebook imports and does not ask the learner to write, by the name that its tests know
    it by.
    """
    return dict(_modules_of(template))


def _seen_by_graders(mended: Mended, template: Template) -> tuple:
    """Where code cells stand whose figures a grader must see although they earn no points: the learner's own, and
    those between a task and what follows.
    """
    known = {cell.source for cell in template.cells if cell.cell_type == "code" and not cell.grade_id}
    found, task = [], False
    for index, (cell, spec) in enumerate(zip(mended.cells, mended.specs)):
        if spec is not None:
            task = spec.task
        elif cell["cell_type"] == "code" and (task or cell["source"] not in known):
            found.append(index)
    return tuple(found)


def _unanswered(mended: Mended, template: Template, files: set) -> set:
    """Grade ids of the answers and tasks for a person to mark to which the learner wrote nothing.

    The answer to a task is whatever follows it, up to the next cell of nbgrader's. What the learner wrote at a
    place of its own,
    or handed in as a file, may be the answer to any.
    """
    given = Counter(_words(cell.source) for cell in template.cells if not cell.grade_id)
    blank, tasks, homeless, task = set(), set(), False, ""
    for cell, spec in zip(mended.cells, mended.specs):
        if spec is not None:
            task = spec.grade_id if spec.task else ""
            tasks |= {task} - {""}
            if (
                spec.grade
                and spec.solution
                and _words(cell["source"]) in ("", _words(spec.source))
                and not cell.get("attachments")
            ):
                blank.add(spec.grade_id)
            continue
        words = _words(cell["source"])
        if not words and not cell.get("attachments"):
            continue
        if given[words] and not cell.get("attachments"):
            given[words] -= 1
        elif task:
            tasks.discard(task)
        else:
            homeless |= cell["cell_type"] != "code"
    if homeless or any(name.lower().endswith(ANSWER_FILES) for name in files):
        return blank
    return blank | tasks


def _words(source: str) -> str:
    return " ".join(source.split())


def _score(cell: dict, spec: Cell, mended: Mended, report: Report, graded: Graded, unanswered: set):
    """Fill in the gradebook's values of one cell, by nbgrader's rules."""
    unchanged = (
        checksum(cell["source"], spec) == spec.checksum
        and spec.grade_id not in mended.missing
        and not cell.get("attachments")
    )
    if spec.is_test:
        result = report.results.get(spec.grade_id)
        if result is None:
            result = report.results[spec.grade_id] = TestResult(
                spec.grade_id, False, None, "This test could not be run."
            )
        if result.fault:
            graded.faults[spec.grade_id] = result.fault
        points, remark = _points(result, spec)
        graded.tests[spec.grade_id] = (result.passed, points, result.reason or result.message)
        graded.scores[spec.grade_id] = (points, False)
        if remark:
            graded.looks.append(remark)
    elif spec.grade and spec.solution and unchanged or spec.grade_id in unanswered:
        graded.scores[spec.grade_id] = (0.0, False)
    elif spec.grade:
        graded.scores[spec.grade_id] = (None, True)
    if spec.solution or spec.task:
        graded.comments[spec.grade_id] = (
            "No response." if spec.solution and unchanged or spec.grade_id in unanswered else None
        )


def _points(result: TestResult, spec: Cell) -> tuple:
    if not result.passed:
        return 0.0, ""
    if result.score is None:
        return spec.points, ""
    if not math.isfinite(result.score):
        return 0.0, f"Test '{spec.grade_id}' gave {result.score} points; 0 were recorded. Fix the test."
    if not 0 <= result.score <= spec.points:
        clipped = min(max(result.score, 0.0), spec.points)
        return (
            clipped,
            f"Test '{spec.grade_id}' gave {result.score:g} of {spec.points:g} points; {clipped:g} were recorded. Fix "
            "the test.",
        )
    return float(result.score), ""


def _write(notebook: dict, specs: list, report: Report, graded: Graded, shared: Shared, digest: str) -> str:
    """The notebook for autograded/, with outputs, and without hidden tests unless the course wants them there."""
    for index, (cell, spec) in enumerate(zip(notebook["cells"], specs)):
        if cell["cell_type"] == "code":
            cell["execution_count"] = report.execution_counts.get(index)
            if spec is not None and spec.is_test:
                result = report.results[spec.grade_id]
                points = graded.scores[spec.grade_id][0]
                cell["outputs"] = _test_outputs(result, points, spec)
                cell["metadata"]["proctor"] = {
                    "sentence": sentence(spec),
                    "passed": bool(result.passed),
                    "points": points,
                    "message": result.message,
                    "headline": list(result.headline),
                    "read_again": list(result.read_again),
                    "mistakes": [mistake._asdict() for mistake in result.mistakes],
                }
                if result.figure:
                    cell["metadata"]["proctor"]["caption"] = result.figure[2]
                if result.alone:
                    cell["metadata"]["proctor"]["alone"] = True
                if result.carried:
                    carried, names = result.carried
                    cell["metadata"]["proctor"]["carried"] = {"points": carried, "because_of": list(names)}
            else:
                cell["outputs"] = _limited(report.outputs.get(index, []), shared.max_lines)
        if (
            spec is not None and not spec.task and not shared.show_hidden_tests and cell["source"] == spec.full_source
        ):  # a task keeps its mark scheme
            cell["source"] = spec.source
    notebook["metadata"]["proctor"] = _about(graded.messages, graded.looks, digest, report.walls)
    return json.dumps(notebook, ensure_ascii=False, default=str)


def _test_outputs(result: TestResult, points: float, spec: Cell) -> list:
    if not result.passed:
        lines = (result.message or "This test did not pass.").splitlines()
        failed = {
            "output_type": "error",
            "ename": "TestFailed",
            "evalue": lines[0] if lines else "",
            "traceback": lines,
        }
        return [failed, _figure(*result.figure[:2])] if result.figure else [failed]
    if result.score is not None:
        return [
            {
                "output_type": "execute_result",
                "execution_count": None,
                "metadata": {},
                "data": {"text/plain": f"{points:g}"},
            }
        ]
    return []


def _figure(svg: str, words: str) -> dict:
    """As an image, in which nothing can run, and as HTML, the only form in which nbconvert's pages keep the words of
    an SVG.
    """
    image = base64.b64encode(svg.encode()).decode()
    data = {
        "text/html": f'<img src="data:image/svg+xml;base64,{image}" alt="{html.escape(words)}">',
        "text/plain": words,
    }
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _limited(outputs: list, max_lines: int) -> list:
    """Cut streams after this many lines, as nbgrader's LimitOutput does."""
    if max_lines < 0:
        return outputs
    kept, used = [], 0
    for output in outputs:
        if output.get("output_type") == "stream":
            if used >= max_lines:
                continue
            lines = output["text"].split("\n")
            if used + len(lines) > max_lines:
                lines = lines[: max_lines - used - 1] + ["... Output truncated ..."]
            used += len(lines)
            output = {**output, "text": "\n".join(lines)}
        kept.append(output)
    return kept


def _absent(template: Template) -> Graded:
    """No points for a notebook that was not handed in."""
    graded = Graded(template.name, looks=[f"No notebook '{template.name}.ipynb' was found in the submission."])
    graded.scores = {cell.grade_id: (0.0, False) for cell in template.cells if cell.is_graded}
    return graded


def _about(messages: list, looks: list, digest: str, walls: str) -> dict:
    """`folders.graded_digest` and the doctor read it from the end of the file."""
    return {"messages": messages, "looks": looks, "submission": digest, "walls": walls}


def _unreadable(template: Template, looks: list, reasons: list, digest: str) -> Graded:
    """No points, and a notebook that tells the learner why."""
    graded = _absent(template)
    graded.looks = list(looks)
    cells = []
    for number, spec in enumerate(cell for cell in template.cells if cell.grade_id):
        cell = {
            "cell_type": spec.cell_type,
            "id": spec.id or f"cell-{number}",
            "metadata": {"nbgrader": spec.metadata()},
            "source": spec.source,
        }
        if spec.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
        if spec.is_test:
            cell["metadata"]["proctor"] = {
                "sentence": sentence(spec),
                "passed": False,
                "points": 0.0,
                "message": reasons[0],
            }
            cell["outputs"] = _test_outputs(TestResult(spec.grade_id, False, None, reasons[0]), 0.0, spec)
        cells.append(cell)
    notebook = {
        "cells": cells,
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": template.kernelspec, "proctor": _about(reasons, looks, digest, "")},
    }
    graded.text = json.dumps(notebook, ensure_ascii=False)
    return graded


def sentence(spec: Cell) -> str:
    """What a test promises: the first line of its cell's docstring, else its name in words."""
    try:
        body = ast.parse(spec.source).body
        doc = (
            body[0].value.value
            if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
            else ""
        )
    except NOT_PYTHON:
        doc = ""
    if isinstance(doc, str) and doc.strip():
        return doc.strip().splitlines()[0]
    words = spec.grade_id.removeprefix("test_").replace("_", " ").strip() or spec.grade_id
    return words[:1].upper() + words[1:]
