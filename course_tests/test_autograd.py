"""Hidden tests of 14_autograd. See checks.py for what each check says when it fails.

Tensors live where the learner's code lives: a scenario makes them from the learner's own class, combines them, and
brings back plain arrays. Slopes are those of a weighted sum of the result, with weights of both signs, so that no two
entries can be exchanged unnoticed.
"""

import gc
import inspect
import weakref

import numpy as np
import pytest

from course_tests.checks import (
    assert_agrees,
    assert_close,
    assert_leaves_inputs_alone,
    central_differences,
    graded,
    quiz_tests,
    require,
    rngs,
)
from course_tests.reference import autograd as reference
from course_tests.reference import backprop, losses
from course_tests.test_graph import with_help

DEEP, DEEP_ENOUGH = 5000, 2000  # steps of a chain that recursion cannot follow; Python allows 1,000 calls in calls


def numbers(rng, *shape):
    """Of both signs, none near 0, where relu has its kink and a quotient its pole."""
    return rng.uniform(0.3, 1.6, size=shape) * rng.choice([-1.0, 1.0], size=shape)


def weights_for(shape):
    return np.random.default_rng(5).normal(size=shape)


def slopes_of(build, arrays):
    """Scenario: the data of build(tensors), and the slopes of the sum of its entries, each times a fixed number."""

    def scenario(C):
        tensors = [C(array) for array in arrays]
        out = build(*tensors)
        data = np.array(out.data, float)
        weighed(C, out, data.shape).backward()
        return (data, *(np.array(t.grad, float) for t in tensors))

    return scenario


def weighed(C, out, shape):
    return (out * C(weights_for(shape))).sum() if shape else out


def check(subject, formula, build, *arrays):
    """`formula` in words; `build` takes Tensors; data and slopes must be those of the reference."""
    __tracebackhide__ = True
    names = "ABC"[: len(arrays)]
    made = ", ".join(f"{name} of shape {np.shape(array)}" for name, array in zip(names, arrays))
    told = (
        f"R = {formula} with {made}: R.data; then (R * weights).sum().backward(): "
        f"{', '.join(f'{n}.grad' for n in names)}"
    )
    with_help(subject, [], told, lambda C: slopes_of(build, arrays)(C))


# ---------------------------------------------------------------- topological_order


def a_graph(Node, wiring):
    """Nodes by name: each with the names of those it was made of, which come before it."""
    nodes = {}
    for name, made_of in wiring:
        nodes[name] = Node(name, [nodes[one] for one in made_of])
    return nodes


def assert_sorted(topological_order, Node, wiring, last):
    """Everything that `last` was made of, each once, parents first."""
    __tracebackhide__ = True
    edges = [f"{name} = f({', '.join(made_of)})" for name, made_of in wiring if made_of]
    told = f"topological_order({last}) with {', '.join(edges) or 'nothing else'}"
    helper = Node.implementation

    def scenario(f):
        C = helper if f is topological_order.implementation else Node.reference
        return [str(node.name) for node in f(a_graph(C, wiring)[last])]

    names = list(topological_order.case(told, scenario))
    parents, needed, queue = dict(wiring), set(), [last]
    while queue:
        name = queue.pop()
        needed.add(name)
        queue += [one for one in parents[name] if one not in needed]
    twice = sorted({name for name in names if names.count(name) > 1})
    require(not twice, f"{told} gives {names}: {', '.join(twice)} stands in it more than once.")
    require(
        set(names) == needed, f"{told} gives {names}; it must hold {last} and all it was made of: {sorted(needed)}."
    )
    for name in names:
        late = [one for one in parents[name] if names.index(one) > names.index(name)]
        require(not late, f"{told} gives {names}: {name} was made of {', '.join(late)}, so it must come later.")
    require(names[-1] == last, f"{told} gives {names}; {last} must be the last.")


def some_letters(rng, count):
    return [str(letter) for letter in rng.permutation(list("abcdefghijklmnop"))[:count]]


@graded
def test_topological_order_basic(topological_order, Node):
    """everything that t was made of, each once, parents before children, and t at the end"""
    for rng in rngs():
        a, b, c, d, e = some_letters(rng, 5)
        assert_sorted(topological_order, Node, [(a, []), (b, []), (c, [a, b]), (d, [c, a])], d)
        assert_sorted(topological_order, Node, [(a, []), (b, [a]), (c, [a]), (d, [b, c]), (e, [d, b])], e)
        assert_sorted(topological_order, Node, [(a, []), (b, [a]), (c, [b]), (d, [a, c]), (e, [c, d])], e)


@graded
def test_topological_order_any_graph(topological_order, Node):
    """one node alone, the same parent twice, a part of a larger graph, long ways beside short ones, and a
    chain of 5,000 nodes
    """
    rng = rngs(1)[0]
    a, b, c, d, e, f = some_letters(rng, 6)
    assert_sorted(topological_order, Node, [(a, [])], a)
    assert_sorted(topological_order, Node, [(a, []), (b, [a, a])], b)
    assert_sorted(topological_order, Node, [(a, []), (b, [a]), (c, [a]), (d, [b, c])], b)
    for parents in ([a, e], [e, a]):
        wiring = [(a, []), (b, [a]), (c, [b]), (d, [c]), (e, [d]), (f, parents)]
        assert_sorted(topological_order, Node, wiring, f)
    ladder = [("0", []), ("1", ["0"])] + [(str(k), [str(k - 1), str(k - 2)]) for k in range(2, 12)]
    assert_sorted(topological_order, Node, ladder, "11")

    def chain(f):
        C = Node.implementation if f is topological_order.implementation else Node.reference
        node = C(0)
        for k in range(1, DEEP):
            node = C(k, [node])
        order = f(node)
        return len(order), int(order[0].name), int(order[DEEP // 2].name), int(order[DEEP - 1].name)

    told = f"a chain of {DEEP:,} nodes 0, 1, 2, ...: how many are in the order, and its first, middle and last one"
    with_help(topological_order, [], told, chain)


@graded
def test_topological_order_craft(topological_order, Node):
    """the graph stays as it was, and a second call gives the same nodes again"""
    a, b, c, d = some_letters(rngs(1)[0], 4)
    wiring = [(a, []), (b, [a]), (c, [a, b]), (d, [c, b])]

    def twice(f):
        C = Node.implementation if f is topological_order.implementation else Node.reference
        nodes = a_graph(C, wiring)
        f(nodes[d])
        again = sorted(str(node.name) for node in f(nodes[d]))
        return again, [[str(parent.name) for parent in nodes[name].parents] for name, _ in wiring]

    told = (
        f"topological_order({d}) twice, with {b} = f({a}), {c} = f({a}, {b}), {d} = f({c}, {b}): the names in "
        f"the second answer, "
    )
    told += "sorted, and the names of the parents of each node afterwards"
    got = topological_order.case(told, twice)
    require(list(got[0]) == sorted([a, b, c, d]), f"{told}: your second answer holds {list(got[0])}.")
    want = [made_of for _, made_of in wiring]
    require(
        [list(one) for one in got[1]] == want, f"{told}: parents are {got[1]} now, and were {want}. Do not change them."
    )


# ---------------------------------------------------------------- unbroadcast


@graded
def test_unbroadcast_basic(unbroadcast):
    """a new axis in front is summed away, an axis of length 1 is summed and kept, and an equal shape changes nothing"""
    for rng in rngs():
        for shape, small in (((3, 4), (4,)), ((3, 4), (3, 1)), ((3, 4), (1, 4)), ((3, 4), (3, 4)), ((2, 3, 4), (4,))):
            assert_agrees(unbroadcast, numbers(rng, *shape), small)


@graded
def test_unbroadcast_any_shape(unbroadcast):
    """both kinds at once, down to one number, square arrays, and axes of length 1 that were never copied"""
    for rng in rngs():
        for shape, small in (
            ((2, 3, 4), (3, 1)),
            ((2, 3, 4), (1, 4)),
            ((2, 3, 4), (1, 1, 4)),
            ((2, 3, 4), (2, 1, 4)),
            ((3, 3), (3,)),
            ((3, 3), (3, 1)),
            ((3, 3, 3), (3, 1)),
            ((2, 3), ()),
            ((5,), (1,)),
            ((5, 4), (1,)),
            ((4, 5), (1, 1)),
            ((), ()),
            ((1, 4), (1, 4)),
            ((1, 4), (4,)),
            ((1, 1, 4), (1, 4)),
        ):
            assert_agrees(unbroadcast, numbers(rng, *shape), small)


@graded
def test_unbroadcast_craft(unbroadcast):
    """the slope that came in stays as it was"""
    rng = rngs(1)[0]
    for shape, small in (((3, 4), (4,)), ((3, 4), (3, 4)), ((3, 4), (3, 1))):
        assert_leaves_inputs_alone(unbroadcast, numbers(rng, *shape), small)
    assert_agrees(unbroadcast, numbers(rng, 3, 4), (4,))


# ---------------------------------------------------------------- Tensor


@graded
def test_Tensor_arithmetic(Tensor):
    """sums, differences, products, quotients and powers of equal shapes, with their slopes; a tensor that is
    used twice; the slopes between
    """
    for rng in rngs():
        a, b, c = (numbers(rng, 2, 3) for _ in range(3))
        check(Tensor, "A + B", lambda x, y: x + y, a, b)
        check(Tensor, "A * B", lambda x, y: x * y, a, b)
        check(Tensor, "A - B", lambda x, y: x - y, a, b)
        check(Tensor, "A / B", lambda x, y: x / y, a, b)
        check(Tensor, "A ** 2", lambda x: x**2, a)
        check(Tensor, "A ** 3", lambda x: x**3, a)
        check(Tensor, "-A", lambda x: -x, a)
        check(Tensor, "A * B + C", lambda x, y, z: x * y + z, a, b, c)
        check(Tensor, "A * B + A", lambda x, y: x * y + x, a, b)

        def between(C, a=a, b=b):
            x, y = C(a), C(b)
            z = x * y
            total = z.sum()
            total.backward()
            return tuple(np.array(t.grad, float) for t in (x, y, z, total))

        told = "C = A * B, D = C.sum(), both A and B of shape (2, 3); D.backward(): A.grad, B.grad, C.grad, D.grad"
        with_help(Tensor, [], told, between)


@graded
def test_Tensor_broadcasts(Tensor):
    """shapes that NumPy spreads over each other, plain numbers on both sides, fractional and negative powers,
    and a tensor with itself
    """
    for rng in rngs():
        for one, other in (
            ((3, 4), (4,)),
            ((3, 1), (1, 4)),
            ((4,), (3, 4)),
            ((2, 3, 4), (3, 1)),
            ((3, 3), (3,)),
            ((2, 3), ()),
        ):
            a, b = numbers(rng, *one), numbers(rng, *other)
            check(Tensor, "A + B", lambda x, y: x + y, a, b)
            check(Tensor, "A * B", lambda x, y: x * y, a, b)
            check(Tensor, "A - B", lambda x, y: x - y, a, b)
            check(Tensor, "A / B", lambda x, y: x / y, a, b)
        a = numbers(rng, 2, 3)
        for formula, build in (
            ("A + 2.5", lambda x: x + 2.5),
            ("2.5 + A", lambda x: 2.5 + x),
            ("A - 2.5", lambda x: x - 2.5),
            ("2.5 - A", lambda x: 2.5 - x),
            ("A * 2.5", lambda x: x * 2.5),
            ("2.5 * A", lambda x: 2.5 * x),
            ("A / 2.5", lambda x: x / 2.5),
            ("2.5 / A", lambda x: 2.5 / x),
            ("A ** -1", lambda x: x**-1),
            ("A + A", lambda x: x + x),
            ("A * A", lambda x: x * x),
            ("A - A", lambda x: x - x),
            ("A / A", lambda x: x / x),
        ):
            check(Tensor, formula, build, a)
        check(Tensor, "A ** 0.5", lambda x: x**0.5, np.abs(a))
        check(Tensor, "A ** -1.5", lambda x: x**-1.5, np.abs(a))


@graded
def test_Tensor_matmul(Tensor):
    """the product of two matrices, with the slopes of both"""
    for rng in rngs():
        check(Tensor, "A @ B", lambda x, y: x @ y, numbers(rng, 2, 3), numbers(rng, 3, 4))
        check(Tensor, "A @ B", lambda x, y: x @ y, numbers(rng, 3, 3), numbers(rng, 3, 3))
        check(Tensor, "A @ B", lambda x, y: x @ y, numbers(rng, 1, 3), numbers(rng, 3, 1))
        check(Tensor, "A @ A", lambda x: x @ x, numbers(rng, 3, 3))
        check(Tensor, "A @ B + C", lambda x, y, z: x @ y + z, numbers(rng, 4, 3), numbers(rng, 3, 2), numbers(rng, 2))


@graded
def test_Tensor_matmul_in_batches(Tensor):
    """stacks of matrices; a matrix that all of a stack share adds its slopes"""
    for rng in rngs():
        for one, other in (
            ((2, 3, 4), (2, 4, 5)),
            ((2, 3, 4), (4, 5)),
            ((3, 4), (2, 4, 5)),
            ((3, 3, 3), (3, 3, 3)),
            ((2, 2, 3, 4), (2, 2, 4, 3)),
            ((2, 1, 3, 4), (3, 4, 2)),
        ):
            check(Tensor, "A @ B", lambda x, y: x @ y, numbers(rng, *one), numbers(rng, *other))


REDUCTIONS = ("sum", "mean", "max")


@graded
def test_Tensor_reductions(Tensor):
    """sum, mean and max of all entries and over one axis, with their slopes"""
    for rng in rngs():
        a = rng.permutation(12).reshape(3, 4) / 5 - 1.1
        for name in REDUCTIONS:
            check(Tensor, f"A.{name}()", lambda x, name=name: getattr(x, name)(), a)
            for axis in (0, 1):
                check(Tensor, f"A.{name}(axis={axis})", lambda x, n=name, k=axis: getattr(x, n)(axis=k), a)


@graded
def test_Tensor_reductions_any_axis(Tensor):
    """with keepdims, axes counted from the end, three axes, and square arrays"""
    for rng in rngs():
        for shape in ((2, 3, 4), (3, 3), (4,)):
            a = rng.permutation(int(np.prod(shape))).reshape(shape) / 5 - 1.1
            for name in REDUCTIONS:
                for axis in (0, -1):
                    check(
                        Tensor,
                        f"A.{name}(axis={axis}, keepdims=True)",
                        lambda x, n=name, k=axis: getattr(x, n)(axis=k, keepdims=True),
                        a,
                    )
                    check(Tensor, f"A.{name}(axis={axis})", lambda x, n=name, k=axis: getattr(x, n)(axis=k), a)
                check(Tensor, f"A.{name}(keepdims=True)", lambda x, n=name: getattr(x, n)(keepdims=True), a)
        a = rng.permutation(12).reshape(3, 4) / 5
        check(Tensor, "A / A.sum(axis=1, keepdims=True)", lambda x: x / x.sum(axis=1, keepdims=True), a + 1)
        check(Tensor, "A - A.mean(axis=0)", lambda x: x - x.mean(axis=0), a)


FUNCTIONS = ("exp", "log", "relu", "tanh", "sigmoid")


@graded
def test_Tensor_functions(Tensor):
    """exp, log, relu, tanh and sigmoid, with their slopes, alone and one behind the other"""
    for rng in rngs():
        a = numbers(rng, 3, 4)
        for name in FUNCTIONS:
            where = np.abs(a) if name == "log" else a
            check(Tensor, f"A.{name}()", lambda x, name=name: getattr(x, name)(), where)
        check(Tensor, "A.tanh().exp()", lambda x: x.tanh().exp(), a)
        check(Tensor, "(A.exp() + 1).log()", lambda x: (x.exp() + 1.0).log(), a)
        check(Tensor, "(A * A).relu().sigmoid()", lambda x: (x * x).relu().sigmoid(), a)
        check(Tensor, "A.relu() * A", lambda x: x.relu() * x, a)


def in_shape(t, *shape):
    """t.reshape(2, 3), or t.reshape((2, 3)) where only that is known."""
    try:
        return t.reshape(*shape)
    except (TypeError, ValueError):
        return t.reshape(shape)


def in_order(t, *axes):
    try:
        return t.transpose(*axes)
    except (TypeError, ValueError):
        return t.transpose(axes)


@graded
def test_Tensor_shapes(Tensor):
    """reshape and transpose: the slopes go back to the places that the entries came from"""
    for rng in rngs():
        a, b = numbers(rng, 3, 4), numbers(rng, 2, 3, 4)
        check(Tensor, "A.reshape(2, 6)", lambda x: in_shape(x, 2, 6), a)
        check(Tensor, "A.reshape(4, 3)", lambda x: in_shape(x, 4, 3), a)
        check(Tensor, "A.reshape(12)", lambda x: in_shape(x, 12), a)
        check(Tensor, "A.reshape(6, 4)", lambda x: in_shape(x, 6, 4), b)
        check(Tensor, "A.transpose()", lambda x: x.transpose(), a)
        check(Tensor, "A.transpose()", lambda x: x.transpose(), b)
        check(Tensor, "A.transpose()", lambda x: x.transpose(), numbers(rng, 3, 3))
        for axes in ((1, 2, 0), (2, 0, 1), (0, 2, 1)):
            check(Tensor, f"A.transpose{axes}", lambda x, axes=axes: in_order(x, *axes), b)
        four = numbers(rng, 2, 3, 2, 2)
        check(Tensor, "A.transpose(0, 2, 1, 3)", lambda x: in_order(x, 0, 2, 1, 3), four)


@graded
def test_Tensor_getitem(Tensor):
    """rows by index, slices, single entries; an index that comes twice gets both slopes, and what was not
    taken gets 0
    """
    for rng in rngs():
        a = numbers(rng, 5, 3)
        twice = int(rng.integers(5))
        rows = np.array([twice, (twice + 1) % 5, twice, twice, (twice + 3) % 5])
        columns = rng.integers(0, 3, size=5)
        check(Tensor, f"A[{rows.tolist()}]", lambda x: x[rows], a)
        check(Tensor, f"A[np.array([[{twice}, 1], [2, {twice}]])]", lambda x: x[np.array([[twice, 1], [2, twice]])], a)
        check(Tensor, "A[np.arange(5), columns]", lambda x: x[np.arange(5), columns], a)
        check(Tensor, f"A[{rows.tolist()}, {columns.tolist()}]", lambda x: x[rows, columns], a)
        check(Tensor, "A[1:4]", lambda x: x[1:4], a)
        check(Tensor, "A[:, 1]", lambda x: x[:, 1], a)
        check(Tensor, "A[::-1, 1:]", lambda x: x[::-1, 1:], a)
        check(Tensor, f"A[{twice}]", lambda x: x[twice], a)
        check(Tensor, f"A[{twice}, -1]", lambda x: x[twice, -1], a)


@graded
def test_Tensor_backward_adds_up(Tensor):
    """grad is None at first; several ways to one tensor add up, whatever their length; the slopes of two
    formulas add up; a chain of 5,000 steps works
    """
    for rng in rngs():
        a, b = numbers(rng, 2, 3), numbers(rng, 2, 3)
        check(Tensor, "(A * B + A) * (A * B * B)", lambda x, y: (x * y + x) * (x * y * y), a, b)

        def ways(x):
            y = x.tanh()
            z = y * x
            return z * y + z + y

        check(Tensor, "Z * Y + Z + Y with Y = A.tanh(), Z = Y * A", ways, a)

        def long_and_short(x):
            y = x * 2.0
            z = ((y * y) * y).tanh()
            return y + z

        check(Tensor, "Y + (Y * Y * Y).tanh() with Y = A * 2", long_and_short, a)

        def twice(C, a=a, b=b):
            x, y = C(a), C(b)
            fresh = x.grad is None
            (x * y).sum().backward()
            first = np.array(x.grad, float)
            (x * x).sum().backward()
            return fresh, first, np.array(x.grad, float), np.array(y.grad, float)

        told = (
            "is A.grad None at first; (A * B).sum().backward(), then A.grad; (A * A).sum().backward(), then "
            "A.grad, B.grad"
        )
        with_help(Tensor, [], told, twice)

    start = float(numbers(rngs(1)[0], 1)[0])

    def chain(C):
        x, step = C(start), C(0.001)
        y = x * x
        for _ in range(DEEP_ENOUGH):
            y = y + step
        y.backward()
        return float(y.data), float(x.grad), float(step.grad)

    told = (
        f"Y = A * A with A = {start:.3g}, then Y = Y + B {DEEP_ENOUGH:,} times, B = 0.001; Y.backward(): Y.data, "
        f"A.grad, B.grad"
    )
    with_help(Tensor, [], told, chain)


@graded
def test_Tensor_craft(Tensor):
    """data are copied, as float64; shape is that of the data; large numbers work; nothing
    changes data on the way
    """
    rng = rngs(1)[0]
    a = numbers(rng, 2, 3)
    whole = rng.integers(1, 9, size=3)

    def copied(C):
        source = a.copy()
        x = C(source)
        source[:] = 0.0
        y = C(whole.tolist())
        return (
            np.array(x.data),
            str(np.asarray(x.data).dtype),
            tuple(x.shape),
            tuple((x * 2.0).sum(axis=0).shape),
            (str(np.asarray(y.data).dtype), str(np.asarray((y * y).data).dtype), np.shape(C(3).data)),
        )

    told = (
        f"A of shape (2, 3) from an array that is set to 0 afterwards; B = Tensor({whole.tolist()}): A.data, "
        f"its dtype, A.shape, "
    )
    told += "(A * 2).sum(axis=0).shape; the dtypes of B and B * B, the shape of Tensor(3).data"
    with_help(Tensor, [], told, copied)

    def untouched(C):
        x, y = C(a), C(a + 3)
        z = ((x * y).tanh() + x.relu() / y - x).sum(axis=1)
        before = np.array(z.data)
        z.sum().backward()
        x_grad, y_grad = np.array(x.grad), np.array(y.grad)
        w = x + y
        w.sum().backward()
        return (
            *(np.array(one) for one in (x.data, y.data, z.data)),
            bool(np.array_equal(before, np.array(z.data))),
            np.array(x.grad) - x_grad,
            np.array(y.grad) - y_grad,
            np.shape(x.grad),
        )

    told = (
        "C = ((A * B).tanh() + A.relu() / B - A).sum(axis=1), C.sum().backward(): the data of A, B, C; is "
        "C.data as before; what "
    )
    told += "(A + B).sum().backward() adds to A.grad and B.grad; the shape of A.grad"
    with_help(Tensor, [], told, untouched)

    def large(C):
        x = C([-1000.0, 1000.0, -30.0])
        s, t = x.sigmoid(), x.tanh()
        (s + t).sum().backward()
        return np.array(s.data), np.array(t.data), np.array(x.grad)

    told = (
        "A = Tensor([-1000, 1000, -30]): A.sigmoid().data, A.tanh().data; (A.sigmoid() + "
        "A.tanh()).sum().backward(): A.grad"
    )
    with_help(Tensor, [], told, large)


# ---------------------------------------------------------------- zero_grad


def forgotten(grad):
    """None or zeros: both mean that the next backward starts afresh."""
    return grad is None or not np.any(np.asarray(grad, float))


@graded
def test_zero_grad_basic(zero_grad, Tensor):
    """after it, the next backward gives the slopes of that call alone"""
    for rng in rngs():
        a, b = numbers(rng, 2, 3), numbers(rng, 3)

        def scenario(zero_grad, C, a=a, b=b):
            x, y = C(a), C(b)
            (x * y).sum().backward()
            zero_grad([x, y])
            clean = forgotten(x.grad), forgotten(y.grad)
            (x * x).sum().backward()
            (y * y).sum().backward()
            return clean, np.array(x.grad), np.array(y.grad)

        told = "(A * B).sum().backward(); zero_grad([A, B]): are both grads None or 0; (A * A).sum().backward(), "
        told += "(B * B).sum().backward(): A.grad, B.grad"
        with_help(zero_grad, [Tensor], told, scenario)


@graded
def test_zero_grad_any_list(zero_grad, Tensor):
    """an empty list, one parameter, parameters that have no slope yet, and a second time"""
    a = numbers(rngs(1)[0], 4)

    def scenario(zero_grad, C):
        x, y, other = C(a), C(a), C(a)
        zero_grad([])
        zero_grad([x])
        fresh = forgotten(x.grad)
        (x * y * other).sum().backward()
        zero_grad([x])
        kept = np.array(other.grad)
        zero_grad([x, y])
        zero_grad([x, y])
        return fresh, forgotten(x.grad), forgotten(y.grad), kept, np.array(other.grad)

    told = (
        "zero_grad([]), zero_grad([A]): is A.grad None or 0; (A * B * C).sum().backward(), zero_grad([A]), "
        "zero_grad([A, B]) twice: "
    )
    told += "are A.grad and B.grad None or 0; and C.grad, which was in no list"
    with_help(zero_grad, [Tensor], told, scenario)


@graded
def test_zero_grad_craft(zero_grad, Tensor):
    """the data and the list stay as they were"""
    a = numbers(rngs(1)[0], 2, 2)

    def scenario(zero_grad, C):
        x, y = C(a), C(2 * a)
        params = [x, y]
        (x * y).sum().backward()
        zero_grad(params)
        return np.array(x.data), np.array(y.data), len(params)

    with_help(zero_grad, [Tensor], "(A * B).sum().backward(), zero_grad(params): A.data, B.data, len(params)", scenario)


# ---------------------------------------------------------------- no_grad


def remembers(x, out):
    """Does backward of `out` reach `x`? Refusing to go back from what remembers nothing is a right answer, too."""
    try:
        out.sum().backward()
    except Exception:
        return False
    return not forgotten(x.grad)


def slope_of(t):
    return np.zeros(np.shape(t.data)) if t.grad is None else np.array(t.grad)


def back_on(scenario):
    """Whatever no_grad left behind, later tests record again."""

    def run(no_grad, C, Tape):
        try:
            return scenario(no_grad, C)
        finally:
            Tape.recording = True

    return run


@graded
def test_no_grad_basic(no_grad, Tensor, Tape):
    """results made within it have the right data and remember nothing; afterwards results remember again"""
    for rng in rngs():
        a, b = numbers(rng, 2, 3), numbers(rng, 3)

        def scenario(no_grad, C, a=a, b=b):
            x, y, z = C(a), C(b), C(a)
            with no_grad():
                within = (x * y + x).tanh()
            after = z * z
            return np.array(within.data), remembers(x, within), remembers(z, after), slope_of(z)

        told = "with no_grad(): D = (A * B + A).tanh(); then E = C * C. D.data; does D.sum().backward() reach A; does "
        told += "E.sum().backward() reach C; C.grad"
        with_help(no_grad, [Tensor, Tape], told, back_on(scenario))


@graded
def test_no_grad_ends_as_it_should(no_grad, Tensor, Tape):
    """one within another, an error inside, twice in a row; what was made before still remembers"""
    a = numbers(rngs(1)[0], 3)

    def nested(no_grad, C):
        x, y, z = C(a), C(a), C(a)
        before = x * x
        with no_grad():
            with no_grad():
                inner = y * y
            between = y * y
        after = z * z
        return remembers(y, inner), remembers(y, between), remembers(z, after), remembers(x, before), slope_of(x)

    told = (
        "C = A * A; with no_grad(): (with no_grad(): D = B * B); E = B * B. After both: G = F * F. Does "
        "backward from D, from E reach B; "
    )
    told += "from G reach F; from C reach A; A.grad"
    with_help(no_grad, [Tensor, Tape], told, back_on(nested))

    def broken(no_grad, C):
        x, y = C(a), C(a)
        stopped = False
        try:
            with no_grad():
                raise KeyError("stop")
        except KeyError:
            stopped = True
        first = remembers(x, x * x)
        with no_grad():
            pass
        with no_grad():
            silent = y * y
        return stopped, first, remembers(y, silent), remembers(y, y * y)

    told = (
        "a KeyError within no_grad(): does it come out; does A * A remember A afterwards; within a later "
        "no_grad(): does B * B remember "
    )
    told += "B; and after it"
    with_help(no_grad, [Tensor, Tape], told, back_on(broken))


@graded
def test_no_grad_craft(no_grad, Tensor, Tape):
    """a call without `with` changes nothing, and data stay as they were"""
    a = numbers(rngs(1)[0], 2, 2)

    def scenario(no_grad, C):
        x, y = C(a), C(a)
        no_grad()
        first = remembers(x, x * x)
        with no_grad():
            out = y.exp()
        return first, np.array(x.data), np.array(y.data), np.array(out.data)

    told = "no_grad() alone, without `with`: does A * A remember A; with no_grad(): C = B.exp(): the data of A, B, C"
    with_help(no_grad, [Tensor, Tape], told, back_on(scenario))


# ---------------------------------------------------------------- gradcheck


def checked(gradcheck, Tensor, told, scenario):
    """The relative errors that the learner's gradcheck gives, as an array."""
    __tracebackhide__ = True
    C = Tensor.implementation

    def run(f):
        return [float(one) for one in scenario(f, C if f is gradcheck.implementation else Tensor.reference)]

    return np.array(gradcheck.case(told, run), float)


def assert_small(errors, count, told):
    __tracebackhide__ = True
    require(errors.shape == (count,), f"{told} gives {errors.size} numbers; one for each tensor is asked for, {count}.")
    require(
        (errors >= 0).all() and (errors < 1e-7).all(),
        f"{told} gives {errors.tolist()}; these slopes are right, so each must be below 1e-7.",
        "Central differences in float64, h = 1e-5; compare norms.",
    )


def known_error(gradcheck, Tensor, rng, formula, shaped, scale=1.0):
    """A part of the function is taken for a constant, so backward finds s where the truth is s + r."""
    __tracebackhide__ = True
    s, r = scale * rng.uniform(0.5, 2, size=2)
    a = numbers(rng, 2, 3)
    told = (
        f"gradcheck(lambda a: {s:.3g} * {formula} + {r:.3g} * Tensor({formula}.data), A): backward finds "
        f"{s:.3g} times, "
        f"where the truth is {s + r:.3g} times; so {r:.3g} / {2 * s + r:.3g}"
    )

    def scenario(f, C):
        return f(lambda x: shaped(x) * C(s) + C(shaped(x).data) * C(r), C(a))

    assert_close(checked(gradcheck, Tensor, told, scenario), [r / (2 * s + r)], told, rtol=1e-5)


@graded
def test_gradcheck_basic(gradcheck, Tensor):
    """for right slopes one small error for each tensor; for slopes that are wrong by a known factor, the known error"""
    for rng in rngs():
        a, b = numbers(rng, 2, 3), numbers(rng, 3, 2)
        told = "gradcheck(lambda a, b: (a @ b).sum(), A, B)"
        errors = checked(gradcheck, Tensor, told, lambda f, C, a=a, b=b: f(lambda x, y: (x @ y).sum(), C(a), C(b)))
        assert_small(errors, 2, told)
        told = "gradcheck(lambda a: a.tanh() * a, A)"
        errors = checked(gradcheck, Tensor, told, lambda f, C, a=a: f(lambda x: x.tanh() * x, C(a)))
        assert_small(errors, 1, told)
        known_error(gradcheck, Tensor, rng, "A", lambda t: t)
        told = (
            "gradcheck(lambda a, b: a * Tensor(a.data) + b * b, A, B): backward finds half of the slope for a, so 1/3; "
        )
        told += "almost 0 for b"
        errors = checked(
            gradcheck, Tensor, told, lambda f, C, a=a: f(lambda x, y: x * C(x.data) + y * y, C(a), C(2 * a))
        )
        assert_close(errors, [1 / 3, 0], told, rtol=1e-5, atol=1e-7)


@graded
def test_gradcheck_any_shape(gradcheck, Tensor):
    """results of any shape, tensors of one number, old slopes in grad, and mistakes that a plain sum would hide"""
    for rng in rngs():
        a, b, one = numbers(rng, 2, 3), numbers(rng, 3), numbers(rng)
        told = "gradcheck(lambda a, b, c: (a + b).exp() * c, A, B, C) with shapes (2, 3), (3,), ()"
        scenario = lambda f, C, a=a, b=b, c=one: f(lambda x, y, z: (x + y).exp() * z, C(a), C(b), C(c))  # noqa: E731
        assert_small(checked(gradcheck, Tensor, told, scenario), 3, told)

        known_error(gradcheck, Tensor, rng, "a.sum(axis=0)", lambda t: t.sum(axis=0))
        known_error(gradcheck, Tensor, rng, "A", lambda t: t, scale=1e-4)  # a wrong slope shows, however small it is

        def again(f, C, a=a, b=b):
            x, y = C(a), C(b)
            (x * y).sum().backward()
            f(lambda x, y: x * y, x, y)
            return f(lambda x, y: x * y, x, y)

        told = "(A * B).sum().backward(), then gradcheck(lambda a, b: a * b, A, B) twice: the second answer"
        assert_small(checked(gradcheck, Tensor, told, again), 2, told)

        # The value is a; its slopes come back in the reverse order. Under a plain sum each of them is 1.
        # 24 numbers, so that no weights that one may draw are by chance (nearly) the same in both orders.
        many = numbers(rng, 24)

        def reversed_slopes(f, C, many=many):
            turn = np.arange(24)[::-1]
            return f(lambda x: x[turn] + (C(x.data) - C(x.data)[turn]), C(many))

        told = (
            "gradcheck of a function of 24 numbers whose slopes come back in the reverse order (its sum has the "
            "right slopes)"
        )
        errors = checked(gradcheck, Tensor, told, reversed_slopes)
        require(
            errors.shape == (1,) and 0.01 < errors[0] <= 1,
            f"{told} gives {errors.tolist()}; a wrong slope must show.",
            "Multiply the result by fixed random weights before you sum it, in both roads.",
        )
        # Half of the slopes are clearly wrong, and large ones beside them nearly right.
        told = "gradcheck(lambda a: a * Tensor([1000] * 12 + [1] * 12) + Tensor(a.data), A)"
        large = [1000.0] * 12 + [1.0] * 12
        scenario = lambda f, C, many=many: f(lambda x: x * C(large) + C(x.data), C(many))  # noqa: E731
        errors = checked(gradcheck, Tensor, told, scenario)
        require(
            errors.shape == (1,) and 1e-7 < errors[0] < 0.05,
            f"{told} gives {errors.tolist()}: slopes of 1000 and 1 in place of 1001 and 2 make a small error "
            f"by norms, but not 0.",
            "The norm of the difference, divided by the sum of the two norms: not the largest ratio of entries.",
        )


@graded
def test_gradcheck_craft(gradcheck, Tensor):
    """the data are the same afterwards, and where both slopes are 0 the error is a number"""
    a = numbers(rngs(1)[0], 2, 3)

    def scenario(f, C):
        x, y = C(a), C(a)
        errors = f(lambda x, y: x * y, x, y)
        flat = f(lambda x: x * C(0.0), C(a))
        _, unused = f(lambda x, y: x * x, C(a), C(a.copy()))
        return len(errors), np.array(x.data), np.array(y.data), bool(np.all(np.isfinite(flat))), float(unused)

    C = Tensor.implementation
    told = (
        "gradcheck(lambda a, b: a * b, A, B): how many numbers, A.data, B.data afterwards; is "
        "gradcheck(lambda a: a * 0, A) finite; the error of B in gradcheck(lambda a, b: a * a, A, B)"
    )
    got = gradcheck.case(told, lambda f: scenario(f, C if f is gradcheck.implementation else Tensor.reference))
    assert_close(got, (2, a, a, True, 0), told, rtol=1e-9, atol=0)


# ---------------------------------------------------------------- cross_entropy


def loss_and_slopes(logits, y):
    def scenario(cross_entropy, C):
        Z = C(logits)
        loss = cross_entropy(Z, np.array(y))
        loss.backward()
        return np.array(loss.data, float), np.array(Z.grad, float)

    return scenario


def check_loss(cross_entropy, Tensor, logits, y):
    __tracebackhide__ = True
    shown = (
        np.array2string(np.asarray(logits), precision=3, separator=", ").replace("\n", "")
        if np.size(logits) < 9
        else np.shape(logits)
    )
    told = (
        f"loss = cross_entropy(Z, {np.asarray(y).tolist()}) with Z = {shown}: loss.data; then loss.backward(): Z.grad"
    )
    with_help(cross_entropy, [Tensor], told, loss_and_slopes(logits, y))


@graded
def test_cross_entropy_basic(cross_entropy, Tensor):
    """the mean of -log softmax at the true class, one number, with the slopes (share - truth) / N"""
    for rng in rngs():
        for n, c in ((2, 3), (5, 4), (4, 4)):
            check_loss(cross_entropy, Tensor, 2 * numbers(rng, n, c), rng.integers(0, c, size=n))


@graded
def test_cross_entropy_any_logits(cross_entropy, Tensor):
    """one sample, one class, scores of 1000 and rows on different scales: finite, and right"""
    for rng in rngs():
        check_loss(cross_entropy, Tensor, numbers(rng, 1, 3), rng.integers(0, 3, size=1))
        check_loss(cross_entropy, Tensor, numbers(rng, 3, 1), [0, 0, 0])
        a = float(rng.uniform(1, 3))
        check_loss(cross_entropy, Tensor, [[1000.0, 0.0, -1000.0], [a, 0.0, -a]], [0, 1])
        check_loss(cross_entropy, Tensor, [[1000.0, 0.0, -1000.0], [a, 0.0, -a]], [2, 0])
        check_loss(cross_entropy, Tensor, [[-1000.0 - a, -1000.0], [a, 0.5]], [0, 0])


@graded
def test_cross_entropy_craft(cross_entropy, Tensor):
    """scores and labels stay as they were; scores that went through other steps pass their slopes on; no
    warnings at scores of 1000
    """
    rng = rngs(1)[0]
    a, W, y = numbers(rng, 4, 2), numbers(rng, 2, 3), rng.integers(0, 3, size=4)

    def scenario(cross_entropy, C):
        X, V, labels = C(a), C(W), y.copy()
        Z = X @ V
        before = np.array(Z.data)
        loss = cross_entropy(Z, labels)
        loss.backward()
        return bool(np.array_equal(before, np.array(Z.data))), labels, np.array(X.grad), np.array(V.grad)

    told = "Z = X @ V, loss = cross_entropy(Z, y), loss.backward(): is Z.data as before; y; X.grad, V.grad"
    with_help(cross_entropy, [Tensor], told, scenario)
    big = [[1000.0, 0.0, -1000.0], [900.0 + float(a[0, 0]), 0.0, 0.0]]
    check_loss(cross_entropy, Tensor, big, [0, 0])
    _, outcome = cross_entropy.history[-1]
    require(
        not outcome.warned,
        f"cross_entropy with scores of 1000: NumPy warns: {', '.join(outcome.warned)}.",
        "Subtract the largest score of each row before exp.",
    )


# ---------------------------------------------------------------- train_step


def steps(a, X, t, lr, count):
    """Fit w to targets by `count` steps: the losses that came back, and w after each step."""

    def scenario(train_step, C, SGD):
        w, b, data, target = C(a), C(0.5), C(X), C(t)
        optimizer = SGD(lr)

        def loss_of():
            error = data @ w + b - target
            return (error * error).mean()

        found = []
        for _ in range(count):
            loss = train_step([w, b], loss_of, optimizer)
            found.append((float(loss), np.array(w.data, float), float(b.data), int(optimizer.steps)))
        return tuple(found)

    return scenario


@graded
def test_train_step_basic(train_step, Tensor, SGD):
    """the loss before the step comes back, and each parameter has made one step against its slope"""
    for rng in rngs():
        a, X, t = numbers(rng, 2, 1), numbers(rng, 4, 2), numbers(rng, 4, 1)
        told = (
            "loss = train_step([w, b], loss_of, optimizer), optimizer = SGD(0.1): loss, w.data, b.data, optimizer.steps"
        )
        with_help(train_step, [Tensor, SGD], told, steps(a, X, t, 0.1, 1))


@graded
def test_train_step_again_and_again(train_step, Tensor, SGD):
    """three steps in a row: old slopes do not count again, and neither do those that were there before"""
    for rng in rngs():
        a, X, t = numbers(rng, 2, 1), numbers(rng, 4, 2), numbers(rng, 4, 1)
        told = (
            "three calls of train_step([w, b], loss_of, optimizer), SGD(0.1): loss, w.data, b.data, "
            "optimizer.steps after each"
        )
        with_help(train_step, [Tensor, SGD], told, steps(a, X, t, 0.1, 3))

        def with_old_slopes(train_step, C, SGD, a=a):
            w = C(a)
            (w * w).sum().backward()
            loss = train_step([w], lambda: (w * w * w).sum(), SGD(0.1))
            return float(loss), np.array(w.data)

        told = "(w * w).sum().backward(), then train_step([w], lambda: (w * w * w).sum(), SGD(0.1)): loss, w.data"
        with_help(train_step, [Tensor, SGD], told, with_old_slopes)


@graded
def test_train_step_craft(train_step, Tensor, SGD):
    """loss_of is asked once in a step, the step changes the arrays themselves, and a plain number comes back"""
    a = numbers(rngs(1)[0], 3)

    def scenario(train_step, C, SGD):
        w, calls = C(a), []

        def loss_of():
            calls.append(1)
            return (w * w).sum()

        loss = train_step([w], loss_of, SGD(0.25))
        return len(calls), np.ndim(loss), float(loss), np.array(w.data)

    told = (
        "train_step([w], loss_of, SGD(0.25)): how often loss_of was called; np.ndim of what came back; what "
        "came back; w.data"
    )
    with_help(train_step, [Tensor, SGD], told, scenario)


# ---------------------------------------------------------------- answers

(test_quiz_1, test_quiz_2, test_quiz_3, test_quiz_4, test_quiz_5, test_quiz_6, test_quiz_7, test_quiz_8) = quiz_tests(8)


# ---------------------------------------------------------------- the reference, by other roads


def random_tensors(*shapes):
    rng = np.random.default_rng(4)
    return [reference.Tensor(numbers(rng, *shape)) for shape in shapes]


OPERATIONS = {
    "a + b": (lambda a, b: a + b, (2, 3), (3,)),
    "a - b": (lambda a, b: a - b, (2, 1), (1, 3)),
    "a * b": (lambda a, b: a * b, (2, 3), (2, 1)),
    "a / b": (lambda a, b: a / b, (2, 3), ()),
    "numbers": (lambda a: 2 - a * 3 + 1 / a - a / 4, (2, 3)),
    "a ** n": (lambda a: (a * a) ** 1.5 + a**-2 + a**3, (4,)),
    "a @ b": (lambda a, b: a @ b, (2, 3), (3, 4)),
    "a @ b, stacks": (lambda a, b: a @ b, (2, 1, 3, 4), (5, 4, 2)),
    "sum": (lambda a: a.sum(axis=-1) * a.sum() + a.sum(axis=1, keepdims=True).sum(axis=2), (3, 4, 2)),
    "mean": (lambda a: a.mean(axis=1, keepdims=True) * a.mean(), (3, 4)),
    "max": (lambda a: a.max(axis=0) * a.max() + a.max(axis=0, keepdims=True), (3, 4)),
    "functions": (lambda a: a.exp().log() + a.relu() + a.tanh() * a.sigmoid(), (3, 4)),
    "shapes": (lambda a: a.reshape(6, 4).transpose().reshape((2, 2, 6)).transpose(1, 2, 0), (2, 3, 4)),
    "a[...]": (lambda a: a[[0, 2, 0]] * a[1:4, :1] + a[2, 1], (4, 3)),
    "cross_entropy": (lambda a: reference.cross_entropy(a, np.array([0, 2, 2, 1])), (4, 3)),
    "a shared part": (lambda a: (a.tanh() * a + a) * a.tanh(), (2, 3)),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_slopes_of_the_reference_are_those_of_central_differences(operation):
    f, *shapes = OPERATIONS[operation]
    tensors = random_tensors(*shapes)
    out = f(*tensors)
    R = weights_for(out.shape)
    (out * R).sum().backward()
    for k, t in enumerate(tensors):

        def value(x, k=k):
            return float(np.sum(R * f(*[reference.Tensor(x) if j == k else one for j, one in enumerate(tensors)]).data))

        assert np.allclose(t.grad, central_differences(value, t.data), rtol=1e-6, atol=1e-8)
    assert max(reference.gradcheck(f, *tensors)) < 1e-7


@pytest.mark.parametrize("operation", OPERATIONS)
def test_slopes_of_the_reference_are_those_of_pytorch(operation):
    torch = pytest.importorskip("torch", reason="pip install torch")
    if operation in ("max", "a[...]", "cross_entropy", "shapes"):
        pytest.skip("PyTorch writes it otherwise")
    f, *shapes = OPERATIONS[operation]
    tensors = random_tensors(*shapes)
    theirs = [torch.tensor(t.data, requires_grad=True) for t in tensors]
    out, other = f(*tensors), f(*theirs)
    R = weights_for(out.shape)
    (out * R).sum().backward()
    (other * torch.tensor(R)).sum().backward()
    for t, one in zip(tensors, theirs):
        assert np.allclose(t.grad, one.grad.numpy(), rtol=1e-12, atol=1e-12)


def autograd_of(params, X, y):
    """Loss and slopes of 08's layers, by Tensors alone."""
    layers = [(reference.Tensor(layer["W"]), reference.Tensor(layer["b"])) for layer in params]
    h = reference.Tensor(X)
    for layer, (W, b) in zip(params, layers):
        h = h @ W + b
        h = h if layer["activation"] == "identity" else getattr(h, layer["activation"])()
    loss = reference.cross_entropy(h, y)
    loss.backward()
    return float(loss.data), [{"W": W.grad, "b": b.grad} for W, b in layers]


def test_without_dense_backward_the_slopes_are_the_same():
    """The numbers of the notebook's turning point: equal to 1e-12, from the first layer to the last."""
    rng = np.random.default_rng(0)
    names = ["relu", "tanh", "identity"]
    params = [
        {"W": rng.normal(0, np.sqrt(2 / m), (m, n)), "b": rng.normal(0, 0.1, n), "activation": name}
        for m, n, name in zip((64, 32, 16), (32, 16, 10), names)
    ]
    X, y = rng.uniform(size=(50, 64)), rng.integers(0, 10, size=50)
    loss, grads = autograd_of(params, X, y)
    net = backprop.TrainableNetwork(params)
    scores = net.forward(X)
    net.backward(losses.softmax_cross_entropy_gradient(y, scores))
    assert abs(loss - losses.cross_entropy_with_logits(y, scores)) < 1e-12
    for ours, by_hand in zip(grads, net.grads):
        for key in ("W", "b"):
            assert np.abs(ours[key] - by_hand[key]).max() < 1e-12


def test_a_graph_is_forgotten_with_its_loss():
    x = reference.Tensor(np.ones(3))
    between = x.exp() * x
    loss = between.sum()
    loss.backward()
    seen = weakref.ref(between)
    del between, loss
    gc.collect()
    assert seen() is None and x.grad is not None


def test_two_losses_that_share_a_part_add_their_slopes():
    x = reference.Tensor(2.0)
    shared = x * x
    (shared * 3).backward()
    (shared * 5).backward()
    assert float(x.grad) == 4 * 3 + 4 * 5 and float(shared.grad) == 8


def test_gradcheck_may_draw_any_weights():
    """Normal or uniform, with any seed: the text leaves it to the learner."""
    source = inspect.getsource(reference.gradcheck)
    drawn = "default_rng(0).normal(size="
    assert drawn in source
    for law in ("normal(size=", "uniform(0.5, 1.5, size="):
        for number in range(100):
            names = dict(vars(reference))
            exec(source.replace(drawn, f"default_rng({number}).{law}"), names)
            test_gradcheck_any_shape(names["gradcheck"], reference.Tensor)
