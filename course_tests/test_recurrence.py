"""Hidden tests of 15_recurrence. See checks.py for what each check says when it fails.

SimpleCell and Speaker are given in the notebook: a test makes them where the learner's code lives, so that a cell or a
model is asked many times without a word crossing to the tests.
"""

import numpy as np
import pytest

from course_tests.checks import (
    assert_agrees,
    assert_close,
    assert_leaves_inputs_alone,
    assert_raises,
    central_differences,
    graded,
    quiz_tests,
    require,
    rngs,
    shuffled,
)
from course_tests.reference import autograd
from course_tests.reference import recurrence as right
from course_tests.test_graph import with_help

SIZES = ((3, 4, 2, 5), (2, 3, 4, 3), (4, 5, 3, 2))  # N, T, D, H
ODD_SIZES = ((1, 3, 2, 4), (3, 1, 2, 4), (2, 3, 1, 1), (3, 3, 3, 3))

# ---------------------------------------------------------------- make_first_bit


def first_bits(make_first_bit, n, T, seed):
    """X and y as arrays, after a look at their shapes and at the first values."""
    __tracebackhide__ = True
    told = f"X, y = make_first_bit({n}, {T}, np.random.default_rng({seed}))"
    made = make_first_bit.case(told, lambda f: f(n, T, np.random.default_rng(seed)))
    require(isinstance(made, (tuple, list)) and len(made) == 2, f"{told}: two things must come back, X and y.")
    X, y = (np.asarray(one, float) for one in made)
    require(X.shape == (n, T, 1), f"{told}: X has the shape {X.shape}; it must be ({n}, {T}, 1).")
    require(y.shape == (n,), f"{told}: y has the shape {y.shape}; it must be ({n},), one label for each sequence.")
    require(np.isfinite(X).all(), f"{told}: X holds numbers that are not finite.")
    first = X[:, 0, 0]
    require(
        np.isin(first, (-1, 1)).all(),
        f"{told}: each sequence must begin with -1 or 1; one begins with {first[~np.isin(first, (-1, 1))][:1]}.",
    )
    wrong = np.flatnonzero(y != (first > 0))
    if len(wrong):
        k = wrong[0]
        require(False, f"{told}: sequence {k} begins with {first[k]:g}, and its label is {y[k]:g}.")
    return X, y


@graded
def test_make_first_bit_basic(make_first_bit):
    """each sequence begins with -1 or 1; its label is 1 where it begins with 1, else 0"""
    for rng in rngs():
        n, T, seed = (int(k) for k in rng.integers((40, 2, 0), (90, 9, 10**6)))
        _, y = first_bits(make_first_bit, n, T, seed)
        require(0 < y.sum() < n, f"All {n} labels are {y[0]:g}: draw the first value of each sequence.")


@graded
def test_make_first_bit_noise(make_first_bit):
    """after the first value comes noise of its own in each sequence and step, which tells nothing of the label"""
    rng = rngs(1)[0]
    n, T, seed = (int(k) for k in rng.integers((3000, 4, 0), (4000, 7, 10**6)))
    X, y = first_bits(make_first_bit, n, T, seed)
    require(0.4 < y.mean() < 0.6, f"Of {n} sequences {int(y.sum())} begin with 1; both should be as likely.")
    noise = X[:, 1:, 0]
    look = "Draw a number of its own for each sequence and each step."
    require(noise.std(axis=0).min() > 1e-6, "At some step all sequences have the same number.", look)
    require(np.mean(noise.std(axis=1) > 1e-6) > 0.5, "Sequences have the same number at all their later steps.", look)
    gaps = (noise[y == 1].mean(axis=0) - noise[y == 0].mean(axis=0)) / noise.std(axis=0)
    t = int(np.argmax(np.abs(gaps)))
    require(
        np.abs(gaps[t]) < 12 / np.sqrt(n),
        f"The numbers at step {t + 1} tell the label: they differ by {gaps[t]:.2f} standard deviations.",
        look,
    )
    for n, T in shuffled([(1, 4), (5, 1), (1, 1)]):
        first_bits(make_first_bit, n, T, int(rng.integers(10**6)))


@graded
def test_make_first_bit_craft(make_first_bit):
    """all chance comes from rng: the same seed gives the same sequences, another seed gives others"""
    n, T, seed = (int(k) for k in rngs(1)[0].integers((20, 3, 0), (40, 8, 10**6)))
    one, _ = first_bits(make_first_bit, n, T, seed)
    again, _ = first_bits(make_first_bit, n, T, seed)
    other, _ = first_bits(make_first_bit, n, T, seed + 1)
    require(np.array_equal(one, again), "Twice the same seed gave different sequences: draw from the argument rng.")
    require(not np.array_equal(one, other), "Two seeds gave the same sequences: draw from the argument rng.")


# ---------------------------------------------------------------- rnn_step


def weights(rng, D, H, scale=0.7):
    """Wx, Wh, b."""
    return rng.normal(0, scale, (D, H)), rng.normal(0, scale, (H, H)), rng.normal(0, 0.5, H)


@graded
def test_rnn_step_basic(rnn_step):
    """tanh of one sum: what comes in, the votes before, and the bias"""
    for rng in rngs():
        for N, _, D, H in SIZES:
            assert_agrees(rnn_step, rng.normal(size=(N, D)), rng.uniform(-1, 1, (N, H)), *weights(rng, D, H))


@graded
def test_rnn_step_any_shape(rnn_step):
    """one sample, one number in, one member, square weights; nothing but zeros gives tanh of the bias"""
    (rng,) = rngs(1)
    for N, _, D, H in ODD_SIZES:
        assert_agrees(rnn_step, rng.normal(size=(N, D)), rng.uniform(-1, 1, (N, H)), *weights(rng, D, H))
    Wx, Wh, b = weights(rng, 2, 3)
    assert_agrees(rnn_step, np.zeros((2, 2)), np.zeros((2, 3)), Wx, Wh, b)
    assert_agrees(rnn_step, np.zeros((2, 2)), rng.uniform(-1, 1, (2, 3)), Wx, Wh, 0 * b)


@graded
def test_rnn_step_craft(rnn_step):
    """x, h and the weights stay as they were"""
    (rng,) = rngs(1)
    args = rng.normal(size=(3, 2)), rng.uniform(-1, 1, (3, 4)), *weights(rng, 2, 4)
    assert_agrees(rnn_step, *args)
    assert_leaves_inputs_alone(rnn_step, *args)


# ---------------------------------------------------------------- rnn_forward


def sequences(rng, N, T, D, H):
    """X, h0, Wx, Wh, b."""
    return rng.normal(size=(N, T, D)), rng.uniform(-1, 1, (N, H)), *weights(rng, D, H)


@graded
def test_rnn_forward_basic(rnn_forward):
    """the votes of every step, and the cache (X, h0, Wx, Wh, b, H)"""
    for rng in rngs():
        for size in SIZES:
            assert_agrees(rnn_forward, *sequences(rng, *size))


@graded
def test_rnn_forward_any_shape(rnn_forward):
    """one sample, one step, one member, equal sizes, and long sequences"""
    (rng,) = rngs(1)
    for size in (*ODD_SIZES, (2, 40, 1, 3)):
        assert_agrees(rnn_forward, *sequences(rng, *size))


@graded
def test_rnn_forward_craft(rnn_forward):
    """X, h0 and the weights stay as they were"""
    (rng,) = rngs(1)
    args = sequences(rng, 2, 3, 2, 4)
    assert_agrees(rnn_forward, *args)
    assert_leaves_inputs_alone(rnn_forward, *args)


# ---------------------------------------------------------------- rnn_backward


def blame_and_cache(rng, N, T, D, H):
    """Blame for all votes, and the cache of a way forward."""
    return rng.normal(size=(N, T, H)), right.rnn_forward(*sequences(rng, N, T, D, H))[1]


@graded
def test_rnn_backward_basic(rnn_backward):
    """dX, dh0, dWx, dWh and db: blame walks back from step to step, and shared weights add theirs"""
    for rng in rngs():
        for size in SIZES:
            assert_agrees(rnn_backward, *blame_and_cache(rng, *size), rows_count=True)


@graded
def test_rnn_backward_any_shape(rnn_backward):
    """one sample, one step, one member, equal sizes, long sequences, and blame at the last or the first step only"""
    (rng,) = rngs(1)
    for size in (*ODD_SIZES, (2, 30, 1, 3)):
        assert_agrees(rnn_backward, *blame_and_cache(rng, *size), rows_count=True)
    dH, cache = blame_and_cache(rng, 3, 4, 2, 5)
    for step in shuffled([0, 3]):
        only = np.zeros(dH.shape)
        only[:, step] = dH[:, step]
        assert_agrees(rnn_backward, only, cache, rows_count=True)


@graded
def test_rnn_backward_craft(rnn_backward):
    """db is flat, and the blame that comes in and the cache stay as they were"""
    (rng,) = rngs(1)
    dH, cache = blame_and_cache(rng, 2, 4, 3, 2)
    assert_agrees(rnn_backward, dH, cache)
    assert_leaves_inputs_alone(rnn_backward, dH, cache)


# ---------------------------------------------------------------- truncate


@graded
def test_truncate_basic(truncate):
    """the last k steps keep their blame, all steps before get 0, and the shape stays"""
    for rng in rngs():
        for (N, T, _, H), k in zip(SIZES, (2, 1, 3)):
            assert_agrees(truncate, rng.normal(size=(N, T, H)), k)


@graded
def test_truncate_any_k(truncate):
    """k = 0 leaves nothing, k = T or more leaves everything"""
    (rng,) = rngs(1)
    for k in shuffled([0, 1, 4, 5, 6, 7, 50]):
        assert_agrees(truncate, rng.normal(size=(2, 5, 3)), k)
    assert_agrees(truncate, rng.normal(size=(1, 1, 1)), 0)
    assert_agrees(truncate, rng.normal(size=(3, 3, 3)), 2)


@graded
def test_truncate_craft(truncate):
    """dH stays as it was, and the answer is an array of its own"""
    (rng,) = rngs(1)
    dH = rng.normal(size=(2, 4, 3))
    assert_agrees(truncate, dH, 2)
    assert_leaves_inputs_alone(truncate, dH, 2)

    def changed(f):
        own = dH.copy()
        out = f(own, 4)
        out += 1
        return own

    told = "own = dH.copy(); out = truncate(own, 4), for 4 steps; out += 1: then own"
    assert_close(truncate.case(told, changed), dH, told, look="Make a copy: your answer is the caller's own array.")


# ---------------------------------------------------------------- lstm_step, gru_step


def gated(rng, N, D, H, gates, scale=0.7):
    """x, h, and so many weights and biases of a gate."""
    W = [rng.normal(0, scale, (D + H, H)) for _ in range(gates)]
    return rng.normal(size=(N, D)), rng.uniform(-1, 1, (N, H)), W, [rng.normal(0, 0.5, H) for _ in range(gates)]


def lstm_inputs(rng, N, D, H, open_or_shut=(0, 0, 0, 0)):
    """x, h, c, W, b; a gate may be held open (30) or shut (-30) by its bias."""
    x, h, W, b = gated(rng, N, D, H, 4)
    biases = np.concatenate([one + held for one, held in zip(b, open_or_shut)])
    return x, h, rng.normal(0, 1, (N, H)), np.concatenate(W, axis=1), biases


@graded
def test_lstm_step_basic(lstm_step):
    """h and c after one step: c = f c + i g, h = o tanh(c); the gates come in the order i, f, o, g"""
    for rng in rngs():
        for N, _, D, H in SIZES:
            assert_agrees(lstm_step, *lstm_inputs(rng, N, D, H))


@graded
def test_lstm_step_gates(lstm_step):
    """each gate wide open or shut by itself; one sample, one member, equal sizes"""
    (rng,) = rngs(1)
    for N, _, D, H in ODD_SIZES:
        assert_agrees(lstm_step, *lstm_inputs(rng, N, D, H))
    for held in shuffled(
        [(30, 0, 0, 0), (-30, 30, 0, 0), (0, 30, 0, 0), (0, -30, 0, 0), (0, 0, 30, 0), (0, 0, -30, 0)]
    ):
        assert_agrees(lstm_step, *lstm_inputs(rng, 3, 2, 4, held))


@graded
def test_lstm_step_craft(lstm_step):
    """x, h, c and the weights stay as they were"""
    (rng,) = rngs(1)
    args = lstm_inputs(rng, 3, 2, 4)
    assert_agrees(lstm_step, *args)
    assert_leaves_inputs_alone(lstm_step, *args)


def gru_inputs(rng, N, D, H, open_or_shut=(0, 0, 0)):
    """x, h, Wr, Wz, Wn, br, bz, bn; r and z may be held open or shut."""
    x, h, W, b = gated(rng, N, D, H, 3)
    return x, h, *W, *(one + held for one, held in zip(b, open_or_shut))


@graded
def test_gru_step_basic(gru_step):
    """h = z h + (1 - z) n: z keeps the old, and the reset gate acts on h before the product"""
    for rng in rngs():
        for N, _, D, H in SIZES:
            assert_agrees(gru_step, *gru_inputs(rng, N, D, H))


@graded
def test_gru_step_gates(gru_step):
    """each gate wide open or shut by itself; one sample, one member, equal sizes"""
    (rng,) = rngs(1)
    for N, _, D, H in ODD_SIZES:
        assert_agrees(gru_step, *gru_inputs(rng, N, D, H))
    for held in shuffled([(30, 0, 0), (-30, 0, 0), (0, 30, 0), (0, -30, 0), (-30, -30, 0)]):
        assert_agrees(gru_step, *gru_inputs(rng, 3, 2, 4, held))


@graded
def test_gru_step_craft(gru_step):
    """x, h and the weights stay as they were"""
    (rng,) = rngs(1)
    args = gru_inputs(rng, 3, 2, 4)
    assert_agrees(gru_step, *args)
    assert_leaves_inputs_alone(gru_step, *args)


# ---------------------------------------------------------------- memory_norm

MEMORY = 8  # numbers in a state


def assert_remembers(memory_norm, SimpleCell, rng, W, b, T, words):
    """For a cell without tanh the answer is the same wherever h_0 lies."""
    __tracebackhide__ = True
    seed = int(rng.integers(10**6))
    told = f"memory_norm(cell, {T}, np.random.default_rng({seed})) with {words}"
    with_help(
        memory_norm,
        [SimpleCell],
        told,
        lambda f, C: float(f(C(W, b, False), T, np.random.default_rng(seed))),
        rtol=1e-4,
        atol=1e-9,
    )


@graded
def test_memory_norm_basic(memory_norm, SimpleCell):
    """cells without tanh: 0.9 h forgets by a tenth a step, and a table of weights by what its powers say"""
    for rng in rngs():
        T, part = int(rng.integers(3, 12)), float(rng.uniform(0.6, 0.95))
        nothing = np.zeros(MEMORY)
        assert_remembers(memory_norm, SimpleCell, rng, part * np.eye(MEMORY), nothing, T, f"cell(h) = {part:.3f} h")
        W, b = rng.normal(0, 0.35, (MEMORY, MEMORY)), rng.normal(size=MEMORY)
        assert_remembers(memory_norm, SimpleCell, rng, W, b, T, "cell(h) = h @ W + b")


@graded
def test_memory_norm_of_bent_cells(memory_norm, SimpleCell):
    """cells with tanh: slopes are taken where the state is at that step; one step, and many"""
    rng = rngs(1)[0]
    W = rng.normal(0, 0.35, (MEMORY, MEMORY))
    assert_remembers(memory_norm, SimpleCell, rng, W, rng.normal(size=MEMORY), 1, "cell(h) = h @ W + b")
    assert_remembers(memory_norm, SimpleCell, rng, 0.5 * np.eye(MEMORY), np.zeros(MEMORY), 20, "cell(h) = 0.5 h")
    for T in shuffled([1, 4, 15]):
        W, b = np.linalg.qr(rng.normal(size=(MEMORY, MEMORY)))[0], rng.normal(0, 0.5, MEMORY)
        bent_memory(memory_norm, SimpleCell, W, b, T, int(rng.integers(10**6)))


def bent_memory(memory_norm, SimpleCell, W, b, T, seed):
    """What came out for a cell with tanh; it must be right for the state with which it began."""
    __tracebackhide__ = True
    told = f"memory_norm(cell, {T}, np.random.default_rng({seed})) with cell(h) = tanh(h @ W + b)"

    def scenario(f):
        C = SimpleCell.implementation if f is memory_norm.implementation else right.SimpleCell
        cell = C(W, b, True)
        return f(cell, T, np.random.default_rng(seed)), np.array(cell.first)

    got, first = memory_norm.case(told, scenario)
    h, slopes = np.atleast_2d(first)[0], np.eye(MEMORY)
    require(h.shape == (MEMORY,), f"{told}: h_0 has the shape {np.shape(first)}; it must have {MEMORY} numbers.")
    for _ in range(T):
        h = np.tanh(h @ W + b)
        slopes = slopes @ (W * (1 - h**2))
    assert_close(got, float(np.linalg.norm(slopes)), told, rtol=1e-2)
    return got


@graded
def test_memory_norm_craft(memory_norm, SimpleCell):
    """one plain number; h_0 is drawn from rng: the same seed gives the same answer, another seed another"""
    rng = rngs(1)[0]
    W, b, seed = (
        np.linalg.qr(rng.normal(size=(MEMORY, MEMORY)))[0],
        rng.normal(0, 0.5, MEMORY),
        int(rng.integers(10**6)),
    )
    one, again, other = (bent_memory(memory_norm, SimpleCell, W, b, 5, seed + more) for more in (0, 0, 1))
    require(np.isclose(one, again, rtol=1e-9), "Twice the same seed gave two answers: draw h_0 from the argument rng.")
    require(not np.isclose(one, other, rtol=1e-6), "Two seeds gave the same answer: draw h_0 from the argument rng.")


# ---------------------------------------------------------------- one_hot_text


def some_letters(rng, count):
    return "".join(str(one) for one in rng.permutation(list("abcdefghijklmnopqrstuvwxyz .,!"))[:count])


@graded
def test_one_hot_text_basic(one_hot_text):
    """a row for each letter, with a single 1 in that letter's column, in the order of the alphabet"""
    for rng in rngs():
        alphabet = some_letters(rng, int(rng.integers(4, 8)))
        assert_agrees(one_hot_text, "".join(rng.choice(list(alphabet), 9)), alphabet)


@graded
def test_one_hot_text_strange_letters(one_hot_text):
    """one letter, no text, capital letters are other letters, and a letter outside the alphabet is a ValueError"""
    (rng,) = rngs(1)
    alphabet = some_letters(rng, 5) + "Q"
    assert_agrees(one_hot_text, alphabet[int(rng.integers(5))], alphabet)
    assert_agrees(one_hot_text, "", alphabet)
    assert_agrees(one_hot_text, "qQQ" + alphabet[0], alphabet.replace("q", "?") + "q")
    strange = "#" + alphabet[:2]
    for text in shuffled([strange, strange[::-1], "#"]):
        assert_raises(one_hot_text, ValueError, text, alphabet, because="'#' is not in the alphabet")
    assert_raises(one_hot_text, ValueError, "A", "abc", because="'A' is not in the alphabet 'abc'")


@graded
def test_one_hot_text_craft(one_hot_text):
    """the columns hang on the alphabet alone, not on the text; an alphabet of one letter"""
    (rng,) = rngs(1)
    alphabet = some_letters(rng, 6)
    for text in shuffled([alphabet[3:], alphabet[::-1], alphabet[1] * 3]):
        assert_agrees(one_hot_text, text, alphabet)
    assert_agrees(one_hot_text, alphabet[0] * int(rng.integers(2, 6)), alphabet[0])


# ---------------------------------------------------------------- sample


def written(sample, Speaker, tables, alphabet, start, n, temperature, seed, words):
    """The text, and the letters that the model was told."""
    __tracebackhide__ = True
    told = f"sample(step, {start!r}, {n}, np.random.default_rng({seed}), {temperature:g}) with {words}"

    def scenario(f):
        C = Speaker.implementation if f is sample.implementation else right.Speaker
        step = C(tables, alphabet)
        return f(step, start, n, np.random.default_rng(seed), temperature), list(step.heard)

    text, heard = sample.case(told, scenario)
    require(isinstance(text, str), f"{told}: a str must come back; yours is {type(text).__name__}.")
    require(text.startswith(start), f"{told}: the text must begin with {start!r}; yours is {text[:30]!r}.")
    require(
        len(text) == len(start) + n,
        f"{told}: the text must have {n} letters more than the start, {len(start) + n} in all; yours has {len(text)}.",
    )
    return told, text, list(heard)


def loops(rng, alphabet, count=1):
    """Tables in which one letter must follow each: a walk through all of them, another one for each table."""
    V = len(alphabet)
    tables = np.zeros((count, V, V))
    for table in tables:
        walk = rng.permutation(V)
        table[walk, np.roll(walk, -1)] = 40
    return tables


def assert_follows(sample, Speaker, rng, start, n, tables, alphabet, words):
    __tracebackhide__ = True
    told, text, _ = written(sample, Speaker, tables, alphabet, start, n, 1.0, int(rng.integers(10**6)), words)
    want = right.sample(right.Speaker(tables, alphabet), start, n, np.random.default_rng(0), 1.0)
    require(text == want, f"{told}: this model writes {want!r}, whatever is drawn; yours is {text!r}.")


@graded
def test_sample_basic(sample, Speaker):
    """the text begins with start; each letter is drawn from the scores after the one before it"""
    for rng in rngs():
        alphabet = some_letters(rng, 5)
        assert_follows(
            sample, Speaker, rng, alphabet[0], 8, loops(rng, alphabet), alphabet, "one possible letter after each"
        )
        assert_odds(sample, Speaker, rng, alphabet, 1.0)


def assert_odds(sample, Speaker, rng, alphabet, temperature):
    """The shares of the letters, when what was heard does not matter."""
    __tracebackhide__ = True
    V, n = len(alphabet), 900
    scores = rng.permutation(np.linspace(-1.5, 1.5, V) * rng.uniform(0.8, 1))
    seed = int(rng.integers(10**6))
    told, text, _ = written(
        sample,
        Speaker,
        np.tile(scores, (1, V, 1)),
        alphabet,
        alphabet[0],
        n,
        temperature,
        seed,
        "the same scores always",
    )
    shares = np.array([text[1:].count(letter) for letter in alphabet]) / n
    odds = np.exp(scores / temperature)
    odds = odds / odds.sum()
    far = np.abs(shares - odds) - 4.5 * np.sqrt(odds * (1 - odds) / n) - 0.002
    k = int(np.argmax(far))
    require(
        far[k] < 0,
        f"{told}: {shares[k]:.1%} of the letters are {alphabet[k]!r}; softmax of scores / temperature: {odds[k]:.1%}.",
    )


@graded
def test_sample_start_and_temperature(sample, Speaker):
    """a start of several letters is heard whole, the state goes on, other temperatures, and n = 0"""
    rng = rngs(1)[0]
    alphabet = some_letters(rng, 6)
    start = "".join(rng.choice(list(alphabet), 3))
    words = "three tables in turn, which the state counts"
    assert_follows(sample, Speaker, rng, alphabet[2], 7, loops(rng, alphabet, 3), alphabet, words)
    assert_follows(sample, Speaker, rng, start, 7, loops(rng, alphabet, 3), alphabet, words)
    assert_follows(sample, Speaker, rng, start, 0, loops(rng, alphabet), alphabet, "one possible letter after each")
    for temperature in shuffled([0.4, 2.5]):
        assert_odds(sample, Speaker, rng, alphabet, temperature)


@graded
def test_sample_craft(sample, Speaker):
    """the model hears each letter once, in order; all chance comes from rng"""
    rng = rngs(1)[0]
    alphabet, seed = some_letters(rng, 6), int(rng.integers(10**6))
    tables, start = rng.normal(size=(2, 6, 6)), alphabet[:2]
    told, text, heard = written(sample, Speaker, tables, alphabet, start, 30, 1.0, seed, "random scores")
    require(
        len(heard) >= len(text) - 1 and heard == list(text[: len(heard)]),
        f"{told}: the model must hear the letters of {text!r} once each, in order; it heard {''.join(heard)!r}.",
    )
    _, again, _ = written(sample, Speaker, tables, alphabet, start, 30, 1.0, seed, "random scores")
    _, other, _ = written(sample, Speaker, tables, alphabet, start, 30, 1.0, seed + 1, "random scores")
    require(text == again, "Twice the same seed gave two texts: draw from the argument rng.")
    require(text != other, "Two seeds gave the same text: draw from the argument rng.")


# ---------------------------------------------------------------- train_memory

ENOUGH = 0.95  # over 50 steps, all of 20 seeds of the reference reach .98


def accuracy_of(train_memory, T, cell, forget_bias, seed):
    """The accuracy, one number between 0 and 1, for which something was drawn from the caller's generator."""
    __tracebackhide__ = True
    told = f"train_memory({T}, {cell!r}, np.random.default_rng({seed}), forget_bias={forget_bias:g})"

    def scenario(f):
        rng = np.random.default_rng(seed)
        return f(T, cell, rng, forget_bias=forget_bias), float(rng.random())

    accuracy, following = train_memory.case(told, scenario, seconds=60)
    shape = np.shape(accuracy)
    require(shape == (), f"{told} must be one number, the accuracy; yours has the shape {shape}.")
    require(0 <= accuracy <= 1, f"{told} is {float(accuracy):g}; an accuracy lies between 0 and 1.")
    require(
        following != np.random.default_rng(seed).random(),
        f"{told}: nothing was drawn from the argument rng. Starting weights and sequences must come from it.",
    )
    return told, float(accuracy)


def assert_learns_and_repeats(train_memory, rng, *tasks):
    """Each task, (T, cell), must be learned; beside them, short trainings whose gates start shut: twice the same seed
    gives the same accuracy, whatever that is.
    """
    __tracebackhide__ = True
    seed, found = int(rng.integers(10**6)), {}
    for task in shuffled([*tasks, "one", "again", "other"]):
        if isinstance(task, str):
            _, found[task] = accuracy_of(train_memory, 8, "lstm", -30.0, seed + (task == "other"))
        else:
            assert_learns(train_memory, rng, *task)
    require(
        found["one"] == found["again"], "Twice the same seed gave two accuracies: draw from the argument rng alone."
    )


def assert_learns(train_memory, rng, T, cell):
    """Some training has bad luck: one of two must do."""
    __tracebackhide__ = True
    told, first = accuracy_of(train_memory, T, cell, 5.0, int(rng.integers(10**6)))
    if first < ENOUGH:
        told, second = accuracy_of(train_memory, T, cell, 5.0, int(rng.integers(10**6)))
        require(
            second >= ENOUGH,
            f"{told} is {second:.3f}, and before it was {first:.3f} with another seed; such a cell can reach {ENOUGH}.",
        )


@graded
def test_train_memory_basic(train_memory):
    """an LSTM with forget bias 5 remembers over 20 steps, an RNN over 4; the same seed gives the same accuracy"""
    assert_learns_and_repeats(train_memory, rngs(1)[0], (20, "lstm"), (4, "rnn"))


@graded
def test_train_memory_over_50_steps(train_memory):
    """an LSTM with forget bias 5 knows after 50 steps how the sequence began; the same seed gives the same accuracy"""
    assert_learns_and_repeats(train_memory, rngs(1)[0], (50, "lstm"))


@graded
def test_train_memory_craft(train_memory):
    """one plain number between 0 and 1, and all chance comes from rng"""
    assert_learns_and_repeats(train_memory, rngs(1)[0], (3, "lstm"), (3, "rnn"))


# ---------------------------------------------------------------- answers

(test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8) = quiz_tests(8)


# ---------------------------------------------------------------- the reference, by other roads


def test_backpropagation_through_time_agrees_with_central_differences_and_with_autograd():
    rng = np.random.default_rng(3)
    args = sequences(rng, 3, 5, 2, 4)
    dH = rng.normal(size=(3, 5, 4))
    slopes = right.rnn_backward(dH, right.rnn_forward(*args)[1])
    tensors = [autograd.Tensor(one) for one in args]
    X, h, Wx, Wh, b = tensors
    total = autograd.Tensor(0.0)
    for t in range(5):
        h = (X[:, t] @ Wx + h @ Wh + b).tanh()
        total = total + (h * dH[:, t]).sum()
    total.backward()
    for k, (slope, tensor) in enumerate(zip(slopes, tensors)):

        def value(one, k=k):
            return float(np.sum(dH * right.rnn_forward(*args[:k], one, *args[k + 1 :])[0]))

        assert np.allclose(slope, central_differences(value, args[k]), rtol=1e-6, atol=1e-8)
        assert np.abs(slope - tensor.grad).max() < 1e-12


def test_slopes_that_train_the_lstm_are_those_of_central_differences():
    rng = np.random.default_rng(4)
    X, y = right.make_first_bit(4, 3, rng)
    params = {"W": rng.normal(size=(4, 12)), "b": rng.normal(size=12), "V": rng.normal(size=(3, 2)), "c": np.zeros(2)}
    _, slopes = right._lstm_slopes(X, y, params)
    for name, slope in slopes.items():

        def loss(one, name=name):
            scores, _ = right._lstm_slopes(X, y, params | {name: one})
            return right.softmax_cross_entropy(scores, y)[0]

        assert np.allclose(slope, central_differences(loss, params[name]), rtol=1e-5, atol=1e-8)


def test_steps_of_the_reference_are_those_of_pytorch():
    torch = pytest.importorskip("torch", reason="pip install torch")
    rng = np.random.default_rng(5)
    N, D, H = 3, 2, 4
    x, h, c, W, b = lstm_inputs(rng, N, D, H)
    theirs = torch.nn.LSTMCell(D, H).double()
    order = np.r_[0 : 2 * H, 3 * H : 4 * H, 2 * H : 3 * H]  # i, f, g, o
    with torch.no_grad():
        for name, value in (("weight_ih", W[:D]), ("weight_hh", W[D:]), ("bias_ih", b), ("bias_hh", 0 * b)):
            getattr(theirs, name).copy_(torch.tensor(value[..., order].T))
        want = theirs(torch.tensor(x), (torch.tensor(h), torch.tensor(c)))
    for got, other in zip(right.lstm_step(x, h, c, W, b), want):
        assert np.allclose(got, other.numpy(), rtol=1e-10)
    cell = torch.nn.RNNCell(D, H).double()
    Wx, Wh, b = weights(rng, D, H)
    with torch.no_grad():
        for name, value in (("weight_ih", Wx), ("weight_hh", Wh), ("bias_ih", b), ("bias_hh", 0 * b)):
            getattr(cell, name).copy_(torch.tensor(value.T))
        assert np.allclose(right.rnn_step(x, h, Wx, Wh, b), cell(torch.tensor(x), torch.tensor(h)).numpy(), rtol=1e-10)


def gated_memory(forget_bias, rng):
    """The cell of the notebook's turning point: an LSTM of 4 members that hears nothing; its state is h and c, 8
    numbers.
    """
    W, b = rng.normal(0, 0.15, (5, 16)), np.zeros(16)
    b[4:8] = forget_bias

    def cell(state):
        h, c = right.lstm_step(np.zeros((1, 1)), state[None, :4], state[None, 4:], W, b)
        return np.concatenate([h, c], axis=1)[0]

    return cell


def plain_memory(gain, rng):
    """An RNN of 8 members that hears nothing, with a rotation times `gain` between its steps."""
    W = gain * np.linalg.qr(rng.normal(size=(MEMORY, MEMORY)))[0]
    return lambda h: np.tanh(h @ W)


@pytest.mark.parametrize("seed", range(3))
def test_a_forget_bias_of_0_remembers_worse_than_a_plain_rnn(seed):
    """The numbers of the notebook's turning point: over 20 steps .5 of a nudge is left in the RNN, 1e-5 in an LSTM
    with forget bias 0, and about 1 with forget bias 3; over 50 steps forget bias 1 leaves less than 1e-3.
    """
    rng = np.random.default_rng(seed)
    plain = right.memory_norm(plain_memory(1.0, rng), 20, rng)
    none, one, three = (right.memory_norm(gated_memory(bias, rng), 20, rng) for bias in (0.0, 1.0, 3.0))
    assert 0.3 < plain < 1 and none < 1e-3 * plain and none < 1e-2 * one < three and 0.7 < three < 2.5
    assert (
        right.memory_norm(gated_memory(1.0, rng), 50, rng) < 1e-3 < right.memory_norm(gated_memory(5.0, rng), 50, rng)
    )
    weak, strong = (right.memory_norm(plain_memory(gain, rng), 20, rng) for gain in (0.5, 1.2))
    assert weak < 1e-4 * plain and plain < strong  # the gain of its weights decides


def test_a_forget_bias_of_5_learns_over_50_steps_and_0_does_not():
    found = [right.train_memory(50, "lstm", np.random.default_rng(seed)) for seed in range(2)]
    assert min(found) >= ENOUGH
    assert right.train_memory(50, "lstm", np.random.default_rng(0), forget_bias=0.0) < 0.8
    assert right.train_memory(50, "rnn", np.random.default_rng(0)) > 0.8  # vanishing is no fate
