"""When a submission counts as handed in: what collecting wrote down, else what timestamp.txt says.

`timestamp.txt` lies inside the submission, so it is a claim; the times of files change when a class is copied, unpacked
from a backup or
synchronised, so they prove nothing. A collector that knows the time calls `record`: it puts a file beside the learner's
own that only
this course can have written, and that lasts as long as the folder does, wherever it goes.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import hmac
import json
import os
import re
import tempfile
import time
import warnings
import zoneinfo
from datetime import datetime, timedelta, timezone
from pathlib import Path

from nbgrader.utils import parse_utc

from .folders import read_plain_file, remove_tree

RECORD = ".received.json"  # in the folder of a submission
KEY = os.path.join(
    ".proctor", "received.key"
)  # in the folder of the course or class; copy it with the class, keep it secret
AGREES = timedelta(minutes=10)  # how far apart two accounts of one time may be
ZONED = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[ T](?P<clock>\d\d:\d\d(:\d\d)?)(?P<fraction>\.\d+)? ?"
    r"(?P<zone>[A-Za-z]+|[+-]\d\d(:?\d\d)?)"
)
YEARS = range(
    1990, 2101
)  # others cannot be dates of a submission, and time zones cannot be applied at the ends of the calendar


def record(
    folder: str | Path, student: str, assignment: str, when: datetime, course_root: str | Path, shared: bool = False
) -> None:
    """Write down when a submission was received. Called by what collects, for the folder in submitted/, with nothing of
    the learner's under that name.

    Parameters
    ----------
    when : datetime
        In UTC where it names no zone.
    course_root : str or Path
        The folder of the course or class, which has the key; it is made on first use.
    shared : bool
        Whether several graders share the folder (``c.CourseDirectory.groupshared``): the key is then for the group,
        too.
    """
    if when.tzinfo is not None:
        when = when.astimezone(timezone.utc).replace(tzinfo=None)
    key = _key(course_root, make=True, shared=shared)
    assert key is not None  # it was made, or _key has said why not
    content = {
        "student": student,
        "assignment": assignment,
        "received": f"{when.isoformat(sep=' ')} UTC",
        "hash": _hash(key, student, assignment, when),
    }
    path = os.path.join(folder, RECORD)
    if os.path.isdir(path) and not os.path.islink(path):
        remove_tree(path)
    handle, new = tempfile.mkstemp(dir=folder, prefix=".received-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file)
    os.chmod(new, 0o664 if shared else 0o644)
    os.replace(new, path)


def when_received(
    folder: str | Path, student: str, assignment: str, course_root: str | Path
) -> tuple[datetime | None, str]:
    """Return (the time that was recorded, in UTC; "") or (None, why a record that is there does not count); (None,
    "") if there is none.
    """
    path = os.path.join(folder, RECORD)
    if not os.path.lexists(path):
        return None, ""
    key = _key(course_root)
    if key is None:
        return (
            None,
            f"the record of when it was collected cannot be checked without {KEY}; copy that along with the class",
        )
    with contextlib.suppress(ValueError, RecursionError, TypeError, KeyError, AttributeError):
        content = json.loads(read_plain_file(path, 4096))  # what was not read is a sentence, not JSON
        when = datetime.fromisoformat(content["received"].removesuffix(" UTC"))
        if when.tzinfo is None and hmac.compare_digest(content["hash"], _hash(key, student, assignment, when)):
            return when, ""
    return None, f"the record of when it was collected ({RECORD}) was not made here for this learner and assignment"


def submission_time(
    folder: str | Path,
    student: str,
    assignment: str,
    course_root: str | Path,
    recorded: datetime | None = None,
    trusted: bool = False,
) -> tuple[datetime | None, str]:
    """Return (when a submission counts as handed in, or None where nobody knows; a sentence for a grader if that is in
    doubt, or "").

    What collecting recorded counts. Without a record timestamp.txt is believed: a date that looks made up is a grader's
    to judge, and
    nobody loses points for the age of a file.

    Parameters
    ----------
    recorded : datetime, optional
        What the gradebook has from an earlier autograde; a time that was accepted then is no longer in doubt.
    trusted : bool
        Believe timestamp.txt and look at nothing else, as stock nbgrader does.
    """
    claimed, _, unreadable = _claimed(folder)
    if trusted:
        return claimed, unreadable
    received, invalid = when_received(folder, student, assignment, course_root)
    if received is not None:
        apart = claimed is not None and abs(claimed - received) > AGREES
        return (
            received,
            f"timestamp.txt says {claimed} UTC, but it was collected as handed in at {received} UTC, which counts."
            if apart
            else "",
        )
    if claimed is None:
        return (
            None,
            unreadable
            or invalid
            and f"{invalid[0].upper()}{invalid[1:]}, and there is no other time; it counts as on time.",
        )
    if claimed == recorded:
        return claimed, ""
    doubts = [invalid] if invalid else []
    about = os.lstat(os.path.join(folder, "timestamp.txt"))
    if abs(claimed.replace(tzinfo=timezone.utc).timestamp() - about.st_mtime) > AGREES.total_seconds():
        doubts.append(
            f"the file itself is from {_date(about.st_mtime)}, as after copying the class, or if the date is made up"
        )
    if recorded is not None and claimed < recorded:
        doubts.append(f"an earlier autograde recorded {recorded} UTC")
    return claimed, f"timestamp.txt says {claimed} UTC and is believed, but {'; '.join(doubts)}." if doubts else ""


def stamp(folder: str | Path, when: datetime | None) -> bytes | None:
    """timestamp.txt for autograded/: in the words of the submission's own where it says the time that counts; None
    where there is neither.
    """
    own, text, _ = _claimed(folder)
    if when is None:
        return b"" if os.path.lexists(os.path.join(folder, "timestamp.txt")) else None
    return text.encode() if own == when else f"{when} UTC".encode()


def read_time(text: str, near: float | None = None) -> datetime | None:
    """Read a date with a year and perhaps a time zone, as `nbgrader submit` writes it; naive, in UTC. None if it is not
    such a date.

    Parameters
    ----------
    near : float, optional
        When the file was written, in seconds: it decides which IST is meant.
    """
    # Anything else is not given to the parser: it opens files that are named like a time zone.
    if (
        len(text) > 64
        or not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z :.,/_+-]*", text)
        or re.search(r"\.\.|(^|\s)[/.]", text)
        or not re.search(r"\d{4}", text)
        or (numbers := re.match(r"(\d{1,2})[./-](\d{1,2})[./-]\d{4}", text))
        and numbers[1] != numbers[2]
        and max(int(numbers[1]), int(numbers[2])) <= 12  # the day or the month may come first
    ):
        return None
    # dateutil takes GMT+1 for one hour west
    text = re.sub(r"\s*\b(?:GMT|UTC)([+-])(\d)(?=$|\D)", r" \g<1>0\2:00", text)
    zoned = ZONED.fullmatch(text)
    try:
        if zoned and zoned["zone"].upper() not in ("Z", "UTC", "GMT") and "/" not in zoned["zone"]:
            wall = datetime.fromisoformat(f"{zoned['day']} {zoned['clock']}")
            return _in_zone(wall + timedelta(seconds=float(zoned["fraction"] or 0)), zoned["zone"], near)
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a time zone that is not known
            when = parse_utc(text)
    except Exception:  # dateutil may raise anything, depending on the text
        return None
    return when if when.year in YEARS else None


def _in_zone(wall: datetime, zone: str, near: float | None) -> datetime | None:
    """The moment at which a clock showed this; nbgrader takes JST, IST, CEST, EDT, PDT, BST, AEST for UTC and +09
    for nine seconds.
    """
    if wall.year not in YEARS:
        return None
    if zone[0] in "+-":
        minutes = 60 * int(zone[1:3]) + int(zone[3:].strip(":") or 0)
        return wall - timedelta(minutes=minutes if zone[0] == "+" else -minutes)
    moments = sorted(
        {
            wall - (there.utcoffset() or timedelta(0))
            for name in _zones()
            for there in (wall.replace(tzinfo=name), wall.replace(tzinfo=name, fold=1))
            if there.tzname() == zone
        }
    )
    if not moments:
        return None
    if near is None:
        return moments[0]
    return min(moments, key=lambda moment: abs(moment.replace(tzinfo=timezone.utc).timestamp() - near))


@functools.cache
def _zones() -> tuple:
    return tuple(zoneinfo.ZoneInfo(name) for name in sorted(zoneinfo.available_timezones()))


def _claimed(folder) -> tuple[datetime | None, str, str]:
    """(What timestamp.txt says, its text, a sentence if that is something else than a date); an empty one says
    nothing, as for stock nbgrader.
    """
    path = os.path.join(folder, "timestamp.txt")
    if not os.path.lexists(path):
        return None, "", ""
    content = read_plain_file(path, 1024)
    if isinstance(content, str):
        return None, "", f"timestamp.txt {content}; no time was recorded."
    text = content.decode("utf-8-sig", "replace").strip()
    when = read_time(text, os.lstat(path).st_mtime) if text else None
    return (
        when,
        text,
        f"timestamp.txt holds no date, or one that can be read in two ways ({text[:40]!a}); no time was recorded."
        if text and when is None
        else "",
    )


def _hash(key: bytes, student: str, assignment: str, when: datetime) -> str:
    text = json.dumps([student, assignment, when.isoformat(sep=" ")])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _key(course_root, make: bool = False, shared: bool = False) -> bytes | None:
    path = Path(course_root, KEY)
    if make and not path.exists():
        path.parent.mkdir(mode=0o770 if shared else 0o700, exist_ok=True)
        path.with_name(".gitignore").write_text("*\n")
        with contextlib.suppress(FileExistsError):  # another run is making it
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o660 if shared else 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(os.urandom(32))
    for _ in range(50):  # the other run has made the file, but not yet written it
        try:
            key = path.read_bytes()
        except OSError:
            key = b""
        if len(key) == 32 or not make:
            break
        time.sleep(0.1)
    if make and len(key) != 32:
        raise OSError(
            f"{path} cannot be read or is damaged. Remove it; for what was collected before, timestamp.txt is then "
            "believed."
        )
    return key if len(key) == 32 else None


def _date(seconds: float) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%d %H:%M} UTC"
    except (OverflowError, ValueError, OSError):
        return "no possible time"
