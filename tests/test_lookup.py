"""``/lookup?uri=``: what is known of an outside resource, as page and as data."""

from __future__ import annotations

import csv
import io
import json
import urllib.parse
from collections.abc import Iterator

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, VOID

from conftest import Built
from serving import Server, serving
from test_links import OURS
from test_links_queries import LINKS, NODES, TOPICS

BASE = "https://w3id.org/gapgraph/"
CORRUPTION = "http://metadata.un.org/thesaurus/1001328"


@pytest.fixture(scope="module")
def server(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    options = ("--workers", "1", "--output", str(built.output))
    with serving(tmp_path_factory.mktemp("lookup"), *options) as running:
        yield running


def ask(server: Server, uri: str, **more: str) -> list[dict[str, str]]:
    query = urllib.parse.urlencode({"uri": uri, "format": "csv", **more})
    answer = server.get(f"lookup?{query}")
    assert (answer.status, answer.headers.get_content_type()) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def whole(directive: str) -> str:
    """The status of a directive, from those of its topics."""
    statuses = {topic.status for topic in TOPICS if str(topic.directive) == directive}
    return min(statuses, default="notAssessed") if len(statuses) < 2 else "partial"


@pytest.mark.parametrize(
    "node",
    [("unbis", "1001328"), ("sdg", "16.2"), ("unbis", "1007027"), ("unbis", "1001581"),
     ("normlex", "R203"), ("wikidata", "Q419"), ("eurovoc", "758")],
)  # fmt: skip
def test_every_link_to_a_resource_is_told(server: Server, node: tuple[str, str]) -> None:
    expected = set()
    for row in LINKS:
        if (row["target"], row["object"]) != node:
            continue
        evidence = NODES[node]["evidence"]
        mine = [t for t in TOPICS if row["kind"] == "concept" and t.key == row["key"]]
        for topic in mine or [None]:
            number = str(topic.directive) if topic else ""
            if row["kind"] == "directive":
                number = row["key"]
            label, status = (topic.label, topic.status) if topic else ("", "")
            if row["kind"] == "directive":
                status = whole(row["key"])
            name = row["predicate"].partition(":")[2]
            ours = OURS[row["kind"]] + row["key"]
            expected.add((ours, name, number, label, status, evidence, row["note"]))
    found = [
        (
            row["ours"],
            row["property"].rpartition("#")[2].rpartition("/")[2],
            row["number"],
            row["topicLabel"],
            row["status"].rpartition("#")[2],
            row["seenIn"],
            row["note"],
        )
        for row in ask(server, NODES[node]["iri"])
    ]
    assert set(found) == expected
    assert len(found) == len(expected) > 0


def test_formats(server: Server) -> None:
    path = "lookup?uri=" + urllib.parse.quote(CORRUPTION)
    answer = server.get(path, Accept="application/sparql-results+json")
    rows = json.loads(answer.body)["results"]["bindings"]
    assert {row["uri"]["value"] for row in rows} == {CORRUPTION}
    page = server.get(path, Accept="text/html")
    assert page.headers["Content-Type"].startswith("text/html")
    for words in ("CORRUPTION", "Transparencia y Corrupción", "skos:exactMatch", "/directive/28"):
        assert words in page.text
    assert "/lookup" in server.get("lookup", Accept="text/html").text


@pytest.mark.parametrize(
    ("query", "accept", "status"),
    [
        ("", "text/csv", 400),
        ("uri=", "application/json", 400),
        ("uri=corruption", "text/csv", 400),
        ("uri=corruption", "text/html", 400),
        ("uri=http%3A%2F%2Fexample.org%2F1", "text/csv", 404),
        ("uri=http%3A%2F%2Fexample.org%2F1", "text/html", 404),
        ("uri=http%3A%2F%2Fexample.org%2F1%3E%20%3Fp%20%3Fo%20%7D%20%23", "text/csv", 400),
        ("uri=http%3A%2F%2Fexample.org%2F1&format=docx", "text/html", 400),
    ],
)
def test_what_is_not_known_or_no_iri(server: Server, query: str, accept: str, status: int) -> None:
    answer = server.get(f"lookup?{query}", Accept=accept)
    assert answer.status == status
    assert "Traceback" not in answer.text


def test_a_page_writes_what_was_asked_as_text(server: Server) -> None:
    answer = server.get("lookup?uri=%3Cscript%3Ealert(1)%3C/script%3E", Accept="text/html")
    assert answer.status == 400
    assert "<script>alert" not in answer.text


def test_linksets_are_in_the_description(server: Server) -> None:
    graph = Graph()
    graph.parse(data=server.get(".well-known/void", Accept="text/turtle").text, format="turtle")
    targets = {row["target"] for row in LINKS}
    assert set(graph.subjects(RDF.type, VOID.Linkset)) == {
        URIRef(f"{BASE}id/linkset/{target}") for target in targets
    }
    linkset = URIRef(f"{BASE}id/linkset/unbis")
    dataset = URIRef(f"{BASE}.well-known/void#dataset")
    assert (dataset, VOID.subset, linkset) in graph
    assert (linkset, VOID.subjectsTarget, dataset) in graph
    count = sum(row["target"] == "unbis" for row in LINKS)
    assert set(map(Literal.toPython, graph.objects(linkset, VOID.triples))) == {count}


@pytest.mark.parametrize("path", ["id/linkset/unbis", "id/dataset/sdg",
                                  "id/link/concept/recopilacion-de-datos/sdg/17.18"])  # fmt: skip
def test_what_describes_links_resolves(server: Server, path: str) -> None:
    answer = server.get(f"{path}.ttl")
    graph = Graph().parse(data=answer.text, format="turtle")
    assert answer.status == 200
    assert (URIRef(BASE + path), None, None) in graph


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://metadata.un.org/thesaurus/1001328", CORRUPTION),
        ("https://www.wikidata.org/wiki/Q419", "http://www.wikidata.org/entity/Q419"),
        ("http://wikidata.org/entity/Q419", "http://www.wikidata.org/entity/Q419"),
    ],
)
def test_other_ways_to_write_an_address(server: Server, given: str, meant: str) -> None:
    assert ask(server, given) == ask(server, meant)


@pytest.mark.parametrize(
    ("form", "accept"), [("", "text/turtle"), ("ttl", "*/*"), ("nt", "*/*"), ("jsonld", "*/*")]
)
def test_what_is_known_as_rdf(server: Server, form: str, accept: str) -> None:
    more = {"format": form} if form else {}
    query = urllib.parse.urlencode({"uri": CORRUPTION, **more})
    answer = server.get(f"lookup?{query}", Accept=accept)
    assert answer.status == 200
    syntax = {"": "turtle", "ttl": "turtle", "nt": "nt", "jsonld": "json-ld"}[form]
    graph = Graph().parse(data=answer.body, format=syntax)
    links = {
        (OURS[row["kind"]] + row["key"], row["predicate"].partition(":")[2])
        for row in LINKS
        if (row["target"], row["object"]) == ("unbis", "1001328")
    }
    found = {
        (str(subject), str(name).rpartition("#")[2].rpartition("/")[2])
        for subject, name in graph.subject_predicates(URIRef(CORRUPTION))
        if not str(name).startswith(f"{BASE}ontology#")
    }
    assert found == links
    record = URIRef(f"{BASE}ontology#linkTo")
    assert len(set(graph.subjects(record, URIRef(CORRUPTION)))) == len(links)
    assert set(graph.objects(URIRef(CORRUPTION), RDF.type))
