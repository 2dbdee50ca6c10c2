"""axe-core in the tests with a browser: no violation of WCAG 2.2, A and AA, on a wide screen and on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

AXE = Path(__file__).resolve().parents[2] / ".cache" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
                                  rules: {'empty-table-header': {enabled: false}}, resultTypes: ['violations']})"""

installed = pytest.mark.skipif(
    not AXE.exists(), reason="axe-core is not installed: npm install --prefix .cache/axe axe-core@4.14.1"
)


@contextmanager
def opened(path: Path) -> Iterator:
    """A page of ours in a browser."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: run `make setup`")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("no chromium here: apt-get install chromium")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page()
        page.goto(path.as_uri())
        yield page
        browser.close()


def violations(page) -> list[str]:
    """What axe-core finds on a page with everything unfolded; an empty heading in a table of a notebook is none."""
    before, found = page.viewport_size, []
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.evaluate(AXE.read_text(encoding="utf-8"))  # as a script in the page it would be against the page's policy
    for width in (1300, 390):
        page.set_viewport_size({"width": width, "height": 844})
        for rule in page.evaluate(RUN)["violations"]:
            nodes = rule["nodes"]
            found.append(f"{width} px, {len(nodes)} times {rule['id']}: {nodes[0]['target']} {nodes[0]['html'][:150]}")
    page.set_viewport_size(before)
    return found


def out_of_reach(page) -> list[str]:
    """What scrolls sideways, and cannot be scrolled by the keyboard."""
    return page.evaluate(
        """() => [...document.querySelectorAll('*')]
            .filter(one => one.scrollWidth > one.clientWidth + 1 && one.tabIndex < 0
                    && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX))
            .map(one => one.outerHTML.slice(0, 150))"""
    )
