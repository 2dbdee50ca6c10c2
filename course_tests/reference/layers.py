"""Layers of members, stacked: a committee whose members listen to other members.

Rows are samples. `params` describes a network as data: a list with one dict for each layer,
``{"W": (n_in, n_out), "b": (n_out,), "activation": "tanh"}``. No function changes its inputs.
"""

import numpy as np

from course_tests.reference.activations import relu, sigmoid, tanh

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
        """Scores of shape (N, n_out) for X of shape (N, n_in).

        Parameters
        ----------
        X : ndarray of shape (N, n_in)
        """
        return X @ self.W + self.b


class Activation:
    """A layer that votes: applies the function called `name` to every score.

    Parameters
    ----------
    name : str
    """

    def __init__(self, name):
        if name not in ACTIVATION_FUNCTIONS:
            raise ValueError(f"unknown activation {name!r}; choose one of {', '.join(ACTIVATION_FUNCTIONS)}")
        self.name = name

    def forward(self, Z):
        """Votes of the shape of Z.

        Parameters
        ----------
        Z : ndarray of shape (N, H)
        """
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
        """The last layer's output for X of shape (N, n_in).

        Parameters
        ----------
        X : ndarray of shape (N, n_in)
        """
        for layer in self.layers:
            X = layer.forward(X)
        return X


def count_params(sizes):
    """Numbers to learn in dense layers with these sizes, the inputs first: each member has n_in weights and one bias.

    Parameters
    ----------
    sizes : list of int
    """
    return sum((n_in + 1) * n_out for n_in, n_out in zip(sizes[:-1], sizes[1:]))


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


def xor_network():
    """A 2-2-1 network that says whether exactly one of two inputs is 1.

    For relu, "how many" and "how many above one" are 0, 1, 2 and 0, 0, 1; the first minus twice the second is 0, 1, 0.
    """
    return [
        {"W": np.ones((2, 2)), "b": np.array([0.0, -1.0]), "activation": "relu"},
        {"W": np.array([[1.0], [-2.0]]), "b": np.zeros(1), "activation": "identity"},
    ]


def lines_committee():
    """A 9-3-1 network that knows all six lines: each hidden member waits for one full column, and any of them is
    enough.

    A column's pixels sum to 3 if the line stands there, to 0 if it stands elsewhere, and to 1 for every horizontal
    line.
    """
    column = np.tile(np.eye(3), (3, 1))  # pixel 3 * row + j belongs to column j
    return [
        {"W": 4 * column, "b": np.full(3, -8.0), "activation": "sigmoid"},
        {"W": np.full((3, 1), 10.0), "b": np.array([-5.0]), "activation": "sigmoid"},
    ]


def from_column_convention(W, b):
    """From W (n_out, n_in) and b (n_out, 1), where samples are columns, to ours: W (n_in, n_out) and b (n_out,).

    Parameters
    ----------
    W : ndarray of shape (n_out, n_in)
    b : ndarray of shape (n_out, 1)
    """
    return np.array(W).T, np.array(b)[:, 0]


def output_head(task):
    """What stands at the end of a network: how many members, which activation, which loss.

    "C" as the number of members means one for each class.

    Parameters
    ----------
    task : str
    """
    heads = {
        "regression": (1, "identity", "mean_squared_error"),
        "binary": (1, "sigmoid", "binary_cross_entropy"),
        "multiclass": ("C", "softmax", "categorical_cross_entropy"),
        "multilabel": ("C", "sigmoid", "binary_cross_entropy"),
    }
    if task not in heads:
        raise ValueError(f"unknown task {task!r}; choose one of {', '.join(heads)}")
    return dict(zip(("n_out", "activation", "loss"), heads[task]))


def decision_grid(predict, lim, n):
    """Ask `predict` on a square grid of n times n points.

    Parameters
    ----------
    predict : callable
        Takes points of shape (M, 2), gives (M,) or (M, 1).
    lim : (low, high)
        Both coordinates run from low to high, ends included.
    n : int

    Returns
    -------
    ndarray of shape (n, n)
        Entry [i, j] belongs to the point with the j-th first and the i-th second coordinate.
    """
    ticks = np.linspace(*lim, n)
    second, first = np.meshgrid(ticks, ticks, indexing="ij")
    return np.reshape(predict(np.column_stack([first.ravel(), second.ravel()])), (n, n))


products = {1: "f", 2: "c", 3: "d", 4: "g", 5: "e", 6: "b"}

answers = {1: "b", 2: "d", 3: "a", 4: "c", 5: "d", 6: "b", 7: "c", 8: "a"}
