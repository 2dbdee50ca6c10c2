"""Names that learners choose, made safe for a terminal and a log."""

from __future__ import annotations

import logging


def plain(text: str, lines: bool = False) -> str:
    r"""The text with everything that would steer a terminal, or hide what is written, as an escape such as ``\x1b``.

    Parameters
    ----------
    lines : bool
        Line ends and tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or lines and c in "\n\t" else c.encode("unicode_escape").decode() for c in text)


class Plain(logging.Filter):
    """Keeps control characters out of what is logged: all of them in names, all but line ends in the message itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record in place; always True."""
        if isinstance(record.args, tuple):
            record.args = tuple(arg if isinstance(arg, (int, float)) else plain(str(arg)) for arg in record.args)
        record.msg = plain(str(record.msg), lines=True)
        return True
