"""Cutting hidden tests and marking schemes out of a cell, with nbgrader's own preprocessors and the marks that the course configured."""

from __future__ import annotations

from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme
from traitlets.config import Config


def cutter(config):
    """Return ``cut(cell) -> bool``, which changes a cell in place and says whether it held a hidden test."""
    own = Config({name: config[name] for name in ("ClearHiddenTests", "ClearMarkScheme") if name in config})
    tests, marks = ClearHiddenTests(config=own), ClearMarkScheme(config=own)

    def cut(cell) -> bool:
        found = tests._remove_hidden_test_region(cell)
        marks._remove_mark_scheme_region(cell)
        return found

    return cut
