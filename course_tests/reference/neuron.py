"""One neuron: its weighted sum, its vote, and the perceptron rule that teaches it.

Rows are samples: X (n_samples, n_features), w (n_features,), b one number. Labels and votes are 0 or 1. No function
changes its inputs.
"""

import numpy as np


def weighted_sum(x, w, b):
    """z = w[0] x[0] + ... + w[D-1] x[D-1] + b, one number.

    Parameters
    ----------
    x, w : ndarray of shape (D,)
    b : float
    """
    return np.dot(x, w) + b


def weighted_sums(X, w, b):
    """One z for each row of X, shape (n_samples,).

    Parameters
    ----------
    X : ndarray of shape (n_samples, D)
    w : ndarray of shape (D,)
    b : float
    """
    return X @ w + b


class SimpleNeuron:
    """A neuron that keeps its own weights: standard normal draws at the start, bias 0.

    Parameters
    ----------
    n_inputs : int
    rng : numpy.random.Generator
    """

    def __init__(self, n_inputs, rng):
        self.w = rng.standard_normal(n_inputs)
        self.b = 0.0

    def forward(self, X):
        """One score for each row of X.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_inputs)
        """
        return weighted_sums(X, self.w, self.b)

    def set_weights(self, w, b):
        """Take these weights and this bias in place of the old ones.

        Parameters
        ----------
        w : ndarray of shape (n_inputs,)
        b : float
        """
        if np.shape(w) != self.w.shape:
            raise ValueError(f"w must have shape {self.w.shape}, got {np.shape(w)}")
        self.w, self.b = np.array(w, float), float(b)


def vertical_detector():
    """For the vertical centre line, against the horizontal one; corners and centre say nothing."""
    return np.array([0.0, 1, 0, -1, 0, -1, 0, 1, 0]), 0.0


def perceptron_predict(X, w, b):
    """Vote 1 where z >= 0 (the boundary counts as 1), else 0.

    Parameters
    ----------
    X : ndarray of shape (n_samples, D)
    w : ndarray of shape (D,)
    b : float
    """
    return (weighted_sums(X, w, b) >= 0).astype(int)


def perceptron_update(x, y, w, b, lr=1.0):
    """w + lr (y - p) x and b + lr (y - p): nothing moves when the vote p is right.

    Parameters
    ----------
    x : ndarray of shape (D,)
    y : int
    w : ndarray of shape (D,)
    b, lr : float
    """
    blame = y - (weighted_sum(x, w, b) >= 0)
    return w + lr * blame * x, b + lr * blame


def perceptron_train(X, y, rng, max_epochs):
    """Go through the samples, in a new order each epoch, until an epoch has no error.

    Parameters
    ----------
    X : ndarray of shape (n_samples, D)
    y : ndarray of shape (n_samples,)
    rng : numpy.random.Generator
    max_epochs : int
    """
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    while len(errors) < max_epochs and 0 not in errors:
        wrong = 0
        for i in rng.permutation(len(X)):
            wrong += int((weighted_sum(X[i], w, b) >= 0) != y[i])
            w, b = perceptron_update(X[i], y[i], w, b)
        errors.append(wrong)
    return w, b, errors


answers = {1: "c", 2: "b", 3: "d", 4: "a", 5: "b", 6: "d", 7: "a", 8: "c"}
