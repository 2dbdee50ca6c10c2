"""What a learner reads when a hidden test fails, for every kind of failure that checks.py knows."""

import itertools
import signal
import time
from types import SimpleNamespace

import numpy as np
import pytest

from course_tests import bank, checks
from course_tests import test_losses as losses
from course_tests.checks import CheckFailed, Subject, graded
from course_tests.reference.activations import step as right_step
from proctor.trusted import sources

FIXED = [np.array([-2.0, 3.0]), np.array([0.5, -0.5]), np.array([-1.0, -4.0]), np.array([2.0, 6.0])]
WANT = np.array([[1.0, -2.0, 3.0], [4.0, 0.5, -6.0]])


def message(check, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as caught:
        check(*args, **kwargs)
    return str(caught.value)


def subject(function) -> Subject:
    return Subject("activations", "nobody_asked_for_this", function)


@pytest.mark.parametrize(
    ("got", "says"),
    [
        (WANT * 2, "Every entry is exactly 2 times what it should be."),
        (-WANT, "Every entry has the wrong sign."),
        (WANT + 1, "Every entry is off by the same 1."),
        (WANT.T, "Rows and columns are exchanged: look for a missing transpose."),
        (WANT * [[1], [3]], "Only the first row is right"),
        (WANT[0], "Returned shape (3,); expected shape (2, 3)."),
        (np.where(WANT == 3, np.nan, WANT), "Got nan at [0, 2]; expected 3. 1 of 6 entries differ."),
        ("text", "Returned a str; expected shape (2, 3)."),
        ([[1, 2], [3]], "Returned a list; expected shape (2, 3)."),
        (WANT.astype(object), None),
        (WANT + 1e-12, None),
        (WANT.tolist(), None),
    ],
)
def test_assert_close_says_what_is_known_and_no_more(got, says):
    if says is None:
        got = np.asarray(got, float)
        checks.assert_close(got, WANT, "f(X)")
        return
    text = message(checks.assert_close, got, WANT, "f(X)")
    assert says in text and text.startswith("f(X)")


def test_a_square_answer_transposed_is_recognised():
    square = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert "transposed" in message(checks.assert_close, square.T, square, "f(X)")


@pytest.mark.parametrize(
    ("got", "want", "says"),
    [
        (6.0, 2.0, "Exactly 3 times what it should be."),
        (0.5, 2.0, "Exactly 1/4 of what it should be."),
        (2.1, 2.0, "Got 2.1; expected 2."),
    ],
)
def test_one_number_alone_is_a_ratio_only_when_whole(got, want, says):
    text = message(checks.assert_close, got, want, "f(x)")
    assert says in text and ("xactly" in says or "xactly" not in text)


def test_tuples_say_which_part_differs():
    assert "Output 2 of 2: Got 5; expected 4." in message(checks.assert_close, (WANT, 5.0), (WANT, 4.0), "f(X)")
    assert "Returned one number; expected 2 things" in message(checks.assert_close, 5.0, (WANT, 4.0), "f(X)")


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda z: None, "returned None. Did you print the result instead of returning it?"),
        (lambda z: z.no_such_thing, "Your code raised AttributeError"),
        (lambda: 1, "Your code raised TypeError"),
    ],
)
def test_a_call_that_fails_says_why(function, says):
    assert says in message(subject(function), np.zeros(2))


def test_a_stub_is_not_called_an_error():
    def stub(z):
        raise NotImplementedError

    assert "Not written yet" in message(subject(stub), 1.0)


def test_an_endless_loop_ends():
    def forever(z):
        while True:
            pass

    text = message(subject(forever).case, "f(z)", lambda f: f(0), seconds=0.2)
    assert "no answer within 0.2 seconds" in text


def test_limits_nest_and_the_outer_one_goes_on():
    """An inner limit fires at its own time, and the outer one, which was set before, still strikes at its."""
    done = []

    def spin(seconds):
        start = time.process_time()
        while time.process_time() - start < seconds:
            pass

    with pytest.raises(TimeoutError, match="within 0.5 seconds"):
        with checks._TimeLimit(0.5):
            with pytest.raises(TimeoutError, match="within 0.1 seconds"):
                with checks._TimeLimit(0.1):
                    spin(60)
            done.append("inner")
            spin(60)
    start = time.process_time()
    with pytest.raises(TimeoutError):  # on a busy machine the outer time may be over before the inner one begins
        with checks._TimeLimit(0.1):
            with checks._TimeLimit(30):  # its own time is far away, the outer one's is not
                spin(60)
    assert time.process_time() - start < 10
    assert done == ["inner"] and signal.getitimer(signal.ITIMER_PROF) == signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGPROF) is signal.SIG_DFL


def test_an_endless_mistake_is_named():
    """Also under an outer limit, as the grader sets one."""
    from course_tests import bank
    from course_tests.test_neuron import test_perceptron_train_keeps_its_promise

    bank.load("neuron")
    endless = next(entry for entry in bank.MISCONCEPTIONS if "max_epochs is not looked at" in entry.hint)
    with checks._TimeLimit(60):
        assert endless.hint in message(test_perceptron_train_keeps_its_promise, endless.implementation)


def test_only_computing_makes_an_answer_slow(monkeypatch):
    """Not what the machine does beside it: an answer that has to wait for its turn is as fast as one that has not."""

    def waits(x):
        time.sleep(0.4)
        return x.sum()

    monkeypatch.setattr(Subject, "reference", property(lambda self: np.sum))
    checks.assert_fast(subject(waits), np.ones(3), at_most=2)


def test_prints_and_warnings_of_a_learner_do_not_reach_the_cell(capfd):
    def noisy(z):
        print("here")
        return np.exp(z)

    subject(noisy)(np.array([1e4]))
    assert capfd.readouterr() == ("", "")


def test_mutation_overflow_and_slowness_are_found():
    def changes(z):
        z += 1
        return z

    assert "changed the caller's array" in message(checks.assert_leaves_inputs_alone, subject(changes), np.zeros(3))
    checks.assert_leaves_inputs_alone(subject(lambda z: z + 1), np.zeros(3))
    assert "overflow" in message(checks.assert_no_warnings, subject(np.exp), np.array([1e4]))
    checks.assert_no_warnings(subject(np.exp), np.array([1.0]))


@pytest.mark.parametrize(
    ("ours", "theirs", "says"),
    [
        (0.01, 2.0, "Correct! But 2 s for this input is 200 times the vectorised version."),
        (0.01, 0.5, None),
        (0.0001, 0.09, None),  # 900 times, but nobody would notice
    ],
)
def test_a_slow_answer_hears_how_slow(monkeypatch, ours, theirs, says):
    learners = subject(sum)
    monkeypatch.setattr(Subject, "reference", property(lambda self: np.sum))
    monkeypatch.setattr(
        checks, "_cpu_seconds", lambda case, implementation: ours if implementation is np.sum else theirs
    )
    if says:
        assert says in message(checks.assert_fast, learners, np.ones(3))
    else:
        checks.assert_fast(learners, np.ones(3))


def test_a_gradient_is_compared_with_the_slope():
    x = np.array([1.0, -2.0])
    checks.assert_gradient(2 * x, lambda x: float(x @ x), x, "gradient(x)")
    assert "exactly 0.5 times" in message(checks.assert_gradient, x, lambda x: float(x @ x), x, "gradient(x)")


def test_forbidden_names_are_found_in_the_source():
    def cheats(a, b):
        return np.dot(a, b)

    assert "uses dot" in message(checks.assert_built_by_hand, subject(cheats), ["dot", "@"])
    assert "cannot be read" in message(checks.assert_built_by_hand, subject(np.dot), ["dot"])


@pytest.mark.parametrize(
    "code, word",
    [
        ("@by_numpy\ndef dot(a, b):\n    return sum(a)", "dot"),
        ("def dot(a, b):\n    return sum(a)\ndot = by_numpy(dot)", "dot"),
        ("for dot in [product]:\n    def f(): pass", "dot"),
        ("def dot(a, b):\n    return helper(a, b)", "dot"),
        ("dot = lambda a, b: product(a, b)", "dot"),
        ("def dot(a, b):\n    return d(a, b)", "dot"),
        ("def dot(a, b):\n    return half(b)", "inner"),
        ("def dot(a, b):\n    return getattr(np, 'dot')(a, b)", "dot"),
        ("def dot(a, b):\n    return np.__dict__['vdot'](a, b)", "vdot"),
        ("def dot(a, b):\n    return eval('a @ b')", "eval"),
        ("def dot(a, b):\n    return a.__matmul__(b)", "matmul"),
        ("def dot(a, b):\n    from operator import matmul as m\n    return m(a, b)", "matmul"),
        ("def dot(a, b):\n    a @= b\n    return a", "@"),
    ],
)
def test_forbidden_functions_are_found_behind_other_names(code, word):
    """In whatever cell they got the name: by a decorator, an alias, a helper, a partial, a text."""
    cells = [
        "import numpy as np\nfrom functools import partial\nfrom numpy import dot as d",
        "def by_numpy(f):\n    return np.dot",
        "product = np.dot\nhalf = partial(np.inner, [1, 2])",
        "def helper(a, b):\n    return product(a, b)",
        code,
    ]

    def implementation():
        pass

    implementation.__proctor_source__, implementation.__proctor_uses__ = (
        sources.find(cells, "dot") or code,
        sources.uses(cells, "dot"),
    )
    learners = checks.Subject("pixels", "dot", implementation)
    assert f"uses {word}" in message(checks.assert_built_by_hand, learners, ["@", "dot", "inner", "vdot", "matmul"])


def test_the_learners_own_dot_may_be_called():
    """And neither what the name meant before nor a variable of another cell counts."""
    cells = [
        "import numpy as np\nfrom numpy import inner as matmul",
        "def dot(a, b):\n    return np.dot(a, b)",
        "row = np.dot([1], [1])",
        "def column(B, j):\n    return B[:, j]",
        "def matmul(A, B):\n    'The dot of each row.'\n    row = A[0]\n    return [[dot(A[i], column(B, j)) for j in "
        "range(2)] for i in range(2)]",
    ]

    def implementation():
        pass

    implementation.__proctor_source__, implementation.__proctor_uses__ = (
        sources.find(cells, "matmul"),
        sources.uses(cells, "matmul"),
    )
    checks.assert_built_by_hand(checks.Subject("pixels", "matmul", implementation), ["@", "dot", "inner"])


def test_errors_that_must_come_are_waited_for():
    def refuses(a):
        raise ValueError("no")

    def asserts(a):
        assert a == 2, "no"

    checks.assert_raises(subject(refuses), ValueError, 1, because="lengths differ")
    checks.assert_raises(subject(asserts), ValueError, 1, because="lengths differ")
    assert "raised no error; it must raise ValueError, because lengths differ." in message(
        checks.assert_raises, subject(abs), ValueError, 1, because="lengths differ"
    )


def test_a_fault_in_a_hidden_test_shows_neither_its_body_nor_its_frames():
    @graded
    def test_of_nothing(sigmoid):
        secret = 0.123456  # noqa: F841
        raise KeyError("what came back")

    with pytest.raises(CheckFailed) as caught:
        test_of_nothing(abs)
    assert "secret" not in str(caught.value) and caught.value.__cause__ is None
    assert caught.value._render_traceback_() == [str(caught.value)]


def test_a_known_mistake_is_named_and_an_unknown_one_is_not():
    from course_tests.test_activations import test_sigmoid_basic

    named = message(test_sigmoid_basic, lambda z: 1 / (1 + np.exp(z)))
    assert "known mistake" in named and "minus sign" in named
    assert "known mistake" not in message(test_sigmoid_basic, lambda z: 1 / (1 + np.exp(-z)) + 0.01 * np.sin(z))


def failed(check, *args) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        check(*args)
    return caught.value


def upside_down(z):
    return 1 / (1 + np.exp(np.asarray(z)))


def test_a_wrong_curve_is_drawn_beside_the_right_one_with_words():
    from course_tests.test_activations import test_sigmoid_basic

    failure = failed(test_sigmoid_basic, upside_down)
    data, metadata = failure._repr_mimebundle_()
    assert data["image/svg+xml"].startswith("<svg")
    assert [data["image/svg+xml"].count(colour) for colour in (checks.figures.BLUE, checks.figures.ORANGE)] == [
        2,
        2,
    ]  # a curve and its legend
    assert "They differ everywhere; at z = -4 yours is 0.982, the right one 0.018." in metadata["image/svg+xml"]["alt"]
    assert failure.read_again == ("sigmoid",)


def test_a_loss_is_drawn_against_the_prediction():
    from course_tests.test_losses import test_binary_cross_entropy_basic

    alt = failed(
        test_binary_cross_entropy_basic, lambda y, p: np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    ).figure.alt
    assert "three samples, truths 1, 1 and 0, each predicted as y_prob" in alt


def test_a_figure_tells_nothing_of_the_hidden_inputs(monkeypatch):
    """Other numbers in the test, the same figure."""
    from course_tests.test_activations import test_sigmoid_derivative_is_a_slope

    figures = []
    for seed in ("0", "7"):
        monkeypatch.setenv("COURSE_SEED", seed)
        figures.append(failed(test_sigmoid_derivative_is_a_slope, upside_down).figure)
    assert figures[0] is not None and figures[0] == figures[1]


@pytest.mark.parametrize(
    "implementation",
    [
        lambda z: np.where(
            np.abs(z) > 300, 0.5, 1 / (1 + np.exp(-np.clip(z, -300, 300)))
        ),  # wrong where nobody sees it
        lambda z: np.zeros(3),
        lambda z: np.full(np.shape(z), np.nan),
        lambda z: "vote",
        lambda z: z.no_such_thing,
        lambda z: upside_down(z) if np.shape(z) != (81,) else [][0],  # fails on the curve alone
    ],
)
def test_what_cannot_be_drawn_has_no_curve_and_the_message_is_the_same(implementation, monkeypatch):
    from course_tests.test_activations import test_sigmoid_is_stable

    monkeypatch.setattr(checks.figures, "beside", lambda *arrays: None)
    failure = failed(test_sigmoid_is_stable, implementation)
    assert failure.figure is None and failure._repr_mimebundle_()[0] == {"text/plain": str(failure)}
    monkeypatch.setattr(checks, "_figure", lambda subject: None)
    assert str(failed(test_sigmoid_is_stable, implementation)) == str(failure)


def test_nothing_is_drawn_for_a_right_answer(monkeypatch):
    from course_tests.test_activations import test_sigmoid_basic

    monkeypatch.setattr(checks.figures, "sweeps", lambda *args, **kwargs: pytest.fail("a curve for a test that passes"))
    test_sigmoid_basic(checks.bank.reference("activations").sigmoid)


def test_a_function_of_whole_rows_has_two_maps_and_no_curve():
    from course_tests.test_activations import test_softmax_basic

    figure = failed(test_softmax_basic, lambda Z, axis=-1: np.exp(Z)).figure
    assert figure.alt.startswith("Two maps of") and figure.caption in (checks.figures.MAPS, checks.figures.ALL)


def test_entries_that_differ_are_framed():
    """Of two small arrays; a number alone, a large array and what is not finite have no map."""
    right = np.array([[1.0, -2.0], [0.0, 4.0]])
    yours = np.array([[1.0, 2.0], [0.0, np.nan]])
    made = checks.figures.beside(yours, right, yours != right)
    assert made.svg.count('stroke="#000"') == 4 and "nan" in made.svg  # two entries in each map
    assert made.alt == (
        "Two maps of 2 times 2 numbers, yours and the right one. 2 of 4 entries differ: [0, 1], [1, 1]; at [0, 1] "
        "yours is 2, the right one -2."
    )
    line = np.array([1.0, 2.0, 3.0])
    assert "Two maps of 3 numbers" in checks.figures.beside(-line, line, line > 2).alt
    for array in (np.array(1.0), np.ones((9, 9)), np.ones((2, 2, 2)), np.array([1.0, np.inf])):
        assert checks.figures.beside(array, array, np.ones(array.shape, bool)) is None


@pytest.mark.parametrize(
    ("test", "name", "wrong", "told"),
    [
        ("test_activation_backward_basic", "activation_backward", lambda dA, Z, name: dA * Z, "with dA = 1"),
        ("test_bce_sigmoid_backward_basic", "bce_sigmoid_backward", lambda p, y: p - y, "labels 1, 1 and 0"),
    ],
)
def test_what_goes_back_through_an_activation_is_drawn(test, name, wrong, told):
    from course_tests import test_backprop

    assert told in failed(getattr(test_backprop, test), wrong).figure.alt


def test_no_cause_is_looked_for_where_nobody_reads_it(monkeypatch):
    wrong = next(e for e in bank.of(bank.MISCONCEPTIONS, "losses", "mean_squared_error") if len(e.caught_by) == 1)
    test = getattr(losses, wrong.caught_by[0])
    with pytest.raises(CheckFailed) as named:
        test(wrong.implementation)
    monkeypatch.setenv("PROCTOR_VERDICT_ONLY", "1")
    monkeypatch.setattr(checks, "_fitting", None)
    with pytest.raises(CheckFailed) as bare:
        test(wrong.implementation)
    assert named.value.mistakes and not bare.value.mistakes and str(bare.value) in str(named.value)


def test_a_place_is_named_as_in_the_notebook():
    """By the name of what is returned, the key and the layer."""
    from course_tests.test_backprop import test_dense_backward_basic, test_mlp_loss_and_gradients_basic

    right = checks.bank.reference("backprop")

    def doubled(X, y, params):
        loss, grads = right.mlp_loss_and_gradients(X, y, params)
        return loss, [{**grads[0], "W": 2 * grads[0]["W"]}, *grads[1:]]

    assert "\ndW of layer 1: Got " in str(failed(test_mlp_loss_and_gradients_basic, doubled))
    wrong = failed(test_dense_backward_basic, lambda dZ, X, W: (dZ @ W.T, 3 * X.T @ dZ, dZ.sum(axis=0)))
    assert "\ndW: Got " in str(wrong)


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [(1.5, 2.0, ("1.5", "2")), (-1.43, -1.4300001, ("-1.43", "-1.4300001")), (1.0, np.nextafter(1, 2), None)],
)
def test_numbers_that_print_alike_show_the_digits_that_differ(a, b, told):
    got = checks._apart(a, b)
    assert got == told if told else got[0] != got[1]


def test_the_headline_is_the_hint_or_what_came_out():
    from course_tests.test_activations import test_relu_basic

    named = failed(test_relu_basic, np.abs)
    assert named.headline == ("You took the absolute value: -2 became 2. ReLU turns negative scores into 0.",)
    plain = failed(test_relu_basic, lambda z: z * 0.0 + 17)
    assert len(plain.headline) == 1 and plain.headline[0] in str(plain)


def test_fresh_inputs_are_the_same_in_a_term_and_others_in_the_next(monkeypatch):
    first = checks.rngs(1)[0].random()
    assert checks.rngs(1)[0].random() == first
    monkeypatch.setenv("COURSE_SEED", "7")
    assert checks.rngs(1)[0].random() != first


def test_a_function_that_counts_its_calls_is_found_where_the_inputs_are_always_the_same():
    table = iter([*map(right_step, FIXED), *([right_step(FIXED[0])] * 9)])

    def step(z):
        return next(table)

    def test_step_fixed(step):
        for z in FIXED:
            checks.assert_agrees(step, z)

    test_step_fixed.__module__ = "course_tests.test_activations"
    graded(test_step_fixed)(right_step)
    assert "when called again with the same arguments it returned something else" in message(
        graded(test_step_fixed), step
    )


def test_my_tests_cannot_be_passed_by_counting_the_losses():
    verdicts = itertools.cycle(
        [AssertionError] * 6 + [None] * 3
    )  # six wrong losses and three right ones, as they stand in LOSSES

    def my_tests(loss_fn):
        error = next(verdicts)
        if error:
            raise error

    for test in (losses.test_my_tests_basic, losses.test_my_tests_finds_subtle_mistakes, losses.test_my_tests_craft):
        message(test, my_tests)


# ---------------------------------------------------------------- mistakes that no single entry explains


@pytest.fixture
def known(monkeypatch):
    """Make an exercise `f` with a right answer and known mistakes; the result tells what a wrong answer is told."""

    def exercise(right, **mistakes):
        entries = [bank.Entry("made_up", "f", name, one, hint=f"<{name}>") for name, one in mistakes.items()]
        monkeypatch.setattr(bank, "reference", lambda topic: SimpleNamespace(f=right))
        monkeypatch.setattr(bank, "of", lambda *args: entries)

        def told(function, *cases):
            subject = Subject("made_up", "f", function)
            for case in cases[:-1]:
                checks.assert_agrees(subject, *case)
            return message(checks.assert_agrees, subject, *cases[-1])

        return told

    return exercise


X = np.array([0.513, 2.071, 3.254])


def test_two_slips_at_once_are_named_together(known):
    told = known(np.mean, sums=np.sum, flips=lambda x: -np.mean(x), squares=lambda x: np.mean(x**2))
    text = told(lambda x: -np.sum(x), (X,))
    assert checks.TOGETHER in text and "<sums>" in text and "<flips>" in text and "<squares>" not in text
    assert "known mistake" not in told(lambda x: -np.sum(x) + 1, (X,))


def test_two_slips_in_two_outputs_are_named_together(known):
    told = known(
        lambda x: (x * 3, x.sum()), doubles=lambda x: (x * 6, x.sum()), takes_the_mean=lambda x: (x * 3, x.mean())
    )
    text = told(lambda x: (x * 6, x.mean()), (X,))
    assert checks.TOGETHER in text and "<doubles>" in text and "<takes_the_mean>" in text


def test_a_slip_in_one_branch_of_several_is_named(known):
    told = known(lambda x, name: x if name == "plain" else x**2, adds_one=lambda x, name: x + 1)
    text = told(lambda x, name: x if name == "plain" else x + 1, (X, "plain"), (X, "square"))
    assert checks.SOMEWHERE in text and "<adds_one>" in text


def test_agreement_on_the_failing_case_alone_is_said_with_care(known):
    told = known(lambda x, y: x * y, adds=lambda x, y: x + y)
    often = lambda x, y: x + y if len(x) > 2 else x * y * (1 + 1e-7)  # noqa: E731
    assert checks.HERE_ALONE in told(often, (X[:2], X[:2]), (X, X))
    # On 0 and 1 much agrees by chance.
    bits = np.array([0.0, 1.0, 1.0])
    assert "known mistake" not in told(often, (X[:2], X[:2]), (bits, bits * 0))


def test_where_several_pairs_explain_it_nothing_is_said(known):
    told = known(np.mean, sums=np.sum, flips=lambda x: -np.mean(x), sums_too=lambda x: np.sum(x) * 1.0)
    assert "known mistake" not in told(lambda x: -np.sum(x), (X,))


def test_of_errors_that_learners_raise_the_kind_counts(known):
    def refuses(x):
        raise ValueError("length")

    def refuses_in_other_words(x):
        raise ValueError("size")

    told = known(np.mean, refuses=refuses)
    assert "<refuses>" in told(refuses_in_other_words, (X,))
    assert "<refuses>" not in told(lambda x: x @ np.ones((5, 1)), (X,))  # NumPy's own ValueError


def test_rounded_numbers_are_told_apart_from_wrong_ones(known):
    told = known(lambda x: x / 7)
    assert "right to 3 digits: do not round them" in told(lambda x: np.round(x / 7, 3), (X,))
    assert "round" not in told(lambda x: np.round(x / 7), (X,))


def test_an_error_in_the_lines_of_the_test_is_not_called_the_learners():
    text = message(subject(lambda z: [np.zeros(2), np.zeros((3, 3))]).case, "f(z)", lambda f: np.concatenate(f(0)))
    assert text.startswith("f(z)\nThe test could not use what your code returned (ValueError: ")
    names = {"np": np}
    exec("def f(z):\n    return np.concatenate([np.zeros(2), np.zeros((3, 3))])", names)
    assert "Your code raised ValueError" in message(subject(names["f"]).case, "f(z)", lambda f: f(0))


def test_all_requirements_that_fail_are_read_in_one_message(known):
    def test_three_things(f):
        checks.assert_raises(f, ValueError, np.array([]), because="there is nothing to average")
        checks.assert_leaves_inputs_alone(f, X.copy())
        checks.assert_no_warnings(f, np.zeros(2))
        checks.assert_fast(f, X)

    def wrong(x):
        if len(x):
            x -= x.min()
        return np.float64(1) / x.sum()

    known(np.mean)
    text = message(graded(test_three_things), wrong)
    for part in ("must raise ValueError", "changed the caller's array", "NumPy warns"):
        assert part in text
    assert text.count(checks.ALSO.strip()) == 2 and "Correct!" not in text


def test_what_a_named_mistake_explains_is_not_told_again(known):
    calls = []

    def test_two_things(f):
        checks.assert_agrees(f, X)
        for _ in range(3):
            checks.assert_agrees(f, 2 * X)  # wrong once is wrong again
        checks.assert_raises(f, ValueError, np.array([]), because="there is nothing to average")
        for _ in range(100):
            calls.append(f(X))

    known(np.mean, sums=np.sum)
    text = message(graded(test_two_things), np.sum)
    assert "<sums>" in text and checks.ALSO.strip() not in text and len(calls) <= checks.MOST_FOLLOWING


def test_a_named_mistake_that_would_never_end_is_not_asked_for_more():
    from course_tests.test_neuron import test_perceptron_train_craft as craft

    bank.load("neuron")
    wrong = next(
        entry.implementation
        for entry in bank.of(bank.MISCONCEPTIONS, "neuron", "perceptron_train")
        if entry.name == "loops_until_no_errors"
    )
    asked = []

    def perceptron_train(X, y, rng, max_epochs):
        asked.append(len(X))
        return wrong(X, y, rng, max_epochs)

    with pytest.raises(CheckFailed, match="max_epochs is not looked at"):
        craft(perceptron_train=perceptron_train)
    assert 20 not in asked  # twenty points that no line separates
