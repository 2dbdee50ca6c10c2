"""Right answers to 15_recurrence, written otherwise."""

import math

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.recurrence import lstm_step, make_first_bit, rnn_step, train_memory

# ---------------------------------------------------------------- make_first_bit


@alternative("make_first_bit")
def bits_by_choice(n, T, rng):
    X = rng.uniform(-1, 1, size=(n, T, 1))
    X[:, 0, 0] = rng.choice([-1.0, 1.0], size=n)
    return X, (X[:, 0, 0] > 0).astype(int)


@alternative("make_first_bit")
def bits_among_bits(n, T, rng):
    X = rng.integers(0, 2, size=(n, T, 1)) * 2.0 - 1
    return [X, X[:, 0, 0] == 1]


@alternative("make_first_bit")
def bits_one_by_one(n, T, rng):
    X, y = [], []
    for _ in range(n):
        label = int(rng.random() < 0.5)
        X.append([[1.0 if label else -1.0]] + [[rng.normal()] for _ in range(T - 1)])
        y.append(label)
    return np.array(X), y


# ---------------------------------------------------------------- rnn_step, rnn_forward


@alternative("rnn_step")
def step_by_exponentials(x, h, Wx, Wh, b):
    z = np.dot(x, Wx) + np.dot(h, Wh) + b
    return 2 / (1 + np.exp(-2 * z)) - 1


@alternative("rnn_step")
def step_by_loops(x, h, Wx, Wh, b):
    out = []
    for one, before in zip(x, h):
        out.append([math.tanh(one @ Wx[:, k] + before @ Wh[:, k] + b[k]) for k in range(len(b))])
    return out


@alternative("rnn_step")
def step_by_einsum(x, h, Wx, Wh, b):
    z = np.einsum("nd,dh->nh", x, Wx)
    z += np.einsum("nk,kh->nh", h, Wh)
    z += b
    return np.tanh(z, out=z)


@alternative("rnn_forward")
def forward_by_stack(X, h0, Wx, Wh, b):
    h, votes = h0, []
    for t in range(X.shape[1]):
        h = rnn_step(X[:, t], h, Wx, Wh, b)
        votes.append(h)
    H = np.stack(votes, axis=1)
    return H, (X, h0, Wx, Wh, b, H)


@alternative("rnn_forward")
def forward_in_time_first_order(X, h0, Wx, Wh, b):
    Z = X.transpose(1, 0, 2) @ Wx + b
    H = np.empty_like(Z)
    for t, z in enumerate(Z):
        H[t] = np.tanh(z + (H[t - 1] if t > 0 else h0) @ Wh)
    H = H.transpose(1, 0, 2)
    return [H, [X, h0, Wx, Wh, b, H]]


@alternative("rnn_forward")
def forward_with_h0_in_front(X, h0, Wx, Wh, b):
    N, T, _ = X.shape
    H = np.zeros((N, T + 1, Wh.shape[0]))
    H[:, 0] = h0
    for t in range(1, T + 1):
        H[:, t] = np.tanh(X[:, t - 1] @ Wx + H[:, t - 1] @ Wh + b)
    return H[:, 1:], (X, h0, Wx, Wh, b, H[:, 1:])


# ---------------------------------------------------------------- rnn_backward, truncate


@alternative("rnn_backward")
def backward_step_by_step(dH, cache):
    X, h0, Wx, Wh, b, H = cache
    dX, dWx, dWh, db = np.zeros_like(X), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in range(X.shape[1] - 1, -1, -1):
        dz = (dH[:, t] + dh) * (1 - H[:, t] ** 2)
        before = H[:, t - 1] if t > 0 else h0
        dX[:, t] = dz @ Wx.T
        dWx += X[:, t].T @ dz
        dWh += before.T @ dz
        db += dz.sum(axis=0)
        dh = dz @ Wh.T
    return dX, dh, dWx, dWh, db


@alternative("rnn_backward")
def backward_sample_by_sample(dH, cache):
    X, h0, Wx, Wh, b, H = cache
    N, T, _ = X.shape
    dX, dh0, dWx, dWh, db = (np.zeros(one.shape) for one in (X, h0, Wx, Wh, b))
    for n in range(N):
        for t in reversed(range(T)):
            dz = (dH[n, t] + dh0[n]) * (1 + H[n, t]) * (1 - H[n, t])
            dX[n, t] = Wx @ dz
            dWx += np.outer(X[n, t], dz)
            dWh += np.outer(H[n, t - 1] if t else h0[n], dz)
            db += dz
            dh0[n] = Wh @ dz
    return [dX, dh0, dWx, dWh, db]


@alternative("rnn_backward")
def backward_by_calling_itself(dH, cache):
    """The last step, and then the same for one step less."""
    X, h0, Wx, Wh, b, H = cache
    if not X.shape[1]:
        return X * 0, h0 * 0, Wx * 0, Wh * 0, b * 0
    dz = dH[:, -1] * (1 - H[:, -1] ** 2)
    rest = dH[:, :-1].copy()
    last = dz @ Wh.T
    before = h0 if X.shape[1] == 1 else H[:, -2]
    if X.shape[1] == 1:
        return (dz @ Wx.T)[:, None], last, X[:, 0].T @ dz, before.T @ dz, dz.sum(axis=0)
    rest[:, -1] += last
    dX, dh0, dWx, dWh, db = backward_by_calling_itself(rest, (X[:, :-1], h0, Wx, Wh, b, H[:, :-1]))
    dX = np.concatenate([dX, (dz @ Wx.T)[:, None]], axis=1)
    return dX, dh0, dWx + X[:, -1].T @ dz, dWh + before.T @ dz, db + dz.sum(axis=0)


@alternative("truncate")
def truncate_a_copy(dH, k):
    out = dH.copy()
    out[:, : max(dH.shape[1] - k, 0)] = 0
    return out


@alternative("truncate")
def truncate_into_zeros(dH, k):
    out = np.zeros_like(dH)
    if k > 0:
        out[:, -k:] = dH[:, -k:]
    return out


@alternative("truncate")
def truncate_by_a_mask(dH, k):
    T = dH.shape[1]
    mask = np.array([1.0 if t >= T - k else 0.0 for t in range(T)])
    return dH * mask.reshape(1, T, 1)


# ---------------------------------------------------------------- lstm_step, gru_step


@alternative("lstm_step")
def lstm_by_slices(x, h, c, W, b):
    H = h.shape[1]
    z = np.hstack([x, h]) @ W + b
    i, f, o = (1 / (1 + np.exp(-z[:, k * H : (k + 1) * H])) for k in range(3))
    g = np.tanh(z[:, 3 * H :])
    new = f * c + i * g
    return o * np.tanh(new), new


@alternative("lstm_step")
def lstm_in_two_products(x, h, c, W, b):
    D = x.shape[1]
    gates = (x @ W[:D] + h @ W[D:] + b).reshape(len(x), 4, -1)
    i, f, o = ((1 + np.tanh(gates[:, k] / 2)) / 2 for k in range(3))
    c = c.copy()
    c *= f
    c += i * np.tanh(gates[:, 3])
    return [o * np.tanh(c), c]


@alternative("lstm_step")
def lstm_number_by_number(x, h, c, W, b):
    N, H = h.shape
    new_h, new_c = np.zeros((N, H)), np.zeros((N, H))
    for n in range(N):
        both = list(x[n]) + list(h[n])
        z = [sum(v * W[d, k] for d, v in enumerate(both)) + b[k] for k in range(4 * H)]
        for k in range(H):
            i, f, o = (1 / (1 + math.exp(-z[gate * H + k])) for gate in range(3))
            new_c[n, k] = f * c[n, k] + i * math.tanh(z[3 * H + k])
            new_h[n, k] = o * math.tanh(new_c[n, k])
    return new_h, new_c


@alternative("gru_step")
def gru_by_halves(x, h, Wr, Wz, Wn, br, bz, bn):
    xh = np.hstack((x, h))
    r = 0.5 * (1 + np.tanh(0.5 * (xh @ Wr + br)))
    z = 0.5 * (1 + np.tanh(0.5 * (xh @ Wz + bz)))
    n = np.tanh(np.hstack((x, r * h)) @ Wn + bn)
    return z * h + (1 - z) * n


@alternative("gru_step")
def gru_in_split_products(x, h, Wr, Wz, Wn, br, bz, bn):
    D = x.shape[1]
    r = 1 / (1 + np.exp(-(x @ Wr[:D] + h @ Wr[D:] + br)))
    z = 1 / (1 + np.exp(-(x @ Wz[:D] + h @ Wz[D:] + bz)))
    out = h.copy()
    out += (1 - z) * (np.tanh(x @ Wn[:D] + (r * h) @ Wn[D:] + bn) - h)
    return out


@alternative("gru_step")
def gru_sample_by_sample(x, h, Wr, Wz, Wn, br, bz, bn):
    rows = []
    for one, before in zip(x, h):
        both = np.concatenate([one, before])
        r, z = (1 / (1 + np.exp(-(both @ W + b))) for W, b in ((Wr, br), (Wz, bz)))
        new = np.tanh(np.concatenate([one, r * before]) @ Wn + bn)
        rows.append([keep * old + (1 - keep) * n for keep, old, n in zip(z, before, new)])
    return np.array(rows)


# ---------------------------------------------------------------- memory_norm


@alternative("memory_norm")
def memory_by_nudging_the_start(cell, T, rng):
    start = rng.uniform(-1, 1, size=8)
    total = 0.0
    for k in range(8):
        ends = []
        for sign in (1, -1):
            h = start.copy()
            h[k] += sign * 1e-5
            for _ in range(T):
                h = cell(h)
            ends.append(h)
        total += np.sum(((ends[0] - ends[1]) / 2e-5) ** 2)
    return np.sqrt(total)


@alternative("memory_norm")
def memory_with_all_nudges_at_once(cell, T, rng):
    h = rng.standard_normal(8) + np.vstack([1e-4 * np.eye(8), -1e-4 * np.eye(8)])
    for _ in range(T):
        h = cell(h)
    return np.array(np.linalg.norm(h[:8] - h[8:]) / 2e-4)


@alternative("memory_norm")
def memory_by_one_sided_tables(cell, T, rng):
    h, product = rng.normal(0, 0.5, 8), np.eye(8)
    for _ in range(T):
        after = cell(h)
        table = np.zeros((8, 8))
        for k in range(8):
            moved = np.array(h)
            moved[k] += 1e-6
            table[:, k] = (cell(moved) - after) / 1e-6
        product, h = table @ product, after
    return math.sqrt((product**2).sum())


# ---------------------------------------------------------------- one_hot_text, sample


@alternative("one_hot_text")
def one_hot_by_comparing(s, alphabet):
    if any(letter not in alphabet for letter in s):
        raise ValueError("a letter outside the alphabet")
    return np.array([[letter == other for other in alphabet] for letter in s]).reshape(len(s), len(alphabet))


@alternative("one_hot_text")
def one_hot_by_numbers(s, alphabet):
    out = np.zeros((len(s), len(alphabet)))
    for t, letter in enumerate(s):
        out[t, alphabet.index(letter)] = 1
    return out


@alternative("one_hot_text")
def one_hot_by_dictionary(s, alphabet):
    place = {letter: k for k, letter in enumerate(alphabet)}
    try:
        numbers = np.array([place[letter] for letter in s], dtype=int)
    except KeyError as strange:
        raise ValueError(f"unknown letter {strange}") from None
    out = np.zeros((numbers.size, len(place)), dtype=int)
    out[np.arange(numbers.size), numbers] = 1
    return out


@alternative("sample")
def sample_by_choice(step, start, n, rng, temperature):
    state = None
    for letter in start:
        scores, state = step(letter, state)
    text = start
    for _ in range(n):
        z = scores / temperature
        p = np.exp(z - z.max())
        p /= p.sum()
        text += step.alphabet[rng.choice(len(p), p=p)]
        scores, state = step(text[-1], state)
    return text


@alternative("sample")
def sample_by_a_running_sum(step, start, n, rng, temperature):
    letters, state, heard = list(start), None, 0
    while len(letters) < len(start) + n:
        while heard < len(letters):
            scores, state = step(letters[heard], state)
            heard += 1
        weights = np.exp((scores - np.max(scores)) / temperature)
        place = rng.random() * weights.sum()
        k = 0
        while place >= weights[: k + 1].sum() and k < len(weights) - 1:
            k += 1
        letters.append(step.alphabet[k])
    return "".join(letters)


@alternative("sample")
def sample_by_searching(step, start, n, rng, temperature):
    draws, state, scores = rng.random(n), None, None
    for letter in start[:-1]:
        _, state = step(letter, state)
    text = start
    for draw in draws:
        scores, state = step(text[-1], state)
        odds = np.cumsum(np.exp(np.asarray(scores) / temperature))
        text = text + step.alphabet[int(np.searchsorted(odds, draw * odds[-1]))]
    return text


# ---------------------------------------------------------------- train_memory


@alternative("train_memory")
def memory_trained_with_adam_by_hand(T, cell, rng, forget_bias=5.0):
    """The slopes of the LSTM by hand, every gate for itself; the other cell is the same with its gates held."""

    def bits(n):
        X = rng.normal(0, 0.3, (n, T))
        X[:, 0] = rng.choice([-1, 1], n)
        return X, X[:, 0] > 0

    H, lr, gated = 12, 0.03, cell == "lstm"
    W = rng.normal(0, 0.28, (2 + H, 4 * H))  # x, 1 and h
    if gated:
        W[1, :] = 0
        W[1, H : 2 * H] = forget_bias
    else:
        W[1], W[2:, 3 * H :] = 0, np.linalg.qr(rng.normal(size=(H, H)))[0]
        W[0, 3 * H :] = rng.normal(size=H)
    v = rng.normal(0, 0.28, H)

    def run(X):
        h = c = np.zeros((len(X), H))
        way = []
        for t in range(T):
            xh = np.concatenate([X[:, t : t + 1], np.ones((len(X), 1)), h], axis=1)
            z = xh @ W
            s = 0.5 + 0.5 * np.tanh(z[:, : 3 * H] / 2)
            i, f, o, g, old = s[:, :H], s[:, H : 2 * H], s[:, 2 * H :], np.tanh(z[:, 3 * H :]), c
            c = f * c + i * g if gated else g
            q = np.tanh(c) if gated else c
            h = o * q if gated else q
            way.append((xh, i, f, o, g, old, q))
        return h, way

    moments = [np.zeros_like(W), np.zeros_like(W), np.zeros(H), np.zeros(H)]
    for k in range(1, 61):
        X, y = bits(32)
        h, way = run(X)
        blame = (1 / (1 + np.exp(-h @ v)) - y) / 32
        dW, dv, dh, dc = np.zeros_like(W), h.T @ blame, np.outer(blame, v), 0.0
        for xh, i, f, o, g, old, q in reversed(way):
            if gated:
                dc = dc + dh * o * (1 - q * q)
                dz = np.hstack(
                    [dc * g * i * (1 - i), dc * old * f * (1 - f), dh * q * o * (1 - o), dc * i * (1 - g * g)]
                )
                dc = dc * f
            else:
                dz = np.hstack([np.zeros((32, 3 * H)), dh * (1 - g * g)])
            dW += xh.T @ dz
            dh = (dz @ W.T)[:, 2:]
        shrink = min(1, 1 / np.sqrt((dW**2).sum() + (dv**2).sum()))
        for w, grad, at in ((W, dW * shrink, 0), (v, dv * shrink, 2)):
            moments[at] += 0.1 * (grad - moments[at])
            moments[at + 1] += 0.001 * (grad**2 - moments[at + 1])
            w -= lr * moments[at] / (1 - 0.9**k) / (np.sqrt(moments[at + 1] / (1 - 0.999**k)) + 1e-8)
    X, y = bits(400)
    return np.mean((run(X)[0] @ v > 0) == y)


@alternative("train_memory")
def memory_as_an_array_of_no_axes(T, cell, rng, forget_bias=5.0):
    return np.array(train_memory(int(T), str(cell), rng, forget_bias=float(forget_bias)))


@alternative("train_memory")
def memory_by_random_search(T, cell, rng, forget_bias=5.0):
    """No slopes: of some random cells take the one whose last votes tell the bit best, by a line through them."""

    def last_votes(X, weights):
        h = c = np.zeros((len(X), 12))
        for t in range(T):
            if cell == "lstm":
                h, c = lstm_step(X[:, t], h, c, *weights)
            else:
                h = rnn_step(X[:, t], h, *weights)
        return np.hstack([h, c, np.ones((len(X), 1))])

    best = None
    for _ in range(6):
        if cell == "lstm":
            W = rng.normal(0, 0.1, (13, 48))
            W[0, :12], W[1:, :] = rng.uniform(2, 6, 12), 0
            W[0, 36:] = rng.choice([-3.0, 3.0], 12)
            b = np.concatenate([np.full(12, -6.0), np.full(12, float(forget_bias)), np.zeros(24)])
            weights = (W, b)
        else:
            weights = rng.normal(size=(1, 12)), np.linalg.qr(rng.normal(size=(12, 12)))[0], np.zeros(12)
        X, y = make_first_bit(200, T, rng)
        line = np.linalg.lstsq(last_votes(X, weights), 2.0 * y - 1, rcond=None)[0]
        X, y = make_first_bit(200, T, rng)
        share = np.mean((last_votes(X, weights) @ line > 0) == y)
        if best is None or share > best[0]:
            best = share, weights, line
    X, y = make_first_bit(600, T, rng)
    return float(np.mean((last_votes(X, best[1]) @ best[2] > 0) == y))
