"""Whatever a test leaves behind ends with the notebook that it graded: no submission changes the points of the next."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

from proctor.job import GraderDied, Job, Report
from proctor.tests.plugin_course import Course, cell, notebook
from proctor.trusted import clean

# What a test changes before it fails -> what must hold in every other notebook.
LEFT_BEHIND = {
    "module": (
        "import statistics; statistics.mean = lambda x: 'no'",
        "import statistics; assert statistics.mean([2, 4]) == 3",
    ),
    "class": (
        "import fractions; fractions.Fraction.__add__ = lambda *a: 0",
        "from fractions import Fraction; assert Fraction(1, 2) + 1 == Fraction(3, 2)",
    ),
    "numpy": ("np.sum = max", "assert np.sum([1, 2]) == 3"),
    "numpy_errors": ("np.seterr(all='raise')", "assert np.geterr()['over'] == 'warn'"),
    "print_options": ("np.set_printoptions(precision=1)", "assert str(np.float64(0.25) * np.ones(1)) == '[0.25]'"),
    "warnings": (
        "import warnings; warnings.warn = None; warnings.filters.insert(0, ('error', None, Warning, None, 0))",
        "import warnings; warnings.warn('x')",
    ),
    "numpy_random": (
        "np.random.seed(3); np.random.seed = None",
        "np.random.seed(1); assert np.random.rand() != 0.5507979025745755",
    ),
    "random": ("import random; random.random = lambda: 2", "import random; assert random.random() < 1"),
    "folder": ("import os; os.chdir('/')", "import os; assert os.getcwd() != '/'"),
    "environment": ("import os; os.environ['LEFT_BEHIND'] = '1'", "import os; assert 'LEFT_BEHIND' not in os.environ"),
    "files": ("import os; os.closerange(3, 5)", "import os; assert ones(1) == [1]"),
    "path": ("import sys; sys.path.clear()", "import sys; assert sys.path; import wave"),
    "modules": ("import sys; sys.modules['colorsys'] = None", "import colorsys"),
    "locale": (
        "import locale; locale._override_localeconv['decimal_point'] = ','",
        "import locale; assert locale.localeconv()['decimal_point'] == '.'",
    ),
    "signals": (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "import signal; assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL",
    ),
    "builtins": ("import builtins; builtins.abs = lambda x: 7", "assert abs(-1) == 1"),
    "threads": (
        "import threading; threading.Thread(target=threading.Event().wait).start()",
        "import threading; assert len(threading.enumerate()) < 5 and all(t.daemon for t in threading.enumerate()[1:])",
    ),
    "recursion": ("import sys; sys.setrecursionlimit(60)", "import sys; assert sys.getrecursionlimit() > 500"),
    "decimal": (
        "import decimal; decimal.getcontext().prec = 2",
        "import decimal; assert decimal.getcontext().prec == 28",
    ),
    "umask": ("import os; os.umask(0o777)", "import os; assert os.umask(0o22) == 0o22"),
    "reference": ("import vault; vault.answers.clear()", "import vault; assert vault.answers == {1: [1]}"),
}


def leaky() -> dict:
    """A notebook with one test that leaves everything changed where the answer is wrong, and one for each of the
    things changed.
    """
    change = "\n".join(
        f"try:\n    {code}\nexcept Exception:\n    pass" for name, (code, _) in LEFT_BEHIND.items() if name != "files"
    )
    return notebook(
        [
            cell("readonly", "import numpy as np", "setup"),
            cell("solution", "### BEGIN SOLUTION\ndef ones(n):\n    return [1] * n\n### END SOLUTION", "ones"),
            *(cell("test", check, f"kept_{name}", 1) for name, (_, check) in LEFT_BEHIND.items()),
            cell(
                "test",
                f"if ones(2) != [1, 1]:\n    {change.replace(chr(10), chr(10) + '    ')}\n    "
                f"{LEFT_BEHIND['files'][0]}\nassert ones(2) == [1, 1]",
                "changes",
                1,
            ),
        ]
    )


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """ann and cid are wrong, ben and dora right; one worker grades them in this order, two notebooks each."""
    root = tmp_path_factory.mktemp("leaks")
    (root / "vault.py").write_text("answers = {1: [1]}\n")
    course = Course(root, {"first": leaky(), "second": leaky()})
    course.config.Proctor.workers = 1
    for student, answer in (
        ("ann", "def ones(n):\n    return [2] * n"),
        ("ben", "def ones(n):\n    return [1] * n"),
        ("cid", "def ones(n):\n    return n"),
        ("dora", "ones = lambda n: [1] * n"),
    ):
        course.submit(student, **{name: course.answered(name, ones=answer) for name in ("first", "second")})
    before = os.umask(0o22)
    try:
        course.autograde()
    finally:
        os.umask(before)
    return {(student, book, name): auto for student, book, name, auto, *_ in course.rows()["grades"]}


@pytest.mark.parametrize("kind", LEFT_BEHIND)
def test_what_a_test_changes_ends_with_its_notebook(graded, kind):
    """Neither the next learner nor the next notebook of the same learner meets it."""
    for student in ("ann", "ben", "cid", "dora"):
        for book in ("first", "second"):
            wrong = kind == "files" and student in ("ann", "cid")
            assert graded[student, book, f"kept_{kind}"] == (0 if wrong else 1), (student, book)


def test_a_right_answer_after_a_wrong_one_has_all_points(graded):
    assert {graded[student, book, "changes"] for student in ("ben", "dora") for book in ("first", "second")} == {1}
    assert {graded[student, book, "changes"] for student in ("ann", "cid") for book in ("first", "second")} == {0}


def job(*cells) -> Job:
    return Job(notebook={"cells": list(cells)}, sandbox="none")


def test_a_grader_that_dies_says_so(monkeypatch):
    """A test that ends its process, or closes all its files, is no answer and no hang."""
    monkeypatch.setattr(clean.grade, "grade_notebook", lambda job: os._exit(3))
    with pytest.raises(GraderDied):
        clean.grade_notebook(job())
    monkeypatch.setattr(clean.grade, "grade_notebook", lambda job: os.closerange(3, 200))
    with pytest.raises(GraderDied):
        clean.grade_notebook(job())


def test_a_process_that_a_test_started_is_not_waited_for(monkeypatch):
    """It may hold the line open for ever."""

    def start_one_and_die(job):
        if os.fork():
            os._exit(0)
        import time

        time.sleep(20)
        os._exit(0)

    monkeypatch.setattr(clean.grade, "grade_notebook", start_one_and_die)
    with pytest.raises(GraderDied):
        clean.grade_notebook(job())


def test_errors_cross_with_their_kind(monkeypatch):
    def refuse(job):
        raise clean.rooms.RoomError("no room")

    monkeypatch.setattr(clean.grade, "grade_notebook", refuse)
    with pytest.raises(clean.rooms.RoomError, match="no room"):
        clean.grade_notebook(job())


def test_what_tests_import_is_imported_once_and_prepared(tmp_path, monkeypatch):
    """The clean process has the modules and their caches; those of another course with the same name take their
    place.
    """
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "kept_checks.py").write_text(
            f"NAME, ready = {name!r}, []\ndef __proctor_prepare__():\n    ready.append(1)\n"
        )

    def grading(job):
        import sys

        module = sys.modules.get("kept_checks")
        return Report(notes=[module.NAME, str(len(module.ready))] if module else [])

    monkeypatch.setattr(clean.grade, "grade_notebook", grading)
    for name in ("one", "two", "two"):
        clean.prepare(
            (str(tmp_path / name),),
            {"t": "from kept_checks import NAME\nassert NAME", "u": "import no_such_module"},
            {},
        )
        assert clean.grade_notebook(job()).notes == [name, "1"]
    clean.prepare((), {}, {})
    assert clean.grade_notebook(job()).notes == []


def test_runs_of_which_only_the_verdict_counts_say_so(monkeypatch):
    monkeypatch.setattr(clean.follow, "walk_again", lambda job, plan: os.environ.get(clean.VERDICT_ONLY))
    assert clean.walk_again(SimpleNamespace(warm=False), None) == "1" and clean.VERDICT_ONLY not in os.environ
