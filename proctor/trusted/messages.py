"""What a learner may read about a test that failed: never a line of a hidden test, an expected value or a path."""

from __future__ import annotations

import ast
import builtins
import re
from dataclasses import dataclass
from typing import Any

from ..cells import HIDDEN, NOT_PYTHON, Mistake, hidden_lines
from .proxy import Refused

NEUTRAL = "This test did not pass."
LATE = "Your code {}, so this test did not pass. Look for an endless loop or very slow code."
DEAD = "Your code stopped its own process while this test ran, so this test did not pass."
LARGEST_FIGURE = 100_000  # characters
TOO_LONG = "This test took more than {} of computing time with your code, so it did not pass."


def explain(
    error: BaseException,
    source: str,
    filename: str,
    visible_names: Any = frozenset(),
    marks: tuple = HIDDEN,
    cause_of: Any = lambda name: "",
) -> str:
    """One message for the learner.

    Parameters
    ----------
    cause_of : callable
        ``cause_of(name)`` -> a sentence that says why the learner's name is missing, or "".
    """
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
            return f"What your code returns cannot be graded: {text}."
        head = f"Your code raised {name}: {text}" if text else f"Your code raised {name}"
        missing = re.fullmatch(r"name '(\w+)' is not defined.*", text) if name == "NameError" else None
        cause = cause_of(missing[1]) if missing else ""
        return "\n".join(filter(None, [head, lines, cause]))
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
            return cause_of(error.name) or f"`{error.name}` is not defined when this test runs."
    return NEUTRAL


@dataclass(frozen=True)
class InsideError:
    """What a room says about a test that ran in it and failed. The room has read the test, so none of its words
    reach the learner.
    """

    name: str = ""
    text: str = ""
    line: int = 0

    @classmethod
    def of(cls, parts: Any) -> InsideError:
        """From what the room sent; empty if that tells nothing."""
        if type(parts) is not tuple or tuple(map(type, parts)) != (str, str, int):
            return cls()
        return cls(parts[0], parts[1][:2000], parts[2])

    @property
    def reason(self) -> str:
        """For the instructor."""
        return " ".join(
            (
                f"{self.name}: {self.text}"
                if self.text
                else self.name or "the process that ran it ended without an answer"
            ).split()
        )[:300]

    def message(self, source: str, visible_names: frozenset = frozenset(), marks: tuple = HIDDEN) -> str:
        """For the learner, in words of this side: which visible line did not hold, or the kind of error."""
        if not self.name:
            return DEAD
        line = visible_statement(source, self.line, marks)
        if line and self.name == "AssertionError":
            return f"This line did not hold: {line}"
        kind = getattr(builtins, self.name, None)
        if self.name == "NameError":
            missing = self.text.split("'")[1:2]
            return f"`{missing[0]}` is not defined when this test runs." if set(missing) & visible_names else NEUTRAL
        if self.name != "AssertionError" and isinstance(kind, type) and issubclass(kind, Exception):
            return f"{NEUTRAL} It ended with an error of the kind {self.name}."
        return NEUTRAL


def reason(error: BaseException | None) -> str:
    """What ended a test, for the instructor."""
    name, text, _ = (
        getattr(error, "__proctor_learner__", (type(error).__name__, str(error), ""))
        if error is not None
        else ("", "", "")
    )
    return " ".join((f"{name}: {text}" if text else name).split())[:300]


def figure(error: BaseException) -> tuple:
    """(SVG, words, caption) that a check of the course gives with its failure by Jupyter's own `_repr_mimebundle_`;
    () if there is none.
    """
    if not hasattr(type(error), "_repr_mimebundle_") or hasattr(error, "__proctor_learner__"):
        return ()
    data, metadata = error._repr_mimebundle_()  # type: ignore[attr-defined]
    about = metadata.get("image/svg+xml", {})
    svg, words, caption = data.get("image/svg+xml"), about.get("alt"), about.get("caption", "")
    fits = (
        all(type(text) is str for text in (svg, words, caption))
        and svg.startswith("<svg")
        and len(svg) <= LARGEST_FIGURE
    )
    return (svg, words[:2000], caption[:300]) if fits else ()


def read_again(error: BaseException) -> tuple[str, ...]:
    """What a check of the course says that the learner should read again: grade ids or lines of text."""
    return tuple(line[:300] for line in _said(error, "read_again") if type(line) is str)


def headline(error: BaseException) -> tuple[str, ...]:
    """What a check of the course says first: the sentence that names the mistake, or two of which one is likely."""
    return tuple(line[:2000] for line in _said(error, "headline") if type(line) is str)


def mistakes(error: BaseException) -> tuple[Mistake, ...]:
    """The known mistakes that a check of the course found, by their names in the course and with what the learner is
    told.
    """
    pairs = [pair for pair in _said(error, "mistakes") if type(pair) in (tuple, list) and len(pair) == 2]
    return tuple(Mistake(name[:300], hint[:2000]) for name, hint in pairs if type(name) is type(hint) is str)


def _said(error: BaseException, what: str) -> tuple | list:
    """A short list that a failing check of the course carries; nothing that an error of the learner's says."""
    said = getattr(error, what, ()) if not hasattr(error, "__proctor_learner__") else ()
    return said[:5] if type(said) in (tuple, list) else ()


def visible_statement(source: str, number: int, marks: tuple = HIDDEN) -> str:
    """The assert statement at this line, if the learner sees all of it."""
    hidden = hidden_lines(source, marks)
    try:
        tree = ast.parse(source)
    except NOT_PYTHON:
        return ""
    for node in ast.walk(tree):
        last = getattr(node, "end_lineno", 0)
        if isinstance(node, ast.Assert) and node.lineno <= number <= last:
            if hidden & set(range(node.lineno, last + 1)):
                return ""
            return ast.get_source_segment(source, node) or ""
    return ""
