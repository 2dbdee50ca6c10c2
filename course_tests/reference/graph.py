"""The network as objects: parts that know themselves and their neighbours, and nobody else.

Every part has `activation`, what it says, and `error_signal`, the slope of the loss in what it hears. One rule serves
all:
the error signal is the part's own slope times the sum of the error signals of those it speaks to. The loss of one
sample is
the sum of the squared errors of the outputs.
"""

import math

import numpy as np


class _Part:
    """Hears the parts in `inputs`, speaks to those in `outputs`."""

    def __init__(self):
        self.inputs, self.outputs = [], []
        self.activation = self.error_signal = 0.0

    def _heard(self):
        return sum(part.activation for part in self.inputs)

    def _blamed(self):
        return sum(part.error_signal for part in self.outputs)

    def activate(self):
        """Say something: from what the inputs say to `activation`."""

    def calculate_error_signal(self):
        """Take the blame of those this part speaks to; the slope of the part itself is 1 unless a class says
        otherwise.
        """
        self.error_signal = self._blamed()

    def descend_local_gradient(self, lr):
        """Change what this part can learn, if anything, by one step against the slope.

        Parameters
        ----------
        lr : float
        """


class InputNode(_Part):
    """Shows one number: whoever uses the network sets `activation`."""


class Neuron(_Part):
    """Adds what it hears, and its bias.

    Parameters
    ----------
    bias : float
    """

    def __init__(self, bias=0.0):
        super().__init__()
        self.bias = bias

    def activate(self):
        self.activation = self._heard() + self.bias

    def descend_local_gradient(self, lr):
        self.bias -= lr * self.error_signal


class Connection(_Part):
    """Carries what `source` says to `target`, times `weight`; plugs itself in at both ends.

    Parameters
    ----------
    source : InputNode or NonlinearNode
    target : Neuron
    weight : float
    """

    def __init__(self, source, target, weight):
        super().__init__()
        self.source, self.target, self.weight = source, target, weight
        self.inputs, self.outputs = [source], [target]
        source.outputs.append(self)
        target.inputs.append(self)

    def activate(self):
        self.activation = self.weight * self.source.activation

    def calculate_error_signal(self):
        self.error_signal = self.weight * self.target.error_signal

    def descend_local_gradient(self, lr):
        self.weight -= lr * self.target.error_signal * self.source.activation


class NonlinearNode(_Part):
    """The vote of one neuron: relu or tanh of what it says; plugs itself in behind the neuron.

    Parameters
    ----------
    neuron : Neuron
    name : str
    """

    def __init__(self, neuron, name="relu"):
        if name not in ("relu", "tanh"):
            raise ValueError(f"unknown name {name!r}; choose relu or tanh")
        super().__init__()
        self.name, self.inputs = name, [neuron]
        neuron.outputs.append(self)

    def activate(self):
        z = self._heard()
        self.activation = math.tanh(z) if self.name == "tanh" else max(z, 0.0)

    def calculate_error_signal(self):
        slope = 1 - math.tanh(self._heard()) ** 2 if self.name == "tanh" else float(self._heard() > 0)
        self.error_signal = slope * self._blamed()


class OutputNode(Neuron):
    """A neuron without a vote that knows what it should have said: (activation - target)^2 has the slope 2 (activation
    - target).

    Parameters
    ----------
    bias : float
    """

    def __init__(self, bias=0.0):
        super().__init__(bias)
        self.target = 0.0

    def calculate_error_signal(self):
        self.error_signal = 2 * (self.activation - self.target)


def wire(shape, rng, name="relu"):
    """A network of parts, as a list of layers: i inputs, i*h connections, h neurons, h nonlinear nodes, h*o
    connections, o outputs.

    Parameters
    ----------
    shape : list of int
        How many inputs, how many neurons in each hidden layer, how many outputs.
    rng : numpy.random.Generator
        Draws the weights, N(0, 2 / n_in). Biases are 0.
    name : {"relu", "tanh"}
        The vote of the hidden neurons.

    Returns
    -------
    list of list
        Connection number i * n_out + j of a layer goes from source i to target j.
    """
    model = [[InputNode() for _ in range(shape[0])]]
    for place, (n_in, n_out) in enumerate(zip(shape[:-1], shape[1:]), 2):
        last = place == len(shape)
        targets = [OutputNode() if last else Neuron() for _ in range(n_out)]
        weights = iter(rng.normal(0.0, math.sqrt(2 / n_in), size=n_in * n_out).tolist())
        model += [[Connection(source, target, next(weights)) for source in model[-1] for target in targets], targets]
        if not last:
            model.append([NonlinearNode(neuron, name) for neuron in targets])
    return model


def forward(model, features):
    """Show the features to the inputs, let every part speak, layer after layer; returns what the outputs say, a list of
    float.

    Parameters
    ----------
    model : list of list
    features : sequence of float, shape (n_in,)
    """
    if len(features) != len(model[0]):
        raise ValueError(f"{len(features)} features for {len(model[0])} inputs")
    for node, feature in zip(model[0], features):
        node.activation = float(feature)
    for layer in model:
        for part in layer:
            part.activate()
    return [float(node.activation) for node in model[-1]]


def backpropagate_error(model, target):
    """Tell the outputs what they should have said; then every part takes its blame, from the last layer to the first.

    Parameters
    ----------
    model : list of list
    target : sequence of float, shape (n_out,)
    """
    if len(target) != len(model[-1]):
        raise ValueError(f"{len(target)} targets for {len(model[-1])} outputs")
    for node, wanted in zip(model[-1], target):
        node.target = float(wanted)
    for layer in reversed(model):
        for part in layer:
            part.calculate_error_signal()


def gradient_descent(model, lr):
    """Every part makes its own step.

    Parameters
    ----------
    model : list of list
    lr : float
    """
    for layer in model:
        for part in layer:
            part.descend_local_gradient(lr)


def to_matrices(model):
    """The weights W (n_in, n_out) and biases b (n_out,) of each layer of connections, found by following the links.

    Parameters
    ----------
    model : list of list
    """
    matrices = []
    for sources, connections, targets in zip(model[::3], model[1::3], model[2::3]):
        row, column = ({id(node): k for k, node in enumerate(nodes)} for nodes in (sources, targets))
        W = np.zeros((len(sources), len(targets)))
        for connection in connections:
            W[row[id(connection.source)], column[id(connection.target)]] = connection.weight
        matrices.append((W, np.array([node.bias for node in targets], float)))
    return matrices


def fit_curve(xs, ys, shape, rng, epochs, lr=0.02):
    """Wire a network with tanh votes and teach it the points (x, y), one at a time; an epoch shows each point once.

    Parameters
    ----------
    xs, ys : ndarray of shape (N,)
    shape : list of int
    rng : numpy.random.Generator
    epochs : int
    lr : float

    Returns
    -------
    model : list of list
    losses : list of float
        Mean squared error after 0, 1, ..., epochs epochs.
    """
    model = wire(shape, rng, "tanh")

    def loss():
        return float(np.mean([(forward(model, [x])[0] - y) ** 2 for x, y in zip(xs, ys)]))

    losses = [loss()]
    for _ in range(epochs):
        for x, y in zip(xs, ys):
            forward(model, [x])
            backpropagate_error(model, [y])
            gradient_descent(model, lr)
        losses.append(loss())
    return model, losses


class Value:
    """A number that remembers how it was made, and can send the slope of a result back to everything in it.

    Parameters
    ----------
    data : float
    parents : tuple of (Value, float)

    Attributes
    ----------
    data, grad : float
        grad is the slope, in `data`, of the Value whose backward was called.
    """

    def __init__(self, data, parents=()):
        self.data, self.grad = float(data), 0.0
        self.parents = parents  # pairs: a Value, and the slope of this one in it

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):
        """tanh of it, with the slope 1 - tanh^2."""
        t = math.tanh(self.data)
        return Value(t, ((self, 1 - t * t),))

    def relu(self):
        """max(0, it), with the slope 0 or 1."""
        return Value(max(self.data, 0.0), ((self, float(self.data > 0)),))

    def backward(self):
        """Set grad of every Value that this one was made of: each passes on what it got, once all its users have
        spoken.
        """
        order, seen = [], set()

        def visit(value):
            if id(value) not in seen:
                seen.add(id(value))
                for parent, _ in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        for value in order:
            value.grad = 0.0
        self.grad = 1.0
        for value in reversed(order):
            for parent, slope in value.parents:
                parent.grad += slope * value.grad


answers = {1: "c", 2: "a", 3: "d", 4: "b", 5: "a", 6: "d", 7: "b", 8: "c"}
