"""A font for formulas, cut down to the letters that occur: brackets and sums stretch only in a font that is made for
mathematics.
"""

from __future__ import annotations

import base64
import io
import logging
import re

# Free to embed, in the order of preference.
NAMES = ("STIXTwoMath", "latinmodern-math", "texgyretermes-math", "DejaVuMathTeXGyre", "LibertinusMath")
_ROOT = 0x221A  # drawn by <msqrt>, though no text holds it
_ITALIC = [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C)]  # what a browser makes of single letters


def face(page: str) -> str:
    """CSS that brings the font along, or nothing where this machine has none."""
    from fontTools import subset  # matplotlib brings it along
    from fontTools.ttLib import TTFont
    from matplotlib.font_manager import findSystemFonts

    found = {
        name: path
        for path in findSystemFonts()
        for name in NAMES
        if name.lower() in path.lower().replace("-regular", "").replace(" ", "")
    }
    if not found:
        return ""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    font = TTFont(found[min(found, key=NAMES.index)])
    letters = set("".join(re.findall(r"<math.*?</math>", page, re.DOTALL)))
    options = subset.Options()
    options.layout_features, options.drop_tables = ["*"], [*options.drop_tables, "FFTM"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[*map(ord, letters), _ROOT, *_ITALIC])
    cutter.subset(font)
    font.flavor, out = "woff", io.BytesIO()
    font.save(out)
    return (
        '@font-face { font-family: "Handout Math"; src: '
        f"url(data:font/woff;base64,{base64.b64encode(out.getvalue()).decode()}); }}"
    )
