"""Mistakes that learners make in 15_recurrence."""

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference.recurrence import (
    gru_step,
    lstm_step,
    make_first_bit,
    memory_norm,
    one_hot_text,
    rnn_backward,
    rnn_forward,
    rnn_step,
    sample,
    train_memory,
    truncate,
)

BITS = ["test_make_first_bit_basic", "test_make_first_bit_noise", "test_make_first_bit_craft"]
STEP = ["test_rnn_step_basic", "test_rnn_step_any_shape", "test_rnn_step_craft"]
FORWARD = ["test_rnn_forward_basic", "test_rnn_forward_any_shape", "test_rnn_forward_craft"]
BACKWARD = ["test_rnn_backward_basic", "test_rnn_backward_any_shape", "test_rnn_backward_craft"]
CUT = ["test_truncate_basic", "test_truncate_any_k", "test_truncate_craft"]
LSTM = ["test_lstm_step_basic", "test_lstm_step_gates", "test_lstm_step_craft"]
GRU = ["test_gru_step_basic", "test_gru_step_gates", "test_gru_step_craft"]
NORM = ["test_memory_norm_basic", "test_memory_norm_of_bent_cells", "test_memory_norm_craft"]
HOT = ["test_one_hot_text_basic", "test_one_hot_text_strange_letters", "test_one_hot_text_craft"]
SAMPLE = ["test_sample_basic", "test_sample_start_and_temperature", "test_sample_craft"]
TRAIN = ["test_train_memory_basic", "test_train_memory_over_50_steps", "test_train_memory_craft"]

# ---------------------------------------------------------------- make_first_bit


@misconception(
    "make_first_bit",
    caught_by=BITS,
    hint="The labels are turned round: a sequence that begins with 1 has the label 1, one that begins with -1 has 0.",
)
def turns_the_labels_round(n, T, rng):
    X = rng.normal(0, 0.3, (n, T, 1))
    y = rng.integers(0, 2, n)
    X[:, 0, 0] = 2 * y - 1
    return X, 1 - y


@misconception(
    "make_first_bit",
    caught_by=BITS,
    hint="Your labels are -1 and 1, like the first values. They must be 0 and 1, so that they can number two classes.",
)
def labels_with_minus_one(n, T, rng):
    X, y = make_first_bit(n, T, rng)
    return X, 2 * y - 1


@misconception(
    "make_first_bit",
    caught_by=BITS,
    hint="The first values are 0 and 1, as the labels are. They must be -1 and 1: with 0 the cell would hear nothing.",
)
def begins_with_zero_or_one(n, T, rng):
    X, y = make_first_bit(n, T, rng)
    X[:, 0, 0] = y
    return X, y


@misconception(
    "make_first_bit",
    caught_by=BITS,
    hint="Noise lies on the first value, too. It begins after it: the first value is -1 or 1 exactly.",
)
def adds_noise_to_the_bit(n, T, rng):
    X, y = make_first_bit(n, T, rng)
    return X + rng.normal(0, 0.1, X.shape), y


@misconception(
    "make_first_bit",
    caught_by=BITS,
    hint="The bit stands at the last step. Put it at the first, X[:, 0]: there would be nothing to remember.",
)
def puts_the_bit_last(n, T, rng):
    X, y = make_first_bit(n, T, rng)
    return X[:, ::-1], y


@misconception(
    "make_first_bit",
    caught_by=BITS[1],
    hint="After the first value there is silence: zeros only. Noise is what makes remembering hard.",
)
def leaves_silence(n, T, rng):
    X, y = make_first_bit(n, T, rng)
    X[:, 1:] = 0
    return X, y


@misconception(
    "make_first_bit", caught_by=BITS[1], hint="All sequences have the same noise: draw it with the shape (n, T, 1)."
)
def shares_the_noise(n, T, rng):
    X, y = make_first_bit(n, T, rng)
    X[:, 1:] = X[:1, 1:]
    return X, y


@misconception(
    "make_first_bit",
    caught_by=BITS[1],
    hint="The bit is repeated at every step, with the noise on top: any step tells the label. It stands at the first "
    "step only.",
)
def repeats_the_bit(n, T, rng):
    X, y = make_first_bit(n, T, rng)
    X[:, 1:] += X[:, :1]
    return X, y


@misconception(
    "make_first_bit",
    caught_by=BITS,
    hint="The last axis of X is missing: each step is a row of one number, so the shape is (n, T, 1).",
)
def forgets_the_last_axis(n, T, rng):
    X, y = make_first_bit(n, T, rng)
    return X[:, :, 0], y


@misconception("make_first_bit", caught_by=BITS, hint="Steps come first in your X. The samples do: (n, T, 1).")
def puts_time_first(n, T, rng):
    X, y = make_first_bit(n, T, rng)
    return X.transpose(1, 0, 2), y


@misconception(
    "make_first_bit",
    caught_by=BITS[2],
    hint="The bits come from a generator of your own with a fixed seed: draw everything from the argument rng.",
)
def makes_its_own_generator(n, T, rng):
    return make_first_bit(n, T, np.random.default_rng(0))


# ---------------------------------------------------------------- rnn_step


@misconception(
    "rnn_step", caught_by=STEP, hint="The votes before have no say: h @ Wh is missing, and with it all memory."
)
def ignores_the_votes_before(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx + b)


@misconception("rnn_step", caught_by=STEP, hint="What comes in has no say: x @ Wx is missing.")
def ignores_what_comes_in(x, h, Wx, Wh, b):
    return np.tanh(h @ Wh + b)


@misconception(
    "rnn_step",
    caught_by=STEP,
    hint="You took tanh of each part and added them. Add first, x @ Wx + h @ Wh + b, then take ONE tanh.",
)
def squashes_each_part(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx) + np.tanh(h @ Wh + b)


@misconception("rnn_step", caught_by=STEP, hint="The bias of the step is missing: + b, inside the tanh.")
def forgets_the_bias_of_the_step(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx + h @ Wh)


@misconception("rnn_step", caught_by=STEP, hint="The bias comes after your tanh. It belongs inside: tanh(... + b).")
def adds_the_bias_after_tanh(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx + h @ Wh) + b


@misconception("rnn_step", caught_by=STEP, hint="tanh is missing: these are scores, not yet votes.")
def returns_the_scores(x, h, Wx, Wh, b):
    return x @ Wx + h @ Wh + b


@misconception("rnn_step", caught_by=STEP, hint="You used the sigmoid. This cell votes with tanh, between -1 and 1.")
def votes_with_the_sigmoid(x, h, Wx, Wh, b):
    return 1 / (1 + np.exp(-(x @ Wx + h @ Wh + b)))


@misconception(
    "rnn_step",
    caught_by=STEP,
    hint="Wh is transposed. It is square, so NumPy does not complain; the product is h @ Wh.",
)
def transposes_the_memory_weights(x, h, Wx, Wh, b):
    return rnn_step(x, h, Wx, Wh.T, b)


@misconception(
    "rnn_step", caught_by=STEP, hint="You added the old votes to the new ones once more. They come in through Wh only."
)
def adds_the_old_votes(x, h, Wx, Wh, b):
    return h + rnn_step(x, h, Wx, Wh, b)


@misconception(
    "rnn_step",
    caught_by=STEP[2],
    hint="Your new votes were written into the caller's h. Make a new array; the old votes are needed on the way back.",
)
def writes_into_the_old_votes(x, h, Wx, Wh, b):
    h[...] = rnn_step(x, h, Wx, Wh, b)
    return h


# ---------------------------------------------------------------- rnn_forward


@misconception(
    "rnn_forward", caught_by=FORWARD, hint="You began with zeros. The votes before the first step are given: h0."
)
def begins_with_zeros(X, h0, Wx, Wh, b):
    H, _ = rnn_forward(X, 0 * h0, Wx, Wh, b)
    return H, (X, h0, Wx, Wh, b, H)


@misconception(
    "rnn_forward",
    caught_by=FORWARD,
    hint="Each of your steps starts from h0 again. It starts from the votes of the step before.",
)
def starts_each_step_from_h0(X, h0, Wx, Wh, b):
    H = np.stack([np.tanh(X[:, t] @ Wx + h0 @ Wh + b) for t in range(X.shape[1])], axis=1)
    return H, (X, h0, Wx, Wh, b, H)


@misconception(
    "rnn_forward",
    caught_by=FORWARD,
    hint="Only the last votes come back. H holds those of every step, (N, T, H): the way back needs them all.",
)
def keeps_the_last_votes_only(X, h0, Wx, Wh, b):
    H, cache = rnn_forward(X, h0, Wx, Wh, b)
    return H[:, -1], cache


@misconception(
    "rnn_forward", caught_by=FORWARD, hint="Your H has steps before samples. Stack the steps along axis 1: (N, T, H)."
)
def stacks_time_first(X, h0, Wx, Wh, b):
    H, _ = rnn_forward(X, h0, Wx, Wh, b)
    H = H.transpose(1, 0, 2)
    return H, (X, h0, Wx, Wh, b, H)


@misconception(
    "rnn_forward",
    caught_by=FORWARD,
    hint="h0 stands in your H, so there are T + 1 steps. H begins with the votes after the first step.",
)
def counts_h0_as_a_step(X, h0, Wx, Wh, b):
    H, _ = rnn_forward(X, h0, Wx, Wh, b)
    H = np.concatenate([h0[:, None], H], axis=1)
    return H, (X, h0, Wx, Wh, b, H)


@misconception(
    "rnn_forward",
    caught_by=FORWARD,
    hint="Your H holds the votes before each step: it begins with h0, and the last votes are missing.",
)
def keeps_the_votes_before_each_step(X, h0, Wx, Wh, b):
    H, _ = rnn_forward(X, h0, Wx, Wh, b)
    H = np.concatenate([h0[:, None], H[:, :-1]], axis=1)
    return H, (X, h0, Wx, Wh, b, H)


@misconception("rnn_forward", caught_by=FORWARD, hint="Only H comes back. Return two things: H, cache.")
def forgets_the_cache(X, h0, Wx, Wh, b):
    return rnn_forward(X, h0, Wx, Wh, b)[0]


@misconception("rnn_forward", caught_by=FORWARD, hint="H is missing in your cache: (X, h0, Wx, Wh, b, H), six things.")
def leaves_the_votes_out_of_the_cache(X, h0, Wx, Wh, b):
    H, cache = rnn_forward(X, h0, Wx, Wh, b)
    return H, cache[:-1]


@misconception("rnn_forward", caught_by=FORWARD, hint="You read each sequence from its end. The first step is t = 0.")
def reads_from_the_end(X, h0, Wx, Wh, b):
    H = rnn_forward(X[:, ::-1], h0, Wx, Wh, b)[0][:, ::-1]
    return H, (X, h0, Wx, Wh, b, H)


@misconception(
    "rnn_forward",
    caught_by=FORWARD[2],
    hint="The caller's h0 was overwritten by the last votes. Let h be a name for new arrays, and write into none.",
)
def writes_into_h0(X, h0, Wx, Wh, b):
    H, _ = rnn_forward(X, h0, Wx, Wh, b)
    cache = X, h0.copy(), Wx, Wh, b, H
    h0[...] = H[:, -1]
    return H, cache


# ---------------------------------------------------------------- rnn_backward


@misconception(
    "rnn_backward",
    caught_by=BACKWARD,
    hint="No blame comes from later steps: to dH[:, t] add what the step after it sent back, dz @ Wh.T.",
)
def forgets_the_blame_from_later(dH, cache):
    X, h0, Wx, Wh, b, H = cache
    dz = dH * (1 - H**2)
    before = np.concatenate([h0[:, None], H[:, :-1]], axis=1)
    dWx, dWh = np.einsum("ntd,nth->dh", X, dz), np.einsum("ntk,nth->kh", before, dz)
    return dz @ Wx.T, dz[:, 0] @ Wh.T, dWx, dWh, dz.sum((0, 1))


@misconception(
    "rnn_backward",
    caught_by=BACKWARD,
    hint="Only the blame of the last step is used. Each step has blame of its own, too: add dH[:, t] on the way.",
)
def uses_the_last_blame_only(dH, cache):
    dH = dH.copy()
    dH[:, :-1] = 0
    return rnn_backward(dH, cache)


@misconception(
    "rnn_backward",
    caught_by=BACKWARD,
    hint="The slope of tanh is missing: multiply the blame by 1 - H ** 2 before it goes on.",
)
def forgets_the_slope_of_tanh(dH, cache):
    X, h0, Wx, Wh, b, H = cache
    dX, dWx, dWh, db, dh = np.zeros(X.shape), 0, 0, 0, 0
    for t in reversed(range(X.shape[1])):
        dz = dH[:, t] + dh
        dX[:, t], dh, db = dz @ Wx.T, dz @ Wh.T, db + dz.sum(axis=0)
        dWx, dWh = dWx + X[:, t].T @ dz, dWh + (H[:, t - 1] if t else h0).T @ dz
    return dX, dh, dWx, dWh, db


@misconception(
    "rnn_backward", caught_by=BACKWARD, hint="H (1 - H) is the slope of the sigmoid. These votes are tanh: 1 - H ** 2."
)
def takes_the_slope_of_the_sigmoid(dH, cache):
    X, h0, Wx, Wh, b, H = cache
    dX, dWx, dWh, db, dh = np.zeros(X.shape), 0, 0, 0, 0
    for t in reversed(range(X.shape[1])):
        dz = (dH[:, t] + dh) * H[:, t] * (1 - H[:, t])
        dX[:, t], dh, db = dz @ Wx.T, dz @ Wh.T, db + dz.sum(axis=0)
        dWx, dWh = dWx + X[:, t].T @ dz, dWh + (H[:, t - 1] if t else h0).T @ dz
    return dX, dh, dWx, dWh, db


@misconception(
    "rnn_backward",
    caught_by=BACKWARD,
    hint="The slope of tanh falls on dH[:, t] only. What comes from later goes through the same tanh: add first, then "
    "multiply.",
)
def multiplies_before_adding(dH, cache):
    X, h0, Wx, Wh, b, H = cache
    dX, dWx, dWh, db, dh = np.zeros(X.shape), 0, 0, 0, 0
    for t in reversed(range(X.shape[1])):
        dz = dH[:, t] * (1 - H[:, t] ** 2) + dh
        dX[:, t], dh, db = dz @ Wx.T, dz @ Wh.T, db + dz.sum(axis=0)
        dWx, dWh = dWx + X[:, t].T @ dz, dWh + (H[:, t - 1] if t else h0).T @ dz
    return dX, dh, dWx, dWh, db


@misconception(
    "rnn_backward",
    caught_by=BACKWARD,
    hint="dWh pairs the blame of a step with the votes of the same step. Wh was multiplied by the votes BEFORE it: "
    "H[:, t - 1], and h0 at the first step.",
)
def pairs_blame_with_its_own_votes(dH, cache):
    X, h0, Wx, Wh, b, H = cache
    dX, dWx, dWh, db, dh = np.zeros(X.shape), 0, 0, 0, 0
    for t in reversed(range(X.shape[1])):
        dz = (dH[:, t] + dh) * (1 - H[:, t] ** 2)
        dX[:, t], dh, db = dz @ Wx.T, dz @ Wh.T, db + dz.sum(axis=0)
        dWx, dWh = dWx + X[:, t].T @ dz, dWh + H[:, t].T @ dz
    return dX, dh, dWx, dWh, db


@misconception(
    "rnn_backward",
    caught_by=BACKWARD,
    hint="At t = 0 you took H[:, t - 1], which is H[:, -1], the LAST votes. Before the first step there was h0.",
)
def wraps_round_at_the_first_step(dH, cache):
    X, h0, Wx, Wh, b, H = cache
    return rnn_backward(dH, (X, H[:, -1], Wx, Wh, b, H))


@misconception(
    "rnn_backward",
    caught_by=BACKWARD,
    hint="h0 has no part in your dWh. At the first step Wh was multiplied by h0: add h0.T @ dz.",
)
def leaves_h0_out_of_the_slopes(dH, cache):
    X, h0, Wx, Wh, b, H = cache
    return rnn_backward(dH, (X, 0 * h0, Wx, Wh, b, H))


@misconception(
    "rnn_backward",
    caught_by=BACKWARD,
    hint="Blame goes back through Wh, not transposed. It is square, so NumPy does not complain: dz @ Wh.T.",
)
def forgets_to_transpose_the_memory_weights(dH, cache):
    X, h0, Wx, Wh, b, H = cache
    return rnn_backward(dH, (X, h0, Wx, Wh.T, b, H))


@misconception(
    "rnn_backward",
    caught_by=BACKWARD,
    hint="The slopes of the weights are divided by the number of samples. The mean is in dH already: sum.",
)
def averages_over_the_samples(dH, cache):
    dX, dh0, *rest = rnn_backward(dH, cache)
    return (dX, dh0, *(one / len(dH) for one in rest))


@misconception(
    "rnn_backward",
    caught_by=BACKWARD,
    hint="The slopes of the weights are divided by the number of steps. Weights that are used T times add up T slopes.",
)
def averages_over_the_steps(dH, cache):
    dX, dh0, *rest = rnn_backward(dH, cache)
    return (dX, dh0, *(one / dH.shape[1] for one in rest))


@misconception(
    "rnn_backward",
    caught_by=BACKWARD,
    hint="Each step overwrites the slopes of the weights, so that the first step alone counts. Add: dWx += ...",
)
def keeps_the_first_step_only(dH, cache):
    X, h0, Wx, Wh, b, H = cache
    dX, dh0, *_ = rnn_backward(dH, cache)
    whole = dH.copy()
    if X.shape[1] > 1:
        whole[:, 0] += rnn_backward(dH[:, 1:], (X[:, 1:], H[:, 0], Wx, Wh, b, H[:, 1:]))[1]
    return dX, dh0, *rnn_backward(whole[:, :1], (X[:, :1], h0, Wx, Wh, b, H[:, :1]))[2:]


@misconception(
    "rnn_backward", caught_by=BACKWARD, hint="dX is summed over the steps. Each x has a slope of its own: (N, T, D)."
)
def sums_dX_over_the_steps(dH, cache):
    dX, *rest = rnn_backward(dH, cache)
    return (dX.sum(axis=1), *rest)


@misconception(
    "rnn_backward",
    caught_by=BACKWARD,
    hint="dh0 is zero. What the first step sends back, dz @ Wh.T at t = 0, is the slope in h0.",
)
def forgets_the_slope_in_h0(dH, cache):
    dX, dh0, *rest = rnn_backward(dH, cache)
    return (dX, 0 * dh0, *rest)


@misconception(
    "rnn_backward", caught_by=BACKWARD[2], hint="db has one row too many: sum over samples and steps, to (H,), like b."
)
def keeps_an_axis_in_db(dH, cache):
    *rest, db = rnn_backward(dH, cache)
    return (*rest, db[None])


@misconception(
    "rnn_backward",
    caught_by=BACKWARD[2],
    hint="The blame from later was added into the caller's dH. Add it into a new array.",
)
def adds_into_the_callers_blame(dH, cache):
    slopes = rnn_backward(dH, cache)
    for t in reversed(range(1, dH.shape[1])):
        dH[:, t - 1] += dH[:, t] * (1 - cache[5][:, t] ** 2) @ cache[3].T
    return slopes


# ---------------------------------------------------------------- truncate


@misconception(
    "truncate",
    caught_by=CUT[1],
    hint="With k = 0 everything is kept: dH[:, -0:] is dH[:, 0:], the whole. Cut at T - k, counted from the front.",
)
def keeps_all_at_zero(dH, k):
    out = np.zeros(dH.shape)
    out[:, -k:] = dH[:, -k:]
    return out


@misconception(
    "truncate",
    caught_by=CUT[1],
    hint="With k larger than T your cut lies at T - k, a negative number, and counts from the end. Never cut below 0.",
)
def counts_a_negative_cut_from_the_end(dH, k):
    out = dH.copy()
    out[:, : dH.shape[1] - k] = 0
    return out


@misconception("truncate", caught_by=CUT, hint="The first k steps keep theirs. It must be the last k, near the end.")
def keeps_the_first_steps(dH, k):
    return truncate(dH[:, ::-1], k)[:, ::-1]


@misconception("truncate", caught_by=CUT, hint="You set the last k steps to 0. These are the ones to keep.")
def drops_the_last_steps(dH, k):
    return dH - truncate(dH, k)


@misconception(
    "truncate", caught_by=CUT, hint="Only the last k steps come back. The shape stays (N, T, H), with zeros before."
)
def cuts_the_rest_off(dH, k):
    return dH[:, max(dH.shape[1] - k, 0) :]


@misconception("truncate", caught_by=CUT, hint="You cut along the samples, axis 0. Steps are axis 1.")
def cuts_samples_off(dH, k):
    return truncate(dH.transpose(1, 0, 2), k).transpose(1, 0, 2)


@misconception("truncate", caught_by=CUT, hint="One step too many is kept: the last k, not k + 1.")
def keeps_one_step_more(dH, k):
    return truncate(dH, k + 1)


@misconception("truncate", caught_by=CUT[2], hint="The caller's blame was set to 0 as well: work on dH.copy().")
def cuts_the_callers_blame(dH, k):
    dH[:, : max(dH.shape[1] - k, 0)] = 0
    return dH


# ---------------------------------------------------------------- lstm_step


@misconception(
    "lstm_step",
    caught_by=LSTM,
    hint="You took the gates in the order i, f, g, o, as PyTorch does. Here the columns are i, f, o, g.",
)
def takes_the_order_of_pytorch(x, h, c, W, b):
    i, f, o, g = np.split(np.arange(len(b)), 4)
    order = np.concatenate([i, f, g, o])
    return lstm_step(x, h, c, W[:, order], b[order])


@misconception(
    "lstm_step",
    caught_by=LSTM,
    hint="Input gate and forget gate are exchanged: i is the first block of columns, f the second.",
)
def exchanges_input_and_forget(x, h, c, W, b):
    i, f, o, g = np.split(np.arange(len(b)), 4)
    order = np.concatenate([f, i, o, g])
    return lstm_step(x, h, c, W[:, order], b[order])


@misconception(
    "lstm_step",
    caught_by=LSTM,
    hint="Forget gate and output gate are exchanged: f is the second block of columns, o the third.",
)
def exchanges_forget_and_output(x, h, c, W, b):
    i, f, o, g = np.split(np.arange(len(b)), 4)
    order = np.concatenate([i, o, f, g])
    return lstm_step(x, h, c, W[:, order], b[order])


@misconception(
    "lstm_step", caught_by=LSTM, hint="h stands before x in your product. The rows of W are for x first: [x, h] @ W."
)
def puts_h_before_x(x, h, c, W, b):
    return lstm_step(x, h, c, np.roll(W, -h.shape[1], axis=0), b)


@misconception("lstm_step", caught_by=LSTM, hint="You returned c, h. The order is h, c.")
def returns_c_first(x, h, c, W, b):
    return lstm_step(x, h, c, W, b)[::-1]


@misconception("lstm_step", caught_by=LSTM, hint="Nothing is ever forgotten: the old c must be multiplied by f.")
def never_forgets(x, h, c, W, b):
    return lstm_step(x, h, c, W, b + 1e3 * (np.arange(len(b)) // (len(b) // 4) == 1))


@misconception("lstm_step", caught_by=LSTM, hint="Everything is written: g must be multiplied by the input gate i.")
def writes_without_asking(x, h, c, W, b):
    return lstm_step(x, h, c, W, b + 1e3 * (np.arange(len(b)) // (len(b) // 4) == 0))


@misconception(
    "lstm_step", caught_by=LSTM, hint="Everything is said aloud: tanh(c) must be multiplied by the output gate o."
)
def speaks_without_asking(x, h, c, W, b):
    return lstm_step(x, h, c, W, b + 1e3 * (np.arange(len(b)) // (len(b) // 4) == 2))


@misconception("lstm_step", caught_by=LSTM, hint="h is o c in your answer. The tanh is missing: h = o tanh(c).")
def speaks_without_tanh(x, h, c, W, b):
    said, new = lstm_step(x, h, c, W, b)
    return said / np.tanh(new) * new, new


@misconception(
    "lstm_step", caught_by=LSTM, hint="h was made of the old c. It says what the NEW c holds: h = o tanh(new c)."
)
def speaks_of_the_old_c(x, h, c, W, b):
    said, new = lstm_step(x, h, c, W, b)
    return said / np.tanh(new) * np.tanh(c), new


@misconception(
    "lstm_step",
    caught_by=LSTM,
    hint="g went through the sigmoid, so that nothing negative can be written. It is no gate: tanh.",
)
def squashes_g_like_a_gate(x, h, c, W, b):
    i, f, o, g = np.split(1 / (1 + np.exp(-(np.concatenate([x, h], axis=1) @ W + b))), 4, axis=1)
    c = f * c + i * g
    return o * np.tanh(c), c


@misconception(
    "lstm_step",
    caught_by=LSTM,
    hint="The share to write is 1 - f in your step. Here the input gate i decides that on its own.",
)
def couples_input_and_forget(x, h, c, W, b):
    _, f, o, g = np.split(np.concatenate([x, h], axis=1) @ W + b, 4, axis=1)
    f = 1 / (1 + np.exp(-f))
    c = f * c + (1 - f) * np.tanh(g)
    return np.tanh(c) / (1 + np.exp(-o)), c


@misconception("lstm_step", caught_by=LSTM, hint="The biases of the four gates are missing: [x, h] @ W + b.")
def forgets_the_biases_of_the_gates(x, h, c, W, b):
    return lstm_step(x, h, c, W, 0 * b)


@misconception("lstm_step", caught_by=LSTM, hint="The gates do not hear the votes before: h belongs into the product.")
def gates_without_h(x, h, c, W, b):
    return lstm_step(x, 0 * h, c, W, b)


@misconception(
    "lstm_step",
    caught_by=LSTM[2],
    hint="The caller's c was overwritten: c *= f works in place. Write c = f * c + i * g.",
)
def writes_into_the_callers_c(x, h, c, W, b):
    said, c[...] = lstm_step(x, h, c, W, b)
    return said, c


# ---------------------------------------------------------------- gru_step


@misconception(
    "gru_step",
    caught_by=GRU,
    hint="Your z is the share of the NEW votes, as in the paper of 2014. Here, as in PyTorch, z keeps the old: "
    "h = z h + (1 - z) n.",
)
def keeps_the_new_by_z(x, h, Wr, Wz, Wn, br, bz, bn):
    return gru_step(x, h, Wr, -Wz, Wn, br, -bz, bn)


@misconception(
    "gru_step",
    caught_by=GRU,
    hint="Your reset gate acts after the product, r * (h @ W), as in PyTorch. Here it acts before: [x, r * h] @ Wn.",
)
def resets_after_the_product(x, h, Wr, Wz, Wn, br, bz, bn):
    D, xh = x.shape[1], np.concatenate([x, h], axis=1)
    r, z = (1 / (1 + np.exp(-(xh @ W + b))) for W, b in ((Wr, br), (Wz, bz)))
    return z * h + (1 - z) * np.tanh(x @ Wn[:D] + r * (h @ Wn[D:]) + bn)


@misconception("gru_step", caught_by=GRU, hint="The reset gate does nothing: n must be made of r * h, not of h.")
def never_resets(x, h, Wr, Wz, Wn, br, bz, bn):
    return gru_step(x, h, Wr, Wz, Wn, br + 1e3, bz, bn)


@misconception(
    "gru_step", caught_by=GRU, hint="r and z are exchanged: Wr and br make the reset gate, Wz and bz the other."
)
def exchanges_reset_and_keep(x, h, Wr, Wz, Wn, br, bz, bn):
    return gru_step(x, h, Wz, Wr, Wn, bz, br, bn)


@misconception(
    "gru_step",
    caught_by=GRU,
    hint="In your products h stands before x. The rows of each W are for x first, then for h.",
)
def puts_h_before_x_in_the_gru(x, h, Wr, Wz, Wn, br, bz, bn):
    return gru_step(x, h, *(np.roll(W, -h.shape[1], axis=0) for W in (Wr, Wz, Wn)), br, bz, bn)


@misconception(
    "gru_step", caught_by=GRU, hint="Only the new votes n come back. Mix them with the old: z h + (1 - z) n."
)
def returns_the_new_votes_only(x, h, Wr, Wz, Wn, br, bz, bn):
    return gru_step(x, h, Wr, Wz, Wn, br, bz - 1e3, bn)


@misconception(
    "gru_step", caught_by=GRU, hint="Old and new are added whole: h + n (1 - z). The old must be multiplied by z."
)
def keeps_all_of_the_old(x, h, Wr, Wz, Wn, br, bz, bn):
    z = 1 / (1 + np.exp(-(np.concatenate([x, h], axis=1) @ Wz + bz)))
    return gru_step(x, h, Wr, Wz, Wn, br, bz, bn) + (1 - z) * h


@misconception(
    "gru_step",
    caught_by=GRU,
    hint="The reset h went into the mix, too: z (r h). The reset gate only works inside n; z keeps the old h itself.",
)
def mixes_with_the_reset_votes(x, h, Wr, Wz, Wn, br, bz, bn):
    xh = np.concatenate([x, h], axis=1)
    r, z = (1 / (1 + np.exp(-(xh @ W + b))) for W, b in ((Wr, br), (Wz, bz)))
    return gru_step(x, h, Wr, Wz, Wn, br, bz, bn) + z * (r - 1) * h


@misconception("gru_step", caught_by=GRU, hint="n has no tanh in your step: the new votes must lie between -1 and 1.")
def forgets_the_tanh_of_n(x, h, Wr, Wz, Wn, br, bz, bn):
    xh = np.concatenate([x, h], axis=1)
    r, z = (1 / (1 + np.exp(-(xh @ W + b))) for W, b in ((Wr, br), (Wz, bz)))
    return z * h + (1 - z) * (np.concatenate([x, r * h], axis=1) @ Wn + bn)


@misconception("gru_step", caught_by=GRU, hint="The three biases br, bz and bn are missing.")
def forgets_the_three_biases(x, h, Wr, Wz, Wn, br, bz, bn):
    return gru_step(x, h, Wr, Wz, Wn, 0 * br, 0 * bz, 0 * bn)


@misconception(
    "gru_step", caught_by=GRU, hint="n does not hear the votes before at all: r * h belongs into its product."
)
def makes_n_without_h(x, h, Wr, Wz, Wn, br, bz, bn):
    return gru_step(x, h, Wr, Wz, Wn, br - 1e3, bz, bn)


@misconception("gru_step", caught_by=GRU[2], hint="The caller's h was overwritten. Return a new array.")
def writes_into_the_callers_h(x, h, Wr, Wz, Wn, br, bz, bn):
    h[...] = gru_step(x, h, Wr, Wz, Wn, br, bz, bn)
    return h


# ---------------------------------------------------------------- memory_norm


@misconception("memory_norm", caught_by=NORM, hint="This is the square of the norm: the root is missing.")
def squares_the_norm(cell, T, rng):
    return memory_norm(cell, T, rng) ** 2


@misconception("memory_norm", caught_by=NORM, hint="One step only: the state must go through the cell T times.")
def takes_one_step_only(cell, T, rng):
    return memory_norm(cell, 1, rng)


@misconception("memory_norm", caught_by=NORM, hint="One step too few: T calls of the cell lead from h_0 to h_T.")
def takes_one_step_less(cell, T, rng):
    return memory_norm(cell, T - 1, rng)


@misconception("memory_norm", caught_by=NORM, hint="One step too many: T calls of the cell lead from h_0 to h_T.")
def takes_one_step_more(cell, T, rng):
    return memory_norm(cell, T + 1, rng)


@misconception(
    "memory_norm",
    caught_by=NORM,
    hint="This is half of it. The two nudged states are 2 nudges apart: divide by twice the nudge.",
)
def halves_the_slopes(cell, T, rng):
    return memory_norm(cell, T, rng) * 2


@misconception(
    "memory_norm", caught_by=NORM, hint="You took the mean of something. The Frobenius norm is the root of a SUM."
)
def averages_the_table(cell, T, rng):
    return memory_norm(cell, T, rng) / 8


@misconception(
    "memory_norm",
    caught_by=NORM,
    hint="This is the spectral norm, the largest stretch. The Frobenius norm is the root of the sum of all squares.",
)
def takes_the_spectral_norm(cell, T, rng):
    h, whole = rng.normal(size=8), np.eye(8)
    for _ in range(T):
        slopes = [(cell(h + e) - cell(h - e)) / 2e-5 for e in 1e-5 * np.eye(8)]
        whole, h = whole @ np.array(slopes), cell(h)
    return np.linalg.norm(whole, 2)


@misconception(
    "memory_norm",
    caught_by=NORM,
    hint="You nudge all eight numbers at once. Nudge one at a time: eight nudges make the table of slopes.",
)
def nudges_all_at_once(cell, T, rng):
    h = rng.normal(size=8)
    up = h + 1e-5
    for _ in range(T):
        h, up = cell(h), cell(up)
    return np.linalg.norm((up - h) / 1e-5)


@misconception("memory_norm", caught_by=NORM, hint="You nudge the first number of h_0 only. There are eight.")
def nudges_the_first_only(cell, T, rng):
    h = rng.normal(size=8)
    up = h + 1e-5 * (np.arange(8) == 0)
    for _ in range(T):
        h, up = cell(h), cell(up)
    return np.linalg.norm((up - h) / 1e-5)


@misconception(
    "memory_norm", caught_by=NORM, hint="This is the length of h_T. Asked for is how much h_T MOVES when h_0 is nudged."
)
def measures_the_last_state(cell, T, rng):
    h = rng.normal(size=8)
    for _ in range(T):
        h = cell(h)
    return np.linalg.norm(h)


@misconception(
    "memory_norm",
    caught_by=NORM[1:],
    hint="The slopes of the first step are used for all steps. Let the state go on, and measure each step where it is.",
)
def measures_the_first_step_only(cell, T, rng):
    h = rng.normal(size=8)
    slopes = np.array([(cell(h + e) - cell(h - e)) / 2e-5 for e in 1e-5 * np.eye(8)])
    return np.linalg.norm(np.linalg.matrix_power(slopes, T))


@misconception(
    "memory_norm",
    caught_by=NORM,
    hint="The tables of the steps are multiplied entry by entry. The chain rule asks for the matrix product, @.",
)
def multiplies_entry_by_entry(cell, T, rng):
    h, whole = rng.normal(size=8), 1.0
    for _ in range(T):
        slopes = [(cell(h + e) - cell(h - e)) / 2e-5 for e in 1e-5 * np.eye(8)]
        whole, h = whole * np.array(slopes), cell(h)
    return np.linalg.norm(whole)


@misconception(
    "memory_norm",
    caught_by=NORM,
    hint="The norms of the steps are multiplied. Multiply the tables: the norm of a product is no product of norms.",
)
def multiplies_the_norms(cell, T, rng):
    h, whole = rng.normal(size=8), 1.0
    for _ in range(T):
        slopes = [(cell(h + e) - cell(h - e)) / 2e-5 for e in 1e-5 * np.eye(8)]
        whole, h = whole * np.linalg.norm(slopes), cell(h)
    return whole


@misconception(
    "memory_norm", caught_by=NORM[2], hint="h_0 comes from a generator of your own with a fixed seed, not from rng."
)
def starts_from_its_own_seed(cell, T, rng):
    return memory_norm(cell, T, np.random.default_rng(0))


# ---------------------------------------------------------------- one_hot_text


@misconception(
    "one_hot_text", caught_by=HOT, hint="The columns follow the sorted alphabet. Keep the order that is given."
)
def sorts_the_alphabet(s, alphabet):
    return one_hot_text(s, "".join(sorted(alphabet)))


@misconception(
    "one_hot_text", caught_by=HOT, hint="The columns come from the letters of the text. They are the alphabet's."
)
def takes_the_alphabet_of_the_text(s, alphabet):
    one_hot_text(s, alphabet)
    return one_hot_text(s, "".join(letter for letter in alphabet if letter in s))


@misconception(
    "one_hot_text", caught_by=HOT, hint="Letters are columns in your table. Each letter must be a ROW: (T, V)."
)
def makes_letters_columns(s, alphabet):
    return one_hot_text(s, alphabet).T


@misconception(
    "one_hot_text", caught_by=HOT, hint="These are the numbers of the letters. Each must become a row with one 1."
)
def returns_the_numbers(s, alphabet):
    return one_hot_text(s, alphabet).argmax(axis=1)


@misconception(
    "one_hot_text", caught_by=HOT[1], hint="A letter outside the alphabet became a row of zeros. Raise ValueError."
)
def gives_zeros_to_strangers(s, alphabet):
    return np.array([[letter == other for other in alphabet] for letter in s], float).reshape(len(s), len(alphabet))


@misconception(
    "one_hot_text",
    caught_by=HOT[1],
    hint="find gives -1 for a letter outside the alphabet, and -1 is the LAST column. Use index: it raises ValueError.",
)
def finds_strangers_in_the_last_column(s, alphabet):
    return np.eye(len(alphabet))[[alphabet.find(letter) for letter in s]].reshape(len(s), len(alphabet))


@misconception(
    "one_hot_text",
    caught_by=HOT[1],
    hint="A letter outside the alphabet is left out, and nobody hears. Raise ValueError.",
)
def leaves_strangers_out(s, alphabet):
    return one_hot_text("".join(letter for letter in s if letter in alphabet), alphabet)


@misconception(
    "one_hot_text",
    caught_by=HOT[1],
    hint="A dictionary raises KeyError for a letter that it does not know. Asked for is ValueError.",
)
def raises_a_key_error(s, alphabet):
    place = {letter: k for k, letter in enumerate(alphabet)}
    return np.eye(len(alphabet))[[place[letter] for letter in s]].reshape(len(s), len(alphabet))


@misconception(
    "one_hot_text", caught_by=HOT[1], hint="Capital letters are made small first. They are letters of their own."
)
def makes_capitals_small(s, alphabet):
    return one_hot_text(s.lower(), alphabet.lower())


# ---------------------------------------------------------------- sample


@misconception("sample", caught_by=SAMPLE, hint="The start is missing in your text: the result begins with it.")
def leaves_out_the_start(step, start, n, rng, temperature):
    return sample(step, start, n, rng, temperature)[len(start) :]


@misconception("sample", caught_by=SAMPLE, hint="Your text is a list of letters. Join them: ''.join(letters).")
def returns_a_list_of_letters(step, start, n, rng, temperature):
    return list(sample(step, start, n, rng, temperature))


@misconception(
    "sample",
    caught_by=SAMPLE,
    hint="n counts the start in your text. It is the number of NEW letters: len(start) + n in all.",
)
def counts_the_start(step, start, n, rng, temperature):
    return sample(step, start, max(n - len(start), 0), rng, temperature)


@misconception(
    "sample", caught_by=SAMPLE, hint="You always take the most likely letter. Draw, with the shares as odds."
)
def takes_the_most_likely(step, start, n, rng, temperature):
    return sample(step, start, n, rng, 1e-6)


@misconception(
    "sample", caught_by=SAMPLE[:2], hint="All letters are drawn with equal odds. Use softmax(scores / temperature)."
)
def draws_any_letter(step, start, n, rng, temperature):
    return sample(step, start, n, rng, 1e9)


@misconception(
    "sample", caught_by=SAMPLE[1], hint="The temperature has no effect: divide the scores by it before softmax."
)
def ignores_the_temperature(step, start, n, rng, temperature):
    return sample(step, start, n, rng, 1.0)


@misconception(
    "sample",
    caught_by=SAMPLE[1],
    hint="You multiply by the temperature: hot becomes cold. Divide: a high temperature makes the odds more equal.",
)
def multiplies_by_the_temperature(step, start, n, rng, temperature):
    return sample(step, start, n, rng, 1 / temperature)


@misconception(
    "sample",
    caught_by=SAMPLE[1],
    hint="The model gets no state but None. Give it back what it gave you: scores, state = step(letter, state).",
)
def never_hands_the_state_on(step, start, n, rng, temperature):
    def forgetful(letter, state):
        return step(letter, None)

    forgetful.alphabet = step.alphabet
    return sample(forgetful, start, n, rng, temperature)


@misconception(
    "sample",
    caught_by=SAMPLE[1:],
    hint="The model hears only the last letter of the start. Tell it all of them, one after the other, with the state.",
)
def tells_the_end_of_the_start_only(step, start, n, rng, temperature):
    return start[:-1] + sample(step, start[-1], n, rng, temperature)


@misconception(
    "sample",
    caught_by=SAMPLE,
    hint="The model hears the start again and again. Tell it the letter that you have just drawn.",
)
def repeats_the_start_to_the_model(step, start, n, rng, temperature):
    def deaf(letter, state):
        return step(start[-1] if state else letter, state)

    deaf.alphabet = step.alphabet
    return sample(deaf, start, n, rng, temperature)


@misconception(
    "sample",
    caught_by=SAMPLE[1:],
    hint="The letters of the start are heard, and then the last of them once more, before the first draw.",
)
def tells_the_last_letter_twice(step, start, n, rng, temperature):
    state, text = None, start
    for letter in start:
        _, state = step(letter, state)
    for _ in range(n):
        scores, state = step(text[-1], state)
        p = np.exp((scores - scores.max()) / temperature)
        text += step.alphabet[rng.choice(len(p), p=p / p.sum())]
    return text


@misconception(
    "sample", caught_by=SAMPLE[2], hint="The draws come from a generator of your own with a fixed seed, not from rng."
)
def draws_with_its_own_seed(step, start, n, rng, temperature):
    return sample(step, start, n, np.random.default_rng(0), temperature)


# ---------------------------------------------------------------- train_memory


@misconception(
    "train_memory", caught_by=TRAIN, hint="This is the share of WRONG answers. Return the accuracy: 1 minus it."
)
def returns_the_share_of_mistakes(T, cell, rng, forget_bias=5.0):
    return 1 - train_memory(T, cell, rng, forget_bias)


@misconception("train_memory", caught_by=TRAIN, hint="The accuracy is in percent. Return a share between 0 and 1.")
def returns_percent(T, cell, rng, forget_bias=5.0):
    return 100 * train_memory(T, cell, rng, forget_bias)


@misconception("train_memory", caught_by=TRAIN, hint="Two things come back. Return one number, the accuracy.")
def returns_two_things(T, cell, rng, forget_bias=5.0):
    return train_memory(T, cell, rng, forget_bias), 0.0


@misconception(
    "train_memory",
    caught_by=TRAIN[:2],
    hint="forget_bias has no effect: set the forget gate's part of b, b[H : 2 * H], to it before training.",
)
def ignores_the_forget_bias(T, cell, rng, forget_bias=5.0):
    return train_memory(T, cell, rng, 0.0)


@misconception(
    "train_memory",
    caught_by=TRAIN[:2],
    hint="The forget bias has the wrong sign: f is the share that is KEPT, so a large bias means remembering.",
)
def takes_forgetting_at_its_word(T, cell, rng, forget_bias=5.0):
    return train_memory(T, cell, rng, -forget_bias)


@misconception(
    "train_memory", caught_by=TRAIN, hint="Weights and sequences come from a generator of your own, not from rng."
)
def trains_with_its_own_seed(T, cell, rng, forget_bias=5.0):
    return train_memory(T, cell, np.random.default_rng(0), forget_bias)


@misconception(
    "train_memory",
    caught_by=TRAIN,
    hint="About half is right, however short the sequence: your cell guesses. Are the weights ever changed?",
)
def never_trains(T, cell, rng, forget_bias=5.0):
    _, y = make_first_bit(500, T, rng)
    return float(np.mean(y == rng.integers(0, 2, 500)))


@misconception(
    "train_memory",
    caught_by=TRAIN,
    hint="Whatever happens, the answer is 1. Measure: the share of right answers on fresh sequences.",
)
def claims_to_be_perfect(T, cell, rng, forget_bias=5.0):
    return 1.0


# ---------------------------------------------------------------- answers

RIGHT = {1: "b", 2: "d", 3: "a", 4: "c", 5: "b", 6: "a", 7: "d", 8: "c"}
HINTS = {
    1: {
        "a": "Weights of its own for each step would be T layers, and a sequence of T + 1 steps could not be read.",
        "c": "x changes from step to step, the weights do not.",
        "d": "h changes from step to step, and it is no weight: it is what the cell remembers.",
    },
    2: {
        "a": "The first use alone would be one of T. All uses moved the loss.",
        "b": "The last use has the shortest way to the loss, but it is one of T.",
        "c": "The mean would be T times too small: a nudge of Wh works at all T places at once.",
    },
    3: {
        "b": "x does not stand in the way from h_0 to h_T; it only moves the place at which slopes are taken.",
        "c": "Sums grow or shrink slowly. The chain rule multiplies.",
        "d": "Rounding is about 1e-16 of a number at each step, and no reason for 1e-6.",
    },
    4: {
        "a": "That is the forget gate, on the old c.",
        "b": "That is the input gate, on g.",
        "d": "x goes into all gates, and none of them shuts it out.",
    },
    5: {
        "a": "0.5 at each of 20 steps is not a half in the end: multiply.",
        "c": "sigmoid(0) is 0.5, and f is not 0.",
        "d": "f would have to be 1 for that. sigmoid(0) is 0.5.",
    },
    6: {
        "b": "A sigmoid at 5 is .993, not 1: after 50 steps .71 is left.",
        "c": "A slope of tanh is still there, in h = o tanh(c). It is not on the way from c to c.",
        "d": "The LSTM has four times the weights. That is no reason for a longer memory.",
    },
    7: {
        "a": "Then r and z would both be one: the GRU has two gates.",
        "b": "1 - z is the share of the new votes n; here z = 1.",
        "c": "Nothing is reset by z. That is r.",
    },
    8: {
        "a": "That is what a temperature below 1 does. Divided by 2, scores lie closer together.",
        "b": "That would be a temperature of 1.",
        "d": "The alphabet stays. Every letter keeps a chance, if a small one.",
    },
}
add_wrong_options("recurrence", HINTS, RIGHT)
