"""The plainest question, answered before Flask: all rows of a stored query, as data.

Programs ask so: an address, perhaps with parameters, and a standard format that the engine itself
writes.  Everything else (pages, parts of an answer, labels, other formats, mistakes) is handed on
unchanged, and so is what fails here, so that there is one place that tells errors.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import orjson
from werkzeug.datastructures import MultiDict

from gapgraph.errors import GapgraphError
from gapgraph.queries.binding import bind
from gapgraph.queries.formats.sparql import head_links
from gapgraph.web import policy
from gapgraph.web.answers import answer_headers, named, offers_of
from gapgraph.web.intake import WRONG
from gapgraph.web.language import spoken
from gapgraph.web.negotiate import best_of
from gapgraph.web.options import Options
from gapgraph.web.service import Service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["PlainAnswers"]

_PREFIX = "/queries/"
#: Formats that the engine writes as the standard has them, and how many rows one of them holds.
_COUNTED: dict[str, Callable[[bytes], int]] = {
    "srj": lambda written: len(orjson.loads(written)["results"]["bindings"]),
    # In TSV a line end within a value is escaped (SPARQL 1.1 CSV and TSV, section 4).
    "tsv": lambda written: written.count(b"\n") - 1,
    "csv": lambda written: (
        sum(1 for _ in csv.reader(io.StringIO(written.decode(), newline=""))) - 1
    ),
}
_COMMON = [*policy.EVERY_ANSWER.items(), ("Content-Security-Policy", policy.PAGE)]


class PlainAnswers:
    """Answers plain questions, and hands on all others to an application.

    :param application: what answers the others
    :param service: the build and its stored queries
    """

    def __init__(self, application: WSGIApplication, service: Service) -> None:
        self.application, self.service = application, service
        self._longest = service.config.settings.number("max_url_characters")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        asked = environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"].startswith(_PREFIX)
        if asked and WRONG not in environ:
            try:
                answered = self._answer(environ)
            except GapgraphError:
                answered = None
            if answered:
                headers, body = answered
                start_response("200 OK", headers)
                return [body]
        return self.application(environ, start_response)

    def _answer(self, environ: WSGIEnvironment) -> tuple[list[tuple[str, str]], bytes] | None:
        """Return the headers and the body for a plain question; nothing for another.

        :raises GapgraphError: for a mistake in it, or of the engine
        """
        path, asked = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        if len(path) + len(asked) > self._longest:
            return None
        query, suffix = named(self.service.catalogue, path.removeprefix(_PREFIX))
        given = MultiDict(parse_qsl(asked, keep_blank_values=True, errors="replace"))
        options = Options.of(given)
        if query.form != "SELECT" or not options.plain():
            return None
        # Rows are written in Spanish; a language that is not spoken is a mistake.
        lang, accepted = given.get("lang"), environ.get("HTTP_ACCEPT_LANGUAGE", "")
        if lang not in {None, "es"} or spoken(lang, accepted) != "es":
            return None
        if suffix and options.form not in {"", suffix}:
            return None
        wanted = suffix or options.form
        if not wanted:
            best = best_of(environ.get("HTTP_ACCEPT", ""), offers_of(query.form))
            wanted = best.name if best else ""
        if wanted not in _COUNTED:
            return None
        body = self.service.store.rows_written(bind(query, options.values), wanted)
        version = self.service.dataset.version
        total = _COUNTED[wanted](body)
        if wanted == "srj":
            links = orjson.dumps(head_links(query.iri, version))
            body = body.replace(b'{"head":{', b'{"head":{"link":' + links + b",", 1)
        return [*answer_headers(query, wanted, options, version, total=total), *_COMMON], body
