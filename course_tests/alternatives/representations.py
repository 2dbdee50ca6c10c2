"""Right answers to 17_representations, written otherwise."""

import copy
import heapq
import math

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.representations import network_from, softmax_cross_entropy

# ---------------------------------------------------------------- ae_loss_and_grads, encode


@alternative("ae_loss_and_grads")
def by_hand_with_relu_alone(X, params):
    votes = [X]
    for layer in params:
        Z = votes[-1] @ layer["W"] + layer["b"]
        votes.append(np.maximum(Z, 0) if layer["activation"] == "relu" else Z)
    N, D = X.shape
    dA, grads = 2 * (votes[-1] - X) / (N * D), [None] * len(params)
    for k in range(len(params) - 1, -1, -1):
        dZ = dA * (votes[k + 1] > 0) if params[k]["activation"] == "relu" else dA
        grads[k] = {"W": votes[k].T @ dZ, "b": dZ.sum(axis=0)}
        dA = dZ @ params[k]["W"].T
    return ((votes[-1] - X) ** 2).mean(), grads


@alternative("ae_loss_and_grads")
def through_the_layers_of_a_network(X, params):
    net = network_from(params)
    out = net.forward(X)
    loss = np.square(out - X).sum() / X.size
    net.backward((out - X) * (2 / X.size))
    return loss, [dict(layer.grads) for layer in net.layers if layer.params]


@alternative("ae_loss_and_grads")
def knowing_that_the_code_is_in_the_middle(X, params):
    linear = {len(params) // 2 - 1, len(params) - 1}
    inputs, masks, A = [], [], X
    for k, layer in enumerate(params):
        inputs.append(A)
        A = np.matmul(A, layer["W"]) + layer["b"]
        masks.append(np.ones(A.shape) if k in linear else (A > 0).astype(float))
        A = A * masks[-1]
    blame, grads = 2.0 * (A - X) / A.size, []
    for layer, came_in, mask in zip(reversed(params), reversed(inputs), reversed(masks)):
        blame = blame * mask
        grads.insert(0, {"b": np.einsum("nj->j", blame), "W": np.einsum("ni,nj->ij", came_in, blame)})
        blame = blame @ np.transpose(layer["W"])
    return float(np.mean((A - X) ** 2)), tuple(grads)


@alternative("encode")
def halfway_by_hand(X, params):
    A = X
    for layer in params[: len(params) // 2]:
        A = A @ layer["W"] + layer["b"]
        if layer["activation"] == "relu":
            A = A * (A > 0)
    return A


@alternative("encode")
def halfway_through_a_network(X, params):
    return network_from(list(params)[: len(params) // 2]).forward(np.array(X))


@alternative("encode")
def one_sample_at_a_time(X, params):
    half, codes = len(params) // 2, []
    for x in X:
        for k in range(half):
            x = params[k]["W"].T.dot(x) + params[k]["b"]
            if k < half - 1:
                x = np.clip(x, 0, None)
        codes.append(x)
    return codes


# ---------------------------------------------------------------- pca, pca_error


@alternative("pca")
def by_the_covariance(X, k):
    mean = X.mean(axis=0)
    values, vectors = np.linalg.eigh((X - mean).T @ (X - mean))
    return mean, vectors[:, np.argsort(values)[::-1][:k]].T


@alternative("pca")
def by_svd_of_the_transpose(X, k):
    mean = np.average(X, axis=0)
    U, _, _ = np.linalg.svd((X - mean).T, full_matrices=False)
    return [mean, -U[:, :k].T]


@alternative("pca")
def with_the_largest_entry_positive(X, k):
    mean = np.sum(X, axis=0) / len(X)
    rows = np.linalg.svd(X - mean)[2][:k]
    largest = np.abs(rows).argmax(axis=1)
    return mean, rows * np.sign(rows[np.arange(k), largest])[:, None]


@alternative("pca_error")
def by_rebuilding(X, k):
    mean = X.mean(axis=0)
    C = np.linalg.svd(X - mean, full_matrices=False)[2][:k]
    rebuilt = mean + ((X - mean) @ C.T) @ C
    return np.mean((X - rebuilt) ** 2)


@alternative("pca_error")
def by_the_singular_values_left_over(X, k):
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    return np.sum(s[k:] ** 2) / X.size


@alternative("pca_error")
def by_the_eigenvalues_left_over(X, k):
    values = np.linalg.eigvalsh(np.atleast_2d(np.cov(X, rowvar=False, bias=True)))
    return float(max(0.0, values[: len(values) - k].sum()) / X.shape[1])


# ---------------------------------------------------------------- denoise, reparameterize


@alternative("denoise")
def noise_of_the_right_width(X, rng, sigma):
    return X + rng.normal(0.0, sigma, size=X.shape)


@alternative("denoise")
def normal_around_each_pixel(X, rng, sigma):
    return rng.normal(X, sigma)


@alternative("denoise")
def into_an_array_of_its_own(X, rng, sigma):
    noisy = np.array(X, dtype=float)
    for index in range(len(noisy)):
        noisy[index] += sigma * rng.standard_normal(noisy[index].shape)
    return noisy


@alternative("reparameterize")
def root_of_the_exponential(mu, logvar, rng):
    return mu + rng.standard_normal(mu.shape) * np.sqrt(np.exp(logvar))


@alternative("reparameterize")
def normal_with_mean_and_spread(mu, logvar, rng):
    return rng.normal(mu, np.exp(0.5 * logvar))


@alternative("reparameterize")
def entry_by_entry(mu, logvar, rng):
    z = np.empty(mu.shape)
    for place in np.ndindex(mu.shape):
        z[place] = mu[place] + math.exp(logvar[place]) ** 0.5 * rng.normal()
    return z


# ---------------------------------------------------------------- train_head


@alternative("train_head")
def with_the_whole_way_back(net, X, y, lr, epochs, rng):
    new = copy.deepcopy(net)
    head = [layer for layer in new.layers if layer.params][-1]
    for _ in range(epochs):
        _, dscores = softmax_cross_entropy(new.forward(X, training=True), y)
        new.backward(dscores)
        for name in head.params:
            head.params[name] -= lr * head.grads[name]
    return new


@alternative("train_head")
def with_features_computed_once(net, X, y, lr, epochs, rng):
    new = copy.deepcopy(net)
    places = [k for k, layer in enumerate(new.layers) if len(layer.params) > 0]
    features = X
    for layer in new.layers[: places[-1]]:
        features = layer.forward(features)
    head = new.layers[places[-1]]
    W, b = head.params["W"], head.params["b"]
    for _ in range(epochs):
        scores = features @ W + b
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        shares[np.arange(len(y)), y] -= 1
        W -= lr * features.T @ shares / len(y)
        b -= lr * shares.mean(axis=0)
    return new


@alternative("train_head")
def by_new_arrays_at_the_end(net, X, y, lr, epochs, rng):
    order = rng.permutation(len(y))
    net = copy.deepcopy(net)
    for layer in reversed(net.layers):
        if layer.params:
            break
    for epoch in range(epochs):
        loss, dout = softmax_cross_entropy(net.forward(X[order]), y[order])
        for one in reversed(net.layers):
            dout = one.backward(dout)
            if one is layer:
                break
        layer.params["W"] = layer.params["W"] - lr * layer.grads["W"]
        layer.params["b"] = layer.params["b"] - lr * layer.grads["b"]
    return net


# ---------------------------------------------------------------- distill_targets, distill_loss


@alternative("distill_targets")
def softmax_at_a_temperature(logits, T):
    scores = (logits - np.max(logits, axis=1, keepdims=True)) / T
    return np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)


@alternative("distill_targets")
def shares_from_log_shares(logits, T):
    scores = logits / T
    return np.exp(scores - np.logaddexp.reduce(scores, axis=1)[:, np.newaxis])


@alternative("distill_targets")
def row_by_row(logits, T):
    rows = []
    for row in np.asarray(logits):
        powers = [math.exp((s - max(row)) / T) for s in row]
        rows.append([power / sum(powers) for power in powers])
    return rows


@alternative("distill_loss")
def with_log_sum_exp(student_logits, targets, T):
    scores = student_logits / T
    log_shares = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    return -(targets * log_shares).sum() / len(targets)


@alternative("distill_loss")
def sample_by_sample(student_logits, targets, T):
    losses = []
    for scores, target in zip(np.asarray(student_logits) / T, targets):
        top = scores.max()
        log_sum = top + math.log(np.exp(scores - top).sum())
        losses.append(sum(t * (log_sum - s) for t, s in zip(target, scores)))
    return np.mean(losses)


@alternative("distill_loss")
def log_sum_minus_expected_score(student_logits, targets, T):
    scores = student_logits / T
    scores = scores - scores.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(scores).sum(axis=1)) - np.einsum("nc,nc->n", targets, scores))


# ---------------------------------------------------------------- nearest


@alternative("nearest")
def by_norms(codes, query, k):
    return np.linalg.norm(codes - query, axis=1).argsort(kind="stable")[:k]


@alternative("nearest")
def by_pairs_of_distance_and_index(codes, query, k):
    pairs = [(sum((a - b) ** 2 for a, b in zip(code, query)), n) for n, code in enumerate(codes)]
    return [n for _, n in heapq.nsmallest(k, pairs)]


@alternative("nearest")
def one_winner_after_the_other(codes, query, k):
    distances = ((codes - query) ** 2).sum(axis=1).astype(float)
    found = np.zeros(k, dtype=int)
    for place in range(k):
        found[place] = np.argmin(distances)
        distances[found[place]] = np.inf
    return found


# ---------------------------------------------------------------- gan_d_loss, gan_g_loss, gan_step


@alternative("gan_d_loss")
def two_logaddexps(s_real, s_fake):
    return np.logaddexp(0, -s_real).mean() + np.logaddexp(0, s_fake).mean()


@alternative("gan_d_loss")
def with_maximum_and_log1p(s_real, s_fake):
    def mean_of(s):
        return np.mean(np.maximum(s, 0) + np.log1p(np.exp(-np.abs(s))))

    return mean_of(-np.asarray(s_real)) + mean_of(np.asarray(s_fake))


@alternative("gan_d_loss")
def score_by_score(s_real, s_fake):
    real = [max(-s, 0) + math.log1p(math.exp(-abs(s))) for s in np.ravel(s_real)]
    fake = [max(s, 0) + math.log1p(math.exp(-abs(s))) for s in np.ravel(s_fake)]
    return sum(real) / len(real) + sum(fake) / len(fake)


@alternative("gan_g_loss")
def one_logaddexp(s_fake):
    return np.logaddexp(0, -s_fake).mean()


@alternative("gan_g_loss")
def with_log1p(s_fake):
    s = np.ravel(s_fake)
    return np.mean(np.maximum(-s, 0.0) + np.log1p(np.exp(-np.abs(s))))


@alternative("gan_g_loss")
def one_score_at_a_time(s_fake):
    return math.fsum(max(-s, 0) + math.log1p(math.exp(-abs(s))) for s in np.ravel(s_fake)) / np.size(s_fake)


@alternative("gan_step")
def with_two_ways_back(G, D, x, z, lr):
    forged = G.forward(z, training=True)
    s_real = D.forward(x, training=True)
    D.backward(-1 / (1 + np.exp(s_real)) / len(x))
    of_real = copy.deepcopy([layer.grads for layer in D.layers])
    s_fake = D.forward(forged, training=True)
    D.backward(1 / (1 + np.exp(-s_fake)) / len(z))
    for layer, first in zip(D.layers, of_real):
        for name in layer.params:
            layer.params[name] -= lr * (first[name] + layer.grads[name])
    d_loss = np.mean(np.logaddexp(0, -s_real)) + np.mean(np.logaddexp(0, s_fake))
    s_fake = D.forward(forged, training=True)
    G.backward(D.backward(-1 / (1 + np.exp(s_fake)) / len(z)))
    for layer in G.layers:
        for name in layer.params:
            layer.params[name] -= lr * layer.grads[name]
    return d_loss, np.mean(np.logaddexp(0, -s_fake))


@alternative("gan_step")
def with_both_kinds_in_one_batch(G, D, x, z, lr):
    def step(net):
        for layer in net.layers:
            for name, array in layer.params.items():
                array[...] = array - lr * layer.grads[name]

    n, m = len(x), len(z)
    scores = D.forward(np.vstack([x, G.forward(z)]))
    truth = np.vstack([np.ones((n, 1)), np.zeros((m, 1))])
    weights = np.vstack([np.full((n, 1), 1 / n), np.full((m, 1), 1 / m)])
    losses = weights * np.logaddexp(0, np.where(truth == 1, -scores, scores))
    D.backward(weights * (0.5 + 0.5 * np.tanh(scores / 2) - truth))
    step(D)
    again = D.forward(G.forward(z))
    G.backward(D.backward((0.5 * np.tanh(again / 2) - 0.5) / m))
    step(G)
    return float(losses.sum()), float(np.logaddexp(0, -again).sum() / m)


@alternative("gan_step")
def by_the_lists_of_layers(G, D, x, z, lr):
    def through(net, A):
        for layer in net.layers:
            A = layer.forward(A, training=True)
        return A

    def back(net, dout):
        for layer in net.layers[::-1]:
            dout = layer.backward(dout)
        return dout, [{name: np.array(slope) for name, slope in layer.grads.items()} for layer in net.layers]

    def move(net, all_grads):
        for layer, grads in zip(net.layers, all_grads):
            for name in layer.params:
                layer.params[name] -= lr * grads[name]

    s_real = through(D, x)
    _, first = back(D, (0.5 * np.tanh(s_real / 2) - 0.5) / x.shape[0])
    s_fake = through(D, through(G, z))
    _, second = back(D, (0.5 * np.tanh(s_fake / 2) + 0.5) / z.shape[0])
    move(D, first)
    move(D, second)
    moved = through(D, through(G, z))
    blame, _ = back(D, (0.5 * np.tanh(moved / 2) - 0.5) / z.shape[0])
    _, third = back(G, blame)
    move(G, third)
    return (np.logaddexp(0, -s_real).mean() + np.logaddexp(0, s_fake).mean(), np.logaddexp(0, -moved).mean())
