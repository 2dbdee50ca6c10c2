"""Reading a submitted folder without trusting it, and writing a graded one in one step."""

from __future__ import annotations

import fnmatch
import os
import shutil
import stat
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

OURS = ("timestamp.txt", ".received.json")  # at the top of a submission: about it, not of it; see `received`


@dataclass
class Folder:
    """The plain files of one submission, by relative path with '/'."""

    notebooks: dict = field(default_factory=dict)  # path -> bytes, or a sentence saying why it was not read
    files: dict = field(default_factory=dict)      # path -> bytes
    looks: list = field(default_factory=list)


def read_folder(root: str, ignore: list, max_notebook: int, max_files: int, max_bytes: int) -> Folder:
    """Read regular files only: no links, devices, pipes; bounded in number and size.

    Parameters
    ----------
    max_notebook, max_bytes : int
        Bytes of one notebook, twice of which is the most for all; bytes of all other files.
    """
    folder = Folder()
    if os.path.islink(root) or not os.path.isdir(root):
        folder.looks.append("The submission is not a folder, so nothing in it was read.")
        return folder
    total, count, notebooks_left = 0, 0, 2 * max_notebook
    for directory, names, files in os.walk(root):
        for name in sorted(names):
            path = os.path.join(directory, name)
            if os.path.islink(path):
                folder.looks.append(f"'{_relative(path, root)}' is a link and was left out.")
            elif name.endswith(".ipynb"):
                folder.looks.append(f"'{_relative(path, root)}' is a folder, not a notebook.")
        names[:] = sorted(n for n in names if not _ignored(n, ignore) and not os.path.islink(os.path.join(directory, n)))
        for name in sorted(files):
            if _ignored(name, ignore) or (directory == root and name in OURS):
                continue
            path = os.path.join(directory, name)
            relative = _relative(path, root)
            count += 1
            if count > max_files:
                folder.looks.append(f"There are more than {max_files} files; the rest were left out.")
                return folder
            is_notebook = name.lower().endswith(".ipynb")
            limit = min(max_notebook, notebooks_left) if is_notebook else max_bytes - total
            content = read_plain_file(path, limit)
            if isinstance(content, str) and not is_notebook:
                folder.looks.append(f"'{relative}' {content} and was left out.")
            if is_notebook:
                folder.notebooks[relative] = content
                notebooks_left -= len(content)
            elif isinstance(content, bytes):
                folder.files[relative] = content
                total += len(content)
    return folder


def read_plain_file(path: str, limit: int) -> bytes | str:
    """Return a regular file's content, or the reason for not reading it."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return "has a name that is not UTF-8"
    try:  # O_NONBLOCK: opening a pipe must not wait for a writer
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
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
    """The learner's files and ours in one folder; where both cannot be there, such as a file where we have a folder, ours are."""
    ours = set(own) | {"/".join(path.split("/")[:depth]) for path in own for depth in range(1, path.count("/") + 1)}
    parents = lambda path: {"/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 1)}
    return {**{path: content for path, content in files.items() if path not in ours and not parents(path) & set(own)}, **own}


class Staging:
    """A graded folder being written: hidden beside its place until `publish`.

    `withdraw` moves the old folder away before the gradebook commits, `publish` moves the new one in after it. So a folder at its place
    always means grades in the gradebook, and a run that is killed between the two leaves no folder and is graded again.
    """

    def __init__(self, place: str):
        self.place = place
        parent, name = os.path.split(place)
        os.makedirs(parent, exist_ok=True)
        self.new = os.path.join(parent, f".{name}.{uuid.uuid4().hex}.new")
        self.old = self.new[:-3] + "old"

    def write(self, files: dict, mode: int, keep: bool):
        """Write the files, read-only if so configured; `keep` starts from what is at the place now (for `--notebook`)."""
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

    def withdraw(self):
        if os.path.lexists(self.place):
            os.rename(self.place, self.old)

    def publish(self):
        for _ in range(10):
            try:
                os.rename(self.new, self.place)
                break
            except OSError:  # another run has just put its own there
                shutil.rmtree(self.old, ignore_errors=True)
                self.withdraw()
        remove_tree(self.old)

    def discard(self):
        remove_tree(self.new)
        if os.path.isdir(self.old) and not os.path.lexists(self.place):
            os.rename(self.old, self.place)


def remove_leavings(place: str, age: float = 86400):
    """Remove what a killed run left beside a place, once it is surely no longer in use."""
    parent, name = os.path.split(place)
    if not os.path.isdir(parent):
        return
    now = datetime.now().timestamp()
    for path in Path(parent).glob(f".{name}.*"):
        if path.suffix in (".new", ".old") and now - path.stat().st_ctime > age:
            remove_tree(str(path))


def remove_tree(path: str):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.remove(path)


def _relative(path: str, root: str) -> str:
    relative = os.path.relpath(path, root).replace(os.sep, "/")
    return relative.encode("utf-8", "replace").decode("utf-8")


def _ignored(name: str, patterns: list) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)
