"""What a graph says around the nodes that results are about, each node looked up once.

A thousand results may be about one node, or in one way about a thousand nodes: what is the same in
them is looked up for the first and kept for as long as their findings are made.
"""

from __future__ import annotations

import re
from functools import cache, cached_property

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from gapgraph.namespaces import GG, OA, RDF, SKOS, XSD
from gapgraph.validation.engine import Result
from gapgraph.validation.literals import restored
from gapgraph.validation.terms import GGS, short

__all__ = ["Surroundings", "elide"]

#: Longest value quoted in a message, in characters; the value itself is kept whole.
_QUOTED = 140
#: The most nodes that a message names.
_NAMED = 3
#: Links that lead from a part to what it is part of: the predicate, and whether the part is
#: its subject.
_UP: tuple[tuple[URIRef, bool], ...] = (
    (GG.hasTopic, False),
    (GG.hasIndicator, False),
    (GG.hasObservation, False),
    (GG.hasStatement, False),
    (GG.hasMeasure, False),
    (GG.mapsTopic, True),
    (GG.ofStatement, True),
    (GG.assesses, True),
    (GG.evidence, False),
    (OA.hasSelector, False),
)
#: Links to what is read out of a text.
_WITHIN = (GG.hasStatement, GG.hasMeasure)
#: Nodes that stand for a whole graph: findings about them are about what the value names.
_WHOLES = (GG.Framework, GG.Plan, GG.GapAnalysis)
#: Texts that name a node, the best first.
_NAMES = (SKOS.prefLabel, GG.literalLabel, GG.text)


def elide(text: str) -> str:
    """Return a text that fits in a line: of a long one, its beginning and its end."""
    if len(text) <= _QUOTED:
        return text
    return f"{text[: _QUOTED // 2].rstrip()} … {text[-_QUOTED // 2 :].lstrip()}"


class Surroundings:
    """Looks things up in a graph that does not change meanwhile.

    :param data: the graph that was judged
    """

    def __init__(self, data: Graph) -> None:
        self._data = data
        # Of this graph alone, and gone with it.
        self.shown = cache(self._shown)
        self.held = cache(self._held)
        self.users = cache(self._users)
        self.directives = cache(self._directives)
        self.lines = cache(self._lines)
        self._climb = cache(self._climb_from)
        self._types = cache(self._types_of)
        self._at = cache(self._subjects_at)

    def _shown(self, node: Node, tagged: bool) -> str:
        """Return a node within a sentence: a text in quotes, an IRI with the words it bears.

        :param tagged: whether a text is shown with its language, as Turtle writes it
        """
        node = restored(node)
        if isinstance(node, Literal):
            tag = f"@{node.language}" if node.language and tagged else ""
            if node.datatype and not node.language and node.datatype != XSD.integer:
                tag = f"^^{short(node.datatype)}"
            return f"«{elide(str(node))}»{tag}"
        for predicate in _NAMES:
            texts = sorted(map(str, self._data.objects(node, predicate)))
            if texts:
                return f"«{elide(texts[0])}» ({short(node)})"
        return short(node)

    def some(self, nodes: tuple[Node, ...], tagged: bool) -> str:
        """Return the first of some nodes, and that there are more."""
        shown = [self.shown(each, tagged) for each in nodes[:_NAMED]]
        return ", ".join([*shown, *(["…"] if len(nodes) > _NAMED else [])])

    def _held(self, node: Node, path: URIRef | None, tagged: bool) -> tuple[str, ...]:
        """Return what a node has at a path that is one predicate, or leads back along one."""
        values = self._data.objects(node, path) if path else ()
        return tuple(sorted(self.shown(each, tagged) for each in values))

    def likely(self, node: Node) -> Node | None:
        """Return the term that may be meant by one that no vocabulary declares."""
        return self._data.value(node, GGS.likely) if GGS.UsedTerm in self._types(node) else None

    def is_directive(self, node: Node) -> bool:
        """Tell whether a node is a directive."""
        return GG.Directive in self._types(node)

    def term(self, result: Result) -> Node | None:
        """Return the term of a vocabulary that a result is about, if it is about one."""
        for node in (result.focus, result.value):
            if node is not None and GGS.UsedTerm in self._types(node):
                return node
        return None

    def _users(self, term: Node | None) -> tuple[Node, ...]:
        """Return the nodes that use a term as what no vocabulary declares it."""
        # What the preparation says in such words is nobody's use.
        if term is None or str(term).startswith(str(GGS)):
            return ()
        declared = set(self._data.objects(term, GGS.declaredAs))
        users: set[Node] = set()
        if GGS.asProperty not in declared:
            users.update(self._data.subjects(URIRef(str(term)), None))
        if GGS.asClass not in declared:
            users.update(self._data.subjects(RDF.type, term))
        if not declared:
            users.update(self._data.subjects(None, term))
        return tuple(sorted(users, key=str))

    def anchors(self, result: Result) -> tuple[Node, ...]:
        """Return the nodes a result is about.

        A result about a whole names its part by its value: the part's node, or a text it has.  A
        label of a category or concept is that of the rows that use it.
        """
        focus, value, data = result.focus, result.value, self._data
        users = self.users(self.term(result))
        if users:
            return users
        if isinstance(value, URIRef) and value != focus and (value, None, None) in data:
            above = [each for each in (value, focus) if self._within_directive(each)]
            return tuple(above[:1]) or (value,)
        if isinstance(value, Literal):
            users = (*data.subjects(GG.mapsTo, focus), *data.subjects(GG.aboutConcept, focus))
            if users:
                return tuple(each for each in users if self._writes(each, str(value)))
            if result.path is not None and self._is_whole(focus):
                users = self._at(result.path, value)
                # A statement may have the words of an observation elsewhere, and repeats none.
                return tuple(each for each in users if each not in self._read_out) or (
                    users or (focus,)
                )
        if isinstance(value, URIRef) and result.path is not None and self._is_whole(focus):
            return self._at(result.path, value) or (value,)
        return (focus,)

    def _types_of(self, node: Node) -> frozenset[Node]:
        return frozenset(self._data.objects(node, RDF.type))

    def _subjects_at(self, path: URIRef, value: Node) -> tuple[Node, ...]:
        return tuple(sorted(self._data.subjects(path, value), key=str))

    @cached_property
    def _read_out(self) -> frozenset[Node]:
        """What is read out of texts."""
        return frozenset(part for link in _WITHIN for part in self._data.objects(None, link))

    def _is_whole(self, node: Node) -> bool:
        types = self._types(node)
        return not types or any(each in types for each in _WHOLES)

    def _writes(self, node: Node, text: str) -> bool:
        """Tell whether a mapping's or topic's own words end in this text."""
        data = self._data
        own = [*data.objects(node, GG.literalLabel), *data.objects(node, SKOS.prefLabel)]
        return any(re.sub(r"\s+", " ", str(each)).endswith(text) for each in own)

    def _climb_from(self, node: Node) -> tuple[Node, ...]:
        """Return a node and what it is part of, the nearest first."""
        data = self._data
        found: dict[Node, None] = {node: None}
        queue = [node]
        for part in queue:
            for predicate, forward in _UP:
                above = data.objects(part, predicate) if forward else data.subjects(predicate, part)
                for each in sorted(above, key=str):
                    if each not in found:
                        found[each] = None
                        queue.append(each)
        if GG.Instrument in self._types(node):
            found |= dict.fromkeys(sorted(data.subjects(GG.cites, node), key=str))
        return tuple(found)

    def _within_directive(self, node: Node) -> bool:
        return any(self.is_directive(each) for each in self._climb(node))

    def _directives(self, anchor: Node) -> frozenset[tuple[int, str]]:
        """Return the number and IRI of each directive that a node is part of."""
        return frozenset(
            (number, str(each))
            for each in self._climb(anchor)
            if self.is_directive(each)
            for number in self._integers(each, GG.number)
        )

    def _integers(self, node: Node, predicate: URIRef) -> list[int]:
        values = self._data.objects(node, predicate)
        plain = (each.toPython() for each in values if isinstance(each, Literal))
        return sorted(each for each in plain if isinstance(each, int))

    def _lines(self, anchor: Node) -> tuple[int, ...]:
        """Return the source lines of a node, or of the nearest thing it is part of that has any."""
        for each in self._climb(anchor):
            own = self._integers(each, GG.sourceLine)
            if own:
                return tuple(own)
        return ()
