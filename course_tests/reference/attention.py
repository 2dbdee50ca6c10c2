"""Attention, and a small GPT made of it, on the Tensors of 14.

A mask is True where one may look. Every function takes Tensors or plain arrays and gives Tensors back.
"""

import numpy as np

from course_tests.reference.autograd import Tensor, cross_entropy, no_grad, train_step
from course_tests.reference.optimizers import Optimizer

EPS = 1e-5  # of layer norm, under the root


def as_tensor(x):
    """`x` as a Tensor: itself, if it is one already.

    Parameters
    ----------
    x : Tensor or array_like
    """
    return x if isinstance(x, Tensor) else Tensor(x)


def swap_last(X):
    """The last two axes exchanged.

    Parameters
    ----------
    X : Tensor
        Shape (..., a, b).
    """
    axes = list(range(len(X.shape)))
    axes[-2:] = axes[-1], axes[-2]
    return X.transpose(*axes)


def layer_norm(X, g, b):
    """Mean 0 and variance 1 along the last axis, times `g`, plus `b`.

    Parameters
    ----------
    X : Tensor
        Shape (..., M).
    g, b : Tensor
        Shape (M,).
    """
    X = as_tensor(X)
    centred = X - X.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    return centred * (variance + EPS) ** -0.5 * as_tensor(g) + as_tensor(b)


def causal_mask(T):
    """Who may look where, if nobody may look ahead.

    Parameters
    ----------
    T : int

    Returns
    -------
    ndarray of shape (T, T)
        True at [i, j] where j <= i.
    """
    return np.tri(T, dtype=bool)


def scaled_dot_product_attention(Q, K, V, mask=None):
    """softmax(Q K^T / sqrt(d)) V: each query takes a mixture of the values, by how well the keys fit.

    Parameters
    ----------
    Q : Tensor or ndarray of shape (N, Tq, d)
    K : Tensor or ndarray of shape (N, Tk, d)
    V : Tensor or ndarray of shape (N, Tk, dv)
    mask : ndarray of shape (Tq, Tk) or (N, Tq, Tk), optional
        True where a query may look. A row that may look nowhere gives zeros.

    Returns
    -------
    out : Tensor
        Shape (N, Tq, dv).
    weights : Tensor
        Shape (N, Tq, Tk).
    """
    Q, K, V = map(as_tensor, (Q, K, V))
    scores = Q @ swap_last(K) * Q.shape[-1] ** -0.5
    allowed = np.broadcast_to(True if mask is None else np.asarray(mask, bool), scores.shape)
    largest = np.where(allowed, scores.data, -np.inf).max(axis=-1, keepdims=True)
    shifted = scores - np.where(np.isfinite(largest), largest, 0.0)
    # Where nobody may look, exp must not overflow before it is set to 0.
    e = (shifted * allowed).exp() * allowed
    weights = e / (e.sum(axis=-1, keepdims=True) + ~allowed.any(axis=-1, keepdims=True))
    return weights @ V, weights


def split_heads(X, h):
    """Cut the columns into `h` pieces side by side: head k gets columns k M/h to (k + 1) M/h.

    Parameters
    ----------
    X : Tensor or ndarray of shape (N, T, M)
    h : int
        Divides M.

    Returns
    -------
    Tensor
        Shape (N, h, T, M/h).
    """
    N, T, M = X.shape
    return as_tensor(X).reshape(N, T, h, M // h).transpose(0, 2, 1, 3)


def merge_heads(X):
    """Put the heads side by side again: undoes `split_heads`.

    Parameters
    ----------
    X : Tensor or ndarray of shape (N, h, T, d)

    Returns
    -------
    Tensor
        Shape (N, T, h d).
    """
    N, h, T, d = X.shape
    return as_tensor(X).transpose(0, 2, 1, 3).reshape(N, T, h * d)


def multi_head_attention(X, Wq, Wk, Wv, Wo, h, mask=None):
    """`h` attentions at once, each on its own columns, and a mixture of what they bring.

    Parameters
    ----------
    X : Tensor or ndarray of shape (N, T, M)
    Wq, Wk, Wv, Wo : Tensor or ndarray of shape (M, M)
    h : int
    mask : ndarray of shape (T, T) or (N, T, T), optional

    Returns
    -------
    out : Tensor
        Shape (N, T, M).
    weights : Tensor
        Shape (N, h, T, T).
    """
    X, Wq, Wk, Wv, Wo = map(as_tensor, (X, Wq, Wk, Wv, Wo))
    if np.ndim(mask) == 3:
        mask = np.asarray(mask)[:, None]  # the same for all heads
    out, weights = scaled_dot_product_attention(*(split_heads(X @ W, h) for W in (Wq, Wk, Wv)), mask)
    return merge_heads(out) @ Wo, weights


def positional_encoding(T, M):
    """Sines and cosines of ever longer waves: a row of numbers for each place.

    Parameters
    ----------
    T, M : int

    Returns
    -------
    ndarray of shape (T, M)
        Column 2i is sin(t / 10000^(2i/M)), column 2i + 1 the cosine of the same.
    """
    columns = np.arange(M)
    angles = np.arange(T)[:, None] / 10000.0 ** (columns // 2 * 2 / M)
    return np.where(columns % 2 == 0, np.sin(angles), np.cos(angles))


def embed(tokens, E):
    """A row of `E` for each token.

    Parameters
    ----------
    tokens : ndarray of int, shape (N, T)
    E : Tensor or ndarray of shape (V, M)

    Returns
    -------
    Tensor
        Shape (N, T, M).
    """
    return as_tensor(E)[np.asarray(tokens)]


def embed_backward(dout, tokens, V):
    """The slope of the table `E`: each row gets the slopes of all places where its token stood.

    Parameters
    ----------
    dout : ndarray of shape (N, T, M)
    tokens : ndarray of int, shape (N, T)
    V : int
        How many rows E has.

    Returns
    -------
    ndarray of shape (V, M)
    """
    dout = np.asarray(dout, float)
    dE = np.zeros((V, dout.shape[-1]))
    np.add.at(dE, np.asarray(tokens), dout)
    return dE


def transformer_block(X, params, h, mask=None):
    """Listen, then think: X + attention(norm(X)), then the same with two layers and a relu (pre-norm).

    Parameters
    ----------
    X : Tensor or ndarray of shape (N, T, M)
    params : dict
        g1, b1, g2, b2 (M,); Wq, Wk, Wv, Wo (M, M); W1 (M, F), c1 (F,), W2 (F, M), c2 (M,).
    h : int
    mask : ndarray of shape (T, T) or (N, T, T), optional

    Returns
    -------
    Tensor
        Shape (N, T, M).
    """
    X, p = as_tensor(X), {name: as_tensor(value) for name, value in params.items()}
    listened, _ = multi_head_attention(layer_norm(X, p["g1"], p["b1"]), p["Wq"], p["Wk"], p["Wv"], p["Wo"], h, mask)
    X = X + listened
    hidden = (layer_norm(X, p["g2"], p["b2"]) @ p["W1"] + p["c1"]).relu()
    return X + hidden @ p["W2"] + p["c2"]


def gpt_scores(tokens, params):
    """The scores of every next token.

    Parameters
    ----------
    tokens : ndarray of int, shape (N, T)
        T at most the length of P.
    params : dict
        E (V, M), P (most, M), blocks, g, b (M,), U (M, V), h.

    Returns
    -------
    Tensor
        Shape (N, T, V).
    """
    tokens = np.asarray(tokens)
    T = tokens.shape[1]
    X = embed(tokens, params["E"]) + params["P"][:T]
    for block in params["blocks"]:
        X = transformer_block(X, block, params["h"], causal_mask(T))
    return layer_norm(X, params["g"], params["b"]) @ as_tensor(params["U"])


def gpt_loss(tokens, params):
    """Mean cross-entropy of each token that follows the mark, told from all before it.

    Parameters
    ----------
    tokens : ndarray of int, shape (N, 2n + 1)
        n letters, the mark V - 1, n letters.
    params : dict
        As for `gpt_scores`; P has at least 2n rows.

    Returns
    -------
    Tensor
        One number.
    """
    tokens = np.asarray(tokens)
    n = tokens.shape[1] // 2
    scores = gpt_scores(tokens[:, :-1], params)[:, n:]
    return cross_entropy(scores.reshape(-1, scores.shape[-1]), tokens[:, n + 1 :].ravel())


def new_gpt(V, T, M, h, rng, layers=1):
    """Fresh parameters.

    Parameters
    ----------
    V, T, M, h : int
        Tokens, places, width, heads.
    rng : Generator
    layers : int

    Returns
    -------
    dict
        As `gpt_scores` takes it.
    """

    def weights(*shape):
        return Tensor(rng.normal(0, shape[0] ** -0.5, shape))

    def block():
        one = {name: weights(M, M) for name in ("Wq", "Wk", "Wv", "Wo")}
        one |= {"W1": weights(M, 4 * M), "c1": Tensor(np.zeros(4 * M)), "W2": weights(4 * M, M)}
        one |= {name: Tensor(np.zeros(M)) for name in ("b1", "b2", "c2")}
        return one | {name: Tensor(np.ones(M)) for name in ("g1", "g2")}

    tables = {"E": Tensor(rng.normal(0, 0.5, (V, M))), "P": Tensor(rng.normal(0, 0.5, (T, M)))}
    end = {"g": Tensor(np.ones(M)), "b": Tensor(np.zeros(M)), "U": weights(M, V)}
    return tables | {"blocks": [block() for _ in range(layers)]} | end | {"h": h}


def tensors_of(params):
    """All Tensors of the parameters, in one list.

    Parameters
    ----------
    params : dict
    """
    own = [value for name, value in params.items() if name not in ("blocks", "h")]
    return own + [value for block in params["blocks"] for value in block.values()]


def train_gpt(task, steps, rng):
    """A GPT with one layer and one head, trained with Adam on fresh strings in every step.

    Parameters
    ----------
    task : callable
        task(n, rng) gives tokens (n, 2k + 1) with the mark in the middle.
    steps : int
    rng : Generator

    Returns
    -------
    dict
        As `gpt_scores` takes it.
    """
    tokens = task(32, rng)
    params = new_gpt(int(np.max(tokens)) + 1, tokens.shape[1] - 1, 32, 1, rng)
    optimizer = Optimizer("adam", 3e-3)
    for _ in range(steps):
        batch = task(32, rng)
        train_step(tensors_of(params), lambda batch=batch: gpt_loss(batch, params), optimizer)
    return params


def generate(params, start, n, rng, temperature=1.0, top_k=None):
    """Go on with `start` by `n` tokens, each drawn from what the GPT thinks of the tokens so far.

    Parameters
    ----------
    params : dict
        As `gpt_scores` takes it.
    start : sequence of int
    n : int
    rng : Generator
    temperature : float
        Scores are divided by it; 0 takes the best.
    top_k : int, optional
        Draw only from the k best.

    Returns
    -------
    ndarray of int, shape (len(start) + n,)
    """
    tokens, most = [int(token) for token in start], params["P"].shape[0]
    for _ in range(n):
        with no_grad():
            scores = gpt_scores(np.array([tokens[-most:]]), params).data[0, -1]
        if temperature == 0:
            tokens.append(int(scores.argmax()))
            continue
        scores = scores / temperature
        if top_k is not None:
            scores = np.where(scores >= np.sort(scores)[-min(top_k, len(scores))], scores, -np.inf)
        e = np.exp(scores - scores.max())
        tokens.append(int(rng.choice(len(e), p=e / e.sum())))
    return np.array(tokens)


def attention_flops(T, M):
    """Operations of the two products of attention, Q K^T and weights V: a multiplication and an addition each.

    Parameters
    ----------
    T, M : int
    """
    return 4 * T * T * M


answers = {1: "b", 2: "d", 3: "a", 4: "c", 5: "b", 6: "d", 7: "a", 8: "c"}
