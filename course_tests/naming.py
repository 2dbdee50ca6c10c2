"""Which known mistakes explain an answer, when no single one gives all of it: numbers only, no words and no raising.

An answer is given here as its outcomes: what came out of each case of a test, as a value of plain numbers.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

FEWEST = 3  # numbers beside 0 and 1 that a single case must show before a mistake is known by it


def leaves(value: Any) -> list[np.ndarray] | None:
    """The arrays of numbers in a value, in order; None if it holds anything else.

    Returns
    -------
    list of ndarray of shape (any)
    """
    if isinstance(value, dict):
        parts = [leaves(value[key]) for key in sorted(value, key=repr)]
    elif isinstance(value, tuple) or isinstance(value, list) and any(np.ndim(part) for part in map(_shape, value)):
        parts = [leaves(part) for part in value]
    else:
        try:
            numbers = np.asarray(value)
        except ValueError:
            return None
        return [numbers.astype(float)] if numbers.dtype.kind in "biuf" else None
    if any(part is None for part in parts):
        return None
    return list(itertools.chain.from_iterable(part for part in parts if part is not None))


def _shape(part: Any) -> np.ndarray:
    return np.zeros((1,)) if isinstance(part, (list, tuple, dict, np.ndarray)) else np.zeros(())


def explains_together(mine: Sequence[Any], right: Sequence[Any], one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether two mistakes together give an answer in every case, and neither alone does.

    Together they give, of several outputs, this one as the first has it and that one as the second; or, in one output,
    both of their effects: their factors multiplied, or their differences added.

    Parameters
    ----------
    mine, right, one, other : sequence
        What came out of each case: of the answer, of the reference, and of the two mistakes.
    """
    roads: list[set[str]] = []
    alone = {"one": True, "other": True}
    for case in zip(mine, right, one, other):
        parts = [leaves(value) for value in case]
        if any(part is None for part in parts) or len({len(part) for part in parts if part is not None}) != 1:
            return False
        ways = {"mixed", "factors", "differences"}
        for yours, truth, first, second in zip(*(part for part in parts if part is not None)):
            alone["one"] &= _equal(yours, first)
            alone["other"] &= _equal(yours, second)
            if not (_equal(yours, first) or _equal(yours, second)):
                ways.discard("mixed")
            if not yours.shape == truth.shape == first.shape == second.shape:
                ways &= {"mixed"}
                continue
            with np.errstate(all="ignore"):
                if not _equal(yours * truth, first * second) or not truth.all():
                    ways.discard("factors")
                if not _equal(yours - truth, (first - truth) + (second - truth)):
                    ways.discard("differences")
        roads.append(ways)
    return bool(roads and set.intersection(*roads)) and not any(alone.values())


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    if a.shape != b.shape:
        return False
    with np.errstate(invalid="ignore"):  # what np.allclose does, in a quarter of its time: every pair is asked
        near = np.abs(a - b) <= 1e-11 + 1e-8 * np.abs(b)
    return bool(near.all() or np.all(near | (a == b) | (np.isnan(a) & np.isnan(b))))


def tells_enough(value: Any) -> bool:
    """Whether one outcome alone can be more than a coincidence: several numbers, or one with many digits."""
    parts = leaves(value)
    if not parts:
        return False
    numbers = np.concatenate([part.ravel() for part in parts])
    numbers = numbers[np.isfinite(numbers) & (numbers != 0) & (np.abs(numbers) != 1)]
    many_digits = np.abs(numbers * 100 - np.round(numbers * 100)) > 1e-6
    return bool(len(np.unique(np.round(numbers, 9))) >= FEWEST or many_digits.any())


def rounded_to(got: np.ndarray, want: np.ndarray) -> int | None:
    """The number of digits after the point to which `got` is `want`, rounded; None if it is not.

    Parameters
    ----------
    got, want : ndarray of shape (any)
        Of the same shape.
    """
    if not np.isfinite(got).all() or not (got % 1).any():
        return None
    for digits in (2, 3, 4, 5, 6):
        if np.allclose(got, np.round(want, digits), rtol=0, atol=1e-12):
            return digits
    return None
