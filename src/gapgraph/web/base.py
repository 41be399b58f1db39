"""Where the service stands: every address that it writes begins with its base.

The base is that of ``--base``, or else the root of the request.  Its path is a prefix for
everything: it becomes ``SCRIPT_NAME`` (PEP 3333), so that what Flask and werkzeug write
(``url_for``, redirects) begins with it too.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote_to_bytes, urlsplit

from flask import request
from werkzeug.urls import iri_to_uri

from gapgraph.errors import UsageError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["Base", "Mount", "address", "current_address", "current_path", "local", "quoted"]

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


class Base(NamedTuple):
    """A base, taken apart.

    :param scheme: ``http`` or ``https``
    :param host: the host, with its port where one is named
    :param prefix: the path without its last slash, percent-decoded as WSGI has it; often empty
    """

    scheme: str
    host: str
    prefix: str

    @classmethod
    def of(cls, address: str) -> Base:
        """Take an address apart.

        >>> Base.of("https://example.org/a/b/")
        Base(scheme='https', host='example.org', prefix='/a/b')

        :raises UsageError: for what no address of the service can begin with
        """
        try:
            parts = urlsplit(iri_to_uri(address))
            fits = parts.scheme in {"http", "https"} and _HOST.fullmatch(parts.netloc)
        except ValueError:
            fits = None
        if not fits or parts.query or parts.fragment or {"", ".", ".."} & _segments(parts.path):
            raise UsageError(
                f"{address[:100]!r} is no base",
                todo="give scheme, host and perhaps a path: https://example.org/gapgraph/",
            )
        prefix = unquote_to_bytes(parts.path.rstrip("/")).decode("latin-1")
        return cls(parts.scheme, parts.netloc, prefix)


def _segments(path: str) -> set[str]:
    """Return the segments of a path; a slash at its end ends the last one."""
    return set(path.removesuffix("/").split("/")[1:])


class Mount:
    """Lets an application answer as what stands at a base.

    A proxy may leave the prefix in the paths that it passes on, or take it out.  It has to take it
    out where the prefix begins as a path of the application does, since ``/data/`` could then mean
    either.

    :param application: what answers
    :param base: the base; that of each request if empty
    :param own: the first segments of the application's own paths
    """

    def __init__(self, application: WSGIApplication, base: str, own: Collection[str]) -> None:
        self.application = application
        self._base = Base.of(base) if base else None
        first = self._base.prefix.split("/")[1] if self._base and self._base.prefix else ""
        self._removes = bool(first) and first not in own

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        base = self._base
        if base:
            environ = {
                **environ,
                "wsgi.url_scheme": base.scheme,
                "HTTP_HOST": base.host,
                "SCRIPT_NAME": base.prefix,
                "PATH_INFO": self.within(environ["PATH_INFO"]),
            }
        return self.application(environ, start_response)

    def within(self, path: str) -> str:
        """Return the path within the service, of a path that a request asks for."""
        prefix = self._base.prefix if self._base and self._removes else ""
        if prefix and (path == prefix or path.startswith(f"{prefix}/")):
            return path.removeprefix(prefix) or "/"
        return path


def address(path: str) -> str:
    """Return the whole address of a path of this service.

    :param path: the path within the service, without a leading slash
    """
    return _root(request.url_root) + path


def local(path: str) -> str:
    """Return the address of a path of this service without scheme and host, for links in pages.

    :param path: the path within the service, without a leading slash
    """
    return urlsplit(_root(request.url_root)).path + path


#: An address as it is sent, of one that werkzeug has made readable.
_root = functools.lru_cache(maxsize=64)(iri_to_uri)


def current_address() -> str:
    """Return the whole address of the request, as it is sent."""
    return iri_to_uri(request.url)


def current_path() -> str:
    """Return the path of the request within the service, as an address has it, for `local`."""
    return quoted(request.path.lstrip("/"))


def quoted(path: str) -> str:
    """Return a path that is not percent-encoded as an address has it (RFC 3986, section 3.3)."""
    return quote(path, safe="/:@!$&'()*+,;=~")
