"""Mistakes that learners make in 04_losses."""

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference.activations import softmax
from course_tests.reference.losses import answers

# ---------------------------------------------------------------- mean_squared_error, mean_absolute_error


@misconception(
    "mean_squared_error",
    caught_by=["test_mean_squared_error_basic", "test_mean_squared_error_any_shape", "test_mean_squared_error_craft"],
    hint="You added the squares up. The mean also divides by how many there are, so that ten samples and a thousand "
    "can be compared.",
)
def adds_the_squares_up(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.sum((y_pred.astype(float) - y_true) ** 2)


@misconception(
    "mean_squared_error",
    caught_by=["test_mean_squared_error_basic", "test_mean_squared_error_any_shape", "test_mean_squared_error_craft"],
    hint="Exactly half of it: some books put 1/2 in front so that the slope looks nicer. This course's mean squared "
    "error has no 1/2.",
)
def puts_one_half_in_front(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return 0.5 * np.mean((y_pred.astype(float) - y_true) ** 2)


@misconception(
    "mean_squared_error",
    caught_by=["test_mean_squared_error_basic", "test_mean_squared_error_any_shape", "test_mean_squared_error_craft"],
    hint="You took the mean first and squared it then, so errors of +1 and -1 cancel. Square every error, then take "
    "the mean.",
)
def squares_the_mean(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.mean(y_pred.astype(float) - y_true) ** 2


@misconception(
    "mean_squared_error",
    caught_by=["test_mean_squared_error_basic", "test_mean_squared_error_any_shape", "test_mean_squared_error_craft"],
    hint="That is the root of it (the RMSE). Leave the square root out.",
)
def takes_the_square_root(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.sqrt(np.mean((y_pred.astype(float) - y_true) ** 2))


@misconception(
    "mean_squared_error",
    caught_by=["test_mean_squared_error_basic", "test_mean_squared_error_any_shape", "test_mean_squared_error_craft"],
    hint="You took the absolute value of each error; that is the other loss. Here every error is squared.",
)
def takes_absolute_values_of_the_errors(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.mean(np.abs(y_pred.astype(float) - y_true))


@misconception(
    "mean_squared_error",
    caught_by="test_mean_squared_error_any_shape",
    hint="For a table you divided by the number of rows only. The mean runs over all entries: rows times columns.",
)
def divides_squares_by_rows_only(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.sum((y_pred.astype(float) - y_true) ** 2) / len(y_true)


@misconception(
    "mean_squared_error",
    caught_by="test_mean_squared_error_any_shape",
    hint="You subtract bytes from bytes: in uint8, 0 - 1 is 255. Turn both into floats before you subtract.",
)
def subtracts_bytes_before_squaring(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.mean((y_pred - y_true) ** 2)


@misconception(
    "mean_squared_error",
    caught_by="test_mean_squared_error_any_shape",
    hint="Shapes (N,) and (N, 1) went through: NumPy stretched them to (N, N), and your mean of squares ran over N "
    "times N numbers. Compare the shapes first and raise ValueError.",
)
def stretches_shapes_before_squaring(y_true, y_pred):
    return np.mean((np.asarray(y_pred, float) - y_true) ** 2)


@misconception(
    "mean_squared_error",
    caught_by="test_mean_squared_error_craft",
    hint="You changed the caller's y_pred with -=, which works in place. Write error = y_pred - y_true: that makes a "
    "new array.",
)
def squares_in_the_callers_array(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    y_pred = np.asarray(y_pred, dtype=float)
    y_pred -= y_true
    return np.mean(y_pred**2)


@misconception(
    "mean_squared_error",
    caught_by=["test_mean_squared_error_basic", "test_mean_squared_error_any_shape", "test_mean_squared_error_craft"],
    hint="You returned every squared error. A loss is ONE number: take the mean of them.",
)
def returns_every_squared_error(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return (y_pred.astype(float) - y_true) ** 2


@misconception(
    "mean_squared_error",
    caught_by="test_mean_squared_error_any_shape",
    hint="You took a mean for each column (axis=0). Leave axis out: one number for the whole table.",
)
def squares_by_column(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.mean((y_pred.astype(float) - y_true) ** 2, axis=0)


@misconception(
    "mean_squared_error",
    caught_by=["test_mean_squared_error_basic", "test_mean_squared_error_any_shape", "test_mean_squared_error_craft"],
    hint="You doubled the error instead of squaring it: in Python a square is **2, and *2 is twice.",
)
def doubles_instead_of_squaring(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.mean((y_pred.astype(float) - y_true) * 2)


@misconception(
    "mean_squared_error",
    caught_by=["test_mean_squared_error_basic", "test_mean_squared_error_any_shape", "test_mean_squared_error_craft"],
    hint="You printed the loss; nothing came back. Write return in front of it.",
)
def prints_the_mean_of_squares(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    print(np.mean((y_pred.astype(float) - y_true) ** 2))


@misconception(
    "mean_absolute_error",
    caught_by=[
        "test_mean_absolute_error_basic",
        "test_mean_absolute_error_any_shape",
        "test_mean_absolute_error_craft",
    ],
    hint="Without the absolute value, errors above and below cancel. Take np.abs of every error before the mean.",
)
def forgets_the_absolute_value(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.mean(y_pred.astype(float) - y_true)


@misconception(
    "mean_absolute_error",
    caught_by=[
        "test_mean_absolute_error_basic",
        "test_mean_absolute_error_any_shape",
        "test_mean_absolute_error_craft",
    ],
    hint="You took the absolute value of the mean: by then +1 and -1 have cancelled. First np.abs of each, then the "
    "mean.",
)
def takes_the_size_of_the_mean(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.abs(np.mean(y_pred.astype(float) - y_true))


@misconception(
    "mean_absolute_error",
    caught_by=[
        "test_mean_absolute_error_basic",
        "test_mean_absolute_error_any_shape",
        "test_mean_absolute_error_craft",
    ],
    hint="You squared the errors; that is the other loss. Here it is their absolute value.",
)
def squares_the_errors(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.mean((y_pred.astype(float) - y_true) ** 2)


@misconception(
    "mean_absolute_error",
    caught_by=[
        "test_mean_absolute_error_basic",
        "test_mean_absolute_error_any_shape",
        "test_mean_absolute_error_craft",
    ],
    hint="You added the sizes of the errors up. Divide by how many there are: the mean.",
)
def adds_the_sizes_up(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.sum(np.abs(y_pred.astype(float) - y_true))


@misconception(
    "mean_absolute_error",
    caught_by="test_mean_absolute_error_any_shape",
    hint="For a table you divided the sizes by the number of rows. The mean runs over all entries.",
)
def divides_sizes_by_rows_only(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.sum(np.abs(y_pred.astype(float) - y_true)) / len(y_true)


@misconception(
    "mean_absolute_error",
    caught_by="test_mean_absolute_error_any_shape",
    hint="Bytes have no negative numbers: in uint8, 0 - 1 is 255, and np.abs comes too late. Turn both into floats "
    "first.",
)
def subtracts_bytes_before_taking_sizes(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.mean(np.abs(y_pred - y_true))


@misconception(
    "mean_absolute_error",
    caught_by="test_mean_absolute_error_any_shape",
    hint="Shapes (N,) and (N, 1) went through: NumPy made (N, N) errors of them, and you took the sizes of all. "
    "Compare the shapes first and raise ValueError.",
)
def stretches_shapes_before_taking_sizes(y_true, y_pred):
    return np.mean(np.abs(np.asarray(y_pred, float) - y_true))


@misconception(
    "mean_absolute_error",
    caught_by="test_mean_absolute_error_craft",
    hint="Your -= wrote the errors into the caller's array of predictions. Give the difference a name of its own.",
)
def takes_sizes_in_the_callers_array(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    y_pred = np.asarray(y_pred, dtype=float)
    y_pred -= y_true
    return np.mean(np.abs(y_pred))


@misconception(
    "mean_absolute_error",
    caught_by=[
        "test_mean_absolute_error_basic",
        "test_mean_absolute_error_any_shape",
        "test_mean_absolute_error_craft",
    ],
    hint="That is the median of the errors, the one in the middle. The mean counts all of them.",
)
def takes_the_median(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.median(np.abs(y_pred.astype(float) - y_true))


@misconception(
    "mean_absolute_error",
    caught_by=[
        "test_mean_absolute_error_basic",
        "test_mean_absolute_error_any_shape",
        "test_mean_absolute_error_craft",
    ],
    hint="You returned the size of every error. A loss is ONE number: take their mean.",
)
def returns_every_size(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.abs(y_pred.astype(float) - y_true)


@misconception(
    "mean_absolute_error",
    caught_by=[
        "test_mean_absolute_error_basic",
        "test_mean_absolute_error_any_shape",
        "test_mean_absolute_error_craft",
    ],
    hint="The largest error says nothing of the others. Take the mean of all sizes, not np.max.",
)
def takes_the_largest_error(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.max(np.abs(y_pred.astype(float) - y_true))


# ---------------------------------------------------------------- binary_cross_entropy


@misconception(
    "binary_cross_entropy",
    caught_by=[
        "test_binary_cross_entropy_basic",
        "test_binary_cross_entropy_finite_at_zero_and_one",
        "test_binary_cross_entropy_craft",
    ],
    hint="You added the samples up: N times too large. Take np.mean, not np.sum.",
)
def adds_the_surprises_up(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), eps, 1 - eps)
    return -np.sum(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by=[
        "test_binary_cross_entropy_basic",
        "test_binary_cross_entropy_finite_at_zero_and_one",
        "test_binary_cross_entropy_craft",
    ],
    hint="A loss below 0: the logarithm of a probability is negative, so the formula needs the minus in front.",
)
def forgets_the_minus_in_front(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), eps, 1 - eps)
    return np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by=[
        "test_binary_cross_entropy_basic",
        "test_binary_cross_entropy_finite_at_zero_and_one",
        "test_binary_cross_entropy_craft",
    ],
    hint="That is half of the formula: samples with y = 0 cost nothing. Add (1 - y) log(1 - p).",
)
def leaves_out_label_zero(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), eps, 1 - eps)
    return -np.mean(y_true * np.log(p))


@misconception(
    "binary_cross_entropy",
    caught_by=[
        "test_binary_cross_entropy_basic",
        "test_binary_cross_entropy_finite_at_zero_and_one",
        "test_binary_cross_entropy_craft",
    ],
    hint="The minus belongs to both terms. Without brackets it reaches only the first one: write -(... + ...).",
)
def gives_the_minus_to_one_term(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), eps, 1 - eps)
    return np.mean(-y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by=[
        "test_binary_cross_entropy_basic",
        "test_binary_cross_entropy_finite_at_zero_and_one",
        "test_binary_cross_entropy_craft",
    ],
    hint="Truth and prediction are exchanged: you took the logarithm of the labels. Clip y_prob and take its "
    "logarithm; y_true stands in front.",
)
def exchanges_truth_and_prediction(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_true.astype(float), eps, 1 - eps)
    return -np.mean(y_prob * np.log(p) + (1 - y_prob) * np.log(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by=[
        "test_binary_cross_entropy_basic",
        "test_binary_cross_entropy_finite_at_zero_and_one",
        "test_binary_cross_entropy_craft",
    ],
    hint="That is log10. The natural logarithm is np.log; -log(0.5) must be 0.693.",
)
def takes_log_to_base_10(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), eps, 1 - eps)
    return -np.mean(y_true * np.log10(p) + (1 - y_true) * np.log10(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by=[
        "test_binary_cross_entropy_basic",
        "test_binary_cross_entropy_finite_at_zero_and_one",
        "test_binary_cross_entropy_craft",
    ],
    hint="That is log2, a loss in bits: an undecided vote costs 1. Here it costs ln 2 = 0.693: take np.log.",
)
def takes_log_to_base_2(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), eps, 1 - eps)
    return -np.mean(y_true * np.log2(p) + (1 - y_true) * np.log2(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by=[
        "test_binary_cross_entropy_basic",
        "test_binary_cross_entropy_finite_at_zero_and_one",
        "test_binary_cross_entropy_craft",
    ],
    hint="The second term has log(p) again. A sample with label 0 is surprised by 1 - p: write (1 - y) log(1 - p).",
)
def takes_log_p_twice(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), eps, 1 - eps)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(p))


@misconception(
    "binary_cross_entropy",
    caught_by=[
        "test_binary_cross_entropy_basic",
        "test_binary_cross_entropy_finite_at_zero_and_one",
        "test_binary_cross_entropy_craft",
    ],
    hint="The labels are the wrong way round: y belongs to log(p), and 1 - y belongs to log(1 - p).",
)
def exchanges_the_labels(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), eps, 1 - eps)
    return -np.mean((1 - y_true) * np.log(p) + y_true * np.log(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by=[
        "test_binary_cross_entropy_basic",
        "test_binary_cross_entropy_finite_at_zero_and_one",
        "test_binary_cross_entropy_craft",
    ],
    hint="You rounded the probabilities to votes before the logarithm. The loss needs to know HOW sure the neuron was.",
)
def rounds_to_votes_first(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip((y_prob > 0.5).astype(float), eps, 1 - eps)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by=["test_binary_cross_entropy_finite_at_zero_and_one", "test_binary_cross_entropy_craft"],
    hint="Ordinary votes are right, but log(0) is -inf, and 0 times -inf is nan. Clip p between eps and 1 - eps "
    "before the logarithm.",
)
def never_clips(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = y_prob.astype(float)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by=["test_binary_cross_entropy_finite_at_zero_and_one", "test_binary_cross_entropy_craft"],
    hint="np.nan_to_num hides the trouble: nan becomes 0 and infinity a number with 308 digits. Clip p before the "
    "logarithm instead.",
)
def hides_nan(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = y_prob.astype(float)
    return -np.mean(np.nan_to_num(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))


@misconception(
    "binary_cross_entropy",
    caught_by=["test_binary_cross_entropy_finite_at_zero_and_one", "test_binary_cross_entropy_craft"],
    hint="You left out the samples whose logarithm is infinite, so a sure, wrong vote costs nothing: the worst "
    "mistake is free. Clip p instead.",
)
def skips_infinite_samples(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = y_prob.astype(float)
    surprise = -(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))
    return np.mean(np.where(np.isfinite(surprise), surprise, 0.0))


@misconception(
    "binary_cross_entropy",
    caught_by="test_binary_cross_entropy_finite_at_zero_and_one",
    hint="In float32, 1 - 1e-12 is exactly 1, so your clip does nothing at the top. Turn y_prob into float64 before "
    "you clip.",
)
def clips_in_float32(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob, eps, 1 - eps)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by=["test_binary_cross_entropy_finite_at_zero_and_one", "test_binary_cross_entropy_craft"],
    hint="You clip at the bottom only: p = 1 still gives log(1 - 1) = -inf. The upper bound is 1 - eps.",
)
def clips_the_bottom_only(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.maximum(y_prob.astype(float), eps)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by="test_binary_cross_entropy_finite_at_zero_and_one",
    hint="You clip at 0.01 and 0.99, which changes ordinary votes: a perfect one costs 0.01. Clip at eps and 1 - eps.",
)
def clips_far_too_early(y_true, y_prob, eps=0.01):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), eps, 1 - eps)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by="test_binary_cross_entropy_finite_at_zero_and_one",
    hint="You add eps inside the logarithm. log(1 + eps) is above 0, so a sure, right vote costs less than nothing. "
    "Keep p between eps and 1 - eps: np.clip.",
)
def adds_eps_inside_the_logarithm(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = y_prob.astype(float)
    return -np.mean(y_true * np.log(p + eps) + (1 - y_true) * np.log(1 - p + eps))


@misconception(
    "binary_cross_entropy",
    caught_by="test_binary_cross_entropy_finite_at_zero_and_one",
    hint="Your clip has a fixed number. The caller may choose: use the argument eps.",
)
def ignores_eps(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), 1e-12, 1 - 1e-12)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by="test_binary_cross_entropy_craft",
    hint="The loss is right, but NumPy had to take log(0) on the way: you bounded the logarithm, not p. Clip p first.",
)
def bounds_the_logarithm(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p, low = y_prob.astype(float), np.log(eps)
    return -np.mean(y_true * np.maximum(np.log(p), low) + (1 - y_true) * np.maximum(np.log(1 - p), low))


@misconception(
    "binary_cross_entropy",
    caught_by="test_binary_cross_entropy_craft",
    hint="Your clip wrote into the caller's array (out=y_prob works in place). Let np.clip make a new one: p = "
    "np.clip(...).",
)
def clips_the_callers_array(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    y_prob = np.asarray(y_prob, dtype=float)
    np.clip(y_prob, eps, 1 - eps, out=y_prob)
    return -np.mean(y_true * np.log(y_prob) + (1 - y_true) * np.log(1 - y_prob))


@misconception(
    "binary_cross_entropy",
    caught_by="test_binary_cross_entropy_finite_at_zero_and_one",
    hint="Shapes (N,) and (N, 1) went through: every label met every probability, N times N surprises. Compare the "
    "shapes first and raise ValueError.",
)
def lets_every_label_meet_every_vote(y_true, y_prob, eps=1e-12):
    p = np.clip(np.asarray(y_prob, float), eps, 1 - eps)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by="test_binary_cross_entropy_finite_at_zero_and_one",
    hint="You print a warning about the shapes and go on. The caller needs to be stopped: raise ValueError(...).",
)
def prints_a_warning_about_shapes(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        print("shapes differ")
        return 0.0
    p = np.clip(y_prob.astype(float), eps, 1 - eps)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by=[
        "test_binary_cross_entropy_basic",
        "test_binary_cross_entropy_finite_at_zero_and_one",
        "test_binary_cross_entropy_craft",
    ],
    hint="The brackets are lost: y log(p) + 1 - y log(1 - p) is not y log(p) + (1 - y) log(1 - p).",
)
def loses_the_brackets(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), eps, 1 - eps)
    return -np.mean(y_true * np.log(p) + 1 - y_true * np.log(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by=[
        "test_binary_cross_entropy_basic",
        "test_binary_cross_entropy_finite_at_zero_and_one",
        "test_binary_cross_entropy_craft",
    ],
    hint="You returned the surprise of every sample. A loss is ONE number: take their mean.",
)
def returns_every_surprise(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), eps, 1 - eps)
    return -(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@misconception(
    "binary_cross_entropy",
    caught_by=[
        "test_binary_cross_entropy_basic",
        "test_binary_cross_entropy_finite_at_zero_and_one",
        "test_binary_cross_entropy_craft",
    ],
    hint="You took the two means apart, each over its own label, and added them. One mean over all N samples is "
    "wanted.",
)
def averages_each_label_apart(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), eps, 1 - eps)
    loss = 0.0
    if (y_true == 1).any():
        loss -= np.log(p[y_true == 1]).mean()
    if (y_true == 0).any():
        loss -= np.log(1 - p[y_true == 0]).mean()
    return loss


@misconception(
    "binary_cross_entropy",
    caught_by=[
        "test_binary_cross_entropy_basic",
        "test_binary_cross_entropy_finite_at_zero_and_one",
        "test_binary_cross_entropy_craft",
    ],
    hint="You took the logarithm of the mean. Surprise is counted vote by vote: logarithm first, mean afterwards.",
)
def takes_the_logarithm_of_the_mean(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), eps, 1 - eps)
    return -np.log(np.mean(y_true * p + (1 - y_true) * (1 - p)))


@misconception(
    "binary_cross_entropy",
    caught_by=[
        "test_binary_cross_entropy_basic",
        "test_binary_cross_entropy_finite_at_zero_and_one",
        "test_binary_cross_entropy_craft",
    ],
    hint="That is the mean of |y - p|, without any logarithm. Cross-entropy is -log of the probability given to what "
    "was true.",
)
def charges_the_distance(y_true, y_prob, eps=1e-12):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), eps, 1 - eps)
    return np.mean(np.abs(y_true - p))


# ---------------------------------------------------------------- categorical_cross_entropy


@misconception(
    "categorical_cross_entropy",
    caught_by=[
        "test_categorical_cross_entropy_basic",
        "test_categorical_cross_entropy_finite_at_zero",
        "test_categorical_cross_entropy_craft",
    ],
    hint="You took the mean over all N times C entries: C times too small. Sum over the classes, mean over the "
    "samples.",
)
def averages_over_classes_too(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    return -np.mean(y_true * np.log(np.clip(y_prob.astype(float), 1e-12, 1)))


@misconception(
    "categorical_cross_entropy",
    caught_by=[
        "test_categorical_cross_entropy_basic",
        "test_categorical_cross_entropy_finite_at_zero",
        "test_categorical_cross_entropy_craft",
    ],
    hint="You added the samples up. Divide by N, the number of rows.",
)
def adds_the_rows_up(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    return -np.sum(y_true * np.log(np.clip(y_prob.astype(float), 1e-12, 1)))


@misconception(
    "categorical_cross_entropy",
    caught_by=[
        "test_categorical_cross_entropy_basic",
        "test_categorical_cross_entropy_finite_at_zero",
        "test_categorical_cross_entropy_craft",
    ],
    hint="You divided by the number of classes (shape[1]). The mean runs over the samples: shape[0].",
)
def divides_by_the_classes(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    return -np.sum(y_true * np.log(np.clip(y_prob.astype(float), 1e-12, 1))) / y_true.shape[1]


@misconception(
    "categorical_cross_entropy",
    caught_by=[
        "test_categorical_cross_entropy_basic",
        "test_categorical_cross_entropy_finite_at_zero",
        "test_categorical_cross_entropy_craft",
    ],
    hint="The loss is below 0: logarithms of shares are negative. Put the minus in front of the sum.",
)
def forgets_the_minus_of_the_sum(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    return np.sum(y_true * np.log(np.clip(y_prob.astype(float), 1e-12, 1))) / len(y_true)


@misconception(
    "categorical_cross_entropy",
    caught_by=[
        "test_categorical_cross_entropy_basic",
        "test_categorical_cross_entropy_finite_at_zero",
        "test_categorical_cross_entropy_craft",
    ],
    hint="With (1 - y) log(1 - p) every wrong class is charged as well; that is for two-way votes. Here only y log p "
    "counts.",
)
def charges_the_wrong_classes_too(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), 1e-12, 1 - 1e-12)
    return -np.sum(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)) / len(y_true)


@misconception(
    "categorical_cross_entropy",
    caught_by=["test_categorical_cross_entropy_finite_at_zero", "test_categorical_cross_entropy_craft"],
    hint="A share of exactly 0 gives log(0) = -inf, and 0 times -inf is nan, also in a class that is not the right "
    "one. Clip the shares first.",
)
def takes_the_logarithm_of_zero(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    return -np.sum(y_true * np.log(y_prob.astype(float))) / len(y_true)


@misconception(
    "categorical_cross_entropy",
    caught_by=[
        "test_categorical_cross_entropy_basic",
        "test_categorical_cross_entropy_finite_at_zero",
        "test_categorical_cross_entropy_craft",
    ],
    hint="You exchanged the two: log of the one-hot rows, times the shares. The logarithm belongs to y_prob.",
)
def takes_the_logarithm_of_the_truth(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    return -np.sum(y_prob * np.log(np.clip(y_true.astype(float), 1e-12, 1))) / len(y_true)


@misconception(
    "categorical_cross_entropy",
    caught_by=["test_categorical_cross_entropy_basic", "test_categorical_cross_entropy_finite_at_zero"],
    hint="You charged each row for its LARGEST share, not for the share of its right class. y_true says which one "
    "that is.",
)
def charges_the_largest_share(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    return -np.mean(np.log(np.clip(y_prob.astype(float).max(axis=1), 1e-12, 1)))


@misconception(
    "categorical_cross_entropy",
    caught_by="test_categorical_cross_entropy_finite_at_zero",
    hint="A right class that was given 0 costs nothing in your loss: you set infinite logarithms to 0. Clip the "
    "shares instead.",
)
def forgives_zero_shares(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = y_prob.astype(float)
    logs = np.log(np.where(p > 0, p, 1.0))
    return -np.sum(y_true * logs) / len(y_true)


@misconception(
    "categorical_cross_entropy",
    caught_by="test_categorical_cross_entropy_finite_at_zero",
    hint="Other shapes went through: NumPy stretched class numbers or columns over the whole table. Compare the two "
    "shapes and raise ValueError.",
)
def stretches_the_labels(y_true, y_prob):
    return -np.sum(np.asarray(y_true) * np.log(np.clip(np.asarray(y_prob, float), 1e-12, 1))) / len(y_true)


@misconception(
    "categorical_cross_entropy",
    caught_by="test_categorical_cross_entropy_craft",
    hint="The number is right, but the caller's shares were replaced by their logarithms. Write logs = np.log(...): "
    "that makes a new array.",
)
def writes_logarithms_into_the_shares(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    y_prob = np.asarray(y_prob, dtype=float)
    y_prob[...] = np.log(np.clip(y_prob, 1e-12, 1))
    return -np.sum(y_true * y_prob) / len(y_true)


@misconception(
    "categorical_cross_entropy",
    caught_by=[
        "test_categorical_cross_entropy_basic",
        "test_categorical_cross_entropy_finite_at_zero",
        "test_categorical_cross_entropy_craft",
    ],
    hint="You put the shares through softmax again. They are probabilities already.",
)
def takes_softmax_of_the_shares(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    return -np.sum(y_true * np.log(softmax(y_prob))) / len(y_true)


# ---------------------------------------------------------------- cross_entropy_with_logits


@misconception(
    "cross_entropy_with_logits",
    caught_by=[
        "test_cross_entropy_with_logits_basic",
        "test_cross_entropy_with_logits_is_stable",
        "test_cross_entropy_with_logits_craft",
    ],
    hint="log_shares[:, y_true] takes the columns y_true for EVERY row: N times N numbers. Row i wants its own "
    "column: log_shares[np.arange(N), y_true].",
)
def takes_all_columns_for_every_row(y_true, logits):
    Z = logits - logits.max(axis=1, keepdims=True)
    log_shares = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return -np.mean(log_shares[:, y_true])


@misconception(
    "cross_entropy_with_logits",
    caught_by="test_cross_entropy_with_logits_is_stable",
    hint="Ordinary scores are right, but softmax underflows to 0 at scores like 1000 and 0, and log(0) is -inf. Take "
    "log(sum(exp)) - z[label] and never the share itself.",
)
def takes_the_logarithm_of_softmax(y_true, logits):
    shares = softmax(logits)
    return -np.mean(np.log(shares[np.arange(len(y_true)), y_true]))


@misconception(
    "cross_entropy_with_logits",
    caught_by="test_cross_entropy_with_logits_is_stable",
    hint="You clip the share at 1e-12, so no loss ever exceeds 27.6. With logits there is nothing to clip: "
    "log(sum(exp)) - z[label] is exact at 1000.",
)
def clips_the_shares(y_true, logits):
    shares = np.clip(softmax(logits), 1e-12, 1)
    return -np.mean(np.log(shares[np.arange(len(y_true)), y_true]))


@misconception(
    "cross_entropy_with_logits",
    caught_by=[
        "test_cross_entropy_with_logits_basic",
        "test_cross_entropy_with_logits_is_stable",
        "test_cross_entropy_with_logits_craft",
    ],
    hint="Softmax was taken twice: log-softmax of shares instead of scores. The input is raw scores; use them as they "
    "are.",
)
def takes_softmax_twice(y_true, logits):
    Z = softmax(logits)
    return np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y_true)), y_true])


@misconception(
    "cross_entropy_with_logits",
    caught_by=["test_cross_entropy_with_logits_is_stable", "test_cross_entropy_with_logits_craft"],
    hint="exp(1000) is infinite. Subtract each row's largest score first, and add it back outside of the logarithm.",
)
def overflows_at_large_scores(y_true, logits):
    return np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(y_true)), y_true])


@misconception(
    "cross_entropy_with_logits",
    caught_by=["test_cross_entropy_with_logits_is_stable", "test_cross_entropy_with_logits_craft"],
    hint="You subtract ONE maximum from all rows. A row on a smaller scale underflows to log(0). Each row needs its "
    "own: max(axis=1, keepdims=True).",
)
def subtracts_one_maximum_for_all_rows(y_true, logits):
    Z = logits - logits.max()
    return np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y_true)), y_true])


@misconception(
    "cross_entropy_with_logits",
    caught_by=[
        "test_cross_entropy_with_logits_basic",
        "test_cross_entropy_with_logits_is_stable",
        "test_cross_entropy_with_logits_craft",
    ],
    hint="You subtracted the row's maximum inside exp, but did not take it out of z[label]: the loss is short by that "
    "maximum.",
)
def forgets_to_add_the_maximum_back(y_true, logits):
    top = logits.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(logits - top).sum(axis=1)) - logits[np.arange(len(y_true)), y_true])


@misconception(
    "cross_entropy_with_logits",
    caught_by=[
        "test_cross_entropy_with_logits_basic",
        "test_cross_entropy_with_logits_is_stable",
        "test_cross_entropy_with_logits_craft",
    ],
    hint="You added the losses of the rows up. Take their mean.",
)
def adds_the_losses_of_rows_up(y_true, logits):
    Z = logits - logits.max(axis=1, keepdims=True)
    return np.sum(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y_true)), y_true])


@misconception(
    "cross_entropy_with_logits",
    caught_by=[
        "test_cross_entropy_with_logits_basic",
        "test_cross_entropy_with_logits_is_stable",
        "test_cross_entropy_with_logits_craft",
    ],
    hint="Your logarithm sums over axis 0, the samples. The scores of one decision stand in a row: axis=1.",
)
def sums_over_the_samples(y_true, logits):
    Z = logits - logits.max(axis=0)
    log_shares = Z - np.log(np.exp(Z).sum(axis=0))
    return -np.mean(log_shares[np.arange(len(y_true)), y_true])


@misconception(
    "cross_entropy_with_logits",
    caught_by=[
        "test_cross_entropy_with_logits_basic",
        "test_cross_entropy_with_logits_is_stable",
        "test_cross_entropy_with_logits_craft",
    ],
    hint="The sign is turned: z[label] - log(sum(exp)) is the logarithm of the share, below 0. The loss is its "
    "negative.",
)
def returns_the_log_share(y_true, logits):
    Z = logits - logits.max(axis=1, keepdims=True)
    return np.mean(Z[np.arange(len(y_true)), y_true] - np.log(np.exp(Z).sum(axis=1)))


@misconception(
    "cross_entropy_with_logits",
    caught_by=[
        "test_cross_entropy_with_logits_basic",
        "test_cross_entropy_with_logits_is_stable",
        "test_cross_entropy_with_logits_craft",
    ],
    hint="You charged every row for its highest score. The label says which score counts.",
)
def charges_the_winner(y_true, logits):
    Z = logits - logits.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(Z).sum(axis=1)) - Z.max(axis=1))


@misconception(
    "cross_entropy_with_logits",
    caught_by=[
        "test_cross_entropy_with_logits_basic",
        "test_cross_entropy_with_logits_is_stable",
        "test_cross_entropy_with_logits_craft",
    ],
    hint="You took the logarithm of the scores themselves, shifted to be positive. The shares come from exp: "
    "log(sum(exp(z))) - z[label].",
)
def normalises_without_exp(y_true, logits):
    Z = logits - logits.min(axis=1, keepdims=True) + 1e-12
    shares = np.clip(Z / Z.sum(axis=1, keepdims=True), 1e-12, 1)
    return -np.mean(np.log(shares[np.arange(len(y_true)), y_true]))


@misconception(
    "cross_entropy_with_logits",
    caught_by="test_cross_entropy_with_logits_craft",
    hint="The numbers are right, but you shifted the caller's logits in place (-=). Write Z = logits - ...",
)
def shifts_the_callers_logits(y_true, logits):
    if logits.dtype.kind != "f":
        logits = logits.astype(float)
    logits -= logits.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(y_true)), y_true])


@misconception(
    "cross_entropy_with_logits",
    caught_by=[
        "test_cross_entropy_with_logits_basic",
        "test_cross_entropy_with_logits_is_stable",
        "test_cross_entropy_with_logits_craft",
    ],
    hint="You returned one loss for each row. Take their mean: one number.",
)
def returns_the_loss_of_every_row(y_true, logits):
    Z = logits - logits.max(axis=1, keepdims=True)
    return np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y_true)), y_true]


# ---------------------------------------------------------------- gradients by formula


@misconception(
    "mean_squared_error_gradient",
    caught_by=[
        "test_mean_squared_error_gradient_basic",
        "test_mean_squared_error_gradient_any_shape",
        "test_mean_squared_error_gradient_craft",
    ],
    hint="The 2 is missing: the slope of a square e**2 is 2e.",
)
def forgets_the_two(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return (y_pred.astype(float) - y_true) / y_pred.size


@misconception(
    "mean_squared_error_gradient",
    caught_by=[
        "test_mean_squared_error_gradient_basic",
        "test_mean_squared_error_gradient_any_shape",
        "test_mean_squared_error_gradient_craft",
    ],
    hint="The loss is a mean, so its slope is divided by the number of entries too.",
)
def forgets_to_divide(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return 2 * (y_pred.astype(float) - y_true)


@misconception(
    "mean_squared_error_gradient",
    caught_by=[
        "test_mean_squared_error_gradient_basic",
        "test_mean_squared_error_gradient_any_shape",
        "test_mean_squared_error_gradient_craft",
    ],
    hint="Every slope has the wrong sign. A prediction that is too high must have a slope above 0: y_pred - y_true.",
)
def turns_the_error_round(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return 2 * (y_true.astype(float) - y_pred) / y_pred.size


@misconception(
    "mean_squared_error_gradient",
    caught_by="test_mean_squared_error_gradient_any_shape",
    hint="In a table you divided by the number of rows. The mean ran over all entries: divide by y_pred.size.",
)
def divides_by_rows_only(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return 2 * (y_pred.astype(float) - y_true) / len(y_pred)


@misconception(
    "mean_squared_error_gradient",
    caught_by=[
        "test_mean_squared_error_gradient_basic",
        "test_mean_squared_error_gradient_any_shape",
        "test_mean_squared_error_gradient_craft",
    ],
    hint="You returned one number. A gradient has one slope for every prediction, the shape of y_pred.",
)
def averages_the_slopes(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.mean(2 * (y_pred.astype(float) - y_true))


@misconception(
    "mean_squared_error_gradient",
    caught_by=[
        "test_mean_squared_error_gradient_basic",
        "test_mean_squared_error_gradient_any_shape",
        "test_mean_squared_error_gradient_craft",
    ],
    hint="You still square the error. The square's slope is 2 times the error itself.",
)
def keeps_the_square(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return 2 * (y_pred.astype(float) - y_true) ** 2 / y_pred.size


@misconception(
    "mean_squared_error_gradient",
    caught_by=[
        "test_mean_squared_error_gradient_basic",
        "test_mean_squared_error_gradient_any_shape",
        "test_mean_squared_error_gradient_craft",
    ],
    hint="These are the slopes of the mean ABSOLUTE error: only signs. The square's slope grows with the error.",
)
def returns_signs_only(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.sign(y_pred.astype(float) - y_true) / y_pred.size


@misconception(
    "mean_squared_error_gradient",
    caught_by="test_mean_squared_error_gradient_any_shape",
    hint="A difference of bytes wraps round: 0 - 1 is 255 in uint8. Slopes need signs: turn both into floats first.",
)
def subtracts_bytes_for_slopes(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return 2.0 * (y_pred - y_true) / y_pred.size


@misconception(
    "mean_squared_error_gradient",
    caught_by="test_mean_squared_error_gradient_any_shape",
    hint="Shapes (N,) and (N, 1) went through and gave (N, N) slopes. Compare the shapes first and raise ValueError.",
)
def gives_a_table_of_slopes(y_true, y_pred):
    return 2 * (np.asarray(y_pred, float) - y_true) / np.size(y_pred)


@misconception(
    "mean_squared_error_gradient",
    caught_by="test_mean_squared_error_gradient_craft",
    hint="The slopes are right, but they were written into the caller's y_pred. Make a new array.",
)
def writes_slopes_into_the_predictions(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    slopes = np.asarray(y_pred, dtype=float)
    slopes -= y_true
    slopes *= 2 / y_pred.size
    return slopes


@misconception(
    "binary_cross_entropy_gradient",
    caught_by=[
        "test_binary_cross_entropy_gradient_basic",
        "test_binary_cross_entropy_gradient_finite_at_zero_and_one",
        "test_binary_cross_entropy_gradient_craft",
    ],
    hint="You forgot the mean: each slope must be divided by N.",
)
def forgets_to_divide_by_n(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), 1e-12, 1 - 1e-12)
    return (p - y_true) / (p * (1 - p))


@misconception(
    "binary_cross_entropy_gradient",
    caught_by=[
        "test_binary_cross_entropy_gradient_basic",
        "test_binary_cross_entropy_gradient_finite_at_zero_and_one",
        "test_binary_cross_entropy_gradient_craft",
    ],
    hint="Every slope has the wrong sign: where y = 1, more probability means less loss, so the slope is below 0.",
)
def turns_the_slopes_round(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), 1e-12, 1 - 1e-12)
    return (y_true - p) / (p * (1 - p)) / len(p)


@misconception(
    "binary_cross_entropy_gradient",
    caught_by=[
        "test_binary_cross_entropy_gradient_basic",
        "test_binary_cross_entropy_gradient_finite_at_zero_and_one",
        "test_binary_cross_entropy_gradient_craft",
    ],
    hint="p - y is the slope in the score z, before the sigmoid. In the probability it is (p - y) / (p (1 - p)).",
)
def gives_the_slope_in_the_score(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    return (y_prob.astype(float) - y_true) / len(y_prob)


@misconception(
    "binary_cross_entropy_gradient",
    caught_by=[
        "test_binary_cross_entropy_gradient_basic",
        "test_binary_cross_entropy_gradient_finite_at_zero_and_one",
        "test_binary_cross_entropy_gradient_craft",
    ],
    hint="Only -y / p: the samples with label 0 have no slope. Add (1 - y) / (1 - p).",
)
def leaves_out_slopes_of_label_zero(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), 1e-12, 1 - 1e-12)
    return -y_true / p / len(p)


@misconception(
    "binary_cross_entropy_gradient",
    caught_by=[
        "test_binary_cross_entropy_gradient_basic",
        "test_binary_cross_entropy_gradient_finite_at_zero_and_one",
        "test_binary_cross_entropy_gradient_craft",
    ],
    hint="The slope of log(1 - p) is -1 / (1 - p): the inner minus was lost, so label 0 has the wrong sign.",
)
def loses_the_inner_minus(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), 1e-12, 1 - 1e-12)
    return -(y_true / p + (1 - y_true) / (1 - p)) / len(p)


@misconception(
    "binary_cross_entropy_gradient",
    caught_by=[
        "test_binary_cross_entropy_gradient_basic",
        "test_binary_cross_entropy_gradient_finite_at_zero_and_one",
        "test_binary_cross_entropy_gradient_craft",
    ],
    hint="You multiplied by p (1 - p) where you must divide. That product is the sigmoid's slope, which comes later.",
)
def multiplies_where_it_should_divide(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), 1e-12, 1 - 1e-12)
    return (p - y_true) * p * (1 - p) / len(p)


@misconception(
    "binary_cross_entropy_gradient",
    caught_by=["test_binary_cross_entropy_gradient_finite_at_zero_and_one", "test_binary_cross_entropy_gradient_craft"],
    hint="At p = 0 or 1 you divide by 0. Clip p first, in float64.",
)
def divides_by_zero(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = y_prob.astype(float)
    return (p - y_true) / (p * (1 - p)) / len(p)


@misconception(
    "binary_cross_entropy_gradient",
    caught_by="test_binary_cross_entropy_gradient_finite_at_zero_and_one",
    hint="In float32 your clip ends at exactly 1, and 1 - p is 0. Turn y_prob into float64 before you clip it.",
)
def clips_slopes_in_float32(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob, 1e-12, 1 - 1e-12)
    return (p - y_true) / (p * (1 - p)) / len(p)


@misconception(
    "binary_cross_entropy_gradient",
    caught_by="test_binary_cross_entropy_gradient_finite_at_zero_and_one",
    hint="You clip at 0.01 and 0.99: a sure, wrong vote gets a slope of 100 at most. Clip at 1e-12 and 1 - 1e-12.",
)
def clips_slopes_far_too_early(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), 0.01, 0.99)
    return (p - y_true) / (p * (1 - p)) / len(p)


@misconception(
    "binary_cross_entropy_gradient",
    caught_by=["test_binary_cross_entropy_gradient_finite_at_zero_and_one", "test_binary_cross_entropy_gradient_craft"],
    hint="np.nan_to_num turned the infinite slopes into numbers with 308 digits. Clip p instead.",
)
def hides_infinite_slopes(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = y_prob.astype(float)
    return np.nan_to_num(-y_true / p + (1 - y_true) / (1 - p)) / len(p)


@misconception(
    "binary_cross_entropy_gradient",
    caught_by=[
        "test_binary_cross_entropy_gradient_basic",
        "test_binary_cross_entropy_gradient_finite_at_zero_and_one",
        "test_binary_cross_entropy_gradient_craft",
    ],
    hint="One number came back. Each probability has a slope of its own: shape (N,), and no mean over them.",
)
def averages_the_slopes_of_all_votes(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), 1e-12, 1 - 1e-12)
    return np.mean((p - y_true) / (p * (1 - p)))


@misconception(
    "binary_cross_entropy_gradient",
    caught_by="test_binary_cross_entropy_gradient_finite_at_zero_and_one",
    hint="Shapes (N,) and (N, 1) went through: every label got a slope for every vote. Compare the shapes first and "
    "raise ValueError.",
)
def gives_every_label_a_slope_for_every_vote(y_true, y_prob):
    p = np.clip(np.asarray(y_prob, float), 1e-12, 1 - 1e-12)
    return (p - y_true) / (p * (1 - p)) / len(p)


@misconception(
    "binary_cross_entropy_gradient",
    caught_by="test_binary_cross_entropy_gradient_craft",
    hint="The slopes are right, but your -= wrote p - y into the caller's probabilities. Make a new array for the "
    "difference.",
)
def subtracts_in_the_callers_probabilities(y_true, y_prob):
    if y_true.shape != y_prob.shape:
        raise ValueError("shapes differ")
    p = np.clip(y_prob.astype(float), 1e-12, 1 - 1e-12)
    slopes = np.asarray(y_prob, dtype=float)
    slopes -= y_true
    return slopes / (p * (1 - p)) / len(p)


@misconception(
    "softmax_cross_entropy_gradient",
    caught_by=[
        "test_softmax_cross_entropy_gradient_basic",
        "test_softmax_cross_entropy_gradient_is_stable",
        "test_softmax_cross_entropy_gradient_craft",
    ],
    hint="The loss is a mean over N rows: divide the slopes by N.",
)
def forgets_to_divide_by_the_rows(y_true, logits):
    return softmax(logits) - np.eye(logits.shape[1])[y_true]


@misconception(
    "softmax_cross_entropy_gradient",
    caught_by=[
        "test_softmax_cross_entropy_gradient_basic",
        "test_softmax_cross_entropy_gradient_is_stable",
        "test_softmax_cross_entropy_gradient_craft",
    ],
    hint="shares[:, y_true] -= 1 touches whole columns in EVERY row, so rows no longer sum to 0. Row i: "
    "shares[np.arange(N), y_true] -= 1.",
)
def subtracts_one_in_whole_columns(y_true, logits):
    shares = softmax(logits)
    shares[:, y_true] -= 1
    return shares / len(y_true)


@misconception(
    "softmax_cross_entropy_gradient",
    caught_by=[
        "test_softmax_cross_entropy_gradient_basic",
        "test_softmax_cross_entropy_gradient_is_stable",
        "test_softmax_cross_entropy_gradient_craft",
    ],
    hint="Every slope has the wrong sign: shares minus one-hot, not the other way round. Raising the right class's "
    "score lowers the loss.",
)
def subtracts_the_shares_from_one_hot(y_true, logits):
    return (np.eye(logits.shape[1])[y_true] - softmax(logits)) / len(y_true)


@misconception(
    "softmax_cross_entropy_gradient",
    caught_by=[
        "test_softmax_cross_entropy_gradient_basic",
        "test_softmax_cross_entropy_gradient_is_stable",
        "test_softmax_cross_entropy_gradient_craft",
    ],
    hint="You divided by N times C (.size). The mean runs over the N rows only.",
)
def divides_by_all_entries(y_true, logits):
    return (softmax(logits) - np.eye(logits.shape[1])[y_true]) / logits.size


@misconception(
    "softmax_cross_entropy_gradient",
    caught_by=[
        "test_softmax_cross_entropy_gradient_basic",
        "test_softmax_cross_entropy_gradient_is_stable",
        "test_softmax_cross_entropy_gradient_craft",
    ],
    hint="You subtracted one-hot from the scores themselves. First the softmax, then minus one-hot.",
)
def forgets_the_softmax(y_true, logits):
    return (logits - np.eye(logits.shape[1])[y_true]) / len(y_true)


@misconception(
    "softmax_cross_entropy_gradient",
    caught_by=["test_softmax_cross_entropy_gradient_is_stable", "test_softmax_cross_entropy_gradient_craft"],
    hint="exp(1000) is infinite, and inf / inf is nan. Subtract each row's maximum before exp.",
)
def overflows_in_its_softmax(y_true, logits):
    e = np.exp(logits)
    return (e / e.sum(axis=1, keepdims=True) - np.eye(logits.shape[1])[y_true]) / len(y_true)


@misconception(
    "softmax_cross_entropy_gradient",
    caught_by=["test_softmax_cross_entropy_gradient_is_stable", "test_softmax_cross_entropy_gradient_craft"],
    hint="One maximum for all rows: a row on a smaller scale becomes 0 / 0. Each row needs its own maximum, with "
    "keepdims=True.",
)
def shifts_all_rows_by_one_maximum(y_true, logits):
    e = np.exp(logits - logits.max())
    return (e / e.sum(axis=1, keepdims=True) - np.eye(logits.shape[1])[y_true]) / len(y_true)


@misconception(
    "softmax_cross_entropy_gradient",
    caught_by=[
        "test_softmax_cross_entropy_gradient_basic",
        "test_softmax_cross_entropy_gradient_is_stable",
        "test_softmax_cross_entropy_gradient_craft",
    ],
    hint="Your shares sum to 1 down the columns (axis 0). Each ROW is one decision: axis=1.",
)
def takes_softmax_over_the_samples(y_true, logits):
    return (softmax(logits, axis=0) - np.eye(logits.shape[1])[y_true]) / len(y_true)


@misconception(
    "softmax_cross_entropy_gradient",
    caught_by=[
        "test_softmax_cross_entropy_gradient_basic",
        "test_softmax_cross_entropy_gradient_is_stable",
        "test_softmax_cross_entropy_gradient_craft",
    ],
    hint="You multiplied by p (1 - p) as well. Softmax and logarithm together leave only shares minus one-hot: that "
    "slope is already in it.",
)
def multiplies_by_the_slope_again(y_true, logits):
    shares = softmax(logits)
    return (shares - np.eye(logits.shape[1])[y_true]) * shares * (1 - shares) / len(y_true)


@misconception(
    "softmax_cross_entropy_gradient",
    caught_by=[
        "test_softmax_cross_entropy_gradient_basic",
        "test_softmax_cross_entropy_gradient_is_stable",
        "test_softmax_cross_entropy_gradient_craft",
    ],
    hint="Only the right class has a slope in your table. The other scores count too: raising them takes share away "
    "from the right one.",
)
def gives_only_the_right_class_a_slope(y_true, logits):
    shares = softmax(logits)
    hot = np.eye(logits.shape[1])[y_true]
    return (shares - hot) * hot / len(y_true)


@misconception(
    "softmax_cross_entropy_gradient",
    caught_by="test_softmax_cross_entropy_gradient_is_stable",
    hint="Your one-hot table has as many columns as the largest label in y_true needs. When the last class is absent "
    "it is too narrow: take logits.shape[1].",
)
def counts_classes_in_the_labels(y_true, logits):
    return (softmax(logits) - np.eye(np.max(y_true) + 1)[y_true]) / len(y_true)


@misconception(
    "softmax_cross_entropy_gradient",
    caught_by=[
        "test_softmax_cross_entropy_gradient_basic",
        "test_softmax_cross_entropy_gradient_is_stable",
        "test_softmax_cross_entropy_gradient_craft",
    ],
    hint="Those are the slopes in the SHARES, -1 / p at the right class. Asked for are the slopes in the scores: "
    "shares minus one-hot.",
)
def gives_the_slopes_in_the_shares(y_true, logits):
    shares = np.clip(softmax(logits), 1e-12, 1)
    return -np.eye(logits.shape[1])[y_true] / shares / len(y_true)


@misconception(
    "softmax_cross_entropy_gradient",
    caught_by="test_softmax_cross_entropy_gradient_craft",
    hint="The numbers are right, but the caller's logits were turned into shares in place. Make a new array.",
)
def turns_the_callers_logits_into_shares(y_true, logits):
    if logits.dtype.kind != "f":
        logits = logits.astype(float)
    logits -= logits.max(axis=1, keepdims=True)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    shares[np.arange(len(y_true)), y_true] -= 1
    return shares / len(y_true)


# ---------------------------------------------------------------- numerical_gradient, relative_error


@misconception(
    "numerical_gradient",
    caught_by=["test_numerical_gradient_basic", "test_numerical_gradient_any_shape", "test_numerical_gradient_craft"],
    hint="One step only: (f(x + h) - f(x)) / h leans to one side, with an error as large as h. Step down as well: "
    "(f(x + h) - f(x - h)) / 2h.",
)
def steps_to_one_side(f, x, h=1e-5):
    x = np.asarray(x, float)
    slopes = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up = x.copy()
        up[index] += h
        slopes[index] = (f(up) - f(x)) / h
    return slopes


@misconception(
    "numerical_gradient",
    caught_by=["test_numerical_gradient_basic", "test_numerical_gradient_any_shape", "test_numerical_gradient_craft"],
    hint="Exactly twice too large: from x - h to x + h the distance is 2h, not h.",
)
def divides_by_h(f, x, h=1e-5):
    x = np.asarray(x, float)
    slopes = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        slopes[index] = (f(up) - f(down)) / h
    return slopes


@misconception(
    "numerical_gradient",
    caught_by=["test_numerical_gradient_basic", "test_numerical_gradient_any_shape", "test_numerical_gradient_craft"],
    hint="/ 2 * h divides by 2 and then MULTIPLIES by h. Put the denominator in brackets: / (2 * h).",
)
def forgets_the_brackets(f, x, h=1e-5):
    x = np.asarray(x, float)
    slopes = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        slopes[index] = (f(up) - f(down)) / 2 * h
    return slopes


@misconception(
    "numerical_gradient",
    caught_by=["test_numerical_gradient_basic", "test_numerical_gradient_any_shape", "test_numerical_gradient_craft"],
    hint="You nudged every entry at once (x + h), so all slopes came out as their sum. Move ONE entry at a time.",
)
def nudges_all_entries_at_once(f, x, h=1e-5):
    x = np.asarray(x, float)
    return np.full(x.shape, (f(x + h) - f(x - h)) / (2 * h))


@misconception(
    "numerical_gradient",
    caught_by=["test_numerical_gradient_basic", "test_numerical_gradient_any_shape", "test_numerical_gradient_craft"],
    hint="You moved one entry, and never took the step back before the next one. Restore it, or work on a fresh copy "
    "for every entry.",
)
def never_takes_the_step_back(f, x, h=1e-5):
    x = np.array(x, float)
    slopes = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        above = f(x)
        x[index] -= 2 * h
        below = f(x)
        slopes[index] = (above - below) / (2 * h)
    return slopes


@misconception(
    "numerical_gradient",
    caught_by=["test_numerical_gradient_basic", "test_numerical_gradient_any_shape", "test_numerical_gradient_craft"],
    hint="up = x makes no copy: both names are the same array, so one step up and one step down cancel and every "
    "slope is 0. Use x.copy().",
)
def steps_up_and_down_in_one_array(f, x, h=1e-5):
    x = np.array(x, float)
    slopes = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up = x
        down = x
        up[index] += h
        down[index] -= h
        slopes[index] = (f(up) - f(down)) / (2 * h)
    return slopes


@misconception(
    "numerical_gradient",
    caught_by=["test_numerical_gradient_basic", "test_numerical_gradient_any_shape", "test_numerical_gradient_craft"],
    hint="Every slope has the wrong sign: it is f a step UP minus f a step DOWN.",
)
def subtracts_up_from_down(f, x, h=1e-5):
    x = np.asarray(x, float)
    slopes = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        slopes[index] = (f(down) - f(up)) / (2 * h)
    return slopes


@misconception(
    "numerical_gradient",
    caught_by="test_numerical_gradient_any_shape",
    hint="x holds whole numbers, so adding 1e-5 was rounded away and every slope is 0. Begin with x = np.array(x, "
    "dtype=float).",
)
def keeps_whole_numbers(f, x, h=1e-5):
    slopes = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] = up[index] + h
        down[index] = down[index] - h
        slopes[index] = (f(up) - f(down)) / (2 * h)
    return slopes


@misconception(
    "numerical_gradient",
    caught_by="test_numerical_gradient_any_shape",
    hint="The slopes were stored in an array like x; where x holds whole numbers, they lost their decimals. Make it "
    "np.zeros(x.shape).",
)
def stores_slopes_as_whole_numbers(f, x, h=1e-5):
    slopes = np.zeros_like(x)
    x = np.asarray(x, float)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        slopes[index] = (f(up) - f(down)) / (2 * h)
    return slopes


@misconception(
    "numerical_gradient",
    caught_by="test_numerical_gradient_any_shape",
    hint="Your loop runs over len(x), the rows of a table, and moves whole rows. Go over every entry: "
    "np.ndindex(x.shape).",
)
def moves_whole_rows(f, x, h=1e-5):
    x = np.asarray(x, float)
    slopes = np.zeros_like(x)
    for i in range(len(x)):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        slopes[i] = (f(up) - f(down)) / (2 * h)
    return slopes


@misconception(
    "numerical_gradient",
    caught_by="test_numerical_gradient_any_shape",
    hint="The slopes of a table came back as one flat list. Give them the shape of x: .reshape(x.shape).",
)
def returns_a_flat_gradient(f, x, h=1e-5):
    x = np.asarray(x, float)
    slopes = []
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        slopes.append((f(up) - f(down)) / (2 * h))
    return np.array(slopes)


@misconception(
    "numerical_gradient",
    caught_by="test_numerical_gradient_any_shape",
    hint="You took 1e-5 whatever the caller asked for. Use the argument h.",
)
def ignores_h(f, x, h=1e-5):
    x = np.asarray(x, float)
    slopes = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += 1e-5
        down[index] -= 1e-5
        slopes[index] = (f(up) - f(down)) / 2e-5
    return slopes


@misconception(
    "numerical_gradient",
    caught_by=["test_numerical_gradient_basic", "test_numerical_gradient_any_shape", "test_numerical_gradient_craft"],
    hint="A step of 1e-13 is too small: f(x + h) and f(x - h) differ only in digits that are rounding noise. Keep h "
    "near 1e-5.",
)
def takes_too_small_a_step(f, x, h=1e-13):
    x = np.asarray(x, float)
    slopes = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        slopes[index] = (f(up) - f(down)) / (2 * h)
    return slopes


@misconception(
    "numerical_gradient",
    caught_by=["test_numerical_gradient_basic", "test_numerical_gradient_any_shape", "test_numerical_gradient_craft"],
    hint="You work in float32, which has 7 digits: a step of 1e-5 drowns in rounding. Use float64 (plain float).",
)
def works_in_float32(f, x, h=1e-5):
    x = np.asarray(x, np.float32)
    slopes = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += np.float32(h)
        down[index] -= np.float32(h)
        slopes[index] = (f(up) - f(down)) / (2 * h)
    return slopes


@misconception(
    "numerical_gradient",
    caught_by=["test_numerical_gradient_basic", "test_numerical_gradient_any_shape", "test_numerical_gradient_craft"],
    hint="One number came back: you added the slopes up. A gradient keeps one slope for each entry of x.",
)
def adds_the_slopes_up(f, x, h=1e-5):
    x = np.asarray(x, float)
    total = 0.0
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        total += (f(up) - f(down)) / (2 * h)
    return total


@misconception(
    "numerical_gradient",
    caught_by=["test_numerical_gradient_basic", "test_numerical_gradient_any_shape", "test_numerical_gradient_craft"],
    hint="return stands inside the loop, so only the first slope was measured. Move it to the left, below the loop.",
)
def returns_inside_the_loop(f, x, h=1e-5):
    x = np.asarray(x, float)
    slopes = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        slopes[index] = (f(up) - f(down)) / (2 * h)
        return slopes


@misconception(
    "numerical_gradient",
    caught_by="test_numerical_gradient_craft",
    hint="The slopes are right, but you wrote them into the caller's x. Keep them in an array of their own.",
)
def writes_slopes_into_x(f, x, h=1e-5):
    start = np.array(x, float)
    x = np.asarray(x, dtype=float)
    for index in np.ndindex(start.shape):
        up, down = start.copy(), start.copy()
        up[index] += h
        down[index] -= h
        x[index] = (f(up) - f(down)) / (2 * h)
    return x


@misconception(
    "relative_error",
    caught_by=["test_relative_error_basic", "test_relative_error_zero_and_symmetric", "test_relative_error_craft"],
    hint="That is the plain difference. Divide it by the size of the two numbers, |a| + |b|: 0.01 is little beside "
    "100 and much beside 0.02.",
)
def takes_the_plain_difference(a, b):
    return np.max(np.abs(a - b))


@misconception(
    "relative_error",
    caught_by=["test_relative_error_zero_and_symmetric", "test_relative_error_craft"],
    hint="Two zeros gave 0 / 0 = nan. Two equal numbers have error 0: keep the denominator at 1e-8 or more.",
)
def divides_zero_by_zero(a, b):
    return np.max(np.abs(a - b) / (np.abs(a) + np.abs(b)))


@misconception(
    "relative_error",
    caught_by=["test_relative_error_basic", "test_relative_error_zero_and_symmetric", "test_relative_error_craft"],
    hint="You divide by |a| alone, so exchanging a and b changes the error. Use |a| + |b|.",
)
def measures_against_one_side(a, b):
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a)))


@misconception(
    "relative_error",
    caught_by=["test_relative_error_basic", "test_relative_error_zero_and_symmetric", "test_relative_error_craft"],
    hint="You divide by the larger of the two. This course divides by their sum, |a| + |b|, so that the error is "
    "never above 1.",
)
def measures_against_the_larger(a, b):
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.maximum(np.abs(a), np.abs(b))))


@misconception(
    "relative_error",
    caught_by=["test_relative_error_basic", "test_relative_error_zero_and_symmetric", "test_relative_error_craft"],
    hint="A mean lets one wrong slope hide among many right ones. Take the largest: np.max.",
)
def takes_the_mean_of_errors(a, b):
    return np.mean(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))


@misconception(
    "relative_error",
    caught_by=["test_relative_error_basic", "test_relative_error_zero_and_symmetric"],
    hint="Without the absolute value above the line, an error to the other side counts as below 0 and is never the "
    "largest.",
)
def forgets_the_size_of_the_difference(a, b):
    return np.max((a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))


@misconception(
    "relative_error",
    caught_by=["test_relative_error_basic", "test_relative_error_zero_and_symmetric"],
    hint="|a + b| is not |a| + |b|: 1 and -1 have a sum of 0. Take the two absolute values first.",
)
def adds_before_taking_sizes(a, b):
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a + b)))


@misconception(
    "relative_error",
    caught_by=["test_relative_error_basic", "test_relative_error_zero_and_symmetric", "test_relative_error_craft"],
    hint="You returned an error for every entry. One number is wanted: the largest.",
)
def returns_every_relative_error(a, b):
    return np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b))


@misconception(
    "relative_error",
    caught_by=["test_relative_error_basic", "test_relative_error_zero_and_symmetric", "test_relative_error_craft"],
    hint="That is the length of the difference over the lengths of both (Coursera's form). Ours goes entry by entry "
    "and takes the worst.",
)
def compares_lengths(a, b):
    return np.linalg.norm(a - b) / max(1e-8, np.linalg.norm(a) + np.linalg.norm(b))


@misconception(
    "relative_error",
    caught_by=["test_relative_error_basic", "test_relative_error_zero_and_symmetric"],
    hint="You let the denominator fall no lower than 1, so numbers below 1 are compared absolutely. The floor is 1e-8.",
)
def sets_the_floor_at_one(a, b):
    return np.max(np.abs(a - b) / np.maximum(1.0, np.abs(a) + np.abs(b)))


@misconception(
    "relative_error",
    caught_by=["test_relative_error_zero_and_symmetric", "test_relative_error_craft"],
    hint="NumPy had to divide 0 by 0, and you cleaned up afterwards: there is no floor, and "
    "1e-10 beside 0 is an error of 1. Keep the denominator at 1e-8 or more from the start.",
)
def cleans_up_after_dividing(a, b):
    return np.max(np.nan_to_num(np.abs(a - b) / (np.abs(a) + np.abs(b))))


@misconception(
    "relative_error",
    caught_by="test_relative_error_zero_and_symmetric",
    hint="Your floor is far below 1e-8, so that two slopes of 1e-10, which are nothing but rounding, count as wholly "
    "different.",
)
def sets_the_floor_too_low(a, b):
    return np.max(np.abs(a - b) / np.maximum(1e-300, np.abs(a) + np.abs(b)))


@misconception(
    "relative_error",
    caught_by="test_relative_error_zero_and_symmetric",
    hint="Your floor is above 1e-8, so that small slopes such as 1e-6 and 2e-6 seem to agree, though one is twice the "
    "other.",
)
def sets_the_floor_too_high(a, b):
    return np.max(np.abs(a - b) / np.maximum(1e-5, np.abs(a) + np.abs(b)))


# ---------------------------------------------------------------- chain


@misconception(
    "chain",
    caught_by=["test_chain_basic", "test_chain_both_signs", "test_chain_is_a_slope"],
    hint="You added the three slopes. Along a path slopes are multiplied: dL_dw = dz_dw * dp_dz * dL_dp.",
)
def adds_the_slopes(w, x):
    p = 1 / (1 + np.exp(-w * x))
    return x, p * (1 - p), -1 / p, x + p * (1 - p) - 1 / p


@misconception(
    "chain",
    caught_by=["test_chain_basic", "test_chain_both_signs", "test_chain_is_a_slope"],
    hint="The slope of w x in w is x: a small step of w moves the score x times as far. You gave w.",
)
def takes_the_weight_for_the_slope(w, x):
    p = 1 / (1 + np.exp(-w * x))
    return w, p * (1 - p), -1 / p, (p - 1) * w


@misconception(
    "chain",
    caught_by=["test_chain_basic", "test_chain_both_signs", "test_chain_is_a_slope"],
    hint="The slope of the sigmoid is p (1 - p), with the vote p. You put the score z into it.",
)
def takes_the_slope_at_the_score(w, x):
    z = w * x
    p = 1 / (1 + np.exp(-z))
    return x, z * (1 - z), -1 / p, -x * z * (1 - z) / p


@misconception(
    "chain",
    caught_by=["test_chain_basic", "test_chain_both_signs", "test_chain_is_a_slope"],
    hint="L is MINUS log p, so its slope is -1 / p: the larger the vote, the smaller the surprise.",
)
def forgets_the_minus_of_the_surprise(w, x):
    p = 1 / (1 + np.exp(-w * x))
    return x, p * (1 - p), 1 / p, (1 - p) * x


@misconception(
    "chain",
    caught_by=["test_chain_basic", "test_chain_both_signs", "test_chain_is_a_slope"],
    hint="dL_dp is -log p with you, which is the loss itself. Its slope is -1 / p.",
)
def takes_the_loss_for_its_slope(w, x):
    p = 1 / (1 + np.exp(-w * x))
    return x, p * (1 - p), -np.log(p), -x * p * (1 - p) * np.log(p)


@misconception(
    "chain",
    caught_by=["test_chain_basic", "test_chain_both_signs", "test_chain_is_a_slope"],
    hint="The product has only two slopes: the one of the sigmoid, p (1 - p), is missing in it.",
)
def leaves_out_the_middle_gear(w, x):
    p = 1 / (1 + np.exp(-w * x))
    return x, p * (1 - p), -1 / p, -x / p


@misconception(
    "chain",
    caught_by=["test_chain_basic", "test_chain_both_signs", "test_chain_is_a_slope"],
    hint="Only the product came back. Return four numbers: the three slopes, then their product.",
)
def returns_the_product_only(w, x):
    p = 1 / (1 + np.exp(-w * x))
    return (p - 1) * x


# ---------------------------------------------------------------- my_tests


@misconception(
    "my_tests",
    caught_by=["test_my_tests_basic", "test_my_tests_finds_subtle_mistakes", "test_my_tests_craft"],
    hint="Your tests look at the loss and reject none of the wrong ones. A print or a returned True stops nobody: "
    "write assert.",
)
def accepts_everything(loss_fn):
    y, p = np.array([1, 0, 1]), np.array([0.8, 0.4, 0.5])
    loss = loss_fn(y, p)
    return bool(np.isclose(loss, 0.4757, atol=1e-3))


@misconception(
    "my_tests",
    caught_by=["test_my_tests_basic", "test_my_tests_finds_subtle_mistakes", "test_my_tests_craft"],
    hint="Your tests reject every loss, right ones too. Check the number that you expect: work it out again by hand.",
)
def rejects_everything(loss_fn):
    y, p = np.array([1, 0, 1]), np.array([0.8, 0.4, 0.5])
    assert np.isclose(loss_fn(y, p), 0.4757, atol=1e-12), "not what I worked out"


@misconception(
    "my_tests",
    caught_by="test_my_tests_basic",
    hint="A loss that adds the samples up gets through. For one sample, sum and mean are the same: try a batch of two "
    "or more, and know its number.",
)
def tries_one_sample_only(loss_fn):
    for label, vote, want in ((1, 0.8, -np.log(0.8)), (0, 0.4, -np.log(0.6))):
        assert np.isclose(loss_fn(np.array([label]), np.array([vote])), want)
    for label in (0.0, 1.0):
        assert 5 < loss_fn(np.array([label]), np.array([1 - label])) < 1000
        assert abs(loss_fn(np.array([label]), np.array([label]))) < 1e-6


@misconception(
    "my_tests",
    caught_by="test_my_tests_basic",
    hint="A loss with half of the formula gets through: label 0 is free there. Try label 0 with an ordinary "
    "probability.",
)
def tries_label_one_only(loss_fn):
    assert np.isclose(loss_fn(np.array([1, 1, 1]), np.array([0.8, 0.4, 0.5])), -np.log(0.16) / 3)
    assert 5 < loss_fn(np.array([1.0]), np.array([0.0])) < 1000
    assert abs(loss_fn(np.array([1.0]), np.array([1.0]))) < 1e-6


@misconception(
    "my_tests",
    caught_by="test_my_tests_finds_subtle_mistakes",
    hint="Ordinary votes are tested well, sure ones (0 or 1 exactly) not at all. Say what a sure, wrong vote must "
    "cost: more than 5, and not infinite.",
)
def never_tries_sure_votes(loss_fn):
    assert np.isclose(loss_fn(np.array([1, 0, 0]), np.array([0.9, 0.2, 0.5])), -np.log(0.9 * 0.8 * 0.5) / 3)


@misconception(
    "my_tests",
    caught_by="test_my_tests_finds_subtle_mistakes",
    hint="A loss clipped at 0.01 gets through: it charges only 4.6 for a sure, wrong vote, and 0.01 for a perfect "
    "one. Ask for more than 5, and for nearly 0.",
)
def asks_too_little_of_sure_votes(loss_fn):
    assert np.isclose(loss_fn(np.array([1, 0, 0]), np.array([0.9, 0.2, 0.5])), -np.log(0.9 * 0.8 * 0.5) / 3)
    assert loss_fn(np.array([1.0]), np.array([0.0])) > 0
    assert np.isfinite(loss_fn(np.array([0.0]), np.array([1.0])))


@misconception(
    "my_tests",
    caught_by="test_my_tests_craft",
    hint="You demand 27.63 for a sure, wrong vote. That number belongs to eps = 1e-12; other right losses clip at "
    "1e-7 or 1e-15. Ask for a range.",
)
def demands_one_eps(loss_fn):
    assert np.isclose(loss_fn(np.array([1, 0, 0]), np.array([0.9, 0.2, 0.5])), -np.log(0.9 * 0.8 * 0.5) / 3)
    assert abs(loss_fn(np.array([1.0]), np.array([0.0])) - 27.631) < 0.01


@misconception(
    "my_tests",
    caught_by="test_my_tests_craft",
    hint="You demand that a sure, right vote costs 0 to the last digit. A right loss that clips at 1e-7 charges 1e-7 "
    "for it: allow a little more.",
)
def demands_exactly_zero(loss_fn):
    assert np.isclose(loss_fn(np.array([1, 0, 0]), np.array([0.9, 0.2, 0.5])), -np.log(0.9 * 0.8 * 0.5) / 3)
    for label in (0.0, 1.0):
        assert 5 < loss_fn(np.array([label]), np.array([1 - label])) < 1000
        assert np.isclose(loss_fn(np.array([label]), np.array([label])), 0, atol=1e-9)


@misconception(
    "my_tests",
    caught_by="test_my_tests_craft",
    hint="You ask for the type float. A NumPy number or an array without axes is one number too: look at the value, "
    "not at the type.",
)
def demands_a_python_float(loss_fn):
    y, p = np.array([1, 0, 0]), np.array([0.9, 0.2, 0.5])
    assert type(loss_fn(y, p)) is float
    assert np.isclose(loss_fn(y, p), -np.log(0.9 * 0.8 * 0.5) / 3)
    for label in (0.0, 1.0):
        assert 5 < loss_fn(np.array([label]), np.array([1 - label])) < 1000


@misconception(
    "my_tests",
    caught_by=["test_my_tests_basic", "test_my_tests_finds_subtle_mistakes"],
    hint="You test only that the loss is above 0 and finite. Wrong losses are that too: compare with a number that "
    "you worked out.",
)
def asks_only_for_a_positive_number(loss_fn):
    y, p = np.array([1, 0, 0]), np.array([0.9, 0.2, 0.5])
    loss = loss_fn(y, p)
    assert np.isfinite(loss) and loss > 0


@misconception(
    "my_tests",
    caught_by=["test_my_tests_basic", "test_my_tests_finds_subtle_mistakes"],
    hint="Losses that are off by a factor get through: sum instead of mean, another logarithm. Work out a number for "
    "a batch, and compare with it.",
)
def compares_votes_only(loss_fn):
    one, nil = np.array([1.0]), np.array([0.0])
    for label in (one, nil):
        right, unsure, wrong = loss_fn(label, label), loss_fn(label, np.array([0.5])), loss_fn(label, 1 - label)
        assert right < unsure < wrong
        assert abs(right) < 1e-6 and wrong > 5


@misconception(
    "my_tests",
    caught_by="test_my_tests_finds_subtle_mistakes",
    hint="The logarithm to base 2 gets through: 1.44 times too large. Compare ordinary votes with the exact number, "
    "and allow a distance of 1e-6 at most.",
)
def allows_too_much(loss_fn):
    assert abs(loss_fn(np.array([1, 0, 0]), np.array([0.9, 0.2, 0.5])) - 0.3406) < 0.3
    for label in (0.0, 1.0):
        assert 5 < loss_fn(np.array([label]), np.array([1 - label])) < 1000
        assert abs(loss_fn(np.array([label]), np.array([label]))) < 1e-6


@misconception(
    "my_tests",
    caught_by=["test_my_tests_basic", "test_my_tests_finds_subtle_mistakes", "test_my_tests_craft"],
    hint="Your tests break with an error of their own before they can judge. Run them on your own loss first: "
    "my_tests(binary_cross_entropy).",
)
def breaks_by_itself(loss_fn):
    losses = [loss_fn(np.array([1]), np.array([p])) for p in (0.9, 0.5)]
    assert losses[2] > losses[1]


# ---------------------------------------------------------------- from the score


@misconception(
    "binary_cross_entropy_with_logits",
    caught_by=[
        "test_binary_cross_entropy_with_logits_basic",
        "test_binary_cross_entropy_with_logits_is_stable",
        "test_binary_cross_entropy_with_logits_craft",
    ],
    hint="You added the surprises up. The loss is their mean, so that ten votes and a thousand can be compared.",
)
def adds_up_the_surprises(y_true, z):
    if y_true.shape != z.shape:
        raise ValueError("shapes differ")
    return np.sum(np.logaddexp(0, z) - y_true * z)


@misconception(
    "binary_cross_entropy_with_logits",
    caught_by=[
        "test_binary_cross_entropy_with_logits_basic",
        "test_binary_cross_entropy_with_logits_is_stable",
        "test_binary_cross_entropy_with_logits_craft",
    ],
    hint="Every vote is charged as if the truth were 0. Where the truth is 1, the score itself is subtracted: - y * z.",
)
def forgets_the_label(y_true, z):
    if y_true.shape != z.shape:
        raise ValueError("shapes differ")
    return np.mean(np.logaddexp(0, z))


@misconception(
    "binary_cross_entropy_with_logits",
    caught_by=[
        "test_binary_cross_entropy_with_logits_basic",
        "test_binary_cross_entropy_with_logits_is_stable",
        "test_binary_cross_entropy_with_logits_craft",
    ],
    hint="log(1 + e^-z) is the surprise where the truth is 1. Where it is 0 the sign of the score is turned: "
    "log(1 + e^z).",
)
def takes_every_label_for_1(y_true, z):
    if y_true.shape != z.shape:
        raise ValueError("shapes differ")
    return np.mean(np.logaddexp(0, -z.astype(float)))


@misconception(
    "binary_cross_entropy_with_logits",
    caught_by=[
        "test_binary_cross_entropy_with_logits_basic",
        "test_binary_cross_entropy_with_logits_is_stable",
        "test_binary_cross_entropy_with_logits_craft",
    ],
    hint="The two labels are exchanged: a high score must be cheap where the truth is 1, and dear where it is 0.",
)
def exchanges_the_two_labels(y_true, z):
    if y_true.shape != z.shape:
        raise ValueError("shapes differ")
    return np.mean(np.logaddexp(0, z) - (1 - y_true) * z)


@misconception(
    "binary_cross_entropy_with_logits",
    caught_by=[
        "test_binary_cross_entropy_with_logits_basic",
        "test_binary_cross_entropy_with_logits_is_stable",
        "test_binary_cross_entropy_with_logits_craft",
    ],
    hint="That is the logarithm to base 2: every number is 1.44 times too large. np.log and np.log1p are the "
    "natural ones.",
)
def measures_in_bits(y_true, z):
    if y_true.shape != z.shape:
        raise ValueError("shapes differ")
    return np.mean(np.logaddexp(0, z) - y_true * z) / np.log(2)


@misconception(
    "binary_cross_entropy_with_logits",
    caught_by=["test_binary_cross_entropy_with_logits_is_stable"],
    hint="You took the sigmoid first. It reaches 1 exactly, a clip hides that, and a sure, wrong vote costs "
    "27.6 where the truth is 1000. Stay with the score.",
)
def clips_a_sigmoid(y_true, z):
    if y_true.shape != z.shape:
        raise ValueError("shapes differ")
    p = np.clip(0.5 * (1 + np.tanh(z / 2)), 1e-12, 1 - 1e-12)
    return np.mean(-(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))


@misconception(
    "binary_cross_entropy_with_logits",
    caught_by=["test_binary_cross_entropy_with_logits_is_stable", "test_binary_cross_entropy_with_logits_craft"],
    hint="exp(1000) is infinite. In max(z, 0) + log(1 + exp(-|z|)) no exponent is above 0.",
)
def overflows_at_a_large_score(y_true, z):
    if y_true.shape != z.shape:
        raise ValueError("shapes differ")
    return np.mean(np.log(1 + np.exp(z)) - y_true * z)


@misconception(
    "binary_cross_entropy_with_logits",
    caught_by=[
        "test_binary_cross_entropy_with_logits_basic",
        "test_binary_cross_entropy_with_logits_is_stable",
        "test_binary_cross_entropy_with_logits_craft",
    ],
    hint="log(1 + exp(-|z|)) alone is right for scores below 0 only. Above 0 the z itself is missing: add max(z, 0).",
)
def forgets_the_largest_of_z_and_0(y_true, z):
    if y_true.shape != z.shape:
        raise ValueError("shapes differ")
    return np.mean(np.log1p(np.exp(-np.abs(z))) - y_true * z)


@misconception(
    "binary_cross_entropy_with_logits",
    caught_by=["test_binary_cross_entropy_with_logits_is_stable"],
    hint="A column of scores against a row of labels gives a table of all pairs, without an error. Look at the "
    "two shapes first, and raise a ValueError.",
)
def stretches_other_shapes_without_a_word(y_true, z):
    return np.mean(np.logaddexp(0, z) - y_true * z)


@misconception(
    "softmax_jacobian",
    caught_by=["test_softmax_jacobian_basic", "test_softmax_jacobian_is_measured", "test_softmax_jacobian_craft"],
    hint="The diagonal is right, and everything beside it is 0. But when one score rises, the other shares "
    "fall: -p_i p_j stands beside the diagonal.",
)
def keeps_only_the_diagonal(z):
    p = softmax(np.asarray(z, float))
    return np.diag(p * (1 - p))


@misconception(
    "softmax_jacobian",
    caught_by=["test_softmax_jacobian_basic", "test_softmax_jacobian_is_measured", "test_softmax_jacobian_craft"],
    hint="That is the diagonal as a vector. Every share moves with every score: the answer is a table of shape (C, C).",
)
def gives_a_vector_of_slopes(z):
    p = softmax(np.asarray(z, float))
    return p * (1 - p)


@misconception(
    "softmax_jacobian",
    caught_by=["test_softmax_jacobian_basic", "test_softmax_jacobian_is_measured", "test_softmax_jacobian_craft"],
    hint="Each row must sum to 0. On the diagonal p_i is missing: p_i (1 - p_i) is p_i - p_i p_i.",
)
def forgets_what_a_share_gains(z):
    p = softmax(np.asarray(z, float))
    return -np.outer(p, p)


@misconception(
    "softmax_jacobian",
    caught_by=["test_softmax_jacobian_basic", "test_softmax_jacobian_is_measured", "test_softmax_jacobian_craft"],
    hint="Every slope has the wrong sign. A share rises with its own score: the diagonal is above 0.",
)
def turns_the_sign(z):
    p = softmax(np.asarray(z, float))
    return np.outer(p, p) - np.diag(p)


@misconception(
    "softmax_jacobian",
    caught_by=["test_softmax_jacobian_basic", "test_softmax_jacobian_is_measured", "test_softmax_jacobian_craft"],
    hint="Beside the diagonal stands -p_j. It must be the product of the two shares, -p_i p_j: np.outer(p, p).",
)
def subtracts_shares_instead_of_products(z):
    p = softmax(np.asarray(z, float))
    return np.diag(p) - p


@misconception(
    "softmax_jacobian",
    caught_by=["test_softmax_jacobian_basic", "test_softmax_jacobian_is_measured", "test_softmax_jacobian_craft"],
    hint="These are the slopes of one sigmoid for each score. Softmax shares out one decision: use the shares "
    "p = softmax(z).",
)
def takes_a_sigmoid_for_each_score(z):
    s = 0.5 * (1 + np.tanh(np.asarray(z, float) / 2))
    return np.diag(s) - np.outer(s, s)


@misconception(
    "softmax_jacobian",
    caught_by=["test_softmax_jacobian_is_measured", "test_softmax_jacobian_craft"],
    hint="exp(1000) is infinite, and inf / inf is nan. Use softmax, or subtract the largest score first.",
)
def overflows_in_its_own_shares(z):
    e = np.exp(np.asarray(z, float))
    p = e / e.sum()
    return np.diag(p) - np.outer(p, p)


add_wrong_options(
    "losses",
    {
        1: {
            "a": "A loss of 0 means: sure, and right. A vote of one half is neither.",
            "b": "0.5 is the distance between vote and label. Cross-entropy takes a logarithm of the probability that "
            "the truth was given.",
            "d": "That would be so with the logarithm to base 2, in bits. This course takes the natural logarithm.",
        },
        2: {
            "b": "Work the mean of the sizes out for both committees: (0.3 + 0.3 + 0.3) / 3 and (0.9 + 0 + 0) / 3.",
            "c": "One of the two losses gives both committees the same number. Work out all four numbers.",
            "d": "They do not agree in everything: square 0.9, and square 0.3 three times.",
        },
        3: {
            "a": "That is what the squared error through a sigmoid does. Look at -1 / p and make p small.",
            "b": "The slope is -1 only where p = 1. It is -1 / p: try p = 0.1, then 0.01.",
            "c": "-2 is the limit for the squared error, 2 (p - y). Cross-entropy has p in the denominator.",
        },
        4: {
            "a": "np.clip makes the function a little slower, if anything. Think of what log does at the ends of its "
            "range.",
            "c": "A sigmoid never leaves the range from 0 to 1. The trouble is at the very ends of that range.",
            "d": "A clip is no mercy: for ordinary votes it changes nothing. Think of log(0).",
        },
        5: {
            "a": "That is what one hopes for. NumPy puts a missing axis in FRONT: (4,) is treated as (1, 4). Which "
            "shape fits both?",
            "c": "For this the other array would have to be (4, 1) too. (4,) counts as (1, 4) here.",
            "d": "NumPy complains only if an axis can be stretched on neither side. An axis of length 1 can always be "
            "stretched. Hence the check in your functions.",
        },
        6: {
            "a": "One call gives the height of the hill at one place. A slope needs two heights, and there are 1,000 "
            "directions.",
            "b": "Two calls give the slope along ONE direction. How many directions are there?",
            "c": "For each weight you look at two places: one step up and one step down.",
        },
        7: {
            "b": "Each call of f takes equally long, whatever h is. Think of how many digits a float has.",
            "c": "Python takes any h, down to 1e-308. What it cannot keep is more than 16 digits of x + h and f(x + "
            "h).",
            "d": "The error from the bend of the curve SHRINKS with h. Another error grows.",
        },
        8: {
            "a": "The size is right. Raising the score brings p nearer to y = 1: does the loss go up or down?",
            "b": "-1 / 0.9 is the slope in p. In z the sigmoid's slope 0.9 * 0.1 is multiplied on top.",
            "d": "0.9 is p itself. The formula compares p with y.",
        },
    },
    answers,
)
