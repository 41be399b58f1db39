"""Somebody's RDF → a unit to judge: parsed here, nothing fetched, every node named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import NAMESPACE_URL, uuid5

from rdflib import URIRef

from gapgraph.files import sha256
from gapgraph.namespaces import GG, GRAPH, RDF, graph_iri
from gapgraph.ntriples import Quad, Writer, Written, write_ntriples
from gapgraph.validation.blank import named
from gapgraph.validation.literals import settled
from gapgraph.validation.units import Unit, units_of

__all__ = ["graphs_of", "unit_of", "units_in"]

#: Classes of what is derived: a graph with any of them is judged as a build.
_DERIVED = (GG.CoverageAssessment, GG.TopicLink, GG.Measure)
#: What a build's analyses are not judged with.
_NOT_JUDGED = frozenset({graph_iri("ontology"), graph_iri("shapes")})
#: And properties: one with any of them is, too, even where those it leads to were left out.
_DERIVED_LINKS = (GG.coverageStatus, GG.hasStatement, GG.concernsTopic)


def graphs_of(quads: Iterable[Quad]) -> dict[URIRef, list[Written]]:
    """Return the triples of what was read by named graph, as they are judged, and written."""
    graphs: dict[URIRef, list[Written]] = {}
    term = Writer(blank=True).term
    for subject, predicate, value, name in quads:
        triple = (term(subject), term(predicate), term(settled(value)))
        graphs.setdefault(name, []).append(triple)
    return graphs


def units_in(datasets: Iterable[Sequence[Quad]]) -> list[Unit]:
    """Return what there is to judge in some datasets: each analysis, or all of it as one unit.

    Analyses that stand in graphs of their own, as in a build, are judged each by itself; what
    stands in no graph of ours is judged with each of them, as reviewed facts are.  Blank nodes,
    which a build's analyses have none of, may stand in several graphs: with them, all is one unit.

    :param datasets: what was read
    """
    datasets = list(datasets)
    graphs: dict[URIRef, list[Written]] = {}
    context = graph_iri("context")
    for dataset in datasets:
        for name, triples in graphs_of(dataset).items():
            own = name if name.startswith(str(GRAPH)) else context
            graphs.setdefault(own, []).extend(triples)
    # Those of the ontology and the shapes stand in no unit.
    blank = any(
        node.startswith("_:")
        for name, triples in graphs.items()
        if name not in _NOT_JUDGED
        for triple in triples
        for node in triple
    )
    return ([] if blank else list(units_of(graphs))) or [unit_of(datasets)]


def unit_of(datasets: Iterable[Sequence[Quad]]) -> Unit:
    """Return what some datasets say together as one unit.

    A graph that only asserts is judged by the shapes for that; one that holds statements,
    links, assessments or statuses, as a build.
    """
    triples = [
        (subject, predicate, settled(value))
        for dataset in datasets
        for subject, predicate, value, _ in dataset
    ]
    derived = any(
        predicate in _DERIVED_LINKS or (predicate == RDF.type and value in _DERIVED)
        for _, predicate, value in triples
    )
    content = write_ntriples(named(triples))
    report = URIRef(f"urn:uuid:{uuid5(NAMESPACE_URL, sha256(content))}")
    return Unit(report, content, "build" if derived else "asserted")
