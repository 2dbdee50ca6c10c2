"""Right answers to 02_neuron, written otherwise."""

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.neuron import perceptron_predict, perceptron_update, weighted_sum, weighted_sums

# ---------------------------------------------------------------- weighted_sum


@alternative("weighted_sum")
def weighted_sum_by_a_loop(x, w, b):
    if len(x) != len(w):
        raise ValueError("x and w must have the same length")
    z = b
    for k in range(len(x)):
        z = z + w[k] * x[k]
    return z


@alternative("weighted_sum")
def weighted_sum_by_product_and_sum(x, w, b):
    return (x * w).sum() + b


@alternative("weighted_sum")
def weighted_sum_as_plain_float(x, w, b):
    return float(w @ x + b)


@alternative("weighted_sum")
def weighted_sum_as_array_without_axes(x, w, b):
    return np.einsum("i,i->", x, w) + np.array(b)


@alternative("weighted_sum")
def weighted_sum_with_the_bias_as_one_more_weight(x, w, b):
    return np.append(x, 1.0) @ np.append(w, b)


# ---------------------------------------------------------------- weighted_sums


@alternative("weighted_sums")
def weighted_sums_by_broadcasting(X, w, b):
    return np.sum(X * w, axis=1) + b


@alternative("weighted_sums")
def weighted_sums_by_einsum(X, w, b):
    return np.einsum("nd,d->n", X, w) + b


@alternative("weighted_sums")
def weighted_sums_from_the_other_side(X, w, b):
    return w @ X.T + b


@alternative("weighted_sums")
def weighted_sums_by_a_loop_over_features(X, w, b):
    z = np.full(len(X), b, dtype=float)
    for k in range(len(w)):
        z += X[:, k] * w[k]
    return z


@alternative("weighted_sums")
def weighted_sums_by_way_of_a_column(X, w, b):
    return (X @ w.reshape(-1, 1) + b).ravel()


# ---------------------------------------------------------------- SimpleNeuron


@alternative("SimpleNeuron")
class neuron_that_computes_by_itself:
    def __init__(self, n_inputs, rng):
        self.n_inputs = n_inputs
        self.w = rng.normal(0.0, 1.0, size=(n_inputs,))
        self.b = 0

    def set_weights(self, w, b):
        w = np.asarray(w)
        if w.shape != (self.n_inputs,):
            raise ValueError("wrong shape")
        self.w = w.copy()
        self.b = b

    def forward(self, X):
        return np.sum(X * self.w, axis=1) + self.b


@alternative("SimpleNeuron")
class neuron_that_fills_its_own_array:
    def __init__(self, n_inputs, rng):
        self.w = np.array([rng.normal() for _ in range(n_inputs)])
        self.b = np.zeros(())

    def set_weights(self, w, b):
        if w.ndim != 1 or len(w) != len(self.w):
            raise ValueError(f"{len(self.w)} weights are needed")
        self.w[:] = w
        self.b = np.float64(b)

    def forward(self, X):
        return [weighted_sum(x, self.w, self.b) for x in X]


@alternative("SimpleNeuron")
class neuron_that_checks_only_the_length:
    def __init__(self, n_inputs, rng):
        self.w, self.b = rng.standard_normal(n_inputs), 0.0

    def set_weights(self, w, b):
        if len(w) != len(self.w):
            raise ValueError("wrong length")
        self.w, self.b = 1.0 * w, 1.0 * b

    def forward(self, X):
        return weighted_sums(X, self.w, self.b)


# ---------------------------------------------------------------- vertical_detector


@alternative("vertical_detector")
def detector_with_a_threshold():
    return np.array([0, 1, 0, 0, 0, 0, 0, 1, 0]), -1


@alternative("vertical_detector")
def detector_with_other_corners_and_centre():
    return np.array([0.3, 2.0, -0.5, -1.5, 4.0, -1.5, 0.2, 2.0, 0.4]), -4.5


@alternative("vertical_detector")
def detector_as_a_list():
    w = [0, 1, 0, -1, 0, -1, 0, 1, 0]
    return w, 0


@alternative("vertical_detector")
def detector_that_only_distrusts_the_horizontal():
    w = np.array([[0, 0, 0], [-1, 0, -1], [0, 0, 0]])
    return w.flatten(), 1.0


@alternative("vertical_detector")
def detector_from_the_pictures():
    vertical, horizontal = np.zeros((3, 3)), np.zeros((3, 3))
    vertical[:, 1] = 1
    horizontal[1, :] = 1
    return 0.5 * (vertical - horizontal).ravel(), np.array(0.0)


# ---------------------------------------------------------------- perceptron_predict


@alternative("perceptron_predict")
def predict_as_bools(X, w, b):
    return X @ w + b >= 0


@alternative("perceptron_predict")
def predict_as_floats(X, w, b):
    return np.where(weighted_sums(X, w, b) < 0, 0.0, 1.0)


@alternative("perceptron_predict")
def predict_by_heaviside(X, w, b):
    return np.heaviside(X @ w + b, 1)


@alternative("perceptron_predict")
def predict_as_a_list(X, w, b):
    votes = []
    for x in X:
        if weighted_sum(x, w, b) >= 0:
            votes.append(1)
        else:
            votes.append(0)
    return votes


@alternative("perceptron_predict")
def predict_by_filling_zeros(X, w, b):
    votes = np.zeros(len(X), dtype=int)
    votes[weighted_sums(X, w, b) >= 0] = 1
    return votes


# ---------------------------------------------------------------- perceptron_update


@alternative("perceptron_update")
def update_with_three_cases(x, y, w, b, lr=1.0):
    z = weighted_sum(x, w, b)
    if y == 1 and z < 0:
        return w + lr * x, b + lr
    if y == 0 and z >= 0:
        return w - lr * x, b - lr
    return w, b


@alternative("perceptron_update")
def update_on_copies(x, y, w, b, lr=1.0):
    w = w.copy()
    p = perceptron_predict(x.reshape(1, -1), w, b)[0]
    w += lr * (y - p) * x
    b += lr * (y - p)
    return w, b


@alternative("perceptron_update")
def update_as_a_list_of_two(x, y, w, b, lr=1.0):
    vote = 1.0 if np.sum(x * w) + b >= 0 else 0.0
    error = vote - y
    return [w - lr * error * x, np.float64(b - lr * error)]


@alternative("perceptron_update")
def update_of_one_long_vector(x, y, w, b, lr=1.0):
    v, one_more = np.append(w, b).astype(float), np.append(x, 1.0)
    v = v + lr * (y - int(v @ one_more >= 0)) * one_more
    return v[:-1], v[-1]


# ---------------------------------------------------------------- perceptron_train


@alternative("perceptron_train")
def train_in_a_while_loop(X, y, rng, max_epochs):
    w, b = np.zeros(X.shape[1]), 0
    errors, epoch, wrong = [], 0, 1
    while wrong > 0 and epoch < max_epochs:
        wrong = 0
        for i in rng.permutation(len(y)):
            new_w, new_b = perceptron_update(X[i], y[i], w, b)
            if new_b != b:
                wrong += 1
            w, b = new_w, new_b
        errors.append(wrong)
        epoch += 1
    return w, b, np.array(errors)


@alternative("perceptron_train")
def train_on_shuffled_copies(X, y, rng, max_epochs):
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for _ in range(max_epochs):
        order = np.arange(len(X))
        rng.shuffle(order)
        mistakes = 0
        for x, label in zip(X[order], y[order]):
            vote = perceptron_predict(x[None, :], w, b)[0]
            if vote != label:
                mistakes += 1
                sign = 1 if label == 1 else -1
                w = w + sign * x
                b = b + sign
        errors.append(mistakes)
        if mistakes == 0:
            break
    return w, b, errors


@alternative("perceptron_train")
def train_in_place_on_its_own_weights(X, y, rng, max_epochs):
    n, d = X.shape
    w, b, errors = np.zeros(d), np.zeros(()), []
    for epoch in range(max_epochs):
        count = 0.0
        for i in rng.choice(n, size=n, replace=False):
            error = y[i] - (1.0 if X[i] @ w + b >= 0 else 0.0)
            w += error * X[i]
            b += error
            count += abs(error)
        errors += [count]
        if not count:
            return w, b, errors
    return w, b, errors
