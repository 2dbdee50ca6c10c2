"""Pixels as numbers: lines, noise, light, scaling, the dot product as agreement, and many members at once.

An image is an array of shape (H, W) with pixels from 0 (black) to 1 (white). Rows are samples. No function changes its
inputs.
"""

import numpy as np


def make_line(kind, index, size=3):
    """A line of ones on zeros, of shape (size, size): column `index` if vertical, row `index` if horizontal.

    Parameters
    ----------
    kind : str
    index, size : int
    """
    if kind not in ("vertical", "horizontal"):
        raise ValueError(f"kind must be 'vertical' or 'horizontal', not {kind!r}")
    vertical = np.tile(np.eye(size)[index], (size, 1))
    return vertical if kind == "vertical" else vertical.T.copy()


def add_noise(img, sigma, rng):
    """Normal noise of standard deviation `sigma`, a fresh number for each pixel, clipped to [0, 1].

    Parameters
    ----------
    img : ndarray of shape (H, W)
    sigma : float
    rng : numpy.random.Generator
    """
    return np.clip(img + sigma * rng.standard_normal(np.shape(img)), 0, 1)


def brighten(img, k):
    """k times the image, clipped to [0, 1]; in floats, so that bytes cannot wrap around.

    Parameters
    ----------
    img : ndarray of shape (H, W)
    k : float
    """
    return np.clip(np.multiply(img, k, dtype=float), 0, 1)


def flatten_images(imgs):
    """(N, H, W) to (N, H * W): every image row by row in one line.

    Parameters
    ----------
    imgs : ndarray of shape (N, H, W)
    """
    return np.reshape(imgs, (len(imgs), -1))


def min_max_scale(x):
    """(x - min) / (max - min) over the whole array; zeros where max = min.

    Parameters
    ----------
    x : ndarray of any shape
    """
    x = np.asarray(x, float)
    span = np.ptp(x)
    return (x - x.min()) / span if span > 0 else np.zeros_like(x)


def standardize(X):
    """Each column minus its mean, divided by its standard deviation (over N, not N - 1); a constant column becomes
    zeros.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    """
    centred = np.asarray(X, float) - np.mean(X, axis=0)
    std = np.sqrt(np.mean(centred**2, axis=0))
    return np.divide(centred, std, out=np.zeros_like(centred), where=std > 1e-12)


def dot(a, b):
    """Sum of a_i b_i, by a loop on purpose.

    Parameters
    ----------
    a, b : ndarray of shape (D,)
    """
    return float(sum(x * y for x, y in zip(a, b, strict=True)))  # strict: ValueError if the lengths differ


def matmul(A, B):
    """(M, K) times (K, P): entry [i, j] is row i of A dot column j of B.

    Parameters
    ----------
    A : ndarray of shape (M, K)
    B : ndarray of shape (K, P)
    """
    return np.array([[dot(row, column) for column in np.transpose(B)] for row in A])


def make_lines(n, rng, positions=(0, 1, 2), noise=0.0):
    """n flat images, half vertical (label 1) and half horizontal (label 0), in mixed order.

    Parameters
    ----------
    n : int
    rng : numpy.random.Generator
    positions : sequence of int
    noise : float
    """
    y = rng.permutation(np.arange(n) % 2)
    X = [
        add_noise(make_line("vertical" if label else "horizontal", rng.choice(positions)), noise, rng).ravel()
        for label in y
    ]
    return np.array(X), y


my_detector = np.array([0.0, 1, 0, -1, 0, -1, 0, 1, 0])

answers = {1: "b", 2: "d", 3: "a", 4: "c", 5: "d", 6: "b", 7: "c", 8: "a"}
