"""What changed between two builds: statuses, and sentences that came and went."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from rdflib import Graph, URIRef

from conftest import ROOT, Built, rebuilt
from gapgraph.errors import NotBuiltError
from gapgraph.namespaces import BASE, GG, ID, PROV, RDF
from gapgraph.settings import Home, Settings
from gapgraph.store.dataset import DatasetFile
from gapgraph.web import create_app
from gapgraph.web.once import Once
from gapgraph.web.service import ServiceConfig
from serving import Server, gapgraph, serving

ANALYSIS = f"{ID}analysis/oas-pnat"
DIRECTIVES = f"{ID}framework/oas-work-plan-2/directive"
CHANGESET = "http://purl.org/vocab/changeset/schema#"
_SENTENCE = "El PNAT no hace referencia {} al personal de las operaciones de paz."
#: What `changed` changes, as triples.
CHANGED = {
    (kind, node, str(GG[verb]), value if verb == "text" else str(GG[value]))
    for kind, node, verb, value in (
        ("removal", "assessment/28/rule", "coverageStatus", "addressed"),
        ("addition", "assessment/28/rule", "coverageStatus", "partial"),
        ("removal", "assessment/17/rule", "coverageStatus", "notAssessed"),
        ("removal", "topic/25.1", "coverageStatus", "none"),
        ("addition", "topic/25.1", "coverageStatus", "mapped"),
        ("removal", "statement/25.1.1", "text", _SENTENCE.format("alguna")),
        ("addition", "statement/25.1.1", "text", _SENTENCE.format("exacta")),
    )
}


def changed(built: Built, folder: Path) -> Path:
    """Write a build in which two statuses differ, one is missing, and one sentence does."""
    content = built.dataset.read().decode()
    status = f"<{GG}coverageStatus>"
    for old, new in (
        (f"<{ANALYSIS}/assessment/28/rule> {status} <{GG}addressed>",
         f"<{ANALYSIS}/assessment/28/rule> {status} <{GG}partial>"),
        (f"<{ANALYSIS}/topic/25.1> {status} <{GG}none>",
         f"<{ANALYSIS}/topic/25.1> {status} <{GG}mapped>"),
        (f"<{ANALYSIS}/assessment/17/rule> {status} <{GG}notAssessed>",
         f"<{ANALYSIS}/assessment/17/rule> <{GG}none> <{GG}notAssessed>"),
        ("El PNAT no hace referencia alguna al personal de las operaciones de paz.",
         "El PNAT no hace referencia exacta al personal de las operaciones de paz."),
    ):  # fmt: skip
        assert old in content
        content = content.replace(old, new)
    return rebuilt(built, content, folder)


@pytest.fixture
def folders(built: Built, tmp_path: Path) -> tuple[Path, Path]:
    return built.output, changed(built, tmp_path / "new")


def test_what_changed_is_told_and_nothing_else(folders: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = folders
    told = gapgraph("diff", old, new, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert sorted(told.stdout.splitlines()) == sorted([
        "oas-pnat 28: addressed -> partial",
        "oas-pnat 17: notAssessed -> not there any more",
        "oas-pnat 25, topic 25.1: none -> mapped",
        f"oas-pnat 25: - {_SENTENCE.format('alguna')}",
        f"oas-pnat 25: + {_SENTENCE.format('exacta')}",
    ])  # fmt: skip
    # 67 directives and 111 topics.
    assert "statuses changed: 3 of 178; sentences added: 1 of " in told.stderr
    # The other way round.
    back = gapgraph("diff", new, old, cwd=tmp_path)
    assert "oas-pnat 17: was not there -> notAssessed" in back.stdout
    same = gapgraph("diff", old, old, cwd=tmp_path)
    assert (same.returncode, same.stdout) == (0, "")
    assert "statuses changed: 0 of 178; sentences added: 0 of " in same.stderr


@pytest.mark.whole
def test_changes_as_a_table(folders: tuple[Path, Path], tmp_path: Path) -> None:
    told = gapgraph("diff", *folders, "--format", "csv", cwd=tmp_path)
    rows = list(csv.DictReader(io.StringIO(told.stdout.removeprefix("\ufeff"))))
    assert len(rows) == 5
    by_item = {(row["kind"], row["item"], row["old"][:9], row["new"][:9]) for row in rows}
    assert ("directive", f"{DIRECTIVES}/28", "addressed", "partial") in by_item
    assert ("topic", f"{ANALYSIS}/topic/25.1", "none", "mapped") in by_item
    assert {row["analysis"] for row in rows} == {ANALYSIS}


def spoken_of(text: str) -> tuple[Graph, set[tuple[str, ...]]]:
    """The triples that changes speak of, each with whether it came or went."""
    graph = Graph().parse(data=text, format="turtle")
    told = set()
    for change, verb, node in graph:
        if str(verb).startswith(CHANGESET) and verb != URIRef(f"{CHANGESET}subjectOfChange"):
            subject, predicate, value = (
                str(graph.value(node, each)) for each in (RDF.subject, RDF.predicate, RDF.object)
            )
            assert str(graph.value(change, URIRef(f"{CHANGESET}subjectOfChange"))) == subject
            assert str(graph.value(change, GG.inAnalysis)) == ANALYSIS
            kind = str(verb).rpartition("#")[2]
            told.add((kind, subject.removeprefix(f"{ANALYSIS}/"), str(predicate), value))
    return graph, told


@pytest.mark.whole
def test_changes_as_rdf(folders: tuple[Path, Path], tmp_path: Path) -> None:
    told = gapgraph("diff", *folders, "--format", "ttl", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    _, found = spoken_of(told.stdout)
    assert found == CHANGED


def version(folder: Path) -> str:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return str(manifest["dataset"]["version"])


@pytest.fixture(scope="module")
def versions(built: Built, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Three builds: one of which the manifest alone is left, one that is kept, and the present."""
    folder = tmp_path_factory.mktemp("versions")
    gone = rebuilt(built, built.dataset.read().decode().replace("adopt", "adapt"), folder / "gone")
    next(gone.glob("dataset-*.nq")).unlink()
    return gone, built.output, changed(built, folder / "new")


@pytest.fixture(scope="module")
def server(versions: tuple[Path, Path, Path]) -> Iterator[Server]:
    gone, old, new = versions
    with serving(
        new, "--output", new, "--previous", old, "--previous", gone, "--workers", "1"
    ) as running:
        yield running


PAGE = {"Accept": "text/html"}


@pytest.mark.whole
def test_a_version_is_answered_or_said_to_be_gone_and_never_another(
    server: Server, versions: tuple[Path, Path, Path]
) -> None:
    gone, old, new = map(version, versions)
    for each, words in ((old, "La reemplazó la versión"), (new, "Dirección de esta versión")):
        page = server.get(f"/data/{each}", **PAGE)
        assert (page.status, words in page.text) == (200, True)
        assert f"<code>{each}</code>" in page.text or f"Versión {each}" in page.text
        data = server.get(f"/data/{each}/gapgraph.nq")
        folder = versions[1] if each == old else versions[2]
        built_lines = next(folder.glob("dataset-*.nq")).read_bytes().splitlines()
        assert data.body.splitlines() == sorted(built_lines)
    described = Graph().parse(
        data=server.get(f"/data/{old}", Accept="text/turtle").text, format="turtle"
    )
    about = URIRef(f"{BASE}data/{old}")
    assert {str(each) for each in described.objects(about)} >= {old, f"{BASE}data/{new}"}
    for path in ("", "/gapgraph.nq", f"/changes/{new}"):
        for asked, status in ((gone, 410), ("0123456789abcdef", 404)):
            told = server.get(f"/data/{asked}{path}", Accept="application/problem+json")
            assert told.status == status, (asked, path)
            problem = json.loads(told.body)
            assert asked in problem["detail"]
            assert f"/data/{new}" in problem["detail"]
            assert problem["status"] == status
    page = server.get(f"/data/{gone}", **PAGE)
    assert "ya no está aquí" in page.text
    for asked, status in ((old, 303), (gone, 410), (new, 200), ("f" * 16, 404)):
        assert server.get(f"/.well-known/void?version={asked}").status == status
    led = server.get(f"/.well-known/void?version={old}")
    assert led.headers["Location"].endswith(f"/data/{old}")
    assert server.get(f"/data/{old}/gapgraph.exe").status == 404
    assert server.get(f"/data/{old}/changes/{new}.exe").status == 404


@pytest.mark.whole
def test_what_changed_is_a_page_and_files(
    server: Server, versions: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    _, old, new = map(version, versions)
    address = f"/data/{old}/changes/{new}"
    for path in ("/", "/data/"):
        page = server.get(path, **PAGE).text
        assert f'href="{address}"' in page
    text = unescape(server.get(address, **PAGE).text)
    for label, count in (
        ("Directrices que cambian de estado", "2 de 67"),
        ("Temas que cambian de estado", "1 de 111"),
    ):
        assert f'{label}</span><span class="num">{count}<' in text
    assert text.count("<del") == text.count("<ins") == 1
    assert "What changed in the data" in server.get(f"{address}?lang=en", **PAGE).text
    table = server.get(f"{address}.csv").text
    told = gapgraph("diff", *versions[1:], "--format", "csv", cwd=tmp_path).stdout
    assert list(csv.reader(io.StringIO(table))) == list(csv.reader(io.StringIO(told)))
    graph, found = spoken_of(server.get(f"{address}.ttl").text)
    assert found == CHANGED
    assert (
        URIRef(f"{BASE}data/{new}"), PROV.wasRevisionOf, URIRef(f"{BASE}data/{old}")
    ) in graph  # fmt: skip
    # The other way round, and from one to itself: neither is a revision.
    for pair in ((new, old), (old, old), (new, new)):
        graph, _ = spoken_of(server.get(f"/data/{pair[0]}/changes/{pair[1]}.ttl").text)
        assert not list(graph.triples((None, PROV.wasRevisionOf, None)))
    assert "<ins" in server.get(f"/data/{new}/changes/{old}", **PAGE).text
    assert (
        "No cambió ningún plan, estado ni frase"
        in server.get(f"/data/{old}/changes/{old}", **PAGE).text
    )


@pytest.mark.whole
def test_a_version_has_no_files_that_are_served_beside_it(
    built: Built, versions: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    gone, old, new = versions
    added = tmp_path / "more.ttl"
    added.write_text("<https://example.org/a> <https://example.org/b> <https://example.org/c> .\n")
    # The manifest of the version that is kept, alone and after it, takes nothing away.
    bare = tmp_path / "bare"
    bare.mkdir()
    shutil.copy(old / "manifest.json", bare)
    named = built.dataset.read().decode().replace("analysis/oas-pnat", "analysis/oas-other")
    other = rebuilt(built, named, tmp_path / "other")
    config = ServiceConfig(
        Home(ROOT, checkout=True),
        Settings(),
        new,
        added=(added,),
        previous=(old, bare, gone, other),
    )
    client = create_app(config).test_client()
    assert b"example.org/a" in client.get("/data/gapgraph.nq").data
    lines = next(new.glob("dataset-*.nq")).read_bytes().splitlines()
    for suffix in ("nq", "ttl"):
        file = client.get(f"/data/{version(new)}/gapgraph.{suffix}").data
        assert b"example.org/a" not in file
        assert suffix == "ttl" or file.splitlines() == sorted(lines)
    assert client.get(f"/data/{version(old)}").status_code == 200
    # An analysis that is not here any more is told of, and leads nowhere.
    page = client.get(f"/data/{version(other)}/changes/{version(new)}", headers=PAGE).text
    assert '<span>PNAT 2017-2021</span> <span class="note">(ya no está)' in page
    assert "analysis=oas-other" not in page
    with pytest.raises(NotBuiltError, match=r"nowhere holds no build: give --previous"):
        create_app(replace(config, previous=(tmp_path / "nowhere",)))


@pytest.mark.whole
def test_what_several_ask_for_is_made_once_and_the_oldest_let_go() -> None:
    once, made, begin = Once(2), list[str](), threading.Barrier(8)

    def make(name: str) -> Callable[[], str]:
        return lambda: made.append(name) or name

    def ask(_: int) -> str:
        begin.wait()
        return once(("a",), make("a"))

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(8))) == {"a"}
    for name in ("b", "a", "c", "a", "b"):
        assert once((name,), make(name)) == name
    # "b" was let go for "c": "a" was asked for after it.
    assert made == ["a", "b", "c", "b"]
    with pytest.raises(ZeroDivisionError):
        once(("wrong",), lambda: 1 // 0)
    assert once(("wrong",), lambda: 1) == 1


@pytest.mark.whole
@pytest.mark.parametrize("missing", [0, 1])
def test_a_folder_without_a_build_is_named(missing: int, built: Built, tmp_path: Path) -> None:
    given = [built.output, built.output]
    given[missing] = tmp_path / "nowhere"
    told = gapgraph("diff", *given, cwd=tmp_path)
    assert told.returncode in {2, 3}
    assert "nowhere" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.whole
def test_what_an_added_plan_closes_is_told_and_is_no_change(
    built: Built, four: DatasetFile, tmp_path: Path
) -> None:
    """The annex's variant followed its plan, and has four directives otherwise (three_plans.py)."""
    told = gapgraph("diff", built.output, four.path.parent, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    assert [line.partition(",")[0] for line in lines[:3]] == [
        "aldeia-ilha: plan added: Plano da Ilha 2024",
        "islands: plan added: Islands Strategy 2028",
        "meseta: plan added: Plan de la Meseta 2030",
    ]
    assert lines[3] == (
        "variant: plan added: Plan de los Andes 2031, which assesses 64 of 67 directives"
    )
    told_of = re.fullmatch(
        r"variant: of the 45 gaps of oas-pnat it closes 1 \(25\), leaves 43 \(([\d, ]+)\), and of "
        r"1 \(30\) it does not tell; gaps in it and not in oas-pnat: 2 \(13, 28\)",
        lines[4],
    )
    assert told_of
    assert len(set(told_of[1].split(", "))) == 43
    assert len(lines) == 5
    assert (
        "plans added: 4, gone: 0; in the plans of both, statuses changed: 0 of 178" in told.stderr
    )
    back = gapgraph("diff", four.path.parent, built.output, cwd=tmp_path)
    assert [line.partition(",")[0] for line in back.stdout.splitlines()] == [
        f"{name}: plan not there any more: {label}"
        for name, label in (
            ("aldeia-ilha", "Plano da Ilha 2024"),
            ("islands", "Islands Strategy 2028"),
            ("meseta", "Plan de la Meseta 2030"),
            ("variant", "Plan de los Andes 2031"),
        )
    ]
    table = gapgraph("diff", built.output, four.path.parent, "--format", "csv", cwd=tmp_path)
    rows = list(csv.DictReader(io.StringIO(table.stdout.removeprefix("\ufeff"))))
    assert [(row["kind"], row["old"], row["new"]) for row in rows[3:]] == [
        ("plan", "", "Plan de los Andes 2031")
    ]


@pytest.mark.whole
def test_the_page_of_changes_tells_added_plans_apart(built: Built, four: DatasetFile) -> None:
    home = Home(ROOT, checkout=True)
    config = ServiceConfig(home, Settings(), four.path.parent, previous=(built.output,))
    client = create_app(config).test_client()
    address = f"/data/{version(built.output)}/changes/{four.version}"
    page = unescape(client.get(address, headers=PAGE).text)
    assert "4 planes añadidos." in page
    assert "No cambió" not in page
    assert "0 de 67" in page
    assert (
        "Directrices que son brecha en PNAT 2017-2021: 45. De ellas, ahora cubiertas: 1 (25); "
        "siguen siendo brecha: 43; no consta: 1 (30). Cubiertas antes, y ahora brecha: 2 (13, 28)."
    ) in page
    assert 'href="/compare?analysis=oas-pnat&analysis=variant&differ=1"' in page
    graph = Graph().parse(data=client.get(f"{address}.ttl").text, format="turtle")
    assert len(set(graph.subjects(RDF.type, URIRef(f"{CHANGESET}ChangeSet")))) == 4
    back = unescape(
        client.get(f"/data/{four.version}/changes/{version(built.output)}", headers=PAGE).text
    )
    assert "4 planes que ya no están." in back
