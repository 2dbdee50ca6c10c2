"""The numbers on the first screen of README.md are true."""

import re

from course_tests import bank
from course_tests.notebooks import ROOT, sources
from proctor.tests.attacks import submissions


def test_the_numbers_are_counted():
    notebooks = sources()
    for notebook in notebooks:
        bank.load(notebook.topic)
    counted = {
        "assignments": len(notebooks),
        "exercises": sum(len(notebook.exercises()) for notebook in notebooks),
        "wrong answers": len(bank.MISCONCEPTIONS),
        "right answers": len(bank.ALTERNATIVES),
        "attacks": len(submissions()),
    }
    first_screen = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Two commands")[0]
    for what, number in counted.items():
        stated = re.search(rf"([\d,]+)(?: \w+)? {what}", " ".join(first_screen.split()))
        assert stated and stated[1] == f"{number:,}", (
            f"README.md says {stated and stated[0]!r}; there are {number:,} {what}"
        )
