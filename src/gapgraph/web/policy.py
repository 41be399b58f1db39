"""What a browser may do with a page of ours (Content Security Policy, level 3)."""

from __future__ import annotations

__all__ = ["EDITOR", "PAGE"]

#: Nothing comes from elsewhere and nothing goes there; no script but our files.  A page may be
#: embedded elsewhere: that is what a query's page offers, and it holds no session.
PAGE = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors *"
)
#: The query editor and its tables write style attributes.
EDITOR = PAGE.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
