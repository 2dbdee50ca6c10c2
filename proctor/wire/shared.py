"""Arrays, lists, dicts, sets and random generators that both sides hold at once: each side tells the other what
changed.

So an array that the learner's function changes in place changes at the caller's too, and `layer.W[0] = 1` in a test
reaches the learner's object.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable
from operator import is_
from typing import Any

import numpy as np

from . import library, rng
from .values import Extension, Unsendable, WireError, pack

MAX_SHARED = 256
MOST_ITERATORS = 16  # that one call gives back in a tuple or a list; both sides must count alike
MAX_BYTES = 1 << 26
MAX_FRAME = 1 << 21  # of pandas: each call compares it with what it was


class Shared:
    """The table of one side.

    Parameters
    ----------
    sign : int
        1 on the trusted side, -1 in the room: each side numbers what it was the first to send.
    trusts : bool
        Whether a random generator may be set to any state that the other side names.
    """

    def __init__(self, sign: int, trusts: bool):
        self.sign = sign
        self.trusts = trusts
        self.number = 0
        self.items: dict = {}  # number -> object
        self.snapshots: dict = {}  # number -> what both sides agreed on
        self.numbers: dict = {}  # id(object) -> number
        self.first: set = set()  # ids to send by value this once
        self.bytes = 0

    def extension(self, x: Any, add: bool) -> Extension | None:
        """What to send in place of `x`: its number if it is known, itself with a new number if `add`, None for "by
        value".
        """
        number = self.numbers.get(id(x))
        if number is not None:
            if id(x) in self.first:
                self.first.discard(id(x))
                return None
            return Extension(("shared", number))
        kind = type(x)
        if not add or len(self.items) >= MAX_SHARED or not _known(kind) or self.bytes > MAX_BYTES:
            return None
        if (
            kind in library.frames()
            and (x.memory_usage(index=True) if x.ndim == 1 else x.memory_usage().sum()) > MAX_FRAME
        ):
            return None
        if kind is np.ndarray and x.dtype.kind == "O":
            return None
        self.number += 1
        number = self.sign * self.number
        self.keep(number, x)
        if kind in rng.KINDS:
            return Extension(("share_rng", number, kind.__name__, self.snapshots[number]))
        self.first.add(id(x))
        return Extension(("share", number, x))

    def keep(self, number: int, x: Any) -> None:
        """Remember `x` under this number, as it is now."""
        if number in self.items or len(self.items) > 4 * MAX_SHARED:
            raise WireError("a shared value was numbered wrongly")
        if not _known(type(x)):
            raise WireError("a value of this type cannot be shared")
        self.items[number] = x
        self.snapshots[number] = _SNAPSHOT[type(x)](x)
        self.numbers[id(x)] = number
        if type(x) is np.ndarray:
            self.bytes += x.nbytes

    def get(self, number: int) -> Any:
        if type(number) is not int or number not in self.items:
            raise WireError("a shared value is unknown")
        return self.items[number]

    def changes(self) -> tuple:
        """Pairs (number, content) of what changed since the last time, to be sent."""
        if not self.items:
            return ()
        found = []
        self.first.clear()  # what a failed message left behind
        for number, x in self.items.items():
            now = _SNAPSHOT[type(x)](x)
            before = self.snapshots[number]
            if _differ(now, before):
                self.snapshots[number] = now
                if type(x) in rng.KINDS:
                    found.append((number, now))
                else:
                    self.first.add(id(x))
                    found.append((number, x))
        return tuple(found)

    def apply(self, changes: Iterable) -> None:
        """Make the same changes here."""
        for pair in changes:
            if type(pair) is not tuple or len(pair) != 2:
                raise WireError("a change is not a pair")
            number, content = pair
            x = self.get(number)
            self._put(x, content)
            self.snapshots[number] = _SNAPSHOT[type(x)](x)

    def _put(self, x, content):
        kind = type(x)
        if kind in rng.KINDS:
            if type(content) is not dict:
                raise WireError("a change of the wrong type")
            rng.put_state(x, content) if self.trusts else rng.advance(x, content)
            return
        if type(content) is not kind:
            raise WireError("a change of the wrong type")
        if kind is np.ndarray:
            if content.size == x.size and content.dtype == x.dtype and x.flags.writeable:
                x[...] = content.reshape(x.shape)
        elif kind in (list, bytearray):
            x[:] = content
        elif kind is collections.deque:
            x.clear()
            x.extend(content)
        elif kind in library.frames():
            x._update_inplace(content)
        else:
            x.clear()
            x.update(content)

    def forget(self) -> None:
        """Drop everything."""
        self.drop(list(self.items))
        self.first.clear()

    def drop(self, numbers: Iterable[int]) -> None:
        """Drop these numbers, wherever they came from."""
        for number in numbers:
            if number in self.items:
                x = self.items.pop(number)
                del self.snapshots[number]
                self.numbers.pop(id(x), None)
                if type(x) is np.ndarray:
                    self.bytes -= x.nbytes


def _known(kind):
    if kind in library.frames():
        _SNAPSHOT.setdefault(kind, _frame)
    return kind in _SNAPSHOT


def _frame(x):
    """A frame of plain columns as bytes. One of objects counts as unchanged: nobody can tell."""
    try:
        return pack(library.parts_of(x))
    except Unsendable:
        return b""


def _differ(now, before):
    if type(now) is tuple:  # of the very objects: equal values that are other objects count as changed
        return len(now) != len(before) or not all(map(is_, now, before))
    return now != before


_SNAPSHOT: dict = {
    np.ndarray: lambda x: x.tobytes(),
    list: tuple,
    dict: lambda x: tuple(part for pair in x.items() for part in pair),
    set: frozenset,
    collections.Counter: lambda x: tuple(part for pair in x.items() for part in pair),
    collections.OrderedDict: lambda x: tuple(part for pair in x.items() for part in pair),
    collections.defaultdict: lambda x: tuple(part for pair in x.items() for part in pair),
    collections.deque: tuple,
    bytearray: bytes,
    np.random.Generator: rng.state_of,
    np.random.RandomState: rng.state_of,
}
