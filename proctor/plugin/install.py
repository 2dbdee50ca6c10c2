"""Puts the plugin where nbgrader looks for its converters."""

from __future__ import annotations


def install(c):
    """See `proctor.install`."""
    import nbgrader.apps.api
    import nbgrader.apps.autogradeapp

    from . import exchange
    from .converter import ProctorAutograde
    from .feedback import configure

    # nbgrader has no trait for the converter itself, and its preprocessors see one notebook at a time: too late to grade in parallel.
    nbgrader.apps.autogradeapp.Autograde = ProctorAutograde
    nbgrader.apps.api.Autograde = ProctorAutograde
    nbgrader.apps.api.NbGraderAPI.get_submitted_timestamp = _submitted_timestamp
    configure(c)
    exchange.install(c)


def _submitted_timestamp(api, assignment_id: str, student_id: str):
    """For formgrader: the time that counts, as autograding takes it."""
    from .options import Proctor
    from .received import submission_time

    course = api.coursedir
    folder = course.format_path(course.submitted_directory, student_id, assignment_id)
    return submission_time(folder, student_id, assignment_id, course.root, trusted=Proctor(parent=api).timestamps == "trusted")[0]
