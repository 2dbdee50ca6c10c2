"""Hidden tests of 18_capstone. See checks.py for what each check says when it fails."""

import contextlib
import copy
import importlib
import io
import os
import subprocess
import sys

import numpy as np
import pytest

from course_tests import visible
from course_tests.checks import (
    assert_agrees,
    assert_agrees_on,
    assert_close,
    assert_fast,
    assert_leaves_inputs_alone,
    central_differences,
    graded,
    quiz_tests,
    require,
    rngs,
    shuffled,
)
from course_tests.notebooks import SOURCE
from course_tests.reference import capstone as right

# ---------------------------------------------------------------- NeuralNetwork

VOTES = {"relu": lambda Z: np.maximum(Z, 0), "tanh": np.tanh, "sigmoid": lambda Z: 1 / (1 + np.exp(-Z))}


def groups(rng, n, labels, d=4):
    """n samples around one centre for each label, which stand in no order."""
    centres = 3 * np.linalg.qr(rng.normal(size=(d, d)))[0][: len(labels)]
    k = np.concatenate([np.arange(len(labels)), rng.integers(len(labels), size=n - len(labels))])
    return centres[k] + rng.normal(0, 0.7, (n, d)), np.asarray(labels)[k]


def weights_of(net):
    """W and b of the layers that have them, by value."""
    return [{key: np.array(layer[key], float) for key in ("W", "b")} for layer in net.params_ if "W" in layer]


def words(settings, more=".fit(X, y)"):
    return f"NeuralNetwork({', '.join(f'{name}={value!r}' for name, value in settings.items())}){more}"


def told(settings, X, y, X_new, y_new):
    """A scenario: train, and ask everything that can be asked."""

    def scenario(NeuralNetwork):
        net = NeuralNetwork(**settings)
        answer = net.fit(X.copy(), y.copy())
        return {
            "fit": "a network" if hasattr(answer, "predict_proba") else type(answer).__name__,
            "proba": np.array(net.predict_proba(X_new.copy()), float),
            "labels": np.asarray(net.predict(X_new.copy())).tolist(),
            "score": float(net.score(X_new.copy(), y_new.copy())),
            "params": weights_of(net),
        }

    return scenario


def votes_of(params, X):
    """The shares that a list of params gives, with each activation that the hidden layers may have."""
    for vote in VOTES.values():
        A = X
        for k, layer in enumerate(params):
            A = (vote(A) if k else A) @ layer["W"] + layer["b"]
        A = np.exp(A - A.max(axis=1, keepdims=True))
        yield A / A.sum(axis=1, keepdims=True)


def speaks_scikit_learn(subject, settings, X, y, X_new, y_new):
    """Shares, labels, score and params of a trained network belong together."""
    __tracebackhide__ = True
    what, names, n = words(settings), np.unique(y), len(X_new)
    got = subject.case(what, told(settings, X, y, X_new, y_new))
    require(got["fit"] == "a network", f"{what} returned a {got['fit']}; it must return the network itself: self.")
    proba = got["proba"]
    require(
        proba.shape == (n, len(names)),
        f"{what}, then predict_proba of {n} samples: the shape is {proba.shape}; expected {(n, len(names))}, a column "
        "for each label.",
    )
    require(
        np.all(proba >= 0) and np.allclose(proba.sum(axis=1), 1),
        f"{what}: a row of predict_proba sums to {proba.sum(axis=1)[0]:.4g}; shares are 0 or more and sum to 1.",
    )
    want = names[proba.argmax(axis=1)].tolist()
    require(
        got["labels"] == want,
        f"{what}, with the labels {names.tolist()}: predict says {got['labels'][:4]}..., the largest shares are those "
        f"of {want[:4]}...",
        look="predict gives labels as they were in y. The columns of predict_proba are the labels in sorted order.",
    )
    assert_close(
        got["score"], np.mean(np.array(want) == y_new), f"score of {what}: the share of right labels", rtol=1e-9
    )
    sizes = [X.shape[1], *settings["hidden"], len(names)]
    shapes = [(layer["W"].shape, layer["b"].shape) for layer in got["params"]]
    require(
        shapes == [((m, k), (k,)) for m, k in zip(sizes, sizes[1:])],
        f"{what}: params_ has W and b of the shapes {shapes}; the sizes of the network are {sizes}.",
    )
    require(
        any(np.allclose(proba, shares, rtol=1e-5, atol=1e-8) for shares in votes_of(got["params"], X_new)),
        f"{what}: predict_proba is not what the weights in params_ say of X, with softmax at the end.",
    )
    return got


def read_of(subject, settings, X, y, X_new, y_new):
    """The share of new samples that a trained network gets right."""
    __tracebackhide__ = True
    labels = subject.case(
        words(settings, ".fit(X, y).predict(new X)"),
        lambda f: np.asarray(f(**settings).fit(X.copy(), y.copy()).predict(X_new.copy())),
    )
    require(np.shape(labels) == np.shape(y_new), f"{words(settings)}: predict gives one label for each sample.")
    return float(np.mean(np.asarray(labels) == y_new))


@graded
def test_NeuralNetwork_basic(NeuralNetwork):
    """fit returns the network; shares, labels, score and params_ belong together, and it has learned"""
    for rng in rngs():
        X, y = groups(rng, 90, [0, 1, 2])
        settings = {"hidden": (16,), "lr": 0.05, "epochs": 40, "batch_size": 10, "seed": int(rng.integers(99))}
        got = speaks_scikit_learn(NeuralNetwork, settings, X[:60], y[:60], X[60:], y[60:])
        best = max(np.mean(np.array(got["labels"]) == y[60:]), 0)
        require(
            best > 0.6,
            f"{words(settings)}: {best:.0%} of new samples are right, in an easy task. Does fit step downhill?",
        )


@graded
def test_NeuralNetwork_any_labels(NeuralNetwork):
    """labels may be words or any numbers; no hidden layer, two of them, one new sample"""
    rng = rngs(1)[0]
    for labels, hidden in shuffled([(["vertical", "horizontal"], (4,)), ([7, 3, 40], (5, 4)), ([2, 1], ())]):
        X, y = groups(rng, 50, labels)
        settings = {"hidden": hidden, "epochs": 5}
        speaks_scikit_learn(NeuralNetwork, settings, X[:40], y[:40], X[40:], y[40:])
        speaks_scikit_learn(NeuralNetwork, settings, X[:40], y[:40], X[49:], y[49:])


@graded
def test_NeuralNetwork_keeps_the_best_epoch(NeuralNetwork):
    """the weights after fit are those of the lowest validation loss, and nobody learned from the validation part"""
    rng = rngs(1)[0]
    X, y = groups(rng, 120, [0, 1, 2])
    settings = {"hidden": (16,), "lr": 0.05, "epochs": 40, "batch_size": 10}
    share = read_of(NeuralNetwork, settings, X[:60], y[:60], X[60:], y[60:])
    require(share > 0.6, f"{words(settings)}: {share:.0%} of new samples are right, in an easy task.")
    scores = []
    for seed in range(6):
        X, y = rng.normal(size=(100, 10)), rng.integers(0, 2, 100)
        settings = {"hidden": (32,), "lr": 0.3, "epochs": 60, "batch_size": 8, "patience": 1000, "val_fraction": 0.2}
        settings["seed"] = seed
        scores.append(
            NeuralNetwork.case(
                f"{words(settings)}.score(X, y), where y is drawn by coin",
                lambda f, settings=settings, X=X, y=y: float(f(**settings).fit(X.copy(), y.copy()).score(X, y)),
            )
        )
    require(
        np.mean(scores) < 0.83,
        f"With labels drawn by coin there is nothing to learn, and the validation loss soon rises. Yet your networks "
        f"know {np.mean(scores):.0%} of their samples by heart: these are not the weights of the best epoch.",
        look="Copy the params whenever the validation loss is lower than ever, and bring the copy back at the end.",
    )


@graded
def test_NeuralNetwork_settings(NeuralNetwork):
    """each of the seven settings counts, also patience and val_fraction, and get_params gives them"""
    rng = rngs(1)[0]
    X, y = groups(rng, 60, [0, 1, 2])
    base = {"hidden": (4,), "lr": 0.02, "epochs": 4, "batch_size": 8, "patience": 9, "val_fraction": 0.2}
    base["seed"] = int(rng.integers(1000))
    got = NeuralNetwork.case(words(base, ".get_params()"), lambda f: dict(f(**base).get_params()))
    for name, value in base.items():
        given = got.get(name)
        same = tuple(given) == value if name == "hidden" and isinstance(given, (list, tuple)) else given == value
        require(same, f"{words(base, '.get_params()')}[{name!r}] is {given!r}; it was set to {value!r}.")

    def learned(f, X=X, y=y, **changes):
        return weights_of(f(**{**base, **changes}).fit(X.copy(), y.copy()))

    first = NeuralNetwork.case(words(base) + ".params_", learned)
    others = {"hidden": (7,), "lr": 0.5, "epochs": 1, "batch_size": 40, "seed": base["seed"] + 1, "val_fraction": 0.5}
    for name in shuffled(list(others)):
        changed = words({**base, name: others[name]})
        again = NeuralNetwork.case(changed + ".params_", lambda f, name=name: learned(f, **{name: others[name]}))
        same = all(a["W"].shape == b["W"].shape and np.allclose(a["W"], b["W"]) for a, b in zip(first, again))
        require(not same, f"{changed} has the same weights as with {name}={base[name]}. Does {name} count in fit?")
    differ = went_on = False
    for seed in range(6):
        X, y = rng.normal(size=(60, 4)), np.zeros(60, int)
        y[X[:, 0] + rng.normal(size=60) > 0] = 1
        more = {"batch_size": 4, "epochs": 40, "val_fraction": 0.3, "seed": seed}
        quick, slow, one = (
            NeuralNetwork.case(
                words({**base, **changes}) + ".params_",
                lambda f, changes=changes, X=X, y=y: learned(f, X, y, **changes),
            )
            for changes in ({**more, "patience": 1}, {**more, "patience": 1000}, {**more, "patience": 1, "epochs": 1})
        )
        differ = differ or not np.allclose(quick[0]["W"], slow[0]["W"])
        went_on = went_on or not np.allclose(quick[0]["W"], one[0]["W"])
    require(
        differ,
        "Six tasks with a jumping validation loss: patience=1 and patience=1000 gave the same weights each time. After "
        "`patience` epochs in a row without a lower validation loss, fit must end.",
    )
    require(
        went_on,
        "Six tasks with patience=1: training ended after one epoch each time, although the validation loss fell. "
        "Only epochs without a lower validation loss count, in a row.",
    )


@graded
def test_NeuralNetwork_save_and_load(NeuralNetwork):
    """what load brings back gives the same shares and labels, and has the same settings"""
    rng = rngs(1)[0]
    for number, (labels, hidden) in enumerate(shuffled([([0, 1], (3,)), (["b", "a", "c"], (5, 4)), ([5, 2], ())])):
        X, y = groups(rng, 40, labels)
        settings = {"hidden": hidden, "lr": 0.07, "epochs": 3, "seed": int(rng.integers(99))}
        path = f"committee_{os.getpid()}_{number}.npz"

        def scenario(f, settings=settings, path=path, X=X, y=y):
            net = f(**settings).fit(X[:30], y[:30])
            before = np.array(net.predict_proba(X), float), np.asarray(net.predict(X)).tolist()
            try:
                net.save(path)
                net.fit(X[30:] + 1, y[::-1][:10])  # what was saved stays as it was
                again = f.load(path)
                after = np.array(again.predict_proba(X), float), np.asarray(again.predict(X)).tolist()
                kept = again.get_params()
            finally:
                with contextlib.suppress(OSError):  # in a room it ends with the room
                    os.remove(path)
            return before, after, [list(kept["hidden"]), *(float(kept[name]) for name in ("lr", "epochs", "seed"))]

        what = f"{words(settings)}.save(path), then NeuralNetwork.load(path)"
        before, after, kept = NeuralNetwork.case(what, scenario)
        assert_close(after[0], before[0], f"predict_proba of {what}", rtol=1e-5, atol=1e-7)
        require(after[1] == before[1], f"{what}: predict says {after[1][:4]}..., before it said {before[1][:4]}...")
        want = [list(hidden), 0.07, 3.0, float(settings["seed"])]
        require(kept == want, f"{what}: get_params has hidden, lr, epochs and seed {kept}; they were {want}.")


@graded
def test_NeuralNetwork_reads_lines(NeuralNetwork):
    """acceptance: at least 90 % of noisy lines (sigma 0.15), for each of three seeds"""
    for seed, rng in enumerate(rngs(3)):
        X, y = right.make_lines(200, rng, noise=0.15)
        X_new, y_new = right.make_lines(200, rng, noise=0.15)
        share = read_of(NeuralNetwork, {"seed": seed}, X, y, X_new, y_new)
        require(
            share >= 0.9,
            f"NeuralNetwork(seed={seed}) learned from 200 noisy lines and reads {share:.1%} of 200 others; the "
            "committee is accepted from 90 %.",
        )


@graded
def test_NeuralNetwork_reads_digits(NeuralNetwork):
    """acceptance: at least 95 % of handwritten digits that it has never seen"""
    with np.load(SOURCE / "10_digits" / "digits.npz") as file:
        X, y = file["images"].reshape(-1, 64) / 16, file["labels"].astype(int)
    settings, shares = {"hidden": (64,), "lr": 0.2, "epochs": 40}, []
    for rng in rngs():
        train, test = np.split(rng.permutation(len(y)), [1400])
        shares.append(read_of(NeuralNetwork, settings, X[train], y[train], X[test], y[test]))
    require(
        np.mean(shares) >= 0.95,
        f"{words(settings, '')} learned from 1,400 digits, twice, and reads {np.mean(shares):.1%} of {len(test)} "
        "others; the committee is accepted from 95 %.",
    )


@graded
def test_NeuralNetwork_craft(NeuralNetwork):
    """one seed, one result, however often fit is called; X, y and the settings stay as they were"""
    rng = rngs(1)[0]
    X, y = groups(rng, 40, [4, 2])
    settings = {"hidden": (4,), "lr": 0.1, "epochs": 3, "batch_size": 8, "patience": 5, "seed": 5, "val_fraction": 0.25}

    def scenario(f):
        net, own = f(**settings), (X.copy(), y.copy())
        first = weights_of(net.fit(*own))
        again = weights_of(net.fit(*own))
        other = weights_of(f(**settings).fit(*own))
        kept = net.get_params()
        return first, again, other, own, {name: kept[name] for name in settings if name != "hidden"}

    first, again, other, own, kept = NeuralNetwork.case(words(settings) + ", twice", scenario)
    for name, params in (("fit, called again,", again), ("a second network with the same settings", other)):
        same = all(np.allclose(a["W"], b["W"]) for a, b in zip(first, params))
        require(same, f"{words(settings)}: {name} has other weights. All chance must come from seed, anew in each fit.")
    same = np.array_equal(own[0], X) and np.array_equal(own[1], y)
    require(same, "fit changed the caller's X or y.")
    want = {name: value for name, value in settings.items() if name != "hidden"}
    require(kept == want, f"After fit, get_params says {kept}; the settings were {want}. fit must not change them.")


# ---------------------------------------------------------------- make_pipeline


def pair(part):
    return (part["X"], part["y"]) if isinstance(part, dict) else tuple(part)


def piped(subject, X, fractions, seed):
    """The parts by name, with the rows of X that are in them: y is the number of the row."""
    __tracebackhide__ = True
    what = f"make_pipeline(X, y, {fractions}, rng) for {len(X)} samples"

    def scenario(f):
        made = f(X.copy(), np.arange(len(X)), fractions, np.random.default_rng(seed))
        if not isinstance(made, dict) and not hasattr(made, "keys"):
            return type(made).__name__
        parts = {name: [np.asarray(array) for array in pair(made[name])] for name in ("train", "val", "test")}
        return parts, [np.array(made[name], float).ravel() for name in ("mean", "std")]

    got = subject.case(what, scenario)
    require(not isinstance(got, str), f"{what} returned a {got}; expected a dict with train, val, test, mean and std.")
    parts, (mean, std) = got
    for name, (part, rows) in parts.items():
        require(
            rows.ndim == 1 and part.shape == (len(rows), X.shape[1]),
            f"{what}[{name!r}] has X and y of the shapes {part.shape} and {rows.shape}.",
        )
    return what, parts, mean, std


def columns(rng, n, d=3):
    return rng.normal(rng.uniform(-5, 5, d), rng.uniform(0.5, 4, d), (n, d))


def scaled_by_train(subject, X, fractions, sizes, seed):
    __tracebackhide__ = True
    what, parts, mean, std = piped(subject, X, fractions, seed)
    found = [len(rows) for _, rows in parts.values()]
    require(found == sizes, f"{what}: train, val and test have {found} samples; expected {sizes}.")
    every = sorted(int(k) for _, rows in parts.values() for k in rows)
    require(every == list(range(len(X))), f"{what}: each sample must be in one of the parts, once.")
    train = X[parts["train"][1]]
    assert_close(mean, train.mean(axis=0), f"the mean of {what}: that of the training part", look="Split first.")
    constant = train.max(axis=0) == train.min(axis=0)
    assert_close(
        std[~constant], train.std(axis=0)[~constant], f"the std of {what}: that of the training part, over N",
        look="The deviation of the training part's columns, as in 06.",
    )  # fmt: skip
    for name, (part, rows) in parts.items():
        want = (X[rows] - train.mean(axis=0)) / np.where(constant, 1, train.std(axis=0))
        assert_close(
            part, want, f"X in {name} of {what}, scaled with the training part's numbers", rtol=1e-5, atol=1e-6,
            look="All three parts are scaled with the mean and the std of the training part; X and y stay together.",
        )  # fmt: skip
    return parts


@graded
def test_make_pipeline_basic(make_pipeline):
    """three shuffled parts of the right sizes, all scaled with mean and std of the training part"""
    for rng in rngs():
        seed = int(rng.integers(1000))
        parts = scaled_by_train(make_pipeline, columns(rng, 40), (0.5, 0.3, 0.2), [20, 12, 8], seed)
        rows = np.concatenate([rows for _, rows in parts.values()])
        require(
            not np.array_equal(rows, np.arange(40)) and not np.array_equal(np.sort(parts["train"][1]), np.arange(20)),
            "make_pipeline took the samples in the order in which they came. Shuffle them first.",
        )


@graded
def test_make_pipeline_leaks_nothing(make_pipeline):
    """other validation and test samples leave the scale and the training part alone; a constant column stays finite"""
    rng = rngs(1)[0]
    X, seed = columns(rng, 30), int(rng.integers(1000))
    _, parts, mean, std = piped(make_pipeline, X, (0.6, 0.2, 0.2), seed)
    for name in ("val", "test"):
        other = X.copy()
        other[parts[name][1]] *= 50
        _, probed, mean_2, std_2 = piped(make_pipeline, other, (0.6, 0.2, 0.2), seed)
        same = np.allclose(mean, mean_2) and np.allclose(std, std_2)
        same = same and np.allclose(parts["train"][0], probed["train"][0])
        require(same, f"Larger numbers in the {name} part changed the scale: it has leaked. Measure the training part.")
    constant = np.column_stack([X[:, 0], np.full(30, 7.0), X[:, 2]])
    scaled_by_train(make_pipeline, constant, (0.6, 0.2, 0.2), [18, 6, 6], seed)
    scaled_by_train(make_pipeline, rng.integers(0, 9, (20, 2)), (0.5, 0.25, 0.25), [10, 5, 5], seed)


@graded
def test_make_pipeline_craft(make_pipeline):
    """X and y stay as they were, and all chance comes from rng"""
    rng = rngs(1)[0]
    X, y = columns(rng, 20), rng.integers(0, 2, 20)

    def scenario(f):
        own = X.copy(), y.copy()
        made = [
            np.array(pair(f(*own, (0.5, 0.25, 0.25), np.random.default_rng(seed))["train"])[0]) for seed in (1, 1, 2)
        ]
        return made, own

    (first, second, third), own = make_pipeline.case(
        "make_pipeline(X, y, (0.5, 0.25, 0.25), rng), three times", scenario
    )
    require(np.array_equal(own[0], X) and np.array_equal(own[1], y), "make_pipeline changed the caller's X or y.")
    require(np.allclose(first, second), "make_pipeline, twice with the same seed, gave two splits. Draw from rng.")
    require(not np.allclose(first, third), "make_pipeline gave the same split for two seeds. Draw from rng.")


# ---------------------------------------------------------------- grid, random_search


def as_set(configs):
    """What is in a list of configs, in an order that can be compared."""
    return sorted(repr(sorted((name, str(value)) for name, value in dict(config).items())) for config in configs)


def all_combinations(subject, space):
    __tracebackhide__ = True
    got = subject.case(f"grid({space})", lambda f: [dict(config) for config in f(copy.deepcopy(space))])
    want = right.grid(space)
    require(len(got) == len(want), f"grid({space}) has {len(got)} configs; expected {len(want)}.")
    require(
        as_set(got) == as_set(want),
        f"grid({space}) must have every combination once, as dicts with all names; yours begins with {got[0]}.",
    )


@graded
def test_grid_basic(grid):
    """every combination once, each a dict with all names"""
    for rng in rngs():
        lrs = [float(lr) for lr in rng.uniform(0.01, 1, 3).round(3)]
        all_combinations(grid, {"lr": lrs, "hidden": [(8,), (16,)]})


@graded
def test_grid_any_space(grid):
    """one name, one value, three names, and values of every kind"""
    rng = rngs(1)[0]
    a, b, c = (int(k) for k in rng.integers(1, 9, 3))
    spaces = [
        {"seed": [a, a + 1, a + 2]},
        {"lr": [0.1 * b]},
        {"batch_size": [a, a + 1], "lr": [0.1 * b, 0.2 * b, 0.3 * b], "hidden": [(), (c,), (c, c)], "epochs": [b]},
        {"init": ["he", "xavier"], "early": [True, False]},
    ]
    for space in shuffled(spaces):
        all_combinations(grid, space)


@graded
def test_grid_craft(grid):
    """the space stays as it was, and the configs are dicts of their own"""
    rng = rngs(1)[0]
    space = {"lr": [float(rng.uniform(0.1, 1)), 2.0], "hidden": [(8,), (16,)]}

    def scenario(f):
        own = copy.deepcopy(space)
        made = f(own)
        unchanged = own == space
        lrs = sorted(float(config["lr"]) for config in made)
        made[0]["lr"] = -1.0
        return unchanged, lrs, [float(config["lr"]) for config in made].count(-1.0)

    unchanged, lrs, changed = grid.case(f"grid({space})", scenario)
    require(unchanged, "grid changed the caller's space.")
    require(lrs == sorted(2 * space["lr"]), f"grid({space}): lr is {lrs} in the four configs.")
    require(changed == 1, "A change of one config changed another: make a new dict for each.")


def drawn(subject, space, n, seed):
    __tracebackhide__ = True
    what = f"random_search({space}, {n}, rng)"
    got = subject.case(
        what, lambda f: [dict(config) for config in f(copy.deepcopy(space), n, np.random.default_rng(seed))]
    )
    require(len(got) == n, f"{what} gave {len(got)} configs; expected {n}.")
    missing = next((config for config in got if set(config) != set(space)), None)
    require(missing is None, f"{what}: a config is {missing}; each must have the names {list(space)}.")
    return what, got


def log_uniform(what, name, values, low, high):
    """As many in each part of the logarithm, and ends that are reached; five standard errors."""
    __tracebackhide__ = True
    values = np.array(values, float)
    require(
        np.all((values >= low * (1 - 1e-9)) & (values <= high * (1 + 1e-9))),
        f"{what}: {name} goes from {values.min():.3g} to {values.max():.3g}; it must stay between {low} and {high}.",
    )
    place = np.log(values / low) / np.log(high / low)
    for share in (0.25, 0.5, 0.75):
        middle = low * (high / low) ** share
        below = float(np.mean(place < share))
        require(
            abs(below - share) < 5 * np.sqrt(share * (1 - share) / len(values)),
            f"{what}: {below:.0%} of the {name} are below {middle:.3g}; log-uniform would be {share:.0%}.",
            look="Draw the logarithm uniformly, then exp: as many between .001 and .01 as between .01 and .1.",
        )


@graded
def test_random_search_basic(random_search):
    """a tuple (low, high) is drawn log-uniformly, and a list is chosen from, anew for each config"""
    for rng in rngs():
        low = round(float(rng.uniform(0.001, 0.01)), 4)
        space = {"lr": (low, 400 * low), "hidden": [(8,), (16,), (32,), (64,)]}
        what, got = drawn(random_search, space, 600, int(rng.integers(1000)))
        log_uniform(what, "lr", [config["lr"] for config in got], low, 400 * low)
        for choice in space["hidden"]:
            share = np.mean([tuple(np.atleast_1d(config["hidden"])) == choice for config in got])
            require(
                0.15 < share < 0.35, f"{what}: {choice} is chosen in {share:.0%} of the configs; expected about 25 %."
            )


@graded
def test_random_search_any_space(random_search):
    """two tuples are drawn one by one, lists of two and of one, ranges above 1, and n = 1"""
    rng = rngs(1)[0]
    top = float(rng.integers(200, 2000))
    space = {"lam": (1e-6, 1e-2), "init": ["he", "xavier"], "scale": (1.0, top), "epochs": [7]}
    what, got = drawn(random_search, space, 800, int(rng.integers(1000)))
    log_uniform(what, "lam", [config["lam"] for config in got], 1e-6, 1e-2)
    log_uniform(what, "scale", [config["scale"] for config in got], 1.0, top)
    logs = np.array([[np.log(config["lam"]), np.log(config["scale"])] for config in got])
    require(
        abs(np.corrcoef(logs.T)[0, 1]) < 0.2,
        f"{what}: lam and scale go together. Each name of each config needs a draw of its own.",
    )
    share = np.mean([config["init"] == "he" for config in got])
    require(0.4 < share < 0.6, f"{what}: 'he' is chosen in {share:.0%} of the configs; expected about 50 %.")
    together = abs(np.mean(logs[[config["init"] == "he" for config in got], 0]) - np.mean(logs[:, 0]))
    require(together < 0.6, f"{what}: init and lam go together. Each name of each config needs a draw of its own.")
    require(all(config["epochs"] == 7 for config in got), f"{what}: epochs must be 7, the only choice.")
    drawn(random_search, space, 1, 3)


@graded
def test_random_search_craft(random_search):
    """the space stays as it was, and all chance comes from rng"""
    low = float(10 ** rngs(1)[0].uniform(-5, 0))
    space = {"lr": (low, 1.2 * low), "hidden": [(8,), (16,), (32,)]}

    def scenario(f):
        own = copy.deepcopy(space)
        rng = np.random.default_rng(2)
        made = [
            f(own, 5, np.random.default_rng(1)),
            f(own, 5, np.random.default_rng(1)),
            f(own, 5, rng),
            f(own, 5, rng),
        ]
        return own == space, [[float(config["lr"]) for config in configs] for configs in made]

    unchanged, (first, second, third, fourth) = random_search.case(
        f"random_search({space}, 5, rng), four times", scenario
    )
    require(unchanged, "random_search changed the caller's space.")
    every = [lr for lrs in (first, second, third, fourth) for lr in lrs]
    require(
        all(0.999 * low <= lr <= 1.201 * low for lr in every),
        f"random_search({space}, 5, rng): lr goes from {min(every):.3g} to {max(every):.3g}.",
    )
    require(first == second, "random_search, twice with the same seed, gave other configs. Draw from rng.")
    require(first != third, "random_search gave the same configs for two seeds. Draw from rng.")
    require(third != fourth, "random_search, twice with one rng, gave the same configs. Draw from rng.")


# ---------------------------------------------------------------- select


def found(best, nets):
    """The number of the winner: `best` is its config, its net, or holds one of them."""
    if isinstance(best, dict):
        return int(best["id"]) if "id" in best else found(list(best.values()), nets)
    if isinstance(best, (list, tuple)):
        return next((k for k in (found(one, nets) for one in best) if k is not None), None)
    return next((k for k, net in nets.items() if net is best), None)


def choosing(subject, network_from, sealed, scores, parts, seed=0):
    """A scenario: configs with known scores, a train that writes down what it is given, and sealed parts."""
    configs = [{"id": k, "lr": 0.1 * (place + 1)} for place, k in enumerate(scores)]

    def scenario(f):
        own = f is subject.implementation
        build, seal = (
            (one.implementation for one in (network_from, sealed)) if own else (right.network_from, right.Sealed)
        )
        data = seal({name: tuple(array.copy() for array in part) for name, part in parts.items()})
        calls, asked, nets = [], [], {}

        def made(k):
            W = np.roll(np.eye(parts["test"][0].shape[1], 3), k, axis=1)
            net = build([{"W": W, "b": np.zeros(3), "activation": "identity"}])

            def forward(X, training=False):
                asked.append((k, len(X)))
                return np.asarray(X) @ W

            net.forward = forward
            net.predict = lambda X: forward(X).argmax(axis=1)
            net.predict_proba = forward
            net.score = lambda X, y: float(np.mean(forward(X).argmax(axis=1) == y))
            return net

        def train(config, train, val, rng):
            k = int(config["id"])
            same = [
                all(np.array_equal(a, b) for a, b in zip(pair(given), parts[name]))
                for name, given in (("train", train), ("val", val))
            ]
            calls.append((k, *same, int(data.opened), int(rng.integers(10**9))))
            nets[k] = made(k)
            return nets[k], scores[k]

        f.train = train
        try:
            best, table = f([dict(config) for config in configs], data, np.random.default_rng(seed))
        finally:
            if f is right.select:
                f.train = right.train_config
        rows = [[float(row[1]), dict(row[0])] if np.shape(row[1]) == () else None for row in table]
        said = best.get("test") if isinstance(best, dict) else None
        return {
            "winner": found(best, nets),
            "test": float(said) if isinstance(said, (int, float)) else None,
            "table": [[row[1].get("id"), row[0]] for row in rows],
            "calls": calls,
            "opened": int(data.opened),
            "asked": sorted({k for k, n in asked if n == len(parts["test"][1])}),
        }

    return scenario


def three_parts(rng):
    return {
        name: (rng.normal(size=(n, 3)), rng.integers(0, 3, n)) for name, n in (("train", 7), ("val", 5), ("test", 9))
    }


def chosen(subject, network_from, sealed, scores, seed=0):
    __tracebackhide__ = True
    rng = rngs(1)[0]
    what = f"select(configs, data, rng) with {len(scores)} configs"
    parts = three_parts(rng)
    got = subject.case(what, choosing(subject, network_from, sealed, scores, parts, seed))
    return what, got, parts


def numbered(rng, scores):
    """Scores of configs whose numbers nobody knows beforehand."""
    return {int(k): float(score) for k, score in zip(rng.permutation(900)[: len(scores)] + 100, scores)}


@graded
def test_select_basic(select, network_from, Sealed):
    """every config is trained on the training part; the best has the highest validation score; a row for each"""
    for rng in rngs():
        scores = numbered(rng, rng.permutation(5) / 10 + 0.4)
        what, got, parts = chosen(select, network_from, Sealed, scores)
        right_calls = [k for k, on_train, on_val, *_ in got["calls"] if on_train and on_val]
        require(
            set(right_calls) == set(scores),
            f"{what}: select.train(config, train, val, rng) was called with the training and the validation part for "
            f"{len(set(right_calls))} of them.",
        )
        best = max(scores, key=scores.get)
        require(
            got["winner"] is not None,
            f"{what}: best holds none of the configs.",
            look="best must name the winner: its config.",
        )
        require(
            got["winner"] == best,
            f"{what}: best has the validation score {scores[got['winner']]:.1f}; the highest is {scores[best]:.1f}.",
        )
        require(
            sorted(map(tuple, got["table"])) == sorted(scores.items()),
            f"{what}: the table must have a row (config, score) for each config; yours has {len(got['table'])} rows.",
        )


@graded
def test_select_opens_the_test_part_once(select, network_from, Sealed):
    """the test part is touched once, after all training, and only the winner is judged by it"""
    rng = rngs(1)[0]
    for first in (0.9, 0.1):
        scores = numbered(rng, [first, 0.5, float(rng.uniform(0.2, 0.4)), 0.6])
        what, got, parts = chosen(select, network_from, Sealed, scores)
        early = sum(1 for _, _, _, opened, _ in got["calls"] if opened)
        require(
            early == 0,
            f"{what}: the test part was open already when {early} of the configs were trained. Choose first.",
        )
        require(got["opened"] > 0, f"{what}: nobody looked at the test part. Judge the winner by it, once, at the end.")
        require(got["opened"] <= 2, f"{what}: data['test'] was taken out {got['opened']} times. Once is enough.")
        best = max(scores, key=scores.get)
        require(
            got["asked"] in ([], [best]),
            f"{what}: {len(got['asked'])} nets answered the test part. Only the winner may.",
        )
        require(got["winner"] == best, f"{what}: best is not the config with the highest validation score.")
        if got["test"] is not None and got["asked"] == [best]:
            X, y = parts["test"]
            want = np.mean((X @ np.roll(np.eye(3), best, axis=1)).argmax(axis=1) == y)
            require(
                np.isclose(got["test"], want),
                f"{what}: best['test'] is {got['test']:.3f}; the winner reads {want:.3f} of the test part.",
            )


@graded
def test_select_craft(select, network_from, Sealed):
    """one config is enough, configs and parts stay as they were, and rng is handed on"""
    rng = rngs(1)[0]
    alone = numbered(rng, [0.3])
    what, got, _ = chosen(select, network_from, Sealed, alone)
    require(got["winner"] in alone and len(got["table"]) == 1, f"{what}: the only config is the best.")
    scores = numbered(rng, [0.3, 0.2, 0.7])
    runs = [chosen(select, network_from, Sealed, scores, seed)[1]["calls"] for seed in (1, 1, 2)]
    first, second, third = ([draw for *_, draw in calls] for calls in runs)
    require(first == second, f"{what}: the same seed gave other draws. Hand on the rng that you were given.")
    require(first != third, f"{what}: two seeds gave the same draws. Hand on the rng that you were given.")
    require(len(set(first)) > 1, f"{what}: each training began with the same draw. Hand on rng itself.")


# ---------------------------------------------------------------- input_gradient


def a_net(rng, sizes, activation):
    return [
        {
            "W": rng.normal(0, 1 / np.sqrt(m), (m, n)),
            "b": rng.normal(0, 0.5, n),
            "activation": activation if k < len(sizes) - 2 else "identity",
        }
        for k, (m, n) in enumerate(zip(sizes, sizes[1:]))
    ]


def scores_of(net, x):
    A = np.asarray(x, float)
    for layer in net:
        A = A @ layer["W"] + layer["b"]
        A = A if layer["activation"] == "identity" else VOTES[layer["activation"]](A)
    return A


def on_a_net(subject, network_from, params_of, net, x):
    """A scenario: the slope, the params afterwards, and x afterwards."""

    def scenario(f):
        own = f is subject.implementation
        build, read = (
            (network_from.implementation, params_of.implementation) if own else (right.network_from, right.params_of)
        )
        made, given = build(copy.deepcopy(net)), x.copy()
        slope = np.array(f(made, given), float)
        return slope, [{key: np.array(layer[key]) for key in ("W", "b")} for layer in read(made)], given

    return scenario


def is_one_score(subject, network_from, params_of, net, x):
    """The answer must be the measured slope of one of the scores."""
    __tracebackhide__ = True
    sizes = [len(net[0]["W"]), *(layer["W"].shape[1] for layer in net)]
    what = f"input_gradient(net, x) for a net with the sizes {sizes}"
    slope, after, given = subject.case(what, on_a_net(subject, network_from, params_of, net, x))
    wants = [
        central_differences(lambda v, c=c: scores_of(net, v)[c], x)
        for c in np.argsort(-scores_of(net, x), kind="stable")
    ]
    close = [np.shape(slope) == x.shape and np.allclose(slope, want, rtol=1e-5, atol=1e-6) for want in wants]
    if not any(close):
        assert_close(
            slope, wants[0], f"{what}: the measured slope of the winner's score in every input", rtol=1e-5, atol=1e-6,
            look="Forward with one row, blame 1 for one score and 0 for the others, backward, and the first row of it.",
        )  # fmt: skip
    return what, after, given


@graded
def test_input_gradient_basic(input_gradient, network_from, params_of):
    """the slope of a score in every input, as measured by nudging the inputs"""
    for rng in rngs():
        is_one_score(input_gradient, network_from, params_of, a_net(rng, [4, 6, 1], "tanh"), rng.normal(size=4))
        is_one_score(input_gradient, network_from, params_of, a_net(rng, [3, 5, 3], "sigmoid"), rng.normal(size=3))


@graded
def test_input_gradient_any_net(input_gradient, network_from, params_of):
    """no hidden layer, relu, deep nets, as many inputs as outputs, one input"""
    rng = rngs(1)[0]
    for sizes, activation in shuffled(
        [([5, 1], "relu"), ([4, 4, 4, 4], "tanh"), ([1, 3, 2], "tanh"), ([6, 9, 2], "relu")]
    ):
        while True:
            net, x = a_net(rng, sizes, activation), rng.normal(size=sizes[0])
            inner = np.abs(
                np.concatenate(
                    [scores_of([*net[:k], {**net[k], "activation": "identity"}], x) for k in range(len(net))]
                )
            )
            if (
                inner.min() > 1e-3
                and np.abs(central_differences(lambda v, net=net: scores_of(net, v)[0], x)).max() > 1e-3
            ):
                break
        is_one_score(input_gradient, network_from, params_of, net, x)


@graded
def test_input_gradient_craft(input_gradient, network_from, params_of):
    """neither the weights nor x move"""
    rng = rngs(1)[0]
    net, x = a_net(rng, [4, 5, 3], "tanh"), rng.normal(size=4)
    what, after, given = is_one_score(input_gradient, network_from, params_of, net, x)
    require(np.array_equal(given, x), f"{what} changed x.")
    same = all(np.array_equal(layer[key], before[key]) for layer, before in zip(after, net) for key in ("W", "b"))
    require(same, f"{what} moved the weights. Only find the slope.")


# ---------------------------------------------------------------- report, calibration


def promised(rng, n):
    """Labels, and probabilities that know something about them; none is exactly 1/2."""
    y = rng.integers(0, 2, n)
    p = np.clip(0.5 + 0.2 * (2 * y - 1) + rng.normal(0, 0.25, n), 0.01, 0.99)
    return y, np.where(np.abs(p - 0.5) < 1e-3, 0.617, p)


@graded
def test_report_basic(report):
    """accuracy, precision, recall, f1 and the confusion matrix, of the votes p >= 1/2"""
    for rng in rngs():
        assert_agrees(report, *promised(rng, 30))


@graded
def test_report_any_labels(report):
    """nobody is called 1, nobody is 1, all are right, one sample, labels True and False"""
    rng = rngs(1)[0]
    y, p = promised(rng, 12)
    y[:2] = 0, 1
    cases = [
        (y, 0.4 * p),
        (np.zeros(6, int), np.array([0.9, 0.1, 0.2, 0.3, 0.4, 0.6])),
        (y, np.where(y == 1, 0.8, 0.3)),
    ]
    cases += [
        (np.array([1]), np.array([0.7])),
        (y == 1, p),
        (np.zeros(4, int), 0.1 * np.ones(4)),
        (np.ones(3, int), np.array([0.2, 0.3, 0.9])),
    ]
    for case in shuffled(cases):
        assert_agrees(report, *case)


@graded
def test_report_craft(report):
    """y and p stay as they were, and NumPy has no reason to warn"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(report, *promised(rng, 9))
    y, p = promised(rng, 9)

    def scenario(f):
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            said = f(y.copy(), 0.1 * p)
        return float(said["precision"]), float(said["f1"])

    assert_agrees_on(report, "precision and f1 of report(y, p), where nobody is called 1", scenario)


@graded
def test_calibration_basic(calibration):
    """a row for each bin: mean promise, share of label 1, number of samples"""
    for rng in rngs():
        assert_agrees(calibration, *promised(rng, 60), 4)
        assert_agrees(calibration, *promised(rng, 200), 10)


@graded
def test_calibration_any_bins(calibration):
    """empty bins have nan, nan, 0; p = 1 belongs to the last bin, a border to the bin above it; one bin"""
    rng = rngs(1)[0]
    y = rng.integers(0, 2, 6)
    cases = [
        (y, np.array([0.1, 0.15, 0.9, 0.95, 0.12, 0.91]), 5),
        (y, np.array([1.0, 0.3, 1.0, 0.0, 0.6, 0.9]), 3),
        (y, np.array([0.5, 0.25, 0.75, 0.3, 0.6, 1.0]), 4),
        (y, rng.uniform(0.1, 0.9, 6), 1),
        (np.array([1]), np.array([1.0]), 2),
        (y, np.array([0.5, 0.2, 0.7, 0.3, 0.6, 1.0]), 2),
    ]
    for case in shuffled(cases):
        assert_agrees(calibration, *case)


@graded
def test_calibration_craft(calibration):
    """y and p stay as they were, True and False are labels too, and many samples are quick"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(calibration, *promised(rng, 200), 5)
    y, p = promised(rng, 200)
    assert_agrees(calibration, y == 1, p, 5)
    y, p = promised(rng, 40_000)
    assert_agrees(calibration, y, p, 50)
    assert_fast(
        calibration, y, p, 50, look="Let NumPy sort the samples into the bins: np.bincount, or a mask for each bin."
    )


# ---------------------------------------------------------------- to_torch_layout, from_torch_layout


def layers_of(rng, *sizes):
    return a_net(rng, sizes, "relu")


@graded
def test_to_torch_layout_basic(to_torch_layout):
    """two entries for each layer: "0.weight" (n_out, n_in) and "0.bias", then "2.weight" ..."""
    for rng in rngs():
        assert_agrees(to_torch_layout, layers_of(rng, 3, 4, 2))
        assert_agrees(to_torch_layout, layers_of(rng, 5, 1))


@graded
def test_to_torch_layout_any_net(to_torch_layout):
    """square layers, seven layers, and nothing but weight and bias in the dict"""
    rng = rngs(1)[0]
    for sizes in shuffled([(3, 3, 3), (2, 3, 4, 3, 2, 3, 4, 1), (4, 2)]):
        params = layers_of(rng, *sizes)
        assert_agrees(to_torch_layout, params)
        names = to_torch_layout.case(
            f"sorted(to_torch_layout(params)) for {len(params)} layers", lambda f, params=params: sorted(f(params))
        )
        want = sorted(right.to_torch_layout(params))
        require(list(names) == want, f"For {len(params)} layers the names are {want}; yours are {list(names)}.")
    assert_agrees(to_torch_layout, [{"W": rng.normal(size=(2, 2)), "b": rng.normal(size=2)}])


@graded
def test_to_torch_layout_craft(to_torch_layout):
    """the params stay as they were"""
    assert_leaves_inputs_alone(to_torch_layout, layers_of(rngs(1)[0], 3, 4, 2))


def state_of(rng, *sizes):
    return right.to_torch_layout(layers_of(rng, *sizes))


def names_for(sizes, rng):
    return [*(str(name) for name in rng.choice(["relu", "tanh", "sigmoid"], len(sizes) - 2)), "identity"]


@graded
def test_from_torch_layout_basic(from_torch_layout):
    """W turned back, b, and the activation of each layer, in order"""
    for rng in rngs():
        assert_agrees(from_torch_layout, state_of(rng, 3, 4, 2), names_for((3, 4, 2), rng))
        assert_agrees(from_torch_layout, state_of(rng, 2, 5), ["identity"])


@graded
def test_from_torch_layout_any_net(from_torch_layout):
    """square layers; seven layers, where "10.weight" comes after "2.weight"; another activation in each layer"""
    rng = rngs(1)[0]
    for sizes in shuffled([(3, 3, 3), (2, 3, 4, 3, 2, 3, 4, 1), (4, 2, 2)]):
        assert_agrees(from_torch_layout, state_of(rng, *sizes), names_for(sizes, rng))
    assert_agrees(from_torch_layout, state_of(rng, 3, 3, 3, 3, 3, 3, 3), names_for((3,) * 7, rng))


@graded
def test_from_torch_layout_craft(from_torch_layout):
    """the dict and the list stay as they were, and there and back is the same network"""
    rng = rngs(1)[0]
    assert_leaves_inputs_alone(from_torch_layout, state_of(rng, 3, 4, 2), ["relu", "identity"])
    params = layers_of(rng, 4, 3, 3, 2)
    got = from_torch_layout(right.to_torch_layout(params), [layer["activation"] for layer in params])
    for k, (layer, want) in enumerate(zip(got, params), 1):
        for key in ("W", "b"):
            assert_close(layer[key], want[key], f"{key} of layer {k}, after there and back")


# ---------------------------------------------------------------- quiz

(
    test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8, test_quiz_9,
    test_quiz_10, test_quiz_11, test_quiz_12, test_quiz_13, test_quiz_14, test_quiz_15, test_quiz_16, test_quiz_17,
    test_quiz_18, test_quiz_19, test_quiz_20,
) = quiz_tests(20)  # fmt: skip


# ---------------------------------------------------------------- the reference, by other roads


def test_calibration_of_the_reference_is_that_of_a_slow_witness():
    rng = np.random.default_rng(0)
    y, p = promised(rng, 300)
    p[:20] = rng.choice([0, 0.25, 0.5, 0.75, 1], 20)
    for bins in (1, 2, 4):
        rows = [[k for k in range(300) if min(int(p[k] * bins), bins - 1) == b] for b in range(bins)]
        want = [(np.mean(p[r]), np.mean(y[r]), len(r)) if r else (np.nan, np.nan, 0) for r in rows]
        assert np.allclose(right.calibration(y, p, bins), want, equal_nan=True)


def test_the_network_is_08s_with_the_same_params():
    rng = np.random.default_rng(1)
    X, y = groups(rng, 50, ["a", "b", "c"])
    net = right.NeuralNetwork(hidden=(6, 5), epochs=5).fit(X, y)
    scores = right.network_from(net.params_).forward(X)
    assert np.allclose(net.predict_proba(X), np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True))
    assert np.array_equal(np.unique(y)[scores.argmax(axis=1)], net.predict(X))


def test_one_file_of_weights_gives_the_same_answers_in_pytorch():
    torch = pytest.importorskip("torch", reason="pip install torch")
    rng = np.random.default_rng(2)
    X, y = groups(rng, 60, [0, 1, 2])
    net = right.NeuralNetwork(hidden=(7, 5), epochs=10).fit(X, y)
    file = io.BytesIO()
    np.savez(file, **right.to_torch_layout(net.params_))
    file.seek(0)
    sizes = [4, 7, 5, 3]
    layers = [part for m, n in zip(sizes, sizes[1:]) for part in (torch.nn.Linear(m, n), torch.nn.ReLU())][:-1]
    model = torch.nn.Sequential(*layers).double()
    with np.load(file) as arrays:
        model.load_state_dict({name: torch.from_numpy(arrays[name].copy()) for name in arrays})
    with torch.no_grad():
        shares = torch.softmax(model(torch.from_numpy(X)), dim=1).numpy()
    assert np.allclose(shares, net.predict_proba(X), rtol=1e-12, atol=1e-12)
    state = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    for layer, want in zip(right.from_torch_layout(state, ["relu", "relu", "identity"]), net.params_):
        assert np.array_equal(layer["W"], want["W"]) and np.array_equal(layer["b"], want["b"])


CHECKS = [  # of scikit-learn, those that speak of what NeuralNetwork promises; the rest is about validating input
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_get_params_invariance",
    "check_set_params",
    "check_estimator_cloneable",
    "check_fit_idempotent",
    "check_dict_unchanged",
    "check_estimators_overwrite_params",
    "check_estimators_fit_returns_self",
    "check_methods_sample_order_invariance",
    "check_methods_subset_invariance",
    "check_classifiers_classes",
    "check_classifiers_one_label",
    "check_readonly_memmap_input",
]


@pytest.mark.parametrize("whose", ["reference", "notebook"])
@pytest.mark.parametrize("check", CHECKS)
def test_scikit_learn_accepts_the_estimator(check, whose):
    pytest.importorskip("sklearn", reason="pip install scikit-learn")
    base = importlib.import_module("sklearn.base")
    checks = importlib.import_module("sklearn.utils.estimator_checks")
    if not hasattr(checks, check):
        pytest.skip(f"this scikit-learn has no {check}")
    mine = right.NeuralNetwork if whose == "reference" else in_the_notebook("NeuralNetwork")

    class Estimator(mine, base.ClassifierMixin, base.BaseEstimator):
        pass

    getattr(checks, check)("NeuralNetwork", Estimator(epochs=60))


def in_the_notebook(name):
    return visible.namespace(visible.of_topic("capstone").path)[name]


def test_what_a_learner_built_becomes_a_package(tmp_path):
    """mine/ with the notebook's pyproject.toml builds as a wheel, and is imported from it."""
    pytest.importorskip("setuptools", reason="pip install setuptools")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "__init__.py").touch()
    (tmp_path / "mine" / "capstone.py").write_text("import numpy as np\n\n__all__ = ['double']\n\n\ndef double(x):\n"
                                                   "    return 2 * np.asarray(x)\n")  # fmt: skip
    name = in_the_notebook("as_package")('Zoë "Ada" Lovelace', folder=str(tmp_path))
    assert name == "neural-networks-by-zo-ada-lovelace"
    build = "import sys; from setuptools.build_meta import build_wheel; print(build_wheel(sys.argv[1]))"
    built = subprocess.run(
        [sys.executable, "-c", build, "wheels"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    wheel = tmp_path / "wheels" / built.stdout.split()[-1]
    use = f"import sys; sys.path.insert(0, {str(wheel)!r}); from mine.capstone import double; print(int(double(21)))"
    used = subprocess.run([sys.executable, "-c", use], cwd=wheel.parent, capture_output=True, text=True, check=True)
    assert used.stdout.strip() == "42"


def winners_curse(seed, samples=60, n_configs=60):
    """Validation and test accuracy of the winner, and the mean validation accuracy, for labels drawn by coin."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(3 * samples, 20)), rng.integers(0, 2, 3 * samples)
    data = right.make_pipeline(X, y, (1 / 3, 1 / 3, 1 / 3), rng)
    space = {"hidden": [(4,), (8,), (16,), (8, 8)], "lr": (0.01, 0.5), "epochs": [5, 10, 20]}
    best, table = right.select(right.random_search(space, n_configs, rng), data, rng)
    return best["val"], best["test"], np.mean([score for _, score in table])


def test_the_turning_point_is_what_the_text_says():
    """Where there is nothing to learn, the winner of sixty reads well over 60 % of the validation part and half of the
    test part.
    """
    val, test, mean = np.mean([winners_curse(seed) for seed in range(4)], axis=0)
    assert 0.60 < val < 0.70 and 0.44 < test < 0.56 and 0.46 < mean < 0.54
