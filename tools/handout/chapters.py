"""One assignment as HTML: the released text and the first lines of each exercise, with the figures of the source
notebook.
"""

from __future__ import annotations

import html
import re
import struct
import sys
from base64 import b64decode
from dataclasses import dataclass, field

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from course_tests.notebooks import RELEASE, Cell, Notebook, read
from proctor.plugin import feedback
from proctor.plugin.template import BRINGS_FILES
from tools.handout.choices import HOUSEKEEPING, KEPT, LEFT_OUT, SHORT, SHOWN, SWITCHES
from tools.handout.run import DPI, code_cells

_HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.DOTALL)
_TODO = re.compile(r"(?m)^( *)# YOUR CODE HERE\n *raise NotImplementedError\(\)$")
_SCHEME = re.compile(r"<!-- BEGIN MARK SCHEME -->.*?<!-- END MARK SCHEME -->", re.DOTALL)


@dataclass(frozen=True)
class Heading:
    level: int
    anchor: str
    words: str  # HTML, without difficulty, minutes and points

    @property
    def plain(self) -> str:
        return html.unescape(re.sub(r"<[^>]+>", "", self.words))

    @property
    def is_exercise(self) -> bool:
        return bool(re.match(r"(Bonus e|E)xercise \d", self.plain))


@dataclass
class Chapter:
    """One assignment: its HTML, its headings, where each name is built, and the Markdown below each heading."""

    assignment: str
    body: str = ""
    headings: list[Heading] = field(default_factory=list)
    built: dict[str, str] = field(default_factory=dict)  # name -> anchor
    sections: list[tuple[str, str]] = field(default_factory=list)  # anchor, Markdown

    @property
    def title(self) -> Heading:
        return self.headings[0]


def chapter(source: Notebook, shown: list[dict]) -> Chapter:
    """Build the chapter of one source notebook from its release and from what its cells showed.

    Raises
    ------
    SystemExit
        If release/ does not belong to source/.
    """
    made, parts = Chapter(source.assignment), []
    results = dict(zip((cell.index for cell in code_cells(source.cells)), shown))
    seen: dict[str, int] = {}
    for theirs, ours in zip(_released(source), source.cells):
        if ours.cell_type == "markdown":
            parts.append(_text(theirs.source, made))
        elif ours.role == "solution":
            parts.append(_stub(theirs, made))
        elif ours.role != "test":
            parts.append(_code(ours, results[ours.index], made, seen))
    made.body = "\n".join(part for part in parts if part)
    return made


def _released(source: Notebook) -> tuple[Cell, ...]:
    path = RELEASE / source.assignment / source.path.name
    released = read(path).cells if path.exists() else ()
    cells = tuple(cell for cell in released if BRINGS_FILES not in cell.tags)
    same = len(cells) == len(source.cells) and all(
        theirs.grade_id == ours.grade_id
        and (ours.role in ("solution", "test") or _SCHEME.sub("", ours.source).strip() == theirs.source.strip())
        for theirs, ours in zip(cells, source.cells)
    )
    if not same:
        sys.exit(f"release/{source.assignment} is not what source/{source.assignment} makes: run `make release` first.")
    return cells


def _text(markdown: str, made: Chapter) -> str:
    if markdown.startswith("*Write your answer here"):
        return ""
    before = len(made.headings)
    page = _HEADING.sub(lambda found: _heading(found, made), feedback.markdown(markdown, lower=1))
    anchors = [heading.anchor for heading in made.headings[max(before - 1, 0) :]]
    pieces = re.split(r"(?m)^(?=#{1,4} )", markdown)
    if before and not pieces[0].startswith("#"):
        made.sections.append((anchors[0], pieces[0]))
    made.sections += zip(anchors[bool(before) :], [piece for piece in pieces if piece.startswith("#")])
    return f'<div class="text">{feedback.reachable(page)}</div>'


def _heading(found: re.Match, made: Chapter) -> str:
    level = min(
        int(found[1]), made.headings[-1].level + 1 if made.headings else 2
    )  # no step left out, for those who listen
    words, _, rest = found[2].partition(" — ")
    plain = html.unescape(re.sub(r"<[^>]+>", "", words))
    anchor = (
        made.assignment
        if not made.headings
        else f"{made.assignment}-{re.sub(r'[^a-z0-9_]+', '-', plain.lower()).strip('-')}"
    )
    while any(heading.anchor == anchor for heading in made.headings):
        anchor += "-again"
    made.headings.append(Heading(level, anchor, words))
    number = f'<span class="number">{made.assignment[:2]}</span> ' if level == 2 else ""
    rest = f' <span class="effort">{rest}</span>' if rest else ""
    return f'<h{level} id="{anchor}">{number}{words}{rest}</h{level}>'


def _stub(released: Cell, made: Chapter) -> str:
    """The first lines of an exercise, as a learner finds them."""
    if released.grade_id == "answers":  # the cell for the letters of the quiz
        return ""
    made.built[released.grade_id] = made.headings[-1].anchor
    begun = _python(_TODO.sub(r"\1...", released.source))
    return f'<div class="stub"><p class="label">To complete</p>{begun}</div>'


def _code(cell: Cell, result: dict, made: Chapter, seen: dict[str, int]) -> str:
    text, figures = result["text"].rstrip(), result["figures"]
    lines = cell.source.count("\n") + 1
    if cell.grade_id in HOUSEKEEPING or any(words in cell.source for words in SWITCHES) and not (figures or text):
        return ""
    parts = list(
        dict.fromkeys(_figure(figure, made, seen) for figure in figures)
    )  # one note for two figures that are left out
    wanted = (made.assignment, cell.source.splitlines()[0]) in SHOWN
    if cell.role == "given" or wanted or text and not figures and lines <= SHORT:
        parts.insert(0, _python(cell.source))
    if text:
        parts.append(
            f'<div class="printed"><p class="label">The notebook prints</p><pre>{html.escape(text)}</pre></div>'
        )
    return "\n".join(parts)


def _figure(figure: dict, made: Chapter, seen: dict[str, int]) -> str:
    for assignment, begins, name in LEFT_OUT:
        if made.assignment == assignment and figure["alt"].startswith(begins):
            count = seen[begins] = seen.get(begins, -1) + 1
            if (assignment, begins, count) not in KEPT:
                return (
                    '<p class="left-out">A figure is left out here: it draws your own answer to <a '
                    f'href="#{made.built[name]}"><code>{name}</code></a>. '
                    "The notebook draws it when you have one.</p>"
                )
    width = struct.unpack(">I", b64decode(figure["png"][:32])[16:20])[0] * 100 // DPI
    return (
        f'<figure><img alt="{html.escape(figure["alt"])}" width="{width}" '
        f'src="data:image/png;base64,{figure["png"]}"></figure>'
    )


def _python(code: str) -> str:
    return f'<pre class="code">{highlight(code, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip()}</pre>'
