"""What an engine does not have is told to who asked for it, as theirs to change."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from gapgraph.errors import UnsupportedFunctionError, UnwritableError
from gapgraph.store.embedded import parse_query
from gapgraph.store.embedded_write import Evaluation, evaluate
from gapgraph.store.workers import _reply

QUERIES = [
    "SELECT (<urn:f:near>(?o) AS ?x) { ?s ?p ?o }",
    "ASK { ?s ?p ?o FILTER(<urn:f:near>(?s, ?o)) }",
    "CONSTRUCT { ?s ?p ?x } WHERE { ?s ?p ?o BIND(<urn:f:near>() AS ?x) }",
    "PREFIX f: <urn:f:> SELECT ?s { ?s ?p ?o } ORDER BY f:near(?o)",
]


def answered(query: str, data: str, graph: str) -> object:
    store = ox.Store()
    store.update(f"INSERT DATA {{ {data} }}")
    wanted = Evaluation(query, "http://example.org/", "srj", "srj", graph, 10_000)
    return _reply(*evaluate(store, wanted), query)


@pytest.mark.parametrize("query", QUERIES)
def test_an_unknown_function_is_named(query: str) -> None:
    with pytest.raises(UnsupportedFunctionError, match="urn:f:near") as caught:
        answered(query, "<a:s> <a:p> 1", "ttl")
    assert (caught.value.code, caught.value.http_status) == ("unsupported-function", 400)
    with pytest.raises(UnsupportedFunctionError, match="urn:f:near"):
        parse_query(query)


@pytest.mark.parametrize("value", ["1", '"a"@es', "<a:o>"])
def test_a_format_that_cannot_hold_a_triple_term_is_a_406(value: str) -> None:
    data = f"<a:s> <a:p> <<( <a:s> <a:q> {value} )>>"
    with pytest.raises(UnwritableError) as caught:
        answered("CONSTRUCT WHERE { ?s ?p ?o }", data, "jsonld")
    assert caught.value.http_status == 406
    assert answered("CONSTRUCT WHERE { ?s ?p ?o }", data, "nt")
