"""Exporters for `nbgrader export --exporter=classroom.exports.<name>`: Canvas, Moodle, Exercises.

Each takes nbgrader's ``--to``, ``--student`` and ``--assignment``, and its own options as ``--Canvas.template=...`` or,
in
nbgrader_config.py, ``c.Canvas.template = ...``.
"""

from classroom.exports.canvas import Canvas
from classroom.exports.exercises import Exercises
from classroom.exports.moodle import Moodle

__all__ = ["Canvas", "Exercises", "Moodle"]
