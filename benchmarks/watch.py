"""`classroom watch` under load: seconds from hand-in to released feedback, memory and open files.

``python -m benchmarks.watch -n 30`` lets that many learners hand in within a minute while one more sends endless loops;
``--again 10`` repeats it in the same process, so that what grows would show. Needs Linux.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from classroom.tests.handing_in import hand_in, page_of, with_exchange
from classroom.tests.small_class import ANSWERS, SmallClass
from proctor.plugin import access

BOMB = "def double(x):\n    while True:\n        pass\n\nwhile True:\n    pass"


def of_tree(pid: int) -> tuple[float, int, int, float]:
    """Memory of a process and all below in MB (shared pages once each), its open files, processes, seconds of CPU."""
    children: dict[int, list[int]] = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            about = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(about[1]), []).append(int(entry))
    left, found = [pid], []
    while left:
        found.append(left.pop())
        left += children.get(found[-1], [])
    memory, cpu = 0.0, 0.0
    for one in found:
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            memory += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
            times = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[11:15]
            cpu += sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
        except OSError:
            continue
    return memory, len(os.listdir(f"/proc/{pid}/fd")), len(found), cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=30, help="learners")
    parser.add_argument("--within", type=float, default=60.0, help="seconds in which all hand in")
    parser.add_argument("--again", type=int, default=1, help="how often they do")
    parser.add_argument("--bombs", type=int, default=1, help="learners who send endless loops, each round")
    options = parser.parse_args()
    access.find_programs()
    with tempfile.TemporaryDirectory(prefix="watch-") as folder:
        made = with_exchange(
            SmallClass(Path(folder) / "course"),
            "c.Watch.pause_minutes = c.Watch.tries = 0\n"
            "c.Proctor.limits = {'cell_seconds': 10, 'notebook_seconds': 30}",
        )
        process = made.run("classroom", "watch")
        try:
            line = process.stdout.readline()
            assert "watching" in line, line + process.stdout.read()
            os.set_blocking(process.stdout.fileno(), False)
            for number in range(options.again):
                seconds = one_round(made, options, process)
                memory, files, processes, cpu = of_tree(process.pid)
                print(
                    f"{(number + 1) * options.n} hand-ins: feedback after {statistics.median(seconds):.1f} s (median), "
                    f"{max(seconds):.1f} s (longest); {memory:.0f} MB in {processes} processes, {files} open files, "
                    f"{cpu:.0f} s of CPU",
                    flush=True,
                )
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def one_round(made: SmallClass, options: argparse.Namespace, process: subprocess.Popen) -> list[float]:
    """Seconds from hand-in to released page, of everybody but those who send bombs."""
    answers = {name: made.filled(name, ANSWERS["ann"]) for name in ("numbers", "words")}
    bomb = {"numbers": made.filled("numbers", {**ANSWERS["ann"], "double": BOMB}), "words": answers["words"]}
    begin = time.monotonic()
    moments = [(random.uniform(0, options.within), f"learner{number}", answers) for number in range(options.n)]
    moments += [(options.within * number / 10, f"bomber{number}", bomb) for number in range(options.bombs)]
    waiting: dict[Path, float] = {}
    seconds: list[float] = []
    for at, learner, content in sorted(moments, key=lambda one: one[0]):
        while time.monotonic() < begin + at:
            seconds += arrived(waiting)
            time.sleep(0.02)
        secret = hand_in(made, learner, **content)
        if content is answers:
            waiting[page_of(made, secret, "words")] = time.monotonic()
        drain(process)
    while waiting:
        seconds += arrived(waiting)
        drain(process)
        time.sleep(0.02)
    return seconds


def drain(process: subprocess.Popen) -> None:
    """Take what was said, lest the pipe is full."""
    with contextlib.suppress(BlockingIOError):
        os.read(process.stdout.fileno(), 1 << 20)


def arrived(waiting: dict[Path, float]) -> list[float]:
    """Seconds that those pages took that are there now; they wait no longer."""
    there = [page for page in waiting if page.exists()]
    return [time.monotonic() - waiting.pop(page) for page in there]


if __name__ == "__main__":
    main()
