"""Hidden tests of 04_losses. See checks.py for what each check says when it fails."""

import math

import numpy as np

from course_tests.checks import (
    assert_agrees,
    assert_agrees_on,
    assert_close,
    assert_gradient,
    assert_leaves_inputs_alone,
    assert_no_warnings,
    assert_raises,
    graded,
    quiz_tests,
    require,
    rngs,
    shuffled,
    varied,
    verdict,
)
from course_tests.reference import losses as right
from course_tests.reference.activations import softmax

LABELS = np.array([1, 0, 0, 1, 0])  # more zeros than ones: a formula that knows only one label shows
VOTES = np.array([0.55, 0.3, 0.65, 0.15, 0.05])
TABLE, GUESS = np.array([[1.0, -0.5, 2.0], [0.5, 3.0, -1.5]]), np.array([[0.4, 0.5, 1.0], [-1.0, 2.75, 0.5]])
BYTES, OTHER_BYTES = np.array([[0, 200, 17], [255, 3, 90]], np.uint8), np.array([[1, 180, 40], [250, 9, 20]], np.uint8)
CHOICES = np.array([2, 0, 3, 0, 1])
SCORES = np.array(
    [[1.5, -0.5, 0.25, 2.0], [-1.0, 0.5, 2.5, 0.0], [0.3, 3.0, -2.0, 1.0], [2.0, 1.0, 0.5, -0.5], [0.0, -1.5, 1.0, 0.7]]
)
FAR = np.array(
    [[1000.0, 0.0, -1000.0], [-1000.0, -1001.0, -1002.5], [3.0, 2.0, 0.5], [0.0, 1000.0, 999.0]]
)  # each row on a scale of its own
STRETCH = "NumPy would stretch shapes {} and {} against each other into {} numbers"


def votes(rng, n):
    """n labels of both kinds and n probabilities, none near 0 or 1."""
    y = (rng.uniform(size=n) < 0.4).astype(int)
    y[:2] = 1, 0
    return y, rng.uniform(0.05, 0.95, size=n)


def choices(rng, n, n_classes):
    """n class labels, one-hot rows, and rows of probabilities."""
    labels = rng.integers(n_classes, size=n)
    P = rng.uniform(0.1, 1, size=(n, n_classes))
    return labels, np.eye(n_classes)[labels], P / P.sum(axis=1, keepdims=True)


def refuses_other_shapes(subject):
    """(N, 1) against (N,) must not be stretched to (N, N)."""
    assert_raises(
        subject,
        ValueError,
        np.array([1.0, 0.0, 1.0]),
        np.array([[0.8], [0.4], [0.5]]),
        because=STRETCH.format((3,), (3, 1), 9),
    )
    assert_raises(
        subject, ValueError, np.array([[1.0], [0.0]]), np.array([0.8, 0.4]), because=STRETCH.format((2, 1), (2,), 4)
    )


# ---------------------------------------------------------------- mean_squared_error, mean_absolute_error


@graded
def test_mean_squared_error_basic(mean_squared_error):
    """mean_squared_error squares every error and takes the mean"""
    for rng in rngs():
        assert_agrees(mean_squared_error, *votes(rng, 7))
        assert_agrees(mean_squared_error, rng.normal(0, 2, size=5), rng.normal(0, 2, size=5))
    assert_agrees(mean_squared_error, np.array([1, 0, 1]), np.array([0.8, 0.4, 0.5]))


@graded
def test_mean_squared_error_any_shape(mean_squared_error):
    """mean_squared_error takes tables, one sample and bytes, and refuses shapes that differ"""
    assert_agrees(mean_squared_error, TABLE, GUESS)
    assert_agrees(mean_squared_error, np.array([2.0]), np.array([-1.0]))
    assert_agrees(mean_squared_error, BYTES, OTHER_BYTES)
    for rng in rngs():
        truth = rng.normal(0, 3, size=(3, 4))
        assert_agrees(mean_squared_error, truth, truth)
        assert_agrees(mean_squared_error, truth, truth + rng.uniform(1.2, 1.9))
    refuses_other_shapes(mean_squared_error)


@graded
def test_mean_squared_error_craft(mean_squared_error):
    """mean_squared_error gives one number and leaves its inputs alone"""
    assert_agrees(mean_squared_error, LABELS, varied(rngs(1)[0], VOTES))
    assert_leaves_inputs_alone(mean_squared_error, VOTES, np.array([0.5, 0.25, 1.0, 0.0, 0.75]))
    assert_leaves_inputs_alone(mean_squared_error, TABLE, GUESS)


@graded
def test_mean_absolute_error_basic(mean_absolute_error):
    """mean_absolute_error takes the size of every error and then the mean"""
    for rng in rngs():
        assert_agrees(mean_absolute_error, *votes(rng, 7))
        assert_agrees(mean_absolute_error, rng.normal(0, 2, size=5), rng.normal(0, 2, size=5))
    assert_agrees(mean_absolute_error, np.array([1, 0, 1]), np.array([0.8, 0.4, 0.5]))


@graded
def test_mean_absolute_error_any_shape(mean_absolute_error):
    """mean_absolute_error takes tables, one sample and bytes, and refuses shapes that differ"""
    assert_agrees(mean_absolute_error, TABLE, GUESS)
    assert_agrees(mean_absolute_error, np.array([2.0]), np.array([-1.0]))
    assert_agrees(mean_absolute_error, BYTES, OTHER_BYTES)
    for rng in rngs():
        truth = rng.normal(0, 3, size=(3, 4))
        assert_agrees(mean_absolute_error, truth, truth)
        assert_agrees(mean_absolute_error, truth, truth + rng.uniform(1.2, 1.9))
    refuses_other_shapes(mean_absolute_error)


@graded
def test_mean_absolute_error_craft(mean_absolute_error):
    """mean_absolute_error gives one number and leaves its inputs alone"""
    assert_agrees(mean_absolute_error, LABELS, varied(rngs(1)[0], VOTES))
    assert_leaves_inputs_alone(mean_absolute_error, VOTES, np.array([0.5, 0.25, 1.0, 0.0, 0.75]))
    assert_leaves_inputs_alone(mean_absolute_error, TABLE, GUESS)


# ---------------------------------------------------------------- binary_cross_entropy


def sure_votes(subject, label, vote, dtype=float):
    """The loss of one sure vote, as a number; a right one is free, a wrong one costs much and is finite."""
    loss = subject(np.array([label]), np.array([vote], dtype))
    told = f"y_true = [{label}] and y_prob = [{vote}]" + (" in float32" if dtype is np.float32 else "")
    require(np.ndim(loss) == 0, f"One number must come out, also for one sample; you gave shape {np.shape(loss)}.")
    if label == vote:
        require(abs(loss) < 1e-6, f"A sure, right vote costs nothing; for {told} you gave {float(loss):.4g}.")
    else:
        require(
            5 < loss < 1000,
            f"A sure, wrong vote costs much (above 5), but not infinitely much; for {told} you gave {float(loss):.4g}.",
        )


@graded
def test_binary_cross_entropy_basic(binary_cross_entropy):
    """binary_cross_entropy is the mean surprise over all samples, of both labels"""
    for rng in rngs():
        assert_agrees(binary_cross_entropy, *votes(rng, 7))
        assert_agrees(binary_cross_entropy, *votes(rng, 4))
    assert_agrees(binary_cross_entropy, np.array([1, 0, 1]), np.array([0.8, 0.4, 0.5]))
    assert_agrees(binary_cross_entropy, np.array([0]), np.array([0.25]))


@graded
def test_binary_cross_entropy_finite_at_zero_and_one(binary_cross_entropy):
    """binary_cross_entropy stays finite at probabilities of exactly 0 and 1, in float32 too, and refuses shapes that
    differ
    """
    assert_agrees(binary_cross_entropy, LABELS, np.array([0.5, 0.002, 0.9, 0.003, 0.998]))
    for label in (1, 0):
        sure_votes(binary_cross_entropy, label, 1 - label)
        sure_votes(binary_cross_entropy, label, label)
        sure_votes(binary_cross_entropy, label, 1 - label, np.float32)
        sure_votes(binary_cross_entropy, label, label, np.float32)
        loss = binary_cross_entropy(np.array([label]), np.array([1.0 - label]), eps=1e-3)
        assert_close(
            loss,
            math.log(1000),
            f"binary_cross_entropy([{label}], [{1 - label}], eps=1e-3), which keeps p between 0.001 and 0.999",
            rtol=1e-2,
        )
    loss = binary_cross_entropy(np.array([1]), np.array([1.0]), eps=1e-3)
    require(
        loss >= 0,
        f"No loss is below 0: with eps=1e-3 a sure, right vote costs 0.001; you gave {float(loss):.4g}. Clip p; "
        "log(p + eps) can be above 0.",
    )
    for rng in rngs():  # a mean does not care how often the whole committee is asked
        y, p = votes(rng, 6)
        assert_close(
            binary_cross_entropy(np.tile(y, 3), np.tile(p, 3)),
            right.binary_cross_entropy(y, p),
            "binary_cross_entropy of the same six votes, three times over",
        )
    refuses_other_shapes(binary_cross_entropy)


@graded
def test_binary_cross_entropy_craft(binary_cross_entropy):
    """binary_cross_entropy leaves its inputs alone and never takes the logarithm of 0"""
    assert_agrees(binary_cross_entropy, LABELS, varied(rngs(1)[0], VOTES))
    assert_leaves_inputs_alone(
        binary_cross_entropy, np.array([1.0, 0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.3, 0.6]), eps=0.05
    )
    assert_no_warnings(
        binary_cross_entropy,
        np.array([1, 0, 0, 1]),
        np.array([1.0, 0.0, 1.0, 0.0]),
        look="Clip p before you take its logarithm.",
    )


# ---------------------------------------------------------------- categorical_cross_entropy


@graded
def test_categorical_cross_entropy_basic(categorical_cross_entropy):
    """categorical_cross_entropy is the mean surprise at the right class"""
    for rng in rngs():
        assert_agrees(categorical_cross_entropy, *choices(rng, 6, 4)[1:])
        assert_agrees(categorical_cross_entropy, *choices(rng, 4, 5)[1:])
    assert_agrees(
        categorical_cross_entropy, np.array([[0, 1, 0], [1, 0, 0]]), np.array([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2]])
    )


@graded
def test_categorical_cross_entropy_finite_at_zero(categorical_cross_entropy):
    """categorical_cross_entropy stays finite at probabilities of 0, and refuses shapes that differ"""
    Y = np.array([[0, 1, 0], [0, 0, 1]])
    assert_agrees(categorical_cross_entropy, Y, np.array([[0.3, 0.5, 0.2], [0.6, 0.1, 0.3]]))
    assert_agrees(categorical_cross_entropy, Y, np.array([[0.0, 0.6, 0.4], [0.75, 0.0, 0.25]]))
    assert_agrees(categorical_cross_entropy, np.array([[0, 0, 1, 0]]), np.array([[0.1, 0.2, 0.3, 0.4]]))
    for dtype in (float, np.float32):
        loss = categorical_cross_entropy(np.array([[1, 0, 0]]), np.array([[0, 1, 0]], dtype))
        require(
            5 < loss < 1000,
            "A right class that was given probability 0 costs much (above 5), but not infinitely much; you gave "
            f"{float(loss):.4g}.",
        )
        loss = categorical_cross_entropy(np.array([[0, 1, 0]]), np.array([[0, 1, 0]], dtype))
        require(
            abs(loss) < 1e-6, f"A right class that was given probability 1 costs nothing; you gave {float(loss):.4g}."
        )
    square = np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8]])
    assert_raises(
        categorical_cross_entropy,
        ValueError,
        np.array([2, 0, 1]),
        square,
        because="y_true holds class numbers, shape (3,), where one-hot rows are wanted",
    )
    assert_raises(
        categorical_cross_entropy,
        ValueError,
        np.array([[0], [1], [0]]),
        square,
        because=STRETCH.format((3, 1), (3, 3), 9),
    )


@graded
def test_categorical_cross_entropy_craft(categorical_cross_entropy):
    """categorical_cross_entropy leaves its inputs alone and never takes the logarithm of 0"""
    Y, P = (
        np.eye(4)[CHOICES],
        np.array(
            [
                [0.1, 0.2, 0.4, 0.3],
                [0.3, 0.3, 0.2, 0.2],
                [0.25, 0.25, 0.1, 0.4],
                [0.4, 0.1, 0.3, 0.2],
                [0.05, 0.7, 0.05, 0.2],
            ]
        ),
    )
    P **= rngs(1)[0].uniform(0.9, 1.1)  # the largest stays the largest
    assert_agrees(categorical_cross_entropy, Y, P / P.sum(axis=1, keepdims=True))
    hard = np.eye(4)[[2, 0, 1, 0, 1]]
    assert_leaves_inputs_alone(categorical_cross_entropy, Y, hard)
    assert_no_warnings(
        categorical_cross_entropy, Y, hard, look="Clip the probabilities before you take their logarithm."
    )


# ---------------------------------------------------------------- cross_entropy_with_logits


@graded
def test_cross_entropy_with_logits_basic(cross_entropy_with_logits):
    """cross_entropy_with_logits takes raw scores and class numbers, and gives the mean surprise at the right class"""
    assert_agrees(cross_entropy_with_logits, CHOICES, SCORES)
    for rng in rngs():
        assert_agrees(cross_entropy_with_logits, rng.integers(4, size=6), rng.normal(0, 2, size=(6, 4)))
        assert_agrees(cross_entropy_with_logits, rng.integers(5, size=3), rng.normal(0, 2, size=(3, 5)))
    assert_agrees(cross_entropy_with_logits, np.array([0, 2]), np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]]))


@graded
def test_cross_entropy_with_logits_is_stable(cross_entropy_with_logits):
    """cross_entropy_with_logits is exact for scores of 1000, one row, whole numbers, and does not change when a row
    is shifted
    """
    assert_agrees(cross_entropy_with_logits, CHOICES, SCORES)
    assert_agrees(cross_entropy_with_logits, np.array([1]), np.array([[0.5, -1.0, 2.0]]))
    assert_agrees(
        cross_entropy_with_logits, np.array([0, 3, 3]), np.array([[1, 2, 3, 0], [0, -2, 4, 3], [-1, 0, 0, -3]])
    )
    assert_agrees(cross_entropy_with_logits, np.array([0, 2, 1, 2]), FAR)
    assert_agrees(cross_entropy_with_logits, np.array([2, 0, 1, 0]), FAR)
    for rng in rngs():
        Z, y = rng.normal(0, 2, size=(4, 4)), rng.integers(4, size=4)
        shifted = Z + rng.normal(0, 30, size=(4, 1))
        assert_close(
            cross_entropy_with_logits(y, shifted),
            right.cross_entropy_with_logits(y, Z),
            "the loss after adding one number to all scores of a row",
        )


@graded
def test_cross_entropy_with_logits_craft(cross_entropy_with_logits):
    """cross_entropy_with_logits leaves its inputs alone and does not overflow on the way"""
    assert_agrees(cross_entropy_with_logits, CHOICES, varied(rngs(1)[0], SCORES))
    assert_leaves_inputs_alone(cross_entropy_with_logits, CHOICES, SCORES)
    assert_no_warnings(
        cross_entropy_with_logits,
        np.array([0, 2, 1, 2]),
        FAR,
        look="Subtract each row's largest score before you take exp, and take no logarithm of a share.",
    )


# ---------------------------------------------------------------- gradients by formula


@graded
def test_mean_squared_error_gradient_basic(mean_squared_error_gradient):
    """mean_squared_error_gradient gives the slope of the loss in every prediction"""
    for rng in rngs():
        y, p = votes(rng, 7)
        assert_agrees(mean_squared_error_gradient, y, p)
        assert_gradient(
            mean_squared_error_gradient(y, p),
            lambda q: right.mean_squared_error(y, q),
            p,
            "the slopes of mean_squared_error, measured with small steps",
        )
    assert_agrees(mean_squared_error_gradient, np.array([1, 0, 1]), np.array([0.8, 0.4, 0.5]))


@graded
def test_mean_squared_error_gradient_any_shape(mean_squared_error_gradient):
    """mean_squared_error_gradient keeps the shape of tables, one sample and bytes, and refuses shapes that differ"""
    assert_agrees(mean_squared_error_gradient, TABLE, GUESS)
    assert_agrees(mean_squared_error_gradient, np.array([2.0]), np.array([-1.0]))
    assert_agrees(mean_squared_error_gradient, np.array([3, -1, 2, 0]), np.array([1, 1, 4, 0]))
    assert_agrees(mean_squared_error_gradient, BYTES, OTHER_BYTES)
    for rng in rngs():
        Y, P = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
        assert_gradient(
            mean_squared_error_gradient(Y, P),
            lambda Q: right.mean_squared_error(Y, Q),
            P,
            "the slopes of mean_squared_error in a (3, 4) table, measured",
        )
    refuses_other_shapes(mean_squared_error_gradient)


@graded
def test_mean_squared_error_gradient_craft(mean_squared_error_gradient):
    """mean_squared_error_gradient leaves its inputs alone"""
    assert_agrees(mean_squared_error_gradient, LABELS, varied(rngs(1)[0], VOTES))
    assert_leaves_inputs_alone(mean_squared_error_gradient, VOTES, np.array([0.5, 0.25, 1.0, 0.0, 0.75]))
    assert_leaves_inputs_alone(mean_squared_error_gradient, TABLE, GUESS)


@graded
def test_binary_cross_entropy_gradient_basic(binary_cross_entropy_gradient):
    """binary_cross_entropy_gradient gives the slope of the loss in every probability"""
    for rng in rngs():
        y, p = votes(rng, 7)
        assert_agrees(binary_cross_entropy_gradient, y, p)
        assert_gradient(
            binary_cross_entropy_gradient(y, p),
            lambda q: right.binary_cross_entropy(y, q),
            p,
            "the slopes of binary_cross_entropy, measured with small steps",
        )
    assert_agrees(binary_cross_entropy_gradient, np.array([1, 0, 1]), np.array([0.8, 0.4, 0.5]))


@graded
def test_binary_cross_entropy_gradient_finite_at_zero_and_one(binary_cross_entropy_gradient):
    """binary_cross_entropy_gradient is steep and finite at probabilities of exactly 0 and 1, in float32 too, and
    refuses shapes that differ
    """
    rng = rngs(1)[0]
    assert_agrees(binary_cross_entropy_gradient, LABELS, np.array([0.5, 0.002, 0.9, 0.003, 0.998]))
    assert_agrees(binary_cross_entropy_gradient, np.array([0]), rng.uniform(0.7, 0.8, size=1))
    for dtype in (float, np.float32):
        slopes = np.asarray(binary_cross_entropy_gradient(np.array([1, 0]), np.array([0.0, 1.0], dtype)))
        require(
            slopes.shape == (2,) and -1e100 < slopes[0] < -1e3 and 1e3 < slopes[1] < 1e100,
            "For y_true = [1, 0] and y_prob = [0, 1] the slopes must be steep (below -1000, above 1000) and finite; "
            f"you gave {slopes.tolist()}.",
        )
        slopes = np.asarray(binary_cross_entropy_gradient(np.array([1, 0]), np.array([1.0, 0.0], dtype)))
        require(
            np.isfinite(slopes).all(), f"Sure, right votes must have finite slopes too; you gave {slopes.tolist()}."
        )
    refuses_other_shapes(binary_cross_entropy_gradient)


@graded
def test_binary_cross_entropy_gradient_craft(binary_cross_entropy_gradient):
    """binary_cross_entropy_gradient leaves its inputs alone and never divides by 0"""
    assert_agrees(binary_cross_entropy_gradient, LABELS, varied(rngs(1)[0], VOTES))
    assert_leaves_inputs_alone(
        binary_cross_entropy_gradient, np.array([1.0, 0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.3, 0.6])
    )
    assert_no_warnings(
        binary_cross_entropy_gradient,
        np.array([1, 0, 0, 1]),
        np.array([1.0, 0.0, 1.0, 0.0]),
        look="Clip p before you divide by it.",
    )


@graded
def test_softmax_cross_entropy_gradient_basic(softmax_cross_entropy_gradient):
    """softmax_cross_entropy_gradient gives the slope of the loss in every score"""
    assert_agrees(softmax_cross_entropy_gradient, CHOICES, SCORES)
    for rng in rngs():
        y, Z = rng.integers(4, size=6), rng.normal(0, 1.5, size=(6, 4))
        y[0] = 3  # no class is absent here
        assert_agrees(softmax_cross_entropy_gradient, y, Z)
        assert_gradient(
            softmax_cross_entropy_gradient(y, Z),
            lambda V: right.cross_entropy_with_logits(y, V),
            Z,
            "the slopes of cross_entropy_with_logits, measured with small steps",
        )
    assert_agrees(softmax_cross_entropy_gradient, np.array([0, 2]), np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]]))


@graded
def test_softmax_cross_entropy_gradient_is_stable(softmax_cross_entropy_gradient):
    """softmax_cross_entropy_gradient is exact for scores of 1000, one row, whole numbers and absent classes, and
    every row sums to 0
    """
    assert_agrees(softmax_cross_entropy_gradient, CHOICES, varied(rngs(1)[0], SCORES))
    assert_agrees(softmax_cross_entropy_gradient, np.array([1]), np.array([[0.5, -1.0, 2.0]]))
    assert_agrees(
        softmax_cross_entropy_gradient, np.array([0, 1, 0]), np.array([[1, 2, 3, 0], [0, -2, 4, 3], [-1, 0, 0, -3]])
    )
    assert_agrees(softmax_cross_entropy_gradient, np.array([2, 0, 1, 0]), FAR)
    for rng in rngs():
        Z, y = rng.normal(0, 2, size=(4, 4)), rng.integers(4, size=4)
        slopes = np.asarray(softmax_cross_entropy_gradient(y, Z))
        sums = slopes.sum(axis=-1)
        require(
            np.allclose(sums, 0),
            "Each row of slopes must sum to 0: what one class wins the others lose. Yours sum to "
            f"{np.round(sums, 4).tolist()}.",
        )


@graded
def test_softmax_cross_entropy_gradient_craft(softmax_cross_entropy_gradient):
    """softmax_cross_entropy_gradient leaves its inputs alone and does not overflow on the way"""
    assert_agrees(softmax_cross_entropy_gradient, CHOICES, varied(rngs(1)[0], SCORES))
    assert_leaves_inputs_alone(softmax_cross_entropy_gradient, CHOICES, SCORES)
    assert_no_warnings(
        softmax_cross_entropy_gradient,
        np.array([0, 2, 1, 2]),
        FAR,
        look="Subtract each row's largest score before you take exp.",
    )


# ---------------------------------------------------------------- chain


@graded
def test_chain_basic(chain):
    """chain gives the three slopes and their product"""
    for rng in rngs():
        assert_agrees(chain, rng.uniform(0.5, 2), rng.uniform(0.3, 1.5))
        assert_agrees(chain, rng.uniform(2, 3), -rng.uniform(0.3, 1))
    assert_agrees(chain, 4.0, 0.5)


@graded
def test_chain_both_signs(chain):
    """chain is right for negative numbers, for zeros and for whole numbers"""
    rng = rngs(1)[0]
    assert_agrees(chain, -rng.uniform(1, 2), rng.uniform(1, 2))
    assert_agrees(chain, -rng.uniform(1, 2), -rng.uniform(1, 2))
    assert_agrees(chain, 0.0, 3.0)
    assert_agrees(chain, 3.0, 0.0)
    assert_agrees(chain, 2, -1)
    assert_agrees(chain, 5.0, -4.0)


@graded
def test_chain_is_a_slope(chain):
    """the last of the four plain numbers agrees with the measured slope of the loss in w"""
    for rng in rngs():
        w, x = float(rng.normal()), float(rng.choice([-1, 1]) * rng.uniform(0.4, 2))
        assert_agrees(chain, w, x)
        slopes = chain(w, x)
        require(
            [np.ndim(slope) for slope in slopes] == [0] * 4,
            f"Four plain numbers must come out; yours have shapes {[np.shape(slope) for slope in slopes]}.",
        )
        assert_gradient(
            np.asarray(slopes[3]),
            lambda v: float(np.log1p(np.exp(-v * x))),
            np.array(w),
            "dL_dw, beside the measured slope of -log(sigmoid(w x)) in w",
        )


# ---------------------------------------------------------------- numerical_gradient, relative_error


def measured(subject, told, f, x, **kwargs):
    """The learner's slopes of f at x beside the reference's. Steps of 1e-4 to 1e-6 and better formulas agree to far
    below 1e-6.
    """
    assert_agrees_on(subject, told, lambda gradient: gradient(f, np.array(x), **kwargs), rtol=1e-7, atol=1e-6)


def bowl(rng, n):
    """A steep quadratic whose entries all pull at each other: one-sided steps and steps not taken back show."""
    A = rng.normal(0, 30, size=(n, n)) + 40 * np.eye(n)
    return lambda x: float(x @ A @ x)


def product(x):
    return float(x[0] ** 2 + 3 * x[0] * x[1])


def tilted(X):
    """A function of a (2, 3) table."""
    return float(np.sum(X * np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]]) * X) + 7 * X[0, 1] * X[1, 2])


def waves(x):
    return float(np.sum(np.sin(x)))


@graded
def test_numerical_gradient_basic(numerical_gradient):
    """numerical_gradient measures the slope along every entry, with one step up and one step down"""
    for rng in rngs():
        measured(
            numerical_gradient,
            "numerical_gradient(f, x) for f(x) = x A x with a random A",
            bowl(rng, 4),
            rng.normal(size=4),
        )
    measured(
        numerical_gradient,
        "numerical_gradient(f, x) for f(x) = x[0]**2 + 3 x[0] x[1] at x = [1, 2]",
        product,
        [1.0, 2.0],
    )


@graded
def test_numerical_gradient_any_shape(numerical_gradient):
    """numerical_gradient takes tables and whole numbers, and uses the step that it is given"""
    measured(
        numerical_gradient,
        "numerical_gradient(f, X) for a function of a table X of shape (2, 3)",
        tilted,
        [[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]],
    )
    measured(
        numerical_gradient,
        "numerical_gradient(f, x) for f(x) = x[0]**2 + 3 x[0] x[1] + sin(x[0]) + sin(x[1]) at the whole numbers x = "
        "[3, -2]",
        lambda x: product(x) + waves(x),
        [3, -2],
    )
    measured(numerical_gradient, "numerical_gradient(f, x) for one entry, x = [0.5]", waves, [0.5])
    for rng in rngs(1):
        y, p = votes(rng, 5)
        p = 0.2 + 0.6 * p  # not where the curve bends most: longer steps are welcome
        measured(
            numerical_gradient,
            "numerical_gradient of a binary cross-entropy",
            lambda q: right.binary_cross_entropy(y, q),
            p,
        )
    slopes = np.asarray(
        numerical_gradient.case(
            "numerical_gradient(f, [0.0, 0.0], h=2.0) for f(x) = sum(sin(x))",
            lambda gradient: gradient(waves, np.array([0.0, 0.0]), h=2.0),
        )
    )
    require(
        slopes.shape == (2,) and (np.abs(slopes) < 0.8).all(),
        "With steps of h = 2 the sine's slope at 0 must come out well below 1 (sin(2) / 2 = 0.455); you gave "
        f"{slopes.tolist()}. Use the argument h.",
    )


@graded
def test_numerical_gradient_craft(numerical_gradient):
    """numerical_gradient leaves x as it was"""
    start = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]])
    a, b = rngs(1)[0].integers((35, 20), (50, 30))
    measured(
        numerical_gradient,
        f"numerical_gradient(f, x) for f(x) = {a} x[0]**2 + {b} x[1]**2 + 7 x[0] x[1] at x = [0.01, -0.03]",
        lambda x: float(a * x[0] ** 2 + b * x[1] ** 2 + 7 * x[0] * x[1]),
        [0.01, -0.03],
    )

    def afterwards(gradient):
        x = start.copy()
        gradient(tilted, x)
        return x

    left = numerical_gradient.case("x after numerical_gradient(f, x)", afterwards)
    require(
        np.allclose(left, start, rtol=1e-9, atol=1e-12),
        f"numerical_gradient must leave the caller's x as it was; its first row became {np.asarray(left)[0].tolist()}.",
    )


@graded
def test_relative_error_basic(relative_error):
    """relative_error is the largest difference, measured against the size of the two numbers"""
    for rng in rngs():
        a = rng.normal(0, 2, size=6)
        assert_agrees(relative_error, a, a + rng.normal(0, 0.3, size=6))
        assert_agrees(relative_error, rng.normal(0, 5, size=4), rng.normal(0, 5, size=4))
    assert_agrees(relative_error, np.array([1.0, 0.5]), np.array([1.1, 0.5]))
    assert_agrees(relative_error, np.array([0.2, -0.1]), np.array([0.25, -0.1]))


@graded
def test_relative_error_zero_and_symmetric(relative_error):
    """relative_error is 0 for equal numbers, zeros too, treats both sides alike, and is never above 1"""
    A, B = np.array([[2.0, -1.0, 0.5], [0.25, 3.0, -4.0]]), np.array([[2.5, -1.0, 0.4], [0.8, 3.5, -4.0]])
    assert_agrees(relative_error, A, B)
    assert_agrees(relative_error, B, A)
    assert_agrees(relative_error, np.array([-3, 2, 7]), np.array([-3, 4, 6]))
    assert_agrees(relative_error, np.array([1.0, -0.2]), np.array([1.0, 0.3]))
    assert_agrees(
        relative_error, 0.001 * A, 0.001 * B, rtol=1e-4
    )  # a guard of 1e-8 may be added instead of being a floor
    assert_agrees(relative_error, np.zeros(3), np.zeros(3))
    assert_agrees(relative_error, np.array([0.0, 2.0, 0.0]), np.array([0.0, 2.5, 0.0]))
    for small, floor_is in ((1e-10, "low"), (1e-6, "high")):  # the floor is 1e-8; added, it gives nearly the same
        a, b = np.array([small]), np.array([0.0 if floor_is == "low" else 2 * small])
        error = float(np.asarray(relative_error(a, b)))
        require(
            error < 0.1 if floor_is == "low" else error > 0.3,
            f"relative_error({a.tolist()}, {b.tolist()}) must be {right.relative_error(a, b):.3g}, since the divisor "
            f"never falls below 1e-8; you gave {error:.3g}: your floor is too {floor_is}.",
        )


@graded
def test_relative_error_craft(relative_error):
    """relative_error leaves its inputs alone and does not divide by 0"""
    assert_agrees(relative_error, np.array([0.7, -1.2, 3.0]), np.array([0.9, -1.1, rngs(1)[0].uniform(1.5, 2.2)]))
    assert_leaves_inputs_alone(relative_error, np.array([0.7, -1.2, 3.0]), np.array([-0.9, -1.1, 2.0]))
    assert_no_warnings(
        relative_error, np.array([0.0, 1.0]), np.array([0.0, 1.5]), look="Let the denominator never fall below 1e-8."
    )


# ---------------------------------------------------------------- my_tests


def _loss(of_clipped, low=1e-12, high=1e-12):
    """A loss from what it makes of labels and clipped probabilities; refuses shapes that differ, as a right one
    does.
    """

    def loss(y_true, y_prob, eps=None):
        y, p = np.asarray(y_true, float), np.asarray(y_prob, float)
        if y.shape != p.shape:
            raise ValueError("y_true and y_prob must have the same shape")
        return of_clipped(y, np.clip(p, eps or low, 1 - (eps or high)))

    return loss


def _surprise(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def _hides(y, p):
    sure = (p < 1e-9) | (p > 1 - 1e-9)
    return float(np.mean(np.where(sure, 0.0, _surprise(y, p))))


def _by_loop(y, p):
    return math.fsum(-math.log(q if label == 1 else 1 - q) for label, q in zip(y.ravel(), p.ravel())) / y.size


LOSSES = {  # what `my_tests` is given, and what is said when it decides wrongly
    "zero": (_loss(lambda y, p: 0.0), "accepts a loss that is always 0"),
    "sum": (
        _loss(lambda y, p: float(np.sum(_surprise(y, p)))),
        "accepts a loss that adds up the samples where it should take their mean",
    ),
    "half": (
        _loss(lambda y, p: float(-np.mean(y * np.log(p)))),
        "accepts a loss in which samples with label 0 cost nothing",
    ),
    "base": (
        _loss(lambda y, p: float(np.mean(_surprise(y, p)) / np.log(2))),
        "accepts a loss with the logarithm to base 2, 1.44 times too large",
    ),
    "hidden": (_loss(_hides), "accepts a loss that charges nothing for a wrong vote of exactly 0 or 1"),
    "wide": (
        _loss(lambda y, p: float(np.mean(_surprise(y, p))), 0.01, 0.01),
        "accepts a loss that clips at 0.01 and 0.99: a perfect vote costs 0.01, and a sure, wrong one only 4.6",
    ),
    "plain": (_loss(lambda y, p: float(np.mean(_surprise(y, p)))), "rejects a right loss"),
    "array": (
        _loss(lambda y, p: np.array(np.mean(_surprise(y, p))), 1e-7, 1e-7),
        "rejects a right loss that clips at 1e-7 and returns its number as a NumPy array without axes",
    ),
    "loop": (
        _loss(_by_loop, 1e-15, 1e-15),
        "rejects a right loss that clips at 1e-15 and adds up in a loop, so that its last digits differ",
    ),
}
RIGHT_LOSSES = ("plain", "array", "loop")


def judges(subject, names):
    """The learner's tests must accept the right losses and reject the wrong ones among `names`."""
    order = shuffled([*LOSSES, *rngs(1)[0].choice(list(LOSSES), 3)])  # whoever counts the calls knows nothing
    found = subject.case(
        "my_tests, tried on right and wrong losses", lambda tests: [verdict(tests, LOSSES[name][0]) for name in order]
    )
    for name, result in sorted(
        zip(order, found), key=lambda one: list(LOSSES).index(one[0])
    ):  # the plainest mistake first
        if name in names:
            require(
                result in ("accepted", "rejected"),
                f"my_tests(loss_fn) itself broke, with {result}. A wrong loss must give an AssertionError, a right "
                "one nothing.",
            )
            require(result == ("accepted" if name in RIGHT_LOSSES else "rejected"), f"my_tests {LOSSES[name][1]}.")


@graded
def test_my_tests_basic(my_tests):
    """my_tests rejects two losses with everyday mistakes, and accepts a right one"""
    judges(my_tests, ("zero", "sum", "half", "plain"))


@graded
def test_my_tests_finds_subtle_mistakes(my_tests):
    """my_tests rejects three losses that look right at a first glance, and accepts a right one"""
    judges(my_tests, ("zero", "base", "hidden", "wide", "plain"))


@graded
def test_my_tests_craft(my_tests):
    """my_tests accepts every right loss, however it was written, and still rejects a wrong one"""
    judges(my_tests, ("zero", *RIGHT_LOSSES))


# ---------------------------------------------------------------- from the score

FAR_SCORES = np.array([1000.0, -1000.0, 2.0, -700.5, 0.0])


@graded
def test_binary_cross_entropy_with_logits_basic(binary_cross_entropy_with_logits):
    """binary_cross_entropy_with_logits is the mean surprise of the labels, from the scores before the sigmoid"""
    assert_agrees(binary_cross_entropy_with_logits, LABELS, np.array([0.5, -1.5, 2.0, -0.25, 1.0]))
    for rng in rngs():
        y, _ = votes(rng, 6)
        assert_agrees(binary_cross_entropy_with_logits, y, rng.normal(0, 2, size=6))


@graded
def test_binary_cross_entropy_with_logits_is_stable(binary_cross_entropy_with_logits):
    """binary_cross_entropy_with_logits is exact for scores of 1000 and whole numbers, and refuses other shapes"""
    assert_agrees(binary_cross_entropy_with_logits, LABELS, FAR_SCORES)
    assert_agrees(binary_cross_entropy_with_logits, 1 - LABELS, FAR_SCORES)
    assert_agrees(binary_cross_entropy_with_logits, np.array([1]), np.array([-3.0]))
    assert_agrees(binary_cross_entropy_with_logits, np.array([0, 1, 0]), np.array([2, -4, 1]))
    for y, z in ((LABELS, FAR_SCORES[:, None]), (LABELS[:, None], FAR_SCORES), (LABELS[:1], FAR_SCORES)):
        assert_raises(
            binary_cross_entropy_with_logits, ValueError, y, z, because=f"the shapes are {y.shape} and {z.shape}"
        )


@graded
def test_binary_cross_entropy_with_logits_craft(binary_cross_entropy_with_logits):
    """binary_cross_entropy_with_logits leaves its inputs alone and overflows nowhere"""
    z = varied(rngs(1)[0], [0.5, -1.5, 2.0, -0.25, 1.0])
    assert_agrees(binary_cross_entropy_with_logits, LABELS, z)
    assert_leaves_inputs_alone(binary_cross_entropy_with_logits, LABELS, z)
    assert_no_warnings(
        binary_cross_entropy_with_logits, LABELS, FAR_SCORES, look="Take exp of -np.abs(z) alone: it is never above 0."
    )


@graded
def test_softmax_jacobian_basic(softmax_jacobian):
    """softmax_jacobian is the table of slopes of every share in every score"""
    for rng in rngs():
        assert_agrees(softmax_jacobian, rng.normal(0, 1.5, size=4))
        assert_agrees(softmax_jacobian, rng.normal(0, 1.5, size=3))
    assert_agrees(softmax_jacobian, np.array([np.log(2), 0.0, 0.0]))


@graded
def test_softmax_jacobian_is_measured(softmax_jacobian):
    """softmax_jacobian agrees with measured slopes, for whole numbers, large scores and a single class"""
    for rng in rngs():
        z, weights = rng.normal(0, 1.5, size=5), rng.normal(size=5)
        assert_agrees(softmax_jacobian, z)
        table = softmax_jacobian(z)
        require(
            np.shape(table) == (5, 5), f"Five scores make a table of shape (5, 5); yours has shape {np.shape(table)}."
        )
        assert_gradient(
            weights @ np.asarray(table),
            lambda v, weights=weights: float(weights @ softmax(v)),
            z,
            "weights @ softmax_jacobian(z), beside the measured slopes of weights @ softmax(z)",
        )
    assert_agrees(softmax_jacobian, np.array([1, -2, 3]))
    assert_agrees(softmax_jacobian, np.array([4.0]))
    assert_agrees(softmax_jacobian, np.array([1000.0, 999.0, -1000.0]))


@graded
def test_softmax_jacobian_craft(softmax_jacobian):
    """softmax_jacobian leaves the scores alone and overflows nowhere"""
    z = varied(rngs(1)[0], [0.3, -1.2, 2.0, 0.7])
    assert_agrees(softmax_jacobian, z)
    assert_leaves_inputs_alone(softmax_jacobian, z)
    assert_no_warnings(
        softmax_jacobian, np.array([1000.0, 2.0, -1000.0]), look="Subtract the largest score before you take exp."
    )


# ---------------------------------------------------------------- quiz

test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8 = quiz_tests(8)
