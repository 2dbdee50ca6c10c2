"""`make lite`: release/ as a static site in which learners work without installing anything.

JupyterLite builds it, in an environment of its own (.cache/lite, from requirements.lock beside this file). Python runs
in the learner's browser: Pyodide, which the browser fetches from its own address, or from the site where
PYODIDE=/folder was given.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Collection
from pathlib import Path

from traitlets.config import PyFileConfigLoader

from course_tests.notebooks import ROOT
from proctor.plugin.template import BRINGS_FILES
from tools import setup, student

HERE = Path(__file__).parent
LOCK, PAGE = HERE / "requirements.lock", HERE / "page.html"
TITLE = "A decision committee"
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
APPS = ("notebooks", "tree", "edit")  # one notebook, all files, one text
# What notebooks import and Pyodide does not have; numpy and the like come with Pyodide.
WHEELS = ("comm", "ipywidgets")
FROM_WORKER = "../../../../wheels"  # where the kernel finds them, seen from its own script in extensions/
SETTINGS = {
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 20},
    "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"},
}
NOTICE = (
    "Your work is kept in this browser only. Run the cell above: a button appears, Download my work. "
    "Press it when you stop, and hand in that file."
)


def environment(root: Path = ROOT) -> Path:
    """The environment's folder; it is made again when the lock changes."""
    folder = root / ".cache" / "lite"
    stamp, wanted = folder / "installed", hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return folder
    print("Setting up .cache/lite from tools/lite/requirements.lock", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    settings = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    settings |= setup.index(root)
    uv = [sys.executable, "-m", "uv", "-q"]
    for command in (
        ["venv", "--python", sys.executable, str(folder)],
        ["pip", "install", "--python", str(setup.python(folder)), "--no-deps", "--require-hashes", "-r", str(LOCK)],
    ):
        if subprocess.run([*uv, *command], env=settings).returncode:
            sys.exit("What builds the site could not be installed: see above. `make lite` goes on where it stopped.")
    stamp.write_text(wanted)
    return folder


def build(
    assignments: list[str], into: Path, root: Path = ROOT, pyodide: Path | None = None, over: Collection[str] = ()
) -> None:
    """Write the site into the folder `into`, from nothing.

    Parameters
    ----------
    assignments : list of str
    into : Path
    root : Path
        The course.
    pyodide : Path or None
        A folder with Pyodide and its packages, which the site takes along.
    over : set of str
        Assignments whose answers need not be sealed, as in `student.files`.
    """
    own = environment(root)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        rows = []
        for name, content in student.files(assignments, root, over).items():
            path = scratch / "files" / Path(name).relative_to(student.NAME)
            if path.parent == scratch / "files":  # README.md and requirements.txt are for those who install
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".ipynb":
                rows.append(_row(path.relative_to(scratch / "files").as_posix(), content))
                content = in_browser(content)
            path.write_bytes(content)
        wheels = [wheel(name, setup.site(own), scratch / "wheels") for name in WHEELS]
        (scratch / "jupyter-lite.json").write_text(json.dumps(configuration(wheels, pyodide is not None)))
        (scratch / "overrides.json").write_text(json.dumps(SETTINGS))
        build_it = [str(setup.python(own)), "-m", "jupyterlite_core", "build", "--no-sourcemaps", "--no-libarchive"]
        done = subprocess.run(
            [
                *(*build_it, "--lite-dir", str(scratch), "--output-dir", str(scratch / "out")),
                *("--contents", str(scratch / "files")),
                *(word for app in APPS for word in ("--apps", app)),
            ],
            cwd=scratch,
            env={name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.exit(f"JupyterLite could not build the site:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        shutil.copytree(scratch / "wheels", scratch / "out" / "wheels")
        if pyodide is not None:
            shutil.copytree(pyodide, scratch / "out" / "static" / "pyodide")
        page = PAGE.read_text(encoding="utf-8").replace("{ROWS}", "\n".join(rows)).replace("{TITLE}", TITLE)
        (scratch / "out" / "index.html").write_text(page, encoding="utf-8")
        shutil.rmtree(into, ignore_errors=True)
        shutil.move(scratch / "out", into)


def in_browser(notebook: bytes) -> bytes:
    """A released notebook whose first lines say where the work is kept; its cells are those of the release."""
    content = json.loads(notebook)
    cells = content["cells"]
    first = next(cell for cell in cells if BRINGS_FILES in cell["metadata"].get("tags", ()))
    first["outputs"] = [
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/html": [f"<p><strong>{NOTICE}</strong></p>"], "text/plain": [NOTICE]},
        }
    ]
    content["cells"] = [first, *(cell for cell in cells if cell is not first)]
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def configuration(wheels: list[str], own_pyodide: bool) -> dict:
    """What every page of the site reads first: jupyter-lite.json."""
    kernel: dict = {"loadPyodideOptions": {"packages": [f"{FROM_WORKER}/{name}" for name in wheels]}}
    if own_pyodide:
        kernel |= {"pyodideUrl": "./static/pyodide/pyodide.js", "disablePyPIFallback": True}
    data = {
        "appName": TITLE,
        "exposeAppInBrowser": True,  # for the button in the notebook
        "litePluginSettings": {KERNEL: kernel},
    }
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}


def wheel(name: str, site: Path, into: Path) -> str:
    """Pack an installed pure-Python package as a wheel again; return the wheel's name."""
    (package,) = importlib.metadata.distributions(name=name, path=[str(site)])
    file = f"{name}-{package.version}-py3-none-any.whl"
    into.mkdir(exist_ok=True)
    with zipfile.ZipFile(into / file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(package.files or ()):
            if not {"..", "__pycache__"} & set(part.parts):
                archive.writestr(zipfile.ZipInfo(part.as_posix(), student.WHEN), part.read_binary())
    return file


def has_pyodide(folder: Path) -> str:
    """Why a folder is no Pyodide for this course, or ""."""
    try:
        packages = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
        wanted = ["pyodide.js", *(packages[name]["file_name"] for name in ("numpy", "matplotlib", "micropip"))]
    except (OSError, ValueError, LookupError) as error:
        return f"{folder} is not a folder of Pyodide with NumPy and Matplotlib ({type(error).__name__}: {error})."
    missing = [name for name in wanted if not (folder / name).exists()]
    return f"{folder} has no {', '.join(missing)}: take the full distribution of Pyodide 0.27." if missing else ""


def _row(path: str, notebook: bytes) -> str:
    title = "".join(json.loads(notebook)["cells"][0]["source"]).splitlines()[0].lstrip("# ")
    name = path.partition("/")[0]
    return f'<li><a href="notebooks/index.html?path={path}">{html.escape(title)}</a> <small>{name}</small></li>'


def main() -> None:
    """See `make help`."""
    parser = argparse.ArgumentParser(prog="make lite", description="The course as a site that runs in the browser.")
    parser.add_argument("assignments", nargs="*", help="as 03_activations; all if none is named")
    parser.add_argument("--pyodide", type=Path, help="a folder with Pyodide and its packages, to take along")
    given = parser.parse_args()
    if given.pyodide is not None and (why := has_pyodide(given.pyodide)):
        sys.exit(why)
    known = sorted(path.parent.name for path in (ROOT / "release").glob("*/*.ipynb"))
    unknown = [name for name in given.assignments if name not in known]
    if unknown:
        sys.exit(f"release/ has no {', '.join(unknown)}. It has: {', '.join(known)}.")
    chosen = given.assignments or known
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    build(chosen, ROOT / "lite", ROOT, given.pyodide, student.over(config.CourseDirectory.db_url) & set(chosen))
    size = sum(path.stat().st_size for path in (ROOT / "lite").rglob("*") if path.is_file())
    print(
        f"lite/: {len(chosen)} of {len(known)} assignments, {size / 1e6:,.0f} MB. Put the folder on a web server "
        f"(https). To try it: {Path(sys.executable).name} -m http.server --bind 127.0.0.1 --directory lite"
    )
