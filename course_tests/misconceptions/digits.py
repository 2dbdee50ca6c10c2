"""Mistakes that learners make in 10_digits."""

import copy

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference import digits as reference
from course_tests.reference.activations import softmax
from course_tests.reference.digits import (
    fit,
    minibatches,
    network_gradients,
    network_loss,
    new_network,
    predict,
    softmax_cross_entropy,
    train_epoch,
)

ONE_HOT = ["test_one_hot_basic", "test_one_hot_any_labels", "test_one_hot_craft"]
PILES = ["test_minibatches_basic", "test_minibatches_new_order_each_epoch", "test_minibatches_craft"]
STEPS = ["test_steps_per_epoch_basic", "test_steps_per_epoch_edges", "test_steps_per_epoch_craft"]
SLOPES = ["test_network_gradients_basic", "test_network_gradients_are_slopes", "test_network_gradients_craft"]
GRADS = [
    "test_softmax_regression_grads_basic",
    "test_softmax_regression_grads_are_slopes",
    "test_softmax_regression_grads_craft",
]
EPOCH = ["test_train_epoch_basic", "test_train_epoch_any_batches", "test_train_epoch_craft"]
FIT = ["test_fit_basic", "test_fit_never_learns_from_validation", "test_fit_craft"]
PREDICT = ["test_predict_basic", "test_predict_any_net", "test_predict_craft"]
CONFUSED = ["test_most_confused_basic", "test_most_confused_any_report", "test_most_confused_craft"]
READER = ["test_train_reader_linear", "test_train_reader_hidden_layer", "test_train_reader_craft"]
IDX = ["test_decode_idx_basic", "test_decode_idx_refuses_damaged_files", "test_decode_idx_craft"]


# ---------------------------------------------------------------- one_hot


@misconception(
    "one_hot",
    caught_by=ONE_HOT[:2],
    hint="Your table stands on its side: it has a row for each class. Rows are samples: shape (N, C).",
)
def puts_classes_in_rows(y, C):
    if len(y) == 0:
        return np.zeros((0, C))
    if np.min(y) < 0 or np.max(y) >= C:
        raise ValueError("label")
    return np.eye(C)[:, y]


@misconception(
    "one_hot",
    caught_by=ONE_HOT[1],
    hint="A label of -1 went through: Python counts it from the end, so it became the last class. Refuse labels "
    "outside 0 ... C - 1 with a ValueError.",
)
def lets_negative_labels_through(y, C):
    if len(y) and np.max(y) >= C:
        raise ValueError("label too large")
    return np.eye(C)[y]


@misconception(
    "one_hot",
    caught_by=ONE_HOT[1],
    hint="np.eye(C)[y] alone is not enough: it raises IndexError for a label that is too large, and says nothing for "
    "-1. Look first, and raise ValueError.",
)
def trusts_the_labels(y, C):
    return np.eye(C)[y]


@misconception(
    "one_hot",
    caught_by=ONE_HOT,
    hint="You counted the classes in y. C says how many columns there are, also for classes that do not occur.",
)
def counts_the_classes_itself(y, C):
    if len(y) and (np.min(y) < 0 or np.max(y) >= C):
        raise ValueError("label")
    return (np.asarray(y)[:, None] == np.unique(y)).astype(float)


@misconception(
    "one_hot",
    caught_by=ONE_HOT[:2],
    hint="The columns are one place too far: labels start at 0, so label 0 belongs to column 0.",
)
def starts_at_label_one(y, C):
    if len(y) and (np.min(y) < 0 or np.max(y) >= C):
        raise ValueError("label")
    Y = np.zeros((len(y), C))
    Y[np.arange(len(y)), np.asarray(y, int) - 1] = 1
    return Y


@misconception(
    "one_hot",
    caught_by=ONE_HOT[:2],
    hint="Y[:, y] = 1 sets these columns in EVERY row. Name the row too: Y[np.arange(N), y] = 1.",
)
def sets_whole_columns(y, C):
    if len(y) and (np.min(y) < 0 or np.max(y) >= C):
        raise ValueError("label")
    Y = np.zeros((len(y), C))
    Y[:, y] = 1
    return Y


@misconception(
    "one_hot",
    caught_by=ONE_HOT[:2],
    hint="The label itself stands in your table. A one-hot row holds a single 1, whichever class it is.",
)
def writes_the_label(y, C):
    if len(y) and (np.min(y) < 0 or np.max(y) >= C):
        raise ValueError("label")
    Y = np.zeros((len(y), C))
    Y[np.arange(len(y)), y] = y
    return Y


@misconception(
    "one_hot",
    caught_by=ONE_HOT[:2],
    hint="Every place BUT the label's is 1 in your table. Turn it round: 1 at the label, 0 elsewhere.",
)
def makes_one_cold(y, C):
    if len(y) and (np.min(y) < 0 or np.max(y) >= C):
        raise ValueError("label")
    return (np.asarray(y)[:, None] != np.arange(C)).astype(float)


@misconception(
    "one_hot",
    caught_by=ONE_HOT[2],
    hint="No labels at all: np.max has nothing to look at. Ask len(y) first; the answer is a table of shape (0, C).",
)
def stumbles_over_no_labels(y, C):
    if np.max(y) >= C or np.min(y) < 0:
        raise ValueError("label")
    return np.eye(C)[y]


# ---------------------------------------------------------------- minibatches


@misconception(
    "minibatches",
    caught_by=PILES[:2],
    hint="The last, smaller pile is lost, so some samples are never seen. Without drop_last it belongs to the epoch.",
)
def loses_the_last_pile(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    order = rng.permutation(len(X))
    for start in range(0, len(X) - batch_size + 1, batch_size):
        yield X[order[start : start + batch_size]], y[order[start : start + batch_size]]


@misconception(
    "minibatches",
    caught_by=PILES[:2],
    hint="The samples come as they were given: nothing is shuffled. Ask rng.permutation(N) for an order.",
)
def never_shuffles(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    for start in range(0, len(X), batch_size):
        if drop_last and start + batch_size > len(X):
            return
        yield X[start : start + batch_size], y[start : start + batch_size]


@misconception(
    "minibatches",
    caught_by=PILES[1],
    hint="The order is always the same: you make a generator with a fixed seed inside. Use the rng that is handed in.",
)
def seeds_inside(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    order = np.random.default_rng(0).permutation(len(X))
    for start in range(0, len(X), batch_size):
        if drop_last and start + batch_size > len(X):
            return
        yield X[order[start : start + batch_size]], y[order[start : start + batch_size]]


@misconception(
    "minibatches",
    caught_by=PILES[1],
    hint="You shuffle with np.random itself, so rng has no say and nobody can repeat your run. Use rng.permutation.",
)
def shuffles_with_the_global_generator(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    order = np.random.permutation(len(X))
    for start in range(0, len(X), batch_size):
        if drop_last and start + batch_size > len(X):
            return
        yield X[order[start : start + batch_size]], y[order[start : start + batch_size]]


@misconception(
    "minibatches",
    caught_by=PILES[:2],
    hint="X and y are shuffled with two different orders, so images get other images' labels. Take ONE order for both.",
)
def shuffles_twice(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    X, y = X[rng.permutation(len(X))], y[rng.permutation(len(y))]
    for start in range(0, len(X), batch_size):
        if drop_last and start + batch_size > len(X):
            return
        yield X[start : start + batch_size], y[start : start + batch_size]


@misconception(
    "minibatches",
    caught_by=PILES[:2],
    hint="Only X is shuffled; y keeps its order, so images get other images' labels. Use the same order for y.",
)
def forgets_to_shuffle_the_labels(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    X = X[rng.permutation(len(X))]
    for start in range(0, len(X), batch_size):
        if drop_last and start + batch_size > len(X):
            return
        yield X[start : start + batch_size], y[start : start + batch_size]


@misconception(
    "minibatches",
    caught_by=PILES,
    hint="You shuffle the caller's X and y in place, and not even with the same order. Make an order of row numbers, "
    "and pick with it.",
)
def shuffles_the_callers_arrays(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    rng.shuffle(X)
    rng.shuffle(y)
    for start in range(0, len(X), batch_size):
        if drop_last and start + batch_size > len(X):
            return
        yield X[start : start + batch_size], y[start : start + batch_size]


@misconception(
    "minibatches",
    caught_by=PILES[2],
    hint="The order is right, but X[:] = X[order] writes it into the caller's array. Give it a new name: X = X[order].",
)
def sorts_the_callers_arrays(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    order = rng.permutation(len(X))
    X[:], y[:] = X[order], y[order]
    for start in range(0, len(X), batch_size):
        if drop_last and start + batch_size > len(X):
            return
        yield X[start : start + batch_size].copy(), y[start : start + batch_size].copy()


@misconception(
    "minibatches",
    caught_by=PILES[:2],
    hint="Each pile is drawn afresh (rng.choice or rng.integers), so some samples come twice and others never. Draw "
    "ONE order, and cut it into piles.",
)
def draws_each_pile_afresh(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    for start in range(0, len(X), batch_size):
        if drop_last and start + batch_size > len(X):
            return
        pile = rng.integers(0, len(X), min(batch_size, len(X) - start))
        yield X[pile], y[pile]


@misconception(
    "minibatches",
    caught_by=PILES[1],
    hint="drop_last is never looked at: the short pile comes out although it was to be left out.",
)
def ignores_drop_last(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        yield X[order[start : start + batch_size]], y[order[start : start + batch_size]]


@misconception(
    "minibatches",
    caught_by=PILES[1],
    hint="drop_last takes the last pile away even when it is full. Leave it out only if it is SMALLER than batch_size.",
)
def drops_a_full_pile(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    order = rng.permutation(len(X))
    for start in range(0, len(X) - batch_size if drop_last else len(X), batch_size):
        yield X[order[start : start + batch_size]], y[order[start : start + batch_size]]


@misconception(
    "minibatches",
    caught_by=PILES[1],
    hint="You cut first and shuffle the finished piles: the same samples always sit together. Shuffle all the "
    "samples, then cut.",
)
def shuffles_the_finished_piles(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    full = len(X) // batch_size * batch_size
    starts = rng.permutation(np.arange(0, full, batch_size))
    for start in starts:
        yield X[start : start + batch_size], y[start : start + batch_size]
    if full < len(X) and not drop_last:
        yield X[full:], y[full:]


@misconception(
    "minibatches",
    caught_by=PILES[:2],
    hint="Your piles are the wrong way round: you made batch_size piles, instead of piles with batch_size samples.",
)
def makes_batch_size_piles(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    for pile in np.array_split(rng.permutation(len(X)), batch_size):
        yield X[pile], y[pile]


@misconception(
    "minibatches",
    caught_by=PILES[0],
    hint="All samples come out, but in piles of equal size (np.array_split). Fill each pile up to batch_size; only "
    "the last may be smaller.",
)
def balances_the_piles(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    order = rng.permutation(len(X))
    if drop_last:
        order = order[: len(X) // batch_size * batch_size]
    for pile in np.array_split(order, max(1, -(-len(order) // batch_size))):
        if len(pile):
            yield X[pile], y[pile]


@misconception(
    "minibatches",
    caught_by=PILES[:2],
    hint="Where N divides evenly you hand out one pile too many, an empty one. `range(0, N, batch_size)` stops before "
    "it.",
)
def hands_out_an_empty_last_pile(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    order = rng.permutation(len(X))
    for k in range(len(X) // batch_size + (not drop_last)):
        pile = order[k * batch_size : (k + 1) * batch_size]
        yield X[pile], y[pile]


@misconception(
    "minibatches",
    caught_by=PILES[:2],
    hint="`return` inside the loop ends the function with the first pile. Write `yield`, or collect all piles in a "
    "list and return it at the end.",
)
def returns_the_first_pile(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        return [(X[order[start : start + batch_size]], y[order[start : start + batch_size]])]
    return []


@misconception(
    "minibatches",
    caught_by=PILES[1],
    hint="A batch_size of 0 or below, or labels that are too few, went through. Look first, and raise ValueError.",
)
def checks_nothing(X, y, batch_size, rng, drop_last=False):
    order = rng.permutation(len(X))
    piles = [order[start : start + max(1, batch_size)] for start in range(0, len(X), max(1, batch_size))]
    if drop_last:
        piles = [pile for pile in piles if len(pile) == batch_size]
    return [(X[pile], np.take(y, pile, mode="clip")) for pile in piles]


@misconception(
    "minibatches",
    caught_by=PILES[2],
    hint="X and y were stacked into one array for shuffling, and everything in it became a float. Pick from each with "
    "the same row numbers.",
)
def stacks_before_shuffling(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    both = np.column_stack([X.reshape(len(X), -1), y]).astype(float)
    both = both[rng.permutation(len(both))]
    for start in range(0, len(both), batch_size):
        if drop_last and start + batch_size > len(both):
            return
        part = both[start : start + batch_size]
        yield part[:, :-1].reshape(-1, *X.shape[1:]), part[:, -1]


# ---------------------------------------------------------------- steps_per_epoch


@misconception(
    "steps_per_epoch",
    caught_by=STEPS,
    hint="You always round down: the last, smaller pile is a step too, unless drop_last is True.",
)
def always_rounds_down(n, batch_size, drop_last=False):
    return n // batch_size


@misconception(
    "steps_per_epoch",
    caught_by=STEPS,
    hint="You always round up, so drop_last makes no difference. With drop_last the short pile does not count.",
)
def always_rounds_up(n, batch_size, drop_last=False):
    return -(-n // batch_size)


@misconception(
    "steps_per_epoch",
    caught_by=STEPS,
    hint="drop_last works the wrong way round: True must round down, False must round up.",
)
def turns_drop_last_round(n, batch_size, drop_last=False):
    return -(-n // batch_size) if drop_last else n // batch_size


@misconception(
    "steps_per_epoch",
    caught_by=STEPS[1],
    hint="You always add one for a short pile, also where there is none: with n = 12 and piles of 4 there are 3 "
    "steps, not 4.",
)
def always_adds_one(n, batch_size, drop_last=False):
    return n // batch_size if drop_last else n // batch_size + 1


@misconception(
    "steps_per_epoch",
    caught_by=STEPS,
    hint="There are no broken steps: {got} is n / batch_size as it is. Round it, up or down.",
)
def leaves_the_fraction(n, batch_size, drop_last=False):
    return n // batch_size if drop_last else n / batch_size


@misconception(
    "steps_per_epoch",
    caught_by=STEPS,
    hint="round() goes to the nearest whole number. A short pile counts fully or not at all: round up, or down with "
    "drop_last.",
)
def rounds_to_the_nearest(n, batch_size, drop_last=False):
    return round(n / batch_size)


@misconception(
    "steps_per_epoch",
    caught_by=STEPS[2],
    hint="np.ceil and np.floor give floats such as 3.0, and range() refuses them. n // batch_size stays whole.",
)
def returns_a_float(n, batch_size, drop_last=False):
    return np.floor(n / batch_size) if drop_last else np.ceil(n / batch_size)


@misconception(
    "steps_per_epoch",
    caught_by=STEPS[1],
    hint="At least one step, you say. But with drop_last there may be no full pile at all, and no data makes no step: "
    "0.",
)
def insists_on_one_step(n, batch_size, drop_last=False):
    return max(1, n // batch_size if drop_last else -(-n // batch_size))


# ---------------------------------------------------------------- softmax_regression_grads


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS[:2] + GRADS[2:],
    hint="The mean over the batch is missing: your slopes are the sum over the samples. Divide by N, once.",
)
def forgets_to_average(X, Y, W, b):
    dZ = softmax(X @ W + b) - Y
    return X.T @ dZ, dZ.sum(axis=0)


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS,
    hint="1/N came in twice: dZ is divided by N, and then a mean is taken again. Once is enough.",
)
def averages_twice(X, Y, W, b):
    dZ = (softmax(X @ W + b) - Y) / len(X)
    return X.T @ dZ / len(X), dZ.mean(axis=0)


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS[2],
    hint="Your db has one row too many, shape (1, C). It must be (C,), like b: leave out keepdims.",
)
def keeps_the_row_of_db(X, Y, W, b):
    dZ = (softmax(X @ W + b) - Y) / len(X)
    return X.T @ dZ, dZ.sum(axis=0, keepdims=True)


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS,
    hint="db still has a row for each sample. One slope for each class: sum dZ over the samples, axis 0.",
)
def keeps_a_row_for_each_sample(X, Y, W, b):
    dZ = (softmax(X @ W + b) - Y) / len(X)
    return X.T @ dZ, dZ


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS,
    hint="db sums over the classes (axis 1). Shares and truth both sum to 1 in a row, so you got zeros. Sum over the "
    "samples, axis 0.",
)
def sums_over_the_classes(X, Y, W, b):
    dZ = (softmax(X @ W + b) - Y) / len(X)
    return X.T @ dZ, dZ.sum(axis=1)


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS,
    hint="The sign is turned round: blame is share minus truth. With truth minus share, training would climb.",
)
def subtracts_the_shares(X, Y, W, b):
    dZ = (Y - softmax(X @ W + b)) / len(X)
    return X.T @ dZ, dZ.sum(axis=0)


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS,
    hint="You compared the scores with the truth. The blame needs the SHARES: softmax first.",
)
def forgets_softmax(X, Y, W, b):
    dZ = (X @ W + b - Y) / len(X)
    return X.T @ dZ, dZ.sum(axis=0)


@misconception("softmax_regression_grads", caught_by=GRADS, hint="The bias is missing in the scores: X @ W + b.")
def forgets_the_bias(X, Y, W, b):
    dZ = (softmax(X @ W) - Y) / len(X)
    return X.T @ dZ, dZ.sum(axis=0)


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS,
    hint="Your softmax runs along axis 0: the columns sum to 1. Each ROW is one image, and its shares must sum to 1.",
)
def takes_softmax_down_the_columns(X, Y, W, b):
    dZ = (softmax(X @ W + b, axis=0) - Y) / len(X)
    return X.T @ dZ, dZ.sum(axis=0)


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS,
    hint="Ten separate sigmoids are not a softmax: the shares of one image must sum to 1.",
)
def uses_a_sigmoid_for_each_class(X, Y, W, b):
    dZ = (1 / (1 + np.exp(-(X @ W + b))) - Y) / len(X)
    return X.T @ dZ, dZ.sum(axis=0)


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS,
    hint="You multiplied by the softmax's own slope p (1 - p) once more. With cross-entropy it has cancelled: share "
    "minus truth is all.",
)
def multiplies_by_the_slope_of_softmax(X, Y, W, b):
    P = softmax(X @ W + b)
    dZ = (P - Y) * P * (1 - P) / len(X)
    return X.T @ dZ, dZ.sum(axis=0)


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS,
    hint="dW came out as (C, D): it must have the shape of W. Write X.T @ dZ.",
)
def returns_dW_transposed(X, Y, W, b):
    dZ = (softmax(X @ W + b) - Y) / len(X)
    return dZ.T @ X, dZ.sum(axis=0)


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS,
    hint="You divided by N times C (np.mean over everything). The loss is a mean over the N samples only.",
)
def divides_by_the_classes_too(X, Y, W, b):
    dZ = (softmax(X @ W + b) - Y) / Y.size
    return X.T @ dZ, dZ.sum(axis=0)


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS,
    hint="Softmax was taken twice. The shares of shares are far too even: once is right.",
)
def takes_softmax_twice(X, Y, W, b):
    dZ = (softmax(softmax(X @ W + b)) - Y) / len(X)
    return X.T @ dZ, dZ.sum(axis=0)


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS[1:],
    hint="exp overflowed: huge scores gave inf / inf. Subtract the largest score of each row first, or use the "
    "softmax that is given.",
)
def overflows(X, Y, W, b):
    e = np.exp(X @ W + b)
    dZ = (e / e.sum(axis=1, keepdims=True) - Y) / len(X)
    return X.T @ dZ, dZ.sum(axis=0)


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS[1:],
    hint="One maximum for the whole batch: rows with much smaller scores underflow to 0 / 0. Each row needs its own "
    "maximum.",
)
def subtracts_one_maximum_for_all(X, Y, W, b):
    Z = X @ W + b
    e = np.exp(Z - Z.max())
    dZ = (e / e.sum(axis=1, keepdims=True) - Y) / len(X)
    return X.T @ dZ, dZ.sum(axis=0)


@misconception(
    "softmax_regression_grads",
    caught_by=GRADS[2],
    hint="You divided Y in place (Y /= ... or Y -= ...): the caller's labels are changed. Make a new array.",
)
def changes_the_labels(X, Y, W, b):
    P = softmax(X @ W + b)
    if Y.dtype == float:
        Y -= P
        dZ = -Y / len(X)
    else:
        dZ = (P - Y) / len(X)
    return X.T @ dZ, dZ.sum(axis=0)


# ---------------------------------------------------------------- network_gradients


@misconception(
    "network_gradients",
    caught_by=SLOPES,
    hint="The scores themselves went back through the net. What goes back is the slope of the loss in the scores: the "
    "second thing that softmax_cross_entropy returns.",
)
def sends_the_scores_back(net, X, y):
    scores = net.forward(X, training=True)
    loss, _ = softmax_cross_entropy(scores, y)
    net.backward(scores)
    return loss, [layer.grads for layer in net.layers if layer.params]


@misconception(
    "network_gradients",
    caught_by=SLOPES,
    hint="The shares went back, without the truth. The blame of a score is share MINUS truth, over N: "
    "softmax_cross_entropy returns it.",
)
def sends_the_shares_back(net, X, y):
    scores = net.forward(X, training=True)
    loss, _ = softmax_cross_entropy(scores, y)
    net.backward(softmax(scores) / len(y))
    return loss, [layer.grads for layer in net.layers if layer.params]


@misconception(
    "network_gradients",
    caught_by=SLOPES,
    hint="Your list has an entry for every layer, an empty one for each Activation. One for each layer WITH params is "
    "asked for.",
)
def keeps_empty_slopes_too(net, X, y):
    loss, dscores = softmax_cross_entropy(net.forward(X, training=True), y)
    net.backward(dscores)
    return loss, [layer.grads for layer in net.layers]


@misconception(
    "network_gradients",
    caught_by=SLOPES,
    hint="The slopes stand from back to front, as they were found. Give them in the order of the layers.",
)
def lists_the_slopes_backwards(net, X, y):
    loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
    grads = []
    for layer in reversed(net.layers):
        dout = layer.backward(dout)
        if layer.params:
            grads.append(layer.grads)
    return loss, grads


@misconception(
    "network_gradients",
    caught_by=SLOPES,
    hint="On the way back you passed the activations by: only layers with params were asked. Every layer has a "
    "backward, and relu's stops the blame of silent members.",
)
def passes_the_activations_by(net, X, y):
    loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
    for layer in reversed(net.layers):
        if layer.params:
            dout = layer.backward(dout)
    return loss, [layer.grads for layer in net.layers if layer.params]


@misconception(
    "network_gradients",
    caught_by=SLOPES,
    hint="Every layer got the blame of the last one. Each layer's backward returns the blame for the layer before it: "
    "hand THAT on.",
)
def hands_the_same_blame_to_all(net, X, y):
    loss, dscores = softmax_cross_entropy(net.forward(X, training=True), y)
    for layer in reversed(net.layers):
        layer.backward(dscores)
    return loss, [layer.grads for layer in net.layers if layer.params]


@misconception(
    "network_gradients",
    caught_by=SLOPES,
    hint="You sent the blame from the first layer to the last. It starts at the scores: walk through the layers from "
    "the last to the first.",
)
def walks_back_from_the_front(net, X, y):
    loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
    for layer in net.layers:
        dout = layer.backward(dout)
    return loss, [layer.grads for layer in net.layers if layer.params]


@misconception(
    "network_gradients",
    caught_by=SLOPES,
    hint="The slopes are divided by the size of the batch once more. softmax_cross_entropy has the 1/N in its dscores "
    "already.",
)
def divides_by_the_batch_again(net, X, y):
    loss, dscores = softmax_cross_entropy(net.forward(X, training=True), y)
    net.backward(dscores / len(y))
    return loss, [layer.grads for layer in net.layers if layer.params]


@misconception(
    "network_gradients",
    caught_by=SLOPES,
    hint="These are the slopes of the SUM of the losses: the 1/N is lost. Hand dscores on as it comes.",
)
def gives_the_slopes_of_the_sum(net, X, y):
    loss, dscores = softmax_cross_entropy(net.forward(X, training=True), y)
    net.backward(dscores * len(y))
    return loss, [layer.grads for layer in net.layers if layer.params]


@misconception(
    "network_gradients",
    caught_by=SLOPES,
    hint="Truth minus share went back, so every slope has the wrong sign. The minus comes in the step.",
)
def gives_slopes_with_a_minus(net, X, y):
    loss, dscores = softmax_cross_entropy(net.forward(X, training=True), y)
    net.backward(-dscores)
    return loss, [layer.grads for layer in net.layers if layer.params]


@misconception(
    "network_gradients",
    caught_by=SLOPES,
    hint="backward was never called, so no layer has slopes yet. forward, then the loss, then backward, then read "
    "grads.",
)
def never_goes_back(net, X, y):
    loss, _ = softmax_cross_entropy(net.forward(X, training=True), y)
    return loss, [layer.grads for layer in net.layers if layer.params]


@misconception(
    "network_gradients",
    caught_by=SLOPES,
    hint="softmax was taken twice: softmax_cross_entropy wants the scores as they are, and makes the shares itself.",
)
def takes_softmax_before_the_loss(net, X, y):
    loss, dscores = softmax_cross_entropy(softmax(net.forward(X, training=True)), y)
    net.backward(dscores)
    return loss, [layer.grads for layer in net.layers if layer.params]


@misconception(
    "network_gradients",
    caught_by=SLOPES,
    hint="The two things come in the wrong order. Return the loss first, then the list of slopes.",
)
def returns_the_slopes_first(net, X, y):
    loss, dscores = softmax_cross_entropy(net.forward(X, training=True), y)
    net.backward(dscores)
    return [layer.grads for layer in net.layers if layer.params], loss


@misconception(
    "network_gradients",
    caught_by=SLOPES[2],
    hint="The weights have moved. This function only finds the slopes; the step belongs to train_epoch.",
)
def steps_as_well(net, X, y):
    loss, dscores = softmax_cross_entropy(net.forward(X, training=True), y)
    net.backward(dscores)
    layers = [layer for layer in net.layers if layer.params]
    for layer in layers:
        for key in layer.params:
            layer.params[key] = layer.params[key] - 0.1 * layer.grads[key]
    return loss, [layer.grads for layer in layers]


# ---------------------------------------------------------------- train_epoch


@misconception(
    "train_epoch",
    caught_by=EPOCH[:2],
    hint="The mean of the piles' means: a short last pile counts as much as a full one. Weight each loss by the size "
    "of its pile.",
)
def averages_the_averages(net, X, y, batch_size, lr, rng):
    losses = []
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        loss, grads = network_gradients(net, X_batch, y_batch)
        losses.append(loss)
        for layer, slope in zip([layer for layer in net.layers if layer.params], grads):
            for key in layer.params:
                layer.params[key] = layer.params[key] - lr * slope[key]
    return np.mean(losses)


@misconception(
    "train_epoch",
    caught_by=EPOCH[:2],
    hint="The short last pile is dropped, so some samples never teach. In training every sample counts: leave "
    "drop_last alone.",
)
def drops_the_last_pile(net, X, y, batch_size, lr, rng):
    total, seen = 0.0, 0
    for X_batch, y_batch in minibatches(X, y, min(batch_size, len(y)), rng, drop_last=True):
        loss, grads = network_gradients(net, X_batch, y_batch)
        total, seen = total + loss * len(y_batch), seen + len(y_batch)
        for layer, slope in zip([layer for layer in net.layers if layer.params], grads):
            for key in layer.params:
                layer.params[key] = layer.params[key] - lr * slope[key]
    return total / seen


@misconception(
    "train_epoch",
    caught_by=EPOCH[:2],
    hint="`net = ...` inside the function only gives the name net to another network: the caller's net has not "
    'changed. Step in its own layers: layer.params["W"] = ...',
)
def rebinds_the_name(net, X, y, batch_size, lr, rng):
    total = 0.0
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        loss, grads = network_gradients(net, X_batch, y_batch)
        total += loss * len(y_batch)
        net = copy.deepcopy(net)
        for layer, slope in zip([layer for layer in net.layers if layer.params], grads):
            for key in layer.params:
                layer.params[key] = layer.params[key] - lr * slope[key]
    return total / len(y)


@misconception(
    "train_epoch",
    caught_by=EPOCH[:2],
    hint="The loss is measured, but no step arrives: the net afterwards is the net before. A local name, W = W - ..., "
    'moves nothing; step layer.params["W"] itself.',
)
def never_steps(net, X, y, batch_size, lr, rng):
    total = 0.0
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        loss, grads = network_gradients(net, X_batch, y_batch)
        total += loss * len(y_batch)
    return total / len(y)


@misconception(
    "train_epoch",
    caught_by=EPOCH[:2],
    hint="One step for the whole epoch: the slopes of all samples at once. Make a step for EACH pile.",
)
def makes_one_step_for_all(net, X, y, batch_size, lr, rng):
    order = rng.permutation(len(y))
    loss, grads = network_gradients(net, X[order], y[order])
    for layer, slope in zip([layer for layer in net.layers if layer.params], grads):
        for key in layer.params:
            layer.params[key] = layer.params[key] - lr * slope[key]
    return loss


@misconception(
    "train_epoch", caught_by=EPOCH[:2], hint="Your steps go uphill: W + lr * dW. Against the slope means minus."
)
def climbs(net, X, y, batch_size, lr, rng):
    total = 0.0
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        loss, grads = network_gradients(net, X_batch, y_batch)
        total += loss * len(y_batch)
        for layer, slope in zip([layer for layer in net.layers if layer.params], grads):
            for key in layer.params:
                layer.params[key] = layer.params[key] + lr * slope[key]
    return total / len(y)


@misconception(
    "train_epoch",
    caught_by=EPOCH[:2],
    hint='The biases never move: step layer.params["b"] as well as layer.params["W"].',
)
def freezes_the_biases(net, X, y, batch_size, lr, rng):
    total = 0.0
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        loss, grads = network_gradients(net, X_batch, y_batch)
        total += loss * len(y_batch)
        for layer, slope in zip([layer for layer in net.layers if layer.params], grads):
            layer.params["W"] = layer.params["W"] - lr * slope["W"]
    return total / len(y)


@misconception(
    "train_epoch",
    caught_by=EPOCH[:2],
    hint="Only the last layer moves. Every layer with params has its own slopes: loop over these layers and grads "
    "together.",
)
def trains_the_last_layer_only(net, X, y, batch_size, lr, rng):
    total = 0.0
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        loss, grads = network_gradients(net, X_batch, y_batch)
        total += loss * len(y_batch)
        last = [layer for layer in net.layers if layer.params][-1]
        for key in last.params:
            last.params[key] = last.params[key] - lr * grads[-1][key]
    return total / len(y)


@misconception(
    "train_epoch",
    caught_by=EPOCH[:2],
    hint="The loss is measured after the step. Take the loss that comes with the slopes, before the step.",
)
def measures_after_the_step(net, X, y, batch_size, lr, rng):
    total = 0.0
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        _, grads = network_gradients(net, X_batch, y_batch)
        for layer, slope in zip([layer for layer in net.layers if layer.params], grads):
            for key in layer.params:
                layer.params[key] = layer.params[key] - lr * slope[key]
        total += network_loss(net, X_batch, y_batch) * len(y_batch)
    return total / len(y)


@misconception(
    "train_epoch",
    caught_by=EPOCH[:2],
    hint="This is the loss on all samples once the epoch is over. Add up the losses that the piles had during the "
    "epoch, before each step.",
)
def measures_after_the_epoch(net, X, y, batch_size, lr, rng):
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        _, grads = network_gradients(net, X_batch, y_batch)
        for layer, slope in zip([layer for layer in net.layers if layer.params], grads):
            for key in layer.params:
                layer.params[key] = layer.params[key] - lr * slope[key]
    return network_loss(net, X, y)


@misconception(
    "train_epoch",
    caught_by=EPOCH[:2],
    hint="The slopes are averaged once more: divided by the size of the pile, although network_gradients already "
    "gives means. Your steps are too short.",
)
def divides_the_slopes_again(net, X, y, batch_size, lr, rng):
    total = 0.0
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        loss, grads = network_gradients(net, X_batch, y_batch)
        total += loss * len(y_batch)
        for layer, slope in zip([layer for layer in net.layers if layer.params], grads):
            for key in layer.params:
                layer.params[key] = layer.params[key] - lr * slope[key] / len(y_batch)
    return total / len(y)


@misconception(
    "train_epoch",
    caught_by=EPOCH[:2],
    hint="This is the sum of the weighted losses. A mean over all samples: divide by N at the end.",
)
def returns_the_sum(net, X, y, batch_size, lr, rng):
    total = 0.0
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        loss, grads = network_gradients(net, X_batch, y_batch)
        total += loss * len(y_batch)
        for layer, slope in zip([layer for layer in net.layers if layer.params], grads):
            for key in layer.params:
                layer.params[key] = layer.params[key] - lr * slope[key]
    return total


@misconception(
    "train_epoch",
    caught_by=EPOCH[:2],
    hint="This is the loss of the last pile alone. Keep the losses of all piles, and return their weighted mean.",
)
def returns_the_last_loss(net, X, y, batch_size, lr, rng):
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        loss, grads = network_gradients(net, X_batch, y_batch)
        for layer, slope in zip([layer for layer in net.layers if layer.params], grads):
            for key in layer.params:
                layer.params[key] = layer.params[key] - lr * slope[key]
    return loss


@misconception(
    "train_epoch",
    caught_by=EPOCH,
    hint="The list of all losses came back. One number is wanted: their mean, weighted by the sizes of the piles.",
)
def returns_all_losses(net, X, y, batch_size, lr, rng):
    losses = []
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        loss, grads = network_gradients(net, X_batch, y_batch)
        losses.append(loss)
        for layer, slope in zip([layer for layer in net.layers if layer.params], grads):
            for key in layer.params:
                layer.params[key] = layer.params[key] - lr * slope[key]
    return losses


@misconception(
    "train_epoch",
    caught_by=EPOCH[1],
    hint="The order does not come from rng: a generator with a fixed seed is made inside. Hand rng on to minibatches.",
)
def starts_a_generator_of_its_own(net, X, y, batch_size, lr, rng):
    total = 0.0
    for X_batch, y_batch in minibatches(X, y, batch_size, np.random.default_rng(0)):
        loss, grads = network_gradients(net, X_batch, y_batch)
        total += loss * len(y_batch)
        for layer, slope in zip([layer for layer in net.layers if layer.params], grads):
            for key in layer.params:
                layer.params[key] = layer.params[key] - lr * slope[key]
    return total / len(y)


@misconception(
    "train_epoch",
    caught_by=EPOCH[:2],
    hint="You stepped two layers, 0 and 2, by hand. A net may have any number of layers: loop over all that have "
    "params.",
)
def knows_two_layers_only(net, X, y, batch_size, lr, rng):
    total = 0.0
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        loss, grads = network_gradients(net, X_batch, y_batch)
        total += loss * len(y_batch)
        for k in (0, 2):
            for key in ("W", "b"):
                net.layers[k].params[key] = net.layers[k].params[key] - lr * grads[k // 2][key]
    return total / len(y)


@misconception(
    "train_epoch",
    caught_by=EPOCH[:2],
    hint="zip(net.layers, grads) pairs the second slopes with an Activation, which has no params. grads has one entry "
    "for each layer WITH params: pair those.",
)
def pairs_slopes_with_all_layers(net, X, y, batch_size, lr, rng):
    total = 0.0
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        loss, grads = network_gradients(net, X_batch, y_batch)
        total += loss * len(y_batch)
        for layer, slope in zip(net.layers, grads):
            for key in layer.params:
                layer.params[key] = layer.params[key] - lr * slope[key]
    return total / len(y)


# ---------------------------------------------------------------- fit


@misconception(
    "fit",
    caught_by=FIT[:2],
    hint="You also trained on the validation part, so nobody can tell any more whether the net knows anything new. "
    "Only look at it: network_loss and predict.",
)
def trains_on_validation(net, train, val, epochs, batch_size, lr, rng):
    history = {"train_loss": [], "val_loss": [], "val_acc": []}
    for _ in range(epochs):
        history["train_loss"].append(train_epoch(net, *train, batch_size, lr, rng))
        history["val_loss"].append(train_epoch(net, *val, batch_size, lr, rng))
        history["val_acc"].append(np.mean(predict(net, val[0]) == val[1]))
    return history


@misconception("fit", caught_by=FIT[:2], hint="The two parts are exchanged: you train on val and look at train.")
def exchanges_train_and_validation(net, train, val, epochs, batch_size, lr, rng):
    history = {"train_loss": [], "val_loss": [], "val_acc": []}
    for _ in range(epochs):
        history["train_loss"].append(train_epoch(net, *val, batch_size, lr, rng))
        history["val_loss"].append(network_loss(net, *train))
        history["val_acc"].append(np.mean(predict(net, train[0]) == train[1]))
    return history


@misconception(
    "fit",
    caught_by=FIT[:2],
    hint="val_acc is measured on the training part. That is the share of exercises learned by heart; ask the "
    "validation part.",
)
def praises_itself_on_training_data(net, train, val, epochs, batch_size, lr, rng):
    history = {"train_loss": [], "val_loss": [], "val_acc": []}
    for _ in range(epochs):
        history["train_loss"].append(train_epoch(net, *train, batch_size, lr, rng))
        history["val_loss"].append(network_loss(net, *val))
        history["val_acc"].append(np.mean(predict(net, train[0]) == train[1]))
    return history


@misconception(
    "fit",
    caught_by=FIT[:2],
    hint="Validation is measured before the epoch instead of after it: each entry is one epoch too old.",
)
def validates_before_the_epoch(net, train, val, epochs, batch_size, lr, rng):
    history = {"train_loss": [], "val_loss": [], "val_acc": []}
    for _ in range(epochs):
        history["val_loss"].append(network_loss(net, *val))
        history["val_acc"].append(np.mean(predict(net, val[0]) == val[1]))
        history["train_loss"].append(train_epoch(net, *train, batch_size, lr, rng))
    return history


@misconception(
    "fit", caught_by=FIT, hint="Only the last epoch is in the history. Append to the three lists in every epoch."
)
def keeps_the_last_epoch_only(net, train, val, epochs, batch_size, lr, rng):
    history = {"train_loss": [], "val_loss": [], "val_acc": []}
    for _ in range(epochs):
        train_loss = train_epoch(net, *train, batch_size, lr, rng)
    if epochs:
        history = {
            "train_loss": [train_loss],
            "val_loss": [network_loss(net, *val)],
            "val_acc": [np.mean(predict(net, val[0]) == val[1])],
        }
    return history


@misconception(
    "fit",
    caught_by=FIT,
    hint="The keys of the history are 'train_loss', 'val_loss' and 'val_acc'; yours are called otherwise.",
)
def names_the_keys_otherwise(net, train, val, epochs, batch_size, lr, rng):
    history = {"loss": [], "validation_loss": [], "accuracy": []}
    for _ in range(epochs):
        history["loss"].append(train_epoch(net, *train, batch_size, lr, rng))
        history["validation_loss"].append(network_loss(net, *val))
        history["accuracy"].append(np.mean(predict(net, val[0]) == val[1]))
    return history


@misconception(
    "fit",
    caught_by=FIT[:2],
    hint="The history is right, but you trained a copy: the caller's net has learned nothing. Train net itself.",
)
def trains_a_copy(net, train, val, epochs, batch_size, lr, rng):
    net = copy.deepcopy(net)
    history = {"train_loss": [], "val_loss": [], "val_acc": []}
    for _ in range(epochs):
        history["train_loss"].append(train_epoch(net, *train, batch_size, lr, rng))
        history["val_loss"].append(network_loss(net, *val))
        history["val_acc"].append(np.mean(predict(net, val[0]) == val[1]))
    return history


@misconception(
    "fit",
    caught_by=FIT[:2],
    hint="train_loss is measured again after the epoch. Here it is what train_epoch returned: the mean of the losses "
    "before the steps.",
)
def measures_training_loss_afterwards(net, train, val, epochs, batch_size, lr, rng):
    history = {"train_loss": [], "val_loss": [], "val_acc": []}
    for _ in range(epochs):
        train_epoch(net, *train, batch_size, lr, rng)
        history["train_loss"].append(network_loss(net, *train))
        history["val_loss"].append(network_loss(net, *val))
        history["val_acc"].append(np.mean(predict(net, val[0]) == val[1]))
    return history


@misconception(
    "fit",
    caught_by=FIT[1],
    hint="Each epoch starts a generator with the same seed again, so every epoch has the same order. Hand rng on to "
    "train_epoch.",
)
def starts_each_epoch_with_the_same_seed(net, train, val, epochs, batch_size, lr, rng):
    history = {"train_loss": [], "val_loss": [], "val_acc": []}
    for _ in range(epochs):
        history["train_loss"].append(train_epoch(net, *train, batch_size, lr, np.random.default_rng(0)))
        history["val_loss"].append(network_loss(net, *val))
        history["val_acc"].append(np.mean(predict(net, val[0]) == val[1]))
    return history


@misconception(
    "fit",
    caught_by=FIT,
    hint="One epoch too few: range(1, epochs) leaves one out. range(epochs) makes as many as were asked for.",
)
def makes_one_epoch_too_few(net, train, val, epochs, batch_size, lr, rng):
    history = {"train_loss": [], "val_loss": [], "val_acc": []}
    for _ in range(1, epochs):
        history["train_loss"].append(train_epoch(net, *train, batch_size, lr, rng))
        history["val_loss"].append(network_loss(net, *val))
        history["val_acc"].append(np.mean(predict(net, val[0]) == val[1]))
    return history


@misconception(
    "fit", caught_by=FIT[:2], hint="val_acc holds the NUMBER of right predictions. A share lies between 0 and 1."
)
def counts_instead_of_sharing(net, train, val, epochs, batch_size, lr, rng):
    history = {"train_loss": [], "val_loss": [], "val_acc": []}
    for _ in range(epochs):
        history["train_loss"].append(train_epoch(net, *train, batch_size, lr, rng))
        history["val_loss"].append(network_loss(net, *val))
        history["val_acc"].append(np.sum(predict(net, val[0]) == val[1]))
    return history


@misconception(
    "fit",
    caught_by=FIT[:2],
    hint="The learning rate shrinks from epoch to epoch in your code. Here lr stays as it is; schedules come in the "
    "next assignment.",
)
def shrinks_the_rate(net, train, val, epochs, batch_size, lr, rng):
    history = {"train_loss": [], "val_loss": [], "val_acc": []}
    for k in range(epochs):
        history["train_loss"].append(train_epoch(net, *train, batch_size, lr / (k + 1), rng))
        history["val_loss"].append(network_loss(net, *val))
        history["val_acc"].append(np.mean(predict(net, val[0]) == val[1]))
    return history


# ---------------------------------------------------------------- predict


@misconception(
    "predict",
    caught_by=PREDICT,
    hint="argmax runs down the columns (axis 0): it found the strongest SAMPLE for each class. Each row needs its "
    "strongest class: axis 1.",
)
def looks_down_the_columns(net, X):
    return net.forward(X).argmax(axis=0)


@misconception(
    "predict",
    caught_by=PREDICT,
    hint="These are the scores of all classes. Which class has the largest? Take argmax of each row.",
)
def returns_the_scores(net, X):
    return net.forward(X)


@misconception(
    "predict",
    caught_by=PREDICT,
    hint="This is the largest score itself. The place where it stands is the class: argmax, not max.",
)
def returns_the_largest_score(net, X):
    return net.forward(X).max(axis=1)


@misconception(
    "predict",
    caught_by=PREDICT,
    hint="One number for all: argmax without an axis looks at the whole table. Say axis=1.",
)
def forgets_the_axis(net, X):
    return net.forward(X).argmax()


@misconception("predict", caught_by=PREDICT, hint="This is the class with the SMALLEST score. argmax, not argmin.")
def takes_the_smallest(net, X):
    return net.forward(X).argmin(axis=1)


@misconception(
    "predict",
    caught_by=PREDICT,
    hint="Shape (N, 1) came out. One class number for each sample is shape (N,): leave out keepdims.",
)
def returns_a_column(net, X):
    return net.forward(X).argmax(axis=1)[:, None]


@misconception(
    "predict",
    caught_by=PREDICT,
    hint="You asked which share is above 0.5, as with two classes. With ten votes the winner often has less; take the "
    "largest.",
)
def asks_for_more_than_half(net, X):
    return (softmax(net.forward(X))[:, 1] > 0.5).astype(int)


@misconception("predict", caught_by=PREDICT, hint="Classes are counted from 0, as labels are. You added 1.")
def counts_from_one(net, X):
    return net.forward(X).argmax(axis=1) + 1


@misconception(
    "predict",
    caught_by=PREDICT[1:],
    hint="exp overflowed, and nan counts as the largest of all. No softmax is needed here: the largest score is the "
    "largest share.",
)
def takes_an_overflowing_softmax(net, X):
    e = np.exp(net.forward(X))
    return (e / e.sum(axis=1, keepdims=True)).argmax(axis=1)


@misconception(
    "predict",
    caught_by=PREDICT,
    hint="The activations between the layers are missing, so your net is one linear layer. Use net.forward.",
)
def forgets_the_activations(net, X):
    for layer in net.layers:
        if layer.params:
            X = X @ layer.params["W"] + layer.params["b"]
    return X.argmax(axis=1)


@misconception(
    "predict",
    caught_by=PREDICT,
    hint="Relu stands at the end too: all negative scores became 0, and a tie decides. The net ends in scores.",
)
def bends_the_last_layer_too(net, X):
    for layer in net.layers:
        if layer.params:
            X = np.maximum(X @ layer.params["W"] + layer.params["b"], 0)
    return X.argmax(axis=1)


# ---------------------------------------------------------------- most_confused


@misconception(
    "most_confused",
    caught_by=CONFUSED,
    hint="The largest cell of all stands on the diagonal: those were right. Leave the diagonal out before you look.",
)
def forgets_the_diagonal(cm):
    i, j = np.unravel_index(np.argmax(cm), cm.shape)
    return int(i), int(j)


@misconception(
    "most_confused",
    caught_by=CONFUSED,
    hint="The pair is the wrong way round: the row is the truth, and it comes first.",
)
def exchanges_truth_and_prediction(cm):
    off = np.array(cm, float)
    np.fill_diagonal(off, -1)
    j, i = np.unravel_index(off.argmax(), off.shape)
    return int(i), int(j)


@misconception(
    "most_confused",
    caught_by=CONFUSED[2:],
    hint="np.fill_diagonal works in place: the caller's report card has lost its diagonal. Copy it first.",
)
def wipes_the_callers_diagonal(cm):
    np.fill_diagonal(cm, -1)
    i, j = np.unravel_index(cm.argmax(), cm.shape)
    return int(i), int(j)


@misconception(
    "most_confused",
    caught_by=CONFUSED[1],
    hint="With a diagonal of 0, a report card without mistakes is all 0, and (0, 0) wins. Put something smaller "
    "there, such as -1.",
)
def fills_the_diagonal_with_zero(cm):
    off = np.array(cm, float)
    np.fill_diagonal(off, 0)
    i, j = np.unravel_index(off.argmax(), off.shape)
    return int(i), int(j)


@misconception(
    "most_confused",
    caught_by=CONFUSED,
    hint="argmax of a table counts its cells one by one: {got} is a place in the flat list. np.unravel_index turns it "
    "into (i, j).",
)
def returns_the_flat_place(cm):
    off = np.array(cm, float)
    np.fill_diagonal(off, -1)
    return int(off.argmax())


@misconception(
    "most_confused",
    caught_by=CONFUSED,
    hint="You found the pair that was mixed up LEAST often. Look for the largest count.",
)
def finds_the_least_confused(cm):
    off = np.array(cm, float)
    np.fill_diagonal(off, np.inf)
    i, j = np.unravel_index(off.argmin(), off.shape)
    return int(i), int(j)


@misconception(
    "most_confused",
    caught_by=CONFUSED,
    hint="You added both directions (4 taken for 9, and 9 taken for 4). Here a direction counts alone.",
)
def adds_both_directions(cm):
    off = np.array(cm, float)
    off = off + off.T
    np.fill_diagonal(off, -1)
    i, j = np.unravel_index(off.argmax(), off.shape)
    return int(min(i, j)), int(max(i, j))


@misconception("most_confused", caught_by=CONFUSED, hint="This is how often the pair was mixed up. Which pair was it?")
def returns_the_count(cm):
    off = np.array(cm, float)
    np.fill_diagonal(off, -1)
    return off.max()


@misconception(
    "most_confused",
    caught_by=CONFUSED,
    hint="Only cells to the right of the diagonal are looked at (np.triu). Mistakes stand on both sides of it.",
)
def looks_at_one_half(cm):
    off = np.triu(np.array(cm, float) + 1, 1)
    i, j = np.unravel_index(off.argmax(), off.shape)
    return int(i), int(j)


# ---------------------------------------------------------------- train_reader


@misconception(
    "train_reader",
    caught_by=READER,
    hint="The net comes back as it was made: nothing was trained. Call fit before you return it.",
)
def never_trains(train, val, hidden_sizes, rng):
    return new_network([train[0].shape[1], *hidden_sizes, 10], rng)


@misconception(
    "train_reader",
    caught_by=READER,
    hint="Your steps are far too small for so few epochs: the loss has hardly moved. Raise lr, or train longer.",
)
def steps_too_carefully(train, val, hidden_sizes, rng):
    net = new_network([train[0].shape[1], *hidden_sizes, 10], rng)
    fit(net, train, val, epochs=2, batch_size=64, lr=0.003, rng=rng)
    return net


@misconception(
    "train_reader",
    caught_by=READER,
    hint="Your steps are far too large: the net is thrown about and never settles. Try an lr below 1.",
)
def steps_too_wildly(train, val, hidden_sizes, rng):
    net = new_network([train[0].shape[1], *hidden_sizes, 10], rng)
    fit(net, train, val, epochs=1, batch_size=64, lr=50.0, rng=rng)
    return net


@misconception(
    "train_reader",
    caught_by=READER[1:],
    hint="hidden_sizes is never used: your net is always the same. Its sizes are [pixels, *hidden_sizes, 10].",
)
def ignores_the_hidden_sizes(train, val, hidden_sizes, rng):
    net = new_network([train[0].shape[1], 10], rng)
    fit(net, train, val, epochs=15, batch_size=16, lr=0.3, rng=rng)
    return net


@misconception("train_reader", caught_by=READER, hint="You return the history. The trained net is what was asked for.")
def returns_the_history(train, val, hidden_sizes, rng):
    net = new_network([train[0].shape[1], *hidden_sizes, 10], rng)
    return fit(net, train, val, epochs=1, batch_size=64, lr=0.3, rng=rng)


@misconception(
    "train_reader",
    caught_by=READER,
    hint="train and val are exchanged: the net learned from the small part. The order is fit(net, train, val, ...).",
)
def learns_from_the_small_part(train, val, hidden_sizes, rng):
    net = new_network([train[0].shape[1], *hidden_sizes, 10], rng)
    fit(net, val, train, epochs=10, batch_size=32, lr=0.3, rng=rng)
    return net


@misconception(
    "train_reader",
    caught_by=READER[2],
    hint="64 inputs are written into your function. Images may have another size: ask train[0].shape[1].",
)
def writes_64_inputs(train, val, hidden_sizes, rng):
    net = new_network([64, *hidden_sizes, 10], rng)
    fit(net, train, val, epochs=15, batch_size=16, lr=0.3, rng=rng)
    return net


@misconception(
    "train_reader",
    caught_by=READER[1:],
    hint="All weights start at 0. Without a hidden layer that does no harm; with one, all hidden members stay silent "
    "for ever. Start with new_network.",
)
def starts_all_weights_at_zero(train, val, hidden_sizes, rng):
    net = new_network([train[0].shape[1], *hidden_sizes, 10], rng)
    for layer in net.layers:
        for key in layer.params:
            layer.params[key] = np.zeros_like(layer.params[key])
    fit(net, train, val, epochs=15, batch_size=16, lr=0.3, rng=rng)
    return net


@misconception(
    "train_reader",
    caught_by=READER,
    hint="You scale once more: the pixels that arrive are between 0 and 1 already, and dividing by 16 again makes "
    "them tiny.",
)
def scales_once_more(train, val, hidden_sizes, rng):
    net = new_network([train[0].shape[1], *hidden_sizes, 10], rng)
    fit(net, (train[0] / 16, train[1]), (val[0] / 16, val[1]), epochs=5, batch_size=32, lr=0.3, rng=rng)
    return net


# ---------------------------------------------------------------- decode_idx


@misconception(
    "decode_idx",
    caught_by=IDX,
    hint='The lengths are read with the smallest byte first. IDX puts the largest first: ">u4", or '
    'int.from_bytes(..., "big").',
)
def reads_lengths_backwards(data):
    if len(data) < 4 or data[:3] != b"\0\0\x08" or len(data) < 4 + 4 * data[3]:
        raise ValueError("no IDX file of bytes")
    shape = np.frombuffer(data[4 : 4 + 4 * data[3]], "<u4")
    if len(data) - 4 - 4 * data[3] != np.prod(shape, dtype=float):
        raise ValueError("length")
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


@misconception(
    "decode_idx", caught_by=IDX, hint="The flat list of numbers came back. Give it the shape that the head names."
)
def leaves_it_flat(data):
    if len(data) < 4 or data[:3] != b"\0\0\x08" or len(data) < 4 + 4 * data[3]:
        raise ValueError("no IDX file of bytes")
    shape = np.frombuffer(data[4 : 4 + 4 * data[3]], ">u4")
    if len(data) - 4 - 4 * data[3] != np.prod(shape, dtype=int):
        raise ValueError("length")
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])


@misconception(
    "decode_idx",
    caught_by=IDX[:2],
    hint="You expect three axes, as images have. Labels have one: the fourth byte says how many there are.",
)
def expects_three_axes(data):
    if len(data) < 16 or data[:3] != b"\0\0\x08":
        raise ValueError("no IDX file of bytes")
    shape = [int.from_bytes(data[k : k + 4], "big") for k in (4, 8, 12)]
    if len(data) - 16 != np.prod(shape):
        raise ValueError("length")
    return np.frombuffer(data, np.uint8, offset=16).reshape(shape)


@misconception(
    "decode_idx",
    caught_by=IDX[1],
    hint="Only the last byte of each length is read. Four bytes belong to it, or 300 becomes 44.",
)
def reads_one_byte_of_each_length(data):
    if len(data) < 4 or data[:3] != b"\0\0\x08" or len(data) < 4 + 4 * data[3]:
        raise ValueError("no IDX file of bytes")
    shape = tuple(data[7 + 4 * k] for k in range(data[3]))
    if len(data) - 4 - 4 * data[3] != int(np.prod(shape)):
        raise ValueError("length")
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


@misconception(
    "decode_idx",
    caught_by=IDX[1],
    hint="The start is never looked at: a file of another kind is read as if it were IDX. The first three bytes must "
    "be 0, 0 and 8.",
)
def trusts_the_start(data):
    if len(data) < 4 or len(data) < 4 + 4 * data[3]:
        raise ValueError("too short")
    shape = tuple(np.frombuffer(data[4 : 4 + 4 * data[3]], ">u4").tolist())
    if len(data) - 4 - 4 * data[3] != int(np.prod(shape)):
        raise ValueError("length")
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


@misconception(
    "decode_idx",
    caught_by=IDX[1],
    hint="A file with something too much behind it goes through: you read only as much as you need. Compare the "
    "length with the promise.",
)
def ignores_what_is_too_much(data):
    if len(data) < 4 or data[:3] != b"\0\0\x08" or len(data) < 4 + 4 * data[3]:
        raise ValueError("no IDX file of bytes")
    shape = tuple(np.frombuffer(data[4 : 4 + 4 * data[3]], ">u4").tolist())
    numbers = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])[: int(np.prod(shape))]
    return numbers.reshape(shape)


@misconception(
    "decode_idx",
    caught_by=IDX[2],
    hint="The pixels became floats: eight bytes each instead of one. Leave them as uint8.",
)
def turns_pixels_into_floats(data):
    if len(data) < 4 or data[:3] != b"\0\0\x08" or len(data) < 4 + 4 * data[3]:
        raise ValueError("no IDX file of bytes")
    shape = tuple(np.frombuffer(data[4 : 4 + 4 * data[3]], ">u4").tolist())
    if len(data) - 4 - 4 * data[3] != int(np.prod(shape)):
        raise ValueError("length")
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape).astype(float)


@misconception(
    "decode_idx",
    caught_by=IDX,
    hint="The first 16 bytes are skipped whatever the head says. Its length is 4, and 4 more for each axis.",
)
def skips_too_little_or_too_much(data):
    if len(data) < 4 or data[:3] != b"\0\0\x08" or len(data) < 4 + 4 * data[3]:
        raise ValueError("no IDX file of bytes")
    shape = tuple(np.frombuffer(data[4 : 4 + 4 * data[3]], ">u4").tolist())
    if len(data) - 4 - 4 * data[3] != int(np.prod(shape)):
        raise ValueError("length")
    return np.frombuffer(data, np.uint8, offset=4)[: int(np.prod(shape))].reshape(shape)


# What people write, in repositories and questions.


@misconception(
    "decode_idx",
    caught_by=IDX,
    hint="The third byte, 8, is the kind of the numbers. How many axes there are stands in the fourth.",
)
def reads_the_axes_from_the_third_byte(data):
    if len(data) < 4 or data[:3] != b"\0\0\x08":
        raise ValueError("no IDX file of bytes")
    shape = [int.from_bytes(data[4 + 4 * k : 8 + 4 * k], "big") for k in range(data[2])]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[2]).reshape(shape)


@misconception(
    "decode_idx",
    caught_by=IDX,
    hint="The axes are in the opposite order: the first length in the head is the first axis.",
)
def turns_the_axes_round(data):
    if len(data) < 4 or data[:3] != b"\0\0\x08" or len(data) < 4 + 4 * data[3]:
        raise ValueError("no IDX file of bytes")
    shape = np.frombuffer(data[4 : 4 + 4 * data[3]], ">u4").astype(int)
    if len(data) - 4 - 4 * data[3] != np.prod(shape):
        raise ValueError("length")
    numbers = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
    return numbers.reshape(shape[::-1])


@misconception(
    "decode_idx",
    caught_by=IDX,
    hint="Everything stands in one row, shape (1, ...): that is what reshape(1, -1) does. The head names the shape.",
)
def makes_one_row(data):
    if len(data) < 4 or data[:3] != b"\0\0\x08" or len(data) < 4 + 4 * data[3]:
        raise ValueError("no IDX file of bytes")
    shape = np.frombuffer(data[4 : 4 + 4 * data[3]], ">u4").astype(int)
    if len(data) - 4 - 4 * data[3] != np.prod(shape):
        raise ValueError("length")
    numbers = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
    return numbers.reshape(1, -1)


@misconception(
    "decode_idx",
    caught_by=IDX,
    hint="The numbers are filled in with the first axis fastest (order='F'). In the file the LAST axis runs "
    "fastest, as NumPy has it.",
)
def lets_the_first_axis_run_fastest(data):
    if len(data) < 4 or data[:3] != b"\0\0\x08" or len(data) < 4 + 4 * data[3]:
        raise ValueError("no IDX file of bytes")
    shape = np.frombuffer(data[4 : 4 + 4 * data[3]], ">u4").astype(int)
    if len(data) - 4 - 4 * data[3] != np.prod(shape):
        raise ValueError("length")
    numbers = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
    return numbers.reshape(shape, order="F")


@misconception(
    "decode_idx", caught_by=IDX, hint="Bytes above 127 became negative: the numbers have no sign. Read them as uint8."
)
def reads_signed_bytes(data):
    if len(data) < 4 or data[:3] != b"\0\0\x08" or len(data) < 4 + 4 * data[3]:
        raise ValueError("no IDX file of bytes")
    shape = np.frombuffer(data[4 : 4 + 4 * data[3]], ">u4").astype(int)
    if len(data) - 4 - 4 * data[3] != np.prod(shape):
        raise ValueError("length")
    numbers = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
    return numbers.view(np.int8).reshape(shape)


@misconception(
    "decode_idx", caught_by=IDX, hint="The pixels are divided by 255. Here the file is only read; scaling comes later."
)
def scales_to_one(data):
    if len(data) < 4 or data[:3] != b"\0\0\x08" or len(data) < 4 + 4 * data[3]:
        raise ValueError("no IDX file of bytes")
    shape = np.frombuffer(data[4 : 4 + 4 * data[3]], ">u4").astype(int)
    if len(data) - 4 - 4 * data[3] != np.prod(shape):
        raise ValueError("length")
    numbers = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
    return numbers.reshape(shape) / 255


@misconception(
    "decode_idx",
    caught_by=IDX,
    hint="The numbers start four bytes too early: the head has 4 bytes, and 4 more for each axis.",
)
def starts_in_the_head(data):
    if len(data) < 4 or data[:3] != b"\0\0\x08" or len(data) < 4 + 4 * data[3]:
        raise ValueError("no IDX file of bytes")
    shape = np.frombuffer(data[4 : 4 + 4 * data[3]], ">u4").astype(int)
    if len(data) - 4 - 4 * data[3] != np.prod(shape):
        raise ValueError("length")
    numbers = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
    return np.frombuffer(data, np.uint8, offset=4 * data[3])[: len(numbers)].reshape(shape)


@misconception(
    "decode_idx",
    caught_by=["test_decode_idx_refuses_damaged_files"],
    hint="A file that is too short, or too long, is made to fit (np.resize). Refuse it: such a file is damaged.",
)
def fills_up_what_is_missing(data):
    if len(data) < 4 or data[:3] != b"\0\0\x08" or len(data) < 4 + 4 * data[3]:
        raise ValueError("no IDX file of bytes")
    shape = np.frombuffer(data[4 : 4 + 4 * data[3]], ">u4").astype(int)
    numbers = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
    return np.resize(numbers, shape)


# ---------------------------------------------------------------- quiz

add_wrong_options(
    "digits",
    {
        1: {
            "a": "One hundred samples in piles of 30 make three full piles. What happens to the other ten?",
            "c": "This is the size of a pile. The question is how many piles there are.",
            "d": "A step for every sample would be piles of 1. Here 30 samples share one step.",
        },
        2: {
            "a": "A higher score for one digit leaves less for the others: look at what softmax divides by.",
            "b": "Only if all scores are equal. Softmax gives more to the larger score.",
            "c": "A sigmoid for each digit would allow that. Softmax shares out exactly one vote.",
        },
        3: {
            "b": "Shuffling costs a little time, it does not save any. Think of what the first pile would hold if the "
            "images were sorted by digit.",
            "c": "Validation images are a part of their own; they are not in the piles at all.",
            "d": "Neither shuffled nor sorted images change how large the pixels are.",
        },
        4: {
            "a": "The first weights are drawn once, before training. Look for what happens in every step.",
            "b": "The net already looks at the validation part without learning from it. Which other line would make "
            "it learn?",
            "d": "Reading the loss does not move a weight. Which operation does?",
        },
        5: {
            "a": "Scaling changes neither the number of pixels nor the number of weights.",
            "b": "The labels are the same with raw pixels. What do the pixels multiply in the formula of dW?",
            "c": "Relu cuts off what is negative; raw pixels are not negative either. Look at the size of the first "
            "steps.",
        },
        6: {
            "b": "How would the ten images of the last pile count if each pile had the same say?",
            "c": "The last pile is a part of the epoch. Which weight makes every image count the same?",
            "d": "The largest pile says nothing of the other images. Each image should have the same say.",
        },
        7: {
            "a": "The diagonal holds what was right: truth and prediction are the same there.",
            "b": "Rows are the truth in our report card. Which number stands first?",
            "d": "Read the two numbers again: is it the truth that is 8, or the prediction?",
        },
        8: {
            "a": "Fewer parameters, yes; but look at the measured accuracies of both before you call it worse or "
            "useless.",
            "c": "It has ten times 64 weights and learned them with gradient descent. Look at the measurement again.",
            "d": "It is measured on the same test images. How large is the gap between the two?",
        },
    },
    reference.answers,
)
