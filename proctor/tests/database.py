"""A PostgreSQL server for tests and benchmarks: empty, in a temporary folder, on a socket there and nowhere else."""

from __future__ import annotations

import glob
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


def _program(name: str) -> str | None:
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)
    return shutil.which(name) or next(iter(found), None)


def missing() -> str:
    """Why there can be none here, and what to install; "" if there can."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed; install it with: pip install 'psycopg[binary]'"
    for name in ("initdb", "pg_ctl"):
        if _program(name) is None:
            return f"PostgreSQL's {name} is not installed; install it with: apt-get install postgresql"
    return ""


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of its database."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        user = {}
        if os.getuid() == 0:  # the server refuses to run as root
            name = next(n for n in ("postgres", "nobody") if any(p.pw_name == n for p in pwd.getpwall()))
            shutil.chown(folder, name)
            user = {"user": name}
        data, quiet = os.path.join(folder, "data"), {"stdout": subprocess.DEVNULL, "cwd": folder, **user}
        subprocess.run([initdb, "-D", data, "-U", "grader", "-A", "trust", "--no-sync"], check=True, **quiet)
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        subprocess.run(
            [pg_ctl, "-D", data, "-o", options, "-l", os.path.join(folder, "log"), "-w", "start"], check=True, **quiet
        )
        try:
            yield f"postgresql+psycopg://grader@/postgres?host={folder}"
        finally:
            subprocess.run([pg_ctl, "-D", data, "-m", "immediate", "stop"], check=True, **quiet)
