"""A room whose own code has been taken over by the learner: it can send anything at any time."""

import pytest

from proctor.job import Limits
from proctor.tests.test_trusted import grade
from proctor.trusted import close, limits

TAKE = """
import gc, os, sys, struct, time
import numpy as np
room = [o for o in gc.get_objects() if type(o).__name__ == 'Room'][0]
from proctor.wire import pack, Extension
X = lambda *parts: Extension(parts)
def raw(value): room.line.send(pack(value))
class Anything:
    def __eq__(self, other): return True
def answering(make):
    'From now on each question is answered with make(number).'
    def send(kind, number, *rest, **options):
        made = make(number)
        if made is not None:
            room.line.send(made if type(made) is bytes else pack(made))
    room.send = send
"""
LIMITS = Limits(call_seconds=1.5, cell_seconds=5, notebook_seconds=40)

FORGED = {
    "the right answer to a wrong question": "answering(lambda n: ('ok', n + 1, (), 9, None))",
    "a number that is none": "answering(lambda n: ('ok', True, (), 9, None))",
    "a text for a number": "answering(lambda n: ('ok', str(n), (), 9, None))",
    "no tuple": "answering(lambda n: ['ok', n, (), 9, None])",
    "too few parts": "answering(lambda n: ('ok', n))",
    "too many parts": "answering(lambda n: ('ok', n, (), 9, None, 9))",
    "an unknown kind": "answering(lambda n: ('pass', n, (), 9, None))",
    "an unhashable kind": "answering(lambda n: ([], n, (), 9, None))",
    "changes to what was never shared": "answering(lambda n: ('ok', n, ((7, np.zeros(3)),), 9, None))",
    "changes that are not changes": "answering(lambda n: ('ok', n, (3,), 9, None))",
    "changes of odd keys": "answering(lambda n: ('ok', n, (([], 1),), 9, None))",
    "an error that is none": "answering(lambda n: ('raise', n, (), 'ValueError', None))",
    "an error with odd parts": "answering(lambda n: ('raise', n, (), ('ValueError', [], (), '', (), 0), None))",
    "an error of an odd class": "answering(lambda n: ('raise', n, (), ('__import__', 'eval', ('1',), '', (), 0), "
    "None))",
    "an error that ends programs": "answering(lambda n: ('raise', n, (), ('SystemExit', 'SystemExit', (0,), '', (), "
    "0), None))",
    "an error with frames of odd parts": "answering(lambda n: ('raise', n, (), ('ValueError', 'ValueError', (), '', "
    "((1, 2),), 0), None))",
    "an error with a token": "answering(lambda n: ('raise', n, (), ('ValueError', 'ValueError', (), '', (), 99), "
    "None))",
    "a call of no function": "answering(lambda n: ('call', 0, (), 0, (), ()))",
    "a call of a negative function": "answering(lambda n: ('call', 0, (), -1, (), ()))",
    "a call with odd arguments": "answering(lambda n: ('call', 0, (), 0, 5, ()))",
    "shown that is none": "answering(lambda n: ('ok', n, (), 8, (1, 2, 3)))",
    "a malformed warning": "answering(lambda n: ('ok', n, (), 8, ('', '', (('eval', '1'),))))",
    "a handle of an odd number": "answering(lambda n: ('ok', n, (), X('handle', 'x', 'function', 'f', 'f'), None))",
    "a handle of a huge number": "answering(lambda n: ('ok', n, (), X('handle', 2**80, 'function', 'f', 'f'), None))",
    "a handle of an odd kind": "answering(lambda n: ('ok', n, (), X('handle', 1, [], 'f', 'f'), None))",
    "a module": "answering(lambda n: ('ok', n, (), X('handle', 1, 'module', 'module', "
    "'course_tests.reference.activations'), None))",
    "a global that is none": "answering(lambda n: ('ok', n, (), X('global', 'builtins', 'eval'), None))",
    "a global of NumPy that opens files": "answering(lambda n: ('ok', n, (), X('global', 'numpy', 'load'), None))",
    "a global of os": "answering(lambda n: ('ok', n, (), X('global', 'os', 'system'), None))",
    "an extension of no kind": "answering(lambda n: ('ok', n, (), X('eval', '1'), None))",
    "an extension without parts": "answering(lambda n: ('ok', n, (), X(), None))",
    "an unhashable extension": "answering(lambda n: ('ok', n, (), X([], []), None))",
    "a shared value with the trusted side's number": "answering(lambda n: ('ok', n, (), X('share', 1, np.zeros(3)), "
    "None))",
    "a shared value twice": "answering(lambda n: ('ok', n, (), [X('share', -1, [1]), X('share', -1, [2])], None))",
    "a shared number": "answering(lambda n: ('ok', n, (), X('share', -1, 5), None))",
    "a record that is none": "answering(lambda n: ('ok', n, (), X('record', 'P', ('__class__',), (1,)), None))",
    "a dtype that is none": "answering(lambda n: ('ok', n, (), X('dtype', 'O8'), None))",
    "an object of a class that is a function": "answering(lambda n: ('ok', n, (), [X('handle', 50, 'function', 'f', "
    "'f', 0, ''), X('handle', 51, 'object', 'C', '', 0, 50)], None))",
    "an object of a class of an odd number": "answering(lambda n: ('ok', n, (), X('handle', 51, 'object', 'C', '', 0, "
    "2**80), None))",
    "an object of odd methods": "answering(lambda n: ('ok', n, (), X('handle', 51, 'object', 'C', '', 2**90, 5), "
    "None))",
    "an object of methods that are none": "answering(lambda n: ('ok', n, (), X('handle', 51, 'object', 'C', '', 'x', "
    "5), None))",
    "a class with a zero in its name": "answering(lambda n: ('ok', n, (), X('handle', 51, 'class', 'C' + chr(0), '', "
    "0, None), None))",
    "an error class of odd bases": "answering(lambda n: ('ok', n, (), X('handle', 51, 'error', 'C', 'ValueError', 0, "
    "(5, int)), None))",
    "an error with odd attributes": "answering(lambda n: ('raise', n, (), ('ValueError', 'E', (), '', (), 0, int, "
    "(([], 1), ('args', 2), ('__class__', 3))), None))",
    "a handle without parts": "answering(lambda n: ('ok', n, (), X('handle'), None))",
    "a SymPy class that is none": "answering(lambda n: ('ok', n, (), X('sympy', 'sympify', '__import__(1)'), None))",
    "a SymPy power without end": "answering(lambda n: ('ok', n, (), X('sympy', 'Pow', X('sympy', 'Integer', 10), "
    "X('sympy', 'Integer', 10**10)), None))",
    "a SymPy tree of texts": "answering(lambda n: ('ok', n, (), X('sympy', 'Add', '1', 'eval'), None))",
    "a SymPy function by text": "answering(lambda n: ('ok', n, (), X('sympy', 'sin', '__import__(1)'), None))",
    "a SymPy symbol of no name": "answering(lambda n: ('ok', n, (), X('sympy', 'Symbol', 5, ()), None))",
    "an annotation that is a call": "answering(lambda n: ('ok', n, (), X('handle', 5, 'object', 'f', '', 0, "
    "'os:system:x'), None))",
    "a counter of no pairs": "answering(lambda n: ('ok', n, (), X('counter', ((1, 2, 3),)), None))",
    "a counter of keys that cannot be": "answering(lambda n: ('ok', n, (), X('counter', (([], 2),)), None))",
    "a default dictionary with a text for a factory": "answering(lambda n: ('ok', n, (), X('defaultdict', (), "
    "'eval'), None))",
    "a queue of a huge length": "answering(lambda n: ('ok', n, (), X('deque', (1,), 2**80), None))",
    "bytes that are a number": "answering(lambda n: ('ok', n, (), X('bytearray', 10**12), None))",
    "a path with a zero": "answering(lambda n: ('ok', n, (), X('path', 'a' + chr(0)), None))",
    "a masked array of a lie": "answering(lambda n: ('ok', n, (), X('masked', pack(np.zeros(3)), pack(np.zeros(4, "
    "bool))), None))",
    "a masked array of objects": "answering(lambda n: ('ok', n, (), X('masked', pack(np.array([None])), None), None))",
    "a sparse matrix of a function": "answering(lambda n: ('ok', n, (), X('sparse', 'load_npz', (1, 1), "
    "pack(np.zeros(1)), pack(np.zeros(1, int)), pack(np.zeros(1, int))), None))",
    "a sparse matrix without end": "answering(lambda n: ('ok', n, (), X('sparse', 'csr_matrix', (2**60, 2), "
    "pack(np.zeros(1)), pack(np.zeros(1, int)), pack(np.zeros(1, int))), None))",
    "a frame that is none": "answering(lambda n: ('ok', n, (), X('dataframe', 1, 2, 3), None))",
    "a frame of another length": "answering(lambda n: ('ok', n, (), X('dataframe', ('range', 0, 1, 1, None), "
    "('range', 0, 2, 1, None), (('numpy', pack(np.zeros(3))),)), None))",
    "a frame of no columns without end": "answering(lambda n: ('ok', n, (), X('dataframe', ('range', 0, 0, 1, None), "
    "('range', 0, 2**59, 1, None), ()), None))",
    "a series without end": "answering(lambda n: ('ok', n, (), X('series', ('range', 0, 2**59, 1, None), ('numpy', "
    "pack(np.zeros(3))), None), None))",
    "a series named by a list": "answering(lambda n: ('ok', n, (), X('series', ('range', 0, 1, 1, None), ('numpy', "
    "pack(np.zeros(1))), []), None))",
    "a category that is none": "answering(lambda n: ('ok', n, (), X('array', 'category', pack(np.array([7])), False, "
    "('range', 0, 2, 1, None)), None))",
    "a zone that is a file": "answering(lambda n: ('ok', n, (), X('zoned', '2024-01-01', 0, '../../../etc/passwd'), "
    "None))",
    "a time in a zone that is a file": "answering(lambda n: ('ok', n, (), X('timestamp', 1, 'ns', '/etc/passwd'), "
    "None))",
    "a time of no unit": "answering(lambda n: ('ok', n, (), X('timestamp', 1, 'eval', None), None))",
    "noise": "answering(lambda n: os.urandom(50))",
    "nothing": "answering(lambda n: None)",
    "an array of a lie": "answering(lambda n: b't\\5\\0\\0\\0s\\2\\0\\0\\0oki' + struct.pack('<q', n) + "
    "b't\\0\\0\\0\\0' + b'a\\3<f8\\1\\1' + struct.pack('<q', 2**60) + b'N')",
    "deep nesting": "answering(lambda n: b't\\5\\0\\0\\0s\\2\\0\\0\\0oki' + struct.pack('<q', n) + b't\\0\\0\\0\\0' + "
    "b'l\\1\\0\\0\\0' * 5000 + b'NN')",
    "a stream of endless calls back": "answering(lambda n: [raw(('call', 0, (), 0, (1,), ())) for _ in iter(int, 1)])",
    "answers in advance": "[raw(('ok', n, (), 9, None)) for n in range(200)]",
    "a flood": "import threading\nbegun = threading.Event()\ndef flood():\n    while True:\n"
    "        os.write(3, b'x' * 65536)\n        begun.set()\n"
    "threading.Thread(target=flood, daemon=True).start()\nbegun.wait()",
    "a message that is never finished": "os.write(3, struct.pack('<Q', 10**6) + b'x')",
    "a closed socket": "room.line.sock.close(); os.close(3)",
}


@pytest.fixture(scope="module", autouse=True)
def one_house():
    """One zygote for all; the clock on the wall, which nothing but endless calls back needs, strikes early."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "LEAST_WALL", 6.0)
        yield
    close()


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_answer_earns_nothing_and_hurts_nobody(name):
    """The test with the forged answer fails; a fresh room grades what comes after it."""
    report = grade(
        "def good(x): return x * x",
        ("early", "assert good(3) == 9"),
        TAKE + "def f(g, x):\n" + "\n".join("    " + line for line in FORGED[name].splitlines()) + "\n    return 8",
        ("t", "assert f(lambda x: x, np.ones(3)) == 9\nassert good(3) == 10"),
        ("late", "assert good(3) == 9"),
        limits=LIMITS,
    )
    assert report.results["early"].passed
    assert not report.results["t"].passed
    if name not in ("an error that ends programs", "a call of no function"):
        assert report.results["late"].passed or "answering" in FORGED[name], (report.results, report.notes)


@pytest.mark.parametrize("name", [name for name in FORGED if "answering" in FORGED[name]])
def test_a_forged_answer_to_a_cell_is_only_that_cell(name):
    """The same lies in the answer to an ordinary cell."""
    report = grade(
        "def good(x): return x * x",
        ("early", "assert good(3) == 9"),
        TAKE + FORGED[name],
        "print('next')",
        ("late", "assert good(3) == 9"),
        limits=LIMITS,
    )
    assert report.results["early"].passed
    for outputs in report.outputs.values():
        assert all(output["output_type"] in ("stream", "error", "display_data", "execute_result") for output in outputs)


OUTPUTS = [
    "[{'output_type': 'stream', 'name': 'stdout', 'text': 'x' * 10**7}]",
    "[{'output_type': 'execute_result', 'data': {'text/plain': '\\ud800', 'a': 1, 'x/\\ud800': ''}, 'metadata': {'a': "
    "'\\ud800'}, 'execution_count': -1}]",
    "[{'output_type': 'display_data', 'data': {'application/json': float('nan')}, 'metadata': []}]",
    "[{'output_type': 'nothing'}] * 1000",
    "5",
    "[5, None, {}]",
    "[{'output_type': 'error', 'ename': 5, 'evalue': [], 'traceback': 7}]",
    "[{'output_type': []}]",
    "[{'output_type': 'stream', 'text': ['a']}] * 900000",
]


@pytest.mark.parametrize("outputs", OUTPUTS)
def test_forged_outputs_become_well_formed_ones(outputs):
    """What is written to the notebook is valid nbformat and can be saved, whatever the room sent."""
    import json

    import nbformat

    report = grade(TAKE + f"answering(lambda n: ('ok', n, (), ({outputs}, 3), None))", limits=LIMITS)
    for found in report.outputs.values():
        json.dumps(found, ensure_ascii=False).encode()
        cell = nbformat.v4.new_code_cell("", outputs=[nbformat.from_dict(output) for output in found])
        nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
        assert len(json.dumps(found)) < 4 * LIMITS.cell_output


def test_an_argument_changed_by_lies_stays_in_its_bounds():
    """Only arguments of the call itself can change, and only their contents."""
    report = grade(
        TAKE + "def f(x):\n    answering(lambda n: ('ok', n, ((1, np.zeros(4)),), 1, None))",
        ("t", "import numpy as np\nx = np.ones(3)\nf(x)\nassert x.tolist() == [1, 1, 1]"),
    )
    assert report.results["t"].passed
