"""The full committee: one estimator, the data behind it, the choice of its settings, and an honest look at it.

`NeuralNetwork` speaks scikit-learn's language and is made of 08's layers and 10's training. A list of params is 07's:
one dict for each Dense, with W of shape (n_in, n_out), b of shape (n_out,) and the name of its activation.
"""

import copy
import itertools
import json
import math

import numpy as np

from course_tests.reference.backprop import VOTES
from course_tests.reference.digits import network_from, network_loss, new_network, params_of, predict, train_epoch  # noqa: F401
from course_tests.reference.evaluation import confusion_matrix, fit_scaler, precision_recall_f1, train_val_test_split
from course_tests.reference.pixels import make_lines  # noqa: F401

SETTINGS = ("hidden", "lr", "epochs", "batch_size", "patience", "seed", "val_fraction")


class NeuralNetwork:
    """A classifier: relu layers, softmax, mini-batches, and the weights of the best epoch.

    Parameters
    ----------
    hidden : tuple of int
        Members of each hidden layer.
    lr : float
    epochs, batch_size : int
    patience : int
        Training ends after this many epochs in a row without a lower validation loss.
    seed : int
    val_fraction : float
        Share of the samples that `fit` keeps for validation; at least one, and at least one to learn from.

    Attributes
    ----------
    classes_ : ndarray of shape (C,)
        The labels, sorted.
    params_ : list of dict
        W, b and activation of each layer, of the best epoch.
    """

    def __init__(self, hidden=(32,), lr=0.1, epochs=100, batch_size=32, patience=10, seed=0, val_fraction=0.1):
        self.hidden, self.lr, self.epochs, self.batch_size = hidden, lr, epochs, batch_size
        self.patience, self.seed, self.val_fraction = patience, seed, val_fraction

    def get_params(self, deep=True):
        """The settings by name.

        Parameters
        ----------
        deep : bool
            scikit-learn asks with it; nothing depends on it here.
        """
        return {name: getattr(self, name) for name in SETTINGS}

    def fit(self, X, y):
        """Learn from a part of the samples, watch the rest, keep the best epoch; returns the object itself.

        Parameters
        ----------
        X : ndarray of shape (N, D)
        y : ndarray of shape (N,)
        """
        X, y = np.asarray(X, float), np.asarray(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        rng = np.random.default_rng(self.seed)
        order = rng.permutation(len(y))
        n_val = int(np.clip(round(self.val_fraction * len(y)), 1, max(1, len(y) - 1)))
        val, train = order[:n_val], order[n_val:]
        net = new_network([X.shape[1], *self.hidden, len(self.classes_)], rng)
        least, since, best = math.inf, 0, copy.deepcopy(params_of(net))
        for _ in range(self.epochs):
            train_epoch(net, X[train], codes[train], self.batch_size, self.lr, rng)
            loss = network_loss(net, X[val], codes[val])
            if loss < least:
                least, since, best = loss, 0, copy.deepcopy(params_of(net))
            else:
                since += 1
                if since >= self.patience:
                    break
        self.params_ = best
        return self

    def predict_proba(self, X):
        """Shares of the classes, shape (N, C), columns as in `classes_`.

        Parameters
        ----------
        X : ndarray of shape (N, D)
        """
        votes = np.asarray(X, float)
        for layer in self.params_:
            votes = VOTES[layer["activation"]](votes @ layer["W"] + layer["b"])
        shares = np.exp(votes - votes.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)

    def predict(self, X):
        """The label with the largest share, shape (N,).

        Parameters
        ----------
        X : ndarray of shape (N, D)
        """
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def score(self, X, y):
        """The share of samples whose label is predicted.

        Parameters
        ----------
        X : ndarray of shape (N, D)
        y : ndarray of shape (N,)
        """
        return float(np.mean(self.predict(X) == np.asarray(y)))

    def save(self, path):
        """Settings, labels and weights in one file.

        Parameters
        ----------
        path : str or Path
        """
        arrays = {f"{key}{k}": layer[key] for k, layer in enumerate(self.params_) for key in ("W", "b")}
        about = {"settings": self.get_params(), "activations": [layer["activation"] for layer in self.params_]}
        with open(path, "wb") as file:
            np.savez(file, classes=self.classes_, about=json.dumps(about), **arrays)

    @classmethod
    def load(cls, path):
        """The network that `save` wrote.

        Parameters
        ----------
        path : str or Path
        """
        with np.load(path) as file:
            about = json.loads(str(file["about"]))
            net = cls(**{**about["settings"], "hidden": tuple(about["settings"]["hidden"])})
            net.classes_ = file["classes"]
            net.params_ = [
                {"W": file[f"W{k}"], "b": file[f"b{k}"], "activation": name}
                for k, name in enumerate(about["activations"])
            ]
        return net


def make_pipeline(X, y, fractions, rng):
    """Three shuffled parts, scaled with the mean and the deviation of the training part alone.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    y : ndarray of shape (N,)
    fractions : three floats
        Shares of training, validation and test.
    rng : numpy.random.Generator

    Returns
    -------
    dict
        train, val, test: pairs (X, y); mean and std of shape (D,).
    """
    X_train, y_train, X_val, y_val, X_test, y_test = train_val_test_split(X, y, fractions, rng)
    mean, std = fit_scaler(X_train)
    parts = {"train": (X_train, y_train), "val": (X_val, y_val), "test": (X_test, y_test)}
    return {**{name: ((part - mean) / std, labels) for name, (part, labels) in parts.items()}, "mean": mean, "std": std}


def grid(space):
    """Every combination of values.

    Parameters
    ----------
    space : dict
        Name -> list of values.

    Returns
    -------
    list of dict
    """
    return [dict(zip(space, values)) for values in itertools.product(*space.values())]


def random_search(space, n, rng):
    """n configs: a tuple (low, high) is drawn log-uniformly, a list is chosen from.

    Parameters
    ----------
    space : dict
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    list of dict
    """
    return [{name: _drawn(values, rng) for name, values in space.items()} for _ in range(n)]


def _drawn(values, rng):
    if isinstance(values, tuple):
        return float(np.exp(rng.uniform(*np.log(values))))
    return values[rng.integers(len(values))]


class Sealed(dict):
    """The parts of `make_pipeline`; `opened` counts how often the test part was taken out."""

    opened = 0

    def __getitem__(self, key):
        if key == "test":
            self.opened += 1
        return super().__getitem__(key)

    def get(self, key, default=None):
        """The same count for this way in.

        Parameters
        ----------
        key, default : object
        """
        return self[key] if key in self else default


def select(configs, data, rng):
    """Train every config, choose by the validation score, and look at the test part once.

    Parameters
    ----------
    configs : list of dict
    data : dict
        Of `make_pipeline`.
    rng : numpy.random.Generator

    Returns
    -------
    best : dict
        config, net, val and test: the winner and its two scores.
    table : list of (dict, float)
        Each config with its validation score.
    """
    train, val = data["train"], data["val"]
    nets, scores = zip(*(select.train(config, train, val, rng) for config in configs))
    winner = max(range(len(configs)), key=scores.__getitem__)
    X_test, y_test = data["test"]
    test = float(np.mean(predict(nets[winner], X_test) == y_test))
    best = {"config": configs[winner], "net": nets[winner], "val": scores[winner], "test": test}
    return best, list(zip(configs, scores))


def train_config(config, train, val, rng):
    """Train one Network of 10: `config` may have hidden, lr, epochs and batch_size.

    Parameters
    ----------
    config : dict
    train, val : (X, y)
    rng : numpy.random.Generator

    Returns
    -------
    net : Network
    score : float
        Accuracy on `val`.
    """
    classes = 1 + int(max(train[1].max(), val[1].max()))
    net = new_network([train[0].shape[1], *config.get("hidden", (16,)), classes], rng)
    for _ in range(config.get("epochs", 20)):
        train_epoch(net, *train, config.get("batch_size", 32), config.get("lr", 0.1), rng)
    return net, float(np.mean(predict(net, val[0]) == val[1]))


select.train = train_config


def input_gradient(net, x):
    """Slope of the winner's score in every input.

    Parameters
    ----------
    net : Network
    x : ndarray of shape (D,)

    Returns
    -------
    ndarray of shape (D,)
    """
    scores = net.forward(np.asarray(x, float).reshape(1, -1))
    return net.backward((np.arange(scores.shape[1]) == scores.argmax()).astype(float)[None])[0]


def report(y, p):
    """Accuracy, precision, recall, F1 and confusion matrix of the votes p >= 1/2.

    Parameters
    ----------
    y : ndarray of shape (N,)
        Labels 0 and 1.
    p : ndarray of shape (N,)
        Probability of label 1.

    Returns
    -------
    dict
        accuracy, precision, recall, f1 (0.0 where it would be 0/0) and confusion of shape (2, 2): row truth, column
        vote.
    """
    y, votes = np.asarray(y).astype(int), (np.asarray(p) >= 0.5).astype(int)
    precision, recall, f1 = precision_recall_f1(y, votes)
    return {
        "accuracy": float(np.mean(y == votes)),
        "precision": float(precision),
        "recall": float(recall),
        "f1": float(f1),
        "confusion": confusion_matrix(y, votes, 2),
    }


def calibration(y, p, bins):
    """What was promised and what came, in `bins` equal parts of [0, 1].

    Parameters
    ----------
    y : ndarray of shape (N,)
        Labels 0 and 1.
    p : ndarray of shape (N,)
        Probability of label 1.
    bins : int

    Returns
    -------
    ndarray of shape (bins, 3)
        Mean p, share of label 1, number of samples; an empty bin has nan, nan, 0. p = 1 is in the last bin.
    """
    y, p = np.asarray(y, float), np.asarray(p, float)
    place = np.minimum((p * bins).astype(int), bins - 1)
    count, promised, came = (np.bincount(place, weights, bins) for weights in (None, p, y))
    some = np.where(count > 0, count, np.nan)
    return np.column_stack([promised / some, came / some, count])


def to_torch_layout(params):
    """Names and shapes of torch.nn.Sequential(Linear, activation, Linear, ...): "0.weight" (n_out, n_in), "0.bias", ...

    Parameters
    ----------
    params : list of dict

    Returns
    -------
    dict
    """
    state = {}
    for k, layer in enumerate(params):
        state[f"{2 * k}.weight"] = np.array(layer["W"]).T
        state[f"{2 * k}.bias"] = np.array(layer["b"])
    return state


def from_torch_layout(state, activations):
    """The params of such a dict, with the name of the activation behind each layer.

    Parameters
    ----------
    state : dict
    activations : list of str

    Returns
    -------
    list of dict
    """
    return [
        {"W": np.array(state[f"{2 * k}.weight"]).T, "b": np.array(state[f"{2 * k}.bias"]), "activation": name}
        for k, name in enumerate(activations)
    ]


answers = dict(zip(range(1, 21), "bdacbadcabdcabcdbacd"))
