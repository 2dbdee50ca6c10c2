"""Solutions that resemble each other: copydetect's fingerprints of the learners' own cells, on this machine, in memory.

copydetect (winnowing: Schleimer, Wilkerson, Aiken, SIGMOD 2003) sees through other names, spacing and comments. Short
right answers are
alike by nature; so what was given, what the instructor's own solution has, and what many in the class have does not
count, and the rest
counts the more the fewer have it.
"""

from __future__ import annotations

import io
import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from copydetect import CodeFingerprint, compare_files
from markupsafe import Markup, escape
from tqdm import tqdm

from classroom.report import notebooks
from proctor.cells import source_of

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

LENGTH = 25  # characters of code, names shortened to one letter, that make one fingerprint; copydetect's own default
COMMON = 0.2  # of the class: what more learners than that have is nobody's own
RING = (3, 25)  # ... but three learners are never "most of the class", and more than 25 always are
LEAST = 60  # fingerprints in common, about three lines, before a cell is worth a look
THRESHOLD = 0.7  # of the shorter one's own code


class Cell(NamedTuple):
    """One exercise in which two learners' code is alike: the share of the shorter one's own code, and both sides
    with what matches marked.
    """

    name: str
    similarity: float
    first: Markup
    second: Markup


class Pair(NamedTuple):
    """Two learners. `weight` ranks: how much code they share that few others have."""

    first: str
    second: str
    weight: float
    cells: list[Cell]


class Compared(NamedTuple):
    """What was compared in one assignment, and the pairs that are worth a look, most alike first."""

    assignment: str
    learners: int
    cells: int
    pairs: list[Pair]


class Code:
    """Code with its fingerprints; the same text is looked at once."""

    _known: dict[str, CodeFingerprint] = {}

    @classmethod
    def of(cls, code: str) -> CodeFingerprint:
        if code not in cls._known:
            cls._known[code] = CodeFingerprint("cell.py", k=LENGTH, win_size=1, language="python", fp=io.StringIO(code))
        return cls._known[code]

    @classmethod
    def forget(cls) -> None:
        cls._known.clear()


def compare(
    assignment: str, written: Mapping[str, Mapping[str, str]], given: Iterable[str], threshold: float = THRESHOLD
) -> Compared:
    """Compare every learner with every other, exercise by exercise.

    Parameters
    ----------
    written : mapping
        Learner -> exercise -> code.
    given : iterable of str
        Code that everybody has been given, and the instructor's own.
    threshold : float
        Share of the shorter one's own code from which a cell is listed.
    """
    free = set().union(*(Code.of(code).hashes for code in given))
    by_cell: dict[str, dict[str, str]] = defaultdict(dict)
    for learner, cells in written.items():
        for name, code in cells.items():
            by_cell[name][learner] = code
    found: dict[tuple[str, str], list[tuple[float, float, str]]] = defaultdict(list)
    common: dict[str, set] = {}
    for name, codes in tqdm(by_cell.items(), f"Comparing {assignment}", unit=" exercises", disable=None, leave=False):
        common[name], pairs = _alike(codes, free, threshold)
        for first, second, weight, similarity in pairs:
            found[first, second].append((weight, similarity, name))
    alike = []
    for (first, second), shares in found.items():
        shown = [
            Cell(name, similarity, *_side_by_side(written[first][name], written[second][name], common[name]))
            for _, similarity, name in sorted(shares, reverse=True)
        ]
        alike.append(Pair(first, second, sum(weight for weight, _, _ in shares), shown))
    Code.forget()
    return Compared(
        assignment, len(written), len(by_cell), sorted(alike, key=lambda pair: (-pair.weight, pair.first, pair.second))
    )


def _alike(codes: dict[str, str], free: set, threshold: float) -> tuple[set, list[tuple[str, str, float, float]]]:
    """The fingerprints of one exercise that do not count, and the pairs that are alike in what does."""
    own = {learner: Code.of(code).hashes - free for learner, code in codes.items()}
    own = {learner: hashes for learner, hashes in own.items() if hashes}
    having = Counter(itertools.chain.from_iterable(own.values()))
    limit = min(max(RING[0], int(COMMON * len(own))), RING[1])
    common = {mark for mark, number in having.items() if number > limit}
    size = max(len(own), 2)
    # Shared by two, a fingerprint counts 1; by half of the class, nearly nothing.
    weights = {
        number: min(1.0, math.log(size / number) / math.log(size / 2)) if size > 2 else 1.0
        for number in range(1, limit + 1)
    }
    learners = sorted(own)
    place = {learner: number for number, learner in enumerate(learners)}
    total = np.zeros(len(learners))
    sharing: dict[int, list[list[int]]] = defaultdict(list)  # by how many: who
    holders: dict[int, list[int]] = defaultdict(list)
    for learner in learners:
        for mark in own[learner] - common:
            holders[mark].append(place[learner])
            total[place[learner]] += weights[having[mark]]
    for who in holders.values():
        if len(who) > 1:
            sharing[len(who)].append(who)
    shared = np.zeros(len(learners) ** 2)
    for number, groups in sharing.items():
        rows = np.array(groups)
        left, right = np.triu_indices(
            number, 1
        )  # learners are in order, so these are pairs with the smaller number first
        shared += weights[number] * np.bincount(
            (rows[:, left] * len(learners) + rows[:, right]).ravel(), minlength=shared.size
        )
    found = []
    for flat in np.flatnonzero(shared >= LEAST):
        i, j = divmod(int(flat), len(learners))
        similarity = min(1.0, shared[flat] / min(total[i], total[j]))
        if similarity >= threshold:
            found.append((learners[i], learners[j], float(shared[flat]), float(similarity)))
    return common | free, found


def _side_by_side(first: str, second: str, without: set) -> tuple[Markup, Markup]:
    """Both sides with the parts in common marked, except what does not count."""
    one, other = _counting(first, without), _counting(second, without)
    _, _, slices = compare_files(one, other)
    return _marked(one.raw_code, slices[0]), _marked(other.raw_code, slices[1])


def _counting(code: str, without: set) -> CodeFingerprint:
    found = CodeFingerprint("cell.py", k=LENGTH, win_size=1, language="python", fp=io.StringIO(code))
    found.hashes = found.hashes - without
    found.hash_idx = {mark: places for mark, places in found.hash_idx.items() if mark in found.hashes}
    found.token_coverage = max(1, len(found.hash_idx))  # compare_files divides by it
    return found


def _marked(code: str, slices) -> Markup:
    """Escaped, with <mark> around the slices. copydetect's own highlighter repeats text where its offsets step back,
    after a class.
    """
    done, parts = 0, []
    for start, end in zip(*(np.asarray(edge, int) for edge in slices)) if len(slices) else ():
        start, end = max(done, start), max(done, min(end, len(code)))
        if end > start:
            parts += [escape(code[done:start]), Markup("<mark>{}</mark>").format(code[start:end])]
            done = end
    return Markup("").join([*parts, escape(code[done:])])


def given_code(coursedir: CourseDirectory, assignment: str) -> list[str]:
    """The code cells of the release, and of the instructor's notebook where it is there."""
    found = []
    for step in (coursedir.release_directory, coursedir.source_directory):
        for path in sorted(notebooks.folder(coursedir, step, ".", assignment).glob("*.ipynb")):
            try:
                found += [source_of(cell) for cell in notebooks.load(path) if cell.get("cell_type") == "code"]
            except ValueError:
                continue
    return found


def by_learner(read: Iterable[notebooks.Notebook]) -> dict[str, dict[str, str]]:
    """Learner -> exercise -> code, from what was read of one assignment."""
    read = list(read)
    several = len({notebook.name for notebook in read}) > 1
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for notebook in read:
        for cell, code in notebook.solutions.items():
            found[notebook.learner][f"{notebook.name}: {cell}" if several else cell] = code
    return found
