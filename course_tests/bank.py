"""The bank: wrong answers that learners really give, and right answers written otherwise.

A module ``misconceptions/<topic>.py`` or ``alternatives/<topic>.py`` is a list of functions with a decorator each.
Importing the
module fills the bank; `topic(name)` imports what belongs to one topic.
"""

from __future__ import annotations

import ast
import copy
import functools
import importlib
import inspect
import linecache
import pkgutil
import re
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

MISCONCEPTIONS: list[Entry] = []
ALTERNATIVES: list[Entry] = []


@dataclass(frozen=True)
class Entry:
    """One answer in the bank.

    Attributes
    ----------
    topic, exercise, name : str
        The topic (``"activations"``), the exercise that it answers (``"sigmoid"``), and a verb phrase
        (``"forgets_the_minus"``).
    implementation : object
        What the learner would have defined: a function, a class, or a plain value.
    caught_by : tuple of str
        The hidden tests that must fail. All others must pass. Empty for an alternative.
    hint : str
        What the learner reads. May hold ``{got}`` and ``{want}``: the first entry that differs, and what it should be.
    read : str
        What else to read again, for feedback; may be empty.
    written : object
        The function or class as it stands in the bank; for an exercise that asks for a value, the function that gives
        it. Or source.
    """

    topic: str
    exercise: str
    name: str
    implementation: Any
    caught_by: tuple[str, ...] = ()
    hint: str = ""
    read: str = ""
    written: Any = ""

    @functools.cached_property
    def code(self) -> str:
        """Source that defines the exercise's name this way, as a learner would have written it. Made when it is
        asked for: grading never asks.
        """
        if isinstance(self.written, str):
            return self.written
        if self.written is self.implementation:
            code, before = written_out(self.written, self.exercise), f"{self.exercise}_as_before"
            return code if not re.search(rf"\b{before}\(", code) else self._right_as(before) + code
        code = source_of(self.written, f"_{self.exercise}") + f"{self.exercise} = _{self.exercise}()\n"
        return _imports(code, self.written) + code

    def _right_as(self, name: str) -> str:
        """A right answer that needs no other, defining `name`: for a wrong one that begins with the right one."""
        for entry in of(ALTERNATIVES, self.topic, self.exercise):
            code = source_of(entry.written, self.exercise)
            if code.count(f"{self.exercise}(") == 1 and "_as_before" not in code:
                return _imports(code, entry.written) + source_of(entry.written, name)
        raise ValueError(
            f"{self.label} calls {self.exercise}, and no alternative stands by itself: write one that does"
        )

    @property
    def label(self) -> str:
        """``activations-sigmoid-forgets_the_minus``, for pytest's report."""
        return f"{self.topic}-{self.exercise}-{self.name}"


def misconception(
    exercise: str, *, caught_by: str | list[str], hint: str, value: bool = False, read: str = ""
) -> Callable:
    """Register the decorated function or class as a wrong answer to `exercise`.

    Parameters
    ----------
    exercise : str
        The name that the learner was asked to define.
    caught_by : str or list of str
        The hidden tests that must fail for it, and no others.
    hint : str
        One or two sentences that name the mistake. No other entry may have the same.
    value : bool
        The exercise asks for a value, not a function: call the decorated function once and take what it returns.
    read : str
        What to read again beside the exercise itself ("04_losses, Exercise 3"): a line on the feedback page.
    """
    tests = (caught_by,) if isinstance(caught_by, str) else tuple(caught_by)
    return _register(MISCONCEPTIONS, exercise, tests, hint, value, read)


def alternative(exercise: str, *, value: bool = False) -> Callable:
    """Register the decorated function or class as a right answer, written otherwise; it must get full marks."""
    return _register(ALTERNATIVES, exercise, (), "", value)


def add_wrong_options(topic: str, hints: dict[int, dict[str, str]], right: dict[int, str]) -> None:
    """Register every wrong option of a quiz as a misconception of the exercise ``answers``.

    Parameters
    ----------
    topic : str
    hints : dict
        Question number -> wrong letter -> the hint for who chose it.
    right : dict
        Question number -> right letter.
    """
    for number, options in hints.items():
        for letter, hint in options.items():
            answers = {**right, number: letter}
            MISCONCEPTIONS.append(
                Entry(
                    topic,
                    "answers",
                    f"question_{number}_{letter}",
                    answers,
                    (f"test_quiz_{number}",),
                    hint,
                    written=f"answers = {answers!r}\n",
                )
            )


def of(entries: list[Entry], topic: str, exercise: str) -> list[Entry]:
    """The entries for one exercise of one topic, in the order in which they are written."""
    load(topic)
    return [e for e in entries if e.topic == topic and e.exercise == exercise]


def topics() -> list[str]:
    """All topics that have a reference module, by name."""
    from course_tests import reference

    return sorted(module.name for module in pkgutil.iter_modules(reference.__path__))


def reference(topic: str) -> ModuleType:
    """The module of right answers for `topic`."""
    return importlib.import_module(f"course_tests.reference.{topic}")


@functools.cache
def load(topic: str) -> None:
    """Import what fills the bank for `topic`."""
    for shelf in ("misconceptions", "alternatives"):
        importlib.import_module(f"course_tests.{shelf}.{topic}")


def source_of(implementation: Any, name: str) -> str:
    """The source of a function or class, without decorators and docstring, defining `name`.

    A class that overrides what is wrong in a class of its own module is written out whole, as a learner would have
    written it.

    Raises
    ------
    OSError, TypeError
        If Python does not know the source.
    """
    node = _definition(implementation)
    if isinstance(node, ast.ClassDef):
        _write_out(node, implementation)
    node.decorator_list = []
    if isinstance(node, ast.FunctionDef) and name in getattr(implementation, "__globals__", ()):
        for inner in ast.walk(node):  # it begins with the right answer, which its module imports
            if isinstance(inner, ast.Name) and inner.id == name != node.name:
                inner.id = f"{name}_as_before"
    old_name, node.name = node.name, name
    if ast.get_docstring(node) and len(node.body) > 1:
        node.body = node.body[1:]
    for inner in ast.walk(node):  # a recursive function calls itself by its new name
        if isinstance(inner, ast.Name) and inner.id == old_name:
            inner.id = name
    return ast.unparse(node) + "\n"


@functools.cache
def written_out(implementation: Any, name: str) -> str:
    """`source_of`, with the imports that it needs."""
    code = source_of(implementation, name)
    return _imports(code, implementation) + code


def _definition(implementation: Any) -> Any:
    """The statement that defines a function or class, to be changed at will."""
    if inspect.isclass(implementation) and "." not in implementation.__qualname__:  # inspect reads the whole file anew
        found = _classes(inspect.getsourcefile(implementation)).get(implementation.__name__)
        if found is not None:
            return copy.deepcopy(found)
    return ast.parse(textwrap.dedent(inspect.getsource(implementation))).body[0]


@functools.cache
def _classes(file: str | None) -> dict[str, ast.ClassDef]:
    """The classes of a module by name."""
    body = ast.parse("".join(linecache.getlines(file or ""))).body
    return {node.name: node for node in body if isinstance(node, ast.ClassDef)}


def _write_out(node: ast.ClassDef, implementation: type) -> None:
    """Put what `implementation` inherits from classes of its own module into the body of `node`, each member at its
    place.
    """
    own = {_member(part): part for part in node.body}
    for base in implementation.__bases__:
        if base.__module__ != implementation.__module__:
            continue
        right = _definition(base)
        _write_out(right, base)
        node.bases = [one for one in node.bases if getattr(one, "id", "") != base.__name__]
        inherited = []
        for part in right.body:
            name = _member(part)
            if name in own and _asks_super(own[name]):  # its own lines go on with the method that it overrides
                part.name = kept = f"{name.strip('_')}_as_before"
                inherited.append(part)
                own[name] = _AsBefore(name, kept).visit(own[name])
            inherited.append(own.pop(name, part))
        node.body = [_AsBefore("", "").visit(part) for part in inherited + list(own.values())]


def _asks_super(part: ast.stmt) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "super" for node in ast.walk(part))


class _AsBefore(ast.NodeTransformer):
    """``super().forward(X)`` becomes ``self.forward_as_before(X)`` where forward is overridden, and ``self.forward(X)``
    elsewhere.
    """

    def __init__(self, name: str, kept: str):
        self.name, self.kept = name, kept

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == "super":
            return ast.Attribute(
                ast.Name("self", ast.Load()), self.kept if node.attr == self.name else node.attr, node.ctx
            )
        return node


def _member(part: ast.stmt) -> str:
    """The name that a statement in the body of a class defines, or its text."""
    if isinstance(part, ast.Assign):
        return ast.unparse(part.targets[0])
    return getattr(part, "name", ast.unparse(part))


def _imports(code: str, implementation: Any) -> str:
    """The import lines that `code` needs beside NumPy, which every notebook has."""
    known = vars(sys.modules[implementation.__module__])
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    lines = []
    for name in sorted(used - {"np"}):
        thing = known.get(name)
        if isinstance(thing, ModuleType):
            lines.append(f"import {thing.__name__}" + (f" as {name}" if name != thing.__name__ else ""))
        elif callable(thing) and getattr(thing, "__module__", "").partition(".")[0] in sys.stdlib_module_names - {
            "builtins"
        }:
            lines.append(f"from {thing.__module__} import {name}")
    return "".join(line + "\n" for line in lines)


def _register(
    shelf: list[Entry], exercise: str, tests: tuple[str, ...], hint: str, value: bool, read: str = ""
) -> Callable:
    def remember(implementation):
        topic = implementation.__module__.rpartition(".")[2]
        shelf.append(
            Entry(
                topic,
                exercise,
                implementation.__name__,
                implementation() if value else implementation,
                tests,
                hint,
                read,
                implementation,
            )
        )
        return implementation

    return remember
