"""SPARQL 1.1 Protocol: the tests that the W3C describes, and what clients rely on."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest
from rdflib import Graph

from asking import KASEI, ask, endpoint, rows
from conftest import Built
from serving import Reply, Server

pytestmark = pytest.mark.xdist_group("sparql")

DATA0, DATA1, DATA2, DATA3 = (f"{KASEI}data{number}.rdf" for number in range(4))
FORM, QUERY, UPDATE = (
    {"Content_Type": f"application/{kind}"}
    for kind in ("x-www-form-urlencoded", "sparql-query", "sparql-update")
)
BOTH = f"ASK {{ <{DATA1}> a ?a . <{DATA2}> a ?b }}"
NAMED = f"GRAPH ?g {{ <{DATA1}> a ?a }} GRAPH ?h {{ <{DATA2}> a ?b }}"
#: Data that the protocol may name, without being told to the service.
ZERO = [("default-graph-uri", DATA0)]


@pytest.fixture(scope="module")
def server(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with endpoint(built, tmp_path_factory.mktemp("protocol")) as running:
        yield running


def send(
    server: Server,
    method: str,
    parameters: list[tuple[str, str]] | None = None,
    body: bytes | None = None,
    **headers: str,
) -> Reply:
    return server.get(
        "/sparql/" + (f"?{urlencode(parameters)}" if parameters else ""),
        method=method,
        body=body,
        **headers,
    )


#: Name of the W3C's test: method, parameters, body, headers, kind of answer expected.
QUERIES: dict[str, tuple[str, list[tuple[str, str]], bytes | None, dict[str, str], str]] = {
    "query_post_form": ("POST", ZERO, b"query=ASK%20%7B%7D", FORM, "true"),
    "query_dataset_default_graphs_get": (
        "GET",
        [("query", BOTH), ("default-graph-uri", DATA1), ("default-graph-uri", DATA2)],
        None,
        {},
        "true",
    ),
    "query_dataset_default_graphs_post": (
        "POST",
        [("default-graph-uri", DATA1), ("default-graph-uri", DATA2)],
        BOTH.encode(),
        QUERY,
        "true",
    ),
    "query_dataset_named_graphs_post": (
        "POST",
        [("named-graph-uri", DATA1), ("named-graph-uri", DATA2)],
        f"ASK {{ {NAMED} }}".encode(),
        QUERY,
        "true",
    ),
    "query_dataset_named_graphs_get": (
        "GET",
        [("query", f"ASK {{ {NAMED} }}"), ("named-graph-uri", DATA1), ("named-graph-uri", DATA2)],
        None,
        {},
        "true",
    ),
    "query_dataset_full": (
        "POST",
        [("default-graph-uri", DATA3), ("named-graph-uri", DATA1), ("named-graph-uri", DATA2)],
        f"ASK {{ <{DATA3}> a ?c {NAMED} }}".encode(),
        QUERY,
        "true",
    ),
    # The W3C's own request encodes the second parameter once too often; so does this one.
    "query_multiple_dataset": (
        "POST",
        [("named-graph-uri", f"{DATA1}&named-graph-uri={DATA2}")],
        f"ASK FROM <{DATA3}> {{ {NAMED} }}".encode(),
        QUERY,
        "true",
    ),
    "query_get": ("GET", [("query", "ASK {}"), *ZERO], None, {}, "true"),
    "query_content_type_select": ("POST", ZERO, b"SELECT (1 AS ?value) {}", QUERY, "rows"),
    "query_content_type_ask": ("POST", ZERO, b"ASK {}", QUERY, "boolean"),
    "query_content_type_describe": (
        "POST",
        ZERO,
        b"DESCRIBE <http://example.org/>",
        QUERY,
        "graph",
    ),
    "query_content_type_construct": (
        "POST",
        ZERO,
        b"CONSTRUCT { <s> <p> 1 } WHERE {}",
        QUERY,
        "graph",
    ),
    "query_post_direct": ("POST", [], b"ASK {}", QUERY, "true"),
    "bad_query_method": ("PUT", [("query", "ASK {}"), *ZERO], b"", FORM, "4xx"),
    "bad_multiple_queries": (
        "GET",
        [("query", "ASK {}"), ("query", "SELECT * {}")],
        None,
        {},
        "4xx",
    ),
    "bad_query_wrong_media_type": ("POST", [], b"ASK {}", {"Content_Type": "text/plain"}, "4xx"),
    "bad_query_missing_form_type": ("POST", [], b"query=ASK%20%7B%7D", {"Content_Type": ""}, "4xx"),
    "bad_query_missing_direct_type": ("POST", [], b"ASK {}", {"Content_Type": ""}, "4xx"),
    "bad_query_non_utf8": (
        "POST",
        [],
        "ASK {}".encode("utf-16"),
        {"Content_Type": "application/sparql-query; charset=UTF-16"},
        "4xx",
    ),
    "bad_query_syntax": ("GET", [("query", "ASK {")], None, {}, "4xx"),
}

USING = [("using-graph-uri", DATA1)]
INSERT = f"INSERT DATA {{ GRAPH <{DATA1}> {{ <{DATA1}> a <http://example.org/C> }} }}".encode()
#: Updates: whether they are well formed or not, none is taken.
UPDATES: dict[str, tuple[str, list[tuple[str, str]], bytes | None, dict[str, str]]] = {
    "update_dataset_default_graph": ("POST", USING, INSERT, UPDATE),
    "update_dataset_default_graphs": (
        "POST",
        [*USING, ("using-graph-uri", DATA2)],
        INSERT,
        UPDATE,
    ),
    "update_dataset_named_graphs": ("POST", [("using-named-graph-uri", DATA1)], INSERT, UPDATE),
    "update_dataset_full": ("POST", [*USING, ("using-named-graph-uri", DATA2)], INSERT, UPDATE),
    "update_post_form": ("POST", [], b"update=CLEAR+ALL", FORM),
    "update_post_direct": ("POST", [], b"CLEAR ALL", UPDATE),
    "update_base_uri": ("POST", [], b"INSERT DATA { <http://e/s> <http://e/p> <t> }", UPDATE),
    "bad_update_get": ("GET", [("update", "CLEAR ALL")], None, {}),
    "bad_multiple_updates": ("POST", [], b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", FORM),
    "bad_update_wrong_media_type": ("POST", [], b"CLEAR NAMED", {"Content_Type": "text/plain"}),
    "bad_update_missing_form_type": ("POST", [], b"update=CLEAR%20NAMED", {"Content_Type": ""}),
    "bad_update_non_utf8": (
        "POST",
        [],
        "CLEAR NAMED".encode("utf-16"),
        {"Content_Type": "application/sparql-update; charset=UTF-16"},
    ),
    "bad_update_syntax": ("POST", [], b"update=CLEAR%20XYZ", FORM),
    "bad_update_dataset_conflict": (
        "POST",
        [("using-named-graph-uri", "http://example/people")],
        b"WITH <http://example/a> DELETE { ?s ?p 'B' } INSERT { ?s ?p 'W' } WHERE { ?s ?p 'B' }",
        UPDATE,
    ),
}


def test_every_test_of_the_manifest_is_here() -> None:
    assert (len(QUERIES), len(UPDATES)) == (20, 14)


@pytest.mark.parametrize("name", QUERIES)
def test_query(server: Server, name: str) -> None:
    method, parameters, body, headers, expected = QUERIES[name]
    reply = send(server, method, parameters, body, **headers)
    if expected == "4xx":
        assert reply.status in range(400, 500), reply.text
        assert reply.headers["Content-Type"] == "application/problem+json"
        return
    assert reply.status == 200, reply.text
    kind = reply.headers["Content-Type"].partition(";")[0]
    if expected == "graph":
        assert kind == "text/turtle"
        count = 1 if name.endswith("construct") else 0
        assert len(Graph().parse(data=reply.body, format="turtle")) == count
    else:
        assert kind == "application/sparql-results+json"
        read = json.loads(reply.body)
        if expected == "rows":
            assert rows(reply) == [{"value": "1"}]
        else:
            assert read["boolean"] is True


@pytest.mark.parametrize("name", UPDATES)
def test_update_is_refused(server: Server, name: str) -> None:
    method, parameters, body, headers = UPDATES[name]
    before = ask(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").body
    reply = send(server, method, parameters, body, **headers)
    assert reply.status in range(400, 500), reply.text
    assert json.loads(reply.body)["status"] == reply.status
    assert ask(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").body == before


QUESTION = """PREFIX gg: <https://w3id.org/gapgraph/ontology#>
SELECT ?n WHERE { ?d a gg:Directive ; gg:number ?n FILTER NOT EXISTS { ?d gg:hasTopic ?t } }
ORDER BY ?n"""


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/xml;q=0.9, text/csv;q=0.1", "application/xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/html;q=0.1, application/sparql-results+json", "application/sparql-results+json"),
        ("text/html,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
    ],
)
def test_rows_by_accept(server: Server, accept: str, media: str) -> None:
    reply = ask(server, QUESTION, accept)
    assert (reply.status, reply.headers["Content-Type"]) == (200, media)
    assert "Accept" in reply.headers["Vary"]
    assert numbers(reply) == ["17", "59"]


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv", "html", "srj", "srx"])
def test_rows_by_name(server: Server, name: str) -> None:
    reply = ask(server, QUESTION, "text/turtle", format=name)
    assert reply.status == 200
    assert numbers(reply) == ["17", "59"]


def numbers(reply: Reply) -> list[str]:
    """Read the one column of an answer, in whatever format it is."""
    kind = reply.headers["Content-Type"].partition(";")[0]
    if kind.endswith("json"):
        return [row["n"] for row in rows(reply)]
    if kind.endswith("xml"):
        literal = "{http://www.w3.org/2005/sparql-results#}literal"
        return [each.text or "" for each in ElementTree.fromstring(reply.text).iter(literal)]
    if kind == "text/csv":
        return [row["n"] for row in csv.DictReader(io.StringIO(reply.text))]
    if kind == "text/html":
        table = reply.text.partition("<tbody>")[2].partition("</tbody>")[0]
        return [part.partition("</span>")[0].rpartition(">")[2] for part in table.split("<td>")[1:]]
    head, *lines = reply.text.splitlines()
    assert head == "?n"
    return lines


@pytest.mark.parametrize(
    ("accept", "parser"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "json-ld"),
        ("application/rdf+xml", "xml"),
        ("*/*", "turtle"),
    ],
)
def test_graphs_by_accept(server: Server, accept: str, parser: str) -> None:
    plan = "https://w3id.org/gapgraph/id/plan/pnat-2017-2021"
    reply = ask(server, f"DESCRIBE <{plan}>", accept)
    graph = Graph().parse(data=reply.body, format=parser)
    reference = Graph().parse(
        data=ask(server, f"CONSTRUCT WHERE {{ <{plan}> ?p ?o }}", "application/n-triples").body,
        format="nt",
    )
    assert set(graph) == set(reference)
    assert len(graph) > 5


@pytest.mark.parametrize(
    ("query", "name"),
    [("ASK {}", "csv"), ("CONSTRUCT WHERE { ?s ?p 1 }", "csv"), ("SELECT * {}", "turtle")],
)
def test_a_format_by_name_that_cannot_hold_the_answer(
    server: Server, query: str, name: str
) -> None:
    assert ask(server, query, format=name).status == 406


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        ("ASK {}", "text/csv", "application/sparql-results+json"),
        ("CONSTRUCT WHERE { ?s ?p 1 }", "application/sparql-results+xml", "text/turtle"),
        ("SELECT * {}", "text/turtle", "application/sparql-results+json"),
    ],
)
def test_one_accept_for_all_forms_of_query(
    server: Server, query: str, accept: str, media: str
) -> None:
    """Clients such as roqet send the same header whatever they ask."""
    reply = ask(server, query, accept)
    assert (reply.status, reply.headers["Content-Type"].partition(";")[0]) == (200, media)
    assert ask(server, query, "image/png").status == 406


@pytest.mark.parametrize(
    ("query", "line", "column", "said"),
    [
        ("SELECT * WHERE { ?s ?p }", 1, 24, "} does not belong"),
        ("SELECT *\nWHERE {\n  ?s nope:p ?o }", 3, 6, "prefix nope: is not declared"),
        ("SELECT * WHERE { ?s ?p 'open }", 1, 24, "string does not end"),
        ("SELECT *\nWHERE { ?s ?p ?o", 2, 7, "{ is not closed"),
        ("SELECT * { ?s ?p ?o }}", 1, 22, "} closes nothing"),
        ("ASK { ?s ?p ?o ]", 1, 16, "] stands where { wants }"),
        ("SELEC * { ?s ?p ?o }", 1, 1, "write SELECT"),
        ("SELECT * {\n ?s ?p ?o FILTR(?o > 3) }", 2, 11, "write FILTER"),
        ("PREFIX ex <urn:x:> ASK {}", 1, 8, "write ex:"),
        ("SELECT * { ?s ?p ?o } LIMIT ?x", 1, 29, "?x does not belong"),
    ],
)
def test_syntax_errors_have_a_place(
    server: Server, query: str, line: int, column: int, said: str
) -> None:
    reply = ask(server, query)
    assert reply.status == 400
    told = json.loads(reply.body)
    assert f"line {line}, column {column} " in told["detail"]
    assert said in told["detail"]
    assert "expected" not in told["detail"]
    assert told["code"] == "syntax"


@pytest.mark.parametrize(
    "update", ["INSERT DATA { <urn:x:a> a <urn:x:b> }", "PREFIX x: <urn:x:> CLEAR GRAPH x:g"]
)
def test_an_update_sent_as_a_query_is_told_so(server: Server, update: str) -> None:
    reply = ask(server, update)
    assert reply.status == 400
    assert "read-only" in json.loads(reply.body)["detail"]


def test_bad_parameters(server: Server) -> None:
    for parameters, word in (
        ({"timeout": "soon"}, "timeout"),
        ({"timeout": "0"}, "timeout"),
        ({"format": "docx"}, "docx"),
        ({"default-graph-uri": "file:///etc/passwd"}, "default-graph-uri"),
        ({"named-graph-uri": "relative"}, "named-graph-uri"),
    ):
        reply = ask(server, "ASK {}", **parameters)
        assert reply.status == 400
        assert word in json.loads(reply.body)["detail"]
    assert send(server, "GET", [("default-graph-uri", DATA1)]).status == 400
    assert server.get("/sparql?query=%FF").status == 400
    assert send(server, "POST", [], b"query=%FF", **FORM).status == 400
    assert send(server, "POST", [], b"\xff", **QUERY).status == 400


def test_version_and_unknown_parameters_are_tolerated(server: Server) -> None:
    """SPARQL 1.2 Protocol adds ``version``; SPARQLWrapper adds ``output`` and ``results``."""
    for version in ("1.1", "1.2", "1.2-basic"):
        assert ask(server, "ASK {}", version=version, output="json", results="json").status == 200
    media = "application/sparql-query; version=1.2"
    assert send(server, "POST", [], b"ASK {}", Content_Type=media).status == 200


def test_a_graph_that_is_not_here_is_empty_and_said(server: Server) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    reply = ask(server, count, **{"default-graph-uri": DATA0})
    assert rows(reply) == [{"n": "0"}]
    assert DATA0 in reply.headers["Warning"]
    assert "Warning" not in ask(server, count, **{"default-graph-uri": DATA1}).headers


def test_datasets(server: Server) -> None:
    count = "SELECT (COUNT(*) AS ?n) {} {{ ?s ?p ?o }}"
    everything = int(rows(ask(server, count.format("")))[0]["n"])
    manifest_quads = json.loads(server.get("/health").body)["quads"]
    assert everything == manifest_quads
    assert rows(ask(server, count.format(f"FROM <{DATA1}> FROM <{DATA1}>"))) == [{"n": "1"}]
    assert rows(ask(server, count.format(f"FROM NAMED <{DATA1}>"))) == [{"n": "0"}]
    inside = f"SELECT ?g FROM NAMED <{DATA1}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    assert rows(ask(server, inside)) == [{"g": DATA1}]
    by_prefix = f"PREFIX k: <{KASEI}> SELECT ?s FROM k:data2.rdf {{ ?s ?p ?o }}"
    assert rows(ask(server, by_prefix)) == [{"s": DATA2}]


def test_head_and_options(server: Server) -> None:
    head = server.get(f"/sparql?query={quote('ASK {}')}", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Type"] == "application/sparql-results+json"
    options = server.get("/sparql", method="OPTIONS", Origin="https://example.org")
    assert options.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in options.headers["Access-Control-Allow-Methods"]


def test_characters_that_xml_cannot_hold(server: Server) -> None:
    """A format that cannot carry a value is not acceptable; no other sign stands in its place."""
    query = 'SELECT ("a\\u0001b\\uFFFEc" AS ?x) {}'
    assert ask(server, query, "application/sparql-results+xml").status == 406
    assert rows(ask(server, query)) == [{"x": "a\x01b\ufffec"}]
    query = "CONSTRUCT { <urn:a> <urn:p/> 1 } {}"
    assert ask(server, query, "application/rdf+xml").status == 406


@pytest.mark.parametrize("sign", ["\\u0000", "\\u0008", "\\u001F", "\\uFFFE", "\\uFFFF"])
def test_no_format_changes_a_value(server: Server, sign: str) -> None:
    query = f'CONSTRUCT {{ <urn:a> <urn:p> "x{sign}y" }} {{}}'
    refused = ask(server, query, "application/rdf+xml")
    assert (refused.status, refused.headers["Content-Type"]) == (406, "application/problem+json")
    assert f"U+{sign[2:]}" in json.loads(refused.body)["detail"]
    value = f"x{chr(int(sign.removeprefix(chr(92) + 'u'), 16))}y"
    for media, form in (("text/turtle", "turtle"), ("application/n-triples", "nt")):
        read = Graph().parse(data=ask(server, query, media).body, format=form)
        assert [str(each) for each in read.objects()] == [value]


def test_editor_works_without_scripts(server: Server) -> None:
    page = server.get("/sparql", Accept="text/html")
    assert page.headers["Content-Type"].startswith("text/html")
    assert '<form id="ask" action="/sparql#result" method="get"' in page.text
    assert "<textarea" in page.text
    stored = json.loads(server.get("/queries", Accept="application/json").body)["queries"]
    examples = re.findall(r'href="(/sparql\?example=[^"]+)', page.text)
    assert len(examples) == len(stored) > 60
    shown = server.get("/sparql?example=topics-without-category", Accept="text/html").text
    assert "gg:declaredGap true" in shown.partition("</textarea>")[0]
    wrong = ask(server, "SELECT * {", "text/html")
    assert wrong.status == 400
    assert "line 1, column" in wrong.text
    assert ">SELECT * {</textarea>" in wrong.text
    hostile = ask(server, 'SELECT ("</pre><script>alert(1)</script>" AS ?x) {}', "text/html")
    assert "<script>alert" not in hostile.text
    link = ask(server, "SELECT (<javascript:alert(1)> AS ?x) {}", "text/html")
    assert 'href="javascript' not in link.text
