"""Right answers to 01_pixels, written otherwise."""

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.pixels import add_noise, dot, make_line


@alternative("make_line")
def line_by_slices(kind, index, size=3):
    img = np.zeros((size, size))
    if kind == "vertical":
        img[:, index] = 1
    elif kind == "horizontal":
        img[index, :] = 1
    else:
        raise ValueError("unknown kind")
    return img


@alternative("make_line")
def line_by_loops(kind, index, size=3):
    if kind not in ("vertical", "horizontal"):
        raise ValueError(kind)
    img = []
    for row in range(size):
        img.append([])
        for column in range(size):
            here = column if kind == "vertical" else row
            img[row].append(1.0 if here == index else 0.0)
    return np.array(img)


@alternative("make_line")
def line_by_outer_product(kind, index, size=3):
    if kind not in ("vertical", "horizontal"):
        raise ValueError("kind must be 'vertical' or 'horizontal'")
    ones = np.ones(size)
    chosen = (np.arange(size) == index).astype(np.float32)
    return np.outer(ones, chosen) if kind == "vertical" else np.outer(chosen, ones)


@alternative("add_noise")
def noise_by_normal(img, sigma, rng):
    noisy = img + rng.normal(0, sigma, size=img.shape)
    noisy[noisy < 0] = 0
    noisy[noisy > 1] = 1
    return noisy


@alternative("add_noise")
def noise_pixel_by_pixel(img, sigma, rng):
    out = np.zeros(img.shape)
    for r in range(img.shape[0]):
        for c in range(img.shape[1]):
            out[r, c] = min(1.0, max(0.0, img[r, c] + rng.normal(0, sigma)))
    return out


@alternative("add_noise")
def noise_on_a_copy(img, sigma, rng):
    noisy = img.astype(float).copy()
    noisy += rng.normal(0.0, sigma, noisy.shape)
    return np.minimum(np.maximum(noisy, 0), 1)


@alternative("brighten")
def brighten_by_minimum(img, k):
    return np.minimum(1.0, img.astype(float) * k)


@alternative("brighten")
def brighten_by_where(img, k):
    product = np.asarray(img, dtype=float) * k
    return np.where(product > 1, 1, product)


@alternative("brighten")
def brighten_by_loops(img, k):
    return np.array([[min(1.0, float(pixel) * k) for pixel in row] for row in img])


@alternative("flatten_images")
def flatten_by_stacking(imgs):
    return np.stack([img.ravel() for img in imgs])


@alternative("flatten_images")
def flatten_by_sizes(imgs):
    n, h, w = imgs.shape
    return imgs.copy().reshape(n, h * w)


@alternative("flatten_images")
def flatten_by_joining_rows(imgs):
    return np.concatenate([imgs[:, row, :] for row in range(imgs.shape[1])], axis=1)


@alternative("flatten_images")
def flatten_image_by_image(imgs):
    out = np.zeros((imgs.shape[0], imgs.shape[1] * imgs.shape[2]))
    for i, img in enumerate(imgs):
        out[i] = img.flatten()
    return out


@alternative("min_max_scale")
def scale_by_interpolation(x):
    low, high = float(np.min(x)), float(np.max(x))
    if low == high:
        return np.zeros(np.shape(x))
    return np.interp(x, [low, high], [0, 1])


@alternative("min_max_scale")
def scale_with_a_floor_under_the_range(x):
    return (x - x.min()) / max(float(x.max()) - float(x.min()), 1e-12)


@alternative("min_max_scale")
def scale_in_two_steps(x):
    shifted = x.astype(float) - x.min()
    if shifted.max() == 0:
        return shifted
    return shifted / shifted.max()


@alternative("standardize")
def standardize_by_where(X):
    std = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(std > 1e-12, std, 1)


@alternative("standardize")
def standardize_with_a_small_number(X):
    return (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8)


@alternative("standardize")
def standardize_column_by_column(X):
    out = np.zeros(X.shape)
    for j in range(X.shape[1]):
        column = X[:, j]
        mean = sum(column) / len(column)
        std = (sum((v - mean) ** 2 for v in column) / len(column)) ** 0.5
        if std > 1e-12:
            out[:, j] = (column - mean) / std
    return out


@alternative("standardize")
def standardize_on_the_transpose(X):
    columns = X.T.astype(float)
    centred = columns - columns.mean(axis=1, keepdims=True)
    std = columns.std(axis=1, keepdims=True)
    std[std < 1e-12] = 1.0
    return (centred / std).T


@alternative("standardize")
def standardize_where_a_column_changes(X):
    out = np.zeros(X.shape)
    changes = X.max(axis=0) > X.min(axis=0)
    out[:, changes] = (X[:, changes] - X[:, changes].mean(axis=0)) / X[:, changes].std(axis=0)
    return out


@alternative("dot")
def dot_that_asserts_the_lengths(a, b):
    assert len(a) == len(b), "the lengths differ"
    total = 0.0
    for one, other in zip(a, b):
        total += one * other
    return total


@alternative("dot")
def dot_by_index(a, b):
    if len(a) != len(b):
        raise ValueError("lengths differ")
    total = 0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@alternative("dot")
def dot_by_while(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError(f"{np.shape(a)} and {np.shape(b)}")
    i, total = 0, 0.0
    while i < len(a):
        total = total + a[i] * b[i]
        i += 1
    return np.float64(total)


@alternative("dot")
def dot_by_comprehension(a, b):
    if not len(a) == len(b):
        raise ValueError("the vectors must have the same length")
    return sum([a[k] * b[k] for k in range(len(b))])


@alternative("matmul")
def matmul_by_two_loops(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            C[i, j] = dot(A[i], B[:, j])
    return C


@alternative("matmul")
def matmul_by_three_loops(A, B):
    rows, inner = A.shape
    inner_b, columns = B.shape
    if inner != inner_b:
        raise ValueError("inner sizes differ")
    C = [[0.0] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            for k in range(inner):
                C[i][j] += A[i, k] * B[k, j]
    return C


@alternative("matmul")
def matmul_by_outer_products(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    C = np.zeros((A.shape[0], B.shape[1]))
    for k in range(A.shape[1]):
        C += A[:, k][:, None] * B[k][None, :]
    return C


@alternative("make_lines")
def lines_then_shuffled(n, rng, positions=(0, 1, 2), noise=0.0):
    imgs, labels = [], []
    for i in range(n):
        kind = "vertical" if i < n // 2 else "horizontal"
        img = make_line(kind, positions[rng.integers(len(positions))])
        imgs.append(add_noise(img, noise, rng).flatten())
        labels.append(1 if kind == "vertical" else 0)
    order = rng.permutation(n)
    return np.array(imgs)[order], np.array(labels)[order]


@alternative("make_lines")
def lines_with_float_labels(n, rng, positions=(0, 1, 2), noise=0.0):
    y = np.zeros(n)
    y[: (n + 1) // 2] = 1.0
    rng.shuffle(y)
    X = np.zeros((n, 9))
    for i in range(n):
        p = rng.choice(list(positions))
        img = np.zeros((3, 3))
        if y[i] == 1:
            img[:, p] = 1
        else:
            img[p, :] = 1
        X[i] = img.reshape(9)
    return np.clip(X + rng.normal(0, noise, X.shape), 0, 1), y


@alternative("make_lines")
def lines_with_positions_in_turn(n, rng, positions=(0, 1, 2), noise=0.0):
    pairs = [(i % 2, positions[(i // 2) % len(positions)]) for i in range(n)]
    rng.shuffle(pairs)
    X = [add_noise(make_line(["horizontal", "vertical"][label], p), noise, rng).ravel() for label, p in pairs]
    return np.array(X), np.array([bool(label) for label, p in pairs])


@alternative("my_detector", value=True)
def rewards_the_middle_column_only():
    return np.array([0.0, 1, 0, 0, 1, 0, 0, 1, 0])


@alternative("my_detector", value=True)
def writes_a_plain_list():
    return [-1, 2, -1, -1, 2, -1, -1, 2, -1]


@alternative("my_detector", value=True)
def only_punishes_horizontal():
    return np.array([0, 0, 0, -3, 0.5, -3, 0, 0, 0])
