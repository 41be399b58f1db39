"""What a build says of its graphs: whose they are, and how they were made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rdflib import Literal, URIRef

from gapgraph import __version__
from gapgraph.annex.description import Description
from gapgraph.assembly import Assembly
from gapgraph.metadata import catalog, partitions
from gapgraph.namespaces import (
    CC_BY,
    DATASET,
    DCTERMS,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SD,
    SOFTWARE,
    graph_iri,
)
from gapgraph.ntriples import Triple
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.executables import executables
from gapgraph.rules import Rule, descriptions
from gapgraph.settings import Home

__all__ = ["describe"]


def _ours(tables: Sequence[Description], graphs: Collection[URIRef]) -> list[URIRef]:
    """Return the graphs that are ours, not a publisher's; of some kinds, those that there are."""
    common = ("ontology", "shapes", "context", "links", "queries", "meta")
    names = [table.names for table in tables]
    own = [
        each.analysis_graph(kind) for each in names for kind in ("derived", "inferred", "findings")
    ]
    some = [graph_iri("translations"), *(each.analysis_graph("reviewed") for each in names)]
    return [*map(graph_iri, common), *own, *(each for each in some if each in graphs)]


def _rights(graph: URIRef, listed: Iterable[Triple]) -> Iterable[Triple]:
    """Yield a graph's licence and date, which stand in itself.

    :param listed: what catalogues list of the dataset
    """
    yield graph, DCTERMS.license, CC_BY
    for subject, predicate, value in listed:
        if subject == DATASET and predicate == DCTERMS.modified:
            yield graph, DCTERMS.modified, value


def describe(
    home: Home, assembly: Assembly, tables: Sequence[Description], rules: Sequence[Rule]
) -> None:
    """Add what is said of the graphs and of the dataset, and the queries that may be put to it."""
    catalogue = Catalogue.load(home.queries)
    catalogue = catalogue.about([str(each.names.analysis) for each in tables])
    assembly.add(graph_iri("queries"), executables(catalogue))
    listed = list(catalog(home.data))
    for graph in _ours(tables, assembly.graphs):
        assembly.add(graph, _rights(graph, listed))
    meta = graph_iri("meta")
    counted = list(partitions({k: v for k, v in assembly.graphs.items() if k != meta}))
    assembly.add(meta, [*_meta(assembly, tables, rules), *listed, *counted])


def _meta(
    assembly: Assembly, tables: Sequence[Description], rules: Sequence[Rule]
) -> Iterable[Triple]:
    """Describe how the graphs were made."""
    for table in tables:
        names = table.names
        derived, inferred = names.analysis_graph("derived"), names.analysis_graph("inferred")
        inference = names.activity("inferred")
        if table.rights:
            # The passages that the derived graph quotes are still their publisher's.
            rights = Literal(table.rights, lang=table.language)
            yield derived, DCTERMS.rights, rights
        yield inferred, PROV.wasGeneratedBy, inference
        yield inference, RDF.type, PROV.Activity
        yield inference, RDFS.label, Literal("Inferencia OWL 2 RL", lang="es")
        yield inference, RDFS.label, Literal("OWL 2 RL inference", lang="en")
        yield inference, PROV.wasAssociatedWith, SOFTWARE
        for used in (
            graph_iri("ontology"),
            names.framework_graph(),
            names.plan_graph(),
            names.analysis_graph("asserted"),
            derived,
        ):
            yield inference, PROV.used, used
    for graph in (*assembly.graphs, graph_iri("meta")):
        yield graph, RDF.type, SD.Graph
    yield SOFTWARE, RDF.type, PROV.SoftwareAgent
    yield SOFTWARE, RDFS.label, Literal("gapgraph")
    yield SOFTWARE, SCHEMA.softwareVersion, Literal(__version__)
    yield from descriptions(rules)
