"""What other engines answer, read and written again by Oxigraph's parsers and writers.

With `gapgraph.store.embedded` and `gapgraph.store.embedded_write` the only place that imports
``pyoxigraph``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

from gapgraph.errors import UnwritableError
from gapgraph.namespaces import PREFIXES
from gapgraph.store.answers import Answer
from gapgraph.store.embedded import term_of
from gapgraph.store.embedded_write import GRAPH_FORMATS, ROW_FORMATS, check_written, reason

__all__ = ["Unreadable", "read_rows", "read_triples", "rows_rewritten", "triples_rewritten"]

#: The formats of RDF that are read, by media type; Turtle where an engine says nothing of use.
_READ = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}


#: The column in which Virtuoso answers an ASK: a row with 1 for yes, none or 0 for no.
_VIRTUOSO = "__ASK_RETVAL"
#: What reading raises where there is something else than was expected.
_NOT_READ = (SyntaxError, ValueError, OSError, LookupError, TypeError, AttributeError)


class Unreadable(Exception):
    """What an engine answered is not what it was asked for."""


def read_rows(body: bytes) -> Answer | bool:
    """Read the answer to a SELECT or an ASK.

    :param body: SPARQL 1.1 Query Results JSON
    :raises Unreadable: for what is none, or not whole
    """
    results = _parsed(body)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    names = tuple(each.value for each in results.variables)
    rows = []
    try:
        for each in results:
            rows.append(tuple(term_of(each[name]) for name in names))  # noqa: PERF401
    except (SyntaxError, ValueError, OSError) as error:
        raise Unreadable(reason(error)) from error
    finally:
        del results  # an error that another thread lets go must not hold it
    return Answer(names, tuple(rows))


def rows_rewritten(body: bytes, form: str) -> bytes:
    """Return the answer to a SELECT or an ASK in another format.

    :param body: SPARQL 1.1 Query Results JSON
    :param form: a name of `ROW_FORMATS`
    :raises Unreadable: for what is none, or not whole
    :raises UnwritableError: where the format cannot hold a value
    """
    results = _parsed(body)
    try:
        written = results.serialize(format=ROW_FORMATS[form])
    except (SyntaxError, OSError) as error:
        raise Unreadable(reason(error)) from error
    finally:
        del results
    return check_written(written or b"", form)


def _parsed(body: bytes) -> ox.QuerySolutions | ox.QueryBoolean:
    """Read the head of an answer.

    :raises Unreadable: for what is no answer, or not whole
    """
    try:
        # The engine's parser reads no further than to the last row.
        read = json.loads(body)
        if read["head"].get("vars") == [_VIRTUOSO]:
            truth = [each[_VIRTUOSO]["value"] for each in read["results"]["bindings"]] == ["1"]
            body = json.dumps({"head": {}, "boolean": truth}).encode()
        elif b'"bnode"' in body:
            body = json.dumps(_labelled(read)).encode()
        return ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    except (*_NOT_READ, RecursionError) as error:
        raise Unreadable(reason(error)) from error


def _labelled(read: Any) -> Any:
    """Return an answer whose blank nodes have labels that any parser takes.

    Virtuoso writes them as addresses (``nodeID://b10005``).
    """
    for row in read.get("results", {}).get("bindings", []):
        for term in row.values():
            if term["type"] == "bnode":
                term["value"] = f"b{term['value'].encode().hex()}"
    return read


def read_triples(body: bytes, media: str) -> list[ox.Triple]:
    """Read the answer to a CONSTRUCT or a DESCRIBE.

    :param media: the media type that the engine gave
    :raises Unreadable: for what is no RDF of that format
    """
    form = _READ.get(media, ox.RdfFormat.TURTLE)
    try:
        return [each.triple for each in ox.parse(body, format=form)]
    except (SyntaxError, ValueError, OSError) as error:
        raise Unreadable(reason(error)) from error


def triples_rewritten(triples: Sequence[ox.Triple], form: str) -> bytes:
    """Return triples in a format, with our prefixes.

    :param form: a name of `GRAPH_FORMATS`
    :raises UnwritableError: where the format cannot hold a value
    """
    try:
        written = ox.serialize(triples, format=GRAPH_FORMATS[form], prefixes=PREFIXES)
    except (OSError, ValueError) as error:
        what = f"the format cannot hold the result ({reason(error)})"
        raise UnwritableError(what, todo="ask for another format") from error
    return check_written(written or b"", form)
