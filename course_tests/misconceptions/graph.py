"""Mistakes that learners make in 09_graph."""

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference import graph as reference
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


class RightInputNode:
    def __init__(self):
        self.activation, self.error_signal = 0.0, 0.0
        self.outputs = []

    def activate(self):
        pass

    def calculate_error_signal(self):
        self.error_signal = 0.0
        for part in self.outputs:
            self.error_signal += part.error_signal

    def descend_local_gradient(self, lr):
        pass


@misconception(
    "InputNode",
    caught_by=["test_InputNode_any_neighbours"],
    hint="Each pass adds to the error signal of the pass before. Start every new sum at 0.",
)
class adds_to_the_old_error_signal(RightInputNode):
    def calculate_error_signal(self):
        for part in self.outputs:
            self.error_signal += part.error_signal


@misconception(
    "InputNode",
    caught_by=["test_InputNode_basic", "test_InputNode_any_neighbours", "test_InputNode_craft"],
    hint="Only the first part in outputs is asked for its error signal. An input speaks to all of them: sum over "
    "outputs.",
)
class takes_only_the_first_connection(RightInputNode):
    def calculate_error_signal(self):
        self.error_signal = self.outputs[0].error_signal if self.outputs else 0.0


@misconception(
    "InputNode",
    caught_by=["test_InputNode_basic", "test_InputNode_any_neighbours", "test_InputNode_craft"],
    hint="The error signal of an input came out as the mean of those behind it. Slopes add up along several ways: "
    "take the sum.",
)
class averages_the_blame(RightInputNode):
    def calculate_error_signal(self):
        self.error_signal = 0.0
        for part in self.outputs:
            self.error_signal += part.error_signal / len(self.outputs)


@misconception(
    "InputNode",
    caught_by=["test_InputNode_basic", "test_InputNode_any_neighbours", "test_InputNode_craft"],
    hint="activate() sets the activation back to 0. An input has nothing to compute: it keeps the number that it was "
    "shown.",
)
class forgets_what_it_was_shown(RightInputNode):
    def activate(self):
        self.activation = 0.0


@misconception(
    "InputNode",
    caught_by=["test_InputNode_any_neighbours"],
    hint="All your inputs share one list, because outputs = [] stands in the body of the class. Make self.outputs in "
    "__init__.",
)
class shares_one_list_of_outputs(RightInputNode):
    outputs = []

    def __init__(self):
        self.activation, self.error_signal = 0.0, 0.0


@misconception(
    "InputNode",
    caught_by=["test_InputNode_craft"],
    hint="descend_local_gradient moved the activation. The pixels are given: an input has nothing to learn.",
)
class learns_its_activation(RightInputNode):
    def descend_local_gradient(self, lr):
        self.activation -= lr * self.error_signal


@misconception(
    "InputNode",
    caught_by=["test_InputNode_basic", "test_InputNode_any_neighbours", "test_InputNode_craft"],
    hint="The error signal of an input is multiplied by its activation. That product belongs to the step of a weight; "
    "here it is the sum alone.",
)
class multiplies_by_its_activation(RightInputNode):
    def calculate_error_signal(self):
        self.error_signal = 0.0
        for part in self.outputs:
            self.error_signal += part.error_signal * self.activation


@misconception(
    "InputNode",
    caught_by=["test_InputNode_craft"],
    hint="calculate_error_signal set the error signals of the parts behind it to 0. Others may still need them: a "
    "part changes only itself.",
)
class uses_up_the_blame_of_its_neighbours(RightInputNode):
    def calculate_error_signal(self):
        self.error_signal = 0.0
        for part in self.outputs:
            self.error_signal += part.error_signal
            part.error_signal = 0.0


# ---------------------------------------------------------------- Neuron


class RightNeuron:
    def __init__(self, bias=0.0):
        self.bias = bias
        self.inputs, self.outputs = [], []
        self.activation, self.error_signal = 0.0, 0.0

    def activate(self):
        self.activation = self.bias + sum(part.activation for part in self.inputs)

    def calculate_error_signal(self):
        self.error_signal = sum(part.error_signal for part in self.outputs)

    def descend_local_gradient(self, lr):
        self.bias -= lr * self.error_signal


@misconception(
    "Neuron",
    caught_by=["test_Neuron_basic", "test_Neuron_any_neighbours", "test_Neuron_craft"],
    hint="Your neuron asked the parts behind its neighbours. It knows only self.inputs and self.outputs: their error "
    "signals already hold all that lies further on.",
)
class looks_past_its_neighbours(RightNeuron):
    def calculate_error_signal(self):
        self.error_signal = sum(link.error_signal for part in self.outputs for link in part.outputs)


@misconception(
    "Neuron",
    caught_by=["test_Neuron_basic", "test_Neuron_any_neighbours", "test_Neuron_craft"],
    hint="Your neuron adds what it hears, but not its bias. Add self.bias once.",
)
class forgets_its_bias(RightNeuron):
    def activate(self):
        self.activation = sum(part.activation for part in self.inputs)


@misconception(
    "Neuron",
    caught_by=["test_Neuron_basic", "test_Neuron_any_neighbours", "test_Neuron_craft"],
    hint="The bias is inside the sum, so it is added once for each input. Add it once, after the sum.",
)
class adds_its_bias_for_every_input(RightNeuron):
    def activate(self):
        self.activation = sum(part.activation + self.bias for part in self.inputs)


@misconception(
    "Neuron",
    caught_by=["test_Neuron_any_neighbours"],
    hint="activate() adds to what the neuron said before. Start the sum afresh for every sample.",
)
class adds_to_its_old_activation(RightNeuron):
    def activate(self):
        self.activation += self.bias + sum(part.activation for part in self.inputs)


@misconception(
    "Neuron",
    caught_by=["test_Neuron_any_neighbours"],
    hint="calculate_error_signal() adds to the blame of the pass before. Start the sum at 0 each time.",
)
class adds_to_its_old_error_signal(RightNeuron):
    def calculate_error_signal(self):
        self.error_signal += sum(part.error_signal for part in self.outputs)


@misconception(
    "Neuron",
    caught_by=["test_Neuron_basic", "test_Neuron_any_neighbours", "test_Neuron_craft"],
    hint="The blame was summed over inputs. It comes from those the neuron speaks to: sum over outputs.",
)
class listens_for_blame_in_front(RightNeuron):
    def calculate_error_signal(self):
        self.error_signal = sum(part.error_signal for part in self.inputs)


@misconception(
    "Neuron",
    caught_by=["test_Neuron_basic", "test_Neuron_any_neighbours", "test_Neuron_craft"],
    hint="Your neuron already applies relu. The vote is the work of the NonlinearNode behind it; the neuron only adds.",
)
class votes_before_it_speaks(RightNeuron):
    def activate(self):
        self.activation = max(0.0, self.bias + sum(part.activation for part in self.inputs))


@misconception(
    "Neuron",
    caught_by=["test_Neuron_basic", "test_Neuron_any_neighbours", "test_Neuron_craft"],
    hint="The bias went up the slope. A step against the slope is minus lr times error_signal.",
)
class climbs_with_its_bias(RightNeuron):
    def descend_local_gradient(self, lr):
        self.bias += lr * self.error_signal


@misconception(
    "Neuron",
    caught_by=["test_Neuron_basic", "test_Neuron_any_neighbours", "test_Neuron_craft"],
    hint="The step of the bias is multiplied by the neuron's activation. The bias is added with factor 1, so its "
    "slope is the error signal itself.",
)
class multiplies_the_step_by_its_activation(RightNeuron):
    def descend_local_gradient(self, lr):
        self.bias -= lr * self.error_signal * self.activation


@misconception(
    "Neuron",
    caught_by=["test_Neuron_basic", "test_Neuron_any_neighbours", "test_Neuron_craft"],
    hint="The bias moves by the whole error signal, whatever lr is. Multiply by lr.",
)
class ignores_lr(RightNeuron):
    def descend_local_gradient(self, lr):
        self.bias -= self.error_signal


@misconception(
    "Neuron",
    caught_by=["test_Neuron_basic", "test_Neuron_any_neighbours", "test_Neuron_craft"],
    hint="The bias did not move in descend_local_gradient. It is learned like a weight: bias minus lr times "
    "error_signal.",
)
class never_moves_its_bias(RightNeuron):
    def descend_local_gradient(self, lr):
        pass


@misconception(
    "Neuron",
    caught_by=[
        "test_Neuron_any_neighbours",
        "test_Connection_plugs_itself_in",
        "test_Connection_craft",
        "test_NonlinearNode_plugs_itself_in",
    ],
    hint="All your neurons share the lists inputs and outputs, because they are made in the body of the class. Make "
    "them in __init__.",
)
class shares_its_lists:
    inputs, outputs = [], []

    def __init__(self, bias=0.0):
        self.bias = bias
        self.activation, self.error_signal = 0.0, 0.0

    def activate(self):
        self.activation = self.bias + sum(part.activation for part in self.inputs)

    def calculate_error_signal(self):
        self.error_signal = sum(part.error_signal for part in self.outputs)

    def descend_local_gradient(self, lr):
        self.bias -= lr * self.error_signal


@misconception(
    "Neuron",
    caught_by=["test_Neuron_basic", "test_Neuron_any_neighbours", "test_Neuron_craft"],
    hint="Only outputs[0] sends blame to your neuron. A part may speak to several: sum over all of outputs.",
)
class takes_only_the_first_blame(RightNeuron):
    def calculate_error_signal(self):
        self.error_signal = self.outputs[0].error_signal if self.outputs else 0.0


@misconception(
    "Neuron",
    caught_by=["test_Neuron_basic", "test_Neuron_any_neighbours", "test_Neuron_craft"],
    hint="descend_local_gradient sets error_signal back to 0, but its connections have yet to make their steps with "
    "it. Leave it as it is.",
)
class clears_its_error_signal_after_the_step(RightNeuron):
    def descend_local_gradient(self, lr):
        self.bias -= lr * self.error_signal
        self.error_signal = 0.0


# ---------------------------------------------------------------- Connection


class RightConnection:
    def __init__(self, source, target, weight):
        self.source, self.target, self.weight = source, target, weight
        self.activation, self.error_signal = 0.0, 0.0
        source.outputs.append(self)
        target.inputs.append(self)

    def activate(self):
        self.activation = self.weight * self.source.activation

    def calculate_error_signal(self):
        self.error_signal = self.weight * self.target.error_signal

    def descend_local_gradient(self, lr):
        self.weight -= lr * self.source.activation * self.target.error_signal


@misconception(
    "Connection",
    caught_by=["test_Connection_basic", "test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The blame goes back without the weight. Who was heard loudly is blamed much: weight times "
    "target.error_signal.",
)
class forgets_the_weight_on_the_way_back(RightConnection):
    def calculate_error_signal(self):
        self.error_signal = self.target.error_signal


@misconception(
    "Connection",
    caught_by=["test_Connection_basic", "test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The connection says what its source says, without the weight. Multiply.",
)
class forgets_the_weight_on_the_way_forward(RightConnection):
    def activate(self):
        self.activation = self.source.activation


@misconception(
    "Connection",
    caught_by=["test_Connection_basic", "test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The weight is added to what the source says. A weight multiplies.",
)
class adds_the_weight(RightConnection):
    def activate(self):
        self.activation = self.weight + self.source.activation


@misconception(
    "Connection",
    caught_by=["test_Connection_basic", "test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The step uses the connection's own error signal, which holds the weight already. The slope in the weight is "
    "source.activation times TARGET.error_signal.",
)
class steps_with_its_own_error_signal(RightConnection):
    def descend_local_gradient(self, lr):
        self.weight -= lr * self.source.activation * self.error_signal


@misconception(
    "Connection",
    caught_by=["test_Connection_basic", "test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The step uses the connection's own activation, which holds the weight already. What the weight multiplies "
    "is SOURCE.activation.",
)
class steps_with_its_own_activation(RightConnection):
    def descend_local_gradient(self, lr):
        self.weight -= lr * self.activation * self.target.error_signal


@misconception(
    "Connection",
    caught_by=["test_Connection_basic", "test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The weight moves by lr times the blame, as a bias would. A weight's slope also has source.activation in it: "
    "who said nothing cannot be blamed.",
)
class forgets_what_it_heard(RightConnection):
    def descend_local_gradient(self, lr):
        self.weight -= lr * self.target.error_signal


@misconception(
    "Connection",
    caught_by=["test_Connection_basic", "test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The weight went up the slope: the loss grows. Subtract lr times the slope.",
)
class climbs(RightConnection):
    def descend_local_gradient(self, lr):
        self.weight += lr * self.source.activation * self.target.error_signal


@misconception(
    "Connection",
    caught_by=["test_Connection_basic", "test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The weight was replaced by the step: = -lr * ... The old weight must stay in it: -= or weight = weight - ...",
)
class replaces_the_weight(RightConnection):
    def descend_local_gradient(self, lr):
        self.weight = -lr * self.source.activation * self.target.error_signal


@misconception(
    "Connection",
    caught_by=["test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The target does not know the new connection: it is missing in target.inputs. Plug it in at both ends.",
)
class plugs_in_at_the_source_only(RightConnection):
    def __init__(self, source, target, weight):
        self.source, self.target, self.weight = source, target, weight
        self.activation, self.error_signal = 0.0, 0.0
        source.outputs.append(self)


@misconception(
    "Connection",
    caught_by=["test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The source does not know the new connection: it is missing in source.outputs. Without it no blame comes "
    "back.",
)
class plugs_in_at_the_target_only(RightConnection):
    def __init__(self, source, target, weight):
        self.source, self.target, self.weight = source, target, weight
        self.activation, self.error_signal = 0.0, 0.0
        target.inputs.append(self)


@misconception(
    "Connection",
    caught_by=["test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="Source and target are exchanged when plugging in: the connection is an OUTPUT of its source and an INPUT of "
    "its target.",
)
class plugs_in_the_wrong_way_round(RightConnection):
    def __init__(self, source, target, weight):
        self.source, self.target, self.weight = source, target, weight
        self.activation, self.error_signal = 0.0, 0.0
        source.inputs.append(self)
        target.outputs.append(self)


@misconception(
    "Connection",
    caught_by=["test_Connection_plugs_itself_in"],
    hint="A new connection throws out those that were there: source.outputs = [self]. Append to the lists.",
)
class replaces_the_other_connections(RightConnection):
    def __init__(self, source, target, weight):
        self.source, self.target, self.weight = source, target, weight
        self.activation, self.error_signal = 0.0, 0.0
        source.outputs = [self]
        target.inputs = [self]


@misconception(
    "Connection",
    caught_by=["test_Connection_basic", "test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The blame is multiplied by source.activation on the way back. That belongs to the weight's step; what goes "
    "back to the source is multiplied by the weight.",
)
class sends_blame_by_what_it_heard(RightConnection):
    def calculate_error_signal(self):
        self.error_signal = self.source.activation * self.target.error_signal


@misconception(
    "Connection",
    caught_by=["test_Connection_basic", "test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The connection also changed its target's bias. A part changes only itself: the neuron steps on its own.",
)
class moves_the_bias_of_its_target(RightConnection):
    def calculate_error_signal(self):
        self.error_signal = self.weight * self.target.error_signal
        self.target.bias -= lr * self.target.error_signal  # noqa: F821

    def descend_local_gradient(self, lr):
        self.weight -= lr * self.source.activation * self.target.error_signal
        self.target.bias -= lr * self.target.error_signal


# What people write, in repositories and questions.


@misconception(
    "Connection",
    caught_by=["test_Connection_basic", "test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The step is lr times weight times blame, which is what goes BACK. The weight's own slope is "
    "source.activation times the blame of the target.",
)
class steps_by_weight_times_blame(RightConnection):
    def descend_local_gradient(self, lr):
        self.weight -= lr * self.weight * self.target.error_signal


@misconception(
    "Connection",
    caught_by=["test_Connection_basic", "test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The connection bends what it says (tanh). It only multiplies; the vote is a part of its own.",
)
class votes_on_its_own(RightConnection):
    def activate(self):
        self.activation = float(np.tanh(self.weight * self.source.activation))


@misconception(
    "Connection",
    caught_by=["test_Connection_plugs_itself_in"],
    hint="activation += ... keeps what was said for the last sample. Each pass starts anew: activation = ...",
)
class adds_to_what_it_said_before(RightConnection):
    def activate(self):
        self.activation += self.weight * self.source.activation


@misconception(
    "Connection",
    caught_by=["test_Connection_plugs_itself_in"],
    hint="error_signal += ... keeps the blame of the last sample. Each pass starts anew: error_signal = ...",
)
class adds_to_the_blame_of_before(RightConnection):
    def calculate_error_signal(self):
        self.error_signal += self.weight * self.target.error_signal


@misconception(
    "Connection",
    caught_by=["test_Connection_basic", "test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The step is as long as the slope: lr is missing in it.",
)
class ignores_the_rate(RightConnection):
    def descend_local_gradient(self, lr):
        self.weight -= self.source.activation * self.target.error_signal


@misconception(
    "Connection",
    caught_by=["test_Connection_basic", "test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="On the way back the blame is divided by the weight. It is multiplied in both directions.",
)
class divides_the_blame_by_the_weight(RightConnection):
    def calculate_error_signal(self):
        self.error_signal = self.target.error_signal / self.weight


@misconception(
    "Connection",
    caught_by=["test_Connection_basic", "test_Connection_plugs_itself_in", "test_Connection_craft"],
    hint="The step has target.activation in it. A weight is to blame for what went IN: source.activation.",
)
class steps_with_what_the_target_said(RightConnection):
    def descend_local_gradient(self, lr):
        self.weight -= lr * self.target.activation * self.target.error_signal


@misconception(
    "Connection",
    caught_by=["test_Connection_craft", "test_Connection_plugs_itself_in"],
    hint="The new connection stands twice in the lists of its ends, so everything through it counts double. "
    "Append once.",
)
class plugs_itself_in_twice(RightConnection):
    def __init__(self, source, target, weight):
        self.source, self.target, self.weight = source, target, weight
        self.activation, self.error_signal = 0.0, 0.0
        for _ in range(2):
            source.outputs.append(self)
            target.inputs.append(self)


# ---------------------------------------------------------------- NonlinearNode


class RightNonlinearNode:
    def __init__(self, neuron, name="relu"):
        if name not in ("relu", "tanh"):
            raise ValueError("unknown name")
        self.name = name
        self.inputs, self.outputs = [neuron], []
        self.activation, self.error_signal = 0.0, 0.0
        neuron.outputs.append(self)

    def activate(self):
        z = self.inputs[0].activation
        self.activation = max(0.0, z) if self.name == "relu" else float(np.tanh(z))

    def calculate_error_signal(self):
        z = self.inputs[0].activation
        slope = 1.0 if z > 0 else 0.0
        self.error_signal = slope * sum(part.error_signal for part in self.outputs)

    def descend_local_gradient(self, lr):
        pass


@misconception(
    "NonlinearNode",
    caught_by=["test_NonlinearNode_basic", "test_NonlinearNode_plugs_itself_in", "test_NonlinearNode_craft"],
    hint="Your vote asked its connections for weight and target, to reach the neurons behind them. Ask each neighbour "
    "for its error_signal: the weight is in it already.",
)
class asks_behind_its_connections(RightNonlinearNode):
    def calculate_error_signal(self):
        z = self.inputs[0].activation
        slope = (1.0 if z > 0 else 0.0) if self.name == "relu" else 1 - float(np.tanh(z)) ** 2
        self.error_signal = slope * sum(part.weight * part.target.error_signal for part in self.outputs)


@misconception(
    "NonlinearNode",
    caught_by=["test_NonlinearNode_basic", "test_NonlinearNode_plugs_itself_in", "test_NonlinearNode_craft"],
    hint="The blame is multiplied by the activation where its slope is meant: f in place of f'.",
)
class uses_the_vote_for_the_slope(RightNonlinearNode):
    def calculate_error_signal(self):
        z = self.inputs[0].activation
        slope = max(0.0, z) if self.name == "relu" else float(np.tanh(z))
        self.error_signal = slope * sum(part.error_signal for part in self.outputs)


@misconception(
    "NonlinearNode",
    caught_by=["test_NonlinearNode_basic", "test_NonlinearNode_plugs_itself_in", "test_NonlinearNode_craft"],
    hint="The blame goes through as if the vote had slope 1. A silent relu gets none, a flat tanh little: multiply by "
    "the slope.",
)
class forgets_the_slope(RightNonlinearNode):
    def calculate_error_signal(self):
        z = self.inputs[0].activation
        slope = (1.0 if z > 0 else 0.0) if self.name == "relu" else 1 - float(np.tanh(z)) ** 2
        self.error_signal = sum(part.error_signal for part in self.outputs)


@misconception(
    "NonlinearNode",
    caught_by=["test_NonlinearNode_basic", "test_NonlinearNode_plugs_itself_in"],
    hint="Your relu asks whether the BLAME is positive. The slope belongs to the way forward: is the neuron's "
    "activation positive?",
)
class takes_the_mask_from_the_blame(RightNonlinearNode):
    def calculate_error_signal(self):
        z = self.inputs[0].activation
        slope = (1.0 if z > 0 else 0.0) if self.name == "relu" else 1 - float(np.tanh(z)) ** 2
        blame = sum(part.error_signal for part in self.outputs)
        if self.name == "relu":
            slope = 1.0 if blame > 0 else 0.0
        self.error_signal = slope * blame


@misconception(
    "NonlinearNode",
    caught_by=["test_NonlinearNode_basic", "test_NonlinearNode_plugs_itself_in", "test_NonlinearNode_craft"],
    hint="The slope of tanh is taken at the vote instead of at the neuron's score: 1 - tanh(tanh(z))^2. It is 1 - "
    "activation^2, or 1 - tanh(z)^2.",
)
class takes_tanh_of_tanh(RightNonlinearNode):
    def calculate_error_signal(self):
        z = self.inputs[0].activation
        slope = (1.0 if z > 0 else 0.0) if self.name == "relu" else 1 - float(np.tanh(np.tanh(z))) ** 2
        self.error_signal = slope * sum(part.error_signal for part in self.outputs)


@misconception(
    "NonlinearNode",
    caught_by=["test_NonlinearNode_basic", "test_NonlinearNode_plugs_itself_in", "test_NonlinearNode_craft"],
    hint="The slope of tanh came out as 1 - tanh(z). The square is missing: 1 - tanh(z)^2.",
)
class forgets_the_square(RightNonlinearNode):
    def calculate_error_signal(self):
        z = self.inputs[0].activation
        slope = (1.0 if z > 0 else 0.0) if self.name == "relu" else 1 - float(np.tanh(z))
        self.error_signal = slope * sum(part.error_signal for part in self.outputs)


@misconception(
    "NonlinearNode",
    caught_by=["test_NonlinearNode_basic", "test_NonlinearNode_plugs_itself_in", "test_NonlinearNode_craft"],
    hint="Every vote is a relu, whatever name says. With name='tanh' both the vote and its slope must be those of "
    "tanh.",
)
class ignores_the_name(RightNonlinearNode):
    def activate(self):
        z = self.inputs[0].activation
        self.activation = max(0.0, z)


@misconception(
    "NonlinearNode",
    caught_by=["test_NonlinearNode_basic", "test_NonlinearNode_plugs_itself_in", "test_NonlinearNode_craft"],
    hint="The slope for tanh is that of relu, 1 or 0. It must be 1 - tanh(z)^2.",
)
class uses_the_relu_slope_for_tanh:
    def __init__(self, neuron, name="relu"):
        if name not in ("relu", "tanh"):
            raise ValueError("unknown name")
        self.name = name
        self.inputs, self.outputs = [neuron], []
        self.activation, self.error_signal = 0.0, 0.0
        neuron.outputs.append(self)

    def activate(self):
        z = self.inputs[0].activation
        self.activation = max(0.0, z) if self.name == "relu" else float(np.tanh(z))

    def calculate_error_signal(self):
        z = self.inputs[0].activation
        slope = 1.0 if z > 0 else 0.0
        self.error_signal = slope * sum(part.error_signal for part in self.outputs)

    def descend_local_gradient(self, lr):
        pass


@misconception(
    "NonlinearNode",
    caught_by=["test_NonlinearNode_plugs_itself_in"],
    hint="The neuron does not know its vote: neuron.outputs is empty. Append self to it when the vote is made.",
)
class does_not_plug_itself_in(RightNonlinearNode):
    def __init__(self, neuron, name="relu"):
        if name not in ("relu", "tanh"):
            raise ValueError("unknown name")
        self.name = name
        self.inputs, self.outputs = [neuron], []
        self.activation, self.error_signal = 0.0, 0.0

    def calculate_error_signal(self):
        z = self.inputs[0].activation
        slope = (1.0 if z > 0 else 0.0) if self.name == "relu" else 1 - float(np.tanh(z)) ** 2
        self.error_signal = slope * sum(part.error_signal for part in self.outputs)


@misconception(
    "NonlinearNode",
    caught_by=["test_NonlinearNode_plugs_itself_in"],
    hint="Any name is accepted, and 'step' becomes tanh without a word. Raise ValueError for a name that is neither "
    "relu nor tanh.",
)
class accepts_any_name(RightNonlinearNode):
    def __init__(self, neuron, name="relu"):
        self.name = name
        self.inputs, self.outputs = [neuron], []
        self.activation, self.error_signal = 0.0, 0.0
        neuron.outputs.append(self)

    def calculate_error_signal(self):
        z = self.inputs[0].activation
        slope = (1.0 if z > 0 else 0.0) if self.name == "relu" else 1 - float(np.tanh(z)) ** 2
        self.error_signal = slope * sum(part.error_signal for part in self.outputs)


@misconception(
    "NonlinearNode",
    caught_by=["test_NonlinearNode_basic", "test_NonlinearNode_craft"],
    hint="Only outputs[0] sends blame to your vote. It speaks to every member of the next layer: sum over outputs.",
)
class listens_to_the_first_connection_only(RightNonlinearNode):
    def calculate_error_signal(self):
        z = self.inputs[0].activation
        slope = (1.0 if z > 0 else 0.0) if self.name == "relu" else 1 - float(np.tanh(z)) ** 2
        self.error_signal = slope * (self.outputs[0].error_signal if self.outputs else 0.0)


@misconception(
    "NonlinearNode",
    caught_by=["test_NonlinearNode_basic", "test_NonlinearNode_plugs_itself_in"],
    hint="The vote adds new blame to that of the sample before. Use =, not +=.",
)
class adds_to_the_blame_of_the_last_sample(RightNonlinearNode):
    def calculate_error_signal(self):
        z = self.inputs[0].activation
        slope = (1.0 if z > 0 else 0.0) if self.name == "relu" else 1 - float(np.tanh(z)) ** 2
        self.error_signal += slope * sum(part.error_signal for part in self.outputs)


@misconception(
    "NonlinearNode",
    caught_by=["test_NonlinearNode_craft"],
    hint="The vote wrote into neuron.error_signal. A part changes only itself; the neuron will ask for the blame.",
)
class writes_its_blame_into_the_neuron(RightNonlinearNode):
    def calculate_error_signal(self):
        z = self.inputs[0].activation
        slope = (1.0 if z > 0 else 0.0) if self.name == "relu" else 1 - float(np.tanh(z)) ** 2
        self.error_signal = slope * sum(part.error_signal for part in self.outputs)
        self.inputs[0].error_signal = self.error_signal


# ---------------------------------------------------------------- OutputNode


class RightOutputNode:
    def __init__(self, bias=0.0):
        self.bias, self.target = bias, 0.0
        self.inputs = []
        self.activation, self.error_signal = 0.0, 0.0

    def activate(self):
        self.activation = self.bias + sum(part.activation for part in self.inputs)

    def calculate_error_signal(self):
        self.error_signal = 2 * (self.activation - self.target)

    def descend_local_gradient(self, lr):
        self.bias -= lr * self.error_signal


@misconception(
    "OutputNode",
    caught_by=["test_OutputNode_basic", "test_OutputNode_any_score", "test_OutputNode_craft"],
    hint="Half of the slope is missing: the derivative of (a - t)^2 is 2 (a - t). This course's squared error has no "
    "1/2.",
)
class forgets_the_factor_two(RightOutputNode):
    def calculate_error_signal(self):
        self.error_signal = self.activation - self.target


@misconception(
    "OutputNode",
    caught_by=["test_OutputNode_basic", "test_OutputNode_any_score", "test_OutputNode_craft"],
    hint="The blame has the wrong sign: it must be positive where the output is too high, 2 (activation - target).",
)
class exchanges_target_and_activation(RightOutputNode):
    def calculate_error_signal(self):
        self.error_signal = 2 * (self.target - self.activation)


@misconception(
    "OutputNode",
    caught_by=["test_OutputNode_basic", "test_OutputNode_any_score", "test_OutputNode_craft"],
    hint="The error signal is the squared error itself. It must be the SLOPE of the squared error.",
)
class returns_the_loss_itself(RightOutputNode):
    def calculate_error_signal(self):
        self.error_signal = (self.activation - self.target) ** 2


@misconception(
    "OutputNode",
    caught_by=["test_OutputNode_basic", "test_OutputNode_any_score", "test_OutputNode_craft"],
    hint="The output goes through relu, so it can never be negative. An output has no vote: it says the sum and the "
    "bias.",
)
class votes_with_relu(RightOutputNode):
    def activate(self):
        self.activation = max(0.0, self.bias + sum(part.activation for part in self.inputs))


@misconception(
    "OutputNode",
    caught_by=["test_OutputNode_basic", "test_OutputNode_any_score", "test_OutputNode_craft"],
    hint="The output adds what it hears, but not its own bias.",
)
class answers_without_its_bias(RightOutputNode):
    def activate(self):
        self.activation = sum(part.activation for part in self.inputs)


@misconception(
    "OutputNode",
    caught_by=["test_OutputNode_basic", "test_OutputNode_craft"],
    hint="The output's bias does not step. An output learns its bias as every neuron does.",
)
class keeps_its_bias_for_ever(RightOutputNode):
    def descend_local_gradient(self, lr):
        pass


@misconception(
    "OutputNode",
    caught_by=["test_OutputNode_basic", "test_OutputNode_any_score", "test_OutputNode_craft"],
    hint="The error signal is the distance |activation - target|. It needs a sign: too high and too low are different "
    "mistakes.",
)
class takes_the_distance(RightOutputNode):
    def calculate_error_signal(self):
        self.error_signal = abs(self.activation - self.target)


@misconception(
    "OutputNode",
    caught_by=["test_OutputNode_basic", "test_OutputNode_craft"],
    hint="The output's bias goes up the slope. Subtract lr times error_signal.",
)
class moves_its_bias_up_the_slope(RightOutputNode):
    def descend_local_gradient(self, lr):
        self.bias += lr * self.error_signal


@misconception(
    "OutputNode",
    caught_by=["test_OutputNode_any_score"],
    hint="All your outputs share one list of inputs, made in the body of the class. Make it in __init__.",
)
class shares_one_list_of_inputs(RightOutputNode):
    inputs = []

    def __init__(self, bias=0.0):
        self.bias, self.target = bias, 0.0
        self.activation, self.error_signal = 0.0, 0.0


@misconception(
    "OutputNode",
    caught_by=["test_OutputNode_basic", "test_OutputNode_any_score", "test_OutputNode_craft"],
    hint="The error signal is 0, since nobody stands behind an output. Here the blame begins: compare activation and "
    "target.",
)
class sums_blame_like_a_hidden_neuron(RightOutputNode):
    def calculate_error_signal(self):
        self.error_signal = sum(part.error_signal for part in [])


# ---------------------------------------------------------------- wire


@misconception(
    "wire",
    caught_by=[
        "test_wire_basic",
        "test_wire_any_shape",
        "test_wire_craft",
        "test_forward_basic",
        "test_forward_equals_the_matrices",
        "test_forward_craft",
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
        "test_to_matrices_basic",
        "test_to_matrices_follows_the_links",
        "test_to_matrices_craft",
    ],
    hint="The connections stand in another order: target by target. Number i * n_out + j must go from source i to "
    "target j: the loop over sources is the outer one.",
)
def goes_target_by_target(shape, rng, name="relu"):
    model = [[InputNode() for _ in range(shape[0])]]
    for k in range(1, len(shape)):
        last = k == len(shape) - 1
        sources = model[-1]
        targets = [OutputNode() if last else Neuron() for _ in range(shape[k])]
        spread = np.sqrt(2 / len(sources))
        connections = [Connection(source, target, spread * rng.normal()) for target in targets for source in sources]
        model.append(connections)
        model.append(targets)
        if not last:
            model.append([NonlinearNode(neuron, name) for neuron in targets])
    return model


@misconception(
    "wire",
    caught_by=[
        "test_wire_basic",
        "test_wire_any_shape",
        "test_wire_craft",
        "test_forward_basic",
        "test_forward_equals_the_matrices",
        "test_forward_craft",
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
        "test_to_matrices_basic",
        "test_to_matrices_follows_the_links",
        "test_to_matrices_craft",
    ],
    hint="Each source got only one connection. Everybody listens to everybody: n_in times n_out of them, two loops, "
    "no zip.",
)
def wires_one_to_one(shape, rng, name="relu"):
    model = [[InputNode() for _ in range(shape[0])]]
    for k in range(1, len(shape)):
        last = k == len(shape) - 1
        sources = model[-1]
        targets = [OutputNode() if last else Neuron() for _ in range(shape[k])]
        spread = np.sqrt(2 / len(sources))
        connections = [Connection(source, target, spread * rng.normal()) for source, target in zip(sources, targets)]
        model.append(connections)
        model.append(targets)
        if not last:
            model.append([NonlinearNode(neuron, name) for neuron in targets])
    return model


@misconception(
    "wire",
    caught_by=[
        "test_wire_basic",
        "test_wire_any_shape",
        "test_wire_craft",
        "test_forward_basic",
        "test_forward_equals_the_matrices",
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
        "test_to_matrices_basic",
        "test_to_matrices_follows_the_links",
        "test_to_matrices_craft",
    ],
    hint="The next layer listens to the neurons and not to their votes, so the network is linear. Connect from the "
    "NonlinearNodes.",
)
def connects_neurons_past_their_votes(shape, rng, name="relu"):
    model = [[InputNode() for _ in range(shape[0])]]
    for k in range(1, len(shape)):
        last = k == len(shape) - 1
        sources = model[-1] if k == 1 else model[-2]
        targets = [OutputNode() if last else Neuron() for _ in range(shape[k])]
        spread = np.sqrt(2 / len(sources))
        connections = [Connection(source, target, spread * rng.normal()) for source in sources for target in targets]
        model.append(connections)
        model.append(targets)
        if not last:
            model.append([NonlinearNode(neuron, name) for neuron in targets])
    return model


@misconception(
    "wire",
    caught_by=[
        "test_wire_basic",
        "test_wire_any_shape",
        "test_forward_basic",
        "test_forward_equals_the_matrices",
        "test_forward_craft",
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="There is a layer of votes behind the outputs. The last layer has none: its outputs may be any number.",
)
def votes_at_the_end_too(shape, rng, name="relu"):
    model = [[InputNode() for _ in range(shape[0])]]
    for k in range(1, len(shape)):
        last = k == len(shape) - 1
        sources = model[-1]
        targets = [OutputNode() if last else Neuron() for _ in range(shape[k])]
        spread = np.sqrt(2 / len(sources))
        connections = [Connection(source, target, spread * rng.normal()) for source in sources for target in targets]
        model.append(connections)
        model.append(targets)
        if last:
            for node in targets:
                node.outputs = []
        model.append([NonlinearNode(neuron, name) for neuron in targets])
    return model


@misconception(
    "wire",
    caught_by=["test_wire_any_shape"],
    hint="All the connections of a layer start with the same weight, so the neurons of a layer would always do the "
    "same. Draw one number for each connection.",
)
def draws_the_same_weight_for_all(shape, rng, name="relu"):
    model = [[InputNode() for _ in range(shape[0])]]
    for k in range(1, len(shape)):
        last = k == len(shape) - 1
        sources = model[-1]
        targets = [OutputNode() if last else Neuron() for _ in range(shape[k])]
        spread = np.sqrt(2 / len(sources))
        weight = spread * rng.normal()
        connections = [Connection(source, target, weight) for source in sources for target in targets]
        model.append(connections)
        model.append(targets)
        if not last:
            model.append([NonlinearNode(neuron, name) for neuron in targets])
    return model


@misconception(
    "wire",
    caught_by=["test_wire_any_shape"],
    hint="The weights do not come from the argument rng: another generator gives the same network. Draw with "
    "rng.normal.",
)
def ignores_rng(shape, rng, name="relu"):
    model = [[InputNode() for _ in range(shape[0])]]
    for k in range(1, len(shape)):
        last = k == len(shape) - 1
        sources = model[-1]
        targets = [OutputNode() if last else Neuron() for _ in range(shape[k])]
        own = np.random.default_rng(0)
        spread = np.sqrt(2 / len(sources))
        connections = [Connection(source, target, spread * own.normal()) for source in sources for target in targets]
        model.append(connections)
        model.append(targets)
        if not last:
            model.append([NonlinearNode(neuron, name) for neuron in targets])
    return model


@misconception(
    "wire",
    caught_by=["test_wire_any_shape"],
    hint="The weights are too small: 2 / n_in is the variance. The standard deviation is its square root.",
)
def uses_the_variance_as_spread(shape, rng, name="relu"):
    model = [[InputNode() for _ in range(shape[0])]]
    for k in range(1, len(shape)):
        last = k == len(shape) - 1
        sources = model[-1]
        targets = [OutputNode() if last else Neuron() for _ in range(shape[k])]
        spread = 2 / len(sources)
        connections = [Connection(source, target, spread * rng.normal()) for source in sources for target in targets]
        model.append(connections)
        model.append(targets)
        if not last:
            model.append([NonlinearNode(neuron, name) for neuron in targets])
    return model


@misconception(
    "wire",
    caught_by=["test_wire_any_shape"],
    hint="The spread of the weights is made from n_out. It needs n_in, the number of sources: the sum has n_in terms.",
)
def divides_by_the_number_of_targets(shape, rng, name="relu"):
    model = [[InputNode() for _ in range(shape[0])]]
    for k in range(1, len(shape)):
        last = k == len(shape) - 1
        sources = model[-1]
        targets = [OutputNode() if last else Neuron() for _ in range(shape[k])]
        spread = np.sqrt(2 / len(targets))
        connections = [Connection(source, target, spread * rng.normal()) for source in sources for target in targets]
        model.append(connections)
        model.append(targets)
        if not last:
            model.append([NonlinearNode(neuron, name) for neuron in targets])
    return model


@misconception(
    "wire",
    caught_by=["test_wire_any_shape", "test_wire_craft"],
    hint="The biases start at random numbers. They start at 0.",
)
def starts_with_random_biases(shape, rng, name="relu"):
    model = [[InputNode() for _ in range(shape[0])]]
    for k in range(1, len(shape)):
        last = k == len(shape) - 1
        sources = model[-1]
        targets = [OutputNode() if last else Neuron() for _ in range(shape[k])]
        for node in targets:
            node.bias = rng.normal()
        spread = np.sqrt(2 / len(sources))
        connections = [Connection(source, target, spread * rng.normal()) for source in sources for target in targets]
        model.append(connections)
        model.append(targets)
        if not last:
            model.append([NonlinearNode(neuron, name) for neuron in targets])
    return model


@misconception(
    "wire",
    caught_by=[
        "test_wire_basic",
        "test_wire_any_shape",
        "test_wire_craft",
        "test_forward_basic",
        "test_forward_equals_the_matrices",
        "test_forward_craft",
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
        "test_to_matrices_basic",
        "test_to_matrices_follows_the_links",
        "test_to_matrices_craft",
    ],
    hint="There are no NonlinearNodes: a layer of h neurons is followed by h votes. Without them the whole network is "
    "linear.",
)
def forgets_the_hidden_votes(shape, rng, name="relu"):
    model = [[InputNode() for _ in range(shape[0])]]
    for k in range(1, len(shape)):
        last = k == len(shape) - 1
        sources = model[-1]
        targets = [OutputNode() if last else Neuron() for _ in range(shape[k])]
        spread = np.sqrt(2 / len(sources))
        connections = [Connection(source, target, spread * rng.normal()) for source in sources for target in targets]
        model.append(connections)
        model.append(targets)
        if not last:
            pass
    return model


@misconception(
    "wire",
    caught_by=[
        "test_wire_any_shape",
        "test_wire_craft",
        "test_forward_basic",
        "test_forward_equals_the_matrices",
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="All votes are relu, whatever name was passed. Hand name on to the NonlinearNodes.",
)
def makes_every_vote_a_relu(shape, rng, name="relu"):
    model = [[InputNode() for _ in range(shape[0])]]
    for k in range(1, len(shape)):
        last = k == len(shape) - 1
        sources = model[-1]
        targets = [OutputNode() if last else Neuron() for _ in range(shape[k])]
        spread = np.sqrt(2 / len(sources))
        connections = [Connection(source, target, spread * rng.normal()) for source in sources for target in targets]
        model.append(connections)
        model.append(targets)
        if not last:
            model.append([NonlinearNode(neuron) for neuron in targets])
    return model


@misconception(
    "wire",
    caught_by=["test_wire_any_shape", "test_gradient_descent_equals_the_matrices"],
    hint="Only the first hidden layer got the votes that name asks for; the later ones are relu.",
)
def gives_the_name_to_the_first_layer_only(shape, rng, name="relu"):
    model = [[InputNode() for _ in range(shape[0])]]
    for k in range(1, len(shape)):
        last = k == len(shape) - 1
        sources = model[-1]
        targets = [OutputNode() if last else Neuron() for _ in range(shape[k])]
        spread = np.sqrt(2 / len(sources))
        connections = [Connection(source, target, spread * rng.normal()) for source in sources for target in targets]
        model.append(connections)
        model.append(targets)
        if not last:
            model.append([NonlinearNode(neuron, name if k == 1 else "relu") for neuron in targets])
    return model


@misconception(
    "wire",
    caught_by=["test_wire_craft"],
    hint="wire took the numbers out of the caller's list shape with pop. Read it with an index.",
)
def empties_the_shape(shape, rng, name="relu"):
    model = [[InputNode() for _ in range(shape[0])]]
    for k in range(1, len(shape)):
        last = k == len(shape) - 1
        sources = model[-1]
        targets = [OutputNode() if last else Neuron() for _ in range(shape[k])]
        spread = np.sqrt(2 / len(sources))
        connections = [Connection(source, target, spread * rng.normal()) for source in sources for target in targets]
        model.append(connections)
        model.append(targets)
        if not last:
            model.append([NonlinearNode(neuron, name) for neuron in targets])
    shape.pop()
    return model


@misconception(
    "wire",
    caught_by=[
        "test_wire_basic",
        "test_wire_any_shape",
        "test_wire_craft",
        "test_forward_basic",
        "test_forward_equals_the_matrices",
        "test_forward_craft",
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="Each link stands twice in the lists of its ends. Connection plugs itself in when it is made: do not append "
    "again.",
)
def plugs_in_twice(shape, rng, name="relu"):
    model = [[InputNode() for _ in range(shape[0])]]
    for k in range(1, len(shape)):
        last = k == len(shape) - 1
        sources = model[-1]
        targets = [OutputNode() if last else Neuron() for _ in range(shape[k])]
        spread = np.sqrt(2 / len(sources))
        connections = [Connection(source, target, spread * rng.normal()) for source in sources for target in targets]
        for connection in connections:
            connection.source.outputs.append(connection)
            connection.target.inputs.append(connection)
        model.append(connections)
        model.append(targets)
        if not last:
            model.append([NonlinearNode(neuron, name) for neuron in targets])
    return model


# ---------------------------------------------------------------- forward


@misconception(
    "forward",
    caught_by=[
        "test_forward_basic",
        "test_forward_equals_the_matrices",
        "test_forward_craft",
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="The outputs were not activated: they still say what they said before. Go through all layers.",
)
def skips_the_last_layer(model, features):
    if len(features) != len(model[0]):
        raise ValueError("wrong number of features")
    for k in range(len(features)):
        model[0][k].activation = features[k]
    for layer in model[:-1]:
        for part in layer:
            part.activate()
    return [node.activation for node in model[-1]]


@misconception(
    "forward",
    caught_by=["test_forward_basic", "test_forward_equals_the_matrices", "test_forward_craft"],
    hint="You returned what the last connections say. The answer is the activation of the outputs, model[-1].",
)
def returns_the_last_sums_of_the_connections(model, features):
    if len(features) != len(model[0]):
        raise ValueError("wrong number of features")
    for k in range(len(features)):
        model[0][k].activation = features[k]
    for layer in model:
        for part in layer:
            part.activate()
    return [node.activation for node in model[-2]]


@misconception(
    "forward",
    caught_by=[
        "test_forward_basic",
        "test_forward_equals_the_matrices",
        "test_forward_craft",
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="The features went in from the last to the first. Feature k belongs to input k.",
)
def puts_features_in_reverse(model, features):
    if len(features) != len(model[0]):
        raise ValueError("wrong number of features")
    for k in range(len(features)):
        model[0][k].activation = features[-1 - k]
    for layer in model:
        for part in layer:
            part.activate()
    return [node.activation for node in model[-1]]


@misconception(
    "forward",
    caught_by=["test_forward_basic", "test_forward_equals_the_matrices", "test_forward_craft"],
    hint="Only the first output came back, as a number. Return a list with the activation of every output.",
)
def returns_the_first_output_only(model, features):
    if len(features) != len(model[0]):
        raise ValueError("wrong number of features")
    for k in range(len(features)):
        model[0][k].activation = features[k]
    for layer in model:
        for part in layer:
            part.activate()
    return model[-1][0].activation


@misconception(
    "forward",
    caught_by=["test_forward_equals_the_matrices"],
    hint="Too many features were cut off, or too few left old ones in place, without a word. Raise ValueError when "
    "len(features) is not the number of inputs.",
)
def accepts_any_number_of_features(model, features):
    for node, feature in zip(model[0], features):
        node.activation = feature
    for layer in model:
        for part in layer:
            part.activate()
    return [node.activation for node in model[-1]]


@misconception(
    "forward",
    caught_by=["test_forward_basic", "test_forward_equals_the_matrices", "test_forward_craft"],
    hint="The answers went through relu: a network for numbers must be able to say something negative. Return the "
    "activations as they are.",
)
def votes_at_the_end(model, features):
    if len(features) != len(model[0]):
        raise ValueError("wrong number of features")
    for k in range(len(features)):
        model[0][k].activation = features[k]
    for layer in model:
        for part in layer:
            part.activate()
    return [max(0.0, node.activation) for node in model[-1]]


@misconception(
    "forward",
    caught_by=[
        "test_forward_basic",
        "test_forward_equals_the_matrices",
        "test_forward_craft",
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="The layers spoke from the last to the first, so each one heard what was said in the pass before.",
)
def goes_backwards(model, features):
    if len(features) != len(model[0]):
        raise ValueError("wrong number of features")
    for k in range(len(features)):
        model[0][k].activation = features[k]
    for layer in model[::-1]:
        for part in layer:
            part.activate()
    return [node.activation for node in model[-1]]


@misconception(
    "forward",
    caught_by=[
        "test_forward_basic",
        "test_forward_equals_the_matrices",
        "test_forward_craft",
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="The inputs never saw the features: set the activation of model[0] first.",
)
def forgets_to_show_the_features(model, features):
    if len(features) != len(model[0]):
        raise ValueError("wrong number of features")
    for k in range(len(features)):
        pass
    for layer in model:
        for part in layer:
            part.activate()
    return [node.activation for node in model[-1]]


@misconception(
    "forward", caught_by=["test_forward_craft"], hint="forward changed the caller's features. Only read them."
)
def changes_the_callers_features(model, features):
    if len(features) != len(model[0]):
        raise ValueError("wrong number of features")
    for k in range(len(features)):
        model[0][k].activation = float(features[k])
        features[k] = 0
    for layer in model:
        for part in layer:
            part.activate()
    return [node.activation for node in model[-1]]


@misconception(
    "forward",
    caught_by=[
        "test_forward_craft",
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="After the pass all activations are 0 again. Going back needs them: leave them where they are.",
)
def clears_the_activations(model, features):
    if len(features) != len(model[0]):
        raise ValueError("wrong number of features")
    for k in range(len(features)):
        model[0][k].activation = features[k]
    for layer in model:
        for part in layer:
            part.activate()
    out = [node.activation for node in model[-1]]
    for layer in model:
        for part in layer:
            part.activation = 0.0
    return out


# ---------------------------------------------------------------- backpropagate_error


@misconception(
    "backpropagate_error",
    caught_by=[
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="The blame was asked from the first layer to the last, so most parts took old blame. Go backwards.",
)
def goes_from_first_to_last(model, target):
    if len(target) != len(model[-1]):
        raise ValueError("wrong number of targets")
    for k in range(len(target)):
        model[-1][k].target = target[k]
    for layer in model:
        for part in layer:
            part.calculate_error_signal()


@misconception(
    "backpropagate_error",
    caught_by=[
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="The outputs were not told the target: they compared with an old one, or with 0.",
)
def forgets_to_tell_the_target(model, target):
    if len(target) != len(model[-1]):
        raise ValueError("wrong number of targets")
    for k in range(len(target)):
        pass
    for layer in model[::-1]:
        for part in layer:
            part.calculate_error_signal()


@misconception(
    "backpropagate_error",
    caught_by=[
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="The targets were set after the error signals were computed. Tell the outputs first.",
)
def tells_the_target_too_late(model, target):
    if len(target) != len(model[-1]):
        raise ValueError("wrong number of targets")
    for layer in model[::-1]:
        for part in layer:
            part.calculate_error_signal()
    for k in range(len(target)):
        model[-1][k].target = target[k]


@misconception(
    "backpropagate_error",
    caught_by=[
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="The connections were left out, so the blame never crosses from layer to layer. Every part takes its turn.",
)
def skips_the_connections(model, target):
    if len(target) != len(model[-1]):
        raise ValueError("wrong number of targets")
    for k in range(len(target)):
        model[-1][k].target = target[k]
    for layer in model[::-1]:
        if hasattr(layer[0], "weight"):
            continue
        for part in layer:
            part.calculate_error_signal()


@misconception(
    "backpropagate_error",
    caught_by=[
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="Only the last votes, the connections behind them and the outputs know their blame. Go on through all the "
    "layers before them.",
)
def stops_behind_the_last_votes(model, target):
    if len(target) != len(model[-1]):
        raise ValueError("wrong number of targets")
    for k in range(len(target)):
        model[-1][k].target = target[k]
    for layer in model[:-4:-1]:
        for part in layer:
            part.calculate_error_signal()


@misconception(
    "backpropagate_error",
    caught_by=["test_backpropagate_error_equals_the_matrices"],
    hint="Targets that are too many or too few pass without a word. Raise ValueError when len(target) is not the "
    "number of outputs.",
)
def accepts_any_number_of_targets(model, target):
    for node, wanted in zip(model[-1], target):
        node.target = wanted
    for layer in model[::-1]:
        for part in layer:
            part.calculate_error_signal()


@misconception(
    "backpropagate_error",
    caught_by=[
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
    ],
    hint="The targets went to the outputs in reverse order. Target k belongs to output k.",
)
def puts_targets_in_reverse(model, target):
    if len(target) != len(model[-1]):
        raise ValueError("wrong number of targets")
    for k in range(len(target)):
        model[-1][k].target = target[-1 - k]
    for layer in model[::-1]:
        for part in layer:
            part.calculate_error_signal()


@misconception(
    "backpropagate_error",
    caught_by=[
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="Weights moved while blame was still on its way, so earlier layers were blamed through the new weights. "
    "First all error signals; the steps come later.",
)
def steps_on_the_way(model, target):
    if len(target) != len(model[-1]):
        raise ValueError("wrong number of targets")
    for k in range(len(target)):
        model[-1][k].target = target[k]
    for layer in model[::-1]:
        for part in layer:
            part.calculate_error_signal()
            part.descend_local_gradient(0.01)


@misconception(
    "backpropagate_error",
    caught_by=[
        "test_backpropagate_error_basic",
        "test_backpropagate_error_equals_the_matrices",
        "test_backpropagate_error_craft",
        "test_gradient_descent_craft",
    ],
    hint="The inputs have no error signal. Theirs is the slope of the loss in the features: let the first layer take "
    "its turn too.",
)
def leaves_out_the_inputs(model, target):
    if len(target) != len(model[-1]):
        raise ValueError("wrong number of targets")
    for k in range(len(target)):
        model[-1][k].target = target[k]
    for layer in model[:0:-1]:
        for part in layer:
            part.calculate_error_signal()


@misconception(
    "backpropagate_error",
    caught_by=["test_backpropagate_error_craft"],
    hint="backpropagate_error changed the caller's target. Only read it.",
)
def changes_the_target(model, target):
    if len(target) != len(model[-1]):
        raise ValueError("wrong number of targets")
    for k in range(len(target)):
        model[-1][k].target = float(target[k])
        target[k] = 0
    for layer in model[::-1]:
        for part in layer:
            part.calculate_error_signal()


# ---------------------------------------------------------------- gradient_descent


@misconception(
    "gradient_descent",
    caught_by=[
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="The biases did not move. Neurons and outputs have something to learn too: call every part.",
)
def steps_only_connections(model, lr):
    for layer in model:
        if not hasattr(layer[0], "weight"):
            continue
        for part in layer:
            part.descend_local_gradient(lr)


@misconception(
    "gradient_descent",
    caught_by=[
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="The weights did not move. The connections make steps too: call every part.",
)
def steps_only_biases(model, lr):
    for layer in model:
        if hasattr(layer[0], "weight"):
            continue
        for part in layer:
            part.descend_local_gradient(lr)


@misconception(
    "gradient_descent",
    caught_by=[
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="The biases of the outputs did not move. Go through all the layers.",
)
def leaves_out_the_last_layer(model, lr):
    for layer in model[:-1]:
        for part in layer:
            part.descend_local_gradient(lr)


@misconception(
    "gradient_descent",
    caught_by=[
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="Every part made two steps. One call is one step.",
)
def steps_twice(model, lr):
    for layer in model:
        for part in layer:
            part.descend_local_gradient(lr)
            part.descend_local_gradient(lr)


@misconception(
    "gradient_descent",
    caught_by=[
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="The steps are too small: lr was divided by the number of layers. Hand it on as it is.",
)
def divides_lr_by_the_layers(model, lr):
    for layer in model:
        for part in layer:
            part.descend_local_gradient(lr / len(model))


@misconception(
    "gradient_descent",
    caught_by=[
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="Every weight and bias went up the slope. The parts put in the minus themselves: hand on lr, not -lr.",
)
def steps_upwards(model, lr):
    for layer in model:
        for part in layer:
            part.descend_local_gradient(-lr)


@misconception(
    "gradient_descent",
    caught_by=[
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="The step does not depend on the argument lr. Hand lr on to the parts.",
)
def uses_its_own_lr(model, lr):
    for layer in model:
        for part in layer:
            part.descend_local_gradient(0.01)


@misconception(
    "gradient_descent",
    caught_by=[
        "test_gradient_descent_basic",
        "test_gradient_descent_equals_the_matrices",
        "test_gradient_descent_craft",
    ],
    hint="Only the last layer learned. Every layer of connections makes its step.",
)
def steps_only_the_last_connections(model, lr):
    for layer in model[-2:]:
        for part in layer:
            part.descend_local_gradient(lr)


@misconception(
    "gradient_descent",
    caught_by=["test_gradient_descent_craft"],
    hint="The error signals were computed again between the steps, through weights that had moved already. "
    "gradient_descent only steps.",
)
def takes_the_blame_anew_between_steps(model, lr):
    for layer in model:
        for part in layer:
            part.descend_local_gradient(lr)
    for layer in model[::-1]:
        for part in layer:
            part.calculate_error_signal()


# ---------------------------------------------------------------- to_matrices


@misconception(
    "to_matrices",
    caught_by=["test_to_matrices_basic", "test_to_matrices_follows_the_links", "test_to_matrices_craft"],
    hint="W is transposed: it has the shape (n_out, n_in). Here rows are sources and columns are targets, (n_in, "
    "n_out).",
)
def transposes(model):
    matrices = []
    for k in range(0, len(model) - 2, 3):
        sources, connections, targets = model[k], model[k + 1], model[k + 2]
        W = np.zeros((len(sources), len(targets)))
        b = np.zeros(len(targets))
        for connection in connections:
            W[sources.index(connection.source), targets.index(connection.target)] = connection.weight
        for j in range(len(targets)):
            b[j] = targets[j].bias
        matrices.append((W.T, b))
    return matrices


@misconception(
    "to_matrices",
    caught_by=["test_to_matrices_follows_the_links"],
    hint="W was filled in the order of the list. Connections may stand in any order: connection.source and "
    "connection.target say where a weight belongs.",
)
def fills_in_the_order_of_the_list(model):
    matrices = []
    for k in range(0, len(model) - 2, 3):
        sources, connections, targets = model[k], model[k + 1], model[k + 2]
        W = np.zeros((len(sources), len(targets)))
        b = np.zeros(len(targets))
        W = np.array([connection.weight for connection in connections]).reshape(W.shape)
        for j in range(len(targets)):
            b[j] = targets[j].bias
        matrices.append((W, b))
    return matrices


@misconception(
    "to_matrices",
    caught_by=["test_to_matrices_basic", "test_to_matrices_follows_the_links", "test_to_matrices_craft"],
    hint="The weights were filled column by column. Connection i * n_out + j belongs to row i, column j.",
)
def fills_column_by_column(model):
    matrices = []
    for k in range(0, len(model) - 2, 3):
        sources, connections, targets = model[k], model[k + 1], model[k + 2]
        W = np.zeros((len(sources), len(targets)))
        b = np.zeros(len(targets))
        W = np.array([connection.weight for connection in connections]).reshape(len(targets), len(sources)).T
        for j in range(len(targets)):
            b[j] = targets[j].bias
        matrices.append((W, b))
    return matrices


@misconception(
    "to_matrices",
    caught_by=["test_to_matrices_basic", "test_to_matrices_follows_the_links", "test_to_matrices_craft"],
    hint="The biases are all 0. Each neuron of the layer holds its own: node.bias.",
)
def forgets_the_biases(model):
    matrices = []
    for k in range(0, len(model) - 2, 3):
        sources, connections, targets = model[k], model[k + 1], model[k + 2]
        W = np.zeros((len(sources), len(targets)))
        b = np.zeros(len(targets))
        for connection in connections:
            W[sources.index(connection.source), targets.index(connection.target)] = connection.weight
        for j in range(len(targets)):
            b[j] = 0.0
        matrices.append((W, b))
    return matrices


@misconception(
    "to_matrices",
    caught_by=["test_to_matrices_basic", "test_to_matrices_follows_the_links", "test_to_matrices_craft"],
    hint="The last layer is missing: the outputs have connections and biases too.",
)
def leaves_out_the_outputs(model):
    matrices = []
    for k in range(0, len(model) - 3, 3):
        sources, connections, targets = model[k], model[k + 1], model[k + 2]
        W = np.zeros((len(sources), len(targets)))
        b = np.zeros(len(targets))
        for connection in connections:
            W[sources.index(connection.source), targets.index(connection.target)] = connection.weight
        for j in range(len(targets)):
            b[j] = targets[j].bias
        matrices.append((W, b))
    return matrices


@misconception(
    "to_matrices",
    caught_by=["test_to_matrices_basic", "test_to_matrices_follows_the_links", "test_to_matrices_craft"],
    hint="b has the shape (1, n_out). It must be flat, (n_out,).",
)
def makes_rows_of_biases(model):
    matrices = []
    for k in range(0, len(model) - 2, 3):
        sources, connections, targets = model[k], model[k + 1], model[k + 2]
        W = np.zeros((len(sources), len(targets)))
        b = np.zeros((1, len(targets)))
        for connection in connections:
            W[sources.index(connection.source), targets.index(connection.target)] = connection.weight
        for j in range(len(targets)):
            b[0, j] = targets[j].bias
        matrices.append((W, b))
    return matrices


@misconception(
    "to_matrices",
    caught_by=["test_to_matrices_basic", "test_to_matrices_follows_the_links", "test_to_matrices_craft"],
    hint="The matrices hold what the connections said last, not their weights.",
)
def takes_activations(model):
    matrices = []
    for k in range(0, len(model) - 2, 3):
        sources, connections, targets = model[k], model[k + 1], model[k + 2]
        W = np.zeros((len(sources), len(targets)))
        b = np.zeros(len(targets))
        for connection in connections:
            W[sources.index(connection.source), targets.index(connection.target)] = connection.activation
        for j in range(len(targets)):
            b[j] = targets[j].bias
        matrices.append((W, b))
    return matrices


@misconception(
    "to_matrices",
    caught_by=["test_to_matrices_basic", "test_to_matrices_follows_the_links", "test_to_matrices_craft"],
    hint="W has one row too many: the biases came in as a row. Give them apart, as b.",
)
def moves_the_biases_into_w(model):
    matrices = []
    for k in range(0, len(model) - 2, 3):
        sources, connections, targets = model[k], model[k + 1], model[k + 2]
        W = np.zeros((len(sources), len(targets)))
        b = np.zeros(len(targets))
        for connection in connections:
            W[sources.index(connection.source), targets.index(connection.target)] = connection.weight
        for j in range(len(targets)):
            b[j] = targets[j].bias
        matrices.append((np.vstack([W, b]), b))
    return matrices


@misconception(
    "to_matrices",
    caught_by=["test_to_matrices_basic", "test_to_matrices_follows_the_links", "test_to_matrices_craft"],
    hint="The matrices come from the last layer to the first. The first layer comes first.",
)
def goes_from_last_to_first(model):
    matrices = []
    for k in range(0, len(model) - 2, 3):
        sources, connections, targets = model[k], model[k + 1], model[k + 2]
        W = np.zeros((len(sources), len(targets)))
        b = np.zeros(len(targets))
        for connection in connections:
            W[sources.index(connection.source), targets.index(connection.target)] = connection.weight
        for j in range(len(targets)):
            b[j] = targets[j].bias
        matrices.append((W, b))
    return matrices[::-1]


# ---------------------------------------------------------------- fit_curve


@misconception(
    "fit_curve",
    caught_by=["test_fit_curve_basic", "test_fit_curve_learns"],
    hint="There is only one step in an epoch. Each point brings its own: forward, blame, step, then the next point.",
)
def steps_once_per_epoch(xs, ys, shape, rng, epochs, lr=0.02):
    model = wire(shape, rng, "tanh")
    losses = []
    for epoch in range(epochs + 1):
        if epoch > 0:
            for x, y in zip(xs, ys):
                forward(model, [x])
                backpropagate_error(model, [y])
            gradient_descent(model, lr)
        losses.append(float(np.mean([(forward(model, [x])[0] - y) ** 2 for x, y in zip(xs, ys)])))
    return model, losses


@misconception(
    "fit_curve",
    caught_by=["test_fit_curve_basic", "test_fit_curve_learns", "test_fit_curve_craft"],
    hint="losses begins after the first epoch. losses[0] is the error BEFORE training, so there are epochs + 1 of "
    "them.",
)
def forgets_the_loss_before_training(xs, ys, shape, rng, epochs, lr=0.02):
    model = wire(shape, rng, "tanh")
    losses = []
    for epoch in range(epochs + 1):
        if epoch > 0:
            for x, y in zip(xs, ys):
                forward(model, [x])
                backpropagate_error(model, [y])
                gradient_descent(model, lr)
        if epoch > 0:
            losses.append(float(np.mean([(forward(model, [x])[0] - y) ** 2 for x, y in zip(xs, ys)])))
    return model, losses


@misconception(
    "fit_curve",
    caught_by=["test_fit_curve_basic", "test_fit_curve_learns"],
    hint="The losses are sums over the points. Take the mean: the number of points must not count.",
)
def sums_the_loss(xs, ys, shape, rng, epochs, lr=0.02):
    model = wire(shape, rng, "tanh")
    losses = []
    for epoch in range(epochs + 1):
        if epoch > 0:
            for x, y in zip(xs, ys):
                forward(model, [x])
                backpropagate_error(model, [y])
                gradient_descent(model, lr)
        losses.append(float(np.sum([(forward(model, [x])[0] - y) ** 2 for x, y in zip(xs, ys)])))
    return model, losses


@misconception(
    "fit_curve",
    caught_by=["test_fit_curve_basic", "test_fit_curve_learns"],
    hint="Every epoch starts from a new network, so nothing is ever learned for long. Wire it once, before the loop.",
)
def starts_anew_each_epoch(xs, ys, shape, rng, epochs, lr=0.02):
    model = wire(shape, rng, "tanh")
    losses = []
    for epoch in range(epochs + 1):
        if epoch > 0:
            model = wire(shape, rng, "tanh")
            for x, y in zip(xs, ys):
                forward(model, [x])
                backpropagate_error(model, [y])
                gradient_descent(model, lr)
        losses.append(float(np.mean([(forward(model, [x])[0] - y) ** 2 for x, y in zip(xs, ys)])))
    return model, losses


@misconception(
    "fit_curve",
    caught_by=["test_fit_curve_basic", "test_fit_curve_learns"],
    hint="The steps do not depend on the argument lr. Hand it on to gradient_descent.",
)
def steps_with_a_fixed_lr(xs, ys, shape, rng, epochs, lr=0.02):
    model = wire(shape, rng, "tanh")
    losses = []
    for epoch in range(epochs + 1):
        if epoch > 0:
            for x, y in zip(xs, ys):
                forward(model, [x])
                backpropagate_error(model, [y])
                gradient_descent(model, 0.02)
        losses.append(float(np.mean([(forward(model, [x])[0] - y) ** 2 for x, y in zip(xs, ys)])))
    return model, losses


@misconception(
    "fit_curve",
    caught_by=["test_fit_curve_basic", "test_fit_curve_learns"],
    hint="The hidden votes are relu. For a smooth curve the exercise asks for tanh: wire(shape, rng, 'tanh').",
)
def uses_relu(xs, ys, shape, rng, epochs, lr=0.02):
    model = wire(shape, rng)
    losses = []
    for epoch in range(epochs + 1):
        if epoch > 0:
            for x, y in zip(xs, ys):
                forward(model, [x])
                backpropagate_error(model, [y])
                gradient_descent(model, lr)
        losses.append(float(np.mean([(forward(model, [x])[0] - y) ** 2 for x, y in zip(xs, ys)])))
    return model, losses


@misconception(
    "fit_curve",
    caught_by=["test_fit_curve_basic", "test_fit_curve_learns"],
    hint="The step comes before the blame of this point is known: it uses that of the point before. Order: forward, "
    "backpropagate_error, gradient_descent.",
)
def takes_the_old_blame(xs, ys, shape, rng, epochs, lr=0.02):
    model = wire(shape, rng, "tanh")
    losses = []
    for epoch in range(epochs + 1):
        if epoch > 0:
            for x, y in zip(xs, ys):
                forward(model, [x])
                gradient_descent(model, lr)
                backpropagate_error(model, [y])
        losses.append(float(np.mean([(forward(model, [x])[0] - y) ** 2 for x, y in zip(xs, ys)])))
    return model, losses


@misconception(
    "fit_curve",
    caught_by=["test_fit_curve_basic", "test_fit_curve_learns"],
    hint="The blame of each point is taken without a forward pass, so all parts still say what they said for another "
    "point.",
)
def forgets_to_go_forward(xs, ys, shape, rng, epochs, lr=0.02):
    model = wire(shape, rng, "tanh")
    losses = []
    for epoch in range(epochs + 1):
        if epoch > 0:
            for x, y in zip(xs, ys):
                backpropagate_error(model, [y])
                gradient_descent(model, lr)
        losses.append(float(np.mean([(forward(model, [x])[0] - y) ** 2 for x, y in zip(xs, ys)])))
    return model, losses


@misconception(
    "fit_curve",
    caught_by=["test_fit_curve_basic", "test_fit_curve_learns"],
    hint="The loss of an epoch was collected while the network was still changing. Measure it after the epoch, with "
    "the same network for all the points.",
)
def adds_up_the_loss_on_the_way(xs, ys, shape, rng, epochs, lr=0.02):
    model = wire(shape, rng, "tanh")
    losses = []
    losses.append(float(np.mean([(forward(model, [x])[0] - y) ** 2 for x, y in zip(xs, ys)])))
    for epoch in range(epochs):
        errors = []
        for x, y in zip(xs, ys):
            errors.append((forward(model, [x])[0] - y) ** 2)
            backpropagate_error(model, [y])
            gradient_descent(model, lr)
        losses.append(float(np.mean(errors)))
    return model, losses


@misconception(
    "fit_curve",
    caught_by=["test_fit_curve_basic", "test_fit_curve_learns"],
    hint="The network is shown y and asked for x. Show x, and y is the target.",
)
def exchanges_x_and_y(xs, ys, shape, rng, epochs, lr=0.02):
    model = wire(shape, rng, "tanh")
    losses = []
    for epoch in range(epochs + 1):
        if epoch > 0:
            for y, x in zip(xs, ys):
                forward(model, [x])
                backpropagate_error(model, [y])
                gradient_descent(model, lr)
        losses.append(float(np.mean([(forward(model, [x])[0] - y) ** 2 for y, x in zip(xs, ys)])))
    return model, losses


@misconception(
    "fit_curve",
    caught_by=["test_fit_curve_basic", "test_fit_curve_learns"],
    hint="The last point of the curve is never shown in training.",
)
def leaves_out_the_last_point(xs, ys, shape, rng, epochs, lr=0.02):
    model = wire(shape, rng, "tanh")
    losses = []
    for epoch in range(epochs + 1):
        if epoch > 0:
            for x, y in list(zip(xs, ys))[: max(1, len(xs) - 1)]:
                forward(model, [x])
                backpropagate_error(model, [y])
                gradient_descent(model, lr)
        losses.append(float(np.mean([(forward(model, [x])[0] - y) ** 2 for x, y in zip(xs, ys)])))
    return model, losses


@misconception(
    "fit_curve",
    caught_by=["test_fit_curve_craft"],
    hint="The first weights do not come from rng: two generators give the same network.",
)
def seeds_for_itself(xs, ys, shape, rng, epochs, lr=0.02):
    model = wire(shape, np.random.default_rng(0), "tanh")
    losses = []
    for epoch in range(epochs + 1):
        if epoch > 0:
            for x, y in zip(xs, ys):
                forward(model, [x])
                backpropagate_error(model, [y])
                gradient_descent(model, lr)
        losses.append(float(np.mean([(forward(model, [x])[0] - y) ** 2 for x, y in zip(xs, ys)])))
    return model, losses


@misconception(
    "fit_curve", caught_by=["test_fit_curve_craft"], hint="fit_curve turned the caller's xs around. Work on a copy."
)
def sorts_the_callers_points(xs, ys, shape, rng, epochs, lr=0.02):
    model = wire(shape, rng, "tanh")
    losses = []
    xs[:], ys[:] = xs[::-1].copy(), ys[::-1].copy()
    for epoch in range(epochs + 1):
        if epoch > 0:
            for x, y in zip(xs, ys):
                forward(model, [x])
                backpropagate_error(model, [y])
                gradient_descent(model, lr)
        losses.append(float(np.mean([(forward(model, [x])[0] - y) ** 2 for x, y in zip(xs, ys)])))
    return model, losses


# ---------------------------------------------------------------- Value


class RightValue:
    def __init__(self, data, parents=()):
        self.data, self.grad = float(data), 0.0
        self.parents = parents
        self.send = lambda: None

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def backward(self):
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for parent in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            value.send()


@misconception(
    "Value",
    caught_by=["test_Value_basic", "test_Value_adds_up_its_slopes", "test_Value_craft"],
    hint="grad is overwritten in a product: a value used twice keeps only the last slope. ADD it: grad += ...",
)
class overwrites_in_products(RightValue):
    def __add__(self, other):
        if not isinstance(other, overwrites_in_products):
            other = overwrites_in_products(other)
        out = overwrites_in_products(self.data + other.data, (self, other))

        def send():
            self.grad += out.grad
            other.grad += out.grad

        out.send = send
        return out

    def __mul__(self, other):
        if not isinstance(other, overwrites_in_products):
            other = overwrites_in_products(other)
        out = overwrites_in_products(self.data * other.data, (self, other))

        def send():
            self.grad = other.data * out.grad
            other.grad = self.data * out.grad

        out.send = send
        return out

    def tanh(self):
        out = overwrites_in_products(np.tanh(self.data), (self,))

        def send():
            self.grad += (1 - out.data**2) * out.grad

        out.send = send
        return out

    def relu(self):
        out = overwrites_in_products(max(0.0, self.data), (self,))

        def send():
            self.grad += (self.data > 0) * out.grad

        out.send = send
        return out


@misconception(
    "Value",
    caught_by=["test_Value_basic", "test_Value_adds_up_its_slopes"],
    hint="grad is overwritten in a sum: a + a must have the slope 2. ADD each slope: grad += ...",
)
class overwrites_in_sums(RightValue):
    def __add__(self, other):
        if not isinstance(other, overwrites_in_sums):
            other = overwrites_in_sums(other)
        out = overwrites_in_sums(self.data + other.data, (self, other))

        def send():
            self.grad = out.grad
            other.grad = out.grad

        out.send = send
        return out

    def __mul__(self, other):
        if not isinstance(other, overwrites_in_sums):
            other = overwrites_in_sums(other)
        out = overwrites_in_sums(self.data * other.data, (self, other))

        def send():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.send = send
        return out

    def tanh(self):
        out = overwrites_in_sums(np.tanh(self.data), (self,))

        def send():
            self.grad += (1 - out.data**2) * out.grad

        out.send = send
        return out

    def relu(self):
        out = overwrites_in_sums(max(0.0, self.data), (self,))

        def send():
            self.grad += (self.data > 0) * out.grad

        out.send = send
        return out


@misconception(
    "Value",
    caught_by=["test_Value_basic", "test_Value_adds_up_its_slopes", "test_Value_craft"],
    hint="In a product each factor got its OWN data as slope. The slope of a * b in a is b.",
)
class exchanges_the_factors(RightValue):
    def __add__(self, other):
        if not isinstance(other, exchanges_the_factors):
            other = exchanges_the_factors(other)
        out = exchanges_the_factors(self.data + other.data, (self, other))

        def send():
            self.grad += out.grad
            other.grad += out.grad

        out.send = send
        return out

    def __mul__(self, other):
        if not isinstance(other, exchanges_the_factors):
            other = exchanges_the_factors(other)
        out = exchanges_the_factors(self.data * other.data, (self, other))

        def send():
            self.grad += self.data * out.grad
            other.grad += other.data * out.grad

        out.send = send
        return out

    def tanh(self):
        out = exchanges_the_factors(np.tanh(self.data), (self,))

        def send():
            self.grad += (1 - out.data**2) * out.grad

        out.send = send
        return out

    def relu(self):
        out = exchanges_the_factors(max(0.0, self.data), (self,))

        def send():
            self.grad += (self.data > 0) * out.grad

        out.send = send
        return out


@misconception(
    "Value",
    caught_by=["test_Value_basic", "test_Value_adds_up_its_slopes"],
    hint="tanh sends its own slope without the blame that came from behind: multiply by out.grad (the chain rule).",
)
class forgets_the_upstream_slope(RightValue):
    def __add__(self, other):
        if not isinstance(other, forgets_the_upstream_slope):
            other = forgets_the_upstream_slope(other)
        out = forgets_the_upstream_slope(self.data + other.data, (self, other))

        def send():
            self.grad += out.grad
            other.grad += out.grad

        out.send = send
        return out

    def __mul__(self, other):
        if not isinstance(other, forgets_the_upstream_slope):
            other = forgets_the_upstream_slope(other)
        out = forgets_the_upstream_slope(self.data * other.data, (self, other))

        def send():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.send = send
        return out

    def tanh(self):
        out = forgets_the_upstream_slope(np.tanh(self.data), (self,))

        def send():
            self.grad += 1 - out.data**2

        out.send = send
        return out

    def relu(self):
        out = forgets_the_upstream_slope(max(0.0, self.data), (self,))

        def send():
            self.grad += (self.data > 0) * out.grad

        out.send = send
        return out


@misconception(
    "Value",
    caught_by=["test_Value_basic", "test_Value_adds_up_its_slopes", "test_Value_craft"],
    hint="All slopes are 0: backward must begin with the slope of the result in itself, 1.",
)
class forgets_to_start_with_one(RightValue):
    def __add__(self, other):
        if not isinstance(other, forgets_to_start_with_one):
            other = forgets_to_start_with_one(other)
        out = forgets_to_start_with_one(self.data + other.data, (self, other))

        def send():
            self.grad += out.grad
            other.grad += out.grad

        out.send = send
        return out

    def __mul__(self, other):
        if not isinstance(other, forgets_to_start_with_one):
            other = forgets_to_start_with_one(other)
        out = forgets_to_start_with_one(self.data * other.data, (self, other))

        def send():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.send = send
        return out

    def tanh(self):
        out = forgets_to_start_with_one(np.tanh(self.data), (self,))

        def send():
            self.grad += (1 - out.data**2) * out.grad

        out.send = send
        return out

    def relu(self):
        out = forgets_to_start_with_one(max(0.0, self.data), (self,))

        def send():
            self.grad += (self.data > 0) * out.grad

        out.send = send
        return out

    def backward(self):
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for parent in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        for value in reversed(order):
            value.send()


@misconception(
    "Value",
    caught_by=["test_Value_basic", "test_Value_adds_up_its_slopes", "test_Value_craft"],
    hint="The slope of tanh was made from the number that went in: 1 - x^2. It is 1 - tanh(x)^2.",
)
class squares_the_wrong_number(RightValue):
    def __add__(self, other):
        if not isinstance(other, squares_the_wrong_number):
            other = squares_the_wrong_number(other)
        out = squares_the_wrong_number(self.data + other.data, (self, other))

        def send():
            self.grad += out.grad
            other.grad += out.grad

        out.send = send
        return out

    def __mul__(self, other):
        if not isinstance(other, squares_the_wrong_number):
            other = squares_the_wrong_number(other)
        out = squares_the_wrong_number(self.data * other.data, (self, other))

        def send():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.send = send
        return out

    def tanh(self):
        out = squares_the_wrong_number(np.tanh(self.data), (self,))

        def send():
            self.grad += (1 - self.data**2) * out.grad

        out.send = send
        return out

    def relu(self):
        out = squares_the_wrong_number(max(0.0, self.data), (self,))

        def send():
            self.grad += (self.data > 0) * out.grad

        out.send = send
        return out


@misconception(
    "Value", caught_by=["test_Value_basic"], hint="relu sends its value where its slope is meant. The slope is 1 or 0."
)
class multiplies_by_relu(RightValue):
    def __add__(self, other):
        if not isinstance(other, multiplies_by_relu):
            other = multiplies_by_relu(other)
        out = multiplies_by_relu(self.data + other.data, (self, other))

        def send():
            self.grad += out.grad
            other.grad += out.grad

        out.send = send
        return out

    def __mul__(self, other):
        if not isinstance(other, multiplies_by_relu):
            other = multiplies_by_relu(other)
        out = multiplies_by_relu(self.data * other.data, (self, other))

        def send():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.send = send
        return out

    def tanh(self):
        out = multiplies_by_relu(np.tanh(self.data), (self,))

        def send():
            self.grad += (1 - out.data**2) * out.grad

        out.send = send
        return out

    def relu(self):
        out = multiplies_by_relu(max(0.0, self.data), (self,))

        def send():
            self.grad += out.data * out.grad

        out.send = send
        return out


@misconception(
    "Value",
    caught_by=["test_Value_adds_up_its_slopes"],
    hint="A Value passed its slope on before all its users had sent theirs. Sort first (parents before children), "
    "then go through the order backwards.",
)
class sends_before_all_have_spoken(RightValue):
    def __add__(self, other):
        if not isinstance(other, sends_before_all_have_spoken):
            other = sends_before_all_have_spoken(other)
        out = sends_before_all_have_spoken(self.data + other.data, (self, other))

        def send():
            self.grad += out.grad
            other.grad += out.grad

        out.send = send
        return out

    def __mul__(self, other):
        if not isinstance(other, sends_before_all_have_spoken):
            other = sends_before_all_have_spoken(other)
        out = sends_before_all_have_spoken(self.data * other.data, (self, other))

        def send():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.send = send
        return out

    def tanh(self):
        out = sends_before_all_have_spoken(np.tanh(self.data), (self,))

        def send():
            self.grad += (1 - out.data**2) * out.grad

        out.send = send
        return out

    def relu(self):
        out = sends_before_all_have_spoken(max(0.0, self.data), (self,))

        def send():
            self.grad += (self.data > 0) * out.grad

        out.send = send
        return out

    def backward(self):
        self.grad = 1.0
        queue, seen = [self], {self}
        while queue:
            value = queue.pop()
            value.send()
            for parent in value.parents:
                if parent not in seen:
                    seen.add(parent)
                    queue.append(parent)


@misconception(
    "Value",
    caught_by=["test_Value_adds_up_its_slopes"],
    hint="2 * a fails: Python then asks a.__rmul__(2), and for 2 + a it asks a.__radd__(2). Define both.",
)
class refuses_numbers_on_the_left:
    def __init__(self, data, parents=()):
        self.data, self.grad = float(data), 0.0
        self.parents = parents
        self.send = lambda: None

    def __add__(self, other):
        if not isinstance(other, refuses_numbers_on_the_left):
            other = refuses_numbers_on_the_left(other)
        out = refuses_numbers_on_the_left(self.data + other.data, (self, other))

        def send():
            self.grad += out.grad
            other.grad += out.grad

        out.send = send
        return out

    def __mul__(self, other):
        if not isinstance(other, refuses_numbers_on_the_left):
            other = refuses_numbers_on_the_left(other)
        out = refuses_numbers_on_the_left(self.data * other.data, (self, other))

        def send():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.send = send
        return out

    def tanh(self):
        out = refuses_numbers_on_the_left(np.tanh(self.data), (self,))

        def send():
            self.grad += (1 - out.data**2) * out.grad

        out.send = send
        return out

    def relu(self):
        out = refuses_numbers_on_the_left(max(0.0, self.data), (self,))

        def send():
            self.grad += (self.data > 0) * out.grad

        out.send = send
        return out

    def backward(self):
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for parent in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            value.send()


@misconception(
    "Value",
    caught_by=["test_Value_basic", "test_Value_adds_up_its_slopes", "test_Value_craft"],
    hint="backward goes only one step back: the slopes of everything further away stay 0.",
)
class sends_only_to_its_parents(RightValue):
    def __add__(self, other):
        if not isinstance(other, sends_only_to_its_parents):
            other = sends_only_to_its_parents(other)
        out = sends_only_to_its_parents(self.data + other.data, (self, other))

        def send():
            self.grad += out.grad
            other.grad += out.grad

        out.send = send
        return out

    def __mul__(self, other):
        if not isinstance(other, sends_only_to_its_parents):
            other = sends_only_to_its_parents(other)
        out = sends_only_to_its_parents(self.data * other.data, (self, other))

        def send():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.send = send
        return out

    def tanh(self):
        out = sends_only_to_its_parents(np.tanh(self.data), (self,))

        def send():
            self.grad += (1 - out.data**2) * out.grad

        out.send = send
        return out

    def relu(self):
        out = sends_only_to_its_parents(max(0.0, self.data), (self,))

        def send():
            self.grad += (self.data > 0) * out.grad

        out.send = send
        return out

    def backward(self):
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            value.send()


@misconception(
    "Value",
    caught_by=["test_Value_basic", "test_Value_adds_up_its_slopes", "test_Value_craft"],
    hint="In a sum the slope is multiplied by the other number, as in a product. The slope of a + b in a is 1.",
)
class adds_the_data_of_a_sum_to_the_slope(RightValue):
    def __add__(self, other):
        if not isinstance(other, adds_the_data_of_a_sum_to_the_slope):
            other = adds_the_data_of_a_sum_to_the_slope(other)
        out = adds_the_data_of_a_sum_to_the_slope(self.data + other.data, (self, other))

        def send():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.send = send
        return out

    def __mul__(self, other):
        if not isinstance(other, adds_the_data_of_a_sum_to_the_slope):
            other = adds_the_data_of_a_sum_to_the_slope(other)
        out = adds_the_data_of_a_sum_to_the_slope(self.data * other.data, (self, other))

        def send():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.send = send
        return out

    def tanh(self):
        out = adds_the_data_of_a_sum_to_the_slope(np.tanh(self.data), (self,))

        def send():
            self.grad += (1 - out.data**2) * out.grad

        out.send = send
        return out

    def relu(self):
        out = adds_the_data_of_a_sum_to_the_slope(max(0.0, self.data), (self,))

        def send():
            self.grad += (self.data > 0) * out.grad

        out.send = send
        return out


# What people write, in repositories and questions.


class WholeValue(RightValue):
    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        out = type(self)(self.data + other.data, (self, other))

        def send():
            self.grad += out.grad
            other.grad += out.grad

        out.send = send
        return out

    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        out = type(self)(self.data * other.data, (self, other))

        def send():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.send = send
        return out

    def tanh(self):
        out = type(self)(float(np.tanh(self.data)), (self,))

        def send():
            self.grad += (1 - out.data**2) * out.grad

        out.send = send
        return out

    def relu(self):
        out = type(self)(max(self.data, 0.0), (self,))

        def send():
            self.grad += (out.data > 0) * out.grad

        out.send = send
        return out


@misconception(
    "Value",
    caught_by=["test_Value_adds_up_its_slopes"],
    hint="Each Value hands on its grad whenever it is reached, so a share that came first is handed on again "
    "with the second one. Sort, and let each speak once.",
)
class hands_on_a_first_share_twice(WholeValue):
    def backward(self):
        self.grad = 1.0
        self.reach()

    def reach(self):
        self.send()
        for parent in self.parents:
            parent.reach()


@misconception(
    "Value",
    caught_by=["test_Value_adds_up_its_slopes"],
    hint="A Value that is used twice stands twice in your order, and speaks twice. Keep a set of those that "
    "you have seen.",
)
class visits_values_several_times(WholeValue):
    def backward(self):
        order = []

        def visit(value):
            for parent in value.parents:
                visit(parent)
            order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            value.send()


@misconception(
    "Value",
    caught_by=["test_Value_basic", "test_Value_adds_up_its_slopes", "test_Value_craft"],
    hint="Your sort appends self, the result, each time: the others never speak. Append the Value that is "
    "being visited.",
)
class appends_the_result_in_place_of_the_value(WholeValue):
    def backward(self):
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for parent in value.parents:
                    visit(parent)
                order.append(self)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            value.send()


@misconception(
    "Value",
    caught_by=["test_Value_basic", "test_Value_adds_up_its_slopes", "test_Value_craft"],
    hint="The order is right, but you go through it from the inputs to the result: nobody has a grad yet when "
    "they speak. Go through it backwards.",
)
class goes_through_the_order_forwards(WholeValue):
    def backward(self):
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for parent in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in order:
            value.send()


@misconception(
    "Value",
    caught_by=["test_Value_adds_up_its_slopes"],
    hint="Only the first of the two numbers is followed on the way back. A sum and a product are made of two.",
)
class follows_the_first_part_only(WholeValue):
    def backward(self):
        order, value = [self], self
        while value.parents:
            value = value.parents[0]
            order.append(value)
        self.grad = 1.0
        for value in order:
            value.send()


@misconception(
    "Value",
    caught_by=["test_Value_adds_up_its_slopes", "test_Value_basic"],
    hint="The slope of tanh was taken as 1 - tanh. The square is missing: 1 - tanh^2.",
)
class forgets_the_square_of_tanh(WholeValue):
    def tanh(self):
        out = type(self)(float(np.tanh(self.data)), (self,))

        def send():
            self.grad += (1 - out.data) * out.grad

        out.send = send
        return out


@misconception(
    "Value",
    caught_by=["test_Value_basic", "test_Value_adds_up_its_slopes", "test_Value_craft"],
    hint="In a product each factor got the product itself as slope. The slope of a * b in a is b alone.",
)
class multiplies_by_the_product(WholeValue):
    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        out = type(self)(self.data * other.data, (self, other))

        def send():
            self.grad += out.data * out.grad
            other.grad += out.data * out.grad

        out.send = send
        return out


@misconception(
    "Value",
    caught_by=["test_Value_basic"],
    hint="relu lets the blame through where the BLAME is positive. It must ask the number that went in: slope "
    "1 where it is above 0.",
)
class lets_relu_ask_the_blame(WholeValue):
    def relu(self):
        out = type(self)(max(self.data, 0.0), (self,))

        def send():
            self.grad += (out.grad > 0) * out.grad

        out.send = send
        return out


# ---------------------------------------------------------------- answers

add_wrong_options(
    "graph",
    {
        1: {
            "a": "Its own activation and error signal hold the weight already, so their product would have the weight "
            "in it twice. What does the weight multiply?",
            "b": "No part ever asks for the loss. Everything about the loss that matters here is already in one "
            "number, next door.",
            "d": "Other connections work beside this one, but the slope in one weight does not change with how many "
            "others add to the same sum.",
        },
        2: {
            "b": "You multiplied all three numbers. Connections run only from one layer to the next: count each pair "
            "of layers, then add.",
            "c": "That is the number of inputs, neurons and outputs together. How many wires run between two layers "
            "where everybody speaks to everybody?",
            "d": "That is the first layer of connections alone. There is one more, between the votes and the outputs.",
        },
        3: {
            "a": "The sign is the same for both slopes. Compare the two formulas of exercise 3 factor by factor.",
            "b": "Error signals are computed anew for each sample, before the step. Compare the formulas: which "
            "factor differs?",
            "c": "lr comes in only in descend_local_gradient. Compare the formulas: which factor is in the error "
            "signal, but not in the slope of the weight?",
        },
        4: {
            "a": "It is the sum of the error signals behind it, as for a neuron. That is rarely 0. What does a slope "
            "tell?",
            "c": "Targets are for outputs; a feature has none. Think of what 'slope of the loss in what the part "
            "hears' means for an input.",
            "d": "The weights are one factor of it, but so is all the blame behind them. Think of the word slope.",
        },
        5: {
            "b": "Is the answer too high or too low? A step against the slope must push it towards the target.",
            "c": "The sign is right. The loss is the square of the difference: what is the slope of a square?",
            "d": "Look at the order of the difference, activation minus target, and at the slope of a square.",
        },
        6: {
            "a": "You handed the blame on as it came. The vote has a slope of its own, taken where the neuron stood "
            "on the way forward.",
            "b": "You multiplied the blame by what the neuron said. The rule has f' in it, not z.",
            "c": "That is what the neuron said. The error signal is the slope of relu there, times the blame.",
        },
        7: {
            "a": "It is 1.0 for every network with one output, whatever its weights. So look at the comparison and "
            "not at the weights.",
            "c": "No training has happened yet. What are the two things that accuracy compares, when there is only "
            "one output?",
            "d": "Outputs have no relu. And even if they were all 0: what would 'the largest of one number' be?",
        },
        8: {
            "a": "That order works, but is it the only one? Ask which numbers a step reads, and which ones it writes.",
            "b": "The blame has to go backwards, but it is finished before the first step. Which numbers does a step "
            "read, and which does it write?",
            "d": "A neuron's step reads its error signal. Does a connection's step change any error signal?",
        },
    },
    reference.answers,
)
