"""Cutting hidden tests and marking schemes out of a cell, with nbgrader's own preprocessors and the marks that the
course configured.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme
from traitlets.config import Config

if TYPE_CHECKING:
    from nbformat import NotebookNode


def cutter(config: Config) -> Callable[[NotebookNode], bool]:
    """Return ``cut(cell) -> bool``, which changes a cell in place and says whether it held a hidden test."""
    tests, marks = _configured(config)

    def cut(cell) -> bool:
        found = tests._remove_hidden_test_region(cell)
        marks._remove_mark_scheme_region(cell)
        return found

    return cut


def marks_of(config: Config) -> tuple:
    """((begin, end), ...) of what is cut out, for `proctor.job.Job`."""
    tests, marks = _configured(config)
    return (
        (tests.begin_test_delimeter, tests.end_test_delimeter),
        (marks.begin_mark_scheme_delimeter, marks.end_mark_scheme_delimeter),
    )


def _configured(config):
    own = Config({name: config[name] for name in ("ClearHiddenTests", "ClearMarkScheme") if name in config})
    return ClearHiddenTests(config=own), ClearMarkScheme(config=own)
