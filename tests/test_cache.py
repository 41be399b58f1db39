"""Answers kept: never another request's, the same as without keeping, in bounded memory."""

from __future__ import annotations

import gzip
import itertools
import random
import threading
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import brotli
import pytest

from conftest import Built
from gapgraph.settings import Settings
from gapgraph.web import create_app
from gapgraph.web.cache import AnswerCache
from gapgraph.web.codings import encoding_for
from gapgraph.web.service import ServiceConfig


class Told(NamedTuple):
    """An answer as a WSGI server gets it."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(application: Any, target: str, method: str = "GET", **headers: str) -> Told:
    """Ask a WSGI application as a server does; header names are written with ``_`` for ``-``."""
    parts = urlsplit(target)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "localhost",
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }
    told: list[Any] = []

    def start(status: str, pairs: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
        names = [name.lower() for name, _ in pairs]
        assert len(set(names)) == len(names), f"a header stands twice: {names}"
        told[:] = [
            int(status.split(maxsplit=1)[0]),
            dict(zip(names, (v for _, v in pairs), strict=True)),
        ]
        return lambda _: None

    body = b"".join(application(environ, start))
    return Told(told[0], told[1], body)


@pytest.fixture(scope="module")
def app(built: Built) -> Any:
    return create_app(ServiceConfig(built.home, Settings(), built.output))


@pytest.fixture
def cache(app: Any) -> AnswerCache:
    """A cache of its own for each test, in front of the real application."""
    return AnswerCache(app.wsgi_app.application.application, limit=64_000_000)


class Counted:
    """An application that counts how often it is asked."""

    def __init__(self, application: Any) -> None:
        self.application, self.asked = application, 0

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        self.asked += 1
        return self.application(environ, start_response)  # type: ignore[no-any-return]


#: Whatever may tell two answers apart.
TARGETS = (
    "/queries/category-usage",
    "/queries/category-usage.csv",
    "/queries/category-usage?limit=3",
    "/queries/category-usage?limit=3&offset=3",
    "/queries/category-usage?offset=3&limit=3",
    "/queries/category-usage?limit=3&offset=3&format=csv",
    "/queries/category-usage?limit=3&offset=3&color=red",
    "/queries/category-usage?lang=en",
    "/queries/category-usage?LIMIT=3",
    "/queries/category-usage?limit=3%26offset=3",
    "/queries/category-usage?limit=3;offset=3",
    "/queries/directive-detail?number=7",
    "/queries/directive-detail?number=07",
    "/queries/directive-detail?number=7&number=8",
    "/queries/directive-detail?number=8&number=7",
    "/queries/directive%2Ddetail?number=7",
    "/queries",
    "/queries.json",
    "/openapi.json",
    "/openapi.json?lang=en",
)
ACCEPTS = (
    "",
    "*/*",
    "text/csv",
    "TEXT/CSV",
    "text/csv;q=0, */*",
    "text/html",
    "text/html;q=0.5, application/json",
    "application/sparql-results+json, text/csv;q=nan",
    "application/sparql-results+json\ttext/csv",
    "image/png",
    "text/*",
    ",,,",
    "q=1",
    "text/csv" + ", text/csv" * 400,
)
LANGUAGES = ("", "en", "es;q=0.1, en", "xx")
HOSTS = ("localhost", "example.org", "example.org:8080", "[::1]", 'x"><script>', "")


@pytest.mark.whole
def test_what_is_kept_is_never_anothers(app: Any, cache: AnswerCache) -> None:
    """Every answer, in any order and from memory, is the one given without keeping."""
    plain = AnswerCache(app.wsgi_app.application.application, limit=0)
    asked = list(itertools.product(TARGETS, ACCEPTS, LANGUAGES, HOSTS))
    chance = random.Random(20)
    chosen = chance.sample(asked, 220)
    expected = {each: _ask(plain, *each) for each in chosen}
    assert len({(each.status, each.body) for each in expected.values()}) > 40
    for _ in range(2):
        chance.shuffle(chosen)
        for each in chosen:
            for method in ("GET", "HEAD"):
                found = _ask(cache, *each, method=method)
                assert (found.status, found.headers) == expected[each][:2], each
                assert found.body == (b"" if method == "HEAD" else expected[each].body), each
    assert len(plain) == 0
    assert len(cache) > 50


def _ask(
    cache: Any, target: str, accept: str, language: str, host: str, method: str = "GET"
) -> Told:
    return ask(cache, target, method, Accept=accept, Accept_Language=language, Host=host)


def test_a_repeated_question_asks_nobody(app: Any) -> None:
    counted = Counted(app.wsgi_app.application.application)
    cache = AnswerCache(counted, limit=64_000_000)
    for method, coding in itertools.product(("HEAD", "GET"), ("", "gzip", "br", "zstd", "*")):
        assert ask(cache, "/queries/category-usage", method, Accept_Encoding=coding).status == 200
    assert counted.asked == 1


@pytest.mark.parametrize(
    "target", ["/health", "/queries/nothing", "/queries/category-usage?color=red", "/nowhere"]
)
def test_what_is_not_public_is_not_kept(app: Any, target: str) -> None:
    counted = Counted(app.wsgi_app.application.application)
    cache = AnswerCache(counted, limit=64_000_000)
    for _ in range(3):
        ask(cache, target)
    assert (counted.asked, len(cache)) == (3, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Set-Cookie", "a=b"),
        ("Vary", "Cookie"),
        ("Vary", "*"),
        ("Cache-Control", "private"),
        ("Content-Encoding", "gzip"),
        ("Content-Range", "bytes 0-1/2"),
    ],
)
def test_what_may_differ_is_not_kept(name: str, value: str) -> None:
    """Whatever application stands behind."""

    def other(environ: Any, start_response: Any) -> list[bytes]:
        headers = {"Cache-Control": "public", "Content-Type": "text/plain", name: value}
        start_response("200 OK", list(headers.items()))
        return [b"x"]

    cache = AnswerCache(other, limit=64_000_000)
    assert ask(cache, "/").headers[name.lower()] == value
    assert len(cache) == 0


def test_each_coding_has_its_tag_and_is_true(cache: AnswerCache) -> None:
    target = "/queries/category-usage.srj"
    plain = ask(cache, target)
    packed = {name: ask(cache, target, Accept_Encoding=name) for name in ("gzip", "br")}
    assert gzip.decompress(packed["gzip"].body) == plain.body
    assert brotli.decompress(packed["br"].body) == plain.body
    tags = [plain.headers["etag"], *(each.headers["etag"] for each in packed.values())]
    assert len(set(tags)) == 3
    assert all(tag[0] == tag[-1] == '"' for tag in tags), "strong"
    for name, told in packed.items():
        assert told.headers["content-encoding"] == name
        assert int(told.headers["content-length"]) == len(told.body) < len(plain.body) / 3
        assert "Accept-Encoding" in told.headers["vary"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip;q=0", "identity"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("br;q=0, *", "gzip"),
        ("identity", "identity"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip", "gzip"),
        ("deflate", "identity"),
        ("gzip;q=nan", "identity"),
        ("gzip, " * 500, "gzip"),
        (";;;,,,\x00", "identity"),
    ],
)
def test_codings(accepted: str, coding: str) -> None:
    """RFC 9110, section 12.5.3."""
    assert encoding_for(accepted) == coding


def test_conditions(cache: AnswerCache) -> None:
    """RFC 9110, section 13."""
    target = "/queries/category-usage.srj"
    whole = ask(cache, target)
    tag, packed = whole.headers["etag"], ask(cache, target, Accept_Encoding="gzip").headers["etag"]
    for condition in (tag, f"W/{tag}", f'"x", {tag}', "*", f"  {tag}  "):
        for method in ("GET", "HEAD"):
            told = ask(cache, target, method, If_None_Match=condition)
            assert (told.status, told.body) == (304, b"")
            assert told.headers["etag"] == tag
            assert told.headers["vary"] == whole.headers["vary"]
            assert not {"content-type", "content-length", "content-encoding"} & told.headers.keys()
    for condition in (packed, '"x"', tag.strip('"'), "", tag[:-2] + '"', f"x{tag}"):
        told = ask(cache, target, If_None_Match=condition)
        assert (told.status, told.body) == (200, whole.body)
    assert ask(cache, target, If_Match=tag).status == 200
    assert ask(cache, target, If_Match="*").status == 200
    for condition in ('"x"', f"W/{tag}", packed):
        assert ask(cache, target, If_Match=condition).status == 412
    late = "Fri, 31 Dec 2099 23:59:59 GMT"
    assert ask(cache, target, If_Modified_Since=late).status == 200


@pytest.mark.parametrize("coding", ["", "gzip", "br"])
def test_ranges(cache: AnswerCache, coding: str) -> None:
    """RFC 9110, section 14: of the bytes that are sent, those of the coding."""
    target = "/queries/category-usage.csv"
    whole = ask(cache, target, Accept_Encoding=coding)
    length = len(whole.body)
    assert whole.headers["accept-ranges"] == "bytes"
    for asked, begin, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, length),
        ("bytes=-20", length - 20, length),
        (f"bytes={length - 1}-{length + 50}", length - 1, length),
        ("bytes= 5-9", 5, 10),
    ):
        told = ask(cache, target, Accept_Encoding=coding, Range=asked)
        assert (told.status, told.body) == (206, whole.body[begin:end]), asked
        assert told.headers["content-range"] == f"bytes {begin}-{end - 1}/{length}"
        assert told.headers["content-length"] == str(end - begin)
        same = ("etag", "content-type", "content-encoding", "vary", "cache-control")
        assert [told.headers.get(name) for name in same] == [
            whole.headers.get(name) for name in same
        ]
    for asked in (f"bytes={length}-", "bytes=99999999-", f"bytes={length + 5}-{length + 9}"):
        told = ask(cache, target, Accept_Encoding=coding, Range=asked)
        assert (told.status, told.body) == (416, b"")
        assert told.headers["content-range"] == f"bytes */{length}"


@pytest.mark.parametrize(
    "asked",
    [
        "rows=0-9",
        "bytes",
        "bytes=",
        "bytes=x-y",
        "bytes=9-5",
        "bytes=0-4,10-14",
        "bytes=--5",
        f"bytes=0-{'9' * 5000}",
        "bytes=\u0665-",
    ],
)
def test_what_is_no_single_range_gets_the_whole(cache: AnswerCache, asked: str) -> None:
    target = "/queries/category-usage.csv"
    told = ask(cache, target, Range=asked)
    assert (told.status, told.body) == (200, ask(cache, target).body)


def test_ranges_under_conditions(cache: AnswerCache) -> None:
    """RFC 9110, section 13.1.5: of what has changed meanwhile the whole is sent."""
    target = "/queries/category-usage.csv"
    whole = ask(cache, target)
    tag = whole.headers["etag"]
    for condition, status in (
        (tag, 206),
        (f"W/{tag}", 200),
        ('"x"', 200),
        (f'{tag}, "x"', 200),
        ("Fri, 31 Dec 2099 23:59:59 GMT", 200),
    ):
        assert ask(cache, target, Range="bytes=0-9", If_Range=condition).status == status, condition
    packed = ask(cache, target, Accept_Encoding="gzip").headers["etag"]
    assert ask(cache, target, Range="bytes=0-9", If_Range=packed).status == 200
    assert ask(cache, target, Range="bytes=0-9", If_None_Match=tag).status == 304
    assert ask(cache, target, Range="bytes=0-9", If_Match='"x"').status == 412
    told = ask(cache, target, "HEAD", Range="bytes=0-9")
    assert (told.status, told.headers["content-length"]) == (200, str(len(whole.body)))


def test_first_asked_with_conditions(app: Any) -> None:
    """A first question with a range or a condition keeps what everybody gets."""
    whole = ask(app.wsgi_app.application.application, "/queries/category-usage.csv").body
    for headers in (
        {"Range": "bytes=0-9"},
        {"If_None_Match": "*"},
        {"If_Match": '"x"'},
        {"If_Modified_Since": "Fri, 31 Dec 2099 23:59:59 GMT"},
    ):
        cache = AnswerCache(app.wsgi_app.application.application, limit=64_000_000)
        ask(cache, "/queries/category-usage.csv", **headers)
        assert ask(cache, "/queries/category-usage.csv").body == whole


def test_conditions_and_ranges_reach_what_is_not_kept(cache: AnswerCache) -> None:
    whole = ask(cache, "/ontology.ttl")
    assert whole.status == 200
    assert len(cache) == 0
    told = ask(cache, "/ontology.ttl", If_None_Match=whole.headers["etag"])
    assert (told.status, told.body) == (304, b"")
    told = ask(cache, "/ontology.ttl", Range="bytes=0-9")
    assert (told.status, told.body) == (206, whole.body[:10])


def test_memory_is_bounded(app: Any) -> None:
    limit = 2_000_000
    cache = AnswerCache(app.wsgi_app.application.application, limit=limit)
    popular = "/queries/category-usage.csv"
    for number in range(400):
        ask(cache, f"/queries/category-usage.srj?offset={number}", Host=f"{number}.example")
        ask(cache, popular)
        assert cache.size <= limit
    assert 10 < len(cache) < 400
    counted, cache.application = Counted(cache.application), lambda *_: pytest.fail("asked again")
    assert ask(cache, popular).status == 200, "what is asked often stays"
    cache.application = counted
    before = len(cache)
    for length in (5_000, 15_000):
        ask(cache, "/queries?" + "x" * length)
        ask(cache, "/queries", Accept="text/csv," * (length // 9) + "*/*")
    assert len(cache) == before, "no long keys"


@pytest.mark.whole
def test_many_threads(app: Any) -> None:
    """Readers and writers at once, in a cache that is always too small."""
    plain = app.wsgi_app.application.application
    targets = [f"/queries/category-usage.srj?limit={each}" for each in range(1, 25)]
    expected = {target: ask(plain, target).body for target in targets}
    cache = AnswerCache(plain, limit=400_000)
    wrong: list[str] = []

    def reader(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(150):
            target = chance.choice(targets)
            coding = chance.choice(["", "gzip"])
            body = ask(cache, target, Accept_Encoding=coding).body
            if (gzip.decompress(body) if coding and body[:2] == b"\x1f\x8b" else body) != expected[
                target
            ]:
                wrong.append(target)

    threads = [threading.Thread(target=reader, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert 0 < cache.size <= 400_000
    assert len(cache) < len(targets)
