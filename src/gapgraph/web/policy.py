"""What a browser may do with an answer (Fetch Standard; Content Security Policy, level 3)."""

from __future__ import annotations

__all__ = ["EDITOR", "EVERY_ANSWER", "PAGE"]

#: Nothing comes from elsewhere and nothing goes there; no script but our files.  A page may be
#: embedded elsewhere: that is what a query's page offers, and it holds no session.
PAGE = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors *"
)
#: The query editor and its tables write style attributes.
EDITOR = PAGE.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")

#: Whoever may ask may also read from a page elsewhere: nothing here is secret, and no cookie is
#: ever read (Fetch Standard, section 3.2).  The others keep a browser to what the pages need.
EVERY_ANSWER = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Allow, Content-Disposition, ETag, Link, Retry-After, X-Dataset-Version, X-Total-Count"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
