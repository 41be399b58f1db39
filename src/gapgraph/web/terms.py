"""A readable page from a vocabulary: its terms in sections, and a diagram of its classes."""

from __future__ import annotations

from dataclasses import dataclass, field

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from gapgraph.messages import Message
from gapgraph.namespaces import OWL, RDF, RDFS, SKOS
from gapgraph.turtle import natural

__all__ = ["Diagram", "Section", "Term", "diagram", "sections"]

#: What a page has a section for: class of terms, heading in Spanish and English, anchor.
_KINDS = (
    (OWL.Class, Message("Clases"), "classes"),
    (OWL.ObjectProperty, Message("Propiedades entre cosas"), "object-properties"),
    (OWL.DatatypeProperty, Message("Propiedades de datos"), "datatype-properties"),
    (SKOS.ConceptScheme, Message("Esquemas de conceptos"), "schemes"),
    (SKOS.Concept, Message("Conceptos"), "concepts"),
    (SH.NodeShape, Message("Formas"), "shapes"),
    (SH.PropertyShape, Message("Formas de propiedades"), "property-shapes"),
)
#: The facts of a term that point at others, with their names.
_FACTS = (
    (RDFS.subClassOf, Message("subclase de")),
    (RDFS.subPropertyOf, Message("subpropiedad de")),
    (OWL.inverseOf, Message("inversa de")),
    (RDFS.domain, Message("de")),
    (RDFS.range, Message("a")),
    (SKOS.inScheme, Message("esquema")),
    (SH.targetClass, Message("clase")),
    (SH.path, Message("propiedad")),
    (SH.severity, Message("gravedad")),
)
#: Names and texts, by language; the first property a term has is taken.
_LABELS = (RDFS.label, SKOS.prefLabel, SH.name)
_DEFINITIONS = (SKOS.definition, SH.description, RDFS.comment, SH.message)


@dataclass(frozen=True)
class Term:
    """A term as a page shows it: texts by language, and other terms it points at."""

    iri: str
    label: dict[str, str]
    definition: dict[str, str]
    note: dict[str, str]
    examples: tuple[str, ...]
    facts: tuple[tuple[Message, tuple[str, ...]], ...]

    @property
    def anchor(self) -> str:
        """The end of the IRI."""
        return self.iri.rpartition("#")[2].rpartition("/")[2]


@dataclass(frozen=True)
class Section:
    """Terms of one kind, under a heading."""

    heading: Message
    anchor: str
    terms: tuple[Term, ...]


def _texts(graph: Graph, term: Node, properties: tuple[URIRef, ...]) -> dict[str, str]:
    """Return a text by language, from the first property that the term has."""
    for each in properties:
        found = {
            str(value.language or "es"): str(value)
            for value in sorted(graph.objects(term, each), key=str)
            if isinstance(value, Literal)
        }
        if found:
            return found
    return {}


def _term(graph: Graph, term: URIRef) -> Term:
    facts = []
    for each, name in _FACTS:
        values = sorted(
            str(value) for value in graph.objects(term, each) if isinstance(value, URIRef)
        )
        if values:
            facts.append((name, tuple(values)))
    return Term(
        iri=str(term),
        label=_texts(graph, term, _LABELS),
        definition=_texts(graph, term, _DEFINITIONS),
        note=_texts(graph, term, (SKOS.scopeNote,)),
        examples=tuple(sorted(str(value) for value in graph.objects(term, SKOS.example))),
        facts=tuple(facts),
    )


def sections(graph: Graph) -> list[Section]:
    """Return the sections of a vocabulary's page; a kind without terms has none."""
    found = []
    for kind, heading, anchor in _KINDS:
        terms = {
            term
            for term in graph.subjects(RDF.type, kind)
            if isinstance(term, URIRef) and not _foreign(graph, term)
        }
        if terms:
            found.append(
                Section(
                    heading,
                    anchor,
                    tuple(
                        _term(graph, term)
                        for term in sorted(terms, key=lambda term: natural(str(term)))
                    ),
                )
            )
    return found


@dataclass
class Diagram:
    """Classes as boxes in columns, and what leads from one to another.

    :param boxes: IRI, left and top of each class
    :param edges: from, to and the names of the properties; no name for a subclass
    """

    width: int = 0
    height: int = 0
    boxes: dict[str, tuple[int, int]] = field(default_factory=dict)
    edges: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)

    #: The size of a box.
    box = (150, 30)

    def line(self, start: str, end: str) -> str:
        """Return the curve from one box to another, as the data of an SVG path."""
        (x1, y1), (x2, y2), (w, h) = self.boxes[start], self.boxes[end], self.box
        y1, y2 = y1 + h // 2, y2 + h // 2
        if x1 == x2:
            return f"M{x1 + w},{y1} C{x1 + w + 40},{y1} {x2 + w + 40},{y2} {x2 + w},{y2}"
        left, right = (x1 + w, x2) if x1 < x2 else (x1, x2 + w)
        bend = 40 if x1 < x2 else -40
        return f"M{left},{y1} C{left + bend},{y1} {right - bend},{y2} {right},{y2}"


def diagram(graph: Graph) -> Diagram:
    """Lay out the classes of a vocabulary by the properties that lead from one to another.

    A class stands one column right of the classes that lead to it, as far as there is no way
    round in a circle; the order within a column keeps it near those.
    """
    classes = {
        str(each)
        for each in graph.subjects(RDF.type, OWL.Class)
        if isinstance(each, URIRef) and not _foreign(graph, each)
    }
    named: dict[tuple[str, str], set[str]] = {}
    for leading in graph.subjects(RDF.type, OWL.ObjectProperty):
        for start in map(str, graph.objects(leading, RDFS.domain)):
            for end in map(str, graph.objects(leading, RDFS.range)):
                if {start, end} <= classes and start != end:
                    named.setdefault((start, end), set()).add(str(leading).rpartition("#")[2])
    for lower, upper in graph.subject_objects(RDFS.subClassOf):
        if {str(lower), str(upper)} <= classes:
            named.setdefault((str(lower), str(upper)), set())
    column = _columns(sorted(classes), sorted(named))
    result = Diagram(
        edges=[(start, end, tuple(sorted(names))) for (start, end), names in sorted(named.items())]
    )
    width, height = Diagram.box
    filled: dict[int, int] = {}
    for each in sorted(classes, key=lambda each: (column[each], natural(each))):
        row = filled[column[each]] = filled.get(column[each], -1) + 1
        result.boxes[each] = (10 + column[each] * (width + 70), 10 + row * (height + 22))
    result.width = 20 + (max(column.values(), default=0) + 1) * (width + 70)
    result.height = 20 + (max(filled.values(), default=0) + 1) * (height + 22)
    return result


def _foreign(graph: Graph, term: Node) -> bool:
    """Tell whether a term is declared here and defined by another vocabulary."""
    homes = set(graph.objects(term, RDFS.isDefinedBy))
    return bool(homes) and not any((home, RDF.type, OWL.Ontology) in graph for home in homes)


def _columns(classes: list[str], edges: list[tuple[str, str]]) -> dict[str, int]:
    """Return a column for each class: the longest way to it, at most as many as five."""
    column = dict.fromkeys(classes, 0)
    after: dict[str, set[str]] = {each: set() for each in classes}
    for start, end in edges:
        if start not in _reached(after, end):
            after[start].add(end)
    for _ in classes:
        for start, ends in after.items():
            for end in ends:
                column[end] = max(column[end], min(column[start] + 1, 5))
    return column


def _reached(after: dict[str, set[str]], start: str) -> set[str]:
    """Return everything that can be reached from a class, itself included."""
    seen, waiting = {start}, [start]
    while waiting:
        for each in after[waiting.pop()] - seen:
            seen.add(each)
            waiting.append(each)
    return seen
