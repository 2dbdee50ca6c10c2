"""Right answers to 10_digits, written otherwise."""

import copy

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.activations import softmax
from course_tests.reference.digits import (
    Activation,
    Dense,
    Network,
    fit,
    minibatches,
    network_gradients,
    network_loss,
    new_network,
    predict,
    softmax_cross_entropy,
    train_epoch,
)
from course_tests.reference.losses import cross_entropy_with_logits, softmax_cross_entropy_gradient


@alternative("one_hot")
def one_hot_from_identity_matrix(y, C):
    if any(label < 0 or label >= C for label in y):
        raise ValueError("label")
    return np.eye(C)[y.astype(int)]


@alternative("one_hot")
def one_hot_by_loop(y, C):
    Y = np.zeros((len(y), C), dtype=int)
    for n, label in enumerate(y):
        if not 0 <= label < C:
            raise ValueError(f"label {label}")
        Y[n, label] = 1
    return Y


@alternative("one_hot")
def one_hot_as_bools(y, C):
    Y = np.asarray(y).reshape(-1, 1) == np.arange(C)
    if not Y.sum() == len(y):
        raise ValueError("a label is out of range")
    return Y


@alternative("one_hot")
def one_hot_by_two_indices(y, C):
    Y = np.zeros((len(y), C))
    if len(y) and not (0 <= min(y) and max(y) < C):
        raise ValueError("label")
    Y[range(len(y)), y] = 1.0
    return Y


@alternative("minibatches")
def piles_as_a_list(X, y, batch_size, rng, drop_last=False):
    if batch_size <= 0:
        raise ValueError("batch_size")
    if X.shape[0] != y.shape[0]:
        raise ValueError("lengths")
    order = np.arange(len(y))
    rng.shuffle(order)
    X, y, piles = X[order], y[order], []
    while len(y):
        if drop_last and len(y) < batch_size:
            break
        piles.append((X[:batch_size], y[:batch_size]))
        X, y = X[batch_size:], y[batch_size:]
    return piles


@alternative("minibatches")
def piles_by_split(X, y, batch_size, rng, drop_last=False):
    assert_size = batch_size >= 1 and len(X) == len(y)
    if not assert_size:
        raise ValueError("batch_size or lengths")
    order = rng.choice(len(X), len(X), replace=False)
    for pile in np.split(order, range(batch_size, len(X), batch_size)):
        if len(pile) == batch_size or (len(pile) and not drop_last):
            yield X[pile], y[pile]


@alternative("minibatches")
def piles_by_sorting_random_numbers(X, y, batch_size, rng, drop_last=False):
    if batch_size < 1 or len(X) != len(y):
        raise ValueError("batch_size or lengths")
    order = np.argsort(rng.random(len(X)))
    last = len(X) // batch_size if drop_last else -(-len(X) // batch_size)
    return [
        [X[order[k * batch_size : (k + 1) * batch_size]], y[order[k * batch_size : (k + 1) * batch_size]]]
        for k in range(last)
    ]


@alternative("steps_per_epoch")
def steps_by_upside_down_floor(n, batch_size, drop_last=False):
    if drop_last:
        return n // batch_size
    return -(-n // batch_size)


@alternative("steps_per_epoch")
def steps_by_adding_almost_a_pile(n, batch_size, drop_last=False):
    return (n if drop_last else n + batch_size - 1) // batch_size


@alternative("steps_per_epoch")
def steps_by_counting_starts(n, batch_size, drop_last=False):
    return len(range(0, n - batch_size + 1 if drop_last else n, batch_size))


@alternative("steps_per_epoch")
def steps_by_rounding_the_quotient(n, batch_size, drop_last=False):
    return int(n / batch_size) if drop_last else int(np.ceil(n / batch_size))


@alternative("softmax_regression_grads")
def regression_grads_with_given_softmax(X, Y, W, b):
    dZ = (softmax(X @ W + b) - Y) / X.shape[0]
    return X.T @ dZ, np.sum(dZ, axis=0)


@alternative("softmax_regression_grads")
def regression_grads_by_einsum(X, Y, W, b):
    P = softmax(np.einsum("nd,dc->nc", X, W) + b, axis=1)
    return np.einsum("nd,nc->dc", X, P - Y) / len(X), (P - Y).mean(0)


@alternative("softmax_regression_grads")
def regression_grads_with_a_ones_column(X, Y, W, b):
    X1 = np.column_stack([X, np.ones(len(X))])
    Z = X1 @ np.vstack([W, b])
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    both = X1.T @ (e / e.sum(axis=1, keepdims=True) - Y) / len(X)
    return [both[:-1], both[-1]]


@alternative("network_gradients")
def gradients_by_the_networks_backward(net, X, y):
    scores = net.forward(X, True)
    loss, dscores = softmax_cross_entropy(scores, y)
    net.backward(dscores)
    grads = []
    for layer in net.layers:
        if layer.params:
            grads.append({"W": layer.grads["W"], "b": layer.grads["b"]})
    return loss, grads


@alternative("network_gradients")
def gradients_layer_by_layer(net, X, y):
    A = X
    for layer in net.layers:
        A = layer.forward(A, training=True)
    dout, grads = softmax_cross_entropy_gradient(y, A), []
    for layer in net.layers[::-1]:
        dout = layer.backward(dout)
        if layer.params:
            grads.insert(0, layer.grads)
    return cross_entropy_with_logits(y, A), grads


@alternative("network_gradients")
def gradients_with_shares_and_truth(net, X, y):
    shares = softmax(net.forward(X, training=True))
    truth = np.eye(shares.shape[1])[y]
    net.backward((shares - truth) / len(y))
    loss = cross_entropy_with_logits(y, net.forward(X))
    return loss, [dict(layer.grads) for layer in net.layers if len(layer.params)]


@alternative("train_epoch")
def epoch_with_the_layers_own_slopes(net, X, y, batch_size, lr, rng):
    losses, sizes = [], []
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        loss, grads = network_gradients(net, X_batch, y_batch)
        for layer in net.layers:
            layer.params.update({key: layer.params[key] - lr * layer.grads[key] for key in layer.params})
        losses.append(loss)
        sizes.append(len(y_batch))
    return np.average(losses, weights=sizes)


@alternative("train_epoch")
def epoch_in_place(net, X, y, batch_size, lr, rng):
    total = 0
    order = rng.permutation(len(y))
    for start in range(0, len(y), batch_size):
        rows = order[start : start + batch_size]
        loss, grads = network_gradients(net, X[rows], y[rows])
        total = total + loss * len(rows) / len(y)
        with_params = [layer for layer in net.layers if len(layer.params) > 0]
        for k in range(len(grads)):
            with_params[k].params["W"] -= lr * grads[k]["W"]
            with_params[k].params["b"] -= lr * grads[k]["b"]
    return total


@alternative("train_epoch")
def epoch_with_update(net, X, y, batch_size, lr, rng):
    seen, mean = 0, 0.0
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        loss, grads = network_gradients(net, X_batch, y_batch)
        seen += len(y_batch)
        mean += (loss - mean) * len(y_batch) / seen  # a running mean
        slopes = iter(grads)
        for layer in net.layers:
            if "W" in layer.params:
                slope = next(slopes)
                layer.params["W"], layer.params["b"] = (layer.params[key] - lr * slope[key] for key in ("W", "b"))
    return np.array(mean)


@alternative("fit")
def fit_with_lists(net, train, val, epochs, batch_size, lr, rng):
    X_train, y_train = train
    X_val, y_val = val
    history = {"train_loss": [], "val_loss": [], "val_acc": []}
    for _ in range(epochs):
        history["train_loss"].append(train_epoch(net, X_train, y_train, batch_size, lr, rng))
        history["val_loss"].append(cross_entropy_with_logits(y_val, net.forward(X_val)))
        history["val_acc"].append((predict(net, X_val) == y_val).mean())
    return history


@alternative("fit")
def fit_with_arrays(net, train, val, epochs, batch_size, lr, rng):
    history = {key: np.zeros(epochs) for key in ("train_loss", "val_loss", "val_acc")}
    history["epochs"] = epochs
    for k in range(epochs):
        history["train_loss"][k] = train_epoch(net, train[0], train[1], batch_size, lr, rng)
        shares = softmax(net.forward(val[0]))
        history["val_loss"][k] = -np.log(shares[np.arange(len(val[1])), val[1]]).mean()
        history["val_acc"][k] = np.mean(shares.argmax(axis=1) == val[1])
    return history


@alternative("predict")
def predict_with_shares(net, X):
    return np.argmax(softmax(net.forward(X)), axis=-1)


@alternative("predict")
def predict_one_by_one(net, X):
    return [int(np.argmax(net.forward(x[None, :]))) for x in X]


@alternative("predict")
def predict_by_sorting(net, X):
    return np.argsort(net.forward(np.asarray(X, float)), axis=1)[:, -1]


@alternative("most_confused")
def most_confused_by_loop(cm):
    best = None
    for i in range(len(cm)):
        for j in range(len(cm)):
            if i != j and (best is None or cm[i, j] > cm[best]):
                best = (i, j)
    return best


@alternative("most_confused")
def most_confused_by_mask(cm):
    rows, columns = np.where(~np.eye(len(cm), dtype=bool))
    k = cm[rows, columns].argmax()
    return np.array([rows[k], columns[k]])


@alternative("most_confused")
def most_confused_last_of_ties(cm):
    pairs = [(i, j) for i in range(len(cm)) for j in range(len(cm)) if i != j]
    return sorted(pairs, key=lambda pair: cm[pair])[-1]


@alternative("train_reader")
def reader_with_large_piles(train, val, hidden_sizes, rng):
    net = new_network([train[0].shape[1], *hidden_sizes, 10], rng)
    fit(net, train, val, epochs=60, batch_size=64, lr=0.5, rng=rng)
    return net


@alternative("train_reader")
def reader_that_keeps_the_best(train, val, hidden_sizes, rng):
    sizes = [train[0].shape[1], *hidden_sizes, 10]
    net = new_network(sizes, rng)
    best, kept = np.inf, None
    for _ in range(40):
        train_epoch(net, *train, 16, 0.2, rng)
        loss = network_loss(net, *val)
        if loss < best:
            best, kept = loss, copy.deepcopy(net)
    return kept


@alternative("train_reader")
def reader_with_tanh(train, val, hidden_sizes, rng):
    sizes = [train[0].shape[1], *hidden_sizes, 10]
    layers = []
    for n_in, n_out in zip(sizes, sizes[1:]):
        layers += [Dense(n_in, n_out, rng, init="xavier"), Activation("tanh")]
    net = Network(layers[:-1])
    fit(net, train, val, 40, 16, 0.2, rng)
    return net


@alternative("decode_idx")
def idx_by_struct(data):
    import struct

    if len(data) < 4:
        raise ValueError("too short")
    zero, kind, axes = struct.unpack(">HBB", data[:4])
    if zero != 0 or kind != 8:
        raise ValueError("no IDX file of bytes")
    if len(data) < 4 + 4 * axes:
        raise ValueError("ends within the head")
    shape = struct.unpack(f">{axes}I", data[4 : 4 + 4 * axes])
    numbers = np.array(list(data[4 + 4 * axes :]), dtype=np.uint8)
    return numbers.reshape(shape)


@alternative("decode_idx")
def idx_by_int_from_bytes(data):
    if data[0:2] != bytes(2) or data[2:3] != b"\x08":
        raise ValueError("magic number")
    axes, place, shape = data[3] if len(data) > 3 else 0, 4, []
    for _ in range(axes):
        shape.append(int.from_bytes(data[place : place + 4], "big"))
        place += 4
    size = 1
    for length in shape:
        size *= length
    if len(data) != place + size:
        raise ValueError("length")
    return np.frombuffer(data[place:], dtype=np.uint8).reshape(shape)
