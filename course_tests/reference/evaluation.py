"""How good is a committee, and what can one member never do: counts, splits, scaling, and two proofs.

Rows are samples. Functions that take truth and prediction take the truth first. No function changes its inputs.
"""

import numpy as np


def accuracy(y_true, y_pred):
    """Share of the predictions that are right. Both of shape (N,), N > 0; anything else would be compared by
    broadcasting.

    Parameters
    ----------
    y_true, y_pred : ndarray of shape (N,)
    """
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.ndim != 1 or y_true.shape != y_pred.shape:
        raise ValueError(f"y_true and y_pred must both have shape (N,); got {y_true.shape} and {y_pred.shape}")
    if not len(y_true):
        raise ValueError("no samples: the share of nothing is not a number")
    return float(np.mean(y_true == y_pred))


def confusion_matrix(y_true, y_pred, n_classes):
    """How often class i was called class j: shape (C, C), rows are the truth, columns the prediction.

    The pair (i, j) becomes the one number i * C + j, so that one count does all.

    Parameters
    ----------
    y_true, y_pred : ndarray of shape (N,)
    n_classes : int
    """
    pair = np.asarray(y_true, int) * n_classes + np.asarray(y_pred, int)
    return np.bincount(pair, minlength=n_classes**2).reshape(n_classes, n_classes)


def precision_recall_f1(y_true, y_pred):
    """TP / (TP + FP), TP / (TP + FN) and their harmonic mean 2 TP / (2 TP + FP + FN); 0.0 where that is 0 / 0.

    Parameters
    ----------
    y_true, y_pred : ndarray of shape (N,)
    """
    (_, false_positive), (false_negative, true_positive) = confusion_matrix(y_true, y_pred, 2)

    def share(part, whole):
        return float(part / whole) if whole else 0.0

    return (
        share(true_positive, true_positive + false_positive),
        share(true_positive, true_positive + false_negative),
        share(2 * true_positive, 2 * true_positive + false_positive + false_negative),
    )


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
    X_train, y_train, X_val, y_val, X_test, y_test : ndarrays of shape (n, ...) and (n,)
    """
    if not np.isclose(sum(fractions), 1):
        raise ValueError(f"the fractions must sum to 1; {fractions} sum to {sum(fractions)}")
    train, validation = (round(fraction * len(X)) for fraction in fractions[:2])
    parts = np.split(rng.permutation(len(X)), [train, train + validation])
    return tuple(array[part] for part in parts for array in (X, y))


def fit_scaler(X):
    """Mean and standard deviation (over N, not N - 1) of each column, both (D,); 1 instead of the deviation of a
    constant column.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    """
    mu = np.mean(X, axis=0)
    sd = np.sqrt(np.mean((X - mu) ** 2, axis=0))
    return mu, np.where(sd > 1e-12, sd, 1.0)


def apply_scaler(X, mu, sd):
    """(X - mu) / sd, column by column, with numbers that were fitted elsewhere.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    mu, sd : ndarray of shape (D,)
    """
    return (X - mu) / sd


def scale_splits(X_train, X_val, X_test):
    """All three parts, scaled with what the training part alone says.

    Parameters
    ----------
    X_train : ndarray of shape (N_train, D)
    X_val : ndarray of shape (N_val, D)
    X_test : ndarray of shape (N_test, D)
    """
    mu, sd = fit_scaler(X_train)
    return tuple(apply_scaler(X, mu, sd) for X in (X_train, X_val, X_test))


def saliency(x, w):
    """|w_i x_i|: how much each pixel weighed in the score, whichever way it pulled. Shape of x.

    Parameters
    ----------
    x, w : ndarray of shape (D,)
    """
    return np.abs(np.multiply(w, x, dtype=float))


def best_linear_accuracy():
    """The largest share of the six clean lines that one neuron gets right.

    The weights "all of the bottom row" give every vertical line 1 and two horizontal lines 0, so five are right with b
    = -1/2.
    Six cannot be: see non_separable_certificate.
    """
    w, b = np.repeat([0.0, 0.0, 1.0], 3), -0.5
    votes = np.concatenate([_vertical_lines(), _horizontal_lines()]) @ w + b > 0
    return accuracy([1, 1, 1, 0, 0, 0], votes)


def non_separable_certificate():
    """Weights alpha_v (3,) and alpha_h (3,) that mix the vertical lines and the horizontal lines into one and the same
    image.

    Pixel (r, c) of the mixtures is alpha_v[c] and alpha_h[r]: equal for all r and c only if all six are equal.
    """
    return np.full(3, 1 / 3), np.full(3, 1 / 3)


def xor_certificate():
    """The same for XOR: alpha_1 (2,) mixes (0, 1) and (1, 0), alpha_0 (2,) mixes (0, 0) and (1, 1), both into (1/2,
    1/2).
    """
    return np.full(2, 1 / 2), np.full(2, 1 / 2)


def roc_auc(y_true, score):
    """How often a positive sample has the higher score than a negative one, over all such pairs; a tie counts one half.

    Parameters
    ----------
    y_true, score : ndarray of shape (N,)
    """
    y_true, score = np.asarray(y_true), np.asarray(score, float)
    lead = score[y_true == 1][:, None] - score[y_true == 0]
    if not lead.size:
        raise ValueError("both classes are needed: there is no pair to compare")
    return float(np.mean((np.sign(lead) + 1) / 2))


def _vertical_lines():
    return np.tile(np.eye(3), (1, 3))


def _horizontal_lines():
    return np.repeat(np.eye(3), 3, axis=1)


answers = {1: "b", 2: "d", 3: "a", 4: "c", 5: "a", 6: "d", 7: "b", 8: "c"}
