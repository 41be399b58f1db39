"""RDF answers: their media types, and responses with validators."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response, make_response, request
from rdflib.namespace import DCAT, VOID
from rdflib.term import Node

from gapgraph.files import sha256
from gapgraph.namespaces import SD
from gapgraph.store.embedded_write import rewrite
from gapgraph.turtle import write_ntriples, write_turtle

__all__ = ["RDF_MEDIA", "rdf_bytes", "rdf_response", "validated"]

#: The media types of RDF, by suffix; the service's own preference first.
RDF_MEDIA = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}

#: The prefixes of descriptions, beside those of the data.
_PREFIXES = {"dcat": str(DCAT), "sd": str(SD), "void": str(VOID)}

Triples = Iterable[tuple[Node, Node, Node]]


def rdf_bytes(triples: Triples, form: str) -> bytes:
    """Return triples in a format, the same bytes for the same triples.

    :param form: a name of `RDF_MEDIA`
    """
    if form == "ttl":
        return write_turtle(triples, prefixes=_PREFIXES).encode()
    return rewrite(write_ntriples(triples).encode(), form)


def rdf_response(triples: Triples, form: str) -> Response:
    """Return triples as a response with its validator."""
    response = make_response(rdf_bytes(triples, form))
    media = RDF_MEDIA[form]
    response.headers["Content-Type"] = f"{media}{'; charset=utf-8' if form == 'ttl' else ''}"
    return validated(response)


def validated(response: Response) -> Response:
    """Give a response a strong validator, and answer conditions and ranges (RFC 9110, 13, 14)."""
    body = response.get_data()
    response.set_etag(sha256(body)[:32])
    response.headers["Cache-Control"] = "no-cache"
    response.headers.setdefault("Vary", "Accept")
    response.make_conditional(request, accept_ranges=True, complete_length=len(body))
    return response
