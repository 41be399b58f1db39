"""What is decided in one place, searched for in all others; and what all answers have in common."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from conftest import ROOT, Built
from gapgraph.namespaces import BASE, CC_BY
from gapgraph.settings import Settings
from gapgraph.texts import LANGUAGE_NAMES
from gapgraph.web import create_app
from gapgraph.web.negotiate import given
from gapgraph.web.service import ServiceConfig

pytestmark = pytest.mark.every

PACKAGE = ROOT / "src" / "gapgraph"
#: What has one place: how it is recognised, and the modules that may say it, with the reason where
#: there are several.
PLACES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "the header Accept is read": (
        "web",
        r"MIMEAccept|accept_mimetypes|best_match",
        ("web/negotiate.py",),
    ),
    "the parameter format is read": (
        "web",
        r"""(?:args|given|parse_qs\(\w+\))\.get\("format|getlist\("format""",
        # Both hand it to the one reader: of a query's parameters; of a form that is posted. What
        # a page leaves aside of an address is decided before there is a request.
        ("web/negotiate.py", "web/options.py", "web/protocol.py", "web/parameters.py"),
    ),
    "a format is refused": ("web", r"has no format", ("web/negotiate.py",)),
    "caching is told": (
        "web",
        # The last answer calls nothing.
        r'"Cache-Control"',
        ("web/headers.py", "web/last.py"),
    ),
    "what an answer varies by": ("web", r'"Vary"|\.vary\b', ("web/headers.py", "web/last.py")),
    "the version of the dataset is told": (
        "web",
        # Of a version that was replaced, only its own view knows; a description names the header.
        r'"X-Dataset-Version"',
        ("web/headers.py", "web/versions.py", "web/openapi_queries.py"),
    ),
    "the licence is told": ("web", r'rel="license"', ("web/headers.py",)),
    "who may read an answer": (
        "web",
        r"Access-Control-Allow",
        ("web/policy.py", "web/last.py"),
    ),
    "a file has its name": (
        "web",
        r'"Content-Disposition"',
        ("web/headers.py", "web/answers.py", "web/openapi_queries.py"),
    ),
    "the address of the data": (
        "",
        r"https://w3id\.org/gapgraph",
        ("namespaces.py",),
    ),
    "an assessment's IRI": ("", r"/assessment/", ("namespaces.py",)),
    "the names of languages": (
        "",
        "|".join(rf'["\']{name}["\']' for name in LANGUAGE_NAMES.values()),
        (),
    ),
}


def code(text: str) -> str:
    """A module without its examples."""
    return re.sub(r"^ *(?:>>>|\.\.\.) .*\n(?:[ ]*[^\s>\"].*\n)?", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("what", PLACES)
def test_what_has_one_place_is_in_no_other(what: str) -> None:
    folder, pattern, homes = PLACES[what]
    found = {
        str(file.relative_to(PACKAGE))
        for file in (PACKAGE / folder).rglob("*.py")
        if re.search(pattern, code(file.read_text(encoding="utf-8")))
    }
    assert found - {*homes} == set(), what
    assert {*homes} - found == set(), f"{what}: not there any more"


@pytest.fixture(scope="module")
def client(built: Built) -> Iterator[FlaskClient]:
    app = create_app(ServiceConfig(built.home, Settings(), built.output))
    yield app.test_client()
    app.extensions["gapgraph"].pool.close()


def test_every_answer_has_the_same_headers(client: FlaskClient) -> None:
    """Pages, data, documents, files, redirections, refusals: whatever it is."""
    seen = set()
    for path, accept, status in (
        ("/", "text/html", 200),
        ("/gaps", "text/html", 200),
        ("/queries", "text/html", 200),
        ("/queries/gaps.csv", "", 200),
        ("/queries/gaps.srj", "", 200),
        ("/queries/gaps.rq", "", 200),
        ("/sparql", "text/html", 200),
        ("/sparql", "text/turtle", 200),
        ("/sparql?query=ASK%7B%7D", "", 200),
        ("/lookup?uri=http://metadata.un.org/sdg/5.2", "application/json", 200),
        ("/lookup", "text/html", 200),
        ("/validation", "text/html", 200),
        ("/validation.md", "", 200),
        ("/id/plan/pnat-2017-2021", "", 303),
        ("/id/plan/pnat-2017-2021.html", "", 200),
        ("/id/plan/pnat-2017-2021.ttl", "", 200),
        ("/id/concept/x", "", 404),
        ("/graph/meta.ttl", "", 200),
        ("/graph/meta.html", "", 200),
        ("/ontology", "", 200),
        ("/ontology.html", "", 200),
        ("/shapes.nt", "", 200),
        ("/.well-known/void", "", 200),
        ("/data/", "text/html", 200),
        ("/data/gapgraph.nq.gz", "", 200),
        ("/report.md", "", 200),
        ("/matrix.svg", "", 200),
        ("/card.png", "", 200),
        ("/openapi.json", "", 200),
        ("/api", "text/html", 200),
        ("/robots.txt", "", 200),
        ("/health", "", 200),
        ("/queries/", "", 308),
        ("/nowhere", "", 404),
        ("/queries/gaps?color=red", "", 400),
        ("/queries/gaps", "image/x-none", 406),
    ):
        answer = client.get(path, headers={"Accept": accept} if accept else {})
        assert answer.status_code == status, path
        told = answer.headers
        assert f'<{CC_BY}>; rel="license"' in told["Link"], path
        assert told["X-Dataset-Version"], path
        assert told["Vary"] == "Accept, Accept-Language, Accept-Encoding", path
        assert told["Access-Control-Allow-Origin"] == "*", path
        for name in ("Link", "Vary", "X-Dataset-Version", "Content-Security-Policy"):
            assert len(told.getlist(name)) == 1, (path, name)
        seen.add(told.get("Cache-Control"))
    assert seen == {"public, max-age=60", "no-cache", "no-store", None}


#: An address of each kind that is answered in several formats, and one with a suffix.
NEGOTIATED = (
    ("/queries", "/queries.{}"),
    ("/queries/gaps", "/queries/gaps.{}"),
    ("/lookup?uri=http://metadata.un.org/sdg/5.2", ""),
    ("/validation", "/validation.{}"),
    ("/sparql?query=ASK%7B%7D", ""),
    ("/sparql", ""),
    ("/id/plan/pnat-2017-2021", "/id/plan/pnat-2017-2021.{}"),
    ("/graph/meta", "/graph/meta.{}"),
    ("/ontology", "/ontology.{}"),
    ("/shapes", "/shapes.{}"),
    ("/shapes/asserted", "/shapes/asserted.{}"),
    ("/.well-known/void", ""),
    ("/data/", ""),
    ("/data/gapgraph", "/data/gapgraph.{}"),
    ("", "/report.{}"),
    ("", "/matrix.{}"),
    ("", "/compare.{}"),
    ("", "/review.{}"),
)


@pytest.mark.parametrize(("path", "suffixed"), NEGOTIATED)
def test_formats_are_asked_for_in_one_way(client: FlaskClient, path: str, suffixed: str) -> None:
    if path:
        asked = client.get(f"{path}{'&' if '?' in path else '?'}format=zzz")
        assert (asked.status_code, asked.json and asked.json["parameter"]) == (400, "format")
        assert client.get(path, headers={"Accept": "image/x-none"}).status_code == 406
    if suffixed:
        assert client.get(suffixed.format("zzz")).status_code == 404
        if path:
            told = client.get(f"{suffixed.format('ttl')}?format=nt")
            assert told.status_code in {400, 404}


def test_openapi_offers_what_the_views_declare(client: FlaskClient) -> None:
    """And what they declare is what they answer: media types of every format, asked for by name."""
    described: dict[str, Any] = client.get("/openapi.json").json or {}
    views = client.application.view_functions
    rules = {
        re.sub("<[^>]*>", "{}", rule.rule): views[rule.endpoint]
        for rule in client.application.url_map.iter_rules()
        if "GET" in (rule.methods or ())
    }
    compared = 0
    for path, methods in described["paths"].items():
        view = rules.get(re.sub("{[^}]*}", "{}", path))
        if view is None or "get" not in methods or not given(view).offers:
            continue
        operation = methods["get"]
        assert [*operation["responses"]["200"]["content"]] == [*given(view).media], path
        named = (
            [each["schema"]["enum"] for each in operation["parameters"] if each["name"] == "format"]
            if all("name" in each for each in operation["parameters"])
            else []
        )
        assert named in ([], [[*given(view).names]]), path
        compared += 1
    assert compared >= 12
    for path, start in (
        ("/queries", "/queries?"),
        ("/lookup", "/lookup?uri=http://metadata.un.org/sdg/5.2&"),
        ("/validation", "/validation?"),
        ("/graph/{path}", "/graph/meta?"),
        ("/ontology", "/ontology?"),
        ("/data/", "/data/?"),
        ("/queries/coverage-by-section", "/queries/coverage-by-section?"),
        ("/queries/framework-complete", "/queries/framework-complete?"),
    ):
        operation = described["paths"][path]["get"]
        content = operation["responses"]["200"]["content"]
        (names,) = (
            each["schema"]["enum"]
            for each in operation["parameters"]
            if each.get("name") == "format"
        )
        media = {client.get(f"{start}format={name}").mimetype for name in names}
        assert media == {*content}, path


def test_the_base_of_addresses_is_the_namespace() -> None:
    assert BASE == "https://w3id.org/gapgraph/"
