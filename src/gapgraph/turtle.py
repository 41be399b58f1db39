"""Deterministic RDF text: Turtle that reads well in a diff, and sorted N-Quads.

The Turtle written here is one property a line, the closing dot on its own line, subjects in
natural order (2 before 10), predicates in one fixed order.  It follows RDF 1.1 Turtle, section
6.5; no serializer of a library gives both the same bytes across its versions and a prefix for
IRIs whose local part starts with a digit or holds a slash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from gapgraph.errors import InputError
from gapgraph.iris import iri_fault
from gapgraph.namespaces import DCTERMS, GG, PREFIXES, PROV, RDF, RDFS, SCHEMA, SKOS, XSD

__all__ = [
    "Nodes",
    "Quad",
    "Triple",
    "empty_graph",
    "natural",
    "nquads_of",
    "write_ntriples",
    "write_turtle",
]

#: Subject, predicate, object.
Triple = tuple[Node, Node, Node]
#: Subject, predicate, object, graph; every node is named.
Quad = tuple[Node, Node, Node, URIRef]


def empty_graph() -> Graph:
    """Return a graph without triples, in the simplest of rdflib's stores.

    The usual one also keeps which graph a triple is of, and takes twice as long.
    """
    return Graph(store="SimpleMemory", bind_namespaces="none")


class Nodes:
    """Nodes, each held once: many triples and many tables speak of the same.

    What stands in a thousand triples then takes the memory of one, and is told apart from others
    without being read.
    """

    def __init__(self) -> None:
        self._held: dict[Node, Node] = {}

    def of(self, triple: Triple) -> Triple:
        """Return a triple of the nodes that are held, those of it among them from now on."""
        subject, predicate, value = triple
        one = self._held.setdefault
        return one(subject, subject), one(predicate, predicate), one(value, value)

    def graph(self, triples: Iterable[Triple]) -> Graph:
        """Return triples as a graph of the nodes that are held."""
        graph = empty_graph()
        for triple in triples:
            graph.add(self.of(triple))
        return graph


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
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_FORBIDDEN_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]|%(?![0-9A-Fa-f]{2})')


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


def _quoted(text: str) -> str:
    """Return a string in quotes, with what needs escaping escaped."""
    return '"' + re.sub(r'["\\\n\r\t]', lambda found: _ESCAPES[found[0]], text) + '"'


def _full_iri(node: Node) -> str:
    """Return an IRI in angle brackets.

    :raises InputError: for one that cannot be written: another is never put in its place
    """
    if _FORBIDDEN_IN_IRI.search(str(node)):
        fault = iri_fault(str(node)) or "it has a % without two digits"
        raise InputError(f"{str(node)!r} is no IRI: {fault}", todo="mend it where it comes from")
    return f"<{node}>"


def _nquads_term(node: Node, *, blank: bool = False) -> str:
    if isinstance(node, Literal):
        if node.language:
            return f"{_quoted(str(node))}@{node.language}"
        if node.datatype and node.datatype != XSD.string:
            return f"{_quoted(str(node))}^^{_full_iri(node.datatype)}"
        return _quoted(str(node))
    if isinstance(node, URIRef):
        return _full_iri(node)
    if blank and isinstance(node, BNode):
        return f"_:{node}"
    raise InputError(
        f"{'_:' if isinstance(node, BNode) else ''}{node} is a blank node",
        todo="give every node an IRI",
    )


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
                return f"{_quoted(plain)}^^{self.term(node.datatype)}"
        return _nquads_term(node)

    def _shortened(self, node: URIRef) -> str:
        for namespace, name in self._namespaces:
            local = str(node).removeprefix(namespace)
            if len(local) < len(str(node)) and _LOCAL.fullmatch(local):
                self.used[name] = namespace
                return f"{name}:{local.replace('/', chr(92) + '/')}"
        return _full_iri(node)


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
                values.sort(key=lambda node: (natural(str(node)), _nquads_term(node)))
            lines += [f"    {verb} {short.term(value)} ;" for value in values]
        lines.append("    .")
        blocks.append("\n".join(lines))
    head = [f"# {line}".rstrip() for line in comment.splitlines()]
    head += [f"@prefix {name}: <{short.used[name]}> ." for name in sorted(short.used)]
    return "\n".join(head) + "\n\n" + "\n\n".join(blocks) + "\n"


def write_ntriples(triples: Iterable[tuple[Node, Node, Node]], *, blank: bool = False) -> str:
    """Return triples as N-Triples, one a line, sorted, each once.

    :param blank: write blank nodes too, under the labels they have
    :raises InputError: for a blank node, else
    """
    return "".join(_Writer(blank=blank).lines(triples))


def nquads_of(graphs: Mapping[URIRef, Iterable[Triple]], *, blank: bool = False) -> Iterator[str]:
    """Yield named graphs as N-Quads, one quad a line, sorted; the lines of a subject at a time.

    The text of a large dataset is several times the size of its triples, and is never whole.

    :param graphs: triples by named graph
    :param blank: write blank nodes too, under the labels they have
    :raises InputError: for a blank node, else
    """
    subjects: dict[Node, list[tuple[URIRef, Triple]]] = {}
    for graph, triples in graphs.items():
        for triple in triples:
            subjects.setdefault(triple[0], []).append((graph, triple))
    # One subject is never the start of another: each ends in a sign that none has within.
    named = sorted((f"{_nquads_term(each, blank=blank)} ", each) for each in subjects)
    write = _Writer(blank=blank)
    for _, subject in named:
        yield "".join(write.lines((*triple, graph) for graph, triple in subjects.pop(subject)))


class _Writer:
    """Writes statements as lines.

    :param blank: write blank nodes too, under the labels they have
    """

    def __init__(self, *, blank: bool) -> None:
        self._blank = blank
        # A node stands in many statements, and finding it is less work than writing it.
        self._names: dict[Node, str] = {}

    def _name(self, node: Node) -> str:
        if not isinstance(node, URIRef):
            return _nquads_term(node, blank=self._blank)
        found = self._names.get(node)
        if found is None:
            found = self._names[node] = _full_iri(node)
        return found

    def lines(self, statements: Iterable[tuple[Node, ...]]) -> list[str]:
        """Return statements as lines, sorted, each once."""
        return sorted({f"{' '.join(map(self._name, each))} .\n" for each in statements})
