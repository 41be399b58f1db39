"""The last answer, and the doors where it once came for what is only no address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.message import Message
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client

from conftest import Built
from gapgraph.settings import Settings
from gapgraph.web import create_app
from gapgraph.web.intake import Intake
from gapgraph.web.last import last_answer
from gapgraph.web.service import ServiceConfig

BROWSER = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def app(built: Built) -> Iterator[Flask]:
    made = create_app(ServiceConfig(built.home, Settings(), built.output))
    yield made
    made.extensions["gapgraph"].pool.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def read(status: str, headers: list[tuple[str, str]], body: bytes) -> Message:
    """Check what every last answer has, and return its headers."""
    message = Message()
    for name, value in headers:
        message[name] = value
    assert status.startswith("500 ")
    assert int(message["Content-Length"]) == len(body)
    assert message["Cache-Control"] == "no-store"
    return message


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "text/csv", "\x00"])
def test_a_program_gets_a_problem(accept: str) -> None:
    environ = {"HTTP_ACCEPT": accept} if accept else {}
    answer = last_answer(environ)
    assert read(*answer).get_content_type() == "application/problem+json"
    told = json.loads(answer[2])
    assert (told["status"], told["code"]) == (500, "internal")


@pytest.mark.parametrize("accept", [BROWSER, "text/html", "application/xml, text/html;q=0.1"])
def test_a_browser_gets_a_page_that_needs_nothing_else(accept: str) -> None:
    answer = last_answer({"HTTP_ACCEPT": accept})
    assert read(*answer).get_content_type() == "text/html"
    found: dict[str, str] = {}

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            found[tag] = str(dict(attrs))

    Reader().feed(answer[2].decode())
    assert {"html", "title", "h1"} <= set(found)
    assert not {"link", "script", "img"} & set(found)


@pytest.mark.parametrize(
    "error", [RuntimeError("a secret"), KeyError("a secret"), UnicodeError("a secret")]
)
def test_what_fails_behind_the_words_for_errors_is_answered(error: Exception) -> None:
    def fails(environ: Any, start_response: Any) -> Any:
        raise error

    answer = Client(Intake(fails)).get("/", headers={"Accept": BROWSER})
    assert answer.status_code == 500
    assert "El servicio ha fallado" in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize("path", ["/", "/nowhere", "/id/plan/ninguno"])
def test_words_for_errors_that_fail_leave_the_last_answer(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def fails(*_: object, **__: object) -> str:
        raise LookupError("a secret")

    monkeypatch.setattr("gapgraph.web.problems.render_template", fails)
    monkeypatch.setitem(app.view_functions, "pages.home", fails)
    answer = client.get(path, headers={"Accept": BROWSER})
    assert answer.status_code == 500
    assert "secret" not in answer.text
    told = client.get(path, headers={"Accept": "application/problem+json"})
    assert told.status_code in {400, 404, 500}
    assert "secret" not in told.text


#: What a copied address may come to, and is no IRI.
NO_IRIS = (
    "http://[", "http://x/%zz", "http://x:y:z", "http://x/\uffff", "http://x/\U000f0000",
    "http://ejemplo.pe/100%", "http://ejemplo.pe/a b", "niñas", "http://ejemplo.pe/\ufdd0",
    "http://[::1", "<http://ejemplo.pe/>", "http://ejemplo.pe:8o/", "\\\\host\\a", "urn: x",
)  # fmt: skip


@pytest.mark.parametrize("value", NO_IRIS, ids=ascii)
def test_what_is_no_iri_is_the_sender_s_at_every_door(client: FlaskClient, value: str) -> None:
    for path in (
        "/lookup?format=csv&uri=",
        "/lookup?format=ttl&uri=",
        "/queries/links-to.csv?uri=",
        "/queries/category-usage.json?analysis=",
        "/queries/evidence-for-topic.csv?topic=",
        "/sparql?query=ASK%7B%7D&default-graph-uri=",
        "/sparql?query=ASK%7B%7D&named-graph-uri=",
    ):
        answer = client.get(path + quote(value, safe=""))
        assert answer.status_code == 400, path
        detail = answer.get_json(force=True)["detail"]
        assert "is no IRI (" in detail
        assert "SPARQL" not in detail
    page = client.get(f"/lookup?uri={quote(value, safe='')}", headers={"Accept": BROWSER})
    assert page.status_code == 400
    assert "is no IRI (" in page.text
