"""The one HTML file: title, contents, chapters, glossary, index of functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import jinja2
from markupsafe import Markup

from proctor.plugin import feedback
from tools.handout import fonts, glossary
from tools.handout.chapters import Chapter

HERE = Path(__file__).parent
_PAGE = re.compile(r'<span class="page">(.*?)@(.+?)@</span>')


def render(chapters: list[Chapter]) -> str:
    """The page as text, with marks where numbers of pages may stand. Nothing in it is fetched, and no script runs."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    css = (HERE / "page.css").read_text(encoding="utf-8")
    bodies = {made.assignment: Markup(made.body) for made in chapters}
    text = environment.get_template("page.html.j2").render(
        chapters=chapters,
        bodies=bodies,
        css=Markup("@@css@@"),
        terms=_terms(chapters),
        functions=_functions(chapters),
        lines=_lines(),
        markup=Markup,
        page=_page,
    )
    return text.replace("@@css@@", fonts.face(text) + "\n" + css)


def for_screen(text: str) -> str:
    """Without numbers of pages: they depend on the paper."""
    return _PAGE.sub("", text)


def for_paper(text: str, numbers: Mapping[str, int]) -> str:
    """With the numbers of the pages where anchors stand; a number that is not known yet takes the same room."""
    return _PAGE.sub(lambda found: f'<span class="page">{found[1]}{numbers.get(found[2], "000")}</span>', text)


def _page(anchor: str, words: str = "") -> Markup:
    return Markup(f'<span class="page">{words}@{anchor}@</span>')


def _terms(chapters: list[Chapter]) -> list[dict]:
    by_name = {made.assignment: made for made in chapters}
    rows = []
    for term in glossary.terms():
        made = by_name.get(term.assignment)
        if made:
            rows.append(
                {
                    "word": term.word,
                    "symbol": _inline(term.symbol),
                    "meaning": _inline(term.meaning),
                    "number": term.assignment[:2],
                    "anchor": glossary.introduced(term, made.sections) or made.assignment,
                }
            )
    return rows


def _functions(chapters: list[Chapter]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Name -> where it is built: the number of the assignment and the anchor."""
    places: dict[str, list[tuple[str, str]]] = {}
    for made in chapters:
        for name, anchor in made.built.items():
            places.setdefault(name, []).append((made.assignment[:2], anchor))
    return sorted(places.items(), key=lambda item: item[0].lower())


def _inline(markdown: str) -> Markup:
    return Markup(feedback.markdown(markdown).strip().removeprefix("<p>").removesuffix("</p>"))


def _lines() -> list[tuple[int, list[tuple[int, int]]]]:
    """The six images of the course: number and its bright pixels (column, row)."""
    return list(
        enumerate([[(k, i) for i in range(3)] for k in range(3)] + [[(i, k) for i in range(3)] for k in range(3)])
    )
