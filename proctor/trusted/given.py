"""Checks that the instructor gives in locked cells and in files beside the notebook.

They must be trustworthy, so they run on this side. Everything else of those cells and files belongs to the learner's
notebook and
stays in the room.
"""

from __future__ import annotations

import ast
import functools
import re
import types

from ..cells import NOT_PYTHON, is_given, is_test, source_of

_NAME = re.compile(r"(^|_)(assert|check|verify|compare|same|equals?|close|expect|grade|score)(_|$)")
_COMPARES = {"allclose", "isclose", "array_equal", "array_equiv", "approx", "raises"}


def is_check(node: ast.AST) -> bool:
    """Whether a definition is a function whose job is to compare."""
    if not isinstance(node, ast.FunctionDef):
        return False
    return bool(_NAME.search(node.name)) or any(_compares(one) for one in ast.walk(node))


def _compares(node):
    if isinstance(node, ast.Assert):
        return True
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in _COMPARES or name.startswith("assert")


def checks_of(cells: list) -> dict:
    """{name: text of the function} for the checks in locked cells that are not tests."""
    found = {}
    for cell in cells:
        if is_given(cell) and not is_test(cell):
            found.update(checks_in(source_of(cell)))
    return found


@functools.lru_cache(1024)
def checks_in(source: str) -> dict:
    """{name: text} for the checks that a text defines."""
    if "def " not in source:
        return {}
    try:
        tree = ast.parse(source)
    except NOT_PYTHON:
        return {}
    return {node.name: ast.unparse(node) for node in tree.body if isinstance(node, ast.FunctionDef) and is_check(node)}


class Helper(types.ModuleType):
    """A file of the instructor's beside the notebook: its checks run here, all other names are the room's."""

    def __init__(self, name, source, builtins, ask):
        super().__init__(name)
        vars(self).update(_source=source, _builtins=builtins, _ask=ask, _checks=None, _room=None)

    def __getattr__(self, name):
        mine = vars(self)
        if name in checks_in(mine["_source"]):
            if mine["_checks"] is None:
                mine["_checks"] = {"__name__": self.__name__, "__builtins__": mine["_builtins"]}
                exec(compile(mine["_source"], f"<{self.__name__}>", "exec"), mine["_checks"])
            return mine["_checks"][name]
        if name.startswith("__"):
            raise AttributeError(name)
        if mine["_room"] is None:
            mine["_room"] = mine["_ask"](self.__name__)
        return getattr(mine["_room"], name)
