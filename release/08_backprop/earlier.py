"""What earlier assignments built, given here so that one gap there does not cascade.

Generated from the course's reference answers; change nothing here. Your own versions: see the switch at the top of the notebook.
"""

import numpy as np


def make_line(kind, index, size=3):
    """A line of ones on zeros, of shape (size, size): column `index` if vertical, row `index` if horizontal."""
    if kind not in ("vertical", "horizontal"):
        raise ValueError(f"kind must be 'vertical' or 'horizontal', not {kind!r}")
    vertical = np.tile(np.eye(size)[index], (size, 1))
    return vertical if kind == "vertical" else vertical.T.copy()


def add_noise(img, sigma, rng):
    """Normal noise of standard deviation `sigma`, a fresh number for each pixel, clipped to [0, 1]."""
    return np.clip(img + sigma * rng.standard_normal(np.shape(img)), 0, 1)


def make_lines(n, rng, positions=(0, 1, 2), noise=0.0):
    """n flat images, half vertical (label 1) and half horizontal (label 0), in mixed order."""
    y = rng.permutation(np.arange(n) % 2)
    X = [add_noise(make_line("vertical" if label else "horizontal", rng.choice(positions)), noise, rng).ravel() for label in y]
    return np.array(X), y


def sigmoid(z):
    """1 / (1 + exp(-z)) = exp(-log(exp(0) + exp(-z))); logaddexp takes that logarithm without overflow."""
    return np.exp(-np.logaddexp(0.0, -np.asarray(z, float)))


def sigmoid_derivative(z):
    """sigmoid(z) * (1 - sigmoid(z)), where 1 - sigmoid(z) = sigmoid(-z)."""
    z = np.asarray(z, float)
    return sigmoid(z) * sigmoid(-z)


def tanh(z):
    """(exp(z) - exp(-z)) / (exp(z) + exp(-z)) = 2 * sigmoid(2z) - 1."""
    return np.tanh(np.asarray(z, float))


def tanh_derivative(z):
    """1 - tanh(z)**2. From tanh(z) = 2 * sigmoid(2z) - 1 it is 4 * sigmoid'(2z)."""
    return 4 * sigmoid_derivative(2 * np.asarray(z, float))


def relu(z):
    """max(z, 0)."""
    z = np.asarray(z, float)
    return np.where(z > 0, z, 0.0)


def relu_derivative(z):
    """1 where z > 0, 0 where z < 0. At the kink any value from 0 to 1 is a slope; ours is 0."""
    return (np.asarray(z) > 0).astype(float)


def _pair(y_true, y_pred):
    """Both as float64, refusing shapes that NumPy would stretch against each other."""
    y_true, y_pred = np.asarray(y_true, float), np.asarray(y_pred, float)
    if y_true.shape != y_pred.shape:
        raise ValueError(f"y_true has shape {y_true.shape}, the prediction {y_pred.shape}: they must be the same")
    return y_true, y_pred


def mean_squared_error(y_true, y_pred):
    """mean((y_pred - y_true)**2) over all entries."""
    y_true, y_pred = _pair(y_true, y_pred)
    return float(np.mean((y_pred - y_true) ** 2))


def binary_cross_entropy(y_true, y_prob, eps=1e-12):
    """-mean(y log p + (1 - y) log(1 - p)), natural logarithm, with p kept between eps and 1 - eps.

    Parameters
    ----------
    y_true : ndarray of shape (N,)
        Labels, 0 or 1.
    y_prob : ndarray of shape (N,)
        Probabilities of label 1.
    eps : float
        In float32, 1 - 1e-12 is exactly 1: so the clip is done in float64.
    """
    y, p = _pair(y_true, y_prob)
    p = np.clip(p, eps, 1 - eps)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def mean_squared_error_gradient(y_true, y_pred):
    """2 (y_pred - y_true) / number of entries: the slope of mean_squared_error in each prediction."""
    y_true, y_pred = _pair(y_true, y_pred)
    return 2 * (y_pred - y_true) / y_pred.size


def numerical_gradient(f, x, h=1e-5):
    """(f(x + h e) - f(x - h e)) / 2h for each unit step e: the slopes of f at x, measured.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of x, returns one number.
    x : ndarray, any shape, floats or integers
    h : float
        Half the distance between the two points.
    """
    x = np.asarray(x, float)
    slopes = []
    for i in range(x.size):
        step = np.zeros(x.size)
        step[i] = h
        step = step.reshape(x.shape)
        slopes.append((f(x + step) - f(x - step)) / (2 * h))
    return np.array(slopes).reshape(x.shape)


def relative_error(a, b):
    """Largest |a - b| / max(1e-8, |a| + |b|) of all entries: 0 for equal, at most 1."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    return float(np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b))))


def logistic_forward(X, w, b):
    """Probabilities of label 1, shape (N,): the sigmoid of each sample's score."""
    return sigmoid(np.asarray(X) @ np.asarray(w) + b)


def logistic_gradients(X, y, w, b):
    """Slopes of the mean cross-entropy. With z the score of a sample, the loss of that sample has slope p - y in z.

    Returns
    -------
    dw : ndarray of shape (D,)
        mean over the samples of (p - y) x
    db : float
        mean over the samples of p - y
    """
    blame = logistic_forward(X, w, b) - np.asarray(y, float)
    return np.mean(blame[:, None] * X, axis=0), float(np.mean(blame))


def gd_step(w, b, dw, db, lr):
    """One step against the slope: w - lr * dw and b - lr * db, as new values."""
    return w - np.multiply(lr, dw), b - lr * db


def train_logistic(X, y, lr, epochs, w0=None, b0=0.0):
    """Batch gradient descent on one neuron; an epoch is one step with all the samples.

    Returns
    -------
    dict
        w, b: after training. loss: ndarray of shape (epochs + 1,), where loss[k] is the loss after k epochs.
        acc: share of right votes after training; p >= 0.5 votes 1.
    """
    w = np.zeros(np.shape(X)[1]) if w0 is None else np.array(w0, float)
    b = float(b0)
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        w, b = gd_step(w, b, *logistic_gradients(X, y, w, b), lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    votes = logistic_forward(X, w, b) >= 0.5
    return {"w": w, "b": b, "loss": np.array(loss), "acc": float(np.mean(votes == y))}


ACTIVATION_FUNCTIONS = {"identity": lambda Z: np.array(Z, float), "sigmoid": sigmoid, "tanh": tanh, "relu": relu}


class Dense:
    """A layer of n_out members who all look at the same n_in numbers: ``X @ W + b``.

    Parameters
    ----------
    n_in, n_out : int
    rng : numpy.random.Generator
    init : {"he", "xavier"}
        The variance of a weight: 2 / n_in, or 2 / (n_in + n_out).

    Attributes
    ----------
    W : ndarray of shape (n_in, n_out)
        Column j holds the weights of member j.
    b : ndarray of shape (n_out,)
    """

    def __init__(self, n_in, n_out, rng, init="he"):
        variances = {"he": 2 / n_in, "xavier": 2 / (n_in + n_out)}
        if init not in variances:
            raise ValueError(f"unknown init {init!r}; choose one of {', '.join(variances)}")
        self.W = rng.normal(0.0, np.sqrt(variances[init]), size=(n_in, n_out))
        self.b = np.zeros(n_out)

    def forward(self, X):
        """Scores of shape (N, n_out) for X of shape (N, n_in)."""
        return X @ self.W + self.b


class Activation:
    """A layer that votes: applies the function called `name` to every score."""

    def __init__(self, name):
        if name not in ACTIVATION_FUNCTIONS:
            raise ValueError(f"unknown activation {name!r}; choose one of {', '.join(ACTIVATION_FUNCTIONS)}")
        self.name = name

    def forward(self, Z):
        """Votes of the shape of Z."""
        return ACTIVATION_FUNCTIONS[self.name](Z)


class Network:
    """Layers in a row: what one gives, the next one takes.

    Parameters
    ----------
    layers : list
        Objects with a method forward. Those with weights have W and b, as Dense.

    Raises
    ------
    ValueError
        If a layer takes another number of inputs than the layer with weights before it gives.
    """

    def __init__(self, layers):
        self.layers = list(layers)
        dense = [(place, layer) for place, layer in enumerate(self.layers) if hasattr(layer, "W")]
        for (place, before), (next_place, after) in zip(dense, dense[1:]):
            gives, takes = before.W.shape[1], after.W.shape[0]
            if gives != takes:
                raise ValueError(f"layer {place} gives {gives} numbers, but layer {next_place} takes {takes}")

    @property
    def n_params(self):
        """How many numbers can be learned."""
        return sum(layer.W.size + layer.b.size for layer in self.layers if hasattr(layer, "W"))

    def forward(self, X):
        """The last layer's output for X of shape (N, n_in)."""
        for layer in self.layers:
            X = layer.forward(X)
        return X


def mlp_forward(X, params):
    """What a network says, and everything it thought on the way.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    params : list of dict
        One for each layer: "W" of shape (n_in, n_out), "b" of shape (n_out,), "activation": a name.

    Returns
    -------
    out : ndarray of shape (N, C)
    cache : list of dict
        One for each layer: "X", what came in; "Z", its scores; "A", its votes.
    """
    cache, A = [], np.asarray(X)
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        cache.append({"X": A, "Z": Z, "A": ACTIVATION_FUNCTIONS[layer["activation"]](Z)})
        A = cache[-1]["A"]
    return A, cache
