"""`classroom forget LEARNER`: delete everything there is about one person in the class: gradebook and its copies,
submissions, feedback, the exchange, logs. First it shows what; --apply does it.

Safe to repeat: the gradebook, which knows the name, comes last.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import sqlalchemy
from nbgrader.utils import notebook_hash

from classroom import book, scratch
from classroom.exceptions import Class, who
from classroom.regrade import alone
from classroom.report.page import write
from classroom.words import amount, listed

STEPS = ("submitted", "autograded", "feedback")
# Nothing about a learner; or looked at apart; or what others handed in, in which nothing is changed.
NOT_SEARCHED = {"source", "release", "exchange", "older", ".git", ".venv", "__pycache__", *STEPS}
TEXTS = {".md", ".log", ".txt", ".json", ".jsonl"}
GONE = "(forgotten)"


class Remains(NamedTuple):
    """Something about the person: what it is, and how it goes away."""

    what: str
    remove: Callable[[], object]


def main(arguments: list[str]) -> int:
    """See `classroom forget --help`."""
    parser = argparse.ArgumentParser(
        prog="classroom forget", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("learner", help="the id")
    parser.add_argument("--apply", action="store_true", help="delete it; there is no way back")
    options = parser.parse_args(arguments)
    of = Class()
    learner = of.learners.get(options.learner)
    found = list(remains(of, learner or book.Learner(options.learner, "", "", "", "")))
    if learner is None and not found:
        of.learner(options.learner)  # raises, with the nearest name
    name = who(learner) if learner else options.learner
    if options.apply:
        scratch.assert_free(of.url)
        with alone(of.root):
            for one in found:
                one.remove()
                print(f"  {one.what}: deleted", flush=True)
        print(f"{name}: everything above is gone. Made again without them: reports and exports (`classroom export`).")
    else:
        print(f"{name}: this would be deleted; nothing has been changed.")
        print(*(f"  {one.what}" for one in found), sep="\n")
        print(f"To do it: classroom forget {options.learner} --apply. There is no way back.")
    downloads = sorted(str(path.relative_to(of.root)) for path in of.root.glob("downloaded/**/*.zip"))
    print(
        "Not looked into: what you downloaded or copied elsewhere, backups, and the LMS itself"
        + (f"; here {listed(downloads, 3)}" if downloads else "")
        + "."
    )
    return 0


def remains(of: Class, learner: book.Learner) -> Iterator[Remains]:
    """Everything that there is about a person, the gradebook last."""
    folders = list(_folders(of, learner.id))
    yield from _in_the_exchange(of, learner.id, folders)
    for path in folders:
        count = sum(one.is_file() for one in path.rglob("*"))
        yield Remains(f"{_shown(of, path)} ({amount(count, 'file')})", partial(_remove_folder, path))
    main_file = scratch.file_of(of.url)
    inside = {path.resolve() for path in folders}
    for path in sorted(of.root.rglob("*")):
        parts = path.relative_to(of.root).parts
        if NOT_SEARCHED & set(parts) or not path.is_file() or path.is_symlink() or inside & set(path.resolve().parents):
            continue
        if path.suffix == ".db" and (main_file is None or path.resolve() != main_file.resolve()):
            yield from _in_a_copy(of, path, learner.id)
        elif path.suffix == ".csv":
            yield from _in_a_table(of, path, learner)
        elif path.suffix in TEXTS or path.suffix == ".html":
            yield from _in_a_text(of, path, learner)
    counts = _rows(of.url, learner.id)
    if counts:
        yield Remains(f"the gradebook ({counts})", lambda: book.forget(of.url, learner.id))


def _shown(of: Class, path: Path) -> str:
    return str(path.relative_to(of.root)) if of.root in path.parents else str(path)


def _folders(of: Class, learner: str) -> Iterator[Path]:
    """Of each step one for each assignment, what `collect` put aside, and what it unpacked, which it makes again."""
    course, seen = of.app.coursedir, set()
    for step in STEPS:
        for name in of.due:
            path = Path(course.format_path(getattr(course, f"{step}_directory"), learner, name))
            folder = path.parent if path.parent.name == learner else path
            if folder.is_dir() and folder not in seen:
                seen.add(folder)
                yield folder
    for path in sorted((of.root / "downloaded").glob("*")):
        if (path / "older" / learner).is_dir():
            yield path / "older" / learner
        if (path / "extracted").is_dir() and any((path / "extracted").iterdir()):
            yield path / "extracted"


def _remove_folder(path: Path) -> None:
    shutil.rmtree(path)
    if path.name == "extracted":
        path.mkdir()


def _in_the_exchange(of: Class, learner: str, folders: list[Path]) -> Iterator[Remains]:
    root = Path(str(of.app.config.Exchange.get("root", "/usr/local/share/nbgrader/exchange")))
    place = root / str(of.app.coursedir.course_id)
    inbound = sorted(path for path in place.glob("inbound/*") if path.name.split("+")[0] == learner)
    names = {path.stem for path in (of.root / "release").glob("*/*.ipynb")}
    pages = []
    for secret in {path for folder in folders for path in folder.rglob("submission_secret.txt")}:
        text = secret.read_text(encoding="utf-8", errors="replace")
        pages += [place / "feedback" / f"{notebook_hash(secret=text, notebook_id=name)}.html" for name in names]
    pages = sorted({path for path in pages if path.is_file()})
    if inbound:
        yield Remains(f"{amount(len(inbound), 'submission')} in the exchange", partial(_each, shutil.rmtree, inbound))
    if pages:
        yield Remains(f"{amount(len(pages), 'feedback page')} in the exchange", partial(_each, Path.unlink, pages))


def _each(remove: Callable[[Path], object], paths: list[Path]) -> None:
    for path in paths:
        remove(path)


def _rows(url: str, learner: str) -> str:
    """What a gradebook has of a learner, in words; "" for nothing."""
    with book.opened(url) as connection:
        tables = sqlalchemy.inspect(connection).get_table_names()
        if "student" not in tables or learner not in {one.id for one in book.learners(connection)}:
            return ""
        submissions = sum(one.learner == learner for one in book.submissions(connection))
        marks = sum(one.learner == learner for one in book.marks(connection))
    return f"{amount(submissions, 'submission')}, {amount(marks, 'grade')}"


def _in_a_copy(of: Class, path: Path, learner: str) -> Iterator[Remains]:
    """A copy of the gradebook, as `regrade` and a second grader make them."""
    try:
        counts = _rows(f"sqlite:///{path}", learner)
    except (sqlalchemy.exc.SQLAlchemyError, sqlite3.Error):
        return  # another program's
    if counts:
        yield Remains(f"{_shown(of, path)} ({counts})", lambda: book.forget(f"sqlite:///{path}", learner))


def _in_a_table(of: Class, path: Path, learner: book.Learner) -> Iterator[Remains]:
    """Rows in which a cell is the learner's id, address or name."""
    text = path.read_bytes().decode("utf-8-sig", errors="surrogateescape")  # with its own line ends
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    theirs = _called(learner)
    kept = [row for row in rows if not theirs & {cell.strip().lstrip("'").casefold() for cell in row}]
    if len(kept) == len(rows):
        return

    def remove() -> None:
        out = io.StringIO(newline="")
        newline = "\r\n" if first.endswith("\r") else "\n"
        csv.writer(out, delimiter=delimiter, lineterminator=newline).writerows(kept)
        bom = "\ufeff" if path.read_bytes().startswith(b"\xef\xbb\xbf") else ""
        write(path, (bom + out.getvalue()).encode("utf-8", errors="surrogateescape"))

    yield Remains(f"{amount(len(rows) - len(kept), 'row')} of {_shown(of, path)}", remove)


def _called(learner: book.Learner) -> set[str]:
    first, last = learner.first_name, learner.last_name
    names = {f"{first} {last}", f"{last}, {first}", f"{first} {last} ({learner.id})"} if first and last else set()
    return {name.casefold() for name in (learner.id, learner.email, learner.lms_user_id, *names) if name}


def _in_a_text(of: Class, path: Path, learner: book.Learner) -> Iterator[Remains]:
    """Lines of logs, in which the name is struck out; a page of HTML goes as a whole, since it can be made again."""
    # One or two letters are words of their own too.
    called = [name for name in _called(learner) if len(name) > 2 or name.isdigit() and len(name) > 1]
    longest_first = "|".join(re.escape(name) for name in sorted(called, key=len, reverse=True)) or "(?!)"
    pattern = re.compile(rf"(?<![\w@.-])(?:{longest_first})(?![\w@-])", re.IGNORECASE)
    text = path.read_bytes().decode("utf-8", errors="surrogateescape")
    count = len(pattern.findall(text))
    if not count:
        return
    if path.suffix == ".html":
        yield Remains(f"{_shown(of, path)}, which names them", path.unlink)
        return
    yield Remains(
        f"{count} times in {_shown(of, path)}",
        lambda: write(path, pattern.sub(GONE, text).encode("utf-8", errors="surrogateescape")),
    )
