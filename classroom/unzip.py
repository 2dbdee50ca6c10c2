"""Unpack an untrusted zip: bounded, nothing outside its folder, and one damaged file costs only itself."""

from __future__ import annotations

import errno
import mmap
import os
import re
import stat
import struct
import tempfile
import zipfile
import zlib
from datetime import datetime, tzinfo
from pathlib import Path, PurePosixPath

FILE, ENTRY, END, END64 = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06"
DESCRIPTOR = b"PK\x07\x08"
CHUNK = 1 << 20
CUT = ""
DAMAGED = "it is damaged, or no zip"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
TWO_NAMES = "it has two names, so one of them is damaged"


class Refused(Exception):
    """Why an archive is not unpacked."""


def unpack(path: Path, target: Path, max_bytes: int, max_files: int, zone: tzinfo | None = None) -> dict[str, str]:
    """Unpack plain files, with their times where `zone` is given; the sizes that an archive claims are not believed.

    Returns
    -------
    dict of str to str
        Name in the archive -> why it could not be unpacked. Of these nothing is left in `target`. Under CUT, if it
        is cut off.

    Raises
    ------
    Refused
        If nothing can be unpacked, or if it is too much.
    """
    count, problems, whole = 0, None, True
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) & 0xFFFF != _said_to_hold(path):
                raise zipfile.BadZipFile
            count, problems = _unpack(archive, target, max_bytes, max_files, zone)
    except Refused:
        raise
    except OSError as error:
        if error.errno in NO_ROOM:
            raise
    except Exception:  # zipfile may raise anything, depending on the bytes
        pass
    if problems is None or problems and len(problems) == count:  # the directory may be what is damaged
        with tempfile.TemporaryDirectory(prefix="zip-") as scratch:
            repaired, listed = _mended(path, Path(scratch) / "mended.zip")
            if repaired is not None:
                with repaired:
                    again, remaining = _unpack(repaired, target, max_bytes, max_files, zone)
                if problems is None or len(remaining) < len(problems):
                    count, problems, whole = again, remaining, listed
    if problems is None or count and len(problems) == count:
        name, why = next(iter(problems.items())) if problems else ("", DAMAGED)
        raise Refused(why if count < 2 else f"none of its {count} files can be read; '{printable(name)}': {why}")
    return problems if whole else {**problems, CUT: "it is cut off: what comes after these files is missing"}


def _unpack(archive: zipfile.ZipFile, target: Path, max_bytes: int, max_files: int, zone) -> tuple[int, dict[str, str]]:
    """How many files there are, and which could not be unpacked."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > max_files:
        raise Refused(f"it has {len(entries)} files, more than {max_files}")
    problems: dict[str, str] = {}
    for entry in entries:
        place = None
        try:
            place = _place(entry, target)
            place.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as packed, place.open("wb") as unpacked:
                while chunk := packed.read(CHUNK):
                    max_bytes -= len(chunk)
                    if max_bytes < 0:
                        raise Refused("it unpacks to more than is allowed; this may be an attack (a zip bomb)")
                    unpacked.write(chunk)
            if zone is not None and (when := _time(entry, zone)):
                os.utime(place, (when, when))
        except Refused:
            raise
        except Exception as error:  # zipfile and the decompressors may raise anything, depending on the bytes
            if isinstance(error, OSError) and error.errno in NO_ROOM:
                raise
            problems[name_of(entry)] = _why(error)
            if place is not None and place.is_file():
                place.unlink()
    return len(entries), problems


def _place(entry: zipfile.ZipInfo, target: Path) -> Path:
    name = name_of(entry)
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if (
        name.startswith(("/", "\\"))
        or ".." in parts
        or re.match(r"[A-Za-z]:", name)
        or any(ord(letter) < 32 for letter in name)
        or not parts
    ):
        raise _Odd(f"'{printable(name)}' in it would be written outside its folder")
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        raise _Odd(f"'{printable(name)}' in it is a link or a device")
    return target.joinpath(*parts)


def name_of(entry: zipfile.ZipInfo) -> str:
    """The name of an entry: Macs write UTF-8 and do not say so, Info-ZIP says it in a field of its own. Any other
    code stays as Python reads it.
    """
    if entry.flag_bits & 0x800 or entry.filename.isascii():
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
        for kind, content in _extra_fields(entry.extra):
            if kind == 0x7075 and content[:1] == b"\x01" and int.from_bytes(content[1:5], "little") == zlib.crc32(raw):
                return content[5:].decode("utf-8").split("\0")[0]
        return raw.decode("utf-8")
    except UnicodeError:
        return entry.filename


def _extra_fields(extra: bytes) -> list[tuple[int, bytes]]:
    found = []
    while len(extra) >= 4:
        kind, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        found.append((kind, extra[4 : 4 + size]))
        extra = extra[4 + size :]
    return found


class _Odd(ValueError):
    """An entry that no honest archive has."""


def _why(error: Exception) -> str:
    if isinstance(error, _Odd):
        return str(error)
    if isinstance(error, NotImplementedError) or isinstance(error, RuntimeError) and "encrypted" in str(error):
        return "it has a password, or an unusual compression"
    if isinstance(error, zipfile.BadZipFile) and "differ" in str(error):
        return TWO_NAMES
    if isinstance(error, OSError) and error.errno:
        return f"it cannot be written ({error.strerror})"
    return DAMAGED


def printable(name: str) -> str:
    """A name for a terminal: no control characters, not endless."""
    text = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in name)
    return text if len(text) <= 80 else text[:77] + "..."


def _time(entry: zipfile.ZipInfo, zone) -> float | None:
    """Seconds in UTC: from the extended timestamp if there is one; the old field has no time zone."""
    for kind, content in _extra_fields(entry.extra):
        if kind == 0x5455 and len(content) >= 5 and content[0] & 1:
            return float(int.from_bytes(content[1:5], "little", signed=True))
    try:
        return datetime(*entry.date_time, tzinfo=zone).timestamp()
    except (ValueError, OverflowError):
        return None


# -- a damaged directory


def _said_to_hold(path: Path) -> int:
    """The number of entries that the archive itself states, which Python ignores: a damaged one may hide
    those after it.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 22 - 65535))
        tail = file.read()
    at = tail.rfind(END)
    return int.from_bytes(tail[at + 10 : at + 12], "little")


def _mended(path: Path, copy: Path) -> tuple[zipfile.ZipFile | None, bool]:
    """The archive with a rebuilt directory, where its own is damaged or cut off; None if nothing is left. And whether
    it
    has an end.

    Files that follow each other from the beginning are what the archive's maker wrote. Nothing is searched for between
    them: there may be
    a learner's zip, with names of the learner's choice.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            start = _directory(data)
            files, end = _from_files(data, start)
            end = start or end
            listed = _from_directory(data, end)
            # The directory knows more, such as what is a link; the file itself is nearer to the truth where they
            # differ.
            records = {
                **listed,
                **{at: record for at, record in files.items() if at not in listed or listed[at][8:30] != record[8:30]},
            }
            if not records:
                return None, False
            directory = b"".join(records.values())
            with copy.open("wb") as mended:
                for at in range(0, end, CHUNK):
                    mended.write(data[at : min(at + CHUNK, end)])
                mended.write(
                    directory + struct.pack("<4s4H2LH", END, 0, 0, len(records), len(records), len(directory), end, 0)
                )
        return zipfile.ZipFile(copy), bool(listed)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            raise
        return None, False


def _from_files(data, directory: int) -> tuple[dict[int, bytes], int]:
    """Offset -> entry of a directory, for the files one after the other from the beginning; and where they end."""
    records, at = {}, 0
    while data[at : at + 4] == FILE:
        _, version, flags, method, time, date, crc, packed, size, name_length, extra_length = struct.unpack(
            "<4s5H3L2H", data[at : at + 30]
        )
        begin = at + 30 + name_length + extra_length
        if flags & 8 and not packed:  # written as a stream: the sizes come after it
            crc, packed, size, end = _streamed(data, begin, method)
        else:
            end = begin + packed
        if end < begin or end > len(data) or end != directory and data[end : end + 4] not in (FILE, ENTRY):
            break
        records[at] = (
            struct.pack(
                "<4s6H3L5H2L",
                ENTRY,
                20,
                version,
                flags,
                method,
                time,
                date,
                crc,
                packed,
                size,
                name_length,
                extra_length,
                0,
                0,
                0,
                0,
                at,
            )
            + data[at + 30 : begin]
        )
        at = end
    return records, at


def _streamed(data, begin: int, method: int) -> tuple[int, int, int, int]:
    if method != zipfile.ZIP_DEFLATED:
        return 0, 0, 0, -1
    stream, at, size = zlib.decompressobj(-15), begin, 0
    while not stream.eof and at < len(data):
        try:
            chunk = data[at : at + 65536]
            size += len(stream.decompress(chunk))
        except zlib.error:
            return 0, 0, 0, -1
        at += len(chunk)
    if not stream.eof:
        return 0, 0, 0, -1
    end = at - len(stream.unused_data)
    skip = 4 if data[end : end + 4] == DESCRIPTOR else 0
    crc, packed, said = struct.unpack("<3L", data[end + skip : end + skip + 12])
    return (
        (crc, packed, said, end + skip + 12) if packed == end - begin and said == size & 0xFFFFFFFF else (0, 0, 0, -1)
    )


def _directory(data) -> int:
    """Where the archive says that its directory begins; 0 if it does not say so, at its very end."""
    last = data.rfind(END)
    if (
        last < 0
        or len(data) - last < 22
        or last + 22 + int.from_bytes(data[last + 20 : last + 22], "little") != len(data)
    ):
        return 0
    size, start = struct.unpack("<2L", data[last + 12 : last + 20])
    return start if start + size == last or data[start : start + 4] == ENTRY else 0


def _from_directory(data, at: int) -> dict[int, bytes]:
    """Offset -> entry, as the archive's own directory has it, where that agrees with the file itself."""
    records, end = {}, at
    while (at := data.find(ENTRY, at)) >= 0:
        head = data[at : at + 46]
        if len(head) < 46:
            break
        name_length, extra_length, comment_length = struct.unpack("<3H", head[28:34])
        offset = int.from_bytes(head[42:46], "little")
        record = data[at : at + 46 + name_length + extra_length + comment_length]
        behind = data[at + len(record) : at + len(record) + 4]
        agrees = (
            offset < end
            and behind in (ENTRY, END, END64)
            and data[offset : offset + 4] == FILE
            and data[offset + 30 : offset + 30 + name_length] == record[46 : 46 + name_length]
        )
        if agrees:
            records[offset] = record
        at += len(record) if agrees else 4
    return records
