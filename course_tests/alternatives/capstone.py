"""Right answers to 18_capstone, written otherwise."""

import copy
import itertools
import json
import math
import pickle

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.activations import softmax
from course_tests.reference.digits import network_from, network_loss, new_network, params_of, predict, train_epoch
from course_tests.reference.evaluation import train_val_test_split

# ---------------------------------------------------------------- NeuralNetwork


@alternative("NeuralNetwork")
class KeepsANetwork:
    """Keeps 08's Network itself, brings the best arrays back in place, and is pickled."""

    def __init__(self, hidden=(32,), lr=0.1, epochs=100, batch_size=32, patience=10, seed=0, val_fraction=0.1):
        self.__dict__.update({name: value for name, value in locals().items() if name != "self"})

    def get_params(self, deep=True):
        names = "hidden lr epochs batch_size patience seed val_fraction".split()
        return dict(zip(names, (self.__dict__[name] for name in names)))

    def fit(self, X, y):
        rng = np.random.default_rng(self.seed)
        self.labels = sorted(set(np.asarray(y).tolist()))
        codes = np.array([self.labels.index(label) for label in np.asarray(y).tolist()])
        held = np.zeros(len(y), bool)
        held[rng.choice(len(y), max(1, int(self.val_fraction * len(y))), replace=False)] = True
        self.net = new_network([X.shape[1], *self.hidden, len(self.labels)], rng)
        best, waiting = (math.inf, None), 0
        for _ in range(self.epochs):
            train_epoch(self.net, X[~held], codes[~held], self.batch_size, self.lr, rng)
            loss = network_loss(self.net, X[held], codes[held])
            if loss < best[0]:
                best, waiting = (loss, [copy.deepcopy(layer.params) for layer in self.net.layers]), 0
            else:
                waiting += 1
            if waiting == self.patience:
                break
        for layer, kept in zip(self.net.layers, best[1]):
            for name, array in kept.items():
                layer.params[name][...] = array
        self.params_ = [layer.params for layer in self.net.layers]
        return self

    def predict_proba(self, X):
        return softmax(self.net.forward(X))

    def predict(self, X):
        return np.array([self.labels[k] for k in np.argmax(self.net.forward(X), axis=1)])

    def score(self, X, y):
        return sum(a == b for a, b in zip(self.predict(X).tolist(), np.asarray(y).tolist())) / len(y)

    def save(self, path):
        arrays = [{key: np.array(array) for key, array in layer.items()} for layer in self.params_]
        with open(path, "wb") as file:
            pickle.dump((self.get_params(), self.labels, arrays), file)

    @staticmethod
    def load(path):
        with open(path, "rb") as file:
            settings, labels, arrays = pickle.load(file)
        again = KeepsANetwork(**settings)
        again.labels, again.params_ = labels, arrays
        sizes = [layer["W"].shape for layer in arrays if layer]
        again.net = new_network([sizes[0][0], *(n for _, n in sizes)], np.random.default_rng(0))
        for layer, kept in zip(again.net.layers, arrays):
            layer.params = kept
        return again


@alternative("NeuralNetwork")
class WritesText:
    """Everything is data: params_ alone is kept, and the file is JSON."""

    def __init__(self, hidden=(32,), lr=0.1, epochs=100, batch_size=32, patience=10, seed=0, val_fraction=0.1):
        self.hidden, self.lr, self.epochs = hidden, lr, epochs
        self.batch_size, self.patience, self.seed, self.val_fraction = batch_size, patience, seed, val_fraction

    def get_params(self, deep=True):
        return {
            "hidden": self.hidden, "lr": self.lr, "epochs": self.epochs, "batch_size": self.batch_size,
            "patience": self.patience, "seed": self.seed, "val_fraction": self.val_fraction,
        }  # fmt: skip

    def fit(self, X, y):
        self.names, codes = np.unique(y, return_inverse=True)
        rng = np.random.default_rng(self.seed)
        fractions = (1 - self.val_fraction, self.val_fraction, 0.0)
        parts = train_val_test_split(np.array(X, float), codes, fractions, rng)
        net = new_network([np.shape(X)[1], *self.hidden, len(self.names)], rng)
        history = []
        while len(history) < self.epochs:
            train_epoch(net, parts[0], parts[1], self.batch_size, self.lr, rng)
            history.append((network_loss(net, parts[2], parts[3]), copy.deepcopy(params_of(net))))
            best = min(range(len(history)), key=lambda k: history[k][0])
            if len(history) - 1 - best >= self.patience:
                break
        self.params_ = history[best][1]
        return self

    def predict_proba(self, X):
        scores = network_from(self.params_).forward(np.asarray(X, float))
        shares = np.exp(scores - scores.max(1, keepdims=True))
        return shares / shares.sum(1, keepdims=True)

    def predict(self, X):
        return self.names[np.argmax(self.predict_proba(X), axis=-1)]

    def score(self, X, y):
        return (self.predict(X) == y).mean()

    def save(self, path):
        layers = [{key: np.asarray(value).tolist() for key, value in layer.items()} for layer in self.params_]
        with open(path, "w") as file:
            json.dump([self.get_params(), np.asarray(self.names).tolist(), layers], file)

    @classmethod
    def load(cls, path):
        with open(path) as file:
            settings, names, layers = json.load(file)
        again = cls(**settings)
        again.names = np.array(names)
        again.params_ = [{key: np.array(v) if key in "Wb" else v for key, v in layer.items()} for layer in layers]
        return again


@alternative("NeuralNetwork")
class LooksBeforeTheFirstStep:
    """The untrained network counts as epoch 0, and the last samples of a shuffled order are held back."""

    def __init__(self, hidden=(32,), lr=0.1, epochs=100, batch_size=32, patience=10, seed=0, val_fraction=0.1):
        self.settings = {
            "hidden": hidden, "lr": lr, "epochs": epochs, "batch_size": batch_size, "patience": patience, "seed": seed,
            "val_fraction": val_fraction,
        }  # fmt: skip

    def get_params(self, deep=True):
        return dict(self.settings)

    def fit(self, X, y):
        s, X, y = self.settings, np.asarray(X), np.asarray(y)
        rng = np.random.default_rng(s["seed"])
        self.classes_ = np.array(sorted(set(y.tolist())))
        codes = np.searchsorted(self.classes_, y)
        order = rng.permutation(len(y))
        cut = len(y) - max(1, math.ceil(s["val_fraction"] * len(y)))
        net = new_network([X.shape[1]] + list(s["hidden"]) + [len(self.classes_)], rng)
        held = X[order[cut:]], codes[order[cut:]]
        losses, kept = [network_loss(net, *held)], params_of(net)
        kept = copy.deepcopy(kept)
        for _ in range(s["epochs"]):
            if len(losses) - 1 - int(np.argmin(losses)) >= s["patience"]:
                break
            train_epoch(net, X[order[:cut]], codes[order[:cut]], s["batch_size"], s["lr"], rng)
            losses.append(network_loss(net, *held))
            if losses[-1] == min(losses):
                kept = copy.deepcopy(params_of(net))
        self.params_ = kept
        return self

    def predict_proba(self, X):
        A = np.asarray(X, float)
        for k, layer in enumerate(self.params_):
            A = np.maximum(A, 0) if k else A
            A = A @ layer["W"] + layer["b"]
        return softmax(A)

    def predict(self, X):
        return np.take(self.classes_, np.argmax(self.predict_proba(X), axis=1))

    def score(self, X, y):
        return float(np.count_nonzero(self.predict(X) == np.asarray(y))) / len(X)

    def save(self, path):
        box = {"classes": self.classes_, "layers": len(self.params_), "hidden": np.array(self.settings["hidden"], int)}
        box.update({f"setting_{name}": value for name, value in self.settings.items() if name != "hidden"})
        for k, layer in enumerate(self.params_):
            box[f"{k}.W"], box[f"{k}.b"] = layer["W"], layer["b"]
        np.savez(path, **box)

    @classmethod
    def load(cls, path):
        box = np.load(path)
        settings = {name[8:]: box[name].item() for name in box.files if name.startswith("setting_")}
        again = cls(hidden=tuple(box["hidden"].tolist()), **settings)
        again.classes_ = box["classes"]
        again.params_ = [{"W": box[f"{k}.W"], "b": box[f"{k}.b"]} for k in range(int(box["layers"]))]
        return again


# ---------------------------------------------------------------- make_pipeline


@alternative("make_pipeline")
def pipeline_by_order(X, y, fractions, rng):
    order = rng.permutation(len(X))
    a = round(fractions[0] * len(X))
    b = a + round(fractions[1] * len(X))
    rows = {"train": order[:a], "val": order[a:b], "test": order[b:]}
    mean, std = X[rows["train"]].mean(0), X[rows["train"]].std(0)
    scale = np.where(std == 0, 1.0, std)
    result = {name: ((X[k] - mean) / scale, y[k]) for name, k in rows.items()}
    result.update(mean=mean, std=scale)
    return result


@alternative("make_pipeline")
def pipeline_column_by_column(X, y, fractions, rng):
    X_train, y_train, X_val, y_val, X_test, y_test = train_val_test_split(np.array(X, float), y, fractions, rng)
    mean, std = [], []
    for j in range(X_train.shape[1]):
        column = X_train[:, j].copy()
        m = sum(column) / len(column)
        s = math.sqrt(sum((value - m) ** 2 for value in column) / len(column))
        for part in (X_train, X_val, X_test):
            part[:, j] = (part[:, j] - m) / (s if s > 1e-12 else 1.0)
        mean.append(m)
        std.append(s)
    return {
        "train": (X_train, y_train), "val": (X_val, y_val), "test": (X_test, y_test), "mean": np.array(mean),
        "std": np.array(std),
    }  # fmt: skip


@alternative("make_pipeline")
def pipeline_with_a_tiny_number(X, y, fractions, rng):
    both = [np.array(part) for part in train_val_test_split(X, y, fractions, rng)]
    mean, std = np.mean(both[0], axis=0, keepdims=True), np.std(both[0], axis=0, keepdims=True)
    made = dict(mean=mean, std=std)
    for name in ("train", "val", "test"):
        part, labels = both.pop(0), both.pop(0)
        made[name] = [(part - mean) / (std + 1e-9), labels]
    return made


# ---------------------------------------------------------------- grid, random_search


@alternative("grid")
def grid_by_growing(space):
    configs = [{}]
    for name, values in space.items():
        configs = [{**config, name: value} for config in configs for value in values]
    return configs


@alternative("grid")
def grid_by_counting(space):
    total = math.prod(len(values) for values in space.values())
    configs = []
    for number in range(total):
        config = {}
        for name, values in space.items():
            number, place = divmod(number, len(values))
            config[name] = values[place]
        configs.append(config)
    return configs


@alternative("grid")
def grid_by_recursion(space):
    if not space:
        return [{}]
    names = list(space)
    rest = {name: space[name] for name in names[1:]}
    found = []
    for value in space[names[0]]:
        for config in grid_by_recursion(rest):
            found.append({names[0]: value, **config})
    return found


@alternative("random_search")
def search_by_powers(space, n, rng):
    configs = []
    for _ in range(n):
        config = {}
        for name, values in space.items():
            if isinstance(values, tuple):
                low, high = values
                config[name] = low * (high / low) ** rng.random()
            else:
                config[name] = values[int(rng.random() * len(values))]
        configs.append(config)
    return configs


@alternative("random_search")
def search_by_columns(space, n, rng):
    columns = {}
    for name, values in space.items():
        if isinstance(values, list):
            columns[name] = [values[k] for k in rng.integers(0, len(values), n)]
        else:
            columns[name] = 10 ** rng.uniform(np.log10(values[0]), np.log10(values[1]), n)
    return [{name: column[k] for name, column in columns.items()} for k in range(n)]


@alternative("random_search")
def search_by_geomspace(space, n, rng):
    def one(values):
        if type(values) is tuple:
            return math.exp(math.log(values[0]) + rng.uniform(0, 1) * (math.log(values[1]) - math.log(values[0])))
        return rng.permutation(np.arange(len(values)))[0]

    made = [{name: one(values) for name, values in space.items()} for _ in range(n)]
    for config in made:
        for name, values in space.items():
            if type(values) is list:
                config[name] = values[config[name]]
    return made


# ---------------------------------------------------------------- select


@alternative("select")
def select_by_keeping_the_best(configs, data, rng):
    table, best, top = [], None, -math.inf
    for config in configs:
        net, score = select_by_keeping_the_best.train(config, data["train"], data["val"], rng)
        table.append((config, score))
        if score > top:
            top, best, winner = score, config, net
    X_test, y_test = data["test"]
    accuracy = float((predict(winner, X_test) == y_test).mean())
    return {"config": best, "val": top, "test": accuracy, "net": winner}, table


@alternative("select")
def select_by_sorting(configs, data, rng):
    runs = []
    for number, config in enumerate(configs):
        net, score = select_by_sorting.train(dict(config), data["train"], data["val"], rng)
        runs.append((score, -number, net))
    table = [(config, run[0]) for config, run in zip(configs, runs)]
    score, number, net = max(runs, key=lambda run: run[:2])
    X_test, y_test = data["test"]
    votes = np.argmax(net.forward(X_test), axis=1)
    best = {"config": configs[-number], "net": net, "val": score, "test": np.mean(votes == y_test)}
    return best, table


@alternative("select")
def select_in_one_pass(configs, data, rng):
    parts = data["train"], data["val"]
    nets, table = [], []
    for config in configs:
        net, score = select_in_one_pass.train(config, *parts, rng)
        nets.append(net)
        table.append([config, float(score)])
    order = sorted(range(len(table)), key=lambda k: table[k][1])
    winner = order[-1]
    test = data.get("test")
    right = sum(int(a) == int(b) for a, b in zip(predict(nets[winner], test[0]), test[1]))
    return dict(config=table[winner][0], net=nets[winner], val=table[winner][1], test=right / len(test[1])), table


# ---------------------------------------------------------------- input_gradient


@alternative("input_gradient")
def slope_layer_by_layer(net, x):
    scores = net.forward(np.reshape(x, (1, len(x))), training=True)
    blame = np.zeros(scores.shape)
    blame[0, np.argmax(scores)] = 1.0
    for layer in net.layers[::-1]:
        blame = layer.backward(blame)
    return np.ravel(blame)


@alternative("input_gradient")
def slope_by_nudging(net, x):
    x = np.asarray(x, float)
    winner = int(np.argmax(net.forward(x[None])[0]))
    slope = np.zeros(len(x))
    for k in range(len(x)):
        step = np.zeros(len(x))
        step[k] = 1e-5
        slope[k] = (net.forward((x + step)[None])[0, winner] - net.forward((x - step)[None])[0, winner]) / 2e-5
    return slope


@alternative("input_gradient")
def slope_of_the_first_score(net, x):
    blame = np.zeros_like(net.forward(np.atleast_2d(x)))
    blame[:, 0] = 1
    return net.backward(blame).squeeze(axis=0)


# ---------------------------------------------------------------- report, calibration


@alternative("report")
def report_by_counting(y, p):
    counts = [[0, 0], [0, 0]]
    for truth, share in zip(y, p):
        counts[int(truth)][int(share >= 0.5)] += 1
    (tn, fp), (fn, tp) = counts
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * tp / (2 * tp + fp + fn) if tp else 0.0
    return {"accuracy": (tp + tn) / len(y), "precision": precision, "recall": recall, "f1": f1, "confusion": counts}


@alternative("report")
def report_by_masks(y, p):
    real, called = np.asarray(y, bool), np.asarray(p) > 0.5
    tp, fp = np.sum(real & called), np.sum(~real & called)
    fn, tn = np.sum(real & ~called), np.sum(~real & ~called)
    precision, recall = tp / max(tp + fp, 1), tp / max(tp + fn, 1)
    f1 = 0.0 if tp == 0 else 2 / (1 / precision + 1 / recall)
    return dict(
        accuracy=np.mean(real == called), precision=precision, recall=recall, f1=f1,
        confusion=np.array([[tn, fp], [fn, tp]]),
    )  # fmt: skip


@alternative("report")
def report_by_one_hot(y, p):
    y = np.asarray(y, int)
    votes = np.round(p).astype(int)
    M = np.eye(2)[y].T @ np.eye(2)[votes]
    safe = lambda a, b: float(a / b) if b else 0.0  # noqa: E731
    precision, recall = safe(M[1, 1], M[:, 1].sum()), safe(M[1, 1], M[1].sum())
    return {
        "accuracy": np.trace(M) / M.sum(), "precision": precision, "recall": recall,
        "f1": safe(2 * precision * recall, precision + recall), "confusion": M, "n": len(y),
    }  # fmt: skip


@alternative("calibration")
def calibration_by_masks(y, p, bins):
    edges = np.linspace(0, 1, bins + 1)
    rows = []
    for k, (low, high) in enumerate(zip(edges[:-1], edges[1:])):
        own = (p >= low) & ((p < high) | (k == bins - 1))
        rows.append((p[own].mean(), y[own].mean(), own.sum()) if own.any() else (np.nan, np.nan, 0))
    return np.array(rows, float)


@alternative("calibration")
def calibration_by_digitize(y, p, bins):
    place = np.digitize(p, np.linspace(0, 1, bins + 1)[1:-1])
    table = np.full((bins, 3), np.nan)
    for k in range(bins):
        own = place == k
        table[k, 2] = np.count_nonzero(own)
        if table[k, 2]:
            table[k, :2] = np.mean(np.asarray(p)[own]), np.mean(np.asarray(y)[own])
    return table


@alternative("calibration")
def calibration_by_histogram(y, p, bins):
    count, edges = np.histogram(p, bins, (0, 1))
    promised = np.histogram(p, edges, weights=p)[0]
    came = np.histogram(p, edges, weights=np.asarray(y, float))[0]
    with np.errstate(invalid="ignore"):
        return np.stack([promised / count, came / count, count], axis=1)


# ---------------------------------------------------------------- to_torch_layout, from_torch_layout


@alternative("to_torch_layout")
def to_torch_by_update(params):
    state, number = {}, 0
    for layer in params:
        state.update({f"{number}.weight": layer["W"].T.copy(), f"{number}.bias": layer["b"].copy()})
        number += 2
    return state


@alternative("to_torch_layout")
def to_torch_in_one_line(params):
    names = {"W": "weight", "b": "bias"}
    return {f"{2 * k}.{names[key]}": np.transpose(v[key]) for k, v in enumerate(params) for key in names}


@alternative("to_torch_layout")
def to_torch_as_lists(params):
    return {
        name: array
        for k, layer in zip(itertools.count(0, 2), params)
        for name, array in ((f"{k}.weight", np.asarray(layer["W"]).T.tolist()), (f"{k}.bias", list(layer["b"])))
    }


@alternative("from_torch_layout")
def from_torch_by_counting(state, activations):
    params = []
    for k in range(len(state) // 2):
        W, b = state[f"{2 * k}.weight"], state[f"{2 * k}.bias"]
        params.append({"W": np.swapaxes(W, 0, 1), "b": np.asarray(b), "activation": activations[k]})
    return params


@alternative("from_torch_layout")
def from_torch_by_sorting(state, activations):
    numbers = sorted({int(name.split(".")[0]) for name in state})
    made = []
    for number, activation in zip(numbers, activations):
        layer = dict(activation=activation)
        layer["W"] = state[str(number) + ".weight"].transpose().copy()
        layer["b"] = state[str(number) + ".bias"].copy()
        made.append(layer)
    return made


@alternative("from_torch_layout")
def from_torch_by_names(state, activations):
    layers = {}
    for name, array in state.items():
        number, kind = name.split(".")
        key, turned = ("W", np.array(array).T) if kind == "weight" else ("b", np.array(array))
        layers.setdefault(int(number), {})[key] = turned
    return [{**layers[number], "activation": a} for number, a in zip(sorted(layers), activations)]
