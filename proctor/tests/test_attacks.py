"""All attacks in one run of `nbgrader autograde`: nothing is earned, read, written, and nobody else is hurt."""

import os
import re

import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader.converters import GenerateFeedback

import proctor
from proctor.tests.arena import CANARY, FULL, HOME, POINTS, Arena, expected, honest
from proctor.tests.attacks import ATTACKS, submissions
from proctor.tests.needs import walls
from proctor.tests.test_trusted import check
from proctor.trusted import close

pytestmark = walls
ALL = submissions()
NEIGHBOURS = ("a-first", "looking-neighbour", "m-middle", "zz-last")


@pytest.fixture(scope="module", autouse=True)
def one_house():
    yield
    close()


class Result:
    def __init__(self, arena):
        for name in NEIGHBOURS:
            arena.submit(name, honest(before=(f"# {CANARY} of another learner",), files={"notes.txt": CANARY.encode()}))
        for name, one in ALL.items():
            arena.submit(name, one)
        self.arena = arena
        self.before = arena.fingerprint()
        self.status, self.said = arena.nbgrader("autograde", "ps1", "--create", typed=True)
        self.after = arena.fingerprint()
        self.points = arena.points()


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return Result(Arena(tmp_path_factory.mktemp("attacks")))


def test_there_are_enough():
    assert len(ATTACKS) >= 8 and len(ALL) >= 60


@pytest.mark.parametrize("name", ALL)
def test_points_are_what_was_earned(result, name):
    """No more than was earned, and no less."""
    assert result.points[name] == expected(ALL[name]), result.arena.messages(name)


def test_nobody_else_is_hurt(result):
    """Honest neighbours before, between and after have full marks, and nobody is missing."""
    assert {name: sum(result.points[name].values()) for name in NEIGHBOURS} == dict.fromkeys(NEIGHBOURS, FULL)
    assert set(result.points) == {*ALL, *NEIGHBOURS}
    assert result.status == 0 and "Traceback" not in result.said and "could not be graded" not in result.said, (
        result.said[-3000:]
    )


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_read(result, name):
    """No secret and no path of this machine is in what the learner gets back, and no door was open."""
    text = result.arena.written(name)
    assert CANARY not in text
    for place in (str(result.arena.root), str(HOME), os.path.expanduser("~/"), "/root/", "proctor-"):
        assert place not in text, text[max(0, text.index(place) - 200) : text.index(place) + 200]
    shown = re.sub(r'"source": "(\\.|[^"\\])*"', "", text)
    assert not re.search(r"open (\('|wrote|dns|room|left)|reference\.(add|scale)", shown)


@pytest.mark.parametrize("name", [name for name, one in ALL.items() if set(one.lost) == set(POINTS)])
def test_expected_values_stay_unknown(result, name):
    """The messages name no value of a hidden test and no line of one."""
    for message in result.arena.messages(name).values():
        assert "vault" not in message and "reference." not in message and "np.array([[11" not in message


def test_nothing_is_written(result):
    """Course, home and submissions are as they were; nothing lies about outside."""
    assert result.before == result.after


def test_feedback_has_no_script_and_no_secret(result):
    """Generated for the attacks on the page and for some of each kind."""
    chosen = [
        "ipython-page_content",
        "ipython-page_metadata",
        "ipython-formatters",
        "metadata-forged_results",
        "lies-own_exception_hooks",
        "looking-environment",
        "looking-callbacks",
    ]
    config = result.arena.course.config.copy()
    proctor.install(config)
    for name in chosen:
        coursedir = result.arena.course.coursedir(student_id=name)
        GenerateFeedback(coursedir=coursedir, config=config).start()
        page = result.arena.written(name, "feedback")
        body = page[page.index("<body") :]
        assert (
            "<script" not in body.lower()
            and not re.search(r"<[^>]*\bon\w+\s*=", re.sub(r'"[^"<>]*"', "", body))
            and CANARY not in page
        )
        assert str(result.arena.root) not in page and "/root/" not in page
        assert "<form" not in body and not re.search(r'(src|href)="[^"]*evil\.example', body)


def test_formgraders_page_runs_nothing_of_a_learners(result):
    """It is open in the browser of a grader who is logged in."""
    config = result.arena.course.config.copy()
    proctor.install(config)
    about = dict(
        assignment_id="ps1",
        notebook_id="game",
        submission_id="1",
        index=0,
        total=1,
        base_url="",
        student="x",
        last_name="",
        first_name="",
        notebook_path="x",
    )
    for name in ("ipython-page_content", "ipython-page_metadata", "metadata-forged_results", "ipython-formatters"):
        notebook = result.arena.course.root / "autograded" / name / "ps1" / "game.ipynb"
        page, _ = HTMLExporter(config=config, template_name="formgrade").from_filename(str(notebook), resources=about)
        shown = page[page.index('id="notebook-container"') :]
        for tag in ("<script", "<form", "<iframe", "<object", "<embed", "<meta", "<link", "<svg"):
            assert tag not in shown.lower()
        assert not re.search(r"<[^>]*\bon\w+\s*=", re.sub(r'"[^"<>]*"', "", shown)) and not re.search(
            r'(src|href)="[^"]*evil\.example', shown
        )


NO_ERRORS = {
    "a list nested too deeply": "x = []\n    for _ in range(100): x = [x]\n    return x",
    "a range without end": "return range(10**12)",
    "an array too large": "return np.zeros(10**8, 'u1')",
    "StopIteration": "raise StopIteration",
    "SystemExit": "raise SystemExit",
    "KeyboardInterrupt": "raise KeyboardInterrupt",
}


@pytest.mark.parametrize("name", NO_ERRORS)
def test_what_cannot_cross_is_not_the_error_that_a_test_expects(name):
    """A test for an exception passes only if the learner's code raised that very one."""
    result = check(
        f"def f():\n    {NO_ERRORS[name]}",
        "import pytest\nwith pytest.raises((TypeError, ValueError, RuntimeError, OSError, LookupError)):\n    f()",
    )
    assert not result.passed and result.message != "This test did not pass."
