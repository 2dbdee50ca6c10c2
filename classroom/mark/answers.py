"""What a person reads of a notebook: the cells that answer a question, and the question with its mark scheme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from classroom.book import Question
from proctor import cells
from proctor.plugin import outline
from proctor.plugin.grading import ANSWER_FILES


class Found(NamedTuple):
    """The cells of an answer. `elsewhere`: nothing stands at its place, and these are what the learner wrote at places
    of their own.
    """

    cells: list[dict]
    elsewhere: bool


def of_notebook(content: Iterable[dict], given: Iterable[dict], question: Question) -> Found:
    """The answer in a graded notebook.

    A cell to be filled in is its own answer. The answer to a task is what the learner wrote between it and the next
    cell of nbgrader's.

    Parameters
    ----------
    content, given : iterable of dict
        The cells of the notebook, and of what was released.
    question : classroom.book.Question
    """
    released = Counter(_words(cell) for cell in given if not cells.grade_id_of(cell))
    here, elsewhere, task = [], [], ""
    for cell in content:
        name = cells.grade_id_of(cell)
        if name:
            task = name if cells.about(cell).get("task") else ""
            if name == question.cell and not question.task:
                return Found([cell], False)
            continue
        words = _words(cell)
        if not cell.get("attachments"):
            if released[words]:
                released[words] -= 1
                continue
            if not words:
                continue
        if task == question.cell:
            here.append(cell)
        elif not task and cell.get("cell_type") != "code":
            elsewhere.append(cell)
    return Found(here or elsewhere, not here and bool(elsewhere))


def _words(cell: dict) -> str:
    return " ".join(cells.source_of(cell).split())


def question_and_scheme(question: Question, released: list[dict], source: list[dict], marks: tuple) -> tuple[str, str]:
    """Markdown of what was asked, and of what a grader looks for.

    Parameters
    ----------
    question : classroom.book.Question
    released, source : list of dict
        The cells of the notebook as it was released, and as the instructor wrote it, where they are at hand.
    marks : tuple of (str, str)
        The marks around a scheme.
    """
    if question.task:
        scheme = cells.hidden_lines(question.source, marks)
        lines = question.source.splitlines()
        inside = [line for number, line in enumerate(lines, 1) if number in scheme]
        bounds = tuple(mark for pair in marks for mark in pair)
        return (
            cells.visible(question.source, marks).strip(),
            "\n".join(line for line in inside if not any(mark in line for mark in bounds)).strip(),
        )
    asked = ""
    for cell in released:
        if cells.grade_id_of(cell) == question.cell:
            break
        if cell.get("cell_type") == "markdown" and not cells.is_answer(cell):
            asked = cells.source_of(cell)
    answer = next((cell for cell in source if cells.grade_id_of(cell) == question.cell), None)
    if answer is None:
        return asked, ""
    lines = cells.source_of(answer).splitlines()
    text = "\n".join(line for line in lines if not any(mark in line for mark in ("BEGIN SOLUTION", "END SOLUTION")))
    return asked, f"```python\n{text}\n```" if answer.get("cell_type") == "code" else text


def title(question: Question, asked: str) -> str:
    """The heading of a question, or else its name in words."""
    found = outline.headings(asked, "")
    return found[0].title if found else question.cell.replace("_", " ")


def other_files(folder: Path, released: Path) -> list[str]:
    """Names of files that may be an answer, beside the notebooks and what was given out."""
    given = {path.name for path in released.glob("*")} | {"timestamp.txt"}
    return sorted(
        path.name for path in folder.glob("*") if path.suffix.lower() in ANSWER_FILES and path.name not in given
    )
