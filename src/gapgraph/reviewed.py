"""Reviewed knowledge from outside the table: facts with their sources, and labels.

These go into the graph ``graph/context``, apart from what the table asserts.  Reviewed coverage
goes into the derived graph, beside what the rules conclude.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rdflib import Graph, Literal, URIRef

from gapgraph.namespaces import GG, ID, RDF, SKOS, Names, last_segment, slug
from gapgraph.ntriples import Written, iri_term
from gapgraph.rdf import read_turtle
from gapgraph.statuses import OF_TOPICS
from gapgraph.tables import Row, read_tsv
from gapgraph.told import told
from gapgraph.turtle import empty_graph

__all__ = [
    "LOCI",
    "UNOFFICIAL",
    "common_facts",
    "context_graph",
    "coverage_reviews",
]

#: The notes that mark every label of ours: an English one, and one in another language.
UNOFFICIAL = "The English label is an unofficial translation by gapgraph."
_UNOFFICIAL_IN = "The label in %r is an unofficial translation by gapgraph."

#: What a reviewed table may call the loci: local names in the ontology.
LOCI = ("planMeasure", "conceptualFramework", "normativeFramework", "invokedInstrument")


def _labelled(row: Row, names: Names) -> URIRef:
    """Return the node that a row of a table of labels gives one."""
    kind, key = row["kind"], row["key"]
    if kind == "concept":
        return ID[f"concept/{key}"]
    if kind == "element":
        return URIRef(f"{names.plan}/element/{key}")
    if kind in {"section", "category"} and key == slug(key) != "":
        return names.section(key) if kind == "section" else names.category(key)
    raise row.fail(
        told("{kind} {key!r} is no section, category, element or concept", kind=kind, key=key),
        told("mend kind and key"),
    )


def context_graph(data: Path, names: Names, asserted: Graph) -> Graph:
    """Return the reviewed facts and labels.

    :param data: the folder of ``context.ttl``, and of a ``labels-{language}.tsv`` for each language
    :param names: the IRIs that the labels are for
    :param asserted: the asserted graph, whose Spanish labels the table must repeat
    :raises InputError: where a file cannot be read, or a row names a node that is not there or
        repeats another Spanish label than the graph has
    """
    graph = read_turtle(data / "context.ttl")
    for table in sorted(data.glob("labels-*.tsv")):
        graph += _labels(table, names, asserted)
    return graph


def _labels(table: Path, names: Names, asserted: Graph) -> Graph:
    """Return the labels of one language, each marked as ours.

    :raises InputError: as `context_graph` does
    """
    language = table.stem.removeprefix("labels-")
    note = {"en": UNOFFICIAL}.get(language, _UNOFFICIAL_IN % language)
    graph = empty_graph()
    for row in read_tsv(table, ("kind", "key", "es", language)):
        node = _labelled(row, names)
        spanish = Literal(row["es"], lang="es")
        if (node, RDF.type, None) not in asserted:
            raise row.fail(told("{node} is not in the table", node=node), told("mend kind and key"))
        if (node, SKOS.prefLabel, spanish) not in asserted:
            raise row.fail(
                told(
                    "the Spanish label is {label!r}, not {es!r}",
                    label=graph_label(asserted, node),
                    es=row["es"],
                ),
                told("review the translation, then mend the row"),
            )
        if not row[language]:
            raise row.fail(
                told("has no label in {language!r}", language=language), told("write one")
            )
        graph.add((node, SKOS.prefLabel, Literal(row[language], lang=language)))
        graph.add((node, SKOS.editorialNote, Literal(note, lang="en")))
    return graph


def common_facts(data: Path, tables: Iterable[Iterable[Written]]) -> Graph:
    """Return the reviewed facts that are of no one table, or of what these tables speak of.

    :param data: the folder of ``context.ttl``
    :param tables: the asserted graphs of a build without the project's own table, as they are
        written
    """
    spoken = {node for table in tables for triple in table for node in (triple[0], triple[2])}
    families = (f"{ID}instrument/", f"{ID}institution/")
    graph = empty_graph()
    for triple in read_turtle(data / "context.ttl"):
        if iri_term(str(triple[0])) in spoken or str(triple[0]).startswith(families):
            graph.add(triple)
    return graph


def graph_label(graph: Graph, node: URIRef) -> str:
    """Return a node's Spanish label, or nothing."""
    labels = (each for each in graph.objects(node, SKOS.prefLabel) if isinstance(each, Literal))
    return next((str(each) for each in labels if each.language == "es"), "")


def coverage_reviews(table: Path, names: Names, asserted: Graph) -> Graph:
    """Return the assessments that somebody made by reading, where rules cannot know.

    :param table: a table of analysis (``oas-pnat``), topic (``7.3``), status, locus (several
        with commas, or ``-``) and reason; rows of other analyses are left out
    :param names: the IRIs of the analysis
    :param asserted: its asserted graph, which must hold each topic
    :raises InputError: for a topic that is not there or comes twice, an unknown status or locus,
        or a row without a reason
    """
    graph = empty_graph()
    for row in read_tsv(table, ("analysis", "topic", "status", "locus", "reason")):
        if row["analysis"] != last_segment(names.analysis):
            continue
        topic = URIRef(f"{names.analysis}/topic/{row['topic']}")
        review = names.assessment(topic, "review")
        loci = [] if row["locus"] == "-" else row["locus"].split(",")
        if (topic, RDF.type, GG.Topic) not in asserted:
            raise row.fail(
                told("topic {topic!r} is not in the table", topic=row["topic"]),
                told("mend its number"),
            )
        if (review, None, None) in graph:
            raise row.fail(
                told("topic {topic} was reviewed above", topic=row["topic"]), told("keep one row")
            )
        if row["status"] not in OF_TOPICS:
            raise row.fail(
                told("status {status!r} is unknown", status=row["status"]),
                told("use {these}", these=", ".join(OF_TOPICS)),
            )
        if not set(loci) <= set(LOCI):
            raise row.fail(
                told("locus {locus!r} is unknown", locus=row["locus"]),
                told("use {loci}, or -", loci=", ".join(LOCI)),
            )
        if not row["reason"]:
            raise row.fail(told("has no reason"), told("write why the rules cannot know"))
        for predicate, value in (
            (RDF.type, GG.CoverageAssessment),
            (GG.inAnalysis, names.analysis),
            (GG.assesses, topic),
            (GG.basis, GG.review),
            (GG.coverageStatus, GG[row["status"]]),
            (GG.reason, Literal(row["reason"], lang="en")),
            *((GG.locus, GG[locus]) for locus in loci),
        ):
            graph.add((review, predicate, value))
    return graph
