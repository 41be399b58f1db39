"""Answers kept in front of the application: a repeated question costs one look-up.

A build does not change while it is served, so an answer is a function of the address, the query
string and the headers that negotiation reads; these, unchanged, are the key, so that what is kept
is never another request's answer.  Only what the application marks as public is kept
(``Cache-Control: public``), and only with status 200.  See RFC 9110, sections 8.8.3 (entity tags),
12.5.3 (content codings) and 13.1.2 (If-None-Match), and RFC 9111.
"""

from __future__ import annotations

import functools
import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import brotli
from werkzeug.http import parse_accept_header

from gapgraph.files import sha256

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["AnswerCache"]

_Headers = list[tuple[str, str]]

#: The request headers, as WSGI names them, that an answer may depend on.
NEGOTIATED = ("HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_HOST")
#: Keys longer than this are not kept: nobody repeats them, and they would fill the memory.
_LONGEST_KEY = 4_000
#: Bodies smaller than this are not worth compressing.
_SMALLEST = 500
_COMPRESSIBLE = ("text/", "application/json", "image/svg")
_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": functools.partial(brotli.compress, quality=5),
    "gzip": functools.partial(gzip.compress, compresslevel=6, mtime=0),
}


@functools.lru_cache(maxsize=256)
def encoding_for(accepted: str) -> str:
    """Return the content coding that a header ``Accept-Encoding`` wants: br, gzip or identity."""
    wanted = {value.lower(): quality for value, quality in parse_accept_header(accepted)}
    star = wanted.get("*", 0.0)
    best = max(_ENCODERS, key=lambda name: wanted.get(name, star))
    return best if wanted.get(best, star) > 0 else "identity"


class _Kept:
    """An answer, and the codings of it that were asked for."""

    def __init__(self, headers: _Headers, body: bytes) -> None:
        media = next((value for name, value in headers if name.lower() == "content-type"), "")
        self.compressible = len(body) >= _SMALLEST and (
            media.startswith(_COMPRESSIBLE) or "+xml" in media or "+json" in media
        )
        self.headers = [pair for pair in headers if pair[0].lower() != "content-length"]
        self.body = body
        self.tag = sha256(body)[:24]
        self.forms: dict[str, tuple[str, _Headers, bytes]] = {}

    def form(self, coding: str) -> tuple[str, _Headers, bytes]:
        """Make and keep a coding: its entity tag, headers and body."""
        body = self.body if coding == "identity" else _ENCODERS[coding](self.body)
        tag = f'"{self.tag}"' if coding == "identity" else f'"{self.tag}-{coding}"'
        headers = [*self.headers, ("ETag", tag), ("Content-Length", str(len(body)))]
        if coding != "identity":
            headers.append(("Content-Encoding", coding))
        self.forms[coding] = (tag, headers, body)
        return self.forms[coding]

    @property
    def size(self) -> int:
        """How many bytes it takes, nearly."""
        return 2_000 + len(self.body) + sum(len(body) for _, _, body in self.forms.values())


class AnswerCache:
    """Keeps the public answers of a WSGI application, the least used going first.

    :param application: what answers
    :param limit: how many bytes are kept at most, in each worker
    """

    def __init__(self, application: WSGIApplication, *, limit: int) -> None:
        self.application, self.limit = application, limit
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._size = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, from memory where it was answered before."""
        method = environ["REQUEST_METHOD"]
        if method not in {"GET", "HEAD"} or "HTTP_RANGE" in environ:
            return self.application(environ, start_response)
        key = (
            environ.get("PATH_INFO", ""),
            environ.get("QUERY_STRING", ""),
            *(environ.get(name, "") for name in NEGOTIATED),
        )
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
        if kept is None:
            status, headers, body = self._ask(environ)
            if not _is_public(status, headers):
                start_response(status, headers)
                return [b""] if method == "HEAD" else [body]
            kept = _Kept(headers, body)
            self._keep(key, kept)
        coding = "identity"
        if kept.compressible:
            coding = encoding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
        form = kept.forms.get(coding)
        if form is None:
            form = kept.form(coding)
            with self._lock:
                self._size += len(form[2]) if key in self._kept else 0
        tag, headers, body = form
        if _matches(environ.get("HTTP_IF_NONE_MATCH", ""), tag):
            start_response("304 Not Modified", _without_content(headers))
            return [b""]
        start_response("200 OK", list(headers))
        return [b""] if method == "HEAD" else [body]

    def _ask(self, environ: WSGIEnvironment) -> tuple[str, _Headers, bytes]:
        """Ask the application, as a GET; what has a validator of its own answers conditions."""
        asked = {**environ, "REQUEST_METHOD": "GET"}
        answered: list[tuple[str, _Headers]] = []

        def start(status: str, headers: _Headers, *_: Any) -> Callable[[bytes], object]:
            answered.append((status, headers))
            return lambda _: None

        pieces = self.application(asked, start)
        try:
            body = b"".join(pieces)
        finally:
            close = getattr(pieces, "close", None)
            if close:
                close()
        return (*answered[-1], body)

    def _keep(self, key: tuple[str, ...], kept: _Kept) -> None:
        """Keep an answer, and let go of others until all fit."""
        if sum(map(len, key)) > _LONGEST_KEY or kept.size > self.limit // 8:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            self._size += kept.size - (before.size if before else 0)
            self._kept[key] = kept
            while self._size > self.limit:
                _, gone = self._kept.popitem(last=False)
                self._size -= gone.size


def _is_public(status: str, headers: _Headers) -> bool:
    """Tell whether an answer may be kept: a whole one, marked public, not yet coded."""
    named = {name.lower(): value for name, value in headers}
    return (
        status.startswith("200")
        and named.get("cache-control", "").startswith("public")
        and not {"set-cookie", "content-encoding", "etag"} & named.keys()
    )


def _matches(condition: str, tag: str) -> bool:
    """Tell whether ``If-None-Match`` names an entity tag (weak comparison)."""
    if not condition:
        return False
    tags = (each.strip().removeprefix("W/") for each in condition.split(","))
    return condition.strip() == "*" or tag in tags


def _without_content(headers: _Headers) -> _Headers:
    """Return the headers of a 304: those that tell of the content do not go along."""
    return [
        (name, value)
        for name, value in headers
        if name.lower() not in {"content-length", "content-type", "content-encoding"}
    ]
