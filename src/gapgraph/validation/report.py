"""Findings → a ``sh:ValidationReport`` without blank nodes (SHACL, section 3.6)."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from gapgraph.namespaces import DCTERMS, RDF
from gapgraph.turtle import empty_graph
from gapgraph.validation.findings import Finding
from gapgraph.validation.literals import node_of
from gapgraph.validation.prepare import BLANK
from gapgraph.validation.terms import SH

__all__ = ["report_graph"]


def report_graph(
    report: URIRef, findings: Iterable[Finding], shapes: Graph, *, conforms: bool | None = None
) -> Graph:
    """Return a validation report.

    The path of a result is its predicate; where the shape's path is no predicate, it is a named
    copy of that path, so that the report has no blank node.  Each result also names the directives
    it is about (``dcterms:relation``).

    :param report: IRI of the report; its results stand under it
    :param findings: what was found
    :param shapes: the shapes graph they were found by
    :param conforms: whether what was judged conforms, where the findings given are some of those
        there are
    """
    graph = empty_graph()
    found = list(findings)
    graph.add((report, RDF.type, SH.ValidationReport))
    graph.add((report, SH.conforms, Literal(not found if conforms is None else conforms)))
    for finding in found:
        separator = "#" if str(report).startswith("urn:") else "/"
        result = URIRef(f"{report}{separator}{finding.id}")
        graph.add((report, SH.result, result))
        graph.add((result, RDF.type, SH.ValidationResult))
        graph.add((result, SH.focusNode, _node(finding.focus)))
        if finding.path:
            graph.add((result, SH.resultPath, URIRef(finding.path)))
            path = shapes.value(URIRef(finding.shape), SH.path)
            if isinstance(path, BNode):
                _copy_path(graph, shapes, path, URIRef(finding.path))
        if finding.value:
            graph.add((result, SH.value, _node(finding.value)))
        graph.add((result, SH.resultSeverity, SH[finding.severity]))
        graph.add((result, SH.sourceConstraintComponent, URIRef(finding.component)))
        graph.add((result, SH.sourceShape, URIRef(finding.shape)))
        for language, message in finding.messages.items():
            graph.add((result, SH.resultMessage, Literal(message, lang=language)))
        for directive in finding.nodes:
            graph.add((result, DCTERMS.relation, URIRef(directive)))
    return graph


def _node(text: str) -> Node:
    """Read a node back; a blank one of somebody's data gets an IRI."""
    node = node_of(text)
    return URIRef(f"{BLANK}{node}") if isinstance(node, BNode) else node


def _copy_path(graph: Graph, shapes: Graph, path: BNode, name: URIRef) -> None:
    """Copy a path's description under a name, its parts under names made from it."""
    parts = sorted(shapes.predicate_objects(path), key=lambda pair: str(pair[0]))
    for place, (predicate, value) in enumerate(parts, start=1):
        if isinstance(value, BNode):
            inner = URIRef(f"{name}-{place}")
            graph.add((name, predicate, inner))
            _copy_path(graph, shapes, value, inner)
        else:
            graph.add((name, predicate, value))
