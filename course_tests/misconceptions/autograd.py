"""Mistakes that learners make in 14_autograd."""

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference import autograd as reference
from course_tests.reference.autograd import Tape, topological_order, unbroadcast, zero_grad

# ---------------------------------------------------------------- topological_order


@misconception(
    "topological_order",
    caught_by=["test_topological_order_any_graph"],
    hint="Your function calls itself for every parent. A chain of 5,000 is deeper than Python's stack (1,000 calls): "
    "keep a list of your own of what waits, and loop.",
)
def calls_itself(t):
    order, seen = [], set()

    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(t)
    return order


@misconception(
    "topological_order",
    caught_by=["test_topological_order_basic", "test_topological_order_any_graph"],
    hint="Your order begins with t: children before parents. That is the order in which backward walks; here parents "
    "come first, so turn the list round.",
)
def puts_children_first(t):
    return reference.topological_order(t)[::-1]


@misconception(
    "topological_order",
    caught_by=["test_topological_order_basic", "test_topological_order_any_graph", "test_topological_order_craft"],
    hint="A node that two others were made of stands in your list twice. Remember what you have seen already.",
)
def lists_shared_nodes_twice(t):
    order, stack = [], [(t, 0)]
    while stack:
        node, k = stack.pop()
        if k < len(node.parents):
            stack.append((node, k + 1))
            stack.append((node.parents[k], 0))
        else:
            order.append(node)
    return order


@misconception(
    "topological_order",
    caught_by=["test_topological_order_basic", "test_topological_order_any_graph"],
    hint="You went through the graph level by level and turned the list round. A node that is near t on one way and "
    "far on another comes too late then: it must stand before all that were made of it.",
)
def goes_level_by_level(t):
    order, seen = [t], {id(t)}
    for node in order:
        for parent in node.parents:
            if id(parent) not in seen:
                seen.add(id(parent))
                order.append(parent)
    return order[::-1]


@misconception(
    "topological_order",
    caught_by=["test_topological_order_basic", "test_topological_order_any_graph"],
    hint="A node goes into your list when you first meet it, before its parents are there; turning the list round does "
    "not mend that. Append it only after all its parents are in.",
)
def appends_on_the_way_down(t):
    order, seen, stack = [], set(), [t]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        order.append(node)
        stack += node.parents
    return order[::-1]


@misconception(
    "topological_order",
    caught_by=["test_topological_order_basic", "test_topological_order_any_graph"],
    hint="A node counts as seen as soon as it waits on your stack, and is not put there again by the "
    "longer way. Then it "
    "is finished too late. Mark it when you open it, not when you push it.",
)
def marks_what_only_waits(t):
    order, seen, stack = [], {id(t)}, [(t, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
            continue
        stack.append((node, True))
        for parent in node.parents:
            if id(parent) not in seen:
                seen.add(id(parent))
                stack.append((parent, False))
    return order


@misconception(
    "topological_order",
    caught_by=["test_topological_order_basic", "test_topological_order_any_graph", "test_topological_order_craft"],
    hint="t itself is missing: it is the last of the list.",
)
def leaves_out_t(t):
    return reference.topological_order(t)[:-1]


@misconception(
    "topological_order",
    caught_by=["test_topological_order_basic", "test_topological_order_any_graph", "test_topological_order_craft"],
    hint="Nodes without parents are missing. They are the leaves, the parameters among them: the very ones that need "
    "their slopes.",
)
def leaves_out_the_leaves(t):
    return [node for node in reference.topological_order(t) if node.parents]


@misconception(
    "topological_order",
    caught_by=["test_topological_order_basic", "test_topological_order_any_graph", "test_topological_order_craft"],
    hint="Your list holds the parents of t, and not theirs. Go on until nobody has parents.",
)
def looks_one_step_back(t):
    order = []
    for parent in t.parents:
        if parent not in order:
            order.append(parent)
    return [*order, t]


@misconception(
    "topological_order",
    caught_by=["test_topological_order_basic", "test_topological_order_any_graph", "test_topological_order_craft"],
    hint="You follow the first parent only. A sum has two.",
)
def follows_the_first_parent(t):
    order = [t]
    while order[-1].parents:
        order.append(order[-1].parents[0])
    return order[::-1]


@misconception(
    "topological_order",
    caught_by=["test_topological_order_craft"],
    hint="You mark the nodes themselves as visited, and the mark stays: a second call finds nothing new. Keep a set of "
    "your own.",
)
def leaves_marks_in_the_graph(t):
    order, stack = [], [t]
    while stack:
        node = stack[-1]
        waiting = [parent for parent in node.parents if not getattr(parent, "visited", False)]
        if waiting:
            stack.append(waiting[0])
        else:
            stack.pop()
            if not getattr(node, "visited", False):
                node.visited = True
                order.append(node)
    return order


@misconception(
    "topological_order",
    caught_by=["test_topological_order_craft"],
    hint="You took the parents out of the nodes on the way. The graph must stay as it was: backward still needs it.",
)
def takes_the_graph_apart(t):
    order = reference.topological_order(t)
    for node in order:
        node.parents = ()
    return order


# ---------------------------------------------------------------- unbroadcast


@misconception(
    "unbroadcast",
    caught_by=["test_unbroadcast_basic", "test_unbroadcast_any_shape", "test_unbroadcast_craft"],
    hint="The slope came back as it was. What was copied along an axis gets the sum of the slopes of its copies.",
)
def changes_nothing(grad, shape):
    return np.array(grad)


@misconception(
    "unbroadcast",
    caught_by=["test_unbroadcast_basic", "test_unbroadcast_any_shape"],
    hint="New axes in front are summed, but axes of length 1 are not: they were copied as well. Sum over them and keep "
    "the length 1.",
)
def sums_only_new_axes(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    return grad


@misconception(
    "unbroadcast",
    caught_by=["test_unbroadcast_basic", "test_unbroadcast_any_shape", "test_unbroadcast_craft"],
    hint="Axes of length 1 are summed, but the new axes in front are still there. Sum over them first.",
)
def keeps_new_axes(grad, shape):
    for axis, length in enumerate(shape):
        if length == 1:
            grad = grad.sum(axis=axis - len(shape), keepdims=True)
    return np.array(grad)


@misconception(
    "unbroadcast",
    caught_by=["test_unbroadcast_basic", "test_unbroadcast_any_shape"],
    hint="An axis of length 1 has vanished. Sum with keepdims=True there: the slope must have exactly `shape`.",
)
def drops_axes_of_length_1(grad, shape):
    grad = np.array(grad)
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    for axis in reversed(range(len(shape))):
        if shape[axis] == 1:
            grad = grad.sum(axis=axis)
    return grad


@misconception(
    "unbroadcast",
    caught_by=["test_unbroadcast_basic", "test_unbroadcast_any_shape", "test_unbroadcast_craft"],
    hint="You took the mean over the copies. Each copy has its own effect on the result, and effects "
    "add: take the sum.",
)
def averages_the_copies(grad, shape):
    grad = np.array(grad)
    while grad.ndim > len(shape):
        grad = grad.mean(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            grad = grad.mean(axis=axis, keepdims=True)
    return grad


@misconception(
    "unbroadcast",
    caught_by=["test_unbroadcast_basic", "test_unbroadcast_any_shape", "test_unbroadcast_craft"],
    hint="You kept the slope of the first copy and forgot the others. Sum over the copies.",
)
def keeps_the_first_copy(grad, shape):
    grad = np.array(grad)
    while grad.ndim > len(shape):
        grad = grad[0]
    for axis, length in enumerate(shape):
        if length == 1:
            grad = grad.take([0], axis=axis)
    return grad


@misconception(
    "unbroadcast",
    caught_by=["test_unbroadcast_basic", "test_unbroadcast_any_shape"],
    hint="You always sum over the first axis. Which axes were copied depends on the two shapes.",
)
def sums_over_axis_0(grad, shape):
    return np.array(grad).sum(axis=0) if np.shape(grad) != tuple(shape) else np.array(grad)


@misconception(
    "unbroadcast",
    caught_by=["test_unbroadcast_basic", "test_unbroadcast_any_shape", "test_unbroadcast_craft"],
    hint="You compare the shapes from the left. NumPy lines shapes up at their right ends: (3, 4) and (4,) belong "
    "together there, and new axes come in front.",
)
def lines_up_at_the_left(grad, shape):
    grad = np.array(grad)
    padded = tuple(shape) + (1,) * (grad.ndim - len(shape))
    axes = tuple(k for k in range(grad.ndim) if padded[k] == 1)
    total = grad.sum(axis=axes, keepdims=True)
    return total.reshape(shape) if total.size == np.prod(shape, dtype=int) else total


@misconception(
    "unbroadcast",
    caught_by=["test_unbroadcast_craft"],
    hint="The sums were written into the caller's slope. It may belong to somebody else as well: work on a new array.",
)
def adds_up_in_the_array_itself(grad, shape):
    while grad.ndim > len(shape):
        grad[0] += grad[1:].sum(axis=0)
        grad = grad[0]
    for axis, length in enumerate(shape):
        if length == 1:
            grad = grad.sum(axis=axis, keepdims=True)
    return grad


# ---------------------------------------------------------------- Tensor


class RightTensor:
    __array_ufunc__ = None

    def __init__(self, data, parents=()):
        self.data = np.array(data, dtype=float)
        self.grad = None
        self.parents = tuple(parents)
        self.pulls = ()

    @property
    def shape(self):
        return self.data.shape

    def of(self, value):
        return value if isinstance(value, type(self)) else type(self)(value)

    def made(self, data, parents, pulls):
        out = type(self)(data)
        if Tape.recording:
            out.parents, out.pulls = parents, pulls
        return out

    def __add__(self, other):
        other = self.of(other)
        pulls = (lambda g: unbroadcast(g, self.shape), lambda g: unbroadcast(g, other.shape))
        return self.made(self.data + other.data, (self, other), pulls)

    def __mul__(self, other):
        other = self.of(other)
        pulls = (lambda g: unbroadcast(g * other.data, self.shape), lambda g: unbroadcast(g * self.data, other.shape))
        return self.made(self.data * other.data, (self, other), pulls)

    def __truediv__(self, other):
        other = self.of(other)
        pulls = (
            lambda g: unbroadcast(g / other.data, self.shape),
            lambda g: unbroadcast(-g * self.data / other.data**2, other.shape),
        )
        return self.made(self.data / other.data, (self, other), pulls)

    def __sub__(self, other):
        other = self.of(other)
        pulls = (lambda g: unbroadcast(g, self.shape), lambda g: unbroadcast(-g, other.shape))
        return self.made(self.data - other.data, (self, other), pulls)

    def __pow__(self, n):
        return self.made(self.data**n, (self,), (lambda g: g * n * self.data ** (n - 1),))

    def __neg__(self):
        return self.made(-self.data, (self,), (lambda g: -g,))

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return self.of(other) - self

    def __rtruediv__(self, other):
        return self.of(other) / self

    def __matmul__(self, other):
        pulls = (
            lambda g: unbroadcast(g @ np.swapaxes(other.data, -1, -2), self.shape),
            lambda g: unbroadcast(np.swapaxes(self.data, -1, -2) @ g, other.shape),
        )
        return self.made(self.data @ other.data, (self, other), pulls)

    def spread(self, g, axis, keepdims):
        if axis is not None and not keepdims:
            g = np.expand_dims(g, axis)
        return np.broadcast_to(g, self.shape)

    def sum(self, axis=None, keepdims=False):
        out = self.data.sum(axis=axis, keepdims=keepdims)
        return self.made(out, (self,), (lambda g: self.spread(g, axis, keepdims),))

    def mean(self, axis=None, keepdims=False):
        out = self.data.mean(axis=axis, keepdims=keepdims)
        count = self.data.size / out.size
        return self.made(out, (self,), (lambda g: self.spread(g, axis, keepdims) / count,))

    def max(self, axis=None, keepdims=False):
        out = self.data.max(axis=axis, keepdims=keepdims)
        largest = self.data == self.data.max(axis=axis, keepdims=True)
        return self.made(out, (self,), (lambda g: self.spread(g, axis, keepdims) * largest,))

    def exp(self):
        out = np.exp(self.data)
        return self.made(out, (self,), (lambda g: g * out,))

    def log(self):
        return self.made(np.log(self.data), (self,), (lambda g: g / self.data,))

    def relu(self):
        return self.made(np.maximum(self.data, 0), (self,), (lambda g: g * (self.data > 0),))

    def tanh(self):
        out = np.tanh(self.data)
        return self.made(out, (self,), (lambda g: g * (1 - out**2),))

    def sigmoid(self):
        out = 0.5 * (1 + np.tanh(self.data / 2))
        return self.made(out, (self,), (lambda g: g * out * (1 - out),))

    def reshape(self, *shape):
        return self.made(self.data.reshape(*shape), (self,), (lambda g: g.reshape(self.shape),))

    def transpose(self, *axes):
        if len(axes) == 1:
            axes = tuple(axes[0])
        axes = axes or tuple(range(self.data.ndim))[::-1]
        return self.made(self.data.transpose(axes), (self,), (lambda g: g.transpose(np.argsort(axes)),))

    def __getitem__(self, index):
        def pull(g):
            slope = np.zeros(self.shape)
            np.add.at(slope, index, g)
            return slope

        return self.made(self.data[index], (self,), (pull,))

    def backward(self):
        slopes = {id(self): np.ones(self.shape)}
        for t in reversed(topological_order(self)):
            slope = slopes.pop(id(t))
            t.grad = slope + (0 if t.grad is None else t.grad)
            for parent, pull in zip(t.parents, t.pulls):
                slopes[id(parent)] = slopes.get(id(parent), 0) + pull(slope)


@misconception(
    "Tensor",
    caught_by=[
        "test_Tensor_broadcasts",
        "test_Tensor_matmul",
        "test_gradcheck_any_shape",
        "test_train_step_basic",
        "test_train_step_again_and_again",
    ],
    hint="A + B hands the whole slope to both without unbroadcast: where NumPy spread one of them, "
    "its slope has the wrong shape. Sum over the copies.",
)
class adds_without_unbroadcast(RightTensor):
    def __add__(self, other):
        other = self.of(other)
        return self.made(self.data + other.data, (self, other), (lambda g: g, lambda g: g))


@misconception(
    "Tensor",
    caught_by=[
        "test_Tensor_arithmetic",
        "test_Tensor_broadcasts",
        "test_Tensor_matmul",
        "test_Tensor_matmul_in_batches",
        "test_Tensor_reductions",
        "test_Tensor_reductions_any_axis",
        "test_Tensor_functions",
        "test_Tensor_shapes",
        "test_Tensor_getitem",
        "test_Tensor_backward_adds_up",
        "test_zero_grad_any_list",
        "test_gradcheck_basic",
        "test_gradcheck_any_shape",
        "test_train_step_again_and_again",
    ],
    hint="In A * B the slopes are exchanged: the slope in A is B's data, and the slope in B is A's.",
)
class multiplies_by_its_own_data(RightTensor):
    def __mul__(self, other):
        other = self.of(other)
        pulls = (lambda g: unbroadcast(g * self.data, self.shape), lambda g: unbroadcast(g * other.data, other.shape))
        return self.made(self.data * other.data, (self, other), pulls)


@misconception(
    "Tensor",
    caught_by=[
        "test_Tensor_arithmetic",
        "test_Tensor_broadcasts",
        "test_Tensor_functions",
        "test_Tensor_backward_adds_up",
        "test_gradcheck_basic",
        "test_gradcheck_any_shape",
        "test_train_step_basic",
        "test_train_step_again_and_again",
    ],
    hint="A * B forgets the slope that comes from behind: each slope is g times the other's data.",
)
class forgets_the_incoming_slope(RightTensor):
    def __mul__(self, other):
        other = self.of(other)
        pulls = (
            lambda g: unbroadcast(np.ones_like(g) * other.data, self.shape),
            lambda g: unbroadcast(np.ones_like(g) * self.data, other.shape),
        )
        return self.made(self.data * other.data, (self, other), pulls)


@misconception(
    "Tensor",
    caught_by=[
        "test_Tensor_arithmetic",
        "test_Tensor_broadcasts",
        "test_Tensor_reductions_any_axis",
        "test_cross_entropy_basic",
        "test_cross_entropy_any_logits",
        "test_cross_entropy_craft",
    ],
    hint="In A - B the slope in B lacks its minus sign.",
)
class subtracts_with_a_plus_behind(RightTensor):
    def __sub__(self, other):
        other = self.of(other)
        pulls = (lambda g: unbroadcast(g, self.shape), lambda g: unbroadcast(g, other.shape))
        return self.made(self.data - other.data, (self, other), pulls)


@misconception(
    "Tensor",
    caught_by=["test_Tensor_broadcasts"],
    hint="2.5 - A came out as A - 2.5. For 2.5 - A Python asks A.__rsub__(2.5): the tensor stands on the right.",
)
class subtracts_the_wrong_way_round(RightTensor):
    def __rsub__(self, other):
        return self - other


@misconception(
    "Tensor",
    caught_by=["test_Tensor_broadcasts"],
    hint="2.5 / A came out as A / 2.5. For 2.5 / A Python asks A.__rtruediv__(2.5): the tensor is the divisor.",
)
class divides_the_wrong_way_round(RightTensor):
    def __rtruediv__(self, other):
        return self / other


@misconception(
    "Tensor",
    caught_by=["test_Tensor_arithmetic", "test_Tensor_broadcasts", "test_Tensor_reductions_any_axis"],
    hint="The slope of A / B in B is -A / B², with a minus and a square.",
)
class divides_with_a_slope_of_1_over_b(RightTensor):
    def __truediv__(self, other):
        other = self.of(other)
        pulls = (
            lambda g: unbroadcast(g / other.data, self.shape),
            lambda g: unbroadcast(g * self.data / other.data, other.shape),
        )
        return self.made(self.data / other.data, (self, other), pulls)


@misconception(
    "Tensor",
    caught_by=["test_Tensor_arithmetic", "test_Tensor_broadcasts"],
    hint="The slope of A ** n is n · A^(n-1): you left out the factor n, or took it only for n = 1.",
)
class powers_without_the_factor(RightTensor):
    def __pow__(self, n):
        return self.made(self.data**n, (self,), (lambda g: g * self.data ** (n - 1),))


@misconception(
    "Tensor",
    caught_by=["test_Tensor_arithmetic", "test_Tensor_broadcasts"],
    hint="The slope of A ** n has the power n - 1, not n.",
)
class powers_with_the_same_power(RightTensor):
    def __pow__(self, n):
        return self.made(self.data**n, (self,), (lambda g: g * n * self.data**n,))


@misconception(
    "Tensor",
    caught_by=[
        "test_Tensor_matmul",
        "test_Tensor_matmul_in_batches",
        "test_gradcheck_basic",
        "test_cross_entropy_craft",
        "test_train_step_basic",
        "test_train_step_again_and_again",
    ],
    hint="A product of two matrices is no product of entries: the slopes are g @ B.T and A.T @ g. The transposes are "
    "missing; with square matrices that goes through, but the numbers are wrong.",
)
class multiplies_matrices_without_transposes(RightTensor):
    def __matmul__(self, other):
        pulls = (lambda g: g @ other.data, lambda g: self.data @ g)
        return self.made(self.data @ other.data, (self, other), pulls)


@misconception(
    "Tensor",
    caught_by=[
        "test_Tensor_matmul",
        "test_Tensor_matmul_in_batches",
        "test_gradcheck_basic",
        "test_cross_entropy_craft",
        "test_train_step_basic",
        "test_train_step_again_and_again",
    ],
    hint="In the slopes of A @ B the factors stand in the wrong order: g @ B.T for A, A.T @ g for B.",
)
class exchanges_the_factors_of_a_product(RightTensor):
    def __matmul__(self, other):
        pulls = (lambda g: np.swapaxes(other.data, -1, -2) @ g, lambda g: g @ np.swapaxes(self.data, -1, -2))
        return self.made(self.data @ other.data, (self, other), pulls)


@misconception(
    "Tensor",
    caught_by=["test_Tensor_matmul_in_batches"],
    hint=".T turns round all axes, the batch too. For stacks of matrices exchange the last two axes only: "
    "swapaxes(-1, -2).",
)
class transposes_the_stack_too(RightTensor):
    def __matmul__(self, other):
        pulls = (
            lambda g: unbroadcast(g @ other.data.T, self.shape),
            lambda g: unbroadcast(self.data.T @ g, other.shape),
        )
        return self.made(self.data @ other.data, (self, other), pulls)


@misconception(
    "Tensor",
    caught_by=["test_Tensor_matmul_in_batches"],
    hint="A matrix that the whole stack shares was spread over the stack, too: its slopes must be summed with "
    "unbroadcast.",
)
class shares_a_matrix_without_a_sum(RightTensor):
    def __matmul__(self, other):
        pulls = (lambda g: g @ np.swapaxes(other.data, -1, -2), lambda g: np.swapaxes(self.data, -1, -2) @ g)
        return self.made(self.data @ other.data, (self, other), pulls)


@misconception(
    "Tensor",
    caught_by=[
        "test_Tensor_reductions",
        "test_Tensor_reductions_any_axis",
        "test_Tensor_craft",
        "test_cross_entropy_basic",
        "test_cross_entropy_any_logits",
        "test_cross_entropy_craft",
    ],
    hint="The slope of a sum over one axis goes back along another: put the axis back with np.expand_dims "
    "before you spread it. NumPy lines shapes up at the right end by itself, and that is axis 0.",
)
class spreads_along_the_wrong_axis(RightTensor):
    def spread(self, g, axis, keepdims):
        return np.broadcast_to(g, self.shape)


@misconception(
    "Tensor",
    caught_by=["test_Tensor_reductions", "test_Tensor_reductions_any_axis", "test_Tensor_craft"],
    hint="keepdims=True was not asked for, and the axis is still there. Hand keepdims on to NumPy.",
)
class always_keeps_the_axis(RightTensor):
    def sum(self, axis=None, keepdims=False):
        out = self.data.sum(axis=axis, keepdims=axis is not None)
        return self.made(out, (self,), (lambda g: np.broadcast_to(g, self.shape),))


@misconception(
    "Tensor",
    caught_by=["test_Tensor_reductions_any_axis"],
    hint="keepdims is taken by sum and then forgotten: the axis of length 1 is missing.",
)
class forgets_keepdims(RightTensor):
    def sum(self, axis=None, keepdims=False):
        out = self.data.sum(axis=axis)
        return self.made(out, (self,), (lambda g: self.spread(g, axis, False),))


@misconception(
    "Tensor",
    caught_by=["test_Tensor_reductions", "test_Tensor_reductions_any_axis"],
    hint="mean divides by the number of all entries, whatever the axis. Divide by as many as were added: the length of "
    "the axis.",
)
class averages_over_everything(RightTensor):
    def mean(self, axis=None, keepdims=False):
        return self.sum(axis, keepdims) * (1 / self.data.size)


@misconception(
    "Tensor",
    caught_by=[
        "test_Tensor_reductions",
        "test_Tensor_reductions_any_axis",
        "test_cross_entropy_basic",
        "test_cross_entropy_any_logits",
        "test_cross_entropy_craft",
        "test_train_step_basic",
        "test_train_step_again_and_again",
    ],
    hint="mean has the right value, but the slope of a sum: each entry counts for 1 / n.",
)
class averages_with_the_slope_of_a_sum(RightTensor):
    def mean(self, axis=None, keepdims=False):
        out = self.data.mean(axis=axis, keepdims=keepdims)
        return self.made(out, (self,), (lambda g: self.spread(g, axis, keepdims),))


@misconception(
    "Tensor",
    caught_by=["test_Tensor_reductions", "test_Tensor_reductions_any_axis"],
    hint="max hands its slope to all entries. Only the largest one moved the result; the others get 0.",
)
class blames_all_for_the_largest(RightTensor):
    def max(self, axis=None, keepdims=False):
        out = self.data.max(axis=axis, keepdims=keepdims)
        return self.made(out, (self,), (lambda g: self.spread(g, axis, keepdims),))


@misconception(
    "Tensor",
    caught_by=["test_Tensor_reductions", "test_Tensor_reductions_any_axis"],
    hint="max over an axis finds one largest entry of the whole array. Each row or column has its own: compare with "
    "max(axis, keepdims=True).",
)
class blames_one_entry_of_the_array(RightTensor):
    def max(self, axis=None, keepdims=False):
        out = self.data.max(axis=axis, keepdims=keepdims)
        largest = self.data == self.data.max()
        return self.made(out, (self,), (lambda g: self.spread(g, axis, keepdims) * largest,))


@misconception(
    "Tensor",
    caught_by=[
        "test_Tensor_functions",
        "test_gradcheck_any_shape",
        "test_cross_entropy_basic",
        "test_cross_entropy_any_logits",
        "test_cross_entropy_craft",
    ],
    hint="The slope of exp is exp itself, not its argument.",
)
class takes_the_argument_for_exp(RightTensor):
    def exp(self):
        return self.made(np.exp(self.data), (self,), (lambda g: g * self.data,))


@misconception(
    "Tensor",
    caught_by=[
        "test_Tensor_functions",
        "test_cross_entropy_basic",
        "test_cross_entropy_any_logits",
        "test_cross_entropy_craft",
    ],
    hint="The slope of log is 1 / A, at the number before the logarithm, not after it.",
)
class divides_by_the_logarithm(RightTensor):
    def log(self):
        out = np.log(self.data)
        return self.made(out, (self,), (lambda g: g / out,))


@misconception(
    "Tensor",
    caught_by=["test_Tensor_functions"],
    hint="relu looks at the slope that comes in to see what was on. The mask is of the forward pass: A > 0.",
)
class masks_by_the_slope(RightTensor):
    def relu(self):
        return self.made(np.maximum(self.data, 0), (self,), (lambda g: g * (g > 0),))


@misconception(
    "Tensor",
    caught_by=["test_Tensor_functions"],
    hint="relu hands the whole slope back. Where A is below 0 nothing moves: its slope is 0 there.",
)
class passes_everything_through_relu(RightTensor):
    def relu(self):
        return self.made(np.maximum(self.data, 0), (self,), (lambda g: g,))


@misconception(
    "Tensor",
    caught_by=["test_Tensor_functions", "test_Tensor_backward_adds_up", "test_Tensor_craft", "test_gradcheck_basic"],
    hint="The slope of tanh is 1 - tanh², and you took 1 - A², of the number before tanh.",
)
class takes_the_slope_of_tanh_before_it(RightTensor):
    def tanh(self):
        return self.made(np.tanh(self.data), (self,), (lambda g: g * (1 - self.data**2),))


@misconception(
    "Tensor", caught_by=["test_Tensor_functions", "test_Tensor_craft"], hint="sigmoid hands back s, not s · (1 - s)."
)
class forgets_one_minus_s(RightTensor):
    def sigmoid(self):
        out = 0.5 * (1 + np.tanh(self.data / 2))
        return self.made(out, (self,), (lambda g: g * out,))


@misconception(
    "Tensor",
    caught_by=["test_Tensor_craft"],
    hint="exp(z) / (1 + exp(z)) is inf / inf for large z, which is nan. 0.5 · (1 + tanh(z / 2)) is the "
    "same and does not "
    "overflow.",
)
class overflows_in_sigmoid(RightTensor):
    def sigmoid(self):
        out = np.exp(self.data) / (1 + np.exp(self.data))
        return self.made(out, (self,), (lambda g: g * out * (1 - out),))


@misconception(
    "Tensor",
    caught_by=["test_Tensor_shapes"],
    hint="The slope of a reshaped tensor keeps the new shape. Shape it back to that of the data.",
)
class leaves_the_slope_reshaped(RightTensor):
    def reshape(self, *shape):
        return self.made(self.data.reshape(*shape), (self,), (lambda g: g,))


@misconception(
    "Tensor",
    caught_by=["test_Tensor_shapes"],
    hint="The slope of transpose goes back by the same order of axes. It needs the inverse order, np.argsort(axes): "
    "(1, 2, 0) goes there, (2, 0, 1) comes back.",
)
class transposes_back_by_the_same_axes(RightTensor):
    def transpose(self, *axes):
        if len(axes) == 1:
            axes = tuple(axes[0])
        axes = axes or tuple(range(self.data.ndim))[::-1]
        return self.made(self.data.transpose(axes), (self,), (lambda g: g.transpose(axes),))


@misconception(
    "Tensor",
    caught_by=["test_Tensor_shapes"],
    hint="transpose reshapes its slope back. That has the right shape, and the entries in the wrong "
    "places: use transpose.",
)
class reshapes_the_transposed_slope(RightTensor):
    def transpose(self, *axes):
        return self.made(self.data.transpose(*axes), (self,), (lambda g: g.reshape(self.shape),))


@misconception(
    "Tensor",
    caught_by=["test_Tensor_getitem"],
    hint="A row that was taken twice counts once: slope[index] += g writes each place one time only. Use "
    "np.add.at(slope, index, g).",
)
class counts_repeated_rows_once(RightTensor):
    def __getitem__(self, index):
        def pull(g):
            slope = np.zeros(self.shape)
            slope[index] += g
            return slope

        return self.made(self.data[index], (self,), (pull,))


@misconception(
    "Tensor",
    caught_by=[
        "test_Tensor_getitem",
        "test_gradcheck_any_shape",
        "test_cross_entropy_basic",
        "test_cross_entropy_any_logits",
        "test_cross_entropy_craft",
    ],
    hint="The slope of A[index] must have the shape of A, with 0 at all that was not taken.",
)
class hands_back_only_what_was_taken(RightTensor):
    def __getitem__(self, index):
        return self.made(self.data[index], (self,), (lambda g: g,))


@misconception(
    "Tensor",
    caught_by=[
        "test_Tensor_getitem",
        "test_cross_entropy_basic",
        "test_cross_entropy_any_logits",
        "test_cross_entropy_craft",
    ],
    hint="Entries that were not taken get a slope as well. Start with np.zeros, and add g at the index.",
)
class blames_what_was_not_taken(RightTensor):
    def __getitem__(self, index):
        def pull(g):
            slope = np.ones(self.shape)
            np.add.at(slope, index, g - 1)
            return slope

        return self.made(self.data[index], (self,), (pull,))


@misconception(
    "Tensor",
    caught_by=[
        "test_Tensor_arithmetic",
        "test_Tensor_broadcasts",
        "test_Tensor_matmul",
        "test_Tensor_reductions_any_axis",
        "test_Tensor_functions",
        "test_Tensor_backward_adds_up",
        "test_zero_grad_basic",
        "test_no_grad_basic",
        "test_no_grad_ends_as_it_should",
        "test_gradcheck_basic",
        "test_cross_entropy_basic",
        "test_cross_entropy_any_logits",
        "test_cross_entropy_craft",
        "test_train_step_basic",
        "test_train_step_again_and_again",
        "test_train_step_craft",
    ],
    hint="A second way to the same tensor overwrites the slope of the first. Slopes of several ways add up.",
)
class overwrites_the_slope(RightTensor):
    def backward(self):
        slopes = {id(self): np.ones(self.shape)}
        for t in reversed(topological_order(self)):
            slope = slopes.pop(id(t))
            t.grad = slope + (0 if t.grad is None else t.grad)
            for parent, pull in zip(t.parents, t.pulls):
                slopes[id(parent)] = pull(slope)


@misconception(
    "Tensor",
    caught_by=["test_Tensor_backward_adds_up", "test_Tensor_craft"],
    hint="Each call of backward begins anew. It must add to what is in grad already: that is why zero_grad exists.",
)
class forgets_earlier_calls(RightTensor):
    def backward(self):
        slopes = {id(self): np.ones(self.shape)}
        for t in reversed(topological_order(self)):
            slope = slopes.pop(id(t))
            t.grad = slope
            for parent, pull in zip(t.parents, t.pulls):
                slopes[id(parent)] = slopes.get(id(parent), 0) + pull(slope)


@misconception(
    "Tensor",
    caught_by=[
        "test_Tensor_backward_adds_up",
        "test_cross_entropy_basic",
        "test_cross_entropy_any_logits",
        "test_cross_entropy_craft",
    ],
    hint="backward hands each slope on at once, before all who use the tensor have spoken; later slopes "
    "are lost behind "
    "it. Go through topological_order from its end.",
)
class hands_on_too_early(RightTensor):
    def backward(self):
        slopes, waiting, opened = {id(self): np.ones(self.shape)}, [self], set()
        for t in waiting:
            if id(t) in opened:
                continue
            opened.add(id(t))
            for parent, pull in zip(t.parents, t.pulls):
                slopes[id(parent)] = slopes.get(id(parent), 0) + pull(slopes[id(t)])
                waiting.append(parent)
        for t in {id(t): t for t in waiting}.values():
            t.grad = slopes[id(t)] + (0 if t.grad is None else t.grad)


@misconception(
    "Tensor",
    caught_by=["test_Tensor_backward_adds_up"],
    hint="backward calls itself for every parent: right numbers, but too deep for a chain of 5,000. Loop over "
    "topological_order instead.",
)
class sorts_by_recursion(RightTensor):
    def backward(self):
        order, seen = [], set()

        def visit(t):
            if id(t) not in seen:
                seen.add(id(t))
                for parent in t.parents:
                    visit(parent)
                order.append(t)

        visit(self)
        slopes = {id(self): np.ones(self.shape)}
        for t in reversed(order):
            slope = slopes.pop(id(t))
            t.grad = slope + (0 if t.grad is None else t.grad)
            for parent, pull in zip(t.parents, t.pulls):
                slopes[id(parent)] = slopes.get(id(parent), 0) + pull(slope)


@misconception(
    "Tensor",
    caught_by=["test_Tensor_arithmetic"],
    hint="Only tensors without parents keep their grad. Here those in between keep theirs, too: one looks at them to "
    "understand.",
)
class keeps_no_slope_in_between(RightTensor):
    def backward(self):
        slopes = {id(self): np.ones(self.shape)}
        for t in reversed(topological_order(self)):
            slope = slopes.pop(id(t))
            if not t.parents:
                t.grad = slope + (0 if t.grad is None else t.grad)
            for parent, pull in zip(t.parents, t.pulls):
                slopes[id(parent)] = slopes.get(id(parent), 0) + pull(slope)


@misconception(
    "Tensor",
    caught_by=["test_Tensor_arithmetic", "test_Tensor_backward_adds_up"],
    hint="One slope array serves two tensors, and += changes it for both. Give each tensor an array of its own: "
    "t.grad = t.grad + slope, or a copy.",
)
class shares_one_slope_array(RightTensor):
    def __add__(self, other):
        other = self.of(other)
        pulls = (
            lambda g: g if g.shape == self.shape else unbroadcast(g, self.shape),
            lambda g: g if g.shape == other.shape else unbroadcast(g, other.shape),
        )
        return self.made(self.data + other.data, (self, other), pulls)

    def backward(self):
        self.grad = np.ones(self.shape) if self.grad is None else self.grad + 1
        for t in reversed(topological_order(self)):
            for parent, pull in zip(t.parents, t.pulls):
                if parent.grad is None:
                    parent.grad = pull(t.grad)
                else:
                    parent.grad = np.asarray(parent.grad)
                    parent.grad += pull(t.grad)


@misconception(
    "Tensor",
    caught_by=["test_Tensor_backward_adds_up"],
    hint="grad of a fresh tensor is 0 in yours, and None in this course: None says that backward has not been here.",
)
class starts_with_a_slope_of_zero(RightTensor):
    def __init__(self, data, parents=()):
        self.data = np.array(data, dtype=float)
        self.grad = np.zeros(self.data.shape)
        self.parents = tuple(parents)
        self.pulls = ()


@misconception(
    "Tensor",
    caught_by=["test_Tensor_craft"],
    hint="Your tensor holds the caller's own array: who changes that one later changes the tensor. Copy "
    "it with np.array.",
)
class keeps_the_callers_array(RightTensor):
    def __init__(self, data, parents=()):
        self.data = np.asarray(data, dtype=float)
        self.grad = None
        self.parents = tuple(parents)
        self.pulls = ()


@misconception(
    "Tensor",
    caught_by=["test_Tensor_craft"],
    hint="Whole numbers stay whole numbers. A slope is no whole number, and a small step would be cut off: make the "
    "data float64.",
)
class keeps_whole_numbers(RightTensor):
    def __init__(self, data, parents=()):
        self.data = np.array(data)
        self.grad = None
        self.parents = tuple(parents)
        self.pulls = ()


@misconception(
    "Tensor",
    caught_by=[
        "test_Tensor_broadcasts",
        "test_Tensor_matmul",
        "test_Tensor_matmul_in_batches",
        "test_Tensor_reductions",
        "test_Tensor_functions",
        "test_Tensor_backward_adds_up",
        "test_Tensor_craft",
        "test_gradcheck_basic",
        "test_gradcheck_any_shape",
        "test_gradcheck_craft",
        "test_cross_entropy_basic",
        "test_cross_entropy_any_logits",
    ],
    hint="The data are float32: seven digits. Slopes can no longer be checked to 1e-7; take float64.",
)
class keeps_seven_digits(RightTensor):
    def __init__(self, data, parents=()):
        self.data = np.array(data, dtype=np.float32)
        self.grad = None
        self.parents = tuple(parents)
        self.pulls = ()


@misconception(
    "Tensor",
    caught_by=["test_Tensor_craft"],
    hint="relu wrote into the data of its own tensor. Make a new array: np.maximum(self.data, 0).",
)
class changes_its_data_in_relu(RightTensor):
    def relu(self):
        on = self.data > 0
        self.data *= on
        return self.made(self.data, (self,), (lambda g: g * on,))


# ---------------------------------------------------------------- zero_grad


@misconception(
    "zero_grad",
    caught_by=["test_zero_grad_basic", "test_zero_grad_any_list"],
    hint="Only the first parameter is reset: `return` stands inside your loop. All of the list forget.",
)
def resets_only_the_first(params):
    for param in params:
        param.grad = None
        return 0


@misconception(
    "zero_grad",
    caught_by=["test_zero_grad_basic", "test_zero_grad_any_list", "test_zero_grad_craft"],
    hint="The data were set to 0 as well, so the parameters are gone. Reset grad alone.",
)
def forgets_the_data_too(params):
    for param in params:
        param.grad = None
        param.data = np.zeros(param.data.shape)


@misconception(
    "zero_grad",
    caught_by=["test_zero_grad_basic", "test_zero_grad_any_list"],
    hint="`grad = param.grad; grad = 0` gives a local name a new value, and the parameter keeps its slope. Write to "
    "param.grad.",
)
def renames_a_local_variable(params):
    for param in params:
        grad = param.grad
        grad = None
    return grad if params else 0


@misconception(
    "zero_grad",
    caught_by=["test_zero_grad_any_list"],
    hint="A parameter without a slope, grad None, is an error in yours. Before the first backward all have None.",
)
def multiplies_by_zero(params):
    for param in params:
        param.grad *= 0


@misconception(
    "zero_grad",
    caught_by=["test_zero_grad_basic", "test_zero_grad_any_list"],
    hint="grad became 1 in place of 0 or None, and the next backward adds to it.",
)
def starts_again_at_one(params):
    for param in params:
        param.grad = np.ones(param.data.shape)


@misconception(
    "zero_grad",
    caught_by=["test_zero_grad_craft"],
    hint="You emptied the list of parameters. Then nobody learns any more: reset the grad of each, and leave the list.",
)
def empties_the_list(params):
    while params:
        params.pop().grad = None


# ---------------------------------------------------------------- no_grad


@misconception(
    "no_grad",
    caught_by=["test_no_grad_basic", "test_no_grad_ends_as_it_should"],
    hint="Nothing is switched off: within no_grad results still remember how they were made. Set Tape.recording to "
    "False before the yield.",
)
class switches_nothing_off:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


@misconception(
    "no_grad",
    caught_by=["test_no_grad_basic", "test_no_grad_ends_as_it_should"],
    hint="After the block nothing is remembered any more. Switch back when it ends.",
)
class never_switches_back:
    def __enter__(self):
        Tape.recording = False

    def __exit__(self, *error):
        return False


@misconception(
    "no_grad",
    caught_by=["test_no_grad_ends_as_it_should"],
    hint="An inner no_grad switches recording on at its end, though the outer one goes on. Put back what "
    "was there before, "
    "not True.",
)
class switches_on_at_the_end:
    def __enter__(self):
        Tape.recording = False

    def __exit__(self, *error):
        Tape.recording = True


@misconception(
    "no_grad",
    caught_by=["test_no_grad_ends_as_it_should"],
    hint="After an error within the block recording stays off for ever. Switch back in `finally:`.",
)
class stays_off_after_an_error:
    def __enter__(self):
        self.before = Tape.recording
        Tape.recording = False

    def __exit__(self, error, *more):
        if error is None:
            Tape.recording = self.before


@misconception(
    "no_grad",
    caught_by=["test_no_grad_ends_as_it_should"],
    hint="The error inside the block never came out: it was swallowed. __exit__ must not return True; "
    "with yield: finally, without except.",
)
class swallows_the_error:
    def __enter__(self):
        self.before = Tape.recording
        Tape.recording = False

    def __exit__(self, *error):
        Tape.recording = self.before
        return True


@misconception(
    "no_grad",
    caught_by=["test_no_grad_craft"],
    hint="no_grad() switches off as soon as it is called, even without `with`, and then nobody switches "
    "back. Switch in "
    "__enter__.",
)
class switches_off_at_the_call:
    def __init__(self):
        self.before = Tape.recording
        Tape.recording = False

    def __enter__(self):
        return self

    def __exit__(self, *error):
        Tape.recording = self.before


@misconception(
    "no_grad",
    caught_by=["test_no_grad_basic", "test_no_grad_ends_as_it_should"],
    hint="The switch is the wrong way round: it is off before the block, and on within it.",
)
class records_only_within:
    def __enter__(self):
        Tape.recording = True

    def __exit__(self, *error):
        Tape.recording = False


# ---------------------------------------------------------------- gradcheck


@misconception(
    "gradcheck",
    caught_by=["test_gradcheck_basic", "test_gradcheck_any_shape"],
    hint="(f(x + h) - f(x)) / h is one-sided: it is off by about h itself. Go h to both sides, and divide by 2 h.",
)
def goes_to_one_side(f, *tensors):
    weights = np.random.default_rng(0).normal(size=f(*tensors).shape)
    zero_grad(tensors)
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        found = np.zeros(t.shape) if t.grad is None else t.grad
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            before = t.data[index]
            t.data[index] = before + 1e-5
            above = np.sum(weights * f(*tensors).data)
            t.data[index] = before
            below = np.sum(weights * f(*tensors).data)
            t.data[index] = before
            measured[index] = (above - below) / 1e-5
        size = max(1e-8, np.linalg.norm(found) + np.linalg.norm(measured))
        errors.append(float(np.linalg.norm(found - measured) / size))
    return errors


@misconception(
    "gradcheck",
    caught_by=["test_gradcheck_basic", "test_gradcheck_any_shape"],
    hint="Your step h is so large that the curve bends within it: central differences are off by h². Take h = 1e-5.",
)
def takes_a_large_step(f, *tensors):
    weights = np.random.default_rng(0).normal(size=f(*tensors).shape)
    zero_grad(tensors)
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        found = np.zeros(t.shape) if t.grad is None else t.grad
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            before = t.data[index]
            t.data[index] = before + 1e-2
            above = np.sum(weights * f(*tensors).data)
            t.data[index] = before - 1e-2
            below = np.sum(weights * f(*tensors).data)
            t.data[index] = before
            measured[index] = (above - below) / 2e-2
        size = max(1e-8, np.linalg.norm(found) + np.linalg.norm(measured))
        errors.append(float(np.linalg.norm(found - measured) / size))
    return errors


@misconception(
    "gradcheck",
    caught_by=["test_gradcheck_basic", "test_gradcheck_any_shape"],
    hint="Your step h is so small that rounding eats the difference: 16 digits are all there are. Take h = 1e-5.",
)
def takes_a_tiny_step(f, *tensors):
    weights = np.random.default_rng(0).normal(size=f(*tensors).shape)
    zero_grad(tensors)
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        found = np.zeros(t.shape) if t.grad is None else t.grad
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            before = t.data[index]
            t.data[index] = before + 1e-11
            above = np.sum(weights * f(*tensors).data)
            t.data[index] = before - 1e-11
            below = np.sum(weights * f(*tensors).data)
            t.data[index] = before
            measured[index] = (above - below) / 2e-11
        size = max(1e-8, np.linalg.norm(found) + np.linalg.norm(measured))
        errors.append(float(np.linalg.norm(found - measured) / size))
    return errors


@misconception(
    "gradcheck",
    caught_by=["test_gradcheck_basic", "test_gradcheck_any_shape"],
    hint="f(x + h) - f(x - h) spans two steps: divide by 2 h, not by h.",
)
def divides_by_one_step(f, *tensors):
    weights = np.random.default_rng(0).normal(size=f(*tensors).shape)
    zero_grad(tensors)
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        found = np.zeros(t.shape) if t.grad is None else t.grad
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            before = t.data[index]
            t.data[index] = before + 1e-5
            above = np.sum(weights * f(*tensors).data)
            t.data[index] = before - 1e-5
            below = np.sum(weights * f(*tensors).data)
            t.data[index] = before
            measured[index] = (above - below) / 1e-5
        size = max(1e-8, np.linalg.norm(found) + np.linalg.norm(measured))
        errors.append(float(np.linalg.norm(found - measured) / size))
    return errors


@misconception(
    "gradcheck",
    caught_by=["test_gradcheck_any_shape"],
    hint="A plain sum hides mistakes that cancel, such as slopes in the wrong order: every entry has the "
    "weight 1. Multiply by fixed random weights first.",
)
def sums_without_weights(f, *tensors):
    weights = np.ones(f(*tensors).shape)
    zero_grad(tensors)
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        found = np.zeros(t.shape) if t.grad is None else t.grad
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            before = t.data[index]
            t.data[index] = before + 1e-5
            above = np.sum(weights * f(*tensors).data)
            t.data[index] = before - 1e-5
            below = np.sum(weights * f(*tensors).data)
            t.data[index] = before
            measured[index] = (above - below) / 2e-5
        size = max(1e-8, np.linalg.norm(found) + np.linalg.norm(measured))
        errors.append(float(np.linalg.norm(found - measured) / size))
    return errors


@misconception(
    "gradcheck",
    caught_by=["test_gradcheck_basic", "test_gradcheck_any_shape", "test_gradcheck_craft"],
    hint="The data are not the same afterwards: put each entry back, exactly, when you have measured it.",
)
def leaves_the_data_moved(f, *tensors):
    weights = np.random.default_rng(0).normal(size=f(*tensors).shape)
    zero_grad(tensors)
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        found = np.zeros(t.shape) if t.grad is None else t.grad
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            before = t.data[index]
            t.data[index] = before + 1e-5
            above = np.sum(weights * f(*tensors).data)
            t.data[index] = before - 1e-5
            below = np.sum(weights * f(*tensors).data)
            pass
            measured[index] = (above - below) / 2e-5
        size = max(1e-8, np.linalg.norm(found) + np.linalg.norm(measured))
        errors.append(float(np.linalg.norm(found - measured) / size))
    return errors


@misconception(
    "gradcheck",
    caught_by=["test_gradcheck_any_shape"],
    hint="What stood in grad before was counted as well: forget it first (zero_grad), then go backward.",
)
def keeps_old_slopes(f, *tensors):
    weights = np.random.default_rng(0).normal(size=f(*tensors).shape)
    pass
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        found = np.zeros(t.shape) if t.grad is None else t.grad
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            before = t.data[index]
            t.data[index] = before + 1e-5
            above = np.sum(weights * f(*tensors).data)
            t.data[index] = before - 1e-5
            below = np.sum(weights * f(*tensors).data)
            t.data[index] = before
            measured[index] = (above - below) / 2e-5
        size = max(1e-8, np.linalg.norm(found) + np.linalg.norm(measured))
        errors.append(float(np.linalg.norm(found - measured) / size))
    return errors


@misconception(
    "gradcheck",
    caught_by=["test_gradcheck_basic", "test_gradcheck_any_shape"],
    hint="You gave the norm of the difference alone. Whether 0.01 is much depends on the slopes: divide "
    "by the sum of the two norms.",
)
def gives_the_absolute_difference(f, *tensors):
    weights = np.random.default_rng(0).normal(size=f(*tensors).shape)
    zero_grad(tensors)
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        found = np.zeros(t.shape) if t.grad is None else t.grad
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            before = t.data[index]
            t.data[index] = before + 1e-5
            above = np.sum(weights * f(*tensors).data)
            t.data[index] = before - 1e-5
            below = np.sum(weights * f(*tensors).data)
            t.data[index] = before
            measured[index] = (above - below) / 2e-5
        size = 1.0
        errors.append(float(np.linalg.norm(found - measured) / size))
    return errors


@misconception(
    "gradcheck",
    caught_by=["test_gradcheck_basic", "test_gradcheck_any_shape"],
    hint="You divide by the norm of the measured slopes alone. The formula has the sum of both norms "
    "below: then the error lies between 0 and 1.",
)
def divides_by_one_norm(f, *tensors):
    weights = np.random.default_rng(0).normal(size=f(*tensors).shape)
    zero_grad(tensors)
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        found = np.zeros(t.shape) if t.grad is None else t.grad
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            before = t.data[index]
            t.data[index] = before + 1e-5
            above = np.sum(weights * f(*tensors).data)
            t.data[index] = before - 1e-5
            below = np.sum(weights * f(*tensors).data)
            t.data[index] = before
            measured[index] = (above - below) / 2e-5
        size = max(1e-8, np.linalg.norm(measured))
        errors.append(float(np.linalg.norm(found - measured) / size))
    return errors


@misconception(
    "gradcheck",
    caught_by=["test_gradcheck_basic", "test_gradcheck_any_shape"],
    hint="You divide by the larger of the two norms. The formula has their sum below.",
)
def divides_by_the_larger_norm(f, *tensors):
    weights = np.random.default_rng(0).normal(size=f(*tensors).shape)
    zero_grad(tensors)
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        found = np.zeros(t.shape) if t.grad is None else t.grad
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            before = t.data[index]
            t.data[index] = before + 1e-5
            above = np.sum(weights * f(*tensors).data)
            t.data[index] = before - 1e-5
            below = np.sum(weights * f(*tensors).data)
            t.data[index] = before
            measured[index] = (above - below) / 2e-5
        size = max(1e-8, np.linalg.norm(found), np.linalg.norm(measured))
        errors.append(float(np.linalg.norm(found - measured) / size))
    return errors


@misconception(
    "gradcheck",
    caught_by=["test_gradcheck_any_shape"],
    hint="You take the largest ratio of single entries. The formula compares norms: one length for all "
    "the entries of a tensor.",
)
def takes_the_worst_entry(f, *tensors):
    weights = np.random.default_rng(0).normal(size=f(*tensors).shape)
    zero_grad(tensors)
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        found = np.zeros(t.shape) if t.grad is None else t.grad
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            before = t.data[index]
            t.data[index] = before + 1e-5
            above = np.sum(weights * f(*tensors).data)
            t.data[index] = before - 1e-5
            below = np.sum(weights * f(*tensors).data)
            t.data[index] = before
            measured[index] = (above - below) / 2e-5
        size = np.maximum(1e-8, np.abs(found) + np.abs(measured))
        errors.append(float(np.max(np.abs(found - measured) / size)))
    return errors


@misconception(
    "gradcheck",
    caught_by=["test_gradcheck_basic", "test_gradcheck_any_shape", "test_gradcheck_craft"],
    hint="One number came back, the largest error. Give a list with one number for each tensor: one "
    "wants to know whose slope is wrong.",
)
def gives_the_largest_error_only(f, *tensors):
    weights = np.random.default_rng(0).normal(size=f(*tensors).shape)
    zero_grad(tensors)
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        found = np.zeros(t.shape) if t.grad is None else t.grad
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            before = t.data[index]
            t.data[index] = before + 1e-5
            above = np.sum(weights * f(*tensors).data)
            t.data[index] = before - 1e-5
            below = np.sum(weights * f(*tensors).data)
            t.data[index] = before
            measured[index] = (above - below) / 2e-5
        size = max(1e-8, np.linalg.norm(found) + np.linalg.norm(measured))
        errors.append(float(np.linalg.norm(found - measured) / size))
    return [max(errors)]


@misconception(
    "gradcheck",
    caught_by=["test_gradcheck_craft"],
    hint="Where both slopes are 0 your error is 0 / 0, which is nan. Divide by at least 1e-8.",
)
def divides_by_nothing(f, *tensors):
    weights = np.random.default_rng(0).normal(size=f(*tensors).shape)
    zero_grad(tensors)
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        found = np.zeros(t.shape) if t.grad is None else t.grad
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            before = t.data[index]
            t.data[index] = before + 1e-5
            above = np.sum(weights * f(*tensors).data)
            t.data[index] = before - 1e-5
            below = np.sum(weights * f(*tensors).data)
            t.data[index] = before
            measured[index] = (above - below) / 2e-5
        size = np.linalg.norm(found) + np.linalg.norm(measured)
        errors.append(float(np.linalg.norm(found - measured) / size))
    return errors


@misconception(
    "gradcheck",
    caught_by=["test_gradcheck_basic", "test_gradcheck_any_shape"],
    hint="You move all entries of a tensor at once. The slope in one entry is measured by moving that entry alone.",
)
def moves_all_entries_at_once(f, *tensors):
    weights = np.random.default_rng(0).normal(size=f(*tensors).shape)
    zero_grad(tensors)
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        before = t.data.copy()
        t.data[...] = before + 1e-5
        above = np.sum(weights * f(*tensors).data)
        t.data[...] = before - 1e-5
        below = np.sum(weights * f(*tensors).data)
        t.data[...] = before
        measured = np.full(t.shape, (above - below) / 2e-5)
        found = np.zeros(t.shape) if t.grad is None else t.grad
        size = max(1e-8, np.linalg.norm(found) + np.linalg.norm(measured))
        errors.append(float(np.linalg.norm(found - measured) / size))
    return errors


@misconception(
    "gradcheck",
    caught_by=["test_gradcheck_craft"],
    hint="A tensor that f does not use has grad None after backward, and None is no slope: take zeros there.",
)
def forgets_tensors_without_a_slope(f, *tensors):
    weights = np.random.default_rng(0).normal(size=f(*tensors).shape)
    zero_grad(tensors)
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            before = t.data[index]
            t.data[index] = before + 1e-5
            above = np.sum(weights * f(*tensors).data)
            t.data[index] = before - 1e-5
            below = np.sum(weights * f(*tensors).data)
            t.data[index] = before
            measured[index] = (above - below) / 2e-5
        size = max(1e-8, np.linalg.norm(t.grad) + np.linalg.norm(measured))
        errors.append(float(np.linalg.norm(t.grad - measured) / size))
    return errors


# ---------------------------------------------------------------- cross_entropy


@misconception(
    "cross_entropy",
    caught_by=["test_cross_entropy_basic", "test_cross_entropy_any_logits", "test_cross_entropy_craft"],
    hint="You added up the samples. The loss is their mean, so that it does not grow with the batch.",
)
def sums_over_the_samples(logits, y):
    shifted = logits - type(logits)(logits.data.max(axis=1, keepdims=True))
    return (shifted.exp().sum(axis=1).log() - shifted[np.arange(len(y)), y]).sum()


@misconception(
    "cross_entropy",
    caught_by=["test_cross_entropy_any_logits", "test_cross_entropy_craft"],
    hint="Without subtracting the largest score of each row, exp(1000) is inf, and the loss nan.",
)
def takes_exp_of_the_scores_as_they_are(logits, y):
    return (logits.exp().sum(axis=1).log() - logits[np.arange(len(y)), y]).mean()


@misconception(
    "cross_entropy",
    caught_by=["test_cross_entropy_any_logits"],
    hint="You subtract one maximum from all rows. A row that lies far below it becomes all zeros, and log(0) follows: "
    "each row has its own maximum.",
)
def subtracts_one_maximum(logits, y):
    shifted = logits - type(logits)(logits.data.max())
    return (shifted.exp().sum(axis=1).log() - shifted[np.arange(len(y)), y]).mean()


@misconception(
    "cross_entropy",
    caught_by=["test_cross_entropy_basic", "test_cross_entropy_any_logits", "test_cross_entropy_craft"],
    hint="logits[:, y] takes the columns y in EVERY row, N x N numbers. One for each row: logits[np.arange(N), y].",
)
def takes_all_columns_for_all_rows(logits, y):
    shifted = logits - type(logits)(logits.data.max(axis=1, keepdims=True))
    return (shifted.exp().sum(axis=1, keepdims=True).log() - shifted[:, y]).mean()


@misconception(
    "cross_entropy",
    caught_by=["test_cross_entropy_basic", "test_cross_entropy_any_logits", "test_cross_entropy_craft"],
    hint="Softmax was taken twice: the scores are logits, and log-sum-exp is softmax and logarithm in one.",
)
def takes_softmax_twice(logits, y):
    shifted = (logits - type(logits)(logits.data.max(axis=1, keepdims=True))).exp()
    shares = shifted / shifted.sum(axis=1, keepdims=True)
    return (shares.exp().sum(axis=1).log() - shares[np.arange(len(y)), y]).mean()


@misconception(
    "cross_entropy",
    caught_by=["test_cross_entropy_basic", "test_cross_entropy_any_logits", "test_cross_entropy_craft"],
    hint="The loss came out below 0: it is MINUS the logarithm of a share.",
)
def forgets_the_minus_of_the_loss(logits, y):
    shifted = logits - type(logits)(logits.data.max(axis=1, keepdims=True))
    return (shifted[np.arange(len(y)), y] - shifted.exp().sum(axis=1).log()).mean()


@misconception(
    "cross_entropy",
    caught_by=["test_cross_entropy_basic", "test_cross_entropy_any_logits", "test_cross_entropy_craft"],
    hint="The shares sum to 1 in each column. Each row is one sample: sum over axis 1.",
)
def sums_shares_over_the_samples(logits, y):
    shifted = (logits - type(logits)(logits.data.max(axis=1, keepdims=True))).exp()
    shares = shifted / shifted.sum(axis=0, keepdims=True)
    return -(shares[np.arange(len(y)), y].log().mean())


@misconception(
    "cross_entropy",
    caught_by=["test_cross_entropy_basic", "test_cross_entropy_any_logits", "test_cross_entropy_craft"],
    hint="You divide by N · C. Only one entry of each row counts, so the mean is over N.",
)
def divides_by_all_entries(logits, y):
    shifted = logits - type(logits)(logits.data.max(axis=1, keepdims=True))
    total = (shifted.exp().sum(axis=1).log() - shifted[np.arange(len(y)), y]).sum()
    return total * (1 / logits.data.size)


@misconception(
    "cross_entropy",
    caught_by=["test_cross_entropy_any_logits"],
    hint="The softmax is safe, but its logarithm is not: a share of exp(-2000) is 0, and log(0) is -inf. Take the "
    "logarithm before the division: score minus log-sum-exp.",
)
def takes_the_logarithm_of_shares(logits, y):
    shifted = (logits - type(logits)(logits.data.max(axis=1, keepdims=True))).exp()
    shares = shifted / shifted.sum(axis=1, keepdims=True)
    return -(shares[np.arange(len(y)), y].log().mean())


@misconception(
    "cross_entropy",
    caught_by=["test_cross_entropy_any_logits"],
    hint="A small number inside the logarithm hides what it should mend: at a share of 0 the loss is 27.6 whatever the "
    "scores are. Score minus log-sum-exp is exact.",
)
def adds_a_small_number(logits, y):
    shifted = (logits - type(logits)(logits.data.max(axis=1, keepdims=True))).exp()
    shares = shifted / shifted.sum(axis=1, keepdims=True)
    return -((shares[np.arange(len(y)), y] + 1e-12).log().mean())


@misconception(
    "cross_entropy",
    caught_by=["test_cross_entropy_basic", "test_cross_entropy_any_logits", "test_cross_entropy_craft"],
    hint="You computed with logits.data and made a new Tensor of the result: it has the right number and remembers "
    "nothing. Compute with the tensors.",
)
def leaves_the_graph(logits, y):
    shifted = logits.data - logits.data.max(axis=1, keepdims=True)
    return type(logits)(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]))


@misconception(
    "cross_entropy",
    caught_by=["test_cross_entropy_basic", "test_cross_entropy_any_logits", "test_cross_entropy_craft"],
    hint="Only the scores of the true classes have a slope in yours: log-sum-exp was taken from .data. "
    "The other scores "
    "move the loss as well.",
)
def holds_the_sum_constant(logits, y):
    top = logits.data.max(axis=1, keepdims=True)
    total = np.log(np.exp(logits.data - top).sum(axis=1)) + top[:, 0]
    return (type(logits)(total) - logits[np.arange(len(y)), y]).mean()


@misconception(
    "cross_entropy",
    caught_by=["test_cross_entropy_craft"],
    hint="The largest score was subtracted within .data: you changed the caller's scores. Make a new tensor: "
    "logits - Tensor(...).",
)
def shifts_the_scores_of_the_caller(logits, y):
    logits.data -= logits.data.max(axis=1, keepdims=True)
    return (logits.exp().sum(axis=1).log() - logits[np.arange(len(y)), y]).mean()


# ---------------------------------------------------------------- train_step


@misconception(
    "train_step",
    caught_by=["test_train_step_again_and_again"],
    hint="Slopes of the step before are still there: backward adds. Call zero_grad first.",
)
def never_forgets(params, loss_of, optimizer):
    loss = loss_of()
    loss.backward()
    optimizer.step([param.data for param in params], [param.grad for param in params])
    return float(loss.data)


@misconception(
    "train_step",
    caught_by=["test_train_step_again_and_again"],
    hint="You forget the slopes after the step, and not before. That goes well until somebody called "
    "backward before you.",
)
def forgets_after_the_step(params, loss_of, optimizer):
    loss = loss_of()
    loss.backward()
    optimizer.step([param.data for param in params], [param.grad for param in params])
    zero_grad(params)
    return float(loss.data)


@misconception(
    "train_step",
    caught_by=["test_train_step_basic", "test_train_step_again_and_again", "test_train_step_craft"],
    hint="zero_grad stands between backward and the step: the slopes are gone when the optimiser wants them.",
)
def forgets_too_late(params, loss_of, optimizer):
    loss = loss_of()
    loss.backward()
    zero_grad(params)
    optimizer.step([param.data for param in params], [param.grad for param in params])
    return float(loss.data)


@misconception(
    "train_step",
    caught_by=["test_train_step_basic", "test_train_step_again_and_again", "test_train_step_craft"],
    hint="The optimiser got tensors. It works on arrays, in place: hand it param.data of each.",
)
def hands_over_the_tensors(params, loss_of, optimizer):
    zero_grad(params)
    loss = loss_of()
    loss.backward()
    optimizer.step(params, [param.grad for param in params])
    return float(loss.data)


@misconception(
    "train_step",
    caught_by=["test_train_step_basic", "test_train_step_again_and_again", "test_train_step_craft"],
    hint="The optimiser changed copies. Hand over param.data itself, and it changes the parameter.",
)
def hands_over_copies(params, loss_of, optimizer):
    zero_grad(params)
    loss = loss_of()
    loss.backward()
    optimizer.step([param.data.copy() for param in params], [param.grad for param in params])
    return float(loss.data)


@misconception(
    "train_step",
    caught_by=["test_train_step_basic", "test_train_step_again_and_again", "test_train_step_craft"],
    hint="You gave the loss after the step. The loss before it costs nothing, and is what the slopes belong to.",
)
def gives_the_loss_after_the_step(params, loss_of, optimizer):
    zero_grad(params)
    loss_of().backward()
    optimizer.step([param.data for param in params], [param.grad for param in params])
    return float(loss_of().data)


@misconception(
    "train_step",
    caught_by=["test_train_step_craft"],
    hint="loss_of was asked twice, once for the number and once for the slopes: double work, and with "
    "dropout two different "
    "losses. Keep the first.",
)
def asks_for_the_loss_twice(params, loss_of, optimizer):
    zero_grad(params)
    value = float(loss_of().data)
    loss_of().backward()
    optimizer.step([param.data for param in params], [param.grad for param in params])
    return value


@misconception(
    "train_step",
    caught_by=["test_train_step_basic", "test_train_step_again_and_again", "test_train_step_craft"],
    hint="A Tensor came back. It holds the whole graph: give its number, float(loss.data).",
)
def gives_the_tensor(params, loss_of, optimizer):
    zero_grad(params)
    loss = loss_of()
    loss.backward()
    optimizer.step([param.data for param in params], [param.grad for param in params])
    return loss


@misconception(
    "train_step",
    caught_by=["test_train_step_basic", "test_train_step_again_and_again", "test_train_step_craft"],
    hint="No step was made: somebody has to call optimizer.step.",
)
def makes_no_step(params, loss_of, optimizer):
    zero_grad(params)
    loss = loss_of()
    loss.backward()
    return float(loss.data)


@misconception(
    "train_step",
    caught_by=["test_train_step_basic", "test_train_step_again_and_again"],
    hint="Only the first parameter moved. Hand the optimiser all of them in one call.",
)
def steps_with_the_first_only(params, loss_of, optimizer):
    zero_grad(params)
    loss = loss_of()
    loss.backward()
    optimizer.step([params[0].data], [params[0].grad])
    return float(loss.data)


# ---------------------------------------------------------------- quiz

add_wrong_options(
    "autograd",
    {
        1: {
            "a": "That is the shape of the sum. A slope always has the shape of what it belongs to, and b "
            "has 4 entries.",
            "b": "The shape is right. But each of the three copies of b moves its own row: do effects add, or average?",
            "d": "The shape is right. The second and the third row use b as well: what becomes of their slopes?",
        },
        2: {
            "b": "NumPy does not mind. Think of a tensor that two others were made of: when is its slope complete?",
            "c": "Size plays no part. Think of a tensor that two others were made of: when is its slope complete?",
            "d": "The loss is not computed again on the way back. Think of a tensor with two users.",
        },
        3: {
            "a": "3 is x. The slope of x * x is 2x, and backward was called twice.",
            "b": "That is the slope after the first call. What does the second one do with what is in grad?",
            "c": "Calls of backward add their slopes, they do not multiply them.",
        },
        4: {
            "a": "Only h sees x itself. What number goes into g on the way forward?",
            "c": "That is what comes out of g. A slope is taken at the number that goes in.",
            "d": "f' is the slope of another step. Each step has its slope at its own input: what goes into g?",
        },
        5: {
            "a": "0 is for the rows that were not taken. Row 2 was taken: how often?",
            "b": "One way to row 2 gives 1. How many ways are there?",
            "c": "Nothing is averaged here: sum() adds, and slopes of several ways add, too.",
        },
        6: {
            "b": "A number in Python stays small. What else does `total` hold, besides its number?",
            "c": "Old arrays of grad are freed at once. Who still holds the tensors of the first step?",
            "d": "NumPy frees an array that nobody can reach. Who can still reach those of the first step?",
        },
        7: {
            "a": "No step was made here. gradcheck compares two ways to the same slope, and for b they differ.",
            "c": "Right slopes give 1e-9 and less. 0.33 is what a factor of two makes.",
            "d": "W is fine with the same h. What is the matter with b alone?",
        },
        8: {
            "a": "The graph is made on the way forward: that way you still write yourself.",
            "b": "Somebody must say what to make small. The loss is still yours.",
            "d": "Slopes alone move nothing: the step is still needed.",
        },
    },
    reference.answers,
)
