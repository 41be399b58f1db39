"""Generic clients get the right rows with no word of ours but the address."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, JSONLD, POST, POSTDIRECTLY, RDFXML, TURTLE, XML, SPARQLWrapper

import oracle
from asking import endpoint
from conftest import Built
from required import needs
from serving import ROOT, Server

pytestmark = [
    pytest.mark.xdist_group("sparql"),
    # What these clients leave open or will rename themselves.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

GG = "https://w3id.org/gapgraph/ontology#"
PLAN = "https://w3id.org/gapgraph/id/plan/pnat-2017-2021"
QUERY = f"""PREFIX gg: <{GG}> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?number ?label WHERE {{
  ?directive gg:number ?number ; gg:hasTopic ?topic .
  ?topic gg:declaredGap true ; skos:prefLabel ?label
  FILTER(LANG(?label) = "es")
}} ORDER BY ?number ?label"""
CONSTRUCT = f"CONSTRUCT {{ ?s <{GG}number> ?n }} WHERE {{ ?s a <{GG}Section> ; <{GG}number> ?n }}"
COMUNICA = ROOT / "node_modules" / ".bin" / "comunica-sparql"


@pytest.fixture(scope="module")
def server(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with endpoint(built, tmp_path_factory.mktemp("clients")) as running:
        yield running


@pytest.fixture(scope="module")
def expected() -> list[tuple[str, str]]:
    """Return directive and label of each topic whose cell says "No hay", from the source."""
    found = [
        (directive.number, label.rstrip(": "))
        for directive in oracle.read(ROOT / "data" / "source" / "annex.txt")
        for label, values in directive.topics
        if list(values) == ["No hay"]
    ]
    assert len(found) == 31
    return [(str(number), label) for number, label in sorted(found)]


def wrapper(server: Server, query: str, form: str) -> SPARQLWrapper:
    made = SPARQLWrapper(f"{server.url}sparql")
    made.setQuery(query)
    made.setReturnFormat(form)
    return made


def test_sparqlwrapper_rows(server: Server, expected: list[tuple[str, str]]) -> None:
    read: Any = wrapper(server, QUERY, JSON).queryAndConvert()
    assert [
        (row["number"]["value"], row["label"]["value"]) for row in read["results"]["bindings"]
    ] == expected
    document: Any = wrapper(server, QUERY, XML).queryAndConvert()
    literals = [each.firstChild.data for each in document.getElementsByTagName("literal")]
    assert len(literals) == 2 * len(expected)
    text: Any = wrapper(server, QUERY, CSV).queryAndConvert()
    assert [tuple(row) for row in csv.reader(io.StringIO(text.decode()))][1:] == expected
    for method in (POST, POSTDIRECTLY):
        asking = wrapper(server, "ASK {}", JSON)
        asking.setMethod(POST)
        asking.setRequestMethod("postdirectly" if method is POSTDIRECTLY else "urlencoded")
        answer: Any = asking.queryAndConvert()
        assert answer["boolean"] is True


@pytest.mark.whole
@pytest.mark.parametrize("form", [TURTLE, JSONLD, RDFXML])
def test_sparqlwrapper_graphs(server: Server, form: str) -> None:
    answer: Any = wrapper(server, CONSTRUCT, form).queryAndConvert()
    graph = answer if isinstance(answer, Graph) else Graph().parse(data=answer, format="turtle")
    assert sorted(int(str(number)) for number in graph.objects()) == [1, 2, 3, 4]


@pytest.mark.whole
@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_store(server: Server, expected: list[tuple[str, str]], method: str) -> None:
    graph = Graph(SPARQLStore(f"{server.url}sparql", method=method))
    assert [(str(row[0]), str(row[1])) for row in graph.query(QUERY)] == expected
    facts = Graph().parse(f"{server.url}id/plan/pnat-2017-2021.ttl")
    assert set(graph.triples((URIRef(PLAN), None, None))) == set(facts)
    assert len(graph) == json.loads(server.get("/health").body)["quads"]


def run(*command: str | Path) -> str:
    """Run a client to its end."""
    ended = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.whole
@needs(shutil.which("roqet") is not None, "roqet (rasqal-utils)")
def test_roqet(server: Server, expected: list[tuple[str, str]]) -> None:
    asking = ("roqet", "-q", "-p", f"{server.url}sparql", "-e")
    out = run(*asking, QUERY, "-r", "csv")
    assert [tuple(row) for row in csv.reader(io.StringIO(out))][1:] == expected


@pytest.mark.whole
@needs(COMUNICA.exists(), "Comunica (npm ci)")
def test_comunica_detects_what_it_is_given(server: Server, expected: list[tuple[str, str]]) -> None:
    out = run(COMUNICA, f"{server.url}sparql", QUERY, "-t", "application/sparql-results+json")
    read = json.loads(out)["results"]["bindings"]
    assert [(row["number"]["value"], row["label"]["value"]) for row in read] == expected
    # Linked data: it finds out by itself that these are documents.
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    for path in ("id/plan/pnat-2017-2021", ".well-known/void"):
        out = run(COMUNICA, f"{server.url}{path}", count, "-t", "application/sparql-results+json")
        found = int(json.loads(out)["results"]["bindings"][0]["n"]["value"])
        assert found == len(Graph().parse(data=server.get(path_of(path)).body, format="turtle"))


def path_of(path: str) -> str:
    """Return where the Turtle of a document is."""
    return f"/{path}.ttl" if path.startswith("id/") else f"/{path}"
