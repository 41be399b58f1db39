"""Stored queries over the links, row by row against the source and the reviewed tables."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

import oracle
from conftest import ROOT, Built
from gapgraph.queries.api import Dataset
from gapgraph.queries.catalogue import Catalogue
from gapgraph.store.embedded import EmbeddedStore

SDG = "http://metadata.un.org/sdg/"
DIRECTIVE = "https://w3id.org/gapgraph/id/framework/oas-work-plan-2/directive/"


def table(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


NODES = {(row["target"], row["object"]): row for row in table("link-objects.tsv")}
LINKS = table("links.tsv")


@dataclass(frozen=True)
class OracleTopic:
    """A topic as the source has it, with the key of its concept."""

    directive: int
    place: int
    label: str
    key: str
    values: tuple[str, ...]
    observations: tuple[str, ...]

    @property
    def status(self) -> str:
        return GOLDEN[f"{self.directive}.{self.place}"]


#: The status of each topic, as readers of the annex settled it.
GOLDEN = {
    row["topic"]: row["status"]
    for row in csv.DictReader(
        (ROOT / "tests" / "golden" / "coverage.tsv").read_text(encoding="utf-8").splitlines(),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
}
STATUS = "https://w3id.org/gapgraph/ontology#"


def topics() -> Iterator[OracleTopic]:
    for directive in oracle.read(oracle.SOURCE):
        for place, (text, values) in enumerate(directive.topics, start=1):
            label = text.rstrip(": ")
            plain = unicodedata.normalize("NFKD", label.casefold())
            plain = plain.encode("ascii", "ignore").decode()
            key = re.sub("[^a-z0-9]+", "-", plain).strip("-")
            yield OracleTopic(directive.number, place, label, key, values, directive.observations)


TOPICS = tuple(topics())


@pytest.fixture(scope="module")
def dataset(built: Built) -> Dataset:
    return Dataset(EmbeddedStore(built.dataset), Catalogue.load(built.home.queries))


def rows(dataset: Dataset, name: str, *columns: str, **values: str) -> list[tuple[str, ...]]:
    result = dataset.result(name, **values)
    places = [result.names.index(column) for column in columns]
    return [tuple(row[i].value if row[i] else "" for i in places) for row in result.rows]


def leading(**wanted: str) -> dict[str, set[tuple[str, str]]]:
    """Return what each topic concept links to, as dataset and key."""
    found: dict[str, set[tuple[str, str]]] = {}
    for row in LINKS:
        if row["kind"] == "concept" and all(row[k] == v for k, v in wanted.items()):
            found.setdefault(row["key"], set()).add((row["target"], row["object"]))
    return found


def test_every_linked_concept_is_a_topics(dataset: Dataset) -> None:
    assert set(leading()) <= {topic.key for topic in TOPICS}


def test_gaps_by_sdg_target(dataset: Dataset) -> None:
    links = leading(target="sdg")
    expected: dict[str, list[OracleTopic]] = {}
    for topic in TOPICS:
        for _, key in links.get(topic.key, ()):
            if NODES["sdg", key]["type"] == "sdgo:Target":
                expected.setdefault(key, []).append(topic)
    found = rows(
        dataset, "gaps-by-sdg-target", "targetCode", "topics", "none", "partial", "gapLabels"
    )
    assert {row[0]: row[1:] for row in found} == {
        key: (
            str(len(group)),
            str(sum(topic.status == "none" for topic in group)),
            str(sum(topic.status == "partial" for topic in group)),
            "\n".join(
                f"{topic.directive} {topic.label}"
                for topic in group
                if topic.status in {"none", "partial"}
            ),
        )
        for key, group in expected.items()
    }
    codes = [row[0] for row in found]
    assert len(codes) == len(set(codes)) == len(expected)
    assert codes.index("16.2") < codes.index("16.10") < codes.index("16.a")
    assert codes.index("5.2") < codes.index("10.2")


def test_gaps_under_golden_targets(dataset: Dataset) -> None:
    found = rows(dataset, "gaps-by-sdg-target", "targetCode", "topics", "none", "gapLabels")
    assert ("12.7", "1", "1", "31 Gobiernos adquieren bienes de la trata") in found
    labels = "7 Violencia contra los grupos vulnerables\n18 Sobre la violencia contra la mujer"
    assert ("5.2", "2", "0", labels) in found


def test_what_an_sdg_targets_readers_should_know(dataset: Dataset) -> None:
    links = leading(target="sdg")
    for key in ("16.2", "8.8", "10.2"):
        expected = [
            (
                str(topic.directive),
                topic.label,
                STATUS + topic.status,
                "\n".join(topic.values),
                "\n".join(topic.observations),
            )
            for topic in TOPICS
            if ("sdg", key) in links.get(topic.key, ())
        ]
        columns = ("number", "topicLabel", "status", "categories", "observations")
        found = rows(dataset, "sdg-target-gaps", *columns, target=SDG + key)
        assert found == expected
        assert len(found) > 1


def test_directives_by_unbis_concept(dataset: Dataset) -> None:
    expected: dict[tuple[str, str], list[str]] = {}
    for row in LINKS:
        if row["target"] == "unbis" and row["kind"] == "directive":
            expected[NODES["unbis", row["object"]]["iri"], row["key"]] = []
    for topic in TOPICS:
        for _, key in sorted(leading(target="unbis").get(topic.key, ())):
            place = (NODES["unbis", key]["iri"], str(topic.directive))
            expected.setdefault(place, []).append(topic.label)
    columns = ("concept", "number", "linkedTopics")
    found = rows(dataset, "directives-by-unbis-concept", *columns)
    assert {row[:2]: row[2] for row in found} == {
        place: "\n".join(labels) for place, labels in expected.items()
    }
    assert len(found) == len(expected)


def test_directives_of_one_unbis_concept(dataset: Dataset) -> None:
    corruption = "http://metadata.un.org/thesaurus/1001328"
    columns = ("number", "conceptLabel", "directive", "linkedTopics")
    assert rows(dataset, "directives-by-unbis-concept", *columns, concept=corruption) == [
        ("7", "CORRUPTION", f"{DIRECTIVE}7", "Corrupción"),
        ("28", "CORRUPTION", f"{DIRECTIVE}28", "Corrupción"),
    ]
    witnesses = "http://metadata.un.org/thesaurus/1007027"
    assert rows(
        dataset, "directives-by-unbis-concept", "number", "linkedTopics", concept=witnesses
    ) == [("45", ""), ("53", ""), ("56", ""), ("57", ""), ("67", "")]


@pytest.mark.parametrize("targets", [("eurovoc", "unesco"), ("stw",)])
def test_topics_by_thesaurus_concept(dataset: Dataset, targets: tuple[str, ...]) -> None:
    expected = set()
    for row in LINKS:
        if row["kind"] != "concept" or row["target"] not in targets:
            continue
        node = NODES[row["target"], row["object"]]
        for topic in TOPICS:
            if topic.key == row["key"]:
                expected.add(
                    (
                        node["iri"],
                        node["es"] or node["en"],
                        row["predicate"].partition(":")[2],
                        str(topic.directive),
                        topic.label,
                        STATUS + topic.status,
                    )
                )
    values = {} if len(targets) > 1 else {"thesaurus": "https://w3id.org/gapgraph/id/linkset/stw"}
    columns = ("concept", "conceptLabel", "property", "number", "topicLabel", "status")
    found = rows(dataset, "topics-by-thesaurus-concept", *columns, **values)
    assert {(*row[:2], row[2].rpartition("#")[2], *row[3:]) for row in found} == expected
    assert len(found) == len(expected) > 15


def test_treaties_cited(dataset: Dataset) -> None:
    """Golden: read off directives 2, 17 and 35 of the source."""
    columns = ("instrumentLabel", "identifier", "count", "numbers")
    found = rows(dataset, "treaties-cited", *columns)
    assert found[:2] == [
        (
            "Convención de las Naciones Unidas contra la Delincuencia Organizada Transnacional",
            "A/RES/55/25", "3", "2, 17, 35",
        ),
        (
            "Protocolo para Prevenir, Reprimir y Sancionar la Trata de Personas, Especialmente "
            "Mujeres y Niños",
            "UNTC XVIII-12-a", "3", "2, 17, 35",
        ),
    ]  # fmt: skip
    assert {row[1] for row in found[2:]} == {
        "UNTC XVIII-12-b", "A/RES/58/4", "B-58", "A-55", "A/RES/45/158", "P029", "R203", "C189",
        "R201",
    }  # fmt: skip
    assert {row[2:] for row in found[2:]} == {("1", "17")}
    pages = dict(rows(dataset, "treaties-cited", "identifier", "page"))
    assert len(pages) == len(found) == 11
    assert "" not in pages.values()
    assert "3174688" in pages["R203"]
