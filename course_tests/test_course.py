"""Promises about the whole course, one test each. Every message says what to edit or run."""

import ast
import builtins
import contextlib
import copy
import functools
import inspect
import itertools
import re
import symtable
from typing import Any

import pytest
from traitlets.config import PyFileConfigLoader

from course_tests import bank, visible
from course_tests.checks import CheckFailed, Subject
from course_tests.notebooks import RELEASE, ROOT, SHOWN, SOURCE, hidden_tests, problems, sources

NOTEBOOKS = sources()
TOPICS = [notebook.topic for notebook in NOTEBOOKS]
for _topic in TOPICS:
    bank.load(_topic)
TESTS = {topic: hidden_tests(topic) for topic in TOPICS}
ARGUMENTS = {
    (topic, name): tuple(inspect.signature(test).parameters) for topic in TOPICS for name, test in TESTS[topic].items()
}
KINDS = {"basic", "edge", "craft"}
PLAIN_FILES = {".ipynb", ".png", ".svg", ".npz", ".csv", ".txt", ".md", ".gz"}  # what an assignment folder may ship

# Mistakes that no message can name, each with the reason. What the message says instead tells the learner what to do.
UNNAMED = {
    label: reason
    for reason, labels in {
        "its numbers are right, and the message is about the time it takes": (
            "pixels-flatten_images-copies_pixel_by_pixel",
            "neuron-weighted_sums-loops_over_the_samples",
            "activations-softmax-loops_over_the_rows",
            "descent-logistic_gradients-asks_the_neuron_sample_by_sample",
            "layers-mlp_forward-loops_over_the_samples",
            "backprop-dense_backward-loops_over_everything",
            "backprop-mlp_loss_and_gradients-takes_one_sample_at_a_time",
        ),
        "its numbers are right, and the message is about the operator or function that it must do without": (
            "pixels-dot-lets_numpy_do_it",
            "pixels-matmul-uses_the_operator",
            "pixels-matmul-calls_the_dot_of_numpy",
        ),
        "its numbers are right, and the message is about their type": (
            "activations-dead_units-answers_in_whole_numbers",
            "digits-minibatches-stacks_before_shuffling",
            "digits-steps_per_epoch-returns_a_float",
            "digits-decode_idx-turns_pixels_into_floats",
            "attention-attention_flops-counts_in_floats",
        ),
        "its numbers are others each time, and the message is about the generator": (
            "pixels-add_noise-draws_from_the_global_generator",
            "neuron-SimpleNeuron-draws_its_habits_from_the_global_generator",
            "activations-Neuron-DrawsFromTheGlobalGenerator",
            "evaluation-train_val_test_split-draws_from_the_global_generator",
            "digits-minibatches-shuffles_with_the_global_generator",
            "regularization-Dropout-DrawsFromTheGlobalGenerator",
            "regularization-shift_images-shifts_from_the_global_generator",
            "representations-denoise-draws_from_the_global_generator",
            "representations-reparameterize-asks_the_global_generator",
        ),
        "more than two mistakes take any name, and the message is about the error that is missing": (
            "activations-Neuron-TakesReluForUnknownNames",
        ),
    }.items()
    for label in labels
}

# Mistakes of one exercise of which no failure names one without the other: the message says both. Before a pair comes
# in here, look whether another input of a test tells them apart.
TOLD_TOGETHER = {
    ("activations-softmax", "always_takes_axis_one", "ignores_the_axis"),
    ("activations-tanh_derivative", "overflows_in_cosh", "overflows_through_the_sigmoid"),
    ("autograd-Tensor", "multiplies_matrices_without_transposes", "transposes_the_stack_too"),
    ("autograd-gradcheck", "divides_by_one_norm", "divides_by_the_larger_norm"),
    ("autograd-no_grad", "never_switches_back", "records_only_within"),
    ("autograd-train_step", "hands_over_copies", "hands_over_the_tensors"),
    ("backprop-apply_grads", "copies_the_list_only", "writes_into_the_callers_arrays"),
    ("backprop-gradient_check", "checks_one_number_of_each_array", "compares_the_claim_with_itself"),
    ("convolution-conv_out", "rounds_to_the_nearest", "thinks_of_same_padding"),
    ("evaluation-roc_auc", "counts_ties_as_won", "takes_the_upper_corners"),
    ("graph-Connection", "steps_with_its_own_activation", "steps_with_its_own_error_signal"),
    ("graph-Neuron", "listens_for_blame_in_front", "looks_past_its_neighbours"),
    ("graph-Value", "goes_through_the_order_forwards", "sends_only_to_its_parents"),
    ("losses-my_tests", "demands_a_python_float", "demands_exactly_zero"),
    ("neuron-perceptron_update", "always_adds", "steps_the_wrong_way"),
    ("optimizers-Optimizer", "ForgetsItsState", "SharesOneState"),
    ("optimizers-init_std", "exchanges_lecun_and_he", "forgets_the_2_of_he"),
    ("optimizers-lr_range", "copies_only_the_shell", "steps_on_the_net_itself"),
    ("regularization-Dropout", "BlamesEveryone", "ForgetsTheMaskInEvaluation"),
    ("regularization-Dropout", "ForgetsToScale", "ScalesInEvaluation"),
    ("regularization-EarlyStopping", "AddsMinDelta", "IgnoresMinDelta"),
    ("regularization-EarlyStopping", "CopiesTheListOnly", "KeepsTheParamsThemselves"),
}

each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=TOPICS)
each_misconception = pytest.mark.parametrize("entry", bank.MISCONCEPTIONS, ids=lambda e: e.label)
each_alternative = pytest.mark.parametrize("entry", bank.ALTERNATIVES, ids=lambda e: e.label)


def failures(entry: bank.Entry, **beside: Any) -> dict[str, CheckFailed]:
    """The hidden tests that fail for an answer of the bank; other arguments are `beside`, or else the reference."""
    failed = {}
    right = bank.reference(entry.topic)
    for name, test in TESTS[entry.topic].items():
        arguments = ARGUMENTS[entry.topic, name]
        if entry.exercise not in arguments:
            continue
        given = {**beside, entry.exercise: entry.implementation}
        try:
            test(**{a: given[a] if a in given else getattr(right, a) for a in arguments})
        except CheckFailed as error:
            failed[name] = error
    return failed


@functools.cache
def named_by(label: str) -> dict[str, set[str]]:
    """The hidden tests that fail for a misconception, each with the labels that it names."""
    entry = next(entry for entry in bank.MISCONCEPTIONS if entry.label == label)
    return {name: {mistake for mistake, _ in error.mistakes} for name, error in failures(entry).items()}


# ---------------------------------------------------------------- the bank


@each_misconception
def test_misconception_is_caught_by_exactly_the_tests_it_names(entry):
    known = set(TESTS[entry.topic])
    assert set(entry.caught_by) <= known, (
        f"{entry.label} names tests that do not exist: {sorted(set(entry.caught_by) - known)}. Edit "
        f"course_tests/misconceptions/{entry.topic}.py"
    )
    caught = set(named_by(entry.label))
    assert caught, f"No test catches {entry.label}: write one in course_tests/test_{entry.topic}.py"
    assert caught == set(entry.caught_by), (
        f"{entry.label} is caught by {sorted(caught)}, but names {sorted(entry.caught_by)}: "
        f"edit caught_by in course_tests/misconceptions/{entry.topic}.py, or fix the test"
    )


@each_misconception
def test_misconception_is_named_and_never_by_the_name_of_another(entry):
    for test, labels in named_by(entry.label).items():
        assert not labels or entry.label in labels and len(labels) <= 2, (
            f"{test} calls {entry.label} {sorted(labels)}: ask something on which they differ, in "
            f"course_tests/test_{entry.topic}.py"
        )
    named = any(named_by(entry.label).values())
    assert named or entry.label in UNNAMED, (
        f"No message names {entry.label}: let a test in course_tests/test_{entry.topic}.py ask what only this mistake "
        "answers so, or give the reason in UNNAMED"
    )
    assert not named or entry.label not in UNNAMED, (
        f"{entry.label} is named now: take it off UNNAMED in course_tests/test_course.py"
    )


@each_misconception
def test_misconception_is_told_apart_from_the_others(entry):
    named = [labels for labels in named_by(entry.label).values() if labels]
    for other in set.intersection(*named) - {entry.label} if named else ():
        pair = sorted((entry.name, other.rpartition("-")[2]))
        assert (f"{entry.topic}-{entry.exercise}", *pair) in TOLD_TOGETHER, (
            f"Whatever fails for {entry.label} names {other} as well: let a test in course_tests/"
            f"test_{entry.topic}.py ask something on which they differ, or put the pair into TOLD_TOGETHER"
        )


@each_misconception
def test_misconception_fails_visible_lines_only_where_the_hidden_test_fails(entry):
    surprise = visible.failures(entry).keys() - set(entry.caught_by)
    assert not surprise, (
        f"The visible lines of {sorted(surprise)} catch {entry.label}, the hidden tests of these cells do not: "
        f"make course_tests/test_{entry.topic}.py as strict as the cell"
    )


@pytest.mark.parametrize("topic", TOPICS)
def test_mistakes_fail_visible_lines(topic):
    """A learner without the grader sees that something is wrong: 95 % of an assignment's mistakes, 85 % of each
    exercise's, but for those that only craft tests catch.
    """
    shares = visible.shares(topic)
    share = sum(show for _, show in shares.values()) / sum(mistakes for mistakes, _ in shares.values())
    low = [name for name, (mistakes, show) in shares.items() if show < visible.IN_EXERCISE * mistakes]
    todo = f"`python -m benchmarks.visible -v {topic}` lists them: let the visible lines ask what they answer wrongly."
    assert share >= visible.IN_ASSIGNMENT, f"{share:.1%} of the mistakes show. {todo}"
    assert not low, f"Fewer than {visible.IN_EXERCISE:.0%} of the mistakes show in {low}. {todo}"


@each_notebook
def test_mistakes_that_show_are_named_at_home(notebook):
    """practice.py and known.json, as learners get them, say what the grader would: of 100 mistakes that fail a visible
    line, 85; and none is called by the name of another.
    """
    show, named, misled = 0, 0, []
    for exercise in visible.exercises(notebook):
        for entry in bank.of(bank.MISCONCEPTIONS, notebook.topic, exercise):
            said = [lines for lines in visible.named(entry).values() if lines]
            own = [lines for lines in said if any(line.startswith(entry.hint.partition("{")[0]) for line in lines)]
            show += bool(visible.failures(entry))
            named += bool(own)
            misled += [entry.label] if len(own) < len(said) else []
    assert not misled, f"practice.py gives another name to {misled}: run `make release`, or let visible lines ask more"
    assert named >= visible.NAMED_AT_HOME * show, (
        f"Of {show} mistakes in {notebook.path.name} that fail a visible line, {named} are named at home: run "
        f"`make release`; `python -m benchmarks.visible -v {notebook.topic}` lists the others"
    )


@each_alternative
def test_alternative_gets_full_marks(entry):
    failed = {name: str(error) for name, error in failures(entry).items()}
    assert not failed, (
        f"{entry.label} is right, but was refused: {failed}. Fix the test in course_tests/test_{entry.topic}.py"
    )
    refused = visible.failures(entry)
    assert not refused, f"{entry.label} is right, but the visible lines of {refused} refuse it: edit the notebook"


@pytest.mark.parametrize("entry", bank.MISCONCEPTIONS + bank.ALTERNATIVES, ids=lambda e: e.label)
def test_answer_of_the_bank_could_stand_in_the_notebook(entry):
    names = dict(visible.namespace(visible.of_topic(entry.topic).path))
    exec(compile(entry.code, entry.label, "exec"), names)
    assert entry.exercise in names
    tree = ast.parse(entry.code)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)) and node.name
    }
    own |= {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    notebook = next(n for n in NOTEBOOKS if n.topic == entry.topic)
    shown = set().union(
        *(names_of(cell.source)[0] for cell in notebook.cells if SHOWN & set(cell.tags))
    )  # a learner has run these too
    missing = sorted(
        name for name in used - own if name not in names and name not in shown and not hasattr(builtins, name)
    )
    assert not missing, (
        f"{entry.label} uses {missing}, which a learner's notebook does not have: write it out, or import a module"
    )


def test_every_hint_is_its_own():
    seen = {}
    for entry in bank.MISCONCEPTIONS:
        assert entry.hint, f"{entry.label} has no hint: write one"
        assert entry.hint not in seen, (
            f"{entry.label} and {seen[entry.hint]} have the same hint: say what is special about each"
        )
        seen[entry.hint] = entry.label


@pytest.mark.parametrize("shelf", [bank.MISCONCEPTIONS, bank.ALTERNATIVES], ids=["misconceptions", "alternatives"])
def test_no_two_answers_of_a_module_have_the_same_name(shelf):
    # Python would keep only the last of two functions, and the source of only the first of two classes.
    names = [(entry.topic, entry.name) for entry in shelf]
    twice = sorted({name for name in names if names.count(name) > 1})
    assert not twice, f"Rename one of each pair in course_tests/: {twice}"


@pytest.mark.parametrize("topic", TOPICS)
def test_answers_that_only_count_the_calls_earn_nothing(topic, monkeypatch):
    """What was right in one term, given again in the same order in another term: the strongest answer that never
    looks at its arguments.
    """
    right, passed = bank.reference(topic), []
    for name, test in TESTS[topic].items():
        given = {argument: getattr(right, argument) for argument in inspect.signature(test).parameters}
        if not all(
            inspect.isclass(one) or callable(one) and inspect.signature(one).parameters for one in given.values()
        ):
            continue  # a value, or a function without arguments: there is one right answer
        monkeypatch.setenv("COURSE_SEED", "1")
        kept, observe = [], Subject.observe
        with monkeypatch.context() as patch:
            patch.setattr(Subject, "observe", lambda *args: kept.append(observe(*args)) or kept[-1])
            test(**given)
        lucky = 0
        for seed in range(2, 5):
            monkeypatch.setenv("COURSE_SEED", str(seed))
            answers = itertools.cycle(kept)
            with monkeypatch.context() as patch:
                patch.setattr(
                    Subject,
                    "observe",
                    lambda subject, case, *args: (
                        subject.history.append((case, one := copy.deepcopy(next(answers)))) or one
                    ),
                )
                with contextlib.suppress(CheckFailed):
                    test(**given)
                    lucky += 1
        if lucky > 1:
            passed.append(name)
    assert not passed, (
        f"{passed} are passed by a function that counts its calls: draw inputs with rngs(), go through lists with "
        "shuffled(), "
        f"in course_tests/test_{topic}.py"
    )


# ---------------------------------------------------------------- notebooks and tests belong together


@each_notebook
def test_every_exercise_has_its_reference_tests_and_bank(notebook):
    right = bank.reference(notebook.topic)
    for cell in notebook.exercises():
        name = cell.grade_id
        assert hasattr(right, name), (
            f"The exercise {name} has no reference: write {name} in course_tests/reference/{notebook.topic}.py"
        )
        tests = [test for test in TESTS[notebook.topic].values() if name in inspect.signature(test).parameters]
        assert tests, f"No hidden test takes {name}: write one in course_tests/test_{notebook.topic}.py"
        wrong = bank.of(bank.MISCONCEPTIONS, notebook.topic, name)
        least = 5 if callable(getattr(right, name)) else 3
        assert len(wrong) >= least, (
            f"{name} has {len(wrong)} misconceptions, and needs {least}: add to "
            f"course_tests/misconceptions/{notebook.topic}.py"
        )
        others = bank.of(bank.ALTERNATIVES, notebook.topic, name)
        if callable(getattr(right, name)):
            assert len(others) >= 2, (
                f"{name} has {len(others)} alternatives, and needs 2: add to "
                f"course_tests/alternatives/{notebook.topic}.py"
            )


@each_notebook
def test_every_function_has_basic_edge_and_craft_cells(notebook):
    right = bank.reference(notebook.topic)
    kinds = {cell.grade_id: set() for cell in notebook.exercises() if callable(getattr(right, cell.grade_id))}
    for cell in notebook.of_role("test"):
        assert cell.kind, f"Tag the test cell {cell.grade_id} of {notebook.path.name} as basic, edge, craft or quiz"
        for name in inspect.signature(TESTS[notebook.topic][cell.grade_id]).parameters:
            if name in kinds:
                kinds[name].add(cell.kind)
    for name, found in kinds.items():
        assert found >= KINDS, f"{name} in {notebook.path.name} has no {', '.join(sorted(KINDS - found))} test cell"


@each_notebook
def test_every_hidden_test_has_one_cell_and_every_cell_one_test(notebook):
    cells = {cell.grade_id for cell in notebook.of_role("test")}
    tests = set(TESTS[notebook.topic])
    assert cells == tests, (
        f"{notebook.path.name} and course_tests/test_{notebook.topic}.py differ: only in the notebook "
        f"{sorted(cells - tests)}, "
        f"only in the tests {sorted(tests - cells)}"
    )


@each_notebook
def test_hidden_region_is_an_import_and_a_call(notebook):
    for cell in notebook.of_role("test"):
        test = TESTS[notebook.topic][cell.grade_id]
        arguments = ", ".join(inspect.signature(test).parameters)
        want = f"from course_tests.test_{notebook.topic} import {cell.grade_id}\n{cell.grade_id}({arguments})\n"
        assert cell.hidden == want, (
            f"The hidden region of {cell.grade_id} in {notebook.path.name} must be exactly:\n{want}"
        )
        # A visible assert that failed first would hide the message that names the mistake.
        assert cell.source.startswith(f'"""{cell.sentence}"""\n### BEGIN HIDDEN TESTS\n'), (
            f"In {cell.grade_id} of {notebook.path.name}, put the hidden region directly below the sentence, before "
            "the visible lines"
        )
        assert len(ast.parse(cell.visible).body) >= 2, (
            f"{cell.grade_id} shows nothing that fails on an empty answer: add a visible assert"
        )


@each_notebook
def test_sentence_of_the_cell_is_the_docstring_of_the_test(notebook):
    for cell in notebook.of_role("test"):
        want = " ".join(inspect.getdoc(TESTS[notebook.topic][cell.grade_id]).split())
        assert cell.sentence == want, (
            f"{cell.grade_id}: the cell says {cell.sentence!r}, its test {want!r}: make them the same"
        )


@each_notebook
def test_grade_ids_are_words_and_unique(notebook):
    ids = [cell.grade_id for cell in notebook.cells if cell.grade_id]
    assert len(ids) == len(set(ids)), (
        f"Two cells of {notebook.path.name} share a grade id: {sorted({i for i in ids if ids.count(i) > 1})}"
    )
    for grade_id in ids:
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{2,}", grade_id) and not re.search(r"[0-9a-f]{12}", grade_id), (
            f"{grade_id!r} in {notebook.path.name} is not a word: give the cell the function's or the test's name"
        )


@each_notebook
def test_points_are_split_into_basic_edge_and_craft(notebook):
    tests = notebook.of_role("test")
    for cell in tests:
        assert (cell.points * 8) % 1 == 0, (
            f"{cell.grade_id} has {cell.points} points: use eighths, their sums are exact"
        )
    assert notebook.of_role("task"), f"{notebook.path.name} has no written answer"
    assert sum(cell.kind == "quiz" for cell in tests) >= 8, f"{notebook.path.name} has fewer than eight quiz questions"


def points_by_heading(notebook) -> dict[str, float]:
    """Heading -> the points of the graded cells between it and the next one."""
    points, heading = {}, ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            heading = next((line for line in reversed(cell.source.splitlines()) if re.match(r"#+ ", line)), heading)
        if cell.points:
            points[heading] = points.get(heading, 0) + cell.points
    return points


@each_notebook
def test_points_in_headings_are_those_of_the_cells(notebook):
    """A heading ends with its points: "### Exercise 2. `sigmoid` — medium, 20 minutes, 4 points"."""
    for heading, points in points_by_heading(notebook).items():
        told = re.search(r"(?:,|—) ([\d.]+) points?( on top\b.*)?$", heading)
        assert told and float(told[1]) == points, (
            f"{notebook.path.name}: the cells below {heading!r} give {points:g} points; say so at its end"
        )


@each_notebook
def test_points_of_an_assignment_are_the_same_wherever_they_are_told(notebook):
    """The introduction, the table in README.md and c.GradeExport.full_marks; bonus exercises come on top."""
    by_heading = points_by_heading(notebook)
    full = sum(points for heading, points in by_heading.items() if "Bonus" not in heading)
    intro = "\n".join(cell.source for cell in notebook.cells[:6] if cell.cell_type == "markdown")
    told = re.search(r"(?:Points:?\W*|There are \W*)(\d+)", intro)
    assert told and float(told[1]) == full, (
        f"The introduction of {notebook.path.name} says {told and told[0]!r}; the cells sum to {full:g}"
    )
    row = re.search(
        rf"^\| {notebook.assignment} \|.*\| ([\d.]+) \|$",
        (ROOT / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert row and float(row[1]) == full, (
        f"README.md's table says {row and row[1]} points for {notebook.assignment}; the cells sum to {full:g}"
    )
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    marks = config.GradeExport.full_marks.get(notebook.assignment, sum(by_heading.values()))
    assert marks == full, (
        f"c.GradeExport.full_marks in nbgrader_config.py makes {marks:g} the full marks of {notebook.assignment}; "
        f"the cells without bonus sum to {full:g}"
    )


# ---------------------------------------------------------------- source and release


@each_notebook
def test_source_is_fit_for_release(notebook):
    wrong = problems(notebook)
    assert not wrong, "\n".join(wrong)


def test_no_stray_files_in_source():
    for path in SOURCE.rglob("*"):
        if ".ipynb_checkpoints" in path.parts or path.is_dir():
            continue
        assert path.suffix in PLAIN_FILES, (
            f"{path.relative_to(SOURCE.parent)} would ship to learners: move it out of source/"
        )
        if path.suffix == ".ipynb":
            assert path.stem == path.parent.name.partition("_")[2], (
                f"{path.relative_to(SOURCE.parent)}: name the notebook after its folder"
            )


def test_every_array_of_the_reference_has_a_shape():
    for path in (ROOT / "course_tests" / "reference").glob("*.py"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            assert not re.match(r"\s+[\w, ]+ : (?!.*shape).*ndarray", line), (
                f"{path.relative_to(ROOT)}, line {number}: add `of shape (...)`"
            )


def test_nothing_here_needs_the_tools():
    """A Dask worker is sent this folder alone."""
    for path in (ROOT / "course_tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else []
            )
            assert not any(name.partition(".")[0] == "tools" for name in names), (
                f"{path.relative_to(ROOT)}, line {node.lineno} imports {names}: tests of tools belong in tools/tests/"
            )


def test_nothing_of_the_tests_is_in_release():
    for path in RELEASE.rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        for word in ("course_tests", "BEGIN SOLUTION", "BEGIN HIDDEN", "MARK SCHEME"):
            assert word not in text, f"{path.relative_to(RELEASE.parent)} shows {word!r}: run `make release`"


@each_notebook
def test_figures_have_alt_text(notebook):
    for cell in notebook.cells:
        for alt in re.findall(r"!\[(.*?)\]\(", cell.source) if cell.cell_type == "markdown" else []:
            assert len(alt) >= 15, f"A picture in {notebook.path.name} has no alt text that says what one sees: {alt!r}"
        assert "plt.show()" not in cell.source, (
            f"Cell {cell.index} of {notebook.path.name} shows a figure without words: use show(alt) of the set-up "
            "cell instead of plt.show()"
        )


@each_notebook
def test_tags_are_those_of_the_course(notebook):
    for cell in notebook.cells:
        strange = sorted(set(cell.tags) - KINDS - {"quiz"} - SHOWN)
        assert not strange, (
            f"Cell {cell.index} of {notebook.path.name} has the tags {strange}. A test has basic, edge, craft or quiz; "
            f"a cell that only shows something, a figure or what an experiment prints, has {', '.join(SHOWN)}."
        )


@each_notebook
def test_nothing_needs_a_cell_that_only_shows_something(notebook):
    """The grader leaves out cells with this tag, so no other cell may need a name that they define."""
    shown = [cell for cell in notebook.cells if SHOWN & set(cell.tags)]
    assert shown and all(cell.role == "code" for cell in shown), (
        f"{notebook.path.name}: only ordinary code cells may have the tag {', '.join(SHOWN)}."
    )
    for cell in shown:
        defined, _ = names_of(cell.source)
        for later in notebook.cells[cell.index + 1 :]:
            if later.cell_type == "code" and later not in shown:
                own, asked = names_of(later.source)
                needed = sorted((defined - own) & asked)
                assert not needed, (
                    f"{notebook.path.name}: cell {later.index} needs {needed} of cell {cell.index}: take the tag off "
                    "that cell."
                )


@functools.cache
def names_of(source: str) -> tuple[set[str], set[str]]:
    """The names that a cell defines for other cells, and those that it takes from them."""
    whole = symtable.symtable(source, "cell", "exec")
    tables = [whole]
    for table in tables:
        tables.extend(table.get_children())
    asked = {
        name.get_name()
        for table in tables
        for name in table.get_symbols()
        if name.is_referenced() and (table is whole or name.is_global())
    }
    return {name.get_name() for name in whole.get_symbols() if name.is_assigned() or name.is_imported()}, asked
