"""Mistakes that learners make in 03_activations."""

import math

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference import activations as right
from course_tests.reference.activations import ACTIVATIONS, relu, sigmoid, tanh

# ---------------------------------------------------------------- step


@misconception(
    "step",
    caught_by="test_step_at_zero",
    hint="A score of exactly 0 reaches the threshold: here step(0) is 1. Ask z >= 0, not z > 0.",
)
def asks_for_more_than_zero(z):
    return np.where(np.asarray(z) > 0, 1.0, 0.0)


@misconception(
    "step",
    caught_by=["test_step_basic", "test_step_at_zero", "test_step_craft"],
    hint="A silent member gives 0, not -1. Your votes are +1 and -1, those of a perceptron with labels +1 and -1.",
)
def votes_minus_one(z):
    return np.where(np.asarray(z) >= 0, 1.0, -1.0)


@misconception(
    "step",
    caught_by=["test_step_basic", "test_step_at_zero", "test_step_craft"],
    hint="np.sign gives -1, 0 and 1. The step has two values only: 1 from z = 0 on, and 0 below.",
)
def uses_sign(z):
    return np.sign(z)


@misconception(
    "step",
    caught_by=["test_step_basic", "test_step_at_zero", "test_step_craft"],
    hint="The step is the wrong way round: positive scores must give 1, negative ones 0.",
)
def steps_down(z):
    return np.where(np.asarray(z) < 0, 1.0, 0.0)


@misconception(
    "step",
    caught_by=["test_step_basic", "test_step_at_zero", "test_step_craft"],
    hint="The threshold lies at one half; that is the rule for probabilities. A score z is compared with 0.",
)
def compares_with_one_half(z):
    return np.where(np.asarray(z) >= 0.5, 1.0, 0.0)


@misconception(
    "step",
    caught_by=["test_step_basic", "test_step_at_zero", "test_step_craft"],
    hint="One `if` cannot answer for many scores at once. Compare the whole array, z >= 0, and use np.where.",
)
def asks_once_for_all_scores(z):
    if z >= 0:
        return 1.0
    return 0.0


@misconception(
    "step",
    caught_by=["test_step_basic", "test_step_at_zero", "test_step_craft"],
    hint="You gave one answer for the whole array. Each score needs its own 0 or 1: drop np.all.",
)
def gives_one_answer_for_all_scores(z):
    return 1.0 if np.all(np.asarray(z) >= 0) else 0.0


@misconception(
    "step",
    caught_by="test_step_craft",
    hint="You wrote zeros and ones into the caller's own z. Make a new array: np.where(z >= 0, 1.0, 0.0).",
)
def writes_votes_into_z(z):
    up = z >= 0
    z[up] = 1
    z[~up] = 0
    return z


@misconception(
    "step",
    caught_by=["test_step_basic", "test_step_at_zero", "test_step_craft"],
    hint="step returned None. You printed the votes; write return instead of print.",
)
def prints_the_step(z):
    print(np.where(np.asarray(z) >= 0, 1.0, 0.0))


# ---------------------------------------------------------------- sigmoid


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="The exponent has lost its minus sign: sigmoid(2) must be above one half. Write exp(-z).",
)
def forgets_the_minus(z):
    return 1 / (1 + np.exp(z))


@misconception(
    "sigmoid",
    caught_by="test_sigmoid_craft",
    hint="The values are right, but exp(-z) overflows at z = -1000. Take exp only of -|z|, which is never large.",
)
def overflows(z):
    return 1 / (1 + np.exp(-np.asarray(z, float)))


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="At z = 1000 you divide inf by inf, and that is nan. exp(z) / (1 + exp(z)) is safe for negative z only; "
    "for positive z use 1 / (1 + exp(-z)).",
)
def divides_inf_by_inf(z):
    return np.exp(z) / (1 + np.exp(z))


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="Twice too steep: sigmoid(z) is half of 1 + tanh(z / 2). The z is halved too.",
)
def forgets_to_halve_z(z):
    return 0.5 * (1 + np.tanh(z))


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="Right for z >= 0, wrong for z < 0: you took exp(-|z|) on both sides. For z < 0 the vote is e / (1 + e) "
    "with e = exp(z).",
)
def mirrors_the_right_side(z):
    return 1 / (1 + np.exp(-np.abs(z)))


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="Right for z >= 0, wrong for z < 0: there you gave the slope, e / (1 + e)**2. The vote is e / (1 + e), "
    "without the square.",
)
def gives_the_slope_on_the_left(z):
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1 / (1 + e), e / (1 + e) ** 2)


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="Division comes before addition: 1 / 1 + exp(-z) is 1 + exp(-z). Put brackets round 1 + exp(-z).",
)
def forgets_the_brackets(z):
    return 1 / 1 + np.exp(-np.asarray(z, float))


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="Your votes sum to 1, so that each depends on all the others. That is softmax. In sigmoid each score votes "
    "alone: divide by 1 + exp(-z).",
)
def divides_by_the_sum_of_all(z):
    e = np.exp(np.asarray(z, float) - np.max(z))
    return e / np.sum(e)


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable"],
    hint="You clipped z to -5 ... 5, and sigmoid(10) is no longer what it was. Clip only where the vote cannot "
    "change any more: -500 ... 500.",
)
def clips_too_early(z):
    return 1 / (1 + np.exp(-np.clip(z, -5, 5)))


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="You rounded the vote to 0 or 1. A sigmoid's vote says how sure it is: return it as it is.",
)
def rounds_the_vote(z):
    return np.round(1 / (1 + np.exp(-np.clip(z, -500, 500))))


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="math.exp takes one number only. np.exp takes a whole array.",
)
def uses_math_exp(z):
    return 1 / (1 + math.exp(-z))


@misconception(
    "sigmoid",
    caught_by="test_sigmoid_is_stable",
    hint="For whole-number scores all votes are cut to 0 or 1, because zeros_like(z) made an array of integers. Ask "
    "for floats: np.zeros(z.shape).",
)
def keeps_integers_in_the_votes(z):
    z = np.asarray(z)
    a = np.zeros_like(z)
    a[z >= 0] = 1 / (1 + np.exp(-z[z >= 0]))
    e = np.exp(z[z < 0])
    a[z < 0] = e / (1 + e)
    return a


@misconception(
    "sigmoid",
    caught_by="test_sigmoid_craft",
    hint="z *= -1 turns the caller's own scores round. Write np.exp(-z): -z is a new array.",
)
def turns_the_callers_scores_round(z):
    z *= -1
    return 1 / (1 + np.exp(np.clip(z, -500, 500)))


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="sigmoid returned None. You printed the vote; write return instead of print.",
)
def prints_the_vote(z):
    print(1 / (1 + np.exp(-np.clip(z, -500, 500))))


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="You returned the numbers of the example, whatever z is. Compute them from z.",
)
def returns_the_example(z):
    return np.array([0.5, 0.8808, 0.1192])


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="You return 1 / exp(-z), which is exp(z): the 1 + in the denominator is missing. Write 1 / (1 + exp(-z)).",
)
def leaves_out_the_one(z):
    return 1 / np.exp(-np.asarray(z, float))


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="exp(z) / exp(1 + z) is 1 / e for every z: the 1 went into the exponent. The denominator is 1 + exp(-z).",
)
def puts_the_one_into_the_exponent(z):
    return np.exp(z) / np.exp(1 + np.asarray(z, float))


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="if z >= 0: asks one question, and an array needs one answer for each score. np.where(z >= 0, ..., ...) "
    "asks for each.",
)
def asks_one_if_for_all_scores(z):
    if z >= 0:
        return 1 / (1 + np.exp(-z))
    return np.exp(z) / (1 + np.exp(z))


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="The denominator is 1 - exp(-z), which is 0 at z = 0. It must be 1 + exp(-z).",
)
def subtracts_in_the_denominator(z):
    return 1 / (1 - np.exp(-np.asarray(z, float)))


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="z / (1 + |z|) is another curve, the softsign: it runs from -1 to 1. The sigmoid is 1 / (1 + exp(-z)).",
)
def takes_the_softsign(z):
    return z / (1 + np.abs(z))


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="Straight pieces, 0.2 z + 0.5 cut at 0 and 1, are only close to the sigmoid. Write the formula itself, "
    "1 / (1 + exp(-z)).",
)
def draws_a_straight_piece(z):
    return np.clip(0.2 * np.asarray(z, float) + 0.5, 0, 1)


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="You added all scores up, and gave one vote for them together. Each score has its own vote: no sum.",
)
def adds_the_scores_first(z):
    return 1 / (1 + np.exp(-np.sum(z)))


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="A loop with math.exp takes one row of numbers, no table and no single number, and at -1000 it ends in an "
    "error. np.exp takes any array at once.",
)
def goes_through_one_row_only(z):
    return np.array([1 / (1 + math.exp(-score)) for score in z])


@misconception(
    "sigmoid",
    caught_by=["test_sigmoid_basic", "test_sigmoid_is_stable", "test_sigmoid_craft"],
    hint="The exponent is twice too large: np.exp(-z) ** 2 is exp(-2z). Leave the 2 out.",
)
def squares_the_exponential(z):
    return 1 / (1 + np.exp(-np.asarray(z, float)) ** 2)


@misconception(
    "sigmoid_derivative",
    caught_by=["test_sigmoid_derivative_basic", "test_sigmoid_derivative_is_a_slope", "test_sigmoid_derivative_craft"],
    hint="You returned the vote, not its slope. At 0 the slope is 0.25; the vote is 0.5. Multiply a by (1 - a).",
)
def returns_the_vote(z):
    return sigmoid(z)


@misconception(
    "sigmoid_derivative",
    caught_by=["test_sigmoid_derivative_basic", "test_sigmoid_derivative_is_a_slope", "test_sigmoid_derivative_craft"],
    hint="You multiplied z by (1 - z). The formula a (1 - a) needs the vote: a = sigmoid(z). Here z is the score, not "
    "the vote.",
)
def takes_z_for_the_vote(z):
    return z * (1 - z)


@misconception(
    "sigmoid_derivative",
    caught_by=["test_sigmoid_derivative_basic", "test_sigmoid_derivative_is_a_slope", "test_sigmoid_derivative_craft"],
    hint="You squeezed the score twice. a = sigmoid(z) once; then a * (1 - a), without another sigmoid.",
)
def squeezes_twice(z):
    a = sigmoid(sigmoid(z))
    return a * (1 - a)


@misconception(
    "sigmoid_derivative",
    caught_by=["test_sigmoid_derivative_basic", "test_sigmoid_derivative_is_a_slope", "test_sigmoid_derivative_craft"],
    hint="You returned 1 - a only. The slope is the product a * (1 - a).",
)
def forgets_the_first_factor(z):
    return 1 - sigmoid(z)


@misconception(
    "sigmoid_derivative",
    caught_by=["test_sigmoid_derivative_basic", "test_sigmoid_derivative_is_a_slope", "test_sigmoid_derivative_craft"],
    hint="1 - a**2 is the slope of tanh. The sigmoid's slope is a * (1 - a).",
)
def uses_the_slope_of_tanh(z):
    return 1 - sigmoid(z) ** 2


@misconception(
    "sigmoid_derivative",
    caught_by=["test_sigmoid_derivative_basic", "test_sigmoid_derivative_is_a_slope", "test_sigmoid_derivative_craft"],
    hint="Your slope has the wrong sign: sigmoid climbs everywhere, so no slope is below 0. It is a * (1 - a), not a "
    "* (a - 1).",
)
def climbs_downwards(z):
    a = sigmoid(z)
    return a * (a - 1)


@misconception(
    "sigmoid_derivative",
    caught_by=["test_sigmoid_derivative_basic", "test_sigmoid_derivative_is_a_slope", "test_sigmoid_derivative_craft"],
    hint="a + (1 - a) is always 1. The two factors are multiplied: a * (1 - a).",
)
def adds_instead_of_multiplying(z):
    a = sigmoid(z)
    return a + (1 - a)


@misconception(
    "sigmoid_derivative",
    caught_by="test_sigmoid_derivative_craft",
    hint="Right for ordinary scores, but nan far out: exp(-z) / (1 + exp(-z))**2 becomes inf / inf at z = -1000. a * "
    "(1 - a) cannot.",
)
def divides_inf_by_inf_in_the_slope(z):
    e = np.exp(-np.asarray(z, float))
    return e / (1 + e) ** 2


@misconception(
    "sigmoid_derivative",
    caught_by="test_sigmoid_derivative_craft",
    hint="The slopes are right, but the sigmoid below them overflows at z = -1000. Mend the sigmoid: it takes exp of "
    "-|z| only.",
)
def overflows_in_the_slope(z):
    a = 1 / (1 + np.exp(-np.asarray(z, float)))
    return a * (1 - a)


@misconception(
    "sigmoid_derivative",
    caught_by=["test_sigmoid_derivative_basic", "test_sigmoid_derivative_is_a_slope", "test_sigmoid_derivative_craft"],
    hint="The square below the line is missing: the slope is e / (1 + e)**2 with e = exp(-|z|). Without it you get "
    "0.5 at z = 0, and it must be 0.25.",
)
def forgets_the_square(z):
    e = np.exp(-np.abs(z))
    return e / (1 + e)


@misconception(
    "sigmoid_derivative",
    caught_by="test_sigmoid_derivative_craft",
    hint="You overwrote the caller's z with its votes. Give the vote another name: a = sigmoid(z).",
)
def keeps_the_vote_in_z(z):
    a = sigmoid(z)
    z[:] = a
    return a * (1 - a)


# ---------------------------------------------------------------- tanh


@misconception(
    "tanh",
    caught_by=["test_tanh_basic", "test_tanh_is_stable", "test_tanh_craft"],
    hint="That is the sigmoid: its votes lie between 0 and 1. tanh reaches from -1 to 1: stretch it, 2 * sigmoid(2z) "
    "- 1.",
)
def returns_the_sigmoid(z):
    return sigmoid(z)


@misconception(
    "tanh",
    caught_by=["test_tanh_basic", "test_tanh_is_stable", "test_tanh_craft"],
    hint="Not steep enough: the 2 inside is missing. tanh(z) is 2 * sigmoid(2z) - 1.",
)
def forgets_the_two_inside(z):
    return 2 * sigmoid(z) - 1


@misconception(
    "tanh",
    caught_by=["test_tanh_basic", "test_tanh_is_stable", "test_tanh_craft"],
    hint="The 2 in front is missing, so your votes lie between -1 and 0. tanh(z) is 2 * sigmoid(2z) - 1.",
)
def forgets_the_two_in_front(z):
    return sigmoid(2 * np.asarray(z)) - 1


@misconception(
    "tanh",
    caught_by=["test_tanh_basic", "test_tanh_is_stable", "test_tanh_craft"],
    hint="The - 1 at the end is missing, so your votes lie between 0 and 2. tanh(z) is 2 * sigmoid(2z) - 1.",
)
def forgets_to_shift_down(z):
    return 2 * sigmoid(2 * np.asarray(z))


@misconception(
    "tanh",
    caught_by=["test_tanh_basic", "test_tanh_is_stable", "test_tanh_craft"],
    hint="Your tanh falls where it must climb: the numerator is exp(z) - exp(-z), in this order.",
)
def turns_the_numerator_round(z):
    return 1 - 2 * sigmoid(2 * np.asarray(z))


@misconception(
    "tanh",
    caught_by=["test_tanh_basic", "test_tanh_is_stable", "test_tanh_craft"],
    hint="Plus and minus are exchanged: exp(z) - exp(-z) stands above, exp(z) + exp(-z) below. At z = 0 yours divides "
    "by 0.",
)
def exchanges_plus_and_minus(z):
    return (np.exp(z) + np.exp(-np.asarray(z))) / (np.exp(z) - np.exp(-np.asarray(z)))


@misconception(
    "tanh",
    caught_by=["test_tanh_is_stable", "test_tanh_craft"],
    hint="nan far out: exp(1000) is inf, and inf / inf is nan. Build tanh from your sigmoid, which does not "
    "overflow: 2 * sigmoid(2z) - 1.",
)
def divides_inf_by_inf_in_tanh(z):
    z = np.asarray(z, float)
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


@misconception(
    "tanh",
    caught_by="test_tanh_craft",
    hint="The votes are right, but exp(-2z) overflows at z = -1000. Use a sigmoid that takes exp of -|z| only.",
)
def overflows_in_tanh(z):
    return 2 / (1 + np.exp(-2 * np.asarray(z, float))) - 1


@misconception(
    "tanh",
    caught_by=["test_tanh_basic", "test_tanh_is_stable", "test_tanh_craft"],
    hint="np.tan is the tangent of an angle. The hyperbolic tangent is another function: (exp(z) - exp(-z)) / "
    "(exp(z) + exp(-z)).",
)
def takes_the_tangent_of_an_angle(z):
    return np.tan(z)


@misconception(
    "tanh",
    caught_by="test_tanh_craft",
    hint="You doubled the caller's z in place. Write 2 * z inside the call instead of z *= 2.",
)
def doubles_the_callers_scores(z):
    z *= 2
    return 2 * sigmoid(z) - 1


@misconception(
    "tanh_derivative",
    caught_by="test_tanh_derivative_craft",
    hint="1 - t**2 is right, but the tanh below it gives inf / inf at z = 1000. Mend tanh first: 2 * sigmoid(2z) - 1.",
)
def overflows_through_tanh(z):
    z = np.asarray(z, float)
    t = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
    return 1 - t**2


@misconception(
    "tanh_derivative",
    caught_by="test_tanh_derivative_craft",
    hint="1 - t**2 is right, but the sigmoid below your tanh overflows at z = -1000. Mend the sigmoid: it takes exp "
    "of -|z| only.",
)
def overflows_through_the_sigmoid(z):
    t = 2 / (1 + np.exp(-2 * np.asarray(z, float))) - 1
    return 1 - t**2


@misconception(
    "tanh_derivative",
    caught_by=["test_tanh_derivative_basic", "test_tanh_derivative_is_a_slope", "test_tanh_derivative_craft"],
    hint="t (1 - t) is the rule for the sigmoid. For tanh the slope is 1 - t**2.",
)
def uses_the_slope_of_the_sigmoid(z):
    t = tanh(z)
    return t * (1 - t)


@misconception(
    "tanh_derivative",
    caught_by=["test_tanh_derivative_basic", "test_tanh_derivative_is_a_slope", "test_tanh_derivative_craft"],
    hint="You returned tanh itself. Its slope is 1 - t**2 with t = tanh(z); at 0 that is 1.",
)
def returns_tanh_itself(z):
    return tanh(z)


@misconception(
    "tanh_derivative",
    caught_by=["test_tanh_derivative_basic", "test_tanh_derivative_is_a_slope", "test_tanh_derivative_craft"],
    hint="You squared z, not the vote: 1 - z**2. The formula needs t = tanh(z).",
)
def squares_the_score(z):
    return 1 - np.asarray(z) ** 2


@misconception(
    "tanh_derivative",
    caught_by=["test_tanh_derivative_basic", "test_tanh_derivative_is_a_slope", "test_tanh_derivative_craft"],
    hint="The square is missing: 1 - t is above 1 wherever t is negative. Write 1 - t**2.",
)
def forgets_the_square_of_tanh(z):
    return 1 - tanh(z)


@misconception(
    "tanh_derivative",
    caught_by=["test_tanh_derivative_basic", "test_tanh_derivative_is_a_slope", "test_tanh_derivative_craft"],
    hint="(1 - t)**2 is not 1 - t**2: square t first, then subtract.",
)
def squares_after_subtracting(z):
    return (1 - tanh(z)) ** 2


@misconception(
    "tanh_derivative",
    caught_by=["test_tanh_derivative_basic", "test_tanh_derivative_is_a_slope", "test_tanh_derivative_craft"],
    hint="The minus became a plus. A slope of tanh is never above 1: 1 - t**2.",
)
def adds_the_square(z):
    return 1 + tanh(z) ** 2


@misconception(
    "tanh_derivative",
    caught_by=["test_tanh_derivative_basic", "test_tanh_derivative_is_a_slope", "test_tanh_derivative_craft"],
    hint="You took tanh twice. t = tanh(z) once, then 1 - t**2.",
)
def takes_tanh_twice(z):
    return 1 - tanh(tanh(z)) ** 2


@misconception(
    "tanh_derivative",
    caught_by="test_tanh_derivative_craft",
    hint="One over cosh squared is right, but cosh(1000) overflows. 1 - t**2 stays small on the way.",
)
def overflows_in_cosh(z):
    return 1 / np.cosh(np.asarray(z, float)) ** 2


@misconception(
    "tanh_derivative",
    caught_by=["test_tanh_derivative_basic", "test_tanh_derivative_is_a_slope", "test_tanh_derivative_craft"],
    hint="You used sigmoid'(z). From tanh(z) = 2 sigmoid(2z) - 1 the slope is 4 * sigmoid'(2z): both factors 2 count.",
)
def forgets_both_twos(z):
    a = sigmoid(z)
    return a * (1 - a)


@misconception(
    "tanh_derivative",
    caught_by="test_tanh_derivative_craft",
    hint="You wrote tanh(z) into the caller's z. Give it a name of its own: t = tanh(z).",
)
def keeps_tanh_in_z(z):
    t = tanh(z)
    z[:] = t
    return 1 - t**2


# ---------------------------------------------------------------- relu


@misconception(
    "relu",
    caught_by="test_relu_craft",
    hint="You changed the caller's array: z[z < 0] = 0 writes into it. Write np.maximum(z, 0), or work on a copy.",
)
def writes_zeros_into_z(z):
    z[z < 0] = 0
    return z


@misconception(
    "relu",
    caught_by=["test_relu_basic", "test_relu_any_input", "test_relu_craft"],
    hint="You kept the negative scores and lost the positive ones. ReLU takes the larger of z and 0: np.maximum.",
)
def takes_the_smaller(z):
    return np.minimum(z, 0)


@misconception(
    "relu",
    caught_by=["test_relu_basic", "test_relu_any_input", "test_relu_craft"],
    hint="You took the absolute value: -2 became 2. ReLU turns negative scores into 0.",
)
def takes_the_absolute_value(z):
    return np.abs(z)


@misconception(
    "relu",
    caught_by=["test_relu_basic", "test_relu_any_input", "test_relu_craft"],
    hint="You returned 0 and 1: that is the slope of ReLU. ReLU itself keeps a positive score as it is, 3 stays 3.",
)
def returns_its_slope(z):
    return np.where(np.asarray(z) > 0, 1.0, 0.0)


@misconception(
    "relu",
    caught_by=["test_relu_basic", "test_relu_any_input", "test_relu_craft"],
    hint="np.max finds one largest number of the whole array. np.maximum compares each score with 0.",
)
def takes_one_maximum(z):
    return np.max(np.maximum(z, 0))


@misconception(
    "relu",
    caught_by=["test_relu_basic", "test_relu_any_input", "test_relu_craft"],
    hint="np.max(z, 0) finds the largest entry along axis 0: the 0 is read as an axis. np.maximum(z, 0) compares "
    "each score with 0.",
)
def reads_zero_as_an_axis(z):
    return np.max(z, 0)


@misconception(
    "relu",
    caught_by=["test_relu_basic", "test_relu_any_input", "test_relu_craft"],
    hint="You dropped the negative scores, so that the shape changed. They must stay in their places, as 0.",
)
def drops_the_negative_scores(z):
    z = np.asarray(z)
    return z[z > 0]


@misconception(
    "relu",
    caught_by=["test_relu_basic", "test_relu_any_input", "test_relu_craft"],
    hint="Python's max compares a whole array with 0 and cannot decide. np.maximum(0, z) does it score by score.",
)
def uses_max_of_python(z):
    return max(0, z)


@misconception(
    "relu",
    caught_by=["test_relu_basic", "test_relu_any_input", "test_relu_craft"],
    hint="Negative scores leak through, times 0.01: that is leaky ReLU. ReLU turns them into exactly 0.",
)
def leaks(z):
    return np.where(np.asarray(z) > 0, z, 0.01 * np.asarray(z))


@misconception(
    "relu",
    caught_by=["test_relu_basic", "test_relu_any_input", "test_relu_craft"],
    hint="You cut at 1 from above too. ReLU has no ceiling: 7.5 stays 7.5.",
)
def has_a_ceiling(z):
    return np.clip(z, 0, 1)


@misconception(
    "relu",
    caught_by=["test_relu_basic", "test_relu_any_input", "test_relu_craft"],
    hint="Your relu uses `scores`, a name from outside. It must work with its argument z only.",
)
def uses_a_name_from_outside(z):
    return np.maximum(scores, 0)  # noqa: F821


@misconception(
    "relu_derivative",
    caught_by=["test_relu_derivative_basic", "test_relu_derivative_is_a_slope", "test_relu_derivative_craft"],
    hint="You returned relu itself. The slope for z = 2 is 1, not 2.",
)
def returns_relu(z):
    return np.maximum(z, 0)


@misconception(
    "relu_derivative",
    caught_by=["test_relu_derivative_basic", "test_relu_derivative_is_a_slope", "test_relu_derivative_craft"],
    hint="For negative scores you gave -1. There relu is flat, so its slope is 0. np.sign is not the slope of relu.",
)
def uses_the_sign(z):
    return np.sign(z)


@misconception(
    "relu_derivative",
    caught_by=["test_relu_derivative_basic", "test_relu_derivative_is_a_slope", "test_relu_derivative_craft"],
    hint="The sides are exchanged: relu climbs for positive scores (slope 1) and is flat for negative ones (slope 0).",
)
def exchanges_the_sides(z):
    return np.where(np.asarray(z) < 0, 1.0, 0.0)


@misconception(
    "relu_derivative",
    caught_by=["test_relu_derivative_is_a_slope", "test_relu_derivative_craft"],
    hint="You divided relu(z) by z. That is nan at z = 0. Ask where z > 0 instead.",
)
def divides_by_z(z):
    return relu(z) / np.asarray(z, float)


@misconception(
    "relu_derivative",
    caught_by=["test_relu_derivative_basic", "test_relu_derivative_is_a_slope", "test_relu_derivative_craft"],
    hint="You gave slope 1 everywhere. For negative scores relu is flat: slope 0.",
)
def climbs_everywhere(z):
    return np.ones(np.shape(z))


@misconception(
    "relu_derivative",
    caught_by=["test_relu_derivative_basic", "test_relu_derivative_is_a_slope", "test_relu_derivative_craft"],
    hint="You compared with 1. relu starts to climb at 0: a score of 0.25 has slope 1.",
)
def compares_with_one(z):
    return np.where(np.asarray(z) > 1, 1.0, 0.0)


@misconception(
    "relu_derivative",
    caught_by=["test_relu_derivative_basic", "test_relu_derivative_is_a_slope", "test_relu_derivative_craft"],
    hint="0.01 is the slope of leaky ReLU on its negative side. Plain ReLU is flat there.",
)
def gives_the_slope_of_leaky(z):
    return np.where(np.asarray(z) > 0, 1.0, 0.01)


@misconception(
    "relu_derivative",
    caught_by=["test_relu_derivative_basic", "test_relu_derivative_is_a_slope", "test_relu_derivative_craft"],
    hint="You used a (1 - a), the rule of the sigmoid. relu has its own: 1 where z > 0, else 0.",
)
def uses_the_rule_of_the_sigmoid(z):
    a = np.maximum(z, 0)
    return a * (1 - a)


@misconception(
    "relu_derivative",
    caught_by="test_relu_derivative_craft",
    hint="You wrote ones and zeros into the caller's z. Make a new array: (z > 0).astype(float).",
)
def writes_slopes_into_z(z):
    up = z > 0
    z[up] = 1
    z[~up] = 0
    return z


@misconception(
    "relu_derivative",
    caught_by=["test_relu_derivative_basic", "test_relu_derivative_is_a_slope", "test_relu_derivative_craft"],
    hint="One `if` cannot decide for a whole array. Compare all scores at once: z > 0.",
)
def decides_once_for_all(z):
    if z > 0:
        return 1.0
    return 0.0


# ---------------------------------------------------------------- leaky relu


@misconception(
    "leaky_relu",
    caught_by=["test_leaky_relu_basic", "test_leaky_relu_any_alpha"],
    hint="You used 0.01 whatever alpha was passed. Use the argument alpha.",
)
def ignores_alpha(z, alpha=0.01):
    return np.where(np.asarray(z) > 0, z, 0.01 * np.asarray(z))


@misconception(
    "leaky_relu",
    caught_by="test_leaky_relu_any_alpha",
    hint="np.maximum(z, alpha * z) is right only while alpha is at most 1. For a larger alpha the two sides are "
    "exchanged: ask where z > 0.",
)
def trusts_the_maximum(z, alpha=0.01):
    return np.maximum(z, alpha * np.asarray(z))


@misconception(
    "leaky_relu",
    caught_by=["test_leaky_relu_basic", "test_leaky_relu_any_alpha", "test_leaky_relu_craft"],
    hint="For negative scores you gave alpha itself. It is alpha times z.",
)
def gives_alpha_instead_of_a_share(z, alpha=0.01):
    return np.where(np.asarray(z) > 0, z, alpha)


@misconception(
    "leaky_relu",
    caught_by=["test_leaky_relu_basic", "test_leaky_relu_any_alpha", "test_leaky_relu_craft"],
    hint="Negative scores became positive. The leak keeps the sign: alpha * z, which is below 0.",
)
def leaks_upwards(z, alpha=0.01):
    return np.where(np.asarray(z) > 0, z, -alpha * np.asarray(z))


@misconception(
    "leaky_relu",
    caught_by=["test_leaky_relu_basic", "test_leaky_relu_any_alpha", "test_leaky_relu_craft"],
    hint="alpha went to the positive side. Positive scores stay as they are; the negative ones are multiplied by "
    "alpha.",
)
def leaks_on_the_wrong_side(z, alpha=0.01):
    return np.where(np.asarray(z) > 0, alpha * np.asarray(z), z)


@misconception(
    "leaky_relu",
    caught_by=["test_leaky_relu_basic", "test_leaky_relu_any_alpha", "test_leaky_relu_craft"],
    hint="That is plain relu: nothing leaks. Negative scores must become alpha * z.",
)
def does_not_leak(z, alpha=0.01):
    return np.maximum(z, 0)


@misconception(
    "leaky_relu",
    caught_by=["test_leaky_relu_basic", "test_leaky_relu_any_alpha"],
    hint="You compared z with alpha. alpha is a slope; the kink lies at z = 0.",
)
def bends_at_alpha(z, alpha=0.01):
    return np.where(np.asarray(z) > alpha, z, alpha * np.asarray(z))


@misconception(
    "leaky_relu",
    caught_by=["test_leaky_relu_basic", "test_leaky_relu_any_alpha", "test_leaky_relu_craft"],
    hint="You took the larger of z and alpha. The negative side is alpha times z: multiply.",
)
def takes_the_larger_of_z_and_alpha(z, alpha=0.01):
    return np.maximum(z, alpha)


@misconception(
    "leaky_relu",
    caught_by="test_leaky_relu_any_alpha",
    hint="With whole-number scores the leak is cut to whole numbers, because the copy is an array of integers. Copy "
    "as floats: np.array(z, dtype=float).",
)
def leaks_in_whole_numbers(z, alpha=0.01):
    a = np.array(z)
    low = a < 0
    a[low] = alpha * a[low]
    return a


@misconception(
    "leaky_relu",
    caught_by="test_leaky_relu_craft",
    hint="You multiplied inside the caller's array. z[z < 0] *= alpha writes into it: work on np.array(z, "
    "dtype=float).",
)
def leaks_into_z(z, alpha=0.01):
    z = np.asarray(z, dtype=float)
    z[z < 0] *= alpha
    return z


@misconception(
    "leaky_relu_derivative",
    caught_by=["test_leaky_relu_derivative_basic", "test_leaky_relu_derivative_is_a_slope"],
    hint="The slope on the negative side is alpha, and you used 0.01 whatever alpha was passed.",
)
def ignores_alpha_in_the_slope(z, alpha=0.01):
    return np.where(np.asarray(z) > 0, 1.0, 0.01)


@misconception(
    "leaky_relu_derivative",
    caught_by=[
        "test_leaky_relu_derivative_basic",
        "test_leaky_relu_derivative_is_a_slope",
        "test_leaky_relu_derivative_craft",
    ],
    hint="You returned leaky_relu itself. Its slope does not depend on how large z is: 1 on the right, alpha on the "
    "left.",
)
def returns_leaky_relu(z, alpha=0.01):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


@misconception(
    "leaky_relu_derivative",
    caught_by=[
        "test_leaky_relu_derivative_basic",
        "test_leaky_relu_derivative_is_a_slope",
        "test_leaky_relu_derivative_craft",
    ],
    hint="On the negative side you gave alpha * z. The slope of alpha * z is alpha alone.",
)
def forgets_to_differentiate_the_left(z, alpha=0.01):
    return np.where(np.asarray(z) > 0, 1.0, alpha * np.asarray(z))


@misconception(
    "leaky_relu_derivative",
    caught_by=[
        "test_leaky_relu_derivative_basic",
        "test_leaky_relu_derivative_is_a_slope",
        "test_leaky_relu_derivative_craft",
    ],
    hint="0 on the negative side is the slope of plain relu. The leaky one still climbs there, with slope alpha.",
)
def is_flat_on_the_left(z, alpha=0.01):
    return np.where(np.asarray(z) > 0, 1.0, 0.0)


@misconception(
    "leaky_relu_derivative",
    caught_by=[
        "test_leaky_relu_derivative_basic",
        "test_leaky_relu_derivative_is_a_slope",
        "test_leaky_relu_derivative_craft",
    ],
    hint="You gave -alpha. leaky_relu climbs on the left too, only slowly: its slope is plus alpha.",
)
def falls_on_the_left(z, alpha=0.01):
    return np.where(np.asarray(z) > 0, 1.0, -alpha)


@misconception(
    "leaky_relu_derivative",
    caught_by=[
        "test_leaky_relu_derivative_basic",
        "test_leaky_relu_derivative_is_a_slope",
        "test_leaky_relu_derivative_craft",
    ],
    hint="1 and alpha are exchanged: slope 1 belongs to positive scores, alpha to negative ones.",
)
def exchanges_one_and_alpha(z, alpha=0.01):
    return np.where(np.asarray(z) > 0, alpha, 1.0)


@misconception(
    "leaky_relu_derivative",
    caught_by=[
        "test_leaky_relu_derivative_basic",
        "test_leaky_relu_derivative_is_a_slope",
        "test_leaky_relu_derivative_craft",
    ],
    hint="You took 1 - alpha for the left side. It is alpha.",
)
def takes_one_minus_alpha(z, alpha=0.01):
    return np.where(np.asarray(z) > 0, 1.0, 1 - alpha)


@misconception(
    "leaky_relu_derivative",
    caught_by="test_leaky_relu_derivative_is_a_slope",
    hint="With whole-number scores alpha is cut to 0, because ones_like(z) made integers. Write np.ones(z.shape).",
)
def keeps_integers_in_the_slopes(z, alpha=0.01):
    z = np.asarray(z)
    slope = np.ones_like(z)
    slope[z < 0] = alpha
    return slope


@misconception(
    "leaky_relu_derivative",
    caught_by=["test_leaky_relu_derivative_is_a_slope", "test_leaky_relu_derivative_craft"],
    hint="You divided leaky_relu(z) by z. That is nan at z = 0. Ask where z > 0: np.where(z > 0, 1, alpha).",
)
def divides_leaky_by_z(z, alpha=0.01):
    z = np.asarray(z, float)
    return np.where(z > 0, z, alpha * z) / z


@misconception(
    "leaky_relu_derivative",
    caught_by="test_leaky_relu_derivative_craft",
    hint="You wrote the slopes into the caller's z. Start from a new array: np.ones(z.shape).",
)
def writes_leaky_slopes_into_z(z, alpha=0.01):
    z = np.asarray(z, dtype=float)
    up = z > 0
    z[up] = 1
    z[~up] = alpha
    return z


# ---------------------------------------------------------------- elu


@misconception(
    "elu",
    caught_by="test_elu_craft",
    hint="The values are right, but exp overflows at z = 1000: np.where computes both sides for all scores. Take exp "
    "of np.minimum(z, 0).",
)
def overflows_on_the_other_side(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, z, alpha * (np.exp(z) - 1))


@misconception(
    "elu",
    caught_by=["test_elu_basic", "test_elu_far_out"],
    hint="alpha was passed, and you used 1. On the negative side multiply by alpha.",
)
def ignores_alpha_in_elu(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, z, np.exp(np.minimum(z, 0)) - 1)


@misconception(
    "elu",
    caught_by=["test_elu_basic", "test_elu_far_out", "test_elu_craft"],
    hint="The - 1 is missing: at 0 your curve jumps from alpha down to 0. The negative side is alpha * (exp(z) - 1).",
)
def forgets_to_subtract_one(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, z, alpha * np.exp(np.minimum(z, 0)))


@misconception(
    "elu",
    caught_by=["test_elu_basic", "test_elu_far_out"],
    hint="alpha multiplies the whole bracket: alpha * (exp(z) - 1). You wrote alpha * exp(z) - 1; with alpha = 1 "
    "that looks the same.",
)
def forgets_the_brackets_of_elu(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, z, alpha * np.exp(np.minimum(z, 0)) - 1)


@misconception(
    "elu",
    caught_by=["test_elu_basic", "test_elu_far_out"],
    hint="alpha stands in front, not in the exponent: alpha * (exp(z) - 1).",
)
def puts_alpha_into_the_exponent(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, z, np.exp(alpha * np.minimum(z, 0)) - 1)


@misconception(
    "elu",
    caught_by=["test_elu_basic", "test_elu_far_out", "test_elu_craft"],
    hint="1 - exp(z) is turned round: negative scores must give negative values, alpha * (exp(z) - 1).",
)
def turns_the_bracket_round(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, z, alpha * (1 - np.exp(np.minimum(z, 0))))


@misconception(
    "elu",
    caught_by=["test_elu_basic", "test_elu_far_out", "test_elu_craft"],
    hint="exp(-z) grows on the negative side. ELU takes exp(z), which fades there.",
)
def takes_exp_of_minus_z(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, z, alpha * (np.exp(-np.minimum(z, 0)) - 1))


@misconception(
    "elu",
    caught_by=["test_elu_basic", "test_elu_far_out", "test_elu_craft"],
    hint="Your negative side is a straight line, as in leaky ReLU. ELU bends: alpha * (exp(z) - 1).",
)
def stays_straight(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


@misconception(
    "elu",
    caught_by=["test_elu_basic", "test_elu_far_out"],
    hint="alpha was put on the positive side too. Positive scores stay as they are.",
)
def scales_the_positive_side(z, alpha=1.0):
    return alpha * np.where(np.asarray(z) > 0, z, np.exp(np.minimum(z, 0)) - 1)


@misconception(
    "elu",
    caught_by="test_elu_far_out",
    hint="With whole-number scores your values are cut to whole numbers, because the copy holds integers. Copy as "
    "floats: np.array(z, dtype=float).",
)
def bends_in_whole_numbers(z, alpha=1.0):
    a = np.array(z)
    low = a < 0
    a[low] = alpha * (np.exp(a[low]) - 1)
    return a


@misconception(
    "elu",
    caught_by="test_elu_craft",
    hint="You bent the negative scores inside the caller's array. Work on a copy: np.array(z, dtype=float).",
)
def bends_the_callers_scores(z, alpha=1.0):
    z = np.asarray(z, dtype=float)
    low = z < 0
    z[low] = alpha * (np.exp(z[low]) - 1)
    return z


# ---------------------------------------------------------------- softmax


@misconception(
    "softmax",
    caught_by="test_softmax_craft",
    hint="Right, but you go through the rows one by one, in Python. max and sum with axis=axis, keepdims=True do all "
    "rows in one step.",
)
def loops_over_the_rows(Z, axis=-1):
    rows = np.moveaxis(np.asarray(Z, float), axis, -1)
    shares = np.empty(rows.shape)
    for place in np.ndindex(rows.shape[:-1]):
        e = np.exp(rows[place] - rows[place].max())
        shares[place] = e / e.sum()
    return np.moveaxis(shares, -1, axis)


@misconception(
    "softmax",
    caught_by=["test_softmax_is_stable", "test_softmax_craft"],
    hint="Right for small scores, but exp(1000) is inf, and inf / inf is nan. Subtract each row's maximum before "
    "exp: nothing else changes.",
)
def forgets_the_shift(Z, axis=-1):
    e = np.exp(Z)
    return e / e.sum(axis=axis, keepdims=True)


@misconception(
    "softmax",
    caught_by=["test_softmax_is_stable", "test_softmax_craft"],
    hint="One maximum for all rows is fine until rows live on different scales: then a whole row underflows to 0, "
    "and 0/0 is nan. "
    "Take the maximum along axis, with keepdims=True.",
)
def takes_one_maximum_for_all_rows(Z, axis=-1):
    e = np.exp(Z - np.max(Z))
    return e / e.sum(axis=axis, keepdims=True)


@misconception(
    "softmax",
    caught_by=["test_softmax_basic", "test_softmax_is_stable", "test_softmax_any_axis", "test_softmax_craft"],
    hint="Right for one row, wrong for a batch: one maximum and one sum for all rows. Each row needs its own: "
    "axis=axis, keepdims=True.",
)
def is_right_for_one_row(Z, axis=-1):
    e = np.exp(Z - np.max(Z))
    return e / np.sum(e)


@misconception(
    "softmax",
    caught_by=["test_softmax_basic", "test_softmax_is_stable", "test_softmax_any_axis", "test_softmax_craft"],
    hint="Each row has its own maximum, but you divided by one sum of everything. Each row must sum to 1: sum along "
    "axis, keepdims=True.",
)
def divides_by_one_sum(Z, axis=-1):
    e = np.exp(Z - np.max(Z, axis=axis, keepdims=True))
    return e / np.sum(e)


@misconception(
    "softmax",
    caught_by=["test_softmax_basic", "test_softmax_is_stable", "test_softmax_any_axis", "test_softmax_craft"],
    hint="Your columns sum to 1; each row must. Rows are samples, so share out along the last axis: axis=-1.",
)
def shares_out_the_columns(Z, axis=0):
    e = np.exp(Z - np.max(Z, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@misconception(
    "softmax",
    caught_by=["test_softmax_basic", "test_softmax_is_stable", "test_softmax_any_axis", "test_softmax_craft"],
    hint="You always work along axis 0, whatever axis was passed: your columns sum to 1, not the rows.",
)
def always_takes_axis_zero(Z, axis=-1):
    e = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@misconception(
    "softmax",
    caught_by="test_softmax_any_axis",
    hint="You always work along the last axis, whatever axis was passed. Pass axis on to max and to sum.",
)
def ignores_the_axis(Z, axis=-1):
    e = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@misconception(
    "softmax",
    caught_by=["test_softmax_basic", "test_softmax_any_axis"],
    hint="axis=1 fits a table only: a vector has no axis 1, and a stack of tables has another last axis. Use the "
    "argument axis.",
)
def always_takes_axis_one(Z, axis=-1):
    e = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@misconception(
    "softmax",
    caught_by=["test_softmax_basic", "test_softmax_is_stable", "test_softmax_any_axis", "test_softmax_craft"],
    hint="Without keepdims=True the sums have shape (N,) and do not line up with the rows of (N, C). Write "
    "keepdims=True in max and in sum.",
)
def forgets_keepdims(Z, axis=-1):
    e = np.exp(Z - np.max(Z, axis=axis))
    return e / e.sum(axis=axis)


@misconception(
    "softmax",
    caught_by=["test_softmax_basic", "test_softmax_is_stable", "test_softmax_any_axis", "test_softmax_craft"],
    hint="The maximum keeps its dimension, but the sum does not: write keepdims=True in sum too, or it does not line "
    "up with the rows.",
)
def forgets_keepdims_in_the_sum(Z, axis=-1):
    e = np.exp(Z - np.max(Z, axis=axis, keepdims=True))
    return e / e.sum(axis=axis)


@misconception(
    "softmax",
    caught_by=["test_softmax_basic", "test_softmax_is_stable", "test_softmax_any_axis", "test_softmax_craft"],
    hint="You divided the scores by their sum, without exp. Negative scores then give negative shares.",
)
def forgets_exp(Z, axis=-1):
    Z = np.asarray(Z, float)
    return Z / Z.sum(axis=axis, keepdims=True)


@misconception(
    "softmax",
    caught_by=["test_softmax_basic", "test_softmax_is_stable", "test_softmax_any_axis", "test_softmax_craft"],
    hint="You divided by the largest exp, so that the winner always gets 1. Divide by the sum of all of them.",
)
def divides_by_the_maximum(Z, axis=-1):
    e = np.exp(Z - np.max(Z, axis=axis, keepdims=True))
    return e / e.max(axis=axis, keepdims=True)


@misconception(
    "softmax",
    caught_by=["test_softmax_basic", "test_softmax_is_stable", "test_softmax_any_axis", "test_softmax_craft"],
    hint="Each score is squeezed on its own: that is sigmoid. In softmax the scores of a row compete, and their "
    "shares sum to 1.",
)
def squeezes_each_score_alone(Z, axis=-1):
    return sigmoid(Z)


@misconception(
    "softmax",
    caught_by=["test_softmax_basic", "test_softmax_is_stable", "test_softmax_any_axis", "test_softmax_craft"],
    hint="The smallest score gets the largest share: there is a minus sign too many. Write exp(Z - maximum).",
)
def favours_the_smallest(Z, axis=-1):
    Z = np.asarray(Z, float)
    e = np.exp(np.min(Z, axis=axis, keepdims=True) - Z)
    return e / e.sum(axis=axis, keepdims=True)


@misconception(
    "softmax",
    caught_by=["test_softmax_basic", "test_softmax_is_stable", "test_softmax_any_axis", "test_softmax_craft"],
    hint="You divided the scores by their maximum. Only subtracting leaves the shares unchanged: exp(Z - maximum).",
)
def divides_the_scores_by_the_maximum(Z, axis=-1):
    e = np.exp(Z / np.max(np.abs(Z), axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@misconception(
    "softmax",
    caught_by=["test_softmax_basic", "test_softmax_is_stable", "test_softmax_any_axis", "test_softmax_craft"],
    hint="You gave the whole share to the winner. Softmax is soft: the others keep a part, exp(z) over the sum.",
)
def gives_all_to_the_winner(Z, axis=-1):
    return (Z == np.max(Z, axis=axis, keepdims=True)) * 1.0


@misconception(
    "softmax",
    caught_by="test_softmax_is_stable",
    hint="You subtracted the mean of the row. That does not stop an overflow: a score far above the mean still gives "
    "inf. Subtract the maximum.",
)
def subtracts_the_mean(Z, axis=-1):
    e = np.exp(Z - np.mean(Z, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@misconception(
    "softmax",
    caught_by="test_softmax_is_stable",
    hint="You clipped the scores, so that 1000 and 600 now get the same share. Subtract the row's maximum instead: "
    "it changes no share.",
)
def clips_the_scores(Z, axis=-1):
    e = np.exp(np.clip(Z, -500, 500))
    return e / e.sum(axis=axis, keepdims=True)


@misconception(
    "softmax",
    caught_by=["test_softmax_basic", "test_softmax_is_stable", "test_softmax_any_axis", "test_softmax_craft"],
    hint="A small number added below the line makes the sums a little less than 1. After the shift no sum is 0: leave "
    "it out.",
)
def adds_a_small_number_below(Z, axis=-1):
    e = np.exp(Z - np.max(Z, axis=axis, keepdims=True))
    return e / (e.sum(axis=axis, keepdims=True) + 1e-3)


@misconception(
    "softmax",
    caught_by="test_softmax_craft",
    hint="Z -= maximum changes the caller's scores. Write Z = Z - maximum, which makes a new array.",
)
def shifts_the_callers_scores(Z, axis=-1):
    Z -= Z.max(axis=axis, keepdims=True)
    e = np.exp(Z)
    return e / e.sum(axis=axis, keepdims=True)


@misconception(
    "softmax",
    caught_by=["test_softmax_basic", "test_softmax_is_stable", "test_softmax_any_axis", "test_softmax_craft"],
    hint="softmax returned None. You printed the shares; write return instead of print.",
)
def prints_the_shares(Z, axis=-1):
    e = np.exp(Z - np.max(Z, axis=axis, keepdims=True))
    print(e / e.sum(axis=axis, keepdims=True))


# ---------------------------------------------------------------- the bug hunt


@misconception(
    "broken_batch",
    value=True,
    caught_by=["test_broken_batch_breaks_the_sum", "test_broken_batch_breaks_the_maximum"],
    hint="You gave one row. For one row the printed softmax is right: the one maximum is its own maximum. Give at "
    "least two.",
)
def gives_one_row():
    return np.array([[1.0, 2.0, 1000.0]])


@misconception(
    "broken_batch",
    value=True,
    caught_by=["test_broken_batch_breaks_the_sum", "test_broken_batch_breaks_the_maximum"],
    hint="You gave a vector. A batch is a table: rows are samples, and you need at least two.",
)
def gives_a_vector():
    return np.array([0.0, 1000.0, -1000.0])


@misconception(
    "broken_batch",
    value=True,
    caught_by="test_broken_batch_breaks_the_maximum",
    hint="Your rows live on the same scale. The sum goes wrong there, but no row is rounded away: put one row about "
    "a thousand below the other.",
)
def stays_on_one_scale():
    return np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])


@misconception(
    "broken_batch",
    value=True,
    caught_by="test_broken_batch_breaks_the_maximum",
    hint="Every row of yours has one very large score, so that each row still holds something after the shift. One "
    "WHOLE row must lie far below.",
)
def has_a_large_score_in_every_row():
    return np.array([[1000.0, 0.0], [0.0, 1000.0]])


@misconception(
    "broken_batch",
    value=True,
    caught_by=["test_broken_batch_breaks_the_sum", "test_broken_batch_breaks_the_maximum"],
    hint="You put inf into the batch. No softmax can answer that: inf - inf is nan. Use large ordinary numbers.",
)
def uses_infinity():
    return np.array([[0.0, 1.0], [np.inf, 2.0]])


@misconception(
    "broken_batch",
    value=True,
    caught_by="test_broken_batch_breaks_the_maximum",
    hint="Your rows differ by about a hundred. exp(-100) is tiny, yet not 0: floats reach down to about exp(-745).",
)
def stops_too_early():
    return np.array([[0.0, 1.0], [100.0, 101.0]])


# ---------------------------------------------------------------- linear_collapse


@misconception(
    "linear_collapse",
    caught_by=["test_linear_collapse_basic", "test_linear_collapse_any_network", "test_linear_collapse_craft"],
    hint="You kept b2 only. b1 also travels through the second layer: b = b1 @ W2 + b2.",
)
def loses_the_first_bias(W1, b1, W2, b2):
    return W1 @ W2, b2


@misconception(
    "linear_collapse",
    caught_by=["test_linear_collapse_basic", "test_linear_collapse_any_network", "test_linear_collapse_craft"],
    hint="b2 is missing. The second layer adds it at the end: b = b1 @ W2 + b2.",
)
def loses_the_second_bias(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2


@misconception(
    "linear_collapse",
    caught_by=["test_linear_collapse_basic", "test_linear_collapse_any_network", "test_linear_collapse_craft"],
    hint="You added b1 as a plain sum, without the second layer's weights. b1 has shape (H,): it becomes (C,) by b1 @ "
    "W2.",
)
def adds_the_sum_of_the_first_bias(W1, b1, W2, b2):
    return W1 @ W2, b1.sum() + b2


@misconception(
    "linear_collapse",
    caught_by=["test_linear_collapse_basic", "test_linear_collapse_any_network", "test_linear_collapse_craft"],
    hint="b1 and b2 cannot be added: they have shapes (H,) and (C,). b1 goes through W2 first: b1 @ W2 + b2.",
)
def adds_both_biases_as_they_are(W1, b1, W2, b2):
    return W1 @ W2, b1 + b2


@misconception(
    "linear_collapse",
    caught_by=["test_linear_collapse_basic", "test_linear_collapse_any_network", "test_linear_collapse_craft"],
    hint="The order is turned round: W2 @ W1. Rows are samples, so X meets W1 first: W1 @ W2.",
)
def multiplies_in_the_other_order(W1, b1, W2, b2):
    return W2 @ W1, b1 @ W2 + b2


@misconception(
    "linear_collapse",
    caught_by=["test_linear_collapse_basic", "test_linear_collapse_any_network", "test_linear_collapse_craft"],
    hint="W is transposed: you gave (C, D). Here W has shape (D, C), W1 @ W2.",
)
def returns_the_transpose(W1, b1, W2, b2):
    return (W1 @ W2).T, b1 @ W2 + b2


@misconception(
    "linear_collapse",
    caught_by=["test_linear_collapse_basic", "test_linear_collapse_any_network", "test_linear_collapse_craft"],
    hint="b has shape (1, C). It must be (C,): one number for each output, as b2.",
)
def returns_the_bias_as_a_row(W1, b1, W2, b2):
    return W1 @ W2, b1.reshape(1, -1) @ W2 + b2


@misconception(
    "linear_collapse",
    caught_by=["test_linear_collapse_basic", "test_linear_collapse_any_network", "test_linear_collapse_craft"],
    hint="W and b came in the wrong order: return W, b.",
)
def returns_the_bias_first(W1, b1, W2, b2):
    return b1 @ W2 + b2, W1 @ W2


@misconception(
    "linear_collapse",
    caught_by=["test_linear_collapse_basic", "test_linear_collapse_any_network", "test_linear_collapse_craft"],
    hint="There was a ReLU in it. The point of this exercise is what happens WITHOUT an activation: W = W1 @ W2.",
)
def puts_a_relu_between(W1, b1, W2, b2):
    return np.maximum(W1, 0) @ W2, np.maximum(b1, 0) @ W2 + b2


@misconception(
    "linear_collapse",
    caught_by=["test_linear_collapse_basic", "test_linear_collapse_any_network", "test_linear_collapse_craft"],
    hint="You returned W only. A layer has a bias too: return W, b.",
)
def returns_the_weights_only(W1, b1, W2, b2):
    return W1 @ W2


@misconception(
    "linear_collapse",
    caught_by=["test_linear_collapse_basic", "test_linear_collapse_any_network", "test_linear_collapse_craft"],
    hint="b2 went through W2 too. It is added after W2: only b1 travels through it.",
)
def sends_the_second_bias_through_the_weights(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2 + W2.sum(axis=0) * b2


@misconception(
    "linear_collapse",
    caught_by="test_linear_collapse_craft",
    hint="b2 += b1 @ W2 changes the caller's bias. Write b = b1 @ W2 + b2.",
)
def adds_into_the_second_bias(W1, b1, W2, b2):
    b2 += b1 @ W2
    return W1 @ W2, b2


# ---------------------------------------------------------------- dead_units


@misconception(
    "dead_units",
    caught_by=["test_dead_units_basic", "test_dead_units_any_batch", "test_dead_units_craft"],
    hint="You looked along the rows: which SAMPLES wake nobody. A unit is a column: it is dead if it is silent for "
    "all samples, axis 0.",
)
def asks_the_samples(Z):
    return np.all(np.asarray(Z) <= 0, axis=1)


@misconception(
    "dead_units",
    caught_by=["test_dead_units_basic", "test_dead_units_any_batch", "test_dead_units_craft"],
    hint="One silent sample is not enough. A unit is dead if it is silent for ALL samples: all, not any.",
)
def is_content_with_one_silent_sample(Z):
    return np.any(np.asarray(Z) <= 0, axis=0)


@misconception(
    "dead_units", caught_by="test_dead_units_any_batch", hint="z = 0 is silent too: relu(0) is 0. Ask Z <= 0."
)
def lets_zero_count_as_alive(Z):
    return np.all(np.asarray(Z) < 0, axis=0)


@misconception(
    "dead_units",
    caught_by=["test_dead_units_basic", "test_dead_units_any_batch", "test_dead_units_craft"],
    hint="You found the living units. The dead ones are the others: turn it round with ~.",
)
def finds_the_living(Z):
    return np.any(np.asarray(Z) > 0, axis=0)


@misconception(
    "dead_units",
    caught_by=["test_dead_units_basic", "test_dead_units_any_batch", "test_dead_units_craft"],
    hint="You looked at the mean, or the sum, of each column. A unit with a negative mean may still fire for one "
    "sample, and then it is alive.",
)
def looks_at_the_mean(Z):
    return np.mean(Z, axis=0) <= 0


@misconception(
    "dead_units",
    caught_by=["test_dead_units_basic", "test_dead_units_any_batch", "test_dead_units_craft"],
    hint="You looked at the first sample only. Ask all of them: np.all(..., axis=0).",
)
def looks_at_the_first_sample(Z):
    return np.asarray(Z)[0] <= 0


@misconception(
    "dead_units",
    caught_by=["test_dead_units_basic", "test_dead_units_any_batch", "test_dead_units_craft"],
    hint="You counted the dead units. Asked for is one True or False for each unit: do not sum.",
)
def counts_the_dead(Z):
    return int(np.all(np.asarray(Z) <= 0, axis=0).sum())


@misconception(
    "dead_units",
    caught_by=["test_dead_units_basic", "test_dead_units_any_batch", "test_dead_units_craft"],
    hint="You gave the numbers of the dead units. Asked for is one True or False for each unit, shape (H,): leave out "
    "np.where.",
)
def gives_their_numbers(Z):
    return np.where(np.all(np.asarray(Z) <= 0, axis=0))[0]


@misconception(
    "dead_units",
    caught_by=["test_dead_units_basic", "test_dead_units_any_batch", "test_dead_units_craft"],
    hint="One answer for the whole table: np.all without axis asks all units at once. Say axis=0.",
)
def asks_all_units_at_once(Z):
    return np.all(np.asarray(Z) <= 0)


@misconception(
    "dead_units",
    caught_by=["test_dead_units_basic", "test_dead_units_any_batch", "test_dead_units_craft"],
    hint="You asked for Z == 0. Z holds the scores BEFORE relu: a silent unit has Z <= 0 there.",
)
def takes_scores_for_votes(Z):
    return np.all(np.asarray(Z) == 0, axis=0)


@misconception(
    "dead_units",
    caught_by=["test_dead_units_basic", "test_dead_units_any_batch", "test_dead_units_craft"],
    hint="Your answer is a table, one entry for each sample and unit. Join the samples with np.all(..., axis=0).",
)
def forgets_to_join_the_samples(Z):
    return np.asarray(Z) <= 0


@misconception(
    "dead_units",
    caught_by="test_dead_units_craft",
    hint="You set the negative scores of the caller's Z to 0. Compare without changing: Z <= 0.",
)
def applies_relu_to_the_callers_scores(Z):
    Z[Z < 0] = 0
    return np.all(Z == 0, axis=0)


@misconception(
    "dead_units",
    caught_by="test_dead_units_craft",
    hint="The answers are right, but as numbers 0 and 1. Leave them as True and False, so that Z[:, dead_units(Z)] "
    "picks columns.",
)
def answers_in_whole_numbers(Z):
    return np.all(np.asarray(Z) <= 0, axis=0).astype(int)


# ---------------------------------------------------------------- Neuron


class RightNeuron:
    def __init__(self, n_inputs, activation, rng):
        if activation not in ACTIVATIONS:
            raise ValueError(f"choose one of {list(ACTIVATIONS)}")
        self.activation = activation
        self.w = rng.normal(size=n_inputs)
        self.b = 0.0

    def forward(self, X):
        return ACTIVATIONS[self.activation](X @ self.w + self.b)


@misconception(
    "Neuron",
    caught_by=["test_neuron_votes", "test_neuron_refuses_unknown_names"],
    hint="forward returned the score: the activation is missing. Return the vote, activation(z).",
)
class ForgetsToVote(RightNeuron):
    def forward(self, X):
        return X @ self.w + self.b


@misconception(
    "Neuron",
    caught_by=["test_neuron_votes", "test_neuron_refuses_unknown_names"],
    hint="The bias is missing: z = X @ w + b.",
)
class ForgetsTheBias(RightNeuron):
    def forward(self, X):
        return ACTIVATIONS[self.activation](X @ self.w)


@misconception(
    "Neuron",
    caught_by=["test_neuron_votes", "test_neuron_refuses_unknown_names"],
    hint="The bias was added after the vote. It is a part of the score: activation(X @ w + b).",
)
class AddsTheBiasAfterTheVote(RightNeuron):
    def forward(self, X):
        return ACTIVATIONS[self.activation](X @ self.w) + self.b


@misconception(
    "Neuron",
    caught_by=["test_neuron_votes", "test_neuron_refuses_unknown_names"],
    hint="Your neuron votes by sigmoid whatever name it was given. Look the name up in ACTIVATIONS.",
)
class AlwaysVotesBySigmoid:
    def __init__(self, n_inputs, activation, rng):
        if activation not in ACTIVATIONS:
            raise ValueError(f"choose one of {list(ACTIVATIONS)}")
        self.w = rng.normal(size=n_inputs)
        self.b = 0.0

    def forward(self, X):
        return sigmoid(X @ self.w + self.b)


@misconception(
    "Neuron",
    caught_by="test_neuron_refuses_unknown_names",
    hint="An unknown name gave a KeyError, which names only the wrong word. Test the name first, and raise "
    "ValueError with the list of names.",
)
class LetsTheLookUpFail:
    def __init__(self, n_inputs, activation, rng):
        self.activation = ACTIVATIONS[activation]
        self.w = rng.normal(size=n_inputs)
        self.b = 0.0

    def forward(self, X):
        return self.activation(X @ self.w + self.b)


@misconception(
    "Neuron",
    caught_by="test_neuron_refuses_unknown_names",
    hint="ValueError is right, but its message does not say which names exist. Put the names of ACTIVATIONS into it.",
)
class RefusesWithoutTheNames(RightNeuron):
    def __init__(self, n_inputs, activation, rng):
        if activation not in ACTIVATIONS:
            raise ValueError("unknown activation")
        self.activation = activation
        self.w = rng.normal(size=n_inputs)
        self.b = 0.0


@misconception(
    "Neuron",
    caught_by="test_neuron_refuses_unknown_names",
    hint="An unknown name went through: your neuron then votes by relu. Raise ValueError, or a typing error will "
    "never be found.",
)
class TakesReluForUnknownNames:
    def __init__(self, n_inputs, activation, rng):
        self.activation = ACTIVATIONS.get(activation, relu)
        self.w = rng.normal(size=n_inputs)
        self.b = 0.0

    def forward(self, X):
        return self.activation(X @ self.w + self.b)


@misconception(
    "Neuron",
    caught_by="test_neuron_draws_its_weights",
    hint="All weights start at 0. Draw them: rng.normal(size=n_inputs). Members that start alike stay alike.",
)
class StartsWithZeroWeights(RightNeuron):
    def __init__(self, n_inputs, activation, rng):
        if activation not in ACTIVATIONS:
            raise ValueError(f"choose one of {list(ACTIVATIONS)}")
        self.activation = activation
        self.w = np.zeros(n_inputs)
        self.b = 0.0


@misconception(
    "Neuron",
    caught_by="test_neuron_draws_its_weights",
    hint="You made a new generator inside, so that every neuron draws the same weights. Use the argument rng.",
)
class MakesItsOwnGenerator(RightNeuron):
    def __init__(self, n_inputs, activation, rng):
        if activation not in ACTIVATIONS:
            raise ValueError(f"choose one of {list(ACTIVATIONS)}")
        self.activation = activation
        self.w = np.random.default_rng(0).normal(size=n_inputs)
        self.b = 0.0


@misconception(
    "Neuron",
    caught_by="test_neuron_draws_its_weights",
    hint="The weights come from np.random, so that the same seed does not give the same neuron. Draw them from the "
    "argument rng.",
)
class DrawsFromTheGlobalGenerator(RightNeuron):
    def __init__(self, n_inputs, activation, rng):
        if activation not in ACTIVATIONS:
            raise ValueError(f"choose one of {list(ACTIVATIONS)}")
        self.activation = activation
        self.w = np.random.normal(size=n_inputs)
        self.b = 0.0


@misconception(
    "Neuron",
    caught_by="test_neuron_draws_its_weights",
    hint="The bias was drawn at random. A new neuron has no opinion of its own: b = 0.",
)
class DrawsTheBiasToo(RightNeuron):
    def __init__(self, n_inputs, activation, rng):
        if activation not in ACTIVATIONS:
            raise ValueError(f"choose one of {list(ACTIVATIONS)}")
        self.activation = activation
        self.w = rng.normal(size=n_inputs)
        self.b = rng.normal()


# ---------------------------------------------------------------- quiz


add_wrong_options(
    "activations",
    {
        1: {
            "a": "A bend in the boundary needs something that is not linear. Look at linear_collapse: what is W1 @ W2?",
            "b": "The six line images cannot be split by one neuron, and two layers without an activation give "
            "nothing that one cannot. What did linear_collapse show?",
            "d": "More numbers to train do not mean more functions: both layers melt into one W and one b.",
        },
        2: {
            "b": "A sigmoid never goes below 0. Use sigmoid(-z) = 1 - sigmoid(z).",
            "c": "One half is the vote at z = 0 only. Use sigmoid(-z) = 1 - sigmoid(z).",
            "d": "No calculator is needed: there is a mirror rule that connects sigmoid(-z) with sigmoid(z).",
        },
        3: {
            "a": "Slope 1 at 0 is what tanh has. For sigmoid put a = 0.5 into a (1 - a).",
            "b": "0.5 is the vote at 0, not its slope. Put it into a (1 - a).",
            "c": "Far out the curve is flat: there the slope fades. Where is it steepest?",
        },
        4: {
            "a": "Ten sigmoids vote one by one, and their ten votes need not sum to 1. That fits when several answers "
            "may be true at once.",
            "c": "ReLU votes have no upper end, so they are no probabilities.",
            "d": "tanh gives negative numbers too, and ten of them do not sum to 1.",
        },
        5: {
            "a": "Only differences between scores count, and adding 100 to all of them changes no difference.",
            "b": "Shares sum to 1, so they cannot all grow. Above and below the line the same factor exp(100) appears.",
            "d": "Equal shares need equal scores. Adding 100 to all keeps every difference as it was.",
        },
        6: {
            "a": "Its weights may be anything. Ask what slope the unit passes back when z is negative.",
            "b": "relu of a negative score is 0, an ordinary number, not nan. Ask for the slope there.",
            "c": "A large positive bias would lift z above 0 and wake the unit. It is a very negative one that "
            "silences it; but why does it STAY silent?",
        },
        7: {
            "b": "The step is flat everywhere but at one point: its slope is 0, so blame cannot pass and nothing is "
            "learnt.",
            "c": "A sigmoid passes on at most a quarter of the blame. In a deep network little is left after some "
            "layers.",
            "d": "Softmax makes the members of a layer compete for one share. It belongs at the output.",
        },
        8: {
            "a": "ReLU has no upper end: a vote of 7 is no probability.",
            "c": "tanh reaches from -1 to 1; a probability is never negative.",
            "d": "Leaky ReLU gives negative votes and has no upper end, so it gives no probability.",
        },
    },
    right.answers,
)
