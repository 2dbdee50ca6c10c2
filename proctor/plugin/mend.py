"""Put a submitted notebook back into the instructor's shape, whatever an editor or its author did to it.

Which submitted cell is which cell of the release is decided by, in this order: the grade id in its metadata, its cell
id, its
text, its place between cells that are known. Then every instructor's cell gets its source and metadata back, what
was written into it becomes a cell of the learner's beside it, test cells that are missing are added at their place, and
every other cell is an
ordinary cell of the learner.
"""

from __future__ import annotations

import ast
import re
import time
from collections import Counter
from copy import deepcopy
from difflib import SequenceMatcher

from proctor.cells import NOT_PYTHON

from .template import Cell, Template

SIMILAR = 0.6  # ratio of difflib above which a changed cell is taken for the one that it was
FEW = 3  # missing cells that are named one by one
NEAR = 60  # at most this many cells are compared with one of the release
PATIENCE = 3  # seconds; comparing two texts made for it takes hours
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class Mended:
    """The outcome.

    Attributes
    ----------
    cells : list of dict
        nbformat 4.5 cells; `specs[i]` is the release's Cell behind `cells[i]`, or None.
    remarks : list of str
        What was repaired; for the log.
    looks : list of str
        What a grader should look at.
    missing : set of str
        Grade ids of graded cells that the submission did not have.
    messages : list of str
        What the learner should know.
    """

    def __init__(self):
        self.cells, self.specs, self.remarks, self.looks, self.missing, self.messages = [], [], [], [], set(), []

    def tell(self, sentence: str) -> None:
        """To the grader and to the learner."""
        self.looks.append(sentence)
        self.messages.append(sentence)


def mend(cells: list, template: Template) -> Mended:
    """Return the notebook that is graded."""
    mended = Mended()
    left_out = {_norm(text) for text in template.left_out}
    cells = [cell for cell in cells if _norm(cell["source"]) not in left_out]
    where = _match(cells, template, mended)
    owner = {index: template.cells[k] for k, index in where.items() if template.cells[k].grade_id}
    additions = _additions(template, where, len(cells), mended)
    used_ids: set = set()
    for index in range(len(cells) + 1):
        for cell in additions.get(index, ()):
            _append(mended, _restored(None, cell), cell, used_ids)
        if index < len(cells):
            cell = owner.get(index)
            restored = _restored(cells[index], cell) if cell else _ordinary(cells[index])
            before, behind = ([], [])
            if cell:
                _remark_changes(cells[index], cell, mended)
                before, behind = _own_work(cells[index], cell, mended)
            for source, spec in [(own, None) for own in before] + [(restored, cell)] + [(own, None) for own in behind]:
                _append(mended, source, spec, used_ids)
    return mended


def _own_work(cell: dict, spec: Cell, mended: Mended) -> tuple:
    """What the learner wrote into an instructor's cell, as cells of their own: (those before it, those after it).

    Lines that were added to what was given run, as in any other cell of theirs. Where what was given was changed too,
    only what
    is new and gives no name of it another value runs, and the whole text is kept to read.
    """
    if (
        not spec.locked
        or _norm(cell["source"]) in (_norm(spec.source), _norm(spec.full_source))
        or _same_code(cell["source"], spec.source)
    ):
        return [], []
    own, given = _norm(cell["source"]).splitlines(), _norm(spec.source).splitlines()
    if not Counter(line for line in own if line.strip()) - Counter(given):
        return [], []  # some lines were deleted, or moved
    code = spec.cell_type == cell["cell_type"] == "code"
    parts = _around(own, given)
    note = _kept("\n".join(own), spec.cell_type if spec.cell_type == "markdown" else "note")
    if parts is not None and code and all(map(_parses, parts)):
        before, behind = ([kept] if (kept := _kept(part, "code"))["source"] else [] for part in parts)
        ran, told = "runs as a cell of the learner's", "was run as a cell of your own."
    elif parts is not None and spec.cell_type == "markdown":
        before, behind = ([kept] if (kept := _kept(part, "markdown"))["source"] else [] for part in parts)
        ran, told = "is kept beside it to read", "stands beside it, and was not run."
    elif code and (new := _new_work("\n".join(own), spec.full_source or spec.source)):
        before, behind = ([_kept(new, "code")], [note]) if spec.is_test else ([], [note, _kept(new, "code")])
        ran, told = (
            "is kept to read; what is new in it runs as a cell of the learner's",
            "stands beside it to read; what is new in it was run as a cell of your own.",
        )
    else:
        before, behind = [], [note]
        ran, told = "is kept beside it to read", "stands beside it, and was not run."
    mended.looks.append(f"Cell '{spec.grade_id}' was written into: it was put back, and what was written {ran}.")
    mended.messages.append(
        f"You wrote into the cell '{spec.grade_id}', which is given and was put back. What you wrote {told} Write "
        "into the cells for your answers."
    )
    return before, behind


def _new_work(own: str, given: str) -> str:
    """The definitions, imports and plain assignments of a changed cell that are not in the given one and do not
    touch its names.
    """
    try:
        mine, theirs = ast.parse(without_magics(own)), ast.parse(without_magics(given))
    except NOT_PYTHON:
        return ""
    there, taken, new = {ast.dump(node) for node in theirs.body}, bound_names(theirs), []
    for node in mine.body:
        plain = (
            isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom))
            or isinstance(node, (ast.Assign, ast.AnnAssign))
            and all(
                isinstance(target, ast.Name) for target in getattr(node, "targets", [getattr(node, "target", None)])
            )
        )
        names = bound_names(ast.Module([node], []))
        if plain and ast.dump(node) not in there and not names & taken and "*" not in names:
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
            new.append(
                "\n".join(own.splitlines()[first - 1 : node.end_lineno])
                if first < node.lineno
                else ast.get_source_segment(own, node) or ""
            )
    return "\n\n".join(new)


def bound_names(tree: ast.Module) -> set:
    """The names that a cell gives a value to at its top."""
    found = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        else:
            found |= {
                part.id for part in ast.walk(node) if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)
            }
    return found


def _around(own: list, given: list) -> list | None:
    """The added text [above, in or below] the given lines, or None if those are not all present in order."""
    size = len(given)
    for start in range(len(own) - size, -1, -1):  # the last copy, so that what is above it is above it
        if own[start : start + size] == given:
            return ["\n".join(own[:start]), "\n".join(own[start + size :])]
    above: list = []
    between: list = []
    rest = list(given)
    for line in own:
        if rest and line == rest[0]:
            rest.pop(0)
        else:
            (above if len(rest) == size else between).append(line)
    return None if rest else ["\n".join(above), "\n".join(between)]


def _kept(text: str, kind: str) -> dict:
    text = text.strip("\n")
    if kind == "note" and text:
        fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=2))
        kind, text = (
            "markdown",
            f"Written into the given cell above, which was put back:\n\n{fence}python\n{text}\n{fence}",
        )
    return {"cell_type": "markdown" if kind == "note" else kind, "id": "", "metadata": {}, "source": text}


def _same_code(a: str, b: str) -> bool:
    """Whether only the layout differs, as after running a formatter."""
    try:
        return ast.dump(ast.parse(a)) == ast.dump(ast.parse(b))
    except NOT_PYTHON:
        return False


def _parses(source: str) -> bool:
    """Whether it is valid by itself; magics are allowed."""
    try:
        ast.parse(without_magics(source))
    except NOT_PYTHON:
        return False
    return True


def without_magics(source: str) -> str:
    return "\n".join("pass" if re.match(r"[%!]", line) else line for line in source.splitlines())


def overlap(cells: list, template: Template) -> float:
    """The share of the release's graded cells that can be recognised in a file, whatever its name; for choosing
    among files.
    """
    wanted = [cell for cell in template.cells if cell.grade_id]
    if not wanted:
        return 0.0
    claims = {_claim(cell) for cell in cells}
    ids = {cell["id"] for cell in cells}
    texts = {_norm(cell["source"]) for cell in cells}
    often = Counter(_norm(cell.source) for cell in wanted)  # a stub that is in every exercise tells nothing
    found = sum(
        cell.grade_id in claims
        or bool(cell.id and cell.id in ids)
        or bool(text := _norm(cell.source))
        and often[text] == 1
        and text in texts
        for cell in wanted
    )
    return found / len(wanted)


def answers(cells: list, template: Template) -> int:
    """How many of the release's answers were filled in; what the learner wrote beside them counts as one."""
    return answered(mend(deepcopy(cells), template), template)


def answered(mended: Mended, template: Template) -> int:
    """The same for a notebook that has been repaired."""
    given = {_norm(cell.source) for cell in template.cells} | {""}
    own = any(spec is None and _norm(cell["source"]) not in given for cell, spec in zip(mended.cells, mended.specs))
    return own + sum(
        spec is not None and spec.solution and _norm(cell["source"]) != _norm(spec.source)
        for cell, spec in zip(mended.cells, mended.specs)
    )


def _match(cells: list, template: Template, mended: Mended) -> dict:
    """Index in the template -> index in the submission, for the cells that are recognised."""
    where, taken = {}, set()

    def take(k, index):
        where[k] = index
        taken.add(index)

    claims: dict = {}
    for index, cell in enumerate(cells):
        claims.setdefault(_claim(cell), []).append(index)
    unclaimed = 0
    for k, spec in enumerate(template.cells):
        candidates = claims.get(spec.grade_id, []) if spec.grade_id else []
        if candidates:
            take(k, _best_copy(candidates, cells, spec))
        if len(candidates) > 1:
            mended.tell(
                f"Cell '{spec.grade_id}' is in the notebook {len(candidates)} times; one is graded, the others are "
                "ordinary cells."
            )

    by_id: dict = {}
    by_text: dict = {}
    for index, cell in enumerate(cells):
        if index not in taken:
            by_id.setdefault(cell["id"], []).append(index)
            by_text.setdefault(_norm(cell["source"]), []).append(index)
    for k, spec in enumerate(template.cells):
        if k in where:
            continue
        known = [i for i in by_id.get(spec.id, []) if i not in taken] if spec.id else []
        if not known and spec.source.strip():
            known = [i for i in by_text.get(_norm(spec.source), []) if i not in taken]
        if known:
            take(k, known[-1] if spec.grade_id else known[0])
            unclaimed += bool(spec.grade_id)

    if any(spec.grade_id and k not in where for k, spec in enumerate(template.cells)):
        unclaimed += _match_by_place(cells, template, where, taken)
    if unclaimed:
        mended.tell(
            f"The nbgrader metadata of {unclaimed} cells was lost or changed; they were recognised by cell id, text "
            "or position."
        )
    return where


def _match_by_place(cells: list, template: Template, where: dict, taken: set) -> int:
    """Recognise changed cells by likeness, then by being the only ones left between two known cells."""
    found = 0
    until = time.monotonic() + PATIENCE
    for k, spec in enumerate(template.cells):
        if not spec.grade_id or k in where:
            continue
        low, high = _gap(k, template, where, len(cells))
        free = [i for i in range(low + 1, high) if i not in taken]
        # A test cell gets its source back, so taking the wrong cell for one would destroy a learner's code: only near
        # copies.
        least = SIMILAR if spec.solution else 0.85
        scored = [
            (_likeness(cells[i]["source"], spec.source, least), i) for i in free[:NEAR] if time.monotonic() < until
        ]
        best = max(scored, default=(0, None), key=lambda pair: (pair[0], pair[1]))
        index = best[1] if best[0] >= least else None
        if index is None and spec.solution:
            same_type = [i for i in free if cells[i]["cell_type"] == spec.cell_type]
            lost = [
                j
                for j in range(len(template.cells))
                if j not in where
                and _gap(j, template, where, len(cells)) == (low, high)
                and template.cells[j].cell_type == spec.cell_type
                and not template.cells[j].is_test
            ]
            if len(same_type) == len(lost):
                index = same_type[lost.index(k)]
        if index is not None:
            where[k] = index
            taken.add(index)
            found += 1
    return found


def _gap(k: int, template: Template, where: dict, end: int) -> tuple:
    """The nearest known cells round place k of the template, as indices in the submission."""
    low = next((where[j] for j in range(k - 1, -1, -1) if j in where), -1)
    high = next((where[j] for j in range(k + 1, len(template.cells)) if j in where and where[j] > low), end)
    return low, high


def _best_copy(candidates: list, cells: list, spec: Cell) -> int:
    """Of several cells with one grade id: for an answer the last one with something in it, for a test the last, as
    stock nbgrader does.
    """
    if spec.solution:
        answered = [i for i in candidates if _norm(cells[i]["source"]) != _norm(spec.source)]
        candidates = answered or candidates
    return candidates[-1]


def _additions(template: Template, where: dict, end: int, mended: Mended) -> dict:
    """Index in the submission -> instructor's cells to add before it.

    A missing cell goes to the end of the learner's cells of its part of the notebook, so that it sees all that they
    wrote for it.
    Answers that are not graded are never added: their stub would replace what the learner wrote elsewhere.
    """
    additions: dict = {}
    for k, spec in enumerate(template.cells):
        if not spec.grade_id or k in where:
            continue
        if spec.is_graded:
            mended.missing.add(spec.grade_id)
        elif not spec.locked:
            continue
        else:
            mended.remarks.append(f"Cell '{spec.grade_id}' was missing and was put back.")
        additions.setdefault(_gap(k, template, where, end)[1], []).append(spec)
    lost = [cell.grade_id for cell in template.cells if cell.grade_id in mended.missing]
    if len(lost) > FEW:
        graded = sum(cell.is_graded for cell in template.cells)
        mended.tell(
            f"{len(lost)} of the {graded} graded cells were missing and were put back ('{lost[0]}', '{lost[1]}', ...)."
        )
    else:
        for name in lost:
            mended.tell(f"Cell '{name}' was missing and was put back.")
    return additions


def _restored(cell: dict | None, spec: Cell) -> dict:
    """The instructor's cell, holding the learner's text if it is for them to write."""
    source = spec.full_source if cell is None or spec.locked or not spec.solution else cell["source"]
    metadata: dict = {"nbgrader": spec.metadata()}
    if spec.locked or spec.is_graded:
        metadata["deletable"] = False
    if spec.locked:
        metadata["editable"] = False
    restored = {
        "cell_type": spec.cell_type,
        "id": spec.id or (cell or {}).get("id", ""),
        "metadata": metadata,
        "source": source,
    }
    if spec.cell_type == "markdown" and cell and "attachments" in cell:
        restored["attachments"] = cell["attachments"]
    return restored


def _ordinary(cell: dict) -> dict:
    return {
        **cell,
        "metadata": {key: value for key, value in cell["metadata"].items() if key not in ("nbgrader", "proctor")},
    }


def _append(mended: Mended, cell: dict, spec: Cell | None, used_ids: set):
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None
    if not _ID.fullmatch(cell["id"]) or cell["id"] in used_ids:
        number = len(mended.cells)
        while f"cell-{number}" in used_ids:
            number += 1
        cell["id"] = f"cell-{number}"
    used_ids.add(cell["id"])
    mended.cells.append(cell)
    mended.specs.append(spec)


def _remark_changes(cell: dict, spec: Cell, mended: Mended):
    if cell["cell_type"] != spec.cell_type:
        mended.remarks.append(
            f"Cell '{spec.grade_id}' was a {cell['cell_type']} cell and was made a {spec.cell_type} cell again."
        )
    if spec.locked and _norm(cell["source"]) not in (_norm(spec.source), _norm(spec.full_source)):
        mended.remarks.append(f"Cell '{spec.grade_id}' was edited and was put back.")
    if spec.is_test and set(_tags(cell)) & {"skip-execution", "raises-exception"}:
        mended.remarks.append(f"Tags of cell '{spec.grade_id}' were removed.")


def _claim(cell: dict) -> str:
    meta = cell["metadata"].get("nbgrader")
    claim = meta.get("grade_id") if isinstance(meta, dict) else ""
    return claim if isinstance(claim, str) else ""


def _tags(cell: dict) -> list:
    tags = cell["metadata"].get("tags")
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def _norm(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _likeness(a: str, b: str, least: float) -> float:
    """Ratio of equal text, or 0 if it is below `least`: the two quick bounds keep this cheap."""
    a, b = _norm(a)[:1500], _norm(b)[:1500]
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if not a or not b or matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    return matcher.ratio()
