"""Pages of notebooks that were made to hang or to take over whoever shows them: each costs only its own page."""

import contextlib
import copy
import json
import re
import signal
import subprocess
import sys

import pytest
from nbconvert.preprocessors import Preprocessor

import proctor.plugin.converter as converter
from proctor.plugin import bounds, feedback, markup, outline, pages
from proctor.plugin.generating import ProctorFeedback
from proctor.tests import plugin_stand_in
from proctor.tests.plugin_course import Course


def filled(length: int, text: str) -> str:
    return (text * (length // len(text) + 1))[:length]


def markdown(text: str) -> dict:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(text: str, *outputs, **metadata) -> dict:
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": text,
        "outputs": list(outputs),
        "execution_count": None,
    }


def shown(**data) -> dict:
    return {
        "output_type": "display_data",
        "data": {kind.replace("_", "/"): value for kind, value in data.items()},
        "metadata": {},
    }


def said(text: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": text}


HOSTILE = {
    "divs": [markdown(filled(360_000, "<div>\n"))],
    "bold": [markdown("<b>" * 32_000)],
    "environments": [markdown(filled(40_000, r"\begin{a}"))] * 20,
    "cells": [markdown("x")] * 4_000,
    "code": [code("x = 1\n" * 800_000), code("a." * 500_000)],
    "outputs": [
        code("1", *[said("a\n")] * 5_000),
        code("1", said(filled(900_000, "\x1b[31ma"))),
        code("1", said("\x1b[" + "1;" * 400_000 + "m")),
    ],
    "html": [
        code(
            "1",
            shown(text_html=filled(900_000, "<div>")),
            shown(text_html="&" * 900_000),
            shown(text_markdown=filled(900_000, r"\begin{a}")),
        )
    ],
    "functions": [code("\n".join(f"def f{i}(): return f{i + 1}()" for i in range(3_000)))],
    "nested": [
        code("(" * 90 + ")" * 90),
        code("1", shown(application_json=json.loads("[" * 400 + "]" * 400))),
        code("2", deep=json.loads("[" * 400 + "]" * 400)),
    ],
    "heading": [markdown("# a" + " " * 50_000 + "b")],
    "endless": [markdown("spin")],
    "fatal": [markdown("spin, whatever you do")],
}


class Spin(Preprocessor):
    """Stands for what nobody thought of."""

    enabled = True

    def preprocess(self, nb, resources):
        last = nb.cells[-1].source
        while last == "spin" and not resources["plain"] or last.startswith("spin, whatever"):
            pass
        return nb, resources


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Learners with a notebook each, graded by the stand-in; then their cells come in, as if a room had let them
    through.
    """
    made = Course(tmp_path_factory.mktemp("course") / "course")
    for learner in ["a-first", *HOSTILE, "z-last"]:
        made.submit(learner, numbers=made.answered(halve="def halve(x):\n    return x // 2"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(converter, "grade_submission", plugin_stand_in.grade_submission)
        made.autograde()
    for learner, cells in HOSTILE.items():
        path = made.root / "autograded" / learner / "ps1" / "numbers.ipynb"
        nb = json.loads(path.read_text())
        nb["cells"] += [{**cell, "id": f"x{number}"} for number, cell in enumerate(cells)]
        path.chmod(0o644)
        path.write_text(json.dumps(nb))
    feedback.configure(made.config)
    return made


def test_one_bad_notebook_costs_only_its_own_page(course, caplog):
    """Everybody has a page with points; who hangs everything has one with nothing else."""
    config = copy.deepcopy(course.config)
    config.Proctor.page_seconds = 4
    config.GenerateFeedback.preprocessors = [
        *config.GenerateFeedback.preprocessors,
        "proctor.tests.test_plugin_pages.Spin",
    ]
    ProctorFeedback(coursedir=course.coursedir(notebook_id="numbers"), config=config).start()
    read = {
        learner: (course.root / "feedback" / learner / "ps1" / "numbers.html").read_text()
        for learner in ["a-first", *HOSTILE, "z-last"]
    }
    assert all("1 of 5 points" in page or "3 of 5 points" in page for page in read.values())
    assert [learner for learner, page in read.items() if "Halve" not in page] == ["fatal"], (
        "the sentence of a test is missing"
    )
    assert "too large or too deeply nested" in read["fatal"] and "<pre>spin</pre>" in read["endless"]
    assert max(map(len, read.values())) < 20_000_000
    assert {record.args[0] for record in caplog.records if "the page shows" in record.getMessage()} == {
        "endless",
        "fatal",
    }


def test_a_learner_without_points_stops_nobody(course, tmp_path):
    """One line and a status; the others have their pages, and nothing half done stays."""
    stranger = course.root / "autograded" / "m-stranger" / "ps1"
    stranger.mkdir(parents=True)
    (stranger / "numbers.ipynb").write_text((course.root / "autograded/a-first/ps1/numbers.ipynb").read_text())
    config = copy.deepcopy(course.config)
    config.CourseDirectory.feedback_directory = str(tmp_path / "feedback")
    with pytest.raises(Exception, match="1 learners have no feedback"):
        ProctorFeedback(
            coursedir=course.coursedir(
                notebook_id="numbers", student_id="[amz]-*", feedback_directory=str(tmp_path / "feedback")
            ),
            config=config,
        ).start()
    assert sorted(path.parts[-3] for path in (tmp_path / "feedback").rglob("*.html")) == ["a-first", "z-last"]
    assert not list(tmp_path.rglob("*stranger*/ps1/*"))


def test_formgraders_page_has_the_same_limits(course, caplog):
    """It is made in a process, too: a grader's server never waits for one submission."""
    from nbgrader.server_extensions.formgrader import handlers  # noqa: F401  (its templates)

    config = copy.deepcopy(course.config)
    config.HTMLExporter.template_name = "formgrade"
    exporter = pages.FormgraderExporter(config=config)
    about = {
        **dict.fromkeys(["base_url", "assignment_id", "submission_id", "notebook_id", "notebook_path"], ""),
        "student": "<i>x</i>",
        "last_name": "<img src=x onerror=alert(1)>",
        "first_name": '"><script>alert(2)</script>',
        "index": 0,
        "total": 1,
    }
    for learner in ("divs", "environments", "html"):
        page, _ = exporter.from_filename(
            str(course.root / "autograded" / learner / "ps1" / "numbers.ipynb"), resources=about
        )
        assert (
            "nbgrader_cell" in page
            and "onerror=alert" not in re.sub(r"&lt;.*?&gt;", "", page)
            and "<script>alert" not in page
        )
    pages.FormgraderExporter._pool.close()
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


# ---- what learners write


@contextlib.contextmanager
def seconds_of_cpu(limit: int):
    """Stop what takes too long, counted in CPU, so that a busy machine changes nothing."""

    def stop(*_):
        raise AssertionError("too much work")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


BOMBS = [
    *(
        filled(99_000, one)
        for one in (
            "<div>",
            "<b>",
            r"\begin{a}",
            ">",
            "> ",
            "[",
            "](",
            "![",
            "`",
            "*",
            "_",
            "*a ",
            "*a **a ",
            "a_",
            "- ",
            "|",
            "$",
            "$a ",
            "\\\\(",
            "\\\\[",
            "<",
            "<a",
            '<a "',
            "<!--",
            "<?",
            "&",
            "```\n",
            "#",
            "\n",
            "~~",
            "a\n",
            "* * ",
            "\\",
            "[a]: ",
            "[a\n",
            "> - ",
            "<table><tr><td>",
            "<a><b><i>",
            "$x$ ",
            "http://",
        )
    ),
    "# a" + " " * 90_000 + "b",
    "```perl\n" + "s{" * 9_000 + "\n```",
    "[a]: " + "x" * 2_000 + "\n" + "[a]" * 30_000,
    "".join(f"$x_{{{i}}}$" for i in range(9_000)),
    "$" + r"\frac{" * 300 + "$",
    "$" + r"\left(" * 280 + "$",
    "$" + "x^{" * 400 + "}" * 400 + "$",
    "|" + "a|" * 2_000 + "\n|" + "-|" * 2_000 + "\n" + ("|" + "a|" * 2_000 + "\n") * 20,
    "\n".join("  " * i + "- a" for i in range(300)),
]


@pytest.mark.parametrize("source", BOMBS, ids=lambda source: repr(source[:12]))
def test_no_markdown_takes_long(source):
    """A second or so at most, and no page grows without end."""
    with seconds_of_cpu(15):
        assert len(markup.markdown(source)) < 5_000_000


@pytest.mark.parametrize(
    "text",
    [
        "<div>",
        "<b>",
        "<b title=1>",
        "<table><b>",
        "</b><div>",
        "<div></b>",
        "<div/>",
        "&",
        "&#1",
        "<!--",
        "<a href='",
        "<svg><g>",
    ],
)
def test_no_html_takes_long(text):
    """Nor does what closes nothing hide how deep it is."""
    with seconds_of_cpu(15):
        page = markup.clean(filled(600_000, text))
    assert len(re.findall("<div|<b>|<table", page)) <= 2 * bounds.USUAL.cells or page.startswith("<pre>")


@pytest.mark.parametrize("text", ["\x1b[31ma", "\x1b[0m", "\x1b["])
def test_no_colours_take_long(text):
    with seconds_of_cpu(15):
        markup.printed(filled(1_000_000, text))
        markup.printed("\x1b[" + "1;" * 400_000 + "m")


def test_code_is_coloured_unless_that_takes_long():
    with seconds_of_cpu(15):
        assert 'class="k"' in markup.highlight("def f(): pass", metadata={"magics_language": "perl"})
        assert "<span" not in markup.highlight("a." * 40_000) and "<span" not in markup.highlight("x = 1\n" * 20_000)


def test_headings_are_found_in_one_pass():
    with seconds_of_cpu(15):
        found = outline.headings("# a" + " " * 100_000 + "b #\n## `c` — d ##\n#\n###no", "x")
    assert [(one.level, one.title) for one in found] == [(1, "a"), (2, "c")]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("so $a<b$ and more", "and more"),
        ("if a<b then", "a&lt;b then"),
        ("<div>\n$a<b$ and <b$ more\n</div>", "$a&lt;b$ and &lt;b$ more"),
        ("x <math><mi>y</mi><mo>=</mo></math> z", "x y= z"),
        ("see <your name here>, please", "see , please"),
        ("a &amp; b & c", "a &amp; b &amp; c"),
        ("|a|\n|-:|\n|1|", 'style="text-align:right"'),
        ("```python\ndef f(): pass\n```", '<span class="k">def</span>'),
        ("<!-- mine -->seen <!-- not closed", "seen &lt;!-- not closed"),
        ("![$x$](a.png)", 'alt="x"'),
    ],
)
def test_what_a_learner_wrote_is_still_there(source, wanted):
    assert wanted in markup.markdown(source)


def test_pictures_of_any_size_are_shown():
    """Some editors write them into the Markdown; they do not count as something to read."""
    picture = "data:image/png;base64," + "A" * 3_000_000
    for page in (
        markup.markdown(f"![mine]({picture}) and $x$"),
        markup.clean(f'<img src="{picture}">'),
        markup.with_attachments("![mine](attachment:a.png)", {"a.png": {"image/png": "A" * 3_000_000}}),
    ):
        assert f'<img src="{picture}"' in page
    assert "href" not in markup.markdown(f"[mine]({picture})")


def test_no_class_id_or_position_of_a_learners(course):
    """formgrader's own classes would lay an answer over its buttons."""
    source = (
        '<div class="modal-backdrop fade in k" id="notebook" style="position: fixed; top: 0; z-index: 9; color: '
        'red">over</div>'
    )
    for page in (markup.markdown(source), markup.clean(source)):
        assert (
            "modal" not in page
            and "id=" not in page
            and "position" not in page
            and "z-index" not in page
            and "over" in page
            and "color:red" in page
        )
    output = {
        "output_type": "display_data",
        "data": {"image/png": "AAAA"},
        "metadata": {"image/png": {"width": "1 class=modal-backdrop", "alt": "mine"}},
    }
    import nbformat

    nb = nbformat.from_dict(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [{**code("1", output, tags=["x modal-backdrop fade"]), "id": "a"}],
        }
    )
    config = copy.deepcopy(course.config)
    config.HTMLExporter.template_name = "formgrade"
    about = {
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
    page, _ = feedback.GraderExporter(config=config).from_notebook_node(nb, resources=about)
    assert "celltag_x-modal-backdrop-fade" in page and "class=modal-backdrop" not in page and 'alt="mine"' in page


def test_the_plugin_can_be_installed_twice():
    """As when formgrader reads the configuration again: what is checked then is what stands there from the first
    time.
    """
    twice = "import proctor; from traitlets.config import Config; proctor.install(Config()); proctor.install(Config())"
    done = subprocess.run([sys.executable, "-c", twice], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
