"""The glossary: terms of the field as the course uses them, from glossary.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PLACE = Path(__file__).with_name("glossary.md")
_ENTRY = re.compile(r"^\*\*(.+?)\*\* · (?:(.+) · )?(\d\d_\w+)\n((?:.+\n?)+)", re.MULTILINE)


@dataclass(frozen=True)
class Term:
    word: str
    symbol: str  # Markdown: symbol and shape, or nothing
    assignment: str
    meaning: str  # Markdown, one sentence


def terms(path: Path = PLACE) -> list[Term]:
    """All entries, in the order of the alphabet."""
    found = [
        Term(word, symbol or "", assignment, " ".join(meaning.split()))
        for word, symbol, assignment, meaning in _ENTRY.findall(path.read_text(encoding="utf-8"))
    ]
    return sorted(found, key=lambda term: term.word.lower())


def introduced(term: Term, sections: list[tuple[str, str]]) -> str | None:
    """The anchor of the section that introduces a term: where it is emphasised first, or occurs first."""
    word = "[ _]".join(map(re.escape, term.word.split()))  # a function's name is the term, too
    for pattern in (rf"\*+(?:the )?{word}\*+", rf"^#.*\b{word}", rf"(?<!\w){word}"):
        for anchor, markdown in sections:
            if re.search(pattern, markdown, re.IGNORECASE | re.MULTILINE):
                return anchor
    return None
