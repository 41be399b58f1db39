"""The engine's results, each one kept: two constraints of one kind in one shape are two results."""

from __future__ import annotations

import pytest
from rdflib import Graph

from gapgraph.validation.engine import validate

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
    ],
)
def test_as_many_results_as_the_standard_has(constraints: str, data: str, count: int) -> None:
    shapes = Graph().parse(
        data=f"{PREFIXES} :S a sh:PropertyShape ; sh:targetNode :a ; {constraints} ."
    )

    results = validate(Graph().parse(data=PREFIXES + data), shapes)

    assert len(results) == count
