"""Prints the course's direct dependencies, without versions' lower bounds: for `make newest`."""

import re
from pathlib import Path

text = Path(__file__).resolve().parent.parent.joinpath("pyproject.toml").read_text(encoding="utf-8")
print(" ".join(re.findall(r'"([a-z][\w\[\]-]*)>=', text)))
