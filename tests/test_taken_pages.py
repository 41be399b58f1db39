"""Pages and stored queries for tables with any identifiers, or without sections or remarks."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from conftest import ROOT, keeping
from gapgraph.build import build
from gapgraph.namespaces import BASE, ID
from gapgraph.queries.catalogue import Catalogue
from gapgraph.settings import Home, Settings
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig
from test_taken_tables import EDGES, HARBOUR, Rows, folder_of

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ARTICLES: Rows = [
    ["Article", "Text", "Plan", "Comments"],
    [
        "Article 10",
        "The wells of the town are measured.",
        "A.1 Wells\nB.2",
        "It is done every year.",
    ],
    ["Article 6(1)(a)", "Bells are rung in fog.", "none", ""],
    ["Article 9-bis", "A list of bells is kept.", "", ""],
]
#: Each analysis, one of its directives as printed, the slug of that, and its section.
TABLES = {
    "harbour": ("H1.1.2", "h1-1-2", "H1.1"),
    "treaty": ("Article 6(1)(a)", "article-6-1-a", ""),
    "eyes": ("MP:01", "mp-01", ""),
}
HOME = Home(ROOT, checkout=False)
QUERIES = Catalogue.load(ROOT / "queries")


def build_taken(folder: Path) -> Path:
    """Build three tables, of which none is of the annex's framework; return the build's folder."""
    columns = [("section", each) for each in "ABCD"]
    analyses = [
        folder_of(folder, "harbour", HARBOUR, columns=columns),
        folder_of(folder, "treaty", ARTICLES),
        folder_of(folder, "eyes", EDGES, values=[("element", "*")]),
    ]
    output = folder / "build"
    build(HOME, keeping(), output=output, analyses=analyses, annex=False)
    return output


@pytest.fixture(scope="module")
def client(taken: Path) -> FlaskClient:
    return create_app(ServiceConfig(HOME, Settings(), taken)).test_client()


def of(name: str) -> str:
    return str(ID[f"analysis/{name}-plan-{name}"])


@pytest.mark.whole
@pytest.mark.parametrize("name", TABLES)
def test_pages_show_directives_as_printed(client: FlaskClient, name: str) -> None:
    notation, slug, _ = TABLES[name]
    for path in ("/", "/directives", "/matrix", "/gaps", "/categories", "/concepts", "/method"):
        answer = client.get(path, query_string={"analysis": of(name)}, headers=BROWSER)
        assert answer.status_code == 200, path
        if path in {"/directives", "/matrix"}:
            assert notation in answer.text, path
    for path in (
        f"/id/framework/{name}/directive/{slug}.html",
        f"/id/framework/{name}.html",
        f"/id/plan/plan-{name}.html",
        f"/id/analysis/{name}-plan-{name}/topic/{slug}.1.html",
    ):
        answer = client.get(path, query_string={"analysis": of(name)}, headers=BROWSER)
        assert answer.status_code == 200, path
        assert notation in answer.text or slug not in path, path


@pytest.mark.whole
@pytest.mark.parametrize("name", TABLES)
def test_stored_queries_take_and_give_identifiers(client: FlaskClient, name: str) -> None:
    notation, _, section = TABLES[name]
    every = client.get("/queries/directives.json", query_string={"analysis": of(name)}).json
    assert every is not None
    assert notation in [row["number"] for row in every["rows"]]
    asked = {"analysis": of(name), "number": notation}
    (row,) = client.get("/queries/directives.json", query_string=asked).json["rows"]  # type: ignore[index]
    assert row["number"] == notation
    assert row.get("sectionNumber") == (section or None)
    within = {"analysis": of(name), "sectionNumber": section or "1"}
    found = client.get("/queries/directives.json", query_string=within).json["rows"]  # type: ignore[index]
    assert len(found) == (2 if section else 0)
    detail = client.get("/queries/directive-detail.json", query_string=asked).json
    whole = [each for each in detail["rows"] if each["item"] == row["directive"]]  # type: ignore[index]
    assert [(each["text"], each["value"]) for each in whole] == [(row["text"], row["section"])]


@pytest.mark.whole
@pytest.mark.parametrize("query", [each.id for each in QUERIES])
def test_no_query_breaks_for_such_a_table(client: FlaskClient, query: str) -> None:
    names = {each.name for each in QUERIES[query].header.parameters}
    for name in TABLES:
        given = {"analysis": of(name)} if "analysis" in names else {}
        if "node" in names:
            given["node"] = str(ID[f"framework/{name}"])
        answer = client.get(f"/queries/{query}.json", query_string=given)
        form = QUERIES[query].form
        assert answer.status_code in ({200} if form == "SELECT" else {200, 400, 404, 406}), (
            answer.text
        )


@pytest.mark.whole
def test_directives_are_in_the_order_of_the_table(client: FlaskClient) -> None:
    asked = {"analysis": of("treaty")}
    rows = client.get("/queries/directives.json", query_string=asked).json["rows"]  # type: ignore[index]
    assert [row["number"] for row in rows] == ["Article 10", "Article 6(1)(a)", "Article 9-bis"]


#: What stands on a page where a value is missing and nobody asked.
BROKEN = re.compile(r">\s*(?:None|Undefined|nan)\s*<|/None\b|\bNone\.\d")


@pytest.mark.whole
@pytest.mark.parametrize("name", TABLES)
def test_every_page_of_such_a_table_is_found_and_whole(client: FlaskClient, name: str) -> None:
    """Every link of every page leads somewhere, and each node's page shows its identifier."""
    todo, seen = [f"/?analysis={of(name)}"], set[str]()
    while todo:
        address = todo.pop()
        answer = client.get(address, headers=BROWSER, follow_redirects=True)
        assert answer.status_code == 200, address
        if not answer.mimetype.startswith("text/html"):
            continue
        assert not BROKEN.search(answer.text), address
        for found in re.findall(r'href="(/[^"#]*)', answer.text):
            link = html.unescape(found)
            ours = re.match(rf"/(id/[^?]*{name}|[a-z]*\?analysis=[^&]*{name})", link)
            if ours and link not in seen and not link.startswith("/data"):
                seen.add(link)
                todo.append(link)
    assert len(seen) > 15
    rows = client.get("/queries/directives.json", query_string={"analysis": of(name)}).json["rows"]  # type: ignore[index]
    for row in rows:
        path = row["directive"].removeprefix(BASE.rstrip("/"))
        answer = client.get(f"{path}.html", query_string={"analysis": of(name)}, headers=BROWSER)
        assert html.escape(str(row["number"])) in answer.text, path
    asked = {"analysis": of(name)}
    parts = client.get("/queries/plan-elements.json", query_string=asked).json["rows"]  # type: ignore[index]
    assert parts
    for row in parts:
        path = row["element"].removeprefix(BASE.rstrip("/"))
        answer = client.get(f"{path}.html", query_string=asked, headers=BROWSER)
        assert answer.status_code == 200, path
        if row.get("elementNumber"):
            assert html.escape(str(row["elementNumber"])) in answer.text, path


@pytest.mark.whole
def test_a_part_known_by_its_code_alone_is_shown_once(client: FlaskClient) -> None:
    """In chips, in what may be chosen, and over the columns of the matrix."""
    asked = {"analysis": of("treaty")}
    parts = client.get("/queries/plan-elements.json", query_string=asked).json["rows"]  # type: ignore[index]
    assert {(each["elementNumber"], each["label"]) for each in parts} == {
        ("A.1", "Wells"),
        ("B.2", "B.2"),
    }
    directive = "/id/framework/treaty/directive/article-10.html"
    shown = {
        path: client.get(path, query_string=asked, headers=BROWSER).text
        for path in ("/gaps", "/matrix", "/matrix.svg", directive)
    }
    for path, text in shown.items():
        assert "B.2" in text, path
        assert not re.search(r"B\.2\s*(</\w+>)?\s*B\.2", text), path
    for path in ("/gaps", "/matrix"):
        options = re.findall(r"<option [^>]*>([AB]\.[^<]*) \(\d+\)<", shown[path])
        assert options == ["A.1 Wells", "B.2"], path
    chips = re.findall(r'<a class="chip"[^>]*>(.*?)</a>', shown[directive])
    assert {re.sub("<[^>]*>", "", each) for each in chips} == {"A.1 Wells", "B.2"}
