"""Hidden tests of 01_pixels. See checks.py for what each check says when it fails."""

import numpy as np

from course_tests.checks import (
    assert_agrees,
    assert_built_by_hand,
    assert_fast,
    assert_leaves_inputs_alone,
    assert_no_warnings,
    assert_raises,
    graded,
    quiz_tests,
    require,
    rngs,
    shuffled,
    varied,
)

VERTICAL = np.array([0.0, 1, 0, 0, 1, 0, 0, 1, 0])  # the centre lines, row by row
HORIZONTAL = np.array([0.0, 0, 0, 1, 1, 1, 0, 0, 0])


PRODUCTS = [
    "@",
    "dot",
    "inner",
    "matmul",
    "vdot",
    "einsum",
    "tensordot",
    "vecdot",
]  # what NumPy would do for the learner


# ---------------------------------------------------------------- make_line


@graded
def test_make_line_basic(make_line):
    """a vertical line fills one column with ones, a horizontal line fills one row"""
    for index in range(3):
        assert_agrees(make_line, "vertical", index)
        assert_agrees(make_line, "horizontal", index)


@graded
def test_make_line_every_size(make_line):
    """make_line works for sizes from 3 to 7 and refuses an unknown kind with a ValueError"""
    for size in (4, 5, 6, 7, 3):
        for index in (0, size // 2, size - 1):
            assert_agrees(make_line, "vertical", index, size)
            assert_agrees(make_line, "horizontal", index, size=size)
    for kind in ("diagonal", "circle"):
        assert_raises(make_line, ValueError, kind, 1, because="kind must be 'vertical' or 'horizontal'")


@graded
def test_make_line_craft(make_line):
    """the pixels are floating-point numbers"""
    for kind in ("vertical", "horizontal"):
        made_of = make_line.case(
            f"make_line({kind!r}, 0).dtype", lambda f, kind=kind: str(np.asarray(f(kind, 0)).dtype)
        )
        require(
            made_of.startswith("float"),
            f"make_line({kind!r}, 0) is made of {made_of}; the pixels must be floats, so that later steps can "
            "give them values between 0 and 1.",
        )
    size = int(rngs(1)[0].integers(4, 20))
    assert_agrees(make_line, "vertical", np.int64(size - 2), size)


# ---------------------------------------------------------------- add_noise


def _grey(height=400, width=300):
    return np.full((height, width), 0.5)


@graded
def test_add_noise_basic(add_noise):
    """the noise has standard deviation sigma and mean 0, and every pixel stays between 0 and 1"""
    for rng in rngs():
        img = rng.uniform(0, 1, rng.integers(3, 12, size=2))
        noisy = np.asarray(add_noise(img, 0.3, rng))
        require(
            noisy.shape == img.shape,
            f"The image has shape {img.shape}, the noisy one {noisy.shape}: the shape must stay.",
        )
        require(
            noisy.min() >= 0 and noisy.max() <= 1,
            f"Pixels must stay between 0 and 1 after the noise; yours run from {noisy.min():.3g} to {noisy.max():.3g}.",
        )
        require(not np.allclose(noisy, img), "With sigma = 0.3 the image must change, but it came back as it was.")
    for rng in rngs():
        sigma = round(rng.uniform(0.04, 0.1), 3)
        noise = np.asarray(add_noise(_grey(), sigma, rng)) - 0.5
        require(
            abs(noise.mean()) < 0.01 * sigma + 0.001,
            f"On a grey image the noise must have mean 0; yours has {noise.mean():.3g}. Draw from a normal "
            "distribution around 0.",
        )
        require(
            abs(noise.std() / sigma - 1) < 0.02,
            f"With sigma = {sigma} the noise must have standard deviation {sigma}; yours has {noise.std():.3g}.",
        )


@graded
def test_add_noise_uses_rng(add_noise):
    """every pixel gets its own noise from rng; sigma 0 changes nothing; black, white and whole-number images work"""
    rng = rngs(1)[0]
    img = rng.uniform(0, 1, (2, 5))
    for whole in (np.eye(3, dtype=int), np.array([[0, 1, 1], [1, 0, 1]], np.uint8)):
        noisy = np.asarray(add_noise(whole, 0.2, rng))
        require(
            noisy.shape == whole.shape and not np.allclose(noisy, np.round(noisy)),
            f"An image of whole numbers came back as {noisy.tolist()}: the noise must not be rounded away.",
        )
    assert_agrees(add_noise, img, 0.0, rng)  # the one case without chance
    one, same = (np.asarray(add_noise(img, 0.2, np.random.default_rng(7))) for _ in range(2))
    require(
        np.allclose(one, same),
        "Two generators with the same seed gave different noise: take every random number from the argument rng.",
    )
    other = np.asarray(add_noise(img, 0.2, np.random.default_rng(8)))
    require(
        not np.allclose(one, other),
        "Two generators with different seeds gave the same noise: take the random numbers from the argument rng.",
    )
    noise = np.asarray(add_noise(_grey(200, 300), 0.1, rng)) - 0.5
    for axis, words in ((0, "column"), (1, "row")):
        spread = noise.mean(axis=axis).std()
        require(
            spread < 0.02,
            f"All pixels of a {words} got the same noise, or nearly: draw one number for EACH pixel, rng.normal(0, "
            "sigma, img.shape).",
        )
    for shade, words in ((0.0, "black"), (1.0, "white")):
        noisy = np.asarray(add_noise(np.full((60, 50), shade), 0.2, rng))
        away = np.mean(noisy != shade)
        require(
            0.4 < away < 0.6 and noisy.min() >= 0 and noisy.max() <= 1,
            f"On a {words} image half of the noise is clipped away and half shows; with you it shows in {away:.0%} of "
            "the pixels, "
            f"which run from {noisy.min():.3g} to {noisy.max():.3g}.",
        )


@graded
def test_add_noise_craft(add_noise):
    """the caller's image stays as it was, and each call draws new noise"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(add_noise, rng.permuted([[0.2, 0.9, 0.4], [0.0, 1.0, 0.6]], axis=1), 0.1, rng)

    def twice(f):
        rng = np.random.default_rng(3)
        return [np.asarray(f(np.array([[0.3, 0.5, 0.6], [0.4, 0.7, 0.5]]), 0.1, rng)).tolist() for _ in range(2)]

    first, second = add_noise.case("add_noise, twice with the same rng", twice)
    require(
        not np.allclose(first, second),
        "Two calls with one generator gave the same noise: rng must move on, so draw from it and never seed anew.",
    )


# ---------------------------------------------------------------- brighten


@graded
def test_brighten_basic(brighten):
    """every pixel is multiplied by k, and nothing gets brighter than 1"""
    for rng in rngs():
        img = rng.uniform(0, 1, (3, 4))
        for k in (1.7, 0.4, 3.0):
            assert_agrees(brighten, img, k)


@graded
def test_brighten_whole_numbers(brighten):
    """k = 0 gives black, k = 1 changes nothing, and images of whole numbers are not rounded or wrapped around"""
    img = rngs(1)[0].uniform(0.05, 0.45, (2, 5))
    for k in (2, 0, 1):
        assert_agrees(brighten, img, k)
    assert_agrees(brighten, np.array([[0, 1], [1, 0], [1, 1]]), 0.5)
    assert_agrees(brighten, np.array([[0, 1, 1]], np.uint8), 0.25)
    assert_agrees(brighten, np.array([[128, 0, 192], [64, 255, 1]], np.uint8), 2)
    assert_agrees(brighten, np.array([[0.3]]), 1.5)


@graded
def test_brighten_craft(brighten):
    """the caller's image stays as it was"""
    img = rngs(1)[0].permutation([[0.2, 0.9], [0.0, 1.0], [0.4, 0.6]])
    assert_agrees(brighten, img, 1.5)
    assert_leaves_inputs_alone(brighten, img, 1.5)
    assert_leaves_inputs_alone(brighten, np.array([[0.2, 0.1, 0.4]]), 0.5)


# ---------------------------------------------------------------- flatten_images


@graded
def test_flatten_images_basic(flatten_images):
    """each image becomes one row of numbers, read row by row"""
    for rng in rngs():
        assert_agrees(flatten_images, rng.uniform(0, 1, (4, 3, 3)))
        assert_agrees(flatten_images, rng.uniform(0, 1, (5, 2, 4)))


@graded
def test_flatten_images_not_square(flatten_images):
    """one image alone, images that are not square, and as many images as pixels work too"""
    rng = rngs(1)[0]
    for shape in ((2, 4, 3), (1, 3, 3), (3, 1, 6), (6, 2, 3), (9, 3, 3)):
        assert_agrees(flatten_images, rng.uniform(0, 1, shape))
    assert_agrees(flatten_images, np.arange(24).reshape(2, 3, 4))


@graded
def test_flatten_images_craft(flatten_images):
    """the caller's images keep their shape, and NumPy does the loop over the pixels"""
    assert_agrees(flatten_images, rngs(1)[0].uniform(0, 1, (3, 2, 4)))
    assert_leaves_inputs_alone(flatten_images, rngs(1)[0].uniform(0, 1, (3, 2, 4)))
    assert_fast(
        flatten_images,
        np.zeros((2000, 28, 28), np.uint8),
        at_most=20,
        look="An array can change its shape without a loop: look up reshape.",
    )


# ---------------------------------------------------------------- min_max_scale


@graded
def test_min_max_scale_basic(min_max_scale):
    """the smallest value becomes 0, the largest 1, and the others lie between in proportion"""
    for rng in rngs():
        assert_agrees(min_max_scale, rng.uniform(20, 220, (3, 4)))
        assert_agrees(min_max_scale, rng.normal(0, 2, (5, 2)))


@graded
def test_min_max_scale_constant_and_bytes(min_max_scale):
    """a constant image becomes zeros; bytes, arrays of other dimensions, and images under another light work"""
    rng = rngs(1)[0]
    assert_agrees(min_max_scale, rng.integers(30, 200, (3, 5)).astype(np.uint8))
    assert_agrees(min_max_scale, np.array([-3, 0, 5, 1]))
    assert_agrees(min_max_scale, rng.uniform(-4, -1, (2, 3, 4)))
    for constant in (np.full((3, 2), 7.0), np.zeros((2, 2)), np.full((2, 4), 200, np.uint8), np.array([[0.4]])):
        assert_agrees(min_max_scale, constant)
    x = rng.uniform(0, 1, (3, 3))
    shade, lamp = np.asarray(min_max_scale(x)), np.asarray(min_max_scale(3 * x + 2))
    require(
        np.allclose(shade, lamp, atol=1e-6),
        f"The same photo in more light (3 x + 2) must give the same result; one pixel is {shade[0, 0]:.4g} "
        f"in the shade and {lamp[0, 0]:.4g} under the lamp.",
    )


@graded
def test_min_max_scale_craft(min_max_scale):
    """the input stays as it was, NumPy has nothing to warn of, and a very dim image still reaches exactly 1"""
    assert_leaves_inputs_alone(min_max_scale, np.array([[3.0, 9.0, 4.0], [1.0, 5.0, 2.0]]))
    assert_no_warnings(min_max_scale, np.full((2, 3), 5.0), look="Look at max - min before you divide by it.")
    assert_agrees(min_max_scale, varied(rngs(1)[0], [[1e-4, 3e-4], [2.5e-4, 2e-4]]))


# ---------------------------------------------------------------- standardize


@graded
def test_standardize_basic(standardize):
    """every column gets mean 0 and standard deviation 1"""
    for rng in rngs():
        X = rng.normal(3, 2, (6, 4)) * np.array([1.0, 5.0, 0.5, 20.0])
        assert_agrees(standardize, X)
        Z = np.asarray(standardize(X))
        require(
            np.allclose(Z.mean(axis=0), 0) and np.allclose(Z.std(axis=0), 1),
            "Each column must have mean 0 and standard deviation 1.",
        )


@graded
def test_standardize_constant_column(standardize):
    """a column that never changes becomes zeros; one sample, whole numbers, square arrays and other units work"""
    rng = rngs(1)[0]
    assert_agrees(standardize, rng.integers(0, 9, (7, 3)))
    assert_agrees(standardize, rng.normal(0, 1, (4, 4)))
    X = rng.normal(1, 2, (5, 3))
    X[:, 1] = 4.0
    assert_agrees(standardize, X)
    assert_agrees(standardize, rng.normal(1, 2, (1, 5)))
    assert_agrees(standardize, 1e-4 * rng.normal(0, 1, (6, 2)), rtol=1e-3, atol=1e-3)  # little, but no constant
    X = rng.normal(0, 1, (6, 3))
    X[:, 2] = 0.1  # whose standard deviation is not exactly 0 in floats
    assert_agrees(standardize, X)
    assert_agrees(standardize, np.full((3, 2), 0.1))
    X = rng.normal(0, 1, (8, 3))
    one, other = (
        np.asarray(standardize(X)),
        np.asarray(standardize(X * np.array([10.0, 0.5, 2.0]) + np.array([1.0, -3.0, 0.0]))),
    )
    require(
        np.allclose(one, other, atol=1e-6),
        "Other units (each column times a positive number, plus a number) must give the same result.",
    )


@graded
def test_standardize_craft(standardize):
    """the input stays as it was, NumPy has nothing to warn of, and large numbers lose nothing"""
    assert_leaves_inputs_alone(standardize, np.array([[3.0, 9.0], [1.0, 5.0], [2.0, 4.0]]))
    assert_no_warnings(
        standardize,
        np.array([[3.0, 9.0], [3.0, 5.0], [3.0, 4.0]]),
        look="Look at the standard deviation before you divide by it.",
    )
    assert_agrees(standardize, 1e6 + rngs(1)[0].normal(0, 1, (20, 3)))


# ---------------------------------------------------------------- dot


@graded
def test_dot_basic(dot):
    """multiply entry by entry and add everything up"""
    for rng in rngs():
        assert_agrees(dot, rng.normal(0, 1, 4), rng.normal(0, 1, 4))
        assert_agrees(dot, rng.uniform(0, 1, 9), rng.normal(0, 1, 9))


@graded
def test_dot_refuses_different_lengths(dot):
    """vectors of different lengths raise a ValueError; whole numbers, one entry and any order of the two work"""
    rng = rngs(1)[0]
    assert_agrees(dot, np.array([3, -1, 2]), np.array([2, 4, -2]))
    assert_agrees(dot, np.array([2.5]), np.array([-3.0]))
    a, b = rng.normal(0, 1, 30), rng.normal(0, 1, 30)
    assert_agrees(dot, a, b)
    there, back = float(np.asarray(dot(a, b))), float(np.asarray(dot(b, a)))
    require(np.isclose(there, back), f"dot(a, b) and dot(b, a) must be the same; you gave {there:.6g} and {back:.6g}.")
    for one, other in ((5, 2), (3, 4)):
        assert_raises(
            dot,
            ValueError,
            rng.normal(0, 1, one),
            rng.normal(0, 1, other),
            because=f"the lengths differ ({one} and {other})",
        )


@graded
def test_dot_craft(dot):
    """the sum is written by hand, and both vectors stay as they were"""
    assert_agrees(dot, varied(rngs(1)[0], [1.0, 2.0, 3.0]), np.array([4.0, -5.0, 0.5]))
    assert_leaves_inputs_alone(dot, np.array([1.0, 2.0, 3.0]), np.array([4.0, -5.0, 0.5]))
    assert_built_by_hand(dot, PRODUCTS)


# ---------------------------------------------------------------- my_detector


@graded
def test_my_detector_prefers_vertical(my_detector):
    """your detector scores the vertical centre line at least 2 above the horizontal one"""
    weights = np.asarray(my_detector.value)
    require(weights.shape == (9,), f"my_detector must hold nine numbers, shape (9,); yours has shape {weights.shape}.")
    require(
        weights.dtype.kind in "biuf" and np.isfinite(weights.astype(float)).all(),
        "my_detector must hold nine ordinary numbers.",
    )
    vertical, horizontal = weights.astype(float) @ VERTICAL, weights.astype(float) @ HORIZONTAL
    require(
        vertical - horizontal >= 2 - 1e-9,
        f"Your detector gives the vertical centre line {vertical:.3g} and the horizontal one {horizontal:.3g}: "
        f"{vertical - horizontal:.3g} apart. The vertical one must be at least 2 above.",
    )


# ---------------------------------------------------------------- matmul


@graded
def test_matmul_basic(matmul):
    """entry [i, j] is row i of A dot column j of B"""
    for rng in rngs():
        assert_agrees(matmul, rng.normal(0, 1, (3, 4)), rng.normal(0, 1, (4, 2)))
        assert_agrees(matmul, rng.normal(0, 1, (3, 3)), rng.normal(0, 1, (3, 3)))


@graded
def test_matmul_shapes(matmul):
    """shapes that do not fit raise a ValueError; one row, one column, whole numbers and the identity work"""
    rng = rngs(1)[0]
    assert_agrees(matmul, rng.integers(-3, 4, (2, 3)), rng.normal(0, 1, (3, 3)))
    for m, k, p in ((1, 4, 1), (4, 1, 3), (2, 5, 2), (1, 9, 4)):
        assert_agrees(matmul, rng.normal(0, 1, (m, k)), rng.normal(0, 1, (k, p)))
    A = rng.normal(0, 1, (2, 4))
    assert_agrees(matmul, A, np.eye(4))
    B, C = rng.normal(0, 1, (4, 3)), rng.normal(0, 1, (3, 2))
    left, right = np.asarray(matmul(np.asarray(matmul(A, B)), C)), np.asarray(matmul(A, np.asarray(matmul(B, C))))
    require(np.allclose(left, right), "(A B) C and A (B C) must be the same; with your function they differ.")
    for one, other in (((2, 3), (2, 3)), ((2, 2), (3, 2)), ((3, 4), (3, 4))):
        assert_raises(
            matmul,
            ValueError,
            rng.normal(0, 1, one),
            rng.normal(0, 1, other),
            because=f"the inner sizes differ ({one[1]} columns in A, {other[0]} rows in B)",
        )


@graded
def test_matmul_craft(matmul):
    """the product is built from your own dot or loops, and both matrices stay as they were"""
    assert_agrees(
        matmul, varied(rngs(1)[0], [[1.0, 2.0, 0.5], [3.0, -1.0, 2.0]]), np.array([[4.0, -5.0], [0.5, 1.0], [2.0, 7.0]])
    )
    assert_leaves_inputs_alone(
        matmul, np.array([[1.0, 2.0, 0.5], [3.0, -1.0, 2.0]]), np.array([[4.0, -5.0], [0.5, 1.0], [2.0, 7.0]])
    )
    assert_built_by_hand(matmul, PRODUCTS)


# ---------------------------------------------------------------- make_lines


def _checked(told, result, n):
    """X and y as arrays, or the first thing that is wrong with them."""
    __tracebackhide__ = True
    pair = isinstance(result, (tuple, list)) and len(result) == 2
    require(pair, f"{told} must return two things, X and y: end with return X, y.")
    X, y = np.asarray(result[0], float), np.asarray(result[1], float)
    require(X.shape == (n, 9), f"{told}: X has shape {X.shape}; {n} images of nine pixels must have shape ({n}, 9).")
    require(y.shape == (n,), f"{told}: y has shape {y.shape}; one label for each image is shape ({n},).")
    require(
        np.isin(y, (0, 1)).all(),
        f"{told}: the labels must be 1 (vertical) and 0 (horizontal); yours are {np.unique(y)[:5].tolist()}.",
    )
    require(
        np.isfinite(X).all() and X.min() >= 0 and X.max() <= 1,
        f"{told}: pixels must lie between 0 and 1; yours run from {X.min():.3g} to {X.max():.3g}.",
    )
    return X, y


def _places(told, X, y, positions):
    """Where each clean line lies; fails where an image is no line of its label at one of the positions."""
    __tracebackhide__ = True
    found = []
    for row, (pixels, label) in enumerate(zip(X, y)):
        img = pixels.reshape(3, 3) if label else pixels.reshape(3, 3).T
        at = [p for p in range(3) if np.allclose(img, np.eye(3)[p])]
        kind = "vertical" if label else "horizontal"
        require(
            at,
            f"{told}: image {row} is labelled {label:.0f} ({kind}), but its pixels are {pixels.round(3).tolist()}, "
            f"which is no {kind} line.",
        )
        require(at[0] in positions, f"{told}: image {row} has its line at position {at[0]}, which is not in positions.")
        found.append(at[0])
    return np.array(found)


@graded
def test_make_lines_basic(make_lines):
    """X holds n images of nine pixels, y their labels: 1 for vertical, 0 for horizontal, half of each"""
    for n, rng in zip((12, 30, 200), rngs(3)):
        n += 2 * int(rng.integers(12))
        told = f"make_lines({n}, rng)"
        X, y = _checked(told, make_lines(n, rng), n)
        _places(told, X, y, (0, 1, 2))
        require(y.sum() == n / 2, f"{told}: {y.sum():.0f} of {n} labels are 1; half of them must be.")


@graded
def test_make_lines_options(make_lines):
    """positions and noise are used, the order is mixed, and the data come from rng"""
    rng, other = rngs()
    n = 2 * int(rng.integers(20, 30))
    half = n // 2
    X, y = _checked(f"make_lines({n}, rng)", make_lines(n, rng), n)
    again = _checked(f"make_lines({n}, rng)", make_lines(n, rng), n)
    require(
        np.allclose(X, again[0]) and np.allclose(y, again[1]),
        "Two generators with the same seed gave different data: take every random number from the argument rng.",
    )
    require(
        np.any(np.diff(y[:half])) and np.any(np.diff(y[half:])),
        "One half of the images has one label only: mix X and y in the same order.",
    )
    others = _checked(f"make_lines({n}, other_rng)", make_lines(n, other), n)
    require(
        not np.allclose(y, others[1]), "Two different generators gave the labels in the same order: mix them with rng."
    )
    require(
        not np.allclose(X, others[0]),
        "Two different generators gave the same images: take the random numbers from rng.",
    )
    for positions in shuffled([(0, 1, 2), (1,), (0, 2), [2]]):
        told = f"make_lines(120, rng, positions={positions})"
        X, y = _checked(told, make_lines(120, rng, positions=positions), 120)
        places = _places(told, X, y, positions)
        for label, kind in ((1, "vertical"), (0, "horizontal")):
            missing = set(positions) - set(places[y == label].tolist())
            require(
                not missing,
                f"{told}: no {kind} line at position {min(missing, default=0)} among 60: choose a position for each "
                "image afresh.",
            )
    X, y = _checked("make_lines(1000, rng, noise=0.1)", make_lines(1000, rng, (1,), 0.1), 1000)
    clean = np.round(X)
    _places("make_lines(1000, rng, (1,), noise=0.1), rounded", clean, y, (1,))
    seen, expected = np.abs(X - clean).mean(), 0.1 / np.sqrt(2 * np.pi)  # half of the noise is clipped away
    require(
        abs(seen / expected - 1) < 0.1,
        f"With noise=0.1 the pixels must move by {expected:.2g} on average; yours move by {seen:.2g}. Use "
        "add_noise(img, noise, rng).",
    )


@graded
def test_make_lines_craft(make_lines):
    """an odd n is split as evenly as it can be, each image has its own noise, and rng moves on"""
    for n in shuffled([7, 1, 31, 101, 201]):
        told = f"make_lines({n}, rng)"
        X, y = _checked(told, make_lines(n, rngs(1)[0]), n)
        _places(told, X, y, (0, 1, 2))
        require(
            abs(2 * y.sum() - n) <= 1,
            f"{told}: {y.sum():.0f} of {n} labels are 1; the two classes may differ by one image only.",
        )
    X, y = _checked("make_lines(60, rng, (1,), noise=0.2)", make_lines(60, rngs(1)[0], (1,), 0.2), 60)
    verticals = X[y == 1]
    require(
        len(np.unique(verticals.round(9), axis=0)) == len(verticals),
        "Two images have exactly the same noise: draw new noise for each image.",
    )

    def twice(f):
        rng = np.random.default_rng(5)
        return [np.asarray(f(30, rng)[0], float).tolist() for _ in range(2)]

    first, second = make_lines.case("make_lines, twice with the same rng", twice)
    require(
        not np.allclose(first, second),
        "Two calls with one generator gave the same images: rng must move on, so never make a new one inside.",
    )


test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8 = quiz_tests(8)
