"""Answers kept in front of the application: a repeated question costs one look-up.

A build does not change while it is served, so an answer is a function of the address, the query
string and the headers that negotiation reads; these, unchanged, are the key, so that what is kept
is never another request's answer.  Only what the application marks as public is kept
(``Cache-Control: public``), only with status 200, and only where ``Vary`` names no other header.
See RFC 9110, sections 8.8.3 (entity tags), 12.5.3 (content codings), 13.1 (conditions) and 14
(ranges), and RFC 9111.
"""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from werkzeug.datastructures import Range
from werkzeug.http import parse_range_header

from gapgraph.files import sha256
from gapgraph.web.codings import CODINGS, IDENTITY, compressible, encode, encoding_for, tag_of
from gapgraph.web.hosts import is_host

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["AnswerCache"]

_Headers = list[tuple[str, str]]
_Key = tuple[str, ...]

#: Keys longer than this are not kept: nobody repeats them, and they would fill the memory.
_LONGEST_KEY = 4_000
#: Bytes that a kept answer takes beside its key and bodies, nearly.
_OVERHEAD = 4_000
#: What stands in a key for every host that can stand in an address.
_ANY_HOST = "*"
_known_host = functools.lru_cache(maxsize=256)(is_host)
#: What an answer may vary by: the headers of the key, and the coding.
_VARY = {"accept", "accept-language", "accept-encoding", "host", ""}
#: What a 304 leaves out, since it tells of the content (RFC 9110, section 15.4.5).
_OF_CONTENT = {
    "content-length", "content-type", "content-encoding", "content-disposition", "content-language",
}  # fmt: skip


class _Form(NamedTuple):
    """One coding of an answer, ready to be sent.

    :param tag: its entity tag, a strong one: another coding has another
    :param headers: with the content
    :param bare: without it, for 304
    """

    tag: str
    headers: _Headers
    bare: _Headers
    body: bytes


class _Kept:
    """An answer, and the codings of it that were asked for."""

    __slots__ = ("body", "compressible", "forms", "headers", "tag", "used")

    def __init__(self, headers: _Headers, body: bytes) -> None:
        media = next((value for name, value in headers if name.lower() == "content-type"), "")
        self.compressible = compressible(media, len(body))
        self.headers = [pair for pair in headers if pair[0].lower() != "content-length"]
        self.body = body
        self.tag = sha256(body)[:32]
        self.forms: dict[str, _Form] = {}
        self.used = False

    def form(self, coding: str) -> _Form:
        """Make and keep a coding."""
        body = encode(self.body, coding)
        tag = f'"{tag_of(self.tag, coding)}"'
        headers = [*self.headers, ("Accept-Ranges", "bytes"), ("ETag", tag)]
        if coding != IDENTITY:
            headers.append(("Content-Encoding", coding))
        headers.append(("Content-Length", str(len(body))))
        bare = [pair for pair in headers if pair[0].lower() not in _OF_CONTENT]
        form = self.forms[coding] = _Form(tag, headers, bare, body)
        return form

    def coding(self, environ: WSGIEnvironment) -> str:
        """Return the coding that a request wants of it."""
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        return encoding_for(accepted) if self.compressible else IDENTITY

    def size(self) -> int:
        """Return how many bytes it takes, nearly, with all codings it may come to have."""
        return _OVERHEAD + len(self.body) * (1 + len(CODINGS) * self.compressible)


class AnswerCache:
    """Keeps the public answers of a WSGI application; those not asked for again go first.

    Reading takes no lock: a look-up in a dictionary and a mark are one step each.  The mark gives
    an answer a second round before it goes.

    :param application: what answers
    :param limit: how many bytes are kept at most, in each worker; 0 keeps nothing
    :param any_host: whether an answer is the same whatever host is asked, as long as it is one
    """

    def __init__(self, application: WSGIApplication, *, limit: int, any_host: bool = False) -> None:
        self.application, self.limit, self._any_host = application, limit, any_host
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._lock = threading.Lock()  # over what follows, and over changes of what is kept
        self._size = 0

    @property
    def size(self) -> int:
        """How many bytes are kept, nearly."""
        return self._size

    def __len__(self) -> int:
        """Return how many answers are kept."""
        return len(self._kept)

    def known(self, environ: WSGIEnvironment) -> tuple[str, _Headers, bytes] | None:
        """Return the answer to what was asked before, in the coding asked before.

        Its headers must not be changed.
        """
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return None
        kept = self._kept.get(self._key(environ))
        if kept is None:
            return None
        form = kept.forms.get(kept.coding(environ))
        if form is None:
            return None
        kept.used = True
        return _told(form, environ)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, from memory where it was answered before."""
        method = environ["REQUEST_METHOD"]
        if method not in {"GET", "HEAD"}:
            return self.application(environ, start_response)
        key = self._key(environ)
        kept = self._kept.get(key)
        if kept is None:
            status, headers, body = self._ask(environ)
            if not _is_public(status, headers):
                start_response(status, headers)
                return [b""] if method == "HEAD" else [body]
            kept = _Kept(headers, body)
            self._keep(key, kept)
        else:
            kept.used = True
        coding = kept.coding(environ)
        status, headers, body = _told(kept.forms.get(coding) or kept.form(coding), environ)
        start_response(status, list(headers))  # a server may change its list (PEP 3333)
        return [body]

    def _ask(self, environ: WSGIEnvironment) -> tuple[str, _Headers, bytes]:
        """Ask the application; a HEAD as a GET, so that its answer serves both."""
        answered: list[tuple[str, _Headers]] = []

        def start(status: str, headers: _Headers, *_: Any) -> Callable[[bytes], object]:
            answered.append((status, headers))
            return lambda _: None

        pieces = self.application({**environ, "REQUEST_METHOD": "GET"}, start)
        try:
            body = b"".join(pieces)
        finally:
            close = getattr(pieces, "close", None)
            if close:
                close()
        return (*answered[-1], body)

    def _keep(self, key: _Key, kept: _Kept) -> None:
        """Keep an answer, and let go of others until all fit."""
        length = sum(map(len, key))
        needed = kept.size() + length
        if length > _LONGEST_KEY or needed > self.limit // 8:
            return
        with self._lock:
            if key in self._kept:
                return  # another thread was asked the same, and was first
            while self._size + needed > self.limit:
                old_key, old = self._kept.popitem(last=False)
                if old.used:
                    old.used = False
                    self._kept[old_key] = old
                else:
                    self._size -= old.size() + sum(map(len, old_key))
            self._kept[key] = kept
            self._size += needed

    def _key(self, environ: WSGIEnvironment) -> _Key:
        """Return what an answer is a function of."""
        get = environ.get
        host = get("HTTP_HOST", "")
        return (
            get("PATH_INFO", ""),
            get("QUERY_STRING", ""),
            get("HTTP_ACCEPT", ""),
            get("HTTP_ACCEPT_LANGUAGE", ""),
            _ANY_HOST if self._any_host and _known_host(host) else host,
            get("SCRIPT_NAME", ""),
            get("wsgi.url_scheme", ""),
        )


def _told(form: _Form, environ: WSGIEnvironment) -> tuple[str, _Headers, bytes]:
    """Return what a request gets of an answer, by its conditions and its range.

    The headers are those that are kept: they must not be changed.
    """
    if "HTTP_IF_MATCH" in environ and not _names(environ["HTTP_IF_MATCH"], form.tag):
        return "412 Precondition Failed", [*form.bare, ("Content-Length", "0")], b""
    if "HTTP_IF_NONE_MATCH" in environ and _names(
        environ["HTTP_IF_NONE_MATCH"], form.tag, weak=True
    ):
        return "304 Not Modified", form.bare, b""
    if environ["REQUEST_METHOD"] == "HEAD":
        return "200 OK", form.headers, b""
    if "HTTP_RANGE" in environ and environ.get("HTTP_IF_RANGE", form.tag) == form.tag:
        return _part(form, environ["HTTP_RANGE"])
    return "200 OK", form.headers, form.body


def _part(form: _Form, asked: str) -> tuple[str, _Headers, bytes]:
    """Return the part of an answer that a header ``Range`` asks for (RFC 9110, section 14).

    What is no range of bytes, or several of them, is answered with the whole, as a server may.
    """
    length = len(form.body)
    read: Range | None = parse_range_header(asked)
    if read is None or read.units != "bytes" or len(read.ranges) != 1:
        return "200 OK", form.headers, form.body
    # Of each other header there is what the whole has.
    rest = [pair for pair in form.headers if pair[0] != "Content-Length"]
    part = read.range_for_length(length)
    if part is None:
        told = [pair for pair in form.bare if pair[0] != "ETag"]
        place = [("Content-Range", f"bytes */{length}"), ("Content-Length", "0")]
        return "416 Range Not Satisfiable", [*told, *place], b""
    begin, end = part
    place = [
        ("Content-Range", f"bytes {begin}-{end - 1}/{length}"),
        ("Content-Length", str(end - begin)),
    ]
    return "206 Partial Content", [*rest, *place], form.body[begin:end]


def _is_public(status: str, headers: _Headers) -> bool:
    """Tell whether an answer may be kept: a whole one, marked public, not yet coded."""
    named = {name.lower(): value for name, value in headers}
    return (
        status.startswith("200")
        and named.get("cache-control", "").startswith("public")
        and not {"set-cookie", "content-encoding", "content-range", "etag"} & named.keys()
        and {each.strip().lower() for each in named.get("vary", "").split(",")} <= _VARY
    )


def _names(condition: str, tag: str, *, weak: bool = False) -> bool:
    """Tell whether a condition names an entity tag.

    :param weak: whether weak tags count (``If-None-Match``; RFC 9110, section 8.8.3.2)
    """
    if condition.strip() == "*":
        return True
    tags = (each.strip() for each in condition.split(","))
    return tag in ((each.removeprefix("W/") if weak else each) for each in tags)
