"""Formulas that a browser shows by itself: TeX to MathML, which needs no script and no network."""

from __future__ import annotations

import functools
import html
import re
import xml.etree.ElementTree as ElementTree

LONGEST = 2000  # characters; a longer formula is shown as text

# What the converter does not know or does not escape, as it knows it.
_SPELLINGS = [
    ("{aligned}", "{align*}"),
    ("{split}", "{align*}"),
    ("{gathered}", "{align*}"),
    ("<", r"\lt "),
    (">", r"\gt "),
]
_ROW_SPACE = re.compile(r"\\\\\[[^\]]*\]")  # \\[2mm]: room between rows, which MathML leaves to the browser
_ARG = re.compile(r"\\arg(?![a-zA-Z])")
_TEXT = re.compile(r"\\text(?:tt)?\{[^{}]*\}")
_ROWS = ("math", "mrow", "mtd", "msqrt", "mstyle")
_FUNCTIONS = set("log ln exp sin cos tan tanh max min".split())
_OPENING, _CLOSING, _BARS = set("([{"), set(")]}"), set("|\u2016")
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_TAGS = set(
    "math mrow mi mn mo mtext ms mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts "
    "mtable mtr mtd "
    "mlabeledtr mstyle mpadded mphantom menclose mfenced merror semantics".split()
)
_ATTRIBUTES = set(
    "display displaystyle mathvariant stretchy fence form accent accentunder linethickness columnalign rowspacing "
    "columnspacing "
    "columnlines rowlines lspace rspace width height depth minsize maxsize movablelimits largeop symmetric separator "
    "notation scriptlevel "
    "open close separators".split()
)


def to_mathml(tex: str, block: bool) -> str:
    """Return HTML for a formula: MathML, or the TeX itself where it cannot be converted."""
    return _converted(tex, block) if len(tex) <= LONGEST else as_text(tex)


@functools.lru_cache(maxsize=4096)
def _converted(tex: str, block: bool) -> str:
    try:
        return _checked(_convert(tex, block), block)
    except Exception:  # a learner may write anything between two dollar signs
        return as_text(tex)


def _convert(tex: str, block: bool) -> str:
    from latex2mathml.converter import convert  # optional: without it formulas are shown as TeX

    tex = _ARG.sub(r"\\text{arg}", _ROW_SPACE.sub(r"\\\\", tex))
    tex = _TEXT.sub(lambda words: words[0].replace(r"\_", "_"), tex)
    for ours, theirs in _SPELLINGS:
        tex = tex.replace(ours, theirs)
    return convert(tex, display="block" if block else "inline")


def _checked(mathml: str, block: bool) -> str:
    """Only tags and attributes of formulas: what is converted was written by a learner."""
    root = ElementTree.fromstring(mathml)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_NAMESPACE)
        if element.tag not in _TAGS:
            raise ValueError(element.tag)
        for name in list(element.attrib):
            if name not in _ATTRIBUTES:
                del element.attrib[name]
    for part in list(root.iter()):
        if part.tag in ("msup", "msubsup") and set(part[-1].text or "-") == {"\u2032"}:
            _set_prime(part)
        elif part.tag in _ROWS:
            _set_like_tex(part, block)
    return ElementTree.tostring(root, encoding="unicode")


def _set_like_tex(row, block: bool) -> None:
    """What TeX does by itself and MathML must be told: brackets, bars, signs, and room beside the names of
    functions.
    """
    parts: list = []
    for part in row:
        before = parts[-1] if parts else None
        last = next((other for other in reversed(parts) if other.tag != "mspace"), None)
        symbol = (part.text or "").strip() if part.tag == "mo" else ""
        if symbol in "-\u2212" and symbol and (last is None or last.tag == "mo" and last.text not in _CLOSING):
            part.set("form", "prefix")  # a sign, not a subtraction
        elif symbol == "\u221e":
            part.tag = "mi"
        elif symbol in _BARS:
            part.attrib.update(lspace="0", rspace="0")
        elif (
            symbol in _CLOSING
            and len(parts) > 1
            and before is not None
            and before.tag == "mtable"
            and parts[-2].tag == "mo"
        ):
            group = ElementTree.Element("mrow")  # brackets as high as their own table, not as the highest beside it
            group.extend([parts.pop(-2), parts.pop(), part])
            part = group
        if block and part.tag == "msub" and part[0].text in ("max", "min"):
            part.tag = "munder"
        if before is not None and (
            _is_function(before) and symbol not in _OPENING or _is_function(part) and before.tag not in ("mo", "mspace")
        ):
            parts.append(ElementTree.Element("mspace", width="0.17em"))
        parts.append(part)
    row[:] = parts


def _set_prime(part) -> None:
    """A prime is high by itself: as a superscript it would be a dot far off."""
    base, prime = ElementTree.Element("mrow"), part[-1]
    prime.tag = "mo"
    prime.attrib.update(lspace="0.06em", rspace="0")
    base.extend([part[0], prime])
    part.tag = "mrow" if part.tag == "msup" else "msub"
    part[:] = [base, *part[1:-1]]


def _is_function(part) -> bool:
    inner = part[0] if part.tag in ("msub", "msup", "munder") and len(part) else part
    return inner.tag in ("mi", "mo") and inner.text in _FUNCTIONS


def as_text(tex: str) -> str:
    """The TeX itself."""
    return f"<code>{html.escape(tex.strip())}</code>"
