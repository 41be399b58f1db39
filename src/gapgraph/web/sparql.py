"""``/sparql``: the endpoint, and what it says of itself."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Blueprint, Response, make_response, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

from gapgraph.errors import GapgraphError
from gapgraph.web.base import address
from gapgraph.web.codings import IDENTITY, coding_of, encode
from gapgraph.web.description import describe_service
from gapgraph.web.editor import show_editor, show_problem, show_result
from gapgraph.web.formats import rdf_response
from gapgraph.web.headers import every_answer, proven
from gapgraph.web.intake import WRONG
from gapgraph.web.negotiate import gives
from gapgraph.web.protocol import (
    NAMES,
    OFFERS,
    described_as,
    evaluate,
    read_parameters,
    read_question,
    told,
)
from gapgraph.web.service import Service, service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["DirectAnswers", "blueprint"]

blueprint = Blueprint("sparql", __name__)

#: Parameters that ask no query.
_BARE = {"example", "format", "lang"}
_PATHS = {"/sparql", "/sparql/"}


class DirectAnswers:
    """Answers queries as data before Flask; pages, descriptions and mistakes are the application's.

    :param application: what answers the others; it is told of a mistake, and asks nothing again
    :param service: the build, and the pool that queries run in
    """

    def __init__(self, application: WSGIApplication, service: Service) -> None:
        self.application, self.service = application, service
        self._longest = service.config.settings.number("max_url_characters")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        asked = environ["PATH_INFO"] in _PATHS and environ["REQUEST_METHOD"] in {"GET", "POST"}
        if asked and WRONG not in environ:
            try:
                answered = self._answer(environ)
            except (GapgraphError, HTTPException) as error:
                environ[WRONG] = error
                answered = None
            if answered:
                headers, body = answered
                start_response("200 OK", headers)
                return [body]
        return self.application(environ, start_response)

    def _answer(self, environ: WSGIEnvironment) -> tuple[list[tuple[str, str]], bytes] | None:
        """Return the headers and the body of an answer; nothing where a page is asked for.

        :raises GapgraphError: for every error of the query, the dataset or the engine
        :raises HTTPException: for a request that the protocol does not know
        """
        asked_of = environ.get("QUERY_STRING", "")
        if len(environ["PATH_INFO"]) + len(asked_of) > self._longest:
            return None
        request = Request(environ)
        parameters, query = read_parameters(self.service, request)
        if request.method == "POST":
            # What was read can be read again.
            environ["wsgi.input"] = io.BytesIO(request.get_data(parse_form_data=False))
        names = {name for name, _ in parameters}
        if "lang" in names or (request.method == "GET" and names <= _BARE):
            return None
        asked = read_question(self.service, request, parameters, query)
        if asked.formats.page:
            return None
        reply = evaluate(self.service, asked)
        own, body = _encoded(told(self.service, reply, asked), reply.body, request)
        headers = every_answer(self.service.dataset.version, own, shared=False)
        return [*headers, ("Content-Length", str(len(body)))], body


@blueprint.route("/sparql", methods=["GET", "POST"])
@blueprint.route("/sparql/", methods=["GET", "POST"], endpoint="with_slash")
@gives(*OFFERS, names=NAMES)
def endpoint() -> Response:
    """Answer a query; without one, describe the service, or show the editor to a browser.

    :raises GapgraphError: for every error of the query, the dataset or the engine
    """
    current = service()
    parameters, query = read_parameters(current, request)
    if request.method == "GET" and {name for name, _ in parameters} <= _BARE:
        return _bare()
    asked = read_question(current, request, parameters, query)
    if not asked.formats.page:
        reply = evaluate(current, asked)
        headers, body = _encoded(told(current, reply, asked), reply.body, request)
        response = make_response(body)
        response.headers.update(headers)
        return proven(response)
    try:
        return show_result(asked.query, evaluate(current, asked))
    except GapgraphError as error:
        if error.http_status >= 500:
            raise
        return show_problem(asked.query, error)


def _encoded(
    headers: list[tuple[str, str]], body: bytes, request: Request
) -> tuple[list[tuple[str, str]], bytes]:
    """Return the headers and the body of a result, in the coding that a request wants."""
    accepted = request.headers.get("Accept-Encoding", "")
    coding = coding_of(accepted, dict(headers)["Content-Type"], len(body))
    if coding == IDENTITY:
        return headers, body
    return [*headers, ("Content-Encoding", coding)], encode(body, coding, quick=True)


def _bare() -> Response:
    """Describe the service, or show the editor to a browser."""
    wanted = described_as(request)
    if wanted == "html":
        example = request.args.get("example", "")
        stored = service().catalogue
        return show_editor(stored[example].text if example in stored else "")
    return rdf_response(describe_service(service(), address("sparql")), wanted)
