"""`python -m benchmarks.visible [topic ...]`: how many of the bank's mistakes show before submitting.

Counted are the mistakes that are caught by more than craft tests; quizzes are left out. Prints, for each exercise and
each assignment, the share that fails a visible test line. `-v` lists those that pass them all.
"""

from __future__ import annotations

import argparse

from course_tests import bank, visible
from course_tests.notebooks import Notebook, sources


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("topics", nargs="*", help="all, if none is given")
    parser.add_argument("-v", "--verbose", action="store_true", help="list the mistakes that pass all visible lines")
    options = parser.parse_args()
    print(f"{'':34} {'mistakes':>8} {'show':>6} {'share':>6}")
    for notebook in sources():
        if not options.topics or notebook.topic in options.topics:
            report(notebook, options.verbose)


def report(notebook: Notebook, verbose: bool) -> None:
    """Print the table of one assignment."""
    found = visible.shares(notebook.topic)
    print(line(notebook.assignment, *(sum(counted[k] for counted in found.values()) for k in (0, 1))))
    for exercise, counted in found.items():
        print("  " + line(exercise, *counted, width=32))
        green = [
            entry.name
            for entry in bank.of(bank.MISCONCEPTIONS, notebook.topic, exercise)
            if visible.should_show(entry) and not visible.failures(entry)
        ]
        if verbose and green:
            print("      green: " + ", ".join(green))


def line(name: str, mistakes: int, show: int, width: int = 34) -> str:
    """One row."""
    return f"{name:{width}} {mistakes:8} {show:6} {show / max(mistakes, 1):6.0%}"


if __name__ == "__main__":
    main()
