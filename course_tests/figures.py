"""A learner's curve beside the right one: what a failed test may show of a function that can be drawn.

Which functions can be drawn is found out from the reference, not declared: one that answers each entry of an array by
itself
(`sigmoid`), and one that compares truths with predictions (`binary_cross_entropy`). The curves run over a fixed range
of inputs; of the
hidden test's own inputs only the plain options (``alpha=0.3``) are taken, which stand in the message anyway.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

SCORES = np.linspace(-4, 4, 81)
PIXELS = np.linspace(0, 1, 51)
VOTES = np.linspace(0.02, 0.98, 49)  # a loss is steep at 0 and 1
WIDTH, HEIGHT = 400, 260
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 34, 40  # room round the axes
BLUE, ORANGE = "#0072B2", "#D55E00"  # as in the notebooks; colour-blind people can tell them apart
CAPTION = "Yours, orange and dashed, beside the right one, blue."


@dataclass(frozen=True)
class Figure:
    """A drawing and what it shows, in words."""

    svg: str
    alt: str


@dataclass(frozen=True)
class Sweep:
    """How to get a curve out of an implementation: `use(implementation)` gives one number for each of `x`."""

    x: np.ndarray
    use: Callable[[Any], Any]
    along: str
    told: str


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
    elif parameters[0] == "y_true" and len(args) == 2 and not kwargs and np.ndim(args[0]) == np.ndim(args[1]) == 1:
        told = f"{name} of three samples, truths 1, 1 and 0, each predicted as {parameters[1]}"
        yield Sweep(VOTES, _three_samples, parameters[1], told)


def _one_by_one(f, x: np.ndarray, options: tuple, kwargs: dict) -> np.ndarray | None:
    """The curve of a function that answers each entry by itself; None if it does not."""
    whole, half = (np.asarray(f(part.copy(), *options, **kwargs), float) for part in (x, x[:30]))
    return (
        whole
        if whole.shape == x.shape and half.shape == (30,) and np.allclose(whole[:30], half, equal_nan=True)
        else None
    )


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
    missing = " Where your curve is missing, your result is no finite number." if not np.isfinite(yours).all() else ""
    return (
        f"Two curves of {sweep.told}, for {sweep.along} from {sweep.x[0]:g} to {sweep.x[-1]:g}: yours, orange and "
        "dashed, and the right one, blue."
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
