"""Feedback pages: what a learner reads, and what never stands in them."""

import copy
import html
import re
from html.parser import HTMLParser

import nbformat
import pytest
from nbgrader.converters import GenerateFeedback

import proctor.plugin.converter as converter
from proctor import cells
from proctor.plugin import feedback, markup, mathml, outline, top
from proctor.tests import plugin_course, plugin_stand_in
from proctor.tests.plugin_course import Course
from proctor.tests.test_plugin_rows import copy_of

HOSTILE = """<script>alert(1)</script>

<img src=x onerror=alert(2)> <a href="javascript:alert(3)">a</a> <iframe src="https://example.org"></iframe> <b onclick="alert(4)">bold</b>

<img src="https://example.org/seen.png"> <img src="//example.org/seen.png"> ![seen](http://example.org/seen.png) ![seen](/seen.png)
<img src="/\\example.org/seen.png"> <img src="\\\\example.org/seen.png"> <img src="/&#9;/example.org/seen.png"> <img src="../seen"> <img src="%2E./seen"> <img src=".&#10;./seen">
<img src="&sol;seen"> <img src="https&colon;//example.org/seen"> <img src="figures/kept.png">

![lost](attachment:lost.png) [link](javascript:alert(5)) $\\text{<script>alert(6)</script>}$ $\\href{javascript:alert(7)}{x}$

Beta: $\\beta_1 \\le \\frac{1}{2}$
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Feedback of three learners, graded by the stand-in: wrong with hostile Markdown, right, unreadable."""
    course = Course(tmp_path_factory.mktemp("course") / "course")
    wrong = course.answered(double="def double(x):\n    return [1][x]", halve="def halve(x):\n    return x // 2")
    wrong["cells"].append({"cell_type": "markdown", "metadata": {}, "source": HOSTILE})
    wrong["cells"].append(
        {
            "cell_type": "code",
            "metadata": {},
            "source": "print('<script>alert(8)</script>')",
            "outputs": [],
            "execution_count": None,
        }
    )
    wrong["cells"].append(
        {
            "cell_type": "code",
            "metadata": {},
            "source": "open('/no/such/place/file.txt')",
            "outputs": [],
            "execution_count": None,
        }
    )
    course.submit("wrong", numbers=wrong, words=course.answered("words", why="**Because**"))
    course.submit("right", numbers=course.answered(), words=course.answered("words"))
    course.submit("broken", **{"numbers.ipynb": b"{"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(converter, "grade_submission", plugin_stand_in.grade_submission)
        course.autograde()
    feedback.configure(course.config)
    GenerateFeedback(coursedir=course.coursedir(), config=course.config).start()

    def read(student: str, name: str = "numbers") -> str:
        return (course.root / "feedback" / student / "ps1" / f"{name}.html").read_text()

    return {
        "wrong": read("wrong"),
        "words": read("wrong", "words"),
        "right": read("right"),
        "broken": read("broken"),
    }, course


def test_each_test_is_named_by_its_sentence_with_its_points(pages):
    """The top says what to do first and what passed; each test says what it promises and for how many points."""
    wrong, right = pages[0]["wrong"], pages[0]["right"]
    assert "1 of 5 points" in wrong and "5 of 5 points" in right
    assert re.search(r"costs 4 points of 5.*?double of a number is twice the number.*?0 / 2", wrong, re.DOTALL)
    assert re.search(r"partly.*?Halve.*?1 / 3", wrong, re.DOTALL)
    assert "IndexError in your code" in wrong and "IndexError" not in right
    assert "not passed" not in right and "Nothing: every test passed." in right


def test_the_top_names_the_learner_and_says_each_sentence_once():
    """Tests that say the same stand together; what was carried forward costs nothing, and stands with what passed."""
    hint = ["Divide by `N`."]
    found, nb = page_of(
        ("plain", "## A"),
        ("solution", "def a(): return 1", "a"),
        ("test", "a()", "test_a", 2, 0),
        ("test", "a() + 1", "test_a_more", 1, 0),
        ("test", "a() + 2", "test_a_craft", 0.5, 0),
        ("plain", "## B"),
        ("solution", "def b(): return a()", "b"),
        ("test", "b()", "test_b", 2, 2),
    )
    tests = {c.metadata.nbgrader.grade_id: c for c in nb.cells if "score" in c.metadata.get("nbgrader", {})}
    for name, proctor in {
        "test_a": {"headline": hint, "message": "a()\nGot 2."},
        "test_a_more": {"headline": hint, "message": "a()\nGot 3."},
        "test_a_craft": {"message": "It is slow.\nVery."},
        "test_b": {"message": "because", "carried": {"points": 2.0, "because_of": ["a"]}},
    }.items():
        tests[name].metadata["proctor"] = proctor
    made = top.top(found)
    assert [(told.headline, len(told.tests), told.lost) for told in made.first[0].told] == [
        (("Divide by `N`.",), 2, 3.0),
        (("It is slow.",), 1, 0.5),
    ]
    assert [part.title for part in made.first] == ["A"] and [part.title for part in made.rest] == ["B"]
    assert made.forward == made.rest[0].forward == 2.0 and made.first[0].followers == made.rest
    assert str(feedback._in_words("Divide `x <` by <b>N</b>")) == ("Divide <code>x &lt;</code> by &lt;b&gt;N&lt;/b&gt;")


@pytest.mark.parametrize(
    ("headline", "message", "case"),
    [
        (["Divide by N."], "f(1)\nGot 2.\nYours is a known mistake:\nDivide by N.", "f(1)\nGot 2."),
        (
            ["Question 3: Think of b."],
            "Question 3: 'a' is not the answer.\nThink of b.",
            "Question 3: 'a' is not the answer.",
        ),
        ([], "Your code raised ValueError: no\n  in f, line 2", "  in f, line 2"),
        ([], "", ""),
    ],
)
def test_the_case_is_the_message_without_its_headline(headline, message, case):
    assert top.case_of({"headline": headline, "message": message}) == case


def test_hidden_tests_never_stand_in_feedback_or_autograded(pages):
    """Neither their text nor what they expect."""
    texts, course = pages
    for text in [*texts.values(), *(p.read_text() for p in course.root.glob("autograded/*/*/*.ipynb"))]:
        assert "secret" not in text and "HIDDEN" not in text and "halve(4)" not in text


def test_marks_of_hidden_parts_in_a_learners_cell_hide_nothing(pages, tmp_path):
    """nbgrader ends at a mark without its end: a learner, or a joker, would have no page."""
    course = copy_of(pages[1], tmp_path / "course")
    nb = course.answered(
        "words",
        why="Mine.\n\n=== BEGIN MARK SCHEME ===\n\nand more",
        program="### END HIDDEN TESTS\n### BEGIN HIDDEN TESTS\nprint('seen')",
    )
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "BEGIN MARK SCHEME, all mine"})
    course.submit("joker", words=nb)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(converter, "grade_submission", plugin_stand_in.grade_submission)
        course.autograde(student_id="joker")
    GenerateFeedback(coursedir=course.coursedir(student_id="joker"), config=course.config).start()
    page = (course.root / "feedback/joker/ps1/words.html").read_text()
    assert "and more" in page and "seen" in page and "all mine" in page


def test_hidden_tests_stay_out_of_feedback_even_if_graders_see_them(pages, tmp_path):
    """With `show_hidden_tests` the notebook in autograded/ has them, the page has not."""
    course = copy_of(pages[1], tmp_path / "course")
    course.config.Proctor.show_hidden_tests = True
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(converter, "grade_submission", plugin_stand_in.grade_submission)
        course.autograde(force=True, student_id="wrong")
    app = GenerateFeedback(coursedir=course.coursedir(student_id="wrong"), config=course.config)
    app.force = True
    app.start()
    assert "secret answer" in (course.root / "autograded/wrong/ps1/numbers.ipynb").read_text()
    assert "secret answer" not in (course.root / "feedback/wrong/ps1/numbers.html").read_text()


def test_nothing_runs_and_nothing_is_fetched(pages):
    """No script, no event handler, no frame, nothing from a network; the learner's words are still there."""
    for text in pages[0].values():
        tags = re.findall(r"<[^>]*>", text)
        assert not [t for t in tags if re.match(r"<\s*(script|iframe|object|embed|link|base|form)\b", t, re.IGNORECASE)]
        assert not [t for t in tags if re.search(r"\son\w+\s*=|javascript:", t, re.IGNORECASE)]
        assert not [t for t in tags if re.search(r"\bsrc\s*=\s*[\"']?https?:", t) or "seen" in t.partition("src=")[2]]
    assert "bold" in pages[0]["wrong"] and "<strong>Because</strong>" in pages[0]["words"]
    assert html.escape("<script>alert(8)</script>") in pages[0]["wrong"]


def test_a_learners_script_does_not_run_in_formgrader(pages):
    """The page that graders look at is not ours, but what the learner wrote is cleaned in it too."""
    from nbconvert.exporters import HTMLExporter

    course = pages[1]
    config = copy.deepcopy(course.config)
    config.HTMLExporter.template_name = "formgrade"  # as formgrader sets it
    nb = nbformat.read(course.root / "autograded/wrong/ps1/numbers.ipynb", as_version=4)
    html_output = nbformat.v4.new_output(
        "display_data",
        {"text/html": HOSTILE, "application/javascript": "alert(9)", "image/svg+xml": "<svg onload='alert(10)'/>"},
    )
    nb.cells[-1].outputs.append(html_output)
    nb.cells[-1].metadata["tags"] = ['"><script>alert(11)</script>']
    resources = {
        **dict.fromkeys(
            [
                "base_url",
                "assignment_id",
                "submission_id",
                "notebook_id",
                "notebook_path",
                "student",
                "last_name",
                "first_name",
            ],
            "",
        ),
        "index": 0,
        "total": 1,
    }
    page, _ = HTMLExporter(config=config).from_notebook_node(nb, resources=resources)
    tags = re.findall(r"<[^>]*>", page)
    assert not re.search(r"<script[^>]*>\s*alert\(\d", page)
    assert not [t for t in tags if re.search(r"\son\w+\s*=.?alert|javascript:", t, re.IGNORECASE)]
    assert r"\href" not in page
    assert (
        "<b>bold</b>" in page and "nbgrader_cell" in page and not [t for t in tags if "seen" in t.partition("src=")[2]]
    )
    assert 'src="figures/kept.png"' in page
    assert not re.search(r"""(src|href|from)\s*[=(]?\s*["']\s*(https?:)?//""", page), (
        "formgrader's page asks another machine for something"
    )


def test_a_learners_error_shows_no_path_of_this_machine(pages):
    """Only the last part of a path is left."""
    assert (
        "file.txt" in pages[0]["wrong"]
        and "&#39;/no/such" not in pages[0]["wrong"].split("Traceback")[-1].split("open(")[0]
    )
    line = (
        "File \x1b[32m/home/grader/course/.venv/lib/python3.11/site-packages/numpy/linalg/_linalg.py:669\x1b[39m, "
        "see https://numpy.org/doc"
    )
    assert feedback._without_paths(line) == "File \x1b[32m_linalg.py:669\x1b[39m, see https://numpy.org/doc"


def test_a_task_keeps_its_mark_scheme_for_graders_only(tmp_path):
    """It stands in autograded/, which formgrader shows, and neither in the release nor in feedback."""
    task = plugin_course.cell(
        "task",
        "Draw a tree.\n\n<!-- BEGIN MARK SCHEME -->\n5 points for leaves.\n<!-- END MARK SCHEME -->",
        "tree",
        5,
        "markdown",
    )
    course = Course(tmp_path / "course", {"words": plugin_course.notebook([task])})
    course.submit("ada", words=course.answered("words"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(converter, "grade_submission", plugin_stand_in.grade_submission)
        course.autograde()
    feedback.configure(course.config)
    GenerateFeedback(coursedir=course.coursedir(), config=course.config).start()
    held = {
        name: "5 points for leaves" in (course.root / name).read_text()
        for name in ("release/ps1/words.ipynb", "autograded/ada/ps1/words.ipynb", "feedback/ada/ps1/words.html")
    }
    assert held == {
        "release/ps1/words.ipynb": False,
        "autograded/ada/ps1/words.ipynb": True,
        "feedback/ada/ps1/words.html": False,
    }


# ---- what stands where


def page_of(*cells) -> list:
    """The outline of a notebook made of (kind, text, grade id, points, score)."""
    made = []
    for kind, text, *rest in cells:
        made.append(
            plugin_course.cell(kind, text, *rest[:2], cell_type="markdown" if kind in ("plain", "task") else "code")
        )
        if len(rest) == 3:
            made[-1].metadata.nbgrader["score"] = rest[2]
    nb = plugin_course.notebook(made)
    return outline.outline(nb), nb


def test_tests_belong_to_the_heading_above_them():
    """Its words are without marks and without what follows the dash; code is no heading."""
    found, nb = page_of(
        ("plain", "# Title\n\n```\n# no heading\n```"),
        ("plain", "## Part 1. Sums\n\n### Exercise 1. `add` — easy, 2 points"),
        ("solution", "def add(a, b): return a", "add"),
        ("test", "add(1, 2)", "test_add", 2, 0),
        ("plain", "no heading"),
        ("test", "add(1, 2)", "test_add_more", 1, 1),
        ("plain", "## Quiz"),
        ("test", "q", "q", 1, 1),
    )
    assert [(e.heading.title, e.part and e.part.title, e.score, e.points, e.lost) for e in found] == [
        ("Exercise 1. add", "Part 1. Sums", 1, 3, 2),
        ("Quiz", None, 1, 1, 0),
    ]
    assert found[0].heading.anchor == nb.cells[1].metadata["anchor"] == "part-1"


def test_a_heading_that_begins_with_bonus_makes_a_bonus():
    """It, and what stands under it; not what follows."""
    found, _ = page_of(
        ("plain", "## Bonus: more"),
        ("plain", "### Exercise 9"),
        ("test", "x", "x", 2, 1),
        ("plain", "## Quiz"),
        ("test", "q", "q", 1, 1),
    )
    assert [e.bonus for e in found] == [True, False]
    assert feedback._sums(found) == {"bonus": 2, "bonus_score": 1, "waiting": 0}


def test_a_test_knows_which_wrong_answers_it_leans_on():
    """Directly, and through a given cell; not on right ones, nor on itself, nor on later ones; of a chain of wrong
    ones, on the first.
    """
    found, nb = page_of(
        ("plain", "## A"),
        ("solution", "def a(): return 1", "a"),
        ("test", "a()", "test_a", 1, 0),
        ("plain", "## B"),
        ("solution", "def b(): return 1", "b"),
        ("test", "b()", "test_b", 1, 1),
        ("readonly", "TABLE = {'a': a, 'b': b}", "table"),
        ("plain", "## C"),
        ("solution", "def c(n):\n    return c(n - 1) + TABLE['a']() + d()", "c"),
        ("test", "c(1)", "test_c", 1, 0),
        ("plain", "## D"),
        ("solution", "def d(): return a() + )", "d"),
        ("test", "d()", "test_d", 1, 0),
        ("plain", "## E"),
        ("solution", "def e(): return c(2)", "e"),
        ("test", "e()", "test_e", 1, 0),
    )
    leans = {
        cell.metadata.nbgrader.grade_id: [name for name, _ in cell.metadata["leans_on"]]
        for cell in nb.cells
        if "leans_on" in cell.metadata
    }
    assert leans == {"test_a": [], "test_b": [], "test_c": ["a"], "test_d": [], "test_e": ["a"]}


def test_what_to_read_again_is_a_link_or_a_line():
    """The exercise of the test, its part, the exercise of the named mistake, and a line of the course's."""
    found, nb = page_of(
        ("plain", "### Exercise 1. `a`"),
        ("solution", "def a(): return 1", "a"),
        ("plain", "## Part 2\n\ntext"),
        ("plain", "### Exercise 2. `b`"),
        ("solution", "def b(): return a()", "b"),
        ("test", "b()", "test_b", 1, 0),
    )
    nb.cells[-1].metadata["proctor"] = {"read_again": ["a", "Chapter 2 of the book"]}
    answers = {
        cell.metadata.nbgrader.grade_id: cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("solution")
    }
    assert feedback._read_again(nb.cells[-1], found[-1], found, answers) == [
        ("Exercise 2. b", "part-3"),
        ("Part 2", "part-2"),
        ("Exercise 1. a", "part-0"),
        ("Chapter 2 of the book", ""),
    ]


def test_headings_go_down_one_level_at_a_time():
    """Equal ones stay equal."""
    assert feedback._without_gaps("<h1>a</h1><h2>b</h2><h4>c</h4><h4 id='x'>d</h4><h3>e</h3><h6>f</h6>") == (
        "<h1>a</h1><h2>b</h2><h3>c</h3><h3 id='x'>d</h3><h3>e</h3><h4>f</h4>"
    )


def test_an_unreadable_notebook_tells_its_author_what_to_do(pages):
    """The page of a damaged file says so."""
    assert (
        "Save the notebook again in Jupyter and submit that file." in pages[0]["broken"]
        and "0 of 5 points" in pages[0]["broken"]
    )


def test_formulas_are_mathml(pages):
    """No script is needed to read them."""
    pytest.importorskip("latex2mathml", reason="latex2mathml is not installed; formulas are shown as TeX")
    assert "<mfrac>" in pages[0]["right"]
    assert mathml.to_mathml(r"\begin{aligned} a &= b \\ c &= \hat{y} \end{aligned}", True).startswith("<math")
    assert (
        mathml.to_mathml("a < b", False)
        == '<math display="inline"><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow></math>'
    )


@pytest.mark.parametrize(
    "tex",
    [
        "",
        r"\frac{\frac",
        "{" * 1900,
        r"\text{<script>alert(1)</script>}",
        "x" * 10_000,
        r"\href{javascript:alert(1)}{x}",
        "&<>\"'",
    ],
)
def test_any_formula_ends_as_harmless_html(tex):
    """What cannot be converted is shown as it was written."""
    assert not re.search(
        r"<script|href|javascript:", re.sub(r"<code>.*?</code>", "", mathml.to_mathml(tex, False), flags=re.DOTALL)
    )
    assert "<script" not in mathml.to_mathml(tex, True)


def test_what_may_be_wider_than_a_phone_scrolls_by_keyboard_too():
    """Tables and long formulas, once each; a short formula stands in its sentence."""
    source = "| a | b |\n|---|---|\n| $x$ | <table><tr><td>1</td></tr></table> |\n\n$$\\sum_i x_i$$\n\nSo $x < 1$."
    page = markup.reachable(markup.markdown(source))
    assert page.count('role="group" aria-label="Table"><table') == 1 == page.count("</table></div>")
    if "<math" in page:  # with latex2mathml
        assert page.count('aria-label="Formula"><math') == 1 == page.count("</math></span>")
    assert page.count("<div") == page.count("</div>") and page.count("<span") == page.count("</span>")


def test_a_table_in_the_title_of_something_is_no_table():
    """What stands in quotes begins no box, whose own quotes would end it."""
    text = '<b title="<table onclick=alert(1)><math>">bold</b><table><tr><td title="</table>">1</td></tr></table>'
    page = markup.reachable(markup.clean(text))
    seen = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: seen.append((tag, dict(attributes)))
    parser.feed(page)
    assert [tag for tag, _ in seen] == ["b", "div", "table", "tbody", "tr", "td"]
    assert not any("onclick" in attributes for _, attributes in seen)


TOLD = '''"""f adds one"""
### BEGIN HIDDEN TESTS
class Named(AssertionError):
    mistakes = [("numbers-f-adds_two", "You add two.")]
    def _render_traceback_(self): return ["You add two."]
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/svg+xml": "<svg></svg>"}, {"image/svg+xml": {"alt": "Two lines", "caption": "Yours is <green>."}}
if f(1) != 2:
    raise Named
### END HIDDEN TESTS'''


def test_the_name_of_a_mistake_is_for_those_who_teach(tmp_path):
    """It stands as data in autograded/, with the hint; the learner's page has the hint, and the figure with the
    course's own caption.
    """
    course = Course(
        tmp_path / "course",
        {
            "numbers": plugin_course.notebook(
                [
                    plugin_course.cell(
                        "solution", "### BEGIN SOLUTION\ndef f(x):\n    return x + 1\n### END SOLUTION", "f"
                    ),
                    plugin_course.cell("test", TOLD, "test_f", 1),
                ]
            )
        },
    )
    course.submit("ada", numbers=course.answered(f="def f(x):\n    return x + 2"))
    course.submit("ben", numbers=course.answered(f="def f(x):\n    return x + 1"))
    course.autograde()
    feedback.configure(course.config)
    GenerateFeedback(coursedir=course.coursedir(), config=course.config).start()
    named = {
        who: [mistake for one in course.graded(who)["cells"] for mistake in cells.mistakes(one)]
        for who in ("ada", "ben")
    }
    assert named == {"ada": [("numbers-f-adds_two", "You add two.")], "ben": []}
    page = (course.root / "feedback/ada/ps1/numbers.html").read_text()
    assert "You add two." in page and "adds_two" not in page
    assert "<figcaption>Yours is &lt;green&gt;.</figcaption>" in page


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.mark.parametrize(
    "source, name",
    [
        ("![mine](attachment:a.png)", "a.png"),
        ("![mine](attachment:my%20plot.png)", "my plot.png"),
        ("![mine](attachment:my plot.png)", "my plot.png"),
        ("![mine](<attachment:my plot.png>)", "my plot.png"),
        ("![mine](attachment:my%20plot.png)", "my%20plot.png"),
        ("![mine](attachment:photo (1).png)", "photo (1).png"),
        ("![mine](attachment:grün.png)", "grün.png"),
        ("![mine](attachment:gr%C3%BCn.png)", "grün.png"),
        ("![mine](attachment:grün.png)", "gru\u0308n.png"),
        ('![mine](attachment:my plot.png "a title")', "my plot.png"),
        ("![mine][p]\n\n[p]: attachment:a.png", "a.png"),
        ("![mine][p]\n\n[p]: <attachment:my plot.png>", "my plot.png"),
        ('<img src="attachment:a.png" width="400">', "a.png"),
        ("<img width=400 src='attachment:my plot.png'/>", "my plot.png"),
        ("text <img src=attachment:a.png> text", "a.png"),
        ('<div><img alt="mine" src="attachment:gr%C3%BCn.png"></div>', "grün.png"),
        ("| a |\n| - |\n| ![mine](attachment:a.png) |", "a.png"),
        ("The line was lost.", "a.png"),
    ],
)
def test_attached_pictures_are_shown_however_an_editor_names_them(source, name):
    """On the learner's page and in formgrader, once."""
    for lower in (0, 1):
        page = markup.with_attachments(source, {name: {"image/png": PIXEL}}, lower)
        assert page.count(f"data:image/png;base64,{PIXEL}") == 1 and "attachment:" not in page, page


def test_attachments_of_other_kinds_run_nothing():
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    page = markup.with_attachments(
        "![a](attachment:a.svg) ![b](attachment:b.html) ![c](attachment:lost.png)",
        {"a.svg": {"image/svg+xml": svg}, "b.html": {"text/html": PIXEL}, 'c"><script>': {"image/png": PIXEL}},
    )
    assert (
        "<script" not in page
        and page.count("<img") == 4
        and "data:image/svg+xml;base64," in page
        and "text/html" not in page
    )
