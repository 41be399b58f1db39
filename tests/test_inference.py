"""What OWL RL infers, by name and number, and that nothing else is inferred."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import owlrl
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SKOS, XSD

from conftest import ROOT
from gapgraph.annex.description import read_description
from gapgraph.annex.graph import graph_of
from gapgraph.annex.parse import read_table
from gapgraph.errors import ViolationError
from gapgraph.inference import inferred_triples
from gapgraph.namespaces import GG, SCHEMA
from gapgraph.rdf import read_turtle
from gapgraph.reading.graph import reading_graph

SPANISH = ROOT / "tests" / "spanish"

#: Property → the wider property that its triples also hold for.
WIDER = {
    GG.aboutConcept: DCTERMS.subject,
    GG.cites: DCTERMS.references,
    GG.invokes: DCTERMS.references,
    GG.mentions: SCHEMA.mentions,
    GG.namesInstrument: DCTERMS.references,
    GG.jurisdiction: DCTERMS.spatial,
    GG.inAnalysis: DCTERMS.isPartOf,
    GG.inSection: DCTERMS.isPartOf,
    GG.partOf: DCTERMS.isPartOf,
    GG.ofFramework: DCTERMS.isPartOf,
    GG.ofPlan: DCTERMS.isPartOf,
    GG.ofSection: DCTERMS.isPartOf,
}
#: Property → its inverse, and whether that inverse is a kind of dcterms:isPartOf.
INVERSE = {
    GG.addressedBy: (GG.addresses, False),
    GG.hasTopic: (GG.topicOf, False),
    GG.hasObservation: (GG.observationOf, False),
    GG.hasIndicator: (GG.indicatorOf, True),
    GG.hasStatement: (GG.statementOf, True),
    GG.hasMeasure: (GG.measureOf, True),
}
#: Class → the wider classes of its members.
CLASSES = {
    GG.Directive: {GG.NormativeStatement},
    GG.Framework: {GG.Instrument},
    GG.Plan: {GG.Instrument},
    GG.PNATCategory: {GG.PlanElement, SKOS.Concept},
    GG.PlanElement: {SKOS.Concept},
    GG.Review: {PROV.Activity},
    GG.OutsideReading: {PROV.Activity},
    GG.SourceDocument: {PROV.Entity},
    GG.CoverageAssessment: {PROV.Entity},
    GG.DirectiveAssessment: {GG.CoverageAssessment, PROV.Entity},
    GG.TopicLink: {PROV.Entity},
    GG.ExternalLink: {PROV.Entity},
    **{
        kind: {GG.Statement}
        for kind in (
            GG.Provision,
            GG.Omission,
            GG.Invocation,
            GG.ContextNote,
            GG.Doubt,
            GG.UnreadStatement,
        )
    },
}


def expected(data: Graph) -> set[tuple[object, object, object]]:
    """Work out what must be inferred, by looking each property and class up."""
    result: set[tuple[object, object, object]] = set()
    for subject, predicate, value in data:
        if predicate in WIDER:
            result.add((subject, WIDER[predicate], value))
        if predicate in INVERSE:
            inverse, part = INVERSE[predicate]
            result.add((value, inverse, subject))
            if part:
                result.add((value, DCTERMS.isPartOf, subject))
        if predicate == RDF.type:
            result |= {(subject, RDF.type, wider) for wider in CLASSES.get(value, ())}
        if predicate == GG.hasTopic:
            result |= {
                (subject, GG.directiveAddressedBy, element)
                for element in data.objects(value, GG.addressedBy)
            }
        if predicate in {GG.invokes, GG.namesInstrument}:
            result.add((value, RDF.type, GG.Instrument))
        if predicate == GG.mentions:
            result.add((value, RDF.type, GG.Institution))
        if predicate == GG.cites:
            result.add((value, RDF.type, GG.Instrument))
    return result - set(data)


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return read_turtle(ROOT / "ontology" / "gapgraph.ttl")


def test_everything_that_must_be_inferred_of_the_table_and_nothing_else(
    ontology: Graph, annex: Graph
) -> None:
    inferred = inferred_triples(ontology, annex)
    assert inferred == expected(annex)
    kinds = Counter(
        value if predicate == RDF.type else predicate for _, predicate, value in inferred
    )
    # Counted by hand from the table's own numbers: 67 directives, 111 topics, 98 observations,
    # 62 indicators, 29 categories and one other element, 125 mappings, 4 sections of 5 columns.
    assert kinds == {
        DCTERMS.isPartOf: (111 + 125 + 98 + 4 * 5) + 67 + (67 + 4) + 30 + 4 * 5 + 62,
        DCTERMS.subject: 111,
        DCTERMS.references: 15,
        DCTERMS.spatial: 1,
        GG.topicOf: 111,
        GG.observationOf: 98,
        GG.indicatorOf: 62,
        GG.addresses: 94,
        GG.directiveAddressedBy: 90,
        GG.NormativeStatement: 67,
        GG.PlanElement: 29,
        SKOS.Concept: 30,
        GG.Instrument: 2,
        PROV.Entity: 1,
    }


def test_the_tests_expectation_names_every_axiom_of_the_ontology(ontology: Graph) -> None:
    assert set(ontology.subject_objects(RDFS.subPropertyOf)) == set(WIDER.items()) | {
        (inverse, DCTERMS.isPartOf) for inverse, part in INVERSE.values() if part
    }
    assert set(ontology.subject_objects(OWL.inverseOf)) == {
        (inverse, forward) for forward, (inverse, _) in INVERSE.items()
    }
    assert set(ontology.subjects(RDFS.subClassOf)) == set(CLASSES)
    assert list(ontology.subjects(OWL.propertyChainAxiom)) == [GG.directiveAddressedBy]


def test_what_is_left_out_of_the_reasoning_loses_nothing(ontology: Graph) -> None:
    """All triples, literals too, under all rules of owlrl give the same, once filtered."""
    description = read_description(SPANISH)
    asserted = graph_of(read_table(description), description)
    read = reading_graph(asserted, description.names, ROOT / "data")
    data = {*asserted, *read}
    inferred = inferred_triples(ontology, data)
    assert len(inferred) > 100
    full = Graph(bind_namespaces="none")
    for triple in {*ontology, *data}:
        full.add(triple)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(full)
    of_data = {subject for subject, _, _ in data} - set(ontology.subjects())
    machinery = (str(OWL), str(RDFS), str(RDF))
    kept = {
        (subject, predicate, value)
        for subject, predicate, value in set(full) - data
        if subject in of_data
        and not str(value if predicate == RDF.type else predicate).startswith(machinery)
        and isinstance(value, URIRef)
        and not str(value).startswith(str(XSD))
    }
    named = {triple for triple in inferred if triple[0] in of_data}
    assert kept == named
    assert {subject for subject, _, _ in inferred - named} <= {value for *_, value in data}


def test_a_chain_needs_both_of_its_links(ontology: Graph) -> None:
    directive, topic, element = (URIRef(f"urn:{name}") for name in ("d", "t", "e"))
    has, by = (directive, GG.hasTopic, topic), (topic, GG.addressedBy, element)
    chained = (directive, GG.directiveAddressedBy, element)
    assert chained in inferred_triples(ontology, [has, by])
    assert chained not in inferred_triples(ontology, [has])
    assert chained not in inferred_triples(ontology, [by])


def test_literals_and_unknown_properties_infer_nothing(ontology: Graph) -> None:
    node = URIRef("urn:n")
    assert inferred_triples(ontology, []) == set()
    assert (
        inferred_triples(
            ontology,
            [
                (node, GG.text, Literal("Sin embargo, no hay.", lang="es")),
                (node, GG.number, Literal(1)),
                (node, SKOS.prefLabel, Literal("nodo", lang="es")),
                (node, DCTERMS.source, URIRef("urn:elsewhere")),
                (node, RDF.type, URIRef("urn:Class")),
            ],
        )
        == set()
    )


def test_nothing_is_inferred_of_the_ontologys_own_terms(ontology: Graph) -> None:
    terms = set(ontology.subjects())
    topic = URIRef("urn:t")
    inferred = inferred_triples(ontology, [(topic, GG.coverageStatus, GG.partial)])
    assert {subject for subject, _, _ in inferred} & terms == set()


@pytest.mark.parametrize(
    ("triples", "clash"),
    [
        ({(RDF.type, GG.Omission), (RDF.type, GG.Provision)}, "Provision"),
        # The range of gg:mitigates makes an omission of what it points to.
        ({(RDF.type, GG.Provision), (GG.mitigates, URIRef("urn:n"))}, "Omission"),
        ({(RDF.type, OWL.Nothing)}, "contradicts the ontology"),
    ],
)
def test_a_contradiction_is_refused(
    ontology: Graph, triples: set[tuple[URIRef, URIRef]], clash: str
) -> None:
    with pytest.raises(ViolationError, match=clash):
        inferred_triples(ontology, [(URIRef("urn:n"), *pair) for pair in triples])


def test_the_order_of_triples_does_not_matter(ontology: Graph) -> None:
    data = [
        (URIRef("urn:d"), GG.hasTopic, URIRef("urn:t")),
        (URIRef("urn:t"), GG.addressedBy, URIRef("urn:e")),
        (URIRef("urn:d"), RDF.type, GG.Directive),
    ]
    results = [inferred_triples(ontology, order) for order in permutations(data)]
    assert all(result == results[0] for result in results)
    assert len(results) == 6
