"""The asserted graph against the independent reader: whole lists, not only counts."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, SKOS, Namespace

import oracle

SOURCE = Path(__file__).resolve().parents[1] / "data" / "source" / "annex.txt"
GG = Namespace("https://w3id.org/gapgraph/ontology#")
ID = "https://w3id.org/gapgraph/id/"
FRAMEWORK, PLAN, ANALYSIS = (
    f"{ID}framework/oas-work-plan-2",
    f"{ID}plan/pnat-2017-2021",
    f"{ID}analysis/oas-pnat",
)
READ = oracle.read(SOURCE)


@pytest.fixture(scope="module", params=["annex", "fresh_annex"])
def graph(request: pytest.FixtureRequest) -> Graph:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Graph)
    return found


def one(graph: Graph, subject: URIRef, predicate: URIRef) -> str:
    values = list(graph.objects(subject, predicate))
    assert len(values) == 1, (subject, predicate, values)
    return str(values[0])


def children(graph: Graph, prefix: str, kind: URIRef) -> list[URIRef]:
    """The nodes of a class named prefix1, prefix2 … in order, which is also their position."""
    nodes = {
        int(str(node).removeprefix(prefix)): URIRef(str(node))
        for node in graph.subjects(RDF.type, kind)
        if str(node).startswith(prefix) and str(node).removeprefix(prefix).isdigit()
    }
    assert sorted(nodes) == list(range(1, len(nodes) + 1)), prefix
    for number, node in nodes.items():
        assert one(graph, node, GG.position) == str(number)
    return [nodes[number] for number in sorted(nodes)]


def of_class(graph: Graph, name: str) -> int:
    return len(set(graph.subjects(RDF.type, GG[name])))


def test_the_counts_of_the_issue(graph: Graph) -> None:
    """The numbers that must come out, as the issue states them."""
    sections = Counter(one(graph, node, GG.inSection) for node in graph.subjects(GG.inSection))
    assert [sections[f"{FRAMEWORK}/section/{n}"] for n in range(1, 5)] == [17, 17, 10, 23]
    assert len(sections) == of_class(graph, "Section") == 4
    assert of_class(graph, "Directive") == 67
    assert of_class(graph, "Indicator") == 62
    assert of_class(graph, "Topic") == 111
    assert of_class(graph, "Observation") == 98
    assert of_class(graph, "Mapping") == 125
    targets = Counter(str(target) for target in graph.objects(None, GG.mapsTo))
    categories = {iri: n for iri, n in targets.items() if iri.startswith(f"{PLAN}/category/")}
    assert (sum(categories.values()), len(categories)) == (93, 29)
    assert of_class(graph, "PNATCategory") == 29
    assert set(targets) - set(categories) == {f"{PLAN}/element/marco-normativo"}
    assert targets[f"{PLAN}/element/marco-normativo"] == 1
    assert 125 - sum(targets.values()) == 31
    assert len(set(graph.objects(None, GG.aboutConcept))) == 92


def test_the_oracle_has_the_same_counts() -> None:
    """So that the comparisons below compare all there is."""
    values = [value for each in READ for _, found in each.topics for value in found]
    assert len(READ) == 67
    assert sum(len(each.indicators) for each in READ) == 62
    assert sum(len(each.topics) for each in READ) == 111
    assert sum(len(each.observations) for each in READ) == 98
    assert len(values) == 125
    assert sum(value == "No hay" for value in values) == 31


def test_directives_are_those_of_the_source(graph: Graph) -> None:
    expected = [(each.number, each.section, each.text) for each in READ]
    found = []
    for node in graph.subjects(RDF.type, GG.Directive):
        number = int(one(graph, node, GG.number))
        assert str(node) == f"{FRAMEWORK}/directive/{number}"
        section = one(graph, node, GG.inSection).removeprefix(f"{FRAMEWORK}/section/")
        found.append((number, int(section), " ".join(one(graph, node, GG.text).split())))
    assert sorted(found) == expected


def test_indicators_are_those_of_the_source(graph: Graph) -> None:
    for each in READ:
        nodes = children(graph, f"{FRAMEWORK}/directive/{each.number}/indicator/", GG.Indicator)
        assert tuple(one(graph, node, GG.text) for node in nodes) == each.indicators
        directive = URIRef(f"{FRAMEWORK}/directive/{each.number}")
        assert set(graph.objects(directive, GG.hasIndicator)) == set(nodes)


def test_observations_are_those_of_the_source(graph: Graph) -> None:
    for each in READ:
        nodes = children(graph, f"{ANALYSIS}/observation/{each.number}.", GG.Observation)
        assert tuple(one(graph, node, GG.text) for node in nodes) == each.observations
        directive = URIRef(f"{FRAMEWORK}/directive/{each.number}")
        assert set(graph.objects(directive, GG.hasObservation)) == set(nodes)


def test_topics_and_values_are_those_of_the_source(graph: Graph) -> None:
    """Every topic → values pair, in order, and where each value leads."""
    for each in READ:
        topics = children(graph, f"{ANALYSIS}/topic/{each.number}.", GG.Topic)
        directive = URIRef(f"{FRAMEWORK}/directive/{each.number}")
        assert set(graph.objects(directive, GG.hasTopic)) == set(topics)
        found = []
        for place, topic in enumerate(topics, start=1):
            mappings = children(graph, f"{ANALYSIS}/mapping/{each.number}.{place}.", GG.Mapping)
            assert set(graph.subjects(GG.mapsTopic, topic)) == set(mappings)
            literals = tuple(one(graph, mapping, GG.literalLabel) for mapping in mappings)
            found.append((one(graph, topic, GG.text), literals))
            leads = [tuple(map(str, graph.objects(node, GG.mapsTo))) for node in mappings]
            assert leads == [expected_target(value) for value in literals]
            assert {str(node) for node in graph.objects(topic, GG.addressedBy)} == {
                iri for lead in leads for iri in lead
            }
            gap = Literal(literals == ("No hay",))
            assert list(graph.objects(topic, GG.declaredGap)) == [gap]
        assert tuple(found) == each.topics


def expected_target(value: str) -> tuple[str, ...]:
    number = oracle.category_number(value)
    if number is not None:
        return (f"{PLAN}/category/{number}",)
    return {"No hay": (), "Marco normativo": (f"{PLAN}/element/marco-normativo",)}[value]


def test_text_keys_are_checksums_of_the_texts(graph: Graph) -> None:
    texts = dict(graph.subject_objects(GG.text))
    keys = {node: str(key) for node, key in graph.subject_objects(GG.textKey)}
    assert len(texts) == 67 + 62 + 111 + 98
    assert keys == {
        node: hashlib.sha256(str(text).encode()).hexdigest() for node, text in texts.items()
    }
    assert {getattr(text, "language", None) for text in texts.values()} == {"es"}


def test_labels_of_categories_are_the_most_frequent_forms(graph: Graph) -> None:
    """prefLabel: most frequent, on a tie without full stop; altLabel: every other form."""
    forms: dict[int, Counter[str]] = {}
    for each in READ:
        for _, values in each.topics:
            for value in values:
                number = oracle.category_number(value)
                if number is not None:
                    name = re.sub(r"^Categoría \d+\s*[-–:.]?\s*", "", value)
                    forms.setdefault(number, Counter())[name] += 1
    assert sorted(forms) == list(range(1, 30))
    ties = 0
    for number, counts in forms.items():
        node = URIRef(f"{PLAN}/category/{number}")
        best = [name for name, count in counts.items() if count == max(counts.values())]
        plain = [name for name in best if not name.endswith(".")] or best
        ties += len(plain) > 1
        preferred = one(graph, node, SKOS.prefLabel)
        assert preferred in plain
        others = {str(label) for label in graph.objects(node, SKOS.altLabel)}
        assert others == set(counts) - {preferred}
        assert one(graph, node, GG.number) == str(number)
    assert ties <= 6  # the rule leaves few labels to the order of the rows


def test_concepts_gather_topics_of_one_label(graph: Graph) -> None:
    """Case and final colon aside: one concept for one label, and no other."""
    labels: dict[str, set[str]] = {}
    for topic, concept in graph.subject_objects(GG.aboutConcept):
        label = one(graph, URIRef(str(topic)), GG.text).rstrip(":").casefold()
        labels.setdefault(label, set()).add(str(concept))
    assert all(len(concepts) == 1 for concepts in labels.values())
    assert len({iri for concepts in labels.values() for iri in concepts}) == len(labels)


def test_source_lines_hold_what_was_read_from_them(graph: Graph) -> None:
    """Each text stands, letter by letter, in the lines its node names."""
    lines = ["", *SOURCE.read_text(encoding="utf-8").split("\n")]
    checked = 0
    for predicate in (GG.text, GG.literalLabel):
        for node, text in graph.subject_objects(predicate):
            numbers = sorted(int(str(line)) for line in graph.objects(node, GG.sourceLine))
            if not numbers:
                assert (node, RDF.type, GG.Instrument) in graph
                continue
            assert words_in_order(str(text), " ".join(lines[n] for n in numbers)), node
            checked += 1
    assert checked == 67 + 62 + 111 + 98 + 125 + 4 + 4 * 5


def words_in_order(text: str, cells: str) -> bool:
    """Whether the words of a text stand in the cells in this order."""
    found = iter(re.sub(r"<[^>]*>", " ", cells).split())
    return all(word in found for word in text.split())


def test_rows_cut_by_a_page_name_both_lines(graph: Graph) -> None:
    """Directive 17 goes on in line 37; observation 27 is one sentence over two pages."""
    directive = URIRef(f"{FRAMEWORK}/directive/17")
    assert sorted(int(str(n)) for n in graph.objects(directive, GG.sourceLine)) == [35, 37]
    text = one(graph, directive, GG.text)
    assert (
        "e) Convención de las Naciones Unidas para la protección de los derechos de todos los "
        "trabajadores migrantes y miembros de sus familias." in text.split("\n")
    )
    assert len(text.split("\n")) == 8


def test_cited_instruments_carry_their_literal_names(graph: Graph) -> None:
    """Directive 17 a) to g): every name stands in its text, and no letter is left out."""
    directive = URIRef(f"{FRAMEWORK}/directive/17")
    text = one(graph, directive, GG.text)
    names = [
        str(name)
        for instrument in graph.objects(directive, GG.cites)
        for name in graph.objects(instrument, GG.literalLabel)
        if str(name) in text
    ]
    assert len(set(graph.objects(directive, GG.cites))) == 11
    for paragraph in text.split("\n")[1:]:
        assert re.match(r"[a-g]\) ", paragraph)
        assert any(name in paragraph for name in names), paragraph


def test_source_is_named_with_its_checksum(graph: Graph) -> None:
    node = URIRef(f"{ANALYSIS}/source")
    sha256 = URIRef("https://schema.org/sha256")
    assert one(graph, node, sha256) == hashlib.sha256(SOURCE.read_bytes()).hexdigest()
