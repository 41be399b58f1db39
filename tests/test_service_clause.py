"""A SERVICE clause is asked as it is written, in time, and in its turn: a real Oxigraph answers."""

from __future__ import annotations

import json
import socket
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import Built
from peer import needs_oxigraph, oxigraph
from serving import Reply, Server, serving

pytestmark = [needs_oxigraph, pytest.mark.xdist_group("federation")]

DATA = """
PREFIX : <https://other.example/words#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
:one :number 1 ; :below -1 ; :word "one"@en ; :typed "1"^^xsd:byte ; <urn:x:#> "urn" .
:two :number 2 ; :below -2 ; :word "it's"@en ; :typed "2"^^xsd:byte .
:three :number 3 ; :below -3 ; :word "# three"@en ; :typed "3"^^xsd:byte .
<https://other.example/words#> :number 0 .
"""
WORDS = "https://other.example/words#"
#: Patterns, and the nodes that ``?s`` is.
PATTERNS = {
    "?s :number ?n FILTER(?n >= 2 && ?n != 3)": ["two"],
    "?s :number ?n FILTER(?n<=1||?n=3)": ["", "one", "three"],
    '?s :typed "2"^^xsd:byte': ["two"],
    '?s :typed "2" ^^ xsd:byte': ["two"],
    "?s :below -3": ["three"],
    "?s :below ?b FILTER(?b = 0-1)": ["one"],
    "?s :word ?w FILTER(STR(?w) = 'it\\'s')": ["two"],
    '?s :word "# three"@en # a comment with a brace }\n': ["three"],
    "?s :word '# three'@en . { ?s ?p 3 }": ["three"],
    "?s <urn:x:#> ?u": ["one"],
    "?s ^:none*/:number 1": ["one"],
    "BIND(<#> AS ?s) ?s :number 0": [""],
    "BIND(: AS ?s) ?s :number 0": [""],
    "?s a? :two": ["two"],
}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("other")
    (folder / "data.ttl").write_text(DATA)
    with oxigraph(folder / "store", [folder / "data.ttl"]) as address:
        yield address


@pytest.fixture(scope="module")
def silent() -> Iterator[str]:
    """An endpoint that takes questions and answers none."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


@pytest.fixture(scope="module")
def server(
    built: Built, endpoint: str, silent: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("asking")
    options = ("--workers", "1", "--output", str(built.output))
    allowed = ("--allow-service", endpoint, "--allow-service", silent)
    limits = {
        "GAPGRAPH_QUERY_SECONDS": "3", "GAPGRAPH_QUERY_WORKERS": "1", "GAPGRAPH_QUERY_QUEUE": "1"
    }  # fmt: skip
    with serving(folder, *options, *allowed, **limits) as running:
        yield running


def ask(server: Server, query: str, **more: str) -> Reply:
    return server.get(
        "sparql?" + urllib.parse.urlencode({"query": query, **more}),
        Accept="application/sparql-results+json",
    )


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_pattern_is_asked_as_it_is_written(server: Server, endpoint: str, pattern: str) -> None:
    prologue = """BASE <https://other.example/words>
    PREFIX : <#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>"""
    query = f"{prologue} SELECT DISTINCT ?s {{ SERVICE <{endpoint}> {{ {pattern} }} }} ORDER BY ?s"
    reply = ask(server, query)
    assert reply.status == 200, reply.text
    found = [row["s"]["value"] for row in json.loads(reply.body)["results"]["bindings"]]
    assert found == [WORDS + name for name in PATTERNS[pattern]]


@pytest.mark.whole
def test_an_endpoint_that_does_not_answer_takes_the_query_s_time_and_place(
    server: Server, silent: str
) -> None:
    query = f"SELECT * {{ SERVICE <{silent}> {{ ?s ?p ?o }} }}"
    assert ask(server, query, timeout="3600").status == 504
    # One query has the place, one waits for it, and the others are told to come again.
    with ThreadPoolExecutor(8) as clients:
        statuses = list(clients.map(lambda _: ask(server, query).status, range(8)))
        assert server.get("queries/analyses").status == 200
    assert sorted(set(statuses)) == [503, 504]
    assert statuses.count(504) <= 2
    assert ask(server, "ASK {}").status == 200
