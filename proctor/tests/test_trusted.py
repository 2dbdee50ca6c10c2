"""One notebook through a real room: what tests see of the learner's code, and what they do not."""

import pytest

from proctor.job import Job, Limits
from proctor.tests.needs import walls
from proctor.trusted import close, grade_notebook


@pytest.fixture(scope="module", autouse=True)
def one_house():
    yield
    close()


def code(source, **nbgrader):
    metadata = {"nbgrader": {"schema_version": 3, **nbgrader}} if nbgrader else {}
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [], "execution_count": None}


def locked(grade_id, source, points=1):
    return code(source, grade=True, solution=False, locked=True, grade_id=grade_id, points=points)


def grade(*cells, files=(), limits=None, **options):
    """The report for these cells; a pair is a test cell."""
    cells = [
        locked(*cell) if isinstance(cell, tuple) else code(cell) if isinstance(cell, str) else cell for cell in cells
    ]
    return grade_notebook(Job({"cells": cells}, files=dict(files), limits=limits or Limits(), **options))


def check(learner, test, **options):
    """The result of one test on one cell."""
    return grade("import numpy as np\n" + learner, ("t", test), **options).results["t"]


HONEST = {
    "a number": ("def f(x): return x + 1", "assert f(1) == 2 and type(f(1)) is int"),
    "an array": (
        "def f(x): return x * 2",
        "import numpy as np\nr = f(np.arange(3.))\nassert isinstance(r, np.ndarray)\nnp.testing.assert_allclose(r, "
        "[0, 2, 4])",
    ),
    "a NumPy scalar": (
        "def f(x): return x.sum()",
        "import numpy as np\nr = f(np.ones(3))\nassert isinstance(r, np.floating) and r == 3.0",
    ),
    "an array without dimensions": ("def f(x): return np.array(x)", "r = f(2.5)\nassert r.shape == () and r == 2.5"),
    "nested lists": (
        "def f(n): return [[i * j for j in range(n)] for i in range(n)]",
        "assert f(3) == [[0, 0, 0], [0, 1, 2], [0, 2, 4]]",
    ),
    "a dict of arrays": (
        "def f(x): return {'dW': x, 'db': x.sum()}",
        "import numpy as np\nassert sorted(f(np.ones(2))) == ['dW', 'db']",
    ),
    "sets, ranges, bytes, complex": (
        "def f(): return {1, 2}, range(3), b'x', 1j, frozenset([1])",
        "assert f() == ({1, 2}, range(3), b'x', 1j, frozenset([1]))",
    ),
    "keyword arguments": ("def f(x, *, power=2): return x ** power", "assert f(3) == 9 and f(2, power=3) == 8"),
    "a plain name": ("x = 3\nys = [1, 2]", "assert x == 3 and ys == [1, 2]"),
    "a built-in exception": (
        "def f(x):\n    if x < 0: raise ValueError('negative')\n    return x",
        "import pytest\nwith pytest.raises(ValueError, match='negative'):\n    f(-1)",
    ),
    "an exception with several arguments": (
        "def f(): return {}['key']",
        "import pytest\nwith pytest.raises(KeyError) as e:\n    f()\nassert e.value.args == ('key',)",
    ),
    "an own exception": (
        "class Bad(ValueError): pass\ndef f(): raise Bad('no')",
        "import pytest\nwith pytest.raises(Bad):\n    f()\nwith pytest.raises(ValueError):\n    f()",
    ),
    "a NumPy exception": (
        "def f(): return np.linalg.inv(np.zeros((2, 2)))",
        "import pytest, numpy as np\nwith pytest.raises(np.linalg.LinAlgError):\n    f()",
    ),
    "an object": (
        "class A:\n    def __init__(self, w): self.w = np.array(w)\n    def forward(self, x): return self.w @ x",
        "import numpy as np\na = A([1., 2.])\nassert isinstance(a, A) and hasattr(a, 'w') and not hasattr(a, 'zz')\n"
        "assert a.forward(np.ones(2)) == 3",
    ),
    "an attribute changed in place": (
        "class A:\n    def __init__(self): self.w = np.zeros(2)\n    def forward(self, x): return self.w * x",
        "a = A()\na.w[0] = 5\nassert list(a.forward(2.)) == [10, 0]",
    ),
    "an attribute that is set": (
        "class A:\n    def __init__(self): self.w = 1\n    def f(self): return self.w",
        "a = A()\na.w = 4\nassert a.f() == 4\ndel a.w\nassert not hasattr(a, 'w')",
    ),
    "a list attribute that grows": (
        "class A:\n    def __init__(self): self.x = []\n    def n(self): return len(self.x)",
        "a = A()\na.x.append(3)\nassert a.n() == 1 and a.x == [3]",
    ),
    "an argument changed in place": (
        "def f(x): x *= 2",
        "import numpy as np\nx = np.ones(3)\nf(x)\nassert x.tolist() == [2, 2, 2]",
    ),
    "a list sorted in place": ("def f(x): x.sort()", "x = [3, 1, 2]\nassert f(x) is None and x == [1, 2, 3]"),
    "a dict changed in place": (
        "def f(params, grads):\n    for k in params: params[k] -= grads[k]",
        "import numpy as np\np = {'W': np.ones(2)}\nf(p, {'W': np.ones(2)})\nassert p['W'].tolist() == [0, 0]",
    ),
    "a generator that draws and changes in place": (
        "def f(x, rng):\n    for _ in range(3):\n        x += 1\n        yield rng.normal()",
        "import numpy as np\nx, mine, same = np.zeros(2), np.random.default_rng(3), np.random.default_rng(3)\n"
        "for i, drawn in enumerate(f(x, mine)):\n    assert drawn == same.normal() and x.tolist() == [i + 1, i + 1]\n"
        "assert i == 2 and mine.normal() == same.normal()",
    ),
    "two generators on one array, one left early": (
        "def f(x):\n    while len(x) < 9:\n        x.append(len(x))\n        yield x",
        "x = []\na, b = f(x), f(x)\nassert next(a) is x and next(b) is x and x == [0, 1]\nassert list(f(x))[-1] == x "
        "and len(x) == 9\nassert list(b) == []",
    ),
    "two generators on one array, one at its end first": (
        "def f(x, rng, n):\n    for i in range(n):\n        x[i] += 1\n        yield rng.random()",
        "import numpy as np\nx, mine, same = np.zeros(3), np.random.default_rng(3), np.random.default_rng(3)\na, b = "
        "f(x, mine, 1), f(x, mine, 3)\n"
        "assert [*a, *b] == same.random(4).tolist() and x.tolist() == [2, 1, 1] and mine.random() == same.random()",
    ),
    "generators in a tuple": (
        "def f(x):\n    for i in range(2):\n        x[i] += 1\n        yield i\ndef two(x): return f(x), f(x)",
        "import numpy as np\nx = np.zeros(2)\na, b = two(x)\nassert list(a) == list(b) == [0, 1] and x.tolist() == "
        "[2, 2]",
    ),
    "a generator made in a callback from an argument of the caller": (
        "def f(x):\n    for i in range(2):\n        x[i] += 1\n        yield i\ndef g(h, x): return h(x)",
        "import numpy as np\nx, kept = np.zeros(2), []\ndef h(v):\n    kept.append(f(v))\n    return next(kept[0])\n"
        "assert g(h, x) == 0\nassert list(kept[0]) == [1] and x.tolist() == [1, 1]",
    ),
    "hundreds of generators, none at its end": (
        "def f(x):\n    while True:\n        x += 1\n        yield 1\ndef g(x): x += 5",
        "import numpy as np\nkept = []\nfor n in range(300):\n    x = np.zeros(2)\n    kept.append((f(x), x))\n    "
        "next(kept[-1][0])\n    next(f(np.zeros(2)))\n    g(x)\n    assert x.tolist() == [6, 6]\n"
        "assert next(kept[-1][0]) == 1 and x.tolist() == [7, 7]",
    ),
    "a generator given back by another call": (
        "def f(x):\n    while True:\n        x += 1\n        yield 1\ndef g(it, y):\n    y += 1\n    return it",
        "import numpy as np\nx, y = np.zeros(2), np.zeros(2)\nnext(g(f(x), y))\nassert x.tolist() == y.tolist() == "
        "[1, 1]",
    ),
    "a map over an array": (
        "def f(x):\n    def double(i):\n        x[i] *= 2\n        return x[i]\n    return map(double, range(3))",
        "import numpy as np\nx = np.ones(3)\nassert list(f(x)) == [2, 2, 2] and x.tolist() == [2, 2, 2]",
    ),
    "the same array given back": (
        "def f(x): return x\ndef g(x): return x.copy()",
        "import numpy as np\nx = np.ones(2)\nassert f(x) is x and g(x) is not x",
    ),
    "a function passed in": (
        "def f(g, x): return g(x) + 1",
        "import numpy as np\nassert f(lambda x: 2 * x, 3) == 7\nassert f(np.exp, 0.) == 2",
    ),
    "a gradient by differences": (
        "def grad(f, x, h=1e-5):\n    g = np.zeros_like(x)\n    for i in np.ndindex(*x.shape):\n        old = x[i]\n  "
        "      x[i] = old + h; up = f(x)\n        x[i] = old - h; down = f(x)\n        x[i] = old\n        g[i] = (up "
        "- down) / (2 * h)\n    return g",
        "import numpy as np\nx = np.array([[1., 2.], [3., 4.]])\nnp.testing.assert_allclose(grad(lambda a: (a ** "
        "2).sum(), x), 2 * x, atol=1e-6)",
    ),
    "a test's own loop over a weight": (
        "class L:\n    def __init__(self): self.W = np.ones((2, 2))\n    def loss(self, X): return (X @ self.W).sum()",
        "import numpy as np\nl = L(); X = np.ones((3, 2)); W = l.W\nbefore = l.loss(X)\nW[0, 0] += 1\nassert "
        "l.loss(X) == before + 3",
    ),
    "an error of a function passed in": (
        "def f(g): return g(0)",
        "import pytest\ndef g(x): raise ZeroDivisionError('mine')\nwith pytest.raises(ZeroDivisionError, "
        "match='mine'):\n    f(g)",
    ),
    "a function that is returned": (
        "def adder(n): return lambda x: x + n",
        "assert adder(2)(3) == 5 and callable(adder(2))",
    ),
    "a random generator": (
        "def f(rng): return rng.normal(size=3)",
        "import numpy as np\nrng, twin = np.random.default_rng(1), np.random.default_rng(1)\nassert (f(rng) == "
        "twin.normal(size=3)).all()\nassert rng.random() == twin.random()",
    ),
    "an old random generator": (
        "def f(rng): return rng.randn(700)",
        "import numpy as np\nrng, twin = np.random.RandomState(1), np.random.RandomState(1)\nassert (f(rng) == "
        "twin.randn(700)).all()\nassert rng.rand() == twin.rand()",
    ),
    "a global seed": (
        "import random\ndef f(): return np.random.rand(), random.random()",
        "import numpy as np, random\nnp.random.seed(3); random.seed(4)\na = f()\nnp.random.seed(3); random.seed(4)\n"
        "assert a == f()",
    ),
    "a signature": (
        "def f(x, y=2, *, z: int = 3): return x",
        "import inspect\ns = inspect.signature(f)\nassert list(s.parameters) == ['x', 'y', 'z'] and "
        "s.parameters['y'].default == 2",
    ),
    "a name and a docstring": (
        "def f(x):\n    'doubles'\n    return x",
        "assert f.__name__ == 'f' and f.__doc__ == 'doubles'",
    ),
    "the source": (
        "def f(x):\n    return sum(x)",
        "import ast\nassert 'sum' in f.__proctor_source__\nast.parse(f.__proctor_source__)",
    ),
    "a dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: float\n    y: float = 0.",
        "p = P(1.)\nassert p.x == 1 and p == P(1., 0.) and repr(p) == 'P(x=1.0, y=0.0)'",
    ),
    "a named tuple": (
        "from collections import namedtuple\nP = namedtuple('P', 'x y')\ndef f(): return P(1, 2)",
        "p = f()\nassert p == (1, 2) and p.x == 1 and p.y == 2",
    ),
    "an enumeration of numbers": (
        "import enum\nclass C(enum.IntEnum):\n    RED = 1\ndef f(): return C.RED",
        "assert f() == 1",
    ),
    "a counter": (
        "from collections import Counter, defaultdict\ndef f(s): return Counter(s)",
        "assert f('aab') == {'a': 2, 'b': 1}",
    ),
    "a generator": (
        "def f(n):\n    for i in range(n): yield i",
        "assert list(f(3)) == [0, 1, 2]\nassert next(f(2)) == 0",
    ),
    "an iterable object": (
        "class A:\n    def __iter__(self): return iter([1, 2])\n    def __len__(self): return 2\n    def "
        "__getitem__(self, i): return [1, 2][i]",
        "a = A()\nassert list(a) == [1, 2] and len(a) == 2 and a[1] == 2 and 2 in a",
    ),
    "operators of an own class": (
        "class V:\n    def __init__(self, x): self.x = x\n    def __add__(self, o): return V(self.x + (o.x if "
        "isinstance(o, V) else o))\n    __radd__ = __add__\n    def __mul__(self, o): return V(self.x * o.x)\n    def "
        "__neg__(self): return V(-self.x)\n    def __eq__(self, o): return self.x == o.x",
        "a, b = V(2), V(3)\nassert (a + b).x == 5 and (a + 1).x == 3 and (1 + a).x == 3 and (a * b).x == 6 and (-a).x "
        "== -2 and a + b == V(5)",
    ),
    "recursion": ("def f(n): return 1 if n < 2 else n * f(n - 1)", "assert f(50) == __import__('math').factorial(50)"),
    "a recursion error": ("def f(n): return f(n + 1)", "import pytest\nwith pytest.raises(RecursionError):\n    f(0)"),
    "what it uses": (
        "h = abs\ndef mark(g): return g\n@mark\ndef f(x):\n    return h(x)",
        "assert f.__proctor_uses__.keys() == {'f', 'h', 'mark'} and 'abs' in f.__proctor_uses__['h'] and '@mark' in "
        "f.__proctor_source__",
    ),
    "a lambda": ("f = lambda x: x ** 2", "assert f(3) == 9 and '** 2' in f.__proctor_source__"),
    "what is printed": (
        "def f(): print('hello')",
        "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n    f()\nassert "
        "out.getvalue() == 'hello\\n'",
    ),
    "a warning": (
        "import warnings\ndef f(): warnings.warn('careful', UserWarning)",
        "import pytest\nwith pytest.warns(UserWarning, match='careful'):\n    f()",
    ),
    "an overflow made an error": (
        "def f(x): return np.exp(x)",
        "import numpy as np, pytest\nwith np.errstate(over='raise'):\n    with pytest.raises(FloatingPointError):\n   "
        "     f(1000.)",
    ),
    "global state": ("count = 0\ndef f():\n    global count\n    count += 1", "f(); f()\nassert count == 2"),
    "a big array": ("def f(x): return x + 1", "import numpy as np\nassert f(np.zeros((1500, 1000))).sum() == 1.5e6"),
    "an array of objects": (
        "def f(): return np.array([1, 'x', None], dtype=object)",
        "assert f().tolist() == [1, 'x', None]",
    ),
    "a masked array": ("def f(): return np.ma.array([1, 2], mask=[0, 1])", "assert f().sum() == 1"),
    "nan": (
        "def f(): return float('nan'), np.array([np.nan])",
        "import math\na, b = f()\nassert math.isnan(a) and math.isnan(b[0])",
    ),
    "a module of the notebook": ("import math as m", "assert m.sqrt(4) == 2"),
    "a dtype": (
        "kind = np.float32\ndef f(x): return x.astype(kind)",
        "import numpy as np\nassert f(np.ones(2)).dtype == np.float32 and kind is np.float32",
    ),
    "a class as an argument": ("class A: pass\ndef f(c): return isinstance(c(), A)", "assert f(A)"),
    "objects in a list": (
        "class L:\n    def __init__(self, n): self.n = n\nclass Net:\n    def __init__(self, layers): self.layers = "
        "layers\n    def total(self): return sum(l.n for l in self.layers)",
        "net = Net([L(1), L(2)])\nassert net.total() == 3 and net.layers[1].n == 2",
    ),
    "a method of a base class": (
        "class A:\n    def f(self): return 1\nclass B(A): pass",
        "assert B().f() == 1 and isinstance(B(), A) and issubclass(B, A)",
    ),
    "a property": ("class A:\n    @property\n    def area(self): return 6", "assert A().area == 6"),
    "a context manager": (
        "class A:\n    def __enter__(self): return 5\n    def __exit__(self, *a): pass",
        "with A() as five:\n    assert five == 5",
    ),
    "an async function": (
        "async def f(x): return x + 1\nimport asyncio\nprint(await f(1))",
        "import inspect\nassert f.__name__ == 'f'",
    ),
    "a copy of an object": (
        "class A:\n    def __init__(self): self.x = [1]",
        "import copy\na = A(); b = copy.deepcopy(a)\nb.x.append(2)\nassert a.x == [1] and b.x == [1, 2]",
    ),
    "a function of the test that calls the learner's": (
        "def f(x): return x",
        "def helper(n): return f(n)\nassert [helper(i) for i in range(3)] == [0, 1, 2]\nassert [f(i) for i in "
        "range(2)] == [0, 1]",
    ),
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_answers_pass(name):
    """What plain pytest accepts, the trusted side accepts through the slot."""
    result = check(*HONEST[name])
    assert result.passed, result.message


LIES = {
    "an object equal to everything": "class L:\n    def __eq__(self, o): return True\n    def __ne__(self, o): return "
    "False\n    __hash__ = None\ndef f(x): return L()",
    "an object that is in order with everything": "class L:\n    def __lt__(self, o): return True\n    __gt__ = "
    "__le__ = __ge__ = __eq__ = __lt__\n    def __sub__(self, o): "
    "return 0.0\n    __rsub__ = __sub__\n    def __abs__(self): return "
    "0.0\n    def __array__(self, *a, **k): return np.array(9.)\ndef "
    "f(x): return L()",
    "an array subclass": "class L(np.ndarray):\n    def __eq__(self, o): return np.True_\n    def "
    "__array_function__(self, *a): return True\n    def __array_ufunc__(self, *a, **k): return "
    "True\ndef f(x): return np.zeros(1).view(L)",
    "a float subclass": "class L(float):\n    def __eq__(self, o): return True\n    def __sub__(self, o): return 0.0\n"
    "def f(x): return L(1)",
    "a string subclass": "class L(str):\n    def __eq__(self, o): return True\ndef f(x): return L('9')",
    "patched builtins": "import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.all = lambda x: True\n"
    "builtins.isinstance = lambda *a: True\ndef abs(x): return 0\ndef all(x): return True\ndef "
    "f(x): return 1",
    "patched NumPy": "np.allclose = lambda *a, **k: True\nnp.testing.assert_allclose = lambda *a, **k: None\ndef "
    "assert_allclose(*a, **k): pass\nclass np: allclose = staticmethod(lambda *a: True)\ndef f(x): "
    "return 1",
    "another module called np": "import types\nnp = types.ModuleType('unittest.mock')\ndef f(x): return 1",
    "hooks into IPython": "ip = get_ipython()\nip.input_transformers_cleanup.append(lambda l: [])\nip.run_cell = "
    "lambda *a, **k: None\nimport sys\nsys.displayhook = lambda x: None\ndef f(x): return 1",
    "exit in the call": "def f(x):\n    import os; os._exit(0)",
    "SystemExit in the call": "def f(x): raise SystemExit(0)",
    "an own KeyboardInterrupt": "def f(x): raise KeyboardInterrupt",
    "a generator exit": "def f(x): raise GeneratorExit",
}


@pytest.mark.parametrize("name", LIES)
@pytest.mark.parametrize(
    "test",
    [
        "assert f(3) == 9",
        "assert abs(f(3) - 9) < 1e-6",
        "import numpy as np\nassert np.allclose(f(3), 9)",
        "assert_allclose(f(3), 9)",
        "assert 8 < f(3) < 10",
        "assert all([f(3) == 9])",
        "assert 9 in [f(3)]",
        "try:\n    r = f(3)\nexcept Exception:\n    r = None\nassert r == 9",
    ],
)
def test_lies_earn_nothing(name, test):
    """No object that the learner's code returns can pass for the right number."""
    assert not check(LIES[name], test).passed


# ---- what the learner sees


def outputs_of(source, **options):
    return grade(source, **options).outputs[0]


def text_of(source, **options):
    return "".join(
        output.get("text", "") + "\n".join(output.get("traceback", ())) for output in outputs_of(source, **options)
    )


CELLS = {
    "a result": ("1 + 1", "execute_result"),
    "a figure": ("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()", "image/png"),
    "a figure without show": ("import matplotlib.pyplot as plt\nfig, ax = plt.subplots()", "image/png"),
    "a line magic": ("%matplotlib inline\n%timeit -n1 -r1 1 + 1", "loop"),
    "a cell magic": ("%%time\nprint('x')", "Wall time"),
    "the shell": ("!echo hello", "hello"),
    "top-level await": ("import asyncio\nawait asyncio.sleep(0)\nprint('slept')", "slept"),
    "a slider": ("import ipywidgets\nipywidgets.interact(lambda n: print('n is', n), n=(0, 4));", "n is 2"),
    "a warning": ("import warnings\nwarnings.warn('careful')", "careful"),
    "HTML": ("from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))", "text/html"),
    "a progress bar": ("from tqdm import tqdm\nfor i in tqdm(range(3)): pass", "3/3"),
    "a log": ("import logging\nlogging.warning('seen')", "seen"),
    "help": ("len?", "number of items"),
    "an updated display": ("from IPython.display import display\nh = display(1, display_id=True)\nh.update(2)", "2"),
    "threads": (
        "import threading\nt = threading.Thread(target=print, args=('from a thread',)); t.start(); t.join()",
        "from a thread",
    ),
    "a pool": (
        "from concurrent.futures import ThreadPoolExecutor\nprint(list(ThreadPoolExecutor(2).map(abs, [-1])))",
        "[1]",
    ),
    "a child process": (
        "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'print(5)'], capture_output=True, "
        "text=True).stdout)",
        "5",
    ),
    "multiprocessing": (
        "import multiprocessing as mp\nwith mp.get_context('fork').Pool(2) as pool: print(pool.map(abs, [-3]))",
        "[3]",
    ),
}


@pytest.mark.parametrize("name", CELLS)
def test_ordinary_cells_show_what_they_show_in_jupyter(name):
    """Results, figures, magics, widgets and warnings are in the outputs, and no error."""
    source, seen = CELLS[name]
    outputs = outputs_of(source)
    assert seen in str(outputs) and "'error'" not in str(outputs), outputs


def test_an_error_shows_only_the_learners_lines():
    """The traceback names cells and lines of the learner's, and no path."""
    report = grade(
        "def f(x):\n    return g(x)", "import numpy as np\ndef g(x):\n    return np.linalg.inv(x)\nf(np.zeros((2, 2)))"
    )
    text = "\n".join(report.outputs[1][0]["traceback"])
    assert (
        "Cell In[1], line 2, in f" in text
        and "Cell In[2], line 3, in g" in text
        and "Singular" in text
        and "/" not in text
    )


def test_input_says_what_to_do():
    """input() is an error at once, with a way out."""
    assert "give the value in the code" in text_of("x = input('name? ')")


def test_syntax_errors_show_the_line():
    """The line and the place are shown."""
    assert "Cell In[1], line 2" in text_of("x = 1\ndef f(:\n    pass")


# ---- scores, messages, names


@pytest.mark.parametrize(
    "last, score",
    [
        ("0.5", 0.5),
        ("2", 2),
        ("1 + 0.5", 1.5),
        ("True", None),
        ("None", None),
        ("'3'", None),
        ("f(3)", 2),
        ("-1", 0),
        ("float('nan')", 0),
        ("3;", None),
        ("x = 3", None),
    ],
)
def test_a_last_number_is_the_score(last, score):
    """As in stock nbgrader; and never more than the maximum, less than nothing, or from a lie."""
    report = grade("def f(x): return x", ("t", f"assert f(1) == 1\n{last}", 2))
    assert report.results["t"].passed and report.results["t"].score == score
    assert bool(report.notes) == (last in ("f(3)", "-1", "float('nan')"))


DRAWING = """class Drawn(AssertionError):
    read_again = ["f", 3, "Chapter 2"]
    mistakes = [("mine-f-adds_one", "You add one."), ("no hint",), 3, ("name", 4)]
    def _render_traceback_(self): return ["Look at the figure."]
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/svg+xml": "<svg>%s</svg>"}, {"image/svg+xml": {"alt": "two curves", "caption": "Yours, green."}}
"""


def test_a_check_may_give_a_figure_what_to_read_again_and_the_names_of_mistakes():
    """By Jupyter's own way to show an object; plain texts only."""
    report = grade(
        "def f(x): return x", ("t", (DRAWING % "") + "### BEGIN HIDDEN TESTS\nraise Drawn\n### END HIDDEN TESTS")
    )
    result = report.results["t"]
    assert result.message == "Look at the figure." and result.figure == ("<svg></svg>", "two curves", "Yours, green.")
    assert result.read_again == ("f", "Chapter 2") and result.mistakes == (("mine-f-adds_one", "You add one."),)


@pytest.mark.parametrize(
    "bundle",
    [
        "None",
        "{}, {}",
        "{'image/svg+xml': '<script>'}, {'image/svg+xml': {'alt': 'x'}}",
        "{'image/svg+xml': '<svg>' + 'x' * 10**6}, {'image/svg+xml': {'alt': 'x'}}",
        "{'image/svg+xml': '<svg>'}, {'image/svg+xml': {'alt': 3}}",
        "1 / 0",
    ],
)
def test_a_figure_that_is_none_costs_nothing_but_the_figure(bundle):
    """The message is still there."""
    check = (
        "class Drawn(AssertionError):\n    def _render_traceback_(self): return ['No figure.']\n    def "
        f"_repr_mimebundle_(self): return {bundle}\nraise Drawn"
    )
    result = grade("def f(x): return x", ("t", f"### BEGIN HIDDEN TESTS\n{check}\n### END HIDDEN TESTS")).results["t"]
    assert result.message == "No figure." and not result.figure and not result.read_again and not result.mistakes


def test_a_learner_cannot_draw_on_the_page():
    """What their own error says of itself is not asked."""
    result = grade((DRAWING % "mine") + "def f(x): raise Drawn", ("t", "assert f(1) == 1")).results["t"]
    assert (
        not result.passed
        and not result.figure
        and not result.read_again
        and not result.mistakes
        and "Look at the figure." not in result.message
    )


MESSAGES = {
    "assert f(1) == 2, 'add one'": "This line did not hold: assert f(1) == 2, 'add one'\nadd one",
    "### BEGIN HIDDEN TESTS\nassert f(1) == 77\n### END HIDDEN TESTS": "This test did not pass.",
    "def check():\n    assert f(1) == 2\ncheck()": "This line did not hold: assert f(1) == 2",
    "### BEGIN HIDDEN TESTS\nsecret = 5\nraise RuntimeError(f'{secret}')\n### END HIDDEN TESTS": "This test did not pass.",
    "g(2)": "Your code raised ZeroDivisionError: division by zero\n  Cell In[1], line 3, in g\n    return 1 / 0",
    "missing(2)": "This test did not pass.",
    "f.nothing": "Your code raised AttributeError: 'function' object has no attribute 'nothing'",
    "class Hint(AssertionError):\n    def _render_traceback_(self): return ['You forgot', 'the bias.']\n### BEGIN "
    "HIDDEN TESTS\nraise Hint('secret')\n### END HIDDEN TESTS": "You forgot\nthe bias.",
    "import numpy as np\n### BEGIN HIDDEN TESTS\nnp.testing.assert_allclose(f(1), 77)\n### END HIDDEN TESTS": "This test did not pass.",
    "this is no Python": "This test could not be run. That is not your fault: your instructor has been told.",
}


@pytest.mark.parametrize("source", MESSAGES)
def test_messages_name_the_mistake_and_nothing_hidden(source):
    """The learner reads the hint, the visible line or their own error, and never the test."""
    result = check(
        "def f(x): return x\ndef g(x): return 1 / 0".replace("def g(x): ", "\ndef g(x):\n    ").replace(
            "import numpy as np\n", ""
        ),
        source,
    )
    assert not result.passed
    if source == "missing(2)":
        assert "`missing` is not defined" in result.message
    elif source == "g(2)":
        assert (
            result.message.startswith("Your code raised ZeroDivisionError: division by zero")
            and "return 1 / 0" in result.message
        )
    elif source == "f.nothing":
        assert "AttributeError" in result.message
    else:
        assert result.message == MESSAGES[source]
    assert "77" not in result.message and "secret" not in result.message


def test_each_test_sees_the_names_as_they_stood():
    """A later definition does not reach back, and an earlier one does not reach forward."""
    report = grade(
        "def f(): return 1",
        ("a", "assert f() == 1"),
        "def f(): return 2",
        ("b", "assert f() == 2"),
        "del f",
        ("c", "f()"),
    )
    assert [report.results[name].passed for name in "abc"] == [True, True, False]


def test_names_of_tests_belong_to_tests():
    """What a test cell defines serves later ones, and the learner cannot replace it."""
    report = grade(
        ("a", "def helper(x): return x == 1\nexpected = 1"),
        "def helper(x): return True\nexpected = 2\nf = lambda: 2",
        ("b", "assert helper(f())"),
        ("c", "assert f() == expected"),
    )
    assert [report.results[name].passed for name in "abc"] == [True, False, False]


def test_a_death_costs_only_its_own_test():
    """The room is started again and the cells before are run again, without what killed it."""
    report = grade(
        "import os\nx = 1",
        "def f(): os._exit(1)\ndef g(): return x",
        ("a", "assert g() == 1"),
        ("b", "f()"),
        "os._exit(2)",
        "x = 2",
        ("c", "assert g() == 2"),
    )
    assert [report.results[name].passed for name in "abc"] == [True, False, True]
    assert "stopped its own process" in report.results["b"].message and len(report.notes) == 2


def test_modules_that_act_are_never_taken_from_the_learner():
    """A name that the learner binds to `os` or `subprocess` is theirs, whatever the test calls on it."""
    report = grade(
        "import os as robot, subprocess as sim, math as m",
        ("a", "### BEGIN HIDDEN TESTS\nassert m.sqrt(4) == 2\nassert robot.getpid() == 1\n### END HIDDEN TESTS"),
    )
    assert report.results["a"].passed or report.walls


def test_trusted_names_never_come_from_the_learner():
    """Names that the instructor's notebook imports are the trusted side's own."""
    cells = "def close(a, b): return True\ndef f(): return 1", ("t", "assert close(f(), 2)")
    assert grade(*cells).results["t"].passed
    assert not grade(*cells, trusted_names={"close": "math:isclose"}).results["t"].passed


def test_nothing_of_a_test_is_left_in_this_process(capsys):
    """Working folder, path, printing, warnings and NumPy's settings are as before."""
    import os
    import sys
    import warnings

    import numpy as np

    before = os.getcwd(), sys.path[:], np.geterr(), warnings.filters[:], np.random.seed
    grade(
        "def f(): print('learner'); return 1",
        (
            "t",
            "import numpy as np, warnings, sys\nprint('test')\nprint('error', file=sys.stderr)\n"
            "np.seterr(all='raise')\nwarnings.simplefilter('error')\nnp.random.seed(1)\nf()\nsys.path.append('x')",
        ),
        files={"a.txt": b""},
    )
    assert before == (os.getcwd(), sys.path[:], np.geterr(), warnings.filters[:], np.random.seed)
    assert capsys.readouterr() == ("", "")


@walls
def test_cold_rooms_grade_as_warm_ones():
    """Started from nothing, one at a time: the same results and outputs."""
    cells = [
        "import numpy as np\nimport matplotlib.pyplot as plt",
        "def f(x): return np.tanh(x)\nplt.plot(f(np.arange(5)));",
        ("t", "assert f(0.) == 0"),
        ("u", "assert f(0.) == 1"),
    ]
    warm, cold, bare = grade(*cells), grade(*cells, warm=False), grade(*cells, sandbox="none")
    assert (
        warm.results == cold.results == bare.results
        and warm.outputs == cold.outputs == bare.outputs
        and warm.execution_counts == cold.execution_counts
    )
    assert not warm.walls and bare.walls.startswith("the sandbox is switched off")


def test_calls_from_another_thread_have_limits_too():
    """As Dask's workers do it."""
    import threading

    found = []

    def work():
        found.append(
            grade(
                "def f(): return 1", ("t", "while True: f()"), ("u", "assert f() == 1"), limits=Limits(cell_seconds=1)
            )
        )
        close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)
    assert not found[0].results["t"].passed and found[0].results["u"].passed


def test_a_number_that_makes_a_test_enormous_costs_only_that_test():
    """A test that builds something as large as the learner says meets a limit of its own."""
    report = grade("def f(): return 5 * 10**9\ndef g(): return 1", ("t", "x = b'x' * f()"), ("u", "assert g() == 1"))
    assert not report.results["t"].passed and report.results["u"].passed


def test_figure_is_laid_out_when_it_is_first_drawn():
    """A figure of an undrawn cell looks the same in a drawn one: its tight_layout is made up for."""
    plot = (
        "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.set_ylabel('y')\n"
        "figure.tight_layout()\nplt.close()"
    )
    save = "figure.savefig('{}')\nprint(figure.subplotpars.left)"
    for name in ("a.png", "a.svg"):
        drawn = code(save.format(name), grade=True, solution=True, locked=False, grade_id="m", points=1)
        left = [grade(plot, drawn, figures=figures).outputs[1][0]["text"] for figures in ("all", "graded")]
        assert left[0] == left[1]
    undrawn = [
        grade(plot, save.format("a.svg"), figures=figures).outputs[1][0]["text"] for figures in ("all", "graded")
    ]
    assert undrawn[0] == undrawn[1] == left[0]


@pytest.mark.parametrize(
    "figures, drawn", [("all", [True, True, True]), ("graded", [False, True, False]), ("none", [False, False, False])]
)
def test_figures_can_be_left_undrawn(figures, drawn):
    """Only the figures that somebody grades, or none; the text of a figure stays, and what is saved can be opened."""
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    save = (
        "import io\nb = io.BytesIO()\nplt.plot([1, 2])\nplt.savefig(b, format='png')\nplt.close()\nfrom "
        "IPython.display import Image\nprint(plt.imread(io.BytesIO(b.getvalue())).shape[0] > 1)"
    )
    report = grade(
        plot, code(plot, grade=True, solution=True, locked=False, grade_id="m", points=1), save, figures=figures
    )
    assert [*("image/png" in str(report.outputs[index]) for index in (0, 1)), "True" in str(report.outputs[2])] == drawn
    assert "Figure size" in str(report.outputs[0])
