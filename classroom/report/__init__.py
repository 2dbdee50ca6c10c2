"""One page on a class: what to re-teach, whom to call, what is still to grade.

``nbgrader export --exporter=classroom.report.Report --to report`` writes it.
"""

from classroom.report.plugin import Report

__all__ = ["Report"]
