"""Ten votes: softmax, mini-batches, and a network that reads handwritten digits. A reader for MNIST's file format, too.

Rows are samples: X of shape (N, D), labels y of shape (N,) with whole numbers 0 ... C - 1. `net` is a Network of 08's
layer protocol whose last layer gives scores, which softmax turns into shares; any object works whose `.layers` have
forward, backward, params and grads. `train_epoch` and `fit` change the net that they are given; nothing else changes
its inputs. float32 stays float32.
"""

import gzip
import math
import zlib

import numpy as np

from course_tests.reference.backprop import Activation, Dense, Network, network_from, params_of  # noqa: F401


def one_hot(y, C):
    """Row n of shape (C,) is 1 at the label y[n] and 0 elsewhere.

    Parameters
    ----------
    y : ndarray of shape (N,)
    C : int

    Raises
    ------
    ValueError
        If a label is not one of 0 ... C - 1.
    """
    hits = np.equal.outer(y, np.arange(C))
    if not hits.any(axis=1).all():
        raise ValueError(f"every label must be one of 0 ... {C - 1}")
    return hits.astype(float)


def minibatches(X, y, batch_size, rng, drop_last=False):
    """All samples once, in a fresh order, in piles of `batch_size`.

    Parameters
    ----------
    X : ndarray of shape (N, ...)
    y : ndarray of shape (N,)
    batch_size : int
    rng : numpy.random.Generator
    drop_last : bool
        Leave out the last pile if it is smaller.

    Yields
    ------
    X_batch, y_batch : ndarrays of shape (batch_size, ...) and (batch_size,)

    Raises
    ------
    ValueError
        If batch_size is below 1, or X and y are not equally long.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, not {batch_size}")
    if len(X) != len(y):
        raise ValueError(f"X has {len(X)} samples, y has {len(y)}")
    order = rng.permutation(len(X))
    if drop_last:
        order = order[: len(X) // batch_size * batch_size]
    for start in range(0, len(order), batch_size):
        pile = order[start : start + batch_size]
        yield X[pile], y[pile]


def steps_per_epoch(n, batch_size, drop_last=False):
    """How many piles `minibatches` makes of n samples: n / batch_size, rounded up, or down where the last is dropped.

    Parameters
    ----------
    n, batch_size : int
    drop_last : bool
    """
    full, rest = divmod(n, batch_size)
    return full + (rest > 0 and not drop_last)


def softmax_regression_grads(X, Y, W, b):
    """Slopes of the mean cross-entropy of softmax(X W + b): each score hears (share - truth) / N.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    Y : ndarray of shape (N, C)
        One-hot labels.
    W : ndarray of shape (D, C)
    b : ndarray of shape (C,)

    Returns
    -------
    dW : ndarray of shape (D, C)
    db : ndarray of shape (C,)
    """
    Z = np.asarray(X) @ W + b
    shares = np.exp(Z - Z.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    dZ = (shares - Y) / len(Z)
    return np.transpose(X) @ dZ, dZ.sum(axis=0)


def new_network(sizes, rng):
    """A fresh net with these sizes, the inputs first: He weights, zero biases, relu in the hidden layers, scores at the
    end.

    Parameters
    ----------
    sizes : list of int
    rng : numpy.random.Generator

    Returns
    -------
    Network
    """
    layers = []
    for n_in, n_out in zip(sizes[:-1], sizes[1:]):
        layers += [Dense(n_in, n_out, rng), Activation("relu")]
    return Network(layers[:-1])


def softmax_cross_entropy(scores, y):
    """Mean cross-entropy of softmax(scores), and its slope in every score: (share - truth) / N.

    Parameters
    ----------
    scores : ndarray of shape (N, C)
    y : ndarray of shape (N,)

    Returns
    -------
    loss : float
    dscores : ndarray of shape (N, C)
    """
    rows = np.arange(len(y))
    scores = scores - scores.max(axis=1, keepdims=True)
    shares = np.exp(scores)
    total = shares.sum(axis=1)
    loss = float((np.log(total) - scores[rows, y]).mean())
    shares /= total[:, None]
    shares[rows, y] -= 1
    shares /= len(y)
    return loss, shares


def network_loss(net, X, y):
    """Mean cross-entropy of the net's shares.

    Parameters
    ----------
    net : Network
    X : ndarray of shape (N, D)
    y : ndarray of shape (N,)
    """
    return softmax_cross_entropy(net.forward(X), y)[0]


def network_gradients(net, X, y):
    """Mean cross-entropy of the net's shares, and its slopes.

    Parameters
    ----------
    net : Network
    X : ndarray of shape (N, D)
    y : ndarray of shape (N,)

    Returns
    -------
    loss : float
    grads : list of dict
        One for each layer with params, under the same names.
    """
    loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
    first, *others = net.layers
    for layer in reversed(others):
        dout = layer.backward(dout)
    if isinstance(first, Dense):
        first.blame(dout)  # nobody asks for the slope in the pixels, a third of the work
    else:
        first.backward(dout)
    return loss, [layer.grads for layer in net.layers if layer.params]


def train_epoch(net, X, y, batch_size, lr, rng):
    """One pass over all samples, a step against the slope for each pile; changes `net`.

    Parameters
    ----------
    net : Network
    X : ndarray of shape (N, D)
    y : ndarray of shape (N,)
    batch_size : int
    lr : float
    rng : numpy.random.Generator

    Returns
    -------
    float
        Mean over the samples of the loss that each had in its pile, before that pile's step.
    """
    total = 0.0
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        loss, grads = network_gradients(net, X_batch, y_batch)
        total += loss * len(y_batch)
        for layer, slopes in zip((layer for layer in net.layers if layer.params), grads):
            for key, slope in slopes.items():
                layer.params[key] -= lr * slope
    return total / len(y)


def fit(net, train, val, epochs, batch_size, lr, rng):
    """Train for some epochs, and look at the validation part after each; changes `net`, never learns from `val`.

    Parameters
    ----------
    net : Network
    train, val : (X, y)
    epochs, batch_size : int
    lr : float
    rng : numpy.random.Generator

    Returns
    -------
    dict
        train_loss, val_loss, val_acc: ndarrays of shape (epochs,).
    """
    rows = []
    for _ in range(epochs):
        train_loss = train_epoch(net, *train, batch_size, lr, rng)
        rows.append([train_loss, network_loss(net, *val), np.mean(predict(net, val[0]) == val[1])])
    return dict(zip(("train_loss", "val_loss", "val_acc"), np.reshape(rows, (-1, 3)).T))


def predict(net, X):
    """The class with the largest score, for each sample; shape (N,).

    Parameters
    ----------
    net : Network
    X : ndarray of shape (N, D)
    """
    return net.forward(np.asarray(X)).argmax(axis=1)


def most_confused(cm):
    """The two different classes (truth, prediction) with the largest count; the first such pair in reading order.

    Parameters
    ----------
    cm : ndarray of shape (C, C)
    """
    counts = np.array(cm, float)
    np.fill_diagonal(counts, -np.inf)
    i, j = np.unravel_index(counts.argmax(), counts.shape)
    return int(i), int(j)


def train_reader(train, val, hidden_sizes, rng):
    """A trained net for the digits in `train`, with these hidden layers; an empty list gives softmax regression.

    Parameters
    ----------
    train, val : (X, y)
        Pixels between 0 and 1.
    hidden_sizes : list of int
    rng : numpy.random.Generator

    Returns
    -------
    net : Network
    """
    X, y = train
    net = new_network([X.shape[1], *hidden_sizes, int(y.max()) + 1], rng)
    fit(net, train, val, epochs=30, batch_size=32, lr=0.2, rng=rng)
    return net


def decode_idx(data):
    """The array in the bytes of an IDX file, the format of MNIST.

    Two zero bytes, 8 for "whole numbers 0 to 255", the number of axes; then the length of each axis, 4 bytes with the
    largest first;
    then the numbers, the last axis running fastest.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    ndarray of uint8

    Raises
    ------
    ValueError
        If this is no IDX file of bytes, or if it holds more or fewer numbers than it says.
    """
    if len(data) < 4 or data[:3] != b"\0\0\x08":
        raise ValueError(
            f"no IDX file of bytes: it starts with {bytes(data[:4]).hex(' ') or 'nothing'} instead of 00 00 08 and "
            "the number of axes"
        )
    head = 4 + 4 * data[3]
    if len(data) < head:
        raise ValueError(f"the file ends within its head: {len(data)} bytes, and the head alone needs {head}")
    shape = tuple(np.frombuffer(data[4:head], ">u4").tolist())
    if len(data) - head != math.prod(shape):
        raise ValueError(
            f"the head promises {' x '.join(map(str, shape))} = {math.prod(shape)} numbers; {len(data) - head} are "
            "there"
        )
    return np.frombuffer(data, np.uint8, offset=head).reshape(shape).copy()


def read_idx(path):
    """The array in an IDX file, plain or packed by gzip; every ValueError names the file.

    Parameters
    ----------
    path : str or path
    """
    with open(path, "rb") as file:
        data = file.read()
    try:
        return decode_idx(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    except (ValueError, EOFError, OSError, zlib.error) as error:
        raise ValueError(f"{path}: {error}") from None


answers = {1: "b", 2: "d", 3: "a", 4: "c", 5: "d", 6: "a", 7: "c", 8: "b"}
