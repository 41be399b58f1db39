"""Requests put together by chance: whatever they bring, the service has a whole answer to them.

``pytest tests/hard --times 100`` tries a hundred times as many; each test tells what it tried.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from conftest import SUMMARY, Built
from gapgraph.settings import Settings
from gapgraph.web import create_app, policy
from gapgraph.web.service import ServiceConfig
from trying import HOSTILE, summary

pytestmark = pytest.mark.whole

Say = Callable[[str, object], None]
WORDS = [each.decode("latin-1") for each in HOSTILE] + [
    *(
        "",
        "7",
        "58",
        "es",
        "en",
        "agua",
        "niñas",
        "nin\u0303as",
        "1",
        "0",
        "partial",
        "gaps",
        "csv",
    ),
    *("oas-pnat", "https://w3id.org/gapgraph/id/analysis/oas-pnat", "http://[", "http://x/%zz"),
    *("urn:x", "http://x:y:z", "http://x/\ufffe", "javascript:alert(1)", "<script>", "{{7*7}}"),
]
#: What headers are asked with, beside hostile words.
HEADERS = {
    "Accept": ("text/html", "*/*", "text/turtle", "application/json;q=0.5", "text/*;q=2", "a/b/c"),
    "Accept-Language": ("es-PE", "qu", "en;q=0", "*", "x" * 300, "es;q=nan", "pt_BR"),
    "Accept-Encoding": ("gzip", "br;q=0", "identity;q=0", "*;q=0", "zstd, gzip"),
    "Host": ("localhost", "gap_graph", "x..y", "xn--a", "a:0", "a:99999", "[::1]", "", "~"),
    "Range": (
        "bytes=0-9",
        "bytes=-5",
        "bytes=9-2",
        "bytes=0-0,5-6",
        "lines=1-2",
        "bytes=99999999-",
    ),
    "If-None-Match": ("*", '"x"', 'W/"x"', "x"),
    "If-Modified-Since": ("Mon, 01 Jan 99999999999 00:00:00 GMT", "yesterday", "0"),
    "Content-Type": ("text/turtle", "multipart/form-data", "text/plain; charset=utf-7", "x"),
    "Access-Control-Request-Headers": ("x-a, x-b", ", ," * 90),
    "Origin": ("null", "https://example.org"),
}
#: Where a query of a stranger would start a process of its own, which other tests try.
ELSEWHERE = {"sparql", "validation"}


@pytest.fixture(scope="module")
def app(built: Built) -> Iterator[Flask]:
    made = create_app(ServiceConfig(built.home, Settings(), built.output))
    yield made
    made.extensions["gapgraph"].pool.close()


def sendable(value: str) -> str:
    """Return what a server hands on as a header: no end of a line within."""
    return re.sub(r"[\r\n\0]", "", value).encode("utf-8", "replace").decode("latin-1")


def asked_of(app: Flask, path: str, **request: Any) -> Response:
    """Ask the application as a server does: a client of Flask's own fails at some hosts itself."""
    environ = EnvironBuilder(path, **request).get_environ()
    pieces, status, headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    return Response(pieces, status, headers)


def path_of(rule: str, chance: random.Random) -> str:
    """Return an address of a route, whose places hold something or other."""
    return re.sub(r"<[^>]+>", lambda _: chance.choice(WORDS), rule)


def test_requests(app: Flask, times: int, record_property: Say) -> None:
    chance, counts = random.Random("requests"), Counter[str]()
    rules = sorted({rule.rule for rule in app.url_map.iter_rules()})
    stored = app.extensions["gapgraph"].catalogue.ids
    names = ["analysis", "format", "lang", "limit", "offset", "sort", "filter", "q", "node", "text"]
    for _ in range(300 * times):
        rule = chance.choice(rules)
        if rule.split("/")[1] in ELSEWHERE:
            rule = f"/queries/{chance.choice(stored)}"
        asked = {
            chance.choice(names): chance.choice(WORDS) for _ in range(chance.choice((0, 0, 1, 2)))
        }
        headers = {
            name: sendable(chance.choice((*HEADERS[name], *WORDS)))
            for name in chance.sample(sorted(HEADERS), chance.choice((0, 1, 2, 4)))
        }
        method = chance.choice(("GET", "GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "TRACE"))
        answer = asked_of(
            app, quote(path_of(rule, chance)), query_string=asked, headers=headers, method=method
        )
        told = (method, rule, asked, headers, answer.status, answer.data[:200])
        counts[f"{answer.status_code // 100}xx"] += 1
        assert answer.status_code < 500, told
        assert policy.EVERY_ANSWER.items() <= dict(answer.headers).items(), told
        assert "Set-Cookie" not in answer.headers, told
        # A range outside what is kept is answered by its headers alone.
        if answer.status_code >= 400 and answer.status_code != 416 and method != "HEAD":
            assert answer.data, told
            assert b"Traceback" not in answer.data, told
    assert min(counts["2xx"], counts["4xx"]) > counts.total() / 10
    record_property(SUMMARY, summary("requests", counts))


def test_values_of_parameters(app: Flask, times: int, record_property: Say) -> None:
    """Each stored query, its own parameters, and values that are none."""
    chance, counts = random.Random("values"), Counter[str]()
    catalogue = app.extensions["gapgraph"].catalogue
    for name in catalogue.ids * times:
        for parameter in catalogue[name].header.parameters:
            value = chance.choice(WORDS)
            answer = asked_of(app, f"/queries/{name}.srj", query_string={parameter.name: value})
            counts[f"{answer.status_code // 100}xx"] += 1
            told = (name, parameter.name, value, answer.status, answer.data[:200])
            assert answer.status_code < 500, told
            # What is wrong is the value, and no SPARQL that its sender never saw.
            assert b"not valid SPARQL" not in answer.data, told
    assert min(counts["2xx"], counts["4xx"]) > 10
    record_property(SUMMARY, summary("values of parameters", counts))
