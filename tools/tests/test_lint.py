"""`make lint` finds nothing."""

import pytest

from tools import lint


@pytest.mark.parametrize("name", lint.commands())
def test_nothing_is_found(name):
    done = lint.run(lint.commands()[name])
    assert done.returncode == 0, f"{done.stdout}\nRun `make lint`."


def test_a_finding_fails(tmp_path):
    (tmp_path / "fault.py").write_text("import os\n", encoding="utf-8")
    done = lint.run(["ruff", "check", "--select", "F", "."], tmp_path)
    assert done.returncode == 1 and "fault.py:1" in done.stdout
