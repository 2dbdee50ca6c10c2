"""Exact numbers and dates of the standard library, which cross by value like a float does."""

from __future__ import annotations

import datetime
import zoneinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .values import Extension

LONGEST = 10_000


def parts_of(x: Any) -> Extension | None:
    """An Extension for a Fraction, Decimal, date, datetime, time or timedelta; None for anything else."""
    kind = type(x)
    if kind is Fraction:
        return Extension(("fraction", x.numerator, x.denominator))
    if kind is Decimal:
        return Extension(("decimal", str(x))) if _moderate(x) else None
    if kind in (datetime.date, datetime.datetime, datetime.time) and type(getattr(x, "tzinfo", None)) in (
        type(None),
        datetime.timezone,
    ):
        return Extension((kind.__name__, x.isoformat()))
    if kind is datetime.datetime and type(x.tzinfo) is zoneinfo.ZoneInfo and x.tzinfo.key:
        return Extension(("zoned", x.replace(tzinfo=None).isoformat(), x.fold, x.tzinfo.key))
    if kind is datetime.timezone:
        return Extension(("zone", x.utcoffset(None).days, x.utcoffset(None).seconds))
    if kind is zoneinfo.ZoneInfo and x.key:
        return Extension(("named_zone", x.key))
    if kind is datetime.timedelta:
        return Extension(("timedelta", x.days, x.seconds, x.microseconds))
    return None


def value_of(parts: tuple) -> Any:
    """The value behind such an Extension; None for any other. Raises ValueError, TypeError or ArithmeticError for
    what cannot be.
    """
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
    if kind == "zoned":
        text, fold, key = rest
        return datetime.datetime.fromisoformat(text).replace(fold=fold, tzinfo=_zone(key))
    if kind == "zone":
        return datetime.timezone(datetime.timedelta(*rest))
    if kind == "named_zone":
        return _zone(*rest)
    if kind == "timedelta":
        return datetime.timedelta(*rest)
    return None


def _zone(key):
    try:
        return zoneinfo.ZoneInfo(key)
    except (OSError, KeyError):  # a name that leads to no zone
        raise ValueError("no zone") from None


def _moderate(x: Decimal) -> bool:
    # int(Decimal("1e999999999")) would take all memory.
    return not x.is_finite() or abs(x.adjusted()) < LONGEST and len(x.as_tuple().digits) < LONGEST
