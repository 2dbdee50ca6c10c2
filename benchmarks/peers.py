"""`python -m benchmarks.peers FOLDER`: public nbgrader courses through stock nbgrader and through proctor, cell by
cell.

FOLDER holds one folder for each course, such as git checkouts, each with source/ASSIGNMENT/*.ipynb; nothing in them is
changed. Two learners hand in:
`solver` the instructor's own solution, `blank` the release. What the notebooks import must be in this environment.
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
from pathlib import Path
from typing import NamedTuple

from proctor.plugin import calibrate

HOME = Path(__file__).resolve().parents[1]
STOCK = "c = get_config()\nc.CourseDirectory.course_id = 'peer'\n"
PROCTOR = STOCK + f"import sys\nsys.path.insert(0, {str(HOME)!r})\nimport proctor\nproctor.install(c)\n"
SCORES = (
    "import json\nfrom nbgrader.api import Gradebook\nwith Gradebook('sqlite:///gradebook.db') as book:\n"
    "    print(json.dumps([[a.name, s.student.id, n.name, g.cell.name, g.auto_score]\n"
    "                      for a in book.assignments for s in a.submissions for n in s.notebooks for g in n.grades]))"
)


class Peer(NamedTuple):
    """The outcome of one course.

    `left` counts tasks and written answers that nobody touched: 0 points here, while stock nbgrader lets a person
    look. They are not in `equal`.
    """

    name: str
    equal: int
    cells: int
    left: int
    tests: int
    inside: int
    nowhere: int
    stock: float
    proctor: float
    different: list

    def __str__(self) -> str:
        return (
            f"{self.name:24} {self.equal:5} of {self.cells:5} cells equal, {self.left:3} left as released, "
            f"{self.inside:4} of {self.tests:5} tests inside, {self.nowhere:3} nowhere, "
            f"{self.stock:6.0f} s stock, {self.proctor:6.0f} s proctor"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cells", action="store_true", help="name every cell that differs")
    options = parser.parse_args()
    peers = []
    for course in sorted(path for path in options.folder.iterdir() if (path / "source").is_dir()):
        peers.append(compare(course))
        print(peers[-1], flush=True)
        for line in peers[-1].different if options.cells else ():
            print("   ", line)
    if not peers:
        sys.exit(f"No course in {options.folder}: each is a folder with source/ASSIGNMENT/*.ipynb.")
    print(Peer("all", *(sum(numbers) for numbers in zip(*(peer[1:9] for peer in peers))), []))


def compare(course: Path) -> Peer:
    """Grade a copy of the course twice."""
    with tempfile.TemporaryDirectory(prefix="peers-") as top:
        stock, ours = Path(top) / "stock", Path(top) / "proctor"
        shutil.copytree(course / "source", stock / "source", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        (stock / "nbgrader_config.py").write_text(STOCK)
        names = sorted({path.parent.name for path in (stock / "source").glob("*/*.ipynb")})
        for name in names:
            nbgrader(stock, "generate_assignment", name, "--force")
            for who, made in (("solver", stock / "source" / name), ("blank", stock / "release" / name)):
                if made.is_dir():
                    shutil.copytree(made, stock / "submitted" / who / name)
        shutil.copytree(stock, ours)
        (ours / "nbgrader_config.py").write_text(PROCTOR)
        for name in names:  # where the tests run is found out once, before anybody is graded
            nbgrader(ours, "generate_assignment", name, "--force")
        seconds, scores = [], []
        for folder in (stock, ours):
            begin = time.monotonic()
            for name in names:
                nbgrader(folder, "autograde", name, "--create")
            seconds.append(time.monotonic() - begin)
            done = subprocess.run(
                [sys.executable, "-c", SCORES],
                cwd=folder,
                env=environment(),
                capture_output=True,
                text=True,
                check=True,
            )
            scores.append({tuple(row[:4]): row[4] for row in json.loads(done.stdout)})
        graded = {
            (path.parent.name, path.parent.parent.name, path.stem) for path in stock.glob("autograded/*/*/*.ipynb")
        }  # stock nbgrader refuses a kernel that this machine has not
        found = [one for notebooks in calibrate.written(str(ours)).values() for one in notebooks.values()]
    cells = scores[0].keys() | scores[1].keys()
    left = {
        cell for cell in cells if cell[:3] in graded and scores[0].get(cell, 0) is None and scores[1].get(cell) == 0
    }
    equal = {cell for cell in cells if scores[0].get(cell) == scores[1].get(cell)}
    different = [
        f"{' '.join(cell)}: stock {scores[0].get(cell)}, proctor {scores[1].get(cell)}"
        for cell in sorted(cells - equal - left)
    ]
    return Peer(
        course.name,
        len(equal),
        len(cells),
        len(left),
        sum(one.tests for one in found),
        sum(len(one.inside) for one in found),
        sum(len(one.nowhere) for one in found),
        *seconds,
        different,
    )


def nbgrader(folder: Path, *arguments: str) -> None:
    """A command of nbgrader's; what cannot be graded shows in the points."""
    subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments], cwd=folder, env=environment(), capture_output=True, check=False
    )


def environment() -> dict:
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


if __name__ == "__main__":
    main()
