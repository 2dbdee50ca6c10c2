"""A grader's evening in a real browser: autograde with the button, mark a written answer, comment, generate
feedback, read it as the learner does.
"""

import json
import re
import shutil
import types

import pytest

from course_tests import bank
from course_tests.notebooks import sources
from tools import demo_class
from tools.tests import axe, jupyter
from tools.tests.workshop import copy_course, run

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: run `make setup`")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no chromium here: apt-get install chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

ASSIGNMENT, NOTEBOOK = "03_activations", "activations"
WRITTEN = r"""Take the row [2, -1]. The shares are [2, -1]: one is negative. But $e^z$ is positive for every $z$.

<img src="https://tracker.example.org/seen.png" alt="a picture from elsewhere"> <script>document.title = "mine"</script>

<div class="modal-backdrop fade in" style="position: fixed; top: 0; left: 0; width: 100%; height: 100%; z-index: 9999">over all</div>"""
HOSTILE_NAME = """<img src="x" onerror="document.title='mine'">"""
COMMENT = "A good row. Say why $e^z$ keeps the order, too."


def submission(mistakes: dict[str, str], written: str = "") -> bytes:
    """The solutions of the course, except for a known mistake in some exercises (exercise -> name of the mistake), and
    a written answer.
    """
    notebook = next(one for one in sources() if one.assignment == ASSIGNMENT)
    answers = dict(demo_class.learners(notebook))["demo_perfect"]
    wrong = {
        name: entry.code
        for name, mistake in mistakes.items()
        for entry in bank.of(bank.MISCONCEPTIONS, NOTEBOOK, name)
        if entry.name == mistake
    }
    assert wrong.keys() == mistakes.keys()
    blank = json.loads(
        (notebook.path.parents[2] / "release" / ASSIGNMENT / notebook.path.name).read_text(encoding="utf-8")
    )
    if written:
        cell = next(cell for cell in blank["cells"] if "".join(cell["source"]).startswith("*Write your answer here"))
        cell["source"] = written
    return demo_class.fill(blank, lambda name: wrong.get(name) or answers(name))


class Watched:
    """A page of a browser that may talk to this machine only; what it asked of others and what its console said is
    kept.
    """

    def __init__(self, browser, address: str, **options):
        self.asked, self.said, self.address = [], [], address
        self.context = browser.new_context(**options)
        self.context.route("**/*", self._route)
        self.page = self.context.new_page()
        self.page.set_default_timeout(600_000)
        self.page.on(
            "console",
            lambda message: (
                self.said.append(f"{message.type}: {message.text}") if message.type in ("error", "warning") else None
            ),
        )
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def _route(self, route):
        if route.request.url.startswith((self.address, "data:", "blob:")):
            route.continue_()
        else:
            self.asked.append(route.request.url)
            route.abort()

    def open(self, path: str):
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def press(self, learner: str, button: str) -> str:
        """Press a button in a learner's row of the submissions; return what formgrader says in the end."""
        page = self.open(f"/formgrader/manage_submissions/{ASSIGNMENT}")
        page.locator("tr", has_text=learner).locator(f".{button} a").click()
        page.wait_for_selector(".modal-body", timeout=600_000)
        page.wait_for_load_state("networkidle")
        return page.locator(".modal").first.inner_text()


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def evening(chromium, tmp_path_factory):
    """Two learners; the grader does everything by hand, once, and what was seen on the way is kept."""
    course, home = copy_course(tmp_path_factory.mktemp("course")), tmp_path_factory.mktemp("home")
    hand_in = {"ada": submission({"tanh": "forgets_to_shift_down"}, WRITTEN), "ben": submission({})}
    for learner, content in hand_in.items():
        folder = course / "submitted" / learner / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / f"{NOTEBOOK}.ipynb").write_bytes(content)
    (course / "submitted" / "ada" / ASSIGNMENT / "mine.html").write_text("<script>document.title = 'mine'</script>")
    added = run(
        course,
        "-m",
        "nbgrader",
        "db",
        "student",
        "add",
        "ada",
        "--first-name",
        HOSTILE_NAME,
        "--last-name",
        HOSTILE_NAME,
    )
    assert added.returncode == 0, added.stderr
    seen = types.SimpleNamespace(course=course, console={}, texts={}, names={})
    with jupyter.lab(course, home) as address:
        watched = Watched(chromium, address)
        watched.page.goto(f"{address}/api/status?token={jupyter.TOKEN}")  # from here on a cookie opens the doors

        def done(step):
            seen.console[step] = watched.asked + watched.said
            watched.asked, watched.said = [], []

        watched.open("/formgrader/manage_assignments").wait_for_selector(f"text={ASSIGNMENT}")
        done("the list of assignments")
        seen.texts["autograde"] = watched.press("ada", "autograde")
        done("autograde")
        for path in (
            "gradebook",
            f"gradebook/{ASSIGNMENT}",
            f"gradebook/{ASSIGNMENT}/{NOTEBOOK}",
            "manage_students",
            f"manage_students/ada/{ASSIGNMENT}",
        ):
            page = watched.open(f"/formgrader/{path}")
            seen.names[path] = page.title(), page.locator('img[src="x"]').count()
            done(path)
        watched.page.goto(
            f"{address}/formgrader/manage_students/%3Cimg%20src=%22x%22%20onerror=%22document.title='mine'%22%3E"
        )
        seen.names["an address"] = watched.page.title(), watched.page.locator('img[src="x"]').count()
        done("an address that somebody sent")
        page = watched.open(f"/formgrader/gradebook/{ASSIGNMENT}/{NOTEBOOK}")
        page.get_by_role("link", name="Submission #1").click()
        page.wait_for_selector("#written_softmax")
        page.wait_for_load_state("networkidle")
        seen.grading = page.content()
        seen.title = page.title()
        seen.names["a submission"] = page.title(), page.locator('img[src="x"]').count()
        seen.policy = page.request.get(page.url.split("?")[0].rstrip("/") + "/mine.html").headers.get(
            "content-security-policy", ""
        )
        seen.on_top = page.evaluate("""[...document.querySelectorAll('.full-credit')].map(button => {
            button.scrollIntoView({block: 'center'});
            const box = button.getBoundingClientRect();
            return button.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
        })""")
        page.evaluate("window.scrollTo(0, 0)")
        seen.task = page.locator(".nbgrader_cell", has=page.locator("#written_softmax")).inner_text()
        seen.formulas = page.locator("math").count()
        seen.pictures = page.evaluate("[...document.images].map(i => [i.naturalWidth, i.alt])")
        seen.first_focus = page.evaluate("document.activeElement.className")
        done("the page for grading")
        for selector, value in (
            ("#written_softmax", "1.5"),
            ("#test_tanh_basic", "0.25"),
            ("#written_softmax-comment", COMMENT),
        ):
            with page.expect_response(
                lambda answer: "/api/" in answer.url and answer.request.method == "PUT"
            ) as answer:
                page.fill(selector, value)
                page.dispatch_event(selector, "change")
            assert answer.value.ok
        seen.entered = reread(watched)
        done("grading")
        seen.texts["feedback"] = watched.press("ada", "generate-feedback")
        done("generate feedback")
        seen.texts["again"] = watched.press("ada", "autograde")
        seen.kept = reread(watched)
        done("autograde again")
        watched.context.close()
    seen.feedback = course / "feedback" / "ada" / ASSIGNMENT / f"{NOTEBOOK}.html"
    return seen


def reread(watched) -> dict:
    """What stands in the fields for score and comment when the page is opened again."""
    page = watched.open(f"/formgrader/gradebook/{ASSIGNMENT}/{NOTEBOOK}")
    page.get_by_role("link", name="Submission #1").click()
    page.wait_for_selector("#written_softmax")
    page.wait_for_load_state("networkidle")
    return {
        name: page.input_value(f"#{name}") for name in ("written_softmax", "test_tanh_basic", "written_softmax-comment")
    }


def test_autograde_works_with_the_button(evening):
    assert "Successfully autograded" in evening.texts["autograde"], evening.texts["autograde"]


def test_no_page_needs_a_network_and_the_consoles_are_quiet(evening):
    assert not {step: found for step, found in evening.console.items() if found}


def test_the_grader_sees_question_mark_scheme_answer_formulas_and_figures(evening):
    assert "Marking scheme" in evening.task and "1 point: a concrete row with its result." in evening.task
    assert "Take the row [2, -1]" in evening.grading and evening.formulas > 20
    assert all(width > 0 for width, alt in evening.pictures if alt != "a picture from elsewhere"), evening.pictures
    assert any(alt.startswith("Two curves of tanh(z)") for _, alt in evening.pictures), (
        "the figure of the failed test is not there"
    )


def test_a_learners_script_does_not_run_in_the_graders_browser(evening):
    assert evening.title == NOTEBOOK and "document.title =" not in evening.grading


def test_an_answer_does_not_lie_over_formgraders_buttons(evening):
    """With formgrader's own classes it would catch every click."""
    assert evening.on_top and all(evening.on_top)
    assert "over all" in evening.grading and "z-index: 9999" not in evening.grading


def test_a_learners_name_is_text_wherever_formgrader_shows_it(evening):
    """So is what stands in an address."""
    assert not {path: found for path, found in evening.names.items() if found[0] == "mine" or found[1]}


def test_a_page_that_was_handed_in_opens_in_a_sandbox(evening):
    """It comes from the grader's own server; its script would be the grader's."""
    assert evening.policy == "sandbox"


def test_formgraders_script_goes_on_to_its_keyboard(evening):
    """It waits for formulas before it puts the focus into the first field."""
    assert "tabbable" in evening.first_focus


def test_scores_and_comments_are_stored_and_survive_autograding_again(evening):
    want = {"written_softmax": "1.5", "test_tanh_basic": "0.25", "written_softmax-comment": COMMENT}
    assert evening.entered == want
    assert "Successfully autograded" in evening.texts["again"] and evening.kept == want


# ---------------------------------------------------------------- the learner's page


@pytest.fixture(scope="module")
def page(evening, chromium):
    """Ada's feedback on a screen as narrow as a phone's."""
    assert "Successfully generated feedback" in evening.texts["feedback"], evening.texts["feedback"]
    watched = Watched(chromium, "file:", viewport={"width": 390, "height": 844})
    watched.page.goto(evening.feedback.as_uri())
    yield watched.page
    watched.context.close()
    assert not watched.asked and not watched.said


def test_feedback_has_the_graders_score_and_comment_and_no_mark_scheme(page, evening):
    text = page.inner_text("body")
    assert "1.5 / 2" in text and "A good row." in text and "Take the row [2, -1]" not in text
    assert "Take the row [2, -1]" in page.locator("details.whole").text_content()
    source = evening.feedback.read_text(encoding="utf-8")
    for secret in ("Marking scheme", "MARK SCHEME", "HIDDEN", "course_tests", str(evening.course)):
        assert secret not in source


def first(page):
    """What the top of the page says of tanh."""
    return page.locator("ol.first > li", has=page.get_by_role("link", name="Exercise 4. tanh", exact=True))


def test_feedback_names_the_mistake_first_and_says_what_to_read_again(page):
    item = first(page).first
    assert "costs" in item.locator("h3").inner_text()
    named = item.locator(".named").first
    assert "The - 1 at the end is missing" in named.inner_text() and "mono" not in named.evaluate(
        "one => getComputedStyle(one).fontFamily"
    )
    assert not item.locator("pre.message").first.is_visible()
    assert item.locator(".again a").first.inner_text() == "Exercise 4. tanh"
    target = item.locator(".again a").first.get_attribute("href")
    assert "Exercise 4." in page.locator(target).text_content()


def test_feedback_shows_the_learners_curve_beside_the_right_one(page):
    figure = first(page).locator("figure img[alt^='Two curves of tanh(z)']").first
    assert figure.evaluate("image => image.naturalWidth") > 0
    assert "at z = -4 yours is 0.000671, the right one -0.999" in figure.get_attribute("alt")


def test_a_later_test_that_follows_from_a_wrong_answer_says_so(page):
    assert (
        "This fails because of your `tanh`; with a right one it passes."
        in page.locator(".panel", has=page.locator("#test_tanh_derivative_basic")).text_content()
    )
    assert "carried forward because of your tanh" in page.locator("ul.rest").inner_text()


def test_a_link_into_the_folded_notebook_opens_it(page):
    """By the keyboard, without a script."""
    link = first(page).locator("h3 a").first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('details.whole').open")
    assert page.locator(link.get_attribute("href")).is_visible()


def test_feedback_fits_a_phone(page):
    """Nothing makes the page wider than the screen: lines of code are wrapped, and a wide formula scrolls in a box of
    its own, which the keyboard reaches.
    """
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate("document.querySelector('details.whole').open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("[...document.querySelectorAll('pre')].every(box => box.scrollWidth <= box.clientWidth)")
    assert axe.out_of_reach(page) == []
    boxes = page.locator(".wide")
    assert boxes.count() and boxes.evaluate_all("all => all.every(box => box.tabIndex === 0)")
    wide = boxes.evaluate_all("all => all.findIndex(box => box.scrollWidth > box.clientWidth + 20)")
    assert wide >= 0
    boxes.nth(wide).focus()
    page.keyboard.press("ArrowRight")
    for _ in range(100):  # it moves smoothly; waiting as Playwright does it would be against the page's policy
        if page.evaluate("document.activeElement.scrollLeft > 0"):
            break
        page.wait_for_timeout(50)
    assert page.evaluate("document.activeElement.scrollLeft > 0")
    page.evaluate("document.querySelector('details.whole').open = false")


def test_feedback_can_be_heard(page):
    """Language, landmarks, headings without gaps, tables with headers, a word for every picture and for every
    verdict.
    """
    assert page.get_attribute("html", "lang") == "en"
    assert page.locator("body > header").count() == page.locator("main").count() == 1
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    gaps = [(one, other) for one, other in zip(levels, levels[1:]) if other > one + 1]
    assert levels[0] == 1 and levels.count(1) == 1 and not gaps, levels
    assert page.evaluate("[...document.querySelectorAll('section')].every(one => one.getAttribute('aria-labelledby'))")
    assert page.evaluate("[...document.images].every(image => image.alt.length > 10)")
    for mark, word in (("pass", "passed"), ("fail", "not passed")):
        assert page.evaluate(
            f"[...document.querySelectorAll('.panel .{mark}')].every(m => m.nextElementSibling.textContent === '{word}')"
        )
    tree = page.locator("body").aria_snapshot()
    assert "- banner:" in tree and "- main:" in tree and '- region "What to do first"' in tree
    assert page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].every(link => "
        "document.getElementById(decodeURIComponent(link.hash.slice(1))))"
    )


@axe.installed
def test_feedback_has_no_barrier_that_axe_finds(page):
    assert axe.violations(page) == []
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = false })")


def test_feedback_prints(page, tmp_path):
    """No figure is cut at the end of a page; the top takes two, and the notebook is printed where it is open."""
    page.emulate_media(media="print")
    assert page.evaluate(
        "[...document.querySelectorAll('img, figure, tr, .message')].every(one => getComputedStyle(one).breakInside "
        "=== 'avoid')"
    )
    assert page.evaluate(
        "[...document.querySelectorAll('pre')].every(one => getComputedStyle(one).whiteSpace.startsWith('pre-wrap'))"
    )
    printed = page.pdf(format="A4")
    sheets = [len(re.findall(rb"/Type\s*/Page\b", printed))]
    page.evaluate("document.querySelector('details.whole').open = true")
    sheets.append(len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))))
    page.emulate_media(media="screen")
    assert printed.startswith(b"%PDF") and sheets[0] <= 2 and sheets[1] > 3
