"""The side that holds the tests. Nothing that the learner wrote runs here; only plain values come in."""

__all__ = ["close", "grade_notebook"]


def __getattr__(name):
    # At first use: `rooms` alone is asked for walls by programs that never grade and need no NumPy.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import grade

    return getattr(grade, name)
