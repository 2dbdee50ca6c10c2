"""Mistakes that learners make in 18_capstone."""

import copy
import itertools

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference import capstone as reference
from course_tests.reference.activations import softmax
from course_tests.reference.capstone import (
    calibration,
    from_torch_layout,
    input_gradient,
    make_pipeline,
    random_search,
    report,
    to_torch_layout,
)
from course_tests.reference.digits import network_from, network_loss, new_network, params_of, predict, train_epoch
from course_tests.reference.evaluation import fit_scaler, train_val_test_split

NET = {
    name: f"test_NeuralNetwork_{name}"
    for name in (
        "basic",
        "any_labels",
        "keeps_the_best_epoch",
        "settings",
        "save_and_load",
        "reads_lines",
        "reads_digits",
        "craft",
    )
}
PIPE = ["test_make_pipeline_basic", "test_make_pipeline_leaks_nothing", "test_make_pipeline_craft"]
GRID = ["test_grid_basic", "test_grid_any_space", "test_grid_craft"]
SEARCH = ["test_random_search_basic", "test_random_search_any_space", "test_random_search_craft"]
SELECT = ["test_select_basic", "test_select_opens_the_test_part_once", "test_select_craft"]
SLOPE = ["test_input_gradient_basic", "test_input_gradient_any_net", "test_input_gradient_craft"]
REPORT = ["test_report_basic", "test_report_any_labels", "test_report_craft"]
BINS = ["test_calibration_basic", "test_calibration_any_bins", "test_calibration_craft"]
TO = ["test_to_torch_layout_basic", "test_to_torch_layout_any_net", "test_to_torch_layout_craft"]
FROM = ["test_from_torch_layout_basic", "test_from_torch_layout_any_net", "test_from_torch_layout_craft"]


def net(*names):
    """The tests of NeuralNetwork that fail."""
    return [NET[name] for name in names]


# ---------------------------------------------------------------- NeuralNetwork


class RightNetwork:
    def __init__(self, hidden=(32,), lr=0.1, epochs=100, batch_size=32, patience=10, seed=0, val_fraction=0.1):
        self.hidden, self.lr, self.epochs, self.batch_size = hidden, lr, epochs, batch_size
        self.patience, self.seed, self.val_fraction = patience, seed, val_fraction

    def get_params(self, deep=True):
        names = ("hidden", "lr", "epochs", "batch_size", "patience", "seed", "val_fraction")
        return {name: getattr(self, name) for name in names}

    def fit(self, X, y):
        self.classes_, codes = np.unique(y, return_inverse=True)
        rng = self.chance()
        order = rng.permutation(len(y))
        val, train = np.split(order, [self.n_val(len(y))])
        network = self.start([X.shape[1], *self.hidden, len(self.classes_)], rng)
        self.learn(network, (X[train], codes[train]), (X[val], codes[val]), rng)
        return self

    def chance(self):
        return np.random.default_rng(self.seed)

    def n_val(self, n):
        return max(1, round(self.val_fraction * n))

    def start(self, sizes, rng):
        return new_network(sizes, rng)

    def learn(self, network, train, val, rng):
        least, since = np.inf, 0
        for _ in range(self.epochs):
            train_epoch(network, *train, self.batch_size, self.lr, rng)
            loss = network_loss(network, *val)
            since += 1
            if loss < least:
                least, since, self.params_ = loss, 0, copy.deepcopy(params_of(network))
            if since >= self.patience:
                break

    def predict_proba(self, X):
        return softmax(network_from(self.params_).forward(X))

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def score(self, X, y):
        return np.mean(self.predict(X) == y)

    def save(self, path):
        with open(path, "wb") as file:
            np.savez(file, everything=np.array(copy.deepcopy(vars(self)), dtype=object))

    @classmethod
    def load(cls, path):
        again = cls()
        vars(again).update(np.load(path, allow_pickle=True)["everything"].item())
        return again


@misconception(
    "NeuralNetwork",
    caught_by=net("keeps_the_best_epoch"),
    hint="You end with the weights of the last epoch. Copy the params whenever the validation loss is lower than ever, "
    "and bring the copy back.",
    read="12_regularization, EarlyStopping",
)
class KeepsTheLastWeights(RightNetwork):
    def learn(self, network, train, val, rng):
        super().learn(network, train, val, rng)
        self.params_ = copy.deepcopy(params_of(network))


@misconception(
    "NeuralNetwork",
    caught_by=net("keeps_the_best_epoch"),
    hint="The network learns from the validation part too: what it knows by heart can tell nothing about new samples. "
    "Train on the others alone.",
)
class LearnsFromTheValidationPart(RightNetwork):
    def learn(self, network, train, val, rng):
        both = tuple(np.concatenate(arrays) for arrays in zip(train, val))
        super().learn(network, both, val, rng)


@misconception(
    "NeuralNetwork",
    caught_by=net("settings"),
    hint="patience has no effect: count the epochs in a row without a lower validation loss, and end when there are "
    "`patience` of them.",
)
class NeverStopsEarly(RightNetwork):
    def learn(self, network, train, val, rng):
        kept, self.patience = self.patience, np.inf
        super().learn(network, train, val, rng)
        self.patience = kept


@misconception(
    "NeuralNetwork",
    caught_by=net("settings"),
    hint="You stop after `patience` epochs in all. A lower validation loss must set the count back to 0.",
)
class StopsAfterPatienceEpochs(RightNetwork):
    def learn(self, network, train, val, rng):
        kept, self.epochs = self.epochs, min(self.epochs, self.patience)
        super().learn(network, train, val, rng)
        self.epochs = kept


@misconception(
    "NeuralNetwork",
    caught_by=list(NET.values()),
    hint="fit returns None, so NeuralNetwork().fit(X, y).predict(X) breaks. End it with: return self",
)
class FitReturnsNothing(RightNetwork):
    def fit(self, X, y):
        super().fit(X, y)


@misconception(
    "NeuralNetwork",
    caught_by=net("any_labels"),
    hint="predict gives the PLACE of the largest share. The labels of y are asked for: self.classes_[place].",
)
class PredictsPlaces(RightNetwork):
    def predict(self, X):
        return self.predict_proba(X).argmax(axis=1)


@misconception(
    "NeuralNetwork",
    caught_by=net("basic", "any_labels"),
    hint="predict_proba gives scores: they can be below 0, and no row sums to 1. Softmax is missing.",
)
class GivesScoresForShares(RightNetwork):
    def predict_proba(self, X):
        return network_from(self.params_).forward(X)


@misconception(
    "NeuralNetwork",
    caught_by=net("basic", "any_labels"),
    hint="Your softmax shares over the samples: the COLUMNS of predict_proba sum to 1. Each row must.",
)
class SharesDownTheColumns(RightNetwork):
    def predict_proba(self, X):
        return softmax(network_from(self.params_).forward(X).T).T

    def predict(self, X):
        return self.classes_[network_from(self.params_).forward(X).argmax(axis=1)]


@misconception(
    "NeuralNetwork",
    caught_by=net("basic", "any_labels", "keeps_the_best_epoch"),
    hint="score counts the right answers. It is their share: divide by the number of samples.",
)
class CountsTheRightOnes(RightNetwork):
    def score(self, X, y):
        return np.sum(self.predict(X) == y)


@misconception(
    "NeuralNetwork",
    caught_by=net("settings"),
    hint="The seed has no effect: every network of yours begins with default_rng(0). Use self.seed.",
)
class IgnoresTheSeed(RightNetwork):
    def chance(self):
        return np.random.default_rng(0)


@misconception(
    "NeuralNetwork",
    caught_by=net("settings"),
    hint="A tenth is kept for validation whatever val_fraction says. Use self.val_fraction.",
)
class AlwaysKeepsATenth(RightNetwork):
    def n_val(self, n):
        return max(1, round(0.1 * n))


@misconception(
    "NeuralNetwork",
    caught_by=net("craft"),
    hint="A second fit goes on with the network of the first. fit begins anew each time: make the network inside fit.",
)
class GoesOnWhereItWas(RightNetwork):
    def start(self, sizes, rng):
        return network_from(self.params_) if hasattr(self, "params_") else new_network(sizes, rng)


@misconception(
    "NeuralNetwork",
    caught_by=net("craft"),
    hint="Your generator is made once, so a second fit gets other numbers. Make it in fit, from self.seed.",
)
class MakesTheGeneratorOnce(RightNetwork):
    def chance(self):
        if not hasattr(self, "rng"):
            self.rng = np.random.default_rng(self.seed)
        return self.rng


@misconception(
    "NeuralNetwork",
    caught_by=net("save_and_load", "craft"),
    hint="fit writes into a setting (epochs becomes the number of epochs done). Settings belong to the caller; keep "
    "results under other names.",
)
class ChangesItsSettings(RightNetwork):
    def fit(self, X, y):
        super().fit(X, y)
        self.epochs = self.epochs // 2
        return self


@misconception(
    "NeuralNetwork",
    caught_by=net("save_and_load"),
    hint="load gives a network with the default settings. Save what get_params says, too.",
)
class SavesWeightsWithoutSettings(RightNetwork):
    def save(self, path):
        with open(path, "wb") as file:
            kept = {"params_": copy.deepcopy(self.params_), "classes_": self.classes_}
            np.savez(file, everything=np.array(kept, dtype=object))


@misconception(
    "NeuralNetwork",
    caught_by=net("save_and_load"),
    hint="After load the labels are 0, 1, 2 ...: the names of the classes were not saved.",
)
class SavesNoLabels(RightNetwork):
    @classmethod
    def load(cls, path):
        again = cls()
        vars(again).update(np.load(path, allow_pickle=True)["everything"].item())
        again.classes_ = np.arange(len(again.classes_))
        return again


# ---------------------------------------------------------------- make_pipeline


@misconception(
    "make_pipeline",
    caught_by=PIPE[:2],
    hint="mean and std are those of ALL samples: the test part has leaked into the training. Split first, then measure "
    "the training part.",
    read="06_evaluation, fit_scaler",
)
def measures_before_the_split(X, y, fractions, rng):
    mean, std = fit_scaler(X)
    parts = train_val_test_split((X - mean) / std, y, fractions, rng)
    return {"train": parts[:2], "val": parts[2:4], "test": parts[4:], "mean": mean, "std": std}


@misconception(
    "make_pipeline",
    caught_by=PIPE[:2],
    hint="Each part is scaled with its own mean and std. A new sample must be seen with the eyes of the training part.",
)
def scales_each_part_by_itself(X, y, fractions, rng):
    parts = train_val_test_split(X, y, fractions, rng)
    mean, std = fit_scaler(parts[0])
    made = {"mean": mean, "std": std}
    for name, k in (("train", 0), ("val", 2), ("test", 4)):
        own_mean, own_std = fit_scaler(parts[k])
        made[name] = (parts[k] - own_mean) / own_std, parts[k + 1]
    return made


@misconception(
    "make_pipeline",
    caught_by=PIPE[:2],
    hint="Only the training part is scaled. The others go through the same formula, with the same numbers.",
)
def scales_the_training_part_alone(X, y, fractions, rng):
    made = make_pipeline(X, y, fractions, rng)
    for name in ("val", "test"):
        made[name] = made[name][0] * made["std"] + made["mean"], made[name][1]
    return made


@misconception(
    "make_pipeline",
    caught_by=[PIPE[0], PIPE[2]],
    hint="The samples are split in the order in which they came. Shuffle first: files are often sorted by class.",
)
def splits_without_shuffling(X, y, fractions, rng):
    n_train, n_val = round(fractions[0] * len(y)), round(fractions[1] * len(y))
    mean, std = fit_scaler(X[:n_train])
    scaled = (X - mean) / std
    cuts = [0, n_train, n_train + n_val, len(y)]
    parts = {name: (scaled[a:b], y[a:b]) for name, a, b in zip(("train", "val", "test"), cuts, cuts[1:])}
    return {**parts, "mean": mean, "std": std}


@misconception(
    "make_pipeline",
    caught_by=PIPE[:2],
    hint="You divide by the variance. Its root, the standard deviation, is the scale of a column.",
)
def divides_by_the_variance(X, y, fractions, rng):
    made = make_pipeline(X, y, fractions, rng)
    for name in ("train", "val", "test"):
        made[name] = made[name][0] / made["std"], made[name][1]
    return {**made, "std": made["std"] ** 2}


@misconception(
    "make_pipeline",
    caught_by=[PIPE[1]],
    hint="A column that never changes has the std 0, and 0/0 is nan. Put 1 in its place, as fit_scaler of 06 does.",
)
def divides_by_zero(X, y, fractions, rng):
    parts = train_val_test_split(X, y, fractions, rng)
    mean, std = parts[0].mean(axis=0), parts[0].std(axis=0)
    made = {"train": parts[:2], "val": parts[2:4], "test": parts[4:]}
    return {**{k: ((part - mean) / std, rows) for k, (part, rows) in made.items()}, "mean": mean, "std": std}


@misconception(
    "make_pipeline",
    caught_by=PIPE[:2],
    hint="X and y of a part are shuffled apart: samples got labels of others. One order for both.",
)
def shuffles_labels_apart(X, y, fractions, rng):
    return make_pipeline(X, rng.permutation(y), fractions, rng)


@misconception(
    "make_pipeline",
    caught_by=PIPE[:2],
    hint="One mean and one std for all columns together. Each column has its own: axis=0.",
)
def measures_all_columns_at_once(X, y, fractions, rng):
    parts = train_val_test_split(X, y, fractions, rng)
    mean, std = (np.full(X.shape[1], value) for value in (parts[0].mean(), parts[0].std()))
    made = {"train": parts[:2], "val": parts[2:4], "test": parts[4:]}
    return {**{k: ((part - mean) / std, rows) for k, (part, rows) in made.items()}, "mean": mean, "std": std}


@misconception(
    "make_pipeline",
    caught_by=[PIPE[0]],
    hint="Validation and test are exchanged: fractions are (training, validation, test), in this order.",
)
def exchanges_validation_and_test(X, y, fractions, rng):
    made = make_pipeline(X, y, fractions, rng)
    made["val"], made["test"] = made["test"], made["val"]
    return made


@misconception(
    "make_pipeline",
    caught_by=[PIPE[2]],
    hint="Every call makes the same split, whatever rng is: you made a generator of your own inside.",
)
def has_a_generator_of_its_own(X, y, fractions, rng):
    return make_pipeline(X, y, fractions, np.random.default_rng(0))


# ---------------------------------------------------------------- grid, random_search


@misconception(
    "grid",
    caught_by=GRID,
    hint="zip walks along all lists side by side and stops at the shortest. EVERY value goes with every other: "
    "itertools.product, or a loop in a loop.",
)
def walks_side_by_side(space):
    return [dict(zip(space, values)) for values in zip(*space.values())]


@misconception(
    "grid",
    caught_by=GRID,
    hint="You vary one name at a time and leave the others at their first value. A grid has all combinations.",
)
def varies_one_at_a_time(space):
    first = {name: values[0] for name, values in space.items()}
    return [first] + [{**first, name: value} for name, values in space.items() for value in values[1:]]


@misconception(
    "grid",
    caught_by=GRID,
    hint="Your configs have one name each. A config says everything that a training needs: all names.",
)
def makes_configs_of_one_name(space):
    return [{name: value} for name, values in space.items() for value in values]


@misconception(
    "grid",
    caught_by=[GRID[1]],
    hint="Your grid has room for two names exactly. A space may have one, or three, or ten.",
)
def knows_two_names_only(space):
    (a, first), (b, second) = list(space.items())[:2]
    return [{a: x, b: y} for x in first for y in second]


@misconception(
    "grid",
    caught_by=GRID,
    hint="All your configs are one and the same dict, so all show the last combination. Make a new dict in each turn.",
)
def fills_one_dict(space):
    config, configs = {}, []
    for values in itertools.product(*space.values()):
        config.update(zip(space, values))
        configs.append(config)
    return configs


@misconception(
    "grid",
    caught_by=GRID,
    hint="Your configs are tuples of values. Whoever gets one must know which value is what: dicts, with the names.",
)
def leaves_the_names_out(space):
    return list(itertools.product(*space.values()))


@misconception(
    "random_search",
    caught_by=SEARCH[:2],
    hint="Uniform in the number itself: most draws have the largest size. Draw the logarithm uniformly, then exp.",
)
def draws_uniformly(space, n, rng):
    return [
        {k: float(rng.uniform(*v)) if isinstance(v, tuple) else v[rng.integers(len(v))] for k, v in space.items()}
        for _ in range(n)
    ]


@misconception(
    "random_search", caught_by=SEARCH, hint="You gave logarithms: negative numbers, mostly. exp is missing at the end."
)
def forgets_the_exp(space, n, rng):
    configs = random_search(space, n, rng)
    return [
        {k: np.log(config[k]) if isinstance(v, tuple) else config[k] for k, v in space.items()} for config in configs
    ]


@misconception(
    "random_search", caught_by=SEARCH[:2], hint="All n configs are the same: one draw, copied. Draw anew for each."
)
def draws_once(space, n, rng):
    (config,) = random_search(space, 1, rng)
    return [dict(config) for _ in range(n)]


@misconception(
    "random_search",
    caught_by=[SEARCH[1]],
    hint="One random number places all names of a config, so large goes with large. Each name needs its own draw.",
)
def draws_one_number_for_all_names(space, n, rng):
    configs = []
    for u in rng.random(n):
        configs.append(
            {
                k: float(v[0] * (v[1] / v[0]) ** u) if isinstance(v, tuple) else v[int(u * len(v))]
                for k, v in space.items()
            }
        )
    return configs


@misconception(
    "random_search",
    caught_by=SEARCH[:2],
    hint="A tuple (low, high) is a range, and you chose one of its two ends. Only a list is chosen from.",
)
def chooses_an_end(space, n, rng):
    return [{k: v[rng.integers(len(v))] for k, v in space.items()} for _ in range(n)]


@misconception(
    "random_search",
    caught_by=SEARCH[:2],
    hint="The last entry of a list is never chosen: rng.integers(k) ends at k - 1 already.",
)
def never_chooses_the_last(space, n, rng):
    return [
        {
            k: float(np.exp(rng.uniform(*np.log(v)))) if isinstance(v, tuple) else v[rng.integers(max(1, len(v) - 1))]
            for k, v in space.items()
        }
        for _ in range(n)
    ]


@misconception(
    "random_search",
    caught_by=[SEARCH[2]],
    hint="The same configs in every call: a generator with a fixed seed is made inside. Use rng.",
)
def makes_its_own_generator(space, n, rng):
    return random_search(space, n, np.random.default_rng(0))


# ---------------------------------------------------------------- select


@misconception(
    "select",
    caught_by=SELECT[:2],
    hint="You chose the LOWEST score. A score is a share of right answers: higher is better.",
)
def chooses_the_lowest(configs, data, rng):
    runs = [chooses_the_lowest.train(config, data["train"], data["val"], rng) for config in configs]
    scores = [score for _, score in runs]
    place = int(np.argmin(scores))
    X, y = data["test"]
    best = {"config": configs[place], "test": np.mean(predict(runs[place][0], X) == y)}
    return best, list(zip(configs, scores))


@misconception(
    "select",
    caught_by=SELECT[:2],
    hint="The test part is used as the validation part: the winner is chosen by it, and nothing is left for an honest "
    "judgement.",
)
def validates_on_the_test_part(configs, data, rng):
    test = data["test"]
    runs = [validates_on_the_test_part.train(config, data["train"], test, rng) for config in configs]
    scores = [score for _, score in runs]
    return {"config": configs[int(np.argmax(scores))], "test": max(scores)}, list(zip(configs, scores))


@misconception(
    "select",
    caught_by=[SELECT[1]],
    hint="Every config is judged by the test part, inside the loop. Look at it once, at the end, for the winner.",
)
def tests_every_config(configs, data, rng):
    table, tests = [], []
    for config in configs:
        net, score = tests_every_config.train(config, data["train"], data["val"], rng)
        X, y = data["test"]
        tests.append(np.mean(predict(net, X) == y))
        table.append((config, score))
    place = int(np.argmax([score for _, score in table]))
    return {"config": configs[place], "test": tests[place]}, table


@misconception(
    "select",
    caught_by=[SELECT[1]],
    hint="The test part is opened once, but then every net is judged by it, and the best of these is reported. Only "
    "the winner on the validation part may see it.",
)
def reports_the_best_test(configs, data, rng):
    runs = [reports_the_best_test.train(config, data["train"], data["val"], rng) for config in configs]
    X, y = data["test"]
    tests = [np.mean(predict(net, X) == y) for net, _ in runs]
    place = int(np.argmax([score for _, score in runs]))
    return {"config": configs[place], "test": max(tests)}, [(c, score) for c, (_, score) in zip(configs, runs)]


@misconception(
    "select",
    caught_by=[SELECT[1]],
    hint="The test part is never opened. After the choice the winner is judged by it, once.",
)
def never_looks_at_the_test_part(configs, data, rng):
    runs = [never_looks_at_the_test_part.train(config, data["train"], data["val"], rng) for config in configs]
    scores = [score for _, score in runs]
    return {"config": configs[int(np.argmax(scores))]}, list(zip(configs, scores))


@misconception("select", caught_by=SELECT[:1], hint="Training and validation part are exchanged in the call of train.")
def exchanges_the_parts(configs, data, rng):
    runs = [exchanges_the_parts.train(config, data["val"], data["train"], rng) for config in configs]
    scores = [score for _, score in runs]
    place = int(np.argmax(scores))
    X, y = data["test"]
    best = {"config": configs[place], "test": np.mean(predict(runs[place][0], X) == y)}
    return best, list(zip(configs, scores))


@misconception("select", caught_by=SELECT, hint="best is a score. Which settings won? best must hold the config.")
def returns_the_score_alone(configs, data, rng):
    runs = [returns_the_score_alone.train(config, data["train"], data["val"], rng) for config in configs]
    scores = [score for _, score in runs]
    X, y = data["test"]
    np.mean(predict(runs[int(np.argmax(scores))][0], X) == y)
    return max(scores), list(zip(configs, scores))


@misconception(
    "select",
    caught_by=[SELECT[0]],
    hint="The table has only the rows that were better than all before. Every config has its row.",
)
def writes_down_records_only(configs, data, rng):
    table, least = [], -np.inf
    for config in configs:
        net, score = writes_down_records_only.train(config, data["train"], data["val"], rng)
        if score > least:
            least, winner = score, net
            table.append((config, score))
    X, y = data["test"]
    return {"config": table[-1][0], "test": np.mean(predict(winner, X) == y)}, table


@misconception(
    "select",
    caught_by=SELECT[:2],
    hint="The last config wins, whatever the scores say. Compare each score with the best so far.",
)
def takes_the_last(configs, data, rng):
    table = []
    for config in configs:
        net, score = takes_the_last.train(config, data["train"], data["val"], rng)
        table.append((config, score))
    X, y = data["test"]
    return {"config": config, "test": np.mean(predict(net, X) == y)}, table


@misconception(
    "select",
    caught_by=[SELECT[1]],
    hint="The winner of the validation part is judged by the net that was trained LAST. Keep the winner's own net.",
)
def judges_the_last_net(configs, data, rng):
    table = []
    for config in configs:
        net, score = judges_the_last_net.train(config, data["train"], data["val"], rng)
        table.append((config, score))
    X, y = data["test"]
    place = int(np.argmax([score for _, score in table]))
    return {"config": configs[place], "test": np.mean(predict(net, X) == y)}, table


@misconception(
    "select",
    caught_by=[SELECT[2]],
    hint="Each training gets a fresh generator with a fixed seed. Hand on the rng that you were given.",
)
def hands_on_a_fixed_seed(configs, data, rng):
    runs = [
        hands_on_a_fixed_seed.train(config, data["train"], data["val"], np.random.default_rng(0)) for config in configs
    ]
    scores = [score for _, score in runs]
    place = int(np.argmax(scores))
    X, y = data["test"]
    best = {"config": configs[place], "test": np.mean(predict(runs[place][0], X) == y)}
    return best, list(zip(configs, scores))


# ---------------------------------------------------------------- input_gradient


@misconception(
    "input_gradient",
    caught_by=SLOPE,
    hint="Where there are several scores you blame all of them: that is the slope of their sum. Blame one score.",
)
def blames_every_score(net, x):
    return net.backward(np.ones_like(net.forward(x[None])))[0]


@misconception(
    "input_gradient",
    caught_by=SLOPE,
    hint="This is the slope of the winner's SHARE, behind softmax. The score itself is asked for.",
)
def asks_for_the_share(net, x):
    shares = softmax(net.forward(x[None]))
    winner = (np.arange(shares.shape[1]) == shares.argmax()).astype(float)
    return net.backward(shares.max() * (winner - shares))[0]


@misconception(
    "input_gradient",
    caught_by=SLOPE,
    hint="All slopes came out without a sign. Ink that speaks AGAINST the winner has a negative slope; keep it.",
)
def loses_the_sign(net, x):
    return np.abs(input_gradient(net, x))


@misconception(
    "input_gradient", caught_by=SLOPE, hint="You gave slope times input, another measure. Asked for is the slope alone."
)
def multiplies_by_the_input(net, x):
    return x * input_gradient(net, x)


@misconception(
    "input_gradient",
    caught_by=SLOPE,
    hint="This is the product of the weight matrices. The slopes of the activations are missing: send blame through "
    "net.backward.",
)
def multiplies_the_weights(net, x):
    place = net.forward(x[None]).argmax()
    slope = np.eye(len(x))
    for layer in net.layers:
        if layer.params:
            slope = slope @ layer.params["W"]
    return slope[:, place]


@misconception(
    "input_gradient",
    caught_by=SLOPE,
    hint="You blamed the winner with its SCORE in place of 1: the slopes are as many times too large.",
)
def blames_with_the_score(net, x):
    scores = net.forward(x[None])
    return net.backward(scores * (scores == scores.max()))[0]


@misconception(
    "input_gradient",
    caught_by=SLOPE,
    hint="The slope of the LOSS with the winner as the label, share minus truth, not of the score.",
)
def takes_the_slope_of_the_loss(net, x):
    shares = softmax(net.forward(x[None]))
    return net.backward(shares - (shares == shares.max()))[0]


@misconception(
    "input_gradient", caught_by=SLOPE, hint="The answer has two axes, (1, D). One sample, one row: take its first row."
)
def keeps_the_batch_axis(net, x):
    return input_gradient(net, x)[None]


@misconception(
    "input_gradient",
    caught_by=SLOPE,
    hint="Every slope came out as if the score fell where it rises: the sign is turned.",
)
def turns_the_sign(net, x):
    return -input_gradient(net, x)


@misconception(
    "input_gradient",
    caught_by=[SLOPE[2]],
    hint="A step was made on the way: the weights of net have moved. Only ask for the slope.",
)
def makes_a_step(net, x):
    slope = input_gradient(net, x)
    for layer in net.layers:
        for name in layer.params:
            layer.params[name] = layer.params[name] - 0.1 * layer.grads[name]
    return slope


# ---------------------------------------------------------------- report


@misconception(
    "report",
    caught_by=REPORT[:2],
    hint="Precision and recall are exchanged. Precision: of those called 1, how many are. Recall: of those that are 1, "
    "how many were called.",
)
def exchanges_precision_and_recall(y, p):
    said = report(y, p)
    return {**said, "precision": said["recall"], "recall": said["precision"]}


@misconception(
    "report", caught_by=REPORT[:2], hint="The confusion matrix lies on its side: rows are the truth, columns the votes."
)
def turns_the_matrix(y, p):
    said = report(y, p)
    return {**said, "confusion": np.transpose(said["confusion"])}


@misconception(
    "report",
    caught_by=REPORT,
    hint="p is the probability of label 1, and you read it as that of label 0: all votes are turned round.",
)
def votes_against(y, p):
    return report(y, 1 - np.asarray(p))


@misconception(
    "report",
    caught_by=REPORT[:2],
    hint="f1 is not the plain mean of precision and recall, but 2 P R / (P + R): both must be good.",
)
def takes_the_plain_mean(y, p):
    said = report(y, p)
    return {**said, "f1": (said["precision"] + said["recall"]) / 2}


@misconception(
    "report",
    caught_by=REPORT[1:],
    hint="Where nobody is called 1, or nobody is 1, you divide 0 by 0. Such a precision, recall or f1 is 0.0.",
)
def divides_zero_by_zero(y, p):
    votes, truth = p >= 0.5, np.asarray(y) == 1
    found = np.float64(np.sum(votes & truth))
    precision, recall = found / np.sum(votes), found / np.sum(truth)
    confusion = [[np.sum((truth == a) & (votes == b)) for b in (False, True)] for a in (False, True)]
    f1 = 2 * precision * recall / (precision + recall)
    return dict(accuracy=np.mean(votes == truth), precision=precision, recall=recall, f1=f1, confusion=confusion)


@misconception(
    "report", caught_by=REPORT[:2], hint="The entries of your confusion matrix are shares. Counts are asked for."
)
def gives_shares_for_counts(y, p):
    said = report(y, p)
    return {**said, "confusion": np.array(said["confusion"]) / len(y)}


@misconception(
    "report",
    caught_by=REPORT[:2],
    hint="accuracy came out as the mean of p where label 1 stands. It counts votes that agree with y.",
)
def averages_the_promises(y, p):
    y, p = np.asarray(y, float), np.asarray(p, float)
    return {**report(y, p), "accuracy": np.mean(y * p + (1 - y) * (1 - p))}


# ---------------------------------------------------------------- calibration


@misconception(
    "calibration",
    caught_by=BINS,
    hint="The first column is the middle of the bin. Asked for is the mean of the p that are in it.",
)
def gives_the_middle_of_the_bin(y, p, bins):
    table = np.array(calibration(y, p, bins))
    table[:, 0] = np.where(table[:, 2] > 0, (np.arange(bins) + 0.5) / bins, np.nan)
    return table


@misconception(
    "calibration",
    caught_by=BINS,
    hint="Your bins hold equally many samples. They have the same WIDTH, 1/bins; their counts differ.",
)
def makes_bins_of_equal_count(y, p, bins):
    parts = np.array_split(np.argsort(p, kind="stable"), bins)
    y, p = np.asarray(y, float), np.asarray(p, float)
    return np.array([[p[k].mean(), y[k].mean(), len(k)] if len(k) else [np.nan, np.nan, 0] for k in parts])


@misconception(
    "calibration", caught_by=[BINS[1]], hint="p = 1 is in none of your bins. The last bin has its upper border with it."
)
def loses_the_ones(y, p, bins):
    y, p = np.asarray(y, float), np.asarray(p, float)
    rows = []
    for k in range(bins):
        own = (p * bins >= k) & (p * bins < k + 1)
        rows.append([p[own].mean(), y[own].mean(), own.sum()] if own.any() else [np.nan, np.nan, 0])
    return np.array(rows)


@misconception(
    "calibration",
    caught_by=[BINS[1]],
    hint="An empty bin shows 0 as its mean. Nobody promised 0 there: write nan, and the count 0.",
)
def writes_zero_for_nobody(y, p, bins):
    return np.nan_to_num(calibration(y, p, bins))


@misconception(
    "calibration",
    caught_by=[BINS[1]],
    hint="Empty bins are missing in your table. It has a row for each bin, also for those without samples.",
)
def leaves_empty_bins_out(y, p, bins):
    table = np.asarray(calibration(y, p, bins))
    return table[table[:, 2] > 0]


@misconception(
    "calibration",
    caught_by=[BINS[1]],
    hint="A p exactly on a border is in the bin below it. It belongs to the bin that begins there.",
)
def puts_borders_below(y, p, bins):
    y, p = np.asarray(y, float), np.asarray(p, float)
    place = np.clip(np.ceil(p * bins).astype(int) - 1, 0, bins - 1)
    rows = []
    for k in range(bins):
        own = place == k
        rows.append([p[own].mean(), y[own].mean(), own.sum()] if own.any() else [np.nan, np.nan, 0])
    return np.array(rows)


@misconception(
    "calibration",
    caught_by=BINS,
    hint="The second column is the share of RIGHT votes. Asked for is the share of label 1, whatever was voted.",
)
def counts_right_votes(y, p, bins):
    y, p = np.asarray(y, float), np.asarray(p, float)
    hits = np.array(calibration((p >= 0.5) == y, p, bins))
    return hits


@misconception(
    "calibration",
    caught_by=BINS,
    hint="The second column counts the labels 1. Divide by the number of samples in the bin: a share is asked for.",
)
def counts_the_label(y, p, bins):
    table = np.array(calibration(y, p, bins))
    table[:, 1] = table[:, 1] * table[:, 2]
    return table


# ---------------------------------------------------------------- to_torch_layout, from_torch_layout


@misconception(
    "to_torch_layout",
    caught_by=TO[:2],
    hint="The weights are as they were. PyTorch's Linear keeps (n_out, n_in): transpose W.",
)
def forgets_to_turn(params):
    return {name: array.T for name, array in to_torch_layout(params).items()}


@misconception(
    "to_torch_layout",
    caught_by=TO[:2],
    hint="You count the layers 0, 1, 2. In nn.Sequential the activations have a number too: 0, 2, 4.",
)
def counts_without_activations(params):
    return {
        f"{k}.{name}": array
        for k, layer in enumerate(params)
        for name, array in (("weight", np.array(layer["W"]).T), ("bias", np.array(layer["b"])))
    }


@misconception("to_torch_layout", caught_by=TO[:2], hint='Your names end in W and b. PyTorch says "weight" and "bias".')
def keeps_our_names(params):
    return {k.replace("weight", "W").replace("bias", "b"): array for k, array in to_torch_layout(params).items()}


@misconception("to_torch_layout", caught_by=TO[:2], hint="The numbers begin at 1. nn.Sequential counts from 0.")
def counts_from_one(params):
    state = {}
    for k, layer in enumerate(params):
        state[f"{2 * k + 1}.weight"] = np.array(layer["W"]).T
        state[f"{2 * k + 1}.bias"] = np.array(layer["b"])
    return state


@misconception(
    "to_torch_layout",
    caught_by=TO[:2],
    hint="The weights have the right shape, but reshaping is not turning: the numbers stand at other places. Use .T",
)
def reshapes_for_torch(params):
    state = to_torch_layout(params)
    for k, layer in enumerate(params):
        state[f"{2 * k}.weight"] = np.reshape(layer["W"], np.shape(layer["W"])[::-1])
    return state


@misconception(
    "to_torch_layout",
    caught_by=TO[:2],
    hint="A bias has the shape (n_out,) in PyTorch, as ours has. Yours has two axes.",
)
def makes_biases_columns(params):
    return {k: array[:, None] if k.endswith("bias") else array for k, array in to_torch_layout(params).items()}


@misconception(
    "from_torch_layout",
    caught_by=FROM,
    hint="The weights stay as PyTorch keeps them, (n_out, n_in). Ours are (n_in, n_out): transpose back.",
)
def forgets_to_turn_back(state, activations):
    return [{**layer, "W": np.transpose(layer["W"])} for layer in from_torch_layout(state, activations)]


@misconception(
    "from_torch_layout",
    caught_by=[FROM[1]],
    hint='Sorted as text, "10.weight" comes before "2.weight". Sort by the number, or count 0, 2, 4 yourself.',
)
def sorts_the_names_as_text(state, activations):
    numbers = sorted({name.split(".")[0] for name in state})
    return [
        {"W": np.array(state[f"{k}.weight"]).T, "b": np.array(state[f"{k}.bias"]), "activation": name}
        for k, name in zip(numbers, activations)
    ]


@misconception(
    "from_torch_layout",
    caught_by=FROM[:2],
    hint="The activations are missing in your params. They are not in PyTorch's file, so they come as an argument.",
)
def forgets_the_activations(state, activations):
    return [{"W": layer["W"], "b": layer["b"]} for layer in from_torch_layout(state, activations)]


@misconception(
    "from_torch_layout",
    caught_by=FROM[:2],
    hint="Every layer has the activation relu in your params. Take each from the list.",
)
def takes_relu_everywhere(state, activations):
    return from_torch_layout(state, ["relu"] * len(activations))


@misconception(
    "from_torch_layout",
    caught_by=FROM,
    hint="Your params come from the last layer to the first. The first layer comes first.",
)
def comes_from_behind(state, activations):
    return from_torch_layout(state, activations)[::-1]


@misconception(
    "from_torch_layout", caught_by=FROM, hint='The keys of your params are "weight" and "bias". Here they are W and b.'
)
def keeps_their_names(state, activations):
    return [
        {"weight": layer["W"], "bias": layer["b"], "activation": layer["activation"]}
        for layer in from_torch_layout(state, activations)
    ]


# ---------------------------------------------------------------- quiz

add_wrong_options(
    "capstone",
    {
        1: {
            "a": "A weight is learned. A hyperparameter is chosen by you, before the training.",
            "c": "A gradient is computed in each step. What do YOU set before the first step?",
            "d": "That is measured after each epoch. What was chosen before?",
        },
        2: {
            "a": "Vanishing needs many layers. Here something is lost even with two, and exactly.",
            "b": "Biases do not cancel. Write the two layers out: what is (X W1 + b1) W2 + b2?",
            "c": "Softmax comes after both and undoes nothing.",
        },
        3: {
            "b": "That is the sigmoid's slope. With the cross-entropy behind it, most of it cancels.",
            "c": "The logarithm is in the loss, and not in its slope.",
            "d": "The sign: a share that is too large must get positive blame. And where is 1/N?",
        },
        4: {
            "a": "The weights of the layer behind were used on the way; what arrives is something else.",
            "b": "Votes flow forward. What flows backward?",
            "d": "Only the loss sees the label.",
        },
        5: {
            "a": "More layers make the numbers larger still. Something exploded.",
            "c": "nan stays nan, however long one trains.",
            "d": "A larger batch makes the slope less noisy, and the step just as long.",
        },
        6: {
            "b": "A network that underfits has a HIGH training loss. Here it falls.",
            "c": "With a small rate both would fall slowly.",
            "d": "With a wrong softmax the training loss would hardly fall.",
        },
        7: {
            "a": "Whoever chooses by the test part has trained on it, and has nothing left for an honest judgement.",
            "b": "By the training part the one that memorises most would win.",
            "c": "The best of twenty scores is luck in part: choosing the part afterwards makes it worse.",
        },
        8: {
            "a": "mean and std know something about samples that nobody should have seen.",
            "b": "The time is the same. It is the honesty that suffers.",
            "d": "The scaler of 06 never touches labels.",
        },
        9: {
            "b": "No weight changes there. Think of 14: what does a second backward do to grad?",
            "c": "Nothing runs forward there.",
            "d": "It has to do with grad, and with a second backward.",
        },
        10: {
            "a": "That is no_grad, another switch. Which layers behave differently in training?",
            "c": "It measures nothing. It turns a switch in some layers.",
            "d": "The weights could still be moved by a step.",
        },
        11: {
            "a": "Slopes that are there stay. What is NOT written down inside the block?",
            "b": "That is eval(). The two are independent, and one often needs both.",
            "c": "A step could still change them.",
        },
        12: {
            "a": "backward moves no weight.",
            "b": "The forward pass was before: it made the loss.",
            "d": "Old slopes are cleared by zero_grad, in a line of its own.",
        },
        13: {
            "b": "That is our W. Which way round does PyTorch keep it?",
            "c": "That is the shape of its bias.",
            "d": "The bias is an array of its own.",
        },
        14: {
            "a": "4 times 5 would be one name at a time. A grid has every combination: 4 to the power of 5.",
            "c": "That is 5 to the power of 4; there are 4 values for each of 5 names.",
            "d": "The number is right. But the best value may lie between the four that the grid tries.",
        },
        15: {
            "a": "That is the grid.",
            "b": "That is random search: no draw knows of the others.",
            "d": "That is an ensemble, and no search.",
        },
        16: {
            "a": "A convolution sees its neighbours only.",
            "b": "Dropout is a way to train, and no way to connect.",
            "c": "Neighbours in what? The words must find each other by what they mean, inside one sequence.",
        },
        17: {
            "a": "It reads one step after the other, in an order that images do not have.",
            "c": "It has one weight for each place: the same pattern elsewhere must be learned anew.",
            "d": "More members learn each place anew, with very many weights.",
        },
        18: {
            "b": "It finds not one of the dangerous parcels.",
            "c": "It calls nobody dangerous: its precision is 0/0, which we call 0.",
            "d": "The loss depends on the shares; and each dangerous parcel costs much.",
        },
        19: {
            "a": "Underfitting shows in the losses. Here a promise is not kept.",
            "b": "The ROC curve looks at the ORDER of the shares, and that may be fine.",
            "d": "Whoever decides by these shares will be wrong much more often than they say.",
        },
        20: {
            "a": "It runs on any laptop; a GPU makes it faster.",
            "b": "It has many good methods for tables, and no large language models.",
            "c": "Slopes are what JAX was made for: jax.grad.",
        },
    },
    reference.answers,
)
