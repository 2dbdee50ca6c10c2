"""From the bytes of a file to the cells of a notebook, whatever the file holds."""

from __future__ import annotations

import codecs
import json

MAX_CELLS = 5000
MAX_DEPTH = 100


class Unreadable(ValueError):
    """The file holds no notebook; the message is a sentence for its author."""


def read_cells(raw: bytes) -> list:
    """Read the cells of a notebook of any nbformat as plain nbformat 4 dictionaries without outputs.

    The format number is not believed: what counts is where the cells are.
    """
    notebook = _parse(raw)
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):  # nbformat 2 and 3
        cells = [cell for sheet in notebook["worksheets"] if isinstance(sheet, dict) for cell in sheet.get("cells") or []]
    if not isinstance(cells, list):
        raise Unreadable("The file is not a notebook: it has no list of cells. Save it again in Jupyter and submit that file.")
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"The notebook has {len(cells)} cells, more than the {MAX_CELLS} that can be graded. Remove the extra cells and submit again.")
    return [_plain(cell) for cell in cells if isinstance(cell, dict)]


def _parse(raw: bytes) -> dict:
    if not raw.strip():
        raise Unreadable("The file is empty. Save the notebook again in Jupyter and submit that file.")
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    text = raw.decode(encoding, "replace")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError, MemoryError):
        raise Unreadable("The file is damaged: it is not valid JSON. Save the notebook again in Jupyter and submit that file.") from None
    if not isinstance(notebook, dict):
        raise Unreadable("The file is not a notebook. Save it again in Jupyter and submit that file.")
    return notebook


def _plain(cell: dict) -> dict:
    cell_type = cell.get("cell_type")
    source = cell.get("source", cell.get("input", ""))  # `input` was its name up to nbformat 3
    if cell_type == "heading":
        source, cell_type = "# " + _text(source), "markdown"
    if cell_type not in ("code", "markdown", "raw"):
        cell_type = "raw"
    metadata = cell.get("metadata")
    plain = {
        "cell_type": cell_type,
        "id": cell["id"] if isinstance(cell.get("id"), str) else "",
        "metadata": _bounded(metadata) if isinstance(metadata, dict) else {},
        "source": _text(source),
    }
    if cell_type == "markdown" and isinstance(cell.get("attachments"), dict):
        plain["attachments"] = _attachments(cell["attachments"])
    return plain


def _text(value) -> str:
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode("utf-8")  # lone surrogates cannot be written to a file


def _attachments(attachments: dict) -> dict:
    """Keep what nbformat allows: a file name, then a MIME type, then text."""
    return {
        _text(name): {_text(mime): _text(data) for mime, data in bundle.items() if isinstance(data, (str, list))}
        for name, bundle in attachments.items() if isinstance(bundle, dict)
    }


def _bounded(value, depth: int = 0):
    """Copy JSON, cutting what is nested too deeply for other programs."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return {_text(key): _bounded(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_bounded(item, depth + 1) for item in value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float) and value - value != 0:  # NaN and infinity are not JSON
        return None
    return value
