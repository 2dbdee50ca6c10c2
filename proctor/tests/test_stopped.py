"""Cells that stop at what only the learner's machine has go on after it; what stops for good is named."""

import json
import subprocess
import sys

import pytest

from proctor.plugin import grading
from proctor.plugin.salvage import Notebook
from proctor.plugin.template import Cell, Template
from proctor.tests.test_trusted import grade
from proctor.trusted import close
from proctor.trusted.stopped import Stopped

SETUP = "import numpy as np\nimport matplotlib.pyplot as plt"
STUB, TEST = "def double(x):\n    raise NotImplementedError()", "assert double(2) == 4"
TEMPLATE = Template(
    "numbers",
    (
        Cell("a", "code", SETUP, full_source=SETUP, grade_id="setup", locked=True),
        Cell("b", "code", STUB, grade_id="double", solution=True, checksum="as released"),
        Cell("c", "code", TEST, full_source=TEST, grade_id="test_double", grade=True, locked=True, points=2.0),
    ),
    {"name": "python3"},
)
RIGHT = "def double(x):\n    return 2 * x"


@pytest.fixture(scope="module", autouse=True)
def one_house():
    yield
    close()


def graded(answer, python="", after=""):
    """The points, looks, messages and what the test says, of one answer."""
    sources = [TEMPLATE.cells[0].source, answer, TEST]
    cells = [
        {"cell_type": "code", "id": cell.id, "metadata": {"nbgrader": cell.metadata()}, "source": source}
        for cell, source in zip(TEMPLATE.cells, sources)
    ]
    found, _ = grading._grade_notebook(TEMPLATE, Notebook(cells, [], python), {}, grading.Shared(templates=(TEMPLATE,)))
    test = json.loads(found.text)["cells"][2]["metadata"]["proctor"]
    return found.scores["test_double"][0], found.looks, found.messages, test["message"]


FOREIGN = {
    "a mount of Colab": "from google.colab import drive; drive.mount('/content/drive')",
    "an extension": "%load_ext nb_black",
    "a package": "import seaborn as sns",
    "a package and what needs it": "import seaborn\nsns = seaborn\nsns.set()",
    "a module of Windows": "import winsound",
    "a file of the learner's": "data = np.loadtxt(r'C:\\Users\\me\\x.csv')",
    "a style of another version": "plt.style.use('seaborn')",
    "a package in a condition": "if True:\n    import nest_asyncio\n    nest_asyncio.apply()",
    "an unknown magic": "%unknown",
    "an unknown cell magic": "%%unknown",
    "many": "import seaborn, winsound\n%unknown\nfrom joblib import Parallel",
}


@pytest.mark.parametrize("line", FOREIGN.values(), ids=FOREIGN)
def test_a_line_that_only_the_learners_machine_understands_costs_nothing(line):
    """It is left out, the cell goes on after it, and both the grader and the learner are told."""
    points, looks, messages, _ = graded(line + "\n" + RIGHT)
    assert points == 2.0
    assert len(looks) == len(messages) == 1 and line.split("\n")[0].split(";")[0].split(",")[0] in looks[
        0
    ] + "if True:" * line.startswith("if")
    assert "without what does not work here" in looks[0] and "without this, which does not work" in messages[0]


LEFT_OUT = [
    "os.chdir('/content/drive/MyDrive')",
    "key = os.environ['KAGGLE_KEY']",
    "text = urlopen('http://example.org').read()",
    "socket.create_connection(('example.org', 80))",
    "matplotlib.use('TkAgg')",
    "plt.switch_backend('Qt5Agg')",
    "plt.rcParams['text.usetx'] = True",
    "plt.get_current_fig_manager().window.showMaximized()",
    "warnings.filterwarnings('ignore', category=np.VisibleDeprecationWarning)",
    "locale.setlocale(locale.LC_ALL, 'xx_YY.UTF-8')",
    "asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())",
    "start = time.clock()",
    "print(time.time() - start)",
    "name = input('Your name: ')",
    "password = getpass.getpass()",
    "get_ipython().run_line_magic('load_ext', 'nb_black')",
    "get_ipython().magic('load_ext nb_black')",
    "print(__vsc_ipynb_file__)",
    "here = os.path.dirname(__file__)",
    "spark.conf.set('a', 'b')",
    "from kaggle_secrets import UserSecretsClient",
    "secret = UserSecretsClient().get_secret('k')",
    "for line in open('/content/a.txt'): print(line)",
    "subprocess.run(['no-such-program'], check=True)",
    "subprocess.check_call([sys.executable, '-c', 'raise SystemExit(1)'])",
]
LIBRARIES = (
    "import asyncio, getpass, locale, os, socket, subprocess, sys, time, warnings\nfrom urllib.request import urlopen\n"
    "import matplotlib, matplotlib.pyplot as plt, numpy as np"
)


def test_what_another_machine_network_or_version_lacks_is_left_out():
    """Each line in a cell of its own, above a function; nothing of the learner's own making is left out."""
    cells = [f"{line}\ndef f{number}():\n    return {number}" for number, line in enumerate(LEFT_OUT)]
    own = ["x = {}['k']\ny = 1", "[].nothing\ny = 1", "undefined_name\ny = 1", "int('a')\ny = 1"]
    check = "assert [" + ", ".join(f"f{n}()" for n in range(len(LEFT_OUT))) + f"] == list(range({len(LEFT_OUT)}))"
    report = grade(LIBRARIES, *cells, ("t", check), *own)
    stops = {line: report.stopped.get(number) for number, line in enumerate(LEFT_OUT, 1)}
    assert {line for line, stop in stops.items() if stop is None or stop.ended or stop.left_out != [line]} == set()
    assert report.results["t"].passed
    assert [report.stopped[len(LEFT_OUT) + 2 + n].left_out for n in range(len(own))] == [[]] * len(own)


@pytest.mark.parametrize(
    "answer",
    [
        "from numba import njit\n@njit(parallel=True)\ndef double(x):\n    return 2 * x",
        "def double(x: np.float, *rest: Missing) -> 'np.ndarray' | Nothing:\n    return 2 * x",
        "import numpy.typing as npt\ndef double(ä: npt.Nothing = 3, /) -> npt.Nothing:\n    return 2 * ä",
        "import torch\ndef double(x: torch.Tensor):\n    return 2 * x",
    ],
)
def test_decorators_and_annotations_of_another_machine_are_left_out(answer):
    points, looks, messages, _ = graded(answer)
    assert points == 2.0 and len(looks) == len(messages) == 1


def test_an_answer_that_stops_is_named_and_its_cause_is_said():
    """In place of 'not defined'."""
    points, looks, messages, said = graded("x = 1 / 0\n" + RIGHT)
    assert points == 0 and looks == ["Answer 'double' stopped at line 1: ZeroDivisionError: division by zero."]
    assert messages == ["Your answer 'double' stopped at line 1: ZeroDivisionError: division by zero."]
    assert said == "The cell that should define `double` stopped at line 1: ZeroDivisionError: division by zero"


def test_a_figure_hides_no_error():
    """The room draws it behind the error."""
    points, looks, _, said = graded("plt.plot([1, 2])\nx = 1 / 0\n" + RIGHT)
    assert points == 0 and looks == ["Answer 'double' stopped at line 2: ZeroDivisionError: division by zero."]
    assert "stopped at line 2" in said


def test_another_python_and_another_numpy_are_named():
    """What the notebook says of itself, and what graded it."""
    _, looks, messages, said = graded("type Number = int\ndef double(x):\n    return 2 * (x", "3.99.1")
    assert (
        "stopped at line" in looks[0]
        and "SyntaxError" in looks[0]
        and "written with Python 3.99.1 and graded with Python 3."
        in looks[0]
        == messages[0].replace("Your answer", "Answer")
    )
    assert "`double` stopped at line" in said
    assert "graded with NumPy" in graded("START = np.product([1])\n" + RIGHT)[1][0]
    assert "Python" not in graded("x = 1 / 0\n" + RIGHT, sys.version.split()[0])[1][0]


def test_what_needs_no_look_is_not_one():
    """An own check behind the answer, an exercise that was left, an answer that is only wrong."""
    assert graded(RIGHT + "\nassert double(1) == 3") == (2.0, [], [], "")
    assert graded("def double(x):\n    return 3 * x")[1:3] == ([], [])
    assert graded("# not yet\nraise NotImplementedError()")[1:3] == ([], [])


def test_nothing_runs_twice():
    """An answer made of luck has one try: what ran before the line that is left out does not run again, nor what
    fails for the learner's own reasons.
    """
    report = grade("print('once')\nimport winsound\nprint('behind')\n1 / 0\nprint('never')")
    assert "".join(output.get("text", "") for output in report.outputs[0]) == "once\nbehind\n"
    assert [output["ename"] for output in report.outputs[0] if output["output_type"] == "error"] == [
        "ModuleNotFoundError",
        "ZeroDivisionError",
    ]
    assert report.stopped[0] == Stopped(
        4,
        "ZeroDivisionError: division by zero",
        "ModuleNotFoundError: No module named 'winsound'",
        ["import winsound"],
        set(),
        True,
    )
    report = grade("%%time\nprint('once')\nimport winsound")
    assert "".join(output.get("text", "") for output in report.outputs[0]).count("once") == 1


def test_a_cell_that_went_on_is_run_in_the_same_parts_in_a_new_room():
    """After another cell has ended the process."""
    report = grade("import winsound\ndef f(): return 1", "import os; os._exit(1)", ("t", "assert f() == 1"))
    assert report.results["t"].passed


def test_the_cause_of_a_missing_helper_is_said_too():
    """The function is there, what it calls is not."""
    report = grade("x = 1 / 0\ndef helper(): return 1", "def f(): return helper()", ("t", "assert f() == 1"))
    message = report.results["t"].message
    assert message.startswith("Your code raised NameError") and message.endswith(
        "The cell that should define `helper` stopped at line 1: ZeroDivisionError: division by zero"
    )


# ---- magics

KERNEL = """
import json
from ipykernel.zmqshell import ZMQInteractiveShell
shell = ZMQInteractiveShell.instance()
shell.extension_manager.load_extension("storemagic")  # as any kernel does when it starts
print(json.dumps({kind: sorted(names) for kind, names in shell.magics_manager.lsmagic().items()}))
"""


def test_every_magic_of_ipykernel_is_one_of_the_rooms():
    """Line magics and cell magics, by name."""
    kernel = json.loads(
        subprocess.run([sys.executable, "-c", KERNEL], capture_output=True, text=True, check=True).stdout
    )
    report = grade(
        "import json\nprint(json.dumps({kind: sorted(names) for kind, names in "
        "get_ipython().magics_manager.lsmagic().items()}))"
    )
    room = json.loads(report.outputs[0][0]["text"])
    assert {kind: set(names) - set(room[kind]) for kind, names in kernel.items()} == {"line": set(), "cell": set()}


LINES = [
    "%autosave 60",
    "%store x",
    "%store -r",
    "%store",
    "%store -d x",
    "%connect_info",
    "%qtconsole",
    "%subshell",
    "%clear",
    "%man ls",
    "%edit",
    "%ed",
    "%debug",
    "%pdb on",
    "%pdb",
    "%pip install seaborn",
    "%conda install x",
    "%uv pip install x",
    "!pip install seaborn",
    "!python -m pip install x",
    "out = !pip install x",
    "%matplotlib widget",
    "%matplotlib notebook",
    "%matplotlib qt",
    "%matplotlib",
    "%matplotlib inline",
    "%pylab",
    "%gui qt",
    "%history",
    "%hist -n",
    "%recall 1",
    "%rerun 1",
    "%save a.py 1",
    "%macro m 1",
    "%logstart",
    "%logstop",
    "%notebook x.ipynb",
    "%config InlineBackend.figure_format = 'retina'",
    "%precision 3",
    "%xmode Verbose",
    "%colors nocolor",
    "%time x",
    "%timeit -n1 -r1 x",
    "%who",
    "%whos",
    "%who_ls",
    "%env A=1",
    "%set_env A=1",
    "%cd .",
    "%pwd",
    "%ls",
    "%lsmagic",
    "%quickref",
    "%magic",
    "%pinfo x",
    "x?",
    "%psearch x*",
    "%pprint",
    "%dhist",
    "%bookmark -l",
    "%automagic on",
    "%alias",
    "%load_ext autoreload",
    "%reload_ext autoreload",
    "%autoreload 2",
    "%prun -q x",
    "%sx ls",
    "%system ls",
    "%reset_selective -f nothing",
    "%doctest_mode",
    "%tb",
    "%page x",
    "%less a.txt",
    "%more a.txt",
    "%load a.py",
    "%pycat a.txt",
    "%pfile json",
    "%psource json",
    "%pdef len",
    "%pdoc len",
    "%colors",
    "%rehashx",
    "%killbgscripts",
    "%autoawait",
    "%autocall",
    "%code_wrap",
    "get_ipython().kernel.do_shutdown(True)",
    "get_ipython().kernel.shell.user_ns['x']",
    "get_ipython().kernel.comm_manager.register_target('a', print)",
    "Out[1]",
    "_",
    "_1",
    "_i1",
    "In[1]",
    "exit",
    "quit()",
    "get_ipython().run_line_magic('matplotlib', 'inline')",
]


def test_what_works_in_any_kernel_stops_no_cell():
    """Each in a cell of its own, behind a value to work with."""
    cells = [
        "x = 7\nopen('a.txt', 'w').close(); open('a.py', 'w').close()\nx",
        *(f"{line}\nx = 7" if line[0] != "_" else f"{line}" for line in LINES),
        "x",
    ]
    report = grade(*cells)
    stopped = {line: str(report.stopped[number]) for number, line in enumerate(LINES, 1) if number in report.stopped}
    assert not {line: why for line, why in stopped.items() if line != "%colors"}, stopped
    assert not report.notes and report.outputs[len(LINES) + 1][0]["data"] == {"text/plain": "7"}
    assert (
        report.outputs[LINES.index("Out[1]") + 1] == []
        and "Nothing is installed" in report.outputs[LINES.index("!pip install seaborn") + 1][0]["text"]
    )
