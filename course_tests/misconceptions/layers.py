"""Mistakes that learners make in 07_layers."""

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference import layers as reference
from course_tests.reference.activations import relu, sigmoid, tanh

# ---------------------------------------------------------------- Dense


class RightDense:
    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("init must be 'he' or 'xavier'")
        variance = 2 / n_in if init == "he" else 2 / (n_in + n_out)
        self.W = rng.normal(0, np.sqrt(variance), size=(n_in, n_out))
        self.b = np.zeros(n_out)

    def forward(self, X):
        return X @ self.W + self.b


@misconception(
    "Dense",
    caught_by=["test_Dense_scores", "test_Dense_craft"],
    hint="forward leaves the bias out: a row of zeros must give b, not 0. Write X @ self.W + self.b.",
)
class ForgetsTheBias(RightDense):
    def forward(self, X):
        return X @ self.W


@misconception(
    "Dense",
    caught_by=[
        "test_Dense_scores",
        "test_Dense_craft",
        "test_Network_passes_on",
        "test_Network_refuses_layers_that_do_not_fit",
        "test_Network_craft",
    ],
    hint="Your W has shape (n_out, n_in). In this course it is (n_in, n_out): one column for each member, so that X @ "
    "W fits.",
)
class StoresWTheOtherWayRound:
    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("init must be 'he' or 'xavier'")
        variance = 2 / n_in if init == "he" else 2 / (n_in + n_out)
        self.W = rng.normal(0, np.sqrt(variance), size=(n_out, n_in))
        self.b = np.zeros(n_out)

    def forward(self, X):
        return X @ self.W.T + self.b


@misconception(
    "Dense",
    caught_by=[
        "test_Dense_scores",
        "test_Dense_craft",
        "test_Network_passes_on",
        "test_Network_refuses_layers_that_do_not_fit",
        "test_Network_craft",
    ],
    hint="forward uses W.T. W has shape (n_in, n_out) already, and X has n_in columns: X @ W fits as it is.",
)
class TransposesW(RightDense):
    def forward(self, X):
        return X @ self.W.T + self.b


@misconception(
    "Dense",
    caught_by=[
        "test_Dense_scores",
        "test_Dense_craft",
        "test_Network_passes_on",
        "test_Network_refuses_layers_that_do_not_fit",
        "test_Network_craft",
    ],
    hint="You multiply W @ X. Rows are samples here, so X stands on the left: X @ W.",
)
class MultipliesTheOtherWay(RightDense):
    def forward(self, X):
        return self.W @ X + self.b


@misconception(
    "Dense",
    caught_by=["test_Dense_scores", "test_Dense_craft"],
    hint="forward takes the bias away. It is added: X @ W + b.",
)
class SubtractsTheBias(RightDense):
    def forward(self, X):
        return X @ self.W - self.b


@misconception(
    "Dense",
    caught_by="test_Dense_scores",
    hint="There is one bias for the whole layer. Each of the n_out members has a threshold of its own: b has shape "
    "(n_out,).",
)
class KeepsOneBiasForAll(RightDense):
    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("init must be 'he' or 'xavier'")
        variance = 2 / n_in if init == "he" else 2 / (n_in + n_out)
        self.W = rng.normal(0, np.sqrt(variance), size=(n_in, n_out))
        self.b = 0.0


@misconception(
    "Dense",
    caught_by="test_Dense_scores",
    hint="b has shape (1, n_out). It broadcasts, but in this course b is flat: np.zeros(n_out).",
)
class MakesBiasARow(RightDense):
    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("init must be 'he' or 'xavier'")
        variance = 2 / n_in if init == "he" else 2 / (n_in + n_out)
        self.W = rng.normal(0, np.sqrt(variance), size=(n_in, n_out))
        self.b = np.zeros((1, n_out))


@misconception(
    "Dense",
    caught_by=[
        "test_Dense_scores",
        "test_Network_passes_on",
        "test_Network_refuses_layers_that_do_not_fit",
        "test_Network_craft",
    ],
    hint="b has one entry for each input. The members have thresholds, not the pixels: np.zeros(n_out).",
)
class MakesBiasOfTheInputs(RightDense):
    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("init must be 'he' or 'xavier'")
        variance = 2 / n_in if init == "he" else 2 / (n_in + n_out)
        self.W = rng.normal(0, np.sqrt(variance), size=(n_in, n_out))
        self.b = np.zeros(n_in)


@misconception(
    "Dense",
    caught_by="test_Dense_starts_well",
    hint="You gave rng.normal the variance. Its scale is the standard deviation: take the square root of 2 / n_in "
    "(and of 2 / (n_in + n_out)).",
)
class UsesVarianceAsSpread(RightDense):
    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("init must be 'he' or 'xavier'")
        variance = 2 / n_in if init == "he" else 2 / (n_in + n_out)
        self.W = rng.normal(0, variance, size=(n_in, n_out))
        self.b = np.zeros(n_out)


@misconception(
    "Dense",
    caught_by="test_Dense_starts_well",
    hint="The weights have standard deviation 1, whatever the size of the layer. Multiply them by the square root "
    "that belongs to init.",
)
class ForgetsTheScale(RightDense):
    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("unknown init")
        self.W = rng.normal(size=(n_in, n_out))
        self.b = np.zeros(n_out)


@misconception(
    "Dense",
    caught_by="test_Dense_starts_well",
    hint="The spread is sqrt(1 / n_in). He starts wider, with sqrt(2 / n_in), because a ReLU silences half of the "
    "members.",
)
class TakesOneForTwo(RightDense):
    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("init must be 'he' or 'xavier'")
        variance = 1 / n_in if init == "he" else 2 / (n_in + n_out)
        self.W = rng.normal(0, np.sqrt(variance), size=(n_in, n_out))
        self.b = np.zeros(n_out)


@misconception(
    "Dense",
    caught_by="test_Dense_starts_well",
    hint="The spread was made from n_out. What counts for he is how many numbers a member adds up: n_in.",
)
class ScalesByTheOutputs(RightDense):
    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("init must be 'he' or 'xavier'")
        variance = 2 / n_out if init == "he" else 2 / (n_in + n_out)
        self.W = rng.normal(0, np.sqrt(variance), size=(n_in, n_out))
        self.b = np.zeros(n_out)


@misconception(
    "Dense",
    caught_by="test_Dense_starts_well",
    hint="init has no influence: 'xavier' gives the same spread as 'he'. Xavier divides by n_in + n_out.",
)
class IgnoresInit(RightDense):
    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("init must be 'he' or 'xavier'")
        variance = 2 / n_in
        self.W = rng.normal(0, np.sqrt(variance), size=(n_in, n_out))
        self.b = np.zeros(n_out)


@misconception(
    "Dense",
    caught_by="test_Dense_starts_well",
    hint="For 'xavier' the spread is sqrt(1 / n_in) in your layer. Both sides count there: sqrt(2 / (n_in + n_out)).",
)
class CallsHeXavier(RightDense):
    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("init must be 'he' or 'xavier'")
        variance = 2 / n_in if init == "he" else 1 / n_in
        self.W = rng.normal(0, np.sqrt(variance), size=(n_in, n_out))
        self.b = np.zeros(n_out)


@misconception(
    "Dense",
    caught_by="test_Dense_starts_well",
    hint="All weights are 0, so all members are the same, and will stay the same when they learn. Draw W from rng.",
)
class StartsWithZeros(RightDense):
    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("unknown init")
        self.W = np.zeros((n_in, n_out))
        self.b = np.zeros(n_out)


@misconception(
    "Dense",
    caught_by="test_Dense_starts_well",
    hint="The weights came from rng.random, so no member can be against anything. rng.normal draws to both sides of 0.",
)
class DrawsPositiveWeightsOnly(RightDense):
    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("init must be 'he' or 'xavier'")
        variance = 2 / n_in if init == "he" else 2 / (n_in + n_out)
        self.W = np.sqrt(variance) * rng.random((n_in, n_out))
        self.b = np.zeros(n_out)


@misconception(
    "Dense",
    caught_by="test_Dense_starts_well",
    hint="The biases were drawn at random. A new layer starts with b = 0: np.zeros(n_out).",
)
class DrawsTheBiasToo(RightDense):
    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("init must be 'he' or 'xavier'")
        variance = 2 / n_in if init == "he" else 2 / (n_in + n_out)
        self.W = rng.normal(0, np.sqrt(variance), size=(n_in, n_out))
        self.b = rng.normal(size=n_out)


@misconception(
    "Dense",
    caught_by="test_Dense_starts_well",
    hint="The layer makes a generator of its own, so all layers get equal weights. Draw from the argument rng.",
)
class MakesItsOwnGenerator(RightDense):
    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("init must be 'he' or 'xavier'")
        variance = 2 / n_in if init == "he" else 2 / (n_in + n_out)
        self.W = np.random.default_rng(0).normal(0, np.sqrt(variance), size=(n_in, n_out))
        self.b = np.zeros(n_out)


@misconception(
    "Dense",
    caught_by="test_Dense_starts_well",
    hint="An unknown init went through as if it were 'xavier'. Compare it with both names and raise ValueError "
    "otherwise.",
)
class AcceptsAnyInit(RightDense):
    def __init__(self, n_in, n_out, rng, init="he"):
        variance = 2 / n_in if init == "he" else 2 / (n_in + n_out)
        self.W = rng.normal(0, np.sqrt(variance), size=(n_in, n_out))
        self.b = np.zeros(n_out)


@misconception(
    "Dense",
    caught_by="test_Dense_starts_well",
    hint="All layers share one b, because it is made once for the class. Make self.b = np.zeros(n_out) in __init__.",
)
class SharesTheBias(RightDense):
    b = {}

    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError("init must be 'he' or 'xavier'")
        variance = 2 / n_in if init == "he" else 2 / (n_in + n_out)
        self.W = rng.normal(0, np.sqrt(variance), size=(n_in, n_out))
        self.b = self.b.setdefault(n_out, np.zeros(n_out))


@misconception(
    "Dense",
    caught_by="test_Dense_craft",
    hint="forward wrote into the caller's X. Make a new array instead of writing X[...] = or X -= ...",
)
class ChangesXInForward(RightDense):
    def forward(self, X):
        Z = X @ self.W + self.b
        X *= 0
        return Z


@misconception(
    "Dense",
    caught_by=[
        "test_Dense_scores",
        "test_Dense_craft",
        "test_Network_passes_on",
        "test_Network_refuses_layers_that_do_not_fit",
        "test_Network_craft",
    ],
    hint="forward changes the layer: after one call b is another one. self.b += ... writes into it; write Z = X @ "
    "self.W + self.b.",
)
class AddsToTheBias(RightDense):
    def forward(self, X):
        Z = X @ self.W
        self.b += Z.mean(axis=0)
        return Z + self.b


@misconception(
    "Dense",
    caught_by=[
        "test_Dense_craft",
        "test_Network_passes_on",
        "test_Network_refuses_layers_that_do_not_fit",
        "test_Network_craft",
    ],
    hint="A single sample, or a single member, lost its axis: squeeze takes it away. The scores always have shape (N, "
    "n_out).",
)
class SqueezesTheScores(RightDense):
    def forward(self, X):
        return np.squeeze(X @ self.W + self.b)


@misconception(
    "Dense",
    caught_by=["test_Dense_scores", "test_Dense_craft"],
    hint="Your Dense layer votes already: negative scores became 0. It gives the scores; Activation does the voting.",
)
class VotesInTheLayer(RightDense):
    def forward(self, X):
        return np.maximum(X @ self.W + self.b, 0)


@misconception(
    "Dense",
    caught_by=[
        "test_Dense_scores",
        "test_Dense_craft",
        "test_Network_passes_on",
        "test_Network_refuses_layers_that_do_not_fit",
        "test_Network_craft",
    ],
    hint="forward shows the scores on the screen and hands nothing back. Write return where print stands.",
)
class PrintsTheScores(RightDense):
    def forward(self, X):
        print(X @ self.W + self.b)


@misconception(
    "Dense",
    caught_by=[
        "test_Dense_scores",
        "test_Dense_craft",
        "test_Network_passes_on",
        "test_Network_refuses_layers_that_do_not_fit",
        "test_Network_craft",
    ],
    hint="forward uses X[0] alone. All rows are samples: X @ self.W.",
)
class ScoresTheFirstSampleOnly(RightDense):
    def forward(self, X):
        return X[0] @ self.W + self.b


# ---------------------------------------------------------------- Activation


class RightActivation:
    def __init__(self, name):
        if name not in ("identity", "sigmoid", "tanh", "relu"):
            raise ValueError(f"unknown activation {name}: use identity, sigmoid, tanh or relu")
        self.name = name


@misconception(
    "Activation",
    caught_by=["test_Activation_votes", "test_Activation_refuses_unknown_names", "test_Activation_craft"],
    hint="Every name gives a ReLU. Look the function up by self.name.",
)
class UsesOneFunctionForAll(RightActivation):
    def forward(self, Z):
        return np.maximum(Z, 0)


@misconception(
    "Activation",
    caught_by=["test_Activation_votes", "test_Activation_refuses_unknown_names", "test_Activation_craft"],
    hint="identity is missing: it gives the scores back as they are. It stands at the end of a network that answers "
    "with any number.",
)
class ForgetsIdentity:
    def __init__(self, name):
        if name not in ("sigmoid", "tanh", "relu"):
            raise ValueError(f"unknown activation {name}: use sigmoid, tanh or relu")
        self.name = name

    def forward(self, Z):
        functions = {"sigmoid": sigmoid, "tanh": tanh, "relu": relu}
        return functions[self.name](Z)


@misconception(
    "Activation",
    caught_by=["test_Activation_votes", "test_Activation_refuses_unknown_names", "test_Activation_craft"],
    hint="identity gave 1 everywhere. It gives each score back unchanged.",
)
class TakesIdentityForOne(RightActivation):
    def forward(self, Z):
        functions = {"identity": lambda Z: np.ones_like(Z), "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
        return functions[self.name](Z)


@misconception(
    "Activation",
    caught_by=["test_Activation_votes", "test_Activation_refuses_unknown_names", "test_Activation_craft"],
    hint="Your ReLU lets negative scores through, a hundredth of them: that is the leaky one. Here they become 0.",
)
class LeaksThroughRelu(RightActivation):
    def forward(self, Z):
        functions = {
            "identity": lambda Z: Z,
            "sigmoid": sigmoid,
            "tanh": tanh,
            "relu": lambda Z: np.where(Z > 0, Z, 0.01 * Z),
        }
        return functions[self.name](Z)


@misconception(
    "Activation",
    caught_by=["test_Activation_votes", "test_Activation_refuses_unknown_names", "test_Activation_craft"],
    hint="Your ReLU stops at 1. It has no upper end: positive scores stay as they are.",
)
class CutsReluAtOne(RightActivation):
    def forward(self, Z):
        functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": lambda Z: np.clip(Z, 0, 1)}
        return functions[self.name](Z)


@misconception(
    "Activation",
    caught_by=["test_Activation_votes", "test_Activation_refuses_unknown_names", "test_Activation_craft"],
    hint="sigmoid and tanh are exchanged: a sigmoid vote lies between 0 and 1, a tanh vote between -1 and 1.",
)
class SwapsSigmoidAndTanh(RightActivation):
    def forward(self, Z):
        functions = {"identity": lambda Z: Z, "sigmoid": tanh, "tanh": sigmoid, "relu": relu}
        return functions[self.name](Z)


@misconception(
    "Activation",
    caught_by="test_Activation_refuses_unknown_names",
    hint="Your tanh is nan at 1000, because exp(1000) is inf and inf / inf is nan. tanh from the set-up cell, or "
    "np.tanh, does not overflow.",
)
class OverflowsInTanh(RightActivation):
    def forward(self, Z):
        functions = {
            "identity": lambda Z: Z,
            "sigmoid": sigmoid,
            "tanh": lambda Z: (np.exp(Z) - np.exp(-Z)) / (np.exp(Z) + np.exp(-Z)),
            "relu": relu,
        }
        return functions[self.name](Z)


@misconception(
    "Activation",
    caught_by=["test_Activation_votes", "test_Activation_refuses_unknown_names", "test_Activation_craft"],
    hint="For sigmoid you return a * (1 - a): that is its slope. The vote itself is asked for.",
)
class GivesTheSlope(RightActivation):
    def forward(self, Z):
        functions = {
            "identity": lambda Z: Z,
            "sigmoid": lambda Z: sigmoid(Z) * (1 - sigmoid(Z)),
            "tanh": tanh,
            "relu": relu,
        }
        return functions[self.name](Z)


@misconception(
    "Activation",
    caught_by="test_Activation_refuses_unknown_names",
    hint="An unknown name ends in a KeyError, which does not say what would be right. Check the name yourself and "
    "raise ValueError with the list of names.",
)
class RaisesKeyError:
    def __init__(self, name):
        self.function = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}[name]

    def forward(self, Z):
        return self.function(Z)


@misconception(
    "Activation",
    caught_by="test_Activation_refuses_unknown_names",
    hint="Your ValueError does not list the names that exist. Say in its message which ones may be used.",
)
class RefusesWithoutTheNames:
    def __init__(self, name):
        if name not in ("identity", "sigmoid", "tanh", "relu"):
            raise ValueError("unknown activation")
        self.name = name

    def forward(self, Z):
        functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
        return functions[self.name](Z)


@misconception(
    "Activation",
    caught_by="test_Activation_refuses_unknown_names",
    hint="An unknown name went through and did nothing to the scores. A typing mistake must not pass in silence: "
    "raise ValueError in __init__.",
)
class FallsBackToIdentity:
    def __init__(self, name):
        self.name = name

    def forward(self, Z):
        functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
        return functions.get(self.name, lambda Z: Z)(Z)


@misconception(
    "Activation",
    caught_by="test_Activation_refuses_unknown_names",
    hint="The unknown name was found in forward only. Check it in __init__, where the mistake was made.",
)
class ComplainsTooLate:
    def __init__(self, name):
        self.name = name

    def forward(self, Z):
        if self.name not in ("identity", "sigmoid", "tanh", "relu"):
            raise ValueError("use identity, sigmoid, tanh or relu")
        functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
        return functions[self.name](Z)


@misconception(
    "Activation",
    caught_by="test_Activation_craft",
    hint="Your relu wrote the zeros into the caller's scores: Z[Z < 0] = 0 changes the array itself. np.where or "
    "np.maximum makes a new one.",
)
class WritesZerosIntoZ(RightActivation):
    def forward(self, Z):
        if self.name == "relu":
            Z[Z < 0] = 0
            return Z
        functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
        return functions[self.name](Z)


@misconception(
    "Activation",
    caught_by=[
        "test_Activation_votes",
        "test_Activation_refuses_unknown_names",
        "test_Activation_craft",
        "test_Network_passes_on",
        "test_Network_refuses_layers_that_do_not_fit",
        "test_Network_craft",
    ],
    hint="forward shows the votes on the screen and hands nothing back: return them.",
)
class PrintsTheVotes(RightActivation):
    def forward(self, Z):
        functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
        print(functions[self.name](Z))


@misconception(
    "Activation",
    caught_by="test_Activation_craft",
    hint="The name is kept for the whole class, so the newest Activation decides for all. Keep it in self.name.",
)
class KeepsTheNameInTheClass:
    name = "identity"

    def __init__(self, name):
        if name not in ("identity", "sigmoid", "tanh", "relu"):
            raise ValueError(f"unknown activation {name}: use identity, sigmoid, tanh or relu")
        type(self).name = name

    def forward(self, Z):
        functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
        return functions[type(self).name](Z)


# ---------------------------------------------------------------- Network


class RightNetwork:
    def __init__(self, layers):
        self.layers = list(layers)
        width, giver = None, None
        for place, layer in enumerate(self.layers):
            if hasattr(layer, "W"):
                if width is not None and layer.W.shape[0] != width:
                    raise ValueError(f"layer {giver} gives {width} numbers, layer {place} takes {layer.W.shape[0]}")
                width, giver = layer.W.shape[1], place

    @property
    def n_params(self):
        return sum(layer.W.size + layer.b.size for layer in self.layers if hasattr(layer, "W"))

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X


@misconception(
    "Network",
    caught_by=["test_Network_passes_on", "test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="Each layer was given X. Only the first one is; each later layer takes what the one before it gave: X = "
    "layer.forward(X).",
)
class GivesEveryLayerTheInput(RightNetwork):
    def forward(self, X):
        for layer in self.layers:
            out = layer.forward(X)
        return out


@misconception(
    "Network",
    caught_by=["test_Network_passes_on", "test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="forward returns inside the loop, after the first layer. Move return to the left, below the loop.",
)
class StopsAfterTheFirstLayer(RightNetwork):
    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
            return X


@misconception(
    "Network",
    caught_by=["test_Network_passes_on", "test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="The last layer is left out: layers[:-1], or range(len(layers) - 1), stops one too early.",
)
class LeavesOutTheLastLayer(RightNetwork):
    def forward(self, X):
        for layer in self.layers[:-1]:
            X = layer.forward(X)
        return X


@misconception(
    "Network",
    caught_by=["test_Network_passes_on", "test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="The layers were run from the last to the first. forward goes through the list from its beginning.",
)
class GoesBackwards(RightNetwork):
    def forward(self, X):
        for layer in reversed(self.layers):
            X = layer.forward(X)
        return X


@misconception(
    "Network",
    caught_by=["test_Network_passes_on", "test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="forward runs the layers with weights only. The votes between them are what keeps two layers from being one.",
)
class SkipsTheActivations(RightNetwork):
    def forward(self, X):
        for layer in self.layers:
            if hasattr(layer, "W"):
                X = layer.forward(X)
        return X


@misconception(
    "Network",
    caught_by=["test_Network_passes_on", "test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="forward gives a list of every layer's output. The output of the last layer alone is asked for.",
)
class CollectsAllOutputs(RightNetwork):
    def forward(self, X):
        outputs = []
        for layer in self.layers:
            X = layer.forward(X)
            outputs.append(X)
        return outputs


@misconception(
    "Network",
    caught_by=["test_Network_passes_on", "test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="n_params counts the weights and forgets the biases. They are learned too: add b.size.",
)
class CountsWeightsOnly(RightNetwork):
    @property
    def n_params(self):
        return sum(layer.W.size for layer in self.layers if hasattr(layer, "W"))


@misconception(
    "Network",
    caught_by=["test_Network_passes_on", "test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="n_params counts layers. Each layer with weights has W.size + b.size numbers to learn.",
)
class CountsLayers(RightNetwork):
    @property
    def n_params(self):
        return len(self.layers)


@misconception(
    "Network",
    caught_by=["test_Network_passes_on", "test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="n_params counts the members, one for each column. Each member has n_in weights and a bias.",
)
class CountsMembers(RightNetwork):
    @property
    def n_params(self):
        return sum(layer.b.size for layer in self.layers if hasattr(layer, "W"))


@misconception(
    "Network",
    caught_by=["test_Network_passes_on", "test_Network_refuses_layers_that_do_not_fit"],
    hint="n_params counts one bias for each input of a layer. Biases belong to the members: b.size is n_out.",
)
class CountsBiasForEachInput(RightNetwork):
    @property
    def n_params(self):
        return sum(layer.W.size + layer.W.shape[0] for layer in self.layers if hasattr(layer, "W"))


@misconception(
    "Network",
    caught_by=["test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="Layers that do not fit went through: the mistake shows up much later, in forward. Compare the sizes in "
    "__init__ and raise ValueError.",
)
class ChecksNothing(RightNetwork):
    def __init__(self, layers):
        self.layers = list(layers)


@misconception(
    "Network",
    caught_by=["test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="Only the first two layers with weights are compared. Go through all pairs.",
)
class ChecksTheFirstPairOnly(RightNetwork):
    def __init__(self, layers):
        self.layers = list(layers)
        dense = [(k, layer) for k, layer in enumerate(self.layers) if hasattr(layer, "W")]
        if len(dense) > 1:
            (first, one), (second, other) = dense[0], dense[1]
            if one.W.shape[1] != other.W.shape[0]:
                raise ValueError(
                    f"layer {first} gives {one.W.shape[1]} numbers, layer {second} takes {other.W.shape[0]}"
                )


@misconception(
    "Network",
    caught_by=["test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="Two layers that do not fit went through, because an Activation stands between them. Compare each layer with "
    "weights with the one with weights before it.",
)
class ChecksNeighboursOnly(RightNetwork):
    def __init__(self, layers):
        self.layers = list(layers)
        for place in range(1, len(self.layers)):
            one, other = self.layers[place - 1], self.layers[place]
            if hasattr(one, "W") and hasattr(other, "W") and one.W.shape[1] != other.W.shape[0]:
                raise ValueError(
                    f"layer {place - 1} gives {one.W.shape[1]} numbers, layer {place} takes {other.W.shape[0]}"
                )


@misconception(
    "Network",
    caught_by=["test_Network_passes_on", "test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="You compare n_in with n_in (or n_out with n_out). What must fit is n_out of one layer and n_in of the next: "
    "W.shape[1] and W.shape[0].",
)
class ComparesTheWrongSides(RightNetwork):
    def __init__(self, layers):
        self.layers = list(layers)
        width, giver = None, None
        for place, layer in enumerate(self.layers):
            if hasattr(layer, "W"):
                if width is not None and layer.W.shape[0] != width:
                    raise ValueError(f"layer {giver} gives {width} numbers, layer {place} takes {layer.W.shape[0]}")
                width, giver = layer.W.shape[0], place


@misconception(
    "Network",
    caught_by=["test_Network_passes_on", "test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="You read W as (n_out, n_in), so layers that fit are refused. W has shape (n_in, n_out).",
)
class ComparesWTheOtherWayRound(RightNetwork):
    def __init__(self, layers):
        self.layers = list(layers)
        width, giver = None, None
        for place, layer in enumerate(self.layers):
            if hasattr(layer, "W"):
                if width is not None and layer.W.shape[1] != width:
                    raise ValueError(f"layer {giver} gives {width} numbers, layer {place} takes {layer.W.shape[1]}")
                width, giver = layer.W.shape[0], place


@misconception(
    "Network",
    caught_by=["test_Network_passes_on", "test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="Your check asks every layer for W, but an Activation has none. Look only at the layers that have weights: "
    "hasattr(layer, 'W').",
)
class ExpectsWeightsEverywhere(RightNetwork):
    def __init__(self, layers):
        self.layers = list(layers)
        for place in range(1, len(self.layers)):
            gives, takes = self.layers[place - 1].W.shape[1], self.layers[place].W.shape[0]
            if gives != takes:
                raise ValueError(f"layer {place - 1} gives {gives} numbers, layer {place} takes {takes}")


@misconception(
    "Network",
    caught_by=["test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="Your ValueError does not say which sizes do not fit. Write both into the message, or the reader must search.",
)
class RefusesWithoutSizes(RightNetwork):
    def __init__(self, layers):
        self.layers = list(layers)
        width, giver = None, None
        for place, layer in enumerate(self.layers):
            if hasattr(layer, "W"):
                if width is not None and layer.W.shape[0] != width:
                    raise ValueError("the layers do not fit")
                width, giver = layer.W.shape[1], place


@misconception(
    "Network",
    caught_by="test_Network_craft",
    hint="Your ValueError names the sizes, but not where the two layers stand in the list. enumerate(layers) counts "
    "them, from 0.",
)
class RefusesWithoutPlaces(RightNetwork):
    def __init__(self, layers):
        self.layers = list(layers)
        width, giver = None, None
        for place, layer in enumerate(self.layers):
            if hasattr(layer, "W"):
                if width is not None and layer.W.shape[0] != width:
                    raise ValueError(f"{width} numbers are given, {layer.W.shape[0]} are taken")
                width, giver = layer.W.shape[1], place


@misconception(
    "Network",
    caught_by="test_Network_craft",
    hint="The places in your message count the layers with weights only. Count all layers of the list, from 0, "
    "Activations too.",
)
class CountsPlacesWithoutActivations(RightNetwork):
    def __init__(self, layers):
        self.layers = list(layers)
        dense = [layer for layer in self.layers if hasattr(layer, "W")]
        for place in range(1, len(dense)):
            gives, takes = dense[place - 1].W.shape[1], dense[place].W.shape[0]
            if gives != takes:
                raise ValueError(f"layer {place - 1} gives {gives} numbers, layer {place} takes {takes}")


@misconception(
    "Network",
    caught_by="test_Network_craft",
    hint="The network keeps a copy of the weights from the day it was made. When a layer learns, the network does not "
    "notice: ask the layers in forward.",
)
class FixesTheWeightsWhenMade(RightNetwork):
    def __init__(self, layers):
        self.layers = list(layers)
        width, giver = None, None
        for place, layer in enumerate(self.layers):
            if hasattr(layer, "W"):
                if width is not None and layer.W.shape[0] != width:
                    raise ValueError(f"layer {giver} gives {width} numbers, layer {place} takes {layer.W.shape[0]}")
                width, giver = layer.W.shape[1], place
        self.steps = [
            ("dense", layer.W.copy(), layer.b.copy()) if hasattr(layer, "W") else ("vote", layer, None)
            for layer in self.layers
        ]

    def forward(self, X):
        for kind, what, b in self.steps:
            X = X @ what + b if kind == "dense" else what.forward(X)
        return X


@misconception(
    "Network",
    caught_by="test_Network_craft",
    hint="All networks share one list of layers, because it is made once for the class. Write self.layers = "
    "list(layers) in __init__.",
)
class SharesTheListOfLayers(RightNetwork):
    layers = []

    def __init__(self, layers):
        width, giver = None, None
        self.layers.clear()
        for place, layer in enumerate(layers):
            if hasattr(layer, "W"):
                if width is not None and layer.W.shape[0] != width:
                    raise ValueError(f"layer {giver} gives {width} numbers, layer {place} takes {layer.W.shape[0]}")
                width, giver = layer.W.shape[1], place
            self.layers.append(layer)


@misconception(
    "Network",
    caught_by=["test_Network_passes_on", "test_Network_refuses_layers_that_do_not_fit", "test_Network_craft"],
    hint="n_params is a method of yours, so net.n_params gives the method and not the number. Put @property above it.",
)
class MakesNParamsAMethod(RightNetwork):
    def n_params(self):
        return sum(layer.W.size + layer.b.size for layer in self.layers if hasattr(layer, "W"))


# ---------------------------------------------------------------- count_params


@misconception(
    "count_params",
    caught_by=["test_count_params_basic", "test_count_params_large_and_small", "test_count_params_craft"],
    hint="The biases are missing: each member has a threshold too. Add n_out for each layer.",
)
def forgets_the_biases(sizes):
    return sum(a * b for a, b in zip(sizes[:-1], sizes[1:]))


@misconception(
    "count_params",
    caught_by=["test_count_params_basic", "test_count_params_large_and_small", "test_count_params_craft"],
    hint="You add one bias for a whole layer. Each of its members has one: add n_out, not 1.",
)
def counts_one_bias_for_a_layer(sizes):
    return sum(a * b + 1 for a, b in zip(sizes[:-1], sizes[1:]))


@misconception(
    "count_params",
    caught_by=["test_count_params_basic", "test_count_params_large_and_small", "test_count_params_craft"],
    hint="You add a bias for each input of a layer. Biases belong to the members: n_in * n_out + n_out.",
)
def adds_biases_of_the_inputs(sizes):
    return sum(a * b + a for a, b in zip(sizes[:-1], sizes[1:]))


@misconception(
    "count_params",
    caught_by=["test_count_params_basic", "test_count_params_large_and_small", "test_count_params_craft"],
    hint="The input layer got biases too. It does not compute anything: biases begin with the first hidden layer.",
)
def gives_the_input_biases(sizes):
    return sum(a * b for a, b in zip(sizes[:-1], sizes[1:])) + sum(sizes)


@misconception(
    "count_params",
    caught_by=["test_count_params_basic", "test_count_params_large_and_small", "test_count_params_craft"],
    hint="The output layer has no biases in your count. Its members have thresholds like all others.",
)
def leaves_the_output_without_biases(sizes):
    return sum(a * b for a, b in zip(sizes[:-1], sizes[1:])) + sum(sizes[1:-1])


@misconception(
    "count_params",
    caught_by=["test_count_params_basic", "test_count_params_large_and_small", "test_count_params_craft"],
    hint="That is the number of members. Count the numbers that they can learn: n_in weights and a bias for each.",
)
def counts_the_members(sizes):
    return sum(sizes[1:])


@misconception(
    "count_params",
    caught_by=["test_count_params_basic", "test_count_params_large_and_small", "test_count_params_craft"],
    hint="You multiplied all the sizes. Only neighbours are wired to each other: add up n_in * n_out over the pairs.",
)
def multiplies_all_sizes(sizes):
    return int(np.prod(sizes))


@misconception(
    "count_params",
    caught_by=["test_count_params_basic", "test_count_params_large_and_small", "test_count_params_craft"],
    hint="Only the first two layers of numbers count in your answer. Go on to the end of the list.",
)
def stops_after_the_first_layer(sizes):
    return sizes[0] * sizes[1] + sizes[1] if len(sizes) > 1 else 0


@misconception(
    "count_params",
    caught_by=["test_count_params_basic", "test_count_params_large_and_small", "test_count_params_craft"],
    hint="The last layer is missing: your range ends one too early.",
)
def leaves_out_the_last_pair(sizes):
    return sum(sizes[k] * sizes[k + 1] + sizes[k + 1] for k in range(len(sizes) - 2))


@misconception(
    "count_params",
    caught_by=["test_count_params_basic", "test_count_params_large_and_small", "test_count_params_craft"],
    hint="You return 46 whatever the sizes are: that is the example. Use the argument.",
)
def returns_the_example(sizes):
    return 46


@misconception(
    "count_params",
    caught_by="test_count_params_craft",
    hint="You took the input off the caller's list with pop. The list is theirs: read sizes[0] instead.",
)
def pops_from_the_list(sizes):
    total, before = 0, sizes.pop(0)
    for size in sizes:
        total += before * size + size
        before = size
    return total


@misconception(
    "count_params",
    caught_by=["test_count_params_basic", "test_count_params_large_and_small", "test_count_params_craft"],
    hint="You gave a list with one number for each layer. Add them up.",
)
def lists_the_layers(sizes):
    return [a * b + b for a, b in zip(sizes[:-1], sizes[1:])]


@misconception(
    "count_params",
    caught_by=["test_count_params_basic", "test_count_params_large_and_small", "test_count_params_craft"],
    hint="The number is on the screen, but it was not handed back: return it.",
)
def prints_the_number(sizes):
    print(sum(a * b + b for a, b in zip(sizes[:-1], sizes[1:])))


# ---------------------------------------------------------------- decision_grid


@misconception(
    "decision_grid",
    caught_by=["test_decision_grid_basic", "test_decision_grid_takes_columns", "test_decision_grid_craft"],
    hint="Rows and columns are exchanged: the first coordinate must grow along a row, so that the picture lies as one "
    "draws it.",
)
def exchanges_rows_and_columns(predict, lim, n):
    ticks = np.linspace(lim[0], lim[1], n)
    points = np.array([[one, other] for one in ticks for other in ticks])
    return np.asarray(predict(points)).reshape(n, n)


@misconception(
    "decision_grid",
    caught_by=["test_decision_grid_basic", "test_decision_grid_takes_columns", "test_decision_grid_craft"],
    hint="Your first row belongs to the largest second coordinate. Let it begin with the smallest; imshow and "
    "contourf can turn the picture.",
)
def puts_the_top_first(predict, lim, n):
    ticks = np.linspace(lim[0], lim[1], n)
    points = np.array([[one, other] for other in ticks[::-1] for one in ticks])
    return np.asarray(predict(points)).reshape(n, n)


@misconception(
    "decision_grid",
    caught_by=["test_decision_grid_basic", "test_decision_grid_takes_columns", "test_decision_grid_craft"],
    hint="The upper end is missing: your steps stop before it. np.linspace(low, high, n) has both ends.",
)
def leaves_out_the_upper_end(predict, lim, n):
    ticks = np.linspace(lim[0], lim[1], n, endpoint=False)
    points = np.array([[one, other] for other in ticks for one in ticks])
    return np.asarray(predict(points)).reshape(n, n)


@misconception(
    "decision_grid",
    caught_by=["test_decision_grid_basic", "test_decision_grid_takes_columns", "test_decision_grid_craft"],
    hint="Your grid runs from 0 to 1 whatever lim says. Use both numbers of lim.",
)
def ignores_the_limits(predict, lim, n):
    ticks = np.linspace(0, 1, n)
    points = np.array([[one, other] for other in ticks for one in ticks])
    return np.asarray(predict(points)).reshape(n, n)


@misconception(
    "decision_grid",
    caught_by=["test_decision_grid_basic", "test_decision_grid_takes_columns"],
    hint="Your grid runs from -lim[1] to lim[1]. lim is (low, high): begin at lim[0].",
)
def makes_the_limits_symmetric(predict, lim, n):
    ticks = np.linspace(-lim[1], lim[1], n)
    points = np.array([[one, other] for other in ticks for one in ticks])
    return np.asarray(predict(points)).reshape(n, n)


@misconception(
    "decision_grid",
    caught_by=["test_decision_grid_basic", "test_decision_grid_takes_columns", "test_decision_grid_craft"],
    hint="The answers came back flat. Reshape them to (n, n).",
)
def forgets_to_reshape(predict, lim, n):
    ticks = np.linspace(lim[0], lim[1], n)
    points = np.array([[one, other] for other in ticks for one in ticks])
    return np.ravel(predict(points))


@misconception(
    "decision_grid",
    caught_by="test_decision_grid_takes_columns",
    hint="You kept an axis too many when predict answers with a column. reshape(n, n) takes both kinds of answers.",
)
def keeps_the_column_axis(predict, lim, n):
    ticks = np.linspace(lim[0], lim[1], n)
    points = np.array([[one, other] for other in ticks for one in ticks])
    answers = np.asarray(predict(points))
    return answers.reshape((n, n) + answers.shape[1:])


@misconception(
    "decision_grid",
    caught_by=["test_decision_grid_basic", "test_decision_grid_takes_columns", "test_decision_grid_craft"],
    hint="You asked predict only along the diagonal: ticks beside ticks is n points. A square has n times n.",
)
def walks_along_the_diagonal(predict, lim, n):
    ticks = np.linspace(lim[0], lim[1], n)
    answers = np.ravel(predict(np.stack([ticks, ticks], axis=1)))
    return np.tile(answers, (n, 1))


@misconception(
    "decision_grid",
    caught_by="test_decision_grid_craft",
    hint="You asked predict n*n times, with one point each. It takes a whole batch: put all points into one array and "
    "ask once.",
)
def asks_point_by_point(predict, lim, n):
    ticks = np.linspace(lim[0], lim[1], n)
    grid = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            grid[i, j] = np.ravel(predict(np.array([[ticks[j], ticks[i]]])))[0]
    return grid


@misconception(
    "decision_grid",
    caught_by=["test_decision_grid_basic", "test_decision_grid_takes_columns", "test_decision_grid_craft"],
    hint="You turned the answers into votes, 0 or 1. Give what predict says, so that the picture shows how sure it is.",
)
def rounds_the_answers(predict, lim, n):
    ticks = np.linspace(lim[0], lim[1], n)
    points = np.array([[one, other] for other in ticks for one in ticks])
    return (np.ravel(predict(points)).reshape(n, n) > 0.5).astype(float)


# ---------------------------------------------------------------- mlp_forward


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="The biases are missing: Z = A @ W + b.",
)
def forgets_the_bias_of_each_layer(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="Every layer was given X. From the second layer on, the votes A of the layer before are the input.",
)
def feeds_x_to_every_layer(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = X @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": X, "Z": Z, "A": out})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="The next layer was given Z instead of A: your hidden members never vote, so all layers together are one.",
)
def passes_scores_instead_of_votes(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = Z
    return out, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="Your output is the last layer's score Z. Its activation belongs to the network too: return the last A.",
)
def returns_scores_at_the_end(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return Z, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="Every layer votes with the first layer's activation. Each dict names its own.",
)
def uses_one_activation_for_all(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[params[0]["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="Every layer votes with tanh. Look at layer['activation'].",
)
def votes_with_tanh_always(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = tanh(Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network"],
    hint="The last layer always got a sigmoid. It says itself how it votes: layer['activation'].",
)
def ends_in_a_sigmoid_always(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return sigmoid(Z), cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="The last layer was left out: params[:-1] stops one too early.",
)
def leaves_the_output_layer_out(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params[:-1] or params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="The cache holds one dict only. Append one for each layer: backpropagation needs them all.",
)
def caches_the_last_layer_only(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        cache = [{"X": A, "Z": Z, "A": out}]
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="In the cache, 'X' holds what the layer gave, not what came in. Store it before A is replaced.",
)
def caches_the_output_as_input(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        A = out
        cache.append({"X": A, "Z": Z, "A": out})
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="In the cache, 'X' is the network's input for every layer. Store what this layer was given: the votes before "
    "it.",
)
def caches_the_network_input(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": X, "Z": Z, "A": out})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="In the cache, 'Z' holds the votes. Store the scores before the activation: its slope is taken there.",
)
def caches_votes_as_scores(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": out, "A": out})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="In the cache, 'A' holds the scores. Store the votes, after the activation.",
)
def caches_scores_as_votes(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": Z})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="'A' is missing from the cache: each dict holds X, Z and A.",
)
def forgets_the_votes_in_the_cache(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="The cache is in the opposite order: entry 0 belongs to the first layer. Use append.",
)
def puts_the_newest_layer_first(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.insert(0, {"X": A, "Z": Z, "A": out})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="The layers were run from the last to the first. params[0] is the layer next to the input.",
)
def goes_through_the_layers_backwards(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params[::-1]:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="Only the output came back. Return two things: out, cache.",
)
def returns_the_output_alone(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return A


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="The order is out, cache. Yours came the other way round.",
)
def returns_the_cache_first(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return cache, A


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="You used W.T. W has shape (n_in, n_out), so A @ W fits as it is.",
)
def turns_w(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"].T + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="Your relu wrote zeros into Z itself, so the cache holds votes where the scores should be. np.where or "
    "np.maximum makes a new array.",
)
def writes_zeros_into_the_scores(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        if layer["activation"] == "relu":
            Z[Z < 0] = 0
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by="test_mlp_forward_craft",
    hint="You wrote into the caller's params: layer['Z'] = ... changes their dict. The cache is the place for it.",
)
def stores_scores_in_params(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        layer["Z"] = Z
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by="test_mlp_forward_craft",
    hint="You changed the caller's b: Z is the same array as b after Z = b; Z += ... Write Z = A @ W + b.",
)
def adds_in_place_to_the_bias(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        layer["b"] += 1e-3
        Z = A @ layer["W"] + layer["b"] - 1e-3
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by="test_mlp_forward_craft",
    hint="Everything is right, but Python walks through the samples one by one. A whole batch goes through a layer "
    "with one A @ W.",
)
def loops_over_the_samples(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], np.asarray(X, float)
    for layer in params:
        Z = np.array(
            [
                [sum(x * w for x, w in zip(row, layer["W"][:, j])) + layer["b"][j] for j in range(layer["W"].shape[1])]
                for row in A
            ]
        )
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network", "test_mlp_forward_craft"],
    hint="Your scores are taken relative to the batch's mean. A sample's score must not depend on the other samples.",
)
def averages_over_the_batch(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        Z = Z - Z.mean(axis=0) + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return A, cache


@misconception(
    "mlp_forward",
    caught_by=["test_mlp_forward_basic", "test_mlp_forward_any_network"],
    hint="A network with one output member lost its axis: out must keep the shape (N, 1). Leave squeeze, ravel or [:, "
    "0] away.",
)
def squeezes_the_output(X, params):
    functions = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    cache, A = [], X
    for layer in params:
        Z = A @ layer["W"] + layer["b"]
        out = functions[layer["activation"]](Z)
        cache.append({"X": A, "Z": Z, "A": out})
        A = out
    return np.squeeze(A), cache


# ---------------------------------------------------------------- xor_network


@misconception(
    "xor_network",
    caught_by=["test_xor_network_basic", "test_xor_network_is_sure", "test_xor_network_craft"],
    hint="That is OR: (1, 1) gets a 1 as well. The second hidden member must take the answer back when both inputs "
    "are 1.",
)
def computes_or():
    return [
        {"W": np.array([[20.0, 20.0], [20.0, 20.0]]), "b": np.array([-10.0, -10.0]), "activation": "sigmoid"},
        {"W": np.array([[10.0], [10.0]]), "b": np.array([-10.0]), "activation": "sigmoid"},
    ]


@misconception(
    "xor_network",
    caught_by=["test_xor_network_basic", "test_xor_network_is_sure", "test_xor_network_craft"],
    hint="That is AND: only (1, 1) gets a 1. XOR wants a 1 where the inputs differ.",
)
def computes_and():
    return [
        {"W": np.array([[20.0, 20.0], [20.0, 20.0]]), "b": np.array([-30.0, -30.0]), "activation": "sigmoid"},
        {"W": np.array([[10.0], [10.0]]), "b": np.array([-10.0]), "activation": "sigmoid"},
    ]


@misconception(
    "xor_network",
    caught_by=["test_xor_network_basic", "test_xor_network_is_sure", "test_xor_network_craft"],
    hint="Your four answers are exactly the other way round: you ask whether the inputs are equal. Turn the signs of "
    "the last layer.",
)
def turns_the_answer_round():
    return [
        {"W": np.array([[1.0, 1.0], [1.0, 1.0]]), "b": np.array([0.0, -1.0]), "activation": "relu"},
        {"W": np.array([[-1.0], [2.0]]), "b": np.array([1.0]), "activation": "identity"},
    ]


@misconception(
    "xor_network",
    caught_by=["test_xor_network_basic", "test_xor_network_is_sure", "test_xor_network_craft"],
    hint="Both hidden members push the answer up. The one that fires when both inputs are 1 needs a negative weight "
    "at the output.",
)
def forgets_the_veto():
    return [
        {"W": np.array([[1.0, 1.0], [1.0, 1.0]]), "b": np.array([0.0, -1.0]), "activation": "relu"},
        {"W": np.array([[1.0], [2.0]]), "b": np.array([0.0]), "activation": "identity"},
    ]


@misconception(
    "xor_network",
    caught_by=["test_xor_network_basic", "test_xor_network_is_sure", "test_xor_network_craft"],
    hint="At (1, 1) the veto only brings the answer down to 1, because it is as heavy as one of the two inputs. It "
    "must be twice as heavy.",
)
def vetoes_too_weakly():
    return [
        {"W": np.array([[1.0, 1.0], [1.0, 1.0]]), "b": np.array([0.0, -1.0]), "activation": "relu"},
        {"W": np.array([[1.0], [-1.0]]), "b": np.array([0.0]), "activation": "identity"},
    ]


@misconception(
    "xor_network",
    caught_by=["test_xor_network_basic", "test_xor_network_is_sure", "test_xor_network_craft"],
    hint="Your hidden members do not vote: with identity between them, two layers are one (see 03), and one layer "
    "cannot do XOR.",
)
def takes_identity_in_between():
    return [
        {"W": np.array([[1.0, 1.0], [1.0, 1.0]]), "b": np.array([0.0, -1.0]), "activation": "identity"},
        {"W": np.array([[1.0], [-2.0]]), "b": np.array([0.0]), "activation": "identity"},
    ]


@misconception(
    "xor_network",
    caught_by=["test_xor_network_basic", "test_xor_network_is_sure", "test_xor_network_craft"],
    hint="That is a single neuron. Your own certificate in 06 proves that it cannot do XOR: a hidden layer is needed.",
)
def uses_a_single_neuron():
    return [{"W": np.array([[1.0], [1.0]]), "b": np.array([-0.5]), "activation": "sigmoid"}]


@misconception(
    "xor_network",
    caught_by=["test_xor_network_basic", "test_xor_network_is_sure", "test_xor_network_craft"],
    hint="Both hidden members have the bias 0, so they do the same job. Give the second one the bias -1: it then "
    "waits for both inputs.",
)
def forgets_the_threshold_of_the_veto():
    return [
        {"W": np.array([[1.0, 1.0], [1.0, 1.0]]), "b": np.array([0.0, 0.0]), "activation": "relu"},
        {"W": np.array([[1.0], [-2.0]]), "b": np.array([0.0]), "activation": "identity"},
    ]


@misconception(
    "xor_network",
    caught_by="test_xor_network_is_sure",
    hint="The four answers lie on the right sides, but close to 0.5. Multiply W and b of your sigmoid layer by 10 or "
    "20: the walls stay, the answers become sure.",
)
def is_not_sure_of_itself():
    return [
        {"W": np.array([[1.0, 1.0], [1.0, 1.0]]), "b": np.array([0.0, -1.0]), "activation": "relu"},
        {"W": np.array([[1.0], [-2.0]]), "b": np.array([-0.5]), "activation": "sigmoid"},
    ]


@misconception(
    "xor_network",
    caught_by=["test_xor_network_basic", "test_xor_network_is_sure", "test_xor_network_craft"],
    hint="W of the last layer has shape (1, 2). Two numbers come in and one goes out: its shape is (2, 1).",
)
def writes_the_output_as_a_row():
    return [
        {"W": np.array([[1.0, 1.0], [1.0, 1.0]]), "b": np.array([0.0, -1.0]), "activation": "relu"},
        {"W": np.array([[1.0, -2.0]]), "b": np.array([0.0]), "activation": "identity"},
    ]


@misconception(
    "xor_network",
    caught_by="test_xor_network_is_sure",
    hint="All four corners are right, but a wall runs close to one of them: inputs that are off by 0.05 are on its "
    "other side. Put the walls in the middle.",
)
def stands_too_close_to_the_corners():
    return [
        {"W": np.array([[400.0, 400.0], [400.0, 400.0]]), "b": np.array([-380.0, -790.0]), "activation": "sigmoid"},
        {"W": np.array([[20.0], [-20.0]]), "b": np.array([-10.0]), "activation": "sigmoid"},
    ]


@misconception(
    "xor_network",
    caught_by="test_xor_network_craft",
    hint="b has shape (1, n_out) in your network. In this course it is flat, shape (n_out,): one pair of brackets "
    "less.",
)
def makes_the_bias_a_row():
    return [
        {"W": np.array([[1.0, 1.0], [1.0, 1.0]]), "b": np.array([[0.0, -1.0]]), "activation": "relu"},
        {"W": np.array([[1.0], [-2.0]]), "b": np.array([[0.0]]), "activation": "identity"},
    ]


@misconception(
    "xor_network",
    caught_by=["test_xor_network_basic", "test_xor_network_is_sure", "test_xor_network_craft"],
    hint="You gave the four answers. A network is asked for: a list of layers, each with W, b and activation.",
)
def gives_the_answers_instead():
    return np.array([0, 1, 1, 0])


@misconception(
    "xor_network",
    caught_by=["test_xor_network_basic", "test_xor_network_is_sure", "test_xor_network_craft"],
    hint="There is no step among the four activations. A steep sigmoid comes as close to it as you like: multiply W "
    "and b by 20.",
)
def votes_with_a_step():
    return [
        {"W": np.array([[1.0, 1.0], [1.0, 1.0]]), "b": np.array([-0.5, -1.5]), "activation": "step"},
        {"W": np.array([[1.0], [-1.0]]), "b": np.array([-0.5]), "activation": "step"},
    ]


# ---------------------------------------------------------------- lines_committee


@misconception(
    "lines_committee",
    caught_by=["test_lines_committee_basic", "test_lines_committee_is_sure", "test_lines_committee_craft"],
    hint="Your specialists look at rows, so the answers are exactly the other way round. Pixel 3 * row + column: "
    "column j holds the pixels j, j + 3, j + 6.",
)
def looks_at_rows():
    return [
        {"W": np.repeat(np.eye(3), 3, axis=0), "b": np.array([-2.0, -2.0, -2.0]), "activation": "relu"},
        {"W": np.ones((3, 1)), "b": np.array([0.0]), "activation": "identity"},
    ]


@misconception(
    "lines_committee",
    caught_by=["test_lines_committee_basic", "test_lines_committee_is_sure", "test_lines_committee_craft"],
    hint="Without thresholds every column speaks up: a horizontal line has one pixel in each, and 1 + 1 + 1 is as "
    "much as 3. Wait for a full column: bias -2.",
)
def forgets_the_thresholds():
    column = np.tile(np.eye(3), (3, 1))
    return [
        {"W": column, "b": np.zeros(3), "activation": "relu"},
        {"W": np.ones((3, 1)), "b": np.array([-2.5]), "activation": "identity"},
    ]


@misconception(
    "lines_committee",
    caught_by=["test_lines_committee_basic", "test_lines_committee_is_sure", "test_lines_committee_craft"],
    hint="Your specialists use identity: then the committee is one single neuron, and 06 proves that it cannot do it. "
    "Let them vote.",
)
def lets_the_specialists_not_vote():
    column = np.tile(np.eye(3), (3, 1))
    return [
        {"W": column, "b": np.array([-2.0, -2.0, -2.0]), "activation": "identity"},
        {"W": np.ones((3, 1)), "b": np.array([0.0]), "activation": "identity"},
    ]


@misconception(
    "lines_committee",
    caught_by=["test_lines_committee_basic", "test_lines_committee_is_sure", "test_lines_committee_craft"],
    hint="The chair waits until all three specialists speak up. Each of them knows one line only: one voice must be "
    "enough.",
)
def asks_for_all_specialists():
    column = np.tile(np.eye(3), (3, 1))
    return [
        {"W": 4 * column, "b": np.array([-8.0, -8.0, -8.0]), "activation": "sigmoid"},
        {"W": np.full((3, 1), 10.0), "b": np.array([-25.0]), "activation": "sigmoid"},
    ]


@misconception(
    "lines_committee",
    caught_by=["test_lines_committee_basic", "test_lines_committee_is_sure", "test_lines_committee_craft"],
    hint="Your specialists speak up for a single pixel, so every horizontal line wakes all three. A full column sums "
    "to 3, a crossing line to 1: put the threshold between.",
)
def sets_the_threshold_below_one():
    column = np.tile(np.eye(3), (3, 1))
    return [
        {"W": 4 * column, "b": np.array([-2.0, -2.0, -2.0]), "activation": "sigmoid"},
        {"W": np.full((3, 1), 10.0), "b": np.array([-5.0]), "activation": "sigmoid"},
    ]


@misconception(
    "lines_committee",
    caught_by=["test_lines_committee_basic", "test_lines_committee_is_sure", "test_lines_committee_craft"],
    hint="Your specialists never speak up: a full column sums to 3, and the threshold lies above it.",
)
def sets_the_threshold_above_three():
    column = np.tile(np.eye(3), (3, 1))
    return [
        {"W": 4 * column, "b": np.array([-14.0, -14.0, -14.0]), "activation": "sigmoid"},
        {"W": np.full((3, 1), 10.0), "b": np.array([-5.0]), "activation": "sigmoid"},
    ]


@misconception(
    "lines_committee",
    caught_by=["test_lines_committee_basic", "test_lines_committee_is_sure", "test_lines_committee_craft"],
    hint="All three specialists wait for the centre column, so the outer vertical lines are missed. Give each a "
    "column of her own.",
)
def knows_the_centre_lines_only():
    return [
        {
            "W": 4 * np.tile(np.eye(3)[1], 3).reshape(9, 1) * np.ones(3),
            "b": np.array([-8.0, -8.0, -8.0]),
            "activation": "sigmoid",
        },
        {"W": np.full((3, 1), 10.0), "b": np.array([-5.0]), "activation": "sigmoid"},
    ]


@misconception(
    "lines_committee",
    caught_by=["test_lines_committee_basic", "test_lines_committee_is_sure", "test_lines_committee_craft"],
    hint="The third specialist has weights 0, so the vertical line on the right is missed: there are three lines to "
    "know.",
)
def lets_one_specialist_sleep():
    column = np.tile(np.eye(3), (3, 1))
    return [
        {"W": 4 * column * np.array([1.0, 1.0, 0.0]), "b": np.array([-8.0, -8.0, -8.0]), "activation": "sigmoid"},
        {"W": np.full((3, 1), 10.0), "b": np.array([-5.0]), "activation": "sigmoid"},
    ]


@misconception(
    "lines_committee",
    caught_by=["test_lines_committee_basic", "test_lines_committee_is_sure", "test_lines_committee_craft"],
    hint="All six are right, but barely: the answers lie close to 0.5. Multiply W and b of your sigmoid layers by a "
    "number above 1, so that the votes become sure.",
)
def is_barely_right():
    column = np.tile(np.eye(3), (3, 1))
    return [
        {"W": 0.5 * column, "b": np.array([-1.0, -1.0, -1.0]), "activation": "sigmoid"},
        {"W": np.array([[1.0], [1.0], [1.0]]), "b": np.array([-1.2]), "activation": "sigmoid"},
    ]


@misconception(
    "lines_committee",
    caught_by=["test_lines_committee_basic", "test_lines_committee_is_sure", "test_lines_committee_craft"],
    hint="W of the first layer has shape (3, 9). Nine numbers come in and three go out: its shape is (9, 3). Use .T.",
)
def writes_w_as_three_by_nine():
    column = np.tile(np.eye(3), (3, 1))
    return [
        {"W": column.T, "b": np.array([-2.0, -2.0, -2.0]), "activation": "relu"},
        {"W": np.ones((3, 1)), "b": np.array([0.0]), "activation": "identity"},
    ]


@misconception(
    "lines_committee",
    caught_by=["test_lines_committee_basic", "test_lines_committee_is_sure", "test_lines_committee_craft"],
    hint="You have six specialists, one for each line. Three are enough, and three are asked for: if no vertical line "
    "is there, it is a horizontal one.",
)
def asks_six_specialists():
    column = np.tile(np.eye(3), (3, 1))
    return [
        {
            "W": np.concatenate([column, np.repeat(np.eye(3), 3, axis=0)], axis=1),
            "b": np.full(6, -2.0),
            "activation": "relu",
        },
        {"W": np.array([[1.0], [1.0], [1.0], [-1.0], [-1.0], [-1.0]]), "b": np.array([0.5]), "activation": "identity"},
    ]


@misconception(
    "lines_committee",
    caught_by="test_lines_committee_is_sure",
    hint="The six clean lines are right, but the thresholds lie so close to a full column that a little noise "
    "silences the specialists. Put them in the middle, near 2.",
)
def puts_the_thresholds_on_the_edge():
    column = np.tile(np.eye(3), (3, 1))
    return [
        {"W": 400 * column, "b": np.array([-1190.0, -1190.0, -1190.0]), "activation": "sigmoid"},
        {"W": np.full((3, 1), 10.0), "b": np.array([-5.0]), "activation": "sigmoid"},
    ]


@misconception(
    "lines_committee",
    caught_by=["test_lines_committee_basic", "test_lines_committee_is_sure", "test_lines_committee_craft"],
    hint="Each specialist looks at three neighbouring pixels of the flat array: that is a row of the image. A column "
    "takes every third pixel, W[j::3].",
)
def waits_for_three_pixels_in_a_row():
    return [
        {"W": 4 * np.repeat(np.eye(3), 3, axis=0), "b": np.array([-8.0, -8.0, -8.0]), "activation": "sigmoid"},
        {"W": np.full((3, 1), 10.0), "b": np.array([-5.0]), "activation": "sigmoid"},
    ]


@misconception(
    "lines_committee",
    caught_by="test_lines_committee_craft",
    hint="b has the shape of a column or a row here. It is flat in this course, shape (n_out,).",
)
def gives_the_committee_a_bias_column():
    column = np.tile(np.eye(3), (3, 1))
    return [
        {"W": column, "b": np.array([[-2.0, -2.0, -2.0]]), "activation": "relu"},
        {"W": np.ones((3, 1)), "b": np.array([[0.0]]), "activation": "identity"},
    ]


# ---------------------------------------------------------------- from_column_convention


@misconception(
    "from_column_convention",
    caught_by=[
        "test_from_column_convention_basic",
        "test_from_column_convention_same_scores",
        "test_from_column_convention_craft",
    ],
    hint="W is as it was. Here it must have shape (n_in, n_out): turn it, W.T.",
)
def leaves_w_as_it_is(W, b):
    return W, b.ravel()


@misconception(
    "from_column_convention",
    caught_by=[
        "test_from_column_convention_basic",
        "test_from_column_convention_same_scores",
        "test_from_column_convention_craft",
    ],
    hint="reshape keeps the numbers in their order and cuts the rows elsewhere. Rows must become columns: W.T.",
)
def reshapes_instead_of_turning(W, b):
    return W.reshape(W.shape[1], W.shape[0]), b.ravel()


@misconception(
    "from_column_convention",
    caught_by=[
        "test_from_column_convention_basic",
        "test_from_column_convention_same_scores",
        "test_from_column_convention_craft",
    ],
    hint="b is still a column. Added to X @ W, which has shape (N, n_out), it would go to the samples: make it flat, "
    "b.ravel().",
)
def leaves_b_as_a_column(W, b):
    return W.T, b


@misconception(
    "from_column_convention",
    caught_by=[
        "test_from_column_convention_basic",
        "test_from_column_convention_same_scores",
        "test_from_column_convention_craft",
    ],
    hint="b has shape (1, n_out): that is b.T. It must be flat, shape (n_out,).",
)
def makes_b_a_row(W, b):
    return W.T, b.T


@misconception(
    "from_column_convention",
    caught_by="test_from_column_convention_same_scores",
    hint="For a layer with one member b became a plain number: squeeze takes away both axes. b.ravel(), b.reshape(-1) "
    "or b[:, 0] keeps one.",
)
def squeezes_b(W, b):
    return W.T, np.squeeze(b)


@misconception(
    "from_column_convention",
    caught_by=[
        "test_from_column_convention_basic",
        "test_from_column_convention_same_scores",
        "test_from_column_convention_craft",
    ],
    hint="Only the first bias is left. b[:, 0] takes all of the column; b[0] takes its first row.",
)
def takes_the_first_bias_only(W, b):
    return W.T, b[0]


@misconception(
    "from_column_convention",
    caught_by=[
        "test_from_column_convention_basic",
        "test_from_column_convention_same_scores",
        "test_from_column_convention_craft",
    ],
    hint="The biases have the opposite sign. Both conventions add b; only the shape differs.",
)
def turns_the_signs_of_b(W, b):
    return W.T, -b.ravel()


@misconception(
    "from_column_convention",
    caught_by=[
        "test_from_column_convention_basic",
        "test_from_column_convention_same_scores",
        "test_from_column_convention_craft",
    ],
    hint="You inverted W. Turning (W.T) and inverting are different things; only square matrices can be inverted at "
    "all.",
)
def inverts_w(W, b):
    return np.linalg.inv(W) if W.shape[0] == W.shape[1] else np.linalg.pinv(W), b.ravel()


@misconception(
    "from_column_convention",
    caught_by="test_from_column_convention_same_scores",
    hint="A square W was left as it was, because its shape looked right already. Its rows are members all the same: "
    "always turn it.",
)
def turns_only_where_it_shows(W, b):
    return (W if W.shape[0] == W.shape[1] else W.T), b.ravel()


@misconception(
    "from_column_convention",
    caught_by=[
        "test_from_column_convention_basic",
        "test_from_column_convention_same_scores",
        "test_from_column_convention_craft",
    ],
    hint="You reversed the order of the rows. Rows must become columns: W.T.",
)
def flips_w(W, b):
    return W[::-1].T, b.ravel()


@misconception(
    "from_column_convention",
    caught_by=[
        "test_from_column_convention_basic",
        "test_from_column_convention_same_scores",
        "test_from_column_convention_craft",
    ],
    hint="The order is W, b. Yours came the other way round.",
)
def returns_b_first(W, b):
    return b.ravel(), W.T


@misconception(
    "from_column_convention",
    caught_by="test_from_column_convention_craft",
    hint="You changed the caller's b itself: b.shape = ... and b *= ... write into it. ravel and reshape give a new "
    "view.",
)
def changes_the_shape_of_the_callers_b(W, b):
    turned, flat = W.T.copy(), b.ravel().copy()
    b *= 0
    return turned, flat


# ---------------------------------------------------------------- output_head


@misconception(
    "output_head",
    caught_by="test_output_head_basic",
    hint="For regression you use a sigmoid, so no answer can be above 1. A price or a temperature may be any number: "
    "identity.",
)
def squeezes_the_price(task):
    heads = {
        "regression": (1, "sigmoid", "mean_squared_error"),
        "binary": (1, "sigmoid", "binary_cross_entropy"),
        "multiclass": ("C", "softmax", "categorical_cross_entropy"),
        "multilabel": ("C", "sigmoid", "binary_cross_entropy"),
    }
    if task not in heads:
        raise ValueError("unknown task")
    n_out, activation, loss = heads[task]
    return {"n_out": n_out, "activation": activation, "loss": loss}


@misconception(
    "output_head",
    caught_by="test_output_head_basic",
    hint="For regression you use a ReLU, so no answer can be below 0. A temperature can: identity.",
)
def cuts_negative_answers(task):
    heads = {
        "regression": (1, "relu", "mean_squared_error"),
        "binary": (1, "sigmoid", "binary_cross_entropy"),
        "multiclass": ("C", "softmax", "categorical_cross_entropy"),
        "multilabel": ("C", "sigmoid", "binary_cross_entropy"),
    }
    if task not in heads:
        raise ValueError("unknown task")
    n_out, activation, loss = heads[task]
    return {"n_out": n_out, "activation": activation, "loss": loss}


@misconception(
    "output_head",
    caught_by=["test_output_head_basic", "test_output_head_multilabel", "test_output_head_craft"],
    hint="For binary you take two members with softmax. One member with a sigmoid says the same: the other "
    "probability is 1 minus it.",
)
def votes_binary_with_two_members(task):
    heads = {
        "regression": (1, "identity", "mean_squared_error"),
        "binary": (2, "softmax", "categorical_cross_entropy"),
        "multiclass": ("C", "softmax", "categorical_cross_entropy"),
        "multilabel": ("C", "sigmoid", "binary_cross_entropy"),
    }
    if task not in heads:
        raise ValueError("unknown task")
    n_out, activation, loss = heads[task]
    return {"n_out": n_out, "activation": activation, "loss": loss}


@misconception(
    "output_head",
    caught_by=["test_output_head_basic", "test_output_head_multilabel", "test_output_head_craft"],
    hint="For binary, softmax over a single member is always 1: a share of one is the whole. Use a sigmoid.",
)
def takes_softmax_for_one_member(task):
    heads = {
        "regression": (1, "identity", "mean_squared_error"),
        "binary": (1, "softmax", "binary_cross_entropy"),
        "multiclass": ("C", "softmax", "categorical_cross_entropy"),
        "multilabel": ("C", "sigmoid", "binary_cross_entropy"),
    }
    if task not in heads:
        raise ValueError("unknown task")
    n_out, activation, loss = heads[task]
    return {"n_out": n_out, "activation": activation, "loss": loss}


@misconception(
    "output_head",
    caught_by=["test_output_head_basic", "test_output_head_multilabel"],
    hint="For multiclass you use sigmoids, so the answers do not sum to 1. One of C classes is right: softmax.",
)
def takes_sigmoids_for_one_of_many(task):
    heads = {
        "regression": (1, "identity", "mean_squared_error"),
        "binary": (1, "sigmoid", "binary_cross_entropy"),
        "multiclass": ("C", "sigmoid", "categorical_cross_entropy"),
        "multilabel": ("C", "sigmoid", "binary_cross_entropy"),
    }
    if task not in heads:
        raise ValueError("unknown task")
    n_out, activation, loss = heads[task]
    return {"n_out": n_out, "activation": activation, "loss": loss}


@misconception(
    "output_head",
    caught_by="test_output_head_multilabel",
    hint="For multilabel you use softmax: then one label can only grow when another shrinks. Each label is a yes or "
    "no of its own: sigmoid, with binary cross-entropy.",
)
def takes_softmax_for_several_labels(task):
    heads = {
        "regression": (1, "identity", "mean_squared_error"),
        "binary": (1, "sigmoid", "binary_cross_entropy"),
        "multiclass": ("C", "softmax", "categorical_cross_entropy"),
        "multilabel": ("C", "softmax", "categorical_cross_entropy"),
    }
    if task not in heads:
        raise ValueError("unknown task")
    n_out, activation, loss = heads[task]
    return {"n_out": n_out, "activation": activation, "loss": loss}


@misconception(
    "output_head",
    caught_by=["test_output_head_basic", "test_output_head_multilabel"],
    hint="For multiclass one member cannot give C probabilities: there is one member for each class, 'C'.",
)
def gives_classes_one_member(task):
    heads = {
        "regression": (1, "identity", "mean_squared_error"),
        "binary": (1, "sigmoid", "binary_cross_entropy"),
        "multiclass": (1, "softmax", "categorical_cross_entropy"),
        "multilabel": ("C", "sigmoid", "binary_cross_entropy"),
    }
    if task not in heads:
        raise ValueError("unknown task")
    n_out, activation, loss = heads[task]
    return {"n_out": n_out, "activation": activation, "loss": loss}


@misconception(
    "output_head",
    caught_by="test_output_head_multilabel",
    hint="For multilabel there is one member for each label, 'C', not one for all.",
)
def gives_labels_one_member(task):
    heads = {
        "regression": (1, "identity", "mean_squared_error"),
        "binary": (1, "sigmoid", "binary_cross_entropy"),
        "multiclass": ("C", "softmax", "categorical_cross_entropy"),
        "multilabel": (1, "sigmoid", "binary_cross_entropy"),
    }
    if task not in heads:
        raise ValueError("unknown task")
    n_out, activation, loss = heads[task]
    return {"n_out": n_out, "activation": activation, "loss": loss}


@misconception(
    "output_head",
    caught_by=["test_output_head_basic", "test_output_head_multilabel", "test_output_head_craft"],
    hint="For binary you take the mean squared error. It is nearly flat where the committee is confident and wrong "
    "(see 04): binary_cross_entropy.",
)
def measures_yes_or_no_by_squares(task):
    heads = {
        "regression": (1, "identity", "mean_squared_error"),
        "binary": (1, "sigmoid", "mean_squared_error"),
        "multiclass": ("C", "softmax", "categorical_cross_entropy"),
        "multilabel": ("C", "sigmoid", "binary_cross_entropy"),
    }
    if task not in heads:
        raise ValueError("unknown task")
    n_out, activation, loss = heads[task]
    return {"n_out": n_out, "activation": activation, "loss": loss}


@misconception(
    "output_head",
    caught_by="test_output_head_multilabel",
    hint="For multilabel the sigmoid is right, the loss is not: categorical cross-entropy expects shares that sum to "
    "1. Each label has a binary cross-entropy.",
)
def measures_labels_as_classes(task):
    heads = {
        "regression": (1, "identity", "mean_squared_error"),
        "binary": (1, "sigmoid", "binary_cross_entropy"),
        "multiclass": ("C", "softmax", "categorical_cross_entropy"),
        "multilabel": ("C", "sigmoid", "categorical_cross_entropy"),
    }
    if task not in heads:
        raise ValueError("unknown task")
    n_out, activation, loss = heads[task]
    return {"n_out": n_out, "activation": activation, "loss": loss}


@misconception(
    "output_head",
    caught_by="test_output_head_multilabel",
    hint="An unknown task got an answer. Nobody would notice a typing mistake: raise ValueError.",
)
def answers_anything(task):
    heads = {
        "regression": (1, "identity", "mean_squared_error"),
        "binary": (1, "sigmoid", "binary_cross_entropy"),
        "multiclass": ("C", "softmax", "categorical_cross_entropy"),
        "multilabel": ("C", "sigmoid", "binary_cross_entropy"),
    }
    n_out, activation, loss = heads.get(task, heads["binary"])
    return {"n_out": n_out, "activation": activation, "loss": loss}


@misconception(
    "output_head",
    caught_by="test_output_head_multilabel",
    hint="An unknown task ends in a KeyError. The text asks for a ValueError: check first, and raise it yourself.",
)
def raises_key_error(task):
    heads = {
        "regression": (1, "identity", "mean_squared_error"),
        "binary": (1, "sigmoid", "binary_cross_entropy"),
        "multiclass": ("C", "softmax", "categorical_cross_entropy"),
        "multilabel": ("C", "sigmoid", "binary_cross_entropy"),
    }
    n_out, activation, loss = heads[task]
    return {"n_out": n_out, "activation": activation, "loss": loss}


@misconception(
    "output_head",
    caught_by=["test_output_head_basic", "test_output_head_multilabel", "test_output_head_craft"],
    hint="You returned three values. A dict with the keys n_out, activation and loss is asked for.",
)
def returns_a_tuple(task):
    heads = {
        "regression": (1, "identity", "mean_squared_error"),
        "binary": (1, "sigmoid", "binary_cross_entropy"),
        "multiclass": ("C", "softmax", "categorical_cross_entropy"),
        "multilabel": ("C", "sigmoid", "binary_cross_entropy"),
    }
    if task not in heads:
        raise ValueError("unknown task")
    n_out, activation, loss = heads[task]
    return n_out, activation, loss


@misconception(
    "output_head",
    caught_by="test_output_head_craft",
    hint="Your dict has a key too many: exactly n_out, activation and loss are asked for.",
)
def adds_the_task_to_the_dict(task):
    heads = {
        "regression": (1, "identity", "mean_squared_error"),
        "binary": (1, "sigmoid", "binary_cross_entropy"),
        "multiclass": ("C", "softmax", "categorical_cross_entropy"),
        "multilabel": ("C", "sigmoid", "binary_cross_entropy"),
    }
    if task not in heads:
        raise ValueError("unknown task")
    n_out, activation, loss = heads[task]
    return {"n_out": n_out, "activation": activation, "loss": loss, "task": task}


# ---------------------------------------------------------------- products


@misconception(
    "products",
    value=True,
    caught_by="test_products_of_tables",
    hint="`E.T @ X` is `(H, D)`: the right numbers in a table that lies on its side. What belongs to the "
    "weights has the shape of `W`, `(D, H)`, so the inputs come first.",
)
def turns_the_table_of_weights():
    return {1: "f", 2: "h", 3: "d", 4: "g", 5: "e", 6: "b"}


@misconception(
    "products",
    value=True,
    caught_by="test_products_of_tables",
    hint="`X.T @ E` sums over the samples. Number 3 sums over the members: the H must disappear, and the N must stay.",
)
def collects_weights_where_inputs_are_wanted():
    return {1: "f", 2: "c", 3: "c", 4: "g", 5: "e", 6: "b"}


@misconception(
    "products",
    value=True,
    caught_by="test_products_of_tables",
    hint="`E * S` has the shape of the scores, but X and W are not in it. In the formula of number 1 a sum "
    "over the inputs must disappear.",
)
def multiplies_numbers_of_one_shape():
    return {1: "e", 2: "c", 3: "d", 4: "g", 5: "e", 6: "b"}


@misconception(
    "products",
    value=True,
    caught_by="test_products_and_sums",
    hint="`axis=1` sums over the members and leaves one number for each sample. One number for each member is "
    "left when the samples disappear, axis 0.",
)
def sums_each_sample():
    return {1: "f", 2: "c", 3: "d", 4: "a", 5: "e", 6: "b"}


@misconception(
    "products",
    value=True,
    caught_by="test_products_and_sums",
    hint="`E @ S.T` sums over the members and is `(N, N)`. Entry by entry is `*`: nothing is summed, and the "
    "shape stays.",
)
def multiplies_tables_where_entries_are_wanted():
    return {1: "f", 2: "c", 3: "d", 4: "g", 5: "i", 6: "b"}


@misconception(
    "products",
    value=True,
    caught_by="test_products_and_sums",
    hint="`E @ S.T` is `(N, N)`, but it compares what the members say. Number 6 compares the rows of X.",
)
def compares_members_where_samples_are_wanted():
    return {1: "f", 2: "c", 3: "d", 4: "g", 5: "e", 6: "i"}


# ---------------------------------------------------------------- the quiz

add_wrong_options(
    "layers",
    {
        1: {
            "a": "A ReLU would need a score first, and an input has none. Which layer of the drawing has no wires "
            "coming in?",
            "c": "Scaling may be done before, by you, with numbers from the training part. What does the input layer "
            "itself do with a pixel?",
            "d": "No wires come in on the left of the input, so there are no weights and no biases. What is left for "
            "it to do?",
        },
        2: {
            "a": "That is the number of weights. Each of the 5 + 2 members has a threshold too.",
            "b": "You gave the inputs biases as well. They do not compute anything; who has a threshold?",
            "c": "That is what one gets with a single bias for each layer. How many members has each layer?",
        },
        3: {
            "b": "Then X would have its samples in columns. In this course rows are samples: what stands on the left "
            "of @ ?",
            "c": "The bias is one number for each member, and so is W's number of columns. Which axis of W is that?",
            "d": "W does not depend on the number of samples: the same weights judge 20 images or 20,000.",
        },
        4: {
            "a": "A hundred more members in layers without activation are still sums of sums. What did "
            "linear_collapse show in 03?",
            "b": "More epochs search longer among what the network can be. Is the right thing among it?",
            "d": "Scaling changes how far apart the numbers are, not what a single straight wall can separate.",
        },
        5: {
            "a": "An average lets one certain specialist be outvoted by two silent ones. What must be enough for the "
            "chair?",
            "b": "Each specialist knows one column. For a vertical line on the left, how many of them fire?",
            "c": "For a horizontal line no specialist of ours fires at all: their columns hold one bright pixel each.",
        },
        6: {
            "a": "With softmax the probabilities sum to 1, so a photo with a dog *and* a car would have to share. Is "
            "that what one wants?",
            "c": "identity gives any number, and a probability lies between 0 and 1.",
            "d": "One member gives one number. How many yes-or-no questions are asked about each photo?",
        },
        7: {
            "a": "Their W has one row for each member. Which of the two shapes would fit X @ W with rows as samples?",
            "b": "W is turned rightly, but look at b: added to an array of shape (N, 4), where would a column of "
            "shape (4, 1) go?",
            "d": "reshape cuts the rows elsewhere and keeps no member together. How do rows become columns?",
        },
        8: {
            "b": "The next call starts from a new X and looks at none of the old numbers. Who will ask for them, in "
            "the next assignment?",
            "c": "Printing is possible, but nobody would look at all of it. Who needs X, Z and A of each layer once "
            "the loss is known?",
            "d": "forward alone is not faster for it; it even takes more memory. Think of the way back.",
        },
    },
    reference.answers,
)
