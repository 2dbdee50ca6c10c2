"""Better steps: starting weights that keep deep networks alive, optimisers, and the schedule of a learning rate.

The step functions take an array and its state and return new ones; nothing here changes its inputs but
`Optimizer.step`, which moves the arrays that it is given. eps stands outside the root.
"""

import copy
import math

import numpy as np

from course_tests.reference.digits import Activation as Activation  # tests build nets
from course_tests.reference.digits import Dense as Dense
from course_tests.reference.digits import Network as Network
from course_tests.reference.digits import network_gradients as network_gradients  # for right answers in the bank
from course_tests.reference.digits import network_loss, softmax_cross_entropy

VOTES = {"identity": lambda Z: Z, "sigmoid": lambda Z: 0.5 * (1 + np.tanh(Z / 2)), "tanh": np.tanh}
VOTES["relu"] = lambda Z: np.maximum(Z, 0)


def init_std(n_in, n_out, scheme):
    """Standard deviation of the starting weights of a layer; its square, the variance, is what the formulas are about.

    Parameters
    ----------
    n_in, n_out : int
    scheme : {"zeros", "lecun", "xavier", "he"}
        Variances 0, 1 / n_in, 2 / (n_in + n_out), 2 / n_in.
    """
    variances = {"zeros": 0.0, "lecun": 1 / n_in, "xavier": 2 / (n_in + n_out), "he": 2 / n_in}
    return math.sqrt(variances[scheme])


def activation_std_by_depth(scheme, activation, depth, rng, width=100):
    """How far the votes spread in each of `depth` fresh layers of `width` members, without biases.

    Parameters
    ----------
    scheme : str
        As in `init_std`.
    activation : {"identity", "sigmoid", "tanh", "relu"}
    depth : int
    rng : numpy.random.Generator
    width : int

    Returns
    -------
    ndarray of shape (depth,)
        Standard deviation over all votes of a layer; 200 samples of standard normal inputs.
    """
    A, spread = rng.normal(size=(200, width)), np.zeros(depth)
    for k in range(depth):
        A = VOTES[activation](A @ rng.normal(0, init_std(width, width, scheme), (width, width)))
        spread[k] = A.std()
    return spread


def layer_gradient_norms(net, X, y):
    """How loud the blame is that reaches each Dense layer, first to last.

    Parameters
    ----------
    net : Network
    X : ndarray of shape (N, D)
    y : ndarray of shape (N,)

    Returns
    -------
    ndarray of shape (L,)
        Frobenius norm of dZ, the slope of the mean cross-entropy in the layer's scores.
    """
    _, blame = softmax_cross_entropy(net.forward(X), y)
    norms = []
    for layer in reversed(net.layers):
        if layer.params:
            norms.append(np.linalg.norm(blame))
        blame = layer.backward(blame)
    return np.array(norms[::-1])


def momentum_step(w, g, v, lr, beta=0.9):
    """A step along a velocity that remembers: v = beta v + g (not averaged), w = w - lr v.

    Parameters
    ----------
    w, g, v : ndarrays of shape (...)
        Weights, their slopes, the velocity so far (zeros at first).
    lr, beta : float

    Returns
    -------
    w, v : ndarrays of shape (...)
    """
    v = beta * v + g
    return w - lr * v, v


def rmsprop_step(w, g, s, lr, rho=0.9, eps=1e-8):
    """A step that is divided by how large the slope usually is: s = rho s + (1 - rho) g^2.

    Parameters
    ----------
    w, g, s : ndarrays of shape (...)
    lr, rho, eps : float

    Returns
    -------
    w, s : ndarrays of shape (...)
    """
    s = rho * s + (1 - rho) * g**2
    return w - lr * g / (np.sqrt(s) + eps), s


def adam_step(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    """One step of Adam: averages of slopes and of squared slopes, each corrected for its start at 0.

    Parameters
    ----------
    w, g, m, v : ndarrays of shape (...)
    t : int
        The number of this step, from 1.
    lr, b1, b2, eps : float

    Returns
    -------
    w, m, v : ndarrays of shape (...)
        m and v as they are kept, not corrected.
    """
    return adamw_step(w, g, m, v, t, lr, b1, b2, eps)


def adamw_step(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    """A step of Adam beside which the old weights shrink by lr * weight_decay * w; the slope never sees the decay.

    Parameters
    ----------
    w, g, m, v : ndarrays of shape (...)
    t : int
    lr, b1, b2, eps, weight_decay : float

    Returns
    -------
    w, m, v : ndarrays of shape (...)
    """
    m = m + (1 - b1) * (g - m)
    v = v + (1 - b2) * (g * g - v)
    adam = m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps)
    return w - lr * (adam + weight_decay * w), m, v


repaired_adam = adam_step


class Optimizer:
    """Moves all arrays of a network, and remembers for each of them what its method needs.

    Parameters
    ----------
    name : {"sgd", "momentum", "rmsprop", "adam", "adamw"}
    lr : float
        May be set anew between steps.
    **options : float
        beta; rho and eps; b1, b2, eps and weight_decay.
    """

    STATES = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adam": 2, "adamw": 2}

    def __init__(self, name, lr, **options):
        if name not in self.STATES:
            raise ValueError(f"unknown optimiser {name!r}; choose one of {', '.join(self.STATES)}")
        self.name, self.lr, self.options = name, lr, options
        self.t, self.state = 0, []

    def step(self, params, grads):
        """Change every array of `params` in place.

        Parameters
        ----------
        params, grads : list of arrays, dict of arrays, or list of dicts of arrays
            The same form both.
        """
        arrays, slopes = _arrays(params), _arrays(grads, like=params)
        if not self.state:
            self.state = [[np.zeros_like(w, dtype=float)] * self.STATES[self.name] for w in arrays]
        self.t += 1
        for k, (w, g) in enumerate(zip(arrays, slopes)):
            w[...], *self.state[k] = self._moved(w, g, *self.state[k])

    def _moved(self, w, g, *state):
        if self.name == "sgd":
            return (w - self.lr * g,)
        if self.name == "momentum":
            return momentum_step(w, g, *state, self.lr, **self.options)
        if self.name == "rmsprop":
            return rmsprop_step(w, g, *state, self.lr, **self.options)
        step = adam_step if self.name == "adam" else adamw_step
        return step(w, g, *state, self.t, self.lr, **self.options)


def _arrays(tree, like=None):
    """All arrays in lists and dicts, in the order of `like`: two dicts may name the same arrays in another order.

    Parameters
    ----------
    tree, like : array, list or dict
    """
    like = tree if like is None else like
    if isinstance(like, dict):
        return [array for key in like for array in _arrays(tree[key], like[key])]
    if isinstance(like, (list, tuple)):
        return [array for one, other in zip(tree, like) for array in _arrays(one, other)]
    return [tree]


def lr_at(step, kind, base, total, warmup=0, factor=0.5, every=None):
    """The learning rate of a step; steps count from 0.

    Parameters
    ----------
    step : int
    kind : {"constant", "step", "cosine"}
    base : float
    total : int
        Where the cosine reaches 0.
    warmup : int
        So many steps rise evenly, from base / warmup to base.
    factor : float
        "step" multiplies by it after every `every` steps.
    every : int, optional
        A third of `total` if it is not given.
    """
    if step < warmup:
        return base * (step + 1) / warmup
    if kind == "step":
        return base * factor ** (step // (total / 3 if every is None else every))
    if kind == "cosine":
        return base * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2
    return base


def clip_by_global_norm(grads, max_norm):
    """All slopes shrunk by one factor, so that together they are no longer than `max_norm`; never stretched.

    Parameters
    ----------
    grads : list of ndarrays of any shape
    max_norm : float

    Returns
    -------
    grads : list of ndarrays of the same shapes
    norm : float
        The length before, over all entries of all arrays.
    """
    norm = math.sqrt(sum(float(np.sum(np.square(g))) for g in grads))
    factor = max_norm / max(norm, max_norm)
    return [g * factor for g in grads], norm


def lr_range(net, X, y, lrs):
    """The loss after one step of plain descent with each rate, each time from the same start.

    Parameters
    ----------
    net : Network
        Stays as it is.
    X : ndarray of shape (N, D)
    y : ndarray of shape (N,)
    lrs : sequence of float

    Returns
    -------
    ndarray of shape (len(lrs),)
    """
    losses = []
    for lr in lrs:
        trial = copy.deepcopy(net)
        _, blame = softmax_cross_entropy(trial.forward(X), y)
        trial.backward(blame)
        for layer in trial.layers:
            for name, w in layer.params.items():
                w -= lr * layer.grads[name]
        losses.append(network_loss(trial, X, y))
    return np.array(losses)


answers = {1: "c", 2: "a", 3: "d", 4: "b", 5: "a", 6: "c", 7: "b", 8: "d"}
