"""The learner's classes, functions and errors in a test: what stock nbgrader's kernel says of them, and no more."""

import pytest

from proctor.tests.test_trusted import check, grade
from proctor.trusted import close


@pytest.fixture(scope="module", autouse=True)
def one_house():
    yield
    close()


POINT = (
    "class Point:\n    'A point.'\n    def __init__(self, x, y): self.x, self.y = x, y\n    def norm(self): "
    "return (self.x ** 2 + self.y ** 2) ** .5\n"
)
EQUAL = (
    POINT
    + "    def __eq__(self, o): return (self.x, self.y) == (o.x, o.y)\n    def __hash__(self): return hash((self.x, "
    "self.y))\n    def __lt__(self, o): return self.x < o.x\n"
)
STACK = (
    "class Stack:\n    def __init__(self): self.items = []\n    def __len__(self): return len(self.items)\n    "
    "def __iter__(self): return iter(self.items)\n"
)
CLASSES = {
    "the type of an object": (
        POINT,
        "import types\np = Point(3, 4)\nassert type(p) == Point and type(p) is Point and p.__class__ is Point and "
        "isinstance(p, Point) and type(Point(1, 2)) is type(p)",
    ),
    "the type of a class, a method, a function": (
        POINT + "def f(): yield 1\n",
        "import types\nassert type(Point) == type and type(Point) is type and isinstance(Point, type)\nassert "
        "type(Point(1, 2).norm) == types.MethodType and type(f) == types.FunctionType"
        "\nassert isinstance(f, types.FunctionType) and isinstance(f(), types.GeneratorType) and type(type) is type "
        "and type(3) is int",
    ),
    "names and texts": (
        POINT,
        "assert type(Point(1, 2)).__name__ == 'Point' == Point.__name__ == Point(1, 2).__class__.__name__ and "
        "Point.__doc__ == 'A point.' == Point(1, 2).__doc__ and Point.__module__ == '__main__'",
    ),
    "a method of the class": (
        POINT,
        "assert Point.norm(Point(3, 4)) == 5\nimport inspect\nassert list(inspect.signature(Point).parameters) == "
        "['x', 'y'] and list(inspect.signature(Point.norm).parameters) == ['self']",
    ),
    "sets, orders, keys": (
        EQUAL,
        "assert len({Point(1, 2), Point(1, 2), Point(2, 1)}) == 2 and {Point(1, 2): 3}[Point(1, 2)] == 3\nassert "
        "sorted([Point(2, 0), Point(1, 0)])[0].x == 1 and Point(1, 2) in [Point(1, 2)]",
    ),
    "what has no hash": (
        POINT + "    def __eq__(self, o): return True\n",
        "import pytest\nwith pytest.raises(TypeError):\n    {Point(1, 2)}",
    ),
    "what it has": (
        STACK,
        "from collections.abc import Iterable, Sized, Iterator\nassert hasattr(Stack, '__len__') and hasattr(Stack(), "
        "'__iter__') and not hasattr(Stack, '__add__') and not hasattr(Stack(), '__getitem__')\n"
        "assert isinstance(Stack(), Iterable) and isinstance(Stack(), Sized) and not isinstance(Stack(), Iterator) "
        "and issubclass(Stack, Sized) and '__len__' in dir(Stack)",
    ),
    "what it does not have": (
        POINT,
        "from collections.abc import Iterable, Sized, Callable\np = Point(1, 2)\nassert not hasattr(Point, '__len__') "
        "and not hasattr(p, '__iter__') and not isinstance(p, (Iterable, Sized, Callable)) and not callable(p)",
    ),
    "an enumeration": (
        "from enum import Enum\nclass Color(Enum):\n    RED = 1\n    BLUE = 2",
        "assert Color.RED.value == 1 and Color(1) == Color.RED and Color['RED'].name == 'RED' and len(Color) == 2 and "
        "[c.name for c in Color] == ['RED', 'BLUE']",
    ),
    "inheritance": (
        "class A: pass\nclass B(A):\n    def f(self): return 1",
        "b = B()\nassert isinstance(b, A) and issubclass(B, A) and not issubclass(A, B) and B.__bases__ == (A,) and "
        "B.__mro__[:2] == (B, A) and type(b) != A",
    ),
    "a class of the test's that derives from it": (
        POINT,
        "class P3(Point):\n    def __init__(self, x, y, z):\n        super().__init__(x, y)\n        self.z = z\n    "
        "def norm(self):\n        return super().norm() + self.z\n"
        "p = P3(3, 4, 5)\nassert p.norm() == 10 and isinstance(p, Point) and issubclass(P3, Point) and type(p) is P3 "
        "and p.x == 3",
    ),
    "an abstract class": (
        "from abc import ABC, abstractmethod\nclass Shape(ABC):\n    @abstractmethod\n    def area(self): ...\n    "
        "def twice(self): return 2 * self.area()",
        "import pytest\nwith pytest.raises(TypeError):\n    Shape()\nclass Square(Shape):\n    def area(self): return "
        "4\nassert Square().twice() == 8",
    ),
    "a pattern": (
        POINT,
        "match Point(1, 2):\n    case Point(x=1, y=y):\n        assert y == 2\n    case _:\n        raise "
        "AssertionError",
    ),
    "one only": (
        "class One:\n    only = None\n    def __new__(cls):\n        if cls.only is None: cls.only = "
        "super().__new__(cls)\n        return cls.only",
        "assert One() is One()",
    ),
    "an attribute of the class": (
        POINT + "    count = 0\n",
        "assert Point.count == 0\nPoint.count = 5\nassert Point(1, 2).count == 5",
    ),
    "an error of their own, with attributes": (
        "class Poor(ValueError):\n    def __init__(self, missing):\n        super().__init__(f'{missing} is "
        "missing')\n        self.missing = missing\nclass Broke(Poor): pass\ndef pay(n): raise Broke(n)",
        "import pytest\nwith pytest.raises(Poor, match='4 is missing') as e:\n    pay(4)\nassert e.value.missing == 4 "
        "and e.type is Broke and issubclass(Broke, Poor) and issubclass(Poor, ValueError)\n"
        "try:\n    pay(1)\nexcept Poor as error:\n    assert type(error).__name__ == 'Broke'",
    ),
    "axes": (
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2, 3], [1, 4, 9])\n"
        "ax.set_title('Squares')",
        "import matplotlib\nassert isinstance(ax, matplotlib.axes.Axes) and not isinstance(ax, "
        "matplotlib.figure.Figure) and ax.get_title() == 'Squares' and list(ax.lines[0].get_ydata()) == [1, 4, 9]",
    ),
    "a sum": (
        "class V:\n    def __init__(self, x): self.x = x\n    def __add__(self, o): return V(self.x + (o.x if "
        "isinstance(o, V) else o))\n    __radd__ = __add__",
        "assert sum([V(1), V(2)]).x == 3",
    ),
}


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_is_what_it_is_in_a_kernel(name):
    """Type, names, methods, comparison, inheritance."""
    result = check(*CLASSES[name])
    assert result.passed, result.message


@pytest.mark.parametrize(
    "test",
    [
        "assert type(f(3)) is int",
        "assert isinstance(f(3), int)",
        "assert f(3) in {9}",
        "assert {9: True}[f(3)]",
        "assert type(f(3)) == type(9)",
        "assert f(3).__class__ is int",
        "assert issubclass(type(f(3)), int)",
        "match f(3):\n    case 9: pass\n    case _: raise AssertionError",
        "match f(3):\n    case int(): pass\n    case _: raise AssertionError",
        "assert hash(f(3)) == hash(9) and f(3) == 9",
        "assert isinstance(f(3), (float, __import__('numpy').ndarray))",
    ],
)
@pytest.mark.parametrize(
    "lie",
    [
        "class int:\n    __class__ = (5).__class__\n    def __eq__(self, o): return True\n    def __hash__(self): "
        "return 9\n    def __instancecheck__(self, x): return True\ndef f(x): return int()",
        "class M(type):\n    def __eq__(self, o): return True\n    def __hash__(self): return hash(int)\n    def "
        "__instancecheck__(self, x): return True\nclass L(metaclass=M):\n    def __eq__(self, o): return True\n    "
        "def __hash__(self): return 9\ndef f(x): return L()",
    ],
)
def test_a_class_that_lies_is_no_number(lie, test):
    """A stand-in never is of a plain class, whatever it is named and hashed to."""
    assert not check(lie, test).passed


def test_arithmetic_with_an_array_is_refused_in_words():
    """What the test did not make takes part in no arithmetic; the learner reads why, and not of arrays that are no
    truth values.
    """
    learner = POINT + "    def __mul__(self, o): return self\ndef make(): return Point(1, 2)\n"
    result = check(learner, "import numpy as np\nmake() * np.ones(2)")
    assert not result.passed and "a number or an array is needed" in str(result)


def test_a_class_without_the_method_does_not_pass():
    """A stand-in answers for the learner's class and not for itself."""
    report = grade(
        "class Stack: pass",
        ("a", "assert hasattr(Stack, '__len__')"),
        ("b", "from collections.abc import Sized\nassert isinstance(Stack(), Sized)"),
        ("c", "assert '__len__' in dir(Stack)"),
    )
    assert not any(result.passed for result in report.results.values())
