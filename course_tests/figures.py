"""A learner's curve beside the right one: what a failed test may show of a function that can be drawn.

Which functions can be drawn is found out from the reference, not declared: one that answers each entry of an array by
itself
(`sigmoid`), and one that compares truths with predictions (`binary_cross_entropy`). The curves run over a fixed range
of inputs; of the
hidden test's own inputs only the plain options (``alpha=0.3``) are taken, which are in the message anyway.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

SCORES = np.linspace(-4, 4, 81)
PIXELS = np.linspace(0, 1, 51)
VOTES = np.linspace(0.02, 0.98, 49)  # a loss is steep at 0 and 1
WIDTH, HEIGHT = 400, 260
GAP = 14  # between two maps
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 34, 40  # room round the axes
BLUE, ORANGE = "#0072B2", "#D55E00"  # as in the notebooks; colour-blind people can tell them apart
CAPTION = "Yours, orange and dashed, beside the right one, blue."
MAPS = "Yours on the left, the right one beside it; entries that differ are framed."
ALL = "Yours on the left, the right one beside it; all entries differ."
LARGEST = 64  # entries of an array that is shown as a map


@dataclass(frozen=True)
class Figure:
    """A drawing, what it shows in words, and what stands below it."""

    svg: str
    alt: str
    caption: str = CAPTION


@dataclass(frozen=True)
class Sweep:
    """How to get a curve out of an implementation: `use(implementation)` gives one number for each of `x`."""

    x: np.ndarray
    use: Callable[[Any], Any]
    along: str
    description: str


def sweeps(name: str, parameters: list[str], args: tuple, kwargs: dict, pixels: bool = False) -> Iterator[Sweep]:
    """The way to draw the function `name` that is called with such arguments, if there is one; `pixels` lie between
    0 and 1.
    """
    if not args or not parameters or not isinstance(args[0], (np.ndarray, float, int)):
        return
    options = list(args[1:]) + list(kwargs.values())
    if all(isinstance(option, (int, float, str)) for option in options):
        words = [parameters[0], *(f"{option:g}" if isinstance(option, float) else repr(option) for option in args[1:])]
        words += [f"{key}={value!r}" for key, value in kwargs.items()]
        x = PIXELS if pixels else SCORES
        yield Sweep(x, lambda f: _one_by_one(f, x, args[1:], kwargs), parameters[0], f"{name}({', '.join(words)})")
    elif parameters[:2] == ["dA", "Z"] and np.ndim(args[0]) == 2 and all(isinstance(one, str) for one in args[2:]):
        told = f"{name}({', '.join(['dA', 'Z', *map(repr, args[2:])])}) with dA = 1"
        yield Sweep(SCORES, lambda f: _slopes(f, args[2:], kwargs), "Z", told)
    elif parameters[:2] == ["p", "y"] and len(args) == 2 and np.ndim(args[0]) == np.ndim(args[1]) == 2:
        yield Sweep(VOTES, _blame_of_three, "p", f"{name} of three samples, labels 1, 1 and 0, each with p")
    elif parameters[0] == "y_true" and len(args) == 2 and not kwargs and np.ndim(args[0]) == np.ndim(args[1]) == 1:
        description = f"{name} of three samples, truths 1, 1 and 0, each predicted as {parameters[1]}"
        yield Sweep(VOTES, _three_samples, parameters[1], description)


def _one_by_one(f, x: np.ndarray, options: tuple, kwargs: dict) -> np.ndarray | None:
    """The curve of a function that answers each entry by itself; None if it does not."""
    whole, half = (np.asarray(f(part.copy(), *options, **kwargs), float) for part in (x, x[:30]))
    return (
        whole
        if whole.shape == x.shape and half.shape == (30,) and np.allclose(whole[:30], half, equal_nan=True)
        else None
    )


def _slopes(f, options: tuple, kwargs: dict) -> np.ndarray:
    """What comes back through an activation for blame 1, over its scores."""
    Z = SCORES[:, None]
    return np.asarray(f(np.ones_like(Z), Z.copy(), *options, **kwargs), float)[:, 0]


def _blame_of_three(f) -> np.ndarray:
    """The blame of the first of three samples, for each of VOTES."""
    y = np.array([[1.0], [1.0], [0.0]])
    return np.array([np.asarray(f(np.full((3, 1), p), y.copy()), float)[0, 0] for p in VOTES])


def _three_samples(f) -> np.ndarray:
    """A loss: one number for each of VOTES; or its slopes: three, one for each sample."""
    return np.array([np.asarray(f(np.array([1, 1, 0]), np.array([p, p, p])), float) for p in VOTES])


def drawn(sweep: Sweep, yours: np.ndarray, right: np.ndarray) -> Figure | None:
    """The two curves; None where they cannot be told apart, or where the right one says nothing."""
    if yours.shape != right.shape or right.ndim > 2:
        return None
    if right.ndim == 2:
        yours, right = yours[:, 0], right[:, 0]
    if not np.isfinite(right).all() or not np.isfinite(yours).any() or np.ptp(right) < 1e-9:
        return None
    low, high = _visible(yours, right)
    gap = np.abs(np.where(np.isfinite(yours), yours, np.inf) - right)
    apart = gap > 0.03 * (high - low)  # less cannot be seen
    return (
        Figure(_svg(sweep, yours, right, low, high), _words(sweep, yours, right, gap, apart))
        if apart.sum() > 1
        else None
    )


def beside(yours: np.ndarray, right: np.ndarray, wrong: np.ndarray) -> Figure | None:
    """Two small arrays as maps of their entries, those that differ framed; None for one number, or too many.

    Parameters
    ----------
    yours, right : ndarray
        Of one shape, with one or two axes.
    wrong : ndarray of bool
        Where they differ.
    """
    if right.ndim not in (1, 2) or not 2 <= right.size <= LARGEST or max(right.shape) > 10:
        return None
    yours, right, wrong = (np.atleast_2d(one) for one in (yours, right, wrong))
    if not np.isfinite(right).all():
        return None
    rows, columns = right.shape
    side = min(46.0, (WIDTH - 3 * GAP) / (2 * columns))
    tall = min(side, 30.0)
    finite = np.concatenate([right.ravel(), yours[np.isfinite(yours)]])
    most = max(float(np.abs(np.clip(finite, -1e12, 1e12)).max()), 1e-12)
    width, height = 2 * columns * side + 3 * GAP, rows * tall + 34
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" font-family="sans-serif" text-anchor="middle"><rect width="{width:.0f}" '
        f'height="{height:.0f}" fill="#fff"/>'
    ]
    for title, values, left in (("yours", yours, GAP), ("right", right, 2 * GAP + columns * side)):
        parts.append(f'<text x="{left + columns * side / 2:.1f}" y="16" font-size="13">{title}</text>')
        parts += [
            _entry(values[i, j], most, left + j * side, 24 + i * tall, side, tall)
            for i in range(rows)
            for j in range(columns)
        ]
        parts += [
            f'<rect x="{left + j * side + 1.5:.1f}" y="{24 + i * tall + 1.5:.1f}" width="{side - 3:.1f}" '
            f'height="{tall - 3:.1f}" fill="none" stroke="#000" stroke-width="2.5"/>'
            for i, j in (() if wrong.all() else np.argwhere(wrong))
        ]
    places = [f"[{i}, {j}]" if rows > 1 else f"[{j}]" for i, j in np.argwhere(wrong)]
    shape = f"{rows} times {columns} numbers" if rows > 1 else f"{columns} numbers"
    alt = (
        f"Two maps of {shape}, yours and the right one. {len(places)} of {right.size} entries differ: "
        f"{', '.join(places[:6])}{' and others' if len(places) > 6 else ''}; at {places[0]} yours is "
        f"{yours[tuple(np.argwhere(wrong)[0])]:.3g}, the right one {right[tuple(np.argwhere(wrong)[0])]:.3g}."
    )
    return Figure("".join(parts) + "</svg>", alt, ALL if wrong.all() else MAPS)


def _entry(value: float, most: float, x: float, y: float, wide: float, tall: float) -> str:
    """One entry: blue above 0, orange below, white at 0, grey if it is no finite number."""
    finite = bool(np.isfinite(value))
    share = min(abs(value) / most, 1.0) if finite else 0.0
    colour = (BLUE if value > 0 else ORANGE) if finite else "#999"
    text = re.sub(r"^(-?)0\.", r"\1.", f"{value:.0f}" if 10 <= abs(value) < 10000 else f"{value:.2g}")
    size = min(12.0, 1.55 * wide / max(len(text), 1))
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="{colour}" '
        f'fill-opacity="{0.6 * share if finite else 0.4:.2f}" stroke="#ccc"/><text x="{x + wide / 2:.1f}" '
        f'y="{y + tall / 2 + size * 0.36:.1f}" font-size="{size:.1f}" fill="#222">{text}</text>'
    )


def _visible(yours: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """What of the vertical axis is shown: the right curve, and yours unless it runs far away."""
    low, high = float(right.min()), float(right.max())
    room = 1.5 * (high - low)
    near = yours[np.isfinite(yours) & (yours > low - room) & (yours < high + room)]
    low, high = min(low, *near[:1], near.min(initial=low)), max(high, *near[:1], near.max(initial=high))
    edge = 0.06 * (high - low)
    return low - edge, high + edge


def _words(sweep: Sweep, yours: np.ndarray, right: np.ndarray, gap: np.ndarray, apart: np.ndarray) -> str:
    widest = np.max(gap, where=np.isfinite(gap), initial=0.0)
    at = (
        int(np.argmax(np.isfinite(gap) & (gap >= widest * (1 - 1e-6))))
        if np.isfinite(gap[apart]).any()
        else int(np.argmax(apart))
    )
    where = sweep.x[apart]
    share = apart.sum() / apart.size
    place = (
        "everywhere"
        if share > 0.97
        else f"between {where[0]:.2g} and {where[-1]:.2g}"
        if len(where) > 1
        else f"near {where[0]:.2g}"
    )
    missing = (
        " Where your curve is missing, your result is not a finite number." if not np.isfinite(yours).all() else ""
    )
    return (
        f"Two curves of {sweep.description}, for {sweep.along} from {sweep.x[0]:g} to {sweep.x[-1]:g}: yours, orange "
        "and dashed, and the right one, blue."
        f" They differ {place}; at {sweep.along} = {sweep.x[at]:.2g} yours is {yours[at]:.3g}, the right one "
        f"{right[at]:.3g}.{missing}"
    )


def _svg(sweep: Sweep, yours: np.ndarray, right: np.ndarray, low: float, high: float) -> str:
    across = lambda x: LEFT + (x - sweep.x[0]) / (sweep.x[-1] - sweep.x[0]) * (WIDTH - LEFT - RIGHT)  # noqa: E731
    down = lambda y: TOP + (high - y) / (high - low) * (HEIGHT - TOP - BOTTOM)  # noqa: E731
    floor, wall = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="sans-serif" font-size="13">',
        f'<clipPath id="c"><rect x="{LEFT}" y="{TOP}" width="{wall - LEFT}" height="{floor - TOP}"/></clipPath>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/><g stroke="#ddd" fill="#444">',
    ]
    for value in _ticks(sweep.x[0], sweep.x[-1]):
        parts.append(
            f'<path d="M{across(value):.1f} {TOP}V{floor}"/><text stroke="none" x="{across(value):.1f}" '
            f'y="{floor + 16}" text-anchor="middle">{value:g}</text>'
        )
    for value in _ticks(low, high):
        parts.append(
            f'<path d="M{LEFT} {down(value):.1f}H{wall}"/><text stroke="none" x="{LEFT - 6}" '
            f'y="{down(value) + 4:.1f}" text-anchor="end">{value:g}</text>'
        )
    parts.append(
        f'<path stroke="#777" fill="none" d="M{LEFT} {TOP}V{floor}H{wall}"/></g><g fill="none" stroke-width="2.5" '
        'clip-path="url(#c)">'
    )
    parts.append(f'<path stroke="{BLUE}" d="{_path(sweep.x, right, across, down)}"/>')
    parts.append(f'<path stroke="{ORANGE}" stroke-dasharray="7 5" d="{_path(sweep.x, yours, across, down)}"/></g>')
    parts.append(
        f'<text x="{(LEFT + wall) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{html.escape(sweep.along)}</text>'
        f'<g stroke-width="2.5"><path stroke="{ORANGE}" stroke-dasharray="7 5" d="M{LEFT} 16h34"/><path '
        f'stroke="{BLUE}" d="M{LEFT + 105} 16h34"/></g>'
        f'<text x="{LEFT + 40}" y="20">yours</text><text x="{LEFT + 145}" y="20">right</text></svg>'
    )
    return "".join(parts)


def _path(x: np.ndarray, y: np.ndarray, across: Callable, down: Callable) -> str:
    """A line through the finite points; it breaks where there are none."""
    steps, pen = [], "M"
    for one, other in zip(x, y):
        if np.isfinite(other):
            height = min(max(down(other), -9999.0), 9999.0)
            steps.append(f"{pen}{across(one):.1f} {height:.1f}")
            pen = "L"
        else:
            pen = "M"
    return "".join(steps)


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers between the two, about four."""
    size = 10.0 ** np.floor(np.log10((high - low) / 4))
    step = next(size * k for k in (1, 2, 5, 10) if (high - low) / (size * k) <= 5)
    return [round(k * step, 10) + 0.0 for k in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]
