"""Graphs → one dataset of named graphs in which no triple stands twice.

A union default graph counts a triple once for each graph that holds it; so a triple that two
graphs would hold is kept in the first of them, in the order given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from gapgraph.errors import InputError
from gapgraph.namespaces import GG, ID, PROV, SKOS, Names, graph_iri
from gapgraph.rdf import canonical
from gapgraph.turtle import Nodes, Triple, empty_graph

__all__ = ["BLANK_NODES_IN", "Assembly", "labelled"]

#: The graphs written in languages whose syntax is read from blank nodes: lists of OWL (Mapping to
#: RDF Graphs, section 2.1) and paths of SHACL (section 2.3.1), where an IRI would be a predicate.
BLANK_NODES_IN = frozenset({graph_iri("ontology"), graph_iri("shapes")})
#: Nodes that tables share, each of which has one preferred label in a language.
_LABELLED = (f"{ID}concept/", f"{ID}plan/")
# A name that is asked of a namespace is made anew each time.
_PREFERRED, _ALTERNATIVE = SKOS.prefLabel, SKOS.altLabel
_LINE, _FROM = GG.sourceLine, PROV.wasDerivedFrom


def labelled(graph: Graph, source: str) -> Graph:
    """Return a graph whose blank nodes have the same labels at every build.

    :param graph: any graph; it is left as it is
    :param source: a name for the graph, part of the labels
    """
    result = empty_graph()
    blank = []
    for triple in graph:
        if isinstance(triple[0], BNode) or isinstance(triple[2], BNode):
            blank.append(triple)
        else:
            result.add(triple)
    # A label says where its node stands among the triples that have blank ones; no other matters.
    for triple in canonical(blank, f"{source}-"):
        result.add(triple)
    return result


class Assembly:
    """Named graphs being put together, each triple in one of them.

    :param nodes: the nodes that their triples are of
    """

    def __init__(self, nodes: Nodes | None = None) -> None:
        self.graphs: dict[URIRef, set[Triple]] = {}
        self._seen: set[Triple] = set()
        self._nodes = nodes or Nodes()
        self._labelled: dict[tuple[Node, str], Node] = {}
        self._lined: set[Node] = set()
        self._documents: dict[URIRef, URIRef] = {}

    def add(self, graph: URIRef, triples: Iterable[Triple]) -> None:
        """Add triples to a named graph, but for those another one already holds.

        :raises InputError: for a blank node, but in the graphs of `BLANK_NODES_IN`
        """
        target = self.graphs.setdefault(graph, set())
        may_be_blank = graph in BLANK_NODES_IN
        for triple in triples:
            if not may_be_blank and any(isinstance(n, BNode) for n in triple):
                raise InputError(f"{graph} would hold a blank node", todo="give every node an IRI")
            chosen = self._one_preferred_label(triple)
            if chosen and chosen not in self._seen:
                chosen = self._nodes.of(chosen)
                self._seen.add(chosen)
                target.add(chosen)

    def add_beside(self, context: Graph, translations: Graph) -> None:
        """Add what is known beside the tables; of translations there may be none."""
        self.add(graph_iri("context"), context)
        if translations:
            self.add(graph_iri("translations"), translations)

    def add_table(self, names: Names, asserted: Graph) -> None:
        """Sort an asserted graph into its framework, plan and analysis.

        What speaks of the analysis's own nodes is the analysis's; what speaks of the plan or
        its parts is the plan's; the rest, instruments that directives cite included, is the
        framework's.  Concepts are the analysis's: its topics brought them in.

        What two tables share keeps the source lines of the first: those of two files would
        mix.  A framework's lines are of the document that it was read from first; what only a
        later table has of it names its own.
        """
        analysis, plan = names.analysis_graph("asserted"), names.plan_graph()
        sorted_triples: dict[URIRef, list[Triple]] = {
            names.framework_graph(): [],
            plan: [],
            analysis: [],
        }
        lined = set(asserted.subjects(_LINE))
        own = URIRef(str(asserted.value(names.framework, _FROM) or names.source()))
        first = self._documents.setdefault(names.framework, own)
        for triple in asserted:
            subject, predicate, value = triple
            if predicate == _LINE and subject in self._lined:
                continue
            if subject == names.framework and predicate == _FROM and value != first:
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
        if first != own:
            sorted_triples[names.framework_graph()] += [
                (node, _FROM, names.source())
                for node in lined - self._lined
                if _within(node, names.framework)
            ]
        for graph, triples in sorted_triples.items():
            self.add(graph, triples)
        self._lined |= lined

    def add_derived(self, names: Names, triples: Iterable[Triple]) -> None:
        """Sort what is derived from a table into its own derived graph and the shared context.

        A derived graph speaks of its analysis's own nodes.  What is known of a node that
        analyses share, as the themes of a concept or the names of an institution, belongs to
        none of them.
        """
        derived = names.analysis_graph("derived")
        own: list[Triple] = []
        shared: list[Triple] = []
        for triple in triples:
            is_own = triple[0] == derived or _within(triple[0], names.analysis)
            (own if is_own else shared).append(triple)
        self.add(graph_iri("context"), shared)
        self.add(derived, own)

    def add_reviewed(self, names: Names, triples: Sequence[Triple]) -> None:
        """Add what people decided and others say of an analysis; else there is no such graph."""
        if triples:
            self.add(names.analysis_graph("reviewed"), triples)

    def _one_preferred_label(self, triple: Triple) -> Triple | None:
        """Make a second preferred label in a language an alternative one.

        Two tables may write one label with other capitals; the concept or category they share
        keeps the first form, and is not given it again as an alternative (SKOS, section 5.4,
        S13 and S14).
        """
        subject, predicate, value = triple
        if predicate not in {_PREFERRED, _ALTERNATIVE} or not str(subject).startswith(_LABELLED):
            return triple
        key = (subject, str(getattr(value, "language", "")))
        if predicate == _PREFERRED:
            first = self._labelled.setdefault(key, value)
            return triple if first == value else (subject, _ALTERNATIVE, value)
        if predicate == _ALTERNATIVE and self._labelled.get(key) == value:
            return None
        return triple


def _within(node: Node, iri: URIRef) -> bool:
    """Tell whether a node is an IRI or stands under it."""
    return str(node) == str(iri) or str(node).startswith(f"{iri}/")
