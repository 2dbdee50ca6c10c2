"""Mistakes that learners make in 03_activations."""

import numpy as np

from course_tests.bank import misconception


@misconception("sigmoid", caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
               hint="The exponent has lost its minus sign: sigmoid(2) must be above one half. Write exp(-z).")
def forgets_the_minus(z):
    return 1 / (1 + np.exp(z))


@misconception("sigmoid", caught_by=["test_sigmoid_craft"],
               hint="The values are right, but exp(-z) overflows at z = -1000. Take exp only of -|z|, which is never large.")
def overflows(z):
    return 1 / (1 + np.exp(-np.asarray(z, float)))
