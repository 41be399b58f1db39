"""RDF answers: their media types, and responses with validators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from flask import Response, request
from rdflib.namespace import DCAT, VOID
from rdflib.term import Node

from gapgraph.files import sha256
from gapgraph.namespaces import SD
from gapgraph.ntriples import write_ntriples
from gapgraph.rdf import ASKED
from gapgraph.store.embedded_write import rewrite
from gapgraph.turtle import write_turtle
from gapgraph.web.codings import IDENTITY, coding_of, encode, tag_of
from gapgraph.web.headers import as_file, proven
from gapgraph.web.negotiate import Offer, offers_from
from gapgraph.web.service import service

__all__ = ["DATASET_MEDIA", "RDF_MEDIA", "rdf_bytes", "rdf_offers", "rdf_response", "validated"]

#: The media types of RDF, by suffix; the service's own preference first.
RDF_MEDIA = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}

#: Those of graphs and datasets: with the formats that say which graph a triple stands in.
DATASET_MEDIA = {**RDF_MEDIA, "trig": "application/trig", "nq": "application/n-quads"}


def rdf_offers(known: Mapping[str, str] = RDF_MEDIA) -> tuple[Offer, ...]:
    """Return the formats of RDF on offer: under their own media types first, then others.

    :param known: media types by suffix
    """
    named = {media: name for name, media in known.items()}
    own = offers_from(known)
    others = [
        Offer(named[media], other)
        for other, media in ASKED.items()
        if other not in named and media in named
    ]
    return (*own, *others)


#: The prefixes of descriptions, beside those of the data.
_PREFIXES = {"dcat": str(DCAT), "sd": str(SD), "void": str(VOID)}

#: Documents of more bytes (dumps, graphs) are few, and compressed once.
_LARGE = 200_000

Triples = Iterable[tuple[Node, Node, Node]]


def rdf_bytes(
    triples: Triples, form: str, *, prefixes: Mapping[str, str] = MappingProxyType({})
) -> bytes:
    """Return triples in a format, the same bytes for the same triples.

    :param form: a name of `DATASET_MEDIA`
    :param prefixes: further prefixes, where the format has some
    """
    if form == "ttl":
        return write_turtle(triples, prefixes={**_PREFIXES, **prefixes}).encode()
    return rewrite(write_ntriples(triples).encode(), form)


def rdf_response(
    triples: Triples, form: str, *, prefixes: Mapping[str, str] = MappingProxyType({})
) -> Response:
    """Return triples as a response with its validator; see `rdf_bytes`."""
    written = rdf_bytes(triples, form, prefixes=prefixes)
    return validated(as_file(written, DATASET_MEDIA[form]))


def validated(response: Response, *, lasting: bool = True) -> Response:
    """Give a response its coding and a strong validator; answer conditions and ranges.

    See RFC 9110, sections 8.4, 8.8.3, 13 and 14.

    :param lasting: whether it is of the build that is served, so that its coding is kept with it
    """
    body = response.get_data()
    tag = sha256(body)[:32]
    accepted = request.headers.get("Accept-Encoding", "")
    coding = coding_of(accepted, response.headers["Content-Type"], len(body))
    if coding != IDENTITY:
        if len(body) < _LARGE:
            body = encode(body, coding, quick=True)
        else:
            whole = body
            keep = service().once if lasting else service().lately
            body = keep(("coded", tag, coding), lambda: encode(whole, coding))
        response.set_data(body)
        response.headers["Content-Encoding"] = coding
    response.set_etag(tag_of(tag, coding))
    proven(response)
    response.make_conditional(request, accept_ranges=True, complete_length=len(body))
    return response
