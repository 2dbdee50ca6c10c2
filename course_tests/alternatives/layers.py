"""Right answers to 07_layers, written otherwise. Every one must get full marks."""

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.activations import relu, sigmoid, tanh


@alternative("Dense")
class ScalesStandardNormals:
    def __init__(self, n_in, n_out, rng, init="he"):
        if init == "he":
            scale = np.sqrt(2 / n_in)
        elif init == "xavier":
            scale = np.sqrt(2 / (n_in + n_out))
        else:
            raise ValueError("init must be 'he' or 'xavier'")
        self.W = scale * rng.standard_normal((n_in, n_out))
        self.b = np.zeros((n_out,))

    def forward(self, X):
        return np.matmul(X, self.W) + self.b


@alternative("Dense")
class DrawsUniformly:
    """The same spread from a uniform draw: its standard deviation is limit / sqrt(3)."""

    def __init__(self, n_in, n_out, rng, init="he"):
        if init not in ("he", "xavier"):
            raise ValueError(f"what is {init}?")
        limit = np.sqrt(6 / (n_in if init == "he" else n_in + n_out))
        self.W = rng.uniform(-limit, limit, (n_in, n_out))
        self.b = np.zeros(n_out)
        self.n_in, self.n_out = n_in, n_out

    def forward(self, X):
        return np.einsum("ni,ij->nj", X, self.W) + self.b


@alternative("Dense")
class LoopsOverMembers:
    def __init__(self, n_in, n_out, rng, init="he"):
        spread = {"he": (2 / n_in) ** 0.5, "xavier": (2 / (n_in + n_out)) ** 0.5}
        if init not in spread:
            raise ValueError("unknown init")
        self.W = np.stack([rng.normal(scale=spread[init], size=n_in) for _ in range(n_out)], axis=1)
        self.b = np.array([0.0] * n_out)

    def forward(self, X):
        self.X = X
        return np.stack([X @ self.W[:, j] + self.b[j] for j in range(self.W.shape[1])], axis=1)


@alternative("Activation")
class AsksWithIf:
    def __init__(self, name):
        if name not in ("identity", "sigmoid", "tanh", "relu"):
            raise ValueError("name must be one of identity, sigmoid, tanh, relu")
        self.name = name

    def forward(self, Z):
        if self.name == "sigmoid":
            return sigmoid(Z)
        if self.name == "tanh":
            return np.tanh(Z)
        if self.name == "relu":
            return np.maximum(Z, 0)
        return Z


@alternative("Activation")
class KeepsTheFunction:
    def __init__(self, name):
        table = {"identity": lambda Z: 1 * Z, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
        try:
            self.function = table[name]
        except KeyError:
            raise ValueError(f"{name}? Choose one of {list(table)}") from None

    def forward(self, Z):
        self.Z = np.asarray(Z)
        return self.function(self.Z)


@alternative("Network")
class CountsWhenMade:
    def __init__(self, layers):
        self.layers = layers
        width, giver = None, None
        self.n_params = 0
        for number, layer in enumerate(layers):
            if not hasattr(layer, "W"):
                continue
            n_in, n_out = layer.W.shape
            if width is not None and width != n_in:
                raise ValueError(f"Layers {giver} and {number} do not fit: {width} numbers are given, {n_in} are taken")
            width, giver = n_out, number
            self.n_params += n_in * n_out + n_out

    def forward(self, X):
        out = X
        for layer in self.layers:
            out = layer.forward(out)
        return out


@alternative("Network")
class AssertsThatLayersFit:
    def __init__(self, layers):
        self.layers = list(layers)
        width, giver = None, None
        for place, layer in enumerate(self.layers):
            if hasattr(layer, "W"):
                n_in, n_out = layer.W.shape
                assert width in (None, n_in), f"layer {giver} gives {width} numbers, layer {place} takes {n_in}"
                width, giver = n_out, place

    @property
    def n_params(self):
        return sum(layer.W.size + layer.b.size for layer in self.layers if hasattr(layer, "W"))

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X


@alternative("Network")
class TriesTheAttributes:
    def __init__(self, layers):
        self.layers = tuple(layers)
        last = None
        for place in range(len(self.layers)):
            try:
                W = self.layers[place].W
            except AttributeError:
                continue
            if last is not None and last[1] != len(W):
                raise ValueError(f"layers[{last[0]}] has {last[1]} outputs but layers[{place}] has {len(W)} inputs")
            last = place, len(W[0])

    @property
    def n_params(self):
        total = 0
        for layer in self.layers:
            for name in ("W", "b"):
                total += np.size(getattr(layer, name, []))
        return total

    def forward(self, X):
        for k in range(len(self.layers)):
            X = self.layers[k].forward(X)
        return X


@alternative("count_params")
def loops_with_an_index(sizes):
    total = 0
    for k in range(1, len(sizes)):
        total += sizes[k - 1] * sizes[k] + sizes[k]
    return total


@alternative("count_params")
def multiplies_arrays(sizes):
    sizes = np.array(sizes)
    return np.sum(sizes[:-1] * sizes[1:]) + np.sum(sizes[1:])


@alternative("count_params")
def calls_itself(sizes):
    if len(sizes) < 2:
        return 0
    return (sizes[0] + 1) * sizes[1] + calls_itself(sizes[1:])


@alternative("decision_grid")
def uses_meshgrid(predict, lim, n):
    axis = np.linspace(lim[0], lim[1], n)
    first, second = np.meshgrid(axis, axis)
    points = np.stack([first.ravel(), second.ravel()], axis=1)
    return np.asarray(predict(points)).reshape(n, n)


@alternative("decision_grid")
def lists_the_points(predict, lim, n):
    low, high = lim
    ticks = [low + (high - low) * k / (n - 1) for k in range(n)]
    points = np.array([[one, other] for other in ticks for one in ticks])
    return np.ravel(predict(points)).reshape(n, n)


@alternative("decision_grid")
def repeats_and_tiles(predict, lim, n):
    ticks = np.linspace(*lim, n)
    return predict(np.c_[np.tile(ticks, n), np.repeat(ticks, n)]).reshape((n, -1))


@alternative("mlp_forward")
def asks_for_the_name(X, params):
    cache = []
    out = X
    for layer in params:
        Z = out @ layer["W"] + layer["b"]
        if layer["activation"] == "relu":
            A = np.maximum(0, Z)
        elif layer["activation"] == "tanh":
            A = np.tanh(Z)
        elif layer["activation"] == "sigmoid":
            A = sigmoid(Z)
        else:
            A = Z
        cache.append({"X": out, "Z": Z, "A": A})
        out = A
    return out, cache


@alternative("mlp_forward")
def calls_itself_for_the_rest(X, params):
    first, rest = params[0], params[1:]
    table = {"identity": np.array, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
    Z = np.dot(X, first["W"]) + first["b"]
    A = table[first["activation"]](Z)
    entry = dict(X=X, Z=Z, A=A)
    if not rest:
        return A, [entry]
    out, cache = calls_itself_for_the_rest(A, rest)
    return out, [entry] + cache


@alternative("mlp_forward")
def copies_and_adds_the_layers_name(X, params):
    cache = [{} for _ in params]
    A = np.array(X, float)
    for entry, layer in zip(cache, params):
        entry["X"] = A.copy()
        entry["Z"] = np.einsum("ni,io->no", A, layer["W"]) + layer["b"][None, :]
        entry["A"] = {"identity": lambda Z: Z, "sigmoid": sigmoid, "tanh": np.tanh, "relu": lambda Z: Z * (Z > 0)}[
            layer["activation"]
        ](entry["Z"])
        entry["activation"] = layer["activation"]
        A = entry["A"]
    return A, tuple(cache)


@alternative("xor_network")
def either_but_not_both():
    return [
        {"W": np.array([[20.0, -20.0], [20.0, -20.0]]), "b": np.array([-10.0, 30.0]), "activation": "sigmoid"},
        {"W": np.array([[20.0], [20.0]]), "b": np.array([-30.0]), "activation": "sigmoid"},
    ]


@alternative("xor_network")
def one_without_the_other():
    """relu(x1 - x2) + relu(x2 - x1)."""
    return [
        {"W": np.array([[1.0, -1.0], [-1.0, 1.0]]), "b": np.zeros(2), "activation": "relu"},
        {"W": np.ones((2, 1)), "b": np.zeros(1), "activation": "identity"},
    ]


@alternative("xor_network")
def two_walls_with_tanh():
    return [
        {"W": np.array([[4, 4], [4, 4]]), "b": np.array([-2, -6]), "activation": "tanh"},
        {"W": np.array([[3], [-3]]), "b": np.array([-3]), "activation": "sigmoid"},
    ]


@alternative("xor_network")
def three_layers():
    """A member for each corner with one 1, and a chair with an assistant."""
    return [
        {"W": np.array([[9.0, -9.0], [-9.0, 9.0]]), "b": np.array([-4.5, -4.5]), "activation": "sigmoid"},
        {"W": np.array([[9.0], [9.0]]), "b": np.array([-4.5]), "activation": "sigmoid"},
        {"W": np.array([[1.0]]), "b": np.array([0.0]), "activation": "relu"},
    ]


@alternative("lines_committee")
def waits_for_a_full_column():
    W = np.zeros((9, 3))
    for j in range(3):
        W[[j, j + 3, j + 6], j] = 1
    return [
        {"W": W, "b": np.array([-2.0, -2.0, -2.0]), "activation": "relu"},
        {"W": np.ones((3, 1)), "b": np.zeros(1), "activation": "identity"},
    ]


@alternative("lines_committee")
def waits_for_a_full_row():
    """Specialists for rows: none of them speaks up for a vertical line."""
    W = np.repeat(np.eye(3), 3, axis=0)
    return [
        {"W": 5 * W, "b": np.full(3, -10.0), "activation": "tanh"},
        {"W": np.full((3, 1), -4.0), "b": np.array([-8.0]), "activation": "sigmoid"},
    ]


@alternative("lines_committee")
def compares_columns():
    """Differences of columns are 0 for a horizontal line, and two of them are not for a vertical one."""
    W = np.zeros((9, 3))
    for row in range(3):
        W[3 * row : 3 * row + 3] = [[1, 0, -1], [-1, 1, 0], [0, -1, 1]]
    return (
        {"W": W.tolist(), "b": [0.0, 0.0, 0.0], "activation": "relu"},
        {"W": [[2.0], [2.0], [2.0]], "b": [-3.0], "activation": "sigmoid"},
    )


@alternative("lines_committee")
def needs_two_specialists_only():
    """Two of the columns against the third; the third specialist says nothing."""
    left, middle, right = (np.tile(np.eye(3)[j], 3) for j in range(3))
    W = np.stack([left - middle, middle - left, right - middle], axis=1)
    return [
        {"W": W, "b": np.array([0.0, 0.0, 0.0]), "activation": "relu"},
        {"W": np.array([[3.0], [3.0], [3.0]]), "b": np.array([-4.5]), "activation": "sigmoid"},
    ]


@alternative("from_column_convention")
def transposes_and_ravels(W, b):
    return np.transpose(W), np.ravel(b)


@alternative("from_column_convention")
def copies_entry_by_entry(W, b):
    n_out, n_in = W.shape
    new = np.empty((n_in, n_out))
    for i in range(n_in):
        for j in range(n_out):
            new[i, j] = W[j, i]
    return new, np.array([entry[0] for entry in b])


@alternative("from_column_convention")
def reshapes_the_bias(W, b):
    return W.T.copy(), b.reshape(-1)


@alternative("output_head")
def asks_four_times(task):
    if task == "regression":
        return {"n_out": 1, "activation": "identity", "loss": "mean_squared_error"}
    if task == "binary":
        return {"n_out": 1, "activation": "sigmoid", "loss": "binary_cross_entropy"}
    if task == "multiclass":
        return {"n_out": "C", "activation": "softmax", "loss": "categorical_cross_entropy"}
    if task == "multilabel":
        return {"n_out": "C", "activation": "sigmoid", "loss": "binary_cross_entropy"}
    raise ValueError(f"unknown task: {task}")


@alternative("output_head")
def copies_from_a_table(task):
    table = {
        "regression": dict(n_out=1, activation="identity", loss="mean_squared_error"),
        "binary": dict(n_out=1, activation="sigmoid", loss="binary_cross_entropy"),
        "multiclass": dict(n_out="C", activation="softmax", loss="categorical_cross_entropy"),
        "multilabel": dict(n_out="C", activation="sigmoid", loss="binary_cross_entropy"),
    }
    if task not in table:
        raise ValueError("no such task")
    return dict(table[task])


# ---------------------------------------------------------------- products


@alternative("products", value=True)
def letters_in_order():
    return dict(enumerate("fcdgeb", start=1))


@alternative("products", value=True)
def letters_from_the_last():
    return {6: "b", 5: "e", 4: "g", 3: "d", 2: "c", 1: "f"}
