"""`classroom mark`: who may write, what is refused, two graders at once, and an evening in a real browser."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import nbformat
import pytest
from nbgrader.api import Gradebook

from classroom import book, mark, settings
from classroom.errors import ClassroomError
from classroom.mark import answers as mark_answers
from classroom.mark import server
from proctor.plugin import access
from proctor.tests.plugin_course import cell, notebook
from proctor.tests.test_plugin_postgresql import server as postgresql  # noqa: F401  (a fixture)

HOME = Path(__file__).resolve().parents[2]
COURSE = "evening"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = HOME / ".cache" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
PLACEHOLDER = "*Write your answer here.*"
TREE = """### Draw a tree — 5 minutes

Say what a tree is, and for which $n$ it has $n - 1$ edges.

<!-- BEGIN MARK SCHEME -->
**Marking scheme**

- 1 point: connected
- 1 point: without a circle
<!-- END MARK SCHEME -->"""
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
HOSTILE = """A graph with $n - 1$ edges. ![mine](attachment:tree.png)

<script>document.title = "mine"</script> <img src="x" onerror="document.title='mine'">
<a href="javascript:document.title='mine'">a link</a>

<img src="https://tracker.example.org/seen.png">
<div id="status" class="answer active" style="position: fixed; top: 0; left: 0; width: 100%; height: 100%; z-index: 9999">over all</div>"""
LEARNERS = {  # learner -> the answer to `tree`; None is left as released
    "ann": "Connected, without a circle.",
    "bob": HOSTILE,
    "cat": "A plant.",
    "dan": None,
}


def words(tree: str | None = None, elsewhere: str = "") -> nbformat.NotebookNode:
    """The notebook, released or with an answer."""
    answer = nbformat.v4.new_markdown_cell(PLACEHOLDER if tree is None else tree)
    if tree == HOSTILE:
        answer["attachments"] = {"tree.png": {"image/png": PIXEL}}
    return notebook(
        [
            cell("plain", "# Words", cell_type="markdown"),
            *([cell("plain", elsewhere, cell_type="markdown")] if elsewhere else []),
            cell("task", TREE, "tree", 2, "markdown"),
            answer,
            cell("task", "And a river?", "river", 1, "markdown"),
            cell("plain", PLACEHOLDER, cell_type="markdown"),
            cell("plain", "Why, by the way?", cell_type="markdown"),
            cell("manual", "" if tree is None else "print('two') # so", "why", 4),
            cell("plain", "## What you built", cell_type="markdown"),
        ]
    )


def made_class(root: Path, url: str = "", learners: dict = LEARNERS) -> Path:
    """A class as autograding leaves it: a gradebook with rows, and notebooks in autograded/."""
    url = url or f"sqlite:///{root / 'gradebook.db'}"
    (root / "release" / "ps1").mkdir(parents=True)
    nbformat.write(words(), root / "release" / "ps1" / "words.ipynb")
    (root / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(root)!r}\nc.CourseDirectory.db_url = {url!r}\n"
        f"c.CourseDirectory.course_id = {COURSE!r}\n"
    )
    with Gradebook(url, COURSE) as made:
        for assignment in ("ps1", "ps2"):
            made.add_assignment(assignment)
            made.add_notebook("words", assignment)
            for name, source, points in (("tree", TREE, 2), ("river", "And a river?", 1)):
                made.add_task_cell(name, "words", assignment, max_score=points, cell_type="markdown")
                made.add_source_cell(name, "words", assignment, source=source, cell_type="markdown")
            made.add_grade_cell("why", "words", assignment, max_score=4, cell_type="code")
            made.add_solution_cell("why", "words", assignment)
            made.add_grade_cell("test_why", "words", assignment, max_score=1, cell_type="code")
        for learner, tree in learners.items():
            made.add_student(learner, first_name=learner.capitalize(), last_name="Of the Roster")
            for assignment in ("ps1", "ps2"):
                for grade in made.add_submission(assignment, learner).notebooks[0].grades:
                    blank = tree is None or grade.name == "river"
                    grade.auto_score, grade.needs_manual_grade = (0.0, False) if blank else (None, True)
            folder = root / "autograded" / learner / "ps1"
            folder.mkdir(parents=True)
            nbformat.write(words(tree), folder / "words.ipynb")
        made.db.commit()
    return root


class Served:
    """The server in a thread, and a client without a browser's manners."""

    def __init__(self, root: Path, assignment: str = "ps1", names: bool = False):
        self.root = root
        self.course = settings.of_folder(root).coursedir
        self.session = server.Session(self.course, assignment, names)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.listening = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self.keys = self.listening.keys

    async def _listen(self):
        return server.Listening(self.session, 0)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.listening.stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self.session.close()

    def ask(self, path: str, body: object = None, **headers: str) -> tuple[int, dict, str]:
        """Status, headers and text. Headers are named with _ for -; None leaves one out."""
        origin = f"http://127.0.0.1:{self.listening.port}"
        sent = {"Cookie": f"mark={self.keys.visitor}"}
        if body is not None:
            sent |= {"Origin": origin, "X-Page": self.keys.page, "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        line = http.client.HTTPConnection("127.0.0.1", self.listening.port, timeout=60)
        with contextlib.closing(line):
            line.putrequest("GET" if body is None else "POST", path, skip_host="Host" in sent)
            data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
            for name, value in {**sent, "Content-Length": str(len(data))}.items():
                if value is not None:
                    line.putheader(name, value)
            line.endheaders(data)
            answer = line.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()

    def state(self, cell_name: str = "tree") -> dict:
        status, _, text = self.ask(f"{self.keys.path}state?notebook=words&cell={cell_name}&given=only")
        assert status == 200, text
        return json.loads(text)

    def key(self, learner: str, cell_name: str = "tree") -> str:
        """The id of a learner's answer."""
        question = self.session.question("words", cell_name)
        return next(one.key for one in self.session.answers(question) if one.learner == learner)

    def order(self, learner: str, now: tuple, was: tuple = (None, None, True), cell_name: str = "tree") -> dict:
        """What the page sends: (points, comment, waits) before and after."""
        names = ("points", "comment", "waits")
        return {
            "notebook": "words",
            "cell": cell_name,
            "key": self.key(learner, cell_name),
            "was": dict(zip(names, was)),
            "now": dict(zip(names, now)),
        }

    def give(self, *of, **more) -> tuple[int, dict]:
        status, _, text = self.ask(f"{self.keys.path}give", self.order(*of, **more))
        return status, json.loads(text)

    def texts(self, *learners: str, cell_name: str = "tree") -> list[dict]:
        keys = [self.key(learner, cell_name) for learner in learners]
        asked = urlencode({"notebook": "words", "cell": cell_name, "keys": ",".join(keys)})
        status, _, text = self.ask(f"{self.keys.path}texts?{asked}")
        assert status == 200, text
        return [json.loads(text)[key] for key in keys]


def in_nbgrader(served: Served, learner: str, cell_name: str = "tree", assignment: str = "ps1") -> tuple:
    """Points, comment and whether it waits, as formgrader reads them."""
    with Gradebook(served.course.db_url, COURSE) as gradebook:
        place = (cell_name, "words", assignment, learner)
        grade = gradebook.find_grade(*place)
        return grade.manual_score, gradebook.find_comment(*place).manual_comment, grade.needs_manual_grade


UNREAD = (None, None, True)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(made_class(tmp_path_factory.mktemp("class")))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def unread(request):
    """Each test begins with nothing given."""
    if "served" in request.fixturenames:
        with Gradebook(request.getfixturevalue("served").course.db_url, COURSE) as gradebook:
            for student in gradebook.students:
                for grade in gradebook.find_submission("ps1", student.id).notebooks[0].grades:
                    grade.manual_score, grade.needs_manual_grade = None, grade.auto_score is None
                for comment in gradebook.find_submission("ps1", student.id).notebooks[0].comments:
                    comment.manual_comment = None
            gradebook.db.commit()


# ---------------------------------------------------------------- who gets in


def test_who_has_not_opened_the_link_gets_nothing(served):
    """Every process of a hub's users can reach the port."""
    at = served.keys.path
    for path in (
        at,
        f"{at}mark.js",
        f"{at}state?notebook=words&cell=tree",
        f"{at}texts?cell=tree",
        "/",
        f"{at}nothing",
    ):
        for cookie in (None, "mark=guess", "mark="):
            status, _, text = served.ask(path, Cookie=cookie)
            assert status == 403 and "Open the link" in text and "ann" not in text, (path, cookie)
    assert served.ask(f"{at}?token=guess", Cookie=None)[0] == 403
    assert served.ask(f"{at}give", served.order("ann", (1.0, None, False)), Cookie=None)[0] == 403
    assert in_nbgrader(served, "ann") == UNREAD


def test_the_link_leaves_a_cookie_that_no_other_port_and_no_script_gets(served):
    question = served.session.question("words", "tree")
    link = urlsplit(served.listening.link(question))
    status, headers, text = served.ask(f"{link.path}?{link.query}", Cookie=None)
    cookie = headers["Set-Cookie"]
    assert status == 200 and f"mark={served.keys.visitor}" in cookie and served.keys.link not in cookie + text
    assert (
        "HttpOnly" in cookie and "SameSite=Strict" in cookie and f"Path={link.path}" in cookie and len(link.path) > 15
    )
    onward = re.search(r'url=([^"]+)"', text)[1].replace("&amp;", "&")
    status, headers, text = served.ask(onward)
    assert status == 200 and "words" in onward and served.keys.page in text
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "img-src data:" in policy
    assert headers["X-Frame-Options"] == "DENY" and headers["Cache-Control"] == "no-store"


def test_a_name_that_somebody_made_lead_here_is_refused(served):
    at = f"{served.keys.path}state?notebook=words&cell=tree"
    assert served.ask(at, Host="tracker.example.org")[0] == 403
    assert served.ask(at, Host=f"127.0.0.1.example.org:{served.listening.port}")[0] == 403
    assert served.ask(at, Host="localhost:9000")[0] == 200  # through a tunnel


def test_no_other_page_can_write(served):
    """With the grader's cookie, but without what only the page has; or from another origin."""
    at, order = f"{served.keys.path}give", served.order("ann", (1.0, None, False))
    for forged in (
        {"X_Page": None},
        {"X_Page": "guess"},
        {"Origin": None},
        {"Origin": "null"},
        {"Origin": f"http://127.0.0.1:{served.listening.port + 1}"},
        {"Origin": "https://tracker.example.org"},
    ):
        assert served.ask(at, order, **forged)[0] == 403, forged
    assert served.ask(f"{at}?{urlencode({'key': order['key'], 'points': 1})}")[0] == 405  # a picture's address
    assert in_nbgrader(served, "ann") == UNREAD


# ---------------------------------------------------------------- what may be given


def test_what_is_given_is_what_formgrader_shows(served):
    status, there = served.give("ann", (1.5, " Say why. \n\n Read 1.2. ", False))
    assert (status, there) == (200, {"points": 1.5, "comment": "Say why. \n\n Read 1.2.", "waits": False})
    assert in_nbgrader(served, "ann") == (1.5, "Say why. \n\n Read 1.2.", False)
    state = served.state()
    assert [one["waits"] for one in state["questions"] if one["cell"] == "tree"] == [2]
    status, _ = served.give("ann", (None, None, False), was=(1.5, "Say why. \n\n Read 1.2.", False))
    assert status == 200 and in_nbgrader(served, "ann") == UNREAD  # without points it waits again
    assert served.give("ann", (0.0, None, False), cell_name="why")[0] == 200
    assert in_nbgrader(served, "ann", "why") == (0.0, None, False)


@pytest.mark.parametrize(
    "points, said",
    [
        (2.5, "2.5 points: this question has at most 2. Nothing was changed."),
        (-1, "-1 points: points below 0 are not given. Nothing was changed."),
        (-0.25, "points below 0"),
        (float("nan"), "at most 2"),
        (float("inf"), "at most 2"),
        (10**400, "at most 2"),
        (True, "Points are a number."),
        ("2", "Points are a number."),
        ([1], "Points are a number."),
    ],
    ids=str,
)
def test_points_out_of_bounds_are_refused_not_cut(served, points, said):
    status, there = served.give("ann", (points, None, False))
    assert status == 422 and said in there["said"] and in_nbgrader(served, "ann") == UNREAD


def test_comments_are_text_of_a_bounded_length(served):
    status, there = served.give("ann", (1.0, "x" * 20_001, False))
    assert status == 422 and "20,000 can be kept" in there["said"]
    assert served.give("ann", (1.0, "half\ud800 a\0 sign", False))[0] == 200
    assert in_nbgrader(served, "ann")[1] == "half? a sign"
    for broken in (b"", b"{", b"[]", b"[" * 100_000, json.dumps({**served.order("ann", UNREAD), "now": 3}).encode()):
        assert served.ask(f"{served.keys.path}give", broken)[0] == 400


def test_two_graders_do_not_overwrite_each_other(served):
    """The second hears what the first gave, comment included; the very same twice is no conflict."""
    assert served.give("cat", (1.0, None, False))[0] == 200
    status, there = served.give("cat", (2.0, "Fine.", False))
    assert status == 409 and "meanwhile given 1 point." in there["said"]
    assert (there["points"], there["comment"], there["waits"]) == (1.0, None, False)
    assert in_nbgrader(served, "cat") == (1.0, None, False)
    assert served.give("cat", (1.0, None, False))[0] == 200
    assert served.give("cat", (1.0, "Mine.", False), was=(1.0, None, False))[0] == 200
    status, there = served.give("cat", (1.0, "Yours.", False), was=(1.0, None, False))
    assert status == 409 and "“Mine.”" in there["said"] and in_nbgrader(served, "cat")[1] == "Mine."


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_two_who_write_at_the_same_moment_one_is_told(kind, request, tmp_path):
    """Both have read the same; the database lets one through, whatever the order of their statements."""
    url = request.getfixturevalue("postgresql") if kind == "postgresql" else f"sqlite:///{tmp_path / 'gradebook.db'}"
    made_class(tmp_path / "class", url, {"ann": "Connected."})
    engine = access.engine_of(url, access.PATIENCE)
    with contextlib.closing(engine.connect()) as connection:
        question = next(one for one in book.questions(connection, "ps1") if one.cell == "tree")
        [answer] = book.answers(connection, question)
    ready, written = threading.Barrier(8), {}

    def grader(number):
        ready.wait()
        written[number] = book.give(engine, question, answer, book.Given(number / 4, f"By {number}.", False))

    graders = [threading.Thread(target=grader, args=(number,)) for number in range(8)]
    for one in graders:
        one.start()
    for one in graders:
        one.join()
    [first] = [number for number, done in written.items() if done]
    with contextlib.closing(engine.connect()) as connection:
        [there] = book.answers(connection, question)
        assert there.given == book.Given(first / 4, f"By {first}.", False)
        assert not book.give(engine, question, there._replace(given=there.given._replace(comment="Old.")), there.given)
        assert book.answers(connection, question) == [there]
    engine.dispose()


def test_ids_of_other_answers_and_assignments_do_not_exist_here(served):
    order = served.order("ann", (1.0, None, False))
    with Gradebook(served.course.db_url, COURSE) as gradebook:
        elsewhere = gradebook.find_grade("tree", "words", "ps2", "ann").id
        test = gradebook.find_grade("test_why", "words", "ps1", "ann").id
    for forged in (
        {"key": elsewhere},
        {"key": test},
        {"key": served.key("ann", "why")},
        {"key": "' OR 1=1"},
        {"cell": "test_why"},
        {"cell": "nothing"},
        {"notebook": "../ps2/words"},
    ):
        status, _, text = served.ask(f"{served.keys.path}give", {**order, **forged})
        assert status == 404 and "has no such" in text, forged
    asked = urlencode({"notebook": "words", "cell": "tree", "keys": f"{elsewhere},{served.key('ann', 'why')}"})
    assert served.ask(f"{served.keys.path}texts?{asked}")[2] == "{}"
    for name, assignment in (("tree", "ps1"), ("tree", "ps2"), ("why", "ps1"), ("test_why", "ps1")):
        if name != "test_why":
            assert in_nbgrader(served, "ann", name, assignment) == UNREAD


def test_a_gradebook_that_is_held_says_so_and_nothing_is_lost(served, monkeypatch):
    monkeypatch.setattr(served.session, "engine", access.engine_of(served.course.db_url, 0.1))
    engine = access.engine_of(served.course.db_url, 1)
    with contextlib.closing(engine.connect()) as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        status, there = served.give("ann", (1.0, None, False))
        assert status == 503 and "is locked" in there["said"]
        other.rollback()
    engine.dispose()
    assert served.give("ann", (1.0, None, False))[0] == 200


# ---------------------------------------------------------------- what a grader reads


def test_questions_are_those_that_a_person_marks_and_blank_answers_do_not_wait(served):
    state = served.state()
    assert [(one["cell"], one["answers"], one["waits"]) for one in state["questions"]] == [
        ("tree", 3, 3),
        ("river", 0, 0),
        ("why", 3, 3),
    ]
    assert [one["blank"] for one in state["answers"]].count(True) == 1 and len(state["answers"]) == 4


def test_who_wrote_an_answer_is_not_said_unless_asked_for(served):
    blind = json.dumps(served.state())
    assert not re.search("ann|bob|cat|dan|Roster", blind) and '"Answer 1"' in blind
    named = Served(served.root, names=True)
    assert [one["name"] for one in named.state()["answers"]][:2] == [
        "Ann Of the Roster (ann)",
        "Bob Of the Roster (bob)",
    ]
    named.close()


def test_an_answer_is_what_the_learner_wrote_cleaned_with_formulas_and_pictures(served):
    ann, bob = served.texts("ann", "bob")
    assert "Connected, without a circle." in ann["html"] and not ann["said"]
    for never in ("Words", "Draw a tree", "Write your answer", "What you built"):
        assert never not in ann["html"]
    for never in ("<script", "onerror", "javascript:", "tracker", 'id="', "z-index", "position", "active"):
        assert never not in bob["html"], never
    assert "<math" in bob["html"] and f"data:image/png;base64,{PIXEL}" in bob["html"] and "over all" in bob["html"]
    [code] = served.texts("ann", cell_name="why")
    assert "print" in code["html"] and 'class="highlight' in code["html"].replace(" highlight", "highlight")


def test_an_answer_at_another_place_is_found_and_what_is_missing_is_said(served):
    folder = served.root / "autograded"
    kept = {name: (folder / name / "ps1" / "words.ipynb").read_bytes() for name in ("ann", "cat", "dan")}
    nbformat.write(words(elsewhere="My tree: a graph."), folder / "ann" / "ps1" / "words.ipynb")
    (folder / "cat" / "ps1" / "words.ipynb").write_text("{")
    (folder / "dan" / "ps1" / "tree.pdf").write_bytes(b"%PDF")
    ann, cat, dan = served.texts("ann", "cat", "dan")
    for name, content in kept.items():
        (folder / name / "ps1" / "words.ipynb").write_bytes(content)
    assert "My tree" in ann["html"] and "elsewhere in the notebook" in ann["said"]
    assert not cat["html"] and "cannot be read here" in cat["said"]
    assert not dan["html"] and dan["said"] == "Nothing is written below the question. Handed in, too: tree.pdf."


def test_the_mark_scheme_stands_beside_the_question(served):
    status, _, text = served.ask(f"{served.keys.path}state?notebook=words&cell=tree")
    tree = json.loads(text)
    assert status == 200 and tree["title"] == "Draw a tree"
    assert "without a circle" in tree["scheme"] and "MARK SCHEME" not in tree["scheme"] + tree["asked"]
    assert "<math" in tree["asked"] and "without a circle" not in tree["asked"]
    why = json.loads(served.ask(f"{served.keys.path}state?notebook=words&cell=why")[2])
    assert why["title"] == "why" and "Why, by the way?" in why["asked"]


def test_beside_an_answer_that_no_test_marks_stands_the_instructors():
    """Without the marks around it; an answer above it is not the question."""
    released = [
        cell("plain", "Why?", cell_type="markdown"),
        cell("manual", "YOUR ANSWER HERE", "because", 1, "markdown"),
        cell("manual", "", "program", 1),
    ]
    source = [cell("manual", "### BEGIN SOLUTION\nprint('two')\n### END SOLUTION", "program", 1)]
    question = book.Question("words", "program", 1.0, "", False, "", "", 0, 0)
    found = mark_answers.question_and_scheme(question, released, source, ())
    assert found == ("Why?", "```python\nprint('two')\n```")


# ---------------------------------------------------------------- the command


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["ps1a"], "no assignment 'ps1a': did you mean ps1?"),
        (["exam"], "It has: ps1, ps2."),
        (["ps1", "tre"], "ps1 has no question 'tre': did you mean tree?"),
        (["ps1", "test_why"], "ps1 has no question 'test_why'"),
        (["ps1", "--port", "70000"], "There is no port 70000"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_a_wrong_name_is_one_sentence(served, arguments, said, monkeypatch):
    monkeypatch.chdir(served.root)
    with pytest.raises(ClassroomError, match=re.escape(said)):
        mark.main(arguments)


def test_the_command_prints_a_link_and_ends_quietly(served):
    """With a port of the user's choice; a port that is taken is one sentence."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        command = [sys.executable, "-m", "classroom", "mark", "ps1", "--no-browser"]
        options = {"cwd": served.root, "env": {**os.environ, "PYTHONPATH": str(HOME)}, "text": True}
        busy = subprocess.run([*command, "--port", str(taken.getsockname()[1])], capture_output=True, **options)
    assert busy.returncode == 1 and "give another with --port" in busy.stderr and "Traceback" not in busy.stderr
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **options
    )
    try:
        assert "6 answers to read" in running.stdout.readline()
        link = urlsplit(running.stdout.readline().split()[1])
        line = http.client.HTTPConnection("127.0.0.1", link.port, timeout=60)
        line.request("GET", f"{link.path}?{link.query}")
        assert line.getresponse().status == 200
        line.close()
    finally:
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does, to its workers too
        out, err = running.communicate(timeout=120)
    assert running.returncode == 0 and "is in the gradebook" in out and not err


# ---------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def evening(tmp_path_factory):
    """The page in a browser that may talk to this machine only, with what it asked of others and what its console
    said.
    """
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: run `make setup`")
    if not CHROMIUM:
        pytest.skip("no chromium here: apt-get install chromium")
    api.expect.set_options(timeout=120_000)
    made = Served(made_class(tmp_path_factory.mktemp("evening"), learners={**LEARNERS, "eve": "Roots and leaves."}))
    made.strange = []

    def route(one):
        if one.request.url.startswith((f"http://127.0.0.1:{made.listening.port}/", "data:")):
            one.continue_()
        else:
            made.strange.append(one.request.url)
            one.abort()

    with api.sync_playwright() as play:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        browser = play.chromium.launch(executable_path=CHROMIUM, args=options)
        made.page = browser.new_page(viewport={"width": 1300, "height": 844})
        made.page.set_default_timeout(120_000)
        made.page.route("**/*", route)
        made.page.add_init_script("window.setInterval = () => 0")  # it looks for what others gave when it is asked to
        made.page.on("pageerror", lambda error: made.strange.append(str(error)))
        made.page.on("console", lambda one: made.strange.append(one.text) if "script-src" in one.text else None)
        made.page.goto(made.listening.link(made.session.question("words", "tree")))
        api.expect(made.page.locator("#answers")).to_contain_text("over all")
        made.expect = lambda place: api.expect(made.page.locator(place))
        yield made
        browser.close()
    made.close()


def test_an_evening_by_keyboard(evening):
    """Points, halves, a comment that is used again with its points, undo, bounds, a second grader, the next question."""
    page, expect, press = evening.page, evening.expect, evening.page.keyboard.press
    learners = [one.learner for one in evening.session.answers(evening.session.question("words", "tree"))]
    first, second, third, fourth = (one for one in learners if one != "dan")
    assert (
        page.locator(".answer").count() == 4 and "Roster" not in page.content()
    )  # without what was left as released; blind
    expect(".active h2").to_have_text(f"Answer {learners.index(first) + 1}")
    press("2")
    expect("#status").to_contain_text("2 points. 1 of 4 read.")
    press("Enter")
    press("1")
    press("h")
    press("c")
    page.keyboard.type("Say what connected means.")
    press("Escape")
    expect("#status").to_contain_text("1.5 points. 2 of 4 read.")
    press("Enter")
    expect(".active .offers button").to_have_text(re.compile(r"r 1\s*Say what connected means.\s*1.5 points, 1×"))
    press("r")
    press("1")
    expect("#status").to_contain_text("1.5 points. 3 of 4 read.")
    assert in_nbgrader(evening, first) == (2.0, None, False)
    assert in_nbgrader(evening, second) == in_nbgrader(evening, third) == (1.5, "Say what connected means.", False)
    press("u")
    expect("#status").to_contain_text("no points. 2 of 4 read.")
    assert in_nbgrader(evening, third) == UNREAD
    press("9")
    expect(".active .problem").to_have_text("9 points: this question has at most 2. Nothing was changed.")
    expect(".active .state").to_have_text("unread")
    assert evening.give(third, (0.5, "A plant.", False))[0] == 200  # somebody else, meanwhile
    press("p")
    page.keyboard.type("1,25")
    press("Enter")
    expect(".active .problem").to_contain_text(
        "Somebody else has meanwhile given 0.5 points and the comment “A plant.”"
    )
    expect(".active .problem").to_contain_text("It was: 1.25 points")
    expect(".active .state").to_have_text("0.5 of 2")
    assert page.locator(".active textarea").input_value() == "A plant."
    assert in_nbgrader(evening, third) == (0.5, "A plant.", False)
    assert evening.give(first, (2.0, "Fine.", False), was=(2.0, None, False))[0] == 200
    page.evaluate("refresh()")
    expect(".answer textarea >> nth=0").to_have_value("Fine.")
    press("Enter")
    press("q")
    expect("#status").to_contain_text("0.25 points. 4 of 4 read.")
    assert in_nbgrader(evening, fourth) == (0.25, None, False)
    press("k")
    assert page.evaluate("document.activeElement === document.querySelectorAll('.answer')[2]")
    press("f")
    press("f")
    expect("#answers").to_contain_text("Everything is read.")
    for question in ("river", "why"):
        press("]")
        expect("#cell").to_have_text(question)
    expect("#answers").to_contain_text("print('two')")
    assert not evening.strange and page.title() == "why: mark"


def test_the_page_fits_a_phone(evening):
    evening.page.set_viewport_size({"width": 390, "height": 844})
    assert evening.page.evaluate("document.documentElement.scrollWidth") <= 390
    evening.page.set_viewport_size({"width": 1300, "height": 844})


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not here: npm install --prefix .cache/axe axe-core")
def test_everybody_can_use_the_page(evening):
    """WCAG 2.2, A and AA, on both widths, with the list of keys open."""
    levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    ask = f"axe.run(document, {{runOnly: {levels}, resultTypes: ['violations']}})"
    evening.page.locator("#filter").select_option("all")
    evening.page.locator("#help").click()
    evening.page.evaluate(AXE.read_text(encoding="utf-8"))
    for width in (1300, 390):
        evening.page.set_viewport_size({"width": width, "height": 844})
        found = evening.page.evaluate(ask)["violations"]
        assert not found, [(one["id"], one["nodes"][0]["html"]) for one in found]
