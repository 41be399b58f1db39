"""The engine's results, each one kept: two constraints of one kind in one shape are two results."""

from __future__ import annotations

import pytest
from rdflib import XSD, BNode, Graph, Literal, URIRef

from gapgraph.evaluation import CannotAnswerError, Evaluator, bound
from gapgraph.validation.engine import validate
from gapgraph.validation.prepare import prepare
from mutation import mutations, table
from shape_cases import ontology, shapes

PREFIXES = """
    @prefix : <urn:x:> . @prefix sh: <http://www.w3.org/ns/shacl#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


@pytest.mark.parametrize(
    ("constraints", "data", "count"),
    [
        ("sh:path :p ; sh:class :A, :B", ":a :p :v .", 2),
        ("sh:path :p ; sh:hasValue 1, 2, 3", ":a :p 4 .", 3),
        ("sh:path :p ; sh:lessThan :q, :r", ":a :p 5 ; :q 1 ; :r 2 .", 2),
        ("sh:path :p ; sh:equals :q, :r", ":a :p 5 ; :q 5 ; :r 2 .", 2),
        ("sh:path :p ; sh:not [ sh:class :A ], [ sh:nodeKind sh:IRI ]", ":a :p :v . :v a :A .", 2),
        ("sh:path :p ; sh:class :A", ":a :p :v . :v a :A .", 0),
        ("sh:path :p ; sh:class :A", ":a :p :v, :w .", 2),
        (
            "sh:path :p ; sh:qualifiedValueShape [ sh:class :A ] ; sh:qualifiedMinCount 1 ;"
            " sh:qualifiedMaxCount 1",
            ":a :p :v .",
            1,
        ),
    ],
)
@pytest.mark.parametrize("plain", [True, False])
def test_as_many_results_as_the_standard_has(
    constraints: str, data: str, count: int, plain: bool
) -> None:
    shape = f"{PREFIXES} :S a sh:PropertyShape ; sh:targetNode :a ; {constraints} ."

    results = validate(Graph().parse(data=PREFIXES + data), Graph().parse(data=shape), plain=plain)

    assert len(results) == count


@pytest.mark.parametrize("plain", [True, False])
def test_a_value_of_two_nodes_is_judged_for_each(plain: bool) -> None:
    shape = f"""{PREFIXES}
        :S sh:targetNode :a, :b ; sh:property [ sh:path :p ; sh:property :Inner ] .
        :Inner a sh:PropertyShape ; sh:path :q ; sh:minCount 1 .
    """
    data = Graph().parse(data=f"{PREFIXES} :a :p :v . :b :p :v, :w . :w :q 1 .")

    results = validate(data, Graph().parse(data=shape), plain=plain)

    assert [str(each.focus) for each in results] == ["urn:x:v", "urn:x:v"]


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("SELECT $this ?value WHERE { ?value :p $this }", ["urn:x:b"]),
        ("SELECT $this ?value WHERE { FILTER ($this = :a) ?value :p :a }", ["urn:x:b"]),
        ("SELECT $this ?value WHERE { { SELECT $this ?value { ?value :p $this } } }", ["urn:x:b"]),
        (
            "SELECT $this ?value WHERE { ?value :p $this } GROUP BY $this ?value"
            " HAVING (COUNT(*) = 1)",
            ["urn:x:b"],
        ),
        ('SELECT $this ("$this {" AS ?value) WHERE { ?any :p $this }', ["$this {"]),
        # The engine would write it as 1.5.
        ("SELECT $this ?value WHERE { $this :q ?value }", ["1.50"]),
        ("SELECT $this ?value WHERE { $this :q ?q BIND (?q + 1 AS ?value) }", ["2.50"]),
        ("SELECT $this ?value WHERE { :c :p $this BIND (1 AS ?value) }", []),
    ],
)
def test_this_is_bound_beforehand(query: str, values: list[str], plain: bool) -> None:
    shape = f"""{PREFIXES}
        :S a sh:NodeShape ; sh:targetNode :a ; sh:sparql [
            sh:prefixes :S ; sh:select \"\"\"{query}\"\"\" ] ; sh:declare [
            sh:prefix "" ; sh:namespace "urn:x:"^^xsd:anyURI ] .
    """
    data = Graph().parse(data=f"{PREFIXES} :b :p :a . :a :q 1.50 .")

    results = validate(data, Graph().parse(data=shape), plain=plain)

    assert [str(each.value) for each in results] == values


def test_what_cannot_be_asked_alike_is_not_asked() -> None:
    store = Evaluator(
        [(URIRef("urn:x:a"), URIRef("urn:x:q"), Literal("1.5", datatype=XSD.decimal))]
    )

    for query, bindings in (
        ("SELECT (1.5 + ?q AS ?sum) WHERE { ?a <urn:x:q> ?q }", {}),
        ("SELECT ?this WHERE { ?this ?p ?o }", {"this": BNode()}),
        ("ASK { ?a ?b ?c }", {}),
        ("SELECT", {}),
    ):
        with pytest.raises(CannotAnswerError):
            store.select(query, bindings)
    for query in ("SELECT * WHERE { ?this ?p ?o }", "SELECT ?a WHERE { BIND (1 AS ?this) }"):
        with pytest.raises(CannotAnswerError):
            bound(query, {"this": "<urn:x:a>"})
    with pytest.raises(CannotAnswerError):
        Evaluator([(URIRef("no iri"), URIRef("urn:x:q"), Literal("x"))])


def test_a_number_that_may_be_of_another_type_is_not_given() -> None:
    count, place = (Literal("3", datatype=each) for each in (XSD.nonNegativeInteger, XSD.integer))
    node, link = URIRef("urn:x:a"), URIRef("urn:x:q")
    query = "SELECT ?n WHERE { ?a <urn:x:q> ?n }"

    assert Evaluator([(node, link, place)]).select(query, {}) == (["n"], [{"n": place}])
    for given in ((count,), (place, count)):
        with pytest.raises(CannotAnswerError):
            Evaluator([(node, link, each) for each in given]).select(query, {})


def test_the_findings_are_those_of_pyshacl_alone() -> None:
    """On the true build with faults of all kinds; `test_mutations` compares them one by one."""
    faulty = table()
    for each in list(mutations(20170608, 500))[::9]:
        for triple in each.remove:
            faulty.remove(triple)
        for triple in each.add:
            faulty.add(triple)
    data = prepare(faulty, ontology())

    results = validate(data, shapes("build").graph)

    assert len({each.shape for each in results}) > 40
    assert results == validate(data, shapes("build").graph, plain=True)
