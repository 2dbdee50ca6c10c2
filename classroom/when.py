"""A date and time that a person typed or a platform wrote: one reader for all, which refuses what can be read in two
ways.
"""

from __future__ import annotations

import functools
import re
import zoneinfo
from datetime import datetime, timedelta, timezone, tzinfo

import dateutil.tz

from classroom.errors import ClassroomError

END_OF_DAY = (23, 59)
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?\s*(?P<half>[ap]\.?m\.?(?![a-z]))?"
ZONE = r"\s*(?P<zone>Z|[+-]\d\d(?::?\d\d)?|[A-Za-z][A-Za-z0-9_+/-]*)?"
ISO = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)(?:[T ]\s*{CLOCK}{ZONE})?", re.IGNORECASE)
# Moodle: "Friday, 5 February 2027, 11:58 AM"; its American English and Canvas: "February 5, 2027, 11:58 AM", "Feb 5,
# 2027 at 11:58pm".
WORDS = re.compile(
    rf"(?:(?P<weekday>[a-z]{{3,9}}),?\s+)?(?:(?P<day>\d{{1,2}})\s+(?P<name>[a-z]{{3,9}})\.?|(?P<name2>[a-z]{{3,9}})\.?\s+(?P<day2>\d{{1,2}})),?\s+"
    rf"(?P<year>\d{{4}})(?:,?\s+(?:at\s+)?{CLOCK}{ZONE})?",
    re.IGNORECASE,
)
EXAMPLE = "write 2027-02-05 18:00 (then +01:00 or a time zone such as Europe/Berlin, if it is another than the class's)"


def zone_named(name: str, what: str) -> tzinfo:
    """A time zone by its name in the world's list, such as Europe/Berlin.

    Raises
    ------
    ClassroomError
        For any other text: dateutil would take ``UTC+3``, ``Berlin2`` and this machine's own abbreviations for
        something.
    """
    if name not in _zones():
        raise ClassroomError(f"{what}: unknown time zone '{name}'; write one like UTC or Europe/Berlin.")
    return _zones()[name]


@functools.cache
def _zones() -> dict[str, zoneinfo.ZoneInfo]:
    return {name: zoneinfo.ZoneInfo(name) for name in zoneinfo.available_timezones()}


def moment(text: str, zone: tzinfo, what: str = "", *, due: bool = False) -> datetime:
    """A point in time: ISO, or with the name of the month as Moodle and Canvas write it; without a time zone it is
    `zone`.

    Parameters
    ----------
    due : bool
        A due date: a day alone is its end, and an hour that the clocks run through twice is the second one. A time of
        handing in needs
        its time of day, and is the first one. Both in the learner's favour.

    Raises
    ------
    ClassroomError
        With an example, where the text is not a date or can be read in two ways.
    """
    wrong = functools.partial(_wrong, text, what)
    words = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", r"\1", " ".join(text.split()))  # February 5th
    words = re.sub(r"\b(\d{1,2})-([A-Za-z]{3,9})-(?=\d{4}\b)", r"\1 \2 ", words)  # 05-Feb-2027
    found = ISO.fullmatch(text.strip()) or WORDS.fullmatch(words)
    if not found:
        numbers = re.match(r"\s*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}", text)
        raise wrong("can be read in two ways" if numbers else "is not a date")
    part = found.groupdict()
    if part["hour"] is None and not due:
        raise wrong("has no time of day")
    wall = _wall(part, wrong)
    named = part["zone"]
    if not named:
        return dateutil.tz.resolve_imaginary(wall.replace(tzinfo=zone, fold=int(due)))
    if named.upper() in ("Z", "UTC", "GMT"):
        return wall.replace(tzinfo=timezone.utc)
    if named[0] in "+-":
        minutes = 60 * int(named[1:3]) + int(named[3:].strip(":") or 0)
        if minutes > 14 * 60:
            raise wrong("has a time zone that does not exist")
        return wall.replace(tzinfo=timezone(timedelta(minutes=minutes if named[0] == "+" else -minutes)))
    if "/" in named:
        if named not in _zones():
            raise wrong(f"unknown time zone '{named}'")
        return dateutil.tz.resolve_imaginary(wall.replace(tzinfo=zone_named(named, what), fold=int(due)))
    offsets = _offsets(named.upper(), wall)
    if len(offsets) != 1:
        raise wrong(f"has a time zone, '{named}', that " + ("is not known" if not offsets else "has several meanings"))
    return wall.replace(tzinfo=timezone(offsets.pop()))


def spelled(utc: datetime, zone: tzinfo) -> str:
    """A date of the gradebook's (naive, in UTC) as a person reads it: ``Friday 5 February 2027, 23:59
    (Europe/Berlin)``.
    """
    wall = utc.replace(tzinfo=timezone.utc).astimezone(zone)
    name = getattr(zone, "key", None) or wall.tzname()
    day = f"{WEEKDAYS[wall.weekday()].title()} {wall.day} {MONTHS[wall.month - 1].title()} {wall.year}"
    return f"{day}, {wall:%H:%M} ({name})"


def _wrong(text: str, what: str, why: str) -> ClassroomError:
    return ClassroomError(f"{what + ': ' if what else ''}'{text}' {why}; {EXAMPLE}.")


def _wall(part: dict, wrong) -> datetime:
    """The local time, without its zone."""
    if "name" in part:
        name, day = (part["name"] or part["name2"]).lower(), int(part["day"] or part["day2"])
        month = next(
            (number for number, one in enumerate(MONTHS, 1) if name in (one, one[:3]) or name == "sept" == one[:4]), 0
        )
        if not month:
            raise wrong("has a month that is not in English")
    else:
        month, day = int(part["month"]), int(part["day"])
    hour, minute = (int(part["hour"]), int(part["minute"])) if part["hour"] else END_OF_DAY
    if part["half"]:
        if not 1 <= hour <= 12:
            raise wrong("has no such hour")
        hour = hour % 12 + (12 if part["half"][0] in "pP" else 0)
    midnight = (hour, minute, int(part["second"] or 0)) == (24, 0, 0)  # the end of the day
    try:
        wall = datetime(int(part["year"]), month, day, 0 if midnight else hour, minute, int(part["second"] or 0))
    except ValueError:
        raise wrong("is not a date") from None
    if not 1990 <= wall.year <= 2100:
        raise wrong("has a year that cannot be right")
    weekday = (part.get("weekday") or "").lower()
    if weekday and weekday not in (WEEKDAYS[wall.weekday()], WEEKDAYS[wall.weekday()][:3]):
        raise wrong("is on a different day of the week")
    return wall + timedelta(days=1) if midnight else wall


def _offsets(abbreviation: str, wall: datetime) -> set[timedelta]:
    """Every offset from UTC that an abbreviation may mean on that day: of the places that use it then or in that year.
    In the hour that the clocks run through twice, it says which.
    """
    found = set()
    for zone in _zones().values():
        both = [wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
        year = [wall.replace(month=month, day=1, tzinfo=zone) for month in (1, 7)]
        named = [one for one in both if one.tzname() == abbreviation]
        if named or abbreviation in [one.tzname() for one in year]:
            found.add((named or both)[0].utcoffset() or timedelta(0))
    return found
