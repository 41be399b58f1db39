"""Graphs → one dataset of named graphs in which no triple stands twice.

A union default graph counts a triple once for each graph that holds it; so a triple that two
graphs would hold is kept in the first of them, in the order given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rdflib import BNode, Graph, URIRef

from gapgraph.errors import InputError
from gapgraph.namespaces import GG, ID, PROV, SKOS, Names, graph_iri
from gapgraph.ntriples import Texts, Triple, Writer, Written, iri_term
from gapgraph.rdf import canonical
from gapgraph.told import told
from gapgraph.turtle import empty_graph

__all__ = ["BLANK_NODES_IN", "Assembly", "labelled"]

#: The graphs written in languages whose syntax is read from blank nodes: lists of OWL (Mapping to
#: RDF Graphs, section 2.1) and paths of SHACL (section 2.3.1), where an IRI would be a predicate.
BLANK_NODES_IN = frozenset({graph_iri("ontology"), graph_iri("shapes")})
#: Nodes that tables share, each of which has one preferred label in a language.
_CONCEPTS = f"<{ID}concept/"
_LABELLED = (_CONCEPTS, f"<{ID}plan/")
_PREFERRED, _ALTERNATIVE = iri_term(SKOS.prefLabel), iri_term(SKOS.altLabel)
_LABELS = frozenset({_PREFERRED, _ALTERNATIVE})
_LINE, _FROM = iri_term(GG.sourceLine), iri_term(PROV.wasDerivedFrom)


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

    Triples are kept as they are written: here they are only sorted and compared.

    :param texts: the texts that they are of
    """

    def __init__(self, texts: Texts | None = None) -> None:
        self.graphs: dict[URIRef, set[Written]] = {}
        self._texts = texts or Texts()
        self._seen: set[Written] = set()
        self._labelled: dict[tuple[str, str], str] = {}
        self._lined: set[str] = set()
        self._documents: dict[str, str] = {}
        self._writer = Writer(blank=True)

    def add(self, graph: URIRef, triples: Iterable[Triple]) -> None:
        """Add triples to a named graph, but for those another one already holds.

        :raises InputError: for a blank node, but in the graphs of `BLANK_NODES_IN`
        """
        self.add_written(graph, self._writer.written(triples))

    def add_written(self, graph: URIRef, triples: Iterable[Written]) -> None:
        """Add triples to a named graph as `add` does.

        :raises InputError: for a blank node, but in the graphs of `BLANK_NODES_IN`
        """
        target = self.graphs.setdefault(graph, set())
        may_be_blank, seen = graph in BLANK_NODES_IN, self._seen
        for triple in self._texts.of(triples):
            if not may_be_blank and (triple[0].startswith("_:") or triple[2].startswith("_:")):
                raise InputError(
                    told("{graph} would hold a blank node", graph=graph),
                    todo=told("give every node an IRI"),
                )
            chosen = self._one_preferred_label(triple) if triple[1] in _LABELS else triple
            if chosen and chosen not in seen:
                seen.add(chosen)
                target.add(chosen)

    def add_beside(self, context: Graph, translations: Graph) -> None:
        """Add what is known beside the tables; of translations there may be none."""
        self.add(graph_iri("context"), context)
        if translations:
            self.add(graph_iri("translations"), translations)

    def add_table(self, names: Names, asserted: Collection[Written]) -> None:
        """Sort an asserted graph, as it is written, into its framework, plan and analysis.

        What speaks of the analysis's own nodes is the analysis's; what speaks of the plan or
        its parts is the plan's; the rest, instruments that directives cite included, is the
        framework's.  Concepts are the analysis's: its topics brought them in.

        What two tables share keeps the source lines of the first: those of two files would
        mix.  A framework's lines are of the document that it was read from first; what only a
        later table has of it names its own.
        """
        analysis, plan = names.analysis_graph("asserted"), names.plan_graph()
        sorted_triples: dict[URIRef, list[Written]] = {
            names.framework_graph(): [],
            plan: [],
            analysis: [],
        }
        of_graphs = {iri_term(graph): triples for graph, triples in sorted_triples.items()}
        framework, own = iri_term(names.framework), iri_term(names.source())
        of_framework, of_plan, of_analysis = (
            _family(each) for each in (names.framework, names.plan, names.analysis)
        )
        lined = {subject for subject, predicate, _ in asserted if predicate == _LINE}
        from_one = (value for node, verb, value in asserted if (node, verb) == (framework, _FROM))
        first = self._documents.setdefault(framework, next(from_one, own))
        for triple in asserted:
            subject, predicate, value = triple
            if predicate == _LINE and subject in self._lined:
                continue
            if subject == framework and predicate == _FROM and value != first:
                continue
            if subject in of_graphs:
                of_graphs[subject].append(triple)
            elif subject.startswith((*of_analysis, _CONCEPTS)) or value.startswith(of_analysis):
                sorted_triples[analysis].append(triple)
            elif subject.startswith(of_plan):
                sorted_triples[plan].append(triple)
            else:
                sorted_triples[names.framework_graph()].append(triple)
        if first != own:
            sorted_triples[names.framework_graph()] += [
                (node, _FROM, own) for node in lined - self._lined if node.startswith(of_framework)
            ]
        for graph, triples in sorted_triples.items():
            self.add_written(graph, triples)
        self._lined |= lined

    def add_derived(self, names: Names, triples: Iterable[Written]) -> None:
        """Sort what is derived from a table into its own derived graph and the shared context.

        A derived graph speaks of its analysis's own nodes.  What is known of a node that
        analyses share, as the themes of a concept or the names of an institution, belongs to
        none of them.
        """
        derived = names.analysis_graph("derived")
        of_analysis = (iri_term(derived), *_family(names.analysis))
        own: list[Written] = []
        shared: list[Written] = []
        for triple in triples:
            (own if triple[0].startswith(of_analysis) else shared).append(triple)
        self.add_written(graph_iri("context"), shared)
        self.add_written(derived, own)

    def add_reviewed(self, names: Names, triples: Sequence[Triple]) -> None:
        """Add what people decided and others say of an analysis; else there is no such graph."""
        if triples:
            self.add(names.analysis_graph("reviewed"), triples)

    def _one_preferred_label(self, triple: Written) -> Written | None:
        """Make a second preferred label in a language an alternative one.

        Two tables may write one label with other capitals; the concept or category they share
        keeps the first form, and is not given it again as an alternative (SKOS, section 5.4,
        S13 and S14).
        """
        subject, predicate, value = triple
        if not subject.startswith(_LABELLED):
            return triple
        key = (subject, value.rpartition('"')[2])
        if predicate == _PREFERRED:
            first = self._labelled.setdefault(key, value)
            return triple if first == value else (subject, _ALTERNATIVE, value)
        return None if self._labelled.get(key) == value else triple


def _family(iri: URIRef) -> tuple[str, str]:
    """Return how an IRI, and those that stand under it, are written, or begin to be."""
    return f"<{iri}>", f"<{iri}/"
