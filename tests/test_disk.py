"""A build served from the engine's own files: the same answers, and nothing taken on trust."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asking import ask, descendants, rows
from conftest import ROOT, Built, rebuilt
from gapgraph.errors import EnvironmentFailure, UsageError
from gapgraph.namespaces import ID, graph_iri
from gapgraph.outputs import forget_old
from gapgraph.queries.api import open_dataset
from gapgraph.settings import Settings, find_home
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.disk import _write_apart, find_store, kept_on_disk, make_store, store_for
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.store.embedded_write import GRAPH_FORMATS
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig
from serving import Server, gapgraph, serving, wait_until

pytestmark = pytest.mark.xdist_group("disk")

DISK = {"GAPGRAPH_STORE": "disk"}


def having(**own: int | str) -> Settings:
    """Return settings with some of one's own."""
    return Settings({**Settings().values, **own})


def copied(built: Built, folder: Path) -> DatasetFile:
    """Copy a build, without what it keeps."""
    shutil.copytree(built.output, folder, ignore=shutil.ignore_patterns(".*"))
    return DatasetFile.find(folder)


@pytest.fixture(scope="module")
def dataset(built: Built, tmp_path_factory: pytest.TempPathFactory) -> DatasetFile:
    """A build with its store."""
    dataset = copied(built, tmp_path_factory.mktemp("disk") / "build")
    make_store(dataset)
    return dataset


@pytest.fixture(scope="module")
def both(built: Built, dataset: DatasetFile) -> tuple[EmbeddedStore, EmbeddedStore]:
    """The build in memory, and on disk."""
    return EmbeddedStore(built.dataset), EmbeddedStore(dataset, find_store(dataset))


def test_every_stored_query_gives_the_same_rows(dataset: DatasetFile) -> None:
    home = find_home(ROOT)
    memory = open_dataset(home, dataset.path.parent, having(store="memory"))
    disk = open_dataset(home, dataset.path.parent, having(store="disk"))
    asked: list[tuple[str, dict[str, Any]]] = [(each.id, {}) for each in disk.catalogue]
    asked += [
        ("directive-detail", {"number": 31}),
        ("search", {"text": "víctimas"}),
        ("topics-without-category", {"number": None, "sort": "-number", "limit": 5}),
    ]
    assert len(asked) > 80
    for name, given in asked:
        assert disk.result(name, **given) == memory.result(name, **given), name


def test_everything_else_that_is_asked_of_a_store(
    both: tuple[EmbeddedStore, EmbeddedStore],
) -> None:
    memory, disk = both
    assert len(disk) == len(memory) > 10_000
    assert disk.graphs() == memory.graphs()
    for iri in (f"{ID}framework/oas-2014-2018", str(graph_iri("meta")), "urn:x:none"):
        assert disk.about(iri) == memory.about(iri)
        assert disk.pointing(iri) == memory.pointing(iri)
    for form in GRAPH_FORMATS:
        assert disk.dump(form) == memory.dump(form), form
    for graph in (*memory.graphs(), "urn:x:none"):
        assert disk.dump("nt", graph) == memory.dump("nt", graph), graph
        assert disk.dump("nq", graph) == memory.dump("nq", graph), graph
    counted = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    assert disk.select(counted) == memory.select(counted)
    named = "SELECT * { ?s ?p ?o FILTER(!isBlank(?s) && !isBlank(?o)) }"
    found = [{*map(tuple, each.graph().query(named))} for each in both]
    assert found[0] == found[1]
    assert len(found[0]) > 10_000


def test_nothing_is_added_to_it(
    both: tuple[EmbeddedStore, EmbeddedStore], dataset: DatasetFile, tmp_path: Path
) -> None:
    file = tmp_path / "more.ttl"
    file.write_text("<urn:x:s> <urn:x:p> 1 .")
    with pytest.raises(UsageError, match="leave --with out, or set GAPGRAPH_STORE to memory"):
        kept_on_disk(having(store="disk"), dataset, [file])
    assert store_for(having(store_quads=1), dataset, [file]) is None, "memory does"
    added = open_dataset(find_home(ROOT), dataset.path.parent, having(store_quads=1), [file])
    assert added.sparql("ASK { <urn:x:s> ?p 1 }") is True
    assert both[1].ask("ASK { <urn:x:s> ?p ?o }") is False


def test_which_builds_are_served_from_disk(dataset: DatasetFile) -> None:
    quads = dataset.quads
    assert not kept_on_disk(Settings(), dataset), "it is small"
    assert kept_on_disk(having(store_quads=quads), dataset)
    assert not kept_on_disk(having(store_quads=quads + 1), dataset)
    assert not kept_on_disk(having(store="memory", store_quads=1), dataset)
    assert kept_on_disk(having(store="disk"), dataset)
    with pytest.raises(UsageError, match="make it one of auto, memory, disk"):
        kept_on_disk(having(store="tape"), dataset)


def test_a_file_that_changed_is_compared_again(built: Built, tmp_path: Path) -> None:
    dataset = copied(built, tmp_path / "build")
    folder = make_store(dataset)
    made_from = folder / "made-from.json"
    before = made_from.read_text()
    assert find_store(dataset) == folder
    os.utime(dataset.path, ns=(1, 1))  # copied, say
    assert find_store(dataset) == folder
    assert json.loads(made_from.read_text())["modified"] == 1
    assert before != made_from.read_text()
    content = dataset.path.read_bytes()
    dataset.path.write_bytes(content[:-2] + b"x\n")
    with pytest.raises(EnvironmentFailure, match="differs from what its manifest vouches for"):
        find_store(dataset)
    with pytest.raises(EnvironmentFailure, match="differs from what its manifest vouches for"):
        store_for(having(store_quads=1), dataset)
    dataset.path.unlink()
    with pytest.raises(EnvironmentFailure, match="cannot be read"):
        find_store(dataset)


def test_a_damaged_store_is_told(built: Built, tmp_path: Path) -> None:
    dataset = copied(built, tmp_path / "build")
    folder = make_store(dataset)
    (folder / "CURRENT").write_text("nothing\n")
    with pytest.raises(EnvironmentFailure, match="remove it, and it is made again"):
        EmbeddedStore(dataset, folder)
    shutil.rmtree(folder)
    assert len(EmbeddedStore(dataset, make_store(dataset)).graphs()) > 5


def test_what_the_engine_says_is_told(tmp_path: Path) -> None:
    """It writes in a process of its own."""
    broken = tmp_path / "broken.nq"
    broken.write_text("<urn:x:s> <urn:x:p> .\n")
    (tmp_path / "store").mkdir()
    with pytest.raises(OSError, match="line 1"):
        _write_apart(tmp_path / "store", broken)


def test_a_store_is_whole_or_not_there(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = copied(built, tmp_path / "build")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("gapgraph.store.disk._write_apart", full)
        with pytest.raises(EnvironmentFailure, match=r"No space left .* GAPGRAPH_STORE to memory"):
            make_store(dataset)
        with pytest.raises(EnvironmentFailure, match="No space left"):
            store_for(having(store="disk"), dataset)
        assert store_for(having(store_quads=1), dataset) is None, "memory does where none is asked"
    (tmp_path / "build" / ".store").rmdir()
    (tmp_path / "build" / ".store").write_text("in the way")
    with pytest.raises(EnvironmentFailure, match="check the folder and the disk"):
        make_store(dataset)
    (tmp_path / "build" / ".store").unlink()
    dataset.path.rename(tmp_path / "away")
    with pytest.raises(EnvironmentFailure, match="cannot be read"):
        make_store(dataset)
    (tmp_path / "away").rename(dataset.path)
    assert find_store(dataset) is None
    folder = make_store(dataset)
    assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(folder.parent.stat().st_mode)
    assert make_store(dataset) == folder
    assert list(folder.parent.iterdir()) == [folder]


def test_stores_of_builds_that_are_gone_go(built: Built, tmp_path: Path) -> None:
    output = tmp_path / "build"
    first = copied(built, output)
    kept = make_store(first)
    lines = first.path.read_bytes().splitlines(keepends=True)
    stores = [kept]
    for place in (1, 2):
        dataset = DatasetFile.find(
            rebuilt(built, b"".join(lines[place:]).decode(), tmp_path / str(place))
        )
        moved = output / dataset.path.name
        shutil.copy(dataset.path, moved)
        os.utime(moved, ns=(10**18 + place, 10**18 + place))
        there = DatasetFile(moved, dataset.version, dataset.sha256, dataset.manifest)
        stores.append(make_store(there))
    os.utime(first.path, ns=(1, 1))
    forget_old(output, keep=f"dataset-{stores[2].name.partition('-')[0]}.nq")
    assert [each.exists() for each in stores] == [False, True, True]


@pytest.fixture(scope="module")
def server(dataset: DatasetFile, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service over the store, with a short deadline."""
    with serving(
        tmp_path_factory.mktemp("serving"),
        "--workers", "2", "--output", dataset.path.parent,
        GAPGRAPH_QUERY_SECONDS="2",
        GAPGRAPH_QUERY_MEMORY_BYTES="300000000",
        **DISK,
    ) as running:  # fmt: skip
        yield running


PATHS = (
    "/",
    "/gaps",
    "/matrix",
    "/search?q=extradicion",
    "/id/directive/7",
    "/queries/coverage-by-section.csv",
    "/queries/directive-detail.srj?number=7",
    "/data/gapgraph.nq",
    "/data/gapgraph.ttl",
)


def test_pages_and_answers_are_the_same(server: Server, built: Built, tmp_path: Path) -> None:
    config = ServiceConfig(find_home(ROOT), having(store="memory"), built.output)
    client = create_app(config).test_client()
    for path in PATHS:
        expected = client.get(path, base_url=server.url)
        found = server.get(path)
        assert (found.status, found.body) == (expected.status_code, expected.data), path


def test_ad_hoc_queries_in_processes_that_can_open_nothing(server: Server) -> None:
    every = "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p"
    first = rows(ask(server, every, "application/sparql-results+json"))
    assert len(first) > 100
    for _ in range(20):
        reply = ask(server, every, "application/sparql-results+json")
        assert rows(reply) == first
    idle = {pid for pid, line in descendants(server.process.pid).items() if "forker" in line}
    assert len(idle) > 2, "two forkers, and workers"
    opened = []
    for pid in idle:
        limits = Path(f"/proc/{pid}/limits").read_text()
        files = [str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()]
        if "Max open files            0 " in limits:  # a worker
            opened.append([each for each in files if each.startswith("/") and "/.store/" in each])
            others = {each for each in files if each.startswith("/") and "/.store/" not in each}
            assert others == {"/dev/null"}
            assert all(each.endswith(".sst") for each in opened[-1])
    assert opened
    assert all(opened)


def test_a_runaway_ends_and_the_next_is_answered(server: Server) -> None:
    product = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f }"
    assert ask(server, product).status == 504
    sorted_ = "SELECT * { ?s ?p ?o . ?a ?b ?c } ORDER BY ?o LIMIT 10"
    assert ask(server, sorted_).status in {422, 504}
    assert ask(server, "ASK { ?s ?p ?o }").status == 200


def test_all_processes_read_the_same_files(server: Server, dataset: DatasetFile) -> None:
    """The dataset's own text is in no process, and what they hold for themselves is little."""
    size = dataset.path.stat().st_size
    ask(server, "ASK { ?s ?p ?o }")
    for pid, line in descendants(server.process.pid).items():
        if "forker" in line:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            held = int(rollup.partition("Pss_Anon:")[2].split()[0]) * 1024
            assert held < 60_000_000 + size // 2, (pid, line)


def test_a_build_that_takes_its_place(built: Built, tmp_path: Path) -> None:
    output = tmp_path / "build"
    old = copied(built, output)
    with serving(tmp_path, "--workers", "1", **DISK) as running:
        assert running.get("/health").body
        lines = old.path.read_bytes().splitlines(keepends=True)
        other = rebuilt(built, b"".join(lines[1:]).decode(), tmp_path / "other")
        for name in sorted(other.iterdir(), key=lambda each: each.name == "manifest.json"):
            shutil.copy(name, output)
        version = DatasetFile.find(output).version
        assert version != old.version
        running.process.send_signal(1)
        wait_until(lambda: version in running.get("/health").body.decode())
        asked = ask(running, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", "text/csv")
        assert asked.body.split()[-1].decode() == str(old.quads - 1)


def test_a_setting_that_is_none(built: Built, tmp_path: Path) -> None:
    copied(built, tmp_path / "build")
    told = gapgraph("serve", "--port", "0", cwd=tmp_path, GAPGRAPH_STORE="tape")
    assert told.returncode == 2
    assert "GAPGRAPH_STORE is 'tape'" in told.stderr
    told = gapgraph("query", "coverage-by-section", cwd=tmp_path, GAPGRAPH_STORE="disk")
    assert told.returncode == 0, told.stderr
