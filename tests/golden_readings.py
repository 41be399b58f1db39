"""The golden readings, for tests to compare with, and the annex as the rules get it."""

import csv
import re
from functools import cache
from pathlib import Path

from rdflib import Graph

from gapgraph.annex.description import read_description
from gapgraph.annex.graph import graph_of
from gapgraph.annex.parse import read_table
from gapgraph.namespaces import Names
from gapgraph.reading.packs import Pack, find_pack
from gapgraph.reading.rows import Row
from gapgraph.reading.topics import RowTopic
from gapgraph.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
GOLDEN = ROOT / "tests" / "golden"


def pack_of(language: str, data: Path = DATA) -> Pack:
    """Return the tables of a language that there must be."""
    pack = find_pack(data, language)
    assert pack is not None, language
    return pack


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a tab-separated file by column."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def statements() -> list[dict[str, str]]:
    return rows_of(GOLDEN / "statements.tsv")


@cache
def coverage() -> list[dict[str, str]]:
    return rows_of(GOLDEN / "coverage.tsv")


def listed(cell: str) -> list[str]:
    """Return what a cell lists: ``7.1,7.2``, or ``-`` for nothing."""
    return [] if cell == "-" else sorted(cell.split(","))


@cache
def annex() -> tuple[Graph, Names]:
    """Return the asserted graph of the annex, read from its source, and its names."""
    description = read_description(DATA / "source")
    limits = Settings()
    table = read_table(
        description,
        source_limit=limits.number("max_source_bytes"),
        cell_limit=limits.number("max_cell_characters"),
    )
    return graph_of(table, description), description.names


def paraphrases() -> dict[str, list[dict[str, str]]]:
    """Return the statements of each made-up paragraph, by its number."""
    paragraphs: dict[str, list[dict[str, str]]] = {}
    for row in rows_of(GOLDEN / "paraphrases.tsv"):
        paragraphs.setdefault(row["paragraph"], []).append(row)
    return paragraphs


def paragraph_text(said: list[dict[str, str]]) -> str:
    """Put the statements of a made-up paragraph together."""
    return "".join(
        each["text"] if not place or each["text"].startswith(",") else f" {each['text']}"
        for place, each in enumerate(said)
    )


def paragraph_row(said: list[dict[str, str]]) -> Row:
    """Return the row of a made-up paragraph: ``label = cell | label = cell``."""
    topics = []
    for position, topic in enumerate(said[0]["row"].split(" | "), start=1):
        label, cell = topic.split(" = ")
        name = re.sub(r"^Categoría \d+ – ", "", cell)
        topics.append(RowTopic(position, label, {} if cell == "No hay" else {cell: name}))
    return Row(tuple(topics), (paragraph_text(said),))
