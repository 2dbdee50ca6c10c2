"""Right answers to 13_convolution, written otherwise."""

import math
from itertools import product

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.backprop import Activation, Dense, Network
from course_tests.reference.convolution import (
    Conv2d,
    Flatten,
    MaxPool2d,
    col2im,
    conv2d_backward,
    conv2d_forward,
    conv_out,
    global_max,
    im2col,
    line_filters,
    maxpool_backward,
    maxpool_forward,
)
from course_tests.reference.digits import fit


@alternative("conv_out")
def places_by_counting(n, k, stride, pad):
    return len(range(0, n + 2 * pad - k + 1, stride))


@alternative("conv_out")
def places_rounded_down(n, k, stride, pad):
    return math.floor((n + 2 * pad - k) / stride) + 1


@alternative("conv_out")
def places_as_numpy_integer(n, k, stride, pad):
    return np.int64((n - k + 2 * pad + stride) // stride)


@alternative("im2col")
def windows_by_offsets(X, kh, kw, stride=1, pad=0):
    n, c, height, width = X.shape
    high, wide = conv_out(height, kh, stride, pad), conv_out(width, kw, stride, pad)
    if high < 1 or wide < 1:
        raise ValueError(f"{kh} x {kw}")
    padded = np.pad(X, ((0,), (0,), (pad,), (pad,)))
    cols = np.empty((n, c, kh, kw, high, wide))
    for a, b in np.ndindex(kh, kw):
        cols[:, :, a, b] = padded[:, :, a::stride, b::stride][:, :, :high, :wide]
    return cols.transpose(0, 4, 5, 1, 2, 3).reshape(n * high * wide, -1)


@alternative("im2col")
def windows_by_loops(X, kh, kw, stride=1, pad=0):
    n, c, height, width = X.shape
    if kh > height + 2 * pad or kw > width + 2 * pad:
        raise ValueError("window larger than image")
    padded = np.pad(X, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    rows = []
    for image in padded:
        for i in range(0, height + 2 * pad - kh + 1, stride):
            for j in range(0, width + 2 * pad - kw + 1, stride):
                rows.append(image[:, i : i + kh, j : j + kw].ravel())
    return np.array(rows)


@alternative("im2col")
def windows_by_index_arrays(X, kh, kw, stride=1, pad=0):
    padded = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    n, c, height, width = padded.shape
    if kh > height or kw > width:
        raise ValueError("too large")
    i, j = np.arange(0, height - kh + 1, stride), np.arange(0, width - kw + 1, stride)
    rows = i[:, None, None, None] + np.arange(kh)[None, None, :, None]
    columns = j[None, :, None, None] + np.arange(kw)[None, None, None, :]
    picked = padded[:, :, rows, columns]
    return np.moveaxis(picked, 1, 3).reshape(n * len(i) * len(j), c * kh * kw)


@alternative("im2col")
def windows_as_a_list(X, kh, kw, stride=1, pad=0):
    cols = []
    for n in range(X.shape[0]):
        image = np.pad(X[n], ((0, 0), (pad, pad), (pad, pad)))
        if image.shape[1] < kh or image.shape[2] < kw:
            raise ValueError("window")
        for i in range(conv_out(X.shape[2], kh, stride, pad)):
            for j in range(conv_out(X.shape[3], kw, stride, pad)):
                cols.append(image[:, i * stride : i * stride + kh, j * stride : j * stride + kw].flatten().tolist())
    return cols


@alternative("col2im")
def back_by_bincount(cols, X_shape, kh, kw, stride=1, pad=0):
    size = int(np.prod(X_shape))
    places = np.asarray(im2col(np.arange(1, size + 1).reshape(X_shape), kh, kw, stride, pad)).astype(int)
    return np.bincount(places.ravel(), weights=np.ravel(cols), minlength=size + 1)[1:].reshape(X_shape)


@alternative("col2im")
def back_by_windows(cols, X_shape, kh, kw, stride=1, pad=0):
    n, c, height, width = X_shape
    high, wide = conv_out(height, kh, stride, pad), conv_out(width, kw, stride, pad)
    padded = np.zeros((n, c, height + 2 * pad, width + 2 * pad))
    for row, (m, i, j) in zip(cols, product(range(n), range(high), range(wide))):
        padded[m, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += row.reshape(c, kh, kw)
    return padded[:, :, pad : height + pad, pad : width + pad]


@alternative("col2im")
def back_by_add_at(cols, X_shape, kh, kw, stride=1, pad=0):
    numbers = np.arange(1, 1 + np.prod(X_shape)).reshape(X_shape)
    places = np.asarray(im2col(numbers, kh, kw, stride, pad)).astype(int)  # 0: a pixel of the margin
    flat = np.zeros(1 + np.prod(X_shape))
    np.add.at(flat, places.ravel(), np.ravel(cols))
    return flat[1:].reshape(X_shape)


@alternative("conv2d_forward")
def scores_by_im2col(X, K, b, stride=1, pad=0):
    rows = np.asarray(im2col(X, K.shape[2], K.shape[3], stride, pad))
    out = (K.reshape(len(K), -1) @ rows.T + b[:, None]).reshape(len(K), len(X), -1)
    high = conv_out(X.shape[2], K.shape[2], stride, pad)
    return out.transpose(1, 0, 2).reshape(len(X), len(K), high, -1)


@alternative("conv2d_forward")
def scores_by_loops(X, K, b, stride=1, pad=0):
    padded = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    filters, _, kh, kw = K.shape
    high, wide = conv_out(X.shape[2], kh, stride, pad), conv_out(X.shape[3], kw, stride, pad)
    out = np.zeros((len(X), filters, high, wide))
    for n, f, i, j in np.ndindex(out.shape):
        window = padded[n, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
        out[n, f, i, j] = np.sum(window * K[f]) + b[f]
    return out


@alternative("conv2d_forward")
def scores_by_einsum(X, K, b, stride=1, pad=0):
    padded = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, K.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("ncijab,fcab->nfij", windows, K) + b.reshape(1, -1, 1, 1)


@alternative("conv2d_forward")
def scores_by_offsets(X, K, b, stride=1, pad=0):
    padded = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    high, wide = conv_out(X.shape[2], K.shape[2], stride, pad), conv_out(X.shape[3], K.shape[3], stride, pad)
    out = np.zeros((len(X), high, wide, len(K))) + b
    for i in range(K.shape[2]):
        for j in range(K.shape[3]):
            seen = padded[:, :, i : i + stride * high : stride, j : j + stride * wide : stride]
            out += np.tensordot(seen, K[:, :, i, j], axes=([1], [1]))
    return np.moveaxis(out, -1, 1)


@alternative("conv2d_backward")
def blame_by_offsets(dout, X, K, stride, pad):
    (n, c, height, width), (high, wide) = X.shape, dout.shape[2:]
    padded = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    back, dK = np.zeros(padded.shape), np.zeros(K.shape)
    for a in range(K.shape[2]):
        for b in range(K.shape[3]):
            here = np.s_[:, :, a : a + stride * high : stride, b : b + stride * wide : stride]
            dK[:, :, a, b] = np.tensordot(dout, padded[here], axes=([0, 2, 3], [0, 2, 3]))
            back[here] += np.einsum("nfij,fc->ncij", dout, K[:, :, a, b])
    return [back[:, :, pad : pad + height, pad : pad + width], dK, dout.sum((0, 2, 3))]


@alternative("conv2d_backward")
def blame_by_loops(dout, X, K, stride, pad):
    n, c, height, width = X.shape
    kh, kw = K.shape[2:]
    padded = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad))).astype(float)
    back, dK, db = np.zeros_like(padded), np.zeros(K.shape), np.zeros(len(K))
    for m, f, i, j in np.ndindex(dout.shape):
        rows, columns = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
        dK[f] += dout[m, f, i, j] * padded[m, :, rows, columns]
        back[m, :, rows, columns] += dout[m, f, i, j] * K[f]
        db[f] += dout[m, f, i, j]
    return back[:, :, pad : pad + height, pad : pad + width], dK, db


@alternative("conv2d_backward")
def blame_by_a_full_convolution(dout, X, K, stride, pad):
    (n, c, height, width), (filters, _, kh, kw) = X.shape, K.shape
    spread = np.zeros((n, filters, height + 2 * pad - kh + 1, width + 2 * pad - kw + 1))
    spread[:, :, ::stride, ::stride][:, :, : dout.shape[2], : dout.shape[3]] = dout
    around = np.pad(spread, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    turned = K[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
    back = conv2d_forward(around, turned, np.zeros(c), 1, 0)
    padded = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dK = conv2d_forward(padded.transpose(1, 0, 2, 3), spread.transpose(1, 0, 2, 3), np.zeros(filters), 1, 0)
    end = pad + height, pad + width
    return np.asarray(back)[:, :, pad : end[0], pad : end[1]], np.asarray(dK).transpose(1, 0, 2, 3), dout.sum((0, 2, 3))


# The cache of maxpool_forward is free; in this bank it is (X, size, stride) for all, so that answers can be mixed.


@alternative("maxpool_forward")
def largest_by_offsets(X, size, stride):
    high, wide = conv_out(X.shape[2], size, stride, 0), conv_out(X.shape[3], size, stride, 0)
    seen = [
        X[:, :, a : a + stride * high : stride, b : b + stride * wide : stride]
        for a in range(size)
        for b in range(size)
    ]
    return [np.max(seen, axis=0), (X, size, stride)]


@alternative("maxpool_forward")
def largest_by_loops(X, size, stride):
    n, c, height, width = X.shape
    out = np.zeros((n, c, (height - size) // stride + 1, (width - size) // stride + 1))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            window = X[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            out[:, :, i, j] = window.max(axis=(2, 3))
    return out, (X, size, stride)


@alternative("maxpool_forward")
def largest_by_im2col(X, size, stride):
    n, c, height, width = X.shape
    rows = np.asarray(im2col(X.reshape(n * c, 1, height, width), size, size, stride))
    return rows.max(axis=1).reshape(n, c, conv_out(height, size, stride, 0), -1), (X, size, stride)


@alternative("maxpool_backward")
def to_the_last_winner_by_im2col(dout, cache):
    X, size, stride = cache
    n, c, height, width = X.shape
    rows = np.asarray(im2col(X.reshape(n * c, 1, height, width), size, size, stride))
    winner = rows.shape[1] - 1 - rows[:, ::-1].argmax(axis=1)
    blame = np.zeros(rows.shape)
    blame[np.arange(len(rows)), winner] = dout.ravel()
    return np.asarray(col2im(blame, (n * c, 1, height, width), size, size, stride)).reshape(X.shape)


@alternative("maxpool_backward")
def to_the_first_winner(dout, cache):
    X, size, stride = cache
    dX = np.zeros(X.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        window = X[n, c, i * stride : i * stride + size, j * stride : j * stride + size]
        a, b = divmod(int(window.argmax()), window.shape[1])
        dX[n, c, i * stride + a, j * stride + b] += dout[n, c, i, j]
    return dX


@alternative("maxpool_backward")
def split_among_winners(dout, cache):
    X, size, stride = cache
    dX = np.zeros(X.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows, columns = slice(i * stride, i * stride + size), slice(j * stride, j * stride + size)
            winners = X[:, :, rows, columns] == X[:, :, rows, columns].max(axis=(2, 3), keepdims=True)
            share = winners / winners.sum(axis=(2, 3), keepdims=True)
            dX[:, :, rows, columns] += share * dout[:, :, i, j][:, :, None, None]
    return dX


@alternative("global_max")
def largest_in_two_steps(X):
    return X.max(axis=3).max(axis=2)


@alternative("global_max")
def largest_of_the_flat_maps(X):
    return np.sort(X.reshape(X.shape[0], X.shape[1], -1), axis=-1)[..., -1]


@alternative("global_max")
def largest_as_lists(X):
    return [[float(np.max(channel)) for channel in image] for image in X]


@alternative("global_max_backward")
def by_a_table_of_winners(dout, X):
    flat = X.reshape(-1, X.shape[2] * X.shape[3])
    return (np.eye(flat.shape[1])[flat.argmax(axis=1)] * dout.reshape(-1, 1)).reshape(X.shape)


@alternative("global_max_backward")
def to_the_first_place(dout, X):
    dX = np.zeros(X.shape)
    for n, c in np.ndindex(dout.shape):
        dX[n, c][np.unravel_index(np.argmax(X[n, c]), X.shape[2:])] = dout[n, c]
    return dX


@alternative("global_max_backward")
def split_among_places(dout, X):
    winners = X == X.max(axis=(2, 3), keepdims=True)
    return winners * (dout / winners.sum(axis=(2, 3)))[..., np.newaxis, np.newaxis]


@alternative("receptive_field")
def span_from_the_last_layer(layers):
    span = 1
    for k, stride in reversed(layers):
        span = (span - 1) * stride + k
    return span


@alternative("receptive_field")
def span_by_a_sum(layers):
    strides = [stride for _, stride in layers]
    return 1 + sum((k - 1) * math.prod(strides[:depth]) for depth, (k, _) in enumerate(layers))


@alternative("receptive_field")
def span_by_numpy(layers):
    table = np.array(layers)
    steps = np.cumprod([1, *table[:-1, 1]])
    return 1 + np.sum((table[:, 0] - 1) * steps)


@alternative("count_conv_params")
def weights_and_biases(C, F, k):
    weights, biases = C * F * k**2, F
    return weights + biases


@alternative("count_conv_params")
def counted_filter_by_filter(C, F, k):
    return sum(C * k * k + 1 for _ in range(F))


@alternative("count_conv_params")
def counted_as_array_sizes(C, F, k):
    return math.prod((F, C, k, k)) + math.prod((F,))


@alternative("line_filters")
def filters_without_a_dark_side():
    K = np.zeros((2, 1, 3, 3))
    K[0, 0, :, 1] = 1
    K[1, 0, 1, :] = 1
    return K


@alternative("line_filters")
def filters_as_nested_lists():
    return [[[[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]]], [[[-1, -1, -1], [2, 2, 2], [-1, -1, -1]]]]


@alternative("line_filters")
def filters_of_small_numbers():
    up = np.outer([1, 2, 1], [-0.5, 1, -0.5]) / 4
    return np.array([up, up.T]).reshape(2, 1, 3, 3)


@alternative("line_filters")
def filters_of_two_columns():
    up = np.array([[1.0, 0, 1]] * 3)
    return np.stack([up, up.T])[:, np.newaxis]


@alternative("lines_by_conv")
def lines_by_two_columns(X):
    up = np.array([[1.0, 0, 1]] * 3)
    scores = conv2d_forward(X, np.stack([up, up.T])[:, None], np.zeros(2))
    answers = np.asarray(scores).reshape(len(X), 2, -1).max(axis=2)
    return np.where(answers[:, 0] > answers[:, 1], 1, 0)


@alternative("lines_by_conv")
def lines_with_a_threshold(X):
    K = np.zeros((2, 1, 3, 3))
    K[0, 0, :, 1] = K[1, 0, 1, :] = 1
    fired = np.maximum(conv2d_forward(X, K, np.full(2, -2.0), 1, 1), 0)
    return np.sign(np.asarray(global_max(fired))[:, 0])


@alternative("lines_by_conv")
def lines_one_by_one(X):
    votes = []
    for image in X:
        scores = np.asarray(conv2d_forward(image[None], np.asarray(line_filters(), float), np.zeros(2), 1, 1))
        votes.append(bool(scores[0, 0].max() > scores[0, 1].max()))
    return votes


@alternative("Conv2d")
class ConvByRows:
    def __init__(self, C, F, k, rng, stride=1, pad=0):
        self.how = dict(stride=stride, pad=pad)
        spread = (2 / (C * k**2)) ** 0.5
        self.K, self.b = spread * rng.standard_normal((F, C, k, k)), np.zeros(F)
        self.grads = dict(K=np.zeros_like(self.K), b=np.zeros(F))

    @property
    def params(self):
        return {"K": self.K, "b": self.b}

    def forward(self, X, training=False):
        self.seen = X.copy()
        return conv2d_forward(X, self.K, self.b, **self.how)

    def backward(self, dout):
        dX, self.grads["K"], self.grads["b"] = conv2d_backward(dout, self.seen, self.K, *self.how.values())
        return dX


@alternative("Conv2d")
class ConvWithRowsKept:
    def __init__(self, C, F, k, rng, stride=1, pad=0):
        self.k, self.stride, self.pad = k, stride, pad
        K = rng.normal(scale=math.sqrt(2.0 / (C * k * k)), size=(F, C, k, k))
        self.params = dict(K=K, b=np.zeros((F,)))
        self.grads = {}

    def forward(self, X, training=False):
        K, b = self.params["K"], self.params["b"]
        self.shape, self.rows = X.shape, np.asarray(im2col(X, self.k, self.k, self.stride, self.pad))
        self.high = conv_out(X.shape[2], self.k, self.stride, self.pad)
        out = self.rows @ K.reshape(len(K), -1).T + b
        return out.reshape(len(X), self.high, -1, len(K)).transpose(0, 3, 1, 2)

    def backward(self, dout):
        K = self.params["K"]
        blame = np.moveaxis(dout, 1, 3).reshape(-1, len(K))
        self.grads["K"] = (blame.T @ self.rows).reshape(K.shape)
        self.grads["b"] = blame.sum(0)
        return col2im(blame @ K.reshape(len(K), -1), self.shape, self.k, self.k, self.stride, self.pad)


@alternative("Conv2d")
class ConvInPlace:
    def __init__(self, C, F, k, rng, stride=1, pad=0):
        self.stride, self.pad = stride, pad
        self.params = {"K": rng.normal(0, 1, (F, C, k, k)) * np.sqrt(2 / C) / k, "b": np.zeros(F)}
        self.grads = {name: np.zeros(array.shape) for name, array in self.params.items()}
        self.inputs = None

    def forward(self, X, training=False):
        self.inputs = np.array(X, dtype=float)
        return np.array(conv2d_forward(self.inputs, self.params["K"], self.params["b"], self.stride, self.pad))

    def backward(self, dout):
        dX, dK, db = conv2d_backward(dout, self.inputs, self.params["K"], self.stride, self.pad)
        self.grads["K"][...] = dK
        self.grads["b"][...] = db
        return dX


@alternative("MaxPool2d")
class PoolThatKeepsThePair:
    def __init__(self, size, stride=None):
        self.params, self.grads = dict(), dict()
        self.args = (size, size) if stride is None else (size, stride)

    def forward(self, X, training=False):
        self.pair = maxpool_forward(X.copy(), *self.args)
        return self.pair[0]

    def backward(self, dout):
        return maxpool_backward(dout, self.pair[1])


@alternative("MaxPool2d")
class PoolByLoops:
    params, grads = {}, {}

    def __init__(self, size, stride=None):
        self.size, self.stride = size, stride if stride else size

    def forward(self, X, training=False):
        self.X = X
        n, c, height, width = X.shape
        out = np.empty((n, c, conv_out(height, self.size, self.stride, 0), conv_out(width, self.size, self.stride, 0)))
        for place in np.ndindex(out.shape):
            out[place] = self.window(X, *place).max()
        return out

    def window(self, X, n, c, i, j):
        i, j = i * self.stride, j * self.stride
        return X[n, c, i : i + self.size, j : j + self.size]

    def backward(self, dout):
        dX = np.zeros(self.X.shape)
        for place in np.ndindex(dout.shape):
            window = self.window(self.X, *place)
            self.window(dX, *place)[np.unravel_index(window.argmax(), window.shape)] += dout[place]
        return dX


@alternative("MaxPool2d")
class PoolByRows:
    def __init__(self, size, stride=None):
        self.params, self.grads = {}, {}
        self.size = size
        self.stride = stride or size

    def forward(self, X, training=False):
        n, c, height, width = self.shape = X.shape
        rows = np.asarray(im2col(X.reshape(n * c, 1, height, width), self.size, self.size, self.stride))
        self.winners = rows.argmax(axis=1)
        return rows.max(axis=1).reshape(n, c, conv_out(height, self.size, self.stride, 0), -1)

    def backward(self, dout):
        n, c, height, width = self.shape
        rows = np.eye(self.size**2)[self.winners] * dout.reshape(-1, 1)
        back = col2im(rows, (n * c, 1, height, width), self.size, self.size, self.stride)
        return np.reshape(back, self.shape)


@alternative("Flatten")
class FlattenByRavel:
    params, grads = {}, {}

    def forward(self, X, training=False):
        self.before = X
        return np.array([image.ravel() for image in X])

    def backward(self, dout):
        return np.reshape(dout, np.shape(self.before))


@alternative("Flatten")
class FlattenByProduct:
    def __init__(self):
        self.params, self.grads, self.shape = {}, {}, None

    def forward(self, X, training=False):
        n, *self.shape = X.shape
        return X.reshape(n, math.prod(self.shape))

    def backward(self, dout):
        return dout.reshape(len(dout), *self.shape)


@alternative("Flatten")
class FlattenACopy:
    def __init__(self):
        self.params = {}
        self.grads = {}

    def forward(self, X, training=False):
        self.n, self.c, self.h, self.w = X.shape
        return X.copy().reshape((self.n, -1))

    def backward(self, dout):
        return dout.copy().reshape((self.n, self.c, self.h, self.w))


@alternative("train_cnn")
def cnn_with_large_steps(train, val, rng):
    net = Network([Conv2d(1, 16, 3, rng), Activation("relu"), MaxPool2d(2), Flatten(), Dense(144, 10, rng)])
    fit(net, train, val, epochs=14, batch_size=32, lr=0.25, rng=rng)
    return net


@alternative("train_cnn")
def cnn_without_pooling(train, val, rng):
    X, y = train
    layers = [Conv2d(1, 8, 3, rng, stride=1, pad=1), Activation("relu"), Flatten(), Dense(8 * 64, 10, rng)]
    net = Network(layers)
    for rate in (0.2, 0.1):
        fit(net, (X, y), val, 6, 32, rate, rng)
    return net


@alternative("train_cnn")
def cnn_that_keeps_its_best_epoch(train, val, rng):
    net = Network([Conv2d(1, 12, 3, rng, pad=1), Activation("relu"), MaxPool2d(2), Flatten(), Dense(192, 10, rng)])
    best, kept = -1.0, []
    for _ in range(12):
        accuracy = float(np.asarray(fit(net, train, val, 1, 32, 0.2, rng)["val_acc"])[-1])
        if accuracy >= best:
            best = accuracy
            kept = [{key: array.copy() for key, array in layer.params.items()} for layer in net.layers]
    for layer, numbers in zip(net.layers, kept):
        for key, array in numbers.items():
            layer.params[key][...] = array
    return net
