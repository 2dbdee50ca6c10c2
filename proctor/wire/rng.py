"""np.random.Generator and RandomState cross by state. The trusted side only lets one advance, never be set at will."""

from __future__ import annotations

from typing import Any

import numpy as np

MASK = (1 << 128) - 1
FARTHEST = 1 << 48  # draws in one call; no call gets this far in the time allowed
MT_BLOCKS = 20_000  # of 624 draws each
PCG_MULTIPLIER = {"PCG64": 0x2360ED051FC65DA44385DF649FCCF645, "PCG64DXSM": 0xDA942042E4DD58B5}
BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
KINDS = (np.random.Generator, np.random.RandomState)


def state_of(rng: Any) -> dict:
    """The state of `rng` as a plain dict."""
    state = rng.bit_generator.state if type(rng) is np.random.Generator else rng.get_state(legacy=False)
    return _plain(state)


def make(kind: str, state: dict) -> Any:
    """A new generator in the given state. For the room: it trusts what it is sent."""
    bits = getattr(np.random, state["bit_generator"])()
    if kind == "RandomState":
        rng = np.random.RandomState(bits)
        rng.set_state(_with_arrays(state))
        return rng
    bits.state = _with_arrays(state)
    return np.random.Generator(bits)


def put_state(rng: Any, state: dict) -> None:
    """Set the state of `rng`. For the room."""
    if type(rng) is np.random.Generator:
        rng.bit_generator.state = _with_arrays(state)
    else:
        rng.set_state(_with_arrays(state))


def advance(rng: Any, new: dict) -> bool:
    """Move `rng` on to the state `new` if drawing from it can lead there; otherwise leave it. For the trusted side.

    A room that could set the state would choose the random numbers that a test draws next.
    """
    old = state_of(rng)
    try:
        if new["bit_generator"] != old["bit_generator"] or new.keys() != old.keys():
            return False
        name = old["bit_generator"]
        if name in PCG_MULTIPLIER:
            fine = _pcg_advance(rng, name, old, new)
        elif name == "MT19937":
            fine = _mt_advance(rng, old, new)
        else:
            fine = False
        return fine
    except (KeyError, TypeError, ValueError, IndexError, OverflowError):
        put_state(rng, old)
        return False


def _pcg_advance(rng, name, old, new):
    if new["state"]["inc"] != old["state"]["inc"] or new["has_uint32"] not in (0, 1):
        return False
    steps = pcg_distance(PCG_MULTIPLIER[name], old["state"]["inc"], old["state"]["state"], int(new["state"]["state"]))
    if not 0 <= steps < FARTHEST or not 0 <= int(new["uinteger"]) < 2**32:
        return False
    put_state(
        rng,
        {
            **old,
            "state": {"state": int(new["state"]["state"]), "inc": old["state"]["inc"]},
            "has_uint32": new["has_uint32"],
            "uinteger": int(new["uinteger"]),
        },
    )
    return True


def pcg_distance(multiplier: int, plus: int, start: int, end: int) -> int:
    """How many steps s -> s * multiplier + plus (mod 2**128) lead from start to end, bit by bit."""
    distance, bit = 0, 1
    while start != end and bit <= MASK:
        if (start ^ end) & bit:
            start = (start * multiplier + plus) & MASK
            distance |= bit
        bit <<= 1
        plus = (multiplier + 1) * plus & MASK
        multiplier = multiplier * multiplier & MASK
    return distance if start == end else -1


def _mt_advance(rng, old, new):
    pos = int(new["state"]["pos"])
    if not 0 <= pos <= 624 or not all(abs(float(new.get(k, 0))) < 40 for k in ("has_gauss", "gauss")):
        return False
    walker = np.random.MT19937()
    walker.state = {"bit_generator": "MT19937", "state": _with_arrays(old)["state"]}
    for _ in range(MT_BLOCKS):
        state = walker.state["state"]
        if state["key"].tobytes() == new["state"]["key"]:
            if pos < state["pos"]:
                return False
            put_state(
                rng,
                {
                    **old,
                    **{k: new[k] for k in ("has_gauss", "gauss") if k in new},
                    "state": {"key": new["state"]["key"], "pos": pos},
                },
            )
            return True
        # The key changes when the draw after position 624 is made: stop right after it.
        walker.random_raw(624 - state["pos"] + 1, output=False)
    return False


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return value.tobytes()
    return value.item() if isinstance(value, np.generic) else value


def _with_arrays(state):
    dtype = np.uint32 if state["bit_generator"] == "MT19937" else np.uint64

    def restore(value):
        if isinstance(value, dict):
            return {key: restore(item) for key, item in value.items()}
        return np.frombuffer(value, dtype).copy() if isinstance(value, bytes) else value

    return restore(state)
