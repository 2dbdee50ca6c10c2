"""What `make` runs: the release, the demo class, the chain from submission to feedback."""

import importlib.util
import sys

for _module in ("numpy", "matplotlib", "nbgrader", "tqdm"):
    if importlib.util.find_spec(_module) is None:
        sys.exit(
            f"The Python module {_module} is missing: run `make setup`, then .venv/bin/python instead of "
            f"{sys.executable}."
        )
