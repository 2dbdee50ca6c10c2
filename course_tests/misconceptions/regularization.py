"""Mistakes that learners make in 12_regularization."""

import copy

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference import regularization as reference
from course_tests.reference.digits import fit, minibatches, network_loss, softmax_cross_entropy
from course_tests.reference.regularization import GRID, l2_grad, l2_penalty, noisy_set, truth

L2 = ["test_l2_penalty_basic", "test_l2_penalty_any_weights", "test_l2_penalty_craft"]
L2_GRAD = ["test_l2_grad_basic", "test_l2_grad_is_the_slope", "test_l2_grad_craft"]
L1 = ["test_l1_penalty_basic", "test_l1_penalty_any_weights", "test_l1_penalty_craft"]
L1_GRAD = ["test_l1_grad_basic", "test_l1_grad_at_the_corner", "test_l1_grad_craft"]
SOFT = ["test_soft_threshold_basic", "test_soft_threshold_any_t", "test_soft_threshold_craft"]
DROP = ["test_Dropout_basic", "test_Dropout_evaluation", "test_Dropout_any_votes", "test_Dropout_craft"]
BATCH = [
    "test_BatchNorm1d_forward",
    "test_BatchNorm1d_running_statistics",
    "test_BatchNorm1d_backward",
    "test_BatchNorm1d_any_batch",
    "test_BatchNorm1d_craft",
]
LAYER = ["test_LayerNorm_basic", "test_LayerNorm_any_shape", "test_LayerNorm_craft"]
STOP = ["test_EarlyStopping_basic", "test_EarlyStopping_any_losses", "test_EarlyStopping_craft"]
FIT = ["test_fit_regularized_basic", "test_fit_regularized_stops_early", "test_fit_regularized_craft"]
SHIFT = ["test_shift_images_basic", "test_shift_images_all_shifts", "test_shift_images_craft"]
CURVE = ["test_learning_curve_basic", "test_learning_curve_any_sizes", "test_learning_curve_craft"]
DIAGNOSE = ["test_diagnose_fit_basic", "test_diagnose_fit_thresholds", "test_diagnose_fit_craft"]
BIAS = ["test_bias_variance_basic", "test_bias_variance_any_degrees", "test_bias_variance_craft"]
MINE = ["test_my_tests_basic", "test_my_tests_finds_subtle_mistakes", "test_my_tests_craft"]


# ---------------------------------------------------------------- l2_penalty


@misconception(
    "l2_penalty",
    caught_by=L2[:2],
    hint="You divided by 2. Some books do, so that the slope becomes lam W; here the penalty is lam times the whole "
    "sum.",
)
def takes_half_the_squares(Ws, lam):
    return lam / 2 * sum(np.sum(W**2) for W in Ws)


@misconception(
    "l2_penalty",
    caught_by=L2[:2],
    hint="Your number is a mean of squares. The penalty is their sum: a larger network pays more.",
)
def averages_the_squares(Ws, lam):
    return lam * sum(np.mean(W**2) for W in Ws)


@misconception(
    "l2_penalty",
    caught_by=L2[:2],
    hint="You took the root of the sum, the length of the weights. The L2 penalty has no root.",
)
def takes_the_root(Ws, lam):
    return lam * np.sqrt(sum(np.sum(W**2) for W in Ws))


@misconception("l2_penalty", caught_by=L2[:2], hint="lam is missing in your penalty.")
def forgets_lam(Ws, lam):
    return float(sum(np.sum(W**2) for W in Ws))


@misconception(
    "l2_penalty",
    caught_by=L2[:2],
    hint="Only the first array of the list pays in your penalty. Go through all of them.",
)
def counts_the_first_array(Ws, lam):
    return lam * float(np.sum(Ws[0] ** 2)) if Ws else 0.0


@misconception(
    "l2_penalty",
    caught_by=L2[:2],
    hint="You added up the weights and then squared the sum, so weights of opposite signs cancel. Square each weight "
    "first.",
)
def squares_the_sum(Ws, lam):
    return lam * sum(np.sum(W) ** 2 for W in Ws)


@misconception(
    "l2_penalty", caught_by=L2[:2], hint="You took absolute values: that is the L1 penalty. L2 takes squares."
)
def takes_absolute_values(Ws, lam):
    return lam * sum(np.sum(np.abs(W)) for W in Ws)


@misconception("l2_penalty", caught_by=L2[:2], hint="lam got squared, too. Only the weights are squared.")
def squares_lam_too(Ws, lam):
    return float(sum(np.sum((lam * W) ** 2) for W in Ws))


# ---------------------------------------------------------------- l2_grad


@misconception("l2_grad", caught_by=L2_GRAD, hint="The factor 2 is missing: the slope of a square is twice the weight.")
def forgets_the_two(W, lam):
    return lam * W


@misconception("l2_grad", caught_by=L2_GRAD, hint="lam is missing in your slope.")
def slope_without_lam(W, lam):
    return 2.0 * W


@misconception(
    "l2_grad",
    caught_by=L2_GRAD[:2],
    hint="Your slope points the wrong way: the penalty grows when a weight moves away from 0.",
)
def turns_the_sign(W, lam):
    return -2 * lam * W if not np.issubdtype(W.dtype, np.integer) else 2 * lam * W


@misconception("l2_grad", caught_by=L2_GRAD, hint="This is the penalty of each weight, lam W squared, not its slope.")
def returns_the_squares(W, lam):
    return lam * W**2


@misconception(
    "l2_grad",
    caught_by=L2_GRAD,
    hint="Every slope has the same size in your answer: that is the L1 rule. Under L2 a large weight is pulled harder.",
)
def pulls_all_alike(W, lam):
    return 2 * lam * np.sign(W)


@misconception(
    "l2_grad", caught_by=L2_GRAD[2], hint="You scaled the caller's W in place. Make a new array: 2 * lam * W."
)
def scales_in_place(W, lam):
    if np.issubdtype(W.dtype, np.integer):
        return 2 * lam * W
    W *= 2 * lam
    return W


@misconception(
    "l2_grad",
    caught_by=L2_GRAD[2],
    hint="Your slopes are cut to whole numbers when the weights are whole. np.zeros_like(W) keeps their type; "
    "np.zeros(W.shape) does not.",
)
def keeps_whole_slopes(W, lam):
    slope = np.zeros_like(W)
    slope[...] = 2 * lam * W
    return slope


# ---------------------------------------------------------------- l1_penalty


@misconception(
    "l1_penalty",
    caught_by=L1[:2],
    hint="Weights of opposite signs cancel in your sum. Take the absolute value of each weight, and add then.",
)
def forgets_the_absolute_values(Ws, lam):
    return lam * sum(np.sum(W) for W in Ws)


@misconception(
    "l1_penalty", caught_by=L1[:2], hint="You took the absolute value of the sum. It belongs to each weight."
)
def takes_it_of_the_sum(Ws, lam):
    return lam * sum(abs(np.sum(W)) for W in Ws)


@misconception("l1_penalty", caught_by=L1[:2], hint="You squared the weights: that is L2. L1 adds absolute values.")
def squares_the_weights(Ws, lam):
    return lam * sum(np.sum(W**2) for W in Ws)


@misconception("l1_penalty", caught_by=L1[:2], hint="Your L1 penalty is a mean. It is a sum over all weights.")
def averages_the_absolute_values(Ws, lam):
    return lam * sum(np.mean(np.abs(W)) for W in Ws)


@misconception("l1_penalty", caught_by=L1[:2], hint="Your L1 penalty does not know lam: it must be a factor.")
def leaves_lam_out(Ws, lam):
    return float(sum(np.sum(np.abs(W)) for W in Ws))


@misconception(
    "l1_penalty",
    caught_by=L1[:2],
    hint="The last array alone pays in your L1 penalty: the sum starts anew for each array. Add to one total.",
)
def starts_the_sum_anew(Ws, lam):
    total = 0.0
    for W in Ws:
        total = np.sum(np.abs(W))
    return lam * float(total)


# ---------------------------------------------------------------- l1_grad


@misconception(
    "l1_grad",
    caught_by=L1_GRAD,
    hint="Your slope grows with the weight: that is L2. Under L1 each weight is pulled with the same strength, lam.",
)
def pulls_large_weights_harder(W, lam):
    return 2 * lam * W


@misconception(
    "l1_grad", caught_by=L1_GRAD, hint="All slopes are lam in your answer. A negative weight is pulled up: lam sign(W)."
)
def forgets_the_sign(W, lam):
    return np.full(np.shape(W), float(lam))


@misconception("l1_grad", caught_by=L1_GRAD, hint="Your L1 slope does not know lam. It is lam times the sign.")
def returns_the_sign_alone(W, lam):
    return np.sign(W) * 1.0


@misconception(
    "l1_grad",
    caught_by=L1_GRAD[1],
    hint="You divided by |W|, and at a weight of exactly 0 that is 0 / 0. np.sign knows what to do there.",
)
def divides_by_the_absolute_value(W, lam):
    with np.errstate(all="ignore"):
        return lam * W / np.abs(W)


@misconception("l1_grad", caught_by=L1_GRAD, hint="This is the penalty of each weight, lam |W|, not its slope.")
def returns_the_absolute_values(W, lam):
    return lam * np.abs(W)


@misconception(
    "l1_grad",
    caught_by=L1_GRAD,
    hint="Your pull points away from 0. The penalty grows with |W|, so its slope has the sign of W.",
)
def pushes_away_from_zero(W, lam):
    return -lam * np.sign(W)


@misconception(
    "l1_grad",
    caught_by=L1_GRAD[2],
    hint="Weights close to 0 get too small a slope: you divided by |W| plus a small number. The sign needs no such "
    "guard.",
)
def guards_the_division(W, lam):
    W = np.asarray(W, float)
    return lam * W / (np.abs(W) + 1e-9)


# ---------------------------------------------------------------- soft_threshold


@misconception(
    "soft_threshold",
    caught_by=SOFT,
    hint="Weights above t stay as they were in your answer: that is a hard threshold. The soft one moves them by t, "
    "too.",
)
def keeps_large_weights(W, t):
    return np.where(np.abs(W) > t, W, 0.0)


@misconception(
    "soft_threshold", caught_by=SOFT[:2], hint="Weights below t went through 0 to the other side. They must stop at 0."
)
def walks_through_zero(W, t):
    return W - t * np.sign(W)


@misconception(
    "soft_threshold",
    caught_by=SOFT,
    hint="Negative weights became 0 in your answer. They move up towards 0 as positive ones move down.",
)
def cuts_negative_weights(W, t):
    return np.maximum(np.asarray(W, float) - t, 0)


@misconception(
    "soft_threshold",
    caught_by=SOFT,
    hint="The sign got lost: np.maximum(|W| - t, 0) is the new size, and the weight keeps its sign.",
)
def loses_the_sign(W, t):
    return np.maximum(np.abs(W) - t, 0)


@misconception(
    "soft_threshold",
    caught_by=SOFT,
    hint="You cut the weights to -t ... t. What is asked for is what clipping takes away: W - np.clip(W, -t, t).",
)
def clips_the_weights(W, t):
    return np.clip(W, -t, t)


# ---------------------------------------------------------------- Dropout


class RightDropout:
    def __init__(self, p, rng):
        self.p, self.rng = p, rng
        self.params, self.grads = {}, {}

    def forward(self, A, training=False):
        if not training:
            return A
        self.mask = (self.rng.random(A.shape) >= self.p) / (1 - self.p)
        return A * self.mask

    def backward(self, dout):
        return dout * self.mask


@misconception(
    "Dropout",
    caught_by=DROP[:1] + DROP[2:3],
    hint="The votes that remain must make up for the missing ones: divide by 1 - p while training (inverted dropout).",
)
class ForgetsToScale(RightDropout):
    def forward(self, A, training=False):
        if not training:
            return A
        self.mask = self.rng.random(A.shape) >= self.p
        return A * self.mask


@misconception(
    "Dropout",
    caught_by=DROP[:3],
    hint="You scale by 1 - p in evaluation in place of 1 / (1 - p) in training. Both conventions exist; ours leaves "
    "evaluation untouched.",
)
class ScalesInEvaluation(RightDropout):
    def forward(self, A, training=False):
        if not training:
            return A * (1 - self.p)
        self.mask = self.rng.random(A.shape) >= self.p
        return A * self.mask


@misconception(
    "Dropout",
    caught_by=DROP[:1] + DROP[2:3],
    hint="You keep a share p of the votes. Here p is the share that is dropped, as in PyTorch.",
)
class KeepsTheShareP(RightDropout):
    def forward(self, A, training=False):
        if not training:
            return A
        self.mask = (self.rng.random(A.shape) < self.p) / (self.p or 1)
        return A * self.mask


@misconception(
    "Dropout",
    caught_by=DROP[:1] + DROP[2:3],
    hint="You multiplied by 1 - p where you must divide: fewer votes have to sound louder, not softer.",
)
class ScalesTheWrongWay(RightDropout):
    def forward(self, A, training=False):
        if not training:
            return A
        self.mask = (self.rng.random(A.shape) >= self.p) * (1 - self.p)
        return A * self.mask


@misconception(
    "Dropout",
    caught_by=DROP[:1] + DROP[2:3],
    hint="The right share is dropped, but the others are divided by p. Divide by the share that is kept, 1 - p.",
)
class DividesByP(RightDropout):
    def forward(self, A, training=False):
        if not training:
            return A
        self.mask = (self.rng.random(A.shape) >= self.p) / (self.p or 1)
        return A * self.mask


@misconception(
    "Dropout",
    caught_by=DROP[1:2],
    hint="Votes were dropped in evaluation. Look at `training`: when it counts, nobody is missing.",
)
class DropsInEvaluation(RightDropout):
    def forward(self, A, training=False):
        mask = (self.rng.random(A.shape) >= self.p) / (1 - self.p)
        if training:
            self.mask = mask
        return A * mask


@misconception(
    "Dropout",
    caught_by=DROP[1:2],
    hint="A pass in evaluation wiped out the mask of the training pass before it. Keep it until the next training "
    "pass.",
)
class ForgetsTheMaskInEvaluation(RightDropout):
    def forward(self, A, training=False):
        if not training:
            self.mask = 1.0
            return A
        self.mask = (self.rng.random(A.shape) >= self.p) / (1 - self.p)
        return A * self.mask


@misconception(
    "Dropout",
    caught_by=DROP[:3],
    hint="The blame went back to dropped votes, too. Multiply dout by the mask of the forward pass.",
)
class BlamesEveryone(RightDropout):
    def backward(self, dout):
        return dout


@misconception(
    "Dropout", caught_by=DROP[:3], hint="backward has the mask, but not the factor 1 / (1 - p) that forward had."
)
class BlamesWithoutTheFactor(RightDropout):
    def backward(self, dout):
        return dout * (self.mask > 0)


@misconception(
    "Dropout",
    caught_by=DROP[:3],
    hint="backward drew a new mask. It must use the one with which the votes went forward.",
)
class DrawsAgainOnTheWayBack(RightDropout):
    def backward(self, dout):
        return dout * (self.rng.random(dout.shape) >= self.p) / (1 - self.p)


@misconception(
    "Dropout", caught_by=DROP[2:3], hint="The mask was drawn once and for all. Each training pass draws its own."
)
class DrawsOnce(RightDropout):
    def forward(self, A, training=False):
        if not training:
            return A
        if getattr(self, "mask", None) is None or self.mask.shape != A.shape:
            self.mask = (self.rng.random(A.shape) >= self.p) / (1 - self.p)
        return A * self.mask


@misconception(
    "Dropout",
    caught_by=[DROP[0], DROP[2]],
    hint="One lot for a whole column: every sample misses the same votes. Draw a mask of the shape of A.",
)
class DropsWholeColumns(RightDropout):
    def forward(self, A, training=False):
        if not training:
            return A
        self.mask = (self.rng.random(A.shape[1:]) >= self.p) / (1 - self.p) * np.ones(A.shape)
        return A * self.mask


@misconception(
    "Dropout",
    caught_by=[DROP[0], DROP[2]],
    hint="One lot for a whole sample: it lost all its votes or none. Draw a mask of the shape of A.",
)
class DropsWholeSamples(RightDropout):
    def forward(self, A, training=False):
        if not training:
            return A
        lots = self.rng.random((len(A),) + (1,) * (A.ndim - 1))
        self.mask = (lots >= self.p) / (1 - self.p) * np.ones(A.shape)
        return A * self.mask


@misconception(
    "Dropout",
    caught_by=DROP[3:],
    hint="The lots came from np.random, and not from self.rng: nobody can repeat your training.",
)
class DrawsFromTheGlobalGenerator(RightDropout):
    def forward(self, A, training=False):
        if not training:
            return A
        self.mask = (np.random.random(A.shape) >= self.p) / (1 - self.p)
        return A * self.mask


@misconception(
    "Dropout", caught_by=DROP[3:], hint="A *= mask changed the caller's votes. Return a new array: A * mask."
)
class DropsInPlace(RightDropout):
    def forward(self, A, training=False):
        if not training:
            return A
        self.mask = (self.rng.random(A.shape) >= self.p) / (1 - self.p)
        out = A * self.mask
        A[...] = out
        return out


# ---------------------------------------------------------------- BatchNorm1d


class RightBatchNorm:
    def __init__(self, d, momentum=0.9, eps=1e-5):
        self.momentum, self.eps = momentum, eps
        self.params = {"gamma": np.ones(d), "beta": np.zeros(d)}
        self.grads = {"gamma": np.zeros(d), "beta": np.zeros(d)}
        self.running_mean, self.running_var = np.zeros(d), np.ones(d)

    def statistics(self, X):
        return X.mean(axis=0), X.var(axis=0)

    def remember(self, mean, var):
        self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
        self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var

    def spread_of(self, var):
        return np.sqrt(var + self.eps)

    def forward(self, X, training=False):
        if training:
            mean, var = self.statistics(X)
            self.remember(mean, var)
        else:
            mean, var = self.running_mean, self.running_var
        self.training = training
        self.spread = self.spread_of(var)
        self.normal = (X - mean) / self.spread
        return self.params["gamma"] * self.normal + self.params["beta"]

    def backward(self, dout):
        self.grads["gamma"] = (dout * self.normal).sum(axis=0)
        self.grads["beta"] = dout.sum(axis=0)
        g = dout * self.params["gamma"]
        if not self.training:
            return g / self.spread
        return (g - g.mean(axis=0) - self.normal * (g * self.normal).mean(axis=0)) / self.spread


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[:4],
    hint="You took the mean and the variance of each row. Batch norm looks down the columns: axis=0.",
)
class NormalizesRows(RightBatchNorm):
    def forward(self, X, training=False):
        mean, var = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)
        if training:
            self.remember(X.mean(axis=0), X.var(axis=0))
        self.training = training
        self.spread = np.sqrt(var + self.eps)
        self.normal = (X - mean) / self.spread
        return self.params["gamma"] * self.normal + self.params["beta"]


@misconception(
    "BatchNorm1d", caught_by=BATCH[:4], hint="You divided by the variance. Divide by its root, the standard deviation."
)
class DividesByTheVariance(RightBatchNorm):
    def spread_of(self, var):
        return var + self.eps


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[:4],
    hint="Your variance divides by N - 1. Batch norm's divides by N, for the batch and for the running variance "
    "(PyTorch uses N - 1 for the running one only).",
)
class UsesTheUnbiasedVariance(RightBatchNorm):
    def statistics(self, X):
        return X.mean(axis=0), X.var(axis=0, ddof=1 if len(X) > 1 else 0)


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[1:2] + BATCH[3:4],
    hint="Your running variance is the unbiased one, as PyTorch's. Here it is the batch's own, which divides by N.",
)
class RemembersTheUnbiasedVariance(RightBatchNorm):
    def forward(self, X, training=False):
        out = super().forward(X, training)
        if training and len(X) > 1:
            self.running_var = self.running_var + (1 - self.momentum) * X.var(axis=0) / (len(X) - 1)
        return out

    def backward(self, dout):
        return super().backward(dout)


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[1:2] + BATCH[3:4],
    hint="Your momentum is the share of the NEW batch. Here it is the share that is kept: momentum * old + "
    "(1 - momentum) * new.",
)
class TurnsTheMomentumRound(RightBatchNorm):
    def remember(self, mean, var):
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[1:2] + BATCH[3:],
    hint="Evaluation used the batch's own mean and variance. It must use the running ones, so that one sample alone "
    "works, too.",
)
class EvaluatesWithTheBatch(RightBatchNorm):
    def forward(self, X, training=False):
        mean, var = self.statistics(X)
        if training:
            self.remember(mean, var)
        self.training = training
        self.spread = self.spread_of(var)
        self.normal = (X - mean) / self.spread
        return self.params["gamma"] * self.normal + self.params["beta"]


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[:4],
    hint="Training used the running statistics. While training, the batch's own count.",
)
class TrainsWithTheRunningStatistics(RightBatchNorm):
    def forward(self, X, training=False):
        if training:
            self.remember(*self.statistics(X))
        self.training = training
        self.spread = self.spread_of(self.running_var)
        self.normal = (X - self.running_mean) / self.spread
        return self.params["gamma"] * self.normal + self.params["beta"]


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[1:2] + BATCH[3:4],
    hint="The running mean and variance never move. Update them in every training pass.",
)
class NeverRemembers(RightBatchNorm):
    def remember(self, mean, var):
        pass


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[1:2] + BATCH[3:4],
    hint="The running mean and variance are simply those of the last batch. Mix: momentum * old + (1 - momentum) * "
    "new.",
)
class RemembersTheLastBatchOnly(RightBatchNorm):
    def remember(self, mean, var):
        self.running_mean, self.running_var = mean, var


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[1:2],
    hint="The momentum is 0.9 for every layer of yours. Use the one that the layer was made with.",
)
class FixesTheMomentum(RightBatchNorm):
    def remember(self, mean, var):
        self.running_mean = 0.9 * self.running_mean + 0.1 * mean
        self.running_var = 0.9 * self.running_var + 0.1 * var


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[1:2] + BATCH[3:],
    hint="An evaluation pass moved the running statistics. Only training does.",
)
class RemembersInEvaluation(RightBatchNorm):
    def forward(self, X, training=False):
        if not training:
            self.remember(*self.statistics(X))
        return super().forward(X, training)

    def backward(self, dout):
        return super().backward(dout)


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[2:4],
    hint="Your dX is dout * gamma / spread, as if mean and spread were fixed numbers. In training they move with each "
    "sample: take away the mean of g, and normal * mean(g * normal).",
)
class ForgetsThatTheStatisticsMove(RightBatchNorm):
    def backward(self, dout):
        super_grads = {"gamma": (dout * self.normal).sum(axis=0), "beta": dout.sum(axis=0)}
        self.grads.update(super_grads)
        return dout * self.params["gamma"] / self.spread


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[2:3],
    hint="The way through the mean is there, the way through the variance is missing: - normal * mean(g * normal).",
)
class ForgetsTheWayThroughTheVariance(RightBatchNorm):
    def backward(self, dout):
        self.grads.update(gamma=(dout * self.normal).sum(axis=0), beta=dout.sum(axis=0))
        g = dout * self.params["gamma"]
        return (g - g.mean(axis=0) * self.training) / self.spread


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[2:4],
    hint="The way through the variance is there, the way through the mean is missing: g - mean(g).",
)
class ForgetsTheWayThroughTheMean(RightBatchNorm):
    def backward(self, dout):
        self.grads.update(gamma=(dout * self.normal).sum(axis=0), beta=dout.sum(axis=0))
        g = dout * self.params["gamma"]
        return (g - self.training * self.normal * (g * self.normal).mean(axis=0)) / self.spread


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[2:4],
    hint="gamma is missing on the way back: the blame passes gamma before it reaches the normalised values.",
)
class LeavesGammaOutOnTheWayBack(RightBatchNorm):
    def backward(self, dout):
        self.grads.update(gamma=(dout * self.normal).sum(axis=0), beta=dout.sum(axis=0))
        g = dout
        if not self.training:
            return g / self.spread
        return (g - g.mean(axis=0) - self.normal * (g * self.normal).mean(axis=0)) / self.spread


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[2:4],
    hint="dgamma and dbeta are means in your answer. Every sample adds its share: sums over the batch.",
)
class AveragesTheSlopes(RightBatchNorm):
    def backward(self, dout):
        dX = super().backward(dout)
        self.grads = {name: slope / len(dout) for name, slope in self.grads.items()}
        return dX if len(dout) > 1 else dX

    def forward(self, X, training=False):
        return super().forward(X, training)


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[2:4],
    hint="dgamma is the sum of dout times the normalised values. You used dout times the output.",
)
class BlamesGammaWithTheOutput(RightBatchNorm):
    def forward(self, X, training=False):
        self.out = super().forward(X, training)
        return self.out

    def backward(self, dout):
        dX = super().backward(dout)
        self.grads["gamma"] = (dout * self.out).sum(axis=0)
        return dX


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[3:4],
    hint="After an evaluation pass mean and spread are fixed numbers, so blame only passes gamma / spread.",
)
class GoesBackAsInTraining(RightBatchNorm):
    def backward(self, dout):
        self.training = True
        return super().backward(dout)

    def forward(self, X, training=False):
        return super().forward(X, training)


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[:4],
    hint="eps stands outside the root in your answer. It belongs to the variance: sqrt(var + eps).",
)
class AddsEpsOutsideTheRoot(RightBatchNorm):
    def spread_of(self, var):
        return np.sqrt(var) + self.eps


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[:4],
    hint="A constant column has variance 0, and 0 / 0 is no number. Add eps to the variance, below the root.",
)
class LeavesEpsOut(RightBatchNorm):
    def spread_of(self, var):
        return np.sqrt(var) if np.all(var > 0) else np.sqrt(var) + 1e-300


@misconception(
    "BatchNorm1d",
    caught_by=BATCH[4:],
    hint="X -= mean changed the caller's batch. Write X - mean, which makes a new array.",
)
class NormalizesInPlace(RightBatchNorm):
    def forward(self, X, training=False):
        out = super().forward(X, training)
        X[...] = self.normal
        return out

    def backward(self, dout):
        return super().backward(dout)


# ---------------------------------------------------------------- LayerNorm


class RightLayerNorm:
    def __init__(self, d, eps=1e-5):
        self.eps = eps
        self.params = {"gamma": np.ones(d), "beta": np.zeros(d)}
        self.grads = {"gamma": np.zeros(d), "beta": np.zeros(d)}

    def spread_of(self, X):
        return np.sqrt(X.var(axis=-1, keepdims=True) + self.eps)

    def forward(self, X, training=False):
        self.spread = self.spread_of(X)
        self.normal = (X - X.mean(axis=-1, keepdims=True)) / self.spread
        return self.params["gamma"] * self.normal + self.params["beta"]

    def backward(self, dout):
        before = tuple(range(dout.ndim - 1))
        self.grads = {"gamma": (dout * self.normal).sum(axis=before), "beta": dout.sum(axis=before)}
        g = dout * self.params["gamma"]
        through = self.normal * (g * self.normal).mean(axis=-1, keepdims=True)
        return (g - g.mean(axis=-1, keepdims=True) - through) / self.spread


@misconception(
    "LayerNorm",
    caught_by=LAYER,
    hint="You normalised over the batch, axis 0: that is batch norm. Layer norm looks along each sample: axis=-1.",
)
class NormalizesOverTheBatch(RightLayerNorm):
    def forward(self, X, training=False):
        self.spread = np.sqrt(X.var(axis=0) + self.eps)
        self.normal = (X - X.mean(axis=0)) / self.spread
        return self.params["gamma"] * self.normal + self.params["beta"]


@misconception(
    "LayerNorm",
    caught_by=LAYER,
    hint="One mean for the whole batch. Every sample has a mean and a variance of its own: axis=-1, keepdims=True.",
)
class NormalizesEverythingAtOnce(RightLayerNorm):
    def forward(self, X, training=False):
        self.spread = np.sqrt(X.var() + self.eps)
        self.normal = (X - X.mean()) / self.spread
        return self.params["gamma"] * self.normal + self.params["beta"]


@misconception(
    "LayerNorm",
    caught_by=LAYER[1:2],
    hint="axis=1 is the last axis only for tables. A sequence has the shape (N, T, d): write axis=-1.",
)
class NormalizesAxisOne(RightLayerNorm):
    def forward(self, X, training=False):
        self.spread = np.sqrt(X.var(axis=1, keepdims=True) + self.eps)
        self.normal = (X - X.mean(axis=1, keepdims=True)) / self.spread
        return self.params["gamma"] * self.normal + self.params["beta"]


@misconception(
    "LayerNorm",
    caught_by=LAYER[1:2],
    hint="dgamma and dbeta must have the shape (d,): sum over ALL axes but the last, not over axis 0 alone.",
)
class SumsOverTheFirstAxisOnly(RightLayerNorm):
    def backward(self, dout):
        dX = super().backward(dout)
        self.grads = {"gamma": (dout * self.normal).sum(axis=0), "beta": dout.sum(axis=0)}
        return dX


@misconception(
    "LayerNorm",
    caught_by=LAYER[:2],
    hint="Your dX treats mean and spread as fixed numbers; within each sample they move with every entry.",
)
class TreatsTheStatisticsAsFixed(RightLayerNorm):
    def backward(self, dout):
        super().backward(dout)
        return dout * self.params["gamma"] / self.spread


@misconception(
    "LayerNorm",
    caught_by=LAYER[:2],
    hint="The mean of g is taken down the columns in your dX. Layer norm's statistics belong to rows: axis=-1.",
)
class GoesBackDownTheColumns(RightLayerNorm):
    def backward(self, dout):
        super().backward(dout)
        g = dout * self.params["gamma"]
        return (g - g.mean(axis=0) - self.normal * (g * self.normal).mean(axis=0)) / self.spread


@misconception("LayerNorm", caught_by=LAYER[:2], hint="On the way back gamma is missing: g = dout * gamma comes first.")
class GoesBackWithoutGamma(RightLayerNorm):
    def backward(self, dout):
        super().backward(dout)
        through = self.normal * (dout * self.normal).mean(axis=-1, keepdims=True)
        return (dout - dout.mean(axis=-1, keepdims=True) - through) / self.spread


@misconception("LayerNorm", caught_by=LAYER[:2], hint="beta is missing in your output: gamma * normal + beta.")
class ForgetsBeta(RightLayerNorm):
    def forward(self, X, training=False):
        super().forward(X)
        return self.params["gamma"] * self.normal


@misconception(
    "LayerNorm",
    caught_by=LAYER[:2],
    hint="The variance of a sample divides by d - 1 in your answer. Layer norm's divides by d.",
)
class DividesByOneLess(RightLayerNorm):
    def spread_of(self, X):
        return np.sqrt(X.var(axis=-1, keepdims=True, ddof=1) + self.eps)


@misconception(
    "LayerNorm",
    caught_by=LAYER[:2],
    hint="The number eps that the layer was made with has no effect, or stands outside the root: sqrt(var + eps).",
)
class AddsEpsToTheDeviation(RightLayerNorm):
    def spread_of(self, X):
        return X.std(axis=-1, keepdims=True) + self.eps / 2


# ---------------------------------------------------------------- EarlyStopping


class RightStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_loss, self.waited = None, float("inf"), 0

    def better(self, loss):
        return loss < self.best_loss - self.min_delta

    def keep(self, params):
        return copy.deepcopy(params)

    def done(self):
        return self.waited >= self.patience

    def step(self, loss, params):
        if self.better(loss) and self.waited < self.patience:  # once it is over, it is over
            self.best, self.best_loss, self.waited = self.keep(params), loss, 0
        else:
            self.waited += 1
        return self.done()


@misconception(
    "EarlyStopping",
    caught_by=[STOP[2]],
    hint="After True, a lower loss makes yours say False again. Once True, always True: ask first whether it is over.",
)
class StartsAnewAfterTheEnd(RightStopping):
    def step(self, loss, params):
        if self.better(loss):
            self.best, self.best_loss, self.waited = self.keep(params), loss, 0
        else:
            self.waited += 1
        return self.done()


@misconception(
    "EarlyStopping",
    caught_by=[*STOP, FIT[1]],
    hint="best is the very list that training goes on changing, so it holds the last weights. Keep a deep copy.",
)
class KeepsTheParamsThemselves(RightStopping):
    def keep(self, params):
        return params


@misconception(
    "EarlyStopping",
    caught_by=[*STOP, FIT[1]],
    hint="list(params) copies the list and not the arrays in it, so best changes with the training. Use copy.deepcopy.",
)
class CopiesTheListOnly(RightStopping):
    def keep(self, params):
        return [dict(one) for one in params]


@misconception(
    "EarlyStopping",
    caught_by=STOP,
    hint="You stop one step too late: `patience` steps in a row without a gain are enough (>=, not >).",
)
class StopsOneStepLate(RightStopping):
    def done(self):
        return self.waited > self.patience


@misconception(
    "EarlyStopping",
    caught_by=STOP[:2],
    hint="The count goes on after a gain. A gain starts it anew: `patience` steps IN A ROW.",
)
class NeverStartsAnew(RightStopping):
    def step(self, loss, params):
        if self.better(loss):
            self.best, self.best_loss = self.keep(params), loss
        else:
            self.waited += 1
        return self.done()


@misconception(
    "EarlyStopping",
    caught_by=[STOP[1]],
    hint="The same loss again counts as a gain in your answer. Only a smaller one does: <, not <=.",
)
class TakesATieForAGain(RightStopping):
    def better(self, loss):
        return loss <= self.best_loss - self.min_delta


@misconception(
    "EarlyStopping",
    caught_by=[STOP[1]],
    hint="NaN counts as a gain in your answer: every comparison with NaN is False, so ask `loss < ...`, not `not "
    "loss >= ...`.",
)
class TakesNanForAGain(RightStopping):
    def better(self, loss):
        return not loss >= self.best_loss - self.min_delta


@misconception(
    "EarlyStopping", caught_by=[STOP[1]], hint="min_delta has no effect. A gain is a loss below best_loss - min_delta."
)
class IgnoresMinDelta(RightStopping):
    def better(self, loss):
        return loss < self.best_loss


@misconception(
    "EarlyStopping",
    caught_by=[STOP[1]],
    hint="min_delta has the wrong sign: it asks for more gain, so it is taken away from best_loss.",
)
class AddsMinDelta(RightStopping):
    def better(self, loss):
        return loss < self.best_loss + self.min_delta


@misconception(
    "EarlyStopping",
    caught_by=STOP[1:],
    hint="You compared with the loss of the step before. A gain is measured against the best loss so far.",
)
class ComparesWithTheLastStep(RightStopping):
    def step(self, loss, params):
        last = getattr(self, "last", float("inf"))
        if loss < last - self.min_delta:
            self.waited = 0
        else:
            self.waited += 1
        if self.better(loss):
            self.best, self.best_loss = self.keep(params), loss
        self.last = loss
        return self.done()


@misconception(
    "EarlyStopping",
    caught_by=[STOP[1]],
    hint="best_loss is not updated with small gains, but best is: keep both together, only when the gain is large "
    "enough.",
)
class KeepsBestAtAnySmallGain(RightStopping):
    def step(self, loss, params):
        if self.best is None or loss < getattr(self, "least", float("inf")):
            self.best, self.least = self.keep(params), loss
        if self.better(loss) and self.waited < self.patience:
            self.best_loss, self.waited = loss, 0
        else:
            self.waited += 1
        return self.done()


@misconception(
    "EarlyStopping",
    caught_by=[*STOP, FIT[1]],
    hint="step says True when training may go on. It must say True when it is time to stop.",
)
class SaysWhetherToGoOn(RightStopping):
    def done(self):
        return self.waited < self.patience


@misconception(
    "EarlyStopping",
    caught_by=STOP[1:],
    hint="True came only once. After the patience is used up, every further step says True.",
)
class SaysTrueOnce(RightStopping):
    def done(self):
        return self.waited == self.patience


# ---------------------------------------------------------------- fit_regularized


@misconception(
    "fit_regularized",
    caught_by=FIT[:1],
    hint="Biases pay your penalty, too. Only weights do: a bias moves the line, it does not make it wilder.",
)
def lets_biases_pay(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    history = {"train": [], "val": []}
    for _ in range(epochs):
        losses = []
        for X, y in minibatches(*train, batch_size, rng):
            penalty = l2_penalty([layer.params["W"] for layer in net.layers if "W" in layer.params], lam)
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            net.backward(dout)
            for layer in net.layers:
                for name, array in layer.params.items():
                    array -= lr * (layer.grads[name] + l2_grad(array, lam))
            losses.append((loss + penalty) * len(y))
        history["train"].append(sum(losses) / len(train[1]))
        loss_now = network_loss(net, *val)
        history["val"].append(loss_now)
        if stop is not None and stop.step(loss_now, [layer.params for layer in net.layers]):
            break
    if stop is not None:
        for layer, best in zip(net.layers, stop.best):
            for name, array in layer.params.items():
                array[...] = best[name]
    return history


@misconception(
    "fit_regularized",
    caught_by=FIT[:1],
    hint="The penalty stands in the loss, but no step goes down its slope: add l2_grad(W, lam) to the gradient of "
    "each W.",
)
def never_steps_down_the_penalty(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    history = {"train": [], "val": []}
    for _ in range(epochs):
        losses = []
        for X, y in minibatches(*train, batch_size, rng):
            penalty = l2_penalty([layer.params["W"] for layer in net.layers if "W" in layer.params], lam)
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            net.backward(dout)
            for layer in net.layers:
                for name, array in layer.params.items():
                    array -= lr * layer.grads[name]
            losses.append((loss + penalty) * len(y))
        history["train"].append(sum(losses) / len(train[1]))
        loss_now = network_loss(net, *val)
        history["val"].append(loss_now)
        if stop is not None and stop.step(loss_now, [layer.params for layer in net.layers]):
            break
    if stop is not None:
        for layer, best in zip(net.layers, stop.best):
            for name, array in layer.params.items():
                array[...] = best[name]
    return history


@misconception(
    "fit_regularized",
    caught_by=FIT[:1],
    hint="The slope of the penalty was taken away from the gradient, so weights grow. Both slopes are added.",
)
def adds_the_penalty_slope_with_the_wrong_sign(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    history = {"train": [], "val": []}
    for _ in range(epochs):
        losses = []
        for X, y in minibatches(*train, batch_size, rng):
            penalty = l2_penalty([layer.params["W"] for layer in net.layers if "W" in layer.params], lam)
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            net.backward(dout)
            for layer in net.layers:
                for name, array in layer.params.items():
                    array -= lr * (layer.grads[name] - (l2_grad(array, lam) if name == "W" else 0.0))
            losses.append((loss + penalty) * len(y))
        history["train"].append(sum(losses) / len(train[1]))
        loss_now = network_loss(net, *val)
        history["val"].append(loss_now)
        if stop is not None and stop.step(loss_now, [layer.params for layer in net.layers]):
            break
    if stop is not None:
        for layer, best in zip(net.layers, stop.best):
            for name, array in layer.params.items():
                array[...] = best[name]
    return history


@misconception(
    "fit_regularized",
    caught_by=FIT[:1],
    hint="The slope of the penalty was divided by the number of samples. The data loss is a mean, the penalty stands "
    "beside it whole.",
)
def divides_the_penalty_by_the_batch(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    history = {"train": [], "val": []}
    for _ in range(epochs):
        losses = []
        for X, y in minibatches(*train, batch_size, rng):
            penalty = l2_penalty([layer.params["W"] for layer in net.layers if "W" in layer.params], lam)
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            net.backward(dout)
            for layer in net.layers:
                for name, array in layer.params.items():
                    array -= lr * (layer.grads[name] + (l2_grad(array, lam) / len(y) if name == "W" else 0.0))
            losses.append((loss + penalty) * len(y))
        history["train"].append(sum(losses) / len(train[1]))
        loss_now = network_loss(net, *val)
        history["val"].append(loss_now)
        if stop is not None and stop.step(loss_now, [layer.params for layer in net.layers]):
            break
    if stop is not None:
        for layer, best in zip(net.layers, stop.best):
            for name, array in layer.params.items():
                array[...] = best[name]
    return history


@misconception("fit_regularized", caught_by=FIT, hint="The steps go up the slope: subtract lr times the gradient.")
def climbs(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    history = {"train": [], "val": []}
    for _ in range(epochs):
        losses = []
        for X, y in minibatches(*train, batch_size, rng):
            penalty = l2_penalty([layer.params["W"] for layer in net.layers if "W" in layer.params], lam)
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            net.backward(dout)
            for layer in net.layers:
                for name, array in layer.params.items():
                    array += lr * (layer.grads[name] + (l2_grad(array, lam) if name == "W" else 0.0))
            losses.append((loss + penalty) * len(y))
        history["train"].append(sum(losses) / len(train[1]))
        loss_now = network_loss(net, *val)
        history["val"].append(loss_now)
        if stop is not None and stop.step(loss_now, [layer.params for layer in net.layers]):
            break
    if stop is not None:
        for layer, best in zip(net.layers, stop.best):
            for name, array in layer.params.items():
                array[...] = best[name]
    return history


@misconception(
    "fit_regularized",
    caught_by=FIT,
    hint="W = W - lr * dW makes a new array, and the layer keeps its old one: nothing was learned. Write W -= lr * dW.",
)
def makes_new_arrays(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    history = {"train": [], "val": []}
    for _ in range(epochs):
        losses = []
        for X, y in minibatches(*train, batch_size, rng):
            penalty = l2_penalty([layer.params["W"] for layer in net.layers if "W" in layer.params], lam)
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            net.backward(dout)
            for layer in net.layers:
                for name, array in layer.params.items():
                    array = array - lr * (layer.grads[name] + (l2_grad(array, lam) if name == "W" else 0.0))
            losses.append((loss + penalty) * len(y))
        history["train"].append(sum(losses) / len(train[1]))
        loss_now = network_loss(net, *val)
        history["val"].append(loss_now)
        if stop is not None and stop.step(loss_now, [layer.params for layer in net.layers]):
            break
    if stop is not None:
        for layer, best in zip(net.layers, stop.best):
            for name, array in layer.params.items():
                array[...] = best[name]
    return history


@misconception(
    "fit_regularized",
    caught_by=FIT[2:],
    hint="history['train'] holds the loss without the penalty. Add it: that sum is what the steps make smaller.",
)
def reports_the_loss_without_the_penalty(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    history = {"train": [], "val": []}
    for _ in range(epochs):
        losses = []
        for X, y in minibatches(*train, batch_size, rng):
            penalty = l2_penalty([layer.params["W"] for layer in net.layers if "W" in layer.params], lam)
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            net.backward(dout)
            for layer in net.layers:
                for name, array in layer.params.items():
                    array -= lr * (layer.grads[name] + (l2_grad(array, lam) if name == "W" else 0.0))
            losses.append(loss * len(y))
        history["train"].append(sum(losses) / len(train[1]))
        loss_now = network_loss(net, *val)
        history["val"].append(loss_now)
        if stop is not None and stop.step(loss_now, [layer.params for layer in net.layers]):
            break
    if stop is not None:
        for layer, best in zip(net.layers, stop.best):
            for name, array in layer.params.items():
                array[...] = best[name]
    return history


@misconception(
    "fit_regularized",
    caught_by=FIT[:1],
    hint="The penalty stands in the validation loss, too. Validation asks how good the answers are, and weights are "
    "no answers.",
)
def adds_the_penalty_to_the_validation_loss(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    history = {"train": [], "val": []}
    for _ in range(epochs):
        losses = []
        for X, y in minibatches(*train, batch_size, rng):
            penalty = l2_penalty([layer.params["W"] for layer in net.layers if "W" in layer.params], lam)
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            net.backward(dout)
            for layer in net.layers:
                for name, array in layer.params.items():
                    array -= lr * (layer.grads[name] + (l2_grad(array, lam) if name == "W" else 0.0))
            losses.append((loss + penalty) * len(y))
        history["train"].append(sum(losses) / len(train[1]))
        loss_now = network_loss(net, *val) + l2_penalty(
            [layer.params["W"] for layer in net.layers if "W" in layer.params], lam
        )
        history["val"].append(loss_now)
        if stop is not None and stop.step(loss_now, [layer.params for layer in net.layers]):
            break
    if stop is not None:
        for layer, best in zip(net.layers, stop.best):
            for name, array in layer.params.items():
                array[...] = best[name]
    return history


@misconception(
    "fit_regularized",
    caught_by=FIT[1:2],
    hint="`stop` was asked, and its answer was not heard: break when stop.step(...) is True.",
)
def never_stops(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    history = {"train": [], "val": []}
    for _ in range(epochs):
        losses = []
        for X, y in minibatches(*train, batch_size, rng):
            penalty = l2_penalty([layer.params["W"] for layer in net.layers if "W" in layer.params], lam)
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            net.backward(dout)
            for layer in net.layers:
                for name, array in layer.params.items():
                    array -= lr * (layer.grads[name] + (l2_grad(array, lam) if name == "W" else 0.0))
            losses.append((loss + penalty) * len(y))
        history["train"].append(sum(losses) / len(train[1]))
        loss_now = network_loss(net, *val)
        history["val"].append(loss_now)
        if stop is not None:
            stop.step(loss_now, [layer.params for layer in net.layers])
    if stop is not None:
        for layer, best in zip(net.layers, stop.best):
            for name, array in layer.params.items():
                array[...] = best[name]
    return history


@misconception(
    "fit_regularized",
    caught_by=FIT[1:2],
    hint="The net ends with its last weights. With `stop`, put stop.best back at the end.",
)
def keeps_the_last_weights(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    history = {"train": [], "val": []}
    for _ in range(epochs):
        losses = []
        for X, y in minibatches(*train, batch_size, rng):
            penalty = l2_penalty([layer.params["W"] for layer in net.layers if "W" in layer.params], lam)
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            net.backward(dout)
            for layer in net.layers:
                for name, array in layer.params.items():
                    array -= lr * (layer.grads[name] + (l2_grad(array, lam) if name == "W" else 0.0))
            losses.append((loss + penalty) * len(y))
        history["train"].append(sum(losses) / len(train[1]))
        loss_now = network_loss(net, *val)
        history["val"].append(loss_now)
        if stop is not None and stop.step(loss_now, [layer.params for layer in net.layers]):
            break
    pass
    return history


@misconception(
    "fit_regularized",
    caught_by=FIT[1:2],
    hint="You asked stop with the training loss. It must hear the validation loss.",
)
def stops_by_the_training_loss(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    history = {"train": [], "val": []}
    for _ in range(epochs):
        losses = []
        for X, y in minibatches(*train, batch_size, rng):
            penalty = l2_penalty([layer.params["W"] for layer in net.layers if "W" in layer.params], lam)
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            net.backward(dout)
            for layer in net.layers:
                for name, array in layer.params.items():
                    array -= lr * (layer.grads[name] + (l2_grad(array, lam) if name == "W" else 0.0))
            losses.append((loss + penalty) * len(y))
        history["train"].append(sum(losses) / len(train[1]))
        loss_now = network_loss(net, *val)
        history["val"].append(loss_now)
        if stop is not None and stop.step(history["train"][-1], [layer.params for layer in net.layers]):
            break
    if stop is not None:
        for layer, best in zip(net.layers, stop.best):
            for name, array in layer.params.items():
                array[...] = best[name]
    return history


@misconception(
    "fit_regularized", caught_by=FIT[2:], hint="history['train'] is a sum over the samples. Divide by their number."
)
def sums_the_batches(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    history = {"train": [], "val": []}
    for _ in range(epochs):
        losses = []
        for X, y in minibatches(*train, batch_size, rng):
            penalty = l2_penalty([layer.params["W"] for layer in net.layers if "W" in layer.params], lam)
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            net.backward(dout)
            for layer in net.layers:
                for name, array in layer.params.items():
                    array -= lr * (layer.grads[name] + (l2_grad(array, lam) if name == "W" else 0.0))
            losses.append((loss + penalty) * len(y))
        history["train"].append(sum(losses))
        loss_now = network_loss(net, *val)
        history["val"].append(loss_now)
        if stop is not None and stop.step(loss_now, [layer.params for layer in net.layers]):
            break
    if stop is not None:
        for layer, best in zip(net.layers, stop.best):
            for name, array in layer.params.items():
                array[...] = best[name]
    return history


@misconception(
    "fit_regularized", caught_by=FIT[:2], hint="The steps were made on the validation part, too. Nobody learns from it."
)
def learns_from_validation(net, train, val, epochs, batch_size, lr, rng, lam=0.0, stop=None):
    history = {"train": [], "val": []}
    for _ in range(epochs):
        losses = []
        for X, y in minibatches(*train, batch_size, rng):
            penalty = l2_penalty([layer.params["W"] for layer in net.layers if "W" in layer.params], lam)
            loss, dout = softmax_cross_entropy(net.forward(X, training=True), y)
            net.backward(dout)
            for layer in net.layers:
                for name, array in layer.params.items():
                    array -= lr * (layer.grads[name] + (l2_grad(array, lam) if name == "W" else 0.0))
            losses.append((loss + penalty) * len(y))
        history["train"].append(sum(losses) / len(train[1]))
        loss_now, dout = softmax_cross_entropy(net.forward(val[0], training=True), val[1])
        net.backward(dout)
        for layer in net.layers:
            for name, array in layer.params.items():
                array -= lr * layer.grads[name]
        history["val"].append(loss_now)
        if stop is not None and stop.step(loss_now, [layer.params for layer in net.layers]):
            break
    if stop is not None:
        for layer, best in zip(net.layers, stop.best):
            for name, array in layer.params.items():
                array[...] = best[name]
    return history


# ---------------------------------------------------------------- shift_images


@misconception(
    "shift_images",
    caught_by=SHIFT[:2],
    hint="np.roll brings back on the right what left on the left. Empty pixels must come in: pad with zeros first.",
)
def rolls_round(X, rng, most=1):
    out = np.empty_like(X)
    for n, image in enumerate(X):
        down, right = rng.integers(-most, most + 1, 2)
        out[n] = np.roll(image, (down, right), axis=(0, 1))
    return out


@misconception(
    "shift_images", caught_by=SHIFT[:2], hint="All images were moved in the same way. Each draws a shift of its own."
)
def moves_all_alike(X, rng, most=1):
    N, H, W = X.shape
    wide = np.pad(X, ((0, 0), (most, most), (most, most)))
    i, j = rng.integers(0, 2 * most + 1, 2)
    return wide[:, i : i + H, j : j + W].copy()


@misconception(
    "shift_images",
    caught_by=SHIFT[1],
    hint="The largest shift never comes: rng.integers(-most, most) ends before most. Write most + 1.",
)
def forgets_the_last_shift(X, rng, most=1):
    N, H, W = X.shape
    wide = np.pad(X, ((0, 0), (most, most), (most, most)))
    starts = rng.integers(0, max(2 * most, 1), (N, 2))
    return np.array([image[i : i + H, j : j + W] for image, (i, j) in zip(wide, starts)])


@misconception(
    "shift_images",
    caught_by=SHIFT[1],
    hint="The images only move along one diagonal: the same number served for rows and columns. Draw two.",
)
def uses_one_number_for_both(X, rng, most=1):
    N, H, W = X.shape
    wide = np.pad(X, ((0, 0), (most, most), (most, most)))
    starts = rng.integers(0, 2 * most + 1, N)
    return np.array([image[i : i + H, i : i + W] for image, i in zip(wide, starts)])


@misconception("shift_images", caught_by=SHIFT[1], hint="The images only move sideways. They move up and down, too.")
def moves_sideways_only(X, rng, most=1):
    N, H, W = X.shape
    wide = np.pad(X, ((0, 0), (most, most), (most, most)))
    starts = rng.integers(0, 2 * most + 1, N)
    return np.array([image[most : most + H, i : i + W] for image, i in zip(wide, starts)])


@misconception("shift_images", caught_by=SHIFT[1], hint="`most` has no effect: every image moves by at most 1.")
def ignores_most(X, rng, most=1):
    N, H, W = X.shape
    wide = np.pad(X, ((0, 0), (1, 1), (1, 1)))
    starts = rng.integers(0, 3, (N, 2))
    return np.array([image[i : i + H, j : j + W] for image, (i, j) in zip(wide, starts)])


@misconception(
    "shift_images",
    caught_by=SHIFT[1],
    hint="Some shifts come more often: two numbers were added, or the image that stays is counted twice. Each of the "
    "nine must be equally likely.",
)
def prefers_to_stay(X, rng, most=1):
    N, H, W = X.shape
    wide = np.pad(X, ((0, 0), (most, most), (most, most)))
    starts = (rng.integers(0, most + 1, (N, 2))) + rng.integers(0, most + 1, (N, 2))
    return np.array([image[i : i + H, j : j + W] for image, (i, j) in zip(wide, starts)])


@misconception("shift_images", caught_by=SHIFT[2], hint="The shifts came from np.random. Draw them from rng.")
def shifts_from_the_global_generator(X, rng, most=1):
    N, H, W = X.shape
    wide = np.pad(X, ((0, 0), (most, most), (most, most)))
    starts = np.random.randint(0, 2 * most + 1, (N, 2))
    return np.array([image[i : i + H, j : j + W] for image, (i, j) in zip(wide, starts)])


@misconception(
    "shift_images", caught_by=SHIFT[2], hint="The shifted images were written into the caller's X. Make a new array."
)
def shifts_in_place(X, rng, most=1):
    N, H, W = X.shape
    wide = np.pad(X, ((0, 0), (most, most), (most, most)))
    starts = rng.integers(0, 2 * most + 1, (N, 2))
    for n, (i, j) in enumerate(starts):
        X[n] = wide[n, i : i + H, j : j + W]
    return X.copy()


# ---------------------------------------------------------------- learning_curve


@misconception(
    "learning_curve",
    caught_by=CURVE[:2],
    hint="The same net goes on learning from size to size. Each size starts with a fresh one: make_net() inside the "
    "loop.",
)
def goes_on_with_the_same_net(sizes, make_net, train, val, rng):
    X, y = train
    net, rows = make_net(), []
    for size in sizes:
        part = rng.permutation(len(y))[:size]
        fit(net, (X[part], y[part]), val, epochs=30, batch_size=32, lr=0.2, rng=rng)
        rows.append([network_loss(net, X[part], y[part]), network_loss(net, *val)])
    return np.array(rows)


@misconception(
    "learning_curve",
    caught_by=CURVE[1],
    hint="The first column is the loss on ALL training samples. It must be the loss on those that were used.",
)
def judges_on_all_training_samples(sizes, make_net, train, val, rng):
    X, y = train
    rows = []
    for size in sizes:
        part, net = rng.permutation(len(y))[:size], make_net()
        fit(net, (X[part], y[part]), val, epochs=30, batch_size=32, lr=0.2, rng=rng)
        rows.append([network_loss(net, X, y), network_loss(net, *val)])
    return np.array(rows)


@misconception("learning_curve", caught_by=CURVE[1], hint="Every net learned from all samples. Take `size` of them.")
def learns_from_all_samples(sizes, make_net, train, val, rng):
    X, y = train
    rows = []
    for size in sizes:
        part, net = rng.permutation(len(y))[:size], make_net()
        fit(net, train, val, epochs=30, batch_size=32, lr=0.2, rng=rng)
        rows.append([network_loss(net, X, y), network_loss(net, *val)])
    return np.array(rows)


@misconception(
    "learning_curve", caught_by=CURVE[:2], hint="The columns are the other way round: first the samples used, then val."
)
def exchanges_the_columns(sizes, make_net, train, val, rng):
    X, y = train
    rows = []
    for size in sizes:
        part, net = rng.permutation(len(y))[:size], make_net()
        fit(net, (X[part], y[part]), val, epochs=30, batch_size=32, lr=0.2, rng=rng)
        rows.append([network_loss(net, *val), network_loss(net, X[part], y[part])])
    return np.array(rows)


@misconception(
    "learning_curve", caught_by=CURVE[:2], hint="Your table stands on its side: one row for each size, two columns."
)
def lays_the_table_on_its_side(sizes, make_net, train, val, rng):
    X, y = train
    rows = []
    for size in sizes:
        part, net = rng.permutation(len(y))[:size], make_net()
        fit(net, (X[part], y[part]), val, epochs=30, batch_size=32, lr=0.2, rng=rng)
        rows.append([network_loss(net, X[part], y[part]), network_loss(net, *val)])
    return np.array(rows).T + (0 if len(sizes) != 2 else 1e-3)


@misconception(
    "learning_curve", caught_by=CURVE[:2], hint="The losses were measured before the training. Train first, then look."
)
def measures_before_training(sizes, make_net, train, val, rng):
    X, y = train
    rows = []
    for size in sizes:
        part, net = rng.permutation(len(y))[:size], make_net()
        rows.append([network_loss(net, X[part], y[part]), network_loss(net, *val)])
        fit(net, (X[part], y[part]), val, epochs=30, batch_size=32, lr=0.2, rng=rng)
    return np.array(rows)


# ---------------------------------------------------------------- diagnose_fit


@misconception(
    "diagnose_fit",
    caught_by=DIAGNOSE,
    hint='"under" and "over" are exchanged: who does not even fit the training part is "under".',
)
def exchanges_under_and_over(train, val):
    if train[-1] > 0.5:
        return "over"
    return "under" if val[-1] - train[-1] > 0.3 else "good"


@misconception(
    "diagnose_fit",
    caught_by=DIAGNOSE[1],
    hint="You looked for the gap first. With a high training loss nothing has been learned yet that could be "
    "memorised: "
    'ask for "under" first.',
)
def asks_for_the_gap_first(train, val):
    if val[-1] - train[-1] > 0.3:
        return "over"
    return "under" if train[-1] > 0.5 else "good"


@misconception(
    "diagnose_fit", caught_by=DIAGNOSE, hint="You judged the first losses. The last ones say how the training ended."
)
def judges_the_first_losses(train, val):
    if train[0] > 0.5:
        return "under"
    return "over" if val[0] - train[0] > 0.3 else "good"


@misconception(
    "diagnose_fit", caught_by=DIAGNOSE[1], hint="A training loss of exactly 0.5 is not above 0.5: >, not >=."
)
def counts_the_boundary_as_high(train, val):
    if train[-1] >= 0.5:
        return "under"
    return "over" if val[-1] - train[-1] > 0.3 else "good"


@misconception(
    "diagnose_fit", caught_by=DIAGNOSE[1], hint="A gap of exactly 0.3 is no gap yet: more than 0.3, so >, not >=."
)
def counts_the_boundary_as_a_gap(train, val):
    if train[-1] > 0.5:
        return "under"
    return "over" if val[-1] - train[-1] >= 0.3 else "good"


@misconception(
    "diagnose_fit",
    caught_by=DIAGNOSE[1],
    hint="You took the distance between the two losses, whichever is larger. A validation loss BELOW the training "
    "loss is no overfitting.",
)
def takes_the_absolute_gap(train, val):
    if train[-1] > 0.5:
        return "under"
    return "over" if abs(val[-1] - train[-1]) > 0.3 else "good"


@misconception(
    "diagnose_fit",
    caught_by=DIAGNOSE[1:],
    hint="You asked whether the validation loss itself is high. What shows memorising is the gap to the training loss.",
)
def asks_whether_validation_is_high(train, val):
    if train[-1] > 0.5:
        return "under"
    return "over" if val[-1] > 0.8 else "good"


# ---------------------------------------------------------------- bias_variance


@misconception(
    "bias_variance",
    caught_by=BIAS[:2],
    hint="Your bias2 is the mean squared error of single curves; it contains the variance. Average the curves first, "
    "then "
    "compare with the truth.",
)
def calls_the_whole_error_bias(degrees, rng, n_sets=50):
    sets = [noisy_set(rng) for _ in range(n_sets)]
    bias2, variance = [], []
    for degree in degrees:
        curves = np.array([np.polyval(np.polyfit(x, y, degree), GRID) for x, y in sets])
        bias2.append(np.mean((curves - truth(GRID)) ** 2))
        variance.append(curves.var(axis=0).mean())
    return {"bias2": np.array(bias2), "variance": np.array(variance)}


@misconception(
    "bias_variance",
    caught_by=BIAS[:2],
    hint="The bias is not squared in your answer, and where the curve is too high and too low it cancels. Square it at "
    "each point of GRID, then average.",
)
def forgets_to_square_the_bias(degrees, rng, n_sets=50):
    sets = [noisy_set(rng) for _ in range(n_sets)]
    bias2, variance = [], []
    for degree in degrees:
        curves = np.array([np.polyval(np.polyfit(x, y, degree), GRID) for x, y in sets])
        bias2.append(np.mean(np.abs(curves.mean(axis=0) - truth(GRID))))
        variance.append(curves.var(axis=0).mean())
    return {"bias2": np.array(bias2), "variance": np.array(variance)}


@misconception(
    "bias_variance",
    caught_by=BIAS[:2],
    hint="You took the variance along each curve. What is asked for is how much the curves of different sets differ at "
    "the same point: axis=0, over the sets.",
)
def takes_the_variance_along_the_curve(degrees, rng, n_sets=50):
    sets = [noisy_set(rng) for _ in range(n_sets)]
    bias2, variance = [], []
    for degree in degrees:
        curves = np.array([np.polyval(np.polyfit(x, y, degree), GRID) for x, y in sets])
        bias2.append(np.mean((curves.mean(axis=0) - truth(GRID)) ** 2))
        variance.append(curves.var(axis=1).mean())
    return {"bias2": np.array(bias2), "variance": np.array(variance)}


@misconception("bias_variance", caught_by=BIAS[:2], hint="Your variance is a standard deviation. Leave the root out.")
def takes_the_deviation(degrees, rng, n_sets=50):
    sets = [noisy_set(rng) for _ in range(n_sets)]
    bias2, variance = [], []
    for degree in degrees:
        curves = np.array([np.polyval(np.polyfit(x, y, degree), GRID) for x, y in sets])
        bias2.append(np.mean((curves.mean(axis=0) - truth(GRID)) ** 2))
        variance.append(curves.std(axis=0).mean())
    return {"bias2": np.array(bias2), "variance": np.array(variance)}


@misconception(
    "bias_variance",
    caught_by=BIAS[:2],
    hint="All curves were fitted to the same set, so the variance is 0. Draw a new noisy_set(rng) for each.",
)
def fits_one_set_again_and_again(degrees, rng, n_sets=50):
    sets = [noisy_set(rng)] * n_sets
    bias2, variance = [], []
    for degree in degrees:
        curves = np.array([np.polyval(np.polyfit(x, y, degree), GRID) for x, y in sets])
        bias2.append(np.mean((curves.mean(axis=0) - truth(GRID)) ** 2))
        variance.append(curves.var(axis=0).mean())
    return {"bias2": np.array(bias2), "variance": np.array(variance)}


@misconception(
    "bias_variance",
    caught_by=BIAS[2],
    hint="n_sets has no effect, or its default is another one: fifty sets unless the caller says otherwise.",
)
def takes_another_default(degrees, rng, n_sets=60):
    sets = [noisy_set(rng) for _ in range(n_sets)]
    bias2, variance = [], []
    for degree in degrees:
        curves = np.array([np.polyval(np.polyfit(x, y, degree), GRID) for x, y in sets])
        bias2.append(np.mean((curves.mean(axis=0) - truth(GRID)) ** 2))
        variance.append(curves.var(axis=0).mean())
    return {"bias2": np.array(bias2), "variance": np.array(variance)}


# ---------------------------------------------------------------- my_tests


@misconception(
    "my_tests",
    caught_by=MINE,
    hint="Your tests accept everything. Ask something that a wrong Dropout answers wrongly, with assert.",
)
def accepts_everything(Dropout):
    layer = Dropout(0.5, np.random.default_rng(0))
    layer.forward(np.ones((3, 4)), training=True)


@misconception("my_tests", caught_by=MINE, hint="Your tests refuse even a right Dropout.")
def refuses_everything(Dropout):
    layer = Dropout(0.5, np.random.default_rng(0))
    out = layer.forward(np.ones((3, 4)), training=True)
    assert np.allclose(out, 1.0)


@misconception(
    "my_tests",
    caught_by=MINE[:2],
    hint="You only look at the votes that are dropped, and not at how loud the others are, nor at the way back.",
)
def counts_dropped_votes_only(Dropout):
    out = np.asarray(Dropout(0.25, np.random.default_rng(0)).forward(np.ones((200, 50)), training=True))
    assert abs(np.mean(out == 0) - 0.25) < 0.03


@misconception(
    "my_tests",
    caught_by=MINE[1],
    hint="p = 0.5 cannot tell the share that is dropped from the share that is kept. Try another p.",
)
def tries_one_half_only(Dropout):
    A = np.ones((200, 50))
    layer = Dropout(0.5, np.random.default_rng(0))
    out = np.asarray(layer.forward(A, training=True))
    assert abs(np.mean(out == 0) - 0.5) < 0.03
    assert np.allclose(out[out != 0], 2.0)
    assert np.allclose(layer.backward(A), out)
    assert not np.array_equal(layer.forward(A, training=True), out)
    assert np.allclose(layer.forward(A, training=False), A)


@misconception(
    "my_tests",
    caught_by=MINE[2],
    hint="You compare with the very votes that rng.random() would drop. Another right Dropout draws its mask in "
    "another "
    "way: test the share, not the places.",
)
def expects_its_own_mask(Dropout):
    A = np.ones((200, 50))
    layer = Dropout(0.25, np.random.default_rng(0))
    out = np.asarray(layer.forward(A, training=True))
    mask = np.random.default_rng(0).random(A.shape) >= 0.25
    assert np.allclose(out, mask / 0.75)
    assert np.allclose(layer.backward(A), out)
    assert not np.array_equal(layer.forward(A, training=True), out)
    assert np.allclose(layer.forward(A, training=False), A)


@misconception(
    "my_tests",
    caught_by=MINE[:2],
    hint="You never call backward: a Dropout that forgets its mask on the way back gets through.",
)
def never_goes_back(Dropout):
    A = np.ones((200, 50))
    layer = Dropout(0.25, np.random.default_rng(0))
    out = np.asarray(layer.forward(A, training=True))
    assert abs(np.mean(out == 0) - 0.25) < 0.03
    assert np.allclose(out[out != 0], 1 / 0.75)
    assert not np.array_equal(layer.forward(A, training=True), out)
    assert np.allclose(layer.forward(A, training=False), A)


# ---------------------------------------------------------------- quiz

add_wrong_options(
    "regularization",
    {
        1: {
            "a": "Half of the weights is not what is dropped: the lots are drawn for votes, anew in each pass.",
            "b": "A net without some members is smaller only while training. What happens to the votes that remain?",
            "d": "That is what happens in evaluation. The question is about training.",
        },
        2: {
            "b": "That is the other convention: drop without a factor, and multiply by 1 - p in evaluation. Which of "
            "the two does our class have?",
            "c": "Evaluation draws no lots. If it did, the same image could get two answers.",
            "d": "Dropout learns nothing, so there is nothing to freeze.",
        },
        3: {
            "a": "The mean image of the batch is what training uses. With one sample, what would its variance be?",
            "b": "gamma and beta are learned, but they do not replace mean and variance.",
            "c": "It does normalise; otherwise the next layer would meet numbers that it has never seen.",
        },
        4: {
            "a": "The slope of L2 shrinks with the weight, so the weight comes ever closer to 0 and never arrives.",
            "c": "Biases pay no penalty under either. Look at the slope near 0.",
            "d": "Both have a lam. What differs is the slope near 0.",
        },
        5: {
            "a": "The training loss is nearly 0 already; more epochs only widen the gap.",
            "b": "A larger net memorises more easily. Look at the gap.",
            "d": "The rate moves the training loss; it is nearly 0 already.",
        },
        6: {
            "b": "The test part is looked at once, at the very end. Whoever stops by it has trained on it.",
            "c": "The training loss falls and falls. It would never say stop.",
            "d": "A fixed number of epochs is a guess, and no watching.",
        },
        7: {
            "a": "Another sample changes a stiff curve little. That is low variance.",
            "c": "Noise in the labels is in every set, whatever the degree.",
            "d": "A curve of high degree can follow the truth closely on average. What differs from set to set?",
        },
        8: {
            "a": "It did not help there: at the end its validation loss was the larger one on average.",
            "b": "It is slower to train, but that is not what we measured.",
            "c": "More data helped most. What did dropout do with only 20 samples?",
        },
    },
    reference.answers,
)
