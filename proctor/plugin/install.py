"""Puts the plugin where nbgrader looks for its converters."""

from __future__ import annotations

import functools
import importlib
import inspect
import zoneinfo
from typing import TYPE_CHECKING

import jinja2
from traitlets import TraitError

if TYPE_CHECKING:
    from traitlets.config import Config


def install(c: Config) -> None:
    """See `proctor.install`. Ends the program where it cannot be done: nbgrader would only warn, and grade without
    walls.
    """
    try:
        from . import access, exchange
        from .converter import ProctorAutograde
        from .feedback import configure
        from .generating import ProctorFeedback
        from .given import ProctorGenerateAssignment

        _assert_as_known()
        access.find_programs()
        # nbgrader has no trait for the converter itself, and its preprocessors see one notebook at a time: too late to
        # grade in parallel.
        autogradeapp, assignmentapp, feedbackapp, api = _modules(
            "nbgrader.apps.autogradeapp",
            "nbgrader.apps.generateassignmentapp",
            "nbgrader.apps.generatefeedbackapp",
            "nbgrader.apps.api",
        )
        autogradeapp.Autograde = api.Autograde = ProctorAutograde
        assignmentapp.GenerateAssignment = api.GenerateAssignment = ProctorGenerateAssignment
        feedbackapp.GenerateFeedback = api.GenerateFeedback = ProctorFeedback
        api.NbGraderAPI.get_submitted_timestamp = _submitted_timestamp
        for place in ZONES:
            _found(place).validate = functools.partial(_known_zone, place)
        configure(c)
        exchange.install(c)
        _guard_formgrader()
    except Exception as error:
        why = str(error) if isinstance(error, Unknown) else f"{type(error).__name__}: {error}"
        raise SystemExit(
            f"proctor cannot be installed, and nothing runs without it: {why}. Install a version of nbgrader that "
            "it knows (requirements.lock), or remove proctor.install(c) from nbgrader_config.py to grade with stock "
            "nbgrader, without walls."
        ) from error


class Unknown(Exception):
    """This nbgrader differs from the one that the plugin knows."""


# What is replaced, extended or called in nbgrader: place -> names of the parameters, or () for a trait or a class.
KNOWN = {
    "nbgrader.apps.autogradeapp:Autograde.start": ("self",),
    "nbgrader.apps.api:Autograde.start": ("self",),
    "nbgrader.apps.api:NbGraderAPI.get_submitted_timestamp": (None, "assignment_id", "student_id"),
    "nbgrader.converters.autograde:Autograde.init_assignment": ("self", "assignment_id", "student_id"),
    "nbgrader.converters.generate_assignment:GenerateAssignment.init_notebooks": ("self",),
    "nbgrader.converters.generate_assignment:GenerateAssignment.init_assignment": (
        "self",
        "assignment_id",
        "student_id",
    ),
    "nbgrader.apps.generateassignmentapp:GenerateAssignment.start": ("self",),
    "nbgrader.apps.api:GenerateAssignment.start": ("self",),
    "nbgrader.converters.autograde:Autograde._format_source": ("self", "assignment_id", "student_id", "escape"),
    "nbgrader.converters.autograde:Autograde.set_permissions": ("self", "assignment_id", "student_id"),
    "nbgrader.converters.autograde:Autograde.run_pre_convert_hook": ("self",),
    "nbgrader.converters.autograde:Autograde.run_post_convert_hook": ("self",),
    "nbgrader.converters.generate_feedback:GenerateFeedback.exporter_class": (),
    "nbgrader.converters.generate_feedback:GenerateFeedback.preprocessors": (),
    "nbgrader.converters.generate_feedback:GenerateFeedback.convert_notebooks": ("self",),
    "nbgrader.converters.generate_feedback:GenerateFeedback.init_destination": ("self", "assignment_id", "student_id"),
    "nbgrader.converters.generate_feedback:GenerateFeedback.init_assignment": ("self", "assignment_id", "student_id"),
    "nbgrader.converters.generate_feedback:GenerateFeedback.write_single_notebook": ("self", "output", "resources"),
    "nbgrader.server_extensions.formgrader.formgrader:HTMLExporter.from_filename": ("self", "filename", "resources"),
    "nbgrader.server_extensions.formgrader.formgrader:Environment": (),
    "nbgrader.server_extensions.formgrader.handlers:SubmissionFilesHandler.set_extra_headers": ("self", "path"),
    "nbgrader.apps.api:NbGraderAPI.timezone": (),
    "nbgrader.exchange.abc:Exchange.timezone": (),
    "nbgrader.preprocessors:ClearHiddenTests._remove_hidden_test_region": ("self", "cell"),
    "nbgrader.preprocessors:ClearMarkScheme._remove_mark_scheme_region": ("self", "cell"),
    "nbgrader.preprocessors:AssignLatePenalties._check_late_penalty": ("self", "notebook", "penalty"),
    "nbgrader.converters.generate_assignment:GenerateAssignment.start": ("self",),
    "nbgrader.exchange:ExchangeFactory.collect": (),
    "nbgrader.exchange:ExchangeFactory.release_feedback": (),
    "nbconvert.exporters:HTMLExporter.sanitize_html": (),
    "nbconvert.exporters:HTMLExporter.extra_template_basedirs": (),
    "nbconvert.exporters:HTMLExporter.filters": (),
}
# Time zones in a configuration: dateutil takes "UTC+3" and "Berlin2" for something, and nbgrader any other text for
# UTC.
ZONES = ("nbgrader.apps.api:NbGraderAPI.timezone", "nbgrader.exchange.abc:Exchange.timezone")
# The modules that must use the replaced name; otherwise replacing it does nothing.
USERS = {
    "nbgrader.apps.autogradeapp:AutogradeApp.start": "Autograde",
    "nbgrader.apps.api:NbGraderAPI.autograde": "Autograde",
    "nbgrader.apps.generateassignmentapp:GenerateAssignmentApp.start": "GenerateAssignment",
    "nbgrader.apps.api:NbGraderAPI.generate_assignment": "GenerateAssignment",
    "nbgrader.apps.generatefeedbackapp:GenerateFeedbackApp.start": "GenerateFeedback",
    "nbgrader.apps.api:NbGraderAPI.generate_feedback": "GenerateFeedback",
    "nbgrader.server_extensions.formgrader.formgrader:FormgradeExtension.init_tornado_settings": "HTMLExporter",
}


def _assert_as_known():
    for place, parameters in KNOWN.items():
        found = _found(place)
        if parameters:
            names = tuple(inspect.signature(found).parameters)
            wanted = (
                tuple(name or names[0] for name in parameters) if names else parameters
            )  # None: whatever it is called
            if names[: len(wanted)] != wanted:
                raise Unknown(f"{place} of this nbgrader takes {names}, not {wanted}")
    for place, name in USERS.items():
        if name not in _found(place).__code__.co_names:
            raise Unknown(f"{place} of this nbgrader does not use {name}")


def _found(place: str):
    module, _, path = place.partition(":")
    try:
        (found,) = _modules(module)
        for name in path.split("."):
            found = getattr(found, name)
    except (ImportError, AttributeError):
        raise Unknown(f"this nbgrader has no {place}") from None
    return found


def _modules(*names: str) -> list:
    return [importlib.import_module(name) for name in names]


def _known_zone(place: str, instance, value: str) -> str:
    if value and value not in zoneinfo.available_timezones():
        name = place.partition(":")[2]
        raise TraitError(f"c.{name}: unknown time zone '{value}'; write one like UTC or Europe/Berlin.")
    return value


def _guard_formgrader():
    """What a learner chose (a name, a file, a whole notebook) is text in formgrader's pages, and runs nothing there."""
    from nbgrader.server_extensions.formgrader import formgrader, handlers

    from .pages import FormgraderExporter

    formgrader.HTMLExporter = FormgraderExporter
    formgrader.Environment = functools.partial(jinja2.Environment, autoescape=True)
    # A page that a learner handed in comes from the grader's own server: opened by a link, its scripts would be the
    # grader's.
    handlers.SubmissionFilesHandler.set_extra_headers = _in_a_sandbox


def _in_a_sandbox(self, path: str):
    self.set_header("Content-Security-Policy", "sandbox")


def _submitted_timestamp(api, assignment_id: str, student_id: str):
    """For formgrader: the time that counts, as autograding takes it."""
    from .options import Proctor
    from .received import submission_time

    course = api.coursedir
    folder = course.format_path(course.submitted_directory, student_id, assignment_id)
    return submission_time(
        folder, student_id, assignment_id, course.root, trusted=Proctor(parent=api).timestamps == "trusted"
    )[0]
