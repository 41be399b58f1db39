"""What an endpoint answers to a SERVICE clause: taken as it is, or refused; never repaired."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from gapgraph.errors import EngineError
from gapgraph.store.federation import answer_services
from gapgraph.store.scan import scan

ANSWERS: list[dict[str, str]] = []


class Endpoint(http.server.BaseHTTPRequestHandler):
    """Answers every query with one row."""

    def do_POST(self) -> None:
        rows = [{"x": term} for term in ANSWERS]
        body = json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": rows}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def ask(endpoint: str, term: dict[str, str], silent: str = "") -> str:
    ANSWERS[:] = [term]
    query = f"SELECT * {{ SERVICE {silent} <{endpoint}> {{ ?x ?y ?z }} }}"
    scanned = scan(query, base="", depth=9)
    return answer_services(scanned, query, allowed=[endpoint], seconds=60, limit=10_000)


BAD = {
    "http://ejemplo.pe/a b": "a space (U+0020)",
    "http://ejemplo.pe/{id}": "{ (U+007B",
    "http://ejemplo.pe/a>b": "> (U+003E",
    "relativo": "it has no scheme",
    "http://ejemplo.pe/%zz": "percent",
}


@pytest.mark.parametrize("iri", BAD)
@pytest.mark.parametrize("place", ["value", "datatype"])
def test_an_iri_that_is_none_is_named_and_not_mended(endpoint: str, iri: str, place: str) -> None:
    term = {"type": "uri", "value": iri}
    if place == "datatype":
        term = {"type": "literal", "value": "1", "datatype": iri}
    with pytest.raises(EngineError, match="which is no IRI") as caught:
        ask(endpoint, term)
    assert repr(iri) in str(caught.value)
    assert BAD[iri] in str(caught.value)
    # SILENT: one empty solution (SPARQL 1.1 Federated Query, section 2.3).
    assert "{}" in ask(endpoint, term, "SILENT").replace(" ", "")


@pytest.mark.parametrize("iri", ["http://ejemplo.pe/niñas", "urn:x:%20", "mailto:a@b.pe"])
def test_every_other_is_taken_as_it_is(endpoint: str, iri: str) -> None:
    assert f"<{iri}>" in ask(endpoint, {"type": "uri", "value": iri})
