"""What a learner may read about a test that failed: never a line of a hidden test, an expected value or a path."""

from __future__ import annotations

import ast

from ..job import HIDDEN
from .proxy import Refused

NEUTRAL = "This test did not pass."
LATE = "Your code {}, so this test did not pass. Look for an endless loop or very slow code."
DEAD = "Your code stopped its own process while this test ran, so this test did not pass."
LARGEST_FIGURE = 100_000  # characters
TOO_LONG = "This test took more than {} of computing time with your code, so it did not pass."


def explain(error: BaseException, source: str, filename: str, visible_names=frozenset(), marks=HIDDEN) -> str:
    """One message for the learner."""
    render = getattr(type(error), "_render_traceback_", None)
    if render is not None and not hasattr(error, "__proctor_learner__"):
        try:
            lines = render(error)
            text = lines if isinstance(lines, str) else "\n".join(lines)
            return text[:8000]
        except Exception:
            return NEUTRAL
    learner = getattr(error, "__proctor_learner__", None)
    if learner is not None:
        name, text, lines = learner
        if name == "Ungradable":
            return f"What your code gives back cannot be graded: {text}."
        head = f"Your code raised {name}: {text}" if text else f"Your code raised {name}"
        return head + ("\n" + lines if lines else "")
    if isinstance(error, Refused):
        return str(error)
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is not None and last.tb_frame.f_code.co_filename == filename:
        if isinstance(error, AssertionError):
            line = visible_statement(source, last.tb_lineno, marks)
            if line:
                text = " ".join(str(error).split("\n")[:20])[:2000]
                return f"This line did not hold: {line}" + (f"\n{text}" if text else "")
        if isinstance(error, NameError) and getattr(error, "name", None) in visible_names:
            return f"`{error.name}` is not defined when this test runs."
    return NEUTRAL


def figure(error: BaseException) -> tuple:
    """(SVG, words) that a check of the course gives with its failure by Jupyter's own `_repr_mimebundle_`; () if there is none."""
    if not hasattr(type(error), "_repr_mimebundle_") or hasattr(error, "__proctor_learner__"):
        return ()
    data, metadata = error._repr_mimebundle_()
    svg, words = data.get("image/svg+xml"), metadata.get("image/svg+xml", {}).get("alt")
    fits = type(svg) is str and type(words) is str and svg.startswith("<svg") and len(svg) <= LARGEST_FIGURE
    return (svg, words[:2000]) if fits else ()


def read_again(error: BaseException) -> tuple:
    """What a check of the course says that the learner should read again: grade ids or lines of text."""
    lines = getattr(error, "read_again", ()) if not hasattr(error, "__proctor_learner__") else ()
    return tuple(line[:300] for line in lines[:5] if type(line) is str) if type(lines) in (tuple, list) else ()


def hidden_lines(source: str, marks: tuple = HIDDEN) -> set:
    """Numbers of the lines that nbgrader takes out of the release, the lines with marks included.

    Parameters
    ----------
    marks : tuple of (str, str)
        How what is hidden begins and ends, see `proctor.job.Job`.
    """
    hidden = set()
    for begin, end in marks:
        inside = False
        for number, line in enumerate(source.splitlines(), 1):
            inside = begin in line or inside and end not in line
            if inside or end in line:
                hidden.add(number)
    return hidden


def visible_statement(source: str, number: int, marks: tuple = HIDDEN) -> str:
    """The assert statement at this line, if the learner sees all of it."""
    hidden = hidden_lines(source, marks)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and node.lineno <= number <= node.end_lineno:
            if hidden & set(range(node.lineno, node.end_lineno + 1)):
                return ""
            return ast.get_source_segment(source, node) or ""
    return ""


def names_in(text: str) -> set:
    """Every identifier that stands in the text."""
    import re
    return set(re.findall(r"[A-Za-z_]\w*", text))
