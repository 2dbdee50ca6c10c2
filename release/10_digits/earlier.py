"""What earlier assignments built, given here so that one gap there does not cascade.

Generated from the course's reference answers; change nothing here. Your own versions: see the switch at the top of the notebook.
"""

import numpy as np


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


def cross_entropy_with_logits(y_true, logits):
    """mean(log(sum(exp(row))) - row[label]): cross-entropy of softmax without ever taking the softmax.

    Parameters
    ----------
    y_true : int ndarray of shape (N,)
        Class labels.
    logits : ndarray of shape (N, C)
        Scores before softmax.
    """
    logits = np.asarray(logits, float)
    rows = np.arange(len(logits))
    return float(np.mean(np.logaddexp.reduce(logits, axis=1) - logits[rows, y_true]))


def softmax_cross_entropy_gradient(y_true, logits):
    """(softmax(logits) - one_hot(y_true)) / N: the slope of cross_entropy_with_logits in each score."""
    logits = np.asarray(logits, float)
    shares = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    return (shares - np.equal.outer(y_true, np.arange(logits.shape[1]))) / len(logits)


def accuracy(y_true, y_pred):
    """Share of the predictions that are right. Both of shape (N,), N > 0; anything else would be compared by broadcasting."""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.ndim != 1 or y_true.shape != y_pred.shape:
        raise ValueError(f"y_true and y_pred must both have shape (N,); got {y_true.shape} and {y_pred.shape}")
    if not len(y_true):
        raise ValueError("no samples: the share of nothing is not a number")
    return float(np.mean(y_true == y_pred))


def confusion_matrix(y_true, y_pred, n_classes):
    """How often class i was called class j: shape (C, C), rows are the truth, columns the prediction.

    The pair (i, j) becomes the one number i * C + j, so that one count does all.
    """
    pair = np.asarray(y_true, int) * n_classes + np.asarray(y_pred, int)
    return np.bincount(pair, minlength=n_classes**2).reshape(n_classes, n_classes)


def train_val_test_split(X, y, fractions, rng):
    """Each sample into one of three parts, at random; X and y stay together.

    Parameters
    ----------
    X : ndarray of shape (N, ...)
    y : ndarray of shape (N,)
    fractions : three numbers with the sum 1
        round(fraction * N) samples train and validate; the rest tests.
    rng : numpy.random.Generator

    Returns
    -------
    X_train, y_train, X_val, y_val, X_test, y_test : ndarrays
    """
    if not np.isclose(sum(fractions), 1):
        raise ValueError(f"the fractions must sum to 1; {fractions} sum to {sum(fractions)}")
    train, validation = (round(fraction * len(X)) for fraction in fractions[:2])
    parts = np.split(rng.permutation(len(X)), [train, train + validation])
    return tuple(array[part] for part in parts for array in (X, y))


ACTIVATION_FUNCTIONS = {"identity": lambda Z: np.array(Z, float), "sigmoid": sigmoid, "tanh": tanh, "relu": relu}


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


def apply_grads(params, grads, lr):
    """New params, one step against the slope: W - lr dW and b - lr db in every layer."""
    return [{**layer, **{key: layer[key] - np.multiply(lr, slope[key]) for key in ("W", "b")}} for layer, slope in zip(params, grads)]
