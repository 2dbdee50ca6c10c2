"""proctor: grades notebooks with the learner's code in a locked room and the tests outside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitlets.config import Config

    from .plugin.trial import Trial


def install(c: Config) -> None:
    """Let `nbgrader autograde` and formgrader's button grade with proctor, and feedback name what each test found.

    Parameters
    ----------
    c : traitlets.config.Config
        `get_config()` of an nbgrader_config.py. Options are set as ``c.Proctor.<name>``.
    """
    from proctor.plugin.install import install as install_plugin

    install_plugin(c)


def try_room(config: Config | None = None, secrets: Iterable = ()) -> Trial:
    """Start a room as grading would, run a cell in it and end it: for a program that checks a set-up before a class
    depends on it.

    Parameters
    ----------
    config : traitlets.config.Config, optional
        With the options ``c.Proctor.<name>``.
    secrets : iterable of path
        Files and folders that learners' code must not see.

    Returns
    -------
    Trial
        ``problem``, ``no_walls`` ("" where all is well), ``seen`` (the secrets that the room sees) and ``seconds``.
    """
    from proctor.plugin.trial import try_room as try_it

    return try_it(config, secrets)
