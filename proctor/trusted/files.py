"""Files of a test: the room's are seen here, and those that a test gives to the learner's code by name are seen
there.
"""

from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Iterable

USED = re.compile(
    r"\bopen\(|\bos\.|\bPath\(|pathlib|tempfile|shutil|glob|read_\w+\(|loadtxt|genfromtxt|savetxt|\.(txt|csv|json|dat|md|npy|tsv)\b"
)
CODE = (".py", ".pyc", ".so", ".pyd", ".pth", ".egg", ".zip")
MOST_FILES, MOST_BYTES = 100, 1 << 22


class Files:
    """The folder that a test works in, beside the room's."""

    def __init__(self, session, folder, given, taken):
        self.session, self.folder, self.given = session, folder, set(given)
        self.taken = taken  # name -> stamp of what came from the room, in this test or an earlier one
        self.sent = {}

    def pull(self) -> None:
        """Take what the learner's code has written; files of the assignment and code stay as they are."""
        found = self.session.do("written", None, (), {})
        if type(found) is not tuple or len(found) > MOST_FILES:
            return
        for pair in found:
            if type(pair) is not tuple or len(pair) != 2 or type(pair[0]) is not str or type(pair[1]) is not bytes:
                return
            name, data = os.path.normpath(pair[0]), pair[1]
            if (
                os.path.isabs(name)
                or name.startswith("..")
                or "\0" in name
                or len(name) > 200
                or name in self.given
                or name.lower().endswith(CODE)
                or name in self.sent
            ):
                continue
            try:
                target = pathlib.Path(self.folder, name)
                if target.exists() and self.taken.get(name) != _stamp(target):
                    continue  # a test wrote it
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                self.taken[name] = _stamp(target)
            except (OSError, ValueError):
                continue

    def push(self, args: Iterable) -> None:
        """Give the room the files that the arguments of a call name."""
        for name in args:
            if not isinstance(name, (str, pathlib.PurePath)) or len(str(name)) > 1000 or "\0" in str(name):
                continue
            path = os.path.join(self.folder, name)
            inside = os.path.relpath(os.path.realpath(path), os.path.realpath(self.folder))
            if (
                inside.startswith("..")
                or inside in self.given
                or not os.path.isfile(path)
                or os.path.getsize(path) > MOST_BYTES
            ):
                continue
            stamp = _stamp(path)
            if stamp not in (self.sent.get(inside), self.taken.get(inside)):
                self.sent[inside] = stamp
                self.session.do("give", None, (self.folder, inside, pathlib.Path(path).read_bytes()), {})


def _stamp(path):
    found = os.stat(path)
    return found.st_mtime_ns, found.st_size
