"""Results → findings: each with a message in two languages and the place it is about.

pyshacl fills no placeholder in the messages of Core constraints and loses the language of those of
SPARQL ones; so messages are made here, from the shape's own words and the offending value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from rdflib import Graph, URIRef

from gapgraph.files import sha256
from gapgraph.texts import LANGUAGES
from gapgraph.validation.engine import Result
from gapgraph.validation.literals import restored
from gapgraph.validation.shapes import SEVERITIES, Shapes
from gapgraph.validation.surroundings import Surroundings
from gapgraph.validation.terms import SH, short

__all__ = ["Finding", "findings_of"]


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
        return dict(vars(self))

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
    around = Surroundings(data)
    found = [_finding(result, shapes, around) for result in results]
    ordered = sorted(
        found,
        key=lambda each: (
            SEVERITIES.index(each.severity),
            each.rule,
            each.directives,
            each.lines,
            each.id,
        ),
    )
    # Results that look alike, of two constraints of one kind, are findings with names of their own.
    alike: Counter[str] = Counter()
    for place, each in enumerate(ordered):
        alike[each.id] += 1
        if alike[each.id] > 1:
            ordered[place] = replace(each, id=f"{each.id}-{alike[each.id]}")
    return ordered


def _finding(result: Result, shapes: Shapes, around: Surroundings) -> Finding:
    rule = shapes.rules[result.shape]
    path = _path(result, shapes)
    anchors = around.anchors(result)
    directives = sorted({each for anchor in anchors for each in around.directives(anchor)})
    parts = [result.focus, path, result.value]
    identity = [result.shape, result.component, *(each for each in parts if each is not None)]
    return Finding(
        id=sha256(" ".join(each.n3() for each in identity))[:16],
        rule=rule.id,
        shape=str(result.shape),
        severity=rule.severity,
        names=rule.names,
        messages=_messages(result, shapes, around),
        focus=result.focus.n3(),
        path="" if path is None else str(path),
        value="" if result.value is None else restored(result.value).n3(),
        component=str(result.component),
        directives=tuple(dict.fromkeys(number for number, _ in directives)),
        nodes=tuple(dict.fromkeys(node for _, node in directives)),
        lines=tuple(sorted({line for anchor in anchors for line in around.lines(anchor)})),
    )


def _path(result: Result, shapes: Shapes) -> URIRef | None:
    """Return the result's path; one that is no predicate is named after its shape."""
    if result.path is not None:
        return result.path
    if (result.shape, SH.path, None) in shapes.graph:
        return URIRef(f"{result.shape}-path")
    return None


def _messages(result: Result, shapes: Shapes, around: Surroundings) -> dict[str, str]:
    """Return the rule's message, and what was found in its place, by language."""
    rule = shapes.rules[result.shape]
    component = short(result.component).partition(":")[2].removesuffix("ConstraintComponent")
    notes = shapes.notes.get(rule.id) or shapes.notes.get(component, {})
    tagged = _speaks_of_language(rule.messages)
    value = "" if result.value is None else around.shown(result.value, tagged)
    # A directive is named by its number, beside the message.
    unnamed = not value or (result.value is not None and around.is_directive(result.value))
    users = around.users(around.term(result))
    likely = around.likely(result.focus)
    held = around.held(result.focus, result.path, tagged)
    filling = {
        "value": value,
        "focus": around.shown(result.focus, tagged),
        "count": len(held),
        "values": "; ".join(held) or "…",
        "users": around.some(users, tagged),
        "likely": "" if likely is None else short(likely),
    }
    messages = {}
    for language in LANGUAGES:
        if language not in rule.messages:
            continue
        note = notes.get(language, "")
        if ("{value}" in note and unnamed) or ("{users}" in note and not users):
            note = ""
        if likely is not None:
            note = f"{note} {shapes.notes['likely'].get(language, '')}".lstrip()
        messages[language] = f"{rule.messages[language]} {note.format(**filling)}".rstrip()
    return messages


def _speaks_of_language(messages: Mapping[str, str]) -> bool:
    """Tell whether a rule is about the language of texts, so that their tags are to be seen."""
    return "language" in messages.get("en", "").casefold()
