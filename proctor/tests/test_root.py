"""Root in an ordinary container, which may not build walls as root does: a submission never runs as root unnoticed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap

import pytest

import proctor
from proctor.tests.plugin_course import Course, cell, notebook
from proctor.trusted import rooms

HOME = os.path.dirname(os.path.dirname(os.path.abspath(proctor.__file__)))
CANARY = "canary-77c1"
HOSTILE = f"""
import os
def look():
    said = [str(os.getuid())]
    for top in {{root!r}}, '/home', '/usr/src':
        for folder, _, names in os.walk(top):
            for name in names:
                try:
                    said.append(open(os.path.join(folder, name), errors='replace').read())
                except OSError:
                    pass
    for path in {{root!r}} + '/source/evil.txt', {{root!r}} + '/evil.txt':
        try:
            open(path, 'w').write('x')
        except OSError:
            pass
    try:
        os.setuid(0)
        said.append('root again')
    except OSError:
        pass
    return said
said = look()
print(said[0], {CANARY[:7]!r} + {CANARY[7:]!r} in ''.join(said), 'root again' in said)
def one():
    return 1
"""
root_only = pytest.mark.skipif(os.geteuid() != 0 or not sys.platform.startswith("linux"), reason="about root on Linux")
needs_capsh = pytest.mark.skipif(
    shutil.which("capsh") is None, reason="capsh is not installed: apt-get install libcap2-bin"
)
needs_walls = pytest.mark.skipif(bool(rooms.missing_walls()), reason=rooms.missing_walls() or "walls")


@pytest.fixture
def course(tmp_path):
    """A course that nobody but its owner may read, and a submission that looks round and writes where it can."""
    root = tmp_path / "course"
    root.mkdir()
    made = Course(
        root,
        {
            "book": notebook(
                [
                    cell("solution", "### BEGIN SOLUTION\ndef one():\n    return 1\n### END SOLUTION", "one"),
                    cell(
                        "test",
                        f"### BEGIN HIDDEN TESTS\nassert one() == 1  # {CANARY}\n### END HIDDEN TESTS",
                        "test_one",
                        1,
                    ),
                ]
            )
        },
    )
    made.submit("eve", book=made.answered("book", one=HOSTILE.replace("{root!r}", repr(str(root)))))
    (root / "nbgrader_config.py").write_text(
        textwrap.dedent(f"""
        import sys
        sys.path.insert(0, {HOME!r})
        import proctor
        c = get_config()
        proctor.install(c)
        c.CourseDirectory.root = {str(root)!r}
        c.Proctor.workers = 1
    """)
    )
    for folder in (root, root / "source"):
        folder.chmod(0o700)
    return made


def said(course) -> str:
    outputs = course.graded("eve", "book")["cells"][0]["outputs"]
    return "".join(output.get("text", "") for output in outputs)


def written(course) -> bool:
    return any(course.root.rglob("evil.txt"))


@root_only
@needs_capsh
@needs_walls
def test_root_without_the_right_to_mount(course):
    """capsh --drop=cap_sys_admin: walls by a user namespace, or a user without rights, or no grading; never code
    that runs as root.
    """
    command = f"{sys.executable} -m nbgrader autograde ps1"
    done = subprocess.run(
        ["capsh", "--drop=cap_sys_admin", "--", "-c", command], cwd=course.root, capture_output=True, text=True
    )
    text = done.stdout + done.stderr
    assert not written(course)
    if "was not graded" in text:
        assert done.returncode == 1 and "run as root" in text
        return
    assert done.returncode == 0, text
    uid, seen, again = said(course).split()
    assert uid != "0" and seen == "False" and again == "False"
    assert course.scores("eve")["test_one"] == (1, False)


def container(course, command, *options):
    """As in an ordinary container: root without CAP_SYS_ADMIN, no bubblewrap, Python where everybody can read it."""
    base = os.path.realpath(sys.base_prefix)
    above = "/" + base.split(os.sep)[1]
    way = [part for up in range(base.count(os.sep) - 2, 0, -1) for part in ("--dir", base.rsplit(os.sep, up)[0])]
    open_to_all = [] if above in ("/usr", "/opt") else ["--tmpfs", above, *way, "--ro-bind", base, base]
    here = [
        one
        for path in (HOME, sys.prefix, os.path.realpath(sys.prefix), str(course.root))
        if path.startswith(above + os.sep)
        for one in ("--bind", path, path)
    ]
    bwrap = [
        rooms.bubblewrap(),
        "--bind",
        "/",
        "/",
        *open_to_all,
        *here,
        "--dev-bind",
        "/dev",
        "/dev",
        "--ro-bind",
        "/dev/null",
        rooms.bubblewrap(),
        "--cap-drop",
        "CAP_SYS_ADMIN",
        *options,
        "--chdir",
        str(course.root),
    ]
    done = subprocess.run([*bwrap, *command], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def grade(course, *options):
    return container(course, [sys.executable, "-m", "nbgrader", "autograde", "ps1"], *options)


@root_only
@needs_walls
def test_without_walls_root_gives_the_room_a_user_without_rights(course):
    """It is said loudly; a course that others may not read is not read, nothing is written beside it, and right
    answers have their points.
    """
    status, text = grade(course)
    assert "NO WALLS" in text and "a user without rights" in text, text
    assert course.scores("eve")["test_one"] == (1, False), text
    uid, seen, again = said(course).split()
    assert int(uid) >= 1000 and seen == "False" and again == "False"
    assert not written(course)


@root_only
@needs_walls
@pytest.mark.parametrize("lost", ["CAP_SETUID", "CAP_SETGID", "CAP_CHOWN"])
def test_root_that_may_not_change_its_user_refuses(course, lost):
    """Nothing runs, nothing is recorded, the status is 1 and the log says what to do."""
    status, text = grade(course, "--cap-drop", lost)
    assert status == 1 and "run as root" in text and "ordinary user" in text, text
    assert not written(course) and course.scores("eve") == {}


@root_only
@needs_walls
def test_switched_off_walls_still_take_root_away(course):
    """c.Proctor.sandbox = "none" gives a user without rights, too, where that can be had; else it says that
    submissions run as root.
    """
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write("c.Proctor.sandbox = 'none'\n")
    status, text = grade(course)
    assert "a user without rights" in text and said(course).split()[0] != "0", text
    assert not written(course)
    status, text = grade(course, "--cap-drop", "CAP_SETUID", "--setenv", "X", "1")
    assert "up to date" in text or "run as root" in text, text
