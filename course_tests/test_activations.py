"""Hidden tests of 03_activations. See checks.py for what each check says when it fails."""

import numpy as np

from course_tests.checks import (
    Case,
    assert_agrees,
    assert_agrees_on,
    assert_close,
    assert_fast,
    assert_gradient,
    assert_leaves_inputs_alone,
    assert_no_warnings,
    assert_raises_on,
    graded,
    quiz_tests,
    require,
    rngs,
    varied,
)
from course_tests.reference import activations as right

MIXED = np.array([[-1.3, 2.1, 0.7], [0.4, -3.2, -0.6]])  # both signs, no symmetry, not square
WHOLE = np.array([[-3, 2, 1, -1], [4, -2, -4, 3]])  # integers: an answer kept in an integer array loses its decimals


def away_from_kink(rng, size):
    """Scores of both signs, none nearer to 0 than 0.01: the slope at 0 is a matter of taste."""
    z = rng.normal(0, 2, size=size)
    return np.where(np.abs(z) < 0.01, 0.5, z)


def good_manners(subject):
    """Right on ordinary scores (or there is nothing to praise); the caller's array as it was; one number in, one
    number out.
    """
    assert_agrees(subject, varied(rngs(1)[0], MIXED))
    assert_leaves_inputs_alone(subject, MIXED)
    for shape in ((1, 4), (4, 1), (2, 3, 2)):
        got = np.shape(subject(np.full(shape, 0.5)))
        require(got == shape, f"Scores of shape {shape} must give {subject.name} of the same shape; yours has {got}.")
    got = np.shape(subject(np.float64(1.5)))
    require(got == (), f"One number must give one number; {subject.name}(1.5) has shape {got}.")


# ---------------------------------------------------------------- step


@graded
def test_step_basic(step):
    """step says 1 for positive scores and 0 for negative ones"""
    for rng in rngs():
        assert_agrees(step, away_from_kink(rng, 7))
        assert_agrees(step, away_from_kink(rng, (4, 3)))


@graded
def test_step_at_zero(step):
    """step(0) is 1, and step takes whole numbers and tables"""
    assert_agrees(step, np.array([-2.5, 0.0, 0.25, -0.0, 3.0]))
    assert_agrees(step, np.array([-2, 0, 3, 7]))
    assert_agrees(step, MIXED)


@graded
def test_step_craft(step):
    """step leaves its input alone, keeps its shape, and takes one number too"""
    good_manners(step)


# ---------------------------------------------------------------- sigmoid


@graded
def test_sigmoid_basic(sigmoid):
    """sigmoid(0) is one half, and ordinary scores are squeezed between 0 and 1"""
    assert_agrees(sigmoid, np.array([0.7, 0.0, 2.0, -2.0, 6.5]))
    for rng in rngs():
        assert_agrees(sigmoid, rng.normal(0, 2, size=7))
        assert_agrees(sigmoid, rng.normal(0, 2, size=(4, 3)))


@graded
def test_sigmoid_is_stable(sigmoid):
    """sigmoid stays between 0 and 1 for very large inputs, and sigmoid(-z) = 1 - sigmoid(z)"""
    rng = rngs(1)[0]
    assert_agrees(sigmoid, varied(rng, [-1000.0, -50.0, -0.8, 0.3, 50.0, 1000.0]))
    assert_agrees(sigmoid, WHOLE)
    z = rng.normal(0, 3, size=50)
    s, mirrored = np.asarray(sigmoid(z)), np.asarray(sigmoid(-z))
    require(
        np.allclose(mirrored, 1 - s),
        f"sigmoid(-z) must be 1 - sigmoid(z); for z = {z[0]:.3g} you gave {mirrored[0]:.3g} and {s[0]:.3g}.",
    )


@graded
def test_sigmoid_craft(sigmoid):
    """sigmoid leaves its input alone, takes one number too, and does not overflow on the way"""
    good_manners(sigmoid)
    assert_no_warnings(
        sigmoid, np.array([-1000.0, -0.5, 2.0, 1000.0]), look="Take exp only of -|z|, which is never large."
    )


@graded
def test_sigmoid_derivative_basic(sigmoid_derivative):
    """sigmoid_derivative gives the slope of sigmoid at z; at 0 it is 0.25"""
    assert_agrees(sigmoid_derivative, np.array([0.0, 1.0, -2.0, 0.7]))
    for rng in rngs():
        assert_agrees(sigmoid_derivative, rng.normal(0, 2, size=7))
        assert_agrees(sigmoid_derivative, rng.normal(0, 2, size=(4, 3)))


@graded
def test_sigmoid_derivative_is_a_slope(sigmoid_derivative):
    """sigmoid_derivative agrees with the measured slope, never exceeds 0.25, and fades far out"""
    assert_agrees(
        sigmoid_derivative, np.array([-300.0, -30.0, -0.8, 0.3, 30.0, 300.0])
    )  # 1000 is for craft: a sigmoid that overflows was paid for
    assert_agrees(sigmoid_derivative, WHOLE)
    for rng in rngs():
        z = rng.uniform(-5, 5, size=12)
        assert_gradient(
            sigmoid_derivative(z),
            lambda x: right.sigmoid(x).sum(),
            z,
            "the slope of sigmoid, measured with small steps",
        )
    slopes = np.asarray(sigmoid_derivative(np.linspace(-6, 6, 25)))
    require(slopes.max() <= 0.25 + 1e-9, f"No slope of sigmoid is above 0.25; you gave {slopes.max():.4g}.")


@graded
def test_sigmoid_derivative_craft(sigmoid_derivative):
    """sigmoid_derivative leaves its input alone, takes one number too, and does not overflow on the way"""
    good_manners(sigmoid_derivative)
    assert_no_warnings(
        sigmoid_derivative,
        np.array([-1000.0, -0.5, 2.0, 1000.0]),
        look="Build it on a sigmoid that takes exp only of -|z|.",
    )


# ---------------------------------------------------------------- tanh


@graded
def test_tanh_basic(tanh):
    """tanh votes between -1 and 1, with tanh(0) = 0"""
    assert_agrees(tanh, np.array([0.0, 1.0, -0.4, 0.7]))
    for rng in rngs():
        assert_agrees(tanh, rng.normal(0, 1, size=7))
        assert_agrees(tanh, rng.normal(0, 1, size=(4, 3)))


@graded
def test_tanh_is_stable(tanh):
    """tanh stays finite far out, tanh(-z) = -tanh(z), and tanh(z) = 2 sigmoid(2z) - 1"""
    assert_agrees(tanh, np.array([-1000.0, -30.0, -0.8, 0.3, 30.0, 1000.0]))
    assert_agrees(tanh, WHOLE)
    z = rngs(1)[0].normal(0, 2, size=40)
    t, mirrored = np.asarray(tanh(z)), np.asarray(tanh(-z))
    require(
        np.allclose(mirrored, -t),
        f"tanh(-z) must be -tanh(z); for z = {z[0]:.3g} you gave {mirrored[0]:.3g} and {t[0]:.3g}.",
    )
    assert_close(t, 2 * right.sigmoid(2 * z) - 1, "tanh(z), beside 2 sigmoid(2z) - 1")


@graded
def test_tanh_craft(tanh):
    """tanh leaves its input alone, takes one number too, and does not overflow on the way"""
    good_manners(tanh)
    assert_no_warnings(
        tanh,
        np.array([-1000.0, -0.5, 2.0, 1000.0]),
        look="2 * sigmoid(2z) - 1 cannot overflow when your sigmoid does not.",
    )


@graded
def test_tanh_derivative_basic(tanh_derivative):
    """tanh_derivative gives the slope of tanh at z; at 0 it is 1"""
    assert_agrees(tanh_derivative, np.array([0.0, 1.0, -0.4, 0.7]))
    for rng in rngs():
        assert_agrees(tanh_derivative, rng.normal(0, 1, size=7))
        assert_agrees(tanh_derivative, rng.normal(0, 1, size=(4, 3)))


@graded
def test_tanh_derivative_is_a_slope(tanh_derivative):
    """tanh_derivative agrees with the measured slope and fades far out"""
    assert_agrees(
        tanh_derivative, np.array([-300.0, -15.0, -0.8, 0.3, 15.0, 300.0])
    )  # 1000 is for craft: a tanh that overflows was paid for
    assert_agrees(tanh_derivative, WHOLE)
    for rng in rngs():
        z = rng.uniform(-3, 3, size=12)
        assert_gradient(
            tanh_derivative(z), lambda x: right.tanh(x).sum(), z, "the slope of tanh, measured with small steps"
        )


@graded
def test_tanh_derivative_craft(tanh_derivative):
    """tanh_derivative leaves its input alone, takes one number too, and does not overflow on the way"""
    good_manners(tanh_derivative)
    assert_no_warnings(
        tanh_derivative,
        np.array([-1000.0, -0.5, 2.0, 1000.0]),
        look="Build it on tanh: 1 - tanh(z)**2 cannot overflow.",
    )


# ---------------------------------------------------------------- relu


@graded
def test_relu_basic(relu):
    """relu keeps positive scores and turns negative ones into 0"""
    assert_agrees(relu, MIXED)
    assert_agrees(relu, np.array([-2.0, 0.0, 3.0, -0.5, 0.25]))
    for rng in rngs():
        assert_agrees(relu, rng.normal(0, 2, size=7))
        assert_agrees(relu, rng.normal(0, 2, size=(4, 3)))


@graded
def test_relu_any_input(relu):
    """relu takes very large scores and whole numbers, and relu(5z) = 5 relu(z)"""
    rng = rngs(1)[0]
    assert_agrees(relu, varied(rng, [-1000.0, -0.8, 0.3, 7.5, 1000.0]))
    assert_agrees(relu, WHOLE)
    z = rng.normal(0, 3, size=40)
    assert_close(relu(5 * z), 5 * np.asarray(relu(z)), "relu(5 * z), beside 5 * relu(z)")


@graded
def test_relu_craft(relu):
    """relu leaves its input alone, keeps its shape, and takes one number too"""
    good_manners(relu)


@graded
def test_relu_derivative_basic(relu_derivative):
    """relu_derivative is 1 for positive scores and 0 for negative ones"""
    assert_agrees(relu_derivative, np.array([-2.0, 3.0, -0.5, 0.25]))
    for rng in rngs():
        assert_agrees(relu_derivative, away_from_kink(rng, 7))
        assert_agrees(relu_derivative, away_from_kink(rng, (4, 3)))


@graded
def test_relu_derivative_is_a_slope(relu_derivative):
    """relu_derivative agrees with the measured slope; at 0 it is any number from 0 to 1"""
    assert_agrees(relu_derivative, np.array([-1000.0, -0.8, 0.3, 7.5, 1000.0]))
    assert_agrees(relu_derivative, WHOLE)
    for rng in rngs():
        z = away_from_kink(rng, 12)
        assert_gradient(
            relu_derivative(z), lambda x: right.relu(x).sum(), z, "the slope of relu, measured with small steps"
        )
    at_zero = np.asarray(relu_derivative(np.array([0.0, 2.0])), float)[0]
    require(0 <= at_zero <= 1, f"At the kink z = 0 the slope may be any number from 0 to 1; you gave {at_zero:.4g}.")


@graded
def test_relu_derivative_craft(relu_derivative):
    """relu_derivative leaves its input alone, takes one number too, and does not divide by zero"""
    good_manners(relu_derivative)
    assert_no_warnings(
        relu_derivative, np.array([-1000.0, 0.0, 1000.0]), look="Ask where z > 0; there is nothing to divide."
    )


# ---------------------------------------------------------------- leaky relu


@graded
def test_leaky_relu_basic(leaky_relu):
    """leaky_relu keeps positive scores and multiplies negative ones by alpha"""
    assert_agrees(leaky_relu, np.array([-2.0, 0.005, 3.0, -0.5, 0.0]))
    assert_agrees(leaky_relu, np.array([-2.0, 0.1, 3.0, -0.5]), alpha=0.2)
    for rng in rngs():
        assert_agrees(leaky_relu, rng.normal(0, 2, size=7), 0.1)
        assert_agrees(leaky_relu, rng.normal(0, 2, size=(4, 3)))


@graded
def test_leaky_relu_any_alpha(leaky_relu):
    """leaky_relu is right for every alpha, for whole numbers and for very large ones"""
    assert_agrees(leaky_relu, MIXED, alpha=0.5)
    assert_agrees(leaky_relu, MIXED, alpha=0.0)
    assert_agrees(leaky_relu, MIXED, alpha=1.0)
    assert_agrees(leaky_relu, WHOLE, alpha=0.25)
    assert_agrees(leaky_relu, np.array([-1000.0, 1000.0, -0.5]))
    for rng in rngs():
        assert_agrees(leaky_relu, rng.normal(0, 2, size=(4, 3)), rng.uniform(1.5, 3))


@graded
def test_leaky_relu_craft(leaky_relu):
    """leaky_relu leaves its input alone, keeps its shape, and takes one number too"""
    good_manners(leaky_relu)


@graded
def test_leaky_relu_derivative_basic(leaky_relu_derivative):
    """leaky_relu_derivative is 1 for positive scores and alpha for negative ones"""
    assert_agrees(leaky_relu_derivative, np.array([-2.0, 3.0, -0.5, 0.25]))
    assert_agrees(leaky_relu_derivative, np.array([-2.0, 3.0, -0.5, 0.25]), alpha=0.2)
    for rng in rngs():
        assert_agrees(leaky_relu_derivative, away_from_kink(rng, 7), 0.1)
        assert_agrees(leaky_relu_derivative, away_from_kink(rng, (4, 3)))


@graded
def test_leaky_relu_derivative_is_a_slope(leaky_relu_derivative):
    """leaky_relu_derivative agrees with the measured slope for every alpha"""
    assert_agrees(leaky_relu_derivative, MIXED, alpha=0.3)
    assert_agrees(leaky_relu_derivative, MIXED, alpha=2.5)
    assert_agrees(leaky_relu_derivative, WHOLE, alpha=0.25)
    for rng in rngs():
        z, alpha = away_from_kink(rng, 12), rng.uniform(0.05, 2)
        assert_gradient(
            leaky_relu_derivative(z, alpha),
            lambda x: right.leaky_relu(x, alpha).sum(),
            z,
            "the slope of leaky_relu, measured with small steps",
        )
    at_zero = np.asarray(leaky_relu_derivative(np.array([0.0, 2.0]), 0.2), float)[0]
    require(0.2 <= at_zero <= 1, f"At the kink z = 0 the slope lies between alpha = 0.2 and 1; you gave {at_zero:.4g}.")


@graded
def test_leaky_relu_derivative_craft(leaky_relu_derivative):
    """leaky_relu_derivative leaves its input alone, takes one number too, and does not divide by zero"""
    good_manners(leaky_relu_derivative)
    assert_no_warnings(
        leaky_relu_derivative, np.array([-1000.0, 0.0, 1000.0]), look="Ask where z > 0; there is nothing to divide."
    )


# ---------------------------------------------------------------- elu


@graded
def test_elu_basic(elu):
    """elu keeps positive scores and bends negative ones towards -alpha"""
    assert_agrees(elu, np.array([-2.0, 0.0, 3.0, -0.5]))
    assert_agrees(elu, np.array([-2.0, 0.0, 3.0, -0.5]), alpha=0.5)
    for rng in rngs():
        assert_agrees(elu, rng.normal(0, 2, size=7), 0.7)
        assert_agrees(elu, rng.normal(0, 2, size=(4, 3)))


@graded
def test_elu_far_out(elu):
    """elu is right far out, for every alpha and for whole numbers, and does not jump at 0"""
    assert_agrees(elu, MIXED, alpha=1.7)
    assert_agrees(elu, np.array([-1000.0, -30.0, -0.8, 0.3, 50.0, 1000.0]))
    assert_agrees(elu, WHOLE)
    for rng in rngs():
        assert_agrees(elu, rng.normal(0, 2, size=(4, 3)), rng.uniform(1.5, 3))
    sides = np.asarray(elu(np.array([-1e-7, 1e-7])))
    require(
        abs(sides[1] - sides[0]) < 1e-5,
        f"elu must not jump at 0: just left of it you gave {sides[0]:.3g}, just right {sides[1]:.3g}.",
    )


@graded
def test_elu_craft(elu):
    """elu leaves its input alone, takes one number too, and does not overflow on the way"""
    good_manners(elu)
    assert_no_warnings(
        elu,
        np.array([-1000.0, -0.5, 2.0, 1000.0]),
        look="Take exp only of np.minimum(z, 0): the positive side does not need it.",
    )


# ---------------------------------------------------------------- softmax


@graded
def test_softmax_basic(softmax):
    """softmax turns each row of scores into shares between 0 and 1 that sum to 1"""
    assert_agrees(softmax, np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]]))
    for rng in rngs():
        Z = rng.normal(0, 2, size=(5, 3))
        assert_agrees(softmax, Z)
        assert_agrees(softmax, Z[0])
        assert_agrees(softmax, rng.normal(0, 1, size=(1, 4)))
    sums = np.asarray(softmax(Z)).sum(axis=-1)
    require(np.allclose(sums, 1), f"Every row must sum to 1; your first row sums to {sums[0]:.4g}.")


@graded
def test_softmax_is_stable(softmax):
    """softmax is right for huge scores, and for rows that lie on very different scales"""
    for rng in rngs():
        Z = rng.normal(0, 1, size=(3, 4))
        assert_agrees(softmax, Z)
        assert_agrees(softmax, Z + np.array([[0.0], [1000.0], [-1000.0]]))
        assert_agrees(softmax, Z * 400)
        assert_agrees(softmax, Z - 1000)
        assert_close(softmax(Z + 7.5), softmax(Z), "softmax(Z + 7.5), beside softmax(Z)")
    assert_agrees(softmax, np.array([[4000.0, 0.0, 10.0, 3.0], [1.0, 2.0, 0.5, -1.0]]))
    assert_agrees(softmax, np.array([[1000, 0], [0, -1000], [3, 3]]))


@graded
def test_softmax_any_axis(softmax):
    """softmax works along the axis it is told, in vectors, tables and stacks of tables"""
    for rng in rngs():
        assert_agrees(softmax, rng.normal(0, 2, size=(4, 3)), axis=0)
        assert_agrees(softmax, rng.normal(0, 2, size=(3, 3)), axis=1)
        assert_agrees(softmax, rng.normal(0, 2, size=5), axis=0)
        assert_agrees(softmax, rng.normal(0, 2, size=(2, 3, 4)))
        assert_agrees(softmax, rng.normal(0, 2, size=(2, 3, 4)), axis=1)


@graded
def test_softmax_craft(softmax):
    """softmax leaves its input alone, does not overflow, and lets NumPy loop over the rows"""
    assert_agrees(softmax, varied(rngs(1)[0], MIXED))
    assert_leaves_inputs_alone(softmax, MIXED)
    assert_leaves_inputs_alone(softmax, MIXED + 5)
    assert_no_warnings(
        softmax, np.array([[1000.0, 1.0], [-3.0, -1000.0]]), look="Subtract each row's own maximum before exp."
    )
    assert_fast(
        softmax,
        np.random.default_rng(0).normal(size=(120_000, 2)),
        at_most=10,
        look="Let NumPy do the loop over the rows: axis=axis, keepdims=True.",
    )


def one_maximum_and_one_sum(Z):
    """The softmax that is printed in the notebook: right for one row."""
    with np.errstate(all="ignore"):
        e = np.exp(Z - np.max(Z))
        return e / np.sum(e)


def as_batch(subject):
    """The learner's value as a table of finite scores with at least two rows and two columns."""
    try:
        Z = np.asarray(subject.value, float)
    except (TypeError, ValueError):
        require(False, "broken_batch must be an array of numbers with rows of equal length.")
    require(
        Z.ndim == 2 and Z.shape[0] >= 2 and Z.shape[1] >= 2,
        f"broken_batch must have at least two rows and two columns; yours has shape {Z.shape}.",
    )
    require(
        np.isfinite(Z).all(),
        "broken_batch must hold ordinary numbers, no inf and no nan: the right softmax must have an answer.",
    )
    return Z


@graded
def test_broken_batch_breaks_the_sum(broken_batch):
    """on broken_batch the printed softmax gives rows that do not sum to 1"""
    sums = one_maximum_and_one_sum(as_batch(broken_batch)).sum(axis=1)
    require(
        np.abs(sums - 1).max() > 0.01,
        f"The rows of the printed softmax still sum to 1: {np.array2string(sums[:5], precision=4)}.",
    )


@graded
def test_broken_batch_breaks_the_maximum(broken_batch):
    """on broken_batch one whole row of exp(Z - np.max(Z)) is rounded to 0"""
    Z = as_batch(broken_batch)
    with np.errstate(all="ignore"):
        sums = np.exp(Z - np.max(Z)).sum(axis=1)
    require(
        (sums == 0).any(),
        f"No row of exp(Z - np.max(Z)) is all zeros; the smallest row sum is {sums.min():.3g}. "
        "Let one row lie much further below another.",
    )


# ---------------------------------------------------------------- linear_collapse


def two_layers(rng, D, H, C):
    return rng.normal(size=(D, H)), rng.normal(size=H), rng.normal(size=(H, C)), rng.normal(size=C)


@graded
def test_linear_collapse_basic(linear_collapse):
    """linear_collapse returns W of shape (D, C) and b of shape (C,)"""
    for rng in rngs():
        assert_agrees(linear_collapse, *two_layers(rng, 4, 3, 2))
        assert_agrees(linear_collapse, *two_layers(rng, 2, 5, 3))


@graded
def test_linear_collapse_any_network(linear_collapse):
    """one layer with W and b answers 100 random inputs exactly as the two layers do"""
    for rng, shape in zip(rngs(4), ((3, 5, 2), (3, 3, 3), (9, 4, 1), (2, 1, 4))):
        layers = two_layers(rng, *shape)
        assert_agrees(linear_collapse, *layers)
        W1, b1, W2, b2 = layers
        W, b = linear_collapse(*layers)
        X = rng.normal(size=(100, shape[0]))
        assert_close(X @ np.asarray(W) + np.asarray(b), (X @ W1 + b1) @ W2 + b2, "X @ W + b, beside the two layers")
    whole = [np.arange(6).reshape(2, 3), np.array([1, 0, 2]), np.arange(12).reshape(3, 4), np.array([3, 1, 0, 2])]
    assert_agrees(linear_collapse, *whole)


@graded
def test_linear_collapse_craft(linear_collapse):
    """linear_collapse leaves all four inputs alone"""
    for rng, shape in zip(rngs(), ((4, 3, 2), (3, 3, 3))):
        layers = two_layers(rng, *shape)
        assert_agrees(linear_collapse, *layers)
        assert_leaves_inputs_alone(linear_collapse, *layers)


# ---------------------------------------------------------------- dead_units


@graded
def test_dead_units_basic(dead_units):
    """dead_units finds the units that are silent for every sample"""
    assert_agrees(
        dead_units,
        np.array(
            [[-1.0, 2.0, -3.0, -0.2, -1.0, 1.0], [-0.5, -4.0, 1.0, -2.0, 3.0, -4.0], [-2.0, 3.0, 0.4, -1.0, 2.0, -2.0]]
        ),
    )
    for rng in rngs():
        assert_agrees(dead_units, rng.normal(-0.8, 1, size=(4, 8)))
        assert_agrees(dead_units, rng.normal(-1.2, 1, size=(8, 5)))


@graded
def test_dead_units_any_batch(dead_units):
    """dead_units counts z = 0 as silent, and is right for one sample and for one unit"""
    assert_agrees(
        dead_units, np.array([[0.0, -1.0, 0.0, 2.0, -3.0], [-2.0, -0.5, 0.0, -1.0, 9.0], [-1.0, -0.3, 0.0, -1.5, -1.0]])
    )
    for rng in rngs():
        assert_agrees(dead_units, rng.normal(-1, 1, size=(4, 4)))
        assert_agrees(dead_units, rng.normal(0, 1, size=(1, 6)))
        assert_agrees(dead_units, rng.normal(-3, 1, size=(5, 1)))
        assert_agrees(dead_units, rng.integers(-5, 2, size=(3, 7)))


@graded
def test_dead_units_craft(dead_units):
    """dead_units leaves its input alone and answers with True and False"""
    Z = np.array(
        [[-1.0, 2.0, -3.0, -0.2, -1.0, 1.0], [-0.5, -4.0, 1.0, -2.0, 3.0, -4.0], [-2.0, 3.0, 0.4, -1.0, 2.0, -2.0]]
    )[:, rngs(1)[0].permutation(6)]
    assert_agrees(dead_units, Z)
    assert_leaves_inputs_alone(dead_units, Z)
    answer = np.asarray(dead_units(Z))
    require(
        answer.dtype == bool,
        "One True or False for each unit is asked for, so that Z[:, dead_units(Z)] picks the dead ones; you gave "
        f"{answer.dtype}.",
    )


# ---------------------------------------------------------------- Neuron


def votes(activation, X, w, b):
    """What a learner is told, and what is done: make a neuron, set its weights, let it vote."""

    def scenario(Neuron):
        neuron = Neuron(len(w), activation, np.random.default_rng(5))
        neuron.w, neuron.b = w.copy(), b
        return neuron.forward(X.copy())

    return (
        f"Neuron({len(w)}, {activation!r}, rng) with w = {np.round(w, 3)} and b = {b:.3g}: forward(X), X of shape "
        f"{X.shape}",
        scenario,
    )


@graded
def test_neuron_votes(Neuron):
    """a Neuron takes the weighted sum of each row, adds b, and votes in the chosen way"""
    for rng in rngs():
        for activation in ("relu", "sigmoid"):
            assert_agrees_on(Neuron, *votes(activation, rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal()))


@graded
def test_neuron_refuses_unknown_names(Neuron):
    """a Neuron refuses an unknown activation and lists the names; one sample is a batch too"""
    (rng,) = rngs(1)
    assert_agrees_on(Neuron, *votes("relu", rng.normal(size=(6, 4)), rng.normal(size=4), rng.normal()))
    for activation in ("tanh", "leaky_relu", "elu"):
        assert_agrees_on(Neuron, *votes(activation, rng.normal(size=(1, 4)), rng.normal(size=4), rng.normal()))
    unknown = Case("Neuron(4, 'swoosh', rng)", lambda Neuron: (Neuron(4, "swoosh", np.random.default_rng(0)), None))
    assert_raises_on(Neuron, ValueError, unknown, "there is no activation of that name")
    told = str(Neuron.history[-1][1].error)
    require(
        all(name in told for name in ("sigmoid", "tanh", "relu")),
        f"The message of your ValueError must list the names that one may use; it says {told!r}.",
    )


@graded
def test_neuron_draws_its_weights(Neuron):
    """a Neuron draws its weights from rng, starts with b = 0, and shares nothing with others"""
    n_inputs, seed = (int(k) for k in rngs(1)[0].integers((4, 0), (30, 1000)))

    def start(Neuron):
        rng = np.random.default_rng(seed)
        first, second = Neuron(n_inputs, "tanh", rng), Neuron(n_inputs, "tanh", rng)
        again = Neuron(n_inputs, "tanh", np.random.default_rng(seed))
        second_before = np.array(second.w, float)
        first.w = first.w + 1
        return (
            np.array(first.w, float) - 1,
            second_before,
            np.array(second.w, float),
            np.array(again.w, float),
            float(np.asarray(first.b)),
        )

    first, second_before, second, again, b = Neuron.case(
        f"Neuron({n_inputs}, 'tanh', rng), made twice with one rng", start
    )
    require(
        np.shape(first) == (n_inputs,), f"w must have shape (n_inputs,) = ({n_inputs},); yours has {np.shape(first)}."
    )
    require(b == 0, f"A new neuron has b = 0; yours has {b:.3g}.")
    require(
        not np.allclose(first, second),
        "Two neurons made with one rng have the same weights. Draw them from rng, when the neuron is made.",
    )
    require(
        np.allclose(first, again),
        "The same seed must give the same weights. Draw them from the argument rng, not from np.random.",
    )
    require(np.allclose(second, second_before), "Changing one neuron's weights changed another's.")


test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8 = quiz_tests(8)
