"""What is made beside the notebooks: right, in the words of the course, and no answer to an exercise of the same
package.
"""

import ast
import json
import shutil
import subprocess
import sys
import urllib.request
import zipfile

import numpy as np
import pytest
from nbgrader.api import Gradebook
from traitlets.config import PyFileConfigLoader

from course_tests import bank
from course_tests.notebooks import IN_SOURCE, RELEASE, ROOT, SOURCE, sources
from course_tests.test_course import failures
from tools import given, student
from tools.tests import jupyter
from tools.tests.workshop import run

NOTEBOOKS = {notebook.topic: notebook for notebook in sources()}
MADE = ("earlier.py", "practice.py", "originals.json", "known.json")
EXERCISES = {cell.grade_id: notebook for notebook in NOTEBOOKS.values() for cell in notebook.exercises()}
AGAIN = {"Dense", "Activation", "Network"}  # exercises of 07; a locked cell of 08 gives them anew, with a way back
GIVEN = [
    (topic, name, EXERCISES[name].topic)
    for topic, notebook in NOTEBOOKS.items()
    for name in given.wanted(notebook)
    if name in EXERCISES and not (name in AGAIN and notebook.assignment > "08_backprop")
]


# ---------------------------------------------------------------- right, and as it was taught


@pytest.mark.parametrize("topic, name, taught_in", GIVEN, ids=str)
def test_what_a_notebook_is_given_passes_the_tests_of_its_exercise(topic, name, taught_in):
    """`earlier` is cut out of the notebooks' solutions, the reference is written independently: both must be right."""
    names = {"__name__": "earlier"}
    exec(compile(given.text_for(NOTEBOOKS[topic].path.parent), "earlier.py", "exec"), names)
    beside = {  # what is given with it and may share a switch with it, as Tensor and no_grad do
        other: names[other] for given_to, other, origin in GIVEN if (given_to, origin) == (topic, taught_in)
    }
    failed = failures(bank.Entry(taught_in, name, "as_given_later", names[name]), **beside)
    assert not failed, f"{name} of {taught_in}, as {topic} is given it, fails: {failed}"


def test_a_learner_recognises_what_they_built():
    """The text of the solution cell, word by word."""
    text = given.text_for(NOTEBOOKS["digits"].path.parent)
    cell = next(cell for cell in NOTEBOOKS["backprop"].exercises() if cell.grade_id == "dense_backward")
    assert given.MARKERS.sub("", cell.source).strip() in text and "dZ @ W.T" in text and "einsum" not in text


def test_layers_of_a_later_notebook_can_go_back():
    """From 10 on Dense, Activation and Network are those of the protocol in 08, and what mine/ has of 07 stays away."""
    names = {"__name__": "earlier"}
    text = given.text_for(NOTEBOOKS["digits"].path.parent)
    exec(compile(text, "earlier.py", "exec"), names)
    assert set(names["GIVEN"]) == AGAIN
    data = [
        {"W": np.array([[1.0, -1.0], [0.0, 3.0]]), "b": np.array([0.5, 0.0]), "activation": "relu"},
        {"W": np.array([[2.0], [1.0]]), "b": np.array([0.0]), "activation": "identity"},
    ]
    net = names["network_from"](data)
    assert np.allclose(net.forward(np.array([[1.0, 2.0]]), training=True), [[8.0]]) and net.n_params == 9
    assert np.allclose(net.backward(np.array([[1.0]])), [[1.0, 3.0]])
    first = net.layers[0]
    assert np.allclose(first.grads["W"], [[2, 1], [4, 2]]) and np.allclose(first.grads["b"], [2, 1])
    first.params["b"] -= 0.5 * first.grads["b"]  # live: a step in place changes the layer
    assert np.allclose(net.forward(np.array([[1.0, 2.0]])), [[5.5]])
    assert [layer["activation"] for layer in names["params_of"](net)] == ["relu", "identity"]
    assert data[0]["b"][0] == 0.5, "network_from must copy"


def test_a_name_that_nobody_taught_is_one_sentence(tmp_path):
    shutil.copytree(SOURCE / "04_losses", tmp_path / "source" / "04_losses")
    path = tmp_path / "source" / "04_losses" / "losses.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace("from earlier import sigmoid", "from earlier import sigmoyd"),
        encoding="utf-8",
    )
    with pytest.raises(SystemExit, match="No notebook before losses.ipynb defines sigmoyd"):
        given.text_for(path.parent)


def test_a_class_with_a_part_of_the_course_gets_the_rest_from_the_course(tmp_path):
    """And in plain text, since nobody there has to build it."""
    shutil.copytree(SOURCE / "04_losses", tmp_path / "source" / "04_losses")
    made = given.files("04_losses", tmp_path / "source" / "04_losses", given_config())
    assert (
        sorted(made) == sorted(MADE) and b"def softmax(" in made["earlier.py"] and b"_sealed" not in made["earlier.py"]
    )


def given_config():
    return PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()


# ---------------------------------------------------------------- nothing is given away


def shown_answers(files: dict[str, bytes], exercises: dict) -> list[str]:
    """Where the files of a package show how an exercise is answered: its definition with a body, under any name.

    Parameters
    ----------
    files : dict
        Path -> content.
    exercises : dict
        Name of an exercise -> its cell in source/.
    """
    found = []
    bodies = {name: own for name, cell in exercises.items() if (own := body_of(cell, name))}
    begun = {
        plain(node)
        for name, cell in exercises.items()
        for node in ast.walk(ast.parse(given.released(cell)))
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }  # what is given of an exercise in its own cell
    begun |= {
        plain(node)
        for cell in NOTEBOOKS["backprop"].of_role("given")
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.ClassDef) and node.name in AGAIN
    }
    for path, content in files.items():
        texts = []
        if path.endswith(".ipynb"):
            texts = ["".join(cell["source"]) for cell in json.loads(content)["cells"] if cell["cell_type"] == "code"]
        elif path.endswith(".json"):
            texts = [cell["text"] for cell in json.loads(content).get("cells", [])]  # known.json: test_practice.py
        elif path.endswith(".py"):
            texts = [content.decode()]
        for text in texts:
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                    body = plain(node)
                    same = [name for name, own in bodies.items() if own == body and body not in begun]
                    named = (
                        node.name in exercises
                        and arguments(node) == arguments(definition(exercises[node.name], node.name))
                        and body not in begun
                    )
                    if same or named:
                        found.append(f"{path} shows {node.name}, an answer to {same or node.name}")
    return found


def plain(node) -> str:
    """The statements of a definition without docstrings, stubs and signatures; "" if nothing is left."""
    kept = []
    for part in node.body:
        if isinstance(part, (ast.FunctionDef, ast.ClassDef)):
            inner = plain(part)
            kept += [f"{part.name}: {inner}"] if inner else []
        elif (
            not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
            and ast.unparse(part) != given.STUB
        ):
            kept.append(ast.unparse(part))
    return "\n".join(kept)


def definition(cell, name: str):
    return next(
        (node for node in ast.walk(ast.parse(given.MARKERS.sub("", cell.source))) if getattr(node, "name", "") == name),
        None,
    )


def body_of(cell, name: str) -> str:
    node = definition(cell, name)
    body = plain(node) if node else ""
    return body if len(body) > 40 else ""  # a one-liner such as `return A - B` is nobody's own


def arguments(node) -> list[str]:
    return [argument.arg for argument in node.args.args] if isinstance(node, ast.FunctionDef) else []


def answers_of(assignments) -> dict:
    return {
        cell.grade_id: cell
        for notebook in NOTEBOOKS.values()
        if notebook.assignment in assignments
        for cell in notebook.exercises()
        if definition(cell, cell.grade_id)
    }


ASSIGNMENTS = [notebook.assignment for notebook in NOTEBOOKS.values()]


def test_the_release_shows_no_answer():
    """In a public repository it is a package of everything."""
    files = {str(path.relative_to(RELEASE)): path.read_bytes() for path in RELEASE.rglob("*") if path.is_file()}
    assert not shown_answers(files, answers_of(ASSIGNMENTS))


@pytest.mark.parametrize(
    "chosen",
    [*([one] for one in ASSIGNMENTS), ASSIGNMENTS, ["03_activations", "04_losses", "08_backprop"]],
    ids=lambda names: "+".join(names)[:40],
)
def test_no_package_shows_an_answer_to_an_exercise_that_is_in_it(chosen, tmp_path):
    student.build(chosen, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert not shown_answers(files, answers_of(chosen))
    for name in files:
        if name.endswith("/earlier.py"):
            taken = {taught for topic, _, taught in GIVEN if topic == name.split("/")[-2].partition("_")[2]}
            assert (b"_sealed" in files[name]) == any(NOTEBOOKS[one].assignment in chosen for one in taken)


def test_an_answer_in_plain_text_would_be_noticed():
    made = given.beside("10_digits", SOURCE / "10_digits", given_config(), set())
    found = shown_answers({"10_digits/earlier.py": made["earlier.py"]}, answers_of(ASSIGNMENTS))
    assert len(found) >= 10 and any("dense_backward" in line for line in found)


def test_what_a_due_date_has_passed_for_is_plain(tmp_path):
    """`make student` with a class's gradebook."""
    url = f"sqlite:///{tmp_path / 'class.db'}"
    with Gradebook(url, "autumn") as book:
        book.add_assignment("03_activations", duedate="2020-01-01 12:00:00")
        book.add_assignment("04_losses", duedate="2120-01-01 12:00:00")
        book.add_assignment("05_descent")
    assert student.over(url) == {"03_activations"} and student.over("sqlite:////no/such/file.db") == set()
    found = student.files(["03_activations", "04_losses", "05_descent"], over={"03_activations"})
    text = found[f"{student.NAME}/05_descent/earlier.py"].decode()
    assert "np.exp(-np.abs(z))" in text and '@_sealed("04_losses/' in text


# ---------------------------------------------------------------- where notebooks in source/ find it


@pytest.mark.parametrize("place", ["source", "release"])
def test_a_real_kernel_finds_what_earlier_notebooks_built(tmp_path, place):
    """`nbgrader validate`: the solutions pass in source/, where no file lies beside the notebook; in release/
    nothing passes.
    """
    options = ["--invert"] if place == "release" else []
    done = run(
        ROOT,
        "-m",
        "nbgrader",
        "validate",
        *options,
        f"{place}/04_losses/losses.ipynb",
        JUPYTER_RUNTIME_DIR=str(tmp_path),
        IPYTHONDIR=str(tmp_path),
    )
    assert done.returncode == 0 and ("Success" in done.stdout + done.stderr), done.stdout + done.stderr


def test_a_folder_that_is_no_assignment_is_one_sentence(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "import earlier"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": IN_SOURCE},
    )
    assert done.returncode and "open it in source/<assignment>/" in done.stderr.splitlines()[-1]


def test_two_runs_give_the_same_bytes():
    config = given_config()
    assert given.files("08_backprop", SOURCE / "08_backprop", config) == given.files(
        "08_backprop", SOURCE / "08_backprop", config
    )


def test_a_notebook_opened_in_jupyterlab_finds_it(tmp_path):
    """As an instructor opens it: JupyterLab in the course's folder, a notebook in source/."""
    websocket = pytest.importorskip(
        "websocket", reason="websocket-client is not installed: pip install websocket-client"
    )
    with jupyter.lab(ROOT, tmp_path) as address:
        asked = urllib.request.Request(
            f"{address}/api/sessions",
            method="POST",
            headers={"Authorization": f"token {jupyter.TOKEN}"},
            data=json.dumps(
                {"path": "source/04_losses/losses.ipynb", "name": "", "type": "notebook", "kernel": {"name": "python3"}}
            ).encode(),
        )
        kernel = json.load(urllib.request.urlopen(asked, timeout=600))["kernel"]["id"]
        channel = websocket.create_connection(
            f"{address.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels?token={jupyter.TOKEN}", timeout=600
        )
        code = "from earlier import softmax; print('it gives', softmax([0.0, 0.0]))"
        header = {"msg_id": "1", "msg_type": "execute_request", "session": "test", "username": "", "version": "5.3"}
        channel.send(
            json.dumps(
                {
                    "header": header,
                    "parent_header": {},
                    "metadata": {},
                    "channel": "shell",
                    "content": {"code": code, "silent": False},
                }
            )
        )
        said = []
        while not any(message["header"]["msg_type"] == "execute_reply" for message in said):
            said.append(json.loads(channel.recv()))
        channel.close()
    texts = [message["content"] for message in said if message["header"]["msg_type"] in ("stream", "error")]
    assert [text.get("text") for text in texts] == ["it gives [0.5 0.5]\n"], texts
