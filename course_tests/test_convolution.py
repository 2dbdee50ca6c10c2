"""Hidden tests of 13_convolution. See checks.py for what each check says when it fails."""

import copy

import numpy as np

from course_tests.checks import (
    assert_agrees,
    assert_agrees_on,
    assert_close,
    assert_gradient,
    assert_leaves_inputs_alone,
    assert_raises,
    graded,
    quiz_tests,
    require,
    rngs,
    shuffled,
)
from course_tests.notebooks import SOURCE
from course_tests.reference import convolution as right


def images(rng, n, c, height, width):
    """Random images without two equal pixels."""
    return rng.permutation(n * c * height * width).reshape(n, c, height, width) / 7 - 3 + rng.normal()


# ---------------------------------------------------------------- conv_out


def all_places(cases):
    """What is told, and a scenario: the answers for several (n, k, stride, pad)."""
    return f"conv_out(n, k, stride, pad) for {', '.join(map(str, cases))}", lambda f: [f(*case) for case in cases]


@graded
def test_conv_out_basic(conv_out):
    """a window of k pixels has n - k + 1 places, more with a margin, fewer with larger steps"""
    for rng in rngs():
        n, k = (int(v) for v in rng.integers((11, 2), (30, 7)))
        assert_agrees_on(conv_out, *all_places([(n, k, 1, 0), (n + 3, k, 1, 0), (n, k, 1, 1), (n, k + 2, 1, 3)]))
        assert_agrees_on(conv_out, *all_places([(k + 2 * 5, k, 2, 0), (k + 3 * 4, k, 3, 0), (k + 2, k, 2, 2)]))


@graded
def test_conv_out_edges(conv_out):
    """a last step that does not fit is left out, and a window as large as the image has one place"""
    for rng in rngs():
        k, places, pad = (int(v) for v in rng.integers((2, 3, 1), (6, 9, 4)))
        n = k + 3 * places - 2 * pad
        assert_agrees_on(conv_out, *all_places([(n + 1, k, 3, pad), (n + 2, k, 3, pad), (n + 3, k, 3, pad)]))
        assert_agrees_on(
            conv_out, *all_places([(k, k, 1, 0), (k, k, 4, 0), (k, k + 2 * pad, 1, pad), (n + 9, 1, 1, 0)])
        )
    assert_agrees_on(conv_out, *all_places([(8, 3, 2, 0), (8, 3, 2, 1), (7, 2, 2, 0), (28, 5, 1, 2)]))


@graded
def test_conv_out_craft(conv_out):
    """the answer is a whole number that range() takes"""
    n = int(rngs(1)[0].integers(9, 30))
    assert_agrees_on(conv_out, *all_places([(n, 3, 1, 0), (n, 3, 1, 1)]))
    for case in ((n, 3, 1, 0), (2 * n + 1, 3, 2, 1)):
        places = conv_out(*case)
        require(
            np.asarray(places).dtype.kind in "iu",
            f"conv_out{case} returned {places!r}: right, but range() wants a whole number. The operator // gives one.",
        )


# ---------------------------------------------------------------- im2col


@graded
def test_im2col_basic(im2col):
    """each window is one row: rows by image, then line, then column; channel after channel in a row"""
    for rng in rngs():
        assert_agrees(im2col, images(rng, 1, 1, 3, 4), 2, 2)
        assert_agrees(im2col, images(rng, 2, 3, 5, 4), 3, 2)
        assert_agrees(im2col, images(rng, 3, 2, 4, 4), 2, 2, 1, 1)
        assert_agrees(im2col, images(rng, 2, 2, 6, 4), 2, 2, 2, 0)


@graded
def test_im2col_any_windows(im2col):
    """strides that do not divide, margins, flat windows and single pixels work; too large windows are refused"""
    rng = rngs(1)[0]
    for shape, rest in (
        ((2, 3, 7, 6), (3, 3, 2, 0)),
        ((2, 3, 6, 8), (3, 2, 3, 1)),
        ((1, 2, 5, 4), (1, 3, 1, 0)),
        ((2, 1, 4, 5), (3, 1, 2, 2)),
        ((3, 4, 3, 2), (1, 1, 1, 0)),
        ((2, 2, 4, 3), (4, 3, 1, 0)),
        ((2, 1, 2, 3), (4, 5, 1, 1)),
        ((1, 1, 9, 5), (2, 2, 4, 0)),
    ):
        assert_agrees(im2col, images(rng, *shape), *rest)
    for shape, rest in (((1, 1, 4, 6), (5, 2)), ((2, 1, 6, 4), (2, 5)), ((1, 2, 3, 9), (6, 3, 1, 1))):
        assert_raises(
            im2col, ValueError, images(rng, *shape), *rest, because="the window is larger than the padded image"
        )


@graded
def test_im2col_craft(im2col):
    """the images stay as they were, and whole-number pixels work"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(im2col, images(rng, 2, 2, 5, 4), 3, 2, 1, 0)
    assert_leaves_inputs_alone(im2col, images(rng, 2, 2, 5, 4), 3, 2, 2, 1)
    assert_agrees(im2col, rng.integers(1, 17, (2, 1, 4, 5)).astype(np.uint8), 2, 3, 1, 1)


# ---------------------------------------------------------------- col2im

SLIDES = (  # shape of X, (kh, kw, stride, pad)
    ((2, 3, 7, 6), (3, 3, 2, 0)),
    ((2, 2, 6, 8), (3, 2, 3, 1)),
    ((1, 2, 5, 4), (1, 3, 1, 0)),
    ((2, 1, 4, 5), (3, 1, 2, 2)),
    ((3, 2, 3, 2), (1, 1, 1, 0)),
    ((2, 2, 4, 3), (4, 3, 1, 0)),
    ((1, 1, 9, 5), (2, 2, 4, 0)),
)


def some_cols(rng, shape, slide):
    """Numbers of the shape that `im2col` gives."""
    return rng.normal(1, 1, right.im2col(np.zeros(shape), *slide).shape)


@graded
def test_col2im_basic(col2im):
    """each number of a row goes back to its pixel, and where windows overlap, they are added"""
    for rng in rngs():
        for shape, slide in (
            ((1, 1, 3, 4), (2, 2)),
            ((2, 3, 5, 4), (3, 2)),
            ((2, 2, 6, 4), (2, 2, 2, 0)),
            ((3, 2, 4, 4), (2, 2, 1, 1)),
        ):
            assert_agrees(col2im, some_cols(rng, shape, slide), shape, *slide)


@graded
def test_col2im_is_the_adjoint(col2im):
    """for all images x and rows y the sums im2col(x) * y and x * col2im(y) are the same"""
    for rng, (shape, slide) in zip(rngs(len(SLIDES)), SLIDES):
        y, x = some_cols(rng, shape, slide), rng.normal(size=shape)
        assert_agrees(col2im, y, shape, *slide)
        back = np.asarray(col2im(y, shape, *slide), float)
        assert_close(
            np.sum(x * back),
            np.sum(right.im2col(x, *slide) * y),
            f"sum(x * col2im(y)) for x of shape {shape} and the windows {slide}, beside sum(im2col(x) * y)",
        )


@graded
def test_col2im_craft(col2im):
    """the rows stay as they were, and rows of ones count the windows that see each pixel"""
    rng = rngs(1)[0]
    height = int(rng.integers(4, 7))
    for shape, slide in (((1, 1, height, 5), (3, 3, 1, 0)), ((2, 1, 6, 5), (2, 3, 2, 1))):
        assert_agrees(col2im, np.ones_like(some_cols(rng, shape, slide)), shape, *slide)
        assert_leaves_inputs_alone(col2im, some_cols(rng, shape, slide), shape, *slide)


# ---------------------------------------------------------------- conv2d_forward


def filters(rng, f, c, kh, kw):
    return rng.normal(size=(f, c, kh, kw)), rng.normal(1, 1, f)


@graded
def test_conv2d_forward_basic(conv2d_forward):
    """each filter gives one score at each place: its weights times the pixels below it, and its bias"""
    for rng in rngs():
        assert_agrees(conv2d_forward, images(rng, 1, 1, 4, 4), *filters(rng, 1, 1, 2, 2))
        assert_agrees(conv2d_forward, images(rng, 2, 3, 5, 6), *filters(rng, 4, 3, 3, 3))
        assert_agrees(conv2d_forward, images(rng, 3, 2, 5, 4), *filters(rng, 2, 2, 3, 3), 1, 1)
        assert_agrees(conv2d_forward, images(rng, 2, 1, 7, 5), *filters(rng, 3, 1, 3, 3), 2, 0)


@graded
def test_conv2d_forward_any_slide(conv2d_forward):
    """strides that do not divide, margins, flat filters and 1 x 1 filters work; a moved image moves the scores"""
    for rng, (shape, (kh, kw, stride, pad)) in zip(rngs(len(SLIDES)), SLIDES):
        X, (K, b) = images(rng, *shape), filters(rng, 3, shape[1], kh, kw)
        assert_agrees(conv2d_forward, X, K, b, stride, pad)
    rng = rngs(1)[0]
    X, (K, b) = np.zeros((1, 2, 9, 9)), filters(rng, 2, 2, 3, 3)
    X[:, :, 2:5, 2:5] = rng.normal(size=(1, 2, 3, 3))
    scores = np.asarray(conv2d_forward(X, K, b, 1, 0), float)
    moved = np.asarray(conv2d_forward(np.roll(X, (1, 2), axis=(2, 3)), K, b, 1, 0), float)
    assert_close(
        moved[:, :, 1:, 2:],
        scores[:, :, :-1, :-2],
        "the scores of a pattern moved one pixel down and two to the right, beside the moved scores of the pattern",
    )


@graded
def test_conv2d_forward_craft(conv2d_forward):
    """images, filters and biases stay as they were, and whole-number pixels work"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(conv2d_forward, images(rng, 2, 2, 5, 4), *filters(rng, 3, 2, 3, 2), 1, 0)
    assert_leaves_inputs_alone(conv2d_forward, images(rng, 2, 2, 5, 4), *filters(rng, 3, 2, 3, 2), 2, 1)
    pixels = rng.integers(0, 17, (2, 1, 4, 5)).astype(np.uint8)
    assert_agrees(conv2d_forward, pixels, *filters(rng, 2, 1, 3, 3), 1, 1)


# ---------------------------------------------------------------- conv2d_backward


def blame_for(rng, X, K, stride, pad):
    return rng.normal(size=right.conv2d_forward(X, K, np.zeros(len(K)), stride, pad).shape)


def a_slide(rng, shape, f, slide):
    """dout, X, K, stride, pad for f filters."""
    kh, kw, stride, pad = slide
    X, (K, _) = images(rng, *shape), filters(rng, f, shape[1], kh, kw)
    return blame_for(rng, X, K, stride, pad), X, K, stride, pad


@graded
def test_conv2d_backward_basic(conv2d_backward):
    """blame of the pixels, of the weights of the filters and of the biases, each of its own shape"""
    for rng in rngs():
        assert_agrees(conv2d_backward, *a_slide(rng, (1, 1, 4, 4), 1, (2, 2, 1, 0)))
        assert_agrees(conv2d_backward, *a_slide(rng, (2, 3, 5, 6), 4, (3, 3, 1, 0)))
        assert_agrees(conv2d_backward, *a_slide(rng, (3, 2, 4, 5), 2, (3, 3, 1, 1)))


@graded
def test_conv2d_backward_are_slopes(conv2d_backward):
    """dX, dK and db agree with the measured slopes for any stride, margin and size of the filters"""
    generators = rngs(len(SLIDES))
    for rng, (shape, slide) in zip(generators, SLIDES):
        assert_agrees(conv2d_backward, *a_slide(rng, shape, 3, slide))
    rng = generators[0]
    for shape, slide in (((2, 2, 4, 3), (2, 3, 1, 1)), ((1, 2, 6, 5), (3, 2, 2, 0))):
        X, (K, b) = rng.normal(size=shape), filters(rng, 2, shape[1], *slide[:2])
        dout = blame_for(rng, X, K, *slide[2:])

        def loss(X, K, b, dout=dout, slide=slide):
            return float(np.sum(dout * right.conv2d_forward(X, K, b, *slide[2:])))

        dX, dK, db = conv2d_backward(dout, X, K, *slide[2:])
        told = f"for images {X.shape}, filters {K.shape}, stride {slide[2]}, pad {slide[3]}, beside the measured slope"
        assert_gradient(dX, lambda v, K=K, b=b: loss(v, K, b), X, f"dX {told}")
        assert_gradient(dK, lambda v, X=X, b=b: loss(X, v, b), K, f"dK {told}")
        assert_gradient(db, lambda v, X=X, K=K: loss(X, K, v), b, f"db {told}")


@graded
def test_conv2d_backward_craft(conv2d_backward):
    """blame, images and filters stay as they were, and whole-number pixels work"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(conv2d_backward, *a_slide(rng, (2, 2, 5, 4), 3, (3, 2, 1, 0)))
    assert_leaves_inputs_alone(conv2d_backward, *a_slide(rng, (2, 2, 5, 4), 3, (3, 2, 2, 1)))
    dout, X, K, stride, pad = a_slide(rng, (2, 1, 4, 5), 2, (3, 3, 1, 1))
    assert_agrees(conv2d_backward, dout, rng.integers(0, 17, X.shape).astype(np.uint8), K, stride, pad)


# ---------------------------------------------------------------- maxpool_forward


def pooled(X, size, stride):
    """What is told, and a scenario: the first of the two things that maxpool_forward returns."""

    def scenario(f):
        pair = f(X.copy(), size, stride)
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            return "not a pair"
        return pair[0]

    return f"out, cache = maxpool_forward(X, {size}, {stride}) with X of shape {X.shape}: out", scenario


@graded
def test_maxpool_forward_basic(maxpool_forward):
    """out holds the largest number of each window, channel by channel; a cache comes with it"""
    for rng in rngs():
        assert_agrees_on(maxpool_forward, *pooled(images(rng, 2, 3, 4, 6), 2, 2))
        assert_agrees_on(maxpool_forward, *pooled(images(rng, 1, 2, 6, 3), 3, 3))
        assert_agrees_on(maxpool_forward, *pooled(-4 - np.abs(images(rng, 2, 1, 4, 4)), 2, 2))


@graded
def test_maxpool_forward_any_windows(maxpool_forward):
    """overlapping windows, gaps, sizes that do not divide and windows of one pixel work"""
    rng = rngs(1)[0]
    for shape, size, stride in (
        ((2, 3, 5, 7), 2, 2),
        ((2, 2, 5, 6), 3, 1),
        ((1, 2, 7, 6), 3, 2),
        ((2, 1, 7, 8), 2, 3),
        ((2, 2, 3, 4), 1, 1),
        ((1, 3, 4, 4), 4, 4),
    ):
        assert_agrees_on(maxpool_forward, *pooled(images(rng, *shape), size, stride))
        assert_agrees_on(maxpool_forward, *pooled(-20 - np.abs(images(rng, *shape)), size, stride))


@graded
def test_maxpool_forward_craft(maxpool_forward):
    """the images stay as they were, also where a window holds equal numbers"""
    rng = rngs(1)[0]
    for X, size, stride in ((images(rng, 2, 2, 4, 6), 2, 2), (np.maximum(images(rng, 1, 2, 5, 5), 0), 3, 1)):

        def scenario(f, X=X, size=size, stride=stride):
            own = X.copy()
            return f(own, size, stride)[0], own

        assert_agrees_on(
            maxpool_forward, f"maxpool_forward(X, {size}, {stride})[0], then X of shape {X.shape}", scenario
        )


# ---------------------------------------------------------------- maxpool_backward


def blamed(subject, forward, dout, X, size, stride):
    """What maxpool_backward makes of dout after the learner's own maxpool_forward."""
    __tracebackhide__ = True
    told = f"out, cache = maxpool_forward(X, {size}, {stride}) with X of shape {X.shape}; maxpool_backward(dout, cache)"

    def scenario(f):
        return f(dout.copy(), forward.implementation(X.copy(), size, stride)[1])

    return told, subject.case(told, scenario)


def assert_pool_blame(subject, forward, rng, shape, size, stride):
    __tracebackhide__ = True
    X = images(rng, *shape)
    dout = rng.normal(size=right.maxpool_forward(X, size, stride)[0].shape)
    told, got = blamed(subject, forward, dout, X, size, stride)
    assert_close(got, right.maxpool_backward(dout, (X, size, stride)), told)


@graded
def test_maxpool_backward_basic(maxpool_backward, maxpool_forward):
    """the blame of a window goes to its largest pixel, and to no other"""
    for rng in rngs():
        assert_pool_blame(maxpool_backward, maxpool_forward, rng, (2, 3, 4, 6), 2, 2)
        assert_pool_blame(maxpool_backward, maxpool_forward, rng, (1, 2, 6, 3), 3, 3)


@graded
def test_maxpool_backward_any_windows(maxpool_backward, maxpool_forward):
    """overlaps add up, pixels that no window sees get 0, and equal pixels share one blame"""
    rng = rngs(1)[0]
    for shape, size, stride in (
        ((2, 3, 5, 7), 2, 2),
        ((2, 2, 5, 6), 3, 1),
        ((1, 2, 7, 6), 3, 2),
        ((2, 1, 7, 8), 2, 3),
        ((2, 2, 3, 4), 1, 1),
    ):
        assert_pool_blame(maxpool_backward, maxpool_forward, rng, shape, size, stride)
    for size in (2, 3):  # after relu many windows are all zero
        X = np.maximum(rng.integers(-2, 3, (2, 2, 2 * size, 3 * size)), 0).astype(float)
        X[:, :, :size, :size] = 0
        out = right.maxpool_forward(X, size, size)[0]
        dout = rng.uniform(0.5, 2, out.shape)
        told, got = blamed(maxpool_backward, maxpool_forward, dout, X, size, size)
        got = np.asarray(got, float)
        require(got.shape == X.shape, f"{told} has the shape {got.shape}; expected that of X, {X.shape}.")
        sums = right.im2col(got.reshape(-1, 1, *X.shape[2:]), size, size, size).sum(axis=1).reshape(out.shape)
        assert_close(
            sums,
            dout,
            f"{told}, where windows hold equal numbers: the sum over each window, beside dout",
            look="One of the equal pixels takes it all, or they share it; together they get what the window got.",
        )
        largest = np.kron(out, np.ones((size, size)))
        require(np.all(got[X < largest] == 0), f"{told}: a pixel that is not the largest of its window got blame.")


@graded
def test_maxpool_backward_craft(maxpool_backward, maxpool_forward):
    """the blame that comes in stays as it was, and the same cache may be used again"""
    rng = rngs(1)[0]
    X = images(rng, 2, 2, 4, 6)
    dout = rng.normal(size=(2, 2, 2, 3))

    def scenario(f):
        own, cache = dout.copy(), maxpool_forward.implementation(X.copy(), 2, 2)[1]
        return f(own, cache), f(own, cache), own

    want = right.maxpool_backward(dout, (X, 2, 2))
    told = "maxpool_backward(dout, cache), the same again, then dout"
    assert_close(maxpool_backward.case(told, scenario), (want, want, dout), told)


# ---------------------------------------------------------------- global_max and its backward


@graded
def test_global_max_basic(global_max):
    """one number for each channel of each image: its largest, wherever it stands"""
    for rng in rngs():
        assert_agrees(global_max, images(rng, 2, 3, 4, 5))
        assert_agrees(global_max, images(rng, 4, 1, 3, 2))


@graded
def test_global_max_forgets_where(global_max):
    """a moved pattern gives exactly the same numbers; negative maps and single pixels work"""
    rng = rngs(1)[0]
    assert_agrees(global_max, -5 - np.abs(images(rng, 2, 3, 3, 4)))
    assert_agrees(global_max, images(rng, 3, 2, 1, 1))
    assert_agrees(global_max, images(rng, 1, 4, 2, 6))
    X = np.zeros((3, 1, 12, 12))
    X[:, :, 4:8, 4:8] = rng.uniform(0, 1, (3, 1, 4, 4))
    K, b = filters(rng, 4, 1, 3, 3)
    here = np.asarray(global_max(right.conv2d_forward(X, K, b, pad=2)), float)
    for down, across in ((1, 0), (-4, 3), (4, -4)):
        moved = np.roll(X, (down, across), axis=(2, 3))
        assert_close(
            global_max(right.conv2d_forward(moved, K, b, pad=2)),
            here,
            f"global_max of the scores of a pattern moved {down} down and {across} across, beside global_max before",
        )


@graded
def test_global_max_craft(global_max):
    """the maps stay as they were"""
    for rng in rngs():
        assert_leaves_inputs_alone(global_max, images(rng, 2, 3, 4, 3))


@graded
def test_global_max_backward_basic(global_max_backward):
    """the blame of a channel goes to its largest pixel, and to no other"""
    for rng in rngs():
        assert_agrees(global_max_backward, rng.normal(size=(2, 3)), images(rng, 2, 3, 4, 5))
        assert_agrees(global_max_backward, rng.normal(size=(4, 1)), images(rng, 4, 1, 3, 2))


@graded
def test_global_max_backward_any_maps(global_max_backward):
    """negative maps and single pixels work, and equal pixels share one blame"""
    rng = rngs(1)[0]
    assert_agrees(global_max_backward, rng.normal(size=(2, 3)), -5 - np.abs(images(rng, 2, 3, 3, 4)))
    assert_agrees(global_max_backward, rng.normal(size=(3, 2)), images(rng, 3, 2, 1, 1))
    assert_agrees(global_max_backward, rng.normal(size=(1, 4)), images(rng, 1, 4, 2, 6))
    X = np.maximum(rng.integers(-2, 3, (3, 2, 4, 5)), 0).astype(float)
    X[0, 0] = 0
    dout = rng.uniform(0.5, 2, (3, 2))
    got = np.asarray(global_max_backward(dout, X), float)
    told = "global_max_backward(dout, X), where several pixels are the largest"
    require(got.shape == X.shape, f"{told}: the shape is {got.shape}; expected that of X, {X.shape}.")
    assert_close(
        got.sum(axis=(2, 3)),
        dout,
        f"{told}: the sum over each channel, beside dout",
        look="One of the equal pixels takes it all, or they share it; together they get what the channel got.",
    )
    below = right.global_max(X)[:, :, None, None] > X
    require(np.all(got[below] == 0), f"{told}: a pixel that is not the largest of its channel got blame.")


@graded
def test_global_max_backward_craft(global_max_backward):
    """blame and maps stay as they were, and the slopes are the measured ones"""
    rng = rngs(1)[0]
    X, dout = images(rng, 2, 2, 3, 4), rng.normal(size=(2, 2))
    assert_leaves_inputs_alone(global_max_backward, dout, X)
    assert_gradient(
        global_max_backward(dout, X),
        lambda v: float(np.sum(dout * right.global_max(v))),
        X,
        "global_max_backward(dout, X), beside the measured slope",
    )


# ---------------------------------------------------------------- receptive_field


def spans(cases):
    """What is told, and a scenario: the answers for several lists of layers."""
    return f"receptive_field(layers) for {', '.join(map(str, cases))}", lambda f: [f(list(case)) for case in cases]


@graded
def test_receptive_field_basic(receptive_field):
    """each layer with steps of one pixel widens the field by k - 1"""
    for rng in rngs():
        k, other, third = (int(v) for v in 2 + rng.permutation(6)[:3])
        assert_agrees_on(receptive_field, *spans([[(k, 1)], [(k, 1), (other, 1)], [(third, 1), (other, 1), (k, 1)]]))
        assert_agrees_on(receptive_field, *spans([[(3, 1)] * int(rng.integers(3, 9)), [(1, 1), (k, 1)]]))


@graded
def test_receptive_field_with_strides(receptive_field):
    """after a layer with larger steps each further layer widens the field by more"""
    for rng in rngs():
        k, other, third = (int(v) for v in 2 + rng.permutation(6)[:3])
        s, t = (int(v) for v in rng.integers(2, 5, 2))
        assert_agrees_on(receptive_field, *spans([[(k, s), (other, 1)], [(k, s), (other, t), (third, 1)]]))
        assert_agrees_on(receptive_field, *spans([[(k, s)], [(k, 1), (other, s)], [(3, 1), (2, 2)] * 3]))


@graded
def test_receptive_field_craft(receptive_field):
    """the answer is a whole number, and the list of layers stays as it was"""
    k = int(rngs(1)[0].integers(3, 8))
    layers = [(k, 2), (3, 2), (3, 1)]

    def scenario(f):
        own = [tuple(layer) for layer in layers]
        return f(own), len(own), [list(layer) for layer in own]

    assert_agrees_on(receptive_field, f"receptive_field({layers}), then the length of the list, and the list", scenario)
    span = receptive_field(layers)
    require(
        np.asarray(span).dtype.kind in "iu", f"receptive_field returned {span!r}; pixels are counted in whole ones."
    )


# ---------------------------------------------------------------- count_conv_params


def counts(cases):
    """What is told, and a scenario: the answers for several (C, F, k)."""
    return f"count_conv_params(C, F, k) for {', '.join(map(str, cases))}", lambda f: [f(*case) for case in cases]


@graded
def test_count_conv_params_basic(count_conv_params):
    """k x k weights for each channel of each filter, and one bias for each filter"""
    for rng in rngs():
        c, f = (int(v) for v in rng.integers((4, 12), (9, 40)))
        assert_agrees_on(count_conv_params, *counts([(c, f, 3), (f, c, 5), (c, f + 1, 2)]))


@graded
def test_count_conv_params_edges(count_conv_params):
    """one channel, one filter and windows of one pixel work"""
    rng = rngs(1)[0]
    n = int(rng.integers(5, 40))
    assert_agrees_on(count_conv_params, *counts([(1, 2, 3), (1, n, 4), (n, 1, 4), (n, 7, 1), (1, 1, 1)]))


@graded
def test_count_conv_params_craft(count_conv_params):
    """the answer is a whole number, also for very large layers"""
    n = int(rngs(1)[0].integers(300, 600))
    assert_agrees_on(count_conv_params, *counts([(n, 1024, 3), (n, 7, 11)]))
    number = count_conv_params(n, 8, 3)
    require(np.asarray(number).dtype.kind in "iu", f"count_conv_params returned {number!r}; numbers are counted whole.")


# ---------------------------------------------------------------- line_filters


def answers_to(K, line):
    """The answer of each filter to an image: the one that is farthest from 0 of all places, if it is positive."""
    scores = right.conv2d_forward(line, K, np.zeros(len(K)))
    largest, smallest = right.global_max(scores)[0], -right.global_max(-scores)[0]
    return np.where(largest >= -smallest, largest, smallest)


def both_lines(length):
    """A vertical and a horizontal line through the middle of 5 x 5 pixels."""
    vertical = np.zeros((1, 1, 5, 5))
    half = length // 2
    vertical[0, 0, 2 - half : 3 + half, 2] = 1
    return vertical, vertical.transpose(0, 1, 3, 2)


def made_filters(line_filters):
    __tracebackhide__ = True
    K = np.asarray(line_filters())
    require(
        K.shape == (2, 1, 3, 3) and K.dtype.kind in "iufb",
        f"line_filters() must have the shape (2, 1, 3, 3): two filters, one channel, 3 x 3 weights. Yours: {K.shape}.",
    )
    K = K.astype(float)
    require(np.isfinite(K).all(), "Every weight of line_filters() must be a finite number.")
    return K


@graded
def test_line_filters_basic(line_filters):
    """filter 0 answers to a vertical line more than to a horizontal one"""
    K = made_filters(line_filters)
    vertical, horizontal = both_lines(5)
    up, flat = answers_to(K, vertical)[0], answers_to(K, horizontal)[0]
    require(
        up > flat and up > 0,
        f"Slid over a line through the middle of 5 x 5 pixels, filter 0 answers {up:.3g} to the vertical line and "
        f"{flat:.3g} to the horizontal one (the strongest of all places). The first must be the larger, and above 0.",
    )


@graded
def test_line_filters_horizontal(line_filters):
    """filter 1 answers to a horizontal line more than to a vertical one, and short lines will do"""
    K = made_filters(line_filters)
    for length in (5, 3):
        vertical, horizontal = both_lines(length)
        up, flat = answers_to(K, vertical)[1], answers_to(K, horizontal)[1]
        require(
            flat > up and flat > 0,
            f"Slid over a line of {length} pixels in the middle of 5 x 5, filter 1 answers {flat:.3g} to the "
            f"horizontal line and {up:.3g} to the vertical one (the strongest of all places). The first must be the "
            "larger, and above 0.",
        )


@graded
def test_line_filters_craft(line_filters):
    """the two filters are the same at each call, and differ from each other"""
    K = made_filters(line_filters)
    assert_close(line_filters(), K, "line_filters(), called again, beside the first time")
    require(not np.array_equal(K[0], K[1]), "The two filters of line_filters() are the same one.")


# ---------------------------------------------------------------- lines_by_conv

LINES = np.zeros((10, 1, 5, 5))
for _place in range(5):
    LINES[_place, 0, :, _place] = 1
    LINES[5 + _place, 0, _place, :] = 1


@graded
def test_lines_by_conv_basic(lines_by_conv):
    """1 for vertical lines, 0 for horizontal ones, wherever they stand in 5 x 5 pixels"""
    for rng in rngs():
        assert_agrees(lines_by_conv, LINES[rng.permutation(10)])
        assert_agrees(lines_by_conv, LINES[rng.integers(0, 10, 23)])


@graded
def test_lines_by_conv_at_the_edge(lines_by_conv):
    """lines at the edge of the image are read rightly, and one image alone too"""
    rng = rngs(1)[0]
    assert_agrees(lines_by_conv, LINES[rng.permutation([0, 4, 5, 9, 0, 5])])
    assert_agrees(lines_by_conv, LINES[rng.permutation([1, 2, 3, 6, 7, 8])])
    for k in shuffled(range(10)):
        assert_agrees(lines_by_conv, LINES[k : k + 1])


@graded
def test_lines_by_conv_craft(lines_by_conv):
    """the images stay as they were, and whole-number pixels work"""
    rng = rngs(1)[0]
    lines = LINES[rng.permutation(10)]
    assert_leaves_inputs_alone(lines_by_conv, lines)
    assert_agrees(lines_by_conv, lines.astype(np.uint8))


# ---------------------------------------------------------------- Conv2d


def seed(number=7):
    return np.random.default_rng(number)


def filled(C, f, k, K, b, **options):
    """A layer whose numbers have been changed in place, as a step changes them."""

    def make(Conv2d):
        layer = Conv2d(C, f, k, seed(), **options)
        layer.params["K"][...] = K
        layer.params["b"][...] = b
        return layer

    return make


def told_layer(C, f, k, options):
    return f"Conv2d({C}, {f}, {k}, rng{''.join(f', {key}={value}' for key, value in options.items())})"


LAYERS = (  # C, F, k, options, shape of the images
    (2, 3, 3, {}, (4, 2, 5, 6)),
    (1, 4, 2, {"stride": 2}, (3, 1, 6, 5)),
    (3, 2, 3, {"pad": 1}, (2, 3, 4, 5)),
    (2, 2, 3, {"stride": 2, "pad": 1}, (1, 2, 6, 6)),
)


@graded
def test_Conv2d_scores(Conv2d):
    """a Conv2d has K (F, C, k, k) and b (F,) in params, and forward slides K over the images"""
    for rng, (c, f, k, options, shape) in zip(rngs(4), LAYERS):
        told = told_layer(c, f, k, options)
        assert_agrees_on(
            Conv2d,
            f"the shapes of params['K'] and params['b'] of {told}",
            lambda C, case=(c, f, k, options): [
                str(np.shape(C(*case[:3], seed(), **case[3]).params[key])) for key in ("K", "b")
            ],
        )
        X, (K, b) = images(rng, *shape), filters(rng, f, c, k, k)
        make = filled(c, f, k, K, b, **options)
        assert_agrees_on(
            Conv2d,
            f"layer = {told}, with other numbers in params['K'][...] and params['b'][...]; layer.forward(X) with X of "
            f"shape {shape}",
            lambda C, make=make, X=X: make(C).forward(X.copy()),
        )


@graded
def test_Conv2d_blames(Conv2d):
    """backward returns dX and leaves the slopes of the last forward in grads, under the same names"""
    for rng, (c, f, k, options, shape) in zip(rngs(4), LAYERS):
        X, (K, b) = images(rng, *shape), filters(rng, f, c, k, k)
        dout = blame_for(rng, X, K, options.get("stride", 1), options.get("pad", 0))
        told = f"layer = {told_layer(c, f, k, options)}; layer.forward(X, training=True); "
        make = filled(c, f, k, K, b, **options)

        def scenario(C, make=make, X=X, dout=dout):
            layer = make(C)
            layer.forward(2 * X + 1, training=True)
            layer.backward(dout.copy())
            layer.forward(X.copy(), training=True)
            return layer.backward(dout.copy()), layer.grads["K"], layer.grads["b"]

        assert_agrees_on(
            Conv2d, f"{told}layer.backward(dout), grads['K'], grads['b'], after another batch went before", scenario
        )
    start = Conv2d.case(
        "the spread of the weights of Conv2d(8, 50, 5, rng), their mean, and its biases",
        lambda C: _start_of(C(8, 50, 5, seed())),
    )
    spread, mean, bias = (float(v) for v in start)
    want = np.sqrt(2 / 200)
    require(
        abs(spread / want - 1) < 0.05 and abs(mean) < 0.1 * want,
        f"The weights of a new Conv2d(8, 50, 5, rng) have the spread {spread:.4f} and the mean {mean:.4f}; He asks for "
        f"the spread sqrt(2 / (C k k)) = {want:.4f} around 0: a filter looks at C k k numbers.",
    )
    require(bias == 0, f"The biases of a new Conv2d must be 0; the largest is {bias:.3g}.")


def _start_of(layer):
    K = np.asarray(layer.params["K"], float)
    return float(K.std()), float(K.mean()), float(np.abs(np.asarray(layer.params["b"], float)).max())


@graded
def test_Conv2d_craft(Conv2d):
    """images and blame stay as they were, weights come from rng, and two layers share nothing"""
    rng = rngs(1)[0]
    X, (K, b) = images(rng, 2, 2, 4, 5), filters(rng, 3, 2, 3, 3)
    dout = blame_for(rng, X, K, 1, 0)

    def scenario(C):
        layer, own, blame = filled(2, 3, 3, K, b)(C), X.copy(), dout.copy()
        out = layer.forward(own, training=True)
        layer.backward(blame)
        return out, own, blame, layer.params["K"], layer.params["b"]

    assert_agrees_on(
        Conv2d,
        "layer.forward(X) and layer.backward(dout): the scores, then X, dout, params['K'] and params['b']",
        scenario,
    )
    first, again, second, other = Conv2d.case(
        "the first weights of Conv2d(2, 3, 3, rng): with a seed, with it again, the second layer of that rng, another "
        "seed",
        _four,
    )
    require(np.array_equal(first, again), "Twice the same seed gave two different layers: draw all weights from rng.")
    require(
        not np.allclose(first, second) and not np.allclose(first, other),
        "Two layers made one after the other, or with two seeds, have the same weights: draw them from rng.",
    )

    def pair(C):
        one, two = filled(2, 3, 3, K, b)(C), filled(2, 3, 3, -K, b + 1)(C)
        a, _ = one.forward(X.copy(), training=True), two.forward(2 * X, training=True)
        return a, one.backward(dout.copy()), one.forward(X.copy())

    assert_agrees_on(Conv2d, "two layers: one.forward(X), two.forward(2 * X), one.backward(dout), one.forward(X)", pair)


def _four(C):
    rng = seed(3)
    made = [C(2, 3, 3, rng), C(2, 3, 3, seed(3)), C(2, 3, 3, rng), C(2, 3, 3, seed(4))]
    return [np.array(layer.params["K"]) for layer in made]


# ---------------------------------------------------------------- MaxPool2d


def pools(X, *args, **options):
    """What is told, and a scenario: forward, and backward of blame that differs at every place."""
    words = ", ".join([*map(str, args), *(f"{key}={value}" for key, value in options.items())])

    def scenario(C):
        layer = C(*args, **options)
        out = np.array(layer.forward(X.copy(), training=True), float)
        return out, layer.backward(np.cos(np.arange(out.size)).reshape(out.shape))

    return f"layer = MaxPool2d({words}): layer.forward(X) with X of shape {X.shape}, layer.backward(dout)", scenario


@graded
def test_MaxPool2d_basic(MaxPool2d):
    """forward keeps the largest of each window, backward blames it, and the stride is the size if none is told"""
    for rng in rngs():
        assert_agrees_on(MaxPool2d, *pools(images(rng, 2, 3, 4, 6), 2))
        assert_agrees_on(MaxPool2d, *pools(images(rng, 1, 2, 6, 9), 3))


@graded
def test_MaxPool2d_any_stride(MaxPool2d):
    """a stride of its own, sizes that do not divide, and the batch of the last forward work"""
    rng = rngs(1)[0]
    assert_agrees_on(MaxPool2d, *pools(images(rng, 2, 2, 5, 6), 3, 1))
    assert_agrees_on(MaxPool2d, *pools(images(rng, 1, 2, 7, 5), 2, stride=3))
    assert_agrees_on(MaxPool2d, *pools(images(rng, 2, 1, 5, 7), 2))
    X, other = images(rng, 2, 1, 4, 4), images(rng, 3, 2, 6, 2)

    def scenario(C):
        layer = C(2)
        layer.forward(X.copy(), training=True)
        out = layer.forward(other.copy(), training=True)
        return out, layer.backward(np.ones((3, 2, 3, 1)))

    assert_agrees_on(
        MaxPool2d,
        "layer = MaxPool2d(2): layer.forward(X), layer.forward(another batch), layer.backward(dout)",
        scenario,
    )


@graded
def test_MaxPool2d_craft(MaxPool2d):
    """nothing to learn: params and grads are empty; images and blame stay as they were"""
    rng = rngs(1)[0]
    X = images(rng, 2, 2, 4, 6)

    def scenario(C):
        layer, own, blame = C(2), X.copy(), np.ones((2, 2, 2, 3))
        out = layer.forward(own, training=True)
        layer.backward(blame)
        return out, own, blame, len(layer.params), len(layer.grads)

    assert_agrees_on(MaxPool2d, "MaxPool2d(2): forward(X), then X, dout, len(params) and len(grads)", scenario)


# ---------------------------------------------------------------- Flatten


def flat(X):
    """What is told, and a scenario: forward, and backward of blame that differs at every place."""

    def scenario(C):
        layer = C()
        out = np.array(layer.forward(X.copy(), training=True), float)
        return out, layer.backward(np.cos(np.arange(X.size)).reshape(len(X), -1))

    return f"layer = Flatten(): layer.forward(X) with X of shape {X.shape}, layer.backward(dout)", scenario


@graded
def test_Flatten_basic(Flatten):
    """forward lays out each image in one row, backward gives the blame the shape of the images again"""
    for rng in rngs():
        assert_agrees_on(Flatten, *flat(images(rng, 2, 3, 4, 5)))
        assert_agrees_on(Flatten, *flat(images(rng, 4, 1, 2, 3)))


@graded
def test_Flatten_any_batch(Flatten):
    """one image, single pixels, and the shape of the last forward work"""
    rng = rngs(1)[0]
    assert_agrees_on(Flatten, *flat(images(rng, 1, 2, 3, 4)))
    assert_agrees_on(Flatten, *flat(images(rng, 3, 5, 1, 1)))
    X, other = images(rng, 2, 1, 4, 4), images(rng, 3, 2, 2, 5)

    def scenario(C):
        layer = C()
        layer.forward(X.copy(), training=True)
        return layer.forward(other.copy(), training=True), layer.backward(np.arange(60.0).reshape(3, 20))

    assert_agrees_on(Flatten, "layer = Flatten(): forward(X), forward(another batch), backward(dout)", scenario)


@graded
def test_Flatten_craft(Flatten):
    """nothing to learn: params and grads are empty; images and blame stay as they were"""
    rng = rngs(1)[0]
    X = images(rng, 2, 2, 3, 2)

    def scenario(C):
        layer, own, blame = C(), X.copy(), np.ones((2, 12))
        out = np.array(layer.forward(own, training=True))
        layer.backward(blame)
        return out, own, blame, len(layer.params), len(layer.grads), list(own.shape), list(blame.shape)

    assert_agrees_on(
        Flatten, "Flatten(): forward(X), then X, dout, len(params), len(grads), the shapes of X and dout", scenario
    )


# ---------------------------------------------------------------- train_cnn

_PACKED = np.load(SOURCE / "13_convolution" / "digits.npz")
PIXELS, LABELS = _PACKED["images"][:, None] / 16, _PACKED["labels"].astype(int)


def parts_of(rng, n_train, n_val, n_test):
    """Three parts of the digits; the classes are numbered anew, so that a net trained before knows nothing."""
    order, y = rng.permutation(len(LABELS)), rng.permutation(10)[LABELS]
    cuts = np.split(order, np.cumsum([n_train, n_val, n_test]))[:3]
    return [(PIXELS[rows], y[rows]) for rows in cuts]


def judged(train_cnn, train, val, X, number=0):
    """Train, and read X: the classes, and whether a layer of the net has filters."""
    __tracebackhide__ = True

    def scenario(f):
        net = f(tuple(map(np.copy, train)), tuple(map(np.copy, val)), seed(number))
        scores = np.array(net.forward(X.copy()), float)
        slides = [len(np.shape(layer.params["K"])) == 4 for layer in net.layers if "K" in layer.params]
        return scores, any(slides)

    told = f"net = train_cnn(train, val, rng) for {len(train[1])} digits; net.forward(X)"
    scores, slides = train_cnn.case(told, scenario, seconds=30)
    require(
        np.shape(scores) == (len(X), 10),
        f"{told} has the shape {np.shape(scores)}; expected ten scores for each of {len(X)} images.",
    )
    require(np.isfinite(scores).all(), f"{told}: some scores are not finite. Try a smaller lr.")
    require(slides, "No layer of your net has filters: a Conv2d, with 'K' in its params, must be one of its layers.")
    return np.argmax(scores, axis=1)


@graded
def test_train_cnn_reads_digits(train_cnn):
    """a net with a Conv2d reads at least 95 % of digits that it has never seen"""
    scores = []
    for rng in rngs(3):
        train, val, (X, y) = parts_of(rng, 1350, 80, 367)
        scores.append(float(np.mean(judged(train_cnn, train, val, X, int(rng.integers(1000))) == y)))
        if not 0.85 < scores[0] < 0.96 or len({score >= 0.95 for score in scores}) < len(scores):
            break  # far from it at once, or two of a kind
    require(
        scores[0] >= 0.96 or sum(score >= 0.95 for score in scores) >= 2,
        f"Your net reads {', '.join(f'{score:.3f}' for score in scores)} of the 367 digits that it never saw, trained "
        "anew each time; it must be at least 0.95 two times of three. Is the validation accuracy still rising when you "
        "stop? Does it jump? Look at epochs and lr.",
    )


@graded
def test_train_cnn_with_fewer_digits(train_cnn):
    """with half of the digits it still reads 85 %, and each image is read by itself"""
    train, val, (X, y) = parts_of(rngs(1)[0], 700, 20, 500)
    share = float(np.mean(judged(train_cnn, train, val, X) == y))
    require(
        share >= 0.85,
        f"Trained on 700 digits, with 20 to look at, your net reads {share:.3f} of the others; it must be 0.85.",
        look="Learn from train; val is for looking only.",
    )

    def scenario(f):
        net = f(tuple(a[:64].copy() for a in train), val, seed())
        return np.array(net.forward(X[:6].copy()), float), np.array(net.forward(X[5:6].copy()), float)

    together, alone = train_cnn.case("net.forward of six images, and of the last of them alone", scenario, seconds=30)
    require(
        np.shape(alone) == (1, 10) and np.allclose(together[5], alone[0], atol=1e-6),
        "Your net gives an image other scores when it comes alone than in a batch.",
    )


@graded
def test_train_cnn_craft(train_cnn):
    """train and val stay as they were, and all chance comes from rng"""
    rng = rngs(1)[0]
    train, val, (X, _) = parts_of(rng, 96, 20, 30)

    def scenario(f):
        own = [tuple(map(np.copy, part)) for part in (train, val)]
        scores = [np.array(f(*copy.deepcopy(own), seed(2)).forward(X.copy()), float)]
        scores.append(np.array(f(*own, seed(2)).forward(X.copy()), float))
        return scores, [list(part) for part in own]

    (one, again), own = train_cnn.case("train_cnn(train, val, rng) for 96 digits, twice with one seed", scenario, 30)
    require(
        all(np.array_equal(a, b) for part, kept in zip(own, (train, val)) for a, b in zip(part, kept)),
        "train_cnn changed the caller's train or val.",
    )
    require(
        np.allclose(one, again, atol=1e-8),
        "Twice the same seed gave two different nets: all chance, weights and order, must come from the argument rng.",
    )


# ---------------------------------------------------------------- what the reference and the text claim


def test_reference_agrees_with_pytorch():
    import pytest

    torch = pytest.importorskip("torch", reason="pip install torch")
    functional = torch.nn.functional
    rng = np.random.default_rng(0)
    for shape, (kh, kw, stride, pad) in SLIDES:
        K, b = filters(rng, 3, shape[1], kh, kw)
        X, K, b = (torch.tensor(array, requires_grad=True) for array in (images(rng, *shape), K, b))
        out = functional.conv2d(X, K, b, stride=stride, padding=pad)
        dout = rng.normal(size=out.shape)
        out.backward(torch.tensor(dout))
        own = [one.detach().numpy() for one in (X, K, b)]
        np.testing.assert_allclose(right.conv2d_forward(*own, stride, pad), out.detach().numpy(), atol=1e-10)
        for got, want in zip(right.conv2d_backward(dout, *own[:2], stride, pad), (X.grad, K.grad, b.grad)):
            np.testing.assert_allclose(got, want.numpy(), atol=1e-10)
        rows = functional.unfold(X, (kh, kw), padding=pad, stride=stride).detach().numpy().transpose(0, 2, 1)
        np.testing.assert_allclose(right.im2col(own[0], kh, kw, stride, pad), rows.reshape(-1, rows.shape[2]))
    for shape, size, stride in (((2, 3, 5, 7), 2, 2), ((2, 2, 5, 6), 3, 1), ((2, 1, 7, 8), 2, 3)):
        X = torch.tensor(images(rng, *shape), requires_grad=True)
        out = functional.max_pool2d(X, size, stride)
        dout = rng.normal(size=out.shape)
        out.backward(torch.tensor(dout))
        got, cache = right.maxpool_forward(X.detach().numpy(), size, stride)
        np.testing.assert_allclose(got, out.detach().numpy())
        np.testing.assert_allclose(right.maxpool_backward(dout, cache), X.grad.numpy())


def test_the_turning_point_is_what_the_text_says():
    """A flatten falls with the shift, a global maximum stands, and with enough margin it does not move at all."""
    from course_tests.reference.backprop import Activation, Dense, Network
    from course_tests.reference.digits import fit, predict

    class GlobalMax:
        def __init__(self):
            self.params, self.grads = {}, {}

        def forward(self, X, training=False):
            self.X = X
            return right.global_max(X)

        def backward(self, dout):
            return right.global_max_backward(dout, self.X)

    def sheets(X, down=0, across=0):
        made = np.zeros((len(X), 1, 12, 12))
        made[:, :, 2 + down : 10 + down, 2 + across : 10 + across] = X
        return made

    rng = np.random.default_rng(1)
    order = rng.permutation(len(LABELS))
    train, val, test = ((PIXELS[rows], LABELS[rows]) for rows in np.split(order, (1000, 1100)))

    def trained(layers, epochs):
        net = Network(layers)
        for lr, part in ((0.2, epochs - 2), (0.05, 2)):
            fit(net, (sheets(train[0]), train[1]), (sheets(val[0]), val[1]), part, 32, lr, rng)
        return net, [read(net, 0, k) for k in range(3)]

    def read(net, down, across):
        return float(np.mean(np.asarray(predict(net, sheets(test[0], down, across))) == test[1]))

    _, dense = trained([right.Flatten(), Dense(144, 32, rng), Activation("relu"), Dense(32, 10, rng)], 15)
    walkers = right.Conv2d(1, 32, 5, rng)
    _, flat = trained(
        [right.Conv2d(1, 16, 5, rng), Activation("relu"), right.MaxPool2d(2), right.Flatten(), Dense(256, 10, rng)], 8
    )
    stands, anywhere = trained([walkers, Activation("relu"), GlobalMax(), Dense(32, 10, rng)], 14)
    assert min(dense[0], flat[0]) > 0.9 and anywhere[0] > 0.88
    assert dense[1] < 0.65 and dense[2] < 0.3 and flat[1] < 0.85 and flat[2] < 0.4
    assert anywhere[1] > 0.85 and anywhere[2] > 0.75
    walkers.pad = 4
    everywhere = {read(stands, down, across) for down in (-2, 0, 1) for across in (-1, 0, 2)}
    assert len(everywhere) == 1, f"With a margin the accuracy must be the same at every shift; it is {everywhere}"


test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8 = quiz_tests(8)
