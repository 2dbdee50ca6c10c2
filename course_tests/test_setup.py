"""What `make setup` makes: .venv holds what requirements.lock says, and nothing that only costs time."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from course_tests.notebooks import ROOT

LOCKED = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
OWN = Path(sys.prefix).resolve() == (ROOT / ".venv").resolve()
USELESS = {"rfc3987-syntax": "rfc3987_syntax", "lark": "lark", "isoduration": "isoduration", "arrow": "arrow"}


@pytest.mark.parametrize("package", USELESS)
def test_a_package_that_only_costs_time_is_not_there(package):
    assert package not in LOCKED
    if not OWN:
        pytest.skip("runs in .venv: make setup")
    assert importlib.util.find_spec(USELESS[package]) is None


def test_the_left_out_packages_break_nothing():
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    done = subprocess.run([sys.executable, "-m", "uv", "pip", "check", "--python", sys.executable], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_formats_are_still_checked():
    import jsonschema

    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    assert {"date-time", "uri", "uri-reference", "json-pointer", "email"} <= set(checker.checkers)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate("no date", {"type": "string", "format": "date-time"}, format_checker=checker)
