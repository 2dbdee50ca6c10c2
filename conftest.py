"""How all tests run together: twice as many at once as there are cores, what shares a graded class in one process, the
long ones first; at the end, what took long and what was skipped.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: in small products several threads only wait

import re
from collections import Counter
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from proctor.plugin import access
from proctor.tests import needs

access.find_programs()  # for tests that open a gradebook

# The tail of a run is as long as what begins last, so these begin first, the longest of all at the top.
LONG = (
    "test_attacks.py",
    "test_chain.py",
    "test_term.py",
    "test_practice.py",
    "test_commands.py",
    "test_plugin_runs.py",
    "test_formgrader.py",
    "test_start.py",
    "test_limits.py",
    "test_honest.py",
    "test_regrade.py",
    "test_calibrate.py",
    "test_room.py",
    "test_student.py",
    "test_setup.py",
)
# Its tests share nothing but a notebook that has been run, a topic each: every topic may go to another process.
SPLIT = "test_course.py"
# Tests that share nothing that takes long to make: each may go to another process.
ALONE = ("test_commands.py", "test_limits.py", "test_plugin_runs.py")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """The configuration of a class sets the seed of its term for all that its process grades; here others follow."""
    os.environ.pop("COURSE_SEED", None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """For ``-n auto``. Many tests wait (rooms that sleep, servers that start), and none looks at the clock on the wall:
    limits count CPU time. So a core has work for two.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 2 * cores


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(
        key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG)
    )  # stable: the order within a file is kept


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """What belongs together goes to one process. (The marks of ``--dist loadgroup`` have no effect since pytest 9.)"""
    return Together(config, log)


class Together(LoadScopeScheduling):
    """Hands out tests by group."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def group(nodeid: str) -> str:
    """A file and, where its tests may go to several processes, the topic or the test."""
    file = nodeid.partition("::")[0].rpartition("/")[2]
    if file in ALONE:
        return nodeid
    topic = re.search(r"\[([a-z]+)", nodeid) if file == SPLIT else None
    return f"{file} {topic[1]}" if topic else file


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """A test that proctor refused to grade for, because this machine gives root no room, is skipped."""
    report = yield
    if (
        report.failed
        and needs.NO_ROOM
        and needs.REFUSED in f"{report.longreprtext}{report.capstderr}{report.capstdout}{report.caplog}"
    ):
        report.outcome = "skipped"
        report.longrepr = (
            str(item.path),
            item.location[1] or 0,
            f"nothing can be graded by root here ({needs.NO_WALLS}): apt-get install bubblewrap",
        )
    return report


def pytest_terminal_summary(terminalreporter) -> None:
    """The ten files that took longest, in seconds of their tests and fixtures."""
    seconds: Counter = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[report.nodeid.partition("::")[0]] += report.duration
    if len(seconds) > 1:
        terminalreporter.write_sep("=", "the slowest files")
        for file, took in seconds.most_common(10):
            terminalreporter.write_line(f"{took:7.1f}s {file}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """The very last line: what was skipped, and why."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter and not hasattr(config, "workerinput") and not config.option.collectonly:
        reporter.write_line(skipped(reporter.stats.get("skipped", [])))


def skipped(reports: list) -> str:
    """One sentence."""
    reasons: Counter = Counter()
    for report in reports:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[re.sub(r"^Skipped: ", "", reason)] += 1
    if not reasons:
        return "No test was skipped."
    return (
        "Skipped: "
        + "; ".join(f"{count} {'test' if count == 1 else 'tests'}: {reason}" for reason, count in reasons.most_common())
        + "."
    )
