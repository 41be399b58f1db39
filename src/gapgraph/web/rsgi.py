"""The WSGI application under a server of events: RSGI, granian's own interface.

A server of threads is held up by clients that announce a body and never send it.  Here a body is
read as it comes, for a while, and only a whole one takes a thread; what is kept takes none.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug.exceptions import RequestTimeout

from gapgraph.errors import BusyError
from gapgraph.web.intake import WRONG

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["Bridge", "Exchange", "Remembering", "Scope"]

#: Seconds a body has, and the bytes that earn it a second more.
_SECONDS, _EARN = 10.0, 10_000
#: Seconds that a body is read on which is too large: who still sends does not hear the answer.
_READ_ON_SECONDS = 2.0
#: How many of the largest bodies may be held at once.
_HELD = 8

_Answer = tuple[str, list[tuple[str, str]], bytes]


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
        answered = application.known(environ)
        if answered is None:
            reading = _Body(exchange, self._limit)
            try:
                if _has_body(environ):
                    await self._read(reading, environ)
                environ["wsgi.input"] = io.BytesIO(b"".join(reading.parts))
                answered = await asyncio.get_running_loop().run_in_executor(
                    self._threads, _ask, application, environ
                )
            finally:
                self._held -= reading.counted
        status, headers, body = answered
        exchange.response_bytes(int(status[:3]), headers, body)

    async def _read(self, body: _Body, environ: WSGIEnvironment) -> None:
        """Read a body, and tell in the environment how long it is, or what is wrong with it."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body.counted = min(length or self._limit, self._limit)
        self._held += body.counted
        if self._held > _HELD * self._limit:
            environ[WRONG] = BusyError("too many bodies at once: ask again", retry_after=1)
        elif length > self._limit:
            await body.read(_READ_ON_SECONDS, keep=False)  # the application refuses it
        elif await body.read(_SECONDS, earn=_EARN):
            # One sent in pieces told no length, and is no longer in pieces.
            environ.pop("HTTP_TRANSFER_ENCODING", None)
            environ["CONTENT_LENGTH"] = str(body.length)
        else:
            environ[WRONG] = RequestTimeout("the body did not come in time: send it again")
            body.parts.clear()


class _Body:
    """A body, as it comes.

    :param limit: how many bytes of it are kept
    """

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
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(begun + seconds) as deadline:
                async for part in self._exchange:
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


def _environ(scope: Scope) -> WSGIEnvironment:
    """Return a request as WSGI has it (PEP 3333, "environ Variables")."""
    server, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        key = name.upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = f"HTTP_{key}"
        # A header may be given in several lines (RFC 9110, section 5.3).
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    if scope.authority is not None:
        # An address that is told in full says itself whom it asks (RFC 9112, section 3.2.2).
        environ["HTTP_HOST"] = scope.authority
    return environ


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
