"""The exception tree: every failure a person can meet, with its exit code and HTTP status.

::

    GapgraphError
    ├── InputError            2   422   a file, row, cell or value cannot be read
    │   ├── TooMuchError      2   422   a query needs more than it may have
    │   ├── UnwritableError   2   406   a format cannot hold a value
    │   └── UsageError        2   400   a command, parameter or option is wrong
    │       ├── NotFoundError 2   404   what was named does not exist
    │       │   └── GoneError 2   410   what was named was there, and is not any more
    │       ├── QuerySyntaxError 2   400  a query is not valid SPARQL
    │       └── UnsupportedFunctionError 2   400  a query calls a function that is not there
    ├── ViolationError        1   422   the data was read, and breaks a mandatory rule
    └── EnvironmentFailure    3   503   a port, disk or engine fails
        ├── BusyError         3   503   the queue is full
        ├── DeadlineError     3   504   a query did not end in its time
        ├── EngineError       3   502   the engine failed on a query
        └── NotBuiltError     3   503   there is no build to work on

Messages say what is wrong, where, and what to do.
A subclass inherits what it does not override; ``tests/test_errors.py`` enumerates the tree.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gapgraph.told import in_words, told

__all__ = [
    "BusyError",
    "DeadlineError",
    "EngineError",
    "EnvironmentFailure",
    "GapgraphError",
    "GoneError",
    "InputError",
    "NotBuiltError",
    "NotFoundError",
    "QuerySyntaxError",
    "TooMuchError",
    "UnsupportedFunctionError",
    "UnwritableError",
    "UsageError",
    "ViolationError",
]


class GapgraphError(Exception):
    """Root of all expected failures; never raised itself."""

    code = "error"
    exit_code = 3
    http_status = 500

    def in_words(self, translate: Callable[[str], str]) -> str:
        """Return the message in another language, as far as it has one.

        :param translate: gives a template in that language; the same where it has none
        """
        return in_words(self.args[0], translate) if self.args else ""


class InputError(GapgraphError):
    """A file, row, cell or value that cannot be read.

    :param what: what is wrong, as a clause
    :param todo: what to do about it
    :param file: the file, where there is one
    :param line: the line of the file, from 1
    """

    code = "input"
    exit_code = 2
    http_status = 422

    def __init__(
        self,
        what: str,
        *,
        todo: str = "",
        file: Path | str | None = None,
        line: int | None = None,
    ) -> None:
        self.what, self.todo, self.file, self.line = what, todo, file, line
        super().__init__(self.in_words(lambda english: english))

    def in_words(self, translate: Callable[[str], str]) -> str:
        """Return where it is, what is wrong and what to do, in another language."""
        line = "" if self.line is None else f"{self.line}:"
        where = "" if self.file is None else f"{self.file}:{line} "
        what, todo = (in_words(each, translate) for each in (self.what, self.todo))
        return " ".join(f"{where}{what}{f': {todo}' if todo else ''}".split())


class TooMuchError(InputError):
    """A query that needs more memory than it may have, or whose result is over its limit."""

    code = "too-much"


class UnwritableError(InputError):
    """A value that the format asked for cannot hold: another format can."""

    code = "unwritable"
    http_status = 406


class UsageError(InputError):
    """A command, parameter or option that is wrong.

    :param parameter: the name of the parameter that is wrong, where it is one
    """

    code = "usage"
    http_status = 400

    def __init__(
        self,
        what: str,
        *,
        todo: str = "",
        file: Path | str | None = None,
        line: int | None = None,
        parameter: str = "",
    ) -> None:
        super().__init__(what, todo=todo, file=file, line=line)
        self.parameter = parameter


class NotFoundError(UsageError):
    """Something named that does not exist."""

    code = "not-found"
    http_status = 404


class GoneError(NotFoundError):
    """Something named that was there, and is not any more."""

    code = "gone"
    http_status = 410


class QuerySyntaxError(UsageError):
    """A query that is not valid SPARQL.

    :param what: what is wrong, as a clause
    :param line: the line of the query, from 1
    :param column: its column, from 1
    """

    code = "syntax"

    def __init__(
        self, what: str, *, line: int | None = None, column: int | None = None, todo: str = ""
    ) -> None:
        where = (
            told(
                "the query is not valid SPARQL at line {line}, column {column} ({what})",
                line=line,
                column=column,
                what=what,
            )
            if line
            else told("the query is not valid SPARQL ({what})", what=what)
        )
        super().__init__(where, todo=todo)
        self.line, self.column = line, column


class UnsupportedFunctionError(UsageError):
    """A query that calls a function which the engine does not have.

    :param function: IRI of the function
    """

    code = "unsupported-function"

    def __init__(self, function: str) -> None:
        super().__init__(
            told(
                "the query calls the function {function}, which the engine does not have",
                function=function,
            ),
            todo=told("use the functions of SPARQL 1.1"),
        )


class ViolationError(GapgraphError):
    """The data was read, and breaks a mandatory rule."""

    code = "violation"
    exit_code = 1
    http_status = 422


class EnvironmentFailure(GapgraphError):
    """A port, disk or engine that fails."""

    code = "environment"
    exit_code = 3
    http_status = 503


class NotBuiltError(EnvironmentFailure):
    """There is no build to work on."""

    code = "not-built"


class BusyError(EnvironmentFailure):
    """As many queries run and wait as the service takes at once.

    :param message: what is wrong
    :param retry_after: seconds after which a client may ask again
    """

    code = "busy"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class DeadlineError(EnvironmentFailure):
    """A query that did not end in its time; it was stopped."""

    code = "deadline"
    http_status = 504


class EngineError(EnvironmentFailure):
    """The engine failed on a query, or could not be reached."""

    code = "engine"
    http_status = 502
