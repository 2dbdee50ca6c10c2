"""Time limits count what the learner's code does, not what the machine does beside it."""

import contextlib
import subprocess
import sys

import pytest

from proctor.job import Job, Limits
from proctor.plugin.grading import Outcome
from proctor.plugin.pool import Pool
from proctor.tests.arena import HOME, POINTS, RIGHT, game
from proctor.tests.honest import HONEST
from proctor.tests.plugin_course import Course, cell, notebook
from proctor.tests.test_trusted import grade
from proctor.trusted import close, grade_notebook

QUICK = Limits(cell_seconds=2, call_seconds=1, notebook_seconds=30)
SPIN = (
    "import time\ndef spin(seconds):\n    start = time.process_time()\n    while time.process_time() - start < "
    "seconds: pass\n    return 1"
)
AFTER = ["def after(): return 1", ("after", "assert after() == 1")]


@pytest.fixture(scope="module", autouse=True)
def one_house():
    yield
    close()


@contextlib.contextmanager
def busy(loops=8):
    """This many processes that compute endlessly."""
    processes = [subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"]) for _ in range(loops)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


# ---- what counts

HANGS = {
    "an endless loop": ("while True: pass", "took more than 1 second of computing time"),
    "a long sleep": ("import time; time.sleep(1000)", "waited for more than 1 second without computing"),
    "a lock that nobody opens": (
        "import threading; a = threading.Lock(); a.acquire(); a.acquire()",
        "waited for more than 1 second without computing",
    ),
    "processes that compute": (
        "import os, time\n    for _ in range(3):\n        if not os.fork():\n            while True: pass\n    "
        "time.sleep(1000)",
        "took more than 1 second of computing time",
    ),
    "one process after the other": (
        "import subprocess\n    while True: subprocess.run(['sh', '-c', 'i=0; while [ $i -lt 9999 ]; do i=$((i+1)); "
        "done'])",
        "took more than 1 second of computing time",
    ),
    "threads that compute": (
        "import threading, time, numpy as np; a = np.ones((500, 500))\n    def work():\n        while True: a.dot(a)\n"
        "    for _ in range(3): threading.Thread(target=work, daemon=True).start()\n    time.sleep(1000)",
        "took more than 1 second of computing time",
    ),
}


@pytest.mark.parametrize("name", HANGS)
def test_code_that_never_ends_is_stopped_and_told_why(name):
    """Whether it computes, in however many processes, or waits."""
    body, why = HANGS[name]
    report = grade(f"def f():\n    {body}", ("t", "f()"), *AFTER, limits=QUICK)
    assert why in report.results["t"].message and report.late
    assert report.results["after"].passed


@pytest.mark.parametrize(
    "learner, test",
    [
        (SPIN, "while True: spin(0.03)"),  # many calls, none of them long
        ("def f(h):\n    while True: h()", "f(lambda: 1)"),  # the learner's code calls the test's
        ("x = 1", "while True: x"),  # the test alone
    ],
)
def test_a_test_has_one_limit_for_both_sides(learner, test):
    """What it computes itself and what the room computes for it."""
    report = grade(learner, ("t", test), *AFTER, limits=QUICK)
    assert "took more than 2 seconds of computing time" in report.results["t"].message and report.late
    assert report.results["after"].passed


def test_cells_say_how_they_were_stopped():
    report = grade("while True: pass", "import time; time.sleep(1000)", *AFTER, limits=QUICK)
    assert [report.outputs[index][-1]["evalue"] for index in (0, 1)] == [
        "This cell was stopped: it took more than 2 seconds of computing time.",
        "This cell was stopped: it waited for more than 2 seconds without computing.",
    ]
    assert report.results["after"].passed


def test_a_notebook_that_was_stopped_says_so_and_names_what_was_not_run(tmp_path):
    """As a look for the grader, and as a sentence for the learner."""
    report = grade(
        SPIN,
        "spin(1.5)",
        "spin(1.5)",
        "spin(1.5)",
        ("first", "spin(0)"),
        ("second", "spin(0)"),
        limits=Limits(cell_seconds=2, call_seconds=2, notebook_seconds=3),
    )
    assert (
        report.notes[-1]
        == "Stopped: the notebook used up the 3 seconds that all its cells and tests together may take; 2 tests were "
        "not run: first, second."
    )
    assert (
        "So 2 tests were not run: first, second; they earn no points." in report.told[-1]
        and "used up its 3 seconds" in report.told[0]
    )
    assert (
        all(
            result.message.startswith("Not run: the notebook took more than 3 seconds")
            for result in report.results.values()
        )
        and report.late
    )
    course = Course(tmp_path)
    course.config.Proctor.limits = {"cell_seconds": 2, "call_seconds": 2, "notebook_seconds": 3}
    slow = course.answered(
        double="import time\nstart = time.process_time()\nwhile time.process_time() - start < 1.8: pass",
        halve="while True: pass",
    )
    course.submit("slow", numbers=slow)
    looks = course.autograde().summary.looks["slow"]
    assert any("the test test_halve was not run" in look for look in looks)
    assert any(
        "the test test_halve was not run" in message
        for message in course.graded("slow")["metadata"]["proctor"]["messages"]
    )


def test_waiting_for_the_test_is_no_sleep():
    """A learner's function whose callback takes long waits for the test, not in vain."""
    report = grade(
        "def f(h): return [h(), h(), h()]",
        ("t", "import time\nassert f(lambda: time.sleep(0.5)) == [None] * 3"),
        limits=QUICK,
    )
    assert report.results["t"].passed


def test_a_busy_machine_changes_no_limit():
    """With eight busy loops on this machine, what computes for less than its limit is never stopped."""
    limits = Limits(cell_seconds=1.6, call_seconds=0.8, notebook_seconds=30, wall_factor=1000)
    grade("1", limits=limits)  # the house is there
    with busy():
        report = grade(
            SPIN,
            ("call", "assert spin(0.4) == 1"),
            "spin(0.8)",
            ("own", "import time\nstart = time.process_time()\nwhile time.process_time() - start < 0.8: pass"),
            limits=limits,
        )
    assert report.results["call"].passed and report.results["own"].passed and not report.late and not report.notes, (
        report
    )


# ---- known mistakes that never end


def test_an_endless_mistake_is_named():
    """The learner's call is stopped, then the bank's own endless loop, and the learner reads which mistake it is."""
    pytest.importorskip("course_tests")
    endless = """
def perceptron_train(X, y, rng, max_epochs):
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    while True:
        wrong = 0
        for i in rng.permutation(len(X)):
            vote = int(X[i] @ w + b > 0)
            wrong += int(vote != y[i])
            w, b = w + (y[i] - vote) * X[i], b + (y[i] - vote)
        errors.append(wrong)
        if wrong == 0:
            return w, b, errors
"""
    test = """
from course_tests.checks import Subject
import numpy as np
X, y = np.array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]]), np.array([0, 1, 1, 0])
Subject('neuron', 'perceptron_train', perceptron_train).case('XOR', lambda f: f(X.copy(), y.copy(), np.random.default_rng(1), 12))
"""
    report = grade("import numpy as np" + endless, ("t", test), *AFTER, limits=QUICK, import_paths=(str(HOME),))
    message = report.results["t"].message
    assert "no answer within 1 second" in message and "max_epochs is not looked at" in message, message
    assert not report.results["t"].passed and report.results["after"].passed


# ---- speed

FAST = """
from course_tests import checks
import numpy as np
class Sums(checks.Subject):
    reference = staticmethod(lambda x: x.sum())
checks.assert_fast(Sums('neuron', 'total', total), np.ones(300_000), at_most=5)
"""
SLOW = (
    "import numpy as np\ndef total(x):\n    s = 0.0\n    for v in x:\n        for _ in range(20): s += v / 20\n   "
    " return s"
)
IN_CHILD = (
    SLOW.replace("def total", "def slow")
    + """
import os
def total(x):
    pid = os.fork()
    if not pid:
        slow(x)
        os._exit(0)
    os.waitpid(pid, 0)
    return x.sum()
"""
)
FORGED = (
    SLOW + "\nimport time, resource\ntime.process_time = time.thread_time = time.perf_counter = lambda: 0.0\n"
    "resource.getrusage = lambda who: resource.struct_rusage([0] * 16)"
)


@pytest.mark.parametrize(
    "learner, fast",
    [
        ("def total(x): return x.sum()", True),
        ("import time\ndef total(x):\n    time.sleep(0.2)\n    return x.sum()", True),
        (SLOW, False),
        (IN_CHILD, False),
        (FORGED, False),
    ],
    ids=["fast", "waits", "slow", "in a child", "forged clock"],
)
def test_speed_is_measured_in_the_room_and_from_outside(learner, fast):
    """CPU time of the room's processes as the kernel counts it: no clock that the learner's code can reach."""
    pytest.importorskip("course_tests")
    result = grade(learner, ("t", FAST), import_paths=(str(HOME),)).results["t"]
    assert result.passed == fast, result.message
    assert fast or result.message.startswith("Correct! But ") and "times the vectorised version" in result.message


# ---- once more, alone


def late_unless_alone(shared, task):
    """A stand-in for grading: late at the first try."""
    path = shared / task
    path.write_text(path.read_text() + "x" if path.exists() else "x")
    outcome = Outcome(task)
    if task.startswith("late"):
        from proctor.plugin.grading import Graded

        outcome.notebooks.append(Graded("n", late=len(path.read_text()) == 1 or task == "late always"))
    return outcome


def test_who_was_late_is_graded_once_more_alone(tmp_path):
    """After all the others; what comes then counts."""
    tasks = ["a", "late", "b", "late always", "c"]
    with Pool(2) as pool:
        outcomes = list(pool.run(late_unless_alone, tmp_path, tasks))
    assert {task: len((tmp_path / task).read_text()) for task in tasks} == {
        "a": 1,
        "b": 1,
        "c": 1,
        "late": 2,
        "late always": 2,
    }
    assert {task for task, _ in outcomes[:3]} == {"a", "b", "c"}
    assert {task: outcome.late for task, outcome in outcomes[3:]} == {"late": False, "late always": True}


def test_only_lost_points_make_a_submission_late(tmp_path):
    """An endless loop in a scratch cell costs nothing, so nothing is graded twice."""
    course = Course(tmp_path)
    course.config.Proctor.limits = {"cell_seconds": 1, "call_seconds": 0.5}
    nb = course.answered()
    nb["cells"].append(
        {"cell_type": "code", "metadata": {}, "source": "while True: pass", "outputs": [], "execution_count": None}
    )
    course.submit("scratch", numbers=nb, words=course.answered("words"))
    course.submit(
        "hangs", numbers=course.answered(double="def double(x):\n    while True: pass"), words=course.answered("words")
    )
    from proctor.plugin import converter

    found = {}
    record = converter.ProctorAutograde._record

    def watched(self, item, outcome, *rest):
        found[item.student] = outcome.late
        return record(self, item, outcome, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(converter.ProctorAutograde, "_record", watched)
        course.autograde(force=True)
    assert found == {"scratch": False, "hangs": True}
    assert course.scores("hangs")["test_double"] == (0.0, False) and course.scores("scratch")["test_double"][0] > 0


# ---- nbgrader's own limit and variables


def sleeper() -> dict:
    return notebook(
        [
            cell(
                "solution",
                "### BEGIN SOLUTION\nimport time\ndef f():\n    time.sleep(2.5)\n    return True\n### END SOLUTION",
                "f",
            ),
            cell("test", "assert f()", "test_f", 1),
            cell("plain", "import os"),
            cell(
                "test",
                "assert os.getenv('NBGRADER_EXECUTION') == 'autograde' and 'NBGRADER_VALIDATING' not in os.environ",
                "test_variables",
                1,
            ),
            cell("plain", "mine = os.getenv('NBGRADER_EXECUTION'), os.getenv('NBGRADER_VALIDATING')"),
            cell("test", "assert mine == ('autograde', None)", "test_room", 1),
        ]
    )


@pytest.mark.parametrize("name, points", [("", 1), ("Execute", 0), ("ExecutePreprocessor", 0)])
def test_stock_limits_and_variables_count(tmp_path, monkeypatch, name, points):
    """As nbgrader's own tests of autograde expect it of `c.Execute.timeout` and NBGRADER_EXECUTION."""
    monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    course = Course(tmp_path, {"p1": sleeper()})
    if name:
        course.config[name].timeout = 1
    course.submit("bar", p1=sleeper_submission(course))
    course.autograde(force=True)
    assert {test: score for test, (score, _) in course.scores("bar").items()} == {
        "test_f": points,
        "test_variables": 1,
        "test_room": 1,
    }


def sleeper_submission(course):
    nb = course.released("p1")
    nb["cells"][0]["source"] = "import time\ndef f():\n    time.sleep(2.5)\n    return True"
    return nb


def test_own_limits_win_over_stock_ones(tmp_path):
    from proctor.plugin.options import Proctor

    config = Course(tmp_path).config
    assert Proctor(config=config).job_limits() == Limits()
    config.Execute.timeout = 60
    assert Proctor(config=config).job_limits() == Limits(cell_seconds=60, call_seconds=60, notebook_seconds=360)
    config.Execute.timeout = None
    assert Proctor(config=config).job_limits().cell_seconds == Limits().notebook_seconds
    config.Proctor.limits = {"cell_seconds": 7}
    assert Proctor(config=config).job_limits().cell_seconds == 7


# ---- points under load

SOME = ("plain", "plots_in_functions", "numpy_raises", "processes_that_end", "one_wrong")


def answered(submission) -> list:
    """Its cells, as they come to be graded."""
    cells = [dict(one) for one in game()["cells"]]
    for one in cells:
        grade_id = one["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in RIGHT:
            one["source"] = submission.answers[grade_id]
    return (
        cells[:1]
        + [{"cell_type": "code", "metadata": {}, "source": source} for source in submission.before]
        + cells[1:]
    )


def test_points_do_not_depend_on_load(tmp_path):
    """Some of the honest set, with eight busy loops beside them: what was earned, as on an idle machine."""
    from proctor.tests.arena import CHECKS, REFERENCE, expected

    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "reference.py").write_text(REFERENCE)
    limits = Limits(cell_seconds=4, call_seconds=3, wall_factor=1000)
    grade("1")
    with busy():
        for name in SOME:
            job = Job(
                {"cells": answered(HONEST[name])},
                files={"checks.py": CHECKS.encode(), **HONEST[name].files},
                own_files=("checks.py",),
                limits=limits,
                import_paths=(str(tmp_path),),
            )
            report = grade_notebook(job)
            found = {
                test: (result.passed and (result.score if result.score is not None else POINTS[test])) or 0
                for test, result in report.results.items()
            }
            assert found == expected(HONEST[name]), (name, report)
