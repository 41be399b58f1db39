"""Results → findings: each with a message in two languages and the place it is about.

pyshacl fills no placeholder in the messages of Core constraints and loses the language of those of
SPARQL ones; so messages are made here, from the shape's own words and the offending value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from gapgraph.files import sha256
from gapgraph.namespaces import GG, OA, RDF, SKOS, XSD
from gapgraph.validation.engine import Result
from gapgraph.validation.literals import restored
from gapgraph.validation.shapes import LANGUAGES, SEVERITIES, Shapes
from gapgraph.validation.terms import GGS, SH, short

__all__ = ["Finding", "elide", "findings_of"]

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


@dataclass(frozen=True)
class Finding:
    """One result, ready to be read.

    :param id: a name made from what is found: the same finding has the same name at every build
    :param rule: local name of the shape
    :param shape: IRI of the shape
    :param severity: ``Violation``, ``Warning`` or ``Info``
    :param names: the rule's name by language
    :param messages: what is found, by language, the value included
    :param focus: the focus node, in N-Triples
    :param path: IRI of the path, where it is a predicate or a node that describes it
    :param value: the offending value, in N-Triples
    :param component: IRI of the constraint component
    :param directives: numbers of the directives it is about
    :param nodes: IRIs of those directives
    :param lines: lines of the source it is about
    """

    id: str
    rule: str
    shape: str
    severity: str
    names: Mapping[str, str]
    messages: Mapping[str, str]
    focus: str
    path: str
    value: str
    component: str
    directives: tuple[int, ...]
    nodes: tuple[str, ...]
    lines: tuple[int, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as JSON writes it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> Finding:
        """Read what `as_dict` wrote."""
        lists = {each: tuple(entry[each]) for each in ("directives", "nodes", "lines")}
        known = {each.name for each in fields(cls)}
        return cls(**{name: entry[name] for name in entry if name in known} | lists)


def findings_of(results: Iterable[Result], shapes: Shapes, data: Graph) -> list[Finding]:
    """Make findings of results.

    :param results: what the engine found
    :param shapes: the shapes it judged by
    :param data: the graph it judged
    :return: the gravest first, then by rule and by directive
    """
    found = [_finding(result, shapes, data) for result in results]
    return sorted(
        found,
        key=lambda each: (
            SEVERITIES.index(each.severity),
            each.rule,
            each.directives,
            each.lines,
            each.id,
        ),
    )


def _finding(result: Result, shapes: Shapes, data: Graph) -> Finding:
    rule = shapes.rules[result.shape]
    path = _path(result, shapes)
    anchors = _anchors(result, data)
    directives = sorted(
        {
            (number, str(directive))
            for anchor in anchors
            for directive in _climb(data, anchor)
            if (directive, RDF.type, GG.Directive) in data
            for number in _integers(data, directive, GG.number)
        }
    )
    parts = [result.focus, path, result.value]
    identity = [result.shape, result.component, *(each for each in parts if each is not None)]
    return Finding(
        id=sha256(" ".join(each.n3() for each in identity))[:16],
        rule=rule.id,
        shape=str(result.shape),
        severity=rule.severity,
        names=rule.names,
        messages={
            language: _message(result, shapes, data, language)
            for language in LANGUAGES
            if language in rule.messages
        },
        focus=result.focus.n3(),
        path="" if path is None else str(path),
        value="" if result.value is None else restored(result.value).n3(),
        component=str(result.component),
        directives=tuple(dict.fromkeys(number for number, _ in directives)),
        nodes=tuple(dict.fromkeys(node for _, node in directives)),
        lines=_lines(data, anchors),
    )


def _path(result: Result, shapes: Shapes) -> URIRef | None:
    """Return the result's path; one that is no predicate is named after its shape."""
    if result.path is not None:
        return result.path
    if (result.shape, SH.path, None) in shapes.graph:
        return URIRef(f"{result.shape}-path")
    return None


def _message(result: Result, shapes: Shapes, data: Graph, language: str) -> str:
    """Return the rule's message, and what was found in its place."""
    rule = shapes.rules[result.shape]
    component = short(result.component).partition(":")[2].removesuffix("ConstraintComponent")
    note = (shapes.notes.get(rule.id) or shapes.notes.get(component, {})).get(language, "")
    value = "" if result.value is None else _shown(result.value, data)
    # A directive is named by its number, beside the message.
    if "{value}" in note and (not value or (result.value, RDF.type, GG.Directive) in data):
        note = ""
    held = _held(result, data)
    users = _users(_term(result, data), data)
    if "{users}" in note and not users:
        note = ""
    likely = data.value(result.focus, GGS.likely)
    if likely is not None:
        note = f"{note} {shapes.notes['likely'][language]}".lstrip()
    filled = note.format(
        value=value,
        focus=_shown(result.focus, data),
        count=len(held),
        values="; ".join(held) or "…",
        users=_some([_shown(each, data) for each in users]),
        likely="" if likely is None else short(likely),
    )
    return " ".join([rule.messages[language], filled]).rstrip()


def _some(shown: list[str]) -> str:
    """Return the first of a list, and that there are more."""
    return ", ".join([*shown[:_NAMED], *(["…"] if len(shown) > _NAMED else [])])


def _term(result: Result, data: Graph) -> Node | None:
    """Return the term of a vocabulary that a result is about, if it is about one."""
    for node in (result.focus, result.value):
        if node is not None and (node, RDF.type, GGS.UsedTerm) in data:
            return node
    return None


def _users(term: Node | None, data: Graph) -> list[Node]:
    """Return the nodes that use a term as what no vocabulary declares it."""
    if term is None:
        return []
    declared = set(data.objects(term, GGS.declaredAs))
    users: set[Node] = set()
    if GGS.asProperty not in declared:
        users.update(data.subjects(URIRef(str(term)), None))
    if GGS.asClass not in declared:
        users.update(data.subjects(RDF.type, term))
    if not declared:
        users.update(data.subjects(None, term))
    # What the preparation says in such words is nobody's use.
    return [] if str(term).startswith(str(GGS)) else sorted(users, key=str)


def _held(result: Result, data: Graph) -> list[str]:
    """Return what the focus node has at a path that is one predicate, or leads back along one."""
    values = data.objects(result.focus, result.path) if result.path else ()
    return sorted(_shown(each, data) for each in values)


def _shown(node: Node, data: Graph) -> str:
    """Return a node within a sentence: a text in quotes, an IRI with the words it bears."""
    node = restored(node)
    if isinstance(node, Literal):
        tag = f"@{node.language}" if node.language else ""
        if node.datatype and not node.language and node.datatype != XSD.integer:
            tag = f"^^{short(node.datatype)}"
        return f"«{elide(str(node))}»{tag}"
    for predicate in (SKOS.prefLabel, GG.literalLabel, GG.text):
        texts = sorted(map(str, data.objects(node, predicate)))
        if texts:
            return f"«{elide(texts[0])}» ({short(node)})"
    return short(node)


def elide(text: str) -> str:
    """Return a text that fits in a line: of a long one, its beginning and its end."""
    if len(text) <= _QUOTED:
        return text
    return f"{text[: _QUOTED // 2].rstrip()} … {text[-_QUOTED // 2 :].lstrip()}"


def _anchors(result: Result, data: Graph) -> list[Node]:
    """Return the nodes a result is about.

    A result about a whole names its part by its value: the part's node, or a text it has.  A
    label of a category or concept is that of the rows that use it.
    """
    focus, value = result.focus, result.value
    users = _users(_term(result, data), data)
    if users:
        return users
    if isinstance(value, URIRef) and value != focus and (value, None, None) in data:
        above = [each for each in (value, focus) if _directives(data, each)]
        return above[:1] or [value]
    if isinstance(value, Literal):
        users = [*data.subjects(GG.mapsTo, focus), *data.subjects(GG.aboutConcept, focus)]
        if users:
            return [each for each in users if _writes(data, each, str(value))]
        if result.path is not None and _is_whole(data, focus):
            users = sorted(data.subjects(result.path, value), key=str)
            # A statement may have the words of an observation elsewhere, and repeats none.
            parts = {part for link in _WITHIN for part in data.objects(None, link)}
            return [each for each in users if each not in parts] or users or [focus]
    if isinstance(value, URIRef) and result.path is not None and _is_whole(data, focus):
        return sorted(data.subjects(result.path, value), key=str) or [value]
    return [focus]


def _is_whole(data: Graph, node: Node) -> bool:
    types = set(data.objects(node, RDF.type))
    return not types or any(each in types for each in _WHOLES)


def _writes(data: Graph, node: Node, text: str) -> bool:
    """Tell whether a mapping's or topic's own words end in this text."""
    own = [*data.objects(node, GG.literalLabel), *data.objects(node, SKOS.prefLabel)]
    return any(re.sub(r"\s+", " ", str(each)).endswith(text) for each in own)


def _climb(data: Graph, node: Node) -> list[Node]:
    """Return a node and what it is part of, the nearest first."""
    found: dict[Node, None] = {node: None}
    queue = [node]
    while queue:
        part = queue.pop(0)
        for predicate, forward in _UP:
            above = data.objects(part, predicate) if forward else data.subjects(predicate, part)
            for each in sorted(above, key=str):
                if each not in found:
                    found[each] = None
                    queue.append(each)
    if (node, RDF.type, GG.Instrument) in data:
        found |= dict.fromkeys(sorted(data.subjects(GG.cites, node), key=str))
    return list(found)


def _directives(data: Graph, node: Node) -> bool:
    return any((each, RDF.type, GG.Directive) in data for each in _climb(data, node))


def _integers(data: Graph, node: Node, predicate: URIRef) -> list[int]:
    values = data.objects(node, predicate)
    plain = (each.toPython() for each in values if isinstance(each, Literal))
    return sorted(each for each in plain if isinstance(each, int))


def _lines(data: Graph, anchors: Iterable[Node]) -> tuple[int, ...]:
    """Return the source lines of nodes, or of the nearest thing each is part of that has any."""
    lines: set[int] = set()
    for anchor in anchors:
        for each in _climb(data, anchor):
            own = _integers(data, each, GG.sourceLine)
            if own:
                lines.update(own)
                break
    return tuple(sorted(lines))
