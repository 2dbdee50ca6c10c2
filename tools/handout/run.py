"""Runs one source notebook as plain Python and keeps what its cells show: `python -m tools.handout.run NOTEBOOK
RESULT`.

A process of its own: matplotlib's state, the working folder and the modules beside a notebook belong to one notebook
alone.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import io
import json
import os
import sys
import types
from pathlib import Path
from unittest import mock

from course_tests.notebooks import IN_SOURCE, Cell, read

DPI = 200  # the notebooks draw with 100, which is too coarse on paper
COLOURS = 128  # of a figure's palette: a third of the bytes, and nobody sees a difference


class _Widgets(types.ModuleType):
    """Stands in for ipywidgets. Nobody moves a slider here; what a widget draws stands beside it in plain code."""

    touched = False

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        type(self).touched = True
        return mock.MagicMock()


def shown(path: Path) -> list[dict]:
    """What each code cell but the tests shows, in order: {"text": str, "figures": [{"alt": str, "png": base64}]}."""
    os.environ.update(MPLBACKEND="agg")
    os.environ.pop("NBGRADER_EXECUTION", None)  # the figures as learners see them, not the short ones for grading
    import IPython.display
    import matplotlib.pyplot as plt
    from IPython.display import Image

    widgets, result = _Widgets("ipywidgets"), []
    sys.modules.update(ipywidgets=widgets, practice=types.ModuleType("practice"))
    plt.savefig = _finer(plt.savefig)

    def display(*things, **_):
        if not _Widgets.touched:
            result[-1]["figures"] += [
                {"alt": thing.alt or "", "png": _small(thing.data)} for thing in things if isinstance(thing, Image)
            ]

    IPython.display.display = display
    os.chdir(path.parent)
    sys.path[:0] = [str(path.parent), IN_SOURCE]
    names: dict = {"__name__": "__main__", "display": display}
    for cell in code_cells(read(path).cells):
        result.append({"text": "", "figures": []})
        _Widgets.touched = False
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(cell.source, f"{path.name}, cell {cell.index}", "exec"), names)
        plt.close("all")
        result[-1]["text"] = printed.getvalue()
    return result


def code_cells(cells: tuple[Cell, ...]) -> list[Cell]:
    """The cells that are run."""
    return [cell for cell in cells if cell.cell_type == "code" and cell.role != "test"]


def _finer(savefig):
    @functools.wraps(savefig)
    def save(*args, **kwargs):
        return savefig(*args, **{**kwargs, "dpi": DPI, "metadata": {"Software": None}})

    return save


def _small(png: bytes) -> str:
    import PIL.Image  # matplotlib brings it along

    picture = PIL.Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=PIL.Image.Dither.NONE)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return base64.b64encode(out.getvalue()).decode()


def main(notebook: str, result: str) -> int:
    try:
        content = shown(Path(notebook).resolve())
    except Exception as error:
        print(f"{notebook} does not run with its solutions: {error!r}", file=sys.stderr)
        return 1
    Path(result).write_text(json.dumps(content), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
