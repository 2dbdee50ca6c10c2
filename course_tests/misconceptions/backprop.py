"""Mistakes that learners make in 08_backprop."""

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference import backprop as reference
from course_tests.reference.activations import relu_derivative, sigmoid, sigmoid_derivative, tanh_derivative
from course_tests.reference.backprop import (
    activation_backward,
    apply_grads,
    bce_sigmoid_backward,
    dense_backward,
    init_params,
    layers_from,
    mlp_loss_and_gradients,
    train_mlp,
)
from course_tests.reference.layers import Dense, Network, mlp_forward
from course_tests.reference.losses import binary_cross_entropy, numerical_gradient, relative_error

# ---------------------------------------------------------------- dense_backward

DENSE = ["test_dense_backward_basic", "test_dense_backward_gives_slopes", "test_dense_backward_craft"]


@misconception(
    "dense_backward",
    caught_by=DENSE,
    hint="db is dZ itself, with a row for each sample. A bias is shared by all samples: sum over the samples, axis 0.",
)
def does_not_sum_db(dZ, X, W):
    return dZ @ W.T, X.T @ dZ, dZ


@misconception(
    "dense_backward",
    caught_by=DENSE[2],
    hint="Your db has one row too many, shape (1, H). It must be (H,), like b: leave out keepdims.",
)
def keeps_the_row_of_db(dZ, X, W):
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0, keepdims=True)


@misconception(
    "dense_backward",
    caught_by=["test_dense_backward_basic", "test_dense_backward_gives_slopes", "test_dense_backward_craft"],
    hint="dW is divided by the number of samples. The 1/N is in dZ already, and counts twice now.",
)
def divides_dw_again(dZ, X, W):
    return dZ @ W.T, X.T @ dZ / len(X), dZ.sum(axis=0)


@misconception(
    "dense_backward",
    caught_by=DENSE,
    hint="dW and db are divided by the number of samples. The 1/N came in with (p - y)/N, where the blame started: no "
    "mean here.",
)
def divides_everything_again(dZ, X, W):
    return dZ @ W.T, X.T @ dZ / len(X), dZ.mean(axis=0)


@misconception(
    "dense_backward",
    caught_by=DENSE,
    hint="db is the mean of dZ. It must be the sum over the samples: the 1/N is in dZ already.",
)
def takes_the_mean_for_db(dZ, X, W):
    return dZ @ W.T, X.T @ dZ, dZ.mean(axis=0)


@misconception(
    "dense_backward",
    caught_by=DENSE,
    hint="dX = dZ @ W fits only when W is square. dZ is (N, H) and W is (D, H), so the way back is dZ @ W.T.",
)
def forgets_to_transpose_w(dZ, X, W):
    return dZ @ W, X.T @ dZ, dZ.sum(axis=0)


@misconception(
    "dense_backward",
    caught_by=DENSE,
    hint="Your dW has the shape (H, D), the transpose of W. Write X.T @ dZ, not dZ.T @ X.",
)
def transposes_dw(dZ, X, W):
    return dZ @ W.T, dZ.T @ X, dZ.sum(axis=0)


@misconception(
    "dense_backward",
    caught_by=DENSE,
    hint="X @ dZ does not fit: X is (N, D), dZ is (N, H). The sum runs over the samples: X.T @ dZ.",
)
def forgets_to_transpose_x(dZ, X, W):
    return dZ @ W.T, X @ dZ, dZ.sum(axis=0)


@misconception(
    "dense_backward",
    caught_by=DENSE,
    hint="Your db sums over the members (axis 1) and has a number for each sample. Sum over the samples, axis 0.",
)
def sums_db_over_members(dZ, X, W):
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=1)


@misconception(
    "dense_backward",
    caught_by=["test_dense_backward_basic", "test_dense_backward_gives_slopes", "test_dense_backward_craft"],
    hint="Your db is one number for the whole layer. Every member has its own bias: dZ.sum(axis=0), one number for "
    "each column.",
)
def sums_db_to_one_number(dZ, X, W):
    return dZ @ W.T, X.T @ dZ, dZ.sum()


@misconception("dense_backward", caught_by=DENSE, hint="The three are there in another order. Return dX, dW, db.")
def returns_dw_first(dZ, X, W):
    return X.T @ dZ, dZ.sum(axis=0), dZ @ W.T


@misconception(
    "dense_backward",
    caught_by=DENSE,
    hint="Only dW and db come back. The layer before waits for dX = dZ @ W.T: return dX, dW, db.",
)
def forgets_dx(dZ, X, W):
    return X.T @ dZ, dZ.sum(axis=0)


@misconception(
    "dense_backward",
    caught_by=DENSE,
    hint="Your dX is made with X in it. The slope of Z in X is W alone: dX = dZ @ W.T.",
)
def multiplies_dx_by_x(dZ, X, W):
    return X * (dZ @ W.T), X.T @ dZ, dZ.sum(axis=0)


@misconception(
    "dense_backward",
    caught_by=DENSE,
    hint="Your dW has a minus. Slopes are measured upwards; the minus comes in the step, in apply_grads.",
)
def gives_the_step_not_the_slope(dZ, X, W):
    return dZ @ W.T, -X.T @ dZ, -dZ.sum(axis=0)


@misconception(
    "dense_backward",
    caught_by=["test_dense_backward_craft"],
    hint="Right, but three loops inside each other in Python are slow. Each of the three sums is one matrix product "
    "or one sum.",
)
def loops_over_everything(dZ, X, W):
    N, D, H = len(X), W.shape[0], W.shape[1]
    dX, dW, db = np.zeros((N, D)), np.zeros((D, H)), np.zeros(H)
    for n in range(N):
        for h in range(H):
            db[h] += dZ[n, h]
            for d in range(D):
                dX[n, d] += dZ[n, h] * W[d, h]
                dW[d, h] += X[n, d] * dZ[n, h]
    return dX, dW, db


# ---------------------------------------------------------------- activation_backward

ACTIVATION = ["test_activation_backward_basic", "test_activation_backward_any_score", "test_activation_backward_craft"]


@misconception(
    "activation_backward",
    caught_by=ACTIVATION,
    hint="You multiply by the activation itself, not by its slope: f stands where f' is meant. Use the ..._derivative "
    "functions.",
)
def multiplies_by_the_vote(dA, Z, name):
    votes = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": np.tanh, "relu": lambda Z: np.maximum(Z, 0)}
    if name not in votes:
        raise ValueError(name)
    return dA * votes[name](Z)


@misconception(
    "activation_backward",
    caught_by=ACTIVATION,
    hint="You take the slope at the vote A. The derivative functions want the score: tanh_derivative(Z), with Z as it "
    "came in.",
)
def takes_the_slope_at_the_vote(dA, Z, name):
    votes = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": np.tanh, "relu": lambda Z: np.maximum(Z, 0)}
    slopes = {"identity": np.ones_like, "sigmoid": sigmoid_derivative, "tanh": tanh_derivative, "relu": relu_derivative}
    if name not in votes:
        raise ValueError(name)
    return dA * slopes[name](votes[name](np.asarray(Z, float)))


@misconception(
    "activation_backward",
    caught_by=ACTIVATION,
    hint="The ReLU's mask is taken from dA. A member is silent when its score Z was not above 0 on the way forward: "
    "mask with Z > 0.",
)
def masks_with_the_blame(dA, Z, name):
    slopes = {"identity": np.ones_like, "sigmoid": sigmoid_derivative, "tanh": tanh_derivative, "relu": relu_derivative}
    if name == "relu":
        return dA * (dA > 0)
    if name not in slopes:
        raise ValueError(name)
    return dA * slopes[name](Z)


@misconception(
    "activation_backward",
    caught_by=ACTIVATION,
    hint="Only the slopes come back. Multiply them by dA: the blame that arrives.",
)
def forgets_the_blame(dA, Z, name):
    slopes = {"identity": np.ones_like, "sigmoid": sigmoid_derivative, "tanh": tanh_derivative, "relu": relu_derivative}
    if name not in slopes:
        raise ValueError(name)
    return slopes[name](np.asarray(Z, float))


@misconception(
    "activation_backward",
    caught_by=ACTIVATION,
    hint="dA goes through unchanged, for every activation. Multiply it by the slope of the activation at Z.",
)
def passes_the_blame_on(dA, Z, name):
    slopes = {"identity": np.ones_like, "sigmoid": sigmoid_derivative, "tanh": tanh_derivative, "relu": relu_derivative}
    if name not in slopes:
        raise ValueError(name)
    return 1.0 * dA


@misconception(
    "activation_backward",
    caught_by=ACTIVATION,
    hint="You use the sigmoid's slope for every activation. Each name has its own.",
)
def uses_the_sigmoid_always(dA, Z, name):
    slopes = {"identity": np.ones_like, "sigmoid": sigmoid_derivative, "tanh": tanh_derivative, "relu": relu_derivative}
    if name not in slopes:
        raise ValueError(name)
    return dA * sigmoid_derivative(Z)


@misconception(
    "activation_backward",
    caught_by=["test_activation_backward_any_score"],
    hint="An unknown name such as 'step' goes through as if it were identity. Raise a ValueError for any name but the "
    "four.",
)
def lets_unknown_names_through(dA, Z, name):
    slopes = {"identity": np.ones_like, "sigmoid": sigmoid_derivative, "tanh": tanh_derivative, "relu": relu_derivative}
    if name in slopes:
        return dA * slopes[name](np.asarray(Z, float))
    return dA


@misconception(
    "activation_backward",
    caught_by=["test_activation_backward_any_score"],
    hint="For an unknown name you raise KeyError: the dict's own error. Look first, and raise a ValueError that names "
    "the four.",
)
def lets_the_dict_complain(dA, Z, name):
    slopes = {"identity": np.ones_like, "sigmoid": sigmoid_derivative, "tanh": tanh_derivative, "relu": relu_derivative}
    return dA * slopes[name](np.asarray(Z, float))


@misconception(
    "activation_backward",
    caught_by=ACTIVATION,
    hint="The blame of identity becomes 0. Its slope is 1 everywhere, so dZ = dA.",
)
def makes_identity_flat(dA, Z, name):
    slopes = {"identity": np.ones_like, "sigmoid": sigmoid_derivative, "tanh": tanh_derivative, "relu": relu_derivative}
    if name not in slopes:
        raise ValueError(name)
    return 0.0 * dA if name == "identity" else dA * slopes[name](Z)


@misconception(
    "activation_backward",
    caught_by=ACTIVATION,
    hint="You divide by the slope. Going back through a link multiplies by its slope, as in every chain.",
)
def divides_by_the_slope(dA, Z, name):
    slopes = {"identity": np.ones_like, "sigmoid": sigmoid_derivative, "tanh": tanh_derivative, "relu": relu_derivative}
    if name not in slopes:
        raise ValueError(name)
    return dA / (slopes[name](np.asarray(Z, float)) + 1e-12)


@misconception(
    "activation_backward",
    caught_by=["test_activation_backward_craft"],
    hint="Right, but dA *= ... writes into the caller's array. Write dA * slope.",
)
def changes_the_callers_blame(dA, Z, name):
    slopes = {"identity": np.ones_like, "sigmoid": sigmoid_derivative, "tanh": tanh_derivative, "relu": relu_derivative}
    if name not in slopes:
        raise ValueError(name)
    if dA.dtype != float:
        dA = dA.astype(float)
    dA *= slopes[name](Z)
    return dA


@misconception(
    "activation_backward",
    caught_by=ACTIVATION,
    hint="You make a matrix product of dA and the slopes. An activation works on each entry alone: use *, not @.",
)
def makes_a_matrix_product(dA, Z, name):
    slopes = {"identity": np.ones_like, "sigmoid": sigmoid_derivative, "tanh": tanh_derivative, "relu": relu_derivative}
    if name not in slopes:
        raise ValueError(name)
    return dA @ slopes[name](np.asarray(Z, float)).T


# ---------------------------------------------------------------- bce_sigmoid_backward

BCE = ["test_bce_sigmoid_backward_basic", "test_bce_sigmoid_backward_is_the_slope", "test_bce_sigmoid_backward_craft"]


@misconception(
    "bce_sigmoid_backward",
    caught_by=BCE,
    hint="The 1/N is missing. The loss is a mean, so each sample's blame has a share of 1/N: divide by the number of "
    "samples.",
)
def forgets_the_mean(p, y):
    if p.shape != y.shape:
        raise ValueError("different shapes")
    return p - y


@misconception(
    "bce_sigmoid_backward",
    caught_by=BCE,
    hint="Truth minus prediction has the wrong sign. The slope is (p - y)/N: saying 0.9 to a 0 must be positive blame.",
)
def subtracts_the_wrong_way(p, y):
    if p.shape != y.shape:
        raise ValueError("different shapes")
    return (y - p) / len(p)


@misconception(
    "bce_sigmoid_backward",
    caught_by=BCE,
    hint="You multiply by p(1 - p), the sigmoid's slope, once more. It has cancelled already: (p - y)/N is all.",
)
def multiplies_by_the_sigmoids_slope(p, y):
    if p.shape != y.shape:
        raise ValueError("different shapes")
    return (p - y) * p * (1 - p) / len(p)


@misconception(
    "bce_sigmoid_backward",
    caught_by=BCE,
    hint="This is the slope in p, before the sigmoid is gone through. In the score Z it is shorter: (p - y)/N.",
)
def stops_at_the_probability(p, y):
    if p.shape != y.shape:
        raise ValueError("different shapes")
    return (p - y) / (p * (1 - p)) / len(p)


@misconception(
    "bce_sigmoid_backward",
    caught_by=BCE,
    hint="You use the vote (p >= 0.5) in place of the probability. How sure the member was is what matters: p - y.",
)
def uses_the_vote(p, y):
    if p.shape != y.shape:
        raise ValueError("different shapes")
    return ((p >= 0.5) - y) / len(p)


@misconception(
    "bce_sigmoid_backward",
    caught_by=["test_bce_sigmoid_backward_is_the_slope"],
    hint="With p of shape (3, 1) and y of shape (3,) NumPy makes a (3, 3) table without a word. Compare the shapes "
    "first, and raise a ValueError.",
)
def lets_shapes_broadcast(p, y):
    return (p - y) / len(p)


@misconception(
    "bce_sigmoid_backward",
    caught_by=BCE,
    hint="You took the mean: one number for all samples. Every sample keeps its own blame, shape (N, 1), divided by N.",
)
def takes_the_mean(p, y):
    if p.shape != y.shape:
        raise ValueError("different shapes")
    return np.mean(p - y)


@misconception(
    "bce_sigmoid_backward",
    caught_by=BCE,
    hint="The result is flat, of shape (N,). Keep the column: dZ has the shape of p, (N, 1).",
)
def flattens_the_column(p, y):
    if p.shape != y.shape:
        raise ValueError("different shapes")
    return ((p - y) / len(p)).ravel()


@misconception(
    "bce_sigmoid_backward",
    caught_by=["test_bce_sigmoid_backward_craft"],
    hint="Right, but p -= y writes into the caller's array. Write p - y.",
)
def changes_the_callers_p(p, y):
    if p.shape != y.shape:
        raise ValueError("different shapes")
    p -= y
    return p / len(p)


@misconception(
    "bce_sigmoid_backward",
    caught_by=["test_bce_sigmoid_backward_is_the_slope", "test_bce_sigmoid_backward_craft"],
    hint="The long way, slope in p times p(1 - p), divides 0 by 0 for a vote of exactly 0 or 1. Cancel first: (p - "
    "y)/N.",
)
def goes_the_long_way(p, y):
    if p.shape != y.shape:
        raise ValueError("different shapes")
    with np.errstate(all="ignore"):
        slope = ((1 - y) / (1 - p) - y / p) / len(p)
    return slope * p * (1 - p)


# ---------------------------------------------------------------- TrainableNetwork

NET = ["test_TrainableNetwork_basic", "test_TrainableNetwork_any_batch", "test_TrainableNetwork_craft"]


@misconception(
    "TrainableNetwork",
    caught_by=NET,
    hint="The blame passes your activations unchanged: an Activation layer needs activation_backward(dout, what it "
    "was given, layer.name).",
)
class skips_the_activations(Network):
    def __init__(self, params):
        super().__init__(layers_from(params))
        self.grads = []

    def forward(self, X):
        self.cache = []
        for layer in self.layers:
            self.cache.append(X)
            X = layer.forward(X)
        return X

    def backward(self, dout):
        self.grads = []
        for layer, given in zip(self.layers[::-1], self.cache[::-1]):
            if isinstance(layer, Dense):
                dout, dW, db = dense_backward(dout, given, layer.W)
                self.grads.insert(0, {"W": dW, "b": db})
        return dout


@misconception(
    "TrainableNetwork",
    caught_by=["test_TrainableNetwork_basic", "test_TrainableNetwork_any_batch"],
    hint="grads stands from back to front. You collect it on the way back, so turn it round in the end: grads[0] "
    "belongs to the first layer.",
)
class leaves_grads_backwards(Network):
    def __init__(self, params):
        super().__init__(layers_from(params))
        self.grads = []

    def forward(self, X):
        self.cache = []
        for layer in self.layers:
            self.cache.append(X)
            X = layer.forward(X)
        return X

    def backward(self, dout):
        self.grads = []
        for layer, given in zip(self.layers[::-1], self.cache[::-1]):
            if isinstance(layer, Dense):
                dout, dW, db = dense_backward(dout, given, layer.W)
                self.grads.append({"W": dW, "b": db})
            else:
                dout = activation_backward(dout, given, layer.name)
        return dout


@misconception(
    "TrainableNetwork",
    caught_by=["test_TrainableNetwork_any_batch"],
    hint="grads grows: the second backward adds its entries to those of the first. Start each backward with an empty "
    "list.",
)
class never_empties_grads(Network):
    def __init__(self, params):
        super().__init__(layers_from(params))
        self.grads = []

    def forward(self, X):
        self.cache = []
        for layer in self.layers:
            self.cache.append(X)
            X = layer.forward(X)
        return X

    def backward(self, dout):
        for layer, given in zip(self.layers[::-1], self.cache[::-1]):
            if isinstance(layer, Dense):
                dout, dW, db = dense_backward(dout, given, layer.W)
                self.grads.insert(0, {"W": dW, "b": db})
            else:
                dout = activation_backward(dout, given, layer.name)
        return dout


@misconception(
    "TrainableNetwork",
    caught_by=["test_TrainableNetwork_any_batch"],
    hint="The cache still holds an earlier batch: a new forward must replace what the last one kept, so empty the "
    "cache at its start.",
)
class never_empties_the_cache(Network):
    def __init__(self, params):
        super().__init__(layers_from(params))
        self.cache, self.grads = [], []

    def forward(self, X):
        for layer in self.layers:
            self.cache.append(X)
            X = layer.forward(X)
        return X

    def backward(self, dout):
        self.grads = []
        for layer, given in zip(self.layers[::-1], self.cache[: len(self.layers)][::-1]):
            if isinstance(layer, Dense):
                dout, dW, db = dense_backward(dout, given, layer.W)
                self.grads.insert(0, {"W": dW, "b": db})
            else:
                dout = activation_backward(dout, given, layer.name)
        return dout


@misconception(
    "TrainableNetwork",
    caught_by=NET,
    hint="Your cache keeps what each layer returned. The way back needs what each layer was given: append before "
    "layer.forward, not after it.",
)
class caches_the_outputs(Network):
    def __init__(self, params):
        super().__init__(layers_from(params))
        self.grads = []

    def forward(self, X):
        self.cache = []
        for layer in self.layers:
            X = layer.forward(X)
            self.cache.append(X)
        return X

    def backward(self, dout):
        self.grads = []
        for layer, given in zip(self.layers[::-1], self.cache[::-1]):
            if isinstance(layer, Dense):
                dout, dW, db = dense_backward(dout, given, layer.W)
                self.grads.insert(0, {"W": dW, "b": db})
            else:
                dout = activation_backward(dout, given, layer.name)
        return dout


@misconception(
    "TrainableNetwork",
    caught_by=NET,
    hint="backward returns nothing useful: grads is filled, but the slope in X is lost. Return the blame that comes "
    "out at the front.",
)
class returns_the_grads(Network):
    def __init__(self, params):
        super().__init__(layers_from(params))
        self.grads = []

    def forward(self, X):
        self.cache = []
        for layer in self.layers:
            self.cache.append(X)
            X = layer.forward(X)
        return X

    def backward(self, dout):
        self.grads = []
        for layer, given in zip(self.layers[::-1], self.cache[::-1]):
            if isinstance(layer, Dense):
                dout, dW, db = dense_backward(dout, given, layer.W)
                self.grads.insert(0, {"W": dW, "b": db})
            else:
                dout = activation_backward(dout, given, layer.name)
        return self.grads


@misconception(
    "TrainableNetwork",
    caught_by=["test_TrainableNetwork_basic", "test_TrainableNetwork_any_batch"],
    hint="The slopes of the weights are right, but you divide them by the number of samples. Whoever made dout has "
    "put the 1/N in.",
)
class divides_by_n_again(Network):
    def __init__(self, params):
        super().__init__(layers_from(params))
        self.grads = []

    def forward(self, X):
        self.cache = []
        for layer in self.layers:
            self.cache.append(X)
            X = layer.forward(X)
        return X

    def backward(self, dout):
        self.grads = []
        for layer, given in zip(self.layers[::-1], self.cache[::-1]):
            if isinstance(layer, Dense):
                n = len(given)
                dout, dW, db = dense_backward(dout, given, layer.W)
                self.grads.insert(0, {"W": dW / n, "b": db / n})
            else:
                dout = activation_backward(dout, given, layer.name)
        return dout


@misconception(
    "TrainableNetwork",
    caught_by=["test_TrainableNetwork_any_batch", "test_TrainableNetwork_craft"],
    hint="backward changes the network's weights. It must only measure; the step is somebody else's work "
    "(apply_grads).",
)
class learns_in_backward(Network):
    def __init__(self, params):
        super().__init__(layers_from(params))
        self.grads = []

    def forward(self, X):
        self.cache = []
        for layer in self.layers:
            self.cache.append(X)
            X = layer.forward(X)
        return X

    def backward(self, dout):
        self.grads = []
        for layer, given in zip(self.layers[::-1], self.cache[::-1]):
            if isinstance(layer, Dense):
                dX, dW, db = dense_backward(dout, given, layer.W)
                self.grads.insert(0, {"W": dW, "b": db})
                layer.W, layer.b = layer.W - 0.1 * dW, layer.b - 0.1 * db
                dout = dX
            else:
                dout = activation_backward(dout, given, layer.name)
        return dout


@misconception(
    "TrainableNetwork",
    caught_by=["test_TrainableNetwork_any_batch"],
    hint="The second of two networks overwrites the grads of the first: the list is made once, in the body of the "
    "class. Make self.grads in __init__ and backward.",
)
class shares_one_list_of_grads(Network):
    grads = []

    def __init__(self, params):
        super().__init__(layers_from(params))

    def forward(self, X):
        self.cache = []
        for layer in self.layers:
            self.cache.append(X)
            X = layer.forward(X)
        return X

    def backward(self, dout):
        self.grads.clear()
        for layer, given in zip(self.layers[::-1], self.cache[::-1]):
            if isinstance(layer, Dense):
                dout, dW, db = dense_backward(dout, given, layer.W)
                self.grads.insert(0, {"W": dW, "b": db})
            else:
                dout = activation_backward(dout, given, layer.name)
        return dout


@misconception(
    "TrainableNetwork",
    caught_by=NET,
    hint="backward walks from the first layer to the last. Blame goes the other way: the last layer first.",
)
class walks_forward(Network):
    def __init__(self, params):
        super().__init__(layers_from(params))
        self.grads = []

    def forward(self, X):
        self.cache = []
        for layer in self.layers:
            self.cache.append(X)
            X = layer.forward(X)
        return X

    def backward(self, dout):
        self.grads = []
        for layer, given in zip(self.layers, self.cache):
            if isinstance(layer, Dense):
                dout, dW, db = dense_backward(dout, given, layer.W)
                self.grads.append({"W": dW, "b": db})
            else:
                dout = activation_backward(dout, given, layer.name)
        return dout


# ---------------------------------------------------------------- mlp_loss_and_gradients

MLG = [
    "test_mlp_loss_and_gradients_basic",
    "test_mlp_loss_and_gradients_agrees_with_two_witnesses",
    "test_mlp_loss_and_gradients_craft",
]


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="The last layer is right, the layers before it are not: the slope of the hidden activation is missing (dZ = "
    "dA). Use activation_backward.",
)
def forgets_the_activations_slope(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads, dZ = [], bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dZ, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="In the hidden layers you multiply by the votes A, not by the slope of the activation: f stands where f' is "
    "meant.",
)
def multiplies_by_the_hidden_votes(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads, dZ = [], bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = dA * cache[k - 1]["A"]
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="The hidden slopes are taken at A, after the vote. activation_backward wants the score: cache[k - 1]['Z'].",
)
def takes_the_hidden_slope_at_a(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads, dZ = [], bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["A"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="A(1 - A) is the sigmoid's slope, and you use it in every hidden layer. Each layer has its own activation: "
    "params[k - 1]['activation'].",
)
def uses_the_sigmoids_slope_everywhere(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads, dZ = [], bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = dA * cache[k - 1]["A"] * (1 - cache[k - 1]["A"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=["test_mlp_loss_and_gradients_basic", "test_mlp_loss_and_gradients_agrees_with_two_witnesses"],
    hint="The mask of a ReLU layer is taken from the blame (dA > 0). It must come from the forward pass: Z > 0.",
)
def masks_relu_with_the_blame(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads, dZ = [], bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            name = params[k - 1]["activation"]
            dZ = dA * (dA > 0) if name == "relu" else activation_backward(dA, cache[k - 1]["Z"], name)
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="(p - y)/N is the blame behind the sigmoid already, and you go through the sigmoid once more. Start the last "
    "layer with dZ = (p - y)/N.",
)
def goes_through_the_last_sigmoid_twice(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads, dA = [], bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dZ = activation_backward(dA, cache[k]["Z"], params[k]["activation"])
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=[
        "test_mlp_loss_and_gradients_basic",
        "test_mlp_loss_and_gradients_agrees_with_two_witnesses",
        "test_mlp_loss_and_gradients_craft",
    ],
    hint="p is (N, 1) and y is (N,), so p - y became a table of N times N: every probability met every label. Reshape "
    "y to (N, 1) first.",
)
def lets_y_broadcast(X, y, params):
    out, cache = mlp_forward(X, params)
    grads, dZ = [], (out - y).mean(axis=1, keepdims=True) / len(y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out[:, 0]), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=[
        "test_mlp_loss_and_gradients_basic",
        "test_mlp_loss_and_gradients_agrees_with_two_witnesses",
        "test_mlp_loss_and_gradients_craft",
    ],
    hint="The slopes of the hidden biases are 0: these members could never move their thresholds. db = sum of dZ in "
    "every layer.",
)
def freezes_the_hidden_biases(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads, dZ = [], bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db if k == len(params) - 1 else np.zeros_like(db)})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=[
        "test_mlp_loss_and_gradients_basic",
        "test_mlp_loss_and_gradients_agrees_with_two_witnesses",
        "test_mlp_loss_and_gradients_craft",
    ],
    hint="The slopes stand from the last layer to the first. You collect them on the way back: turn the list round, "
    "so that grads[0] belongs to params[0].",
)
def leaves_the_slopes_backwards(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads, dZ = [], bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.append({"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="Your loss is right, and all slopes are N times too large: the mean's 1/N is missing where the blame starts.",
)
def forgets_one_over_n(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads, dZ = [], out - y
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="You divide the slopes by N once more at each layer. The 1/N came in with bce_sigmoid_backward, and once is "
    "enough.",
)
def divides_by_n_in_every_layer(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads, dZ = [], bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW / len(X), "b": db / len(X)})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="Every layer gets the samples X as what came in. Layer k got the votes of layer k - 1: cache[k]['X'].",
)
def uses_the_votes_that_left_the_layer(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads, dZ = [], bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, X if k == 0 else cache[k - 1]["Z"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=["test_mlp_loss_and_gradients_basic", "test_mlp_loss_and_gradients_agrees_with_two_witnesses"],
    hint="Your function knows two layers only. A network may have any number: loop from the last layer to the first.",
)
def knows_two_layers_only(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    dZ2 = bce_sigmoid_backward(out, y)
    dA1, dW2, db2 = dense_backward(dZ2, cache[1]["X"], params[1]["W"])
    dZ1 = activation_backward(dA1, cache[0]["Z"], params[0]["activation"])
    _, dW1, db1 = dense_backward(dZ1, X, params[0]["W"])
    return binary_cross_entropy(y, out), [{"W": dW1, "b": db1}, {"W": dW2, "b": db2}]


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="The slopes are right, but the loss is a sum over the samples. It must be the mean, as binary_cross_entropy "
    "gives it.",
)
def sums_the_loss(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads, dZ = [], bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out) * len(X), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="The slopes are right, but the loss is the mean squared error. This network is judged by cross-entropy: "
    "binary_cross_entropy.",
)
def gives_the_squared_error(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads, dZ = [], bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return float(np.mean((out - y) ** 2)), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=["test_mlp_loss_and_gradients_craft"],
    hint="Right, but one sample at a time: the functions below take all samples at once, and the batch is what NumPy "
    "is fast at.",
)
def takes_one_sample_at_a_time(X, y, params):
    loss, grads = 0.0, [{"W": 0.0, "b": 0.0} for _ in params]
    for n in range(len(X)):
        out, cache = mlp_forward(X[n : n + 1], params)
        label = np.reshape(y[n : n + 1], (1, 1))
        loss += binary_cross_entropy(label, out) / len(X)
        dZ = bce_sigmoid_backward(out, label) / len(X)
        for k in reversed(range(len(params))):
            dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
            grads[k] = {"W": grads[k]["W"] + dW, "b": grads[k]["b"] + db}
            if k:
                dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return loss, grads


# ---------------------------------------------------------------- apply_grads

APPLY = ["test_apply_grads_basic", "test_apply_grads_any_step", "test_apply_grads_craft"]


@misconception(
    "apply_grads",
    caught_by=["test_apply_grads_basic", "test_apply_grads_any_step"],
    hint="You add lr times the slope, so the loss climbs. Downhill is against the slope: W - lr * dW.",
)
def steps_uphill(params, grads, lr):
    return [
        {"W": p["W"] + lr * g["W"], "b": p["b"] + lr * g["b"], "activation": p["activation"]}
        for p, g in zip(params, grads)
    ]


@misconception(
    "apply_grads",
    caught_by=["test_apply_grads_basic", "test_apply_grads_any_step"],
    hint="The whole slope is subtracted: lr is not used. Multiply the slopes by lr.",
)
def ignores_the_rate(params, grads, lr):
    return [{"W": p["W"] - g["W"], "b": p["b"] - g["b"], "activation": p["activation"]} for p, g in zip(params, grads)]


@misconception(
    "apply_grads",
    caught_by=["test_apply_grads_basic", "test_apply_grads_any_step"],
    hint="The biases stay where they were. b takes a step too: b - lr * db.",
)
def forgets_the_biases(params, grads, lr):
    return [{"W": p["W"] - lr * g["W"], "b": p["b"], "activation": p["activation"]} for p, g in zip(params, grads)]


@misconception(
    "apply_grads",
    caught_by=["test_apply_grads_basic", "test_apply_grads_any_step"],
    hint="The activations are gone. Each new dict needs the keys 'W', 'b' and 'activation', or nobody knows how the "
    "layer votes.",
)
def loses_the_activations(params, grads, lr):
    return [{"W": p["W"] - lr * g["W"], "b": p["b"] - lr * g["b"]} for p, g in zip(params, grads)]


@misconception(
    "apply_grads",
    caught_by=["test_apply_grads_craft"],
    hint="Right, but -= writes into the caller's arrays. Make new dicts with new arrays.",
)
def writes_into_the_callers_arrays(params, grads, lr):
    for p, g in zip(params, grads):
        if p["W"].dtype != float:
            p["W"], p["b"] = p["W"].astype(float), p["b"].astype(float)
        p["W"] -= lr * g["W"]
        p["b"] -= lr * g["b"]
    return params


@misconception(
    "apply_grads",
    caught_by=["test_apply_grads_craft"],
    hint="params.copy() copies the list, but the dicts in it are the caller's own, and you change them. Make a new "
    "dict for each layer.",
)
def copies_the_list_only(params, grads, lr):
    new = params.copy()
    for layer, g in zip(new, grads):
        layer["W"] = layer["W"] - lr * g["W"]
        layer["b"] = layer["b"] - lr * g["b"]
    return new


@misconception(
    "apply_grads",
    caught_by=APPLY,
    hint="grads is read from back to front: layer 1 gets the slopes of the last layer. They stand in the order of "
    "params.",
)
def pairs_them_backwards(params, grads, lr):
    return [
        {"W": p["W"] - lr * g["W"], "b": p["b"] - lr * g["b"], "activation": p["activation"]}
        for p, g in zip(params, grads[::-1])
    ]


@misconception(
    "apply_grads",
    caught_by=["test_apply_grads_basic", "test_apply_grads_any_step"],
    hint="Only the last layer moves. Every layer takes its step.",
)
def moves_the_last_layer_only(params, grads, lr):
    new = [dict(p) for p in params]
    new[-1]["W"] = params[-1]["W"] - lr * grads[-1]["W"]
    new[-1]["b"] = params[-1]["b"] - lr * grads[-1]["b"]
    return new


# What people write, in repositories and questions.


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="The difference is the wrong way round, y - p, so every slope points downhill. The blame starts with p - y.",
)
def takes_truth_minus_prediction(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads = []
    dZ = -bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="On the way back you multiply by dW.T, the slopes, in place of W.T, the weights. Blame goes back "
    "through the weights.",
)
def sends_blame_back_through_dw(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads = []
    dZ = bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        dA = dZ @ dW.T
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="Every hidden member gets the blame of the output as it is. It must be weighted: dZ @ W.T, by how "
    "strongly each was heard.",
)
def gives_all_hidden_members_the_same_blame(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads = []
    dZ = bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        dA = np.ones(np.shape(cache[k]["X"])) * dZ.sum(axis=1, keepdims=True)
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="The last layer is right, but what you send on from it holds p(1 - p) once more. The hidden layers "
    "need the same (p - y)/N.",
)
def puts_the_last_slope_into_the_hidden_blame(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads = []
    dZ = bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        if k == len(params) - 1:
            dA = (dZ * out * (1 - out)) @ np.transpose(params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="dW is made with the layer's own votes, cache[k]['A']. A weight multiplies what came IN: cache[k]['X'].",
)
def multiplies_by_the_layers_own_vote(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads = []
    dZ = bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        dW = np.transpose(cache[k]["A"]) @ dZ
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="All slopes of the biases are 0, in every layer. A bias has a slope too: the sum of dZ over the samples.",
)
def never_moves_a_bias(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads = []
    dZ = bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": np.zeros_like(db)})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="Every layer got the dZ of the last one, as it stands. Each layer has its own: go back through W and "
    "the activation first.",
)
def hands_the_last_blame_to_every_layer(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads = []
    dZ = bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        _, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="dA and the slope of the activation are joined by @. They belong entry by entry: dA * slope, or "
    "activation_backward.",
)
def makes_a_matrix_product_of_the_slope(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads = []
    dZ = bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            slope = activation_backward(np.ones_like(dA), cache[k - 1]["Z"], params[k - 1]["activation"])
            dZ = dA @ slope.T
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="dW is X * dZ, entry by entry: a row for each sample is left. The sum over the samples is a matrix "
    "product: X.T @ dZ.",
)
def multiplies_entry_by_entry_for_dw(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads = []
    dZ = bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        dW = cache[k]["X"] * dZ
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="db is the mean of dZ over the samples. The 1/N is in dZ already: sum it.",
)
def takes_means_for_the_biases(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads = []
    dZ = bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db / len(X)})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="The slopes are right, but the loss is that of the votes 0 and 1. Cross-entropy wants the probabilities.",
)
def measures_the_loss_of_the_votes(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads = []
    dZ = bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, (out >= 0.5).astype(float)), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="These are the slopes of the last sample alone. Every sample adds its part.",
)
def keeps_the_last_sample_only(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads = []
    dZ = bce_sigmoid_backward(out, y)
    dZ[:-1] = 0
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="The loss is cross-entropy, but the blame starts with 2(p - y)p(1 - p)/N, the slope of the squared error.",
)
def starts_with_the_slope_of_squares(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads = []
    dZ = 2 * bce_sigmoid_backward(out, y) * out * (1 - out)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="The hidden slope is that of params[k], the layer after. The blame goes back through the activation "
    "of layer k - 1.",
)
def takes_the_name_of_the_layer_after(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads = []
    dZ = bce_sigmoid_backward(out, y)
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k]["activation"])
    return binary_cross_entropy(y, out), grads


@misconception(
    "mlp_loss_and_gradients",
    caught_by=MLG,
    hint="The blame is divided by the number of inputs. It is the number of SAMPLES whose mean the loss is.",
)
def divides_by_the_number_of_inputs(X, y, params):
    out, cache = mlp_forward(X, params)
    y = np.reshape(y, (-1, 1))
    grads = []
    dZ = bce_sigmoid_backward(out, y) * len(X) / np.shape(X)[1]
    for k in reversed(range(len(params))):
        dA, dW, db = dense_backward(dZ, cache[k]["X"], params[k]["W"])
        grads.insert(0, {"W": dW, "b": db})
        if k:
            dZ = activation_backward(dA, cache[k - 1]["Z"], params[k - 1]["activation"])
    return binary_cross_entropy(y, out), grads


# ---------------------------------------------------------------- gradient_check

CHECK = ["test_gradient_check_basic", "test_gradient_check_judges_well", "test_gradient_check_craft"]


@misconception(
    "gradient_check",
    caught_by=CHECK,
    hint="You nudge all numbers of an array at once, so you measure the sum of their slopes. Each number must be "
    "nudged alone.",
)
def nudges_the_whole_array(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):
            above, below = [dict(p) for p in params], [dict(p) for p in params]
            above[k][key] = layer[key] + h
            below[k][key] = layer[key] - h
            slope = (loss_and_gradients(X, y, above)[0] - loss_and_gradients(X, y, below)[0]) / (2 * h)
            errors[f"{key}{k + 1}"] = relative_error(grads[k][key], slope * np.ones(np.shape(layer[key])))
    return errors


@misconception(
    "gradient_check",
    caught_by=["test_gradient_check_judges_well"],
    hint="You nudge in one direction only. With L(w + h) and L(w - h) the error of the measuring is far smaller.",
)
def nudges_one_side_only(loss_and_gradients, X, y, params, h=1e-5):
    loss, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):
            measured = np.zeros(np.shape(layer[key]))
            for i in np.ndindex(measured.shape):
                nudged = np.array(layer[key], float)
                nudged[i] += h
                above = [dict(p) for p in params]
                above[k][key] = nudged
                measured[i] = (loss_and_gradients(X, y, above)[0] - loss) / h
            errors[f"{key}{k + 1}"] = relative_error(grads[k][key], measured)
    return errors


@misconception(
    "gradient_check",
    caught_by=CHECK,
    hint="You divide by h, but the two points lie 2h apart. Every measured slope is twice too large, so right claims "
    "look wrong (0.333).",
)
def divides_by_h(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):

            def loss(v):
                return loss_and_gradients(X, y, [*params[:k], {**layer, key: v}, *params[k + 1 :]])[0]

            errors[f"{key}{k + 1}"] = relative_error(grads[k][key], 2 * numerical_gradient(loss, layer[key], h))
    return errors


@misconception(
    "gradient_check",
    caught_by=CHECK,
    hint="You give the absolute difference. Where slopes are small everything passes, where they are large nothing "
    "does: use relative_error.",
)
def gives_the_absolute_difference(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):

            def loss(v):
                return loss_and_gradients(X, y, [*params[:k], {**layer, key: v}, *params[k + 1 :]])[0]

            errors[f"{key}{k + 1}"] = float(np.max(np.abs(grads[k][key] - numerical_gradient(loss, layer[key], h))))
    return errors


@misconception(
    "gradient_check",
    caught_by=["test_gradient_check_judges_well"],
    hint="You take the mean of the errors in an array: one wrong entry among many right ones nearly disappears. Take "
    "the largest.",
)
def takes_the_mean_error(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):

            def loss(v):
                return loss_and_gradients(X, y, [*params[:k], {**layer, key: v}, *params[k + 1 :]])[0]

            claim, measured = np.asarray(grads[k][key]), numerical_gradient(loss, layer[key], h)
            errors[f"{key}{k + 1}"] = float(
                np.mean(np.abs(claim - measured) / np.maximum(1e-8, np.abs(claim) + np.abs(measured)))
            )
    return errors


@misconception(
    "gradient_check", caught_by=CHECK, hint="The keys count from 0. The first layer's arrays are called W1 and b1."
)
def counts_from_zero(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):

            def loss(v):
                return loss_and_gradients(X, y, [*params[:k], {**layer, key: v}, *params[k + 1 :]])[0]

            errors[f"{key}{k}"] = relative_error(grads[k][key], numerical_gradient(loss, layer[key], h))
    return errors


@misconception("gradient_check", caught_by=CHECK, hint="The biases are not checked: the keys b1, b2, ... are missing.")
def checks_the_weights_only(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):

        def loss(W):
            return loss_and_gradients(X, y, [*params[:k], {**layer, "W": W}, *params[k + 1 :]])[0]

        errors[f"W{k + 1}"] = relative_error(grads[k]["W"], numerical_gradient(loss, layer["W"], h))
    return errors


@misconception(
    "gradient_check",
    caught_by=["test_gradient_check_judges_well"],
    hint="h is not used: you nudge by 1e-5 whatever was asked for. Pass it on.",
)
def ignores_h(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):

            def loss(v):
                return loss_and_gradients(X, y, [*params[:k], {**layer, key: v}, *params[k + 1 :]])[0]

            errors[f"{key}{k + 1}"] = relative_error(grads[k][key], numerical_gradient(loss, layer[key]))
    return errors


@misconception(
    "gradient_check",
    caught_by=["test_gradient_check_judges_well"],
    hint="With whole-number weights the nudge of 1e-5 is rounded away, and every slope is measured as 0. Make a float "
    "copy of the array first.",
)
def nudges_whole_numbers(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):
            measured = np.zeros(np.shape(layer[key]))
            for i in np.ndindex(measured.shape):
                losses = []
                for sign in (1, -1):
                    nudged = layer[key].copy()
                    nudged[i] = nudged[i] + sign * h
                    losses.append(loss_and_gradients(X, y, [*params[:k], {**layer, key: nudged}, *params[k + 1 :]])[0])
                measured[i] = (losses[0] - losses[1]) / (2 * h)
            errors[f"{key}{k + 1}"] = relative_error(grads[k][key], measured)
    return errors


@misconception(
    "gradient_check",
    caught_by=["test_gradient_check_basic", "test_gradient_check_judges_well", "test_gradient_check_craft"],
    hint="The caller's params are nudged and never set back, so each measurement starts from another place. Keep the "
    "number, and write it back.",
)
def never_sets_back(loss_and_gradients, X, y, params, h=0.00001):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):
            measured = np.zeros(np.shape(layer[key]))
            for i in np.ndindex(measured.shape):
                layer[key][i] += h
                above = loss_and_gradients(X, y, params)[0]
                layer[key][i] -= h
                below = loss_and_gradients(X, y, params)[0]
                measured[i] = (above - below) / (2 * h)
                layer[key][i] -= h
            errors[f"{key}{k + 1}"] = relative_error(grads[k][key], measured)
    return errors


@misconception(
    "gradient_check",
    caught_by=CHECK,
    hint="The result says yes or no. Give the relative error itself: a number shows how wrong a slope is.",
)
def says_yes_or_no(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):

            def loss(v):
                return loss_and_gradients(X, y, [*params[:k], {**layer, key: v}, *params[k + 1 :]])[0]

            errors[f"{key}{k + 1}"] = relative_error(grads[k][key], numerical_gradient(loss, layer[key], h)) < 1e-5
    return errors


# What people write, in repositories and questions.


@misconception(
    "gradient_check",
    caught_by=["test_gradient_check_judges_well"],
    hint="Only the first number of each array is nudged and compared. A wrong slope further back passes: nudge "
    "every number.",
)
def checks_one_number_of_each_array(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):

            def loss(v):
                return loss_and_gradients(X, y, [*params[:k], {**layer, key: v}, *params[k + 1 :]])[0]

            measured = numerical_gradient(loss, np.array(layer[key], float), h)
            errors[f"{key}{k + 1}"] = relative_error(np.ravel(grads[k][key])[:1], np.ravel(measured)[:1])
    return errors


@misconception(
    "gradient_check",
    caught_by=CHECK,
    hint="All arrays get the same number, the largest error of the whole network. Each array has its own, so "
    "that one sees where the mistake is.",
)
def gives_one_number_for_the_whole_network(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):

            def loss(v):
                return loss_and_gradients(X, y, [*params[:k], {**layer, key: v}, *params[k + 1 :]])[0]

            measured = numerical_gradient(loss, np.array(layer[key], float), h)
            errors[f"{key}{k + 1}"] = relative_error(grads[k][key], measured)
    return dict.fromkeys(errors, max(errors.values()))


@misconception(
    "gradient_check",
    caught_by=CHECK,
    hint="The claimed slopes are compared with the claimed slopes, so nothing is ever wrong. Compare them with "
    "what you MEASURED.",
)
def compares_the_claim_with_itself(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):

            def loss(v):
                return loss_and_gradients(X, y, [*params[:k], {**layer, key: v}, *params[k + 1 :]])[0]

            measured = numerical_gradient(loss, np.array(layer[key], float), h)
            errors[f"{key}{k + 1}"] = relative_error(grads[k][key], grads[k][key])
    return errors


@misconception(
    "gradient_check",
    caught_by=CHECK,
    hint="The error is |claimed - measured| / |claimed|. Divide by the sum of both sizes, as relative_error does.",
)
def divides_by_the_claim_alone(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):

            def loss(v):
                return loss_and_gradients(X, y, [*params[:k], {**layer, key: v}, *params[k + 1 :]])[0]

            measured = numerical_gradient(loss, np.array(layer[key], float), h)
            errors[f"{key}{k + 1}"] = float(
                np.max(np.abs(grads[k][key] - measured) / np.maximum(1e-8, np.abs(grads[k][key])))
            )
    return errors


@misconception(
    "gradient_check",
    caught_by=CHECK,
    hint="The difference is the wrong way round, L(w - h) - L(w + h): every measured slope has the wrong sign.",
)
def measures_downwards(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):

            def loss(v):
                return loss_and_gradients(X, y, [*params[:k], {**layer, key: v}, *params[k + 1 :]])[0]

            measured = numerical_gradient(loss, np.array(layer[key], float), h)
            errors[f"{key}{k + 1}"] = relative_error(grads[k][key], -measured)
    return errors


@misconception(
    "gradient_check",
    caught_by=["test_gradient_check_judges_well"],
    hint="You compare norms: one wrong entry among many is diluted. The error asked for is the LARGEST of the "
    "single numbers.",
)
def compares_the_lengths_of_the_arrays(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):

            def loss(v):
                return loss_and_gradients(X, y, [*params[:k], {**layer, key: v}, *params[k + 1 :]])[0]

            measured = numerical_gradient(loss, np.array(layer[key], float), h)
            errors[f"{key}{k + 1}"] = float(
                np.linalg.norm(grads[k][key] - measured)
                / max(1e-8, np.linalg.norm(grads[k][key]) + np.linalg.norm(measured))
            )
    return errors


@misconception(
    "gradient_check",
    caught_by=CHECK,
    hint="You nudge upwards only, but divide by 2h: every measured slope is half of the true one. Divide by 2h "
    "only where you went both ways.",
)
def halves_a_one_sided_difference(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):

            def loss(v):
                return loss_and_gradients(X, y, [*params[:k], {**layer, key: v}, *params[k + 1 :]])[0]

            measured, start = np.zeros(np.shape(layer[key])), np.array(layer[key], float)
            for index in np.ndindex(measured.shape):
                nudged = start.copy()
                nudged[index] += h
                measured[index] = (loss(nudged) - loss(start)) / (2 * h)
            errors[f"{key}{k + 1}"] = relative_error(grads[k][key], measured)
    return errors


@misconception(
    "gradient_check",
    caught_by=CHECK,
    hint="Only the last layer is checked. Its slopes are the easy ones: go through all layers.",
)
def checks_the_last_layer_only(loss_and_gradients, X, y, params, h=1e-5):
    _, grads = loss_and_gradients(X, y, params)
    errors = {}
    for k, layer in enumerate(params):
        for key in ("W", "b"):

            def loss(v):
                return loss_and_gradients(X, y, [*params[:k], {**layer, key: v}, *params[k + 1 :]])[0]

            measured = numerical_gradient(loss, np.array(layer[key], float), h)
            errors[f"{key}{k + 1}"] = relative_error(grads[k][key], measured)
    return {key: error for key, error in errors.items() if key.endswith(str(len(params)))}


# ---------------------------------------------------------------- train_mlp

TRAIN = ["test_train_mlp_basic", "test_train_mlp_learns", "test_train_mlp_craft"]


@misconception(
    "train_mlp",
    caught_by=["test_train_mlp_basic", "test_train_mlp_learns"],
    hint="The losses are noted after each step, and the loss of the start is missing. loss[0] must be the loss before "
    "training.",
)
def notes_the_loss_after_the_step(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    params = init_params(sizes, rng, hidden)
    losses = []
    for _ in range(epochs):
        _, grads = mlp_loss_and_gradients(X, y, params)
        params = apply_grads(params, grads, lr)
        losses.append(mlp_loss_and_gradients(X, y, params)[0])
    losses.append(mlp_loss_and_gradients(X, y, params)[0])
    p = mlp_forward(X, params)[0][:, 0]
    return params, {"loss": np.array(losses), "acc": np.mean((p >= 0.5) == y)}


@misconception(
    "train_mlp",
    caught_by=TRAIN,
    hint="One loss is missing: after the last step the loss must be noted once more, epochs + 1 in all.",
)
def forgets_the_last_loss(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    params = init_params(sizes, rng, hidden)
    losses = []
    for _ in range(epochs):
        loss, grads = mlp_loss_and_gradients(X, y, params)
        losses.append(loss)
        params = apply_grads(params, grads, lr)
    p = mlp_forward(X, params)[0][:, 0]
    return params, {"loss": np.array(losses), "acc": np.mean((p >= 0.5) == y)}


@misconception(
    "train_mlp",
    caught_by=["test_train_mlp_basic", "test_train_mlp_learns"],
    hint="The network never moves: what apply_grads returns is not kept. Write params = apply_grads(params, grads, "
    "lr).",
)
def drops_the_new_params(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    params = init_params(sizes, rng, hidden)
    losses = [mlp_loss_and_gradients(X, y, params)[0]]
    for _ in range(epochs):
        loss, grads = mlp_loss_and_gradients(X, y, params)
        apply_grads(params, grads, lr)
        losses.append(loss)
    p = mlp_forward(X, params)[0][:, 0]
    return params, {"loss": np.array(losses), "acc": np.mean((p >= 0.5) == y)}


@misconception(
    "train_mlp",
    caught_by=["test_train_mlp_basic", "test_train_mlp_learns"],
    hint="The slopes are computed once, before the loop. They belong to one place: compute them anew in every epoch.",
)
def keeps_the_first_slopes(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    params = init_params(sizes, rng, hidden)
    loss, grads = mlp_loss_and_gradients(X, y, params)
    losses = [loss]
    for _ in range(epochs):
        params = apply_grads(params, grads, lr)
        losses.append(mlp_loss_and_gradients(X, y, params)[0])
    p = mlp_forward(X, params)[0][:, 0]
    return params, {"loss": np.array(losses), "acc": np.mean((p >= 0.5) == y)}


@misconception(
    "train_mlp",
    caught_by=["test_train_mlp_learns"],
    hint="Every training starts from the same weights, whatever rng says: you make a generator of your own. Pass rng "
    "on.",
)
def makes_its_own_generator(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    params = init_params(sizes, np.random.default_rng(0), hidden)
    losses = []
    for _ in range(epochs):
        loss, grads = mlp_loss_and_gradients(X, y, params)
        losses.append(loss)
        params = apply_grads(params, grads, lr)
    losses.append(mlp_loss_and_gradients(X, y, params)[0])
    p = mlp_forward(X, params)[0][:, 0]
    return params, {"loss": np.array(losses), "acc": np.mean((p >= 0.5) == y)}


@misconception(
    "train_mlp",
    caught_by=["test_train_mlp_learns"],
    hint="All weights start at 0. All hidden members then get the same blame, and stay equal for ever: start with "
    "random weights.",
)
def starts_from_zeros(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    params = init_params(sizes, rng, hidden)
    params = [{"W": 0 * p["W"], "b": 0 * p["b"], "activation": p["activation"]} for p in params]
    losses = []
    for _ in range(epochs):
        loss, grads = mlp_loss_and_gradients(X, y, params)
        losses.append(loss)
        params = apply_grads(params, grads, lr)
    losses.append(mlp_loss_and_gradients(X, y, params)[0])
    p = mlp_forward(X, params)[0][:, 0]
    return params, {"loss": np.array(losses), "acc": np.mean((p >= 0.5) == y)}


@misconception(
    "train_mlp",
    caught_by=["test_train_mlp_learns"],
    hint="hidden is not passed on: the hidden layers always vote with tanh.",
)
def ignores_the_hidden_activation(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    params = init_params(sizes, rng)
    losses = []
    for _ in range(epochs):
        loss, grads = mlp_loss_and_gradients(X, y, params)
        losses.append(loss)
        params = apply_grads(params, grads, lr)
    losses.append(mlp_loss_and_gradients(X, y, params)[0])
    p = mlp_forward(X, params)[0][:, 0]
    return params, {"loss": np.array(losses), "acc": np.mean((p >= 0.5) == y)}


@misconception(
    "train_mlp",
    caught_by=["test_train_mlp_basic"],
    hint="acc compares votes of shape (N, 1) with y of shape (N,): every vote with every label. Take the column "
    "first: out[:, 0].",
)
def compares_every_vote_with_every_label(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    params = init_params(sizes, rng, hidden)
    losses = []
    for _ in range(epochs):
        loss, grads = mlp_loss_and_gradients(X, y, params)
        losses.append(loss)
        params = apply_grads(params, grads, lr)
    losses.append(mlp_loss_and_gradients(X, y, params)[0])
    out, _ = mlp_forward(X, params)
    return params, {"loss": np.array(losses), "acc": np.mean((out >= 0.5) == y)}


@misconception(
    "train_mlp",
    caught_by=TRAIN,
    hint="history is the bare list of losses. It must be a dict with the keys 'loss' and 'acc'.",
)
def returns_the_bare_losses(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    params = init_params(sizes, rng, hidden)
    losses = []
    for _ in range(epochs):
        loss, grads = mlp_loss_and_gradients(X, y, params)
        losses.append(loss)
        params = apply_grads(params, grads, lr)
    losses.append(mlp_loss_and_gradients(X, y, params)[0])
    return params, losses


@misconception(
    "train_mlp",
    caught_by=["test_train_mlp_basic", "test_train_mlp_learns"],
    hint="One sample at a time takes a step, so an epoch has N steps. Here an epoch is one step with all samples.",
)
def takes_a_step_for_each_sample(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    params = init_params(sizes, rng, hidden)
    losses = [mlp_loss_and_gradients(X, y, params)[0]]
    for _ in range(epochs):
        for n in range(len(X)):
            _, grads = mlp_loss_and_gradients(X[n : n + 1], y[n : n + 1], params)
            params = apply_grads(params, grads, lr)
        losses.append(mlp_loss_and_gradients(X, y, params)[0])
    p = mlp_forward(X, params)[0][:, 0]
    return params, {"loss": np.array(losses), "acc": np.mean((p >= 0.5) == y)}


@misconception(
    "train_mlp",
    caught_by=["test_train_mlp_craft"],
    hint="Right, but the caller's list of sizes is changed. Take entries out of it with sizes[0] and sizes[1:], not "
    "with pop.",
)
def eats_the_sizes(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    params, n_in = [], sizes.pop(0)
    while sizes:
        n_out = sizes.pop(0)
        layer = Dense(n_in, n_out, rng, init="xavier")
        params.append({"W": layer.W, "b": layer.b, "activation": hidden if sizes else "sigmoid"})
        n_in = n_out
    losses = []
    for _ in range(epochs):
        loss, grads = mlp_loss_and_gradients(X, y, params)
        losses.append(loss)
        params = apply_grads(params, grads, lr)
    losses.append(mlp_loss_and_gradients(X, y, params)[0])
    p = mlp_forward(X, params)[0][:, 0]
    return params, {"loss": np.array(losses), "acc": np.mean((p >= 0.5) == y)}


@misconception(
    "train_mlp",
    caught_by=["test_train_mlp_learns"],
    hint="A probability of exactly 0.5 votes 1, and counts so in acc: >=, not >.",
)
def counts_one_half_as_zero(X, y, sizes, lr, epochs, rng, hidden="tanh"):
    params = init_params(sizes, rng, hidden)
    losses = []
    for _ in range(epochs):
        loss, grads = mlp_loss_and_gradients(X, y, params)
        losses.append(loss)
        params = apply_grads(params, grads, lr)
    losses.append(mlp_loss_and_gradients(X, y, params)[0])
    p = mlp_forward(X, params)[0][:, 0]
    return params, {"loss": np.array(losses), "acc": np.mean((p > 0.5) == y)}


# ---------------------------------------------------------------- MLP


class RightMLP:
    def __init__(self, sizes, rng, hidden="tanh"):
        self.sizes, self.rng, self.hidden = sizes, rng, hidden

    def fit(self, X, y, lr, epochs):
        self.params, self.history = train_mlp(X, y, self.sizes, lr, epochs, self.rng, self.hidden)
        return self

    def predict_proba(self, X):
        return mlp_forward(X, self.params)[0][:, 0]

    def predict(self, X):
        return (self.predict_proba(X) >= 0.5).astype(int)


@misconception(
    "MLP",
    caught_by=["test_MLP_learns_six_lines", "test_MLP_learns_quadrants"],
    hint="predict_proba gives a column of shape (N, 1). One number for each sample is shape (N,): take column 0.",
)
class gives_a_column(RightMLP):
    def predict_proba(self, X):
        return mlp_forward(X, self.params)[0]


@misconception(
    "MLP",
    caught_by=["test_MLP_learns_six_lines", "test_MLP_learns_quadrants"],
    hint="predict gives probabilities. It must vote: 1 where the probability is 0.5 or more, else 0.",
)
class does_not_vote(RightMLP):
    def predict(self, X):
        return self.predict_proba(X)


@misconception(
    "MLP",
    caught_by=["test_MLP_learns_six_lines", "test_MLP_learns_quadrants"],
    hint="predict votes 1 where the score is above 0.5 after one more sigmoid. The network's output is a probability "
    "already: compare it with 0.5.",
)
class squeezes_twice(RightMLP):
    def predict_proba(self, X):
        return sigmoid(mlp_forward(X, self.params)[0][:, 0])


@misconception(
    "MLP",
    caught_by=["test_MLP_learns_six_lines", "test_MLP_learns_quadrants"],
    hint="fit trains, but keeps nothing: params is a local name there. Write self.params, self.history = "
    "train_mlp(...).",
)
class forgets_what_it_learned(RightMLP):
    def __init__(self, sizes, rng, hidden="tanh"):
        self.sizes, self.rng, self.hidden = sizes, rng, hidden
        self.params = init_params(sizes, rng, hidden)

    def fit(self, X, y, lr, epochs):
        params, history = train_mlp(X, y, self.sizes, lr, epochs, self.rng, self.hidden)
        return self


@misconception(
    "MLP",
    caught_by=["test_MLP_learns_six_lines", "test_MLP_learns_quadrants", "test_MLP_craft"],
    hint="fit returns nothing, so MLP(...).fit(...).predict(X) cannot work. End it with return self.",
)
class returns_nothing_from_fit(RightMLP):
    def fit(self, X, y, lr, epochs):
        self.params, self.history = train_mlp(X, y, self.sizes, lr, epochs, self.rng, self.hidden)


@misconception(
    "MLP",
    caught_by=["test_MLP_craft"],
    hint="Two of your MLPs share one network: it belongs to the class. Keep it in self, or training the second "
    "changes the first.",
)
class shares_one_network(RightMLP):
    params = []

    def fit(self, X, y, lr, epochs):
        self.params[:], self.history = train_mlp(X, y, self.sizes, lr, epochs, self.rng, self.hidden)
        return self


@misconception(
    "MLP",
    caught_by=["test_MLP_learns_quadrants"],
    hint="hidden does nothing: the MLP always uses tanh. Keep it in __init__ and pass it on to train_mlp.",
)
class ignores_hidden(RightMLP):
    def __init__(self, sizes, rng, hidden="tanh"):
        self.sizes, self.rng = sizes, rng

    def fit(self, X, y, lr, epochs):
        self.params, self.history = train_mlp(X, y, self.sizes, lr, epochs, self.rng)
        return self


@misconception(
    "MLP",
    caught_by=["test_MLP_learns_six_lines", "test_MLP_learns_quadrants"],
    hint="fit takes a tenth of the rate it is given. Pass lr on to train_mlp as it is.",
)
class trains_at_a_rate_of_its_own(RightMLP):
    def fit(self, X, y, lr, epochs):
        self.params, self.history = train_mlp(X, y, self.sizes, 0.01, epochs, self.rng, self.hidden)
        return self


@misconception(
    "MLP",
    caught_by=["test_MLP_learns_six_lines", "test_MLP_learns_quadrants"],
    hint="predict votes 0 where the network is sure of 1, and the other way round. p >= 0.5 votes 1.",
)
class votes_the_other_way(RightMLP):
    def predict(self, X):
        return (self.predict_proba(X) < 0.5).astype(int)


@misconception(
    "MLP",
    caught_by=["test_MLP_learns_quadrants"],
    hint="predict votes 0 where the probability is exactly 0.5. It votes 1 there: >=, not >.",
)
class votes_zero_at_one_half(RightMLP):
    def predict(self, X):
        return (self.predict_proba(X) > 0.5).astype(int)


# ---------------------------------------------------------------- repaired_step

SECOND, RATE = "test_repaired_step_second_layer", "test_repaired_step_any_rate"
FIRST, BIASES, WHOLE = "test_repaired_step_first_weights", "test_repaired_step_first_biases", "test_repaired_step_craft"


@misconception(
    "repaired_step",
    caught_by=[SECOND, RATE, FIRST, BIASES, WHOLE],
    hint="All four bugs are still there: this is suspect_step itself. Compare each line with your own functions.",
)
def repairs_nothing(X, y, W1, b1, W2, b2, lr):
    N = len(X)
    Z1 = X @ W1 + b1
    A1 = np.tanh(Z1)
    p = sigmoid(A1 @ W2 + b2)
    dZ2 = (p - y.reshape(-1, 1)) / N
    dW2 = A1.T @ dZ2 / N
    db2 = dZ2.sum(axis=0)
    W2 = W2 - lr * dW2
    b2 = b2 - lr * db2
    dA1 = dZ2 @ W2.T
    dZ1 = dA1 * np.tanh(Z1)
    dW1 = X.T @ dZ1
    db1 = dA1.sum(axis=0)
    return W1 - lr * dW1, b1 - lr * db1, W2, b2


@misconception(
    "repaired_step",
    caught_by=[SECOND, WHOLE],
    hint="One bug is left, in the line of dW2: the 1/N counts twice there. It is in dZ2 already.",
)
def leaves_one_over_n_twice(X, y, W1, b1, W2, b2, lr):
    N = len(X)
    Z1 = X @ W1 + b1
    A1 = np.tanh(Z1)
    p = sigmoid(A1 @ W2 + b2)
    dZ2 = (p - y.reshape(-1, 1)) / N
    dW2 = A1.T @ dZ2 / N
    db2 = dZ2.sum(axis=0)
    dA1 = dZ2 @ W2.T
    dZ1 = dA1 * (1 - A1**2)
    return W1 - lr * X.T @ dZ1, b1 - lr * dZ1.sum(axis=0), W2 - lr * dW2, b2 - lr * db2


@misconception(
    "repaired_step",
    caught_by=[RATE, WHOLE],
    hint="One bug is left, in the order of the lines: W2 is updated before it sends the blame back. The blame belongs "
    "to the old W2.",
)
def leaves_w2_updated_too_early(X, y, W1, b1, W2, b2, lr):
    N = len(X)
    Z1 = X @ W1 + b1
    A1 = np.tanh(Z1)
    p = sigmoid(A1 @ W2 + b2)
    dZ2 = (p - y.reshape(-1, 1)) / N
    W2 = W2 - lr * A1.T @ dZ2
    b2 = b2 - lr * dZ2.sum(axis=0)
    dA1 = dZ2 @ W2.T
    dZ1 = dA1 * (1 - A1**2)
    return W1 - lr * X.T @ dZ1, b1 - lr * dZ1.sum(axis=0), W2, b2


@misconception(
    "repaired_step",
    caught_by=[FIRST, WHOLE],
    hint="One bug is left, in the line of dZ1: tanh itself stands where its slope is meant, f in place of f'.",
)
def leaves_f_for_its_slope(X, y, W1, b1, W2, b2, lr):
    N = len(X)
    Z1 = X @ W1 + b1
    A1 = np.tanh(Z1)
    p = sigmoid(A1 @ W2 + b2)
    dZ2 = (p - y.reshape(-1, 1)) / N
    dA1 = dZ2 @ W2.T
    dZ1 = dA1 * np.tanh(Z1)
    return W1 - lr * X.T @ dZ1, b1 - lr * dZ1.sum(axis=0), W2 - lr * A1.T @ dZ2, b2 - lr * dZ2.sum(axis=0)


@misconception(
    "repaired_step",
    caught_by=[BIASES, WHOLE],
    hint="One bug is left, in the line of db1: it sums the blame of the votes, dA1. A bias is part of the score: sum "
    "dZ1.",
)
def leaves_db1_from_da1(X, y, W1, b1, W2, b2, lr):
    N = len(X)
    Z1 = X @ W1 + b1
    A1 = np.tanh(Z1)
    p = sigmoid(A1 @ W2 + b2)
    dZ2 = (p - y.reshape(-1, 1)) / N
    dA1 = dZ2 @ W2.T
    dZ1 = dA1 * (1 - A1**2)
    return W1 - lr * X.T @ dZ1, b1 - lr * dA1.sum(axis=0), W2 - lr * A1.T @ dZ2, b2 - lr * dZ2.sum(axis=0)


@misconception(
    "repaired_step",
    caught_by=[FIRST, WHOLE],
    hint="Your slope of tanh is taken at the vote: 1 - tanh(A1)**2. It is 1 - A1**2, since A1 is tanh(Z1) already.",
)
def takes_tanh_of_the_vote(X, y, W1, b1, W2, b2, lr):
    N = len(X)
    A1 = np.tanh(X @ W1 + b1)
    p = sigmoid(A1 @ W2 + b2)
    dZ2 = (p - y.reshape(-1, 1)) / N
    dZ1 = dZ2 @ W2.T * (1 - np.tanh(A1) ** 2)
    return W1 - lr * X.T @ dZ1, b1 - lr * dZ1.sum(axis=0), W2 - lr * A1.T @ dZ2, b2 - lr * dZ2.sum(axis=0)


@misconception(
    "repaired_step",
    caught_by=[FIRST, WHOLE],
    hint="A1 * (1 - A1) is the slope of the sigmoid. The hidden members vote with tanh: 1 - A1**2.",
)
def uses_the_sigmoids_slope(X, y, W1, b1, W2, b2, lr):
    N = len(X)
    A1 = np.tanh(X @ W1 + b1)
    p = sigmoid(A1 @ W2 + b2)
    dZ2 = (p - y.reshape(-1, 1)) / N
    dZ1 = dZ2 @ W2.T * (A1 * (1 - A1))
    return W1 - lr * X.T @ dZ1, b1 - lr * dZ1.sum(axis=0), W2 - lr * A1.T @ dZ2, b2 - lr * dZ2.sum(axis=0)


@misconception(
    "repaired_step",
    caught_by=[SECOND, FIRST, WHOLE],
    hint="You took the 1/N out of dZ2 and left it in dW2 only. It belongs to dZ2, where the blame starts: all four "
    "slopes need it.",
)
def takes_out_the_wrong_one_over_n(X, y, W1, b1, W2, b2, lr):
    N = len(X)
    A1 = np.tanh(X @ W1 + b1)
    p = sigmoid(A1 @ W2 + b2)
    dZ2 = p - y.reshape(-1, 1)
    dZ1 = dZ2 @ W2.T * (1 - A1**2)
    return W1 - lr * X.T @ dZ1, b1 - lr * dZ1.sum(axis=0), W2 - lr * A1.T @ dZ2 / N, b2 - lr * dZ2.sum(axis=0)


@misconception(
    "repaired_step", caught_by=[WHOLE], hint="Right, but -= writes into the caller's arrays. Write W1 = W1 - lr * dW1."
)
def writes_into_the_callers_weights(X, y, W1, b1, W2, b2, lr):
    N = len(X)
    A1 = np.tanh(X @ W1 + b1)
    p = sigmoid(A1 @ W2 + b2)
    dZ2 = (p - y.reshape(-1, 1)) / N
    dZ1 = dZ2 @ W2.T * (1 - A1**2)
    W1 -= lr * X.T @ dZ1
    b1 -= lr * dZ1.sum(axis=0)
    W2 -= lr * A1.T @ dZ2
    b2 -= lr * dZ2.sum(axis=0)
    return W1, b1, W2, b2


# ---------------------------------------------------------------- causes


@misconception(
    "causes",
    value=True,
    caught_by="test_causes_of_what_the_loss_shows",
    hint="Members that see pixels up to 255 are saturated: their votes are -1 or 1, and weights that were "
    "drawn are not 0. Where every weight *is* 0 after 500 epochs, no slope ever reached it.",
)
def takes_zeros_for_saturation():
    return {1: "d", 2: "a", 3: "d", 4: "f", 5: "c", 6: "e", 7: "g"}


@misconception(
    "causes",
    value=True,
    caught_by="test_causes_of_what_the_loss_shows",
    hint="Slopes that are twice too large would show in the gradient check as 0.333, and it found nothing. The "
    "slopes are right; the steps along them are too long.",
)
def takes_jumps_for_a_wrong_slope():
    return {1: "b", 2: "f", 3: "d", 4: "f", 5: "c", 6: "e", 7: "g"}


@misconception(
    "causes",
    value=True,
    caught_by="test_causes_of_what_the_loss_shows",
    hint="Weights of 0 make scores of 0, and tanh of 0 is 0. Votes of -1 and 1 come from very large scores: "
    "what makes scores of this size?",
)
def takes_saturation_for_a_start_at_zero():
    return {1: "b", 2: "a", 3: "b", 4: "f", 5: "c", 6: "e", 7: "g"}


@misconception(
    "causes",
    value=True,
    caught_by="test_causes_of_what_the_loss_shows",
    hint="The gradient check never takes a step, so no learning rate can show in it. 0.333 is |2s - s| / (|2s| + |s|).",
)
def takes_a_factor_for_a_rate():
    return {1: "b", 2: "a", 3: "d", 4: "a", 5: "c", 6: "e", 7: "g"}


@misconception(
    "causes",
    value=True,
    caught_by="test_causes_of_what_the_loss_hides",
    hint="A factor of two everywhere would show in W2 and b2 as well. Only what lies *before* the hidden "
    "activation is wrong: what happens between W2 and W1 on the way back?",
)
def takes_one_layer_for_all():
    return {1: "b", 2: "a", 3: "d", 4: "f", 5: "f", 6: "e", 7: "g"}


@misconception(
    "causes",
    value=True,
    caught_by="test_causes_of_what_the_loss_hides",
    hint="A start with all weights at 0 would say 0.5 for every image, and learn nothing. Here only the image "
    "of zeros is stuck: W has no say there, so what else could move its score?",
)
def takes_one_image_for_all():
    return {1: "b", 2: "a", 3: "d", 4: "f", 5: "c", 6: "b", 7: "g"}


@misconception(
    "causes",
    value=True,
    caught_by="test_causes_of_what_the_loss_hides",
    hint="Too few members would show on the training images, and these are all right. Half of the votes is "
    "what one gets when the labels have nothing to do with the images.",
)
def takes_a_mix_up_for_a_small_network():
    return {1: "b", 2: "a", 3: "d", 4: "f", 5: "c", 6: "e", 7: "h"}


# ---------------------------------------------------------------- answers

add_wrong_options(
    "backprop",
    {
        1: {
            "a": "db belongs to the members' biases, not to the inputs. How many biases does the layer have?",
            "c": "That is the shape of dZ. A bias is shared by all samples, so something is summed.",
            "d": "Summed too far: each member has a bias of its own. Over which axis is the sum?",
        },
        2: {
            "a": "If tanh' is asked for at A, tanh is applied twice. Which number did tanh get on the way forward?",
            "b": "The blame is the other factor of the product. It says nothing about where the member stood on its "
            "curve.",
            "c": "The member need not stand at 0. Each factor belongs to the place of the forward pass.",
        },
        3: {
            "b": "The member was silent: could a small change of its score have changed its vote?",
            "c": "You multiplied by Z. What is multiplied is the slope of ReLU at Z.",
            "d": "The sign of Z does not turn the blame round. What is the slope of ReLU left of 0?",
        },
        4: {
            "a": "If the start were wrong, W2 and b2 would be wrong too.",
            "b": "The learning rate takes no part in a gradient check: nothing is trained.",
            "d": "The measured slopes come from the loss, and with them W2 and b2 agree. Which lines does only layer "
            "1 need?",
        },
        5: {
            "a": "Speed has nothing to do with it. Think of which mistakes raise an error.",
            "c": "One can nudge any number, in an array of any shape. Think of W and W.T.",
            "d": "They learn as well as others. Think of which mistakes can hide in them.",
        },
        6: {
            "b": "Time does not help: think of what one member's output can tell the chair.",
            "c": "A curve over one weighted sum is still a curve over one weighted sum. What did 06_evaluation prove "
            "of it?",
            "d": "No rate can reach what no weights can do. What can one member's output tell the chair?",
        },
        7: {
            "a": "It can: there is a start of the blame, and one dense layer. What does dense_backward give for it?",
            "b": "The perceptron rule uses the vote, and moves only after a mistake. Here the probability is used.",
            "c": "Write down X.T @ (p - y)/N. Where have you seen it?",
        },
        8: {
            "a": "Equal members get equal blame from the chair. What could make them differ?",
            "b": "Nothing grows without bound. Compare the blame that two equal members get.",
            "d": "Compare the blame that two equal members get, in the first step and in the next.",
        },
    },
    reference.answers,
)
