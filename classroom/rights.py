"""Who may read and write what where learners have accounts on the machine: exchange, homes, class and course."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from classroom.words import listed

READ, WRITE, PASS = 0o4, 0o2, 0o1
SHARED = 0o1777
# The folders of a course in the exchange, as nbgrader makes them, and inbound/ with the sticky bit: nobody removes or
# renames what somebody else has handed in.
PLACES = {"": 0o755, "outbound": 0o755, "inbound": 0o3733, "feedback": 0o711}
PEOPLE = range(1000, 60000)  # the numbers of accounts that belong to people, and not to the system


class Finding(NamedTuple):
    """What is wrong, as a sentence, and the command that puts it right."""

    what: str
    do: str


def shared(root: Path, class_folder: Path) -> bool:
    """Whether an exchange is meant for several accounts: it lies outside the class."""
    return sys.platform != "win32" and class_folder not in (root, *root.parents)


def exchange(root: Path) -> Finding | None:
    """The folder that all may write to, and in which nobody may rename what belongs to somebody else."""
    mode = stat.S_IMODE(root.stat().st_mode)
    if mode & SHARED != SHARED:
        why = (
            "whoever has an account can rename or replace the folder of a course in it"
            if mode & WRITE
            else "learners cannot fetch and hand in there"
        )
        return Finding(f"The exchange {root} has the rights {mode:04o}: {why}", f"chmod 1777 {root}")
    for parent in root.parents:
        if not parent.stat().st_mode & PASS:
            return Finding(f"The exchange {root} is out of learners' reach, behind {parent}", f"chmod o+x {parent}")
    return None


def make_course(root: Path, course_id: str) -> None:
    """The folders of a course in the exchange, before a learner makes them and owns them. What is there stays."""
    for name, mode in PLACES.items():
        place = root / course_id / name
        if not place.exists():
            place.mkdir()
            place.chmod(mode)


def course(root: Path, course_id: str, owner: int) -> Iterator[Finding]:
    """The folders of a course in the exchange: the grader's own, and no wider than they must be.

    Parameters
    ----------
    root : Path
        The exchange.
    course_id : str
    owner : int
        The number of the account that owns the class.
    """
    for name, wanted in PLACES.items():
        place = root / course_id / name
        if not place.is_dir():
            continue
        about = place.stat()
        mode = stat.S_IMODE(about.st_mode)
        if about.st_uid != owner:
            yield Finding(
                f"{place} belongs to {account(about.st_uid)}, who can read and replace all that is in it",
                f"chown -R {account(owner)} {place}",
            )
        elif wide := mode & ~wanted & 0o007:
            may = [word for bit, word in ((READ, "list"), (WRITE, "write to"), (PASS, "pass through")) if wide & bit]
            yield Finding(
                f"Everybody may {' and '.join(may)} {place} (rights {mode:04o})", f"chmod {wanted:04o} {place}"
            )
        elif wanted & stat.S_ISVTX and not mode & stat.S_ISVTX:
            yield Finding(
                f"Whoever knows the name of a submission in {place} can remove it (rights {mode:04o})",
                f"chmod +t {place}",
            )


def is_open(folder: Path) -> bool:
    """Whether other people's accounts can read in a folder: it lets them, and so do all folders above."""
    return _lets(folder, READ | WRITE | PASS) and all(_lets(parent, PASS) for parent in folder.parents)


def folder(what: str, path: Path) -> Finding | None:
    """One that learners must not see."""
    if not is_open(path):
        return None
    mode = stat.S_IMODE(path.stat().st_mode)
    return Finding(f"Learners with accounts here can read {what} {path} (rights {mode:04o})", f"chmod 700 {path}")


def homes() -> Finding | None:
    """Homes that others can read: with the secret of a submission, which lies there, they have its feedback."""
    import pwd

    found = []
    for one in pwd.getpwall():
        home = Path(one.pw_dir)
        if one.pw_uid in PEOPLE and home.is_dir() and home.stat().st_uid == one.pw_uid and is_open(home):
            found.append(str(home))
    if not found:
        return None
    return Finding(
        f"Homes that other accounts can read, drafts and secrets of submissions too: {listed(sorted(found))}",
        f"chmod 700 {' '.join(sorted(found))}",
    )


def account(number: int) -> str:
    """The name of an account, or its number."""
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _lets(path: Path, rights: int) -> bool:
    """Whether people other than the owner have one of these rights: as others, or by a group that they are in."""
    about = path.stat()
    return bool(about.st_mode & rights or about.st_mode & rights << 3 and _shares_group(about.st_gid, about.st_uid))


def _shares_group(group: int, owner: int) -> bool:
    import grp
    import pwd

    try:
        members = set(grp.getgrgid(group).gr_mem)
    except KeyError:
        members = set()
    return any(
        one.pw_uid in PEOPLE and one.pw_uid != owner and (one.pw_gid == group or one.pw_name in members)
        for one in pwd.getpwall()
    )


def is_mine(path: Path) -> bool:
    """Whether the account that runs this owns a folder, or may take it over."""
    return os.geteuid() in (0, path.stat().st_uid)
