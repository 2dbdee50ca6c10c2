"""`make setup`: .venv as requirements.lock says, by uv, or by pip where uv is not available, and proctor and classroom
in it, linked to this folder.

Needs nothing but Python.

An environment that works is brought up to date in place, since somebody may be grading with it; one that is damaged is
repaired.
"""

from __future__ import annotations

import csv
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a file, before anything is installed

from classroom.places import unusable  # noqa: E402

# What an older lock brought and nothing needs; pyproject.toml says why.
GONE = ("rfc3987-syntax", "lark", "isoduration", "arrow")
MENDED = ".py", ".so", ".pyd", ".json", ".ini", ".j2", ".pth"  # the files of a package that are looked for
UNTESTED = bool(os.environ.get("UNTESTED"))  # go on with a Python that the course has not been run on
OWN = "decision-committee"  # the name of what pyproject.toml describes


def main(root: Path = ROOT) -> None:
    """Make the environment, bring it up to date or repair it."""
    if why := unusable(root):
        sys.exit(f"Nothing was made: {why}")
    lock, stamp = root / "requirements.lock", root / ".venv" / "installed"
    broken = sorted(set(damaged(root / ".venv"))) if works(root / ".venv") else []
    say("Setting up .venv from requirements.lock" + (f"; put back: {', '.join(broken)}" if broken else ""))
    broken = [name for name in broken if name != OWN]
    stamp.unlink(missing_ok=True)  # if this is interrupted, the next run goes on
    environment(root / ".venv")
    if not (uv(root, lock) and by_uv(root, lock, broken)):
        by_pip(root, lock, broken)
    gone = [
        name
        for name in GONE
        if name in packages(root / ".venv") and not re.search(f"^{name}==", lock.read_text(encoding="utf-8"), re.M)
    ]
    if gone:
        run(root, "-m", "pip", "uninstall", "-q", "-y", *gone)
    link(root)
    stamp.write_text("\n".join(sorted(packages(root / ".venv"))) + "\n", encoding="utf-8")
    say(f".venv is ready: {len(packages(root / '.venv'))} packages")


def whole(root: Path = ROOT) -> bool:
    """Whether there is nothing to do, in a tenth of a second; run by the environment's own Python."""
    stamp = root / ".venv" / "installed"
    described = max((root / name).stat().st_mtime for name in ("requirements.lock", "pyproject.toml"))
    return stamp.exists() and stamp.stat().st_mtime >= described and not any(damaged(root / ".venv")) and linked(root)


def say(text: str) -> None:
    print(text, flush=True)


def python(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(root: Path, *arguments: str, **options: Any) -> int:
    """The environment's Python, its output on the terminal; compiled files are written whatever the caller has set."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "VIRTUAL_ENV")
    }
    return subprocess.run(
        [str(python(root / ".venv")), *arguments], env={**clean, **options.pop("env", {})}, **options
    ).returncode


def works(venv: Path) -> bool:
    """Whether its Python starts, and is one that the course runs on."""
    try:
        supported = "(3, 10) <= sys.version_info[:2]" + ("" if UNTESTED else " < (3, 14)")
        code = f"import sys; sys.exit(sys.prefix == sys.base_prefix or not {supported})"
        return subprocess.run([str(python(venv)), "-c", code], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def environment(venv: Path) -> None:
    """An environment with pip."""
    if not works(venv):
        say("1 of 3: a new environment")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
    elif subprocess.run([str(python(venv)), "-m", "pip", "--version"], capture_output=True).returncode:
        say("1 of 3: pip is put back")
        packaged = [folder for folder in site(venv).glob("pip-*.dist-info")] + [site(venv) / "pip"]
        for folder in packaged:  # ensurepip leaves alone what looks installed
            subprocess.run(
                [sys.executable, "-c", "import shutil, sys; shutil.rmtree(sys.argv[1], True)", str(folder)], check=True
            )
        subprocess.run([str(python(venv)), "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)


def uv(root: Path, lock: Path) -> bool:
    """Whether the locked uv is in the environment, or could be put there."""
    entry = re.search(r"^uv==(\S+) .*\n(?:    --hash=\S+.*\n?)+", lock.read_text(encoding="utf-8"), re.M)
    if entry is None:
        return False
    if (
        packages(root / ".venv").get("uv") == entry.group(1)
        and run(root, "-m", "uv", "--version", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    ):
        return True
    say(f"2 of 3: uv {entry.group(1)}, which installs faster than pip")
    wanted = root / ".venv" / "uv.txt"
    wanted.write_text(entry.group(), encoding="utf-8")
    return (
        run(
            root,
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "--no-deps",
            "--force-reinstall",
            "--only-binary",
            ":all:",
            "--require-hashes",
            "-r",
            str(wanted),
        )
        == 0
    )


def by_uv(root: Path, lock: Path, broken: list[str]) -> bool:
    say("3 of 3: packages, by uv")
    again = [word for name in broken for word in ("--reinstall-package", name)]
    return (
        run(
            root,
            "-m",
            "uv",
            "pip",
            "install",
            "--python",
            str(python(root / ".venv")),
            "--no-deps",
            "--require-hashes",
            "--compile-bytecode",
            *again,
            "-r",
            str(lock),
            env=index(root),
        )
        == 0
    )


def by_pip(root: Path, lock: Path, broken: list[str]) -> None:
    say("3 of 3: packages, by pip; this takes a minute or two")
    for name in broken:  # its files may be gone, so that pip cannot take it away
        for folder in site(root / ".venv").glob("*.dist-info"):
            if name_of(folder) == name:
                folder.rename(folder.with_name(f"~{folder.name}"))
    status = run(
        root,
        "-m",
        "pip",
        "install",
        "--no-cache-dir",
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
        "-r",
        str(lock),
    )
    if status:
        sys.exit("The packages could not be installed: see above. `make setup` goes on where it stopped.")


def lent(root: Path) -> bool:
    """Whether .venv is a link to the environment of another copy of the course, which that copy keeps."""
    venv = (root / ".venv").resolve()
    return venv.parent != root.resolve() and (venv.parent / "requirements.lock").exists()


def linked(root: Path) -> bool:
    """Whether the environment finds proctor and classroom in this folder, wherever it has been moved."""
    files = site(root / ".venv").glob(f"_{OWN.replace('-', '_')}.pth")
    return lent(root) or any(Path(file.read_text(encoding="utf-8").strip()) == root for file in files)


def link(root: Path) -> None:
    """Put the command classroom into the environment, and this folder on its path; nothing is fetched, what builds
    it is in the lock.
    """
    if lent(root):
        return
    quick = "uv" in packages(root / ".venv") and not UNTESTED
    how = (
        ["-m", "uv", "pip", "install", "--python", str(python(root / ".venv")), "--quiet", "--offline", "--reinstall"]
        if quick
        else ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", "--force-reinstall"]
    )
    how += ["--ignore-requires-python"] if UNTESTED else []
    if run(root, *how, "--no-deps", "--no-build-isolation", "-e", str(root)):
        sys.exit(
            "proctor and classroom could not be linked into .venv: see above. `make setup` goes on where it stopped."
        )


def index(root: Path) -> dict[str, str]:
    """uv's settings for the places that pip is given; hashes say what is right, wherever it comes from."""
    told = subprocess.run(
        [str(python(root / ".venv")), "-m", "pip", "config", "list"], capture_output=True, text=True
    ).stdout
    pip: dict[str, str] = {}
    for key, value in re.findall(r"^(?:global|install|:env:)\.([\w-]+)='(.*)'$", told, re.M):
        pip[key] = value.replace("\\n", " ").strip()
    places = {
        "UV_DEFAULT_INDEX": pip.get("index-url"),
        "UV_INDEX": pip.get("extra-index-url"),
        "UV_FIND_LINKS": ",".join(shlex.split(pip.get("find-links", ""))),
        "SSL_CERT_FILE": pip.get("cert"),
    }
    places["UV_INDEX_STRATEGY"] = (
        "unsafe-best-match"  # as pip: the first index that has a package need not have its version
    )
    return {name: value for name, value in places.items() if value and name not in os.environ}


def site(venv: Path) -> Path:
    return next(iter(venv.glob("Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages")), venv / "none")


def name_of(info: Path) -> str:
    """ "rfc3987_syntax-1.1.0.dist-info" -> "rfc3987-syntax"."""
    return re.sub(r"[-_.]+", "-", info.name.partition("-")[0]).lower()


def packages(venv: Path) -> dict[str, str]:
    """Name -> version of what is installed."""
    return {name_of(folder): folder.stem.partition("-")[2] for folder in site(venv).glob("[!~]*.dist-info")}


def damaged(venv: Path) -> Iterator[str]:
    """The packages of which files are missing: all files are looked for, none is read."""
    stamp = venv / "installed"
    before = stamp.read_text(encoding="utf-8").split() if stamp.exists() else []
    yield from set(before) - {"pip"} - packages(venv).keys()
    for folder in site(venv).glob("[!~]*.dist-info"):
        if name_of(folder) == "pip":
            continue
        try:
            with open(folder / "RECORD", newline="", encoding="utf-8") as file:
                files = [row[0] for row in csv.reader(file) if row and row[0].endswith(MENDED)]
        except OSError:
            yield name_of(folder)
            continue
        if not all(os.path.exists(os.path.join(folder.parent, name)) for name in files):
            yield name_of(folder)


if __name__ == "__main__":
    sys.exit(not whole()) if sys.argv[1:] == ["whole"] else main()
