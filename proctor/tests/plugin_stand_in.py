"""In place of the trusted side, for tests of the plugin alone: runs everything in the worker itself, with no
protection at all.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import traceback
import types

from proctor.job import Report, TestResult
from proctor.plugin import grading


def grade_submission(shared, task):
    """`proctor.plugin.grading.grade_submission` on top of the stand-in."""
    trusted = types.ModuleType("proctor.trusted.clean")
    trusted.grade_notebook, trusted.prepare = grade_notebook, lambda *_: None
    sys.modules["proctor.trusted.clean"] = trusted
    return grading.grade_submission(shared, task)


def grade_notebook(job) -> Report:
    """Run a notebook without any room."""
    report, names, count = Report(), {"__name__": "__main__"}, 0
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        for path, content in job.files.items():
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            with open(os.path.join(folder, path), "wb") as file:
                file.write(content)
        os.chdir(folder)
        sys.path[:0] = [folder, *job.import_paths]
        try:
            for index, cell in enumerate(job.notebook["cells"]):
                if cell["cell_type"] != "code":
                    continue
                count += 1
                report.execution_counts[index] = count
                _run(index, cell, names, report)
        finally:
            os.chdir(before)
            del sys.path[: 1 + len(job.import_paths)]
            sys.modules.pop("helper", None)
    return report


def _run(index, cell, names, report):
    meta = cell["metadata"].get("nbgrader", {})
    out = io.StringIO()
    source, score = cell["source"], None
    try:
        with contextlib.redirect_stdout(out):
            last = source.strip().splitlines()[-1] if source.strip() else ""
            exec(compile(source, "<cell>", "exec"), names)
            if last == "score":
                score = names["score"]
        error = None
    except BaseException as problem:
        error = problem
    if meta.get("grade") and not meta.get("solution"):
        message = f"{type(error).__name__} in your code" if error else ""
        report.results[meta["grade_id"]] = TestResult(meta["grade_id"], error is None, score, message)
        return
    outputs = [{"output_type": "stream", "name": "stdout", "text": out.getvalue()}] if out.getvalue() else []
    if error:
        outputs.append(
            {
                "output_type": "error",
                "ename": type(error).__name__,
                "evalue": str(error),
                "traceback": traceback.format_exception_only(error),
            }
        )
    report.outputs[index] = outputs
