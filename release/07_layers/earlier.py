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


def tanh(z):
    """(exp(z) - exp(-z)) / (exp(z) + exp(-z)) = 2 * sigmoid(2z) - 1."""
    return np.tanh(np.asarray(z, float))


def relu(z):
    """max(z, 0)."""
    z = np.asarray(z, float)
    return np.where(z > 0, z, 0.0)
