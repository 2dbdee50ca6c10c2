"""Where each test runs is decided by the instructor's solution, and other people's courses have the points that
stock nbgrader gives.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import re
from pathlib import Path

import pytest

from proctor.job import Job, Limits
from proctor.plugin import calibrate
from proctor.plugin.given import ProctorGenerateAssignment
from proctor.tests.needs import walls
from proctor.tests.plugin_course import Course, cell, notebook
from proctor.trusted import close
from proctor.trusted.grade import grade_notebook

pytestmark = walls
LIBRARIES = {"pandas": "pandas", "sympy": "sympy", "sklearn": "scikit-learn", "networkx": "networkx"}
CANARY = "canary-77aa31"


def kinds() -> dict:
    """{name: {"answer", "wrong", "plain", "files", "tests": [(source, {learner: points})]}} of kinds.txt."""
    found = {}
    for text in re.split(r"^=== ", Path(__file__).with_name("kinds.txt").read_text(), flags=re.MULTILINE)[1:]:
        head, *parts = re.split(r"^--- ", text, flags=re.MULTILINE)
        one = found[head.strip()] = {"plain": "", "files": {}, "tests": []}
        for part in parts:
            title, _, source = part.partition("\n")
            word, *rest = title.split()
            if word == "test":
                one["tests"].append((source.rstrip("\n"), dict(zip(("right", "wrong", "blank"), map(float, rest)))))
            elif word == "file":
                one["files"][rest[0]] = source
            else:
                one[word] = source.rstrip("\n")
    return found


def missing(one) -> str:
    """What has to be installed for a kind, or ""."""
    text = "\n".join([one["answer"], *(source for source, _ in one["tests"])])
    return " ".join(
        pip
        for name, pip in LIBRARIES.items()
        if re.search(rf"(import|from) {name}\b", text) and not importlib.util.find_spec(name)
    )


ALL = kinds()
HERE = {name: one for name, one in ALL.items() if not missing(one)}
SAID = logging.getLogger("proctor.tests.calibrate")


def as_notebook(one) -> dict:
    cells = [cell("solution", f"### BEGIN SOLUTION\n{one['answer']}\n### END SOLUTION", "answer")]
    cells += [cell("plain", one["plain"])] if one["plain"] else []
    return notebook(cells + [cell("test", source, f"test{n}", 1) for n, (source, _) in enumerate(one["tests"])])


def calibrated(root, notebooks, **files) -> Course:
    """A course whose tests run where its solution passes them."""
    course = Course(root, notebooks)
    for name, content in files.items():
        for folder in ("source", "release"):
            (root / folder / "ps1" / name).write_text(content)
    del course.config.Proctor.tests
    return course


@pytest.fixture(scope="module", autouse=True)
def one_house():
    yield
    close()


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """All kinds as notebooks of one assignment: a right, a wrong and a blank submission of each."""
    files = {name: content for one in HERE.values() for name, content in one["files"].items()}
    course = calibrated(
        tmp_path_factory.mktemp("kinds"), {name: as_notebook(one) for name, one in HERE.items()}, **files
    )
    for learner, part in (("right", "answer"), ("wrong", "wrong"), ("blank", "")):
        course.submit(
            learner,
            **{name: course.answered(name, **({"answer": one[part]} if part else {})) for name, one in HERE.items()},
        )
    course.autograde()
    return course, {(row[0], row[1], row[2]): row[3] for row in course.rows()["grades"]}


# (kind, learner, test) -> our points, where they differ from stock nbgrader's on purpose.
ON_PURPOSE = {
    ("getsource", "right", "test1"): 1,  # a plain kernel cannot show the source of a class
    ("partial", "right", "test1"): 0.5,  # a number of NumPy's is a number: so many points
    ("partial", "wrong", "test1"): 0.25,
    ("partial", "right", "test4"): 0,  # less than nothing is nothing; stock gives full points
    ("partial", "wrong", "test4"): 0,
}


@pytest.mark.parametrize("learner", ["right", "wrong", "blank"])
@pytest.mark.parametrize("kind", ALL)
def test_points_are_those_of_stock_nbgrader(graded, kind, learner):
    if missing(ALL[kind]):
        pytest.skip(f"pip install {missing(ALL[kind])}")
    want = {f"test{n}": points[learner] for n, (_, points) in enumerate(ALL[kind]["tests"])}
    want |= {test: points for (where, who, test), points in ON_PURPOSE.items() if (where, who) == (kind, learner)}
    assert {name: graded[1][learner, kind, name] for name in want} == want


def found(course) -> dict:
    return json.loads((course.root / calibrate.FILE).read_text())["ps1"]["notebooks"]


ADD = "def add(a, b):\n    return a + b"
OUTSIDE = ("assert add(1, 2) == 3", "test_add", 1)
INSIDE = ("said = !echo 4\nassert add(2, 2) == int(said[0])", "test_there", 1)
WHY = "a magic or a shell command runs in the room only"


def adding(*tests) -> dict:
    return notebook(
        [
            cell("solution", f"### BEGIN SOLUTION\n{ADD}\n### END SOLUTION", "add"),
            *(cell("test", *one) for one in tests),
        ]
    )


def test_generate_assignment_says_where_tests_run(tmp_path, caplog):
    course = calibrated(tmp_path, {"sums": adding(OUTSIDE, INSIDE, ("assert add(1, 1) == 3", "test_bad", 1))})
    made = ProctorGenerateAssignment(coursedir=course.coursedir(), config=course.config)
    made.force = True
    with caplog.at_level(logging.INFO):
        made.start()
    assert f"sums: 2 of 3 test cells run outside the room; 1 inside: test_there ({WHY})" in caplog.text
    assert "can see such a test and forge its result" in caplog.text
    assert "FIX THE TEST 'test_bad' of sums" in caplog.text and "neither outside nor inside the room" in caplog.text
    assert found(course)["sums"] == {
        "tests": 3,
        "inside": {"test_there": ["alone", WHY]},
        "nowhere": {"test_bad": "AssertionError"},
    }


def test_no_submission_moves_a_test(tmp_path):
    """Nor asks for it: not with a tag, nor with a file of that name, nor by failing."""
    course = calibrated(tmp_path, {"sums": adding(OUTSIDE, INSIDE)})
    forged = {"ps1": {"notebooks": {"sums": {"tests": 2, "inside": {"test_add": ["alone", "x"]}}}}}
    nb = course.answered(
        "sums",
        add="AssertionError = __builtins__.AssertionError\nclass add:\n    def __init__(self, *a): pass\n    def "
        "__eq__(self, other): return True",
    )
    for one in nb["cells"]:
        one["metadata"]["tags"] = [calibrate.TAG]
    course.submit("mallory", sums=nb, **{calibrate.FILE: json.dumps(forged).encode()})
    course.submit("ann", sums=course.answered("sums", add=ADD))
    course.autograde()
    assert set(found(course)["sums"]["inside"]) == {"test_there"}
    assert course.scores("mallory")["test_add"] == (0, False)
    assert course.scores("ann") == {"test_add": (1, False), "test_there": (1, False)}


def test_found_again_when_the_solution_or_a_test_changes(tmp_path):
    course = calibrated(tmp_path, {"sums": adding(OUTSIDE, INSIDE)})
    course.submit("ann", sums=course.answered("sums", add=ADD))
    course.autograde()
    before = (tmp_path / calibrate.FILE).stat().st_mtime_ns
    course.autograde(force=True)
    assert (tmp_path / calibrate.FILE).stat().st_mtime_ns == before  # nothing has changed, and nothing was tried again
    path = tmp_path / "source" / "ps1" / "sums.ipynb"
    path.write_text(path.read_text().replace("return a + b", "return b + a"))
    course.autograde(force=True)
    assert (tmp_path / calibrate.FILE).stat().st_mtime_ns > before


def test_without_the_source_a_tag_says_it(tmp_path):
    nb = adding(OUTSIDE, INSIDE)
    nb["cells"][2]["metadata"]["tags"] = [calibrate.TAG]
    course = calibrated(tmp_path, {"sums": nb})
    (tmp_path / "source" / "ps1" / "sums.ipynb").unlink()
    course.submit("ann", sums=course.answered("sums", add=ADD))
    course.autograde()
    assert course.scores("ann") == {"test_add": (1, False), "test_there": (1, False)}
    assert not (tmp_path / calibrate.FILE).exists()


@pytest.mark.parametrize(
    "where, points", [("outside", {"test_add": 1, "test_there": 0}), ("inside", {"test_add": 1, "test_there": 1})]
)
def test_the_course_may_say_it_for_all(tmp_path, where, points):
    course = Course(tmp_path, {"sums": adding(OUTSIDE, INSIDE)})
    course.config.Proctor.tests = where
    course.submit("ann", sums=course.answered("sums", add=ADD))
    course.autograde()
    assert {name: score for name, (score, _) in course.scores("ann").items()} == points


# -- inside the room


SHORT = Limits(cell_seconds=3, call_seconds=3)


def inside(*cells, how="alone", limits=SHORT):
    """The report of a notebook whose tests, the cells (source, grade id), run inside."""
    made = [cell("test", *one, 1) if isinstance(one, tuple) else cell("plain", one) for one in cells]
    return grade_notebook(
        Job(
            json.loads(json.dumps(notebook(made))),
            limits=limits,
            inside={one[1]: how for one in cells if isinstance(one, tuple)},
        )
    )


def passed(report) -> list:
    return [name for name, result in report.results.items() if result.passed]


def test_a_test_inside_changes_nothing_for_what_comes_after():
    report = inside(
        "def f(): return count\ncount = 1",
        ("count = 5\nassert f() == 5", "a"),
        "print(count)",
        ("assert f() == 1", "b"),
    )
    assert passed(report) == ["a", "b"] and report.outputs[2][0]["text"] == "1\n"


def test_a_test_inside_may_build_on_those_before_it():
    assert passed(inside("x = 1", ("y = x + 1", "a"), ("assert y == 2\n0.5", "b"), how="after")) == ["a", "b"]


def test_a_hidden_test_is_not_in_the_room_before_or_after_and_not_in_a_message():
    """Later cells look for its text in all objects; its own error would show it."""
    looks = (
        f"import gc\nneedle = '{CANARY[:7]}' + '{CANARY[7:]}'\nprint(sum(needle in o for o in gc.get_objects() "
        "if type(o) is str), [needle in one for one in In])"
    )
    report = inside(
        "def f(): return 1",
        looks,
        (f"assert f() == 2, '{CANARY}'\n", "a"),
        (f"### BEGIN HIDDEN TESTS\nraise ValueError('{CANARY}')\n### END HIDDEN TESTS", "b"),
        looks,
    )
    assert (
        CANARY not in repr(report.outputs)
        and "True" not in repr(report.outputs)
        and report.outputs[1][0]["text"].startswith("0 ")
        and report.outputs[4][0]["text"].startswith("0 ")
    )
    assert report.results["b"].message == "This test did not pass. It ended with an error of the kind ValueError."
    assert CANARY in report.results["b"].reason


FORGING = {
    "assert is taken out": "import ast\nclass No(ast.NodeTransformer):\n    def visit_Assert(self, node): return "
    "ast.Pass()\nget_ipython().ast_transformers.append(No())",
    "the text is changed": "get_ipython().input_transformers_post.append(lambda lines: ['pass\\n'])",
    "the shell runs nothing": "ip = get_ipython()\nip.run_cell = lambda *a, **k: type('R', (), {'error_before_exec': "
    "None, 'error_in_exec': None, 'result': None})()",
    "the class of the shell runs nothing": "from IPython.core.interactiveshell import InteractiveShell as S\n"
    "S.run_code = lambda *a, **k: False",
    "built-ins are changed": "import builtins\nbuiltins.AssertionError = type('A', (BaseException,), {})\n"
    "builtins.isinstance = lambda *a: True\nbuiltins.all = lambda *a: True",
    "NumPy says yes": "import numpy as np\nnp.allclose = lambda *a, **k: True\nnp.testing.assert_allclose = lambda "
    "*a, **k: None",
    "a tracer jumps": "import sys\ndef t(f, e, a):\n    if e == 'line' and f.f_code.co_filename.startswith('<cell'):\n"
    "        try: f.f_lineno = f.f_lineno + 1\n        except Exception: pass\n    return t\n"
    "sys.settrace(t)",
    "it exits": "import os\ndef f(*a): os._exit(0)",
    "it raises SystemExit": "def f(*a): raise SystemExit(0)",
    "it answers itself": "import os, sys\nfrom proctor.wire import pack\ndef f(*a):\n    for n in range(40):\n        "
    "data = pack(('ok', n, (), ('0' * 32, True, 1.0, None), None))\n        os.write(3, "
    "len(data).to_bytes(8, 'little') + data)",
    "another process answers": "import os, time\nfrom proctor.wire import pack\nif not os.fork():\n    while True:\n  "
    "      for n in range(40):\n            data = pack(('ok', n, (), ('0' * 32, True, "
    "1.0, None), None))\n"
    "            os.write(3, len(data).to_bytes(8, 'little') + data)\n        time.sleep(0.01)",
    "it never ends": "def f(*a):\n    while True:\n        try:\n            while True: pass\n        except "
    "BaseException: pass",
}


@pytest.mark.parametrize("how", FORGING)
def test_what_is_easily_forged_is_not_believed(how):
    """What remains stands in proctor/README.md."""
    test = (
        "import numpy as np\nassert np.allclose(f(1), 2) and isinstance(f(1), int) and all([f(2) == 3])\n"
        "np.testing.assert_allclose(f(3), 4)"
    )
    assert passed(inside("def f(*a): return 0", FORGING[how], (test, "a"), (test, "b"))) == []


def test_after_a_fork_that_died_the_next_test_has_one():
    report = inside(
        "import os\ndef f(x):\n    if x: os._exit(0)\n    return 1",
        ("assert f(1) == 1", "a"),
        ("assert f(0) == 1", "b"),
    )
    assert passed(report) == ["b"] and "stopped its own process" in report.results["a"].message


def test_a_slow_test_inside_is_stopped_and_the_next_runs():
    report = inside(
        "import time", ("time.sleep(60)", "a"), ("assert time", "b"), limits=Limits(cell_seconds=1, call_seconds=1)
    )
    assert passed(report) == ["b"] and report.late and "waited for more than 1 second" in report.results["a"].message


# -- points for nothing, outside


def outside(source, *before):
    made = [*(cell("plain", one) for one in before), cell("test", source, "a", 1)]
    return grade_notebook(Job(json.loads(json.dumps(notebook(made))))).results["a"]


@pytest.mark.parametrize(
    "source",
    [
        "%timeit -n1 -r1 f()",
        "!true",
        "%%bash\ntrue",
        "%matplotlib inline",
        "x = !ls\nassert True",
        "import doctest\nassert doctest.testmod().failed == 0",
    ],
)
def test_a_cell_that_cannot_run_outside_is_not_passed(source):
    result = outside(source, "def f(): pass")
    assert not result.passed and result.fault


def test_magics_that_only_time_or_display_are_left_out():
    assert (
        outside("%matplotlib inline\nassert f() == 1", "def f(): return 1").passed
        and outside("%%time\nassert f() == 1", "def f(): return 1").passed
    )
    assert not outside("%%time\nassert f() == 2", "def f(): return 1").passed


@pytest.mark.parametrize("source", ["np.zeros(1)", "pd", "plt.figure()", "assert_allclose(1, 1)"])
def test_a_name_that_nobody_imported_is_not_there(source):
    assert not outside(source, "x = 1").passed


def test_the_usual_names_mean_the_trusted_library():
    assert outside(
        "assert np.allclose(f(), 1)\nassert_allclose(f(), 1)",
        "import numpy as np\nfrom numpy.testing import assert_allclose\ndef f(): return 1.0",
    ).passed
    assert not outside(
        "assert np.allclose(f(), 1)", "import numpy as np\nnp.allclose = lambda *a: True\ndef f(): return 0"
    ).passed


@pytest.mark.parametrize(
    "source",
    [
        "assert hasattr(S, '__len__')",
        "assert hasattr(S(), '__add__')",
        "from collections.abc import Iterable, Sized\nassert isinstance(S(), (Iterable, Sized))",
        "import inspect\nassert 'while' not in inspect.getsource(S.__init__)",
        "S().__len__()",
    ],
)
def test_a_stand_in_has_no_methods_of_its_own(source):
    assert not outside(source, "class S:\n    def __init__(self):\n        while False: pass").passed


def test_a_stand_in_has_the_methods_of_the_learners_object():
    own = (
        "class S:\n    def __len__(self): return 3\n    def __iter__(self): return iter([1])\n    def "
        "__add__(self, other): return 5"
    )
    assert outside(
        "from collections.abc import Iterable, Sized\ns = S()\nassert hasattr(S, '__len__') and isinstance(s, Sized) "
        "and isinstance(s, Iterable)\n"
        "assert s.__len__() == 3 and s.__add__(1) == 5 and len(s) == 3",
        own,
    ).passed


def test_one_limit_for_calls_and_cells(tmp_path):
    assert Limits().call_seconds == Limits().cell_seconds == 30
