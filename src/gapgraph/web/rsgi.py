"""The WSGI application under a server of events: RSGI, granian's own interface.

A server of threads is held up by clients that announce a body and never send it.  Here a body is
read as it comes, for a while, and only a whole one takes a thread; what is kept takes none.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import io
import logging
import re
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug.exceptions import BadRequest, RequestTimeout, UnsupportedMediaType

from gapgraph.confine import Ending
from gapgraph.errors import BusyError
from gapgraph.web.intake import WRONG
from gapgraph.web.last import last_answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["HANGUP", "Bridge", "Exchange", "Remembering", "Scope"]

_log = logging.getLogger(__name__)

#: Seconds a body has, and the bytes that earn it a second more.
_SECONDS, _EARN = 10.0, 10_000
#: Seconds that a body is read on which is too large: who still sends does not hear the answer.
_READ_ON_SECONDS = 2.0
#: The longest name of a header whose key is remembered.
_LONGEST_NAME = 64
#: How many of the largest bodies may be held at once.
_HELD = 8

#: What comes when the client of a request with a body hangs up, in its environment.
HANGUP = "gapgraph.hangup"

_Answer = tuple[str, list[tuple[str, str]], bytes]
#: What is the same for every request.
_SERVER: dict[str, Any] = {
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


class Headers(Protocol):
    """The headers of a request, names in small letters."""

    def items(self) -> list[tuple[str, str]]:
        """Return each line's name and value."""


class Scope(Protocol):
    """What the head of a request says (RSGI, "Connection Scope")."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None

    @property
    def headers(self) -> Headers:
        """Return the headers."""


class Exchange(Protocol):
    """What reads a body and takes an answer (RSGI, "HTTP Protocol")."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Return the parts of the body, as they come."""

    async def client_disconnect(self) -> None:
        """Return when the client hangs up."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes, /) -> None:
        """Answer."""


class Remembering(Protocol):
    """A WSGI application that answers from memory what it was asked before."""

    def known(self, environ: WSGIEnvironment) -> _Answer | None:
        """Return the status, the headers and the body that are kept; nothing where none are."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        """Answer a request."""


class Bridge:
    """Answers requests of RSGI with a WSGI application.

    :param threads: how many requests are worked on at once
    :param limit: the largest body that is kept, in bytes
    """

    def __init__(self, *, threads: int, limit: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self._limit = limit
        self._held = 0

    async def answer(self, application: Remembering, scope: Scope, exchange: Exchange) -> None:
        """Answer a request.

        :param application: what answers; where `intake.WRONG` is in the environment it tells that
        """
        environ = _environ(scope)
        try:
            kept = application.known(environ)
            if kept is None:
                await self._asked(application, environ, scope, exchange)
                return
            status, headers, body = kept
        except Exception:  # noqa: BLE001 - whatever it is, it is logged and answered
            _log.exception("a request failed, and so did what tells of it")
            status, headers, body = last_answer(environ)
        exchange.response_bytes(int(status[:3]), headers, body)

    async def _asked(
        self, application: Remembering, environ: WSGIEnvironment, scope: Scope, exchange: Exchange
    ) -> None:
        """Ask the application, once the body is there, and have its answer told."""
        _complete(environ, scope)
        reading = _Body(exchange, self._limit)
        try:
            if _has_body(environ):
                await self._read(reading, environ)
            environ["wsgi.input"] = io.BytesIO(b"".join(reading.parts))
            loop = asyncio.get_running_loop()
            environ[HANGUP] = hangup = Ending()
            watching = loop.create_task(_watch(exchange, hangup))
            try:
                await loop.run_in_executor(self._threads, _tell, application, environ, exchange)
            finally:
                watching.cancel()
        finally:
            self._held -= reading.counted

    async def _read(self, body: _Body, environ: WSGIEnvironment) -> None:
        """Read a body, and tell in the environment how long it is, or what is wrong with it."""
        coding = environ.get("HTTP_TRANSFER_ENCODING", "chunked").strip().lower()
        if coding != "chunked":
            environ[WRONG] = UnsupportedMediaType(
                "the body is in a transfer coding other than chunked: send it as it is"
            )
            return
        announced = environ.get("CONTENT_LENGTH") or "0"
        if not re.fullmatch(r"[0-9]{1,18}", announced):
            environ[WRONG] = BadRequest("Content-Length is no length: send one whole number")
            environ["CONTENT_LENGTH"] = "0"
            return
        length = int(announced)
        body.counted = min(length or self._limit, self._limit)
        self._held += body.counted
        if self._held > _HELD * self._limit:
            environ[WRONG] = BusyError("too many bodies at once: ask again", retry_after=1)
        elif length > self._limit:
            await body.read(_READ_ON_SECONDS, keep=False)  # the application refuses it
        elif not await body.read(_SECONDS, earn=_EARN):
            environ[WRONG] = RequestTimeout("the body did not come in time: send it again")
            body.parts.clear()
        elif body.torn or body.length < length:
            environ[WRONG] = BadRequest(
                f"the body is torn: it ended after {body.length} bytes, "
                + (f"and {length} were announced" if length else "within a piece")
                + ": send it whole"
            )
            environ["CONTENT_LENGTH"] = "0"
            body.parts.clear()
        else:
            # One sent in pieces told no length, and is no longer in pieces.
            environ.pop("HTTP_TRANSFER_ENCODING", None)
            environ["CONTENT_LENGTH"] = str(body.length)


async def _watch(exchange: Exchange, hangup: Ending) -> None:
    """Let an ending come when a client hangs up."""
    await exchange.client_disconnect()
    hangup.end()


class _Body:
    """A body, as it comes.

    :param limit: how many bytes of it are kept
    """

    #: Whether it ended before its last piece.
    torn = False

    def __init__(self, exchange: Exchange, limit: int) -> None:
        self._exchange, self._limit = exchange, limit
        self.parts: list[bytes] = []
        self.length = 0
        self.counted = 0

    async def read(self, seconds: float, *, earn: int = 0, keep: bool = True) -> bool:
        """Read it; no further than one byte over the limit where it is kept.

        :param seconds: the time it has
        :param earn: how many bytes earn a second more; none if 0
        :return: whether it came to its end, or over the limit
        """
        loop = asyncio.get_running_loop()
        begun = loop.time()
        ended = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(begun + seconds) as deadline:
                async for part in self._exchange:
                    # The end comes as an empty part.  What went wrong before it does, too: so
                    # granian passes on an error, and its text is lost.
                    self.torn = ended
                    ended = not part
                    self.length += len(part)
                    if keep:
                        self.parts.append(bytes(part))
                        if self.length > self._limit:
                            self.parts.clear()
                            break
                    if earn:
                        deadline.reschedule(begun + seconds + self.length / earn)
            return True
        return False


def _has_body(environ: WSGIEnvironment) -> bool:
    """Tell whether a request has a body that is read.

    That of a GET has no meaning (RFC 9110, section 9.3.1), and is not waited for.
    """
    if environ["REQUEST_METHOD"] in {"GET", "HEAD"}:
        environ["CONTENT_LENGTH"] = ""
        return False
    return "HTTP_TRANSFER_ENCODING" in environ or environ.get("CONTENT_LENGTH", "0") != "0"


def _key(name: str) -> str:
    """Return what WSGI calls a header; nothing for one that it would take for another.

    An underscore in the name would pass for the hyphen of another header.
    """
    if "_" in name:
        return ""
    key = name.upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"


#: A browser sends fifteen headers, with the same names each time.
_known_key = functools.lru_cache(maxsize=256)(_key)


def _environ(scope: Scope) -> WSGIEnvironment:
    """Return the head of a request as WSGI has it (PEP 3333, "environ Variables").

    What is kept needs no more; `_complete` adds the rest.
    """
    path, asked = scope.path, scope.query_string
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path if path.isascii() else path.encode().decode("latin-1"),
        "QUERY_STRING": asked if asked.isascii() else asked.encode().decode("latin-1"),
        "wsgi.url_scheme": scope.scheme,
    }
    for name, value in scope.headers.items():
        key = (_known_key if len(name) <= _LONGEST_NAME else _key)(name)
        if not key:
            continue
        # A header may be given in several lines (RFC 9110, section 5.3).
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    authority = scope.authority
    if authority is not None:
        # An address that is told in full says itself whom it asks (RFC 9112, section 3.2.2).
        environ["HTTP_HOST"] = authority
    return environ


def _complete(environ: WSGIEnvironment, scope: Scope) -> None:
    """Add what the application needs beside the head."""
    server, _, port = scope.server.rpartition(":")
    environ |= _SERVER
    environ["SERVER_NAME"], environ["SERVER_PORT"] = server, port
    environ["SERVER_PROTOCOL"] = f"HTTP/{scope.http_version}"
    environ["REMOTE_ADDR"] = scope.client.rpartition(":")[0]


def _tell(application: WSGIApplication, environ: WSGIEnvironment, exchange: Exchange) -> None:
    """Ask an application, and tell its answer from this thread: the loop's turn may be far."""
    status, headers, body = _ask(application, environ)
    exchange.response_bytes(int(status[:3]), headers, body)


def _ask(application: WSGIApplication, environ: WSGIEnvironment) -> _Answer:
    """Ask an application, and return its whole answer."""
    told: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], object]:
        told[:] = [status, headers]
        return lambda _: None

    pieces = application(environ, start)
    try:
        body = b"".join(pieces)
    finally:
        close = getattr(pieces, "close", None)
        if close:
            close()
    return told[0], told[1], body
