"""How a neuron votes: activations, their slopes, and softmax.

z is the weighted sum (any shape, also one number); every function returns a new array of the same shape and leaves z as
it was.
"""

import numpy as np


def step(z):
    """1 where z >= 0, else 0: all or nothing.

    Parameters
    ----------
    z : float or ndarray of any shape
    """
    return np.where(np.asarray(z) >= 0, 1.0, 0.0)


def sigmoid(z):
    """1 / (1 + exp(-z)) = exp(-log(exp(0) + exp(-z))); logaddexp takes that logarithm without overflow.

    Parameters
    ----------
    z : float or ndarray of any shape
    """
    return np.exp(-np.logaddexp(0.0, -np.asarray(z, float)))


def sigmoid_derivative(z):
    """sigmoid(z) * (1 - sigmoid(z)), where 1 - sigmoid(z) = sigmoid(-z).

    Parameters
    ----------
    z : float or ndarray of any shape
    """
    z = np.asarray(z, float)
    return sigmoid(z) * sigmoid(-z)


def tanh(z):
    """(exp(z) - exp(-z)) / (exp(z) + exp(-z)) = 2 * sigmoid(2z) - 1.

    Parameters
    ----------
    z : float or ndarray of any shape
    """
    return np.tanh(np.asarray(z, float))


def tanh_derivative(z):
    """1 - tanh(z)**2. From tanh(z) = 2 * sigmoid(2z) - 1 it is 4 * sigmoid'(2z).

    Parameters
    ----------
    z : float or ndarray of any shape
    """
    return 4 * sigmoid_derivative(2 * np.asarray(z, float))


def relu(z):
    """max(z, 0).

    Parameters
    ----------
    z : float or ndarray of any shape
    """
    z = np.asarray(z, float)
    return np.where(z > 0, z, 0.0)


def relu_derivative(z):
    """1 where z > 0, 0 where z < 0. At the kink any value from 0 to 1 is a slope; ours is 0.

    Parameters
    ----------
    z : float or ndarray of any shape
    """
    return (np.asarray(z) > 0).astype(float)


def leaky_relu(z, alpha=0.01):
    """z where z > 0, else alpha * z. For alpha > 1 this is not max(z, alpha * z).

    Parameters
    ----------
    z : float or ndarray of any shape
    alpha : float
    """
    z = np.asarray(z, float)
    return np.where(z > 0, z, alpha * z)


def leaky_relu_derivative(z, alpha=0.01):
    """1 where z > 0, alpha where z < 0. At the kink anything between the two is a slope; ours is alpha.

    Parameters
    ----------
    z : float or ndarray of any shape
    alpha : float
    """
    return np.where(np.asarray(z) > 0, 1.0, alpha)


def elu(z, alpha=1.0):
    """z where z > 0, else alpha * (exp(z) - 1). exp is only ever taken of what is not positive.

    Parameters
    ----------
    z : float or ndarray of any shape
    alpha : float
    """
    z = np.asarray(z, float)
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0.0)))


def softmax(Z, axis=-1):
    """exp(Z) / sum(exp(Z)) along `axis` = exp(Z - log(sum(exp(Z)))); logaddexp takes that logarithm without overflow.

    Parameters
    ----------
    Z : ndarray of shape (..., C)
        Scores; each row (along `axis`) is one decision among C classes.
    axis : int
        Where the classes lie.

    Returns
    -------
    ndarray of the shape of Z
        Shares; they sum to 1 along `axis`.
    """
    Z = np.asarray(Z, float)
    return np.exp(Z - np.logaddexp.reduce(Z, axis=axis, keepdims=True))


broken_batch = np.array([[0.0, 1.0, 2.0], [1000.0, 1001.0, 1002.0]])


def linear_collapse(W1, b1, W2, b2):
    """The one layer that does what two layers without an activation do.

    A linear layer is known by what it makes of zero (that is b) and of the unit vectors (each gives b plus a row of W).

    Parameters
    ----------
    W1 : ndarray of shape (D, H)
    b1 : ndarray of shape (H,)
    W2 : ndarray of shape (H, C)
    b2 : ndarray of shape (C,)

    Returns
    -------
    W : ndarray of shape (D, C)
    b : ndarray of shape (C,)
    """

    def both(X):
        return (X @ W1 + b1) @ W2 + b2

    n_in = np.shape(W1)[0]
    b = both(np.zeros(n_in))
    return both(np.eye(n_in)) - b, b


def dead_units(Z):
    """Which ReLU units are silent for every sample: their largest pre-activation is not above 0.

    Parameters
    ----------
    Z : ndarray of shape (N, H)
        Pre-activations: rows are samples, columns are units.

    Returns
    -------
    ndarray of bool, shape (H,)
    """
    return np.max(Z, axis=0) <= 0


ACTIVATIONS = {"step": step, "sigmoid": sigmoid, "tanh": tanh, "relu": relu, "leaky_relu": leaky_relu, "elu": elu}


class Neuron:
    """One committee member with a chosen way to vote.

    Parameters
    ----------
    n_inputs : int
    activation : str
    rng : numpy.random.Generator

    Attributes
    ----------
    w : ndarray of shape (n_inputs,)
    b : float
    """

    def __init__(self, n_inputs, activation, rng):
        if activation not in ACTIVATIONS:
            raise ValueError(f"unknown activation {activation!r}; choose one of {', '.join(ACTIVATIONS)}")
        self.activation = activation
        self.w = rng.normal(size=n_inputs)
        self.b = 0.0

    def forward(self, X):
        """Votes of shape (N,) for X of shape (N, n_inputs).

        Parameters
        ----------
        X : ndarray of shape (N, n_inputs)
        """
        return ACTIVATIONS[self.activation](X @ self.w + self.b)


answers = {1: "c", 2: "a", 3: "d", 4: "b", 5: "c", 6: "d", 7: "a", 8: "b"}
