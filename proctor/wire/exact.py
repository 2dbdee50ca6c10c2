"""Exact numbers and dates of the standard library, which cross by value like a float does."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction

from .values import Extension

LONGEST = 10_000


def parts_of(x):
    """An Extension for a Fraction, Decimal, date, datetime, time or timedelta; None for anything else."""
    kind = type(x)
    if kind is Fraction:
        return Extension(("fraction", x.numerator, x.denominator))
    if kind is Decimal:
        return Extension(("decimal", str(x))) if _moderate(x) else None
    if kind in (datetime.date, datetime.datetime, datetime.time) and getattr(x, "tzinfo", None) is None:
        return Extension((kind.__name__, x.isoformat()))
    if kind is datetime.timedelta:
        return Extension(("timedelta", x.days, x.seconds, x.microseconds))
    return None


def value_of(parts):
    """The value behind such an Extension; None for any other. Raises ValueError, TypeError or ArithmeticError for what cannot be."""
    kind, rest = parts[0], parts[1:]
    if any(type(one) not in (int, str) or type(one) is str and len(one) > LONGEST for one in rest):
        return None
    if kind == "fraction":
        return Fraction(*rest)
    if kind == "decimal":
        found = Decimal(*rest)
        return found if _moderate(found) else None
    if kind in ("date", "datetime", "time"):
        return getattr(datetime, kind).fromisoformat(*rest)
    if kind == "timedelta":
        return datetime.timedelta(*rest)
    return None


def _moderate(x: Decimal) -> bool:
    # int(Decimal("1e999999999")) would take all memory.
    return not x.is_finite() or abs(x.adjusted()) < LONGEST and len(x.as_tuple().digits) < LONGEST
