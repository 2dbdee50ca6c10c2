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


SLOPES = {"identity": np.ones_like, "sigmoid": sigmoid_derivative, "tanh": tanh_derivative, "relu": relu_derivative}


def layers_from(params):
    """Dense, Activation, Dense, Activation, ...: the layers that `params` describes, with their own copies of the numbers."""
    layers = []
    for layer in params:
        dense = Dense(*np.shape(layer["W"]), np.random.default_rng(0))
        dense.W, dense.b = np.array(layer["W"], float), np.array(layer["b"], float)
        layers += [dense, Activation(layer["activation"])]
    return layers


def dense_backward(dZ, X, W):
    """Blame through a layer Z = X W + b: entry [n, h] of Z hears from X[n, d] through W[d, h], and from b[h].

    Parameters
    ----------
    dZ : ndarray of shape (N, H)
    X : ndarray of shape (N, D)
    W : ndarray of shape (D, H)

    Returns
    -------
    dX : ndarray of shape (N, D)
        sum over h of dZ[n, h] W[d, h]
    dW : ndarray of shape (D, H)
        sum over n of X[n, d] dZ[n, h]
    db : ndarray of shape (H,)
        sum over n of dZ[n, h]
    """
    return np.dot(dZ, np.transpose(W)), np.dot(np.transpose(X), dZ), np.sum(dZ, axis=0)


def activation_backward(dA, Z, name):
    """dA times the slope of the activation at Z, entry by entry.

    Raises
    ------
    ValueError
        For a name that is no activation.
    """
    if name not in SLOPES:
        raise ValueError(f"unknown activation {name!r}; choose one of {', '.join(SLOPES)}")
    return np.multiply(dA, SLOPES[name](np.asarray(Z, float)))


class TrainableNetwork(Network):
    """A Network that remembers its last batch and can send blame back through its layers.

    Attributes
    ----------
    grads : list of dict
        After backward: "W" and "b" for each Dense layer, in the order of the layers.
    """

    def __init__(self, params):
        super().__init__(layers_from(params))
        self.inputs, self.grads = [], []

    def forward(self, X):
        """The output for X; keeps what each layer was given."""
        self.inputs = []
        for layer in self.layers:
            self.inputs.append(np.array(X, float))
            X = layer.forward(X)
        return X

    def backward(self, dout):
        """From the slope of the loss in the last output to its slope in X; fills grads."""
        self.grads = []
        for layer, given in zip(reversed(self.layers), reversed(self.inputs)):
            if hasattr(layer, "W"):
                dout, dW, db = dense_backward(dout, given, layer.W)
                self.grads.insert(0, {"W": dW, "b": db})
            else:
                dout = activation_backward(dout, given, layer.name)
        return dout
