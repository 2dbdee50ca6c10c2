"""Whether a test failed for a reason that is for the instructor to fix: nothing that any learner writes could make it
pass.
"""

from __future__ import annotations

import ast
import os

from ..cells import NOT_PYTHON, names_in
from .proxy import Refused

TOLD = "This test could not be run. That is not your fault: your instructor has been told."


class NotHere(Exception):
    """A test cell that only a kernel can run."""


def fault_of(error: BaseException, source: str, filename: str, given: str, tests: list, broken: set) -> str:
    """The reason, or "" where the learner's code may be it.

    Parameters
    ----------
    source, filename : str
        Of the test cell.
    given : str
        All that learners were given to read: what it names is theirs to define or to write.
    tests : list of str
        Sources of all test cells: a name that one of them binds is missing because that one failed.
    broken : set of str
        Names that are missing because a test before this one could not be run; those of this one are added.
    """
    if hasattr(error, "__proctor_learner__") or isinstance(error, Refused):
        return ""
    reason = _reason(error, filename, given, tests, broken)
    if reason:
        broken.update(_bound(source))
    return reason


def _reason(error, filename, given, tests, broken):
    if isinstance(error, NotHere):
        return str(error)
    frames, importing = [], False
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(code.co_filename)
        importing = importing or code.co_name == "<module>" and code.co_filename != filename
        trace = trace.tb_next
    ran = filename in frames
    if isinstance(error, SyntaxError) and (error.filename == filename and not ran):
        return f"line {error.lineno} is not valid Python ({error.msg})"
    if not ran:
        return ""
    if isinstance(error, ImportError):
        name = error.name or ""
        theirs = name.split(".")[0] + ".py" in given
        return "" if theirs else f"it cannot import what it needs ({type(error).__name__}: {error})"
    if importing and isinstance(error, Exception):
        return f"a module that it imports fails ({type(error).__name__}: {error})"
    if isinstance(error, NameError) and frames[-1] == filename:
        name = getattr(error, "name", None) or ""
        if name in broken:
            return f"{name!r} comes from a test that could not be run"
        known = name in names_in(given) or any(name in _bound(test) for test in tests)
        return "" if known or not name else f"nobody defines {name!r}"
    if isinstance(error, FileNotFoundError) and frames[-1] == filename and isinstance(error.filename, str):
        file = os.path.basename(error.filename)
        return "" if file in given else f"it needs the file {file!r}, which does not exist"
    return ""


def _bound(source: str) -> set:
    """All names that a cell gives a value to, anywhere."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except NOT_PYTHON:
        return set()
    found = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    found |= {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
    return found | {
        (alias.asname or alias.name).split(".")[0]
        for node in nodes
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
