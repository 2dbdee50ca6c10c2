"""Submissions that try to get points, to read, to write, or to hurt; by kind, then by name. None has earned a point
unless it says so.
"""

from __future__ import annotations

import json

from proctor.tests.arena import CANARY, attack, code_cell, honest

SEEK = (
    '"' + CANARY[:5] + '" + "' + CANARY[5:] + '"'
)  # so that the text of an attack does not itself hold what it looks for

EVERYWHERE = """
import numpy as np
def add(*a, **k): return lie(*a, **k)
def scale(*a, **k): return lie(*a, **k)
def mean_of(*a, **k): return lie(*a, **k)
def sign(*a, **k): return lie(*a, **k)
class Layer:
    def __init__(self, *a): self.W = lie()
    def forward(self, *a): return lie(*a)
"""


def lying(code):
    """A submission all of whose functions return what `lie` returns; defined last, so that no stub hides them."""
    return attack(code + EVERYWHERE)


def patching(code):
    """Wrong answers that a patched comparison would let through."""
    return attack("def lie(*a, **k): return 12345" + EVERYWHERE + code, after=(code,))


def running(code):
    """Code that is not after points: in a cell, and in a call."""
    indented = "\n".join("    " + line for line in code.strip().splitlines())
    return attack(f"def evil():\n{indented}\n\ndef mean_of(f, xs):\n    evil()\n    return 12345", before=(code,))


LIAR = """
class Liar:
    shape, dtype, size, ndim, T = (1,), float, 1, 1, 0
    def __eq__(self, o): return True
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__
    def __ne__(self, o): return False
    def __sub__(self, o): return 0.0
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __pow__ = __truediv__ = __rtruediv__ = __neg__ = __sub__
    def __abs__(self): return 0.0
    def __float__(self): return 3.0
    def __int__(self): return 3
    def __bool__(self): return True
    def __len__(self): return 1
    def __iter__(self): return iter([self])
    def __getitem__(self, i): return self
    def __hash__(self): return 0
"""
CHAIN = """
class Chain:
    "An object that stays an object under arithmetic, and says 0 at the end."
    def __sub__(self, o): SEEN.append(o); return self
    __rsub__ = __add__ = __mul__ = __pow__ = __sub__
    def __abs__(self): return self
    def sum(self, *a): return 0.0
    max = mean = min = item = sum
    def all(self): return True
    __float__ = sum
    def __iter__(self): return iter([0.0])
SEEN = []
"""

ROOM = """
import sys
def room():
    frame, found = sys._getframe(), None
    while frame:
        if type(frame.f_locals.get("self")).__name__ == "Room": found = frame.f_locals["self"]
        frame = frame.f_back
    return found
"""

ATTACKS = {
    "iterators": {
        "all_things_are_generators": lying(
            ROOM
            + LIAR
            + "Liar.__next__ = lambda self: 3\ndef lie(*a, **k):\n    type(room()).word_of = lambda self, x: "
            "'generator'\n    return Liar()"
        ),
        "keeps_what_it_was_given": lying(
            ROOM
            + "KEPT = []\nclass Zero:\n    def __getattr__(self, name): return lie\n    def __iter__(self): return "
            "iter([])\n    def __next__(self): raise StopIteration\n"
            "def lie(*a, **k):\n    type(room()).word_of = lambda self, x: 'iterator'\n    KEPT.extend(x for x in a "
            "if hasattr(x, '__setitem__'))\n"
            "    for x in KEPT: x[:] = [0 * one for one in x]\n    return Zero()"
        ),
        "tables_out_of_step": lying(
            ROOM + "def lie(*a, **k):\n    r = room(); r.lasting.clear(); r.holding.clear(); r.shared.forget(); "
            "r.built.extend(range(-5, 500))\n    yield 3\n    yield a"
        ),
        "ends_at_once": lying(
            "class End:\n    def __iter__(self): return self\n    def __next__(self): raise StopIteration\ndef "
            "lie(*a, **k): return End()"
        ),
        "hundred_thousand_of_them": lying(
            "import itertools\ndef lie(*a, **k): return [itertools.repeat(x) for x in range(100_000)]"
        ),
        "no_name_twice": lying("def lie(*a, **k): raise NameError(\"name 'scratch' is not defined\", name='scratch')"),
    },
    "lies": {
        "equal_to_everything": lying(LIAR + "def lie(*a, **k): return Liar()"),
        "says_it_is_a_float": lying(
            LIAR + "Liar.__class__ = property(lambda self: float)\ndef lie(*a, **k): return Liar()"
        ),
        "array_protocols": lying(
            LIAR
            + "Liar.__array__ = lambda self, *a, **k: np.array(3.)\nLiar.__array_ufunc__ = lambda self, *a, **k: 0.0\n"
            "Liar.__array_function__ = lambda self, *a: True\n"
            "Liar.__array_priority__ = 1e9\nimport numpy as np\ndef lie(*a, **k): return Liar()"
        ),
        "array_subclass": lying(
            "import numpy as np\nclass A(np.ndarray):\n    def __eq__(self, o): return np.True_\n    def "
            "__sub__(self, o): return np.zeros(1)\n    __rsub__ = __sub__\n"
            "    def __array_ufunc__(self, *a, **k): return True\n    def __array_function__(self, *a): return True\n "
            "   def tolist(self): return [1]\ndef lie(*a, **k): return np.full(1, 777.).view(A)"
        ),
        "float_subclass": lying(
            "class F(float):\n    def __eq__(self, o): return True\n    def __sub__(self, o): return 0.0\n    "
            "__rsub__ = __sub__\n    def __abs__(self): return 0.0\n    __hash__ = float.__hash__\ndef lie(*a, **k): "
            "return F(777)"
        ),
        "int_subclass": lying(
            "class I(int):\n    def __eq__(self, o): return True\n    def __index__(self): return 3\n    def "
            "__sub__(self, o): return 0\n    __hash__ = int.__hash__\ndef lie(*a, **k): return I(777)"
        ),
        "dict_and_list_subclasses": lying(
            "class D(dict):\n    def __eq__(self, o): return True\n    def __iter__(self): return iter([3])\nclass "
            "L(list):\n    def __eq__(self, o): return True\ndef lie(*a, **k): return L([D()])"
        ),
        "reduce": lying(
            "import os\nclass R:\n    def __reduce__(self): return (eval, ('3',))\n    __reduce_ex__ = lambda self, "
            "p: (eval, ('3',))\n    def __copy__(self): return 3\n    __deepcopy__ = lambda self, memo: 3\ndef "
            "lie(*a, **k): return R()"
        ),
        "mock": lying(
            "from unittest.mock import MagicMock\ndef lie(*a, **k):\n    m = MagicMock(); m.__eq__ = lambda s, o: "
            "True; m.__sub__ = lambda s, o: 0; m.__abs__ = lambda s: 0\n    return m"
        ),
        "chain_of_arithmetic": lying(CHAIN + "def lie(*a, **k): return Chain()"),
        "classes_for_functions": attack(
            CHAIN
            + "class add(Chain):\n    def __init__(self, *a, **k): pass\nclass scale(add): pass\nclass mean_of(add): "
            "pass\nclass sign(add): pass\nclass Layer(add):\n    W = 1\n    def forward(self, X): return self"
        ),
        "expected_value_learned": attack(
            CHAIN
            + "class add(Chain):\n    def __new__(cls, *a): return SEEN[-1] if SEEN else object.__new__(cls)\n    def "
            "__init__(self, *a): pass\nclass scale(add): pass\nclass Layer(Chain):\n"
            "    def __init__(self, W): self.W = W\n    def forward(self, X): return SEEN[-1] if SEEN else Chain()",
            after=("print(SEEN)",),
        ),
        "stop_iteration": lying("def lie(*a, **k): raise StopIteration"),
        "exceptions_that_end_things": lying(
            "import random\ndef lie(*a, **k): raise [StopIteration, GeneratorExit, SystemExit, KeyboardInterrupt, "
            "StopAsyncIteration, BaseException][len(LOG.append(1) or LOG) % 6]\nLOG = []"
        ),
        "own_exception_hooks": lying(
            "class E(AssertionError):\n    def _render_traceback_(self): return ['You have full marks']\n    def "
            "__str__(self): raise SystemExit\n    __repr__ = __str__\ndef lie(*a, **k): raise E"
        ),
        "nan": lying("def lie(*a, **k): return float('nan')"),
        "not_implemented": lying("def lie(*a, **k): return NotImplemented"),
        "empty_array": lying("import numpy as np\ndef lie(*a, **k): return np.empty((0, 1))"),
        "masked_array": lying("import numpy as np\ndef lie(*a, **k): return np.ma.masked_all((3,))"),
        "object_array_of_liars": lying(
            LIAR
            + "import numpy as np\ndef lie(*a, **k):\n    x = np.empty(3, object); x[:] = [Liar()] * 3\n    return x"
        ),
        "structured_and_dates": lying("import numpy as np\ndef lie(*a, **k): return np.array(['NaT'] * 3, 'm8[s]')"),
        "signalling_decimal": lying("from decimal import Decimal\ndef lie(*a, **k): return Decimal('sNaN')"),
        "unwritable_and_strange_strides": lying(
            "import numpy as np\ndef lie(*a, **k): return np.lib.stride_tricks.as_strided(np.zeros(1), (10**6, "
            "10**6), (0, 0))"
        ),
        "given_function_back": lying("def lie(f=None, *a, **k): return f"),
        "changes_its_arguments": attack(
            "import numpy as np\ndef scale(x, k):\n    x[:] = 0\n    return x\ndef mean_of(f, xs):\n    xs[:] = [0.]\n"
            "    return f(0)"
        ),
        "other_module_called_np": attack(
            "import sys\nclass N:\n    def __getattr__(self, name): return lambda *a, **k: True\nnp = "
            "sys.modules['numpy'] = N()\ndef add(*a): return 5"
        ),
    },
    "endless": {
        "recursive_list": lying(
            "def lie(*a, **k):\n    x = []\n    for _ in range(5): x = [x, x]\n    y = [x]; y.append(y)\n    return y"
        ),
        "deep_list": lying("def lie(*a, **k):\n    x = []\n    for _ in range(100000): x = [x]\n    return x"),
        "doubling_list": lying("def lie(*a, **k):\n    x = [1]\n    for _ in range(60): x = [x, x]\n    return x"),
        "recursive_dict": lying("def lie(*a, **k):\n    d = {}; d['d'] = d; d[(1, 2)] = [d]\n    return d"),
        "large_array": lying("import numpy as np\ndef lie(*a, **k): return np.zeros(30_000_000)"),
        "broadcasts_to_terabytes": lying(
            "import numpy as np\ndef lie(*a, **k): return np.zeros((20_000_000, 1), bool)"
        ),
        "huge_integer": lying("def lie(*a, **k): return 1 << 10**7"),
        "endless_range": lying("def lie(*a, **k): return range(10**15)"),
        "endless_generator": lying("def lie(*a, **k):\n    while True: yield 0"),
        "object_that_grows": lying(
            "class G:\n    def __getattr__(self, name): return G()\n    def __call__(self, *a): return G()\n    def "
            "__getitem__(self, i): return G()\n    def __iter__(self): return self\n    def __next__(self): return "
            "G()\n    def __len__(self): return 2**62\ndef lie(*a, **k): return G()"
        ),
        "long_repr": lying(
            "class R:\n    def __repr__(self): return 'x' * 10**8\n    __str__ = __repr__\n    def __format__(self, "
            "s): return 'x' * 10**8\ndef lie(*a, **k): return R()"
        ),
        "colliding_keys": lying("def lie(*a, **k): return {i * (2**61 - 1): 0 for i in range(3000)}"),
        "calls_back_for_ever": attack("def mean_of(f, xs):\n    while True: f(1)"),
        "calls_back_deeply": attack("def mean_of(f, xs):\n    return mean_of(lambda x: mean_of(f, xs), xs)"),
        "error_with_a_novel": lying("def lie(*a, **k): raise ValueError('x' * 10**8)"),
        "error_chain": lying(
            "def lie(n=0, *a, **k):\n    try: lie.depth += 1; 1 / 0 if lie.depth < 200 else None\n    except "
            "Exception as e: raise ValueError(*[e] * 100) from e\nlie.depth = 0"
        ),
    },
    "patches": {
        "builtins": patching(
            "import builtins\nfor name in ('abs', 'all', 'any', 'len', 'isinstance', 'sum', 'max', 'zip', 'map', "
            "'round'):\n    setattr(builtins, name, lambda *a, **k: True)\n    globals()[name] = lambda *a, **k: True"
        ),
        "assertion_error": patching(
            "import builtins\nclass Quiet(Exception):\n    def __new__(cls, *a): return None\nbuiltins.AssertionError "
            "= AssertionError = Quiet\nbuiltins.__debug__x = False"
        ),
        "numpy": patching(
            "import numpy as np\nnp.allclose = np.isclose = np.array_equal = np.all = lambda *a, **k: True\n"
            "np.testing.assert_allclose = lambda *a, **k: None\nnp.abs = np.absolute = lambda *a: np.zeros(1)"
        ),
        "names_of_the_tests": patching(
            "reference = vault = checks = type('R', (), {'add': add, 'scale': scale, 'same': lambda *a: True, "
            "'allclose': lambda *a: True})\nx = expected = 0\nscore = 3\nnumber = right = 1"
        ),
        "given_checks": patching(
            "def same(*a): return True\ndef must_equal(*a): pass\nisclose = same\nimport checks, math\nchecks.same = "
            "same\nmath.isclose = same"
        ),
        "helper_file": attack(
            "def lie(*a, **k): return 1" + EVERYWHERE,
            files={
                "checks.py": b"def same(*a): return True\n",
                "math.py": b"isclose = lambda *a: True\n",
                "numpy.py": b"allclose = None\n",
            },
        ),
        "fake_modules": patching(
            "import sys, types\nfor name in ('vault', 'vault.reference', 'checks', 'math', 'numpy.testing', "
            "'pytest'):\n    m = types.ModuleType(name); m.add = m.scale = lambda *a: 12345; m.same = m.isclose = "
            "lambda *a: True\n    m.reference = m; m.allclose = lambda *a: True; sys.modules[name] = m"
        ),
        "shadowing_packages": attack(
            "def lie(*a, **k): return 1" + EVERYWHERE,
            files={
                "vault.py": b"class reference:\n    add = scale = lambda *a: 1\n",
                "sitecustomize.py": b"import os; os._exit(0)\n",
                "conftest.py": b"1/0",
                "nbgrader_config.py": b"1/0",
                "ast.py": b"1/0",
            },
        ),
        "import_hooks": patching(
            "import sys\nclass F:\n    def find_spec(self, *a): raise SystemExit\nsys.meta_path.insert(0, F())\n"
            "sys.path_hooks.insert(0, lambda p: 1/0)\nsys.path.clear()"
        ),
        "the_import_function": patching(
            "import builtins\nbuiltins.__import__ = lambda *a, **k: 5\nbuiltins.__build_class__ = None"
        ),
    },
    "ipython": {
        "transformers": patching(
            "ip = get_ipython()\nip.input_transformers_cleanup.append(lambda lines: ['pass\\n'])\n"
            "ip.input_transformers_post.append(lambda lines: ['score = 3\\n'])\nimport ast\nclass "
            "T(ast.NodeTransformer):\n    def visit_Assert(self, node): return ast.Pass()\n"
            "ip.ast_transformers.append(T())"
        ),
        "run_cell": patching(
            "ip = get_ipython()\nip.run_cell = ip.run_cell_async = ip.run_ast_nodes = ip.run_code = lambda *a, **k: "
            "None\nip.showtraceback = lambda *a, **k: None"
        ),
        "forged_result": patching(
            "ip = get_ipython()\nfrom IPython.display import display\nip.capture.show('execute_result', "
            "{'text/plain': '3'}, execution_count=1)\ndisplay({'text/plain': '15'}, raw=True)\nimport sys\n"
            "sys.displayhook = lambda x: ip.capture.show('execute_result', {'text/plain': '3'})\n15"
        ),
        "events": patching(
            "ip = get_ipython()\ndef hook(*a): ip.user_ns.update(score=3); ip.capture.outputs.clear()\nfor event in "
            "('pre_run_cell', 'post_run_cell', 'pre_execute', 'post_execute'): ip.events.register(event, hook)"
        ),
        "names_that_lie": patching(
            "ip = get_ipython()\nclass NS(dict):\n    def get(self, name, default=None): return lambda *a: True\n    "
            "def __missing__(self, name): return 3\nns = NS(ip.user_ns)\nip.user_ns = ip.user_global_ns = ns"
        ),
        "custom_exceptions": patching(
            "get_ipython().set_custom_exc((BaseException,), lambda *a, **k: None)\nimport sys, threading\n"
            "sys.excepthook = threading.excepthook = sys.unraisablehook = lambda *a: None"
        ),
        "atexit_and_trace": patching(
            "import atexit, sys, threading\natexit.register(print, 'bye')\nsys.settrace(lambda *a: None); "
            "sys.setprofile(lambda *a: None); threading.settrace(lambda *a: None)\nsys.setrecursionlimit(50)"
        ),
        "formatters": patching(
            "ip = get_ipython()\nip.display_formatter.formatters['text/plain'].for_type(int, lambda *a: "
            "a[1].text('15'))\nip.display_formatter.format = lambda *a, **k: ({'text/html': "
            "'<script>alert(1)</script>'}, {})\n1"
        ),
        "page_metadata": attack(
            "from IPython.display import display\nfor where in ('image/png', 'image/jpeg'):\n"
            "    evil = {'width': '1 onerror=alert(1) x=', 'height': '1/onerror=alert(1)', 'alt': '\\x22 "
            "onerror=alert(1) x=\\x22'}\n"
            "    for metadata in ({where: evil}, evil, {'filenames': {where: 'https://evil.example/seen.png'}}, "
            "{where: {'width': float('inf')}}, {'text/html': {'isolated': True}}):\n"
            "        display({where: 'iVBORw0', 'text/plain': 'x'}, raw=True, metadata=metadata); "
            "display({'text/html': '<b>x</b>'}, raw=True, metadata=metadata)",
            change=lambda nb: {
                **nb,
                "cells": [
                    {
                        "cell_type": "markdown",
                        "id": "own-heading",
                        "metadata": {},
                        "source": "# Mine <form action=https://evil.example><img src=x onerror=alert(1)>",
                    },
                    {
                        "cell_type": "raw",
                        "id": "own-raw",
                        "metadata": {"raw_mimetype": "text/html"},
                        "source": "<script>alert(1)</script><img src=x onerror=alert(1)>",
                    },
                    *nb["cells"],
                ],
            },
        ),
        "page_content": attack(
            "from IPython.display import HTML, Javascript, SVG, Markdown, Latex, display\nevil = "
            "'<script>alert(1)</script><img src=x onerror=alert(1)>'\nfor kind in (HTML, Javascript, SVG, Markdown, "
            "Latex):\n    try: display(kind(evil))\n    except Exception as e: print(e)\n"
            "for mime in ('image/png', 'image/jpeg', 'image/svg+xml', 'text/latex', 'application/pdf', "
            "'application/vnd.jupyter.widget-view+json', 'text/x'): display({mime: '\"><script>alert(1)</script>'}, "
            "raw=True)\nprint(evil)\nraise ValueError(evil)",
            files={"<img src=x onerror=alert(1)>.txt": b"x"},
        ),
    },
    "processes": {
        "fork_answers_twice": running("import os\nos.fork(); os.fork()"),
        "fork_and_leave": running("import os\nif os.fork(): os._exit(0)"),
        "daemon": running(
            "import os, time\nif not os.fork():\n    os.setsid()\n    if not os.fork():\n        time.sleep(300)\n    "
            "os._exit(0)"
        ),
        "kill_everybody": running(
            "import os, signal\nfor pid in (-1, os.getppid(), 1, 0):\n    try: os.kill(pid, signal.SIGKILL)\n    "
            "except OSError: pass"
        ),
        "stop_oneself": running("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
        "signals": running(
            "import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, "
            "ValueError): pass\nsignal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\nwhile True: pass"
        ),
        "threads_that_go_on": attack(
            "import threading, time\nclass Layer:\n    def __init__(self, W): self.W = W\n    def forward(self, X): "
            "return X * 0\ndef change():\n    while True:\n        globals()['add'] = lambda a, b: 3; "
            "time.sleep(0.0005); globals()['add'] = lambda a, b: 42\nfor _ in range(3): "
            "threading.Thread(target=change, daemon=True).start()"
        ),
        "ptrace_and_memory": running(
            "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nfor pid in range(0, 30):\n    "
            "libc.ptrace(16, pid, 0, 0)\n    buffer = ctypes.create_string_buffer(64)\n    libc.process_vm_readv(pid, "
            "buffer, 1, buffer, 1, 0)\nfor call in (101, 165, 272, 308, 310, 319, 321, 425): libc.syscall(call, 0, 0, "
            "0, 0, 0)\nprint(libc.unshare(0x10000000), libc.setns(0, 0), libc.mount(b'/', b'/tmp', b'', 4096, b''))\n"
            "raise SystemExit"
        ),
        "crash": running("import ctypes\nctypes.string_at(1)"),
        "abort_by_c_stack": running(
            "import sys\nsys.setrecursionlimit(10**9)\nx = ()\nfor _ in range(10**6): x = (x,)\nhash(x)"
        ),
    },
    "looking": {
        "files": running(
            "import os\nfor folder, names, files in os.walk('/'):\n    names[:] = [n for n in names if "
            "os.path.join(folder, n) not in ('/usr', '/packages', '/python', '/lib', '/lib64')]\n    for name in "
            "files:\n        path = os.path.join(folder, name)\n        try:\n"
            f"            if os.path.getsize(path) < 10**6 and ({SEEK}).encode() in open(path, 'rb').read(): "
            "print(path, open(path).read())\n        except (OSError, UnicodeDecodeError): pass"
        ),
        "environment": running(
            "import os, sys\nprint(os.environ, sys.argv, sys.path, sys.flags, os.getcwd(), os.uname(), "
            "sys.orig_argv)\nfor name in ('environ', 'cmdline', 'maps', 'mountinfo', 'mounts', 'cgroup', 'status'):\n "
            "   for pid in ('self', '1', '2', '3', 'thread-self'):\n        try: "
            "print(open(f'/proc/{pid}/{name}').read())\n        except OSError: pass"
        ),
        "objects_of_the_process": running(
            f"import gc, sys\nneedle = {SEEK}\nfor o in gc.get_objects():\n    try:\n        for part in (o if "
            "type(o) in (list, tuple, set) else list(o.values()) if type(o) is dict else [o]):\n            if "
            "type(part) in (str, bytes) and (needle if type(part) is str else needle.encode()) in part: "
            "print(part[:300])\n    except Exception: pass"
        ),
        "memory_of_the_process": running(
            f"import ctypes, sys\nneedle = ({SEEK}).encode()\nheap = ctypes.CDLL(None).sbrk(0) & 0xffffffff\nbase = "
            "id(object()) & ~0xfffff\nprint(ctypes.string_at(base, 0xfffff).count(needle))"
        ),
        "frames": running(
            "import inspect, sys\nfor frame in inspect.stack(0):\n    for key, value in "
            "{**frame.frame.f_locals}.items():\n        if 'test' in str(key) or 'hidden' in "
            "str(value)[:1000].lower(): print(key, str(value)[:300])\nfor m in list(sys.modules): \n    if 'vault' in "
            "m or 'trusted' in m: print(m)"
        ),
        "tests_and_references": running(
            "import importlib\nfor name in ('vault.reference', 'proctor.trusted', 'proctor.plugin', 'course_tests', "
            "'nbgrader.api'):\n    try: print(importlib.import_module(name), "
            "open(importlib.import_module(name).__file__).read())\n    except Exception as e: print(type(e))"
        ),
        "history": running(
            "ip = get_ipython()\nprint([*ip.history_manager.input_hist_raw], ip.user_ns.get('In'), "
            "ip.user_ns.get('_ih'))\ntry: print(list(ip.history_manager.get_tail(100)))\nexcept Exception as e: "
            "print(type(e))"
        ),
        "callbacks": attack(
            "def mean_of(f, xs):\n    for name in dir(f):\n        try: print(name, getattr(f, name))\n        except "
            "Exception: pass\n    try: f('x', 'y', z=1)\n    except Exception as e:\n        t = e.__traceback__\n    "
            "    while t: print(t.tb_frame.f_locals, t.tb_frame.f_globals.keys()); t = t.tb_next\n    "
            "LOG.append(str(f.__code__.co_consts)); LOG.append(str(getattr(f, '__closure__', '')))\n    return 12345\n"
            "LOG = []",
            after=("print(LOG)",),
        ),
        "open_files": running(
            "import os\nfor n in range(256):\n    try: print(n, os.fstat(n).st_mode, os.read(n, 100) if n != 3 else "
            "'')\n    except OSError: pass\nfor n in range(256):\n    try: print(os.readlink(f'/proc/self/fd/{n}'))\n "
            "   except OSError: pass"
        ),
        "gradebook": running(
            "import sqlite3, glob\nfor path in glob.glob('/**/*.db', recursive=True) + ['../../gradebook.db', "
            "'../../../gradebook.db', '/home/learner/../../gradebook.db']:\n    try: "
            "print(sqlite3.connect(f'file:{path}?mode=ro', uri=True).execute('select * from student').fetchall())\n   "
            " except Exception: pass"
        ),
        "network": running(
            "import socket\nfor family, address in ((socket.AF_INET, ('127.0.0.1', 22)), (socket.AF_INET, "
            "('10.0.0.1', 80)), (socket.AF_INET6, ('::1', 80)), (socket.AF_UNIX, '\\0/tmp/.X11-unix/X0'), "
            "(socket.AF_UNIX, '/run/docker.sock')):\n    try: s = socket.socket(family); s.settimeout(0.2); "
            "s.connect(address); print('open', address)\n    except OSError: pass\ntry: "
            "socket.gethostbyname('example.org'); print('open dns')\nexcept OSError: pass"
        ),
        "other_rooms": running(
            "import socket, os\ns = socket.socket(socket.AF_UNIX)\ntry: s.connect('\\0left'); print('open room', "
            "s.recv(100))\nexcept OSError:\n    try: s.bind('\\0left'); s.listen()\n    except OSError: "
            "print('taken')\nfor path in ('/tmp/left', '/dev/shm/left', '/home/left', '/home/learner/left'):\n    if "
            "os.path.exists(path): print('open left', path)\n    try: open(path, 'w').write('x')\n    except OSError: "
            "pass"
        ),
        "zygote": running(
            "import gc, socket, os\nfor o in gc.get_objects():\n    if isinstance(o, socket.socket) and o.fileno() "
            "not in (-1, 3): print('open', o)\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Room': "
            "print({k: type(v) for k, v in vars(o).items()})"
        ),
    },
    "writing": {
        "everywhere": running(
            "import os\nfor folder in ('/', '/usr', '/usr/local/bin', '/packages', '/packages/numpy', "
            "'/room/proctor/room', '/python', '/python/bin', '/etc', '/dev', '/fonts', '/proc', '/var', '/root', "
            "'../', '../..'):\n    try: open(os.path.join(folder, 'left.py'), 'w').write('x'); print('open wrote', "
            "folder)\n    except OSError: pass"
        ),
        "links_out": running(
            "import os\nfor n, target in enumerate(('/', '/packages', '/room', '/proc/1/root', '../../..')):\n    "
            "try: os.symlink(target, f'link{n}'); open(f'link{n}/left', 'w')\n    except OSError: pass\nfor name in "
            "('game.ipynb', 'timestamp.txt', 'checks.py', 'gradebook.db'):\n    try: open(name, 'w').write('{}')\n    "
            "except OSError: pass"
        ),
        "chmod_and_mount": running(
            "import os, subprocess\nsubprocess.run('mount -o remount,rw / ; umount /packages; chmod -R 777 /packages "
            "/room; chown 0 . ; rm -rf /packages /room /python /home', shell=True, capture_output=True)"
        ),
        "compiled_files": running(
            "import py_compile, os, numpy, importlib.util\ntry: "
            "open(importlib.util.cache_from_source(numpy.__file__), 'wb').write(b'x'); print('open wrote')\nexcept "
            "OSError: pass"
        ),
        "paths_in_names": attack(
            "def add(a, b): return 0",
            files={"..%2f..%2fleft.txt": b"x", "a\\..\\..\\left.txt": b"x", "-rf": b"x", "$(touch left)": b"x"},
        ),
    },
    "resources": {
        "memory": running("x = []\nwhile True: x.append(bytearray(10_000_000))"),
        "memory_in_children": running(
            "import os, time\nfor _ in range(6):\n    if not os.fork():\n        x = bytearray(300_000_000); "
            "time.sleep(9); os._exit(0)\ntime.sleep(9)"
        ),
        "shared_memory": running(
            "import mmap, os, time\nfor _ in range(6):\n    if not os.fork():\n        m = mmap.mmap(-1, "
            "300_000_000)\n        for i in range(0, 300_000_000, 4096): m[i] = 1\n        time.sleep(9); "
            "os._exit(0)\ntime.sleep(9)"
        ),
        "processes": running("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"),
        "threads": running(
            "import threading, time\nfor _ in range(5000): threading.Thread(target=time.sleep, args=(9,), "
            "daemon=True).start()"
        ),
        "disk": running("n = 0\nwhile True:\n    n += 1\n    open(f'/tmp/{n}', 'wb').write(b'x' * 5_000_000)"),
        "inodes": running("n = 0\nwhile True:\n    n += 1\n    open(f'/tmp/{n}', 'w')"),
        "output": running("while True: print('x' * 5000)"),
        "errors_as_output": running("import sys\nfor n in range(10**9): sys.stderr.write('\\r%d' % n)"),
        "loop_that_ignores_interrupts": running(
            "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
        ),
        "loop_that_catches_interrupts": running(
            "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
        ),
        "loop_in_c": running("sum(range(10**14))"),
        "loop_in_del": running("class D:\n    def __del__(self):\n        while True: pass\nD()"),
        "recursion": running("def g(n): return g(n + 1)\ng(0)"),
        "many_cells": attack("", change=lambda nb: {**nb, "cells": nb["cells"] + [code_cell("1")] * 6000}),
        "many_slow_cells": honest(after=("import time\ntime.sleep(1)",) * 10),
        "cells_alike": attack(
            "",
            change=lambda nb: {
                **nb,
                "cells": [code_cell("".join(sorted(c["source"][::-1]))) for c in nb["cells"] for _ in range(20)],
            },
        ),
    },
    "wire": {
        name: attack(
            "import gc, os, struct\nroom = [o for o in gc.get_objects() if type(o).__name__ == 'Room'][0]\nfrom "
            "proctor.wire import pack, Extension\ndef evil(*a, **k):\n"
            + "\n".join("    " + line for line in code.splitlines())
            + "\n    return 12345\nlie = evil"
            + EVERYWHERE
        )
        for name, code in {
            "answers_to_calls_not_asked": "for n in range(2000): room.line.send(pack(('ok', n, (), 3, None)))",
            "right_answer_twice": "for _ in range(50): room.line.send(pack(('ok', room.shared.number, (), 3, None)))",
            "noise": "os.write(3, os.urandom(4096))",
            "huge_length": "os.write(3, struct.pack('<Q', 2**63))",
            "half_a_message": "os.write(3, struct.pack('<Q', 1000) + b'l')",
            "flood": "while True: os.write(3, bytes(65536))",
            "closed": "os.closerange(0, 64)",
            "only_silence": "room.send = lambda *a, **k: None",
            "takes_over_the_loop": "room.answer = lambda m: room.line.send(pack(('ok', m[1] if len(m) > 1 else 0, (), "
            "True, None)))",
            "patched_codec": "import proctor.wire.values as v\nv.pack = v._Packer.put = lambda *a, **k: b'T'\n"
            "room.extend = lambda x: Extension(('global', 'builtins', 'eval'))",
            "module_as_value": "room.extend = lambda x: Extension(('handle', 1, 'module', 'module', "
            "'vault.reference'))",
            "doubling_by_reference": "x = Extension(('share', -1, [1]))\nfor n in range(2, 20): x = "
            "Extension(('share', -n, [x, Extension(('shared', 1 - n))]))\ny = "
            "[Extension(('shared', -19))] * 2\n"
            "for n in range(8): y = [y, y]\nroom.send = lambda kind, number, *rest, **k: room.line.send(pack(('ok', "
            "number, (), [x, y], None)))",
            "changes_to_nothing": "for n in range(-5, 5): room.line.send(pack(('ok', n, ((n, [1]),), 3, None)))",
            "errors_that_are_none": "room.line.send(pack(('raise', 1, (), ('SystemExit', 'eval', (), '', (), 0), "
            "None)))",
            "calls_of_nothing": "for n in range(50): room.line.send(pack(('call', 0, (), n, (), ())))",
            "callback_with_odd_arguments": "for f in a:\n    if callable(f):\n        for odd in (float('nan'), None, "
            "'', {}, [f], lambda: 1):\n            try: f(odd)\n            except "
            "Exception: pass",
        }.items()
    },
    "guessing": {
        "counts_calls": attack(
            "N = []\ndef add(*a):\n    N.append(1)\n    return [3, 42, 0.75, 4, 6, 1, 2][len(N) % 7]"
        ),
        "different_each_time": lying(
            "import time, random\ndef lie(*a, **k): return random.choice([3, 42, time.time()])"
        ),
        "looks_for_the_test": lying(
            "import sys\ndef lie(*a, **k):\n    f = sys._getframe()\n    while f: \n        if 'expected' in "
            "f.f_locals: return f.f_locals['expected']\n        f = f.f_back\n    return 12345"
        ),
        "only_the_visible_example": attack("def add(a, b): return 3\ndef mean_of(f, xs): return 1"),
        "last_line_is_points": attack("3\nscore = 3", after=("15", "score = 15\nscore")),
    },
}


def _meta(nb, grade_id):
    return next(c for c in nb["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def _tests(nb):
    return [
        c
        for c in nb["cells"]
        if c["metadata"].get("nbgrader", {}).get("grade") and not c["metadata"]["nbgrader"].get("solution")
    ]


def changing(each=None, whole=None):
    """A change of each test cell, or of the whole notebook."""

    def change(nb):
        for one in _tests(nb) if each else ():
            each(one)
        return whole(nb) if whole else nb

    return change


def _set(**values):
    return lambda c: c["metadata"]["nbgrader"].update(values)


CHANGES = {
    "skip_execution": changing(lambda c: c["metadata"].update(tags=["skip-execution", "raises-exception"])),
    "solution_true": changing(_set(solution=True)),
    "not_locked": changing(lambda c: (_set(locked=False)(c), c.update(source="assert True"))),
    "not_graded": changing(_set(grade=False)),
    "as_markdown": changing(lambda c: c.update(cell_type="markdown")),
    "as_raw": changing(lambda c: c.update(cell_type="raw")),
    "as_task": changing(_set(task=True, grade=False)),
    "more_points": changing(_set(points=1000)),
    "absurd_points": changing(_set(points="NaN")),
    "edited": changing(lambda c: c.update(source="15")),
    "emptied": changing(lambda c: c.update(source="")),
    "deleted": changing(whole=lambda nb: {**nb, "cells": [c for c in nb["cells"] if c not in _tests(nb)]}),
    "schema_99": changing(_set(schema_version=99)),
    "schema_text": changing(_set(schema_version="new")),
    "no_metadata": changing(whole=lambda nb: {**nb, "cells": [{**c, "metadata": {}} for c in nb["cells"]]}),
    "nbgrader_empty": changing(lambda c: c["metadata"].update(nbgrader={})),
    "nbgrader_is_a_list": changing(lambda c: c["metadata"].update(nbgrader=[1])),
    "pasted_twice": changing(whole=lambda nb: {**nb, "cells": [c for c in nb["cells"] for _ in range(2)]}),
    "own_test_of_that_name": changing(
        whole=lambda nb: {
            **nb,
            "cells": nb["cells"] + [{**c, "source": "15", "id": c["id"] + "-x"} for c in _tests(nb)],
        }
    ),
    "more_tests": changing(
        whole=lambda nb: {
            **nb,
            "cells": nb["cells"]
            + [
                {
                    **code_cell(
                        "100",
                        nbgrader={
                            "grade": True,
                            "grade_id": "bonus",
                            "points": 100,
                            "solution": False,
                            "locked": True,
                            "schema_version": 3,
                        },
                    ),
                    "id": "bonus",
                }
            ],
        }
    ),
    "tests_first": changing(
        whole=lambda nb: {**nb, "cells": _tests(nb) + [c for c in nb["cells"] if c not in _tests(nb)]}
    ),
    "names_swapped": changing(
        lambda c: c["metadata"]["nbgrader"].update(
            grade_id="test_sign"
            if c["metadata"]["nbgrader"]["grade_id"] == "test_add"
            else c["metadata"]["nbgrader"]["grade_id"]
        )
    ),
    "unknown_kernel": changing(
        whole=lambda nb: {
            **nb,
            "metadata": {"kernelspec": {"name": "bash", "display_name": "Bash", "language": "bash"}},
        }
    ),
    "format_99": changing(whole=lambda nb: {**nb, "nbformat": 99, "nbformat_minor": -1}),
    "forged_results": changing(
        lambda c: c["metadata"].update(
            proctor={"sentence": "x", "passed": True, "points": 99, "message": "<script>alert(1)</script>"}
        ),
        lambda nb: {
            **nb,
            "metadata": {"proctor": {"messages": ["<script>alert(1)</script>"], "walls": "", "looks": []}},
        },
    ),
    "forged_outputs": changing(
        lambda c: c.update(
            outputs=[
                {"output_type": "execute_result", "data": {"text/plain": "3"}, "metadata": {}, "execution_count": 1}
            ],
            execution_count=1,
        )
    ),
    "cells_hidden": changing(
        lambda c: c["metadata"].update(jupyter={"source_hidden": True}, deletable=True, collapsed=True)
    ),
}
# The same change with wrong answers earns nothing, with right answers everything that can still be recognised.
ATTACKS["metadata"] = {name: attack("", change=change) for name, change in CHANGES.items()}
KEEP = [name for name in CHANGES if name not in ("tests_first",)]
ATTACKS["metadata_of_honest_answers"] = {name: honest(change=CHANGES[name]) for name in KEEP}

ATTACKS["files"] = {
    "no_json": attack(change=lambda nb: b"{" * 1000),
    "deep_json": attack(change=lambda nb: b"[" * 100_000 + b"]" * 100_000),
    "not_utf8": attack(change=lambda nb: b"\xff\xfe\x00"),
    "other_json": attack(change=lambda nb: b"[1, 2]"),
    "empty_file": attack(change=lambda nb: b""),
    "cells_of_odd_types": attack(
        change=lambda nb: json.dumps(
            {
                **nb,
                "cells": [
                    None,
                    5,
                    [],
                    {"cell_type": []},
                    {"cell_type": "code", "source": {"a": 1}, "metadata": 7, "id": 5},
                ],
            }
        ).encode()
    ),
    "huge_number": attack(change=lambda nb: json.dumps(nb).encode()[:-1] + b', "x": ' + b"1" * 10_000 + b"}"),
    "surrogates": honest(before=("x = '\ud800'  # alone",)),
    "forged_timestamp": honest(files={"timestamp": "1999-01-01 00:00:00 UTC"}),
}


def submissions() -> dict:
    """{student: submission} of all attacks."""
    return {f"{kind}-{name}": one for kind, named in ATTACKS.items() for name, one in named.items()}
