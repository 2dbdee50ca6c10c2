"""Hidden tests of 06_evaluation. See checks.py for what each check says when it fails."""

import numpy as np

from course_tests.checks import (
    assert_agrees,
    assert_agrees_on,
    assert_leaves_inputs_alone,
    assert_no_warnings,
    assert_raises,
    graded,
    quiz_tests,
    require,
    rngs,
    shuffled,
)

VERTICAL = np.tile(np.eye(3), (1, 3))  # the three vertical lines as rows of nine pixels
HORIZONTAL = np.repeat(np.eye(3), 3, axis=1)
XOR_ONE, XOR_ZERO = np.array([[0.0, 1], [1, 0]]), np.array([[0.0, 0], [1, 1]])


def binary_votes(rng):
    """Truth and prediction in which the four counts (TP, FP, FN, TN) all differ, in mixed order."""
    counts = rng.choice(np.arange(2, 12), size=4, replace=False)
    pairs = rng.permutation(np.repeat([[1, 1], [0, 1], [1, 0], [0, 0]], counts, axis=0))
    return pairs[:, 0], pairs[:, 1]


def class_votes(rng, n_classes, n=40):
    """Truth and prediction among several classes, about two thirds right, never symmetric: 0 is called 2 more often
    than 2 is called 0.
    """
    y_true = rng.integers(n_classes, size=n)
    y_pred = np.where(rng.random(n) < 0.6, y_true, rng.integers(n_classes, size=n))
    order = rng.permutation(n + 12)
    return np.append(y_true, [0] * 12)[order], np.append(y_pred, [2] * 12)[order]


def table(rng, n, d):
    """Features on different scales and places, as a scaler meets them."""
    return rng.normal(size=(n, d)) * rng.uniform(0.5, 5, size=d) + rng.uniform(-4, 4, size=d)


# ---------------------------------------------------------------- accuracy


@graded
def test_accuracy_basic(accuracy):
    """accuracy is the share of right predictions"""
    for rng in rngs():
        assert_agrees(accuracy, *binary_votes(rng))
    assert_agrees(accuracy, np.array([1, 0, 0]), np.array([1, 0, 0]))


@graded
def test_accuracy_refuses_what_it_cannot_compare(accuracy):
    """accuracy takes several classes and bool votes, and refuses empty arrays and shapes that do not fit"""
    for rng in rngs():
        assert_agrees(accuracy, *class_votes(rng, 5))
    y_true, y_pred = binary_votes(rngs()[0])
    assert_agrees(accuracy, y_true, y_pred == 1)
    assert_agrees(accuracy, np.array([1]), np.array([0]))
    column = "(N,) and (N, 1) do not fit: == would compare every label with every prediction"
    assert_raises(accuracy, ValueError, y_true, y_pred[:1], because="there is one prediction for many labels")
    assert_raises(accuracy, ValueError, y_true, y_pred[:, None], because=column)
    assert_raises(accuracy, ValueError, y_true[:0], y_pred[:0], because="there is no sample, and 0 / 0 is not a share")


@graded
def test_accuracy_craft(accuracy):
    """accuracy leaves its inputs alone and gives one number for small whole-number types too"""
    y_true, y_pred = class_votes(rngs()[0], 4, 300)
    assert_agrees(accuracy, y_true.astype(np.uint8), y_pred.astype(np.uint8))
    assert_leaves_inputs_alone(accuracy, y_true, y_pred)


# ---------------------------------------------------------------- confusion_matrix


@graded
def test_confusion_matrix_basic(confusion_matrix):
    """confusion_matrix counts every pair: rows are the truth, columns the prediction"""
    for rng, n_classes in zip(rngs(), (3, 4)):
        assert_agrees(confusion_matrix, *class_votes(rng, n_classes), n_classes)


@graded
def test_confusion_matrix_absent_classes(confusion_matrix):
    """confusion_matrix has a row and a column for absent classes too, and counts pairs that come many times"""
    for rng in rngs():
        y_true, y_pred = class_votes(rng, 3)
        assert_agrees(confusion_matrix, y_true + 1, y_pred + 1, 6)  # classes 0, 4 and 5 never come
        y_true, y_pred = binary_votes(rng)
        assert_agrees(confusion_matrix, y_true, y_pred, 2)
    assert_agrees(confusion_matrix, np.full(700, 1), np.repeat([0, 1], [400, 300]), 2)
    assert_agrees(confusion_matrix, np.array([2]), np.array([0]), 3)


@graded
def test_confusion_matrix_craft(confusion_matrix):
    """confusion_matrix leaves its inputs alone, takes bool votes, and its cells sum to the number of samples"""
    y_true, y_pred = class_votes(rngs()[0], 4)
    assert_leaves_inputs_alone(confusion_matrix, y_true, y_pred, 4)
    total = np.sum(confusion_matrix(y_true, y_pred, 4))
    require(total == len(y_true), f"The cells must sum to the {len(y_true)} samples; yours sum to {total:g}.")
    y_true, y_pred = binary_votes(rngs()[1])
    assert_agrees(confusion_matrix, y_true, y_pred == 1, 2)


# ---------------------------------------------------------------- precision_recall_f1


def assert_shares_agree(subject, y_true, y_pred):
    """Three shares, in a tuple, a list or an array."""

    def scenario(shares):
        answer = shares(y_true.copy(), y_pred.copy())
        return None if answer is None else np.ravel(answer)

    assert_agrees_on(
        subject,
        f"precision_recall_f1(y_true, y_pred) with {np.sum(y_true)} positives and {np.sum(y_pred)} positive votes",
        scenario,
    )


@graded
def test_precision_recall_f1_basic(precision_recall_f1):
    """precision_recall_f1 gives three shares in this order, for class 1 as the positive class"""
    for rng in rngs(3):
        assert_shares_agree(precision_recall_f1, *binary_votes(rng))


@graded
def test_precision_recall_f1_without_positives(precision_recall_f1):
    """precision_recall_f1 gives 0.0 where a share would be 0/0, and 1.0 for perfect votes"""
    y_true, y_pred = binary_votes(rngs()[0])
    assert_shares_agree(precision_recall_f1, y_true, y_pred)
    nothing = np.zeros_like(y_true)
    assert_shares_agree(precision_recall_f1, y_true, nothing)  # no positive prediction
    assert_shares_agree(precision_recall_f1, nothing, y_pred)  # no positive sample
    assert_shares_agree(precision_recall_f1, nothing, nothing)
    assert_shares_agree(precision_recall_f1, y_true, 1 - y_true)  # every vote wrong
    assert_shares_agree(precision_recall_f1, y_true, y_true)


@graded
def test_precision_recall_f1_craft(precision_recall_f1):
    """precision_recall_f1 leaves its inputs alone, takes bool votes, and divides nothing by zero on the way"""
    y_true, y_pred = binary_votes(rngs()[0])
    assert_leaves_inputs_alone(precision_recall_f1, y_true, y_pred)
    assert_shares_agree(precision_recall_f1, y_true == 1, y_pred == 1)
    assert_no_warnings(precision_recall_f1, y_true, np.zeros_like(y_true), look="Test the divisor before you divide.")


# ---------------------------------------------------------------- train_val_test_split


def split_facts(subject, n, fractions, seed):
    """What one split of n numbered samples did: sizes, the numbers of all samples in order, rows beside their own
    label, rows in place.
    """

    def scenario(split):
        number = np.arange(n)
        parts = split(np.stack([number, number**2], axis=1), 3 * number + 1, fractions, np.random.default_rng(seed))
        X, y = [np.asarray(part) for part in parts[::2]], [np.asarray(part) for part in parts[1::2]]
        rows, labels = np.concatenate(X), np.concatenate(y)
        return {
            "outputs": len(parts),
            "sizes": [len(part) for part in X],
            "label sizes": [len(part) for part in y],
            "numbers": np.sort(rows[:, 0]),
            "aligned": np.sum(3 * rows[:, 0] + 1 == labels),
            "in place": np.mean(rows[:, 0] == number[: len(rows)]) if len(rows) <= n else 0.0,
        }

    facts = subject.case(f"train_val_test_split(X, y, {fractions}, rng) with {n} samples", scenario)
    require(
        facts["outputs"] == 6,
        f"Return six arrays: X_train, y_train, X_val, y_val, X_test, y_test. You returned {facts['outputs']:g} things.",
    )
    return {name: np.asarray(fact) for name, fact in facts.items()}


def require_a_split(subject, n, fractions, seed):
    facts = split_facts(subject, n, fractions, seed)
    sizes, wanted = facts["sizes"], np.multiply(fractions, n)
    require(sum(sizes) == n, f"{n} samples went in, {sum(sizes):g} came out: {sizes.tolist()}.")
    require(
        np.array_equal(facts["numbers"], np.arange(n)),
        f"Every sample must be in exactly one part; here {n - len(np.unique(facts['numbers']))} of {n} are in none, "
        "and others come twice.",
    )
    require(
        np.array_equal(facts["label sizes"], sizes) and facts["aligned"] == n,
        f"Only {facts['aligned']:g} of {n} rows still stand beside their own label.",
    )
    require(
        np.all(np.abs(sizes - wanted) < 1 - 1e-6),
        f"With {n} samples and fractions {fractions} the parts have sizes {sizes.tolist()}; about "
        f"{np.round(wanted, 2).tolist()} were asked for.",
    )
    require(
        n < 20 or facts["in place"] < 0.5,
        f"{facts['in place']:.0%} of the samples are where they were: mix them with rng.permutation.",
    )


@graded
def test_train_val_test_split_basic(train_val_test_split):
    """train_val_test_split puts every sample into one of three parts, in mixed order, beside its own label"""
    for seed, (n, fractions) in enumerate(
        shuffled([(50, (0.5, 0.3, 0.2)), (80, (0.5, 0.125, 0.375)), (70, (0.4, 0.2, 0.4)), (60, (0.2, 0.6, 0.2))])
    ):
        require_a_split(train_val_test_split, n, fractions, seed)


@graded
def test_train_val_test_split_edge(train_val_test_split):
    """train_val_test_split rounds sizes, takes images, follows its rng, and refuses fractions whose sum is not 1"""
    split = train_val_test_split
    # 0.29 * 100 is 28.999999999999996, and 0.7 + 0.2 + 0.1 is 0.9999999999999999
    for seed, (n, fractions) in enumerate(
        shuffled([(23, (0.6, 0.2, 0.2)), (100, (0.29, 0.57, 0.14)), (40, (0.7, 0.2, 0.1)), (30, (0.8, 0.2, 0.0))])
    ):
        require_a_split(split, n, fractions, seed)

    def labels(split, seed):
        return np.concatenate(
            [
                np.asarray(part)
                for part in split(np.zeros((50, 2)), np.arange(50), (0.6, 0.2, 0.2), np.random.default_rng(seed))[1::2]
            ]
        )

    same = split.case(
        "the same split twice, with the same seed", lambda split: np.mean(labels(split, 7) == labels(split, 7))
    )
    require(same == 1, "Two generators with the same seed must give the same split: take all random numbers from rng.")
    other = split.case("two splits, with two seeds", lambda split: np.mean(labels(split, 7) == labels(split, 8)))
    require(other < 1, "Two generators with different seeds gave the same split: use the rng that is passed in.")
    shapes = split.case(
        "train_val_test_split of 10 images of shape (3, 2)",
        lambda split: [
            list(np.shape(part))
            for part in split(np.zeros((10, 3, 2)), np.zeros(10), (0.5, 0.3, 0.2), np.random.default_rng(9))[::2]
        ],
    )
    require(
        np.array_equal(shapes, [[5, 3, 2], [3, 3, 2], [2, 3, 2]]),
        f"Ten images of shape (3, 2) became arrays of the shapes {shapes}.",
    )
    assert_raises(
        split,
        ValueError,
        np.zeros((10, 2)),
        np.arange(10),
        (0.5, 0.3, 0.3),
        np.random.default_rng(0),
        because="the fractions sum to 1.1",
    )
    assert_raises(
        split,
        ValueError,
        np.zeros((10, 2)),
        np.arange(10),
        (0.5, 0.3, 0.1),
        np.random.default_rng(0),
        because="the fractions sum to 0.9",
    )


@graded
def test_train_val_test_split_craft(train_val_test_split):
    """train_val_test_split leaves the caller's X and y in their order"""
    rng = rngs()[0]
    X, y = table(rng, 30, 3), np.arange(30)
    split_facts(train_val_test_split, 20, (0.5, 0.3, 0.2), 1)
    assert_leaves_inputs_alone(train_val_test_split, X, y, (0.6, 0.2, 0.2), np.random.default_rng(2))


# ---------------------------------------------------------------- fit_scaler, apply_scaler, scale_splits


@graded
def test_fit_scaler_basic(fit_scaler):
    """fit_scaler gives the mean and the standard deviation of each column"""
    for rng, shape in zip(rngs(), ((7, 3), (4, 6))):
        assert_agrees(fit_scaler, table(rng, *shape))


@graded
def test_fit_scaler_constant_column(fit_scaler):
    """fit_scaler gives the deviation 1 for a column that never changes, and takes whole numbers and one sample"""
    rng = rngs()[0]
    X = table(rng, 6, 4)
    X[:, 2] = 5.0
    assert_agrees(fit_scaler, X)
    assert_agrees(fit_scaler, rng.integers(0, 255, size=(8, 3)))
    assert_agrees(fit_scaler, rng.integers(0, 255, size=(8, 3)).astype(np.uint8))
    assert_agrees(fit_scaler, np.array([[2.0, -3.0]]))


@graded
def test_fit_scaler_craft(fit_scaler):
    """fit_scaler leaves its input alone and is as right for a square table"""
    X = table(rngs()[0], 5, 5)
    assert_leaves_inputs_alone(fit_scaler, X)
    assert_agrees(fit_scaler, X)


@graded
def test_apply_scaler_basic(apply_scaler):
    """apply_scaler subtracts the mean that it is given, then divides by the deviation that it is given"""
    for rng, shape in zip(rngs(), ((7, 3), (4, 6))):
        assert_agrees(
            apply_scaler, table(rng, *shape), rng.normal(2, 1, size=shape[1]), rng.uniform(0.5, 3, size=shape[1])
        )


@graded
def test_apply_scaler_one_sample(apply_scaler):
    """apply_scaler scales one sample as it would among many, and takes whole numbers"""
    rng = rngs()[0]
    X, mu, sd = table(rng, 9, 3), rng.normal(2, 1, size=3), rng.uniform(0.5, 3, size=3)
    assert_agrees(apply_scaler, X, mu, sd)
    assert_agrees(apply_scaler, X[:1], mu, sd)
    assert_agrees(apply_scaler, rng.integers(-9, 9, size=(4, 3)), mu, sd)
    together, alone = np.asarray(apply_scaler(X, mu, sd)), np.asarray(apply_scaler(X[4:5], mu, sd))
    require(
        np.allclose(together[4], alone[0]),
        "A sample came out differently among others: use only mu and sd, nothing of X as a whole.",
    )


@graded
def test_apply_scaler_craft(apply_scaler):
    """apply_scaler leaves its inputs alone"""
    rng = rngs()[0]
    assert_leaves_inputs_alone(apply_scaler, table(rng, 5, 3), rng.normal(2, 1, size=3), rng.uniform(0.5, 3, size=3))


@graded
def test_scale_splits_basic(scale_splits):
    """scale_splits scales all three parts with the mean and the deviation of the training part"""
    for rng in rngs():
        assert_agrees(scale_splits, table(rng, 12, 3), table(rng, 5, 3), table(rng, 4, 3))


@graded
def test_scale_splits_does_not_leak(scale_splits):
    """scale_splits lets nothing of the validation and test parts into mu and sd, and scales one test row like many"""
    rng = rngs()[0]
    X_train, X_val, X_test = table(rng, 10, 4), table(rng, 4, 4), table(rng, 6, 4)
    row = rng.integers(6)
    before = [np.asarray(part) for part in scale_splits(X_train, X_val, X_test)]
    changed = [np.asarray(part) for part in scale_splits(X_train, X_val, X_test + 100 * (np.arange(6) == row)[:, None])]
    require(len(before) == 3 and len(changed) == 3, f"Return three arrays; you returned {len(before)}.")
    require(
        np.allclose(before[0], changed[0]),
        "Changing one test row changed the scaled training rows: the test part has leaked into mu and sd.",
    )
    require(
        np.allclose(before[1], changed[1]),
        "Changing one test row changed the scaled validation rows: the test part has leaked into mu and sd.",
    )
    rest = np.arange(6) != row
    require(
        np.allclose(before[2][rest], changed[2][rest]),
        "Changing one test row changed the other test rows: mu and sd must come from the training part.",
    )
    moved = [np.asarray(part) for part in scale_splits(X_train, 3 * X_val - 7, X_test)]
    require(
        np.allclose(before[0], moved[0]) and np.allclose(before[2], moved[2]),
        "Changing the validation rows changed the other parts: mu and sd must come from the training part alone.",
    )
    one = [np.asarray(part) for part in scale_splits(X_train, X_val, X_test[:1])]
    require(
        np.shape(one[2]) == (1, 4) and np.allclose(one[2], before[2][:1]),
        "One test row alone came out differently than among others: mu and sd must come from the training part.",
    )


@graded
def test_scale_splits_craft(scale_splits):
    """scale_splits leaves its inputs alone"""
    rng = rngs()[0]
    assert_leaves_inputs_alone(scale_splits, table(rng, 8, 3), table(rng, 5, 3), table(rng, 4, 3))


# ---------------------------------------------------------------- saliency


@graded
def test_saliency_basic(saliency):
    """saliency is the size of weight times pixel, one number a pixel"""
    for rng in rngs():
        assert_agrees(saliency, rng.uniform(0.1, 1, size=9), rng.normal(size=9))


@graded
def test_saliency_any_sign(saliency):
    """saliency is never negative, also for scaled pixels below 0, and is 0 where the pixel or the weight is 0"""
    rng = rngs()[0]
    x, w = rng.normal(size=9), rng.normal(size=9)
    assert_agrees(saliency, x, w)
    dark = x * (np.arange(9) % 3 != 0)
    assert_agrees(saliency, dark, w)
    assert_agrees(saliency, x, np.where(np.arange(9) == 4, 0, w))
    assert_agrees(saliency, np.array([0, 1, 0, 0, 1, 0, 0, 1, 0]), w)
    total, score = np.sum(saliency(x, w)), abs(x @ w)
    require(
        total >= score - 1e-9,
        f"What all pixels weigh together ({total:.4g}) cannot be less than the score's size ({score:.4g}).",
    )


@graded
def test_saliency_craft(saliency):
    """saliency leaves its inputs (and so the trained weights) alone, and works for any number of pixels"""
    rng = rngs()[0]
    assert_leaves_inputs_alone(saliency, rng.normal(size=9), rng.normal(size=9))
    assert_agrees(saliency, rng.normal(size=16), rng.normal(size=16))


# ---------------------------------------------------------------- best_linear_accuracy


def sixths(best_linear_accuracy):
    """The learner's answer in sixths: 5 for five of six images."""
    return float(np.ravel(best_linear_accuracy())[0]) * 6


@graded
def test_best_linear_accuracy_basic(best_linear_accuracy):
    """best_linear_accuracy is a share of the six images that one neuron can really reach"""
    answer = sixths(best_linear_accuracy)
    require(
        abs(answer - round(answer)) < 0.05 and 0 <= answer < 6.05,
        f"Your answer is {answer / 6:.4g}; a share of six images is one of 0/6, 1/6, ... 6/6.",
    )
    require(
        answer > 3.5,
        f"Your answer is {answer / 6:.4g}. One neuron can do better: try weights that look at one row only.",
    )
    require(
        answer < 5.5,
        "Your answer says that one neuron gets all six images right. Name its weights, and you will find an image "
        "that is wrong.",
    )


@graded
def test_best_linear_accuracy_is_the_best(best_linear_accuracy):
    """best_linear_accuracy is the largest such share: there is a neuron that reaches it, and none that is better"""
    answer = sixths(best_linear_accuracy)
    require(
        abs(answer - 5) < 0.05,
        f"Your answer is {answer / 6:.4g}: that is not the largest share one neuron can reach. Search more neurons, "
        "or count again.",
    )


@graded
def test_best_linear_accuracy_craft(best_linear_accuracy):
    """best_linear_accuracy gives one number between 0 and 1, to three digits, and the same in every call"""
    answer = best_linear_accuracy()
    require(np.ndim(answer) == 0, f"Return one number; you returned an array of shape {np.shape(answer)}.")
    require(0 <= answer <= 1, f"A share lies between 0 and 1; you returned {answer:.4g}.")
    require(
        min(abs(answer - k / 6) for k in range(7)) < 1e-3,
        f"You returned {answer:.4g}: let Python divide instead of rounding by hand.",
    )
    require(
        best_linear_accuracy() == answer,
        "Two calls gave two answers: if you search at random, make the generator from a fixed seed inside.",
    )


# ---------------------------------------------------------------- the certificates


def mixtures(certificate, A, B):
    """Both weights and both mixtures of a certificate, in words and numbers that can be checked."""
    weights = certificate()
    require(len(weights) == 2, f"Return two arrays of weights; you returned {len(weights)} things.")
    alpha, beta = (np.asarray(part, float) for part in weights)
    for name, part, rows in (("first", alpha, A), ("second", beta, B)):
        require(
            np.size(part) == len(rows),
            f"The {name} array has shape {part.shape}; it must hold one weight for each of the {len(rows)} "
            f"{'images' if A.shape[1] == 9 else 'points'}.",
        )
    alpha, beta = alpha.ravel(), beta.ravel()
    return alpha, beta, alpha @ A, beta @ B


def require_weights(alpha, beta, tolerance):
    for name, part in (("first", alpha), ("second", beta)):
        require(np.all(np.isfinite(part)), f"The {name} weights are not all finite: {part.tolist()}.")
        require(
            part.min() >= -tolerance, f"The {name} weights hold {part.min():.4g}: in a mixture no weight is below 0."
        )
        require(
            abs(part.sum() - 1) <= tolerance,
            f"The {name} weights sum to {part.sum():.10g}; in a mixture they sum to 1.",
        )


def require_same_image(mix_a, mix_b, tolerance):
    worst = int(np.argmax(np.abs(mix_a - mix_b)))
    require(
        abs(mix_a - mix_b)[worst] <= tolerance,
        f"The two mixtures differ: entry {worst} is {mix_a[worst]:.10g} in one and {mix_b[worst]:.10g} in the other.",
    )


def require_no_neuron_tells_apart(alpha, beta, A, B):
    """The proof at work: for any neuron, the mixed scores of both classes are one number, so they cannot lie on two
    sides of 0.
    """
    for rng in rngs(3):
        w, b = rng.normal(size=A.shape[1]), rng.normal()
        one, other = alpha @ (A @ w + b), beta @ (B @ w + b)
        require(
            abs(one - other) <= 1e-5,
            f"There is a neuron that scores your first mixture {one:.4g} and your second {other:.4g}: they are not "
            "the same point, or the weights do not sum to 1.",
        )


@graded
def test_non_separable_certificate_basic(non_separable_certificate):
    """non_separable_certificate mixes both kinds of lines into the same image, but for rounding"""
    alpha_v, alpha_h, mix_v, mix_h = mixtures(non_separable_certificate, VERTICAL, HORIZONTAL)
    require_weights(alpha_v, alpha_h, 0.05)
    require_same_image(mix_v, mix_h, 0.05)


@graded
def test_non_separable_certificate_proves_it(non_separable_certificate):
    """non_separable_certificate holds against every neuron: weights from 0 up, sum 1, the same image on both sides"""
    alpha_v, alpha_h, mix_v, mix_h = mixtures(non_separable_certificate, VERTICAL, HORIZONTAL)
    require_weights(alpha_v, alpha_h, 1e-5)
    require_same_image(mix_v, mix_h, 1e-5)
    require_no_neuron_tells_apart(alpha_v, alpha_h, VERTICAL, HORIZONTAL)


@graded
def test_non_separable_certificate_craft(non_separable_certificate):
    """non_separable_certificate is exact to the last digits, in two arrays of shape (3,)"""
    alpha_v, alpha_h, mix_v, mix_h = mixtures(non_separable_certificate, VERTICAL, HORIZONTAL)
    shapes = [np.shape(part) for part in non_separable_certificate()]
    require(shapes == [(3,), (3,)], f"The two arrays must have shape (3,); yours have {shapes}.")
    require_weights(alpha_v, alpha_h, 1e-12)
    require_same_image(mix_v, mix_h, 1e-12)


@graded
def test_xor_certificate_basic(xor_certificate):
    """xor_certificate mixes the points of both XOR classes into the same point, but for rounding"""
    alpha_1, alpha_0, mix_1, mix_0 = mixtures(xor_certificate, XOR_ONE, XOR_ZERO)
    require_weights(alpha_1, alpha_0, 0.05)
    require_same_image(mix_1, mix_0, 0.05)


@graded
def test_xor_certificate_proves_it(xor_certificate):
    """xor_certificate holds against every line: weights from 0 up, sum 1, the same point on both sides"""
    alpha_1, alpha_0, mix_1, mix_0 = mixtures(xor_certificate, XOR_ONE, XOR_ZERO)
    require_weights(alpha_1, alpha_0, 1e-5)
    require_same_image(mix_1, mix_0, 1e-5)
    require_no_neuron_tells_apart(alpha_1, alpha_0, XOR_ONE, XOR_ZERO)


@graded
def test_xor_certificate_craft(xor_certificate):
    """xor_certificate is exact to the last digits, in two arrays of shape (2,)"""
    alpha_1, alpha_0, mix_1, mix_0 = mixtures(xor_certificate, XOR_ONE, XOR_ZERO)
    shapes = [np.shape(part) for part in xor_certificate()]
    require(shapes == [(2,), (2,)], f"The two arrays must have shape (2,); yours have {shapes}.")
    require_weights(alpha_1, alpha_0, 1e-12)
    require_same_image(mix_1, mix_0, 1e-12)


# ---------------------------------------------------------------- roc_auc


def scored(rng, n=25):
    """Labels and scores without ties, beyond 0 to 1 on both sides, with more negatives than positives."""
    y_true = rng.permutation(np.repeat([1, 0], [n // 3, n - n // 3]))
    return y_true, rng.normal(size=n) * 2 + y_true


@graded
def test_roc_auc_basic(roc_auc):
    """roc_auc is the share of pairs in which the positive sample has the higher score"""
    for rng in rngs():
        assert_agrees(roc_auc, *scored(rng))


@graded
def test_roc_auc_ties(roc_auc):
    """roc_auc counts a tie as one half, depends only on the order of the scores, and refuses a single class"""
    for rng in rngs():
        y_true, score = scored(rng)
        assert_agrees(roc_auc, y_true, np.round(score))
        same, stretched = float(roc_auc(y_true, score)), float(roc_auc(y_true, 5 * np.arctan(score) - 40))
        require(
            np.isclose(same, stretched),
            f"Squeezing the scores without changing their order changed your answer from {same:.4g} to "
            f"{stretched:.4g}.",
        )
    assert_agrees(roc_auc, np.array([0, 1, 1, 0, 1]), np.full(5, 0.5))
    assert_agrees(roc_auc, np.array([0, 1, 1, 0]), np.array([1, 2, 3, 1]))
    assert_raises(
        roc_auc,
        ValueError,
        np.ones(4, int),
        np.array([0.1, 0.6, 0.4, 0.3]),
        because="there is no negative sample to compare with",
    )
    assert_raises(
        roc_auc,
        ValueError,
        np.zeros(4, int),
        np.array([0.1, 0.6, 0.4, 0.3]),
        because="there is no positive sample to compare with",
    )


@graded
def test_roc_auc_craft(roc_auc):
    """roc_auc leaves its inputs alone and takes bool labels"""
    y_true, score = scored(rngs()[0])
    assert_leaves_inputs_alone(roc_auc, y_true, score)
    assert_agrees(roc_auc, y_true == 1, score)


test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8 = quiz_tests(8)
