"""The names of a test cell: its own, then well-known modules, then built-ins, then what the learner defined."""

from __future__ import annotations

import builtins
import contextlib
import importlib
import types
from typing import Any

from ..cells import HIDDEN, imports_in, is_given, source_of
from ..wire import Unsendable
from . import mirror
from .given import Helper, checks_in
from .proxy import STAND_INS, TypeOf, link, parent

USUAL = {"np": "numpy", "plt": "matplotlib.pyplot", "mpl": "matplotlib", "pd": "pandas", "sp": "scipy"}

COMPUTING = {
    "math",
    "cmath",
    "statistics",
    "itertools",
    "functools",
    "operator",
    "collections",
    "string",
    "fractions",
    "decimal",
    "numpy",
    "scipy",
}


class TestNames(dict):
    """Globals of the test cells of one notebook. An unknown name is asked from the room when the test uses it."""

    def __init__(self, modules: dict, helpers: set, own: dict = {}, checks: dict = {}):  # noqa: B006 (never changed)
        super().__init__(__name__="__main__")
        self.modules = modules
        self.helpers = helpers
        self.own = own  # the instructor's files beside the notebook: name of the module -> text
        self.checks = checks  # the instructor's checks in locked cells: name -> text
        self.session: Any = None
        self.seen: dict = {}
        self.known: dict = {}
        self.open: frozenset = frozenset()  # names that this test spells out
        self.unsent: dict = {}  # names of tests that the room is still to be told
        self.sent: dict = {}  # ... and those that it was told
        self.gone: set = set()  # names of the learner's that a test has deleted
        own = dict(vars(builtins))
        own["__import__"] = self._import
        own["type"], own["super"] = TypeOf(), parent
        own["display"] = lambda *args, **kwargs: None
        self["__builtins__"] = own

    def begin(self, session: Any, source: str = "", marks: tuple = HIDDEN) -> None:
        """A new test cell, which sees the learner's names as they are now."""
        if session is not self.session:  # a new room knows nothing of what tests have set
            self.unsent.update(self.sent)
            self.sent, self.gone = {}, set()
        self.session = session
        self.seen.clear()
        self.open = mirror.spelled_out(source, marks)
        session.before_call = self.send

    def send(self) -> None:
        """Tell the room the names that the test has set and that the learner's functions look up."""
        unsent, self.unsent = self.unsent, {}
        for name, value in unsent.items():
            self.sent[name] = value
            with contextlib.suppress(Unsendable):
                self.session.do("bind", None, (name, value), {})

    def __setitem__(self, name, value):
        dict.__setitem__(self, name, value)
        if self.session is None:
            return
        if name in self.gone and isinstance(value, STAND_INS):  # the learner's own comes back, to stay theirs
            self.session.do("bind", None, (name, value), {})
            self.gone.discard(name)
            dict.__delitem__(self, name)
        elif (name in self.open or isinstance(value, STAND_INS)) and name in self.session.globals_read():
            self.unsent[name] = mirror.snapshot(value)
        else:
            self.unsent.pop(name, None)

    def __delitem__(self, name):
        if dict.__contains__(self, name):
            dict.__delitem__(self, name)
            self.unsent.pop(name, None)
            if self.sent.pop(name, self) is not self:
                self.session.do("unbind", None, (name,), {})
            return
        if self.session is None or not self.session.do("unbind", None, (name,), {}):
            raise KeyError(name)
        self.seen.pop(name, None)
        self.gone.add(name)

    def __contains__(self, name):
        return dict.__contains__(self, name) or type(name) is str and name in self._theirs()

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default

    def keys(self) -> list:  # type: ignore[override]
        return [*dict.keys(self), *(name for name in self._theirs() if not dict.__contains__(self, name))]

    def __iter__(self):
        return iter(self.keys())

    def items(self) -> list:  # type: ignore[override]
        return [(name, self[name]) for name in self.keys()]

    def values(self) -> list:  # type: ignore[override]
        return [self[name] for name in self.keys()]

    def _theirs(self):
        found = self.session.do("names", None, (), {}) if self.session is not None else ()
        return [name for name in found if type(name) is str] if type(found) is tuple else []

    def __missing__(self, name):
        if name in self.checks:
            exec(compile(self.checks[name], "<check>", "exec"), self)
            return self[name]
        if name in self.modules:
            found = self.known.get(name) or self._given(self.modules[name])
            if found is not None:
                self.known[name] = found
                return found
        if hasattr(builtins, name) or name == "display":
            raise KeyError(name)  # a test's `all` and `abs` are never the learner's
        if name in self.seen:
            return self.seen[name]
        there, value = self.session.get(name)
        if not there:
            raise KeyError(name)
        if isinstance(value, STAND_INS) and (found := usual(name, link(value).word)) is not None:
            value = found
        if isinstance(value, STAND_INS):
            if link(value).word == "module":
                value = installed(link(value).name) or value
            else:
                link(value).kept["asked"] = name
            self.seen[name] = value
        return value

    def _import(self, name, globals=None, locals=None, fromlist=(), level=0):
        try:
            if name == "matplotlib":  # as in a kernel in which somebody has drawn: `matplotlib.axes` is there
                builtins.__import__("matplotlib.pyplot")
            return builtins.__import__(name, globals, locals, fromlist, level)
        except ModuleNotFoundError as error:
            # A helper file that came with the notebook is the learner's: it stays in the room.
            if error.name is None or error.name.split(".")[0] not in self.helpers or self.session is None:
                raise
            found = self._helper(name)
            return self._all_of(name, found) if "*" in (fromlist or ()) else found

    def _helper(self, name):
        if name in self.own:
            return Helper(name, self.own[name], self["__builtins__"], self._from_room)
        return self._from_room(name)

    def _from_room(self, name):
        return self.session.do("import", None, (name,), {})

    def _all_of(self, name, helper):
        """A module that `from name import *` can take its names from."""
        found = types.ModuleType(name)
        for public in dir(self._from_room(name)):
            if not public.startswith("_"):
                setattr(found, public, getattr(helper, public))
        return found

    def _given(self, target):
        """What an import of the instructor's notebook means; None if the room shall say."""
        module, _, name = target.partition(":")
        if module not in self.own:
            return trusted(target)
        if not name:
            return self._helper(module)
        return getattr(self._helper(module), name) if name in checks_in(self.own[module]) else None


def usual(name: str, word: str | None) -> Any:
    """What everybody means by a name that the learner's notebook has: `np`, or one of NumPy's assertion helpers.
    None for any other name.
    """
    if word == "module" and name in USUAL:
        return trusted(USUAL[name])
    return trusted(f"numpy.testing:{name}") if word == "function" and name.startswith("assert_") else None


def trusted(target: str) -> Any:
    """The module or "module:name" of this side, None if it is not installed."""
    module, _, name = target.partition(":")
    try:
        found = importlib.import_module(module)
        return getattr(found, name) if name else found
    except (ImportError, AttributeError):
        return None


def installed(name: str) -> Any:
    """The module of that name on this side, if it is one that a submission may point to.

    Only modules that compute: a learner's `robot` that is really `subprocess` must not make `robot.run(...)` in a test
    run here.
    """
    top = name.split(".")[0]
    if top not in COMPUTING or not all(part.isidentifier() for part in name.split(".")):
        return None
    return trusted(name)


def imports_of(cells: list) -> dict:
    """{name: "module" or "module:name"} for the import statements at the top of the instructor's (locked) code
    cells.
    """
    return {name: target for cell in cells if is_given(cell) for name, target in imports_in(source_of(cell)).items()}
