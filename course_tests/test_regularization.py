"""Hidden tests of 12_regularization. See checks.py for what each check says when it fails."""

import functools

import numpy as np

from course_tests.checks import (
    assert_agrees,
    assert_agrees_on,
    assert_close,
    assert_gradient,
    assert_leaves_inputs_alone,
    graded,
    quiz_tests,
    require,
    rngs,
    shuffled,
    verdict,
)
from course_tests.reference import digits, pixels
from course_tests.reference import regularization as right


def weights(rng, *shapes):
    """A list of weights of both signs."""
    return [rng.normal(size=shape) for shape in shapes]


# ---------------------------------------------------------------- l2_penalty, l2_grad


@graded
def test_l2_penalty_basic(l2_penalty):
    """lam times the sum of all squared weights, over all arrays of the list"""
    for rng in rngs():
        assert_agrees(l2_penalty, weights(rng, (3, 4), (4, 2)), rng.uniform(0.1, 2))


@graded
def test_l2_penalty_any_weights(l2_penalty):
    """one array, three arrays, large and small lam; no arrays or lam = 0 cost nothing"""
    rng = rngs(1)[0]
    assert_agrees(l2_penalty, weights(rng, (5, 1)), 3.0)
    assert_agrees(l2_penalty, weights(rng, (2, 3), (3, 3), (3, 1)), 1e-3)
    assert_agrees(l2_penalty, [rng.integers(-3, 4, (4, 2)), rng.normal(size=(2, 2))], 0.5)
    assert_agrees(l2_penalty, weights(rng, (2, 2)), 0.0)
    assert_agrees(l2_penalty, [], 0.7)


@graded
def test_l2_penalty_craft(l2_penalty):
    """the weights stay as they were, and the answer is one number"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(l2_penalty, weights(rng, (3, 2), (2, 2)), 0.3)
    value = l2_penalty(weights(rng, (3, 2), (2, 2)), 0.3)
    require(np.ndim(value) == 0, f"A penalty is one number; yours has the shape {np.shape(value)}.")


@graded
def test_l2_grad_basic(l2_grad):
    """the slope of lam times the sum of squares: two times lam times each weight"""
    for rng in rngs():
        W, lam = rng.normal(size=(3, 4)), rng.uniform(0.1, 2)
        assert_agrees(l2_grad, W, lam)


@graded
def test_l2_grad_is_the_slope(l2_grad):
    """it agrees with the measured slope of the penalty, for weights of any shape"""
    rng = rngs(1)[0]
    for shape in ((4, 2), (5,), (2, 3, 2)):
        W, lam = rng.normal(size=shape), rng.uniform(0.1, 2)
        assert_gradient(l2_grad(W, lam), lambda W: lam * np.sum(W * W), W, f"l2_grad(W, {lam:.2f})")
    assert_agrees(l2_grad, rng.normal(size=(2, 2)), 0.0)


@graded
def test_l2_grad_craft(l2_grad):
    """the weights stay as they were; whole numbers get slopes with decimals"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(l2_grad, rng.normal(size=(3, 2)), 0.3)
    assert_agrees(l2_grad, rng.integers(-3, 4, (3, 2)), 0.3)


# ---------------------------------------------------------------- l1_penalty, l1_grad, soft_threshold


@graded
def test_l1_penalty_basic(l1_penalty):
    """lam times the sum of all absolute weights, over all arrays of the list"""
    for rng in rngs():
        assert_agrees(l1_penalty, weights(rng, (3, 4), (4, 2)), rng.uniform(0.1, 2))


@graded
def test_l1_penalty_any_weights(l1_penalty):
    """one array, three arrays, weights of exactly 0; no arrays or lam = 0 cost nothing"""
    rng = rngs(1)[0]
    assert_agrees(l1_penalty, weights(rng, (5, 1)), 3.0)
    assert_agrees(l1_penalty, [*weights(rng, (2, 3), (3, 3)), np.zeros((3, 1))], 1e-3)
    assert_agrees(l1_penalty, weights(rng, (2, 2)), 0.0)
    assert_agrees(l1_penalty, [], 0.7)


@graded
def test_l1_penalty_craft(l1_penalty):
    """the weights stay as they were, and the answer is one number"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(l1_penalty, weights(rng, (3, 2), (2, 2)), 0.3)
    value = l1_penalty(weights(rng, (3, 2), (2, 2)), 0.3)
    require(np.ndim(value) == 0, f"A penalty is one number; yours has the shape {np.shape(value)}.")


@graded
def test_l1_grad_basic(l1_grad):
    """lam with the sign of each weight, however large the weight is"""
    for rng in rngs():
        assert_agrees(l1_grad, rng.normal(size=(3, 4)), rng.uniform(0.1, 2))


@graded
def test_l1_grad_at_the_corner(l1_grad):
    """at a weight of exactly 0 any slope from -lam to lam is right; nothing but a finite number"""
    for rng in rngs():
        W, lam = rng.normal(size=(4, 3)) * (rng.random((4, 3)) < 0.6), rng.uniform(0.1, 2)
        W[0, 0] = 0.0
        got = np.asarray(l1_grad(W, lam))
        want = lam * np.sign(W)
        if got.shape == W.shape and np.all(np.abs(got[W == 0]) <= lam * (1 + 1e-9)):
            want[W == 0] = got[W == 0]
        assert_close(got, want, f"l1_grad(W, {lam:.2f}), where some weights are 0")


@graded
def test_l1_grad_craft(l1_grad):
    """the weights stay as they were, tiny weights count like large ones, and any shape works"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(l1_grad, rng.normal(size=(3, 2)), 0.3)
    assert_agrees(l1_grad, 1e-9 * rng.normal(size=(3, 2)), 0.3)
    assert_agrees(l1_grad, rng.choice([-3, -1, 2, 4], (2, 3, 2)), 0.3)


@graded
def test_soft_threshold_basic(soft_threshold):
    """each weight moves towards 0 by t, and no further than 0"""
    for rng in rngs():
        assert_agrees(soft_threshold, rng.normal(size=(3, 4)), rng.uniform(0.3, 1))


@graded
def test_soft_threshold_any_t(soft_threshold):
    """t = 0 changes nothing, a large t leaves zeros, and a weight of exactly t becomes 0"""
    rng = rngs(1)[0]
    W = rng.normal(size=(3, 4))
    assert_agrees(soft_threshold, W, 0.0)
    assert_agrees(soft_threshold, W, 9.0)
    assert_agrees(soft_threshold, np.array([0.5, -0.5, 0.25, 0.75, -0.75, 0.0]), 0.5)


@graded
def test_soft_threshold_craft(soft_threshold):
    """the weights stay as they were, and whole numbers get decimals"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(soft_threshold, rng.normal(size=(3, 2)), 0.3)
    assert_agrees(soft_threshold, rng.integers(-3, 4, (3, 5)), 0.25)


# ---------------------------------------------------------------- Dropout


def dropped(p, A, dout, seed, times=1):
    """A scenario: some training passes over A with one layer, each with its way back, and A and dout afterwards."""

    def scenario(Dropout):
        layer = Dropout(p, np.random.default_rng(seed))
        own = A.copy(), dout.copy()
        passes = []
        for number in range(times):
            votes, blame = (A.copy(), dout.copy()) if number else own
            out = np.array(layer.forward(votes, training=True), float)
            passes.append((out, np.array(layer.backward(blame), float)))
        return passes, own

    return scenario


def dropout_words(p, shape, what="forward(A, training=True)"):
    return f"Dropout({p}, rng).{what} with A of shape {shape}"


def fair(subject, p, A, seed, times=1):
    """The masks of some passes: each vote is 0 or 1 / (1 - p) times itself, in the right share, and back the same."""
    __tracebackhide__ = True
    words = dropout_words(p, A.shape)
    dout = np.random.default_rng(seed + 1).uniform(1, 2, A.shape)
    masks = []
    for out, back in subject.case(words, dropped(p, A, dout, seed, times))[0]:
        require(out.shape == A.shape, f"{words} gave the shape {out.shape}.")
        factor = out / A
        near = np.isclose(factor, 0) | np.isclose(factor, 1 / (1 - p))
        odd = factor[~near][:1]
        require(
            near.all(),
            f"{words}: a vote came out {odd[0] if odd.size else 0:.3f} times as large; each must be 0 or "
            f"1 / (1 - p) = {1 / (1 - p):.3f} times what it was.",
        )
        share = np.mean(np.isclose(factor, 0))
        width = 5 * np.sqrt(p * (1 - p) / A.size)
        require(abs(share - p) <= width, f"{words}: {share:.1%} of the votes were dropped; it should be about {p:.0%}.")
        assert_close(
            back, dout * factor, f"backward(dout) after {words}", look="The blame passes where the vote passed."
        )
        masks.append(~np.isclose(factor, 0))
    return masks


@graded
def test_Dropout_basic(Dropout):
    """while training, a share p of the votes becomes 0, the others grow by 1 / (1 - p); backward has the same mask"""
    for rng, p in zip(rngs(), shuffled([0.25, 0.6])):
        A = rng.choice([-1, 1], (80, 50)) * rng.uniform(0.5, 2, (80, 50))
        fair(Dropout, p, A, int(rng.integers(1000)))


@graded
def test_Dropout_evaluation(Dropout):
    """in evaluation every vote passes unchanged, and the mask of the last training pass is kept for backward"""
    for rng in rngs():
        A, other, dout = rng.normal(size=(6, 5)), rng.normal(size=(4, 5)), rng.uniform(1, 2, (6, 5))
        seed = int(rng.integers(1000))

        def scenario(Dropout, A=A, other=other, dout=dout, seed=seed):
            layer = Dropout(0.5, np.random.default_rng(seed))
            first = np.array(layer.forward(other.copy(), training=False), float)
            out = np.array(layer.forward(A.copy(), training=True), float)
            second = np.array(layer.forward(other.copy()), float)  # evaluation is the default
            return first, second, out, np.array(layer.backward(dout), float)

        words = "forward(B, training=False)"
        first, second, out, back = Dropout.case(f"layer = Dropout(0.5, rng); layer.{words}", scenario)
        for got, told in ((first, words), (second, "forward(B)")):
            assert_close(got, other, told, look="Nobody is missing when it counts.")
        assert_close(
            back, dout * (out / A), "backward(dout) after forward(A, training=True) and forward(B)",
            look="The mask of the last training pass counts.",
        )  # fmt: skip


@graded
def test_Dropout_any_votes(Dropout):
    """p = 0 drops nobody; every sample, every member and every pass has its own lots; any shape works"""
    rng, other = rngs()
    fair(Dropout, 0.0, rng.uniform(0.5, 2, (7, 3)), 3)
    fair(Dropout, 0.9, rng.uniform(0.5, 2, (90, 40)), 4)
    fair(Dropout, 0.5, other.uniform(0.5, 2, (20, 3, 8, 8)), 5)
    first, second = fair(Dropout, 0.5, other.uniform(0.5, 2, (40, 30)), 6, times=2)
    words = dropout_words(0.5, (40, 30))
    require(not np.array_equal(first, second), f"{words}, twice: the same votes were dropped. Draw a new mask.")
    require(not (first == first[:1]).all(), f"{words}: every sample lost the same votes. Each has its own lot.")
    require(not (first == first[:, :1]).all(), f"{words}: samples were dropped whole. Each vote has its own lot.")


@graded
def test_Dropout_craft(Dropout):
    """votes and blame stay as they were, all chance comes from rng, and there is nothing to learn"""
    rng = rngs(1)[0]
    A, dout = rng.normal(size=(8, 6)), rng.normal(size=(8, 6))
    words = dropout_words(0.4, (8, 6))
    once, own = Dropout.case(words, dropped(0.4, A, dout, 7, times=2))
    require(np.array_equal(own[0], A), f"{words} changed the caller's votes. Make a new array.")
    require(np.array_equal(own[1], dout), f"backward after {words} changed the caller's blame. Make a new array.")
    twice, _ = Dropout.case(words, dropped(0.4, A, dout, 7, times=2))
    same = all(np.array_equal(a[0], b[0]) for a, b in zip(once, twice))
    require(same, f"{words}: two layers with generators of the same seed dropped other votes. Draw from self.rng.")
    empty = Dropout.case(
        "Dropout(0.4, rng).params and .grads",
        lambda Dropout: (lambda layer: (len(layer.params), len(layer.grads)))(Dropout(0.4, np.random.default_rng(0))),
    )
    require(tuple(empty) == (0, 0), "Dropout has nothing to learn: params and grads are empty dicts, {}.")


# ---------------------------------------------------------------- BatchNorm1d, LayerNorm


def normed(passes, gamma=None, beta=None, dout=None, seen=(), **options):
    """A scenario: a layer with this gamma and beta, some passes (X, training), the way back, and what `seen` names."""

    def scenario(Norm):
        layer = Norm(np.shape(passes[0][0])[-1], **options)
        if gamma is not None:
            layer.params["gamma"][...] = gamma
            layer.params["beta"][...] = beta
        outs = [np.array(layer.forward(X.copy(), training=training), float) for X, training in passes]
        values = {"the last output": outs[-1]}
        if dout is not None:
            values["dX"] = np.array(layer.backward(dout.copy()), float)
            values["dgamma"] = np.array(layer.grads["gamma"], float)
            values["dbeta"] = np.array(layer.grads["beta"], float)
        for name in seen:
            values[name] = np.array(getattr(layer, name), float)
        return values

    return scenario


def knobs(rng, d):
    return {"gamma": rng.uniform(0.5, 2, d) * rng.choice([-1, 1], d), "beta": rng.normal(size=d)}


def columns(rng, n, d):
    """A batch whose columns have means and spreads of their own."""
    return rng.normal(size=(n, d)) * rng.uniform(0.5, 4, d) + rng.normal(0, 3, d)


TRAIN = "BatchNorm1d(d).forward(X, training=True)"


@graded
def test_BatchNorm1d_forward(BatchNorm1d):
    """while training, each column of the batch has mean 0 and variance 1, times gamma, plus beta"""
    for rng in rngs():
        X = columns(rng, 7, 3)
        assert_agrees_on(BatchNorm1d, TRAIN, normed([(X, True)]))
        assert_agrees_on(BatchNorm1d, f"{TRAIN}, with another gamma and beta", normed([(X, True)], **knobs(rng, 3)))


@graded
def test_BatchNorm1d_running_statistics(BatchNorm1d):
    """the running mean and variance move with each training batch, and evaluation uses them"""
    for rng in rngs():
        X, Y, Z = columns(rng, 7, 3), columns(rng, 5, 3), columns(rng, 4, 3)
        seen = ("running_mean", "running_var")
        assert_agrees_on(BatchNorm1d, f"the running statistics after {TRAIN}", normed([(X, True)], seen=seen))
        two = "two training passes"
        assert_agrees_on(BatchNorm1d, f"the running statistics after {two}", normed([(X, True), (Y, True)], seen=seen))
        assert_agrees_on(
            BatchNorm1d,
            "the running statistics with momentum=0.5",
            normed([(X, True), (Y, True)], seen=seen, momentum=0.5),
        )
        assert_agrees_on(
            BatchNorm1d,
            f"forward(Z, training=False) after {two}",
            normed([(X, True), (Y, True), (Z, False)], seen=seen, **knobs(rng, 3)),
        )


@graded
def test_BatchNorm1d_backward(BatchNorm1d):
    """dX, dgamma and dbeta are the slopes: the mean and the spread of the batch move with each sample, too"""
    for rng in rngs():
        X, dout, own = columns(rng, 6, 3), rng.normal(size=(6, 3)), knobs(rng, 3)
        words = f"backward(dout) after {TRAIN}"
        assert_agrees_on(BatchNorm1d, words, normed([(X, True)], dout=dout, **own))
        got = BatchNorm1d.case(words, normed([(X, True)], dout=dout, **own))["dX"]

        def moved(X, own=own, dout=dout):
            normal = (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + 1e-5)
            return np.sum(dout * (own["gamma"] * normal + own["beta"]))

        assert_gradient(got, moved, X, f"dX of {words}")


@graded
def test_BatchNorm1d_any_batch(BatchNorm1d):
    """constant columns, one sample, another eps, and blame after an evaluation pass"""
    rng = rngs(1)[0]
    X = columns(rng, 6, 3)
    X[:, 1] = 2.0
    assert_agrees_on(BatchNorm1d, f"{TRAIN}, where column 1 is constant", normed([(X, True)], **knobs(rng, 3)))
    assert_agrees_on(
        BatchNorm1d, f"{TRAIN} with one sample", normed([(columns(rng, 1, 4), True)], dout=rng.normal(size=(1, 4)))
    )
    assert_agrees_on(
        BatchNorm1d, "BatchNorm1d(d, eps=0.5).forward(X, training=True)", normed([(columns(rng, 5, 2), True)], eps=0.5)
    )
    Y, Z = columns(rng, 8, 3), columns(rng, 5, 3)
    assert_agrees_on(
        BatchNorm1d,
        "backward(dout) after forward(Z, training=False)",
        normed([(Y, True), (Z, False)], dout=rng.normal(size=(5, 3)), **knobs(rng, 3)),
    )


def calls_alone(Norm, *passes):
    """A scenario: one training pass and its way back on arrays of the caller's, and these arrays afterwards."""

    def scenario(Norm):
        layer = Norm(np.shape(passes[0])[-1])
        own = passes[0].copy(), passes[1].copy()
        layer.forward(own[0], training=True)
        layer.backward(own[1])
        return own

    return scenario


def leaves_alone(subject, X, dout):
    __tracebackhide__ = True
    words = f"{subject.name}(d): forward(X, training=True), backward(dout)"
    own = subject.case(words, calls_alone(subject, X, dout))
    require(np.array_equal(own[0], X), f"{words} changed the caller's X. Make a new array.")
    require(np.array_equal(own[1], dout), f"{words} changed the caller's dout. Make a new array.")


@graded
def test_BatchNorm1d_craft(BatchNorm1d):
    """X and dout stay as they were, evaluation moves no statistics and looks at each sample alone"""
    rng = rngs(1)[0]
    leaves_alone(BatchNorm1d, columns(rng, 6, 3), rng.normal(size=(6, 3)))
    X, Z = columns(rng, 6, 3), columns(rng, 4, 3)

    def scenario(BatchNorm1d):
        layer = BatchNorm1d(3)
        layer.forward(X.copy(), training=True)
        whole = np.array(layer.forward(Z.copy(), training=False), float)
        alone = np.array(layer.forward(Z[:1].copy()), float)  # evaluation is the default
        return whole, alone

    whole, alone = BatchNorm1d.case("forward(Z, training=False), and the same for its first sample alone", scenario)
    assert_close(
        alone, np.asarray(whole)[:1], "forward(Z[:1]), beside the first row for all of Z",
        look="In evaluation only the running statistics count, and they stay as they are.",
    )  # fmt: skip


LAYER = "LayerNorm(d).forward(X)"


@graded
def test_LayerNorm_basic(LayerNorm):
    """each sample has mean 0 and variance 1 over its last axis, times gamma, plus beta; backward gives the slopes"""
    for rng in rngs():
        X, dout, own = 3 * rng.normal(size=(4, 6)) + 1, rng.normal(size=(4, 6)), knobs(rng, 6)
        assert_agrees_on(LayerNorm, LAYER, normed([(X, True)]))
        assert_agrees_on(LayerNorm, f"{LAYER}, with another gamma and beta", normed([(X, True)], **own))
        assert_agrees_on(LayerNorm, f"backward(dout) after {LAYER}", normed([(X, True)], dout=dout, **own))


@graded
def test_LayerNorm_any_shape(LayerNorm):
    """sequences of shape (N, T, d), constant rows, another eps; training and evaluation are the same"""
    rng = rngs(1)[0]
    X, dout, own = 2 * rng.normal(size=(3, 4, 5)) - 1, rng.normal(size=(3, 4, 5)), knobs(rng, 5)
    assert_agrees_on(LayerNorm, "backward(dout) for X of shape (3, 4, 5)", normed([(X, True)], dout=dout, **own))
    flat = rng.normal(size=(4, 3))
    flat[2] = 1.5
    assert_agrees_on(LayerNorm, f"{LAYER}, where row 2 is constant", normed([(flat, False)], **knobs(rng, 3)))
    assert_agrees_on(LayerNorm, "LayerNorm(d, eps=0.5).forward(X)", normed([(rng.normal(size=(4, 3)), True)], eps=0.5))
    assert_agrees_on(
        LayerNorm, "forward(X, training=False)", normed([(X, True), (2 * X[:2], False)], dout=dout[:2], **own)
    )


@graded
def test_LayerNorm_craft(LayerNorm):
    """X and dout stay as they were, and a sample does not depend on the others in its batch"""
    rng = rngs(1)[0]
    leaves_alone(LayerNorm, rng.normal(size=(6, 3)), rng.normal(size=(6, 3)))
    X = rng.normal(size=(5, 4))
    alone = LayerNorm.case(f"{LAYER} for one sample", normed([(X[1:2], True)]))
    whole = LayerNorm.case(f"{LAYER} for five samples", normed([(X, True)]))
    assert_close(
        alone["the last output"], np.asarray(whole["the last output"])[1:2], f"{LAYER} for one sample, beside its row "
        "in a batch of five",
    )  # fmt: skip


# ---------------------------------------------------------------- EarlyStopping


def stopping(losses, patience, **options):
    """A scenario: step by step, params that say which step it is, changed in place between the steps as training
    does.
    """

    def scenario(EarlyStopping):
        stop = EarlyStopping(patience, **options)
        params = [{"W": np.zeros((2, 2)), "b": np.zeros(2)}, {}]
        said = []
        for number, loss in enumerate(losses, 1):
            params[0]["W"] += 1.0
            params[0]["b"][...] = -number
            said.append(bool(stop.step(loss, params)))
        best = stop.best
        return said, float(stop.best_loss), (float(best[0]["W"][1, 1]), float(best[0]["b"][0]), len(best))

    return scenario


def stopping_words(losses, patience, options=""):
    return f"EarlyStopping({patience}{options}), with the losses {[round(float(one), 3) for one in losses]}"


def watched(subject, losses, patience, **options):
    __tracebackhide__ = True
    told = "".join(f", {name}={value}" for name, value in options.items())
    assert_agrees_on(
        subject, f"[step(loss, params) for each], best_loss and best of {stopping_words(losses, patience, told)}",
        stopping(losses, patience, **options),
    )  # fmt: skip


@graded
def test_EarlyStopping_basic(EarlyStopping):
    """True after `patience` steps in a row without a gain; a gain starts the count anew; best is kept"""
    for rng in rngs():
        down = np.sort(rng.uniform(0.5, 1, 4))[::-1]
        least = down[-1]
        watched(EarlyStopping, [*down, least + 0.1, least + 0.2], 2)
        watched(EarlyStopping, [down[0], 1.2, down[1], 1.3, down[2], 1.4, 1.5, 1.6], 3)
        watched(EarlyStopping, [*down, least + 0.1], 2)


@graded
def test_EarlyStopping_any_losses(EarlyStopping):
    """a tie is no gain, NaN is no gain, min_delta asks for more, and patience 1 stops at once"""
    rng = rngs(1)[0]
    base = rng.uniform(0.5, 1)
    watched(EarlyStopping, [base, base, base, base], 2)
    watched(EarlyStopping, [base, np.nan, np.nan, np.nan], 3)
    watched(EarlyStopping, [base, np.nan, 0.9 * base, np.nan, np.nan], 2)
    watched(EarlyStopping, [1.0, 0.95, 0.9, 0.85], 2, min_delta=0.2)
    watched(EarlyStopping, [1.0, 0.95, 0.7, 0.65, 0.4], 2, min_delta=0.2)
    watched(EarlyStopping, [base, base + 0.1], 1)


@graded
def test_EarlyStopping_craft(EarlyStopping):
    """best is a deep copy, the params stay the caller's, and True stays True"""
    losses = rngs(1)[0].uniform(0.9, 1.1) * np.array([1.0, 0.5, 0.9, 0.8, 0.7, 0.6])
    watched(EarlyStopping, losses.tolist(), 2)
    late = [*losses[:4].tolist(), 0.2]  # a gain after the end
    told = f"[step(loss, params) for each] of {stopping_words(late, 2)}"
    assert_agrees_on(EarlyStopping, told, lambda C: stopping(late, 2)(C)[0])

    def scenario(EarlyStopping):
        stop, params = EarlyStopping(3), [{"W": np.ones((2, 2))}]
        stop.step(1.0, params)
        stop.step(2.0, params)
        return np.array(params[0]["W"])

    after = EarlyStopping.case("the caller's params after two steps", scenario)
    require(np.array_equal(after, np.ones((2, 2))), "step(loss, params) changed the caller's params.")


# ---------------------------------------------------------------- fit_regularized


def task(rng, n=24, d=4, classes=3):
    """Two parts of a task that can be learned: the label is the largest of the first columns."""
    parts = []
    for size in (n, n // 2):
        X = rng.normal(size=(size, d))
        parts.append((X, X[:, :classes].argmax(axis=1)))
    return parts


def all_weights(net):
    return [{name: np.array(array, float) for name, array in layer.params.items()} for layer in net.layers]


def trained(new_network, subject, parts, epochs, batch_size, lr, seed, stop=None, **options):
    """A scenario: a fresh net, its training, the history, and the weights at the end."""

    def scenario(f):
        make = new_network.implementation if f is subject.implementation else right.new_network
        net = make([parts[0][0].shape[1], 5, 3], np.random.default_rng(seed))
        (X, y), (X_val, y_val) = parts
        own = (X.copy(), y.copy()), (X_val.copy(), y_val.copy())
        if stop is not None:
            options["stop"] = stop(f)
        history = f(net, *own, epochs, batch_size, lr, np.random.default_rng(seed + 1), **options)
        kept = {name: np.array(history[name], float) for name in ("train", "val")}
        return kept, all_weights(net), own

    return scenario


def fit_words(epochs, batch_size, lr, more=""):
    return f"fit_regularized(net, train, val, {epochs}, {batch_size}, {lr}, rng{more})"


def mean_loss(weights, X, y):
    """Of a net with relu between its two layers."""
    layers = [layer for layer in weights if layer]
    scores = np.maximum(X @ layers[0]["W"] + layers[0]["b"], 0) @ layers[1]["W"] + layers[1]["b"]
    return digits.softmax_cross_entropy(scores, y)[0]


@graded
def test_fit_regularized_basic(fit_regularized, new_network):
    """every epoch steps down the slope of loss plus penalty, weights only; history has the losses of both parts"""
    for rng in rngs():
        parts, seed = task(rng), int(rng.integers(1000))
        n = len(parts[0][1])
        for lam in (0.0, 0.05):
            words = fit_words(3, n, 0.3, f", lam={lam}")
            scenario = trained(new_network, fit_regularized, parts, 3, n, 0.3, seed, lam=lam)
            history, weights, _ = fit_regularized.case(words, scenario)
            _, want, _ = scenario(right.fit_regularized)
            for number, (got, good) in enumerate(zip(weights, want)):
                for name in good:
                    assert_close(
                        got[name], good[name], f"{name} of layer {number} after {words}, one batch of all samples",
                        rtol=1e-5, look="A step goes down the slope of loss plus penalty. Biases pay no penalty.",
                    )  # fmt: skip
            require(
                [len(history[name]) for name in ("train", "val")] == [3, 3],
                f"{words}: history must have one loss for each of the 3 epochs in train and in val.",
            )
            assert_close(
                history["val"][-1], mean_loss(weights, *parts[1]), f"the last entry of history['val'] of {words}",
                rtol=1e-5, look="The validation loss has no penalty in it.",
            )  # fmt: skip


@graded
def test_fit_regularized_stops_early(fit_regularized, new_network, EarlyStopping):
    """`stop` hears the validation loss, ends the training, and the best weights come back"""
    rng = rngs(1)[0]
    (X, y), (X_val, y_val) = task(rng, 16)
    wrong = X_val, (y_val + 1) % 3  # the better it learns, the larger is this validation loss
    seed = int(rng.integers(1000))

    def stop(f, patience=2):
        own = f is fit_regularized.implementation
        return (EarlyStopping.implementation if own else right.EarlyStopping)(patience)

    words = fit_words(9, 16, 0.5, ", stop=EarlyStopping(2)")
    parts = (X, y), wrong
    scenario = trained(new_network, fit_regularized, parts, 9, 16, 0.5, seed, stop=stop)
    history, weights, _ = fit_regularized.case(words, scenario)
    kept, want, _ = scenario(right.fit_regularized)
    require(
        len(history["val"]) == len(kept["val"]),
        f"{words}: the validation loss only grew, and you trained for {len(history['val'])} epochs; "
        f"it must end after {len(kept['val'])}.",
    )
    assert_close(
        mean_loss(weights, *wrong), float(np.min(history["val"])), f"the validation loss of the net after {words}",
        rtol=1e-5, look="Put the best weights back into the layers' own arrays: array[...] = best.",
    )  # fmt: skip
    assert_close(weights[0]["W"], want[0]["W"], f"W of the first layer after {words}", rtol=1e-5)
    words = fit_words(4, 8, 0.2, ", stop=EarlyStopping(9)")
    parts = task(rng, 16)
    history, weights, _ = fit_regularized.case(
        words,
        trained(
            new_network, fit_regularized, parts, 4, 8, 0.2, seed,
            stop=lambda f: stop(f, 9),
        ),
    )  # fmt: skip
    require(len(history["val"]) == 4, f"{words}: patience was not used up, so all 4 epochs must be done.")
    assert_close(
        mean_loss(weights, *parts[1]), float(np.min(history["val"])), f"the validation loss of the net after {words}",
        rtol=1e-5, look="The best weights are those of the epoch with the lowest validation loss.",
    )  # fmt: skip


@graded
def test_fit_regularized_craft(fit_regularized, new_network):
    """the data stay as they were; the penalty stands in the training loss; small batches learn"""
    rng = rngs(1)[0]
    parts, seed = task(rng), int(rng.integers(1000))
    words = fit_words(2, 8, 0.0, ", lam=0.1")
    history, weights, own = fit_regularized.case(
        words, trained(new_network, fit_regularized, parts, 2, 8, 0.0, seed, lam=0.1)
    )
    same = all(np.array_equal(a, b) for part, mine in zip(parts, own) for a, b in zip(part, mine))
    require(same, f"{words} changed the caller's data.")
    penalty = 0.1 * sum(np.sum(layer["W"] ** 2) for layer in weights if layer)
    assert_close(
        history["train"][0], mean_loss(weights, *parts[0]) + penalty, f"the first training loss of {words}: nothing "
        "moves, so it is the loss of the net plus the penalty",
        rtol=1e-5, look="A mean over the samples, and the penalty once.",
    )  # fmt: skip
    words = fit_words(15, 8, 0.2)
    history, _, _ = fit_regularized.case(words, trained(new_network, fit_regularized, parts, 15, 8, 0.2, seed))
    require(
        history["train"][-1] < 0.8 * history["train"][0],
        f"{words}: the training loss went from {history['train'][0]:.2f} to {history['train'][-1]:.2f}; it should "
        f"fall.",
    )


# ---------------------------------------------------------------- shift_images


def shifts_of(image, most):
    """Each shift (down, right) of an image, zeros coming in."""
    H, W = image.shape
    wide = np.pad(image, most)
    return {
        (i, j): wide[most - i : most - i + H, most - j : most - j + W]
        for i in range(-most, most + 1)
        for j in range(-most, most + 1)
    }


def shifted(subject, X, seed, *most):
    """The shift (down, right) of each image, after looking that it is one."""
    __tracebackhide__ = True
    words = f"shift_images(X, rng{''.join(f', most={m}' for m in most)}) with X of shape {X.shape}"
    out = np.asarray(subject.case(words, lambda f: np.array(f(X.copy(), np.random.default_rng(seed), *most))))
    require(out.shape == X.shape, f"{words} gave the shape {out.shape}; it must be that of X.")
    found = []
    for number, (image, moved) in enumerate(zip(X, out)):
        fits = [shift for shift, want in shifts_of(image, *(most or (1,))).items() if np.allclose(want, moved)]
        require(
            fits,
            f"{words}: image {number} is not a copy of the original that was moved by at most {(most or (1,))[0]} in "
            "each direction, with zeros coming in.",
            look="np.roll brings back on one side what left on the other.",
        )
        found.append(fits[0])
    return words, found


@graded
def test_shift_images_basic(shift_images):
    """each image is moved by at most one row and one column, and zeros come in"""
    for rng in rngs():
        words, found = shifted(shift_images, rng.uniform(0.1, 1, (90, 8, 8)), int(rng.integers(1000)))
        require(len(set(found)) > 1, f"{words}: all images were moved by {found[0]}. Each has a shift of its own.")


@graded
def test_shift_images_all_shifts(shift_images):
    """all nine shifts are equally likely; most = 0 moves nothing, most = 2 moves further; any size works"""
    rng, other = rngs()
    words, found = shifted(shift_images, rng.uniform(0.1, 1, (720, 4, 4)), 3)
    counts = {(i, j): found.count((i, j)) for i in (-1, 0, 1) for j in (-1, 0, 1)}
    least, most = min(counts, key=counts.get), max(counts, key=counts.get)
    require(
        counts[least] >= 35 and counts[most] <= 140,
        f"{words}: of the nine shifts (down, right), each should come about 80 times; {least} came {counts[least]} "
        f"times and {most} {counts[most]} times.",
    )
    shifted(shift_images, rng.uniform(0.1, 1, (5, 8, 8)), 4, 0)
    words, found = shifted(shift_images, other.uniform(0.1, 1, (200, 6, 7)), 5, 2)
    require(
        {i for i, _ in found} == set(range(-2, 3)) == {j for _, j in found},
        f"{words}: the shifts down were {sorted({i for i, _ in found})}, to the right {sorted({j for _, j in found})}; "
        "all of -2 ... 2 should come.",
    )
    shifted(shift_images, other.uniform(0.1, 1, (1, 5, 5)), 6)


@graded
def test_shift_images_craft(shift_images):
    """the images stay as they were, and all chance comes from rng"""
    rng = rngs(1)[0]
    X = rng.uniform(0.1, 1, (30, 5, 5))

    def scenario(f):
        own = X.copy()
        first = np.array(f(own, np.random.default_rng(3)))
        generator = np.random.default_rng(3)
        second = np.array(f(own, generator))
        third = np.array(f(own, generator))
        return own, first, second, third

    own, first, second, third = shift_images.case("shift_images(X, rng), three times", scenario)
    require(np.array_equal(own, X), "shift_images changed the caller's images. Make a new array.")
    require(
        np.array_equal(first, second),
        "shift_images(X, rng): two generators of the same seed gave other shifts. Draw from rng.",
    )
    require(not np.array_equal(second, third), "shift_images(X, rng), twice: the same shifts again. rng must move on.")


# ---------------------------------------------------------------- learning_curve


def curve_of(subject, new_network, sizes, parts, seed):
    """A scenario: the curve, and the weights of the nets that it was given, afterwards."""
    (X, y), (X_val, y_val) = parts

    def scenario(f):
        make = new_network.implementation if f is subject.implementation else right.new_network
        made = []

        def make_net():
            made.append(make([X.shape[1], 4, 3], np.random.default_rng(seed + len(made))))
            return made[-1]

        own = (X.copy(), y.copy()), (X_val.copy(), y_val.copy())
        curve = np.array(f(sizes, make_net, *own, np.random.default_rng(seed)), float)
        return curve, [all_weights(net) for net in made], own

    return scenario


def judged(weights, parts):
    """What the trained nets say of the training part and of the validation part."""
    return np.array([[mean_loss(net, *part) for part in parts] for net in weights])


def curve_words(sizes):
    return f"learning_curve({sizes}, make_net, train, val, rng)"


@graded
def test_learning_curve_basic(learning_curve, new_network):
    """a row for each size: the loss on the samples used, and on val, of a fresh net that learned from them"""
    for rng in rngs():
        parts, sizes = task(rng, 40), [5, 40]
        words = curve_words(sizes)
        curve, weights, _ = learning_curve.case(words, curve_of(learning_curve, new_network, sizes, parts, 3))
        said = judged(weights, parts)
        require(np.shape(curve) == (2, 2), f"{words} has the shape {np.shape(curve)}; expected (2, 2).")
        require(len(said) == 2, f"{words} made {len(said)} nets. Each size needs a fresh one: make_net().")
        assert_close(
            curve[:, 1], said[:, 1], f"the second column of {words}: the mean cross-entropy of each net on val",
            rtol=1e-5,
        )  # fmt: skip
        assert_close(
            curve[1, 0], said[1, 0], f"the first column of {words} for all 40 samples: the mean cross-entropy on them",
            rtol=1e-5, look="After the training, on the samples that it used.",
        )  # fmt: skip
        require(
            curve[0, 0] < 0.8 and curve[1, 0] < 0.8,
            f"{words}: the losses on the samples used are {curve[0, 0]:.2f} and {curve[1, 0]:.2f}. Has the net "
            f"learned?",
        )


@graded
def test_learning_curve_any_sizes(learning_curve, new_network):
    """only `size` samples are used; sizes in any order; one size"""
    rng = rngs(1)[0]
    (X, y), val = task(rng, 60)
    one_class = (X, np.zeros(60, int)), val
    words = curve_words([6])
    curve, _, _ = learning_curve.case(words, curve_of(learning_curve, new_network, [6], one_class, 3))
    require(np.shape(curve) == (1, 2), f"{words} has the shape {np.shape(curve)}; expected (1, 2).")
    words = curve_words([60, 4])
    curve, weights, _ = learning_curve.case(words, curve_of(learning_curve, new_network, [60, 4], ((X, y), val), 4))
    said = judged(weights, ((X, y), val))
    require(
        curve[1, 0] < 0.9 * said[1, 0],
        f"{words}: the net with 4 samples has the loss {curve[1, 0]:.2f} in the first column, and {said[1, 0]:.2f} on "
        "all 60. It should fit its own four better than the rest. Did it see only four, and are they meant here?",
    )
    assert_close(curve[:, 1], said[:, 1], f"the second column of {words}", rtol=1e-5)


@graded
def test_learning_curve_craft(learning_curve, new_network):
    """train and val stay as they were, and the curve is reproducible"""
    rng = rngs(1)[0]
    parts = task(rng, 30)
    words = curve_words([3, 30])
    scenario = curve_of(learning_curve, new_network, [3, 30], parts, 5)
    first, _, own = learning_curve.case(words, scenario)
    second, _, _ = learning_curve.case(words, scenario)
    same = all(np.array_equal(a, b) for part, mine in zip(parts, own) for a, b in zip(part, mine))
    require(same, f"{words} changed the caller's data.")
    require(np.allclose(first, second), f"{words}, twice with the same seed, gave two curves. Draw from rng.")


# ---------------------------------------------------------------- diagnose_fit


@graded
def test_diagnose_fit_basic(diagnose_fit):
    """'under' where the training loss stays high, 'over' where validation ends far above it, else 'good'"""
    for rng in rngs():
        epochs = np.arange(8)
        jitter = rng.uniform(0.9, 1.1)
        cases = {
            "under": (jitter * (2.3 - 0.05 * epochs), jitter * (2.4 - 0.04 * epochs)),
            "over": (jitter * 1.5 * 0.3**epochs, jitter * (1.0 + 0.1 * epochs)),
            "good": (jitter * 1.5 * 0.4**epochs, 0.1 + jitter * 1.5 * 0.4**epochs),
        }
        for name in shuffled(list(cases)):
            train, val = cases[name]
            said = diagnose_fit(list(map(float, train)), list(map(float, val)))
            require(
                said == name,
                f"diagnose_fit says {said!r}: the losses end at {train[-1]:.2f} (training) and {val[-1]:.2f} "
                f"(validation), and that is {name!r}.",
            )


@graded
def test_diagnose_fit_thresholds(diagnose_fit):
    """the last losses decide: more than 0.5 is high, more than 0.3 is a gap, and high comes first"""
    cases = [
        ([2.0, 0.52], [2.0, 0.6], "under"),
        ([2.0, 0.48], [2.0, 0.6], "good"),
        ([2.0, 0.5], [2.0, 0.5], "good"),
        ([2.0, 0.9], [2.0, 2.5], "under"),
        ([2.0, 0.1], [2.0, 0.38], "good"),
        ([2.0, 0.1], [2.0, 0.42], "over"),
        ([0.1, 0.2], [1.5, 0.3], "good"),
        ([2.0, 0.0], [2.0, 0.3], "good"),
        ([0.4], [0.45], "good"),
        ([1.0, 0.45], [1.0, 0.1], "good"),
    ]
    for train, val, want in shuffled(cases):
        said = diagnose_fit(train, val)
        require(said == want, f"diagnose_fit({train}, {val}) says {said!r}; by the two thresholds it is {want!r}.")


@graded
def test_diagnose_fit_craft(diagnose_fit):
    """arrays work as lists do, and the losses stay as they were"""
    rng = rngs(1)[0]
    train, val = np.linspace(1, rng.uniform(0.1, 0.2), 5), np.linspace(1.2, rng.uniform(0.6, 0.75), 5)
    assert_leaves_inputs_alone(diagnose_fit, train, val)
    require(diagnose_fit(train, val) == "over", "diagnose_fit must take arrays, too.")
    require(diagnose_fit(val, val) == "under", "diagnose_fit must take arrays, too.")


# ---------------------------------------------------------------- bias_variance


def measured(subject, degrees, seed, n_sets):
    __tracebackhide__ = True
    words = f"bias_variance({degrees}, rng, n_sets={n_sets})"
    got = subject.case(
        words,
        lambda f: (lambda d: {k: np.array(d[k], float) for k in ("bias2", "variance")})(
            f(degrees, np.random.default_rng(seed), n_sets=n_sets)
        ),
    )
    for name in ("bias2", "variance"):
        require(
            np.shape(got[name]) == (len(degrees),),
            f"{words}[{name!r}] has the shape {np.shape(got[name])}; expected ({len(degrees)},).",
        )
        require(np.all(np.isfinite(got[name])) and np.all(got[name] >= 0), f"{words}[{name!r}] must be 0 or more.")
    return words, got


@functools.cache
def expected(degree):
    """Bias2 and variance from very many sets."""
    both = right.bias_variance([degree], np.random.default_rng(0), 1500)
    return {name: float(values[0]) for name, values in both.items()}


def roughly(got, degrees, words):
    """An estimate from 200 sets lies within 30 % of the true value (three to five standard errors)."""
    __tracebackhide__ = True
    for name in ("bias2", "variance"):
        for mine, degree in zip(got[name], degrees):
            want = expected(degree)[name]
            require(
                abs(mine - want) <= 0.3 * want + 0.003,
                f"{words}[{name!r}] for degree {degree}: {mine:.4f}; it should be about {want:.4f}.",
            )


@graded
def test_bias_variance_basic(bias_variance):
    """a stiff curve misses the truth, a wild one depends on the sample: bias2 and variance, averaged over GRID"""
    for rng in rngs():
        degrees = shuffled([0, 1, 3, 5])
        words, got = measured(bias_variance, degrees, int(rng.integers(1000)), 200)
        roughly(got, degrees, words)


@graded
def test_bias_variance_any_degrees(bias_variance):
    """degrees in any order, one degree, and few sets"""
    rng = rngs(1)[0]
    degrees = shuffled([0, 1, 3, 4])[:2]
    words, got = measured(bias_variance, degrees, int(rng.integers(1000)), 250)
    roughly(got, degrees, words)
    measured(bias_variance, [2], 3, 2)


@graded
def test_bias_variance_craft(bias_variance):
    """fifty sets unless said otherwise, degrees stay as they were, all chance comes from rng"""
    degrees = shuffled([0, 1, 3])

    def scenario(f):
        own = list(degrees)
        first = f(own, np.random.default_rng(3))
        second = f(own, np.random.default_rng(3))
        third = f(own, np.random.default_rng(3), n_sets=50)
        return [np.array(d["variance"], float) for d in (first, second, third)], own

    (first, second, third), own = bias_variance.case(
        f"bias_variance({degrees}, rng), three times with one seed", scenario
    )
    order = np.argsort(degrees)
    require(np.all(np.diff(np.asarray(first)[order]) > 0), f"bias_variance({degrees}, rng): higher degrees are wilder.")
    require(own == degrees, "bias_variance changed the caller's list of degrees.")
    require(np.allclose(first, second), "bias_variance, twice with the same seed: other numbers. Draw from rng.")
    require(np.allclose(first, third), "bias_variance without n_sets must do what it does with n_sets=50.")


# ---------------------------------------------------------------- my_tests


def _start(mask=None, scale=None, back=None, evaluate=None, fresh=True):
    """What `dropout_of` needs for a Dropout that may be wrong in one place."""

    def start(p, rng):
        kept = {}

        def draw(shape):
            return rng.random(shape) >= p

        def forward(A, training):
            A = np.asarray(A, float)
            if not training:
                return A.copy() if evaluate is None else evaluate(A, p, rng)
            if fresh or "mask" not in kept:
                kept["mask"] = draw(A.shape) if mask is None else mask(A.shape, p, rng)
            kept["scale"] = 1 / (1 - p) if scale is None else scale(p, kept["mask"])
            return A * kept["mask"] * kept["scale"]

        def backward(dout):
            if back is not None:
                return back(np.asarray(dout, float), kept, p, rng)
            return np.asarray(dout, float) * kept["mask"] * kept["scale"]

        return forward, backward

    return start


DROPOUTS = {  # what `my_tests` is given, and what is said when it decides wrongly
    "nobody": (_start(mask=lambda shape, p, rng: np.ones(shape)), "accepts a Dropout that drops nobody"),
    "unscaled": (
        _start(scale=lambda p, mask: 1.0),
        "accepts a Dropout that does not make up for the missing votes: no 1 / (1 - p)",
    ),
    "evaluates": (
        _start(evaluate=lambda A, p, rng: A * (rng.random(A.shape) >= p) / (1 - p)),
        "accepts a Dropout that drops votes in evaluation, too",
    ),
    "back": (_start(back=lambda dout, kept, p, rng: dout), "accepts a Dropout whose backward forgets the mask"),
    "keeps": (
        _start(mask=lambda shape, p, rng: rng.random(shape) < p),
        "accepts a Dropout that keeps a share p of the votes where it should drop it (try a p that is not 0.5)",
    ),
    "once": (_start(fresh=False), "accepts a Dropout that drops the same votes in every training pass"),
    "rows": (
        _start(mask=lambda shape, p, rng: np.broadcast_to(rng.random((1, *shape[1:])) >= p, shape)),
        "accepts a Dropout that drops the same votes for every sample of a batch",
    ),
    "anew": (
        _start(back=lambda dout, kept, p, rng: dout * (rng.random(dout.shape) >= p) / (1 - p)),
        "accepts a Dropout that draws a new mask on the way back",
    ),
    "halfscaled": (
        _start(back=lambda dout, kept, p, rng: dout * kept["mask"]),
        "accepts a Dropout whose backward has the mask but not the factor 1 / (1 - p)",
    ),
    "late": (
        _start(scale=lambda p, mask: 1.0, evaluate=lambda A, p, rng: A * (1 - p)),
        "accepts a Dropout that scales in evaluation and not while training: the other convention, which our course "
        "does not use",
    ),
    "plain": (_start(), "rejects a right Dropout"),
    "binomial": (
        _start(mask=lambda shape, p, rng: rng.binomial(1, 1 - p, shape)),
        "rejects a right Dropout that draws its mask in another way (rng.binomial): the same seed need not give the "
        "votes that yours drops",
    ),
    "signs": (
        _start(mask=lambda shape, p, rng: rng.uniform(-1, 1, shape) > 2 * p - 1),
        "rejects a right Dropout that draws its mask in another way (rng.uniform)",
    ),
}
RIGHT_DROPOUTS = ("plain", "binomial", "signs")


def judges(subject, dropout_of, names):
    """The learner's tests must accept the right classes and reject the wrong ones among `names`."""
    __tracebackhide__ = True
    order = shuffled([*names, *rngs(1)[0].choice(list(names), 2)])

    def scenario(tests):
        make = dropout_of.implementation if tests is subject.implementation else right.dropout_of
        return [verdict(tests, make(DROPOUTS[name][0])) for name in order]

    found = subject.case("my_tests, tried on right and wrong Dropouts", scenario)
    for name, result in sorted(zip(order, found), key=lambda pair: list(DROPOUTS).index(pair[0])):
        require(
            result in ("accepted", "rejected"),
            f"my_tests(Dropout) itself broke, with {result}. A wrong Dropout must give an AssertionError, a right one "
            "nothing.",
        )
        require(result == ("accepted" if name in RIGHT_DROPOUTS else "rejected"), f"my_tests {DROPOUTS[name][1]}.")


@graded
def test_my_tests_basic(my_tests, dropout_of):
    """my_tests rejects everyday mistakes, and accepts a right Dropout"""
    judges(my_tests, dropout_of, ("nobody", "unscaled", "evaluates", "back", "plain"))


@graded
def test_my_tests_finds_subtle_mistakes(my_tests, dropout_of):
    """my_tests rejects what looks right at a first glance, and accepts a right Dropout"""
    judges(my_tests, dropout_of, ("nobody", "keeps", "once", "anew", "halfscaled", "late", "plain"))


@graded
def test_my_tests_craft(my_tests, dropout_of):
    """my_tests accepts every right Dropout, however it draws its mask, and still rejects a wrong one"""
    judges(my_tests, dropout_of, ("nobody", *RIGHT_DROPOUTS))


# ---------------------------------------------------------------- quiz

test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8 = quiz_tests(8)


# ---------------------------------------------------------------- what the notebook says was measured


def lines_task(n, seed):
    """The notebook's task: n noisy lines to learn from, and 500 others."""
    rng = np.random.default_rng(seed)
    return pixels.make_lines(n, rng, noise=0.5), pixels.make_lines(500, rng, noise=0.5)


def lines_learned(n, seed, epochs, first, rng, **options):
    """The notebook's net after its training: the net, and its losses on both parts without the penalty.

    Its weights come from `first`, its batches from `rng`.
    """
    train, val = lines_task(n, seed)
    net = right.new_network([9, 32, 2], first)
    right.fit_regularized(net, train, val, epochs, 20, 0.3, rng, **options)
    return net, digits.network_loss(net, *train), digits.network_loss(net, *val)


def test_the_gap_of_part_1_closes_with_more_lines_for_the_same_number_of_steps():
    """About 0.75, 0.3 and 0.1, in this order."""
    gaps = []
    for n in (20, 100, 400):
        _, train, val = lines_learned(n, 3, 400 * 20 // n, np.random.default_rng(0), np.random.default_rng(1))
        gaps.append(val - train)
    assert gaps[0] > 0.6 and 0.2 < gaps[1] < 0.4 and 0.05 < gaps[2] < 0.2, gaps


def test_twenty_lines_by_heart_read_seven_new_lines_of_ten():
    shares = []
    for seed in range(8):
        net, _, _ = lines_learned(20, seed, 400, np.random.default_rng(seed), np.random.default_rng(1))
        (X, y), (X_val, y_val) = lines_task(20, seed)
        assert np.array_equal(net.forward(X).argmax(axis=1), y)
        shares.append(np.mean(net.forward(X_val).argmax(axis=1) == y_val))
    assert 0.65 < np.mean(shares) < 0.75 and min(shares) > 0.55, shares


def test_the_detector_says_over_without_a_price_and_under_with_a_high_one():
    """By the losses without the price."""
    said = {}
    for lam in (0.0, 0.01, 0.1):
        rng = np.random.default_rng(7)  # one for both, as there
        _, train, val = lines_learned(20, 7, 300, rng, rng, lam=lam)
        said[lam] = right.diagnose_fit([train], [val])
    assert said == {0.0: "over", 0.01: "over", 0.1: "under"}


def test_the_blame_grows_a_little_with_batch_norm_and_with_residual_connections():
    """From layer 10 back to layer 1, made as in the notebook."""
    growth = {}
    for kind in ("plain", "batch norm", "residual"):
        rng, out, layers = np.random.default_rng(1), np.random.default_rng(0).normal(size=(64, 16)), []
        for _ in range(10):
            dense = digits.Dense(16, 16, rng, "xavier")
            dense.params["W"] *= 0.5
            norm = [right.BatchNorm1d(16)] if kind == "batch norm" else []
            layers.append(digits.Network([dense, *norm, digits.Activation("tanh")]))
            out = layers[-1].forward(out, training=True) + (out if kind == "residual" else 0)
        blame, norms = np.random.default_rng(2).normal(size=out.shape), []
        for layer in reversed(layers):
            norms.append(np.linalg.norm(blame))
            blame = layer.backward(blame) + (blame if kind == "residual" else 0)
        growth[kind] = norms[-1] / norms[0]
    assert 1 / 1000 < growth["plain"] < 1 / 200, growth
    assert 2.5 < growth["batch norm"] < 3.5 and 1.5 < growth["residual"] < 2, growth
