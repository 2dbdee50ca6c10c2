"""The learner's text of a function or class, from the cells that ran."""

from __future__ import annotations

import ast

from ..cells import parsed

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def find(sources: list, name: str) -> str | None:
    """The last definition of `name` ("f", "Dense", "Dense.forward") in these cells, as text; None if there is none."""
    path = [part for part in name.split(".") if part != "<locals>"]
    for source in reversed(sources):
        node = _inside(parsed(source), path)
        if node is not None:
            return _text(source, node)
    return None


def uses(sources: list, name: str) -> dict:
    """{name: text} for a name and all that its definitions use, directly or through others, wherever the cells that
    ran give it a value.
    """
    bound: dict[str, list] = {}
    for source in sources:
        for node in parsed(source).body:
            for one in _bound(node):
                bound.setdefault(one, []).append((source, node))
    found, new = {}, [name]
    while new:
        one = new.pop()
        if one not in found and one in bound:
            there = bound[one]
            last = max(
                (number for number, (_, node) in enumerate(there) if isinstance(node, DEFINITIONS)), default=0
            )  # what it was before is gone
            found[one] = "\n".join(_text(source, node) for source, node in there[last:])
            new += {used for _, node in there[last:] for used in free(node)}
    return found


def free(node: ast.AST) -> set[str]:
    """The names that a statement takes from outside; those that a function gives a value to are its own."""
    loaded = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
    if not isinstance(node, DEFINITIONS):
        return loaded
    decorators = {part.id for one in node.decorator_list for part in ast.walk(one) if isinstance(part, ast.Name)}
    own = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)}
    return loaded - own - {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)} | decorators


def _text(source, node):
    """With its decorators, as inspect.getsource gives it."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
    if first == node.lineno:
        return ast.get_source_segment(source, node) or ""
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])


def _bound(node):
    """The names that a statement gives a value to."""
    if isinstance(node, DEFINITIONS):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)} | {
        part.name for part in ast.walk(node) if isinstance(part, (ast.FunctionDef, ast.ClassDef))
    }


def _inside(node, path):
    for part in path:
        for child in reversed(getattr(node, "body", [])):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and child.name == part:
                node = child
                break
            if isinstance(child, ast.Assign) and any(isinstance(t, ast.Name) and t.id == part for t in child.targets):
                node = child
                break
        else:
            return None
    return node
