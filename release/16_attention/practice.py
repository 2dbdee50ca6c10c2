"""Keeps count while you work: which exercises pass the visible tests, and the case that failed last.

In the notebook (the first code cell imports this file):

    practice.progress()            a table of all exercises
    last_failure                   the last visible test that failed: .inputs, .yours, .expected
    practice.original("sigmoid")   the text with which a cell began
    practice.reveal("sigmoid")     how the course wrote an earlier function, once your own passes
    practice.quiz()                the quiz, to click through

A function whose visible tests pass is kept in the folder mine/, beside the folders of the notebooks: later notebooks
use it.

In a terminal, in this folder, for the notebook as it was saved:

    python practice.py

Visible tests passed is not all tests passed: hidden tests try other inputs when you submit. This file knows nothing
about them. known.json holds what known mistakes give in the visible tests, as hashes: whoever makes one of them reads
its name. You may read this file, and you need not. It takes no part in grading; without it the notebook works as well.
"""

import _thread
import argparse
import ast
import base64
import bz2
import contextlib
import copy
import dis
import hashlib
import html
import importlib
import inspect
import json
import os
import re
import signal
import symtable
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
HONEST = "Hidden tests follow when you submit: visible tests passed is not all tests passed."
COMPARING = ("allclose", "isclose", "array_equal", "array_equiv")  # NumPy's functions that compare two things

# Seconds, as when you submit: of computing time, and of waiting for nothing. A busy computer changes none of them.
CELL_SECONDS, CALL_SECONDS, NOTEBOOK_SECONDS = 30, 30, 180
LIMITS = (
    f"Limits, as when you submit: {CELL_SECONDS} seconds for a cell, {CALL_SECONDS} for a call of your function "
    f"in a test, {NOTEBOOK_SECONDS} for the whole notebook."
)

watch = None  # the Watch of this notebook, once it is switched on


def progress():
    """Print a table: the exercises and how many of their visible tests pass."""
    print(
        "\n".join([*watch.book.table(), "", watch.book.total(), HONEST])
        if watch
        else "practice.py is not switched on: run the first code cell of the notebook."
    )


def original(name):
    """Show the text with which a cell began, and put it into a new cell below where the frontend can do that."""
    book = watch.book if watch else Book.beside()
    if name not in book.texts:
        print(f"There is no cell {name!r}. You can ask for: {', '.join(book.exercises)}.")
        return
    print(f"This is how {name} began. Copy it back into its own cell: that one is graded.\n\n{book.texts[name]}")
    if watch:
        watch.shell.set_next_input(book.texts[name])


def use_mine():
    """Take what you built and what passed, in the place of the functions that this notebook took from `earlier`."""
    if watch:
        watch.mine.lend(watch.shell.user_ns)


def reveal(name):
    """Show how the course wrote an earlier function; it is sealed until your own passes its visible tests."""
    path = HERE / "earlier.py"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    node = next((node for node in ast.parse(text).body if getattr(node, "name", "_") == name), None)
    if node is None:
        print(f"This notebook is given no {name!r} of an earlier one.")
    elif not node.decorator_list:
        print(ast.get_source_segment(text, node))
    else:
        exercise, packed = (argument.value for argument in node.decorator_list[0].args)
        assignment, _, exercise = exercise.partition("/")
        topic = assignment.partition("_")[2]
        if exercise in Mine(topic).kept():
            print(bz2.decompress(base64.b85decode(packed)).decode())
        else:
            print(
                f"{name} is sealed until your own {exercise} passes its visible tests in {assignment}/{topic}.ipynb. "
                "You can use it all the same, and help(...) says what it does."
            )


def quiz():
    """Show the quiz, to click through. Run the answer cell afterwards: your letters appear in it, and it is graded."""
    if not watch:
        print("practice.py is not switched on: write your letters into the answer cell.")
        return
    try:
        watch.quiz.show()
    except ImportError:
        print("Without ipywidgets there is nothing to click here: write your letters into the answer cell.")


# ---------------------------------------------------------------- what is remembered


class Book:
    """The exercises of a notebook, their visible tests, and which of them have passed.

    Attributes
    ----------
    texts : dict
        The name of a cell -> the text with which it began.
    exercises : dict
        The name of an exercise -> the names of the test cells below it.
    passed : dict
        The name of a test -> True, False, or missing if it has not run since the exercise was last changed.
    """

    def __init__(self, originals):
        self.notebook = originals["notebook"]
        self.texts = {cell["name"]: cell["text"] for cell in originals["cells"]}
        self.exercises = {}
        self.exercise_of = {}  # test -> exercise
        for cell in originals["cells"]:
            if cell["role"] == "exercise":
                self.exercises[cell["name"]] = []
            elif cell["role"] == "test" and self.exercises:
                exercise = list(self.exercises)[-1]
                self.exercises[exercise].append(cell["name"])
                self.exercise_of[cell["name"]] = exercise
        self.by_text = {plain(self.texts[test]): test for test in self.exercise_of}
        self.questions = originals.get("quiz", [])  # of the quiz, in Markdown
        self.passed = {}
        self.objects = {}  # exercise -> what its name stood for when we last looked

    @classmethod
    def beside(cls, folder=HERE):
        """The book of the notebook in a folder."""
        return cls(json.loads((folder / "originals.json").read_text(encoding="utf-8")))

    def test_in(self, source):
        """The name of the test whose text this is, or None."""
        return self.by_text.get(plain(source))

    def sentence(self, test):
        """What a test promises: the first line of its cell."""
        return ast.get_docstring(ast.parse(self.texts[test])) or test

    def look_for_changes(self, names):
        """A function that was defined again has to pass its tests again."""
        for exercise, tests in self.exercises.items():
            if names.get(exercise) is not self.objects.get(exercise):
                self.objects[exercise] = names.get(exercise)
                for test in tests:
                    self.passed.pop(test, None)

    def count(self, exercise):
        """How many visible tests of an exercise pass, and how many there are."""
        tests = self.exercises[exercise]
        return sum(self.passed.get(test, False) for test in tests), len(tests)

    def finished(self):
        """The exercises whose visible tests all pass."""
        return [
            exercise for exercise in self.exercises if all(self.passed.get(test) for test in self.exercises[exercise])
        ]

    def line(self, exercise):
        """What stands below a test cell."""
        passed, of = self.count(exercise)
        if passed == of:
            return f"{exercise}: {passed} of {of} test cells pass. {self.total()}\n{HONEST}"
        return (
            f"{exercise}: {passed} of {of} test cells pass so far. {self.total()}\nHidden tests follow when you submit."
        )

    def total(self):
        return f"{len(self.finished())} of {len(self.exercises)} exercises pass the visible tests."

    def table(self):
        """The lines of the table."""
        width = max(map(len, self.exercises))
        lines = [f"{'exercise':{width}}  visible tests"]
        for exercise, tests in self.exercises.items():
            passed, of = self.count(exercise)
            failed = [test for test in tests if self.passed.get(test) is False]
            waiting = of - passed - len(failed)
            words = ", ".join([f"fails: {test}" for test in failed] + [f"{waiting} still to run"] * (waiting > 0))
            lines.append(f"{exercise:{width}}  {passed} of {of}  {words}".rstrip())
        return lines


def plain(source):
    """A text without what one cannot see: spaces at the ends of lines, empty lines around it."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


class NoFailure:
    """What `last_failure` is before any test has failed."""

    inputs, yours, expected = {}, None, None

    def __repr__(self):
        return "No visible test has failed yet."


last_failure = NoFailure()  # the last visible test that failed, a Failure


class Failure:
    """A visible test that failed.

    Attributes
    ----------
    test, message : str
        What the test promises, and what it said.
    call : str
        Your function that the test called last.
    inputs : dict
        What that function was called with: name of the argument -> value.
    yours : object
        What came from your code; the error, if your function raised one.
    expected : object
        What the test wanted instead; None if that is not one single value, and then `note` says why.
    note : str
    """

    def __init__(self, test, message, call="", inputs=None, yours=None, expected=None, note="", shapes=False):
        self.test, self.message, self.call, self.note = test, message, call, note
        self.inputs, self.yours, self.expected, self.shapes = inputs or {}, yours, expected, shapes

    def __repr__(self):
        return "\n".join([*self._lines(f"test:      {self.test}", f"message:   {self.message}"), *self.case()])

    def case(self):
        """The lines that show the case: what was called with what, and what came out."""
        lines = [f"called:    {self.call}({', '.join(self.inputs)})"] if self.call else []
        lines += [f"{name + ':':10} {_short(value)}" for name, value in self.inputs.items()]
        if isinstance(self.yours, Exception):
            lines.append(f"error:     {type(self.yours).__name__}: {self.yours}")
        else:
            lines.append(f"yours:     {_short(self.yours)}")
            lines.append(f"note:      {self.note}" if self.note else f"expected:  {_short(self.expected)}")
        return self._lines(*lines)

    @staticmethod
    def _lines(*lines):
        return [line.replace("\n", "\n" + " " * 11) for line in lines]

    def what_to_look_at(self):
        """One line below the error."""
        if self.yours is None and (self.expected is not None or "None" in self.message or self.broken):
            return f"Your {self.call or 'answer'} gave None. Does your function end with `return`?"
        if self.note:
            return f"Look at last_failure.inputs and .yours. {self.note}" if self.inputs else ""
        if self.shapes:
            return f"Your shape is {_short(self.yours)}; it should be {_short(self.expected)}."
        first = "last_failure.inputs, .yours" if self.inputs else "last_failure.yours"
        return f"Look at {first} and .expected{_difference(self.yours, self.expected)}"

    broken = False  # the test itself could not go on with None
    follows, named = "", []  # an earlier exercise to repair first; the lines that name a known mistake


def _short(value):
    text = repr(value)
    return text if len(text) < 1000 else text[:1000] + " ..."


def _first_entries(yours, expected):
    """The first entries of two arrays that differ, or the two as they are."""
    import numpy as np

    with contextlib.suppress(Exception):
        yours, expected = np.broadcast_arrays(np.asarray(yours, float), np.asarray(expected, float))
        place = tuple(np.argwhere(~np.isclose(yours, expected, rtol=1e-3, equal_nan=True))[0])
        return float(yours[place]), float(expected[place])
    return yours, expected


def _number(value):
    return f"{value:.6g}" if isinstance(value, float) else _short(value)


def _difference(yours, expected):
    """The end of the sentence: where two arrays differ, if that can be said."""
    import numpy as np

    with contextlib.suppress(Exception):
        yours, expected = np.asarray(yours), np.asarray(expected)
        if yours.shape != expected.shape:
            return f": their shapes are {yours.shape} and {expected.shape}."
        for digits in (2, 3, 4):
            rounded = np.round(np.asarray(expected, float), digits)
            close = np.allclose(yours, rounded, rtol=0, atol=1e-12) and (rounded % 1).any()
            if close and not np.allclose(rounded, expected, rtol=0, atol=1e-12):
                return f": your numbers are right to {digits} digits. Do not round them."
        differ = np.argwhere(~np.isclose(yours, expected, rtol=1e-3, equal_nan=True))
        if yours.ndim and len(differ):
            return f": they differ in {len(differ)} of {yours.size} places, first at {differ[0].tolist()}."
    return "."


# ---------------------------------------------------------------- mistakes that are known


class Known:
    """known.json: what known mistakes give in the visible tests, and the sentences that name them.

    Both are hashed or sealed: a sentence opens only for whoever has the numbers of its mistake.
    """

    def __init__(self, content):
        self.salt, self.tests = content["salt"], content["tests"]
        self.sentences, self.quiz = content["sentences"], content["quiz"]

    @classmethod
    def beside(cls, folder=HERE):
        """What lies beside the notebook; an empty one if that cannot be read."""
        try:
            return cls(json.loads((folder / "known.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return cls({"salt": "", "tests": {}, "sentences": [], "quiz": {}})

    def named(self, test, events):
        """The sentences for what a test has seen, most often none or one; and whether all of it fits, or the last
        call only.
        """
        for whole in (True, False):
            key = fingerprint(self.salt, test, events, whole)
            pointers = base64.b64decode(self.tests.get(test, {}).get(key[:4].hex(), ""))
            opened = [mixed(key[4:], pointers[k : k + POINTER]) for k in range(0, len(pointers), POINTER)]
            found = [
                mixed(one[2:], base64.b64decode(self.sentences[int.from_bytes(one[:2], "big")])).decode()
                for one in opened
            ]
            if found:
                return found, whole
        return [], True

    def quiz_says(self, number, letter):
        """What is said of an answer to a question of the quiz: "" if it is right, None if nobody knows."""
        sealed = self.quiz.get(str(number))
        if sealed is None:
            return None
        key = quiz_key(self.salt, number, letter)
        text = sealed.get(key[:4].hex())
        return mixed(key[4:], base64.b64decode(text)).decode().strip() if text is not None else None


POINTER = 9  # bytes: the number of a sentence, and its key


def fingerprint(salt, test, events, whole):
    """A hash of what a test has seen of the learner's answer: all of it, or of the last call only."""
    if not whole:
        last = max((k for k, event in enumerate(events) if event.startswith("call")), default=0)
        events = [f"last of {len(events)}", *events[last:]]
    return hashlib.sha256("\n".join([salt, test, *events]).encode()).digest()


def quiz_key(salt, number, letter):
    """Slow on purpose; with four letters to try it only keeps the key from being read."""
    password, rounds = f"{number}{letter}".encode(), 100_000
    if hasattr(hashlib, "pbkdf2_hmac"):
        return hashlib.pbkdf2_hmac("sha256", password, salt.encode(), rounds)
    # Python in a browser has none: the same, written out (RFC 8018, one block).
    inner, outer = (hashlib.sha256(bytes(one ^ pad for one in password.ljust(64, b"\0"))) for pad in (0x36, 0x5C))
    found, last = 0, salt.encode() + (1).to_bytes(4, "big")
    for _ in range(rounds):
        inside, outside = inner.copy(), outer.copy()
        inside.update(last)
        outside.update(inside.digest())
        last = outside.digest()
        found ^= int.from_bytes(last, "big")
    return found.to_bytes(32, "big")


def mixed(key, text):
    """`text` sealed with `key`, or opened again."""
    stream = b"".join(hashlib.sha256(key + bytes([k % 256, k // 256])).digest() for k in range(len(text) // 32 + 1))
    return bytes(one ^ other for one, other in zip(text, stream))


def outline(value):
    """A value as a short text: the same for numbers that agree to six digits, however they are stored."""
    import numpy as np

    with contextlib.suppress(Exception):
        numbers = np.asarray(value)
        if numbers.dtype.kind in "biuf":
            numbers = numbers.astype(float)
            size = np.abs(numbers[np.isfinite(numbers)]).max(initial=1.0)
            numbers = np.where(np.abs(numbers) < 1e-14 * size, 0.0, numbers)
            # Neither a power of 2 nor a number with few digits may be where the rounding changes.
            digits, powers = np.frexp(np.nan_to_num(numbers * 0.7310585, posinf=1e300, neginf=-1e300, nan=2e300))
            whole = np.floor(digits * 2**20 + 0.637).astype("<i8").tobytes() + powers.astype("<i8").tobytes()
            return f"{numbers.shape}{hashlib.sha256(whole).hexdigest()[:16]}"
    if isinstance(value, (list, tuple)):
        return f"[{' '.join(map(outline, value))}]"
    if isinstance(value, dict):
        return f"{{{' '.join(f'{key!r}:{outline(value[key])}' for key in sorted(value, key=repr))}}}"
    return repr(value) if isinstance(value, (str, bytes, type(None))) else "object"


def outline_of_error(error):
    """An error as a short text. Of one that the learner raises, only the kind counts: the words are theirs."""
    kind = next(one.__name__ for one in type(error).__mro__ if one.__module__ == "builtins")
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace and dis.opname[trace.tb_frame.f_code.co_code[trace.tb_lasti]] == "RAISE_VARARGS":
        return kind
    words = [str(getattr(error, "name", None) or "")] if not isinstance(error, KeyError) else [repr(error.args)]
    return " ".join([kind, *words, *re.findall(r"\d+", re.sub(r"0x[0-9a-f]+", "", str(error)))])


# ---------------------------------------------------------------- the quiz, to click through

ANSWERS = "answers"  # the exercise that holds the letters of the quiz


class Quiz:
    """The panel of the quiz, and the letters clicked since the answer cell ran.

    No click changes a file, and the answer cell as it is saved is what counts. So a click gives `answers` its letter
    and says whether it is right; when the answer cell runs next, its text becomes the line with all letters.
    """

    def __init__(self, watching):
        self.watch, self.clicked = watching, {}

    def letters(self):
        """Question -> letter: what the answer cell said, and what was clicked since."""
        written = self.watch.shell.user_ns.get(ANSWERS)
        written = written if isinstance(written, dict) else {}
        numbers = range(1, len(self.watch.book.questions) + 1)
        return {number: str(self.clicked.get(number, written.get(number, ""))) for number in numbers}

    def line(self):
        """The text of the answer cell with these letters."""
        return f"{ANSWERS} = {{{', '.join(f'{k}: {json.dumps(letter)}' for k, letter in self.letters().items())}}}"

    def choose(self, number, letter):
        """A click; return what is said of it."""
        self.clicked[number] = letter
        self.watch.shell.user_ns[ANSWERS] = self.letters()
        said = self.watch.known.quiz_says(number, letter)
        if said is None:
            return f"Question {number}: {letter}."
        return f"Question {number}: {letter} is " + (f"not the answer. {said}" if said else "right.")

    @property
    def waiting(self):
        return "Your clicks are not in the answer cell yet: run it, then save." if self.clicked else ""

    def fill(self, source):
        """Put what was clicked into the cell that has just run, if that is the answer cell; say so."""
        if not self.clicked or not self.is_answer_cell(source):
            return ""
        line = self.line()
        self.watch.shell.user_ns[ANSWERS] = self.letters()
        self.clicked = {}
        self.watch.shell.set_next_input(line, replace=True)
        return f"{line}\n\nThis line now stands in the cell. If it does not, copy it there. Then save the notebook."

    def is_answer_cell(self, source):
        """Whether a text is the answer cell as it was given, or one dictionary of letters and nothing else."""
        if plain(source) == plain(self.watch.book.texts.get(ANSWERS, "")):
            return True
        nodes = ast.parse(source).body
        return len(nodes) == 1 and defined(nodes[0]) == [ANSWERS] and isinstance(nodes[0].value, ast.Dict)

    def show(self):
        """Display the panel: one question at a time, its letters, and what is said of the one that was clicked."""
        import ipywidgets as widgets
        from IPython.display import display

        questions = self.watch.book.questions
        numbers = widgets.ToggleButtons(
            options=list(range(1, len(questions) + 1)), description="Question", style={"button_width": "3em"}
        )
        text, letters = widgets.Output(), widgets.RadioButtons(options=["a", "b", "c", "d"], index=None)
        following = widgets.Button(description="Next question")
        said, line = widgets.HTML(), widgets.HTML()

        def turn(_=None):
            question = questions[numbers.value - 1]
            data = {"text/markdown": question, "text/plain": question}
            text.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)
            letters.value = self.letters()[numbers.value] or None
            following.disabled = numbers.value == len(questions)
            said.value = ""

        def click(change):
            if change["new"] == (self.letters()[numbers.value] or None):
                return  # nobody clicked: another question is shown
            with self.watch.harmless():
                said.value = html.escape(self.choose(numbers.value, change["new"]))
                line.value = (
                    "Now run the answer cell below: its text becomes the next line. That cell, saved, is graded."
                    f"<br><code>{html.escape(self.line())}</code>"
                )

        def go_on(_):
            numbers.value += 1

        numbers.observe(turn, "value")
        letters.observe(click, "value")
        following.on_click(go_on)
        turn()
        display(widgets.VBox([numbers, text, widgets.HBox([letters, following]), said, line]))


# ---------------------------------------------------------------- what you build, you keep


class Mine:
    """The folder mine/: a Python package with a module for each notebook, of what passed its visible tests.

    Grading never looks there.
    """

    def __init__(self, topic):
        self.folder = HERE.parent / "mine"
        self.topic, self.path = topic, self.folder / f"{topic}.py"
        self.statements = {}  # name -> what defines it, as the cells of this notebook ran

    def kept(self):
        """The names that are kept of this notebook."""
        try:
            nodes = ast.parse(self.path.read_text(encoding="utf-8")).body
            return next((ast.literal_eval(node.value) for node in nodes if defined(node) == ["__all__"]), [])
        except (OSError, SyntaxError, ValueError):
            return []

    def remember(self, source):
        """A cell has run."""
        self.statements.update(statements(source))

    def keep(self, name, value):
        """Keep an exercise that has passed, with what it needs; return the line that says so, or "" if nothing is
        new.
        """
        if not callable(value):
            return ""
        before = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        known = {**statements(before), **{one: self.statements[one] for one in needed(name, self.statements)}}
        names = sorted({name, *self.kept()})
        order = dict.fromkeys(part for kept in names for part in needed(kept, known))
        texts = list(dict.fromkeys(known[one] for one in order))
        lines = sorted(text for text in texts if text.startswith(("import ", "from ")))
        blocks = [text for text in texts if text not in lines]
        head = f'"""What you built in {self.topic}.ipynb, as it passed its visible tests. Kept by practice.py."""\n'
        text = "\n\n\n".join([head, "\n".join(lines), f"__all__ = {names}", *blocks]) + "\n"
        text = text.replace("from earlier import ", f"from .earlier_{self.topic} import ")
        if text == before:
            return ""
        self.folder.mkdir(exist_ok=True)
        (self.folder / "__init__.py").touch()
        if f".earlier_{self.topic}" in text:
            (self.folder / f"earlier_{self.topic}.py").write_bytes((HERE / "earlier.py").read_bytes())
        self.path.write_text(text, encoding="utf-8")
        try:
            self.load()
        except Exception as error:  # it needs what only the notebook has
            self.path.write_text(before, encoding="utf-8")
            return f"{name} is not kept in mine/, where it does not run alone ({type(error).__name__}: {error})."
        return f"{name} is kept in mine/{self.path.name}: later notebooks use it."

    def load(self):
        """The module as it stands in the folder."""
        if str(self.folder.parent) not in sys.path:
            sys.path.append(str(self.folder.parent))
        for name in [name for name in sys.modules if name.partition(".")[0] == "mine"]:
            del sys.modules[name]
        importlib.invalidate_caches()
        return importlib.import_module(f"mine.{self.topic}")

    def lend(self, names):
        """Put what is kept of other notebooks in the place of the course's functions among the names of this one."""
        course = sys.modules.get("earlier")
        taken = []
        for path in sorted(self.folder.glob("*.py")):
            other = Mine(path.stem)
            wanted = [
                name
                for name in other.kept()
                if course
                and names.get(name, self) is getattr(course, name, None)
                and name not in getattr(course, "GIVEN", ())
            ]
            if not wanted or path.stem == self.topic:
                continue
            try:
                module = other.load()
                names.update({name: getattr(module, name) for name in wanted})
                taken += [f"{name} ({path.stem})" for name in wanted]
            except Exception as error:
                print(
                    f"mine/{path.name} does not run ({type(error).__name__}: {error}): the course's versions are used."
                )
        if taken:
            print(f"Yours, from mine/: {', '.join(taken)}. MY_OWN = False takes the course's, as grading does.")


def statements(source):
    """Name -> the text that defines it, for the definitions, values and imports at the top of a text."""
    found, lines = {}, source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                only = (
                    ast.ImportFrom(node.module, [alias], node.level)
                    if isinstance(node, ast.ImportFrom)
                    else ast.Import([alias])
                )
                found[alias.asname or alias.name.partition(".")[0]] = ast.unparse(only)
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        for name in defined(node):
            found[name] = "\n".join(lines[first - 1 : node.end_lineno])
    return found


def defined(node):
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    return (
        [target.id for target in node.targets if isinstance(target, ast.Name)] if isinstance(node, ast.Assign) else []
    )


def needed(name, known, found=None):
    """A name and all that its text takes from around it, what is needed first."""
    found = {} if found is None else found
    if name in known and name not in found:
        found[name] = None  # on its way: two functions may call each other
        for other in from_around(symtable.symtable(known[name], name, "exec")):
            needed(other, known, found)
        del found[name]
        found[name] = None
    return list(found)


def from_around(table):
    """The names that a text takes from around it: a local variable of the same name is another thing."""
    inside = table.get_type() != "module"
    names = {one.get_name() for one in table.get_symbols() if one.is_referenced() and (one.is_global() or not inside)}
    return sorted(names.union(*map(from_around, table.get_children())))


# ---------------------------------------------------------------- looking on while a test cell runs


class Watch:
    """Looks on while the notebook runs: IPython calls `before` and `after` for every cell.

    An ordinary cell is left alone. In a test cell, calls of the learner's functions are noted down on their way, and so
    are the two
    sides of its comparisons; the values pass through unchanged.
    """

    def __init__(self, shell, book, say=print, known=None):
        self.shell, self.book, self.say = shell, book, say
        self.known = known or Known.beside()
        self.mine = Mine(Path(book.notebook).stem)
        self.quiz = Quiz(self)
        self.test = None  # the test that is running
        self.running = ""  # the text of the cell that runs
        self.goes_on = False  # whether the notebook goes on behind a cell that waits for an exercise
        self.waiting = set()  # names that such cells would have made
        self.call_seconds = float("inf")  # what a call may take
        self.failures = {}  # test -> Failure
        self.wrong_letters = {}  # test of the quiz -> what is said of the answer
        self.suspects = {}  # exercise -> the answer, and the sentences that fit all its failures so far
        self.forget()

    def forget(self):
        self.call = None  # the last call of a learner's function: (its name, its inputs, its answer)
        self.compared = {}  # "yours" and "expected", as the last comparison had them
        self.asked, self.shapes = "", False  # the text of that comparison, and whether it compares shapes
        self.events = []  # outlines of all that the test has seen of the learner's answer

    def on(self):
        self.shell.events.register("pre_run_cell", self.before)
        self.shell.events.register("post_run_cell", self.after)
        self.shell.ast_transformers.append(self)
        if self.goes_on:
            self.shell.set_custom_exc((NotImplementedError, NameError), self.show_error)
        return self

    def off(self):
        for event, function in (("pre_run_cell", self.before), ("post_run_cell", self.after)):
            with contextlib.suppress(ValueError):
                self.shell.events.unregister(event, function)
        with contextlib.suppress(ValueError):
            self.shell.ast_transformers.remove(self)
        if self.goes_on:
            self.shell.set_custom_exc((), None)
        self.shell.user_ns.pop(LOOKER, None)

    def before(self, info):
        """A cell is about to run."""
        with self.harmless():
            self.running = info.raw_cell
            self.test = self.book.test_in(info.raw_cell)
            if self.test:
                self.book.look_for_changes(self.shell.user_ns)
                self.forget()
                self.shell.user_ns[LOOKER] = self

    def visit(self, tree):
        """The code of the cell, just before it runs: in a test cell, note down calls and comparisons."""
        if not self.test:
            return tree
        with self.harmless():
            return ast.fix_missing_locations(Noting(self.book.exercises).visit(copy.deepcopy(tree)))
        return tree

    def after(self, result):
        """A cell has run."""
        with self.harmless():
            test, self.test = self.test, None
            self.shell.user_ns.pop(LOOKER, None)
            error = result.error_before_exec or result.error_in_exec
            waits = self.waits_for(error, test)
            if self.goes_on and waits:  # no error of the learner's: "Run All" may go on
                result.error_in_exec = None
            if test is None:
                self.book.look_for_changes(self.shell.user_ns)
                source = self.shell.transform_cell(result.info.raw_cell)
                filled = self.quiz.fill(source) if error is None or waits else ""
                if error is None:
                    self.mine.remember(source)
                    self.waiting -= set(statements(source))
                elif waits:
                    self.waiting |= set(statements(source))
                if waits or filled:
                    self.say(filled or waits)
                return
            self.book.passed[test] = error is None and self.right_letter(test)
            self.failures.pop(test, None)
            advice = waits or (self.explain(test, error) if error is not None else self.wrong_letters.get(test, ""))
            exercise = self.book.exercise_of[test]
            clicks = self.quiz.waiting if exercise == ANSWERS else ""
            self.say("\n".join(filter(None, [advice, self.book.line(exercise), clicks, self.keep(exercise)])))

    def show_error(self, shell, kind, error, trace, tb_offset=None):
        """IPython asks for this in the place of its traceback: a cell that waits for an exercise shows none."""
        if not self.waits_for(error, self.test):
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    def waits_for(self, error, test):
        """The sentence of a cell that could not go on because an exercise is not written yet; else ""."""
        exercise = self.book.exercise_of.get(test)
        if isinstance(error, NotImplementedError):
            name = self.unwritten(error) or exercise
            if name:
                return (
                    f"{name} is not written yet: replace its line `raise NotImplementedError()` with your own lines, "
                    "and run its cell." + ("" if test else " Until then, what needs it waits.")
                )
        name = getattr(error, "name", None) if isinstance(error, NameError) else None
        if name in self.waiting and name not in self.book.exercises:
            return f"This cell needs {name}, of a cell above that waits for an exercise."
        if name in self.book.exercises:
            return f"{name} is not defined yet: run its cell first."
        return ""

    def unwritten(self, error):
        """The exercise that raised NotImplementedError: a function, a method, or the cell of a value."""
        trace, found = error.__traceback__, None
        while trace:
            code, owner = trace.tb_frame.f_code, trace.tb_frame.f_locals.get("self")
            for name in (code.co_name, type(owner).__name__):
                if name in self.book.exercises:
                    found = name
            if found is None and code.co_name == "<module>":
                found = next((one for one in self.book.exercises if self.cell_of(one)), None)
            trace = trace.tb_next
        return found

    def cell_of(self, exercise):
        """Whether the cell that runs now is that of an exercise, as it was given."""
        return plain(self.running) == plain(self.book.texts[exercise])

    def right_letter(self, test):
        """Whether an answer to the quiz is right, as far as known.json knows; if not, its hint is kept."""
        self.wrong_letters.pop(test, None)
        number = test.rpartition("_")[2]
        answers = self.shell.user_ns.get(self.book.exercise_of[test])
        if not test.startswith("test_quiz_") or not isinstance(answers, dict):
            return True
        letter = str(answers.get(int(number))).strip().lower()
        said = self.known.quiz_says(number, letter)
        if said:
            self.wrong_letters[test] = f"Question {number}: {letter!r} is not the answer. {said}"
        return not said

    def keep(self, exercise):
        """Keep an exercise that passes; say so, or why not, once."""
        if exercise not in self.book.finished() or exercise not in self.mine.statements:
            return ""
        try:
            return self.mine.keep(exercise, self.shell.user_ns.get(exercise))
        except OSError as error:
            return f"{exercise} could not be kept in mine/ ({error.strerror})."

    @contextlib.contextmanager
    def harmless(self):
        """Whatever goes wrong in this file must not disturb the notebook: say so once, and switch off."""
        try:
            yield
        except Exception as error:
            self.test = None
            self.off()
            self.say(
                f"practice.py has switched itself off ({type(error).__name__}: {error}). Your notebook works as before."
            )

    # -- noting down: the rewritten test cell calls these -----------------------------------------------------------

    def calling(self, function):
        """The function itself if it is not the learner's; else one that does the same and notes down the call."""
        try:
            if not self.is_learners(function):
                return function
        except Exception:
            return function

        def noted(*args, **kwargs):
            __tracebackhide__ = True  # this line of ours is not what a learner wants to see in an error
            name = getattr(function, "__qualname__", "your function")
            inputs = inputs_of(function, args, kwargs)
            try:
                begin = time.process_time()
                answer = function(*args, **kwargs)
                if time.process_time() - begin > self.call_seconds:
                    raise TimeoutError(
                        f"{name} took {time.process_time() - begin:.0f} seconds; when you submit, a call is stopped "
                        f"after {self.call_seconds:g}."
                    )
            except Exception as error:
                self.call = name, inputs, error
                self.events.append(f"call {outline_of_error(error)}")
                raise
            self.call = name, inputs, answer
            self.events.append(f"call {outline(answer)} {outline(args)} {outline(kwargs)}")
            return answer

        return noted

    def is_learners(self, function):
        """Whether this was defined in the notebook's exercises: a function, a class, or a method of such a class."""
        own = [self.shell.user_ns.get(name) for name in self.book.exercises]
        if isinstance(function, type):
            return any(function is one for one in own)
        owner = getattr(function, "__self__", None)
        return any(function is one or isinstance(one, type) and isinstance(owner, one) for one in own) and callable(
            function
        )

    def side(self, which, value):
        """One side of a comparison, on its way."""
        self.compared[which] = value
        if which == "yours":
            self.events.append(f"side {outline(value)}")
        return value

    def result(self, asked, shapes, value):
        """The result of a comparison, on its way."""
        self.asked, self.shapes = asked, shapes
        with contextlib.suppress(Exception):
            self.events.append(f"result {bool(value)}")
            if value:  # a comparison that holds explains nothing
                self.compared = {}
        return value

    # -- what to say ------------------------------------------------------------------------------------------------

    def explain(self, test, error):
        """Keep the failure of a test; return the line that says what to look at, if there is something to see."""
        global last_failure
        if isinstance(error, KeyboardInterrupt):
            return "You stopped this test."
        failure = self.failure(self.book.sentence(test), error)
        names = self.shell.user_ns
        if names.get("last_failure", last_failure) is last_failure:  # the name is free, or ours
            names["last_failure"] = failure
        last_failure = self.failures[test] = failure
        failure.follows = self.repair_first(test)
        failure.named = [] if failure.follows else self.names(test)
        return "\n".join(filter(None, [failure.what_to_look_at(), failure.follows, *failure.named]))

    def names(self, test):
        """The lines that name the mistake, if what the test saw is known."""
        exercise = self.book.exercise_of[test]
        found, whole = self.known.named(test, self.events)
        answer = self.shell.user_ns.get(exercise)
        suspect, before = self.suspects.get(exercise, (None, []))
        found = [sentence for sentence in found if suspect is answer and sentence in before] or found
        if whole and found:
            self.suspects[exercise] = answer, found
        if not found or len(found) > 2:
            return []
        kept = self.failures[test]
        got, want = (_number(value) for value in _first_entries(kept.yours, kept.expected))
        where = "" if whole else " in this case"
        head = f"Your answer behaves{where} exactly like a known mistake:"
        if len(found) > 1:
            head = f"Your answer behaves{where} exactly like two known mistakes; one of them is likely yours:"
        return [head, *(sentence.replace("{got}", got).replace("{want}", want) for sentence in found)]

    def repair_first(self, test):
        """The line that sends to an earlier exercise, if this one is built on it and its own tests fail; else ""."""
        exercise = self.book.exercise_of[test]
        order = list(self.book.exercises)
        used = {part.id for part in ast.walk(ast.parse(self.book.texts[test])) if isinstance(part, ast.Name)}
        for name in [exercise, *used]:
            used |= set(needed(name, self.mine.statements))
        for name in order[: order.index(exercise)]:
            if name in used and any(self.book.passed.get(one) is False for one in self.book.exercises[name]):
                return f"Repair {name} first: its own test fails, and {exercise} is built on it."
        return ""

    def failure(self, sentence, error):
        name, inputs, answer = self.call or ("", {}, None)
        message = str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"
        known = dict(test=sentence, message=message, call=name, inputs=inputs)
        if answer is error:
            return Failure(
                **known,
                yours=error,
                note=f"Your {name} ended in an error before it gave an answer: {type(error).__name__}.",
            )
        if not isinstance(error, AssertionError):
            failure = Failure(**known, yours=answer, note="The test could not go on with what it got from your code.")
            failure.broken = "None" in str(error)
            return failure
        if "expected" in self.compared:
            return Failure(**known, **self.compared, shapes=self.shapes)
        note = (
            f"There is no single expected value; the test asks: {self.asked}"
            if self.asked
            else "The test has no single expected value."
        )
        return Failure(**known, yours=self.compared.get("yours", answer), note=note)


LOOKER = "_practice_looks_on"  # the name of the Watch in the notebook, only while a test cell runs


class Noting(ast.NodeTransformer):
    """Rewrites a test cell, so that it notes down what a learner will want to see if it fails.

    `votes = step(x)` becomes `votes = looker.calling(step)(x)`, and in an assert `votes == 1` becomes
    `looker.result("votes == 1", False, looker.side("yours", votes) == looker.side("expected", 1))`.
    """

    def __init__(self, exercises):
        self.theirs = set(
            exercises
        )  # names that hold something of the learner's: their functions, and what came out of them

    def from_learner(self, node):
        return any(isinstance(part, ast.Name) and part.id in self.theirs for part in ast.walk(node))

    def remember(self, target, value):
        if self.from_learner(value):
            self.theirs |= {
                part.id for part in ast.walk(target) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
            }

    def visit_Assign(self, node):
        for target in node.targets:
            self.remember(target, node.value)
        return self.generic_visit(node)

    def visit_For(self, node):
        self.remember(node.target, node.iter)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node):
        return node  # a helper of the test is left alone

    def visit_Call(self, node):
        theirs = self.from_learner(node.func)
        node = self.generic_visit(node)
        if theirs:
            node.func = looker("calling", node.func)
        return node

    def visit_Assert(self, node):
        node.test = self.comparison(node.test)
        return node  # the message stays as it is: what it calls is not what was tested

    def comparison(self, node):
        """Note down the two sides of a comparison; of several with `and`, those of each."""
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            node.values = [self.comparison(one) for one in node.values]
            return node
        asked = ast.Constant(ast.unparse(node))
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            left, right = self.sides(node.left, node.comparators[0], isinstance(node.ops[0], ast.Eq))
            node.left, node.comparators = left, [right]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in COMPARING and len(node.args) >= 2:
            node.args[:2] = self.sides(*node.args[:2], True)
        else:
            node = self.visit(node)
        return looker("result", asked, ast.Constant("shape" in asked.value), node)

    def sides(self, left, right, equal):
        """Mark the learner's side, and the other one as expected if the two have to be equal."""
        words = ["yours" if self.from_learner(side) else "expected" for side in (left, right)]
        sides = [self.visit(left), self.visit(right)]
        if words[0] == words[1]:  # both from the learner, or none: nobody can say which is expected
            return sides
        return [
            looker("side", ast.Constant(word), side) if word == "yours" or equal else side
            for word, side in zip(words, sides)
        ]


def looker(method, *arguments):
    """The code `looker.method(arguments)`."""
    return ast.Call(ast.Attribute(ast.Name(LOOKER, ast.Load()), method, ast.Load()), list(arguments), [])


def inputs_of(function, args, kwargs):
    """The arguments of a call by name, copied: the function may change its arrays."""
    try:
        bound = inspect.signature(function).bind(*args, **kwargs).arguments
    except Exception:  # a call that does not fit the function; the error will say so
        bound = {**{f"argument {place}": value for place, value in enumerate(args, 1)}, **kwargs}
    inputs = {}
    for name, value in bound.items():
        try:
            inputs[name] = copy.deepcopy(value)
        except Exception:
            inputs[name] = value
    return inputs


def innermost(error):
    """The name of the function in which an error was raised."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_name if trace else ""


# ---------------------------------------------------------------- in a terminal


def check(path, book, seconds):
    """Run a saved notebook from top to bottom, print the table and what failed; return whether all exercises pass."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    looking = Watch(shell, book, say=lambda line: None).on()
    looking.call_seconds = CALL_SECONDS
    print(f"Running {path.name} from top to bottom ...\n{LIMITS}\n", flush=True)
    errors, found, left = {}, set(), NOTEBOOK_SECONDS
    for cell in cells:
        source = "".join(cell["source"])
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        found.add(book.test_in(source))
        with (
            open(os.devnull, "w", encoding="utf-8") as nowhere,
            contextlib.redirect_stdout(nowhere),
            contextlib.redirect_stderr(nowhere),
        ):
            if left > 0:
                error, used = run(shell, source, min(seconds, left), lambda: give_up(book, name, seconds))
                left -= used
            else:
                error = TimeoutError(f"Not run: the notebook took more than {NOTEBOOK_SECONDS} seconds in all.")
        if error is not None:
            errors[book.test_in(source) or name] = error
    print("\n".join(book.table()), end="\n\n")
    for exercise, tests in book.exercises.items():
        if exercise in errors:
            print(f"{exercise}: its cell does not run. {words_of(errors[exercise])}")
        for test in tests:
            if test in errors:
                print(f"{test}: {book.sentence(test)}\n    {words_of(errors[test])}")
                kept = looking.failures.get(test)
                if kept and not kept.follows and (kept.inputs or not kept.note):
                    print("\n".join(f"    | {line}" for part in kept.case() for line in part.splitlines()))
                for line in filter(None, [kept.follows, *kept.named] if kept else []):
                    print(f"    {line}")
            elif test in looking.wrong_letters:
                print(f"{test}: {looking.wrong_letters[test]}")
            elif test not in found:
                print(
                    f"{test}: this test cell is not in the notebook as it was given out, so it did not count. "
                    f"practice.original({test!r}) has its text."
                )
    print(f"\n{book.total()}\n{HONEST}")
    return len(book.finished()) == len(book.exercises)


def words_of(error):
    if isinstance(error, NotImplementedError):
        return "Not written yet."
    return str(error) if isinstance(error, (AssertionError, TimeoutError)) else f"{type(error).__name__}: {error}"


def run(shell, source, seconds, last_resort):
    """Run one cell; return its error or None, and the seconds that it took. A cell that takes longer than `seconds`
    is stopped.
    """
    late, done = threading.Event(), threading.Event()
    begin, used = time.process_time(), 0.0

    def look():
        nonlocal used
        cpu, now = begin, time.monotonic()
        while not done.wait(min(0.5, seconds / 10)):
            cpu_before, before, cpu, now = cpu, now, time.process_time(), time.monotonic()
            # It computes, or waits for its turn on a busy computer; or it sleeps.
            used += cpu - cpu_before if cpu - cpu_before > 0.05 * (now - before) else now - before
            if used >= seconds:
                break
        if done.is_set():
            return
        late.set()
        if hasattr(signal, "pthread_kill"):  # wakes a cell that sleeps, too
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        else:
            _thread.interrupt_main()
        if not done.wait(5):
            last_resort()

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        result = shell.run_cell(source)
        error = result.error_before_exec or result.error_in_exec
    except KeyboardInterrupt as interrupt:
        error = interrupt
    finally:
        done.set()
    used = max(used, time.process_time() - begin)
    if isinstance(error, KeyboardInterrupt) and not late.is_set():
        sys.exit("Stopped.")
    return TimeoutError(
        f"It was stopped after {seconds:g} seconds. Is there a loop without an end?"
    ) if late.is_set() else error, used


def give_up(book, name, seconds):
    """A cell that cannot even be interrupted: say so and end."""
    sys.__stdout__.write(
        "\n".join(book.table())
        + f"\n\n{book.total()}\n{HONEST}\nThe cell {name} did not stop after {seconds:g} seconds; the rest was not "
        "run.\n"
    )
    sys.__stdout__.flush()
    os._exit(1)


def main():
    parser = argparse.ArgumentParser(
        description="Run the saved notebook and count the exercises that pass the visible tests. " + LIMITS
    )
    parser.add_argument("notebook", nargs="?", help="the notebook, if it has another name")
    parser.add_argument(
        "--seconds", type=float, default=CELL_SECONDS, help=f"the longest time for one cell ({CELL_SECONDS})"
    )
    for stream in (sys.stdout, sys.stderr):  # a console that knows few letters shows the others as "?"
        stream.reconfigure(errors="replace")
    given = parser.parse_args()
    book = Book.beside()
    path = Path(given.notebook).resolve() if given.notebook else HERE / book.notebook
    if not path.exists():
        sys.exit(f"There is no {path.name} here. Give its name: python practice.py NOTEBOOK")
    os.chdir(HERE)
    os.environ["NBGRADER_EXECUTION"] = "practice"  # no sliders
    os.environ["MPLBACKEND"] = "agg"  # no windows
    with open(os.devnull) as sys.stdin:  # nobody answers a question
        sys.exit(0 if check(path, book, given.seconds) else 1)


def switch_on():
    """In a notebook, look on from now on; anywhere else, do nothing."""
    global watch
    try:
        shell = sys.modules["IPython"].get_ipython()
        if shell is None or "NBGRADER_EXECUTION" in os.environ:
            return
        for one in list(shell.ast_transformers):  # this file was imported before, and is again
            if type(one).__name__ == "Watch":
                one.off()
        watch = Watch(shell, Book.beside())
        watch.goes_on = True
        watch.on()
        shell.user_ns.setdefault("last_failure", last_failure)
    except Exception as error:
        print(f"practice.py could not start ({type(error).__name__}: {error}). Your notebook works without it.")


if __name__ == "__main__":
    main()
elif "IPython" in sys.modules:
    switch_on()
