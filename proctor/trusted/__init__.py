"""The side that holds the tests. Nothing that the learner wrote runs here; only plain values come in."""

from .grade import close, grade_notebook

__all__ = ["close", "grade_notebook"]
