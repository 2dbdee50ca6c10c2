"""What a notebook may import of earlier assignments."""

from course_tests.notebooks import ROOT
from tools import earlier


def test_earlier_functions_are_the_reference():
    for path, content in earlier.files().items():
        assert path.exists() and path.read_text(encoding="utf-8") == content, (
            f"{path.relative_to(ROOT)} is not what the reference says: run `.venv/bin/python -m tools.earlier`")
