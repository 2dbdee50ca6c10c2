"""Hidden tests of 10_digits. See checks.py for what each check says when it fails."""

import copy

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
    assert_raises,
    assert_raises_on,
    graded,
    quiz_tests,
    require,
    rngs,
    shuffled,
    without_rows,
)
from course_tests.notebooks import SOURCE
from course_tests.reference import digits as right
from course_tests.reference.activations import softmax
from course_tests.reference.backprop import VOTES
from course_tests.reference.evaluation import accuracy, train_val_test_split

# ---------------------------------------------------------------- one_hot


@graded
def test_one_hot_basic(one_hot):
    """one row for each label, with a single 1 at the place of the label"""
    for rng in rngs():
        assert_agrees(one_hot, rng.integers(0, 4, 7), 4)
        assert_agrees(one_hot, np.append(rng.integers(0, 6, 4), 5), 6)


@graded
def test_one_hot_any_labels(one_hot):
    """absent classes keep their column, and labels outside 0 ... C - 1 are refused"""
    rng = rngs(1)[0]
    assert_agrees(one_hot, np.array([1, 1, 3]), 7)
    assert_agrees(one_hot, np.array([0]), 2)
    assert_agrees(one_hot, rng.integers(0, 10, 12).astype(np.uint8), 10)
    assert_agrees(one_hot, rng.permutation(4), 4)
    assert_raises(one_hot, ValueError, np.array([0, 3, 1]), 3, because="a label is 3, and the classes are 0, 1, 2")
    assert_raises(one_hot, ValueError, np.array([2, -1, 1]), 3, because="a label is -1, and the classes are 0, 1, 2")


@graded
def test_one_hot_craft(one_hot):
    """the labels stay as they were, and no labels give a table without rows"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(one_hot, rng.integers(0, 5, 6), 5)
    assert_leaves_inputs_alone(one_hot, np.array([2, 0, 1]), 3)
    assert_agrees(one_hot, np.array([], int), 4)


# ---------------------------------------------------------------- minibatches


def told(n, batch_size, drop_last):
    return f"list(minibatches(X, y, {batch_size}, rng{', drop_last=True' if drop_last else ''})) for {n} samples"


def make_piles(X, y, batch_size, seed, drop_last=False, epochs=1):
    """A scenario: all the piles of some epochs with one generator, as a list for each epoch; and X and y afterwards."""

    def scenario(f):
        own, rng = (X.copy(), y.copy()), np.random.default_rng(seed)
        kind = {"drop_last": True} if drop_last else {}
        made = []
        for _ in range(epochs):
            made.append([(np.array(a), np.array(b)) for a, b in f(*own, batch_size, rng, **kind)])
        return made, own

    return scenario


def samples(rng, n, d=3):
    """n samples that all differ, and a label for each that belongs to no other."""
    return rng.permutation(n * d).reshape(n, d) / 8 + 1, 10 * (1 + rng.permutation(n))


def well_made(subject, X, y, batch_size, seed, drop_last=False, epochs=1):
    """The order of the labels in each epoch, after looking at sizes, shapes, pairs and completeness."""
    __tracebackhide__ = True
    n, words = len(X), told(len(X), batch_size, drop_last)
    kept = n // batch_size * batch_size if drop_last else n
    sizes = [min(batch_size, kept - start) for start in range(0, kept, batch_size)]
    orders = []
    for piles in subject.case(words, make_piles(X, y, batch_size, seed, drop_last, epochs))[0]:
        got = [len(b) if np.ndim(b) else -1 for _, b in piles]
        require(got == sizes, f"{words}: the piles have the sizes {got}; expected {sizes}.")
        for a, b in piles:
            require(
                a.shape == (len(b), *X.shape[1:]),
                f"{words}: a pile of {len(b)} labels has images of shape {a.shape}; expected {(len(b), *X.shape[1:])}.",
            )
        order = [int(label) for _, b in piles for label in np.asarray(b).tolist()]
        twice = len(order) - len(set(order))
        require(not twice, f"{words}: {twice} samples come more than once in one epoch.")
        require(set(order) <= set(y.tolist()), f"{words}: labels appear that are not in y.")
        row = {int(label): x for label, x in zip(y, X)}
        for a, b in piles:
            for x, label in zip(a, b):
                require(
                    np.array_equal(x, row[int(label)]),
                    f"{words}: X and y no longer belong together: a sample got another sample's label.",
                )
        orders.append(order)
    return orders


@graded
def test_minibatches_basic(minibatches):
    """every sample comes once, with its own label, in piles of batch_size; the last may be smaller"""
    rng, other = rngs()
    well_made(minibatches, *samples(rng, 11), 4, 3)
    well_made(minibatches, *samples(other, 12, 2), 3, 5)
    X, y = samples(rng, 23)
    (order,) = well_made(minibatches, X, y, 5, 7)
    require(
        order != y.tolist(),
        f"{told(23, 5, False)}: the samples come in the order in which they were given. Shuffle them.",
    )


@graded
def test_minibatches_new_order_each_epoch(minibatches):
    """each epoch has a new order that comes from rng alone; drop_last and piles of any size work"""
    rng = rngs(1)[0]
    well_made(minibatches, *samples(rng, 11), 4, 3, drop_last=True)
    well_made(minibatches, *samples(rng, 12), 4, 3, drop_last=True)
    well_made(minibatches, *samples(rng, 3), 8, 3)
    well_made(minibatches, *samples(rng, 1), 1, 3)
    well_made(minibatches, *samples(rng, 6), 1, 3)
    require(
        well_made(minibatches, *samples(rng, 3), 8, 3, drop_last=True) == [[]], "Three samples make no full pile of 8."
    )
    X, y = samples(rng, 7, 12)
    well_made(minibatches, X.reshape(7, 4, 3), y, 2, 3)
    X, y = samples(rng, 24)
    first, second = well_made(minibatches, X, y, 4, 1, epochs=2)
    require(first != second, "Two epochs with the same rng had the same order: ask rng for a new order each time.")
    require(first != y.tolist(), "The first epoch had the order in which the samples were given.")
    again, _ = well_made(minibatches, X, y, 4, 1, epochs=2)
    require(
        again == first, "Twice the same seed gave two different orders: all randomness must come from the argument rng."
    )
    (third,) = well_made(minibatches, X, y, 4, 2)
    require(
        third != first,
        "Two generators with different seeds gave the same order: all randomness must come from the argument rng.",
    )
    groups = {frozenset(first[k : k + 4]) for k in range(0, 24, 4)}
    require(
        groups != {frozenset(second[k : k + 4]) for k in range(0, 24, 4)},
        "The same samples always share a pile; only the order of the piles, or within them, changes. Shuffle all the "
        "samples.",
    )
    X, y = samples(rng, 7)
    for batch_size, labels, because in (
        (0, y, "a pile needs at least one sample"),
        (-2, y, "a pile needs at least one sample"),
        (2, y[:5], "7 images and 5 labels do not fit"),
    ):
        case = Case(
            f"list(minibatches(X, y, {batch_size}, rng)) for 7 images and {len(labels)} labels",
            lambda f, size=batch_size, own=labels: (make_piles(X, own, size, 3)(f), None),
        )
        assert_raises_on(minibatches, ValueError, case, because)


@graded
def test_minibatches_craft(minibatches):
    """the caller's X and y stay as they were, and pixels and labels keep their types"""
    rng = rngs(1)[0]
    X, y = samples(rng, 9)
    pixels = rng.integers(0, 17, (9, 4)).astype(np.uint8)
    words = told(9, 4, False)

    def watched(f):
        own = pixels.copy(), y.copy()
        piles = [(np.array(a), np.array(b)) for a, b in f(*own, 4, np.random.default_rng(0))]
        return piles, own

    piles, own = minibatches.case(words, watched)
    require(
        np.array_equal(own[0], pixels) and np.array_equal(own[1], y),
        f"{words} changed the caller's arrays: they were shuffled themselves. Shuffle a list of row numbers instead.",
    )
    require(
        all(a.dtype == np.uint8 for a, _ in piles),
        f"{words}: pixels of type uint8 became {piles[0][0].dtype}. Pick rows, change nothing.",
    )
    require(
        all(b.dtype.kind == "i" for _, b in piles),
        f"{words}: whole-number labels became {piles[0][1].dtype}. Pick entries, change nothing.",
    )


# ---------------------------------------------------------------- steps_per_epoch


def all_steps(cases):
    """What is told, and a scenario: the answers for several n, batch_size and drop_last."""
    return f"steps_per_epoch(n, batch_size, drop_last) for {', '.join(map(str, cases))}", lambda f: [
        f(*case) for case in cases
    ]


@graded
def test_steps_per_epoch_basic(steps_per_epoch):
    """n divided by batch_size: rounded up, or down when the last pile is dropped"""
    for rng in rngs():
        batch_size, full = (int(v) for v in rng.integers((8, 3), (30, 40)))
        cases = [
            (full * batch_size + rest, batch_size, drop_last)
            for rest in (1, batch_size - 1)
            for drop_last in (False, True)
        ]
        assert_agrees_on(steps_per_epoch, *all_steps(cases))
    assert_agrees_on(steps_per_epoch, *all_steps([(60_000, 64, False), (60_000, 64, True)]))


@graded
def test_steps_per_epoch_edges(steps_per_epoch):
    """piles that fit exactly, piles larger than the data, piles of one, and no data at all"""
    rng = rngs(1)[0]
    size, k = (int(v) for v in rng.integers((5, 3), (20, 9)))
    for pairs in (
        ((k * size + 1, size), (k * size + size - 1, size), (size - 1, size), (2, size)),
        ((2 * k * size, size), (size, size), (9, 1), (1, 1)),
        ((1, 50), (0, 4)),
    ):
        assert_agrees_on(
            steps_per_epoch,
            *all_steps([(n, batch_size, drop_last) for n, batch_size in pairs for drop_last in (False, True)]),
        )
    assert_agrees(steps_per_epoch, 10, 4)


@graded
def test_steps_per_epoch_craft(steps_per_epoch):
    """the answer is a whole number that range() takes, and exact for very large n"""
    few = 4 * int(rngs(1)[0].integers(2, 9))
    assert_agrees_on(
        steps_per_epoch, *all_steps([(n, 4, drop_last) for n in (few + 1, few + 3) for drop_last in (False, True)])
    )
    for n, drop_last in ((10, False), (10, True)):
        steps = steps_per_epoch(n, 4, drop_last)
        require(
            np.asarray(steps).dtype.kind in "iu",
            f"steps_per_epoch({n}, 4, {drop_last}) returned {steps!r}: right, but range() wants a whole number, "
            "such as 3 and not 3.0. The operator // gives one.",
        )


# ---------------------------------------------------------------- softmax_regression_grads


def regression(rng, n=6, d=4, c=3):
    y = np.append(rng.permutation(c), rng.integers(0, c, max(n - c, 0)))[:n]
    return rng.normal(0.2, 1, (n, d)), np.eye(c)[y], rng.normal(0, 0.7, (d, c)), rng.normal(0.1, 0.5, c)


def regression_loss(X, Y, W, b):
    return -np.sum(Y * np.log(softmax(X @ W + b))) / len(X)


@graded
def test_softmax_regression_grads_basic(softmax_regression_grads):
    """a slope for each weight and each bias: blame is share minus truth, averaged over the batch"""
    for rng in rngs():
        for n, d, c in ((6, 4, 3), (3, 2, 5)):
            assert_agrees(softmax_regression_grads, *regression(rng, n, d, c), rows_count=True)


@graded
def test_softmax_regression_grads_are_slopes(softmax_regression_grads):
    """dW and db agree with the measured slopes of the loss, for all kinds of batches"""
    for rng, (n, d, c) in zip(rngs(4), ((5, 4, 3), (4, 4, 4), (1, 3, 5), (7, 2, 2))):
        X, Y, W, b = regression(rng, n, d, c)
        assert_agrees(softmax_regression_grads, X, Y, W, b, rows_count=True)
        dW, db = softmax_regression_grads(X, Y, W, b)
        assert_gradient(
            dW,
            lambda V: regression_loss(X, Y, V, b),
            W,
            f"dW for {n} samples, {d} pixels, {c} classes, beside the measured slope of the loss",
        )
        assert_gradient(
            without_rows(db, b),
            lambda v: regression_loss(X, Y, W, v),
            b,
            f"db for {n} samples, {d} pixels, {c} classes, beside the measured slope of the loss",
        )
    X, Y, W, b = regression(rng, 8, 5, 3)
    assert_agrees(
        softmax_regression_grads, rng.integers(0, 17, (8, 5)).astype(np.uint8), Y.astype(int), W, b, rows_count=True
    )
    assert_agrees(softmax_regression_grads, X * np.geomspace(1, 1e5, 8)[:, None], Y, W, b, rows_count=True)
    dW, db = softmax_regression_grads(np.vstack([X, X]), np.vstack([Y, Y]), W, b)
    once, _ = softmax_regression_grads(X, Y, W, b)
    assert_close(dW, once, "dW when every sample is there twice, beside dW when it is there once")


@graded
def test_softmax_regression_grads_craft(softmax_regression_grads):
    """db is flat, the inputs stay as they were, huge scores give no warning, and NumPy does the loop"""
    rng = rngs(1)[0]
    X, Y, W, b = regression(rng, 6, 4, 3)
    assert_leaves_inputs_alone(softmax_regression_grads, X, Y, W, b)
    assert_no_warnings(
        softmax_regression_grads, 1000 * X, Y, W, b, look="Use the softmax that is given: it never overflows."
    )
    assert_agrees(softmax_regression_grads, X, Y, W, b)
    n = 60_000
    assert_fast(
        softmax_regression_grads,
        rng.normal(size=(n, 3)),
        np.eye(2)[rng.integers(0, 2, n)],
        rng.normal(size=(3, 2)),
        np.zeros(2),
        at_most=20,
    )


# ---------------------------------------------------------------- nets


def a_net(rng, sizes=(4, 5, 3), hidden="relu"):
    """The params of a net in the middle of its training: no weight and no bias is 0."""
    names = [hidden] * (len(sizes) - 2) + ["identity"]
    return [
        {"W": rng.normal(0, 0.8, size), "b": rng.normal(0, 0.3, size[1]), "activation": name}
        for size, name in zip(zip(sizes[:-1], sizes[1:]), names)
    ]


def cases(rng, n=9, d=4, c=3):
    """n samples of c classes that a net can tell apart."""
    y = rng.permutation(np.arange(n) % c)
    return rng.normal(0, 0.4, (n, d)) + 1.5 * np.eye(max(c, d))[y][:, :d], y


class Nets:
    """Makes scenarios with a Network that lives where the answer does: the learner's beside the learner's code.

    Parameters
    ----------
    subject : Subject
        The answer under test.
    network_from, params_of : Subject
        From params to a Network and back, as the notebook gives them.
    """

    def __init__(self, subject, network_from, params_of):
        self.subject, self.theirs = subject, (network_from.implementation, params_of.implementation)

    def scenario(self, net, use):
        """What `use(f, own)` gives for a fresh Network with the params `net`, and its params afterwards."""

        def scenario(f):
            build, read = self.theirs if f is self.subject.implementation else (right.network_from, right.params_of)
            own = build(copy.deepcopy(net))
            return use(f, own), read(own)

        return scenario

    def one_epoch(self, net, X, y, batch_size, lr, seed=0, epochs=1):
        """What is told, and a scenario: the losses of some epochs, and the params afterwards."""

        def use(f, own):
            rng = np.random.default_rng(seed)
            losses = [f(own, X.copy(), y.copy(), batch_size, lr, rng) for _ in range(epochs)]
            return losses if epochs > 1 else losses[0]

        told = f"train_epoch(net, X, y, batch_size={batch_size}, lr={lr:.3g}, rng) for {len(y)} samples"
        return f"{told}: (loss, params of the net afterwards)", self.scenario(net, use)

    def fitting(self, net, train, val, epochs, batch_size, lr, seed=0):
        """What is told, and a scenario: the history, and the params afterwards."""

        def use(f, own):
            parts = [tuple(a.copy() for a in part) for part in (train, val)]
            return f(own, *parts, epochs, batch_size, lr, np.random.default_rng(seed))

        told = f"fit(net, train, val, epochs={epochs}, batch_size={batch_size}, lr={lr:.3g}, rng)"
        return f"{told}: (history, params of the net afterwards)", self.scenario(net, use)


SEQUENCE = dict(rtol=1e-6, atol=1e-8)


def sizes_of(net):
    return [len(net[0]["W"]), *(np.shape(layer["W"])[1] for layer in net)]


# ---------------------------------------------------------------- network_gradients


def gradients(nets, net, X, y):
    """What is told, and a scenario: loss and slopes."""
    scenario = nets.scenario(net, lambda f, own: f(own, X.copy(), y.copy()))
    told = f"network_gradients(net, X, y) for {len(y)} samples and a net with the sizes {sizes_of(net)}"
    return told, lambda f: scenario(f)[0]


def away_from_kinks(rng, n, sizes, hidden):
    """Params and samples for which no relu member has a score near 0."""
    while True:
        net, X = a_net(rng, sizes, hidden), rng.normal(0.2, 1, (n, sizes[0]))
        votes, layers = X, right.network_from(net).layers
        scores = [np.abs(votes := layer.forward(votes)).min() for layer in layers if layer.params or hidden != "relu"]
        if hidden != "relu" or min(scores) > 1e-3:
            return net, X


@graded
def test_network_gradients_basic(network_gradients, network_from, params_of):
    """the mean loss, and a dict of slopes for each layer with params, in the order of the layers"""
    nets = Nets(network_gradients, network_from, params_of)
    for rng in rngs():
        for sizes, n in (((4, 5, 3), 7), ((3, 4, 6, 5), 4)):
            X, y = cases(rng, n, sizes[0], sizes[-1])
            assert_agrees_on(network_gradients, *gradients(nets, a_net(rng, sizes), X, y))


@graded
def test_network_gradients_are_slopes(network_gradients, network_from, params_of):
    """measured slopes agree, for one sample, no hidden layer, square layers and tanh too"""
    nets = Nets(network_gradients, network_from, params_of)
    for rng, n, sizes, hidden in zip(
        rngs(4), (5, 1, 4, 6), ((4, 5, 3), (3, 4), (3, 3, 3), (2, 4, 3, 5)), ("relu", "relu", "tanh", "tanh")
    ):
        net, X = away_from_kinks(rng, n, sizes, hidden)
        y = rng.integers(0, sizes[-1], n)
        told, scenario = gradients(nets, net, X, y)
        assert_agrees_on(network_gradients, told, scenario)
        _, grads = network_gradients.case(told, scenario)
        for k, layer in enumerate(net):
            for key in ("W", "b"):

                def loss(v, k=k, key=key):
                    nudged = [*net[:k], {**net[k], key: v}, *net[k + 1 :]]
                    return right.network_loss(right.network_from(nudged), X, y)

                assert_gradient(
                    grads[k][key],
                    loss,
                    layer[key],
                    f"grads[{k}][{key!r}] for {n} samples and the sizes {sizes}, beside the measured slope of the loss",
                )
    X, y = cases(rng, 6)
    assert_agrees_on(network_gradients, *gradients(nets, a_net(rng), 200 * X, y))


@graded
def test_network_gradients_craft(network_gradients, network_from, params_of):
    """no weight moves, X and y stay as they were, and a second batch leaves the slopes of the first alone"""
    nets = Nets(network_gradients, network_from, params_of)
    rng = rngs(1)[0]
    X, y = cases(rng, 6)
    net = a_net(rng)
    (_, own), after = network_gradients.case(
        "network_gradients(net, X, y); X and y, and the params of the net afterwards",
        nets.scenario(net, lambda f, own: (f(own, *(mine := (X.copy(), y.copy()))), mine)),
    )
    require(np.array_equal(own[0], X) and np.array_equal(own[1], y), "network_gradients changed the caller's X or y.")
    require(
        all(np.array_equal(np.asarray(a[key]), b[key]) for a, b in zip(after, net) for key in ("W", "b")),
        "network_gradients moved a weight or a bias: it only finds the slopes. Steps belong to train_epoch.",
    )
    other = cases(rng, 5)

    def two_batches(f, own):
        first = f(own, X.copy(), y.copy())
        f(own, *(a.copy() for a in other))
        return first

    assert_agrees_on(
        network_gradients,
        "first = network_gradients(net, X, y), then network_gradients for another batch: first afterwards",
        nets.scenario(net, two_batches),
    )


# ---------------------------------------------------------------- train_epoch


@graded
def test_train_epoch_basic(train_epoch, network_from, params_of):
    """each pile makes one step that changes net itself; the answer is the mean loss before the steps"""
    nets = Nets(train_epoch, network_from, params_of)
    for rng in rngs():
        X, y = cases(rng)
        same = np.tile(X[:1], (8, 1)), np.tile(y[:1], 8)  # eight times the same sample: the order cannot matter
        assert_agrees_on(train_epoch, *nets.one_epoch(a_net(rng), *same, 3, 0.2), **SEQUENCE)
        assert_agrees_on(train_epoch, *nets.one_epoch(a_net(rng), X, y, 20, 0.3), **SEQUENCE)
        assert_agrees_on(train_epoch, *nets.one_epoch(a_net(rng, (4, 3)), *same, 3, 0.2), **SEQUENCE)
    X, y = cases(rng, 60)
    losses, _ = train_epoch.case(*nets.one_epoch(a_net(rng), X, y, 8, 0.2, epochs=12))
    require(
        losses[-1] < 0.5 * losses[0],
        f"Twelve epochs on an easy problem must halve the loss; yours went from {losses[0]:.3f} to {losses[-1]:.3f}.",
    )


@graded
def test_train_epoch_any_batches(train_epoch, network_from, params_of):
    """a short last pile counts by its size, the order comes from rng, and nets of any depth learn"""
    nets = Nets(train_epoch, network_from, params_of)
    for rng, (n, batch_size) in zip(rngs(3), ((7, 3), (10, 4), (5, 4))):
        X, y = cases(rng, n)
        same = np.tile(X[:1], (n, 1)), np.tile(y[:1], n)
        assert_agrees_on(train_epoch, *nets.one_epoch(a_net(rng), *same, batch_size, 0.25), **SEQUENCE)
        assert_agrees_on(train_epoch, *nets.one_epoch(a_net(rng), X, y, batch_size, 0.0), **SEQUENCE)
    for sizes, hidden in (((4, 3), "relu"), ((4, 6, 5, 3), "tanh"), ((4, 3, 4, 3), "relu")):
        assert_agrees_on(train_epoch, *nets.one_epoch(a_net(rng, sizes, hidden), X, y, 9, 0.25), **SEQUENCE)
        same = np.tile(X[:1], (7, 1)), np.tile(y[:1], 7)
        assert_agrees_on(train_epoch, *nets.one_epoch(a_net(rng, sizes, hidden), *same, 3, 0.25), **SEQUENCE)
    assert_agrees_on(train_epoch, *nets.one_epoch(a_net(rng), X[:1], y[:1], 1, 0.25), **SEQUENCE)
    X, y = cases(rng, 12)
    net = a_net(rng)

    def weights(seed):
        return np.asarray(train_epoch.case(*nets.one_epoch(net, X, y, 3, 0.2, seed))[1][0]["W"])

    one = weights(1)
    require(
        np.allclose(one, weights(1), atol=1e-10),
        "Twice the same seed gave two different nets: all randomness must come from the argument rng.",
    )
    require(
        not np.allclose(one, weights(2), atol=1e-10),
        "Two seeds gave the same net: the order of the samples must come from the argument rng.",
    )


@graded
def test_train_epoch_craft(train_epoch, network_from, params_of):
    """X and y stay as they were, the net keeps its form, and the loss is one number"""
    rng = rngs(1)[0]
    X, y = cases(rng, 8)

    def watched(f, own):
        mine = X.copy(), y.copy()
        return f(own, *mine, 3, 0.2, np.random.default_rng(5)), mine

    (loss, own), after = train_epoch.case(
        "train_epoch(net, X, y, 3, 0.2, rng)", Nets(train_epoch, network_from, params_of).scenario(a_net(rng), watched)
    )
    require(np.ndim(loss) == 0, f"train_epoch must return one number; yours has the shape {np.shape(loss)}.")
    require(
        np.array_equal(own[0], X) and np.array_equal(own[1], y),
        "train_epoch changed the caller's X or y. Only net may change.",
    )
    form = [(np.shape(layer["W"]), np.shape(layer["b"]), str(layer["activation"])) for layer in after]
    require(
        form == [((4, 5), (5,), "relu"), ((5, 3), (3,), "identity")],
        f"The net lost its form: its layers are now {form}.",
    )


# ---------------------------------------------------------------- fit


@graded
def test_fit_basic(fit, network_from, params_of):
    """the history has both losses and the validation accuracy of each epoch, and net has learned"""
    nets = Nets(fit, network_from, params_of)
    for rng in rngs():
        train, val = cases(rng, 9), cases(rng, 7)
        assert_agrees_on(fit, *nets.fitting(a_net(rng), train, val, 4, 9, 0.3), **SEQUENCE)
    easy, other = cases(rng, 45), cases(rng, 30)
    history, _ = fit.case(*nets.fitting(a_net(rng), easy, other, 10, 6, 0.2))
    score = float(np.asarray(history["val_acc"])[-1])
    require(
        score >= 0.9,
        f"After ten epochs on an easy problem the validation accuracy must be at least 0.9; yours is {score:.3f}.",
    )


@graded
def test_fit_never_learns_from_validation(fit, network_from, params_of):
    """another validation part gives the same net, and rng goes on from epoch to epoch"""
    nets = Nets(fit, network_from, params_of)
    rng = rngs(1)[0]
    train, val = cases(rng, 11), cases(rng, 6)
    net = a_net(rng)
    for sizes, epochs in (((4, 3), 3), ((4, 5, 4, 3), 1)):
        assert_agrees_on(fit, *nets.fitting(a_net(rng, sizes), train, val, epochs, 11, 0.25), **SEQUENCE)
    same = np.tile(train[0][:1], (8, 1)), np.tile(train[1][:1], 8)
    assert_agrees_on(fit, *nets.fitting(net, same, val, 3, 3, 0.1), **SEQUENCE)
    assert_agrees_on(fit, *nets.fitting(net, train, val, 2, 4, 0.0), **SEQUENCE)

    def after(seed=0, val=val, epochs=3):
        return [np.asarray(layer["W"]) for layer in fit.case(*nets.fitting(net, train, val, epochs, 3, 0.3, seed))[1]]

    one, another = after(), after(val=(val[0][::-1] * 3 - 1, (val[1] + 1) % 3))
    require(
        all(np.allclose(a, b, atol=1e-10) for a, b in zip(one, another)),
        "With another validation part the weights came out different. Validation is for looking: never step on it.",
    )
    require(
        not all(np.allclose(a, b, atol=1e-10) for a, b in zip(one, after(seed=1))),
        "Two seeds gave the same net: hand rng on to train_epoch.",
    )

    def twice(f, own):
        """One epoch and one more with the same rng, as two epochs at once do."""
        rng = np.random.default_rng(4)
        return [f(own, train, val, 1, 3, 0.3, rng) for _ in range(2)]

    _, stepwise = fit.case("fit(..., epochs=1, ..., rng) twice with the same rng", nets.scenario(net, twice))
    at_once = after(seed=4, epochs=2)
    require(
        all(np.allclose(np.asarray(a["W"]), b, atol=1e-10) for a, b in zip(stepwise, at_once)),
        "Two epochs in one call and one epoch in each of two calls gave two different nets, with the same rng. An "
        "epoch must go on where the last one stopped.",
    )


@graded
def test_fit_craft(fit, network_from, params_of):
    """train and val stay as they were, one entry for each epoch, and no epochs change nothing"""
    nets = Nets(fit, network_from, params_of)
    rng = rngs(1)[0]
    train, val, net = cases(rng, 8), cases(rng, 5), a_net(rng)

    def watched(f, own):
        parts = [tuple(a.copy() for a in part) for part in (train, val)]
        history = f(own, *parts, 3, 4, 0.2, np.random.default_rng(2))
        return {key: np.asarray(history[key], float) for key in ("train_loss", "val_loss", "val_acc")}, [
            list(part) for part in parts
        ]

    (history, own), _ = fit.case("fit(net, train, val, 3, 4, 0.2, rng)", nets.scenario(net, watched))
    for key, values in history.items():
        require(
            values.shape == (3,),
            f"history[{key!r}] must have one number for each of 3 epochs; its shape is {values.shape}.",
        )
    require(
        all(np.array_equal(a, b) for part, kept in zip(own, (train, val)) for a, b in zip(part, kept)),
        "fit changed the caller's train or val.",
    )
    history, after = fit.case(*nets.fitting(net, train, val, 0, 4, 0.2))
    require(
        all(len(history[key]) == 0 for key in ("train_loss", "val_loss", "val_acc")),
        "With epochs=0 the history must be empty.",
    )
    assert_close(
        [np.asarray(layer["W"]).sum() for layer in after],
        [layer["W"].sum() for layer in net],
        "the sums of the weights after no epochs",
    )


# ---------------------------------------------------------------- predict


def lowered(net):
    """The same net with scores that are all negative."""
    return [*net[:-1], {**net[-1], "b": net[-1]["b"] - 100}]


def asking(nets, net, X):
    """What is told, and a scenario: the answers alone."""
    scenario = nets.scenario(net, lambda f, own: f(own, X.copy()))
    told = f"predict(net, X) for {len(X)} samples and a net with the sizes {sizes_of(net)}"
    return told, lambda f: scenario(f)[0]


@graded
def test_predict_basic(predict, network_from, params_of):
    """for each sample the class with the largest score"""
    nets = Nets(predict, network_from, params_of)
    for rng in rngs():
        assert_agrees_on(predict, *asking(nets, a_net(rng), rng.normal(0, 2, (9, 4))))
        assert_agrees_on(predict, *asking(nets, a_net(rng, (3, 6, 5)), rng.normal(0, 2, (12, 3))))
        assert_agrees_on(predict, *asking(nets, lowered(a_net(rng)), rng.normal(0, 2, (9, 4))))


@graded
def test_predict_any_net(predict, network_from, params_of):
    """one sample, nets of any depth, whole-number pixels, negative scores and huge scores work"""
    nets = Nets(predict, network_from, params_of)
    rng = rngs(1)[0]
    for sizes, hidden, n in (
        ((4, 3), "relu", 10),
        ((4, 4), "relu", 4),
        ((5, 6, 4, 7), "tanh", 12),
        ((4, 5, 3), "relu", 1),
        ((3, 10), "relu", 20),
    ):
        assert_agrees_on(predict, *asking(nets, a_net(rng, sizes, hidden), rng.normal(0, 2, (n, sizes[0]))))
    net = a_net(rng)
    assert_agrees_on(predict, *asking(nets, net, rng.integers(0, 17, (9, 4)).astype(np.uint8)))
    assert_agrees_on(predict, *asking(nets, lowered(net), rng.normal(0, 2, (9, 4))))
    for _ in range(4):
        assert_agrees_on(predict, *asking(nets, a_net(rng), rng.normal(0, 5000, (40, 4))))
    X = rng.normal(0, 2, (8, 4))
    assert_close(
        np.asarray(predict.case(*asking(nets, net, X)))[::-1],
        predict.case(*asking(nets, net, X[::-1])),
        "predict(net, X) read backwards, beside predict for X upside down",
    )


@graded
def test_predict_craft(predict, network_from, params_of):
    """net and X stay as they were, huge scores give no warning, and the answers are whole numbers"""
    nets = Nets(predict, network_from, params_of)
    rng = rngs(1)[0]
    net, X = lowered(a_net(rng)), rng.normal(0, 2, (12, 4))
    (_, mine), after = predict.case(
        "predict(net, X); X, and the params of the net afterwards",
        nets.scenario(net, lambda f, own: (f(own, mine := X.copy()), mine)),
    )
    require(np.array_equal(mine, X), "predict changed the caller's X.")
    require(
        all(np.array_equal(np.asarray(a[key]), b[key]) for a, b in zip(after, net) for key in ("W", "b")),
        "predict changed the net: asking must not move a weight.",
    )
    predict.case(*asking(nets, net, 3000 * X))
    warned = predict.history[-1][1].warned
    require(
        not warned,
        f"predict for huge scores: NumPy warns: {', '.join(warned[:1])}.",
        look="The largest score is also the largest share: argmax needs no softmax.",
    )
    assert_agrees_on(predict, *asking(nets, net, X))
    labels = predict.case(*asking(nets, net, X))
    require(
        np.asarray(labels).dtype.kind in "iu",
        f"The labels are right, but of type {np.asarray(labels).dtype}; class numbers are whole numbers.",
    )


# ---------------------------------------------------------------- most_confused


def counts(rng, c):
    """A report card in which no two mistakes are equally frequent."""
    cm = rng.permutation(c * c).reshape(c, c) + np.diag(rng.permutation(c) + 2 * c * c)
    i = rng.integers(2, c)
    cm[i, rng.integers(1, i)] = c * c + 1 + rng.integers(3)  # below the diagonal, and more than any other mistake
    return cm


def is_most_confused(subject, cm):
    """The pair must be two different classes, with the largest count of all such pairs."""
    __tracebackhide__ = True
    pair = np.ravel(np.asarray(subject(cm)))
    words = f"most_confused(cm) for {len(cm)} classes"
    require(
        pair.shape == (2,) and pair.dtype.kind in "iuf",
        f"{words} must return two class numbers (i, j); it returned {pair.tolist()}.",
    )
    i, j = (int(v) for v in pair)
    require(0 <= min(i, j) and max(i, j) < len(cm), f"{words} returned {(i, j)}: classes run from 0 to {len(cm) - 1}.")
    require(i != j, f"{words} returned {(i, j)}: a class is not confused with itself. Leave out the diagonal.")
    off = np.array(cm, float)
    np.fill_diagonal(off, -np.inf)
    require(
        off[i, j] == off.max(),
        f"{words} returned {(i, j)}, with a count of {cm[i, j]:g}; another pair has {off.max():g}.",
    )


@graded
def test_most_confused_basic(most_confused):
    """the pair (truth, prediction) of two different classes that was mixed up most often"""
    for rng in rngs():
        for c in shuffled([9, 5, 3, 10]):
            is_most_confused(most_confused, counts(rng, c))


@graded
def test_most_confused_any_report(most_confused):
    """two classes, ties, shares instead of counts, and a report card without any mistake"""
    rng = rngs(1)[0]
    for cm in shuffled(
        [
            counts(rng, 9),
            counts(rng, 5),
            np.array([[9, 2], [5, 8]]),
            np.array([[9, 5], [2, 8]]),
            counts(rng, 4) / 100,
            counts(rng, 6) * 1000,
            np.where(np.eye(4) == 1, 0, counts(rng, 4)),
            np.array([[4, 1, 3], [0, 5, 3], [3, 2, 6]]),
            np.zeros((3, 3), int),
            np.diag([5, 6, 7]),
            counts(rng, 7).T,
        ]
    ):
        is_most_confused(most_confused, cm)


@graded
def test_most_confused_craft(most_confused):
    """the report card stays as it was, and the two numbers can be used as indices"""
    rng = rngs(1)[0]
    for c in (8, 3):
        cm = counts(rng, c)
        is_most_confused(most_confused, cm)
        assert_leaves_inputs_alone(most_confused, cm)
    pair = most_confused(cm)
    require(
        all(np.asarray(k).dtype.kind in "iu" for k in pair),
        f"most_confused returned {pair}: right, but indices must be whole numbers.",
    )


# ---------------------------------------------------------------- train_reader

_PACKED = np.load(SOURCE / "10_digits" / "digits.npz")
PIXELS, LABELS = _PACKED["images"] / 16, _PACKED["labels"].astype(int)


def held_out(subject, hidden_sizes, rng, low=0, high=8, fractions=(0.8, 0.05, 0.15)):
    """Train on a part of the digits, in a window low:high of their pixels, and judge on images that were never shown.

    The classes are numbered anew, so that a net which was trained before knows nothing.
    """
    __tracebackhide__ = True
    images = PIXELS[:, low:high, low:high].reshape(len(PIXELS), -1)
    X_train, y_train, X_val, y_val, X_test, y_test = train_val_test_split(
        images, rng.permutation(10)[LABELS], fractions, rng
    )
    seed = int(rng.integers(1000))

    def scenario(f):
        net = f(
            (X_train.copy(), y_train.copy()),
            (X_val.copy(), y_val.copy()),
            list(hidden_sizes),
            np.random.default_rng(seed),
        )
        if not hasattr(net, "layers"):
            return "no net"
        return [[getattr(layer, "name", ""), dict(layer.params)] for layer in net.layers]

    layers = subject.case(
        f"train_reader(train, val, {list(hidden_sizes)}, rng) for {len(y_train)} digits with {images.shape[1]} pixels",
        scenario,
        seconds=20,
    )
    require(
        layers != "no net"
        and all(set(params) == {"W", "b"} or not params and name in VOTES for name, params in layers),
        "train_reader must return the net: a Network of Dense and Activation layers.",
    )
    dense = [params for _, params in layers if params]
    sizes = [np.shape(dense[0]["W"])[0], *(np.shape(layer["W"])[-1] for layer in dense)] if dense else []
    want = [images.shape[1], *hidden_sizes, 10]
    require(
        sizes == want, f"For hidden_sizes = {list(hidden_sizes)} the net must have the sizes {want}; yours has {sizes}."
    )
    finite = all(np.isfinite(np.asarray(layer[key], float)).all() for layer in dense for key in ("W", "b"))
    require(finite, "There are weights in your net that are not finite: the steps were too large. Try a smaller lr.")
    scores = X_test
    for name, params in layers:
        scores = scores @ np.asarray(params["W"]) + np.asarray(params["b"]) if params else VOTES[name](scores)
    return accuracy(y_test, scores.argmax(axis=1))


def reaches(subject, goal, hidden_sizes, generators):
    """The mean over several splits must reach the goal; far below it, or well above, one split is enough to know."""
    __tracebackhide__ = True
    scores = []
    for rng in generators:
        scores.append(held_out(subject, hidden_sizes, rng))
        if not goal - 0.04 < np.mean(scores) < goal + 0.01:
            break
    mean = float(np.mean(scores))
    require(
        mean >= goal,
        f"With hidden_sizes = {list(hidden_sizes)} your net reads {mean:.3f} of {len(scores)} x 270 digits that it "
        "never saw; "
        f"it must be at least {goal}. Is the validation curve still rising when you stop? Look at epochs, lr and "
        "batch_size.",
    )


@graded
def test_train_reader_linear(train_reader):
    """softmax regression (no hidden layer) reads at least 93 % of digits that it has never seen"""
    reaches(train_reader, 0.93, [], rngs(3))


@graded
def test_train_reader_hidden_layer(train_reader):
    """a net with 32 hidden members reads at least 95 % of digits that it has never seen"""
    reaches(train_reader, 0.95, [32], rngs(3))


@graded
def test_train_reader_craft(train_reader):
    """images of another size work too, and the digits that it was given stay as they were"""
    score = held_out(train_reader, [12], rngs(1)[0], 1, 7, fractions=(0.4, 0.05, 0.55))
    require(
        score >= 0.8,
        f"On the middle 6 x 6 pixels your net reads {score:.3f} of unseen digits; 0.8 is well within reach.",
    )
    train, val = (
        (PIXELS[:40, 2:6, 2:6].reshape(40, -1), LABELS[:40]),
        (PIXELS[40:50, 2:6, 2:6].reshape(10, -1), LABELS[40:50]),
    )

    def watched(f):
        own = [tuple(a.copy() for a in part) for part in (train, val)]
        f(*own, [], np.random.default_rng(3))
        return [list(part) for part in own]

    own = train_reader.case("train_reader(train, val, [], rng) for 40 small digits", watched, seconds=20)
    require(
        all(np.array_equal(a, b) for part, kept in zip(own, (train, val)) for a, b in zip(part, kept)),
        "train_reader changed the caller's train or val.",
    )


# ---------------------------------------------------------------- decode_idx


def packed(array, kind=8):
    """The bytes of an IDX file."""
    array = np.asarray(array, np.uint8)
    return bytes([0, 0, kind, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


@graded
def test_decode_idx_basic(decode_idx):
    """the head says how many axes there are and how long they are; the numbers come behind it"""
    for rng in rngs():
        assert_agrees(decode_idx, packed(rng.integers(1, 256, (5, 3, 4))))
        assert_agrees(decode_idx, packed(rng.integers(1, 10, 7)))


@graded
def test_decode_idx_refuses_damaged_files(decode_idx):
    """lengths above 255 are read; files with a wrong start or a wrong length are refused"""
    rng = rngs(1)[0]
    assert_agrees(decode_idx, packed(rng.integers(0, 256, (2, 4, 3))))
    assert_agrees(decode_idx, packed(rng.integers(0, 10, 5)))
    assert_agrees(decode_idx, packed(rng.integers(0, 256, (300, 2))))
    assert_agrees(decode_idx, packed(rng.integers(0, 256, (2, 3, 2, 2))))
    good = packed(rng.integers(0, 256, (4, 3, 2)))
    for data, because in (
        (good[:-1], "the last byte is missing"),
        (good + b"\7", "there is one byte too much"),
        (b"\1" + good[1:], "the first byte must be 0"),
        (packed([1, 2, 3], kind=13), "type 13 means other numbers than bytes"),
        (good[:9], "the file ends within its head"),
        (b"", "nothing is there"),
    ):
        assert_raises(decode_idx, ValueError, data, because=because)


@graded
def test_decode_idx_craft(decode_idx):
    """the pixels stay small whole numbers (uint8)"""
    data = packed(rngs(1)[0].integers(0, 256, (3, 2, 5)))
    assert_agrees(decode_idx, data)
    array = decode_idx(data)
    require(
        np.asarray(array).dtype == np.uint8,
        f"The pixels are of type {np.asarray(array).dtype}; they should stay uint8, one byte each.",
    )


test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8 = quiz_tests(8)
