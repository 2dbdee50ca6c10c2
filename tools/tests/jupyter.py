"""A JupyterLab server for tests that look at pages, as an instructor or a learner starts it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

TOKEN = "token-of-a-test"


@contextlib.contextmanager
def lab(folder: Path, home: Path, python: str = sys.executable) -> Iterator[str]:
    """Start JupyterLab in `folder` with its own files in `home`; yield its address, without a slash at the end."""
    environment = {key: value for key, value in os.environ.items() if key not in ("GRADEBOOK_URL", "PYTHONPATH")}
    environment |= {
        name: str(home) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    command = [
        python,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--port=0",
        f"--IdentityProvider.token={TOKEN}",
        "--ip=127.0.0.1",
    ]
    with (
        (home / "jupyter.log").open("w") as log,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log) as server,
    ):
        try:
            address = _address(home, server)
            while not _answers(f"{address}/api/status"):
                time.sleep(0.1)
            yield address
        finally:
            server.terminate()


def get(url: str) -> str:
    """The text of a page, asked for as the one who has the token."""
    with urllib.request.urlopen(
        urllib.request.Request(url, headers={"Authorization": f"token {TOKEN}"}), timeout=600
    ) as answer:
        return answer.read().decode()


def _address(home: Path, server: subprocess.Popen) -> str:
    for _ in range(6000):
        assert server.poll() is None, (home / "jupyter.log").read_text()
        with contextlib.suppress(StopIteration, ValueError):  # a file that is being written is no JSON yet
            return json.loads(next(home.glob("jpserver-*.json")).read_text())["url"].rstrip("/")
        time.sleep(0.1)
    raise AssertionError("JupyterLab did not start in ten minutes:\n" + (home / "jupyter.log").read_text())


def _answers(url: str) -> bool:
    with contextlib.suppress(urllib.error.URLError, ConnectionError):
        return bool(get(url))
    return False
