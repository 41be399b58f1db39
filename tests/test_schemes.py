"""Concepts as vocabularies that others may map to: every one of ours stands in a scheme."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef

from conftest import ROOT, SECOND, Built, copy_home, keeping
from gapgraph.build import build
from gapgraph.namespaces import BASE, GG, ID, RDF, RDFS, SKOS
from gapgraph.rdf import read_rdf, read_turtle
from gapgraph.rules import Rule, read_rules, run
from gapgraph.validation.engine import validate
from gapgraph.validation.prepare import prepare
from gapgraph.validation.sources import graphs_of
from gapgraph.validation.units import units_of

CONCEPTS = ID["scheme/concepts"]


def union(content: bytes) -> Graph:
    """All graphs of a dataset together."""
    found = Graph()
    for *triple, _ in read_rdf(content, "application/n-quads"):
        found.add((triple[0], triple[1], triple[2]))
    return found


def concepts(graph: Graph) -> Iterator[URIRef]:
    """The concepts of ours in a graph, by class or subclass."""
    classes = set(graph.transitive_subjects(RDFS.subClassOf, SKOS.Concept))
    for kind in classes:
        for each in graph.subjects(RDF.type, kind):
            if isinstance(each, URIRef) and each.startswith(BASE):
                yield each


def outside(graph: Graph) -> list[URIRef]:
    """The concepts of ours that stand in no scheme which the graph describes in both languages."""
    return [
        each
        for each in concepts(graph)
        if not any(
            (scheme, RDF.type, SKOS.ConceptScheme) in graph
            and {"es", "en"} <= {label.language for label in graph.objects(scheme, SKOS.prefLabel)}
            for scheme in graph.objects(each, SKOS.inScheme)
        )
    ]


def test_every_concept_of_the_build_stands_in_a_scheme(built: Built) -> None:
    graph = union(built.dataset.read())

    assert len(set(concepts(graph))) > 140
    assert outside(graph) == []
    for scheme in (CONCEPTS, ID["plan/pnat-2017-2021/scheme"]):
        members = set(graph.subjects(SKOS.inScheme, scheme))
        assert len(members) >= 30
        # None is broader than another yet: all are top concepts, and both sides say so.
        assert set(graph.objects(scheme, SKOS.hasTopConcept)) == members
        assert set(graph.subjects(SKOS.topConceptOf, scheme)) == members


@pytest.mark.whole
def test_two_tables_share_the_scheme_of_concepts_and_have_one_each_of_plans(
    tmp_path: Path,
) -> None:
    dataset = build(copy_home(tmp_path), keeping(), output=tmp_path / "out", analyses=[SECOND])
    graph = union(dataset.read())

    assert outside(graph) == []
    schemes = {
        each
        for each in graph.subjects(RDF.type, SKOS.ConceptScheme)
        if isinstance(each, URIRef) and each.startswith(str(ID))
    }
    assert schemes == {CONCEPTS, ID["plan/pnat-2017-2021/scheme"], ID["plan/ilha-2024/scheme"]}
    assert set(graph.objects(ID["plan/ilha-2024/scheme"], SKOS.prefLabel)) == {
        Literal("Elementos de «Plano da Ilha 2024»", lang="es"),
        Literal("Elements of “Plano da Ilha 2024”", lang="en"),
    }


@pytest.fixture(scope="module")
def rules() -> list[Rule]:
    return [each for each in read_rules(ROOT / "ontology" / "rules") if "scheme" in each.id]


PREFIXES = f"""
@prefix gg: <{GG}> . @prefix skos: <{SKOS}> . @prefix p: <{ID}plan/> . @prefix k: <{ID}concept/> .
"""


@pytest.mark.whole
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # One concept of two topics.
        (
            "<urn:1> gg:aboutConcept k:agua . <urn:2> gg:aboutConcept k:agua .",
            f"""<{CONCEPTS}> a skos:ConceptScheme ; skos:hasTopConcept k:agua ;
                skos:prefLabel "Conceptos de los temas"@es, "Concepts of the topics"@en .
            k:agua skos:inScheme <{CONCEPTS}> ; skos:topConceptOf <{CONCEPTS}> .""",
        ),
        # A plan with a name in a third language, and an element that another is broader than.
        (
            """p:a a gg:Plan ; skos:prefLabel "Plano"@pt . p:x gg:ofPlan p:a .
            p:y gg:ofPlan p:a ; skos:broader p:x .""",
            """<{a}> a skos:ConceptScheme ; skos:hasTopConcept p:x ;
                skos:prefLabel "Elementos de «Plano»"@es, "Elements of “Plano”"@en .
            p:x skos:inScheme <{a}> ; skos:topConceptOf <{a}> . p:y skos:inScheme <{a}> .""",
        ),
        # A plan with a name in each language, beside one with none of ours but English.
        (
            """p:a a gg:Plan ; skos:prefLabel "Plan A"@es, "Scheme A"@en . p:x gg:ofPlan p:a .
            p:b a gg:Plan ; skos:prefLabel "Water plan"@en . p:y gg:ofPlan p:b .""",
            """<{a}> a skos:ConceptScheme ; skos:hasTopConcept p:x ;
                skos:prefLabel "Elementos de «Plan A»"@es, "Elements of “Scheme A”"@en .
            p:x skos:inScheme <{a}> ; skos:topConceptOf <{a}> .
            <{b}> a skos:ConceptScheme ; skos:hasTopConcept p:y ;
                skos:prefLabel "Elementos de «Water plan»"@es, "Elements of “Water plan”"@en .
            p:y skos:inScheme <{b}> ; skos:topConceptOf <{b}> .""",
        ),
        # What is neither a topic's concept nor a plan's element.
        ('k:suelto a skos:Concept ; skos:prefLabel "Suelto"@es .', ""),
    ],
)
def test_what_the_rules_conclude(rules: list[Rule], given: str, expected: str) -> None:
    graph = Graph().parse(data=PREFIXES + given, format="turtle")
    schemes = {"a": f"{ID}plan/a/scheme", "b": f"{ID}plan/b/scheme"}
    for name, iri in schemes.items():
        expected = expected.replace(f"{{{name}}}", iri)

    assert run(rules, graph) == set(Graph().parse(data=PREFIXES + expected, format="turtle"))


@pytest.mark.whole
@pytest.mark.parametrize(
    ("added", "rule"),
    [
        ("k:suelto a skos:Concept .", "own-concept"),
        ("p:nuevo a gg:PlanElement .", "own-concept"),
        ("p:otro a gg:PNATCategory ; skos:inScheme <urn:nada> .", "scheme-class"),
        ("<https://example.org/ajeno> a skos:Concept .", ""),
    ],
)
def test_a_concept_of_ours_without_a_scheme_is_found(built: Built, added: str, rule: str) -> None:
    (unit,) = units_of(graphs_of(read_rdf(built.dataset.read(), "application/n-quads")))
    graph = Graph().parse(data=unit.content, format="nt")
    graph.parse(data=PREFIXES + added, format="turtle")
    shapes = read_turtle(ROOT / "ontology" / "shapes" / "schemes.ttl")
    ontology = read_turtle(ROOT / "ontology" / "gapgraph.ttl")

    found = {each.shape.rpartition("#")[2] for each in validate(prepare(graph, ontology), shapes)}

    assert found == ({rule} if rule else set())
