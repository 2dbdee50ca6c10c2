"""`nbgrader generate_feedback`: what each test promises, whether it passes, and the learner's own error; never a hidden
test.

The page is one file without scripts and without anything from the network, and HTML that the learner wrote is cleaned.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context
from markupsafe import Markup, escape
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.ansi import strip_ansi
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbconvert.preprocessors import Preprocessor
from nbgrader.server_extensions import formgrader
from traitlets.config import Config

from proctor.cells import about, is_answer, is_graded, is_test

from . import outline
from .bounds import bounded
from .gradebook import read_marks
from .hidden import cutter
from .markup import clean, highlight, markdown, plain, printed, reachable, unchanged, with_attachments
from .top import top

if TYPE_CHECKING:
    from jinja2.runtime import Context
    from nbformat import NotebookNode

__all__ = [
    "AnswerExporter",
    "FeedbackExporter",
    "ForLearners",
    "Grades",
    "GraderExporter",
    "clean",
    "configure",
    "highlight",
    "markdown",
    "printed",
    "reachable",
    "unchanged",
]
_WITHOUT_ALT = re.compile(r"<img\b(?![^>]*\salt=)")
_HEADING = re.compile(r"<(/?)h([1-6])\b")
_PATH = re.compile(r"(?:(?<=m)|(?<![\w:/.<]))/(?:[^\s/:'\"<>|\x1b]+/)+")  # `(?<=m)`: the end of a colour code


def configure(c: Config) -> None:
    """Use this module for feedback; formgrader's own pages look as before, but need no network and run no script
    of a learner's.
    """
    here = os.path.join(os.path.dirname(__file__), "templates")
    c.HTMLExporter.sanitize_html = True
    # formgrader calls its template "formgrade": ours of that name comes first and holds only what loads MathJax from a
    # server in theirs
    c.HTMLExporter.extra_template_basedirs = [here, os.path.join(os.path.dirname(formgrader.__file__), "templates")]
    c.HTMLExporter.filters = {
        "markdown2html": "proctor.plugin.feedback.markdown_for_graders",
        "clean_html": "proctor.plugin.feedback.clean",
        "highlight_code": "proctor.plugin.feedback.highlight",
        "ansi2html": "proctor.plugin.feedback.printed",
        "strip_files_prefix": "proctor.plugin.feedback.unchanged",
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


class Grades(Preprocessor):
    """nbgrader's scores and comments, and which answers still wait for a person."""

    enabled = True

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple:
        """Take them from `resources["nbgrader"]["marks"]`, or else from the gradebook."""
        notebook = resources["nbgrader"]
        place = notebook["student"], notebook["notebook"]
        marks = (
            notebook.pop("marks", None)
            or read_marks(notebook["db_url"], notebook["assignment"], notebook["student"])[place]
        )
        for cell in nb.cells:
            meta = about(cell)
            if is_graded(cell):
                meta["score"], meta["points"], meta["waits"] = marks.grades[meta["grade_id"]]
            if is_answer(cell) or meta.get("task"):
                meta["comment"] = marks.comments[meta["grade_id"]]
        notebook["name"] = getattr(marks, "name", "")
        notebook.update(score=marks.score - marks.penalty, max_score=marks.max_score, late_penalty=marks.penalty)
        return nb, resources


class ForLearners(Preprocessor):
    """Takes out what a learner must not see: hidden tests, marking schemes, tracebacks of tests, paths of this
    machine.
    """

    enabled = True

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._cut = cutter(self.config)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple:
        """Also collect the rows of the table of results."""
        nb, resources = super().preprocess(nb, resources)
        info = nb.metadata.get("proctor", {})
        exercises = outline.outline(nb, code=not resources.get("plain"))
        resources["proctor"] = {
            "messages": [_without_paths(m) for m in info.get("messages", [])],
            "exercises": exercises,
            **_sums(exercises),
        }
        answers = {cell.metadata.nbgrader.grade_id: cell for cell in nb.cells if is_answer(cell)}
        for exercise in exercises:
            shown = []
            for cell in exercise.tests:
                cell.outputs = [
                    o for o in cell.outputs if o not in shown
                ]  # one figure for an exercise is enough, unless they differ
                shown += cell.outputs
                cell.metadata["read_again"] = _read_again(cell, exercise, exercises, answers)
        resources["proctor"]["top"] = top(exercises)
        nb.metadata.pop("widgets", None)
        return nb, resources

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int) -> tuple:
        """Clean one cell."""
        meta = about(cell)
        theirs = not meta or is_answer(
            cell
        )  # a mark in what a learner wrote hides nothing, and an unclosed one would break the page
        hidden = not theirs and self._cut(cell)
        if cell.cell_type != "code":
            return cell, resources
        for output in cell.outputs:
            if output.output_type == "error":
                output.traceback = [_without_paths(line) for line in output.traceback]
                output.evalue = _without_paths(output.evalue)
            elif output.output_type == "stream" and output.name == "stderr":
                output.text = _without_paths(output.text)
        if is_test(cell):
            result = cell.metadata.get("proctor")
            if result is None:  # graded by stock nbgrader: its traceback may show a hidden test
                from .grading import sentence
                from .template import Cell

                spec = Cell("", "code", cell.source, grade_id=meta.get("grade_id", ""))
                passed = (meta.get("score") or 0) >= (meta.get("points") or 0)
                result = {
                    "sentence": sentence(spec),
                    "passed": passed,
                    "message": "" if passed else "This test did not pass.",
                }
                if hidden:
                    cell.outputs = []
            result = {
                key: value for key, value in result.items() if key != "mistakes"
            }  # their names are for those who teach
            lines = [_without_paths(line) for line in result.get("headline") or () if isinstance(line, str)]
            cell.metadata["proctor"] = {
                **result,
                "message": _without_paths(result.get("message") or ""),
                "headline": lines,
            }
            cell.outputs = [o for o in cell.outputs if o.output_type != "error"]
        return cell, resources


def _sums(exercises: list) -> dict:
    """What the head of the page says beside the score: bonus points, and points that wait for a person."""
    bonus = [exercise for exercise in exercises if exercise.bonus]
    waiting = [cell for exercise in exercises for cell in exercise.cells if cell.metadata.nbgrader.get("waits")]
    return {
        "bonus": sum(exercise.points for exercise in bonus),
        "bonus_score": sum(exercise.score for exercise in bonus),
        "waiting": sum(float(cell.metadata.nbgrader.get("points") or 0) for cell in waiting),
    }


def _read_again(cell, exercise, exercises: list, answers: dict) -> list:
    """[(words, anchor or "")]: the heading above the test, the exercise that a named mistake belongs to, and a line
    of the course's.
    """
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


class GraderExporter(HTMLExporter):
    """HTML of a notebook that a learner handed in, at a bounded cost. With `resources["plain"]`, what the learner
    wrote is shown as text only.
    """

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw: Any) -> tuple[Any, dict]:
        """nbconvert's, without its second reading of the whole page, which costs more than everything else."""
        resources = self._init_resources(resources)
        self.register_filter(
            "filter_data_type",
            WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=resources),
        )
        simple = bool(resources.get("plain"))
        for name, wanted in self._filters(simple).items():
            self.register_filter(name, wanted)
        page, resources = super(HTMLExporter, self).from_notebook_node(bounded(nb, simple), resources, **kw)
        return _WITHOUT_ALT.sub('<img alt="A picture without a description"', page), resources

    def _filters(self, simple: bool) -> dict:
        if simple:
            return {
                "markdown2html": _uncoloured_markdown,
                "clean_html": plain,
                "highlight_code": _uncoloured,
                "ansi2html": _stripped,
                "strip_files_prefix": unchanged,
            }
        return {
            "markdown2html": markdown_for_graders,
            "clean_html": clean,
            "highlight_code": highlight,
            "ansi2html": printed,
            "strip_files_prefix": unchanged,
        }


class FeedbackExporter(GraderExporter):
    """The learner's page: without scripts, with formulas as MathML."""

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw: Any) -> tuple[Any, dict]:
        """Headings go down by one level at a time."""
        page, resources = super().from_notebook_node(nb, resources, **kw)
        return _without_gaps(page), resources

    def _filters(self, simple: bool) -> dict:
        filters = {**super()._filters(simple), "is_test": is_test, "in_words": _in_words}
        if simple:
            return filters
        return {**filters, "markdown2html": _markdown_for_learners, "clean_html": _clean_for_learners}


class AnswerExporter(GraderExporter):
    """Some cells of a notebook as part of a grader's page: cleaned, without scripts, with formulas as MathML."""

    def _filters(self, simple: bool) -> dict:
        filters = super()._filters(simple)
        return filters if simple else {**filters, "markdown2html": _markdown_of_answers}


def for_answers() -> Config:
    """The configuration of `AnswerExporter`, whatever a course has set for pages of its own."""
    c = Config()
    c.AnswerExporter.template_name = "proctor_answer"
    c.AnswerExporter.extra_template_basedirs = [os.path.join(os.path.dirname(__file__), "templates")]
    c.AnswerExporter.sanitize_html = True
    return c


def _in_words(text: str) -> Markup:
    """A sentence as HTML, with what stands in backticks as code."""
    parts = strip_ansi(text).split("`")
    if len(parts) % 2 == 0:  # one of them has no partner
        return escape("`".join(parts))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )


@pass_context
def _markdown_for_learners(context, source):
    return reachable(with_attachments(source, context.get("cell", {}).get("attachments") or {}, lower=1))


def _clean_for_learners(text):
    return reachable(clean(text))


@pass_context
def _markdown_of_answers(context, source):  # under the page's title and the answer's
    return with_attachments(source, context.get("cell", {}).get("attachments") or {}, lower=2)


@pass_context
def markdown_for_graders(context: Context, source: str) -> str:
    """Markdown that a learner may have written, as clean HTML, for formgrader's page."""
    return with_attachments(source, context.get("cell", {}).get("attachments") or {})


@pass_context  # as its namesake: templates are compiled once for both
def _uncoloured_markdown(context, source: str) -> str:
    return plain(source)


def _uncoloured(source: str, language=None, metadata=None) -> str:
    return plain(source)


def _stripped(text: str) -> str:
    return escape(strip_ansi(text))


def _without_gaps(page: str) -> str:
    """Headings that go down by one level at a time, for screen readers, whatever the notebook does."""
    above: list = []
    now = 0

    def renumbered(match):
        nonlocal now
        if not match[1]:
            level = int(match[2])
            above[:] = [one for one in above if one < level] + [level]
            now = len(above)
        return f"<{match[1]}h{now or match[2]}"

    return _HEADING.sub(renumbered, page)


def _without_paths(text: str) -> str:
    """Leave the last part of every absolute path."""
    return _PATH.sub("", text)
