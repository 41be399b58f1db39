"""A slash at the end of an address that has none: people type it, and it leads where it should.

To a program that takes no page it is another address, and an IRI that is not ours.
"""

from __future__ import annotations

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from gapgraph.web.base import local, quoted
from gapgraph.web.negotiate import takes_page

__all__ = ["register"]


def register(app: Flask) -> None:
    """Lead from each address with a slash too many to the one without, with its parameters."""

    @app.before_request
    def without_slash() -> Response | None:
        """Lead to the address without the slash, where that is one of ours."""
        path = request.path.rstrip("/")
        rule = request.url_rule
        if path == request.path or not path or (rule and rule.rule.endswith("/")):
            return None
        if not takes_page(request.headers.get("Accept", "")):
            return None
        adapter = app.create_url_adapter(request)
        if adapter is None or not adapter.test(path, method=request.method):
            return None
        asked = request.query_string.decode("ascii", "replace")
        target = local(quoted(path.lstrip("/")))
        return redirect(target + (f"?{asked}" if asked else ""), code=308)
