"""Section: named mistakes, as the tests named them to the learners, and how many made each: what to re-teach."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import NamedTuple

from classroom.errors import ClassroomError
from classroom.report.facts import Facts

# Below the line that says so stands one known mistake in each line; a wrong answer to a quiz has its hint below too
# (then `where` says which question).
PATTERN = r"(?:behaves exactly like (?:a|two) known mistakes?\b[^\n]*|(?P<where>Question \d+): [^\n]* is not the answer\.)\n(?P<hints>.+)"
NUMBER = re.compile(r"-?\d*\.?\d+(?:e[+-]?\d+)?")
DECIMAL = re.compile(r"-?\d*\.\d+(?:e[+-]?\d+)?")


class Mistake(NamedTuple):
    """One mistake in one exercise. `hints` is what its learners were told: one sentence, or two of which one is likely theirs."""

    exercise: str
    hints: tuple[str, ...]
    learners: list[str]
    of: int

    @property
    def share(self) -> float:
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
        return self.mistakes[len(self.frequent):]


def compiled(pattern: str) -> re.Pattern:
    """The pattern of a course, checked."""
    try:
        found = re.compile(pattern, re.DOTALL)
    except re.error as error:
        raise ClassroomError(f"Report.mistake is not a regular expression: {error}. Mend it in nbgrader_config.py.") from None
    if "hints" not in found.groupindex:
        raise ClassroomError("Report.mistake has no group (?P<hints>...): put it around the lines that name the mistake.")
    return found


def section(facts: Facts, pattern: str = PATTERN) -> list[Assignment]:
    """The mistakes of each assignment, newest assignment first."""
    found = compiled(pattern)
    # Assignment, (exercise, learner) -> the hints of each test.
    named: dict[str, dict[tuple[str, str], list[tuple[str, ...]]]] = defaultdict(lambda: defaultdict(list))
    readers: dict[str, set[str]] = defaultdict(set)
    for notebook in facts.read:
        readers[notebook.assignment].add(notebook.learner)
        for cell, message in notebook.failures.items():
            match = found.search(message)
            hints = tuple(line.strip() for line in (match["hints"] if match else "").splitlines() if line.strip())
            if hints:
                where = match.groupdict().get("where")
                exercise = facts.exercise(notebook.assignment, notebook.name, cell) + (f", {where}" if where else "")
                named[notebook.assignment][exercise, notebook.learner].append(hints)
    return [Assignment(name, len(readers[name]), _grouped(named[name], len(readers[name]))) for name in reversed(facts.handed_in()) if readers[name]]


def _grouped(named: dict[tuple[str, str], list[tuple[str, ...]]], of: int) -> list[Mistake]:
    groups: dict[tuple, tuple[Counter, set[str]]] = defaultdict(lambda: (Counter(), set()))
    for (exercise, learner), tests in named.items():
        for hints in once(tests):
            words, learners = groups[exercise, tuple(DECIMAL.sub("#", hint) for hint in hints)]
            words[hints] += 1
            learners.add(learner)
    found = [Mistake(exercise, words.most_common(1)[0][0], sorted(learners), of) for (exercise, _), (words, learners) in groups.items()]
    return sorted(found, key=lambda mistake: (-len(mistake.learners), mistake.exercise, mistake.hints))


def once(tests: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """One learner's mistakes in one exercise, each once, however many tests named it and with whatever numbers.

    Where one test could not tell two mistakes apart and another named one of them, it was that one.
    """
    alone = {NUMBER.sub("#", hints[0]) for hints in tests if len(hints) == 1}
    kept: dict[tuple[str, ...], tuple[str, ...]] = {}
    for hints in tests:
        key = tuple(NUMBER.sub("#", hint) for hint in hints)
        if len(hints) == 1 or not alone.intersection(key):
            kept.setdefault(key, hints)
    return list(kept.values())
