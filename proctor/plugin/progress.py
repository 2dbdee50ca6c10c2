"""How far a run has come: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time

EVERY = 30  # seconds between two lines in a log


class Progress:
    """Counts submissions.

    Parameters
    ----------
    bar : bool
        False where somebody else shows one.
    """

    def __init__(self, total: int, log, bar: bool = True):
        self.total, self.done, self.log = total, 0, log
        self.begin = self.last = time.monotonic()
        self.bar = None
        if bar and total > 1 and sys.stderr is not None and sys.stderr.isatty():
            from tqdm import tqdm

            self.bar = tqdm(total=total, unit="submission", dynamic_ncols=True)

    def step(self, name: str) -> None:
        """One more is done."""
        self.done += 1
        if self.bar is not None:
            self.bar.update()
            return
        now = time.monotonic()
        if now - self.last >= EVERY and self.done < self.total:
            left = (now - self.begin) / self.done * (self.total - self.done)
            self.log.info("%d of %d graded, about %.0f s left", self.done, self.total, left)
            self.last = now

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
