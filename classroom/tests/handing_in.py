"""A small class with an exchange, and learners who hand in as `nbgrader submit` does, or otherwise."""

from __future__ import annotations

import json
import os
import time
from datetime import datetime, timezone
from pathlib import Path

from nbgrader.utils import notebook_hash

from classroom.tests.small_class import COURSE, SmallClass


def with_exchange(made: SmallClass, more: str = "") -> SmallClass:
    """Give a class an exchange in its folder."""
    (made.root / "nbgrader_config.py").open("a").write(
        f'c.Exchange.root = os.path.join({str(made.root)!r}, "exchange")\n'
        f"c.CourseDirectory.root = {str(made.root)!r}\n{more}\n"
    )
    for name in ("inbound", "outbound", "feedback"):
        (made.root / "exchange" / COURSE / name).mkdir(parents=True, exist_ok=True)
    return made


def hand_in(made: SmallClass, learner: str, secret: str = "", complete: bool = True, **notebooks: dict | str) -> str:
    """Put a submission into inbound/, in the steps of `nbgrader submit`; its secret."""
    secret = secret or os.urandom(8).hex()
    stamp = f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S.%f} UTC"
    folder = inbound(made) / f"{learner}+ps1+{stamp}+{secret}"
    folder.mkdir()
    for name, content in notebooks.items():
        (folder / f"{name}.ipynb").write_text(content if isinstance(content, str) else json.dumps(content))
    if complete:
        (folder / "timestamp.txt").write_text(stamp)
        (folder / "submission_secret.txt").write_text(secret)
        folder.chmod(0o777)
    return secret


def inbound(made: SmallClass) -> Path:
    return made.root / "exchange" / COURSE / "inbound"


def page_of(made: SmallClass, secret: str, notebook: str = "numbers") -> Path:
    """Where the learner with this secret finds a page."""
    return made.root / "exchange" / COURSE / "feedback" / f"{notebook_hash(secret=secret, notebook_id=notebook)}.html"


def wait_for(what, seconds: float = 240.0, why=lambda: "") -> None:
    """Until `what()` holds; a bound for a machine that hangs, not a promise of speed."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, why()
        time.sleep(0.1)
