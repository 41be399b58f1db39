"""The writers of Turtle and N-Quads: read back by two libraries, the same bytes in any order."""

from __future__ import annotations

import random
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from rdflib import BNode, Dataset, Graph, Literal, URIRef
from rdflib.namespace import XSD
from rdflib.term import Node

from gapgraph.errors import InputError
from gapgraph.namespaces import BASE, GG, PREFIXES, RDF, SKOS, Names
from gapgraph.ntriples import (
    Texts,
    Writer,
    iri_of,
    lexical_form,
    nquads_of,
    ntriples_of,
    write_ntriples,
)
from gapgraph.rdf import read_turtle
from gapgraph.turtle import natural, write_turtle

Triple = tuple[Node, Node, Node]
EX = "https://example.org/"

#: The same examples at every run, and few: the whole suite is run often.
QUICK = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)

#: Any text that UTF-8 can hold and RDF 1.1 does not normalise away.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
LOCALS = st.one_of(
    st.text("aZ09_./-", max_size=12),
    st.text("aZ09ñé²_~!$&'()*+,;=:@?-", max_size=12),
)
IRIS = st.builds(
    lambda namespace, local: URIRef(namespace + local),
    st.sampled_from([EX, *PREFIXES.values(), f"{BASE}id/plan/p/category/"]),
    LOCALS,
)
LITERALS = st.one_of(
    st.builds(Literal, TEXTS),
    st.builds(lambda text, tag: Literal(text, lang=tag), TEXTS, st.sampled_from(["es", "es-pe"])),
    st.builds(
        lambda text, kind: Literal(text, datatype=kind, normalize=False),
        TEXTS,
        st.sampled_from([URIRef(f"{EX}type"), URIRef(f"{EX}type#0"), XSD.string]),
    ),
    st.builds(lambda number: Literal(number, datatype=XSD.integer), st.integers()),
    st.builds(Literal, st.booleans()),
    st.sampled_from(
        [
            Literal("007", datatype=XSD.integer, normalize=False),
            Literal("+7", datatype=XSD.integer, normalize=False),
            Literal("2020-04-20", datatype=XSD.date),
            Literal("1.50", datatype=XSD.decimal, normalize=False),
            Literal("1", datatype=XSD.boolean, normalize=False),
        ]
    ),
)
TRIPLES = st.lists(st.tuples(IRIS, IRIS, st.one_of(IRIS, LITERALS)), min_size=1, max_size=8)


def plain(node: Node) -> tuple[str, ...]:
    """What a term is, a plain string literal being one of xsd:string."""
    if isinstance(node, Literal):
        return ("literal", str(node), str(node.language or ""), str(node.datatype or XSD.string))
    return ("iri", str(node))


def of_oxigraph(term: object) -> tuple[str, ...]:
    if isinstance(term, pyoxigraph.Literal):
        kind = str(XSD.string) if term.language else term.datatype.value
        return ("literal", term.value, term.language or "", kind)
    assert isinstance(term, pyoxigraph.NamedNode)
    return ("iri", term.value)


@QUICK
@given(TRIPLES)
def test_turtle_is_read_back_the_same(triples: list[Triple]) -> None:
    text = write_turtle(triples)
    expected = {tuple(plain(node) for node in triple) for triple in triples}
    found = {
        tuple(of_oxigraph(term) for term in (each.subject, each.predicate, each.object))
        for each in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE)
    }
    assert found == expected


@QUICK
@given(TRIPLES)
def test_turtle_is_read_back_by_rdflib(triples: list[Triple]) -> None:
    again = Graph(bind_namespaces="none")
    again.parse(data=write_turtle(triples), format="turtle")
    # rdflib writes 007 as 7 and knows two plain strings: compare with what it makes of each.
    expected = {
        tuple(
            Literal(str(node), datatype=None if node.datatype == XSD.string else node.datatype)
            if isinstance(node, Literal) and node.datatype
            else node
            for node in triple
        )
        for triple in triples
    }
    assert set(again) == expected


def nquads(graphs: dict[URIRef, list[Triple]]) -> str:
    """Named graphs as a build writes them."""
    return "".join(
        nquads_of({name: list(Writer().written(triples)) for name, triples in graphs.items()})
    )


@QUICK
@given(TRIPLES)
def test_what_is_written_is_taken_apart_again(triples: list[Triple]) -> None:
    """By line and term, whatever signs stand in a text; nothing of it is parsed."""
    text = write_ntriples(triples)
    written = Texts().read(text)
    assert written == set(Writer().written(triples))
    assert ntriples_of(written) == text
    for node in {node for triple in triples for node in triple}:
        term = Writer().term(node)
        if isinstance(node, Literal):
            assert (iri_of(term), lexical_form(term)) == ("", str(node))
        else:
            assert iri_of(term) == str(node)


@QUICK
@given(TRIPLES, IRIS)
def test_nquads_are_read_back_the_same(triples: list[Triple], graph: URIRef) -> None:
    text = nquads({graph: triples})
    expected = {tuple(plain(node) for node in (*triple, graph)) for triple in triples}
    found = {
        tuple(
            of_oxigraph(term)
            for term in (each.subject, each.predicate, each.object, each.graph_name)
        )
        for each in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_QUADS)
    }
    assert found == expected
    assert text.count("\n") == len(expected)


@QUICK
@given(TRIPLES, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(triples: list[Triple], chance: random.Random) -> None:
    shuffled = [*triples, *triples]
    chance.shuffle(shuffled)
    graph = URIRef(f"{EX}g")
    assert write_turtle(shuffled) == write_turtle(triples)
    lines = nquads({graph: shuffled})
    assert lines == nquads({graph: triples})
    each = lines.encode().removesuffix(b"\n").split(b"\n")
    assert each == sorted({*each})  # by their bytes, as they are looked up


def test_nquads_of_the_build_are_read_by_rdflib(built) -> None:  # type: ignore[no-untyped-def]
    dataset = Dataset()
    dataset.parse(data=built.dataset.read().decode(), format="nquads")
    assert len(dataset) == built.dataset.manifest["dataset"]["quads"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_blank_nodes_are_refused(place: int) -> None:
    triple: list[Node] = [URIRef(f"{EX}{n}") for n in "spo"]
    triple[place] = BNode("b")
    with pytest.raises(InputError, match="_:b is a blank node: give every node an IRI"):
        write_turtle([(triple[0], triple[1], triple[2])])
    with pytest.raises(InputError, match="_:b is a blank node: give every node an IRI"):
        nquads({URIRef(f"{EX}g"): [(triple[0], triple[1], triple[2])]})


def test_the_form_reads_well_in_a_diff() -> None:
    """Fixed order, one property a line, the dot on its own line, 2 before 10."""
    names = Names(
        URIRef(f"{BASE}id/analysis/a"),
        URIRef(f"{BASE}id/framework/f"),
        URIRef(f"{BASE}id/plan/p"),
    )
    text = write_turtle(
        [
            (names.directive(10), GG.text, Literal('diez "a"\n\\', lang="es")),
            (names.directive(2), GG.sourceLine, Literal(10)),
            (names.directive(2), GG.sourceLine, Literal(9)),
            (names.directive(2), GG.number, Literal(2)),
            (names.directive(2), RDF.type, GG.Directive),
            (names.topic(2, 1), GG.declaredGap, Literal(True)),
            (names.plan, SKOS.prefLabel, Literal("Plan", lang="es")),
        ],
        prefixes=names.prefixes(),
        comment="A\nB",
    )
    assert text == (
        "# A\n# B\n"
        "@prefix directive: <https://w3id.org/gapgraph/id/framework/f/directive/> .\n"
        "@prefix gg: <https://w3id.org/gapgraph/ontology#> .\n"
        "@prefix plan: <https://w3id.org/gapgraph/id/plan/> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "@prefix topic: <https://w3id.org/gapgraph/id/analysis/a/topic/> .\n"
        "\n"
        "topic:2.1\n    gg:declaredGap true ;\n    .\n"
        "\n"
        "directive:2\n    a gg:Directive ;\n    gg:number 2 ;\n"
        "    gg:sourceLine 9 ;\n    gg:sourceLine 10 ;\n    .\n"
        "\n"
        'directive:10\n    gg:text "diez \\"a\\"\\n\\\\"@es ;\n    .\n'
        "\n"
        'plan:p\n    skos:prefLabel "Plan"@es ;\n    .\n'
    )


@pytest.mark.parametrize(
    ("shuffled", "ordered"),
    [
        (["d/10", "d/9", "d/1"], ["d/1", "d/9", "d/10"]),
        (["t/2.10", "t/10.1", "t/2.9"], ["t/2.9", "t/2.10", "t/10.1"]),
        (["b", "a1", "a", "1"], ["1", "a", "a1", "b"]),
        (["2" * 5000, "1" * 5000], ["1" * 5000, "2" * 5000]),
        (["a01", "a1", "a001"], ["a001", "a01", "a1"]),
        (["x٣", "x3", "x²", "x"], ["x", "x3", "x²", "x٣"]),
    ],
)
def test_natural_order(shuffled: list[str], ordered: list[str]) -> None:
    assert sorted(shuffled, key=natural) == ordered


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("@prefix a: <https://example.org/> .\na:b a:c \n", None),
        ("a:b a:c a:d .\n", 1),
        ("<a> <b> <c> .\n<a> <b> .\n", 2),
        ("<a> <b> 'open\n", 1),
        ("{}", 1),
    ],
)
def test_what_is_not_turtle_is_told(tmp_path: Path, content: str, line: int | None) -> None:
    file = tmp_path / "a.ttl"
    file.write_text(content)
    with pytest.raises(InputError) as caught:
        read_turtle(file)
    message = str(caught.value)
    assert message.startswith(f"{file}:")
    assert "is not Turtle (" in message
    assert message.endswith(": mend it, or name its format")
    assert "\n" not in message
    if line:
        assert caught.value.line == line


def test_turtle_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text("@prefix a: <https://example.org/> .\na:b a:c 'ñ'@es .\n")
    assert list(read_turtle(file)) == [
        (URIRef(f"{EX}b"), URIRef(f"{EX}c"), Literal("ñ", lang="es"))
    ]


@pytest.mark.parametrize(
    ("iri", "words"),
    [
        ("http://example.org/a b", "it has a space (U+0020)"),
        ("http://example.org/{id}", "it has { (U+007B"),
        ("http://example.org/a>b", "it has > (U+003E"),
        ("http://example.org/100%", "percent"),
        ("urn:x:a\\b", "(U+005C"),
        ("http://example.org/\n", "(U+000A"),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_an_iri_that_cannot_be_written_is_named_and_not_mended(
    iri: str, words: str, place: int
) -> None:
    triple: list[Node] = [URIRef("urn:x:s"), URIRef("urn:x:p"), URIRef("urn:x:o")]
    if place == 3:
        triple[2] = Literal("x", datatype=URIRef(iri))
    else:
        triple[place] = URIRef(iri)
    one = (triple[0], triple[1], triple[2])
    for write in (
        lambda: write_turtle([one]),
        lambda: nquads({URIRef("urn:x:g"): [one]}),
    ):
        with pytest.raises(InputError, match="is no IRI") as caught:
            write()
        assert repr(iri) in str(caught.value).replace("\\\\", "\\\\")
        assert words in str(caught.value)
