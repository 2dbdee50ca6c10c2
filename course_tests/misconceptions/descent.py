"""Mistakes that learners make in 05_descent."""

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference import descent as reference
from course_tests.reference.activations import sigmoid
from course_tests.reference.descent import gd_step, logistic_forward, logistic_gradients
from course_tests.reference.losses import binary_cross_entropy

# ---------------------------------------------------------------- gradient_descent_1d

PATH = ["test_gradient_descent_1d_basic", "test_gradient_descent_1d_any_start", "test_gradient_descent_1d_craft"]


@misconception(
    "gradient_descent_1d",
    caught_by=PATH,
    hint="You add lr times the slope, so you walk uphill. Downhill is against the slope: x - lr * grad(x).",
)
def walks_uphill(grad, x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(path[-1] + lr * grad(path[-1]))
    return np.array(path)


@misconception(
    "gradient_descent_1d",
    caught_by=PATH,
    hint="Every step uses the slope at x0. Ask grad again at the point you have just reached.",
)
def keeps_the_first_slope(grad, x0, lr, steps):
    slope = grad(x0)
    return np.array([x0 - k * lr * slope for k in range(steps + 1)])


@misconception(
    "gradient_descent_1d",
    caught_by=PATH,
    hint="Every step starts again from x0. The next step must start from the newest point.",
)
def starts_every_step_from_x0(grad, x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        x = x0 - lr * grad(x0)
        path.append(x)
    return np.array(path)


@misconception(
    "gradient_descent_1d",
    caught_by=PATH,
    hint="Only the last point comes back. Keep every point on the way, in an array of steps + 1 numbers.",
)
def returns_only_the_end(grad, x0, lr, steps):
    x = x0
    for _ in range(steps):
        x = x - lr * grad(x)
    return x


@misconception(
    "gradient_descent_1d",
    caught_by=PATH,
    hint="The start is missing: x0 is the first entry of the path, before any step.",
)
def forgets_the_start(grad, x0, lr, steps):
    path, x = [], x0
    for _ in range(steps):
        x = x - lr * grad(x)
        path.append(x)
    return np.array(path)


@misconception(
    "gradient_descent_1d",
    caught_by=PATH,
    hint="The end is missing: your path keeps the point before each step, so the point after the last step is lost.",
)
def forgets_the_end(grad, x0, lr, steps):
    path, x = [], x0
    for _ in range(steps):
        path.append(x)
        x = x - lr * grad(x)
    return np.array(path)


@misconception(
    "gradient_descent_1d",
    caught_by=PATH,
    hint="One step too many: the path holds x0 and one point for each step, steps + 1 numbers in all.",
)
def takes_one_step_more(grad, x0, lr, steps):
    path = [x0]
    for _ in range(steps + 1):
        path.append(path[-1] - lr * grad(path[-1]))
    return np.array(path)


@misconception(
    "gradient_descent_1d",
    caught_by=PATH,
    hint="lr is not used: the whole slope is subtracted. Multiply it by lr first.",
)
def ignores_the_rate(grad, x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(path[-1] - grad(path[-1]))
    return np.array(path)


@misconception(
    "gradient_descent_1d",
    caught_by=PATH,
    hint="Every step has the same length lr: only the sign of the slope is used. A steep slope must give a long step: "
    "lr * grad(x).",
)
def uses_only_the_sign(grad, x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(path[-1] - lr * np.sign(grad(path[-1])))
    return np.array(path)


@misconception(
    "gradient_descent_1d",
    caught_by=PATH,
    hint="The slope 2x of the example is written into your function. Call grad: it may belong to any curve.",
)
def writes_the_example_into_the_function(grad, x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(path[-1] - lr * 2 * path[-1])
    return np.array(path)


@misconception(
    "gradient_descent_1d",
    caught_by=["test_gradient_descent_1d_any_start"],
    hint="Your path is an array of whole numbers when x0 is one (3 instead of 3.0), so every point is cut off. Make "
    "it an array of floats.",
)
def keeps_whole_numbers(grad, x0, lr, steps):
    path = np.full(steps + 1, x0)
    for k in range(steps):
        path[k + 1] = path[k] - lr * grad(path[k])
    return path


@misconception(
    "gradient_descent_1d",
    caught_by=["test_gradient_descent_1d_any_start"],
    hint="You stop as soon as the slope is tiny, so the path is too short. Take all the steps, also at the bottom.",
)
def stops_when_it_is_flat(grad, x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        slope = grad(path[-1])
        if abs(slope) < 1e-6:
            break
        path.append(path[-1] - lr * slope)
    return np.array(path)


@misconception(
    "gradient_descent_1d",
    caught_by=PATH,
    hint="lr shrinks from step to step in your code. Here it stays the same all the way.",
)
def shrinks_the_rate(grad, x0, lr, steps):
    path = [x0]
    for k in range(steps):
        path.append(path[-1] - lr / (k + 1) * grad(path[-1]))
    return np.array(path)


@misconception(
    "gradient_descent_1d",
    caught_by=PATH,
    hint="You ask for the slope at path[k + 1], a point that you have not reached yet. Use the slope at path[k].",
)
def looks_at_the_next_point(grad, x0, lr, steps):
    path = np.zeros(steps + 1)
    path[0] = x0
    for k in range(steps):
        path[k + 1] = path[k] - lr * grad(path[k + 1])
    return path


@misconception(
    "gradient_descent_1d",
    caught_by=PATH,
    hint="You keep the step lr * slope, not the place that it leads to. Subtract the step from x.",
)
def keeps_the_steps_not_the_places(grad, x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(lr * grad(path[-1]))
    return np.array(path)


@misconception(
    "gradient_descent_1d",
    caught_by=["test_gradient_descent_1d_craft"],
    hint="Right numbers, but for each point you walk again all the way from x0. Go on from the newest point.",
)
def walks_again_from_the_start(grad, x0, lr, steps):
    path = np.zeros(steps + 1)
    for k in range(steps + 1):
        x = x0
        for _ in range(k):
            x = x - lr * grad(x)
        path[k] = x
    return path


# ---------------------------------------------------------------- logistic_forward

FORWARD = ["test_logistic_forward_basic", "test_logistic_forward_any_batch"]


@misconception(
    "logistic_forward",
    caught_by=FORWARD,
    hint="These are the scores. Squeeze them with sigmoid: a probability lies between 0 and 1.",
)
def returns_the_scores(X, w, b):
    return X @ w + b


@misconception(
    "logistic_forward", caught_by=FORWARD, hint="The bias is missing. Add b to each score before the sigmoid."
)
def forgets_the_bias(X, w, b):
    return sigmoid(X @ w)


@misconception(
    "logistic_forward",
    caught_by=FORWARD,
    hint="b is added after the sigmoid. It belongs to the score: sigmoid(X @ w + b).",
)
def adds_the_bias_after_the_vote(X, w, b):
    return sigmoid(X @ w) + b


@misconception(
    "logistic_forward", caught_by=FORWARD, hint="b is subtracted. In this course the bias is added to the score."
)
def subtracts_the_bias(X, w, b):
    return sigmoid(X @ w - b)


@misconception(
    "logistic_forward",
    caught_by=FORWARD,
    hint="You return votes, 0 or 1. Return the probability itself: the slope needs to know how sure the neuron was.",
)
def votes_instead(X, w, b):
    return (sigmoid(X @ w + b) >= 0.5).astype(float)


@misconception(
    "logistic_forward",
    caught_by=FORWARD,
    hint="The answer has shape (N, D): each sample needs the sum over its features before the sigmoid. Write X @ w.",
)
def forgets_to_sum(X, w, b):
    return sigmoid(X * w + b)


@misconception(
    "logistic_forward",
    caught_by=FORWARD,
    hint="You squeeze each feature and then add up. Add up first, squeeze the sum once.",
)
def squeezes_before_the_sum(X, w, b):
    return sigmoid(X * w + b).sum(axis=1)


@misconception(
    "logistic_forward", caught_by=FORWARD, hint="Only the first sample gets an answer. All N rows of X need one."
)
def answers_for_the_first_sample(X, w, b):
    return sigmoid(X[0] @ w + b)


@misconception(
    "logistic_forward",
    caught_by=FORWARD,
    hint="The answer is a column of shape (N, 1). With y of shape (N,) it would make a table of N times N; return "
    "shape (N,).",
)
def returns_a_column(X, w, b):
    return sigmoid(X @ w.reshape(-1, 1) + b)


@misconception(
    "logistic_forward",
    caught_by=FORWARD,
    hint="The vote is turned around: this is the probability of label 0. Give sigmoid the score, not minus the score.",
)
def turns_the_vote_around(X, w, b):
    return sigmoid(-(X @ w + b))


@misconception(
    "logistic_forward",
    caught_by=["test_logistic_forward_craft"],
    hint="The numbers are right, but your own 1 / (1 + exp(-z)) overflows for a very sure neuron. Use the sigmoid of "
    "the setup cell.",
)
def overflows(X, w, b):
    return 1 / (1 + np.exp(-(X @ w + b)))


@misconception(
    "logistic_forward",
    caught_by=["test_logistic_forward_any_batch", "test_logistic_forward_craft"],
    hint="X *= w writes into the caller's images, and fails when they are whole numbers. Write X * w, or X @ w at "
    "once.",
)
def multiplies_in_place(X, w, b):
    X *= w
    return sigmoid(X.sum(axis=1) + b)


# ---------------------------------------------------------------- logistic_gradients

SLOPES = ["test_logistic_gradients_basic", "test_logistic_gradients_are_slopes", "test_logistic_gradients_craft"]


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="Both slopes have the wrong sign: blame is p - y, prediction minus truth.",
)
def subtracts_the_guess(X, y, w, b):
    error = y - logistic_forward(X, w, b)
    return X.T @ error / len(y), np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="You summed over the samples. The loss is a mean, so both slopes are means: divide by N.",
)
def sums_instead_of_averages(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return X.T @ error, np.sum(error)


@misconception(
    "logistic_gradients", caught_by=SLOPES, hint="db is not divided by N. It is the mean of p - y, as dw is a mean."
)
def sums_for_the_bias(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return X.T @ error / len(y), np.sum(error)


@misconception(
    "logistic_gradients", caught_by=SLOPES, hint="dw is not divided by N. It is the mean of (p - y) x over the samples."
)
def sums_for_the_weights(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return X.T @ error, np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="db must be one number; you return p - y for each sample. Take the mean.",
)
def keeps_one_db_for_each_sample(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return X.T @ error / len(y), error


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="dw must have one slope for each weight; yours has one row for each sample. Take the mean over the samples, "
    "axis 0.",
)
def keeps_one_dw_for_each_sample(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return X * error[:, None], np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="The mean runs over the features (axis 1), so dw has a slope for each sample. Average over the samples: axis "
    "0.",
)
def averages_over_the_features(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return np.mean(X * error[:, None], axis=1), np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="You use the vote, 0 or 1, where the probability belongs: a right vote then gives no slope at all. Use p - y.",
)
def uses_the_vote(X, y, w, b):
    error = (logistic_forward(X, w, b) > 0.5) - y
    return X.T @ error / len(y), np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="You use the score z - y, as for a line through points. Put z through the sigmoid first: p - y.",
)
def uses_the_score(X, y, w, b):
    error = X @ w + b - y
    return X.T @ error / len(y), np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="There is an extra p (1 - p). For this loss it cancels: the slope in the score is p - y, nothing more.",
)
def multiplies_by_the_slope_of_sigmoid(X, y, w, b):
    p = logistic_forward(X, w, b)
    error = (p - y) * p * (1 - p)
    return X.T @ error / len(y), np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="You stopped at the slope in p, (p - y) / (p (1 - p)). The chain goes on through the sigmoid, whose slope p "
    "(1 - p) cancels the division.",
)
def stops_at_the_slope_in_p(X, y, w, b):
    p = logistic_forward(X, w, b)
    error = (p - y) / (p * (1 - p))
    return X.T @ error / len(y), np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="You have the slopes of the squared error. For binary cross-entropy leave out 2 and p (1 - p): only p - y "
    "stays.",
)
def takes_the_squared_error(X, y, w, b):
    p = logistic_forward(X, w, b)
    error = 2 * (p - y) * p * (1 - p)
    return X.T @ error / len(y), np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="The images are missing in dw: each sample's p - y must be multiplied by its own pixels.",
)
def forgets_the_images(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return np.full(len(w), np.mean(error)), np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="You multiply the mean blame by the mean image. Multiply sample by sample first, then take the mean.",
)
def multiplies_the_means(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return np.mean(X, axis=0) * np.mean(error), np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="The probabilities are computed without the bias. Use logistic_forward(X, w, b).",
)
def forgets_the_bias_on_the_way(X, y, w, b):
    error = sigmoid(X @ w) - y
    return X.T @ error / len(y), np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="You divide by the number of pixels in all (X.size). There are N samples: divide by len(X).",
)
def divides_by_all_pixels(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return X.T @ error / X.size, np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="You divide dw by the number of features, X.shape[1]. The mean is over the samples: X.shape[0].",
)
def divides_by_the_features(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return X.T @ error / X.shape[1], np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="You divide by N twice: p - y is divided once, then you take a mean as well.",
)
def divides_by_n_twice(X, y, w, b):
    error = (logistic_forward(X, w, b) - y) / len(y)
    return X.T @ error / len(y), np.mean(error)


@misconception("logistic_gradients", caught_by=SLOPES, hint="The two are in the wrong order: return dw first, then db.")
def swaps_the_two(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return np.mean(error), X.T @ error / len(y)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="dw has shape (D, 1); it must have the shape of w, (D,). Keep p - y flat, of shape (N,).",
)
def returns_dw_as_a_column(X, y, w, b):
    error = (logistic_forward(X, w, b) - y).reshape(-1, 1)
    return X.T @ error / len(y), np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="y is a column of shape (N, 1) beside p of shape (N,): the difference became a table of N times N. Keep both "
    "flat.",
)
def makes_a_table_of_differences(X, y, w, b):
    error = logistic_forward(X, w, b) - y.reshape(-1, 1)
    return (X.T @ error).mean(axis=1) / len(y), np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="In your loop dw is overwritten, so only the last sample counts. Add up with +=, then divide by N.",
)
def keeps_the_last_sample(X, y, w, b):
    p = logistic_forward(X, w, b)
    for i in range(len(y)):
        dw = (p[i] - y[i]) * X[i] / len(y)
        db = (p[i] - y[i]) / len(y)
    return dw, db


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="The minus sign got lost in |p - y|: blame has a direction. Leave out the absolute value.",
)
def takes_the_size_of_the_blame(X, y, w, b):
    error = np.abs(logistic_forward(X, w, b) - y)
    return X.T @ error / len(y), np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="X @ (p - y) has the wrong shapes, unless there are as many samples as features: then it mixes them up. "
    "Write X.T @ (p - y).",
)
def forgets_to_transpose(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return X @ error / len(y), np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=SLOPES,
    hint="y -= p writes into the caller's labels, and fails when they are whole numbers. Write error = p - y.",
)
def writes_into_the_labels(X, y, w, b):
    y -= logistic_forward(X, w, b)
    return -X.T @ y / len(y), -np.mean(y)


@misconception(
    "logistic_gradients",
    caught_by=["test_logistic_gradients_are_slopes", "test_logistic_gradients_craft"],
    hint="X *= ... writes into the caller's images, and fails when they are whole numbers. Make a new array: X * "
    "error[:, None].",
)
def writes_into_the_images(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    X *= error[:, None]
    return X.mean(axis=0), error.mean()


@misconception(
    "logistic_gradients",
    caught_by=["test_logistic_gradients_craft"],
    hint="Right, but each sample is sent through the neuron alone, in a Python loop. Give all of X to "
    "logistic_forward at once.",
)
def asks_the_neuron_sample_by_sample(X, y, w, b):
    dw, db = np.zeros(X.shape[1]), 0.0
    for i in range(len(y)):
        error = logistic_forward(X[i : i + 1], w, b)[0] - y[i]
        dw += error * X[i]
        db += error
    return dw / len(y), db / len(y)


@misconception(
    "logistic_gradients",
    caught_by=["test_logistic_gradients_craft"],
    hint="Right for ordinary scores, but exp(-z) overflows for a very sure neuron. Use logistic_forward: its sigmoid "
    "never does.",
)
def overflows_on_the_way(X, y, w, b):
    error = 1 / (1 + np.exp(-(X @ w + b))) - y
    return X.T @ error / len(y), np.mean(error)


@misconception(
    "logistic_gradients",
    caught_by=["test_logistic_gradients_basic", "test_logistic_gradients_are_slopes", "test_logistic_gradients_craft"],
    hint="You sum the blame of all samples, and then multiply by the pixels of the last one alone. Each sample has its "
    "own blame and its own pixels: X.T @ (p - y).",
)
def blames_the_last_sample_for_all(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return error.mean() * X[-1], error.mean()


@misconception(
    "logistic_gradients",
    caught_by=["test_logistic_gradients_basic", "test_logistic_gradients_are_slopes", "test_logistic_gradients_craft"],
    hint="X @ (w + b) adds the bias to each weight, so your p is another one. It belongs to the score: X @ w + b.",
)
def adds_the_bias_to_the_weights(X, y, w, b):
    error = sigmoid(X @ (w + b)) - y
    return X.T @ error / len(y), error.mean()


@misconception(
    "logistic_gradients",
    caught_by=["test_logistic_gradients_basic", "test_logistic_gradients_are_slopes", "test_logistic_gradients_craft"],
    hint="Your slopes are half as large: the 1/2 belongs to a squared error. The mean of the blame is divided by N, "
    "not by 2 N.",
)
def halves_the_slopes(X, y, w, b):
    error = logistic_forward(X, w, b) - y
    return X.T @ error / (2 * len(y)), error.mean() / 2


@misconception(
    "logistic_gradients",
    caught_by=["test_logistic_gradients_basic", "test_logistic_gradients_are_slopes", "test_logistic_gradients_craft"],
    hint="A factor p is left in the blame. The whole slope of the sigmoid, p (1 - p), cancels: the blame is p - y.",
)
def keeps_one_factor_of_the_sigmoid(X, y, w, b):
    p = logistic_forward(X, w, b)
    error = (p - y) * p
    return X.T @ error / len(y), error.mean()


@misconception(
    "logistic_gradients",
    caught_by=["test_logistic_gradients_basic", "test_logistic_gradients_are_slopes", "test_logistic_gradients_craft"],
    hint="You multiply the pixels by the loss of each sample. The blame is its slope in the score, p - y, "
    "which has a sign.",
)
def takes_the_loss_for_the_blame(X, y, w, b):
    p = logistic_forward(X, w, b)
    error = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    return X.T @ error / len(y), error.mean()


@misconception(
    "logistic_gradients",
    caught_by=["test_logistic_gradients_basic", "test_logistic_gradients_are_slopes", "test_logistic_gradients_craft"],
    hint="Samples with label 0 have no blame with you. p - y is p for them: they are too high by p.",
)
def blames_the_vertical_ones_only(X, y, w, b):
    error = y * (logistic_forward(X, w, b) - 1)
    return X.T @ error / len(y), error.mean()


@misconception(
    "logistic_gradients",
    caught_by=["test_logistic_gradients_basic", "test_logistic_gradients_are_slopes", "test_logistic_gradients_craft"],
    hint="The sigmoid is taken twice: logistic_forward gives probabilities already.",
)
def squeezes_twice(X, y, w, b):
    error = sigmoid(logistic_forward(X, w, b)) - y
    return X.T @ error / len(y), error.mean()


@misconception(
    "logistic_gradients",
    caught_by=["test_logistic_gradients_basic", "test_logistic_gradients_are_slopes", "test_logistic_gradients_craft"],
    hint="You made labels of -1 and 1. In this course they are 0 and 1, and the blame is p - y.",
)
def turns_the_labels_into_minus_one(X, y, w, b):
    error = logistic_forward(X, w, b) - (2 * y - 1)
    return X.T @ error / len(y), error.mean()


# ---------------------------------------------------------------- gd_step

STEP = ["test_gd_step_basic", "test_gd_step_any_step"]


@misconception("gd_step", caught_by=STEP, hint="You add lr times the slope: that makes the loss larger. Subtract it.")
def climbs(w, b, dw, db, lr):
    return w + lr * dw, b + lr * db


@misconception("gd_step", caught_by=STEP, hint="The bias does not move. It is a parameter too: b - lr * db.")
def leaves_the_bias(w, b, dw, db, lr):
    return w - lr * dw, b


@misconception("gd_step", caught_by=STEP, hint="Only w comes back. Return both, w and b.")
def returns_only_w(w, b, dw, db, lr):
    return w - lr * dw


@misconception("gd_step", caught_by=STEP, hint="You return the steps lr * dw and lr * db. Subtract them from w and b.")
def returns_the_steps(w, b, dw, db, lr):
    return lr * dw, lr * db


@misconception("gd_step", caught_by=STEP, hint="lr is not used. Multiply both slopes by it.")
def moves_by_the_whole_slope(w, b, dw, db, lr):
    return w - dw, b - db


@misconception(
    "gd_step",
    caught_by=STEP,
    hint="lr multiplies w - dw as a whole, so w itself shrinks. Only the slope is multiplied: w - lr * dw.",
)
def multiplies_the_weights_too(w, b, dw, db, lr):
    return lr * (w - dw), lr * (b - db)


@misconception("gd_step", caught_by=STEP, hint="w and b are exchanged: return w first, then b.")
def returns_b_first(w, b, dw, db, lr):
    return b - lr * db, w - lr * dw


@misconception(
    "gd_step",
    caught_by=STEP,
    hint="w moves along db, the bias's slope. Each parameter moves along its own: dw for w, db for b.",
)
def moves_w_along_db(w, b, dw, db, lr):
    return w - lr * db, b - lr * db


@misconception(
    "gd_step", caught_by=STEP, hint="The slopes are divided by lr. A small lr must give a small step: multiply."
)
def divides_by_the_rate(w, b, dw, db, lr):
    if lr == 0:
        return w, b
    return w - dw / lr, b - db / lr


@misconception(
    "gd_step",
    caught_by=["test_gd_step_any_step", "test_gd_step_craft"],
    hint="w -= lr * dw writes into the caller's array, and fails when it holds whole numbers. Write w = w - lr * dw.",
)
def moves_the_callers_weights(w, b, dw, db, lr):
    w -= lr * dw
    b -= lr * db
    return w, b


@misconception(
    "gd_step",
    caught_by=["test_gd_step_craft"],
    hint="dw *= lr changes the caller's slopes. Write lr * dw, a new array.",
)
def changes_the_callers_slopes(w, b, dw, db, lr):
    dw *= lr
    return w - dw, b - lr * db


# ---------------------------------------------------------------- train_logistic

TRAIN = ["test_train_logistic_basic", "test_train_logistic_any_start"]


@misconception(
    "train_logistic",
    caught_by=TRAIN,
    hint="The first loss is taken after the first step, so loss[0] is not ln 2 and one loss is missing. Measure "
    "before the first step, too.",
)
def measures_only_after_each_step(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = []
    for _ in range(epochs):
        dw, db = logistic_gradients(X, y, w, b)
        w, b = gd_step(w, b, dw, db, lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by=TRAIN,
    hint="The loss after the last step is missing: loss has epochs + 1 entries. Measure once more after the loop.",
)
def measures_only_before_each_step(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = []
    for _ in range(epochs):
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
        dw, db = logistic_gradients(X, y, w, b)
        w, b = gd_step(w, b, dw, db, lr)
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by=TRAIN,
    hint="One step too many: the loop over the epochs + 1 losses also steps epochs + 1 times, and every loss is taken "
    "after its step.",
)
def steps_before_it_measures(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = []
    for _ in range(epochs + 1):
        dw, db = logistic_gradients(X, y, w, b)
        w, b = gd_step(w, b, dw, db, lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by=TRAIN,
    hint="The losses are right, but you take a step after the last one: w and b are one step too far.",
)
def steps_once_more_at_the_end(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = []
    for _ in range(epochs + 1):
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
        dw, db = logistic_gradients(X, y, w, b)
        w, b = gd_step(w, b, dw, db, lr)
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by=["test_train_logistic_any_start"],
    hint="w0 is ignored: your training always starts from zeros. Start from w0 when one is given.",
)
def ignores_w0(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = np.zeros(X.shape[1]), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        w, b = gd_step(w, b, *logistic_gradients(X, y, w, b), lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by=["test_train_logistic_any_start"],
    hint="b0 is ignored: your bias always starts at 0. Start with b = b0.",
)
def ignores_b0(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), 0.0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        w, b = gd_step(w, b, *logistic_gradients(X, y, w, b), lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by=["test_train_logistic_any_start", "test_train_logistic_craft"],
    hint="`if not w0` (or `w0 or ...`) asks an array for one truth value, which it does not have. Write `if w0 is "
    "None`.",
)
def asks_an_array_for_its_truth(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = w0 or np.zeros(X.shape[1]), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        w, b = gd_step(w, b, *logistic_gradients(X, y, w, b), lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by=["test_train_logistic_any_start", "test_train_logistic_craft"],
    hint="w -= ... moves the caller's w0 along (and fails when it holds whole numbers). Copy it first, or write w = w "
    "- ...",
)
def moves_the_callers_w0(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        dw, db = logistic_gradients(X, y, w, b)
        w -= lr * dw
        b -= lr * db
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by=TRAIN,
    hint="Uphill: the loss grows from epoch to epoch. Go against the slopes, w - lr * dw.",
)
def trains_uphill(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        dw, db = logistic_gradients(X, y, w, b)
        w, b = w + lr * dw, b + lr * db
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by=TRAIN,
    hint="The slopes are computed once, before the loop. They change with every step: compute them inside the loop.",
)
def computes_the_slopes_once(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    dw, db = logistic_gradients(X, y, w, b)
    for _ in range(epochs):
        w, b = gd_step(w, b, dw, db, lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by=TRAIN,
    hint="db is computed with the new w: w has moved already. Compute both slopes first, then move both.",
)
def moves_w_before_it_asks_for_db(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        w = w - lr * logistic_gradients(X, y, w, b)[0]
        b = b - lr * logistic_gradients(X, y, w, b)[1]
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic", caught_by=TRAIN, hint="The bias never moves. gd_step returns the new w and the new b: keep both."
)
def keeps_only_the_new_w(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        dw, db = logistic_gradients(X, y, w, b)
        w, _ = gd_step(w, b, dw, db, lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by=TRAIN,
    hint="gd_step is called, but what it returns is thrown away, so nothing moves. Write w, b = gd_step(...).",
)
def throws_the_step_away(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        dw, db = logistic_gradients(X, y, w, b)
        gd_step(w, b, dw, db, lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by=TRAIN,
    hint="The arguments of binary_cross_entropy are exchanged: the truth comes first, y, then the probabilities.",
)
def gives_the_guess_as_truth(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = [binary_cross_entropy(logistic_forward(X, w, b), y)]
    for _ in range(epochs):
        w, b = gd_step(w, b, *logistic_gradients(X, y, w, b), lr)
        loss.append(binary_cross_entropy(logistic_forward(X, w, b), y))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic", caught_by=TRAIN, hint="acc is the share of wrong votes. Count where vote and label are the same."
)
def counts_the_mistakes(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        w, b = gd_step(w, b, *logistic_gradients(X, y, w, b), lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) != y)}


@misconception(
    "train_logistic",
    caught_by=TRAIN,
    hint="acc compares probabilities with labels, which are almost never equal. Turn them into votes first: p >= 0.5.",
)
def compares_probabilities_with_labels(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        w, b = gd_step(w, b, *logistic_gradients(X, y, w, b), lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean(logistic_forward(X, w, b) == y)}


@misconception(
    "train_logistic",
    caught_by=TRAIN,
    hint="acc is the mean certainty, 1 - |p - y|. It must be the share of right votes: p >= 0.5 compared with y.",
)
def averages_the_certainty(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        w, b = gd_step(w, b, *logistic_gradients(X, y, w, b), lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": 1 - np.mean(np.abs(logistic_forward(X, w, b) - y))}


@misconception("train_logistic", caught_by=TRAIN, hint="acc is in per cent. Give it as a share between 0 and 1.")
def gives_per_cent(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        w, b = gd_step(w, b, *logistic_gradients(X, y, w, b), lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": 100 * np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by=TRAIN,
    hint="w and b move after every single sample. An epoch here is one step, with the slopes of all samples together.",
)
def steps_after_every_sample(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        for i in range(len(y)):
            dw, db = logistic_gradients(X[i : i + 1], y[i : i + 1], w, b)
            w, b = gd_step(w, b, dw, db, lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by=[*TRAIN, "test_train_logistic_craft"],
    hint="The parts come back as a tuple. Return a dict with the keys 'w', 'b', 'loss' and 'acc'.",
)
def returns_a_tuple(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        w, b = gd_step(w, b, *logistic_gradients(X, y, w, b), lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return w, b, np.array(loss), np.mean((logistic_forward(X, w, b) >= 0.5) == y)


@misconception(
    "train_logistic",
    caught_by=["test_train_logistic_craft"],
    hint="Your own logarithm of p fails when the neuron is quite sure: log(0) is infinite. Use binary_cross_entropy "
    "of the setup cell.",
)
def takes_the_logarithm_of_zero(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = []
    for k in range(epochs + 1):
        p = logistic_forward(X, w, b)
        loss.append(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
        if k < epochs:
            w, b = gd_step(w, b, *logistic_gradients(X, y, w, b), lr)
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((p >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by=["test_train_logistic_any_start"],
    hint="Training ends as soon as the loss no longer falls, so loss is too short. Run all the epochs that were asked "
    "for.",
)
def stops_when_the_loss_rises(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        w, b = gd_step(w, b, *logistic_gradients(X, y, w, b), lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
        if loss[-1] >= loss[-2]:
            break
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) >= 0.5) == y)}


@misconception(
    "train_logistic",
    caught_by="test_train_logistic_any_start",
    hint="A probability of exactly 0.5 is a vote of 1: write p >= 0.5, not p > 0.5.",
)
def votes_no_at_one_half(X, y, lr, epochs, w0=None, b0=0.0):
    w, b = (np.zeros(X.shape[1]) if w0 is None else w0), b0
    loss = [binary_cross_entropy(y, logistic_forward(X, w, b))]
    for _ in range(epochs):
        w, b = gd_step(w, b, *logistic_gradients(X, y, w, b), lr)
        loss.append(binary_cross_entropy(y, logistic_forward(X, w, b)))
    return {"w": w, "b": b, "loss": np.array(loss), "acc": np.mean((logistic_forward(X, w, b) > 0.5) == y)}


# ---------------------------------------------------------------- diagnose

HARD = "test_diagnose_hard_curves"


@misconception(
    "diagnose",
    caught_by=[HARD, "test_diagnose_craft"],
    hint="A nan slips through: every comparison with nan is False, even nan == nan. Ask np.isfinite first.",
)
def compares_with_nan(losses):
    if losses[-1] == np.nan or losses[-1] == np.inf or losses[-1] > losses[0]:
        return "diverging"
    return "slow" if losses[-1] > 0.5 * losses[0] else "good"


@misconception(
    "diagnose",
    caught_by=[HARD],
    hint="Only the last loss is asked whether it is finite. One inf on the way is enough: ask all of them.",
)
def looks_for_nan_only_at_the_end(losses):
    if not np.isfinite(losses[-1]) or losses[-1] > losses[0]:
        return "diverging"
    return "slow" if losses[-1] > 0.5 * losses[0] else "good"


@misconception(
    "diagnose",
    caught_by=["test_diagnose_basic", HARD, "test_diagnose_craft"],
    hint="For you any rise from one epoch to the next is diverging. Bumps are allowed: compare the last loss with the "
    "first.",
)
def allows_no_bump(losses):
    if not np.isfinite(losses).all() or np.any(np.diff(losses) > 0):
        return "diverging"
    return "slow" if losses[-1] > 0.5 * losses[0] else "good"


@misconception(
    "diagnose",
    caught_by=["test_diagnose_basic", HARD],
    hint="You compare the largest loss with the first, so a peak in the middle counts as diverging. Look at the last "
    "loss.",
)
def looks_at_the_peak(losses):
    if not np.isfinite(losses).all() or np.max(losses) > losses[0]:
        return "diverging"
    return "slow" if losses[-1] > 0.5 * losses[0] else "good"


@misconception(
    "diagnose",
    caught_by=[HARD],
    hint="You look at the smallest loss on the way. What counts is where the curve ends: the last loss.",
)
def looks_at_the_best(losses):
    if not np.isfinite(losses).all() or losses[-1] > losses[0]:
        return "diverging"
    return "slow" if np.min(losses) > 0.5 * losses[0] else "good"


@misconception(
    "diagnose",
    caught_by=["test_diagnose_basic", HARD, "test_diagnose_craft"],
    hint="Good means for you a loss below 0.1. Another loss has another scale: compare with half of the first loss.",
)
def asks_for_a_fixed_loss(losses):
    if not np.isfinite(losses).all() or losses[-1] > losses[0]:
        return "diverging"
    return "slow" if losses[-1] > 0.1 else "good"


@misconception(
    "diagnose",
    caught_by=["test_diagnose_basic", HARD],
    hint="You compare the fall, first - last, with 0.5. Half of the first loss is meant: last > 0.5 * first.",
)
def asks_for_a_fixed_fall(losses):
    if not np.isfinite(losses).all() or losses[-1] > losses[0]:
        return "diverging"
    return "slow" if losses[0] - losses[-1] < 0.5 else "good"


@misconception(
    "diagnose",
    caught_by=["test_diagnose_basic", HARD, "test_diagnose_craft"],
    hint="You ask for slow first, and a curve that rises is above half of its start, too. Ask for diverging first.",
)
def asks_for_slow_first(losses):
    if losses[-1] > 0.5 * losses[0]:
        return "slow"
    if not np.isfinite(losses).all() or losses[-1] > losses[0]:
        return "diverging"
    return "good"


@misconception(
    "diagnose",
    caught_by=["test_diagnose_basic", HARD, "test_diagnose_craft"],
    hint="You compare the last two losses only. Compare the last with the first.",
)
def compares_the_last_two(losses):
    if not np.isfinite(losses).all() or losses[-1] > losses[-2]:
        return "diverging"
    return "slow" if losses[-1] > 0.5 * losses[-2] else "good"


@misconception(
    "diagnose",
    caught_by=["test_diagnose_basic", HARD, "test_diagnose_craft"],
    hint="The three words are written in lower case: 'diverging', 'slow', 'good'.",
)
def writes_capital_letters(losses):
    if not np.isfinite(losses).all() or losses[-1] > losses[0]:
        return "Diverging"
    return "Slow" if losses[-1] > 0.5 * losses[0] else "Good"


@misconception(
    "diagnose",
    caught_by=["test_diagnose_basic", HARD, "test_diagnose_craft"],
    hint="A curve that is good gets no answer: the last return is missing.",
)
def forgets_the_last_return(losses):
    if not np.isfinite(losses).all() or losses[-1] > losses[0]:
        return "diverging"
    if losses[-1] > 0.5 * losses[0]:
        return "slow"


@misconception(
    "diagnose",
    caught_by=["test_diagnose_basic", HARD, "test_diagnose_craft"],
    hint="Slow and good are exchanged: a loss that is still above half of the first has hardly fallen.",
)
def exchanges_slow_and_good(losses):
    if not np.isfinite(losses).all() or losses[-1] > losses[0]:
        return "diverging"
    return "good" if losses[-1] > 0.5 * losses[0] else "slow"


@misconception(
    "diagnose",
    caught_by=["test_diagnose_craft"],
    hint="losses[...] = ... writes into the caller's curve, and fails for a list. Only look at it.",
)
def repairs_the_callers_curve(losses):
    losses[~np.isfinite(losses)] = 1e9
    if losses.max() >= 1e9 or losses[-1] > losses[0]:
        return "diverging"
    return "slow" if losses[-1] > 0.5 * losses[0] else "good"


@misconception(
    "diagnose",
    caught_by="test_diagnose_hard_curves",
    hint="A loss that is exactly halved is good: slow is only what stays ABOVE half of the first, so > and not >=.",
)
def counts_exactly_half_as_slow(losses):
    if not np.all(np.isfinite(losses)) or losses[-1] > losses[0]:
        return "diverging"
    return "slow" if losses[-1] >= 0.5 * losses[0] else "good"


# ---------------------------------------------------------------- my_lr

GOAL = ["test_my_lr_learns_clean_lines", "test_my_lr_learns_noisy_lines"]


@misconception(
    "my_lr",
    value=True,
    caught_by=GOAL,
    hint="0.01 is a habit from larger networks. Here 50 steps of that size are too short: go up by factors of ten.",
)
def takes_the_usual_hundredth():
    return 0.01


@misconception(
    "my_lr",
    value=True,
    caught_by=GOAL,
    hint="0.1 goes the right way, but 50 epochs are not enough for it. Try a rate a few times as large.",
)
def takes_a_tenth():
    return 0.1


@misconception(
    "my_lr",
    value=True,
    caught_by=GOAL,
    hint="A negative rate climbs: the step already has a minus sign. Choose a positive number.",
)
def takes_a_negative_rate():
    return -0.5


@misconception(
    "my_lr", value=True, caught_by=GOAL, hint="With a rate of 0 no weight ever moves, and the loss stays at ln 2."
)
def takes_nothing():
    return 0.0


@misconception(
    "my_lr",
    value=True,
    caught_by=["test_my_lr_learns_noisy_lines"],
    hint="0.22 is just enough for clean lines, and just too small for noisy ones. Leave yourself a margin.",
)
def takes_just_enough_for_clean_lines():
    return 0.22


@misconception(
    "my_lr",
    value=True,
    caught_by=GOAL,
    hint="The rate is one number, for example 0.7, not a word or a list of candidates.",
)
def gives_a_list_of_rates():
    return [0.1, 1.0, 10.0]


# ---------------------------------------------------------------- quiz

add_wrong_options(
    "descent",
    {
        1: {
            "a": "The slope is negative, so minus lr times the slope goes to the right. You went along the slope.",
            "b": "You added the slope itself. The step is lr times the slope, and it is subtracted.",
            "d": "You took the whole slope. Multiply it by lr = 0.5 before you subtract.",
        },
        2: {
            "b": "That would be nice. But each step sees only the slope under its feet: how could it know of a deeper "
            "valley behind a hill?",
            "c": "Nothing is averaged. Follow the slope by hand from the start: which hillside does it lead down?",
            "d": "With a small lr no step is long enough to cross a hill. Think of the first figure with two valleys.",
        },
        3: {
            "a": "More epochs would be more of the same: each step already makes it worse. What makes each step so "
            "long?",
            "b": "A larger rate makes longer steps, and the steps overshoot already.",
            "c": "From another start the steps would be just as long. Look at what multiplies the slope.",
        },
        4: {
            "a": "Prediction minus truth is 0.9 - 1, which is below 0. Mind the order.",
            "c": "The second pixel is 0: it had no part in the score. What does that make of its share of the blame?",
            "d": "You multiplied by p. Blame is the difference between prediction and truth, not the prediction.",
        },
        5: {
            "a": "The slope of the sigmoid is at most 0.25. Write down both factors of the chain and multiply them.",
            "b": "Nothing is left out: the numerical gradient agrees to many digits. Write down both factors of the "
            "chain.",
            "d": "p - y is right for any weights. Write down the slope of the loss in p, and what stands below its "
            "fraction line.",
        },
        6: {
            "a": "Try labels that are all 1: the first loss is the same. What does a neuron with zero weights say to "
            "any image?",
            "b": "Nothing is random here: the weights start at 0. What is z then, and what is p?",
            "c": "loss[0] is measured before any step, so the rate has had no say yet.",
        },
        7: {
            "a": "One step for each epoch is batch descent, with all 60 samples at once. Here each step sees 10.",
            "c": "10 is how many samples each step sees. How many such groups are there among 60 samples?",
            "d": "60 steps is one for each sample. Here each step sees 10 samples.",
        },
        8: {
            "b": "Near the bottom of a bowl the slopes become smaller, not larger. What goes wrong with long steps "
            "there?",
            "c": "The rate scales the steps, not the weights. What changes between the start of training and its end?",
            "d": "A step costs the same with any rate. Think of where long steps help and where they harm.",
        },
    },
    reference.answers,
)
