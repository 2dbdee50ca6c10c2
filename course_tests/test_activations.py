"""Hidden tests of 03_activations. See checks.py for what each check says when it fails."""

import numpy as np

from course_tests.checks import (
    assert_agrees,
    assert_leaves_inputs_alone,
    assert_no_warnings,
    graded,
    require,
    rngs,
)


@graded
def test_sigmoid_basic(sigmoid):
    """sigmoid(0) is one half, and ordinary scores are squeezed between 0 and 1"""
    assert_agrees(sigmoid, np.array([0.0, 2.0, -2.0]))
    for rng in rngs():
        assert_agrees(sigmoid, rng.normal(0, 2, size=7))
        assert_agrees(sigmoid, rng.normal(0, 2, size=(4, 3)))


@graded
def test_sigmoid_is_stable(sigmoid):
    """sigmoid stays finite and between 0 and 1 for very large inputs, and sigmoid(-z) = 1 - sigmoid(z)"""
    assert_agrees(sigmoid, np.array([-1000.0, -50.0, 0.0, 50.0, 1000.0]))
    assert_agrees(sigmoid, np.array([-3, 0, 3]))  # integers
    assert_agrees(sigmoid, 1.5)
    z = rngs(1)[0].normal(0, 3, size=50)
    s, mirrored = np.asarray(sigmoid(z)), np.asarray(sigmoid(-z))
    require(np.allclose(mirrored, 1 - s), f"sigmoid(-z) must be 1 - sigmoid(z); for z = {z[0]:.3g} you gave {mirrored[0]:.3g} and {s[0]:.3g}.")


@graded
def test_sigmoid_craft(sigmoid):
    """sigmoid leaves its input alone and does not overflow on the way"""
    assert_leaves_inputs_alone(sigmoid, np.array([[-1.0, 2.0], [0.5, -3.0]]))
    assert_no_warnings(sigmoid, np.array([-1000.0, 1000.0]), look="Take exp only of -|z|, which is never large.")
