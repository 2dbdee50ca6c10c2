"""A term in miniature, by the commands that an instructor types: three assignments, thirty learners, two graders, to
the last export.

The numbers that are compared with come from the plan below and from the bank's promises, not from a run.
"""

from __future__ import annotations

import csv
import html
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from classroom import book
from course_tests import bank, visible
from course_tests.notebooks import ROOT, Notebook, read
from proctor.tests import forkserver
from tools import demo_class

NAMES = """Anna Abel, Ben Öz, Chloé Dubois, Dan O'Neil, Eva Müller, Finn Abel, Gül Kaya, Hugo Ng, Ida Berg, Jan Novák, Kim Lee, Lea Roth, Max Wolf,
Nina Sørensen, Omar Haddad, Pia Lang, Quinn Fox, Rosa Díaz, Sam Hill, Tea Ilić, Uma Rao, Vera Popova, Will Stone, Xenia Marx, Yara Silva, Zoe Klein,
Aron Levi, Bea Castro, Carl Jung, Dora Weiss""".replace("\n", " ").split(", ")
LEARNERS = {f"s{number:02}": name for number, name in enumerate(NAMES, 1)}
PERFECT, BLANK = ("s01", "s02", "s03"), "s04"
RESUBMITS, LATE, STRICT, COPIES = "s05", "s30", "s08", ("s10", "s11")
EXTENDED, EXCUSED, DROPPED = "s29", "s28", "s27"  # in 02, from 01, after the last assignment
SUBMIT = ("s01", "s12", "s20")  # through the exchange, in 03

NOW = datetime.now(timezone.utc).replace(microsecond=0, tzinfo=None)
DUE = {
    "01_pixels": NOW - timedelta(days=15),
    "02_neuron": NOW - timedelta(days=8),
    "03_activations": NOW + timedelta(days=1),
}
WRITTEN = {"01_pixels": "lamp_and_shade", "02_neuron": "written_free_weights", "03_activations": "written_softmax"}
LATE_BY = timedelta(days=1, hours=5)  # two days begun, ten percent each
EXTENDED_BY = timedelta(hours=20)

# A change of the tests after the release: this one lets everybody pass ...
LENIENT = "test_leaky_relu_derivative_is_a_slope"
# ... and this one asks for more dimensions, which one learner has not thought of.
STRICTER = "test_relu_any_input"
FOUR_DIMENSIONS_FAIL = (
    "def relu(z):\n    z = np.asarray(z, float)\n    return np.where(z > 0, z, 0.0) if z.ndim < 4 else z\n"
)
# What six of thirty get wrong in 03: nothing that the visible lines of the lenient test's cell would see.
COMMON = next(
    entry
    for entry in bank.of(bank.MISCONCEPTIONS, "activations", "leaky_relu_derivative")
    if entry.name == "divides_leaky_by_z"
)
# What two learners wrote together; right, and like nobody else's.
TOGETHER = """def {name}(x, w, b):
    if len(x) != len(w):
        raise ValueError("not as many inputs as weights")
    parts_of_the_sum = []
    for position in range(len(x)):
        brightness, importance = x[position], w[position]
        parts_of_the_sum.append(float(brightness) * float(importance))
    collected = float(b)
    while parts_of_the_sum:
        collected = collected + parts_of_the_sum.pop(0)
    return collected
"""


# What other exercises call; a mistake in it costs points there too, and the plan would be wrong.
LEANED_ON = {
    "make_line",
    "add_noise",
    "flatten_images",
    "dot",
    "weighted_sum",
    "weighted_sums",
    "SimpleNeuron",
    "perceptron_predict",
    "perceptron_update",
    "step",
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
}


class Plan:
    """What every learner answers in one assignment, and what that is worth."""

    def __init__(self, notebook: Notebook):
        self.notebook = notebook
        self.right = {cell.grade_id: demo_class.MARKERS.sub("", cell.source) for cell in notebook.exercises()}
        self.points = {cell.grade_id: cell.points for cell in notebook.of_role("test")}
        self.wrong: dict[str, bank.Entry] = {}
        exercises = [name for name in self.right if name not in LEANED_ON]
        others = [learner for learner in LEARNERS if learner not in (*PERFECT, BLANK, STRICT, *COPIES)]
        for number, learner in enumerate(others):
            name = exercises[number % len(exercises)]
            entries = bank.of(bank.MISCONCEPTIONS, notebook.topic, name)
            self.wrong[learner] = entries[number // len(exercises) % len(entries)]
            if notebook.assignment == "03_activations" and number % 4 == 0:
                self.wrong[learner] = COMMON

    def answer(self, learner: str, name: str) -> str | None:
        """What the learner wrote in the cell of an exercise."""
        if learner == BLANK:
            return None
        if learner == STRICT and name == "relu":
            return FOUR_DIMENSIONS_FAIL
        if learner in COPIES and name == "weighted_sum":
            return TOGETHER.format(name=name)
        mistake = self.wrong.get(learner)
        return mistake.code if mistake and mistake.exercise == name else self.right[name]

    def lost(self, learner: str) -> set[str]:
        """The tests that do not pass."""
        if learner == BLANK:
            return set(self.points)
        return set(self.wrong[learner].caught_by) if learner in self.wrong else set()

    def score(self, learner: str) -> float:
        return sum(points for name, points in self.points.items() if name not in self.lost(learner))


class Term:
    """The course, the class, and the commands in them."""

    def __init__(self, folder: Path):
        self.course, self.folder = folder / "course", folder / "autumn"
        for name in ("course_tests", "proctor", "classroom", "tools", "release"):
            shutil.copytree(ROOT / name, self.course / name, ignore=shutil.ignore_patterns("tests", "*.pyc.*"))
        for name in DUE:
            shutil.copytree(
                ROOT / "source" / name,
                self.course / "source" / name,
                ignore=shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__"),
            )
        for path in [*(ROOT / "source").iterdir(), ROOT / "nbgrader_config.py", ROOT / "cuts.csv"]:
            if path.is_file():
                shutil.copy(path, self.course / path.relative_to(ROOT))
        self.plans = {name: Plan(read(next((self.course / "source" / name).glob("*.ipynb")))) for name in DUE}
        self.by_hand: dict[tuple[str, str], float] = {}

    def run(self, *command: str, folder: Path | None = None, ok: tuple = (0,)) -> str:
        """A command; nbgrader's and python's stand beside each other in the environment's bin/."""
        here = Path(sys.executable).parent
        environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "GRADEBOOK_URL")}
        environment["PATH"] = os.pathsep.join([str(here), os.environ.get("PATH", "")])
        environment["PYTHONPATH"] = str(ROOT)  # this copy of the packages, whichever is installed
        folder = folder or self.folder
        if command[0] == "nbgrader":
            done = forkserver.run([str(here / "nbgrader"), *command[1:]], folder, environment)
        else:
            done = subprocess.run(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
            )
        assert done.returncode in ok, f"{' '.join(command)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def notebook(self, assignment: str, learner: str, **answers: str) -> bytes:
        """The released notebook, filled in."""
        plan = self.plans[assignment]
        blank = json.loads((self.folder / "release" / assignment / plan.notebook.path.name).read_text(encoding="utf-8"))
        return demo_class.fill(blank, lambda name: answers.get(name) or plan.answer(learner, name))

    def moodle_zip(self, path: Path, assignment: str, files: dict[str, tuple[bytes, datetime]]) -> Path:
        """What Moodle gives for "Download all submissions": a folder for each learner."""
        name = self.plans[assignment].notebook.path.name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for learner, (content, when) in files.items():
                number = 4000 + int(learner[1:])
                entry = zipfile.ZipInfo(
                    f"{LEARNERS[learner]}_{number}_assignsubmission_file/{name}", when.timetuple()[:6]
                )
                archive.writestr(entry, content)
        return path

    def marks(self, assignment: str) -> dict[str, dict[str, book.Mark]]:
        """Learner -> cell -> mark."""
        found: dict[str, dict] = {}
        with book.opened(f"sqlite:///{self.folder / 'gradebook.db'}") as connection:
            for mark in book.marks(connection, assignment):
                found.setdefault(mark.learner, {})[mark.cell] = mark
        return found

    def tested(self, assignment: str) -> dict[str, float]:
        """Learner -> points from the tests."""
        return {
            learner: sum(mark.auto or 0.0 for mark in cells.values())
            for learner, cells in self.marks(assignment).items()
        }

    def totals(self) -> dict[tuple[str, str], float]:
        """(learner, assignment) -> points with everything, late penalty taken off."""
        with book.opened(f"sqlite:///{self.folder / 'gradebook.db'}") as connection:
            return {(one.learner, one.assignment): one.score for one in book.submissions(connection)}

    def expected(self, learner: str, assignment: str) -> float:
        """The same, from the plan."""
        full = self.plans[assignment].score(learner) + self.by_hand[learner, assignment]
        return 0.8 * full if (learner, assignment) == (LATE, "02_neuron") else full

    def mark(self, file: str, assignment: str, points: dict[str, float]) -> None:
        """What formgrader does when a grader types points and a comment."""
        cell, notebook = WRITTEN[assignment], self.plans[assignment].notebook.topic
        with Gradebook(f"sqlite:///{self.folder / file}", "autumn") as gradebook:
            for learner, given in points.items():
                grade = gradebook.find_grade(cell, notebook, assignment, learner)
                grade.manual_score, grade.needs_manual_grade = given, False
                gradebook.find_comment(
                    cell, notebook, assignment, learner
                ).manual_comment = f"{given:g}: {LEARNERS[learner]}, say more."
            gradebook.db.commit()


@pytest.fixture(scope="module")
def term(tmp_path_factory):
    return Term(tmp_path_factory.mktemp("term"))


def test_a_term(term, tmp_path):
    """From `start` to the last export; each step's numbers before the next step."""
    begin_the_class(term, tmp_path)
    first_assignment(term, tmp_path)
    second_assignment(term, tmp_path)
    third_assignment(term, tmp_path)
    two_graders(term)
    reports(term)
    changed_tests(term)
    exceptions(term)
    exports(term)
    the_end(term)


def begin_the_class(term: Term, folder: Path) -> None:
    """Moodle's list of participants, due dates in a file, ten percent a day."""
    with open(folder / "participants.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["First name", "Last name", "ID number", "Email address", "Groups"])
        rows.writerows(
            [*name.split(" ", 1), learner, f"{learner}@example.org", ""] for learner, name in LEARNERS.items()
        )
    with open(folder / "due.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["assignment", "due"])
        rows.writerows([name, f"{when:%Y-%m-%d %H:%M:%S}Z"] for name, when in DUE.items())
    text = term.run(
        "python",
        "-m",
        "classroom",
        "start",
        "../autumn",
        "--roster",
        str(folder / "participants.csv"),
        "--cut",
        ",".join(DUE),
        "--due",
        str(folder / "due.csv"),
        "--late",
        "per-day:10%",
        folder=term.course,
    )
    assert "30 learners added" in text and "3 assignments: 01_pixels, 02_neuron, 03_activations" in text
    assert sum(sum(plan.points.values()) for plan in term.plans.values()) == 20 + 25 + 35 - 1 - 2 - 2


def collect_and_grade(term: Term, assignment: str, download: Path, count: int) -> None:
    text = term.run("./classroom", "collect", assignment, str(download))
    assert f"{count} " in text, text
    term.run("nbgrader", "autograde", assignment)


def same_as_planned(term: Term, assignment: str) -> None:
    tested, plan = term.tested(assignment), term.plans[assignment]
    assert tested == pytest.approx({learner: plan.score(learner) for learner in LEARNERS}), {
        learner: (
            plan.wrong.get(learner) and plan.wrong[learner].label,
            tested[learner],
            plan.score(learner),
            sorted(
                cell
                for cell, mark in term.marks(assignment)[learner].items()
                if not mark.written and mark.auto != mark.maximum
            ),
        )
        for learner in LEARNERS
        if tested[learner] != pytest.approx(plan.score(learner))
    }


def on_time(assignment: str, learner: str) -> datetime:
    return DUE[assignment] - timedelta(hours=26 + int(learner[1:]))


def first_assignment(term: Term, folder: Path) -> None:
    """Everybody in one download."""
    files = {learner: (term.notebook("01_pixels", learner), on_time("01_pixels", learner)) for learner in LEARNERS}
    collect_and_grade(term, "01_pixels", term.moodle_zip(folder / "pixels.zip", "01_pixels", files), 30)
    same_as_planned(term, "01_pixels")


def second_assignment(term: Term, folder: Path) -> None:
    """One comes late, one later than all others who has an extension; one hands in again, better, before the due
    date, and a second download brings it.
    """
    until = f"{DUE['02_neuron'] + EXTENDED_BY:%Y-%m-%d %H:%M:%S}"
    text = term.run("./classroom", "extend", EXTENDED, "02", "--until", until)
    assert f"{LEARNERS[EXTENDED]} ({EXTENDED}), 02_neuron: until" in text
    files = {learner: (term.notebook("02_neuron", learner), on_time("02_neuron", learner)) for learner in LEARNERS}
    files[LATE] = (files[LATE][0], DUE["02_neuron"] + LATE_BY)
    files[EXTENDED] = (files[EXTENDED][0], DUE["02_neuron"] + EXTENDED_BY - timedelta(minutes=1))
    files[RESUBMITS] = (term.notebook("02_neuron", BLANK), files[RESUBMITS][1])
    collect_and_grade(term, "02_neuron", term.moodle_zip(folder / "neuron.zip", "02_neuron", files), 30)
    assert term.tested("02_neuron")[RESUBMITS] == 0
    files[RESUBMITS] = (term.notebook("02_neuron", RESUBMITS), DUE["02_neuron"] - timedelta(minutes=30))
    before = {path: path.stat().st_mtime_ns for path in term.folder.glob("autograded/*/02_neuron")}
    collect_and_grade(term, "02_neuron", term.moodle_zip(folder / "neuron again.zip", "02_neuron", files), 1)
    assert [path.parent.name for path in sorted(before) if path.stat().st_mtime_ns != before[path]] == [RESUBMITS]
    same_as_planned(term, "02_neuron")
    with book.opened(f"sqlite:///{term.folder / 'gradebook.db'}") as connection:
        late = {one.learner: one.seconds_late for one in book.submissions(connection) if one.seconds_late}
    assert late.keys() == {LATE} and late[LATE] == pytest.approx(LATE_BY.total_seconds(), abs=2)


def third_assignment(term: Term, folder: Path) -> None:
    """Three hand in with `nbgrader submit`, the others on Moodle."""
    term.run("nbgrader", "release_assignment", "03_activations")

    def hand_in(learner: str) -> None:
        own = folder / learner / "03_activations"
        own.mkdir(parents=True)
        (own / "activations.ipynb").write_bytes(term.notebook("03_activations", learner))
        exchange = [
            f"--Exchange.root={term.folder / 'exchange'}",
            f"--Exchange.cache={folder / learner / 'cache'}",
            "--course",
            "autumn",
        ]
        term.run("nbgrader", "submit", "03_activations", "--student", learner, *exchange, folder=own.parent)

    with ThreadPoolExecutor() as executor:
        list(executor.map(hand_in, SUBMIT))
    term.run("nbgrader", "collect", "03_activations")
    assert sorted(path.parent.name for path in term.folder.glob("submitted/*/03_activations")) == sorted(SUBMIT)
    files = {
        learner: (term.notebook("03_activations", learner), on_time("03_activations", learner))
        for learner in LEARNERS
        if learner not in SUBMIT
    }
    collect_and_grade(term, "03_activations", term.moodle_zip(folder / "activations.zip", "03_activations", files), 27)
    same_as_planned(term, "03_activations")


def two_graders(term: Term) -> None:
    """One marks everything in formgrader, the other ten answers once more in a copy; then late penalties follow the
    marks.
    """
    most = {assignment: term.marks(assignment)["s01"][WRITTEN[assignment]].maximum for assignment in DUE}
    assert most == {"01_pixels": 1, "02_neuron": 2, "03_activations": 2}
    for assignment in DUE:
        points = {
            learner: most[assignment] * ((int(learner[1:]) + 1) % 5) / 4 for learner in LEARNERS if learner != BLANK
        } | {BLANK: 0.0}
        term.mark("gradebook.db", assignment, points)
        term.by_hand.update({(learner, assignment): given for learner, given in points.items()})
    with sqlite3.connect(term.folder / "gradebook.db") as source, sqlite3.connect(term.folder / "second.db") as target:
        source.backup(target)
    with sqlite3.connect(term.folder / "second.db") as second:
        second.execute("UPDATE grade SET manual_score = NULL")
    seconds = {f"s{number:02}": term.by_hand[f"s{number:02}", "02_neuron"] for number in range(11, 21)}
    term.mark("second.db", "02_neuron", {**seconds, "s12": seconds["s12"] - 0.5, "s14": seconds["s14"] + 0.5})
    text = term.run("./classroom", "doctor", "--fix")
    assert f"1 late penalties were brought up to date: {LATE}/02_neuron" in text, text
    assert term.totals() == pytest.approx(
        {(learner, assignment): term.expected(learner, assignment) for learner in LEARNERS for assignment in DUE}
    )


def reports(term: Term) -> None:
    """The page names the mistakes, the late one and the graders' agreement; the two who wrote together are found."""
    term.run(
        "./classroom",
        "export",
        "report",
        "--Report.second_markers=second.db",
        "--Report.similar=False",
        "--to",
        "report",
    )
    page = html.unescape(re.sub(r"<[^>]*>", " ", (term.folder / "report" / "index.html").read_text(encoding="utf-8")))
    page = " ".join(page.split())
    common = sum(mistake is COMMON for mistake in term.plans["03_activations"].wrong.values())
    assert common == 6 and f"6 of 30 leaky_relu_derivative {COMMON.hint}" in page
    assert "10 written answers marked by both: 80 % the same, 0.10 points apart on average" in page
    text = term.run("./classroom", "similar", "02_neuron")
    first, second = (f"{LEARNERS[learner]} ({learner})" for learner in COPIES)
    assert "1 pair to look at." in text and f"{first}  and  {second}:  weighted_sum 100%" in text, text


def changed_tests(term: Term) -> None:
    """Two tests of 03 change: those whom the one had caught gain its points, one loses the other's; nothing else
    moves.
    """
    path = term.course / "course_tests" / "test_activations.py"
    text = path.read_text(encoding="utf-8")
    for name, line in ((LENIENT, "return"), (STRICTER, "assert_agrees(relu, np.full((1, 1, 2, 2), -1.0))")):
        head, rest = text.split(f"def {name}(", 1)
        signature, docstring, body = rest.split("\n", 2)
        text = f"{head}def {name}({signature}\n{docstring}\n    {line}\n{body}"
    path.write_text(text, encoding="utf-8")
    assert "03_activations: 30 were graded before the tests were last changed" in term.run("./classroom", "doctor")
    plan, before, marks = term.plans["03_activations"], term.totals(), term.marks("03_activations")
    shown = {learner for learner, wrong in plan.wrong.items() if LENIENT in visible.failures(wrong)}
    gain = {learner for learner in LEARNERS if LENIENT in plan.lost(learner) and learner != BLANK} - shown
    assert gain and plan.points[LENIENT] == 0.75 and plan.points[STRICTER] == 0.75

    text = term.run("./classroom", "regrade", "03_activations")
    assert term.totals() == before and term.marks("03_activations") == marks
    assert f"{len(gain)} gain, 1 lose, {29 - len(gain)} keep their points." in text, text
    with open(term.folder / "regrades" / "preview-03_activations.csv", newline="", encoding="utf-8") as file:
        rows = {
            (row["learner"], row["test"], float(row["new_points"]) - float(row["old_points"]))
            for row in csv.DictReader(file)
            if row["test"]
        }
    assert rows == {(learner, LENIENT, 0.75) for learner in gain} | {(STRICT, STRICTER, -0.75)}

    text = term.run("./classroom", "regrade", "03_activations", "--apply", "--feedback")
    assert "30 cells with points, extra credit or comments by hand: all kept." in text
    after = {(learner, "03_activations"): before[learner, "03_activations"] + 0.75 for learner in gain}
    after[STRICT, "03_activations"] = before[STRICT, "03_activations"] - 0.75
    assert term.totals() == pytest.approx({**before, **after})
    now = term.marks("03_activations")
    assert {learner: now[learner]["written_softmax"] for learner in LEARNERS} == {
        learner: marks[learner]["written_softmax"] for learner in LEARNERS
    }
    page = (term.folder / "feedback" / STRICT / "03_activations" / "activations.html").read_text(encoding="utf-8")
    assert f"{before[STRICT, '03_activations'] - 0.75:g}" in page


def exceptions(term: Term) -> None:
    """One is excused from the first assignment, one leaves: no grade moves."""
    totals = term.totals()
    term.run("./classroom", "excuse", EXCUSED, "01_pixels")
    term.run("./classroom", "drop", DROPPED)
    lines = term.run("./classroom", "exceptions").splitlines()
    assert len(lines) == 3 and [line.partition(",")[0].partition("(")[2][:-1] for line in lines] == [
        DROPPED,
        EXCUSED,
        EXTENDED,
    ]
    assert term.totals() == totals


def exports(term: Term) -> None:
    """Canvas and Moodle get the gradebook's numbers, of all but who has left and what one is excused from."""
    totals = {key: points for key, points in term.totals().items() if key[0] != DROPPED}
    assert totals.pop((EXCUSED, "01_pixels")) > 0
    for exporter, key, is_learner in (
        ("Canvas", "SIS User ID", lambda row: row["SIS User ID"]),
        ("Moodle", "Email address", lambda row: True),
    ):
        file = term.folder / f"{exporter}.csv"
        term.run("./classroom", "export", exporter.lower(), "--to", file.name)
        with open(file, newline="", encoding="utf-8") as opened:
            rows = [row for row in csv.DictReader(opened) if is_learner(row)]
        assert len(rows) == 29
        found = {(row[key].split("@")[0], assignment): row[assignment] for row in rows for assignment in DUE}
        assert found.pop((EXCUSED, "01_pixels")) == {"Canvas": "EX", "Moodle": "-"}[exporter]
        found = {key: float(points) for key, points in found.items()}
        assert found == pytest.approx(totals, abs=0.0051), exporter


def the_end(term: Term) -> None:
    """Feedback for everybody who needs a page, and the doctor has nothing to say against it."""
    term.run("nbgrader", "generate_feedback", "02_neuron", "--student", LATE)
    page = (term.folder / "feedback" / LATE / "02_neuron" / "neuron.html").read_text(encoding="utf-8")
    assert "Dora Weiss, say more." in page and "Due: " in page and "Handed in: " in page
    text = term.run("./classroom", "doctor")
    assert "0 problems" in text and "03_activations: 30 were graded before" not in text, text
