"""From the bytes of a file to the cells of a notebook, whatever the file holds."""

from __future__ import annotations

import codecs
import io
import json
import re
import time
import zipfile
import zlib
from dataclasses import dataclass, field

MAX_CELLS = 5000
MAX_DEPTH = 100
PATIENCE = 3  # seconds for looking for cells in a damaged file
MOST_UNPACKED = 50 * 1024**2  # bytes of a notebook that a server or a browser left compressed
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONFLICT = re.compile(
    r"^<{7}(?: .*)?\n(?P<ours>(?s:.*?))(?:^\|{7}(?: .*)?\n(?s:.*?))?^={7}\r?\n(?P<theirs>(?s:.*?))^>{7}(?: "
    r".*)?(?:\n|\Z)",
    re.MULTILINE,
)
CELL = re.compile(r'\{\s*"(?:attachments|cell_type|execution_count|id|metadata|outputs|source)"')
AGAIN = "Save the notebook again in Jupyter and submit that file."


class Unreadable(ValueError):
    """The file holds no notebook; the message is a sentence for its author."""


@dataclass
class Notebook:
    """What could be read of a file.

    Attributes
    ----------
    cells : list of dict
        nbformat 4 cells without outputs.
    problems : list of str
        What was wrong with the file, in sentences for its author and for a grader.
    python : str
        The version of Python with which it was written, as it says itself; "" if it does not.
    other : list of dict or None
        The cells with the other side of git's conflicts.
    """

    cells: list
    problems: list = field(default_factory=list)
    python: str = ""
    other: list | None = None


def read_cells(raw: bytes) -> list:
    """The cells of a notebook of any nbformat as plain nbformat 4 dictionaries without outputs."""
    return read_notebook(raw).cells


def read_notebook(raw: bytes) -> Notebook:
    """Read a notebook of any nbformat, and of a damaged one what can be read.

    The format number is not believed: what counts is where the cells are.
    """
    if not raw.strip():
        raise Unreadable(f"The file is empty. {AGAIN}")
    problems: list = []
    text = _decoded(_unpacked(raw, problems), problems)
    content, other = _parsed(text, problems)
    metadata = content.get("metadata")
    about = metadata.get("language_info") if isinstance(metadata, dict) else None
    python = about.get("version") if isinstance(about, dict) else None
    known = isinstance(python, str) and re.fullmatch(r"\d{1,2}(\.\d{1,3}){1,2}\S{0,10}", python)
    return Notebook(_cells(content), problems, str(python) if known else "", None if other is None else _cells(other))


def looks_like_a_notebook(content: bytes) -> bool:
    """Whether a file holds a notebook, whatever it is called; cheap, and only to be asked of files that are called
    something else.
    """
    text = content.lstrip(codecs.BOM_UTF8 + b" \t\r\n")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = content.decode("utf-16", "replace").encode("utf-8", "replace").lstrip()
    return (
        text.startswith(b"{")
        and b'"cell_type"' in text
        and (b'"cells"' in text or b'"worksheets"' in text)
        and b'"nbformat"' in text
    )


def _cells(notebook: dict) -> list:
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):  # nbformat 2 and 3
        cells = [
            cell for sheet in notebook["worksheets"] if isinstance(sheet, dict) for cell in sheet.get("cells") or []
        ]
    if not isinstance(cells, list):
        raise Unreadable(
            "The file is not a notebook: it has no list of cells. Save it again in Jupyter and submit that file."
        )
    if len(cells) > MAX_CELLS:
        raise Unreadable(
            f"The notebook has {len(cells)} cells, more than the {MAX_CELLS} that can be graded. Remove the extra "
            "cells and submit again."
        )
    return [_plain(cell) for cell in cells if isinstance(cell, dict)]


def _unpacked(raw: bytes, problems: list) -> bytes:
    """The notebook in a file that is compressed, whatever it is called."""
    if raw[:2] not in (b"\x1f\x8b", b"PK"):
        return raw
    try:
        if raw[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                (name,) = [
                    one for one in archive.namelist() if one.lower().endswith(".ipynb") and "/." not in f"/{one}"
                ]
                with archive.open(name) as file:
                    content = file.read(MOST_UNPACKED + 1)
        else:
            content = zlib.decompressobj(wbits=31).decompress(raw, MOST_UNPACKED + 1)
    except Exception:  # both may raise anything, depending on the bytes
        return raw
    if len(content) > MOST_UNPACKED:
        raise Unreadable(f"The file is compressed, and too large. {AGAIN}")
    problems.append("The file is compressed (a zip or gzip); the notebook in it was graded. Hand in the notebook.")
    return content


def _decoded(raw: bytes, problems: list) -> str:
    for bom, encoding in BOMS:
        if raw.startswith(bom):
            return raw.decode(encoding, "replace")
    start = raw[:64].lstrip(b" \t\r\n\0")[:40]
    if start.count(0) > len(start) // 3:  # UTF-16 or UTF-32 without its mark: ASCII with zeros in between
        wide = start.count(0) > len(start) // 2 + 2
        little = raw[:1] != b"\0"
        return raw.decode(("utf-32" if wide else "utf-16") + ("-le" if little else "-be"), "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = raw.decode("utf-8", "replace")
    if any(letter > "\x7f" and letter != "\ufffd" for letter in text):
        problems.append(f"Some letters of the file are damaged ({text.count(chr(0xFFFD))}) and stand as '\ufffd'.")
        return text
    problems.append(
        "The file is not written in UTF-8, as notebooks are; its letters were read as those of Windows (cp1252)."
    )
    return raw.decode("cp1252", "replace")


def _parsed(text: str, problems: list) -> tuple:
    """(The notebook, the same with the other side of git's conflicts or None)."""
    content = _json(text)
    other = None
    if content is None and CONFLICT.search(text):
        content, other = (_json(CONFLICT.sub(side, text)) for side in (r"\g<ours>", r"\g<theirs>"))
        if content is None:
            content, other = other, None
        if content is not None:
            problems.append(
                "The file contains git's conflict marks (<<<<<<<, >>>>>>>): one side was graded. Resolve the "
                "conflict and submit again if it is the wrong one."
            )
    if content is None and (found := _within(text)) is not None:
        content, extra = found
        problems.append(f"The file was damaged: {extra}, which were left out. {AGAIN}")
    if content is None:
        cells, lost = _loose_cells(text)
        if not cells:
            page = text.lstrip("\ufeff \t\r\n")[:200].lower()
            if page.startswith(("<!doctype", "<html")):
                raise Unreadable(
                    "The file is a web page, not a notebook. Download the notebook itself and submit that file."
                )
            raise Unreadable(f"The file is damaged: it is not valid JSON. {AGAIN}")
        content = {"cells": cells}
        problems.append(
            f"The file is damaged: {len(cells)} of its cells could be read, {lost or 'the end is missing'}. {AGAIN}"
        )
    content = _unwrapped(content, problems)
    if not isinstance(content, dict):
        raise Unreadable("The file is not a notebook. Save it again in Jupyter and submit that file.")
    return content, other if isinstance(other, dict) else None


def _unwrapped(content, problems: list):
    """The notebook in JSON that holds it: as text, as an answer of Jupyter's server, as a list of cells."""
    found = _json(content) if isinstance(content, str) else content
    if isinstance(found, dict) and isinstance(found.get("content"), dict) and "cells" not in found:
        found = found["content"]
    if isinstance(found, list) and any(isinstance(one, dict) and "cell_type" in one for one in found):
        found = {"cells": found}
    if found is not content:
        problems.append(f"The file holds a notebook, but is none itself. {AGAIN}")
    return found


def _json(text: str):
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError, MemoryError):
        return None


def _within(text: str) -> tuple | None:
    """(The notebook, what else is in the file), if it contains a whole one."""
    start = text.find("{")
    try:
        content, end = json.JSONDecoder(strict=False).raw_decode(text, start)
    except (ValueError, RecursionError, MemoryError):
        return None
    if start < 0 or not isinstance(content, dict) or not {"cells", "worksheets"} & content.keys():
        return None
    places = [
        f"{size} characters {where}"
        for size, where in (
            (len(text[:start].strip()), "before the notebook"),
            (len(text[end:].strip("\0 \t\r\n")), "after its end"),
        )
        if size
    ]
    return content, "there are " + (" and ".join(places) or "zeros after its end")


def _loose_cells(text: str) -> tuple:
    """The cells that stand whole in a file that is cut off or damaged, and in words what is lost."""
    begin = re.search(r'"cells"\s*:\s*\[', text)
    if begin is None:
        return [], ""
    decoder = json.JSONDecoder(strict=False)
    place = begin.end()
    cells: list = []
    broken = 0
    until = time.monotonic() + PATIENCE
    while len(cells) <= MAX_CELLS and time.monotonic() < until:
        found = CELL.search(text, place)
        if found is None:
            break
        try:
            cell, end = decoder.raw_decode(text, found.start())
        except (ValueError, RecursionError, MemoryError):
            cell, end = None, found.start() + 1
        if isinstance(cell, dict) and isinstance(cell.get("cell_type"), str) and ("source" in cell or "input" in cell):
            cells.append(cell)
        elif cell is None:
            broken += 1
        place = end
    return cells, "some are damaged" if broken else ""


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
        "metadata": _valid(_bounded(metadata)) if isinstance(metadata, dict) else {},
        "source": _text(source),
    }
    if cell_type == "markdown" and isinstance(cell.get("attachments"), dict):
        plain["attachments"] = _attachments(cell["attachments"])
    return plain


TEXTS = ("name", "format", "raw_mimetype", "magics_language", "alt")
FLAGS_IN = {"jupyter": ("source_hidden", "outputs_hidden"), "transient": ("remove_source",)}


def _valid(metadata: dict) -> dict:
    """The metadata without what nbformat forbids or what nbconvert's templates stumble over."""
    kept = {key: value for key, value in metadata.items() if _fits(key, value)}
    if "tags" in kept:
        tags = kept["tags"] if isinstance(kept["tags"], list) else [kept["tags"]]
        parts = [part.strip() for tag in tags if isinstance(tag, str) for part in tag.split(",")]
        kept["tags"] = list(dict.fromkeys(filter(None, parts)))
    return kept


def _fits(key: str, value) -> bool:
    """Whether a value has the type that nbformat and nbconvert expect of its key; other keys may have any."""
    if key in TEXTS:
        return isinstance(value, str) and (key != "name" or bool(value.strip("\r\n")))
    if key == "collapsed":
        return isinstance(value, bool)
    if key == "scrolled":
        return isinstance(value, bool) or value == "auto"
    if key in FLAGS_IN:
        return isinstance(value, dict) and all(isinstance(value.get(flag, True), bool) for flag in FLAGS_IN[key])
    if key == "execution":
        return isinstance(value, dict) and all(isinstance(time, str) for time in value.values())
    return True


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
        for name, bundle in attachments.items()
        if isinstance(bundle, dict)
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
