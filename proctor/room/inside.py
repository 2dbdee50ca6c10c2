"""The loop in the room: runs cells, and does to the learner's objects what the trusted side requests.

Requests:  ("cell", n, source, limit, draw, kept) ("files", n, files) ("get", n, changes, name) ("do", n, changes, verb,
object, args, kwargs, around)
           ("begin",) ("drop", iterators) ("return", n, changes, value) ("throw", n, changes, name, token)
           ("fork", n), and to the fork ("test", n + 1, token, earlier tests, source)
Answers:   ("ok", n, changes, value, shown) ("raise", n, changes, error, shown) ("call", n, changes, number, args,
kwargs)
"""

from __future__ import annotations

import contextlib
import copy
import functools
import importlib
import inspect
import io
import operator
import os
import re
import signal
import sys
import types
import typing
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from ..wire import Extension, Line, LineClosed, Shared, Unsendable, exact, library, pack, rng, unpack
from ..wire.shared import MOST_ITERATORS
from . import shell as shells
from . import trial

MISSING = object()
EXCEPTION_SCALARS = (str, int, float, bool, type(None))
TEXT_LIMIT = 1 << 16
MOST_FILES, MOST_BYTES = 100, 1 << 22  # of what a test may see
CALM = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}  # whatever a cell has set and left


def _binary(name):
    method = getattr(operator, name)
    return {name.strip("_"): method, "r" + name.strip("_"): lambda x, y: method(y, x)}


VERBS: dict = {
    "call": lambda x, *args, **kwargs: x(*args, **kwargs),
    "getattr": getattr,
    "setattr": setattr,
    "delattr": delattr,
    "getitem": operator.getitem,
    "setitem": operator.setitem,
    "delitem": operator.delitem,
    "len": len,
    "iter": iter,
    "next": next,
    "bool": bool,
    "str": str,
    "repr": repr,
    "dir": dir,
    "int": int,
    "float": float,
    "complex": complex,
    "index": operator.index,
    "format": format,
    "round": round,
    "neg": operator.neg,
    "pos": operator.pos,
    "abs": abs,
    "invert": operator.invert,
    "reversed": reversed,
    "isinstance": lambda x, y: isinstance(y, x),
    "issubclass": lambda x, y: issubclass(y, x),
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
    "hash": hash,
    "super": lambda kind, x: super(kind, x),
    "derive": lambda _, name, bases, names: types.new_class(
        name, bases, exec_body=lambda own: own.update({"__module__": "__main__", **names})
    ),
    "enter": lambda x: type(x).__enter__(x),
    "exit": lambda x: type(x).__exit__(x, None, None, None),
}
for _name in (
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "and_",
    "or_",
    "xor",
    "lshift",
    "rshift",
):
    VERBS.update(_binary(_name))


def _signature(x):
    """The parameters of a callable: (name, kind, has a default, default where plain, (annotation,) or ()); at last
    the same for what it returns.
    """
    parameters, signature = [], inspect.signature(x)
    for parameter in signature.parameters.values():
        default = parameter.default
        plain = type(default) in (*EXCEPTION_SCALARS, tuple)
        parameters.append(
            (
                parameter.name,
                int(parameter.kind),
                default is not parameter.empty,
                default if plain else repr(default)[:200],
                _annotation(parameter.annotation),
            )
        )
    return (*parameters, _annotation(signature.return_annotation))


def _annotation(x):
    return () if x is inspect.Parameter.empty else (x,)


def _await(x):
    import asyncio

    async def wait():
        return await x

    return asyncio.new_event_loop().run_until_complete(wait())


VERBS.update(
    signature=_signature,
    copy=copy.copy,
    deepcopy=copy.deepcopy,
    **{"await": _await, "import": lambda x, name: importlib.import_module(name)},
)


class Ungradable(Exception):
    """What a call gave back cannot cross. No TypeError: a test may expect one of the learner's code."""


class Room:
    def __init__(self, sock, order):
        self.line = Line(sock)
        self.limits = order["limits"]
        self.shared = Shared(-1, trusts=True)
        self.handles, self.numbers = [], {}
        self.callbacks = {}
        self.origins = {}
        self.given = {}  # files of the assignment and of tests -> their time and size
        self.busy = False
        self.child = 0  # the fork in which a test runs
        self.built = []  # numbers of the shared values in the message that is read
        self.lasting = {}  # number of an iterator -> the shared arguments that its body works with, until it ends
        self.holding = []  # the shared arguments of each call that is under way
        self.lend = False
        signal.signal(signal.SIGINT, self.interrupt)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.shell = shells.make()
        self.capture = self.shell.capture
        trial.keep()
        sys.stdout, sys.stderr = shells.streams(self.capture)
        sys.path[:] = [""] + sys.path

    def interrupt(self, *_: Any) -> None:
        if self.child:
            os.kill(self.child, signal.SIGINT)
        elif self.busy:
            raise KeyboardInterrupt("it took too long")

    # -- messages -------------------------------------------------------------------------------------------------

    def serve(self) -> None:
        """Answer until the connection closes."""
        while True:
            try:
                self.answer(self.read())
            except LineClosed:
                return

    def read(self) -> tuple:
        self.built = []
        return unpack(self.line.receive(1 << 32), self.build)

    def send(self, *message: Any, lend: bool = False) -> None:
        self.lend = lend
        self.line.send(pack(message, self.extend, self.limits["message"]))

    def answer(self, message: tuple) -> None:
        verb, rest = message[0], message[1:]
        mine = self.built
        if verb == "begin":
            self.shared.forget()
            self.lasting, self.holding = {}, []
            return
        if verb == "drop":
            for item in rest[0]:
                self.let_go(self.lasting.pop(item, ()))
            return
        number = rest[0]
        if verb == "cell":
            self.send("ok", number, (), self.run_cell(*rest[1:]), None)
            return
        if verb == "files":
            self.write_files(rest[1])
            self.send("ok", number, (), None, None)
            return
        if verb == "fork":
            trial.fork(self, number)
            return
        self.holding.append(mine)
        self.shared.apply(rest[1])
        work = self.get if verb == "get" else self.do
        lend = verb == "get" or rest[2] in ("getattr", "getitem")
        around = rest[6] or {} if verb == "do" else {}
        shown: list = []
        try:
            with self.hushed(around, shown):
                self.busy = True
                value = work(*rest[2:])
            self.busy = False
            self.send("ok", number, self.shared.changes(), value, shown[0], lend=lend)
            if verb == "do":
                for item in value if isinstance(value, (tuple, list)) and len(value) <= MOST_ITERATORS else (value,):
                    if self.word_of(item) and id(item) in self.numbers:
                        self.lasting.setdefault(self.numbers[id(item)], []).extend(mine)
        except LineClosed:
            raise
        except BaseException as error:
            self.busy = False
            try:
                self.send("raise", number, self.shared.changes(), self.error(error), shown[0] if shown else None)
            except Unsendable:
                self.send("raise", number, (), self.error(error), None)
            if isinstance(error, StopIteration) and verb == "do" and rest[2] == "next":
                mine = mine + self.lasting.pop(self.numbers.get(id(rest[3])), [])
        self.holding.pop()
        self.let_go(mine)

    def let_go(self, numbers: Iterable[int]) -> None:
        """As on the trusted side: forget these, except what a call under way or an iterator works with."""
        held = {number for held in (*self.holding, *self.lasting.values()) for number in held}
        self.shared.drop([number for number in numbers if number not in held])

    # -- cells ----------------------------------------------------------------------------------------------------

    def write_files(self, files: dict) -> None:
        home = os.getcwd()
        for name, data in files.items():
            target = os.path.normpath(os.path.join(home, name))
            if not target.startswith(home + os.sep):
                continue
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(data)
            name = os.path.relpath(target, home)
            self.given[name] = stamp(name)

    def written(self) -> tuple:
        """(name, content) of the files that the learner's code has written, the small ones."""
        files: list = []
        left = MOST_BYTES
        for folder, _, names in os.walk("."):
            for name in names:
                path = os.path.normpath(os.path.join(folder, name))
                if (
                    not os.path.isfile(path)
                    or os.path.islink(path)
                    or self.given.get(path) == stamp(path)
                    or os.path.getsize(path) > left
                    or len(files) == MOST_FILES
                ):
                    continue
                with open(path, "rb") as file:
                    files.append((path, file.read(left)))
                left -= len(files[-1][1])
            if len(files) == MOST_FILES:
                break
        return tuple(files)

    def give(self, folder: str, name: str, data: bytes) -> None:
        """A file of the test's, at its place beside the notebook and in the folder that the test names."""
        self.write_files({name: data})
        if not os.path.exists(folder):
            os.symlink(os.getcwd(), folder)

    def run_cell(self, source: str, limit: int, draw: bool, kept: bool = True) -> tuple:
        """Run a cell; one that is not `kept` leaves its text neither in the history nor for inspect."""
        shells.draw_figures(self.shell, draw)
        sys.stdout, sys.stderr = shells.streams(self.capture)
        self.capture.start(limit)
        try:
            self.busy = True
            self.shell.run_cell(source, store_history=kept)
        except BaseException as error:
            self.busy = False
            self.capture.error(type(error).__name__, shells.message_of(error), shells.describe(error))
        self.busy = False
        if not kept:
            shells.forget_text(self.shell.execution_count)
        outputs = plain_json(self.capture.finish())
        self.capture.start(0)
        return outputs, self.shell.execution_count - 1

    # -- what tests ask for ---------------------------------------------------------------------------------------

    def get(self, name: str) -> tuple:
        value = self.shell.user_ns.get(name, MISSING)
        if value is MISSING:
            return False, None
        return True, value

    def do(self, verb: str, target: Any, args: tuple, kwargs: dict, around: dict) -> Any:
        names = self.shell.user_ns
        if verb == "bind":
            names[args[0]] = args[1]
            return None
        if verb == "unbind":
            return names.pop(args[0], MISSING) is not MISSING
        if verb == "written":
            return self.written()
        if verb == "give":
            return self.give(*args)
        if verb == "names":
            return tuple(str(name)[:200] for name in list(names)[:5000] if name not in self.shell.user_ns_hidden)
        return VERBS[verb](target, *args, **dict(kwargs))

    @contextlib.contextmanager
    def hushed(self, around: dict, shown: list) -> Iterator[None]:
        """What the learner prints and warns during a call goes to the trusted side, not to the feedback."""
        texts = Text(), Text()
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = texts
        if "random" in around:
            rng.put_state(np.random.mtrand._rand, around["random"])
        if "python_random" in around:
            import random

            random.setstate(around["python_random"])
        kept = [(module, name, getattr(module, name)) for module, name, _ in replaced(around)]
        for module, name, value in replaced(around):
            setattr(module, name, value)
        try:
            with warnings.catch_warnings(record=True) as caught, np.errstate(**{**CALM, **around.get("errstate", {})}):
                warnings.simplefilter("always")
                yield
        finally:
            for module, name, value in kept:
                setattr(module, name, value)
            sys.stdout, sys.stderr = before
            warned = (
                tuple((builtin_name(warning.category), str(warning.message)[:500]) for warning in caught[:20])
                if caught
                else ()
            )
            out, err = texts[0].value(), texts[1].value()
            shown.append((out, err, warned) if out or err or warned else None)

    def error(self, error: BaseException) -> tuple:
        if type(error) is Unsendable:
            error = Ungradable(str(error))
        args = (
            error.args
            if isinstance(error.args, tuple) and all(type(a) in EXCEPTION_SCALARS for a in error.args)
            else ()
        )
        if not args or sum(len(a) for a in args if type(a) is str) > 4000:
            args = (shells.message_of(error),) if shells.message_of(error) else ()
        try:
            args = tuple(a for a in args[:8])
            pack(args)
        except Unsendable:
            args = ()
        frames = shells.own_frames(error)
        cls = type(error)
        attributes = (
            tuple(
                (key, value)
                for key, value in list(getattr(error, "__dict__", {}).items())[:20]
                if not key.startswith("_")
            )
            if is_own(cls)
            else ()
        )
        try:
            pack(attributes, self.extend, 1 << 20)
        except Unsendable:
            attributes = ()
        return (
            builtin_name(cls),
            cls.__name__[:100],
            args,
            shells.message_of(error)[:4000],
            tuple(frames),
            getattr(error, "_proctor_token", 0) if type(getattr(error, "_proctor_token", 0)) is int else 0,
            self.handle(cls) if cls.__module__ != "builtins" else None,
            attributes,
        )

    def call_back(self, number: int, args: tuple, kwargs: dict) -> Any:
        """Call a function of the trusted side."""
        self.busy = False
        self.line.send(
            pack(
                ("call", 0, self.shared.changes(), number, args, tuple(kwargs.items())),
                self.extend,
                self.limits["message"],
            )
        )
        while True:
            message = self.read()
            if message[0] == "return":
                self.shared.apply(message[2])
                self.busy = True
                return message[3]
            if message[0] == "throw":
                self.shared.apply(message[2])
                self.busy = True
                error: Any = getattr(__import__("builtins"), message[3], RuntimeError)(*message[5])
                error._proctor_token = message[4]
                raise error
            self.answer(message)

    # -- values ---------------------------------------------------------------------------------------------------

    def build(self, parts: tuple) -> Any:
        tag = parts[0]
        if tag == "handle":
            return self.handles[parts[1]]
        if tag == "shared":
            if parts[1] > 0:
                self.built.append(parts[1])
            return self.shared.get(parts[1])
        if tag == "share":
            self.shared.keep(parts[1], parts[2])
            self.built.append(parts[1])
            return parts[2]
        if tag == "share_rng":
            made = rng.make(parts[2], parts[3])
            self.shared.keep(parts[1], made)
            self.built.append(parts[1])
            return made
        if tag == "function":
            return self.callback(*parts[1:])
        if tag in GUESTS:
            return GUESTS[tag](parts[1])
        if tag == "global":
            value = importlib.import_module(parts[1])
            for part in parts[2].split("."):
                value = getattr(value, part)
            return value
        if tag == "dtype":
            return np.dtype(parts[1])
        value = exact.value_of(parts)
        return library.value_of(parts) if value is None else value

    def callback(self, number: int, name: str, text: str | None = None) -> Callable:
        if number not in self.callbacks:

            def function(*args, **kwargs):
                return self.call_back(number, args, kwargs)

            function.__name__ = function.__qualname__ = name
            function.__doc__ = text
            self.callbacks[number] = function
            self.origins[function] = number
        return self.callbacks[number]

    def extend(self, x: Any) -> Any:
        """What to send for a value that is more than plain."""
        cls = type(x)
        if cls in _PLAIN_CONTAINERS:
            if cls is np.ndarray and x.dtype.kind not in "biufcSUMmO":
                return self.handle(x)
            return self.shared.extension(x, self.lend)
        if cls in rng.KINDS and id(x) in self.shared.numbers:
            return self.shared.extension(x, False)
        if cls is types.FunctionType and x in self.origins:
            return Extension(("callback", self.origins[x]))
        if isinstance(x, np.dtype) and x.kind in "biufcSUMm":
            return Extension(("dtype", x.str))
        if cls is np.ufunc or cls is type and getattr(x, "__module__", "") in ("builtins", "numpy"):
            module = "numpy" if cls is np.ufunc else x.__module__
            if getattr(importlib.import_module(module), x.__name__, None) is x:
                return Extension(("global", module, x.__name__))  # type: ignore[union-attr]
        if x is Ellipsis or x is NotImplemented:
            return Extension(("global", "builtins", "Ellipsis" if x is Ellipsis else "NotImplemented"))
        if isinstance(x, np.ndarray) and not isinstance(x, np.ma.MaskedArray) and x.dtype.kind in "biufcSUMm":
            return np.ndarray.view(x, np.ndarray)
        for base, plain in _SUBCLASSES:
            if isinstance(x, base) and cls is not base:
                return plain(x)
        if isinstance(x, tuple):
            fields = getattr(cls, "_fields", None)
            if type(fields) is tuple and all(type(f) is str for f in fields) and len(fields) == tuple.__len__(x):
                return Extension(("record", cls.__name__, fields, tuple(tuple.__iter__(x))))
        if cls in library.CONTAINERS or cls in library.frames():
            extension = self.shared.extension(x, self.lend)
            if extension is not None:
                return extension
        return exact.parts_of(x) or library.parts_of(x) or self.handle(x)

    def word_of(self, x: Any) -> str | None:
        """For what yields one value after the other, on demand."""
        if isinstance(x, types.GeneratorType):
            return "generator"
        return "iterator" if type(x).__module__ in ("builtins", "itertools") and hasattr(type(x), "__next__") else ""

    def handle(self, x: Any) -> Extension:
        number = self.number_of(x)
        cls = type(x)
        name = ""
        if isinstance(x, type):
            if issubclass(x, BaseException):
                bases = tuple(
                    self.handle(base)
                    for base in x.__bases__
                    if issubclass(base, BaseException) and base.__module__ != "builtins"
                )
                return Extension(("handle", number, "error", str(x.__name__)[:100], builtin_name(x)[:100], 0, bases))
            return Extension(
                ("handle", number, "class", str(x.__name__)[:100], str(x.__qualname__)[:100], structure(x), None)
            )
        if isinstance(x, types.ModuleType):
            return Extension(("handle", number, "module", "module", str(x.__name__)[:200]))
        word = FUNCTIONS.get(cls)
        if word:
            name = getattr(x, "__qualname__", "")
        else:
            word = self.word_of(x) or ("callable" if callable(x) else "object")
        more = (
            self.number_of(cls)
            if word in ("object", "callable", "iterator") and is_own(cls)
            else f"{cls.__module__}:{cls.__qualname__}"[:200]
        )
        return Extension(("handle", number, word, str(cls.__name__)[:100], str(name)[:200], structure(cls), more))

    def number_of(self, x: Any) -> int:
        number = self.numbers.get(id(x))
        if number is None:
            number = self.numbers[id(x)] = len(self.handles)
            self.handles.append(x)
        return number


FUNCTIONS = {
    types.FunctionType: "function",
    types.BuiltinFunctionType: "builtin",
    types.MethodType: "method",
    types.CoroutineType: "coroutine",
}
STRUCTURE = (
    "__len__",
    "__iter__",
    "__next__",
    "__contains__",
    "__reversed__",
    "__getitem__",
    "__setitem__",
    "__delitem__",
    "__enter__",
    "__exit__",
    "__await__",
    "__call__",
    "__hash__",
)  # as on the trusted side


def structure(cls: type) -> int:
    """Bits for the methods of STRUCTURE that a class has, and one more for "has no hash"."""
    names = set().union(*(vars(base) for base in cls.__mro__ if base is not object))
    bits = sum(1 << i for i, name in enumerate(STRUCTURE) if name in names and getattr(cls, name, None) is not None)
    return bits | (cls.__hash__ is None) << len(STRUCTURE)


def is_own(cls: type) -> bool:
    """Whether a class is the learner's: of a cell, or of a file beside the notebook."""
    module = sys.modules.get(cls.__module__)
    return cls.__module__ == "__main__" or (getattr(module, "__file__", None) or "").startswith(os.getcwd() + os.sep)


def stamp(path: str) -> tuple[int, int]:
    status = os.stat(path)
    return status.st_mtime_ns, status.st_size


def replaced(around: dict) -> list:
    """(module, name, value) of what the test has replaced, as far as it is there."""
    targets = [(importlib.import_module(module), name, value) for module, name, value in around.get("replaced", ())]
    return [target for target in targets if hasattr(target[0], target[1])]


def flags(x: Any) -> int:
    """The flags of a function's code, behind partials and methods."""
    while isinstance(x, (functools.partial, types.MethodType)):
        x = x.func if isinstance(x, functools.partial) else x.__func__
    return getattr(getattr(x, "__code__", None), "co_flags", 0)


VERBS.update(flags=flags, hints=typing.get_type_hints)


def iterator(ask: Callable[[], tuple]) -> Iterator:
    """An iterator of the test's, one value at a time."""
    while True:
        try:
            value = ask()
        except StopIteration:
            return
        yield value


def view(kind: str, items: Iterable) -> Any:
    return getattr(
        dict(items if kind == "items" else ((key, key) for key in items) if kind == "keys" else enumerate(items)), kind
    )()


def buffer(text: str | bytes, at: int, write: Callable) -> Any:
    """A file in memory; what is written to it goes to the test's own, too."""
    base: Any = io.StringIO if isinstance(text, str) else io.BytesIO

    class Buffer(base):
        def write(self, text):
            write(text)
            return super().write(text)

    Buffer.__name__ = Buffer.__qualname__ = base.__name__
    made = Buffer(text)
    made.seek(at)
    return made


def lines(ask: Callable) -> Iterator:
    """An open file of the test's."""
    return io.StringIO("".join(iter(ask, "")))


GUESTS = {
    "iterator": iterator,
    "view": lambda parts: view(*parts),
    "buffer": lambda parts: buffer(*parts),
    "lines": lines,
    "pattern": lambda parts: re.compile(*parts),
}


class Text(io.StringIO):
    """What is printed during one call: the first part of it."""

    def write(self, text: str) -> int:
        if self.tell() < TEXT_LIMIT:
            super().write(text[:TEXT_LIMIT])
        return len(text)

    def value(self) -> str:
        return self.getvalue()[:TEXT_LIMIT]


def builtin_name(cls: type) -> str:
    """The nearest class that Python or NumPy defines."""
    for base in cls.__mro__:
        if (
            base.__module__ == "builtins"
            or base.__module__.startswith("numpy")
            and base.__name__ in ("LinAlgError", "AxisError")
        ):
            return base.__name__
    return "Exception"


def plain_json(x: Any, depth: int = 0) -> Any:
    """`x` with only what JSON has."""
    if type(x) in (str, int, float, bool, type(None)):
        return x
    if isinstance(x, dict) and depth < 20:
        return {str(key): plain_json(value, depth + 1) for key, value in x.items()}
    if isinstance(x, (list, tuple)) and depth < 20:
        return [plain_json(value, depth + 1) for value in x]
    return str(x)


_PLAIN_CONTAINERS = {list, dict, set, frozenset, np.ndarray}
_SUBCLASSES = (
    (bool, bool),
    (int, lambda x: int.__index__(x)),
    (float, lambda x: float.__float__(x)),
    (complex, lambda x: complex(x.real, x.imag)),
    (str, lambda x: str.__str__(x)),
    (bytes, lambda x: bytes.__bytes__(x)),
)
