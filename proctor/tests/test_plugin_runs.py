"""Whole runs: dying workers, killed runs, two runs at once, Dask, the command line, the real rooms."""

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from nbgrader.converters import GenerateAssignment, NbGraderException

import proctor
import proctor.plugin.converter as converter
from proctor.plugin import grading
from proctor.plugin.claims import Claims
from proctor.plugin.pool import Pool, WorkerDied
from proctor.tests import plugin_course, plugin_stand_in
from proctor.tests.plugin_course import Course, numbers
from proctor.tests.test_plugin_rows import copy_of, honest_class, same_rows
from proctor.trusted.rooms import missing_walls

HOME = Path(proctor.__file__).parents[1]
FULL = {"test_double": (2.0, False), "test_halve": (3.0, False)}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("course") / "course")


@pytest.fixture
def course(released, tmp_path):
    course = copy_of(released, tmp_path / "course")
    (course.root / "nbgrader_config.py").write_text(
        textwrap.dedent(f"""
        import os, sys
        sys.path.insert(0, {str(HOME)!r})
        import proctor
        c = get_config()
        proctor.install(c)
        c.CourseDirectory.root = {str(course.root)!r}
        c.Proctor.workers = 2
        if os.environ.get("STAND_IN"):
            import proctor.plugin.converter as converter
            from proctor.tests import plugin_stand_in
            converter.grade_submission = plugin_stand_in.grade_submission
    """)
    )
    return course


def nbgrader(course, *arguments, stand_in=True, **options):
    """Start nbgrader as a grader does."""
    env = {**os.environ, "STAND_IN": "1" if stand_in else "", "JUPYTER_CONFIG_DIR": str(course.root / "config")}
    return subprocess.Popen(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course.root,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **options,
    )


def finished(process, seconds=1800):
    text, _ = process.communicate(timeout=seconds)
    return process.returncode, text


def scores(course, student):
    return {name: value for name, value in course.scores(student).items() if name in FULL}


def test_exit_status_and_summary_say_what_happened(course):
    """0 if all is recorded, or, for who asks for it, 3 if a grader should look at something; 1 if nothing could be
    done.
    """
    course.submit("ann", numbers=course.answered(), words=course.answered("words", why="So"))
    status, text = finished(nbgrader(course, "autograde", "ps1"))
    assert status == 0 and "1 graded" in text and "0 need a look" in text, text
    course.submit("bob", **{"numbers.ipynb": b"{"})
    status, text = finished(nbgrader(course, "autograde", "ps1"))
    assert (
        status == 0
        and "1 graded" in text
        and "1 need a look" in text
        and "1 were up to date" in text
        and "bob: 'numbers.ipynb'" in text
    ), text
    status, text = finished(nbgrader(course, "autograde", "ps1", "--force", "--Proctor.status=look"))
    assert status == 3 and "1 need a look" in text, text
    status, text = finished(nbgrader(course, "autograde", "ps2"))
    assert status == 1, text


def test_the_real_rooms_give_the_rows_of_stock_nbgrader(course, tmp_path):
    """The same comparison as in test_plugin_rows, with nothing replaced and through the command line."""
    honest_class(course)
    stock = copy_of(course, tmp_path / "stock")
    (stock.root / "nbgrader_config.py").unlink()
    stock.autograde(stock=True)
    status, text = finished(nbgrader(course, "autograde", "ps1", stand_in=False))
    assert status in (0, 3), text
    same_rows(stock, course)


def test_warm_rooms_in_parallel_give_the_rows_of_cold_ones_one_at_a_time(course, tmp_path):
    """Forking and sharing out the work do not show in the gradebook."""
    honest_class(course)
    slow = copy_of(course, tmp_path / "slow")
    slow.config.Proctor.workers, slow.config.Proctor.warm = 1, False
    course.autograde(), slow.autograde()
    same_rows(course, slow)


def test_formgraders_buttons_use_proctor(course):
    """nbgrader's API, which the buttons call, uses the same converter and the same feedback page."""
    course.submit("ann", numbers=course.answered(), words=course.answered("words", why="So"))
    code = textwrap.dedent("""
        from nbgrader.apps import NbGrader
        from nbgrader.apps.api import NbGraderAPI
        import json
        app = NbGrader()
        app.initialize([])
        api = NbGraderAPI(coursedir=app.coursedir, parent=app)
        result = api.autograde("ps1", "ann")
        print("RESULT", json.dumps([result["success"], sorted(api.get_autograded_students("ps1"))]), result["log"])
        result = api.generate_feedback("ps1", "ann")
        print("FEEDBACK", result["success"], result.get("error"))
    """)
    env = {**os.environ, "STAND_IN": "1"}
    text = subprocess.run(
        [sys.executable, "-c", code], cwd=course.root, env=env, text=True, capture_output=True, timeout=1800
    )
    assert '[true, ["ann"]]' in text.stdout, text
    assert scores(course, "ann") == FULL
    assert "1 graded" in text.stdout
    assert "FEEDBACK True" in text.stdout, text
    assert (
        "double of a number is twice the number"
        in (course.root / "feedback" / "ann" / "ps1" / "numbers.html").read_text()
    )


def looked_at(run) -> list:
    """Who is to be looked at for more than a notebook that was left as it was released."""
    return [
        who for who, why in run.summary.looks.items() if any("unchanged since its release" not in one for one in why)
    ]


def test_a_worker_that_dies_costs_one_submission_only(course, monkeypatch):
    """Its author gets no points and a grader a note; all others are graded."""
    monkeypatch.setattr(converter, "grade_submission", dies_for_mallory)
    for student in ("ann", "bob", "mallory", "zoe"):
        course.submit(student, numbers=course.answered(), words=course.answered("words"))
    run = course.autograde()
    assert run.summary.graded == 4 and looked_at(run) == ["mallory"]
    for student in ("ann", "bob", "zoe"):
        assert scores(course, student) == FULL
    assert scores(course, "mallory") == {"test_double": (0.0, True), "test_halve": (0.0, True)}


def test_workers_that_die_while_much_is_handed_out_do_not_stop_the_rest():
    """What is shared by all tasks is larger than a pipe: nobody may wait to write the rest of it to the dead."""
    with Pool(2) as workers:
        outcomes = dict(workers.run(dies_at_first, bytes(4 << 20), range(6)))
    assert [isinstance(outcomes[task], WorkerDied) for task in range(6)] == [task < 3 for task in range(6)]


def dies_at_first(shared, task):
    if task < 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return len(shared)


def test_a_worker_that_hangs_is_ended(course, monkeypatch):
    """Where every other time limit has failed, the worker ends itself and the run goes on."""
    monkeypatch.setattr(converter, "grade_submission", hangs_for_mallory)
    course.config.Proctor.limits = {"notebook_seconds": 0.5}
    for student in ("ann", "mallory", "zoe"):
        course.submit(student, numbers=course.answered(), words=course.answered("words"))
    run = course.autograde()
    assert run.summary.graded == 3 and looked_at(run) == ["mallory"]
    assert scores(course, "zoe") == FULL and scores(course, "mallory") == {
        "test_double": (0.0, True),
        "test_halve": (0.0, True),
    }


def hangs_for_mallory(shared, task):
    grading.GRACE = 0.5
    if task.student == "mallory":
        with grading._last_resort(2):
            time.sleep(60)
    return plugin_stand_in.grade_submission(shared, task)


def dies_for_mallory(shared, task):
    if task.student == "mallory":
        os.kill(os.getpid(), signal.SIGKILL)
    return plugin_stand_in.grade_submission(shared, task)


def test_a_run_that_is_killed_is_continued_by_the_next(course):
    """SIGKILL of the whole process group at several moments: never grades without a folder or a folder without
    grades.
    """
    students = [f"s{i:02d}" for i in range(24)]
    slow = course.answered()
    slow["cells"].append(
        {
            "cell_type": "code",
            "metadata": {},
            "source": "import time; time.sleep(0.2)",
            "outputs": [],
            "execution_count": None,
        }
    )
    for student in students:
        course.submit(student, numbers=slow, words=course.answered("words"))
    for wait in (0.3, 1.0):
        process = nbgrader(course, "autograde", "ps1", start_new_session=True)
        deadline = time.monotonic() + 600
        while not list(course.root.glob("autograded/*/ps1")) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(wait)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for folder in course.root.glob("autograded/*/ps1"):
            assert scores(course, folder.parent.name) == FULL
            json.loads((folder / "numbers.ipynb").read_text())
    done = len(list(course.root.glob("autograded/*/ps1")))
    status, text = finished(nbgrader(course, "autograde", "ps1"))
    assert status == 0 and f"{24 - done} graded" in text, text
    assert 0 < done < 24
    assert all(scores(course, student) == FULL for student in students)


def slowly(course, seconds):
    """Right answers that take their time."""
    slow = course.answered()
    slow["cells"].append(
        {
            "cell_type": "code",
            "metadata": {},
            "source": f"import time; time.sleep({seconds})",
            "outputs": [],
            "execution_count": None,
        }
    )
    return slow


def test_two_runs_at_once_share_the_work(course):
    """Nobody is graded twice; each run says what it left to the other."""
    students = [f"s{i:02d}" for i in range(12)]
    for student in students:
        course.submit(student, numbers=slowly(course, 0.5), words=course.answered("words"))
    both = [finished(process) for process in [nbgrader(course, "autograde", "ps1") for _ in range(2)]]
    assert all(status == 0 for status, _ in both), both
    graded, left, done = (
        [int((re.findall(rf"(\d+) {what}", text) or [0])[-1]) for _, text in both]
        for what in ("graded in", "were left to another run", "were up to date")
    )
    assert sum(graded) == 12 and sum(left) + sum(done) == 12, both
    assert all(scores(course, student) == FULL for student in students)


def test_what_a_killed_run_had_in_hand_is_taken_over(course):
    """Its claims end with it; while it is alive, another run leaves them alone."""
    for student in ("ann", "bob"):
        course.submit(student, numbers=slowly(course, 600), words=course.answered("words"))
    first = nbgrader(course, "autograde", "ps1", start_new_session=True)
    try:
        claims = Claims(str(course.root / "autograded" / ".ps1.lock"), False)
        deadline = time.monotonic() + 60
        while (
            not (seen := [student for student in ("ann", "bob") if not claims.take(student)])
            and time.monotonic() < deadline
        ):
            for student in ("ann", "bob"):
                claims.release(student)
            time.sleep(0.1)
        assert seen
        claims.close()
        time.sleep(2)
        status, text = finished(nbgrader(course, "autograde", "ps1"))
        assert status == 0 and "2 were left to another run" in text, text
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    for student in ("ann", "bob"):
        course.submit(student, numbers=course.answered())
    status, text = finished(nbgrader(course, "autograde", "ps1"))
    assert status == 0 and "2 graded" in text, text


def test_no_walls_are_told_first_and_last(course):
    """In every run without walls, before anything else and as the last line; nowhere else."""
    course.submit("ann", numbers=course.answered(), words=course.answered("words"))
    course.submit("bob", **{"numbers.ipynb": b"{"})
    for arguments in (["ps1"], ["ps1"], ["ps2"]):
        _, text = finished(nbgrader(course, "autograde", *arguments, "--Proctor.sandbox=none"))
        lines = [line for line in text.splitlines() if "| " in line]
        assert len(lines) > 2 and ["NO WALLS" in line for line in lines] == [True] + [False] * (len(lines) - 2) + [
            True
        ], text
        assert text.rstrip().endswith("see proctor/README.md.")
    _, text = finished(nbgrader(course, "autograde", "ps1", "--force"), 120)
    assert ("NO WALLS" in text) == bool(missing_walls())


def test_strict_refuses_before_anything_runs(course, monkeypatch):
    monkeypatch.setattr(converter, "missing_walls", lambda: "this machine has none")
    course.config.Proctor.sandbox = "strict"
    course.submit("ann", numbers=course.answered())
    with pytest.raises(NbGraderException, match="Nothing was graded: there are no walls"):
        course.autograde()
    assert not course.rows()["assignments"]


def test_names_that_learners_choose_do_not_steer_the_terminal(course):
    """File names and ids with control characters are written as escapes, in what is told and in the log."""
    nasty = "ev\x1b[2J\x9b31mil\nINFO | all is well\u202e"
    course.submit(
        nasty, **{"numbers.ipynb": b"{", nasty + ".ipynb": json.dumps(course.answered()).encode(), nasty: b"x"}
    )
    os.symlink("/etc/passwd", course.root / "submitted" / nasty / "ps1" / (nasty + ".txt"))
    for arguments in ([], []):
        status, text = finished(nbgrader(course, "autograde", "ps1", *arguments))
        assert status == 0 and "ev\\x1b[2J" in text, text
        assert (
            not set("\x9b\u202e") & set(text)
            and "\x1b[2J" not in text
            and not any(line.startswith("INFO |") for line in text.splitlines())
        ), text


def test_two_runs_at_once_do_not_disturb_each_other(course):
    """Both finish, all rows are there once, every folder is whole."""
    students = [f"s{i:02d}" for i in range(12)]
    for student in students:
        course.submit(student, numbers=course.answered(), words=course.answered("words"))
    both = [nbgrader(course, "autograde", "ps1", "--force") for _ in range(2)]
    for process in both:
        status, text = finished(process)
        assert status == 0, text
    for student in students:
        assert scores(course, student) == FULL
        assert sorted(p.name for p in (course.root / "autograded" / student / "ps1").iterdir()) == [
            "helper.py",
            "numbers.ipynb",
            "words.ipynb",
        ]
        assert [p.name for p in (course.root / "autograded" / student).iterdir()] == ["ps1"]


def test_dask_workers_share_no_disk_with_the_grader(tmp_path, monkeypatch):
    """Two worker processes in other folders, without proctor on their path, grade by value; hidden tests find their
    packages there.
    """
    distributed = pytest.importorskip("distributed")
    source = numbers()
    source.cells[3].source = source.cells[3].source.replace(
        "assert double(21) == 42",
        "import os\nfrom answers import TWICE\nassert os.environ['COURSE_SEED'] == '77'\nassert double(21) == TWICE",
    )
    course = Course(tmp_path / "course", {"numbers": source})
    (course.root / "answers.py").write_text("TWICE = 42\n")
    scheduler = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "distributed.cli.dask_scheduler",
            "--port",
            "0",
            "--no-dashboard",
            "--host",
            "127.0.0.1",
            "--scheduler-file",
            str(tmp_path / "scheduler.json"),
        ],
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    )
    workers = []
    try:
        deadline = time.monotonic() + 600
        while not (tmp_path / "scheduler.json").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        address = json.loads((tmp_path / "scheduler.json").read_text())["address"]
        for name in ("one", "two"):
            folder = tmp_path / name
            folder.mkdir()
            workers.append(
                subprocess.Popen(
                    [
                        sys.executable,
                        "-m",
                        "distributed.cli.dask_worker",
                        address,
                        "--nthreads",
                        "1",
                        "--no-dashboard",
                        "--host",
                        "127.0.0.1",
                    ],
                    cwd=folder,
                    stderr=subprocess.DEVNULL,
                )
            )
        with distributed.Client(address) as client:
            client.wait_for_workers(2, timeout=600)
        course.config.Proctor.scheduler = address
        course.config.Proctor.test_packages = ["answers.py"]
        monkeypatch.setenv("COURSE_SEED", "77")  # only here: the workers have started
        for i in range(6):
            course.submit(f"s{i}", numbers=course.answered())
        course.autograde()
        for i in range(6):
            assert scores(course, f"s{i}") == FULL
    finally:
        for process in [*workers, scheduler]:
            process.terminate()
        for process in [*workers, scheduler]:
            process.wait(timeout=600)


def test_a_course_may_have_marks_of_its_own(tmp_path):
    """What stands between them is shown to no learner, not even the assert that failed; what is visible still is."""
    test = (
        "assert double(1) == 2\n# GEHEIM\nassert double(21) == 42, 'geheim 1'\nsecret_of_ours = 3\n# OFFEN\n"
        "### BEGIN HIDDEN TESTS is only a comment here\nassert double(3) == 6\n### END HIDDEN TESTS\n# GEHEIM\nassert "
        "double(4) == 8, 'geheim 2'\n# OFFEN\nassert double(5) == 10"
    )
    course = Course(
        tmp_path,
        {
            "numbers": plugin_course.notebook(
                [
                    plugin_course.cell(
                        "solution", "### BEGIN SOLUTION\ndef double(x):\n    return 2 * x\n### END SOLUTION", "double"
                    ),
                    plugin_course.cell("test", test, "test_double", 2),
                    plugin_course.cell("plain", "print('secret_of_ours' in globals())\nsecret_of_ours"),
                ]
            )
        },
    )
    course.config.ClearHiddenTests.begin_test_delimeter, course.config.ClearHiddenTests.end_test_delimeter = (
        "GEHEIM",
        "OFFEN",
    )
    again = GenerateAssignment(coursedir=course.coursedir(), config=course.config)
    again.force = True
    again.start()
    for student, wrong in (("ann", 21), ("ben", 4), ("cid", 3), ("dora", 5), ("eve", 0)):
        course.submit(
            student, numbers=course.answered(double=f"def double(x):\n    return 2 * x if x != {wrong} else 7")
        )
    course.autograde()
    said = {
        student: course.graded(student)["cells"][1]["metadata"]["proctor"]["message"]
        for student in ("ann", "ben", "cid", "dora", "eve")
    }
    assert said["ann"] == said["ben"] == "This test did not pass."
    assert (
        "double(3) == 6" in said["cid"]
        and "double(5) == 10" in said["dora"]
        and course.scores("eve")["test_double"] == (2, False)
    )
    for student in said:
        assert (
            "geheim" not in str(course.graded(student))
            and "False" in course.graded(student)["cells"][2]["outputs"][0]["text"]
        )


@pytest.mark.parametrize(
    "change",
    [
        "del nbgrader.apps.autogradeapp.Autograde",
        "nbgrader.apps.api.NbGraderAPI.fetch_timestamp = nbgrader.apps.api.NbGraderAPI.get_submitted_timestamp; del "
        "nbgrader.apps.api.NbGraderAPI.get_submitted_timestamp",
        "nbgrader.apps.api.NbGraderAPI.get_submitted_timestamp = lambda self, student_id, assignment_id: None",
        "nbgrader.apps.autogradeapp.AutogradeApp.start = lambda self: print('graded by something else')",
        "del nbgrader.preprocessors.ClearHiddenTests._remove_hidden_test_region",
        "sys.modules['proctor.plugin.feedback'] = None",
    ],
)
def test_an_nbgrader_that_is_not_as_known_stops_the_command(course, change):
    """After a rename in nbgrader, the plugin ends the command loudly: stock nbgrader would grade, without walls."""
    course.submit("ann", numbers=course.answered())
    config = course.root / "nbgrader_config.py"
    text = config.read_text()
    config.write_text(
        text.replace(
            "import proctor\n",
            f"import sys, nbgrader.apps.api, nbgrader.apps.autogradeapp, nbgrader.preprocessors; {change}\nimport "
            "proctor\n",
            1,
        )
    )
    try:
        status, said = finished(nbgrader(course, "autograde", "ps1", stand_in=False))
    finally:
        config.write_text(text)
    assert status not in (0, 3) and "proctor cannot be installed" in said and course.rows()["grades"] == [], said


def test_a_test_that_no_learner_could_pass_is_the_instructors_to_mend(tmp_path):
    """Its reason is said once for the class; the learner reads that it is not their fault. What a learner may have
    caused is never called so.
    """
    hidden = lambda text: f"### BEGIN HIDDEN TESTS\n{text}\n### END HIDDEN TESTS"  # noqa: E731
    solution = "### BEGIN SOLUTION\ndef double(x):\n    return 2 * x\nseven = 7\n### END SOLUTION"
    at_fault = {
        "nose": "from nose_of_2009.tools import eq_\neq_(double(1), 2)",
        "after_nose": "eq_(double(2), 4)",
        "syntax": "assert double(1) == = 2",
        "typo": hidden("assert dubble(1) == 2"),
        "file": hidden("assert open('missing_rows.csv').read() == '1'"),
        "module": hidden("import broken_helper"),
    }
    learners = {
        "right": hidden("assert double(2) == 4 and seven == 7"),
        "needs_seven": hidden("assert seven == 7"),
        "cascade_1": hidden("assert double(3) == 6\nkept_value = 3"),
        "cascade_2": hidden("assert kept_value == 3"),
        "their_file": hidden("assert open('made.txt')"),
        "their_module": hidden("import mine\nassert mine"),
        "raises": hidden("double('x') + 1"),
        "inside": hidden("assert len(double(2)) == 1"),
    }
    cells = [
        plugin_course.cell(
            "plain", "Write `double`, `seven`, the file made.txt and the module mine.py", cell_type="markdown"
        ),
        plugin_course.cell("solution", solution, "double"),
    ]
    course = Course(
        tmp_path,
        {
            "numbers": plugin_course.notebook(
                cells + [plugin_course.cell("test", text, name, 1) for name, text in {**at_fault, **learners}.items()]
            )
        },
    )
    (tmp_path / "broken_helper.py").write_text("1 / 0\n")
    course.submit("ann", numbers=course.answered(double=solution))
    course.submit("ben", numbers=course.answered(double="def double(x):\n    import not_here"))
    course.submit("cid", numbers=course.answered(double="# nothing"))
    summary = course.autograde().summary
    assert {(name, len(students)) for (_, name, _), students in summary.faults.items()} == {
        (name, 3) for name in at_fault
    }
    for student in ("ann", "ben", "cid"):
        said = {
            c["metadata"]["nbgrader"]["grade_id"]: c["metadata"]["proctor"]["message"]
            for c in course.graded(student)["cells"]
            if "proctor" in c["metadata"]
        }
        assert {name for name, text in said.items() if "not your fault" in text} == set(at_fault), student
    assert course.scores("ann")["right"] == course.scores("ann")["cascade_2"] == (1, False) and course.scores("ben")[
        "right"
    ] == (0, False)
