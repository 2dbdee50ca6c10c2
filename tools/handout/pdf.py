"""The handout as PDF: printed by chromium, where there is one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote

from tools.handout.page import for_paper

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
QUIET = [
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
    "--export-tagged-pdf",
]


def browser() -> str | None:
    """The first browser that can print to PDF."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def write(text: str, pdf: Path) -> None:
    """Print a page with bookmarks and tags: once to see on which pages everything lies, and again with these numbers in
    the contents.

    Raises
    ------
    SystemExit
        If the browser prints nothing, with its last words.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        source, draft = Path(scratch) / "page.html", Path(scratch) / "page.pdf"
        numbers: dict[str, int] = {}
        for _ in range(2):
            source.write_text(for_paper(text, numbers), encoding="utf-8")
            draft.unlink(missing_ok=True)
            _print(source, draft, Path(scratch) / "profile")
            numbers = pages_of_anchors(draft)
        shutil.copyfile(draft, pdf)


def _print(source: Path, draft: Path, profile: Path) -> None:
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [browser(), *QUIET, *root, f"--user-data-dir={profile}", f"--print-to-pdf={draft}", source.as_uri()]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    except subprocess.TimeoutExpired:
        sys.exit(
            f"{command[0]} has been printing for more than ten minutes. The HTML is ready: print it from a browser."
        )
    if not draft.exists() or not draft.read_bytes().startswith(b"%PDF"):
        sys.exit(
            f"{command[0]} made no PDF ({(done.stderr.strip().splitlines() or ['without a word'])[-1]}). The HTML is "
            "ready: print it from a browser."
        )


def pages(pdf: Path) -> int:
    """How many pages a PDF of chromium has."""
    return len(_leaves(pdf.read_bytes()))


def pages_of_anchors(pdf: Path) -> dict[str, int]:
    """Anchor -> number of its page, counted from 1, in a PDF of chromium."""
    content = pdf.read_bytes()
    places = {page: number for number, page in enumerate(_leaves(content), 1)}
    found = re.findall(rb"/([^\s/\[\]]+) \[(\d+) 0 R /XYZ", content)
    return {unquote(name.decode().replace("#", "%")): places[page] for name, page in found if page in places}


def _leaves(content: bytes) -> list[bytes]:
    """The numbers of the objects that are pages, in order."""
    below = [kids.split() for kids in re.findall(rb"/Type /Pages\s+/Count \d+\s+/Kids \[([^\]]*)\]", content)]
    inner = {match[1] for match in re.finditer(rb"(?m)^(\d+) 0 obj\s+<</Type /Pages\b", content)}
    return [page for kids in below for page in kids[::3] if page not in inner]
