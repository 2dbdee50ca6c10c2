"""Arrays that remember how they were made, and send the slope of a result back to everything in it.

A `Tensor` keeps the tensors it was made of, and a function `pull`: the slope of the result in this tensor -> its slopes
in those. `backward` goes through the graph once, from the last tensor to the first.
"""

import contextlib

import numpy as np


class Tape:
    """Whether results remember how they were made: one switch for all."""

    recording = True


class Node:
    """A box of a graph.

    Parameters
    ----------
    name : str
    parents : sequence of Node
        The boxes it was made of.
    """

    def __init__(self, name, parents=()):
        self.name, self.parents = name, tuple(parents)


class SGD:
    """Plain steps against the slope.

    Parameters
    ----------
    lr : float
    """

    def __init__(self, lr):
        self.lr, self.steps = lr, 0

    def step(self, params, grads):
        """Change each array of `params` in place.

        Parameters
        ----------
        params, grads : list of ndarray of shape (...)
        """
        self.steps += 1
        for param, grad in zip(params, grads):
            param -= self.lr * grad


def topological_order(t):
    """Everything that `t` was made of, parents before children, each once, and `t` at the end; without recursion.

    Parameters
    ----------
    t : object
        Has `parents`, a sequence of such objects.
    """
    order, seen, stack = [], {id(t)}, [(t, iter(t.parents))]
    while stack:
        node, parents = stack[-1]
        for parent in parents:
            if id(parent) not in seen:
                seen.add(id(parent))
                stack.append((parent, iter(parent.parents)))
                break
        else:  # all its parents are in the list
            order.append(node)
            stack.pop()
    return order


def unbroadcast(grad, shape):
    """The slope of what had `shape` before it was broadcast: copies add their slopes.

    Parameters
    ----------
    grad : ndarray of shape (...)
    shape : tuple of int
    """
    grad = np.asarray(grad, float)
    extra = grad.ndim - len(shape)
    copied = [axis + extra for axis, length in enumerate(shape) if length == 1]
    return grad.sum(axis=(*range(extra), *copied)).reshape(shape)


def _spread(slope, shape, axis, keepdims):  # from what came out of a sum over `axis` back to where it came from
    if axis is not None and not keepdims:
        slope = np.expand_dims(slope, axis)
    return np.broadcast_to(slope, shape)


class Tensor:
    """An array that remembers how it was made.

    Parameters
    ----------
    data : array_like
        Copied, as float64.
    parents : tuple of Tensor
        What it was made of.

    Attributes
    ----------
    data : ndarray of shape (...)
    grad : ndarray of shape (...) or None
        The slope, in `data`, of those whose `backward` was called.
    """

    __array_ufunc__ = None  # array * tensor asks the tensor

    def __init__(self, data, parents=()):
        self.data, self.grad = np.array(data, dtype=float), None
        self.parents, self.pull = tuple(parents), None

    @property
    def shape(self):
        """Shape of the data."""
        return self.data.shape

    @staticmethod
    def _of(value):
        return value if isinstance(value, Tensor) else Tensor(value)

    @staticmethod
    def _made(data, parents, pull):
        out = Tensor(data)
        if Tape.recording:
            out.parents, out.pull = parents, pull
        return out

    def __add__(self, other):
        other = self._of(other)
        return self._made(
            self.data + other.data, (self, other), lambda g: (unbroadcast(g, self.shape), unbroadcast(g, other.shape))
        )

    def __mul__(self, other):
        other = self._of(other)
        return self._made(
            self.data * other.data,
            (self, other),
            lambda g: (unbroadcast(g * other.data, self.shape), unbroadcast(g * self.data, other.shape)),
        )

    def __pow__(self, n):
        return self._made(self.data**n, (self,), lambda g: (g * n * self.data ** (n - 1),))

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -self._of(other)

    def __rsub__(self, other):
        return self._of(other) - self

    def __truediv__(self, other):
        return self * self._of(other) ** -1

    def __rtruediv__(self, other):
        return self._of(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def __matmul__(self, other):
        other = self._of(other)
        return self._made(
            self.data @ other.data,
            (self, other),
            lambda g: (
                unbroadcast(g @ other.data.swapaxes(-1, -2), self.shape),
                unbroadcast(self.data.swapaxes(-1, -2) @ g, other.shape),
            ),
        )

    def sum(self, axis=None, keepdims=False):
        """Sum over an axis, or over everything.

        Parameters
        ----------
        axis : int or None
        keepdims : bool
        """
        return self._made(
            self.data.sum(axis=axis, keepdims=keepdims), (self,), lambda g: (_spread(g, self.shape, axis, keepdims),)
        )

    def mean(self, axis=None, keepdims=False):
        """Mean over an axis, or over everything.

        Parameters
        ----------
        axis : int or None
        keepdims : bool
        """
        total = self.sum(axis, keepdims)
        return total * (total.data.size / self.data.size)

    def max(self, axis=None, keepdims=False):
        """Largest entry over an axis, or of everything; of several largest ones each takes its share of the slope.

        Parameters
        ----------
        axis : int or None
        keepdims : bool
        """
        largest = self.data.max(axis=axis, keepdims=True)
        here = self.data == largest
        share = here / here.sum(axis=axis, keepdims=True)
        return self._made(
            self.data.max(axis=axis, keepdims=keepdims),
            (self,),
            lambda g: (_spread(g, self.shape, axis, keepdims) * share,),
        )

    def exp(self):
        """Slope: exp itself."""
        value = np.exp(self.data)
        return self._made(value, (self,), lambda g: (g * value,))

    def log(self):
        """Natural logarithm; slope 1 / x."""
        return self._made(np.log(self.data), (self,), lambda g: (g / self.data,))

    def relu(self):
        """Slope 1 above 0, else 0."""
        return self._made(np.maximum(self.data, 0), (self,), lambda g: (g * (self.data > 0),))

    def tanh(self):
        """Slope 1 - tanh^2."""
        value = np.tanh(self.data)
        return self._made(value, (self,), lambda g: (g * (1 - value**2),))

    def sigmoid(self):
        """Slope s (1 - s); by tanh, which never overflows."""
        value = 0.5 * (1 + np.tanh(self.data / 2))
        return self._made(value, (self,), lambda g: (g * value * (1 - value),))

    def reshape(self, *shape):
        """Same entries, in the same order, in another shape.

        Parameters
        ----------
        *shape : int, or one tuple of int
        """
        return self._made(self.data.reshape(*shape), (self,), lambda g: (g.reshape(self.shape),))

    def transpose(self, *axes):
        """Axes in another order; reversed, if none is given.

        Parameters
        ----------
        *axes : int, or one tuple of int
        """
        out = self.data.transpose(*axes)
        order = axes[0] if axes and isinstance(axes[0], (tuple, list)) else axes or range(self.data.ndim)[::-1]
        return self._made(out, (self,), lambda g: (g.transpose(np.argsort(order)),))

    def __getitem__(self, index):
        def pull(g):
            slope = np.zeros(self.shape)
            np.add.at(slope, index, g)  # += would count a repeated index once
            return (slope,)

        return self._made(self.data[index], (self,), pull)

    def backward(self):
        """Add the slope of this tensor (of its sum, if it is not one number) to the grad of all it was made of."""
        slopes = {id(self): np.ones(self.shape)}
        for t in reversed(topological_order(self)):
            slope = slopes.pop(id(t))
            t.grad = slope.copy() if t.grad is None else t.grad + slope
            for parent, more in zip(t.parents, t.pull(slope) if t.pull else ()):
                slopes[id(parent)] = slopes[id(parent)] + more if id(parent) in slopes else more


def zero_grad(params):
    """Forget the slopes of earlier calls of backward.

    Parameters
    ----------
    params : list of Tensor
    """
    for param in params:
        param.grad = None


@contextlib.contextmanager
def no_grad():
    """Within ``with no_grad():`` no result remembers how it was made; afterwards all is as before."""
    before, Tape.recording = Tape.recording, False
    try:
        yield
    finally:
        Tape.recording = before


def gradcheck(f, *tensors):
    """How far the slopes of `f` by backward are from central differences: a list, one relative error for each tensor.

    Parameters
    ----------
    f : callable
        Takes the tensors, returns a Tensor of any shape: a fixed random weighting of its entries is summed.
    *tensors : Tensor
        Their data are the same afterwards.
    """
    weights = np.random.default_rng(0).normal(size=f(*tensors).shape)
    kept = [t.grad for t in tensors]
    zero_grad(tensors)
    out = f(*tensors)
    (out * type(out)(weights)).sum().backward()
    errors = []
    for t in tensors:
        found = np.zeros(t.shape) if t.grad is None else t.grad
        measured = np.zeros(t.shape)
        for index in np.ndindex(t.shape):
            before, sides = t.data[index], []
            for h in (1e-5, -1e-5):
                t.data[index] = before + h
                sides.append(np.sum(weights * f(*tensors).data))
            t.data[index] = before
            measured[index] = (sides[0] - sides[1]) / 2e-5
        size = np.linalg.norm(found) + np.linalg.norm(measured)
        errors.append(float(np.linalg.norm(found - measured) / max(1e-8, size)))
    for t, grad in zip(tensors, kept):
        t.grad = grad
    return errors


def cross_entropy(logits, y):
    """Mean over the samples of -log softmax(logits) at the true class, one number.

    Parameters
    ----------
    logits : Tensor
        Shape (N, C).
    y : ndarray of shape (N,)
        Whole numbers from 0 to C - 1.
    """
    y = np.asarray(y)
    shifted = logits - type(logits)(logits.data.max(axis=1, keepdims=True))
    true = shifted[np.arange(len(y)), y]
    return (shifted.exp().sum(axis=1).log() - true).mean()


def train_step(params, loss_of, optimizer):
    """One step: forget, loss, backward, step; returns the loss before the step, a float.

    Parameters
    ----------
    params : list of Tensor
    loss_of : callable
        Without arguments; gives the loss, a Tensor with one number.
    optimizer : object
        Has ``step(params, grads)``, which changes arrays in place.
    """
    zero_grad(params)
    loss = loss_of()
    loss.backward()
    optimizer.step([param.data for param in params], [param.grad for param in params])
    return float(loss.data)


answers = {1: "c", 2: "a", 3: "d", 4: "b", 5: "d", 6: "a", 7: "b", 8: "c"}
