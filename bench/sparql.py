"""Ad-hoc queries against Oxigraph's own server, and stored queries under attack.

Two questions: how much longer an isolated ad-hoc query takes than on Oxigraph's server over the
same data (the median must stay below 1.5 times), and how much slower stored queries become while
runaways are asked without pause (the 99th percentile must stay below 5 times the quiet one).

    python bench/sparql.py --output build --oxigraph oxigraph
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

#: Honest questions of different sizes.
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
def running(command: list[str], ready: str) -> Iterator[str]:
    """Run a server, and give what its messages say of its address."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
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


class Link:
    """A connection kept open."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.link = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=60)

    def ask(self, query: str, path: str = "/sparql") -> tuple[int, bytes, float]:
        """Ask, and return status, answer and seconds."""
        start = time.perf_counter()
        headers = {
            "Accept": "application/sparql-results+json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.link.request("POST", path, urlencode({"query": query}), headers)
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


def compare(ours: str, theirs: str, rounds: int) -> dict[str, dict[str, float]]:
    """Ask both servers in turn, and return medians in milliseconds."""
    here, there = Link(ours), Link(theirs)
    found: dict[str, dict[str, float]] = {}
    for name, query in QUERIES.items():
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
        medians = [statistics.median(each) for each in times]
        found[name] = {
            "gapgraph_ms": round(medians[0], 3),
            "oxigraph_ms": round(medians[1], 3),
            "ratio": round(medians[0] / medians[1], 2),
        }
    return found


def attacked(url: str, seconds: float) -> dict[str, float]:
    """Measure a stored query in quiet and under attack; return its p99s in milliseconds."""

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
    return {
        "quiet_p99_ms": round(quiet, 2),
        "attacked_p99_ms": round(loud, 2),
        "ratio": round(loud / quiet, 2),
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--output", type=Path, default=Path("build"), help="folder of the build")
    parser.add_argument("--oxigraph", default="oxigraph", help="Oxigraph's server (PyPI oxigraph)")
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args()
    serve = [sys.executable, "-m", "gapgraph", "serve", "--port", "0", "--workers", "1"]
    serve += ["--output", str(given.output)]
    result: dict[str, object] = {}
    with running(serve, r"http://\S+/") as ours:
        if shutil.which(given.oxigraph):
            dataset = (
                given.output
                / json.loads((given.output / "manifest.json").read_text())["dataset"]["file"]
            )
            with tempfile.TemporaryDirectory() as folder:
                load = [given.oxigraph, "load", "--location", folder, "--file", str(dataset)]
                subprocess.run(load, check=True, capture_output=True)
                port = free_port()
                there = [given.oxigraph, "serve-read-only", "--location", folder]
                there += ["--bind", f"127.0.0.1:{port}", "--union-default-graph"]
                with running(there, r"Listening"):
                    result["adhoc"] = compare(ours, f"http://127.0.0.1:{port}/", given.rounds)
        else:
            print(f"{given.oxigraph} is not here: nothing to compare with", file=sys.stderr)
        result["stored"] = attacked(ours, given.seconds)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
