"""What learners get beside a notebook and nobody edits: `earlier.py`, `practice.py`, `originals.json`, `known.json`.

`files` is `c.Proctor.given_files` in nbgrader_config.py: generate_assignment writes them into release/, and notebooks
find them while they are graded.
"""

from __future__ import annotations

import ast
import base64
import builtins
import bz2
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions
from traitlets.config import Config

from course_tests.notebooks import ROOT, Cell, Notebook, read
from course_tests.visible import QUIZ
from tools import known
from tools.known import PRACTICE

MARKERS = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)
STUB = "raise NotImplementedError()"  # as c.ClearSolutions.code_stub has it for Python

HEAD = '''"""What earlier assignments built, in the course's own words, so that one gap there does not cascade.

Change nothing here. `MY_OWN` at the top of the notebook puts what you built yourself in its place.
"""
'''
SEAL = '''

def _sealed(exercise, packed):
    """The function below, packed, until you have found your own answer; then practice.reveal("name") shows it."""
    def unpacked(stub):
        exec(compile(bz2.decompress(base64.b85decode(packed)), f"<{stub.__name__}: sealed>", "exec"), globals())
        return globals()[stub.__name__]
    return unpacked
'''


def files(assignment: str, source: Path, config: Config) -> dict[str, bytes]:
    """Name -> content of what lies beside the notebook of an assignment.

    Parameters
    ----------
    assignment : str
    source : Path
        Its folder in source/. Answers to the exercises of all assignments there are sealed. What is not there
        (a class that has a part of the course) comes from the course.
    config : Config
        Of nbgrader: how it clears solutions.
    """
    return beside(assignment, source, config, {path.parent.name for path in source.parent.glob("*/*.ipynb")})


def beside(assignment: str, source: Path, config: Config, sealed: set[str]) -> dict[str, bytes]:
    """The same, with the answers of the assignments `sealed` sealed in `earlier.py` and all others in plain text."""
    notebooks = _course(source)
    notebook = next((other for other in notebooks if other.assignment == assignment), None)
    if notebook is None:
        return {}
    begun = originals(notebook, config)
    files = {"practice.py": PRACTICE.read_bytes(), "originals.json": begun.encode()}
    names_mistakes = known.text_for(notebook, begun)
    if names_mistakes:
        files["known.json"] = names_mistakes.encode()
    if wanted(notebook):
        files["earlier.py"] = earlier(notebook, notebooks, sealed).encode()
    return files


def text_for(folder: Path) -> str:
    """``earlier.py`` in plain text, for a notebook that runs in a folder named after its assignment."""
    notebooks = _course(folder)
    notebook = next((candidate for candidate in notebooks if candidate.assignment == folder.name), None)
    if notebook is None:
        raise ImportError(
            f"No notebook of the course belongs in a folder {folder.name}: open it in source/<assignment>/"
        )
    return earlier(notebook, notebooks, set())


def _course(source: Path) -> list[Notebook]:
    """The notebooks beside an assignment's folder, and those of the course that are not there, in order."""
    paths = {
        path.parent.name: path
        for folder in (ROOT / "source", source.parent)
        for path in sorted(folder.glob("*/*.ipynb"))
    }
    return [read(paths[name]) for name in sorted(paths)]


def originals(notebook: Notebook, config: Config) -> str:
    """The named code cells as learners get them, by nbgrader's own preprocessors: exercises, tests and given cells."""
    released = nbformat.read(notebook.path, as_version=4)
    for clear in (ClearSolutions, ClearHiddenTests):
        released, _ = clear(config=config).preprocess(released, {})
    cells = [
        {"name": cell.grade_id, "role": _role(cell), "text": released.cells[cell.index].source}
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.grade_id
    ]
    content = {"notebook": notebook.path.name, "cells": cells, "quiz": questions(notebook)}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def questions(notebook: Notebook) -> list[str]:
    """The questions of the quiz in Markdown, for a panel that shows one at a time."""
    end = next((cell.index for cell in notebook.cells if cell.grade_id == QUIZ), 0)
    text = "\n\n".join(cell.source for cell in notebook.cells[:end] if cell.cell_type == "markdown")
    last_section = re.split(r"^#+ ", text, flags=re.MULTILINE)[-1]
    _, *found = re.split(r"^(?=\*\*(?:Question )?\d+\.)", last_section, flags=re.MULTILINE)
    return [question.strip() for question in found]


def _role(cell: Cell) -> str:
    return {"solution": "exercise", "test": "test"}.get(cell.role, "given")


# ---------------------------------------------------------------- earlier.py


@dataclass(frozen=True)
class Definition:
    """One function, class or value of a notebook: as it was taught, and where."""

    name: str
    text: str
    place: tuple[int, int, int]  # assignment, cell, line
    assignment: str
    exercise: str = ""  # empty for what is given
    locked: bool = False  # given in a cell that learners cannot edit
    released: str = ""  # the cell of the exercise as learners get it


@dataclass
class Taught:
    """What one notebook defines, imports, and takes from earlier ones."""

    definitions: dict[str, Definition] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    earlier: list[str] = field(default_factory=list)


def taught(notebook: Notebook, number: int = 0) -> Taught:
    """What a notebook defines; of several definitions of a name the exercise counts, then a locked cell, then the
    first.
    """
    result, rank = Taught(), {}
    for cell in notebook.cells:
        if cell.cell_type != "code" or cell.role == "test":
            continue
        text = MARKERS.sub("", cell.source)
        lines = text.splitlines()
        order = {"solution": 2, "given": 1}.get(cell.role, 0)
        for node in ast.parse(text).body:
            first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])
            segment = "\n".join(lines[first - 1 : node.end_lineno])
            if isinstance(node, ast.ImportFrom) and node.module == "earlier":
                result.earlier += [alias.name for alias in node.names]
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                for alias in node.names:
                    result.imports.setdefault(alias.asname or alias.name.partition(".")[0], _one_import(node, alias))
            for name in _defined(node):
                if name not in rank or order > rank[name]:
                    rank[name] = order
                    result.definitions[name] = Definition(
                        name,
                        segment,
                        (number, cell.index, first),
                        notebook.assignment,
                        cell.grade_id if cell.role == "solution" else "",
                        cell.role == "given",
                        released(cell) if cell.role == "solution" else "",
                    )
    return result


def _one_import(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    only = ast.Import([alias]) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, [alias], node.level)
    return ast.unparse(only)


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def released(cell: Cell) -> str:
    """What learners see of an exercise's cell."""
    return re.sub(
        r"^([ \t]*)### BEGIN SOLUTION\n.*?### END SOLUTION", rf"\1{STUB}", cell.source, flags=re.MULTILINE | re.DOTALL
    )


def wanted(notebook: Notebook) -> list[str]:
    """The names that a notebook imports from ``earlier``."""
    return taught(notebook).earlier


def earlier(notebook: Notebook, notebooks: list[Notebook], sealed: set[str]) -> str:
    """The text of ``earlier.py``: what a notebook takes from earlier ones, cut out of their cells, and what that needs.

    Raises
    ------
    SystemExit
        If no earlier notebook defines a name, with what to edit.
    """
    before = [taught(one, number) for number, one in enumerate(notebooks) if one.assignment < notebook.assignment]
    chosen: dict[str, Definition] = {}
    imports: set[str] = set()
    queue = [
        (name, len(before)) for name in wanted(notebook)
    ]  # and in how many notebooks to look; 0: it is chosen already
    while queue:
        name, end = queue.pop()
        definition = _find(name, before[:end]) or chosen.get(name)
        if definition is None:
            raise SystemExit(
                f"No notebook before {notebook.path.name} defines {name}: "
                "remove it from its `from earlier import`, or write it."
            )
        if chosen.setdefault(name, definition) != definition:
            raise SystemExit(
                f"{notebook.path.name} needs two different things called {name}, of "
                f"{chosen[name].assignment} and {definition.assignment}: "
                "rename one of them."
            )
        own = before[definition.place[0]]
        for other in _asked(definition.text) - chosen.keys():
            here = own.definitions.get(other)
            if other in own.earlier and (here is None or here.place > definition.place):
                queue.append((other, definition.place[0]))
            elif here:
                chosen[other] = own.definitions[other]
                queue.append((other, 0))
            elif other in own.imports:
                imports.add(own.imports[other])
    exercises = {one.exercise for notebook in before for one in notebook.definitions.values()}
    again = sorted(name for name, one in chosen.items() if name in exercises and not one.exercise)
    return _written(sorted(chosen.values(), key=lambda one: one.place), imports, sealed, again)


def _find(name: str, before: list[Taught]) -> Definition | None:
    """The latest exercise or locked cell that defines it; else what a notebook gives under that name."""
    found = [one.definitions[name] for one in reversed(before) if name in one.definitions]
    return next((one for one in found if one.exercise == name or one.locked), found[0] if found else None)


def _asked(text: str) -> set[str]:
    """The names that a definition takes from around it."""
    tree = ast.parse(text)
    own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - own - set(dir(builtins))


def _written(definitions: list[Definition], imports: set[str], sealed: set[str], again: list[str]) -> str:
    closed = [one for one in definitions if one.exercise and one.assignment in sealed]
    if closed:
        imports = imports | {"import base64", "import bz2"}
    blocks = [_seal(definition) if definition in closed else definition.text for definition in definitions]
    plain, packages = (
        sorted(line for line in imports if ("numpy" in line or "matplotlib" in line) is third)
        for third in (False, True)
    )
    head = "\n\n".join("\n".join(lines) for lines in (plain, packages) if lines)
    return (
        HEAD
        + "\n"
        + head
        + "\n"
        + (
            f"\nGIVEN = {again}  # exercises of these names are older: what mine/ keeps of them does not fit here\n"
            if again
            else ""
        )
        + (SEAL if closed else "")
        + "".join(f"\n\n{block}\n" for block in dict.fromkeys(blocks))
    )


def _seal(definition: Definition) -> str:
    """A definition whose signature and docstring can be read, and nothing else."""
    packed = base64.b85encode(bz2.compress(definition.text.encode())).decode()
    lines = "\n".join(f'         "{packed[start : start + 100]}"' for start in range(0, len(packed), 100)).strip()
    (node,) = ast.parse(definition.text).body
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        raise SystemExit(
            f"{definition.name} of {definition.assignment} is a value that its exercise asks for; "
            "no notebook can take it from `earlier`."
        )
    stub = ast.unparse(_stub(node, definition.released))
    return f'@_sealed("{definition.assignment}/{definition.exercise}",\n         {lines})\n{stub}'


def _stub(node: ast.FunctionDef | ast.ClassDef, released: str):
    """Only what learners see of it in its cell: names, arguments and docstrings."""
    doc = ast.get_docstring(node, clean=False)
    kept: list[ast.stmt] = [node.body[0]] if doc and doc in released else []
    if isinstance(node, ast.ClassDef):
        kept += [
            _stub(part, released)
            for part in node.body
            if isinstance(part, ast.FunctionDef) and f"def {part.name}(" in released
        ]
    node.body = kept or [ast.Expr(ast.Constant(...))]
    return node
