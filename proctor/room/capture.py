"""Collects what a cell shows as nbformat outputs, up to a limit."""

from __future__ import annotations

import base64
import io
from typing import Any


class Capture:
    """The outputs of the cell that runs, or only text while a test calls."""

    def __init__(self):
        self.start(0)

    def start(self, limit: int) -> None:
        self.outputs: list = []
        self.left = limit
        self.full = False

    def _fits(self, size):
        if self.full:
            return False
        self.left -= size
        if self.left < 0:
            self.full = True
            self.outputs.append(
                {
                    "output_type": "stream",
                    "name": "stderr",
                    "text": "\n[The rest of the output is too long and was left out.]\n",
                }
            )
        return not self.full

    def stream(self, name: str, text: str) -> None:
        if len(text) > self.left and not self.full:
            text = text[: max(0, self.left - 1)]
            self._stream(name, text)
            self.left = 0
            self._fits(1)
        elif self._fits(len(text)):
            self._stream(name, text)

    def _stream(self, name, text):
        last = self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"].append(text)
        else:
            self.outputs.append({"output_type": "stream", "name": name, "text": [text]})

    def show(self, kind: str, data: dict, metadata: dict | None = None, **more: Any) -> None:
        data = {key: _text(value) for key, value in (data or {}).items() if "widget-view" not in key}
        if data and self._fits(sum(len(str(value)) for value in data.values())):
            self.outputs.append({"output_type": kind, "data": data, "metadata": metadata or {}, **more})

    def update(self, data: dict, metadata: dict, display_id: str) -> None:
        for output in self.outputs:
            if output.get("transient") == display_id and display_id:
                output["data"] = {key: _text(value) for key, value in data.items()}
                return
        self.show("display_data", data, metadata)

    def error(self, name: str, value: str, lines: list) -> None:
        self.outputs.append(
            {
                "output_type": "error",
                "ename": name[:200],
                "evalue": value[:4000],
                "traceback": [line[:4000] for line in lines[-60:]],
            }
        )

    def finish(self) -> list:
        """The outputs, streams joined."""
        for output in self.outputs:
            output.pop("transient", None)
            if type(output.get("text")) is list:
                output["text"] = "".join(output["text"])
        return self.outputs


def _text(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr of the room."""

    encoding, errors = "utf-8", "strict"

    def __init__(self, name, capture):
        self.name = name
        self.capture = capture

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.capture.stream(self.name, text)
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1 if self.name == "stdout" else 2
