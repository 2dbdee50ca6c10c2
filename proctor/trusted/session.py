"""The conversation with one room. Every answer is matched to its question, bounded in size and time, and never
trusted.
"""

from __future__ import annotations

import builtins
import secrets
import sys
import time
import types
import warnings
import weakref
from numbers import Number
from typing import Any

import numpy as np

from ..wire import (
    Extension,
    Line,
    LineClosed,
    LineTimeout,
    Shared,
    Unsendable,
    WireError,
    exact,
    library,
    pack,
    rng,
    unpack,
)
from ..wire.shared import MAX_SHARED, MOST_ITERATORS
from ..wire.values import MAX_COUNT
from . import mirror
from .limits import Allowance, TestAllowance, TestTimeout, in_words
from .proxy import CALLED, STAND_INS, UNHASHABLE, LearnerClass, Link, class_of, link, shape

GRACE = 1.0  # seconds to react to an interrupt
LOOK_EVERY = 0.25  # seconds of waiting, at most, between two looks at what the room uses
UNPACKING = 60.0  # seconds for an answer that has come
DEEPEST = 30  # callbacks inside callbacks
CALM = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
CONTAINERS = {list, dict, set, frozenset, np.ndarray}
SHARED = {*library.CONTAINERS}
GLOBALS = {
    name: getattr(builtins, name)
    for name in (
        "int",
        "float",
        "complex",
        "bool",
        "str",
        "bytes",
        "list",
        "tuple",
        "dict",
        "set",
        "frozenset",
        "object",
        "type",
        "range",
        "slice",
        "Ellipsis",
        "NotImplemented",
    )
}
CALLABLE = ("function", "method", "builtin", "callable")
MOST_STAND_INS = 100_000
UNCLAIMED = {"numpy", "proctor", "builtins", "sympy", "_pytest", "pytest"}
PLAIN_BUILTINS = (int, float, complex, bool, str, bytes, list, tuple, dict, set, frozenset, object, type, range, slice)


class RoomGone(BaseException):
    """The room is dead or has been ended. No `except Exception` of a test may take it for an error of the learner's
    function.
    """


class CallTimeout(TimeoutError):
    """A call used up its time and was interrupted. Whatever the test does with it, it does not pass.

    Attributes
    ----------
    value : object
        What the room answered to the interrupt.
    """

    def __init__(self, text, value=None):
        super().__init__(text)
        self.value = value


class Record(tuple):
    """A named tuple of the learner's: a tuple whose fields have names."""

    _fields = ()

    def __getattr__(self, name):
        if name in tuple.__getattribute__(self, "__dict__").get("_fields", ()):
            return self[self.__dict__["_fields"].index(name)]
        raise AttributeError(name)

    def _asdict(self):
        return dict(zip(self._fields, self))

    def _replace(self, **changes):
        if not changes.keys() <= set(self._fields):
            raise ValueError(f"Got unexpected field names: {sorted(changes.keys() - set(self._fields))}")
        record = Record({**self._asdict(), **changes}.values())
        record.__dict__["_fields"] = self._fields
        return record


class Session:
    """One room, from its start to its end."""

    def __init__(self, room, limits, budget):
        self.room = room
        self.line = Line(room.data)
        self.limits = limits
        self.budget = budget  # of the whole notebook
        self.look_every = min(LOOK_EVERY, limits.call_seconds / 10, limits.cell_seconds / 10)
        self.waited = 0.0  # for the room since the last look
        self.stopping = False  # whether it was interrupted, and has a moment to answer
        self.test = None  # the allowance of the present test
        self.why = ""  # what a call in the present test, or the last cell, has used up
        self.number = 0
        self.depth = 0
        self.reason = ""  # why it is gone
        self.failed = ""  # what a call in the present test did, whatever the test made of it
        self.begun = False
        self.shared = Shared(1, trusts=False)
        # number of an iterator of the learner's -> the shared arguments that its body still works with
        self.lasting = {}
        self.holding = []  # the shared arguments of each call that is under way
        self.functions = []
        self.function_numbers = {}
        self.proxies = weakref.WeakValueDictionary()
        self.errors = {}
        self.error_numbers = {}
        self.adding = False
        self.referred = False  # whether the message that is read names a value which both sides hold
        self.thrown = []
        self.sources = []  # of the cells that ran, for __proctor_source__
        self.seeds = {}
        self.before_call = None  # what the names of a test must send first
        self.files = None  # of the present test, if it works with files
        self.replaced = None  # what the present test has replaced in modules
        self.calls = 0

    # -- what the walk asks for -----------------------------------------------------------------------------------

    def start(self, files: dict) -> None:
        self._ask("files", self._allowance(60), files)

    def run_cell(
        self, source: str, seconds: float, output_limit: int, draw: bool = True, kept: bool = True
    ) -> tuple[Any, int, bool]:
        """Run an ordinary cell; returns its outputs, its count and whether it was interrupted."""
        self.sources.append(source)
        self.test, self.why = None, ""
        try:
            value = self._ask(
                "cell", self._allowance(seconds), source, output_limit, draw, kept, limit=8 * output_limit + (1 << 20)
            )
            late = False
        except CallTimeout as late_answer:
            value, late = late_answer.value, True
            if value is None:
                raise self._gone("it gave no answer", late=True) from None
        return (*value, late)

    def run_test(self, source: str, earlier: list, seconds: float) -> tuple:
        """Run a test in a fork of the room, after the earlier tests that it builds on; returns (passed, score, error,
        whether it was interrupted).

        The fork alone reads them, and it must answer with a number that nobody could guess.
        """
        self.test = None
        token = secrets.token_hex(16)
        self._ask("fork", self._allowance(seconds))
        late = False
        try:
            answer = self._ask("test", self._allowance(seconds), token, tuple(earlier), source)
        except CallTimeout as late_answer:
            answer, late = late_answer.value, True
        if answer is None:
            if not late:
                return False, None, None, False  # the fork has ended without an answer
            raise self._gone("a test gave no answer")
        if (
            type(answer) is not tuple
            or len(answer) != 4
            or answer[0] != token
            or type(answer[1]) is not bool
            or type(answer[2]) not in (float, type(None))
        ):
            raise self._gone("somebody else answered for a test")
        try:
            if self._answer(self.number, 1 << 10, self._allowance(GRACE)) is not None:
                raise WireError("an answer twice")
        except (WireError, LineClosed, LineTimeout) as error:
            raise self._gone(str(error)) from None
        return (*answer[1:], late)

    def begin_test(self) -> None:
        """A new test: what the last one shared and passed in is forgotten."""
        self.failed = self.why = ""
        self.test = TestAllowance(self.limits.cell_seconds)
        self.begun = False
        self.functions_start = len(self.functions)
        self.thrown = []
        self.lasting, self.holding = {}, []
        self.shared.forget()

    def get(self, name: str) -> tuple[bool, Any]:
        """(found, value) for a name of the learner's."""
        self._begin()
        answer = self._ask("get", self._allowance(self.limits.call_seconds), name)
        if type(answer) is not tuple or len(answer) != 2 or type(answer[0]) is not bool:
            raise self._gone("it sent no answer to the question")
        return answer

    def do(self, verb: str, proxy: Any, args: tuple, kwargs: dict) -> Any:
        """Do something to one of the learner's objects."""
        self._begin()
        self._let_go_of_lost()
        if self.before_call is not None:
            self.before_call()
        if self.files is not None and verb == "call":
            self.files.push((*args, *kwargs.values()))
        self.calls += 1
        around = {"replaced": self.replaced.now()} if self.replaced is not None and self.replaced.before else None
        if (calm := np.geterr()) != CALM:
            around = {
                **(around or {}),
                "errstate": {key: value for key, value in calm.items() if value in ("ignore", "warn", "raise")},
            }
        if self.seeds:
            around = {**(around or {}), **self.seeds}
            self.seeds = {}
        try:
            value = self._ask(
                "do", self._allowance(self.limits.call_seconds), verb, proxy, args, tuple(kwargs.items()), around
            )
            if self.files is not None and verb == "call" and self.depth == 0:
                self.files.pull()
            return value
        except StopIteration as error:
            if verb == "next":
                self._let_go(self.lasting.pop(link(proxy).number, ()))
                raise
            # `all(map(f, xs))` in a test would end at once and be true.
            wrong: Any = Exception("the code raised StopIteration")
            wrong.__proctor_learner__ = getattr(error, "__proctor_learner__", ("StopIteration", "", ""))
            raise whole(wrong) from None

    def end(self, reason: str = "ended") -> None:
        if not self.reason:
            self.reason = reason or "ended"
            self.reason_of_warden = self.room.end()
            self.budget.room_ended(self.room.cpu)

    def cpu_seconds(self) -> float:
        """CPU time of the room until now, measured from outside: `__proctor_cpu__` of a proxy."""
        used = self.room.used() if self.alive else None
        if used is None:
            raise RoomGone(self.reason or "the warden does not answer")
        return used[0]

    @property
    def alive(self) -> bool:
        return not self.reason

    def spoke(self) -> bool:
        """Whether the room has sent something unasked, or closed the connection: it is then ended, so that the next
        test gets a fresh one.
        """
        if self.alive and self.line.unasked():
            self.end("it sent something without being asked")
        return not self.alive

    def globals_read(self) -> frozenset:
        """The names that the learner's functions look up among the globals."""
        return frozenset().union(*(mirror.globals_read(source) for source in self.sources))

    def source_of(self, proxy: Any) -> str | None:
        from .sources import find

        mine = link(proxy)
        return find(self.sources, mine.name) or find(self.sources, mine.kept.get("asked", ""))

    def uses_of(self, proxy: Any) -> dict[str, str]:
        from .sources import uses

        mine = link(proxy)
        return {**uses(self.sources, mine.name), **uses(self.sources, mine.kept.get("asked", ""))}

    # -- the exchange ---------------------------------------------------------------------------------------------

    def _begin(self):
        if not self.alive:
            raise RoomGone(self.reason)
        if not self.begun:
            self.begun = True
            self.line.send(pack(("begin",)), self._allowance(self.limits.call_seconds).end)

    def _allowance(self, seconds):
        return Allowance(seconds, self.limits.wall_factor, self.budget.end)

    def _ask(self, verb, allowance, *parts, limit=0):
        if not self.alive:
            raise RoomGone(self.reason)
        if self.depth >= DEEPEST:
            raise RecursionError("the learner's code and the test call each other too deeply")
        self.number += 1
        number = self.number
        limit = limit or self.limits.message
        self.depth += 1
        self.holding.append([])
        try:
            head = (
                (verb, number) if verb in ("cell", "files", "fork", "test") else (verb, number, self.shared.changes())
            )
            try:
                self._send((*head, *parts), allowance, share=verb == "do")
            except LineTimeout as error:  # half a message is worse than none
                raise LineClosed(str(error)) from None
            value = self._answer(number, limit, allowance, show=verb == "do")
            if verb == "do":
                for item in value if isinstance(value, (tuple, list)) and len(value) <= MOST_ITERATORS else (value,):
                    if isinstance(item, STAND_INS) and link(item).word in ("generator", "iterator"):
                        # Its body has not run yet: the arguments stay shared until it ends, as the room keeps them too.
                        self.lasting.setdefault(link(item).number, []).extend(self.holding[-1])
            return value
        except (WireError, LineClosed) as error:
            raise self._gone(str(error)) from None
        except LineTimeout:
            raise self._late(number, limit, allowance) from None
        except (RoomGone, CallTimeout):
            raise
        except BaseException as error:
            # A time limit of the test itself struck while the room was at work: its next message could be anything.
            if not getattr(error, "_proctor_whole", False):
                self.end("the test was stopped")
            raise
        finally:
            self.depth -= 1
            self._let_go(self.holding.pop() if self.holding else ())

    def _let_go(self, numbers):
        """Forget what was shared under these numbers, except what a call under way or an iterator works with."""
        held = {number for held in (*self.holding, *self.lasting.values()) for number in held}
        self.shared.drop([number for number in numbers if number not in held])

    def _let_go_of_lost(self):
        """Iterators that the test has dropped, or too many of them, no longer share their arguments; the room is
        told.
        """
        lost = [number for number in self.lasting if number not in self.proxies]
        if len(self.shared.items) - len(lost) > MAX_SHARED // 2:
            lost = [*lost, *(number for number in self.lasting if number not in lost)][
                : max(len(lost), len(self.lasting) // 2)
            ]  # the oldest
        if lost and self.alive:
            try:
                self.line.send(pack(("drop", tuple(lost))), self._allowance(self.limits.call_seconds).end)
            except (LineClosed, LineTimeout) as error:
                raise self._gone(str(error)) from None
            except BaseException:  # a time limit of the test: half a message is worse than none
                self.end("the test was stopped")
                raise
            for number in lost:
                self._let_go(self.lasting.pop(number))

    def _send(self, message, allowance, share=False):
        self.adding = share
        try:
            data = pack(message, self.extend, self.limits.message)
        except Unsendable as error:
            error._proctor_whole = True
            raise
        self.line.send(data, allowance.end)

    def _receive(self, limit, allowance):
        while True:
            start = time.monotonic()
            try:
                data = self.line.receive(limit, min(start + self.look_every - self.waited, allowance.end))
                break
            except LineTimeout:
                self._look(allowance)
            finally:
                self.waited += time.monotonic() - start
        self.referred = False
        message = unpack(data, self.build, time.monotonic() + UNPACKING)
        if self.referred:
            unfold(message)
        if type(message) is not tuple or len(message) < 3:
            raise WireError("an answer without its parts")
        return message

    def _look(self, allowance):
        """Check what the room has used. Questions that are answered at once are not worth a look each."""
        self.waited = 0.0
        used = self.room.used()
        slept = allowance.look(used)
        self.budget.look(used, slept)
        if self.test is not None:
            self.test.look(used, slept)
        if allowance.over or self.budget.over and not self.stopping:
            raise LineTimeout("no answer in time")
        if self.test is not None and self.test.over and not self.stopping:
            raise TestTimeout

    def _answer(self, number, limit, allowance, show=False):
        while True:
            message = self._receive(limit, allowance)
            tag = message[0]
            if tag == "call" and len(message) == 6:
                self._call(message, allowance)
                allowance.forget()
                continue
            if message[1] != number or type(message[1]) is not int or len(message) != 5:
                raise WireError("an answer to another question")
            if type(message[2]) is not tuple:
                raise WireError("changes that are not changes")
            self._apply(message[2])
            if show:
                self._show(message[4])
            if tag == "ok":
                return message[3]
            if tag == "raise":
                raise whole(self._error(message[3]))
            raise WireError("an answer of unknown kind")

    def _apply(self, changes):
        self.shared.apply(changes)
        if self.referred:
            unfold([self.shared.get(number) for number, _ in changes])

    def _late(self, number, limit, allowance):
        """Interrupt, and give the room a moment to report that it stopped."""
        self.failed, self.why = (
            self.failed or "late",
            self.why or (allowance.why if allowance.over else self.budget.why),
        )
        self.stopping = True
        self.room.interrupt()
        try:
            value = None
            try:
                value = self._answer(number, limit, Allowance(GRACE, self.limits.wall_factor))
            except Exception as error:
                if not getattr(error, "_proctor_whole", False):
                    raise
            return CallTimeout(
                f"no answer within {in_words(allowance.seconds)}; is there a loop that never ends?", value
            )
        except (WireError, LineClosed, LineTimeout):
            return self._gone("it did not answer in time", late=True)
        finally:
            self.stopping = False

    def _gone(self, reason, late=False):
        self.failed = "late" if late else "dead"
        self.end(reason)
        return RoomGone(reason)

    def _call(self, message, allowance):
        """The learner's code calls a function that the test passed in."""
        _, _, changes, number, args, kwargs = message
        if type(number) is not int or not self.functions_start <= number < len(self.functions):
            raise WireError("a call of a function that was not passed in")
        if type(args) is not tuple or type(kwargs) is not tuple or type(changes) is not tuple:
            raise WireError("a call without its parts")
        if any(type(pair) is not tuple or len(pair) != 2 or type(pair[0]) is not str for pair in kwargs):
            raise WireError("a call without its parts")
        kwargs = dict(kwargs)
        self._apply(changes)
        try:
            value = self.functions[number](*args, **kwargs)
        except Exception as error:
            if not self.alive:
                raise RoomGone(self.reason) from None
            self.thrown.append(error)
            name = type(error).__name__ if type(error).__module__ == "builtins" else "RuntimeError"
            own = error.args if hasattr(error, "__proctor_learner__") else ()
            try:
                self._send(("throw", 0, self.shared.changes(), name, len(self.thrown), own), allowance)
            except Unsendable:
                self._send(("throw", 0, (), name, len(self.thrown), ()), allowance)
            return
        try:
            self._send(("return", 0, self.shared.changes(), value), allowance)
        except Unsendable as error:
            self.thrown.append(error)
            self._send(("throw", 0, (), "TypeError", len(self.thrown), ()), allowance)

    # -- values ---------------------------------------------------------------------------------------------------

    def extend(self, x: Any) -> Any:
        cls: Any = type(x)
        if cls in CONTAINERS or cls in rng.KINDS:
            extension = self.shared.extension(x, self.adding)
            if extension is not None and self.adding and extension[1] > 0:
                self.holding[-1].append(extension[1])
            return extension
        if isinstance(x, STAND_INS):
            mine = link(x)
            if mine.session is not self:
                raise Unsendable("an object of an earlier run of the learner's code is gone")
            return Extension(("handle", mine.number))
        if cls is type and x in self.error_numbers:
            return Extension(("handle", self.error_numbers[x]))
        if isinstance(x, np.dtype):
            return Extension(("dtype", x.str))
        if cls is type and (x in PLAIN_BUILTINS or issubclass(x, BaseException) and x.__module__ == "builtins"):
            return Extension(("global", "builtins", x.__name__))
        if (cls is np.ufunc or cls is type and issubclass(x, np.generic)) and getattr(np, x.__name__, None) is x:
            return Extension(("global", "numpy", x.__name__))  # type: ignore[union-attr]
        if cls is types.BuiltinFunctionType and x.__module__ == "builtins" and x.__self__ is builtins:
            return Extension(("global", "builtins", x.__name__))
        if x is Ellipsis or x is NotImplemented:
            return Extension(("global", "builtins", repr(x)))
        if cls in SHARED or cls in library.frames():
            extension = self.shared.extension(x, self.adding)
            if extension is not None:
                if self.adding and extension[1] > 0:
                    self.holding[-1].append(extension[1])
                return extension
        made = exact.parts_of(x) or library.parts_of(x)
        if made is not None:
            return made
        if isinstance(x, np.ndarray) and x.dtype.kind in "biufcSUMm":
            return np.asarray(x).view(np.ndarray)
        base: Any
        for base in (bool, int, float, complex, str, bytes, tuple, list, dict, set):
            if isinstance(x, base) and cls is not base:
                return base(x)
        visiting = mirror.guest(x)
        if visiting is not None:
            return Extension(visiting)
        if callable(x):
            if id(x) not in self.function_numbers:
                self.function_numbers[id(x)] = len(self.functions)
                self.functions.append(x)
            number = self.function_numbers[id(x)]
            if number < self.functions_start:
                number = self.function_numbers[id(x)] = len(self.functions)
                self.functions.append(x)
            text = getattr(x, "__doc__", None)
            return Extension(
                (
                    "function",
                    number,
                    str(getattr(x, "__name__", "function")),
                    text[:4000] if type(text) is str and isinstance(x, types.FunctionType) else None,
                )
            )
        return None

    def build(self, parts: tuple) -> Any:
        tag = parts[0] if parts else None
        try:
            if tag == "handle":
                return self._stand_in(*parts[1:])
            if tag == "shared":
                _, number = parts
                self.referred = True
                return self.shared.get(number)
            if tag == "share":
                _, number, content = parts
                if type(number) is not int or number >= 0:
                    raise WireError("a shared value was numbered wrongly")
                self.shared.keep(number, content)
                return content
            if tag == "record":
                _, name, fields, values = parts
                if (
                    type(fields) is not tuple
                    or type(values) is not tuple
                    or len(fields) != len(values)
                    or any(type(f) is not str or f.startswith("_") for f in fields)
                ):
                    raise WireError("a malformed named tuple")
                record = Record(values)
                record.__dict__["_fields"] = fields
                return record
            if tag == "dtype":
                from ..wire.values import plain_dtype

                return plain_dtype(parts[1].encode())
            if tag == "global":
                _, module, name = parts
                if module == "builtins" and name in GLOBALS:
                    return GLOBALS[name]
                value = (
                    getattr(np, name, None) if module == "numpy" and type(name) is str and name.isidentifier() else None
                )
                if type(value) is np.ufunc or isinstance(value, type) and issubclass(value, np.generic):
                    return value
            if tag == "callback":
                _, number = parts
                if type(number) is int and self.functions_start <= number < len(self.functions):
                    return self.functions[number]
            value = exact.value_of(parts)
            if value is None:
                value = library.value_of(parts)
            if value is not None:
                return value
        except (ValueError, TypeError, AttributeError, UnicodeError, ArithmeticError, IndexError):
            pass
        raise WireError("a value of unknown kind")

    functions_start = 0

    def _stand_in(self, number, word, type_name, name, bits=0, more=None):
        if (
            type(bits) is not int
            or not 0 <= bits < 2 * UNHASHABLE
            or any(type(text) is not str for text in (word, type_name, name))
        ):
            raise WireError("a malformed handle")
        _number(number)
        if word == "error":
            return self._error_class(number, type_name, name, more)
        proxy = self.proxies.get(number)
        if proxy is None:
            if len(self.proxies) > MOST_STAND_INS:
                raise WireError("too many objects")
            mine = Link(self, number, word, type_name[:100], name[:200])
            if word == "class":
                proxy = self.proxies[number] = class_of(mine, bits)
                return proxy
            cls = shape(bits | CALLED if word in CALLABLE else bits)
            if type(more) is int:  # of a class of the learner's
                cls = self.proxies.get(_number(more))
                if cls is None:
                    cls = self.proxies[more] = class_of(
                        Link(self, more, "class", type_name[:100], type_name[:100]), bits
                    )
                elif type(cls) is not LearnerClass:
                    raise WireError("a malformed class")
            elif type(more) is str:
                mine.claim = self.claimed(more)
            proxy = self.proxies[number] = cls.__new__(cls)
            object.__setattr__(proxy, "_proctor_link", mine)
        return proxy

    def claimed(self, name: str) -> type | None:
        """The class that an object says it is of, so that isinstance holds; None if it must not say so.

        Only classes of installed libraries that a test has imported, never one whose objects cross by value: a claim is
        not a value.
        """
        module, _, path = name.partition(":")
        thing = sys.modules.get(module)
        file = getattr(thing, "__file__", None) or ""
        if module.split(".")[0] in UNCLAIMED or not (
            "site-packages" in file or "dist-packages" in file or module == "re"
        ):
            return None
        for part in path.split("."):
            thing = getattr(thing, part, None)
        return (
            thing
            if isinstance(thing, type)
            and not issubclass(
                thing, (*PLAIN_BUILTINS[:-4], type, BaseException, np.ndarray, np.generic, Number, *library.frames())
            )
            else None
        )

    def _error_class(self, number, type_name, name, bases):
        if number not in self.errors:
            if len(self.errors) > 100:
                raise WireError("too many classes of errors")
            bases = tuple(bases) if type(bases) is tuple and all(base in self.error_numbers for base in bases) else ()
            try:
                made = type(type_name if type_name.isidentifier() else "Error", bases or (error_class(name),), {})
            except TypeError:  # incompatible base classes
                made = type("Error", (error_class(name),), {})
            self.errors[number] = made
            self.error_numbers[made] = number
        return self.errors[number]

    def _error(self, parts):
        if type(parts) is not tuple or len(parts) not in (6, 8):
            raise WireError("an error without its parts")
        base, name, args, text, frames, token, own, attributes = parts if len(parts) == 8 else (*parts, None, ())
        if not (
            type(base) is type(name) is type(text) is str
            and type(args) is tuple
            and type(frames) is tuple
            and type(token) is int
        ):
            raise WireError("an error without its parts")
        if 0 < token <= len(self.thrown):
            return self.thrown[token - 1]
        cls = (
            own
            if type(own) is type and own in self.error_numbers and issubclass(own, error_class(base))
            else error_class(base)
        )
        try:
            error = cls(*args)
        except Exception:
            error = RuntimeError(text[:4000])
        for key, value in attributes if type(attributes) is tuple else ():
            if type(key) is str and key.isidentifier() and not key.startswith("_") and not hasattr(error, key):
                setattr(error, key, value)
        lines = []
        for frame in frames[:20]:
            if type(frame) is not tuple or len(frame) != 4 or not all(type(part) in (str, int) for part in frame):
                raise WireError("an error without its parts")
            place, line_number, function, line = frame
            lines.append(
                f"  {place}, line {line_number}"
                + ("" if str(function).startswith("<") and function != "<lambda>" else f", in {function}")
            )
            if line:
                lines.append(f"    {line}")
        error.__proctor_learner__ = (name[:100], text[:4000], "\n".join(str(line)[:400] for line in lines))
        if base in ("KeyboardInterrupt", "SystemExit", "GeneratorExit") and base != "KeyboardInterrupt":
            error = Exception("the code called exit()")
            error.__proctor_learner__ = ("SystemExit", "the code called exit()", "\n".join(lines))
        return error

    def _show(self, shown):
        """What the learner's code printed and warned during the call: to wherever the test has redirected sys.stdout,
        if anywhere.
        """
        if shown is None:
            return
        if (
            type(shown) is not tuple
            or len(shown) != 3
            or type(shown[0]) is not str
            or type(shown[1]) is not str
            or type(shown[2]) is not tuple
        ):
            raise WireError("an answer without its parts")
        if shown[0]:
            sys.stdout.write(shown[0])
        if shown[1]:
            sys.stderr.write(shown[1])
        for warning in shown[2][:20]:
            if (
                type(warning) is not tuple
                or len(warning) != 2
                or type(warning[0]) is not str
                or type(warning[1]) is not str
            ):
                raise WireError("a malformed warning")
            category = getattr(builtins, warning[0], UserWarning)
            if not (isinstance(category, type) and issubclass(category, Warning)):
                category = UserWarning
            try:
                warnings.warn(category(warning[1]), stacklevel=2)
            except Warning as error:
                error.__proctor_learner__ = (warning[0], warning[1][:500], "")
                raise whole(error) from None


def _number(number):
    if type(number) is not int or not 0 <= number < 1 << 40:
        raise WireError("a malformed handle")
    return number


def unfold(value: Any) -> None:
    """Refuse a value that is small in the message but endless when it is walked through: lists that hold one list
    twice, again and again.
    """
    stack, count = [value], 0
    while stack:
        item = stack.pop()
        count += 1
        if isinstance(item, (list, tuple, set, frozenset)):
            stack.extend(item)
        elif type(item) is np.ndarray and item.dtype.kind == "O":
            stack.extend(item.ravel().tolist())
        else:
            stack.extend(library.contents(item) or ())
        if count + len(stack) > MAX_COUNT:
            raise WireError("a value that never ends")


def whole(error: Any) -> Any:
    """Mark an error that came as a complete answer: the conversation can go on after it."""
    error._proctor_whole = True
    return error


def error_class(name: Any) -> type:
    """The built-in exception of that name, if it is one that a function may raise."""
    if name in ("LinAlgError",):
        return np.linalg.LinAlgError
    if name == "AxisError":
        return np.exceptions.AxisError
    cls = getattr(builtins, name, None) if type(name) is str else None
    if isinstance(cls, type) and issubclass(cls, Exception):
        return cls
    return Exception
