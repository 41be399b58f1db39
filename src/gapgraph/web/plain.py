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
from werkzeug.exceptions import HTTPException

from gapgraph.errors import GapgraphError
from gapgraph.queries.binding import bind
from gapgraph.queries.formats.sparql import head_links
from gapgraph.queries.lists import joined, separators
from gapgraph.queries.results import run, write
from gapgraph.queries.stored import StoredQuery
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.texts import SOURCE
from gapgraph.web.answers import answer_headers, named, offers_of
from gapgraph.web.headers import every_answer
from gapgraph.web.intake import WRONG
from gapgraph.web.language import spoken
from gapgraph.web.negotiate import choose
from gapgraph.web.options import Options
from gapgraph.web.service import Service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["PlainAnswers"]

_PREFIX = "/queries/"
#: Tables that the engine writes as the standard has them, and how many rows one of them holds.
_COUNTED: dict[str, Callable[[bytes], int]] = {
    # In TSV a line end within a value is escaped (SPARQL 1.1 CSV and TSV, section 4).
    "tsv": lambda written: written.count(b"\n") - 1,
    "csv": lambda written: (
        sum(1 for _ in csv.reader(io.StringIO(written.decode(), newline=""))) - 1
    ),
}


class PlainAnswers:
    """Answers plain questions, and hands on all others to an application.

    :param application: what answers the others
    :param service: the build and its stored queries
    """

    def __init__(self, application: WSGIApplication, service: Service) -> None:
        self.application, self.service = application, service
        # Another engine writes its own way; what it gives is read first.
        self._store = service.store if isinstance(service.store, EmbeddedStore) else None
        self._longest = service.config.settings.number("max_url_characters")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        asked = environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"].startswith(_PREFIX)
        if asked and self._store is not None and WRONG not in environ:
            try:
                answered = self._answer(environ)
            except (GapgraphError, HTTPException):
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
        if query.form != "SELECT" or not options.plain() or _listed(query, options):
            return None
        # Rows are written in Spanish; a language that is not spoken is a mistake.
        lang, accepted = given.get("lang", ""), environ.get("HTTP_ACCEPT_LANGUAGE", "")
        if (lang and not options.lang) or spoken(lang, accepted) != SOURCE:
            return None
        wanted = choose(
            offers_of(query.form),
            query.id,
            suffix=suffix,
            asked=options.form,
            accept=environ.get("HTTP_ACCEPT", ""),
        ).name
        if wanted != "srj" and wanted not in _COUNTED:
            return None
        total, body = self._rows(query, options, wanted)
        own = answer_headers(query, wanted, options, total=total)
        return every_answer(self.service.dataset.version, own, shared=True), body

    def _rows(self, query: StoredQuery, options: Options, wanted: str) -> tuple[int, bytes]:
        """Return how many rows an answer has, and the answer in a format.

        The engine writes it; where a column holds several values, whose order it does not owe, they
        are put in order in JSON, and a table of such rows is written here.
        """
        between = separators(query.header.columns)
        if between and wanted != "srj":
            result = run(self.service.store, self.service.catalogue, query.id, options.values)
            return result.total, b"".join(write(result, wanted))
        assert self._store is not None
        body = self._store.rows_written(bind(query, options.values), wanted)
        if wanted != "srj":
            return _COUNTED[wanted](body), body
        document = orjson.loads(body)
        rows = document["results"]["bindings"]
        links = head_links(query.iri, self.service.dataset.version)
        if not between:
            head = b'{"head":{"link":' + orjson.dumps(links) + b","
            return len(rows), body.replace(b'{"head":{', head, 1)
        for row in rows:
            for name in between.keys() & row.keys():
                row[name]["value"] = joined(row[name]["value"], between[name])
        document["head"] = {"link": links, **document["head"]}
        return len(rows), orjson.dumps(document)


def _listed(query: StoredQuery, options: Options) -> bool:
    """Tell whether a value is given that must be one of those another query lists."""
    return any(each.listed for each in query.header.parameters if options.values.get(each.name))
