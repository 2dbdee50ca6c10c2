"""Figures of a report: drawn without a display, in colours that colour-blind people can tell apart, each with words
that say the finding.
"""

from __future__ import annotations

import base64
import io
import re
from typing import Any, NamedTuple

from matplotlib.figure import Figure as Canvas

# Okabe and Ito (2008), Color Universal Design.
BLUE, SKY, ORANGE, VERMILION, GREEN, PURPLE, BLACK = (
    "#0072B2",
    "#56B4E9",
    "#E69F00",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#000000",
)
INK, QUIET, GRID = "#222222", "#5f6368", "#e3e3e3"
DPI = 200


class Figure(NamedTuple):
    """A PNG, its name as a file, its finding in words; perhaps a narrower drawing of the same for a phone."""

    file: str
    alt: str
    png: bytes
    narrow: bytes = b""
    width: int = 0
    height: int = 0

    @property
    def address(self) -> str:
        return _address(self.png)

    @property
    def narrow_address(self) -> str:
        return _address(self.narrow)


def _address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def canvas(width: float, height: float, columns: int = 1, **options: Any) -> tuple[Canvas, Any]:
    """A figure of this size in inches and its axes, drawn in the calm style of the page."""
    figure = Canvas(figsize=(width, height), layout="constrained")
    axes = figure.subplots(1, columns, squeeze=False, **options)[0]
    for axis in axes:
        axis.spines[["top", "right", "left"]].set_visible(False)
        axis.spines["bottom"].set_color(QUIET)
        axis.tick_params(length=0, labelsize=8.5, labelcolor=INK, pad=4)
        axis.set_axisbelow(True)
    return figure, (axes[0] if columns == 1 else axes)


def finished(figure: Canvas, name: str, alt: str, narrow: Canvas | None = None) -> Figure:
    """The drawing as a PNG; `name` may hold whatever an assignment is called."""
    width, height = (round(96 * inches) for inches in figure.get_size_inches())
    return Figure(
        re.sub(r"[^\w.-]+", "_", name) + ".png",
        alt,
        _png(figure, alt),
        _png(narrow, alt) if narrow else b"",
        width,
        height,
    )


def _png(figure: Canvas, alt: str) -> bytes:
    buffer = io.BytesIO()
    # PNG's text chunks are Latin-1; the words stand on the page too.
    figure.savefig(buffer, dpi=DPI, metadata={"Description": alt.encode("ascii", "replace").decode(), "Software": None})
    return buffer.getvalue()


def shortened(name: str, length: int = 24) -> str:
    """A name that fits beside an axis."""
    return name if len(name) <= length else name[: length - 1] + "…"
