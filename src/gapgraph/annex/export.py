"""Asserted graph → table: the five columns, composed again from the graph alone.

No row is stored anywhere: cells are put together from texts, topics, mappings and observations,
so whatever is missing from the graph is missing from the table.
"""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, URIRef
from rdflib.term import Node

from gapgraph.errors import InputError
from gapgraph.namespaces import GG, RDF
from gapgraph.turtle import natural

__all__ = ["chosen_analysis", "export_table"]


def _in_order(graph: Graph, nodes: Iterable[Node]) -> list[Node]:
    """Return nodes by ``gg:position`` or ``gg:number``, then by IRI."""

    def place(node: Node) -> tuple[int, tuple[tuple[int, int, str], ...]]:
        number = graph.value(node, GG.position, any=True) or graph.value(node, GG.number, any=True)
        return (int(str(number)) if str(number).isdecimal() else 0, natural(str(node)))

    return sorted(set(nodes), key=place)


def _words(graph: Graph, node: Node, predicate: URIRef) -> str:
    """Return the value of a text property, or nothing."""
    return str(graph.value(node, predicate, any=True) or "")


def _paragraphs(texts: list[str]) -> str:
    """Return texts as the paragraphs of one cell."""
    if len(texts) < 2:
        return "".join(texts)
    return " ".join(f"<p>{text}</p>" for text in texts)


def _topics(graph: Graph, analysis: Node, directive: Node) -> str:
    """Return the cell of topics and values."""
    pieces = []
    for topic in _in_order(graph, _of(graph, analysis, graph.objects(directive, GG.hasTopic))):
        pieces.append(f"<p><u>{_words(graph, topic, GG.text)}</u></p>")
        mappings = _of(graph, analysis, graph.subjects(GG.mapsTopic, topic))
        pieces.extend(
            f"<p>{_words(graph, mapping, GG.literalLabel)}</p>"
            for mapping in _in_order(graph, mappings)
        )
    return " ".join(pieces)


def _of(graph: Graph, analysis: Node, nodes: Iterable[Node]) -> list[Node]:
    """Keep the nodes of one analysis."""
    return [node for node in nodes if (node, GG.inAnalysis, analysis) in graph]


def chosen_analysis(graph: Graph, analysis: URIRef | None = None) -> Node:
    """Return the analysis that is meant.

    :param graph: an asserted graph
    :param analysis: IRI of the analysis; needed where the graph holds several
    :raises InputError: where there is no such analysis, or more than one and none is named
    """
    analyses = sorted(graph.subjects(RDF.type, GG.GapAnalysis), key=str)
    if analysis is None and len(analyses) == 1:
        return analyses[0]
    if analysis in analyses:
        return analysis
    raise InputError(
        f"the graph holds {len(analyses)} analyses"
        + (f", and {analysis} is none of them" if analysis else ""),
        todo="name one of " + (", ".join(map(str, analyses)) or "a graph that holds one"),
    )


def export_table(graph: Graph, analysis: URIRef | None = None) -> str:
    """Return the table of an analysis as tab-separated text with a line for each row.

    Each section has its heading, then the row of column headings, then its directives.
    `gapgraph.annex.parse.read_table` reads it back to the same graph, line numbers and
    checksum aside.

    :param graph: an asserted graph
    :param analysis: IRI of the analysis; needed where the graph holds several
    :raises InputError: where there is no such analysis, or more than one and none is named
    """
    chosen = chosen_analysis(graph, analysis)
    framework = graph.value(chosen, GG.framework)
    rows: list[list[str]] = []
    for section in _in_order(graph, graph.subjects(GG.ofFramework, framework)):
        if (section, RDF.type, GG.Section) not in graph:
            continue
        rows.append([_words(graph, section, GG.literalLabel), "", "", "", ""])
        columns = _of(graph, chosen, graph.subjects(GG.ofSection, section))
        rows.append([_words(graph, each, GG.literalLabel) for each in _in_order(graph, columns)])
        for directive in _in_order(graph, graph.subjects(GG.inSection, section)):
            observations = _of(graph, chosen, graph.objects(directive, GG.hasObservation))
            indicators = graph.objects(directive, GG.hasIndicator)
            rows.append(
                [
                    _words(graph, directive, GG.number),
                    _paragraphs(_words(graph, directive, GG.text).split("\n")),
                    _paragraphs(
                        [_words(graph, each, GG.text) for each in _in_order(graph, indicators)]
                    ),
                    _topics(graph, chosen, directive),
                    _paragraphs(
                        [_words(graph, each, GG.text) for each in _in_order(graph, observations)]
                    ),
                ]
            )
    return "".join("\t".join(row) + "\n" for row in rows)
