"""`python -m benchmarks.mutants [topic ...]`: small changes of every reference that no hidden test notices.

Changes one operator, comparison, constant, axis, copy, default, argument or statement at a time in the reference of
each exercise, runs the hidden tests of that exercise, and prints the changes that pass them all, but for those that
benchmarks/equivalents.json lists: under each reason why nobody could tell the two apart (or why nobody needs to), the
changes that it holds for.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import inspect
import json
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path

from course_tests import bank, visible
from course_tests.checks import CheckFailed
from course_tests.notebooks import Notebook, hidden_tests, sources

EQUIVALENTS = Path(__file__).parent / "equivalents.json"
SECONDS = 3.0  # of CPU time for one test of a mutant, beside five times what the reference takes
OTHER_OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OTHER_FUNCTIONS = {
    "sum": "mean",
    "mean": "sum",
    "max": "min",
    "min": "max",
    "maximum": "minimum",
    "minimum": "maximum",
    "argmax": "argmin",
    "argmin": "argmax",
    "zeros": "ones",
    "ones": "zeros",
    "ceil": "floor",
    "floor": "ceil",
    "any": "all",
    "all": "any",
    "permutation": "arange",
}
# Functions without which their argument often does as well. Not float(): nobody needs to tell np.float64 from float.
LEFT_OUT = {"copy", "deepcopy", "abs", "sqrt", "int", "sorted", "astype", "ravel"}
MADE_ARRAYS = {"asarray", "array"}  # of these, the type is left out, and the copy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("topics", nargs="*", help="all, if none is given")
    parser.add_argument("-e", "--exercise", help="this exercise alone")
    options = parser.parse_args()
    known = {key for keys in json.loads(EQUIVALENTS.read_text(encoding="utf-8")).values() for key in keys}
    for notebook in sources():
        if not options.topics or notebook.topic in options.topics:
            report(notebook, known, options.exercise)


def report(notebook: Notebook, known: set[str], only: str | None = None) -> None:
    """Print the survivors of one topic, and how many mutants there were."""
    made = listed = 0
    survivors = []
    stale = {key for key in known if key.startswith(f"{notebook.topic}.") and (not only or f".{only}:" in key)}
    for exercise in (cell.grade_id for cell in notebook.exercises()):
        if exercise == visible.QUIZ or only and exercise != only:
            continue
        for key, implementation in mutants(notebook.topic, exercise):
            made += 1
            if survives(notebook.topic, exercise, implementation):
                listed += key in known
                stale.discard(key)
                if key not in known:
                    survivors.append(key)
                    print(key, flush=True)
    print(
        f"{notebook.topic}: {made} mutants, {made - listed - len(survivors)} caught, {listed} known to be equivalent, "
        f"{len(survivors)} survive",
        flush=True,
    )
    for key in sorted(stale):
        print(f"  no longer survives, take it off {EQUIVALENTS.name}: {key}")


def mutants(topic: str, exercise: str) -> Iterator[tuple[str, object]]:
    """The mutants of one exercise: a key that says what was changed, and the implementation.

    The key is ``topic.exercise: the statement before -> after``, with a number where two changes look alike.
    """
    source = inspect.getsource(bank.reference(topic))
    tree = _OwnOperators().visit(ast.parse(source))
    seen: dict[str, int] = {}
    for place in sorted(of_exercise(tree, exercise, topic)):
        for before, after, changed in changes(tree.body[place]):
            module = copy.copy(tree)
            module.body = [*tree.body[:place], changed, *tree.body[place + 1 :]]
            names: dict = {"__name__": f"course_tests.reference.{topic}"}
            try:
                exec(compile(ast.fix_missing_locations(module), f"<mutant of {topic}>", "exec"), names)
            except Exception:  # noqa: S112  (a module that does not even load is noticed by anyone)
                continue
            key = f"{topic}.{exercise}: {before} -> {after}"
            seen[key] = seen.get(key, 0) + 1
            implementation = names[exercise]
            if isinstance(implementation, (types.FunctionType, type)):
                named = next(node for node in module.body if getattr(node, "name", "") == exercise)
                implementation.__proctor_source__ = ast.unparse(named)  # type: ignore[union-attr]
            yield key + (f" (place {seen[key]})" if seen[key] > 1 else ""), implementation


class _OwnOperators(ast.NodeTransformer):
    """ast.parse uses one object for all operators of a kind; here each place has its own."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, (ast.operator, ast.cmpop, ast.boolop, ast.unaryop)):
            return type(node)()
        return super().generic_visit(node)


def of_exercise(tree: ast.Module, exercise: str, topic: str) -> set[int]:
    """The places in a module's body of what belongs to an exercise: its definition, and the helpers that it needs."""
    exercises = {name for name in vars(bank.reference(topic))} & {
        cell.grade_id for notebook in sources() if notebook.topic == topic for cell in notebook.exercises()
    }
    defined = {name: place for place, node in enumerate(tree.body) for name in names_of(node)}
    found: set[int] = set()
    queue = [exercise]
    while queue:
        name = queue.pop()
        place = defined.get(name)
        if place is None or place in found or name in exercises and name != exercise:
            continue
        found.add(place)
        queue += [node.id for node in ast.walk(tree.body[place]) if isinstance(node, ast.Name)]
    return found


def names_of(node: ast.stmt) -> list[str]:
    """What a statement of a module defines."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)]
    return []


def changes(definition: ast.stmt) -> Iterator[tuple[str, str, ast.stmt]]:
    """All definitions with one small change, each with the changed statement before and after."""
    places = [(owner, field) for owner, field, _ in walk(definition)]
    for number in range(len(places)):
        for variant in range(len(variants(next_at(definition, number)[2]))):
            changed = copy.deepcopy(definition)
            owner, field, node = next_at(changed, number)
            before = one_line(statement_of(changed, node))
            replaced = variants(node)[variant]
            put(owner, field, node, replaced)
            around = replaced if isinstance(replaced, ast.stmt) else statement_of(changed, replaced)
            yield before, one_line(around), changed


def walk(tree: ast.AST) -> Iterator[tuple[ast.AST, str, ast.AST]]:
    """(owner, field, node) for each node below `tree`, but for docstrings and annotations."""
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns", "ctx", "decorator_list"):
            continue
        for node in value if isinstance(value, list) else [value]:
            if not isinstance(node, ast.AST):
                continue
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                continue
            yield tree, field, node
            yield from walk(node)


def next_at(tree: ast.AST, number: int) -> tuple[ast.AST, str, ast.AST]:
    """The place with that number in `walk`."""
    for k, place in enumerate(walk(tree)):
        if k == number:
            return place
    raise IndexError(number)


def put(owner: ast.AST, field: str, node: ast.AST, replaced: ast.AST) -> None:
    """Put `replaced` in the place of `node`."""
    value = getattr(owner, field)
    if isinstance(value, list):
        value[next(k for k, one in enumerate(value) if one is node)] = replaced
    else:
        setattr(owner, field, replaced)


def statement_of(tree: ast.AST, node: ast.AST) -> ast.AST:
    """The innermost statement (or head of a function) that holds `node`."""
    best = tree
    for statement in ast.walk(tree):
        if isinstance(statement, ast.stmt) and any(one is node for one in ast.walk(statement)):
            best = statement  # ast.walk goes from outside in
    return best


def one_line(node: ast.AST) -> str:
    """The text of a statement; of one with a body, its head."""
    return ast.unparse(node).splitlines()[0] if isinstance(node, ast.stmt) else ast.unparse(node)


def variants(node: ast.AST) -> list[ast.AST]:
    """What may stand in the place of a node."""
    found: list[ast.AST] = [other() for other in OTHER_OPERATORS.get(type(node), ())]
    if isinstance(node, ast.Constant):
        found += [ast.Constant(value) for value in other_constants(node.value)]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        found.append(node.operand)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        found.append(node.value)
    elif isinstance(node, ast.Call):
        found += other_calls(node)
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
        for truth in (True, False) if not isinstance(node, ast.While) else (False,):
            changed = copy.deepcopy(node)
            changed.test = ast.Constant(truth)
            found.append(changed)
    elif (
        isinstance(node, (ast.AugAssign, ast.Raise)) or isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ):
        found.append(ast.Pass())
    elif isinstance(node, ast.Slice):
        found += [
            ast.Slice(*(None if part == left_out else getattr(node, part) for part in ("lower", "upper", "step")))
            for left_out in ("lower", "upper", "step")
            if getattr(node, left_out) is not None
        ]
    return found


def other_constants(value: object) -> list:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, *([value - 1] if value > 0 else [])]
    if isinstance(value, float):
        return [value * 2, value / 2, value + 1] if value else [1.0]
    return []


def other_calls(node: ast.Call) -> list[ast.AST]:
    """A call without one of its keywords, of a related function, or only its argument."""
    found: list[ast.AST] = []
    for k in range(len(node.keywords)):
        changed = copy.deepcopy(node)
        del changed.keywords[k]
        found.append(changed)
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in OTHER_FUNCTIONS:
        changed = copy.deepcopy(node)
        if isinstance(changed.func, ast.Attribute):
            changed.func.attr = OTHER_FUNCTIONS[name]
        elif isinstance(changed.func, ast.Name):
            changed.func.id = OTHER_FUNCTIONS[name]
        found.append(changed)
    made = isinstance(node.func, ast.Attribute) and name in MADE_ARRAYS and not isinstance(node.args[0], ast.List)
    if made and (name == "array" or node.args[1:] or node.keywords):
        found.append(ast.Call(ast.Attribute(node.func.value, "asarray", ast.Load()), node.args[:1], []))
    if name in LEFT_OUT:
        of_module = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") in ("np", "copy")
        if isinstance(node.func, ast.Attribute) and not of_module:
            found.append(node.func.value)
        elif node.args:
            found.append(node.args[0])
    return found


# ---------------------------------------------------------------- running the tests


def survives(topic: str, exercise: str, implementation: object) -> bool:
    """Whether a mutant passes all hidden tests of its exercise."""
    right = bank.reference(topic)
    for name, test in hidden_tests(topic).items():
        arguments = inspect.signature(test).parameters
        if exercise not in arguments:
            continue
        given = {a: implementation if a == exercise else getattr(right, a) for a in arguments}
        if not passes(test, given, SECONDS + 5 * seconds_of_reference(topic, name)):
            return False
    return True


_took: dict[tuple[str, str], float] = {}


def seconds_of_reference(topic: str, name: str) -> float:
    """CPU time that a test takes with the reference."""
    if (topic, name) not in _took:
        right, test = bank.reference(topic), hidden_tests(topic)[name]
        begin = time.process_time()
        if not passes(test, {a: getattr(right, a) for a in inspect.signature(test).parameters}, 300.0):
            sys.exit(f"The reference fails {name}: run pytest course_tests/test_{topic}.py")
        _took[topic, name] = time.process_time() - begin
    return _took[topic, name]


class _Late(BaseException):
    """Passes every `except Exception` on its way."""


def passes(test: Callable, given: dict, seconds: float) -> bool:
    """Whether a test passes within `seconds` of CPU time."""

    def strike(*_: object) -> None:
        raise _Late

    before = signal.signal(signal.SIGPROF, strike)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        with contextlib.redirect_stdout(None):
            test(**given)
        return True
    except (CheckFailed, RecursionError, _Late):
        return False
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


if __name__ == "__main__":
    main()
