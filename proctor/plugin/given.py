"""Files that a course makes for its learners (`c.Proctor.given_files`): the same bytes in release/ and in grading."""

from __future__ import annotations

import importlib
import os
import re
import shlex
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException

from .options import Proctor
from .template import BRINGS_FILES

if TYPE_CHECKING:
    from nbgrader.converters.base import BaseConverter
    from traitlets.config import Config


class InSource(NbGraderException):
    """What the course makes lies in source/ as well: `paths`."""

    def __init__(self, said: str, paths: list[str]):
        super().__init__(said)
        self.paths = paths


def given_files(function: str, assignment: str, source: str, config: Config) -> dict[str, bytes]:
    """What the course makes for one assignment: path beside the notebook -> content.

    Parameters
    ----------
    function : str
        ``"module:function"``, called as ``function(assignment, source, config)``; "" makes nothing.
    assignment : str
    source : str
        The folder of the assignment in source/.
    config : traitlets.config.Config

    Raises
    ------
    NbGraderException
        With one sentence for the instructor: the function failed, or what it makes lies in source/ as well.
    """
    if not function:
        return {}
    files = _called("given_files", function, assignment, Path(source), config)
    for path, content in files.items():
        parts = PurePosixPath(path).parts
        if not parts or parts[0] == "/" or ".." in parts or path.endswith(".ipynb") or not isinstance(content, bytes):
            raise NbGraderException(
                f"c.Proctor.given_files = {function!r} must give bytes by a path inside the assignment, not {path!r}."
            )
    twice = sorted(path for path in files if os.path.lexists(os.path.join(source, path)))
    if twice:
        paths = [os.path.join(source, path) for path in twice]
        places = " ".join(map(shlex.quote, paths))
        raise InSource(
            f"{', '.join(twice)} in {source} would be replaced: "
            "what c.Proctor.given_files makes does not lie in source/. "
            f"Take it out: rm {places} && nbgrader generate_assignment {assignment} --force",
            paths,
        )
    return files


def _called(option: str, function: str, assignment: str, *arguments):
    """What the course's own function gives; its failure is one sentence for the instructor."""
    try:
        module, _, name = function.partition(":")
        return getattr(importlib.import_module(module), name)(assignment, *arguments)
    except (Exception, SystemExit) as error:
        why = str(error) if isinstance(error, SystemExit) else f"{type(error).__name__}: {error}"
        raise NbGraderException(f"c.Proctor.{option} = {function!r} makes nothing for {assignment}: {why}") from error


def of_converter(converter: BaseConverter, assignment: str) -> dict[str, bytes]:
    """The same for a converter of nbgrader's, which says in its log why there are none."""
    course = converter.coursedir
    source = os.path.normpath(course.format_path(course.source_directory, ".", assignment))
    try:
        return given_files(Proctor(parent=converter).given_files, assignment, source, converter.config)
    except NbGraderException as error:
        converter.log.error(str(error))
        raise


def write(files: dict[str, bytes], folder: str) -> None:
    """Put them into a folder."""
    for path, content in files.items():
        place = Path(folder, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)  # a file that may not be written to, or a link
        place.write_bytes(content)


def with_first_cell(text: str, source: str) -> str:
    """A released notebook with one more cell, folded, before its first code cell.

    Parameters
    ----------
    text : str
        The notebook's file.
    source : str
        Of the cell.
    """
    notebook = nbformat.reads(text, as_version=4)
    metadata = {"jupyter": {"source_hidden": True}, "cellView": "form", "editable": False, "tags": [BRINGS_FILES]}
    cell = nbformat.v4.new_code_cell(source, id=BRINGS_FILES, metadata=metadata)
    if notebook.nbformat_minor < 5:  # cells have no ids
        del cell["id"]
    cells = notebook.cells
    cells.insert(next((place for place, one in enumerate(cells) if one.cell_type == "code"), len(cells)), cell)
    return nbformat.writes(notebook).rstrip("\n") + "\n"


class ProctorGenerateAssignment(GenerateAssignment):
    """Stock nbgrader's GenerateAssignment, which also writes what the course makes for its learners, and finds out
    where each test runs.
    """

    def start(self) -> None:
        """See nbgrader; then the instructor's own solution decides which tests run inside the room."""
        super().start()
        if self.coursedir.notebook_id == "*":
            from .converter import ProctorAutograde

            ProctorAutograde(coursedir=self.coursedir, parent=self).calibrate()

    def init_notebooks(self) -> None:
        """Make the files first of all: a failure ends the command and leaves release/ as it was."""
        super().init_notebooks()
        pattern = re.compile(self._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True))
        names = [match["assignment"] for path in self.assignments if (match := pattern.match(path))]
        self._given = {name: of_converter(self, name) for name in names}

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy what lies in source/, and write what is made."""
        super().init_assignment(assignment_id, student_id)
        write(self._given.get(assignment_id, {}), self._format_dest(assignment_id, student_id))

    def write_single_notebook(self, output: str, resources: ResourcesDict) -> None:
        """Put the course's own first cell into it, if there is one."""
        function = Proctor(parent=self).first_cell
        if function:
            assignment, student = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
            folder = Path(self._format_dest(assignment, student))
            beside = {
                path.relative_to(folder).as_posix(): path.read_bytes()
                for path in sorted(folder.rglob("*"))
                if path.is_file() and path.suffix != ".ipynb"
            }
            notebook = f"{resources['unique_key']}.ipynb"
            output = with_first_cell(output, _called("first_cell", function, assignment, notebook, beside))
        super().write_single_notebook(output, resources)
