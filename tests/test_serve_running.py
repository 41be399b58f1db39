"""The service as it runs: new builds taken up with no request lost, a clean stop, crashes, logs."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from conftest import Built
from gapgraph.files import sha256
from serving import Server, gapgraph, serving, wait_until

QUESTION = "/queries/category-usage.srj"
#: Takes about half a second, and is never kept.
SLOW = "/sparql?" + urlencode(
    {
        "query": "SELECT (COUNT(*) AS ?n) { { SELECT ?c { ?a ?b ?c } LIMIT 1000 } "
        "{ SELECT ?e { ?d a ?e } LIMIT 500 } FILTER(CONTAINS(STR(?c), STR(?e))) }",
        "format": "json",
    }
)


@pytest.fixture
def folder(built: Built, tmp_path: Path) -> Path:
    """Return a folder that holds a copy of a build, which a test may change."""
    shutil.copytree(built.output, tmp_path / "build")
    return tmp_path


def version(server: Server) -> str:
    return str(json.loads(server.get("/health").body)["dataset"])


def children(pid: int) -> set[int]:
    """Return the process ids of a process's children."""
    tasks = Path(f"/proc/{pid}/task")
    return {
        int(child)
        for task in tasks.iterdir()
        for child in (task / "children").read_text(encoding="ascii").split()
    }


def change(folder: Path, word: str) -> str:
    """Put another build in the place of the one in a folder; return its version."""
    file = folder / "build" / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    entry = manifest["dataset"]
    content = (folder / "build" / entry["file"]).read_bytes()
    content += f"<urn:x:{word}> <urn:x:p> <urn:x:o> <urn:x:g> .\n".encode()
    entry |= {"file": f"{word}.nq", "version": word, "sha256": sha256(content)}
    (folder / "build" / entry["file"]).write_bytes(content)
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(manifest), encoding="utf-8")
    fresh.replace(file)
    return word


class Asking:
    """Clients that ask without a pause, half of them with a new connection each time."""

    def __init__(self, server: Server, paths: list[str]) -> None:
        self.place = urlsplit(server.url)
        self.answered: list[tuple[float, str]] = []
        self.failed: list[str] = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(path, keep))
            for path in paths
            for keep in (True, False)
        ]

    def _ask(self, path: str, keep: bool) -> None:
        connection = http.client.HTTPConnection(str(self.place.hostname), self.place.port, 30)
        while not self._stop.is_set():
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200 or len(body) != int(answer.headers["Content-Length"]):
                    self.failed.append(f"{path}: {answer.status}")
                seen = answer.headers.get("X-Dataset-Version", "")
                self.answered.append((time.monotonic(), seen))
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(f"{path}: {error!r}")
                connection.close()
            if not keep:
                connection.close()
        connection.close()

    def __enter__(self) -> Asking:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def test_new_builds_lose_no_request(folder: Path) -> None:
    with serving(folder, "--workers", "2") as server:
        first = version(server)
        workers = children(server.process.pid)
        with Asking(server, [QUESTION, "/queries/search.csv?text=trata", SLOW]) as asking:
            for word in ("second", "third"):
                before = len(asking.answered)
                wait_until(lambda before=before: len(asking.answered) > before + 50)
                change(folder, word)
                server.process.send_signal(signal.SIGHUP)
                # Each worker in its time: the new one is seen many times in a row.
                wait_until(lambda word=word: {version(server) for _ in range(12)} == {word})
            before = len(asking.answered)
            wait_until(lambda: len(asking.answered) > before + 50)
        assert asking.failed == []
        assert {seen for _, seen in asking.answered if seen} == {first, "second", "third"}
        assert children(server.process.pid) == workers, "workers were replaced"


@pytest.mark.whole
def test_a_worker_that_still_starts_outlives_a_hangup(folder: Path) -> None:
    with serving(folder, "--workers", "3") as server:
        # The first is up, the others are not yet.
        wait_until(lambda: len(children(server.process.pid)) == 3)
        workers = children(server.process.pid)
        while server.workers < 3:
            server.process.send_signal(signal.SIGHUP)
            time.sleep(0.05)
        word = change(folder, "second")
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: {version(server) for _ in range(20)} == {word})
        assert children(server.process.pid) == workers


@pytest.mark.whole
def test_a_broken_build_is_not_taken_up(folder: Path) -> None:
    with serving(folder, "--workers", "2") as server:
        first = version(server)
        # Both workers are up: one that is not would not come up on a broken build.
        wait_until(lambda: server.workers == 2)
        manifest = folder / "build" / "manifest.json"
        good = manifest.read_bytes()
        with Asking(server, [QUESTION]) as asking:
            for broken in (b"{", good.replace(b'"sha256": "', b'"sha256": "0'), None):
                if broken is None:
                    manifest.unlink()
                else:
                    manifest.write_bytes(broken)
                server.process.send_signal(signal.SIGHUP)
                said = [server.errors.get(timeout=20) for _ in range(2)]
                assert all("the old one is served on" in line for line in said), said
            manifest.write_bytes(good)
            change(folder, "mended")
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda: {version(server) for _ in range(12)} == {"mended"})
        assert asking.failed == []
        assert {seen for _, seen in asking.answered} == {first, "mended"}


@pytest.mark.whole
def test_a_new_build_answers_anew(folder: Path) -> None:
    """Nothing kept of the old build is given for the new one."""
    path = "/sparql?query=ASK%20%7B%20%3Curn%3Ax%3Anew%3E%20%3Fp%20%3Fo%20%7D&format=json"
    with serving(folder, "--workers", "1") as server:
        old = server.get(QUESTION)
        assert json.loads(server.get(path).body)["boolean"] is False
        change(folder, "new")
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: version(server) == "new")
        assert server.get(QUESTION).headers["X-Dataset-Version"] == "new"
        assert old.headers["X-Dataset-Version"] != "new"
        assert json.loads(server.get(path).body)["boolean"] is True


@pytest.mark.whole
def test_a_worker_that_dies_is_replaced(folder: Path) -> None:
    with serving(folder, "--workers", "2") as server:
        workers = children(server.process.pid)
        assert len(workers) == 2
        os.kill(min(workers), signal.SIGKILL)
        wait_until(lambda: len(children(server.process.pid) - {min(workers)}) == 2)
        assert "Unexpected exit" in server.errors.get(timeout=20)

        def answers() -> bool:
            with contextlib.suppress(OSError):
                return server.get(QUESTION).status == 200
            return False

        wait_until(lambda: all(answers() for _ in range(10)))


@pytest.mark.whole
@pytest.mark.parametrize("workers", ["1", "2", "3"])
def test_workers_that_all_die_at_once_are_replaced(folder: Path, workers: str) -> None:
    """Those of the service with those of their queries, as a machine without memory kills them."""
    with serving(folder, "--workers", workers) as server:
        server.get(SLOW)
        family = children(server.process.pid)
        for _ in range(2):
            family |= {child for each in set(family) for child in children(each)}
        assert len(family) >= int(workers) + 2
        for each in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)

        def answers() -> bool:
            with contextlib.suppress(OSError):
                return all(server.get(each).status == 200 for each in (QUESTION, SLOW))
            return False

        wait_until(lambda: all(answers() for _ in range(5)))
        assert not family & children(server.process.pid)


@pytest.mark.whole
def test_a_stop_lets_requests_end(folder: Path) -> None:
    answers: list[int] = []
    with serving(folder, "--workers", "1") as server:
        server.get(SLOW)
        started = time.monotonic()
        server.get(SLOW)
        needed = time.monotonic() - started
        thread = threading.Thread(target=lambda: answers.append(server.get(SLOW).status))
        thread.start()
        time.sleep(needed / 3)
        server.process.send_signal(signal.SIGTERM)
        thread.join()
        assert server.process.wait(timeout=20) == 0
    assert answers == [200]


@pytest.mark.whole
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_every_process(folder: Path, sent: signal.Signals) -> None:
    with serving(folder, "--workers", "2") as server:
        server.get(SLOW)  # so that workers for queries run too
        family = {server.process.pid}
        for _ in range(3):
            family |= {child for each in set(family) for child in children(each)}
        assert len(family) >= 5
        server.process.send_signal(sent)
        assert server.process.wait(timeout=20) == 0
        wait_until(lambda: not any(Path(f"/proc/{each}").exists() for each in family), 10)


@pytest.mark.whole
def test_half_open_connections_do_not_stop_it(folder: Path) -> None:
    with serving(folder, "--workers", "1") as server:
        place = urlsplit(server.url)
        server.get(QUESTION)
        with contextlib.ExitStack() as held:
            for _ in range(900):
                one = held.enter_context(
                    socket.create_connection((str(place.hostname), place.port or 0), timeout=5)
                )
                one.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nX-")
            assert server.get(QUESTION).status == 200


@pytest.fixture(scope="module")
def logged(built: Built) -> Iterator[Server]:
    with serving(
        built.output, "--workers", "1", "--access-log", "--output", built.output
    ) as server:
        yield server


@pytest.mark.whole
@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/queries/search?text=a%0A127.0.0.1%20forged", "text=a%0A127.0.0.1%20forged"),
        ("/a%0Ab%1B%5B2Jc", r"/a\x0ab\x1b[2Jc"),
        ("/%22%20200%20x", r"/\x22 200 x"),
        ("/%E2%80%AEtxt", "txt"),
    ],
)
def test_the_access_log_cannot_be_forged(logged: Server, path: str, shown: str) -> None:
    logged.get(path)
    line = logged.errors.get(timeout=20)
    assert shown in line
    assert line.isprintable(), ascii(line)
    assert re.search(r'^127\.0\.0\.1 \[[^]]+\] "GET [^"]* HTTP/1\.1" \d{3} \d+\.\d\d$', line), line


@pytest.mark.whole
@pytest.mark.parametrize(
    "paths", [[SLOW], [QUESTION, SLOW], [SLOW, "/queries/gaps.csv", "/gaps", "/sparql?query=ASK{}"]]
)
def test_the_processes_of_a_replaced_build_end_under_load_too(
    folder: Path, paths: list[str]
) -> None:
    with serving(folder, "--workers", "1", GAPGRAPH_CACHE_BYTES="0") as server:
        (worker,) = workers_of(server)
        with Asking(server, paths) as asking:
            for word in ("second", "third", "fourth"):
                before = len(asking.answered)
                wait_until(lambda before=before: len(asking.answered) > before + 5)
                olds = children(worker)
                change(folder, word)
                server.process.send_signal(signal.SIGHUP)
                wait_until(lambda word=word: version(server) == word)
                # Clients go on asking all the while.
                wait_until(lambda olds=olds: not olds & children(worker), 60)
                assert len(children(worker)) == 1
        assert asking.failed == []


def workers_of(server: Server) -> list[int]:
    """Return the processes that serve: those among the service's children that have some."""
    wait_until(lambda: any(children(each) for each in children(server.process.pid)))
    return [each for each in children(server.process.pid) if children(each)]


def damages(file: Path) -> dict[str, Callable[[], object]]:
    """Return ways to damage a file."""
    whole = file.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    return {
        "a bit": lambda: file.write_bytes(flipped),
        "cut": lambda: file.write_bytes(whole[:middle]),
        "longer": lambda: file.write_bytes(whole + b" "),
        "empty": lambda: file.write_bytes(b""),
        "missing": file.unlink,
    }


@pytest.mark.whole
@pytest.mark.parametrize("pattern", ["findings-*.json", "dataset-*.nq", "annex.ttl"])
@pytest.mark.parametrize("damage", ["a bit", "cut", "longer", "empty", "missing"])
def test_a_damaged_file_is_found_at_the_start(
    built: Built, folder: Path, pattern: str, damage: str
) -> None:
    manifest = built.dataset.manifest
    if pattern == "annex.ttl":
        # As a build outside a checkout has it: the table's graph lies beside the dataset.
        manifest = {**manifest, "output": {**manifest["output"], "annex.ttl": sha256(built.annex)}}
        (folder / "build" / "annex.ttl").write_bytes(built.annex)
        (folder / "build" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (file,) = (folder / "build").glob(pattern)
    damages(file)[damage]()

    run = gapgraph("serve", "--port", "0", cwd=folder)

    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (3, "", 1), run.stderr
    assert file.name in run.stderr
    assert "gapgraph build" in run.stderr
