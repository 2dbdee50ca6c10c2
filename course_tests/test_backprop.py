"""Hidden tests of 08_backprop. See checks.py for what each check says when it fails."""

import numpy as np

from course_tests.checks import (
    Case,
    assert_agrees,
    assert_agrees_on,
    assert_close,
    assert_fast,
    assert_gradient,
    assert_leaves_inputs_alone,
    assert_letters,
    assert_no_warnings,
    assert_raises,
    assert_raises_on,
    graded,
    quiz_tests,
    require,
    rngs,
    shuffled,
    without_rows,
)
from course_tests.reference import backprop as right
from course_tests.reference.layers import mlp_forward
from course_tests.reference.losses import binary_cross_entropy
from course_tests.reference.pixels import make_line

NAMES = ("tanh", "relu", "sigmoid", "identity")
ANY = ("tanh",) * 3


def layer_params(rng, sizes, names):
    return [
        {"W": rng.normal(0, 0.8, size=(n_in, n_out)), "b": rng.normal(0.2, 0.5, size=n_out), "activation": name}
        for n_in, n_out, name in zip(sizes[:-1], sizes[1:], names)
    ]


def problem(rng, n, sizes, names):
    """Samples, labels of both kinds, and a network with no unit near a kink."""
    while True:
        X, params = rng.normal(0.2, 1, size=(n, sizes[0])), layer_params(rng, sizes, names)
        if "relu" not in names or all(np.abs(layer["Z"]).min() > 1e-3 for layer in mlp_forward(X, params)[1]):
            return X, rng.permutation(np.arange(n) % 3 == 0).astype(int), params


def slopes(loss, params):
    """Measured slopes of loss(params): for each layer and key, a function of that array alone, and where to measure
    it.
    """
    for k, layer in enumerate(params):
        for key in ("W", "b"):
            yield (
                k,
                key,
                lambda v, k=k, key=key: loss([*params[:k], {**params[k], key: v}, *params[k + 1 :]]),
                layer[key],
            )


def bce_of(X, y, params):
    return binary_cross_entropy(y, mlp_forward(X, params)[0][:, 0])


# ---------------------------------------------------------------- dense_backward


def dense(rng, n, d, h):
    return rng.normal(size=(n, h)), rng.normal(0.3, 1, size=(n, d)), rng.normal(size=(d, h))


@graded
def test_dense_backward_basic(dense_backward):
    """dX, dW and db share out the blame dZ, and dX and dW have the shape of what they belong to"""
    for rng in rngs():
        for n, d, h in ((5, 4, 3), (2, 3, 6), (7, 2, 4)):
            assert_agrees(dense_backward, *dense(rng, n, d, h), rows_count=True)


@graded
def test_dense_backward_gives_slopes(dense_backward):
    """dX, dW and db agree with measured slopes, for square W, one sample, one input and integers too"""
    for rng, (n, d, h) in zip(rngs(6), ((4, 3, 2), (3, 3, 3), (1, 4, 2), (5, 1, 3), (6, 4, 1), (2, 2, 2))):
        dZ, X, W = dense(rng, n, d, h)
        assert_agrees(dense_backward, dZ, X, W, rows_count=True)
        dX, dW, db = dense_backward(dZ, X, W)
        place = f"for {n} samples, {d} inputs and {h} units, beside the measured slope of sum(dZ * (X @ W + b))"
        assert_gradient(dX, lambda v: np.sum(dZ * (v @ W)), X, f"dX {place}")
        assert_gradient(dW, lambda v: np.sum(dZ * (X @ v)), W, f"dW {place}")
        assert_gradient(without_rows(db, np.zeros(h)), lambda v: np.sum(dZ * (X @ W + v)), np.zeros(h), f"db {place}")
    assert_agrees(
        dense_backward,
        np.array([[1, -2], [0, 3], [2, 2]]),
        np.array([[1, 0, 2], [0, 3, -1], [1, 1, 1]]),
        np.array([[1, -1], [2, 0], [0, 4]]),
        rows_count=True,
    )
    dZ, X, W = dense(rng, 6, 3, 2)
    assert_agrees(dense_backward, 1000 * dZ, X, W, rows_count=True)
    assert_agrees(dense_backward, np.zeros((6, 2)), X, W, rows_count=True)
    whole, first, last = (dense_backward(dZ[part], X[part], W) for part in (slice(None), slice(2), slice(2, None)))
    assert_close(
        np.add(first[1], last[1]), whole[1], "dW of two samples plus dW of the four others, beside dW of all six"
    )


@graded
def test_dense_backward_craft(dense_backward):
    """db is flat, the inputs stay as they were, and NumPy does the loops"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(dense_backward, *dense(rng, 4, 3, 2))
    assert_agrees(dense_backward, *dense(rng, 6, 2, 5))
    assert_fast(
        dense_backward,
        *dense(np.random.default_rng(0), 6000, 20, 10),
        at_most=20,
        look="Let NumPy do the loops: three matrix products, or two and a sum.",
    )


# ---------------------------------------------------------------- activation_backward


def scores(rng, shape):
    """Scores of both signs, away from the kink."""
    Z = rng.normal(0, 1.5, size=shape)
    return np.where(np.abs(Z) < 0.05, 0.5, Z)


@graded
def test_activation_backward_basic(activation_backward):
    """blame times the slope at Z, entry by entry, for identity, sigmoid, tanh and relu"""
    for rng in rngs():
        for name in NAMES:
            assert_agrees(activation_backward, rng.normal(size=(4, 3)), scores(rng, (4, 3)), name)
    assert_agrees(activation_backward, rng.normal(size=(2, 5)), scores(rng, (2, 5)), "relu")


@graded
def test_activation_backward_any_score(activation_backward):
    """measured slopes agree; one sample, integers and scores of 1000 work; unknown names are refused"""
    votes = {
        "identity": lambda Z: Z,
        "sigmoid": lambda Z: 1 / (1 + np.exp(-Z)),
        "tanh": np.tanh,
        "relu": lambda Z: Z * (Z > 0),
    }
    for rng, (name, vote), shape in zip(rngs(4), votes.items(), ((1, 4), (3, 3), (5, 1), (2, 6))):
        dA, Z = rng.normal(size=shape), scores(rng, shape)
        assert_agrees(activation_backward, dA, Z, name)
        assert_gradient(
            activation_backward(dA, Z, name),
            lambda v: np.sum(dA * vote(v)),
            Z,
            f"dZ of {name}, beside the measured slope of sum(dA * {name}(Z))",
        )
    for name in NAMES:
        assert_agrees(
            activation_backward, rng.normal(size=(2, 3)), np.array([[1000.0, -1000.0, 30.0], [-30.0, 0.5, -0.5]]), name
        )
        assert_agrees(activation_backward, np.array([[1, -2], [3, 4]]), np.array([[2, -1], [-3, 1]]), name)
    at_zero = np.asarray(activation_backward(np.full((1, 2), 2.0), np.zeros((1, 2)), "relu"), float)
    require(
        at_zero.shape == (1, 2) and ((0 <= at_zero) & (at_zero <= 2)).all(),
        "The slope of relu at 0 may be anything from 0 to 1, so for dA = 2 your dZ "
        f"must lie between 0 and 2; it is {at_zero.ravel()[0]:.4g}.",
    )
    assert_raises(
        activation_backward,
        ValueError,
        np.ones((1, 2)),
        np.ones((1, 2)),
        "step",
        because="only identity, sigmoid, tanh and relu are known",
    )


@graded
def test_activation_backward_craft(activation_backward):
    """the inputs stay as they were, large scores overflow nowhere, and NumPy does the loops"""
    rng = rngs(1)[0]
    large = np.array([[1000.0, -1000.0, 0.5], [-800.0, 800.0, -0.5]])
    for name in NAMES:
        assert_leaves_inputs_alone(activation_backward, rng.normal(size=(3, 2)), scores(rng, (3, 2)), name)
        assert_agrees(activation_backward, rng.normal(size=(3, 4)), scores(rng, (3, 4)), name)
        assert_no_warnings(
            activation_backward,
            rng.normal(size=(2, 3)),
            large,
            name,
            look="Use the slopes that are given: they never overflow.",
        )
    assert_fast(
        activation_backward,
        rng.normal(size=(400, 100)),
        scores(rng, (400, 100)),
        "tanh",
        look="Let NumPy do the loops: one product of two arrays.",
    )


# ---------------------------------------------------------------- bce_sigmoid_backward


def votes_and_labels(rng, n):
    return rng.uniform(0.05, 0.95, size=(n, 1)), rng.permutation(np.arange(n) % 3 == 0).astype(float)[:, None]


@graded
def test_bce_sigmoid_backward_basic(bce_sigmoid_backward):
    """each sample's blame is its probability minus its label, and the mean's 1/N is in it"""
    for rng in rngs():
        for n in (5, 3, 8):
            assert_agrees(bce_sigmoid_backward, *votes_and_labels(rng, n))


@graded
def test_bce_sigmoid_backward_is_the_slope(bce_sigmoid_backward):
    """it is the measured slope of the loss; sure votes and one sample work; (N, 1) beside (N,) is refused"""
    for rng, n in zip(rngs(3), (4, 1, 7)):
        z, y = rng.normal(size=(n, 1)), votes_and_labels(rng, n)[1]
        p = 1 / (1 + np.exp(-z))
        assert_agrees(bce_sigmoid_backward, p, y)
        assert_gradient(
            bce_sigmoid_backward(p, y),
            lambda v: binary_cross_entropy(y, 1 / (1 + np.exp(-v))),
            z,
            f"the blame of {n} samples, beside the measured slope of their mean cross-entropy in z",
        )
    assert_agrees(
        bce_sigmoid_backward,
        np.array([[0.0], [1.0], [1.0], [0.0], [0.25]]),
        np.array([[0.0], [1.0], [0.0], [1.0], [1.0]]),
    )
    assert_agrees(bce_sigmoid_backward, np.array([[0.9], [0.2]]), np.array([[1], [0]]))
    assert_raises(
        bce_sigmoid_backward,
        ValueError,
        np.full((3, 1), 0.5),
        np.array([1.0, 0.0, 1.0]),
        because="p has shape (3, 1) and y has shape (3,), and NumPy would make a (3, 3) table of them",
    )


@graded
def test_bce_sigmoid_backward_craft(bce_sigmoid_backward):
    """the inputs stay as they were, and votes of exactly 0 and 1 give no warning"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(bce_sigmoid_backward, *votes_and_labels(rng, 4))
    assert_agrees(bce_sigmoid_backward, *votes_and_labels(rng, 6))
    assert_no_warnings(
        bce_sigmoid_backward,
        np.array([[0.0], [1.0], [0.5]]),
        np.array([[1.0], [1.0], [0.0]]),
        look="p - y needs no logarithm and no division by p.",
    )


# ---------------------------------------------------------------- TrainableNetwork


def copied(params):
    return [
        {key: np.array(value) if key != "activation" else value for key, value in layer.items()} for layer in params
    ]


def there_and_back(X, dout, params):
    def scenario(TrainableNetwork):
        net = TrainableNetwork(copied(params))
        out = net.forward(X.copy())
        dX = net.backward(dout.copy())
        return out, dX, net.grads

    return "net = TrainableNetwork(params); net.forward(X), net.backward(dout), net.grads", scenario


@graded
def test_TrainableNetwork_basic(TrainableNetwork):
    """forward gives the output, backward the slope in X, and grads the slopes of every W and b"""
    for rng in rngs():
        for sizes, names in (((4, 3, 2), ("tanh", "sigmoid")), ((2, 5, 3, 1), ("relu", "tanh", "identity"))):
            X, _, params = problem(rng, 6, sizes, names)
            assert_agrees_on(TrainableNetwork, *there_and_back(X, rng.normal(size=(6, sizes[-1])), params))


@graded
def test_TrainableNetwork_any_batch(TrainableNetwork):
    """measured slopes agree; one sample and one layer work; each batch and each network is on its own"""
    for rng, n, sizes, names in zip(
        rngs(3), (1, 3, 5), ((3, 2, 4), (3, 3, 3), (4, 2)), (("relu", "identity"), ("sigmoid", "tanh"), ("sigmoid",))
    ):
        X, _, params = problem(rng, n, sizes, names)
        dout = rng.normal(size=(n, sizes[-1]))
        told, scenario = there_and_back(X, dout, params)
        assert_agrees_on(TrainableNetwork, told, scenario)
        _, dX, grads = TrainableNetwork.case(told, scenario)
        assert_gradient(
            dX,
            lambda v: np.sum(dout * mlp_forward(v, params)[0]),
            X,
            "net.backward(dout), beside the measured slope of sum(dout * net.forward(X)) in X",
        )
        for k, key, f, array in slopes(lambda p: np.sum(dout * mlp_forward(X, p)[0]), params):
            assert_gradient(
                grads[k][key],
                f,
                array,
                f"net.grads[{k}][{key!r}], beside the measured slope of sum(dout * net.forward(X))",
            )

    X, _, params = problem(rng, 6, (3, 4, 2), ("tanh", "sigmoid"))
    other, _, others = problem(rng, 4, (3, 4, 2), ("relu", "identity"))
    dout = rng.normal(size=(6, 2))

    def second_batch(C):
        net = C(copied(params))
        net.forward(other.copy())
        net.backward(dout[:4].copy())
        net.forward(X.copy())
        return net.backward(dout.copy()), net.grads

    def twice(C):
        net = C(copied(params))
        net.forward(X.copy())
        net.backward(dout.copy())
        return net.backward(dout.copy()), net.grads

    def two_networks(C):
        one, two = C(copied(params)), C(copied(others))
        one.forward(X.copy())
        two.forward(other.copy())
        dX = one.backward(dout.copy())
        two.backward(dout[:4].copy())
        return dX, one.grads, two.grads

    def old_batch(C):
        net = C(copied(params))
        net.forward(other.copy())
        net.forward(X[:5].copy())
        return net.backward(dout[:4].copy()), None

    assert_agrees_on(
        TrainableNetwork,
        "forward and backward with four samples, then with six: the second net.backward(dout) and net.grads",
        second_batch,
    )
    assert_agrees_on(
        TrainableNetwork,
        "net.forward(X), then net.backward(dout) twice: what the second one gives, and net.grads",
        twice,
    )
    assert_agrees_on(
        TrainableNetwork,
        "two networks with batches of their own: the first one's backward(dout), and the grads of both",
        two_networks,
    )
    assert_raises_on(
        TrainableNetwork,
        ValueError,
        Case("net.forward with five samples, then net.backward(dout) with four", old_batch),
        "the cache belongs to a batch of another size",
    )


@graded
def test_TrainableNetwork_craft(TrainableNetwork):
    """X, dout and params stay as they were, and backward does not move the network's weights"""
    rng = rngs(1)[0]
    X, _, params = problem(rng, 5, (3, 4, 2), ("relu", "sigmoid"))
    dout = rng.normal(size=(5, 2))

    def everything_afterwards(C):
        mine, my_X, my_dout = copied(params), X.copy(), dout.copy()
        net = C(mine)
        before = net.forward(my_X)
        dX = net.backward(my_dout)
        after = net.forward(my_X)
        return before, dX, after, my_X, my_dout, [layer["W"] for layer in mine], net.n_params

    assert_agrees_on(
        TrainableNetwork,
        "net.forward(X), net.backward(dout), net.forward(X) again; then X, dout, the caller's W and net.n_params",
        everything_afterwards,
    )


# ---------------------------------------------------------------- mlp_loss_and_gradients


def slow_gradients(X, y, params):
    """Sample by sample, unit by unit, with nothing but sums and products of numbers: the slow witness."""
    grads = [{"W": np.zeros(layer["W"].shape), "b": np.zeros(layer["b"].shape)} for layer in params]
    slope = {
        "identity": lambda a: 1.0,
        "sigmoid": lambda a: a * (1 - a),
        "tanh": lambda a: 1 - a * a,
        "relu": lambda a: float(a > 0),
    }
    for n in range(len(X)):
        _, cache = mlp_forward(X[n : n + 1], params)
        blame = [float(cache[-1]["A"][0, 0] - y[n]) / len(X)]
        for k in reversed(range(len(params))):
            W, heard = params[k]["W"], cache[k]["X"][0]
            passed_on = [0.0] * len(heard)
            for d in range(W.shape[0]):
                for h in range(W.shape[1]):
                    grads[k]["W"][d, h] += heard[d] * blame[h]
                    passed_on[d] += W[d, h] * blame[h]
            for h in range(W.shape[1]):
                grads[k]["b"][h] += blame[h]
            if k:
                blame = [
                    passed * slope[params[k - 1]["activation"]](float(a))
                    for passed, a in zip(passed_on, cache[k - 1]["A"][0])
                ]
    return grads


@graded
def test_mlp_loss_and_gradients_basic(mlp_loss_and_gradients):
    """the loss, and for each layer the slopes of W and b, in the order of the layers"""
    for rng in rngs():
        for n, sizes, names in (
            (6, (4, 3, 1), ("tanh", "sigmoid")),
            (8, (3, 5, 1), ("relu", "sigmoid")),
            (5, (2, 4, 3, 1), ("tanh", "relu", "sigmoid")),
        ):
            assert_agrees(mlp_loss_and_gradients, *problem(rng, n, sizes, names))


@graded
def test_mlp_loss_and_gradients_agrees_with_two_witnesses(mlp_loss_and_gradients):
    """measured slopes and a slow loop over nodes agree; square layers, one sample and one layer work"""
    kinds = (
        (5, (3, 3, 1), ("relu", "sigmoid")),
        (1, (4, 2, 1), ("tanh", "sigmoid")),
        (4, (3, 2, 4, 1), ("sigmoid", "relu", "sigmoid")),
        (6, (2, 1), ("sigmoid",)),
        (3, (3, 3, 3, 1), ("tanh", "identity", "sigmoid")),
    )
    for rng, (n, sizes, names) in zip(rngs(5), kinds):
        X, y, params = problem(rng, n, sizes, names)
        assert_agrees(mlp_loss_and_gradients, X, y, params)
        _, grads = mlp_loss_and_gradients(X, y, params)
        slow = slow_gradients(X, y, params)
        for k, key, f, array in slopes(lambda p: bce_of(X, y, p), params):
            assert_gradient(
                grads[k][key],
                f,
                array,
                f"grads[{k}][{key!r}] of a network {list(sizes)}, beside the measured slope of the loss",
            )
            assert_close(
                grads[k][key],
                slow[k][key],
                f"grads[{k}][{key!r}] of a network {list(sizes)}, beside the slow loop over nodes",
                rtol=1e-9,
            )
    X, y, params = problem(rng, 6, (3, 4, 1), ("tanh", "sigmoid"))
    assert_agrees(mlp_loss_and_gradients, X, y.astype(float), params)
    assert_agrees(mlp_loss_and_gradients, np.round(2 * X).astype(int), y, params)
    assert_agrees(mlp_loss_and_gradients, 400 * X, 1 - y, [params[0], {**params[1], "W": 50 * params[1]["W"]}])
    once, twice = (
        mlp_loss_and_gradients(X, y, params),
        mlp_loss_and_gradients(np.vstack([X, X]), np.concatenate([y, y]), params),
    )
    assert_close(twice[1][0]["W"], once[1][0]["W"], "grads[0]['W'] when every sample is there twice, beside once")


@graded
def test_mlp_loss_and_gradients_craft(mlp_loss_and_gradients):
    """X, y and params stay as they were, nothing overflows, and NumPy does the loop over the samples"""
    rng = rngs(1)[0]
    X, y, params = problem(rng, 6, (3, 4, 1), ("tanh", "sigmoid"))
    assert_leaves_inputs_alone(mlp_loss_and_gradients, X, y, params)
    assert_agrees(mlp_loss_and_gradients, X, y, params)
    sure = [params[0], {**params[1], "W": 1000 * params[1]["W"]}]
    assert_no_warnings(
        mlp_loss_and_gradients, X, y, sure, look="Start with (p - y)/N: it needs no division by p and no logarithm."
    )
    X, y, params = problem(np.random.default_rng(0), 6000, (5, 4, 1), ("tanh", "sigmoid"))
    assert_fast(mlp_loss_and_gradients, X, y, params, at_most=40)


# ---------------------------------------------------------------- apply_grads


def step_of(rng, sizes):
    params = layer_params(rng, sizes, NAMES)
    return (
        params,
        [{key: rng.normal(size=layer[key].shape) for key in ("W", "b")} for layer in params],
        float(rng.uniform(0.1, 0.6)),
    )


@graded
def test_apply_grads_basic(apply_grads):
    """every W and every b takes a step against its own slope, lr times as far; the activations stay"""
    for rng in rngs():
        assert_agrees(apply_grads, *step_of(rng, (3, 4, 1)))
        assert_agrees(apply_grads, *step_of(rng, (2, 5, 3, 2)))


@graded
def test_apply_grads_any_step(apply_grads):
    """one layer, whole numbers, no slope and lr = 0 work, and two equal steps are one of double lr"""
    rng = rngs(1)[0]
    params, grads, lr = step_of(rng, (4, 3, 2))
    assert_agrees(apply_grads, params, grads, lr)
    assert_agrees(apply_grads, params[:1], grads[:1], lr)
    assert_agrees(apply_grads, params, grads, 0.0)
    assert_agrees(apply_grads, params, grads, 2.5)
    assert_agrees(apply_grads, *step_of(rng, (3, 3, 3, 3, 1)))
    assert_agrees(apply_grads, params, [{key: 0 * slope for key, slope in layer.items()} for layer in grads], lr)
    assert_agrees(
        apply_grads,
        [{"W": np.array([[1, -2], [3, 0]]), "b": np.array([1, 2]), "activation": "relu"}],
        [{"W": np.array([[0.5, 0.25], [1.0, -1.0]]), "b": np.array([0.5, -0.5])}],
        0.3,
    )
    half = apply_grads(copied(apply_grads(params, grads, lr)), grads, lr)
    assert_close(
        half[1]["W"],
        params[1]["W"] - 2 * lr * grads[1]["W"],
        "W of layer 2 after two equal steps, beside one with twice the lr",
    )


@graded
def test_apply_grads_craft(apply_grads):
    """the caller's params and grads stay as they were"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(apply_grads, *step_of(rng, (3, 2, 1)))
    assert_leaves_inputs_alone(apply_grads, *step_of(rng, (4, 2)))


# ---------------------------------------------------------------- gradient_check


def rounded(errors):
    """Relative errors to four digits: what is below is rounding of the machine."""
    if not isinstance(errors, dict):
        return errors
    return {str(key): round(float(np.max(error)), 4) for key, error in errors.items()}


def claim(factors, power=2):
    """A loss of its own and what somebody claims its slopes are: the true slope of array number k times factors[k]."""

    def loss_and_gradients(X, y, params):
        scale = float(np.sum(X) + np.sum(y))
        loss = sum(float(np.sum(layer[key] ** power)) for layer in params for key in ("W", "b"))
        factor = iter(factors)
        return scale * loss, [
            {key: next(factor) * scale * power * layer[key] ** (power - 1) for key in ("W", "b")} for layer in params
        ]

    return loss_and_gradients


def far_from_zero(params):
    return [{**layer, "W": layer["W"] + np.sign(layer["W"]), "b": np.abs(layer["b"]) + 0.5} for layer in params]


def check_on(factors, rng, sizes=(3, 2, 1), power=2, **h):
    X, y = rng.uniform(1, 2, size=(3, sizes[0])), np.array([1, 0, 1])
    params = far_from_zero(layer_params(rng, sizes, ("tanh", "tanh", "sigmoid")))
    wrong = [f"array {k + 1} is {factor:g} times too large" for k, factor in enumerate(factors) if factor != 1]
    told = f"gradient_check(f, X, y, params{', h=' + format(h['h'], 'g') if h else ''}), rounded, where f claims " + (
        "the right slopes" if not wrong else "wrong slopes (" + ", ".join(wrong) + ")"
    )
    return told, lambda f: rounded(f(claim(factors, power), X.copy(), y.copy(), copied(params), **h))


@graded
def test_gradient_check_basic(gradient_check):
    """right slopes have nearly no error, and a wrong array shows under its own name: W1, b1, W2, b2"""
    for rng in rngs():
        for factors in shuffled([(2.0, 1, 1, -1.5), (1, 1, 1, 1), (1, 0.8, 1, 1)]):
            assert_agrees_on(gradient_check, *check_on(factors, rng))


@graded
def test_gradient_check_judges_well(gradient_check):
    """one wrong entry, tiny slopes, zero slopes and whole numbers are judged well, and h is used"""
    rng = rngs(1)[0]
    X, y, params = problem(rng, 4, (2, 3, 1), ("tanh", "sigmoid"))

    def one_wrong_entry(X, y, params):
        loss, grads = right.mlp_loss_and_gradients(X, y, params)
        grads[0]["W"][1, 2] *= 3
        return loss, grads

    assert_agrees_on(
        gradient_check,
        "gradient_check(f, X, y, params), rounded, where one entry of f's W1 is 3 times too large",
        lambda f: rounded(f(one_wrong_entry, X.copy(), y.copy(), copied(params))),
    )
    assert_agrees_on(
        gradient_check,
        "gradient_check(f, X, y, params), rounded, for a right network",
        lambda f: rounded(f(right.mlp_loss_and_gradients, X.copy(), y.copy(), copied(params))),
    )
    assert_agrees_on(gradient_check, *check_on((1, 0.5, 1, 1, 1, 2), rng, sizes=(2, 2, 2, 1)))
    assert_agrees_on(gradient_check, *check_on((1, 1), rng, sizes=(2, 2), power=3, h=0.2))

    def tiny(X, y, params):
        loss, grads = claim((1, 0, 1, 0))(X, y, params)
        return 1e-6 * loss, [{key: 1e-6 * slope for key, slope in layer.items()} for layer in grads]

    def flat(X, y, params):
        return 2.0, [{key: np.zeros(np.shape(layer[key])) for key in ("W", "b")} for layer in params]

    def small_weights(f):
        layer = {"W": np.array([[0.004, -0.003]]), "b": np.array([0.005, 0.002]), "activation": "sigmoid"}
        return rounded(f(claim((1, 1), 3), np.ones((1, 1)), np.array([1]), [layer]))

    def whole_numbers(f):
        layer = {"W": np.array([[2, -1], [1, 3]]), "b": np.array([1, -2]), "activation": "sigmoid"}
        return rounded(f(claim((1, 3)), np.ones((1, 2)), np.array([1]), [layer]))

    for told, f in (
        ("tiny slopes, and f claims 0 for b1 and b2", tiny),
        ("a loss that never changes, and f claims 0 everywhere", flat),
    ):
        assert_agrees_on(
            gradient_check,
            f"gradient_check(f, X, y, params), rounded, with {told}",
            lambda check, f=f: rounded(check(f, X.copy(), y.copy(), copied(params))),
        )
    assert_agrees_on(
        gradient_check,
        "gradient_check(f, X, y, params), rounded, with the loss sum(W**3) + sum(b**3) and small weights",
        small_weights,
    )
    assert_agrees_on(
        gradient_check, "gradient_check(f, X, y, params), rounded, with whole-number weights", whole_numbers
    )


@graded
def test_gradient_check_craft(gradient_check):
    """params, X and y stay as they were, and f is asked at most twice for each number, and once more"""
    rng = rngs(1)[0]
    X, y, params = problem(rng, 3, (2, 2, 1), ("tanh", "sigmoid"))
    params = far_from_zero(params)
    calls = 2 * 9 + 1

    def afterwards(check):
        asked, mine, my_X, my_y = [], copied(params), X.copy(), y.copy()

        def f(X, y, params):
            asked.append(1)
            return claim((1, 1, 2, 1))(X, y, params)

        errors = rounded(check(f, my_X, my_y, mine))
        return errors, mine, my_X, my_y, len(asked) <= calls + 1

    told = f"gradient_check(f, X, y, params), then params, X and y, and whether f was asked at most {calls} times"
    assert_agrees_on(gradient_check, told, afterwards)


# ---------------------------------------------------------------- train_mlp

XOR, XOR_LABELS = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
SIX_LINES = np.array([make_line(kind, index).ravel() for kind in ("vertical", "horizontal") for index in range(3)])
SIX_LABELS = np.array([1, 1, 1, 0, 0, 0])


def trained(X, y, sizes, lr, epochs, seed, **hidden):
    words = (
        f"train_mlp(X, y, {sizes}, {lr:g}, {epochs}, "
        f"np.random.default_rng({seed}){', hidden=' + repr(hidden['hidden']) if hidden else ''})"
    )
    return words, lambda f: f(X.copy(), y.copy(), list(sizes), lr, epochs, np.random.default_rng(seed), **hidden)


def parts(result, sizes, hidden, epochs):
    """params, the loss curve and acc of a training, or what is missing."""
    require(
        isinstance(result, (tuple, list)) and len(result) == 2, "train_mlp must return two things: params, history."
    )
    params, history = result
    require(
        isinstance(history, dict) and {"loss", "acc"} <= set(history),
        "history must be a dict with the keys 'loss' and 'acc'.",
    )
    require(
        isinstance(params, (list, tuple))
        and len(params) == len(sizes) - 1
        and all(isinstance(p, dict) and {"W", "b", "activation"} <= set(p) for p in params),
        f"params must be a list of {len(sizes) - 1} dicts with the keys 'W', 'b' and 'activation' for the sizes "
        f"{sizes}.",
    )
    shapes = [np.shape(p["W"]) for p in params]
    require(
        shapes == list(zip(sizes[:-1], sizes[1:])),
        f"For the sizes {sizes} the weights must have the shapes {list(zip(sizes[:-1], sizes[1:]))}; yours have "
        f"{shapes}.",
    )
    names = [p["activation"] for p in params]
    require(
        names == [hidden] * (len(sizes) - 2) + ["sigmoid"],
        f"The activations must be {[hidden] * (len(sizes) - 2) + ['sigmoid']}; yours are {names}.",
    )
    losses = np.asarray(history["loss"], float)
    require(
        losses.shape == (epochs + 1,),
        f"After {epochs} epochs loss must have {epochs + 1} entries: one before training and one after each epoch; "
        f"yours has shape {losses.shape}.",
    )
    return params, losses, float(np.asarray(history["acc"]))


def follow(X, y, params, lr, epochs):
    """The loss curve and the params of right training from these params."""
    losses = [bce_of(X, y, params)]
    for _ in range(epochs):
        params = right.apply_grads(params, right.mlp_loss_and_gradients(X, y, params)[1], lr)
        losses.append(bce_of(X, y, params))
    return params, np.array(losses)


@graded
def test_train_mlp_basic(train_mlp):
    """every epoch is one step against the slope, and loss[k] is the loss after k epochs"""
    for rng, sizes in zip(rngs(), ((3, 4, 1), (2, 3, 2, 1))):
        X, y, _ = problem(rng, 7, sizes, ANY)
        seed, lr = int(rng.integers(1000)), float(rng.uniform(0.3, 0.8))
        start, _, _ = parts(train_mlp.case(*trained(X, y, sizes, lr, 0, seed)), sizes, "tanh", 0)
        for epochs in (1, 4):
            told, scenario = trained(X, y, sizes, lr, epochs, seed)
            params, losses, acc = parts(train_mlp.case(told, scenario), sizes, "tanh", epochs)
            want, curve = follow(X, y, start, lr, epochs)
            told = f"{told}, beside {epochs} right steps from your own start (0 epochs, same seed)"
            for k in range(len(want)):
                assert_close(params[k]["W"], want[k]["W"], f"{told}: W of layer {k + 1}")
                assert_close(params[k]["b"], want[k]["b"], f"{told}: b of layer {k + 1}")
            assert_close(losses, curve, f"{told}: loss")
            votes = mlp_forward(X, want)[0][:, 0] >= 0.5
            assert_close(acc, np.mean(votes == y), f"{told}: acc, the share of right votes after training")


@graded
def test_train_mlp_learns(train_mlp):
    """XOR is learned from at least 4 of 5 starts; rng decides the start, and hidden the activation"""
    rng = rngs(1)[0]
    X, y, _ = problem(rng, 6, (3, 5, 1), ANY)
    for hidden in ("relu", "sigmoid"):
        start, _, _ = parts(train_mlp.case(*trained(X, y, (3, 5, 1), 0.4, 0, 5, hidden=hidden)), (3, 5, 1), hidden, 0)
        params, losses, _ = parts(
            train_mlp.case(*trained(X, y, (3, 5, 1), 0.4, 3, 5, hidden=hidden)), (3, 5, 1), hidden, 3
        )
        want, curve = follow(X, y, copied(start), 0.4, 3)
        assert_close(losses, curve, f"history['loss'] with hidden={hidden!r}, beside 3 right steps from your own start")
        assert_close(
            params[0]["W"],
            want[0]["W"],
            f"W of layer 1 with hidden={hidden!r}, beside 3 right steps from your own start",
        )
    first, second, third = (
        parts(train_mlp.case(*trained(X, y, (3, 5, 1), 0.4, 0, seed)), (3, 5, 1), "tanh", 0)[0] for seed in (1, 1, 2)
    )
    require(
        np.array_equal(first[0]["W"], second[0]["W"]),
        "Two trainings with equal generators start from different weights: draw from the argument rng, and nothing "
        "else.",
    )
    require(
        not np.allclose(first[0]["W"], third[0]["W"]),
        "Two trainings with different generators start from the same weights: draw them from the argument rng.",
    )
    W = np.asarray(first[0]["W"], float)
    require(
        not np.allclose(W, W[:, :1]),
        "All hidden members start with the same weights, so they will always do the same. Draw each weight on its own.",
    )
    black, labels = np.zeros((4, 3)), np.array([1, 0, 1, 1])  # through biases of 0 each probability is exactly 0.5
    told, scenario = trained(black, labels, (3, 5, 1), 0.4, 0, 5)
    params, _, acc = parts(train_mlp.case(told, scenario), (3, 5, 1), "tanh", 0)
    votes = mlp_forward(black, copied(params))[0][:, 0] >= 0.5
    assert_close(acc, np.mean(votes == labels), f"{told} with black images: acc, where p = 0.5 votes 1")
    right_votes = []
    for seed in rng.integers(10_000, size=5):
        if right_votes.count(4) == 4:  # enough: training takes long
            break
        params, losses, _ = parts(
            train_mlp.case(*trained(XOR, XOR_LABELS, (2, 8, 1), 2.0, 600, int(seed))), (2, 8, 1), "tanh", 600
        )
        right_votes.append(int(np.sum((mlp_forward(XOR, copied(params))[0][:, 0] >= 0.5) == XOR_LABELS)))
    require(
        sum(votes == 4 for votes in right_votes) >= 4,
        f"On XOR with sizes [2, 8, 1], lr = 2 and 600 epochs, five starts gave {right_votes} right votes of 4; at "
        "least four starts must get all.",
    )


@graded
def test_train_mlp_craft(train_mlp):
    """the caller's X, y and sizes stay as they were, and equal calls give equal results"""
    X, y, _ = problem(rngs(1)[0], 5, (3, 2, 1), ANY)

    def afterwards(f):
        my_X, my_y, sizes = X.copy(), y.copy(), [3, 2, 1]
        f(my_X, my_y, sizes, 0.5, 2, np.random.default_rng(3))
        return my_X, my_y, sizes

    assert_agrees_on(train_mlp, "train_mlp(X, y, sizes, 0.5, 2, rng), then X, y and sizes", afterwards)
    told, scenario = trained(X, y, (3, 2, 1), 0.5, 3, 4)
    _, losses, _ = parts(train_mlp.case(told, scenario), (3, 2, 1), "tanh", 3)
    _, again, _ = parts(train_mlp.case(told, scenario), (3, 2, 1), "tanh", 3)
    assert_close(again, losses, f"{told} a second time: loss", rtol=1e-12)


# ---------------------------------------------------------------- MLP


def fitted(X, y, sizes, lr, epochs, seed, ask, **hidden):
    words = (
        f"mlp = MLP({list(sizes)}, rng{', hidden=' + repr(hidden['hidden']) if hidden else ''}).fit(X, y, "
        f"{lr:g}, {epochs}); mlp.predict_proba(X), mlp.predict(X)"
    )

    def scenario(MLP):
        mlp = MLP(list(sizes), np.random.default_rng(seed), **hidden).fit(X.copy(), y.copy(), lr, epochs)
        return mlp.predict_proba(ask.copy()), mlp.predict(ask.copy())

    return words, scenario


def answers_of(MLP, X, y, sizes, lr, epochs, seed, ask, **hidden):
    """Probabilities and votes for `ask`, after training."""
    told, scenario = fitted(X, y, sizes, lr, epochs, seed, ask, **hidden)
    p, votes = MLP.case(told, scenario)
    for name, got in (("predict_proba", p), ("predict", votes)):
        require(
            np.shape(got) == (len(ask),),
            f"mlp.{name}(X) must give one number for each of the {len(ask)} samples, shape ({len(ask)},); yours has "
            f"shape {np.shape(got)}.",
        )
    p, votes = np.asarray(p, float), np.asarray(votes, float)
    require(np.all((p >= 0) & (p <= 1)), "mlp.predict_proba(X) must give probabilities, between 0 and 1.")
    require(
        np.array_equal(votes, p >= 0.5),
        "mlp.predict(X) must vote 1 where the probability is 0.5 or more, and 0 elsewhere.",
    )
    return p, votes


@graded
def test_MLP_learns_six_lines(MLP):
    """one probability and one vote for each sample; all six lines are learned from at least 4 of 5 starts"""
    rng = rngs(1)[0]
    X, y, _ = problem(rng, 9, (3, 4, 1), ANY)
    answers_of(MLP, X, y, (3, 4, 1), 0.5, 3, 1, X[: rng.integers(4, 9)])
    answers_of(MLP, X, y, (3, 4, 1), 0.5, 3, 1, X[:1])
    found = []
    for seed in rng.integers(10_000, size=5):
        if found.count(6) == 4:
            break
        X, y = SIX_LINES[order := rng.permutation(6)], SIX_LABELS[order]
        found.append(int(np.sum(answers_of(MLP, X, y, (9, 8, 1), 1.0, 400, int(seed), X)[1] == y)))
    require(
        sum(votes == 6 for votes in found) >= 4,
        f"MLP([9, 8, 1], rng).fit(X, y, 1.0, 400) on the six clean lines got {found} of 6 from five starts; at least "
        "four starts must get all six.",
    )


@graded
def test_MLP_learns_quadrants(MLP):
    """8 tanh units reach 0.93 on new points of the quadrants from 2 of 3 starts; relu works too"""
    rng, other = rngs()
    X, y = right.quadrants(300, rng)
    new_X, new_y = right.quadrants(500, other)
    answers_of(MLP, X[:20], y[:20], (2, 3, 1), 0.5, 5, 3, new_X[:7], hidden="relu")
    answers_of(MLP, X[:20], y[:20], (2, 3, 1), 0.5, 0, 3, np.zeros((2, 2)))  # through biases of 0: p is exactly 0.5
    relu, tanh = (
        answers_of(MLP, 20 * X[:20], y[:20], (2, 3, 1), 0.1, 1, 3, 20 * new_X[:7], hidden=hidden)[0]
        for hidden in ("relu", "tanh")
    )
    require(
        not np.allclose(relu, tanh),
        "hidden='relu' and hidden='tanh' give the same probabilities: pass hidden on to the training.",
    )
    scores = []
    for seed in rng.integers(10_000, size=3):
        if sum(score >= 0.93 for score in scores) < 2:
            scores.append(float(np.mean(answers_of(MLP, X, y, (2, 8, 1), 2.0, 500, int(seed), new_X)[1] == new_y)))
    require(
        sum(score >= 0.93 for score in scores) >= 2,
        "MLP([2, 8, 1], rng).fit(X, y, 2.0, 500) on 300 points of the quadrants reached "
        f"{', '.join(f'{score:.3f}' for score in scores)} on 500 new ones; at least two of the three must reach 0.93.",
    )


@graded
def test_MLP_craft(MLP):
    """asking changes nothing, X and y stay as they were, and two MLPs share nothing"""
    rng = rngs(1)[0]
    X, y, _ = problem(rng, 8, (3, 4, 1), ANY)

    def asked_twice(C):
        my_X, my_y = X.copy(), y.copy()
        one, two = C([3, 4, 1], np.random.default_rng(1)), C([3, 2, 1], np.random.default_rng(2))
        one = one.fit(my_X, my_y, 0.5, 20)
        first = one.predict_proba(my_X)
        one.predict(my_X)
        two.fit(-X, 1 - y, 0.5, 20)
        return np.array_equal(first, one.predict_proba(my_X)), my_X, my_y

    told = "fit and ask one MLP, fit another, ask the first again: are its probabilities the same? Then X and y"
    assert_agrees_on(MLP, told, asked_twice)


# ---------------------------------------------------------------- repaired_step


def one_step(rng, n=6, d=3, h=4, ones=False):
    X, y, (first, second) = problem(rng, n, (d, h, 1), ("tanh", "sigmoid"))
    if ones:
        X[:, 0] = 1.0
    return X, y, first["W"], first["b"], second["W"], second["b"]


def moves(repaired_step, inputs, lr):
    """How far W1, b1, W2 and b2 moved, for each unit of lr."""
    after = repaired_step(*inputs, lr)
    require(isinstance(after, (tuple, list)) and len(after) == 4, "Return four things: W1, b1, W2, b2, after the step.")
    for name, old, new in zip(("W1", "b1", "W2", "b2"), inputs[2:], after):
        require(
            np.shape(new) == np.shape(old),
            f"{name} has shape {np.shape(old)} before the step and {np.shape(new)} after it.",
        )
    return [(old - np.asarray(new, float)) / lr for old, new in zip(inputs[2:], after)]


@graded
def test_repaired_step_second_layer(repaired_step):
    """W2 and b2 move by lr times their measured slopes"""
    for rng in rngs():
        X, y, W1, b1, W2, b2 = inputs = one_step(rng)
        _, _, dW2, db2 = moves(repaired_step, inputs, 0.5)
        layers = [{"W": W1, "b": b1, "activation": "tanh"}, {"W": W2, "b": b2, "activation": "sigmoid"}]
        for k, key, f, array in slopes(lambda p: bce_of(X, y, p), layers):
            if k == 1:
                assert_gradient(
                    {"W": dW2, "b": db2}[key], f, array, f"the step of {key}2 divided by lr, beside the measured slope"
                )


@graded
def test_repaired_step_any_rate(repaired_step):
    """a rate of 2 moves W1 and b1 in the same direction as a tiny rate, a million times as far"""
    for rng in rngs():
        inputs = one_step(rng)
        for name, small, large in zip(
            ("W1", "b1"), moves(repaired_step, inputs, 2e-6), moves(repaired_step, inputs, 2.0)
        ):
            assert_close(
                large,
                small,
                f"the step of {name} divided by lr, with lr = 2, beside lr = 0.000002",
                rtol=1e-4,
                atol=1e-7,
            )


@graded
def test_repaired_step_first_weights(repaired_step):
    """with a tiny rate W1 moves by lr times its measured slope"""
    for rng in rngs():
        X, y, W1, b1, W2, b2 = inputs = one_step(rng)
        dW1 = moves(repaired_step, inputs, 1e-6)[0]
        want = right.mlp_loss_and_gradients(
            X, y, [{"W": W1, "b": b1, "activation": "tanh"}, {"W": W2, "b": b2, "activation": "sigmoid"}]
        )[1][0]["W"]
        assert_close(
            dW1, want, "the step of W1 divided by lr, with lr = 0.000001, beside the slope", rtol=1e-4, atol=1e-6
        )


@graded
def test_repaired_step_first_biases(repaired_step):
    """b1 moves exactly as the weights of an input that is always 1"""
    for rng in rngs():
        dW1, db1, _, _ = moves(repaired_step, one_step(rng, ones=True), 0.5)
        assert_close(db1, dW1[0], "the step of b1, beside the step of row 0 of W1, when input 0 is always 1", rtol=1e-6)


@graded
def test_repaired_step_craft(repaired_step):
    """the whole step is right, also for one sample and square weights, and the inputs stay as they were"""
    rng = rngs(1)[0]
    for n, d, h in ((1, 3, 2), (4, 2, 1), (5, 3, 3), (7, 1, 4)):
        assert_agrees(repaired_step, *one_step(rng, n, d, h), 0.7)
    assert_leaves_inputs_alone(repaired_step, *one_step(rng), 0.3)


# ---------------------------------------------------------------- causes


@graded
def test_causes_of_what_the_loss_shows(causes):
    """causes has the reasons for four losses that go wrong"""
    assert_letters(causes, (1, 2, 3, 4), "Symptom")


@graded
def test_causes_of_what_the_loss_hides(causes):
    """causes has the reasons for three faults behind a loss that looks well"""
    assert_letters(causes, (5, 6, 7), "Symptom")


# ---------------------------------------------------------------- answers

(test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8) = quiz_tests(8)
