"""Pages of HTML, each made in a process with a time limit: a notebook that hangs whoever shows it costs only its own
page.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import html
import json
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import nbformat
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat.v4.nbjson import JSONReader
from traitlets.config import Config

from .bounds import SHOWN_METADATA
from .feedback import AnswerExporter, FeedbackExporter, GraderExporter, for_answers
from .gradebook import Marks
from .options import Proctor
from .pool import Pool

if TYPE_CHECKING:
    from nbconvert.exporters import Exporter

MEMORY = 2 * 1024**3  # bytes that making a page may take
ANSWER_SECONDS = 10  # of CPU that one answer may take


@dataclass(frozen=True)
class Page:
    """What a worker needs for the feedback on one notebook.

    Attributes
    ----------
    source : bytes
        The graded notebook, as it is in `autograded/`.
    plain : bool
        Show what the learner wrote as text only.
    """

    student: str
    assignment: str
    notebook: str
    source: bytes
    marks: Marks
    folder: str = ""
    plain: bool = False


def shared(config: Config, seconds: int, preprocessors: Iterable = ()) -> bytes:
    """What is the same for all pages of a run.

    Parameters
    ----------
    config : Config
        Of nbgrader and nbconvert.
    seconds : int
        Of CPU that a page may take.
    preprocessors : iterable
        As `c.GenerateFeedback.preprocessors`.
    """
    kept = {}
    for name, section in config.items():
        with contextlib.suppress(Exception):  # a hook of the course's, say, which no page needs
            pickle.dumps(section)
            kept[name] = section
    return pickle.dumps((kept, seconds, tuple(preprocessors)))


def feedback_page(common: bytes, task: Page) -> str:
    """The learner's page. In a worker, a page that takes too long ends the process.

    Parameters
    ----------
    common : bytes
        From `shared`.
    """
    with _limited(_unpacked(common)[1]):
        resources = _resources(task.notebook, task.folder, task.plain)
        resources.update(
            unique_key=task.notebook,
            nbgrader={
                "student": task.student,
                "assignment": task.assignment,
                "notebook": task.notebook,
                "marks": task.marks,
            },
        )
        page, _ = exporter(FeedbackExporter, common).from_notebook_node(_read(task.source), resources)
        return str(page)


def feedback_pages(pool: Pool, common: bytes, tasks: Iterable[Page]) -> Iterator[tuple[Page, str, str]]:
    """Yield (task, page, why) as they are made; `why` says what is not as usual with a page, if anything.

    A page that could not be made shows what the learner wrote as text only; if that fails too, it has the points and
    nothing else.
    """
    failed = []
    for task, page in pool.run(feedback_page, common, tasks):
        if isinstance(page, Exception):
            failed.append((task, page))
        else:
            yield task, page, ""
    whys = {(task.student, task.notebook): why for task, why in failed}
    again = [dataclasses.replace(task, plain=True) for task, _ in failed]
    for task, page in pool.run(feedback_page, common, again):
        why = whys[task.student, task.notebook]
        if isinstance(page, Exception):
            yield task, _points_only(task), f"the page shows the points only ({type(page).__name__}: {page})"
        else:
            yield task, page, f"the page shows the learner's part as plain text ({_in_words(why)})"


def start_method() -> str:
    """How workers of a command start: with everything it has imported, where that is safe."""
    return "fork" if sys.platform.startswith("linux") and threading.active_count() == 1 else ""


def _in_words(error: Exception) -> str:
    return (
        "laying it out takes too long, or too much memory"
        if "without an answer" in str(error)
        else f"{type(error).__name__}: {error}"
    )


_unpacked = functools.lru_cache(maxsize=8)(pickle.loads)


@functools.lru_cache(maxsize=8)
def exporter(kind: type, common: bytes) -> Exporter:
    """An exporter with its templates, made once in each process."""
    config, _, preprocessors = _unpacked(common)
    made = kind(config=Config(config))
    for one in preprocessors:
        made.register_preprocessor(one)
    return made


def _resources(notebook: str, folder: str, plain: bool) -> ResourcesDict:
    return ResourcesDict(metadata=ResourcesDict(name=notebook, path=folder), plain=plain)


def _read(source: bytes):
    """A notebook without what no page shows: it may be nested as deep as JSON can be."""
    nb = json.loads(source)
    if nb.get("nbformat") != 4:
        return nbformat.reads(source.decode("utf-8", "replace"), as_version=4)
    for cell in nb["cells"]:
        cell["metadata"] = {name: value for name, value in cell["metadata"].items() if name in SHOWN_METADATA}
        for output in cell.get("outputs", ()):
            if "data" in output:
                output["data"] = {
                    kind: value
                    for kind, value in output["data"].items()
                    if isinstance(value, str) or kind.startswith(("text/", "image/"))
                }
    return JSONReader().to_notebook(nb)


def _points_only(task: Page) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{'not graded yet' if waits else f'{score:g}'} / "
        f"{points:g}</td><td>{html.escape(task.marks.comments.get(name) or '')}</td></tr>"
        for name, (score, points, waits) in task.marks.grades.items()
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Feedback on '
        f"{html.escape(task.notebook)}</title></head><body>"
        f"<h1>{html.escape(task.notebook)}: {task.marks.score - task.marks.penalty:g} of {task.marks.max_score:g} "
        "points</h1>"
        f"<p>Your notebook is too large or too deeply nested to be shown.</p><table>{rows}</table></body></html>\n"
    )


@contextlib.contextmanager
def _limited(seconds: int):
    """In a worker: end the process when it takes too much CPU, even inside a library; refuse more memory."""
    if multiprocessing.parent_process() is None or not hasattr(signal, "setitimer"):
        yield
        return
    import resource

    kept = resource.getrlimit(resource.RLIMIT_AS)
    if sys.platform.startswith("linux"):
        with open("/proc/self/statm") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        most = taken + MEMORY if kept[1] == resource.RLIM_INFINITY else min(taken + MEMORY, kept[1])
        resource.setrlimit(resource.RLIMIT_AS, (most, kept[1]))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, kept)


# ---- formgrader's page of a submission


class FormgraderExporter(HTMLExporter):
    """Replaces nbconvert's in formgrader: makes the page in a process, so that no submission stops the
    server.
    """

    _pool = Pool(1)  # one for the server; starts with the first page

    def from_filename(self, filename: str, resources: dict | None = None, **kw: Any) -> tuple[Any, dict]:
        """The same page, or one that shows the learner's part as text; names of learners are text, too."""
        about = dict(resources or {})
        about.update(
            {
                name: html.escape(about[name])
                for name in ("first_name", "last_name", "student", "notebook_path")
                if isinstance(about.get(name), str)
            }
        )
        common = shared(self.config, Proctor(config=self.config).page_seconds)
        for plain in (False, True):
            [(_, page)] = self._pool.run(_grader_page, common, [(filename, about, plain)])
            if not isinstance(page, Exception):
                return page, about
            self.log.warning("%s: %s", filename, _in_words(page))
        return (
            "<!DOCTYPE html><title>formgrader</title><p>This notebook cannot be displayed: "
            f"{html.escape(filename)}</p>",
            about,
        )


def _grader_page(common: bytes, task: tuple) -> str:
    filename, about, plain = task
    with _limited(_unpacked(common)[1]):
        with open(filename, "rb") as file:
            nb = _read(file.read())
        name, folder = os.path.splitext(os.path.basename(filename))[0], os.path.dirname(filename)
        resources = _resources(name, folder, plain)
        resources.update(about)
        page, _ = exporter(GraderExporter, common).from_notebook_node(nb, resources)
        return str(page)


# ---- answers, for a page on which a person marks


class Answers:
    """Makes HTML of answers, each within its limits, in a process that starts with the first one."""

    def __init__(self) -> None:
        self._pool = Pool(1)
        self._common = shared(for_answers(), ANSWER_SECONDS)

    def html(self, wanted: dict[str, list[dict]]) -> dict[str, str]:
        """Cells by key -> clean HTML by key; as text what cannot be laid out otherwise.

        Parameters
        ----------
        wanted : dict
            Key -> cells as in a notebook's JSON.
        """
        made: dict[str, str] = {}
        for plain in (False, True):
            tasks = [(key, _notebook_of(cells), plain) for key, cells in wanted.items() if key not in made]
            for (key, _, _), page in self._pool.run(_answer, self._common, tasks):
                if not isinstance(page, Exception):
                    made[key] = page
        return {key: made.get(key, "<p>This answer cannot be displayed.</p>") for key in wanted}

    def close(self) -> None:
        """End the process."""
        self._pool.close()


def _notebook_of(cells: list[dict]) -> bytes:
    """Without ids and metadata: in a grader's page these are not the learner's to choose."""
    kept = [{**cell, "metadata": {}} for cell in cells]
    for cell in kept:
        cell.pop("id", None)
    return json.dumps({"cells": kept, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


def _answer(common: bytes, task: tuple) -> str:
    _, source, plain = task
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Control + C is for the server
    with _limited(_unpacked(common)[1]):
        page, _ = exporter(AnswerExporter, common).from_notebook_node(_read(source), _resources("answer", "", plain))
        return str(page)
