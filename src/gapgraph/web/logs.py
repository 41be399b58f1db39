"""What the service logs, and how: one line an event, on stderr, nothing in it that moves a cursor.

Paths and messages hold what a stranger wrote, so control characters, quotes and line ends are
escaped: no request can write a line of its own into the log (CWE-117).
"""

from __future__ import annotations

import logging
from typing import Any

__all__ = ["ACCESS_FORMAT", "LOGGING", "AccessFilter", "SafeFormatter", "escaped"]

#: Address, time, request line, status, milliseconds.
ACCESS_FORMAT = (
    '%(addr)s [%(time)s] "%(method)s %(path)s %(query_string)s %(protocol)s" %(status)d %(dt_ms).2f'
)


def escaped(text: str, *, quotes: bool = False) -> str:
    r"""Return a text in which every character that is not printed stands as an escape.

    :param quotes: whether quotation marks and backslashes are escaped too

    >>> print(escaped("a\nb\x1b[2J \u202e"))
    a\x0ab\x1b[2J \u202e
    >>> print(escaped('"', quotes=True))
    \x22
    """
    return "".join(
        each if (each.isprintable() and not (quotes and each in '"\\')) else _escape(ord(each))
        for each in text
    )


def _escape(code: int) -> str:
    """Write a character by its number."""
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class AccessFilter(logging.Filter):
    """Escapes every text that goes into a line of the access log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Escape the record's texts, and let it pass."""
        if isinstance(record.args, dict):
            record.args = {
                name: escaped(value, quotes=True) if isinstance(value, str) else value
                for name, value in record.args.items()
            }
        return True


class SafeFormatter(logging.Formatter):
    """Writes an event as one line; only a traceback, which is ours, has lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base's name
        """Return the line of an event."""
        return escaped(super().formatMessage(record))


#: For `logging.config.dictConfig`, with the names of granian's own loggers.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"access": {"()": "gapgraph.web.logs.AccessFilter"}},
    "formatters": {
        "line": {
            "()": "gapgraph.web.logs.SafeFormatter",
            "fmt": "%(asctime)s %(levelname)s %(message)s",
        },
        "access": {"()": "gapgraph.web.logs.SafeFormatter", "fmt": "%(message)s"},
    },
    "handlers": {
        "line": {"class": "logging.StreamHandler", "formatter": "line"},
        "access": {"class": "logging.StreamHandler", "formatter": "access", "filters": ["access"]},
    },
    "loggers": {
        "_granian": {"handlers": ["line"], "propagate": False},
        "granian.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
        "gapgraph": {"handlers": ["line"], "level": "INFO", "propagate": False},
    },
}
