"""What a test does to the notebook: names that it sets or deletes, functions that it replaces, code that it looks
at.
"""

import pytest

from proctor.tests.test_trusted import check, grade
from proctor.trusted import close
from proctor.trusted.mirror import globals_read, spelled_out, targets


@pytest.fixture(scope="module", autouse=True)
def one_house():
    yield
    close()


SQUARES = "def squares(n): return [i ** 2 for i in range(1, n + 1)]\ndef sum_of_squares(n): return sum(squares(n))\n"
TAKEN = (
    "kept = squares\ndel squares\ntry:\n    sum_of_squares(1)\nexcept NameError:\n    pass\nelse:\n    raise "
    "AssertionError('squares is not used')\nfinally:\n    squares = kept\nassert sum_of_squares(3) == 14"
)
MIRRORED = {
    "a name deleted and put back": (SQUARES, TAKEN),
    "a global that the test sets": (
        "def area(): return width * height",
        "width, height = 3, 4\nassert area() == 12\nwidth = 10\nassert area() == 40",
    ),
    "a global of the learner's that the test sets": (
        "count = 0\ndef more():\n    global count\n    count += 1\n    return count",
        "count = 10\nassert more() == 11",
    ),
    "a list that the test sets": (
        "def total(): return sum(numbers)",
        "import numpy as np\nnumbers = [1, 2]\nassert total() == 3\nnumbers = np.ones(4)\nassert total() == 4",
    ),
    "a function in the place of the learner's": (
        "def roll(): return 4\ndef twice(): return 2 * roll()",
        "def roll():\n    return 7\nassert twice() == 14",
    ),
    "input of the test's": (
        "def ask(): return int(input('n? ')) + 1",
        "def input(prompt=''):\n    assert prompt == 'n? '\n    return '41'\nassert ask() == 42\ndel input\nimport "
        "pytest\nwith pytest.raises(EOFError):\n    ask()",
    ),
    "input patched": (
        "def ask(): return int(input('n? ')) + 1",
        "from unittest.mock import patch\nwith patch('builtins.input', return_value='5') as asked:\n    assert ask() "
        "== 6\nasked.assert_called_once_with('n? ')",
    ),
    "print patched": (
        "def hello(name): print('Hello,', name)",
        "from unittest.mock import patch\nwith patch('builtins.print') as p:\n    hello('Ada')\n"
        "p.assert_called_once_with('Hello,', 'Ada')",
    ),
    "a module's function patched": (
        "import random\ndef roll(): return random.randint(1, 6) * 10",
        "from unittest.mock import patch\nimport random\nwith patch('random.randint', return_value=3):\n    assert "
        "roll() == 30\n"
        "with patch.object(random, 'randint', lambda a, b: b):\n    assert roll() == 60\nold = random.randint\n"
        "random.randint = lambda a, b: 1\nassert roll() == 10\nrandom.randint = old\nassert 10 <= roll() <= 60",
    ),
    "globals and dir": (
        "answer = 42\ndef f(): pass",
        "assert 'answer' in globals() and 'nothing' not in globals() and 'answer' in dir() and globals()['answer'] == "
        "42 == globals().get('answer') and globals().get('nothing') is None\n"
        "assert get_ipython().user_ns['answer'] == 42\nexec('value = answer + 1')\nassert value == 43 == eval('answer "
        "+ 1')",
    ),
    "await": (
        "import asyncio\nasync def slow(x):\n    await asyncio.sleep(0)\n    return x * 2\nasync def many(n):\n    "
        "for i in range(n): yield i",
        "import inspect\nassert await slow(4) == 8\nassert inspect.iscoroutinefunction(slow) and "
        "inspect.isasyncgenfunction(many) and not inspect.iscoroutinefunction(many)",
    ),
    "generator functions": (
        "def f():\n    yield 1\ndef g(): return 1",
        "import inspect\nassert inspect.isgeneratorfunction(f) and not inspect.isgeneratorfunction(g)",
    ),
    "the source": (
        "def add(a, b):\n    total = a + b\n    return total\nclass Box:\n    def __init__(self): self.n = 0\n    def "
        "grow(self): self.n += 1",
        "import inspect\nfrom inspect import getsource\nassert 'total' in getsource(add) and 'grow' in "
        "inspect.getsource(Box) and 'self.n' in getsource(Box.grow) and 'self.n = 0' in getsource(Box.__init__)\n"
        "assert len(inspect.getsourcelines(add)[0]) == 3",
    ),
    "annotations": (
        "def f(x: int, y: 'str' = 'a') -> float: return 1.",
        "import inspect, typing\ns = inspect.signature(f)\nassert s.return_annotation is float and "
        "s.parameters['x'].annotation is int and f.__annotations__['x'] is int\nassert typing.get_type_hints(f) == "
        "{'x': int, 'y': str, 'return': float}",
    ),
    "a decorator": (
        "import functools\ndef counted(f):\n    @functools.wraps(f)\n    def inner(*a):\n        inner.calls += 1\n   "
        "     return f(*a)\n    inner.calls = 0\n    return inner",
        "@counted\ndef g(x):\n    'doc'\n    return x + 1\nassert g(1) == 2 and g.calls == 1 and g.__name__ == 'g' "
        "and g.__doc__ == 'doc' and g.__wrapped__(3) == 4",
    ),
    "iterators": (
        "def first(it): return next(iter(it))",
        "import itertools\nassert first(iter([7, 8])) == 7 and first(x * x for x in range(3, 5)) == 9 and "
        "first(zip([1], [2])) == (1, 2) and first({'k': 1}.items()) == ('k', 1) and first({'k': 1}) == 'k'\nassert "
        "first(itertools.count(5)) == 5\nit = iter([1, 2, 3])\nfirst(it)\nassert next(it) == 2",
    ),
    "files in memory and patterns": (
        "def lines(f): return [l.strip() for l in f]\ndef put(f): print('x', file=f)\ndef found(p, s): return "
        "bool(p.search(s))",
        "import io, re\nassert lines(io.StringIO('a\\nb\\n')) == ['a', 'b'] and found(re.compile('a+'), 'caat')\nout "
        "= io.StringIO()\nput(out)\nassert out.getvalue() == 'x\\n'",
    ),
}


@pytest.mark.parametrize("name", MIRRORED)
def test_a_test_shares_the_notebook_as_in_a_kernel(name):
    """Names, replaced functions, iterators, code that is looked at."""
    result = check(*MIRRORED[name])
    assert result.passed, result.message


WRONG = {
    "squares is not used": (
        "def squares(n): return [i ** 2 for i in range(1, n + 1)]\ndef sum_of_squares(n): return sum(i ** 2 for i in "
        "range(1, n + 1))",
        TAKEN,
    ),
    "the wrong code is looked at": (
        "class Box:\n    def __init__(self, n):\n        while True:\n            self.n = n\n            break",
        "import inspect\nassert 'while' not in inspect.getsource(Box.__init__)",
    ),
    "there is no code to look at": (
        "class Box: pass",
        "import inspect\nassert 'while' not in inspect.getsource(Box.__init__)",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_does_not_pass(name):
    """The same tests see what is missing."""
    assert not check(*WRONG[name]).passed


PEEK = (
    "expected = 0\nnumbers = [0]\nimport sys\ndef f(x):\n    for place in (globals(), "
    "vars(sys.modules['__main__'])):\n        for name in ('expected', 'right', 'numbers', 'ref'):\n            value "
    "= place.get(name)\n            if value is not None and value not in (0, [0]):\n                return value(x) "
    "if callable(value) else value[-1] if isinstance(value, list) else value\n"
    "    return expected or (numbers[-1] if numbers else 0) or 12345\ndef reads(): return right, ref"
)
SECRETS = {
    "in a hidden part": "### BEGIN HIDDEN TESTS\nexpected = 9\nassert f(3) == expected\n### END HIDDEN TESTS",
    "visible, by a hidden module": "from statistics import mean\nfrom course_tests_of_mine import answer\nexpected = "
    "answer(3)\nassert f(3) == expected",
    "by a hidden statement later": "expected = 0\n### BEGIN HIDDEN TESTS\nexpected = 9\nassert f(3) == expected\n### "
    "END HIDDEN TESTS",
    "added up": "import course_tests_of_mine as m\nexpected = 0\nexpected += m.answer(3)\nassert f(3) == expected",
    "in a loop": "import course_tests_of_mine as m\nexpected = 0\nfor expected in [m.answer(3)]:\n    pass\nassert "
    "f(3) == expected",
    "in a list": "import course_tests_of_mine as m\nnumbers = [0]\nnumbers.append(m.answer(3))\nassert f(3) == "
    "numbers[1]",
    "by a function": "import course_tests_of_mine as m\ndef ref(x):\n    return m.answer(x)\nassert f(3) == ref(3)",
    "by a function on a name that changes": "import course_tests_of_mine as m\nright = 0\ndef ref(x):\n    return "
    "right\nright = m.answer(3)\nassert f(3) == ref(3)",
    "by a walrus": "import course_tests_of_mine as m\nexpected = 0\nif (expected := m.answer(3)):\n    assert f(3) == "
    "expected",
    "by globals()": "import course_tests_of_mine as m\nexpected = 0\nglobals()['expected'] = m.answer(3)\nassert f(3) "
    "== expected",
}


@pytest.mark.parametrize("name", SECRETS)
def test_what_a_test_knows_stays_out_of_the_room(name, tmp_path):
    """Only what the visible part spells out is told; a learner's function that reads globals finds no expected
    value.
    """
    (tmp_path / "course_tests_of_mine.py").write_text("def answer(x): return 9")
    report = grade(PEEK, ("t", SECRETS[name]), import_paths=(str(tmp_path),))
    assert not report.results["t"].passed
    right = grade("def f(x): return 9\n", ("t", SECRETS[name]), import_paths=(str(tmp_path),)).results["t"]
    assert right.passed, right.message


@pytest.mark.parametrize(
    "test",
    [
        "import doctest\ndoctest.run_docstring_examples(f, globals())",
        "import typing\ntyping.get_type_hints(f)\nassert 0",
        "import inspect\ninspect.get_annotations(f, eval_str=True)",
        "import inspect\ninspect.signature(f, eval_str=True)",
    ],
)
def test_text_of_the_learners_never_runs_here(test, tmp_path):
    """Docstrings and annotations are text."""
    mark = tmp_path / "mark"
    code = f"__import__('pathlib').Path({str(mark)!r}).write_text('x')"
    grade(f'def f(x: {code!r}):\n    """\n    >>> {code}\n    1\n    """', ("t", test))
    assert not mark.exists()


def test_static_readings():
    """What is spelled out, read and replaced, by the text alone."""
    assert spelled_out(
        "a = 1\nb = [a, 'x']\nc = f(a)\nimport numpy as np\nd = np.arange(a)\ne = open('x')\ng = np.load('x')"
    ) == {"a", "b", "d"}
    assert spelled_out("a = b\nb = secret()") == frozenset() == spelled_out("x.y = 1\nz[0] = 2")
    assert (
        globals_read("def f(x):\n    y = x\n    return y + z\ng = lambda: h") == {"z", "h"}
        and globals_read("x = y") == frozenset()
    )
    assert targets("from unittest.mock import patch\npatch('random.randint')\npatch('subprocess.run')") == (
        ("random", "randint"),
    )


FILES = (
    "with open('result.txt', 'w') as f: f.write('42')\ndef count(name):\n    with open(name) as f: return "
    "len(f.read().split())\ndef save(name):\n    with open(name, 'w') as f: f.write('saved')\n"
)


def test_files_are_seen_on_both_sides():
    """What the learner's code writes a test can read; what a test writes and names in a call the learner's code can
    read.
    """
    report = grade(
        FILES,
        ("a", "import os\nassert open('result.txt').read() == '42' and os.path.exists('result.txt')"),
        ("b", "with open('words.txt', 'w') as f:\n    f.write('a b c')\nassert count('words.txt') == 3"),
        (
            "c",
            "import tempfile, os\nwith tempfile.NamedTemporaryFile('w', delete=False) as f:\n    f.write('a b')\n"
            "assert count(f.name) == 2\nos.remove(f.name)",
        ),
        ("d", "save('out.txt')\nassert open('out.txt').read() == 'saved'"),
        (
            "e",
            "from pathlib import Path\nsave('out.txt')\nassert Path('out.txt').read_text() == 'saved' and "
            "count(Path('out.txt')) == 1",
        ),
    )
    assert {name: result.message for name, result in report.results.items() if not result.passed} == {}


def test_files_of_the_assignment_and_of_tests_are_not_the_learners():
    """A file that the instructor gave, or that a test wrote, stays as it is; code and paths outside are not taken."""
    learner = (
        "import os\ndef f(x):\n    for name in ('given.txt', 'own.txt', 'code.py', '../up.txt', "
        "'deep/er.txt'):\n        try:\n            os.makedirs(os.path.dirname(name) or '.', exist_ok=True)\n "
        "           open(name, 'w').write('9')\n        except OSError: pass\n    os.symlink('/etc/passwd', "
        "'link.txt')\n    return 9\n"
    )
    test = (
        "import os\nopen('own.txt', 'w').write('1')\nassert f(3) == 9\nassert open('given.txt').read() == '1' and "
        "open('own.txt').read() == '1' and open('deep/er.txt').read() == '9'\nassert not "
        "os.path.exists('code.py') and not os.path.exists('../up.txt') and not os.path.lexists('link.txt')"
    )
    result = grade(learner, ("t", test), files={"given.txt": b"1"}, own_files=("given.txt",)).results["t"]
    assert result.passed, result.message
    peek = "def f(x):\n    import os\n    return open('secret.txt').read() if os.path.exists('secret.txt') else ''\n"
    assert grade(peek, ("t", "open('secret.txt', 'w').write('s')\nassert f('x') == ''")).results["t"].passed
