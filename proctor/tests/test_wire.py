"""The slot: what crosses unchanged, and bytes of an enemy that must do no harm."""

import random
import socket
import struct
import time

import numpy as np
import pytest

from proctor.wire import Extension, Line, LineClosed, LineTimeout, Shared, Unsendable, WireError, pack, rng, unpack

VALUES = [
    None,
    True,
    False,
    0,
    -1,
    2**63 - 1,
    -(2**63),
    2**63,
    -(2**70),
    10**4000,
    0.1,
    float("inf"),
    1 - 2j,
    "",
    "aé\ud800\U0001f600",
    b"",
    b"\0x",
    [],
    [1, "a", None],
    list(range(20)),
    [0.5] * 9,
    [1] * 8 + [2**80],
    [True] * 9,
    (),
    (1, (2, [3])),
    {},
    {"a": {1: (2,)}, None: 0.5},
    {1, 2},
    set(),
    frozenset({"a"}),
    range(3, 9, 2),
    slice(None, 3, None),
]
ARRAYS = [
    np.arange(6.0).reshape(2, 3),
    np.zeros((0, 3)),
    np.array(5),
    np.array(2.5, np.float32),
    np.array(["ab", "c"]),
    np.array([b"x"]),
    np.array([True, False]),
    np.array([1 + 2j]),
    np.arange(10, dtype=">i2"),
    np.asfortranarray(np.arange(6).reshape(2, 3)),
    np.arange(10)[::-2],
    np.array(["2020-01-01"], "M8[D]"),
    np.array([1, "x", None], dtype=object),
    np.float16([1]),
    np.longdouble([1]),
    np.zeros((2, 1, 3, 1)),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_values_cross_unchanged(value):
    """The same value of the same type comes out."""
    found = unpack(pack(value))
    assert found == value and type(found) is type(value) and repr(found) == repr(value)


@pytest.mark.parametrize("value", ARRAYS, ids=lambda value: f"{value.dtype}{value.shape}")
def test_arrays_cross_unchanged(value):
    """Numbers, dtype and shape are the same, and the copy can be written."""
    found = unpack(pack(value))
    assert (
        type(found) is np.ndarray
        and found.dtype == value.dtype
        and found.shape == value.shape
        and found.tolist() == value.tolist()
    )
    assert found.flags.writeable
    value.flags.writeable, before = False, value.flags.writeable
    assert not unpack(pack(value)).flags.writeable or value.dtype.kind == "O"
    value.flags.writeable = before


@pytest.mark.parametrize(
    "value",
    [
        np.float64(0.5),
        np.float32(1),
        np.int8(-3),
        np.bool_(True),
        np.str_("ab"),
        np.complex64(1j),
        np.datetime64("2020-01-01"),
    ],
)
def test_numpy_scalars_cross_unchanged(value):
    """A NumPy scalar stays one."""
    found = unpack(pack(value))
    assert found == value and type(found) is type(value)


def test_what_is_not_plain_does_not_cross():
    """Objects, subclasses, structured arrays and functions have no form on the wire."""

    class Str(str):
        pass

    for value in (
        object(),
        Str("a"),
        len,
        np.zeros(1, "i4,f8"),
        np.ma.array([1]),
        lambda: 0,
        [object()],
        {1: object()},
        np.array([object()]),
    ):
        with pytest.raises(Unsendable):
            pack(value)


def test_recursive_and_shared_structures_end():
    """A list in itself, and one that doubles at each level, are refused in no time."""
    start = time.process_time()
    loop = []
    loop.append(loop)
    ring = {}
    ring["a"] = (ring,)
    double = [0]
    for _ in range(60):
        double = [double, double]
    lol = [0]
    for _ in range(35):
        lol = [lol, lol]
    for value in (loop, ring, double, lol, "x" * 10**8, 1 << 10**7):
        with pytest.raises(Unsendable):
            pack(value, limit=1 << 24)
    assert time.process_time() - start < 10


HOSTILE = [
    b"",
    b"?",
    b"i123",
    b"s\xff\xff\xff\xffx",
    b"s\2\0\0\0\xff\xff",
    b"l\xff\xff\xff\xff",
    b"t\xff\xff\xff\x7fN",
    b"d\xff\xff\xff\x7f",
    b"v\xff\xff\xff\xff",
    b"w\xff\xff\xff\x1f",
    b"I\xff\xff\xff\xff",
    b"NN",
    b"d\1\0\0\0l\0\0\0\0N",
    b"S\1\0\0\0l\0\0\0\0",
    b"r" + b"i" + bytes(8) + b"i" + bytes(8) + b"i" + bytes(8),
    b"rNNN",
    b"x\1\0\0\0N",
    b"l\1\0\0\0" * 200 + b"N",
    b"L" * 100,
    b"a\3|O8\1\1" + struct.pack("<q", 1) + bytes(8),
    b"a\3<f8\1\1" + struct.pack("<q", -1),
    b"a\3<f8\1\1" + struct.pack("<q", 2**62),
    b"a\3<f8\1\2" + struct.pack("<qq", 2**40, 2**40),
    b"a\3<f8\1\xff" + bytes(8 * 255),
    b"a\7V999999\1\0",
    b"a\3<f3\1\0xxx",
    b"a\x0e[('a','<f8')]\1\0",
    b"a\3|b1\1\1" + struct.pack("<q", 1) + b"\7",
    b"a\3<U1\1\1" + struct.pack("<q", 1) + b"\xff\xff\xff\xff",
    b"g\3|b1\5",
    b"g\3<U1\xff\xff\xff\xff",
    b"g\3|O8" + bytes(8),
    b"g\3<x8" + bytes(8),
    b"O\1" + struct.pack("<q", 2**50),
    b"O\2" + struct.pack("<qq", 0, 2**62 + 1) + b"N",
    b"a\3<U0\1\1" + struct.pack("<q", 2**40),
    b"a\xff",
    b"O\x40" + bytes(8 * 64),
]


@pytest.mark.parametrize("data", HOSTILE, ids=lambda data: repr(data[:16]))
def test_bytes_of_an_enemy_are_refused(data):
    """Forged lengths, types and nestings end as a WireError, at once and without memory."""
    start = time.process_time()
    with pytest.raises(WireError):
        unpack(data, deadline=time.monotonic() + 600)
    assert time.process_time() - start < 5


def test_random_bytes_do_no_harm():
    """Whatever comes is a plain value or a WireError."""
    source = random.Random(0)
    seeds = [pack((VALUES, [a for a in ARRAYS]))] + [pack(v) for v in VALUES + ARRAYS]
    for _ in range(6000):
        data = bytearray(source.choice(seeds))
        for _ in range(source.randint(1, 4)):
            if data:
                data[source.randrange(len(data))] = source.randrange(256)
        try:
            unpack(bytes(data), lambda parts: None, time.monotonic() + 2)
        except WireError:
            pass


def test_keys_that_all_collide_meet_the_clock():
    """A dict whose keys have one hash would take hours; the deadline ends it."""
    size = 200_000
    keys = [(2**61 - 1) * n for n in range(2, size)]
    data = b"S" + struct.pack("<I", len(keys)) + b"".join(pack(key) for key in keys)
    with pytest.raises(WireError, match="too long"):
        unpack(data, deadline=time.monotonic() + 0.5)


# ---- frames


def lines():
    return [Line(one) for one in socket.socketpair()]


def test_frames_keep_their_borders():
    """Several frames sent at once come out one by one."""
    a, b = lines()
    for data in (b"", b"x", b"y" * 100_000, b"z"):
        a.sock.settimeout(600)
        a.send(data) if len(data) < 50_000 else __import__("threading").Thread(target=a.send, args=(data,)).start()
        assert b.receive(1 << 20, time.monotonic() + 600) == data


def test_a_frame_too_long_is_refused_before_it_is_read():
    """The length alone is enough to refuse."""
    a, b = lines()
    a.sock.sendall((2**63).to_bytes(8, "little"))
    with pytest.raises(WireError):
        b.receive(1000, time.monotonic() + 600)


def test_a_frame_cut_short_or_late_ends_at_the_deadline():
    """Half a frame waits until the deadline, and the rest may come after it."""
    a, b = lines()
    a.sock.sendall((4).to_bytes(8, "little") + b"ab")
    with pytest.raises(LineTimeout):
        b.receive(100, time.monotonic() + 0.05)
    a.sock.sendall(b"cd")
    assert b.receive(100, time.monotonic() + 600) == b"abcd"
    a.close()
    with pytest.raises(LineClosed):
        b.receive(100, time.monotonic() + 600)


def test_sending_to_one_who_does_not_read_ends_at_the_deadline():
    """A full socket is no reason to wait for ever."""
    a, _b = lines()
    with pytest.raises(LineTimeout):
        a.send(b"x" * 10**7, time.monotonic() + 0.1)


# ---- random generators


@pytest.mark.parametrize("name", ["PCG64", "PCG64DXSM", "MT19937"])
def test_a_generator_advances_by_what_was_drawn(name):
    """After the other side drew, both go on with the same numbers."""
    mine = np.random.Generator(getattr(np.random, name)(3))
    theirs = rng.make("Generator", rng.state_of(mine))
    theirs.normal(size=2001), theirs.integers(0, 9, 7, dtype=np.int32)
    assert rng.advance(mine, unpack(pack(rng.state_of(theirs)))) and mine.random() == theirs.random()


@pytest.mark.parametrize("name", ["PCG64", "MT19937", "SFC64", "Philox"])
def test_a_generator_is_never_set_at_will(name):
    """A state that no drawing leads to, such as one with chosen numbers ahead, changes nothing."""
    mine = np.random.Generator(getattr(np.random, name)(3))
    before = rng.state_of(mine)
    chosen = rng.state_of(np.random.Generator(getattr(np.random, name)(4)))
    behind = rng.state_of(mine)
    mine.random(5)
    now = rng.state_of(mine)
    for state in (
        chosen,
        behind,
        {},
        {**now, "state": {}},
        {**now, "state": None},
        {**now, "bit_generator": "X"},
        {**now, "state": dict.fromkeys(now["state"], "x")},
    ):
        assert not rng.advance(mine, state)
    assert rng.state_of(mine) == now != before


# ---- shared values


def test_shared_values_refuse_what_does_not_fit():
    """Changes of unknown numbers, of other types or other sizes do not reach the values of this side."""
    shared = Shared(1, trusts=False)
    x, y = np.ones(3), [1]
    assert type(shared.extension(x, True)) is Extension
    shared.extension(y, True)
    shared.apply([(1, np.zeros(5))])
    shared.apply([(1, np.zeros(3, np.float32))])
    assert x.tolist() == [1, 1, 1]
    for changes in ([(9, x)], [(1, [0])], [(2, np.zeros(1))], [1], [(1,)], [("1", x)]):
        with pytest.raises(WireError):
            shared.apply(changes)
