"""A learner's cell that stopped before its end: where and why, and what of it can still run.

One line that only the learner's machine understands (a magic, an import, a file) precedes a function that has nothing
to do with
it. Such a line is left out and the cell goes on after it: nothing runs twice, so nobody has two attempts.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

MOST_LEFT_OUT = 20  # statements of one cell
GONE = "#"  # IPython drops empty lines at the top
MAGIC = re.compile(r"^(\s*)(?:[%!]|\w+\s*=\s*[%!])")
ABSENT = ("ModuleNotFoundError", "ImportError")
FILES = ("FileNotFoundError", "PermissionError", "OSError", "NotADirectoryError", "IsADirectoryError")
NETWORK = (
    "URLError",
    "HTTPError",
    "gaierror",
    "TimeoutError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "ConnectTimeout",
    "ReadTimeout",
    "MaxRetryError",
    "NameResolutionError",
    "SSLError",
    "ProxyError",
)
# Names that VS Code, a module, Databricks and Spark give to a program.
ELSEWHERE = ("__vsc_ipynb_file__", "__file__", "dbutils", "spark", "sc", "sqlContext")
# (name of an error, what its text holds): the module of another version or system, a setting of another version, a
# window, a keyboard, a variable of the environment, a language, a program.
OTHERS = (
    ("AttributeError", re.compile(r"^module '\S+' has no attribute|FigureManager|Shell' object")),
    ("OptionError", re.compile("")),
    ("KeyError", re.compile(r"is not a valid (rc|value for rcParam)")),
    ("EOFError", re.compile(r"^input\(\)")),
    ("Error", re.compile("unsupported locale")),
    ("CalledProcessError", re.compile("")),
)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass
class Stopped:
    """What became of a cell that raised an error.

    Attributes
    ----------
    line : int
        Where it stopped for good; 0 where it went on after what was left out, or nobody knows.
    error : str
        The error at which it stopped for good, or the first.
    first : str
        The first error.
    left_out : list of str
        What was left out, as the learner wrote it.
    unmade : set of str
        Names that it would have given a value to.
    ended : bool
        Whether it stopped for good.
    """

    line: int = 0
    error: str = ""
    first: str = ""
    left_out: list = field(default_factory=list)
    unmade: set = field(default_factory=set)
    ended: bool = False

    def __str__(self):
        return (f"stopped at line {self.line}: " if self.line else "stopped: ") + self.error


def error_of(outputs: list, count: int | None) -> tuple | None:
    """(Line of the cell, name, text) of the error that ended a cell; None if it ran to its end."""
    texts = [one for one in outputs if one["output_type"] != "display_data"]  # figures come behind the error
    last = texts[-1] if texts else {}
    if last.get("output_type") != "error" or last["ename"] == "Grader":
        return None
    for line in last["traceback"]:
        found = re.match(rf"  Cell In\[{count}\], line (\d+)", line)
        if found:
            return int(found[1]), last["ename"], last["evalue"]
    return 0, last["ename"], last["evalue"]


def error_line(stop: tuple) -> str:
    """The error in one line."""
    text = stop[2].strip().split("\n")[0][:200]
    return f"{stop[1]}: {text}" if text else stop[1]


def next_part(source: str, stop: tuple, absent: set) -> tuple | None:
    """(What of the cell is still to run, what is left out of it), or None if it has to stop there.

    Parameters
    ----------
    source : str
        Of the cell; what has run before is replaced by comments, so that lines keep their numbers.
    stop : tuple
        See `error_of`.
    absent : set of str
        Names that are missing for what was left out; others are added.
    """
    line, name, text = stop
    lines = source.split("\n")
    if name == "UsageError" and source.lstrip().startswith("%%"):  # a cell magic that is not known
        first = next(number for number, one in enumerate(lines) if one.startswith("%%"))
        return "\n".join([GONE] * (first + 1) + lines[first + 1 :]), lines[first]
    try:
        tree = ast.parse("\n".join(MAGIC.sub(r"\1pass #", one) for one in lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in tree.body:
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        if not first <= line <= node.end_lineno:
            continue
        if isinstance(node, DEFINITIONS):
            return _definition(node, first, lines, absent)
        if not _is_foreign(node, line, name, text, lines, absent):
            return None
        absent.update(bound(node))
        last = node.end_lineno or node.lineno
        rest = lines[last - 1].encode()[node.end_col_offset :].decode().lstrip(" ;")
        magic = MAGIC.match(lines[node.lineno - 1])
        left = lines[node.lineno - 1] if magic else ast.get_source_segment(source, node) or lines[node.lineno - 1]
        return "\n".join([GONE] * (last - 1) + [GONE if magic else rest or GONE] + lines[last:]), left.strip()
    return None


def _is_foreign(node, line, name, text, lines, absent) -> bool:
    """Whether a statement failed for what the grader's machine lacks."""
    if MAGIC.match(lines[line - 1]):
        return not lines[line - 1].startswith("%%")  # what stands below it may have run
    if any(isinstance(part, DEFINITIONS) for part in ast.walk(node)):
        return False
    if name == "NameError":
        return any(repr(one) in text for one in (*absent, *ELSEWHERE))
    if name == "KeyError" and "environ" in lines[line - 1]:
        return True
    return name in (*ABSENT, *FILES, *NETWORK) or any(name == kind and words.search(text) for kind, words in OTHERS)


def _definition(node, first, lines, absent) -> tuple | None:
    """A function or class without its decorators that are absent, or without its annotations: another Python does
    not look at them.
    """
    foreign = [
        one
        for one in node.decorator_list
        if any(isinstance(part, ast.Name) and part.id in absent for part in ast.walk(one))
    ]
    text, left = list(lines), []
    for one in foreign:
        left.append("@" + " ".join(line.strip(" @") for line in lines[one.lineno - 1 : one.end_lineno]))
        text[one.lineno - 1 : one.end_lineno] = [GONE] * (one.end_lineno - one.lineno + 1)
    if not foreign and not isinstance(node, ast.ClassDef):
        arguments = node.args
        for argument in filter(
            None, [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        ):
            if argument.annotation is not None:
                left.append(
                    _cut(text, argument.lineno, argument.col_offset + len(argument.arg.encode()), argument.annotation)
                )
        if node.returns is not None:
            arrow = lines[node.returns.lineno - 1].encode()[: node.returns.col_offset].rfind(b"->")
            left.append(_cut(text, node.returns.lineno, arrow, node.returns) if arrow >= 0 else "")
    if not left:
        return None
    return "\n".join([GONE] * (first - 1) + text[first - 1 :]), ", ".join(filter(None, left))


def _cut(text, line, column, until) -> str:
    """Blank out the text from a position to the end of a node; returns it."""
    if line != until.end_lineno:
        return ""
    raw = text[line - 1].encode()
    text[line - 1] = (raw[:column] + b" " * (until.end_col_offset - column) + raw[until.end_col_offset :]).decode()
    return raw[column : until.end_col_offset].decode().strip()


def bound(node: ast.AST) -> set:
    """The names that a statement gives a value to at the top of a cell."""
    if isinstance(node, DEFINITIONS):
        return {node.name}
    found = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)}
    found |= {part.name for part in ast.walk(node) if isinstance(part, DEFINITIONS)}
    return found | {
        (alias.asname or alias.name).split(".")[0]
        for part in ast.walk(node)
        if isinstance(part, (ast.Import, ast.ImportFrom))
        for alias in part.names
    }


def unmade(source: str, line: int, whole: bool) -> set:
    """The names that a cell would have given a value to from a line on; of all of it if it did not begin to run."""
    try:
        tree = ast.parse("\n".join(MAGIC.sub(r"\1pass #", one) for one in source.split("\n")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"^\W*?(?:async\s+)?(?:def|class)\s+(\w+)", source, re.MULTILINE)) | set(
            re.findall(r"^(\w+)\s*=[^=]", source, re.MULTILINE)
        )
    return set().union(*(bound(node) for node in tree.body if whole or (node.end_lineno or 0) >= line))
