"""Hidden tests of 05_descent. See checks.py for what each check says when it fails."""

import numpy as np

from course_tests.checks import (
    assert_agrees,
    assert_agrees_on,
    assert_close,
    assert_fast,
    assert_gradient,
    assert_leaves_inputs_alone,
    assert_no_warnings,
    graded,
    quiz_tests,
    require,
    rngs,
    shuffled,
)
from course_tests.reference import descent as right
from course_tests.reference.losses import binary_cross_entropy
from course_tests.reference.pixels import make_lines


def problem(rng, n=7, d=3):
    """Samples, labels of both kinds, and a neuron that is neither sure nor neutral."""
    X, y = rng.normal(0.3, 1, size=(n, d)), rng.permutation(np.arange(n) % 3 == 0).astype(int)
    return X, y, rng.normal(0, 0.8, size=d), float(rng.normal(0.4, 0.5))


def loss_of(X, y, w, b):
    return binary_cross_entropy(y, right.logistic_forward(X, w, b))


# ---------------------------------------------------------------- gradient_descent_1d


def bowl(c, k=2.0):
    """The slope of k/2 (x - c)^2."""
    return f"slope k(x - c) with k = {k:.3g}, c = {c:.3g}", lambda x: k * (x - c)


def walk(slope, x0, lr, steps):
    words, grad = slope
    return f"gradient_descent_1d(grad, x0={x0:.4g}, lr={lr:.3g}, steps={steps}) with {words}", lambda f: f(
        grad, x0, lr, steps
    )


@graded
def test_gradient_descent_1d_basic(gradient_descent_1d):
    """the path starts at x0, and every step goes against the slope where it stands"""
    for rng in rngs():
        assert_agrees_on(
            gradient_descent_1d, *walk(bowl(rng.uniform(-2, 2)), rng.uniform(3, 5), rng.uniform(0.1, 0.3), 5)
        )
        assert_agrees_on(
            gradient_descent_1d, *walk(bowl(rng.uniform(-2, 2), rng.uniform(0.5, 1.5)), rng.uniform(-5, -3), 0.4, 3)
        )
        assert_agrees_on(gradient_descent_1d, *walk(("slope cos(x)", np.cos), rng.uniform(-1, 1), 0.5, 4))


@graded
def test_gradient_descent_1d_any_start(gradient_descent_1d):
    """whole-number starts, no step at all, a start at the bottom, steps that are too large, and (1 - 2 lr)^k on x^2"""
    rng = rngs(1)[0]
    assert_agrees_on(gradient_descent_1d, *walk(bowl(rng.uniform(-1, 1)), 3, 0.2, 4))
    assert_agrees_on(gradient_descent_1d, *walk(bowl(0.7), 2.5, 0.1, 0))
    assert_agrees_on(gradient_descent_1d, *walk(bowl(1.5), 1.5, 0.3, 4))
    assert_agrees_on(gradient_descent_1d, *walk(("slope x^3 - x", lambda x: x**3 - x), rng.uniform(0.2, 0.6), 0.3, 8))
    for lr in (0.5, 1.0, 1.3, rng.uniform(0.01, 0.05)):
        x0 = rng.uniform(1, 3)
        told, scenario = walk(bowl(0.0), x0, lr, 6)
        path = gradient_descent_1d.case(told, scenario)
        assert_close(path, x0 * (1 - 2 * lr) ** np.arange(7), told + ", beside x0 (1 - 2 lr)^k")


@graded
def test_gradient_descent_1d_craft(gradient_descent_1d):
    """grad is asked once for each step, at the point where the path stands"""
    x0, lr = (round(v, 2) for v in rngs(1)[0].uniform((2.5, 0.15), (4, 0.25)))

    def counted(f):
        asked = []

        def grad(x):
            asked.append(float(np.asarray(x).reshape(-1)[0]))
            return 1.4 * (float(np.asarray(x).reshape(-1)[0]) - 0.5)

        path = f(grad, x0, lr, 6)
        return path, asked

    told = f"gradient_descent_1d(grad, x0={x0}, lr={lr}, steps=6)"
    path, asked = gradient_descent_1d.case(told, counted)
    assert_close(path, 0.5 + (x0 - 0.5) * (1 - lr * 1.4) ** np.arange(7), told)
    require(
        len(asked) <= 7,
        f"{told} asked grad {len(asked)} times. Once for each step is enough: go on from the newest point.",
    )


# ---------------------------------------------------------------- logistic_forward


@graded
def test_logistic_forward_basic(logistic_forward):
    """one probability for each sample: the sigmoid of its score"""
    for rng in rngs():
        for n, d in ((5, 3), (2, 6)):
            X, _, w, b = problem(rng, n, d)
            assert_agrees(logistic_forward, X, w, b)


@graded
def test_logistic_forward_any_batch(logistic_forward):
    """one sample, whole numbers and square batches work, and very sure neurons stay between 0 and 1"""
    rng = rngs(1)[0]
    for n, d in ((4, 3), (1, 4), (3, 3), (6, 1)):
        X, _, w, b = problem(rng, n, d)
        assert_agrees(logistic_forward, X, w, b)
    assert_agrees(logistic_forward, np.array([[1, 0, 2], [0, 3, -1]]), np.array([0.5, -1.5, 1.0]), 1)
    assert_agrees(logistic_forward, np.array([[500.0, 0.2], [-400.0, 0.1], [0.3, -0.2]]), np.array([2.0, 1.0]), 0.5)
    X, _, w, b = problem(rng, 5, 4)
    assert_close(
        np.asarray(logistic_forward(X, w, b)) + np.asarray(logistic_forward(X, -w, -b)),
        np.ones(5),
        "logistic_forward(X, w, b) + logistic_forward(X, -w, -b)",
    )


@graded
def test_logistic_forward_craft(logistic_forward):
    """the inputs stay as they were, and nothing overflows for very sure neurons"""
    X, _, w, b = problem(rngs(1)[0], 4, 3)
    assert_leaves_inputs_alone(logistic_forward, X, w, b)
    assert_no_warnings(
        logistic_forward,
        np.array([[900.0, 0.2], [-900.0, 0.1], [0.3, -0.2]]),
        np.array([1.0, 2.0]),
        0.5,
        look="Use the sigmoid that is given: it never overflows.",
    )


# ---------------------------------------------------------------- logistic_gradients


@graded
def test_logistic_gradients_basic(logistic_gradients):
    """dw has one slope for each weight, db is one number: the mean of (p - y) x and of p - y"""
    for rng in rngs():
        for n, d in ((7, 3), (4, 5)):
            X, y, w, b = problem(rng, n, d)
            assert_agrees(logistic_gradients, X, y, w, b)


@graded
def test_logistic_gradients_are_slopes(logistic_gradients):
    """dw and db agree with the measured slopes of the loss on 5 problems; one sample, square and whole-number
    batches work
    """
    for rng, (n, d) in zip(rngs(5), ((6, 3), (4, 4), (1, 3), (9, 1), (5, 2))):
        X, y, w, b = problem(rng, n, d)
        assert_agrees(logistic_gradients, X, y, w, b)
        dw, db = logistic_gradients(X, y, w, b)
        assert_gradient(
            dw,
            lambda v: loss_of(X, y, v, b),
            w,
            f"dw for {n} samples with {d} features, beside the measured slope of the loss",
        )
        assert_gradient(
            db,
            lambda v: loss_of(X, y, w, float(v)),
            np.array(b),
            f"db for {n} samples with {d} features, beside the measured slope of the loss",
        )
    assert_agrees(
        logistic_gradients, np.array([[1, 0, 2], [0, 3, -1], [2, 1, 1]]), np.array([1, 0, 0]), np.array([1, -2, 1]), 1
    )
    X, y, w, b = problem(rng, 6, 2)
    assert_agrees(logistic_gradients, X, y.astype(float), w, b)
    dw, db = logistic_gradients(np.vstack([X, X]), np.concatenate([y, y]), w, b)
    again, _ = logistic_gradients(X, y, w, b)
    assert_close(dw, again, "dw when every sample is there twice, beside dw when it is there once")


@graded
def test_logistic_gradients_craft(logistic_gradients):
    """the inputs stay as they were, nothing overflows for very sure neurons, and NumPy does the loop over the
    samples
    """
    X, y, w, b = problem(rngs(1)[0], 6, 3)
    assert_leaves_inputs_alone(logistic_gradients, X, y.astype(float), w, b)
    assert_no_warnings(
        logistic_gradients,
        np.array([[900.0, 0.2], [-900.0, 0.1], [0.3, -0.2]]),
        np.array([0, 1, 1]),
        np.array([1.0, 2.0]),
        0.5,
        look="p - y needs no logarithm and no division by p.",
    )
    assert_agrees(
        logistic_gradients, X, y, w, b
    )  # what is wrong need not be fast, and a table of N times N would fill the memory
    rng = np.random.default_rng(0)
    assert_fast(
        logistic_gradients,
        rng.normal(size=(80_000, 3)),
        rng.integers(0, 2, 80_000),
        np.array([0.2, -0.1, 0.4]),
        0.1,
        at_most=15,
    )


# ---------------------------------------------------------------- gd_step


def state(rng, d):
    return (
        rng.normal(size=d),
        float(rng.normal()),
        rng.normal(size=d),
        float(rng.normal()),
        float(rng.uniform(0.1, 0.6)),
    )


@graded
def test_gd_step_basic(gd_step):
    """the new w and the new b: each moves against its own slope, lr times as far"""
    for rng in rngs():
        assert_agrees(gd_step, *state(rng, 3))
        assert_agrees(gd_step, *state(rng, 5))


@graded
def test_gd_step_any_step(gd_step):
    """one weight, whole numbers, no slope and lr = 0 work, and two equal steps are one of double lr"""
    rng = rngs(1)[0]
    assert_agrees(gd_step, *state(rng, 1))
    assert_agrees(gd_step, *state(rng, 9))
    assert_agrees(gd_step, np.array([1, -2, 3]), 2, np.array([0.5, 0.25, -1.0]), 0.5, 0.3)
    w, b, dw, db, lr = state(rng, 4)
    assert_agrees(gd_step, w, b, np.zeros(4), 0.0, lr)
    assert_agrees(gd_step, w, b, dw, db, 0.0)
    assert_agrees(gd_step, w, b, 1000 * dw, 1000 * db, 2.5)
    once = gd_step(w, b, dw, db, 2 * lr)
    half = gd_step(w, b, dw, db, lr)
    assert_close(
        gd_step(np.asarray(half[0]), float(half[1]), dw, db, lr)[0],
        once[0],
        "w after two equal steps, beside w after one with twice the lr",
    )


@graded
def test_gd_step_craft(gd_step):
    """the caller's w and dw stay as they were"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(gd_step, *state(rng, 4))
    assert_leaves_inputs_alone(gd_step, *state(rng, 2))


# ---------------------------------------------------------------- train_logistic

TRAINING = dict(rtol=1e-7, atol=1e-8)


def losses_and_acc(result):
    """The loss curve and the final accuracy that a training returned, or what is missing."""
    __tracebackhide__ = True
    known = isinstance(result, dict) and {"w", "b", "loss", "acc"} <= set(result)
    require(known, "train_logistic must return a dict with the keys 'w', 'b', 'loss' and 'acc'.")
    return np.asarray(result["loss"], float), float(np.asarray(result["acc"]))


@graded
def test_train_logistic_basic(train_logistic):
    """loss[0] is ln 2 before the first step, every epoch takes one step, and centre lines are learned without a
    mistake
    """
    for rng in rngs():
        X, y, _, _ = problem(rng, 11, 3)
        assert_agrees(train_logistic, X, y, rng.uniform(0.4, 0.9), 5, **TRAINING)
    X, y = make_lines(20, rng, positions=(1,), noise=0.1)
    losses, acc = losses_and_acc(train_logistic(X, y, 0.5, 100))
    require(
        np.isclose(losses[0], np.log(2)),
        f"From zero weights every probability is 0.5, so loss[0] must be ln 2 = 0.6931; yours is {losses[0]:.4f}.",
    )
    require(
        acc == 1.0, f"After 100 epochs on centre lines with lr = 0.5 every vote must be right; your acc is {acc:.4g}."
    )


@graded
def test_train_logistic_any_start(train_logistic):
    """w0 and b0 are used, no epochs, one sample and a large lr work, and with a small lr the loss never rises"""
    rng, other = rngs()
    X, y, w, b = problem(rng, 9, 4)
    assert_agrees(train_logistic, X, y, 0.7, 4, w, b, **TRAINING)
    assert_agrees(train_logistic, X, y, 0.3, 0, w0=w, b0=b, **TRAINING)
    assert_agrees(train_logistic, X, y, 0.3, 0, **TRAINING)  # every p is exactly 0.5, a vote of 1
    assert_agrees(train_logistic, X, y, 0.6, 3, b0=-1.5, **TRAINING)
    assert_agrees(train_logistic, X[:1], y[:1], 0.5, 2, w0=w, **TRAINING)
    assert_agrees(train_logistic, X[:4], np.array([1, 0, 0, 1]), 0.5, 12, **TRAINING)
    assert_agrees(
        train_logistic,
        np.array([[1, 0, 2], [0, 3, -1], [2, 1, 1], [1, 1, 0]]),
        np.array([1, 0, 0, 1]),
        0.2,
        6,
        w0=np.array([1, 0, -1]),
        b0=1,
        **TRAINING,
    )
    X, y, _, _ = problem(other, 30, 3)
    assert_agrees(train_logistic, X, y.astype(float), 0.1, 25, **TRAINING)
    assert_agrees(train_logistic, X, y, 8.0, 5, **TRAINING)
    losses, _ = losses_and_acc(train_logistic(X, y, 0.1, 25))
    rises = np.flatnonzero(np.diff(losses) > 1e-12)
    require(
        not rises.size,
        f"With lr = 0.1 the loss must fall in every epoch; yours rises after epoch {rises[0] if rises.size else 0}.",
    )


@graded
def test_train_logistic_craft(train_logistic):
    """the caller's X, y and w0 stay as they were, and a far too large lr gives no warning and no nan"""
    X, y, w, b = problem(rngs(1)[0], 8, 3)
    assert_leaves_inputs_alone(train_logistic, X, y, 0.5, 3, w0=w, b0=b)
    assert_no_warnings(
        train_logistic,
        X,
        y,
        2000.0,
        4,
        look="binary_cross_entropy keeps p away from 0 and 1 before it takes the logarithm.",
    )
    losses, _ = losses_and_acc(train_logistic(X, y, 2000.0, 4))
    require(
        np.isfinite(losses).all(),
        "With lr = 2000 a loss is not a finite number. Use binary_cross_entropy: it is never infinite.",
    )


# ---------------------------------------------------------------- diagnose


@graded
def test_diagnose_basic(diagnose):
    """a curve that ends above its start is diverging, one that keeps more than half is slow, the others are good"""
    for rng in rngs():
        k = np.arange(rng.integers(8, 20))
        curves = 0.98**k, 0.8**k, 1.1**k, np.array([1.0, 0.5, 0.6, 0.25]), np.array([1.0, 1.3, 0.4])
        for curve in shuffled([first * curve for first in (np.log(2), rng.uniform(2, 5)) for curve in curves]):
            assert_agrees(diagnose, curve)


@graded
def test_diagnose_hard_curves(diagnose):
    """nan and inf, bumps on the way, a dip that does not last, large and small losses are all told apart"""
    rng = rngs(1)[0]
    k = np.arange(15)
    falling = rng.uniform(0.6, 0.8) * 0.7**k
    bump = falling + 0.03 * (-1.0) ** (k + 1) * (k > 2)
    peak = falling.copy()
    peak[4] = 3.0
    dip = np.array([0.7, 0.3, 0.05, 0.2, 0.45, 0.6])
    broken = np.append(falling[:6], [np.nan, np.nan])
    infinite = np.append(falling[:3], [np.inf, 0.2, 0.1])
    zigzag = np.array([0.69, 2.4, 0.71, 1.8, 0.9, 2.6, 0.8])
    last_step_up = np.append(falling[:8], falling[7] + 0.02)
    for curve in shuffled(
        [
            bump,
            peak,
            dip,
            broken,
            infinite,
            zigzag,
            last_step_up,
            0.09 * 0.99**k,
            0.09 * 0.7**k,
            40 * 0.8**k,
            0.69 * 0.955**k,
            np.full(6, np.log(2)),
            np.array([0.8, 0.6, 0.4]),
            np.append(falling[:5], np.inf),
            0.01 * 1.02**k,
        ]
    ):
        assert_agrees(diagnose, curve)


@graded
def test_diagnose_craft(diagnose):
    """a list is as good as an array, two losses are enough, and the curve stays as it was"""
    for curve in shuffled(
        [[0.7, 0.6, 0.2, 0.1], [0.7, 0.2, 0.25, 0.1], [0.7, 0.6, 0.65], [0.7, 1.5], [3, 1], [0.7, 0.2, np.nan]]
    ):
        assert_agrees(diagnose, curve)
    for curve in (np.array([0.7, 0.3, 0.5, 0.2]), np.array([0.7, np.nan, np.inf])):
        assert_leaves_inputs_alone(diagnose, curve)


# ---------------------------------------------------------------- my_lr


def as_rate(subject):
    """The learner's value as one positive number."""
    value = np.asarray(subject.value)
    require(value.dtype.kind in "iuf" and value.size == 1, f"my_lr must be one number; yours is {subject.value!r}.")
    rate = float(value.reshape(()))
    require(np.isfinite(rate), f"my_lr must be an ordinary number; yours is {rate}.")
    require(
        rate > 0,
        f"my_lr is {rate:.4g}. A rate of 0 never moves, a negative one climbs uphill: choose a number above 0.",
    )
    return rate


def reaches_the_goal(rate, X, y, told):
    losses = right.train_logistic(X, y, rate, 50)["loss"]
    require(
        losses[-1] < 0.1,
        f"With my_lr = {rate:.4g} the loss on {told} is {losses[-1]:.3f} after 50 epochs; it must be below 0.1. "
        "Look at the curve in the lab: is it still falling after 50 epochs?",
    )


@graded
def test_my_lr_learns_clean_lines(my_lr):
    """with my_lr the loss on clean centre lines is below 0.1 after 50 epochs"""
    rate = as_rate(my_lr)
    reaches_the_goal(rate, *make_lines(60, rngs(1)[0], positions=(1,)), "clean centre lines")


@graded
def test_my_lr_learns_noisy_lines(my_lr):
    """with my_lr the loss on centre lines with a little noise is below 0.1 after 50 epochs too"""
    rate = as_rate(my_lr)
    for rng in rngs(3):
        reaches_the_goal(rate, *make_lines(60, rng, positions=(1,), noise=0.1), "new centre lines with noise = 0.1")


test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8 = quiz_tests(8)
