"""Stored queries over HTTP beside other servers: requests a second, and times, as ratios.

Three stored queries, asked for the first time (gapgraph keeps no answers then) and again (it does),
beside Oxigraph's own server in memory, the same behind nginx's cache, Virtuoso and
rdflib-endpoint, each over the same data with the same SPARQL.  Rounds alternate between the
servers, so that what else the machine does meets all alike; the median of the rounds counts.  A
server that does not give the same number of rows, or stops answering, is named and not measured.

    python bench/serving.py

Needs wrk, nginx and Virtuoso (Debian: wrk nginx-light virtuoso-opensource) on the path, and
`bench/requirements.txt`; what is missing is left out.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes.util
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
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import results

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from gapgraph.queries.binding import bind  # noqa: E402
from gapgraph.queries.catalogue import Catalogue  # noqa: E402
from gapgraph.store.dataset import DatasetFile  # noqa: E402

JSON = "application/sparql-results+json"
#: Stored queries and their parameters.
QUESTIONS: dict[str, dict[str, str]] = {
    "topics-without-category": {},
    "directive-detail": {"number": "7"},
    "coverage-by-section": {},
}
NGINX = """{user}worker_processes auto; daemon off;
pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  proxy_cache_path {folder}/cache keys_zone=answers:10m;
  large_client_header_buffers 4 64k; keepalive_requests 10000000;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{behind}; proxy_cache answers; proxy_cache_valid 200 1h;
      proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_busy_buffers_size 128k;
      proxy_cache_key "$request_uri|$http_accept"; proxy_ignore_headers Cache-Control Vary;
    }}
  }}
}}
"""
#: Virtuoso's settings, which the tests share.
VIRTUOSO = ROOT / "bench" / "virtuoso.ini"
#: The least that a server in Python does (``bench/bare.py``): how far gapgraph is from its floor.
BARE = "granian and pyoxigraph alone"
BARE_KEPT = "granian alone, an answer from memory"


@dataclass
class Measured:
    """What one server did with one question."""

    rates: list[float] = field(default_factory=list)
    halves: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        end = time.monotonic() + 120
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"{command[0]} did not start")
            time.sleep(0.1)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def get(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept": JSON})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return bytes(answer.read())


def rows(url: str) -> int:
    """Return how many rows an address gives; -1 where it gives none that can be read."""
    try:
        return len(json.loads(get(url))["results"]["bindings"])
    except (OSError, ValueError, KeyError):
        return -1


def one_by_one(url: str, into: Measured) -> None:
    """Ask a slow server three times, one after another."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        get(url)
        times.append(time.perf_counter() - started)
    into.rates.append(len(times) / sum(times))
    into.halves.append(statistics.median(times) * 1000)
    into.slowest.append(max(times) * 1000)


_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


def wrk(url: str, seconds: int, connections: int, into: Measured) -> None:
    """Drive one address, and note requests a second and milliseconds."""
    said = subprocess.run(
        ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "--latency",
         "-H", f"Accept: {JSON}", url],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    if "Non-2xx" in said:
        raise SystemExit(f"{url[:80]} answered with errors")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    times = {
        name: float(number) * _UNITS[unit]
        for name, number, unit in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s|m)\b", said)
    }
    assert rate, said
    assert len(times) == 2, said
    into.rates.append(float(rate[1]))
    into.halves.append(times["50"])
    into.slowest.append(times["99"])


def load_virtuoso(folder: Path, data: Path, sql: int) -> None:
    shutil.copy(data, folder / "data.nq")
    isql = shutil.which("isql-vt") or "isql"
    orders = f"DB.DBA.TTLP_MT(file_to_string_output('{folder}/data.nq'), '', 'urn:x:g', 512);"
    for _ in range(60):
        done = subprocess.run(
            [isql, f"127.0.0.1:{sql}", "dba", "dba", f"exec={orders}checkpoint;"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode == 0 and "Error" not in done.stdout + done.stderr:
            return
        time.sleep(1)
    raise SystemExit(f"Virtuoso took no data: {done.stdout}{done.stderr}")


def servers(stack: contextlib.ExitStack, output: Path, *, few: bool = False) -> dict[str, str]:
    """Start the servers; return the start of their addresses for a query, by name.

    Those of gapgraph end in ``/queries/``; the others take the query itself.

    :param few: whether those alone are started that the wanted ratios speak of
    """
    data = DatasetFile.find(output).path
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gapgraph-bench-")))
    found: dict[str, str] = {}
    asked = [("gapgraph", "64000000", ""), ("gapgraph, nothing kept", "0", "")]
    mimalloc = ctypes.util.find_library("mimalloc")
    if mimalloc and not few:
        asked.append(("gapgraph, nothing kept, mimalloc", "0", mimalloc))
    for name, kept, allocator in asked:
        port = free_port()
        command = [sys.executable, "-m", "gapgraph", "serve", "--port", str(port)]
        stack.enter_context(
            running(
                [*command, "--output", str(output)],
                port,
                GAPGRAPH_CACHE_BYTES=kept,
                LD_PRELOAD=allocator,
                PYTHONPATH=str(ROOT / "src"),
            )
        )
        found[name] = f"http://127.0.0.1:{port}/queries/"
    for name, more in ((BARE, []), (BARE_KEPT, ["--kept"])):
        port = free_port()
        bare = [sys.executable, str(ROOT / "bench" / "bare.py"), str(port), str(data), *more]
        stack.enter_context(running(bare, port))
        found[name] = f"http://127.0.0.1:{port}/query?"
    binaries = Path(sys.executable).parent
    behind = free_port()
    oxigraph = [str(binaries / "oxigraph"), "serve", "--bind", f"127.0.0.1:{behind}"]
    stack.enter_context(running([*oxigraph, "--union-default-graph"], behind))
    request = urllib.request.Request(
        f"http://127.0.0.1:{behind}/store",
        data.read_bytes(),
        {"Content-Type": "application/n-quads"},
    )
    urllib.request.urlopen(request, timeout=120).close()
    found["Oxigraph"] = f"http://127.0.0.1:{behind}/query?"
    if shutil.which("nginx"):
        port = free_port()
        config = folder / "nginx.conf"
        config.write_text(
            NGINX.format(
                folder=folder,
                port=port,
                behind=behind,
                # Its workers would else be somebody who may not read the folder.
                user="user root; " if os.geteuid() == 0 else "",
            ),
            encoding="utf-8",
        )
        stack.enter_context(running(["nginx", "-c", str(config), "-p", str(folder)], port))
        found["nginx's cache before Oxigraph"] = f"http://127.0.0.1:{port}/query?"
    if few:
        return found
    if shutil.which("virtuoso-t"):
        port, sql = free_port(), free_port()
        config = folder / "virtuoso.ini"
        config.write_text(
            VIRTUOSO.read_text(encoding="utf-8").format(
                folder=folder, sql=f"127.0.0.1:{sql}", http=f"127.0.0.1:{port}", most=100_000,
                buffers=40_000, threads=50, answering=32,
            ),
            encoding="utf-8",
        )  # fmt: skip
        stack.enter_context(running(["virtuoso-t", "-f", "-c", str(config)], port))
        load_virtuoso(folder, data, sql)
        found["Virtuoso"] = f"http://127.0.0.1:{port}/sparql?"
    if (binaries / "rdflib-endpoint").exists():
        port = free_port()
        command = [str(binaries / "rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port"]
        # It knows no union of graphs, so it gets the triples in one.
        triples = folder / "data.nt"
        triples.write_bytes(get_triples(found["gapgraph"]))
        stack.enter_context(running([*command, str(port), str(triples)], port))
        found["rdflib-endpoint"] = f"http://127.0.0.1:{port}/?"
    return found


def get_triples(base: str) -> bytes:
    """Return all triples of the build as N-Triples, through the service's own CONSTRUCT."""
    query = urlencode({"query": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "format": "nt"})
    request = urllib.request.Request(base.replace("/queries/", f"/sparql?{query}"))
    with urllib.request.urlopen(request, timeout=120) as answer:
        return bytes(answer.read())


def versions() -> str:
    told = results.versions("granian", "flask", "pyoxigraph", "oxigraph", "rdflib-endpoint")
    for name, pattern in (("nginx", r"nginx/([\d.]+)"), ("wrk", r"wrk (\S+)"),
                          ("virtuoso-t", r"Version ([\d.]+)")):  # fmt: skip
        if shutil.which(name):
            flag = "-?" if name == "virtuoso-t" else "-v"
            said = subprocess.run([name, flag], capture_output=True, text=True, check=False)
            found = re.search(pattern, said.stdout + said.stderr)
            told.append(f"{name.removesuffix('-t')} {found[1] if found else ''}".strip())
    return ", ".join(told)


def times(one: Measured, other: Measured) -> float:
    """Return how many times another's rate a server has: the median over the rounds.

    The rates of one round were measured one after the other, so that what else the machine did
    met both alike.
    """
    return statistics.median(a / b for a, b in zip(one.rates, other.rates, strict=True))


def table(results: dict[str, dict[str, Measured]], names: list[str], against: str) -> list[str]:
    lines = [f"| question | server | requests/s | p50 ms | p99 ms | times {against} |",
             "|---|---|---:|---:|---:|---:|"]  # fmt: skip
    for question, by_server in results.items():
        for name in names:
            one = by_server.get(name)
            if one is None:
                lines.append(f"| `{question}` | {name} | other rows, or none any more | | | |")
                continue
            rate = statistics.median(one.rates)
            lines.append(
                f"| `{question}` | {name} | {rate:,.0f} | {statistics.median(one.halves):.2f} | "
                f"{statistics.median(one.slowest):.1f} | {times(one, by_server[against]):.2f} |"
            )
    return lines


def measure(
    places: dict[str, str], seconds: int, connections: int, rounds: int
) -> dict[str, dict[str, Measured]]:
    """Ask each question of each server, in turn; return what was measured, by question and server.

    :param places: what `servers` gives
    :param seconds: how long each measurement takes
    :param connections: how many questions are on their way at once
    """
    catalogue = Catalogue.load(ROOT / "queries")
    measured_by: dict[str, dict[str, Measured]] = {}
    slow: set[tuple[str, str]] = set()
    urls = {
        question: {
            name: start
            + (
                f"{question}?{urlencode(values)}".rstrip("?")
                if start.endswith("/queries/")
                else urlencode({"query": bind(catalogue[question], values)})
            )
            for name, start in places.items()
        }
        for question, values in QUESTIONS.items()
    }
    for question, by_name in urls.items():
        wanted = rows(by_name["gapgraph"])
        measured_by[question] = {}
        for name, url in by_name.items():
            started = time.perf_counter()
            if rows(url) == wanted:
                measured_by[question][name] = Measured()
            if time.perf_counter() - started > seconds / connections:
                slow.add((question, name))
    for _ in range(rounds):
        for question, by_server in measured_by.items():
            for name, measured in list(by_server.items()):
                try:
                    if (question, name) in slow:
                        one_by_one(urls[question][name], measured)
                    else:
                        wrk(urls[question][name], seconds, connections, measured)
                except (OSError, subprocess.CalledProcessError) as error:
                    if name.startswith("gapgraph"):
                        raise
                    # One of the others, which takes no questions any more, ends nothing.
                    print(f"{name} stopped answering: {error}", file=sys.stderr)
                    del by_server[name]
    return measured_by


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "build", help="folder of the build")
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=8)
    options = parser.parse_args()
    heading = results.heading("serving.py")
    with contextlib.ExitStack() as stack:
        places = servers(stack, options.output)
        measured_by = measure(places, options.seconds, options.connections, options.rounds)
    again = ["gapgraph", BARE_KEPT, "nginx's cache before Oxigraph", "Oxigraph"]
    first = [name for name in places if name not in {*again[:-1]}]
    again = [name for name in again if name in places]
    text = "\n".join(
        [
            heading,
            f"{versions()}.",
            f"wrk, {options.connections} connections, {options.rounds} rounds of "
            f"{options.seconds} s, alternating; medians, also of the ratios within each round. "
            "All on one machine, wrk too. "
            "A server that needs long for one answer is asked one question at a time.",
            "",
            "First time (gapgraph keeps no answers):",
            "",
            *table(measured_by, first, "Oxigraph"),
            "",
            "Repeated (gapgraph keeps answers, as it does by default):",
            "",
            *table(measured_by, again, "Oxigraph"),
            "",
        ]
    )
    results.write_section("Stored queries over HTTP", text)
    print(text)


if __name__ == "__main__":
    main()
