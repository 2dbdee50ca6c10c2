"""How wrong? Losses, their slopes, and slopes measured by small steps.

Truth comes first, prediction second. Every loss is the mean over what it is given, one number; a gradient is the slope
of that mean,
with the shape of the prediction (or of the scores). No function changes its inputs.
"""

import numpy as np


def _pair(y_true, y_pred):
    """Both as float64, refusing shapes that NumPy would stretch against each other.

    Parameters
    ----------
    y_true : ndarray of any shape
    y_pred : ndarray of the shape of y_true
    """
    y_true, y_pred = np.asarray(y_true, float), np.asarray(y_pred, float)
    if y_true.shape != y_pred.shape:
        raise ValueError(f"y_true has shape {y_true.shape}, the prediction {y_pred.shape}: they must be the same")
    return y_true, y_pred


def mean_squared_error(y_true, y_pred):
    """mean((y_pred - y_true)**2) over all entries.

    Parameters
    ----------
    y_true : ndarray of any shape
    y_pred : ndarray of the shape of y_true
    """
    y_true, y_pred = _pair(y_true, y_pred)
    return float(np.mean((y_pred - y_true) ** 2))


def mean_absolute_error(y_true, y_pred):
    """mean(|y_pred - y_true|) over all entries.

    Parameters
    ----------
    y_true : ndarray of any shape
    y_pred : ndarray of the shape of y_true
    """
    y_true, y_pred = _pair(y_true, y_pred)
    return float(np.mean(np.abs(y_pred - y_true)))


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


def categorical_cross_entropy(y_true, y_prob):
    """-mean over the samples of sum over the classes of y log p, for one-hot labels (N, C).

    Parameters
    ----------
    y_true, y_prob : ndarray of shape (N, C)
    """
    y, p = _pair(y_true, y_prob)
    return float(-np.sum(y * np.log(np.clip(p, 1e-12, 1))) / len(y))


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


def chain(w, x):
    """dz/dw, dp/dz, dL/dp of z = w x, p = sigmoid(z), L = -log p, and their product dL/dw = (p - 1) x.

    Parameters
    ----------
    w, x : float
    """
    p = 1 / (1 + np.exp(-w * x))
    return x, p * (1 - p), -1 / p, (p - 1) * x


def mean_squared_error_gradient(y_true, y_pred):
    """2 (y_pred - y_true) / number of entries: the slope of mean_squared_error in each prediction.

    Parameters
    ----------
    y_true : ndarray of any shape
    y_pred : ndarray of the shape of y_true
    """
    y_true, y_pred = _pair(y_true, y_pred)
    return 2 * (y_pred - y_true) / y_pred.size


def binary_cross_entropy_gradient(y_true, y_prob):
    """((1 - y)/(1 - p) - y/p) / N = (p - y) / (p (1 - p)) / N, with p kept away from 0 and 1.

    Parameters
    ----------
    y_true, y_prob : ndarray of shape (N,)
    """
    y, p = _pair(y_true, y_prob)
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return (p - y) / (p * (1 - p)) / len(p)


def softmax_cross_entropy_gradient(y_true, logits):
    """(softmax(logits) - one_hot(y_true)) / N: the slope of cross_entropy_with_logits in each score.

    Parameters
    ----------
    y_true : ndarray of shape (N,)
    logits : ndarray of shape (N, C)
    """
    logits = np.asarray(logits, float)
    shares = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    return (shares - np.equal.outer(y_true, np.arange(logits.shape[1]))) / len(logits)


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
    """Largest |a - b| / max(1e-8, |a| + |b|) of all entries: 0 for equal, at most 1.

    Parameters
    ----------
    a : ndarray of any shape
    b : ndarray of the shape of a
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    return float(np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b))))


def my_tests(loss_fn):
    """Raise AssertionError unless `loss_fn` is a right binary cross-entropy. Every line kills a mistake that the others
    let live.

    Parameters
    ----------
    loss_fn : callable
    """
    y, p = np.array([1, 0, 0]), np.array([0.9, 0.2, 0.5])  # both labels, and more zeros than ones
    by_hand = -(np.log(0.9) + np.log(0.8) + np.log(0.5)) / 3
    assert np.isclose(loss_fn(y, p), by_hand), "wrong on three ordinary votes"
    assert np.isclose(loss_fn(np.array([1]), np.array([0.5])), np.log(2)), "an undecided vote costs ln 2"
    for label in (0.0, 1.0):
        sure = np.array([label])
        assert abs(loss_fn(sure, sure)) < 1e-6, "a sure, right vote costs nothing"
        assert 10 < loss_fn(sure, 1 - sure) < np.inf, "a sure, wrong vote costs much, and is finite"


def binary_cross_entropy_with_logits(y_true, z):
    """mean(log(1 + exp(z)) - y z): binary cross-entropy of sigmoid(z) without ever taking the sigmoid.

    Parameters
    ----------
    y_true : ndarray of shape (N,)
        Labels, 0 or 1.
    z : ndarray of shape (N,)
        Scores before the sigmoid.
    """
    y_true, z = _pair(y_true, z)
    return float(np.mean(np.logaddexp(0, z) - y_true * z))


def softmax_jacobian(z):
    """p_i (delta_ij - p_j): the slope of share i of softmax(z) in score j.

    Parameters
    ----------
    z : ndarray of shape (C,)
        One row of scores.

    Returns
    -------
    ndarray of shape (C, C)
    """
    z = np.asarray(z, float)
    p = np.exp(z - np.logaddexp.reduce(z))
    return p[:, None] * (np.eye(len(p)) - p)


answers = {1: "c", 2: "a", 3: "d", 4: "b", 5: "b", 6: "d", 7: "a", 8: "c"}
