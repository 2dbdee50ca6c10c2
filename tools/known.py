"""`known.json`: what the bank's mistakes give in the visible tests of a notebook, for practice.py to name them at home.

Nothing in it can be read: outcomes are hashes, and a sentence is sealed with the outcome of its mistake. Of the quiz,
each letter is a slow hash with a sealed hint; that keeps the right letters from being read, not from being tried.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import random
from pathlib import Path
from types import ModuleType

import numpy as np

from course_tests import bank, visible
from course_tests.notebooks import RELEASE, ROOT, Notebook

PRACTICE = Path(__file__).parent / "templates" / "practice.py"
AT_MOST = 4  # mistakes with one outcome; of more, nobody knows which
SEEDS = (0, 1)  # of the global generators: what depends on them is no outcome to know a mistake by


def text_for(notebook: Notebook, originals: str) -> str | None:
    """The text of ``known.json`` for a notebook of the course; None for any other.

    Parameters
    ----------
    notebook : Notebook
    originals : str
        The text of ``originals.json``.
    """
    if notebook.topic not in bank.topics():
        return None
    made_from = digest(notebook, originals)
    committed = RELEASE / notebook.assignment / "known.json"
    if committed.exists():  # the same on every machine, and quicker
        text = committed.read_text(encoding="utf-8")
        if json.loads(text)["made_from"] == made_from:
            return text
    try:
        return json.dumps({"made_from": made_from, **known(notebook, originals)}, indent=0) + "\n"
    except (
        RuntimeError
    ):  # the notebook does not run where it lies, in a class that has a part of the course, for example
        if committed.exists():
            return committed.read_text(encoding="utf-8")
        raise


def digest(notebook: Notebook, originals: str) -> str:
    """Changes when the visible tests, the bank, or what looks at them does."""
    found = hashlib.sha256(originals.encode())
    for path in (
        notebook.path,
        ROOT / "course_tests" / "misconceptions" / f"{notebook.topic}.py",
        ROOT / "course_tests" / "reference" / f"{notebook.topic}.py",
        PRACTICE,
        Path(__file__),
    ):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def known(notebook: Notebook, originals: str) -> dict:
    """The content of ``known.json``, but for what it is made from."""
    looks_on = practice()
    salt = hashlib.sha256(notebook.assignment.encode()).hexdigest()[:16]
    sentences: dict[str, bytes] = {}  # hint -> its key
    outcomes: dict[tuple[str, bytes], list[str]] = {}  # (test, fingerprint) -> hints
    for exercise in visible.exercises(notebook):
        for entry in bank.of(bank.MISCONCEPTIONS, notebook.topic, exercise):
            for test, events in steady_events(entry, notebook, originals).items():
                for whole in (True, False):
                    key = looks_on.fingerprint(salt, test, events, whole)
                    hints = outcomes.setdefault((test, key), [])
                    if entry.hint not in hints:
                        hints.append(entry.hint)
                    sentences.setdefault(entry.hint, hashlib.sha256(f"{salt} {entry.label}".encode()).digest()[:7])
    order = sorted(sentences, key=lambda hint: hashlib.sha256(f"{salt} {hint}".encode()).digest())
    tests: dict[str, dict[str, str]] = {}
    for (test, key), hints in sorted(outcomes.items()):
        if len(hints) <= AT_MOST:
            pointers = [
                looks_on.mixed(key[4:], order.index(hint).to_bytes(2, "big") + sentences[hint]) for hint in hints
            ]
            tests.setdefault(test, {})[key[:4].hex()] = base64.b64encode(b"".join(pointers)).decode()
    return {
        "salt": salt,
        "tests": tests,
        "sentences": [base64.b64encode(looks_on.mixed(sentences[hint], hint.encode())).decode() for hint in order],
        "quiz": quiz(notebook, salt),
    }


def steady_events(entry: bank.Entry, notebook: Notebook, originals: str) -> dict[str, list[str]]:
    """Test -> what it saw of a mistake when its visible lines failed, if that is the same each time."""
    runs = []
    for seed in SEEDS:
        np.random.seed(seed)
        random.seed(seed)
        watch = visible.looking_on(practice(), notebook, originals)
        runs.append(
            {
                test: events
                for test, (error, events) in visible.seen(entry, notebook, practice(), watch).items()
                if error
            }
        )
    return {test: events for test, events in runs[0].items() if runs[1].get(test) == events}


def quiz(notebook: Notebook, salt: str) -> dict[str, dict[str, str]]:
    """Question -> the hash of each letter -> its sealed hint; that of the right letter is empty, and as long."""
    looks_on = practice()
    hints: dict[int, dict[str, str]] = {}
    right = getattr(bank.reference(notebook.topic), visible.QUIZ, {})
    for entry in bank.of(bank.MISCONCEPTIONS, notebook.topic, visible.QUIZ):
        for number, letter in entry.implementation.items():
            if letter != right[number]:
                hints.setdefault(number, {})[letter] = entry.hint
    found = {}
    for number, of_letter in sorted(hints.items()):
        texts = {**of_letter, right[number]: ""}
        longest = max(len(text.encode()) for text in texts.values())
        sealed = {}
        for letter, text in texts.items():
            key = looks_on.quiz_key(salt, number, letter)
            padded = text.encode() + b" " * (longest - len(text.encode()))
            sealed[key[:4].hex()] = base64.b64encode(looks_on.mixed(key[4:], padded)).decode()
        found[str(number)] = dict(sorted(sealed.items()))
    return found


@functools.cache
def practice() -> ModuleType:
    """practice.py as a module."""
    return visible.practice(PRACTICE)
