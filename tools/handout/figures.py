"""What the cells of each notebook show, from a cache where nothing has changed."""

from __future__ import annotations

import concurrent.futures
import hashlib
import json
import os
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

from tqdm import tqdm

from course_tests.notebooks import ROOT, Notebook
from tools import given
from tools.handout import run

CACHE = ROOT / ".cache" / "handout"
LIMIT = 1800  # seconds for one notebook


def of_all(notebooks: list[Notebook], cache: Path = CACHE) -> dict[str, list[dict]]:
    """Assignment -> what `run.shown` gives. Notebooks are run at the same time, each in a process of its own.

    Raises
    ------
    SystemExit
        If a notebook does not run with its solutions.
    """
    cache.mkdir(parents=True, exist_ok=True)
    places = {notebook.assignment: cache / f"{notebook.assignment}-{digest(notebook)}.json" for notebook in notebooks}
    missing = sorted(
        (n for n in notebooks if not places[n.assignment].exists()), key=lambda n: n.path.stat().st_size, reverse=True
    )
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        jobs = {pool.submit(_draw, notebook, places[notebook.assignment]): notebook for notebook in missing}
        try:
            for job in tqdm(
                concurrent.futures.as_completed(jobs),
                "Drawing the figures",
                len(jobs),
                disable=not (jobs and sys.stderr.isatty()),
            ):
                seconds = job.result()
                if not sys.stderr.isatty():
                    print(f"{jobs[job].assignment}: figures drawn in {seconds:.0f} s", flush=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return {name: json.loads(place.read_text(encoding="utf-8")) for name, place in places.items()}


def digest(notebook: Notebook) -> str:
    """Changes when a figure may change: with the code, what lies beside it, and the versions of what draws. Text may
    change freely.
    """
    versions = [metadata.version(name) for name in ("numpy", "matplotlib")]
    told = hashlib.sha256(f"{versions} {sys.version_info[:2]}".encode() + Path(run.__file__).read_bytes())
    for cell in run.code_cells(notebook.cells):
        told.update(cell.source.encode() + b"\0")
    told.update(given.text_for(notebook.path.parent).encode())
    for path in sorted(notebook.path.parent.iterdir()):
        if path.is_file() and path.suffix not in (".ipynb", ".md"):
            told.update(path.name.encode() + b"\0" + path.read_bytes())
    return told.hexdigest()[:16]


def _draw(notebook: Notebook, place: Path) -> float:
    start, draft = time.monotonic(), place.with_suffix(".part")
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "tools.handout.run", str(notebook.path), str(draft)]
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        sys.exit(f"{notebook.path.name} runs for more than {LIMIT // 60} minutes: look for an endless loop.")
    if done.returncode:
        sys.exit(
            done.stderr.strip().splitlines()[-1]
            if done.stderr.strip()
            else f"{notebook.path.name} ended without output (status {done.returncode})."
        )
    for old in place.parent.glob(f"{notebook.assignment}-*.json"):
        old.unlink()
    draft.replace(place)
    return time.monotonic() - start
