"""The stored queries as RDF, for editors that list them.

A query is a ``sh:SPARQLExecutable`` with its prefixes (SHACL Advanced Features, section 5;
``sh:prefixes`` as in SHACL, section 5.2.1), and the endpoint that it is put to
(``schema:target``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rdflib import Literal, URIRef
from rdflib.namespace import SH

from gapgraph.namespaces import (
    BASE,
    DCTERMS,
    OWL,
    PREFIXES,
    RDF,
    RDFS,
    SCHEMA,
    XSD,
    graph_iri,
    query_iri,
)
from gapgraph.ntriples import Triple
from gapgraph.queries.stored import StoredQuery

__all__ = ["executable", "executables"]

_FORMS = {"SELECT": SH.select, "CONSTRUCT": SH.construct, "ASK": SH.ask}
_KINDS = {
    "SELECT": SH.SPARQLSelectExecutable,
    "CONSTRUCT": SH.SPARQLConstructExecutable,
    "ASK": SH.SPARQLAskExecutable,
}
_PREFIXES = URIRef(f"{BASE}queries/prefixes")


def executables(queries: Iterable[StoredQuery]) -> Iterator[Triple]:
    """Yield all stored queries and their prefixes."""
    yield from _prefixes()
    for query in queries:
        yield from _described(query)


def executable(query: StoredQuery) -> Iterator[Triple]:
    """Yield one stored query and its prefixes."""
    yield from _prefixes()
    yield from _described(query)


def _prefixes() -> Iterator[Triple]:
    for name, namespace in PREFIXES.items():
        node = URIRef(f"{_PREFIXES}/{name}")
        yield _PREFIXES, SH.declare, node
        yield node, SH.prefix, Literal(name)
        yield node, SH.namespace, Literal(namespace, datatype=XSD.anyURI)


def _described(query: StoredQuery) -> Iterator[Triple]:
    node, header = query_iri(query.id), query.header
    yield node, DCTERMS.isPartOf, graph_iri("queries")
    yield node, RDF.type, SH.SPARQLExecutable
    yield node, RDF.type, _KINDS[query.form]
    yield node, _FORMS[query.form], Literal(query.text)
    yield node, SH.prefixes, _PREFIXES
    yield node, SCHEMA.target, URIRef(query.target)
    yield node, DCTERMS.identifier, Literal(query.id)
    yield node, OWL.versionInfo, Literal(query.version)
    said = [(RDFS.label, header.summary), (RDFS.comment, header.description)]
    said += [(SCHEMA.keywords, each) for each in header.keywords]
    for predicate, text in said:
        for lang, words in text.words.items():
            yield node, predicate, Literal(words, lang=lang)
