"""Right answers to 09_graph, written otherwise."""

import math
from math import fsum, tanh

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.graph import (
    Connection,
    InputNode,
    Neuron,
    NonlinearNode,
    OutputNode,
    backpropagate_error,
    forward,
    gradient_descent,
    wire,
)

# ---------------------------------------------------------------- InputNode


@alternative("InputNode")
class InputNode_with_fsum:
    def __init__(self):
        self.outputs, self.activation, self.error_signal = [], 0.0, 0.0

    def activate(self):
        return self.activation

    def calculate_error_signal(self):
        self.error_signal = fsum(part.error_signal for part in self.outputs)
        return self.error_signal

    def descend_local_gradient(self, lr):
        return None


@alternative("InputNode")
class InputNode_in_numpy:
    def __init__(self):
        self.outputs = list()
        self.activation = 0
        self.error_signal = 0

    def activate(self):
        self.activation = np.float64(self.activation)

    def calculate_error_signal(self):
        self.error_signal = np.sum([part.error_signal for part in self.outputs])

    def descend_local_gradient(self, lr):
        pass


# ---------------------------------------------------------------- Neuron


@alternative("Neuron")
class Neuron_with_loops:
    def __init__(self, bias=0.0):
        self.bias = bias
        self.inputs = []
        self.outputs = []
        self.activation = 0.0
        self.error_signal = 0.0

    def activate(self):
        total = self.bias
        for part in self.inputs:
            total = total + part.activation
        self.activation = total

    def calculate_error_signal(self):
        total = 0
        for part in self.outputs[::-1]:
            total += part.error_signal
        self.error_signal = total

    def descend_local_gradient(self, lr):
        self.bias = self.bias - self.error_signal * lr


@alternative("Neuron")
class Neuron_with_a_helper:
    def __init__(self, bias=0):
        self.bias, self.inputs, self.outputs, self.activation, self.error_signal = float(bias), [], [], 0.0, 0.0

    def ask(self, parts, what):
        return np.sum([getattr(part, what) for part in parts])

    def activate(self):
        self.activation = np.add(self.ask(self.inputs, "activation"), self.bias)

    def calculate_error_signal(self):
        self.error_signal = self.ask(self.outputs, "error_signal")

    def descend_local_gradient(self, lr):
        self.bias += -lr * self.error_signal


# ---------------------------------------------------------------- Connection


@alternative("Connection")
class Connection_with_a_kept_number:
    def __init__(self, source, target, weight):
        self.weight, self.source, self.target = float(weight), source, target
        self.activation = self.error_signal = 0.0
        target.inputs += [self]
        source.outputs += [self]

    def activate(self):
        self.heard = self.source.activation
        self.activation = self.heard * self.weight

    def calculate_error_signal(self):
        self.blame = self.target.error_signal
        self.error_signal = self.blame * self.weight

    def descend_local_gradient(self, lr):
        self.weight = self.weight - lr * (self.heard * self.blame)


@alternative("Connection")
class Connection_that_returns_what_it_says:
    def __init__(self, source, target, weight):
        self.source = source
        self.target = target
        self.weight = weight
        self.activation = 0
        self.error_signal = 0
        for plug in (source.outputs, target.inputs):
            plug.append(self)

    def activate(self):
        self.activation = np.multiply(self.weight, self.source.activation)
        return self.activation

    def calculate_error_signal(self):
        self.error_signal = np.multiply(self.weight, self.target.error_signal)
        return self.error_signal

    def descend_local_gradient(self, lr):
        slope = self.target.error_signal * self.source.activation
        self.weight = self.weight - lr * slope
        return self.weight


# ---------------------------------------------------------------- NonlinearNode


@alternative("NonlinearNode")
class NonlinearNode_with_tables:
    def __init__(self, neuron, name="relu"):
        self.votes = {"relu": lambda z: z * (z > 0), "tanh": tanh}
        self.slopes = {"relu": lambda z: z > 0, "tanh": lambda z: math.cosh(min(abs(z), 300)) ** -2}
        if name not in self.votes:
            raise ValueError(name)
        self.name, self.inputs, self.outputs = name, [neuron], []
        self.activation = self.error_signal = 0.0
        neuron.outputs.append(self)

    def activate(self):
        self.activation = self.votes[self.name](self.inputs[0].activation)

    def calculate_error_signal(self):
        self.error_signal = sum(part.error_signal for part in self.outputs) * self.slopes[self.name](
            self.inputs[0].activation
        )

    def descend_local_gradient(self, lr):
        pass


@alternative("NonlinearNode")
class NonlinearNode_that_keeps_its_slope:
    def __init__(self, neuron, name="relu"):
        if name == "relu":
            self.vote = lambda z: (z, 1.0) if z > 0 else (0.0, 0.0)
        elif name == "tanh":
            self.vote = lambda z: (np.tanh(z), 1 - np.tanh(z) ** 2)
        else:
            raise ValueError(f"no vote is called {name}")
        self.name = name
        self.inputs = [neuron]
        self.outputs = []
        self.activation, self.slope, self.error_signal = 0.0, 0.0, 0.0
        neuron.outputs.append(self)

    def activate(self):
        (neuron,) = self.inputs
        self.activation, self.slope = self.vote(neuron.activation)

    def calculate_error_signal(self):
        self.error_signal = 0.0
        for part in self.outputs:
            self.error_signal += self.slope * part.error_signal

    def descend_local_gradient(self, lr):
        return


# ---------------------------------------------------------------- OutputNode


@alternative("OutputNode")
class OutputNode_with_loops:
    def __init__(self, bias=0.0):
        self.bias = bias
        self.target = 0.0
        self.inputs = []
        self.outputs = []
        self.activation = 0.0
        self.error_signal = 0.0

    def activate(self):
        self.activation = self.bias
        for part in self.inputs:
            self.activation += part.activation

    def calculate_error_signal(self):
        error = self.activation - self.target
        self.error_signal = error + error

    def descend_local_gradient(self, lr):
        self.bias = self.bias - lr * self.error_signal


@alternative("OutputNode")
class OutputNode_in_numpy:
    def __init__(self, bias=0):
        self.bias, self.target, self.inputs, self.activation, self.error_signal = bias, 0, [], 0, 0

    def activate(self):
        self.activation = np.sum([self.bias, *(part.activation for part in self.inputs)])

    def calculate_error_signal(self):
        self.error_signal = -2.0 * np.subtract(self.target, self.activation)

    def descend_local_gradient(self, lr):
        self.bias = self.bias + lr * (-self.error_signal)


# ---------------------------------------------------------------- wire


@alternative("wire")
def wire_with_indices(shape, rng, name="relu"):
    model = []
    model.append([InputNode() for i in range(shape[0])])
    sources = model[0]
    for k, size in enumerate(shape[1:]):
        at_the_end = k + 2 == len(shape)
        targets = []
        for j in range(size):
            targets.append(OutputNode(0.0) if at_the_end else Neuron(0.0))
        W = rng.standard_normal((len(sources), size)) * np.sqrt(2.0 / len(sources))
        connections = []
        for i in range(len(sources)):
            for j in range(size):
                connections.append(Connection(sources[i], targets[j], W[i, j]))
        model += [connections, targets]
        if not at_the_end:
            sources = [NonlinearNode(neuron, name) for neuron in targets]
            model.append(sources)
    return model


@alternative("wire")
def wire_from_the_end(shape, rng, name="relu"):
    nodes = (
        [[InputNode() for _ in range(shape[0])]]
        + [[Neuron() for _ in range(n)] for n in shape[1:-1]]
        + [[OutputNode() for _ in range(shape[-1])]]
    )
    votes = [nodes[0]] + [[NonlinearNode(neuron, name) for neuron in layer] for layer in nodes[1:-1]]
    model = [nodes[-1]]
    for k in range(len(shape) - 2, -1, -1):
        links = [
            Connection(source, target, rng.normal(scale=(2 / shape[k]) ** 0.5))
            for source in votes[k]
            for target in nodes[k + 1]
        ]
        model = ([nodes[0]] if k == 0 else [nodes[k], votes[k]]) + [links] + model
    return model


# ---------------------------------------------------------------- forward


@alternative("forward")
def forward_in_arrays(model, features):
    inputs, *others = model
    if np.size(features) != len(inputs):
        raise ValueError(f"expected {len(inputs)} features")
    for node, feature in zip(inputs, features):
        node.activation = feature
    for layer in others:
        for part in layer:
            part.activate()
    return np.array([node.activation for node in others[-1]])


@alternative("forward")
def forward_that_asserts_by_length(model, features):
    features = list(features)
    for node in model[0]:
        if not features:
            raise ValueError("too few features")
        node.activation = float(features.pop(0))
    if features:
        raise ValueError("too many features")
    answers = []
    for number, layer in enumerate(model, 1):
        for part in layer:
            part.activate()
            if number == len(model):
                answers.append(part.activation)
    return answers


# ---------------------------------------------------------------- backpropagate_error


@alternative("backpropagate_error")
def backpropagate_error_by_index(model, target):
    outputs = model[len(model) - 1]
    if np.size(target) != len(outputs):
        raise ValueError(f"expected {len(outputs)} targets")
    for k in range(len(outputs)):
        outputs[k].target = target[k]
    for k in range(len(model) - 1, -1, -1):
        for part in reversed(model[k]):
            part.calculate_error_signal()


@alternative("backpropagate_error")
def backpropagate_error_in_one_list(model, target):
    if len(target) != len(model[-1]):
        raise ValueError("one target for each output")
    for node, t in zip(model[-1], target):
        node.target = t
    parts = [part for layer in model for part in layer]
    while parts:
        parts.pop().calculate_error_signal()
    return [node.error_signal for node in model[0]]


# ---------------------------------------------------------------- gradient_descent


@alternative("gradient_descent")
def gradient_descent_backwards(model, lr):
    for layer in reversed(model):
        for part in layer:
            part.descend_local_gradient(lr)
    return model


@alternative("gradient_descent")
def gradient_descent_in_one_line(model, lr):
    return [part.descend_local_gradient(lr) for part in sum(model, [])]


# ---------------------------------------------------------------- to_matrices


@alternative("to_matrices")
def to_matrices_by_the_links(model):
    matrices = []
    for sources, targets in zip(model[0::3], model[2::3]):
        W = [
            [next(link.weight for link in target.inputs if link.source is source) for target in targets]
            for source in sources
        ]
        matrices.append((np.array(W), np.array([target.bias for target in targets])))
    return matrices


@alternative("to_matrices")
def to_matrices_with_a_table(model):
    matrices = []
    for k in range(1, len(model), 3):
        weight = {(id(link.source), id(link.target)): link.weight for link in model[k]}
        W = np.empty((len(model[k - 1]), len(model[k + 1])))
        for i, source in enumerate(model[k - 1]):
            for j, target in enumerate(model[k + 1]):
                W[i, j] = weight[id(source), id(target)]
        matrices.append([W, np.array([float(node.bias) for node in model[k + 1]])])
    return matrices


# ---------------------------------------------------------------- fit_curve


@alternative("fit_curve")
def fit_curve_in_random_order(xs, ys, shape, rng, epochs, lr=0.02):
    model, losses = wire(shape, rng, "tanh"), []
    for epoch in range(epochs + 1):
        losses.append(sum((forward(model, [x])[0] - y) ** 2 for x, y in zip(xs, ys)) / len(xs))
        if epoch == epochs:
            return model, np.array(losses)
        for k in rng.permutation(len(xs)):
            forward(model, [xs[k]])
            backpropagate_error(model, [ys[k]])
            gradient_descent(model, lr)


@alternative("fit_curve")
def fit_curve_with_progress(xs, ys, shape, rng, epochs, lr=0.02):
    model = wire(shape, rng, "tanh")

    def mean_error():
        errors = []
        for x, y in zip(xs, ys):
            errors.append(forward(model, [x])[0] - y)
        return np.mean(np.square(errors))

    losses = [mean_error()]
    for epoch in range(epochs):
        for i in range(len(xs) - 1, -1, -1):
            forward(model, np.array([xs[i]]))
            backpropagate_error(model, np.array([ys[i]]))
            gradient_descent(model, lr)
        losses.append(mean_error())
        print(f"epoch {epoch + 1}: {losses[-1]:.4f}")
    return model, losses


# ---------------------------------------------------------------- Value


@alternative("Value")
class Value_with_closures:
    def __init__(self, data, made_of=()):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = set(made_of)

    def __add__(self, other):
        other = other if hasattr(other, "grad") else type(self)(other)
        out = type(self)(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if hasattr(other, "grad") else type(self)(other)
        out = type(self)(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def tanh(self):
        t = np.tanh(self.data)
        out = type(self)(t, (self,))

        def _backward():
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    def relu(self):
        out = type(self)(0 if self.data < 0 else self.data, (self,))

        def _backward():
            self.grad += (out.data > 0) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1
        for v in reversed(topo):
            v._backward()


@alternative("Value")
class Value_that_counts_its_users:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = float(data), 0.0, parents, slopes

    def __add__(self, other):
        other = other if isinstance(other, Value_that_counts_its_users) else Value_that_counts_its_users(other)
        return Value_that_counts_its_users(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Value_that_counts_its_users) else Value_that_counts_its_users(other)
        return Value_that_counts_its_users(self.data * other.data, (self, other), (other.data, self.data))

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def tanh(self):
        return Value_that_counts_its_users(tanh(self.data), (self,), (1 - tanh(self.data) ** 2,))

    def relu(self):
        return Value_that_counts_its_users(max(0.0, self.data), (self,), (1.0 if self.data > 0 else 0.0,))

    def backward(self):
        users, queue = {self: 0}, [self]
        while queue:
            for parent in queue.pop().parents:
                if parent not in users:
                    users[parent] = 0
                    queue.append(parent)
                users[parent] += 1
        self.grad, ready = 1.0, [self]
        while ready:
            value = ready.pop()
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad
                users[parent] -= 1
                if users[parent] == 0:
                    ready.append(parent)


@alternative("Value")
class Value_by_recursion:
    def __init__(self, data, parts=()):
        self.data, self.grad, self.parts = data, 0.0, parts

    def __add__(self, other):
        other = other if isinstance(other, Value_by_recursion) else Value_by_recursion(other)
        return Value_by_recursion(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = other if isinstance(other, Value_by_recursion) else Value_by_recursion(other)
        return Value_by_recursion(self.data * other.data, [(self, other.data), (other, self.data)])

    __radd__ = __add__
    __rmul__ = __mul__

    def tanh(self):
        return Value_by_recursion(np.tanh(self.data), [(self, 1 - np.tanh(self.data) ** 2)])

    def relu(self):
        return Value_by_recursion(self.data if self.data > 0 else 0.0, [(self, float(self.data > 0))])

    def backward(self, blame=1.0):
        self.grad += blame
        for part, slope in self.parts:
            part.backward(blame * slope)
