"""Somebody's RDF → a unit to judge: parsed here, nothing fetched, every node named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from uuid import NAMESPACE_URL, uuid5

from rdflib import BNode, Dataset, Graph, URIRef
from rdflib.compare import to_canonical_graph
from rdflib.term import Node

from gapgraph.errors import InputError
from gapgraph.files import sha256
from gapgraph.namespaces import GG, GRAPH, RDF, graph_iri
from gapgraph.turtle import Triple, write_ntriples
from gapgraph.validation.literals import as_written, settled
from gapgraph.validation.parallel import Unit, units_of
from gapgraph.validation.prepare import BLANK

__all__ = ["FORMATS", "SUFFIXES", "graphs_of", "read_rdf", "unit_of", "units_in"]

#: The RDF formats that are read: rdflib's names by media type.
FORMATS: Mapping[str, str] = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/n-quads": "nquads",
    "application/trig": "trig",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
}
#: Their media types by file name suffix.
SUFFIXES: Mapping[str, str] = {
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".nq": "application/n-quads",
    ".trig": "application/trig",
    ".jsonld": "application/ld+json",
    ".rdf": "application/rdf+xml",
    ".xml": "application/rdf+xml",
}
#: Classes of what is derived: a graph with any of them is judged as a build.
_DERIVED = (GG.CoverageAssessment, GG.TopicLink, GG.Measure)
#: And properties: one with any of them is, too, even where those it leads to were left out.
_DERIVED_LINKS = (GG.coverageStatus, GG.hasStatement, GG.concernsTopic)


def read_rdf(content: bytes, media_type: str, *, name: str = "") -> Dataset:
    """Parse RDF; no JSON-LD context or XML entity outside the content is read.

    :param content: the bytes
    :param media_type: a key of `FORMATS`
    :param name: what messages call the content
    :raises InputError: where it is not RDF of this format
    """
    form = FORMATS.get(media_type)
    if form is None:
        raise InputError(
            f"{media_type!r} is no RDF format that is read",
            todo="use one of " + ", ".join(FORMATS),
            file=name or None,
        )
    if form == "xml" and re.search(rb"<!(?:DOCTYPE|ENTITY)", content):
        raise InputError(
            "declares a document type or entities, which are not read",
            todo="write the IRIs in full, or convert it to Turtle",
            file=name or None,
        )
    if form == "json-ld" and re.search(rb'"@(?:context|import)"\s*:\s*(?:\[\s*)?"', content):
        raise InputError(
            "names a JSON-LD context by address, which is not fetched",
            todo="write the context into the document",
            file=name or None,
        )
    dataset = Dataset(default_union=True)
    try:
        with as_written():
            dataset.parse(data=content, format=form, publicID="urn:document")
    except MemoryError:
        raise
    except Exception as error:  # rdflib's parsers raise BadSyntax, ValueError and others
        reason = getattr(error, "_why", None) or str(error) or type(error).__name__
        line = getattr(error, "lines", None)
        raise InputError(
            f"is not {form} ({' '.join(str(reason).split())[:160]})",
            todo="mend it, or name its format",
            file=name or None,
            line=line + 1 if isinstance(line, int) else None,
        ) from error
    return dataset


def graphs_of(dataset: Dataset) -> dict[URIRef, list[Triple]]:
    """Return the triples of a dataset by named graph, as they are judged."""
    graphs: dict[URIRef, list[Triple]] = {}
    for subject, predicate, value, name in dataset.quads():
        graphs.setdefault(URIRef(str(name)), []).append((subject, predicate, settled(value)))
    return graphs


def units_in(datasets: Iterable[Dataset]) -> list[Unit]:
    """Return what there is to judge in some datasets: each analysis, or all of it as one unit.

    Analyses that stand in graphs of their own, as in a build, are judged each by itself; what
    stands in no graph of ours is judged with each of them, as reviewed facts are.  Blank nodes,
    which a build has none of, may stand in several graphs: with them, all is one unit.

    :param datasets: what was read
    """
    datasets = list(datasets)
    graphs: dict[URIRef, list[Triple]] = {}
    context = graph_iri("context")
    for dataset in datasets:
        for name, triples in graphs_of(dataset).items():
            own = name if name.startswith(str(GRAPH)) else context
            graphs.setdefault(own, []).extend(triples)
    blank = any(isinstance(node, BNode) for each in graphs.values() for t in each for node in t)
    return ([] if blank else units_of(graphs)) or [unit_of(datasets)]


def unit_of(datasets: Iterable[Dataset]) -> Unit:
    """Return what some datasets say together as one unit.

    A graph that only asserts is judged by the shapes for that; one that holds statements,
    links, assessments or statuses, as a build.
    """
    graph = Graph(bind_namespaces="none")
    for dataset in datasets:
        for triples in graphs_of(dataset).values():
            for triple in triples:
                graph.add(triple)
    derived = any((None, RDF.type, each) in graph for each in _DERIVED) or any(
        (None, each, None) in graph for each in _DERIVED_LINKS
    )
    content = write_ntriples(_named(graph))
    report = URIRef(f"urn:uuid:{uuid5(NAMESPACE_URL, sha256(content))}")
    return Unit(report, content, "build" if derived else "asserted")


def _named(graph: Graph) -> Iterable[tuple[Node, Node, Node]]:
    """Yield a graph's triples with blank nodes named, the same names for the same graph."""
    if not any(isinstance(node, BNode) for triple in graph for node in triple):
        yield from graph
        return

    def name(node: Node) -> Node:
        return URIRef(f"{BLANK}{node}") if isinstance(node, BNode) else node

    for subject, predicate, value in to_canonical_graph(graph):
        yield name(subject), name(predicate), name(value)
