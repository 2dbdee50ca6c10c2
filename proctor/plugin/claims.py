"""Who grades what, where two runs are at work in the same course: a submission is claimed while it is being graded."""

from __future__ import annotations

import errno
import hashlib
import os

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class Claims:
    """Claims of one assignment: locks of the operating system on single bytes of one file, so that they end with the
    process, however it ends.

    Where there are no such locks, every claim is granted: two runs then grade the same submission, and the gradebook
    stays right.

    Parameters
    ----------
    path : str
        The file. It stays, and is empty.
    shared : bool
        Whether other members of the group grade, too.
    """

    def __init__(self, path: str, shared: bool):
        self._file = None
        if fcntl is not None:
            try:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o664 if shared else 0o644)
            except OSError:
                pass

    def take(self, student: str) -> bool:
        """Whether the submission is ours now; False if another run holds it."""
        if self._file is None:
            return True
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _place(student))
        except OSError as error:
            return error.errno not in (errno.EAGAIN, errno.EACCES)
        return True

    def release(self, student: str) -> None:
        """Release it for others."""
        if self._file is not None:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _place(student))
            except OSError:
                pass  # as in `take`: a file system without locks

    def close(self) -> None:
        """Release all."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _place(student: str) -> int:
    return int.from_bytes(hashlib.sha256(student.encode("utf-8", "surrogateescape")).digest()[:7], "big")
