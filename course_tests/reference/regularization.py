"""Do not memorise: penalties, dropout, normalisation, early stopping, shifted copies, and how to see what is needed.

Rows are samples. Layers have ``forward(X, training=False)``, ``backward(dout)`` and the dicts `params` and `grads`;
what they compute for evaluation, with ``training=False``, never depends on the other samples of a batch.
"""

import copy

import numpy as np

from course_tests.reference.digits import fit, minibatches, network_loss, softmax_cross_entropy
from course_tests.reference.digits import new_network as new_network  # tests need a net, and it is taught there

HIGH, GAP = 0.5, 0.3  # `diagnose_fit`: a training loss above HIGH is high; validation may lie GAP above training
POINTS, NOISE = 12, 0.3  # of a set that `noisy_set` draws
GRID = np.linspace(0, 1, 41)


def l2_penalty(Ws, lam):
    """lam times the sum of all squared weights (weight decay, ridge).

    Parameters
    ----------
    Ws : list of ndarray of any shape
        Weights only; biases are left out by the caller.
    lam : float

    Returns
    -------
    float
    """
    return lam * float(sum(np.sum(np.square(W, dtype=float)) for W in Ws))


def l2_grad(W, lam):
    """Slope of lam times the sum of squares in each weight: 2 lam W.

    Parameters
    ----------
    W : ndarray of any shape
    lam : float
    """
    return 2 * lam * np.asarray(W)


def l1_penalty(Ws, lam):
    """lam times the sum of all absolute weights (lasso).

    Parameters
    ----------
    Ws : list of ndarray of any shape
    lam : float

    Returns
    -------
    float
    """
    return lam * float(sum(np.sum(np.abs(W, dtype=float)) for W in Ws))


def l1_grad(W, lam):
    """Slope of lam times the sum of absolute values: lam with the sign of the weight; 0 at 0, where any slope from -lam
    to lam is right.

    Parameters
    ----------
    W : ndarray of any shape
    lam : float
    """
    return lam * np.sign(np.asarray(W, float))


def soft_threshold(W, t):
    """Each weight moved towards 0 by t, and no further than 0: the step that makes weights exactly 0 under an L1
    penalty.

    Parameters
    ----------
    W : ndarray of any shape
    t : float
    """
    W = np.asarray(W, float)
    return W - np.clip(W, -t, t)


class Dropout:
    """Takes away each vote with probability p while training, and makes the others 1 / (1 - p) times as large
    ("inverted dropout").

    Parameters
    ----------
    p : float
        Probability that a vote is dropped, below 1.
    rng : numpy.random.Generator

    Attributes
    ----------
    params, grads : dict
        Empty.
    """

    def __init__(self, p, rng):
        self.p, self.rng = p, rng
        self.scale = 1.0
        self.params, self.grads = {}, {}

    def forward(self, A, training=False):
        """For evaluation votes go through unchanged.

        Parameters
        ----------
        A : ndarray of any shape
        training : bool
        """
        if not training:
            return np.array(A, float)
        self.scale = (self.rng.random(np.shape(A)) >= self.p) / (1 - self.p)
        return A * self.scale

    def backward(self, dout):
        """Blame goes back through the votes that were kept, with the same factor.

        Parameters
        ----------
        dout : ndarray of the shape of A
        """
        return dout * self.scale


class BatchNorm1d:
    """Each column of a batch with mean 0 and variance 1, then scaled by gamma and shifted by beta (Ioffe and Szegedy
    2015).

    The variance divides by N. For evaluation the running mean and variance take the place of the batch's.

    Parameters
    ----------
    d : int
    momentum : float
        The share of the running mean and variance that is kept in each training step.
    eps : float
        Added to the variance, below the root.

    Attributes
    ----------
    params, grads : dict
        gamma and beta, of shape (d,).
    running_mean, running_var : ndarray of shape (d,)
    """

    def __init__(self, d, momentum=0.9, eps=1e-5):
        self.momentum, self.eps = momentum, eps
        self.params = {"gamma": np.ones(d), "beta": np.zeros(d)}
        self.grads = {"gamma": np.zeros(d), "beta": np.zeros(d)}
        self.running_mean, self.running_var = np.zeros(d), np.ones(d)

    def forward(self, X, training=False):
        """Normalise, scale and shift each column.

        Parameters
        ----------
        X : ndarray of shape (N, d)
        training : bool
        """
        X = np.asarray(X, float)
        mean, var = (X.mean(axis=0), X.var(axis=0)) if training else (self.running_mean, self.running_var)
        if training:
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        self.spread, self.trained = np.sqrt(var + self.eps), training
        self.normal = (X - mean) / self.spread
        return self.params["gamma"] * self.normal + self.params["beta"]

    def backward(self, dout):
        """The slope in X, of shape (N, d); those of gamma and beta stay in `grads`.

        Parameters
        ----------
        dout : ndarray of shape (N, d)
        """
        self.grads = {"gamma": np.sum(dout * self.normal, axis=0), "beta": np.sum(dout, axis=0)}
        dnormal = dout * self.params["gamma"]
        if self.trained:  # mean and spread of the batch move with each sample, too
            dnormal = dnormal - dnormal.mean(axis=0) - self.normal * (dnormal * self.normal).mean(axis=0)
        return dnormal / self.spread


class LayerNorm:
    """Each sample with mean 0 and variance 1 over its last axis, then scaled by gamma and shifted by beta (Ba, Kiros
    and Hinton 2016).

    Parameters
    ----------
    d : int
    eps : float
        Added to the variance, below the root.

    Attributes
    ----------
    params, grads : dict
        gamma and beta, of shape (d,).
    """

    def __init__(self, d, eps=1e-5):
        self.eps = eps
        self.params = {"gamma": np.ones(d), "beta": np.zeros(d)}
        self.grads = {"gamma": np.zeros(d), "beta": np.zeros(d)}

    def forward(self, X, training=False):
        """Normalise, scale and shift each sample; the same for training and for evaluation.

        Parameters
        ----------
        X : ndarray of shape (..., d)
        training : bool
        """
        X = np.asarray(X, float)
        self.spread = np.sqrt(X.var(axis=-1, keepdims=True) + self.eps)
        self.normal = (X - X.mean(axis=-1, keepdims=True)) / self.spread
        return self.params["gamma"] * self.normal + self.params["beta"]

    def backward(self, dout):
        """The slope in X, of the shape of X; those of gamma and beta stay in `grads`.

        Parameters
        ----------
        dout : ndarray of shape (..., d)
        """
        others = tuple(range(np.ndim(dout) - 1))
        self.grads = {"gamma": np.sum(dout * self.normal, axis=others), "beta": np.sum(dout, axis=others)}
        dnormal = dout * self.params["gamma"]
        mean = dnormal.mean(axis=-1, keepdims=True)
        return (dnormal - mean - self.normal * (dnormal * self.normal).mean(axis=-1, keepdims=True)) / self.spread


class EarlyStopping:
    """Says when a loss has not become better for a while, and keeps the best parameters.

    Parameters
    ----------
    patience : int
        So many steps in a row without a gain end the training.
    min_delta : float
        A gain is a loss below best_loss - min_delta; the same loss again is none, and neither is NaN.

    Attributes
    ----------
    best : object
        A deep copy of the parameters of the best step.
    best_loss : float
    """

    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_loss = None, np.inf
        self.waited = 0

    def step(self, loss, params):
        """Whether to stop now.

        Parameters
        ----------
        loss : float
        params : object
            What the loss was reached with.
        """
        if self.waited >= self.patience:
            return True
        if loss < self.best_loss - self.min_delta:
            self.best, self.best_loss, self.waited = copy.deepcopy(params), loss, 0
        else:
            self.waited += 1
        return self.waited >= self.patience


def fit_regularized(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    """Train with an L2 penalty and early stopping; changes `net`.

    Parameters
    ----------
    net : object with `layers`
    train, val : (X, y)
    epochs, batch_size : int
    lr : float
    rng : numpy.random.Generator
    lam : float
        Of the penalty on each layer's "W"; biases are free.
    stop : EarlyStopping or None
        Hears the validation loss after each epoch. If there is one, `net` ends with the best weights that it kept.

    Returns
    -------
    dict
        train: mean loss of the batches, penalty included, and val: the loss without it; of shape (epochs done,).
    """
    history = {"train": [], "val": []}
    for _ in range(epochs):
        total = 0.0
        for X, y in minibatches(*train, batch_size, rng):
            penalty = l2_penalty([layer.params["W"] for layer in net.layers if "W" in layer.params], lam)
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            net.backward(dout)
            total += (loss + penalty) * len(y)
            for layer in net.layers:
                for name, array in layer.params.items():
                    slope = layer.grads[name] + (l2_grad(array, lam) if name == "W" else 0)
                    array -= lr * slope
        history["train"].append(total / len(train[1]))
        history["val"].append(network_loss(net, *val))
        if stop is not None and stop.step(history["val"][-1], [layer.params for layer in net.layers]):
            break
    if stop is not None and stop.best is not None:
        for layer, best in zip(net.layers, stop.best):
            for name, array in layer.params.items():
                array[...] = best[name]
    return {name: np.array(losses) for name, losses in history.items()}


def shift_images(X, rng, most=1):
    """Each image moved by a shift of its own, drawn from -most ... most in both directions; empty pixels come in.

    Parameters
    ----------
    X : ndarray of shape (N, H, W)
    rng : numpy.random.Generator
    most : int

    Returns
    -------
    ndarray of shape (N, H, W)
    """
    N, H, W = np.shape(X)
    wide = np.pad(X, ((0, 0), (most, most), (most, most)))
    starts = rng.integers(0, 2 * most + 1, size=(N, 2))
    return np.array([image[i : i + H, j : j + W] for image, (i, j) in zip(wide, starts)]).reshape(N, H, W)


def learning_curve(sizes, make_net, train, val, rng):
    """How the losses change with the number of samples to learn from.

    Parameters
    ----------
    sizes : list of int
    make_net : callable
        Gives a fresh net.
    train, val : (X, y)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (len(sizes), 2)
        Mean cross-entropy on the samples used, and on `val`.
    """
    X, y = train
    rows = []
    for size in sizes:
        part = rng.permutation(len(y))[:size]
        net = make_net()
        fit(net, (X[part], y[part]), val, epochs=30, batch_size=32, lr=0.2, rng=rng)
        rows.append([network_loss(net, X[part], y[part]), network_loss(net, *val)])
    return np.array(rows).reshape(-1, 2)


def diagnose_fit(train, val):
    """What two curves of losses say at their end: "under", "over" or "good".

    "under" if the last training loss is above 0.5; else "over" if the last validation loss is more than 0.3 above it.

    Parameters
    ----------
    train, val : list of float
        Losses by epoch.
    """
    if train[-1] > HIGH:
        return "under"
    return "over" if val[-1] - train[-1] > GAP else "good"


def truth(x):
    """The curve below the noise.

    Parameters
    ----------
    x : ndarray of any shape
    """
    return np.sin(2 * np.pi * x)


def noisy_set(rng):
    """Twelve noisy points of the curve.

    Parameters
    ----------
    rng : numpy.random.Generator

    Returns
    -------
    x, y : ndarrays of shape (12,)
    """
    x = (np.arange(POINTS) + rng.random(POINTS)) / POINTS
    return x, truth(x) + NOISE * rng.normal(size=POINTS)


def bias_variance(degrees, rng, n_sets=50):
    """Squared bias and variance of polynomials that are fitted to many noisy sets, averaged over GRID.

    Parameters
    ----------
    degrees : list of int
    rng : numpy.random.Generator
    n_sets : int

    Returns
    -------
    dict
        bias2 and variance, of shape (len(degrees),).
    """
    sets = [noisy_set(rng) for _ in range(n_sets)]
    curves = np.array([[np.polyval(np.polyfit(x, y, degree), GRID) for x, y in sets] for degree in degrees])
    curves = curves.reshape(len(degrees), n_sets, len(GRID))
    return {
        "bias2": ((curves.mean(axis=1) - truth(GRID)) ** 2).mean(axis=1),
        "variance": curves.var(axis=1).mean(axis=1),
    }


def my_tests(Dropout):
    """Refuse every Dropout that is wrong, with an AssertionError, and accept every right one.

    Parameters
    ----------
    Dropout : type
    """
    A = np.ones((200, 100))
    layer = Dropout(0.25, np.random.default_rng(1))
    out = np.asarray(layer.forward(A, training=True))
    assert out.shape == A.shape
    kept = out != 0
    assert abs(kept.mean() - 0.75) < 0.02  # p is the probability to be dropped
    assert np.allclose(out[kept], 1 / 0.75)  # the others make up for it
    assert not np.all(kept == kept[:1]) and not np.all(kept == kept[:, :1])  # each vote has its own lot
    blame = np.asarray(layer.backward(2 * A))
    assert np.allclose(blame, 2 * out)  # the same mask on the way back
    again = np.asarray(layer.forward(A, training=True))
    assert not np.array_equal(again, out)  # a new mask for each batch
    assert np.allclose(layer.backward(A), again)
    assert np.array_equal(A, np.ones((200, 100)))
    some = np.random.default_rng(2).normal(size=(50, 4))
    assert np.allclose(layer.forward(some, training=False), some)  # in evaluation nobody is missing
    assert np.allclose(Dropout(0.0, np.random.default_rng(1)).forward(some, training=True), some)
    other = Dropout(0.25, np.random.default_rng(1))
    assert np.array_equal(np.asarray(other.forward(A, training=True)), out)  # all chance comes from rng


def dropout_of(start):
    """A class Dropout whose work two functions do: ``start(p, rng)`` gives ``forward(A, training)`` and
    ``backward(dout)``.

    Parameters
    ----------
    start : callable
    """

    class Made:
        # As `start` says.
        def __init__(self, p, rng):
            self.p, self.params, self.grads = p, {}, {}
            self._forward, self._backward = start(p, rng)

        def forward(self, A, training=False):
            return self._forward(A, training)

        def backward(self, dout):
            return self._backward(dout)

    return Made


answers = {1: "c", 2: "a", 3: "d", 4: "b", 5: "c", 6: "a", 7: "b", 8: "d"}
