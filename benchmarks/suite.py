"""nbgrader's own tests of autograding, with proctor in place, as `make peers` runs them; takes some minutes.

    python -m benchmarks.suite                         # all
    python -m benchmarks.suite missing_files no_execute

What ends differently than with stock nbgrader must be in the table of proctor/README, and what is listed there
must still end differently.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import nbgrader.tests

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "proctor" / "README.md"
MODULE = "nbgrader.tests.apps.test_nbgrader_autograde"
CONFIG = "import proctor\nc = get_config()\nproctor.install(c)\n"


def listed(text: str = "") -> set[str]:
    """The tests that proctor/README says end differently, on purpose."""
    section = (
        (text or README.read_text(encoding="utf-8"))
        .partition("## Where it differs from stock nbgrader")[2]
        .partition("\n## ")[0]
    )
    cells = re.findall(r"^\| (`[^|]*`) \|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def outcomes(names: tuple[str, ...] = ()) -> dict[str, str]:
    """Name of a test, without "test_" -> passed, failed or skipped.

    Parameters
    ----------
    names : tuple of str
        These tests alone; all if there are none.
    """
    chosen = [f"{MODULE}::TestNbGraderAutograde::test_{name}" for name in names] or [MODULE]
    with tempfile.TemporaryDirectory(prefix="suite-") as folder:
        (Path(folder) / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
        environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": folder,
            "PYTHONPATH": str(ROOT),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        }
        report = Path(folder) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-c",
            os.devnull,
            "--rootdir",
            folder,
            "--confcutdir",
            str(Path(nbgrader.tests.__file__).parent),
            "--junitxml",
            str(report),
            "--pyargs",
            *chosen,
        ]
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if not report.exists():
            raise SystemExit(f"nbgrader's tests could not be run:\n{done.stdout}")
        return {
            case.get("name", "").removeprefix("test_"): _outcome(case)
            for case in ElementTree.parse(report).iter("testcase")
        }


def _outcome(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def disagreements(found: dict[str, str], on_purpose: set[str]) -> list[str]:
    """A sentence for each test of which README says another thing than the run."""
    return [
        f"{name} fails, and proctor/README does not say why"
        for name, outcome in found.items()
        if outcome == "failed" and name not in on_purpose
    ] + [
        f"{name} passes, and proctor/README says that it ends differently"
        for name, outcome in found.items()
        if outcome == "passed" and name in on_purpose
    ]


def main(names: list[str]) -> int:
    """Run them and say how they ended; 1 if README says something else."""
    found, on_purpose = outcomes(tuple(names)), listed()
    counts = {outcome: list(found.values()).count(outcome) for outcome in ("passed", "failed", "skipped")}
    print(
        f"nbgrader's own tests of autograding, with proctor: {counts['passed']} pass, {counts['failed']} differ, "
        f"{counts['skipped']} are skipped by nbgrader."
    )
    wrong = disagreements(found, on_purpose)
    print("\n".join(wrong) or "Those that differ are those that proctor/README lists.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
