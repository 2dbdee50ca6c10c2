"""Do points depend on how busy the machine is? The demo class and the honest set of proctor's tests, graded idle and
beside busy loops.

Run it as ``python -m benchmarks.load [assignment ...] [--loops 8] [--no-idle]``. Prints every point that differs, and
how long each run took.
The idle run is what is compared with; ``--no-idle`` compares with demo_scores.csv and with what the honest set has
earned.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.naming import COURSE
from course_tests.notebooks import ROOT, sources
from proctor.tests import arena
from proctor.tests.honest import HONEST
from proctor.tests.test_honest import LIMITS
from tools import demo_class, gradebook

Points = dict[tuple[str, ...], float]


@contextlib.contextmanager
def busy(loops: int) -> Iterator[None]:
    """This many processes that compute endlessly."""
    processes = [subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"]) for _ in range(loops)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def demo_points(course: Path, chosen: list[str]) -> Points:
    """Grade the demo class; (learner, assignment) -> points of its tests."""
    for name in chosen:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", "autograde", name, "--create", "--force"],
            cwd=course,
            capture_output=True,
            text=True,
        )
        print(done.stderr.strip().rpartition("\n")[2], flush=True)
    points: Points = {}
    for learner, assignment, _, _, kind, score, *_ in gradebook.scores(course / "gradebook.db"):
        if kind == "test" and assignment in chosen and learner.startswith("demo_"):
            points[learner, assignment] = points.get((learner, assignment), 0.0) + (score or 0.0)
    return points


def honest_points(place: arena.Arena) -> Points:
    """Grade the honest set; (learner, test) -> points."""
    place.nbgrader("autograde", "ps1", "--create", "--force")
    return {(name, test): points for name, tests in place.points().items() for test, points in tests.items()}


def earned() -> tuple[Points, Points]:
    """What both must get on any machine."""
    with (ROOT / "tools" / "tests" / "demo_scores.csv").open(encoding="utf-8") as file:
        demo = {(row["learner"], row["assignment"]): float(row["score"] or 0) for row in csv.DictReader(file)}
    return demo, {(name, test): points for name, one in HONEST.items() for test, points in arena.expected(one).items()}


def graded(what: str, course: Path, place: arena.Arena, chosen: list[str]) -> tuple[Points, Points]:
    begin, before = time.perf_counter(), os.times()
    points = demo_points(course, chosen), honest_points(place)
    after = os.times()
    print(
        f"{what}: {time.perf_counter() - begin:.0f} s on the wall, {sum(after[2:4]) - sum(before[2:4]):.0f} s of CPU",
        flush=True,
    )
    return points


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assignments", nargs="*", help="all, unless some are named")
    parser.add_argument("--loops", type=int, default=8)
    parser.add_argument("--no-idle", action="store_true", help="compare with what is known instead of with an idle run")
    options = parser.parse_args()
    chosen = options.assignments or [notebook.assignment for notebook in sources()]
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder) / "demo"
        course.mkdir()
        for name in COURSE:
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, course / name)
        demo_class.make(course)
        arena.LIMITS = LIMITS
        place = arena.Arena(Path(folder) / "honest")
        for name, one in HONEST.items():
            place.submit(name, one)
        right = earned() if options.no_idle else graded("idle", course, place, chosen)
        with busy(options.loops):
            found = graded(f"beside {options.loops} busy loops", course, place, chosen)
    differ = 0
    for known, now in zip(right, found):
        for key, points in sorted(now.items()):
            if known.get(key) != points:
                differ += 1
                print(*key, f"{known.get(key)} became {points}")
    print(
        f"{sum(map(len, found))} scores of {len({key[0] for points in found for key in points})} learners: {differ} "
        "differ"
    )
    sys.exit(bool(differ))


if __name__ == "__main__":
    main()
