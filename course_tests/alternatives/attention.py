"""Right answers to 16_attention, written otherwise."""

import itertools
import math

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.attention import (
    as_tensor,
    embed,
    gpt_loss,
    gpt_scores,
    layer_norm,
    merge_heads,
    multi_head_attention,
    new_gpt,
    scaled_dot_product_attention,
    split_heads,
    swap_last,
    tensors_of,
    transformer_block,
)
from course_tests.reference.autograd import cross_entropy, no_grad, train_step
from course_tests.reference.optimizers import Optimizer

# ---------------------------------------------------------------- causal_mask


@alternative("causal_mask")
def mask_by_comparing_places(T):
    places = np.arange(T)
    return places[:, None] >= places


@alternative("causal_mask")
def mask_by_tril(T):
    return np.tril(np.ones((T, T))).astype(bool)


@alternative("causal_mask")
def mask_row_by_row(T):
    return [[j <= i for j in range(T)] for i in range(T)]


# ---------------------------------------------------------------- scaled_dot_product_attention


@alternative("scaled_dot_product_attention")
def attention_with_a_large_negative_number(Q, K, V, mask=None):
    Q, K, V = as_tensor(Q), as_tensor(K), as_tensor(V)
    scores = Q @ swap_last(K) * (1 / math.sqrt(Q.shape[-1]))
    seen = np.ones(scores.shape, bool) if mask is None else np.broadcast_to(mask, scores.shape)
    scores = scores * seen + np.where(seen, 0.0, -1e30)
    e = (scores - scores.max(axis=-1, keepdims=True)).exp()
    weights = e / e.sum(axis=-1, keepdims=True) * seen.any(axis=-1, keepdims=True)
    return weights @ V, weights


@alternative("scaled_dot_product_attention")
def attention_by_log_sum_exp(Q, K, V, mask=None):
    """exp(score - log of the sum), with the numbers of scores that may not count far below all others."""
    scores = as_tensor(Q) @ swap_last(as_tensor(K)) / Q.shape[-1] ** 0.5
    seen = np.broadcast_to(True if mask is None else mask, scores.shape)
    blind = ~seen.any(axis=-1, keepdims=True)
    top = np.where(seen | blind, scores.data, -np.inf).max(axis=-1, keepdims=True)
    shifted = (scores - top) * seen
    log_sum = ((shifted.exp() * seen).sum(axis=-1, keepdims=True) + blind).log()
    weights = (shifted - log_sum).exp() * seen
    return weights @ as_tensor(V), weights


@alternative("scaled_dot_product_attention")
def attention_in_numpy_where_nobody_asks_for_slopes(Q, K, V, mask=None):
    """Plain arrays give plain arrays, one query after the other; Tensors go on the tape."""
    if not any(hasattr(x, "backward") for x in (Q, K, V)) and np.ndim(Q) == 3:
        out, weights = np.zeros((len(Q), Q.shape[1], V.shape[2])), np.zeros((len(Q), Q.shape[1], K.shape[1]))
        for n, i in itertools.product(range(len(Q)), range(Q.shape[1])):
            seen = np.ones(K.shape[1], bool) if mask is None else (mask if mask.ndim == 2 else mask[n])[i]
            if seen.any():
                s = K[n][seen] @ Q[n, i] / np.sqrt(Q.shape[2])
                e = np.exp(s - s.max())
                weights[n, i, seen] = e / e.sum()
            out[n, i] = weights[n, i] @ V[n]
        return [out, weights]
    Q, K, V = as_tensor(Q), as_tensor(K), as_tensor(V)
    scores = Q @ swap_last(K) * Q.shape[-1] ** -0.5
    seen = np.broadcast_to(1.0 if mask is None else np.asarray(mask, float), scores.shape)
    low = np.where(seen == 1, scores.data, scores.data.min()).max(axis=-1, keepdims=True)
    e = ((scores - low) * seen).exp() * seen
    weights = e * (e.sum(axis=-1, keepdims=True) + (seen.sum(axis=-1, keepdims=True) == 0)) ** -1
    return weights @ V, weights


# ---------------------------------------------------------------- split_heads, merge_heads


@alternative("split_heads")
def heads_in_two_steps(X, h):
    N, T, M = X.shape
    cut = as_tensor(X).reshape((N, T, h, M // h))
    return cut.transpose((0, 2, 1, 3))


@alternative("split_heads")
def heads_by_index(X, h):
    d = X.shape[2] // h
    columns = np.arange(h * d).reshape(h, 1, d)
    return as_tensor(X)[:, np.arange(X.shape[1])[None, :, None], columns]


@alternative("split_heads")
def heads_as_plain_arrays(X, h):
    if hasattr(X, "backward"):
        return X.reshape(*X.shape[:2], h, -1).transpose(0, 2, 1, 3)
    return np.stack(np.split(X, h, axis=2), axis=1)


@alternative("merge_heads")
def merging_in_two_steps(X):
    X = as_tensor(X).transpose((0, 2, 1, 3))
    return X.reshape((X.shape[0], X.shape[1], X.shape[2] * X.shape[3]))


@alternative("merge_heads")
def merging_by_index(X):
    N, h, T, d = X.shape
    columns = np.arange(h * d)
    return as_tensor(X)[:, columns // d, np.arange(T)[:, None], columns % d]


@alternative("merge_heads")
def merging_plain_arrays(X):
    if hasattr(X, "backward"):
        return X.transpose(0, 2, 1, 3).reshape(X.shape[0], X.shape[2], -1)
    return np.concatenate([X[:, k] for k in range(X.shape[1])], axis=-1)


# ---------------------------------------------------------------- multi_head_attention


@alternative("multi_head_attention")
def heads_as_more_samples(X, Wq, Wk, Wv, Wo, h, mask=None):
    """Samples and heads share one axis, so that the attention sees three axes."""
    N, T, M = X.shape
    X = as_tensor(X)
    Q, K, V = (split_heads(X @ as_tensor(W), h).reshape(N * h, T, M // h) for W in (Wq, Wk, Wv))
    if np.ndim(mask) == 3:
        mask = np.repeat(mask, h, axis=0)
    out, weights = scaled_dot_product_attention(Q, K, V, mask)
    out, weights = as_tensor(out), as_tensor(weights)
    return merge_heads(out.reshape(N, h, T, M // h)) @ as_tensor(Wo), weights.reshape(N, h, T, T)


@alternative("multi_head_attention")
def head_after_head(X, Wq, Wk, Wv, Wo, h, mask=None):
    """Each head with its own columns of the weights, and its own rows of Wo; the parts of out add up."""
    X, d = as_tensor(X), X.shape[2] // h
    total, found = 0.0, []
    for k in range(h):
        own = slice(k * d, (k + 1) * d)
        out, weights = scaled_dot_product_attention(*(X @ as_tensor(W)[:, own] for W in (Wq, Wk, Wv)), mask)
        total = as_tensor(out) @ as_tensor(Wo)[own] + total
        found.append(weights.data if hasattr(weights, "backward") else weights)
    return total, np.stack(found, axis=1)


@alternative("multi_head_attention")
def heads_with_a_mask_for_each(X, Wq, Wk, Wv, Wo, h, mask=None):
    N, T, _ = X.shape
    if mask is not None:
        mask = np.broadcast_to(mask.reshape(-1, 1, T, T), (N, h, T, T))
    pieces = [split_heads(as_tensor(X) @ as_tensor(W), h) for W in (Wq, Wk, Wv)]
    out, weights = scaled_dot_product_attention(*pieces, mask)
    return [merge_heads(out) @ as_tensor(Wo), weights]


# ---------------------------------------------------------------- positional_encoding


@alternative("positional_encoding")
def positions_in_two_halves(T, M):
    P, angles = np.zeros((T, M)), np.arange(T)[:, None] / 10000 ** (np.arange(0, M, 2) / M)
    P[:, 0::2] = np.sin(angles)
    P[:, 1::2] = np.cos(angles)[:, : M // 2]
    return P


@alternative("positional_encoding")
def positions_one_by_one(T, M):
    angle = lambda t, c: t * math.exp(-math.log(10000) * (c - c % 2) / M)  # noqa: E731
    return [[(math.cos if c % 2 else math.sin)(angle(t, c)) for c in range(M)] for t in range(T)]


@alternative("positional_encoding")
def positions_by_a_phase(T, M):
    """A cosine is a sine a quarter of a turn ahead."""
    c = np.arange(M)
    return np.sin(np.outer(np.arange(T), 10000.0 ** (-(c - c % 2) / M)) + np.pi / 2 * (c % 2))


# ---------------------------------------------------------------- embed, embed_backward


@alternative("embed")
def rows_by_one_hot(tokens, E):
    return as_tensor(np.eye(E.shape[0])[tokens]) @ as_tensor(E)


@alternative("embed")
def rows_of_what_it_is(tokens, E):
    return E[tokens]


@alternative("embed")
def rows_of_one_long_text(tokens, E):
    return as_tensor(E)[np.ravel(tokens)].reshape(*np.shape(tokens), E.shape[1])


@alternative("embed_backward")
def slopes_of_rows_by_one_hot(dout, tokens, V):
    return np.einsum("ntv,ntm->vm", np.eye(V)[tokens], dout)


@alternative("embed_backward")
def slopes_of_rows_one_by_one(dout, tokens, V):
    dE = [np.zeros(dout.shape[2]) for _ in range(V)]
    for index in np.ndindex(*tokens.shape):
        dE[tokens[index]] = dE[tokens[index]] + dout[index]
    return dE


@alternative("embed_backward")
def slopes_of_rows_by_token(dout, tokens, V):
    return np.array([dout[tokens == v].sum(axis=0) for v in range(V)], dtype=float)


# ---------------------------------------------------------------- transformer_block


@alternative("transformer_block")
def block_with_its_own_norm(X, params, h, mask=None):
    def norm(X, g, b):
        mean = X.mean(axis=2, keepdims=True)
        var = (X * X).mean(axis=2, keepdims=True) - mean * mean
        return (X - mean) / (var + 1e-5) ** 0.5 * g + b

    p = {key: as_tensor(value) for key, value in params.items()}
    X = as_tensor(X)
    X = X + multi_head_attention(norm(X, p["g1"], p["b1"]), p["Wq"], p["Wk"], p["Wv"], p["Wo"], h, mask)[0]
    return X + (norm(X, p["g2"], p["b2"]) @ p["W1"] + p["c1"]).relu() @ p["W2"] + p["c2"]


@alternative("transformer_block")
def block_by_its_names(X, params, h, mask=None):
    g1, b1, Wq, Wk, Wv, Wo, g2, b2, W1, c1, W2, c2 = (
        as_tensor(params[key]) for key in "g1 b1 Wq Wk Wv Wo g2 b2 W1 c1 W2 c2".split()
    )
    heard = multi_head_attention(layer_norm(X, g1, b1), Wq, Wk, Wv, Wo, h, mask)
    middle = heard[0] + X
    thought = (layer_norm(middle, g2, b2) @ W1 + c1).relu() @ W2 + c2
    return thought + middle


@alternative("transformer_block")
def block_in_two_functions(X, params, h, mask=None):
    def listen(X):
        weights = [params[key] for key in ("Wq", "Wk", "Wv", "Wo")]
        return multi_head_attention(layer_norm(X, params["g1"], params["b1"]), *weights, h, mask)[0]

    def think(X):
        hidden = layer_norm(X, params["g2"], params["b2"]) @ as_tensor(params["W1"]) + as_tensor(params["c1"])
        return hidden.relu() @ as_tensor(params["W2"]) + as_tensor(params["c2"])

    for half in (listen, think):
        X = as_tensor(X) + half(X)
    return X


# ---------------------------------------------------------------- gpt_loss


@alternative("gpt_loss")
def loss_where_the_mark_stands(tokens, params):
    """Looks for the mark, and picks the places behind it out of one long row."""
    V = params["E"].shape[0]
    counts = np.cumsum(tokens == V - 1, axis=1)[:, :-1].ravel() > 0
    scores = gpt_scores(tokens[:, :-1], params)
    return cross_entropy(scores.reshape(-1, V)[np.nonzero(counts)[0]], tokens[:, 1:].ravel()[counts])


@alternative("gpt_loss")
def loss_by_shares(tokens, params):
    """Mean of -log of the share of the right letter."""
    n = (tokens.shape[1] - 1) // 2
    scores = gpt_scores(tokens[:, :-1], params)[:, -n:]
    e = (scores - scores.data.max(axis=-1, keepdims=True)).exp()
    right = (e * np.eye(scores.shape[-1])[tokens[:, -n:]]).sum(axis=-1)
    return (e.sum(axis=-1).log() - right.log()).mean()


@alternative("gpt_loss")
def loss_written_out(tokens, params):
    N, length = tokens.shape
    T, n = length - 1, length // 2
    X = embed(tokens[:, :T], params["E"]) + params["P"][np.arange(T)]
    for block in params["blocks"]:
        X = transformer_block(X, block, params["h"], np.tri(T) > 0)
    Z = layer_norm(X, params["g"], params["b"]) @ params["U"]
    total = 0.0
    for place in range(n, T):
        total = cross_entropy(Z[:, place], tokens[:, place + 1]) + total
    return total / n


# ---------------------------------------------------------------- train_gpt


@alternative("train_gpt")
def training_with_small_weights(task, steps, rng):
    """All matrices begin at 0.02, as in GPT-2; 16 strings a step."""
    tokens = task(16, rng)
    params = new_gpt(tokens[0, tokens.shape[1] // 2] + 1, tokens.shape[1] - 1, 32, 1, rng)
    for t in tensors_of(params):
        if len(t.shape) == 2:
            t.data[...] = rng.normal(0, 0.02, t.shape)
    optimizer = Optimizer("adam", lr=3e-3)
    for step in range(steps):
        tokens = tokens if step == 0 else task(16, rng)
        train_step(tensors_of(params), lambda: gpt_loss(tokens, params), optimizer)  # noqa: B023
    return params


@alternative("train_gpt")
def training_with_its_own_loop(task, steps, rng):
    """Two heads, AdamW, and the four lines of a step written out."""
    sample = task(64, rng)
    params = new_gpt(int(sample.max()) + 1, sample.shape[1], 32, 2, rng)
    tensors, optimizer = tensors_of(params), Optimizer("adamw", 3e-3, weight_decay=0.01)
    while steps > 0:
        for t in tensors:
            t.grad = None
        gpt_loss(task(16, rng), params).backward()
        used = [t for t in tensors if t.grad is not None]
        optimizer.step([t.data for t in used], [t.grad for t in used])
        steps -= 1
    return params


@alternative("train_gpt")
def training_from_a_pool(task, steps, rng):
    """Draws many strings at once, and takes a random batch of them in each step."""
    pool = task(2000, rng)
    params = new_gpt(int(pool.max()) + 1, pool.shape[1] - 1, 32, 1, rng)
    optimizer = Optimizer("adam", 4e-3)
    for _ in range(steps):
        batch = pool[rng.integers(len(pool), size=16)]
        train_step(tensors_of(params), lambda batch=batch: gpt_loss(batch, params), optimizer)
    return params


# ---------------------------------------------------------------- generate


@alternative("generate")
def writing_with_sorted_scores(params, start, n, rng, temperature=1.0, top_k=None):
    text = np.array(start, dtype=int)
    for _ in range(n):
        with no_grad():
            scores = gpt_scores(text[None, -params["P"].shape[0] :], params).data[0, -1]
        best = np.argsort(-scores)[:top_k]
        if temperature > 0:
            p = np.exp((scores[best] - scores[best[0]]) / temperature)
            text = np.append(text, rng.choice(best, p=p / p.sum()))
        else:
            text = np.append(text, best[0])
    return text


@alternative("generate")
def writing_by_the_gumbel_trick(params, start, n, rng, temperature=1.0, top_k=None):
    """The largest of score / temperature + Gumbel noise is a draw from the softmax."""
    text, most = list(start), len(params["P"].data)
    while len(text) < len(start) + n:
        scores = gpt_scores(np.array(text)[None][:, -most:], params).data[0, -1].copy()
        if top_k is not None:
            scores[np.argsort(scores)[: max(0, len(scores) - top_k)]] = -np.inf
        noise = rng.gumbel(size=len(scores)) * temperature
        text.append(int(np.argmax(scores + noise)))
    return text


@alternative("generate")
def writing_by_cumulated_shares(params, start, n, rng, temperature=1.0, top_k=None):
    text, most = [int(token) for token in start], params["P"].shape[0]
    for _ in range(n):
        with no_grad():
            scores = gpt_scores(np.array([text[max(0, len(text) - most) :]]), params).data[0, -1]
        if temperature == 0 or top_k == 1:
            text.append(int(np.argmax(scores)))
            continue
        shares = np.exp((scores - np.max(scores)) / temperature)
        if top_k is not None and top_k < len(shares):
            shares[np.argsort(shares)[:-top_k]] = 0
        text.append(int(np.searchsorted(np.cumsum(shares), rng.random() * shares.sum(), side="right")))
    return np.asarray(text)


# ---------------------------------------------------------------- attention_flops


@alternative("attention_flops")
def flops_of_each_product(T, M):
    scores = 2 * T * M * T
    mixing = 2 * T * T * M
    return scores + mixing


@alternative("attention_flops")
def flops_as_a_power(T, M):
    return int(M * (2 * T) ** 2)


@alternative("attention_flops")
def flops_query_by_query(T, M):
    return T * (4 * M * T)
