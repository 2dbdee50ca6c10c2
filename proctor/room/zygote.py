"""Imports what notebooks use once, then forks a fresh room for each submission. Only trusted code ever runs here."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys


def main(fd: int, warm: bool, walled: bool, blocked: tuple = ()) -> None:
    """Serve orders from the socket `fd` until it closes: each is JSON, with two sockets: the room's and its
    warden's.
    """
    from . import walls, warden

    if walled:
        walls.link_fonts()
        walls.machine()
    control = socket.socket(fileno=fd)
    control.set_inheritable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # wardens leave no zombies
    gc.disable()  # looking for garbage again and again makes importing a tenth slower
    if warm:
        prepare()
    gc.collect()
    gc.freeze()
    gc.enable()
    for name in blocked:  # without walls, this keeps only the honest out
        sys.modules[name] = None  # type: ignore[assignment]
    control.sendall(b"ready")
    while True:
        data, fds, _, _ = socket.recv_fds(control, 65536, 2)
        if not data:
            return
        order = json.loads(data)
        sockets = [socket.socket(fileno=number) for number in fds]
        if not os.fork():
            control.close()
            room_socket, warden_control = sockets
            warden.keep(order, room_socket, warden_control, enter)
        for one in sockets:
            one.close()


def prepare() -> None:
    """Everything that a room would otherwise import or build for itself."""
    from . import inside, shell  # noqa: F401

    shell.make()
    try:
        import matplotlib

        matplotlib.use("module://matplotlib_inline.backend_inline")
        import matplotlib.pyplot as plt
        from IPython.core.pylabtools import print_figure

        figure, axes = plt.subplots()
        axes.plot([0, 1], label="a")
        axes.set_title("$a$")  # the reader of formulas takes long to build
        axes.legend()
        print_figure(figure)  # fonts are found and measured
        plt.close(figure)
    except ImportError:
        pass
    for name in (
        "ipywidgets",
        "numpy.random",
        "numpy.linalg",
        "numpy.testing",
        "asyncio",
        "inspect",
        "dataclasses",
        "typing",
    ):
        try:
            __import__(name)
        except ImportError:
            pass


def enter(sock: socket.socket, order: dict) -> None:
    """Runs in the room, behind its walls."""
    from .inside import Room

    Room(sock, order).serve()
