"""What a late submission costs, as a plugin of nbgrader's.

``c.AssignLatePenalties.plugin_class = "classroom.late.LatePolicy"`` in nbgrader_config.py; formgrader and both ways to
autograde use it.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import dateutil.tz
import sqlalchemy
from nbgrader.apps.baseapp import NbGrader
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Float, Integer, validate
from traitlets.traitlets import TraitError

from classroom import book, when
from classroom.errors import ClassroomError

DAY = 86400


class LatePolicy(LateSubmissionPlugin):
    """A part of the earned points for each day that has begun, after some grace, until a hard stop.

    It is a part of what the learner *earned*, not of the maximum: nbgrader asks for each notebook separately, and this
    way nobody loses more than they have.
    By default it costs nothing. nbgrader's own `penalty_method` is not used.
    """

    per_day = Float(
        0.0, help="The part of the earned points that each day begun after the due date costs: 0.1 is ten percent."
    ).tag(config=True)

    grace_minutes = Integer(
        0,
        min=0,
        help="Up to this many minutes late costs nothing. Anyone later than that is late from the due date on.",
    ).tag(config=True)

    stop_after_days = Float(
        -1.0,
        help="More than this many days late: no points. 0: every late submission, apart from the grace. "
        "Below 0: never.",
    ).tag(config=True)

    @validate("per_day")
    def _part(self, proposal):
        if not 0 <= proposal["value"] <= 1:
            raise TraitError("c.LatePolicy.per_day is a share of the earned points, from 0 to 1: 0.1 is ten percent.")
        return proposal["value"]

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.zone = when.zone_named(str(self.config.LmsCollector.get("timezone", "UTC")), "c.LmsCollector.timezone")

    def part(self, seconds_late: float, due: datetime | None = None, extension: timedelta | None = None) -> float:
        """The part of the earned points that is lost, from 0 to 1.

        Parameters
        ----------
        seconds_late : float
            After the due date and the extension.
        due : datetime, optional
            The due date, naive in UTC. A day is a calendar day in the class's time zone; without a due
            date it is 24 hours.
        extension : timedelta, optional
            Of the due date, by the same clock.
        """
        in_time = self._end(0, due, extension)
        if seconds_late <= in_time + 60 * self.grace_minutes:
            return 0.0
        if self.stop_after_days >= 0 and seconds_late > self._end(self.stop_after_days, due, extension):
            return 1.0
        days = max(1, int(seconds_late // DAY) - 1)
        while seconds_late > self._end(days, due, extension):
            days += 1
        return min(1.0, self.per_day * days)

    def _end(self, days: float, due: datetime | None, extension: timedelta | None) -> float:
        """Seconds from the extended due date to the same time of day, this many days later: in nights in which
        clocks change not days * 24 hours.
        """
        if due is None or not days and not extension:
            return days * DAY
        extension = extension or timedelta()
        wall = (
            due.replace(tzinfo=timezone.utc).astimezone(self.zone).replace(tzinfo=None)
            + extension
            + timedelta(days=days)
        )
        end = (
            dateutil.tz.resolve_imaginary(wall.replace(tzinfo=self.zone, fold=1))
            .astimezone(timezone.utc)
            .replace(tzinfo=None)
        )
        return max(0.0, (end - due - extension).total_seconds())

    def penalty(
        self, score: float, seconds_late: float, due: datetime | None = None, extension: timedelta | None = None
    ) -> float | None:
        """The points that are lost; None for none. See `part`."""
        part = self.part(seconds_late, due, extension)
        return part * score if part else None

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """See `nbgrader.plugins.LateSubmissionPlugin`, which is given neither the due date nor the assignment."""
        due, extension, until = self._due(student_id)
        if due is not None and until is not None and until > due:  # nbgrader has not counted from there
            total_seconds_late += (due + (extension or timedelta()) - until).total_seconds()
            due, extension = until, None
        return self.penalty(score, total_seconds_late, due, extension) if total_seconds_late > 0 else None

    def _due(self, student_id: str) -> tuple[datetime | None, timedelta | None, datetime | None]:
        """The due date of what is being graded, and the learner's extension, by nbgrader and by decision."""
        above = self.parent
        while above is not None and not hasattr(above, "coursedir"):
            above = above.parent
        if above is None:
            return None, None, None
        with book.opened(above.coursedir.db_url) as connection:
            return book.dates_of(connection, above.coursedir.assignment_id, student_id)


def parse(text: str) -> dict[str, float]:
    """Parse ``none``, or ``per-day:10%``, ``stop:3`` (days), ``grace:15`` (minutes) separated by commas; return
    the traits of `LatePolicy`.
    """
    if text.strip() in ("", "none"):
        return {}
    found: dict[str, float] = {}
    for part in text.split(","):
        match = re.fullmatch(r"\s*(per-day|stop|grace)\s*:\s*(\d+(?:\.\d+)?)\s*(%?)\s*", part)
        if not match or (match[1] != "per-day" and match[3]):
            raise ClassroomError(
                f"--late: '{part.strip()}' is not understood. Write none, or per-day:10%, stop:3 (days) and grace:15 "
                "(minutes) "
                "separated by commas."
            )
        number = float(match[2])
        if match[1] == "per-day":
            number = number / 100 if match[3] else number
            if number > 1:
                raise ClassroomError(
                    f"--late: {match[2]} a day is more than everything; write per-day:10% for ten percent of the "
                    "earned points."
                )
        name = {"per-day": "per_day", "stop": "stop_after_days", "grace": "grace_minutes"}[match[1]]
        found[name] = int(number) if match[1] == "grace" else number
    return found


def in_words(policy: LatePolicy) -> str:
    """What the policy is, for people."""
    words = []
    if policy.per_day:
        words.append(f"{100 * policy.per_day:g} % of the earned points for each day begun")
    if policy.stop_after_days >= 0:
        words.append(f"no points after {policy.stop_after_days:g} days")
    if policy.grace_minutes:
        words.append(f"{policy.grace_minutes} minutes of grace")
    return ", ".join(words) or "late submissions cost nothing"


def outdated(app: NbGrader, connection: sqlalchemy.Connection) -> list[tuple[book.Penalty, float | None]]:
    """Penalties in the gradebook that no longer match the class's plugin: points given by hand or an extension
    came after autograding.

    Returns
    -------
    list of (what the gradebook has, the penalty that the plugin wants)
    """
    stage = AssignLatePenalties(parent=app)
    stage.init_plugin()
    found = []
    for row in book.penalties(connection):
        wanted = None
        if row.seconds_late > 0:
            plugin = stage.plugin_inst
            wanted = (
                plugin.penalty(row.earned, row.seconds_late, row.due, row.extension)
                if isinstance(plugin, LatePolicy)
                else plugin.late_submission_penalty(row.learner, row.earned, row.seconds_late)
            )
            if wanted is not None:
                wanted = stage._check_late_penalty(SimpleNamespace(score=row.earned), wanted)
        if abs((wanted or 0.0) - (row.recorded or 0.0)) > 1e-9:
            found.append((row, wanted))
    return found


def bring_up_to_date(url: str, rows: list[tuple[book.Penalty, float | None]]) -> None:
    """Write the penalties that `outdated` found."""
    book.set_penalties(url, {row.key: wanted for row, wanted in rows})
