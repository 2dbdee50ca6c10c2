"""Filling in a file that an LMS exported, so that it finds its own rows, columns and ids again when it gets the file
back.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from classroom.exports.sheet import number

if TYPE_CHECKING:
    from classroom.exports.base import Grades


class Column(NamedTuple):
    """A column of the file that can take grades: its place, its whole heading, and the names that mean it."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which no column needs
    heading: str
    names: tuple


def plain(name: str) -> str:
    """A name without its case, underscores and dashes."""
    return re.sub(r"[\s_\-\u2010-\u2015]+", " ", name).strip().casefold()


def columns(ours: list, theirs: list[Column], mapping: dict) -> tuple[dict, list[str]]:
    """Which of their columns is which of our assignments.

    A heading that `mapping` names counts; else an equal name; else one that contains ours as whole words. A column that
    two of
    ours could mean, and an assignment that could be two columns, stay empty.

    Parameters
    ----------
    ours : list of str
        Assignments.
    theirs : list of Column
    mapping : dict
        Assignment -> heading, name or id.

    Returns
    -------
    found : dict
        Assignment -> Column.
    problems : list of str
        What to say about our columns that found no match.
    """
    wanted = {name: plain(str(mapping[name])) for name in ours if name in mapping}
    found: dict = {}
    problems, nowhere = [], []
    for name in ours:
        target = wanted.get(name, plain(name))
        exact = [column for column in theirs if target in map(plain, (column.heading, *column.names))]
        found[name] = exact
    taken = {column.index for exact in found.values() for column in exact}
    for name in ours:
        if not found[name] and name not in wanted:
            words = re.compile(rf"(?<!\w){re.escape(plain(name))}(?!\w)")
            found[name] = [
                column for column in theirs if column.index not in taken and words.search(plain(column.heading))
            ]
    claims = Counter(candidates[0].index for candidates in found.values() if len(candidates) == 1)
    for name, candidates in list(found.items()):
        if len(candidates) == 1 and claims[candidates[0].index] == 1:
            found[name] = candidates[0]
            continue
        del found[name]
        if not candidates:
            nowhere.append(name + (f' (as "{mapping[name]}")' if name in wanted else ""))
        elif len(candidates) > 1:
            problems.append(f"{name} could be any of " + ", ".join(f'"{column.heading}"' for column in candidates))
        else:
            problems.append(f'{name} is not the only one that fits "{candidates[0].heading}"')
    return found, problems + ([f"no column for {', '.join(nowhere)}"] if nowhere else [])


def rows(learners: list, keys: list, lines: list) -> tuple[dict, list[int]]:
    """Which line belongs to whom.

    Parameters
    ----------
    learners : list of Learner
    keys : list
        Pairs of a column's index and a function that gives what a learner should have there; the surest first.
    lines : list
        Pairs of a line's index and its cells.

    Returns
    -------
    found : dict
        Line -> Learner. A learner whom two lines could mean gets neither.
    unknown : list of int
        Lines that are nobody's.
    """
    tables = []
    for column, of in keys:
        owners: dict[str, list] = {}
        for learner in learners:
            if of(learner).strip():
                owners.setdefault(of(learner).strip().casefold(), []).append(learner)
        tables.append((column, {value: who[0] for value, who in owners.items() if len(who) == 1}))
    found: dict = {}
    for line, cells in lines:
        for column, owners in tables:
            owner = owners.get(cells[column].strip().casefold()) if column < len(cells) else None
            if owner is not None:
                found[line] = owner
                break
    twice = Counter(owner.id for owner in found.values())
    found = {line: owner for line, owner in found.items() if twice[owner.id] == 1}
    return found, [line for line, _ in lines if line not in found]


def owners(grades: Grades, keys: list, lines: list) -> tuple[dict, list[int]]:
    """`rows` for a class: a line of somebody who has left it is nobody's, and not unknown."""
    found, unknown = rows(grades.learners + grades.dropped, keys, lines)
    return {line: who for line, who in found.items() if who not in grades.dropped}, unknown


def points(text: str) -> float | None:
    """A number of points as an LMS writes it, "10.0" or "10,0"; None if it is not a number."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def put(cells: list, index: int, score: float | str | None, seen: Counter) -> None:
    """Put a score, or what stands for a missing one, into a line; what the LMS has stays where we have nothing."""
    cells.extend([""] * (index + 1 - len(cells)))
    before = cells[index].strip()
    empty = before in ("", "-")
    if score is None or (isinstance(score, str) and not empty):
        seen["kept"] += not empty
        return
    cells[index] = score if isinstance(score, str) else number(score)
    old, new = points(before), points(cells[index])
    same = not empty and old is not None and new is not None and abs(old - new) < 0.005
    seen["new" if empty else "as before" if same else "changed"] += 1
