"""Puts the plugin where nbgrader looks for its converters."""

from __future__ import annotations


def install(c):
    """See `proctor.install`."""
    import nbgrader.apps.api
    import nbgrader.apps.autogradeapp

    from .converter import ProctorAutograde
    from .feedback import configure

    # nbgrader has no trait for the converter itself, and its preprocessors see one notebook at a time: too late to grade in parallel.
    nbgrader.apps.autogradeapp.Autograde = ProctorAutograde
    nbgrader.apps.api.Autograde = ProctorAutograde
    configure(c)
