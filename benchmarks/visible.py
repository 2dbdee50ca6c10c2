"""`python -m benchmarks.visible [topic ...]`: how many of the bank's mistakes show before submitting, and are named.

Counted are the mistakes that are caught by more than craft tests; quizzes are left out. Prints, for each exercise and
each assignment, the share that fails a visible test line, and of these the share that practice.py names in the
notebook, from release/. `-v` lists those that pass all visible lines, and those that have no name there.
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
    print(f"{'':34} {'mistakes':>8} {'show':>6} {'share':>6} {'named':>6} {'share':>6}")
    for notebook in sources():
        if not options.topics or notebook.topic in options.topics:
            report(notebook, options.verbose)


def report(notebook: Notebook, verbose: bool) -> None:
    """Print the table of one assignment."""
    rows, lists = [], {}
    for exercise in visible.exercises(notebook):
        entries = [
            entry for entry in bank.of(bank.MISCONCEPTIONS, notebook.topic, exercise) if visible.should_show(entry)
        ]
        show = [entry for entry in entries if visible.failures(entry)]
        named = [entry for entry in show if any(visible.named(entry).values())]
        rows.append((exercise, len(entries), len(show), len(named)))
        lists[exercise] = {
            "green": [entry.name for entry in entries if entry not in show],
            "no name": [entry.name for entry in show if entry not in named],
        }
    print(line(notebook.assignment, *(sum(row[k] for row in rows) for k in (1, 2, 3))))
    for row in rows:
        print("  " + line(*row, width=32))
        for what, names in lists[row[0]].items():
            if verbose and names:
                print(f"      {what}: {', '.join(names)}")


def line(name: str, mistakes: int, show: int, named: int, width: int = 34) -> str:
    """One row."""
    return f"{name:{width}} {mistakes:8} {show:6} {show / max(mistakes, 1):6.0%} {named:6} {named / max(show, 1):6.0%}"


if __name__ == "__main__":
    main()
