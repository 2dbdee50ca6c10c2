"""Follow-through marks: a mistake is paid for once, and nothing is carried that could be copied."""

import pytest

from proctor.plugin import following
from proctor.tests.plugin_course import Course, cell, notebook
from proctor.trusted.rooms import missing_walls

ANSWERS = {
    "mean": "def mean(xs):\n    return sum(xs) / len(xs)",
    "spread": "def spread(xs):\n    return mean([(x - mean(xs)) ** 2 for x in xs]) ** 0.5",
    "scores": "def scores(xs):\n    return [(x - mean(xs)) / spread(xs) for x in xs]",
    "average": "def average(xs):\n    total = 0\n    for x in xs:\n        total += x\n    return total / len(xs)",
    "other": "def other(x):\n    return x + 1",
}
TESTS = {
    "mean": "assert mean([1, 2, 6]) == 3",
    "spread": "assert spread([0, 0, 0, 0, 5]) == 2",
    "scores": "assert scores([0, 0, 0, 0, 5]) == [-0.5] * 4 + [2]",
    "average": "assert average([2, 4]) == 3",
    "other": "assert other(1) == 2",
}
FULL = {f"test_{name}": 2.0 for name in ANSWERS}
SUM = "def mean(xs):\n    return sum(xs)"  # the mistake of this file


def statistics() -> dict:
    """A notebook in which `spread` uses `mean`, `scores` uses both, and `average` is `mean` once more."""
    cells = [cell("readonly", "import math", "imports")]
    for name, answer in ANSWERS.items():
        hidden = f"### BEGIN HIDDEN TESTS\n{TESTS[name]}\n### END HIDDEN TESTS"
        cells += [
            cell("solution", f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION", name),
            cell("test", f"assert callable({name})\n{hidden}", f"test_{name}", 2),
        ]
    return notebook(cells)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("follow") / "course", {"numbers": statistics()})
    course.config.Proctor.follow_through = "full"
    course.config.Proctor.given_at_home = ["practice.py"]
    for name, wrong in CLASS.items():
        course.submit(name, numbers=course.answered("numbers", **{**ANSWERS, **wrong}))
    course.submit("one_mistake", **{"practice.py": b"import _thread"})  # of the course, or what became of it
    course.submit("asks_a_file", **{"other.py": b"import inspect"})
    course.autograde()
    return course


LEAK = "def spread(xs):\n    {}\n    return mean([(x - mean(xs)) ** 2 for x in xs]) ** 0.5"
CLASS = {
    "right": {},
    "one_mistake": {"mean": SUM},
    "empty": {"mean": "# your code"},
    "two_mistakes": {"mean": SUM, "spread": "def spread(xs):\n    return mean([abs(x - mean(xs)) for x in xs])"},
    "unlike": {"mean": SUM, "other": "def other(x):\n    return x"},
    "all_empty": dict.fromkeys(ANSWERS, "# your code"),
    "nothing_said": {"mean": SUM, "spread": "pass", "scores": "pass", "average": "pass"},
    "copies": {"mean": "# your code", "average": "average = mean"},
    "copies_by_calling": {"mean": "# your code", "average": "def average(xs):\n    return mean(xs)"},
    "helper": {
        "mean": "def total(xs):\n    return sum(xs)\n\ndef mean(xs):\n    return total(xs)",
        "spread": "def spread(xs):\n    return (total([(x - mean(xs)) ** 2 for x in xs]) / len(xs)) ** 0.5",
    },
    "shows": {"mean": SUM, "scores": "print('found', mean([10, 20]))\n" + ANSWERS["scores"]},
    "ends_its_process": {"mean": "import os\nos._exit(3)"},
    "asks_the_history": {"mean": SUM, "spread": LEAK.format("print(In, _ih)")},
    "asks_inspect": {"mean": SUM, "spread": LEAK.format("import inspect; print(inspect.getsource(mean))")},
    "asks_the_code": {"mean": SUM, "spread": LEAK.format("print(mean.__code__.co_consts)")},
    "asks_the_closure": {"mean": SUM, "spread": LEAK.format("print(mean.__closure__, [c.cell_contents for c in []])")},
    "asks_by_text": {"mean": SUM, "spread": LEAK.format("print('{0.__code__}'.format(mean))")},
    "asks_by_parts": {"mean": SUM, "spread": LEAK.format("print(('{0.__co' + 'de__}').format(mean))")},
    "asks_getattr": {"mean": SUM, "spread": LEAK.format("print(getattr(mean, '__co' + 'de__'))")},
    "asks_files": {"mean": SUM, "spread": LEAK.format("print(open('/proc/self/maps').read())")},
    "asks_eval": {"mean": SUM, "spread": LEAK.format("print(eval('mean'))")},
    "asks_a_file": {"mean": SUM},
    "asks_a_magic": {"mean": SUM, "spread": "%history\n" + ANSWERS["spread"]},
}
ASKING = sorted(name for name in CLASS if name.startswith("asks"))
walls = pytest.mark.skipif(bool(missing_walls()), reason="needs bubblewrap: apt-get install bubblewrap")


def points(course, student) -> dict:
    return {test: score for test, (score, _) in course.scores(student).items()}


def carried(course, student) -> dict:
    """Test -> what stands in its metadata of points that are carried."""
    found = {}
    for one in course.graded(student)["cells"]:
        if "carried" in one["metadata"].get("proctor", {}):
            found[one["metadata"]["nbgrader"]["grade_id"]] = one["metadata"]["proctor"]["carried"]
    return found


def message(course, student, test) -> str:
    found = course.graded(student)["cells"]
    return next(c["metadata"]["proctor"]["message"] for c in found if c["metadata"]["nbgrader"]["grade_id"] == test)


def test_a_mistake_is_paid_for_once(course):
    assert points(course, "right") == FULL and not carried(course, "right")
    assert points(course, "one_mistake") == {**FULL, "test_mean": 0.0}
    assert carried(course, "one_mistake") == {
        "test_spread": {"points": 2.0, "because_of": ["mean"]},
        "test_scores": {"points": 2.0, "because_of": ["mean"]},
    }
    assert message(course, "one_mistake", "test_spread") == (
        "This fails because of your `mean`; with a right one it passes."
    )


def test_an_empty_answer_counts_as_failed(course):
    assert points(course, "empty") == {**FULL, "test_mean": 0.0}


def test_a_follower_with_a_mistake_of_its_own_pays_for_it_and_is_put_right_for_the_next(course):
    assert points(course, "two_mistakes") == {**FULL, "test_mean": 0.0, "test_spread": 0.0}
    assert carried(course, "two_mistakes") == {"test_scores": {"points": 2.0, "because_of": ["mean", "spread"]}}
    assert "with right ones it passes" in message(course, "two_mistakes", "test_scores")
    own = [c for c in course.graded("two_mistakes")["cells"] if c["metadata"].get("proctor", {}).get("alone")]
    assert [c["metadata"]["nbgrader"]["grade_id"] for c in own] == ["test_spread"]


def test_an_answer_that_does_not_use_the_wrong_one_pays_for_itself(course):
    assert points(course, "unlike") == {**FULL, "test_mean": 0.0, "test_other": 0.0}
    assert "test_other" not in carried(course, "unlike")


def test_nothing_is_earned_without_an_answer(course):
    assert points(course, "all_empty") == dict.fromkeys(FULL, 0.0)
    assert points(course, "nothing_said") == {**dict.fromkeys(FULL, 0.0), "test_other": 2.0}


@pytest.mark.parametrize("student", ["copies", "copies_by_calling"])
def test_a_copy_of_an_earlier_answer_earns_nothing(course, student):
    assert points(course, student) == {**FULL, "test_mean": 0.0, "test_average": 0.0}
    assert set(carried(course, student)) == {"test_spread", "test_scores"}


def test_what_else_a_wrong_answer_defines_is_there(course):
    assert points(course, "helper") == {**FULL, "test_mean": 0.0}


@walls
def test_a_wrong_answer_that_ends_its_process_is_left_out(course):
    assert points(course, "ends_its_process") == dict.fromkeys(FULL, 0.0) | {"test_other": 2.0, "test_average": 2.0}


@pytest.mark.parametrize("student", ASKING)
def test_code_that_could_read_its_neighbours_is_given_no_second_room(course, student):
    assert points(course, student) == {**FULL, **dict.fromkeys(["test_mean", "test_spread", "test_scores"], 0.0)}
    assert not carried(course, student)


def test_only_pass_or_fail_leaves_the_second_room(course):
    """What is printed and raised there stands nowhere, and the answer that was put in place least of all."""
    wrong = [student for student in CLASS if CLASS[student].get("mean") and student != "helper"]
    for student in wrong:
        assert "sum(xs) / len(xs)" not in (course.root / "autograded" / student / "ps1" / "numbers.ipynb").read_text()
    shown = str(course.graded("shows"))
    assert "found 30" in shown and "found 15" not in shown
    assert points(course, "shows") == {**FULL, "test_mean": 0.0}


@pytest.mark.parametrize("share, expected", [("off", 0.0), (0.5, 1.0), ("full", 2.0)])
def test_a_share_or_nothing_may_be_carried(course, share, expected, tmp_path):
    again = Course.__new__(Course)
    again.root, again.config = course.root, course.config.copy()
    again.config.Proctor.follow_through = share
    again.autograde(force=True, student_id="one_mistake")
    try:
        assert points(again, "one_mistake")["test_spread"] == expected
    finally:
        course.autograde(force=True, student_id="one_mistake")


def test_without_the_source_nothing_is_carried_and_the_log_says_so(course, caplog):
    source = course.root / "source"
    source.rename(course.root / "elsewhere")
    try:
        course.autograde(force=True, student_id="one_mistake")
        assert points(course, "one_mistake")["test_spread"] == 0.0
    finally:
        (course.root / "elsewhere").rename(source)
        course.autograde(force=True, student_id="one_mistake")
    assert "needs the instructor's own notebook" in caplog.text


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    return np.exp(-x)",
        "import numpy as np\nfrom math import sqrt",
        "class A:\n    def __init__(self):\n        super().__init__()\n\n    def __add__(self, other):\n        return 1",
        "print(f'{x:.2f}', '{:.3f}'.format(y))",
        "'''Returns\n-------\nfloat'''",
    ],
)
def test_ordinary_code_looks_at_nothing(text):
    assert following.looking(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "match mean:\n    case object(__code__=code):\n        print(code)",
        "from IPython.core.interactiveshell import InteractiveShell",
        "import numpy as np\nnp.load('a')",
        "from operator import attrgetter",
        "def f(x: 'mean.__code__'):\n    pass",
        "(_ for _ in []).gi_frame.f_back",
        "print(_i1, __)",
        "f'{mean.__code__}'",
        "!ls",
    ],
)
def test_code_that_looks_at_code_is_known(text):
    assert following.looking(text)


def test_a_message_names_three_at_most():
    assert following.message(("a", "b", "c")).startswith("This fails because of your `a`, `b` and `c`;")
    assert following.message(("a", "b", "c", "d", "e")).startswith(
        "This fails because of your `a`, `b`, `c` and 2 more;"
    )
