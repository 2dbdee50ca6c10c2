"""How a neuron votes: activations, their slopes, and softmax.

z is the weighted sum (any shape); every function returns a new array of the same shape and leaves z as it was.
"""

import numpy as np


def sigmoid(z):
    """1 / (1 + exp(-z)), without overflow: exp is only ever taken of -|z|."""
    z = np.asarray(z, float)
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small))
