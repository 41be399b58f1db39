"""Statement graphs made from a reader's table, so that coverage can be tested by itself."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from rdflib import Graph, Literal, URIRef

from conftest import ROOT
from gapgraph.namespaces import GG, OA, RDF, Names, instrument_iri
from gapgraph.reading.names import read_name_rules
from gapgraph.reading.patterns import read_patterns
from golden_readings import pack_of

GOLDEN = Path(__file__).parent / "golden"
_NAMES = read_name_rules(ROOT / "data", pack_of("es"), read_patterns(pack_of("es")))


def rows(file: Path) -> list[dict[str, str]]:
    """Read a tab-separated table."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def _many(cell: str) -> list[str]:
    return [] if cell in {"", "-"} else cell.split(",")


def statement_graph(
    table: Iterable[Mapping[str, str]], names: Names, invoked: Mapping[str, str]
) -> Graph:
    """Return statements with kind, topics, mitigation and one passage each.

    :param table: rows with observation, position, kind, topics, mitigates and text
    :param invoked: slugs of instruments by the words that name them
    """
    graph = Graph()
    for row in table:
        observation = URIRef(f"{names.analysis}/observation/{row['observation']}")
        statement = URIRef(f"{names.analysis}/statement/{row['observation']}.{row['position']}")
        passage = URIRef(f"{names.analysis}/test-passage/{row['observation']}.{row['position']}")
        graph.add((observation, GG.hasStatement, statement))
        graph.add((statement, RDF.type, GG[row["kind"]]))
        graph.add((statement, GG.inAnalysis, names.analysis))
        graph.add((statement, GG.text, Literal(row["text"], lang="es")))
        graph.add((statement, GG.evidence, passage))
        graph.add((passage, RDF.type, OA.SpecificResource))
        for topic in _many(row["topics"]):
            graph.add((statement, GG.concernsTopic, URIRef(f"{names.analysis}/topic/{topic}")))
        for other in _many(row["mitigates"]):
            graph.add((statement, GG.mitigates, URIRef(f"{names.analysis}/statement/{other}")))
        for locus in _NAMES.loci_of(row["text"]):
            graph.add((statement, GG.namesLocus, GG[locus]))
        if row["kind"] == "Invocation":
            for words, slug in invoked.items():
                if words in row["text"]:
                    graph.add((statement, GG.invokes, instrument_iri(slug)))
    return graph
