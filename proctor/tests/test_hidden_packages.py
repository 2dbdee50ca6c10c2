"""A course that is installed, or lies below /usr, shows its hidden tests to no submission."""

from __future__ import annotations

import os
import shutil
import zipfile

import pytest

from proctor.job import Job
from proctor.plugin import release
from proctor.plugin.template import Cell, Template
from proctor.tests.test_trusted import code
from proctor.trusted import hidden, rooms
from proctor.trusted.clean import grade_notebook

SECRET = "the-secret-answer"
LOOK = f"""
import os
found = []
for top in ('/packages', '/python', '/usr'):
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            if top == '/packages' and 'vault' in path or 'course_of_ours' in path:
                try:
                    found.append(open(path, 'rb').read().decode('latin1'))
                except OSError:
                    pass
try:
    import vaulted
    found.append(repr(dir(vaulted)))
except ImportError:
    found.append('no such module')
print({SECRET[:10]!r} + {SECRET[10:]!r} in ''.join(found), 'no such module' in found or 'answer' not in found[-1])
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of packages of which the room sees a copy: the environment's own, and a course in all forms in which
    one is installed.
    """
    folder = tmp_path / "lib" / "python3" / "site-packages"
    folder.mkdir(parents=True)
    for name in os.listdir(real := hidden.package_folders()[0]):
        if name.split(".")[0].split("-")[0].lower() in ("numpy", "ipython", "traitlets", "decorator"):
            os.symlink(os.path.join(real, name), folder / name)
    monkeypatch.setattr(hidden, "package_folders", lambda: [str(folder)])
    hidden.places.cache_clear()
    yield folder
    hidden.places.cache_clear()


def put(folder):
    text = f"answer = '{SECRET}'\n"
    (folder / "vaulted").mkdir()
    (folder / "vaulted" / "__init__.py").write_text(text)
    (folder / "vaulted_extra.py").write_text(text)
    (folder / "vaulted-1.0.dist-info").mkdir()
    (folder / "vaulted-1.0.dist-info" / "RECORD").write_text("vaulted/__init__.py,,\nvaulted_extra.py,,\n")
    (folder / "vaulted-1.0.dist-info" / "METADATA").write_text(text)
    (folder / "__editable__.vaulted-1.0.pth").write_text(text)
    (folder / "__editable___vaulted_1_0_finder.py").write_text(text)
    (folder / "vaulted.egg-link").write_text(text)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "vaulted.cpython-311.pyc").write_text(text)
    with zipfile.ZipFile(folder / "vaulted-0.9-py3.11.egg", "w") as egg:
        egg.writestr("vaulted/__init__.py", text)
    (folder / "vaultedness.py").write_text("other = 1\n")
    (folder / "numpy_like.py").write_text("other = 1\n")


def test_every_form_in_which_a_package_is_installed_is_found(site):
    put(site)
    found = {os.path.basename(path) for path in hidden.places(("vaulted",))}
    assert found == {
        "vaulted",
        "vaulted_extra.py",
        "vaulted-1.0.dist-info",
        "__editable__.vaulted-1.0.pth",
        "__editable___vaulted_1_0_finder.py",
        "vaulted.egg-link",
        "vaulted.cpython-311.pyc",
        "vaulted-0.9-py3.11.egg",
    }
    assert all(hidden.inside(path)[0].startswith("/packages/") for path in hidden.places(("vaulted",)))


def link(source, target):
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy(source, target)


@pytest.mark.skipif(bool(rooms.missing_walls()), reason=rooms.missing_walls() or "walls")
def test_the_room_does_not_see_what_the_tests_import(tmp_path, monkeypatch):
    """Nothing of it can be read or imported, whatever form it was installed in."""
    real, folder = hidden.package_folders()[0], tmp_path / "site-packages"
    shutil.copytree(
        real,
        folder,
        copy_function=link,
        ignore=lambda where, names: [n for n in names if where == real and not needed(n)],
    )
    put(folder)
    monkeypatch.setattr(hidden, "package_folders", lambda: [str(folder)])
    hidden.places.cache_clear()
    for private, said in (((), "True False"), (("vaulted",), "False True")):
        report = grade_notebook(Job(notebook={"cells": [code(LOOK)]}, private=private, warm=False))
        assert said in str(report.outputs[0]), report
    hidden.places.cache_clear()


def needed(name):
    """What a room cannot do without."""
    return name.split(".")[0].split("-")[0].lower() in (
        "numpy",
        "ipython",
        "traitlets",
        "decorator",
        "matplotlib_inline",
        "pygments",
        "stack_data",
        "prompt_toolkit",
        "wcwidth",
        "jedi",
        "parso",
        "pexpect",
        "ptyprocess",
        "executing",
        "asttokens",
        "pure_eval",
        "typing_extensions",
        "exceptiongroup",
        "ipython_pygments_lexers",
    )


@pytest.mark.skipif(os.geteuid() != 0 or bool(rooms.missing_walls()), reason="only root can put a course below /usr")
def test_a_course_below_usr_is_not_seen(tmp_path):
    """/usr/src/app is where many containers keep it."""
    folder = "/usr/src/course_of_ours"
    os.makedirs(folder)
    try:
        with open(folder + "/tests.py", "w") as file:
            file.write(SECRET)
        for private, said in (((), "True"), ((folder,), "False")):
            report = grade_notebook(Job(notebook={"cells": [code(LOOK)]}, private=private))
            assert report.outputs[0][0]["text"].startswith(said)
    finally:
        shutil.rmtree(folder)


def test_what_is_private():
    """The course's test packages and what tests take from its folders; never what the notebook imports or has beside
    it.
    """

    def cell(source, test=False):
        return Cell(
            id="", cell_type="code", source=source, full_source=source, grade_id="t" if test else "", grade=test
        )

    here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    template = Template(
        "n",
        (
            cell("import numpy as np\nimport classroom"),
            cell("import numpy, proctor, classroom, helper, json\nfrom course_tests.checks import x", True),
        ),
    )
    assert release.private_names(
        (template,), {"helper.py": b"", "data/x.csv": b""}, (here,), ["more_tests", "answers.py"]
    ) == ("answers", "course_tests", "more_tests", "proctor")


def test_without_walls_the_import_fails():
    """That keeps the honest out, and nobody else."""
    report = grade_notebook(
        Job(notebook={"cells": [code("import colorsys")]}, private=("colorsys",), sandbox="none", warm=False)
    )
    assert "ModuleNotFoundError" in str(report.outputs[0])


def test_without_walls_the_log_says_where_it_lies(site):
    (site / "vaulted.py").write_text("answer = 1\n")
    house = rooms.House("none", False, ("vaulted",))
    try:
        assert "what the tests import can be read in" in house.walls
    finally:
        house.close()
