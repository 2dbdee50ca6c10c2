"""Tables as files: quoted, harmless in a spreadsheet, and replaced only when complete."""

from __future__ import annotations

import csv
import io
import math
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from classroom import tables
from classroom.errors import ClassroomError

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*|\.\d+)([eE][+-]?\d+)?%?")
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")  # with the full-width ones, which Excel reads too
_CONTROL = ("\t", "\r", "\n")


class Sheet(NamedTuple):
    """Rows of text, and how the file that they came from was written."""

    rows: list
    delimiter: str = ","
    newline: str = "\r\n"
    bom: bool = False


def number(value: float) -> str:
    """The shortest decimal number, without an exponent: 3, 2.5, -0.25."""
    text = f"{round(value, 4):.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would compute `text` instead of showing it. Numbers, and a lone dash, are what they look
    like.
    """
    if _NUMBER.fullmatch(text) or text == "-":
        return False
    return text.startswith(_CONTROL) or text.lstrip().startswith(_FORMULA)


def guarded(text: str) -> str:
    """`text` with a leading apostrophe if a spreadsheet would compute it."""
    return "'" + text if is_formula(text) else text


def cell(value: float | str | None) -> str:
    """What goes into a file for a number, a text or None; nothing for what is not a number."""
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    return number(value) if math.isfinite(value) else ""


def read(path: Path) -> Sheet:
    """A CSV file as an LMS or a spreadsheet program wrote it, see `classroom.tables`.

    Raises
    ------
    ClassroomError
        If it cannot be read, or is not a table.
    """
    table = tables.read(path)
    if not table.rows or len(table.rows[0][1]) < 2:
        raise ClassroomError(f"{path} has no columns: download it again, as CSV.")
    return Sheet([fields for _, fields in table.rows], table.delimiter, table.newline, table.bom)


def write(sheet: Sheet, path: Path) -> None:
    """Write the rows as they are; whoever made them has escaped them."""
    text = io.StringIO(newline="")
    alone = any("\r" in value for row in sheet.rows for value in row)  # older Pythons quote only their own line endings
    csv.writer(text, delimiter=sheet.delimiter, lineterminator="\r\n" if alone else sheet.newline).writerows(sheet.rows)
    with replacing(path) as file:
        file.write(text.getvalue().encode("utf-8-sig" if sheet.bom else "utf-8", "surrogateescape"))


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, which takes the place of `path` at the end; until then, and after an error, what was there
    stays.

    Raises
    ------
    ClassroomError
        If it cannot be written.
    """
    path = path.resolve()  # a link keeps pointing to its file
    if path.is_dir():
        raise ClassroomError(f"{path} is a folder: give the name of a file with --to.")
    if not path.parent.is_dir():
        raise ClassroomError(f"There is no folder {path.parent}: make it, or write elsewhere with --to.")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            with open(part, "wb") as file:
                yield file
            if path.exists():
                shutil.copymode(path, part)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise ClassroomError(
            f"Cannot write {path} ({error.strerror}). If a spreadsheet program has it open, close it; "
            "what was there has not been touched."
        ) from error
