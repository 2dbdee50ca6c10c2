"""Small words of messages: how many of what, points, and some names of many."""

from __future__ import annotations

from collections.abc import Iterable


def amount(count: int, what: str) -> str:
    """``1 grade``, ``2 grades``."""
    return f"{count} {what}" + ("" if count == 1 else "s")


def points(value: float) -> str:
    """``1 point``, ``0.5 points``."""
    return f"{value:g} " + ("point" if value == 1 else "points")


def listed(names: Iterable[object], most: int = 10) -> str:
    """Some names, and how many more there are."""
    texts = [str(name) for name in names]
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")
