"""What a learner gets, tried as they would: the zip, installed in a fresh environment, worked with in JupyterLab in
a browser.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from course_tests.notebooks import ROOT, sources
from tools import demo_class, setup, student
from tools.tests import jupyter

ASSIGNMENT = "03_activations"
NOTEBOOK = next(notebook for notebook in sources() if notebook.assignment == ASSIGNMENT)
FOLDER = Path(student.NAME) / ASSIGNMENT
STEP = "def step(z):\n    return np.where(np.asarray(z) >= 0, 1.0, 0.0)"
SWAPPED = "def sigmoid(z):\n    return 1 / (1 + np.exp(z))"
PICTURE = os.environ.get("LEARNER_PICTURE")  # a file to write: how docs/learner.png was made


# ---------------------------------------------------------------- the zip


def test_the_same_files_give_the_same_bytes(tmp_path):
    student.build([ASSIGNMENT], tmp_path / "one" / "a.zip")
    root = tmp_path / "copy"
    shutil.copytree(ROOT / "release", root / "release", copy_function=shutil.copyfile)  # with other times
    shutil.copytree(ROOT / "source", root / "source")
    for name in ("pyproject.toml", "requirements-class.lock"):
        shutil.copyfile(ROOT / name, root / name)
    student.build([ASSIGNMENT], tmp_path / "two" / "b.zip", root)
    assert (tmp_path / "one" / "a.zip").read_bytes() == (tmp_path / "two" / "b.zip").read_bytes()


def test_the_zip_holds_all_that_a_learner_needs_and_nothing_else():
    known = sorted(path.name for path in (ROOT / "release").iterdir() if path.is_dir())
    found = student.files(known)
    for assignment in known:
        beside = {path.name for path in (ROOT / "release" / assignment).iterdir() if path.is_file()}
        assert {"practice.py", "originals.json", "known.json"} <= beside, (
            f"release/{assignment} is not what source/ makes: run `make release`"
        )
        assert beside == {Path(name).name for name in found if f"/{assignment}/" in name}
        assert f"`{assignment}/{assignment.partition('_')[2]}.ipynb`" in found[f"{student.NAME}/README.md"].decode()
    assert not re.search(r"\{[A-Z]+\}", found[f"{student.NAME}/README.md"].decode())
    needed = found[f"{student.NAME}/requirements.txt"].decode().splitlines()
    assert {re.split("[>=]", line)[0] for line in needed} == set(student.NEEDED)
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = [line for line in needed if line.startswith(student.PINNED)]
    assert pinned and all(f"\n{line} \\\n" in lock for line in pinned)  # what the grader has, for each Python
    for content in found.values():
        for word in (b"course_tests", b"BEGIN SOLUTION", b"BEGIN HIDDEN"):
            assert word not in content


def test_of_a_class_it_holds_the_notebooks_of_the_class(tmp_path):
    """They have its due dates below the title; the class is known by where its gradebook lies."""
    shelf = tmp_path.resolve() / "autumn"
    for step in ("release", "source"):
        shutil.copytree(ROOT / step / ASSIGNMENT, shelf / step / ASSIGNMENT)
    path = shelf / "release" / ASSIGNMENT / "activations.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    due = {"cell_type": "markdown", "id": "of-the-class", "metadata": {}, "source": ["**Due: now.**"]}
    content["cells"].insert(1, due)
    path.write_text(json.dumps(content), encoding="utf-8")
    assert student.of_class(f"sqlite:///{shelf}/gradebook.db") == shelf
    assert student.of_class(f"sqlite:///{ROOT}/gradebook.db") is None
    assert student.of_class("postgresql+psycopg://me@host/grades") is None
    found = student.files([ASSIGNMENT], shelf=shelf)
    assert b"**Due: now.**" in found[f"{student.NAME}/{ASSIGNMENT}/activations.ipynb"]
    assert b"activations.ipynb` |" in found[f"{student.NAME}/README.md"]


def test_an_assignment_that_is_not_released_is_one_line():
    done = subprocess.run(
        [sys.executable, "-m", "tools.student", "99_nothing"], cwd=ROOT, capture_output=True, text=True
    )
    assert (
        done.returncode == 1
        and done.stderr.startswith("release/ has no 99_nothing. It has: 01_")
        and "Traceback" not in done.stderr
    )


# ---------------------------------------------------------------- the learner's computer


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The unpacked zip, with its requirements in an environment of its own as the README says."""
    here = tmp_path_factory.mktemp("learner")
    student.build([ASSIGNMENT], here / "course.zip")
    zipfile.ZipFile(here / "course.zip").extractall(here)
    folder = here / student.NAME
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}

    def pip(*words):
        return subprocess.run(
            [folder / ".venv" / "bin" / "python", "-m", "pip", *words],
            cwd=folder,
            env=clean,
            capture_output=True,
            text=True,
        )

    subprocess.run([sys.executable, "-m", "venv", ".venv"], cwd=folder, env=clean, check=True)
    if pip("download", "-q", "--no-deps", "--dest", str(here / "probe"), "six").returncode:
        pytest.skip("pip reaches no package index here: connect to a network, or set one in pip.conf")
    # What pip would install, from uv's cache; LEARNER_PIP=1 does it by pip, as a learner does.
    own = str(folder / ".venv" / "bin" / "python")
    done = (
        pip("install", "-q", "-r", "requirements.txt")
        if os.environ.get("LEARNER_PIP")
        else subprocess.run(
            [sys.executable, "-m", "uv", "pip", "install", "-q", "--python", own, "-r", "requirements.txt"],
            cwd=folder,
            env=clean | setup.index(folder),
            capture_output=True,
            text=True,
        )
    )
    assert done.returncode == 0, done.stderr
    assert "nbgrader" not in pip("list").stdout  # none is needed to work
    return folder


def write(home: Path, answers) -> None:
    """The released notebook with these answers in it."""
    blank = json.loads((ROOT / "release" / ASSIGNMENT / NOTEBOOK.path.name).read_text(encoding="utf-8"))
    (home / ASSIGNMENT / NOTEBOOK.path.name).write_bytes(demo_class.fill(blank, answers))


def right(name: str) -> str:
    return demo_class.MARKERS.sub("", next(cell.source for cell in NOTEBOOK.exercises() if cell.grade_id == name))


def test_the_terminal_check_runs_with_only_what_a_learner_has(home, tmp_path):
    write(home, lambda name: right(name) if name in ("step", "sigmoid") else None)
    done = subprocess.run(
        [home / ".venv" / "bin" / "python", "practice.py"],
        cwd=home / ASSIGNMENT,
        capture_output=True,
        text=True,
        env=os.environ | {"IPYTHONDIR": str(tmp_path)},
    )
    assert done.returncode == 1 and "\n2 of 16 exercises pass the visible tests." in done.stdout, (
        done.stdout + done.stderr
    )


@pytest.fixture
def page(home, tmp_path):
    """The notebook in JupyterLab in a browser: all is answered but step, and sigmoid has a mistake."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install playwright"
    )
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no chromium here: apt-get install chromium")
    write(home, lambda name: {"step": None, "sigmoid": SWAPPED}.get(name, right(name)))
    settings = {
        "notebook-extension/tracker": {"windowingMode": "none"},
        "apputils-extension/notification": {"fetchNews": "false"},
    }
    for name, content in settings.items():
        path = tmp_path / "lab" / "user-settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(content))
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with (
        jupyter.lab(home, tmp_path, str(home / ".venv" / "bin" / "python")) as address,
        playwright.sync_playwright() as player,
    ):
        browser = player.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        page.set_default_timeout(600_000)
        page.goto(f"{address}/lab/tree/{ASSIGNMENT}/{NOTEBOOK.path.name}?token={jupyter.TOKEN}")
        page.get_by_text(re.compile(r"\| Idle")).wait_for()  # the kernel is there
        yield page
        browser.close()


def cell(page, text: str):
    """The code cell whose text begins so."""
    return (
        page.locator(".jp-Notebook .jp-CodeCell")
        .filter(has=page.locator(".cm-content", has_text=re.compile("^" + re.escape(text))))
        .first
    )


def run(page, text: str, wait: bool = True):
    """Click into a cell and press Shift + Enter; return its output once it has run."""
    found = cell(page, text)
    found.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    if wait:
        found.locator(".jp-InputPrompt").filter(has_text=re.compile(r"\[\d+\]")).wait_for()
    return found.locator(".jp-OutputArea").first


def type_into(page, text: str, code: str):
    """Replace a cell's text, as a learner who pastes."""
    cell(page, text).locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)


def test_a_learner_fills_in_an_exercise_reads_a_failure_and_moves_a_slider(page):
    run(page, "import io, os")
    run(page, "BLUE, ORANGE")

    type_into(page, "def step(z):", STEP)
    run(page, "def step(z):")
    run(page, '"""step says 1').get_by_text(
        "step: 1 of 3 test cells pass so far. 0 of 16 exercises pass the visible tests."
    ).wait_for()
    run(page, '"""step(0) is 1')
    run(page, '"""step leaves its').get_by_text(
        "1 of 16 exercises pass the visible tests.\nHidden tests follow when you submit: visible tests passed is not"
    ).wait_for()

    run(page, "def sigmoid(z):")
    failing = run(page, '"""sigmoid(0) is one half')
    failing.get_by_text("AssertionError: Scores 0, 2 and -2 must give").wait_for()
    failing.get_by_text("Look at last_failure.inputs, .yours and .expected: they differ in 2 of 3 places").wait_for()
    cell(page, '"""sigmoid(0) is one half').locator(".jp-InputPrompt").click()
    page.keyboard.press("b")  # a new cell below
    page.keyboard.press("Enter")
    page.keyboard.insert_text("last_failure")
    shown = run(page, "last_failure")
    shown.get_by_text("expected:  [0.5, 0.8808, 0.1192]").wait_for()
    if PICTURE:
        shown.evaluate("it => it.scrollIntoView({block: 'end'})")
        page.screenshot(path=PICTURE)

    type_into(page, "def sigmoid(z):", right("sigmoid"))
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    slider = page.locator(".jp-OutputArea .noUi-handle").first
    slider.wait_for()
    figure = page.locator(".jp-OutputArea .widget-interact img").first
    before = figure.get_attribute("src")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "([figure, before]) => figure.isConnected ? figure.src !== before : true", arg=[figure.element_handle(), before]
    )
    page.wait_for_function(
        "before => { const now = document.querySelector('.widget-interact img'); return now && now.src !== before }",
        arg=before,
    )
