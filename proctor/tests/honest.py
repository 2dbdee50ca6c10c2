"""Submissions of honest learners whose notebooks are untidy: each has full marks unless it says which tests it must
lose.
"""

from __future__ import annotations

from proctor.tests.arena import RIGHT, code_cell, honest


def within(body: str, **options):
    """Right answers whose functions begin with these lines."""
    lines = "\n".join("    " + line for line in body.splitlines())
    inner = "\n".join("    " + line for line in lines.splitlines())
    answers = {name: source.replace("):\n", f"):\n{lines}\n") for name, source in RIGHT.items() if name != "layer"}
    answers["layer"] = RIGHT["layer"].replace("(self, X):\n", f"(self, X):\n{inner}\n")
    return honest(answers=answers, **options)


def _output(kind="stream", **more):
    return {"output_type": kind, "name": "stdout", "text": "kept\n", **more}


def moved(nb):
    """All answers above all tests."""
    answers = [c for c in nb["cells"] if c["metadata"].get("nbgrader", {}).get("solution")]
    return {**nb, "cells": nb["cells"][:3] + answers + [c for c in nb["cells"][3:] if c not in answers]}


def in_other_cells(nb):
    """Answers written in new cells, above the stubs."""
    cells = []
    for c in nb["cells"]:
        if c["metadata"].get("nbgrader", {}).get("solution"):
            cells.append(code_cell(c["source"]))
            c = {**c, "source": "# see above"}
        cells.append(c)
    return {**nb, "cells": cells}


def split(nb):
    """An answer in two cells, the second pasted with the metadata of the first."""
    cells = []
    for c in nb["cells"]:
        cells.append(c)
        if c["metadata"].get("nbgrader", {}).get("grade_id") == "add":
            cells.append({**c, "id": "copy", "source": "def add(a, b):\n    return b + a"})
    return {**nb, "cells": cells}


HONEST = {
    "plain": honest(),
    # noise
    "warns": within("import warnings\nwarnings.warn('careful', RuntimeWarning)"),
    "numpy_warns": within("np.log(np.zeros(2)); np.array([1.]) / 0"),
    "prints": within("print('called with', locals())"),
    "prints_much": within("print('x' * 50_000)", after=("for i in range(2000): print(i)",)),
    "logs_to_stderr": within("import logging, sys\nlogging.getLogger().warning('seen')\nprint('e', file=sys.stderr)"),
    "displays": within("from IPython.display import display, HTML\ndisplay(HTML('<b>x</b>'))"),
    "plots_in_functions": within("import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.title('t'); plt.show()"),
    "plots_everywhere": honest(
        before=("import matplotlib.pyplot as plt\nfig, axes = plt.subplots(2, 2)\nplt.show()",) * 3,
        after=("%matplotlib inline\nplt.plot([1]); plt.savefig('figure.png')",),
    ),
    "progress_bars": within("from tqdm import tqdm\nfor _ in tqdm(range(3)): pass"),
    # scratch cells
    "leftover_errors": honest(
        before=("1 / 0", "def broken(:", "undefined_name", "raise SystemExit(3)", "assert False"), after=("1 / 0",)
    ),
    "asks_for_input": honest(before=("n = int(input('n? '))", "import getpass; getpass.getpass()")),
    "exits": honest(before=("import sys\nsys.exit(1)", "exit()", "quit"), after=("sys.exit()",)),
    "magics": honest(
        before=(
            "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'",
            "%%time\nx = 1",
            "%timeit -n1 -r1 1 + 1",
            "!ls",
            "%%writefile note.txt\nhello",
            "%load_ext autoreload\n%autoreload 2",
            "%pip install nothing-at-all",
            "%%html\n<b>x</b>",
            "%whos",
            "?len",
            "%cd /tmp",
        )
    ),
    "async_cells": honest(
        before=("import asyncio\nasync def f(): return 1\nawait f()\nawait asyncio.gather(f(), f())",)
    ),
    "widgets": honest(
        before=("import ipywidgets\n@ipywidgets.interact(n=(0, 3))\ndef show(n=1): print(n)", "ipywidgets.IntSlider()")
    ),
    "stopped_loop": honest(before=("while True: pass",)),
    "threads_that_end": honest(
        before=(
            "import threading\nthreading.Thread(target=print, args=(1,)).start()",
            "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(8) as pool: "
            "print(list(pool.map(abs, range(20))))",
        )
    ),
    "processes_that_end": honest(
        before=(
            "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'print(1)'])",
            "import multiprocessing as mp\nwith mp.get_context('fork').Pool(2) as pool: pool.map(abs, [1, 2])",
        )
    ),
    # settings that stay
    "changes_folder": honest(before=("import os\nos.makedirs('deep', exist_ok=True); os.chdir('deep')",)),
    "numpy_raises": honest(before=("import numpy as np\nnp.seterr(all='raise'); np.set_printoptions(precision=2)",)),
    "warnings_are_errors": within(
        "import warnings\nwarnings.warn('careful')", before=("import warnings\nwarnings.simplefilter('error')",)
    ),
    "other_backend": honest(
        before=(
            "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\nplt.style.use('ggplot'); "
            "plt.rcParams['figure.dpi'] = 300\nplt.plot([1])",
        )
    ),
    "seeds": honest(before=("import numpy as np, random\nnp.random.seed(0); random.seed(0)",)),
    "own_stdout": honest(before=("import sys, io\nsys.stdout = io.StringIO()",)),
    "environment": honest(
        before=("import os, sys\nos.environ['PYTHONPATH'] = 'x'; sys.path.insert(0, '.'); sys.argv = ['x']",)
    ),
    "low_recursion": honest(before=("import sys\nsys.setrecursionlimit(5000)",)),
    # names
    "builtin_names": honest(
        before=(
            "sum = 0; list = [1]; max = min = 3; abs = 5; len = 7; all = any = None; str = 'x'; print = 8; input = 9; "
            "map = zip = 1",
        ),
        answers={
            "mean_of": "def mean_of(f, xs):\n    total = 0\n    for x in xs:\n        total += f(x)\n    return total "
            "/ np.size(xs)"
        },
    ),
    "names_of_the_tests": honest(
        before=(
            "x = 'mine'; xs = layer = expected = score = reference = number = right = X = 5; i = a = b = v = None",
        ),
        after=("x = 1",),
    ),
    "star_import": honest(
        before=("from numpy import *\nfrom math import *",),
        answers={
            "mean_of": "def mean_of(f, xs):\n    return sum([f(x) for x in xs]) / len(xs)",
            "scale": "from numpy import *\ndef scale(x, k):\n    return multiply(x, k)",
        },
    ),
    "renamed_import": honest(
        answers={
            "layer": "import numpy as xp\nclass Layer:\n    def __init__(self, W): self.W = xp.asarray(W, "
            "dtype=xp.float64)\n    def forward(self, X): return xp.dot(X, self.W)"
        }
    ),
    "np_used_for_something": honest(answers={"sign": "np = None\ndef sign(x): return 1 if x > 0 else -1"}),
    "defined_twice": honest(answers={"add": "def add(a, b):\n    return a - b\n\ndef add(a, b):\n    return a + b"}),
    "deleted_and_reset": honest(before=("add = 1\ndel add", "%reset -f")),
    "uses_what_a_test_defined": honest(answers={"mean_of": "print(x.sum(), layer.W)\n" + RIGHT["mean_of"]}),
    "other_parameter_names": honest(
        answers={"add": "def add(first, second=0, *rest, **options):\n    return first + second"}
    ),
    # styles
    "type_hints": honest(
        answers={
            "add": "from __future__ import annotations\nfrom typing import Union\ndef add(a: Union[int, float], b: "
            "int | float) -> float:\n    return a + b"
        }
    ),
    "dataclass": honest(
        answers={
            "layer": "from dataclasses import dataclass\n@dataclass\nclass Layer:\n    W: object\n    def "
            "__post_init__(self): self.W = np.array(self.W)\n    def forward(self, X): return X @ self.W"
        }
    ),
    "lambdas": honest(
        answers={
            "add": "add = lambda a, b: a + b",
            "scale": "scale = lambda x, k: k * x",
            "mean_of": "mean_of = lambda f, xs: float(np.mean([f(x) for x in xs]))",
            "sign": "sign = lambda x: int(np.sign(x))",
        }
    ),
    "recursion": honest(
        answers={
            "mean_of": "def total(f, xs):\n    return 0 if not xs else f(xs[0]) + total(f, xs[1:])\ndef mean_of(f, "
            "xs):\n    return total(f, xs) / len(xs)"
        }
    ),
    "generators": honest(
        answers={
            "mean_of": "def values(f, xs):\n    for x in xs:\n        yield f(x)\ndef mean_of(f, xs):\n    return "
            "sum(values(f, xs)) / len(xs)"
        }
    ),
    "closures": honest(
        answers={
            "scale": "def times(k):\n    def inner(x):\n        return k * x\n    return inner\ndef scale(x, k):\n    "
            "return times(k)(x)"
        }
    ),
    "decorators": honest(
        answers={
            "add": "import functools\ndef loud(f):\n    @functools.wraps(f)\n    def inner(*args, **kwargs):\n        "
            "print('calling', f.__name__)\n        return f(*args, **kwargs)\n    return inner\n@loud\n"
            "@functools.lru_cache(maxsize=None)\ndef add(a, b):\n    return a + b"
        }
    ),
    "callable_objects": honest(
        answers={
            "add": "class Adder:\n    def __call__(self, a, b): return a + b\nadd = Adder()",
            "sign": "class sign:\n    def __new__(cls, x): return 1 if x > 0 else -1",
        }
    ),
    "partial_and_methods": honest(
        answers={
            "add": "import functools, operator\nadd = operator.add",
            "scale": "class T:\n    def mul(self, x, k): return x * k\nscale = T().mul",
            "mean_of": "import functools\ndef m(n, f, xs): return sum(map(f, xs)) / len(xs)\nmean_of = "
            "functools.partial(m, 1)",
        }
    ),
    "vectorized": honest(
        answers={
            "sign": "sign = np.sign",
            "add": "add = np.vectorize(lambda a, b: a + b)",
            "scale": "@np.vectorize\ndef scale(x, k):\n    return x * k",
        }
    ),
    "inheritance": honest(
        answers={
            "layer": "import abc\nclass Base(abc.ABC):\n    __slots__ = ('_W',)\n    @property\n    def W(self): "
            "return self._W\n    @W.setter\n    def W(self, value): self._W = np.array(value)\n    "
            "@abc.abstractmethod\n    def forward(self, X): ...\nclass Layer(Base):\n    def __init__(self, "
            "W):\n        super().__init__(); self.W = W\n    def forward(self, X): return "
            "np.einsum('ij,jk->ik', X, self.W)"
        }
    ),
    "global_state": honest(
        answers={
            "add": "calls = 0\ncache = {}\ndef add(a, b):\n    global calls\n    calls += 1\n    cache[a, b] = a + b\n"
            "    return cache[a, b]"
        }
    ),
    "main_guard": honest(
        answers={"add": "def add(a, b):\n    return a + b\n\nif __name__ == '__main__':\n    print(add(1, 2))"}
    ),
    "asserts_and_catches": honest(
        answers={
            "add": "def add(a, b):\n    try:\n        assert a is not None\n        1 / 0\n    except "
            "ZeroDivisionError:\n        return a + b\n    finally:\n        pass"
        }
    ),
    # what comes back
    "numpy_scalars": honest(
        answers={
            "add": "def add(a, b): return np.float64(a) + b",
            "sign": "def sign(x): return np.int8(np.sign(x))",
            "mean_of": "def mean_of(f, xs): return np.mean([f(x) for x in xs])",
        }
    ),
    "arrays_without_dimensions": honest(
        answers={"add": "def add(a, b): return np.array(a + b)", "sign": "def sign(x): return np.array(np.sign(x))"}
    ),
    "lists_and_tuples": honest(answers={"scale": "def scale(x, k): return [v * k for v in x]"}),
    "tuples": honest(answers={"scale": "def scale(x, k): return tuple(v * k for v in x)"}),
    "single_precision": honest(answers={"scale": "def scale(x, k): return (x * k).astype(np.float32)"}),
    "matrix": honest(
        answers={
            "layer": "class Layer:\n    def __init__(self, W): self.W = np.matrix(W)\n    def forward(self, X): "
            "return X * self.W"
        }
    ),
    "masked": honest(
        answers={
            "layer": "class Layer:\n    def __init__(self, W): self.W = np.array(W)\n    def forward(self, X): return "
            "np.ma.filled(np.ma.array(X @ self.W))"
        }
    ),
    "fractions": honest(
        answers={
            "sign": "from fractions import Fraction\ndef sign(x): return Fraction(1 if x > 0 else -1)",
            "add": "from decimal import Decimal\nfrom fractions import Fraction\ndef add(a, b): return Fraction(a) + "
            "Fraction(b)",
        }
    ),
    "bools": honest(answers={"sign": "def sign(x): return (x > 0) * 2 - 1"}),
    "big_arrays": within("big = np.ones((2000, 2000)); big.sum()"),
    "slow": within("import time\ntime.sleep(0.05)"),
    "a_view_of_something_larger": honest(
        answers={
            "scale": "def scale(x, k): return np.stack([x * k, x])[0]",
            "layer": "class Layer:\n    def __init__(self, W): self.W = np.array(W).T.copy().T\n    def forward(self, "
            "X): return (self.W.T @ X.T).T",
        }
    ),
    # files and notebooks
    "helper_module": honest(
        answers={"add": "import mine\nfrom mine import plus\ndef add(a, b):\n    return plus(a, b)"},
        files={"mine.py": b"def plus(a, b):\n    return a + b\n"},
    ),
    "data_file": honest(
        before=("print(open('numbers.csv').read())",),
        answers={"add": "n = int(open('numbers.csv').readline())\ndef add(a, b):\n    assert n == 7\n    return a + b"},
        files={"numbers.csv": b"7\n8\n"},
    ),
    "writes_files": honest(
        before=(
            "np_file = 'weights.npy'\nimport numpy as np\nnp.save(np_file, np.ones(3)); np.load(np_file)",
            "import json\njson.dump({}, open('x.json', 'w'))",
            "import pickle, tempfile\npickle.dump(1, tempfile.TemporaryFile())",
        )
    ),
    "moved_cells": honest(change=moved),
    "answers_elsewhere": honest(change=in_other_cells),
    "an_answer_pasted_twice": honest(change=split),
    "cells_added": honest(
        change=lambda nb: {
            **nb,
            "cells": [
                c
                for one in nb["cells"]
                for c in (
                    one,
                    code_cell("1 + 1"),
                    {"cell_type": "markdown", "id": "", "metadata": {}, "source": "# Mine"},
                    code_cell(""),
                )
            ],
        }
    ),
    "outputs_kept": honest(
        change=lambda nb: {
            **nb,
            "cells": [
                {**c, "outputs": [_output()], "execution_count": 99 - n} if c["cell_type"] == "code" else c
                for n, c in enumerate(nb["cells"])
            ],
        }
    ),
    "old_format": honest(
        change=lambda nb: {
            **nb,
            "nbformat_minor": 2,
            "cells": [{key: value for key, value in c.items() if key != "id"} for c in nb["cells"]],
        }
    ),
    "other_editor": honest(
        change=lambda nb: {
            **nb,
            "metadata": {"colab": {"provenance": []}},
            "cells": [
                {
                    **c,
                    "metadata": {**c["metadata"], "id": "x", "outputId": "y", "tags": ["mine"]},
                    "source": c["source"].splitlines(keepends=True),
                }
                for c in nb["cells"]
            ],
        }
    ),
    "windows_lines": honest(
        change=lambda nb: {**nb, "cells": [{**c, "source": c["source"].replace("\n", "\r\n")} for c in nb["cells"]]}
    ),
    "test_edited": honest(
        change=lambda nb: {
            **nb,
            "cells": [
                {**c, "source": c["source"] + "\nprint('passed!')"}
                if c["metadata"].get("nbgrader", {}).get("grade")
                else c
                for c in nb["cells"]
            ],
        }
    ),
    # not everything is right
    "one_wrong": honest(answers={"scale": "def scale(x, k):\n    return x + k"}, lost=("test_scale", "test_given")),
    "one_missing": honest(answers={"layer": "class Layer:\n    pass"}, lost=("test_layer",)),
    "one_that_hangs": honest(answers={"mean_of": "def mean_of(f, xs):\n    while True: pass"}, lost=("test_mean_of",)),
    "one_that_dies": honest(
        answers={"mean_of": "def mean_of(f, xs):\n    import os; os._exit(1)"}, lost=("test_mean_of",)
    ),
    "one_cell_that_fails_halfway": honest(answers={"mean_of": RIGHT["mean_of"] + "\nmean_of(abs, [1]) + undefined"}),
}
