"""The table printed again from the graph, compared with the source cell by cell."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.namespace import DCTERMS, RDF

import oracle
from conftest import ROOT
from gapgraph.annex.description import read_description
from gapgraph.annex.export import export_table
from gapgraph.annex.graph import graph_of
from gapgraph.annex.parse import read_table
from gapgraph.errors import InputError, NotFoundError
from gapgraph.namespaces import GG, SCHEMA

SOURCE = ROOT / "data" / "source" / "annex.txt"
TOPICS = 3


def plain(cell: str) -> str:
    """A cell with tags and white space normalised away, and nothing else."""
    return "".join(re.sub(r"</?[pub]>", "", cell).split())


def source_cells() -> dict[tuple[int, int], str]:
    """Every data cell of the source by directive and column, page breaks mended."""
    cells: dict[tuple[int, int], str] = {}
    number = 0
    for line in SOURCE.read_text(encoding="utf-8").split("\n"):
        row = line.split("\t")
        if len(row) != 5 or row[0] == "N°" or row[0].startswith(("-", "<b>")):
            continue
        number = int(row[0]) if row[0] else number
        for column, cell in enumerate(row):
            cells[number, column] = cells.get((number, column), "") + cell
    return {place: plain(cell) for place, cell in cells.items()}


def exported_cells(table: str) -> dict[tuple[int, int], str]:
    rows = [line.split("\t") for line in table.removesuffix("\n").split("\n")]
    assert all(len(row) == 5 for row in rows)
    return {
        (int(row[0]), column): plain(cell)
        for row in rows
        if row[0].isdigit()
        for column, cell in enumerate(row)
    }


@pytest.fixture(scope="module")
def table(annex: Graph) -> str:
    return export_table(annex)


def test_every_cell_of_every_row_is_the_source_s(table: str) -> None:
    expected, found = source_cells(), exported_cells(table)
    assert len(expected) == 67 * 5
    assert list(found) == list(expected)
    assert {place: found[place] for place in found if found[place] != expected[place]} == {}


def test_headings_and_column_headings_are_the_source_s(table: str) -> None:
    """Four headings, each followed by its own column headings (they differ between sections)."""
    expected = [
        [re.sub(r"^## |</?b>", "", line.rstrip("\t"))] if "(" in line else line.split("\t")
        for line in SOURCE.read_text(encoding="utf-8").split("\n")
        if line.startswith(("<b>", "## DIR", "N°"))
    ]
    found = [
        [cell for cell in row if cell]
        for row in (line.split("\t") for line in table.splitlines())
        if not row[0].isdigit()
    ]
    assert found == expected
    assert len(found) == 8


def test_every_letter_of_the_source_is_accounted_for(table: str) -> None:
    """Letters and digits, as the independent reader finds them."""
    letters = {
        place: "".join(char for char in cell if char.isalnum())
        for place, cell in exported_cells(table).items()
    }
    assert letters == oracle.letters(SOURCE)


def test_nothing_of_a_row_is_stored_elsewhere(annex: Graph) -> None:
    """No literal of the graph holds a tab or a mark: rows are composed, not kept."""
    texts = [str(node) for node in annex.objects()]
    assert not [text for text in texts if "\t" in text or re.search(r"</?[pub]>", text)]


def test_each_mapping_is_needed_for_its_cell(annex: Graph, table: str) -> None:
    """Deleting any single mapping changes the topics cell of its directive, and no other."""
    whole = exported_cells(table)
    mappings = sorted(annex.subjects(RDF.type, GG.Mapping), key=str)
    assert len(mappings) == 125
    graph = Graph(bind_namespaces="none")
    for triple in annex:
        graph.add(triple)
    for mapping in mappings:
        number = int(str(mapping).rsplit("/", 1)[1].split(".")[0])
        removed = list(graph.triples((mapping, None, None)))
        graph.remove((mapping, None, None))
        row = exported_row(graph, number)
        expected = {place: whole[place] for place in row}
        assert {place for place in row if row[place] != expected[place]} == {(number, TOPICS)}
        for triple in removed:
            graph.add(triple)
    assert exported_cells(export_table(graph)) == whole


def exported_row(graph: Graph, number: int) -> dict[tuple[int, int], str]:
    """The row of one directive, printed from what the graph holds of it and of its neighbours."""
    directive = next(graph.subjects(GG.number, None))
    for node in graph.subjects(RDF.type, GG.Directive):
        if str(graph.value(node, GG.number)) == str(number):
            directive = node
    section = graph.value(directive, GG.inSection)
    part = Graph(bind_namespaces="none")
    for root in (directive, section, *graph.objects(directive), *graph.subjects(None, section)):
        if root != section and (root, RDF.type, GG.Directive) in graph and root != directive:
            continue
        for triple in graph.triples((root, None, None)):
            part.add(triple)
    for topic in graph.objects(directive, GG.hasTopic):
        for mapping in graph.subjects(GG.mapsTopic, topic):
            for triple in graph.triples((mapping, None, None)):
                part.add(triple)
    analysis = next(graph.subjects(RDF.type, GG.GapAnalysis))
    for triple in graph.triples((analysis, None, None)):
        part.add(triple)
    return exported_cells(export_table(part))


@pytest.mark.parametrize(
    ("kind", "columns"),
    [("Topic", {3}), ("Observation", {4}), ("Indicator", {2})],
)
def test_each_text_is_needed_for_its_cell(
    annex: Graph, table: str, kind: str, columns: set[int]
) -> None:
    """Deleting the text of any topic, observation or indicator changes its cell."""
    whole = exported_cells(table)
    graph = Graph(bind_namespaces="none")
    for triple in annex:
        graph.add(triple)
    nodes = sorted(graph.subjects(RDF.type, GG[kind]), key=str)
    assert len(nodes) > 60
    for node in nodes:
        number = int(re.findall(r"/(?:directive|topic|observation)/(\d+)", str(node))[0])
        text = graph.value(node, GG.text)
        graph.remove((node, GG.text, None))
        row = exported_row(graph, number)
        graph.add((node, GG.text, text))
        assert {c for _, c in row if row[number, c] != whole[number, c]} == columns, node


def test_reading_the_export_gives_the_same_graph(annex: Graph, table: str, tmp_path: Path) -> None:
    """Apart from source lines, the checksum and the file's name."""
    source = ROOT / "data" / "source"
    for name in ("analysis.toml", "instruments.tsv"):
        shutil.copy(source / name, tmp_path / name)
    toml = (tmp_path / "analysis.toml").read_text(encoding="utf-8")
    toml = re.sub(r"(?m)^sha256 = .*\n", "", toml).replace('"annex.txt"', '"printed.tsv"')
    (tmp_path / "analysis.toml").write_text(toml, encoding="utf-8")
    (tmp_path / "printed.tsv").write_text(table, encoding="utf-8")
    description = read_description(tmp_path)
    again = graph_of(read_table(description), description)
    changing = {GG.sourceLine, SCHEMA.sha256, DCTERMS.title}
    expected = {triple for triple in annex if triple[1] not in changing}
    assert {triple for triple in again if triple[1] not in changing} == expected
    assert len(expected) > 3000
    assert export_table(again) == table


def test_export_asks_which_analysis(annex: Graph) -> None:
    with pytest.raises(InputError, match="the graph holds 0 analyses"):
        export_table(Graph())
    assert export_table(annex, "oas-pnat") == export_table(annex)
    with pytest.raises(NotFoundError, match=r"no analysis 'https.*/other': use one of oas-pnat"):
        export_table(annex, "https://w3id.org/gapgraph/id/analysis/other")
