"""Reading a submitted folder without trusting it, and writing a graded one in one step."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import re
import shutil
import stat
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from .salvage import looks_like_a_notebook

MAX_SEEN = 100_000  # entries of a submission that are looked at
MAX_NOTEBOOKS = 100  # beside the expected ones
MAX_LOOKS = 20
MAX_DEPTH, MAX_PATH = (
    30,
    1000,
)  # folders in each other, characters: deeper or longer, and a copy elsewhere may not be possible
LARGE = 4 * 1024**2  # bytes of a file from which on its content does not count for what was graded
TAIL = 200_000  # bytes at the end of a graded notebook that have proctor's words about it
OURS = ("timestamp.txt", ".received.json")  # at the top of a submission: about it, not of it; see `received`


@dataclass
class Folder:
    """The plain files of one submission, by relative path with '/'."""

    notebooks: dict = field(
        default_factory=dict
    )  # path -> bytes, or a sentence saying why it was not read; whatever the name ends in
    files: dict = field(default_factory=dict)  # path -> bytes
    looks: list = field(default_factory=list)
    unsaid: int = 0  # looks beyond MAX_LOOKS

    def look(self, sentence: str) -> None:
        """Note what a grader should see; thousands of such files are summed up in a few lines."""
        if len(self.looks) < MAX_LOOKS:
            self.looks.append(sentence)
        else:
            self.unsaid += 1


def read_folder(
    root: str,
    ignore: list,
    max_notebook: int,
    max_files: int,
    max_bytes: int,
    expected: tuple = (),
    given: bool = False,
) -> Folder:
    """Read regular files only: no links, devices, pipes; bounded in number and size.

    What is graded comes first and has room of its own, so that nothing else in the folder can push it out: the expected
    names, then other
    notebooks, small ones first, then other files, those at the top first.

    Parameters
    ----------
    max_notebook : int
        Bytes of one notebook; the others together may have twice as much.
    max_files, max_bytes : int
        Of all other files.
    expected : tuple of str
        The names of the assignment's notebooks.
    given : bool
        The folder is the instructor's own: links to files are followed.
    """
    folder = Folder()
    if os.path.islink(root) or not os.path.isdir(root):
        folder.looks.append("The submission is not a folder, so nothing in it was read.")
        return folder
    owner = os.lstat(root).st_uid
    notebooks, files, links = _listed(root, ignore, expected, folder, given)
    for name in expected:
        path = os.path.join(root, name)
        if os.path.lexists(path) and not os.path.isdir(path):
            folder.notebooks[name] = read_plain_file(path, max_notebook)
            _look_at_links(path, name, owner, links, folder)
    left = 2 * max_notebook
    for relative in notebooks[:MAX_NOTEBOOKS]:
        content = read_plain_file(os.path.join(root, *relative.split("/")), min(max_notebook, left))
        folder.notebooks[relative] = content
        left -= len(content)
        _look_at_links(os.path.join(root, *relative.split("/")), relative, owner, links, folder)
    if len(notebooks) > MAX_NOTEBOOKS:
        folder.look(f"There are {len(notebooks)} other notebooks; {MAX_NOTEBOOKS} were read.")
    left = max_bytes
    for relative in files[:max_files]:
        path = os.path.join(root, *relative.split("/"))
        content = (
            "has another name elsewhere (a hard link)"
            if not given and _is_linked(path, owner, links)
            else read_plain_file(path, left, follow=given)
        )
        if isinstance(content, bytes):
            folder.files[relative] = content
            left -= len(content)
            if (
                not given
                and len(folder.notebooks) < MAX_NOTEBOOKS
                and len(content) <= max_notebook
                and looks_like_a_notebook(content)
            ):
                folder.notebooks[relative] = content  # 'numbers.ipynb.txt', 'numbers.json', no ending at all
        else:
            folder.look(f"{shown(relative)} {content} and was left out.")
    if len(files) > max_files:
        folder.look(f"There are more than {max_files} files; the rest were left out.")
    if folder.unsaid:
        folder.looks.append(f"{folder.unsaid} more were left out.")
    return folder


def holds_a_notebook(path: str | Path, limit: int = 25 * 1024**2) -> bool:
    """Whether a file is called a notebook, or holds one whatever it is called, such as 'numbers.ipynb.txt'."""
    if str(path).lower().endswith(".ipynb"):
        return True
    content = read_plain_file(str(path), limit)
    return isinstance(content, bytes) and looks_like_a_notebook(content)


def digest_of(root: str, ignore: list) -> str:
    """A digest of everything in a submission: the same wherever it lies and whenever it was copied. Of large
    files only the size counts.
    """
    if os.path.islink(root) or not os.path.isdir(root):
        return ""
    notebooks, files, _ = _listed(root, ignore, (), Folder(), given=False)
    whole = hashlib.sha256()
    for relative in sorted(notebooks + files):
        path = os.path.join(root, *relative.split("/"))
        content = read_plain_file(path, LARGE)
        whole.update(
            repr(
                (
                    relative,
                    hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else os.lstat(path).st_size,
                )
            ).encode("utf-8", "backslashreplace")
        )
    return whole.hexdigest()


def graded_digest(path: str) -> str:
    """The same of what was graded, from a notebook in autograded/; "" if it does not tell."""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
            found = re.findall(rb'"submission": "([0-9a-f]{64})"', file.read())
    except OSError:
        return ""
    return found[-1].decode() if found else ""


def is_replaced(submitted: str, graded: str, ignore: list, names: tuple = ()) -> bool:
    """Whether the files of a submission are not those that were graded, whatever their times say.

    Parameters
    ----------
    submitted, graded : str
        The folders in submitted/ and autograded/.
    names : tuple of str
        Only of these notebooks; all that there are if empty.
    """
    paths = [os.path.join(graded, name + ".ipynb") for name in names] or sorted(map(str, Path(graded).glob("*.ipynb")))
    known = {graded_digest(path) for path in paths} - {""}
    return bool(known) and known != {digest_of(submitted, ignore)}


def _listed(root: str, ignore: list, expected: tuple, folder: Folder, given: bool) -> tuple:
    """Return (other notebooks, other files, in the order in which they are read; how many names in the submission
    each hard-linked file has).
    """
    notebooks = []
    files = []
    links: dict = {}
    seen = 0
    left = [""]
    for inside in left:  # grows: level by level, so that what lies deep comes last
        try:
            with os.scandir(os.path.join(root, inside)) as entries:
                names = []
                for entry in entries:
                    seen += 1
                    if seen > MAX_SEEN:
                        break
                    names.append(entry)
        except OSError:  # the path is too long, or there is no permission
            folder.look(f"{shown(inside)} cannot be read and was left out.")
            continue
        for entry in sorted(names, key=lambda entry: entry.name):
            name, relative = entry.name, f"{inside}{entry.name}"
            if (
                _ignored(name, ignore)
                or not inside
                and (name in OURS or name in expected and not entry.is_dir(follow_symlinks=False))
            ):
                continue
            about = entry.stat(follow_symlinks=False)
            if about.st_nlink > 1:
                links[about.st_dev, about.st_ino] = links.get((about.st_dev, about.st_ino), 0) + 1
            if len(relative) > MAX_PATH or relative.count("/") > MAX_DEPTH:
                folder.look(f"{shown(relative)} lies too deep and was left out.")
            elif entry.is_dir(follow_symlinks=False):
                if name.lower().endswith(".ipynb"):
                    folder.look(f"{shown(relative)} is a folder, not a notebook.")
                left.append(relative + "/")
            elif name.lower().endswith(".ipynb"):
                notebooks.append((about.st_size, relative))
            elif entry.is_symlink() and not (given and entry.is_file()):
                folder.look(f"{shown(relative)} is a link and was left out.")
            else:
                files.append(relative)
        if seen > MAX_SEEN:
            folder.look(f"There are more than {MAX_SEEN} entries; the rest were ignored.")
            break
    return [relative for _, relative in sorted(notebooks)], files, links


def _is_linked(path: str, owner: int, links: dict) -> bool:
    """Whether a file has a name outside the submission, or is somebody else's that was linked here."""
    try:
        about = os.lstat(path)
    except OSError:
        return False
    return about.st_nlink > 1 and (about.st_uid != owner or about.st_nlink > links.get((about.st_dev, about.st_ino), 1))


def _look_at_links(path: str, relative: str, owner: int, links: dict, folder: Folder):
    """A notebook with another name elsewhere is somebody else's, which is not read, or from a backup made with
    links, which is.
    """
    if isinstance(folder.notebooks[relative], bytes) and _is_linked(path, owner, links):
        if os.lstat(path).st_uid != owner:
            folder.notebooks[relative] = "belongs to somebody else (a hard link)"
        folder.look(
            f"{shown(relative)} has another name elsewhere (a hard link), as in a backup made with links; look whose "
            "it is."
        )


def shown(name: str) -> str:
    """A file's name for a terminal or a log: no control characters, not endless."""
    text = printable(name.encode("utf-8", "backslashreplace").decode())
    return f"'{text}'" if len(text) <= 120 else f"'{text[:100]}...'"


def printable(text: str) -> str:
    """The text with whatever a terminal would obey in place of showing it as an escape."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def read_plain_file(path: str, limit: int, follow: bool = False) -> bytes | str:
    """Return a regular file's content, or the reason for not reading it; `follow` opens what a link points to."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return "has a name that is not UTF-8"
    try:  # O_NONBLOCK: opening a pipe must not wait for a writer
        nofollow = 0 if follow else getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(path, os.O_RDONLY | nofollow | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError:
        return "is a link or cannot be read"
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode):
        os.close(handle)
        return "is not a plain file"
    with os.fdopen(handle, "rb") as file:
        if about.st_size > limit:
            return f"is too large ({about.st_size / 1024**2:.0f} MB)"
        content = file.read(limit + 1)
    return content if len(content) <= limit else "is too large"


def merged(files: dict, own: dict) -> dict:
    """The learner's files and ours in one folder; where both cannot be there, such as a file where we have a folder,
    ours are.
    """
    ours = set(own).union(*map(_parents, own))
    return {
        **{path: content for path, content in files.items() if path not in ours and not _parents(path) & set(own)},
        **own,
    }


def _parents(path: str) -> set[str]:
    """The folders that a relative path lies in."""
    return {"/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 1)}


class Staging:
    """A graded folder being written: hidden beside its place until `publish`.

    `withdraw` moves the old folder away before the gradebook commits, `publish` moves the new one in after it. So a
    folder at its place
    always means grades in the gradebook, and a run that is killed between the two leaves no folder and is graded again.
    """

    def __init__(self, place: str):
        self.place = place
        parent, name = os.path.split(place)
        os.makedirs(parent, exist_ok=True)
        self.new = os.path.join(parent, f".{name}.{uuid.uuid4().hex}.new")
        self.old = self.new[:-3] + "old"

    def write(self, files: dict, mode: int, keep: bool) -> None:
        """Write the files, read-only if so configured; `keep` starts from what is at the place now (for
        `--notebook`).
        """
        if keep and os.path.isdir(self.place):
            shutil.copytree(self.place, self.new)
        os.makedirs(self.new, exist_ok=True)
        for relative, content in files.items():
            path = os.path.join(self.new, *relative.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if os.path.lexists(path):
                os.remove(path)
            with open(path, "wb") as file:
                file.write(content)
            os.chmod(path, mode)

    def withdraw(self) -> None:
        if os.path.lexists(self.place):
            os.rename(self.place, self.old)

    def publish(self) -> None:
        for _ in range(10):
            try:
                os.rename(self.new, self.place)
                break
            except OSError:  # another run has just published its own
                shutil.rmtree(self.old, ignore_errors=True)
                self.withdraw()
        remove_tree(self.old)

    def discard(self) -> None:
        remove_tree(self.new)
        if os.path.isdir(self.old) and not os.path.lexists(self.place):
            os.rename(self.old, self.place)


def remove_leavings(place: str, age: float = 86400) -> None:
    """Remove what a killed run left beside a place, once it is surely no longer in use."""
    parent, name = os.path.split(place)
    if not os.path.isdir(parent):
        return
    now = datetime.now().timestamp()
    for path in Path(parent).glob(f".{name}.*"):
        if path.suffix in (".new", ".old") and now - path.stat().st_ctime > age:
            remove_tree(str(path))


def remove_tree(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.remove(path)


def _ignored(name: str, patterns: list) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)
