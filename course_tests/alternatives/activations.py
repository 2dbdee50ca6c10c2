"""Right answers to 03_activations, written otherwise."""

import math

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.activations import ACTIVATIONS, elu, leaky_relu, relu, sigmoid, step, tanh

# ---------------------------------------------------------------- step


@alternative("step")
def step_as_votes(z):
    return np.asarray(z) >= 0


@alternative("step")
def step_by_heaviside(z):
    return np.heaviside(z, 1.0)


@alternative("step")
def step_times_one(z):
    return 1 * (z >= 0)


# ---------------------------------------------------------------- sigmoid


@alternative("sigmoid")
def sigmoid_by_tanh(z):
    return 0.5 * (1 + np.tanh(np.asarray(z) / 2))


@alternative("sigmoid")
def sigmoid_with_clip(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


@alternative("sigmoid")
def sigmoid_on_two_sides(z):
    small = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1 / (1 + small), small / (1 + small))


@alternative("sigmoid")
def sigmoid_by_masks(z):
    z = np.asarray(z, dtype=np.float64)
    out = np.empty_like(z)
    positive = z >= 0
    out[positive] = 1 / (1 + np.exp(-z[positive]))
    grown = np.exp(z[~positive])
    out[~positive] = grown / (1 + grown)
    return out


@alternative("sigmoid")
def sigmoid_one_score_at_a_time(z):
    def one(x):
        return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))

    return np.vectorize(one, otypes=[float])(z)


@alternative("sigmoid_derivative")
def slope_from_the_vote(z):
    a = 1 / (1 + np.exp(-np.clip(z, -500, 500)))
    return a * (1 - a)


@alternative("sigmoid_derivative")
def slope_by_the_even_formula(z):
    e = np.exp(-np.abs(z))
    return e / (1 + e) ** 2


@alternative("sigmoid_derivative")
def slope_by_a_tanh(z):
    return (1 - np.tanh(np.asarray(z) / 2) ** 2) / 4


# ---------------------------------------------------------------- tanh


@alternative("tanh")
def tanh_by_sigmoid(z):
    return 2 * sigmoid(2 * np.asarray(z)) - 1


@alternative("tanh")
def tanh_on_two_sides(z):
    e = np.exp(-2 * np.abs(z))
    return np.sign(z) * (1 - e) / (1 + e)


@alternative("tanh")
def tanh_with_clip(z):
    z = np.clip(z, -300, 300)
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


@alternative("tanh_derivative")
def slope_from_the_tanh_vote(z):
    return 1 - tanh(z) ** 2


@alternative("tanh_derivative")
def slope_by_two_factors(z):
    t = np.tanh(z)
    return (1 - t) * (1 + t)


@alternative("tanh_derivative")
def slope_by_sigmoid(z):
    s = sigmoid(2 * np.asarray(z))
    return 4 * s * (1 - s)


# ---------------------------------------------------------------- relu


@alternative("relu")
def relu_by_maximum(z):
    return np.maximum(0, z)


@alternative("relu")
def relu_by_mask(z):
    return z * (np.asarray(z) > 0)


@alternative("relu")
def relu_by_absolute_value(z):
    return (z + np.abs(z)) / 2


@alternative("relu")
def relu_by_clip(z):
    return np.clip(z, 0, None)


@alternative("relu")
def relu_on_a_copy(z):
    a = np.array(z)
    a[a < 0] = 0
    return a


@alternative("relu_derivative")
def relu_slope_as_a_mask(z):
    return np.asarray(z) > 0


@alternative("relu_derivative")
def relu_slope_with_one_at_zero(z):
    return np.where(np.asarray(z) >= 0, 1, 0)


@alternative("relu_derivative")
def relu_slope_by_heaviside(z):
    return np.heaviside(z, 0.5)


@alternative("relu_derivative")
def relu_slope_by_sign(z):
    return np.sign(relu(z))


# ---------------------------------------------------------------- leaky relu


@alternative("leaky_relu")
def leaky_by_two_parts(z, alpha=0.01):
    return np.maximum(z, 0) + alpha * np.minimum(z, 0)


@alternative("leaky_relu")
def leaky_by_its_slope(z, alpha=0.01):
    z = np.asarray(z)
    return z * np.where(z < 0, alpha, 1)


@alternative("leaky_relu")
def leaky_on_a_float_copy(z, alpha=0.01):
    a = np.array(z, dtype=float)
    a[a < 0] *= alpha
    return a


@alternative("leaky_relu_derivative")
def leaky_slope_by_sum(z, alpha=0.01):
    return alpha + (1 - alpha) * (np.asarray(z) > 0)


@alternative("leaky_relu_derivative")
def leaky_slope_with_one_at_zero(z, alpha=0.01):
    return np.where(np.asarray(z) < 0, alpha, 1)


@alternative("leaky_relu_derivative")
def leaky_slope_on_ones(z, alpha=0.01):
    slope = np.ones(np.shape(z))
    slope[np.asarray(z) < 0] = alpha
    return slope


# ---------------------------------------------------------------- elu


@alternative("elu")
def elu_by_two_parts(z, alpha=1.0):
    return np.maximum(z, 0) + alpha * (np.exp(np.minimum(z, 0)) - 1)


@alternative("elu")
def elu_by_masks(z, alpha=1.0):
    a = np.array(z, dtype=float)
    low = a < 0
    a[low] = alpha * (np.exp(a[low]) - 1)
    return a


@alternative("elu")
def elu_by_absolute_value(z, alpha=1.0):
    return np.where(np.asarray(z) >= 0, z, alpha * np.expm1(-np.abs(z)))


# ---------------------------------------------------------------- softmax


@alternative("softmax")
def softmax_minus_the_maximum(Z, axis=-1):
    e = np.exp(Z - np.max(Z, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@alternative("softmax")
def softmax_by_logarithms(Z, axis=-1):
    low = Z - Z.max(axis=axis, keepdims=True)
    return np.exp(low - np.log(np.exp(low).sum(axis=axis, keepdims=True)))


@alternative("softmax")
def softmax_along_the_last_axis(Z, axis=-1):
    Z = np.moveaxis(np.asarray(Z, float), axis, -1)
    e = np.exp(Z - Z.max(axis=-1)[..., None])
    return np.moveaxis(e / e.sum(axis=-1)[..., None], -1, axis)


@alternative("softmax")
def softmax_of_a_copy(Z, axis=-1):
    Z = np.array(Z, dtype=float)
    Z -= np.expand_dims(Z.max(axis=axis), axis)
    np.exp(Z, out=Z)
    Z /= np.expand_dims(Z.sum(axis=axis), axis)
    return Z


@alternative("broken_batch", value=True)
def two_rows_far_apart():
    return np.array([[0, 0], [1000, 1000]])


@alternative("broken_batch", value=True)
def lists_of_numbers():
    return [[800.0, 2.0, 1.0], [-5.0, 0.0, 3.0], [1.0, 1.0, 1.0]]


@alternative("broken_batch", value=True)
def many_rows():
    return np.random.default_rng(1).normal(size=(20, 4)) * np.linspace(1, 5000, 20)[:, None] - 900


# ---------------------------------------------------------------- linear_collapse


@alternative("linear_collapse")
def collapse_by_products(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2 + b2


@alternative("linear_collapse")
def collapse_by_dot(W1, b1, W2, b2):
    return [np.dot(W1, W2), np.dot(W2.T, b1) + b2]


@alternative("linear_collapse")
def collapse_by_einsum(W1, b1, W2, b2):
    return np.einsum("dh,hc->dc", W1, W2), np.einsum("h,hc->c", b1, W2) + b2


@alternative("linear_collapse")
def collapse_with_a_row_for_the_bias(W1, b1, W2, b2):
    with_bias = np.vstack([W1, b1]) @ W2
    return with_bias[:-1], with_bias[-1] + b2


# ---------------------------------------------------------------- dead_units


@alternative("dead_units")
def dead_if_all_silent(Z):
    return (Z <= 0).all(axis=0)


@alternative("dead_units")
def dead_if_none_fires(Z):
    return ~np.any(Z > 0, axis=0)


@alternative("dead_units")
def dead_if_relu_sums_to_zero(Z):
    return np.maximum(Z, 0).sum(axis=0) == 0


@alternative("dead_units")
def dead_by_a_loop(Z):
    return [all(z <= 0 for z in Z[:, unit]) for unit in range(Z.shape[1])]


# ---------------------------------------------------------------- Neuron


@alternative("Neuron")
class NeuronWithIfs:
    def __init__(self, n_inputs, activation, rng):
        if activation not in ("step", "sigmoid", "tanh", "relu", "leaky_relu", "elu"):
            raise ValueError("activation must be one of step, sigmoid, tanh, relu, leaky_relu, elu")
        self.name = activation
        self.w = rng.normal(0, 0.1, n_inputs)
        self.b = 0

    def forward(self, X):
        z = np.dot(X, self.w) + self.b
        if self.name == "step":
            return step(z)
        if self.name == "sigmoid":
            return sigmoid(z)
        if self.name == "tanh":
            return tanh(z)
        if self.name == "relu":
            return relu(z)
        if self.name == "leaky_relu":
            return leaky_relu(z)
        return elu(z)


@alternative("Neuron")
class NeuronThatKeepsTheFunction:
    def __init__(self, n_inputs, activation, rng):
        try:
            self.vote = ACTIVATIONS[activation]
        except KeyError:
            raise ValueError(f"choose one of {sorted(ACTIVATIONS)}") from None
        self.w = rng.uniform(-1, 1, size=(n_inputs,))
        self.b = np.float64(0.0)

    def forward(self, X):
        return self.vote((X * self.w).sum(axis=1) + self.b)


@alternative("Neuron")
class NeuronWithArrayBias:
    def __init__(self, n_inputs, activation, rng):
        if activation not in list(ACTIVATIONS):
            raise ValueError("I know " + " ".join(ACTIVATIONS))
        self.activation = ACTIVATIONS[activation]
        self.w = rng.standard_normal(n_inputs) / n_inputs
        self.b = np.zeros(())

    def forward(self, X):
        return np.array([float(self.activation(np.sum(x * self.w) + self.b)) for x in X])
