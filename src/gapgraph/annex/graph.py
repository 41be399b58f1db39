"""Typed records → asserted graph: framework, plan and analysis of one table.

Only what the table says goes in; what is concluded from it stands in other graphs.  Every node
has an IRI of the public contract.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from gapgraph.annex.description import Description
from gapgraph.annex.records import (
    Directive,
    Element,
    Section,
    Table,
    Topic,
    Value,
    whole_number,
)
from gapgraph.annex.values import RELATIONS, STATUSES
from gapgraph.files import sha256
from gapgraph.namespaces import (
    DCTERMS,
    GG,
    PROV,
    RDF,
    SCHEMA,
    SKOS,
    XSD,
    concept_iri,
    instrument_iri,
    slug,
)
from gapgraph.turtle import empty_graph, write_turtle

__all__ = ["concept_label", "graph_of", "turtle_of"]


def concept_label(label: str) -> str:
    """Return a topic's label without its final colon.

    >>> concept_label("Participación comunitaria:")
    'Participación comunitaria'
    """
    return label.rstrip().removesuffix(":").rstrip()


class _Builder:
    """Adds the triples of one table to a new graph."""

    def __init__(self, table: Table, description: Description) -> None:
        self.table, self.description, self.names = table, description, description.names
        self.graph = empty_graph()
        self.category_class = GG[description.element_class]

    def words(self, text: str) -> Literal:
        """A text in the table's language."""
        return Literal(text, lang=self.description.language)

    def add(self, subject: URIRef, *pairs: tuple[Node, Node | str | int | bool]) -> None:
        for predicate, value in pairs:
            term = value if isinstance(value, Node) else _plain(value)
            self.graph.add((subject, predicate, term))

    def lines(self, subject: URIRef, lines: Iterable[int]) -> None:
        for line in lines:
            self.add(subject, (GG.sourceLine, line))

    def framework_words(self, text: str) -> Literal:
        """A text of the framework, which may have another language than the table."""
        return Literal(text, lang=self.description.framework_language)

    def text(self, subject: URIRef, text: Literal) -> None:
        self.add(subject, (GG.text, text), (GG.textKey, sha256(str(text))))

    def build(self) -> Graph:
        self.documents()
        if self.table.framework is None:
            self.framework()
        else:
            # What the framework says is known already, and not said otherwise here.
            for triple in self.table.framework.triples:
                self.graph.add(triple)
        for element in self.table.elements:
            self.element(element)
        for directive in self.table.directives:
            self.assessed(directive)
        self.concepts()
        return self.graph

    def documents(self) -> None:
        names, description = self.names, self.description
        self.add(
            names.plan,
            (RDF.type, GG.Plan),
            (SKOS.prefLabel, self.words(description.plan_label)),
        )
        if description.categories:
            self.add(names.plan, (GG.categoryCount, description.categories))
        self.add(
            names.analysis,
            (RDF.type, GG.GapAnalysis),
            (GG.framework, names.framework),
            (GG.plan, names.plan),
            (DCTERMS.language, description.language),
            (PROV.wasDerivedFrom, names.source()),
        )
        if description.jurisdiction:
            self.add(names.analysis, (GG.jurisdiction, description.jurisdiction))
        if description.partial:
            self.add(names.analysis, (GG.partialTable, True))
        if description.date:
            self.add(names.analysis, (DCTERMS.date, Literal(description.date)))
        self.add(
            names.source(),
            (RDF.type, GG.SourceDocument),
            (DCTERMS.title, self.table.file),
            (SCHEMA.sha256, self.table.sha256),
        )
        if description.rights:
            rights = (DCTERMS.rights, self.words(description.rights))
            self.add(names.source(), rights)
            for graph in (
                names.framework_graph(),
                names.plan_graph(),
                names.analysis_graph("asserted"),
            ):
                self.add(graph, rights)

    def framework(self) -> None:
        """Add the framework as the table gives it."""
        description = self.description
        self.add(
            self.names.framework,
            (RDF.type, GG.Framework),
            (SKOS.prefLabel, self.framework_words(description.framework_label)),
            (GG.textLanguage, description.framework_language),
            (GG.directiveCount, description.directives),
            (PROV.wasDerivedFrom, self.names.source()),
        )
        for section in self.table.sections:
            self.section(section)
        for directive in self.table.directives:
            self.directive(directive)

    def identified(self, subject: URIRef, notation: str, position: int) -> None:
        """Add an identifier as printed, the number that it may be, and the place in order."""
        self.add(subject, (SKOS.notation, notation), (GG.position, position))
        number = whole_number(notation)
        if number is not None:
            self.add(subject, (GG.number, number))

    def section(self, section: Section) -> None:
        iri = self.names.section(section.key)
        self.add(
            iri,
            (RDF.type, GG.Section),
            (SKOS.prefLabel, self.framework_words(section.title)),
            (GG.literalLabel, self.framework_words(section.heading)),
            (GG.ofFramework, self.names.framework),
            (
                GG.partOf,
                self.names.section(section.parent) if section.parent else self.names.framework,
            ),
        )
        self.identified(iri, section.notation, section.position)
        self.lines(iri, section.lines)
        for position, column in enumerate(section.columns, start=1):
            heading = self.names.column(section.key, position)
            self.add(
                heading,
                (RDF.type, GG.ColumnHeading),
                (GG.position, position),
                (GG.literalLabel, self.words(column.text)),
                (GG.ofSection, iri),
                (GG.inAnalysis, self.names.analysis),
            )
            self.lines(heading, column.lines)

    def element(self, element: Element) -> None:
        iri = self.names.category(element.key)
        self.add(
            iri,
            (RDF.type, self.category_class),
            (SKOS.prefLabel, self.words(element.names[0])),
            (GG.ofPlan, self.names.plan),
        )
        self.identified(iri, element.notation, element.position)
        if element.parent:
            parent = self.names.category(element.parent)
            self.add(iri, (SKOS.broader, parent), (GG.partOf, parent))
        for name in element.names[1:]:
            self.add(iri, (SKOS.altLabel, self.words(name)))

    def directive(self, directive: Directive) -> None:
        iri = self.names.directive(directive.key)
        self.add(iri, (RDF.type, GG.Directive), (GG.ofFramework, self.names.framework))
        if directive.section:
            self.add(iri, (GG.inSection, self.names.section(directive.section)))
        else:
            self.add(iri, (GG.partOf, self.names.framework))
        self.identified(iri, directive.notation, directive.position)
        self.text(iri, self.framework_words(directive.text))
        self.lines(iri, directive.lines)
        for citation in directive.citations:
            instrument = instrument_iri(citation.instrument)
            self.add(iri, (GG.cites, instrument))
            self.add(
                instrument,
                (RDF.type, GG.Instrument),
                (GG.literalLabel, self.framework_words(citation.literal)),
            )
        for position, indicator in enumerate(directive.indicators, start=1):
            node = self.names.indicator(directive.key, position)
            self.add(iri, (GG.hasIndicator, node))
            self.add(node, (RDF.type, GG.Indicator), (GG.position, position))
            if indicator.notation:
                self.add(node, (SKOS.notation, indicator.notation))
            self.text(node, self.framework_words(indicator.text))
            self.lines(node, indicator.lines)

    def assessed(self, directive: Directive) -> None:
        """Add what the comparison says of a directive."""
        iri = self.names.directive(directive.key)
        for position, topic in enumerate(directive.topics, start=1):
            self.topic(directive.key, position, topic)
        for position, observation in enumerate(directive.observations, start=1):
            node = self.names.observation(directive.key, position)
            self.add(iri, (GG.hasObservation, node))
            self.add(
                node,
                (RDF.type, GG.Observation),
                (GG.position, position),
                (GG.inAnalysis, self.names.analysis),
            )
            self.text(node, self.words(observation.text))
            self.lines(node, observation.lines)

    def topic(self, directive: str, position: int, topic: Topic) -> None:
        iri = self.names.topic(directive, position)
        self.add(self.names.directive(directive), (GG.hasTopic, iri))
        self.add(
            iri,
            (RDF.type, GG.Topic),
            (GG.position, position),
            (SKOS.prefLabel, self.words(concept_label(topic.label))),
            (GG.inAnalysis, self.names.analysis),
            (GG.declaredGap, all(value.none for value in topic.values)),
            *((GG.declaredStatus, GG[value.says]) for value in topic.values if _status(value)),
            (GG.aboutConcept, concept_iri(concept_label(topic.label))),
        )
        self.text(iri, self.words(topic.label))
        self.lines(iri, topic.lines)
        for place, value in enumerate(topic.values, start=1):
            mapping = self.names.mapping(directive, position, place)
            self.add(
                mapping,
                (RDF.type, GG.Mapping),
                (GG.position, place),
                (GG.literalLabel, self.words(value.literal)),
                (GG.inAnalysis, self.names.analysis),
                (GG.mapsTopic, iri),
            )
            self.lines(mapping, value.lines)
            self.judged(mapping, value)
            part = self.part(value)
            if part is not None:
                self.add(mapping, (GG.mapsTo, part))
                self.add(iri, (GG.addressedBy, part))

    def judged(self, mapping: URIRef, value: Value) -> None:
        """Add the status, degree and relation that the table itself gives a value."""
        status = value.says if _status(value) else value.status
        if status:
            self.add(mapping, (GG.declaredStatus, GG[status]))
        degree = value.degree or (value.literal if _status(value) else "")
        if degree:
            self.add(mapping, (GG.degree, degree))
        relation = value.says if value.says in RELATIONS else value.relation
        if relation:
            self.add(mapping, (GG.relation, GG[relation]))

    def part(self, value: Value) -> URIRef | None:
        """Return the part of the plan that a value names; one without identifier is added."""
        if not value.element:
            return None
        if value.notation:
            return self.names.category(slug(value.notation))
        part = self.names.element(value.name)
        self.add(
            part,
            (RDF.type, GG.PlanElement),
            (SKOS.prefLabel, self.words(value.name)),
            (GG.ofPlan, self.names.plan),
        )
        return part

    def concepts(self) -> None:
        """Add one concept for the topics that share a label, case and final colon aside."""
        forms: dict[URIRef, Counter[str]] = {}
        for directive in self.table.directives:
            for topic in directive.topics:
                label = concept_label(topic.label)
                forms.setdefault(concept_iri(label), Counter())[label] += 1
        for iri, labels in forms.items():
            # most_common keeps the order of first sight on a tie.
            usual, *others = (label for label, _ in labels.most_common())
            self.add(iri, (RDF.type, SKOS.Concept), (SKOS.prefLabel, self.words(usual)))
            for label in others:
                self.add(iri, (SKOS.altLabel, self.words(label)))


def _status(value: Value) -> bool:
    """Tell whether a value is a status in the table's own words."""
    return value.says in STATUSES


def _plain(value: str | int | bool) -> Literal:
    """Return a literal without language: a string, a boolean or an ``xsd:integer``."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Literal(value, datatype=XSD.integer)
    return Literal(value)


def graph_of(table: Table, description: Description) -> Graph:
    """Return the asserted graph of a table."""
    return _Builder(table, description).build()


def turtle_of(graph: Graph, description: Description) -> str:
    """Return an asserted graph as Turtle, the same bytes on every machine."""
    return write_turtle(
        graph,
        prefixes=description.names.prefixes(),
        comment=(
            f"{description.plan_label} · {description.framework_label}\n"
            f"Asserted graph, read from {description.table.name} by `gapgraph build`. "
            "Do not edit: edit the table."
        ),
    )
