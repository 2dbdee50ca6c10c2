"""Mistakes that learners make in 06_evaluation."""

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference import evaluation as reference
from course_tests.reference.evaluation import apply_scaler, confusion_matrix, fit_scaler

ACCURACY = ["test_accuracy_basic", "test_accuracy_refuses_what_it_cannot_compare", "test_accuracy_craft"]
CONFUSION = ["test_confusion_matrix_basic", "test_confusion_matrix_absent_classes", "test_confusion_matrix_craft"]
PRECISION = [
    "test_precision_recall_f1_basic",
    "test_precision_recall_f1_without_positives",
    "test_precision_recall_f1_craft",
]
SPLIT = ["test_train_val_test_split_basic", "test_train_val_test_split_edge", "test_train_val_test_split_craft"]
FIT = ["test_fit_scaler_basic", "test_fit_scaler_constant_column", "test_fit_scaler_craft"]
APPLY = ["test_apply_scaler_basic", "test_apply_scaler_one_sample"]
SPLITS = ["test_scale_splits_basic", "test_scale_splits_does_not_leak"]
SALIENCY = ["test_saliency_basic", "test_saliency_any_sign", "test_saliency_craft"]
BEST = ["test_best_linear_accuracy_basic", "test_best_linear_accuracy_is_the_best", "test_best_linear_accuracy_craft"]
CERTIFICATE = [
    "test_non_separable_certificate_basic",
    "test_non_separable_certificate_proves_it",
    "test_non_separable_certificate_craft",
]
XOR = ["test_xor_certificate_basic", "test_xor_certificate_proves_it", "test_xor_certificate_craft"]
AUC = ["test_roc_auc_basic", "test_roc_auc_ties", "test_roc_auc_craft"]


# ---------------------------------------------------------------- accuracy


@misconception(
    "accuracy",
    caught_by=ACCURACY[1],
    hint="Shapes (N, 1) and (N,) met in ==, and NumPy compared every label with every prediction. Raise ValueError "
    "when the shapes differ or are empty.",
)
def trusts_the_shapes(y_true, y_pred):
    return np.mean(y_true == y_pred)


@misconception(
    "accuracy",
    caught_by=ACCURACY[1],
    hint="Comparing the lengths is not enough: (N, 1) and (N,) are equally long, and == still makes a table of N "
    "times N. Compare the shapes.",
)
def compares_the_lengths_only(y_true, y_pred):
    if len(y_true) != len(y_pred) or len(y_true) == 0:
        raise ValueError("lengths differ")
    return np.mean(y_true == y_pred)


@misconception(
    "accuracy",
    caught_by=ACCURACY[1],
    hint="The shapes are checked, but no samples at all still go through: the mean of nothing is nan. Raise "
    "ValueError for N = 0.",
)
def forgets_the_empty_report(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    return np.mean(y_true == y_pred)


@misconception(
    "accuracy", caught_by=ACCURACY, hint="This is a percentage. A share lies between 0 and 1: leave out the factor 100."
)
def answers_in_percent(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("shapes")
    return 100 * np.mean(y_true == y_pred)


@misconception(
    "accuracy", caught_by=ACCURACY, hint="This is the number of right predictions. Divide it by the number of samples."
)
def counts_instead_of_averaging(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("shapes")
    return np.sum(y_true == y_pred)


@misconception(
    "accuracy",
    caught_by=ACCURACY,
    hint="This is the share of wrong predictions, the error rate. Accuracy is 1 minus it.",
)
def gives_the_error_rate(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("shapes")
    return np.mean(y_true != y_pred)


@misconception(
    "accuracy",
    caught_by=ACCURACY,
    hint="The product y_true * y_pred sees only the ones. A right 0 is a right prediction too: compare with ==.",
)
def ignores_the_right_zeros(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("shapes")
    return np.sum(y_true * y_pred) / len(y_true)


@misconception(
    "accuracy",
    caught_by=ACCURACY[1:],
    hint="A difference |y_true - y_pred| is 0 or 1 only with two classes. Calling class 4 a 0 is one mistake, not "
    "four: compare with ==.",
)
def measures_the_distance_of_labels(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("shapes")
    return 1 - np.mean(np.abs(y_true - 1.0 * y_pred))


@misconception(
    "accuracy",
    caught_by=ACCURACY,
    hint="All that is not perfect became 0. np.all asks whether everything is right, and // drops everything behind "
    "the point: take the mean, or divide with /.",
)
def asks_for_perfection(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("shapes")
    return float(np.all(y_true == y_pred))


@misconception(
    "accuracy",
    caught_by=ACCURACY,
    hint="Only the samples with label 1 were counted. That is recall; accuracy counts all samples.",
)
def looks_at_the_ones_only(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("shapes")
    return np.mean(y_pred[y_true == 1] == 1)


@misconception(
    "accuracy",
    caught_by=ACCURACY[2],
    hint="y_true -= y_pred writes into the caller's labels: after the report card the truth is gone. Make a new array.",
)
def subtracts_in_place(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("shapes")
    y_true -= y_pred
    return np.mean(y_true == 0)


@misconception("accuracy", caught_by=ACCURACY, hint="The accuracy was printed, and None came back. End with return.")
def prints_the_accuracy(y_true, y_pred):
    print(np.mean(y_true == y_pred))


# What people write, in repositories and questions.


@misconception(
    "accuracy",
    caught_by=ACCURACY,
    hint="y_true[y_pred] takes the votes as PLACES in the list of labels. Compare them: y_true == y_pred.",
)
def averages_the_labels_at_the_votes(y_true, y_pred):
    if y_true.shape != y_pred.shape or len(y_true) == 0:
        raise ValueError("shapes")
    return float(np.mean(y_true[np.asarray(y_pred, int)]))


@misconception(
    "accuracy",
    caught_by=ACCURACY,
    hint="The answer is rounded to two digits. Give the share as it is; rounding is for printing.",
)
def rounds_to_two_digits(y_true, y_pred):
    if y_true.shape != y_pred.shape or len(y_true) == 0:
        raise ValueError("shapes")
    return round(float(np.mean(y_true == y_pred)), 2)


@misconception(
    "accuracy",
    caught_by=ACCURACY,
    hint="You compare how many ones there are in both lists. Which samples are right is the question, one by one.",
)
def compares_the_shares_of_ones(y_true, y_pred):
    if y_true.shape != y_pred.shape or len(y_true) == 0:
        raise ValueError("shapes")
    return 1 - abs(float(np.mean(y_true)) - float(np.mean(y_pred)))


@misconception(
    "accuracy",
    caught_by=ACCURACY,
    hint="This is the mean of the classes' own accuracies: a rare class counts as much as a frequent one. "
    "Count over all samples.",
)
def averages_over_the_classes(y_true, y_pred):
    if y_true.shape != y_pred.shape or len(y_true) == 0:
        raise ValueError("shapes")
    return float(np.mean([np.mean(y_pred[y_true == c] == c) for c in np.unique(y_true)]))


@misconception("accuracy", caught_by=ACCURACY, hint="The list of True and False came back. Their mean is the share.")
def returns_the_comparison(y_true, y_pred):
    if y_true.shape != y_pred.shape or len(y_true) == 0:
        raise ValueError("shapes")
    return y_true == y_pred


@misconception(
    "accuracy",
    caught_by=ACCURACY,
    hint="Sets forget order and number: you asked which labels occur in both. Compare sample by sample.",
)
def compares_the_sets_of_labels(y_true, y_pred):
    if y_true.shape != y_pred.shape or len(y_true) == 0:
        raise ValueError("shapes")
    return len(set(y_true.tolist()) & set(y_pred.tolist())) / len(set(y_true.tolist()) | set(y_pred.tolist()))


@misconception(
    "accuracy",
    caught_by=["test_accuracy_basic", "test_accuracy_refuses_what_it_cannot_compare"],
    hint="The loop ends one sample too early: range(len(y) - 1) leaves out the last one.",
)
def leaves_out_the_last_sample(y_true, y_pred):
    if y_true.shape != y_pred.shape or len(y_true) == 0:
        raise ValueError("shapes")
    return sum(int(y_true[k] == y_pred[k]) for k in range(len(y_true) - 1)) / len(y_true)


@misconception(
    "accuracy", caught_by=ACCURACY, hint="You divided the right votes by the wrong ones. A share is divided by all."
)
def divides_by_the_wrong_predictions(y_true, y_pred):
    if y_true.shape != y_pred.shape or len(y_true) == 0:
        raise ValueError("shapes")
    right = int(np.sum(y_true == y_pred))
    return right / max(1, len(y_true) - right)


# ---------------------------------------------------------------- confusion_matrix


@misconception(
    "confusion_matrix",
    caught_by=CONFUSION,
    hint="Each cell was counted at most once: M[y_true, y_pred] += 1 with whole arrays drops repeated pairs. Use "
    "np.add.at, or a loop over the samples.",
)
def drops_repeated_pairs(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes), int)
    M[y_true, 1 * y_pred] += 1
    return M


@misconception(
    "confusion_matrix",
    caught_by=CONFUSION,
    hint="This is the matrix lying on its side. Rows are the truth, columns the prediction: M[t, p], not M[p, t].",
)
def exchanges_rows_and_columns(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes), int)
    for t, p in zip(y_true, y_pred):
        M[int(p), int(t)] += 1
    return M


@misconception(
    "confusion_matrix",
    caught_by=CONFUSION,
    hint="Each row was divided by its sum. Here the cells are counts; shares hide how many samples a row has.",
)
def divides_by_the_row_sums(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes))
    for t, p in zip(y_true, y_pred):
        M[int(t), int(p)] += 1
    return M / np.maximum(M.sum(axis=1, keepdims=True), 1)


@misconception(
    "confusion_matrix",
    caught_by=CONFUSION,
    hint="Every cell was divided by the number of samples. Here the cells are counts.",
)
def divides_by_the_number_of_samples(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes))
    for t, p in zip(y_true, y_pred):
        M[int(t), int(p)] += 1
    return M / len(y_true)


@misconception(
    "confusion_matrix",
    caught_by=CONFUSION[1],
    hint="The size was taken from the labels that came. A class that is absent today still has its row: use n_classes.",
)
def takes_the_size_from_the_labels(y_true, y_pred, n_classes):
    size = int(max(y_true.max(), y_pred.max())) + 1
    M = np.zeros((size, size), int)
    np.add.at(M, (y_true, y_pred.astype(int)), 1)
    return M


@misconception(
    "confusion_matrix",
    caught_by=CONFUSION[1],
    hint="The rows are the labels that occur, numbered anew. Row i must be class i, also when a smaller class is "
    "absent.",
)
def numbers_the_classes_anew(y_true, y_pred, n_classes):
    labels = np.unique(np.concatenate([y_true, y_pred]))
    return np.array([[np.sum((y_true == t) & (y_pred == p)) for p in labels] for t in labels])


@misconception(
    "confusion_matrix",
    caught_by=CONFUSION,
    hint="Only the right predictions were counted. The cells beside the diagonal show who was taken for whom: count "
    "every pair.",
)
def counts_the_diagonal_only(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes), int)
    for t, p in zip(y_true, y_pred):
        if t == p:
            M[int(t), int(p)] += 1
    return M


@misconception(
    "confusion_matrix",
    caught_by=CONFUSION,
    hint="Only the mistakes were counted. The diagonal holds the right predictions: count every pair.",
)
def counts_the_mistakes_only(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes), int)
    for t, p in zip(y_true, y_pred):
        if t != p:
            M[int(t), int(p)] += 1
    return M


@misconception(
    "confusion_matrix",
    caught_by=CONFUSION,
    hint="[[0] * C] * C is C times the same row: whatever is counted in one row shows in all of them. Make each row "
    "anew, or use np.zeros((C, C)).",
)
def repeats_one_row(y_true, y_pred, n_classes):
    M = [[0] * n_classes] * n_classes
    for t, p in zip(y_true, y_pred):
        M[int(t)][int(p)] += 1
    return M


@misconception(
    "confusion_matrix",
    caught_by=CONFUSION,
    hint="The classes were numbered from 1, so that class 0 landed in the last row. Row 0 is class 0.",
)
def starts_at_one(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes), int)
    for t, p in zip(y_true, y_pred):
        M[int(t) - 1, int(p) - 1] += 1
    return M


@misconception(
    "confusion_matrix",
    caught_by=CONFUSION,
    hint="The largest class came first: true positives stand in the corner of your matrix. Row 0 and column 0 belong "
    "to class 0.",
)
def puts_the_positive_class_first(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes), int)
    for t, p in zip(y_true, y_pred):
        M[int(t), int(p)] += 1
    return M[::-1, ::-1]


@misconception(
    "confusion_matrix",
    caught_by=CONFUSION,
    hint="Only the four cells of classes 0 and 1 were filled, whatever n_classes says. Count pairs of any two classes.",
)
def knows_two_classes_only(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes), int)
    M[0, 0] = np.sum((y_true == 0) & (y_pred == 0))
    M[0, 1] = np.sum((y_true == 0) & (y_pred == 1))
    M[1, 0] = np.sum((y_true == 1) & (y_pred == 0))
    M[1, 1] = np.sum((y_true == 1) & (y_pred == 1))
    return M


@misconception(
    "confusion_matrix",
    caught_by=CONFUSION[1],
    hint="The cells are of type uint8, which ends at 255 and starts again at 0. Count in ordinary integers.",
)
def counts_in_bytes(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes), np.uint8)
    for t, p in zip(y_true, y_pred):
        M[int(t), int(p)] += 1
    return M


@misconception(
    "confusion_matrix",
    caught_by=CONFUSION[2],
    hint="As an index, an array of True and False is a mask, not a row of numbers. Turn the votes into integers first.",
)
def takes_bool_votes_for_a_mask(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes), int)
    np.add.at(M, (y_true, y_pred), 1)
    return M


@misconception(
    "confusion_matrix",
    caught_by=CONFUSION[2],
    hint="y_true *= n_classes writes into the caller's labels. Write y_true * n_classes + y_pred, which is a new "
    "array.",
)
def numbers_the_pairs_in_place(y_true, y_pred, n_classes):
    y_true *= n_classes
    return np.bincount(y_true + y_pred, minlength=n_classes**2).reshape(n_classes, n_classes)


@misconception(
    "confusion_matrix", caught_by=CONFUSION, hint="The first sample is missing from your counts. Start the loop at 0."
)
def skips_the_first_sample(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes), int)
    for i in range(1, len(y_true)):
        M[int(y_true[i]), int(y_pred[i])] += 1
    return M


# ---------------------------------------------------------------- precision_recall_f1


@misconception(
    "precision_recall_f1",
    caught_by=PRECISION,
    hint="Precision and recall are exchanged. Precision divides by all that were CALLED positive, recall by all that "
    "ARE positive.",
)
def exchanges_precision_and_recall(y_true, y_pred):
    tp, fp, fn = (
        np.sum((y_true == 1) & (y_pred == 1)),
        np.sum((y_true == 0) & (y_pred == 1)),
        np.sum((y_true == 1) & (y_pred == 0)),
    )
    p, r = tp / max(tp + fn, 1), tp / max(tp + fp, 1)
    return p, r, 2 * p * r / (p + r) if p + r > 0 else 0.0


@misconception(
    "precision_recall_f1",
    caught_by=[PRECISION[0], PRECISION[1], PRECISION[2]],
    hint="F1 is the harmonic mean 2pr / (p + r), not the middle of the two. With p = 1 and r = 0 it must be 0.",
)
def takes_the_arithmetic_mean(y_true, y_pred):
    tp, fp, fn = (
        np.sum((y_true == 1) & (y_pred == 1)),
        np.sum((y_true == 0) & (y_pred == 1)),
        np.sum((y_true == 1) & (y_pred == 0)),
    )
    p, r = tp / max(tp + fp, 1), tp / max(tp + fn, 1)
    return p, r, (p + r) / 2


@misconception(
    "precision_recall_f1",
    caught_by=PRECISION,
    hint="This is the geometric mean, the root of p times r. F1 is the harmonic mean 2pr / (p + r).",
)
def takes_the_geometric_mean(y_true, y_pred):
    tp, fp, fn = (
        np.sum((y_true == 1) & (y_pred == 1)),
        np.sum((y_true == 0) & (y_pred == 1)),
        np.sum((y_true == 1) & (y_pred == 0)),
    )
    p, r = tp / max(tp + fp, 1), tp / max(tp + fn, 1)
    return p, r, np.sqrt(p * r)


@misconception(
    "precision_recall_f1",
    caught_by=PRECISION,
    hint="Your F1 is half of what it should be: the 2 in 2pr / (p + r) is missing. Perfect votes must give 1.",
)
def forgets_the_two_in_f1(y_true, y_pred):
    tp, fp, fn = (
        np.sum((y_true == 1) & (y_pred == 1)),
        np.sum((y_true == 0) & (y_pred == 1)),
        np.sum((y_true == 1) & (y_pred == 0)),
    )
    p, r = tp / max(tp + fp, 1), tp / max(tp + fn, 1)
    return p, r, p * r / (p + r) if p + r > 0 else 0.0


@misconception(
    "precision_recall_f1",
    caught_by=PRECISION[1:],
    hint="With no positive prediction, precision became 0/0 = nan. Our contract: 0.0. Test the divisor first.",
)
def divides_zero_by_zero(y_true, y_pred):
    tp, fp, fn = (
        np.sum((y_true == 1) & (y_pred == 1)),
        np.sum((y_true == 0) & (y_pred == 1)),
        np.sum((y_true == 1) & (y_pred == 0)),
    )
    p, r = tp / (tp + fp), tp / (tp + fn)
    return p, r, 2 * p * r / (p + r)


@misconception(
    "precision_recall_f1",
    caught_by=PRECISION[1:],
    hint="Precision and recall are safe, but where both are 0, F1 is still 0/0. It needs a guard of its own.",
)
def guards_all_but_f1(y_true, y_pred):
    tp, fp, fn = (
        np.sum((y_true == 1) & (y_pred == 1)),
        np.sum((y_true == 0) & (y_pred == 1)),
        np.sum((y_true == 1) & (y_pred == 0)),
    )
    p, r = tp / max(tp + fp, 1), tp / max(tp + fn, 1)
    return p, r, 2 * p * r / (p + r)


@misconception(
    "precision_recall_f1",
    caught_by=PRECISION[2],
    hint="The nan was made and then wiped away. Nothing but 0/0 may become 0.0, so test the divisor before you divide.",
)
def wipes_nan_away(y_true, y_pred):
    tp, fp, fn = (
        np.sum((y_true == 1) & (y_pred == 1)),
        np.sum((y_true == 0) & (y_pred == 1)),
        np.sum((y_true == 1) & (y_pred == 0)),
    )
    p, r = np.nan_to_num(tp / (tp + fp)), np.nan_to_num(tp / (tp + fn))
    return p, r, np.nan_to_num(2 * p * r / (p + r))


@misconception(
    "precision_recall_f1",
    caught_by=PRECISION[1],
    hint="For 0/0 you return 1.0: a committee that never says yes would be praised for it. Our contract is 0.0.",
)
def praises_silence(y_true, y_pred):
    tp, fp, fn = (
        np.sum((y_true == 1) & (y_pred == 1)),
        np.sum((y_true == 0) & (y_pred == 1)),
        np.sum((y_true == 1) & (y_pred == 0)),
    )
    p = tp / (tp + fp) if tp + fp else 1.0
    r = tp / (tp + fn) if tp + fn else 1.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


@misconception(
    "precision_recall_f1",
    caught_by=PRECISION,
    hint="Class 0 was taken for the positive class. Here 1 is positive: TP counts the samples where truth and vote "
    "are both 1.",
)
def takes_zero_for_positive(y_true, y_pred):
    tp, fp, fn = (
        np.sum((y_true == 0) & (y_pred == 0)),
        np.sum((y_true == 1) & (y_pred == 0)),
        np.sum((y_true == 0) & (y_pred == 1)),
    )
    p = tp / (tp + fp) if tp + fp else 0.0
    r = tp / (tp + fn) if tp + fn else 0.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


@misconception(
    "precision_recall_f1",
    caught_by=PRECISION,
    hint="Your first number is the accuracy. Precision looks only at the samples that were called positive.",
)
def gives_accuracy_for_precision(y_true, y_pred):
    tp, fn = np.sum((y_true == 1) & (y_pred == 1)), np.sum((y_true == 1) & (y_pred == 0))
    p = np.mean(y_true == y_pred)
    r = tp / (tp + fn) if tp + fn else 0.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


@misconception(
    "precision_recall_f1",
    caught_by=PRECISION,
    hint="Recall was divided by TP + TN. The samples that are positive are TP + FN: found and missed.",
)
def divides_recall_by_all_right_ones(y_true, y_pred):
    tp, fp, tn = (
        np.sum((y_true == 1) & (y_pred == 1)),
        np.sum((y_true == 0) & (y_pred == 1)),
        np.sum((y_true == 0) & (y_pred == 0)),
    )
    p = tp / (tp + fp) if tp + fp else 0.0
    r = tp / (tp + tn) if tp + tn else 0.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


@misconception(
    "precision_recall_f1",
    caught_by=PRECISION[2],
    hint="Minus is not defined between arrays of True and False. Count with == and &, or turn the votes into integers "
    "first.",
)
def subtracts_bool_votes(y_true, y_pred):
    tp, fp, fn = np.sum(y_true * y_pred), np.sum(y_pred - y_true == 1), np.sum(y_true - y_pred == 1)
    p = tp / (tp + fp) if tp + fp else 0.0
    r = tp / (tp + fn) if tp + fn else 0.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


@misconception(
    "precision_recall_f1",
    caught_by=PRECISION,
    hint="The matrix was read the wrong way round: in ours, M[0, 1] are the false alarms (truth 0, vote 1) and M[1, "
    "0] the missed ones.",
)
def reads_the_matrix_as_prediction_by_truth(y_true, y_pred):
    M = confusion_matrix(y_true, y_pred, 2)
    tp, fp, fn = M[0, 0], M[0, 1], M[1, 0]
    p = tp / (tp + fp) if tp + fp else 0.0
    r = tp / (tp + fn) if tp + fn else 0.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


# ---------------------------------------------------------------- train_val_test_split


@misconception(
    "train_val_test_split",
    caught_by=SPLIT[:2],
    hint="The rows were cut without mixing them first. If the file is sorted by class, the test part sees one class "
    "only: draw rng.permutation(N).",
)
def cuts_without_mixing(X, y, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("fractions")
    a = round(fractions[0] * len(X))
    b = a + round(fractions[1] * len(X))
    return X[:a], y[:a], X[a:b], y[a:b], X[b:], y[b:]


@misconception(
    "train_val_test_split",
    caught_by=SPLIT[:2],
    hint="X and y were mixed in two different orders: the labels no longer belong to their rows. Draw one permutation "
    "and use it for both.",
)
def mixes_labels_apart(X, y, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("fractions")
    X, y = X[rng.permutation(len(X))], y[rng.permutation(len(y))]
    a = round(fractions[0] * len(X))
    b = a + round(fractions[1] * len(X))
    return X[:a], y[:a], X[a:b], y[a:b], X[b:], y[b:]


@misconception(
    "train_val_test_split",
    caught_by=SPLIT[2],
    hint="The caller's own X and y were reordered. Index with a permutation, X[order], which makes a new array.",
)
def mixes_in_place(X, y, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("fractions")
    order = rng.permutation(len(X))
    X[:], y[:] = X[order], y[order]
    a = round(fractions[0] * len(X))
    b = a + round(fractions[1] * len(X))
    return X[:a].copy(), y[:a].copy(), X[a:b].copy(), y[a:b].copy(), X[b:].copy(), y[b:].copy()


@misconception(
    "train_val_test_split",
    caught_by=SPLIT[1],
    hint="int(0.29 * 100) is 28, since 0.29 * 100 is 28.999999999999996 in floating point. Use round.",
)
def cuts_off_decimals(X, y, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("fractions")
    order = rng.permutation(len(X))
    a = int(fractions[0] * len(X))
    b = a + int(fractions[1] * len(X))
    return X[order[:a]], y[order[:a]], X[order[a:b]], y[order[a:b]], X[order[b:]], y[order[b:]]


@misconception(
    "train_val_test_split",
    caught_by=SPLIT[:2],
    hint="The test part starts inside the validation part, so some samples are in both. It must start where "
    "validation ends.",
)
def lets_parts_overlap(X, y, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("fractions")
    order = rng.permutation(len(X))
    a, n_val = round(fractions[0] * len(X)), round(fractions[1] * len(X))
    b = a + n_val
    n_test = len(X) - b
    return (
        X[order[:a]],
        y[order[:a]],
        X[order[a:b]],
        y[order[a:b]],
        X[order[b - 1 : b - 1 + n_test]],
        y[order[b - 1 : b - 1 + n_test]],
    )


@misconception(
    "train_val_test_split",
    caught_by=SPLIT[:2],
    hint="The second cut stands at n_val. It must stand at n_train + n_val: count from the start of the order, not "
    "from the first cut.",
)
def cuts_at_the_size(X, y, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("fractions")
    order = rng.permutation(len(X))
    a, b = round(fractions[0] * len(X)), round(fractions[1] * len(X))
    return X[order[:a]], y[order[:a]], X[order[a:b]], y[order[a:b]], X[order[b:]], y[order[b:]]


@misconception(
    "train_val_test_split",
    caught_by=SPLIT[:2],
    hint="The last sample is in no part: a slice that ends at -1 leaves it out. Let the test part run to the end.",
)
def loses_the_last_sample(X, y, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("fractions")
    order = rng.permutation(len(X))
    a = round(fractions[0] * len(X))
    b = a + round(fractions[1] * len(X))
    return X[order[:a]], y[order[:a]], X[order[a:b]], y[order[a:b]], X[order[b:-1]], y[order[b:-1]]


@misconception(
    "train_val_test_split",
    caught_by=SPLIT[1],
    hint="A generator with a fixed seed was made inside, so every split is the same, whatever rng the caller passes. "
    "Use the argument.",
)
def makes_its_own_generator(X, y, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("fractions")
    order = np.random.default_rng(0).permutation(len(X))
    a = round(fractions[0] * len(X))
    b = a + round(fractions[1] * len(X))
    return X[order[:a]], y[order[:a]], X[order[a:b]], y[order[a:b]], X[order[b:]], y[order[b:]]


@misconception(
    "train_val_test_split",
    caught_by=SPLIT[1],
    hint="np.random.permutation draws from a hidden global generator: nobody can repeat your split. Use "
    "rng.permutation.",
)
def draws_from_the_global_generator(X, y, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("fractions")
    order = np.random.permutation(len(X))
    a = round(fractions[0] * len(X))
    b = a + round(fractions[1] * len(X))
    return X[order[:a]], y[order[:a]], X[order[a:b]], y[order[a:b]], X[order[b:]], y[order[b:]]


@misconception(
    "train_val_test_split",
    caught_by=SPLIT[:2],
    hint="Rows were drawn with replacement: some come twice, others never, and the same row may train and test. Use a "
    "permutation.",
)
def draws_with_replacement(X, y, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("fractions")
    order = rng.integers(len(X), size=len(X))
    a = round(fractions[0] * len(X))
    b = a + round(fractions[1] * len(X))
    return X[order[:a]], y[order[:a]], X[order[a:b]], y[order[a:b]], X[order[b:]], y[order[b:]]


@misconception(
    "train_val_test_split",
    caught_by=SPLIT[:2],
    hint="Validation and test are exchanged: the second fraction belongs to validation, the third to the test part.",
)
def exchanges_validation_and_test(X, y, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("fractions")
    order = rng.permutation(len(X))
    a = round(fractions[0] * len(X))
    b = a + round(fractions[1] * len(X))
    return X[order[:a]], y[order[:a]], X[order[b:]], y[order[b:]], X[order[a:b]], y[order[a:b]]


@misconception(
    "train_val_test_split",
    caught_by=SPLIT[1],
    hint="Fractions that sum to 1.1 or 0.9 went through. Raise ValueError: someone has made a slip, and would never "
    "notice.",
)
def takes_any_fractions(X, y, fractions, rng):
    order = rng.permutation(len(X))
    a = round(fractions[0] * len(X))
    b = a + round(fractions[1] * len(X))
    return X[order[:a]], y[order[:a]], X[order[a:b]], y[order[a:b]], X[order[b:]], y[order[b:]]


@misconception(
    "train_val_test_split",
    caught_by=SPLIT[1],
    hint="0.7 + 0.2 + 0.1 is 0.9999999999999999 in floating point, so == 1 refuses good fractions. Ask whether the "
    "sum is close to 1.",
)
def wants_exactly_one(X, y, fractions, rng):
    if sum(fractions) != 1:
        raise ValueError("fractions")
    order = rng.permutation(len(X))
    a = round(fractions[0] * len(X))
    b = a + round(fractions[1] * len(X))
    return X[order[:a]], y[order[:a]], X[order[a:b]], y[order[a:b]], X[order[b:]], y[order[b:]]


@misconception(
    "train_val_test_split",
    caught_by=SPLIT[:2],
    hint="The second fraction was taken of what training left over. All fractions are shares of all N samples.",
)
def takes_fractions_of_the_rest(X, y, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("fractions")
    order = rng.permutation(len(X))
    a = round(fractions[0] * len(X))
    b = a + round(fractions[1] * (len(X) - a))
    return X[order[:a]], y[order[:a]], X[order[a:b]], y[order[a:b]], X[order[b:]], y[order[b:]]


@misconception(
    "train_val_test_split",
    caught_by=SPLIT,
    hint="Only the four arrays of training and test came back. The validation part and its labels belong in between: "
    "six arrays.",
)
def forgets_the_validation_part(X, y, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("fractions")
    order = rng.permutation(len(X))
    a = round(fractions[0] * len(X))
    return X[order[:a]], y[order[:a]], X[order[a:]], y[order[a:]]


# ---------------------------------------------------------------- fit_scaler


@misconception("fit_scaler", caught_by=FIT, hint="You averaged each sample. Features are the columns: use axis=0.")
def averages_each_sample(X):
    mu, sd = X.mean(axis=1), X.std(axis=1)
    return mu, np.where(sd == 0, 1.0, sd)


@misconception(
    "fit_scaler",
    caught_by=FIT,
    hint="One mean and one deviation for the whole table. Each column has a scale of its own: use axis=0.",
)
def takes_one_number_for_all(X):
    return X.mean(), X.std() or 1.0


@misconception("fit_scaler", caught_by=FIT, hint="This is the variance. The standard deviation is its square root.")
def gives_the_variance(X):
    mu, variance = X.mean(axis=0), X.var(axis=0)
    return mu, np.where(variance == 0, 1.0, variance)


@misconception(
    "fit_scaler", caught_by=FIT, hint="You divided by N - 1 (ddof=1). In this course the deviation divides by N."
)
def divides_by_one_less(X):
    mu = X.mean(axis=0)
    sd = np.sqrt(((X - mu) ** 2).sum(axis=0) / max(len(X) - 1, 1))
    return mu, np.where(sd == 0, 1.0, sd)


@misconception(
    "fit_scaler",
    caught_by=FIT[1],
    hint="A column that never changes has deviation 0, and apply_scaler would divide by it. Return 1.0 there.",
)
def keeps_the_zero_deviation(X):
    return X.mean(axis=0), X.std(axis=0)


@misconception(
    "fit_scaler",
    caught_by=FIT[1],
    hint="A tiny number was added to every deviation. Our contract is exact: 1.0 for a constant column, the plain "
    "deviation elsewhere.",
)
def adds_a_tiny_number(X):
    return X.mean(axis=0), X.std(axis=0) + 1e-8


@misconception("fit_scaler", caught_by=FIT, hint="The two results are exchanged: first mu, then sd.")
def gives_deviation_first(X):
    mu, sd = X.mean(axis=0), X.std(axis=0)
    return np.where(sd == 0, 1.0, sd), mu


@misconception(
    "fit_scaler",
    caught_by=FIT,
    hint="These are minimum and range, as in min-max scaling. Here it is mean and standard deviation.",
)
def fits_minimum_and_range(X):
    span = np.ptp(X, axis=0)
    return X.min(axis=0), np.where(span == 0, 1.0, span)


@misconception(
    "fit_scaler",
    caught_by=FIT,
    hint="The shapes are (1, D): keepdims=True kept an axis too many. mu and sd have shape (D,).",
)
def keeps_an_axis(X):
    mu, sd = X.mean(axis=0, keepdims=True), X.std(axis=0, keepdims=True)
    return mu, np.where(sd == 0, 1.0, sd)


@misconception(
    "fit_scaler",
    caught_by=[FIT[2]],
    hint="X -= mu centred the caller's own table. Fitting only looks: write X - mu, which is a new array.",
)
def centres_in_place(X):
    mu = X.mean(axis=0)
    if X.dtype == float:
        X -= mu
        sd = np.sqrt((X**2).mean(axis=0))
    else:
        sd = X.std(axis=0)
    return mu, np.where(sd == 0, 1.0, sd)


@misconception("fit_scaler", caught_by=FIT, hint="You took the median as the middle. mu is the mean.")
def takes_the_median(X):
    sd = X.std(axis=0)
    return np.median(X, axis=0), np.where(sd == 0, 1.0, sd)


# ---------------------------------------------------------------- apply_scaler


@misconception(
    "apply_scaler",
    caught_by=APPLY,
    hint="mu and sd were computed again from this X, and the ones that were passed in were ignored. Then each part "
    "has a scale of its own, and one sample alone becomes 0.",
)
def fits_again(X, mu, sd):
    again, width = X.mean(axis=0), X.std(axis=0)
    return (X - again) / np.where(width == 0, 1.0, width)


@misconception("apply_scaler", caught_by=APPLY, hint="The mean was subtracted, but nothing was divided by sd.")
def subtracts_only(X, mu, sd):
    return X - mu


@misconception(
    "apply_scaler", caught_by=APPLY, hint="X / sd - mu divides first. Subtract first: (X - mu) / sd, with brackets."
)
def divides_first(X, mu, sd):
    return X / sd - mu


@misconception(
    "apply_scaler", caught_by=APPLY, hint="The brackets are missing: X - mu / sd divides only mu. Write (X - mu) / sd."
)
def forgets_the_brackets(X, mu, sd):
    return X - mu / sd


@misconception("apply_scaler", caught_by=APPLY, hint="You multiplied by sd, which makes wide columns wider. Divide.")
def multiplies_by_the_deviation(X, mu, sd):
    return (X - mu) * sd


@misconception("apply_scaler", caught_by=APPLY, hint="You divided by sd squared. sd is the deviation already.")
def divides_by_the_square(X, mu, sd):
    return (X - mu) / sd**2


@misconception("apply_scaler", caught_by=APPLY, hint="mu and sd have exchanged their parts: subtract mu, divide by sd.")
def exchanges_mean_and_deviation(X, mu, sd):
    return (X - sd) / mu


@misconception(
    "apply_scaler",
    caught_by="test_apply_scaler_craft",
    hint="X -= mu and X /= sd write into the caller's table; whoever scales twice then scales scaled numbers. Return "
    "a new array.",
)
def scales_in_place(X, mu, sd):
    if X.dtype != float:
        X = X.astype(float)
    X -= mu
    X /= sd
    return X


# ---------------------------------------------------------------- scale_splits


@misconception(
    "scale_splits",
    caught_by=SPLITS,
    hint="The scaler was fitted on all rows, test rows included. That is leakage: the report card has seen the exam. "
    "Fit on X_train alone.",
)
def fits_on_everything(X_train, X_val, X_test):
    mu, sd = fit_scaler(np.concatenate([X_train, X_val, X_test]))
    return apply_scaler(X_train, mu, sd), apply_scaler(X_val, mu, sd), apply_scaler(X_test, mu, sd)


@misconception(
    "scale_splits",
    caught_by=SPLITS,
    hint="Each part got a scaler of its own: the same image would become different numbers in training and in the "
    "test. Fit once, on X_train.",
)
def fits_each_part(X_train, X_val, X_test):
    return (
        apply_scaler(X_train, *fit_scaler(X_train)),
        apply_scaler(X_val, *fit_scaler(X_val)),
        apply_scaler(X_test, *fit_scaler(X_test)),
    )


@misconception(
    "scale_splits",
    caught_by=SPLITS,
    hint="Training and validation rows were fitted together. Validation stands for data that you have not seen: fit "
    "on X_train alone.",
)
def fits_on_training_and_validation(X_train, X_val, X_test):
    mu, sd = fit_scaler(np.concatenate([X_train, X_val]))
    return apply_scaler(X_train, mu, sd), apply_scaler(X_val, mu, sd), apply_scaler(X_test, mu, sd)


@misconception(
    "scale_splits",
    caught_by=SPLITS[0],
    hint="Only the training part was scaled. The neuron was trained on scaled numbers and would meet raw ones in the "
    "test.",
)
def leaves_the_others_raw(X_train, X_val, X_test):
    return apply_scaler(X_train, *fit_scaler(X_train)), X_val, X_test


@misconception(
    "scale_splits",
    caught_by=SPLITS,
    hint="The scaler was fitted on the test part. Of all parts, this one must not have a say.",
)
def fits_on_the_test_part(X_train, X_val, X_test):
    mu, sd = fit_scaler(X_test)
    return apply_scaler(X_train, mu, sd), apply_scaler(X_val, mu, sd), apply_scaler(X_test, mu, sd)


@misconception(
    "scale_splits",
    caught_by=SPLITS,
    hint="The test rows were fitted by themselves, so they no longer stand on the scale of training. Use the same mu "
    "and sd for all three.",
)
def fits_the_test_part_apart(X_train, X_val, X_test):
    mu, sd = fit_scaler(X_train)
    return apply_scaler(X_train, mu, sd), apply_scaler(X_val, mu, sd), apply_scaler(X_test, *fit_scaler(X_test))


@misconception(
    "scale_splits", caught_by=SPLITS, hint="The order is training, validation, test; yours has test in the middle."
)
def gives_test_in_the_middle(X_train, X_val, X_test):
    mu, sd = fit_scaler(X_train)
    return apply_scaler(X_train, mu, sd), apply_scaler(X_test, mu, sd), apply_scaler(X_val, mu, sd)


@misconception(
    "scale_splits",
    caught_by="test_scale_splits_craft",
    hint="The raw parts of the caller were overwritten with scaled ones. Return new arrays.",
)
def overwrites_the_parts(X_train, X_val, X_test):
    mu, sd = fit_scaler(X_train)
    for part in (X_train, X_val, X_test):
        part -= mu
        part /= sd
    return X_train, X_val, X_test


# ---------------------------------------------------------------- saliency


@misconception(
    "saliency",
    caught_by=SALIENCY,
    hint="A pixel that pulls down weighs as much as one that pulls up: take the size |w x|, without the sign.",
)
def keeps_the_sign(x, w):
    return w * x


@misconception(
    "saliency",
    caught_by=SALIENCY,
    hint="This is |w|: what the neuron cares about in general. Saliency is about this image: multiply by its pixels.",
)
def forgets_the_image(x, w):
    return np.abs(w)


@misconception(
    "saliency",
    caught_by=SALIENCY,
    hint="This is |x|: the image itself. A bright pixel with weight 0 does not matter: multiply by the weights.",
)
def forgets_the_weights(x, w):
    return np.abs(x)


@misconception(
    "saliency",
    caught_by=SALIENCY,
    hint="The products were summed up: that is the score. Saliency keeps one number a pixel.",
)
def sums_up(x, w):
    return np.abs(np.sum(w * x))


@misconception(
    "saliency",
    caught_by=SALIENCY,
    hint="You squared the products. That loses the sign too, but exaggerates: take the absolute value.",
)
def squares(x, w):
    return (w * x) ** 2


@misconception(
    "saliency",
    caught_by=SALIENCY,
    hint="You divided by the total. Here the sizes themselves are asked for; an image that matters little shall show "
    "small numbers.",
)
def divides_by_the_total(x, w):
    size = np.abs(w * x)
    return size / size.sum()


@misconception(
    "saliency",
    caught_by=SALIENCY,
    hint="You divided by the largest value. That is for colours in a picture; here the sizes themselves are asked for.",
)
def divides_by_the_largest(x, w):
    size = np.abs(w * x)
    return size / size.max()


@misconception(
    "saliency",
    caught_by=SALIENCY[1:],
    hint="Only the weight lost its sign: x may be below 0 as well (scaled pixels are). Take the absolute value of the "
    "product.",
)
def drops_the_sign_of_the_weight_only(x, w):
    return np.abs(w) * x


@misconception(
    "saliency",
    caught_by=SALIENCY,
    hint="Negative products became 0. A pixel that pulls down matters too: take its size.",
)
def cuts_off_the_negative(x, w):
    return np.maximum(w * x, 0)


@misconception(
    "saliency",
    caught_by=SALIENCY[2],
    hint="w *= x overwrote the trained weights: explaining a decision has changed the one who decides. Write w * x.",
)
def overwrites_the_weights(x, w):
    w *= x
    return np.abs(w)


@misconception(
    "saliency",
    caught_by=SALIENCY[2],
    hint="A loop to 9 was written in. Take the number of pixels from the input: len(x).",
)
def counts_to_nine(x, w):
    return np.array([abs(w[i] * x[i]) for i in range(9)])


# ---------------------------------------------------------------- best_linear_accuracy


@misconception(
    "best_linear_accuracy",
    caught_by=BEST[:2],
    hint="One neuron is perfect on the centre lines only. With all three positions at least one image is always wrong.",
)
def believes_in_one_neuron():
    return 1.0


@misconception(
    "best_linear_accuracy",
    caught_by=BEST[:2],
    hint="One half is what training by cross-entropy ends at (p = 0.5 for all). Some neuron gets more images right, "
    "even if its loss is higher.",
)
def stops_at_the_trained_neuron():
    return 0.5


@misconception("best_linear_accuracy", caught_by=BEST, hint="This is the number of images. Divide by six.")
def counts_images():
    return 5


@misconception("best_linear_accuracy", caught_by=BEST, hint="This is a percentage. A share lies between 0 and 1.")
def says_percent():
    return 500 / 6


@misconception(
    "best_linear_accuracy",
    caught_by=BEST,
    hint="This is ln 2, the loss at which training stops. The exercise asks for the share of images that are right.",
)
def gives_the_loss():
    return np.log(2)


@misconception(
    "best_linear_accuracy",
    caught_by=BEST[1],
    hint="You tried detectors for one column only: such a neuron knows one vertical line and calls the other two "
    "horizontal. Try weights on a row.",
)
def looks_at_one_column_only():
    V, H = np.tile(np.eye(3), (1, 3)), np.repeat(np.eye(3), 3, axis=1)
    best = 0.0
    for column in range(3):
        for b in (-0.5, -1.5, -2.5):
            best = max(best, np.mean(np.append(V @ V[column] + b > 0, H @ V[column] + b <= 0)))
    return best


@misconception(
    "best_linear_accuracy",
    caught_by=BEST[2],
    hint="You rounded five sixths by hand to two digits. Write 5 / 6, or return what your search counted.",
)
def rounds_by_hand():
    return 0.83


@misconception(
    "best_linear_accuracy",
    caught_by=BEST[2],
    hint="The right share, but inside an array of length 1. Return the number itself.",
)
def wraps_the_number():
    return np.array([5 / 6])


# ---------------------------------------------------------------- non_separable_certificate


@misconception(
    "non_separable_certificate",
    caught_by=CERTIFICATE,
    hint="You added up all the lines with weight 1. That is the right idea, but a mixture has weights with the sum 1: "
    "share it out.",
)
def adds_up_without_sharing():
    return np.ones(3), np.ones(3)


@misconception(
    "non_separable_certificate",
    caught_by=CERTIFICATE,
    hint="Only the centre lines were taken. A vertical and a horizontal line are different images: all lines have to "
    "take part.",
)
def takes_the_centre_lines():
    return np.array([0.0, 1.0, 0.0]), np.array([0.0, 1.0, 0.0])


@misconception(
    "non_separable_certificate",
    caught_by=CERTIFICATE,
    hint="Half of the first and half of the last line leave the centre column dark in one mixture and the centre row "
    "dark in the other. Look at every pixel.",
)
def leaves_out_the_centre():
    return np.array([0.5, 0.0, 0.5]), np.array([0.5, 0.0, 0.5])


@misconception(
    "non_separable_certificate",
    caught_by=CERTIFICATE,
    hint="These are the two mixed images with nine pixels each. Return the weights of the recipe instead: one for "
    "each line.",
)
def returns_the_images():
    return np.full(9, 1 / 3), np.full(9, 1 / 3)


@misconception(
    "non_separable_certificate",
    caught_by=CERTIFICATE,
    hint='With all weights 0 both mixtures are black, and any two classes could be "mixed" this way. The weights must '
    "sum to 1.",
)
def mixes_nothing():
    return np.zeros(3), np.zeros(3)


@misconception(
    "non_separable_certificate",
    caught_by=CERTIFICATE[1:],
    hint="0.33 three times is 0.99, not 1. A proof has no rounding by hand: write 1 / 3.",
)
def rounds_a_third_to_two_digits():
    return np.array([0.33, 0.33, 0.33]), np.array([0.33, 0.33, 0.33])


@misconception(
    "non_separable_certificate",
    caught_by=CERTIFICATE[2],
    hint="0.3333333 is close to a third, but a proof is not close. Write 1 / 3 and let Python divide.",
)
def rounds_a_third_to_seven_digits():
    return np.full(3, 0.3333333), np.full(3, 0.3333333)


@misconception(
    "non_separable_certificate",
    caught_by=CERTIFICATE[2],
    hint="The weights stand in a column of shape (3, 1). One axis is enough: (3,).",
)
def stands_weights_in_a_column():
    return np.full((3, 1), 1 / 3), np.full((3, 1), 1 / 3)


@misconception(
    "non_separable_certificate",
    caught_by=CERTIFICATE,
    hint="A weight below 0 subtracts a line. A mixture only adds: with negative weights allowed, the argument of the "
    "proof breaks.",
)
def subtracts_a_line():
    return np.array([1.0, -1.0, 1.0]), np.array([1.0, -1.0, 1.0])


@misconception(
    "non_separable_certificate",
    caught_by=CERTIFICATE,
    hint="All six lines were weighted by 1/6, as if they were one mixture. Each class is a mixture of its own, with "
    "the sum 1.",
)
def shares_among_all_six():
    return np.full(3, 1 / 6), np.full(3, 1 / 6)


# ---------------------------------------------------------------- xor_certificate


@misconception(
    "xor_certificate",
    caught_by=XOR,
    hint="You added the points up with weight 1 each. A mixture of two points lies between them: its weights sum to 1.",
)
def adds_the_points_up():
    return np.ones(2), np.ones(2)


@misconception(
    "xor_certificate",
    caught_by=XOR,
    hint="Each class was reduced to its first point, and these two differ. Mix both points of a class.",
)
def takes_the_first_points():
    return np.array([1.0, 0.0]), np.array([1.0, 0.0])


@misconception(
    "xor_certificate", caught_by=XOR, hint="There are two weights a class, not three: XOR has two points in each."
)
def copies_the_thirds():
    return np.full(3, 1 / 3), np.full(3, 1 / 3)


@misconception(
    "xor_certificate",
    caught_by=XOR,
    hint="A quarter for each of the four points makes one mixture of all. Each class is a mixture of its own, with "
    "the sum 1.",
)
def shares_among_all_four():
    return np.full(2, 1 / 4), np.full(2, 1 / 4)


@misconception(
    "xor_certificate",
    caught_by=XOR,
    hint="Each mixture lies on its own segment, but not where the two segments cross. Draw both, and read off how far "
    "along each the crossing lies.",
)
def misses_the_crossing():
    return np.array([0.5, 0.5]), np.array([0.25, 0.75])


@misconception("xor_certificate", caught_by=XOR, hint="The weights are whole numbers: 1 // 2 is 0. Use 1 / 2.")
def divides_the_half_away():
    return np.full(2, 1 // 2), np.full(2, 1 // 2)


@misconception(
    "xor_certificate",
    caught_by=XOR[2],
    hint="The weights are right, but lie in an array of shape (1, 2). Shape (2,) was asked for.",
)
def lays_weights_in_a_row():
    return np.array([[0.5, 0.5]]), np.array([[0.5, 0.5]])


# ---------------------------------------------------------------- roc_auc


@misconception(
    "roc_auc", caught_by=AUC[1], hint="A tie counted as lost. Equal scores say nothing either way: count one half."
)
def counts_ties_as_lost(y_true, score):
    lead = score[y_true == 1][:, None] - score[y_true == 0]
    if not lead.size:
        raise ValueError("one class")
    return np.mean(lead > 0)


@misconception(
    "roc_auc",
    caught_by=AUC[1],
    hint="A tie counted as won. A committee that gives everybody the same score would look perfect: count one half.",
)
def counts_ties_as_won(y_true, score):
    lead = score[y_true == 1][:, None] - score[y_true == 0]
    if not lead.size:
        raise ValueError("one class")
    return np.mean(lead >= 0)


@misconception(
    "roc_auc",
    caught_by=AUC,
    hint="You counted how often the NEGATIVE sample leads. A good committee must come near 1, not near 0.",
)
def counts_the_wrong_winner(y_true, score):
    lead = score[y_true == 0][:, None] - score[y_true == 1]
    if not lead.size:
        raise ValueError("one class")
    return np.mean(lead > 0) + np.mean(lead == 0) / 2


@misconception(
    "roc_auc",
    caught_by=AUC,
    hint="This is the number of pairs won. Divide by the number of pairs: positives times negatives.",
)
def counts_pairs_without_dividing(y_true, score):
    lead = score[y_true == 1][:, None] - score[y_true == 0]
    if not lead.size:
        raise ValueError("one class")
    return np.sum(lead > 0) + np.sum(lead == 0) / 2


@misconception(
    "roc_auc",
    caught_by=AUC,
    hint="You divided by all N times N pairs. Only pairs of one positive and one negative sample count.",
)
def divides_by_all_pairs(y_true, score):
    lead = score[y_true == 1][:, None] - score[y_true == 0]
    if not lead.size:
        raise ValueError("one class")
    return (np.sum(lead > 0) + np.sum(lead == 0) / 2) / len(score) ** 2


@misconception(
    "roc_auc",
    caught_by=AUC[1],
    hint="With one class there is no pair, and the mean of nothing is nan. Raise ValueError.",
)
def averages_no_pairs(y_true, score):
    lead = score[y_true == 1][:, None] - score[y_true == 0]
    return np.mean((lead > 0) + (lead == 0) / 2)


@misconception(
    "roc_auc",
    caught_by=AUC,
    hint="This is the accuracy at the threshold 0.5. AUC needs no threshold: it compares pairs of scores.",
)
def takes_one_threshold(y_true, score):
    if len(np.unique(y_true)) < 2:
        raise ValueError("one class")
    return np.mean((score >= 0.5) == (y_true == 1))


@misconception(
    "roc_auc",
    caught_by=AUC,
    hint="Your thresholds run from 0 to 1, but scores may lie anywhere. Take the scores themselves as thresholds, or "
    "compare pairs.",
)
def sweeps_from_zero_to_one(y_true, score):
    if len(np.unique(y_true)) < 2:
        raise ValueError("one class")
    recall, alarms = [1.0], [1.0]
    for threshold in np.linspace(0, 1, 101):
        recall.append(np.mean(score[y_true == 1] >= threshold))
        alarms.append(np.mean(score[y_true == 0] >= threshold))
    recall, alarms = np.append(recall, 0.0), np.append(alarms, 0.0)
    return np.sum((alarms[:-1] - alarms[1:]) * (recall[:-1] + recall[1:]) / 2)


@misconception(
    "roc_auc",
    caught_by=AUC[1],
    hint="Ranks by argsort break ties by position in the file. Equal scores need equal (mean) ranks, or a count of "
    "one half.",
)
def ranks_ties_by_position(y_true, score):
    n_pos, n_neg = int(np.sum(y_true == 1)), int(np.sum(y_true == 0))
    if not n_pos or not n_neg:
        raise ValueError("one class")
    ranks = np.argsort(np.argsort(score, kind="stable"), kind="stable") + 1
    return (ranks[y_true == 1].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg)


@misconception(
    "roc_auc",
    caught_by=AUC[2],
    hint="The caller's scores were overwritten on the way (score -= ...). Make a new array.",
)
def shifts_the_scores_in_place(y_true, score):
    if len(np.unique(y_true)) < 2:
        raise ValueError("one class")
    if score.dtype == float:
        score -= score.min()
    lead = score[y_true == 1][:, None] - score[y_true == 0]
    return np.mean((lead > 0) + (lead == 0) / 2)


# What people write, in repositories and questions.


@misconception(
    "roc_auc",
    caught_by=AUC,
    hint="The area came out negative: the thresholds run upwards, so the share of false alarms runs from 1 to "
    "0. Turn them round.",
)
def sums_the_area_from_right_to_left(y_true, score):
    positive, negative = score[y_true == 1], score[y_true == 0]
    if len(positive) == 0 or len(negative) == 0:
        raise ValueError("one class")
    thresholds = np.concatenate([[-np.inf], np.unique(score), [np.inf]])
    found = [np.mean(positive >= t) for t in thresholds]
    alarms = [np.mean(negative >= t) for t in thresholds]
    return float(np.sum(np.diff(alarms) * (np.array(found[1:]) + found[:-1]) / 2))


@misconception(
    "roc_auc",
    caught_by=["test_roc_auc_ties"],
    hint="Your area is made of rectangles with the upper corner: between two points of the curve take the mean "
    "of both heights.",
)
def takes_the_upper_corners(y_true, score):
    positive, negative = score[y_true == 1], score[y_true == 0]
    if len(positive) == 0 or len(negative) == 0:
        raise ValueError("one class")
    thresholds = np.concatenate([[np.inf], np.unique(score)[::-1]])
    found = np.array([np.mean(positive >= t) for t in thresholds])
    alarms = np.array([np.mean(negative >= t) for t in thresholds])
    return float(np.sum(np.diff(alarms) * found[1:]))


@misconception(
    "roc_auc",
    caught_by=AUC,
    hint="You looked at all pairs, also of two positives or two negatives. Only a positive beside a negative "
    "says something.",
)
def takes_every_pair_of_samples(y_true, score):
    positive, negative = score[y_true == 1], score[y_true == 0]
    if len(positive) == 0 or len(negative) == 0:
        raise ValueError("one class")
    pairs = [(i, j) for i in range(len(score)) for j in range(i)]
    good = [(score[i] > score[j]) == (y_true[i] > y_true[j]) for i, j in pairs]
    return float(np.mean(good))


@misconception(
    "roc_auc",
    caught_by=AUC,
    hint="Rank sums: you forgot to subtract n1 (n1 + 1) / 2, what the positives have among themselves.",
)
def sums_ranks_without_a_start(y_true, score):
    positive, negative = score[y_true == 1], score[y_true == 0]
    if len(positive) == 0 or len(negative) == 0:
        raise ValueError("one class")
    below = np.array([np.sum(score < s) + 0.5 * np.sum(score == s) + 0.5 for s in positive])
    return float(below.sum() / (len(positive) * len(negative)))


@misconception(
    "roc_auc",
    caught_by=AUC,
    hint="The first positive was compared with the first negative, and so on. Every positive meets EVERY negative.",
)
def compares_them_in_the_order_of_the_file(y_true, score):
    positive, negative = score[y_true == 1], score[y_true == 0]
    if len(positive) == 0 or len(negative) == 0:
        raise ValueError("one class")
    n = min(len(positive), len(negative))
    return float(np.mean((positive[:n] > negative[:n]) + 0.5 * (positive[:n] == negative[:n])))


@misconception(
    "roc_auc",
    caught_by=AUC,
    hint="You turned the scores into votes at 0.5 first, and nearly all pairs are ties. Compare the scores themselves.",
)
def votes_before_it_compares(y_true, score):
    positive, negative = score[y_true == 1], score[y_true == 0]
    if len(positive) == 0 or len(negative) == 0:
        raise ValueError("one class")
    up, down = (positive >= 0.5)[:, None], (negative >= 0.5)[None, :]
    return float(np.mean((up > down) + 0.5 * (up == down)))


@misconception(
    "roc_auc",
    caught_by=AUC,
    hint="You compared the mean score of the positives with that of the negatives. Count the pairs.",
)
def compares_the_mean_scores(y_true, score):
    positive, negative = score[y_true == 1], score[y_true == 0]
    if len(positive) == 0 or len(negative) == 0:
        raise ValueError("one class")
    return float(np.mean(positive) > np.mean(negative))


@misconception(
    "roc_auc",
    caught_by=["test_roc_auc_basic", "test_roc_auc_ties"],
    hint="Every positive was compared with the MEAN of the negatives. It meets each of them.",
)
def compares_with_the_mean_of_the_negatives(y_true, score):
    positive, negative = score[y_true == 1], score[y_true == 0]
    if len(positive) == 0 or len(negative) == 0:
        raise ValueError("one class")
    return float(np.mean((positive > negative.mean()) + 0.5 * (positive == negative.mean())))


add_wrong_options(
    "evaluation",
    {
        1: {
            "a": "What a committee does and how it learns are two things. Which step of 05_descent changed w and b, "
            "and is it part of predicting?",
            "c": "Voting on 1,000 images takes 1,000 forward passes. Does a forward pass write anything into w?",
            "d": "Think of the bias as one of the weights: if they stay, does it have a reason to move?",
        },
        2: {
            "a": "A high share of right votes can come from the rare class hardly existing. How many of the 10 ill "
            "people does this committee find?",
            "b": "Precision of a committee that never says yes is 0/0, and our contract makes that 0.0. Look at what "
            "is asked for the positive class.",
            "c": "Recall is the share of the 10 positives that were found. Nobody was found here.",
        },
        3: {
            "b": "That would be the cell in row 2 and column 0. Which index comes first, truth or prediction?",
            "c": "Right votes for class 0 stand on the diagonal, in [0, 0].",
            "d": "Sums over a row or a column count whole classes. One cell is one kind of pair.",
        },
        4: {
            "a": "Precision asks how many alarms were real. Here false alarms cost little; what is it that costs much?",
            "b": "Accuracy treats both kinds of mistakes alike. The story says that one is far worse.",
            "d": "The loss is for training. The question is which kind of mistake the hospital wants to count.",
        },
        5: {
            "b": "Fewer images get a yes when the bar is higher. Can the number of found positives grow then?",
            "c": "Some votes change from yes to no. Which of the two shares counts all found positives over a fixed "
            "number?",
            "d": "Move the slider of the widget and watch the recall curve: does it ever go up to the right?",
        },
        6: {
            "a": "Scaling is useful, and test rows have to be scaled as well. What matters is where mu and sd come "
            "from.",
            "b": "Labels are not needed to leak: means and deviations of test rows are knowledge about the test too.",
            "c": "Each part with a scaler of its own puts the same image on different scales. One scaler is enough; "
            "fitted on what?",
        },
        7: {
            "a": "More training cannot reach what no weights reach. What does the mixture say about ALL weights and "
            "biases?",
            "c": "The learning rate decides how fast, and whether, the path arrives. Is there anything to arrive at?",
            "d": "Other starting weights lead to the same valley, as the figure shows: both curves end at ln 2.",
        },
        8: {
            "a": "Multi-layer networks were known to be able to compute XOR. What was missing was a way to train the "
            "hidden layer.",
            "b": "The perceptron rule does work where a line can separate (AND, OR). The book asked what no line can "
            "do.",
            "d": "Computers were slow, but the argument was not about speed: it holds for a computer of any size.",
        },
    },
    reference.answers,
)
