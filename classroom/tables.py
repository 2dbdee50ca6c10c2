"""Reading a CSV file as an LMS or a spreadsheet program wrote it: the one reader for rosters and for templates of
grades.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from classroom.errors import ClassroomError

DELIMITERS = ",;\t"
SEARCHED = 10  # lines from the top in which a header may stand
LARGEST_FIELD = 2**26  # a worksheet may hold whole essays


class Table(NamedTuple):
    """The rows of a file, each with the line that it begins in, and how the file was written."""

    rows: list[tuple[int, list[str]]]
    delimiter: str
    newline: str
    bom: bool


def read(path: Path, strict: bool = False) -> Table:
    """A CSV file: comma, semicolon or tab, UTF-8 with or without a byte order mark, or UTF-16 with one. Empty rows are
    rows.

    Parameters
    ----------
    strict : bool
        Also refuse text before or after a quoted field.

    Raises
    ------
    ClassroomError
        If it cannot be read, or is not a table; with the line, where there is one.
    """
    text, bom = _text(path)
    lines = [line for line in text.splitlines()[:SEARCHED] if line.strip()]
    told = (
        re.fullmatch(r'"?sep=(.)"?[,;\t]*', lines[0].strip(" ")) if lines else None
    )  # Excel's own way to say it, above the header
    # The header decides; a title above it has fewer fields.
    header = lines[:1] if lines and max(_fields(lines[0], mark) for mark in DELIMITERS) > 2 else lines
    delimiter = (
        told[1] if told else max(DELIMITERS, key=lambda mark: max((_fields(line, mark) for line in header), default=0))
    )
    before = csv.field_size_limit(LARGEST_FIELD)
    try:
        rows = list(_rows(path, text, delimiter, strict))
        rows = rows[1:] if told and rows and rows[0][1] and rows[0][1][0].lower().startswith("sep=") else rows
    finally:
        csv.field_size_limit(before)
    return Table(rows, delimiter, "\r\n" if text.partition("\n")[0].endswith("\r") else "\n", bom)


def _fields(line: str, delimiter: str) -> int:
    return len(next(csv.reader([line], delimiter=delimiter), []))


def _rows(path: Path, text: str, delimiter: str, strict: bool) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    line = 1
    try:
        for fields in reader:
            yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        raise ClassroomError(
            f"{path}, line {line}: this is not a row of a CSV file ({error}); look at the quotes, or download it again."
        ) from None


def _text(path: Path) -> tuple[str, bool]:
    """The text of a file, and whether it has a byte order mark."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ClassroomError(
            f"{path} cannot be read: {error.strerror}. Give the path of the file that you downloaded."
        ) from None
    if content.startswith(b"PK"):
        raise ClassroomError(f"{path} is a spreadsheet (or a zip), not a CSV file; export it as 'CSV UTF-8'.")
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ClassroomError(
            f"{path}, line {line}: not UTF-8 (the byte {content[error.start]:#04x}); names would be spoiled. "
            "Download it again, or save it as 'CSV UTF-8'."
        ) from None
    if "\0" in text:
        raise ClassroomError(f"{path} contains bytes that are not text; export it as 'CSV UTF-8'.")
    return text, utf16 or content.startswith(b"\xef\xbb\xbf")
