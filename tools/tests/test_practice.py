"""What keeps count for a learner (tools/templates/practice.py), tried as they would: cells run in an IPython shell,
one after the other.
"""

import ast
import base64
import dataclasses
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config, PyFileConfigLoader

from course_tests import bank, visible
from course_tests.notebooks import RELEASE, ROOT, sources
from proctor import cells
from tools import demo_class, given, known

NOTEBOOKS = {notebook.topic: notebook for notebook in sources()}
each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS.values(), ids=NOTEBOOKS)
COUNT = "{} exercises pass the visible tests."
CONFIG = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
HONEST = "Hidden tests follow when you submit: visible tests passed is not all tests passed."


def learners_folder(notebook, course: Path) -> Path:
    """What lies beside a notebook in a learner's folder of the course."""
    folder = course / notebook.assignment
    folder.mkdir(parents=True, exist_ok=True)
    for path in notebook.path.parent.iterdir():
        if path.is_file() and path.suffix != ".ipynb":
            (folder / path.name).write_bytes(path.read_bytes())
    for name, content in given.files(notebook.assignment, notebook.path.parent, CONFIG).items():
        (folder / name).write_bytes(content)
    return folder


@each_notebook
def test_tests_belong_to_the_same_exercises_as_on_the_instructors_side(notebook):
    """practice.py ships alone, so it has its own few lines for what `proctor.cells.exercises` says."""
    spec = importlib.util.spec_from_file_location("practice_and_its_book", given.PRACTICE)
    practice = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(practice)
    book = practice.Book(json.loads(given.originals(notebook, CONFIG)))
    content = json.loads(notebook.path.read_text(encoding="utf-8"))["cells"]
    tests = {cells.grade_id_of(cell) for cell in content if cells.is_test(cell)}
    belongs = {test: exercise for test, exercise in cells.exercises(content) if test in tests}
    assert book.exercise_of == belongs and belongs


@pytest.fixture
def open_notebook(monkeypatch, capsys, tmp_path):
    """Open a notebook as a learner: a shell with practice.py switched on, whose cells are run by name."""
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setenv("MPLBACKEND", "agg")
    shells = []

    def opened(topic, folder=None):
        notebook = NOTEBOOKS[topic]
        folder = folder or learners_folder(notebook, tmp_path / "course")
        monkeypatch.chdir(folder)
        monkeypatch.syspath_prepend(str(folder))
        for name in ("practice", "earlier", "mine"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        shell = InteractiveShell.instance(
            config=Config(HistoryManager={"enabled": False}, InteractiveShell={"colors": "nocolor"})
        )
        shells.append(shell)
        learner = SimpleNamespace(
            shell=shell, names=shell.user_ns, cells={cell.grade_id: cell for cell in notebook.cells if cell.grade_id}
        )

        def run(*cells):
            capsys.readouterr()
            for cell in cells:
                shell.run_cell(learner.cells[cell].visible if cell in learner.cells else cell)
            return capsys.readouterr().out

        def solve(*exercises):
            return run(*(demo_class.MARKERS.sub("", learner.cells[name].source) for name in exercises))

        learner.run, learner.solve = run, solve
        run("setup")
        learner.practice = sys.modules.get("practice")
        return learner

    yield opened
    for shell in shells:
        shell.reset()
    InteractiveShell.clear_instance()
    for name in ("practice", "earlier", "mine"):  # later tests have others of these names
        sys.modules.pop(name, None)


DICE = """class SimpleNeuron:
    asked = 0
    def __init__(self, n, rng): pass
    def forward(self, X):
        self.asked += 1
        return np.full(len(X), self.asked)
    def set_weights(self, w, b): pass"""
SWAPPED = "def sigmoid(z):\n    z *= 1.0\n    result = 1 / (1 + np.exp(z))\n    z += 7\n    return result"


# ---------------------------------------------------------------- what lies beside a notebook


@each_notebook
def test_no_line_of_a_solution_or_of_a_hidden_test_is_in_the_originals(notebook):
    texts = {cell["name"]: cell["text"] for cell in json.loads(given.originals(notebook, CONFIG))["cells"]}
    for cell in notebook.exercises():
        inside = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL)
        assert inside, f"{cell.grade_id} has no solution region"
        outside = re.sub(r"### BEGIN SOLUTION\n.*?### END SOLUTION", "", cell.source, flags=re.DOTALL)
        shown = [line.strip() for line in texts[cell.grade_id].splitlines()]
        for line in "".join(inside).splitlines():
            if line.strip() and line.strip() not in outside:
                assert line.strip() not in shown, (
                    f"originals.json shows a line of the solution of {cell.grade_id}: {line}"
                )
        assert "raise NotImplementedError()" in shown
    for text in texts.values():
        for word in ("course_tests", "SOLUTION", "HIDDEN"):
            assert word not in text
    for cell in notebook.of_role("test"):
        assert texts[cell.grade_id] == cell.visible


@each_notebook
def test_every_notebook_switches_it_on_and_says_so(notebook):
    setup = next(cell for cell in notebook.cells if cell.grade_id == "setup")
    lines = 'if not GRADING and os.path.exists("practice.py"):\n    import practice  # '
    assert lines in setup.source, f"The setup cell of {notebook.path.name} lacks:\n{lines}"
    first = notebook.exercises()[0]
    words = "".join(cell.source for cell in notebook.cells[: first.index] if cell.cell_type == "markdown")
    assert (
        "practice.progress()" in words
        and f'practice.original("{first.grade_id}")' in words
        and "`last_failure`" in words
    )


# ---------------------------------------------------------------- progress


def test_a_line_counts_the_exercises_and_a_change_makes_them_count_anew(open_notebook):
    learner = open_notebook("activations")
    learner.solve("step")
    assert "step: 1 of 3 test cells pass so far. " + COUNT.format("0 of 16") in learner.run("test_step_basic")
    assert COUNT.format("1 of 16") + "\n" + HONEST in learner.run("test_step_at_zero", "test_step_craft")
    assert not learner.run("x = 1")  # other cells stay as they were
    learner.run("def step(z):\n    return z")
    assert COUNT.format("0 of 16") in learner.run("practice.progress()")
    assert re.search(r"step +0 of 3  3 still to run", learner.run("practice.progress()"))
    assert "fails: test_step_basic" in learner.run("test_step_basic", "practice.progress()")


@each_notebook
def test_right_answers_pass_every_visible_test_under_its_eyes(notebook, open_notebook):
    learner = open_notebook(notebook.topic)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            learner.names["GRADING"] = True  # no sliders, and shorter experiments
            learner.names["show"] = lambda alt: learner.names["plt"].close()  # figures are drawn elsewhere
            learner.run(demo_class.MARKERS.sub("", cell.source) if cell.role == "solution" else cell.visible)
    all_of_them = len(notebook.exercises())
    assert COUNT.format(f"{all_of_them} of {all_of_them}") in learner.run("practice.progress()")


# ---------------------------------------------------------------- the case that failed


def test_a_failing_test_leaves_its_case_behind(open_notebook):
    learner = open_notebook("activations")
    learner.run(SWAPPED)
    printed = learner.run("test_sigmoid_basic")
    kept = learner.names["last_failure"]
    assert kept.inputs["z"].tolist() == [0, 2, -2]  # as they were before the function changed them
    assert kept.yours.round(3).tolist() == [0.5, 0.119, 0.881] and kept.expected == [0.5, 0.8808, 0.1192]
    assert kept.test == learner.cells["test_sigmoid_basic"].sentence and kept.message.startswith(
        "Scores 0, 2 and -2 must give"
    )
    assert learner.practice.last_failure is kept and kept.call == "sigmoid"
    message, advice, line = (
        printed.rindex(words) for words in (kept.message, "Look at last_failure.inputs", "sigmoid: 0 of 3")
    )
    assert message < advice < line and "differ in 2 of 3 places, first at [1]" in printed
    assert "_practice_looks_on" not in learner.names


@pytest.mark.parametrize(
    "topic, code, test, yours, expected",
    [
        (
            "activations",
            "def linear_collapse(*args):\n    return [[[6.0]], 8.0]",
            "test_linear_collapse_basic",
            (),
            (1,),
        ),  # shapes
        ("neuron", "def weighted_sum(x, w, b):\n    return None", "test_weighted_sum_basic", None, None),
        (
            "activations",
            "def linear_collapse(*args):\n    return [[[6.0]], [8.0]]",
            "test_linear_collapse_basic",
            [8.0],
            [7],
        ),  # the part behind `and`
        ("activations", "answers = {1: 'x'}", "test_quiz_1", "x", None),
        (
            "digits",
            "def most_confused(report):\n    return 1, 1",
            "test_most_confused_any_report",
            (1, 1),
            None,
        ),  # the first part of `and` holds
        ("evaluation", "def accuracy(y_true, y_pred):\n    return 3.0", "test_accuracy_basic", 3.0, 0.75),
        ("neuron", DICE, "test_SimpleNeuron_craft", [2, 2, 2], None),  # both sides are the learner's
    ],
)
def test_each_kind_of_comparison_shows_the_learners_side(open_notebook, topic, code, test, yours, expected):
    learner = open_notebook(topic)
    learner.run(code, test)
    kept = learner.names["last_failure"]
    assert (
        (kept.yours.tolist() if hasattr(kept.yours, "tolist") else kept.yours) == yours
        and kept.expected == expected
        and bool(kept.note) == (expected is None)
    )


def test_a_method_of_a_learners_class_is_seen_too(open_notebook):
    learner = open_notebook("activations")
    learner.solve("step", "sigmoid", "tanh", "relu", "leaky_relu", "elu")
    learner.run(
        "activation_table",
        "class Neuron:\n    def __init__(self, n_inputs, activation, rng):\n        self.w, self.b = "
        "rng.normal(size=n_inputs), 0.0\n"
        "    def forward(self, X):\n        return X @ self.w",
        "test_neuron_votes",
    )
    kept = learner.names["last_failure"]
    assert kept.call == "Neuron.forward" and kept.inputs["X"].tolist() == [[2, 1], [0, 3]]
    assert kept.yours.tolist() == [1, -3] and kept.expected == [1.5, 0.0]


def test_an_error_in_the_learners_function_is_theirs_to_read(open_notebook):
    learner = open_notebook("activations")
    learner.run("def step(z):\n    return z['a']")
    printed = learner.run("test_step_basic")
    kept = learner.names["last_failure"]
    assert isinstance(kept.yours, IndexError) and kept.expected is None and "ended in an error" in kept.note
    assert "in step(z)" in printed and "in Watch" not in printed and "noted(" not in printed


def test_what_is_not_written_yet_is_no_failure(open_notebook):
    learner = open_notebook("activations")
    learner.run(learner.practice.watch.book.texts["step"])
    assert "step is not written yet: replace its line" in learner.run("test_step_basic")
    assert repr(learner.names["last_failure"]) == "No visible test has failed yet."
    assert "softmax is not defined yet: run its cell first." in learner.run(
        next(name for name in learner.cells if name.startswith("test_softmax"))
    )


def test_run_all_goes_on_past_an_exercise_that_is_not_written(open_notebook):
    learner = open_notebook("pixels")
    texts = learner.practice.watch.book.texts
    for exercise in ("make_line", "my_detector"):  # a function, and a value
        assert learner.shell.run_cell(texts[exercise]).success
    assert learner.shell.run_cell(learner.cells["test_make_line_basic"].visible).success
    done = learner.shell.run_cell("pile = make_line('vertical', 0)\nother = 1")
    assert done.success and done.error_in_exec is None
    assert "needs pile, of a cell above that waits" in learner.run("pile + 1")
    assert learner.shell.run_cell("nobody_knows").error_in_exec is not None
    assert not learner.shell.run_cell("1 / 0").success
    assert re.search(r"make_line +0 of 3  fails: test_make_line_basic", learner.run("practice.progress()"))
    assert "Traceback" not in learner.run(texts["my_detector"]) and "my_detector is not written yet" in learner.run(
        texts["my_detector"]
    )


@pytest.mark.parametrize(
    "topic, code, test, said",
    [
        ("pixels", "def dot(x, w):\n    print(0.0)", "test_dot_basic", "Your dot gave None. Does your function end"),
        ("pixels", "def matmul(A, B):\n    return np.ones((9, 4))", "test_matmul_basic", "Your shape is (9, 4); it"),
        (
            "activations",
            "def sigmoid(z):\n    return np.round(np.exp(-np.logaddexp(0, -np.asarray(z, float))), 2)",
            "test_sigmoid_basic",
            "your numbers are right to 2 digits. Do not round them",
        ),
    ],
)
def test_what_is_plain_to_see_is_said_first(open_notebook, topic, code, test, said):
    assert said in open_notebook(topic).run(code, test)


def test_an_error_is_no_expected_value_and_no_line_comes_twice(open_notebook):
    learner = open_notebook("activations")
    learner.run("def step(z):\n    raise KeyError('b')", "test_step_basic")
    shown = repr(learner.names["last_failure"])
    assert "error:     KeyError: 'b'" in shown and "expected" not in shown
    failure = learner.practice.Failure("a test", "you gave [[1]\n [2]]", "f", {"x": 1}, yours=1, expected=2)
    assert [line for line in failure.case() if "[2]]" in line] == []


def test_a_follower_is_sent_to_the_exercise_that_it_is_built_on(open_notebook):
    learner = open_notebook("activations")
    learner.run("def sigmoid(z):\n    return np.asarray(z) * 0.0", "test_sigmoid_basic")
    printed = learner.run(
        "def sigmoid_derivative(z):\n    a = sigmoid(z)\n    return a * (1 - a)", "test_sigmoid_derivative_basic"
    )
    assert "Repair sigmoid first: its own test fails, and sigmoid_derivative is built on it." in printed


# ---------------------------------------------------------------- mistakes named at home


def mistake(topic, exercise, name):
    return next(entry for entry in bank.of(bank.MISCONCEPTIONS, topic, exercise) if entry.name == name)


def test_a_known_mistake_is_named_in_the_notebook(open_notebook):
    learner = open_notebook("backprop")
    entry = mistake("backprop", "dense_backward", "gives_the_step_not_the_slope")
    printed = learner.run(entry.code, "test_dense_backward_basic")
    assert "Your answer behaves exactly like a known mistake:\n" + entry.hint in printed
    assert learner.names["last_failure"].named[-1] == entry.hint
    other = entry.code.replace("-", "2 * ")
    assert "known mistake" not in learner.run(other, "test_dense_backward_basic")


def test_a_mistake_in_the_last_case_alone_is_named_with_that_restriction(open_notebook):
    learner = open_notebook("activations")
    watch = learner.practice.watch
    watch.known.tests["test_step_basic"] = {}
    events = ["call (3,)a", "call (2,)b", "side (2,)b", "result False"]
    key = learner.practice.fingerprint(watch.known.salt, "test_step_basic", events, False)
    watch.known.sentences.append(base64.b64encode(learner.practice.mixed(b"7bytes!", b"You count backwards.")).decode())
    pointer = (len(watch.known.sentences) - 1).to_bytes(2, "big") + b"7bytes!"
    watch.known.tests["test_step_basic"][key[:4].hex()] = base64.b64encode(
        learner.practice.mixed(key[4:], pointer)
    ).decode()
    assert watch.known.named("test_step_basic", events) == (["You count backwards."], False)
    assert watch.known.named("test_step_basic", ["call (3,)c", *events[1:]]) == (["You count backwards."], False)
    assert watch.known.named("test_step_basic", ["call (3,)a", "call (2,)c"]) == ([], True)


@pytest.mark.parametrize(
    "one, other, same",
    [
        (0.1 + 0.2, 0.3, True),
        (np.array([1.0, 1e-17]), [1, 0], True),
        (1.0, 1 - 1e-15, True),
        ((np.ones(2), "a"), [[1.0, 1.0], "a"], True),
        ({"b": 1, "a": None}, {"a": None, "b": 1.0}, True),
        (0.5, 0.50001, False),
        (np.ones((1, 2)), np.ones(2), False),
        (np.nan, np.inf, False),
        (None, 0, False),
    ],
    ids=str,
)
def test_outlines_are_equal_where_numbers_agree(one, other, same):
    outline = visible.practice(given.PRACTICE).outline
    assert (outline(one) == outline(other)) == same


def test_of_a_learners_own_error_the_kind_counts_and_of_others_the_numbers():
    practice = visible.practice(given.PRACTICE)

    def outline(function):
        with pytest.raises(Exception) as caught:  # noqa: PT011
            function()
        return practice.outline_of_error(caught.value)

    def refuse(words):
        raise ValueError(words)

    product = lambda n: np.ones((2, n)) @ np.ones((4, 1))  # noqa: E731
    assert outline(lambda: refuse("size 3")) == outline(lambda: refuse("length")) == "ValueError"
    assert outline(lambda: product(3)) == outline(lambda: product(3)) != outline(lambda: product(5))


def test_the_quiz_is_opened_without_openssl_too(monkeypatch):
    """Python in a browser has no hashlib.pbkdf2_hmac."""
    practice = visible.practice(given.PRACTICE)
    want = practice.quiz_key("salt", 3, "b")
    monkeypatch.delattr("hashlib.pbkdf2_hmac")
    assert practice.quiz_key("salt", 3, "b") == want != practice.quiz_key("salt", 3, "c")


def test_nothing_in_known_json_can_be_read():
    for notebook in NOTEBOOKS.values():
        text = (RELEASE / notebook.assignment / "known.json").read_text(encoding="utf-8")
        content = json.loads(text)
        assert set(content) == {"made_from", "salt", "tests", "sentences", "quiz"}
        bank.load(notebook.topic)
        for entry in bank.MISCONCEPTIONS:
            if entry.topic == notebook.topic:
                assert entry.hint not in text and entry.name not in text
        for sealed in content["sentences"]:
            assert re.fullmatch(r"[A-Za-z0-9+/]+=*", sealed)
        for question in content["quiz"].values():  # the right letter looks like the others
            assert len({len(sealed) for sealed in question.values()}) == 1 and list(question) == sorted(question)
        assert len(text) < 80_000


def test_a_damaged_or_missing_known_json_only_says_less(open_notebook, tmp_path):
    folder = learners_folder(NOTEBOOKS["activations"], tmp_path / "course")
    (folder / "known.json").write_text("{}")
    learner = open_notebook("activations", folder)
    assert "Look at last_failure.inputs" in learner.run(SWAPPED, "test_sigmoid_basic")


def test_what_depends_on_the_global_generator_is_no_outcome():
    notebook = NOTEBOOKS["pixels"]
    entry = mistake("pixels", "add_noise", "draws_from_the_global_generator")
    draws = dataclasses.replace(entry, written="def add_noise(img, sigma, rng):\n    return np.random.normal(size=3)\n")
    assert known.steady_events(draws, notebook, given.originals(notebook, CONFIG)) == {}


def test_the_quiz_answers_in_the_notebook(open_notebook):
    learner = open_notebook("pixels")
    right = bank.reference("pixels").answers
    wrong = bank.of(bank.MISCONCEPTIONS, "pixels", "answers")[0]
    number = next(k for k, letter in wrong.implementation.items() if letter != right[k])
    letter = wrong.implementation[number]
    printed = learner.run(f"answers = {wrong.implementation}", f"test_quiz_{number}")
    assert f"Question {number}: {letter!r} is not the answer. {wrong.hint}" in printed
    assert f"fails: test_quiz_{number}" in learner.run("practice.progress()")
    assert "is not the answer" not in learner.run(f"answers = {right}", f"test_quiz_{number}")
    assert "answers  1 of 8" in re.sub(" +", " ", learner.run("practice.progress()")).replace("answers 1", "answers  1")


@each_notebook
def test_each_question_of_the_quiz_can_be_shown_alone(notebook):
    asked = json.loads(given.originals(notebook, CONFIG))["quiz"]
    assert len(asked) == len(bank.reference(notebook.topic).answers)
    for number, question in enumerate(asked, 1):
        assert re.match(rf"\*\*(Question )?{number}\.", question)
        assert re.findall(r"^- ([a-z])\) ", question, re.MULTILINE) == list("abcd") and "\n#" not in question
        assert question.splitlines()[-1].startswith("- d) ")  # nothing behind the last option


def test_letters_that_were_clicked_stand_in_the_answer_cell(open_notebook):
    """A click changes no file: when the answer cell runs, its text becomes the letters, and that text is graded."""
    learner = open_notebook("pixels")
    right, quiz = bank.reference("pixels").answers, learner.practice.watch.quiz
    wrong = bank.of(bank.MISCONCEPTIONS, "pixels", "answers")[0]
    number = next(k for k, letter in wrong.implementation.items() if letter != right[k])
    letter = wrong.implementation[number]
    assert quiz.choose(number, letter) == f"Question {number}: {letter} is not the answer. {wrong.hint}"
    assert learner.names["answers"][number] == letter
    assert "Your clicks are not in the answer cell yet" in learner.run(f"test_quiz_{number}")
    assert quiz.choose(number, right[number]).endswith(f"{right[number]} is right.")
    other = next(k for k in right if k != number)
    quiz.choose(other, right[other])

    printed = learner.run(learner.practice.watch.book.texts["answers"])
    line = learner.shell.rl_next_input
    assert line in printed and "is not written yet" not in printed
    expected = {k: right[k] if k in (number, other) else "" for k in right}
    assert ast.literal_eval(line.removeprefix("answers = ")) == learner.names["answers"] == expected
    assert "Your clicks" not in learner.run(f"test_quiz_{number}")

    learner.shell.rl_next_input = None
    by_hand = f"answers = {right}"
    learner.run(by_hand)  # nothing was clicked since: what one writes by hand stays
    assert learner.names["answers"] == right and learner.shell.rl_next_input is None
    quiz.choose(number, letter)
    learner.run("answers_of_mine = 1\nanswers = dict(answers)")  # not the answer cell: its text stays
    assert learner.shell.rl_next_input is None
    learner.run(by_hand)
    line = learner.shell.rl_next_input
    assert ast.literal_eval(line.removeprefix("answers = ")) == {**right, number: letter}


def test_the_panel_of_the_quiz(open_notebook, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    learner = open_notebook("losses")
    learner.run("practice.quiz()")
    numbers, text, (letters, following), said, line = [
        one.children if hasattr(one, "children") else one for one in shown[0].children
    ]
    assert letters.value is None and "What is its binary cross-entropy?" in str(text.outputs)
    right = bank.reference("losses").answers
    letters.value = right[1]
    assert said.value == f"Question 1: {right[1]} is right." and f"1: &quot;{right[1]}&quot;" in line.value
    following.click()
    assert numbers.value == 2 and letters.value is None and said.value == "" and "Committee A" in str(text.outputs)
    numbers.value = 1
    assert letters.value == right[1] and learner.names["answers"][1] == right[1]


def test_without_ipywidgets_the_quiz_is_written(open_notebook, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert "write your letters into the answer cell" in open_notebook("pixels").run("practice.quiz()")


def test_a_name_of_the_learners_own_is_left_alone(open_notebook):
    learner = open_notebook("activations")
    learner.run("last_failure = 'mine'", SWAPPED, "test_sigmoid_basic")
    assert learner.names["last_failure"] == "mine" and learner.practice.last_failure.expected


# ---------------------------------------------------------------- it never disturbs


def test_a_fault_of_its_own_switches_it_off_and_says_so_once(open_notebook, monkeypatch):
    learner = open_notebook("activations")
    learner.solve("step")
    monkeypatch.setattr(learner.practice.Book, "line", lambda *args: 1 / 0)
    assert learner.run("test_step_basic").count("practice.py has switched itself off (ZeroDivisionError") == 1
    assert learner.run("test_step_basic", "test_step_craft") == "" and not learner.shell.ast_transformers


def test_a_damaged_file_beside_it_is_a_sentence(open_notebook, tmp_path):
    (tmp_path / "practice.py").write_bytes(given.PRACTICE.read_bytes())
    (tmp_path / "originals.json").write_text("{")
    learner = open_notebook("activations", tmp_path)
    assert learner.practice.watch is None and learner.solve("step") == "" and learner.run("test_step_basic") == ""


def test_without_it_and_while_grading_nothing_is_there(open_notebook, tmp_path, monkeypatch):
    assert open_notebook("activations", tmp_path).practice is None
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    spec = importlib.util.spec_from_file_location("practice_while_grading", given.PRACTICE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.watch is None


def test_recursion_runs_as_deep_as_without_it(open_notebook):
    learner = open_notebook("activations")
    learner.run("def step(z, depth=900):\n    return (np.asarray(z) >= 0) * 1.0 if depth == 0 else step(z, depth - 1)")
    assert "1 of 3 test cells pass" in learner.run("test_step_basic")


# ---------------------------------------------------------------- the way back


def test_the_original_of_a_cell_comes_back(open_notebook, monkeypatch):
    learner = open_notebook("activations")
    cells = []
    monkeypatch.setattr(learner.shell, "set_next_input", cells.append)
    printed = learner.run("practice.original('sigmoid')")
    assert (
        cells == [learner.practice.watch.book.texts["sigmoid"]]
        and cells[0] in printed
        and "raise NotImplementedError()" in printed
    )
    assert "There is no cell 'sigmoyd'. You can ask for: step, sigmoid" in learner.run("practice.original('sigmoyd')")


# ---------------------------------------------------------------- in a terminal


def check(
    folder: Path, answers, *options: str, encoding: str | None = None, change=None
) -> subprocess.CompletedProcess:
    """Run `python practice.py` in a learner's folder of 03 whose exercises hold `answers`."""
    notebook = NOTEBOOKS["activations"]
    for name, content in given.files(notebook.assignment, notebook.path.parent, CONFIG).items():
        (folder / name).write_bytes(content)
    texts = {
        cell["name"]: cell["text"]
        for cell in json.loads((folder / "originals.json").read_text(encoding="utf-8"))["cells"]
    }
    blank = json.loads(notebook.path.read_text(encoding="utf-8"))
    for cell in blank["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in texts:
            cell["source"] = texts[name]
    (folder / notebook.path.name).write_bytes(demo_class.fill(blank, answers))
    if change:
        path = folder / "practice.py"
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {
        "IPYTHONDIR": str(folder / ".ipython")
    }
    return subprocess.run(
        [sys.executable, "practice.py", *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding=encoding,
        timeout=1800,
    )


def right(name: str) -> str:
    return demo_class.MARKERS.sub(
        "", next(cell.source for cell in NOTEBOOKS["activations"].exercises() if cell.grade_id == name)
    )


def test_the_terminal_says_that_all_passes(tmp_path):
    done = check(tmp_path, right)
    assert done.returncode == 0, done.stdout + done.stderr
    assert COUNT.format("16 of 16") + "\n" + HONEST in done.stdout
    assert "30 seconds for a cell, 30 for a call of your function in a test, 180 for the whole notebook" in done.stdout


def test_its_limits_are_those_of_grading():
    from proctor.plugin.options import Proctor

    limits = Proctor(config=CONFIG).job_limits()
    text = (ROOT / "tools" / "templates" / "practice.py").read_text(encoding="utf-8")
    assert (
        f"CELL_SECONDS, CALL_SECONDS, NOTEBOOK_SECONDS = {limits.cell_seconds:g}, {limits.call_seconds:g}, "
        f"{limits.notebook_seconds:g}\n" in text
    )
    told = (ROOT / "docs" / "learner.md").read_text(encoding="utf-8")
    assert (
        f"{limits.cell_seconds:g} seconds" in told
        and f"{limits.call_seconds:g} seconds" in told
        and f"{limits.notebook_seconds:g} seconds" in told
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_any_console_shows_what_it_has_to_say(tmp_path, monkeypatch, encoding):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    wrong = {"sigmoid": "def sigmoid(z):\n    raise ValueError('→ Größe 🙂')"}
    done = check(tmp_path, lambda name: wrong.get(name, right(name)), encoding=encoding)
    assert (
        done.returncode == 1
        and COUNT.format("15 of 16").split(" of ")[1] in done.stdout
        and "Traceback" not in done.stderr
    ), done.stdout + done.stderr


def test_a_slow_call_and_a_slow_notebook_are_told(tmp_path):
    """With limits that a test can wait for."""
    slow = (
        "def step(z):\n    import time\n    begin = time.process_time()\n    while time.process_time() - begin < "
        "2: pass\n    return (np.asarray(z) >= 0) * 1.0"
    )
    limits = lambda text: text.replace("= 30, 30, 180", "= 30, 1, 8")  # noqa: E731
    said = check(tmp_path, lambda name: slow if name == "step" else right(name), change=limits).stdout
    assert "step took 2 seconds; when you submit, a call is stopped after 1." in said
    assert "Not run: the notebook took more than 8 seconds in all." in said


LOOPS = (
    "def step(z):\n    import time\n    while np.shape(z) == (3, 2):\n        time.sleep(0.01)\n    return "
    "(np.asarray(z) >= 0) * 1.0"
)


def test_the_terminal_says_what_fails_and_ends_loops(tmp_path):
    wrong = {"sigmoid": SWAPPED, "elu": None, "step": LOOPS, "tanh": "def tanh(z:\n"}
    done = check(tmp_path, lambda name: wrong.get(name, right(name)), "--seconds", "20")
    assert done.returncode == 1, done.stdout + done.stderr
    said = done.stdout
    assert re.search(
        r"^test_sigmoid_basic: .*\n    Scores 0, 2 and -2 must give.*\n    \| called: +sigmoid\(z\)\n(    \| .*\n)+?  "
        r"  \| expected: +\[0\.5, 0\.8808",
        said,
        re.M,
    )
    assert re.search(r"^test_elu_basic: .*\n    Not written yet\.", said, re.M)
    assert re.search(r"^test_step_craft: .*\n    It was stopped after 20 seconds", said, re.M)
    assert "tanh: its cell does not run. SyntaxError" in said
    assert re.search(r"^\d+ of 16 exercises pass the visible tests\.\n" + re.escape(HONEST), said, re.M)


# ---------------------------------------------------------------- what you build, you keep


MY_OWN = next(cell.source for cell in NOTEBOOKS["losses"].cells if cell.source.startswith("MY_OWN"))
MINE = "def sigmoid(z):\n    '''mine'''\n    return half(z) * 2\n"
HELPER = (
    "from functools import reduce\nTWO = 2\n\ndef half(z):\n    return np.exp(-np.logaddexp(0.0, -np.asarray(z, "
    "float))) / TWO\n"
)


def test_a_local_variable_is_no_variable_of_the_notebook_that_has_its_name(open_notebook, tmp_path):
    learner = open_notebook("activations")
    learner.run("only_here = 1", "del only_here\nlabels = [1]", "labels = labels + [len(In)]")
    learner.run(
        "def step(z):\n    labels = np.asarray(z) >= 0\n    return np.where([one for one in [labels]][0], 1, 0)[()]"
    )
    printed = learner.run("test_step_basic", "test_step_at_zero", "test_step_craft")
    assert "step is kept in mine/activations.py" in printed, printed
    assert "labels = [" not in (tmp_path / "course" / "mine" / "activations.py").read_text()


def test_a_function_that_passes_is_kept_and_a_later_notebook_uses_it(open_notebook, tmp_path):
    learner = open_notebook("activations")
    learner.solve("step")
    assert "is kept" not in learner.run("test_step_basic", "test_step_at_zero")
    assert "step is kept in mine/activations.py: later notebooks use it." in learner.run("test_step_craft")
    learner.run(HELPER, MINE)
    printed = learner.run(
        *[name for name in learner.cells if name.startswith("test_sigmoid_") and "derivative" not in name]
    )
    assert "sigmoid is kept in mine/activations.py" in printed, printed
    module = (tmp_path / "course" / "mine" / "activations.py").read_text()
    assert (
        "__all__ = ['sigmoid', 'step']" in module
        and "def half" in module
        and "TWO = 2" in module
        and "reduce" not in module
    )
    assert "is kept" not in learner.run("test_step_craft")  # nothing new

    later = open_notebook("losses")
    printed = later.run(MY_OWN)
    assert "Yours, from mine/: sigmoid (activations)." in printed and "softmax" not in printed
    assert later.names["sigmoid"].__doc__ == "mine" and later.names["sigmoid"](0) == 0.5
    assert later.names["softmax"] is sys.modules["earlier"].softmax

    again = open_notebook("losses")
    again.run(MY_OWN.replace("True", "False", 1))
    assert again.names["sigmoid"] is sys.modules["earlier"].sigmoid


def test_what_is_kept_of_one_notebook_may_need_what_the_notebook_was_given(open_notebook, tmp_path):
    learner = open_notebook("losses")
    exercise = next(
        name
        for name in (cell.grade_id for cell in NOTEBOOKS["losses"].exercises())
        if "softmax(" in demo_class.MARKERS.sub("", learner.cells[name].source)
    )
    for cell in NOTEBOOKS["losses"].cells:
        if cell.role in ("solution", "test"):
            learner.run(demo_class.MARKERS.sub("", cell.source) if cell.role == "solution" else cell.visible)
        if cell.role == "test" and exercise in (learner.practice.Mine("losses").kept()):
            break
    assert "from .earlier_losses import softmax" in (tmp_path / "course" / "mine" / "losses.py").read_text()
    assert "Yours, from mine/: " in open_notebook("digits").run(MY_OWN)


def test_what_does_not_run_alone_is_not_kept_and_a_spoilt_module_is_a_sentence(open_notebook, tmp_path):
    learner = open_notebook("activations")
    learner.run("exec('def threshold(z): return z >= 0')")
    learner.run("def step(z, compare=threshold):\n    return np.where(compare(np.asarray(z)), 1.0, 0.0)")
    assert "step is not kept in mine/, where it does not run alone (NameError" in learner.run(
        "test_step_basic", "test_step_at_zero", "test_step_craft"
    )
    mine = tmp_path / "course" / "mine"
    (mine / "activations.py").write_text("__all__ = ['sigmoid']\nimport nothing_of_that_name\n")
    later = open_notebook("losses")
    assert "mine/activations.py does not run (ModuleNotFoundError" in later.run(MY_OWN)
    assert later.names["sigmoid"] is sys.modules["earlier"].sigmoid


def test_the_courses_answer_is_shown_after_ones_own(open_notebook):
    later = open_notebook("losses")
    printed = later.run("practice.reveal('sigmoid')")
    assert (
        "sigmoid is sealed until your own sigmoid passes its visible tests in 03_activations/activations.ipynb."
        in printed
        and "np.exp" not in printed
    )
    assert later.names["sigmoid"](0) == 0.5 and "Squeeze scores" in later.names["sigmoid"].__doc__
    assert "np.exp" not in later.run("sigmoid??")
    learner = open_notebook("activations")
    learner.solve("sigmoid")
    learner.run(*[name for name in learner.cells if name.startswith("test_sigmoid_") and "derivative" not in name])
    printed = open_notebook("losses").run("practice.reveal('sigmoid')")
    assert demo_class.MARKERS.sub("", NOTEBOOKS["activations"].exercises()[1].source).strip() in printed
