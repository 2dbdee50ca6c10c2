"""A very large course on this machine: many submissions through Dask workers into PostgreSQL, while a worker is killed
and comes back.

    python -m benchmarks.mooc                      # 2,000 submissions of 03_activations, two workers
    python -m benchmarks.mooc 01_pixels -n 200     # fewer, of another assignment

A third of the submissions is right, a third has one known mistake, a third has three. Prints seconds for each
submission, what the grader's own process and the rest of the machine do of them, memory as the class goes by, and what
a submission takes on disks. Ends with status 1 if a submission was lost or counted twice, if two with the same answers
got different points, or if memory grew with the class. docs/scale.md says what follows from the numbers.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import sqlalchemy

from benchmarks.autograde import machine_seconds
from benchmarks.naming import COURSE
from course_tests import bank
from course_tests.notebooks import ROOT, Notebook, sources
from proctor.tests import database
from tools import demo_class

KINDS = 30  # different submissions; the class hands in copies of them
MEGABYTE = 1_000_000


class Workers:
    """A Dask scheduler and workers as processes of this machine, one submission at a time each."""

    def __init__(self, folder: Path, count: int):
        self.folder, file = folder, folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", str(file))
        while not file.exists() or not file.read_text():
            time.sleep(0.1)
        self.address = json.loads(file.read_text())["address"]
        self.workers = [self.one_more() for _ in range(count)]

    def _start(self, kind: str, *options: str) -> subprocess.Popen:
        local = ["--no-dashboard", "--host", "127.0.0.1"]
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options, *local]
        return subprocess.Popen(command, cwd=self.folder, stderr=subprocess.DEVNULL)

    def one_more(self) -> subprocess.Popen:
        return self._start("worker", self.address, "--nthreads", "1", "--local-directory", str(self.folder))

    def memory(self) -> int:
        """Bytes of the largest process that the workers have started."""
        return max((resident(one) for worker in self.workers for one in tree(worker)), default=0)

    def kill_one(self) -> None:
        """As when a machine goes down: it and all that it has started, at once."""
        for one in tree(self.workers[0]):
            one.kill()
        self.workers.pop(0).wait()

    def close(self) -> None:
        for process in [*self.workers, self.scheduler]:
            for one in tree(process):
                one.kill()
            process.wait()


def tree(process: subprocess.Popen) -> list[psutil.Process]:
    try:
        found = psutil.Process(process.pid)
        return [*found.children(recursive=True), found]
    except psutil.NoSuchProcess:
        return []


def resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


@contextmanager
def workers(folder: Path, count: int) -> Iterator[Workers]:
    folder.mkdir()
    started = Workers(folder, count)
    try:
        yield started
    finally:
        started.close()


def hand_in(course: Path, notebook: Notebook, count: int) -> dict[str, int]:
    """Fill submitted/; learner -> which kind of submission."""
    bank.load(notebook.topic)
    mistakes = [one for one in bank.MISCONCEPTIONS if one.topic == notebook.topic]
    released = course / "release" / notebook.assignment
    blank = json.loads((released / notebook.path.name).read_text(encoding="utf-8"))
    right = {cell.grade_id: demo_class.MARKERS.sub("", cell.source) for cell in notebook.exercises()}
    files = []
    for kind in range(KINDS):
        wrong = [mistakes[(7 * kind + 11 * number) % len(mistakes)] for number in range((0, 1, 3)[kind % 3])]
        files.append(demo_class.fill(blank, {**right, **{one.exercise: one.code for one in wrong}}.get))
    learners = {f"learner{number:07}": number % KINDS for number in range(count)}
    for learner, kind in learners.items():
        folder = course / "submitted" / learner / notebook.assignment
        folder.mkdir(parents=True)
        (folder / notebook.path.name).write_bytes(files[kind])
    return learners


def nbgrader(course: Path, url: str, *arguments: str) -> subprocess.Popen:
    with open(course / "log.txt", "a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=course,
            env={**os.environ, "GRADEBOOK_URL": url},
            stdout=log,
            stderr=log,
        )


def finished(process: subprocess.Popen, course: Path) -> None:
    if process.wait() not in (0, 3):
        sys.exit(f"nbgrader failed:\n{(course / 'log.txt').read_text()[-3000:]}")


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def grade(course: Path, url: str, notebook: Notebook, count: int, cluster: Workers) -> bool:
    """Grade all; print times and memory; whether memory stayed as it was."""
    samples: list[tuple[float, int, int]] = []  # share of the class, bytes of the grader, bytes of a worker
    before, begin = machine_seconds(), time.perf_counter()
    process = nbgrader(course, url, "autograde", notebook.assignment, "--create")
    grader, own, gone, back = psutil.Process(process.pid), 0.0, False, False
    while process.poll() is None:
        share = len(list((course / "autograded").glob("learner*"))) / count
        try:
            times = grader.cpu_times()
            own = times.user + times.system
            samples.append((share, resident(grader), cluster.memory()))
        except psutil.Error:  # it has just ended
            pass
        if share > 1 / 3 and not gone:
            cluster.kill_one()
            gone = True
            print(f"  a worker was killed after {share:.0%}", flush=True)
        if share > 1 / 2 and gone and not back:
            cluster.workers.append(cluster.one_more())
            back = True
            print(f"  and came back after {share:.0%}", flush=True)
        time.sleep(0.5)
    finished(process, course)
    wall, cpu = time.perf_counter() - begin, machine_seconds() - before
    print(
        f"autograde: {wall:.0f} s, {wall / count:.3f} s a submission; CPU a submission: {own / count:.3f} s in the "
        f"grader's process, {(cpu - own) / count:.3f} s on the workers, PostgreSQL and whatever else ran here"
    )
    flat = True
    for who, column in (("the grader", 1), ("the largest process of the workers", 2)):
        quarters = [
            max((sample[column] for sample in samples if low <= sample[0] < low + 0.25), default=0)
            for low in (0, 0.25, 0.5, 0.75)
        ]
        print(f"memory of {who}, by quarters: {', '.join(f'{most / MEGABYTE:.0f}' for most in quarters)} MB")
        flat = flat and quarters[3] < 1.25 * max(quarters[:3])
    if not back:
        print("  too few submissions: they were all graded before the worker was back")
    return flat


def whole(url: str, learners: dict[str, int], folder: Path) -> bool:
    """Whether each submission is in the gradebook once, with the points of its kind."""
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(
            sqlalchemy.text(
                "select s.student_id, count(distinct s.id), count(*), count(distinct g.cell_id), sum(g.auto_score) "
                "from submitted_assignment s join submitted_notebook n on n.assignment_id = s.id "
                "join grade g on g.notebook_id = n.id group by s.student_id"
            )
        ).all()
        stored = connection.execute(sqlalchemy.text("select pg_database_size(current_database())")).scalar()
    engine.dispose()
    lost = learners.keys() - {row[0] for row in rows}
    twice = [row[0] for row in rows if row[1] != 1 or row[2] != row[3]]
    points = defaultdict(Counter)
    for learner, _, _, _, score in rows:
        points[learners[learner]][float(score)] += 1
    differ = [kind for kind, found in points.items() if len(found) > 1]
    folders = len(list(folder.glob("learner*")))
    print(
        f"{len(rows)} of {len(learners)} submissions in the gradebook, {folders} in autograded/; lost {len(lost)}, "
        f"twice {len(twice)}; kinds of submissions with different points: {len(differ)} of {len(points)}"
    )
    print(f"the gradebook: {stored / len(learners) / 1000:.0f} kB a submission, the empty database included")
    return not (lost or twice or differ) and folders == len(learners)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assignment", nargs="?", default="03_activations")
    parser.add_argument("-n", type=int, default=2000, help="submissions")
    parser.add_argument("-w", type=int, default=2, help="workers")
    parser.add_argument("--no-feedback", action="store_true", help="leave the pages out")
    options = parser.parse_args()
    if why := database.missing():
        sys.exit(why)
    notebook = next((one for one in sources() if one.assignment == options.assignment), None)
    if notebook is None:
        sys.exit(f"No assignment '{options.assignment}' in source/.")
    with tempfile.TemporaryDirectory(prefix="mooc-") as folder, database.postgresql() as url:
        course = Path(folder) / "course"
        course.mkdir()
        for name in COURSE:
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, course / name)
        finished(nbgrader(course, url, "generate_assignment", notebook.assignment, "--force"), course)
        learners = hand_in(course, notebook, options.n)
        with workers(Path(folder) / "workers", options.w) as cluster:
            with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
                config.write(f"\nc.Proctor.scheduler = {cluster.address!r}\n")
            print(f"{options.n} submissions of {notebook.assignment}, {options.w} workers", flush=True)
            flat = grade(course, url, notebook, options.n, cluster)
        right = whole(url, learners, course / "autograded")
        print(f"autograded/: {size(course / 'autograded') / options.n / 1000:.0f} kB a submission")
        if not options.no_feedback:
            before, begin = machine_seconds(), time.perf_counter()
            finished(nbgrader(course, url, "generate_feedback", notebook.assignment), course)
            wall, cpu = time.perf_counter() - begin, machine_seconds() - before
            print(
                f"generate_feedback: {wall / options.n:.3f} s, {cpu / options.n:.3f} s of CPU and "
                f"{size(course / 'feedback') / options.n / 1000:.0f} kB a page"
            )
        print("memory does not grow with the class" if flat else "memory GROWS with the class")
        sys.exit(not (flat and right))


if __name__ == "__main__":
    main()
