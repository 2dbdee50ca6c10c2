"""A notebook cut down to what a page may show, whatever a learner wrote or printed."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from nbformat import NotebookNode

from proctor.trusted.outputs import shown_as


@dataclass(frozen=True)
class Bounds:
    """In characters, except the number of cells and of outputs of one cell."""

    source: int = 200_000
    markdown: int = 8_000_000  # some editors write pictures into it; markup.py has its own bounds
    output: int = 200_000
    page: int = 16_000_000
    cells: int = 3_000
    outputs: int = 500


USUAL = Bounds()
PLAIN = Bounds(
    source=20_000, markdown=20_000, output=20_000, page=2_000_000, outputs=20
)  # for what could not be laid out otherwise
SHOWN_METADATA = {"nbgrader": dict, "proctor": dict, "tags": list, "raw_mimetype": str}  # of a cell
_TEXTS = ("text/plain", "text/latex", "text/markdown")


def bounded(nb: NotebookNode, plain: bool = False) -> NotebookNode:
    """A copy of what may be shown, with a note wherever something was left out.

    Metadata is cut down to what a page is made of, tags lose what would split them into several CSS classes, and
    outputs what would break into an HTML tag.
    """
    bounds = PLAIN if plain else USUAL
    left = [bounds.page]
    shown = NotebookNode(nb)
    shown.metadata = _only(nb.metadata, {"kernelspec": dict, "language_info": dict, "proctor": dict})
    shown.cells = [_cell(cell, bounds, left, plain) for cell in nb.cells[: bounds.cells]]
    if len(nb.cells) > bounds.cells:
        shown.cells.append(_note(f"{len(nb.cells) - bounds.cells:,} more cells are not shown here."))
    return shown


def _cell(cell, bounds: Bounds, left: list, plain: bool):
    made = copy.copy(cell)
    made.metadata = _only(cell.metadata, SHOWN_METADATA)
    made.metadata["tags"] = ["-".join(tag.split()) for tag in made.metadata.get("tags", ()) if isinstance(tag, str)]
    made.source = _cut(cell.source, bounds.markdown if cell.cell_type == "markdown" else bounds.source, left)
    if cell.cell_type == "code":
        made.outputs = [
            one for output in cell.outputs[: bounds.outputs] if (one := _output(output, bounds, left, plain))
        ]
        if len(cell.outputs) > bounds.outputs:
            made.outputs.append(_stream(f"{len(cell.outputs) - bounds.outputs:,} more outputs are not shown here."))
    elif "attachments" in cell:
        left[0] -= sum(len(data) for kinds in cell.attachments.values() for data in kinds.values())
        if plain or left[0] < 0:
            del made["attachments"]
    return made


def _only(metadata, kinds: dict) -> NotebookNode:
    return NotebookNode(
        {name: copy.deepcopy(metadata[name]) for name, kind in kinds.items() if isinstance(metadata.get(name), kind)}
    )


def _output(output, bounds: Bounds, left: list, plain: bool):
    made = copy.copy(output)
    kind = output.output_type
    if kind == "stream":
        made.text = _cut(output.text, bounds.output, left)
    elif kind == "error":
        made.traceback = [_cut(line, bounds.output // 20, left) for line in output.traceback[:100]]
        made.evalue = output.evalue[: bounds.output]
    else:
        metadata = {name: dict(value) for name, value in output.metadata.items() if isinstance(value, dict)}
        made.metadata = NotebookNode(
            {name: NotebookNode(value) for name, value in shown_as(metadata, output.data).items()}
        )
        made.data = NotebookNode(output.data)
        if plain:
            made.data = NotebookNode({kind: value for kind, value in made.data.items() if kind == "text/plain"})
        for name, value in list(made.data.items()):
            if name in _TEXTS:
                made.data[name] = _cut(value, bounds.markdown if name == "text/markdown" else bounds.output, left)
            elif isinstance(value, str):
                left[0] -= len(value)
        if left[0] < 0 or not made.data:
            return _stream("An output is not shown here.")
    return made


def _cut(text: str, most: int, left: list) -> str:
    most = max(min(most, left[0]), 0)
    left[0] -= min(len(text), most)
    return text if len(text) <= most else f"{text[:most]}\n({len(text) - most:,} more characters are not shown here.)"


def _stream(text: str) -> NotebookNode:
    return NotebookNode(output_type="stream", name="stdout", text=text)


def _note(text: str) -> NotebookNode:
    return NotebookNode(cell_type="markdown", metadata=NotebookNode(), source=text)
