"""Section: named mistakes, as the tests named them to the learners, and how many made each: what to re-teach.

Tests name mistakes as data (see proctor/README.md), so what counts as the same mistake is its name, whatever numbers
are in the sentence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import NamedTuple

from classroom.report.facts import Facts
from proctor import cells


class Mistake(NamedTuple):
    """One mistake in one exercise. `hints` is what its learners were told: one sentence, or two of which one is
    likely theirs.
    """

    exercise: str
    hints: tuple[str, ...]
    learners: list[str]
    of: int
    names: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The part of those who handed in that made it."""
        return len(self.learners) / self.of


class Assignment(NamedTuple):
    """The mistakes of one assignment, most frequent first, and how many learners' notebooks were read."""

    name: str
    read: int
    mistakes: list[Mistake]

    @property
    def frequent(self) -> list[Mistake]:
        """Those worth a word in class: more than one learner, and one in twenty."""
        return [mistake for mistake in self.mistakes if len(mistake.learners) > 1 and mistake.share >= 0.05][:6]

    @property
    def rare(self) -> list[Mistake]:
        """All others."""
        return self.mistakes[len(self.frequent) :]


def section(facts: Facts) -> list[Assignment]:
    """The mistakes of each assignment, newest assignment first."""
    # Assignment, (exercise, learner) -> what each test named.
    named: dict[str, dict[tuple[str, str], list[tuple[cells.Mistake, ...]]]] = defaultdict(lambda: defaultdict(list))
    readers: dict[str, set[str]] = defaultdict(set)
    for notebook in facts.read:
        readers[notebook.assignment].add(notebook.learner)
        for cell, found in notebook.mistakes.items():
            named[notebook.assignment][
                facts.exercise(notebook.assignment, notebook.name, cell), notebook.learner
            ].append(found)
    return [
        Assignment(name, len(readers[name]), _grouped(named[name], len(readers[name])))
        for name in reversed(facts.handed_in())
        if readers[name]
    ]


class Common(NamedTuple):
    """One mistake by its name over the term: assignment -> learners who made it; the sentence to say."""

    name: str
    exercises: list[str]
    hint: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """How often, in all assignments."""
        return sum(self.counts.values())


def over_the_term(sections: list[Assignment], most: int = 8) -> list[Common]:
    """The most common mistakes of all assignments, those of which the tests were sure.

    Parameters
    ----------
    sections : list of Assignment
        From `section`, newest first.
    most : int
    """
    found: dict[str, dict[str, set[str]]] = defaultdict(dict)  # name -> assignment -> learners
    where: dict[str, list[str]] = defaultdict(list)
    hints: dict[str, str] = {}
    for assignment in reversed(sections):
        for mistake in assignment.mistakes:
            if len(mistake.names) == 1:
                name = mistake.names[0]
                found[name].setdefault(assignment.name, set()).update(mistake.learners)
                where[name] += [] if mistake.exercise in where[name] else [mistake.exercise]
                hints[name] = mistake.hints[0]  # the newest
    rows = [
        Common(name, where[name], hints[name], {of: len(learners) for of, learners in counts.items()})
        for name, counts in found.items()
    ]
    return sorted((row for row in rows if row.total > 1), key=lambda row: (-row.total, row.name))[:most]


def _grouped(named: dict[tuple[str, str], list[tuple[cells.Mistake, ...]]], of: int) -> list[Mistake]:
    groups: dict[tuple, tuple[Counter, set[str]]] = defaultdict(lambda: (Counter(), set()))
    for (exercise, learner), tests in named.items():
        for mistakes in once(tests):
            words, learners = groups[exercise, tuple(mistake.name for mistake in mistakes)]
            words[tuple(mistake.hint for mistake in mistakes)] += 1
            learners.add(learner)
    found = [
        Mistake(exercise, words.most_common(1)[0][0], sorted(learners), of, names)
        for (exercise, names), (words, learners) in groups.items()
    ]
    return sorted(found, key=lambda mistake: (-len(mistake.learners), mistake.exercise, mistake.hints))


def once(tests: list[tuple[cells.Mistake, ...]]) -> list[tuple[cells.Mistake, ...]]:
    """One learner's mistakes in one exercise, each once, however many tests named it and with whatever numbers.

    Where one test could not tell two mistakes apart and another named one of them, it was that one.
    """
    alone = {mistakes[0].name for mistakes in tests if len(mistakes) == 1}
    kept: dict[tuple[str, ...], tuple[cells.Mistake, ...]] = {}
    for mistakes in tests:
        names = tuple(mistake.name for mistake in mistakes)
        if len(mistakes) == 1 or not alone.intersection(names):
            kept.setdefault(names, mistakes)
    return list(kept.values())
