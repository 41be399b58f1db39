"""Asserted graph → table: the five columns, composed again from the graph alone.

No row is stored anywhere: cells are put together from texts, topics, mappings and observations,
so whatever is missing from the graph is missing from the table.
"""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, URIRef
from rdflib.term import Node

from gapgraph.errors import InputError
from gapgraph.intake.words import IntakeWords
from gapgraph.namespaces import GG, RDF, SKOS, analysis_named, last_segment
from gapgraph.told import told
from gapgraph.turtle import natural

__all__ = [
    "chosen_analysis",
    "export_table",
    "fits_five_columns",
    "in_order",
    "of_analysis",
    "words_of",
]

#: What the five columns may be.
_FIVE = (
    {"directive"}, {"directive", "text"}, {"indicator"}, {"topic", "element"}, {"observation"},
)  # fmt: skip


def in_order(graph: Graph, nodes: Iterable[Node]) -> list[Node]:
    """Return nodes by ``gg:position``, then by IRI."""

    def place(node: Node) -> tuple[int, tuple[tuple[int, int, str], ...]]:
        number = graph.value(node, GG.position, any=True)
        return (int(str(number)) if str(number).isdecimal() else 0, natural(str(node)))

    return sorted(set(nodes), key=place)


def words_of(graph: Graph, node: Node, predicate: URIRef) -> str:
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
    for topic in in_order(
        graph, of_analysis(graph, analysis, graph.objects(directive, GG.hasTopic))
    ):
        pieces.append(f"<p><u>{words_of(graph, topic, GG.text)}</u></p>")
        mappings = of_analysis(graph, analysis, graph.subjects(GG.mapsTopic, topic))
        pieces.extend(
            f"<p>{words_of(graph, mapping, GG.literalLabel)}</p>"
            for mapping in in_order(graph, mappings)
        )
    return " ".join(pieces)


def of_analysis(graph: Graph, analysis: Node, nodes: Iterable[Node]) -> list[Node]:
    """Keep the nodes of one analysis."""
    return [node for node in nodes if (node, GG.inAnalysis, analysis) in graph]


def chosen_analysis(graph: Graph, analysis: str = "") -> URIRef:
    """Return the analysis that is meant.

    :param graph: an asserted graph
    :param analysis: IRI of the analysis or the last part of that; needed where there are several
    :raises NotFoundError: where there is no such analysis
    :raises InputError: where the graph holds none, or more than one and none is named
    """
    analyses = sorted(str(each) for each in graph.subjects(RDF.type, GG.GapAnalysis))
    if len(analyses) != 1 and not (analysis and analyses):
        raise InputError(
            told("the graph holds {count} analyses", count=len(analyses)),
            todo=(
                told("name one of {these}", these=", ".join(map(last_segment, analyses)))
                if analyses
                else told("name a graph that holds one")
            ),
        )
    return URIRef(analysis_named(analyses, str(analysis)))


def export_table(graph: Graph, analysis: str = "") -> str:
    """Return the table of an analysis as tab-separated text with a line for each row.

    Each section has its heading, then the row of column headings, then its directives.
    `gapgraph.annex.parse.read_table` reads it back to the same graph, line numbers and
    checksum aside.

    :param graph: an asserted graph
    :param analysis: IRI of the analysis or the last part of that; needed where there are several
    :raises NotFoundError: where there is no such analysis
    :raises InputError: where the graph holds none, or more than one and none is named
    """
    chosen = chosen_analysis(graph, analysis)
    framework = graph.value(chosen, GG.framework)
    rows: list[list[str]] = []
    for section in in_order(graph, graph.subjects(GG.ofFramework, framework)):
        if (section, RDF.type, GG.Section) not in graph:
            continue
        rows.append([words_of(graph, section, GG.literalLabel), "", "", "", ""])
        columns = of_analysis(graph, chosen, graph.subjects(GG.ofSection, section))
        rows.append([words_of(graph, each, GG.literalLabel) for each in in_order(graph, columns)])
        for directive in in_order(graph, graph.subjects(GG.inSection, section)):
            observations = of_analysis(graph, chosen, graph.objects(directive, GG.hasObservation))
            indicators = graph.objects(directive, GG.hasIndicator)
            rows.append(
                [
                    words_of(graph, directive, SKOS.notation),
                    _paragraphs(words_of(graph, directive, GG.text).split("\n")),
                    _paragraphs(
                        [words_of(graph, each, GG.text) for each in in_order(graph, indicators)]
                    ),
                    _topics(graph, chosen, directive),
                    _paragraphs(
                        [words_of(graph, each, GG.text) for each in in_order(graph, observations)]
                    ),
                ]
            )
    return "".join("\t".join(row) + "\n" for row in rows)


def fits_five_columns(graph: Graph, words: IntakeWords, analysis: str = "") -> bool:
    """Tell whether a table has the form that `export_table` writes.

    It has numbered directives in sections of one level, five columns in their order, and no
    relation or degree beside a part of the plan.

    :param words: the words by which columns are known
    """
    chosen = chosen_analysis(graph, analysis)
    framework = graph.value(chosen, GG.framework)
    sections = set()
    for directive in graph.subjects(GG.ofFramework, framework):
        if (directive, RDF.type, GG.Directive) in graph:
            section = graph.value(directive, GG.inSection)
            top = section is not None and graph.value(section, GG.partOf) in {None, framework}
            if not top or (directive, GG.number, None) not in graph:
                return False
            sections.add(section)
    for section in sections:
        columns = of_analysis(graph, chosen, graph.subjects(GG.ofSection, section))
        roles = [
            words.role(words_of(graph, each, GG.literalLabel)) for each in in_order(graph, columns)
        ]
        if len(roles) != len(_FIVE) or any(
            role and role not in allowed for role, allowed in zip(roles, _FIVE, strict=True)
        ):
            return False
    parts = of_analysis(graph, chosen, graph.subjects(GG.mapsTo))
    said = (GG.relation, GG.degree, GG.declaredStatus)
    return not any((part, each, None) in graph for part in parts for each in said)
