"""`nbgrader generate_feedback`: what each test promises, whether it holds, and the learner's own error; never a hidden test.

The page is one file without scripts and without anything from the network, and HTML that the learner wrote is cleaned.
"""

from __future__ import annotations

import functools
import os
import re
import secrets

import bleach
from bleach.css_sanitizer import CSSSanitizer
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbconvert.preprocessors import Preprocessor
from nbgrader.preprocessors import GetGrades
from nbgrader.server_extensions import formgrader

from . import outline
from .hidden import cutter
from .mathml import to_mathml

_TAGS = [
    *bleach.ALLOWED_TAGS, "p", "br", "hr", "div", "span", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "img", "table", "thead", "tbody",
    "tfoot", "tr", "th", "td", "caption", "del", "s", "u", "sub", "sup", "small", "dl", "dt", "dd", "details", "summary", "kbd", "figure", "figcaption",
]
# Nothing is fetched from another machine; in a grader's browser a picture that is really "/logout" would be asked for with the grader's cookie.
_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,|(?!/)(?!.*(\.|%2e){2})[^:\\?&\t\r\n]*$", re.IGNORECASE)
_LINK = re.compile(r"(https?:|mailto:|#|[^:]*$)", re.IGNORECASE)
_WITHOUT_ALT = re.compile(r"<img\b(?![^>]*\salt=)")
_HEADING = re.compile(r"<(/?)h([1-6])\b")
_PATH = re.compile(r"(?:(?<=m)|(?<![\w:/.<]))/(?:[^\s/:'\"<>|\x1b]+/)+")  # `(?<=m)`: the end of a colour code
_ACTIVE_TEX = re.compile(r"\\(href|require|style)(?![a-zA-Z])")  # where a page is shown with MathJax, it would make a link that runs
_CSS = CSSSanitizer(allowed_css_properties=["text-align", "color", "background-color", "width", "height", "font-weight", "font-style"])


def configure(c):
    """Use this module for feedback; formgrader's own pages keep their look, but need no network and run no learner's script."""
    here = os.path.join(os.path.dirname(__file__), "templates")
    c.HTMLExporter.sanitize_html = True
    # formgrader calls its template "formgrade": ours of that name comes first and holds only what loads MathJax from a server in theirs
    c.HTMLExporter.extra_template_basedirs = [here, os.path.join(os.path.dirname(formgrader.__file__), "templates")]
    c.HTMLExporter.filters = {
        "markdown2html": "proctor.plugin.feedback.markdown_for_graders",
        "clean_html": "proctor.plugin.feedback.clean",
    }
    c.GenerateFeedback.exporter_class = FeedbackExporter
    c.GenerateFeedback.preprocessors = [
        "proctor.plugin.feedback.Grades",
        "proctor.plugin.feedback.ForLearners",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]
    # nbgrader sets HTMLExporter's template in several places; the section of the subclass is stronger than all of them
    c.FeedbackExporter.template_name = "proctor_feedback"
    c.FeedbackExporter.extra_template_basedirs = [here]
    c.FeedbackExporter.sanitize_html = True
    c.FeedbackExporter.filters = {}  # it has its own


class Grades(GetGrades):
    """nbgrader's scores and comments, and which answers still wait for a person."""

    def _get_score(self, cell, resources):
        super()._get_score(cell, resources)
        grade = self.gradebook.find_grade(cell.metadata["nbgrader"]["grade_id"], self.notebook_id, self.assignment_id, self.student_id)
        cell.metadata.nbgrader["waits"] = bool(grade.needs_manual_grade)


class ForLearners(Preprocessor):
    """Takes out what a learner must not see: hidden tests, marking schemes, tracebacks of tests, paths of this machine."""

    enabled = True

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._cut = cutter(self.config)

    def preprocess(self, nb, resources):
        """Also collect the rows of the table of results."""
        nb, resources = super().preprocess(nb, resources)
        info = nb.metadata.get("proctor", {})
        exercises = outline.outline(nb)
        resources["proctor"] = {"messages": [_without_paths(m) for m in info.get("messages", [])], "exercises": exercises, **_sums(exercises)}
        answers = {cell.metadata.nbgrader.grade_id: cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("solution")}
        for exercise in exercises:
            shown = []
            for cell in exercise.tests:
                cell.outputs = [o for o in cell.outputs if o not in shown]  # one figure for an exercise is enough, unless they differ
                shown += cell.outputs
                cell.metadata["read_again"] = _read_again(cell, exercise, exercises, answers)
        nb.metadata.pop("widgets", None)
        return nb, resources

    def preprocess_cell(self, cell, resources, index):
        """Clean one cell."""
        meta = cell.metadata.get("nbgrader", {})
        theirs = not meta or bool(meta.get("solution"))  # a mark in what a learner wrote hides nothing, and without its end would cost the page
        hidden = not theirs and self._cut(cell)
        if cell.cell_type != "code":
            return cell, resources
        for output in cell.outputs:
            if output.output_type == "error":
                output.traceback = [_without_paths(line) for line in output.traceback]
                output.evalue = _without_paths(output.evalue)
            elif output.output_type == "stream" and output.name == "stderr":
                output.text = _without_paths(output.text)
        if meta.get("grade") and not meta.get("solution"):
            result = cell.metadata.get("proctor")
            if result is None:  # graded by stock nbgrader: its traceback may show a hidden test
                from .grading import sentence
                from .template import Cell

                spec = Cell("", "code", cell.source, grade_id=meta.get("grade_id", ""))
                passed = (meta.get("score") or 0) >= (meta.get("points") or 0)
                result = {"sentence": sentence(spec), "passed": passed, "message": "" if passed else "This test did not pass."}
                if hidden:
                    cell.outputs = []
            cell.metadata["proctor"] = {**result, "message": _without_paths(result.get("message") or "")}
            cell.outputs = [o for o in cell.outputs if o.output_type != "error"]
        return cell, resources


def _sums(exercises: list) -> dict:
    """What the head of the page says beside the score: bonus points, and points that wait for a person."""
    bonus = [exercise for exercise in exercises if exercise.bonus]
    waiting = [cell for exercise in exercises for cell in exercise.cells if cell.metadata.nbgrader.get("waits")]
    return {
        "bonus": sum(exercise.points for exercise in bonus), "bonus_score": sum(exercise.score for exercise in bonus),
        "waiting": sum(float(cell.metadata.nbgrader.get("points") or 0) for cell in waiting),
    }


def _read_again(cell, exercise, exercises: list, answers: dict) -> list:
    """[(words, anchor or "")]: the heading above the test, the exercise that a named mistake belongs to, and a line of the course's."""
    found = [exercise.heading] if exercise.heading else []
    if exercise.part and exercise.part.anchor != exercise.heading.anchor:
        found.append(exercise.part)
    lines = []
    for line in cell.metadata["proctor"].get("read_again", ()):
        if line in answers:
            found += [one.heading for one in exercises if one.heading and line in one.names]
        else:
            lines.append((line, ""))
    return list(dict.fromkeys((one.title, one.anchor) for one in found)) + lines


class FeedbackExporter(HTMLExporter):
    """HTML without scripts, with formulas as MathML."""

    @pass_context
    def markdown2html(self, context, source):
        """Markdown that a learner may have written, as clean HTML."""
        attachments = context.get("cell", {}).get("attachments")
        return _with_attachments(source, attachments, lower=1) if attachments else _without_attachments(source)

    def from_notebook_node(self, nb, resources=None, **kw):
        """nbconvert's, without its second reading of the whole page, which costs more than all the rest."""
        resources = self._init_resources(resources)
        filter_data_type = WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=resources)
        self.register_filter("filter_data_type", filter_data_type)
        self.register_filter("highlight_code", Highlight2HTML(parent=self))
        page, resources = super(HTMLExporter, self).from_notebook_node(nb, resources, **kw)
        return _without_gaps(_WITHOUT_ALT.sub('<img alt="A picture without a description"', page)), resources

    def default_filters(self):
        """nbconvert's, with ours for what learners write."""
        yield from super().default_filters()
        yield "markdown2html", self.markdown2html
        yield "clean_html", clean


def _with_attachments(source: str, attachments: dict, lower: int = 0) -> str:
    renderer = _WithFormulas(escape=False, attachments=attachments, exclude_anchor_links=True)
    renderer.lower = lower
    return renderer.with_formulas(_rendered(source, renderer))


def markdown(source: str, lower: int = 0) -> str:
    """Markdown as clean HTML, formulas as MathML, headings `lower` levels lower."""
    return _with_attachments(source, {}, lower)


@functools.lru_cache(maxsize=1024)  # the instructor's cells are the same on every learner's page
def _without_attachments(source: str) -> str:
    return _with_attachments(source, {}, lower=1)


@pass_context
def markdown_for_graders(context, source):
    """The same for formgrader's page."""
    return _with_attachments(source, context.get("cell", {}).get("attachments") or {})


def _rendered(source: str, renderer) -> str:
    try:
        return clean(MarkdownWithMath(renderer=renderer).render(source))
    except Exception:  # a learner may write anything; it must not cost them the page
        return f"<pre>{bleach.clean(source, tags=[])}</pre>"


class _Renderer(IPythonRenderer):
    """nbconvert's, but a picture whose attachment is lost does not stop the page."""

    def _embed_image_or_attachment(self, src):
        try:
            return super()._embed_image_or_attachment(src)
        except InvalidNotebook:
            return ""


class _WithFormulas(_Renderer):
    """Puts formulas aside while the HTML round them is cleaned. Headings are `lower` levels lower: a page has a title of its own."""

    lower = 0

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._mark = "formula" + secrets.token_hex(8)
        self._formulas = []

    def _aside(self, tex: str, block: bool) -> str:
        self._formulas.append((tex, block))
        return f"{self._mark}n{len(self._formulas) - 1}e"

    def heading(self, text, level, **attrs):
        return super().heading(text, min(level + self.lower, 6), **attrs)

    def inline_math(self, body):
        return self._aside(body, False)

    def block_math(self, body):
        return self._aside(body, True)

    def latex_environment(self, name, body):
        return self._aside(f"\\begin{{{name}}}{body}\\end{{{name}}}", True)

    def with_formulas(self, text: str) -> str:
        return re.sub(self._mark + r"n(\d+)e", lambda match: to_mathml(*self._formulas[int(match[1])]), text)


def _without_gaps(page: str) -> str:
    """Headings that go down by one level at a time, for those who listen to the page, whatever the notebook does."""
    above, now = [], 0

    def renumbered(match):
        nonlocal now
        if not match[1]:
            level = int(match[2])
            above[:] = [one for one in above if one < level] + [level]
            now = len(above)
        return f"<{match[1]}h{now or match[2]}"

    return _HEADING.sub(renumbered, page)


def clean(text) -> str:
    """HTML with harmless tags only; everything else is shown as text or left out."""
    text = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    text = re.sub(r"(?is)<(script|style)\b.*?(</\1\s*>|\Z)", "", text)
    text = _ACTIVE_TEX.sub(r"\\text", text)
    return bleach.clean(text, tags=_TAGS, attributes=_allowed, protocols=["http", "https", "mailto", "data"], css_sanitizer=_CSS, strip=True)


def _allowed(tag: str, name: str, value: str) -> bool:
    if name in ("class", "title", "alt", "width", "height", "colspan", "rowspan", "align", "style", "start"):
        return True
    if tag == "img" and name == "src":
        return bool(_IMAGE.match(value.strip()))
    if tag == "a" and name == "href":
        return bool(_LINK.match(value.strip()))
    return False


def _without_paths(text: str) -> str:
    """Leave the last part of every absolute path."""
    return _PATH.sub("", text)
