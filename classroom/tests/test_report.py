"""The report: its numbers against the gradebook, its page in a real browser, and what it says of a class where there
is little to say.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from classroom import book
from classroom.errors import ClassroomError
from classroom.report import Report, agreement, attention, exercises, mistakes, notebooks
from classroom.report.facts import gather
from proctor.cells import Mistake
from proctor.tests import forkserver
from tools.tests import axe

ROOT = Path(__file__).resolve().parents[2]
EVIL = "<script>alert('name')</script>"
HINT = "The 1/N is missing: <b>divide</b> by the number of samples."
OTHER = "The sign is turned round."
KNOWN = [{"name": "ps-mean-sums", "hint": HINT}]
TWO = [*KNOWN, {"name": "ps-mean-turns_the_sign", "hint": OTHER}]
NONE: list = []
LEARNERS = [f"id{number:02}" for number in range(30)]

# Who has what right: 12 both exercises, 6 only mean, 3 only slope, 9 none.
MEAN = set(LEARNERS[:18])
SLOPE = set(LEARNERS[:12]) | set(LEARNERS[18:21])


def test_cell(name, mistakes=None):
    """A test that passed, or one that failed and named these."""
    about = {"grade_id": name, "grade": True, "solution": False, "locked": True, "points": 1}
    outputs = (
        []
        if mistakes is None
        else [{"output_type": "error", "ename": "TestFailed", "evalue": "", "traceback": ["Got 1; expected 2."]}]
    )
    return {
        "cell_type": "code",
        "source": "assert True",
        "outputs": outputs,
        "execution_count": 1,
        "metadata": {"nbgrader": about, "proctor": {"passed": mistakes is None, "mistakes": mistakes or []}},
    }


test_cell.__test__ = False  # makes a cell, is none of pytest's tests


def solution(name, code):
    return {
        "cell_type": "code",
        "source": code,
        "outputs": [],
        "execution_count": 1,
        "metadata": {"nbgrader": {"grade_id": name, "grade": False, "solution": True, "locked": False}},
    }


def notebook(messages=None, code="raise NotImplementedError()"):
    messages = messages or {}
    meta = {"grade_id": "why", "grade": True, "solution": True, "points": 2}
    written = {"cell_type": "markdown", "source": "because", "metadata": {"nbgrader": meta}}
    cells = [
        solution("mean", code),
        test_cell("test_mean_a", messages.get("test_mean_a")),
        test_cell("test_mean_b", messages.get("test_mean_b")),
        solution("slope", code),
        test_cell("test_slope", messages.get("test_slope")),
        written,
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A gradebook with nothing in it: making one takes seconds, copying it none."""
    path = tmp_path_factory.mktemp("empty") / "gradebook.db"
    Gradebook(f"sqlite:///{path}", "small").close()
    return path


def make(root: Path, empty: Path, learners=LEARNERS, submissions=True) -> Path:
    """A small course, graded: assignments ps1 and ps2, with the same notebook."""
    shutil.copy(empty, root / "gradebook.db")
    (root / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(root)!r}\nc.CourseDirectory.course_id = 'small'\n"
        f"c.CourseDirectory.db_url = 'sqlite:///{root}/gradebook.db'\n"
    )
    with Gradebook(f"sqlite:///{root}/gradebook.db", "small") as gradebook:
        for day, assignment in ((6, "ps1"), (13, "ps2")):
            gradebook.add_assignment(assignment, duedate=datetime(2026, 2, day, 18))
            gradebook.add_notebook("work", assignment)
            for cell, points, kind in (
                ("test_mean_a", 1, "code"),
                ("test_mean_b", 1, "code"),
                ("test_slope", 2, "code"),
                ("why", 2, "markdown"),
            ):
                gradebook.add_grade_cell(cell, "work", assignment, max_score=points, cell_type=kind)
            for cell in ("mean", "slope", "why"):
                gradebook.add_solution_cell(cell, "work", assignment)
            folder = root / "release" / assignment
            folder.mkdir(parents=True)
            (folder / "work.ipynb").write_text(notebook())
        for number, learner in enumerate(learners):
            gradebook.add_student(
                learner,
                first_name=EVIL if number == 29 else "Ada",
                last_name=f"Name{number}",
                email=f"{learner}@example.org",
            )
            for assignment in ("ps1", "ps2") if submissions else ():
                if assignment == "ps2" and number == 29:
                    continue  # the last learner has not handed in ps2
                when = datetime(2026, 2, 6 if assignment == "ps1" else 13, 12 if number else 20)
                submission = gradebook.add_submission(assignment, learner, timestamp=when)
                for grade in submission.notebooks[0].grades:
                    right = learner in (SLOPE if grade.name == "test_slope" else MEAN)
                    grade.auto_score = None if grade.name == "why" else float(grade.max_score * right)
                    grade.needs_manual_grade = grade.name == "why"
                if number == 0 and assignment == "ps1":
                    submission.notebooks[0].late_submission_penalty = 1
                messages = {}
                if learner not in MEAN:
                    messages = {"test_mean_a": NONE}
                    if number < 26:
                        messages = {"test_mean_a": TWO if number % 2 else KNOWN, "test_mean_b": KNOWN}
                folder = root / "autograded" / learner / assignment
                folder.mkdir(parents=True)
                (folder / "work.ipynb").write_text(notebook(messages))
        gradebook.db.commit()
    return root


@pytest.fixture(scope="module")
def course(tmp_path_factory, empty):
    return make(tmp_path_factory.mktemp("course"), empty)


def reporter(root: Path, **options) -> tuple[Report, Gradebook]:
    options_of_course = {"root": str(root), "course_id": "small", "db_url": f"sqlite:///{root}/gradebook.db"}
    coursedir = CourseDirectory(config=Config({"CourseDirectory": options_of_course}))
    report = Report(to=str(root / "out"), **options)
    report.parent = coursedir
    coursedir.coursedir = coursedir  # as the application has it
    return report, Gradebook(coursedir.db_url, "small")


def html(root: Path, **options) -> str:
    report, gradebook = reporter(root, **options)
    with gradebook:
        place, _ = report.write(gradebook)
    return place.read_text(encoding="utf-8")


def sections(root: Path, **options) -> dict:
    report, gradebook = reporter(root, **options)
    with gradebook:
        return report.sections(gradebook)


@pytest.fixture(scope="module")
def page(course):
    """The report as the command writes it."""
    command = ["-m", "nbgrader", "export", "--exporter=classroom.report.Report", "--to", "report"]
    done = forkserver.run(command, course, {**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    assert "report/index.html" in done.stdout
    return course / "report" / "index.html"


# ---------------------------------------------------------------- the numbers


def test_distribution_counts_are_the_gradebooks(course, page):
    """9 have nothing, 9 half, 11 all, and one has three quarters, because of a late penalty; the written answer that
    waits is left out.
    """
    row = re.search(r'<tr data-assignment="ps1">(.*?)</tr>', page.read_text(), re.DOTALL).group(1)
    assert [int(count) for count in re.findall(r'<td class="n">(\d+)</td>', row)] == [30, 9, 0, 0, 0, 0, 9, 0, 1, 0, 11]
    with book.opened(f"sqlite:///{course}/gradebook.db") as connection:
        shares = [
            max(
                0.0,
                sum(m.score for m in book.marks(connection) if (m.learner, m.assignment) == (s.learner, "ps1"))
                - s.penalty,
            )
            / 4
            for s in book.submissions(connection)
            if s.assignment == "ps1"
        ]
    assert sum(share == 1 for share in shares) == 11 and shares.count(0.75) == 1


def test_discrimination_is_the_value_computed_by_hand(page):
    """Two exercises that are right or wrong: the rest score of each is the other, so phi = (12 * 9 - 6 * 3) /
    sqrt(18 * 12 * 15 * 15) = 0.408.
    """
    rows = dict(
        re.findall(r'<tr data-exercise="ps1/(\w+)">.*?<td class="n">([\d.]+)</td>\s*</tr>', page.read_text(), re.DOTALL)
    )
    assert rows["mean"] == rows["slope"] == "0.41"
    assert (12 * 9 - 6 * 3) / (18 * 12 * 15 * 15) ** 0.5 == pytest.approx(0.408, abs=0.0005)


def test_difficulty_is_the_mean_share_of_the_points(page):
    """18 of 30 have mean, 15 of 30 have slope."""
    assert re.search(r'"ps1/mean">.*?60 %', page.read_text(), re.DOTALL) and re.search(
        r'"ps1/slope">.*?50 %', page.read_text(), re.DOTALL
    )


def test_a_mistake_counts_each_learner_once(page):
    """Eight learners forgot the 1/N; two tests named it to each, one of them could not tell it from another mistake."""
    text = page.read_text()
    made = [number for number in range(18, 26) if LEARNERS[number] not in MEAN]
    assert len(made) == 8 and "<b>8 of 29</b>" in text and '<div class="many">8 of 30' in text
    assert OTHER not in text


def test_two_tests_that_disagree_leave_one_mistake():
    """Numbers in a sentence do not make another mistake of it; two mistakes that nobody can tell apart stay two."""
    a3, a4, b = Mistake("a", "a is 3"), Mistake("a", "a is 4.5"), Mistake("b", "b")
    assert mistakes.once([(a3, b), (a4,)]) == [(a4,)]
    assert mistakes.once([(a3,), (a4,)]) == [(a3,)]
    assert mistakes.once([(a3, b), (a4, b)]) == [(a3, b)]


@pytest.mark.parametrize(
    "said", [None, "a", [3, "x"], [{"name": "a"}], [{"name": 1, "hint": "x"}], {"name": "a", "hint": "x"}]
)
def test_what_is_no_mistake_in_a_notebook_is_none(said):
    """Graded by stock nbgrader, the metadata of a test cell may be the learner's own."""
    assert not notebooks.mistakes(
        [{**test_cell("t"), "metadata": {"nbgrader": {"grade": True, "grade_id": "t"}, "proctor": {"mistakes": said}}}]
    )
    assert notebooks.mistakes([test_cell("t", TWO)]) == {
        "t": (("ps-mean-sums", HINT), ("ps-mean-turns_the_sign", OTHER))
    }


def test_arrivals_and_late_ones_are_counted(course):
    rows = sections(course, similar=False)["timeline"].rows
    assert [(row.assignment, len(row.times), len(row.late), row.last_day) for row in rows] == [
        ("ps1", 30, 1, 29),
        ("ps2", 29, 1, 28),
    ]


def test_written_answers_are_counted_with_their_link(page):
    text = page.read_text()
    assert "59 written answers to grade" in text
    assert 'href="http://localhost:8888/formgrader/gradebook/ps1/work"' in text


def test_who_needs_help(course):
    """Nine have next to nothing in ps1; of them one has not handed in the newest either, and comes first."""
    needs = sections(course, similar=False)["needs"]
    assert needs[0].learner == LEARNERS[29] and needs[0].reasons == [
        "missing: ps2",
        "far below: 0 % on average, the class 50 %",
    ]
    assert {need.learner for need in needs} == set(LEARNERS[21:])


def test_answers_that_wait_make_no_exercise_hard(tmp_path, empty):
    """Two of thirty were read and have nothing: that says nothing of the other twenty-eight."""
    make(tmp_path, empty)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db", "small") as gradebook:
        for learner in LEARNERS[:2]:
            grade = gradebook.find_grade("why", "work", "ps1", learner)
            grade.manual_score, grade.needs_manual_grade = 0, False
        gradebook.db.commit()
    (why,) = [one for one in sections(tmp_path, similar=False)["exercises"][0].exercises if one.name == "why"]
    assert (why.share, why.unread, why.look, why.is_hard) == (0, 28, "", False)
    assert why._replace(unread=0).look == "hard"


def test_before_a_due_date_nothing_is_said_to_be_well(tmp_path, empty):
    make(tmp_path, empty)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db", "small") as gradebook:
        for name in ("ps1", "ps2"):
            gradebook.update_or_create_assignment(name, duedate=datetime(2999, 1, 1))
    text = html(tmp_path, similar=False)
    assert "all is well" not in text and "Nothing is due yet" in text


def test_the_next_lecture_has_the_mistakes_of_the_whole_term(course):
    """One mistake in both assignments, made by eight each time; what two tests could not tell apart is not counted."""
    (common,) = sections(course, similar=False)["common"]
    assert common == ("ps-mean-sums", ["mean"], HINT, {"ps1": 8, "ps2": 8}) and common.total == 16


def test_exceptions_are_heeded(tmp_path, empty):
    """Who is excused is not missing, who has left is in no number, and the page lists both."""
    make(tmp_path, empty)
    url = f"sqlite:///{tmp_path}/gradebook.db"
    for learner, assignment, kind, until in (
        (LEARNERS[29], "ps2", book.EXCUSED, None),
        (LEARNERS[0], "", book.DROPPED, None),
        (LEARNERS[1], "ps1", book.EXTENDED, datetime(2999, 1, 1, 12)),
    ):
        book.decide(url, book.Decision(learner, assignment, kind, until, "ill", datetime(2026, 1, 1)))
    found = sections(tmp_path, similar=False)
    assert found["needs"][-1].reasons == ["far below: 0 % on average, the class 50 %"]
    assert len(found["facts"].learners) == 29 and [row.missing for row in found["grades"]] == [0, 0]
    assert [row.learners for row in found["timeline"].rows] == [29, 28]
    text = html(tmp_path, similar=False)
    assert "has left the class (ill)" in text and "ps1: until Tuesday 1 January 2999, 12:00 (UTC) (ill)" in text
    assert "3 exceptions" in html(tmp_path, similar=False, names=False)
    with pytest.raises(ClassroomError, match="no learner 'id99'; is it 'id"):
        sections(tmp_path, student=["id99"])


def test_a_page_on_one_learner(course, tmp_path):
    """For office hours: how far, against the class, what was named, what was lost; of a stranger one sentence."""
    report, gradebook = reporter(course, learner=LEARNERS[18])
    with gradebook:
        values = report.of_one(gradebook)
        report.to = str(tmp_path / "one.html")
        text = report.write(gradebook)[0].read_text(encoding="utf-8")
        report.learner = "id9"
        with pytest.raises(ClassroomError, match="no learner 'id9'; is it 'id"):
            report.of_one(gradebook)
    newest, first = values["rows"]
    assert (newest.assignment, first.state, first.share, first.waits) == ("ps2", "handed in on time", 0.5, 1)
    assert first.lost == [("mean", 0.0, 2.0)] and first.told == [("mean", (HINT,))]
    assert f"Ada Name18 ({LEARNERS[18]})" in text and "Name19" not in text and "<script" not in text


def test_one_who_falls_is_seen_against_the_class(tmp_path, empty):
    """The last assignments were hard for all; only who fell more than the class needs help."""
    shutil.copy(empty, tmp_path)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db", "small") as gradebook:
        scores = {"a": [9, 9, 9, 5, 5], "b": [9, 9, 9, 5, 5], "c": [10, 10, 10, 2, 2], "d": [4, 4, 4, 1, 1]}
        for number in range(5):
            gradebook.add_assignment(f"ps{number}", duedate=datetime(2026, 2, 1 + number))
            gradebook.add_notebook("work", f"ps{number}")
            gradebook.add_grade_cell("test", "work", f"ps{number}", max_score=10, cell_type="code")
        for learner, points in scores.items():
            gradebook.add_student(learner)
            for number, score in enumerate(points):
                grade = gradebook.add_submission(f"ps{number}", learner).notebooks[0].grades[0]
                grade.auto_score, grade.needs_manual_grade = score, False
        gradebook.db.commit()
    report, gradebook = reporter(tmp_path)
    with gradebook, gradebook.engine.connect() as connection:
        found = attention.section(gather(connection, report.parent, datetime(2026, 3, 1)))
    assert {need.learner: need.reasons for need in found} == {
        "c": ["falling: 25 points of 100 lower in the last two, against the class"],
        "d": ["far below: 28 % on average, the class 71 %"],
    }


def test_too_few_learners_say_nothing_of_discrimination():
    """19 learners: difficulty yes, discrimination no."""
    few = {
        name: {str(n): [float((n + k) % 2), 1.0] for n in range(exercises.FEW - 1)}
        for k, name in enumerate(("one", "other"))
    }
    assert [(e.discrimination, e.why) for e in exercises.analyse(few)] == [(None, "too few learners")] * 2


# ---------------------------------------------------------------- two graders


def by_definition(first, second):
    """Cohen's 1 - sum w o / sum w e, from the table of categories."""
    kinds = sorted({*first, *second})
    n = len(first)
    observed = sum((a - b) ** 2 for a, b in zip(first, second)) / n
    expected = sum((a - b) ** 2 * first.count(a) * second.count(b) for a, b in product(kinds, kinds)) / n**2
    return 1 - observed / expected


@pytest.mark.parametrize(
    "first, second", [([0, 1, 2, 2, 3], [0, 1, 1, 2, 3]), ([0, 0.5, 2, 1], [2, 0.5, 0, 1]), ([1, 2, 3], [1, 2, 3])]
)
def test_kappa_is_cohens(first, second):
    assert agreement.weighted_kappa(first, second) == pytest.approx(by_definition(first, second))


def test_kappa_of_graders_who_always_give_the_same_is_not_defined():
    assert agreement.weighted_kappa([2, 2], [2, 2]) is None and agreement.weighted_kappa([], []) is None


def test_two_graders_are_compared(course, tmp_path):
    """Ten answers, one of them two points apart."""
    for name in ("first", "second"):
        shutil.copytree(course, tmp_path / name)
        with Gradebook(f"sqlite:///{tmp_path / name}/gradebook.db", "small") as gradebook:
            for number, learner in enumerate(LEARNERS[:10]):
                grade = gradebook.find_grade("why", "work", "ps1", learner)
                grade.manual_score, grade.needs_manual_grade = (
                    float(number % 3) if (name, number) != ("second", 0) else 2.0,
                    False,
                )
            gradebook.db.commit()
    text = html(tmp_path / "first", second_markers=[str(tmp_path / "second" / "gradebook.db")], similar=False)
    assert "<b>10</b> written answers marked by both: <b>90 %</b> the same, <b>0.20</b> points apart" in text
    first, second = [n % 3 for n in range(10)], [2] + [n % 3 for n in range(1, 10)]
    assert f"weighted kappa <b>{by_definition(first, second):.2f}</b>" in text
    assert "second_markers" in html(course, similar=False)  # without: how to get it
    with pytest.raises(ClassroomError, match="no second gradebook"):
        sections(course, second_markers=[str(tmp_path / "none.db")], similar=False)


# ---------------------------------------------------------------- the page


def test_what_people_wrote_is_escaped(page):
    text = page.read_text()
    assert EVIL not in text and "&lt;script&gt;" in text
    assert "<b>divide</b>" not in text and "&lt;b&gt;divide" in text
    assert "<script" not in text


def test_the_page_for_the_class_names_nobody(course, tmp_path):
    shutil.copytree(course, tmp_path / "course")
    text = html(tmp_path / "course", names=False)
    assert "8 of 30" in text and HINT.split(":")[0] in text
    for learner in LEARNERS:
        assert learner not in text
    words = re.sub(r'"data:[^"]*"', "", text)  # in a picture's letters a name may stand by chance
    assert not re.search(r"Name\d|example\.org|Ada|raise NotImplementedError", words)


def test_in_a_browser(page):
    """Nothing is fetched, the console is silent, each figure has words, a phone need not scroll sideways, and it can
    be printed.
    """
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install playwright)")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        try:
            tab = browser.new_page(viewport={"width": 1180, "height": 900})
            asked, said = [], []
            tab.on("request", lambda request: asked.append(request.url))
            tab.on("console", lambda message: said.append(message.text))
            tab.on("pageerror", lambda error: said.append(str(error)))
            tab.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
            tab.goto(page.as_uri())
            tab.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            assert [url for url in asked if not url.startswith("data:")] == [page.as_uri()]
            assert said == []
            images = tab.evaluate("[...document.images].map(each => [each.alt, each.naturalWidth])")
            assert len(images) == 5 and all(alt.strip() and width > 100 for alt, width in images)
            assert tab.evaluate("document.querySelectorAll('script').length") == 0
            assert "<script>" in tab.inner_text("#help")  # as text
            for width in (390, 768):
                tab.set_viewport_size({"width": width, "height": 844})
                assert tab.evaluate("document.documentElement.scrollWidth") <= width
                assert axe.out_of_reach(tab) == []
            assert tab.locator("main").count() == tab.locator("body > footer").count() == 1
            assert tab.pdf(format="A4").startswith(b"%PDF")
        finally:
            browser.close()


@axe.installed
def test_no_barrier_that_axe_finds(page):
    with axe.opened(page) as tab:
        assert axe.violations(tab) == []


def test_the_figures_are_beside_the_page(page):
    names = {path.name for path in page.parent.glob("*.png")}
    assert names == {"grades_ps1.png", "grades_ps2.png", "exercises_ps1.png", "exercises_ps2.png", "submissions.png"}
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in page.parent.glob("*.png"))


# ---------------------------------------------------------------- little to say


@pytest.mark.parametrize(
    "learners, submissions, says",
    [
        ([], False, "There is no learner in the gradebook yet"),
        (LEARNERS[:3], False, "No submission is in the gradebook yet"),
        (LEARNERS[:1], True, "1 learner: too few to say anything of discrimination"),
    ],
)
def test_a_small_class_gets_a_report_that_says_so(tmp_path, empty, learners, submissions, says):
    assert says in html(make(tmp_path, empty, learners, submissions))


def test_without_autograded_notebooks_the_grades_are_there(tmp_path, empty):
    make(tmp_path, empty, LEARNERS[:3])
    shutil.rmtree(tmp_path / "autograded")
    text = html(tmp_path)
    assert "There is no autograded notebook to read" in text and "3 graded" in text


def test_unreadable_notebooks_are_named_and_cost_nothing_else(tmp_path, empty):
    """Six kinds of them."""
    broken = [b"", b"{", b"[1]", b'{"cells": 3}', b"\xff\xfe\x00", b"null"]
    make(tmp_path, empty, LEARNERS[:7])
    for learner, content in zip(LEARNERS, broken):
        (tmp_path / "autograded" / learner / "ps1" / "work.ipynb").write_bytes(content)
    text = html(tmp_path)
    assert "6 autograded notebooks could not be read" in text and f"{LEARNERS[0]}/ps1/work.ipynb" in text
    assert text.count("<br>7 graded") == 2


def test_one_assignment_or_learner_may_be_asked_for(course):
    found = sections(course, assignment=["ps2"], student=[LEARNERS[0]], similar=False)
    assert list(found["facts"].due) == ["ps2"] and list(found["facts"].learners) == [LEARNERS[0]]


def test_a_page_with_a_name_of_its_own(course, tmp_path):
    report, gradebook = reporter(course, similar=False)
    report.to = str(tmp_path / "deep" / "page.html")
    with gradebook:
        assert report.write(gradebook)[0] == tmp_path / "deep" / "page.html"
    (tmp_path / "file").write_text("")
    report.to = str(tmp_path / "file")
    with gradebook, pytest.raises(ClassroomError, match="is a file"):
        report.write(gradebook)
