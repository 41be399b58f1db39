"""The ontology: it parses, reasons cleanly, is documented in two languages, and is used."""

from __future__ import annotations

import re
from pathlib import Path

import owlrl
import pytest
from rdflib import OWL, RDF, RDFS, XSD, BNode, Dataset, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, SKOS
from rdflib.term import Node

from conftest import ROOT, Built
from gapgraph.namespaces import ELEMENTS
from gapgraph.rdf import read_turtle
from gapgraph.texts import LANGUAGES
from gapgraph.validation.engine import validate
from gapgraph.validation.prepare import own_terms
from gapgraph.validation.shapes import read_shapes

GG = "https://w3id.org/gapgraph/ontology#"
ONTOLOGY = URIRef("https://w3id.org/gapgraph/ontology")
FILE = ROOT / "ontology" / "gapgraph.ttl"
KINDS = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, SKOS.Concept, SKOS.ConceptScheme}

#: Terms that nothing committed may use yet, and why they are there all the same.
#: "derived": it comes with what is read from the observations, and may be used by now.
#: Any other reason excuses a term that must be unused: the test complains when it is not.
EXCUSED = {
    **dict.fromkeys(
        [
            "ContextNote",
            "CoverageAssessment",
            "Doubt",
            "Institution",
            "Invocation",
            "Measure",
            "NormativeStatement",
            "Omission",
            "Provision",
            "Statement",
            "TopicLink",
            "addressed",
            "assesses",
            "basis",
            "cell",
            "childrenTheme",
            "conceptualFramework",
            "concernsTopic",
            "coverageStatus",
            "disabilityTheme",
            "evidence",
            "hasMeasure",
            "hasStatement",
            "indeterminate",
            "indigenousPeoplesTheme",
            "invokes",
            "letter",
            "lgbtiTheme",
            "linksTopic",
            "locus",
            "mentions",
            "migrantsTheme",
            "mitigates",
            "none",
            "normativeFramework",
            "notAssessed",
            "partial",
            "planMeasure",
            "reason",
            "review",
            "rule",
            "ruleId",
            "theme",
            "victimParticipationTheme",
            "womenTheme",
            "addresses",
            "directiveAddressedBy",
            "indicatorOf",
            "invokedInstrument",
            "measureOf",
            "observationOf",
            "ofStatement",
            "statementOf",
            "topicOf",
            "BasisScheme",
            "CoverageStatusScheme",
            "LocusScheme",
            "ThemeScheme",
            "PartialReasonScheme",
            "namesInstrument",
        ],
        "derived",
    ),
    **dict.fromkeys(
        ["secondReading"],
        "said where a person decided, and of the annex nobody did",
    ),
    **dict.fromkeys(
        ["RelationScheme", "degree", "equal", "equivalent", "intersects", "subset", "superset"],
        "said by other tables than the annex",
    ),
}


@pytest.fixture(scope="module")
def ontology() -> Graph:
    graph = Graph(bind_namespaces="none")
    graph.parse(FILE, format="turtle")
    return graph


@pytest.fixture(scope="module")
def terms(ontology: Graph) -> list[URIRef]:
    found = sorted({URIRef(str(node)) for node in ontology.subjects() if str(node).startswith(GG)})
    assert len(found) >= 90
    return found


def name(term: Node) -> str:
    return str(term).removeprefix(GG)


def languages(graph: Graph, term: URIRef, predicate: URIRef) -> list[str]:
    values = list(graph.objects(term, predicate))
    assert all(isinstance(value, Literal) and str(value).strip() for value in values), term
    return sorted(str(getattr(value, "language", None)) for value in values)


def test_the_header_says_what_it_is(ontology: Graph) -> None:
    assert (ONTOLOGY, RDF.type, OWL.Ontology) in ontology
    assert languages(ontology, ONTOLOGY, DCTERMS.title) == ["en", "es"]
    assert languages(ontology, ONTOLOGY, DCTERMS.description) == ["en", "es"]
    (version,) = ontology.objects(ONTOLOGY, OWL.versionInfo)
    (iri,) = ontology.objects(ONTOLOGY, OWL.versionIRI)
    assert re.fullmatch(r"\d+\.\d+\.\d+", str(version))
    assert str(iri) == f"{ONTOLOGY}/{version}"
    assert list(ontology.objects(ONTOLOGY, DCTERMS.license)) == [
        URIRef("https://creativecommons.org/licenses/by/4.0/")
    ]


def test_both_headers_say_who_when_and_what_went_before(ontology: Graph) -> None:
    shapes = read_turtle(ROOT / "ontology" / "shapes" / "prefixes.ttl")
    for graph in (ontology, shapes):
        (node,) = graph.subjects(RDF.type, OWL.Ontology)
        (version,) = graph.objects(node, OWL.versionInfo)
        (iri,) = graph.objects(node, OWL.versionIRI)
        (prior,) = graph.objects(node, OWL.priorVersion)
        assert str(iri) == f"{node}/{version}"
        assert re.fullmatch(re.escape(str(node)) + r"/\d+\.\d+\.\d+", str(prior))
        assert prior != iri
        agent = URIRef("https://w3id.org/gapgraph/id/agent/gapgraph-authors")
        for who in (DCTERMS.creator, DCTERMS.publisher):
            assert list(graph.objects(node, who)) == [agent]
        dates = [graph.value(node, each) for each in (DCTERMS.created, DCTERMS.issued)]
        dates.append(graph.value(node, DCTERMS.modified))
        assert all(isinstance(each, Literal) and each.datatype == XSD.date for each in dates)
        assert sorted(map(str, dates)) == list(map(str, dates))
        assert len(list(graph.objects(node, DCTERMS.license))) == 1


#: What an OWL 2 DL document need not declare: what the language itself defines.
LANGUAGE = tuple(map(str, (RDF, RDFS, OWL, XSD)))
DECLARED = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}


def undeclared(graph: Graph) -> set[tuple[str, str]]:
    """What a graph uses as a class or property and does not declare as such, once.

    OWL 2, section 5.8.2: a reader that follows no import knows what a term is by that alone.
    """
    classes = {*graph.objects(None, RDF.type)}
    properties = {*graph.predicates()}
    for predicate, place in (
        (RDFS.subClassOf, classes),
        (OWL.disjointWith, classes),
        (RDFS.subPropertyOf, properties),
        (OWL.inverseOf, properties),
    ):
        for subject, value in graph.subject_objects(predicate):
            place |= {subject, value}
    for predicate in (RDFS.domain, RDFS.range):
        classes |= {*graph.objects(None, predicate)}
    found = set()
    for terms, kinds in ((classes, {OWL.Class}), (properties, DECLARED - {OWL.Class})):
        for term in terms:
            if isinstance(term, URIRef) and not str(term).startswith(LANGUAGE):
                if len(set(graph.objects(term, RDF.type)) & DECLARED) != 1:
                    found.add((str(term), "not one thing"))
                elif not set(graph.objects(term, RDF.type)) & kinds:
                    found.add((str(term), "another kind"))
    return found


def test_terms_of_others_are_declared_as_one_thing_and_say_whose_they_are(ontology: Graph) -> None:
    assert undeclared(ontology) == set()
    foreign = {
        each
        for kind in DECLARED
        for each in ontology.subjects(RDF.type, kind)
        if not str(each).startswith(GG)
    }
    assert len(foreign) >= 25
    for each in foreign:
        (home,) = ontology.objects(each, RDFS.isDefinedBy)
        assert home != ONTOLOGY
        assert str(each).startswith(str(home).replace("prov-o#", "prov#")), each
    # None is declared for nothing: each is used as what it is declared as.
    used = set(ontology.predicates()) | {
        value for _, predicate, value in ontology if predicate != RDFS.isDefinedBy
    }
    assert foreign <= used


@pytest.mark.parametrize(
    ("taken", "added", "term"),
    [
        ("skos:notation a owl:DatatypeProperty .", "", str(SKOS.notation)),
        ("skos:Concept a owl:Class .", "skos:Concept a owl:ObjectProperty .", str(SKOS.Concept)),
        ("", "gg:Topic rdfs:subClassOf <http://x/Kind> .", "http://x/Kind"),
        ("", "gg:text <http://x/says> 'x' .", "http://x/says"),
        ("", "dcterms:isPartOf a owl:AnnotationProperty .", str(DCTERMS.isPartOf)),
    ],
)
def test_what_is_not_declared_is_found(ontology: Graph, taken: str, added: str, term: str) -> None:
    names = f"@prefix gg: <{GG}> . @prefix skos: <{SKOS}> . @prefix owl: <{OWL}> ."
    names += f" @prefix rdfs: <{RDFS}> . @prefix dcterms: <{DCTERMS}> ."
    changed = ontology - Graph().parse(data=f"{names} {taken}", format="turtle")
    changed += Graph().parse(data=f"{names} {added}", format="turtle")

    assert term in {each for each, _ in undeclared(changed)}


def test_the_classes_of_a_plan_s_elements_are_the_ontology_s(ontology: Graph) -> None:
    assert str(ELEMENTS[0]) == f"{GG}PlanElement"
    assert set(ELEMENTS) == set(ontology.transitive_subjects(RDFS.subClassOf, ELEMENTS[0]))
    assert len(set(ELEMENTS)) == len(ELEMENTS)


def test_style_leaves_terms_of_others_aside(ontology: Graph) -> None:
    more = ontology + Graph().parse(
        data=f"@prefix owl: <{OWL}> . <http://x/a> a owl:Class . <http://x/B> a owl:ObjectProperty "
        f". <{GG}lower> a owl:Class .",
        format="turtle",
    )
    style = read_shapes(ROOT / "ontology" / "shapes", "style").graph

    found = {str(each.focus) for each in validate(own_terms(more), style)}

    assert validate(own_terms(ontology), style) == []
    assert found == {f"{GG}lower"}


def test_every_term_is_of_a_known_kind(ontology: Graph, terms: list[URIRef]) -> None:
    for term in terms:
        kinds = set(ontology.objects(term, RDF.type)) & KINDS
        assert len(kinds) == 1, (name(term), kinds)


def test_every_term_is_labelled_and_defined_in_both_languages(
    ontology: Graph, terms: list[URIRef]
) -> None:
    for term in terms:
        concept = {SKOS.Concept, SKOS.ConceptScheme} & set(ontology.objects(term, RDF.type))
        label = SKOS.prefLabel if concept else RDFS.label
        for each in (label, SKOS.definition):
            assert {"en", "es"} <= set(languages(ontology, term, each)) <= set(LANGUAGES), name(
                term
            )
        assert list(ontology.objects(term, SKOS.example)), name(term)
        assert list(ontology.objects(term, RDFS.isDefinedBy)) == [ONTOLOGY], name(term)
        for text in ontology.objects(term, SKOS.definition):
            assert str(text).endswith("."), name(term)
            assert str(text)[0].isupper(), name(term)


def test_no_two_terms_have_one_label(ontology: Graph, terms: list[URIRef]) -> None:
    """Within classes, within properties, within one scheme."""
    seen: dict[tuple[str, ...], URIRef] = {}
    for term in terms:
        kind = next(iter(set(ontology.objects(term, RDF.type)) & KINDS))
        scheme = ontology.value(term, SKOS.inScheme) or ""
        for predicate in (RDFS.label, SKOS.prefLabel):
            for label in ontology.objects(term, predicate):
                place = (str(kind), str(scheme), str(label), str(getattr(label, "language", "")))
                assert seen.setdefault(place, term) == term, (name(term), name(seen[place]))


def test_what_terms_point_at_is_declared(ontology: Graph, terms: list[URIRef]) -> None:
    """Domains, ranges, superclasses, schemes: no slip in a name of ours."""
    for triple in ontology:
        for node in triple:
            if isinstance(node, URIRef) and str(node).startswith(GG):
                assert node in terms, (node, triple)


def test_concepts_have_a_scheme_and_a_notation(ontology: Graph, terms: list[URIRef]) -> None:
    for term in terms:
        if (term, RDF.type, SKOS.Concept) in ontology:
            schemes = list(ontology.objects(term, SKOS.inScheme))
            assert len(schemes) == 1, name(term)
            assert (schemes[0], RDF.type, SKOS.ConceptScheme) in ontology
            assert len(list(ontology.objects(term, SKOS.notation))) == 1, name(term)


def test_blank_nodes_are_those_of_property_chains(ontology: Graph) -> None:
    """RDF lists need them; nothing else here does."""
    blank = {node for triple in ontology for node in triple if isinstance(node, BNode)}
    chained: set[Node] = set()
    for start in ontology.objects(None, OWL.propertyChainAxiom):
        node: Node | None = start
        while node is not None and node != RDF.nil:
            chained.add(node)
            node = ontology.value(node, RDF.rest)
    assert blank == chained
    assert len(blank) == 2


def test_the_form_is_that_of_the_house() -> None:
    """Terms in alphabetical order, one property a line, the closing dot on its own line."""
    text = FILE.read_text(encoding="utf-8")
    blocks = [block for block in text.split("\n\n") if block.startswith("gg:")]
    subjects = [block.split("\n", 1)[0] for block in blocks]
    assert subjects == sorted(subjects, key=str.casefold)
    for block in blocks:
        lines = block.rstrip("\n").split("\n")
        assert lines[-1] == "    .", lines[0]
        assert all(line.endswith(" ;") for line in lines[1:-1]), lines[0]


@pytest.fixture(scope="module")
def closed(built: Built) -> Graph:
    """The OWL 2 RL closure of ontology and data, by owlrl."""
    dataset = Dataset(default_union=True)
    dataset.parse(data=built.dataset.read().decode(), format="nquads")
    graph = Graph(bind_namespaces="none")
    for subject, predicate, value in dataset.triples((None, None, None)):
        graph.add((subject, predicate, value))
    # The lists of property chains are named in the dataset; the rules read both forms.
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False).expand(graph)
    return graph


@pytest.mark.whole
def test_reasoning_finds_no_contradiction(closed: Graph) -> None:
    """No member of owl:Nothing, and none of the error nodes that owlrl writes."""
    assert list(closed.subjects(RDF.type, OWL.Nothing)) == []
    errors = URIRef("http://www.daml.org/2002/03/agents/agent-ont#ErrorMessage")
    assert list(closed.subjects(RDF.type, errors)) == []
    assert [node for node in closed.subjects() if "ErrorMessage" in str(node)] == []
    assert [value for value in closed.objects() if "ErrorMessage" in str(value)] == []


@pytest.mark.whole
def test_reasoning_does_infer(closed: Graph) -> None:
    """So that the test above cannot pass over an empty closure: subclass, inverse."""
    plan = "https://w3id.org/gapgraph/id/plan/pnat-2017-2021"
    category = URIRef(f"{plan}/category/24")
    assert (category, RDF.type, URIRef(f"{GG}PlanElement")) in closed
    assert (category, RDF.type, SKOS.Concept) in closed
    assert (URIRef(plan), RDF.type, URIRef(f"{GG}Instrument")) in closed
    topic = URIRef("https://w3id.org/gapgraph/id/analysis/oas-pnat/topic/13.1")
    assert (category, URIRef(f"{GG}addresses"), topic) in closed


def test_no_literal_is_ill_typed(built: Built) -> None:
    dataset = Dataset()
    dataset.parse(data=built.dataset.read().decode(), format="nquads")
    literals = {node for quad in dataset for node in quad[:3] if isinstance(node, Literal)}
    assert len(literals) > 1000
    assert [literal for literal in literals if literal.ill_typed] == []


def used_terms() -> set[str]:
    """Local names that data, shapes, rules or queries use, by IRI or prefixed name."""
    folders = (ROOT / "data", ROOT / "queries", ROOT / "ontology")
    files: list[Path] = [
        file
        for folder in folders
        for file in sorted(folder.rglob("*"))
        if file.suffix in {".ttl", ".rq", ".tsv"} and file != FILE
    ]
    assert len(files) >= 4
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return set(re.findall(rf"(?:\bgg:|{re.escape(GG)})([A-Za-z]\w*)", text))


def test_every_term_is_used_or_excused_by_name(terms: list[URIRef]) -> None:
    used, names = used_terms(), {name(term) for term in terms}
    assert sorted(names - used - set(EXCUSED)) == []
    assert sorted(set(EXCUSED) - names) == [], "excused, and not in the ontology"
    needless = {term for term, reason in EXCUSED.items() if reason != "derived" and term in used}
    assert sorted(needless) == [], "excused, and used"


def test_every_used_term_is_declared(terms: list[URIRef]) -> None:
    assert sorted(used_terms() - {name(term) for term in terms}) == []
