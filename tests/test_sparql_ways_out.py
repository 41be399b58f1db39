"""No query reads a file or opens a connection: a listening trap and a marked file say so."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from asking import ask, endpoint, rows
from conftest import Built
from gapgraph.errors import InputError
from gapgraph.store.embedded import EmbeddedStore
from serving import Server

pytestmark = pytest.mark.xdist_group("sparql")

MARK = "canary-5d1c1e0f"


class Trap:
    """A socket that counts who comes."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/trap"
        self.hits = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                self.socket.accept()[0].close()
            except OSError:
                return
            self.hits += 1


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    made = Trap()
    yield made
    made.socket.close()


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("marked") / "secret.ttl"
    file.write_text(f'<urn:secret> <urn:says> "{MARK}" .\n')
    return file


@pytest.fixture(scope="module")
def server(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with endpoint(built, tmp_path_factory.mktemp("ways-out")) as running:
        yield running


WAYS = {
    "FROM": "SELECT * FROM <{there}> {{ ?s ?p ?o }}",
    "FROM, no space": "SELECT*FROM<{there}>{{?s ?p ?o}}",
    "FROM NAMED": "SELECT * FROM NAMED <{there}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "FROM by prefix": "PREFIX t: <{there}> SELECT * FROM t: {{ ?s ?p ?o }}",
    "FROM by base": "BASE <{there}> SELECT * FROM <> {{ ?s ?p ?o }}",
    "FROM in DESCRIBE": "DESCRIBE <urn:secret> FROM <{there}>",
    "FROM in CONSTRUCT": "CONSTRUCT {{ ?s ?p ?o }} FROM <{there}> WHERE {{ ?s ?p ?o }}",
    "SERVICE": "SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}",
    "SERVICE SILENT": "SELECT * {{ SERVICE SILENT <{there}> {{ ?s ?p ?o }} }}",
    "service silent, glued": "SELECT*{{service silent<{there}>{{?s ?p ?o}}}}",
    "SERVICE after a number": "SELECT * {{ ?s ?p 1SERVICE SILENT <{there}> {{ ?s ?p ?o }} }}",
    "SERVICE after true": "SELECT * {{ ?s ?p trueSERVICE SILENT <{there}> {{ ?s ?p ?o }} }}",
    "SERVICE by prefix": "PREFIX t: <{there}> SELECT * {{ SERVICE t: {{ ?s ?p ?o }} }}",
    "SERVICE by variable": "SELECT * {{ VALUES ?e {{ <{there}> }} SERVICE ?e {{ ?s ?p ?o }} }}",
    "SERVICE SILENT by variable": "SELECT * {{ VALUES ?e {{ <{there}> }} "
    "SERVICE SILENT ?e {{ ?s ?p ?o }} }}",
    "SERVICE in EXISTS": "ASK {{ FILTER EXISTS {{ SERVICE <{there}> {{ ?s ?p ?o }} }} }}",
    "SERVICE in a sub-SELECT": "SELECT * {{ {{ SELECT * {{ SERVICE <{there}> {{}} }} }} }}",
    "SERVICE behind a string": "SELECT * {{ ?s ?p '#' SERVICE SILENT <{there}> {{ ?s ?p 1 }} }}",
    "SERVICE behind an escape": "SELECT * {{ ?s ?p '\\'' SERVICE SILENT <{there}> {{ ?s ?p 1 }} }}",
    "SERVICE, escaped": "SELECT * {{ \\u0053ERVICE SILENT <{there}> {{ ?s ?p ?o }} }}",
    "SERVICE behind a comparison": "SELECT * {{ ?s ?p ?o FILTER(?o<'>') "
    "SERVICE SILENT <{there}> {{ ?a ?b 1 }} FILTER('<'>'') }}",
    "SERVICE behind a comparison and a comment": "SELECT * {{ ?s ?p ?o FILTER(?o <#> '''\n 1) "
    "SERVICE SILENT <{there}> {{ ?a ?b 1 }} #'''\n }}",
    "FROM behind a comparison": "SELECT (1<'>' AS ?x) FROM <{there}> {{ ?s ?p '>' }} # '",
    "SERVICE in brackets": "SELECT * {{ ?s ?p (1) {{ SERVICE SILENT <{there}> {{ [] ?b () }} }} }}",
    "LOAD": "LOAD <{there}>",
    "LOAD SILENT": "LOAD SILENT <{there}> INTO GRAPH <urn:g>",
}


@pytest.mark.parametrize("name", WAYS)
def test_query(server: Server, trap: Trap, marked: Path, name: str) -> None:
    for there in (trap.url, marked.as_uri(), str(marked), marked.name):
        reply = ask(server, WAYS[name].format(there=there))
        assert reply.status == 400, reply.text
        assert MARK not in reply.text
        told = json.loads(reply.body)
        if "escaped" not in name and not name.startswith("LOAD"):
            assert "SERVICE" in told["detail"] or "FROM" in told["detail"]
    update = server.get(
        "/sparql",
        method="POST",
        body=f"LOAD <{trap.url}>".encode(),
        Content_Type="application/sparql-update",
    )
    assert update.status == 415
    assert trap.hits == 0


@pytest.mark.whole
@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
def test_parameter(server: Server, trap: Trap, marked: Path, parameter: str) -> None:
    query = "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    assert rows(ask(server, query, **{parameter: trap.url})) == []
    assert ask(server, query, **{parameter: marked.as_uri()}).status == 400
    assert trap.hits == 0


@pytest.mark.whole
def test_words_that_are_no_way_out(server: Server) -> None:
    query = """PREFIX service: <urn:service:> # SERVICE <urn:x> {}
    SELECT ?service WHERE {
      VALUES ?service {
        "SERVICE <http://127.0.0.1/> {}" '''FROM <urn:x>''' service:SERVICE <urn:FROM>
      }
    }"""
    assert [row["service"] for row in rows(ask(server, query))] == [
        "SERVICE <http://127.0.0.1/> {}",
        "FROM <urn:x>",
        "urn:service:SERVICE",
        "urn:FROM",
    ]


#: Files that would have others read: none is, and the service says which file is wrong.
ADDED = {
    "context.jsonld": '{{"@context": "{there}", "@id": "urn:x", "says": "x"}}',
    "contexts.jsonld": '{{"@context": [{{}}, "{there}"], "@id": "urn:x"}}',
    "import.jsonld": '{{"@context": {{"@version": 1.1, "@import": "{there}"}}, "@id": "urn:x"}}',
    "entity.rdf": '<!DOCTYPE r [<!ENTITY e SYSTEM "{there}">]>\n<r xmlns="urn:x">&e;</r>',
    "dtd.rdf": '<!DOCTYPE r SYSTEM "{there}">\n<r xmlns="urn:x"/>',
}


@pytest.mark.whole
@pytest.mark.parametrize("name", ADDED)
def test_added_file(built: Built, tmp_path: Path, trap: Trap, marked: Path, name: str) -> None:
    store = EmbeddedStore(built.dataset)
    quads = len(store)
    for there in (trap.url, marked.as_uri()):
        (tmp_path / name).write_text(ADDED[name].format(there=there))
        with pytest.raises(InputError, match=name) as caught:
            store.add_file(tmp_path / name, limit=1_000_000)
        assert MARK not in str(caught.value)
        assert len(store) == quads
    assert trap.hits == 0


@pytest.mark.whole
def test_imports_are_not_followed(built: Built, tmp_path: Path, trap: Trap, marked: Path) -> None:
    (tmp_path / "importing.ttl").write_text(
        f"<urn:o> a <http://www.w3.org/2002/07/owl#Ontology> ;"
        f" <http://www.w3.org/2002/07/owl#imports> <{trap.url}>, <{marked.as_uri()}> ."
    )
    with endpoint(built, tmp_path, "--with", tmp_path / "importing.ttl") as running:
        asked = "SELECT ?o { <urn:o> <http://www.w3.org/2002/07/owl#imports> ?o } ORDER BY ?o"
        assert [row["o"] for row in rows(ask(running, asked))] == [marked.as_uri(), trap.url]
        assert rows(ask(running, "SELECT * { <urn:secret> ?p ?o }")) == []
    assert trap.hits == 0


class Other(BaseHTTPRequestHandler):
    """Another endpoint: answers, fails, redirects or stalls, by its path."""

    answer = json.dumps(
        {
            "head": {"vars": ["s", "name"]},
            "results": {
                "bindings": [
                    {
                        "s": {"type": "uri", "value": "urn:a"},
                        "name": {"type": "literal", "value": 'A "quoted"\n', "xml:lang": "es"},
                    },
                    {"s": {"type": "bnode", "value": "b 0"}},
                ]
            },
        }
    ).encode()
    asked: ClassVar[list[str]] = []
    elsewhere = ""

    def do_POST(self) -> None:
        self.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.path == "/moved":
            self.send_response(307)
            self.send_header("Location", self.elsewhere)
            self.end_headers()
            return
        self.send_response(200 if self.path == "/sparql" else 500)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def other(trap: Trap) -> Iterator[str]:
    Other.elsewhere = trap.url
    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


@pytest.mark.whole
def test_allowed_services_and_no_others(
    built: Built, tmp_path: Path, trap: Trap, other: str
) -> None:
    options = [
        part
        for path in ("sparql", "moved", "broken")
        for part in ("--allow-service", f"{other}/{path}")
    ]
    with endpoint(built, tmp_path, *options) as running:
        joined = ask(
            running,
            f"SELECT ?s ?name ?x {{ SERVICE <{other}/sparql> {{ ?s <urn:name> ?name }} "
            "BIND(1 AS ?x) } ORDER BY ?s",
        )
        assert rows(joined) == [
            {"s": "urn:a", "name": 'A "quoted"\n', "x": "1"},
            {"s": "urn:gapgraph:bnode:b%200", "x": "1"},
        ]
        assert "urn%3Aname" in Other.asked[-1]
        described = running.get("/sparql", Accept="text/turtle").text
        assert "BasicFederatedQuery" in described
        for path in ("moved", "broken"):
            clause = f"<{other}/{path}> {{ ?s ?p ?o }}"
            assert ask(running, f"ASK {{ SERVICE {clause} }}").status == 502
            silent = ask(running, f"SELECT (1 AS ?x) {{ SERVICE SILENT {clause} }}")
            assert rows(silent) == [{"x": "1"}]
        for refused in (trap.url, f"{other}/unlisted", other, f"{other}/sparql/../x"):
            reply = ask(running, f"ASK {{ SERVICE SILENT <{refused}> {{ ?s ?p ?o }} }}")
            assert reply.status == 400
            assert f"{other}/sparql" in json.loads(reply.body)["detail"]
        hidden = f"VALUES ?e {{ <{trap.url}> }} SERVICE SILENT ?e {{ ?s ?p ?o }}"
        assert ask(running, f"ASK {{ {hidden} }}").status == 400
    assert trap.hits == 0
