"""A test that runs in the room, in a process of its own: a fork of the room, which alone reads the test and ends once
it has answered.

The fork holds the learner's code, so what is restored here keeps out only the easy tricks: see "Inside" in
proctor/README.md.
"""

from __future__ import annotations

import builtins
import gc
import importlib
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from . import shell as shells

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .inside import Room

COMPARING = (
    "builtins",
    "math",
    "operator",
    "unittest.case",
    "numpy",
    "numpy.linalg",
    "numpy.testing",
    "numpy.testing._private.utils",
)
end_process = os._exit
kept: dict = {}  # name of a module -> what stood in it before any cell ran


def keep() -> None:
    """Remember what tests compare with, as it is before any cell runs."""
    for name in COMPARING:
        if name in sys.modules:
            kept[name] = dict(vars(sys.modules[name]))
    for kind in _shell_kinds():
        kept[kind] = dict(vars(kind))


def fork(room: Room, number: int) -> None:
    """Let a child read the next message, a test, and answer it. Says when the child has ended, with all that it
    started.
    """
    before = processes()
    gc.freeze()  # else the child's first look for garbage copies all memory
    room.child = os.fork()
    if not room.child:
        try:
            room.send("ok", number, (), None, None)
            take(room)
        finally:
            end_process(0)
    os.waitpid(room.child, 0)
    room.child = 0
    gc.unfreeze()
    for one in processes() - before:
        try:
            os.kill(one, signal.SIGKILL)
        except OSError:
            pass
    room.send("ok", number + 1, (), None, None)


def processes() -> set:
    """The processes that this one can see."""
    try:
        return {int(name) for name in os.listdir("/proc") if name.isdigit()}
    except OSError:
        return set()


def take(room: Room) -> None:
    """In the child: run one test after the earlier ones that it builds on; answers (token, passed, score, error)."""
    _, number, token, earlier, source = room.read()
    put_right(room.shell)
    room.capture.start(1 << 16)
    sys.stdout, sys.stderr = shells.streams(room.capture)
    room.busy = True
    try:
        for one in earlier:
            room.shell.run_cell(one, store_history=True)
        room.capture.start(1 << 16)
        name = f"<cell {room.shell.execution_count}>"
        result = room.shell.run_cell(source, store_history=True)
        error, value = result.error_before_exec or result.error_in_exec, result.result
    except BaseException as stopped:
        error, value = stopped, None
    room.busy = False
    shown = [
        output for output in room.capture.outputs if output["output_type"] == "error"
    ]  # a cell magic keeps the error to itself
    why = None
    if error is not None:
        why = (builtin_name(type(error)), shells.message_of(error)[:2000], line_of(error, name))
    elif shown:
        why = (shown[-1]["ename"], shown[-1]["evalue"][:2000], 0)
    answer = (token, why is None, score_of(value), why)
    room.send("ok", number, (), answer, None)


def put_right(shell: InteractiveShell) -> None:
    """Undo what a cell may have put between a test and its assertions."""
    sys.settrace(None)
    sys.setprofile(None)
    gc.callbacks.clear()
    for name, contents in kept.items():
        if isinstance(name, str):
            module = sys.modules[name] = sys.modules.get(name) or importlib.import_module(name)
            vars(module).update(contents)
        else:
            for attribute, value in contents.items():
                if callable(value):
                    vars(shell).pop(attribute, None)
                    if vars(name).get(attribute) is not value:
                        setattr(name, attribute, value)
    shell.user_ns["__builtins__"] = builtins
    shell.ast_transformers.clear()
    shell.input_transformers_post.clear()
    for callbacks in shell.events.callbacks.values():
        callbacks.clear()


def score_of(value: Any) -> float | None:
    """The number that a test ends in, None for anything else."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        return None
    return float(value)


def builtin_name(kind: type) -> str:
    """The nearest class that Python defines."""
    return next((base.__name__ for base in kind.__mro__ if base.__module__ == "builtins"), "Exception")


def line_of(error: BaseException, name: str) -> int:
    """The line of the test at which it ended; 0 if unknown."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == name:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _shell_kinds():
    return (shells.Shell, shells.InteractiveShell)
