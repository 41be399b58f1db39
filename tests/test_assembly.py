"""Named graphs: each triple in one of them, and each in its own."""

from __future__ import annotations

from collections import Counter

import pyoxigraph
import pytest
from rdflib import BNode, Graph, Literal, URIRef

from conftest import Built
from gapgraph.assembly import BLANK_NODES_IN, Assembly, labelled
from gapgraph.errors import InputError
from gapgraph.namespaces import BASE, GG, ID, RDF, SKOS

FRAMEWORK = f"{BASE}graph/framework/oas-work-plan-2"
PLAN = f"{BASE}graph/plan/pnat-2017-2021"
ASSERTED = f"{BASE}graph/analysis/oas-pnat/asserted"
EX = "https://example.org/"


@pytest.fixture(scope="module")
def quads(built: Built) -> list[pyoxigraph.Quad]:
    """The dataset, read with a library that the build does not write with."""
    return list(pyoxigraph.parse(built.dataset.read(), format=pyoxigraph.RdfFormat.N_QUADS))


def triple(quad: pyoxigraph.Quad) -> tuple[str, str, str]:
    return (str(quad.subject), str(quad.predicate), str(quad.object))


def of_graph(quads: list[pyoxigraph.Quad], graph: str) -> set[tuple[str, str, str]]:
    return {triple(quad) for quad in quads if str(quad.graph_name) == f"<{graph}>"}


def test_no_triple_stands_in_two_graphs(quads: list[pyoxigraph.Quad]) -> None:
    repeated = [each for each, n in Counter(map(triple, quads)).items() if n > 1]
    assert repeated == []
    assert len(quads) > 4000


def test_blank_nodes_stand_in_paths_and_lists_only(quads: list[pyoxigraph.Quad]) -> None:
    """What is read by its kind of node keeps it; every other node has an IRI."""
    blank: Counter[str] = Counter()
    for quad in quads:
        assert isinstance(quad.graph_name, pyoxigraph.NamedNode)
        for term in (quad.subject, quad.object):
            if isinstance(term, pyoxigraph.BlankNode):
                blank[quad.graph_name.value] += 1
    assert set(blank) == set(map(str, BLANK_NODES_IN))


def test_asserted_graphs_together_are_annex_ttl(quads: list[pyoxigraph.Quad], annex: Graph) -> None:
    union = of_graph(quads, FRAMEWORK) | of_graph(quads, PLAN) | of_graph(quads, ASSERTED)
    text = annex.serialize(format="nt")
    expected = {
        triple(quad) for quad in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_TRIPLES)
    }
    assert union == expected


def test_each_graph_speaks_of_its_own(quads: list[pyoxigraph.Quad]) -> None:
    """By the IRIs of the contract: framework's parts, plan's parts, the analysis's nodes."""
    framework, plan, asserted = (of_graph(quads, each) for each in (FRAMEWORK, PLAN, ASSERTED))
    for subject, _, _ in plan:
        assert subject.startswith((f"<{ID}plan/pnat-2017-2021", f"<{PLAN}>")), subject
    for subject, _, value in framework:
        own = (f"<{ID}framework/oas-work-plan-2", f"<{ID}instrument/", f"<{FRAMEWORK}>")
        assert subject.startswith(own), subject
        assert f"{ID}analysis/" not in value
    for subject, _, value in asserted:
        analysis = (f"<{ID}analysis/oas-pnat", f"<{ID}concept/", f"<{ASSERTED}>")
        assert subject.startswith(analysis) or f"{ID}analysis/" in value, (subject, value)


def test_classes_stand_in_the_graphs_they_belong_to(quads: list[pyoxigraph.Quad]) -> None:
    places: dict[str, Counter[str]] = {}
    for quad in quads:
        if quad.predicate.value == str(RDF.type) and isinstance(quad.object, pyoxigraph.NamedNode):
            name = quad.object.value.removeprefix(str(GG))
            places.setdefault(name, Counter())[str(quad.graph_name)[1:-1]] += 1
    assert places["Directive"] == {FRAMEWORK: 67}
    assert places["Section"] == {FRAMEWORK: 4}
    assert places["Indicator"] == {FRAMEWORK: 62}
    assert places["PNATCategory"] == {PLAN: 29}
    assert places["Topic"] == {ASSERTED: 111}
    assert places["Mapping"] == {ASSERTED: 125}
    assert places["Observation"] == {ASSERTED: 98}


def test_the_manifest_counts_each_graph(quads: list[pyoxigraph.Quad], built: Built) -> None:
    counted = Counter(str(quad.graph_name)[1:-1] for quad in quads)
    assert built.dataset.manifest["graphs"] == dict(counted)
    assert built.dataset.manifest["dataset"]["quads"] == len(quads)
    first = built.dataset.manifest["analyses"][0]
    expected = (4, 67, 62, 111, 29, 125, 93, 31, 98)
    names = "sections directives indicators topics categories mappings"
    keys = [*names.split(), "mappings_to_categories", "mappings_to_none", "observations"]
    assert tuple(first[key] for key in keys) == expected


def test_a_triple_stays_in_the_first_graph() -> None:
    assembly = Assembly()
    one = (URIRef(f"{EX}s"), URIRef(f"{EX}p"), Literal("o"))
    assembly.add(URIRef(f"{EX}a"), [one])
    assembly.add(URIRef(f"{EX}b"), [one, (one[0], one[1], Literal("other"))])
    assert assembly.graphs == {
        URIRef(f"{EX}a"): {(f"<{EX}s>", f"<{EX}p>", '"o"')},
        URIRef(f"{EX}b"): {(f"<{EX}s>", f"<{EX}p>", '"other"')},
    }


def test_a_concept_keeps_one_preferred_label_a_language() -> None:
    """SKOS S14: the second is an alternative; S13: and none is both."""
    assembly = Assembly()
    concept = URIRef(f"{ID}concept/trata")
    first, second = Literal("Trata", lang="es"), Literal("trata", lang="es")
    english = Literal("Trafficking", lang="en")
    assembly.add(URIRef(f"{EX}a"), [(concept, SKOS.prefLabel, first)])
    assembly.add(
        URIRef(f"{EX}b"),
        [
            (concept, SKOS.prefLabel, second),
            (concept, SKOS.altLabel, first),
            (concept, SKOS.prefLabel, english),
        ],
    )
    assert {triple[1:] for each in assembly.graphs.values() for triple in each} == {
        (f"<{SKOS.prefLabel}>", '"Trata"@es'),
        (f"<{SKOS.altLabel}>", '"trata"@es'),
        (f"<{SKOS.prefLabel}>", '"Trafficking"@en'),
    }


def _with_blanks(*names: str) -> Graph:
    result = Graph(bind_namespaces="none")
    for place, node in enumerate(map(BNode, names)):
        result.add((URIRef(f"{EX}s"), URIRef(f"{EX}p{place}"), node))
        result.add((node, URIRef(f"{EX}q"), Literal(place)))
    return result


def test_blank_nodes_get_the_same_labels_at_every_build() -> None:
    """Whatever the library calls them, and whatever order they come in."""
    one, other = labelled(_with_blanks("a", "b"), "x"), labelled(_with_blanks("z", "c"), "x")
    assert set(one) == set(other)
    assert len(one) == 4
    assert all(str(node).startswith("x-") for node in one.objects(URIRef(f"{EX}s")))
    assert set(labelled(_with_blanks("a"), "y")).isdisjoint(labelled(_with_blanks("a"), "x"))
    plain = Graph()
    plain.add((URIRef(f"{EX}s"), URIRef(f"{EX}p"), Literal(1)))
    assert set(labelled(plain, "x")) == set(plain)


@pytest.mark.parametrize("graph", ["analysis/a/asserted", "context", "plan/p", "meta"])
def test_no_other_graph_takes_a_blank_node(graph: str) -> None:
    with pytest.raises(InputError, match=f"graph/{graph} would hold a blank node"):
        Assembly().add(URIRef(f"{BASE}graph/{graph}"), _with_blanks("a"))
