"""Hidden tests of 09_graph. See checks.py for what each check says when it fails.

The learner's parts may live in another process: a scenario makes its little world from the learner's own classes, by
calls and
attributes only. Neighbours of a part are hand-made and know nothing but what the part may ask them: so locality is
really tested.
"""

import itertools
import math

import numpy as np

from course_tests.checks import (
    Case,
    assert_agrees_on,
    assert_close,
    assert_gradient,
    assert_raises_on,
    central_differences,
    graded,
    quiz_tests,
    require,
    rngs,
    shuffled,
)
from course_tests.reference.backprop import TrainableNetwork
from course_tests.reference.layers import mlp_forward

SHAPES = ((3, 4, 2), (2, 5, 1), (4, 3, 3, 2))


def numbers(rng, count):
    """Numbers of both signs, none near 0, as floats of Python."""
    values = rng.uniform(0.2, 1.5, size=count) * rng.choice([-1, 1], size=count)
    return values.tolist()


def having(C, name, values):
    """One part for each value, with the attribute `name` set to it."""
    parts = [C() for _ in values]
    for part, value in zip(parts, values):
        setattr(part, name, value)
    return parts


def with_help(subject, helpers, told, scenario, rtol=1e-6, atol=1e-8):
    """What `scenario(implementation, *helpers)` gives must agree with the reference; the helpers are the learner's
    own classes or functions.
    """
    __tracebackhide__ = True
    case = _case(subject, helpers, told, scenario)
    want = scenario(subject.reference, *(helper.reference for helper in helpers))
    got = subject.run(case)
    assert_close(got, want, told, rtol=rtol, atol=atol)


def _case(subject, helpers, told, scenario):
    return Case(
        told,
        lambda implementation: (
            scenario(implementation, *(_own(helper, subject, implementation) for helper in helpers)),
            None,
        ),
    )


def _own(helper, subject, implementation):
    """The learner's helper beside the learner's answer, the reference beside the bank's."""
    return helper.implementation if implementation is subject.implementation else helper.reference


# ---------------------------------------------------------------- InputNode


def an_input(shown, signals, before=0.0):
    def scenario(InputNode):
        node = InputNode()
        node.outputs = having(InputNode, "error_signal", signals)
        node.activation, node.error_signal = shown, before
        node.activate()
        node.calculate_error_signal()
        return node.activation, node.error_signal

    return scenario


@graded
def test_InputNode_basic(InputNode):
    """an input says the number that it is shown, and its error signal is the sum of those of its connections"""
    for rng in rngs():
        for count in (3, 5):
            shown, signals = numbers(rng, 1)[0], numbers(rng, count)
            told = (
                f"node.activation = {shown:.3g}, {count} parts in node.outputs; node.activate(), "
                "node.calculate_error_signal(); then activation, error_signal"
            )
            assert_agrees_on(InputNode, told, an_input(shown, signals))


@graded
def test_InputNode_any_neighbours(InputNode):
    """one neighbour or none, a second pass, and two inputs that share nothing"""
    rng = rngs(1)[0]
    told = "activation and error_signal of an input with {} parts in outputs, the second time"
    for count in (1, 0, 4):
        assert_agrees_on(InputNode, told.format(count), an_input(1.25, numbers(rng, count), before=3.5))

    def two(C):
        one, other = C(), C()
        before = len(one.outputs), len(other.outputs)
        one.outputs.append(other)
        return one.activation, one.error_signal, len(one.outputs) - before[0], len(other.outputs) - before[1]

    assert_agrees_on(
        InputNode,
        "two new inputs: activation and error_signal of the first; then one.outputs.append(other), "
        "and how much longer the outputs of both have become",
        two,
    )


def afterwards(count, lr=0.5):
    """A part with neighbours on its right; all three methods; the neighbours, and what the part shows, afterwards."""

    def scenario(C):
        node, signals = C(), [0.5, -2.0, 1.5][:count]
        node.outputs = having(C, "error_signal", signals)
        for part in node.outputs:
            part.activation = 0.25
        node.activation = 2.0
        node.activate()
        node.calculate_error_signal()
        node.descend_local_gradient(lr)
        return (
            node.activation,
            node.error_signal,
            [part.error_signal for part in node.outputs],
            [part.activation for part in node.outputs],
        )

    return scenario


@graded
def test_InputNode_craft(InputNode):
    """an input has nothing to learn, and does not change its neighbours"""
    told = (
        "node.activate(), node.calculate_error_signal(), node.descend_local_gradient(0.5); then activation and "
        "error_signal, and those of the neighbours"
    )
    for count in shuffled([3, 2, 1]):
        assert_agrees_on(InputNode, told, afterwards(count))


# ---------------------------------------------------------------- Neuron


def a_neuron(said, signals, bias, lr=None, before=0.0):
    def scenario(Neuron):
        neuron = Neuron(bias)
        neuron.inputs, neuron.outputs = having(Neuron, "activation", said), having(Neuron, "error_signal", signals)
        neuron.activation, neuron.error_signal = before, before
        neuron.activate()
        neuron.calculate_error_signal()
        if lr is not None:
            neuron.descend_local_gradient(lr)
        return neuron.activation, neuron.error_signal, neuron.bias

    return scenario


@graded
def test_Neuron_basic(Neuron):
    """a neuron adds what it hears and its bias, its error signal is the sum of those after it, and its bias steps
    against it
    """
    for rng in rngs():
        for n_in, n_out in ((3, 1), (2, 3), (5, 2)):
            bias, lr = numbers(rng, 1)[0], float(rng.uniform(0.1, 0.6))
            told = (
                f"a neuron with bias {bias:.3g}, {n_in} parts in inputs and {n_out} in outputs; all three methods "
                f"with lr = {lr:.2f}; then activation, error_signal, bias"
            )
            assert_agrees_on(Neuron, told, a_neuron(numbers(rng, n_in), numbers(rng, n_out), bias, lr))


@graded
def test_Neuron_any_neighbours(Neuron):
    """one neighbour or none, a second pass, bias 0 when none is given, no step with lr = 0, and two neurons that
    share nothing
    """
    rng = rngs(1)[0]
    told = "activation, error_signal and bias of a neuron with {} parts in inputs and {} in outputs, the second time"
    for n_in, n_out in ((1, 1), (0, 2), (2, 0)):
        assert_agrees_on(
            Neuron, told.format(n_in, n_out), a_neuron(numbers(rng, n_in), numbers(rng, n_out), 0.75, before=3.5)
        )
    assert_agrees_on(
        Neuron,
        "activation, error_signal and bias of a neuron that hears -2 and has the bias 0.75",
        a_neuron([-2.0], [1.5], 0.75),
    )
    assert_agrees_on(Neuron, "the bias after descend_local_gradient(0)", a_neuron([1.0], [2.0], 0.75, lr=0.0))

    def two(C):
        one, other = C(), C(1.5)
        before = [len(parts) for parts in (one.inputs, one.outputs, other.inputs, other.outputs)]
        one.inputs.append(other)
        one.outputs.append(other)
        longer = [
            len(parts) - was for parts, was in zip((one.inputs, one.outputs, other.inputs, other.outputs), before)
        ]
        return one.bias, other.bias, one.activation, one.error_signal, longer

    def two_steps(C):
        neuron = C(0.5)
        neuron.error_signal = 2.0
        neuron.descend_local_gradient(0.25)
        neuron.error_signal = -3.0
        neuron.descend_local_gradient(0.5)
        return neuron.bias

    assert_agrees_on(
        Neuron,
        "Neuron() and Neuron(1.5): bias of both, activation and error_signal of the first; then append one part to "
        "its inputs and one to its "
        "outputs, and how much longer the lists have become: one.inputs, one.outputs, other.inputs, other.outputs",
        two,
    )
    assert_agrees_on(Neuron, "the bias after two steps", two_steps)


@graded
def test_Neuron_craft(Neuron):
    """each method changes only what it is for: neither the neighbours, nor the neuron's other numbers"""
    said, signals = [-1.25, 0.4], numbers(rngs(1)[0], 2)

    def one_by_one(C):
        neuron = C(0.5)
        neuron.inputs, neuron.outputs = having(C, "activation", said), having(C, "error_signal", signals)
        history = []
        for method in ("activate", "calculate_error_signal", "descend_local_gradient"):
            getattr(neuron, method)(*([0.5] if method.startswith("descend") else []))
            history.append((neuron.activation, neuron.error_signal, neuron.bias))
        return (
            history,
            [(part.activation, part.error_signal, part.bias) for part in (*neuron.inputs, *neuron.outputs)],
        )

    assert_agrees_on(
        Neuron,
        "activation, error_signal and bias after each of the three methods; then those of its neighbours",
        one_by_one,
    )


# ---------------------------------------------------------------- Connection


def a_connection(said, weight, signal, lr=None, before=0.0):
    def scenario(Connection, Neuron):
        source, target = Neuron(), Neuron()
        link = Connection(source, target, weight)
        source.activation, target.error_signal = said, signal
        link.error_signal = before
        link.activate()
        link.calculate_error_signal()
        if lr is not None:
            link.descend_local_gradient(lr)
        return link.activation, link.error_signal, link.weight

    return scenario


@graded
def test_Connection_basic(Connection, Neuron):
    """a connection says weight times what its source says, sends the blame back times weight, and steps by what it
    heard times the blame of its target
    """
    for rng in rngs():
        said, weight, signal = numbers(rng, 3)
        lr = float(rng.uniform(0.1, 0.6))
        told = (
            f"link = Connection(source, target, {weight:.3g}), source.activation = {said:.3g}, target.error_signal = "
            f"{signal:.3g}; "
            f"all three methods with lr = {lr:.2f}; then activation, error_signal, weight"
        )
        with_help(Connection, [Neuron], told, a_connection(said, weight, signal, lr))


@graded
def test_Connection_plugs_itself_in(Connection, Neuron):
    """a new connection stands in source.outputs and in target.inputs; weight 0, lr 0 and a second step work; the
    slope is the measured one
    """

    def plugged(Connection, Neuron):
        nodes = [Neuron() for _ in range(3)]
        links = [
            Connection(nodes[0], nodes[2], 0.5),
            Connection(nodes[1], nodes[2], -1.0),
            Connection(nodes[0], nodes[1], 2.0),
        ]
        for k, thing in enumerate((*nodes, *links)):
            thing.tag = k
        ends = [[link.source.tag, link.target.tag] for link in links]
        return ends, [[[link.tag for link in node.inputs], [link.tag for link in node.outputs]] for node in nodes]

    with_help(
        Connection,
        [Neuron],
        "three connections between the nodes 0, 1, 2 (0 to 2, 1 to 2, 0 to 1), which are 3, 4, 5: "
        "source and target of each; then inputs and outputs of each node",
        plugged,
    )
    rng = rngs(1)[0]
    said, weight, signal = numbers(rng, 3)
    told = "activation, error_signal and weight of a connection with {}"
    with_help(
        Connection, [Neuron], told.format("weight 0, after a step"), a_connection(said, 0.0, signal, 0.5, before=4.0)
    )
    with_help(
        Connection,
        [Neuron],
        told.format("an old error_signal, the next time"),
        a_connection(said, weight, signal, before=4.0),
    )
    with_help(Connection, [Neuron], told.format("lr = 0"), a_connection(said, weight, signal, 0.0))

    def two_steps(Connection, Neuron):
        source, target = Neuron(), Neuron()
        link = Connection(source, target, weight)
        weights = []
        for heard, blame in ((said, signal), (-0.5, 2.0)):
            source.activation, target.error_signal = heard, blame
            link.activate()
            link.calculate_error_signal()
            link.descend_local_gradient(0.25)
            weights += [link.activation, link.weight]
        return weights

    with_help(Connection, [Neuron], "activation and weight after each of two steps", two_steps)
    moved = Connection.case(
        "how far the weight moves with lr = 1",
        lambda C: a_connection(said, weight, signal, 1.0)(C, _own(Neuron, Connection, C)),
    )[2]
    assert_gradient(
        np.array([weight - float(moved)]),
        lambda w: float(signal * w[0] * said),
        np.array([weight]),
        "the step of the weight with lr = 1, beside the measured slope of target.error_signal * weight * "
        "source.activation",
    )


@graded
def test_Connection_craft(Connection, Neuron):
    """each method changes only what it is for: neither the two ends, nor the connection's other numbers"""
    rng = rngs(1)[0]
    said, weight, signal = numbers(rng, 3)

    def one_by_one(Connection, Neuron):
        source, target = Neuron(0.5), Neuron(1.5)
        link = Connection(source, target, weight)
        source.activation, target.error_signal = said, signal
        history = []
        for method in ("activate", "calculate_error_signal", "descend_local_gradient"):
            getattr(link, method)(*([0.5] if method.startswith("descend") else []))
            history.append((link.activation, link.error_signal, link.weight))
        return (
            history,
            [(node.activation, node.error_signal, node.bias) for node in (source, target)],
            [len(source.outputs), len(target.inputs)],
        )

    with_help(
        Connection,
        [Neuron],
        "activation, error_signal and weight after each of the three methods; then its ends",
        one_by_one,
    )


# ---------------------------------------------------------------- NonlinearNode


def a_vote(z, signals, before=0.0, name="relu"):
    def scenario(NonlinearNode, Neuron):
        neuron = Neuron()
        node = NonlinearNode(neuron, name)
        node.outputs = having(Neuron, "error_signal", signals)
        neuron.activation, node.error_signal = z, before
        node.activate()
        node.calculate_error_signal()
        return node.activation, node.error_signal

    return scenario


@graded
def test_NonlinearNode_basic(NonlinearNode, Neuron):
    """a vote is relu or tanh of what the neuron says, and its error signal is the slope there times the sum of those
    after it
    """
    for rng in rngs():
        for name, z in (("relu", 1.0), ("relu", -1.0), ("tanh", 1.0), ("tanh", -1.0)):
            z *= float(rng.uniform(0.3, 1.7))
            signals = numbers(rng, 3)
            if sum(signals) * z > 0:  # blame of the other sign, or a mask taken from it would go unseen
                signals = [-signal for signal in signals]
            told = (
                f"node = NonlinearNode(neuron, {name!r}), neuron.activation = {z:.3g}, three parts in "
                "node.outputs, an old error_signal of 2: activation and error_signal of the node"
            )
            with_help(NonlinearNode, [Neuron], told, a_vote(z, signals, before=2.0, name=name))


@graded
def test_NonlinearNode_plugs_itself_in(NonlinearNode, Neuron):
    """a new vote stands in neuron.outputs, and relu is the usual one; large scores, one neighbour or none and a
    second pass work; other names are refused
    """

    def plugged(NonlinearNode, Neuron):
        one, other = Neuron(), Neuron()
        votes = [NonlinearNode(one), NonlinearNode(other, "tanh")]
        for k, thing in enumerate((one, other, *votes)):
            thing.tag = k
        one.activation = other.activation = 3.0
        for vote in votes:
            vote.activate()
        tags = [[[part.tag for part in vote.inputs], len(vote.outputs)] for vote in votes]
        return (
            [vote.activation for vote in votes],
            tags,
            [[part.tag for part in neuron.outputs] for neuron in (one, other)],
        )

    with_help(
        NonlinearNode,
        [Neuron],
        "NonlinearNode(neuron 0) and NonlinearNode(neuron 1, 'tanh'), which are 2 and 3; the neurons say 3: "
        "the two activations; then inputs and len(outputs) of each vote, and outputs of each neuron",
        plugged,
    )
    rng = rngs(1)[0]
    for z, count, name in (
        (2.5, 1, "relu"),
        (-2.5, 1, "relu"),
        (0.7, 0, "relu"),
        (0.4, 1, "tanh"),
        (0.4, 0, "tanh"),
        (900.0, 2, "tanh"),
        (-900.0, 2, "relu"),
    ):
        with_help(
            NonlinearNode,
            [Neuron],
            f"activation and error_signal of a {name} with {count} parts in outputs, where the neuron says {z:g}, the "
            "second time",
            a_vote(z, numbers(rng, count), before=4.0, name=name),
        )
    for z, name in ((0.6, "tanh"), (-1.1, "tanh"), (0.8, "relu")):
        signal = NonlinearNode.case(
            f"error_signal of a {name}",
            lambda C, z=z, name=name: a_vote(z, [1.0], name=name)(C, _own(Neuron, NonlinearNode, C)),
        )[1]
        vote = {"tanh": math.tanh, "relu": lambda v: max(v, 0.0)}[name]
        assert_gradient(
            np.array([float(signal)]),
            lambda v, vote=vote: vote(float(v[0])),
            np.array([z]),
            f"error_signal of a {name} before one part with the error signal 1, where the neuron says {z}, beside the "
            "measured slope",
        )
    case = Case(
        "NonlinearNode(neuron, 'step')", lambda C: ((C(_own(Neuron, NonlinearNode, C)(), "step").name, None), None)
    )
    assert_raises_on(NonlinearNode, ValueError, case, "only relu and tanh are known")


@graded
def test_NonlinearNode_craft(NonlinearNode, Neuron):
    """a vote has nothing to learn, and changes neither its neuron nor the parts after it"""
    signals = numbers(rngs(1)[0], 2)

    def everything(NonlinearNode, Neuron):
        neuron = Neuron(0.5)
        node = NonlinearNode(neuron, "tanh")
        node.outputs = having(Neuron, "error_signal", signals)
        neuron.activation, neuron.error_signal = 0.6, 5.0
        history = []
        for method in ("activate", "calculate_error_signal", "descend_local_gradient"):
            getattr(node, method)(*([0.5] if method.startswith("descend") else []))
            history.append((node.activation, node.error_signal))
        return history, [(part.activation, part.error_signal, part.bias) for part in (neuron, *node.outputs)]

    with_help(
        NonlinearNode,
        [Neuron],
        "activation and error_signal after each of the three methods; then activation, error_signal and bias of the "
        "neighbours",
        everything,
    )


# ---------------------------------------------------------------- OutputNode


def an_output(said, bias, target, lr=None):
    def scenario(OutputNode):
        node = OutputNode(bias)
        node.inputs = having(OutputNode, "activation", said)
        node.target = target
        node.activate()
        node.calculate_error_signal()
        if lr is not None:
            node.descend_local_gradient(lr)
        return node.activation, node.error_signal, node.bias

    return scenario


@graded
def test_OutputNode_basic(OutputNode):
    """an output adds what it hears and its bias, without a vote; its error signal is the slope of the squared error"""
    for rng in rngs():
        for n_in in (2, 4):
            bias, target = numbers(rng, 2)
            lr = float(rng.uniform(0.1, 0.6))
            told = (
                f"an output with bias {bias:.3g}, target {target:.3g} and {n_in} parts in inputs; all three "
                f"methods with lr = {lr:.2f}; then activation, error_signal, bias"
            )
            assert_agrees_on(OutputNode, told, an_output(numbers(rng, n_in), bias, target, lr))


@graded
def test_OutputNode_any_score(OutputNode):
    """negative scores stay negative, a perfect answer has no blame, far answers much; the slope is the measured one;
    two outputs share nothing
    """
    for said, bias, target in (
        ([-2.0, 0.5], 0.25, 1.0),
        ([1.5], 0.5, 2.0),
        ([40.0, 3.0], 0.0, -2.0),
        ([], -0.75, 0.0),
        ([0.5, 1.0, 2.0], 0.0, 0.0),
    ):
        assert_agrees_on(
            OutputNode,
            f"an output that hears {said}, with bias {bias} and target {target}: activation, error_signal, bias",
            an_output(said, bias, target),
        )
    said, bias, target = [0.5, -1.25], 0.75, 1.5
    signal = OutputNode.case("error_signal of an output", an_output(said, bias, target))[1]
    assert_gradient(
        np.array([float(signal)]),
        lambda b: float((sum(said) + b[0] - target) ** 2),
        np.array([bias]),
        "error_signal, beside the measured slope of (activation - target)^2",
    )

    def two(C):
        one, other = C(), C(1.5)
        before = len(one.inputs), len(other.inputs)
        one.inputs.append(other)
        return (
            one.bias,
            other.bias,
            one.activation,
            one.error_signal,
            one.target,
            len(one.inputs) - before[0],
            len(other.inputs) - before[1],
        )

    assert_agrees_on(
        OutputNode,
        "OutputNode() and OutputNode(1.5): bias of both; activation, error_signal, target of the first; "
        "then one.inputs.append(other), and how much longer the inputs of both have become",
        two,
    )


@graded
def test_OutputNode_craft(OutputNode):
    """each method changes only what it is for: neither the target, nor the neighbours, nor the output's other
    numbers
    """
    said = [-1.25, round(rngs(1)[0].uniform(0.3, 0.6), 2)]

    def one_by_one(C):
        node = C(0.5)
        node.inputs, node.target = having(C, "activation", said), 2.0
        history = []
        for method in ("activate", "calculate_error_signal", "descend_local_gradient"):
            getattr(node, method)(*([0.5] if method.startswith("descend") else []))
            history.append((node.activation, node.error_signal, node.bias, node.target))
        return history, [(part.activation, part.error_signal, part.bias, part.target) for part in node.inputs]

    assert_agrees_on(
        OutputNode,
        "activation, error_signal, bias and target after each of the three methods; then those of its neighbours",
        one_by_one,
    )


# ---------------------------------------------------------------- wire


def counts(shape):
    """i, i*h, h, h, ..., h*o, o: what `wire` must give."""
    found = [shape[0]]
    for place, (n_in, n_out) in enumerate(zip(shape[:-1], shape[1:]), 2):
        found += [n_in * n_out, n_out] + ([n_out] if place < len(shape) else [])
    return found


def map_of(shape, name="relu"):
    """All the links of a wired network; every part is known by its number, counted through the layers."""

    def scenario(wire):
        model = wire(list(shape), np.random.default_rng(5), name)
        found = {"parts in each layer": [len(layer) for layer in model]}
        if found["parts in each layer"] != counts(shape):
            return found
        numbered = {id(part): number for number, part in enumerate(itertools.chain(*model))}

        def number_of(part):
            return numbered.get(id(part), "no part of the model")

        links, nodes = [], []
        for place, layer in enumerate(model):
            if place % 3 == 1:
                links.append([[number_of(part.source), number_of(part.target)] for part in layer])
            else:
                first, last = place == 0, place == len(model) - 1
                nodes.append(
                    [
                        [
                            [] if first else [number_of(part) for part in node.inputs],
                            [] if last else [number_of(part) for part in node.outputs],
                        ]
                        for node in layer
                    ]
                )
        return {
            **found,
            "source and target of the connections, layer by layer": links,
            "inputs and outputs of the other parts, layer by layer": nodes,
        }

    return f"the links of wire({list(shape)}, rng)", scenario


def any_seed():
    return int(rngs(1)[0].integers(1000))


def prepared(wire, shape, seed, name="tanh"):
    """A network whose weights and biases are set, the same whatever the learner's generator draws."""
    rng = np.random.default_rng(seed)
    model = wire(list(shape), np.random.default_rng(1), name)
    for connections, nodes, n_in in zip(model[1::3], model[2::3], shape):
        for connection, weight in zip(connections, numbers(rng, n_in * len(nodes))):
            connection.weight = weight
        for node, bias in zip(nodes, numbers(rng, len(nodes))):
            node.bias = bias
    return model


def layers_of(shape, seed, name="tanh"):
    """The same weights and biases as `prepared`, as params of 07_layers."""
    rng, params = np.random.default_rng(seed), []
    for n_in, n_out in zip(shape[:-1], shape[1:]):
        params.append(
            {
                "W": np.reshape(numbers(rng, n_in * n_out), (n_in, n_out)),
                "b": np.array(numbers(rng, n_out)),
                "activation": name,
            }
        )
    params[-1]["activation"] = "identity"
    return params


def all_of(model, attribute, places):
    return [[getattr(part, attribute) for part in model[place]] for place in places]


def weights_of(model):
    return all_of(model, "weight", range(1, len(model), 3)), all_of(model, "bias", range(2, len(model), 3))


@graded
def test_wire_basic(wire):
    """there are i, i*h, h, h, ..., o parts, and every link is known at both of its ends"""
    for shape in ((3, 4, 2), (2, 3, 1)):
        assert_agrees_on(wire, *map_of(shape))


@graded
def test_wire_any_shape(wire):
    """deep, shallow and narrow networks are wired well; equal generators give equal networks; weights are N(0,
    2/n_in), biases 0
    """
    for shape in ((2, 3, 2, 2), (3, 2), (1, 1, 1)):
        assert_agrees_on(wire, *map_of(shape))
    told = "the weights of wire([12, 30, 2], np.random.default_rng({}))"

    def drawn(seed, last):
        """The weights of the first `last` connections of each layer."""
        return wire.case(
            told.format(seed),
            lambda f: (
                [
                    [part.weight for part in layer[:last]]
                    for layer in f([12, 30, 2], np.random.default_rng(seed), "relu")[1::3]
                ]
            ),
        )

    first, second, third = drawn(4, None), drawn(4, 20), drawn(5, None)
    require(
        np.array_equal(first[0][:20], second[0]) and np.array_equal(first[1][:20], second[1]),
        "Two networks made with equal generators have different weights: draw from the argument rng, and nothing else.",
    )
    require(
        not np.allclose(first[0], third[0]),
        "Two networks made with different generators have the same weights: draw them from the argument rng.",
    )
    weights = np.array([first[0], third[0]], float)
    require(
        abs(weights.mean()) < 0.06 and abs(weights.std() - math.sqrt(2 / 12)) < 0.04,
        "720 weights after 12 inputs must have mean 0 and standard deviation sqrt(2/12) = 0.408; yours have "
        f"{weights.mean():.3f} and {weights.std():.3f}.",
    )
    biases = wire.case(
        "the biases of wire([3, 4, 2], rng)",
        lambda f: [[node.bias for node in layer] for layer in f([3, 4, 2], np.random.default_rng(4), "relu")[2::3]],
    )
    require(not np.any(np.concatenate(biases)), "The biases must start at 0.")

    def votes(f):
        found = []
        for kind in ((), ("tanh",)):
            model = f([1, 1, 1, 1], np.random.default_rng(0), *kind)
            for neurons, nodes in ((model[2], model[3]), (model[5], model[6])):
                neurons[0].activation = 3.0
                nodes[0].activate()
                found.append(nodes[0].activation)
        return found

    assert_agrees_on(
        wire,
        "two hidden layers that hear 3: the votes of wire([1, 1, 1, 1], rng), and of wire([1, 1, 1, 1], rng, 'tanh')",
        votes,
    )


@graded
def test_wire_craft(wire):
    """every part finds all it needs in itself and its neighbours: it works when the list of layers is gone; shape
    stays as it was
    """
    weights = numbers(rngs(1)[0], 6)

    def without_model(f):
        shape = [2, 2, 1]
        model = f(shape, np.random.default_rng(3), "tanh")
        parts = [list(layer) for layer in model]
        for layer in model:
            layer.clear()
        model.clear()
        link, neuron, vote, output = parts[1][1], parts[2][1], parts[3][1], parts[5][0]
        for part, weight in zip((*parts[1], *parts[4]), weights):
            part.weight = weight
        parts[0][0].activation, parts[0][1].activation = 1.0, -0.5
        for part in (*parts[1], neuron, vote, *parts[4], output):
            part.activate()
        output.target = 1.0
        for part in (output, *parts[4], vote, neuron, link):
            part.calculate_error_signal()
        link.descend_local_gradient(0.5)
        neuron.descend_local_gradient(0.5)
        return (
            [part.activation for part in (link, neuron, vote, output)],
            [part.error_signal for part in (link, neuron, vote, output)],
            link.weight,
            neuron.bias,
            shape,
        )

    assert_agrees_on(
        wire,
        "wire([2, 2, 1], rng), all weights set, all lists of layers emptied: activation and error_signal of a "
        "connection, "
        "a neuron, a vote and the output; then weight and bias after a step, and shape",
        without_model,
    )


# ---------------------------------------------------------------- forward


def passed(shape, seed, features, name="tanh"):
    def scenario(forward, wire):
        return list(forward(prepared(wire, shape, seed, name), features.copy()))

    return (
        f"forward(model, {[round(float(x), 2) for x in features]}) with a model of shape {list(shape)}, {name}",
        scenario,
    )


@graded
def test_forward_basic(forward, wire):
    """every part speaks, layer after layer, and the outputs come back as a list"""
    for rng, shape in zip(rngs(), SHAPES):
        for name in ("tanh", "relu"):
            with_help(forward, [wire], *passed(shape, int(rng.integers(1000)), np.array(numbers(rng, shape[0])), name))


@graded
def test_forward_equals_the_matrices(forward, wire):
    """the outputs are those of mlp_forward of 07_layers; whole numbers, lists and negative outputs work; a wrong
    number of features is refused
    """
    for rng, shape, name in zip(
        rngs(4), ((4, 3, 3, 2), (3, 2), (1, 4, 1), (3, 3, 3)), ("relu", "tanh", "relu", "tanh")
    ):
        features, seed = np.array(numbers(rng, shape[0])), int(rng.integers(1000))
        told, scenario = passed(shape, seed, features, name)
        with_help(forward, [wire], told, scenario)
        got = forward.case(told, lambda f, scenario=scenario: scenario(f, _own(wire, forward, f)))
        assert_close(
            got,
            mlp_forward(features[None, :], layers_of(shape, seed, name))[0][0],
            f"{told}, beside mlp_forward",
            rtol=1e-12,
            atol=1e-12,
        )
    with_help(forward, [wire], *passed((2, 3, 1), 4, [2, -1]))

    def again(forward, wire):
        model = prepared(wire, (2, 3, 2), 7)
        first = list(forward(model, [3.0, -2.0]))
        return first, list(forward(model, [0.5, 1.0])), list(forward(model, [3.0, -2.0]))

    with_help(forward, [wire], "forward with the same model three times: features [3, -2], [0.5, 1], [3, -2]", again)
    for features in ([1.0], [1.0, 2.0, 3.0]):
        case = Case(
            f"forward(model, {features}) with 2 inputs",
            lambda f, features=features: (
                (f(_own(wire, forward, f)([2, 2, 1], np.random.default_rng(0), "relu"), features), None),
                None,
            ),
        )
        assert_raises_on(forward, ValueError, case, "the model has 2 inputs")


@graded
def test_forward_craft(forward, wire):
    """afterwards every part holds what it said; features, weights and biases stay as they were"""
    a, b = rngs(1)[0].uniform((0.45, -1.6), (0.55, -1.4))

    def everything(forward, wire):
        model, features = prepared(wire, (2, 3, 1), 8, "relu"), np.array([a, b])
        out = list(forward(model, features))
        return out, all_of(model, "activation", range(len(model))), weights_of(model), features

    with_help(
        forward,
        [wire],
        "forward(model, features), then activation of every part, the weights, the biases and features",
        everything,
    )


# ---------------------------------------------------------------- backpropagate_error


def blamed(shape, seed, features, target, name="tanh"):
    told = (
        f"forward, then backpropagate_error(model, target), for two samples, with a model of shape {list(shape)}, "
        f"{name}: error_signal of every part"
    )

    def scenario(backpropagate_error, forward, wire):
        model = prepared(wire, shape, seed, name)
        for sign in (-1, 1):
            forward(model, [sign * x for x in features])
            backpropagate_error(model, [sign * t for t in target])
        return all_of(model, "error_signal", range(len(model)))

    return told, scenario


@graded
def test_backpropagate_error_basic(backpropagate_error, forward, wire):
    """every part has its error signal, from the last layer to the first"""
    for rng, shape in zip(rngs(), SHAPES):
        told, scenario = blamed(shape, int(rng.integers(1000)), numbers(rng, shape[0]), numbers(rng, shape[-1]))
        with_help(backpropagate_error, [forward, wire], told, scenario)


def squared(params, features, target):
    return float(np.sum((mlp_forward(np.array([features]), params)[0] - np.array([target])) ** 2))


@graded
def test_backpropagate_error_equals_the_matrices(backpropagate_error, forward, wire):
    """each neuron's error signal is 08's dZ, and the measured slope in its bias; deep and shallow networks work; a
    wrong target is refused
    """
    for rng, shape, name in zip(rngs(3), ((3, 3, 3), (2, 3, 2, 2), (3, 2)), ("tanh", "relu", "tanh")):
        features, target, seed = numbers(rng, shape[0]), numbers(rng, shape[-1]), int(rng.integers(1000))
        told, scenario = blamed(shape, seed, features, target, name)
        with_help(backpropagate_error, [forward, wire], told, scenario)
        signals = backpropagate_error.case(
            told,
            lambda f, scenario=scenario: scenario(
                f, _own(forward, backpropagate_error, f), _own(wire, backpropagate_error, f)
            ),
        )
        params = layers_of(shape, seed, name)
        net = TrainableNetwork(params)
        out = net.forward(np.array([features]))
        dX = net.backward(2 * (out - np.array([target])))
        assert_close(signals[0], dX[0], f"{told}: the inputs, beside dX of 08_backprop", rtol=1e-9, atol=1e-10)
        for k, (grads, layer) in enumerate(zip(net.grads, params)):
            mine = np.array(signals[2 + 3 * k], float)
            assert_close(
                mine,
                grads["b"],
                f"{told}: the neurons of layer {k + 1}, beside dZ of 08_backprop",
                rtol=1e-9,
                atol=1e-10,
            )
            if name == "tanh":
                measured = central_differences(
                    lambda b, k=k: squared([*params[:k], {**params[k], "b": b}, *params[k + 1 :]], features, target),
                    layer["b"],
                )
                assert_close(
                    mine,
                    measured,
                    f"{told}: the neurons of layer {k + 1}, beside measured slopes in their biases",
                    atol=1e-7,
                )
    for target in ([1.0], [1.0, 2.0, 3.0]):

        def refused(f, target=target):
            f(_own(wire, backpropagate_error, f)([2, 2, 2], np.random.default_rng(0), "relu"), target)
            return "went through", None

        assert_raises_on(
            backpropagate_error,
            ValueError,
            Case(f"backpropagate_error(model, {target}) with 2 outputs", refused),
            "the model has 2 outputs",
        )


@graded
def test_backpropagate_error_craft(backpropagate_error, forward, wire):
    """it only measures: activations, weights, biases and the target stay as they were"""
    with_help(backpropagate_error, [forward, wire], *blamed((2, 3, 2), any_seed(), [0.5, -1.5], [1.5, -0.5]))

    def everything(backpropagate_error, forward, wire):
        model, target = prepared(wire, (2, 3, 2), 9), np.array([1.5, -0.5])
        forward(model, [0.5, -1.5])
        backpropagate_error(model, target)
        return (
            all_of(model, "error_signal", (0, 2, -1)),
            all_of(model, "activation", range(len(model))),
            weights_of(model),
            target,
        )

    with_help(
        backpropagate_error,
        [forward, wire],
        "forward, backpropagate_error; then error signals, activations, weights, biases and target",
        everything,
    )


# ---------------------------------------------------------------- gradient_descent


def stepped(shape, seed, samples, lr, name="tanh"):
    told = (
        f"{len(samples)} times forward, backpropagate_error, gradient_descent(model, {lr:.3g}), with a model of "
        f"shape {list(shape)}: weights and biases of each layer"
    )

    def scenario(gradient_descent, backpropagate_error, forward, wire):
        model = prepared(wire, shape, seed, name)
        for features, target in samples:
            forward(model, list(features))
            backpropagate_error(model, list(target))
            gradient_descent(model, lr)
        return weights_of(model)

    return told, scenario


@graded
def test_gradient_descent_basic(gradient_descent, backpropagate_error, forward, wire):
    """every weight and every bias makes one step against its slope"""
    for rng, shape in zip(rngs(), SHAPES):
        sample = numbers(rng, shape[0]), numbers(rng, shape[-1])
        with_help(
            gradient_descent,
            [backpropagate_error, forward, wire],
            *stepped(shape, int(rng.integers(1000)), [sample], float(rng.uniform(0.05, 0.2))),
        )


@graded
def test_gradient_descent_equals_the_matrices(gradient_descent, backpropagate_error, forward, wire):
    """one update is one update of 08's matrices, for deep and shallow networks, and so are three; lr = 0 moves
    nothing
    """
    helpers = backpropagate_error, forward, wire
    for rng, shape, rounds, name in zip(
        rngs(3), ((3, 3, 3), (2, 3, 2, 2), (3, 2)), (1, 3, 2), ("relu", "tanh", "tanh")
    ):
        samples, seed = (
            [(numbers(rng, shape[0]), numbers(rng, shape[-1])) for _ in range(rounds)],
            int(rng.integers(1000)),
        )
        told, scenario = stepped(shape, seed, samples, 0.05, name)
        with_help(gradient_descent, helpers, told, scenario)
        weights, biases = gradient_descent.case(
            told, lambda f, scenario=scenario: scenario(f, *(_own(helper, gradient_descent, f) for helper in helpers))
        )
        params = layers_of(shape, seed, name)
        for features, target in samples:
            net = TrainableNetwork(params)
            net.backward(2 * (net.forward(np.array([features])) - np.array([target])))
            params = [
                {**layer, "W": layer["W"] - 0.05 * grads["W"], "b": layer["b"] - 0.05 * grads["b"]}
                for layer, grads in zip(params, net.grads)
            ]
        for k, layer in enumerate(params):
            assert_close(
                weights[k],
                layer["W"].ravel(),
                f"{told}: weights of layer {k + 1}, beside W of 08_backprop, row by row",
                rtol=1e-9,
                atol=1e-10,
            )
            assert_close(
                biases[k],
                layer["b"],
                f"{told}: biases of layer {k + 1}, beside b of 08_backprop",
                rtol=1e-9,
                atol=1e-10,
            )
    with_help(gradient_descent, helpers, *stepped((2, 2, 1), 3, [([1.0, -0.5], [2.0])], 0.0))


@graded
def test_gradient_descent_craft(gradient_descent, backpropagate_error, forward, wire):
    """it only steps: activations and error signals stay as they were"""
    seed = any_seed()

    def everything(gradient_descent, backpropagate_error, forward, wire):
        model = prepared(wire, (2, 3, 1), seed)
        forward(model, [0.5, -1.5])
        backpropagate_error(model, [1.0])
        gradient_descent(model, 0.25)
        return (
            weights_of(model),
            all_of(model, "activation", range(len(model))),
            all_of(model, "error_signal", range(len(model))),
        )

    with_help(
        gradient_descent,
        [backpropagate_error, forward, wire],
        "forward, backpropagate_error, gradient_descent; then weights, biases, activations and error signals",
        everything,
    )


# ---------------------------------------------------------------- to_matrices


def pairs(matrices):
    return [(np.array(W), np.array(b)) for W, b in matrices]


@graded
def test_to_matrices_basic(to_matrices, wire):
    """there is one W of shape (n_in, n_out) and one b of shape (n_out,) for each layer of connections"""
    for rng, shape in zip(rngs(), SHAPES):
        seed = int(rng.integers(1000))
        with_help(
            to_matrices,
            [wire],
            f"to_matrices(model) with a model of shape {list(shape)}",
            lambda f, wire, shape=shape, seed=seed: pairs(f(prepared(wire, shape, seed))),
        )


@graded
def test_to_matrices_follows_the_links(to_matrices, wire):
    """square, deep and shallow networks work; connections may stand in any order in their layer; mlp_forward with
    these matrices says what the network says
    """
    for rng, shape in zip(rngs(4), ((3, 3, 3), (2, 3, 2, 2), (3, 2), (1, 1))):
        seed = int(rng.integers(1000))
        with_help(
            to_matrices,
            [wire],
            f"to_matrices(model) with a model of shape {list(shape)}",
            lambda f, wire, shape=shape, seed=seed: pairs(f(prepared(wire, shape, seed))),
        )
    order = rng.permutation(12).tolist()

    def in_disorder(to_matrices, wire):
        model = prepared(wire, (3, 4, 2), 6)
        model[1] = [model[1][k] for k in order]
        model[4] = model[4][::-1]
        return pairs(to_matrices(model))

    with_help(
        to_matrices,
        [wire],
        "to_matrices(model) after the connections of each layer were put into another order",
        in_disorder,
    )


@graded
def test_to_matrices_craft(to_matrices, wire):
    """the matrices are copies: whoever changes them does not change the network, and the network stays as it was"""
    seed = any_seed()

    def changed(to_matrices, wire):
        model = prepared(wire, (2, 3, 1), seed)
        for W, b in to_matrices(model):
            W[:], b[:] = 100.0, 100.0
        return weights_of(model), pairs(to_matrices(model))

    with_help(
        to_matrices,
        [wire],
        "the weights and biases of the network after its matrices were filled with 100, and to_matrices(model) again",
        changed,
    )


# ---------------------------------------------------------------- fit_curve


def fitted(xs, ys, shape, seed, epochs, **lr):
    told = (
        f"fit_curve(xs, ys, {list(shape)}, rng, "
        f"{epochs}{''.join(f', {key}={value}' for key, value in lr.items())}) with {len(xs)} points"
    )

    def scenario(fit_curve):
        model, losses = fit_curve(np.array(xs), np.array(ys), list(shape), np.random.default_rng(seed), epochs, **lr)
        return [len(layer) for layer in model], *weights_of(model), list(losses)

    return told, scenario


def result(fit_curve, xs, ys, shape, seed, epochs, **lr):
    """Params of the network that came back, and its losses, one more than epochs."""
    told, scenario = fitted(xs, ys, shape, seed, epochs, **lr)
    sizes, weights, biases, losses = fit_curve.case(told, scenario)
    require(
        list(sizes) == counts(shape),
        f"{told}: the model has {list(sizes)} parts in its layers; expected {counts(shape)}.",
    )
    require(
        np.shape(losses) == (epochs + 1,),
        f"{told}: {epochs + 1} losses are asked for, before training and after each epoch; yours have the shape "
        f"{np.shape(losses)}.",
    )
    params = [
        {"W": np.reshape(np.array(w, float), (n_in, -1)), "b": np.array(b, float), "activation": "tanh"}
        for w, b, n_in in zip(weights, biases, shape)
    ]
    params[-1]["activation"] = "identity"
    return params, np.array(losses, float)


def curve_loss(params, xs, ys):
    return float(np.mean((mlp_forward(np.array(xs)[:, None], params)[0][:, 0] - np.array(ys)) ** 2))


def taught(params, xs, ys, lr, order):
    """Params after one step for each point in this order."""
    for k in order:
        net = TrainableNetwork(params)
        net.backward(2 * (net.forward(np.array([[xs[k]]])) - ys[k]))
        params = [
            {**layer, "W": layer["W"] - lr * grads["W"], "b": layer["b"] - lr * grads["b"]}
            for layer, grads in zip(params, net.grads)
        ]
    return params


def points(rng, n):
    xs = np.sort(rng.uniform(-2, 2, size=n))
    return xs, np.sin(1.5 * xs) + 0.8


def one_epoch(fit_curve, xs, ys, shape, seed, lr=0.1):
    """The first epoch, beside right steps from the learner's own start, one for each point, in whatever order the
    learner shows them.
    """
    start, before = result(fit_curve, xs, ys, shape, seed, 0)
    assert_close(
        before[0], curve_loss(start, xs, ys), "losses[0], beside the mean squared error of the untrained network"
    )
    after, losses = result(fit_curve, xs, ys, shape, seed, 1, lr=lr)
    assert_close(losses[0], before[0], "losses[0] with another number of epochs and the same seed")
    want = [taught(start, xs, ys, lr, order) for order in itertools.permutations(range(len(xs)))]
    near = min(want, key=lambda params: abs(curve_loss(params, xs, ys) - losses[1]))
    assert_close(
        losses[1],
        curve_loss(near, xs, ys),
        f"losses[1] after one epoch with lr = {lr}, beside the mean squared error after {len(xs)} right steps, one "
        "for each point",
    )
    assert_close(
        curve_loss(after, xs, ys), losses[1], "the mean squared error of the network that came back, beside losses[1]"
    )


@graded
def test_fit_curve_basic(fit_curve):
    """losses[k] is the mean squared error after k epochs, and each point of an epoch brings one step"""
    for rng in rngs():
        seed = int(rng.integers(1000))
        xs, ys = points(rng, 3)
        one_epoch(fit_curve, xs, ys, (1, 2, 1), seed)


@graded
def test_fit_curve_learns(fit_curve):
    """after 40 epochs on a wave the error is at most a fifth of the first one, from at least 2 of 3 starts; one
    point and several epochs are followed exactly
    """
    rng = rngs(1)[0]
    seed = int(rng.integers(1000))
    one_epoch(fit_curve, *points(rng, 2), (1, 3, 1), seed, lr=0.05)
    start, _ = result(fit_curve, [0.7], [1.5], (1, 3, 1), seed, 0)
    params, losses = result(fit_curve, [0.7], [1.5], (1, 3, 1), seed, 4, lr=0.05)
    want = [start]
    for _ in range(4):
        want.append(taught(want[-1], [0.7], [1.5], 0.05, [0]))
    assert_close(losses, [curve_loss(p, [0.7], [1.5]) for p in want], "losses with one point, 4 epochs and lr = 0.05")
    for k in range(2):
        assert_close(params[k]["W"], want[-1][k]["W"], f"W of layer {k + 1} after these four steps")
    with_usual, _ = result(fit_curve, [0.7], [1.5], (1, 3, 1), seed, 1)
    assert_close(
        with_usual[1]["b"],
        taught(start, [0.7], [1.5], 0.02, [0])[1]["b"],
        "the output's bias after one step when no lr is given: lr is 0.02 then",
    )
    xs, ys = points(rng, 10)
    falls = []
    for start in range(3):
        params, losses = result(fit_curve, xs, ys, (1, 6, 1), seed + start, 40, lr=0.05)
        falls.append(float(losses[0]) / curve_loss(params, xs, ys))
    require(
        sum(fall >= 5 for fall in falls) >= 2,
        "10 points of a wave, shape [1, 6, 1], 40 epochs, lr = 0.05: the error must become at least 5 times smaller "
        f"from two of three starts; yours became {', '.join(f'{fall:.1f}' for fall in falls)} times smaller.",
    )


@graded
def test_fit_curve_craft(fit_curve):
    """xs, ys and shape stay as they were, and the same seed gives the same result"""
    xs, ys = points(rngs(1)[0], 4)

    def inputs_afterwards(f):
        my_xs, my_ys, shape = xs.copy(), ys.copy(), [1, 2, 1]
        f(my_xs, my_ys, shape, np.random.default_rng(3), 1)
        return my_xs, my_ys, shape

    assert_agrees_on(fit_curve, "fit_curve(xs, ys, shape, rng, 1), then xs, ys and shape", inputs_afterwards)
    first, again, other = (result(fit_curve, xs, ys, (1, 2, 1), seed, 2)[1] for seed in (5, 5, 6))
    assert_close(again, first, "losses with an equal generator a second time", rtol=1e-12)
    require(
        not np.allclose(other, first),
        "Different generators give the same losses: the first weights must come from rng.",
    )


# ---------------------------------------------------------------- Value


def grads_of(*values):
    return [value.data for value in values], [value.grad for value in values]


@graded
def test_Value_basic(Value):
    """sums, products, tanh and relu of Values have the right data, and backward gives every part its slope"""
    for rng in rngs():
        x, y, z = numbers(rng, 3)

        def a_sum(C):
            a, b = C(x), C(y)
            c = a + b
            c.backward()
            return grads_of(a, b, c)

        def a_product(C):
            a, b = C(x), C(y)
            c = a * b
            c.backward()
            return grads_of(a, b, c)

        def votes(C):
            a, b, d = C(abs(x)), C(-abs(y)), C(z)
            e, f, g = a.relu(), b.relu(), d.tanh()
            for value in (e, f, g):
                value.backward()
            return grads_of(a, b, d, e, f, g)

        def together(C):
            a, b, c = C(x), C(y), C(z)
            d = (a * b + c).tanh()
            e = d * c
            e.backward()
            return grads_of(a, b, c, d, e)

        def used_twice(C):
            a, b = C(x), C(y)
            c = a * b + a
            c.backward()
            return grads_of(a, b, c)

        for told, scenario in (
            (
                f"c = a + b with a = Value({x:.3g}), b = Value({y:.3g}); c.backward(); data of a, b, c; grad of a, b, "
                "c",
                a_sum,
            ),
            (
                f"c = a * b with a = Value({x:.3g}), b = Value({y:.3g}); c.backward(); data of a, b, c; grad of a, b, "
                "c",
                a_product,
            ),
            (f"relu of {abs(x):.3g} and of {-abs(y):.3g}, tanh of {z:.3g}, backward for each; data; grad", votes),
            ("d = (a * b + c).tanh(), e = d * c; e.backward(); data of a, b, c, d, e; grad of a, b, c, d, e", together),
            (
                f"c = a * b + a with a = Value({x:.3g}), b = Value({y:.3g}); c.backward(); data of a, b, c; grad of "
                "a, b, c",
                used_twice,
            ),
        ):
            assert_agrees_on(Value, told, scenario)


@graded
def test_Value_adds_up_its_slopes(Value):
    """a Value that is used several times adds its slopes; plain numbers mix in on both sides; a network of Values
    has the slopes of 08's matrices
    """
    x, y = numbers(rngs(1)[0], 2)

    def doubled(C):
        a = C(x)
        b = a + a
        b.backward()
        return grads_of(a, b)

    def square(C):
        a = C(x)
        b = a * a
        b.backward()
        return grads_of(a, b)

    def diamond(C):
        a, b = C(x), C(y)
        c = a * b
        d, e = c + a, c * b
        f = d * e
        f.backward()
        return grads_of(a, b, c, d, e, f)

    def shared_child(C):
        a = C(x)
        b = a.tanh()
        c = b * 2.0
        d = b + c
        e = c * d
        e.backward()
        return grads_of(a, b, c, d, e)

    def plain_numbers(C):
        a = C(x)
        b = 2 * a + 1.5
        c = 3 + b * 0.5
        c.backward()
        return grads_of(a, b, c)

    def never_used(C):
        a, b = C(x), C(y)
        c = a * 2.0
        unused = a * b
        c.backward()
        return grads_of(a, b, c, unused)

    for told, scenario in (
        ("b = a + a; b.backward(); data of a, b; grad of a, b", doubled),
        ("b = a * a; b.backward(); data of a, b; grad of a, b", square),
        ("c = a * b, d = c + a, e = c * b, f = d * e; f.backward(); data of a to f; grad of a to f", diamond),
        ("b = a.tanh(), c = b * 2, d = b + c, e = c * d; e.backward(); data of a to e; grad of a to e", shared_child),
        ("b = 2 * a + 1.5, c = 3 + b * 0.5; c.backward(); data of a, b, c; grad of a, b, c", plain_numbers),
        ("c = a * 2, and a * b, which c does not need; c.backward(); data; grad", never_used),
    ):
        assert_agrees_on(Value, told, scenario)

    params = layers_of((2, 3, 1), 5)
    features, target = [0.5, -1.25], 0.75

    def network(C):
        layers = [
            ([[C(float(w)) for w in row] for row in layer["W"]], [C(float(b)) for b in layer["b"]]) for layer in params
        ]
        heard = [C(v) for v in features]
        for k, (W, b) in enumerate(layers):
            scores = []
            for j in range(len(b)):
                z = b[j]
                for i in range(len(W)):
                    z = z + W[i][j] * heard[i]
                scores.append(z.tanh() if k == 0 else z)
            heard = scores
        error = heard[0] + (-target)
        loss = error * error
        loss.backward()
        return [([[w.grad for w in row] for row in W], [one.grad for one in b]) for W, b in layers]

    told = "the loss of a 2-3-1 network of Values, one backward(): grad of the weights and the biases, layer by layer"
    assert_agrees_on(Value, told, network)
    net = TrainableNetwork(params)
    net.backward(2 * (net.forward(np.array([features])) - target))
    for k, ((dW, db), want) in enumerate(zip(Value.case(told, network), net.grads)):
        assert_close(dW, want["W"], f"{told}: W{k + 1}, beside dW of 08_backprop", rtol=1e-9, atol=1e-10)
        assert_close(db, want["b"], f"{told}: b{k + 1}, beside db of 08_backprop", rtol=1e-9, atol=1e-10)


@graded
def test_Value_craft(Value):
    """computing and backward change no data; whole numbers become floats; tanh of large numbers works; a chain of
    200 steps works
    """

    def everything(C):
        a, b = C(3), C(-2)
        fresh = a.grad
        c = a * b + a
        before = [a.data, b.data, c.data]
        c.backward()
        return fresh, before, *grads_of(a, b, c)

    def large(C):
        a = C(900.0)
        b = a.tanh() + C(-900.0).tanh()
        b.backward()
        return grads_of(a, b)

    def chain(C):
        a = C(1.5)
        b = a
        for _ in range(200):
            b = b + 0.25
        b.backward()
        return grads_of(a, b)

    assert_agrees_on(
        Value,
        "a = Value(3), b = Value(-2), c = a * b + a: a.grad at first, all data; after c.backward() data and grad",
        everything,
    )
    assert_agrees_on(Value, "Value(900).tanh() + Value(-900).tanh(), then backward: data; grad", large)
    assert_agrees_on(Value, "a chain of 200 additions, then backward: data and grad of its ends", chain)


# ---------------------------------------------------------------- answers

(test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8) = quiz_tests(8)
