"""Whatever is asked, the service stays up: runaways, nesting, floods, dead processes."""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from asking import SECONDS, ask, descendants, endpoint, rows
from conftest import Built
from serving import Server, serving, wait_until

pytestmark = pytest.mark.xdist_group("workers")

STORED = "/queries/topics-without-category.srj"
PRODUCT = "?s ?p ?o . ?a ?b ?c"

#: Queries without end: each must be ended, with one of these statuses.
RUNAWAYS = {
    "cartesian product, counted": f"SELECT (COUNT(*) AS ?n) {{ {PRODUCT} . ?d ?e ?f }}",
    "cartesian product, sent": f"SELECT * {{ {PRODUCT} . ?d ?e ?f }}",
    "ORDER BY of a product": f"SELECT * {{ {PRODUCT} }} ORDER BY ?o LIMIT 10",
    "DISTINCT of a product": f"SELECT (COUNT(DISTINCT *) AS ?n) {{ {PRODUCT} . ?d ?e ?f }}",
    "GROUP_CONCAT of a product": f"SELECT (GROUP_CONCAT(?o) AS ?x) {{ {PRODUCT} }}",
    "path closure, both ends free": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^!<urn:x>)* ?b . "
    "?c (!<urn:x>|^!<urn:x>)* ?d }",
    "CONSTRUCT of a product": f"CONSTRUCT {{ ?s ?b ?f }} WHERE {{ {PRODUCT} . ?d ?e ?f }}",
    "wide star, which blows up the planner": "SELECT * { "
    + " ".join(f"?s ?p{place} ?o{place} ." for place in range(400))
    + " }",
    "doubling text": "SELECT (STRLEN(?b30) AS ?n) { BIND('0123456789' AS ?b0) "
    + " ".join(f"BIND(CONCAT(?b{n}, ?b{n}) AS ?b{n + 1})" for n in range(30))
    + " }",
    "long sum": f"SELECT ({'1+' * 30000}1 AS ?n) {{}}",
}

#: Nesting that ends a process that runs the engine with a usual stack.
NESTED = {
    "EXISTS": "ASK { " + "FILTER EXISTS { " * 900 + "?s ?p ?o" + " }" * 900 + " }",
    "STR": "SELECT (" + "STR(" * 5000 + "1" + ")" * 5000 + " AS ?x) {}",
    "sub-SELECT": "SELECT * { " + "{ SELECT * { " * 1500 + "?s ?p 1" + " } }" * 1500 + " }",
    "group": "ASK " + "{ " * 10000 + "} " * 10000,
    "MINUS": "ASK { ?s ?p ?o " + "MINUS { ?s ?p ?o " * 3000 + "} " * 3001,
    "parentheses": "ASK { FILTER(" + "(" * 30000 + "1" + ")" * 30000 + ") }",
    "UNION": "ASK { {} " + "UNION {} " * 7000 + "}",
    "or": "ASK { FILTER(true" + "||true" * 9500 + ") }",
    "not": "ASK { FILTER(" + "!" * 60000 + "true) }",
    "minus signs": "SELECT (" + "- " * 30000 + "1 AS ?x) {}",
    "path sequence": "ASK { ?s <urn:a>" + "/<urn:a>" * 8000 + " ?o }",
    "path of inverses": "ASK { ?s " + "^" * 60000 + "<urn:a> ?o }",
    "lists": "ASK { ?s ?p " + "(" * 20000 + ")" * 20000 + " }",
    "blank nodes": "ASK { ?s ?p " + "[ <urn:p> " * 4500 + "1" + " ]" * 4500 + " }",
    "quotes": 'ASK { ?s ?p \'"""\\\'"""\\\'"""' + '\\\'"""' * 10000 + " }",
}


#: Seconds over the deadline in which a busy machine ends a query, and a runaway would not end.
FOR_EVER = 30


@pytest.fixture(scope="module")
def server(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("workers")
    with endpoint(built, folder, GAPGRAPH_QUERY_QUEUE="4") as running:
        yield running


def memory(pids: set[int]) -> int:
    """Return what processes hold in memory, in bytes: what several share is counted once.

    What one of them alone holds would grow by itself: the pages that a process forked shares with
    the one it came from part as either of them runs.
    """
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss_Anon:"):
                total += 1024 * int(line.split()[1])
    return total


@pytest.mark.whole
def test_runaways_are_ended_and_stored_queries_do_not_wait(server: Server) -> None:
    assert len(RUNAWAYS) == 10
    expected = server.get(STORED).body
    for _ in range(4):
        ask(server, "SELECT * { ?s ?p ?o } LIMIT 10")
    before = descendants(server.process.pid)
    held = memory(set(before))
    over = threading.Event()
    answered = 0
    wrong: list[int] = []

    def honest() -> None:
        nonlocal answered
        while not over.is_set():
            reply = server.get(STORED)
            answered += 1
            if (reply.status, reply.body) != (200, expected):
                wrong.append(reply.status)

    def attack(query: str) -> tuple[int, float]:
        start = time.monotonic()
        return ask(server, query).status, time.monotonic() - start

    reader = threading.Thread(target=honest)
    reader.start()
    try:
        with ThreadPoolExecutor(2) as attackers:
            ended = dict(zip(RUNAWAYS, attackers.map(attack, RUNAWAYS.values()), strict=True))
    finally:
        over.set()
        reader.join()
    for name, (status, seconds) in ended.items():
        assert status in {422, 504}, (name, status)
        assert seconds < SECONDS + FOR_EVER, (name, seconds)
    assert wrong == []
    assert answered > 10 * len(RUNAWAYS)
    after = descendants(server.process.pid)
    services = {pid for pid, line in before.items() if "forker" not in line}
    assert {pid for pid, line in after.items() if "forker" not in line} == services
    assert len(after) <= len(services) + 1 + 2  # the forker, and at most two idle workers
    assert memory(set(after)) < held + 50_000_000


@pytest.mark.parametrize("name", NESTED)
def test_nesting_costs_a_worker_at_most(server: Server, name: str) -> None:
    services = {
        pid for pid, line in descendants(server.process.pid).items() if "forker" not in line
    }
    reply = ask(server, NESTED[name], timeout="1.5")
    assert reply.status in {200, 400, 422, 502, 504}, reply.text
    assert rows(ask(server, "SELECT (1 AS ?x) {}")) == [{"x": "1"}]
    assert services <= set(descendants(server.process.pid))


@pytest.mark.whole
def test_brackets_nest_a_hundred_deep(server: Server) -> None:
    assert ask(server, "ASK " + "{" * 100 + "}" * 100).status == 200
    refused = ask(server, "ASK " + "{" * 101 + "}" * 101)
    assert refused.status == 400
    assert "101" in json.loads(refused.body)["detail"]


@pytest.mark.whole
def test_longest_query(server: Server) -> None:
    longest = 65_536
    query = "ASK {} #"
    assert ask(server, query + "x" * (longest - len(query))).status == 200
    assert ask(server, query + "x" * (longest - len(query) + 1)).status == 413
    assert ask(server, query + "x" * 1_000_000).status == 413
    assert server.get(f"/sparql?query=ASK%7B%7D%23{'x' * 17_000}").status == 414


@pytest.mark.whole
def test_a_client_lowers_the_deadline_and_cannot_raise_it(server: Server) -> None:
    query = RUNAWAYS["cartesian product, counted"]
    for asked, allowed in (("0.3", 0.3), ("3600", SECONDS)):
        start = time.monotonic()
        reply = ask(server, query, timeout=asked)
        assert reply.status == 504
        assert allowed <= time.monotonic() - start < allowed + FOR_EVER
        assert f"{allowed:g} seconds" in json.loads(reply.body)["detail"]


@pytest.mark.whole
def test_a_result_over_its_limit_is_refused_whole(server: Server) -> None:
    reply = ask(server, "SELECT * { ?s ?p ?o . ?s ?q ?r }", "text/csv")
    assert reply.status == 422
    assert "5000000 bytes" in json.loads(reply.body)["detail"]


@pytest.mark.whole
def test_a_flood_gets_503_with_a_time_to_come_back(server: Server) -> None:
    """Two run, four wait, the rest are told to come back."""
    query = RUNAWAYS["cartesian product, counted"]
    with ThreadPoolExecutor(12) as many:
        replies = list(many.map(lambda _: ask(server, query, timeout="1"), range(12)))
    statuses = sorted(reply.status for reply in replies)
    assert set(statuses) == {503, 504}
    assert statuses.count(503) >= 6
    for reply in replies:
        if reply.status == 503:
            assert int(reply.headers["Retry-After"]) >= 1
    assert rows(ask(server, "SELECT (1 AS ?x) {}")) == [{"x": "1"}]


def forker_of(server: Server) -> int:
    """Return the forker: the parent of its workers."""
    found = {pid for pid, line in descendants(server.process.pid).items() if "forker" in line}
    return next(pid for pid in found if not descendants(pid).keys() ^ (found - {pid}))


def ended(pid: int) -> bool:
    """Tell whether a process is gone, or only waits to be reaped."""
    # Its sockets close when the last of its threads is gone, which need not be the first.
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        states = {(each / "stat").read_text().rpartition(")")[2].split()[0] for each in threads}
    except OSError:
        return not Path(f"/proc/{pid}").exists()
    return states == {"Z"} and len(threads) == 1


@pytest.mark.whole
def test_a_dead_forker_and_a_dead_worker_are_replaced(server: Server) -> None:
    ask(server, "ASK {}")
    forker = forker_of(server)
    killed = set(descendants(forker))
    assert killed
    for worker in killed:
        os.kill(worker, signal.SIGKILL)
    while not all(map(ended, killed)):
        time.sleep(0.05)
    assert [ask(server, "ASK {}").status for _ in range(4)] == [200] * 4
    os.kill(forker_of(server), signal.SIGKILL)
    # A worker lives on for a moment: whichever query finds it dead is put to a new one.
    while not ended(forker):
        assert ask(server, "ASK {}").status == 200
    assert [ask(server, "ASK {}").status for _ in range(4)] == [200] * 4
    assert forker_of(server) != forker


@pytest.mark.whole
def test_a_query_does_not_wait_for_the_deadline_of_the_last(server: Server) -> None:
    """A worker that answered is idle, not dead: one process answers all that is asked in a row."""
    ask(server, "ASK {}")
    workers = set(descendants(forker_of(server)))
    assert workers
    for number in range(50):
        assert rows(ask(server, f"SELECT ({number} AS ?x) {{}}")) == [{"x": str(number)}]
    assert set(descendants(forker_of(server))) == workers
    # After another deadline too, and after an error, which leaves a worker in its place.
    assert ask(server, "ASK {}", timeout="0.5").status == 200
    assert ask(server, "ASK {").status == 400
    assert ask(server, "SELECT (1 AS ?x) {}", timeout="1.9").status == 200
    assert set(descendants(forker_of(server))) == workers


def busy(server: Server) -> set[int]:
    """Return the workers under a service's forker."""
    return {each for each in descendants(forker_of(server)) if not ended(each)}


#: How a query comes to the service: the method, the address, the headers and the body.
WAYS = {
    "in the address": lambda query: ("GET", f"/sparql?{urlencode({'query': query})}", {}, None),
    "as a form": lambda query: (
        "POST",
        "/sparql",
        {"Content-Type": "application/x-www-form-urlencoded"},
        urlencode({"query": query}),
    ),
    "as itself": lambda query: (
        "POST",
        "/sparql",
        {"Content-Type": "application/sparql-query"},
        query,
    ),
}


@pytest.mark.whole
@pytest.mark.parametrize(
    ("way", "name"),
    list(zip(WAYS, ["cartesian product, counted", "ORDER BY of a product",
                    "GROUP_CONCAT of a product"], strict=True)),
)  # fmt: skip
def test_a_query_ends_with_its_client(built: Built, tmp_path: Path, way: str, name: str) -> None:
    limits = {"GAPGRAPH_QUERY_WORKERS": "1", "GAPGRAPH_QUERY_SECONDS": "900"}
    with endpoint(built, tmp_path, **limits) as server:
        for _ in range(2):
            connection = http.client.HTTPConnection("127.0.0.1", urlsplit(server.url).port)
            before = ask(server, "ASK {}").status, busy(server)
            method, address, headers, body = WAYS[way](RUNAWAYS[name])
            connection.request(method, address, body, headers)
            assert before[0] == 200
            # It has the only place when the next one is told to come again.
            wait_until(lambda: ask(server, "ASK {}", timeout="0.2").status == 503)
            connection.close()
            # The place is free for who comes next, who needs no patience of 900 seconds.
            wait_until(lambda: ask(server, "ASK {}", timeout="1").status == 200)
            assert not before[1] & busy(server)


def kill_at_work(built: Built, folder: Path, left: set[int]) -> None:
    """Kill a service that works on a query, and tell what ran under it."""
    options = ("--workers", "1", "--output", built.output)
    with serving(folder, *options) as running, ThreadPoolExecutor(1) as one:
        waiting = one.submit(ask, running, RUNAWAYS["cartesian product, counted"])
        for _ in range(80):  # the service's worker, the forker, a worker
            left |= set(descendants(running.process.pid))
            if len(left) >= 3:
                break
            time.sleep(0.1)
        time.sleep(0.3)
        os.killpg(running.process.pid, signal.SIGKILL)
        assert waiting.exception(timeout=20) is not None


@pytest.mark.whole
def test_nothing_outlives_a_killed_service(built: Built, tmp_path: Path) -> None:
    left: set[int] = set()
    with pytest.raises(AssertionError):  # it does not end well, as `serving` expects
        kill_at_work(built, tmp_path, left)
    assert len(left) >= 3
    for _ in range(50):
        alive = {pid for pid in left if Path(f"/proc/{pid}/exe").exists()}
        if not alive:
            break
        time.sleep(0.1)
    assert alive == set()
