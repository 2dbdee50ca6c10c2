"""`make lint` finds nothing."""

import ast

import pytest

from tools import lint


@pytest.mark.parametrize("name", lint.commands())
def test_nothing_is_found(name):
    done = lint.run(lint.commands()[name])
    assert done.returncode == 0, f"{done.stdout}\nRun `make lint`."


def test_a_finding_fails(tmp_path):
    (tmp_path / "fault.py").write_text("import os\n", encoding="utf-8")
    done = lint.run(["ruff", "check", "--select", "F", "."], tmp_path)
    assert done.returncode == 1 and "fault.py:1" in done.stdout


def unannotated(text: str) -> list[str]:
    """Public functions and methods of a module that do not say all they take and give."""
    names = []

    def visit(body, owner=""):
        for node in body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                visit(node.body, f"{node.name}.")
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_"):
                arguments = [*node.args.posonlyargs, *node.args.args]
                static = any(getattr(decorator, "id", "") == "staticmethod" for decorator in node.decorator_list)
                arguments = arguments[1:] if owner and not static else arguments
                arguments += [*node.args.kwonlyargs, *filter(None, (node.args.vararg, node.args.kwarg))]
                if node.returns is None or any(argument.annotation is None for argument in arguments):
                    names.append(owner + node.name)

    visit(ast.parse(text).body)
    return names


def test_public_functions_are_annotated():
    """Those of the course's own library (course_tests/reference/) have types and shapes in their docstrings instead."""
    folders = ("proctor", "classroom", "tools", "benchmarks")
    paths = [path for folder in folders for path in sorted((lint.ROOT / folder).rglob("*.py"))]
    paths += [lint.ROOT / "course_tests" / f"{name}.py" for name in ("bank", "checks", "figures", "notebooks")]
    found = {
        path.relative_to(lint.ROOT).as_posix(): names
        for path in paths
        if not {"tests", "templates"} & set(path.relative_to(lint.ROOT).parts)
        and (names := unannotated(path.read_text(encoding="utf-8")))
    }
    assert not found, f"Annotate what these public functions take and give: {found}"


def test_an_unannotated_function_is_found():
    text = "class A:\n    def f(self, x: int): ...\n    def g(self) -> int: ...\n\ndef h(*args) -> int: ...\n"
    assert unannotated(text + "def _private(x): ...\n") == ["A.f", "h"]
