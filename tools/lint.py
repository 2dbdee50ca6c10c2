"""`make lint`: what pyproject.toml asks of the code, by ruff, mypy and numpydoc. A commit hook and `make test` run
the same.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def commands(root: Path = ROOT) -> dict[str, list[str]]:
    """The commands by name, as one would type them in this folder."""
    packages = [path for name in ("proctor", "classroom") for path in _modules(root, name)]
    return {
        "ruff check": ["ruff", "check", "--quiet", "--output-format", "concise"],
        "ruff format": ["ruff", "format", "--check", "--quiet"],
        "mypy": ["mypy", "--no-error-summary", "proctor", "classroom"],
        "numpydoc": ["numpydoc", "lint", "--ignore", "PR01", *packages],
        "numpydoc, reference": ["numpydoc", "lint", *_modules(root, "course_tests/reference")],
    }


def _modules(root: Path, folder: str) -> list[str]:
    """The modules in a folder, without its tests."""
    paths = [path.relative_to(root) for path in (root / folder).rglob("*.py")]
    return sorted(path.as_posix() for path in paths if "tests" not in path.parts)


def run(command: list[str], root: Path = ROOT) -> subprocess.CompletedProcess:
    """One of them, with the tools of this very environment."""
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def main() -> int:
    """All of them; 1 if one found something."""
    status = 0
    for name, command in commands().items():
        done = run(command)
        print(done.stdout, end="", flush=True)
        if done.returncode:
            print(f"{name}: see above", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
