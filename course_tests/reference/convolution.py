"""Convolution: one small filter, slid over the whole image.

Images are arrays of shape (N, C, H, W): samples, channels, rows, columns. A layer has ``forward(X, training=False)``,
``backward(dout)`` and the dicts ``params`` and ``grads``. No function changes its inputs.
"""

import numpy as np

from course_tests.reference.backprop import Activation, Dense, Network
from course_tests.reference.digits import fit


def conv_out(n, k, stride, pad):
    """How many places a window of k pixels has on n pixels: (n + 2 pad - k) // stride + 1.

    Parameters
    ----------
    n, k, stride, pad : int
        Pixels, pixels of the window, pixels from place to place, rows of zeros at each end.

    Returns
    -------
    int
    """
    return (n + 2 * pad - k) // stride + 1


def _padded(X, pad):
    """X with `pad` rows and columns of zeros on every side.

    Parameters
    ----------
    X : ndarray of shape (N, C, H, W)
    pad : int
    """
    n, c, height, width = X.shape
    padded = np.zeros((n, c, height + 2 * pad, width + 2 * pad))
    padded[:, :, pad : pad + height, pad : pad + width] = X
    return padded


def im2col(X, kh, kw, stride=1, pad=0):
    """Every window of every image as one row.

    Parameters
    ----------
    X : ndarray of shape (N, C, H, W)
    kh, kw, stride, pad : int

    Returns
    -------
    ndarray of shape (N * H2 * W2, C * kh * kw)
        Rows in the order (n, i, j), columns in the order (c, a, b).

    Raises
    ------
    ValueError
        If the window is larger than the padded image.
    """
    padded = _padded(X, pad)
    if kh > padded.shape[2] or kw > padded.shape[3]:
        raise ValueError(f"a window of {kh} x {kw} is larger than the padded image of {padded.shape[2:]}")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5)
    n, high, wide = windows.shape[:3]
    return windows.reshape(n * high * wide, X.shape[1] * kh * kw)


def col2im(cols, X_shape, kh, kw, stride=1, pad=0):
    """The adjoint of `im2col`: every number goes back to its pixel, and what meets there is added.

    Parameters
    ----------
    cols : ndarray of shape (N * H2 * W2, C * kh * kw)
    X_shape : tuple of int
        (N, C, H, W).
    kh, kw, stride, pad : int

    Returns
    -------
    ndarray of shape (N, C, H, W)
    """
    n, c, height, width = X_shape
    high, wide = conv_out(height, kh, stride, pad), conv_out(width, kw, stride, pad)
    windows = cols.reshape(n, high, wide, c, kh, kw).transpose(0, 3, 1, 2, 4, 5)
    padded = np.zeros((n, c, height + 2 * pad, width + 2 * pad))
    for a in range(kh):
        for b in range(kw):
            padded[:, :, a : a + stride * high : stride, b : b + stride * wide : stride] += windows[..., a, b]
    return padded[:, :, pad : pad + height, pad : pad + width]


def conv2d_forward(X, K, b, stride=1, pad=0):
    """Slide every filter over every image, without turning it over (cross-correlation).

    Parameters
    ----------
    X : ndarray of shape (N, C, H, W)
    K : ndarray of shape (F, C, kh, kw)
    b : ndarray of shape (F,)
    stride, pad : int

    Returns
    -------
    ndarray of shape (N, F, H2, W2)
    """
    filters, _, kh, kw = K.shape
    scores = im2col(X, kh, kw, stride, pad) @ K.reshape(filters, -1).T + b
    high, wide = conv_out(X.shape[2], kh, stride, pad), conv_out(X.shape[3], kw, stride, pad)
    return scores.reshape(len(X), high, wide, filters).transpose(0, 3, 1, 2)


def conv2d_backward(dout, X, K, stride=1, pad=0):
    """Blame of the images, the filters and the biases.

    Parameters
    ----------
    dout : ndarray of shape (N, F, H2, W2)
    X : ndarray of shape (N, C, H, W)
    K : ndarray of shape (F, C, kh, kw)
    stride, pad : int

    Returns
    -------
    dX : ndarray of shape (N, C, H, W)
    dK : ndarray of shape (F, C, kh, kw)
    db : ndarray of shape (F,)
    """
    filters, _, kh, kw = K.shape
    blame = dout.transpose(0, 2, 3, 1).reshape(-1, filters)  # as the rows of im2col: (n, i, j)
    dK = (blame.T @ im2col(X, kh, kw, stride, pad)).reshape(K.shape)
    dX = col2im(blame @ K.reshape(filters, -1), X.shape, kh, kw, stride, pad)
    return dX, dK, blame.sum(axis=0)


def maxpool_forward(X, size, stride):
    """The largest number of every window, channel by channel.

    Parameters
    ----------
    X : ndarray of shape (N, C, H, W)
    size, stride : int

    Returns
    -------
    out : ndarray of shape (N, C, H2, W2)
    cache : tuple
        What `maxpool_backward` needs.
    """
    windows = np.lib.stride_tricks.sliding_window_view(X, (size, size), axis=(2, 3))
    return windows[:, :, ::stride, ::stride].max(axis=(4, 5)), (X, size, stride)


def maxpool_backward(dout, cache):
    """All of a window's blame goes to its first largest pixel.

    Parameters
    ----------
    dout : ndarray of shape (N, C, H2, W2)
    cache : tuple
        From `maxpool_forward`.

    Returns
    -------
    ndarray of shape (N, C, H, W)
    """
    X, size, stride = cache
    windows = np.lib.stride_tricks.sliding_window_view(X, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]
    winner = windows.reshape(*windows.shape[:4], size * size).argmax(axis=-1)
    n, c, i, j = np.indices(dout.shape)
    dX = np.zeros(X.shape)
    np.add.at(dX, (n, c, i * stride + winner // size, j * stride + winner % size), dout)
    return dX


def global_max(X):
    """The largest number of each channel, wherever it stands.

    Parameters
    ----------
    X : ndarray of shape (N, C, H, W)

    Returns
    -------
    ndarray of shape (N, C)
    """
    return np.asarray(X).max(axis=(2, 3))


def global_max_backward(dout, X):
    """All of a channel's blame goes to its first largest pixel.

    Parameters
    ----------
    dout : ndarray of shape (N, C)
    X : ndarray of shape (N, C, H, W)

    Returns
    -------
    ndarray of shape (N, C, H, W)
    """
    n, c, height, width = X.shape
    winner = X.reshape(n, c, height * width).argmax(axis=2)
    dX = np.zeros((n, c, height * width))
    np.put_along_axis(dX, winner[..., None], dout[..., None], axis=2)
    return dX.reshape(X.shape)


def receptive_field(layers):
    """How many pixels of the image, side by side, one number of the last layer looks at.

    Parameters
    ----------
    layers : list of (int, int)
        (k, stride) of each layer, the first layer first.

    Returns
    -------
    int
    """
    span, step = 1, 1
    for k, stride in layers:
        span += (k - 1) * step
        step *= stride
    return span


def count_conv_params(C, F, k):
    """Numbers to learn in a layer of F filters of k x k pixels on C channels, each with one bias.

    Parameters
    ----------
    C, F, k : int

    Returns
    -------
    int
    """
    return F * (C * k * k + 1)


def line_filters():
    """Two filters: one answers to vertical lines, one to horizontal lines.

    Returns
    -------
    ndarray of shape (2, 1, 3, 3)
    """
    vertical = np.array([[-1.0, 2.0, -1.0]] * 3)
    return np.stack([vertical, vertical.T])[:, None]


def lines_by_conv(X):
    """Is the line vertical? By two filters, 20 numbers in all, wherever the line stands.

    Parameters
    ----------
    X : ndarray of shape (N, 1, 5, 5)

    Returns
    -------
    ndarray of shape (N,)
        1 for a vertical line, 0 for a horizontal one.
    """
    answers = global_max(conv2d_forward(X, line_filters(), np.zeros(2), pad=1))
    return (answers[:, 0] > answers[:, 1]).astype(int)


class Conv2d:
    """A layer of F filters of k x k pixels on C channels.

    Parameters
    ----------
    C, F, k : int
    rng : numpy.random.Generator
    stride, pad : int

    Attributes
    ----------
    params, grads : dict
        "K" of shape (F, C, k, k), "b" of shape (F,).
    """

    def __init__(self, C, F, k, rng, stride=1, pad=0):
        self.stride, self.pad = stride, pad
        self.params = {"K": rng.normal(0, np.sqrt(2 / (C * k * k)), (F, C, k, k)), "b": np.zeros(F)}
        self.grads = {}

    def forward(self, X, training=False):
        """Scores of shape (N, F, H2, W2).

        Parameters
        ----------
        X : ndarray of shape (N, C, H, W)
        training : bool
        """
        self.X = X
        return conv2d_forward(X, self.params["K"], self.params["b"], self.stride, self.pad)

    def backward(self, dout):
        """Blame of the shape of X; that of the params goes to `grads`.

        Parameters
        ----------
        dout : ndarray of shape (N, F, H2, W2)
        """
        dX, dK, db = conv2d_backward(dout, self.X, self.params["K"], self.stride, self.pad)
        self.grads = {"K": dK, "b": db}
        return dX


class MaxPool2d:
    """A layer that keeps the largest number of every window.

    Parameters
    ----------
    size : int
    stride : int or None
        None: as `size`.
    """

    def __init__(self, size, stride=None):
        self.size, self.stride = size, size if stride is None else stride
        self.params, self.grads = {}, {}

    def forward(self, X, training=False):
        """Of shape (N, C, H2, W2).

        Parameters
        ----------
        X : ndarray of shape (N, C, H, W)
        training : bool
        """
        out, self.cache = maxpool_forward(X, self.size, self.stride)
        return out

    def backward(self, dout):
        """Blame of the shape of X.

        Parameters
        ----------
        dout : ndarray of shape (N, C, H2, W2)
        """
        return maxpool_backward(dout, self.cache)


class Flatten:
    """A layer that lays out the numbers of each image in one row, and back."""

    def __init__(self):
        self.params, self.grads = {}, {}

    def forward(self, X, training=False):
        """Of shape (N, C * H * W).

        Parameters
        ----------
        X : ndarray of shape (N, C, H, W)
        training : bool
        """
        self.shape = X.shape
        return X.reshape(len(X), -1)

    def backward(self, dout):
        """Blame of the shape of X.

        Parameters
        ----------
        dout : ndarray of shape (N, C * H * W)
        """
        return dout.reshape(self.shape)


def train_cnn(train, val, rng):
    """A convolutional network that reads 8 x 8 digits.

    Parameters
    ----------
    train, val : tuple
        X of shape (N, 1, 8, 8), pixels from 0 to 1, and labels y of shape (N,).
    rng : numpy.random.Generator

    Returns
    -------
    Network
    """
    net = Network(
        [Conv2d(1, 16, 3, rng, pad=1), Activation("relu"), MaxPool2d(2), Flatten(), Dense(16 * 4 * 4, 10, rng)]
    )
    for epochs, lr in ((8, 0.2), (2, 0.05)):  # small steps at the end: the last epoch no longer jumps
        fit(net, train, val, epochs, 32, lr, rng)
    return net


answers = {1: "c", 2: "b", 3: "d", 4: "a", 5: "b", 6: "c", 7: "d", 8: "a"}
