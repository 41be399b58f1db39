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
from gapgraph.annex.records import Category, Directive, Section, Table, Topic, Value
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
)
from gapgraph.turtle import write_turtle

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
        self.graph = Graph(bind_namespaces="none")
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

    def text(self, subject: URIRef, text: str) -> None:
        self.add(subject, (GG.text, self.words(text)), (GG.textKey, sha256(text)))

    def build(self) -> Graph:
        self.documents()
        for section in self.table.sections:
            self.section(section)
        for category in self.table.categories:
            self.category(category)
        for directive in self.table.directives:
            self.directive(directive)
        self.concepts()
        return self.graph

    def documents(self) -> None:
        names, description = self.names, self.description
        self.add(
            names.framework,
            (RDF.type, GG.Framework),
            (SKOS.prefLabel, self.words(description.framework_label)),
            (GG.directiveCount, description.directives),
        )
        self.add(
            names.plan,
            (RDF.type, GG.Plan),
            (SKOS.prefLabel, self.words(description.plan_label)),
            (GG.categoryCount, description.categories),
        )
        self.add(
            names.analysis,
            (RDF.type, GG.GapAnalysis),
            (GG.framework, names.framework),
            (GG.plan, names.plan),
            (GG.jurisdiction, description.jurisdiction),
            (DCTERMS.language, description.language),
            (PROV.wasDerivedFrom, names.source()),
        )
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

    def section(self, section: Section) -> None:
        iri = self.names.section(section.number)
        self.add(
            iri,
            (RDF.type, GG.Section),
            (GG.number, section.number),
            (SKOS.prefLabel, self.words(section.title)),
            (GG.literalLabel, self.words(section.heading)),
            (GG.ofFramework, self.names.framework),
        )
        self.lines(iri, section.lines)
        for position, column in enumerate(section.columns, start=1):
            heading = self.names.column(section.number, position)
            self.add(
                heading,
                (RDF.type, GG.ColumnHeading),
                (GG.position, position),
                (GG.literalLabel, self.words(column.text)),
                (GG.ofSection, iri),
                (GG.inAnalysis, self.names.analysis),
            )
            self.lines(heading, column.lines)

    def category(self, category: Category) -> None:
        iri = self.names.category(category.number)
        self.add(
            iri,
            (RDF.type, self.category_class),
            (GG.number, category.number),
            (SKOS.prefLabel, self.words(category.names[0])),
            (GG.ofPlan, self.names.plan),
        )
        for name in category.names[1:]:
            self.add(iri, (SKOS.altLabel, self.words(name)))

    def directive(self, directive: Directive) -> None:
        iri = self.names.directive(directive.number)
        self.add(
            iri,
            (RDF.type, GG.Directive),
            (GG.number, directive.number),
            (GG.inSection, self.names.section(directive.section)),
            (GG.ofFramework, self.names.framework),
        )
        self.text(iri, directive.text)
        self.lines(iri, directive.lines)
        for citation in directive.citations:
            instrument = instrument_iri(citation.instrument)
            self.add(iri, (GG.cites, instrument))
            self.add(
                instrument,
                (RDF.type, GG.Instrument),
                (GG.literalLabel, self.words(citation.literal)),
            )
        for position, indicator in enumerate(directive.indicators, start=1):
            node = self.names.indicator(directive.number, position)
            self.add(iri, (GG.hasIndicator, node))
            self.add(node, (RDF.type, GG.Indicator), (GG.position, position))
            self.text(node, indicator.text)
            self.lines(node, indicator.lines)
        for position, topic in enumerate(directive.topics, start=1):
            self.topic(directive.number, position, topic)
        for position, observation in enumerate(directive.observations, start=1):
            node = self.names.observation(directive.number, position)
            self.add(iri, (GG.hasObservation, node))
            self.add(
                node,
                (RDF.type, GG.Observation),
                (GG.position, position),
                (GG.inAnalysis, self.names.analysis),
            )
            self.text(node, observation.text)
            self.lines(node, observation.lines)

    def topic(self, directive: int, position: int, topic: Topic) -> None:
        iri = self.names.topic(directive, position)
        self.add(self.names.directive(directive), (GG.hasTopic, iri))
        self.add(
            iri,
            (RDF.type, GG.Topic),
            (GG.position, position),
            (SKOS.prefLabel, self.words(concept_label(topic.label))),
            (GG.inAnalysis, self.names.analysis),
            (GG.declaredGap, all(value.none for value in topic.values)),
            (GG.aboutConcept, concept_iri(concept_label(topic.label))),
        )
        self.text(iri, topic.label)
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
            element = self.element(value)
            if element is not None:
                self.add(mapping, (GG.mapsTo, element))
                self.add(iri, (GG.addressedBy, element))

    def element(self, value: Value) -> URIRef | None:
        """Return the plan's element that a value names; one without a number is added."""
        if value.none:
            return None
        if value.category is not None:
            return self.names.category(value.category)
        label = value.literal.removesuffix(".")
        element = self.names.element(label)
        self.add(
            element,
            (RDF.type, GG.PlanElement),
            (SKOS.prefLabel, self.words(label)),
            (GG.ofPlan, self.names.plan),
        )
        return element

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
