"""Where learners have accounts on the grader's machine, as on a JupyterHub: what a learner can read, take and forge,
tried by processes of other accounts; and, where a JupyterHub is installed, the whole way through a real one.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from traitlets.config import Config

import proctor
from classroom import rights
from classroom.tests import start_course
from course_tests.notebooks import ROOT
from proctor.plugin import received
from proctor.tests.plugin_course import Course

if sys.platform == "win32":
    pytest.skip("nbgrader has no exchange on Windows", allow_module_level=True)

# Accounts that any system has, in the places of the instructor and two learners.
ACCOUNTS = [one.pw_name for one in pwd.getpwall() if one.pw_uid not in (0, os.geteuid())][:3]
as_root = pytest.mark.skipif(
    os.geteuid() != 0 or len(ACCOUNTS) < 3, reason="needs root, to act as three other accounts of this system"
)


class Person:
    """An account with a home of its own, 0700, whose steps run in a process that has its rights and no others."""

    def __init__(self, name: str, place: Path):
        self.account, self.home = pwd.getpwnam(name), place / name
        self.name = name
        self.home.mkdir()
        self.home.chmod(0o700)
        self.owns(self.home)

    def owns(self, folder: Path) -> None:
        for path in [folder, *folder.rglob("*")]:
            os.lchown(path, self.account.pw_uid, self.account.pw_gid)

    def __call__(self, function: Callable, *arguments):
        """What the function gives; what it raises is raised here."""
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(read)
                os.setgroups([self.account.pw_gid])
                os.setgid(self.account.pw_gid)
                os.setuid(self.account.pw_uid)
                os.umask(0o022)
                os.chdir(self.home)
                os.environ.update(HOME=str(self.home), USER=self.name, LOGNAME=self.name)
                answer = None, function(*arguments)
            except BaseException as error:
                answer = f"{type(error).__name__}: {error}", None
            with os.fdopen(write, "wb") as pipe:
                pickle.dump(answer, pipe)
            os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            error, answer = pickle.load(pipe)
        os.waitpid(child, 0)
        if error:
            raise RuntimeError(f"{self.name}: {error}")
        return answer


def step(name: str, config: Config) -> list[str]:
    """One of the exchange's steps, as the command and JupyterLab's pages do it; returns what it logged as warnings."""
    app = getattr(ExchangeFactory(config=config), name)(
        coursedir=CourseDirectory(config=config), authenticator=Authenticator(config=config), config=config
    )
    said: list[str] = []
    app.log.warning = lambda text, *values: said.append(text % values if values else text)
    app.start()
    return said


def settings(place: Path, **folders) -> Config:
    """What everybody's nbgrader_config.py says: where the exchange is."""
    c = Config()
    proctor.install(c)
    c.CourseDirectory.course_id, c.CourseDirectory.assignment_id = "course", "ps1"
    c.Exchange.root = str(place / "exchange")
    c.CourseDirectory.update(folders)
    return c


@pytest.fixture(scope="module")
def class_(tmp_path_factory) -> Iterator[SimpleNamespace]:
    """A released course of an instructor; anna has handed in, and her work is collected and her feedback there. As
    docs/hub.md says: homes, class and course 0700, the exchange 1777.
    """
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        place = Path(folder)
        place.chmod(0o755)
        grader, anna, ben = (Person(name, place) for name in ACCOUNTS)
        (place / "exchange").mkdir()
        (place / "exchange").chmod(0o1777)
        shutil.copytree(Course(tmp_path_factory.mktemp("course") / "made").root, grader.home / "class")
        (grader.home / "class" / "roster.csv").write_text("the roster")
        grader.owns(grader.home)
        made = SimpleNamespace(
            place=place, grader=grader, anna=anna, ben=ben, exchange=place / "exchange", root=grader.home / "class"
        )
        made.instructors = settings(place, root=str(made.root))
        made.instructors.ExchangeCollect.update = True
        made.learners = settings(place)
        grader(rights.make_course, made.exchange, "course")
        grader(step, "release_assignment", made.instructors)
        anna(step, "fetch_assignment", learner(made, anna))
        made.secret = anna(hand_in, made, anna, "anna's own work")
        made.submission = next((made.exchange / "course" / "inbound").iterdir())
        yield made


def learner(made, person: Person) -> Config:
    """A learner's configuration; nbgrader's cache, where secrets are, lies in the home."""
    c = made.learners.copy()
    c.Exchange.cache = str(person.home / ".local" / "share" / "jupyter" / "nbgrader_cache")
    c.Exchange.assignment_dir = str(person.home)
    return c


def hand_in(made, person: Person, text: str) -> Path:
    """By `nbgrader submit`; where the secret of the submission lies."""
    (person.home / "ps1").mkdir(exist_ok=True)
    (person.home / "ps1" / "numbers.ipynb").write_text(text)
    step("submit", learner(made, person))
    return max(person.home.rglob("submission_secret.txt"))


def possible(*attempts: Callable) -> list[int]:
    """Which of these can be done."""
    done = []
    for number, attempt in enumerate(attempts):
        try:
            attempt()
            done.append(number)
        except PermissionError:
            pass
    return done


@as_root
def test_a_learner_sees_nothing_that_is_not_theirs(class_):
    """The course with its solutions, the gradebook, a classmate's home and secret; in the exchange, no names."""
    theirs = [
        class_.root / "gradebook.db",
        class_.root / "roster.csv",
        class_.root / "source" / "ps1" / "numbers.ipynb",
    ]
    assert all(path.exists() for path in [*theirs, class_.secret])
    inbound, feedback = (class_.exchange / "course" / name for name in ("inbound", "feedback"))
    done = class_.ben(
        possible,
        *(path.read_bytes for path in [*theirs, class_.secret]),
        *((lambda folder=folder: os.listdir(folder)) for folder in (class_.root, class_.anna.home, inbound, feedback)),
        lambda: os.open(inbound, os.O_RDONLY),
        lambda: os.chmod(inbound, 0o777),
    )
    assert done == []
    assert class_.ben(os.listdir, class_.exchange / "course" / "outbound") == ["ps1"]


@as_root
def test_a_learner_moves_and_replaces_no_folder_of_the_exchange(class_):
    """Nor somebody's submission, whose name they would have to know."""
    course = class_.exchange / "course"
    done = class_.ben(
        possible,
        lambda: os.rename(course, class_.exchange / "mine"),
        lambda: os.rename(course / "inbound", course / "old"),
        lambda: os.mkdir(course / "new"),
        lambda: os.mkdir(course / "outbound" / "ps2"),
        lambda: os.rename(course / "outbound" / "ps1", course / "outbound" / "ps0"),
        lambda: (course / "outbound" / "ps1" / "numbers.ipynb").write_text("easier"),
        lambda: (course / "feedback" / "x.html").write_text("100 points"),
        lambda: os.rename(class_.submission, course / "inbound" / "gone"),
    )
    assert done == []


def forge(made, name: str, files: dict) -> None:
    """A folder in inbound/, made by hand; a Path stands for a link to it."""
    folder = made.exchange / "course" / "inbound" / name
    folder.mkdir()
    for inner, content in {"submission_secret.txt": "forged", **files}.items():
        if isinstance(content, Path):
            os.symlink(content, folder / inner)
        else:
            (folder / inner).write_text(content)
        os.utime(folder / inner, (1767261600, 1767261600), follow_symlinks=False)
    os.utime(folder, (1767261600, 1767261600))


@as_root
def test_a_learner_forges_neither_name_nor_date_and_links_lead_nowhere(class_):
    """Collected by an instructor who is not root."""
    anna, ben = class_.anna.name, class_.ben.name
    begin = time.time()
    long_ago = "2026-01-01 10:00:00.000000 UTC"
    ben_hands_in = {"numbers.ipynb": "ben's", "timestamp.txt": long_ago, "notes.txt": class_.root / "roster.csv"}
    class_.ben(forge, class_, f"{ben}+ps1+{long_ago}+x", {**ben_hands_in, "data": class_.root / "source"})
    class_.ben(forge, class_, f"{anna}+ps1+2099-01-01 10:00:00 UTC+x", {"numbers.ipynb": "ben's, as anna's"})
    class_.ben(os.symlink, class_.root / "source" / "ps1", class_.submission.with_name(f"{ben}+ps1+{long_ago}+y"))
    said = "\n".join(class_.grader(step, "collect", class_.instructors))
    collected = {learner: class_.root / "submitted" / learner / "ps1" for learner in (anna, ben)}
    assert (collected[anna] / "numbers.ipynb").read_text() == "anna's own work"
    assert set(os.listdir(collected[ben])) == {
        received.RECORD,
        "numbers.ipynb",
        "submission_secret.txt",
        "timestamp.txt",
    }
    when = datetime.strptime((collected[ben] / "timestamp.txt").read_text(), "%Y-%m-%d %H:%M:%S.%f UTC")
    assert when.replace(tzinfo=timezone.utc).timestamp() >= begin - 1
    for what in (f"is named '{anna}' but belongs to {ben}", "left out: a link", "a link", "says 2026-01-01"):
        assert what in said, said


@as_root
def test_feedback_reaches_its_learner_alone(class_):
    """It is found by the secret of the submission, which only its learner has."""
    anna, ben = class_.anna, class_.ben
    class_.grader(step, "collect", class_.instructors)
    page = class_.root / "feedback" / anna.name / "ps1"

    def grade():
        page.mkdir(parents=True)
        (page / "numbers.html").write_text("anna has 5 points")
        for name in ("timestamp.txt", "submission_secret.txt"):
            shutil.copy(class_.root / "submitted" / anna.name / "ps1" / name, page / name)
        step("release_feedback", class_.instructors)

    class_.grader(grade)
    anna(step, "fetch_feedback", learner(class_, anna))
    (found,) = (anna.home / "ps1" / "feedback").rglob("numbers.html")
    assert found.read_text() == "anna has 5 points"
    ben(hand_in, class_, ben, "ben's")
    ben(step, "fetch_feedback", learner(class_, ben))
    assert not list(ben.home.rglob("*.html"))


# ---------------------------------------------------------------- a real JupyterHub, where one is installed

HUB = Path(os.environ.get("HUB_ENV", ROOT / ".cache" / "hub"))
HUB_PROGRAM, PROXY = HUB / "env" / "bin" / "jupyterhub", HUB / "node_modules" / ".bin" / "configurable-http-proxy"
PASSWORD = "a password for the test"


def no_hub() -> str:
    """Why the recipe cannot be tried here; "" if it can."""
    if os.geteuid() != 0 or not shutil.which("useradd"):
        return "a JupyterHub with several accounts needs root and useradd"
    if not HUB_PROGRAM.exists() or not PROXY.exists():
        return "no JupyterHub in .cache/hub or $HUB_ENV: the folder env/ with jupyterhub and this package, and npm install configurable-http-proxy"
    if not all(parent.stat().st_mode & 0o1 for parent in HUB_PROGRAM.resolve().parents):
        return f"other accounts do not reach {HUB}"
    return ""


class AtTheHub:
    """Somebody logged in, by HTTP alone, with the server that the hub has started for them."""

    def __init__(self, base: str, name: str):
        import requests

        self.base, self.home, self.web = base, f"{base}/user/{name}", requests.Session()
        self.web.get(f"{base}/hub/login")  # brings the cookie that each form must send back
        self.web.post(
            f"{base}/hub/login",
            params={"_xsrf": self.web.cookies.get("_xsrf", path="/hub/")},
            data={"username": name, "password": PASSWORD},
        )
        self.web.get(f"{base}/hub/spawn")
        wait_for(lambda: (page := self.web.get(f"{self.home}/lab")).ok and page.url.startswith(self.home), 120)

    def get(self, path: str, **query):
        return self.web.get(self.home + path, params=query)

    def post(self, path: str, **body) -> dict:
        token = self.web.cookies.get("_xsrf", path=self.home[len(self.base) :] + "/")
        return self.web.post(self.home + path, json=body, headers={"X-XSRFToken": token}).json()

    def step(self, name: str) -> dict:
        """A button of JupyterLab's assignment list."""
        return self.post(f"/assignments/{name}", course_id="autumn", assignment_id="01_add")


def wait_for(condition: Callable, seconds: float) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except OSError:  # nobody listens yet
            pass
        assert time.monotonic() < end, "the hub did not answer"
        time.sleep(0.5)


@pytest.fixture(scope="module")
def hub(tmp_path_factory) -> Iterator[SimpleNamespace]:
    """Accounts, a class and a hub, by docs/hub.md and its files."""
    if why := no_hub():
        pytest.skip(why)
    import psutil

    names = [f"hub{os.getpid() % 10000}{who}" for who in ("grader", "anna", "ben")]
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        place = Path(folder)
        place.chmod(0o755)
        (place / "exchange").mkdir()
        (place / "exchange").chmod(0o1777)
        shutil.copytree(ROOT / "docs" / "hub", place / "hub")
        (place / "hub" / "node_modules").symlink_to(HUB / "node_modules")
        try:
            for name in names:
                subprocess.run(["useradd", "-m", "-d", place / name, "-s", "/bin/bash", name], check=True)
                (place / name).chmod(0o700)
            made = SimpleNamespace(place=place, names=names, grader=place / names[0], root=place / names[0] / "autumn")
            start_course.make_course(made.grader / "course")
            (made.grader / "roster.csv").write_text(
                "id,first_name,last_name,email\n" + "".join(f"{name},N,N,\n" for name in names[1:])
            )
            subprocess.run(["chown", "-R", f"{names[0]}:{names[0]}", made.grader], check=True)
            made.run = lambda *command, cwd=made.root, **options: as_account(
                names[0], made.grader, cwd, *command, **options
            )
            made.run(
                "classroom",
                "start",
                "../autumn",
                "--exchange",
                str(place / "exchange"),
                "--roster",
                "../roster.csv",
                "--cut",
                "01_add",
                cwd=made.grader / "course",
            )
            made.run("nbgrader", "release_assignment", "01_add")
            port = free_ports()
            environment = {
                "PATH": f"{HUB_PROGRAM.parent}:{os.environ['PATH']}",
                "PORT": str(port),
                "COURSE": "autumn",
                "GRADER": names[0],
                "EXCHANGE": str(place / "exchange"),
                "AUTHENTICATOR": "dummy",  # the same accounts, and no passwords to set
            }
            made.base = f"http://127.0.0.1:{port}"
            with open(place / "hub.log", "w") as log:
                process = subprocess.Popen(
                    [HUB_PROGRAM], cwd=place / "hub", env=environment, stdout=log, stderr=log, start_new_session=True
                )
            try:
                import requests

                wait_for(lambda: requests.get(f"{made.base}/hub/login").ok, 120)
                yield made
            finally:
                theirs = [one for one in psutil.process_iter() if owner(one) in names]
                started = [*theirs, *psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
                for one in started:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        one.kill()
                psutil.wait_procs(started, 30)
                process.wait()
        finally:
            for name in names:
                subprocess.run(["userdel", "--force", name], check=False, stderr=subprocess.DEVNULL)


def owner(process) -> str:
    """The account of a process; "" if it has ended."""
    import psutil

    try:
        return process.username()
    except psutil.Error:
        return ""


def as_account(name: str, home: Path, folder: Path, *command: str, ok: tuple = (0,)) -> str:
    """A command of the hub's environment as one account types it."""
    done = subprocess.run(
        [HUB_PROGRAM.parent / command[0], *command[1:]],
        cwd=folder,
        user=name,
        group=name,
        extra_groups=[],
        env={"HOME": str(home), "USER": name, "PATH": f"{HUB_PROGRAM.parent}:/usr/bin:/bin", "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode in ok, done.stdout
    return done.stdout


def free_ports() -> int:
    """A port such that those beside it that the configuration takes are free, too."""
    for port in range(18000, 30000, 211):
        try:
            for offset in (0, 1, 81, 99):
                with socket.socket() as one:
                    one.bind(("127.0.0.1", port + offset))
            return port
        except OSError:
            continue
    raise AssertionError("no free ports")


def test_fetch_work_submit_and_feedback_at_a_real_hub(hub):
    """Two learners, an instructor, formgrader for teachers alone; the doctor is content with the rights."""
    anna, ben = (AtTheHub(hub.base, name) for name in hub.names[1:])
    (listed,) = anna.get("/assignments", course_id="autumn").json()["value"]
    assert (listed["assignment_id"], listed["status"]) == ("01_add", "released")
    for person, formula in ((anna, "x + 1"), (ben, "x - 1")):
        assert person.step("fetch")["success"]
        notebook = json.loads(start_course.answer("add", formula))
        saved = person.web.put(
            f"{person.home}/api/contents/autumn/01_add/add.ipynb",
            json={"type": "notebook", "format": "json", "content": notebook},
            headers={"X-XSRFToken": person.web.cookies.get("_xsrf", path=person.home[len(hub.base) :] + "/")},
        )
        assert saved.ok and person.step("submit")["success"]
    for step in ("collect", "autograde", "generate_feedback", "release_feedback"):
        hub.run("nbgrader", step, "01_add")
    for person, points in ((anna, "10 of 10 points"), (ben, "0 of 10 points")):
        assert person.step("fetch_feedback")["success"]
        name = person.home.rpartition("/")[2]
        (page,) = (hub.place / name / "autumn" / "01_add" / "feedback").rglob("add.html")
        assert points in page.read_text()
    formgrader = "/services/autumn/formgrader"
    assert anna.web.get(hub.base + formgrader).status_code == 403
    grader = AtTheHub(hub.base, hub.names[0])
    assert "formgrader" in grader.web.get(hub.base + formgrader).text
    found = hub.run("classroom", "doctor", ok=(0, 1)).splitlines()  # this machine may have other homes, and open ones
    assert not [line for line in found if line.startswith("problem") and str(hub.place) in line]
