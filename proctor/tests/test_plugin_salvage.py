"""Every broken submission ends as a recorded result with its reason, and hurts nobody else."""

import copy
import json
import os

import pytest
from nbformat import NotebookNode
from nbgrader import utils

import proctor.plugin.converter as converter
from proctor.plugin import template
from proctor.tests import plugin_stand_in
from proctor.tests.plugin_course import DOUBLE, Course
from proctor.tests.test_plugin_rows import copy_of

FULL = {"test_double": (2.0, False), "test_halve": (3.0, False)}
NOTHING = {"test_double": (0.0, False), "test_halve": (0.0, False)}
NONE = {"test_double": (0.0, False), "test_halve": (0.0, False)}


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    monkeypatch.setattr(converter, "grade_submission", plugin_stand_in.grade_submission)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    from proctor.tests.plugin_course import numbers

    return Course(tmp_path_factory.mktemp("course") / "course", {"numbers": numbers()})


@pytest.fixture
def course(released, tmp_path):
    return copy_of(released, tmp_path / "course")


def grade_id(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def find(nb, name):
    return next(c for c in nb["cells"] if grade_id(c) == name)


def without(nb, name):
    nb["cells"] = [c for c in nb["cells"] if grade_id(c) != name]


def duplicate(nb, name):
    nb["cells"].append(copy.deepcopy(find(nb, name)))


def strip_metadata(nb, ids=False):
    for cell in nb["cells"]:
        cell["metadata"] = {}
        if ids:
            cell.pop("id")
    if ids:
        nb["nbformat_minor"] = 4


def as_version_3(nb):
    cells = [
        {
            "cell_type": c["cell_type"],
            "metadata": c["metadata"],
            "language": "python",
            "input" if c["cell_type"] == "code" else "source": c["source"],
        }
        for c in nb["cells"]
    ]
    nb.clear()
    nb.update(nbformat=3, nbformat_minor=0, metadata={"name": ""}, worksheets=[{"cells": cells, "metadata": {}}])


# name -> (what was done to the notebook, whether a grader is asked to look)
MENDED = {
    "emptied_metadata_of_a_copy": (
        lambda nb: nb["cells"].append({**copy.deepcopy(find(nb, "double")), "metadata": {"nbgrader": {}}}),
        False,
    ),
    "test_pasted_twice": (lambda nb: duplicate(nb, "test_double"), True),
    "solution_pasted_twice": (lambda nb: duplicate(nb, "double"), True),
    "test_deleted": (lambda nb: without(nb, "test_double"), True),
    "all_tests_deleted": (lambda nb: (without(nb, "test_double"), without(nb, "test_halve")), True),
    "readonly_deleted": (lambda nb: without(nb, "imports"), False),
    "test_edited": (lambda nb: find(nb, "test_double").update(source="assert False"), True),
    "test_made_markdown": (
        lambda nb: (find(nb, "test_double").update(cell_type="markdown"), find(nb, "test_double").pop("outputs")),
        False,
    ),
    "test_made_raw": (lambda nb: find(nb, "test_double").update(cell_type="raw"), False),
    "tagged_skip": (
        lambda nb: find(nb, "test_double")["metadata"].update(tags=["skip-execution", "raises-exception"]),
        False,
    ),
    "claimed_as_solution": (lambda nb: find(nb, "test_double")["metadata"]["nbgrader"].update(solution=True), False),
    "claimed_not_graded": (
        lambda nb: find(nb, "test_double")["metadata"]["nbgrader"].update(grade=False, locked=False),
        False,
    ),
    "more_points": (lambda nb: find(nb, "test_double")["metadata"]["nbgrader"].update(points=1000), False),
    "points_not_a_number": (lambda nb: find(nb, "test_double")["metadata"]["nbgrader"].update(points="many"), False),
    "old_schema": (lambda nb: find(nb, "test_double")["metadata"]["nbgrader"].update(schema_version=1), False),
    "absurd_schema": (lambda nb: find(nb, "test_double")["metadata"]["nbgrader"].update(schema_version=10**9), False),
    "schema_not_a_number": (
        lambda nb: find(nb, "test_double")["metadata"]["nbgrader"].update(schema_version=[None]),
        False,
    ),
    "unknown_grade_id": (
        lambda nb: find(nb, "test_double")["metadata"]["nbgrader"].update(grade_id="free_points"),
        True,
    ),
    "grade_id_not_a_name": (lambda nb: find(nb, "test_double")["metadata"]["nbgrader"].update(grade_id={"a": 1}), True),
    "nbgrader_metadata_not_a_dict": (lambda nb: find(nb, "test_double")["metadata"].update(nbgrader=[1, 2]), True),
    "metadata_stripped": (strip_metadata, True),
    "metadata_and_ids_stripped": (lambda nb: strip_metadata(nb, ids=True), True),
    "old_nbformat": (as_version_3, False),
    "absurd_nbformat": (lambda nb: nb.update(nbformat=99, nbformat_minor=-1), False),
    "no_nbformat": (lambda nb: (nb.pop("nbformat"), nb.pop("nbformat_minor")), False),
    "unknown_kernel": (
        lambda nb: nb["metadata"].update(kernelspec={"name": "cobol", "language": "cobol", "display_name": "C"}),
        False,
    ),
    "metadata_is_a_list": (lambda nb: nb.update(metadata=[]), False),
    "same_cell_ids": (lambda nb: [c.update(id="same") for c in nb["cells"]], False),
    "absurd_cell_ids": (lambda nb: [c.update(id="../" * 50 + str(i)) for i, c in enumerate(nb["cells"])], False),
    "cells_that_are_none": (lambda nb: nb["cells"].extend([None, 1, "x", [], {}]), False),
    "sources_are_text": (lambda nb: [c.update(source="".join(c["source"])) for c in nb["cells"]], False),
    "lone_surrogates": (
        lambda nb: nb["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "\ud800"}),
        False,
    ),
}


@pytest.fixture(scope="module")
def mended(released, tmp_path_factory):
    """All of them graded in one run, beside an honest one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(converter, "grade_submission", plugin_stand_in.grade_submission)
        course = copy_of(released, tmp_path_factory.mktemp("mended") / "course")
        course.submit("honest", numbers=course.answered())
        for name, (spoil, _) in MENDED.items():
            nb = course.answered()
            spoil(nb)
            course.submit(name, numbers=nb)
        return course, course.autograde().summary


@pytest.mark.parametrize("name", MENDED)
def test_mended_notebooks_get_what_they_earned(mended, name):
    """Whatever happened to metadata and instructor's cells, right answers get full marks; wrong metadata gives none
    extra.
    """
    course, summary = mended
    assert course.scores(name) == FULL
    assert (name in summary.looks) == MENDED[name][1], summary.looks.get(name)
    assert summary.graded == len(MENDED) + 1 and not summary.failed


def test_mended_notebooks_hold_every_instructors_cell_once(mended):
    """In autograded/, each of the release's cells stands once, valid, without hidden tests."""
    import nbformat

    course, _ = mended
    for name in MENDED:
        nb = course.graded(name)
        nbformat.validate(nbformat.from_dict(nb))
        ids = [grade_id(c) for c in nb["cells"] if grade_id(c)]
        assert sorted(ids) == sorted(set(ids)) and {"test_double", "test_halve"} <= set(ids)
        assert "secret answer" not in json.dumps(nb)


RELEASED = object()
UNREADABLE = {
    "empty": b"",
    "blank": b" \n",
    "broken": b'{"cells": [{"cell_type": "code"',
    "not_a_notebook": b'{"a": 1}',
    "a_number": b"17",
    "a_list": b"[]",
    "binary": bytes(range(256)) * 10,
    "deep": b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "long_number": b'{"cells": [], "metadata": {"a": ' + b"9" * 10_000 + b"}}",
    "too_many_cells": json.dumps({"cells": [{"cell_type": "code", "source": ""}] * 6000}).encode(),
    "enormous": b'{"cells": []' + b" " * 500_000 + b"}",
}


def test_unreadable_notebooks_are_recorded_with_their_reason(course):
    """No points, a note for the grader, a notebook that tells the learner what to do; an honest one beside them is
    unharmed.
    """
    course.config.Proctor.max_notebook = 200_000 + len(UNREADABLE["deep"])
    course.submit("honest", numbers=course.answered())
    for name, content in UNREADABLE.items():
        course.submit(name, **{"numbers.ipynb": content})
    UNREADABLE_LINK = course.submit("link")
    os.symlink(course.root / "source" / "ps1" / "numbers.ipynb", UNREADABLE_LINK / "numbers.ipynb")
    (course.submit("folder") / "numbers.ipynb").mkdir()
    os.mkfifo(course.submit("pipe") / "numbers.ipynb")
    course.submit("nothing")
    (course.root / "submitted" / "file").mkdir()
    (course.root / "submitted" / "file" / "ps1").write_text("not a folder")
    summary = course.autograde().summary
    assert course.scores("honest") == FULL
    for name in [*UNREADABLE, "link", "folder", "pipe", "nothing", "file"]:
        if name == "long_number":
            continue  # a newer Python refuses the number, an older one reads it
        assert course.scores(name) == NONE, name
        assert summary.looks[name], name
        shown = course.graded(name)
        assert shown["metadata"]["proctor"]["messages"], name
        assert DOUBLE not in json.dumps(shown)
    assert not summary.failed


@pytest.mark.parametrize("file", ["numbers (1).ipynb", "Numbers.ipynb", "homework.ipynb", "my work/numbers.ipynb"])
def test_a_notebook_under_another_name_is_found_by_its_cells(course, file):
    """A browser's second download, or a file in a folder, is graded all the same."""
    folder = course.submit("ann")
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text(json.dumps(course.answered()))
    summary = course.autograde().summary
    assert course.scores("ann") == FULL
    assert "holds the cells" in summary.looks["ann"][0]


def test_a_good_copy_is_graded_in_place_of_a_broken_file(course):
    """'numbers.ipynb' is damaged, 'numbers (1).ipynb' is not."""
    course.submit("ann", **{"numbers.ipynb": b"{", "numbers (1)": course.answered()})
    course.autograde()
    assert course.scores("ann") == FULL


def test_other_files_are_copied_as_plain_files_and_the_assignments_own_win(course):
    """Links, pipes and devices stay behind; a helper file of the assignment cannot be replaced."""
    folder = course.submit("ann", numbers=course.answered(), **{"helper.py": b"FACTOR = 99\n", "notes.txt": b"mine"})
    os.symlink("/etc/passwd", folder / "passwd")
    os.symlink("/etc", folder / "etc")
    os.mkfifo(folder / "pipe")
    summary = course.autograde().summary
    graded = course.root / "autograded" / "ann" / "ps1"
    assert course.scores("ann") == FULL
    assert (graded / "helper.py").read_text() == "FACTOR = 2\n" and (graded / "notes.txt").read_text() == "mine"
    assert sorted(p.name for p in graded.iterdir()) == ["helper.py", "notes.txt", "numbers.ipynb"]
    assert len(summary.looks["ann"]) == 3


def test_files_that_cannot_stand_beside_ours_are_left_out(course):
    """A folder called like our file or notebook, a file called like our folder."""
    (course.root / "source" / "ps1" / "data").mkdir()
    (course.root / "source" / "ps1" / "data" / "table.csv").write_text("1,2\n")
    folder = course.submit("ann", **{"numbers (1)": course.answered(), "data": b"a file"})
    for name in ("helper.py", "numbers.ipynb", "timestamp.txt"):
        (folder / name).mkdir()
        (folder / name / "inside.txt").write_text("x")
    course.autograde()
    graded = course.root / "autograded" / "ann" / "ps1"
    assert course.scores("ann") == FULL
    assert sorted(p.relative_to(graded).as_posix() for p in graded.rglob("*")) == [
        "data",
        "data/table.csv",
        "helper.py",
        "numbers.ipynb",
        "timestamp.txt",
    ]


def test_a_failure_of_the_grader_itself_is_recorded_and_asks_for_a_look(course, monkeypatch):
    """A mistake in proctor or in a test costs no other submission."""
    monkeypatch.setattr(converter, "grade_submission", fails_for_mallory)
    for student in ("ann", "mallory"):
        course.submit(student, numbers=course.answered())
    summary = course.autograde().summary
    assert course.scores("ann") == FULL and course.scores("mallory") == {
        "test_double": (0.0, True),
        "test_halve": (0.0, True),
    }
    assert "ZeroDivisionError" in summary.looks["mallory"][0]


def fails_for_mallory(shared, task):
    keep = plugin_stand_in.grade_notebook
    if task.student == "mallory":
        plugin_stand_in.grade_notebook = lambda job: 1 / 0
    try:
        return plugin_stand_in.grade_submission(shared, task)
    finally:
        plugin_stand_in.grade_notebook = keep


def test_students_are_not_created_if_the_course_says_so(course):
    """One unknown student does not stop the known ones."""
    from nbgrader.api import Gradebook
    from nbgrader.converters.base import NbGraderException

    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gb:
        gb.add_student("known")
    course.config.Autograde.create_student = False
    for student in ("known", "stranger"):
        course.submit(student, numbers=course.answered())
    with pytest.raises(NbGraderException):
        course.autograde()
    assert course.scores("known") == FULL and course.scores("stranger") == {}


def test_a_cell_of_the_learner_is_never_taken_for_a_test(course):
    """Their own asserts, near the place of a deleted test, stay theirs."""
    nb = course.answered()
    at = nb["cells"].index(find(nb, "test_double"))
    nb["cells"][at] = {
        "cell_type": "code",
        "metadata": {},
        "source": "assert double(3) == 6\nmine = 1",
        "outputs": [],
        "execution_count": None,
    }
    course.submit("ann", numbers=nb)
    course.autograde()
    assert course.scores("ann") == FULL
    assert any("mine = 1" in c["source"] for c in course.graded("ann")["cells"])


def test_stripped_answers_are_found_by_place(released, tmp_path):
    """Without metadata and ids, a rewritten answer is still the answer between its neighbours."""
    from proctor.tests.plugin_course import cell, notebook

    source = notebook(
        [
            cell("plain", "# One", cell_type="markdown"),
            cell("manual", "Your words", "why", 4, "markdown"),
            cell("plain", "# Two", cell_type="markdown"),
            cell("manual", "Your words", "how", 4, "markdown"),
        ]
    )
    course = Course(tmp_path / "words", {"essay": source})
    nb = course.answered("essay", why="Because the sky is blue.", how="Slowly, with patience.")
    strip_metadata(nb, ids=True)
    course.submit("ann", essay=nb)
    course.autograde()
    assert course.scores("ann") == {"why": (None, True), "how": (None, True)}
    shown = {grade_id(c): c["source"] for c in course.graded("ann", "essay")["cells"] if grade_id(c)}
    assert shown == {"why": "Because the sky is blue.", "how": "Slowly, with patience."}


@pytest.mark.parametrize(
    "kind",
    [
        dict(grade=True, locked=True, points=2.5),
        dict(solution=True),
        dict(grade=True, solution=True, points=1),
        dict(locked=True),
    ],
)
def test_checksum_is_nbgraders(kind):
    """Our short checksum and nbgrader's are the same number."""
    spec = template.Cell("id", "code", "", grade_id="name", **kind)
    meta = {"grade": False, "solution": False, "locked": False, **kind, "grade_id": "name"}
    cell = NotebookNode(cell_type="code", source="x = 'ä'", metadata=NotebookNode(nbgrader=NotebookNode(meta)))
    assert template.checksum(cell.source, spec) == utils.compute_checksum(cell)


@pytest.mark.parametrize("kind", ["files", "large", "notebooks", "large notebooks", "deep", "links"])
@pytest.mark.parametrize("name", ["numbers.ipynb", "Numbers.ipynb", "numbers (1).ipynb"])
def test_nothing_else_in_the_folder_pushes_the_notebook_out(course, kind, name):
    """What sorts before it, is large, lies deep or comes in thousands has bounds of its own, and is named in a few
    lines.
    """
    folder = course.submit("ann", **{name: json.dumps(course.answered()).encode()})
    if kind == "files":
        for number in range(1200):
            (folder / f"a{number}.txt").write_text("x")
    elif kind == "large":
        for number in range(3):
            os.truncate(open(folder / f"a{number}.bin", "wb").name, 24 * 1024**2)
    elif kind == "notebooks":
        for number in range(1200):
            (folder / f"a{number}.ipynb").write_text("{}")
        # small ones come first, so an unusual name among a thousand empty ones is beyond the bound
        if name != "numbers.ipynb":
            for number in range(1150):
                (folder / f"a{number}.ipynb").unlink()
    elif kind == "large notebooks":
        for number in range(3):
            os.truncate(open(folder / f"a{number}.ipynb", "wb").name, 24 * 1024**2)
    elif kind == "deep":
        for number in range(1, 200):
            os.mkdir(folder / "/".join(["a"] * number))
            (folder / "/".join(["a"] * number) / "b.txt").write_text("x")
        for number in range(1, 12):
            os.mkdir(folder / "/".join(["long" * 60] * number))
            (folder / "/".join(["long" * 60] * number) / "b.txt").write_text("x")
    else:
        for number in range(1200):
            os.symlink("/etc/passwd", folder / f"a{number}")
    summary = course.autograde().summary
    assert course.scores("ann") == FULL
    assert len(summary.looks.get("ann", ())) <= 25


def test_names_reach_no_terminal_as_they_are(course, caplog):
    """Control characters, also those that turn writing round, of file names: in what is logged they are escapes."""
    folder = course.submit("ann", **{"numbers \x1b[2J\r\u202egnp.ipynb": json.dumps(course.answered()).encode()})
    (folder / "a\x1b]0;title\x07\n: all is well").symlink_to("/etc/passwd")
    (folder / "b\x9b2J.ipynb").mkdir()
    os.mkfifo(folder / "\x1b[31m")
    summary = course.autograde().summary
    assert course.scores("ann") == FULL
    assert len(summary.looks["ann"]) == 4
    assert all(look.isprintable() for look in summary.looks["ann"])
    assert all(line.isprintable() for record in caplog.records for line in record.getMessage().split("\n"))


def test_hard_links(course, tmp_path):
    """A file with a name outside the submission is left out; a notebook with one, as in a backup made with links, is
    graded and named.
    """
    (tmp_path / "secret.txt").write_text("secret")
    folder = course.submit("ann", numbers=course.answered(), **{"notes.txt": b"mine"})
    os.link(tmp_path / "secret.txt", folder / "leak.txt")
    os.link(folder / "notes.txt", folder / "notes again.txt")
    os.link(folder / "numbers.ipynb", tmp_path / "backup.ipynb")
    summary = course.autograde().summary
    graded = course.root / "autograded" / "ann" / "ps1"
    assert course.scores("ann") == FULL
    assert sorted(p.name for p in graded.iterdir()) == ["helper.py", "notes again.txt", "notes.txt", "numbers.ipynb"]
    assert [
        "'leak.txt' has another name" in look or "'numbers.ipynb' has another name" in look
        for look in summary.looks["ann"]
    ] == [True, True]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_hard_link_to_somebody_elses_notebook_is_not_read(course, tmp_path):
    (tmp_path / "theirs.ipynb").write_text(json.dumps(course.answered()))
    folder = course.submit("ann", **{"notes.txt": b"mine"})
    os.link(tmp_path / "theirs.ipynb", folder / "numbers.ipynb")
    os.chown(folder, 1234, 1234)
    summary = course.autograde().summary
    assert course.scores("ann") == NOTHING
    assert any("belongs to somebody else" in look for look in summary.looks["ann"])


def edited(course, name, change, **answers):
    nb = course.answered(**answers)
    cell = find(nb, name)
    cell["source"] = change("".join(cell["source"]))
    return nb


def test_work_in_a_locked_cell_runs_as_the_learners_own(course):
    """An import or a helper in a given cell, an answer above a test or merged with it: full points, a look and a
    message.
    """
    stub, helper = {"double": "# your code"}, "def twice(x):\n    return 2 * x"
    merged = edited(course, "test_double", lambda text: DOUBLE + "\n\n" + text)
    without(merged, "double")

    def within(text: str) -> str:  # between the docstring and the test
        return text.replace("\n", "\n" + DOUBLE + "\n", 1)

    course.submit(
        "before",
        numbers=edited(
            course,
            "imports",
            lambda text: "import math\n" + text,
            double="def double(x):\n    return math.prod((x, 2))",
        ),
    )
    course.submit(
        "behind", numbers=edited(course, "imports", lambda text: text + "\n" + helper, double="double = twice")
    )
    course.submit("above", numbers=edited(course, "test_double", lambda text: DOUBLE + "\n" + text, **stub))
    course.submit("merged", numbers=merged)
    course.submit("with_magic", numbers=edited(course, "imports", lambda text: text + "\n%matplotlib inline\n"))
    summary = course.autograde().summary
    for student in ("before", "behind", "above", "merged", "with_magic"):
        graded = course.graded(student)
        assert course.scores(student) == FULL, student
        assert any("written into" in look for look in summary.looks[student])
        assert "was run as a cell of your own" in graded["metadata"]["proctor"]["messages"][0]
        assert find(graded, "test_double")["source"] == "".join(
            find(course.released("numbers"), "test_double")["source"]
        )
    course.submit("within", numbers=edited(course, "test_double", within))
    course.autograde()
    assert DOUBLE in [c["source"] for c in course.graded("within")["cells"] if not grade_id(c)]


def test_an_answer_in_given_code_that_was_changed_too_runs(course):
    """Definitions, imports and constants that touch no given name; the whole text is kept to read beside them."""
    stub = {"double": "# your code"}
    helper = "import math\nFACTOR = 3\nBASE = 2\n\ndef twice(x):\n    return math.prod((x, BASE))\nprint(twice(1))"
    course.submit("setup", numbers=edited(course, "imports", lambda text: helper, double="double = twice"))
    course.submit(
        "in_test",
        numbers=edited(
            course,
            "test_double",
            lambda text: text.replace("double(1)", "double(2)") + "\n" + DOUBLE + "\n%time double(1)",
            **stub,
        ),
    )
    course.submit("one_line", numbers=edited(course, "imports", lambda text: "FACTOR = 3; BASE = 2"))
    summary = course.autograde().summary
    for student in ("setup", "in_test"):
        cells = [c["source"] for c in course.graded(student)["cells"] if not grade_id(c)]
        assert course.scores(student) == FULL, student
        assert (
            "what is new in it runs" in summary.looks[student][0]
            and "was run as a cell of your own" in course.graded(student)["metadata"]["proctor"]["messages"][0]
        )
        assert any("given cell above" in source for source in cells)
    assert "import math\n\nBASE = 2\n\ndef twice(x):\n    return math.prod((x, BASE))" in [
        c["source"] for c in course.graded("setup")["cells"]
    ]
    assert "BASE = 2" in [c["source"] for c in course.graded("one_line")["cells"]] and course.scores("one_line") == FULL


def test_changed_given_code_is_kept_to_read_and_never_run(course):
    """What was given counts, the learner's text stands below it in full, also where it would close the fence."""
    text = "from helper import FACTOR\nFACTOR = 3  # ```\nx = FACTOR["
    course.submit("changed", numbers=edited(course, "imports", lambda _: text))
    course.submit("shortened", numbers=edited(course, "test_double", lambda text: text.splitlines()[0]))
    course.submit(
        "formatted", numbers=edited(course, "test_double", lambda text: text.replace("double(1)", "double( 1 )"))
    )
    summary = course.autograde().summary
    cells = course.graded("changed")["cells"]
    place = next(i for i, c in enumerate(cells) if grade_id(c) == "imports")
    assert (
        cells[place + 1]["cell_type"] == "markdown"
        and text in cells[place + 1]["source"]
        and "````python" in cells[place + 1]["source"]
    )
    assert course.scores("changed") == course.scores("shortened") == course.scores("formatted") == FULL
    assert set(summary.looks) == {"changed"}


def test_an_answer_typed_into_the_question_is_kept(tmp_path):
    """A written answer in a locked text stands as the learner's own below it."""
    from proctor.tests.plugin_course import cell, notebook

    course = Course(
        tmp_path / "course",
        {
            "numbers": notebook(
                [
                    cell("readonly", "Why?", "question", cell_type="markdown"),
                    cell("manual", "Your answer", "why", 4, "markdown"),
                    cell("task", "Draw.", "tree", 5, "markdown"),
                ]
            )
        },
    )
    nb = edited(course, "question", lambda text: text + "\n\nBecause of the chain rule.")
    find(nb, "tree")["source"] = "Draw it? Here it is."
    course.submit("ann", numbers=nb)
    summary = course.autograde().summary
    cells = course.graded("ann")["cells"]
    assert [c["source"] for c in cells[:2]] == ["Why?", "Because of the chain rule."]
    assert any("Here it is." in c["source"] for c in cells if not grade_id(c))
    assert sum("written into" in look for look in summary.looks["ann"]) == 2


@pytest.mark.parametrize("folder", ["Müller", "müller ", "mu\u0308ller", "\u00a0MÜLLER", "ｍüller"])
def test_an_id_is_the_same_however_a_folder_writes_it(folder):
    """Such a folder is refused, with the learner's name, in place of a second learner."""
    assert converter._folded(folder) == converter._folded("müller") != converter._folded("muller")
