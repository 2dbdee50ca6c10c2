"""What a test does to the notebook it shares with the learner: names that it sets or deletes, functions that it
replaces, code that it looks at.

In a kernel the learner's functions see all of it. Here the room is given what the learner may know anyway: values that
the visible part of a
test spells out, the learner's own things, and functions as callbacks. What a hidden part or a hidden module gave a name
never leaves.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import copy
import doctest
import functools
import importlib.util
import inspect
import io
import itertools
import re
import symtable
import sys
import typing
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..cells import HIDDEN, hidden_lines, parsed
from .proxy import STAND_INS, link
from .sources import DEFINITIONS

if TYPE_CHECKING:
    from .session import Session

PUBLIC = {
    "math",
    "cmath",
    "statistics",
    "itertools",
    "functools",
    "operator",
    "collections",
    "string",
    "fractions",
    "decimal",
    "datetime",
    "random",
    "re",
    "numpy",
    "scipy",
    "pandas",
    "io",
    "sympy",
    "networkx",
}
BUILTINS = {name for name in dir(builtins) if not name.startswith("_")} - {
    "open",
    "input",
    "eval",
    "exec",
    "compile",
    "globals",
    "locals",
    "vars",
    "dir",
    "getattr",
    "breakpoint",
}
READS = re.compile(r"^(load|read|open|from(file|txt)|gen|fetch|_)")
TARGET = re.compile(r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")
_EMPTY: tuple = (
    *(iter(empty) for empty in ([], (), {}, set(), "", range(0), {}.items(), {}.values())),  # type: ignore[var-annotated]
    *(zip(), map(str, ()), filter(None, ()), enumerate(()), reversed([0])),
    (number for number in [0]),
)
ITERATORS = {type(one) for one in _EMPTY} | {kind for kind in vars(itertools).values() if isinstance(kind, type)}
VIEWS = {type({}.keys()): "keys", type({}.values()): "values", type({}.items()): "items"}


@functools.lru_cache(4096)
def spelled_out(source: str, marks: tuple = HIDDEN) -> frozenset:
    """The names whose values the visible part of a test spells out: from literals, from one another, by built-ins and
    public modules.

    A name that any other statement also assigns does not count.
    """
    tree, hidden = parsed(source), hidden_lines(source, marks)
    if any(
        isinstance(node, (ast.Global, ast.Nonlocal))
        or isinstance(node, ast.Name)
        and node.id in ("globals", "locals", "vars", "exec", "eval", "setattr")
        for node in ast.walk(tree)
    ):
        return frozenset()
    visible = [node for node in tree.body if not hidden & set(range(node.lineno, (node.end_lineno or node.lineno) + 1))]
    simple = [
        node
        for node in visible
        if isinstance(node, ast.FunctionDef) or isinstance(node, ast.Assign) and all(map(_names_only, node.targets))
    ]
    others = {name for node in tree.body if node not in simple for part in ast.walk(node) for name in _stored(part)}
    modules = {name for node in visible for name in _public(node)}
    known, changed = {name for node in simple for name in _given(node)} - others, True
    while changed:  # what is made from any other name does not count either
        wrong = {
            name
            for node in simple
            if not _plain(node.value if isinstance(node, ast.Assign) else node, known | modules)
            for name in _given(node)
        }
        changed = bool(wrong & known)
        known -= wrong
    return frozenset(known)


def _names_only(target):
    return (
        isinstance(target, ast.Name) or isinstance(target, (ast.Tuple, ast.List)) and all(map(_names_only, target.elts))
    )


def _given(node):
    """The names that an assignment or a definition gives a value to."""
    if isinstance(node, ast.FunctionDef):
        return {node.name}
    return {part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)}


def _public(node):
    """The names that an import takes from public modules."""
    if isinstance(node, ast.Import):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names if alias.name.split(".")[0] in PUBLIC}
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PUBLIC:
        return {alias.asname or alias.name for alias in node.names if not READS.match(alias.name)}
    return set()


def _stored(node):
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return {node.id}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return (
        {node.name}
        if isinstance(node, (*DEFINITIONS, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name
        else set()
    )


def _plain(node, known) -> bool:
    parts = list(ast.walk(node))
    own = {part.arg for part in parts if isinstance(part, ast.arg)} | {name for part in parts for name in _stored(part)}
    for part in parts:
        if (
            isinstance(part, ast.Name)
            and part.id not in known | own | BUILTINS
            or isinstance(part, ast.Attribute)
            and READS.match(part.attr)
        ):
            return False
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.startswith(("/", "~", "..")):
            return False
        if isinstance(part, (ast.Import, ast.ImportFrom, ast.Await, ast.Global, ast.Nonlocal)):
            return False
    return True


@functools.lru_cache(4096)
def globals_read(source: str) -> frozenset:
    """The names that functions of a cell look up among the globals when they are called."""
    if "def " not in source and "lambda" not in source:
        return frozenset()
    try:
        new, names = symtable.symtable(source, "cell", "exec").get_children(), set()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    while new:
        table = new.pop()
        names |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        new += table.get_children()
    return frozenset(names)


@functools.lru_cache(4096)
def targets(source: str) -> tuple:
    """(module, name) of what a test may replace: `patch("random.randint")`, `patch.object(random, "randint")`,
    `random.randint = ...`.
    """
    if "patch" not in source and "setattr" not in source and ".=" not in re.sub(r"\.\w+\s*=(?!=)", ".=", source):
        return ()
    tree, replaced = parsed(source), set()
    modules = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TARGET.match(node.value):
            replaced.add(tuple(node.value.rpartition(".")[::2]))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name):
            replaced.add((modules.get(node.value.id, ""), node.attr))
        elif (
            isinstance(node, ast.Call)
            and len(node.args) > 1
            and isinstance(node.args[0], ast.Name)
            and isinstance(node.args[1], ast.Constant)
            and isinstance(node.args[1].value, str)
        ):
            replaced.add((modules.get(node.args[0].id, ""), node.args[1].value))
    return tuple(
        sorted(
            (module, name)
            for module, name in replaced
            if module.split(".")[0] in PUBLIC | {"builtins", "time", "os", "sys"}
        )
    )[:50]


class Replaced:
    """What the present test has replaced of the modules that the learner's code uses."""

    def __init__(self, source):
        self.before = []
        for module, name in targets(source):
            found = sys.modules.get(module)
            if hasattr(found, name):
                self.before.append((module, name, getattr(found, name)))

    def now(self) -> tuple:
        found = []
        for module, name, before in self.before:
            value = getattr(sys.modules[module], name, before)
            if value is not before and (callable(value) or type(value) in (int, float, str, bool, type(None))):
                found.append((module, name, value))
        return tuple(found)


@contextlib.contextmanager
def code_shown(session: Session) -> Iterator[None]:
    """inspect.getsource and its kin give the learner's text for the learner's things."""
    names = (
        "getsource",
        "getsourcelines",
        "isgeneratorfunction",
        "iscoroutinefunction",
        "isasyncgenfunction",
        "get_annotations",
    )
    before, hints, find = (
        {name: getattr(inspect, name) for name in names},
        typing.get_type_hints,
        doctest.DocTestFinder.find,
    )

    def getsource(thing):
        return "".join(getsourcelines(thing)[0]) if isinstance(thing, STAND_INS) else before["getsource"](thing)

    def getsourcelines(thing):
        if not isinstance(thing, STAND_INS):
            return before["getsourcelines"](thing)
        text = session.source_of(thing)
        if text is None:
            type_name = link(thing).type_name
            raise (
                OSError("could not get source code")
                if type_name == "function" or link(thing).word == "class"
                else TypeError(
                    f"module, class, method, function, traceback, frame, or code object was expected, got {type_name}"
                )
            )
        return (text + "\n").splitlines(keepends=True), 0

    def flagged(name, flag):
        def ask(thing):
            if not isinstance(thing, STAND_INS):
                return before[name](thing)
            return bool(link(thing).session.do("flags", thing, (), {}) & flag)

        return ask

    # Annotations and docstrings of the learner's are text that must not run on this side.
    def get_annotations(thing, **options):
        return before["get_annotations"](
            thing, **{**options, **({"eval_str": False} if isinstance(thing, STAND_INS) else {})}
        )

    def get_type_hints(thing, *args, **options):
        return (
            link(thing).session.do("hints", thing, (), {})
            if isinstance(thing, STAND_INS)
            else hints(thing, *args, **options)
        )

    def find_examples(finder, thing, *args, **options):
        if isinstance(thing, STAND_INS):
            raise TypeError("the examples in a docstring of the learner's cannot run outside the room")
        return find(finder, thing, *args, **options)

    made = {
        "get_annotations": get_annotations,
        "getsource": getsource,
        "getsourcelines": getsourcelines,
        "isgeneratorfunction": flagged("isgeneratorfunction", inspect.CO_GENERATOR),
        "iscoroutinefunction": flagged("iscoroutinefunction", inspect.CO_COROUTINE),
        "isasyncgenfunction": flagged("isasyncgenfunction", inspect.CO_ASYNC_GENERATOR),
    }
    for name, function in made.items():
        setattr(inspect, name, function)
    module: Any = typing
    finder_class: Any = doctest.DocTestFinder
    module.get_type_hints, finder_class.find = get_type_hints, find_examples
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(inspect, name, function)
        module.get_type_hints, finder_class.find = hints, find


CODE = re.compile(
    r"__|\.\s*[^\W\d]|\b(eval|exec|open|compile|getattr|setattr|delattr|globals|locals|vars|input|breakpoint|exit|quit|help|lambdify|preview|plot\w*|autowrap|ufuncify|codegen|lambda|import|type|object|super)\b"
)


@contextlib.contextmanager
def formulas_only(source: str) -> Iterator[None]:
    """SymPy reads text by running it: text that is not of the test itself may be a formula and nothing else."""
    if "sympy" not in source and "sympy" not in sys.modules or importlib.util.find_spec("sympy") is None:
        yield
        return
    from sympy.parsing import sympy_parser

    before = sympy_parser.stringify_expr

    def stringify_expr(text, *args, **options):
        if text not in source and CODE.search(text):
            raise ValueError("a text that is not a formula")
        return before(text, *args, **options)

    sympy_parser.stringify_expr = stringify_expr
    try:
        yield
    finally:
        sympy_parser.stringify_expr = before


def snapshot(value: Any) -> Any:
    """A value as it is now: a later statement may put into a list what must not leave."""
    if callable(value) or isinstance(value, STAND_INS):
        return value
    return copy.deepcopy(value)


def guest(x: Any) -> tuple | None:
    """(word, what to send) for an iterator, a view, a text file or a pattern that a test gives to the learner's
    code; None for anything else.
    """
    cls = type(x)
    if cls in ITERATORS:
        return "iterator", x.__next__
    if cls in VIEWS:
        return "view", (VIEWS[cls], tuple(x))
    if cls is io.StringIO or cls is io.BytesIO:
        return "buffer", (x.getvalue(), x.tell(), x.write)
    if cls is io.TextIOWrapper and x.readable() and not x.closed:
        return "lines", x.readline
    if cls is re.Pattern:
        return "pattern", (x.pattern, x.flags)
    return None
