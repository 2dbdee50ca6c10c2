"""Values of libraries that cross by value, both ways: containers, special arrays, dates, frames."""

import pytest

from proctor.tests.test_trusted import check
from proctor.trusted import close


@pytest.fixture(scope="module", autouse=True)
def one_house():
    yield
    close()


STANDARD = {
    "a counter": (
        "from collections import Counter\nc = Counter('aab')\ndef f(c): return c['a'], type(c).__name__",
        "from collections import Counter\nassert c == Counter(a=2, b=1) and isinstance(c, Counter) and "
        "c.most_common(1) == [('a', 2)]\nassert f(Counter('aa')) == (2, 'Counter')",
    ),
    "a default dictionary": (
        "from collections import defaultdict\nd = defaultdict(list, x=[1])\ne = defaultdict(lambda: 7)",
        "from collections import defaultdict\nassert isinstance(d, defaultdict) and d['new'] == [] and d['x'] == [1] "
        "and e['z'] == 7",
    ),
    "an ordered dictionary": (
        "from collections import OrderedDict\no = OrderedDict(b=1, a=2)",
        "from collections import OrderedDict\nassert o == OrderedDict(b=1, a=2) != OrderedDict(a=2, b=1)\n"
        "o.move_to_end('b')\nassert list(o) == ['a', 'b']",
    ),
    "a queue": (
        "from collections import deque\nq = deque([1, 2], maxlen=2)\ndef push(q): q.append(9)",
        "from collections import deque\nassert q == deque([1, 2]) and q.maxlen == 2\nmine = deque([1])\npush(mine)\n"
        "assert mine == deque([1, 9])",
    ),
    "a counter changed in place": (
        "def f(c): c['x'] += 1",
        "from collections import Counter\nc = Counter('xy')\nf(c)\nassert c['x'] == 2",
    ),
    "bytes that can change": (
        "b = bytearray(b'ab')\ndef f(b): b.append(99)",
        "assert b == bytearray(b'ab')\nc = bytearray()\nf(c)\nassert c == b'c'",
    ),
    "a path": (
        "from pathlib import Path\npath = Path('a/b.txt')\ndef f(p): return p.name",
        "from pathlib import Path\nassert path == Path('a/b.txt') and isinstance(path, Path) and path.suffix == "
        "'.txt' and f(path) == 'b.txt'",
    ),
    "a named tuple with a change": (
        "from collections import namedtuple\np = namedtuple('P', 'x y')(1, 2)",
        "assert p._replace(x=5).x == 5 and p._replace(x=5).y == 2 and p.x == 1",
    ),
    "dates with zones": (
        "import datetime as dt, zoneinfo\nz = dt.datetime(2024, 1, 2, tzinfo=dt.timezone.utc)\nb = dt.datetime(2024, "
        "7, 2, 12, tzinfo=zoneinfo.ZoneInfo('UTC'))",
        "import datetime as dt\nassert z == dt.datetime(2024, 1, 2, tzinfo=dt.timezone.utc) and b.tzinfo.key == 'UTC' "
        "and b.hour == 12",
    ),
    "a masked array": (
        "m = np.ma.array([1., 2.], mask=[0, 1])\ndef f(m): return m.mean()",
        "import numpy as np\nassert isinstance(m, np.ma.MaskedArray) and m.sum() == 1 and m.mask.tolist() == [False, "
        "True] and f(m) == 1\nassert np.ma.is_masked(m)",
    ),
    "a polynomial": ("p = np.poly1d([1, 2])", "import numpy as np\nassert p == np.poly1d([1, 2]) and p(3) == 5"),
}
SPARSE = {
    "a sparse matrix": (
        "from scipy import sparse\ns = sparse.csr_matrix([[0, 1], [2, 0]])\ndef f(s): return s.sum()",
        "from scipy import sparse\nassert sparse.issparse(s) and type(s) is sparse.csr_matrix and "
        "s.toarray().tolist() == [[0, 1], [2, 0]] and f(s) == 3",
    )
}
FRAME = "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2], 'b': ['x', None]}, index=['p', 'q'])\ns = df['a']\n"
PANDAS = {
    "what it is": (
        FRAME,
        "import pandas as pd\nassert isinstance(df, pd.DataFrame) and type(s) == pd.Series and df.shape == (2, 2) and "
        "df['a'].sum() == 3",
    ),
    "is equal": (
        FRAME,
        "import pandas as pd\npd.testing.assert_frame_equal(df, pd.DataFrame({'a': [1, 2], 'b': ['x', None]}, "
        "index=['p', 'q']))\nassert s.equals(df['a'])\npd.testing.assert_index_equal(df.index, pd.Index(['p', 'q']))",
    ),
    "an argument": (
        "def adults(people): return people[people['age'] >= 18]",
        "import pandas as pd\npeople = pd.DataFrame({'name': ['a', 'b'], 'age': [12, 30]})\nassert "
        "list(adults(people)['name']) == ['b'] and len(people) == 2",
    ),
    "an argument changed in place": (
        "def f(df): df['c'] = df['a'] * 2",
        "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})\nf(df)\nassert df['c'].tolist() == [2, 4]",
    ),
    "the same frame": (
        "def f(df): return df",
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})\nassert f(df) is df",
    ),
    "a frame that the test changes": (
        FRAME + "def total(): return df['a'].sum()",
        "df.loc['p', 'a'] = 10\nassert df['a'].sum() == 12 and total() == 12",
    ),
    "groups": (
        "import pandas as pd\ng = pd.DataFrame({'k': ['a', 'b', 'a'], 'j': [1, 1, 2], 'x': [1., 2., "
        "3.]}).groupby(['k', 'j']).sum()",
        "import pandas as pd\npd.testing.assert_frame_equal(g, pd.DataFrame({'k': ['a', 'b', 'a'], 'j': [1, 1, 2], "
        "'x': [1., 2., 3.]}).groupby(['k', 'j']).sum())",
    ),
    "times": (
        "import pandas as pd\nt = pd.Timestamp('2024-01-02')\nd = pd.DataFrame({'v': [1, 2]}, "
        "index=pd.date_range('2024', periods=2, tz='Europe/Berlin'))\nn = pd.Timedelta('1D')",
        "import pandas as pd, datetime\nassert t == pd.Timestamp('2024-01-02') == datetime.datetime(2024, 1, 2) and "
        "t.year == 2024 and n == pd.Timedelta(days=1)\n"
        "pd.testing.assert_frame_equal(d, pd.DataFrame({'v': [1, 2]}, index=pd.date_range('2024', periods=2, "
        "tz='Europe/Berlin')))",
    ),
    "categories and missing values": (
        "import pandas as pd\ndf = pd.DataFrame({'c': pd.Categorical(['a', 'b', 'a']), 'n': pd.array([1, None, 3], "
        "dtype='Int64')})",
        "import pandas as pd\npd.testing.assert_frame_equal(df, pd.DataFrame({'c': pd.Categorical(['a', 'b', 'a']), "
        "'n': pd.array([1, None, 3], dtype='Int64')}))\nassert df['n'].iloc[1] is pd.NA",
    ),
    "objects in a column": (
        "import pandas as pd\nclass P: pass\ns = pd.Series([1, 'x', [2]], dtype=object)\nt = pd.Series([P(), 1])",
        "assert s.tolist() == [1, 'x', [2]]\nassert not isinstance(t[0], int) and t[1] == 1",
    ),
}


@pytest.mark.parametrize("name", STANDARD)
def test_values_of_the_standard_library_and_numpy_cross(name):
    """By value, with their class, and changed in place where they can be."""
    result = check(*STANDARD[name])
    assert result.passed, result.message


@pytest.mark.parametrize("name", SPARSE)
def test_sparse_arrays_cross(name):
    pytest.importorskip("scipy", reason="pip install scipy")
    result = check(*SPARSE[name])
    assert result.passed, result.message


@pytest.mark.parametrize("name", PANDAS)
def test_frames_cross(name):
    """A DataFrame, a Series, an Index, a Timestamp are the test's own pandas, with the learner's plain contents."""
    pytest.importorskip("pandas", reason="pip install pandas")
    result = check(*PANDAS[name])
    assert result.passed, result.message


WRONG = [
    "from collections import Counter\nclass C(Counter):\n    def __eq__(self, o): return True\n    def __ne__(self, "
    "o): return False\ndef f(): return C('ab')",
    "class D(dict):\n    __class__ = __import__('collections').Counter\n    def __eq__(self, o): return True\ndef "
    "f(): return D()",
    "class C:\n    __class__ = __import__('collections').Counter\n    def __eq__(self, o): return True\ndef f(): "
    "return C()",
    "from collections import Counter\nCounter.__eq__ = lambda a, b: True\nCounter.items = lambda self: []\ndef f(): "
    "return Counter('ab')",
]


@pytest.mark.parametrize("lie", WRONG)
def test_a_container_that_lies_earns_nothing(lie):
    """What crosses is contents; no method of the learner's crosses with them."""
    assert not check(lie, "from collections import Counter\nassert f() == Counter('aab')").passed


FRAMES_THAT_LIE = [
    "class L(pd.DataFrame):\n    def equals(self, o): return True\n    def __eq__(self, o): return True\ndef f(): "
    "return L({'a': [1]})",
    "pd.DataFrame.equals = lambda s, o: True\ndef f(): return pd.DataFrame({'a': [1]})",
    "class E:\n    def __eq__(self, o): return True\n    def __ne__(self, o): return False\ndef f(): return "
    "pd.DataFrame({'a': pd.Series([E(), E()], dtype=object)})",
    "class E:\n    __class__ = pd.DataFrame\n    def __eq__(self, o): return True\n    def equals(self, o): return "
    "True\ndef f(): return E()",
]


@pytest.mark.parametrize("lie", FRAMES_THAT_LIE)
@pytest.mark.parametrize(
    "test",
    [
        "assert f().equals(right) is True and isinstance(f(), pd.DataFrame)",
        "pd.testing.assert_frame_equal(f(), right, check_dtype=False)",
        "assert (f() == right).all().all()",
    ],
)
def test_a_frame_that_lies_earns_nothing(lie, test):
    """Neither subclasses nor patches nor elements that equal everything."""
    pytest.importorskip("pandas", reason="pip install pandas")
    assert not check(
        "import pandas as pd\n" + lie, "import pandas as pd\nright = pd.DataFrame({'a': [1, 2]})\n" + test
    ).passed


SYMBOLS = {
    "expressions": (
        "import sympy as sp\nx = sp.Symbol('x')\nf = sp.diff(x ** 3, x)",
        "import sympy as sp\nassert f == 3 * sp.Symbol('x') ** 2 and sp.simplify(f - 3 * x ** 2) == 0 and f.subs(x, "
        "2) == 12 and isinstance(f, sp.Expr)",
    ),
    "an argument": (
        "def g(s): return s ** 2 + 1",
        "import sympy as sp\ny = sp.Symbol('y', positive=True)\nassert g(y) == y ** 2 + 1",
    ),
    "matrices, equations, sets": (
        "import sympy as sp\nx = sp.Symbol('x')\nm = sp.Matrix([[1, x], [0, 2]])\ne = sp.Eq(x, 2)\ns = sp.solveset(x "
        "** 2 - 1, x)\nw = sp.Integral(sp.sin(x), (x, 0, sp.pi))",
        "import sympy as sp\nx = sp.Symbol('x')\nassert m.det() == 2 and e == sp.Eq(x, 2) and s == {-1, 1} and "
        "w.doit() == 2",
    ),
}


@pytest.mark.parametrize("name", SYMBOLS)
def test_expressions_cross(name):
    """As trees, never as text."""
    pytest.importorskip("sympy", reason="pip install sympy")
    result = check(*SYMBOLS[name])
    assert result.passed, result.message


@pytest.mark.parametrize(
    "test",
    [
        "import sympy as sp\nsp.simplify(f())",
        "import sympy as sp\nsp.sympify(f())",
        "import sympy as sp\nsp.Symbol('x') + sp.S(f())",
        "import sympy as sp\nsp.Eq(sp.Symbol('x'), sp.sympify(g()))",
    ],
)
def test_text_for_sympy_never_runs_here(test, tmp_path):
    """SymPy reads text by running it."""
    pytest.importorskip("sympy", reason="pip install sympy")
    mark = tmp_path / "mark"
    learner = (
        f"TEXT = \"__import__('pathlib').Path({str(mark)!r}).write_text('x')\"\ndef f(): return TEXT\nclass "
        "G:\n    def __str__(self): return TEXT\n    __repr__ = __str__\ndef g(): return G()"
    )
    assert not check(learner, test).passed and not mark.exists()
    assert check(
        "def f(): return 'x**2 + 1.5'", "import sympy as sp\nassert sp.sympify(f()) == sp.Symbol('x') ** 2 + 1.5"
    ).passed


def test_an_object_is_of_the_librarys_class():
    """isinstance holds for what cannot cross; it is still no value."""
    pytest.importorskip("sklearn", reason="pip install scikit-learn")
    learner = (
        "from sklearn.linear_model import LinearRegression\nmodel = "
        "LinearRegression().fit(np.arange(4.).reshape(-1, 1), np.arange(4.) * 2)"
    )
    result = check(
        learner,
        "from sklearn.linear_model import LinearRegression, Ridge\nfrom sklearn.base import is_regressor\nimport "
        "numpy as np\nassert isinstance(model, LinearRegression) and not isinstance(model, Ridge) and type(model) == "
        "LinearRegression\n"
        "assert is_regressor(model) and np.allclose(model.predict(np.array([[5.]])), 10) and model.coef_.shape == (1,)",
    )
    assert result.passed, result.message


@pytest.mark.parametrize(
    "claim",
    [
        "numpy:ndarray",
        "builtins:int",
        "numpy:float64",
        "fractions:Fraction",
        "decimal:Decimal",
        "unittest.mock:Mock",
        "proctor.trusted.proxy:Proxy",
        "os:system",
        "course_tests_of_mine:Right",
        "_pytest.python_api:ApproxScalar",
        "pandas:DataFrame",
    ],
)
@pytest.mark.parametrize(
    "test",
    [
        "assert isinstance(f(3), (int, float, np.ndarray, np.generic, Number, Fraction, Decimal, mine.Right))",
        "assert f(3) == 9",
        "assert 9 == f(3)",
        "assert f(3) == pytest.approx(9)",
        "np.testing.assert_allclose(f(3), 9)",
        "assert not (f(3) != 9)",
    ],
)
def test_a_claimed_class_is_no_value(claim, test, tmp_path):
    """An object that says it is of a class of plain values, of the tests' or of the grader's own is of none of them."""
    (tmp_path / "course_tests_of_mine.py").write_text("class Right:\n    pass")
    module, name = claim.split(":")
    lie = (
        "class L:\n    def __eq__(self, o): return True\n    def __ne__(self, o): return False\n    def "
        "__sub__(self, o): return 0\n    __rsub__ = __sub__\nL.__module__, L.__qualname__, L.__name__ = "
        f"{module!r}, {name!r}, {name!r}\ndef f(x): return L()"
    )
    setting = (
        "import numpy as np, pytest, decimal, fractions, unittest.mock\nfrom numbers import Number\nfrom "
        "fractions import Fraction\nfrom decimal import Decimal\nimport course_tests_of_mine as mine\n"
    )
    assert not check(lie, setting + test, import_paths=(str(tmp_path),)).passed
