"""What notebooks say to a kernel and its frontend. There are none here: it must not stop a cell, and has no
effect.
"""

from __future__ import annotations

import fnmatch
import re
from typing import Any

from IPython.core.magic import Magics, line_magic, magics_class

INSTALLS = re.compile(r"\s*(?:\S*python\S*\s+-m\s+|sudo\s+)?(?:pip3?|conda|mamba|micromamba|uv|apt(?:-get)?|brew)\s")
NO_PACKAGES = "Nothing is installed while a notebook is graded: the packages of the grader's machine are used."
NO_KERNEL = "There is no kernel to connect to while a notebook is graded."


@magics_class
class RoomMagics(Magics):
    """Those of ipykernel, and those of IPython that wait for a person, a network or another program."""

    @line_magic("autosave")  # type: ignore[arg-type]
    @line_magic("clear")  # type: ignore[arg-type]
    @line_magic("man")  # type: ignore[arg-type]
    @line_magic("edit")  # type: ignore[arg-type]
    @line_magic("ed")  # type: ignore[arg-type]
    @line_magic("debug")  # type: ignore[arg-type]
    @line_magic("pdb")  # type: ignore[arg-type]
    @line_magic("pastebin")  # type: ignore[arg-type]
    @line_magic("qtconsole")  # type: ignore[arg-type]
    @line_magic("subshell")  # type: ignore[arg-type]
    def nothing(self, line: str = "") -> None:
        """This has no effect while a notebook is graded."""

    @line_magic("pip")  # type: ignore[arg-type]
    @line_magic("conda")  # type: ignore[arg-type]
    @line_magic("mamba")  # type: ignore[arg-type]
    @line_magic("micromamba")  # type: ignore[arg-type]
    @line_magic("uv")  # type: ignore[arg-type]
    def no_packages(self, line: str = "") -> None:
        """Nothing is installed while a notebook is graded."""
        print(NO_PACKAGES)

    @line_magic("connect_info")  # type: ignore[arg-type]
    def no_kernel(self, line: str = "") -> None:
        """There is no kernel while a notebook is graded."""
        print(NO_KERNEL)

    @line_magic("less")  # type: ignore[arg-type]
    @line_magic("more")  # type: ignore[arg-type]
    def page(self, line: str = "") -> None:
        """Open a file, as the pager does that nobody reads here."""
        with open(line.strip(), encoding="utf-8", errors="replace"):
            pass


class Store(dict):
    """Where %store puts things: gone with the room."""

    def __delitem__(self, name):
        self.pop(name, None)  # as IPython's own, which is a folder

    def keys(self, pattern: str = "*") -> list:  # type: ignore[override]
        return [name for name in dict.keys(self) if fnmatch.fnmatch(name, pattern)]


class Kernel:
    """`get_ipython().kernel`: whatever is asked of it, nothing happens."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Kernel()

    def __call__(self, *args, **kwargs):
        return None


def register(shell: Any) -> None:
    """Give a shell what any kernel's has."""
    shell.db = Store()
    shell.kernel = Kernel()
    shell.kernel.shell = shell
    shell.register_magics(RoomMagics)
    shell.extension_manager.load_extension("storemagic")
