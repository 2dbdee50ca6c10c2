"""Which of the cells that only show something may be left out, because no other cell uses a name of theirs.

Found out before anything runs: a notebook that could be run twice would have two attempts, and a name that is there but
has another value raises no error.
"""

from __future__ import annotations

import ast
import dis
import functools
import re
import types

from proctor.cells import NOT_PYTHON

# Code with one of these may find a name in ways that cannot be seen.
_BY_OTHER_WAYS = frozenset(
    "globals locals vars dir eval exec compile runpy __main__ __dict__ __builtins__ get_ipython user_ns".split()
)
_MAGIC = re.compile(r"(?m)^\s*[%!].*\n?")
_BRANCHES = (ast.If, ast.Try, ast.While, ast.Match, *([ast.TryStar] if hasattr(ast, "TryStar") else []))


def unneeded(shown: list, given: list, written: list, files: dict) -> bool:
    """Whether the cells `shown` may be left out.

    Parameters
    ----------
    shown : list of str
        Sources of the cells that only show something.
    given, written : list of str
        Sources of all other code cells: the instructor's, and the learner's.
    files : dict
        Name -> content of the learner's own files.
    """
    again = frozenset().union(*map(_imported, given)) & frozenset().union(
        *map(_imported, shown)
    )  # imported by a cell that does run, too
    makes = frozenset().union(*map(_made, shown)) - again
    modules = [content.decode("utf-8", "replace") for name, content in files.items() if name.endswith(".py")]
    if any(re.search(r"\b__main__\b", text) for text in modules):
        return False
    if any(_hides(source) or makes & _asked(source, True) for source in written):
        return False
    return not any(makes & _asked(source, False) for source in given)


def _parsed(source: str) -> list | None:
    for text in (source, _MAGIC.sub("", source)):
        try:
            return ast.parse(text).body
        except NOT_PYTHON:
            continue
    return None


@functools.lru_cache(4096)
def _hides(source: str) -> bool:
    """Whether it cannot be known which names this code uses."""
    return (
        _parsed(source) is None
        or "%run" in source
        or "%load" in source
        or not _BY_OTHER_WAYS.isdisjoint(re.findall(r"\w+", source))
    )


def _codes(node: ast.stmt) -> list:
    """The code of a statement, and of the functions, classes and comprehensions in it."""
    try:
        found = [compile(ast.Module([node], []), "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)]
    except NOT_PYTHON:
        return []
    for code in found:
        found += [one for one in code.co_consts if isinstance(one, types.CodeType)]
    return found


@functools.lru_cache(4096)
def _asked(source: str, later: bool) -> frozenset:
    """The names that a cell uses before it has certainly assigned them; `later`: or after, in a function, when
    a name may have another.
    """
    asked = set()
    have: set = set()
    for node in _parsed(source) or ():
        top, *inner = _codes(node) or [None]
        new: set = set()
        for step in dis.get_instructions(top) if top else ():
            if step.opname in ("LOAD_NAME", "LOAD_GLOBAL", "DELETE_NAME"):
                asked |= {step.argval} - have - new
            elif step.opname == "STORE_NAME" and not isinstance(node, _BRANCHES):
                new.add(step.argval)
        have |= new
        inside = {
            step.argval
            for code in inner
            for step in dis.get_instructions(code)
            if step.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
        }
        asked |= inside if later else inside - have
    return frozenset(asked)


@functools.lru_cache(4096)
def _made(source: str) -> frozenset:
    """The names that a cell assigns or deletes."""
    found = set()
    for node in _parsed(source) or ():
        top, *inner = _codes(node) or [None]
        found |= (
            {step.argval for step in dis.get_instructions(top) if step.opname in ("STORE_NAME", "DELETE_NAME")}
            if top
            else set()
        )
        found |= {
            step.argval
            for code in inner
            for step in dis.get_instructions(code)
            if step.opname in ("STORE_GLOBAL", "DELETE_GLOBAL")
        }
    return frozenset(found)


@functools.lru_cache(4096)
def _imported(source: str) -> frozenset:
    return frozenset(
        (alias.asname or alias.name).split(".")[0]
        for node in _parsed(source) or ()
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    )
