"""Hidden tests of 17_representations. See checks.py for what each check says when it fails."""

import copy

import numpy as np
import pytest

from course_tests.checks import (
    assert_agrees,
    assert_agrees_on,
    assert_close,
    assert_gradient,
    assert_leaves_inputs_alone,
    assert_no_warnings,
    central_differences,
    graded,
    quiz_tests,
    require,
    rngs,
    shuffled,
)
from course_tests.notebooks import SOURCE
from course_tests.reference import digits
from course_tests.reference import representations as right
from course_tests.reference.optimizers import Optimizer
from course_tests.test_digits import cases

# ---------------------------------------------------------------- ae_loss_and_grads, encode


def an_autoencoder(rng, sizes=(5, 4, 2, 4, 5)):
    """Params in the middle of a training: relu, but for the code layer and the last one."""
    depth = len(sizes) - 1
    return [
        {
            "W": rng.normal(0, 0.8, (n_in, n_out)),
            "b": rng.normal(0, 0.3, n_out),
            "activation": "identity" if k in (depth // 2 - 1, depth - 1) else "relu",
        }
        for k, (n_in, n_out) in enumerate(zip(sizes[:-1], sizes[1:]))
    ]


def away_from_kinks(rng, n, sizes):
    """Samples and params for which no relu member has a score near 0."""
    while True:
        X, params = rng.normal(size=(n, sizes[0])), an_autoencoder(rng, sizes)
        votes, least = X, np.inf
        for layer in params:
            votes = votes @ layer["W"] + layer["b"]
            if layer["activation"] == "relu":
                least = min(least, np.abs(votes).min())
                votes = np.maximum(votes, 0)
        if least > 1e-3:
            return X, params


@graded
def test_ae_loss_and_grads_basic(ae_loss_and_grads):
    """the mean squared error over all entries, and the slopes of W and b of each layer"""
    for rng in rngs():
        assert_agrees(ae_loss_and_grads, rng.normal(size=(7, 5)), an_autoencoder(rng))
        assert_agrees(ae_loss_and_grads, rng.normal(size=(4, 6)), an_autoencoder(rng, (6, 5, 3, 4, 6)))


@graded
def test_ae_loss_and_grads_are_slopes(ae_loss_and_grads):
    """measured slopes agree; one sample, only two layers, and six"""
    sizes = ((3, 4, 2, 4, 3), (4, 2, 4), (3, 4, 3, 1, 3, 4, 3), (2, 3, 1, 3, 2))
    for rng, n, widths in zip(rngs(4), (5, 4, 3, 1), shuffled(sizes)):
        X, params = away_from_kinks(rng, n, widths)
        assert_agrees(ae_loss_and_grads, X, params)
        _, grads = ae_loss_and_grads(X, params)
        for k in shuffled(range(len(params)))[:2]:
            for name in ("W", "b"):

                def loss(v, k=k, name=name):
                    return right.ae_loss_and_grads(X, [*params[:k], {**params[k], name: v}, *params[k + 1 :]])[0]

                assert_gradient(
                    np.asarray(grads[k][name]),
                    loss,
                    params[k][name],
                    f"grads[{k}][{name!r}] for X of shape {X.shape} and the sizes {widths}, beside the measured slope",
                )


@graded
def test_ae_loss_and_grads_craft(ae_loss_and_grads):
    """X and params stay as they were, and a second batch leaves the slopes of the first alone"""
    rng = rngs(1)[0]
    X, other, params = rng.normal(size=(6, 5)), rng.normal(size=(6, 5)), an_autoencoder(rng)
    params[1]["b"] = params[1]["b"] - 1.0  # many codes are negative
    assert_leaves_inputs_alone(ae_loss_and_grads, X, params)

    def two_batches(f):
        own = copy.deepcopy(params)
        first = f(X.copy(), own)
        f(other.copy(), own)
        return first

    words = "first = ae_loss_and_grads(X, params), then the same for another batch: first afterwards"
    assert_agrees_on(ae_loss_and_grads, words, two_batches)


@graded
def test_encode_basic(encode):
    """the votes of the first half of the layers: one row of k numbers for each sample"""
    for rng in rngs():
        assert_agrees(encode, rng.normal(size=(7, 5)), an_autoencoder(rng))
        assert_agrees(encode, rng.normal(size=(4, 6)), an_autoencoder(rng, (6, 5, 3, 4, 6)))


@graded
def test_encode_any_depth(encode):
    """two layers, six layers, one sample, one number a code; codes may be negative"""
    rng = rngs(1)[0]
    for n, sizes in shuffled([(6, (4, 2, 4)), (5, (4, 5, 3, 2, 3, 5, 4)), (1, (5, 4, 2, 4, 5)), (8, (3, 6, 1, 6, 3))]):
        assert_agrees(encode, rng.normal(size=(n, sizes[0])), an_autoencoder(rng, sizes))
    params = an_autoencoder(rng, (3, 4, 2, 4, 3))
    params[1]["b"] = params[1]["b"] - 9.0
    assert_agrees(encode, rng.normal(size=(5, 3)), params)


@graded
def test_encode_craft(encode):
    """X and params stay as they were, and a code does not depend on who else is in the batch"""
    rng = rngs(1)[0]
    X, params = rng.normal(size=(6, 5)), an_autoencoder(rng)
    assert_leaves_inputs_alone(encode, X, params)
    assert_close(
        encode(X[2:3], params), np.asarray(encode(X, params))[2:3], "encode of one sample alone, beside the same "
        "sample among others",
    )  # fmt: skip


# ---------------------------------------------------------------- pca, pca_error


def stretched(rng, n, d):
    """Samples around a mean far from 0 that vary in d directions, in each by another amount."""
    turn = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return rng.normal(size=(n, d)) * 3.0 * 0.6 ** np.arange(d) @ turn + rng.normal(0, 4, d)


def directions(subject, X, k):
    """Mean and components, after looking at them: each component may have either sign."""
    __tracebackhide__ = True
    words = f"pca(X, {k}) for X of shape {X.shape}"
    mean, components = subject.case(words, lambda f: tuple(np.array(part, float) for part in f(X.copy(), k)))
    want_mean, want = right.pca(X, k)
    assert_close(mean, want_mean, f"the mean of {words}", look="One mean for each column: axis=0.")
    require(
        components.shape == want.shape,
        f"{words}: components has the shape {components.shape}; expected {want.shape}, one row for each direction.",
    )
    lengths = np.linalg.norm(components, axis=1)
    require(
        np.allclose(lengths, 1, atol=1e-6),
        f"{words}: the rows of components have the lengths {np.round(lengths, 3)}; each must have length 1.",
    )
    signs = np.sign(np.sum(components * want, axis=1, keepdims=True))
    for row, (one, other) in enumerate(zip(np.where(signs == 0, 1, signs) * components, want)):
        assert_close(
            one, other, f"row {row} of components of {words} (its sign is free)", rtol=1e-5, atol=1e-6,
            look="The first row is the direction in which the centred samples vary most, the next one the second most.",
        )  # fmt: skip


@graded
def test_pca_basic(pca):
    """the mean of the columns, and k rows of length 1: where the centred samples vary most, the most first"""
    for rng in rngs():
        directions(pca, stretched(rng, 30, 5), 2)
        directions(pca, stretched(rng, 12, 4), 3)


@graded
def test_pca_any_k(pca):
    """k = 1, k = D, fewer samples than columns, and samples that are centred already"""
    rng = rngs(1)[0]
    for n, d, k in shuffled([(20, 6, 1), (25, 4, 4), (5, 9, 3), (40, 8, 5)]):
        directions(pca, stretched(rng, n, d), k)
    X = stretched(rng, 20, 4)
    directions(pca, X - X.mean(axis=0), 2)
    directions(pca, 1e-3 * X, 2)


@graded
def test_pca_craft(pca):
    """the samples stay as they were, and whole numbers are no harm"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(pca, stretched(rng, 10, 4), 2)
    directions(pca, rng.integers(-3, 4, (30, 3)) * np.array([9, 3, 1]), 2)


@graded
def test_pca_error_basic(pca_error):
    """the mean over all entries of the squared difference between X and what mean and k numbers make of it"""
    for rng in rngs():
        X = stretched(rng, 30, 5)
        for k in shuffled([1, 2, 4]):
            assert_agrees(pca_error, X, k)


@graded
def test_pca_error_any_k(pca_error):
    """k = D loses nothing, few samples, one column"""
    rng = rngs(1)[0]
    for n, d, k in shuffled([(20, 6, 6), (4, 9, 2), (15, 1, 1), (50, 8, 7)]):
        assert_agrees(pca_error, stretched(rng, n, d), k)
    assert_agrees(pca_error, 1e3 * stretched(rng, 12, 4), 2)


@graded
def test_pca_error_craft(pca_error):
    """the samples stay as they were, and the answer is one number"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(pca_error, stretched(rng, 10, 4), 2)
    value = pca_error(stretched(rng, 10, 4), 1)
    require(np.ndim(value) == 0, f"An error is one number; yours has the shape {np.shape(value)}.")


# ---------------------------------------------------------------- denoise, reparameterize


def noise_of(subject, words, use, centre, spread):
    """The standard noise in what came out, after looking at it: (out - centre) / spread must be standard normal."""
    __tracebackhide__ = True
    out = np.asarray(subject.case(words, use), float)
    require(out.shape == centre.shape, f"{words} has the shape {out.shape}; expected {centre.shape}.")
    noise = (out - centre) / spread
    far = 5 / np.sqrt(noise.size)
    require(
        abs(noise.mean()) <= far,
        f"{words}: the noise, in standard deviations, has the mean {noise.mean():.3f}; it should be about 0.",
    )
    require(abs(noise.std() - 1) <= far, f"{words}: the noise is {noise.std():.3f} times as wide as it should be.")
    inside = np.mean(np.abs(noise) < 1)
    require(
        abs(inside - 0.6827) <= 2.5 / np.sqrt(noise.size),
        f"{words}: {inside:.1%} of the noise lies within one standard deviation; normal noise has 68.3 % there.",
    )
    for name, axis in (("row", 0), ("column", 1)):
        require(
            np.std(noise.mean(axis=1 - axis)) < 5 / np.sqrt(noise.shape[1 - axis])
            and np.ptp(noise, axis=axis).min() > 0,
            f"{words}: one {name} has the noise of another. Every entry has noise of its own.",
        )
    return noise


def noisy(X, seed, sigma):
    """A scenario: what comes out."""
    return lambda f: np.array(f(X.copy(), np.random.default_rng(seed), sigma), float)


@graded
def test_denoise_basic(denoise):
    """normal noise of standard deviation sigma in every entry, and nothing is clipped"""
    for rng, sigma in zip(rngs(), shuffled([0.3, 0.8])):
        X = rng.random((60, 50))
        words = f"denoise(X, rng, {sigma}) for X of shape (60, 50)"
        noise_of(denoise, words, noisy(X, int(rng.integers(1000)), sigma), X, sigma)


@graded
def test_denoise_any_noise(denoise):
    """sigma = 0 changes nothing, images of any shape, large sigma, and each call draws anew"""
    rng = rngs(1)[0]
    X = rng.random((40, 8, 8))
    assert_close(denoise(X, np.random.default_rng(0), 0.0), X, "denoise(X, rng, 0.0)")
    words = "denoise(X, rng, 0.5) for X of shape (40, 8, 8)"
    out = denoise.case(words, noisy(X, int(rng.integers(1000)), 0.5))
    require(out.shape == X.shape, f"{words} has the shape {out.shape}; expected {X.shape}.")
    require(abs(np.std(out - X) - 0.5) < 0.05, f"{words}: the noise has the spread {np.std(out - X):.3f}, not 0.5.")
    Y = rng.normal(size=(50, 60))
    noise_of(denoise, "denoise(X, rng, 6.0)", noisy(Y, int(rng.integers(1000)), 6.0), Y, 6.0)

    def twice(f):
        generator = np.random.default_rng(5)
        return np.array(f(X.copy(), generator, 0.4)), np.array(f(X.copy(), generator, 0.4))

    first, second = denoise.case("denoise(X, rng, 0.4), twice with one generator", twice)
    require(not np.allclose(first, second), "denoise(X, rng, 0.4), twice: the same noise again. rng must move on.")


def leaves_alone_and_repeats(subject, words, use, *arrays):
    """`use(f, own, rng)` changes no array, and gives the same again for a generator of the same seed."""
    __tracebackhide__ = True

    def scenario(f):
        own = [array.copy() for array in arrays]
        first = np.array(use(f, own, np.random.default_rng(3)), float)
        second = np.array(use(f, own, np.random.default_rng(3)), float)
        return own, first, second

    own, first, second = subject.case(f"{words}, twice with the same seed", scenario)
    same = all(np.array_equal(a, b) for a, b in zip(own, arrays))
    require(same, f"{subject.name} changed the caller's array. Make a new one.")
    require(np.array_equal(first, second), f"{words}: two generators of the same seed gave other noise. Draw from rng.")
    return first


@graded
def test_denoise_craft(denoise):
    """the images stay as they were, and all chance comes from rng"""
    rng = rngs(1)[0]
    X = rng.random((30, 40))
    leaves_alone_and_repeats(denoise, "denoise(X, rng, 0.4)", lambda f, own, r: f(*own, r, 0.4), X)
    whole = rng.integers(0, 3, (50, 60))
    noise_of(denoise, "denoise(X, rng, 0.7) for whole numbers", noisy(whole, 8, 0.7), whole, 0.7)


def drawn(mu, logvar, seed):
    """A scenario: what comes out."""
    return lambda f: np.array(f(mu.copy(), logvar.copy(), np.random.default_rng(seed)), float)


@graded
def test_reparameterize_basic(reparameterize):
    """mu plus normal noise whose standard deviation is the root of the variance, of which logvar is the logarithm"""
    for rng in rngs():
        mu = np.tile(rng.normal(0, 3, 40), (80, 1))
        logvar = np.tile(rng.uniform(-3, 2, 40), (80, 1))
        words = "reparameterize(mu, logvar, rng) for mu of shape (80, 40)"
        noise_of(reparameterize, words, drawn(mu, logvar, int(rng.integers(1000))), mu, np.exp(logvar / 2))


@graded
def test_reparameterize_any_variance(reparameterize):
    """a tiny variance gives mu, logvar = 0 gives a spread of 1; one sample; each call draws anew"""
    rng = rngs(1)[0]
    mu = rng.normal(size=(5, 3))
    got = reparameterize(mu, np.full((5, 3), -60.0), np.random.default_rng(0))
    assert_close(got, mu, "reparameterize(mu, logvar, rng) with logvar = -60 everywhere", atol=1e-6)
    wide = rng.normal(size=(60, 50))
    noise_of(reparameterize, "reparameterize(mu, 0, rng)", drawn(wide, np.zeros((60, 50)), 7), wide, 1.0)
    one = np.asarray(reparameterize(mu[:1], np.zeros((1, 3)), np.random.default_rng(0)))
    require(one.shape == (1, 3), f"One sample of three numbers gives (1, 3); yours has the shape {one.shape}.")

    def twice(f):
        generator = np.random.default_rng(5)
        return [np.array(f(mu.copy(), np.zeros((5, 3)), generator)) for _ in range(2)]

    first, second = reparameterize.case("reparameterize(mu, logvar, rng), twice with one generator", twice)
    require(not np.allclose(first, second), "reparameterize, twice: the same noise again. rng must move on.")


@graded
def test_reparameterize_craft(reparameterize):
    """mu and logvar stay as they were, and all chance comes from rng"""
    rng = rngs(1)[0]
    leaves_alone_and_repeats(
        reparameterize, "reparameterize(mu, logvar, rng)", lambda f, own, r: f(*own, r),
        rng.normal(size=(6, 4)), rng.normal(size=(6, 4)),
    )  # fmt: skip


# ---------------------------------------------------------------- train_head


def a_classifier(rng, sizes=(4, 5, 3), hidden="relu"):
    """The params of a net that ends in scores."""
    names = [hidden] * (len(sizes) - 2) + ["identity"]
    return [
        {"W": rng.normal(0, 0.8, (n_in, n_out)), "b": rng.normal(0, 0.3, n_out), "activation": name}
        for n_in, n_out, name in zip(sizes[:-1], sizes[1:], names)
    ]


class Nets:
    """Makes scenarios with Networks that live where the answer does: the learner's beside the learner's code.

    Parameters
    ----------
    subject : Subject
        The answer under test.
    **given : Subject
        What else of the notebook a scenario needs, by name.
    """

    def __init__(self, subject, **given):
        self.subject, self.given = subject, given

    def of(self, f):
        """What belongs beside the answer f: the notebook's things, or the reference's."""
        if f is self.subject.implementation:
            return {name: one.implementation for name, one in self.given.items()}
        return {name: getattr(right, name) for name in self.given}


def head_words(X, lr, epochs, net):
    sizes = [len(net[0]["W"]), *(np.shape(layer["W"])[1] for layer in net)]
    return f"train_head(net, X, y, {lr}, {epochs}, rng) for {len(X)} samples and a net with the sizes {sizes}"


def heading(nets, net, X, y, lr, epochs):
    """What is told, and a scenario: the params of the net that comes back, and those of the caller's afterwards."""

    def scenario(f):
        theirs = nets.of(f)
        own = theirs["network_from"](copy.deepcopy(net))
        new = f(own, X.copy(), y.copy(), lr, epochs, np.random.default_rng(0))
        return theirs["params_of"](new), theirs["params_of"](own)

    return head_words(X, lr, epochs, net), scenario


def frozen(nets, net, X, y, lr, epochs):
    """The net that comes back agrees, and all layers but the last are the same bit for bit."""
    __tracebackhide__ = True
    words, scenario = heading(nets, net, X, y, lr, epochs)
    assert_agrees_on(nets.subject, f"{words}: the params that come back", lambda f: scenario(f)[0])
    got = nets.subject.case(words, scenario)[0]
    for number, (one, other) in enumerate(zip(got[:-1], net)):
        for name in ("W", "b"):
            require(
                np.array_equal(np.asarray(one[name]), other[name]),
                f"{words}: {name} of layer {number} has changed. All layers but the last are frozen, bit for bit.",
            )


@graded
def test_train_head_basic(train_head, network_from, params_of):
    """a copy whose last layer went down the slope of the mean cross-entropy, all samples in each step"""
    nets = Nets(train_head, network_from=network_from, params_of=params_of)
    for rng in rngs():
        X, y = cases(rng, 12)
        frozen(nets, a_classifier(rng), X, y, 0.3, 1)
        frozen(nets, a_classifier(rng, (4, 6, 5, 3)), X, y, 0.2, 15)


@graded
def test_train_head_any_net(train_head, network_from, params_of, Network, Activation):
    """a net with one layer, tanh, no epochs, one sample, and a net whose last layer has nothing to learn"""
    given = {"network_from": network_from, "params_of": params_of, "Network": Network, "Activation": Activation}
    nets = Nets(train_head, **given)
    rng = rngs(1)[0]
    for n, sizes, hidden, epochs in shuffled(
        [(7, (4, 3), "relu", 5), (9, (4, 5, 6, 3), "tanh", 4), (6, (4, 5, 3), "relu", 0), (1, (4, 5, 3), "tanh", 3)]
    ):
        frozen(nets, a_classifier(rng, sizes, hidden), *cases(rng, n), 0.25, epochs)
    net, (X, y) = a_classifier(rng), cases(rng, 8)

    def scenario(f):
        theirs = nets.of(f)
        own = theirs["Network"]([*theirs["network_from"](copy.deepcopy(net)).layers, theirs["Activation"]("identity")])
        return theirs["params_of"](f(own, X.copy(), y.copy(), 0.2, 4, np.random.default_rng(0)))

    assert_agrees_on(
        train_head, f'{head_words(X, 0.2, 4, net)}, with Activation("identity") behind the last Dense', scenario
    )


@graded
def test_train_head_craft(train_head, network_from, params_of):
    """the caller's net, X and y stay as they were, and the copy shares no array with it"""
    nets = Nets(train_head, network_from=network_from, params_of=params_of)
    rng = rngs(1)[0]
    net, (X, y) = a_classifier(rng), cases(rng, 9)
    words, scenario = heading(nets, net, X, y, 0.3, 6)
    _, own = train_head.case(words, scenario)
    require(
        all(np.array_equal(np.asarray(a[name]), b[name]) for a, b in zip(own, net) for name in ("W", "b")),
        f"{words} changed the net that it was given. Work on copy.deepcopy(net).",
    )

    def aside(f):
        theirs, mine = nets.of(f), (X.copy(), y.copy())
        own = theirs["network_from"](copy.deepcopy(net))
        new = f(own, *mine, 0.3, 2, np.random.default_rng(0))
        for layer in new.layers:
            for name in layer.params:
                layer.params[name][...] = 7.0
        return mine, theirs["params_of"](own)

    mine, own = train_head.case(f"{words}; then other numbers are written into the copy", aside)
    require(np.array_equal(mine[0], X) and np.array_equal(mine[1], y), "train_head changed the caller's X or y.")
    require(
        not any(np.any(np.asarray(layer[name]) == 7.0) for layer in own for name in ("W", "b")),
        "Numbers written into the net that train_head gave stand in the caller's net, too: the two share arrays.",
    )


# ---------------------------------------------------------------- distill_targets, distill_loss


@graded
def test_distill_targets_basic(distill_targets):
    """softmax of the scores divided by T: with T = 1 the usual shares, with a larger T softer ones"""
    for rng in rngs():
        for T in shuffled([1.0, 2.5, 6.0]):
            assert_agrees(distill_targets, rng.normal(0, 3, (5, 4)), T)


@graded
def test_distill_targets_any_temperature(distill_targets):
    """a large T gives nearly equal shares, a small T nearly one-hot rows; one sample; scores on other levels"""
    rng = rngs(1)[0]
    for n, c, T in shuffled([(4, 5, 500.0), (6, 3, 0.1), (1, 10, 3.0), (7, 2, 0.5)]):
        assert_agrees(distill_targets, rng.normal(0, 3, (n, c)) + rng.normal(0, 6, (n, 1)), T)


@graded
def test_distill_targets_craft(distill_targets):
    """scores of 1000 and of -1000 give no warning, and the scores stay as they were"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(distill_targets, rng.normal(0, 3, (4, 3)), 2.0)
    large = rng.permutation([[1000.0], [-1000.0], [0.0], [500.0]]) + rng.normal(0, 3, (4, 5))
    assert_agrees(distill_targets, large, 1.0)
    assert_no_warnings(distill_targets, large, 1.0, look="Subtract the largest score of each row first.")
    assert_agrees(distill_targets, rng.permuted(np.tile([1000.0, 0.0, -1000.0], (3, 1)), axis=1), 1.0)


def soft_labels(rng, n, c):
    """Rows that sum to 1."""
    return rng.dirichlet(np.ones(c), n)


@graded
def test_distill_loss_basic(distill_loss):
    """the mean over the samples of minus the sum of target times log share, the student's scores divided by T"""
    for rng in rngs():
        for T in shuffled([1.0, 2.0, 5.0]):
            assert_agrees(distill_loss, rng.normal(0, 3, (6, 4)), soft_labels(rng, 6, 4), T)


@graded
def test_distill_loss_any_targets(distill_loss):
    """hard labels, one sample, many classes, a small T; the student that agrees has the smallest loss"""
    rng = rngs(1)[0]
    for n, c, T in shuffled([(1, 3, 2.0), (5, 10, 0.5), (9, 2, 4.0), (4, 4, 20.0)]):
        assert_agrees(distill_loss, rng.normal(0, 2, (n, c)) + rng.normal(0, 5, (n, 1)), soft_labels(rng, n, c), T)
    hard = np.eye(5)[rng.integers(0, 5, 7)]
    assert_agrees(distill_loss, rng.normal(0, 2, (7, 5)), hard, 1.0)
    logits = rng.normal(0, 2, (6, 4))
    alike, other = (distill_loss(Z, right.distill_targets(logits, 3.0), 3.0) for Z in (logits, logits[::-1].copy()))
    require(
        alike < other,
        f"The student with the teacher's own scores has the loss {alike:.3f}, another one {other:.3f}: the first must "
        "be smaller.",
    )


@graded
def test_distill_loss_craft(distill_loss):
    """scores of 1000 give a finite loss, the arrays stay as they were, and the answer is one number"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(distill_loss, rng.normal(size=(4, 3)), soft_labels(rng, 4, 3), 2.0)
    value = distill_loss(rng.normal(size=(4, 3)), soft_labels(rng, 4, 3), 2.0)
    require(np.ndim(value) == 0, f"A loss is one number; yours has the shape {np.shape(value)}.")
    large = rng.permuted(np.tile([1000.0, 0.0, -1000.0], (6, 1)), axis=1)
    level = rng.permutation([[0.0], [4000.0], [-4000.0], [0.0], [9000.0], [0.0]])
    assert_agrees(distill_loss, large, soft_labels(rng, 6, 3), 1.0)
    assert_agrees(distill_loss, large + level, soft_labels(rng, 6, 3), 1.0)


# ---------------------------------------------------------------- nearest


@graded
def test_nearest_basic(nearest):
    """the indices of the k codes closest to the query, the closest first"""
    for rng in rngs():
        codes = rng.normal(0, 3, (20, 4))
        for k in shuffled([1, 3, 7]):
            assert_agrees(nearest, codes, rng.normal(0, 3, 4), k)


@graded
def test_nearest_ties_and_all(nearest):
    """equal distances in the order of the indices; all codes; a query that is a code; one number a code"""
    rng = rngs(1)[0]
    corners = rng.permuted(np.array([[3, 4], [4, -3], [-3, 4], [0, 5], [-5, 0], [5, 0], [9, 9]], float), axis=0)
    assert_agrees(nearest, corners, np.zeros(2), 7)
    assert_agrees(nearest, corners, np.zeros(2), 4)
    assert_agrees(nearest, np.zeros((30, 3)), np.ones(3), 20)
    codes = rng.normal(size=(12, 5))
    assert_agrees(nearest, codes, codes[int(rng.integers(12))], 12)
    assert_agrees(nearest, rng.integers(-4, 5, (40, 1)), np.array([1]), 25)
    assert_agrees(nearest, rng.normal(0, 1, (15, 3)) * [9, 1, 0.1], rng.normal(size=3), 6)


@graded
def test_nearest_craft(nearest):
    """codes and query stay as they were, and the answer is k whole numbers"""
    rng = rngs(1)[0]
    codes, query = rng.normal(size=(9, 3)), rng.normal(size=3)
    assert_leaves_inputs_alone(nearest, codes, query, 4)
    got = np.asarray(nearest(codes, query, 4))
    require(
        got.shape == (4,) and got.dtype.kind in "iu",
        f"nearest(codes, query, 4) gives four indices, whole numbers; yours: {got.dtype} of shape {got.shape}.",
    )


# ---------------------------------------------------------------- gan_d_loss, gan_g_loss, gan_step


@graded
def test_gan_d_loss_basic(gan_d_loss):
    """the mean of -log of the share "real" for real scores, plus the mean of -log(1 - share) for forged ones"""
    for rng in rngs():
        assert_agrees(gan_d_loss, rng.normal(0, 2, 6), rng.normal(0, 2, 6))
        assert_agrees(gan_d_loss, rng.normal(1, 2, (5, 1)), rng.normal(-1, 2, (5, 1)))


@graded
def test_gan_d_loss_any_scores(gan_d_loss):
    """more real than forged ones, one of each, and scores of 1000"""
    rng = rngs(1)[0]
    for n, m in shuffled([(9, 3), (2, 8), (1, 1)]):
        assert_agrees(gan_d_loss, rng.normal(0, 2, n), rng.normal(0, 2, m))
    assert_agrees(gan_d_loss, rng.permutation([1000.0, -1000.0, 3.0]), rng.permutation([1000.0, -2000.0, 0.5]))


@graded
def test_gan_d_loss_craft(gan_d_loss):
    """the scores stay as they were, NumPy has no reason to warn, and the answer is one number"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(gan_d_loss, rng.normal(size=5), rng.normal(size=4))
    assert_no_warnings(
        gan_d_loss, rng.permutation([900.0, -900.0]), rng.permutation([900.0, -900.0]),
        look="np.logaddexp(0, s) is log(1 + exp(s)) without overflow.",
    )  # fmt: skip
    value = gan_d_loss(rng.normal(size=(5, 1)), rng.normal(size=(4, 1)))
    require(np.ndim(value) == 0, f"A loss is one number; yours has the shape {np.shape(value)}.")


@graded
def test_gan_g_loss_basic(gan_g_loss):
    """the mean of -log of the share "real" that forged things get"""
    for rng in rngs():
        assert_agrees(gan_g_loss, rng.normal(0, 2, 6))
        assert_agrees(gan_g_loss, rng.normal(-1, 2, (5, 1)))


@graded
def test_gan_g_loss_any_scores(gan_g_loss):
    """one score, and scores of 1000 and -1000: the loss is finite, and large where nothing passes for real"""
    rng = rngs(1)[0]
    assert_agrees(gan_g_loss, rng.normal(0, 2, 1))
    assert_agrees(gan_g_loss, rng.permutation([1000.0, -1000.0, 2.0, -0.5]))
    assert_agrees(gan_g_loss, -rng.uniform(20, 40, 5))


@graded
def test_gan_g_loss_craft(gan_g_loss):
    """the scores stay as they were, NumPy has no reason to warn, and the answer is one number"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(gan_g_loss, rng.normal(size=5))
    assert_no_warnings(
        gan_g_loss, rng.permutation([900.0, -900.0]), look="np.logaddexp(0, s) is log(1 + exp(s)) without overflow."
    )
    value = gan_g_loss(rng.normal(size=(4, 1)))
    require(np.ndim(value) == 0, f"A loss is one number; yours has the shape {np.shape(value)}.")


def playing(nets, G, D, x, z, lr, steps=1):
    """What is told, and a scenario: the two losses, and the params of both nets afterwards."""

    def scenario(f):
        theirs = nets.of(f)
        g, d = theirs["network_from"](copy.deepcopy(G)), theirs["network_from"](copy.deepcopy(D))
        for _ in range(steps):
            d_loss, g_loss = f(g, d, x.copy(), z.copy(), lr)
        return {
            "the loss of D": d_loss,
            "the loss of G": g_loss,
            "D afterwards": theirs["params_of"](d),
            "G afterwards": theirs["params_of"](g),
        }

    times = f", {steps} times" if steps > 1 else ""
    return f"gan_step(G, D, x, z, {lr}){times} for {len(x)} real and {len(z)} forged samples", scenario


@graded
def test_gan_step_basic(gan_step, network_from, params_of):
    """D moves first, then G against the D that has moved; both losses, and both nets changed"""
    nets = Nets(gan_step, network_from=network_from, params_of=params_of)
    for rng in rngs():
        G, D = a_classifier(rng, (3, 5, 2)), a_classifier(rng, (2, 6, 1))
        x, z = rng.normal(1, 1, (8, 2)), rng.normal(size=(8, 3))
        assert_agrees_on(gan_step, *playing(nets, G, D, x, z, 0.5))


@graded
def test_gan_step_any_nets(gan_step, network_from, params_of):
    """tanh, one layer, other numbers of real and forged samples, three steps; with lr = 0 nothing moves"""
    nets = Nets(gan_step, network_from=network_from, params_of=params_of)
    rng = rngs(1)[0]
    for g, d, n, m, lr, steps in shuffled(
        [
            ((2, 4, 1), (1, 5, 1), 9, 4, 0.4, 1),
            ((2, 3), (3, 1), 5, 7, 0.3, 3),
            ((3, 4, 4, 2), (2, 4, 4, 1), 1, 6, 0.2, 1),
            ((2, 4, 1), (1, 5, 1), 6, 6, 0.0, 1),
        ]
    ):
        G, D = a_classifier(rng, g, "tanh"), a_classifier(rng, d, "tanh")
        x, z = rng.normal(1, 1, (n, d[0])), rng.normal(size=(m, g[0]))
        assert_agrees_on(gan_step, *playing(nets, G, D, x, z, lr, steps))


@graded
def test_gan_step_craft(gan_step, network_from, params_of):
    """x and z stay as they were, and both losses are numbers"""
    nets = Nets(gan_step, network_from=network_from, params_of=params_of)
    rng = rngs(1)[0]
    G, D = a_classifier(rng, (3, 5, 2)), a_classifier(rng, (2, 6, 1))
    x, z = rng.normal(1, 1, (8, 2)), rng.normal(size=(8, 3))

    def scenario(f):
        build, own = nets.of(f)["network_from"], (x.copy(), z.copy())
        losses = f(build(copy.deepcopy(G)), build(copy.deepcopy(D)), *own, 0.5)
        return own, list(losses)

    own, losses = gan_step.case("gan_step(G, D, x, z, 0.5): x, z and the losses afterwards", scenario)
    require(np.array_equal(own[0], x) and np.array_equal(own[1], z), "gan_step changed the caller's x or z.")
    require(
        len(losses) == 2 and all(np.ndim(loss) == 0 for loss in losses),
        f"gan_step gives two numbers, the loss of D and that of G; yours: {losses}.",
    )


# ---------------------------------------------------------------- quiz

test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8 = quiz_tests(8)


# ---------------------------------------------------------------- the reference, and the numbers of the notebook


def test_pca_of_the_reference_finds_the_eigenvectors_of_the_covariance():
    X = stretched(np.random.default_rng(0), 50, 6)
    mean, components = right.pca(X, 3)
    values, vectors = np.linalg.eigh(np.cov(X.T, bias=True))
    assert np.allclose(np.abs(np.sum(components * vectors[:, ::-1].T[:3], axis=1)), 1)
    assert np.isclose(right.pca_error(X, 3), values[:3].sum() / 6)
    assert np.allclose(mean, X.sum(axis=0) / 50)


def test_a_linear_autoencoder_at_the_components_has_the_error_of_pca_and_slope_0():
    X = stretched(np.random.default_rng(0), 50, 6)
    mean, components = right.pca(X, 2)
    params = [
        {"W": components.T, "b": np.zeros(2), "activation": "identity"},
        {"W": components, "b": np.zeros(6), "activation": "identity"},
    ]
    loss, grads = right.ae_loss_and_grads(X - mean, params)
    assert np.isclose(loss, right.pca_error(X, 2))
    assert all(np.allclose(slope, 0, atol=1e-10) for layer in grads for slope in layer.values())


def test_losses_of_the_reference_against_loops():
    rng = np.random.default_rng(0)
    logits, targets, T = rng.normal(size=(4, 3)), soft_labels(rng, 4, 3), 2.5
    total = 0.0
    for row, shares in zip(logits, targets):
        whole = sum(np.exp(s / T) for s in row)
        total -= sum(share * np.log(np.exp(s / T) / whole) for s, share in zip(row, shares))
    assert np.isclose(right.distill_loss(logits, targets, T), total / 4)
    real, forged = rng.normal(size=5), rng.normal(size=3)
    d = -np.mean(np.log(1 / (1 + np.exp(-real)))) - np.mean(np.log(1 - 1 / (1 + np.exp(-forged))))
    assert np.isclose(right.gan_d_loss(real, forged), d)
    assert np.isclose(right.gan_g_loss(forged), -np.mean(np.log(1 / (1 + np.exp(-forged)))))


def test_gan_step_of_the_reference_goes_down_the_measured_slopes():
    rng = np.random.default_rng(0)
    G, D = a_classifier(rng, (3, 4, 2), "tanh"), a_classifier(rng, (2, 4, 1), "tanh")
    x, z = rng.normal(size=(5, 2)), rng.normal(size=(4, 3))
    g, d = right.network_from(G), right.network_from(D)
    right.gan_step(g, d, x, z, 0.1)
    moved = right.params_of(d)

    def d_loss(W):
        net, forged = right.network_from([{**D[0], "W": W}, D[1]]), right.network_from(G).forward(z)
        return right.gan_d_loss(net.forward(x), net.forward(forged))

    def g_loss(W):
        forged = right.network_from([{**G[0], "W": W}, G[1]]).forward(z)
        return right.gan_g_loss(right.network_from(moved).forward(forged))

    assert np.allclose(moved[0]["W"], D[0]["W"] - 0.1 * central_differences(d_loss, D[0]["W"]), atol=1e-9)
    want = G[0]["W"] - 0.1 * central_differences(g_loss, G[0]["W"])
    assert np.allclose(right.params_of(g)[0]["W"], want, atol=1e-9)


def test_the_reference_agrees_with_pytorch():
    torch = pytest.importorskip("torch", reason="pip install torch")
    rng = np.random.default_rng(0)
    X, params = rng.normal(size=(6, 5)), an_autoencoder(rng)
    own = [{name: torch.tensor(layer[name], requires_grad=True) for name in ("W", "b")} for layer in params]
    votes = torch.tensor(X)
    for layer, one in zip(params, own):
        votes = votes @ one["W"] + one["b"]
        votes = torch.relu(votes) if layer["activation"] == "relu" else votes
    loss = torch.nn.functional.mse_loss(votes, torch.tensor(X))
    loss.backward()
    value, grads = right.ae_loss_and_grads(X, params)
    assert np.isclose(value, loss.item())
    for ours, theirs in zip(grads, own):
        assert all(np.allclose(ours[name], theirs[name].grad.numpy()) for name in ours)
    logits, targets = torch.tensor(rng.normal(size=(4, 3))), torch.tensor(soft_labels(rng, 4, 3))
    theirs = torch.nn.functional.cross_entropy(logits / 2.5, targets)
    assert np.isclose(right.distill_loss(logits.numpy(), targets.numpy(), 2.5), theirs.item())


@pytest.fixture(scope="module")
def parts():
    """1,200 digits to learn from and 597 to judge by, as in the notebook: (X, y) each."""
    with np.load(SOURCE / "17_representations" / "digits.npz") as file:
        X, y = file["images"].reshape(-1, 64) / 16, file["labels"].astype(int)
    order = np.random.default_rng(0).permutation(len(X))
    return (X[order[:1200]], y[order[:1200]]), (X[order[1200:]], y[order[1200:]])


def test_an_autoencoder_loses_less_than_pca(parts):
    (X, _), (other, _) = parts
    centre, rng = X.mean(axis=0), np.random.default_rng(0)
    params = an_autoencoder(rng, (64, 32, 8, 32, 64))
    for layer in params:
        layer["W"] = rng.normal(0, np.sqrt(2 / len(layer["W"])), layer["W"].shape)
        layer["b"] *= 0
    optimizer = Optimizer("adam", 0.01)
    arrays = [{name: layer[name] for name in ("W", "b")} for layer in params]
    for _ in range(50):
        order = rng.permutation(1200)
        for start in range(0, 1200, 64):
            optimizer.step(arrays, right.ae_loss_and_grads(X[order[start : start + 64]] - centre, params)[1])
    mean, rows = right.pca(X, 8)
    lost = np.mean((other - mean - (other - mean) @ rows.T @ rows) ** 2)
    assert right.ae_loss_and_grads(other - centre, params)[0] < 0.8 * lost < 0.021


def learn(net, X, targets, T, epochs, lr, rng, batch_size=20):
    """As `learn_from` of the notebook."""
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            pile = order[start : start + batch_size]
            shares = right.distill_targets(net.forward(X[pile], training=True), T)
            net.backward((shares - targets[pile]) / (len(pile) * T))
            for layer in net.layers:
                for name, array in layer.params.items():
                    array -= lr * layer.grads[name]
    return net


def test_the_numbers_of_the_turning_point(parts):
    """Old layers help with inverted digits and harm with turned ones; soft labels help where images are few."""
    (X, y), (other, labels) = parts
    changes = {
        "inverted": lambda X: 1 - X,
        "turned": lambda X: np.rot90(X.reshape(-1, 8, 8), axes=(1, 2)).reshape(-1, 64),
    }
    gains = {"inverted": [], "turned": [], "soft": []}

    def read(net, X):
        return np.mean(digits.predict(net, X) == labels)

    def fresh(hidden, seed):
        return digits.new_network([64, hidden, 10], np.random.default_rng(seed))

    for seed in range(3):
        rng = np.random.default_rng(seed)
        teacher = learn(fresh(32, seed), X, np.eye(10)[y], 1.0, 20, 0.2, rng, 32)
        few = np.random.default_rng(50 + seed).permutation(1200)[:60]
        hard = np.eye(10)[y[few]]
        assert read(teacher, 1 - other) < 0.02  # far less than by guessing
        for name, change in changes.items():
            head = right.train_head(teacher, change(X[few]), y[few], 0.5, 1000, rng)
            net = learn(fresh(32, 100 + seed), change(X[few]), hard, 1.0, 200, 0.2, np.random.default_rng(seed))
            gains[name].append(read(head, change(other)) - read(net, change(other)))
        soft = right.distill_targets(teacher.forward(X[few]), 3.0)
        students = [
            learn(fresh(8, 200 + seed), X[few], targets, T, 200, lr, np.random.default_rng(seed))
            for targets, T, lr in ((hard, 1.0, 0.2), (soft, 3.0, 0.6))
        ]
        gains["soft"].append(read(students[1], other) - read(students[0], other))
    assert np.mean(gains["inverted"]) > 0.01 and np.mean(gains["turned"]) < -0.04 and np.mean(gains["soft"]) > 0.05
