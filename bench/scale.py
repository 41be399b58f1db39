"""What many plans cost: a build, one plan changed, a service from memory and from disk.

Invented plans (``plans.py``) are built from nothing, then with one sentence of one of them changed.
Services over the build, one from disk and, where that is the default, one from memory, and
Oxigraph's own server over files of its own, answer stored queries for the first time, one at a
time, in turn; Virtuoso too where it gives as many rows.  Memory is counted over all processes, what
they share once (PSS).

    python bench/scale.py [--plans 1 35 340]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import plans
import results

import serving

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from gapgraph.queries.binding import bind  # noqa: E402
from gapgraph.queries.catalogue import Catalogue  # noqa: E402
from gapgraph.settings import Settings  # noqa: E402
from gapgraph.store.dataset import DatasetFile  # noqa: E402

#: Stored queries about one analysis, and their parameters.
QUESTIONS: dict[str, dict[str, str]] = {**serving.QUESTIONS, "topics-in-full": {}, "reviews": {}}
#: Rounds of questions.
ROUNDS = 15
#: Seconds between two looks at the memory of a build.
_LOOK = 0.5
_MB = 1_000_000


@dataclass
class Cost:
    """What running a command took.

    :param wall: seconds by the clock
    :param cpu: seconds of processor time, of all its processes
    :param peak: the most memory that they held at once, in bytes
    """

    wall: float
    cpu: float
    peak: int


@dataclass
class Service:
    """A service, while it answers.

    :param up: seconds until its first answer
    :param held: memory of all its processes after all questions, in bytes
    :param times: seconds of each question, by its name
    """

    up: float
    held: int = 0
    times: dict[str, list[float]] = field(default_factory=dict)


def family(pid: int) -> set[int]:
    """Return a process and all under it."""
    found, waiting = {pid}, [pid]
    while waiting:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{waiting.pop()}/task").iterdir():
                children = {int(each) for each in (task / "children").read_text().split()}
                waiting += children - found
                found |= children
    return found


def held(pid: int) -> int:
    """Return the memory of a process and all under it, in bytes; what is shared counts once."""
    total = 0
    for each in family(pid):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += 1024 * int(line.split()[1])
    return total


def gapgraph(*arguments: str | Path, **settings: str) -> subprocess.Popen[bytes]:
    """Start a command."""
    return subprocess.Popen(
        [sys.executable, "-m", "gapgraph", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def built(folders: list[Path], output: Path) -> Cost:
    """Build, and return what it took."""
    tables = [part for folder in folders for part in ("--analysis", folder)]
    start = time.perf_counter()
    process = gapgraph("build", "--no-annex", "--output", output, *tables)
    peak, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(_LOOK):
            peak.append(held(process.pid))

    looking = threading.Thread(target=look)
    looking.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    over.set()
    looking.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("the build failed")
    return Cost(wall, usage.ru_utime + usage.ru_stime, max(peak))


@contextlib.contextmanager
def service(output: Path, way: str) -> Iterator[tuple[str, Service, subprocess.Popen[bytes]]]:
    """Serve a build, and keep no answers."""
    port = serving.free_port()
    address = f"http://127.0.0.1:{port}/"
    start = time.perf_counter()
    process = gapgraph(
        "serve", "--port", str(port), "--output", output,
        GAPGRAPH_STORE=way, GAPGRAPH_CACHE_BYTES="0",
    )  # fmt: skip
    try:
        while True:
            with contextlib.suppress(OSError):
                serving.get(f"{address}health")
                break
            time.sleep(0.02)
        yield address, Service(time.perf_counter() - start), process
    finally:
        process.terminate()
        process.wait()


def asked(addresses: dict[str, dict[str, str]]) -> dict[str, dict[str, list[float]]]:
    """Ask every question of every server, in turn; return the seconds, by server and question."""
    times: dict[str, dict[str, list[float]]] = {name: {} for name in addresses}
    for turn in range(ROUNDS + 1):
        for question in QUESTIONS:
            for name, urls in addresses.items():
                if question in urls:
                    start = time.perf_counter()
                    serving.get(urls[question])
                    if turn:  # the first is not counted
                        times[name].setdefault(question, []).append(time.perf_counter() - start)
    return times


def measured(count: int, folder: Path) -> tuple[list[str], list[str]]:
    """Measure with so many plans; return a row for the table of costs, and rows of answers."""
    folders = plans.write_plans(folder / "plans", count)
    output = folder / "build"
    whole = built(folders, output)
    plans.change(folders[count // 2])
    again = built(folders, output)
    catalogue = Catalogue.load(ROOT / "queries").about(DatasetFile.find(output).analyses)
    texts = {name: bind(catalogue[name], given) for name, given in QUESTIONS.items()}
    quads = DatasetFile.find(output).quads
    # From memory only what is served from there where nobody asks for it.
    ways = ("disk", "memory") if quads < Settings().number("store_quads") else ("disk",)
    with contextlib.ExitStack() as stack:
        services: dict[str, Service] = {}
        processes: dict[str, subprocess.Popen[bytes]] = {}
        addresses: dict[str, dict[str, str]] = {}
        for way in ways:
            # The store is made before: what is measured is a start.
            with service(output, way):
                pass
            address, told, processes[way] = stack.enter_context(service(output, way))
            services[way] = told
            addresses[way] = {
                name: f"{address}queries/{name}.srj?{urlencode(given)}"
                for name, given in QUESTIONS.items()
            }
        for name, start in others(stack, output, folder).items():
            addresses[name] = {
                question: start + urlencode({"query": text}) for question, text in texts.items()
            }
            wrong = [
                question
                for question, url in addresses[name].items()
                if serving.rows(url) != serving.rows(addresses["disk"][question])
            ]
            for question in wrong:
                del addresses[name][question]
        others_told = [name for name in addresses if name not in ways]
        times = asked(addresses)
        for way, process in processes.items():
            services[way].held = held(process.pid)
    served = [services.get(way) for way in ("disk", "memory")]
    row = [
        f"{count}", f"{quads:,}", f"{whole.wall:.0f}", f"{whole.cpu / count:.1f}",
        f"{whole.peak / _MB:.0f}", f"{again.cpu / whole.cpu:.2f}",
        *(f"{each.up:.1f}" if each else "" for each in served),
        *(f"{each.held / _MB:.0f}" if each else "" for each in served),
    ]  # fmt: skip
    answers = []
    for question in QUESTIONS:
        medians = {
            name: statistics.median(times[name][question]) * 1000
            if question in times.get(name, ())
            else None
            for name in ("disk", "memory", *others_told)
        }
        beside = medians.get("Oxigraph") or float("nan")
        answers.append(
            f"| {count} | `{question}` | "
            + " | ".join(
                f"{value:.1f}" if value is not None else "other rows" if name in times else ""
                for name, value in medians.items()
            )
            + f" | {(medians['disk'] or 0) / beside:.2f} |"
        )
    return row, answers


def others(stack: contextlib.ExitStack, output: Path, folder: Path) -> dict[str, str]:
    """Start Oxigraph's server over files of its own, and Virtuoso; return how they are asked."""
    data = DatasetFile.find(output).path
    oxigraph = str(Path(sys.executable).parent / "oxigraph")
    files, port = folder / "oxigraph", serving.free_port()
    subprocess.run(
        [oxigraph, "load", "--location", str(files), "--file", str(data)],
        check=True, capture_output=True,
    )  # fmt: skip
    command = [oxigraph, "serve-read-only", "--location", str(files), "--union-default-graph"]
    stack.enter_context(serving.running([*command, "--bind", f"127.0.0.1:{port}"], port))
    found = {"Oxigraph": f"http://127.0.0.1:{port}/query?"}
    if shutil.which("virtuoso-t"):
        port, sql = serving.free_port(), serving.free_port()
        place = folder / "virtuoso"
        place.mkdir()
        (place / "virtuoso.ini").write_text(
            serving.VIRTUOSO.read_text(encoding="utf-8").format(
                folder=place, sql=f"127.0.0.1:{sql}", http=f"127.0.0.1:{port}", most=100_000,
                buffers=40_000, threads=50, answering=32,
            ),
            encoding="utf-8",
        )  # fmt: skip
        server = ["virtuoso-t", "-f", "-c", str(place / "virtuoso.ini")]
        stack.enter_context(serving.running(server, port))
        serving.load_virtuoso(place, data, sql)
        found["Virtuoso"] = f"http://127.0.0.1:{port}/sparql?"
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--plans", type=int, nargs="+", default=[1, 35])
    counts = parser.parse_args().plans
    heading = results.heading("scale.py")
    rows, answers = [], []
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="gapgraph-scale-") as folder:
            row, told = measured(count, Path(folder))
        rows.append(f"| {' | '.join(row)} |")
        answers += told
        print(rows[-1], *told, sep="\n", flush=True)
    virtuoso = " Virtuoso |" if shutil.which("virtuoso-t") else ""
    text = "\n".join(
        [
            heading,
            ", ".join(results.versions("pyoxigraph", "oxigraph", "granian", "pyshacl", "owlrl"))
            + ". Invented plans of one framework of 67 directives, nothing kept before.",
            "",
            "| plans | quads | build, s | build, s of processor a plan | peak, MB | "
            "one changed, times the whole | up from disk, s | up from memory, s | "
            "held from disk, MB | held from memory, MB |",
            "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
            *rows,
            "",
            f"First answers about one analysis, one at a time, in ms; medians of {ROUNDS} rounds:",
            "",
            f"| plans | question | from disk | from memory | Oxigraph, from disk |{virtuoso} "
            "disk, times Oxigraph |",
            "|---:|---|---:|---:|---:|" + ("---:|" if virtuoso else "") + "---:|",
            *answers,
        ]
    )
    results.write_section("Many plans", text)
    print(text)


if __name__ == "__main__":
    main()
