"""``earlier.py`` beside a notebook: the functions of earlier assignments, cut out of the reference. Run it after a change to either."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from course_tests.notebooks import ROOT, Notebook, sources

HEAD = '''"""What earlier assignments built, given here so that one gap there does not cascade.

Generated from the course's reference answers; change nothing here. Your own versions: see the switch at the top of the notebook.
"""
'''


def wanted(notebook: Notebook) -> list[str]:
    """The names that a notebook imports from ``earlier``."""
    names = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and "from earlier import" in cell.source:
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.ImportFrom) and node.module == "earlier":
                    names += [alias.name for alias in node.names]
    return names


def text(names: list[str], topics: list[str], root: Path = ROOT) -> str:
    """The file that defines `names` and whatever they need, from the reference modules of `topics` (in the order of the course).

    Raises
    ------
    SystemExit
        If no earlier topic defines a name, with what to edit.
    """
    definitions: dict[str, tuple[int, int, str]] = {}  # name -> place in the course, line, source
    imports: dict[str, str] = {}
    for place, topic in enumerate(topics):
        code = (root / "course_tests" / "reference" / f"{topic}.py").read_text(encoding="utf-8")
        for node in ast.parse(code).body:
            source = ast.get_source_segment(code, node)
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                definitions[node.name] = place, node.lineno, source
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        definitions[target.id] = place, node.lineno, source
            elif isinstance(node, (ast.Import, ast.ImportFrom)) and not getattr(node, "module", "").startswith("course_tests"):
                for alias in node.names:
                    imports[alias.asname or alias.name] = source
    needed, queue = set(), list(names)
    used_imports = set()
    while queue:
        name = queue.pop()
        if name in needed:
            continue
        if name not in definitions:
            sys.exit(f"No earlier topic defines {name}: write it in course_tests/reference/, or take it out of the notebook's `from earlier import`.")
        needed.add(name)
        tree = ast.parse(definitions[name][2])
        own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id not in own:
                if node.id in imports:
                    used_imports.add(imports[node.id])
                elif node.id in definitions and node.id not in needed:
                    queue.append(node.id)
    blocks = [definitions[name][2] for name in sorted(needed, key=lambda n: definitions[n][:2])]
    return "\n\n\n".join([HEAD + "\n" + "\n".join(sorted(used_imports)), *blocks]) + "\n"


def files(root: Path = ROOT) -> dict[Path, str]:
    """Path -> content of every ``earlier.py`` that the notebooks ask for."""
    notebooks = sources()
    return {notebook.path.parent / "earlier.py": text(wanted(notebook), [n.topic for n in notebooks[:place]], root)
            for place, notebook in enumerate(notebooks) if wanted(notebook)}


def main() -> None:
    for path, content in files().items():
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: written anew.")


if __name__ == "__main__":
    main()
