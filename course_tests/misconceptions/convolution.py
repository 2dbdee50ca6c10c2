"""Mistakes that learners make in 13_convolution."""

import math

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference import convolution as reference
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

OUT = ["test_conv_out_basic", "test_conv_out_edges", "test_conv_out_craft"]
COLS = ["test_im2col_basic", "test_im2col_any_windows", "test_im2col_craft"]
BACK = ["test_col2im_basic", "test_col2im_is_the_adjoint", "test_col2im_craft"]
CONV = ["test_conv2d_forward_basic", "test_conv2d_forward_any_slide", "test_conv2d_forward_craft"]
BLAME = ["test_conv2d_backward_basic", "test_conv2d_backward_are_slopes", "test_conv2d_backward_craft"]
POOL = ["test_maxpool_forward_basic", "test_maxpool_forward_any_windows", "test_maxpool_forward_craft"]
UNPOOL = ["test_maxpool_backward_basic", "test_maxpool_backward_any_windows", "test_maxpool_backward_craft"]
MAX = ["test_global_max_basic", "test_global_max_forgets_where", "test_global_max_craft"]
UNMAX = ["test_global_max_backward_basic", "test_global_max_backward_any_maps", "test_global_max_backward_craft"]
FIELD = ["test_receptive_field_basic", "test_receptive_field_with_strides", "test_receptive_field_craft"]
COUNT = ["test_count_conv_params_basic", "test_count_conv_params_edges", "test_count_conv_params_craft"]
FILTERS = ["test_line_filters_basic", "test_line_filters_horizontal", "test_line_filters_craft"]
LINES = ["test_lines_by_conv_basic", "test_lines_by_conv_at_the_edge", "test_lines_by_conv_craft"]
LAYER = ["test_Conv2d_scores", "test_Conv2d_blames", "test_Conv2d_craft"]
POOLING = ["test_MaxPool2d_basic", "test_MaxPool2d_any_stride", "test_MaxPool2d_craft"]
FLAT = ["test_Flatten_basic", "test_Flatten_any_batch", "test_Flatten_craft"]
TRAIN = ["test_train_cnn_reads_digits", "test_train_cnn_with_fewer_digits", "test_train_cnn_craft"]


# ---------------------------------------------------------------- conv_out


@misconception(
    "conv_out",
    caught_by=OUT,
    hint="One place is missing. The window can also stand at the very start: add 1 after dividing.",
)
def forgets_the_first_place(n, k, stride, pad):
    return (n + 2 * pad - k) // stride


@misconception(
    "conv_out", caught_by=OUT, hint="The margin counts only once. There are `pad` zeros at BOTH ends: n + 2 * pad."
)
def pads_one_end_only(n, k, stride, pad):
    return (n + pad - k) // stride + 1


@misconception("conv_out", caught_by=OUT, hint="The margin is missing: n + 2 * pad pixels, not n.")
def forgets_the_margin(n, k, stride, pad):
    return (n - k) // stride + 1


@misconception(
    "conv_out", caught_by=OUT[:2], hint="The stride is missing: steps of 2 pixels leave half as many places."
)
def forgets_the_stride(n, k, stride, pad):
    return n + 2 * pad - k + 1


@misconception(
    "conv_out",
    caught_by=OUT[1],
    hint="You rounded up: {got} instead of {want}. A last step that would leave the image is left out: round down.",
)
def rounds_up(n, k, stride, pad):
    return math.ceil((n + 2 * pad - k) / stride) + 1


@misconception(
    "conv_out",
    caught_by=OUT[1],
    hint="You rounded to the nearest: round(1.5) is 2. A step that does not fit is left out: round down, with //.",
)
def rounds_to_the_nearest(n, k, stride, pad):
    return int((n + 2 * pad - k) / stride + 0.5) + 1


@misconception(
    "conv_out", caught_by=OUT[:2], hint="Add the 1 after dividing, not before: (n + 2 pad - k) // stride + 1."
)
def adds_one_before_dividing(n, k, stride, pad):
    return (n + 2 * pad - k + 1) // stride


@misconception(
    "conv_out",
    caught_by=OUT[1:],
    hint="You gave a fraction. A / gives a float, and half a place; // rounds down to a whole number.",
)
def divides_by_a_single_slash(n, k, stride, pad):
    return (n + 2 * pad - k) / stride + 1


@misconception(
    "conv_out",
    caught_by=OUT,
    hint="The number of places is n / stride only where the margin makes up for the window. Follow the formula.",
)
def thinks_of_same_padding(n, k, stride, pad):
    return -(-n // stride)


# ---------------------------------------------------------------- im2col


@misconception(
    "im2col",
    caught_by=COLS[:2],
    hint="Within a row the channels come last in your answer. The order is (c, a, b): first all of channel 0, then all "
    "of channel 1.",
)
def puts_channels_last(X, kh, kw, stride=1, pad=0):
    padded = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    if kh > padded.shape[2] or kw > padded.shape[3]:
        raise ValueError("window")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.transpose(0, 2, 3, 4, 5, 1).reshape(-1, X.shape[1] * kh * kw)


@misconception(
    "im2col",
    caught_by=COLS,
    hint="The rows come in the order (n, j, i): you go down the columns of the image. Go along its lines: for i, then "
    "for j.",
)
def walks_down_the_columns(X, kh, kw, stride=1, pad=0):
    padded = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    if kh > padded.shape[2] or kw > padded.shape[3]:
        raise ValueError("window")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.transpose(0, 3, 2, 1, 4, 5).reshape(-1, X.shape[1] * kh * kw)


@misconception(
    "im2col",
    caught_by=COLS,
    hint="The rows come in the order (i, j, n), all images at one place first, as in CS231n. Here they come image by "
    "image: (n, i, j).",
)
def orders_rows_by_place_first(X, kh, kw, stride=1, pad=0):
    padded = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    if kh > padded.shape[2] or kw > padded.shape[3]:
        raise ValueError("window")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.transpose(2, 3, 0, 1, 4, 5).reshape(-1, X.shape[1] * kh * kw)


@misconception(
    "im2col", caught_by=COLS, hint="Your table stands on its side: each window must be a ROW, and you made it a column."
)
def makes_windows_columns(X, kh, kw, stride=1, pad=0):
    return im2col(X, kh, kw, stride, pad).T


@misconception(
    "im2col", caught_by=COLS, hint="The margin is missing: put `pad` lines of zeros around the image before you slide."
)
def slides_without_margin(X, kh, kw, stride=1, pad=0):
    if kh > X.shape[2] or kw > X.shape[3]:
        raise ValueError("window")
    return im2col(X, kh, kw, stride, 0)


@misconception(
    "im2col", caught_by=COLS[:2], hint="The stride is missing: your window moves by one pixel, whatever stride says."
)
def slides_by_one_pixel(X, kh, kw, stride=1, pad=0):
    return im2col(X, kh, kw, 1, pad)


@misconception(
    "im2col",
    caught_by=COLS[1],
    hint="A window larger than the image gave an empty table. Look first, and raise ValueError.",
)
def lets_large_windows_through(X, kh, kw, stride=1, pad=0):
    if kh > X.shape[2] + 2 * pad or kw > X.shape[3] + 2 * pad:
        return np.zeros((0, X.shape[1] * kh * kw))
    return im2col(X, kh, kw, stride, pad)


@misconception(
    "im2col",
    caught_by=COLS[1],
    hint="You compare the window with the image without its margin: a window that fits into the padded image is fine.",
)
def compares_with_the_bare_image(X, kh, kw, stride=1, pad=0):
    if kh > X.shape[2] or kw > X.shape[3]:
        raise ValueError("the window is larger than the image")
    return im2col(X, kh, kw, stride, pad)


@misconception("im2col", caught_by=COLS, hint="Height and width of the window are exchanged: kh rows and kw columns.")
def exchanges_height_and_width(X, kh, kw, stride=1, pad=0):
    return im2col(X, kw, kh, stride, pad)


@misconception(
    "im2col",
    caught_by=COLS[:2],
    hint="Only channel 0 is in your rows. A window goes through all channels: C * kh * kw numbers.",
)
def takes_the_first_channel_only(X, kh, kw, stride=1, pad=0):
    return im2col(X[:, :1], kh, kw, stride, pad)


@misconception(
    "im2col",
    caught_by=COLS,
    hint="The last place of each direction is missing: the loop must run over conv_out(...) places.",
)
def misses_the_last_place(X, kh, kw, stride=1, pad=0):
    padded = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    if kh > padded.shape[2] or kw > padded.shape[3]:
        raise ValueError("window")
    rows = [
        x[:, i : i + kh, j : j + kw].ravel()
        for x in padded
        for i in range(0, padded.shape[2] - kh, stride)
        for j in range(0, padded.shape[3] - kw, stride)
    ]
    return np.array(rows).reshape(len(rows), X.shape[1] * kh * kw)


@misconception(
    "im2col",
    caught_by=COLS,
    hint="The margin went to the axes of samples and channels, too. Pad only the last two axes.",
)
def pads_all_axes(X, kh, kw, stride=1, pad=0):
    X = np.pad(X, pad)
    return im2col(X, kh, kw, stride, 0)


@misconception("im2col", caught_by=COLS, hint="The margin repeats the pixels at the edge. It must be zeros.")
def repeats_the_edge(X, kh, kw, stride=1, pad=0):
    X = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="edge")
    return im2col(X, kh, kw, stride, 0)


# ---------------------------------------------------------------- col2im


@misconception(
    "col2im",
    caught_by=BACK,
    hint="Where windows overlap, the last one won. Several windows saw this pixel: add with +=, do not overwrite.",
)
def overwrites_instead_of_adding(cols, X_shape, kh, kw, stride=1, pad=0):
    n, c, height, width = X_shape
    high, wide = conv_out(height, kh, stride, pad), conv_out(width, kw, stride, pad)
    windows = cols.reshape(n, high, wide, c, kh, kw)
    padded = np.zeros((n, c, height + 2 * pad, width + 2 * pad))
    for i in range(high):
        for j in range(wide):
            padded[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] = windows[:, i, j]
    return padded[:, :, pad : pad + height, pad : pad + width]


@misconception(
    "col2im",
    caught_by=BACK,
    hint="You took the mean where windows overlap. The adjoint adds: a pixel that three windows saw gets all three "
    "numbers.",
)
def averages_overlaps(cols, X_shape, kh, kw, stride=1, pad=0):
    counts = col2im(np.ones(cols.shape), X_shape, kh, kw, stride, pad)
    return col2im(cols, X_shape, kh, kw, stride, pad) / np.maximum(counts, 1)


@misconception(
    "col2im",
    caught_by=BACK,
    hint="The margin is still there. It was never part of the image: cut `pad` lines off all four sides.",
)
def keeps_the_margin(cols, X_shape, kh, kw, stride=1, pad=0):
    n, c, height, width = X_shape
    return col2im(cols, (n, c, height + 2 * pad, width + 2 * pad), kh, kw, stride, 0)


@misconception(
    "col2im",
    caught_by=BACK,
    hint="You cut the margin off at one end only: the image begins at line `pad` of the padded one, not at line 0.",
)
def cuts_one_end_only(cols, X_shape, kh, kw, stride=1, pad=0):
    n, c, height, width = X_shape
    padded = col2im(cols, (n, c, height + 2 * pad, width + 2 * pad), kh, kw, stride, 0)
    return padded[:, :, :height, :width]


@misconception(
    "col2im",
    caught_by=BACK[:2],
    hint="The columns are read as (a, b, c), channels last. im2col wrote them as (c, a, b).",
)
def reads_channels_last(cols, X_shape, kh, kw, stride=1, pad=0):
    c = X_shape[1]
    own = cols.reshape(-1, kh, kw, c).transpose(0, 3, 1, 2).reshape(cols.shape)
    return col2im(own, X_shape, kh, kw, stride, pad)


@misconception(
    "col2im",
    caught_by=BACK[:2],
    hint="The rows are read as (i, j, n), all images at one place first. im2col wrote them image by image: (n, i, j).",
)
def reads_rows_place_by_place(cols, X_shape, kh, kw, stride=1, pad=0):
    n = X_shape[0]
    own = cols.reshape(-1, n, cols.shape[1]).transpose(1, 0, 2).reshape(cols.shape)
    return col2im(own, X_shape, kh, kw, stride, pad)


@misconception(
    "col2im",
    caught_by=BACK[:2],
    hint="The rows are read as (n, j, i), column by column of the image. im2col wrote them line by line: (n, i, j).",
)
def reads_places_column_by_column(cols, X_shape, kh, kw, stride=1, pad=0):
    n, _, height, width = X_shape
    high, wide = conv_out(height, kh, stride, pad), conv_out(width, kw, stride, pad)
    own = cols.reshape(n, wide, high, -1).transpose(0, 2, 1, 3).reshape(cols.shape)
    return col2im(own, X_shape, kh, kw, stride, pad)


@misconception(
    "col2im",
    caught_by=BACK[:2],
    hint="The windows are turned over: entry (a, b) of a window goes to line i * stride + a and column j * stride + b.",
)
def turns_windows_over(cols, X_shape, kh, kw, stride=1, pad=0):
    n, c, height, width = X_shape
    high, wide = conv_out(height, kh, stride, pad), conv_out(width, kw, stride, pad)
    windows = cols.reshape(n, high, wide, c, kh, kw)[..., ::-1, ::-1]
    return col2im(windows.reshape(cols.shape), X_shape, kh, kw, stride, pad)


@misconception(
    "col2im",
    caught_by=BACK,
    hint="The windows land too close to each other: place (i, j) begins at pixel (i * stride, j * stride).",
)
def forgets_the_stride_on_the_way_back(cols, X_shape, kh, kw, stride=1, pad=0):
    n, c, height, width = X_shape
    high, wide = conv_out(height, kh, stride, pad), conv_out(width, kw, stride, pad)
    windows = cols.reshape(n, high, wide, c, kh, kw)
    padded = np.zeros((n, c, height + 2 * pad, width + 2 * pad))
    for i in range(high):
        for j in range(wide):
            padded[:, :, i : i + kh, j : j + kw] += windows[:, i, j]
    return padded[:, :, pad : pad + height, pad : pad + width]


@misconception(
    "col2im",
    caught_by=BACK,
    hint="Only the first channel of the first image was filled: all N images and all C channels have their rows.",
)
def fills_the_first_channel_only(cols, X_shape, kh, kw, stride=1, pad=0):
    whole = col2im(cols, X_shape, kh, kw, stride, pad)
    whole[:, 1:] = 0
    whole[1:] = 0
    return whole


@misconception(
    "col2im",
    caught_by=BACK,
    hint="Your answer has the shape of the image turned on its side: X_shape is (N, C, H, W), rows before columns.",
)
def exchanges_rows_and_columns_of_the_image(cols, X_shape, kh, kw, stride=1, pad=0):
    return col2im(cols, X_shape, kh, kw, stride, pad).transpose(0, 1, 3, 2)


# ---------------------------------------------------------------- conv2d_forward


@misconception(
    "conv2d_forward",
    caught_by=CONV,
    hint="You turned the filters over before sliding. That is convolution in mathematics; here, as in every "
    "deep-learning library, the filter slides as it is (cross-correlation).",
)
def turns_the_filters_over(X, K, b, stride=1, pad=0):
    return conv2d_forward(X, K[:, :, ::-1, ::-1], b, stride, pad)


@misconception("conv2d_forward", caught_by=CONV, hint="The biases are missing: add b[f] to every score of filter f.")
def forgets_the_biases(X, K, b, stride=1, pad=0):
    return conv2d_forward(X, K, np.zeros(len(K)), stride, pad)


@misconception(
    "conv2d_forward",
    caught_by=CONV[:2],
    hint="Only channel 0 counts in your answer. A filter looks at all channels: sum over c, too.",
)
def looks_at_the_first_channel_only(X, K, b, stride=1, pad=0):
    return conv2d_forward(X[:, :1], K[:, :1], b, stride, pad)


@misconception(
    "conv2d_forward",
    caught_by=CONV[:2],
    hint="All channels are slid over with the weights of channel 0. Each channel has its own k x k weights: K[f, c].",
)
def uses_one_slice_for_all_channels(X, K, b, stride=1, pad=0):
    return conv2d_forward(X, np.repeat(K[:, :1], K.shape[1], axis=1), b, stride, pad)


@misconception("conv2d_forward", caught_by=CONV, hint="The margin is missing: pad was ignored.")
def ignores_the_margin(X, K, b, stride=1, pad=0):
    return conv2d_forward(X, K, b, stride, 0)


@misconception("conv2d_forward", caught_by=CONV[:2], hint="The stride is missing: the filter moves by `stride` pixels.")
def ignores_the_stride(X, K, b, stride=1, pad=0):
    return conv2d_forward(X, K, b, 1, pad)


@misconception(
    "conv2d_forward",
    caught_by=CONV,
    hint="The scores of the filters are mixed up: a table with a row for each place cannot be reshaped to "
    "(N, F, H2, W2) directly. First (N, H2, W2, F), then move the last axis.",
)
def reshapes_without_moving_axes(X, K, b, stride=1, pad=0):
    out = conv2d_forward(X, K, b, stride, pad)
    return out.transpose(0, 2, 3, 1).reshape(out.shape)


@misconception(
    "conv2d_forward",
    caught_by=CONV,
    hint="The filters come last in your answer: (N, H2, W2, F). Here channels stand second: (N, F, H2, W2).",
)
def leaves_the_filters_last(X, K, b, stride=1, pad=0):
    return conv2d_forward(X, K, b, stride, pad).transpose(0, 2, 3, 1)


@misconception(
    "conv2d_forward",
    caught_by=CONV,
    hint="The mean of the products stands where their sum should be: you divided by the number of weights.",
)
def averages_the_products(X, K, b, stride=1, pad=0):
    return conv2d_forward(X, K / K[0].size, b, stride, pad)


@misconception(
    "conv2d_forward",
    caught_by=CONV,
    hint="Rows and columns of each filter are exchanged: K[f, c, a, b] belongs to line a and column b of the window.",
)
def lays_the_filters_on_their_side(X, K, b, stride=1, pad=0):
    kh, kw = K.shape[2:]
    return conv2d_forward(X, K.transpose(0, 1, 3, 2).reshape(*K.shape[:2], kh, kw), b, stride, pad)


@misconception(
    "conv2d_forward",
    caught_by=CONV[:2],
    hint="The bias is counted once for each channel. It is added once, after the sum over the channels.",
)
def adds_the_bias_for_each_channel(X, K, b, stride=1, pad=0):
    return conv2d_forward(X, K, b * K.shape[1], stride, pad)


# ---------------------------------------------------------------- conv2d_backward


@misconception(
    "conv2d_backward",
    caught_by=BLAME,
    hint="db is summed over the samples only. A bias speaks at every place: sum over samples, lines and columns.",
)
def sums_biases_over_samples_only(dout, X, K, stride=1, pad=0):
    dX, dK, _ = conv2d_backward(dout, X, K, stride, pad)
    return dX, dK, dout.sum(axis=0)


@misconception(
    "conv2d_backward",
    caught_by=BLAME,
    hint="db is the mean over the places. Each bias collects ALL the blame of its filter: sum it.",
)
def averages_the_bias_blame(dout, X, K, stride=1, pad=0):
    dX, dK, _ = conv2d_backward(dout, X, K, stride, pad)
    return dX, dK, dout.mean(axis=(0, 2, 3))


@misconception(
    "conv2d_backward",
    caught_by=BLAME,
    hint="dK is divided by the number of samples. The mean was taken in the loss already; here blame is summed.",
)
def divides_by_the_batch_again(dout, X, K, stride=1, pad=0):
    dX, dK, db = conv2d_backward(dout, X, K, stride, pad)
    return dX, dK / len(X), db


@misconception(
    "conv2d_backward",
    caught_by=BLAME,
    hint="dK came out turned over. The filter slid as it is, so the slope of K[f, c, a, b] meets the "
    "pixel at (a, b) of each window.",
)
def turns_the_slope_of_the_filters_over(dout, X, K, stride=1, pad=0):
    dX, dK, db = conv2d_backward(dout, X, K, stride, pad)
    return dX, dK[:, :, ::-1, ::-1], db


@misconception(
    "conv2d_backward",
    caught_by=BLAME,
    hint="dX used the filters turned over. With col2im nothing is turned: each pixel gets the weights through which "
    "it was seen.",
)
def turns_the_filters_over_on_the_way_back(dout, X, K, stride=1, pad=0):
    _, dK, db = conv2d_backward(dout, X, K, stride, pad)
    return conv2d_backward(dout, X, K[:, :, ::-1, ::-1], stride, pad)[0], dK, db


@misconception(
    "conv2d_backward",
    caught_by=BLAME,
    hint="dX still has its margin. Its shape must be that of X: cut `pad` lines off all sides.",
)
def leaves_the_margin_on_dX(dout, X, K, stride=1, pad=0):
    _, dK, db = conv2d_backward(dout, X, K, stride, pad)
    n, c, height, width = X.shape
    kh, kw = K.shape[2:]
    blame = dout.transpose(0, 2, 3, 1).reshape(-1, len(K))
    padded = (n, c, height + 2 * pad, width + 2 * pad)
    return col2im(blame @ K.reshape(len(K), -1), padded, kh, kw, stride), dK, db


@misconception(
    "conv2d_backward",
    caught_by=BLAME,
    hint="The axes of dout are mixed up: reshape(-1, F) alone does not bring the filters last. Move that axis first: "
    "dout.transpose(0, 2, 3, 1).",
)
def reshapes_the_blame_without_moving_axes(dout, X, K, stride=1, pad=0):
    n, f, high, wide = dout.shape
    own = dout.reshape(n, high, wide, f).transpose(0, 3, 1, 2)
    return conv2d_backward(own, X, K, stride, pad)


@misconception(
    "conv2d_backward",
    caught_by=BLAME,
    hint="Where windows overlap, dX has only the blame of the last one. A pixel collects from all of them.",
)
def keeps_the_last_window_only(dout, X, K, stride=1, pad=0):
    _, dK, db = conv2d_backward(dout, X, K, stride, pad)
    (_, _, high, wide), (n, c, height, width) = dout.shape, X.shape
    kh, kw = K.shape[2:]
    padded = np.zeros((n, c, height + 2 * pad, width + 2 * pad))
    for i in range(high):
        for j in range(wide):
            seen = np.tensordot(dout[:, :, i, j], K, axes=1)
            padded[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] = seen
    return padded[:, :, pad : pad + height, pad : pad + width], dK, db


@misconception(
    "conv2d_backward",
    caught_by=BLAME[1],
    hint="The stride is missing on the way back: the windows lie `stride` pixels apart, as on the way forward.",
)
def forgets_the_stride_in_backward(dout, X, K, stride=1, pad=0):
    spread = np.zeros((*dout.shape[:2], X.shape[2] + 2 * pad - K.shape[2] + 1, X.shape[3] + 2 * pad - K.shape[3] + 1))
    spread[:, :, : dout.shape[2], : dout.shape[3]] = dout
    return conv2d_backward(spread, X, K, 1, pad)


@misconception(
    "conv2d_backward",
    caught_by=BLAME,
    hint="The order is dX, dK, db: first what goes on to the layer below, then the slopes of the filters and biases.",
)
def returns_the_filters_first(dout, X, K, stride=1, pad=0):
    dX, dK, db = conv2d_backward(dout, X, K, stride, pad)
    return dK, dX, db


@misconception(
    "conv2d_backward",
    caught_by=BLAME,
    hint="Your dX has the blame of filter 0 only. A pixel is seen by all filters: sum over f.",
)
def asks_the_first_filter_only(dout, X, K, stride=1, pad=0):
    _, dK, db = conv2d_backward(dout, X, K, stride, pad)
    return conv2d_backward(dout[:, :1], X, K[:1], stride, pad)[0], dK, db


# ---------------------------------------------------------------- maxpool_forward


@misconception(
    "maxpool_forward",
    caught_by=POOL + UNPOOL,
    hint="maxpool_forward must return two things: out, and the cache that maxpool_backward will need.",
)
def returns_no_cache(X, size, stride):
    return maxpool_forward(X, size, stride)[0]


@misconception("maxpool_forward", caught_by=POOL, hint="These are the means of the windows. Pooling by the maximum!")
def takes_the_mean(X, size, stride):
    windows = np.lib.stride_tricks.sliding_window_view(X, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.mean(axis=(4, 5)), (X, size, stride)


@misconception(
    "maxpool_forward",
    caught_by=POOL[:2],
    hint="Windows of negative numbers gave 0: the maximum must start from the first pixel, or from -inf, not from 0.",
)
def starts_from_zero(X, size, stride):
    out, cache = maxpool_forward(X, size, stride)
    return np.maximum(out, 0), cache


@misconception(
    "maxpool_forward",
    caught_by=POOL[1:] + UNPOOL[1:2],
    hint="The windows lie `size` pixels apart in your answer. They lie `stride` pixels apart.",
)
def steps_by_the_size(X, size, stride):
    return maxpool_forward(X, size, size)


@misconception(
    "maxpool_forward",
    caught_by=POOL,
    hint="The maximum runs over the channels as well. Each channel is pooled by itself.",
)
def pools_over_the_channels(X, size, stride):
    out, cache = maxpool_forward(X, size, stride)
    return np.broadcast_to(out.max(axis=1, keepdims=True), out.shape).copy(), cache


@misconception(
    "maxpool_forward",
    caught_by=POOL[1],
    hint="Pixels at the edge that make no full window were pooled too. A step that does not fit is left out, as in "
    "conv_out.",
)
def pools_what_is_left_over(X, size, stride):
    high, wide = X.shape[2], X.shape[3]
    more = np.pad(
        X, ((0, 0), (0, 0), (0, (size - high) % stride), (0, (size - wide) % stride)), constant_values=-np.inf
    )
    return maxpool_forward(more, size, stride)[0], (X, size, stride)


# ---------------------------------------------------------------- maxpool_backward


@misconception(
    "maxpool_backward",
    caught_by=UNPOOL,
    hint="All pixels of a window got its blame. Only the largest one was heard, so only that one is to blame.",
)
def blames_the_whole_window(dout, cache):
    X, size, stride = cache
    n, c, height, width = X.shape
    cols = np.repeat(dout.reshape(n * c, 1, -1).transpose(0, 2, 1).reshape(-1, 1), size * size, axis=1)
    return col2im(cols, (n * c, 1, height, width), size, size, stride).reshape(X.shape)


@misconception(
    "maxpool_backward",
    caught_by=UNPOOL,
    hint="The blame is shared out evenly over the window. That is the slope of a mean, not of a maximum.",
)
def shares_like_a_mean(dout, cache):
    X, size, stride = cache
    n, c, height, width = X.shape
    cols = np.repeat(dout.reshape(-1, 1), size * size, axis=1) / size**2
    return col2im(cols, (n * c, 1, height, width), size, size, stride).reshape(X.shape)


@misconception(
    "maxpool_backward",
    caught_by=UNPOOL[1],
    hint="Equal pixels each got the WHOLE blame of their window. One of them takes it, or they share it: in all it may "
    "be counted only once.",
)
def blames_every_equal_pixel_in_full(dout, cache):
    X, size, stride = cache
    dX = np.zeros(X.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        rows, columns = slice(i * stride, i * stride + size), slice(j * stride, j * stride + size)
        window = X[n, c, rows, columns]
        dX[n, c, rows, columns] += (window == window.max()) * dout[n, c, i, j]
    return dX


@misconception(
    "maxpool_backward",
    caught_by=UNPOOL[1],
    hint="Where windows overlap, one pixel may win twice. Add its blame with +=, do not overwrite it.",
)
def overwrites_the_blame_of_overlaps(dout, cache):
    X, size, stride = cache
    dX = np.zeros(X.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        window = X[n, c, i * stride : i * stride + size, j * stride : j * stride + size]
        a, b = np.unravel_index(window.argmax(), window.shape)
        dX[n, c, i * stride + a, j * stride + b] = dout[n, c, i, j]
    return dX


@misconception(
    "maxpool_backward",
    caught_by=UNPOOL,
    hint="The largest pixel got a 1 instead of the blame of its window: multiply by dout.",
)
def passes_on_a_mask(dout, cache):
    return maxpool_backward(np.ones(dout.shape), cache)


@misconception(
    "maxpool_backward",
    caught_by=UNPOOL,
    hint="The blame of a window went to its first pixel. It belongs to the largest one.",
)
def blames_the_first_pixel(dout, cache):
    X, size, stride = cache
    dX = np.zeros(X.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        dX[n, c, i * stride, j * stride] += dout[n, c, i, j]
    return dX


@misconception(
    "maxpool_backward",
    caught_by=UNPOOL,
    hint="The blame has the shape of out. It must have the shape of the images that were pooled.",
)
def hands_the_blame_on_as_it_is(dout, cache):
    return dout.copy()


# ---------------------------------------------------------------- global_max


@misconception(
    "global_max",
    caught_by=MAX[:2],
    hint="This is the mean of each channel. A detector that fires at one place would drown among the silent ones.",
)
def averages_over_places(X):
    return X.mean(axis=(2, 3))


@misconception(
    "global_max",
    caught_by=MAX[:2],
    hint="You kept the two axes: one number for each channel of each image makes the shape (N, C).",
)
def keeps_the_axes(X):
    return X.max(axis=(2, 3), keepdims=True)


@misconception(
    "global_max",
    caught_by=MAX[:2],
    hint="The maximum ran over one axis only. Lines and columns are two axes: axis=(2, 3).",
)
def takes_one_axis_only(X):
    return X.max(axis=3)


@misconception(
    "global_max",
    caught_by=MAX[:2],
    hint="The maximum ran over the channels, too: each filter must keep its own largest answer.",
)
def mixes_the_channels(X):
    return np.repeat(X.max(axis=(1, 2, 3))[:, None], X.shape[1], axis=1)


@misconception(
    "global_max",
    caught_by=MAX[:2],
    hint="This is the PLACE of the largest number. The number itself is wanted: max, not argmax.",
)
def returns_the_place(X):
    return X.reshape(*X.shape[:2], -1).argmax(axis=2)


@misconception(
    "global_max", caught_by=MAX[1], hint="A channel of negative numbers gave 0. Take the maximum of what is there."
)
def never_goes_below_zero(X):
    return np.maximum(X.max(axis=(2, 3)), 0)


# ---------------------------------------------------------------- global_max_backward


@misconception(
    "global_max_backward", caught_by=UNMAX, hint="Every pixel of the channel got its blame. Only the largest was heard."
)
def blames_every_place(dout, X):
    return np.broadcast_to(dout[:, :, None, None], X.shape).copy()


@misconception(
    "global_max_backward",
    caught_by=UNMAX,
    hint="The blame is shared out evenly over all places: that is the slope of a mean.",
)
def shares_over_all_places(dout, X):
    return np.broadcast_to(dout[:, :, None, None], X.shape) / (X.shape[2] * X.shape[3])


@misconception(
    "global_max_backward",
    caught_by=UNMAX[1],
    hint="Several equal pixels each got the whole blame of their channel. Let one take it, or share it.",
)
def blames_all_equal_places_in_full(dout, X):
    return (X == X.max(axis=(2, 3), keepdims=True)) * dout[:, :, None, None]


@misconception(
    "global_max_backward",
    caught_by=UNMAX,
    hint="The largest pixel got a 1. It must get the blame of its channel: multiply by dout.",
)
def gives_ones(dout, X):
    return (X == X.max(axis=(2, 3), keepdims=True)).astype(float)


@misconception(
    "global_max_backward",
    caught_by=UNMAX,
    hint="You looked for the largest pixel of the whole image, over all channels. Each channel has its own.",
)
def looks_for_one_winner_per_image(dout, X):
    return (X == X.max(axis=(1, 2, 3), keepdims=True)) * dout[:, :, None, None]


@misconception(
    "global_max_backward",
    caught_by=UNMAX,
    hint="The blame was multiplied by the pixel. The slope of a maximum is 1 at the winner, whatever its value.",
)
def multiplies_by_the_pixel(dout, X):
    return (X == X.max(axis=(2, 3), keepdims=True)) * X * dout[:, :, None, None]


# ---------------------------------------------------------------- receptive_field


@misconception(
    "receptive_field",
    caught_by=FIELD,
    hint="You added up the sizes of the windows. Neighbours overlap: each layer adds k - 1, and one starts "
    "from a single pixel.",
)
def adds_the_sizes(layers):
    span, step = 0, 1
    for k, stride in layers:
        span += k * step
        step *= stride
    return span


@misconception(
    "receptive_field",
    caught_by=FIELD,
    hint="You multiplied the sizes. Two layers of 3 see 5 pixels, not 9: the windows overlap.",
)
def multiplies_the_sizes(layers):
    return int(np.prod([k for k, _ in layers]))


@misconception(
    "receptive_field",
    caught_by=FIELD[1:],
    hint="The strides are missing: after a layer with stride 2 neighbours lie two pixels apart: a window of 3 adds 4.",
)
def ignores_the_strides(layers):
    return 1 + sum(k - 1 for k, _ in layers)


@misconception(
    "receptive_field",
    caught_by=FIELD[1:],
    hint="A layer's own stride does not widen its own window, only those of the layers after it: add first, multiply "
    "the step afterwards.",
)
def applies_the_stride_at_once(layers):
    span, step = 1, 1
    for k, stride in layers:
        step *= stride
        span += (k - 1) * step
    return span


@misconception(
    "receptive_field",
    caught_by=FIELD[1:],
    hint="Only the stride of the layer just before counts in your answer. They multiply: after two layers of stride 2 "
    "neighbours lie four pixels apart, after three eight.",
)
def counts_only_the_stride_before(layers):
    span, step = 1, 1
    for k, stride in layers:
        span += (k - 1) * step
        step = stride
    return span


@misconception(
    "receptive_field",
    caught_by=FIELD,
    hint="One pixel is missing: even before the first layer one pixel sees itself. Start at 1.",
)
def starts_at_zero(layers):
    span, step = 0, 1
    for k, stride in layers:
        span += (k - 1) * step
        step *= stride
    return span


@misconception(
    "receptive_field",
    caught_by=FIELD[1:],
    hint="You went through the layers from the last to the first. Start with the first one: "
    "its stride counts for all after it.",
)
def goes_through_the_layers_backwards(layers):
    span, step = 1, 1
    for k, stride in reversed(layers):
        span += (k - 1) * step
        step *= stride
    return span


@misconception(
    "receptive_field",
    caught_by=FIELD,
    hint="These are the pixels of the whole square. Asked is the span, the length of one side.",
)
def counts_the_area(layers):
    span, step = 1, 1
    for k, stride in layers:
        span += (k - 1) * step
        step *= stride
    return span**2


# ---------------------------------------------------------------- count_conv_params


@misconception("count_conv_params", caught_by=COUNT, hint="The biases are missing: one for each of the F filters.")
def leaves_out_the_biases(C, F, k):
    return F * C * k * k


@misconception(
    "count_conv_params",
    caught_by=COUNT,
    hint="One bias for each channel of each filter is too many: a filter has one bias, whatever it looks at.",
)
def gives_each_channel_a_bias(C, F, k):
    return F * C * (k * k + 1)


@misconception("count_conv_params", caught_by=COUNT, hint="A window of k x k pixels has k * k weights, not k.")
def forgets_to_square(C, F, k):
    return F * (C * k + 1)


@misconception(
    "count_conv_params",
    caught_by=COUNT,
    hint="The channels are missing: a filter has k x k weights for EACH channel that it looks at.",
)
def forgets_the_channels(C, F, k):
    return F * (k * k + 1)


@misconception(
    "count_conv_params", caught_by=COUNT, hint="A single bias for the whole layer is too few: one for each filter."
)
def has_one_bias_in_all(C, F, k):
    return F * C * k * k + 1


@misconception(
    "count_conv_params",
    caught_by=COUNT,
    hint="You counted a bias for each channel of the input. The biases belong to the filters: there are F of them.",
)
def counts_a_bias_for_each_input(C, F, k):
    return F * C * k * k + C


# ---------------------------------------------------------------- line_filters


@misconception(
    "line_filters",
    caught_by=FILTERS[:2],
    hint="The two filters are exchanged: filter 0 answers to vertical lines. A column of large weights is a vertical "
    "detector.",
)
def exchanges_the_two_filters():
    vertical = np.array([[-1.0, 2.0, -1.0]] * 3)
    return np.stack([vertical.T, vertical])[:, None]


@misconception(
    "line_filters",
    caught_by=FILTERS,
    hint="The axis of the channel is missing: two filters, one channel, 3 x 3 weights make the shape (2, 1, 3, 3).",
)
def forgets_the_channel_axis():
    vertical = np.array([[-1.0, 2.0, -1.0]] * 3)
    return np.stack([vertical, vertical.T])


@misconception(
    "line_filters",
    caught_by=FILTERS[1:],
    hint="Both filters are vertical detectors. The second must lie down: it is the first one, transposed.",
)
def copies_the_first_filter():
    vertical = np.array([[-1.0, 2.0, -1.0]] * 3)
    return np.stack([vertical, vertical])[:, None]


@misconception(
    "line_filters",
    caught_by=FILTERS[:2],
    hint="Your filters are negative on the line: they answer to its surroundings. The weights on the line must be "
    "positive.",
)
def has_the_wrong_sign():
    vertical = np.array([[-1.0, 2.0, -1.0]] * 3)
    return -np.stack([vertical, vertical.T])[:, None]


@misconception(
    "line_filters",
    caught_by=FILTERS[:2],
    hint="Your filters have the same weight everywhere: they answer to any three pixels of ink.",
)
def has_no_direction():
    K = np.ones((2, 1, 3, 3))
    K[1] = 0.5
    return K


# ---------------------------------------------------------------- lines_by_conv


@misconception(
    "lines_by_conv",
    caught_by=LINES,
    hint="Your labels are exchanged: 1 means vertical, so filter 0 must win over filter 1.",
)
def exchanges_the_labels(X):
    answers = global_max(conv2d_forward(X, line_filters(), np.zeros(2), pad=1))
    return (answers[:, 1] > answers[:, 0]).astype(int)


@misconception(
    "lines_by_conv",
    caught_by=LINES,
    hint="Lines at the edge came out wrong: without a margin your filters never stand on them, and 0 against 0 is no "
    "decision. Use pad=1.",
)
def slides_without_a_margin(X):
    K = np.stack([[[-1.0, 2, -1]] * 3, np.array([[-1.0, 2, -1]] * 3).T])[:, None]
    answers = global_max(conv2d_forward(X, K, np.zeros(2)))
    return (answers[:, 0] > answers[:, 1]).astype(int)


@misconception(
    "lines_by_conv",
    caught_by=LINES,
    hint="Only the middle of the image is looked at. The line may stand anywhere: slide, and take the largest answer.",
)
def looks_at_the_middle_only(X):
    answers = conv2d_forward(X, line_filters(), np.zeros(2))[:, :, 1, 1]
    return (answers[:, 0] > answers[:, 1]).astype(int)


@misconception(
    "lines_by_conv",
    caught_by=LINES,
    hint="Adding up the answers of all places does not work: beside the line they are negative and cancel. Take the "
    "largest.",
)
def adds_up_all_answers(X):
    answers = conv2d_forward(X, line_filters(), np.zeros(2)).sum(axis=(2, 3))
    return (answers[:, 0] > answers[:, 1]).astype(int)


@misconception(
    "lines_by_conv",
    caught_by=LINES,
    hint="You returned the two answers, not the label: one number for each image, 1 where filter 0 answers more.",
)
def returns_the_two_answers(X):
    return global_max(conv2d_forward(X, line_filters(), np.zeros(2), pad=1))


@misconception(
    "lines_by_conv",
    caught_by=LINES,
    hint="One maximum for the whole batch: all images got the same label. Ask each image by itself.",
)
def decides_for_the_whole_batch(X):
    scores = conv2d_forward(X, line_filters(), np.zeros(2), pad=1)
    return np.full(len(X), int(scores[:, 0].max() > scores[:, 1].max()))


# ---------------------------------------------------------------- Conv2d


class RightConv2d:
    def __init__(self, C, F, k, rng, stride=1, pad=0):
        self.stride, self.pad = stride, pad
        K = rng.normal(0, np.sqrt(2 / (C * k * k)), (F, C, k, k))
        self.params, self.grads = {"K": K, "b": np.zeros(F)}, {}

    def forward(self, X, training=False):
        self.X = X
        return conv2d_forward(X, self.params["K"], self.params["b"], self.stride, self.pad)

    def backward(self, dout):
        dX, dK, db = conv2d_backward(dout, self.X, self.params["K"], self.stride, self.pad)
        self.grads = {"K": dK, "b": db}
        return dX


@misconception(
    "Conv2d",
    caught_by=LAYER[1],
    hint="The weights start too large: each filter looks at C * k * k numbers, not at k * k.",
)
class CountsOneChannelForHe(RightConv2d):
    def __init__(self, C, F, k, rng, stride=1, pad=0):
        self.stride, self.pad = stride, pad
        K = rng.normal(0, np.sqrt(2 / (k * k)), (F, C, k, k))
        self.params, self.grads = {"K": K, "b": np.zeros(F)}, {}


@misconception(
    "Conv2d",
    caught_by=LAYER[1],
    hint="2 / n is the variance of He's weights. rng.normal wants the standard deviation: its square root.",
)
class TakesTheVarianceForTheSpread(RightConv2d):
    def __init__(self, C, F, k, rng, stride=1, pad=0):
        self.stride, self.pad = stride, pad
        K = rng.normal(0, 2 / (C * k * k), (F, C, k, k))
        self.params, self.grads = {"K": K, "b": np.zeros(F)}, {}


@misconception(
    "Conv2d",
    caught_by=LAYER[:2],
    hint="The layer forgets its stride or its margin: keep both in __init__, and hand them on in forward and backward.",
)
class ForgetsStrideAndMargin(RightConv2d):
    def forward(self, X, training=False):
        self.X = X
        return conv2d_forward(X, self.params["K"], self.params["b"])

    def backward(self, dout):
        dX, dK, db = conv2d_backward(dout, self.X, self.params["K"], 1, 0)
        self.grads = {"K": dK, "b": db}
        return dX


@misconception(
    "Conv2d",
    caught_by=LAYER[1],
    hint="grads piles up over the batches. It must hold the slopes of the last one: write new arrays, do not add.",
)
class PilesUpTheSlopes(RightConv2d):
    def backward(self, dout):
        dX, dK, db = conv2d_backward(dout, self.X, self.params["K"], self.stride, self.pad)
        self.grads = {"K": self.grads.get("K", 0) + dK, "b": self.grads.get("b", 0) + db}
        return dX


@misconception(
    "Conv2d",
    caught_by=[LAYER[0], LAYER[2]],
    hint="forward uses weights of its own. A step changes the arrays in params: use params['K'] and params['b'] each "
    "time.",
)
class KeepsACopyOfTheWeights(RightConv2d):
    def __init__(self, C, F, k, rng, stride=1, pad=0):
        self.stride, self.pad = stride, pad
        self.K, self.b = rng.normal(0, np.sqrt(2 / (C * k * k)), (F, C, k, k)), np.zeros(F)
        self.params, self.grads = {"K": self.K.copy(), "b": self.b.copy()}, {}

    def forward(self, X, training=False):
        self.X = X
        return conv2d_forward(X, self.K, self.b, self.stride, self.pad)


@misconception(
    "Conv2d",
    caught_by=LAYER[1],
    hint="forward and backward use the first batch for ever. Keep the X of the LAST forward.",
)
class RemembersTheFirstBatch(RightConv2d):
    def forward(self, X, training=False):
        if not hasattr(self, "X"):
            self.X = X
        return conv2d_forward(self.X, self.params["K"], self.params["b"], self.stride, self.pad)


@misconception(
    "Conv2d",
    caught_by=LAYER[1:],
    hint="backward returned the slopes of the filters. It hands dX on to the layer below; dK and db stay in grads.",
)
class HandsOnTheSlopesOfTheFilters(RightConv2d):
    def backward(self, dout):
        dX, dK, db = conv2d_backward(dout, self.X, self.params["K"], self.stride, self.pad)
        self.grads = {"K": dK, "b": db}
        return dK


@misconception(
    "Conv2d",
    caught_by=LAYER[2],
    hint="The weights do not come from rng: two layers, or two seeds, must give different ones.",
)
class SeedsItself(RightConv2d):
    def __init__(self, C, F, k, rng, stride=1, pad=0):
        self.stride, self.pad = stride, pad
        K = np.random.default_rng(0).normal(0, np.sqrt(2 / (C * k * k)), (F, C, k, k))
        self.params, self.grads = {"K": K, "b": np.zeros(F)}, {}


@misconception(
    "Conv2d", caught_by=LAYER, hint="The shapes of the filters are exchanged: K is (F, C, k, k), the filters first."
)
class ExchangesFiltersAndChannels(RightConv2d):
    def __init__(self, C, F, k, rng, stride=1, pad=0):
        self.stride, self.pad = stride, pad
        K = rng.normal(0, np.sqrt(2 / (C * k * k)), (C, F, k, k))
        self.params, self.grads = {"K": K, "b": np.zeros(F)}, {}


@misconception(
    "Conv2d",
    caught_by=LAYER[1],
    hint="The names in grads are not those in params. A step goes through both by name: 'K' and 'b'.",
)
class NamesTheSlopesOtherwise(RightConv2d):
    def backward(self, dout):
        dX, dK, db = conv2d_backward(dout, self.X, self.params["K"], self.stride, self.pad)
        self.grads = {"dK": dK, "db": db}
        return dX


# ---------------------------------------------------------------- MaxPool2d


class RightMaxPool2d:
    def __init__(self, size, stride=None):
        self.size, self.stride = size, stride or size
        self.params, self.grads = {}, {}

    def forward(self, X, training=False):
        out, self.cache = maxpool_forward(X, self.size, self.stride)
        return out

    def backward(self, dout):
        return maxpool_backward(dout, self.cache)


@misconception(
    "MaxPool2d",
    caught_by=POOLING,
    hint="Without a stride of its own the layer must step by its size; yours steps by one pixel.",
)
class StepsByOne(RightMaxPool2d):
    def __init__(self, size, stride=None):
        self.size, self.stride = size, stride or 1
        self.params, self.grads = {}, {}


@misconception("MaxPool2d", caught_by=POOLING[1], hint="The stride that was given is ignored: you always step by size.")
class IgnoresItsStride(RightMaxPool2d):
    def __init__(self, size, stride=None):
        self.size = self.stride = size
        self.params, self.grads = {}, {}


@misconception(
    "MaxPool2d",
    caught_by=POOLING,
    hint="forward returns the pair of maxpool_forward. The next layer needs out alone; keep the cache in the layer.",
)
class ReturnsThePair(RightMaxPool2d):
    def forward(self, X, training=False):
        out, self.cache = maxpool_forward(X, self.size, self.stride)
        return out, self.cache


@misconception(
    "MaxPool2d",
    caught_by=POOLING[2],
    hint="params and grads must exist, and be empty: the loop that makes a step goes through all layers.",
)
class KeepsItsSizeInParams(RightMaxPool2d):
    def __init__(self, size, stride=None):
        self.size, self.stride = size, stride or size
        self.params, self.grads = {"size": size}, {}


@misconception(
    "MaxPool2d", caught_by=POOLING[1], hint="backward uses the cache of the first batch. Each forward brings a new one."
)
class KeepsTheFirstCache(RightMaxPool2d):
    def forward(self, X, training=False):
        out, cache = maxpool_forward(X, self.size, self.stride)
        self.cache = getattr(self, "cache", cache)
        return out


# ---------------------------------------------------------------- Flatten


class RightFlatten:
    def __init__(self):
        self.params, self.grads = {}, {}

    def forward(self, X, training=False):
        self.shape = X.shape
        return X.reshape(len(X), -1)

    def backward(self, dout):
        return dout.reshape(self.shape)


@misconception(
    "Flatten", caught_by=FLAT, hint="All images ended in one single row. The samples keep their axis: (N, C * H * W)."
)
class FlattensTheBatchToo(RightFlatten):
    def forward(self, X, training=False):
        self.shape = X.shape
        return X.reshape(-1)


@misconception(
    "Flatten", caught_by=FLAT[:2], hint="backward hands the blame on flat. Give it the shape of the images again."
)
class LeavesTheBlameFlat(RightFlatten):
    def backward(self, dout):
        return dout


@misconception(
    "Flatten",
    caught_by=FLAT,
    hint="Your rows put the channels last. Lay the image out as it is stored: channel, line, column.",
)
class PutsChannelsLast(RightFlatten):
    def forward(self, X, training=False):
        self.shape = X.shape
        return X.transpose(0, 2, 3, 1).reshape(len(X), -1)

    def backward(self, dout):
        n, c, height, width = self.shape
        return dout.reshape(n, height, width, c).transpose(0, 3, 1, 2)


@misconception(
    "Flatten",
    caught_by=FLAT[1],
    hint="The shape of the first batch is kept for ever. Remember the shape at each forward.",
)
class KeepsTheFirstShape(RightFlatten):
    def forward(self, X, training=False):
        self.shape = getattr(self, "shape", X.shape)
        return X.reshape(len(X), -1)

    def backward(self, dout):
        return dout.reshape(len(dout), *self.shape[1:])


@misconception(
    "Flatten",
    caught_by=FLAT[2],
    hint="The caller's images changed their shape: X.shape = ... and X.resize work in place. Use X.reshape.",
)
class ReshapesTheCallersImages(RightFlatten):
    def forward(self, X, training=False):
        self.shape = X.shape
        X.shape = (len(X), -1)
        return X


# ---------------------------------------------------------------- train_cnn


@misconception(
    "train_cnn",
    caught_by=TRAIN[:2],
    hint="Your net stops long before it has learned: is the number of epochs or the learning rate far too small?",
)
def stops_much_too_early(train, val, rng):
    net = Network(
        [Conv2d(1, 16, 3, rng, pad=1), Activation("relu"), MaxPool2d(2), Flatten(), Dense(16 * 4 * 4, 10, rng)]
    )
    fit(net, train, val, 2, 64, 0.01, rng)
    return net


@misconception(
    "train_cnn", caught_by=TRAIN[:2], hint="Training uses val instead of train. Learn from train; look at val."
)
def learns_from_validation(train, val, rng):
    net = Network(
        [Conv2d(1, 16, 3, rng, pad=1), Activation("relu"), MaxPool2d(2), Flatten(), Dense(16 * 4 * 4, 10, rng)]
    )
    fit(net, val, train, 10, 32, 0.2, rng)
    return net


@misconception(
    "train_cnn",
    caught_by=TRAIN[:2],
    hint="There is no convolution in your net: a dense network reads digits too, but here a Conv2d must be part of it.",
)
def builds_a_dense_net(train, val, rng):
    net = Network([Flatten(), Dense(64, 32, rng), Activation("relu"), Dense(32, 10, rng)])
    fit(net, train, val, 10, 32, 0.3, rng)
    return net


@misconception("train_cnn", caught_by=TRAIN, hint="What fit returns is the history. train_cnn must return the net.")
def returns_the_history(train, val, rng):
    net = Network(
        [Conv2d(1, 16, 3, rng, pad=1), Activation("relu"), MaxPool2d(2), Flatten(), Dense(16 * 4 * 4, 10, rng)]
    )
    return fit(net, train, val, 1, 32, 0.2, rng)


@misconception(
    "train_cnn",
    caught_by=TRAIN[2],
    hint="The noise that you add to the images lands in the caller's array: X += ... works in place. Write X = X + ...",
)
def adds_noise_to_the_callers_images(train, val, rng):
    X, y = train
    X += rng.normal(0, 0.05, X.shape)
    net = Network(
        [Conv2d(1, 16, 3, rng, pad=1), Activation("relu"), MaxPool2d(2), Flatten(), Dense(16 * 4 * 4, 10, rng)]
    )
    for epochs, lr in ((8, 0.2), (2, 0.05)):
        fit(net, (X, y), val, epochs, 32, lr, rng)
    return net


# ---------------------------------------------------------------- quiz

add_wrong_options(
    "convolution",
    {
        1: {
            "a": "That is the size of the window, not the number of its places.",
            "b": "Count the places for 8 pixels and a window of 3: pixels 1-3, 2-4, ... The last one is 6-8.",
            "d": "A margin of 1 at each end would give that. Here there is none.",
        },
        2: {
            "a": "A filter has weights for every channel of its input. How many channels come in?",
            "c": "Each filter has one bias, not one for each channel.",
            "d": "The size of the image does not matter: the same filter is used at every place.",
        },
        3: {
            "a": "The pattern meets the filter at another place now: the answer must move, too.",
            "b": "The filter passes over every place, also over the new one.",
            "c": "The window holds the same pixels as before, only elsewhere: which numbers come out?",
        },
        4: {
            "b": "The last window is no more right than the others: all four saw this pixel.",
            "c": "Nothing is left to chance here: the pixel did its work in all four windows.",
            "d": "A mean would make the slope too small. Rows of ones count the windows: what stands in the middle?",
        },
        5: {
            "a": "A convolution moves its answers along with the pattern: its map still says where.",
            "c": "A flatten gives every place a column of its own, and the dense layer behind it learns places.",
            "d": "All four networks were trained well: look at what they read of moved digits.",
        },
        6: {
            "a": "Two layers of 3 see 5 pixels: each adds k - 1 = 2 to a single pixel. What do three see?",
            "b": "The windows overlap, so nothing is multiplied with stride 1.",
            "d": "Nine would be three windows side by side. They overlap.",
        },
        7: {
            "a": "A mean over the window would share the blame. A maximum heard one pixel only.",
            "b": "Where a pixel stands in the window does not matter. What does?",
            "c": "If every pixel got all of it, the blame would be counted four times.",
        },
        8: {
            "b": "Columns of a table may stand in any order: neighbours mean nothing there. What would a window show?",
            "c": "One after the other, with a memory: which family goes step by step?",
            "d": "A convolution looks at neighbours only. Which family lets every word listen to every other?",
        },
    },
    reference.answers,
)
