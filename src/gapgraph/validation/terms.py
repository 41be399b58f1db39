"""The SHACL namespace, and small readings of graphs that several modules share."""

from __future__ import annotations

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import Namespace
from rdflib.term import Node

from gapgraph.namespaces import BASE, ID, PREFIXES

__all__ = ["GGS", "REPORT_PREFIXES", "SH", "short", "words"]

SH = Namespace("http://www.w3.org/ns/shacl#")
#: The namespace of the shapes.
GGS = Namespace(f"{BASE}shapes#")
#: The prefixes of reports, beside those that all files use.
REPORT_PREFIXES = {"ggs": str(GGS), "sh": str(SH)}
_SHORT = PREFIXES | REPORT_PREFIXES


def words(graph: Graph, subject: Node, predicate: URIRef) -> dict[str, str]:
    """Return a property's texts by language, sorted."""
    found = (each for each in graph.objects(subject, predicate) if isinstance(each, Literal))
    return dict(sorted((each.language or "", str(each)) for each in found))


def short(node: Node) -> str:
    """Return a node as people read it: a text as it is, an IRI without its base or by prefix.

    >>> short(URIRef("https://w3id.org/gapgraph/id/analysis/oas-pnat/topic/3.1"))
    'analysis/oas-pnat/topic/3.1'
    >>> short(URIRef("http://www.w3.org/2004/02/skos/core#prefLabel"))
    'skos:prefLabel'
    """
    text = str(node)
    if not isinstance(node, URIRef):
        return text
    if text.startswith(str(ID)):
        return text.removeprefix(str(ID))
    for prefix, namespace in _SHORT.items():
        if text.startswith(namespace) and len(text) > len(namespace):
            return f"{prefix}:{text.removeprefix(namespace)}"
    return text
