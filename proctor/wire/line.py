"""Frames on a stream socket: eight bytes of length, then that many bytes."""

from __future__ import annotations

import socket
import time

from .values import WireError


class LineClosed(Exception):
    """The other side is gone."""


class LineTimeout(Exception):
    """The other side did not send or take a whole frame in time."""


class Line:
    """One end of the socket. Every wait has a deadline (`time.monotonic`), every frame a greatest size."""

    def __init__(self, sock: socket.socket):
        self.sock = sock
        self._waiting = bytearray()  # of a frame that a deadline cut in two: the next `receive` goes on with it

    def send(self, data: bytes, deadline: float | None = None) -> None:
        view = memoryview(len(data).to_bytes(8, "little") + data if len(data) < 65536 else data)
        try:
            if len(data) >= 65536:
                self._arm(deadline)
                self.sock.sendall(len(data).to_bytes(8, "little"))
            while view:
                self._arm(deadline)
                view = view[self.sock.send(view) :]
        except (TimeoutError, BlockingIOError):
            raise LineTimeout("the other side takes no data") from None
        except OSError:
            raise LineClosed("the other side is gone") from None

    def receive(self, limit: int, deadline: float | None = None) -> bytes:
        """The next frame. A frame that says to be longer than `limit` is an error before more of it is read."""
        if not self._waiting:
            chunk = self._chunk(1 << 14, deadline)
            if len(chunk) == 8 + int.from_bytes(chunk[:8], "little") <= 8 + limit:  # one whole frame, as nearly always
                return chunk[8:]
            self._waiting += chunk
        self._fill(8, deadline)
        length = int.from_bytes(self._waiting[:8], "little")
        if length > limit:
            raise WireError(f"a message of {length} bytes is larger than the limit of {limit} bytes")
        self._fill(8 + length, deadline)
        data = bytes(memoryview(self._waiting)[8 : 8 + length])
        self._waiting = self._waiting[8 + length :]
        return data

    def unasked(self) -> bool:
        """Whether something waits here, or the other side is gone."""
        try:
            self.sock.settimeout(0)
            return bool(self._waiting) or self.sock.recv(1, socket.MSG_PEEK) is not None
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self) -> None:
        self.sock.close()

    def _fill(self, size, deadline):
        # Little is ever read ahead, so a flood waits in the kernel's buffer, not in this process.
        while len(self._waiting) < size:
            self._waiting += self._chunk(min(max(size - len(self._waiting), 1 << 14), 1 << 20), deadline)

    def _chunk(self, most, deadline):
        self._arm(deadline)
        try:
            chunk = self.sock.recv(most)
        except (TimeoutError, BlockingIOError):
            raise LineTimeout("no answer in time") from None
        except OSError:
            raise LineClosed("the other side is gone") from None
        if not chunk:
            raise LineClosed("the other side is gone")
        return chunk

    def _arm(self, deadline):
        if deadline is None:
            if self.sock.gettimeout() is not None:
                self.sock.settimeout(None)
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise LineTimeout("no answer in time")
        self.sock.settimeout(left)
