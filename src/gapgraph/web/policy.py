"""What a browser may do with an answer (Fetch Standard; Content Security Policy, level 3)."""

from __future__ import annotations

import re

__all__ = ["EDITOR", "EVERY_ANSWER", "PAGE", "SITE", "SITE_ANSWERS", "preflight"]

#: Nothing comes from elsewhere and nothing goes there; no script but our files.  A page may be
#: embedded elsewhere: that is what a query's page offers, and it holds no session.
PAGE = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors *"
)
#: The query editor and its tables write style attributes.
EDITOR = PAGE.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")

#: Of a page as a file, where no header says it: its scripts ask for nothing.  What frames a page
#: only a header can say.
SITE = PAGE.replace("connect-src 'self'; ", "").replace("; frame-ancestors *", "")
#: Of one whose scripts answer: they may read files and start an engine in WebAssembly, and the
#: query editor write style attributes.
SITE_ANSWERS = EDITOR.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'").replace(
    "; frame-ancestors *", "; worker-src 'self'"
)

#: Whoever may ask may also read from a page elsewhere: nothing here is secret, and no cookie is
#: ever read (Fetch Standard, section 3.2).  The others keep a browser to what the pages need.
EVERY_ANSWER = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Allow, Content-Disposition, Content-Range, ETag, Link, Retry-After, "
        "X-Dataset-Version, X-Total-Count"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}

#: Headers that a page elsewhere may send, beside those that its browser asks for.
_HEADERS = ("Accept", "Accept-Language", "Content-Type", "If-None-Match", "Range")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
#: More headers than this are no page's.
_MOST = 50


def preflight(methods: str, wanted: str) -> dict[str, str]:
    """Return what a browser hears that asks before a request (Fetch Standard, section 3.3).

    Clients add headers of their own to what they ask (``X-Requested-With``, ``Authorization``);
    none changes an answer here, so that each may be sent.

    :param methods: the methods of the address, as ``Allow`` names them
    :param wanted: the header ``Access-Control-Request-Headers``
    """
    names = {name.lower(): name for name in _HEADERS}
    for each in wanted.split(",")[:_MOST]:
        if _NAME.fullmatch(each.strip()):
            names.setdefault(each.strip().lower(), each.strip())
    return {
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": ", ".join(names.values()),
        "Access-Control-Max-Age": "86400",
    }
