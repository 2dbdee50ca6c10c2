"""Stand-ins on the trusted side for the learner's functions, classes and objects.

A proxy never answers by itself: each call, attribute and item is requested from the room and comes back as a plain
value or as
another proxy. What would let an object lie stays here: a proxy equals no plain value, has no order against one, is no
array,
and gives arithmetic with a plain value only where the test itself made the object (`Vector(1, 2) * 3`): otherwise `f(x)
- expected` would
tell the room what is expected. No number comes out of a difference from an array: `(object - expected).max()` could be
any lie. `proxy.__proctor_source__` is the
learner's text of a function or class (str or None), for tests that look at the code; `proxy.__proctor_uses__` the text
of all that it uses, by name;
`proxy.__proctor_cpu__` a clock like `time.process_time`, of the learner's room, for tests that compare speed.
"""

from __future__ import annotations

import inspect
import sys
import types
from typing import Any

import numpy as np

ASKED = {
    "__name__",
    "__qualname__",
    "__module__",
    "__dict__",
    "__annotations__",
    "__defaults__",
    "__kwdefaults__",
    "__init__",
    "__bases__",
    "__mro__",
    "__call__",
    "__len__",
    "__getitem__",
    "__setitem__",
    "__delitem__",
    "__iter__",
    "__next__",
    "__reversed__",
    "__contains__",
    "__str__",
    "__repr__",
    "__format__",
    "__eq__",
    "__ne__",
    "__lt__",
    "__le__",
    "__gt__",
    "__ge__",
    "__hash__",
    "__bool__",
    "__int__",
    "__float__",
    "__complex__",
    "__index__",
    "__enter__",
    "__exit__",
    "__new__",
    "__del__",
    "__getattr__",
    "__setattr__",
    "__delattr__",
    "__getattribute__",
    "__get__",
    "__set__",
    "__set_name__",
    "__init_subclass__",
    "__class_getitem__",
    "__post_init__",
    "__match_args__",
    "__dataclass_fields__",
    "__dataclass_params__",
    "__slots__",
    "__all__",
    "__self__",
    "__func__",
    "__closure__",
    "__wrapped__",
    "__code__",
    "__members__",
    "__abstractmethods__",
    "__isabstractmethod__",
    "__version__",
    "__aenter__",
    "__aexit__",
    "__aiter__",
    "__anext__",
    "__missing__",
    "__base__",
    "__subclasses__",
    "__neg__",
    "__pos__",
    "__abs__",
    "__invert__",
    "__round__",
    "__trunc__",
    "__floor__",
    "__ceil__",
    "__divmod__",
    "__doc__",
    "__sklearn_tags__",
    "__sklearn_is_fitted__",
} | {
    f"__{mark}{name}__"
    for mark in ("", "r", "i")
    for name in (
        "add",
        "sub",
        "mul",
        "truediv",
        "floordiv",
        "mod",
        "pow",
        "matmul",
        "and",
        "or",
        "xor",
        "lshift",
        "rshift",
    )
}
# What a stand-in has only where the learner's class has it, in the order of the bits that the room sends.
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
)
CALLED, UNHASHABLE = 1 << STRUCTURE.index("__call__"), 1 << len(STRUCTURE)
KEPT = {
    "__class__",
    "_proctor_link",
    "__copy__",
    "__deepcopy__",
    "__reduce_ex__",
    "__array_ufunc__",
    "__array__",
    "__await__",
    "__weakref__",
}


class Link:
    """What a proxy knows: its session, its number there, and what the room said about it."""

    __slots__ = ("session", "number", "word", "type_name", "name", "made", "difference", "kept", "claim")

    def __init__(self, session, number, word, type_name, name):
        self.session, self.number, self.word = session, number, word
        self.type_name, self.name = type_name, name
        self.made = 0  # 2: the test itself made it, by calling a class of the learner's; 1: it came from such an object
        self.difference = False  # it came of arithmetic with an array
        self.kept = {}
        self.claim = None  # the class of a library's on this side that it says it is of


def link(proxy: Any) -> Link:
    if type(proxy) is LearnerClass:
        return type.__getattribute__(proxy, "_proctor_class")
    return object.__getattribute__(proxy, "_proctor_link")


def _do(proxy, verb, *args, **kwargs):
    mine = link(proxy)
    return mine.session.do(verb, proxy, args, kwargs)


def _inherit(proxy, value):
    mine = link(proxy)
    if isinstance(value, STAND_INS):
        if mine.made:
            link(value).made = 1
        link(value).difference |= mine.difference
    elif mine.difference and isinstance(value, (int, float, complex, np.generic, np.ndarray)):
        _refuse(proxy, "an array")
    return value


def _once(proxy, verb, kind):
    """Ask for a conversion, the first time; later the same answer."""
    kept = link(proxy).kept
    if link(proxy).difference:
        _refuse(proxy, "an array")
    if verb not in kept:
        value = _do(proxy, verb)
        if type(value) is not kind:
            raise TypeError(f"{verb}() of an object of class {link(proxy).type_name} did not give a {kind.__name__}")
        kept[verb] = value
    return kept[verb]


class Refused(TypeError):
    """An object was used where a plain value is needed."""


def _refuse(proxy, what):
    raise Refused(f"Your code returns a value of class {link(proxy).type_name} where {what} is needed.")


class Proxy:
    """An object of the learner's."""

    __slots__ = ("_proctor_link", "__weakref__")
    __array_ufunc__ = None  # so that NumPy leaves arithmetic to this class

    def __init__(self, mine):
        object.__setattr__(self, "_proctor_link", mine)

    # attributes
    def __getattribute__(self, name):
        if name in KEPT:
            return object.__getattribute__(self, name)
        return _attribute(self, name)

    def __setattr__(self, name, value):
        _do(self, "setattr", name, value)

    def __delattr__(self, name):
        _do(self, "delattr", name)

    def __dir__(self):
        return _dir(self)

    @property  # type: ignore[misc]
    def __class__(self):
        mine = link(self)
        return mine.claim or _CLASSES.get(mine.word, type(self))

    # text
    def __str__(self):
        return _text(self, "str")

    def __repr__(self):
        return _text(self, "repr")

    def __format__(self, spec):
        value = _do(self, "format", spec)
        return value if type(value) is str else _text(self, "str")

    # truth, numbers
    def __bool__(self):
        value = _inherit(self, _do(self, "bool"))
        return value if type(value) is bool else _refuse(self, "a truth value")

    def __float__(self):
        return _once(self, "float", float)

    def __int__(self):
        return _once(self, "int", int)

    def __complex__(self):
        return _once(self, "complex", complex)

    def __index__(self):
        return _once(self, "index", int)

    def __array__(self, *args, **kwargs):
        _refuse(self, "an array or a number")

    # comparison: only between two objects of the learner's
    def __eq__(self, other):
        if self is other:
            return True
        if not isinstance(other, STAND_INS):
            return False
        return _compare(self, "eq", other)

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        mine = link(self)
        return hash((id(mine.session), mine.number))

    def __instancecheck__(self, thing):
        return isinstance(thing, STAND_INS) and _do(self, "isinstance", thing) is True

    def __subclasscheck__(self, thing):
        return isinstance(thing, STAND_INS) and _do(self, "issubclass", thing) is True

    def __reduce_ex__(self, protocol):
        raise TypeError("the learner's objects cannot be copied or pickled in a test")

    def __copy__(self):
        return _inherit(self, link(self).session.do("copy", self, (), {}))

    def __deepcopy__(self, memo):
        return _inherit(self, link(self).session.do("deepcopy", self, (), {}))


class _Iterator:
    """Iterates in the room, one value at a time."""

    def __init__(self, proxy):
        self._proxy = proxy

    def __iter__(self):
        return self

    def __next__(self):
        return _do(self._proxy, "next")


def _call(self, *args, **kwargs):
    value = _inherit(self, _do(self, "call", *args, **kwargs))
    # A "function" like `scale` that is really a class makes nothing that the test has asked for: classes have capital
    # letters.
    if isinstance(value, STAND_INS) and link(self).word == "class" and link(self).kept.get("asked", "a")[:1].isupper():
        link(value).made = 2
    return value


class LearnerClass(type):
    """The type of the stand-ins for the learner's classes: `type(p) == Point`, `isinstance(p, Point)` and `case
    Point()` hold for stand-ins.
    """

    __call__ = _call

    def __new__(cls, name, bases, names, **kwargs):
        """A class that a test derives from the learner's: it is made in the room, its methods are called back here."""
        session = link(next(one for one in bases if type(one) is LearnerClass)).session
        cell = names.get("__classcell__")
        taken = {
            key: one
            for key, one in names.items()
            if key
            not in (
                "__module__",
                "__qualname__",
                "__classcell__",
                "__annotations__",
                "__static_attributes__",
                "__firstlineno__",
            )
        }
        made = session.do("derive", None, (name, tuple(bases), taken), {})
        if cell is not None:
            cell.cell_contents = made
        link(made).kept["asked"] = name
        return made

    def __init__(cls, *args, **kwargs):
        pass

    def __getattribute__(cls, name):
        # Libraries that look at the class of a stand-in are answered here: only what the test itself asks is asked from
        # the room.
        if name.startswith(("__array", "_proctor_class")):
            return type.__getattribute__(cls, name)
        if name == "__class__":
            return type
        if (
            name.startswith("__")
            and name.endswith("__")
            and name not in _OF_CLASSES
            and type(sys._getframe(1).f_globals) is dict
        ):
            try:
                return type.__getattribute__(cls, name)
            except AttributeError:
                pass
        return _attribute(cls, name)

    def __setattr__(cls, name, value):
        _do(cls, "setattr", name, value)

    def __delattr__(cls, name):
        _do(cls, "delattr", name)

    def __dir__(cls):
        return _dir(cls)

    def __repr__(cls):
        return _text(cls, "repr")

    def __instancecheck__(cls, thing):
        return type(thing) is cls or isinstance(thing, STAND_INS) and _do(cls, "isinstance", thing) is True

    def __subclasscheck__(cls, thing):
        return (
            thing is cls
            or (isinstance(thing, STAND_INS) or thing in link(cls).session.error_numbers)
            and _do(cls, "issubclass", thing) is True
        )


_OF_CLASSES = {
    "__doc__",
    "__name__",
    "__qualname__",
    "__annotations__",
    "__dataclass_fields__",
    "__signature__",
    "__proctor_source__",
    "__proctor_uses__",
}
STAND_INS = (Proxy, LearnerClass)


def _attribute(self, name):
    if name.startswith("__") and name.endswith("__"):
        if name == "__proctor_uses__":
            return link(self).session.uses_of(self)
        if name == "__proctor_source__":
            return link(self).session.source_of(self)
        if name == "__proctor_cpu__":
            return link(self).session.cpu_seconds
        if name == "__signature__" and callable(self):
            return _signature(self)
        if name == "__name__" and link(self).name:
            return link(self).name.rpartition(".")[2]
        if name not in ASKED:
            raise AttributeError(name)
    elif name.startswith(("_proctor", "_ipython", "_repr_", "_pytest")):
        raise AttributeError(name)
    return _inherit(self, _do(self, "getattr", name))


def _dir(self):
    names = _do(self, "dir")
    return [name for name in names if type(name) is str] if type(names) is list else []


class _Structure:
    """The methods of `STRUCTURE`."""

    def __len__(self):
        value = _do(self, "len")
        return value if type(value) is int else _refuse(self, "a length")

    def __getitem__(self, key):
        return _inherit(self, _do(self, "getitem", key))

    def __setitem__(self, key, value):
        _do(self, "setitem", key, value)

    def __delitem__(self, key):
        _do(self, "delitem", key)

    def __iter__(self):
        if link(self).difference:
            _refuse(self, "an array")
        found = _do(self, "iter")
        if not isinstance(found, STAND_INS):
            return iter(found)
        return found if link(found).word != "generator" and found is self else _Iterator(_inherit(self, found))

    def __next__(self):
        return _do(self, "next")

    def __reversed__(self):
        found = _do(self, "reversed")
        return _Iterator(found) if isinstance(found, STAND_INS) else iter(found)

    def __contains__(self, item):
        # Looked for here, so that no object can claim to contain the answer.
        return any(item is one or item == one for one in iter(self))

    def __enter__(self):
        return _do(self, "enter")

    def __exit__(self, *_):
        _do(self, "exit")

    def __await__(self):
        return _do(self, "await")
        yield

    __call__ = _call

    def __hash__(self):
        return _once(self, "hash", int)


for _name in ("__len__", "__getitem__", "__iter__", "__reversed__", "__contains__"):  # of a class, such as an Enum
    setattr(LearnerClass, _name, vars(_Structure)[_name])
_SHAPES: dict = {}


def shape(bits: int) -> type:
    """The class of a stand-in whose object has the methods that these bits name."""
    found = _SHAPES.get(bits)
    if found is None:
        found = _SHAPES[bits] = type("Proxy", (Proxy,), _methods(bits))
    return found


def class_of(mine: Link, bits: int) -> type:
    """A stand-in for a class of the learner's."""
    names = {**_methods(bits), "_proctor_class": mine, "__module__": "__main__"}
    return type.__new__(LearnerClass, mine.type_name or "Class", (Proxy,), names)


def _methods(bits):
    names = {name: vars(_Structure)[name] for i, name in enumerate(STRUCTURE) if bits >> i & 1}
    if bits & UNHASHABLE:
        names["__hash__"] = None
    if bits & CALLED:
        names["__get__"] = _bind
    return {"__slots__": (), **names}


def _bind(self, instance, owner=None):
    return self if instance is None else types.MethodType(self, instance)


class TypeOf:
    """`type` in a test: of a stand-in for a function or a class it says what the learner's thing is."""

    def __call__(self, *args, **kwargs):
        if len(args) == 1 and not kwargs:
            (thing,) = args
            if thing is self or type(thing) is LearnerClass:
                return self
            found = thing.__class__ if isinstance(thing, Proxy) else type(thing)
            return self if found is type else found
        return type(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(type, name)

    def __eq__(self, other):
        return other is self or other is type

    def __hash__(self):
        return hash(type)

    def __repr__(self):
        return repr(type)

    def __instancecheck__(self, thing):
        return isinstance(thing, type) or isinstance(thing, Proxy) and link(thing).word == "class"

    def __subclasscheck__(self, thing):
        return issubclass(thing, type)

    def __mro_entries__(self, bases):
        return (type,)

    def __getitem__(self, item):
        return type[item]

    def __or__(self, other):
        return type | other

    __ror__ = __or__


def parent(*args: Any) -> Any:
    """`super` in a test: in a class that a test derives from the learner's, its parent is in the room."""
    if not args:
        frame = sys._getframe(1)
        kind = frame.f_locals.get("__class__")
        if frame.f_code.co_argcount and kind is not None:
            args = kind, frame.f_locals[frame.f_code.co_varnames[0]]
    if len(args) == 2 and type(args[0]) is LearnerClass:
        return link(args[0]).session.do("super", args[0], (args[1],), {})
    return super(*args)


_CLASSES = {
    "class": type,
    "generator": types.GeneratorType,
    "function": types.FunctionType,
    "method": types.MethodType,
    "builtin": types.BuiltinFunctionType,
    "module": types.ModuleType,
    "coroutine": types.CoroutineType,
}


def _text(proxy, verb):
    try:
        value = _do(proxy, verb)
    except Exception:
        value = None
    return value if type(value) is str else f"<{link(proxy).type_name} of the submission>"


def _compare(proxy, verb, other):
    value = _do(proxy, verb, other)
    return value if type(value) is bool else _refuse(proxy, "something that can be compared")


def _signature(proxy):
    found = link(proxy).kept.get("signature")
    if found is None:
        parameters = []
        empty = inspect.Parameter.empty
        *given, returned = _do(proxy, "signature")
        for name, kind, has_default, default, annotation in given:
            parameters.append(
                inspect.Parameter(
                    str(name),
                    list(inspect._ParameterKind)[kind],
                    default=default if has_default else empty,
                    annotation=annotation[0] if annotation else empty,
                )
            )
        found = link(proxy).kept["signature"] = inspect.Signature(
            parameters, return_annotation=returned[0] if returned else empty
        )
    return found


def _operator(verb):
    def method(self, *others):
        plain = [one for one in others if not isinstance(one, STAND_INS)]
        array = any(isinstance(one, (np.ndarray, list)) for one in plain)
        if link(self).made < 1 + array and any(one is not None for one in plain):
            _refuse(self, "a number or an array")
        made, difference = link(self).made, link(self).difference or array
        value = _do(self, verb, *others)
        # An object that turned into the right number when the expected one is subtracted from it would be a lie.
        if not isinstance(value, STAND_INS) and (plain or not others):
            _refuse(self, "a number or an array")
        if isinstance(value, STAND_INS):
            link(value).made, link(value).difference = max(made, link(value).made), difference
            return value
        return _inherit(self, value)

    return method


def _order(verb):
    def method(self, other):
        if not isinstance(other, STAND_INS):
            return _refuse(self, "a number or an array")
        return _compare(self, verb, other)

    return method


for _name in (
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "and",
    "or",
    "xor",
    "lshift",
    "rshift",
):
    setattr(Proxy, f"__{_name}__", _operator(_name))
    setattr(Proxy, f"__r{_name}__", _operator("r" + _name))
for _name in ("neg", "pos", "abs", "invert", "round"):
    setattr(Proxy, f"__{_name}__", _operator(_name))
for _name in ("lt", "le", "gt", "ge"):
    setattr(Proxy, f"__{_name}__", _order(_name))
