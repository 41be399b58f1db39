"""A slash or a capital that an address does not have: people type it, and it leads where it should.

To a program that takes no page it is another address, and an IRI that is not ours.
"""

from __future__ import annotations

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from gapgraph.web.base import local, quoted
from gapgraph.web.negotiate import takes_page

__all__ = ["register"]


def register(app: Flask) -> None:
    """Lead from an address with a slash or a capital too many to ours, with its parameters."""

    @app.before_request
    def as_it_is_written() -> Response | None:
        """Lead to the address without the slash, else in small letters, where it is one of ours."""
        path = request.path.rstrip("/")
        rule = request.url_rule
        if not path or (rule and (path == request.path or rule.rule.endswith("/"))):
            return None
        if not takes_page(request.headers.get("Accept", "")):
            return None
        adapter = app.create_url_adapter(request)
        for each in (path, path.lower()):
            if each != request.path and adapter and adapter.test(each, method=request.method):
                asked = request.query_string.decode("ascii", "replace")
                target = local(quoted(each.lstrip("/")))
                return redirect(target + (f"?{asked}" if asked else ""), code=308)
        return None
