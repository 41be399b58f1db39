"""What people and their platforms send is understood; what programs send is checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from conftest import Built
from gapgraph.settings import Settings
from gapgraph.web import create_app
from gapgraph.web.language import lookup, spoken
from gapgraph.web.service import ServiceConfig
from test_cache import Told, ask

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.fixture(scope="module")
def app(built: Built) -> Iterator[Any]:
    made = create_app(ServiceConfig(built.home, Settings(), built.output))
    yield made
    made.extensions["gapgraph"].pool.close()


def browse(app: Any, target: str, **headers: str) -> Told:
    """Ask the whole application, cache and all, as a browser does."""
    return ask(app.wsgi_app, target, **{"Accept": CHROME, **headers})


def page_language(told: Told) -> str:
    assert told.status == 200
    return told.body.decode().partition('<html lang="')[2][:2]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("es", "es"),
        ("es-PE", "es"),
        ("ES-419", "es"),
        ("es-Latn-MX", "es"),
        ("en-US", "en"),
        ("EN", "en"),
        ("en-x-simple", "en"),
        ("quz-PE", None),
        ("est", None),
        ("es_PE", None),
        ("es-", None),
        ("-en", None),
        ("*", None),
        ("", None),
    ],
)
def test_a_language_range_is_looked_up(app: Any, wanted: str, found: str | None) -> None:
    """RFC 4647, section 3.4; the same at every door."""
    assert lookup(wanted) == found
    for target in ("/gaps", "/queries/gaps.html", "/ontology.html"):
        told = browse(app, f"{target}?lang={quote(wanted)}", Accept_Language="")
        if found or not wanted:
            assert page_language(told) == (found or "es"), target
        else:
            assert told.status == 400
    plain, asked = "/queries/gaps.csv", f"/queries/gaps.csv?lang={quote(wanted)}"
    told = ask(app.wsgi_app, asked)
    if found or not wanted:
        same = ask(app.wsgi_app, f"{plain}?lang={found}" if found else plain)
        assert (told.status, told.body, told.headers) == (200, same.body, same.headers)
    else:
        assert told.status == 400
        assert b"use es or en" in told.body


@pytest.mark.parametrize(
    ("accepted", "found"),
    [
        ("", "es"),
        ("*", "es"),
        ("quz, ay;q=0.5", "es"),
        ("es-PE, en;q=0.9", "es"),
        ("en;q=0.8, es-419;q=0.9", "es"),
        ("es-MX;q=0.3, en-GB;q=0.7", "en"),
        ("fr-CA, en-US;q=0.5, es;q=0.4", "en"),
        ("EN-us", "en"),
        ("pt-BR, pt;q=0.9, es-AR;q=0.8, en;q=0.7", "pt"),
        ("it-IT, it;q=0.9, es-AR;q=0.8, en;q=0.7", "es"),
        ("en;q=0, quz", "es"),
        ("es;q=0, *", "en"),
        ("en;q=nonsense, es-EC;q=0.1", "es"),
        ("en-US, " * 200 + "es", "en"),
    ],
)
def test_weights_of_languages_count(app: Any, accepted: str, found: str) -> None:
    assert spoken(None, accepted) == found
    for target in ("/", "/queries/category-usage", "/lookup"):
        assert page_language(browse(app, target, Accept_Language=accepted)) == found
    rows = ask(app.wsgi_app, "/queries/gaps.csv", Accept_Language=accepted)
    assert rows.body == ask(app.wsgi_app, f"/queries/gaps.csv?lang={found}").body


@pytest.mark.parametrize(
    "wanted",
    [
        "x-requested-with",
        "authorization, cache-control",
        "X-Client-Version,traceparent , if-none-match",
        "",
        "bad name, x-good",
        'x"quoted, x-fine',
    ],
)
@pytest.mark.parametrize("target", ["/queries/gaps", "/sparql", "/gaps", "/nowhere"])
def test_a_page_elsewhere_may_send_what_its_browser_asks_for(
    app: Any, target: str, wanted: str
) -> None:
    headers = {"Access_Control_Request_Headers": wanted, "Origin": "https://example.org"}
    told = ask(app.wsgi_app, target, "OPTIONS", Access_Control_Request_Method="GET", **headers)
    allowed = told.headers["access-control-allow-headers"].lower().split(", ")
    named = {each.strip() for each in wanted.lower().split(",")} - {""}
    assert named - {"bad name", 'x"quoted'} <= set(allowed)
    assert {"accept", "content-type", "if-none-match", "range"} <= set(allowed)
    assert len(allowed) == len(set(allowed))
    assert '"' not in "".join(allowed)
    assert "bad name" not in allowed


#: What platforms append, in ways of theirs.
APPENDED = (
    "fbclid=IwAR0x_y-z",
    "utm_source=boletin&utm_medium=email&utm_campaign=trata%20de%20personas",
    "gclid=1&gad_source=2",
    "mc_cid=a1&mc_eid=b2",
    "_=1700000000000",
    "msclkid=&igshid=Zm9v",
    "utm_content=%C3%B1and%C3%BA",
)
#: Pages, with parameters of their own, and the addresses they are shared by.
PAGES = (
    "/",
    "/gaps?section=2&group=status",
    "/matrix?status=none",
    "/search?q=ni%C3%B1as&page=1",
    "/lookup?uri=http%3A%2F%2Fmetadata.un.org%2Fthesaurus%2F1001328",
    "/queries",
    "/queries/topics-without-category?limit=5",
    "/queries/search.html?text=agua",
    "/sparql",
    "/sparql?query=ASK%7B%7D",
    "/ontology",
    "/data/",
    "/validation?severity=Warning",
    "/api",
    "/id/analysis/oas-pnat/topic/7.1.html?lang=en",
)


def with_more(target: str, *more: str) -> list[str]:
    """Return an address with more parameters: behind its own ones, and before them."""
    path, _, own = target.partition("?")
    return [f"{path}?{'&'.join(filter(None, each))}" for each in ((own, *more), (*more, own))]


@pytest.mark.parametrize("target", PAGES)
def test_what_platforms_append_changes_no_page(app: Any, target: str) -> None:
    """Nor is it repeated in any line, link or form of the page."""
    expected = browse(app, target)
    assert expected.status == 200
    kept = len(app.wsgi_app.application)
    for appended in APPENDED:
        for shared in with_more(target, appended):
            told = browse(app, shared)
            assert (told.status, told.body) == (expected.status, expected.body), shared
            assert told.headers == expected.headers
    assert len(app.wsgi_app.application) == kept, "none has a place of its own in the cache"


@pytest.mark.parametrize("target", [each for each in PAGES if "sparql" not in each])
@pytest.mark.parametrize("unknown", ["x=1", "color=red", "sdg=16.2", "Section=3"])
def test_what_a_page_does_not_know_takes_no_place(app: Any, target: str, unknown: str) -> None:
    expected, kept = browse(app, target), len(app.wsgi_app.application)
    for shared in with_more(target, unknown):
        told = browse(app, shared)
        if target.startswith("/queries/"):
            assert told.status == 400, "the page of a query says which parameters it has"
            assert unknown.partition("=")[0] in told.body.decode()
        else:
            assert (told.status, told.body) == (expected.status, expected.body)
    assert len(app.wsgi_app.application) == kept


@pytest.mark.parametrize("accept", ["", "*/*", "text/csv", "application/json", "text/html, */*"])
@pytest.mark.parametrize("appended", APPENDED[:5])
def test_data_goes_on_refusing_what_it_does_not_know(app: Any, accept: str, appended: str) -> None:
    name = appended.partition("=")[0]
    for target in (f"/queries/gaps?{appended}", f"/queries/search?text=agua&{appended}"):
        told = ask(app.wsgi_app, target, Accept=accept)
        assert told.status == 400
        assert name in told.body.decode()
    for target in (f"/queries/gaps.csv?{appended}", f"/queries/gaps?format=srj&{appended}"):
        told = browse(app, target)
        assert told.status == 400


def test_the_suffix_and_the_parameter_say_that_a_page_is_wanted(app: Any) -> None:
    for target in ("/queries/gaps.html?fbclid=1", "/queries/gaps?format=html&utm_term=x"):
        for accept in ("", "*/*", "text/csv"):
            assert ask(app.wsgi_app, target, Accept=accept).status == 200


def test_every_page_says_what_it_takes(app: Any) -> None:
    """So that whatever parameter is made up, the page is in the cache once."""
    rules = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("pages.") and not rule.arguments
    ]
    assert len(rules) >= 9
    for path in rules:
        told = browse(app, path)
        kept = len(app.wsgi_app.application)
        for made_up in ("?a=b", "?q1=&x%5B%5D=2", "?__proto__=1&lang=es&zz"):
            asked = browse(app, path + made_up)
            assert asked.status == told.status == 200
        assert len(app.wsgi_app.application) - kept <= 1, f"{path}: once more, for lang"


@pytest.mark.parametrize(
    "path",
    [
        "gaps",
        "matrix",
        "search",
        "directives",
        "categories",
        "lookup",
        "api",
        "validation",
        "ontology",
        "shapes/asserted",
        "queries/gaps",
        "queries/gaps.csv",
        "id/analysis/oas-pnat/topic/7.1.html",
        "graph/context",
        "openapi.json",
    ],
)
@pytest.mark.parametrize("asked", ["", "?lang=en", "?lang=es-PE&analysis=oas-pnat"])
def test_a_slash_at_the_end_leads_to_the_page(app: Any, path: str, asked: str) -> None:
    for slashes in ("/", "//"):
        told = browse(app, f"/{path}{slashes}{asked}")
        assert (told.status, told.headers["location"]) == (308, f"/{path}{asked}")
    for kept in ("/", "/data/"):
        assert browse(app, kept + asked).status == 200


@pytest.mark.parametrize("path", ["/Gaps", "/GAPS/", "/Queries/Gaps"])
def test_a_capital_leads_to_the_page(app: Any, path: str) -> None:
    told = browse(app, f"{path}?lang=en")
    leads = f"{path.lower().rstrip('/')}?lang=en"
    assert (told.status, told.headers["location"]) == (308, leads)
    assert ask(app.wsgi_app, path, Accept="text/turtle").status == 404


def test_a_slash_leads_nowhere_else(app: Any) -> None:
    for path in ("/nowhere/", "/x//example.org/", "/queries/gaps/more/", "/gaps/x/", "/7/"):
        assert browse(app, path).status == 404, path
    for path in ("/queries/gaps/", "/ontology/", "/graph/context/"):
        for accept in ("text/turtle", "text/csv, application/json;q=0.5", "*/*, text/html;q=0"):
            assert ask(app.wsgi_app, path, Accept=accept).status == 404, path
    for path in ("//gaps/", "////gaps//"):
        # What begins with two slashes would name a host.
        told = browse(app, f"http://localhost{path}")
        assert told.headers["location"].removeprefix("http://localhost") == "/gaps"


@pytest.fixture(scope="module")
def behind(built: Built) -> Any:
    """The application at an address with a path."""
    base = "https://ong.example/a/b/"
    return create_app(ServiceConfig(built.home, Settings(), built.output, base=base))


@pytest.mark.parametrize("prefix", ["", "/a/b"])
def test_behind_a_path_too(behind: Any, prefix: str) -> None:
    """Whether the proxy takes the path out or leaves it in."""
    for path in ("gaps", "queries/gaps", "ontology.html"):
        told = browse(behind, f"{prefix}/{path}/?lang=en")
        assert (told.status, told.headers["location"]) == (308, f"/a/b/{path}?lang=en")
    for target in ("/gaps?section=2", "/queries/gaps.html", "/api"):
        expected = browse(behind, prefix + target)
        assert expected.status == 200
        for shared in with_more(prefix + target, "fbclid=1", "utm_source=wa"):
            assert browse(behind, shared).body == expected.body


def test_one_host_for_all_where_the_base_is_known(behind: Any, app: Any) -> None:
    """Strangers who make up hosts take no place in the cache; what is no host is refused still."""
    expected = browse(behind, "/gaps")
    kept = len(behind.wsgi_app.application)
    for host in ("made.up", "a1.example:8080", "[::1]:80", "gap_graph"):
        told = browse(behind, "/gaps", Host=host)
        assert (told.status, told.body) == (200, expected.body)
        assert host not in told.body.decode()
    assert len(behind.wsgi_app.application) == kept
    for host in ("a..b", "x y", "a:0"):
        assert browse(behind, "/gaps", Host=host).status == 400
    # Without a base the host stands in the lines to copy.
    assert b"http://made.up/" in browse(app, "/queries/gaps", Host="made.up").body


#: Questions with letters beyond ASCII.
WORDS = ("niñas", "protección", "ÑANDÚ", "трата")


@pytest.mark.parametrize("word", WORDS)
def test_an_address_need_not_be_escaped(app: Any, word: str) -> None:
    sent = word.encode().decode("latin-1")  # as WSGI has bytes
    question = 'SELECT ("{}"%20AS%20%3Fx)%20%7B%7D'
    for target in (
        "/search?q={}",
        "/queries/search.csv?text={}",
        "/queries/search?text={}",
        f"/sparql?query={question}",
        f"/sparql?format=csv&query={question}",
    ):
        for accept in ("", CHROME):
            told = ask(app.wsgi_app, target.format(sent), Accept=accept)
            same = ask(app.wsgi_app, target.format(quote(word)), Accept=accept)
            assert (told.status, told.body) == (200, same.body), target
    assert ask(app.wsgi_app, "/sparql?query=ASK%7B%7D&x=\xf1").status == 400
