"""Right answers to 04_losses, written otherwise."""

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.activations import softmax
from course_tests.reference.losses import binary_cross_entropy, mean_squared_error, numerical_gradient

# ---------------------------------------------------------------- mean_squared_error, mean_absolute_error


@alternative("mean_squared_error")
def squares_that_assert_the_shapes(y_true, y_pred):
    assert y_true.shape == y_pred.shape, "the shapes differ"
    return np.mean((y_pred.astype(float) - y_true) ** 2)


@alternative("mean_squared_error")
def mean_squared_error_by_loop(y_true, y_pred):
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError("shapes differ")
    total, count = 0.0, 0
    for t, p in zip(np.ravel(y_true), np.ravel(y_pred)):
        total += (float(p) - float(t)) ** 2
        count += 1
    return total / count


@alternative("mean_squared_error")
def mean_squared_error_by_dot(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError(f"{y_true.shape} against {y_pred.shape}")
    error = np.subtract(y_true, y_pred, dtype=float).ravel()
    return error @ error / error.size


@alternative("mean_squared_error")
def mean_squared_error_as_an_array(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("y_true and y_pred must have the same shape")
    return np.array(np.square(y_true.astype(np.float64) - y_pred).mean())


@alternative("mean_absolute_error")
def mean_absolute_error_by_where(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    error = y_pred.astype(float) - y_true.astype(float)
    return np.where(error >= 0, error, -error).mean()


@alternative("mean_absolute_error")
def mean_absolute_error_by_loop(y_true, y_pred):
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError("shapes differ")
    errors = [abs(float(t) - float(p)) for t, p in zip(y_true.flat, y_pred.flat)]
    return sum(errors) / len(errors)


@alternative("mean_absolute_error")
def mean_absolute_error_by_square_root(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.mean(np.sqrt((y_pred.astype(float) - y_true) ** 2))


# ---------------------------------------------------------------- binary_cross_entropy


@alternative("binary_cross_entropy")
def binary_cross_entropy_with_a_wider_eps(y_true, y_prob, eps=1e-7):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(np.float64), eps, 1 - eps)
    return -(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)).mean()


@alternative("binary_cross_entropy")
def binary_cross_entropy_with_a_narrow_eps(y_true, y_prob, eps=1e-15):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.minimum(np.maximum(np.array(y_prob, dtype=float), eps), 1 - eps)
    return np.array(-np.mean(y_true * np.log(p) + (1 - y_true) * np.log1p(-p)))


@alternative("binary_cross_entropy")
def binary_cross_entropy_by_where(y_true, y_prob, eps=1e-12):
    if np.shape(y_true) != np.shape(y_prob):
        raise ValueError("shapes differ")
    p = np.clip(np.asarray(y_prob, dtype=float), eps, 1 - eps)
    return np.mean(-np.log(np.where(y_true == 1, p, 1 - p)))


@alternative("binary_cross_entropy")
def binary_cross_entropy_by_loop(y_true, y_prob, eps=1e-12):
    import math

    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    total = 0.0
    for y, p in zip(y_true, y_prob):
        p = min(max(float(p), eps), 1 - eps)
        total -= math.log(p) if y == 1 else math.log(1 - p)
    return total / len(y_true)


@alternative("binary_cross_entropy")
def binary_cross_entropy_by_dot(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob, eps, 1 - eps, dtype=float)
    return -(np.dot(y_true, np.log(p)) + np.dot(1 - y_true, np.log(1 - p))) / y_true.size


# ---------------------------------------------------------------- categorical_cross_entropy


@alternative("categorical_cross_entropy")
def categorical_cross_entropy_by_mask(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    chosen = y_prob.astype(float)[y_true == 1]
    return -np.log(np.maximum(chosen, 1e-15)).mean()


@alternative("categorical_cross_entropy")
def categorical_cross_entropy_by_argmax(y_true, y_prob):
    if np.shape(y_true) != np.shape(y_prob):
        raise ValueError("shapes differ")
    labels = np.argmax(y_true, axis=1)
    chosen = np.clip(np.asarray(y_prob, float)[np.arange(len(labels)), labels], 1e-7, 1)
    return -np.mean(np.log(chosen))


@alternative("categorical_cross_entropy")
def categorical_cross_entropy_row_by_row(y_true, y_prob):
    import math

    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    losses = []
    for truth, shares in zip(y_true, y_prob):
        losses.append(-sum(t * math.log(max(float(p), 1e-12)) for t, p in zip(truth, shares)))
    return np.mean(losses)


@alternative("categorical_cross_entropy")
def categorical_cross_entropy_by_sum_and_mean(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype("float64"), 1e-12, 1 - 1e-12)
    return -(y_true * np.log(p)).sum(axis=1).mean()


# ---------------------------------------------------------------- cross_entropy_with_logits


@alternative("cross_entropy_with_logits")
def cross_entropy_with_logits_by_row_maximum(y_true, logits):
    Z = logits - logits.max(axis=1, keepdims=True)
    log_shares = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return -log_shares[np.arange(len(y_true)), y_true].mean()


@alternative("cross_entropy_with_logits")
def cross_entropy_with_logits_by_one_hot(y_true, logits):
    m = logits.max(axis=1)
    total = m + np.log(np.sum(np.exp(logits - m[:, None]), axis=1))
    chosen = (np.eye(logits.shape[1])[y_true] * logits).sum(axis=1)
    return float(np.mean(total - chosen))


@alternative("cross_entropy_with_logits")
def cross_entropy_with_logits_row_by_row(y_true, logits):
    import math

    losses = []
    for label, z in zip(y_true, logits):
        top = max(z)
        losses.append(top + math.log(sum(math.exp(s - top) for s in z)) - z[label])
    return sum(losses) / len(losses)


# ---------------------------------------------------------------- gradients by formula


@alternative("mean_squared_error_gradient")
def mean_squared_error_gradient_by_loop(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    slopes = np.zeros(y_pred.shape)
    for index in np.ndindex(y_pred.shape):
        slopes[index] = 2 * (float(y_pred[index]) - float(y_true[index])) / y_pred.size
    return slopes


@alternative("mean_squared_error_gradient")
def mean_squared_error_gradient_of_the_error(y_true, y_pred):
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError("shapes differ")
    error = np.asarray(y_true, float) - y_pred
    return -2 / error.size * error


@alternative("mean_squared_error_gradient")
def mean_squared_error_gradient_measured(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return numerical_gradient(lambda p: mean_squared_error(y_true, p), y_pred, h=1e-3)


@alternative("binary_cross_entropy_gradient")
def binary_cross_entropy_gradient_in_two_terms(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), 1e-15, 1 - 1e-15)
    return (-y_true / p + (1 - y_true) / (1 - p)) / len(y_true)


@alternative("binary_cross_entropy_gradient")
def binary_cross_entropy_gradient_by_where(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(np.asarray(y_prob, dtype=float), 1e-7, 1 - 1e-7)
    return np.where(y_true == 1, -1 / p, 1 / (1 - p)) / p.size


@alternative("binary_cross_entropy_gradient")
def binary_cross_entropy_gradient_with_a_floor(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = y_prob.astype(np.float64)
    return (p - y_true) / np.maximum(p * (1 - p), 1e-12) / p.shape[0]


@alternative("softmax_cross_entropy_gradient")
def softmax_cross_entropy_gradient_subtracts_one(y_true, logits):
    shares = softmax(logits)
    shares[np.arange(len(y_true)), y_true] -= 1
    return shares / len(y_true)


@alternative("softmax_cross_entropy_gradient")
def softmax_cross_entropy_gradient_by_one_hot(y_true, logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (e / e.sum(axis=1, keepdims=True) - np.eye(logits.shape[1])[y_true]) / logits.shape[0]


@alternative("softmax_cross_entropy_gradient")
def softmax_cross_entropy_gradient_row_by_row(y_true, logits):
    rows = []
    for label, z in zip(y_true, logits):
        row = softmax(z)
        row[label] -= 1
        rows.append(row / len(y_true))
    return np.array(rows)


# ---------------------------------------------------------------- numerical_gradient, relative_error


@alternative("numerical_gradient")
def numerical_gradient_in_place_and_restored(f, x, h=1e-5):
    if x.dtype.kind != "f":
        x = x.astype(float)
    slopes = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        above = f(x)
        x[index] = kept - h
        below = f(x)
        x[index] = kept
        slopes[index] = (above - below) / (2 * h)
    return slopes


@alternative("numerical_gradient")
def numerical_gradient_steps_back_by_arithmetic(f, x, h=1e-5):
    x = x.astype(float)
    slopes = np.empty(x.shape)
    for index, _ in np.ndenumerate(x):
        x[index] += h
        above = f(x)
        x[index] -= 2 * h
        below = f(x)
        x[index] += h
        slopes[index] = (above - below) / (2 * h)
    return slopes


@alternative("numerical_gradient")
def numerical_gradient_with_a_longer_step(f, x, h=1e-4):
    slopes = np.zeros(x.shape)
    for i in range(x.size):
        up, down = np.array(x, dtype=float), np.array(x, dtype=float)
        up.flat[i] += h
        down.flat[i] -= h
        slopes.flat[i] = (f(up) - f(down)) / h / 2
    return slopes


@alternative("numerical_gradient")
def numerical_gradient_with_a_shorter_step(f, x, h=1e-6):
    x = np.asarray(x, float)
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([(f(x + s) - f(x - s)) / (2 * h) for s in steps]).reshape(x.shape)


@alternative("numerical_gradient")
def numerical_gradient_by_five_points(f, x, h=1e-5):
    x = np.asarray(x, float)
    slopes = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        e = np.zeros_like(x)
        e[index] = h
        slopes[index] = (8 * (f(x + e) - f(x - e)) - (f(x + 2 * e) - f(x - 2 * e))) / (12 * h)
    return slopes


@alternative("relative_error")
def relative_error_by_loop(a, b):
    worst = 0.0
    for x, y in zip(np.ravel(a), np.ravel(b)):
        worst = max(worst, abs(x - y) / max(1e-8, abs(x) + abs(y)))
    return worst


@alternative("relative_error")
def relative_error_with_an_added_guard(a, b):
    return np.max(np.abs(a - b) / (np.abs(a) + np.abs(b) + 1e-8))


@alternative("relative_error")
def relative_error_by_divide_where(a, b):
    size = np.abs(a) + np.abs(b)
    return np.divide(np.abs(a - b), size, out=np.zeros(size.shape), where=size > 1e-8).max()


# ---------------------------------------------------------------- chain


@alternative("chain")
def chain_one_gear_after_the_other(w, x):
    z = w * x
    p = 1 / (1 + np.exp(-z))
    score, vote, loss = x, p - p**2, -(p**-1)
    return score, vote, loss, score * (vote * loss)


@alternative("chain")
def chain_with_the_short_end(w, x):
    import math

    p = 0.5 + 0.5 * math.tanh(w * x / 2)
    return [float(x), p * (1 - p), -1.0 / p, (p - 1) * x]


# ---------------------------------------------------------------- my_tests


@alternative("my_tests")
def my_tests_beside_a_loss_by_hand(loss_fn):
    import math

    rng = np.random.default_rng(4)
    for n in (1, 2, 5):
        y, p = rng.integers(2, size=n), rng.uniform(0.1, 0.9, size=n)
        want = sum(-math.log(q) if label else -math.log(1 - q) for label, q in zip(y, p)) / n
        got = loss_fn(y, p)
        if not abs(got - want) < 1e-5:
            raise AssertionError(f"got {got}, want {want}")
    sure = loss_fn(np.array([1, 0]), np.array([0.0, 1.0]))
    assert np.isfinite(sure) and sure > 10, "wrong and sure"
    assert abs(loss_fn(np.array([1, 0]), np.array([1.0, 0.0]))) < 1e-5, "right and sure"


@alternative("my_tests")
def my_tests_beside_the_own_loss(loss_fn):
    y, p = np.array([1, 0, 0, 1, 0]), np.array([0.9, 0.3, 0.2, 0.6, 0.7])
    np.testing.assert_allclose(loss_fn(y, p), binary_cross_entropy(y, p), rtol=1e-5)
    wrong = float(loss_fn(np.array([0.0]), np.array([1.0])))
    assert wrong > 5
    assert wrong < 100
    assert loss_fn(np.array([0.0]), np.array([0.0])) < 0.001
    try:
        loss_fn(np.array([1.0, 0.0]), np.array([[0.5], [0.5]]))
    except ValueError:
        return True
    raise AssertionError("shapes differ, and nobody says so")


@alternative("my_tests")
def my_tests_by_properties(loss_fn):
    one, nil = np.array([1.0]), np.array([0.0])
    assert np.isclose(loss_fn(one, np.array([np.exp(-1)])), 1.0)
    assert np.isclose(loss_fn(nil, np.array([1 - np.exp(-2)])), 2.0)
    both = loss_fn(np.array([1.0, 0.0]), np.array([np.exp(-1), 1 - np.exp(-2)]))
    assert np.isclose(both, 1.5)
    for label, vote in ((one, nil), (nil, one)):
        loss = loss_fn(label, vote)
        assert np.isfinite(loss) and loss > 15
    assert abs(loss_fn(one, one)) < 1e-4 and abs(loss_fn(nil, nil)) < 1e-4
    return "all tests passed"


# ---------------------------------------------------------------- from the score


@alternative("binary_cross_entropy_with_logits")
def surprise_by_logaddexp(y_true, z):
    assert y_true.shape == z.shape, "the shapes differ"
    return np.logaddexp(0, np.where(y_true == 1, -z, z)).mean()


@alternative("binary_cross_entropy_with_logits")
def surprise_by_sign(y_true, z):
    if np.shape(y_true) != np.shape(z):
        raise ValueError("shapes differ")
    wrong_way = (1 - 2 * np.asarray(y_true)) * z  # above 0 where the vote is wrong
    return float(np.mean(np.clip(wrong_way, 0, None) + np.log1p(np.exp(-np.abs(z)))))


@alternative("binary_cross_entropy_with_logits")
def surprise_by_loop(y_true, z):
    if np.shape(y_true) != np.shape(z):
        raise ValueError("shapes differ")
    total = 0.0
    for label, score in zip(y_true, z):
        total += max(score, 0.0) + np.log1p(np.exp(-abs(score))) - label * score
    return total / len(z)


@alternative("softmax_jacobian")
def jacobian_by_loops(z):
    p = softmax(np.asarray(z, float))
    table = np.zeros((len(p), len(p)))
    for i in range(len(p)):
        for j in range(len(p)):
            table[i, j] = p[i] * (1 - p[i]) if i == j else -p[i] * p[j]
    return table


@alternative("softmax_jacobian")
def jacobian_by_broadcasting(z):
    e = np.exp(z - np.max(z))
    p = e / e.sum()
    return p[:, None] * np.eye(len(p)) - p[:, None] * p[None, :]


@alternative("softmax_jacobian")
def jacobian_with_its_diagonal_filled_in(z):
    p = softmax(np.asarray(z, float))
    table = -np.outer(p, p)
    np.fill_diagonal(table, p * (1 - p))
    return table
