"""Plain values as bytes and back. Both sides use it; the trusted side uses it on bytes that an attacker wrote.

Only exact built-in types and plain NumPy arrays are ever built. Size, depth, number of values and time are bounded both
ways, so neither a recursive list nor a forged length can hang or fill the reader.
"""

from __future__ import annotations

import struct
import time
from array import array
from collections.abc import Callable
from typing import Any

import numpy as np

MAX_DEPTH = 40
MAX_COUNT = 1_000_000
MAX_DIMENSIONS = 32
MAX_RANGE = 10**8
PLAIN_KINDS = "biufcSUMm"

_Q = struct.Struct("<q")
_D = struct.Struct("<d")
_I = struct.Struct("<I")
_QQ = struct.Struct("<qq")
_TAG_Q, _TAG_D, _TAG_I = struct.Struct("<cq"), struct.Struct("<cd"), struct.Struct("<cI")


class WireError(Exception):
    """Bytes that are not a message. The connection to whoever sent them must end."""


class Unsendable(TypeError):
    """A value that cannot cross."""


class Extension(tuple):
    """A tuple `(kind, ...)` of plain values that stands for something that is not plain, such as a handle."""

    __slots__ = ()


def pack(value: Any, extend: Callable | None = None, limit: int = 1 << 26) -> bytes:
    """Bytes for `value`.

    Parameters
    ----------
    extend : callable, optional
        Called with each value that may be more than plain (an object, or a list, dict, set, array that is not yet
        sent). Returns
        an Extension to send in its place, or None to send it by value.
    """
    packer = _Packer(extend, limit)
    packer.put(value, 0)
    data = b"".join(packer.out)
    if len(data) > limit:
        raise Unsendable("the value is too large to cross")
    return data


def unpack(data: bytes, build: Callable | None = None, deadline: float | None = None) -> Any:
    """The value in `data`. `build` turns an Extension into what it stands for; without it, there may be none."""
    reader = _Reader(data, build, deadline)
    value = reader.get(0)
    if reader.at != len(data):
        raise WireError("a message is longer than its value")
    return value


class _Packer:
    def __init__(self, extend, limit):
        self.out = []
        self.add_small = self.out.append  # what is small is counted at the end: there are at most MAX_COUNT
        self.extend = extend
        self.room_left = limit
        self.count = 0

    def add(self, data):
        self.room_left -= len(data)
        if self.room_left < 0:
            raise Unsendable("the value is too large to cross")
        self.out.append(data)

    def put(self, x, depth):
        self.count += 1
        if depth > MAX_DEPTH:
            raise Unsendable(f"the value is nested deeper than {MAX_DEPTH} levels, or contains itself")
        if self.count > MAX_COUNT:
            raise Unsendable(f"the value has more than {MAX_COUNT} parts")
        kind = type(x)  # the commonest first: a test cell asks for thousands of small things
        if kind is str:
            self.add_small(_WORDS.get(x) or packed_word(x)) if len(x) < SHORT else self.put_str(x, depth)
        elif kind is tuple or kind is Extension:
            self.add_small(_TAG_I.pack(b"t" if kind is tuple else b"x", len(x)))
            for item in x:
                self.put(item, depth + 1)
        elif kind is int:
            self.put_int(x, depth)
        elif kind is float:
            self.add_small(_TAG_D.pack(b"f", x))
        elif x is None:
            self.add_small(b"N")
        elif kind is bool:
            self.add_small(b"T" if x else b"F")
        else:
            _PUT.get(kind, _Packer.put_other)(self, x, depth)

    def put_int(self, x, depth):
        if -(2**63) <= x < 2**63:
            self.add_small(_TAG_Q.pack(b"i", x))
        else:
            data = x.to_bytes(x.bit_length() // 8 + 1, "little", signed=True)
            if len(data) > 1 << 16:
                raise Unsendable("the integer is too large to cross")
            self.add(b"I" + _I.pack(len(data)) + data)

    def put_complex(self, x, depth):
        self.add(b"c" + _D.pack(x.real) + _D.pack(x.imag))

    def put_str(self, x, depth):
        data = x.encode("utf-8", "surrogatepass")
        self.add(b"s" + _I.pack(len(data)) + data)

    def put_bytes(self, x, depth):
        self.add(b"b" + _I.pack(len(x)))
        self.add(x)

    def put_list(self, x, depth):
        if self.replaced(x, depth):
            return
        self.put_list_items(x, depth)

    def put_list_items(self, x, depth):
        if len(x) > 7:  # long lists of one kind of number go as one block
            kinds = set(map(type, x))
            if kinds == {float}:
                self.add(b"v" + _I.pack(len(x)))
                return self.add(array("d", x).tobytes())
            if kinds == {int}:
                try:
                    data = array("q", x).tobytes()
                except OverflowError:
                    pass
                else:
                    self.add(b"w" + _I.pack(len(x)))
                    return self.add(data)
        self.add(b"l" + _I.pack(len(x)))
        for item in tuple(x):
            self.put(item, depth + 1)

    def put_dict(self, x, depth):
        if self.replaced(x, depth):
            return
        items = tuple(x.items())
        self.add(b"d" + _I.pack(len(items)))
        for key, value in items:
            self.put(key, depth + 1)
            self.put(value, depth + 1)

    def put_set(self, x, depth):
        if self.replaced(x, depth):
            return
        items = tuple(x)
        self.add((b"S" if type(x) is set else b"Z") + _I.pack(len(items)))
        for item in items:
            self.put(item, depth + 1)

    def put_range(self, x, depth):
        if abs(x.stop - x.start) // abs(x.step) > MAX_RANGE:
            raise Unsendable("the range is too long to cross")
        self.add(b"r")
        for part in (x.start, x.stop, x.step):
            self.put_int(part, depth)

    def put_slice(self, x, depth):
        self.add(b"L")
        for part in (x.start, x.stop, x.step):
            self.put(part, depth + 1)

    def put_array(self, x, depth):
        if self.replaced(x, depth):
            return
        if x.dtype.kind == "O":
            self.add(b"O" + bytes([x.ndim]) + struct.pack(f"<{x.ndim}q", *x.shape))
            for item in x.ravel().tolist():
                self.put(item, depth + 1)
            return
        if x.dtype.kind not in PLAIN_KINDS:
            raise Unsendable(f"an array of dtype {x.dtype} cannot cross")
        name, layout = x.dtype.str.encode(), x.flags
        flags = layout.writeable | (2 if layout.f_contiguous and not layout.c_contiguous else 0)
        self.add_small(b"a" + bytes([len(name)]) + name + bytes([flags, x.ndim]) + struct.pack(f"<{x.ndim}q", *x.shape))
        self.add(x.tobytes("F" if flags & 2 else "C"))

    def put_other(self, x, depth):
        if isinstance(x, np.generic) and x.dtype.kind in PLAIN_KINDS and type(x) is x.dtype.type:
            name = x.dtype.str.encode()
            return self.add(b"g" + bytes([len(name)]) + name + x.tobytes())
        if self.replaced(x, depth):
            return
        raise Unsendable(f"a value of type {type(x).__name__} cannot cross")

    def replaced(self, x, depth):
        if self.extend is None:
            return False
        stand_in = self.extend(x)
        if stand_in is None:
            return False
        self.put(stand_in, depth if type(stand_in) is Extension else depth + 1)
        return True


_PUT = {  # except the kinds that `put` itself knows
    complex: _Packer.put_complex,
    bytes: _Packer.put_bytes,
    list: _Packer.put_list,
    dict: _Packer.put_dict,
    set: _Packer.put_set,
    frozenset: _Packer.put_set,
    range: _Packer.put_range,
    slice: _Packer.put_slice,
    np.ndarray: _Packer.put_array,
}
SHORT = 40
_WORDS: dict = {}  # short strings as bytes: verbs and names come again and again


def packed_word(x: str) -> bytes:
    data = x.encode("utf-8", "surrogatepass")
    packed = _TAG_I.pack(b"s", len(data)) + data
    if len(_WORDS) < 4096:
        _WORDS[x] = packed
    return packed


def plain_dtype(name: bytes) -> np.dtype:
    """The dtype with this name, if it is plain: numbers, bools, fixed strings, times."""
    dtype = _DTYPES.get(name)
    if dtype is None:
        try:
            text = name.decode("ascii")
            if text[1:2] not in PLAIN_KINDS or not text[2:3].isdigit():
                raise ValueError
            dtype = np.dtype(text)
        except (ValueError, TypeError):
            raise WireError("an array of unknown dtype") from None
        if dtype.kind not in PLAIN_KINDS or dtype.itemsize == 0 and dtype.kind not in "SU":
            raise WireError("an array of unknown dtype")
        if len(_DTYPES) < 256:
            _DTYPES[name] = dtype
    return dtype


_DTYPES: dict = {}


class _Reader:
    def __init__(self, data, build, deadline):
        self.data = data
        self.size = len(data)
        self.at = 0
        self.build = build
        self.deadline = deadline
        self.count = 0

    def take(self, size):
        start, end = self.at, self.at + size
        if end > self.size:
            raise WireError("a message ends too early")
        self.at = end
        return self.data[start:end]

    def length(self):
        at = self.at
        if at + 4 > self.size:
            raise WireError("a message ends too early")
        self.at = at + 4
        return _I.unpack_from(self.data, at)[0]

    def items(self, per_item=1):
        # Each item takes a byte or more, so a number larger than what is left is false.
        size = self.length()
        if size * per_item > self.size - self.at:
            raise WireError("a message ends too early")
        return range(size)

    def get(self, depth):
        self.count += 1
        if self.count > MAX_COUNT:
            raise WireError(f"a message has more than {MAX_COUNT} parts")
        if depth > MAX_DEPTH + 3:
            raise WireError("a message is nested too deep")
        if self.deadline is not None and not self.count & 255 and time.monotonic() > self.deadline:
            raise WireError("a message takes too long to read")
        at = self.at
        if at >= self.size:
            raise WireError("a message ends too early")
        tag = self.data[at]
        self.at = at + 1
        if tag == _STR:
            return self.get_str(depth)
        if tag == _INT:
            if at + 9 > self.size:
                raise WireError("a message ends too early")
            self.at = at + 9
            return _Q.unpack_from(self.data, at + 1)[0]
        if tag == _TUPLE:
            return tuple([self.get(depth + 1) for _ in self.items()])
        if tag == _NONE:
            return None
        method = _GET.get(tag)
        if method is None:
            raise WireError("a message has an unknown type of value")
        return method(self, depth)

    def get_big_int(self, depth):
        size = self.length()
        if size > 1 << 16:
            raise WireError("an integer is too large")
        return int.from_bytes(self.take(size), "little", signed=True)

    def get_float(self, depth):
        return _D.unpack(self.take(8))[0]

    def get_complex(self, depth):
        return complex(*struct.unpack("<dd", self.take(16)))

    def get_str(self, depth):
        try:
            return self.take(self.length()).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise WireError("a string is not UTF-8") from None

    def get_bytes(self, depth):
        return self.take(self.length())

    def get_list(self, depth):
        return [self.get(depth + 1) for _ in self.items()]

    def get_floats(self, depth):
        return array("d", self.take(8 * self.length())).tolist()

    def get_ints(self, depth):
        return array("q", self.take(8 * self.length())).tolist()

    def get_dict(self, depth):
        found = {}
        for _ in self.items(2):
            key = self.get(depth + 1)
            found[self.hashable(key)] = self.get(depth + 1)
        return found

    def get_set(self, depth):
        found = set()
        for _ in self.items():
            found.add(self.hashable(self.get(depth + 1)))
        return found

    def get_frozenset(self, depth):
        return frozenset(self.get_set(depth))

    def hashable(self, key):
        # Keys that all have one hash make a dict quadratic: the clock, looked at often, is the bound.
        if self.deadline is not None and not self.count & 63 and time.monotonic() > self.deadline:
            raise WireError("a message takes too long to read")
        try:
            hash(key)
        except TypeError:
            raise WireError("a message has an unhashable key") from None
        return key

    def get_range(self, depth):
        try:
            found = range(self.get(depth + 1), self.get(depth + 1), self.get(depth + 1))
        except (TypeError, ValueError):
            raise WireError("an impossible range") from None
        if abs(found.stop - found.start) // abs(found.step) > MAX_RANGE:
            raise WireError("a range that is too long")  # sum() of it would go on for years and listens to no signal
        return found

    def get_slice(self, depth):
        return slice(self.get(depth + 1), self.get(depth + 1), self.get(depth + 1))

    def shape(self):
        dimensions = self.take(1)[0]
        if dimensions > MAX_DIMENSIONS:
            raise WireError("an array has too many dimensions")
        shape = struct.unpack(f"<{dimensions}q", self.take(8 * dimensions))
        if any(n < 0 for n in shape):
            raise WireError("an array has a negative length")
        size = 1
        for n in shape:
            size *= n
        return shape, size

    def get_array(self, depth):
        dtype = plain_dtype(self.take(self.take(1)[0]))
        flags = self.take(1)[0]
        shape, size = self.shape()
        if size * dtype.itemsize > len(self.data) - self.at or (size and not dtype.itemsize):
            raise WireError("a message ends too early")
        data = self.take(size * dtype.itemsize)
        try:
            found = np.ndarray(shape, dtype, bytearray(data), order="F" if flags & 2 else "C")
        except (ValueError, TypeError):
            raise WireError("an impossible array") from None
        if dtype.kind == "b" and size and found.view(np.uint8).max() > 1:
            raise WireError("a bool that is neither true nor false")
        if (
            dtype.kind == "U"
            and size
            and found.view(dtype.str[0] + "u4" if dtype.str[0] in "<>" else "u4").max(initial=0) > 0x10FFFF
        ):
            raise WireError("a string with a character that does not exist")
        if not flags & 1:
            found.flags.writeable = False
        return found

    def get_object_array(self, depth):
        shape, size = self.shape()
        if size > len(self.data) - self.at:
            raise WireError("a message ends too early")
        found = np.empty(size, object)
        for i in range(size):
            found[i] = self.get(depth + 1)
        try:
            return found.reshape(shape)
        except ValueError:
            raise WireError("an impossible array") from None

    def get_scalar(self, depth):
        dtype = plain_dtype(self.take(self.take(1)[0]))
        data = self.take(dtype.itemsize)
        found = np.ndarray((), dtype, bytearray(data))
        if dtype.kind == "b" and data not in (b"\0", b"\1"):
            raise WireError("a bool that is neither true nor false")
        try:
            return found[()]
        except (ValueError, SystemError):
            raise WireError("a string with a character that does not exist") from None

    def get_extension(self, depth):
        parts = Extension([self.get(depth + 1) for _ in self.items()])
        if self.build is None:
            raise WireError("a message has a value that is not plain")
        return self.build(parts)


_GET = {
    ord(tag): method
    for tag, method in {  # except the kinds that `get` itself knows
        "T": lambda self, depth: True,
        "F": lambda self, depth: False,
        "I": _Reader.get_big_int,
        "f": _Reader.get_float,
        "c": _Reader.get_complex,
        "b": _Reader.get_bytes,
        "l": _Reader.get_list,
        "v": _Reader.get_floats,
        "w": _Reader.get_ints,
        "d": _Reader.get_dict,
        "S": _Reader.get_set,
        "Z": _Reader.get_frozenset,
        "r": _Reader.get_range,
        "L": _Reader.get_slice,
        "a": _Reader.get_array,
        "O": _Reader.get_object_array,
        "g": _Reader.get_scalar,
        "x": _Reader.get_extension,
    }.items()
}
_STR, _INT, _TUPLE, _NONE = b"sitN"
