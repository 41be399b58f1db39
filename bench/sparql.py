"""Ad-hoc queries against Oxigraph's own server, and stored queries under attack.

Two questions: how much longer an isolated ad-hoc query takes than on Oxigraph's server over the
same data (the median must stay below 1.5 times), and how much slower stored queries become while
runaways are asked without pause (the 99th percentile must stay below 5 times the quiet one).

    python bench/sparql.py --output build
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import results

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from gapgraph.queries.catalogue import Catalogue  # noqa: E402
from gapgraph.store.dataset import DatasetFile  # noqa: E402

#: Honest questions of different sizes, beside the stored queries.
QUERIES = {
    "one": "SELECT * WHERE { ?s ?p ?o } LIMIT 1",
    "gaps": "PREFIX gg: <https://w3id.org/gapgraph/ontology#> SELECT ?d ?t WHERE "
    "{ ?d gg:hasTopic ?t . ?t gg:declaredGap true } ORDER BY ?d ?t",
    "count": "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(?n)",
}
RUNAWAYS = (
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f }",
    "SELECT * { ?s ?p ?o . ?a ?b ?c } ORDER BY ?o",
    "SELECT (GROUP_CONCAT(?o) AS ?x) { ?s ?p ?o . ?a ?b ?c }",
)
STORED = "/queries/topics-without-category.srj"


@contextlib.contextmanager
def running(command: list[str], ready: str, **environment: str) -> Iterator[str]:
    """Run a server, and give what its messages say of its address."""
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment},
    )
    assert process.stderr
    try:
        for line in process.stderr:
            found = re.search(ready, line)
            if found:
                break
        else:
            raise SystemExit(f"{command[0]} did not start")
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield found[0]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


class Compared(NamedTuple):
    """Milliseconds that a question takes on both servers."""

    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


class Link:
    """A connection kept open to an endpoint at ``/sparql``, or another path."""

    def __init__(self, url: str, path: str = "/sparql") -> None:
        parts, self.path = urlsplit(url), path
        self.link = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=60)

    def ask(self, query: str) -> tuple[int, bytes, float]:
        """Ask, and return status, answer and seconds."""
        start = time.perf_counter()
        headers = {
            "Accept": "application/sparql-results+json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.link.request("POST", self.path, urlencode({"query": query}), headers)
        answer = self.link.getresponse()
        content = answer.read()
        return answer.status, content, time.perf_counter() - start

    def get(self, path: str) -> float:
        """Get a path, and return the seconds it took."""
        start = time.perf_counter()
        self.link.request("GET", path)
        answer = self.link.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        return time.perf_counter() - start


def compare(ours: str, theirs: str, queries: dict[str, str], rounds: int) -> dict[str, Compared]:
    """Ask both servers in turn, and return medians in milliseconds."""
    here, there = Link(ours), Link(theirs, "/query")
    found: dict[str, Compared] = {}
    for name, query in queries.items():
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            for place, link in enumerate((here, there)):
                status, content, seconds = link.ask(query)
                assert status == 200, content
                times[place].append(1000 * seconds)
        rows = [
            len(json.loads(link.ask(query)[1])["results"]["bindings"]) for link in (here, there)
        ]
        assert rows[0] == rows[1], (name, rows)
        found[name] = Compared(*(statistics.median(each) for each in times))
    return found


def attacked(url: str, seconds: float) -> tuple[float, float]:
    """Return the 99th percentile of a stored query in milliseconds, in quiet and under attack."""

    def p99() -> float:
        link, times, end = Link(url), [], time.monotonic() + seconds
        while time.monotonic() < end:
            times.append(1000 * link.get(STORED))
            time.sleep(0.002)
        return statistics.quantiles(times, n=100)[98]

    over = threading.Event()

    def attack(number: int) -> None:
        link = Link(url)
        while not over.is_set():
            link.ask(RUNAWAYS[number % len(RUNAWAYS)])

    quiet = p99()
    attackers = [threading.Thread(target=attack, args=(number,)) for number in range(6)]
    for each in attackers:
        each.start()
    time.sleep(1)
    try:
        loud = p99()
    finally:
        over.set()
        for each in attackers:
            each.join()
    return quiet, loud


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--output", type=Path, default=Path("build"), help="folder of the build")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args()
    heading = results.heading("sparql.py")
    stored = {
        each.id: each.text for each in Catalogue.load(ROOT / "queries") if each.form == "SELECT"
    }
    serve = [sys.executable, "-m", "gapgraph", "serve", "--port", "0", "--workers", "1"]
    serve += ["--output", str(given.output)]
    oxigraph = str(Path(sys.executable).parent / "oxigraph")
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(running(serve, r"http://\S+/"))
        port = free_port()
        theirs = f"http://127.0.0.1:{port}/"
        there = [oxigraph, "serve", "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
        stack.enter_context(running(there, r"Listening"))
        data = DatasetFile.find(given.output).path.read_bytes()
        media = {"Content-Type": "application/n-quads"}
        urllib.request.urlopen(urllib.request.Request(f"{theirs}store", data, media)).close()
        some = compare(ours, theirs, QUERIES, given.rounds)
        all_stored = compare(ours, theirs, stored, max(3, given.rounds // 20))
        kept = attacked(ours, given.seconds)
    with running(serve, r"http://\S+/", GAPGRAPH_CACHE_BYTES="0") as ours:
        anew = attacked(ours, given.seconds)
    ratios = sorted(each.ratio for each in all_stored.values())
    versions = ", ".join(results.versions("granian", "pyoxigraph", "oxigraph"))
    lines = [
        heading,
        f"{versions}.",
        "One question at a time over one connection, both servers in turn; medians. gapgraph "
        "evaluates each in a process that can open nothing and is ended at its deadline; Oxigraph "
        "has the same dataset in memory.",
        "",
        "| question | gapgraph, ms | Oxigraph, ms | times Oxigraph |",
        "|---|---:|---:|---:|",
        *(
            f"| `{QUERIES[name].rpartition('> ')[2].replace('|', '')}` | {each.ours:.2f} | "
            f"{each.theirs:.2f} | {each.ratio:.2f} |"
            for name, each in some.items()
        ),
        f"| the {len(ratios)} stored queries, put ad hoc: median of the ratios | | | "
        f"{statistics.median(ratios):.2f} |",
        f"| … the least and the greatest | | | {ratios[0]:.2f} to {ratios[-1]:.2f} |",
        "",
        f"Stored queries while six clients ask runaways without pause (`{STORED}`, one client, "
        f"{given.seconds:.0f} s each):",
        "",
        "| answers | p99 in quiet, ms | p99 under attack, ms | ratio |",
        "|---|---:|---:|---:|",
        *(
            f"| {name} | {quiet:.2f} | {loud:.2f} | {loud / quiet:.2f} |"
            for name, (quiet, loud) in (("kept", kept), ("nothing kept", anew))
        ),
    ]
    print("\n".join(lines))
    results.write_section("SPARQL", "\n".join(lines))


if __name__ == "__main__":
    main()
