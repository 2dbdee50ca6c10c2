"""Right answers to 08_backprop, written otherwise."""

import copy

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.activations import relu_derivative, sigmoid, sigmoid_derivative, tanh_derivative
from course_tests.reference.backprop import (
    activation_backward,
    apply_grads,
    bce_sigmoid_backward,
    dense_backward,
    init_params,
    layers_from,
    mlp_loss_and_gradients,
    train_mlp,
)
from course_tests.reference.layers import Activation, Dense, Network, mlp_forward
from course_tests.reference.losses import binary_cross_entropy, numerical_gradient, relative_error

# ---------------------------------------------------------------- dense_backward


@alternative("dense_backward")
def dense_by_products(dZ, X, W):
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


@alternative("dense_backward")
def dense_by_named_sums(dZ, X, W):
    return np.einsum("nh,dh->nd", dZ, W), np.einsum("nd,nh->dh", X, dZ), np.einsum("nh->h", dZ)


@alternative("dense_backward")
def dense_by_outer_products(dZ, X, W):
    dW = sum(np.outer(x, dz) for x, dz in zip(X, dZ))
    return np.array([W @ dz for dz in dZ]), dW, sum(dz for dz in dZ)


@alternative("dense_backward")
def dense_by_transposes(dZ, X, W):
    dX = np.dot(W, np.transpose(dZ)).T
    dW = np.dot(np.transpose(dZ), X).T
    db = np.ones(len(dZ)) @ dZ
    return dX, dW, db


@alternative("dense_backward")
def dense_by_broadcasting(dZ, X, W):
    dW = (X[:, :, None] * dZ[:, None, :]).sum(axis=0)
    dX = (dZ[:, None, :] * W[None, :, :]).sum(axis=2)
    return [dX, dW, np.add.reduce(dZ)]


@alternative("dense_backward")
def dense_by_tensordot(dZ, X, W):
    return np.tensordot(dZ, W, axes=(1, 1)), np.tensordot(X, dZ, axes=(0, 0)), np.mean(dZ, axis=0) * len(dZ)


# ---------------------------------------------------------------- activation_backward


@alternative("activation_backward")
def activation_by_a_dict(dA, Z, name):
    slopes = {
        "identity": lambda z: 1.0,
        "sigmoid": sigmoid_derivative,
        "tanh": tanh_derivative,
        "relu": relu_derivative,
    }
    try:
        return dA * slopes[name](Z)
    except KeyError:
        raise ValueError("no such activation: " + name) from None


@alternative("activation_backward")
def activation_by_formulas(dA, Z, name):
    if name == "identity":
        return dA
    if name == "sigmoid":
        a = sigmoid(Z)
        return dA * a * (1 - a)
    if name == "tanh":
        return dA * (1 - np.tanh(Z) ** 2)
    if name == "relu":
        return dA * (Z > 0)
    raise ValueError(name)


@alternative("activation_backward")
def activation_with_slope_one_at_zero(dA, Z, name):
    if name == "relu":
        return np.where(Z >= 0, dA, 0.0)
    if name == "identity":
        return np.copy(dA)
    if name == "tanh":
        return dA / np.cosh(np.clip(Z, -300, 300)) ** 2
    if name == "sigmoid":
        return dA * sigmoid(Z) * sigmoid(-Z)
    raise ValueError(f"activation {name} is unknown")


@alternative("activation_backward")
def activation_by_a_copy(dA, Z, name):
    if name not in ("identity", "sigmoid", "tanh", "relu"):
        raise ValueError("unknown name")
    dZ = np.array(dA, dtype=float)
    if name == "relu":
        dZ[Z <= 0] = 0
    elif name != "identity":
        dZ *= sigmoid_derivative(Z) if name == "sigmoid" else tanh_derivative(Z)
    return dZ


# ---------------------------------------------------------------- bce_sigmoid_backward


@alternative("bce_sigmoid_backward")
def bce_in_one_line(p, y):
    if p.shape != y.shape:
        raise ValueError("p and y must have the same shape")
    return (p - y) / len(y)


@alternative("bce_sigmoid_backward")
def bce_by_shares(p, y):
    if y.ndim != 2 or p.shape[0] != y.shape[0] or p.shape[1] != y.shape[1]:
        raise ValueError("both must be (N, 1)")
    return p / p.shape[0] - y / p.shape[0]


@alternative("bce_sigmoid_backward")
def bce_sample_by_sample(p, y):
    if np.shape(p) != np.shape(y):
        raise ValueError("different shapes")
    return np.array([[(float(one[0]) - float(other[0])) / len(p)] for one, other in zip(p, y)])


# ---------------------------------------------------------------- TrainableNetwork


@alternative("TrainableNetwork")
class CachesInEachLayer(Network):
    def __init__(self, params):
        super().__init__(layers_from(params))
        self.grads = []

    def forward(self, X):
        for layer in self.layers:
            layer.given = X
            X = layer.forward(X)
        return X

    def backward(self, dout):
        self.grads = []
        for layer in reversed(self.layers):
            if isinstance(layer, Activation):
                dout = activation_backward(dout, layer.given, layer.name)
            else:
                dX, dW, db = dense_backward(dout, layer.given, layer.W)
                self.grads = [{"W": dW, "b": db}] + self.grads
                dout = dX
        return dout


@alternative("TrainableNetwork")
class KeepsParamsAndCache(Network):
    def __init__(self, params):
        super().__init__(layers_from(params))
        self.params = [dict(layer) for layer in params]
        self.grads = None

    def forward(self, X):
        out, self.cache = mlp_forward(X, self.params)
        return out

    def backward(self, dout):
        self.grads = [{} for _ in self.params]
        for k in range(len(self.params) - 1, -1, -1):
            dZ = activation_backward(dout, self.cache[k]["Z"], self.params[k]["activation"])
            dout, self.grads[k]["W"], self.grads[k]["b"] = dense_backward(dZ, self.cache[k]["X"], self.params[k]["W"])
        return dout


@alternative("TrainableNetwork")
class WritesEverythingOut(Network):
    def __init__(self, params):
        super().__init__(layers_from(params))
        self.grads = []

    def forward(self, X):
        self.seen = [X]
        for layer in self.layers:
            self.seen.append(layer.forward(self.seen[-1]))
        return self.seen[-1]

    def backward(self, dout):
        if dout.shape != self.seen[-1].shape:
            raise ValueError(f"dout has shape {dout.shape}, the last output {self.seen[-1].shape}")
        collected = {}
        for k in range(len(self.layers) - 1, -1, -1):
            layer, given, gave = self.layers[k], self.seen[k], self.seen[k + 1]
            if isinstance(layer, Dense):
                collected[k] = {"W": given.T @ dout, "b": dout.sum(0)}
                dout = dout @ layer.W.T
            elif layer.name == "relu":
                dout = dout * (gave > 0)
            elif layer.name == "tanh":
                dout = dout * (1 - gave**2)
            elif layer.name == "sigmoid":
                dout = dout * gave * (1 - gave)
        self.grads = [collected[k] for k in sorted(collected)]
        return dout


# ---------------------------------------------------------------- mlp_loss_and_gradients


@alternative("mlp_loss_and_gradients")
def mlp_back_to_front(X, y, params):
    p, cache = mlp_forward(X, params)
    y = np.asarray(y, float).reshape(-1, 1)
    dZ, grads = bce_sigmoid_backward(p, y), []
    for k, layer in reversed(list(enumerate(params))):
        if k < len(params) - 1:
            dZ = activation_backward(dZ, cache[k]["Z"], layer["activation"])
        dZ, dW, db = dense_backward(dZ, cache[k]["X"], layer["W"])
        grads.insert(0, {"W": dW, "b": db})
    return binary_cross_entropy(y, p), grads


@alternative("mlp_loss_and_gradients")
def mlp_by_recursion(X, y, params):
    out, cache = mlp_forward(X, params)

    def back(k, dZ):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        here = [{"W": dW, "b": db}]
        if k == 0:
            return here
        return back(k - 1, activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])) + here

    return binary_cross_entropy(y, out.ravel()), back(
        len(params) - 1, bce_sigmoid_backward(out, np.reshape(y, (-1, 1)))
    )


@alternative("mlp_loss_and_gradients")
def mlp_by_plain_products(X, y, params):
    out, cache = mlp_forward(X, params)
    loss = binary_cross_entropy(y, out[:, 0])
    dZ = (out - np.reshape(y, (len(y), 1))) / len(y)
    grads = [{} for _ in params]
    for k in range(len(params))[::-1]:
        grads[k] = {"W": cache[k]["X"].T @ dZ, "b": dZ.sum(axis=0)}
        if k:
            dZ = activation_backward(dZ @ params[k]["W"].T, cache[k - 1]["Z"], params[k - 1]["activation"])
    return loss, tuple(grads)


# ---------------------------------------------------------------- apply_grads


@alternative("apply_grads")
def apply_by_indices(params, grads, lr):
    new = []
    for k in range(len(params)):
        W = params[k]["W"] - lr * grads[k]["W"]
        b = params[k]["b"] - lr * grads[k]["b"]
        new.append({"activation": params[k]["activation"], "W": W, "b": b})
    return new


@alternative("apply_grads")
def apply_on_a_deep_copy(params, grads, lr):
    new = copy.deepcopy(params)
    for layer, grad in zip(new, grads):
        layer["W"] = layer["W"] - lr * grad["W"]
        layer["b"] = layer["b"] - lr * grad["b"]
    return new


@alternative("apply_grads")
def apply_by_comprehension(params, grads, lr):
    return [dict(p, W=p["W"] + -lr * g["W"], b=p["b"] + -lr * g["b"]) for p, g in zip(params, grads)]


# ---------------------------------------------------------------- gradient_check


@alternative("gradient_check")
def check_in_place_and_restored(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    mine = [{"W": np.array(p["W"], float), "b": np.array(p["b"], float), "activation": p["activation"]} for p in params]
    errors = {}
    for k, layer in enumerate(mine, 1):
        for key in ("W", "b"):
            array = layer[key]
            measured = np.zeros(array.shape)
            for i in np.ndindex(array.shape):
                kept = array[i]
                array[i] = kept + h
                above, _ = loss_and_gradients(X, y, mine)
                array[i] = kept - h
                below, _ = loss_and_gradients(X, y, mine)
                array[i] = kept
                measured[i] = (above - below) / (2 * h)
            errors[key + str(k)] = relative_error(grads[k - 1][key], measured)
    return errors


@alternative("gradient_check")
def check_by_numerical_gradient(loss_and_gradients, X, y, params, h=1e-5):
    grads = loss_and_gradients(X, y, params)[1]
    result = {}
    for k, layer in enumerate(params):
        for key in ["W", "b"]:

            def loss(v):
                other = list(params)
                other[k] = dict(layer, **{key: v})
                return loss_and_gradients(X, y, other)[0]

            result[key + str(k + 1)] = relative_error(grads[k][key], numerical_gradient(loss, layer[key], h))
    return result


@alternative("gradient_check")
def check_with_its_own_error(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k in range(len(params)):
        for key in ("W", "b"):
            worst = 0.0
            for i in np.ndindex(np.shape(params[k][key])):
                losses = []
                for sign in (1, -1):
                    changed = copy.deepcopy(params)
                    changed[k][key] = changed[k][key].astype(float)
                    changed[k][key][i] += sign * h
                    losses.append(loss_and_gradients(X, y, changed)[0])
                slope, claim = (losses[0] - losses[1]) / (2 * h), grads[k][key][i]
                worst = max(worst, abs(slope - claim) / max(1e-8, abs(slope) + abs(claim)))
            errors[f"{key}{k + 1}"] = worst
    return errors


# ---------------------------------------------------------------- train_mlp


@alternative("train_mlp")
def train_and_note_at_the_end(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    params = init_params(sizes, rng, hidden)
    loss = []
    for _ in range(epochs + 1):
        value, grads = mlp_loss_and_gradients(X, y, params)
        loss.append(value)
        if len(loss) <= epochs:
            params = apply_grads(params, grads, lr)
    votes = mlp_forward(X, params)[0][:, 0] >= 0.5
    return params, {"loss": loss, "acc": sum(votes == y) / len(y)}


@alternative("train_mlp")
def train_from_he_weights(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    layers = [Dense(a, b, rng) for a, b in zip(sizes[:-1], sizes[1:])]
    params = [{"W": layer.W, "b": layer.b, "activation": hidden} for layer in layers]
    params[-1]["activation"] = "sigmoid"
    history = np.zeros(epochs + 1)
    for k in range(epochs):
        history[k], grads = mlp_loss_and_gradients(X, y, params)
        params = apply_grads(params, grads, lr)
    history[epochs] = mlp_loss_and_gradients(X, y, params)[0]
    p = mlp_forward(X, params)[0].ravel()
    return params, {"loss": history, "acc": np.mean(np.where(p >= 0.5, 1, 0) == y)}


@alternative("train_mlp")
def train_from_normal_weights_drawn_backwards(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    params = []
    for k in reversed(range(len(sizes) - 1)):
        W = rng.standard_normal((sizes[k], sizes[k + 1])) / np.sqrt(sizes[k])
        params.insert(
            0, {"W": W, "b": np.zeros(sizes[k + 1]), "activation": "sigmoid" if k == len(sizes) - 2 else hidden}
        )
    start_loss, grads = mlp_loss_and_gradients(X, y, params)
    losses = np.array([start_loss])
    while len(losses) <= epochs:
        params = apply_grads(params, grads, lr)
        loss, grads = mlp_loss_and_gradients(X, y, params)
        losses = np.append(losses, loss)
    out, _ = mlp_forward(X, params)
    return params, {"loss": losses, "acc": float(((out >= 0.5).astype(int) == np.reshape(y, (-1, 1))).mean())}


# ---------------------------------------------------------------- MLP


@alternative("MLP")
class MLPThatStartsAtOnce:
    def __init__(self, sizes, rng, hidden="tanh"):
        self.params = init_params(sizes, rng, hidden)

    def fit(self, X, y, lr, epochs):
        for _ in range(epochs):
            _, grads = mlp_loss_and_gradients(X, y, self.params)
            self.params = apply_grads(self.params, grads, lr)
        return self

    def predict_proba(self, X):
        return mlp_forward(X, self.params)[0][:, 0]

    def predict(self, X):
        return (self.predict_proba(X) >= 0.5).astype(int)


@alternative("MLP")
class MLPWithBooleanVotes:
    def __init__(self, sizes, rng, hidden="tanh"):
        self.sizes, self.rng, self.hidden = sizes, rng, hidden

    def fit(self, X, y, lr, epochs):
        self.params, self.history = train_mlp(X, y, self.sizes, lr, epochs, self.rng, self.hidden)
        return self

    def predict_proba(self, X):
        return mlp_forward(X, self.params)[0].reshape(-1)

    def predict(self, X):
        return self.predict_proba(X) >= 0.5


@alternative("MLP")
class MLPWithFloatVotes:
    def __init__(self, sizes, rng, hidden="tanh"):
        self.make = lambda X, y, lr, epochs: train_mlp(X, y, sizes, lr, epochs, rng, hidden=hidden)

    def fit(self, X, y, lr, epochs):
        self.params, history = self.make(X, y, lr, epochs)
        return self

    def predict_proba(self, X):
        out, _ = mlp_forward(X, self.params)
        return out.squeeze(axis=1)

    def predict(self, X):
        return np.where(self.predict_proba(X) < 0.5, 0.0, 1.0)


# ---------------------------------------------------------------- repaired_step


@alternative("repaired_step")
def repaired_line_by_line(X, y, W1, b1, W2, b2, lr):
    N = len(X)
    Z1 = X @ W1 + b1
    A1 = np.tanh(Z1)
    p = sigmoid(A1 @ W2 + b2)
    dZ2 = (p - y.reshape(-1, 1)) / N
    dW2 = A1.T @ dZ2
    db2 = dZ2.sum(axis=0)
    dA1 = dZ2 @ W2.T
    W2 = W2 - lr * dW2
    b2 = b2 - lr * db2
    dZ1 = dA1 * (1 - np.tanh(Z1) ** 2)
    dW1 = X.T @ dZ1
    db1 = dZ1.sum(axis=0)
    W1 = W1 - lr * dW1
    b1 = b1 - lr * db1
    return W1, b1, W2, b2


@alternative("repaired_step")
def repaired_by_own_parts(X, y, W1, b1, W2, b2, lr):
    A1 = np.tanh(X @ W1 + b1)
    p = sigmoid(A1 @ W2 + b2)
    dA1, dW2, db2 = dense_backward(bce_sigmoid_backward(p, np.reshape(y, (-1, 1))), A1, W2)
    _, dW1, db1 = dense_backward(activation_backward(dA1, X @ W1 + b1, "tanh"), X, W1)
    return [W1 - lr * dW1, b1 - lr * db1, W2 - lr * dW2, b2 - lr * db2]


@alternative("repaired_step")
def repaired_with_the_mean_later(X, y, W1, b1, W2, b2, lr):
    N = len(X)
    A1 = np.tanh(X @ W1 + b1)
    blame = sigmoid(A1 @ W2 + b2) - y[:, None]
    before = blame @ W2.T * (1 - A1**2)
    return (
        W1 - lr / N * X.T @ before,
        b1 - lr * before.mean(axis=0),
        W2 - lr / N * A1.T @ blame,
        b2 - lr * blame.mean(axis=0),
    )


# ---------------------------------------------------------------- causes


@alternative("causes", value=True)
def causes_in_order():
    return dict(enumerate("badfceg", start=1))


@alternative("causes", value=True)
def causes_from_the_last():
    return dict(reversed(list(enumerate("badfceg", start=1))))
