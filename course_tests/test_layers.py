"""Hidden tests of 07_layers. See checks.py for what each check says when it fails."""

import functools
import re

import numpy as np

from course_tests.checks import (
    Case,
    assert_agrees,
    assert_agrees_on,
    assert_fast,
    assert_leaves_inputs_alone,
    assert_letters,
    assert_raises,
    assert_raises_on,
    graded,
    quiz_tests,
    require,
    rngs,
    shuffled,
)
from course_tests.reference import layers as right

COLUMNS = np.array([np.tile(np.eye(3)[k], 3) for k in range(3)])
ROWS = np.array([np.repeat(np.eye(3)[k], 3) for k in range(3)])
LINES, IS_VERTICAL = np.concatenate([COLUMNS, ROWS]), np.array([1, 1, 1, 0, 0, 0])
LINE_NAMES = [f"the {kind} line {k}" for kind in ("vertical", "horizontal") for k in range(3)]
CORNERS, XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
CORNER_NAMES = [f"({one:.0f}, {other:.0f})" for one, other in CORNERS]
NAMES = ("identity", "sigmoid", "tanh", "relu")


def seed(number=7):
    return np.random.default_rng(number)


# ---------------------------------------------------------------- Dense


def set_and_forward(X, W, b):
    """Make a layer, give it weights, let it score; W and b afterwards too."""

    def scenario(Dense):
        layer = Dense(*W.shape, seed())
        layer.W, layer.b = W.copy(), b.copy()
        return layer.forward(X.copy()), layer.W, layer.b

    return (
        f"layer = Dense({W.shape[0]}, {W.shape[1]}, rng) with W and b set; "
        f"then layer.forward(X) with X of shape {X.shape}, layer.W, layer.b",
        scenario,
    )


def weights(rng, n_samples, n_in, n_out):
    return rng.normal(size=(n_samples, n_in)), rng.normal(size=(n_in, n_out)), rng.normal(size=n_out) + 2


@graded
def test_Dense_scores(Dense):
    """a Dense layer has W (n_in, n_out) and b (n_out,), and forward gives X @ W + b"""
    assert_agrees_on(
        Dense,
        "the shapes of W and b in Dense(5, 3, rng)",
        lambda C: [str(np.shape(part)) for part in _parts(C(5, 3, seed()))],
    )
    for rng, (n_samples, n_in, n_out) in zip(rngs(3), ((5, 3, 3), (2, 6, 3), (4, 2, 5))):
        assert_agrees_on(Dense, *set_and_forward(*weights(rng, n_samples, n_in, n_out)))
    X = rngs(1)[0].normal(size=(4, 5))
    W, b, Z = Dense.case("W, b and forward(X) of a new layer Dense(5, 3, rng)", lambda C: _all_of(C(5, 3, seed()), X))
    require(
        np.shape(Z) == (4, 3) and np.allclose(Z, X @ np.asarray(W, float) + np.asarray(b, float)),
        "A new layer's forward(X) must use its own W and b: X @ W + b.",
    )


def _parts(layer):
    return layer.W, layer.b


def _all_of(layer, X):
    return layer.W, layer.b, layer.forward(X.copy())


@graded
def test_Dense_starts_well(Dense):
    """a Dense layer draws W as wide as init says, starts with b = 0, and refuses an unknown init"""
    for n_in, n_out in shuffled([(400, 300), (300, 400), (350, 300)]):
        for init, args in (("he", ()), ("xavier", ("xavier",)), ("he", ("he",))):
            told = f"Dense({n_in}, {n_out}, rng{''.join(f', {a!r}' for a in args)})"
            mean, std = Dense.case(
                f"mean and standard deviation of the weights of {told}",
                lambda C, size=(n_in, n_out), args=args: _mean_and_std(C(*size, seed(), *args).W),
            )
            want = np.sqrt({"he": 2 / n_in, "xavier": 2 / (n_in + n_out)}[init])
            require(
                abs(mean) < 0.03 * want,
                f"The weights of {told} have the mean {mean:.4f}: they must lie around 0, to both sides.",
            )
            require(
                abs(std - want) < 0.02 * want,
                f"The weights of {told} have the standard deviation {std:.4f}; expected {want:.4f}.",
            )
    require(
        not np.any(np.asarray(Dense.case("Dense(6, 4, rng).b", lambda C: C(6, 4, seed()).b), float)),
        "A new layer's biases must all be 0.",
    )
    first, second, again = (
        np.asarray(W, float)
        for W in Dense.case("the weights of two layers made with one rng, and of one made with an equal rng", _three)
    )
    require(
        not np.allclose(first, second),
        "Two layers made with one rng have the same weights. Draw from the argument rng; do not make a new one.",
    )
    require(
        np.array_equal(first, again),
        "Equal generators gave different weights. Draw from the argument rng, and from nothing else.",
    )
    before, after = Dense.case(
        "b of one layer, before and after b of another layer was changed in place", _change_another
    )
    require(
        np.array_equal(before, after),
        "Changing one layer's b changed another layer's b: make the arrays in __init__, for each layer anew.",
    )
    unknown = Case("Dense(4, 3, rng, 'swoosh')", lambda C: (list(np.shape(C(4, 3, seed(), "swoosh").W)), None))
    assert_raises_on(Dense, ValueError, unknown, "init is 'he' or 'xavier'")


def _mean_and_std(W):
    W = np.asarray(W, float)
    return float(W.mean()), float(W.std())


def _three(C):
    rng = seed()
    return C(4, 3, rng).W, C(4, 3, rng).W, C(4, 3, seed()).W


def _change_another(C):
    one, other = C(4, 3, seed(1)), C(4, 3, seed(2))
    before = np.array(one.b, float)
    b = other.b
    b += 1
    after = np.array(one.b, float)
    b -= 1  # as it was: where it is shared, the next layer must find it so
    return before, after


@graded
def test_Dense_craft(Dense):
    """Dense.forward takes one sample and whole numbers, and leaves X, W and b alone"""
    (rng,) = rngs(1)
    X, W, b = weights(rng, 3, 4, 2)
    b -= 3  # below and above 0

    def forward_twice(C):
        layer, mine = C(4, 2, seed()), X.copy()
        layer.W, layer.b = W.copy(), b.copy()
        first = layer.forward(mine)
        return first, layer.forward(mine), mine, layer.W, layer.b

    assert_agrees_on(Dense, "the shape of W in Dense(4, 2, rng)", lambda C: list(np.shape(C(4, 2, seed()).W)))
    assert_agrees_on(Dense, "layer.forward(X), layer.forward(X) again, then X, layer.W and layer.b", forward_twice)
    assert_agrees_on(Dense, *set_and_forward(X[:1], W, b))
    assert_agrees_on(Dense, *set_and_forward(X, W[:, :1], b[:1]))
    assert_agrees_on(Dense, *set_and_forward(X[:1], W[:, :1], b[:1]))
    assert_agrees_on(Dense, *set_and_forward(np.arange(8).reshape(2, 4), W, b))


# ---------------------------------------------------------------- Activation


def vote(name, Z):
    return f"Activation({name!r}).forward(Z) with Z of shape {np.shape(Z)}", lambda C: C(name).forward(np.array(Z))


@graded
def test_Activation_votes(Activation):
    """an Activation applies the function of its name to every score"""
    for rng, shape in zip(rngs(), ((4, 3), (2, 5))):
        for name in NAMES:
            assert_agrees_on(Activation, *vote(name, 2 * rng.normal(size=shape)))


@graded
def test_Activation_refuses_unknown_names(Activation):
    """an Activation refuses an unknown name at once, lists the names, and takes large scores"""
    (rng,) = rngs(1)
    for name in NAMES:
        assert_agrees_on(Activation, *vote(name, rng.normal(size=(1, 4))))
        assert_agrees_on(Activation, *vote(name, np.array([[-2, 0, 3], [1, -4, 5]])))
        assert_agrees_on(Activation, *vote(name, np.array([[-1000.0, 1000.0]])))
    Activation.observe(
        Case("Activation('swoosh').forward(Z)", lambda C: (C("swoosh").forward(np.array([[-2.0, 3.0]])), None))
    )
    unknown = Case("Activation('swoosh')", lambda C: (C("swoosh") is None, None))
    assert_raises_on(Activation, ValueError, unknown, "there is no activation of that name")
    told = str(Activation.history[-1][1].error)
    require(
        all(name in told for name in NAMES),
        f"The message of your ValueError must list the names that one may use; it says {told!r}.",
    )


@graded
def test_Activation_craft(Activation):
    """an Activation leaves its scores alone, and two of them do not disturb each other"""
    (rng,) = rngs(1)
    Z = rng.normal(size=(3, 4))
    Z[0, :2] = -1.5, 2.5

    def two(C):
        one, other, mine = C("tanh"), C("relu"), Z.copy()
        return one.forward(mine), other.forward(mine), one.forward(mine), mine

    def keeps(name):
        def scenario(C):
            mine = Z.copy()
            return C(name).forward(mine), mine

        return scenario

    for name in NAMES:
        assert_agrees_on(Activation, f"Activation({name!r}).forward(Z), then Z", keeps(name))
    assert_agrees_on(
        Activation,
        "one = Activation('tanh'), other = Activation('relu'): one.forward(Z), other.forward(Z), one.forward(Z), then "
        "Z",
        two,
    )


# ---------------------------------------------------------------- Network


def stack(Network, Dense, Activation, sizes, names, arrays):
    """A network of the learner's own layers, with weights set."""
    layers = []
    for n_in, n_out, name, (W, b) in zip(sizes[:-1], sizes[1:], names, arrays):
        layer = Dense(n_in, n_out, seed())
        layer.W, layer.b = W.copy(), b.copy()
        layers += [layer, Activation(name)] if name else [layer]
    return Network(layers)


def stacked(rng, sizes):
    return [(rng.normal(size=(n_in, n_out)), rng.normal(size=n_out)) for n_in, n_out in zip(sizes[:-1], sizes[1:])]


def own_layers_work(Dense, Activation):
    """Say early when the parts fail: a network is made of them. Wrong numbers do no harm here, wrong shapes do."""
    assert_agrees_on(
        Dense,
        "Network is tried with your own Dense: the shape of W in Dense(3, 4, rng)",
        lambda C: list(np.shape(C(3, 4, seed()).W)),
    )
    for n_samples, n_in, n_out in ((2, 3, 4), (1, 4, 1), (2, 6, 1)):
        X = np.arange(1.0, 1 + n_samples * n_in).reshape(n_samples, n_in)
        told = f"Network is tried with your own Dense: Dense({n_in}, {n_out}, rng).forward(X) with X of shape {X.shape}"
        Z = Dense.case(told, lambda C, size=(n_in, n_out), X=X: C(*size, seed()).forward(X.copy()))
        again = Dense.case(
            told + ", called twice on one layer: the second answer",
            lambda C, size=(n_in, n_out), X=X: _second(C(*size, seed()), X),
        )
        require(
            np.allclose(Z, again),
            f"{told} gives another answer when it is called again: forward must not change the layer.",
        )
        require(np.shape(Z) == (n_samples, n_out), f"{told} has shape {np.shape(Z)}; expected {(n_samples, n_out)}.")
    for name in ("sigmoid", "tanh", "relu"):
        told = f"Network is tried with your own Activation: Activation({name!r}).forward(Z) with Z of shape (2, 3)"
        A = Activation.case(told, lambda C, name=name: C(name).forward(np.array([[-1.0, 0.5, 2], [3, -2, 1]])))
        require(np.shape(A) == (2, 3), f"{told} has shape {np.shape(A)}; expected (2, 3).")


def _second(layer, X):
    layer.forward(X.copy())
    return layer.forward(X.copy())


def count(net):
    """n_params, or words where it is no number yet."""
    number = net.n_params
    return "a method that must be called first" if callable(number) else number


def told_layers(sizes, names):
    words = []
    for n_in, n_out, name in zip(sizes[:-1], sizes[1:], names):
        words += [f"Dense({n_in}, {n_out}, rng)"] + ([f"Activation({name!r})"] if name else [])
    return f"Network([{', '.join(words)}])"


def assert_network_agrees(Network, Dense, Activation, rng, sizes, names, n_samples):
    X, arrays = rng.normal(size=(n_samples, sizes[0])), stacked(rng, sizes)

    def scenario(N):
        net = stack(N, Dense.implementation, Activation.implementation, sizes, names, arrays)
        return net.forward(X.copy()), count(net), len(net.layers)

    assert_agrees_on(
        Network,
        f"net = {told_layers(sizes, names)}: net.forward(X) with {n_samples} samples, net.n_params, len(net.layers)",
        scenario,
    )


@graded
def test_Network_passes_on(Network, Dense, Activation):
    """a Network hands each layer's output to the next, and n_params counts weights and biases"""
    own_layers_work(Dense, Activation)
    for rng, sizes, names, n_samples in zip(
        rngs(3),
        ((3, 3, 3), (4, 2, 6, 3), (2, 4, 3)),
        (("tanh", "sigmoid"), ("relu", "tanh", ""), ("sigmoid", "relu")),
        (4, 5, 6),
    ):
        assert_network_agrees(Network, Dense, Activation, rng, sizes, names, n_samples)


@graded
def test_Network_refuses_layers_that_do_not_fit(Network, Dense, Activation):
    """a Network refuses layers that do not fit and names both sizes; one sample is fine"""
    own_layers_work(Dense, Activation)
    (rng,) = rngs(1)
    for sizes, names, n_samples in (
        ((3, 3, 3), ("relu", "tanh"), 3),
        ((4, 3), ("",), 5),
        ((2, 5, 4, 3), ("", "relu", ""), 1),
        ((6, 1, 4), ("tanh", "sigmoid"), 2),
    ):
        assert_network_agrees(Network, Dense, Activation, rng, sizes, names, n_samples)
    for shapes, votes, pair in (
        (((3, 5), (6, 3)), ("", ""), (5, 6)),
        (((3, 7), (8, 2)), ("relu", ""), (7, 8)),
        (((4, 3), (3, 9), (5, 2)), ("tanh", "relu", ""), (9, 5)),
        (((7, 4), (11, 7)), ("tanh", "sigmoid"), (4, 11)),
    ):
        message = refusal(
            Network,
            Dense,
            Activation,
            shapes,
            votes,
            f"one layer gives {pair[0]} numbers and the next one takes {pair[1]}",
        )
        require(
            set(pair) <= {int(n) for n in re.findall(r"\d+", message)},
            f"The message must name both sizes, {pair[0]} and {pair[1]}; yours says {message!r}.",
        )


def refusal(Network, Dense, Activation, shapes, names, because):
    """The message with which a network refuses these layers."""
    layers = [
        word
        for shape, name in zip(shapes, names)
        for word in [f"Dense({shape[0]}, {shape[1]}, rng)"] + ([f"Activation({name!r})"] if name else [])
    ]

    def use(N):
        made = []
        for shape, name in zip(shapes, names):
            made.append(Dense.implementation(*shape, seed()))
            if name:
                made.append(Activation.implementation(name))
        return len(N(made).layers), None

    assert_raises_on(Network, ValueError, Case(f"Network([{', '.join(layers)}])", use), because)
    return str(Network.history[-1][1].error)


@graded
def test_Network_craft(Network, Dense, Activation):
    """two Networks share nothing, use the weights as they are now, and say where layers do not fit"""
    own_layers_work(Dense, Activation)
    (rng,) = rngs(1)
    sizes, names = (3, 3, 3), ("tanh", "sigmoid")
    X, arrays, others, new_W = (
        rng.normal(size=(5, 3)),
        stacked(rng, sizes),
        stacked(rng, sizes),
        rng.normal(size=(3, 3)),
    )

    def later(N):
        own = Dense.implementation, Activation.implementation
        one, other, mine = stack(N, *own, sizes, names, arrays), stack(N, *own, sizes, names, others), X.copy()
        before = one.forward(mine), other.forward(mine)
        first = one.layers[0]
        first.W = new_W.copy()
        return *before, one.forward(mine), other.forward(mine), count(one), count(other), mine

    assert_agrees_on(
        Network,
        "two networks: forward(X) of both, then both again after the first layer of one has new weights, n_params of "
        "both, X",
        later,
    )
    for shapes, votes, places in (
        (((3, 7), (8, 2)), ("", ""), (0, 1)),
        (((4, 6), (5, 9)), ("tanh", ""), (0, 2)),
        (((4, 6), (6, 9), (5, 8)), ("", "tanh", ""), (1, 3)),
    ):
        message = refusal(Network, Dense, Activation, shapes, votes, "two layers do not fit")
        require(
            set(places) <= {int(n) for n in re.findall(r"\d+", message)},
            f"The message must say where the two layers stand in the list: {places[0]} and {places[1]}, counted from "
            f"0. Yours says {message!r}.",
        )


# ---------------------------------------------------------------- count_params


@graded
def test_count_params_basic(count_params):
    """count_params counts every weight and every bias: 46 for the sizes [3, 4, 4, 2]"""
    assert_agrees(count_params, [5, 3, 4, 2])
    assert_agrees(count_params, [3, 4, 4, 2])
    for rng in rngs():
        assert_agrees(count_params, [int(size) for size in rng.integers(2, 30, size=4)])


@graded
def test_count_params_large_and_small(count_params):
    """count_params is right for large networks and single members, and gives 0 for an input alone"""
    assert_agrees(count_params, [784, 256, 128, 10])
    assert_agrees(count_params, [9, 1])
    assert_agrees(count_params, [9, 3, 1])
    assert_agrees(count_params, [1, 1, 1])
    assert_agrees(count_params, [7])
    (rng,) = rngs(1)
    assert_agrees(count_params, [int(size) for size in rng.integers(2, 30, size=7)])


@graded
def test_count_params_craft(count_params):
    """count_params takes a tuple too, leaves the list alone, and gives one whole number"""
    sizes = rngs(1)[0].integers(3, 12, size=4).tolist()
    assert_agrees(count_params, tuple(sizes))
    assert_leaves_inputs_alone(count_params, sizes)
    answer = count_params([4, 7, 2])
    require(np.ndim(answer) == 0 and float(answer) == 51, f"[4, 7, 2] has 51 numbers; you returned {answer!r}.")


# ---------------------------------------------------------------- decision_grid


def ask(predict, lim, n):
    return f"decision_grid({predict.__name__}, {lim}, {n})", lambda f: f(predict, lim, n)


def slope(points):
    return points[:, 0] + 10 * points[:, 1]


def bump(points):
    return np.exp(-((points[:, 0] - 0.5) ** 2) - 3 * points[:, 1] ** 2)


def column(points):
    return np.tanh(points[:, :1] - 2 * points[:, 1:])


@graded
def test_decision_grid_basic(decision_grid):
    """decision_grid asks predict at every point: columns are the first number, rows the second"""
    for lim, n in (((-1.0, 2.0), 4), ((0.0, 1.0), 3), ((-2.0, -0.5), 5)):
        assert_agrees_on(decision_grid, *ask(slope, lim, n))
        assert_agrees_on(decision_grid, *ask(bump, lim, n))


@graded
def test_decision_grid_takes_columns(decision_grid):
    """decision_grid takes a predict that answers with a column, and whole numbers as limits"""
    assert_agrees_on(decision_grid, *ask(slope, (-1.0, 2.0), 4))
    assert_agrees_on(decision_grid, *ask(column, (-1.0, 3.0), 5))
    assert_agrees_on(decision_grid, *ask(column, (-2, 1), 2))
    assert_agrees_on(decision_grid, *ask(slope, [0, 3], 7))


@graded
def test_decision_grid_craft(decision_grid):
    """decision_grid asks predict once, with all points as one array of shape (n*n, 2)"""
    n = int(rngs(1)[0].integers(3, 9))

    def scenario(f):
        seen = []

        def predict(points):
            seen.append(list(np.shape(points)))
            return slope(np.asarray(points))

        return f(predict, (-1.0, 1.0), n), seen

    assert_agrees_on(
        decision_grid,
        f"decision_grid(predict, (-1.0, 1.0), {n}), and the shapes with which predict was called",
        scenario,
    )


# ---------------------------------------------------------------- mlp_forward


def make_params(rng, sizes, names):
    return [{"W": W, "b": b, "activation": name} for (W, b), name in zip(stacked(rng, sizes), names)]


@graded
def test_mlp_forward_basic(mlp_forward):
    """mlp_forward takes X through all layers, and its cache holds X, Z and A of each layer"""
    for rng, sizes, names, n_samples in zip(
        rngs(3),
        ((3, 3, 3), (5, 2, 4, 3), (2, 6, 1)),
        (("relu", "sigmoid"), ("tanh", "relu", "identity"), ("sigmoid", "tanh")),
        (5, 6, 4),
    ):
        assert_agrees(mlp_forward, rng.normal(size=(n_samples, sizes[0])), make_params(rng, sizes, names))


@graded
def test_mlp_forward_any_network(mlp_forward):
    """mlp_forward is right for one sample, one layer, four layers, square layers and whole numbers"""
    (rng,) = rngs(1)
    three = make_params(rng, (3, 4, 2), ("relu", "sigmoid"))
    X = rng.normal(size=(5, 3))
    assert_agrees(mlp_forward, X[:3], make_params(rng, (3, 3, 3), ("relu", "sigmoid")))
    assert_agrees(mlp_forward, X, three)
    assert_agrees(mlp_forward, X[:1], three)
    for name in NAMES:
        assert_agrees(mlp_forward, X, make_params(rng, (3, 2), (name,)))
    assert_agrees(mlp_forward, X, make_params(rng, (3, 5, 2, 4, 1), ("tanh", "relu", "identity", "sigmoid")))
    assert_agrees(mlp_forward, np.arange(6).reshape(2, 3), three)
    together = np.asarray(mlp_forward(X, three)[0], float)
    alone = np.concatenate([np.asarray(mlp_forward(X[k : k + 1], three)[0], float) for k in range(len(X))])
    require(
        together.shape == alone.shape and np.allclose(together, alone),
        "A sample's output must not depend on its neighbours: five samples at once and one by one gave different "
        "numbers.",
    )


@graded
def test_mlp_forward_craft(mlp_forward):
    """mlp_forward leaves X and params alone, and takes all samples at once"""
    (rng,) = rngs(1)
    params = make_params(rng, (3, 3, 3), ("relu", "sigmoid"))
    X = rng.normal(size=(4, 3))
    assert_agrees(mlp_forward, X, params)
    assert_leaves_inputs_alone(mlp_forward, X, params)
    assert_fast(mlp_forward, rng.normal(size=(36_000, 2)), make_params(rng, (2, 6, 1), ("tanh", "sigmoid")), at_most=20)


# ---------------------------------------------------------------- committees wired by hand


def committee(exercise, n_in):
    """The learner's params, and one vote for each row of an input; what cannot be read is said."""
    params = exercise.case(f"params = {exercise.name}()", lambda f: f())
    require(
        isinstance(params, (list, tuple)) and len(params) > 0 and all(isinstance(layer, dict) for layer in params),
        "Return a list with one dict for each layer.",
    )
    network, width = [], n_in
    for k, layer in enumerate(params):
        missing = [key for key in ("W", "b", "activation") if key not in layer]
        require(
            not missing,
            f"Layer {k} has no {' and no '.join(repr(key) for key in missing)}: each dict needs 'W', 'b' and "
            "'activation'.",
        )
        require(
            isinstance(layer["activation"], str) and layer["activation"] in NAMES,
            f"Layer {k} has the activation {layer['activation']!r}; choose one of {', '.join(NAMES)}.",
        )
        W, b = np.asarray(layer["W"], float), np.asarray(layer["b"], float)
        require(W.ndim == 2, f"W of layer {k} must have two axes, (n_in, n_out); yours has shape {W.shape}.")
        require(
            W.shape[0] == width,
            f"W of layer {k} has shape {W.shape}, but {width} numbers come in: W must have {width} rows.",
        )
        require(
            b.size == W.shape[1],
            f"b of layer {k} has shape {b.shape}, but W has {W.shape[1]} columns: each member needs one bias.",
        )
        require(np.isfinite(W).all() and np.isfinite(b).all(), f"W and b of layer {k} must hold finite numbers.")
        network.append({"W": W, "b": b.ravel(), "activation": layer["activation"]})
        width = W.shape[1]
    require(width == 1, f"The last layer must have one member, who gives the answer; yours has {width}.")

    return params, network, functools.partial(answer_of, network)


def answer_of(network, X):
    with np.errstate(all="ignore"):
        return right.mlp_forward(X, network)[0][:, 0]


STEEP = "your walls stand well, but the votes are too soft."


def steeper(network):
    """The same walls, and surer votes."""
    return [
        {**layer, "W": 20 * layer["W"], "b": 20 * layer["b"]} if layer["activation"] in ("sigmoid", "tanh") else layer
        for layer in network
    ]


def advice(network, X, labels):
    """What is certain about wrong votes, whatever the numbers are."""
    votes = answer_of(network, X) > 0.5
    if all(layer["activation"] == "identity" for layer in network[:-1]):
        return (
            "No hidden layer votes here (identity is no vote), so the whole network is one neuron: 06 proves that "
            "one neuron cannot do it."
        )
    if np.array_equal(votes, np.equal(labels, 0)):
        return (
            "Every vote is exactly the other way round: look at the signs of the last layer, and at what the "
            "members before it wait for."
        )
    if np.array_equal(answer_of(steeper(network), X) > 0.5, np.equal(labels, 1)):
        return f"With W and b of every sigmoid and tanh layer multiplied by 20, all votes would be right: {STEEP}"
    if len(set(votes)) == 1:
        return f"Your network says {int(votes[0])} to every input."
    return ""


def require_votes(answer, X, labels, names):
    for name, label, out in zip(names, labels, answer(X)):
        require(
            np.isfinite(out) and (out > 0.5) == label and out != 0.5,
            f"For {name} the answer must be {'above' if label else 'below'} 0.5; yours is {out:.4g}.",
            look=advice(*answer.args, X, labels),
        )


def require_sure(answer, X, labels, names):
    surer = answer_of(steeper(*answer.args), X)
    look = (
        f"Multiply W and b of your sigmoid and tanh layers by 20: {STEEP}"
        if np.all(np.where(labels, surer >= 0.75, surer <= 0.25))
        else ""
    )
    for name, label, out in zip(names, labels, answer(X)):
        require(
            out >= 0.75 if label else out <= 0.25,
            f"For {name} the committee must be sure: {'at least 0.75' if label else 'at most 0.25'}; yours says "
            f"{out:.4g}.",
            look=look,
        )


def require_tidy(exercise, params):
    """Shapes to the letter, and the same in every call."""
    for k, layer in enumerate(params):
        require(
            np.shape(layer["b"]) == np.shape(layer["W"])[1:],
            f"b of layer {k} must be flat, shape {np.shape(layer['W'])[1:]}; yours has {np.shape(layer['b'])}.",
        )
    again = exercise.case(f"{exercise.name}(), called again", lambda f: f())
    require(
        len(again) == len(params)
        and all(np.array_equal(one[key], other[key]) for one, other in zip(params, again) for key in ("W", "b")),
        "A second call gave other numbers: make the arrays inside the function, from numbers that you write down.",
    )


@graded
def test_xor_network_basic(xor_network):
    """xor_network answers above 0.5 where exactly one of two inputs is 1, and below 0.5 elsewhere"""
    _, _, answer = committee(xor_network, 2)
    require_votes(answer, CORNERS, XOR, CORNER_NAMES)


@graded
def test_xor_network_is_sure(xor_network):
    """xor_network is sure of its four answers, and votes the same when the inputs are a little off"""
    _, _, answer = committee(xor_network, 2)
    require_votes(answer, CORNERS, XOR, CORNER_NAMES)
    require_sure(answer, CORNERS, XOR, CORNER_NAMES)
    for rng in rngs():
        moved = np.tile(CORNERS, (10, 1)) + rng.uniform(-0.05, 0.05, size=(40, 2))
        require_votes(answer, moved, np.tile(XOR, 10), [f"({one:.3f}, {other:.3f})" for one, other in moved])


@graded
def test_xor_network_craft(xor_network):
    """xor_network has flat b, and gives the same network in every call"""
    params, _, answer = committee(xor_network, 2)
    require_votes(answer, CORNERS, XOR, CORNER_NAMES)
    require_tidy(xor_network, params)


def lines(lines_committee):
    params, network, answer = committee(lines_committee, 9)
    sizes = [9] + [layer["W"].shape[1] for layer in network]
    require(
        sizes == [9, 3, 1],
        "The committee must have the sizes 9, 3, 1: nine pixels, three specialists, one chair. Yours has "
        f"{', '.join(map(str, sizes))}.",
    )
    return params, answer


@graded
def test_lines_committee_basic(lines_committee):
    """lines_committee is right about all six lines: above 0.5 for vertical, below for horizontal"""
    _, answer = lines(lines_committee)
    require_votes(answer, LINES, IS_VERTICAL, LINE_NAMES)


@graded
def test_lines_committee_is_sure(lines_committee):
    """lines_committee is sure of all six lines, and right on at least 95 of 100 noisy images"""
    _, answer = lines(lines_committee)
    require_votes(answer, LINES, IS_VERTICAL, LINE_NAMES)
    require_sure(answer, LINES, IS_VERTICAL, LINE_NAMES)
    for rng in rngs():
        which = np.arange(100) % 6
        X = np.clip(LINES[which] + rng.normal(0, 0.05, size=(100, 9)), 0, 1)
        good = int(((answer(X) > 0.5) == IS_VERTICAL[which]).sum())
        require(
            good >= 95,
            f"With noise 0.05 your committee is right on {good} of 100 images; at least 95 are needed. "
            "Put each threshold in the middle between the scores that it must tell apart.",
        )


@graded
def test_lines_committee_craft(lines_committee):
    """lines_committee has flat b, and gives the same committee in every call"""
    params, answer = lines(lines_committee)
    require_votes(answer, LINES, IS_VERTICAL, LINE_NAMES)
    require_tidy(lines_committee, params)


# ---------------------------------------------------------------- from_column_convention


@graded
def test_from_column_convention_basic(from_column_convention):
    """from_column_convention turns W and makes b flat"""
    for rng, (n_out, n_in) in zip(rngs(3), ((2, 3), (4, 2), (3, 5))):
        assert_agrees(from_column_convention, rng.normal(size=(n_out, n_in)), rng.normal(size=(n_out, 1)))


@graded
def test_from_column_convention_same_scores(from_column_convention):
    """from_column_convention keeps the scores, for square layers, one member and one input too"""
    (rng,) = rngs(1)
    for n_out, n_in in ((2, 3), (3, 3), (1, 4), (4, 1), (1, 1)):
        W, b, X = rng.normal(size=(n_out, n_in)), rng.normal(size=(n_out, 1)), rng.normal(size=(5, n_in))
        assert_agrees(from_column_convention, W, b)
        ours_W, ours_b = (np.asarray(part, float) for part in from_column_convention(W, b))
        require(
            np.allclose(X @ ours_W + ours_b, (W @ X.T + b).T),
            "X @ W + b must give the scores that W @ X.T + b gave before, turned.",
        )
    assert_agrees(from_column_convention, np.arange(6).reshape(2, 3), np.array([[4], [-1]]))


@graded
def test_from_column_convention_craft(from_column_convention):
    """from_column_convention leaves the caller's W and b as they were"""
    (rng,) = rngs(1)
    W, b = rng.normal(size=(3, 2)), rng.normal(size=(3, 1))
    assert_agrees(from_column_convention, W, b)
    assert_leaves_inputs_alone(from_column_convention, W, b)

    def twice(f):
        theirs = W.copy(), b.copy()
        first = f(*theirs)
        return first, f(*theirs), theirs

    assert_agrees_on(from_column_convention, "from_column_convention(W, b), the same again, then W and b", twice)


# ---------------------------------------------------------------- output_head


@graded
def test_output_head_basic(output_head):
    """output_head knows the head for one number, for yes or no, and for one of C classes"""
    for task in ("regression", "binary", "multiclass"):
        assert_agrees(output_head, task)


@graded
def test_output_head_multilabel(output_head):
    """output_head knows the head for several labels at once, and refuses an unknown task"""
    for task in ("multilabel", "binary", "multiclass"):
        assert_agrees(output_head, task)
    assert_raises(output_head, ValueError, "poetry", because="there is no such task")


@graded
def test_output_head_craft(output_head):
    """output_head gives exactly the three keys, and the same answer in every call"""
    for told, scenario in shuffled(
        [
            ("output_head('binary')", lambda f: f("binary")),
            (
                "the keys of output_head('binary'), and output_head('binary') again",
                lambda f: (sorted(f("binary")), f("binary")),
            ),
            ("output_head('binary'), twice", lambda f: [f("binary"), f("binary")]),
            ("the keys of output_head('binary')", lambda f: sorted(f("binary"))),
        ]
    ):
        assert_agrees_on(output_head, told, scenario)


# ---------------------------------------------------------------- products


@graded
def test_products_of_tables(products):
    """products has the lines for scores, weights and inputs"""
    assert_letters(products, (1, 2, 3), "Number")


@graded
def test_products_and_sums(products):
    """products has the lines for members, single entries and pairs of samples"""
    assert_letters(products, (4, 5, 6), "Number")


test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8 = quiz_tests(8)
