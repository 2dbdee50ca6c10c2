"""`classroom similar ASSIGNMENT`: solutions that resemble each other. Nothing leaves the machine."""

from __future__ import annotations

import argparse
from pathlib import Path

from classroom import book, scratch, settings
from classroom.errors import ClassroomError
from classroom.report import likeness, notebooks, page
from classroom.words import amount

HONEST = (
    "Similarity is a reason to look, and to ask; it is not proof. Learners may have worked together as they "
    "should, or have read the same book."
)


def main(arguments: list[str]) -> int:
    """Print the pairs that are worth a look, and write them side by side."""
    parser = argparse.ArgumentParser(
        "classroom similar", description="Solutions of one assignment that resemble each other. " + HONEST
    )
    parser.add_argument("assignment")
    parser.add_argument(
        "--threshold",
        type=_share,
        default=likeness.THRESHOLD,
        help="share of the shorter one's own code (default %(default)s)",
    )
    parser.add_argument(
        "--to", metavar="FILE.html", help="where to write them side by side (default report/similar_ASSIGNMENT.html)"
    )
    given = parser.parse_args(arguments)
    compared, unreadable = of_folder(Path.cwd(), given.assignment, given.threshold)
    names = _names(settings.of_folder(Path.cwd()).coursedir.db_url)
    for found in unreadable:
        print(f"Left out, because it cannot be read: {found.path} ({found.reason})")
    print(
        f"{given.assignment}: {compared.learners} learners, {compared.cells} exercises compared. "
        f"{amount(len(compared.pairs), 'pair') if compared.pairs else 'No pairs'} to look at."
    )
    for number, pair in enumerate(compared.pairs[:20], 1):
        cells = ", ".join(f"{cell.name} {cell.similarity:.0%}" for cell in pair.cells)
        print(f"{number:3}. {names.get(pair.first, pair.first)}  and  {names.get(pair.second, pair.second)}:  {cells}")
    if not compared.pairs:
        return 0
    place = Path(given.to or f"report/similar_{given.assignment}.html")
    page.write(
        place,
        page.render("similar.html", compared=compared, names=names, honest=HONEST, thresholds=likeness).encode("utf-8"),
    )
    print(f"{HONEST}\nSide by side: {place}")
    return 0


def of_folder(
    folder: Path, assignment: str, threshold: float = likeness.THRESHOLD
) -> tuple[likeness.Compared, list[notebooks.Unreadable]]:
    """Compare the submissions of the class in a folder: as autograding repaired them where it has, as they came where
    it has not.
    """
    coursedir = settings.of_folder(folder).coursedir
    graded = notebooks.learners(coursedir, coursedir.autograded_directory, assignment)
    came = [
        learner
        for learner in notebooks.learners(coursedir, coursedir.submitted_directory, assignment)
        if learner not in set(graded)
    ]
    if not graded and not came:
        places = f"{coursedir.submitted_directory}/ or {coursedir.autograded_directory}/"
        raise ClassroomError(
            f"Nobody has handed in {assignment}: there is nothing of it in {places}. Check its name, or collect first."
        )
    read: list = []
    unreadable: list = []
    for step, who in ((coursedir.autograded_directory, graded), (coursedir.submitted_directory, came)):
        for found in notebooks.read(coursedir, step, [(learner, assignment) for learner in who]):
            (read if isinstance(found, notebooks.Notebook) else unreadable).append(found)
    return likeness.compare(
        assignment, likeness.by_learner(_one_name(read)), likeness.given_code(coursedir, assignment), threshold
    ), unreadable


def _one_name(read: list[notebooks.Notebook]) -> list[notebooks.Notebook]:
    """Where each learner has one notebook its name does not matter: a browser may have numbered it."""
    alone = len({notebook.learner for notebook in read}) == len(read)
    return [notebook._replace(name="") for notebook in read] if alone else read


def _names(url: str) -> dict[str, str]:
    file = scratch.file_of(url)
    if file is not None and not file.is_file():
        return {}  # connecting would make an empty gradebook
    with book.opened(url) as connection:
        return {
            row.id: f"{row.first_name} {row.last_name} ({row.id})" if row.last_name else row.id
            for row in book.learners(connection)
        }


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not a share: give a number above 0 and up to 1, such as 0.7")
    return value
