"""Which file is the notebook, and what can be read of it: copies, blanks, other assignments, other endings, damage."""

import copy
import gzip
import io
import json
import zipfile

import nbformat
import pytest
from nbgrader.converters import GenerateAssignment

import proctor.plugin.converter as converter
from proctor.plugin import salvage
from proctor.tests import plugin_stand_in
from proctor.tests.plugin_course import DOUBLE, HALVE, Course, cell, notebook, numbers
from proctor.tests.test_plugin_rows import copy_of
from proctor.tests.test_plugin_salvage import FULL, NOTHING, find, strip_metadata


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    monkeypatch.setattr(converter, "grade_submission", plugin_stand_in.grade_submission)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """The course with a second assignment, `ps2`, whose notebook is `letters`."""
    course = Course(tmp_path_factory.mktemp("course") / "course", {"numbers": numbers()})
    other = course.root / "source" / "ps2"
    other.mkdir()
    nbformat.write(
        notebook(
            [
                cell("readonly", "import string", "letters_import"),
                cell("solution", "### BEGIN SOLUTION\nX = 1\n### END SOLUTION", "upper"),
                cell("test", "assert X == 1", "test_upper", 2),
                cell("test", "assert X < 2", "test_small", 2),
            ]
        ),
        other / "letters.ipynb",
    )
    config = copy.deepcopy(course.config)
    config.CourseDirectory.assignment_id = "ps2"
    GenerateAssignment(coursedir=type(course.coursedir())(config=config), config=config).start()
    return course


@pytest.fixture
def course(released, tmp_path):
    return copy_of(released, tmp_path / "course")


def put(course, student, name, content):
    path = course.submit(student) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


def messages(course, student):
    return " ".join(course.graded(student)["metadata"]["proctor"]["messages"])


@pytest.mark.parametrize(
    "other",
    [
        "numbers__20261104104101.ipynb",
        "numbers-Copy1.ipynb",
        "Copy of numbers.ipynb",
        "final/numbers.ipynb",
        "numbers.ipynb.json",
    ],
)
def test_the_file_with_answers_counts_beside_the_blank_original(course, other):
    """nbgitpuller, browsers and Colab leave the released notebook beside the work: both are named, and the learner
    is told.
    """
    put(course, "ann", "numbers.ipynb", course.released("numbers"))
    put(course, "ann", other, course.answered())
    looks = course.autograde().summary.looks["ann"]
    assert course.scores("ann") == FULL
    assert len(looks) == 1 and other in looks[0] and "'numbers.ipynb' is this notebook as it was released" in looks[0]
    assert other in messages(course, "ann") and "has no answers" in messages(course, "ann")


def test_of_two_with_answers_the_one_with_the_right_name_counts(course):
    put(course, "ann", "numbers.ipynb", course.answered(double="def double(x):\n    return 3 * x"))
    put(course, "ann", "numbers-Copy1.ipynb", course.answered())
    looks = course.autograde().summary.looks["ann"]
    assert course.scores("ann")["test_double"] == (0.0, False)
    assert (
        len(looks) == 1
        and "'numbers-Copy1.ipynb' looks like this notebook too (2 answers)" in looks[0]
        and "was not" in messages(course, "ann")
    )


def test_a_notebook_that_is_as_released_is_said_to_be(course):
    """Whoever saved the wrong file learns it, and the grader too; a note of one's own is an answer to somebody."""
    put(course, "blank", "numbers.ipynb", course.released("numbers"))
    stripped = course.released("numbers")
    strip_metadata(stripped, ids=True)
    put(course, "stripped", "numbers.ipynb", stripped)
    noted = course.released("numbers")
    noted["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "I could not do it."})
    put(course, "noted", "numbers.ipynb", noted)
    looks = course.autograde().summary.looks
    assert any("unchanged since its release" in look for look in looks["blank"]) and any(
        "unchanged since its release" in look for look in looks["stripped"]
    )
    assert "without an answer" in messages(course, "blank") and "noted" not in looks


@pytest.mark.parametrize("file", ["letters.ipynb", "numbers.ipynb", "homework.ipynb", "letters"])
@pytest.mark.parametrize("strip", [False, True])
def test_a_notebook_of_another_assignment_is_named(course, file, strip):
    """In one line, whatever it is called, in place of a line for each missing cell."""
    nb = json.loads((course.root / "release" / "ps2" / "letters.ipynb").read_text())
    if strip:
        strip_metadata(nb)
    put(course, "ann", file, nb)
    looks = course.autograde().summary.looks["ann"]
    assert looks == [
        f"'{file}' is the notebook 'letters' of the assignment 'ps2', not 'numbers'; it was not graded here."
    ]
    assert (
        "You handed in 'letters' of the assignment 'ps2'" in messages(course, "ann") and course.scores("ann") == NOTHING
    )


def test_the_right_one_beside_a_stranger_is_graded(course):
    put(course, "ann", "letters.ipynb", json.loads((course.root / "release" / "ps2" / "letters.ipynb").read_text()))
    put(course, "ann", "numbers.ipynb", course.answered())
    assert "ann" not in course.autograde().summary.looks
    assert course.scores("ann") == FULL


def test_two_notebooks_under_each_others_names(tmp_path):
    """Each is graded as what it is."""
    course = Course(tmp_path / "course")
    put(course, "ann", "words.ipynb", course.answered())
    put(course, "ann", "numbers.ipynb", course.answered("words", why="Since."))
    looks = course.autograde().summary.looks["ann"]
    scores = course.scores("ann")
    assert {name: scores[name] for name in FULL} == FULL and scores["why"] == (None, True) and len(looks) == 2


@pytest.mark.parametrize(
    "file",
    [
        "numbers.ipynb.json",
        "numbers.ipynb.txt",
        "numbers.json",
        "numbers",
        "numbers.ipynb ",
        "numbers.IPYNB",
        "work/numbers.txt",
        "numbers.ipynb.download",
    ],
)
def test_the_content_says_what_is_a_notebook(course, file):
    """Browsers and mail programs change how a name ends."""
    put(course, "ann", file, course.answered())
    looks = course.autograde().summary.looks["ann"]
    assert course.scores("ann") == FULL and len(looks) == 1 and "holds the cells of 'numbers.ipynb'" in looks[0]


def test_where_there_is_no_notebook_the_files_are_named(course):
    put(course, "ann", "numbers.html", b"<html>my work</html>")
    put(course, "bob", "data.json", b'{"cells": [1, 2], "cell_type": 0}')
    looks = course.autograde().summary.looks
    assert "It has 'numbers.html'." in looks["ann"][0] and "It has 'data.json'." in looks["bob"][0]


INVALID = [
    {"tags": ["a", "a"]},
    {"tags": ["a,b"]},
    {"tags": "hide"},
    {"tags": [1, ""]},
    {"tags": {}},
    {"collapsed": "yes"},
    {"scrolled": "no"},
    {"name": ""},
    {"name": 5},
    {"jupyter": []},
    {"jupyter": {"source_hidden": "true"}},
    {"jupyter": {"outputs_hidden": 1}},
    {"execution": "x"},
    {"execution": {"iopub.status.busy": 5}},
    {"format": 1},
    {"raw_mimetype": 5},
    {"transient": "x"},
    {"transient": {"remove_source": []}},
    {"magics_language": 7},
    {"slideshow": 5},
    {"widgets": []},
    {"nbgrader": 1},
]


def test_whatever_metadata_comes_in_a_valid_notebook_goes_out(course):
    """nbformat accepts what leaves proctor, and nbconvert makes a page of it, as formgrader and feedback do."""
    from nbconvert.exporters import HTMLExporter

    nb = course.answered()
    find(nb, "double")["metadata"].update(collapsed="yes", tags="x", jupyter=[])
    for kind in ("code", "markdown", "raw"):
        for metadata in INVALID:
            nb["cells"].insert(1, {"cell_type": kind, "metadata": metadata, "source": "1"})
    put(course, "ann", "numbers.ipynb", nb)
    course.autograde()
    graded = nbformat.from_dict(course.graded("ann"))
    nbformat.validate(graded)
    assert course.scores("ann") == FULL
    assert "double" in HTMLExporter().from_notebook_node(graded)[0]


def damaged(text):
    lines = text.split("\n")
    at = next(number for number, line in enumerate(lines) if "2 * x" in line)
    mine, yours = lines[at], lines[at].replace("2 *", "3 *")
    conflict = ["<<<<<<< HEAD", mine, "=======", yours, ">>>>>>> 1a2b3c (evening)"]
    three = ["<<<<<<< HEAD", mine, "||||||| base", yours, "=======", yours, ">>>>>>> other"]
    cells = text.rindex('"cells"') if text.rindex('"cells"') > 10 else None
    assert cells is None
    return {
        "utf-16": text.encode("utf-16"),
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "utf-32": text.encode("utf-32"),
        "utf-8-sig": text.encode("utf-8-sig"),
        "cp1252": text.encode("cp1252"),
        "tail": text.encode() + b'\n ],\n "nbformat": 4\n}',
        "zeros": text.encode() + b"\0" * 512,
        "head": b"HTTP/1.1 200 OK\n\n" + text.encode(),
        "twice": text.encode() * 2,
        "conflict": "\n".join([*lines[:at], *conflict, *lines[at + 1 :]]).encode(),
        "conflict_crlf": "\r\n".join([*lines[:at], *conflict, *lines[at + 1 :]]).encode(),
        "diff3": "\n".join([*lines[:at], *three, *lines[at + 1 :]]).encode(),
        "cut": text.encode()[: text.encode().rindex(b'"metadata"')],
        "comma": text.replace("\n ],\n", ",\n ],\n").encode(),
        "newlines": text.replace("\\n", "\n").encode(),
        "gzip": gzip.compress(text.encode()),
        "zip": zipped({"hw/numbers.ipynb": text, "__MACOSX/._numbers.ipynb.txt": "", "a.txt": "1"}),
        "api": json.dumps({"type": "notebook", "content": json.loads(text)}).encode(),
        "text": json.dumps(text).encode(),
        "list": json.dumps(json.loads(text)["cells"]).encode(),
    }


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_what_can_be_read_of_a_damaged_file_is_graded(course):
    """Behind the end, in front, conflict marks, a cut, other encodings: full points, a look and a sentence; what
    nobody needs to know is not said.
    """
    nb = course.answered(double="# für alle\n" + DOUBLE)
    files = damaged(json.dumps(nb, indent=1, ensure_ascii=False))
    for name, content in files.items():
        put(course, name, "numbers.ipynb", content)
    summary = course.autograde().summary
    for name in files:
        assert course.scores(name) == FULL, (name, summary.looks.get(name))
        assert any("für alle" in "".join(one["source"]) for one in course.graded(name)["cells"]), name
        silent = name.startswith("utf") or name == "newlines"
        assert (name in summary.looks) != silent and bool(messages(course, name)) != silent, name


def test_a_compressed_file_unpacks_to_no_more_than_a_notebook(course, monkeypatch):
    """Nor is one of several notebooks in a zip taken."""
    monkeypatch.setattr(salvage, "MOST_UNPACKED", 1000)
    for content in (gzip.compress(b"{" * 10**7), zipped({"a.ipynb": "{" * 10**7})):
        with pytest.raises(salvage.Unreadable, match="too large"):
            salvage.read_notebook(content)
    for content in (zipped({"a.ipynb": "{}", "b.ipynb": "{}"}), b"PK\x03\x04", b"\x1f\x8b"):
        with pytest.raises(salvage.Unreadable, match="damaged"):
            salvage.read_notebook(content)


def test_a_notebook_of_ones_own_is_named_or_graded(course):
    """New, with the answers alone: beside the blank one it is named, in its place it is graded."""
    fresh = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    for source in (DOUBLE, HALVE):
        fresh["cells"].append({"cell_type": "code", "metadata": {}, "source": source, "outputs": []})
    put(course, "alone", "Untitled0.ipynb", fresh)
    put(course, "beside", "Untitled0.ipynb", fresh)
    put(course, "beside", "numbers.ipynb", course.released("numbers"))
    put(course, "two", "Untitled0.ipynb", fresh)
    put(course, "two", "Untitled1.ipynb", fresh)
    put(course, "scratch", "Untitled0.ipynb", fresh)
    put(course, "scratch", "numbers.ipynb", course.answered())
    looks = course.autograde().summary.looks
    assert course.scores("alone") == course.scores("scratch") == FULL and "scratch" not in looks
    assert "'Untitled0.ipynb' was graded as 'numbers.ipynb'" in looks["alone"][0]
    for student in ("beside", "two"):
        assert course.scores(student) == NOTHING and any("'Untitled0.ipynb'" in look for look in looks[student])
        assert "Untitled0.ipynb" in messages(course, student)


def test_the_side_of_a_conflict_with_answers_counts(course):
    """HEAD is the blank one."""
    blank, mine = (json.dumps(one, indent=1) for one in (course.released("numbers"), course.answered()))
    put(course, "ann", "numbers.ipynb", f"<<<<<<< HEAD\n{blank}\n=======\n{mine}\n>>>>>>> evening\n".encode())
    looks = course.autograde().summary.looks["ann"]
    assert course.scores("ann") == FULL and any("conflict" in look for look in looks)


def test_a_page_saved_in_place_of_the_notebook_is_named(course):
    put(course, "ann", "numbers.ipynb", b"<!DOCTYPE html><html><body>GitHub</body></html>")
    assert "is a web page" in course.autograde().summary.looks["ann"][0]


def test_the_version_of_python_is_read():
    """As text of a few characters, or not at all."""
    for version, read in (("3.12.1", "3.12.1"), ("3.13.0rc1", "3.13.0rc1"), (3.12, ""), ("x" * 99, ""), (None, "")):
        nb = {"cells": [], "metadata": {"language_info": {"version": version}}}
        assert salvage.read_notebook(json.dumps(nb).encode()).python == read
