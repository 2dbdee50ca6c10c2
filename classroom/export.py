"""`classroom export WHAT ...`: `nbgrader export --exporter=...`, by a short name."""

from __future__ import annotations

from pathlib import Path

from nbgrader.apps.exportapp import ExportApp

from classroom.errors import ClassroomError

EXPORTERS = {
    "canvas": "classroom.exports.Canvas",
    "moodle": "classroom.exports.Moodle",
    "exercises": "classroom.exports.Exercises",
    "report": "classroom.report.Report",
}


def main(arguments: list[str]) -> int:
    """Run nbgrader's own command in this process, where the package is there."""
    if not arguments or arguments[0].lower() not in EXPORTERS:
        known = "\n".join(f"  {name:11} nbgrader export --exporter={exporter}" for name, exporter in EXPORTERS.items())
        print(f"Usage: classroom export WHAT [--to=FILE] [--assignment=...] [options of nbgrader export]\n\n{known}")
        if arguments and arguments[0] not in ("-h", "--help"):
            raise ClassroomError(f"There is no export {arguments[0]!r}.")
        return 0
    if not Path("nbgrader_config.py").exists():
        raise ClassroomError(f"No nbgrader_config.py in {Path.cwd()}: change to the folder of a class.")
    print(f"Export {arguments[0].lower()}: reading the gradebook ...", flush=True)
    ExportApp.launch_instance([f"--exporter={EXPORTERS[arguments[0].lower()]}", *arguments[1:]])
    return 0
