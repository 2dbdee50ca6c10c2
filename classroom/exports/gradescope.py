"""results.json for each submission, as Gradescope's autograders write it."""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

import nbformat
from nbconvert.filters import strip_ansi
from tqdm import tqdm
from traitlets import Bool, Enum

from classroom import book
from classroom.errors import ClassroomError
from classroom.exports import sheet
from classroom.exports.base import GradeExport, amount, listed
from classroom.exports.exercises import order


class Gradescope(GradeExport):
    """A results.json for each submission ("Autograder Specifications", Output format, gradescope-autograders.readthedocs.io).

    They go to <to>/<learner>/<assignment>.json, or into one file if ``--to`` ends in .zip. A test is one graded cell: its sentence, its points,
    and of its output what the learner's feedback page shows, never a hidden test. The score is that of the gradebook, with the late penalty
    subtracted and bonus points; it counts more for Gradescope than the sum of the tests. An answer that waits for a grader has no score and no
    status. Who has not submitted has no file.
    """

    only_complete = Bool(False, help="Leave out submissions in which written answers still wait for a grader.").tag(config=True)
    visibility = Enum(["visible", "after_due_date", "after_published", "hidden"], "visible", help="When learners see the tests.").tag(config=True)

    default_to = "gradescope"

    def write(self, gradebook, to: Path) -> None:
        """Write all files, or none if something goes wrong on the way."""
        grades, connection = self.grades(gradebook), gradebook.db.connection()
        marks, comments = {}, {}
        for mark in book.marks(connection):
            marks.setdefault((mark.learner, mark.assignment), {})[mark.notebook, mark.cell] = mark
        for comment in book.comments(connection):
            comments.setdefault((comment.learner, comment.assignment), {})[comment.notebook, comment.cell] = comment.text
        orders = {assignment: order(self.parent.coursedir, assignment) for assignment in grades.maximum}
        wanted = {key: one for key, one in grades.submissions.items() if not (one.waits and self.only_complete)}
        odd = [name for key in wanted for name in key if name in (".", "..") or Path(name).name != name or "\\" in name]
        if odd:
            raise ClassroomError(f"No file can have the name of {listed(dict.fromkeys(odd))}: choose others with --student or --assignment.")
        seen = Counter()
        with _Files(to) as files:
            for (learner, assignment), one in tqdm(sorted(wanted.items()), desc="results.json", unit="submission", disable=None):
                key = learner, assignment
                results = self._results(one, grades.maximum[assignment], marks.get(key, {}), comments.get(key, {}), orders[assignment], seen)
                files.add(f"{learner}/{assignment}.json", json.dumps(results, indent=1, ensure_ascii=False, allow_nan=False))
        self.log.info("%s: %s", to, amount(len(wanted), "submission"))
        if len(wanted) < len(grades.submissions):
            self.log.warning("%s left out: something in them still waits for a grader.", amount(len(grades.submissions) - len(wanted), "submission"))
        if seen["waits"]:
            self.log.warning("%s not graded yet, and marked so.", amount(seen["waits"], "answer"))
        if seen["no notebook"]:
            self.log.warning("%s not in the folder of autograded notebooks: points without words.", amount(seen["no notebook"], "submission"))

    def _results(self, one, maximum: float, marks: dict, comments: dict, released: dict, seen: Counter) -> dict:
        words, notices, places = self._words(one, marks, seen)
        places = places or {key: place for key, (place, _) in released.items()}
        tests, ordered = [], sorted(marks, key=lambda key: (key[0], places.get(key, 2**31), key[1]))
        notebooks = list(dict.fromkeys(notebook for notebook, _ in ordered))
        counts = Counter()
        for key in ordered:
            mark, (sentence, message) = marks[key], words.get(key, (_in_words(key[1]), ""))
            counts[key[0]] += 1
            seen["waits"] += mark.waits
            score, possible = _finite(mark.score), _finite(mark.maximum)
            comment = f"Comment: {comments[key]}" if comments.get(key) else ""
            said = [message if score < possible else "", comment, "Not graded yet." if mark.waits else ""]
            result = {} if mark.waits and not score else {"score": score, "status": "passed" if score >= possible and not mark.waits else "failed"}
            tests.append({
                "name": sentence, **result, "max_score": possible,
                "number": ".".join(([str(notebooks.index(key[0]) + 1)] if len(notebooks) > 1 else []) + [str(counts[key[0]])]),
                "output": "\n".join(filter(None, said)), "visibility": self.visibility,
                "tags": [key[0], "written" if mark.written else "test", *(["waits"] if mark.waits else [])],
            })
        lines = [*notices, *(f"Comment on {_in_words(cell)}: {text}" for (notebook, cell), text in comments.items() if (notebook, cell) not in marks)]
        if one.penalty:
            lines.append(f"Handed in late: {sheet.number(one.penalty)} points less.")
        return {
            "score": _finite(one.score), "output": "\n".join(lines), "visibility": self.visibility, "tests": tests,
            "extra_data": {"learner": one.learner, "assignment": one.assignment, "max_score": _finite(maximum), "late_penalty": _finite(one.penalty),
                           "seconds_late": _finite(one.seconds_late), "waits": one.waits},
        }

    def _words(self, one, marks: dict, seen: Counter) -> tuple[dict, list, dict]:
        """(notebook, cell) -> (sentence, message); notices for the whole; (notebook, cell) -> place; all as the feedback page has them."""
        from proctor.plugin.feedback import ForLearners  # takes a while, and the other exporters do not need it

        coursedir = self.parent.coursedir
        paths = sorted(Path(coursedir.format_path(coursedir.autograded_directory, one.learner, one.assignment)).glob("*.ipynb"))
        seen["no notebook"] += not paths
        words, notices, places, cleaner = {}, [], {}, ForLearners(config=self.config)
        for path in paths:
            try:
                notebook = nbformat.v4.reads_json(path.read_text(encoding="utf-8"))
                for cell in notebook.cells:
                    meta = cell.metadata.get("nbgrader", {})
                    mark = marks.get((path.stem, meta.get("grade_id")))
                    if cell.cell_type == "code":
                        cell.outputs = []  # nothing of them is used, and cleaning them takes the longest
                    if mark is not None:
                        meta["score"], meta["points"] = mark.score, mark.maximum
                notebook, resources = cleaner.preprocess(notebook, {})
            except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
                self.log.warning("Cannot read %s (%s): points without words. Autograde it again.", path, error)
                continue
            notices += [strip_ansi(message) for message in resources["proctor"]["messages"]]
            for place, cell in enumerate(notebook.cells):
                key, said = (path.stem, cell.metadata.get("nbgrader", {}).get("grade_id")), cell.metadata.get("proctor")
                places[key] = place
                if said:
                    words[key] = said.get("sentence") or _in_words(key[1]), strip_ansi(said.get("message") or "")
        return words, notices, places


class _Files:
    """Files of a folder or a zip, which appear only when all are there."""

    def __init__(self, to: Path):
        self._to = to.resolve()
        self._zip = to.suffix.lower() == ".zip"
        if self._to.is_file() and not self._zip:
            raise ClassroomError(f"{to} is a file: give the name of a folder, or of a file that ends in .zip, with --to.")
        if not self._to.parent.is_dir():
            raise ClassroomError(f"There is no folder {self._to.parent}: make it, or write elsewhere with --to.")

    def __enter__(self):
        try:
            self._part = Path(tempfile.mkdtemp(prefix=f".{self._to.name}.", dir=self._to.parent))
        except OSError as error:
            raise ClassroomError(f"Cannot write to {self._to.parent} ({error.strerror}): write elsewhere with --to.") from error
        self._names = []
        return self

    def add(self, name: str, text: str) -> None:
        """Keep one file ready."""
        path = self._part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8", errors="replace")
        self._names.append(name)

    def __exit__(self, kind, error, traceback):
        try:
            if kind is None:
                self._place()
        except OSError as failure:
            raise ClassroomError(f"Cannot write {self._to} ({failure.strerror}): write elsewhere with --to.") from failure
        finally:
            shutil.rmtree(self._part, ignore_errors=True)

    def _place(self) -> None:
        if self._zip:
            with sheet.replacing(self._to) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for name in self._names:
                    archive.write(self._part / name, name)
            return
        for name in self._names:
            (self._to / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(self._part / name, self._to / name)


def _in_words(name: str) -> str:
    words = name.removeprefix("test_").replace("_", " ").strip() or name
    return words[:1].upper() + words[1:]


def _finite(value: float) -> float:
    """JSON has no NaN."""
    return round(float(value), 4) if value is not None and math.isfinite(value) else 0.0
