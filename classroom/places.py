"""Names of folders with which nbgrader, or what it is built on, misbehaves. Needs nothing, so that `make setup` can
ask first.
"""

from __future__ import annotations

import os

SIGNS = '[]{}?*$"`\\'  # patterns of file names, fields of str.format, addresses of a gradebook, variables of a shell


def unusable(path: object) -> str:
    """Why a course or a class cannot lie in a folder with this path; "" if it can."""
    bad = sorted({sign for sign in str(path).replace(os.sep, "/") if sign in SIGNS or ord(sign) < 32})
    if not bad:
        return ""
    shown = " ".join(sign if sign.isprintable() else repr(sign) for sign in bad)
    return (
        f"the name of the folder {str(path)!r} has {shown} in it, and nbgrader would look for files elsewhere; "
        'take a folder without [ ] { } ? * $ " ` and \\.'
    )
