"""Mistakes that learners make in 02_neuron."""

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference import neuron as reference
from course_tests.reference.neuron import perceptron_predict, perceptron_update, weighted_sum, weighted_sums

# ---------------------------------------------------------------- weighted_sum


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="The bias is missing: with all inputs 0 the answer must be b. Add b once, at the end.",
)
def forgets_bias(x, w, b):
    return np.dot(x, w)


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="You subtract the bias. In this course it is added: z = w x + b, so that a large b makes a high score.",
)
def subtracts_bias(x, w, b):
    return np.dot(x, w) - b


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="The bias was added once for each input, because it stands inside the sum. Add it once, after the sum.",
)
def adds_bias_for_each_input(x, w, b):
    z = 0
    if len(x) != len(w):
        raise ValueError("lengths differ")
    for k in range(len(x)):
        z += w[k] * x[k] + b
    return z


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="Your products are not added up yet: w * x is still one number for each input. Sum them to one number.",
)
def keeps_the_products_apart(x, w, b):
    return x * w + b


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="You add all inputs, add all weights, and multiply these two sums. Each input needs its own weight: multiply "
    "first, then add.",
)
def adds_before_multiplying(x, w, b):
    if len(x) != len(w):
        raise ValueError("lengths differ")
    return np.sum(x) * np.sum(w) + b


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="That is the mean of the products. A neuron adds its evidence up and does not divide by the number of inputs.",
)
def averages_instead_of_summing(x, w, b):
    return np.mean(x * w) + b


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="The weights have no influence: you add the inputs as they are. Multiply each by its weight.",
)
def ignores_the_weights(x, w, b):
    if len(x) != len(w):
        raise ValueError("lengths differ")
    return np.sum(x) + b


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="The return stands inside the loop, so only the first input counts. Move it to the left, below the loop.",
)
def returns_inside_the_loop(x, w, b):
    if len(x) != len(w):
        raise ValueError("lengths differ")
    z = b
    for k in range(len(x)):
        z += w[k] * x[k]
        return z


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="The last input is left out: range(len(x) - 1) stops one too early. range(len(x)) already ends at the last "
    "one.",
)
def leaves_out_the_last_input(x, w, b):
    if len(x) != len(w):
        raise ValueError("lengths differ")
    z = b
    for k in range(len(x) - 1):
        z = z + w[k] * x[k]
    return z


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="Only two inputs count. The example has two, a neuron may have any number: use a loop, or x @ w.",
)
def works_for_two_inputs_only(x, w, b):
    if len(x) != len(w):
        raise ValueError("lengths differ")
    return w[0] * x[0] + (w[1] * x[1] if len(x) > 1 else 0) + b


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_terms"],
    hint="Two different lengths went through: zip stops at the shorter one without a word. Compare the lengths first "
    "and raise ValueError.",
)
def cuts_to_the_shorter_length(x, w, b):
    return sum(xk * wk for xk, wk in zip(x, w)) + b


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="Your function wrote into the caller's x: x *= w changes the array itself. Write products = x * w.",
)
def multiplies_in_place(x, w, b):
    x *= w
    return x.sum() + b


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="You gave a vote, 0 or 1. The score itself is asked for; voting comes later.",
)
def votes_already(x, w, b):
    return 1 if np.dot(x, w) + b >= 0 else 0


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="You squeezed the score with a sigmoid. Here z itself is asked for; the sigmoid waits for you in the next "
    "assignment.",
)
def squeezes_already(x, w, b):
    return 1 / (1 + np.exp(-(np.dot(x, w) + b)))


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="You gave an array with one entry in it, shape (1,). A single score is one plain number: take the brackets "
    "away.",
)
def wraps_the_number_in_an_array(x, w, b):
    return np.array([np.dot(x, w) + b])


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="The answer is shown on the screen, but not handed back. Write return where print stands.",
)
def prints_the_score(x, w, b):
    print(np.dot(x, w) + b)


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="You gave 0.25 whatever the inputs are. That is the answer to the example only: use the arguments.",
)
def returns_the_answer_to_the_example(x, w, b):
    return 0.25


@misconception(
    "weighted_sum",
    caught_by=["test_weighted_sum_basic", "test_weighted_sum_terms", "test_weighted_sum_craft"],
    hint="The bias is multiplied, too: w * (x + b). Multiply weight by input first, add everything up, and add b once.",
)
def adds_the_bias_to_the_inputs(x, w, b):
    return np.dot(x + b, w)


# ---------------------------------------------------------------- weighted_sums


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_basic", "test_weighted_sums_shapes", "test_weighted_sums_craft"],
    hint="The bias is missing: a row of zeros must score b. Add b after X @ w.",
)
def forgets_bias_of_the_batch(X, w, b):
    return X @ w


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_basic", "test_weighted_sums_shapes", "test_weighted_sums_craft"],
    hint="You took the bias away. It is added to each row's score: X @ w + b.",
)
def subtracts_bias_from_the_batch(X, w, b):
    return X @ w - b


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_basic", "test_weighted_sums_shapes", "test_weighted_sums_craft"],
    hint="There is still one number for each pixel. Each sample must give ONE number: sum along axis 1, then add b.",
)
def keeps_the_table_of_products(X, w, b):
    return X * w + b


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_basic", "test_weighted_sums_shapes", "test_weighted_sums_craft"],
    hint="You summed over axis 0, the samples. Sum over the features, axis 1, so that each row keeps its own score.",
)
def sums_over_the_samples(X, w, b):
    return (X * w).sum(axis=0) + b


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_basic", "test_weighted_sums_shapes", "test_weighted_sums_craft"],
    hint="Only the first row was used. X holds many samples: X @ w scores them all.",
)
def scores_the_first_sample_only(X, w, b):
    return X[0] @ w + b


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_basic", "test_weighted_sums_shapes", "test_weighted_sums_craft"],
    hint="All samples together gave one number: .sum() without an axis adds everything. Say axis=1.",
)
def sums_everything(X, w, b):
    return (X * w).sum() + b


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_basic", "test_weighted_sums_shapes", "test_weighted_sums_craft"],
    hint="The bias was added to every product before the sum, so it counts once for each feature. Sum first, then add "
    "b.",
)
def adds_bias_before_the_sum(X, w, b):
    return (X * w + b).sum(axis=1)


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_basic", "test_weighted_sums_shapes", "test_weighted_sums_craft"],
    hint="You gave a column, shape (N, 1). The scores must be flat, shape (N,): leave keepdims and the reshape away.",
)
def keeps_a_column(X, w, b):
    return np.sum(X * w, axis=1, keepdims=True) + b


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_shapes"],
    hint="A batch of one came back as a plain number: squeeze takes away the axis of the samples too. Leave it out.",
)
def squeezes_the_batch_away(X, w, b):
    return np.squeeze(X @ w.reshape(-1, 1) + b)


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_basic", "test_weighted_sums_shapes", "test_weighted_sums_craft"],
    hint="You averaged over the features. A neuron adds its evidence up: .sum(axis=1), not .mean(axis=1).",
)
def averages_over_the_features(X, w, b):
    return (X * w).mean(axis=1) + b


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_basic", "test_weighted_sums_shapes", "test_weighted_sums_craft"],
    hint="X is on the wrong side, or turned: in X.T @ w the features are the rows. Rows are samples, so X @ w fits as "
    "it is.",
)
def turns_the_batch(X, w, b):
    return X.T @ w + b


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_basic", "test_weighted_sums_shapes", "test_weighted_sums_craft"],
    hint="The weights have no influence: you add up each row as it is. Multiply by w first.",
)
def adds_up_the_rows(X, w, b):
    return X.sum(axis=1) + b


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_basic", "test_weighted_sums_shapes", "test_weighted_sums_craft"],
    hint="The scores were taken relative to their mean. A sample's score must not depend on the other samples.",
)
def centres_the_scores(X, w, b):
    z = X @ w
    return z - z.mean() + b


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_craft"],
    hint="Your function multiplied the caller's X itself: X *= w writes into it. Write products = X * w.",
)
def multiplies_the_batch_in_place(X, w, b):
    X *= w
    return X.sum(axis=1) + b


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_craft"],
    hint="The scores are right, but Python walks through the samples one by one. X @ w does all of them at once.",
)
def loops_over_the_samples(X, w, b):
    return np.array([weighted_sum(x, w, b) for x in X])


@misconception(
    "weighted_sums",
    caught_by=["test_weighted_sums_basic", "test_weighted_sums_shapes", "test_weighted_sums_craft"],
    hint="X @ (w + b) adds the bias to each weight. It belongs to the sum: X @ w + b.",
)
def adds_the_bias_to_the_weights(X, w, b):
    return X @ (w + b)


# ---------------------------------------------------------------- SimpleNeuron


class RightSimpleNeuron:
    def __init__(self, n_inputs, rng):
        self.w = rng.normal(size=n_inputs)
        self.b = 0.0

    def set_weights(self, w, b):
        if np.shape(w) != self.w.shape:
            raise ValueError("wrong shape")
        self.w = np.array(w, float)
        self.b = b

    def forward(self, X):
        return weighted_sums(X, self.w, self.b)


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_is_its_own"],
    hint="Two of your neurons share one array of weights, because it is made once, in the body of the class. Make "
    "self.w in __init__.",
)
class shares_one_array_of_weights(RightSimpleNeuron):
    w = np.random.default_rng(0).normal(size=100_000)
    b = 0.0

    def __init__(self, n_inputs, rng):
        self.w = self.w[:n_inputs]

    def set_weights(self, w, b):
        if np.shape(w) != self.w.shape:
            raise ValueError("wrong shape")
        self.w[:] = w
        self.b = b


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_scores", "test_SimpleNeuron_is_its_own", "test_SimpleNeuron_craft"],
    hint="forward does not add the neuron's bias. Use self.b as well as self.w.",
)
class forgets_its_bias(RightSimpleNeuron):
    def forward(self, X):
        return X @ self.w


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_scores", "test_SimpleNeuron_is_its_own", "test_SimpleNeuron_craft"],
    hint="set_weights changed nothing: w = w only names a local variable. Write self.w = ... and self.b = ...",
)
class sets_local_variables(RightSimpleNeuron):
    def set_weights(self, w, b):
        if np.shape(w) != self.w.shape:
            raise ValueError("wrong shape")
        w = np.array(w, float)
        b = float(b)


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_scores", "test_SimpleNeuron_is_its_own", "test_SimpleNeuron_craft"],
    hint="set_weights took the weights but left the bias at its old value. Store both.",
)
class sets_the_weights_without_the_bias(RightSimpleNeuron):
    def set_weights(self, w, b):
        if np.shape(w) != self.w.shape:
            raise ValueError("wrong shape")
        self.w = np.array(w, float)


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_craft"],
    hint="Your neuron kept the caller's array itself. When the caller changes it, the neuron changes too: store a "
    "copy, np.array(w, float).",
)
class keeps_the_callers_array(RightSimpleNeuron):
    def set_weights(self, w, b):
        if np.shape(w) != self.w.shape:
            raise ValueError("wrong shape")
        self.w = w
        self.b = b


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_is_its_own"],
    hint="Any shape is accepted by set_weights. Compare np.shape(w) with (n_inputs,) and raise ValueError where they "
    "differ.",
)
class accepts_any_shape(RightSimpleNeuron):
    def set_weights(self, w, b):
        self.w = np.array(w, float)
        self.b = b


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_is_its_own"],
    hint="You compare how many weights there are, not their shape: a 3x3 image of weights slips through. Compare with "
    "(n_inputs,).",
)
class checks_only_the_size(RightSimpleNeuron):
    def set_weights(self, w, b):
        if w.size != self.w.size:
            raise ValueError("wrong size")
        self.w = np.array(w, float)
        self.b = b


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_is_its_own"],
    hint="A wrong shape is only reported with print, and then taken all the same. raise ValueError(...) stops the "
    "function.",
)
class prints_instead_of_raising(RightSimpleNeuron):
    def set_weights(self, w, b):
        if np.shape(w) != self.w.shape:
            print("wrong shape")
            return
        self.w = np.array(w, float)
        self.b = b


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_is_its_own"],
    hint="All your neurons start with the weights 0. A new member has random habits: draw n_inputs normal numbers "
    "from rng.",
)
class starts_with_zeros(RightSimpleNeuron):
    def __init__(self, n_inputs, rng):
        self.w = np.zeros(n_inputs)
        self.b = 0.0


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_is_its_own"],
    hint="Your first weights lie between 0 and 1: rng.random draws no negative numbers, so no member could be against "
    "anything. Use rng.normal.",
)
class starts_with_positive_weights(RightSimpleNeuron):
    def __init__(self, n_inputs, rng):
        self.w = rng.random(n_inputs)
        self.b = 0.0


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_is_its_own"],
    hint="The argument rng is not used: you make a generator of your own, so every neuron gets the same weights. Draw "
    "from rng.",
)
class makes_its_own_generator(RightSimpleNeuron):
    def __init__(self, n_inputs, rng):
        rng = np.random.default_rng(42)
        self.w = rng.normal(size=n_inputs)
        self.b = 0.0


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_scores"],
    hint="The bias of a new neuron is drawn at random. It starts at 0, the weights alone are random.",
)
class starts_with_a_random_bias(RightSimpleNeuron):
    def __init__(self, n_inputs, rng):
        self.w = rng.normal(size=n_inputs)
        self.b = rng.normal()


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_scores", "test_SimpleNeuron_is_its_own", "test_SimpleNeuron_craft"],
    hint="Your neuron has nine weights whatever n_inputs says. Draw n_inputs of them.",
)
class always_has_nine_weights(RightSimpleNeuron):
    def __init__(self, n_inputs, rng):
        self.w = rng.normal(size=9)
        self.b = 0.0


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_scores", "test_SimpleNeuron_is_its_own", "test_SimpleNeuron_craft"],
    hint="forward already votes 0 or 1. It must give the scores themselves, one for each row.",
)
class votes_in_forward(RightSimpleNeuron):
    def forward(self, X):
        return (weighted_sums(X, self.w, self.b) >= 0).astype(int)


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_scores", "test_SimpleNeuron_is_its_own", "test_SimpleNeuron_craft"],
    hint="forward changes the neuron: the weights are different after it. Compute the scores and leave self.w and "
    "self.b alone.",
)
class changes_itself_in_forward(RightSimpleNeuron):
    def forward(self, X):
        scores = weighted_sums(X, self.w, self.b)
        self.b += scores.mean()
        return scores


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_is_its_own"],
    hint="np.random.normal does not listen to rng, so nobody can make the same member again. Write rng.normal.",
)
class draws_its_habits_from_the_global_generator(RightSimpleNeuron):
    def __init__(self, n_inputs, rng):
        self.w = np.random.normal(size=n_inputs)
        self.b = 0.0


@misconception(
    "SimpleNeuron",
    caught_by=["test_SimpleNeuron_scores", "test_SimpleNeuron_is_its_own", "test_SimpleNeuron_craft"],
    hint="Your weights have the shape (1, n_inputs) or (n_inputs, 1). One weight for each input is the shape "
    "(n_inputs,): rng.normal(size=n_inputs).",
)
class keeps_a_row_of_weights(RightSimpleNeuron):
    def __init__(self, n_inputs, rng):
        self.w = rng.normal(size=(1, n_inputs))
        self.b = 0.0

    def set_weights(self, w, b):
        if np.shape(w) != (self.w.shape[1],):
            raise ValueError("wrong shape")
        self.w, self.b = np.array(w, float).reshape(1, -1), b

    def forward(self, X):
        return (X @ self.w.T + self.b).ravel()


# ---------------------------------------------------------------- vertical_detector


@misconception(
    "vertical_detector",
    caught_by=["test_vertical_detector_basic", "test_vertical_detector_noisy", "test_vertical_detector_craft"],
    hint="This is a detector for horizontal lines: it votes the wrong way round. Turn every sign, or put the weights "
    "on the other line.",
)
def detects_the_horizontal_line():
    return np.array([0.0, -1, 0, 1, 0, 1, 0, -1, 0]), 0.0


@misconception(
    "vertical_detector",
    caught_by=["test_vertical_detector_basic", "test_vertical_detector_noisy", "test_vertical_detector_craft"],
    hint="The weights are a 3x3 image. A neuron sees a flat row of pixels: flatten them to shape (9,).",
)
def keeps_the_weights_as_an_image():
    return np.array([[0.0, 1, 0], [-1, 0, -1], [0, 1, 0]]), 0.0


@misconception(
    "vertical_detector",
    caught_by=["test_vertical_detector_basic", "test_vertical_detector_noisy", "test_vertical_detector_craft"],
    hint="All weights are equal, so only the brightness counts, and both lines have three bright pixels. Distrust the "
    "pixels that only the horizontal line has.",
)
def measures_the_brightness():
    return np.ones(9), -2.0


@misconception(
    "vertical_detector",
    caught_by=["test_vertical_detector_basic", "test_vertical_detector_noisy"],
    hint="Your weights are the vertical line, with bias 0. The horizontal line shares its centre pixel, so it scores "
    "above 0 too: a threshold is missing.",
)
def forgets_the_shared_pixel():
    return np.array([0.0, 1, 0, 0, 1, 0, 0, 1, 0]), 0.0


@misconception(
    "vertical_detector",
    caught_by=["test_vertical_detector_basic", "test_vertical_detector_noisy"],
    hint="The threshold is one: the horizontal line lands on exactly 0 by its centre pixel. It must lie below 0, so "
    "lower the bias a little more.",
)
def puts_the_horizontal_line_on_the_boundary():
    return np.array([0.0, 1, 0, 0, 1, 0, 0, 1, 0]), -1.0


@misconception(
    "vertical_detector",
    caught_by=["test_vertical_detector_basic", "test_vertical_detector_noisy"],
    hint="The threshold is three: even the perfect vertical line only just reaches 0. Lie between the two scores, not "
    "on one of them.",
)
def asks_too_much():
    return np.array([0.0, 1, 0, 0, 1, 0, 0, 1, 0]), -3.0


@misconception(
    "vertical_detector",
    caught_by=["test_vertical_detector_noisy"],
    hint="Clean images are right, but the vertical line clears the threshold by a hair: a little noise tips it "
    "over. Put the threshold in the middle.",
)
def leaves_no_room_for_noise():
    return np.array([0.0, 1, 0, 0, 1, 0, 0, 1, 0]), -2.95


@misconception(
    "vertical_detector",
    caught_by=["test_vertical_detector_basic", "test_vertical_detector_noisy", "test_vertical_detector_craft"],
    hint="Your weights look for a line in the left column. Here the line stands in the middle: pixels 1, 4 and 7.",
)
def looks_at_the_left_column():
    return np.array([1.0, -1, -1, 1, -1, -1, 1, -1, -1]), 0.0


@misconception(
    "vertical_detector",
    caught_by=["test_vertical_detector_basic", "test_vertical_detector_noisy", "test_vertical_detector_craft"],
    hint="Only the weights came back. Return two things: return w, b.",
)
def returns_only_the_weights():
    return np.array([0.0, 1, 0, -1, 0, -1, 0, 1, 0])


@misconception(
    "vertical_detector",
    caught_by=["test_vertical_detector_basic", "test_vertical_detector_noisy", "test_vertical_detector_craft"],
    hint="The bias is an array with nine entries. One neuron has one bias: a plain number.",
)
def gives_a_bias_to_each_pixel():
    return np.array([0.0, 1, 0, -1, 0, -1, 0, 1, 0]), np.zeros(9)


@misconception(
    "vertical_detector",
    caught_by=["test_vertical_detector_basic", "test_vertical_detector_noisy", "test_vertical_detector_craft"],
    hint="The detector is printed, not returned. End the function with return w, b.",
)
def prints_the_detector():
    print(np.array([0.0, 1, 0, -1, 0, -1, 0, 1, 0]), 0.0)


# ---------------------------------------------------------------- perceptron_predict


@misconception(
    "perceptron_predict",
    caught_by=["test_perceptron_predict_boundary"],
    hint="A score of exactly 0 must be a vote of 1 here: write >= instead of >.",
)
def votes_no_on_the_boundary(X, w, b):
    return (X @ w + b > 0).astype(int)


@misconception(
    "perceptron_predict",
    caught_by=["test_perceptron_predict_basic", "test_perceptron_predict_boundary", "test_perceptron_predict_craft"],
    hint="Your votes are -1 and 1. The labels of this course are 0 and 1.",
)
def votes_minus_one(X, w, b):
    return np.where(X @ w + b >= 0, 1, -1)


@misconception(
    "perceptron_predict",
    caught_by=["test_perceptron_predict_basic", "test_perceptron_predict_boundary", "test_perceptron_predict_craft"],
    hint="np.sign gives -1, 0 and 1. A vote is 0 or 1: ask whether the score is >= 0.",
)
def takes_the_sign(X, w, b):
    return np.sign(X @ w + b)


@misconception(
    "perceptron_predict",
    caught_by=["test_perceptron_predict_boundary"],
    hint="On the fence you give half a vote: (sign + 1) / 2 is 0.5 there. A score of exactly 0 is a full vote of 1.",
)
def gives_half_a_vote(X, w, b):
    return (np.sign(X @ w + b) + 1) / 2


@misconception(
    "perceptron_predict",
    caught_by=["test_perceptron_predict_basic", "test_perceptron_predict_boundary", "test_perceptron_predict_craft"],
    hint="These are the scores. A vote says only on which side of 0 they lie: (scores >= 0).",
)
def returns_the_scores(X, w, b):
    return X @ w + b


@misconception(
    "perceptron_predict",
    caught_by=["test_perceptron_predict_basic", "test_perceptron_predict_boundary", "test_perceptron_predict_craft"],
    hint="The votes are the wrong way round: 1 belongs to scores that are 0 or above.",
)
def votes_the_wrong_way_round(X, w, b):
    return (X @ w + b < 0).astype(int)


@misconception(
    "perceptron_predict",
    caught_by=["test_perceptron_predict_basic", "test_perceptron_predict_boundary", "test_perceptron_predict_craft"],
    hint="You compare the score with one half. That is for probabilities; a score is compared with 0.",
)
def compares_with_one_half(X, w, b):
    return (X @ w + b >= 0.5).astype(int)


@misconception(
    "perceptron_predict",
    caught_by=["test_perceptron_predict_basic", "test_perceptron_predict_boundary", "test_perceptron_predict_craft"],
    hint="The vote does not depend on b. The bias is the member's threshold: add it before you compare with 0.",
)
def votes_without_the_bias(X, w, b):
    return (X @ w >= 0).astype(int)


@misconception(
    "perceptron_predict",
    caught_by=["test_perceptron_predict_basic", "test_perceptron_predict_boundary", "test_perceptron_predict_craft"],
    hint="You compare with +b. w x >= b is the same as w x - b >= 0, but here z = w x + b.",
)
def takes_the_bias_as_a_bar(X, w, b):
    return (X @ w >= b).astype(int)


@misconception(
    "perceptron_predict",
    caught_by=["test_perceptron_predict_basic", "test_perceptron_predict_boundary", "test_perceptron_predict_craft"],
    hint="One if cannot decide for a whole array of scores, and Python says so. Compare the array itself, (scores >= "
    "0), or loop over it.",
)
def asks_one_if_for_all(X, w, b):
    z = X @ w + b
    if z >= 0:
        return 1
    else:
        return 0


@misconception(
    "perceptron_predict",
    caught_by=["test_perceptron_predict_basic", "test_perceptron_predict_boundary", "test_perceptron_predict_craft"],
    hint="One vote came back for all samples together. Each row needs its own.",
)
def votes_once_for_all(X, w, b):
    return int((X @ w + b).sum() >= 0)


@misconception(
    "perceptron_predict",
    caught_by=["test_perceptron_predict_basic", "test_perceptron_predict_boundary", "test_perceptron_predict_craft"],
    hint="You compare with the average score of the batch, so a sample's vote depends on its neighbours. Compare with "
    "0.",
)
def compares_with_the_average(X, w, b):
    z = X @ w + b
    return (z >= z.mean()).astype(int)


@misconception(
    "perceptron_predict",
    caught_by=["test_perceptron_predict_basic", "test_perceptron_predict_boundary", "test_perceptron_predict_craft"],
    hint="Rounding is no threshold: a score of 0.3 became 0, and a score of 2 stayed 2. Ask whether it is >= 0.",
)
def rounds_the_scores(X, w, b):
    return np.maximum(np.round(X @ w + b), 0)


@misconception(
    "perceptron_predict",
    caught_by=["test_perceptron_predict_craft"],
    hint="The votes are right, but X is not what it was: X *= w writes into the caller's array. Use X @ w.",
)
def predicts_in_place(X, w, b):
    X *= w
    return (X.sum(axis=1) + b >= 0).astype(int)


# ---------------------------------------------------------------- perceptron_update


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_basic", "test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="The weights move although the vote was right. Use y - p, which is 0 then. "
    "If you do, your score is wrong: look at your weighted_sum.",
)
def updates_when_right(x, y, w, b, lr=1.0):
    sign = 1 if y == 1 else -1
    return w + lr * sign * x, b + lr * sign


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_basic", "test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="After your update the score has moved away from the label: the sign is turned. Add lr * (y - p) * x.",
)
def steps_the_wrong_way(x, y, w, b, lr=1.0):
    p = weighted_sum(x, w, b) >= 0
    return w - lr * (y - p) * x, b - lr * (y - p)


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_basic", "test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="The bias stays where it was. It learns too, as if its input were always 1: b + lr * (y - p).",
)
def leaves_the_bias_alone(x, y, w, b, lr=1.0):
    p = weighted_sum(x, w, b) >= 0
    return w + lr * (y - p) * x, b


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="lr makes no difference in your update. Multiply both steps, of w and of b, by lr.",
)
def ignores_lr(x, y, w, b, lr=1.0):
    p = weighted_sum(x, w, b) >= 0
    return w + (y - p) * x, b + (y - p)


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="w takes a step of size lr, but b a step of size 1. Multiply the step of b by lr too.",
)
def ignores_lr_for_the_bias(x, y, w, b, lr=1.0):
    p = weighted_sum(x, w, b) >= 0
    return w + lr * (y - p) * x, b + (y - p)


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_basic", "test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="Every weight moves by the same amount. Only inputs that were there share the blame: multiply by x.",
)
def moves_all_weights_alike(x, y, w, b, lr=1.0):
    p = weighted_sum(x, w, b) >= 0
    return w + lr * (y - p), b + lr * (y - p)


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_basic", "test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="You use y - z, the raw score (that is another rule, called Adaline). The perceptron uses the vote p, 0 or 1.",
)
def uses_the_score_not_the_vote(x, y, w, b, lr=1.0):
    z = weighted_sum(x, w, b)
    return w + lr * (y - z) * x, b + lr * (y - z)


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_steps"],
    hint="A score of exactly 0 was taken as a vote of 0. Here it is a vote of 1, as in perceptron_predict: z >= 0.",
)
def takes_a_tie_for_a_no(x, y, w, b, lr=1.0):
    p = weighted_sum(x, w, b) > 0
    return w + lr * (y - p) * x, b + lr * (y - p)


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_basic", "test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="It learns only from samples with y = 1. A wrong yes (y = 0, p = 1) must lower the weights.",
)
def learns_from_ones_only(x, y, w, b, lr=1.0):
    p = weighted_sum(x, w, b) >= 0
    return w + lr * y * (1 - p) * x, b + lr * y * (1 - p)


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_basic", "test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="Every error raises the weights: the sign of y - p was lost with abs or !=. A wrong yes must lower them.",
)
def always_adds(x, y, w, b, lr=1.0):
    wrong = abs(y - int(weighted_sum(x, w, b) >= 0))
    return w + lr * wrong * x, b + lr * wrong


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_basic", "test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="Your steps are twice as long: with labels and votes of -1 and 1 the difference is 2. Take 0 and 1.",
)
def doubles_the_step(x, y, w, b, lr=1.0):
    p = np.sign(weighted_sum(x, w, b)) if weighted_sum(x, w, b) != 0 else 1
    return w + lr * (2 * y - 1 - p) * x, b + lr * (2 * y - 1 - p)


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_basic", "test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="The vote was taken without the bias, so some samples that are wrong look right. Decide by x @ w + b.",
)
def decides_without_the_bias(x, y, w, b, lr=1.0):
    p = int(np.dot(x, w) >= 0)
    return w + lr * (y - p) * x, b + lr * (y - p)


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_basic", "test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="You give back how much to change, not the changed weights. Return w + step, b + step.",
)
def returns_the_steps_only(x, y, w, b, lr=1.0):
    p = weighted_sum(x, w, b) >= 0
    return lr * (y - p) * x, lr * (y - p)


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_basic", "test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="The two results are exchanged. Return w first, then b.",
)
def returns_bias_first(x, y, w, b, lr=1.0):
    p = weighted_sum(x, w, b) >= 0
    return b + lr * (y - p), w + lr * (y - p) * x


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_craft"],
    hint="The caller's w was changed: w += ... writes into the same array. Write w = w + ...",
)
def updates_in_place(x, y, w, b, lr=1.0):
    p = int(weighted_sum(x, w, b) >= 0)
    w += lr * (y - p) * x
    b += lr * (y - p)
    return w, b


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_basic", "test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="Nothing came back after a right vote. Return w and b in that case too, as they were.",
)
def returns_nothing_when_right(x, y, w, b, lr=1.0):
    p = weighted_sum(x, w, b) >= 0
    if p != y:
        return w + lr * (y - p) * x, b + lr * (y - p)


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_basic", "test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="p is a probability here (a sigmoid of the score). The perceptron rule takes the vote, 0 or 1; the soft p "
    "comes in 05_descent.",
)
def updates_with_a_probability(x, y, w, b, lr=1.0):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    return w + lr * (y - p) * x, b + lr * (y - p)


@misconception(
    "perceptron_update",
    caught_by=["test_perceptron_update_basic", "test_perceptron_update_steps", "test_perceptron_update_craft"],
    hint="The step takes the place of the weights: you return lr (y - p) x alone where the vote was wrong. Add it: w + "
    "lr (y - p) x.",
)
def replaces_the_weights_by_the_step(x, y, w, b, lr=1.0):
    step = lr * (y - int(x @ w + b >= 0))
    return (step * x, step) if step else (w.copy(), b)


# ---------------------------------------------------------------- perceptron_train


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="Your loop ends only when nobody errs; max_epochs is not looked at. Where no line exists, it would run for "
    "ever: count the epochs.",
)
def loops_until_no_errors(X, y, rng, max_epochs):
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    while not errors or errors[-1] > 0:
        wrong = 0
        for i in rng.permutation(len(X)):
            wrong += int(perceptron_predict(X[i : i + 1], w, b)[0] != y[i])
            w, b = perceptron_update(X[i], y[i], w, b)
        errors.append(wrong)
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_basic", "test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="The training goes on after an epoch without errors. Nothing can change any more: leave the loop there with "
    "break.",
)
def never_stops_early(X, y, rng, max_epochs):
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        wrong = 0
        for i in rng.permutation(len(X)):
            wrong += int(perceptron_predict(X[i : i + 1], w, b)[0] != y[i])
            w, b = perceptron_update(X[i], y[i], w, b)
        errors.append(wrong)
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_basic", "test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="It stops after the first epoch: the return stands inside the loop over epochs. Move it to the left.",
)
def stops_after_one_epoch(X, y, rng, max_epochs):
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        wrong = 0
        for i in rng.permutation(len(X)):
            wrong += int(perceptron_predict(X[i : i + 1], w, b)[0] != y[i])
            w, b = perceptron_update(X[i], y[i], w, b)
        errors.append(wrong)
        return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_basic", "test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="The epoch without errors is missing from the list: you leave the loop before you append it. Append first, "
    "then break.",
)
def forgets_the_last_epoch(X, y, rng, max_epochs):
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        wrong = 0
        for i in rng.permutation(len(X)):
            wrong += int(perceptron_predict(X[i : i + 1], w, b)[0] != y[i])
            w, b = perceptron_update(X[i], y[i], w, b)
        if wrong == 0:
            break
        errors.append(wrong)
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_basic", "test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="The counter of errors is never set back to 0, so each epoch holds the errors of all epochs before. Set it "
    "to 0 inside the loop over epochs.",
)
def never_resets_the_counter(X, y, rng, max_epochs):
    w, b, errors, wrong = np.zeros(X.shape[1]), 0.0, [], 0
    for epoch in range(max_epochs):
        for i in rng.permutation(len(X)):
            wrong += int(perceptron_predict(X[i : i + 1], w, b)[0] != y[i])
            w, b = perceptron_update(X[i], y[i], w, b)
        errors.append(wrong)
        if wrong == 0:
            break
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_basic", "test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="One number came back for all epochs. errors is a list: append the count of each epoch.",
)
def returns_the_total_of_errors(X, y, rng, max_epochs):
    w, b, total = np.zeros(X.shape[1]), 0.0, 0
    for epoch in range(max_epochs):
        wrong = 0
        for i in rng.permutation(len(X)):
            wrong += int(perceptron_predict(X[i : i + 1], w, b)[0] != y[i])
            w, b = perceptron_update(X[i], y[i], w, b)
        total += wrong
        if wrong == 0:
            break
    return w, b, total


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_basic", "test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="You count the errors after the epoch, with the weights of its end. Count each sample when its turn comes, "
    "before its update.",
)
def counts_after_the_epoch(X, y, rng, max_epochs):
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        for i in rng.permutation(len(X)):
            w, b = perceptron_update(X[i], y[i], w, b)
        errors.append(int(np.sum(perceptron_predict(X, w, b) != y)))
        if errors[-1] == 0:
            break
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_basic", "test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="The count comes after the update of the same sample, when it may be right already. Look at the vote first, "
    "then update.",
)
def updates_before_counting(X, y, rng, max_epochs):
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        wrong = 0
        for i in rng.permutation(len(X)):
            w, b = perceptron_update(X[i], y[i], w, b)
            wrong += int(perceptron_predict(X[i : i + 1], w, b)[0] != y[i])
        errors.append(wrong)
        if wrong == 0:
            break
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_basic", "test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="The weights start at random. Start from zero: w = np.zeros(number of features), b = 0.",
)
def starts_at_random(X, y, rng, max_epochs):
    w, b, errors = rng.normal(size=X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        wrong = 0
        for i in rng.permutation(len(X)):
            wrong += int(perceptron_predict(X[i : i + 1], w, b)[0] != y[i])
            w, b = perceptron_update(X[i], y[i], w, b)
        errors.append(wrong)
        if wrong == 0:
            break
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_basic", "test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="w and b are set to zero again in every epoch, so nothing learned survives. Set them before the loop over "
    "epochs.",
)
def starts_again_each_epoch(X, y, rng, max_epochs):
    errors = []
    for epoch in range(max_epochs):
        w, b, wrong = np.zeros(X.shape[1]), 0.0, 0
        for i in rng.permutation(len(X)):
            wrong += int(perceptron_predict(X[i : i + 1], w, b)[0] != y[i])
            w, b = perceptron_update(X[i], y[i], w, b)
        errors.append(wrong)
        if wrong == 0:
            break
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_basic", "test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="The result of perceptron_update is thrown away: it does not change w and b by itself. Write w, b = "
    "perceptron_update(...).",
)
def throws_the_update_away(X, y, rng, max_epochs):
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        wrong = 0
        for i in rng.permutation(len(X)):
            wrong += int(perceptron_predict(X[i : i + 1], w, b)[0] != y[i])
            perceptron_update(X[i], y[i], w, b)
        errors.append(wrong)
        if wrong == 0:
            break
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="All votes are taken once, at the start of the epoch, while the weights move. Vote for each sample when its "
    "turn comes.",
)
def votes_once_an_epoch(X, y, rng, max_epochs):
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        votes = perceptron_predict(X, w, b)
        for i in rng.permutation(len(X)):
            w = w + (y[i] - votes[i]) * X[i]
            b = b + (y[i] - votes[i])
        errors.append(int(np.sum(votes != y)))
        if errors[-1] == 0:
            break
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_basic", "test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="The bias never moves in your training. Take both results of perceptron_update, w and b.",
)
def trains_without_the_bias(X, y, rng, max_epochs):
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        wrong = 0
        for i in rng.permutation(len(X)):
            wrong += int(perceptron_predict(X[i : i + 1], w, b)[0] != y[i])
            w, _ = perceptron_update(X[i], y[i], w, b)
        errors.append(wrong)
        if wrong == 0:
            break
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_basic", "test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="The errors are missing from what you return: three things are asked for, return w, b, errors.",
)
def returns_no_errors(X, y, rng, max_epochs):
    w, b = np.zeros(X.shape[1]), 0.0
    for epoch in range(max_epochs):
        wrong = 0
        for i in rng.permutation(len(X)):
            wrong += int(perceptron_predict(X[i : i + 1], w, b)[0] != y[i])
            w, b = perceptron_update(X[i], y[i], w, b)
        if wrong == 0:
            break
    return w, b


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_basic", "test_perceptron_train_keeps_its_promise"],
    hint="You shuffle X but not y, so images get each other's labels. Draw one order and use it for both.",
)
def shuffles_only_the_pictures(X, y, rng, max_epochs):
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        shuffled = rng.permutation(X)
        wrong = 0
        for i in range(len(X)):
            wrong += int(perceptron_predict(shuffled[i : i + 1], w, b)[0] != y[i])
            w, b = perceptron_update(shuffled[i], y[i], w, b)
        errors.append(wrong)
        if wrong == 0:
            break
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_craft"],
    hint="The caller's X and y were put into another order: rng.shuffle works on the array itself. Draw an order "
    "instead, rng.permutation(len(X)).",
)
def shuffles_the_callers_data(X, y, rng, max_epochs):
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        order = rng.permutation(len(X))
        X[:], y[:] = X[order], y[order]
        wrong = 0
        for i in range(len(X)):
            wrong += int(perceptron_predict(X[i : i + 1], w, b)[0] != y[i])
            w, b = perceptron_update(X[i], y[i], w, b)
        errors.append(wrong)
        if wrong == 0:
            break
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_craft"],
    hint="The samples always come in the order in which they are stored. Visit them in a new order each epoch: for i "
    "in rng.permutation(len(X)).",
)
def never_shuffles(X, y, rng, max_epochs):
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        wrong = 0
        for i in range(len(X)):
            wrong += int(perceptron_predict(X[i : i + 1], w, b)[0] != y[i])
            w, b = perceptron_update(X[i], y[i], w, b)
        errors.append(wrong)
        if wrong == 0:
            break
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_craft"],
    hint="The order comes from a generator of your own, always the same one. Use the argument rng.",
)
def shuffles_with_its_own_generator(X, y, rng, max_epochs):
    rng = np.random.default_rng(0)
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        wrong = 0
        for i in rng.permutation(len(X)):
            wrong += int(perceptron_predict(X[i : i + 1], w, b)[0] != y[i])
            w, b = perceptron_update(X[i], y[i], w, b)
        errors.append(wrong)
        if wrong == 0:
            break
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_basic", "test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="Your training does not look at its X and y, but at the corners and the AND of the notebook. Use the "
    "arguments.",
)
def trains_on_the_corners_of_the_notebook(X, y, rng, max_epochs):
    corners, labels = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 0, 0, 1])
    w, b, errors = np.zeros(2), 0.0, []
    for epoch in range(max_epochs):
        wrong = 0
        for i in rng.permutation(4):
            wrong += int(perceptron_predict(corners[i : i + 1], w, b)[0] != labels[i])
            w, b = perceptron_update(corners[i], labels[i], w, b)
        errors.append(wrong)
        if wrong == 0:
            break
    return w, b, errors


@misconception(
    "perceptron_train",
    caught_by=["test_perceptron_train_basic", "test_perceptron_train_keeps_its_promise", "test_perceptron_train_craft"],
    hint="You count what was right, not what was wrong. errors is the number of samples with another vote than label.",
)
def counts_the_right_ones(X, y, rng, max_epochs):
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        right = 0
        for i in rng.permutation(len(X)):
            right += int(perceptron_predict(X[i : i + 1], w, b)[0] == y[i])
            w, b = perceptron_update(X[i], y[i], w, b)
        errors.append(right)
        if right == len(X):
            break
    return w, b, errors


# ---------------------------------------------------------------- quiz


add_wrong_options(
    "neuron",
    {
        1: {
            "a": "The score goes out, it does not come in. Follow the arrows of the drawing: which part of the cell "
            "brings signals in, and which sends one away?",
            "b": "Both parts lie at the entrance of the cell, so they are easily mixed up. One is only the branch "
            "that a signal comes along; the other can be strong or weak.",
            "d": "Think of the sum as work done in the middle, where everything meets. An axon is a cable: it "
            "carries, it does not add.",
        },
        2: {
            "a": "Rounding changes the last digit that is shown, here the second one. Compute the number to three "
            "digits: would it round to what the page shows?",
            "c": "Look at the sign of the second weight once more: this evidence speaks against.",
            "d": "Check whether all three terms are in your sum, the bias too.",
        },
        3: {
            "a": "That would be so if the bias were multiplied by the inputs. It stands alone in the formula.",
            "b": "The bias is added once, not once for each pixel.",
            "c": "For zeros you are right. But look at the formula: does the term b know anything of the picture?",
        },
        4: {
            "b": "Count the features again: they are summed away. What is left for each row?",
            "c": "A table of products has this shape, before the sum along each row.",
            "d": "One number comes out for one sample. How many samples does X hold?",
        },
        5: {
            "a": "Nine random weights add up to something else for each line; hardly ever to 0. Look at the histogram: "
            "each neuron has its own accuracy.",
            "c": "Nobody has learned anything yet. Some are lucky and some unlucky; that is not knowing.",
            "d": "Some lucky neurons read more than half, and one with the right weights reads all. Why is the mean a "
            "half?",
        },
        6: {
            "a": "These two drew a neuron with logic in 1943, but its weights did not learn. Who added a rule that "
            "learns?",
            "b": "These three made training through several layers well known, in 1986. The single neuron that learns "
            "is older.",
            "c": "These two showed in 1969 what a perceptron cannot do. So somebody had built it before.",
        },
        7: {
            "b": "The promise of the perceptron needs a line that separates the classes. More epochs help only if "
            "there is one.",
            "c": "From zero weights, lr only makes w and b longer or shorter together; the votes stay the same. Try "
            "it.",
            "d": "Another order takes another path, but think of the four points on paper: is there any line at all?",
        },
        8: {
            "a": "The vote was 1 and the label is 0, so y - p is negative. In which direction must the score go?",
            "b": "The bias learns as well, as if it belonged to an input that is always 1.",
            "d": "Compute the score: is the vote right? Only a right vote leaves everything as it was.",
        },
    },
    reference.answers,
)
