"""The learner's text of a function or class, from the cells that ran."""

from __future__ import annotations

import ast


def find(sources: list, name: str) -> str | None:
    """The last definition of `name` ("f", "Dense", "Dense.forward") in these cells, as text; None if there is none."""
    path = [part for part in name.split(".") if part != "<locals>"]
    for source in reversed(sources):
        node = _inside(_parse(source), path)
        if node is not None:
            return ast.get_source_segment(source, node)
    return None


def _parse(source):
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


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
