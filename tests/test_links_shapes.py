"""Shapes for links: the real ones conform, and each made-up one fails for its own reason."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SKOS, VOID
from rdflib.term import Node

from conftest import ROOT, Built
from gapgraph.ntriples import Texts, Written
from gapgraph.validation.engine import Result, validate
from gapgraph.validation.units import units_of

BASE = "https://w3id.org/gapgraph/"
GG = f"{BASE}ontology#"
SHAPES = f"{BASE}shapes#"
LINK = URIRef(f"{BASE}id/link/concept/extradicion/unbis/1002220")
CONCEPT = URIRef(f"{BASE}id/concept/extradicion")
UNBIS = URIRef("http://metadata.un.org/thesaurus/1002220")
TARGET = URIRef("http://metadata.un.org/sdg/16.2")
DIRECTIVE = URIRef(f"{BASE}id/framework/oas-work-plan-2/directive/17")
PAGE = URIRef("https://schema.org/mainEntityOfPage")
SAME = URIRef("https://schema.org/sameAs")

Triple = tuple[Node, Node, Node]


def gg(name: str) -> URIRef:
    return URIRef(GG + name)


@pytest.fixture(scope="module")
def shapes() -> Graph:
    graph = Graph(bind_namespaces="none")
    for name in ("prefixes", "links"):
        graph.parse(ROOT / "ontology" / "shapes" / f"{name}.ttl", format="turtle")
    return graph


@pytest.fixture(scope="module")
def unit(built: Built) -> Graph:
    """The graph that a build has judged, with the ontology's classes."""
    graphs: dict[URIRef, set[Written]] = {}
    for line in built.dataset.read().decode().split("\n")[:-1]:
        triple, _, graph = line.rpartition(" <")
        graphs.setdefault(URIRef(graph[:-3]), set()).update(Texts().read(f"{triple} .\n"))
    (content,) = (each.content for each in units_of(graphs))
    graph = Graph(bind_namespaces="none")
    graph.parse(data=content, format="nt")
    ontology = Graph().parse(ROOT / "ontology" / "gapgraph.ttl")
    for predicate in (RDFS.subClassOf, SKOS.inScheme):
        for subject, value in ontology.subject_objects(predicate):
            graph.add((subject, predicate, value))
    return graph


def small(unit: Graph) -> Graph:
    """One real link and all that is said of its ends, its linkset and its dataset."""
    linkset, dataset = URIRef(f"{BASE}id/linkset/unbis"), URIRef(f"{BASE}id/dataset/unbis")
    graph = Graph(bind_namespaces="none")
    for node in (LINK, UNBIS, linkset, dataset, DIRECTIVE, TARGET):
        for predicate, value in unit.predicate_objects(node):
            graph.add((node, predicate, value))
    graph.remove((DIRECTIVE, DCTERMS.subject, None))
    graph.add((CONCEPT, RDF.type, SKOS.Concept))
    graph.add((CONCEPT, SKOS.exactMatch, UNBIS))
    for subject, value in unit.subject_objects(RDFS.subClassOf):
        graph.add((subject, RDFS.subClassOf, value))
    return graph


def names(results: Iterable[Result]) -> set[str]:
    return {str(each.shape).removeprefix(SHAPES) for each in results}


@pytest.mark.whole
def test_the_unit_of_a_build_holds_its_links(unit: Graph) -> None:
    assert (LINK, RDF.type, gg("ExternalLink")) in unit
    assert len(set(unit.subjects(RDF.type, gg("ExternalLink")))) > 500


@pytest.mark.whole
def test_the_real_links_conform(unit: Graph, shapes: Graph) -> None:
    assert validate(unit, shapes) == []


@pytest.mark.whole
def test_shapes_are_valid_shacl(unit: Graph, shapes: Graph) -> None:
    assert validate(small(unit), shapes, meta=True) == []


def relinked(**new: Node) -> list[tuple[str, Triple | tuple[Node, Node, None]]]:
    """Change where the link starts, its property or where it arrives, as the record has it."""
    changes: list[tuple[str, Triple | tuple[Node, Node, None]]] = []
    for name, value in new.items():
        changes += [("-", (LINK, gg(name), None)), ("+", (LINK, gg(name), value))]
    return changes


TRAFFICKING = URIRef("http://metadata.un.org/thesaurus/trafficking")
ELSEWHERE = URIRef("https://example.org/1")
COUNTRY = URIRef("https://schema.org/Country")

FAULTS = {
    "no evidence": ([("-", (LINK, DCTERMS.source, None))], {"external-link-source"}),
    "empty evidence": (
        [("-", (LINK, DCTERMS.source, None)), ("+", (LINK, DCTERMS.source, Literal("")))],
        {"external-link-source"},
    ),
    "no basis": ([("-", (LINK, gg("basis"), None))], {"external-link-basis"}),
    "another basis": (
        [("-", (LINK, gg("basis"), None)), ("+", (LINK, gg("basis"), gg("rule")))],
        {"external-link-basis"},
    ),
    "no linkset": ([("-", (LINK, DCTERMS.isPartOf, None))], {"external-link-linkset"}),
    "no start": (
        [("-", (LINK, gg("linkFrom"), None))], {"external-link-from", "external-link-recorded"},
    ),
    "no target": (
        [("-", (LINK, gg("linkTo"), None))], {"external-link-to", "external-link-recorded"},
    ),
    "two targets": (
        [("+", (LINK, gg("linkTo"), TARGET))],
        {
            "external-link-to", "external-link-pattern", "external-link-direct",
            "external-link-ends",
        },
    ),
    "an invented number": (
        [
            *relinked(linkTo=TRAFFICKING),
            ("+", (CONCEPT, SKOS.exactMatch, TRAFFICKING)),
            ("-", (CONCEPT, SKOS.exactMatch, UNBIS)),
            ("+", (TRAFFICKING, RDF.type, SKOS.Concept)),
        ],
        {"external-link-pattern"},
    ),
    "an unknown namespace": (
        [
            *relinked(linkTo=ELSEWHERE),
            ("+", (CONCEPT, SKOS.exactMatch, ELSEWHERE)),
            ("-", (CONCEPT, SKOS.exactMatch, UNBIS)),
            ("+", (ELSEWHERE, RDF.type, SKOS.Concept)),
        ],
        {"external-link-pattern", "external-link-to"},
    ),
    "a pattern made up to let it in": (
        [
            *relinked(linkTo=ELSEWHERE),
            ("+", (CONCEPT, SKOS.exactMatch, ELSEWHERE)),
            ("-", (CONCEPT, SKOS.exactMatch, UNBIS)),
            ("+", (ELSEWHERE, RDF.type, SKOS.Concept)),
            ("-", (URIRef(f"{BASE}id/dataset/unbis"), VOID.uriRegexPattern, None)),
            ("+", (URIRef(f"{BASE}id/dataset/unbis"), VOID.uriRegexPattern, Literal(".*"))),
        ],
        {"external-link-to"},
    ),
    "no pattern": (
        [("-", (URIRef(f"{BASE}id/dataset/unbis"), VOID.uriRegexPattern, None))],
        {"linkset-target"},
    ),
    "no count": (
        [("-", (URIRef(f"{BASE}id/linkset/unbis"), VOID.triples, None))], {"linkset-count"},
    ),
    "no direct triple": ([("-", (CONCEPT, SKOS.exactMatch, UNBIS))], {"external-link-direct"}),
    "no record": ([("+", (CONCEPT, SKOS.closeMatch, TARGET))], {"external-link-recorded"}),
    "a relation without a record": (
        [("+", (CONCEPT, DCTERMS.relation, TARGET))], {"external-link-recorded"},
    ),
    "a subject without a record": (
        [("+", (DIRECTIVE, DCTERMS.subject, UNBIS))], {"external-link-recorded"},
    ),
    "a page worth reading without a record": (
        [("+", (CONCEPT, RDFS.seeAlso, URIRef("https://www.unodc.org/unodc/index.html")))],
        {"external-link-recorded"},
    ),
    "a thing of another without a record": (
        [("+", (CONCEPT, SAME, COUNTRY))], {"external-link-recorded"},
    ),
    "a property of somebody's own": (
        [
            *relinked(linkProperty=URIRef("http://www.w3.org/2002/07/owl#sameAs")),
            ("+", (CONCEPT, URIRef("http://www.w3.org/2002/07/owl#sameAs"), UNBIS)),
            ("-", (CONCEPT, SKOS.exactMatch, UNBIS)),
        ],
        {"external-link-property", "external-link-ends"},
    ),
    "a match from what is no concept": (
        [
            *relinked(linkFrom=DIRECTIVE),
            ("+", (DIRECTIVE, SKOS.exactMatch, UNBIS)),
            ("-", (CONCEPT, SKOS.exactMatch, UNBIS)),
        ],
        {"external-link-ends"},
    ),
    "a match to what is no concept": (
        [("-", (UNBIS, RDF.type, None)), ("+", (UNBIS, RDF.type, COUNTRY))],
        {"external-link-ends"},
    ),
    "a concept that is the same as a page": (
        [
            *relinked(linkProperty=SAME),
            ("+", (CONCEPT, SAME, UNBIS)),
            ("-", (CONCEPT, SKOS.exactMatch, UNBIS)),
        ],
        {"external-link-ends"},
    ),
    "a relation to what is no SDG node": (
        [
            *relinked(linkProperty=DCTERMS.relation),
            ("+", (CONCEPT, DCTERMS.relation, UNBIS)),
            ("-", (CONCEPT, SKOS.exactMatch, UNBIS)),
        ],
        {"external-link-ends"},
    ),
    "a directive with a page of its own": (
        [
            *relinked(linkFrom=DIRECTIVE, linkProperty=PAGE),
            ("+", (DIRECTIVE, PAGE, UNBIS)),
            ("-", (CONCEPT, SKOS.exactMatch, UNBIS)),
        ],
        {"external-link-ends"},
    ),
    "a concept cited": (
        [
            *relinked(linkFrom=DIRECTIVE, linkProperty=gg("cites")),
            ("+", (DIRECTIVE, gg("cites"), UNBIS)),
            ("-", (CONCEPT, SKOS.exactMatch, UNBIS)),
        ],
        {"external-link-ends"},
    ),
    "a concept with a subject": (
        [
            *relinked(linkProperty=DCTERMS.subject),
            ("+", (CONCEPT, DCTERMS.subject, UNBIS)),
            ("-", (CONCEPT, SKOS.exactMatch, UNBIS)),
        ],
        {"external-link-ends"},
    ),
}  # fmt: skip


@pytest.mark.whole
@pytest.mark.parametrize("fault", FAULTS)
def test_a_made_up_link_fails(unit: Graph, shapes: Graph, fault: str) -> None:
    graph = small(unit)
    assert validate(graph, shapes) == []
    changes, expected = FAULTS[fault]
    for sign, (subject, predicate, value) in changes:
        if sign == "-":
            assert (subject, predicate, value) in graph
            graph.remove((subject, predicate, value))
        else:
            graph.add((subject, predicate, value))
    results = validate(graph, shapes)
    assert names(results) == expected
    assert {str(each.severity).rpartition("#")[2] for each in results} == {"Violation"}


@pytest.mark.whole
def test_a_dataset_may_name_the_iri_of_its_owner(unit: Graph, shapes: Graph) -> None:
    graph = small(unit)
    owners = URIRef("http://metadata.un.org/sdg/void.ttl#SDG")
    graph.add((URIRef(f"{BASE}id/dataset/unbis"), SAME, owners))
    assert validate(graph, shapes) == []


@pytest.mark.whole
def test_a_topics_own_concept_is_no_link(unit: Graph, shapes: Graph) -> None:
    """``gg:aboutConcept`` is a ``dcterms:subject``, as a reasoner says."""
    graph = small(unit)
    graph.add((URIRef(f"{BASE}id/analysis/oas-pnat/topic/29.3"), DCTERMS.subject, CONCEPT))
    assert validate(graph, shapes) == []


@pytest.mark.whole
def test_every_shape_is_named_in_every_language(shapes: Graph) -> None:
    sh = "http://www.w3.org/ns/shacl#"
    reporting = set(shapes.subjects(URIRef(f"{sh}severity")))
    assert len(reporting) == 14
    for shape in reporting:
        for predicate in ("name", "message"):
            words = shapes.objects(shape, URIRef(sh + predicate))
            assert sorted(each.language for each in words) == ["en", "es", "pt"], shape
