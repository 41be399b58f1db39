"""The last answer, where what words errors has failed: it reads no file, and calls nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["last_answer"]

_DETAIL = "the service failed; its log says why"
_PROBLEM = json.dumps(
    {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": _DETAIL,
        "code": "internal",
    }
).encode()
_PAGE = f"""<!doctype html>
<html lang="es">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>500</title>
</head>
<body>
<h1>El servicio ha fallado</h1>
<p>Vuelva a intentarlo más tarde.</p>
<p lang="en">{_DETAIL[0].upper()}{_DETAIL[1:]}. Try again later.</p>
</body>
</html>
""".encode()
_COMMON = [
    ("Cache-Control", "no-store"),
    ("Vary", "Accept"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'"),
    ("Access-Control-Allow-Origin", "*"),
]


def last_answer(environ: WSGIEnvironment) -> tuple[str, list[tuple[str, str]], bytes]:
    """Return the status, the headers and the body that tell of a failure.

    :param environ: the request; a browser's gets a page, and every other a problem (RFC 9457)
    """
    page = "text/html" in environ.get("HTTP_ACCEPT", "")
    media = "text/html; charset=utf-8" if page else "application/problem+json"
    body = _PAGE if page else _PROBLEM
    headers = [("Content-Type", media), ("Content-Length", str(len(body))), *_COMMON]
    return "500 Internal Server Error", headers, body
