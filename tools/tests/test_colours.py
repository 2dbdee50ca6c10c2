"""Text can be read on what it stands on, in the colours of all our pages: contrast of 4.5 to 1 (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEX = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")


def css(page: str) -> str:
    text = (ROOT / page).read_text(encoding="utf-8")
    inside = re.search(r"<style>\n(body.*?)</style>", text, re.DOTALL)
    return inside[1] if inside else text


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def rules(text: str) -> list[tuple[str, dict]]:
    """Selector and colours of each rule, variables filled in; bars have no text."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    variables = dict(re.findall(r"(--[\w-]+):\s*([^;}]+)", text))
    found = []
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        body = re.sub(r"var\((--[\w-]+)\)", lambda name: variables.get(name[1], name[0]), body)
        declared = dict(re.findall(r"(?<![-\w])(color|background)(?:-color)?:\s*([^;]+?)\s*(?:;|$)", body))
        colours = {name: value for name, value in declared.items() if HEX.fullmatch(value)}
        if colours and ".bar" not in selector:
            found.append((selector.strip(), colours))
    return found


def pairs(text: str) -> set[tuple[str, str]]:
    """(colour of letters, colour behind them): as one rule says, or else each on each."""
    found = [colours for _, colours in rules(text)]
    letters = {colours["color"] for colours in found if colours.keys() == {"color"}}
    behind = {colours["background"] for colours in found if colours.keys() == {"background"}} | {"#fff"}
    return {(one["color"], one["background"]) for one in found if len(one) == 2} | {
        (one, other) for one in letters for other in behind
    }


def test_contrast_is_computed_as_the_guidelines_say():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    "page",
    ["proctor/plugin/templates/proctor_feedback/index.html.j2", "classroom/report/page.css", "tools/handout/page.css"],
)
def test_every_colour_of_letters_on_every_background(page):
    found = pairs(css(page))
    assert len(found) >= 10
    faint = {pair: round(contrast(*pair), 2) for pair in found if contrast(*pair) < 4.5}
    assert not faint
