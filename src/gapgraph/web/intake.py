"""What a request may bring, looked at before any part of the service reads it.

A host, as HTTP/1.1 wants it (RFC 9112, section 3.2); an address in UTF-8; a body as it is; and no
date that cannot be one.  What fails behind it in a way that nobody foresaw is answered here.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import BadRequest, HTTPException, UnsupportedMediaType
from werkzeug.http import parse_date

from gapgraph.errors import GapgraphError, UsageError
from gapgraph.web.hosts import is_host
from gapgraph.web.last import last_answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["WRONG", "Intake"]

#: What is wrong with a request, in its environment; the application tells it.
WRONG = "gapgraph.wrong"

_log = logging.getLogger(__name__)

#: Headers that hold a date; ``If-Range`` may hold an entity tag instead.
_DATES = ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_RANGE", "HTTP_DATE")


class Intake:
    """Looks at a request, and lets the application tell what is wrong with it.

    :param application: what answers; where `WRONG` is in the environment it tells that error
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        try:
            _look_at(environ)
        except (GapgraphError, HTTPException) as error:
            environ.setdefault(WRONG, error)
        try:
            return self.application(environ, start_response)
        except Exception:  # noqa: BLE001 - whatever it is, it is logged and answered
            _log.exception("a request failed, and so did what tells of it")
            status, headers, body = last_answer(environ)
            start_response(status, headers)
            return [body]


def _look_at(environ: WSGIEnvironment) -> None:
    """Look at the head of a request.

    :raises BadRequest: for a host that is missing, or is none, and for a target that is no path
    :raises UsageError: for an address that is not UTF-8
    :raises UnsupportedMediaType: for a body that is compressed
    """
    host = environ.get("HTTP_HOST")
    if host is None:
        if environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
            raise BadRequest("the request has no Host: name the host that is asked")
    elif not is_host(host):
        environ["HTTP_HOST"] = "localhost"  # what it says is told in no answer
        raise BadRequest("Host is no host: name the one that is asked, once")
    for name in _DATES:
        if name in environ and not _is_condition(environ[name]):
            del environ[name]  # a date that is none is no condition (RFC 9110, section 13.1.3)
    path = environ.get("PATH_INFO", "")
    if path == "*" and environ["REQUEST_METHOD"] == "OPTIONS":
        environ["PATH_INFO"] = "/"  # the service as a whole (RFC 9112, section 3.2.4)
    elif not path.startswith("/"):
        environ["PATH_INFO"] = "/"
        raise BadRequest("the address names no path: begin it with /")
    asked = environ.get("QUERY_STRING", "")
    if "%" in asked or not asked.isascii():
        try:
            unquote_to_bytes(asked.encode("latin-1")).decode()
        except UnicodeDecodeError as error:
            raise UsageError(
                "the parameters are not UTF-8 in percent-encoding",
                todo="encode them as a form does",
            ) from error
    coding = environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
    if coding != "identity" and environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
        raise UnsupportedMediaType("the body is compressed: send it as it is")


def _is_condition(value: str) -> bool:
    """Tell whether a header holds an entity tag, or a date that can be compared with others."""
    if value.startswith(('"', "W/")):
        return True
    try:
        date = parse_date(value)
        return date is not None and date.timestamp() >= 0
    except (ValueError, OverflowError):
        return False
