"""How much faster is `nbgrader autograde` with proctor than stock nbgrader, by the clock and in CPU: the same
submissions, tests and machine, one after the other.

    python benchmarks/autograde.py                        # 40 submissions of 03_activations
    python benchmarks/autograde.py 01_pixels -n 20 -s 4   # another assignment, fewer submissions
    python benchmarks/autograde.py -f each                # and with pictures and experiments, as stock nbgrader makes
    them
    python benchmarks/autograde.py --bare                 # notebooks without them, on both sides
    python benchmarks/autograde.py -r 0 -g 200            # only: does a submission cost more when there are many? And
    one alone?

Submissions are the source notebooks, solved. Stock nbgrader grades `-s` of them and its time for all is computed from
that (it grades
one after the other); proctor grades all. Run it on an otherwise idle machine; CPU seconds are right on a busy
one too where `perf` is installed. Nothing of the course itself is touched: everything happens in a temporary copy.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COURSE = Path(__file__).resolve().parents[1]
CONFIG = """
import sys
sys.path.insert(0, {course!r})
c = get_config()
c.CourseDirectory.root = {root!r}
c.Exchange.root = {root!r}
c.OverwriteCells.add_missing_cells = True
c.ExecutePreprocessor.timeout = 120
c.NbGrader.log_level = 10 if {proctor} else 30
if {proctor}:
    import proctor
    proctor.install(c)
    c.Proctor.workers = {workers}
    c.Proctor.figures, c.Proctor.skip_tags = {figures!r}
    c.Proctor.import_paths = [{course!r}]
"""
SHOWN = ["figure"]  # the tags of cells that only show something
SETTINGS = {"course": ("graded", SHOWN), "run": ("graded", []), "all": ("all", [])}
MARKS = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION[^\n]*\n?", re.MULTILINE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assignment", nargs="?", default="03_activations")
    parser.add_argument("-n", type=int, default=40, help="submissions that proctor grades")
    parser.add_argument("-s", type=int, default=6, help="submissions that stock nbgrader grades")
    parser.add_argument("-r", type=int, default=3, help="repetitions")
    parser.add_argument(
        "-f",
        default="course",
        choices=[*SETTINGS, "each"],
        help="what proctor does with cells that only show something: leaves them out, as the course is configured; "
        "'run' runs them without drawing; 'all' draws too, as stock nbgrader always does; 'each' compares the three",
    )
    parser.add_argument("-b", "--bare", action="store_true", help="take these cells out of the notebooks, for both")
    parser.add_argument("-g", type=int, default=0, metavar="N", help="also compare 20 submissions with N, for growth")
    parser.add_argument("-w", type=int, default=0, help="workers; 0 for all cores")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        root = Path(folder)
        prepare(root, options)
        floor = floor_seconds(root, options.assignment)
        print(f"floor: {floor:.3f} s of CPU per submission, for the bare cells and tests, with every figure drawn")
        kinds = list(SETTINGS) if options.f == "each" else [options.f]
        ratios = {figures: [] for figures in kinds}
        for _ in range(options.r):
            stock = run_stock(root, options)
            for options.f in kinds:
                ratios[options.f].append(compare(root, options, *stock, floor))
        for options.f, found in ratios.items():
            if found:
                faster, cheaper = (
                    f"{statistics.median(each):.1f} times {what} ({min(each):.1f} to {max(each):.1f})"
                    for each, what in zip(zip(*found), ("the throughput", "less CPU"))
                )
                print(
                    f"{options.n} submissions, shown cells '{options.f}', beside stock nbgrader, in {options.r} runs: "
                    f"{faster}, {cheaper}"
                )
        options.f = kinds[0]
        if options.g:
            growth(root, options)


def compare(
    root: Path, options: argparse.Namespace, stock: float, stock_cpu: float, floor: float
) -> tuple[float, float]:
    """Print how proctor does against stock nbgrader; return how many times the throughput, and how many times less
    CPU.
    """
    ours, ours_cpu, phases = run_proctor(root, options, options.n)
    ratios = stock * options.n / ours, stock_cpu * options.n / ours_cpu
    print(
        f"shown cells '{options.f}': stock {stock:.2f} s ({stock_cpu:.2f} s of CPU), proctor {ours / options.n:.3f} s "
        f"({ours_cpu / options.n:.3f} s of CPU) "
        f"per submission; {ratios[0]:.1f} times the throughput, {ratios[1]:.1f} times less CPU, "
        f"{ours_cpu / options.n / floor:.1f} times the floor"
    )
    print(
        "    where proctor's time goes, per notebook:",
        ", ".join(f"{name} {value * 1000:.0f} ms" for name, value in phases.items()),
    )
    return ratios


def growth(root: Path, options: argparse.Namespace) -> None:
    """Print the time of one submission more, and the most memory, with few and with many."""
    alone, start, _ = run_proctor(root, options, 1)
    fresh(root, options, 1, proctor=False)
    stock, stock_cpu, _ = nbgrader(root, "autograde", options.assignment)
    print(
        f"one submission alone, starting nbgrader included: stock {stock:.2f} s ({stock_cpu:.2f} s of CPU), proctor "
        f"{alone:.2f} s ({start:.2f} s of CPU)"
    )
    for count in (20, options.g):
        wall, cpu, _ = run_proctor(root, options, count)
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"{count} submissions: {wall / count:.3f} s, {(cpu - start) / (count - 1):.3f} s of CPU for each after "
            f"the first, at most {most:.0f} MB in one process"
        )


def prepare(root: Path, options: argparse.Namespace) -> None:
    """A course with this one assignment, released, and its solved notebooks as submissions."""
    shutil.copytree(COURSE / "source" / options.assignment, root / "source" / options.assignment)
    earlier = COURSE / "release" / options.assignment / "earlier.py"  # made when a release is
    if earlier.exists():
        shutil.copy(earlier, root / "source" / options.assignment)
    if options.bare:
        for path in (root / "source" / options.assignment).glob("*.ipynb"):
            notebook = json.loads(path.read_text())
            notebook["cells"] = [
                cell for cell in notebook["cells"] if not set(SHOWN) & set(cell["metadata"].get("tags", []))
            ]
            path.write_text(json.dumps(notebook))
    if (COURSE / "course_tests").exists():
        os.symlink(COURSE / "course_tests", root / "course_tests")
    configure(root, options, proctor=True)  # finds out where the tests run, once for all submissions
    nbgrader(root, "generate_assignment", options.assignment)
    for number in range(max(options.n, options.s, options.g)):
        folder = root / "all" / f"student{number:04d}" / options.assignment
        folder.mkdir(parents=True)
        for path in (root / "source" / options.assignment).glob("*.ipynb"):
            (folder / path.name).write_text(json.dumps(solved(path, root / "release" / options.assignment / path.name)))


def solved(source: Path, release: Path) -> dict:
    """The release with the solutions of the source filled in: what a perfect learner hands in."""
    answers = {}
    for cell in json.loads(source.read_text())["cells"]:
        meta = cell["metadata"].get("nbgrader", {})
        if meta.get("solution"):
            answers[meta["grade_id"]] = MARKS.sub("", "".join(cell["source"]))
    notebook = json.loads(release.read_text())
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell["source"] = answers[grade_id]
    return notebook


def configure(root: Path, options: argparse.Namespace, proctor: bool) -> None:
    text = CONFIG.format(
        course=str(COURSE),
        root=str(root),
        proctor=proctor,
        workers=options.w,
        figures=SETTINGS.get(options.f, SETTINGS["course"]),
    )
    (root / "nbgrader_config.py").write_text(text)


def nbgrader(root: Path, *arguments: str) -> tuple:
    """Run a command; return (wall seconds, CPU seconds, its log)."""
    bin_folder = str(Path(sys.executable).parent)
    env = {
        **os.environ,
        "PATH": os.pathsep.join([bin_folder, os.environ["PATH"]]),
        "PYTHONPATH": str(COURSE),
        "PYTHONWARNINGS": "ignore",
    }
    counted = root / "perf.txt"
    counter = ["perf", "stat", "-x", ",", "-e", "task-clock", "-o", str(counted), "--"] if shutil.which("perf") else []
    before, begin = machine_seconds(), time.perf_counter()
    done = subprocess.run(
        [*counter, sys.executable, "-m", "nbgrader", *arguments], cwd=root, env=env, text=True, capture_output=True
    )
    wall, cpu = time.perf_counter() - begin, machine_seconds() - before
    if counter and counted.exists():  # of these processes only, in whatever namespace they are
        found = re.search(r"^([\d.]+),.*task-clock", counted.read_text(), re.MULTILINE)
        cpu = float(found[1]) / 1000 if found else cpu
    log = done.stdout + done.stderr
    if done.returncode not in (0, 3):
        raise SystemExit(f"nbgrader {' '.join(arguments)} failed:\n{log[-3000:]}")
    return wall, cpu, log


def machine_seconds() -> float:
    """CPU seconds that this machine has been busy: rooms are in process namespaces of their own, so a process's
    children do not tell.
    """
    try:
        fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    except OSError:
        return float("nan")
    return (sum(fields[:8]) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def fresh(root: Path, options: argparse.Namespace, count: int, proctor: bool) -> None:
    """`count` submissions, nothing graded."""
    configure(root, options, proctor)
    for name in ("submitted", "autograded"):
        shutil.rmtree(root / name, ignore_errors=True)
    for folder in sorted((root / "all").iterdir())[:count]:
        shutil.copytree(folder, root / "submitted" / folder.name)


def run_stock(root: Path, options: argparse.Namespace) -> tuple:
    """Wall and CPU seconds of one of `n` submissions, with a share of starting up."""
    fresh(root, options, options.s, proctor=False)
    wall, cpu, _ = nbgrader(root, "autograde", options.assignment)
    idle, idle_cpu, _ = nbgrader(root, "autograde", options.assignment)  # nothing to do: the time to start up

    def share(whole: float, start: float) -> float:
        return (whole - start) / options.s + start / options.n

    return share(wall, idle), share(cpu, idle_cpu)


def run_proctor(root: Path, options: argparse.Namespace, count: int) -> tuple:
    """Wall and CPU seconds of `count` submissions, and the mean of each phase of a notebook."""
    fresh(root, options, count, proctor=True)
    wall, cpu, log = nbgrader(root, "autograde", options.assignment)
    found = [eval(match) for match in re.findall(r": (\{'prepare'.*?\})", log)]
    phases = {name: statistics.fmean(one[name] for one in found) for name in found[0]} if found else {}
    return wall, cpu, phases


def floor_seconds(root: Path, assignment: str) -> float:
    """CPU seconds of the bare cells and tests of one submission: one process, everything imported, no isolation, no
    bookkeeping.
    """
    code = """
import json, sys, time
sys.path[:0] = ["", {course!r}]
import matplotlib
matplotlib.use("agg")
import numpy, matplotlib.pyplot as plt
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
cells = [c for path in {paths!r} for c in json.load(open(path))["cells"]]
sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
for _ in range(2):  # the second time nothing is imported
    shell.reset()
    begin = time.process_time()
    for source in sources:
        shell.run_cell(source, silent=True)
        for number in plt.get_fignums():
            plt.figure(number).savefig("/dev/null", format="png")
        plt.close("all")
    seconds = time.process_time() - begin
print("FLOOR", seconds)
"""
    folder = root / "source" / assignment
    paths = sorted(map(str, folder.glob("*.ipynb")))
    done = subprocess.run(
        [sys.executable, "-c", code.format(course=str(COURSE), paths=paths)], cwd=folder, text=True, capture_output=True
    )
    found = re.search(r"FLOOR (\S+)", done.stdout)
    return float(found[1]) if found else float("nan")


if __name__ == "__main__":
    main()
