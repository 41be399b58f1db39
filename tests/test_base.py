"""Addresses from one base: nothing that the service writes leads out of it, whatever asks."""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from conftest import ROOT, Built
from gapgraph.errors import UsageError
from gapgraph.settings import Settings
from gapgraph.web import create_app
from gapgraph.web.base import Base, Mount
from gapgraph.web.service import ServiceConfig

WEB = ROOT / "src" / "gapgraph" / "web"
#: Bases of each kind: a path, two with a port, a path in Spanish, one named as a path of ours.
BASES = (
    "https://ong.example/a/b/",
    "http://ong.example:8443/brechas",
    "https://ong.example/datos-per%C3%BA/",
    "https://ong.example/data/",
)
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
DIRECTIVE = "id/framework/oas-work-plan-2/directive/7"
PAGES = (
    "",
    "gaps?status=none",
    "matrix",
    "directives",
    "categories",
    "search?q=agua",
    "method",
    "queries",
    "queries/gaps?limit=5&offset=5",
    "queries/category-usage.html?lang=en",
    "sparql",
    "sparql?format=html&query=SELECT+*+%7B+%3Fs+a+%3Fo+%7D+LIMIT+2",
    "validation",
    "ontology",
    "shapes",
    "data/",
    "api",
    "lookup",
    f"{DIRECTIVE}.html?lang=en",
    "id/analysis/oas-pnat/statement/7.1.1.html",
    "graph/context.html",
    "nowhere",
)
#: What stands in pages as an example of an address elsewhere, or leads away.
_ADDRESS = re.compile(r'(?:href|src|action)="([^"]*)"')
_SHOWN = re.compile(r"https?://[^\s\"'<>&]*ong\.example[^\s\"'<>&]*")


@pytest.fixture(scope="module", params=BASES)
def base(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def client(built: Built, base: str) -> Iterator[FlaskClient]:
    config = ServiceConfig(built.home, Settings(), built.output, base=base)
    app: Flask = create_app(config)
    yield app.test_client()
    app.extensions["gapgraph"].pool.close()


def outside(text: str, base: str) -> list[str]:
    """Return the addresses in a page that lead to the service's host and not into the base."""
    root = base.rstrip("/")
    path = Base.of(root).prefix.encode("latin-1").decode()
    inside = (f"{path}/", f"{urlsplit(root).path}/", f"{root}/", "#", "?")
    found = [html.unescape(each) for each in (*_ADDRESS.findall(text), *_SHOWN.findall(text))]
    assert any(each.startswith(inside[:2]) for each in found)
    return [
        each
        for each in found
        if not each.startswith(inside)
        and (not urlsplit(each).netloc or "ong.example" in each or "localhost" in each)
        and not each.startswith("mailto:")
        and each != root
    ]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_leads_out_of_the_base(client: FlaskClient, base: str, path: str) -> None:
    answer = client.get(f"/{path}", headers=BROWSER)
    assert answer.mimetype == "text/html"
    assert outside(answer.text, base) == []
    assert "localhost" not in answer.text


def test_redirects_headers_and_descriptions_stay_in_the_base(
    client: FlaskClient, base: str
) -> None:
    root = base.rstrip("/") + "/"
    path = urlsplit(root).path
    for asked in (DIRECTIVE, "queries/", "data"):
        answer = client.get(f"/{asked}?lang=en", headers=BROWSER)
        assert answer.status_code in {303, 308}
        assert answer.headers["Location"].startswith((path, root)), asked
    answer = client.get("/queries/gaps.csv?limit=5&offset=5")
    links = re.findall(r"<([^>]*)>; rel=\"(?:first|last|next|prev)\"", answer.headers["Link"])
    assert len(links) == 4
    assert all(each.startswith(f"{path}queries/gaps.csv?") for each in links)
    described = json.loads(client.get("/openapi.json").data)
    assert [each["url"] + "/" for each in described["servers"]] == [root]
    void = client.get("/.well-known/void", headers={"Accept": "text/turtle"}).text
    assert f"<{root}sparql>" in void
    assert f"<{root}data/gapgraph.nq.gz>" in void
    told = json.loads(client.get("/nowhere", headers={"Accept": "*/*"}).data)["detail"]
    assert f"start from {path} or" in told
    home = client.get("/", headers=BROWSER).text
    about = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', home)[0])
    assert about["url"] == f"{root}data/"


def test_paths_are_understood_with_the_prefix_and_without(client: FlaskClient, base: str) -> None:
    """Proxies do the one or the other; who asks the service itself writes what pages show."""
    prefix = Base.of(base).prefix.encode("latin-1").decode()
    plain = client.get("/gaps", headers=BROWSER)
    if prefix == "/data":  # that may be a path of ours: the proxy takes the prefix out
        assert client.get("/data/gapgraph.nq").status_code == 200
        assert client.get("/data/gaps", headers=BROWSER).status_code == 404
    else:
        assert client.get(f"{prefix}/gaps", headers=BROWSER).data == plain.data
        assert client.get(f"{prefix}/", headers=BROWSER).data == client.get("/").data
        assert client.get(prefix, headers=BROWSER).status_code == 200
        assert client.get(f"{prefix}x/gaps", headers=BROWSER).status_code == 404
    style = re.search(r'<link rel="stylesheet" href="([^"]*)"', plain.text)
    assert style
    inner = html.unescape(style[1]).removeprefix(prefix).removeprefix(urlsplit(base).path)
    assert client.get(f"/{inner.lstrip('/')}").mimetype == "text/css"


@pytest.mark.parametrize(
    "text",
    [
        "https://ong.example/a?b=c",
        "https://ong.example/#a",
        "https://user@ong.example/",
        "https://ong.example/a/../b",
        "https://ong.example//a",
        "https://ong.example:puerto/",
        "https://[::1/",
        "ftp://ong.example/",
        "ong.example/a",
        "/a/b",
    ],
)
def test_what_no_address_can_begin_with_is_no_base(text: str) -> None:
    with pytest.raises(UsageError, match="is no base"):
        Base.of(text)


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("https://ong.example", ("https", "ong.example", "")),
        ("http://[::1]:8000/", ("http", "[::1]:8000", "")),
        ("https://perú.example/año/", ("https", "xn--per-boa.example", "/aÃ±o")),
        ("https://ong.example/a%20b", ("https", "ong.example", "/a b")),
    ],
)
def test_a_base_is_taken_apart(text: str, base: tuple[str, str, str]) -> None:
    assert Base.of(text) == base


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("/a/b/gaps", "/gaps"),
        ("/a/b/", "/"),
        ("/a/b", "/"),
        ("/gaps", "/gaps"),
        ("/a/gaps", "/a/gaps"),
        ("/a/bc", "/a/bc"),
        ("/a/b/a/b/gaps", "/a/b/gaps"),
    ],
)
def test_the_prefix_is_taken_out_once(asked: str, seen: str) -> None:
    paths = []

    def application(environ: dict[str, str], _: object) -> list[bytes]:
        paths.append((environ["SCRIPT_NAME"], environ["PATH_INFO"]))
        return []

    list(Mount(application, "https://ong.example/a/b/", {"gaps"})({"PATH_INFO": asked}, None))  # type: ignore[arg-type]
    assert paths == [("/a/b", seen)]


#: An address that begins with a literal "/": in an attribute, or in text that becomes one.
_LITERAL = re.compile(
    r"""(?:href|src|action|url)\s*=\s*["']?/(?!/)   # an attribute
    |curl\s+'?/|\{\{\s*host\s*\}\}                  # a line that people copy
    |url\(\s*["']?/                                 # a style sheet""",
    re.VERBOSE,
)


@pytest.mark.parametrize(
    "file",
    sorted(
        file
        for file in WEB.rglob("*")
        if file.suffix in {".html", ".svg", ".css", ".js"} and "yasgui" not in file.parts
    ),
    ids=lambda file: file.name,
)
def test_no_template_writes_an_address_of_its_own(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if _LITERAL.search(line)] == []


#: Methods whose arguments are rules of routes, or pieces of a path that is read.
_READING = {
    *("get", "post", "route", "add_url_rule"),
    *("startswith", "endswith", "removeprefix", "removesuffix", "strip", "lstrip", "rstrip"),
    *("split", "partition", "rpartition"),
}
#: Paths that are compared with that of a request, or are told relative to a server (OpenAPI).
_COMPARED = {
    "links.py": {"/data"},
    "openapi_queries.py": {"/queries/", "/queries/{id}.{suffix}"},
    "plain.py": {"/queries/"},
    "sparql.py": {"/sparql", "/sparql/"},
    "pages/__init__.py": {
        *("/gaps", "/matrix", "/compare", "/directives", "/categories", "/queries", "/sparql"),
        *("/validation", "/ontology", "/data/", "/method", "/concepts", "/instruments", "/lookup"),
        "/programs",
    },
}


def literals(code: str) -> set[str]:
    """Return the literal addresses in a module: strings that begin as a path, and are no rule."""
    tree = ast.parse(code)
    read = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _READING
        for given in node.args
        for inner in ast.walk(given)
    }
    within = {
        id(value)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for value in node.values[1:]
    }
    put_together = {
        id(node.values[0]) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in read | within
        and re.match(r"/[a-z.{<]", node.value + "{" * (id(node) in put_together))
    }


@pytest.mark.parametrize(
    "code",
    ['x = f"/{stem}.ttl"', 'redirect("/data/")', 'files = ["/queries"]', 'todo = "/lookup?uri="'],
)
def test_literal_addresses_are_seen(code: str) -> None:
    assert len(literals(code)) == 1


@pytest.mark.parametrize("file", sorted(WEB.rglob("*.py")), ids=lambda file: file.stem)
def test_no_module_writes_an_address_of_its_own(file: Path) -> None:
    found = literals(file.read_text(encoding="utf-8"))
    assert found == _COMPARED.get(str(file.relative_to(WEB)), set())
