"""`python -m tools.handout [ASSIGNMENT ...]`: handout/decision-committee.html, and a PDF of it where chromium is
there.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from course_tests.notebooks import ROOT, SOURCE, sources
from tools.handout import figures, page, pdf
from tools.handout.chapters import chapter

NAME = "decision-committee"


def build(assignments: list[str], into: Path, cache: Path = figures.CACHE, with_pdf: bool = True) -> list[Path]:
    """Write the handout of some assignments (all, if none is named) and return the files.

    Raises
    ------
    SystemExit
        If an assignment does not exist, does not run, or is not what was released.
    """
    notebooks = [notebook for notebook in sources() if not assignments or notebook.assignment in assignments]
    unknown = sorted(set(assignments) - {notebook.assignment for notebook in notebooks})
    if unknown or not notebooks:
        sys.exit(
            f"There is no assignment {', '.join(unknown) or 'at all'} in source/. There are: "
            f"{', '.join(sorted(p.name for p in SOURCE.iterdir()))}."
        )
    shown = figures.of_all(notebooks, cache)
    chapters = [chapter(notebook, shown[notebook.assignment]) for notebook in notebooks]
    into.mkdir(parents=True, exist_ok=True)
    made = [into / f"{NAME}.html"]
    text = page.render(chapters)
    made[0].write_text(page.for_screen(text), encoding="utf-8")
    paper = into / f"{NAME}.pdf"
    paper.unlink(missing_ok=True)  # never an old one beside a new page
    if with_pdf and pdf.browser():
        pdf.write(text, paper)
        made.append(paper)
    return made


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.handout", description=__doc__)
    parser.add_argument("assignment", nargs="*", help="only these, such as 01_pixels; all if none is named")
    parser.add_argument("--into", type=Path, default=ROOT / "handout", help="the folder to write to (handout/)")
    parser.add_argument("--no-pdf", action="store_true", help="only the HTML")
    options = parser.parse_args(arguments)
    for path in build(options.assignment, options.into, with_pdf=not options.no_pdf):
        count = f", {pdf.pages(path)} pages" if path.suffix == ".pdf" else ""
        print(
            f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}: {path.stat().st_size / 1e6:.1f} "
            f"MB{count}"
        )
    if not options.no_pdf and not pdf.browser():
        print(
            "No PDF: chromium is not installed here (apt-get install chromium). The HTML can be printed from any "
            "browser."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
