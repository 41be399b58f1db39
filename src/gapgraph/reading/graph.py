"""Asserted graph → the graph of what its observations say.

For each observation its statements with kind, topics, measures, evidence, institutions and the
instruments they invoke; for observations and concepts the themes they speak of.  No coverage:
that is concluded from this graph by rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from gapgraph.decisions.standing import UNDECIDED, Decisions
from gapgraph.decisions.table import NONE, Decided
from gapgraph.files import sha256
from gapgraph.namespaces import (
    DCTERMS,
    GG,
    OA,
    PROV,
    RDF,
    SKOS,
    XSD,
    Names,
    institution_iri,
    instrument_iri,
    last_segment,
)
from gapgraph.reading.asserted import (
    in_order,
    is_in,
    label_of,
    languages_of,
    number_of,
    topics_beside,
)
from gapgraph.reading.corrections import Correction, read_corrections
from gapgraph.reading.decided import check_mitigated, decided_of
from gapgraph.reading.names import Institution, Instrument, Known
from gapgraph.reading.packs import FOLDER, find_pack, plain_language
from gapgraph.reading.rows import ReadRow, Row, Said, read_rules
from gapgraph.reading.statements import Span
from gapgraph.reading.topics import RowTopic
from gapgraph.reviewed import UNOFFICIAL
from gapgraph.statuses import UNREAD
from gapgraph.told import told
from gapgraph.turtle import empty_graph

__all__ = ["reading_graph", "reads"]

#: How much of the text beside a quote is given to tell it from the same words elsewhere.
_BESIDE = 32


@dataclass(frozen=True)
class _Row:
    """A row of the graph: its directive, and what it gives to read in one language.

    :param directive: what the directive's IRI ends in
    :param observations: the observations, their positions and texts, by paragraph
    """

    directive: str
    row: Row
    observations: tuple[tuple[URIRef, int, Literal], ...]


def reads(data: Path, language: str) -> bool:
    """Tell whether the project has rules about a language.

    :param data: the project's data folder
    :param language: a BCP 47 tag
    """
    return find_pack(data, language) is not None


def _rows(
    graph: Graph, names: Names, language: str, decisions: Decisions, *, by_row: bool
) -> list[_Row]:
    """Return the rows of an analysis in the order of their directives, in one language.

    :param by_row: whether the table may have a row for each topic
    """
    rows = []
    directives = sorted(
        graph.subjects(RDF.type, GG.Directive), key=lambda each: number_of(graph, each, GG.position)
    )
    for directive in directives:
        own = in_order(graph, directive, GG.hasTopic, names)
        topics = tuple(
            RowTopic(
                number_of(graph, topic, GG.position),
                label_of(graph, topic, language),
                {
                    str(element): label_of(graph, element, language)
                    for element in sorted(graph.objects(topic, GG.addressedBy), key=str)
                },
            )
            for topic in own
        )
        texts = [
            (node, number_of(graph, node, GG.position), text)
            for node in in_order(graph, directive, GG.hasObservation, names)
            if isinstance(text := graph.value(node, GG.text), Literal) and is_in(text, language)
        ]
        name = last_segment(str(directive))
        numbers = [number for _, number, _ in texts]
        words = tuple(str(text) for _, _, text in texts)
        beside = topics_beside(graph, own, [node for node, _, _ in texts]) if by_row else []
        row = Row(topics, words, tuple(beside), *decided_of(decisions, name, numbers))
        rows.append(_Row(name, row, tuple(texts)))
    return rows


class _Builder:
    """Adds the triples of one analysis to a new graph."""

    def __init__(
        self, names: Names, corrections: dict[str, Correction], decisions: Decisions
    ) -> None:
        self.names, self.corrections, self.decisions = names, corrections, decisions
        self.graph = empty_graph()

    def add(self, subject: URIRef, *pairs: tuple[URIRef, Node]) -> None:
        for predicate, value in pairs:
            self.graph.add((subject, predicate, value))

    def row(self, row: _Row, said: ReadRow) -> None:
        for each in said:
            self.statement(row, each)

    def unread(self, row: _Row) -> None:
        """Add the observations of a row in a language without rules."""
        for paragraph, (observation, number, text) in enumerate(row.observations, start=1):
            # Nobody knows where its statements begin, unless a person cut it: it is one piece.
            spans = row.row.cut(paragraph, text) or (Span(0, len(text)),)
            for position, span in enumerate(spans, start=1):
                iri = self.names.statement(row.directive, number, position)
                words = Literal(text[span.start : span.end], lang=text.language)
                one = self.decided(iri, words)
                self.add(observation, (GG.hasStatement, iri))
                self.add(iri, (RDF.type, GG[one.kind if one and one.kind else UNREAD]))
                if one and one.kind:
                    self.add(iri, (GG.kindByRule, GG[UNREAD]))
                self.text(iri, words, position)
                self.evidence(iri, observation, text, span)
                if one:
                    self.mitigation(iri, one)
                    self.decided_topics(row, iri, one)

    def decided(self, iri: URIRef, text: str) -> Decided | None:
        """Return what a person decided of a statement and counts."""
        item = str(iri).removeprefix(f"{self.names.analysis}/")
        return self.decisions.first(item, sha256(text))

    def text(self, subject: URIRef, text: Literal, position: int) -> None:
        self.add(
            subject,
            (GG.text, text),
            (GG.textKey, Literal(sha256(text))),
            (GG.position, _integer(position)),
            (GG.inAnalysis, self.names.analysis),
        )

    def statement(self, row: _Row, said: Said) -> None:
        observation, number, whole = row.observations[said.paragraph - 1]
        iri = self.iri(row, said.paragraph, said.position)
        self.add(observation, (GG.hasStatement, iri))
        self.add(iri, (RDF.type, GG[said.kind]))
        if said.rule:
            self.add(iri, (GG.ruleId, Literal(f"kinds/{said.rule}")))
        self.text(iri, Literal(said.text, lang=whole.language), said.position)
        self.evidence(iri, observation, whole, said.span)
        if said.overruled:
            self.add(iri, (GG.kindByRule, GG[said.overruled]))
        one = self.decided(iri, said.text)
        if one and one.mitigates:
            self.mitigation(iri, one)
        else:
            for paragraph, position in said.mitigates:
                self.add(iri, (GG.mitigates, self.iri(row, paragraph, position)))
        for instrument in said.instruments:
            self.add(iri, (GG.invokes, self.instrument(instrument)))
        for instrument in said.named:
            self.add(iri, (GG.namesInstrument, self.instrument(instrument)))
        for locus in said.loci:
            self.add(iri, (GG.namesLocus, GG[locus]))
        for institution in said.institutions:
            self.add(iri, (GG.mentions, self.institution(institution)))
        for position, item in enumerate(said.items, start=1):
            measure = self.names.measure(row.directive, number, said.position, item.letter)
            self.add(iri, (GG.hasMeasure, measure))
            self.add(measure, (RDF.type, GG.Measure), (GG.letter, Literal(item.letter)))
            words = said.text[item.span.start : item.span.end]
            self.text(measure, Literal(words, lang=whole.language), position)
        self.topics(row, said, iri)

    def iri(self, row: _Row, paragraph: int, position: int) -> URIRef:
        return self.names.statement(row.directive, row.observations[paragraph - 1][1], position)

    def mitigation(self, iri: URIRef, one: Decided) -> None:
        """Say what a statement mitigates, as a person decided."""
        for each in one.mitigates:
            if each != NONE:
                self.add(iri, (GG.mitigates, URIRef(f"{self.names.analysis}/statement/{each}")))

    def decided_topics(self, row: _Row, iri: URIRef, one: Decided) -> None:
        """Tie a statement to its topics, its directive or nothing, as a person decided."""
        review = self.names.review(one.name, one.person, one.key)
        for number, _ in one.topics:
            if number == NONE:
                self.add(iri, (GG.concernsNothing, Literal(True)))
            elif number == row.directive:
                self.add(iri, (GG.concernsDirective, self.names.directive(number)))
            else:
                position = int(number.rpartition(".")[2])
                node = self.link(row, iri, position, GG.review)
                self.add(node, (GG.reason, Literal(one.reason)), (PROV.wasGeneratedBy, review))
                continue
            self.add(iri, (GG.reason, Literal(one.reason)))

    def topics(self, row: _Row, said: Said, iri: URIRef) -> None:
        """Tie a statement to its topics, by a review where there is one, else by rules."""
        correction = self.corrections.pop(str(iri).rsplit("/", 1)[-1], None)
        one = self.decided(iri, said.text)
        if one and one.topics:
            self.decided_topics(row, iri, one)
            return
        if correction is None:
            for link in said.links:
                node = self.link(row, iri, link.topic, GG.rule)
                self.add(node, (GG.ruleId, Literal(f"topics/{link.rule}")))
            return
        correction.check(said.text)
        known = {topic.position for topic in row.row.topics}
        if not known.issuperset(correction.topics):
            raise correction.row.fail(
                told("names a topic that the row has not"), told("mend the topics")
            )
        nodes = [self.link(row, iri, topic, GG.review) for topic in correction.topics]
        if correction.directive:
            self.add(iri, (GG.concernsDirective, self.names.directive(row.directive)))
        elif not nodes:
            self.add(iri, (GG.concernsNothing, Literal(True)))
        for node in nodes or [iri]:
            for language, reason in correction.reasons.items():
                self.add(node, (GG.reason, Literal(reason, lang=language)))

    def link(self, row: _Row, statement: URIRef, position: int, basis: URIRef) -> URIRef:
        topic = self.names.topic(row.directive, position)
        node = self.names.topic_link(statement, position)
        self.add(statement, (GG.concernsTopic, topic))
        self.add(
            node,
            (RDF.type, GG.TopicLink),
            (GG.ofStatement, statement),
            (GG.linksTopic, topic),
            (GG.basis, basis),
        )
        return node

    def evidence(self, statement: URIRef, observation: URIRef, text: str, span: Span) -> None:
        """Point to a statement's exact words: by offsets, and as a quote with its context.

        See Web Annotation Data Model, sections 4.2.4 and 4.2.5.
        """
        passage = self.names.evidence(statement)
        quote = self.names.selector(passage, "quote")
        position = self.names.selector(passage, "position")
        start, end = span.start, span.end
        self.add(statement, (GG.evidence, passage))
        self.add(
            passage,
            (RDF.type, OA.SpecificResource),
            (OA.hasSource, observation),
            (OA.hasSelector, quote),
            (OA.hasSelector, position),
        )
        # Plain strings: a quote selector's texts have no language of their own.
        self.add(quote, (RDF.type, OA.TextQuoteSelector), (OA.exact, Literal(text[start:end])))
        for predicate, beside in (
            (OA.prefix, text[max(0, start - _BESIDE) : start]),
            (OA.suffix, text[end : end + _BESIDE]),
        ):
            if beside:
                self.add(quote, (predicate, Literal(beside)))
        self.add(
            position,
            (RDF.type, OA.TextPositionSelector),
            (OA.start, _integer(start, XSD.nonNegativeInteger)),
            (OA.end, _integer(end, XSD.nonNegativeInteger)),
        )

    def institution(self, institution: Institution) -> URIRef:
        iri = institution_iri(institution.slug)
        self.add(iri, (RDF.type, GG.Institution))
        if len(institution.labels) > 1:
            self.add(iri, (SKOS.editorialNote, _UNOFFICIAL))
        for language, label in institution.labels.items():
            self.add(iri, (SKOS.prefLabel, Literal(label, lang=language)))
        if institution.short:
            short = Literal(institution.short, lang=next(iter(institution.labels)))
            self.add(iri, (SKOS.altLabel, short))
        return iri

    def instrument(self, instrument: Instrument) -> URIRef:
        """Return an instrument's IRI; one that no reviewed facts describe is described here."""
        iri = instrument_iri(instrument.slug)
        if instrument.literal:
            literal = Literal(instrument.literal, lang=instrument.language)
            self.add(iri, (RDF.type, GG.Instrument), (GG.literalLabel, literal))
        return iri


_UNOFFICIAL = Literal(UNOFFICIAL, lang="en")


def _integer(number: int, datatype: URIRef = XSD.integer) -> Literal:
    return Literal(number, datatype=datatype)


def reading_graph(
    asserted: Graph,
    names: Names,
    data: Path,
    *,
    institutions: Path | None = None,
    instruments: Path | None = None,
    folder: Path | None = None,
    decisions: Decisions = UNDECIDED,
    by_row: bool = False,
) -> Graph:
    """Return what the observations of an analysis say, as a graph of its own.

    :param asserted: the asserted graph: directives with ``gg:hasTopic`` and
        ``gg:hasObservation``, topics with ``gg:addressedBy``, texts in ``gg:text``
    :param names: the IRIs of the analysis that is read
    :param data: the project's data folder, for the tables in ``reading/``
    :param institutions: the analysis's own table of institutions, if it has one
    :param instruments: the analysis's own table of instruments, if it has one
    :param folder: the analysis's folder, for rules of its own about its language in ``reading/``
    :param decisions: what people decided of its statements, which goes before the rules
    :param by_row: whether the table may have a row for each topic, with what is observed of it
    :return: ``gg:Statement``, ``gg:Measure``, ``gg:TopicLink`` and ``gg:Institution`` nodes,
        ``oa:`` evidence, and ``gg:theme`` of observations and concepts; no blank nodes.
        An observation in a language without rules is one ``gg:UnreadStatement``.
    :raises InputError: where a table cannot be read, or a reviewed row is about a statement or
        topic that is not there
    """
    state = last_segment(str(asserted.value(names.analysis, GG.jurisdiction) or ""))
    main = str(asserted.value(names.analysis, DCTERMS.language) or "")
    known = Known(state or "?", main, institutions, instruments)
    corrections = read_corrections(data, last_segment(names.analysis))
    builder = _Builder(names, corrections, decisions)
    concepts = {
        concept
        for topic, concept in asserted.subject_objects(GG.aboutConcept)
        if (topic, GG.inAnalysis, names.analysis) in asserted and isinstance(concept, URIRef)
    }
    for language in languages_of(asserted, names, plain_language(main)):
        own = folder / FOLDER if folder and language == plain_language(main) else None
        pack = find_pack(data, language, own)
        rows = _rows(asserted, names, language, decisions, by_row=by_row)
        if pack is None:
            for row in rows:
                builder.unread(row)
            continue
        rules = read_rules(data, pack, known)
        for row, said in zip(rows, rules.read([each.row for each in rows]), strict=True):
            builder.row(row, said)
            for observation, _, text in row.observations:
                for theme in rules.names.themes_of(text):
                    builder.add(observation, (GG.theme, GG[theme]))
        for concept in concepts:
            for theme in rules.names.themes_of(label_of(asserted, concept, language)):
                builder.add(concept, (GG.theme, GG[theme]))
    for correction in builder.corrections.values():
        raise correction.row.fail(
            told("is about a statement that is not there"), told("remove the row")
        )
    check_mitigated(decisions, names, builder.graph)
    return builder.graph
