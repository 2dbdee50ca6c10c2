"""The process on another machine that grades: answers requests on its standard input until that is closed."""

from __future__ import annotations

import dataclasses
import pickle
import struct
import sys

from proctor.job import GraderDied

from .grading import Outcome, grade_submission
from .pool import WorkerDied

_LENGTH = struct.Struct("!Q")


def serve(tests: str) -> None:
    """Answer pickled (shared, task) with a pickled outcome or exception.

    Parameters
    ----------
    tests : str
        Folder of what hidden tests import, on this machine.
    """
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing that a test prints may get between the answers
    here: dict = {}
    answer: Outcome | Exception
    while True:
        header = sys.stdin.buffer.read(_LENGTH.size)
        if len(header) < _LENGTH.size:
            return
        shared, task = pickle.loads(sys.stdin.buffer.read(_LENGTH.unpack(header)[0]))
        try:
            if shared not in here:
                here = {shared: pickle.dumps(dataclasses.replace(pickle.loads(shared), import_paths=(tests,)))}
            answer = grade_submission(here[shared], task)
        except GraderDied as error:
            answer = WorkerDied(str(error))
        except Exception as error:
            answer = RuntimeError(f"{type(error).__name__}: {error}")
        data = pickle.dumps(answer)
        answers.write(_LENGTH.pack(len(data)) + data)
        answers.flush()
