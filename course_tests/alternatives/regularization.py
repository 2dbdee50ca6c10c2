"""Right answers to 12_regularization, written otherwise."""

import copy
import math

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.digits import fit, minibatches, network_loss, softmax_cross_entropy
from course_tests.reference.regularization import GRID, noisy_set, truth


@alternative("l2_penalty")
def l2_by_loop(Ws, lam):
    total = 0
    for W in Ws:
        for w in np.ravel(W):
            total += w * w
    return lam * total


@alternative("l2_penalty")
def l2_by_norms(Ws, lam):
    return lam * sum(np.linalg.norm(np.ravel(W)) ** 2 for W in Ws)


@alternative("l2_penalty")
def l2_of_one_long_vector(Ws, lam):
    if not Ws:
        return 0.0
    w = np.concatenate([np.asarray(W, float).ravel() for W in Ws])
    return lam * (w @ w)


@alternative("l2_grad")
def l2_slope_as_a_sum(W, lam):
    return lam * W + lam * W


@alternative("l2_grad")
def l2_slope_by_multiply(W, lam):
    return np.multiply(W, 2.0 * lam)


@alternative("l2_grad")
def l2_slope_into_zeros(W, lam):
    slope = np.zeros(W.shape)
    slope += 2 * lam * W
    return slope


@alternative("l1_penalty")
def l1_by_norms(Ws, lam):
    return lam * sum(np.linalg.norm(np.ravel(W), 1) for W in Ws)


@alternative("l1_penalty")
def l1_by_loop(Ws, lam):
    return lam * math.fsum(abs(w) for W in Ws for w in np.ravel(W))


@alternative("l1_penalty")
def l1_by_roots(Ws, lam):
    return sum(lam * np.sqrt(np.asarray(W, float) ** 2).sum() for W in Ws)


@alternative("l1_grad")
def l1_slope_by_cases(W, lam):
    return np.where(W > 0, lam, -lam)


@alternative("l1_grad")
def l1_slope_from_comparisons(W, lam):
    return lam * ((W > 0).astype(float) - (W < 0))


@alternative("l1_grad")
def l1_slope_with_plus_at_zero(W, lam):
    slope = np.full(np.shape(W), float(lam))
    slope[np.asarray(W) < 0] = -lam
    return slope


@alternative("soft_threshold")
def threshold_by_size_and_sign(W, t):
    return np.sign(W) * np.maximum(np.abs(W) - t, 0)


@alternative("soft_threshold")
def threshold_by_cases(W, t):
    return np.where(W > t, W - t, np.where(W < -t, W + t, 0.0))


@alternative("soft_threshold")
def threshold_from_both_sides(W, t):
    return np.maximum(W - t, 0) + np.minimum(W + t, 0)


@alternative("Dropout")
class DropoutWithBinomial:
    def __init__(self, p, rng):
        self.keep = 1 - p
        self.rng = rng
        self.params = {}
        self.grads = {}
        self.mask = None

    def forward(self, A, training=False):
        if training:
            self.mask = self.rng.binomial(1, self.keep, size=np.shape(A)) / self.keep
            return A * self.mask
        return A

    def backward(self, dout):
        return dout * self.mask


@alternative("Dropout")
class DropoutWithWhere:
    params, grads = {}, {}

    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, A, training=False):
        if not training:
            return A.copy()
        self.gone = self.rng.random(A.shape) < self.p
        return np.where(self.gone, 0.0, A / (1 - self.p))

    def backward(self, dout):
        return np.where(self.gone, 0.0, dout / (1 - self.p))


@alternative("Dropout")
class DropoutWithChoice:
    def __init__(self, drop_probability, generator):
        self.drop_probability, self.generator = drop_probability, generator
        self.params = self.grads = {}

    def forward(self, votes, training=False):
        if training:
            p = self.drop_probability
            self.factors = self.generator.choice([0.0, 1 / (1 - p)], size=votes.shape, p=[p, 1 - p])
            votes = votes * self.factors
        return votes

    def backward(self, blame):
        return blame * self.factors


@alternative("BatchNorm1d")
class BatchNormStepByStep:
    def __init__(self, d, momentum=0.9, eps=1e-5):
        self.momentum, self.eps = momentum, eps
        self.gamma, self.beta = np.ones(d), np.zeros(d)
        self.params = {"gamma": self.gamma, "beta": self.beta}
        self.grads = {}
        self.running_mean, self.running_var = np.zeros(d), np.ones(d)

    def forward(self, X, training=False):
        self.training = training
        if training:
            N = len(X)
            self.mu = X.sum(axis=0) / N
            self.centred = X - self.mu
            self.var = (self.centred**2).sum(axis=0) / N
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * self.mu
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * self.var
        else:
            self.centred, self.var = X - self.running_mean, self.running_var
        self.root = np.sqrt(self.var + self.eps)
        self.xhat = self.centred / self.root
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        N = len(dout)
        self.grads["gamma"], self.grads["beta"] = (dout * self.xhat).sum(axis=0), dout.sum(axis=0)
        dxhat = dout * self.gamma
        if not self.training:
            return dxhat / self.root
        dvar = (dxhat * self.centred).sum(axis=0) * -0.5 * (self.var + self.eps) ** -1.5
        dmu = -dxhat.sum(axis=0) / self.root + dvar * (-2 * self.centred).mean(axis=0)
        return dxhat / self.root + dvar * 2 * self.centred / N + dmu / N


@alternative("BatchNorm1d")
class BatchNormInOneFormula:
    def __init__(self, d, momentum=0.9, eps=1e-5):
        self.m, self.eps = momentum, eps
        self.params = dict(gamma=np.ones((d,)), beta=np.zeros((d,)))
        self.grads = dict(gamma=None, beta=None)
        self.running_mean, self.running_var = np.zeros(d), np.ones(d)

    def forward(self, X, training=False):
        mu, var = self.running_mean, self.running_var
        if training:
            mu, var = np.mean(X, 0), np.mean(X * X, 0) - np.mean(X, 0) ** 2
            self.running_mean = self.running_mean * self.m + mu * (1 - self.m)
            self.running_var = self.running_var * self.m + var * (1 - self.m)
        self.inv, self.fixed = (var + self.eps) ** -0.5, not training
        self.x = (X - mu) * self.inv
        return self.x * self.params["gamma"] + self.params["beta"]

    def backward(self, dout):
        N, gamma = len(dout), self.params["gamma"]
        dgamma, dbeta = np.einsum("nd,nd->d", dout, self.x), dout.sum(0)
        self.grads = {"gamma": dgamma, "beta": dbeta}
        if self.fixed:
            return dout * gamma * self.inv
        return gamma * self.inv / N * (N * dout - dbeta - self.x * dgamma)


@alternative("BatchNorm1d")
class BatchNormWithInPlaceStatistics:
    def __init__(self, d, momentum=0.9, eps=1e-5):
        self.momentum, self.eps = momentum, eps
        self.params = {"gamma": np.ones(d), "beta": np.zeros(d)}
        self.grads = {"gamma": np.zeros(d), "beta": np.zeros(d)}
        self.running_mean, self.running_var = np.zeros(d), np.ones(d)

    def forward(self, X, training=False):
        self.live = training
        if training:
            self.running_mean *= self.momentum
            self.running_mean += (1 - self.momentum) * X.mean(axis=0)
            self.running_var *= self.momentum
            self.running_var += (1 - self.momentum) * X.std(axis=0) ** 2
            self.s = np.sqrt(X.std(axis=0) ** 2 + self.eps)
            self.z = (X - X.mean(axis=0)) / self.s
        else:
            self.s = np.sqrt(self.running_var + self.eps)
            self.z = (X - self.running_mean) / self.s
        return self.z * self.params["gamma"] + self.params["beta"]

    def backward(self, dout):
        self.grads["gamma"][...] = np.sum(dout * self.z, axis=0)
        self.grads["beta"][...] = np.sum(dout, axis=0)
        g = dout * self.params["gamma"] / self.s
        if self.live:
            g = g - g.mean(axis=0) - self.z * np.mean(g * self.z, axis=0)
        return g


@alternative("LayerNorm")
class LayerNormOnTheTransposedTable:
    def __init__(self, d, eps=1e-5):
        self.d, self.eps = d, eps
        self.params = {"gamma": np.ones(d), "beta": np.zeros(d)}
        self.grads = {}

    def forward(self, X, training=False):
        flat = X.reshape(-1, self.d).T
        self.root = np.sqrt(flat.var(axis=0) + self.eps)
        self.normal = (flat - flat.mean(axis=0)) / self.root
        return (self.normal.T * self.params["gamma"] + self.params["beta"]).reshape(X.shape)

    def backward(self, dout):
        flat = dout.reshape(-1, self.d)
        self.grads = {"gamma": (flat * self.normal.T).sum(axis=0), "beta": flat.sum(axis=0)}
        g = (flat * self.params["gamma"]).T
        dX = (g - g.mean(axis=0) - self.normal * (g * self.normal).mean(axis=0)) / self.root
        return dX.T.reshape(dout.shape)


@alternative("LayerNorm")
class LayerNormInOneFormula:
    def __init__(self, d, eps=1e-5):
        self.eps = eps
        self.params, self.grads = {"gamma": np.ones(d), "beta": np.zeros(d)}, {"gamma": 0, "beta": 0}

    def forward(self, X, training=False):
        mu = X.sum(-1, keepdims=True) / X.shape[-1]
        self.inv = 1 / np.sqrt(((X - mu) ** 2).mean(-1, keepdims=True) + self.eps)
        self.x = (X - mu) * self.inv
        return self.x * self.params["gamma"] + self.params["beta"]

    def backward(self, dout):
        d = dout.shape[-1]
        self.grads["beta"] = dout.reshape(-1, d).sum(0)
        self.grads["gamma"] = (dout * self.x).reshape(-1, d).sum(0)
        g = dout * self.params["gamma"]
        return self.inv / d * (d * g - g.sum(-1, keepdims=True) - self.x * (g * self.x).sum(-1, keepdims=True))


@alternative("LayerNorm")
class LayerNormWithoutKeepdims:
    def __init__(self, d, eps=1e-5):
        self.eps = eps
        self.gamma, self.beta = np.ones(d), np.zeros(d)
        self.params = {"gamma": self.gamma, "beta": self.beta}
        self.grads = {}

    def forward(self, X, training=False):
        self.std = np.sqrt(np.var(X, axis=-1)[..., None] + self.eps)
        self.z = (X - np.mean(X, axis=-1)[..., None]) / self.std
        return self.gamma * self.z + self.beta

    def backward(self, dout):
        axes = tuple(range(dout.ndim - 1))
        self.grads = dict(gamma=np.sum(dout * self.z, axis=axes), beta=np.sum(dout, axis=axes))
        g = self.gamma * dout
        a, b = np.mean(g, axis=-1)[..., None], np.mean(g * self.z, axis=-1)[..., None]
        return (g - a - self.z * b) / self.std


@alternative("EarlyStopping")
class StoppingByHistory:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.gains = []
        self.best, self.best_loss, self.over = None, np.inf, False

    def step(self, loss, params):
        gain = bool(loss < self.best_loss - self.min_delta)
        if gain:
            self.best_loss = float(loss)
            self.best = [{name: np.array(array) for name, array in layer.items()} for layer in params]
        self.gains.append(gain)
        self.over = self.over or (len(self.gains) >= self.patience and not any(self.gains[-self.patience :]))
        return self.over


@alternative("EarlyStopping")
class StoppingByPatienceLeft:
    def __init__(self, patience, min_delta=0.0):
        self.patience = self.left = patience
        self.min_delta = min_delta
        self.best_loss, self.best = math.inf, None

    def step(self, loss, params):
        if self.left <= 0:
            return True
        if self.best_loss - loss > self.min_delta or (math.isinf(self.best_loss) and not math.isnan(loss)):
            self.best_loss, self.best, self.left = loss, copy.deepcopy(params), self.patience
            return False
        self.left -= 1
        return self.left <= 0


@alternative("EarlyStopping")
class StoppingByStepNumbers:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.now, self.when = 0, 0
        self.best, self.best_loss = None, float("inf")

    def step(self, loss, params):
        over = self.now - self.when >= self.patience
        self.now += 1
        if not over and self.best_loss - self.min_delta > loss:
            self.when, self.best, self.best_loss = self.now, copy.deepcopy(params), loss
        return self.now - self.when >= self.patience


@alternative("fit_regularized")
def fit_with_weights_listed_once(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    history = {"train": [], "val": []}
    for _ in range(epochs):
        total, seen = 0.0, 0
        for X, y in minibatches(train[0], train[1], batch_size, rng):
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            Ws = [layer.params["W"] for layer in net.layers if "W" in layer.params]
            total += len(y) * (loss + lam * sum(np.sum(W * W) for W in Ws))
            seen += len(y)
            net.backward(dout)
            for layer in net.layers:
                for name in layer.params:
                    if name == "W":
                        layer.params[name] -= lr * 2 * lam * layer.params[name] + lr * layer.grads[name]
                    else:
                        layer.params[name] -= lr * layer.grads[name]
        history["train"] += [total / seen]
        history["val"] += [network_loss(net, val[0], val[1])]
        if stop and stop.step(history["val"][-1], [layer.params for layer in net.layers]):
            break
    if stop:
        for layer, kept in zip(net.layers, stop.best):
            for name in kept:
                layer.params[name][...] = kept[name]
    return history


@alternative("fit_regularized")
def fit_that_decays_first(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    train_losses, val_losses = [], []
    for _ in range(epochs):
        losses, sizes = [], []
        for X, y in minibatches(*train, batch_size, rng):
            penalty = 0.0
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            net.backward(dout)
            for layer in net.layers:
                if "W" in layer.params:
                    penalty += lam * float((layer.params["W"] ** 2).sum())
                    layer.params["W"] *= 1 - 2 * lr * lam
                for name, slope in layer.grads.items():
                    layer.params[name] -= lr * slope
            losses.append(loss + penalty)
            sizes.append(len(y))
        train_losses.append(np.average(losses, weights=sizes))
        val_losses.append(network_loss(net, *val))
        if stop is not None and stop.step(val_losses[-1], [layer.params for layer in net.layers]):
            break
    if stop is not None:
        for layer, kept in zip(net.layers, stop.best):
            layer.params.update({name: array.copy() for name, array in kept.items()})
    return {"train": np.array(train_losses), "val": np.array(val_losses)}


@alternative("shift_images")
def shifts_by_slices(X, rng, most=1):
    N, H, W = X.shape
    out = np.zeros_like(X)
    for n in range(N):
        i, j = (int(k) for k in rng.integers(-most, most + 1, size=2))
        out[n, max(i, 0) : H + min(i, 0), max(j, 0) : W + min(j, 0)] = X[
            n, max(-i, 0) : H + min(-i, 0), max(-j, 0) : W + min(-j, 0)
        ]
    return out


@alternative("shift_images")
def shifts_by_rolling_and_wiping(X, rng, most=1):
    moved = []
    for image in X:
        down, right = rng.choice(np.arange(-most, most + 1), 2)
        new = np.roll(image, (down, right), axis=(0, 1))
        if down > 0:
            new[:down] = 0
        elif down < 0:
            new[down:] = 0
        if right > 0:
            new[:, :right] = 0
        elif right < 0:
            new[:, right:] = 0
        moved.append(new)
    return np.stack(moved)


@alternative("shift_images")
def shifts_by_index_arrays(X, rng, most=1):
    N, H, W = X.shape
    wide = np.pad(X, ((0, 0), (most, most), (most, most)))
    rows = rng.integers(0, 2 * most + 1, N)[:, None, None] + np.arange(H)[:, None]
    columns = rng.integers(0, 2 * most + 1, N)[:, None, None] + np.arange(W)
    return wide[np.arange(N)[:, None, None], rows, columns]


@alternative("learning_curve")
def curve_of_the_first_samples(sizes, make_net, train, val, rng):
    curve = np.zeros((len(sizes), 2))
    for k, size in enumerate(sizes):
        part = train[0][:size], train[1][:size]
        net = make_net()
        fit(net, part, val, 30, 32, 0.2, rng)
        curve[k] = network_loss(net, *part), network_loss(net, *val)
    return curve


@alternative("learning_curve")
def curve_of_chosen_samples(sizes, make_net, train, val, rng):
    rows = []
    for size in sizes:
        chosen = rng.choice(len(train[1]), size, replace=False)
        part = (train[0][chosen], train[1][chosen])
        net = make_net()
        history = fit(net, part, val, epochs=30, batch_size=32, lr=0.2, rng=rng)
        rows.append((network_loss(net, *part), history["val_loss"][-1]))
    return rows


@alternative("diagnose_fit")
def diagnosis_by_elif(train, val):
    t, v = float(train[-1]), float(val[-1])
    if t > 0.5:
        return "under"
    elif v > t + 0.3:
        return "over"
    else:
        return "good"


@alternative("diagnose_fit")
def diagnosis_by_arrays(train, val):
    train, val = np.asarray(train), np.asarray(val)
    gap = (val - train)[-1]
    return ("good", "over")[int(gap > 0.3)] if train[-1] <= 0.5 else "under"


@alternative("bias_variance")
def measured_degree_by_degree(degrees, rng, n_sets=50):
    bias2, variance = [], []
    for degree in degrees:
        curves = []
        for _ in range(n_sets):
            x, y = noisy_set(rng)
            curves.append(np.polyval(np.polyfit(x, y, degree), GRID))
        curves = np.array(curves)
        bias2.append(np.mean((curves.mean(axis=0) - truth(GRID)) ** 2))
        variance.append(np.mean(curves.var(axis=0)))
    return {"bias2": bias2, "variance": variance}


@alternative("bias_variance")
def measured_with_least_squares(degrees, rng, n_sets=50):
    out = {"bias2": np.zeros(len(degrees)), "variance": np.zeros(len(degrees))}
    sets = [noisy_set(rng) for _ in range(n_sets)]
    for k, degree in enumerate(degrees):
        at_grid = np.vander(GRID, degree + 1)
        curves = np.stack(
            [at_grid @ np.linalg.lstsq(np.vander(x, degree + 1), y, rcond=None)[0] for x, y in sets], axis=1
        )
        mean = curves.mean(axis=1)
        out["bias2"][k] = ((mean - truth(GRID)) ** 2).sum() / len(GRID)
        out["variance"][k] = ((curves - mean[:, None]) ** 2).mean()
    return out


@alternative("my_tests")
def tests_by_shares(Dropout):
    for p in (0.2, 0.7):
        A = np.full((300, 60), 3.0)
        layer = Dropout(p, np.random.default_rng(4))
        out = np.asarray(layer.forward(A, training=True))
        gone = out == 0
        if not (abs(gone.mean() - p) < 0.02 and np.allclose(out[~gone], 3 / (1 - p))):
            raise AssertionError("forward")
        if not np.allclose(layer.backward(A), out):
            raise AssertionError("backward")
        if np.array_equal(np.asarray(layer.forward(A, training=True)), out):
            raise AssertionError("the same mask")
        if np.ptp(gone.mean(axis=0)) > 0.5 or not np.allclose(layer.forward(A, training=False), A):
            raise AssertionError("columns, or evaluation")


@alternative("my_tests")
def tests_by_means(Dropout):
    rng = np.random.default_rng(0)
    layer, A = Dropout(0.3, rng), np.ones((400, 80))
    first, back = np.asarray(layer.forward(A, training=True)), np.asarray(layer.backward(A))
    second = np.asarray(layer.forward(A, training=True))
    assert abs(first.mean() - 1) < 0.05, "the mean must stay"
    assert abs((first == 0).mean() - 0.3) < 0.03
    assert (first == back).all() and (first != second).any()
    assert abs(first.mean(axis=0) - 1).max() < 0.5 and np.array_equal(layer.forward(A), A)
