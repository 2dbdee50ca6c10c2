"""Everything that a course may set: `c.Proctor.<name> = value` in nbgrader_config.py."""

from __future__ import annotations

import dataclasses
import os
import re

from nbgrader.preprocessors import Execute
from traitlets import Bool, Dict, Enum, Float, Integer, List, TraitError, Unicode, Union, validate
from traitlets.config import LoggingConfigurable

from proctor.job import Limits


class Proctor(LoggingConfigurable):
    """How submissions are graded."""

    enabled = Bool(True, help="False: `nbgrader autograde` works as if proctor were not installed.").tag(config=True)

    sandbox = Enum(
        ["auto", "strict", "none"],
        "auto",
        help="auto: walls where the system can build them, else a loud warning. strict: refuse without walls. none: "
        "no walls.",
    ).tag(config=True)

    warm = Bool(
        True, help="Fork rooms from a process that has imported NumPy and Matplotlib. False starts each from nothing."
    ).tag(config=True)

    figures = Enum(
        ["all", "graded", "none"],
        "all",
        help="Which figures of Matplotlib are drawn, the most expensive part of many notebooks. graded: only those of "
        "cells that earn points, "
        "for a person to look at.",
    ).tag(config=True)

    skip_tags = List(
        Unicode(),
        help="Tags of ordinary cells of the instructor's that only show something, such as 'figure'. A submission's "
        "copy is not run, if it "
        "is unchanged and no other cell asks for a name from one of them.",
    ).tag(config=True)

    tests = Enum(
        ["calibrated", "outside", "inside"],
        "calibrated",
        help="Where tests run. outside: in the grader's process, out of the learner's reach. inside: in the learner's "
        "room, as in stock nbgrader. calibrated: outside, except for "
        "those that the instructor's own solution passes inside only; where the source is not here, for those with "
        "the tag proctor-inside.",
    ).tag(config=True)

    follow_through = Union(
        [Enum(["full", "off"], "off"), Float(min=0.0, max=1.0)],
        help="What a test earns that fails because of an earlier wrong answer of the same notebook, and passes with "
        "the instructor's in its place. full: its points. A share such as 0.5: so much of them. off: nothing, as in "
        "stock nbgrader.",
    ).tag(config=True)

    workers = Integer(0, min=0, help="Processes that grade at the same time; 0 means one for each core.").tag(
        config=True
    )

    scheduler = Unicode(
        "", help="Address of a Dask scheduler (tcp://host:8786): grade on its workers instead of on this machine."
    ).tag(config=True)

    import_paths = List(
        Unicode(),
        None,
        allow_none=True,
        help="Where hidden tests import their helpers from; never visible to a submission. Default: the course folder.",
    ).tag(config=True)

    test_packages = List(
        Unicode(),
        help="Files and folders of the course, such as 'course_tests', that hidden tests import: no room sees them, "
        "even where they are installed, "
        "and they are sent to Dask workers, which see no disk of ours.",
    ).tag(config=True)

    given_files = Unicode(
        help="'module:function' of the course's own, called as function(assignment, source_folder, config) -> {name: "
        "bytes}: files that "
        "generate_assignment writes into release/ beside the notebooks, and that every notebook finds while it is "
        "graded. They do not lie in source/."
    ).tag(config=True)

    given_at_home = List(
        Unicode(),
        help="Those of given_files that no notebook needs while it is graded: they are written into release/ alone.",
    ).tag(config=True)

    first_cell = Unicode(
        help="'module:function' of the course's own, called as function(assignment, notebook, files) -> the source of "
        "a code cell, where files are all that lies beside the released notebook, {path: bytes}. generate_assignment "
        "puts it, folded, before the first code cell, such as to bring these files to a notebook that was downloaded "
        "alone. It is not in source/, and grading leaves it out."
    ).tag(config=True)

    variables = List(
        Unicode(),
        ["COURSE_SEED"],
        help="Environment variables that hidden tests read; they are set for them wherever they run, and never in a "
        "room.",
    ).tag(config=True)

    limits = Dict(help="Changes to proctor.job.Limits by name, such as {'cell_seconds': 60}.").tag(config=True)

    timestamps = Enum(
        ["checked", "trusted"],
        "checked",
        help="checked: the time that collecting recorded counts; without a record timestamp.txt is believed, and a "
        "date that looks made up "
        "is something for a grader to look at. trusted: believe every timestamp.txt and say nothing, as stock "
        "nbgrader does.",
    ).tag(config=True)

    show_hidden_tests = Bool(
        False, help="Keep hidden tests in the notebooks in autograded/, for graders. Feedback never has them."
    ).tag(config=True)

    status = Enum(
        ["nbgrader", "look"],
        "nbgrader",
        help="Exit status of `nbgrader autograde` where everything is recorded, but a grader should look at some of "
        "it: nbgrader's own, 0, or look: 3.",
    ).tag(config=True)

    max_notebook = Integer(
        25 * 1024**2,
        help="Bytes; a larger notebook file is not read. Notebooks with other names than expected may have twice as "
        "much together.",
    ).tag(config=True)

    max_bytes = Integer(
        32 * 1024**2, help="Bytes of all other files of one submission; what does not fit is left out."
    ).tag(config=True)

    max_files = Integer(1000, help="More files than this in one submission are left out.").tag(config=True)

    page_seconds = Integer(
        20,
        min=1,
        help="CPU seconds that the page of one notebook may take; then what the learner wrote is shown as text.",
    ).tag(config=True)

    @validate("given_files", "first_cell")
    def _import_string(self, proposal):
        if proposal["value"] and not re.fullmatch(r"\w+(\.\w+)*:\w+", proposal["value"]):
            raise TraitError(
                f"c.Proctor.{proposal['trait'].name} = {proposal['value']!r} does not name a function; write it as "
                "'module:function'."
            )
        return proposal["value"]

    @validate("limits")
    def _known_limits(self, proposal):
        known = {field.name for field in dataclasses.fields(Limits)}
        unknown = sorted(set(proposal["value"]) - known)
        if unknown:
            raise TraitError(f"c.Proctor.limits has no {unknown[0]!r}; choose from {', '.join(sorted(known))}.")
        return proposal["value"]

    def job_limits(self) -> Limits:
        """The limits of one notebook: those of proctor, nbgrader's own time limit for a cell if the course sets it,
        `limits`.
        """
        own = (
            {"call_seconds": self.limits["cell_seconds"]} if "cell_seconds" in self.limits else {}
        )  # one limit, as in nbgrader, unless there are two
        return dataclasses.replace(Limits(), **{**self._stock_limits(), **own, **self.limits})

    def _stock_limits(self) -> dict:
        """What `c.Execute.timeout` or `c.ExecutePreprocessor.timeout` means here: stock nbgrader has no other
        limit.
        """
        if not any("timeout" in self.config[kind.__name__] for kind in Execute.mro() if kind.__name__ in self.config):
            return {}
        ours, timeout = Limits(), Execute(parent=self).timeout
        if timeout is None or timeout < 0:  # no limit at all
            timeout = ours.notebook_seconds
        return {
            "cell_seconds": timeout,
            "call_seconds": timeout,
            "notebook_seconds": max(ours.notebook_seconds, timeout * ours.notebook_seconds / ours.cell_seconds),
        }

    def carried_share(self) -> float:
        """`follow_through` as a number."""
        return {"full": 1.0, "off": 0.0}.get(self.follow_through, self.follow_through)

    def worker_count(self) -> int:
        """How many submissions are graded at the same time on this machine."""
        if self.workers:
            return self.workers
        if hasattr(os, "sched_getaffinity"):
            return len(os.sched_getaffinity(0))
        return os.cpu_count() or 1
