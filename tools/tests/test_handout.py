"""`make handout`: everything to read, nothing that gives an answer away, nothing fetched, a PDF with page numbers."""

import base64
import dataclasses
import html
import io
import json
import re

import pytest

from course_tests.notebooks import RELEASE, read, sources
from tools.handout import __main__ as handout
from tools.handout import choices, figures, glossary, page, pdf
from tools.handout.chapters import chapter
from tools.handout.run import code_cells
from tools.tests import axe

TWO = ["02_neuron", "04_losses"]
NOTEBOOKS = {notebook.assignment: notebook for notebook in sources()}
LONG = 25  # characters; shorter pieces of code stand in any text about code
_SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
_SCHEME = re.compile(r"BEGIN MARK SCHEME -->(.*?)<!-- END MARK SCHEME", re.DOTALL)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The handout of two assignments: its folder."""
    into = tmp_path_factory.mktemp("handout")
    handout.build(TWO, into)
    return into


@pytest.fixture(scope="module")
def text(built):
    return (built / "decision-committee.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chapters():
    """All assignments, without running them."""
    return {
        name: chapter(notebook, [{"text": "", "figures": []}] * len(code_cells(notebook.cells)))
        for name, notebook in NOTEBOOKS.items()
    }


def _words(body: str) -> str:
    """What a reader sees or hears."""
    heard = re.findall(r'(?:alt|aria-label)="([^"]*)"', body)
    return html.unescape(
        re.sub(r"<[^>]+>", "", re.sub(r"<style>.*?</style>", "", body, flags=re.DOTALL)) + "\n" + "\n".join(heard)
    )


def _secrets(name: str) -> set[str]:
    """Lines of solutions, hidden tests and mark schemes that the release does not hold."""
    cells = NOTEBOOKS[name].cells
    hidden = [
        part for cell in cells for part in (*_SOLUTION.findall(cell.source), *_SCHEME.findall(cell.source), cell.hidden)
    ]
    lines = {line.strip() for part in hidden for line in part.splitlines() if line.strip()}
    released = "\n".join(cell.source for cell in read(RELEASE / name / NOTEBOOKS[name].path.name).cells)
    known = {line.strip() for line in released.splitlines()}
    return {line for line in lines if line not in known and not (len(line) > LONG and line in released)}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_line_of_a_solution_is_in_the_text(name, chapters):
    """Nor of a hidden test, nor of a mark scheme, nor the letters of a quiz."""
    words = _words(chapters[name].body)
    lines = {line.strip() for line in words.splitlines()}
    secrets = _secrets(name)
    assert len(secrets) > 50
    assert not secrets & lines
    assert not [secret for secret in secrets if len(secret) > LONG and secret in words]
    assert "answers = {" not in words


def test_no_answer_comes_with_the_figures(text):
    """Not in what is printed, and not in the words for those who cannot see."""
    words = _words(text)
    assert not [line for name in TWO for line in _secrets(name) if len(line) > LONG and line in words]


def test_figures_that_show_an_answer_are_left_out(text, chapters):
    """Each choice belongs to a figure and to an exercise that exist; one that goes stale fails here."""
    for name, begins, exercise in choices.LEFT_OUT:
        assert sum(f'"{begins}' in cell.source for cell in NOTEBOOKS[name].cells) == 1, begins
        assert exercise in chapters[name].built
    for name, line in choices.SHOWN:
        assert sum(cell.source.startswith(line) for cell in NOTEBOOKS[name].cells) == 1, line
    assert "Four 3x3 pictures" not in text and text.count("A figure is left out here") == 1
    figures_shown = [
        figure for cell in figures.of_all([NOTEBOOKS["02_neuron"]])["02_neuron"] for figure in cell["figures"]
    ]
    assert sum(figure["alt"].startswith("Four 3x3 pictures") for figure in figures_shown) == 1


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_formula_is_mathml(name, chapters):
    """No TeX is left, neither instead of a formula nor inside one."""
    body = chapters[name].body
    assert body.count("<math") > 10
    assert not re.findall(r"<code>[^<]*\\[a-z]{3,}[^<]*</code>", body)
    assert not re.findall(r"<m[a-z]+[^>]*>[^<]*\\", body)


def test_font_of_formulas_has_their_letters_and_roots(text):
    """A root sign is in no text; without it a standard deviation becomes a variance."""
    from fontTools.ttLib import TTFont

    found = re.search(r"data:font/woff;base64,([^)]+)\)", text)
    if not found:
        pytest.skip("no font for mathematics here (apt-get install fonts-dejavu-extra); a reader's own is used")
    font = TTFont(io.BytesIO(base64.b64decode(found[1])))
    letters = {
        ord(letter)
        for formula in re.findall(r"<math.*?</math>", text, re.DOTALL)
        for letter in html.unescape(re.sub("<[^>]+>", "", formula))
    }
    known = set(font.getBestCmap())
    assert "MATH" in font and 0x221A in known and 0x1D465 in known  # the root, and an italic x
    assert not {chr(letter) for letter in letters - known if not chr(letter).isspace()}


def test_page_can_be_read_and_heard(text):
    """Language, headings without gaps, links that lead somewhere, words for each figure, no script."""
    assert '<html lang="en">' in text and "<script" not in text and not re.search(r'(?:src|href)="(?!#|data:)', text)
    levels = [int(level) for level in re.findall(r"<h([1-6])", text)]
    assert levels.count(1) == 1 and all(below - above <= 1 for above, below in zip(levels, levels[1:]))
    anchors = re.findall(r' id="([^"]+)"', text)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(anchors)
    pictures = re.findall(r"<img [^>]*?alt=\"([^\"]*)\"", text)
    assert len(pictures) == text.count("<img ") > 10 and all(len(words) > 20 for words in pictures)


def test_exercises_are_shown_as_they_begin(chapters):
    """Signature and docstring of each exercise; the index of functions knows them all."""
    for name, notebook in NOTEBOOKS.items():
        names = {cell.grade_id for cell in notebook.exercises()} - {"answers"}
        assert set(chapters[name].built) == names
        assert chapters[name].body.count('class="stub"') == len(names)
        assert not re.search(r'class="code"[^/]*raise NotImplementedError', chapters[name].body)
    index = page.render(list(chapters.values())).split('id="functions"')[1]
    assert "<code>softmax</code>" in index and "03_activations-exercise-11-softmax" in index


@pytest.mark.parametrize("term", glossary.terms(), ids=lambda term: term.word)
def test_term_occurs_where_the_glossary_says(term, chapters):
    """One sentence, and a place in the text of its assignment."""
    assert term.assignment in NOTEBOOKS
    assert glossary.introduced(term, chapters[term.assignment].sections), (
        f"{term.word} does not occur in {term.assignment}"
    )
    assert term.meaning.endswith(".") and not re.search(r"\. [A-Z]", term.meaning), "one sentence"
    assert "\\" not in re.sub(r"\$[^$]*\$", "", term.symbol)


def test_glossary_reads_all_its_entries():
    entries = glossary.PLACE.read_text(encoding="utf-8").count("\n**")
    words = [term.word.lower() for term in glossary.terms()]
    assert len(words) == len(set(words)) == entries >= 60


def test_only_what_changed_is_drawn_again():
    """New code is run, new text is not."""
    notebook = NOTEBOOKS["04_losses"]

    def changed(kind):
        place = next(k for k, cell in enumerate(notebook.cells) if cell.cell_type == kind)
        cells = list(notebook.cells)
        cells[place] = dataclasses.replace(cells[place], source=cells[place].source + "\n# more")
        return dataclasses.replace(notebook, cells=tuple(cells))

    assert figures.digest(changed("markdown")) == figures.digest(notebook) != figures.digest(changed("code"))


def test_wrong_use_is_one_clear_line(tmp_path, monkeypatch):
    """An unknown assignment, a notebook that fails, a release that is out of step."""
    with pytest.raises(SystemExit, match="no assignment 99_nothing in source/.*01_pixels"):
        handout.build(["99_nothing"], tmp_path)
    broken = tmp_path / "04_losses" / "losses.ipynb"
    broken.parent.mkdir()
    broken.write_text(json.dumps({"cells": [{"cell_type": "code", "metadata": {}, "source": ["1 / 0"]}]}))
    with pytest.raises(SystemExit, match="losses.ipynb does not run with its solutions: ZeroDivisionError"):
        figures.of_all([read(broken)], tmp_path / "cache")
    monkeypatch.setattr("tools.handout.chapters.RELEASE", tmp_path)
    with pytest.raises(SystemExit, match="run `make release` first"):
        chapter(NOTEBOOKS["04_losses"], [])


def test_without_a_browser_there_is_the_page_and_a_line(tmp_path, monkeypatch, capsys):
    (tmp_path / "decision-committee.pdf").write_bytes(b"of last year")
    monkeypatch.setattr(pdf, "BROWSERS", ("no-such-browser",))
    assert handout.main(["04_losses", "--into", str(tmp_path)]) == 0
    assert "No PDF: chromium is not installed" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["decision-committee.html"]


@pytest.mark.skipif(not pdf.browser(), reason="no chromium here: apt-get install chromium")
def test_pdf_has_pages_bookmarks_tags_and_numbers(built):
    paper = built / "decision-committee.pdf"
    content, numbers = paper.read_bytes(), pdf.pages_of_anchors(paper)
    assert pdf.pages(paper) > 20
    assert b"/StructTreeRoot" in content and content.count(b"/Title (") > 30
    assert 2 < numbers["02_neuron"] < numbers["04_losses"] < numbers["glossary"] <= pdf.pages(paper)
    assert numbers["04_losses"] == min(
        number for anchor, number in numbers.items() if anchor.startswith("04_losses")
    )  # begins a page


@pytest.mark.skipif(not pdf.browser(), reason="no chromium here: apt-get install chromium")
def test_browser_fetches_nothing_and_a_phone_is_wide_enough(built):
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: run `make setup`")
    asked, errors = [], []
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=pdf.browser(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=True)
        context.route("**/*", lambda route: (asked.append(route.request.url), route.continue_()))
        tab = context.new_page()
        tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        tab.goto((built / "decision-committee.html").as_uri())
        assert [url for url in asked if not url.startswith("data:")] == [tab.url] and errors == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        assert tab.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 100)")
        assert axe.out_of_reach(tab) == []
        assert not tab.is_visible("nav ol")
        tab.check("#fold")
        assert tab.is_visible("nav ol")
        tab.set_viewport_size({"width": 1400, "height": 900})
        assert tab.evaluate(
            "getComputedStyle(document.querySelector('nav')).position"
        ) == "sticky" and not tab.is_visible("#fold")
        browser.close()


@axe.installed
def test_no_barrier_that_axe_finds(built):
    with axe.opened(built / "decision-committee.html") as tab:
        assert axe.violations(tab) == []
