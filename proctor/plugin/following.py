"""Follow-through marks: a mistake is paid for once.

A test that fails because an earlier answer of the same notebook is wrong earns its points all the same, if it passes
with the instructor's answer in that place. What could be had by copying an earlier answer, or without any, is not
carried.
"""

from __future__ import annotations

import ast
import functools
import re
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from proctor.cells import NOT_PYTHON, exercises, names_in
from proctor.job import GraderDied, Job, Report
from proctor.trusted.follow import Plan
from proctor.trusted.sources import free
from proctor.trusted.stopped import bound, unmade

from .mend import Mended
from .template import Cell, Template, checksum

MOST_NAMED = 3  # answers in one message
CODE_FILES = (".py", ".pyc", ".so", ".pyd", ".pth", ".egg", ".zip")
# What a learner's code may import and still be known to look at nothing but values.
PLAIN_MODULES = frozenset(
    "numpy math cmath random statistics itertools functools collections time datetime copy string re dataclasses "
    "typing abc enum fractions decimal numbers warnings matplotlib IPython.display tqdm seaborn".split()
)
# Names by which code looks at other code, at the notebook's history or at files, or runs text.
_LOOKS = frozenset(
    "In Out globals locals vars dir getattr setattr delattr eval exec compile open input breakpoint help memoryview "
    "os sys io subprocess inspect gc builtins importlib ctypes pickle marshal dis pathlib shutil linecache traceback "
    "get_ipython user_ns attrgetter methodcaller Formatter format_map vformat get_type_hints ForwardRef getsource "
    "getsourcelines getclosurevars memmap fromfile loadtxt genfromtxt load save savez tofile ctypeslib f2py pyfunc "
    "query sympify lambdify parse_expr measure runstring rundocs cell_contents "
    "tb_frame tb_next f_back f_code f_globals f_locals f_builtins gi_frame gi_code cr_frame cr_code ag_frame ag_code "
    "co_code co_consts co_names".split()
)
_DUNDER = re.compile(r"__\w+__")
_HARMLESS = frozenset("__init__ __call__ __name__ __doc__ __len__ __repr__ __str__ __eq__ __iter__".split())
_HISTORY = re.compile(r"_i+|_i\d+|_ih|_oh|_dh|_\d+|___?")


@dataclass
class _Answer:
    """One code answer of the notebook: where it stands, the tests below it, and what became of it."""

    spec: Cell
    index: int  # of its cell, or of the cell behind which the right one is to run
    blank: bool
    tests: list = field(default_factory=list)  # indices
    lost: list = field(default_factory=list)  # indices of the tests without full points
    causes: list = field(default_factory=list)  # earlier answers that are wrong and that this one uses


@dataclass
class Followed:
    """The outcome.

    Attributes
    ----------
    carried : dict
        Grade id of a test -> `Carried`.
    alone : set of str
        Tests that fail with right earlier answers, too.
    remark : str
        For the log: why nothing is carried though it might; or "".
    late : bool
        Whether a time limit was reached on the way.
    """

    carried: dict = field(default_factory=dict)
    alone: set = field(default_factory=set)
    remark: str = ""
    late: bool = False


@dataclass(frozen=True)
class Carried:
    """A test that passes with earlier answers put right: its points, and the names of those answers."""

    points: float
    names: tuple


def follow(
    template: Template,
    mended: Mended,
    job: Job,
    report: Report,
    points: dict,
    right: dict,
    own_job: Callable[[], Job],
    own_files: dict,
) -> Followed:
    """What is carried forward in one graded notebook.

    Parameters
    ----------
    job, report : Job, Report
        How it was run, and the outcome.
    points : dict
        Grade id of a test -> the points that it has given.
    right : dict
        Grade id of an answer -> the instructor's own text.
    own_job : callable
        Makes the `Job` of the instructor's own notebook, with the same tests.
    own_files : dict
        The learner's other files.
    """
    answers = _answers(template, mended, report, points, right)
    uses = _uses(mended, template, right)
    for number, answer in enumerate(answers):
        if not answer.blank and answer.lost:
            reached = _reached(answer, mended, uses)
            answer.causes = [
                one
                for one in answers[:number]
                if (one.blank or one.lost) and one.spec.grade_id in right and reached & _made(one, right)
            ]
    followers = [answer for answer in answers if answer.causes]
    if not followers:
        return Followed()
    looks = _looks_at_code(mended, template, own_files, job.own_files)
    if looks:
        return Followed(remark=f"nothing is carried forward: {looks}")
    from proctor.trusted.clean import try_copies, walk_again

    again = {answer.spec.grade_id: tuple(_name(mended, index) for index in answer.lost) for answer in followers}
    behind: dict[int, tuple] = defaultdict(tuple)
    for answer in answers:
        if (answer.blank and not answer.tests or answer.lost) and not answer.causes and answer.spec.grade_id in right:
            behind[answer.index] += (answer.spec.grade_id,)
    wanted = {cell.grade_id: right[cell.grade_id] for cell in template.cells if cell.grade_id in right}
    plan = Plan(wanted, dict(behind), again, frozenset(report.unfinished))
    try:
        second = walk_again(job, plan)
        found = {test: (score, placed) for test, (score, placed) in second.passed.items() if placed}
        safe = _without_copies(template, followers, found, right, own_job, try_copies, mended)
    except GraderDied as error:
        return Followed(remark=f"nothing is carried forward: {error}")
    followed = Followed(late=second.late)
    by_name = {answer.spec.grade_id: answer for answer in answers}
    for answer in followers:
        for index in answer.lost:
            test = _name(mended, index)
            if test not in second.passed:
                followed.alone.add(test)
            if test not in safe:
                continue
            score, placed = found[test]
            most = mended.specs[index].points
            gained = most if score is None else min(max(score, 0.0), most)
            if gained > points[test]:
                causes = [by_name[one] for one in placed if by_name[one] in answer.causes]
                names = _names_of(causes, template, right)
                if names:
                    followed.carried[test] = Carried(gained, names)
    return followed


def message(names: tuple) -> str:
    """What a learner reads in place of a diagnosis."""
    shown = [f"`{name}`" for name in names[:MOST_NAMED]]
    if len(names) > MOST_NAMED:
        listed = ", ".join(shown) + f" and {len(names) - MOST_NAMED} more"
    else:
        listed = " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
    return f"This fails because of your {listed}; with {'a right one' if len(names) == 1 else 'right ones'} it passes."


# ---------------------------------------------------------------- which answers are wrong, and what uses them


def _answers(template, mended, report, points, right) -> list[_Answer]:
    where = {spec.grade_id: index for index, spec in enumerate(mended.specs) if spec is not None}
    end = max(where.values(), default=0) + 1
    found: dict[str, _Answer] = {}
    for cell in template.cells:
        if cell.cell_type != "code" or not cell.solution:
            continue
        index = where.get(cell.grade_id)
        if index is None:  # deleted: the right one runs before the next cell of nbgrader's
            later = [where[c.grade_id] for c in _behind(template, cell) if c.grade_id in where]
            found[cell.grade_id] = _Answer(cell, min(later, default=end) - 1, True)
        else:
            blank = checksum(mended.cells[index]["source"], cell) == cell.checksum or not any(
                line.strip() for line in mended.cells[index]["source"].splitlines() if not line.lstrip().startswith("#")
            )
            found[cell.grade_id] = _Answer(cell, index, blank)
    shapes = ({"cell_type": c.cell_type, "metadata": {"nbgrader": c.metadata()}} for c in template.cells if c.grade_id)
    for test, exercise in exercises(shapes):
        answer = found.get(exercise)
        index = where.get(test)
        if answer is None or index is None or not mended.specs[index].is_test:
            continue
        answer.tests.append(index)
        result = report.results.get(test)
        if result is not None and not result.fault and points[test] < mended.specs[index].points:
            answer.lost.append(index)
    return [found[cell.grade_id] for cell in template.cells if cell.grade_id in found]


def _behind(template, cell):
    cells = list(template.cells)
    return cells[cells.index(cell) + 1 :]


def _name(mended, index) -> str:
    return mended.specs[index].grade_id


@functools.lru_cache(4096)
def _bound(source: str) -> frozenset:
    return frozenset(unmade(source, 0, True))


def _made(answer: _Answer, right: dict) -> frozenset:
    """The names that the instructor's own answer defines."""
    return _bound(right[answer.spec.grade_id])


def _uses(mended, template, right) -> dict:
    """{name: the names that stand in the statements which give it a value}, over all cells but the tests."""
    uses: dict = defaultdict(set)
    texts = [
        cell["source"]
        for cell, spec in zip(mended.cells, mended.specs)
        if cell["cell_type"] == "code" and (spec is None or not spec.is_test)
    ]
    for text in [*texts, *right.values()]:
        for name, names in _statements(text):
            uses[name] |= names
    return uses


@functools.lru_cache(4096)
def _statements(source: str) -> tuple:
    try:
        body = ast.parse(source).body
    except NOT_PYTHON:
        return tuple((name, frozenset(names_in(source))) for name in _bound(source))
    found = []
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        found += [(name, frozenset(free(node))) for name in bound(node)]
    return tuple(found)


@functools.lru_cache(4096)
def _asked(source: str) -> frozenset:
    """The names that a cell takes from outside."""
    try:
        body = ast.parse(source).body
    except NOT_PYTHON:
        return frozenset(names_in(source))
    asked: set = set()
    have: set = set()
    for node in body:
        asked |= free(node) - have
        have |= bound(node)
    return frozenset(asked)


def _reached(answer: _Answer, mended, uses: dict) -> frozenset:
    """All names that an answer and its tests use, directly or through others."""
    new = set().union(*(_asked(mended.cells[index]["source"]) for index in [answer.index, *answer.tests]))
    found: set = set()
    while new:
        found |= new
        new = {used for name in new for used in uses.get(name, ())} - found
    return frozenset(found)


def _names_of(causes: list, template: Template, right: dict) -> tuple:
    """What the wrong answers are called in a message: by the names that the learner was asked for.

    Those that failed all their tests come alone: where one only lost a point for style, it is hardly the cause.
    """
    wholly = [one for one in causes if len(one.lost) == len(one.tests)]
    shown = names_in("\n".join(cell.source for cell in template.cells))
    found = []
    for one in wholly or causes:
        made = _made(one, right) & shown
        name = one.spec.grade_id
        if name not in made and made:
            name = min(made, key=right[one.spec.grade_id].index)
        found.append(name)
    return tuple(found)


# ---------------------------------------------------------------- copies


_safe: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # Template -> (answer, copy) -> tests without points


def _without_copies(template, followers, found, right, own_job, try_copies, mended) -> set:
    """Of the tests that passed, those that give nothing to a copy of an answer that was put right, or to no answer."""
    known = _safe.setdefault(template, {})
    wanted: dict = {}
    names: dict = {}
    for answer in followers:
        grade_id = answer.spec.grade_id
        tests = tuple(_name(mended, index) for index in answer.tests)
        for test in {_name(mended, index) for index in answer.lost} & found.keys():
            names[test] = [copy for copy in _copies(answer, found[test][1], right, tests, template)]
            for copy, text in names[test]:
                if (grade_id, copy) not in known:
                    wanted.setdefault(grade_id, {})[copy] = text
    if wanted:
        again = {
            answer.spec.grade_id: tuple(_name(mended, index) for index in answer.tests)
            for answer in followers
            if answer.spec.grade_id in wanted
        }
        tried = try_copies(own_job(), Plan({}, {}, again), wanted)
        known.update(tried)
        for grade_id, copies in wanted.items():
            for copy in copies:
                known.setdefault((grade_id, copy), frozenset())
    owner = {_name(mended, index): answer.spec.grade_id for answer in followers for index in answer.lost}
    return {test for test in names if all(test in known[owner[test], copy] for copy, _ in names[test])}


def _copies(answer, placed, right, tests, template) -> Iterable[tuple[str, str]]:
    """(name, text) of what stands in place of an answer: nothing, the stub, and each earlier answer under its name."""
    yield "", ""
    yield "stub", answer.spec.source
    texts = [cell.full_source or cell.source for cell in template.cells if cell.grade_id in tests]
    asked = sorted(_made(answer, right) & names_in("\n".join(texts))) or sorted(_made(answer, right))
    for one in placed:
        for name in sorted(_bound(right[one]) - set(asked)):
            yield f"{one}: {name}", "\n".join(f"{own} = {name}" for own in asked)


# ---------------------------------------------------------------- code that looks at other code


def _looks_at_code(mended, template, own_files: dict, given_files) -> str:
    """Why something that the learner wrote could read other cells, by their text or their parts; "" if it cannot."""
    given = {cell.source for cell in template.cells if not cell.solution}
    modules = frozenset(name.removesuffix(".py") for name in given_files if name.endswith(".py") and "/" not in name)
    for index, (cell, spec) in enumerate(zip(mended.cells, mended.specs)):
        if cell["cell_type"] != "code" or (spec is not None and not spec.solution) or cell["source"] in given:
            continue
        stub = spec.source if spec is not None else ""
        if cell["source"] != stub and (what := looking(cell["source"], stub, modules)):
            where = f"'{spec.grade_id}'" if spec is not None else f"number {index + 1} of the graded notebook"
            return f"cell {where} has {what}, by which it could read other cells"
    for name, content in sorted(own_files.items()):
        if name.lower().endswith(CODE_FILES):
            what = "code" if not name.endswith(".py") else looking(content.decode("utf-8", "replace"), "", modules)
            if what:
                return f"the file {name} has {what}, by which it could read other cells"
    return ""


@functools.lru_cache(4096)
def looking(source: str, stub: str = "", modules: frozenset = frozenset()) -> str:
    """What in a text could read the code of others: a name, an import, a magic; "" if nothing can.

    Parameters
    ----------
    stub : str
        What names stand in it are the instructor's own.
    modules : frozenset of str
        What may be imported besides `PLAIN_MODULES`: the instructor's files.
    """
    try:
        tree = ast.parse(source)
    except NOT_PYTHON:
        return "a magic, or no Python,"
    allowed = names_in(stub)
    for node in ast.walk(tree):
        for name in _suspicious(node, modules):
            if name not in allowed:
                return f"`{name}`"
    return ""


def _suspicious(node: ast.AST, modules: frozenset) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id] if _is_look(node.id) else []
    if isinstance(node, ast.Attribute):
        computed = node.attr == "format" and not isinstance(node.value, ast.Constant)  # "{0.__code__}", in parts
        return [node.attr] if computed or _is_look(node.attr) else []
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names if not _is_plain(alias.name, modules)]
    if isinstance(node, ast.ImportFrom):
        module = node.module or "."
        looks = [alias.name for alias in node.names if _is_look(alias.name)]
        return looks if _is_plain(module, modules) else [module]
    if isinstance(node, ast.MatchClass):
        return [name for name in node.kwd_attrs if _is_look(name)]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [name for name in _DUNDER.findall(node.value) if name not in _HARMLESS]
    return []


def _is_plain(module: str, modules: frozenset) -> bool:
    return not {module, module.split(".")[0]}.isdisjoint(PLAIN_MODULES | modules)


def _is_look(name: str) -> bool:
    special = bool(_DUNDER.fullmatch(name)) and name not in _HARMLESS
    return special or name in _LOOKS or bool(_HISTORY.fullmatch(name))
