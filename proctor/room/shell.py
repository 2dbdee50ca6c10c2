"""A plain IPython shell: no kernel, no channels; what it shows goes to a Capture."""

from __future__ import annotations

import ast
import base64
import builtins
import functools
import getpass
import linecache
import os
import traceback
from collections.abc import Iterable
from typing import Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import select_figure_formats as _select_figure_formats
from traitlets.config import Config

from . import magics
from .capture import Capture, Stream

_made: Shell | None = None


class Publisher(DisplayPublisher):
    def publish(  # type: ignore[override]
        self,
        data: dict,
        metadata: dict | None = None,
        *,
        transient: dict | None = None,
        update: bool = False,
        **kwargs: Any,
    ) -> Any:
        shell: Any = self.shell
        capture = shell.capture
        name = (transient or {}).get("display_id")
        if update:
            return capture.update(data, metadata, name)
        capture.show("display_data", data, metadata, **({"transient": name} if name else {}))

    def clear_output(self, wait: bool = False) -> None:
        shell: Any = self.shell
        shell.capture.outputs.clear()


class Hook(DisplayHook):
    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        shell: Any = self.shell
        shell.capture.show("execute_result", format_dict, md_dict, execution_count=self.prompt_count)

    def finish_displayhook(self) -> None:
        pass


class Shell(InteractiveShell):
    """IPython's shell, with errors shown as the learner's own lines only."""

    capture: Any = None  # a Capture, once there is one
    draws = True

    def init_io(self) -> None:
        pass

    def transform_cell(self, raw_cell: str) -> str:
        # Looking for magics takes longer than running most cells; plain Python has none.
        try:
            ast.parse(raw_cell)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return super().transform_cell(raw_cell)
        return raw_cell if raw_cell.endswith("\n") else raw_cell + "\n"

    def showtraceback(self, exc_tuple: tuple | None = None, *args: Any, **kwargs: Any) -> None:
        error = exc_tuple[1] if exc_tuple else __import__("sys").exc_info()[1]
        if error is not None:
            self.capture.error(type(error).__name__, message_of(error), describe(error, self))

    def showsyntaxerror(self, *args: Any, **kwargs: Any) -> None:
        self.showtraceback()

    def ask_exit(self) -> None:
        pass

    def enable_gui(self, gui: str | None = None) -> None:
        pass

    def enable_matplotlib(self, gui: str | None = None) -> tuple:
        return super().enable_matplotlib("inline")  # `widget`, `qt` and their kin need a window or an extension

    def system(self, cmd: str) -> None:
        if magics.INSTALLS.match(cmd):
            print(magics.NO_PACKAGES)
        else:
            super().system(cmd)

    def getoutput(self, cmd: str, *args: Any, **kwargs: Any) -> Any:
        if magics.INSTALLS.match(cmd):
            return super().getoutput(f'echo "{magics.NO_PACKAGES}"', *args, **kwargs)
        return super().getoutput(cmd, *args, **kwargs)


def make() -> Shell:
    """The shell of this process; the first call builds it."""
    global _made
    if _made is None:
        config = Config()
        config.HistoryManager.enabled = False
        config.HistoryManager.hist_file = ":memory:"
        config.InteractiveShell.colors = "nocolor"
        config.InteractiveShell.enable_tip = False
        _made = Shell.instance(config=config, display_pub_class=Publisher, displayhook_class=Hook)
        _made.capture = Capture()
        _made.compile.get_code_name = lambda raw, transformed, number: f"<cell {number}>"
        builtins.input = getpass.getpass = no_input
        _inline(_made)
        magics.register(_made)
    return _made


def streams(capture: Capture) -> tuple:
    """(sys.stdout, sys.stderr) that write into a Capture."""
    return Stream("stdout", capture), Stream("stderr", capture)


def no_input(prompt: Any = "", *args: Any, **kwargs: Any) -> NoReturn:
    """Stands in for input()."""
    raise EOFError("input() has no answer while a notebook is graded: give the value in the code instead")


def _inline(shell):
    try:
        from IPython.core import pylabtools
        from matplotlib.backend_bases import FigureCanvasBase
        from matplotlib.figure import Figure
        from matplotlib_inline import backend_inline
        from matplotlib_inline.backend_inline import configure_inline_support
        from matplotlib_inline.config import InlineBackend

        FigureCanvasBase.print_figure = _save_only_if_drawn(shell, FigureCanvasBase.print_figure, Figure.tight_layout)
        Figure.tight_layout = _lay_out_only_if_drawn(shell, Figure.tight_layout)
        FigureCanvasBase.draw_idle = lambda canvas, *args, **kwargs: (
            None
        )  # plt.savefig draws once more for a window; there is none
        pylabtools.select_figure_formats = backend_inline.select_figure_formats = select_formats
        configure_inline_support(shell, "module://matplotlib_inline.backend_inline")
        # Packing a picture as small as possible takes longer than drawing its lines.
        InlineBackend.instance(parent=shell).print_figure_kwargs = {
            "bbox_inches": "tight",
            "pil_kwargs": {"compress_level": 1},
        }
    except ImportError:
        pass


def draw_figures(shell: Shell, draw: bool) -> None:
    """Draw figures as PNG, or leave them at their text."""
    if draw == shell.draws:
        return
    shell.draws = draw
    try:
        from matplotlib_inline.config import InlineBackend

        select_formats(shell, InlineBackend.instance().figure_formats, **InlineBackend.instance().print_figure_kwargs)
    except ImportError:
        pass


def select_formats(shell: Shell, formats: Iterable[str], **options: Any) -> None:
    """IPython's choice of formats for figures, or none at all; %matplotlib asks for it again and again."""
    _select_figure_formats(shell, formats if shell.draws else set(), **options)


# One white pixel, for plt.savefig where figures are not drawn.
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg==")


def _save_only_if_drawn(shell, print_figure, tight_layout):
    @functools.wraps(print_figure)
    def save(
        canvas, filename, dpi=None, facecolor=None, edgecolor=None, orientation="portrait", format=None, **options
    ):
        kind = (
            format
            or (os.path.splitext(os.fspath(filename))[1][1:] if isinstance(filename, (str, os.PathLike)) else "")
            or "png"
        )
        if shell.draws or kind.lower() != "png":
            lay_out = getattr(canvas.figure, "_proctor_lay_out", None)
            if lay_out is not None:
                canvas.figure._proctor_lay_out = None
                tight_layout(canvas.figure, **lay_out)
            return print_figure(canvas, filename, dpi, facecolor, edgecolor, orientation, format=format, **options)
        if hasattr(filename, "write"):
            filename.write(PIXEL)
        else:
            with open(filename if os.path.splitext(filename)[1] else f"{os.fspath(filename)}.png", "wb") as file:
                file.write(PIXEL)

    return save


def _lay_out_only_if_drawn(shell, tight_layout):
    """Measuring every text of a figure takes as long as drawing it: a figure is laid out when it is first drawn, if
    ever.
    """

    @functools.wraps(tight_layout)
    def lay_out(figure, *, pad=1.08, h_pad=None, w_pad=None, rect=None):
        options = {"pad": pad, "h_pad": h_pad, "w_pad": w_pad, "rect": rect}
        figure._proctor_lay_out = None if shell.draws else options
        if shell.draws:
            tight_layout(figure, **options)

    return lay_out


def forget_text(number: int) -> None:
    """Nobody can look up the text of the cell with this number any more."""
    linecache.cache.pop(f"<cell {number}>", None)


def message_of(error: BaseException) -> str:
    try:
        return str(error)[:4000]
    except BaseException:
        return ""


def own_frames(error: BaseException) -> list:
    """(place, line number, function, line) for the frames that the learner wrote: cells and files beside the
    notebook.
    """
    home = os.getcwd() + os.sep
    frames = []
    try:
        for frame in traceback.extract_tb(error.__traceback__, limit=-200):
            if frame.filename.startswith("<cell "):
                place = f"Cell In[{frame.filename[6:-1]}]"
            elif frame.filename.startswith(home):
                place = frame.filename[len(home) :]
            else:
                continue
            line = linecache.getline(frame.filename, frame.lineno or 0).strip()
            frames.append((place[:100], frame.lineno or 0, str(frame.name)[:100], line[:300]))
    except BaseException:
        return []
    return frames[-12:]


def describe(error: BaseException, shell: InteractiveShell | None = None) -> list:
    """Lines of a traceback that holds only what the learner wrote."""
    lines = ["Traceback (most recent call last):"]
    for place, number, name, line in own_frames(error):
        lines.append(f"  {place}, line {number}" + ("" if name in ("<module>", "<cell line: 1>") else f", in {name}"))
        if line:
            lines.append(f"    {line}")
    if isinstance(error, SyntaxError):
        place = str(error.filename or "")
        place = f"Cell In[{place[6:-1]}]" if place.startswith("<cell ") else "the code"
        lines.append(f"  {place}, line {error.lineno}")
        if error.text:
            lines.append("    " + error.text.rstrip())
            if error.offset:
                lines.append("    " + " " * (error.offset - 1) + "^")
        lines.append(f"{type(error).__name__}: {error.msg}")
    else:
        text = message_of(error)
        lines.append(type(error).__name__ + (f": {text}" if text else ""))
    return lines
