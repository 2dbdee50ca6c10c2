"""What the room must not see although it is in the system or the Python installation, which the room does see."""

from __future__ import annotations

import functools
import glob
import os
import re
import sys
import sysconfig


def package_folders() -> list:
    return list(dict.fromkeys(os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")))


def inside(path: str) -> list:
    """The paths inside the walls of a file of the system or the Python installation."""
    base, packages = os.path.realpath(sys.base_prefix), package_folders()[0]
    found = []
    if path.startswith("/usr/"):
        found.append(path)
    elif path.startswith(base + os.sep):
        found.append("/python" + path[len(base) :])
    if path.startswith(packages + os.sep):
        found.append("/packages" + path[len(packages) :])
    return found


def names(private: tuple) -> tuple:
    """The packages among what is private; the rest are folders."""
    return tuple(one for one in private if not os.path.isabs(one))


@functools.lru_cache(8)
def places(private: tuple) -> list:
    """Files and folders of the system and the Python installation that hold what is private: packages, their
    metadata, the course itself.
    """
    found = []
    for folder in _site_folders():
        entries = sorted(os.listdir(folder))
        for name in names(private):
            mine = [entry for entry in entries if _belongs(entry, name)]
            if mine:
                mine += _distribution(folder, entries, name)
            found += [os.path.join(folder, entry) for entry in mine]
            found += glob.glob(os.path.join(folder, "__pycache__", glob.escape(name) + ".*"))
    for path in private:
        if os.path.isabs(path):
            found += _around(os.path.realpath(path))
    return [path for path in dict.fromkeys(map(os.path.realpath, found)) if os.path.exists(path) and inside(path)]


def _site_folders() -> list:
    roots = dict.fromkeys(("/usr", "/usr/local", os.path.realpath(sys.base_prefix)))
    found = [path for root in roots for path in glob.glob(os.path.join(root, "lib*", "python*", "*-packages"))]
    return [path for path in dict.fromkeys(map(os.path.realpath, [*package_folders(), *found])) if os.path.isdir(path)]


def _belongs(entry: str, name: str) -> bool:
    """Whether a file or folder beside the packages is this module or package, an egg, or what pip writes about it."""
    plain = re.sub(r"[-_.]+", "_", entry).lower()
    name = re.sub(r"[-_.]+", "_", name).lower()
    return plain == name or bool(
        re.match(
            rf"(_*editable_*_)?{re.escape(name)}(_\d|_(py|pyc|so|pyd|cpython|abi3|egg|pth|dist_info|egg_info|nspkg)(_|$))",
            plain,
        )
    )


def _distribution(folder: str, entries: list, name: str) -> list:
    """The metadata of the distribution that brought a package, and its other modules, whatever they are called."""
    found = []
    for entry in entries:
        if entry.endswith((".dist-info", ".egg-info")) and os.path.isdir(os.path.join(folder, entry)):
            tops = _tops(os.path.join(folder, entry))
            if name in tops:
                found += [entry, *(one for top in tops for one in entries if one == top or one.startswith(top + "."))]
    return found


def _tops(metadata: str) -> set:
    """The names of the modules that a distribution installed."""
    tops = set()
    for name in ("RECORD", "installed-files.txt", "top_level.txt"):
        try:
            with open(os.path.join(metadata, name), encoding="utf-8", errors="replace") as file:
                lines = [line.split(",")[0].strip().removeprefix("../") for line in file]
        except OSError:
            continue
        tops |= {
            re.sub(r"\.(py|so|pyd)$", "", line.split("/")[0]) for line in lines if line and not line.startswith("..")
        }
    return {top for top in tops if top.isidentifier() and top != "__pycache__"}


def _around(path: str) -> list:
    """The path, or everything in it except the way to the Python installation, which the room needs."""
    base = os.path.realpath(sys.base_prefix)
    if base != path and not base.startswith(path + os.sep):
        return [path]
    if base == path or not os.path.isdir(path):
        return []
    return [one for entry in sorted(os.listdir(path)) for one in _around(os.path.join(path, entry))]
