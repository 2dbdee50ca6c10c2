"""Right answers to 06_evaluation, written otherwise."""

import numpy as np

from course_tests.bank import alternative


@alternative("accuracy")
def accuracy_by_counting(y_true, y_pred):
    if np.shape(y_true) != np.shape(y_pred) or np.ndim(y_true) != 1 or len(y_true) == 0:
        raise ValueError("two arrays of shape (N,), please")
    right = 0
    for t, p in zip(y_true, y_pred):
        if t == p:
            right += 1
    return right / len(y_true)


@alternative("accuracy")
def accuracy_as_a_small_array(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError(f"shapes {y_true.shape} and {y_pred.shape} differ")
    if y_true.size == 0:
        raise ValueError("empty")
    return np.array((y_true == y_pred).sum() / y_true.size)


@alternative("accuracy")
def accuracy_from_mistakes(y_true, y_pred):
    if not len(y_true) or y_true.shape != y_pred.shape:
        raise ValueError("shapes")
    return 1 - np.count_nonzero(y_true != y_pred) / len(y_true)


@alternative("confusion_matrix")
def confusion_by_add_at(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(M, (y_true.astype(int), y_pred.astype(int)), 1)
    return M


@alternative("confusion_matrix")
def confusion_by_one_hot_product(y_true, y_pred, n_classes):
    eye = np.eye(n_classes)
    return eye[y_true.astype(int)].T @ eye[y_pred.astype(int)]


@alternative("confusion_matrix")
def confusion_as_list_of_lists(y_true, y_pred, n_classes):
    M = [[0] * n_classes for _ in range(n_classes)]
    for t, p in zip(y_true, y_pred):
        M[int(t)][int(p)] += 1
    return M


@alternative("confusion_matrix")
def confusion_by_asking_each_cell(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes))
    for i in range(n_classes):
        for j in range(n_classes):
            M[i, j] = ((y_true == i) & (y_pred == j)).sum()
    return M


@alternative("confusion_matrix")
def confusion_by_loop_over_samples(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes), int)
    for k in range(len(y_true)):
        M[int(y_true[k]), int(y_pred[k])] += 1
    return M


@alternative("precision_recall_f1")
def shares_with_a_floor_under_the_divisor(y_true, y_pred):
    tp = np.sum((y_true == 1) & (y_pred == 1))
    p = tp / max(1, np.sum(y_pred == 1))
    r = tp / max(1, np.sum(y_true == 1))
    f1 = 0.0 if p + r == 0 else 2 * p * r / (p + r)
    return np.array([p, r, f1])


@alternative("precision_recall_f1")
def shares_with_a_tiny_number(y_true, y_pred):
    y_true, y_pred = y_true.astype(float), y_pred.astype(float)
    tp = y_true @ y_pred
    p, r = tp / (y_pred.sum() + 1e-12), tp / (y_true.sum() + 1e-12)
    return [p, r, 2 * p * r / (p + r + 1e-12)]


@alternative("precision_recall_f1")
def shares_by_counting(y_true, y_pred):
    tp = fp = fn = 0
    for t, p in zip(y_true, y_pred):
        if p and t:
            tp += 1
        elif p:
            fp += 1
        elif t:
            fn += 1
    try:
        precision = tp / (tp + fp)
    except ZeroDivisionError:
        precision = 0.0
    try:
        recall = tp / (tp + fn)
    except ZeroDivisionError:
        recall = 0.0
    if tp == 0:
        return precision, recall, 0.0
    return precision, recall, 2 / (1 / precision + 1 / recall)


@alternative("train_val_test_split")
def split_at_cumulative_borders(X, y, fractions, rng):
    if not 0.999999 < sum(fractions) < 1.000001:
        raise ValueError("fractions must sum to 1")
    order = np.arange(len(X))
    rng.shuffle(order)
    first, second = np.rint(np.cumsum(fractions)[:2] * len(X)).astype(int)
    a, b, c = order[:first], order[first:second], order[second:]
    return X[a], y[a], X[b], y[b], X[c], y[c]


@alternative("train_val_test_split")
def split_mixed_copies(X, y, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-6:
        raise ValueError("fractions must sum to 1")
    order = np.argsort(rng.random(len(X)))
    X, y = X[order], y[order]
    n_train = int(round(fractions[0] * len(X)))
    n_val = int(round(fractions[1] * len(X)))
    return [
        X[:n_train],
        y[:n_train],
        X[n_train : n_train + n_val],
        y[n_train : n_train + n_val],
        X[n_train + n_val :],
        y[n_train + n_val :],
    ]


@alternative("train_val_test_split")
def split_with_choice(X, y, fractions, rng):
    if not np.isclose(np.sum(fractions), 1.0):
        raise ValueError("fractions must sum to 1")
    n = len(X)
    order = rng.choice(n, size=n, replace=False)
    n_test = n - round(fractions[0] * n) - round(fractions[1] * n)
    test, order = order[:n_test], order[n_test:]
    n_val = round(fractions[1] * n)
    val, train = order[:n_val], order[n_val:]
    return X[train], y[train], X[val], y[val], X[test], y[test]


@alternative("fit_scaler")
def fit_by_numpy(X):
    sd = X.std(axis=0)
    return X.mean(axis=0), np.where(sd == 0, 1, sd)


@alternative("fit_scaler")
def fit_column_by_column(X):
    mu, sd = [], []
    for column in X.T:
        m = sum(float(v) for v in column) / len(column)
        s = (sum((float(v) - m) ** 2 for v in column) / len(column)) ** 0.5
        mu.append(m)
        sd.append(s if s > 0 else 1.0)
    return mu, sd


@alternative("fit_scaler")
def fit_by_the_mean_of_squares(X):
    X = X.astype(float)
    mu = X.mean(0)
    sd = np.sqrt(np.maximum((X**2).mean(0) - mu**2, 0))
    sd[sd < 1e-9] = 1.0
    return mu, sd


@alternative("apply_scaler")
def apply_row_by_row(X, mu, sd):
    return np.array([(row - mu) / sd for row in X])


@alternative("apply_scaler")
def apply_on_a_copy(X, mu, sd):
    Z = np.array(X, dtype=float)
    Z -= mu
    Z /= sd
    return Z


@alternative("apply_scaler")
def apply_as_a_line(X, mu, sd):
    return X * (1 / sd) - mu / sd


@alternative("scale_splits")
def scale_splits_without_helpers(X_train, X_val, X_test):
    mu, sd = X_train.mean(axis=0), X_train.std(axis=0)
    sd = np.where(sd > 0, sd, 1)
    return [(X_train - mu) / sd, (X_val - mu) / sd, (X_test - mu) / sd]


@alternative("scale_splits")
def scale_splits_in_one_pile(X_train, X_val, X_test):
    pile = np.concatenate([X_train, X_val, X_test])
    n, m = len(X_train), len(X_train) + len(X_val)
    pile = (pile - pile[:n].mean(axis=0)) / pile[:n].std(axis=0)
    return pile[:n], pile[n:m], pile[m:]


@alternative("saliency")
def saliency_by_two_sizes(x, w):
    return np.abs(x) * np.abs(w)


@alternative("saliency")
def saliency_by_a_list(x, w):
    return [abs(a * b) for a, b in zip(x, w)]


@alternative("saliency")
def saliency_by_where(x, w):
    product = x * w
    return np.where(product < 0, -product, product)


@alternative("best_linear_accuracy")
def best_by_thought():
    return 5 / 6


@alternative("best_linear_accuracy")
def best_by_column_and_row_sums():
    import itertools

    best = 0
    # A neuron sees a vertical line as the sum of a column of its weights, a horizontal one as the sum of a row; both
    # sum to the same total.
    for c in itertools.product((-1, 0, 1), repeat=3):
        for r in itertools.product((-1, 0, 1), repeat=2):
            rows = (*r, sum(c) - sum(r))
            for b in (-1.5, -0.5, 0.5, 1.5):
                right = sum(s + b > 0 for s in c) + sum(s + b <= 0 for s in rows)
                best = max(best, right)
    return np.float64(best / 6)


@alternative("best_linear_accuracy")
def best_by_random_search():
    rng = np.random.default_rng(0)
    lines = np.concatenate([np.tile(np.eye(3), (1, 3)), np.repeat(np.eye(3), 3, axis=1)])
    scores = lines @ rng.normal(size=(9, 3000)) + rng.normal(size=3000)
    return np.mean((scores > 0) == np.array([1, 1, 1, 0, 0, 0])[:, None], axis=0).max()


@alternative("non_separable_certificate")
def certificate_by_linear_equations():
    # alpha_v @ V - alpha_h @ H = 0 for nine pixels, and each sum is 1
    V, H = np.tile(np.eye(3), (1, 3)), np.repeat(np.eye(3), 3, axis=1)
    A = np.vstack([np.hstack([V.T, -H.T]), [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]])
    alphas = np.linalg.lstsq(A, np.append(np.zeros(9), [1, 1]), rcond=None)[0]
    return alphas[:3], alphas[3:]


@alternative("non_separable_certificate")
def certificate_as_lists():
    return [1 / 3, 1 / 3, 1 / 3], [1 / 3, 1 / 3, 1 / 3]


@alternative("non_separable_certificate")
def certificate_with_the_rest_for_the_last():
    alpha = np.array([1 / 3, 1 / 3, 1 - 2 / 3])
    return alpha, alpha


@alternative("xor_certificate")
def xor_as_lists():
    return [0.5, 0.5], [0.5, 0.5]


@alternative("xor_certificate")
def xor_by_one_array():
    return np.ones((2, 2)) / 2


@alternative("roc_auc")
def auc_by_two_loops(y_true, score):
    positive = [s for t, s in zip(y_true, score) if t == 1]
    negative = [s for t, s in zip(y_true, score) if t == 0]
    if len(positive) == 0 or len(negative) == 0:
        raise ValueError("both classes are needed")
    won = 0.0
    for p in positive:
        for n in negative:
            won += 1.0 if p > n else 0.5 if p == n else 0.0
    return won / (len(positive) * len(negative))


@alternative("roc_auc")
def auc_under_the_curve(y_true, score):
    n_pos, n_neg = np.sum(y_true == 1), np.sum(y_true == 0)
    if n_pos * n_neg == 0:
        raise ValueError("both classes are needed")
    recall, alarms = [0.0], [0.0]
    for threshold in np.unique(score)[::-1]:
        recall.append(np.sum((score >= threshold) & (y_true == 1)) / n_pos)
        alarms.append(np.sum((score >= threshold) & (y_true == 0)) / n_neg)
    return sum((alarms[k + 1] - alarms[k]) * (recall[k + 1] + recall[k]) / 2 for k in range(len(recall) - 1))


@alternative("roc_auc")
def auc_by_mean_ranks(y_true, score):
    values, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n_pos, n_neg = np.sum(y_true == 1), np.sum(y_true == 0)
    if n_pos == 0 or n_neg == 0:
        raise ValueError("both classes are needed")
    return (ranks[y_true == 1].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg)
