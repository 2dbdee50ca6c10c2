"""All attacks in `nbgrader autograde`: nothing is earned, read, written, and nobody else is hurt.

Those that hang are graded beside the others, each kind in a run of its own with one worker, so that they are graded
once and wait at the same time.
"""

import os
import re
from concurrent.futures import ThreadPoolExecutor

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


HANGING = ("endless", "processes", "resources", "wire")


class Run:
    """Some of the attacks, with honest neighbours, and what came of them."""

    def __init__(self, arena, names):
        for name in NEIGHBOURS:
            arena.submit(name, honest(before=(f"# {CANARY} of another learner",), files={"notes.txt": CANARY.encode()}))
        for name in names:
            arena.submit(name, ALL[name])
        self.arena, self.names = arena, names

    def grade(self):
        self.before = self.arena.fingerprint()
        self.status, self.said = self.arena.nbgrader("autograde", "ps1", "--create", typed=True)
        self.after = self.arena.fingerprint()
        self.points = self.arena.points()


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    kinds = {name: next((kind for kind in HANGING if name.startswith(f"{kind}-")), "") for name in ALL}
    found = [
        Run(
            Arena(tmp_path_factory.mktemp(f"attacks{kind}"), workers=1 if kind else 2),
            [name for name in ALL if kinds[name] == kind],
        )
        for kind in ("", *HANGING)
    ]
    with ThreadPoolExecutor() as executor:
        list(executor.map(Run.grade, found))
    return found


@pytest.fixture(scope="module")
def run_of(runs):
    """The run of an attack, by its name."""
    return {name: run for run in runs for name in run.names}


def test_there_are_enough():
    assert len(ATTACKS) >= 8 and len(ALL) >= 60


@pytest.mark.parametrize("name", ALL)
def test_points_are_what_was_earned(run_of, name):
    """No more than was earned, and no less."""
    run = run_of[name]
    assert run.points[name] == expected(ALL[name]), run.arena.messages(name)


def test_nobody_else_is_hurt(runs):
    """Honest neighbours before, between and after have full marks, and nobody is missing."""
    assert sorted(name for run in runs for name in run.names) == sorted(ALL)
    for run in runs:
        assert {name: sum(run.points[name].values()) for name in NEIGHBOURS} == dict.fromkeys(NEIGHBOURS, FULL)
        assert set(run.points) == {*run.names, *NEIGHBOURS}
        assert run.status == 0 and "Traceback" not in run.said and "could not be graded" not in run.said, run.said[
            -3000:
        ]


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_read(run_of, name):
    """No secret and no path of this machine is in what the learner gets back, and no door was open."""
    arena = run_of[name].arena
    text = arena.written(name)
    assert CANARY not in text
    for place in (str(arena.root), str(HOME), os.path.expanduser("~/"), "/root/", "proctor-"):
        assert place not in text, text[max(0, text.index(place) - 200) : text.index(place) + 200]
    shown = re.sub(r'"source": "(\\.|[^"\\])*"', "", text)
    assert not re.search(r"open (\('|wrote|dns|room|left)|reference\.(add|scale)", shown)


@pytest.mark.parametrize("name", [name for name, one in ALL.items() if set(one.lost) == set(POINTS)])
def test_expected_values_stay_unknown(run_of, name):
    """The messages name no value of a hidden test and no line of one."""
    for message in run_of[name].arena.messages(name).values():
        assert "vault" not in message and "reference." not in message and "np.array([[11" not in message


def test_nothing_is_written(runs):
    """Course, home and submissions are as they were; nothing lies about outside."""
    for run in runs:
        assert run.before == run.after


def test_feedback_has_no_script_and_no_secret(run_of):
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
    for name in chosen:
        arena = run_of[name].arena
        config = arena.course.config.copy()
        proctor.install(config)
        GenerateFeedback(coursedir=arena.course.coursedir(student_id=name), config=config).start()
        page = arena.written(name, "feedback")
        body = page[page.index("<body") :]
        assert (
            "<script" not in body.lower()
            and not re.search(r"<[^>]*\bon\w+\s*=", re.sub(r'"[^"<>]*"', "", body))
            and CANARY not in page
        )
        assert str(arena.root) not in page and "/root/" not in page
        assert "<form" not in body and not re.search(r'(src|href)="[^"]*evil\.example', body)


def test_formgraders_page_runs_nothing_of_a_learners(run_of):
    """It is open in the browser of a grader who is logged in."""
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
        course = run_of[name].arena.course
        config = course.config.copy()
        proctor.install(config)
        notebook = course.root / "autograded" / name / "ps1" / "game.ipynb"
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
