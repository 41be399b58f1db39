"""Graphs → one dataset of named graphs in which no triple stands twice.

A union default graph counts a triple once for each graph that holds it; so a triple that two
graphs would hold is kept in the first of them, in the order given.
"""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import BNode, Graph, URIRef
from rdflib.compare import to_canonical_graph
from rdflib.term import Node

from gapgraph.namespaces import BASE, GG, ID, SKOS, Names
from gapgraph.turtle import Quad, Triple

__all__ = ["Assembly", "named_nodes"]


def named_nodes(graph: Graph, source: str) -> Graph:
    """Return a graph whose blank nodes have IRIs, the same ones at every build.

    See RDF 1.1 Concepts, section 3.5 (Skolem IRIs).

    :param graph: any graph; it is left as it is
    :param source: a name for the graph, part of the IRIs
    """
    if not any(isinstance(node, BNode) for triple in graph for node in triple):
        return graph
    names: dict[Node, URIRef] = {}

    def named(node: Node) -> Node:
        if not isinstance(node, BNode):
            return node
        return names.setdefault(node, URIRef(f"{BASE}.well-known/genid/{source}/{node}"))

    result = Graph(bind_namespaces="none")
    for subject, predicate, value in to_canonical_graph(graph):
        result.add((named(subject), predicate, named(value)))
    return result


class Assembly:
    """Named graphs being put together, each triple in one of them."""

    def __init__(self) -> None:
        self.graphs: dict[URIRef, set[Triple]] = {}
        self._seen: set[Triple] = set()
        self._labelled: dict[tuple[Node, str], Node] = {}
        self._lined: set[Node] = set()

    def add(self, graph: URIRef, triples: Iterable[Triple]) -> None:
        """Add triples to a named graph, but for those another one already holds."""
        target = self.graphs.setdefault(graph, set())
        for triple in triples:
            chosen = self._one_preferred_label(triple)
            if chosen and chosen not in self._seen:
                self._seen.add(chosen)
                target.add(chosen)

    def add_table(self, names: Names, asserted: Graph) -> None:
        """Sort an asserted graph into its framework, plan and analysis.

        What speaks of the analysis's own nodes is the analysis's; what speaks of the plan or
        its parts is the plan's; the rest, instruments that directives cite included, is the
        framework's.  Concepts are the analysis's: its topics brought them in.

        What two tables share keeps the source lines of the first: those of two files would
        mix.
        """
        analysis, plan = names.analysis_graph("asserted"), names.plan_graph()
        sorted_triples: dict[URIRef, list[Triple]] = {
            names.framework_graph(): [],
            plan: [],
            analysis: [],
        }
        lined = set(asserted.subjects(GG.sourceLine))
        for triple in asserted:
            subject, predicate, value = triple
            if predicate == GG.sourceLine and subject in self._lined:
                continue
            if subject in sorted_triples:
                sorted_triples[URIRef(str(subject))].append(triple)
            elif any(_within(node, names.analysis) for node in (subject, value)) or str(
                subject
            ).startswith(f"{ID}concept/"):
                sorted_triples[analysis].append(triple)
            elif _within(subject, names.plan):
                sorted_triples[plan].append(triple)
            else:
                sorted_triples[names.framework_graph()].append(triple)
        for graph, triples in sorted_triples.items():
            self.add(graph, triples)
        self._lined |= lined

    def _one_preferred_label(self, triple: Triple) -> Triple | None:
        """Make a second preferred label in a language an alternative one.

        Two tables may write one label with other capitals; the concept or category they share
        keeps the first form, and is not given it again as an alternative (SKOS, section 5.4,
        S13 and S14).
        """
        subject, predicate, value = triple
        if not str(subject).startswith((f"{ID}concept/", f"{ID}plan/")):
            return triple
        key = (subject, str(getattr(value, "language", "")))
        if predicate == SKOS.prefLabel:
            first = self._labelled.setdefault(key, value)
            return triple if first == value else (subject, SKOS.altLabel, value)
        if predicate == SKOS.altLabel and self._labelled.get(key) == value:
            return None
        return triple

    def quads(self) -> Iterable[Quad]:
        """Yield every quad."""
        for graph, triples in self.graphs.items():
            for subject, predicate, value in triples:
                yield subject, predicate, value, graph


def _within(node: Node, iri: URIRef) -> bool:
    """Tell whether a node is an IRI or stands under it."""
    return str(node) == str(iri) or str(node).startswith(f"{iri}/")
