"""Tracing blame: the slopes of the loss in every weight of a network with layers, and training with them.

Rows are samples. `params` is a list with one dict for each layer, ``{"W": (n_in, n_out), "b": (n_out,), "activation":
"tanh"}``;
`grads` has the same form, with "W" and "b". dZ, dA, dX, dW, db are slopes of the loss, each with the shape of what it
belongs to.
The loss is a mean over the samples: its 1/N comes in once, where the blame starts. No function changes its inputs.
"""

import numpy as np

from course_tests.reference import layers as plain
from course_tests.reference.activations import relu_derivative, sigmoid_derivative, tanh_derivative
from course_tests.reference.layers import mlp_forward
from course_tests.reference.losses import binary_cross_entropy, relative_error

# The votes of the layer protocol and their slopes, said with the vote A: float32 stays float32, nothing overflows.
VOTES = {
    "identity": lambda Z: Z,
    "sigmoid": lambda Z: 0.5 + 0.5 * np.tanh(0.5 * Z),
    "tanh": np.tanh,
    "relu": lambda Z: np.maximum(Z, 0),
}
SLOPES_BY_VOTE = {
    "identity": np.ones_like,
    "sigmoid": lambda A: A * (1 - A),
    "tanh": lambda A: 1 - A * A,
    "relu": lambda A: A > 0,
}
SLOPES = {"identity": np.ones_like, "sigmoid": sigmoid_derivative, "tanh": tanh_derivative, "relu": relu_derivative}


def init_params(sizes, rng, hidden="tanh"):
    """Fresh params for a network with these sizes: Xavier weights, zero biases; the last layer votes with sigmoid.

    Parameters
    ----------
    sizes : list of int
    rng : numpy.random.Generator
    hidden : str
    """
    names = [hidden] * (len(sizes) - 2) + ["sigmoid"]
    dense = [plain.Dense(n_in, n_out, rng, init="xavier") for n_in, n_out in zip(sizes[:-1], sizes[1:])]
    return [{"W": layer.W, "b": layer.b, "activation": name} for layer, name in zip(dense, names)]


def layers_from(params):
    """Dense, Activation, Dense, Activation, ...: the layers that `params` describes, with their own copies of the
    numbers.

    Parameters
    ----------
    params : list of dict
    """
    layers = []
    for layer in params:
        dense = plain.Dense(*np.shape(layer["W"]), np.random.default_rng(0))
        dense.W, dense.b = np.array(layer["W"], float), np.array(layer["b"], float)
        layers += [dense, plain.Activation(layer["activation"])]
    return layers


def quadrants(n, rng):
    """n points in a square; label 1 where both coordinates have the same sign.

    Parameters
    ----------
    n : int
    rng : numpy.random.Generator
    """
    X = rng.uniform(-1, 1, size=(n, 2))
    return X, (X[:, 0] * X[:, 1] > 0).astype(int)


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

    Parameters
    ----------
    dA, Z : ndarray of shape (N, H)
    name : str

    Raises
    ------
    ValueError
        For a name that is no activation.
    """
    if name not in SLOPES:
        raise ValueError(f"unknown activation {name!r}; choose one of {', '.join(SLOPES)}")
    return np.multiply(dA, SLOPES[name](np.asarray(Z, float)))


def bce_sigmoid_backward(p, y):
    """(p - y) / N: the slope of the mean cross-entropy in the score before the sigmoid; p and y of shape (N, 1).

    Parameters
    ----------
    p, y : ndarray of shape (N, 1)
    """
    if np.shape(p) != np.shape(y):
        raise ValueError(f"p has shape {np.shape(p)}, y has shape {np.shape(y)}: they must be the same")
    return np.subtract(p, y, dtype=float) / len(p)


class TrainableNetwork(plain.Network):
    """A Network that remembers its last batch and can send blame back through its layers.

    Parameters
    ----------
    params : list of dict

    Attributes
    ----------
    grads : list of dict
        After backward: "W" and "b" for each Dense layer, in the order of the layers.
    """

    def __init__(self, params):
        super().__init__(layers_from(params))
        self.inputs, self.grads = [], []

    def forward(self, X):
        """The output for X; keeps what each layer was given.

        Parameters
        ----------
        X : ndarray of shape (N, D)
        """
        self.inputs = []
        for layer in self.layers:
            self.inputs.append(np.array(X, float))
            X = layer.forward(X)
        return X

    def backward(self, dout):
        """From the slope of the loss in the last output to its slope in X; fills grads.

        Parameters
        ----------
        dout : ndarray of shape (N, n_out)
        """
        self.grads = []
        for layer, given in zip(reversed(self.layers), reversed(self.inputs)):
            if hasattr(layer, "W"):
                dout, dW, db = dense_backward(dout, given, layer.W)
                self.grads.insert(0, {"W": dW, "b": db})
            else:
                dout = activation_backward(dout, given, layer.name)
        return dout


# ---------------------------------------------------------------- the layer protocol


class Dense:
    """A layer ``X @ W + b`` that remembers its input and sends blame back.

    Every layer of the protocol has forward(X, training=False), backward(dout), and two dicts of arrays by name:
    params, which are live, and grads, which backward makes anew.

    Parameters
    ----------
    n_in, n_out : int
    rng : numpy.random.Generator
    init : {"he", "xavier"}

    Attributes
    ----------
    params, grads : dict
        "W" of shape (n_in, n_out) and "b" of shape (n_out,).
    """

    def __init__(self, n_in, n_out, rng, init="he"):
        drawn = plain.Dense(n_in, n_out, rng, init)
        self.params, self.grads = {"W": drawn.W, "b": drawn.b}, {}

    def forward(self, X, training=False):
        """Scores of shape (N, n_out).

        Parameters
        ----------
        X : ndarray of shape (N, n_in)
        training : bool
        """
        self.X = X
        return X @ self.params["W"] + self.params["b"]

    def backward(self, dout):
        """From the slope in the scores to the slope in X, of shape (N, n_in); fills grads.

        Parameters
        ----------
        dout : ndarray of shape (N, n_out)
        """
        self.blame(dout)
        return dout @ self.params["W"].T

    def blame(self, dout):
        """Fill grads only: the first layer of a network need not say what the slope in X is.

        Parameters
        ----------
        dout : ndarray of shape (N, n_out)
        """
        self.grads = {"W": self.X.T @ dout, "b": dout.sum(axis=0)}


class Activation:
    """A layer that votes; nothing in it can be learned.

    Parameters
    ----------
    name : {"identity", "sigmoid", "tanh", "relu"}
    """

    def __init__(self, name):
        if name not in VOTES:
            raise ValueError(f"unknown activation {name!r}; choose one of {', '.join(VOTES)}")
        self.name, self.params, self.grads = name, {}, {}

    def forward(self, X, training=False):
        """Votes of the shape of X.

        Parameters
        ----------
        X : ndarray of shape (N, H)
        training : bool
        """
        self.A = VOTES[self.name](X)
        return self.A

    def backward(self, dout):
        """From the slope in the votes to the slope in the scores.

        Parameters
        ----------
        dout : ndarray of shape (N, H)
        """
        return dout * SLOPES_BY_VOTE[self.name](self.A)


class Network:
    """Layers of the protocol in a row.

    Parameters
    ----------
    layers : list
    """

    def __init__(self, layers):
        self.layers = list(layers)

    @property
    def n_params(self):
        """How many numbers can be learned."""
        return sum(array.size for layer in self.layers for array in layer.params.values())

    def forward(self, X, training=False):
        """What the last layer gives.

        Parameters
        ----------
        X : ndarray of shape (N, ...)
        training : bool
        """
        for layer in self.layers:
            X = layer.forward(X, training)
        return X

    def backward(self, dout):
        """From the slope in the output to the slope in X; fills the grads of every layer.

        Parameters
        ----------
        dout : ndarray of shape (N, ...)
        """
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout


def network_from(params):
    """The Network that `params` describes, with its own copies of the numbers, in their own precision.

    Parameters
    ----------
    params : list of dict
    """
    layers = []
    for layer in params:
        dense = Dense(*np.shape(layer["W"]), np.random.default_rng(0))
        dense.params = {key: np.array(layer[key]) for key in ("W", "b")}
        layers.append(dense)
        if layer["activation"] != "identity":
            layers.append(Activation(layer["activation"]))
    return Network(layers)


def params_of(net):
    """The list of dicts that describes a Network of Dense and Activation layers; the arrays are the network's own.

    Parameters
    ----------
    net : Network
    """
    params = []
    for layer in net.layers:
        if layer.params:
            params.append({**layer.params, "activation": "identity"})
        else:
            params[-1]["activation"] = layer.name
    return params


def mlp_loss_and_gradients(X, y, params):
    """Mean cross-entropy of a network that ends in one sigmoid, and its slope in every weight and bias.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    y : ndarray of shape (N,)
    params : list of dict

    Returns
    -------
    loss : float
    grads : list of dict
    """
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, out.shape)
    grads, dZ = [], bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.append({"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads[::-1]


def apply_grads(params, grads, lr):
    """New params, one step against the slope: W - lr dW and b - lr db in every layer.

    Parameters
    ----------
    params, grads : list of dict
    lr : float
    """
    return [
        {**layer, **{key: layer[key] - np.multiply(lr, slope[key]) for key in ("W", "b")}}
        for layer, slope in zip(params, grads)
    ]


def gradient_check(loss_and_gradients, X, y, params, h=1e-5):
    """Relative error of every claimed slope against central differences, the largest for each array.

    Parameters
    ----------
    loss_and_gradients : callable
        Takes X, y, params and returns loss, grads: the function that is checked.
    X : ndarray of shape (N, D)
    y : ndarray of shape (N,)
    params : list of dict
        Where it is checked.
    h : float

    Returns
    -------
    dict
        "W1", "b1", "W2", "b2", ...: relative error of that array.
    """
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):
            measured = np.zeros(np.shape(layer[key]))
            for index in np.ndindex(measured.shape):
                both = []
                for side in (h, -h):
                    nudged = np.array(layer[key], float)
                    nudged[index] += side
                    both.append(loss_and_gradients(X, y, [*params[:k], {**layer, key: nudged}, *params[k + 1 :]])[0])
                measured[index] = (both[0] - both[1]) / (2 * h)
            errors[f"{key}{k + 1}"] = relative_error(grads[k][key], measured)
    return errors


def train_mlp(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    """Batch gradient descent on a network; an epoch is one step with all the samples.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    y : ndarray of shape (N,)
    sizes : list of int
    lr : float
    epochs : int
    rng : numpy.random.Generator
    hidden : str

    Returns
    -------
    params : list of dict
        After training.
    history : dict
        loss: ndarray of shape (epochs + 1,), where loss[k] is the loss after k epochs. acc: share of right votes after
        training.
    """
    params, losses = init_params(sizes, rng, hidden), []
    for _ in range(epochs):
        loss, grads = mlp_loss_and_gradients(X, y, params)
        losses.append(loss)
        params = apply_grads(params, grads, lr)
    p = mlp_forward(X, params)[0][:, 0]
    return params, {"loss": np.array([*losses, binary_cross_entropy(y, p)]), "acc": float(np.mean((p >= 0.5) == y))}


class MLP:
    """A committee with hidden layers: sizes such as [9, 4, 1], the inputs first, one voter last.

    Parameters
    ----------
    sizes : list of int
    rng : numpy.random.Generator
    hidden : str
    """

    def __init__(self, sizes, rng, hidden="tanh"):
        self.sizes, self.rng, self.hidden = list(sizes), rng, hidden

    def fit(self, X, y, lr, epochs):
        """Train from fresh weights; returns self.

        Parameters
        ----------
        X : ndarray of shape (N, D)
        y : ndarray of shape (N,)
        lr : float
        epochs : int
        """
        self.params, self.history = train_mlp(X, y, self.sizes, lr, epochs, self.rng, self.hidden)
        return self

    def predict_proba(self, X):
        """Probabilities of label 1, shape (N,).

        Parameters
        ----------
        X : ndarray of shape (N, D)
        """
        return mlp_forward(X, self.params)[0][:, 0]

    def predict(self, X):
        """Votes 0 or 1, shape (N,); p >= 0.5 votes 1.

        Parameters
        ----------
        X : ndarray of shape (N, D)
        """
        return (self.predict_proba(X) >= 0.5).astype(int)


def repaired_step(X, y, W1, b1, W2, b2, lr):
    """One step for a D-H-1 network (tanh, then sigmoid): all four slopes first, then all four steps.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    y : ndarray of shape (N,)
    W1 : ndarray of shape (D, H)
    b1 : ndarray of shape (H,)
    W2 : ndarray of shape (H, 1)
    b2 : ndarray of shape (1,)
    lr : float
    """
    params = [{"W": W1, "b": b1, "activation": "tanh"}, {"W": W2, "b": b2, "activation": "sigmoid"}]
    first, second = apply_grads(params, mlp_loss_and_gradients(X, y, params)[1], lr)
    return first["W"], first["b"], second["W"], second["b"]


causes = {1: "b", 2: "a", 3: "d", 4: "f", 5: "c", 6: "e", 7: "g"}

answers = {1: "b", 2: "d", 3: "a", 4: "c", 5: "b", 6: "a", 7: "d", 8: "c"}
