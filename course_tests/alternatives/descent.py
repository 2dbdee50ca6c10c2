"""Right answers to 05_descent, written otherwise."""

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.activations import sigmoid
from course_tests.reference.descent import gd_step, logistic_forward, logistic_gradients
from course_tests.reference.losses import binary_cross_entropy

# ---------------------------------------------------------------- gradient_descent_1d


@alternative("gradient_descent_1d")
def path_in_an_array(grad, x0, lr, steps):
    path = np.zeros(steps + 1)
    path[0] = x0
    for k in range(steps):
        path[k + 1] = path[k] - lr * grad(path[k])
    return path


@alternative("gradient_descent_1d")
def path_as_a_list(grad, x0, lr, steps):
    x, path = x0, [x0]
    for _ in range(steps):
        x = x - lr * grad(x)
        path.append(x)
    return path


@alternative("gradient_descent_1d")
def path_by_accumulate(grad, x0, lr, steps):
    import itertools

    return np.fromiter(itertools.accumulate(range(steps), lambda x, _: x - lr * grad(x), initial=x0), float)


@alternative("gradient_descent_1d")
def path_that_looks_once_more(grad, x0, lr, steps):
    path = []
    for _ in range(steps + 1):
        path.append(x0)
        x0 = x0 - lr * grad(x0)
    return np.array(path, dtype=float)


@alternative("gradient_descent_1d")
def path_by_recursion(grad, x0, lr, steps):
    def rest(x, left):
        return [x] if left == 0 else [x] + rest(x - lr * grad(x), left - 1)

    return np.array(rest(x0, steps), float)


# ---------------------------------------------------------------- logistic_forward


@alternative("logistic_forward")
def forward_by_at(X, w, b):
    return sigmoid(X @ w + b)


@alternative("logistic_forward")
def forward_by_sums(X, w, b):
    return sigmoid((X * w).sum(axis=1) + b)


@alternative("logistic_forward")
def forward_by_transposes(X, w, b):
    return sigmoid(np.dot(w, X.T) + b)


@alternative("logistic_forward")
def forward_sample_by_sample(X, w, b):
    return np.array([float(sigmoid(np.dot(x, w) + b)) for x in X])


@alternative("logistic_forward")
def forward_by_tanh(X, w, b):
    return 0.5 + 0.5 * np.tanh(0.5 * (b + X.dot(w)))


@alternative("logistic_forward")
def forward_with_a_column_of_ones(X, w, b):
    with_ones = np.column_stack([X, np.ones(len(X))])
    return sigmoid(with_ones @ np.append(w, b))


# ---------------------------------------------------------------- logistic_gradients


@alternative("logistic_gradients")
def gradients_by_one_product(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return X.T @ error / len(y), error.mean()


@alternative("logistic_gradients")
def gradients_by_rows(X, y, w, b):
    n = X.shape[0]
    dz = (sigmoid(np.dot(X, w) + b) - y) / n
    return np.dot(dz, X), np.sum(dz)


@alternative("logistic_gradients")
def gradients_by_einsum(X, y, w, b):
    p = logistic_forward(X, w, b)
    return np.einsum("n,nd->d", p - y, X) / len(X), np.array(np.mean(p - y))


@alternative("logistic_gradients")
def gradients_weight_by_weight(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return [float(np.mean(error * X[:, j])) for j in range(X.shape[1])], float(np.mean(error))


@alternative("logistic_gradients")
def gradients_by_truth_minus_guess(X, y, w, b):
    missing = np.asarray(y) - sigmoid(X @ w + b)
    return [-(X * missing.reshape(-1, 1)).mean(axis=0), -missing.mean()]


@alternative("logistic_gradients")
def gradients_with_a_column_of_ones(X, y, w, b):
    with_ones = np.hstack([X, np.ones((len(X), 1))])
    slopes = with_ones.T @ (logistic_forward(X, w, b) - y) / len(X)
    return slopes[:-1], slopes[-1]


# ---------------------------------------------------------------- gd_step


@alternative("gd_step")
def step_by_two_lines(w, b, dw, db, lr):
    new_w = w - lr * dw
    new_b = b - lr * db
    return [new_w, new_b]


@alternative("gd_step")
def step_by_adding_the_negative(w, b, dw, db, lr):
    return w + (-lr) * dw, np.float64(b) + (-lr) * db


@alternative("gd_step")
def step_on_a_copy(w, b, dw, db, lr):
    w = np.array(w, dtype=float)
    w -= lr * np.asarray(dw)
    b -= lr * db
    return w, b


@alternative("gd_step")
def step_weight_by_weight(w, b, dw, db, lr):
    return [float(wi - lr * di) for wi, di in zip(w, dw)], b - lr * db


# ---------------------------------------------------------------- train_logistic


@alternative("train_logistic")
def train_with_a_list(X, y, lr, epochs, w0=None, b0=0.0):
    w = np.zeros(X.shape[1]) if w0 is None else w0
    b = b0
    losses = []
    for _ in range(epochs):
        losses.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
        dw, db = logistic_gradients(X, y, w, b)
        w, b = gd_step(w, b, dw, db, lr)
    p = logistic_forward(X, w, b)
    losses.append(binary_cross_entropy(y, p))
    return dict(w=w, b=b, loss=losses, acc=np.mean((p >= 0.5) == (y == 1)))


@alternative("train_logistic")
def train_in_place_on_a_copy(X, y, lr, epochs, w0=None, b0=0.0):
    w = np.zeros(X.shape[1])
    if w0 is not None:
        w += w0
    b = b0
    loss = np.zeros(epochs + 1)
    for epoch in range(epochs + 1):
        p = logistic_forward(X, w, b)
        loss[epoch] = binary_cross_entropy(y, p)
        if epoch < epochs:
            w -= lr * (X.T @ (p - y)) / len(y)
            b -= lr * np.mean(p - y)
    return {"w": w, "b": b, "loss": loss, "acc": sum(np.floor(p + 0.5) == y) / len(y)}


@alternative("train_logistic")
def train_with_the_loss_of_the_scores(X, y, lr, epochs, w0=None, b0=0.0):
    w = np.zeros(X.shape[1]) if w0 is None else np.copy(w0)
    b, loss = b0, np.empty(epochs + 1)
    for k in range(epochs):
        z = X @ w + b
        loss[k] = np.mean(np.logaddexp(0, z) - y * z)
        w, b = gd_step(w, b, *logistic_gradients(X, y, w, b), lr)
    z = X @ w + b
    loss[epochs] = np.mean(np.logaddexp(0, z) - y * z)
    return {"loss": loss, "acc": float(((z >= 0) == y).mean()), "w": w, "b": np.float64(b), "epochs": epochs}


@alternative("train_logistic")
def train_by_whiles(X, y, lr, epochs, w0=None, b0=0.0):
    import math

    weights = list(np.zeros(np.shape(X)[1])) if w0 is None else [float(v) for v in w0]
    bias, history = b0, []
    while len(history) <= epochs:
        p = [1 / (1 + math.exp(-max(-700, min(700, sum(a * c for a, c in zip(row, weights)) + bias)))) for row in X]
        safe = [min(max(v, 1e-12), 1 - 1e-12) for v in p]
        history.append(-sum(math.log(v) if label else math.log(1 - v) for v, label in zip(safe, y)) / len(y))
        if len(history) <= epochs:
            weights = [
                weights[j] - lr * sum((v - label) * row[j] for v, label, row in zip(p, y, X)) / len(y)
                for j in range(len(weights))
            ]
            bias = bias - lr * sum(v - label for v, label in zip(p, y)) / len(y)
    right = sum((v >= 0.5) == label for v, label in zip(p, y))
    return {"w": np.array(weights), "b": bias, "loss": np.array(history), "acc": right / len(y)}


# ---------------------------------------------------------------- diagnose


@alternative("diagnose")
def diagnose_step_by_step(losses):
    import math

    for loss in losses:
        if math.isnan(loss) or math.isinf(loss):
            return "diverging"
    if losses[-1] > losses[0]:
        return "diverging"
    if losses[-1] > 0.5 * losses[0]:
        return "slow"
    return "good"


@alternative("diagnose")
def diagnose_by_ratio(losses):
    ratio = losses[-1] / losses[0]
    if not np.all(np.isfinite(losses)) or ratio > 1:
        return "diverging"
    return "good" if ratio <= 0.5 else "slow"


@alternative("diagnose")
def diagnose_good_first(losses):
    losses = np.array(losses)
    fine = np.isfinite(losses).all()
    if fine and losses[-1] <= losses[0] / 2:
        return "good"
    elif fine and losses[-1] <= losses[0]:
        return "slow"
    else:
        return "diverging"


@alternative("diagnose")
def diagnose_by_the_sum(losses):
    if not np.isfinite(np.sum(losses)) or losses[0] < losses[-1]:
        return "diverging"
    return "slow" if losses[0] - losses[-1] < losses[0] / 2 else "good"


# ---------------------------------------------------------------- my_lr


@alternative("my_lr", value=True)
def a_careful_rate():
    return 0.3


@alternative("my_lr", value=True)
def a_bold_whole_number():
    return 50


@alternative("my_lr", value=True)
def a_rate_picked_from_an_array():
    return np.array([0.1, 0.8, 3.0])[1]
