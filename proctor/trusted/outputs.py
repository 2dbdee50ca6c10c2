"""Outputs that a room sent, cut down to what nbformat allows."""

from __future__ import annotations

import json
from typing import Any

KINDS = ("stream", "display_data", "execute_result", "error")


def checked_outputs(outputs: Any, limit: int) -> list:
    """New nbformat outputs made of what is well-formed in `outputs`, up to `limit` bytes and some."""
    if type(outputs) is not list:
        raise ValueError("malformed outputs")
    found, size = [], 0
    for output in outputs[:10_000]:
        one = _checked(output)
        if one is None:
            continue
        size += len(json.dumps(one))
        if size > 2 * limit + 100_000:
            break
        found.append(one)
    return found


def _checked(output):
    if type(output) is not dict or output.get("output_type") not in KINDS:
        return None
    kind = output["output_type"]
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": clean(output.get("text"))}
    if kind == "error":
        lines = output.get("traceback")
        lines = [clean(line) for line in lines[:100]] if type(lines) is list else []
        return {
            "output_type": kind,
            "ename": clean(output.get("ename")),
            "evalue": clean(output.get("evalue")),
            "traceback": lines,
        }
    data = output.get("data")
    if type(data) is not dict:
        return None
    data = {
        key: value
        for key, value in data.items()
        if type(key) is str
        and "/" in key
        and key.isascii()
        and len(key) < 100
        and (type(value) is str or key.endswith("json") and _jsonable(value))
    }
    made = {
        "output_type": kind,
        "data": {key: clean(value) if type(value) is str else value for key, value in data.items()},
        "metadata": shown_as(output.get("metadata"), data),
    }
    if kind == "execute_result":
        count = output.get("execution_count")
        made["execution_count"] = count if type(count) is int and 0 <= count < 1 << 31 else None
    return made


def shown_as(metadata: Any, data: Any) -> dict:
    """Size and description of a picture. nbconvert writes a width without quotes into its page, and fetches a file
    of any name.
    """
    found = {}
    for kind in data:
        of = metadata.get(kind) if type(metadata) is dict else None
        if type(of) is dict:
            kept = {
                key: of[key]
                for key in ("width", "height")
                if type(of.get(key)) in (int, float) and 0 < of[key] < 10_000
            }
            if type(of.get("alt")) is str:
                kept["alt"] = clean(of["alt"])[:2000]
            if kept:
                found[kind] = kept
    return found


def clean(value: Any) -> str:
    """Text that can be written to a file; "" for what is not text."""
    return value.encode("utf-8", "replace").decode() if type(value) is str else ""


def _jsonable(value):
    try:
        json.dumps(
            value, allow_nan=False, ensure_ascii=False
        ).encode()  # a lone surrogate could not be written to the file
    except (TypeError, ValueError, RecursionError):
        return False
    return True
