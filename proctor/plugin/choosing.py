"""Which file of a submission is which notebook: by what it holds, and by its name only where that does not decide."""

from __future__ import annotations

from dataclasses import dataclass, field

from .folders import shown
from .mend import answers, overlap
from .salvage import Notebook, Unreadable, read_notebook
from .template import Template

FOUND = 0.3  # share of the graded cells that a file must hold to be taken for a notebook whatever its name
MOST_RIVALS = 20  # files that are compared by their answers
OTHER_SIDE = "the other side of git's conflict"


@dataclass
class Choice:
    """What is graded as one notebook.

    Attributes
    ----------
    path : str or None
        Where it lies in the submission.
    notebook : Notebook or None
        None if there is none.
    looks, messages : list of str
        For a grader and for the learner.
    """

    path: str | None = None
    notebook: Notebook | None = None
    looks: list = field(default_factory=list)
    messages: list = field(default_factory=list)

    def tell(self, look: str, message: str = "") -> None:
        self.looks.append(look)
        self.messages.append(message or look)


def read_all(notebooks: dict) -> tuple[dict, dict]:
    """(Path -> Notebook, path -> why it could not be read)."""
    readable, problems = {}, {}
    for path, content in notebooks.items():
        try:
            if isinstance(content, str):
                raise Unreadable(f"The file {content}.")
            notebook = read_notebook(content)
        except Unreadable as problem:
            problems[path] = str(problem)
            continue
        readable[path] = notebook
        if notebook.other is not None:
            readable[f"{path} ({OTHER_SIDE})"] = Notebook(notebook.other, notebook.problems, notebook.python)
    return readable, problems


def choose(template: Template, readable: dict, problems: dict, templates: tuple, elsewhere: tuple = ()) -> Choice:
    """Choose among the files of a submission.

    Parameters
    ----------
    templates : tuple of Template
        All notebooks of the assignment.
    elsewhere : tuple of Template
        Those of the course's other assignments, named "assignment/notebook": one of them is not graded here.
    """
    own, choice = f"{template.name}.ipynb", Choice()
    homes = {f"{other.name}.ipynb": other for other in templates}
    shares = {path: overlap(notebook.cells, template) for path, notebook in readable.items()}
    strangers = {}
    for path, notebook in readable.items():
        if shares[path] < FOUND and (path == own or path not in homes):
            other = _home(
                notebook, [rival for rival in (*templates, *elsewhere) if rival is not template], shares[path]
            )
            if other is not None:
                strangers[path] = other
    graded_cells = any(cell.grade_id for cell in template.cells)
    others = [
        path
        for path in readable
        if path != own
        and shares[path] >= FOUND
        and _belongs(readable[path], shares[path], path, template, homes, templates)
    ]
    rivals = (
        others + [own]
        if own in readable and own not in strangers and (shares[own] >= FOUND or not graded_cells or not others)
        else others
    )
    if own in problems:
        choice.tell(f"'{own}': {problems[own]}", problems[own])
    if not rivals:
        for path, other in strangers.items():
            if path == own or other not in templates:
                choice.tell(
                    f"{shown(path)} is the notebook {_title(other)}, not '{template.name}'; it was not graded here.",
                    f"You handed in {_title(other)} ({shown(path)}) in place of '{template.name}'. Submit the right "
                    "notebook.",
                )
        if choice.looks or not (unknown := _unknown(readable, strangers, homes, templates)):
            return choice
        if len(templates) > 1 or len(unknown) > 1:
            for path in unknown:
                choice.tell(
                    f"{shown(path)} has none of the cells of a notebook of this assignment, and there is no '{own}'.",
                    f"There is no '{own}' in what you handed in, and {shown(path)} has none of its cells. Write your "
                    "answers into the notebook that you were given.",
                )
            return choice
        choice.tell(
            f"{shown(unknown[0])} was graded as '{own}', of which it has none of the cells: there is no other notebook."
        )
        choice.path, choice.notebook = unknown[0], readable[unknown[0]]
        return choice
    choice.path = _best(rivals, own, template, readable, shares, choice)
    choice.notebook = readable[choice.path]
    unknown = [path for path in _unknown(readable, strangers, homes, templates) if path != choice.path]
    if unknown and not answers(choice.notebook.cells, template):
        for path in unknown:
            choice.tell(
                f"{shown(path)} was not graded: it has none of the cells of '{own}'.",
                f"{shown(path)} was not graded: it has none of the cells of '{own}'. Write your answers into the "
                "notebook that you were given.",
            )
    return choice


def _unknown(readable: dict, strangers: dict, homes: dict, templates: tuple) -> list:
    """Notebooks with cells that are no notebook of the course, by their cells and their names."""
    return [
        path
        for path, notebook in readable.items()
        if path not in strangers
        and path not in homes
        and any(cell["source"].strip() for cell in notebook.cells)
        and all(overlap(notebook.cells, other) < FOUND for other in templates)
    ]


def _best(rivals: list, own: str, template: Template, readable: dict, shares: dict, choice: Choice) -> str:
    """The one with answers; if several have some, the one with the right name."""
    if rivals == [own]:
        return own
    rivals = sorted(rivals, key=lambda path: (path != own, -shares[path], path))[:MOST_RIVALS]
    if len(rivals) == 1:
        choice.tell(
            f"{shown(rivals[0])} was graded: it holds the cells of '{own}'.",
            f"Your file {shown(rivals[0])} was graded as '{own}'. Hand it in under that name.",
        )
        return rivals[0]
    filled = {path: answers(readable[path].cells, template) for path in rivals}
    best = max(
        rivals, key=lambda path: (filled[path] > 0 and path == own, filled[path], path == own, shares[path], path)
    )
    for side in (
        path for path in rivals if path.startswith(best + " (")
    ):  # two states of one file, and no name to prefer
        best = side if filled[side] > filled[best] else best
    for path in rivals:
        if path == best:
            continue
        if filled[path]:
            choice.tell(
                f"{shown(path)} looks like this notebook too ({_count(filled[path])}); {shown(best)} was graded "
                f"({_count(filled[best])}).",
                f"You handed in this notebook more than once: {shown(best)} was graded, {shown(path)} was not.",
            )
        else:
            choice.tell(
                f"{shown(path)} is this notebook as it was released, without an answer; {shown(best)} was graded "
                f"({_count(filled[best])}).",
                f"You handed in this notebook more than once: {shown(best)} was graded; {shown(path)} has no answers.",
            )
    return best


def _count(number: int) -> str:
    return "no answer" if not number else "1 answer" if number == 1 else f"{number} answers"


def _belongs(notebook: Notebook, share: float, path: str, template: Template, homes: dict, templates: tuple) -> bool:
    """Whether a file under another name is this notebook and none of the assignment's others."""
    home = homes.get(path)
    if home is not None and home is not template and overlap(notebook.cells, home) >= share:
        return False
    return share == max(overlap(notebook.cells, other) for other in templates)


def _home(notebook: Notebook, rivals: list, share: float) -> Template | None:
    """Which other notebook of the course it is, if it is clearly one."""
    found = max(((overlap(notebook.cells, other), -number) for number, other in enumerate(rivals)), default=(0, 0))
    return rivals[-found[1]] if found[0] >= FOUND and found[0] > share else None


def _title(template: Template) -> str:
    assignment, _, name = template.name.rpartition("/")
    return f"'{name}' of the assignment '{assignment}'" if assignment else f"'{name}'"
