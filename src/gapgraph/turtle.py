"""Turtle that reads well in a diff, the same text for the same triples.

It has one property a line, the closing dot on its own line, subjects in natural order (2 before
10), predicates in one fixed order.  It follows RDF 1.1 Turtle, section 6.5; no serializer of a
library gives both the same bytes across its versions and a prefix for IRIs whose local part starts
with a digit or holds a slash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from gapgraph.namespaces import DCTERMS, GG, PREFIXES, PROV, RDF, RDFS, SCHEMA, SKOS, XSD
from gapgraph.ntriples import Writer, iri_term, quoted

__all__ = [
    "empty_graph",
    "natural",
    "write_turtle",
]


def empty_graph() -> Graph:
    """Return a graph without triples, in the simplest of rdflib's stores.

    The usual one also keeps which graph a triple is of, and takes twice as long.
    """
    return Graph(store="SimpleMemory", bind_namespaces="none")


#: The order predicates are written in; others follow by IRI.
_ORDER: dict[Node, int] = {
    predicate: place
    for place, predicate in enumerate(
        (
            RDF.type,
            GG.number,
            GG.position,
            SKOS.notation,
            SKOS.prefLabel,
            SKOS.altLabel,
            RDFS.label,
            DCTERMS.title,
            GG.literalLabel,
            GG.text,
            GG.textKey,
            GG.ofFramework,
            GG.ofPlan,
            GG.ofSection,
            GG.inSection,
            GG.partOf,
            GG.inAnalysis,
            GG.framework,
            GG.plan,
            GG.jurisdiction,
            GG.directiveCount,
            GG.categoryCount,
            GG.hasIndicator,
            GG.hasTopic,
            GG.hasObservation,
            GG.mapsTopic,
            GG.mapsTo,
            GG.addressedBy,
            GG.declaredGap,
            GG.aboutConcept,
            GG.cites,
            PROV.wasDerivedFrom,
            SCHEMA.sha256,
            GG.sourceLine,
        )
    )
}
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_./-]*[A-Za-z0-9_-])?")


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key in which runs of digits count as numbers, however long.

    Two texts have one key only if they are the same.

    >>> sorted(["d/10", "d/9"], key=natural)
    ['d/9', 'd/10']
    """
    parts = (
        (0, len(part.lstrip("0")), part.lstrip("0"))
        if part.isascii() and part.isdigit()
        else (1, 0, part)
        for part in re.split(r"([0-9]+)", text)
    )
    return (*parts, (-1, 0, text))


#: Literals that Turtle writes without quotes (RDF 1.1 Turtle, section 2.5).
_BARE = {XSD.integer: re.compile(r"[+-]?[0-9]+"), XSD.boolean: re.compile("true|false")}


class _Shortener:
    """Writes terms with the prefixes it is given, longest namespace first."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._namespaces = sorted(
            ((namespace, name) for name, namespace in prefixes.items()),
            key=lambda pair: (-len(pair[0]), pair),
        )
        self.used: dict[str, str] = {}
        self.plain = Writer().term
        # A node stands in many triples, and finding it is less work than shortening it.
        self._short: dict[URIRef, str] = {}

    def term(self, node: Node) -> str:
        if isinstance(node, URIRef):
            found = self._short.get(node)
            if found is None:
                found = self._short[node] = self._shortened(node)
            return found
        if isinstance(node, Literal):
            plain = str(node)
            bare = _BARE.get(node.datatype) if node.datatype else None
            if bare and bare.fullmatch(plain):
                return plain
            if node.datatype and node.datatype != XSD.string and not node.language:
                return f"{quoted(plain)}^^{self.term(node.datatype)}"
        return self.plain(node)

    def _shortened(self, node: URIRef) -> str:
        for namespace, name in self._namespaces:
            local = str(node).removeprefix(namespace)
            if len(local) < len(str(node)) and _LOCAL.fullmatch(local):
                self.used[name] = namespace
                return f"{name}:{local.replace('/', chr(92) + '/')}"
        return iri_term(node)


def write_turtle(
    triples: Iterable[tuple[Node, Node, Node]],
    *,
    prefixes: Mapping[str, str] | None = None,
    comment: str = "",
) -> str:
    """Return triples as Turtle, the same text for the same triples whatever their order.

    :param triples: triples without blank nodes
    :param prefixes: prefixes beside those of `namespaces.PREFIXES`; unused ones are left out
    :param comment: lines that stand first, each behind ``#``
    :raises InputError: for a blank node
    """
    short = _Shortener({**PREFIXES, **(prefixes or {})})
    blocks: list[str] = []
    by_subject: dict[Node, dict[Node, set[Node]]] = {}
    for subject, predicate, value in triples:
        by_subject.setdefault(subject, {}).setdefault(predicate, set()).add(value)
    kind = RDF.type
    for subject in sorted(by_subject, key=lambda node: natural(str(node))):
        lines = [short.term(subject)]
        said = by_subject[subject]
        for predicate in sorted(said, key=lambda node: (_ORDER.get(node, len(_ORDER)), str(node))):
            verb = "a" if predicate == kind else short.term(predicate)
            values = list(said[predicate])
            if len(values) > 1:
                values.sort(key=lambda node: (natural(str(node)), short.plain(node)))
            lines += [f"    {verb} {short.term(value)} ;" for value in values]
        lines.append("    .")
        blocks.append("\n".join(lines))
    head = [f"# {line}".rstrip() for line in comment.splitlines()]
    head += [f"@prefix {name}: <{short.used[name]}> ." for name in sorted(short.used)]
    return "\n".join(head) + "\n\n" + "\n\n".join(blocks) + "\n"
