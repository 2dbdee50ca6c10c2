"""Formulas that a browser shows by itself: TeX to MathML, which needs no script and no network."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ElementTree

LONGEST = 2000  # characters; a longer formula is shown as text

# What the converter does not know or does not escape, as it knows it.
_SPELLINGS = [("{aligned}", "{align*}"), ("{split}", "{align*}"), ("{gathered}", "{align*}"), ("<", r"\lt "), (">", r"\gt ")]
_ROW_SPACE = re.compile(r"\\\\\[[^\]]*\]")  # \\[2mm]: room between rows, which MathML leaves to the browser
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_TAGS = set(
    "math mrow mi mn mo mtext ms mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts mtable mtr mtd "
    "mlabeledtr mstyle mpadded mphantom menclose mfenced merror semantics".split())
_ATTRIBUTES = set(
    "display displaystyle mathvariant stretchy fence form accent accentunder linethickness columnalign rowspacing columnspacing "
    "columnlines rowlines lspace rspace width height depth minsize maxsize movablelimits largeop symmetric separator notation scriptlevel "
    "open close separators".split())


def to_mathml(tex: str, block: bool) -> str:
    """Return HTML for a formula: MathML, or the TeX itself where it cannot be converted."""
    try:
        return _checked(_convert(tex, block)) if len(tex) <= LONGEST else _as_text(tex)
    except Exception:  # a learner may write anything between two dollar signs
        return _as_text(tex)


def _convert(tex: str, block: bool) -> str:
    from latex2mathml.converter import convert  # optional: without it formulas are shown as TeX

    tex = _ROW_SPACE.sub(r"\\\\", tex)
    for ours, theirs in _SPELLINGS:
        tex = tex.replace(ours, theirs)
    return convert(tex, display="block" if block else "inline")


def _checked(mathml: str) -> str:
    """Only tags and attributes of formulas: what is converted was written by a learner."""
    root = ElementTree.fromstring(mathml)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_NAMESPACE)
        if element.tag not in _TAGS:
            raise ValueError(element.tag)
        for name in list(element.attrib):
            if name not in _ATTRIBUTES:
                del element.attrib[name]
    return ElementTree.tostring(root, encoding="unicode")


def _as_text(tex: str) -> str:
    return f"<code>{html.escape(tex.strip())}</code>"
