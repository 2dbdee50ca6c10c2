"""Hidden tests of 02_neuron. See checks.py for what each check says when it fails."""

import numpy as np

from course_tests.checks import (
    Case,
    assert_agrees,
    assert_agrees_on,
    assert_fast,
    assert_leaves_inputs_alone,
    assert_raises,
    assert_raises_on,
    graded,
    quiz_tests,
    require,
    rngs,
)

VERTICAL = np.array([0.0, 1, 0, 0, 1, 0, 0, 1, 0])
HORIZONTAL = np.array([0.0, 0, 0, 1, 1, 1, 0, 0, 0])
CENTRE_LINES = np.array([VERTICAL, HORIZONTAL])
CORNERS = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
SECONDS = 2.0  # a training here takes milliseconds
AND, OR, XOR = np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1]), np.array([0, 1, 1, 0])


# ---------------------------------------------------------------- weighted_sum


@graded
def test_weighted_sum_basic(weighted_sum):
    """weighted_sum multiplies each input by its own weight, adds everything up, and adds the bias once"""
    for rng, size in zip(rngs(3), (4, 3, 6)):
        assert_agrees(weighted_sum, rng.normal(size=size), rng.normal(size=size), float(rng.normal() + 2))
    assert_agrees(weighted_sum, np.array([2.0, -1.0]), np.array([0.5, 1.0]), 0.25)
    assert_agrees(weighted_sum, np.array([1.0, 0.5]), np.array([0.7, -0.3]), 0.1)


@graded
def test_weighted_sum_terms(weighted_sum):
    """every input, every weight and the bias count in weighted_sum, and it refuses two lengths that differ"""
    rng = rngs(1)[0]
    x, w, b = rng.normal(size=5), rng.normal(size=5), float(rng.normal() + 2)
    assert_agrees(weighted_sum, x, w, b)
    assert_agrees(weighted_sum, x, w, 0.0)
    assert_agrees(weighted_sum, np.zeros(5), w, b)
    assert_agrees(weighted_sum, x, np.zeros(5), b)
    for k in range(5):
        assert_agrees(weighted_sum, x * (np.arange(5) == k), w, b)
    assert_agrees(weighted_sum, np.array([1.5]), np.array([-2.0]), 0.5)
    assert_agrees(weighted_sum, np.array([3, -1, 2]), w[:3], 1)
    assert_agrees(weighted_sum, np.arange(6), np.array([2, 0, -1, 3, 1, -4]), -7)
    z, doubled = float(weighted_sum(x, w, b)), float(weighted_sum(2 * x, w, b))
    require(
        np.isclose(doubled - b, 2 * (z - b)),
        f"Twice the inputs must give twice the evidence z - b; you gave {z - b:.4g} and {doubled - b:.4g}.",
    )
    assert_raises(weighted_sum, ValueError, x[:3], w[:4], b, because="there are 3 inputs and 4 weights")
    assert_raises(weighted_sum, ValueError, x[:4], w[:3], b, because="there are 4 inputs and 3 weights")


@graded
def test_weighted_sum_craft(weighted_sum):
    """weighted_sum gives one plain number, leaves its inputs alone, and does not lose digits"""
    rng = rngs(1)[0]
    x, w = rng.normal(size=7), rng.normal(size=7)
    assert_agrees(weighted_sum, x, w, 1.75)
    assert_leaves_inputs_alone(weighted_sum, x, w, 0.5)
    assert_agrees(weighted_sum, 1e6 * rng.normal(size=50), 1e-6 * rng.normal(size=50), 0.5)


# ---------------------------------------------------------------- weighted_sums


@graded
def test_weighted_sums_basic(weighted_sums):
    """weighted_sums gives one score for each row of X"""
    for rng, shape in zip(rngs(3), ((5, 3), (2, 7), (4, 6))):
        assert_agrees(weighted_sums, rng.normal(size=shape), rng.normal(size=shape[1]), float(rng.normal() + 2))
    assert_agrees(weighted_sums, CENTRE_LINES, np.arange(9) / 4, -0.5)


@graded
def test_weighted_sums_shapes(weighted_sums):
    """weighted_sums works for one sample, for as many samples as features, for integers, and uses X, w and b each
    once
    """
    rng = rngs(1)[0]
    X, w, b = rng.normal(size=(6, 4)), rng.normal(size=4), float(rng.normal() + 2)
    assert_agrees(weighted_sums, X, w, b)
    assert_agrees(weighted_sums, X[:1], w, b)
    assert_agrees(weighted_sums, X[:4], w, b)
    assert_agrees(weighted_sums, X[:, :1], w[:1], b)
    assert_agrees(weighted_sums, X, w, 0.0)
    assert_agrees(weighted_sums, np.zeros((3, 4)), w, b)
    assert_agrees(weighted_sums, X, np.zeros(4), b)
    for k in range(4):
        assert_agrees(weighted_sums, X * (np.arange(4) == k), w, b)
    assert_agrees(weighted_sums, rng.integers(-5, 6, size=(3, 4)), np.array([2, -1, 0, 3]), 4)
    together = np.asarray(weighted_sums(X, w, b), float)
    apart = np.concatenate([np.asarray(weighted_sums(part, w, b), float) for part in (X[:2], X[2:])])
    require(
        np.allclose(together, apart),
        "A sample's score must not depend on its neighbours: six samples at once and in two parts gave other scores.",
    )


@graded
def test_weighted_sums_craft(weighted_sums):
    """weighted_sums leaves its inputs alone and lets NumPy do the loop over the samples"""
    rng = rngs(1)[0]
    X, w = rng.normal(size=(4, 3)), rng.normal(size=3)
    assert_agrees(weighted_sums, X, w, 1.75)
    assert_leaves_inputs_alone(weighted_sums, X, w, 0.5)
    assert_fast(weighted_sums, rng.random(size=(400_000, 2)), w[:2], 0.5, at_most=5)


# ---------------------------------------------------------------- SimpleNeuron


def _set_and_forward(X, w, b, seed=3):
    def scenario(SimpleNeuron):
        neuron = SimpleNeuron(len(w), np.random.default_rng(seed))
        neuron.set_weights(w.copy(), b)
        return neuron.forward(X.copy()), neuron.w, neuron.b

    return scenario


@graded
def test_SimpleNeuron_scores(SimpleNeuron):
    """a SimpleNeuron starts with bias 0 and one weight for each input, takes new weights, and gives one score for
    each row
    """
    for rng, shape in zip(rngs(3), ((5, 3), (2, 6), (3, 4))):
        X, w, b = rng.normal(size=shape), rng.normal(size=shape[1]), float(rng.normal() + 2)
        assert_agrees_on(
            SimpleNeuron,
            f"neuron = SimpleNeuron({shape[1]}, rng); neuron.set_weights(w, {b:.3g}); then neuron.forward(X), "
            "neuron.w, neuron.b",
            _set_and_forward(X, w, b),
        )
    assert_agrees_on(
        SimpleNeuron, "the shape of SimpleNeuron(5, rng).w", lambda C: list(np.shape(C(5, np.random.default_rng(3)).w))
    )
    assert_agrees_on(SimpleNeuron, "SimpleNeuron(5, rng).b", lambda C: C(5, np.random.default_rng(3)).b)
    X = rngs(1)[0].normal(size=(4, 5))
    w, b, z = SimpleNeuron.case(
        "w, b and forward(X) of a new neuron", lambda C: _all_of(C(5, np.random.default_rng(4)), X)
    )
    require(
        np.shape(z) == (4,) and np.allclose(z, X @ np.asarray(w, float) + b),
        "A new neuron's forward(X) must use its own w and b: X @ w + b.",
    )


def _all_of(neuron, X):
    return neuron.w, neuron.b, neuron.forward(X.copy())


def _two_neurons(u, v, X):
    def scenario(SimpleNeuron):
        one, other = (SimpleNeuron(len(u), np.random.default_rng(seed)) for seed in (5, 6))
        one.set_weights(u.copy(), 1.5)
        other.set_weights(v.copy(), -2.5)
        return one.forward(X.copy()), other.forward(X.copy()), one.w, one.b

    return scenario


@graded
def test_SimpleNeuron_is_its_own(SimpleNeuron):
    """two SimpleNeurons share nothing, the same generator gives the same weights, and set_weights refuses a wrong
    shape
    """
    rng = rngs(1)[0]
    X, u, v = rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=4)
    assert_agrees_on(
        SimpleNeuron,
        "two neurons with weights of their own: forward(X) of both, w and b of the first",
        _two_neurons(u, v, X),
    )
    assert_agrees_on(
        SimpleNeuron, "neuron.forward(X), neuron.w, neuron.b with one sample", _set_and_forward(X[:1], u, 0.75)
    )
    assert_agrees_on(
        SimpleNeuron,
        "neuron.forward(X), neuron.w, neuron.b with integer pixels",
        _set_and_forward(np.arange(8).reshape(2, 4), u, 0.75),
    )
    first, second, third = (
        np.asarray(
            SimpleNeuron.case(
                f"SimpleNeuron(6, np.random.default_rng({seed})).w",
                lambda C, seed=seed: C(6, np.random.default_rng(seed)).w,
            ),
            float,
        )
        for seed in (7, 7, 8)
    )
    require(
        np.array_equal(first, second),
        "Two neurons made with equal generators have different weights: draw from the argument rng, and nothing else.",
    )
    require(
        not np.allclose(first, third),
        "Two neurons made with different generators have the same weights: draw them from the argument rng.",
    )
    many = np.asarray(
        SimpleNeuron.case("SimpleNeuron(40000, rng).w", lambda C: C(40_000, np.random.default_rng(9)).w), float
    )
    require(
        many.shape == (40_000,) and abs(many.mean()) < 0.03 and abs(many.std() - 1) < 0.03,
        f"40,000 weights must have mean 0 and standard deviation 1; yours have {many.mean():.2f} and {many.std():.2f}.",
    )
    assert_raises_on(SimpleNeuron, ValueError, _refusal(3, np.ones(4)), "the neuron has 3 inputs")
    assert_raises_on(SimpleNeuron, ValueError, _refusal(3, np.ones(2)), "the neuron has 3 inputs")
    assert_raises_on(SimpleNeuron, ValueError, _refusal(9, np.ones((3, 3))), "w must be flat, of shape (9,)")


def _refusal(n_inputs, w):
    def use(SimpleNeuron):
        neuron = SimpleNeuron(n_inputs, np.random.default_rng(3))
        neuron.set_weights(w.copy(), 0.5)
        return list(np.shape(neuron.w)), None

    return Case(f"SimpleNeuron({n_inputs}, rng).set_weights(w, 0.5) with w of shape {w.shape}", use)


@graded
def test_SimpleNeuron_craft(SimpleNeuron):
    """a SimpleNeuron keeps a copy of the weights it is given, and forward changes neither X nor the neuron"""
    rng = rngs(1)[0]
    X, w = rng.normal(size=(3, 4)), rng.normal(size=4)

    def change_afterwards(C):
        neuron, mine = C(4, np.random.default_rng(3)), w.copy()
        neuron.set_weights(mine, 0.5)
        mine[:] = 100.0
        return neuron.forward(X.copy())

    def forward_twice(C):
        neuron, mine = C(4, np.random.default_rng(3)), X.copy()
        neuron.set_weights(w.copy(), 0.5)
        first = neuron.forward(mine)
        return first, neuron.forward(mine), neuron.w, neuron.b, mine

    assert_agrees_on(
        SimpleNeuron,
        "neuron.set_weights(w, 0.5), then forward(X), forward(X) again, neuron.w, neuron.b and X",
        forward_twice,
    )
    assert_agrees_on(
        SimpleNeuron, "neuron.forward(X) after the caller has changed the array given to set_weights", change_afterwards
    )


# ---------------------------------------------------------------- vertical_detector


def _detector(vertical_detector):
    w, b = vertical_detector.case("w, b = vertical_detector()", lambda f: _two(f()))
    require(
        np.shape(w) == (9,),
        f"w must have shape (9,), one weight for each pixel of the flat image; yours has shape {np.shape(w)}.",
    )
    require(np.ndim(b) == 0, f"b must be one number; yours has shape {np.shape(b)}.")
    w, b = np.asarray(w, float), float(b)
    require(np.isfinite(w).all() and np.isfinite(b), "All weights and the bias must be finite numbers.")
    return w, b


def _two(pair):
    if pair is None:
        return None
    w, b = pair
    return w, b


@graded
def test_vertical_detector_basic(vertical_detector):
    """vertical_detector gives a positive score to the vertical centre line and a negative one to the horizontal
    centre line
    """
    w, b = _detector(vertical_detector)
    up, across = VERTICAL @ w + b, HORIZONTAL @ w + b
    require(up > 0, f"The vertical centre line must score above 0; yours scores {up:.3g}.")
    require(across < 0, f"The horizontal centre line must score below 0; yours scores {across:.3g}.")


@graded
def test_vertical_detector_noisy(vertical_detector):
    """vertical_detector is still right on at least 95 of 100 noisy images"""
    w, b = _detector(vertical_detector)
    for rng in rngs():
        X = np.clip(np.repeat(CENTRE_LINES, 50, axis=0) + rng.normal(0, 0.1, size=(100, 9)), 0, 1)
        right = int(((X @ w + b > 0) == np.repeat([True, False], 50)).sum())
        require(
            right >= 95,
            f"With noise 0.1 your detector is right on {right} of 100 images; at least 95 are needed. "
            "Move the two clean scores further apart, to both sides of 0.",
        )


@graded
def test_vertical_detector_craft(vertical_detector):
    """vertical_detector says the same each time, and scores the vertical line above the horizontal one, which is as
    bright
    """
    w, b = _detector(vertical_detector)
    up, across = VERTICAL @ w + b, HORIZONTAL @ w + b
    require(
        up > across,
        f"Both lines have three bright pixels; the vertical one must score higher. You gave {up:.3g} and {across:.3g}.",
    )
    again, _ = vertical_detector.case(
        "vertical_detector(), called again after the first w was changed", lambda f: _spoil_first(f)
    )
    require(
        np.shape(again) == (9,) and np.allclose(again, w),
        "The second call gave other weights than the first: make the array inside the function, afresh.",
    )


def _spoil_first(f):
    w, _ = f()
    if isinstance(w, np.ndarray):
        w *= 0
    return f()


# ---------------------------------------------------------------- perceptron_predict


@graded
def test_perceptron_predict_basic(perceptron_predict):
    """perceptron_predict votes 1 for a positive score and 0 for a negative one"""
    for rng, shape in zip(rngs(3), ((40, 3), (20, 9), (9, 2))):
        assert_agrees(
            perceptron_predict,
            rng.normal(size=shape),
            rng.normal(size=shape[1]),
            float(rng.choice([-1, 1]) * rng.uniform(0.6, 1.2)),
        )
    for b in (-1.5, -0.5, 0.5):  # AND, OR, always
        assert_agrees(perceptron_predict, CORNERS, np.array([1.0, 1.0]), b)
    assert_agrees(perceptron_predict, np.array([[0.25], [-0.25], [0.75]]), np.array([1.0]), 0.0)


@graded
def test_perceptron_predict_boundary(perceptron_predict):
    """a score of exactly 0 is a vote of 1; one sample and integers work too, and a louder neuron votes the same"""
    rng = rngs(1)[0]
    X, w = rng.integers(-6, 7, size=(40, 4)) / 4, rng.integers(1, 4, size=4) / 4  # quarters: sums without rounding
    X[0] = 1, -0.5, 1, -0.5
    b = -float(X[0] @ w)
    assert_agrees(perceptron_predict, X, w, b)
    assert_agrees(perceptron_predict, np.array([[1.0, 1.0], [2.0, 1.0], [1.0, 2.0]]), np.array([1.0, -1.0]), 0.0)
    assert_agrees(perceptron_predict, CORNERS, np.array([1.0, 1.0]), -1.0)
    assert_agrees(perceptron_predict, CORNERS, np.zeros(2), 0.0)
    assert_agrees(perceptron_predict, X[:1], w, b)
    assert_agrees(perceptron_predict, rng.integers(-3, 4, size=(6, 3)), np.array([2, -1, 1]), -1)
    soft, loud = np.asarray(perceptron_predict(X, w, b)), np.asarray(perceptron_predict(X, 10 * w, 10 * b))
    require(
        np.array_equal(soft, loud), "Ten times w and b must give the same votes: only the sign of the score counts."
    )


@graded
def test_perceptron_predict_craft(perceptron_predict):
    """perceptron_predict leaves its inputs alone and gives each sample the vote it would get alone"""
    rng = rngs(1)[0]
    X, w, b = rng.normal(size=(40, 3)), rng.choice([-1, 1], size=3) * rng.uniform(0.5, 1.5, size=3), 0.875
    assert_agrees(perceptron_predict, X, w, b)
    assert_leaves_inputs_alone(perceptron_predict, X, w, b)
    together = np.asarray(perceptron_predict(X, w, b))
    backwards = np.asarray(perceptron_predict(X[::-1].copy(), w, b))
    require(
        np.array_equal(together[::-1], backwards),
        "The samples in the opposite order must get the same votes in the opposite order.",
    )


# ---------------------------------------------------------------- perceptron_update


def _sample_where_the_bias_decides(rng, size):
    x, w = rng.normal(size=size), rng.normal(size=size)
    return x, w, -1.5 * float(x @ w)


@graded
def test_perceptron_update_basic(perceptron_update):
    """perceptron_update moves w and b after a wrong vote, in the right direction, and does nothing after a right one"""
    for rng, size in zip(rngs(3), (3, 5, 2)):
        x, w, b = _sample_where_the_bias_decides(rng, size)
        for y in (0, 1):
            assert_agrees(perceptron_update, x, y, w, b)
            assert_agrees(perceptron_update, x, y, -w, -b)
    assert_agrees(perceptron_update, np.array([1.0, 2.0]), 0, np.array([0.5, 0.25]), 0.25)


@graded
def test_perceptron_update_steps(perceptron_update):
    """perceptron_update takes steps of size lr, counts a score of exactly 0 as a vote of 1, and moves the score
    towards the label
    """
    rng = rngs(1)[0]
    x, w, b = _sample_where_the_bias_decides(rng, 4)
    for lr in (0.1, 2.5):
        for y in (0, 1):
            assert_agrees(perceptron_update, x, y, w, b, lr=lr)
            assert_agrees(perceptron_update, x, y, -w, -b, lr=lr)
    for y in (0, 1):
        assert_agrees(perceptron_update, np.array([1.0, 2.0, -1.0]), y, np.zeros(3), 0.0)
        assert_agrees(perceptron_update, np.array([1.0, 1.0]), y, np.array([1.0, -3.0]), 2.0, lr=0.5)
        assert_agrees(perceptron_update, np.array([2, -1, 3]), float(y), np.array([0.5, 0.25, -1.0]), 1, lr=0.5)
        assert_agrees(perceptron_update, np.zeros(3), y, np.array([0.5, 0.25, -1.0]), -0.5)
    label = int(x @ w + b < 0)  # so that the vote is wrong
    new_w, new_b = perceptron_update(x, label, w, b, lr=0.5)
    before, after = x @ w + b, x @ np.asarray(new_w) + new_b
    require(
        (after > before) == (label == 1),
        f"The label is {label}, and the score went from {before:.3g} to {after:.3g}: it must move towards the label.",
    )


@graded
def test_perceptron_update_craft(perceptron_update):
    """perceptron_update gives back new weights and leaves the caller's x and w as they were"""
    rng = rngs(1)[0]
    x, w, b = _sample_where_the_bias_decides(rng, 5)
    for y in (0, 1):
        assert_agrees(perceptron_update, x, y, w, b, lr=0.25)
        assert_agrees(perceptron_update, x, y, -w, -b, lr=0.25)
        assert_leaves_inputs_alone(perceptron_update, x, y, w, b)


# ---------------------------------------------------------------- perceptron_train


def _train(perceptron_train, told, X, y, max_epochs, seed):
    """w, b, errors of one training, after checks that hold for every data set: kinds, shapes, when it stops, and the
    sum of all steps.
    """
    w, b, errors = perceptron_train.case(
        f"perceptron_train(X, y, rng, {max_epochs}) on {told}",
        lambda f: _three(f(X.copy(), y.copy(), np.random.default_rng(seed), max_epochs)),
        SECONDS,
    )
    w, errors = np.asarray(w, float), np.asarray(errors)
    require(w.shape == X.shape[1:], f"On {told}: w must have shape {X.shape[1:]}; yours has shape {w.shape}.")
    require(
        np.ndim(b) == 0 and np.isfinite(b) and np.isfinite(w).all(),
        f"On {told}: b must be one number, and w and b finite.",
    )
    require(
        errors.ndim == 1, f"On {told}: errors must hold one number for each epoch; you gave {errors.ndim} dimensions."
    )
    require(
        1 <= len(errors) <= max_epochs,
        f"On {told}: {len(errors)} epochs are listed in errors, and max_epochs is {max_epochs}.",
    )
    require((errors >= 0).all() and (errors <= len(X)).all(), f"On {told}: an epoch has between 0 and {len(X)} errors.")
    require((errors[:-1] > 0).all(), f"On {told}: training went on after an epoch without errors; stop there.")
    # From zero, with steps of 1: each error moves b by exactly 1, up or down.
    total = int(errors.sum())
    require(
        abs(b) <= total and (total - b) % 2 == 0,
        f"On {told}: you report {total} errors and b = {b:.4g}. From b = 0, each error moves b by exactly 1, so these "
        "two do not fit.",
    )
    return w, float(b), errors


def _three(result):
    if result is None:
        return None
    w, b, errors = result
    return w, b, errors


def _assert_separates(X, y, w, b, errors, told):
    right = int(((X @ w + b >= 0) == y).sum())
    require(
        errors[-1] == 0,
        f"On {told} one neuron can be right everywhere, but your last epoch still had {int(errors[-1])} errors.",
    )
    require(
        right == len(y),
        f"On {told} your w and b are right on {right} of {len(y)} samples, although errors ends with 0.",
    )


def _mistake_bound(X, y, w, b):
    """(R / margin)^2 for the separator w, b: Novikoff's promise for the perceptron, with the bias as one more
    weight.
    """
    margin = np.min((2 * y - 1) * (X @ w + b)) / np.sqrt(w @ w + b * b)
    return (np.sum(X**2, axis=1).max() + 1) / margin**2


@graded
def test_perceptron_train_basic(perceptron_train):
    """perceptron_train starts at zero, counts the errors of each epoch, stops after one without errors, and learns
    AND, OR and the centre lines
    """
    for rng in rngs():
        assert_agrees(perceptron_train, *_same_in_every_order(rng), np.random.default_rng(1), 8)
        x = rng.normal(size=(1, 2))
        assert_agrees(perceptron_train, x, np.array([0]), np.random.default_rng(1), 8)
        assert_agrees(perceptron_train, x, np.array([1]), np.random.default_rng(1), 8)
    # These two images give the same w and b in every order.
    assert_agrees_on(
        perceptron_train,
        "w, b and sum(errors) of perceptron_train(X, y, rng, 10) on the two clean centre lines",
        lambda f: _with_sum(f(CENTRE_LINES.copy(), np.array([1, 0]), np.random.default_rng(2), 10)),
        seconds=SECONDS,
    )
    for told, y, ideal in (("AND", AND, (2, 2, -3)), ("OR", OR, (2, 2, -1))):
        bound = _mistake_bound(CORNERS, y, np.array(ideal[:2], float), ideal[2])
        for seed in (1, 2, 3):
            w, b, errors = _train(perceptron_train, told, CORNERS, y, int(bound) + 1, seed)
            _assert_separates(CORNERS, y, w, b, errors, told)


def _same_in_every_order(rng):
    """Two samples, both with label 0, that give 2 errors, then 1, then none, whichever comes first."""
    return np.array([[1.0, 0, 0], [-4, 0, 0]]) + rng.uniform(-0.04, 0.04, size=(2, 3)), np.array([0, 0])


def _with_sum(result):
    w, b, errors = result
    return w, b, float(np.sum(errors))


@graded
def test_perceptron_train_keeps_its_promise(perceptron_train):
    """perceptron_train stops at max_epochs when no line exists, and makes no more errors than the promise allows
    when one does
    """
    rng = rngs(1)[0]
    for max_epochs in (9, 2, 1):  # enough, and too few, which also catches a loop that does not count
        assert_agrees(perceptron_train, *_same_in_every_order(rng), np.random.default_rng(1), max_epochs)
    same = np.repeat(rng.normal(size=(1, 3)), 5, axis=0)
    assert_agrees(perceptron_train, same, np.zeros(5, int), np.random.default_rng(1), 6)
    for seed in (1, 2):
        _, _, errors = _train(perceptron_train, "XOR", CORNERS, XOR, 12, seed)
        require(
            len(errors) == 12 and (errors > 0).all(),
            "On XOR no line is right for all four, so all 12 epochs must run, each with errors; yours were "
            f"{errors.tolist()}.",
        )
    for seed, size in ((1, 2), (2, 5), (3, 3)):
        w, b = rng.normal(size=size), 0.25
        X = rng.normal(size=(60, size))
        z = (X @ w + b) / np.sqrt(w @ w + b * b)
        X, y = X[np.abs(z) > 0.3], (z > 0).astype(int)[np.abs(z) > 0.3]
        _assert_promise(
            perceptron_train, f"{len(X)} points in {size} dimensions with a gap between the classes", X, y, w, b, seed
        )
    y = np.repeat([1, 0], 20)
    X = np.clip(np.repeat(CENTRE_LINES, 20, axis=0) + rng.normal(0, 0.2, size=(40, 9)), 0, 1)
    clear = (2 * y - 1) * (X @ (VERTICAL - HORIZONTAL)) > 0.5
    _assert_promise(perceptron_train, "noisy centre lines", X[clear], y[clear], VERTICAL - HORIZONTAL, 0.0, 4)


def _assert_promise(perceptron_train, told, X, y, w, b, seed):
    bound = _mistake_bound(X, y, w, b)
    w, b, errors = _train(perceptron_train, told, X, y, int(bound) + 1, seed)
    _assert_separates(X, y, w, b, errors, told)
    require(
        errors.sum() <= bound,
        f"On {told} the promise is at most {bound:.0f} errors in all; you made {int(errors.sum())}.",
    )


@graded
def test_perceptron_train_craft(perceptron_train):
    """perceptron_train leaves X and y alone, repeats itself with the same rng, and takes the order of the samples
    from rng
    """
    rng = rngs(1)[0]
    for max_epochs in (6, 1):
        assert_agrees(perceptron_train, *_same_in_every_order(rng), np.random.default_rng(1), max_epochs)
    X, y = rng.normal(size=(20, 3)), np.arange(20) % 2
    assert_leaves_inputs_alone(perceptron_train, X, y, np.random.default_rng(5), 3)
    runs = [
        np.asarray(_train(perceptron_train, "20 points in no order at all", X, y, 3, seed)[0])
        for seed in (1, 1, 2, 3, 4)
    ]
    require(
        np.array_equal(runs[0], runs[1]),
        "Two trainings with equal generators gave different weights: take all randomness from the argument rng.",
    )
    require(
        any(not np.allclose(runs[0], other) for other in runs[2:]),
        "Four different generators gave the same weights: visit the samples in an order drawn from rng, such as "
        "rng.permutation(len(X)).",
    )


test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8 = quiz_tests(8)
