"""The page of ``/sparql``: a query in the editor, with its result or what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Response, make_response, render_template

from gapgraph.errors import GapgraphError
from gapgraph.namespaces import PREFIXES
from gapgraph.store.pool import Reply
from gapgraph.web import policy
from gapgraph.web.description import vocabulary
from gapgraph.web.headers import never_kept
from gapgraph.web.mistyped import defined, mistyped
from gapgraph.web.question_page import groups
from gapgraph.web.service import service

__all__ = ["show_editor", "show_problem", "show_result"]

#: Rows shown on a page; the formats beside it give all.
_ROWS_SHOWN = 1000
#: The editor, where the build had npm to install it.
_SCRIPT = Path(__file__).parent / "static" / "yasgui" / "yasqe.min.js"


def show_editor(query: str = "", **result: Any) -> Response:
    """Show the editor.

    :param query: the query in it; an example if empty
    :param result: what is shown under it, by the names of the template
    """
    rich, catalogue = _SCRIPT.is_file(), service().catalogue
    page = render_template(
        "sparql.html",
        query=query,
        prefixes=PREFIXES,
        examples=groups(list(catalogue), catalogue.dictionary.tags),
        shown=_ROWS_SHOWN,
        rich=rich,
        terms=vocabulary(service().store),
        **result,
    )
    response = make_response(page)
    if rich:
        response.headers["Content-Security-Policy"] = policy.EDITOR
    return response


def show_result(query: str, reply: Reply) -> Response:
    """Show a result under its query, and what it names of ours that is not there."""
    current = service()
    known = current.once(("defined",), lambda: defined(current.store))
    beside = {"mistyped": mistyped(query, known)}
    if reply.kind == "graph":
        return show_editor(query, graph=reply.body.decode(), **beside)
    read = json.loads(reply.body)
    if reply.kind == "boolean":
        return show_editor(query, boolean=read["boolean"], **beside)
    rows = read["results"]["bindings"]
    return show_editor(query, columns=read["head"]["vars"], rows=rows, **beside)


def show_problem(query: str, error: GapgraphError) -> Response:
    """Show what is wrong with a query under it, with the error's status."""
    response = show_editor(query, problem=str(error))
    response.status_code = error.http_status
    return never_kept(response)
