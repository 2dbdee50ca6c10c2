"""What learners wrote, as HTML that a browser may show: cleaned, and bounded in size, nesting and cost.

Every function here takes time that grows no faster than the text does, up to a bound; what goes beyond it is shown as
it was written, as text.
The time limit for a whole page (pages.py) catches what is left.
"""

from __future__ import annotations

import base64
import functools
import html
import re
import secrets
import unicodedata
from urllib.parse import quote, unquote

import nh3
from nbconvert.filters.ansi import ansi2html, strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.token import STANDARD_TYPES

from .mathml import as_text, to_mathml

LONGEST_MARKDOWN = 100_000  # characters; longer Markdown is shown as text
LONGEST_CODE = 50_000  # longer code has no colours
LONGEST_LINE = 2_000  # nor has code with a longer line
LONGEST_HTML = 2_000_000  # longer HTML is shown as text
LONGEST_PLAIN = 200_000  # longer text is cut
LONGEST_FENCED = 5_000  # longer code in Markdown has no colours: it may be in any language, and some lexers are slow
LONGEST_RENDERED = 1_000_000  # Markdown that grows beyond this is shown as text
LONGEST_KEPT = 20_000  # longer text is not worth remembering
DEEPEST = 500  # tags in one another
MOST_NESTED = 1_000_000  # tags, times the depth of the deepest
MOST_FORMULAS = 20_000  # characters of formulas in one cell
LONGEST_INLINE = 25  # letters; a longer formula may be wider than a phone
MOST_ATTACHED = 100  # pictures in a cell
MOST_STEPS = 20_000_000  # marks that may begin something, times the length of the text that is searched for its end
MOST_COLOURS = 20_000_000  # the same for colours in the output of a program

_TAGS = frozenset(
    "a abbr acronym b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i "
    "img kbd li ol p pre s small "
    "span strong sub summary sup table tbody td tfoot th thead tr u ul".split()
)
_WITHOUT_TEXT = frozenset({"script", "style"})
_NO_NESTING = frozenset(
    "br hr img p li dd dt tr td th thead tbody tfoot".split()
)  # empty, or ended by the next of their kind
_ATTRIBUTES = {
    "*": {"title", "width", "height", "colspan", "rowspan", "align", "style", "start"},
    "a": {"href"},
    "img": {"src", "alt"},
}
_STYLES = {"text-align", "color", "background-color", "width", "height", "font-weight", "font-style"}
_COLOURS = {"highlight", *filter(None, STANDARD_TYPES.values())}  # of Pygments: the only classes that Markdown makes
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=]+")
_PICTURE_KIND = re.compile(r"image/(?:png|jpeg|gif|webp|svg\+xml)")
_ATTACHED = re.compile(
    r"""(<img\b[^>]*?\bsrc\s*=\s*)(?:"attachment:([^"]*)"|'attachment:([^']*)'|attachment:([^\s>]+))""", re.IGNORECASE
)
_ASIDE = "picture" + secrets.token_hex(8)
# Nothing is fetched from another machine; in a grader's browser a picture that is really "/logout" would be asked for
# with the grader's cookie.
_IMAGE = re.compile(
    r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,|(?!/)(?!.*(\.|%2e){2})[^:\\?&\t\r\n]*$", re.IGNORECASE
)
_LINK = re.compile(r"(https?:|mailto:|#|[^:]*$)", re.IGNORECASE)
_MARK = re.compile(
    r"""<(?:(/?)([a-zA-Z][a-zA-Z0-9-]*)(?:[\s/][^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*)?>|[!?][^<>]*>)?"""
)
_AND = re.compile(
    r"&(?!(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});)"
)  # begins no character's name
_CLEAN_TAG = re.compile(r'<[^<>"]*(?:"[^"]*"[^<>"]*)*>')  # as the cleaner writes it; what is in quotes begins none
_BOX = '<{} class="wide" tabindex="0" role="group" aria-label="{}">'
_ACTIVE_TEX = re.compile(
    r"\\(href|require|style)(?![a-zA-Z])"
)  # where a page is shown with MathJax, it would make a link that runs
_MAY_BEGIN = ("\\begin{", "$", "\\\\[", "\\\\(", "[", "`", "*", "_", "~~", "<", "|", "    ", ">", "- ", "\\")
_LONG_CODE = re.compile(r"\x1b\[[^@-~\n]{33,}[@-~]")


def _kept(tag: str, name: str, value: str):
    if tag == "img" and name == "src":
        return value if _IMAGE.match(value.strip()) else None
    if tag == "a" and name == "href":
        return value if _LINK.match(value.strip()) and _ASIDE not in value else None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags=set(_WITHOUT_TEXT),
    attributes=_ATTRIBUTES,
    attribute_filter=_kept,
    link_rel=None,
    url_schemes={"http", "https", "mailto", "data"},
    filter_style_properties=_STYLES,
    allowed_classes={tag: _COLOURS for tag in ("div", "span")},
)


def clean(text: str) -> str:
    """HTML with harmless tags only; everything else is shown as text or left out.

    No id, and no class but those of coloured code: with one of formgrader's own, a learner could lay an answer over its
    buttons.
    """
    text = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    pictures: list = []
    short = _without_pictures(_ACTIVE_TEX.sub(r"\\text", text), pictures)
    tidied = _tidied(short) if len(short) <= LONGEST_HTML else None
    return plain(text) if tidied is None else _with_pictures(_CLEANER.clean(tidied), pictures)


def reachable(page: str) -> str:
    """Clean HTML whose tables and formulas, where they are wider than the page, scroll in a box of their own, by the
    keyboard, too. On the pages of learners; graders step from field to field.
    """
    if "<table" not in page and "<math" not in page:
        return page
    parts: list = []
    end = depth = formula = 0
    for mark in _CLEAN_TAG.finditer(page):
        parts.append(page[end : mark.start()])
        end, tag = mark.end(), mark[0]
        if tag.startswith("<table"):
            depth += 1
            if depth == 1:
                parts.append(_BOX.format("div", "Table"))
        elif tag.startswith("<math"):
            formula = len(parts)
        parts.append(tag)
        if tag == "</table>":
            depth -= 1
            if depth == 0:
                parts.append("</div>")
        elif tag == "</math>":
            letters = sum(len(part) for part in parts[formula:] if not part.startswith("<"))
            if 'display="block"' in parts[formula] or letters > LONGEST_INLINE:
                parts.insert(formula, _BOX.format("span", "Formula"))
                parts.append("</span>")
    return "".join([*parts, page[end:]])


def plain(text: str) -> str:
    """Text as it was written."""
    left = len(text) - LONGEST_PLAIN
    more = f"\n({left:,} more characters are not shown here.)" if left > 0 else ""
    return f"<pre>{html.escape(text[:LONGEST_PLAIN])}{more}</pre>"


def _without_pictures(text: str, pictures: list) -> str:
    """Put the data of pictures aside: a photograph is long, but costs nothing."""

    def aside(match):
        pictures.append(match[0])
        return f"{_ASIDE}n{len(pictures) - 1}e"

    return _PICTURE.sub(aside, text)


def _with_pictures(text: str, pictures: list) -> str:
    return re.sub(_ASIDE + r"n(\d+)e", lambda match: pictures[int(match[1])], text) if pictures else text


def _tidied(text: str) -> str | None:
    """Only tags that are allowed, and `<` as text where it begins none; None for what is nested so that cleaning it
    would take long.

    The cleaner makes it safe; this makes it quick, and keeps text that a browser would take for the inside of a tag or
    a foreign element.
    """
    text = _AND.sub("&amp;", _without_comments(text))
    parts = []
    end = 0
    tags = 0
    depth = 0
    deepest = 0
    opened: dict = {}
    for mark in _MARK.finditer(text):
        parts.append(text[end : mark.start()])
        end = mark.end()
        closing, name = mark[1], (mark[2] or "").lower()
        if len(mark[0]) == 1:
            parts.append("&lt;")
        elif name in _TAGS or name in _WITHOUT_TEXT:
            parts.append(mark[0])
            tags += 1
            if name in _NO_NESTING:
                continue
            if not closing:
                opened[name] = opened.get(name, 0) + 1
                depth += 1
                deepest = max(deepest, depth)
            elif opened.get(name):
                opened[name] -= 1
                depth -= 1
    if deepest > DEEPEST or deepest * tags > MOST_NESTED:
        return None
    tidied = "".join([*parts, text[end:]])
    return tidied if len(tidied) <= LONGEST_HTML else None


def _without_comments(text: str) -> str:
    parts, begin = [], 0
    while (comment := text.find("<!--", begin)) >= 0 and (end := text.find("-->", comment + 4)) >= 0:
        parts.append(text[begin:comment])
        begin = end + 3
    return "".join([*parts, text[begin:]])


# ---- Markdown


def markdown(source: str, lower: int = 0) -> str:
    """Markdown as clean HTML, formulas as MathML, headings `lower` levels lower."""
    return with_attachments(source, {}, lower)


def with_attachments(source: str, attachments: dict, lower: int = 0) -> str:
    """The same for a cell that holds pictures."""
    if not attachments and len(source) <= LONGEST_KEPT:
        return _remembered(source, lower)
    return _rendered(source, attachments, lower)


@functools.lru_cache(maxsize=1024)  # the instructor's cells are the same on every learner's page
def _remembered(source: str, lower: int) -> str:
    return _rendered(source, {}, lower)


def _rendered(source: str, attachments: dict, lower: int) -> str:
    pictures: list = []
    short = _without_pictures(source, pictures)
    if len(short) > LONGEST_MARKDOWN or _steps(short) > MOST_STEPS:
        return plain(source)
    attached = _Attached(attachments, pictures)
    renderer = _WithFormulas(escape=False, exclude_anchor_links=True)
    renderer.lower, renderer.attached = lower, attached
    try:
        page = MarkdownWithMath(renderer=renderer).render(attached.named_plainly(short)) + attached.rest()
        return (
            _with_pictures(renderer.with_formulas(clean(page)), pictures)
            if len(page) <= LONGEST_RENDERED
            else plain(source)
        )
    except Exception:  # a learner may write anything; it must not cost them the page
        return plain(source)


def _steps(source: str) -> int:
    """An estimate of how far a parser looks that searches for the end of everything that may begin something."""
    return max(map(source.count, _MAY_BEGIN)) * len(source)


class _Attached:
    """The pictures that a cell holds, by every name that editors write for one: with blanks, umlauts in both forms,
    or escaped.
    """

    def __init__(self, attachments: dict, pictures: list):
        self.names = list(attachments)[:MOST_ATTACHED]
        self.kinds = {_folded(name): attachments[name] for name in self.names}
        self.pictures = pictures
        self.shown: set = set()

    def named_plainly(self, source: str) -> str:
        """Markdown in which no name of an attachment has a blank or bracket, which would end it."""
        for name in self.names:
            for written in {name, unquote(name), *(unicodedata.normalize(form, name) for form in ("NFC", "NFD"))}:
                if re.search(r"[\s()<>]", written) and f"attachment:{written}" in source:
                    plainly = f"attachment:{quote(written, safe='')}"
                    source = re.sub(
                        rf"<?attachment:{re.escape(written)}>?(?=[\s)]|$)",
                        lambda match, plainly=plainly: plainly,  # type: ignore[misc]
                        source,
                    )
        return source

    def source(self, name: str) -> str:
        """What stands for it in `src` until the page is clean; "" if there is no such picture."""
        key = _folded(name)
        kinds = {kind: data for kind, data in (self.kinds.get(key) or {}).items() if _PICTURE_KIND.fullmatch(kind)}
        if not kinds:
            return ""
        self.shown.add(key)
        kind = next((kind for kind in ("image/svg+xml", "image/png", "image/jpeg") if kind in kinds), next(iter(kinds)))
        data = "".join(kinds[kind].split())
        if not re.fullmatch(r"[A-Za-z0-9+/=]*", data):
            data = base64.b64encode(kinds[kind].encode()).decode()  # an SVG as text
        return _without_pictures(f"data:{kind};base64,{data}", self.pictures)

    def rest(self) -> str:
        """HTML of the pictures to which the text does not refer: the author may have deleted the line but not the
        picture.
        """
        left = [name for name in self.names if _folded(name) not in self.shown]
        return "".join(
            f'<p><img src="{source}" alt="{html.escape(name)}"></p>' for name in left if (source := self.source(name))
        )


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unquote(html.unescape(name))).strip().casefold()


class _Renderer(IPythonRenderer):
    """nbconvert's, but a picture whose attachment is lost does not stop the page, pictures in HTML are shown too,
    and long code has no colours.
    """

    attached: _Attached

    def _embed_image_or_attachment(self, src):
        if src.startswith("attachment:"):
            return self.attached.source(src[len("attachment:") :])
        return _without_pictures(src, self.attached.pictures)

    def _with_sources(self, text: str) -> str:
        return _ATTACHED.sub(
            lambda match: f'{match[1]}"{self.attached.source(next(filter(None, match.groups()[1:]), ""))}"', text
        )

    def block_html(self, html):
        return super().block_html(self._with_sources(html))

    def inline_html(self, html):
        return super().inline_html(self._with_sources(html))

    def block_code(self, code, info=None):
        return super().block_code(code, info if len(code) <= LONGEST_FENCED else None)


class _WithFormulas(_Renderer):
    """Puts formulas aside while the HTML round them is cleaned. Headings are `lower` levels lower: a page has a
    title of its own.
    """

    lower = 0

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._mark = "formula" + secrets.token_hex(8)
        self._formulas, self._left = [], MOST_FORMULAS

    def _aside(self, tex: str, block: bool) -> str:
        self._formulas.append((tex, block))
        return f"{self._mark}n{len(self._formulas) - 1}e"

    def heading(self, text, level, **attrs):
        return super().heading(text, min(level + self.lower, 6), **attrs)

    def image(self, text, url, title=None):
        return super().image(self._filled(text, lambda tex, block: tex), url, title)

    def inline_math(self, body):
        return self._aside(body, False)

    def block_math(self, body):
        return self._aside(body, True)

    def latex_environment(self, name, body):
        return self._aside(f"\\begin{{{name}}}{body}\\end{{{name}}}", True)

    def with_formulas(self, text: str) -> str:
        return self._filled(text, self._shown)

    def _filled(self, text: str, shown) -> str:
        return re.sub(self._mark + r"n(\d+)e", lambda match: shown(*self._formulas[int(match[1])]), text)

    def _shown(self, tex: str, block: bool) -> str:
        self._left -= len(tex)
        return to_mathml(tex, block) if self._left >= 0 else as_text(tex)


# ---- code and what programs print


def highlight(source: str, language: str | None = None, metadata: dict | None = None) -> str:
    """Python in colours. Which language a learner's metadata names does not count: some lexers need hours for a
    page.
    """
    return _coloured(source) if len(source) <= LONGEST_KEPT else _coloured.__wrapped__(source)


@functools.lru_cache(maxsize=2048)  # the same on many pages: tests, given code, what was not changed
def _coloured(source: str) -> str:
    if len(source) > LONGEST_CODE or max(map(len, source.split("\n"))) > LONGEST_LINE:
        return f'<div class="highlight">{plain(source)}</div>'
    import pygments

    return pygments.highlight(source or " ", *_lexer_and_formatter())


@functools.cache
def _lexer_and_formatter():
    from IPython.lib.lexers import IPython3Lexer
    from pygments.formatters import HtmlFormatter

    return IPython3Lexer(), HtmlFormatter(cssclass=" highlight hl-ipython3")


def printed(text: str) -> str:
    """What a program printed, with its colours."""
    text = _LONG_CODE.sub("", text)
    return ansi2html(text if text.count("\x1b[") * len(text) <= MOST_COLOURS else strip_ansi(text))


def unchanged(text: str) -> str:
    """In place of a filter that nothing needs."""
    return text
