"""Tries the room in which learners' code would run: for programs that check a set-up."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from ..trusted.limits import Budget
from ..trusted.rooms import House, RoomError
from ..trusted.session import Session
from .options import Proctor

if TYPE_CHECKING:
    from traitlets.config import Config


class Trial(NamedTuple):
    """The outcome.

    Attributes
    ----------
    problem : str
        Why nothing can be graded, as a sentence; "" if the room works.
    no_walls : str
        Why the room has no walls; "" if it has.
    seen : list of str
        Which of the secret paths the room sees.
    seconds : float
        How long it took.
    """

    problem: str = ""
    no_walls: str = ""
    seen: list = []
    seconds: float = 0.0


def try_room(config: Config | None = None, secrets: Iterable = ()) -> Trial:
    """See `proctor.try_room`."""
    begin, options = time.monotonic(), Proctor(config=config)
    try:
        house = House(options.sandbox, False)
    except RoomError as error:
        return Trial(f"No room is available: {error}")
    try:
        limits = options.job_limits()
        session = Session(house.room(dataclasses.asdict(limits)), limits, Budget(60, limits.wall_factor))
        session.start({})
        paths = [os.fspath(path) for path in secrets]
        session.run_cell(
            f"import os\nseen = [path for path in {paths!r} if os.path.exists(path)]\nanswer = 6 * 7", 60, 10_000, False
        )
        session.begin_test()
        answer, (_, seen) = session.get("answer"), session.get("seen")
        session.end()
    except Exception as error:
        return Trial(f"The room started, but does not answer: {error}")
    finally:
        house.close()
    if answer != (True, 42):
        return Trial("The room started, but a cell in it did not run")
    return Trial("", house.walls, list(seen or ()), time.monotonic() - begin)
