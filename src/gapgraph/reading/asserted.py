"""What the asserted graph of an analysis says, as its reading asks it."""

from __future__ import annotations

from collections.abc import Sequence

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from gapgraph.namespaces import GG, SKOS, Names
from gapgraph.reading.packs import plain_language

__all__ = ["in_order", "is_in", "label_of", "languages_of", "number_of", "topics_beside"]


def number_of(graph: Graph, node: Node, predicate: URIRef) -> int:
    """Return the whole number that a node has at a property, which it has."""
    value = graph.value(node, predicate)
    assert isinstance(value, Literal), (node, predicate)
    return int(value)


def in_order(graph: Graph, node: Node, predicate: URIRef, names: Names) -> list[URIRef]:
    """Return a directive's topics or observations of this analysis, by their position."""
    members = [
        each
        for each in graph.objects(node, predicate)
        if isinstance(each, URIRef) and (each, GG.inAnalysis, names.analysis) in graph
    ]
    return sorted(members, key=lambda each: number_of(graph, each, GG.position))


def is_in(text: Literal, language: str) -> bool:
    """Tell whether a text is in a language, in that of whichever region."""
    return plain_language(text.language or "") == language


def label_of(graph: Graph, node: Node, language: str) -> str:
    """Return a node's preferred label in the language that is read, or nothing."""
    labels = (each for each in graph.objects(node, SKOS.prefLabel) if isinstance(each, Literal))
    return min((str(each) for each in labels if is_in(each, language)), default="")


def languages_of(graph: Graph, names: Names, main: str) -> list[str]:
    """Return the languages of an analysis's observations, its main one among them."""
    texts = (
        graph.value(each, GG.text)
        for each in set(graph.objects(None, GG.hasObservation))
        if (each, GG.inAnalysis, names.analysis) in graph
    )
    found = {plain_language(each.language or "") for each in texts if isinstance(each, Literal)}
    return sorted({*found, main})


def _lines(graph: Graph, node: Node) -> list[int]:
    """Return the lines or rows of the source that a node stands in."""
    return sorted(int(str(each)) for each in graph.objects(node, GG.sourceLine))


def topics_beside(
    graph: Graph, topics: Sequence[URIRef], observations: Sequence[URIRef]
) -> list[int]:
    """Return for each observation the position of the topic whose row it stands in.

    Where a directive has one row, or its observations stand in the first of its rows alone, they
    are on the directive as a whole, and which topics they speak of is for their words to tell.

    :param graph: has ``gg:sourceLine`` of all of them
    :param topics: the topics of a directive, in order
    :param observations: its observations, in order
    :return: positions from 1, or nothing
    """
    begin = [_lines(graph, each)[:1] for each in topics]
    stand = [_lines(graph, each)[:1] for each in observations]
    if not all(begin) or not all(stand) or len({*map(tuple, begin)}) < len(begin):
        return []
    if not any(line > begin[0] for line in stand) or any(line < begin[0] for line in stand):
        return []
    # A row without a topic of its own goes on with the one above it.
    return [sum(first <= line for first in begin) for line in stand]
