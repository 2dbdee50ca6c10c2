"""Right answers to 03_activations, written otherwise."""

import numpy as np

from course_tests.bank import alternative


@alternative("sigmoid")
def sigmoid_by_tanh(z):
    return 0.5 * (1 + np.tanh(np.asarray(z) / 2))
