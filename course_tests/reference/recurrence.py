"""Memory: a layer that is used again at every step, its blame through time, gates, and what they keep.

N samples, T steps, D numbers in, H members. A cell takes the state of N samples and gives the next one; nothing here
changes its inputs.
"""

import numpy as np

from course_tests.reference.activations import sigmoid
from course_tests.reference.digits import softmax_cross_entropy
from course_tests.reference.optimizers import Optimizer, clip_by_global_norm


class SimpleCell:
    """A cell with fixed weights, h -> h @ W + b or its tanh.

    Parameters
    ----------
    W : ndarray of shape (H, H)
    b : ndarray of shape (H,)
    squash : bool
        Whether tanh comes last.

    Attributes
    ----------
    first : ndarray of shape (H,) or (n, H)
        What it was called with first.
    """

    def __init__(self, W, b, squash):
        self.W, self.b, self.squash, self.first = np.array(W), np.array(b), squash, None

    def __call__(self, h):
        self.first = np.array(h, float) if self.first is None else self.first
        z = h @ self.W + self.b
        return np.tanh(z) if self.squash else z


class Speaker:
    """A model that knows by heart which letter follows which: scores from tables that it uses in turn.

    Parameters
    ----------
    tables : ndarray of shape (K, V, V)
        Row: the letter heard; column: the score of the next one.
    alphabet : str of V letters

    Attributes
    ----------
    heard : list of str
    """

    def __init__(self, tables, alphabet):
        self.tables, self.alphabet, self.heard = np.array(tables, float), alphabet, []

    def __call__(self, letter, state):
        (turn,) = (0,) if state is None else state
        self.heard.append(letter)
        return self.tables[turn % len(self.tables), self.alphabet.index(letter)].copy(), (turn + 1,)


def make_first_bit(n, T, rng):
    """Sequences that begin with -1 or 1 and go on with noise; the label says which it was.

    Parameters
    ----------
    n, T : int
    rng : numpy.random.Generator

    Returns
    -------
    X : ndarray of shape (n, T, 1)
    y : ndarray of shape (n,)
        1 where the sequence begins with 1, else 0.
    """
    X = rng.normal(0, 0.3, (n, T, 1))
    y = rng.integers(0, 2, n)
    X[:, 0, 0] = 2 * y - 1
    return X, y


def rnn_step(x, h, Wx, Wh, b):
    """The next votes, from what comes in and from the votes before: tanh(x Wx + h Wh + b).

    Parameters
    ----------
    x : ndarray of shape (N, D)
    h : ndarray of shape (N, H)
    Wx : ndarray of shape (D, H)
    Wh : ndarray of shape (H, H)
    b : ndarray of shape (H,)
    """
    return np.tanh(np.concatenate([x, h], axis=1) @ np.concatenate([Wx, Wh]) + b)


def rnn_forward(X, h0, Wx, Wh, b):
    """All votes of N sequences, step after step with the same weights.

    Parameters
    ----------
    X : ndarray of shape (N, T, D)
    h0 : ndarray of shape (N, H)
        The votes before the first step; not part of H.
    Wx : ndarray of shape (D, H)
    Wh : ndarray of shape (H, H)
    b : ndarray of shape (H,)

    Returns
    -------
    H : ndarray of shape (N, T, H)
    cache : tuple
        (X, h0, Wx, Wh, b, H).
    """
    H, h = np.zeros((*X.shape[:2], len(b))), h0
    for t in range(X.shape[1]):
        H[:, t] = h = rnn_step(X[:, t], h, Wx, Wh, b)
    return H, (X, h0, Wx, Wh, b, H)


def rnn_backward(dH, cache):
    """Backpropagation through time: each vote is blamed for itself and for all that came of it later.

    Parameters
    ----------
    dH : ndarray of shape (N, T, H)
        The slope of the loss in each vote, as far as the loss uses it directly.
    cache : tuple
        (X, h0, Wx, Wh, b, H).

    Returns
    -------
    dX : ndarray of shape (N, T, D)
    dh0 : ndarray of shape (N, H)
    dWx : ndarray of shape (D, H)
    dWh : ndarray of shape (H, H)
    db : ndarray of shape (H,)
    """
    X, h0, Wx, Wh, _, H = cache
    dZ, later = np.zeros(H.shape), np.zeros(h0.shape)
    for t in reversed(range(H.shape[1])):
        dZ[:, t] = (dH[:, t] + later) * (1 - H[:, t] ** 2)
        later = dZ[:, t] @ Wh.T
    before = np.concatenate([h0[:, None], H[:, :-1]], axis=1)
    dWx, dWh = np.einsum("ntd,nth->dh", X, dZ), np.einsum("ntk,nth->kh", before, dZ)
    return dZ @ Wx.T, later, dWx, dWh, dZ.sum(axis=(0, 1))


def truncate(dH, k):
    """Blame for the last k steps only.

    Parameters
    ----------
    dH : ndarray of shape (N, T, H)
    k : int
        0 forgets all of it; T or more keeps all.
    """
    kept = np.arange(dH.shape[1]) >= dH.shape[1] - k
    return np.where(kept[:, None], dH, 0.0)


def lstm_step(x, h, c, W, b):
    """One step of an LSTM: c = f c + i g, h = o tanh(c).

    Parameters
    ----------
    x : ndarray of shape (N, D)
    h, c : ndarrays of shape (N, H)
    W : ndarray of shape (D + H, 4 H)
        x before h; columns i, f, o, g.
    b : ndarray of shape (4 H,)

    Returns
    -------
    h : ndarray of shape (N, H)
    c : ndarray of shape (N, H)
    """
    i, f, o, g = np.split(np.concatenate([x, h], axis=1) @ W + b, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(x, h, Wr, Wz, Wn, br, bz, bn):
    """One step of a GRU: h = z h + (1 - z) n; z keeps the old, and r acts on h before the product.

    Parameters
    ----------
    x : ndarray of shape (N, D)
    h : ndarray of shape (N, H)
    Wr, Wz, Wn : ndarrays of shape (D + H, H)
        x before h.
    br, bz, bn : ndarrays of shape (H,)
    """
    xh = np.concatenate([x, h], axis=1)
    r, z = sigmoid(xh @ Wr + br), sigmoid(xh @ Wz + bz)
    n = np.tanh(np.concatenate([x, r * h], axis=1) @ Wn + bn)
    return n + z * (h - n)


def memory_norm(cell, T, rng):
    """How much of a nudge at the start is left after T steps: the Frobenius norm of dh_T / dh_0.

    By the chain rule, step by step: each step has a table of slopes, measured by central differences, and the product
    of all of them is asked for. So even 1e-15 is no rounding error.

    Parameters
    ----------
    cell : callable
        h -> h, for one state or for several rows.
    T : int
    rng : numpy.random.Generator
        For a random state of 8 numbers to begin with.
    """
    h, whole, nudge = rng.normal(size=8), np.eye(8), 1e-5
    for _ in range(T):
        slopes = [(cell(h + nudge * e) - cell(h - nudge * e)) / (2 * nudge) for e in np.eye(8)]
        whole, h = whole @ np.array(slopes), cell(h)
    return float(np.linalg.norm(whole))


def one_hot_text(s, alphabet):
    """A row for each letter, with a single 1 in the column of that letter.

    Parameters
    ----------
    s : str of T letters
    alphabet : str of V letters

    Returns
    -------
    ndarray of shape (T, V)

    Raises
    ------
    ValueError
        If a letter is not in the alphabet.
    """
    strange = set(s) - set(alphabet)
    if strange:
        raise ValueError(f"{sorted(strange)} not in the alphabet")
    return np.eye(len(alphabet))[[alphabet.index(letter) for letter in s]].reshape(len(s), len(alphabet))


def sample(step, start, n, rng, temperature):
    """Let a model write: draw a letter, tell it to the model, draw the next.

    Parameters
    ----------
    step : callable
        (letter, state) -> scores of shape (V,), state; has `alphabet`. The first state is None.
    start : str
        Is told to the model letter by letter; the result begins with it.
    n : int
        How many letters more.
    rng : numpy.random.Generator
    temperature : float
        The scores are divided by it before softmax.

    Returns
    -------
    str
    """
    text, state = start, None
    for letter in start:
        scores, state = step(letter, state)
    for _ in range(n):
        noise = rng.gumbel(size=len(step.alphabet))  # the largest of scores + Gumbel noise is drawn with softmax's odds
        letter = step.alphabet[int(np.argmax(np.asarray(scores) / temperature + noise))]
        text += letter
        scores, state = step(letter, state)
    return text


def train_memory(T, cell, rng, forget_bias=5.0):
    """Teach a cell to say at the end with which bit a sequence began; returns its accuracy on fresh sequences.

    Parameters
    ----------
    T : int
    cell : {"rnn", "lstm"}
    rng : numpy.random.Generator
    forget_bias : float
        Where the biases of the LSTM's forget gate start.

    Returns
    -------
    float
    """
    size, steps, batch = 12, 40, 32
    if cell == "lstm":
        W = np.concatenate([rng.normal(0, 1, (1, 4 * size)), rng.normal(0, 0.1, (size, 4 * size))])
        params = {"W": W, "b": np.zeros(4 * size)}
        params["b"][size : 2 * size] = forget_bias
    else:
        orthogonal = np.linalg.qr(rng.normal(size=(size, size)))[0]
        params = {"Wx": rng.normal(size=(1, size)), "Wh": orthogonal, "b": np.zeros(size)}
    params |= {"V": rng.normal(0, size**-0.5, (size, 2)), "c": np.zeros(2)}
    optimizer, loss_and_slopes = Optimizer("adam", 0.04), {"rnn": _rnn_slopes, "lstm": _lstm_slopes}[cell]
    for _ in range(steps):
        _, grads = loss_and_slopes(*make_first_bit(batch, T, rng), params)
        clipped, _ = clip_by_global_norm([grads[name] for name in params], 1.0)
        optimizer.step(list(params.values()), clipped)
    X, y = make_first_bit(200, T, rng)
    scores, _ = loss_and_slopes(X, y, params)
    return float(np.mean(scores.argmax(axis=1) == y))


def _rnn_slopes(X, y, p):  # scores, and the slopes of the mean cross-entropy
    H, cache = rnn_forward(X, np.zeros((len(X), len(p["b"]))), p["Wx"], p["Wh"], p["b"])
    scores = H[:, -1] @ p["V"] + p["c"]
    _, blame = softmax_cross_entropy(scores, y)
    dH = np.zeros(H.shape)
    dH[:, -1] = blame @ p["V"].T
    _, _, dWx, dWh, db = rnn_backward(dH, cache)
    return scores, {"Wx": dWx, "Wh": dWh, "b": db, "V": H[:, -1].T @ blame, "c": blame.sum(axis=0)}


def _lstm_slopes(X, y, p):  # the same for an LSTM
    size, kept = len(p["b"]) // 4, []
    h = c = np.zeros((len(X), size))
    half = np.where(np.arange(4 * size) < 3 * size, 0.5, 1.0)  # sigmoid(z) = (1 + tanh(z / 2)) / 2: one tanh for all
    for t in range(X.shape[1]):
        xh, old = np.concatenate([X[:, t], h], axis=1), c
        squashed = np.tanh((xh @ p["W"] + p["b"]) * half)
        gates, g = (1 + squashed[:, : 3 * size]) / 2, squashed[:, 3 * size :]
        i, f, o = gates[:, :size], gates[:, size : 2 * size], gates[:, 2 * size :]
        c = f * c + i * g
        said = np.tanh(c)
        h = o * said
        kept.append((xh, old, i, f, o, g, gates, said))
    scores = h @ p["V"] + p["c"]
    _, blame = softmax_cross_entropy(scores, y)
    dz, dW, db = np.zeros((len(X), 4 * size)), np.zeros(p["W"].shape), np.zeros(p["b"].shape)
    dh, dc = blame @ p["V"].T, np.zeros(c.shape)
    for xh, old, i, f, o, g, gates, said in reversed(kept):
        dc += dh * o * (1 - said * said)
        dz[:, : 3 * size] = np.concatenate([dc * g, dc * old, dh * said], axis=1) * gates * (1 - gates)
        dz[:, 3 * size :] = dc * i * (1 - g * g)
        dW, db = dW + xh.T @ dz, db + dz.sum(axis=0)
        dh = (dz @ p["W"].T)[:, X.shape[2] :]
        dc *= f
    return scores, {"W": dW, "b": db, "V": h.T @ blame, "c": blame.sum(axis=0)}


answers = {1: "b", 2: "d", 3: "a", 4: "c", 5: "b", 6: "a", 7: "d", 8: "c"}
