"""Checks for hidden tests: the one place that calls a learner's code, compares, raises, and names the mistake.

A hidden test is a function with the decorator `graded`. Its arguments are implementations by name; each arrives as a
`Subject`,
which may be called like the learner's own function. Everything that a learner reads when a test fails is made here.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import dis
import functools
import inspect
import io
import itertools
import linecache
import os
import re
import signal
import textwrap
import threading
import time
import warnings
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_tests import bank, figures, naming

RTOL, ATOL = 1e-6, 1e-8  # forward values; leaves room for another order of summation
GRADIENT_ERROR = 1e-5  # relative error allowed against central differences with step 1e-5
SECONDS = 5.0  # one call of the learner's code in a hidden test
BANK_SECONDS = 0.5  # one call of a known mistake, when it is tried on the learner's input
BANK_SHARE = 0.1  # or, where a call may take long, this part of what the learner's code may take
MOST_TOLD = 3  # failures of one test in one message
MOST_FOLLOWING = 20  # calls of the learner's code behind the first failure
ALSO = "\nAnd another thing:"
ASKED_AGAIN = 3  # questions that a test with fixed inputs repeats

# How a mistake is named, by how much of the answer it explains.
ONE = "Your answer behaves exactly like a known mistake:"
TWO = "Your answer behaves exactly like two known mistakes; one of them is likely yours:"
TOGETHER = "Your answer behaves like two known mistakes at once:"
SOMEWHERE = "In this case, and not in all, your answer behaves exactly like a known mistake:"
HERE_ALONE = (
    "In this case your answer is what comes out of a known mistake; in others it is not, so look whether it is yours:"
)
MOST_CASES, PARTLY_SECONDS = 40, 0.5  # of a test, and of CPU time, when no mistake explains all of an answer

ALWAYS_FAST = 0.15  # seconds of CPU time that an answer may always take
TURNS = 8  # of an answer that seems slow
NO_DOUBT = 2  # times as slow as allowed, three times: a busy machine changes CPU time by less, and so would more turns
TICK = 0.02  # seconds by which timers and clocks may differ
CLOCKS = (
    ((signal.ITIMER_PROF, signal.SIGPROF, time.process_time), (signal.ITIMER_REAL, signal.SIGALRM, time.monotonic))
    if hasattr(signal, "setitimer")
    else ()
)
_topics: set[str] = set()  # of the hidden tests that were imported
_running: list[_Run] = []  # the hidden tests now running, innermost last


class CheckFailed(AssertionError):
    """A hidden test failed. Shows its message and nothing else: no test body, no frames.

    Attributes
    ----------
    figure : Figure or None
        The learner's curve beside the right one, where that can be drawn.
    headline : tuple of str
        What a page says first: the hint of the named mistake, or of two; else what came out.
    read_again : tuple of str
        What the learner should read again: the exercise (its grade id) that a named mistake belongs to, and a line of
        ours.
    mistakes : tuple of (str, str)
        The label of each mistake of the bank that the message names, and its hint: for those who teach, not for the
        learner.
    """

    figure: figures.Figure | None = None
    headline: tuple[str, ...] = ()
    read_again: tuple[str, ...] = ()
    mistakes: tuple[tuple[str, str], ...] = ()
    suspects: frozenset[str] = frozenset()  # labels of all mistakes that explain it, also where they are too many
    stands_alone = False  # what else is wrong says nothing about this
    ends = False  # there was no answer in time, or there is none yet: no use in asking more

    def _render_traceback_(self) -> list[str]:  # what IPython shows instead of a traceback
        return [str(self)]

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:  # what Jupyter displays of an object
        if self.figure is None:
            return {"text/plain": str(self)}, {}
        return {"image/svg+xml": self.figure.svg, "text/plain": str(self)}, {
            "image/svg+xml": {"alt": self.figure.alt, "caption": self.figure.caption}
        }


# ---------------------------------------------------------------- a hidden test and its subjects


def graded(test: Callable) -> Callable:
    """Make a hidden test of a function whose arguments are implementations by name.

    The result can be called with a learner's implementations (the hidden cell), with the reference (pytest), or with an
    answer
    from the bank. It raises `CheckFailed` with a message for the learner, or nothing.
    """
    topic = test.__module__.rpartition("test_")[2]
    signature = inspect.signature(test)

    @functools.wraps(test)
    def run(*args, **kwargs):
        __tracebackhide__ = True
        given = signature.bind(*args, **kwargs).arguments
        subjects = {name: Subject(topic, name, implementation) for name, implementation in given.items()}
        this = _Run(test.__name__, tuple(subjects.values()))
        _running.append(this)
        try:
            test(**subjects)
            if not this.failures:
                _ask_again(this)
        except _Enough:
            pass
        except CheckFailed as failure:
            this.add(failure)
        except Exception as error:
            # A hidden test must not show its own body, whatever the learner's answer made of it.
            if not this.failures:
                reason = f"The test could not use what your code returned ({type(error).__name__}: {error})."
                raise CheckFailed(reason) from (error if os.environ.get("COURSE_TESTS_DEBUG") else None)
        finally:
            _running.pop()
        if this.failures:
            raise _joined(this.failures)

    run.hidden = True
    run.topic = topic
    _topics.add(topic)
    return run


def __proctor_prepare__() -> None:
    """Import the bank once, in the process that proctor forks for each notebook, and not in each of them."""
    for topic in sorted(_topics):
        bank.load(topic)


class _Enough(CheckFailed):
    """A test that has failed has asked enough."""

    ends = True


@dataclass
class _Run:
    name: str
    subjects: tuple[Subject, ...]
    drawn: bool = False  # whether the test has asked for fresh numbers
    agreed: list = field(
        default_factory=list
    )  # (subject, case, right value, rtol, atol, seconds) of each answer that was right
    failures: list[CheckFailed] = field(default_factory=list)  # each of another requirement

    followed: int = 0  # calls behind the first failure

    def look_ahead(self, subject: Subject, case: Case) -> None:
        """Behind the first failure, end the test after some more calls, or where the mistake that explains it would not
        come to an end: the learner's code is then known to take all the time there is.
        """
        self.followed += bool(self.failures)
        explained = set().union(*(one.suspects for one in self.failures))
        entries = bank.of(bank.MISCONCEPTIONS, subject.topic, subject.name) if explained else ()
        if self.followed > MOST_FOLLOWING or any(
            isinstance(_observe(case, entry.implementation, BANK_SECONDS).error, TimeoutError)
            for entry in entries
            if entry.label in explained
        ):
            raise _Enough

    def add(self, failure: CheckFailed) -> None:
        """Keep a failure, unless an earlier one explains it."""
        told = [str(one) for one in self.failures]
        if len(told) < MOST_TOLD and str(failure) not in told:
            if not any(one.suspects & failure.suspects for one in self.failures):
                self.failures.append(failure)


def _joined(failures: list[CheckFailed]) -> CheckFailed:
    """One failure that tells of all."""
    first, *others = failures
    if not others:
        return first
    failure = CheckFailed("\n".join([str(first), *(f"{ALSO} {other}" for other in others)]))
    failure.figure = first.figure
    # A named mistake is told once, in whichever tests it is met.
    failure.headline = first.headline if first.mistakes else tuple(line for one in failures for line in one.headline)
    failure.mistakes = tuple(dict.fromkeys(mistake for one in failures for mistake in one.mistakes))
    failure.read_again = tuple(dict.fromkeys(text for one in failures for text in one.read_again))
    return failure


def _goes_on(stands_alone: bool) -> Callable[[Callable], Callable]:
    """Decorator of a check behind which a test goes on: what fails is kept, and told at the end with all the rest.

    After the first failure only checks that stand alone are asked: wrong numbers are wrong again in the next case, but
    that an error is missing is another matter.
    """

    def decorate(check: Callable) -> Callable:
        @functools.wraps(check)
        def checked(*args: Any, **kwargs: Any) -> None:
            __tracebackhide__ = True
            run = _running[-1] if _running else None
            if run is None:
                check(*args, **kwargs)
            elif not run.failures or stands_alone or all(failure.stands_alone for failure in run.failures):
                try:
                    check(*args, **kwargs)
                except CheckFailed as failure:
                    if failure.ends:
                        raise
                    failure.stands_alone = stands_alone
                    run.add(failure)

        return checked

    return decorate


class Case:
    """One use of an implementation: what a learner reads about it, and how to do it again with another implementation.

    Parameters
    ----------
    description : str or callable
        The words, or what makes them when they are needed: most calls are right, and nobody reads about them.
    use : callable or None
        Implementation -> (value, arguments afterwards).
    call : tuple or None
        The arguments and keyword arguments, if it is one call of a function.
    """

    def __init__(
        self,
        description: str | Callable[[], str],
        use: Callable[[Any], tuple[Any, Any]] | None,
        call: tuple[tuple, dict] | None = None,
    ):
        self._description, self.use, self.call = description, use, call
        self.bank_seconds = BANK_SECONDS  # that a known mistake may take

    @property
    def description(self) -> str:
        return self._description if isinstance(self._description, str) else self._description()


@dataclass(frozen=True)
class Outcome:
    """The outcome of a case: a value or an error, the arguments afterwards, and NumPy's warnings."""

    value: Any = None
    error: Exception | None = None
    after: Any = None
    warned: tuple[str, ...] = ()


class Subject:
    """An implementation under test.

    Call it as the learner's function. Every call is given its own copies of the arguments, is guarded against warnings,
    prints and
    endless loops, and is remembered, so that known mistakes can be tried on the same input.

    Attributes
    ----------
    name : str
        What the learner was asked to define.
    implementation : object
        The learner's, the reference's, or the bank's.
    """

    def __init__(self, topic: str, name: str, implementation: Any):
        self.topic, self.name, self.implementation = topic, name, implementation
        self.history: list[tuple[Case, Outcome]] = []

    def __call__(self, *args, **kwargs) -> Any:
        __tracebackhide__ = True
        return self.run(_call_case(self.name, args, kwargs))

    def case(self, description: str, scenario: Callable[[Any], Any], seconds: float = SECONDS) -> Any:
        """Do something longer with the implementation: make an object of a class, call several methods.

        Parameters
        ----------
        description : str
            What the learner reads: ``"SimpleNeuron(3, rng).forward(X)"``.
        scenario : callable
            Takes the implementation, returns the value. Must make its arrays and generators afresh each time.
        """
        __tracebackhide__ = True
        return self.run(Case(description, lambda implementation: (scenario(implementation), None)), seconds)

    @property
    def value(self) -> Any:
        """The plain value that the learner was asked for."""
        return self.run(Case(self.name, lambda implementation: (copy.deepcopy(implementation), None)))

    def run(self, case: Case, seconds: float = SECONDS) -> Any:
        """Do `case`; remember and return what came out, or fail with the learner's own error."""
        __tracebackhide__ = True
        outcome = self.observe(case, seconds)
        if outcome.error is not None:
            _fail(case, _error_text(outcome.error, case), self)
        if outcome.value is None:
            _fail(case, f"{case.description} returned None. Did you print the result instead of returning it?", self)
        return outcome.value

    def observe(self, case: Case, seconds: float = SECONDS) -> Outcome:
        """Do `case` and remember what came out, errors too."""
        if _running:
            _running[-1].look_ahead(self, case)
        case.bank_seconds = max(BANK_SECONDS, BANK_SHARE * seconds)
        outcome = _observe(case, self.implementation, seconds)
        self.history.append((case, outcome))
        return outcome

    @property
    def reference(self) -> Any:
        """The right answer."""
        return getattr(bank.reference(self.topic), self.name)

    @property
    def source(self) -> str:
        """The source of the learner's function, or an empty string where it is unknown."""
        code = getattr(self.implementation, "__proctor_source__", None)
        if isinstance(code, str):
            return textwrap.dedent(code)
        try:
            if inspect.isclass(self.implementation) and self.implementation.__bases__ != (object,):
                return bank.written_out(self.implementation, self.name)  # the bank's: what it inherits belongs to it
            return _undecorated(textwrap.dedent(inspect.getsource(self.implementation)))
        except (OSError, TypeError):
            return ""


def rngs(count: int = 2) -> list[np.random.Generator]:
    """Fresh generators for one test: the same in every run of a term, others with another COURSE_SEED."""
    test = ""
    if _running:
        test, _running[-1].drawn = _running[-1].name, True
    return _generators(test, count)


def shuffled(items: Sequence) -> list:
    """`items` in an order that nobody can know beforehand, so that no answer can be given by position: for tests that
    go through a list.
    """
    order = _generators(f"{_running[-1].name if _running else ''} order", 1)[0].permutation(len(items))
    return [items[k] for k in order]


def varied(rng: np.random.Generator, values: Any) -> np.ndarray:
    """Numbers much like `values`, in another order, each up to a tenth larger or smaller."""
    values = np.asarray(values, float)
    return rng.permuted(values.ravel()).reshape(values.shape) * rng.uniform(0.9, 1.1, values.shape)


def _generators(test: str, count: int) -> list[np.random.Generator]:
    term = int(os.environ.get("COURSE_SEED", "0"))
    return [np.random.default_rng([term, zlib.crc32(test.encode()), k]) for k in range(count)]


def verdict(tests: Callable, subject: Any) -> str:
    """Do a learner's own tests reject `subject` (AssertionError), accept it, or break themselves?"""
    try:
        tests(subject)
    except AssertionError:
        return "rejected"
    except NotImplementedError:
        raise
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "accepted"


# ---------------------------------------------------------------- checks that a hidden test uses


@_goes_on(stands_alone=False)
def assert_agrees(
    subject: Subject, *args: Any, rtol: float = RTOL, atol: float = ATOL, rows_count: bool = False, **kwargs: Any
) -> None:
    """Call the learner's function and the reference with the same arguments; shape and numbers must agree.

    With `rows_count`, an array of shape (1, H) may stand where (H,) is right, since broadcasting makes them equal: for
    all tests of an exercise but the one whose business the shape is.
    """
    __tracebackhide__ = True
    _agree(subject, _call_case(subject.name, args, kwargs), rtol, atol, rows_count=rows_count)


@_goes_on(stands_alone=False)
def assert_agrees_on(
    subject: Subject,
    description: str,
    scenario: Callable[[Any], Any],
    rtol: float = RTOL,
    atol: float = ATOL,
    seconds: float = SECONDS,
) -> None:
    """Do the same with the learner's class or function and with the reference; what comes out must agree (see
    `Subject.case`).
    """
    __tracebackhide__ = True
    _agree(subject, Case(description, lambda implementation: (scenario(implementation), None)), rtol, atol, seconds)


@_goes_on(stands_alone=False)
def assert_close(
    got: Any, want: Any, description: str, *, rtol: float = RTOL, atol: float = ATOL, look: str = ""
) -> None:
    """`got` must have the shape and the numbers of `want`; `description` says what was computed, `look` where to."""
    __tracebackhide__ = True
    difference = _difference(got, want, rtol, atol)
    if difference:
        _fail(Case(description, None), difference, *_subjects(), look=look)


@_goes_on(stands_alone=False)
def assert_gradient(
    got: Any, f: Callable[[np.ndarray], float], x: np.ndarray, description: str, h: float = 1e-5
) -> None:
    """`got` must be the gradient of the scalar function `f` at `x`: central differences, relative error below 1e-5."""
    __tracebackhide__ = True
    want = central_differences(f, x, h)
    difference = _difference(got, want, rtol=np.inf)  # kind and shape first
    if not difference:
        error = relative_error(np.asarray(got, float), want)
        if error > GRADIENT_ERROR:
            difference = _difference(got, want, GRADIENT_ERROR, GRADIENT_ERROR * 1e-3) or _Difference(
                f"The relative error against the numerical gradient is {error:.1e}."
            )
    if difference:
        _fail(Case(description, None), difference, *_subjects())


@_goes_on(stands_alone=False)
def require(condition: Any, message: str, look: str = "") -> None:
    """A property must hold; `message` says which, with the learner's own numbers. A known mistake is named below it,
    or else `look`.
    """
    __tracebackhide__ = True
    if not condition:
        _fail(None, message, *_subjects(), look=look)


@_goes_on(stands_alone=True)
def assert_raises(subject: Subject, error: type[Exception], *args: Any, because: str, **kwargs: Any) -> None:
    """The learner's function must refuse these arguments with `error`; `because` says what is wrong with them."""
    __tracebackhide__ = True
    assert_raises_on(subject, error, _call_case(subject.name, args, kwargs), because)


@_goes_on(stands_alone=True)
def assert_raises_on(subject: Subject, error: type[Exception], case: Case, because: str) -> None:
    """The same for a `Case`."""
    __tracebackhide__ = True
    outcome = subject.observe(case)
    if isinstance(outcome.error, error) or error is ValueError and isinstance(outcome.error, AssertionError):
        return  # an assert tells the caller the same
    what = f"raised {type(outcome.error).__name__}" if outcome.error else "raised no error"
    _fail(case, f"{case.description} {what}; it must raise {error.__name__}, because {because}.", subject)


@_goes_on(stands_alone=True)
def assert_leaves_inputs_alone(subject: Subject, *args: Any, **kwargs: Any) -> None:
    """The caller's arrays must be the same after the call as before."""
    __tracebackhide__ = True
    case = _call_case(subject.name, args, kwargs)
    subject.run(case)
    _, outcome = subject.history[-1]
    if not _alike(outcome.after, (args, kwargs)):
        _fail(
            case,
            f"{subject.name} changed the caller's array. Work on a copy, or write x = x - ... instead of x -= ...",
            subject,
        )


@_goes_on(stands_alone=True)
def assert_no_warnings(subject: Subject, *args: Any, look: str = "", **kwargs: Any) -> None:
    """NumPy must have no reason to warn (overflow, division by zero)."""
    __tracebackhide__ = True
    case = _call_case(subject.name, args, kwargs)
    subject.run(case)
    _, outcome = subject.history[-1]
    if outcome.warned:
        _fail(case, f"{case.description}: NumPy warns: {outcome.warned[0]}.", subject, look=look)


def assert_fast(
    subject: Subject, *args: Any, at_most: float = 60.0, look: str = "Let NumPy do the loop over the samples."
) -> None:
    """The learner's function may take `at_most` times as long as the reference; says how much slower it is.

    CPU time counts, so a busy machine costs nobody a point. The two run in turn, and the best of their turns decides.
    ALWAYS_FAST seconds are always allowed: below them a ratio says more of the machine than of the code. Check first,
    in the same test,
    that the answer is right: this one says "Correct!". Keep the arrays to a few MB, or carrying them takes longer than
    the work.
    """
    __tracebackhide__ = True
    if _running and _running[-1].failures:
        return  # it says "Correct!"
    case = _call_case(subject.name, args, {})
    turns = []
    for _ in range(TURNS):
        theirs = _cpu_seconds(case, subject.implementation)
        if theirs <= ALWAYS_FAST:
            return
        ours = max(_cpu_seconds(case, subject.reference), 1e-6)
        if theirs <= at_most * ours:
            return
        turns.append((theirs / ours, theirs))
        ratio, least = min(turns)
        if len(turns) > 2 and least > NO_DOUBT * max(ALWAYS_FAST, at_most * ours):
            break
    _fail(
        None,
        f"Correct! But {least:.2g} s for this input is {ratio:.0f} times the vectorised version.",
        subject,
        look=look,
    )


@_goes_on(stands_alone=True)
def assert_built_by_hand(subject: Subject, forbidden: Sequence[str]) -> None:
    """The learner's own lines must do the work.

    None of the functions in `forbidden` may be called, as ``np.dot`` or by name, nor the operator ``"@"`` be used. A
    name that is
    itself an exercise (the learner's own ``dot``) may be called, and variables may be called anything.
    """
    __tracebackhide__ = True
    own = vars(bank.reference(subject.topic))
    tree = _parsed(subject.source)
    uses = getattr(subject.implementation, "__proctor_uses__", None) or {}
    helpers = [_parsed(text) for name, text in uses.items() if name not in own or name == subject.name]
    for node in [node for one in (tree, *helpers) for node in ast.walk(one)]:
        used = _used(node, forbidden, own)
        if used:
            _fail(
                None, f"{subject.name} uses {used}. Here the point is to write that sum yourself, with a loop.", subject
            )
    if not any(isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)) for node in ast.walk(tree)):
        _fail(None, f"The lines of {subject.name} cannot be read. Define it with def, in its own cell.", subject)


def _undecorated(source: str) -> str:
    """A definition without the decorators above it: in the bank, they speak about the answer and are not part of it."""
    body = _parsed(source).body
    return "\n".join(source.splitlines()[body[0].lineno - 1 :]) if body else source


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:  # a lambda in the middle of an expression, for example
        return ast.Module(body=[], type_ignores=[])


def _used(node: ast.AST, forbidden: Sequence[str], own: dict) -> str | None:
    """What of `forbidden` a piece of code uses: by attribute, by name, by an import, by a text, or by an operator
    and its method.
    """
    if isinstance(node, ast.Attribute):
        used = re.sub("^__r?i?(.*)__$", r"\1", node.attr)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id in ("eval", "exec", "compile", "__import__"):
            return node.func.id
        used = node.func.id if node.func.id not in own else None
    elif isinstance(node, ast.ImportFrom):
        used = next(
            (
                alias.name
                for alias in node.names
                if alias.name in forbidden and (node.module or "").split(".")[0] in ("numpy", "scipy", "operator")
            ),
            None,
        )
    elif isinstance(node, ast.Constant):
        used = node.value if isinstance(node.value, str) else None
    elif isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.MatMult):
        used = "@"
    else:
        used = None
    return used if used in forbidden else None


def assert_letters(subject: Subject, numbers: Sequence[int], what: str) -> None:
    """The letters that a learner gave to these numbers are the right ones. The message does not say which would be."""
    __tracebackhide__ = True
    for number in numbers:
        letter = subject.case(f"{subject.name}[{number}]", lambda given, n=number: str(given[n]).strip().lower())
        require(letter == subject.reference[number], f"{what} {number}: {letter!r} is not the answer.")


def quiz_tests(number_of_questions: int) -> list[Callable]:
    """One hidden test for each question of a quiz whose right answers are ``reference.<topic>.answers``.

    Call it as ``test_quiz_1, test_quiz_2 = quiz_tests(2)`` in test_<topic>.py.
    """
    module = inspect.currentframe().f_back.f_globals["__name__"]

    def make(number: int) -> Callable:
        def test(answers):
            __tracebackhide__ = True
            letter = answers.case(f"answers[{number}]", lambda a: str(a[number]).strip().lower())
            if letter != answers.reference[number]:
                _fail(
                    None,
                    f"Question {number}: {letter!r} is not the answer.",
                    answers,
                    intro="",
                    where=f"Question {number}: ",
                )

        test.__name__, test.__module__ = f"test_quiz_{number}", module
        test.__doc__ = f"quiz, question {number}"
        return graded(test)

    return [make(number) for number in range(1, number_of_questions + 1)]


def central_differences(f: Callable[[np.ndarray], float], x: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """Gradient of a scalar function by central differences, (f(x + h) - f(x - h)) / 2h for each entry of `x`, in
    float64.
    """
    x = np.array(x, float)
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        above = f(x)
        x[index] = kept - h
        below = f(x)
        x[index] = kept
        gradient[index] = (above - below) / (2 * h)
    return gradient


def relative_error(a: np.ndarray, b: np.ndarray) -> float:
    """Largest \\|a - b\\| / max(1e-8, \\|a\\| + \\|b\\|)."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    return float(np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)), initial=0.0))


# ---------------------------------------------------------------- doing a case


def _call_case(name: str, args: tuple, kwargs: dict) -> Case:
    kept = copy.deepcopy((args, kwargs))

    def use(implementation):
        own_args, own_kwargs = copy.deepcopy(kept)
        value = implementation(*own_args, **own_kwargs)
        return value, (own_args, own_kwargs)

    def description():
        words = [_short(a) for a in kept[0]] + [f"{key}={_short(value)}" for key, value in kept[1].items()]
        return f"{name}({', '.join(words)})"

    return Case(description, use, kept)


def _observe(case: Case, implementation: Any, seconds: float) -> Outcome:
    with (
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        np.errstate(all="warn", under="ignore"),
        _TimeLimit(seconds),
    ):
        warnings.simplefilter("always")
        try:
            value, after = case.use(implementation)
            error = None
        except Exception as raised:
            value, after, error = None, None, raised
    warned = tuple(str(w.message) for w in caught if issubclass(w.category, RuntimeWarning))
    return Outcome(value, error, after, warned)


class _TimeLimit:
    """Raise TimeoutError in the block after `seconds` of this process's CPU time, or ten times as long in wall-clock
    time.

    Limits nest: one that is set already, by an outer block or by the grader, goes on counting and fires at its own
    time.
    """

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.active = False

    def __enter__(self) -> None:
        if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
            return  # nobody can interrupt this thread
        self.active = True
        self.timers = [
            (timer, number, clock, clock(), *signal.getitimer(timer), signal.signal(number, self.strike))
            for timer, number, clock in CLOCKS
        ]
        for (timer, _, _, _, left, every, _), wait in zip(self.timers, (self.seconds, 10 * self.seconds)):
            signal.setitimer(timer, min(wait, left or wait), every)

    def strike(self, number: int, frame: Any) -> None:
        if not self.active:
            return
        for _, own, clock, start, left, _, outer in self.timers:
            if own == number and left and clock() - start >= left - TICK and callable(outer):
                outer(number, frame)
        raise TimeoutError(f"no answer within {self.seconds:g} seconds; is there a loop that never ends?")

    def __exit__(self, *error: Any) -> None:
        while self.active:
            with contextlib.suppress(TimeoutError):  # the signal may arrive on the way out
                self.active = False
        for timer, number, clock, start, left, every, outer in getattr(self, "timers", ()):
            signal.setitimer(timer, 0)
            signal.signal(number, outer)
            if left:  # at once, if it is over
                signal.setitimer(timer, max(left - (clock() - start), 1e-3), every)


def _cpu_seconds(case: Case, implementation: Any) -> float:
    """CPU time that `case` takes, where the implementation runs: in this process, or in the room of a learner's
    code, whose clock it brings.
    """
    clock = getattr(implementation, "__proctor_cpu__", time.process_time)
    start = clock()
    _observe(case, implementation, 10 * SECONDS)
    return clock() - start


def _agree(
    subject: Subject, case: Case, rtol: float, atol: float, seconds: float = SECONDS, rows_count: bool = False
) -> None:
    __tracebackhide__ = True
    want = _observe(case, subject.reference, seconds)
    if want.error is not None:  # our own fault: never the learner's
        raise RuntimeError(f"the reference of {subject.name} failed on {case.description}") from want.error
    got = subject.run(case, seconds)
    if rows_count:
        got = without_rows(got, want.value)
    difference = _difference(got, want.value, rtol, atol, names=_returned_names(subject.reference))
    if difference:
        _fail(case, difference, subject)
    if _running:
        _running[-1].agreed.append((subject, case, want.value, rtol, atol, seconds))


def without_rows(got: Any, want: Any) -> Any:
    """`got`, with (H,) in place of (1, H) where `want` has (H,)."""
    if isinstance(want, tuple) and isinstance(got, (tuple, list)) and len(got) == len(want):
        return tuple(map(without_rows, got, want))
    return got[0] if np.ndim(want) == 1 and np.shape(got) == (1, *np.shape(want)) else got


def _ask_again(run: _Run) -> None:
    """Some of the questions of a passed test once more, in an order that nobody knows, if its inputs are always the
    same.

    Otherwise its answers come in one order, and a function that only counts its calls could give them.
    """
    __tracebackhide__ = True
    if run.drawn or not run.agreed:
        return
    for k in _generators(run.name, 1)[0].integers(len(run.agreed), size=ASKED_AGAIN):
        subject, case, want, rtol, atol, seconds = run.agreed[k]
        if _difference(subject.run(case, seconds), want, rtol, atol):
            _fail(
                case,
                f"{case.description} was right the first time, but when called again with the same arguments it "
                "returned something else. The answer may depend only on the arguments, not on earlier calls.",
                subject,
            )


# ---------------------------------------------------------------- comparing


@dataclass(frozen=True)
class _Difference:
    """What differs, in words; with the first entry that does, and what the whole looks like beside the right answer.

    `arrays` are the two arrays in which that entry stands, and where they differ.
    """

    words: str
    got: Any = None
    want: Any = None
    clue: str = ""
    arrays: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None


def _difference(
    got: Any, want: Any, rtol: float = RTOL, atol: float = ATOL, place: tuple[str, ...] = (), names: Sequence[str] = ()
) -> _Difference | None:
    """None if `got` has the kind, shape and numbers of `want`.

    Parameters
    ----------
    place : tuple of str
        Where in what was returned this stands, from the outside in.
    names : sequence of str
        What the things in a tuple are called.
    """
    where = _where(place)
    if isinstance(want, (tuple, list)) and not _is_numbers(want):
        if not isinstance(got, (tuple, list)):
            return _Difference(f"{where}Returned {_kind(got)}; expected {len(want)} things, in a tuple.")
        if len(got) != len(want):
            return _Difference(f"{where}Returned {len(got)} things; expected {len(want)}.")
        layers = all(isinstance(one, dict) for one in want)
        for position, (one, other) in enumerate(zip(got, want), 1):
            if len(names) == len(want):
                name = names[position - 1]
            else:
                name = f"layer {position}" if layers else f"output {position} of {len(want)}"
            if inner := _difference(one, other, rtol, atol, (*place, name)):
                return inner
        return None
    if isinstance(want, dict):
        if not isinstance(got, dict):
            return _Difference(f"{where}Returned {_kind(got)}; expected a dict.")
        for key, other in want.items():
            if key not in got:
                return _Difference(f"{where}The key {key!r} is missing.")
            if inner := _difference(got[key], other, rtol, atol, (*place, str(key))):
                return inner
        return None
    if isinstance(want, str) or want is None:
        return (
            None
            if isinstance(got, type(want)) and got == want
            else _Difference(f"{where}Returned {_short(got)}; expected {want!r}.", got, want)
        )
    return _numbers_differ(got, np.asarray(want), rtol, atol, where)


def _where(place: tuple[str, ...]) -> str:
    """``dW of layer 1: `` for the entry "W" of the first layer of `grads`; empty for the whole."""
    if not place:
        return ""
    *outer, last = place
    if outer and outer[-1].startswith("layer "):
        slope = "d" if len(outer) > 1 and outer[-2].startswith("grad") and not last.startswith("d") else ""
        return f"{slope}{last} of {outer[-1]}: "
    return f"{last[:1].upper()}{last[1:]}: " if last.startswith(("output ", "layer ")) else f"{last}: "


def _returned_names(reference: Any) -> list[str]:
    """The names under "Returns" in the docstring of the reference, where it returns several things by name."""
    returned = re.search(r"Returns\n-+\n(.*?)(?:\n\n\w+\n-+\n|$)", inspect.getdoc(reference) or "", re.DOTALL)
    return re.findall(r"^(\w+) : ", returned[1], re.MULTILINE) if returned else []


def _numbers_differ(got: Any, want: np.ndarray, rtol: float, atol: float, where: str = "") -> _Difference | None:
    numbers = _as_numbers(got)
    if numbers is None:
        return _Difference(f"{where}Returned {_kind(got)}; expected {_kind(want)}.")
    if numbers.shape != want.shape:
        clue = ""
        if numbers.shape == want.shape[::-1] and numbers.ndim == 2:
            clue = "Rows and columns are exchanged: look for a missing transpose."
        return _Difference(f"{where}Returned {_kind(numbers)}; expected {_kind(want)}.", clue=clue)
    want = want.astype(float)
    broken = ~np.isfinite(numbers) & np.isfinite(want)
    with np.errstate(all="ignore"):
        wrong = broken | ~np.isclose(numbers, want, rtol=rtol, atol=atol, equal_nan=True)
    if not wrong.any():
        return None
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    entry, right = float(numbers[index]), float(want[index])
    at = f" at {list(index)}" if index else ""
    told, expected = _apart(entry, right)
    words = f"{where}Got {told}{at}; expected {expected}."
    if wrong.size > 1:
        words += f" {int(wrong.sum())} of {wrong.size} entries differ."
    clue = "" if broken.any() else _clue(numbers, want, wrong)
    return _Difference(words, entry, right, clue, (numbers, want, wrong))


def _clue(got: np.ndarray, want: np.ndarray, wrong: np.ndarray) -> str:
    """What can be said of all the entries at once, when no known mistake fits. Empty where nothing is certain."""
    digits = naming.rounded_to(got, want)
    if digits is not None:
        return f"Your numbers are right to {digits} digits: do not round them."
    with np.errstate(all="ignore"):
        if got.size > 1 and np.allclose(got, -want, rtol=1e-6, atol=1e-12):
            return "Every entry has the wrong sign."
        big = np.abs(want) > 1e-9
        ratios = got[big] / want[big]
        if (
            ratios.size
            and not (got[~big] > 1e-9).any()
            and np.allclose(ratios, ratios.flat[0], rtol=1e-6)
            and abs(ratios.flat[0]) > 1e-9
        ):
            ratio = float(ratios.flat[0])
            if want.size > 1 and not np.isclose(ratio, 1.0):
                return f"Every entry is exactly {_number(ratio)} times what it should be."
            for whole in range(2, 1001):  # one number alone: only a whole ratio is more than chance
                if np.isclose(ratio, whole, rtol=1e-9):
                    return f"Exactly {whole} times what it should be."
                if np.isclose(ratio, 1 / whole, rtol=1e-9):
                    return f"Exactly 1/{whole} of what it should be."
        if got.size > 1 and np.allclose(got - want, (got - want).flat[0], rtol=1e-6, atol=1e-12):
            return f"Every entry is off by the same {_number(float((got - want).flat[0]))}."
        if got.ndim == 2 and got.shape[0] == got.shape[1] and np.allclose(got, want.T, rtol=1e-6):
            return "This is the right answer transposed: rows and columns are exchanged."
    if got.ndim >= 2 and len(got) > 1 and not wrong[0].any() and wrong[1:].reshape(len(got) - 1, -1).any(axis=1).all():
        return "Only the first row is right: something is computed once that must be computed for each row."
    return ""


def _alike(a: Any, b: Any) -> bool:
    """Are two outcomes the same, apart from rounding?"""
    if isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)):
        return len(a) == len(b) and all(_alike(x, y) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_alike(a[key], b[key]) for key in a)
    if isinstance(a, np.random.Generator) and isinstance(b, np.random.Generator):
        return True  # it is meant to advance
    x, y = _as_numbers(a), _as_numbers(b)
    if x is not None and y is not None:
        return x.shape == y.shape and np.allclose(x, y, rtol=1e-9, atol=1e-12, equal_nan=True)
    return type(a) is type(b) and (a is b or isinstance(a, (str, bytes, type(None))) and a == b)


def _as_numbers(x: Any) -> np.ndarray | None:
    """`x` as an array of float64, or None if it is not made of real numbers."""
    try:
        array = np.asarray(x)
        return array.astype(float) if array.dtype.kind in "biuf" else None
    except (ValueError, TypeError, OverflowError):
        return None


def _is_numbers(x: Any) -> bool:
    return not isinstance(x, tuple) and _as_numbers(x) is not None


# ---------------------------------------------------------------- failing, and naming the mistake


def _subjects() -> tuple[Subject, ...]:
    return _running[-1].subjects if _running else ()


def _fail(
    case: Case | None, what: str | _Difference, *subjects: Subject, look: str = "", intro: str = ONE, where: str = ""
) -> None:
    __tracebackhide__ = True
    if isinstance(what, str):
        what = _Difference(what)
    if os.environ.get("PROCTOR_VERDICT_ONLY"):  # nobody reads the message, and looking for the cause takes long
        failure = CheckFailed(what.words)
        failure.ends = True
        raise failure
    lines = [what.words]
    if case and case.description not in what.words:
        lines.insert(0, case.description)
    named, suspects = _Name(), []
    for subject in subjects:
        found = _fitting(subject)
        suspects += found
        if 0 < len(found) <= 2:
            named.entries += found
    if len(named.entries) > 2:
        named = _Name()
    if named.entries:
        named.intro = intro if len(named.entries) == 1 else TWO
    elif not suspects and what.got is not None:
        named = next(filter(None, (_partly(subject, case) for subject in subjects)), named)
    hints = [_hint(entry, what) for entry in named.entries]
    if hints:
        lines.extend(line for line in (named.intro, *hints) if line)
    else:
        lines.extend(extra for extra in (what.clue, look) if extra)
    failure = CheckFailed("\n".join(lines))
    careful = (named.intro,) if named.intro in (TOGETHER, SOMEWHERE, HERE_ALONE) else ()
    failure.headline = (*careful, *(where + hint for hint in hints)) or (what.clue or look or what.words,)
    failure.mistakes = tuple((entry.label, where + hint) for entry, hint in zip(named.entries, hints))
    failure.suspects = frozenset(entry.label for entry in suspects)
    failure.read_again = tuple(
        dict.fromkeys(text for entry in named.entries for text in (entry.exercise, entry.read) if text)
    )
    failure.ends = any(
        isinstance(outcome.error, (TimeoutError, NotImplementedError))
        for subject in subjects
        for _, outcome in subject.history[-1:]
    )
    with contextlib.suppress(Exception):  # a message without a figure is still a message
        failure.figure = next(filter(None, map(_figure, subjects)), None) or (
            figures.beside(*what.arrays) if what.arrays else None
        )
    raise failure


def _figure(subject: Subject) -> figures.Figure | None:
    """The learner's curve beside the right one, if the function that failed can be drawn and the two can be told
    apart.
    """
    last, outcome = subject.history[-1] if subject.history else (None, None)
    if last is None or last.call is None or outcome.error is not None:
        return None
    parameters = list(inspect.signature(subject.reference).parameters)
    calls = [case.call[0][0] for case, _ in subject.history if case.call and case.call[0]]
    pixels = all(_is_numbers(x) and np.all((np.asarray(x) >= 0) & (np.asarray(x) <= 1)) for x in calls)
    for sweep in figures.sweeps(subject.name, parameters, *last.call, pixels=pixels):
        case = Case(sweep.description, lambda implementation, sweep=sweep: (sweep.use(implementation), None))
        right = _observe(case, subject.reference, case.bank_seconds)
        if right.value is not None:
            yours = _observe(case, subject.implementation, case.bank_seconds)
            return figures.drawn(sweep, yours.value, right.value) if yours.value is not None else None
    return None


@dataclass
class _Name:
    """The known mistakes that explain a failure, and how to say it."""

    entries: list[bank.Entry] = field(default_factory=list)
    intro: str = ""

    def __bool__(self) -> bool:
        return bool(self.entries)


def _fitting(subject: Subject) -> list[bank.Entry]:
    """The known mistakes that give exactly what the learner's code gave, in every case of this test so far.

    At least one case must differ from the reference, or the mistake would explain nothing.
    """
    history = [(case, outcome) for case, outcome in subject.history if case.use is not None]
    if not history:
        return []
    entries = bank.of(bank.MISCONCEPTIONS, subject.topic, subject.name)
    for words in (True, False):
        # The newest case is the one that failed: most suspects are ruled out there.
        suspects = [
            entry
            for entry in entries
            if all(
                _same(_observe(case, entry.implementation, case.bank_seconds), outcome, words)
                for case, outcome in reversed(history)
            )
        ]
        if suspects or all(outcome.error is None for _, outcome in history):
            break
    if suspects and all(
        _same(_observe(case, subject.reference, case.bank_seconds), outcome) for case, outcome in history
    ):
        return []
    return suspects


def _partly(subject: Subject, failed: Case | None) -> _Name:
    """Known mistakes that explain a part of what the learner's code gave, or all of it together.

    Such as a slip in one branch of several; two slips at once; and, for what it is worth, the failing case alone. Only
    where a single one is left: with more nothing is known.
    """
    history = [(case, outcome) for case, outcome in subject.history if case.use is not None]
    if not history or history[-1][0] is not failed or len(history) > MOST_CASES:
        return _Name()
    mine = [outcome for _, outcome in history]
    right = [_observe(case, subject.reference, case.bank_seconds) for case, _ in history]
    known: dict[int, list[Outcome]] = {}
    entries = bank.of(bank.MISCONCEPTIONS, subject.topic, subject.name)
    until = time.process_time() + PARTLY_SECONDS
    for number, entry in enumerate(entries):
        if time.process_time() > until:
            return _Name()
        newest = _observe(failed, entry.implementation, failed.bank_seconds)
        if newest.error is None and not isinstance(newest.value, type(None)):
            rest = [_observe(case, entry.implementation, case.bank_seconds) for case, _ in history[:-1]]
            known[number] = [*rest, newest]
    alone = [number for number, outcomes in known.items() if _same(outcomes[-1], mine[-1])]
    somewhere = [
        number
        for number in alone
        if all(_same(one, yours) or _same(one, true) for one, yours, true in zip(mine, known[number], right))
    ]
    if len(somewhere) == 1 and naming.tells_enough(mine[-1].value):
        return _Name([entries[somewhere[0]]], SOMEWHERE)
    if alone:
        telling = len(alone) == 1 and naming.tells_enough(mine[-1].value)
        return _Name([entries[alone[0]]], HERE_ALONE) if telling else _Name()
    values = {number: [outcome.value for outcome in outcomes] for number, outcomes in known.items()}
    pairs = [
        (one, other)
        for one, other in itertools.combinations(known, 2)
        if naming.explains_together(
            [outcome.value for outcome in mine], [outcome.value for outcome in right], values[one], values[other]
        )
    ]
    if len(pairs) == 1 and naming.tells_enough(mine[-1].value):
        return _Name([entries[number] for number in pairs[0]], TOGETHER)
    return _Name()


def _hint(entry: bank.Entry, difference: _Difference) -> str:
    pair = difference.got, difference.want
    got, want = _apart(*pair) if all(isinstance(v, float) for v in pair) else map(_short, pair)
    return entry.hint.replace("{got}", got).replace("{want}", want)


def _same(a: Outcome, b: Outcome, words: bool = True) -> bool:
    """Whether two outcomes are the same; without `words`, of errors that both raise themselves only the kind counts."""
    if a.error is not None or b.error is not None:
        if isinstance(a.error, TimeoutError) and isinstance(b.error, TimeoutError):
            return True  # the limits may differ, and are part of the text
        if _builtin(a.error) != _builtin(b.error):
            return False
        return str(a.error) == str(b.error) or not words and _raised_by_hand(a.error) and _raised_by_hand(b.error)
    if isinstance(a.value, type(None)) and isinstance(b.value, type(None)):
        return True
    return _alike(a.value, b.value) and _alike(a.after, b.after) and bool(a.warned) == bool(b.warned)


def _builtin(error: Exception | None) -> str:
    """The nearest built-in class: what is left of NumPy's own error types when they cross from another process."""
    return next((kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"), "")


def _raised_by_hand(error: Exception | None) -> bool:
    """Whether the learner's own line raised it, so that its words are theirs."""
    crossed = getattr(error, "__proctor_learner__", None)
    if crossed is not None:
        return str(crossed[2]).rpartition("\n")[2].strip().startswith(("raise ", "assert "))
    trace = getattr(error, "__traceback__", None)
    while trace and trace.tb_next:
        trace = trace.tb_next
    return bool(trace) and dis.opname[trace.tb_frame.f_code.co_code[trace.tb_lasti]] == "RAISE_VARARGS"


def _error_text(error: Exception, case: Case) -> str:
    if isinstance(error, NotImplementedError):
        return "Not written yet: the cell still raises NotImplementedError."
    if isinstance(error, TimeoutError):
        return f"Your code gave {error}"
    if case.call is None and not _comes_from_the_learner(error):
        return f"The test could not use what your code returned ({type(error).__name__}: {error})."
    lines = _learners_lines(error)
    return f"Your code raised {type(error).__name__}: {error}" + (f"\n{lines}" if lines else "")


def _comes_from_the_learner(error: Exception) -> bool:
    """Whether an error was raised within the learner's code, and not in the lines of a test that used its results."""
    if hasattr(error, "__proctor_learner__"):
        return True
    trace = error.__traceback__
    while trace:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if not module.startswith(("course_tests.checks", "course_tests.test_", "test_", "numpy")):
            return True
        trace = trace.tb_next
    return False


def _learners_lines(error: Exception) -> str:
    """The lines of the learner's own cells in a traceback, nothing else."""
    lines = []
    trace = error.__traceback__
    while trace:
        file, number = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        if "ipykernel_" in file or file.startswith("<ipython-input"):
            lines.append(
                f"  in {trace.tb_frame.f_code.co_name}, line {number}: {linecache.getline(file, number).strip()}"
            )
        trace = trace.tb_next
    return "\n".join(line for line in lines if "course_tests" not in line and " in <module>," not in line)


# ---------------------------------------------------------------- words


def _number(x: float) -> str:
    return f"{x:.6g}"


def _apart(a: float, b: float) -> tuple[str, str]:
    """Two different numbers in as many digits as it takes to see that they differ."""
    for digits in (6, 9, 12):
        if f"{a:.{digits}g}" != f"{b:.{digits}g}":
            break
    else:
        digits = 17
    return f"{a:.{digits}g}", f"{b:.{digits}g}"


def _short(x: Any) -> str:
    """A value in few words: small arrays in full, large ones by shape."""
    if isinstance(x, np.ndarray):
        if x.size <= 9:
            return np.array2string(x, precision=4, separator=", ").replace("\n", "")
        return f"<array {x.shape}>"
    if isinstance(x, np.random.Generator):
        return "rng"
    if callable(x):
        return getattr(x, "__name__", "f")
    if isinstance(x, (float, np.floating)):
        return _number(float(x))
    text = repr(x)
    return text if len(text) <= 60 else text[:57] + "..."


def _kind(x: Any) -> str:
    numbers = _as_numbers(x)
    if numbers is None:
        return f"a {type(x).__name__}" if not isinstance(x, np.ndarray) else f"an array of {x.dtype}"
    if numbers.ndim == 0:
        return "one number"
    return f"shape {numbers.shape}"
