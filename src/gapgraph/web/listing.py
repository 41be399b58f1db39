"""The catalogue of stored queries as data: JSON, and RDF that SPARQL editors read.

In RDF a query is a ``sh:SPARQLExecutable`` with its prefixes (SHACL Advanced Features, section 5;
`sh:prefixes` as in SHACL, section 5.2.1), so that an editor can list it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from rdflib import Graph, Literal, URIRef

from gapgraph.namespaces import BASE, CC_BY, DCTERMS, PREFIXES, RDF, RDFS, XSD, query_iri
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.description import describe
from gapgraph.queries.results import FORMATS
from gapgraph.turtle import write_turtle
from gapgraph.web.negotiate import Offer

__all__ = ["LABELS", "OFFERS", "graph_of_catalogue", "write"]

_SH = "http://www.w3.org/ns/shacl#"
_FORMS = {"SELECT": "select", "CONSTRUCT": "construct", "ASK": "ask"}
_KINDS = {"SELECT": "SPARQLSelectExecutable", "CONSTRUCT": "SPARQLConstructExecutable"}


def graph_of_catalogue(catalogue: Catalogue, version: str) -> Graph:
    """Return the stored queries as executables with their prefixes.

    :param version: the version of the dataset that they are asked of
    """
    graph = Graph(bind_namespaces="none")
    whole = URIRef(f"{BASE}graph/queries")
    graph.add((whole, DCTERMS.license, CC_BY))
    graph.add((whole, URIRef("http://www.w3.org/2002/07/owl#versionInfo"), Literal(version)))
    prefixes = URIRef(f"{BASE}queries/prefixes")
    for name, namespace in PREFIXES.items():
        node = URIRef(f"{prefixes}/{name}")
        graph.add((prefixes, URIRef(f"{_SH}declare"), node))
        graph.add((node, URIRef(f"{_SH}prefix"), Literal(name)))
        graph.add((node, URIRef(f"{_SH}namespace"), Literal(namespace, datatype=XSD.anyURI)))
    for query in catalogue:
        node = query_iri(query.id)
        header = query.header
        graph.add((node, DCTERMS.isPartOf, whole))
        graph.add((node, RDF.type, URIRef(f"{_SH}SPARQLExecutable")))
        graph.add((node, RDF.type, URIRef(_SH + _KINDS.get(query.form, "SPARQLAskExecutable"))))
        graph.add((node, URIRef(_SH + _FORMS[query.form]), Literal(query.text)))
        graph.add((node, URIRef(f"{_SH}prefixes"), prefixes))
        graph.add((node, DCTERMS.identifier, Literal(query.id)))
        for lang in ("es", "en"):
            graph.add((node, RDFS.label, Literal(header.summary[lang], lang=lang)))
            graph.add((node, RDFS.comment, Literal(header.description[lang], lang=lang)))
        for tag in header.tags:
            graph.add((node, URIRef("https://schema.org/keywords"), Literal(tag)))
    return graph


def _json(catalogue: Catalogue, version: str) -> bytes:
    listed = {
        "license": str(CC_BY),
        "dataset": version,
        "queries": [describe(query) for query in catalogue],
    }
    return json.dumps(listed, ensure_ascii=False, indent=1).encode()


def _turtle(catalogue: Catalogue, version: str) -> bytes:
    return write_turtle(graph_of_catalogue(catalogue, version), prefixes={"sh": _SH}).encode()


def _by_rdflib(form: str) -> Callable[[Catalogue, str], bytes]:
    def written(catalogue: Catalogue, version: str) -> bytes:
        graph = graph_of_catalogue(catalogue, version)
        return graph.serialize(format=form, encoding="utf-8")

    return written


_WRITERS: Mapping[str, tuple[str, Callable[[Catalogue, str], bytes]]] = {
    "json": ("application/json", _json),
    "ttl": ("text/turtle", _turtle),
    "jsonld": ("application/ld+json", _by_rdflib("json-ld")),
    "nt": ("application/n-triples", _by_rdflib("nt")),
    "rdf": ("application/rdf+xml", _by_rdflib("xml")),
}

#: The formats the catalogue comes in, beside the page.
OFFERS = tuple(Offer(name, media) for name, (media, _) in _WRITERS.items())


#: What people call these formats.
LABELS = {name: FORMATS[name].label for name in _WRITERS}


def write(catalogue: Catalogue, name: str, version: str) -> bytes:
    """Return the catalogue in a format of `OFFERS`.

    :param version: the version of the dataset that the queries are asked of
    """
    return _WRITERS[name][1](catalogue, version)
