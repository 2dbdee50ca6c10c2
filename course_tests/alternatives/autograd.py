"""Right answers to 14_autograd, written otherwise."""

import contextlib
import math

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.autograd import Tape, topological_order, unbroadcast, zero_grad

# ---------------------------------------------------------------- topological_order


@alternative("topological_order")
def order_with_two_visits(t):
    """Each node comes to the stack twice: to push its parents, and to be listed."""
    order, done, stack = [], set(), [(t, False)]
    while stack:
        node, ready = stack.pop()
        if id(node) in done:
            continue
        if ready:
            done.add(id(node))
            order.append(node)
        else:
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents if id(parent) not in done)
    return order


@alternative("topological_order")
def order_by_counting_users(t):
    """Kahn: a node is next when all its users are done; the list is turned round at the end."""
    users, nodes, waiting = {}, {id(t): t}, [t]
    while waiting:
        for parent in waiting.pop().parents:
            users[id(parent)] = users.get(id(parent), 0) + 1
            if id(parent) not in nodes:
                nodes[id(parent)] = parent
                waiting.append(parent)
    free, order = [t], []
    while free:
        node = free.pop()
        order.append(node)
        for parent in node.parents:
            users[id(parent)] -= 1
            if users[id(parent)] == 0:
                free.append(parent)
    return tuple(reversed(order))


@alternative("topological_order")
def order_with_missing_parents(t):
    """Looks at the top of the stack until nothing is missing below it."""
    order, listed, stack = [], set(), [t]
    while stack:
        missing = [parent for parent in stack[-1].parents if parent not in listed]
        if missing:
            stack.append(missing[-1])
        else:
            node = stack.pop()
            if node not in listed:
                listed.add(node)
                order.append(node)
    return order


# ---------------------------------------------------------------- unbroadcast


@alternative("unbroadcast")
def unbroadcast_axis_by_axis(grad, shape):
    while np.ndim(grad) > len(shape):
        grad = np.sum(grad, axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            grad = np.sum(grad, axis=axis, keepdims=True)
    return grad


@alternative("unbroadcast")
def unbroadcast_with_ones_in_front(grad, shape):
    padded = (1,) * (grad.ndim - len(shape)) + tuple(shape)
    axes = tuple(k for k in range(grad.ndim) if padded[k] != grad.shape[k])
    return grad.sum(axis=axes, keepdims=True).reshape(shape)


@alternative("unbroadcast")
def unbroadcast_entry_by_entry(grad, shape):
    out = np.zeros(shape)
    for index, value in np.ndenumerate(grad):
        place = index[len(index) - len(shape) :]
        out[tuple(0 if length == 1 else i for i, length in zip(place, shape))] += value
    return out


@alternative("unbroadcast")
def unbroadcast_by_numbering(grad, shape):
    """Where NumPy would spread the numbers of the places, each slope is added to its place."""
    places = np.broadcast_to(np.arange(math.prod(shape)).reshape(shape), np.shape(grad))
    return np.bincount(places.ravel(), np.ravel(grad), minlength=math.prod(shape)).reshape(shape)


# ---------------------------------------------------------------- Tensor


@alternative("Tensor")
class TensorWithClosures:
    """Each result has a function that adds to the grad of those it was made of; results in between start at None."""

    __array_ufunc__ = None

    def __init__(self, data, parents=()):
        self.data = np.array(data, float)
        self.grad = None
        self.parents = parents
        self.spread = lambda: None

    @property
    def shape(self):
        return np.shape(self.data)

    def give(self, slope):
        slope = unbroadcast(np.asarray(slope), self.shape)
        self.grad = np.array(slope) if self.grad is None else self.grad + slope

    def result(self, data, *parents):
        return type(self)(data, parents if Tape.recording else ())

    def __add__(self, other):
        other = other if hasattr(other, "give") else type(self)(other)
        out = self.result(self.data + other.data, self, other)

        def spread():
            self.give(out.grad)
            other.give(out.grad)

        out.spread = spread
        return out

    def __mul__(self, other):
        other = other if hasattr(other, "give") else type(self)(other)
        out = self.result(self.data * other.data, self, other)

        def spread():
            self.give(out.grad * other.data)
            other.give(out.grad * self.data)

        out.spread = spread
        return out

    def __pow__(self, n):
        out = self.result(self.data**n, self)
        out.spread = lambda: self.give(out.grad * n * self.data ** (n - 1))
        return out

    def __neg__(self):
        return self * (-1)

    def __sub__(self, other):
        return self + (other * -1)

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        return self * (other**-1 if hasattr(other, "give") else 1 / other)

    def __rtruediv__(self, other):
        return self**-1 * other

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __matmul__(self, other):
        out = self.result(np.matmul(self.data, other.data), self, other)

        def spread():
            self.give(np.einsum("...ik,...jk->...ij", out.grad, other.data))
            other.give(np.einsum("...ki,...kj->...ij", self.data, out.grad))

        out.spread = spread
        return out

    def sum(self, axis=None, keepdims=False):
        out = self.result(np.sum(self.data, axis=axis, keepdims=keepdims), self)
        tall = np.sum(self.data, axis=axis, keepdims=True).shape
        out.spread = lambda: self.give(np.reshape(out.grad, tall) * np.ones(self.shape))
        return out

    def mean(self, axis=None, keepdims=False):
        n = self.data.size if axis is None else self.shape[axis]
        return self.sum(axis, keepdims) / n

    def max(self, axis=None, keepdims=False):
        top = np.max(self.data, axis=axis, keepdims=True)
        out = self.result(top if keepdims else np.max(self.data, axis=axis), self)
        out.spread = lambda: self.give(np.where(self.data == top, np.reshape(out.grad, top.shape), 0))
        return out

    def exp(self):
        out = self.result(np.exp(self.data), self)
        out.spread = lambda: self.give(out.grad * out.data)
        return out

    def log(self):
        out = self.result(np.log(self.data), self)
        out.spread = lambda: self.give(out.grad / self.data)
        return out

    def relu(self):
        out = self.result(self.data * (self.data > 0), self)
        out.spread = lambda: self.give(np.where(self.data > 0, out.grad, 0))
        return out

    def tanh(self):
        out = self.result(np.tanh(self.data), self)
        out.spread = lambda: self.give(out.grad * (1 - out.data * out.data))
        return out

    def sigmoid(self):
        out = self.result(1 / (1 + np.exp(-self.data)), self)  # exp may overflow: 1 / inf is right all the same
        out.spread = lambda: self.give(out.grad * out.data * (1 - out.data))
        return out

    def reshape(self, *shape):
        out = self.result(self.data.reshape(*shape), self)
        out.spread = lambda: self.give(out.grad.reshape(self.shape))
        return out

    def transpose(self, *axes):
        out = self.result(self.data.transpose(*axes), self)
        places = np.arange(self.data.size).reshape(self.shape).transpose(*axes).ravel()

        def spread():
            slope = np.zeros(self.data.size)
            slope[places] = out.grad.ravel()
            self.give(slope.reshape(self.shape))

        out.spread = spread
        return out

    def __getitem__(self, index):
        out = self.result(self.data[index], self)

        def spread():
            slope = np.zeros(self.shape)
            np.add.at(slope, index, out.grad)
            self.give(slope)

        out.spread = spread
        return out

    def backward(self):
        order = topological_order(self)
        self.give(np.ones(self.shape))
        for t in order[::-1]:
            if t.parents:
                t.spread()


@alternative("Tensor")
class TensorWithPairs:
    """Parents are pairs with the function of each; a tensor is done when all its users are."""

    __array_priority__ = 1000

    def __init__(self, data, parents=()):
        self.data = np.array(data, dtype=np.float64, copy=True)
        self.grad = None
        self._from = list(parents)

    shape = property(lambda self: self.data.shape)

    def _tensor(self, x):
        return x if isinstance(x, type(self)) else type(self)(x)

    def _new(self, data, *pairs):
        return type(self)(data, pairs if Tape.recording else ())

    def __add__(self, x):
        x = self._tensor(x)
        return self._new(self.data + x.data, (self, lambda g: g), (x, lambda g: g))

    def __sub__(self, x):
        x = self._tensor(x)
        return self._new(self.data - x.data, (self, lambda g: g), (x, lambda g: -g))

    def __mul__(self, x):
        x = self._tensor(x)
        return self._new(self.data * x.data, (self, lambda g: g * x.data), (x, lambda g: g * self.data))

    def __truediv__(self, x):
        x = self._tensor(x)
        out = self.data / x.data
        return self._new(out, (self, lambda g: g / x.data), (x, lambda g: -g * out / x.data))

    def __pow__(self, n):
        return self._new(np.power(self.data, n), (self, lambda g: g * n * np.power(self.data, n - 1.0)))

    def __neg__(self):
        return self._new(np.negative(self.data), (self, np.negative))

    def __radd__(self, x):
        return self._tensor(x) + self

    def __rsub__(self, x):
        return self._tensor(x) - self

    def __rmul__(self, x):
        return self._tensor(x) * self

    def __rtruediv__(self, x):
        return self._tensor(x) / self

    def __matmul__(self, x):
        x = self._tensor(x)
        return self._new(
            self.data @ x.data,
            (self, lambda g: g @ np.moveaxis(x.data, -1, -2)),
            (x, lambda g: np.moveaxis(self.data, -1, -2) @ g),
        )

    def _back(self, g, axis):
        return g if axis is None else np.expand_dims(np.asarray(g), axis)

    def sum(self, axis=None, keepdims=False):
        if keepdims:
            return self._new(self.data.sum(axis=axis, keepdims=True), (self, lambda g: np.zeros(self.shape) + g))
        return self._new(self.data.sum(axis=axis), (self, lambda g: np.zeros(self.shape) + self._back(g, axis)))

    def mean(self, axis=None, keepdims=False):
        total = self.sum(axis=axis, keepdims=keepdims)
        return total * (total.data.size / self.data.size)

    def max(self, axis=None, keepdims=False):
        if axis is None:
            first = np.unravel_index(self.data.argmax(), self.shape)
            out = self[first]
            return out.reshape((1,) * self.data.ndim) if keepdims else out
        first = np.expand_dims(self.data.argmax(axis=axis), axis)
        out = np.take_along_axis(self.data, first, axis)

        def pull(g):
            slope = np.zeros(self.shape)
            np.put_along_axis(slope, first, g if keepdims else np.expand_dims(g, axis), axis)
            return slope

        return self._new(out if keepdims else out.squeeze(axis), (self, pull))

    def exp(self):
        out = np.exp(self.data)
        return self._new(out, (self, lambda g: g * out))

    def log(self):
        return self._new(np.log(self.data), (self, lambda g: g / self.data))

    def relu(self):
        return self._new(np.where(self.data > 0, self.data, 0), (self, lambda g: np.where(self.data > 0, g, 0)))

    def tanh(self):
        return self._new(np.tanh(self.data), (self, lambda g: g - g * np.tanh(self.data) ** 2))

    def sigmoid(self):
        return (self * 0.5).tanh() * 0.5 + 0.5

    def reshape(self, *shape):
        return self._new(
            np.reshape(self.data, shape if len(shape) > 1 else shape[0]), (self, lambda g: g.reshape(self.shape))
        )

    def transpose(self, *axes):
        order = list(axes[0] if axes and not isinstance(axes[0], int) else axes) or list(range(self.data.ndim))[::-1]
        back = [order.index(k) for k in range(len(order))]
        return self._new(np.transpose(self.data, order), (self, lambda g: np.transpose(g, back)))

    def __getitem__(self, index):
        places = np.arange(self.data.size).reshape(self.shape)[index]

        def pull(g):
            slope = np.bincount(np.ravel(places), np.ravel(g), minlength=self.data.size)
            return slope.reshape(self.shape)

        return self._new(self.data[index], (self, pull))

    def backward(self):
        order, stack, seen = [], [(self, 0)], {id(self)}
        while stack:
            node, k = stack.pop()
            if k == len(node._from):
                order.append(node)
                continue
            stack.append((node, k + 1))
            parent = node._from[k][0]
            if id(parent) not in seen:
                seen.add(id(parent))
                stack.append((parent, 0))
        users = {}
        for node in order:
            for parent, _ in node._from:
                users[id(parent)] = users.get(id(parent), 0) + 1
        new, free = {id(self): np.ones(self.shape)}, [self]
        while free:
            node = free.pop()
            slope = new[id(node)]
            node.grad = slope if node.grad is None else slope + node.grad
            for parent, pull in node._from:
                more = unbroadcast(pull(slope), parent.shape)
                new[id(parent)] = more if id(parent) not in new else new[id(parent)] + more
                users[id(parent)] -= 1
                if not users[id(parent)]:
                    free.append(parent)


@alternative("Tensor")
class TensorWithNames:
    """Remembers the name of the operation; one function knows all slopes."""

    __array_ufunc__ = None

    def __init__(self, data, parents=()):
        self.data, self.grad = np.array(data, dtype="float64"), None
        self.parents, self.made_by, self.extra = parents, "", {}

    @property
    def shape(self):
        return tuple(self.data.shape)

    def apply(self, name, data, others=(), **extra):
        out = type(self)(data)
        if Tape.recording:
            out.parents, out.made_by, out.extra = (self, *others), name, extra
        return out

    def wrap(self, value):
        return value if type(value) is type(self) else type(self)(value)

    def __add__(self, other):
        other = self.wrap(other)
        return self.apply("add", self.data + other.data, [other])

    def __mul__(self, other):
        other = self.wrap(other)
        return self.apply("mul", self.data * other.data, [other])

    __radd__ = __add__
    __rmul__ = __mul__

    def __pow__(self, n):
        return self.apply("pow", self.data**n, n=n)

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + self.wrap(other) * -1.0

    def __rsub__(self, other):
        return self.wrap(other) + self * -1.0

    def __truediv__(self, other):
        return self * self.wrap(other) ** -1.0

    def __rtruediv__(self, other):
        return self**-1.0 * other

    def __matmul__(self, other):
        other = self.wrap(other)
        return self.apply("matmul", self.data @ other.data, [other])

    def sum(self, axis=None, keepdims=False):
        return self.apply("sum", self.data.sum(axis=axis, keepdims=keepdims), axis=axis)

    def mean(self, axis=None, keepdims=False):
        return self.apply("mean", self.data.mean(axis=axis, keepdims=keepdims), axis=axis)

    def max(self, axis=None, keepdims=False):
        return self.apply("max", self.data.max(axis=axis, keepdims=keepdims), axis=axis)

    def exp(self):
        return self.apply("exp", np.exp(self.data))

    def log(self):
        return self.apply("log", np.log(self.data))

    def relu(self):
        return self.apply("relu", (self.data + abs(self.data)) / 2)

    def tanh(self):
        return self.apply("tanh", np.tanh(self.data))

    def sigmoid(self):
        return self.apply("sigmoid", np.exp(-np.logaddexp(0, -self.data)))

    def reshape(self, *shape):
        return self.apply("reshape", self.data.reshape(*shape))

    def transpose(self, *axes):
        if axes and not np.isscalar(axes[0]):
            (axes,) = axes
        return self.apply("transpose", self.data.transpose(axes or None), axes=axes)

    def __getitem__(self, index):
        return self.apply("getitem", self.data[index], index=index)

    def slopes(self, g):
        a, out, name = self.parents[0].data if self.parents else None, self.data, self.made_by
        if name in ("add", "mul", "matmul"):
            b = self.parents[1].data
            if name == "add":
                both = g, g
            elif name == "mul":
                both = g * b, g * a
            else:
                both = g @ b.swapaxes(-2, -1), a.swapaxes(-2, -1) @ g
            return [unbroadcast(one, parent.shape) for one, parent in zip(both, self.parents)]
        if name in ("sum", "mean", "max"):
            tall = a.max(axis=self.extra["axis"], keepdims=True)
            g = np.ones(a.shape) * g.reshape(tall.shape)
            return [{"sum": g, "mean": g * out.size / a.size, "max": g * (a == tall)}[name]]
        if name == "getitem":
            slope = np.zeros(a.shape)
            np.add.at(slope, self.extra["index"], g)
            return [slope]
        if name == "transpose":
            axes = self.extra["axes"]
            return [g.transpose(np.argsort(axes)) if axes else g.transpose()]
        if name == "pow":
            return [g * self.extra["n"] * a ** (self.extra["n"] - 1)]
        if name == "reshape":
            return [g.reshape(a.shape)]
        factors = {
            "exp": lambda: out,
            "log": lambda: 1 / a,
            "relu": lambda: np.heaviside(a, 0),
            "tanh": lambda: 1 - out * out,
            "sigmoid": lambda: out - out * out,
        }
        return [g * factors[name]()] if name else []

    def backward(self):
        fresh = {self: np.ones(self.shape)}
        for t in topological_order(self)[::-1]:
            for parent, slope in zip(t.parents, t.slopes(fresh[t])):
                fresh[parent] = fresh.get(parent, 0.0) + slope
        for t, slope in fresh.items():
            t.grad = slope.copy() if t.grad is None else t.grad + slope


# ---------------------------------------------------------------- zero_grad


@alternative("zero_grad")
def zero_grad_to_zeros(params):
    for param in params:
        param.grad = np.zeros_like(param.data)


@alternative("zero_grad")
def zero_grad_by_setattr(params):
    return [setattr(param, "grad", None) for param in params]


@alternative("zero_grad")
def zero_grad_by_number(params):
    k = 0
    while k < len(params):
        params[k].grad = None
        k += 1


@alternative("zero_grad")
def zero_grad_in_place(params):
    for param in params:
        if param.grad is not None:
            param.grad = param.grad * 0.0


# ---------------------------------------------------------------- no_grad


@alternative("no_grad")
class no_grad_as_a_class:
    def __enter__(self):
        self.before = Tape.recording
        Tape.recording = False

    def __exit__(self, *error):
        Tape.recording = self.before


@alternative("no_grad")
def no_grad_with_two_ends():
    @contextlib.contextmanager
    def block():
        was = Tape.recording
        Tape.recording = False
        try:
            yield None
        except BaseException:
            Tape.recording = was
            raise
        Tape.recording = was

    return block()


@alternative("no_grad")
def no_grad_with_a_stack():
    @contextlib.contextmanager
    def block():
        with contextlib.ExitStack() as stack:
            stack.callback(setattr, Tape, "recording", Tape.recording)
            Tape.recording = False
            yield

    return block()


# ---------------------------------------------------------------- gradcheck


@alternative("gradcheck")
def gradcheck_with_flat_views(f, *tensors):
    weights = np.random.default_rng(7).uniform(0.5, 1.5, size=f(*tensors).shape) * [1.0]
    weights = np.reshape(weights, f(*tensors).shape)
    for t in tensors:
        t.grad = None
    out = f(*tensors)
    (type(out)(weights) * out).sum().backward()
    slopes = [0 * t.data if t.grad is None else np.array(t.grad) for t in tensors]

    def value():
        return float((weights * f(*tensors).data).sum())

    errors = []
    for t, slope in zip(tensors, slopes):
        flat, measured = t.data.reshape(-1), []
        for k in range(flat.size):
            kept = flat[k]
            flat[k] = kept + 1e-5
            up = value()
            flat[k] = kept - 1e-5
            down = value()
            flat[k] = kept
            measured.append((up - down) / 2e-5)
        difference = slope.ravel() - np.array(measured)
        below = np.sqrt((slope**2).sum()) + np.sqrt(np.sum(np.square(measured)))
        errors.append(np.sqrt(difference @ difference) / max(1e-8, below))
    return errors


@alternative("gradcheck")
def gradcheck_with_new_tensors(f, *tensors):
    """The tensors that came in are only read: every call of f gets copies."""
    fresh = [type(t)(t.data) for t in tensors]
    out = f(*fresh)
    R = np.random.default_rng(3).normal(size=out.data.shape)
    (out * type(out)(R)).sum().backward()
    errors = []
    for k, t in enumerate(fresh):
        numeric = np.empty(t.data.shape)
        for index in np.ndindex(*t.data.shape):
            sides = []
            for sign in (1, -1):
                moved = t.data.copy()
                moved[index] += sign * 1e-5
                args = [type(t)(moved) if j == k else one for j, one in enumerate(fresh)]
                sides.append(np.vdot(R, f(*args).data))
            numeric[index] = (sides[0] - sides[1]) / (2 * 1e-5)
        exact = np.zeros(t.data.shape) if t.grad is None else t.grad
        size = np.linalg.norm(exact.ravel()) + np.linalg.norm(numeric.ravel())
        errors.append(float(np.linalg.norm((exact - numeric).ravel()) / max(size, 1e-8)))
    return tuple(errors)


@alternative("gradcheck")
def gradcheck_of_fourth_order(f, *tensors):
    """Four points instead of two."""
    zero_grad(tensors)
    out = f(*tensors)
    weights = np.random.default_rng(1).normal(size=np.shape(out.data))
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        found = np.zeros(t.shape) if t.grad is None else np.array(t.grad)
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            kept = float(t.data[index])
            total = 0.0
            for factor, h in ((8, 1e-4), (-8, -1e-4), (-1, 2e-4), (1, -2e-4)):
                t.data[index] = kept + h
                total += factor * np.sum(weights * f(*tensors).data)
            t.data[index] = kept
            measured[index] = total / (12 * 1e-4)
        errors.append(np.linalg.norm(found - measured) / max(1e-8, np.linalg.norm(found) + np.linalg.norm(measured)))
    return np.array(errors)


@alternative("gradcheck")
def gradcheck_that_moves_back_by_adding(f, *tensors):
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
            t.data[index] = t.data[index] - 2e-5
            below = np.sum(weights * f(*tensors).data)
            t.data[index] += 1e-5
            measured[index] = (above - below) / 2e-5
        size = max(1e-8, np.linalg.norm(found) + np.linalg.norm(measured))
        errors.append(float(np.linalg.norm(found - measured) / size))
    return errors


# ---------------------------------------------------------------- cross_entropy


@alternative("cross_entropy")
def cross_entropy_with_one_hot(logits, y):
    truth = np.eye(logits.shape[1])[y]
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_shares = shifted - shifted.exp().sum(axis=1, keepdims=True).log()
    return -(log_shares * type(logits)(truth)).sum() / len(y)


@alternative("cross_entropy")
def cross_entropy_by_the_margin(logits, y):
    """log(sum of exp(score - score of the truth)), shifted by the largest."""
    n = len(y)
    margins = logits - logits[np.arange(n), y].reshape(n, 1)
    top = type(logits)(margins.data.max(axis=1, keepdims=True))
    return ((margins - top).exp().sum(axis=1, keepdims=True).log() + top).mean()


@alternative("cross_entropy")
def cross_entropy_row_by_row(logits, y):
    total = None
    for k, label in enumerate(y):
        row = logits[k] - float(np.max(logits.data[k]))
        loss = row.exp().sum().log() - row[int(label)]
        total = loss if total is None else total + loss
    return total * (1 / len(y))


# ---------------------------------------------------------------- train_step


@alternative("train_step")
def train_step_that_forgets_by_itself(params, loss_of, optimizer):
    for param in params:
        param.grad = None
    loss = loss_of()
    loss.backward()
    arrays, slopes = zip(*((param.data, param.grad) for param in params))
    optimizer.step(list(arrays), list(slopes))
    return loss.data.item()


@alternative("train_step")
def train_step_that_keeps_the_number(params, loss_of, optimizer):
    zero_grad(params)
    loss = loss_of()
    before = np.float64(loss.data)
    loss.backward()
    optimizer.step(params=[p.data for p in params], grads=[p.grad for p in params])
    return before


@alternative("train_step")
def train_step_that_forgets_at_both_ends(params, loss_of, optimizer):
    zero_grad(params)
    loss = loss_of()
    loss.backward()
    optimizer.step([p.data for p in params], [p.grad.copy() for p in params])
    zero_grad(params)
    return float(np.asarray(loss.data))
