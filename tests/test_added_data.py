"""Real outside data beside the build: added as named graphs, and asked through stored queries."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS

from conftest import Built
from external import FOLDER, needs_external
from gapgraph import open as gapgraph_open
from gapgraph.errors import InputError
from gapgraph.queries.api import Dataset
from gapgraph.queries.catalogue import Catalogue
from gapgraph.store.embedded import EmbeddedStore
from serving import gapgraph, serving
from test_links_queries import TOPICS

BASE = "https://w3id.org/gapgraph/"
SDG = "http://metadata.un.org/sdg/"
SDGO = f"{SDG}ontology#"
TRAFFICKING = "http://metadata.un.org/thesaurus/1006622"
FILES = (
    "sdg/sdg-kos-goals-targets-indicators.ttl",
    "sdg/sdg-kos-series-2019-Q2-G-01.ttl",
    "sdg/sdg-kos-subject-mappings.ttl",
)


def gaps() -> list[tuple[str, str, str]]:
    """Return directive, label and status of each topic without an element or partial.

    From the source, and what readers of it settled.
    """
    return [
        (str(topic.directive), topic.label, topic.status)
        for topic in TOPICS
        if topic.status in {"none", "partial"}
    ]


def ways(concept: str) -> set[tuple[str, str, str, str]]:
    """Return series, indicator, target and goal of a concept, walked over the files by hand."""
    graph = Graph()
    for file in FILES:
        graph.parse(FOLDER / file)
    return {
        (str(series), str(indicator), str(target), str(goal))
        for series in graph.subjects(DCTERMS.subject, URIRef(concept))
        for indicator in graph.objects(series, URIRef(f"{SDGO}isSeriesOf"))
        for target in graph.objects(indicator, URIRef(f"{SDGO}isIndicatorOf"))
        for goal in graph.objects(target, URIRef(f"{SDGO}isTargetOf"))
    }


@pytest.fixture
def store(built: Built) -> EmbeddedStore:
    return EmbeddedStore(built.dataset)


def found(dataset: Dataset, **values: str) -> list[dict[str, str]]:
    """Return the rows of the query, by column."""
    result = dataset.result("gap-to-sdg-series", **values)
    return [
        dict(zip(result.names, (term.value for term in row if term), strict=True))
        for row in result.rows
    ]


@pytest.mark.whole
@needs_external
def test_from_every_gap_to_the_series_on_trafficking(built: Built, store: EmbeddedStore) -> None:
    for file in FILES:
        store.add_file(FOLDER / file, limit=10_000_000)
    rows = found(Dataset(store, Catalogue.load(built.home.queries)))
    expected = ways(TRAFFICKING)
    assert {way[1:] for way in expected} == {(f"{SDG}C160202", f"{SDG}16.2", f"{SDG}16")}
    assert len(expected) == 5
    topics: dict[tuple[str, str, str], list[tuple[str, ...]]] = {}
    for row in rows:
        key = (row["number"], row["topicLabel"], row["status"].rpartition("#")[2])
        way = tuple(row[name] for name in ("series", "sdgIndicator", "target", "goal"))
        topics.setdefault(key, []).append(way)
        assert row["concept"] == TRAFFICKING
        assert row["seriesLabel"].startswith("Detected victims of human trafficking")
    assert {key: sorted(each) for key, each in topics.items()} == dict.fromkeys(
        gaps(), sorted(expected)
    )
    assert {row["statusLabel"] for row in rows} == {"sin elemento del plan", "parcial"}
    # Only what these topics are about is trafficking itself; the others reach it by the framework.
    own = [row for row in rows if row["through"] == f"{BASE}id/concept/tipificar-el-delito"]
    assert [row["number"] for row in own] == ["3"] * 5 + ["35"] * 5
    assert rows[:10] == own
    assert {row["through"] for row in rows[10:]} == {f"{BASE}id/framework/oas-work-plan-2"}


@pytest.mark.whole
@needs_external
def test_a_topics_own_concept_leads_on_too(built: Built, store: EmbeddedStore) -> None:
    """Forced labour and slavery: what the topic "Servidumbre doméstica" links to."""
    for file in FILES:
        store.add_file(FOLDER / file, limit=10_000_000)
    slavery = "http://metadata.un.org/thesaurus/1005924"
    rows = found(Dataset(store, Catalogue.load(built.home.queries)), concept=slavery)
    assert {(row["number"], row["topicLabel"], row["through"]) for row in rows} == {
        ("34", "Servidumbre Doméstica", f"{BASE}id/concept/servidumbre-domestica")
    }
    columns = ("series", "sdgIndicator", "target", "goal")
    assert {tuple(row[name] for name in columns) for row in rows} == ways(slavery)


@pytest.mark.whole
@needs_external
def test_the_command_line_and_python_take_files_beside_the_build(
    built: Built, tmp_path: Path
) -> None:
    given = [part for file in FILES for part in ("--with", str(FOLDER / file))]
    where = ("--output", str(built.output), *given)
    run = gapgraph("query", "gap-to-sdg-series", "--format", "csv", *where, cwd=tmp_path)
    rows = list(csv.DictReader(io.StringIO(run.stdout)))
    assert (run.returncode, len(rows)) == (0, len(gaps()) * 5)
    series = f"?s <{DCTERMS.subject}> <{TRAFFICKING}> . ?s <{SDGO}isSeriesOf> ?i"
    asked = f"SELECT DISTINCT ?s WHERE {{ {series} }}"
    run = gapgraph("sparql", asked, "--format", "csv", *where, cwd=tmp_path)
    assert len(run.stdout.split()) == 1 + 5
    opened = gapgraph_open(built.output, added=[FOLDER / file for file in FILES])
    assert len(opened.query("gap-to-sdg-series")) == len(rows)


@pytest.mark.whole
def test_without_the_series_there_is_no_way(built: Built, store: EmbeddedStore) -> None:
    dataset = Dataset(store, Catalogue.load(built.home.queries))
    assert dataset.result("gap-to-sdg-series").rows == ()


@pytest.mark.whole
@needs_external
def test_answers_of_ours_are_the_same_beside_outside_data(
    built: Built, store: EmbeddedStore
) -> None:
    """Labels that stand in both are counted once."""
    catalogue = Catalogue.load(built.home.queries)
    names = ("gaps-by-sdg-target", "sdg-target-gaps", "directives-by-unbis-concept",
             "topics-by-thesaurus-concept", "treaties-cited")  # fmt: skip
    before = {name: Dataset(store, catalogue).result(name).rows for name in names}
    for file in (*FILES, "slices/unesco-trafficking-slice.ttl"):
        store.add_file(FOLDER / file, limit=10_000_000)
    after = {name: Dataset(store, catalogue).result(name).rows for name in names}
    assert {name: len(rows) for name, rows in after.items()} == {
        name: len(rows) for name, rows in before.items()
    }
    assert after == before
    assert min(map(len, before.values())) > 2


@pytest.mark.whole
@needs_external
def test_the_service_answers_over_added_files(built: Built, tmp_path: Path) -> None:
    options = [part for file in FILES for part in ("--with", str(FOLDER / file))]
    with serving(tmp_path, "--workers", "1", "--output", str(built.output), *options) as running:
        answer = running.get("queries/gap-to-sdg-series.csv?number=7")
        told = json.loads(running.get("health").body)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["target"] for row in rows} == {f"{SDG}16.2"}
    assert len(rows) == sum(number == "7" for number, *_ in gaps()) * 5
    triples = sum(len(Graph().parse(FOLDER / file)) for file in FILES)
    assert told["quads"] == built.dataset.manifest["dataset"]["quads"] + triples


@pytest.mark.whole
def test_an_added_node_has_its_page_and_stands_in_dumps(built: Built, tmp_path: Path) -> None:
    """Files beside the build are told of wherever the build is: by address, by graph, whole."""
    one, two = tmp_path / "one.ttl", tmp_path / "two.nq"
    directive = f"{BASE}id/framework/oas-work-plan-2/directive/7"
    one.write_text(
        f'<{directive}> <urn:x:seen> "001"^^<http://www.w3.org/2001/XMLSchema#unsignedByte> .\n'
        f"<{BASE}id/note/1> <urn:x:of> <{directive}> .\n"
    )
    two.write_text(f'<{directive}> <urn:x:heard> "á" <urn:x:graph> .\n')
    store = EmbeddedStore(built.dataset)
    before = {len(store.about(directive)), len(store.dump("nq").splitlines())}
    for file in (one, two):
        store.add_file(file, limit=1_000)
    said = {(p.value, o.value) for _, p, o in store.about(directive)}
    assert {("urn:x:seen", "001"), ("urn:x:heard", "á")} < said
    assert len(said) > 5
    assert before == {len(said) - 2, len(store.dump("nq").splitlines()) - 3}
    assert store.dump("nt", "urn:x:graph").decode() == f'<{directive}> <urn:x:heard> "á" .\n'
    options = ("--workers", "1", "--output", built.output, "--with", one, "--with", two)
    with serving(tmp_path, *options) as running:
        for path in ("id/note/1", "id/framework/oas-work-plan-2/directive/7"):
            told = running.get(f"{path}.nt").text
            assert "<urn:x:of>" in told or "<urn:x:heard>" in told, path
        assert running.get("id/note/1", Accept="text/turtle").status in {200, 303}
        assert running.get("id/note/2.nt").status == 404


BAD = {
    "half.ttl": (b"<urn:x:s> <urn:x:p> 1 .\n<urn:x:s> <urn:x:p> .\n", "half.ttl:2:"),
    "half.nq": (b"<urn:x:s> <urn:x:p> <urn:x:o> .\n<urn:x:s> <urn:x:p>\n", "half.nq:3:"),
    "bytes.nt": (b'<urn:x:s> <urn:x:p> "\xff\xfe" .\n', "bytes.nt"),
    "binary.ttl": (b"\x00\x01\x02", "binary.ttl"),
    "array.jsonld": (
        b'[{"@id": "urn:x:s", "urn:x:p": 6},'
        b' {"@context": "http://127.0.0.1:9/c", "@id": "urn:x:t"}]',
        "array.jsonld",
    ),
    "import.jsonld": (
        b'{"@context": {"@version": 1.1, "@import": "http://127.0.0.1:9/c"}, "urn:x:p": 1}',
        "import.jsonld",
    ),
    "utf16.rdf": (
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY e "e">]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'.encode("utf-16"),
        "utf16.rdf",
    ),
    "ours.nq": (
        b"<urn:x:s> <urn:x:p> <urn:x:o> <https://w3id.org/gapgraph/graph/links> .\n",
        "graph/links",
    ),
    "no-suffix": (b"<urn:x:s> <urn:x:p> <urn:x:o> .\n", "suffix"),
}


@pytest.mark.whole
@pytest.mark.parametrize("name", BAD)
def test_bad_data_leaves_the_dataset_as_it_was(
    store: EmbeddedStore, tmp_path: Path, name: str
) -> None:
    content, words = BAD[name]
    (tmp_path / name).write_bytes(content)
    before = len(store)
    with pytest.raises(InputError, match=words.replace(".", r"\.")) as caught:
        store.add_file(tmp_path / name, limit=10_000)
    assert "\n" not in str(caught.value)
    assert len(store) == before


@pytest.mark.whole
def test_a_file_over_the_limit(built: Built, store: EmbeddedStore, tmp_path: Path) -> None:
    file = tmp_path / "large.nt"
    file.write_text("<urn:x:s> <urn:x:p> <urn:x:o> .\n" * 100)
    before = len(store)
    with pytest.raises(InputError, match="large"):
        store.add_file(file, limit=1000)
    assert len(store) == before
    run = gapgraph(
        "serve", "--port", "0", "--output", built.output, "--with", file,
        cwd=tmp_path, GAPGRAPH_MAX_DATA_BYTES="1000",
    )  # fmt: skip
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert "large.nt" in run.stderr


@pytest.mark.whole
def test_nodes_without_names_stay_apart(store: EmbeddedStore, tmp_path: Path) -> None:
    """Two files may each have a node _:a."""
    for place in ("one", "two"):
        (tmp_path / f"{place}.nt").write_text(f"_:a <urn:x:p> <urn:x:{place}> .\n")
        store.add_file(tmp_path / f"{place}.nt", limit=1000)
    rows = store.select("SELECT DISTINCT ?s { ?s <urn:x:p> ?o }").rows
    assert len(rows) == 2
