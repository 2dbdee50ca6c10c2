"""Rolling downhill: gradient descent on a curve, then on the weights of one neuron.

X has shape (N, D), labels y shape (N,) with 0 or 1, weights w shape (D,), the bias b is one number. No function changes
its inputs.
"""

import numpy as np

from course_tests.reference.activations import sigmoid
from course_tests.reference.losses import binary_cross_entropy


def gradient_descent_1d(grad, x0, lr, steps):
    """x0 and the `steps` points after it, each one step x - lr * grad(x) from the point before; shape (steps + 1,).

    Parameters
    ----------
    grad : callable
    x0, lr : float
    steps : int
    """
    path = [float(x0)]
    for _ in range(steps):
        path.append(float(path[-1] - lr * grad(path[-1])))
    return np.array(path)


def logistic_forward(X, w, b):
    """Probabilities of label 1, shape (N,): the sigmoid of each sample's score.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    w : ndarray of shape (D,)
    b : float
    """
    return sigmoid(np.asarray(X) @ np.asarray(w) + b)


def logistic_gradients(X, y, w, b):
    """Slopes of the mean cross-entropy. With z the score of a sample, the loss of that sample has slope p - y in z.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    y : ndarray of shape (N,)
    w : ndarray of shape (D,)
    b : float

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
    """One step against the slope: w - lr * dw and b - lr * db, as new values.

    Parameters
    ----------
    w : ndarray of shape (D,)
    b : float
    dw : ndarray of shape (D,)
    db, lr : float
    """
    return w - np.multiply(lr, dw), b - lr * db


def train_logistic(X, y, lr, epochs, w0=None, b0=0.0):
    """Batch gradient descent on one neuron; an epoch is one step with all the samples.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    y : ndarray of shape (N,)
    lr : float
    epochs : int
    w0 : ndarray of shape (D,), optional
    b0 : float

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


def diagnose(losses):
    """'diverging' if a loss is not finite or the last is above the first, 'slow' if it is above half of the first, else
    'good'.

    Parameters
    ----------
    losses : ndarray of shape (epochs + 1,)
    """
    losses = np.asarray(losses, float)
    first, last = losses[0], losses[-1]
    if not np.isfinite(losses).all() or last > first:
        return "diverging"
    return "slow" if last > first / 2 else "good"


my_lr = 1.0

answers = {1: "c", 2: "a", 3: "d", 4: "b", 5: "c", 6: "d", 7: "b", 8: "a"}
