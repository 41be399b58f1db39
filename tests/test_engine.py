"""The same questions of an engine at a distance: a real Oxigraph, and an engine that misbehaves."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import click
import pytest

import gapgraph
from conftest import ROOT, Built
from gapgraph.cli import cli
from gapgraph.cli.context import engine_address
from gapgraph.confine import Ending
from gapgraph.errors import (
    BusyError,
    DeadlineError,
    EngineError,
    EnvironmentFailure,
    GapgraphError,
    NotBuiltError,
    NotFoundError,
    TooMuchError,
    UsageError,
)
from gapgraph.namespaces import BASE, ID, PREFIXES, graph_iri
from gapgraph.queries.api import Dataset, open_engine
from gapgraph.queries.result import Result
from gapgraph.queries.results import write
from gapgraph.settings import Settings
from gapgraph.store.answers import Term
from gapgraph.store.bugs import known_bugs
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded_write import Evaluation
from gapgraph.store.load import load
from gapgraph.store.loaded import Loaded, LoadedGraph
from gapgraph.store.pool import Limits
from gapgraph.store.remote import RemoteEngine, RemotePool, _plainer
from gapgraph.store.wire import Wire
from gapgraph.web import create_app
from gapgraph.web.service import Service, ServiceConfig
from peer import OWNER, free_address, graph_store, needs_oxigraph, needs_virtuoso, virtuoso
from serving import gapgraph as command
from serving import serving, wait_until
from three_plans import widened

pytestmark = pytest.mark.xdist_group("engine")

#: Where Oxigraph's server takes graphs and queries.
STORE, QUERY = "store", "query"
_NUMBERS = {"integer", "nonNegativeInteger", "int", "long", "decimal", "double", "float"}


def wire(url: str, seconds: float = 30, limit: int = 100_000_000) -> Wire:
    return Wire(url, seconds=seconds, limit=limit)


@pytest.fixture(scope="module")
def oxigraph(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that was loaded with the build, and holds data of others too."""
    with graph_store(tmp_path_factory.mktemp("engine") / "store") as url:
        other = b"<urn:x:s> <http://www.w3.org/2000/01/rdf-schema#label> <urn:x:o> .\n"
        headers = {"Content-Type": "application/n-triples"}
        assert wire(f"{url}{STORE}").send("PUT", {"graph": "urn:x:g"}, headers, other).status < 300
        load(built.dataset, wire(f"{url}{STORE}"))
        yield url


def term(value: Term | None) -> object:
    """Return a term by its value: engines write numbers in several ways."""
    if value is None:
        return None
    kind = value.datatype.rpartition("#")[2]
    if kind in _NUMBERS:
        return Decimal(value.value).normalize()
    return value.value in {"true", "1"} if kind == "boolean" else tuple(value)


def values(result: Result) -> object:
    """Return what a result says, by value."""
    if result.triples is not None:
        return {tuple(map(term, each)) for each in result.triples}
    if result.boolean is not None:
        return result.boolean
    return result.names, [tuple(map(term, row)) for row in result.rows]


#: Questions with values, beside each as it stands.
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("directive-detail", {"number": 31}),
    ("category-detail", {"categoryNumber": 16}),
    ("search", {"text": "víctimas"}),
    ("topics-in-full", {"themeName": "migrants"}),
    ("list-categories", {"lang": "en", "labels": True}),
    ("topics-without-category", {"number": None, "sort": "-number", "limit": 5}),
)


@needs_oxigraph
def test_every_stored_query_gives_equal_rows(built: Built, oxigraph: str) -> None:
    here = gapgraph.open(built.output, ROOT)
    there = gapgraph.open(home=ROOT, engine=oxigraph + QUERY)
    assert there.version == here.version
    assert len(there.store) == len(here.store)
    assert there.store.graphs() == here.store.graphs()
    asked = [*((each.id, {}) for each in here.catalogue), *ASKED]
    assert len(asked) > 60
    for name, given in asked:
        assert values(there.result(name, **given)) == values(here.result(name, **given)), name


@needs_oxigraph
def test_queries_of_ones_own(built: Built, oxigraph: str) -> None:
    here = gapgraph.open(built.output, ROOT)
    there = gapgraph.open(home=ROOT, engine=oxigraph + QUERY)
    plan = str(graph_iri("plan", "pnat-2017-2021"))
    for query in (
        "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        f"SELECT (COUNT(*) AS ?n) FROM <{plan}> {{ ?s ?p ?o }}",
        f"SELECT (COUNT(*) AS ?n) FROM NAMED <{plan}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "SELECT ?o { <id/directive/none> ?p ?o }",
    ):
        assert there.sparql(query) == here.sparql(query), query
    assert there.sparql("ASK { <urn:x:s> ?p ?o }") is False, "it is not of the dataset"
    with pytest.raises(UsageError, match="names no graph of this dataset"):
        there.sparql("SELECT * FROM <urn:x:g> { ?s ?p ?o }")
    with pytest.raises(UsageError, match="no rdflib graph"):
        there.graph()


@needs_oxigraph
def test_the_commands(built: Built, oxigraph: str, tmp_path: Path) -> None:
    output = ("--output", str(built.output))
    again = command("load", "--graph-store", oxigraph + STORE, *output, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert again.stderr.splitlines() == [
        f"{oxigraph}{STORE} holds dataset {built.dataset.version}: "
        f"{len(built.dataset.read().splitlines())} triples in "
        f"{len(built.dataset.manifest['graphs'])} graphs"
    ], "what is there is not sent again"
    engine = ("--engine", oxigraph + QUERY)
    there = command("query", "coverage-by-section", *engine, "--format", "csv", cwd=tmp_path)
    here = gapgraph.open(built.output, ROOT).result("coverage-by-section")
    assert (there.returncode, there.stderr) == (0, "")
    assert there.stdout.encode() == b"".join(write(here, "csv")).replace(b"\r\n", b"\n")
    own = command("sparql", "ASK { ?s ?p ?o }", *engine, "--format", "json", cwd=tmp_path)
    assert (own.returncode, json.loads(own.stdout)["boolean"]) == (0, True)
    both = command("sparql", "ASK {}", *engine, "--with", "x.ttl", cwd=tmp_path)
    assert (both.returncode, both.stdout) == (2, "")
    assert "files cannot be added to an engine" in both.stderr


def test_an_engine_that_is_down() -> None:
    url = f"http://{free_address()}/query"
    with pytest.raises(EngineError, match=f"the engine at {url} cannot be reached: start it"):
        open_engine(url, Settings())


class _Stopping(Wire):
    """A way that is cut after so many graphs were put."""

    puts = 0

    def send(self, method: str, *given: Any, **more: Any) -> Any:  # type: ignore[override]
        self.puts += method == "PUT"
        if self.puts > 4:
            raise EngineError("cut")
        return super().send(method, *given, **more)  # type: ignore[arg-type]


@needs_oxigraph
def test_a_load_that_breaks_off_is_seen_and_goes_on(built: Built, tmp_path: Path) -> None:
    with graph_store(tmp_path / "store") as url:
        with pytest.raises(EngineError, match="holds no dataset of gapgraph: run `gapgraph load`"):
            open_engine(url + QUERY, Settings())
        with pytest.raises(EngineError, match="cut"):
            load(built.dataset, _Stopping(url + STORE, seconds=30, limit=1_000_000))
        with pytest.raises(EngineError, match="is half loaded"):
            open_engine(url + QUERY, Settings())
        load(built.dataset, wire(url + STORE))
        assert open_engine(url + QUERY, Settings()).version == built.dataset.version
        # A graph that was changed behind our back is seen too.
        graph = str(graph_iri("context"))
        headers = {"Content-Type": "text/turtle"}
        wire(url + STORE).send("PUT", {"graph": graph}, headers, b"<urn:x:s> a <urn:x:o> .")
        with pytest.raises(EngineError, match=rf"has 1 triples of \d+ in {graph}"):
            open_engine(url + QUERY, Settings())


@pytest.fixture(scope="module")
def three(built: Built, tmp_path_factory: pytest.TempPathFactory) -> DatasetFile:
    """A build of the annex and two plans of which little is known."""
    folder = widened(built, tmp_path_factory.mktemp("three") / "out", 2)
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text())
    more = [{"analysis": f"{ID}analysis/estado-0{n}"} for n in (0, 1)]
    manifest["analyses"] += more
    file.write_text(json.dumps(manifest))
    return DatasetFile.find(folder)


@needs_oxigraph
def test_one_analysis_is_loaded_alone(three: DatasetFile, built: Built, tmp_path: Path) -> None:
    said: list[str] = []

    def put(*analyses: str, build: DatasetFile = three) -> RemoteEngine:
        said.clear()
        load(build, wire(url + STORE), analyses, progress=said.append)
        return open_engine(url + QUERY, Settings())

    with graph_store(tmp_path / "store") as url:
        first = put("estado-01")
        assert first.analyses == (f"{ID}analysis/estado-01",)
        assert not [each for each in first.graphs() if "oas-pnat" in each or "estado-00/" in each]
        second = put("estado-00")
        own = [str(graph_iri("analysis", "estado-00", kind)) for kind in ("asserted", "derived")]
        assert said == [f"1/2 {own[0]}", f"2/2 {own[1]}"], "nothing else is touched"
        assert len({first.version, second.version, three.version}) == 3
        assert second.analyses == three.analyses[1:]
        whole = put("oas-pnat")
        assert (whole.version, whole.analyses) == (three.version, three.analyses)
        with pytest.raises(NotFoundError, match="use one of oas-pnat, estado-00, estado-01"):
            put("estado-02")
        # Another build takes the place of all that was there.
        other = put(build=built.dataset)
        assert (other.version, other.analyses) == (built.dataset.version, built.dataset.analyses)
        assert any(each.startswith("removes ") and "estado-00" in each for each in said)
        answer = wire(url + STORE).send("GET", {"graph": own[0]}, {})
        assert answer.status == 404 or not answer.body


class _Together(Wire):
    """A way that puts its first graph once another of its kind is to put one too."""

    def __init__(self, url: str, both: threading.Barrier) -> None:
        super().__init__(url, seconds=60, limit=100_000_000)
        self.both: threading.Barrier | None = both

    def send(self, method: str, *given: Any, **more: Any) -> Any:  # type: ignore[override]
        if method == "PUT" and self.both is not None:
            self.both.wait(60)
            self.both = None
        return super().send(method, *given, **more)  # type: ignore[arg-type]


@needs_oxigraph
def test_loads_side_by_side(three: DatasetFile, tmp_path: Path) -> None:
    """Each has read what was there before any has written."""
    names = ("estado-01", "estado-00", "oas-pnat")
    with graph_store(tmp_path / "store") as url, ThreadPoolExecutor(len(names)) as pool:
        both = threading.Barrier(len(names))
        loads = [pool.submit(load, three, _Together(url + STORE, both), (name,)) for name in names]
        for each in loads:
            each.result()
        found = open_engine(url + QUERY, Settings())
        assert (found.version, found.analyses) == (three.version, three.analyses)
        assert len(found) == len(three.read().splitlines()), "nothing is missing"


_BUGS = (ROOT / "docs" / "engines.md").read_text("utf-8").partition("### Virtuoso's bugs")[2]
#: The stored queries that Virtuoso does not answer, each with what it does.
BUGS = dict(re.findall(r"^\| `([a-z-]+)` \| (.+?) \|", _BUGS, re.MULTILINE))
#: Questions that are true, and that it answers with no, or not at all.
PROOFS = re.findall(r"^```sparql\n(.+?)^```", _BUGS, re.MULTILINE | re.DOTALL)
#: What puts labels in order, and gives no column.
_ORDERS = re.compile(r"BIND\((?:(?!BIND\().)*?AS \?labelOrder\)", re.DOTALL)
#: Queries that give only IRIs and codes to `REPLACE`, whose characters are ASCII.
_PLAIN = {"gaps-by-sdg-target", "validation-findings"}


def test_what_an_engine_would_answer_wrong_is_listed(built: Built) -> None:
    """A query whose rows, and not only their order, come of what an engine does in silence."""
    replaced = {
        each.id
        for each in gapgraph.open(built.output, ROOT).catalogue
        if "REPLACE(" in _ORDERS.sub("", each.text)
    }
    (bug,) = known_bugs()
    assert bug.queries == replaced - _PLAIN
    assert {name for name, does in BUGS.items() if does.startswith("refused")} == bug.queries
    assert f"{bug.probe.strip()}\n" in PROOFS


@pytest.fixture(scope="module")
def bought(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    """The build in a Virtuoso that gives 5 000 rows at most."""
    with virtuoso(tmp_path_factory.mktemp("virtuoso") / "db", most=5_000) as url:
        way = Wire(f"{url}sparql-graph-crud-auth", user=OWNER[0], password=OWNER[1],
                   seconds=60, limit=1_000_000)  # fmt: skip
        with pytest.raises(EngineError, match="refuses whoever asks"):
            load(built.dataset, wire(way.url), pauses=())
        load(built.dataset, way)
        yield gapgraph.open(home=ROOT, engine=f"{url}sparql")


def holds(dataset: Dataset, proof: str) -> bool:
    """Tell whether a question is answered with yes."""
    prefixes = "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items())
    try:
        return dataset.sparql(prefixes + proof) is True
    except EngineError:
        return False


@needs_virtuoso
@pytest.mark.whole
def test_virtuoso_gives_equal_rows(built: Built, bought: Dataset) -> None:
    here = gapgraph.open(built.output, ROOT)
    assert BUGS.keys() < {each.id for each in here.catalogue}
    assert len(BUGS) <= 7
    asked = [*((each.id, {}) for each in here.catalogue), *ASKED]
    for name, given in asked:
        if name not in BUGS:
            assert values(bought.result(name, **given)) == values(here.result(name, **given)), name
    for name, does in BUGS.items():
        told = "would answer" if does.startswith("refused") else does.split("`")[1]
        with pytest.raises(EngineError, match=told):
            bought.result(name)


@needs_virtuoso
@pytest.mark.parametrize("proof", PROOFS)
def test_a_bug_is_still_there(built: Built, bought: Dataset, proof: str) -> None:
    assert holds(gapgraph.open(built.output, ROOT), proof)
    assert not holds(bought, proof), "Virtuoso answers it: take it off docs/engines.md"


@needs_virtuoso
def test_virtuoso_that_cuts_is_noticed(bought: Dataset) -> None:
    with pytest.raises(TooMuchError, match="gives 5000 rows at most"):
        bought.sparql("SELECT * { ?s ?p ?o }")
    assert len(bought.sparql("SELECT * { ?s ?p ?o } LIMIT 4000")) == 4_000  # type: ignore[arg-type]
    assert bought.sparql("ASK { <urn:x:none> ?p ?o }") is False
    assert bought.sparql("ASK { ?s ?p ?o }") is True


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("ASK { VALUES ?x { UNDEF } ?x ?p ?o }", "ASK {  ?x ?p ?o }"),
        ("ASK { values ?x {undef} . ?x ?p ?o }", "ASK {  ?x ?p ?o }"),
        ("ASK { VALUES ?x { 1 UNDEF } }", None),
        ("ASK { VALUES (?x) { (UNDEF) } }", None),
        ('ASK { ?s ?p "VALUES ?x { UNDEF }" }', None),
        ("SELECT * { VALUES ?x { UNDEF } }", None),
        ("SELECT DISTINCT * { VALUES ?x { UNDEF } }", None),
        ("SELECT (COUNT(*) AS ?n) { VALUES ?x { UNDEF } }", "SELECT (COUNT(*) AS ?n) {  }"),
    ],
)
def test_tables_that_say_nothing_are_not_sent(query: str, sent: str | None) -> None:
    assert _plainer(query) == (query if sent is None else sent)


# What an engine may do wrong ------------------------------------------------------------


@dataclass
class Fake:
    """An engine of a test: what it answers to a query, as the bytes that it sends.

    :param url: its address
    :param answer: gives the bytes for a query; waits, where it is slow
    """

    url: str
    answer: Callable[[str], bytes | Iterator[bytes]]
    asked: int = 0


def http(body: bytes, status: str = "200 OK", media: str = "application/sparql-results+json",
         **more: str) -> bytes:  # fmt: skip
    named = {"Content-Type": media, "Content-Length": str(len(body)), "Connection": "close", **more}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def rows(names: list[str], count: int) -> bytes:
    cells = {name: {"type": "literal", "value": "x"} for name in names}
    return json.dumps({"head": {"vars": names}, "results": {"bindings": [cells] * count}}).encode()


@contextlib.contextmanager
def fake(answer: Callable[[str], bytes | Iterator[bytes]]) -> Iterator[Fake]:
    """Run an engine that answers as it is told to."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            asked = parse_qs(self.rfile.read(length).decode())["query"][0]
            engine.asked += 1
            sent = engine.answer(asked)
            with contextlib.suppress(OSError):
                for piece in [sent] if isinstance(sent, bytes) else sent:
                    self.wfile.write(piece)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        engine = Fake(f"http://127.0.0.1:{server.server_address[1]}/sparql", answer)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield engine
        finally:
            server.shutdown()
            thread.join()


GOOD = http(rows(["s"], 1))
RECORD = Loaded("v", (f"{ID}analysis/a",), {"urn:x:g": LoadedGraph(7, "0")})


def opening(query: str) -> bytes | None:
    """Answer what an engine is asked when it is opened."""
    text: Mapping[str, Any] = {"type": "literal", "value": RECORD.text()}
    count = {"g": {"type": "uri", "value": "urn:x:g"}, "n": {"type": "literal", "value": "7"}}
    if "?text" in query:
        found = {"head": {"vars": ["text"]}, "results": {"bindings": [{"text": text}]}}
    elif "COUNT" in query:
        found = {"head": {"vars": ["g", "n"]}, "results": {"bindings": [count]}}
    else:
        return None
    return http(json.dumps(found).encode())


#: What an engine does, what that is here, and words that say so.
FAULTS: dict[str, tuple[bytes, type[GapgraphError], str]] = {
    "busy": (http(b"try later", "503 Service Unavailable", "text/plain"), EngineError,
             "failed (status 503: try later)"),
    "its own deadline": (http(b"", "504 Gateway Timeout"), DeadlineError, "gave up (status 504)"),
    "strangers refused": (http(b"", "401 Unauthorized"), EngineError, "GAPGRAPH_ENGINE_USER"),
    "elsewhere": (http(b"", "302 Found", Location="http://127.0.0.1:1/"), EngineError,
                  "points elsewhere (status 302), and no redirect is followed"),
    "a page": (http(b"<html>Welcome</html>", media="text/html"), EngineError,
               "answers what is no answer to a query"),
    "not there": (http(b"no such path", "404 Not Found", "text/plain"), EngineError,
                  "does not answer the query (status 404: no such path)"),
    "cut JSON": (http(rows(["s"], 3)[:-20]), EngineError, "answers what is no answer to a query"),
    "cut at its end": (http(rows(["s"], 3)[:-1]), EngineError,
                       "answers what is no answer to a query"),
    "cut on the way": (http(rows(["s"], 3), Content_Length="4000"), EngineError,
                       "broke off its answer"),
    "nothing": (b"", EngineError, "broke off its answer"),
    "no HTTP": (b"SSH-2.0-x\r\n\r\n", EngineError, "broke off its answer"),
    "an IRI that is none": (http(rows(["s"], 1).replace(b'"literal"', b'"uri"')), EngineError,
                            "answers what is no answer to a query"),
    "packed": (http(b"\x1f\x8b", Content_Encoding="gzip"), EngineError, "packs its answer"),
    "yes or no": (http(b'{"head":{},"boolean":true}'), UsageError, "is not a SELECT"),
    "too large": (http(rows(["s"], 9_000)), TooMuchError, "larger than 100000 bytes"),
    "broken off": (http(rows(["s"], 3), X_SQL_State="S1TAT"), TooMuchError,
                   "broke off its answer when its own time was over"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_in_words(fault: str) -> None:
    sent, error, words = FAULTS[fault]
    with fake(lambda query: opening(query) or sent) as engine:
        remote = RemoteEngine(wire(engine.url, limit=100_000))
        with pytest.raises(error) as caught:
            remote.select("SELECT ?s { ?s ?p ?o }")
        assert words in str(caught.value)
        # It is as good as ever once the engine is.
        engine.answer = lambda _: GOOD
        assert len(remote.select("SELECT ?s { ?s ?p ?o }").rows) == 1


def pieces(body: bytes, left: threading.Event) -> Iterator[bytes]:
    """Give an answer a byte at a time, each soon, until it is left."""
    head, _, rest = http(body).partition(b"\r\n\r\n")
    yield head + b"\r\n\r\n"
    for place in range(len(rest)):
        if left.wait(0.05):
            return
        yield rest[place : place + 1]


def silent(left: threading.Event) -> Iterator[bytes]:
    """Give nothing, until it is left."""
    left.wait(60)
    yield b""


@pytest.mark.parametrize("slow", ["silent", "in pieces"])
def test_a_slow_engine_is_left_in_time(slow: str) -> None:
    """Also one of whose pieces each comes in time."""
    left = threading.Event()

    def answer(query: str) -> bytes | Iterator[bytes]:
        return opening(query) or (silent(left) if slow == "silent" else pieces(GOOD, left))

    with fake(answer) as engine:
        remote = RemoteEngine(wire(engine.url))
        remote.wire = wire(engine.url, seconds=0.4)
        try:
            with pytest.raises(DeadlineError, match=r"did not answer within 0\.4 seconds"):
                remote.select("SELECT ?s { ?s ?p ?o }")
        finally:
            left.set()


def test_who_hangs_up_ends_the_request() -> None:
    """The engine sees that the connection is closed, and the query is not sent again."""
    with fake(lambda query: opening(query) or GOOD) as engine, socket.socket() as slow:
        remote = RemoteEngine(wire(engine.url))
        slow.bind(("127.0.0.1", 0))
        slow.listen()
        remote.wire = wire(f"http://127.0.0.1:{slow.getsockname()[1]}/sparql", seconds=60)
        pool, ending = RemotePool(remote, Limits(1, 0, 60, 0, 0)), Ending()
        asked = Evaluation("ASK { ?s ?p ?o }", BASE, "srj", "srj", "nt", 1_000)
        with ThreadPoolExecutor(1) as threads:
            answer = threads.submit(pool.run, asked, ending=ending)
            way, _ = slow.accept()
            with way:
                way.settimeout(60)
                assert way.recv(10) == b"POST /spar"
                ending.end()
                while way.recv(65_536):
                    pass
            with pytest.raises(BusyError, match="was ended before it was done"):
                answer.result(60)
        with pytest.raises(BusyError, match="was ended"):
            pool.run(asked, ending=ending)


@pytest.mark.parametrize("most", [1_000, 1_500, 10_000])
def test_a_silent_limit_of_rows_is_noticed(most: int) -> None:
    """An engine that ends every answer at so many rows, and one that does not."""
    cut = True

    def answer(query: str) -> bytes:
        wanted = re.search(r"LIMIT ([0-9]+)", query)
        count = int(wanted[1]) if wanted else most
        return opening(query) or http(rows(["s"], min(count, most) if cut else count))

    with fake(answer) as engine:
        remote = RemoteEngine(wire(engine.url))
        with pytest.raises(TooMuchError, match=f"gives {most} rows at most, and cuts the rest"):
            remote.select("SELECT ?s { ?s ?p ?o }")
        cut = False
        assert len(remote.select("SELECT ?s { ?s ?p ?o }").rows) == most
        asked = engine.asked
        assert len(remote.select("SELECT ?s { ?s ?p ?o }").rows) == most
        assert engine.asked == asked + 1, "what an engine has shown is not asked again"


@pytest.mark.parametrize("url", ["ftp://x/", "x", "http://", "http://u:p@x/", "http://x/#a"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="give an address"):
        wire(url)
    with pytest.raises(click.BadParameter) as caught:
        engine_address(click.Context(cli), click.Option(["--engine"]), url)
    assert "u:p" not in caught.value.message


# The service -----------------------------------------------------------------------------

#: Pages, data, documents: each as the service gives them that has the build in memory.
ADDRESSES = (
    "",
    "queries/coverage-by-section",
    "queries/gaps.csv?number=7",
    "queries/mapped-but-gap.srj",
    "queries/directive-graph.ttl?number=7",
    "id/framework/oas-work-plan-2/directive/31",
    "id/analysis/oas-pnat/topic/7.1.ttl",
    "id/concept/registro-unico",
    "search?q=menores",
    "compare",
    "lookup?uri=http://metadata.un.org/thesaurus/1001328",
    "data/gapgraph.nq",
    "graph/meta.ttl",
    ".well-known/void",
    "validation",
    "openapi.json",
    "sparql?query=SELECT%20*%20%7B%3Fs%20a%20%3Chttps%3A%2F%2Fw3id.org%2Fgapgraph%2Fontology%23"
    "Section%3E%7D%20ORDER%20BY%20%3Fs&format=csv",
    "sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D",
    "sparql?query=DESCRIBE%20%3Cid%2Fplan%2Fpnat-2017-2021%3E&format=nt",
    "sparql?query=SELEC%20%2A",
)


@needs_oxigraph
@pytest.mark.whole
def test_the_service_over_an_engine(built: Built, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    options = ("--workers", "1", "--output", built.output)
    with contextlib.ExitStack() as stack:
        engine = contextlib.ExitStack()
        stack.callback(engine.close)
        url = engine.enter_context(graph_store(folder))
        load(built.dataset, wire(url + STORE))
        there = stack.enter_context(serving(tmp_path, *options, "--engine", url + QUERY))
        config = ServiceConfig(built.home, Settings(), built.output)
        app = create_app(config)
        stack.callback(app.extensions["gapgraph"].pool.close)
        here = app.test_client()
        for address in ADDRESSES:
            answer = there.get(address, Accept="*/*")
            same = here.get(f"/{address}", base_url=there.url, headers={"Accept": "*/*"})
            texts = [answer.text, same.text]
            if "json" in answer.headers["Content-Type"]:  # its layout is free
                texts = [json.dumps(json.loads(each)) for each in texts]
            if address.startswith("sparql?query=DESCRIBE"):
                texts = ["".join(sorted(each.splitlines())) for each in texts]
            assert answer.status == same.status_code, address
            if "SELEC%20" not in address:  # who finds a mistake words it
                assert texts[0] == texts[1], address
        kept, new = "queries/gaps.csv?number=7", "queries/gaps.csv?number=8"
        assert there.get(kept).status == 200
        engine.close()
        assert there.get(kept).status == 200, "what was kept is given on"
        for address in (new, "sparql?query=ASK%20%7B%3Fs%20%3Fp%20%3Fo%7D"):
            gone = there.get(address)
            assert gone.status == 502
            assert "cannot be reached" in gone.text
        assert there.get("health").status == 200
        # It comes back at its address, and nothing else needs to be done.
        address = url.removeprefix("http://").rstrip("/")
        stack.enter_context(graph_store(folder, address))
        wait_until(lambda: there.get(new).status == 200)


@needs_oxigraph
def test_a_service_needs_the_build_that_the_engine_holds(
    three: DatasetFile, built: Built, oxigraph: str, tmp_path: Path
) -> None:
    def served(output: Path, *added: Path) -> None:
        Service.open(ServiceConfig(built.home, Settings(), output, added, engine=oxigraph + QUERY))

    with pytest.raises(EnvironmentFailure, match=f"dataset {three.version}: run `gapgraph load`"):
        served(three.path.parent)
    with pytest.raises(NotBuiltError, match="holds no build"):
        served(tmp_path)
    with pytest.raises(UsageError, match="files cannot be added to an engine"):
        served(built.output, tmp_path / "x.ttl")
