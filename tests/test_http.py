"""HTTP done right: every query and format, conditions, negotiation, limits, real clients."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from xml.etree import ElementTree

import openpyxl
import pandas
import pytest
from rdflib import DCTERMS, Graph, URIRef

from conftest import Built
from gapgraph.queries.catalogue import Catalogue
from gapgraph.settings import Settings
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig
from serving import Reply, Server, serving

QUESTION = "/queries/topics-without-category"
ROWS = ("srj", "csv", "tsv", "srx", "json", "xlsx", "md", "table", "html")
GRAPHS = ("ttl", "nt", "jsonld", "rdf", "html")
TRUTH = ("srj", "srx", "json", "table", "html")
CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
    "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def server(built: Built) -> Iterator[Server]:
    with serving(built.output, "--output", built.output, "--workers", "1") as running:
        yield running


@pytest.fixture(scope="module")
def catalogue(built: Built) -> Catalogue:
    return Catalogue.load(built.home.queries)


@pytest.mark.whole
def test_every_query_in_every_format(server: Server, catalogue: Catalogue) -> None:
    """By GET and HEAD, alone and with each condition; packed and not."""
    walked = 0
    for query in catalogue:
        formats = {"SELECT": ROWS, "CONSTRUCT": GRAPHS, "ASK": TRUTH}[query.form]
        for form in formats:
            path = f"/queries/{query.id}.{form}"
            whole = server.get(path)
            assert whole.status == 200, (path, whole.text[:300])
            tag = whole.headers["ETag"]
            assert tag.startswith('"')
            assert int(whole.headers["Content-Length"]) == len(whole.body) > 0
            head = server.get(path, method="HEAD")
            assert (head.status, head.body) == (200, b"")
            assert _stable(head) == _stable(whole)
            for method in ("GET", "HEAD"):
                told = server.get(path, method=method, If_None_Match=tag)
                assert (told.status, told.body, told.headers["ETag"]) == (304, b"", tag)
                assert server.get(path, method=method, If_None_Match='"other"').status == 200
            packed = server.get(path, Accept_Encoding="gzip")
            if packed.headers["Content-Encoding"]:
                assert packed.headers["ETag"] != tag
            assert whole.headers["X-Dataset-Version"]
            if form != "html":
                assert 'rel="license"' in whole.headers["Link"]
                name = f"{query.id}.{'txt' if form == 'table' else form}"
                assert f'filename="{name}"' in whole.headers["Content-Disposition"]
            walked += 1
    assert walked > 250


def _stable(reply: Reply) -> dict[str, str]:
    return {name.lower(): value for name, value in reply.headers.items() if name.lower() != "date"}


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        # SPARQLWrapper, rdflib's SPARQLStore, sparqlkernel, R's SPARQL package, curl, requests
        (
            "application/sparql-results+json,application/json,text/javascript,"
            "application/javascript",
            "application/sparql-results+json",
        ),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/sparql-results+xml, application/rdf+xml", "application/sparql-results+xml"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("text/csv", "text/csv"),
        ("*/*", "application/sparql-results+json"),
        ("", "application/sparql-results+json"),
        # browsers
        (CHROME, "text/html"),
        (FIREFOX, "text/html"),
        # RFC 9110, section 12.5.1
        ("text/*", "text/csv"),
        ("text/*;q=0.5, text/html;q=0.4, application/json;q=0.3", "text/csv"),
        ("text/html;q=0.2, application/json;q=0.9", "application/json"),
        ("text/csv;q=0, text/*", "text/tab-separated-values"),
        ("application/json;q=0.5, */*;q=0.1", "application/json"),
        ("TEXT/HTML", "text/html"),
        ("text/html;level=1", "text/html"),
        ("image/png, */*;q=0.001", "application/sparql-results+json"),
        ("text/csv;q=1.000;x=y, text/html;q=0.999", "text/csv"),
    ],
)
def test_negotiation(server: Server, accept: str, media: str) -> None:
    answer = server.get(QUESTION, Accept=accept)
    assert (answer.status, answer.headers.get_content_type()) == (200, media)
    assert {"Accept", "Accept-Language", "Accept-Encoding"} <= {
        each.strip() for each in answer.headers["Vary"].split(",")
    }


@pytest.mark.parametrize("accept", ["image/png", "text/html;q=0", "*/*;q=0", "application/pdf"])
def test_nothing_fits(server: Server, accept: str) -> None:
    answer = server.get(QUESTION, Accept=accept)
    assert answer.status == 406
    assert "text/csv" in json.loads(answer.body)["detail"]


def test_a_suffix_goes_before_accept(server: Server) -> None:
    answer = server.get(f"{QUESTION}.csv", Accept="text/html")
    assert answer.headers.get_content_type() == "text/csv"
    answer = server.get(f"{QUESTION}?format=csv", Accept="text/html")
    assert answer.headers.get_content_type() == "text/csv"


def test_methods(server: Server) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW"):
        answer = server.get(QUESTION, method=method)
        assert answer.status == 405
        assert {each.strip() for each in answer.headers["Allow"].split(",")} == {
            "GET",
            "HEAD",
            "OPTIONS",
        }
        assert answer.headers.get_content_type() == "application/problem+json"


def test_reads_from_other_pages(server: Server) -> None:
    """The preflight of a browser, and what it lets a page read."""
    answer = server.get(
        QUESTION,
        method="OPTIONS",
        Origin="https://example.org",
        Access_Control_Request_Method="GET",
        Access_Control_Request_Headers="if-none-match",
    )
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
    for path in (QUESTION, "/nowhere", f"{QUESTION}?color=red", "/health"):
        told = server.get(path, Origin="https://example.org")
        assert told.headers["Access-Control-Allow-Origin"] == "*"
        assert "ETag" in told.headers["Access-Control-Expose-Headers"]


def test_limits(server: Server) -> None:
    for length in (17_000, 60_000, 70_000):
        assert server.get(f"{QUESTION}?x={'x' * length}").status == 414
    assert server.get(f"/{'x' * 17_000}").status == 414
    assert server.get(f"{QUESTION}?text={'x' * 15_000}").status == 400


@pytest.mark.parametrize(
    ("given", "parameter", "words"),
    [
        ("number=--", "number", "an identifier as printed"),
        ("number=7&number=8", "number", "2 values"),
        ("color=red", "color", "color"),
        ("limit=-1", "limit", "limit"),
        ("limit=1&limit=2", "limit", "more than once"),
        ("offset=x", "offset", "offset"),
        ("labels=maybe", "labels", "labels"),
        ("labels=", "labels", "give 1 or 0"),
        ("excel=", "excel", "give 1 or 0"),
        ("excel", "excel", "give 1 or 0"),
        ("sort=nothing", "sort", "there is no column"),
        ("filter=nothing:x", "filter", "there is no column"),
        ("filter=number", "filter", "column"),
        ("lang=quz", "lang", "es or en"),
        ("format=doc", "format", "use one of srj"),
        ("format=json", "format", "ask for one format"),
    ],
)
def test_a_wrong_parameter_is_named(server: Server, given: str, parameter: str, words: str) -> None:
    answer = server.get(f"/queries/directive-detail.csv?{given}")
    told = json.loads(answer.body)
    assert (answer.status, told["status"], told["parameter"]) == (400, 400, parameter)
    assert words in told["detail"]


def test_the_form_says_it_at_its_field(server: Server) -> None:
    page = server.get("/queries/directive-detail?number=%3C%3E", Accept=FIREFOX)
    assert page.status == 400
    assert page.headers["Cache-Control"] == "no-store"
    assert 'value="&lt;&gt;"' in page.text or "&lt;&gt;" in page.text
    assert page.text.count('role="alert"') == 1
    assert 'id="e-number"' in page.text
    assert "d-number e-number" in page.text
    assert 'aria-invalid="true"' in page.text
    other = server.get("/queries/directive-detail?color=red", Accept=FIREFOX)
    assert other.text.count('role="alert"') == 1
    assert "aria-invalid" not in other.text


def test_pages_are_linked_with_exact_totals(server: Server) -> None:
    """RFC 8288: following `next` from the first page gives each row once."""
    whole = list(csv.reader(io.StringIO(server.get(f"{QUESTION}.csv").text, newline="")))
    found: list[list[str]] = []
    path = f"{QUESTION}.csv?limit=7&sort=-number"
    steps = 0
    while path:
        answer = server.get(path)
        assert answer.headers["X-Total-Count"] == str(len(whole) - 1)
        found += list(csv.reader(io.StringIO(answer.text, newline="")))[1:]
        links = _links(answer)
        assert {"license", "first", "last"} <= links.keys()
        path = links.get("next", "")
        steps += 1
    assert steps == -(-(len(whole) - 1) // 7)
    assert sorted(found) == sorted(whole[1:])
    assert "prev" in links
    assert _links(server.get(links["last"]))["last"] == links["last"]


def _links(answer: Reply) -> dict[str, str]:
    parts = [each.split(">; rel=") for each in answer.headers["Link"].split(", <")]
    return {name.strip('"'): target.lstrip("<") for target, name in parts}


def test_names_of_downloads(server: Server) -> None:
    cases = {
        "/queries/directive-detail.xlsx?number=7": "directive-detail-7.xlsx",
        "/queries/search.csv?text=Ni%C3%B1as%20%2F..%2F%22": "search-ninas.csv",
        "/queries/search.csv?limit=5&offset=5&text=trata": "search-trata-6-10.csv",
        "/queries/evidence-for-topic.md?topic="
        + quote("https://w3id.org/gapgraph/id/topic/7.1"): "evidence-for-topic-7.1.md",
    }
    for path, name in cases.items():
        said = server.get(path).headers["Content-Disposition"]
        assert said == f'inline; filename="{name}"'


def test_downloads_that_differ_have_names_that_differ(server: Server) -> None:
    names = set()
    asked = (
        "", "limit=5", "offset=5", "limit=5&offset=5", "sort=number", "sort=-number", "lang=en",
        "filter=number%3E5", "filter=number%3C5", "labels=1", "excel=1", "number=7",
    )  # fmt: skip
    for each in asked:
        told = server.get(f"{QUESTION}.csv?{each}").headers["Content-Disposition"]
        names.add(told.partition("filename=")[2])
    assert len(names) == len(asked)
    assert all(len(name) < 100 for name in names)


@pytest.mark.parametrize(
    ("asked", "prev", "next_", "last"),
    [
        ("limit=10", None, (10, 10), (30, 10)),
        ("limit=10&offset=5", (0, 5), (15, 10), (25, 10)),
        ("limit=10&offset=12", (2, 10), (22, 10), (22, 10)),
        ("limit=10&offset=30", (20, 10), None, (30, 10)),
        # Past the end: the last page is the one before.
        ("limit=10&offset=90", (30, 10), None, (30, 10)),
        ("limit=40", None, None, (0, 40)),
        ("limit=0", None, None, None),
        ("offset=90", None, None, None),
    ],
)
def test_the_edges_of_pages(
    asked: str,
    prev: tuple[int, int] | None,
    next_: tuple[int, int] | None,
    last: tuple[int, int] | None,
    server: Server,
) -> None:
    """31 rows, in pages that meet without overlap; the page for people tells the same."""
    for path in (f"{QUESTION}.csv?{asked}", f"{QUESTION}.html?{asked}"):
        answer = server.get(path)
        assert answer.headers["X-Total-Count"] == "31"
        links = _links(answer)
        # A page for people is cut though nobody asked for it.
        if "limit" in asked or path.startswith(f"{QUESTION}.csv"):
            for name, wanted in (("prev", prev), ("next", next_), ("last", last)):
                if name == "last" and path.startswith(f"{QUESTION}.html") and not (prev or next_):
                    continue
                said = parse_qs(urlsplit(links[name]).query) if name in links else None
                found = (int(said["offset"][0]), int(said["limit"][0])) if said else None
                assert found == wanted, (path, name)


def test_licence_and_version_go_along(server: Server) -> None:
    version = json.loads(server.get("/health").body)["dataset"]
    licence = "https://creativecommons.org/licenses/by/4.0/"
    rows = json.loads(server.get(f"{QUESTION}.json").body)
    assert (rows["dataset"], rows["license"]) == (version, licence)
    book = openpyxl.load_workbook(io.BytesIO(server.get(f"{QUESTION}.xlsx").body))
    facts = {row[0]: row[1] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert (facts["Conjunto de datos"], facts["Licencia"]) == (version, licence)
    head = json.loads(server.get(f"{QUESTION}.srj").body)["head"]
    assert head["link"][0] == licence
    assert head["link"][2].endswith(f"?version={version}#dataset")
    xml = server.get(f"{QUESTION}.srx").text
    for link in head["link"]:
        assert f'<link href="{link}"/>' in xml
    yes = json.loads(server.get("/queries/framework-complete.srj").body)
    assert yes["head"]["link"][1] == "https://w3id.org/gapgraph/queries/framework-complete"
    for form in ("ttl", "nt"):
        first = server.get(f"/queries/directive-graph.{form}").text.splitlines()[0]
        assert first.startswith("# ")
        assert version in first
        assert licence in first
    last = server.get(f"{QUESTION}.md").text.splitlines()[-1]
    assert version in last
    assert licence in last


def test_pandas(server: Server) -> None:
    frame = pandas.read_csv(f"{server.url}{QUESTION.lstrip('/')}.csv")
    rows = json.loads(server.get(f"{QUESTION}.srj").body)["results"]["bindings"]
    assert frame["number"].tolist() == [int(row["number"]["value"]) for row in rows]
    assert frame["topicLabel"].tolist() == [row["topicLabel"]["value"] for row in rows]


def test_sparql_xml(server: Server) -> None:
    """What XML clients read, by the standard library's own parser."""
    tree = ElementTree.fromstring(server.get(f"{QUESTION}.srx").body)
    name = "{http://www.w3.org/2005/sparql-results#}"
    assert len(tree.findall(f"{name}results/{name}result")) == 31


def curl(*arguments: str) -> Any:
    return subprocess.run(
        ["curl", "-sS", *arguments],
        input=b"#" * 300_000,
        capture_output=True,
        check=True,
        timeout=60,
    )


def test_curl(server: Server) -> None:
    url = f"{server.url}{QUESTION.lstrip('/')}"
    assert len(json.loads(curl(url).stdout)["results"]["bindings"]) == 31
    packed = curl("--compressed", "-D", "-", url).stdout.decode()
    assert "content-encoding: " in packed.lower()
    etag = server.get(url.removeprefix(server.url)).headers["ETag"]
    told = curl("-o", "-", "-w", "%{http_code}", "-H", f"If-None-Match: {etag}", url).stdout
    assert told == b"304"
    body = curl("-F", "x=1", "-o", "-", "-w", "%{http_code}", url).stdout
    assert body.endswith(b"405")
    refused = curl("-X", "POST", "-H", "Content-Type: text/plain", "-d", "x", "-w", "%{http_code}",
                   f"{server.url}sparql").stdout  # fmt: skip
    assert refused.endswith(b"415")
    large = curl("-X", "POST", "-H", "Content-Type: application/sparql-query", "-w", "%{http_code}",
                 "--data-binary", "@-", f"{server.url}sparql").stdout  # fmt: skip
    assert large.endswith(b"413")


@pytest.mark.parametrize(
    ("path", "status"), [("sparql", 413), ("health", 405), ("validation", 415), ("nowhere", 404)]
)
def test_who_sends_too_much_hears_why(path: str, status: int, server: Server) -> None:
    """The client hears nothing before all is sent, as most do."""
    body = b"x" * 15_000_000
    reply = server.get(path, method="POST", body=body, Content_Type="application/sparql-query")
    assert reply.status == status


def test_plain_answers_are_those_of_the_application(server: Server, catalogue: Catalogue) -> None:
    """A page as long as the whole is not plain: the same rows, and the same is told of them."""
    compared = 0
    for query in catalogue:
        if query.form != "SELECT":
            continue
        plain, page = (
            server.get(f"/queries/{query.id}.srj{asked}") for asked in ("", "?limit=100000")
        )
        assert plain.headers.keys() == page.headers.keys(), query.id
        assert plain.headers["X-Total-Count"] == page.headers["X-Total-Count"], query.id
        first, second = (json.loads(each.body) for each in (plain, page))
        assert first["head"]["vars"] == second["head"]["vars"], query.id
        assert first["results"]["bindings"] == second["results"]["bindings"], query.id
        compared += 1
    assert compared > 55
    # A mistake is told by the application, in the language that was asked for.
    assert server.get("/queries/gaps.srj?status=x").status == 400
    assert server.get("/queries/gaps.srj?lang=xx").status == 400
    assert server.get("/queries/nowhere.srj").status == 404
    assert server.get("/queries/gaps.doc").status == 404
    assert server.get(f"/queries/gaps.srj?{'x' * 20_000}").status == 414


def test_the_list_of_queries_says_what_it_is(server: Server) -> None:
    version = json.loads(server.get("/health").body)["dataset"]
    licence = "https://creativecommons.org/licenses/by/4.0/"
    listed = json.loads(server.get("/queries.json").body)
    assert (listed["license"], listed["dataset"]) == (licence, version)
    (gaps,) = [each for each in listed["queries"] if each["id"] == "topics-without-category"]
    assert gaps["questions"] == [1]
    assert gaps["whole"] == {
        "query": "list-topics",
        "label": {"es": "temas", "en": "topics", "pt": "temas"},
    }
    whole = "https://w3id.org/gapgraph/graph/queries"
    for path in ("/queries.ttl", "/graph/queries.ttl", "/graph/queries", "/queries/prefixes/gg"):
        answer = server.get(path, Accept="text/turtle")
        assert answer.status == 200
        assert f'<{licence}>; rel="license"' in answer.headers["Link"]
        assert answer.headers["X-Dataset-Version"] == version
        assert answer.headers["Content-Disposition"] == 'inline; filename="queries.ttl"'
        graph = Graph().parse(data=answer.text, format="turtle")
        assert graph.value(URIRef(whole), DCTERMS.license) == URIRef(licence)
        assert len(set(graph.subjects(DCTERMS.isPartOf, URIRef(whole)))) == len(listed["queries"])
    moved = server.get("/queries/?lang=en")
    assert (moved.status, moved.headers["Location"]) == (308, "/queries?lang=en")


@pytest.mark.parametrize("path", [f"{QUESTION}.srj", f"{QUESTION}.csv", "/gaps", "/sparql"])
def test_an_answer_does_not_count_the_dataset(
    path: str, built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine counts quads by walking through them all; to ask "if store" is to count."""
    client = create_app(ServiceConfig(built.home, Settings(), built.output)).test_client()

    def counted(_: EmbeddedStore) -> int:
        raise AssertionError("the quads were counted")

    monkeypatch.setattr(EmbeddedStore, "__len__", counted)
    assert client.get(path).status_code == 200
