"""Small words of messages: how many of what, points, and some names of many."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping


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


def unknown(what: str, name: str, known: Iterable[str] | Mapping[str, str]) -> str:
    """``The class has no learner 'u1'; is it 'u11'?``, or which there are.

    Parameters
    ----------
    known : iterable of str, or mapping
        The names; or whatever may be typed (ids, names, addresses) -> the name that is meant.
    """
    names = _meant(known)
    near = nearest(name, names)
    there = listed(dict.fromkeys(names.values())) or "none"
    return f"The class has no {what} '{name}'{near}" + ("?" if near else f"; it has: {there}.")


def nearest(name: str, known: Iterable[str] | Mapping[str, str]) -> str:
    """``; is it 'u11'``, for the name that looks most like it; "" if none does. See `unknown`."""
    folded = {typed.casefold(): meant for typed, meant in _meant(known).items()}
    near = difflib.get_close_matches(name.casefold(), folded, 1, 0.6)
    return f"; is it '{folded[near[0]]}'" if near else ""


def _meant(known: Iterable[str] | Mapping[str, str]) -> Mapping[str, str]:
    return known if isinstance(known, Mapping) else {one: one for one in known}
