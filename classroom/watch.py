"""`classroom watch`: grade what is handed in as it comes, and bring out what the tests say. For days, unattended.

One process, with nbgrader read once and proctor's workers kept. An event in a folder is a doorbell, not a list: at each
one, and every minute, what is there is compared with what was done. So nothing is missed, and nothing is done twice.
"""

from __future__ import annotations

import argparse
import contextlib
import glob
import math
import os
import re
import signal
import sqlite3
import stat
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType

from nbgrader.api import Gradebook
from nbgrader.apps.baseapp import NbGrader
from nbgrader.exchange import ExchangeFactory
from traitlets import Bool, Float, Integer
from traitlets.config import Configurable

from classroom import book, scratch, settings
from classroom.alone import alone, private
from classroom.errors import ClassroomError
from classroom.lane import Done, Item, Key, Lane, Trouble, exchange_root, signature, trouble_of
from classroom.watch_state import BEGUN, FAILED, GRADED, WITHHELD, State
from classroom.words import listed, unknown
from proctor.plugin.converter import ProctorAutograde
from proctor.plugin.exchange import SECRET, ProctorCollect
from proctor.plugin.folders import printable, shown
from proctor.plugin.options import Proctor

QUIET = 10.0  # seconds without a change after which a folder made by hand is complete
EVERY = 60.0  # seconds after which everything is looked at, whether it rang or not
WITHOUT_BELL = 2.0  # ... where watchfiles is not installed
SLOW = 30.0  # seconds; whoever's last submission took longer never gets the last free lane
FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0  # seconds between two trials while a disk is full or the gradebook out of reach
GIVEN_UP = 3  # troubles of one submission, while others had none
AT_THE_END = 5.0  # seconds for what is in hand when the process is told to end


class Watch(Configurable):
    """What `classroom watch` does by itself: ``c.Watch.<name> = value`` in nbgrader_config.py."""

    tries = Integer(
        10,
        min=0,
        help="Submissions of one assignment for which a learner gets feedback at once. Later ones are graded, too; "
        "their feedback waits for the due date. 0: any number.",
    ).tag(config=True)

    pause_minutes = Float(
        1.0, min=0.0, help="From one graded submission to the next of the same learner for the same assignment."
    ).tag(config=True)

    lanes = Integer(0, min=0, help="Submissions at the same time, two at least; 0 is one for each core.").tag(
        config=True
    )

    force_polling = Bool(
        False, help="Look into the folders again and again: for file systems that tell nothing, such as NFS."
    ).tag(config=True)


class Watcher:
    """The class in a folder, being watched.

    Parameters
    ----------
    app : NbGrader
        From `settings.of_folder`; the process must be in its folder.
    wanted : list of str
        Assignments; all that there are if empty.
    """

    def __init__(self, app: NbGrader, wanted: list[str]):
        self.app, self.wanted = app, wanted
        self.options = Watch(parent=app)
        self.course = app.coursedir
        name = self.course.course_id
        ours = name and issubclass(ExchangeFactory(parent=app).collect, ProctorCollect)
        self.inbound = os.path.join(exchange_root(app), name, "inbound") if ours else ""
        self.state = State(self.course.root)
        count = self.options.lanes or Proctor(parent=app).worker_count()
        self.lanes = [Lane(app, self.state, self.options.tries, number) for number in range(max(2, count))]
        self.free = list(self.lanes)
        self.queue: dict[Key, Item] = {}
        self.busy: dict[Key, Item] = {}
        self.seconds: dict[str, float] = {}  # what the last submission of a learner took
        self.results: SimpleQueue = SimpleQueue()
        self.bell, self.rung, self.stop = threading.Event(), True, False
        self.folders: frozenset[str] = frozenset()
        self.moved = threading.Event()  # the folders to listen at are others now
        self._quick: dict[Key, tuple] = {}
        self._unchanged: dict[str, tuple[int, float]] = {}  # incomplete folder -> (its newest ctime, since when)
        self._missed: set[Key] = set()  # what was wanted while it was in hand
        self._said: dict[str, None] = {}
        self._wake = self._deep_at = -math.inf
        self._trouble, self._wait, self._try_again = "", FIRST_WAIT, -math.inf
        self._fine = 0
        self._opened = False
        self._blind = False  # the trouble is that of looking
        self._threads = ThreadPoolExecutor(len(self.lanes), thread_name_prefix="lane")
        self.failed = False

    # -- what there is

    def scan(self) -> None:
        """Put everything that is to be looked at into the queue."""
        begin = time.monotonic()
        deep = begin >= self._deep_at
        self.rung, self._wake = False, math.inf
        try:
            path = scratch.file_of(self.course.db_url)
            if path is not None and not path.exists():
                raise Trouble(f"There is no gradebook at {path}.")
            with book.opened(self.course.db_url) as connection:
                there = book.assignments(connection)
                recorded = {name: book.times(connection, name) for name in there} if deep else {}
            if not self._opened:  # nbgrader adds the course to a gradebook that has none: two lanes would collide
                Gradebook(self.course.db_url, self.course.course_id or "default_course").close()
                self._opened = True
            known = [name for name in there if not self.wanted or name in self.wanted]
            self._scan_inbound(known, deep)
            self._scan_submitted(known, recorded, deep)
        except Exception as error:
            trouble = trouble_of(error, self.course.db_url)
            if not trouble and not isinstance(error, OSError):
                raise
            self._in_trouble(trouble or f"{error}.")
            self.rung = self._blind = True
            return
        if self._blind:
            self._blind = False
            self._go_on()
        if deep:
            self._deep_at = time.monotonic() + EVERY
            self._listen_at_folders()

    def _scan_inbound(self, known: list[str], deep: bool) -> None:
        if not self.inbound:
            return
        separators = {f"+{name}+": name for name in known}
        there: set[str] = set()
        found: dict[Key, dict[str, int]] = {}
        with contextlib.suppress(FileNotFoundError), os.scandir(self.inbound) as entries:
            for entry in entries:
                there.add(entry.name)
                sign = next((sign for sign in separators if sign in entry.name), None)
                if sign is None:
                    continue
                if not _is_name(entry.name.partition(sign)[0]) or not _is_name(entry.name):
                    self._say_once(f"{shown(entry.name)}: an odd name")
                    continue
                with contextlib.suppress(OSError):  # it is gone
                    about = entry.stat(follow_symlinks=False)
                    if self.state.inbound.get(entry.name) != about.st_ctime_ns and self._is_complete(entry.path, about):
                        key = separators[sign], entry.name.partition(sign)[0]
                        found.setdefault(key, {})[entry.name] = about.st_ctime_ns
        for key, names in found.items():
            self._want(key, names)
        if deep:
            self._unchanged = {path: seen for path, seen in self._unchanged.items() if os.path.basename(path) in there}
            gone = self.state.inbound.keys() - there
            if gone:
                self.state.forget(gone)

    def _is_complete(self, path: str, about: os.stat_result) -> bool:
        """Whether nothing more will come into a folder of inbound/: `nbgrader submit` makes it 0777 in the end; one
        that was made by hand is quiet for a while.
        """
        if not stat.S_ISDIR(about.st_mode):
            return True  # collecting says what is wrong with it
        if stat.S_IMODE(about.st_mode) & 0o777 == 0o777 and os.path.lexists(os.path.join(path, SECRET)):
            return True
        newest = about.st_ctime_ns
        with contextlib.suppress(OSError), os.scandir(path) as entries:
            for entry, _ in zip(entries, range(5000)):
                newest = max(newest, entry.stat(follow_symlinks=False).st_ctime_ns)
        if time.time() - newest / 1e9 >= QUIET:
            return True
        before, since = self._unchanged.get(path, (0, 0.0))
        if before != newest:
            self._unchanged[path] = (newest, time.monotonic())
        elif time.monotonic() - since >= QUIET:  # the disk's clock is ahead of this machine's
            return True
        self._wake = min(self._wake, time.monotonic() + QUIET / 4)
        return False

    def _scan_submitted(self, known: list[str], recorded: dict, deep: bool) -> None:
        for name in known:
            of_path = self.course.format_path(
                self.course.submitted_directory, "(?P<learner>.*)", re.escape(name), escape=True
            )
            pattern = re.compile(of_path, re.DOTALL)
            for path in glob.glob(self.course.format_path(self.course.submitted_directory, "*", name)):
                match = pattern.fullmatch(path)
                if not match or not _is_name(match["learner"]):
                    continue
                key = name, match["learner"]
                with contextlib.suppress(OSError):  # it is gone, or cannot be read; it is looked at again
                    about = os.lstat(path)
                    quick = about.st_ino, about.st_mtime_ns
                    row = self.state.rows.get(key)
                    lost = deep and row is not None and row.state != FAILED and key[1] not in recorded[name]
                    if not deep and self._quick.get(key) == quick:
                        continue
                    if row is None or row.state in (BEGUN, GRADED) or lost or row.signature != signature(path):
                        self._want(key, {})
                    elif row.state == WITHHELD and deep and self._is_due(key):  # every minute is often enough
                        self._want(key, {})
                    else:
                        self._quick[key] = quick

    def _is_due(self, key: Key) -> bool:
        """Whether the due date of a learner has passed."""
        with book.opened(self.course.db_url) as connection:
            due, extension = book.due_of(connection, *key)
        if due is None:
            return False
        return (due + (extension or timedelta())).replace(tzinfo=timezone.utc).timestamp() < time.time()

    def _want(self, key: Key, inbound: dict[str, int]) -> None:
        if key in self.busy:
            self._missed.add(key)
            return
        item = self.queue.setdefault(key, Item(key))
        item.inbound.update(inbound)
        row = self.state.rows.get(key)
        if row is not None and row.state not in (BEGUN, GRADED) and (inbound or row.state != WITHHELD):
            item.not_before = max(item.not_before, row.graded + 60 * self.options.pause_minutes)

    # -- doing it

    def dispatch(self) -> None:
        """Give what waits to free lanes: what came through the exchange first, then by age."""
        if time.monotonic() < self._try_again:
            return
        now = time.time()
        ready = [item for item in self.queue.values() if item.not_before <= now]
        ready.sort(key=lambda item: (item.troubles, self._is_slow(item), not item.inbound, item.since))
        for item in ready:
            if not self.free or self._trouble and self.busy:  # in trouble, one at a time
                break
            if self._is_slow(item) and len(self.free) == 1:
                continue
            lane = self.free.pop()
            self.busy[item.key] = self.queue.pop(item.key)
            self._threads.submit(self._in_lane, lane, item)

    def _is_slow(self, item: Item) -> bool:
        return self.seconds.get(item.key[1], 0.0) > SLOW

    def _in_lane(self, lane: Lane, item: Item) -> None:
        done = lane.serve(item)
        self.results.put((lane, done))
        self.bell.set()

    def take_results(self) -> None:
        """Say what was done, and free the lanes."""
        while True:
            try:
                lane, done = self.results.get_nowait()
            except Empty:
                return
            self.free.append(lane)
            self.busy.pop(done.item.key)
            if done.item.key in self._missed:
                self._missed.discard(done.item.key)
                self.rung = True
            self._take(done)

    def _take(self, done: Done) -> None:
        item = done.item
        for line in done.others:
            self._say_once(line)
        if done.trouble:
            item.troubles += 1
            if item.troubles >= GIVEN_UP and self._fine:
                self._leave_out(item, done.trouble)
                return
            self._in_trouble(done.trouble)
            self._put_back(item)
            return
        self._fine += 1
        if self._trouble and not self._blind:
            self._go_on()
        if done.later:
            item.not_before = time.time() + done.later
            self._put_back(item)
            return
        self.seconds[item.key[1]] = done.seconds
        self.failed |= done.failed
        if done.line:
            self._say(item.key, done.line)

    def _leave_out(self, item: Item, why: str) -> None:
        """One submission whose trouble is its own after all."""
        row = self.state.rows.get(item.key)
        try:
            if row is not None:
                self.state.finish(item.key, row.signature, FAILED, item.inbound)
            else:
                self.state.dealt_with(item.inbound)
        except sqlite3.Error as error:
            self._in_trouble(trouble_of(error, self.course.db_url))
            self._put_back(item)
            return
        self._say(item.key, f"left out, until it changes: {why}")
        self.failed = True

    def _put_back(self, item: Item) -> None:
        kept = self.queue.setdefault(item.key, item)
        kept.inbound.update(item.inbound)

    def _in_trouble(self, why: str) -> None:
        """Wait, longer each time, and say so once."""
        if why != self._trouble:
            print(f"{_now()} waiting: {printable(why)}", flush=True)
            self._wait = FIRST_WAIT
        else:
            self._wait = min(2 * self._wait, LONGEST_WAIT)
        self._trouble, self._fine = why, 0
        self._try_again = time.monotonic() + self._wait

    def _go_on(self) -> None:
        print(f"{_now()} going on", flush=True)
        self._trouble, self._wait, self._try_again, self.rung = "", FIRST_WAIT, -math.inf, True

    def _say(self, key: Key, line: str) -> None:
        print(f"{_now()} {printable(key[1])} {key[0]}: {line}", flush=True)

    def _say_once(self, line: str) -> None:
        if line not in self._said:
            if len(self._said) > 1000:
                self._said.clear()
            self._said[line] = None
            print(f"{_now()} {line}", flush=True)

    # -- the bell

    def _listen_at_folders(self) -> None:
        """Where something may appear: inbound/, submitted/ and each learner's folder in it; never what is inside."""
        submitted = os.path.join(self.course.root, self.course.submitted_directory)
        folders = {submitted, self.inbound}
        with contextlib.suppress(OSError), os.scandir(submitted) as entries:
            folders |= {entry.path for entry in entries if entry.is_dir(follow_symlinks=False)}
        found = frozenset(folder for folder in folders if folder and os.path.isdir(folder))
        if found != self.folders:
            self.folders = found
            self.moved.set()

    def _listen(self) -> None:
        """In a thread: ring at each event."""
        try:
            from watchfiles import watch
        except ImportError:
            while not self.stop:
                time.sleep(WITHOUT_BELL)
                self._ring()
            return
        while not self.stop:
            self.moved.clear()
            try:
                for _ in watch(
                    *self.folders,
                    watch_filter=None,
                    debounce=400,
                    stop_event=self.moved,
                    recursive=False,
                    force_polling=self.options.force_polling or None,
                    raise_interrupt=False,
                ):
                    self._ring()
            except (OSError, RuntimeError):  # a folder is gone, or there are more than the system can listen at
                time.sleep(WITHOUT_BELL)
            self._ring()  # for what came meanwhile

    def _ring(self) -> None:
        self.rung = True
        self.bell.set()

    # -- running

    def run(self) -> int:
        """Until a signal; never returns where something is still in hand then."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        self.scan()
        self._listen_at_folders()
        threading.Thread(target=self._listen, daemon=True).start()
        gap, last = 0.2, time.monotonic()
        while not self.stop:
            now = time.monotonic()
            if now >= self._try_again and (self.rung and now >= last + gap or now >= min(self._wake, self._deep_at)):
                self.scan()
                last = time.monotonic()
                gap = min(max(0.2, 5 * (last - now)), 5.0)  # looking takes a sixth of the time at most
                self._listen_at_folders()
            self.take_results()
            self.dispatch()
            if self.stop:
                break
            self.bell.wait(self._pause(last + gap))
            self.bell.clear()
        return self._ended()

    def _pause(self, next_scan: float) -> float:
        """Seconds until something is to be done without a ring."""
        now = time.monotonic()
        times = [self._wake, self._deep_at, next_scan if self.rung else math.inf]
        waiting = [item.not_before for item in self.queue.values() if item.not_before > time.time()]
        times += [now + min(waiting) - time.time()] if waiting else []
        if self._try_again > now:
            times = [self._try_again]
        return max(0.05, min(min(times) - now, EVERY))

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.stop = True
        self.moved.set()
        self.bell.set()

    def _ended(self) -> int:
        """Let what is in hand finish for a moment. What does not is taken up by the next run: it is recorded wholly or
        not at all.
        """
        end = time.monotonic() + AT_THE_END
        while self.busy and time.monotonic() < end:
            self.bell.wait(0.2)
            self.bell.clear()
            self.take_results()
        left = f"; {listed(key[1] for key in self.busy)} will be graded by the next run" if self.busy else ""
        print(f"{_now()} ended{left}", flush=True)
        if self.busy:  # a thread cannot be stopped; workers end with this process
            sys.stderr.flush()
            os._exit(0)
        self.close()
        return 0

    def once(self) -> int:
        """All that is there now: for cron."""
        self.scan()
        while not self._trouble:
            self.take_results()
            self.dispatch()
            now = time.time()
            if not self.busy and not any(item.not_before <= now + 10 for item in self.queue.values()):
                break
            self.bell.wait(0.5)
            self.bell.clear()
        while self.busy:
            self.bell.wait(0.5)
            self.bell.clear()
            self.take_results()
        self.close()
        return 1 if self.failed or self._trouble else 0

    def close(self) -> None:
        """End the workers, and leave the state as it is."""
        self._threads.shutdown()
        for lane in self.lanes:
            lane.pool.close()
        self.state.close()


def _is_name(text: str) -> bool:
    """Whether this can be a learner's id, and be written down."""
    with contextlib.suppress(UnicodeEncodeError):
        return bool(text.encode("utf-8")) and not text.startswith(".")
    return False


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S")


def _assert_watchable(app: NbGrader, wanted: list[str]) -> None:
    """One sentence for a class that cannot be watched."""
    from nbgrader.apps import api

    if not issubclass(api.Autograde, ProctorAutograde) or not Proctor(parent=app).enabled:
        raise ClassroomError(
            "classroom watch grades with proctor: nobody looks on, so learners' code needs walls. Write `import "
            "proctor` and `proctor.install(c)` into nbgrader_config.py."
        )
    if wanted and (scratch.file_of(app.coursedir.db_url) or Path(".")).exists():
        with book.opened(app.coursedir.db_url) as connection:
            known = book.assignments(connection)
        for name in wanted:
            if name not in known:
                raise ClassroomError(unknown("assignment", name, list(known)))


def main(arguments: list[str]) -> int:
    """See `classroom watch --help`."""
    parser = argparse.ArgumentParser(
        prog="classroom watch", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("assignment", nargs="*", help="only these; all that the gradebook has if none is named")
    parser.add_argument("--once", action="store_true", help="do what there is to do, and end: for cron")
    options = parser.parse_args(arguments)
    app = settings.of_folder(".")
    _assert_watchable(app, options.assignment)
    os.chdir(app.coursedir.root)
    os.makedirs(app.coursedir.submitted_directory, exist_ok=True)
    refusal = "Another `classroom watch` is at work in this class; one is enough."
    with alone(private(app.coursedir.root) / "watch.lock", refusal):
        watcher = Watcher(app, options.assignment)
        if options.once:
            return watcher.once()
        places = [place for place in (watcher.inbound, app.coursedir.submitted_directory) if place]
        print(f"{_now()} watching {' and '.join(places)}, {len(watcher.lanes)} at a time", flush=True)
        return watcher.run()
