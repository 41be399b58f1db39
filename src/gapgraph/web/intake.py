"""What a request may bring, looked at before any part of the service reads it.

A host, as HTTP/1.1 wants it (RFC 9112, section 3.2); an address in UTF-8; a body as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import BadRequest, HTTPException, UnsupportedMediaType

from gapgraph.errors import GapgraphError, UsageError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["WRONG", "Intake"]

#: What is wrong with a request, in its environment; the application tells it.
WRONG = "gapgraph.wrong"

_HOST = re.compile(r"(?:[A-Za-z0-9._~-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{0,5})?")


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
        return self.application(environ, start_response)


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
    elif not _HOST.fullmatch(host):
        environ["HTTP_HOST"] = "localhost"  # what it says is told in no answer
        raise BadRequest("Host is no host: name the one that is asked, once")
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
