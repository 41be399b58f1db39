"""Reviewed links to other datasets → the graph ``graph/links``.

Three tables: ``link-targets.tsv`` (the datasets), ``link-objects.tsv`` (their nodes, each with the
place where identifier and label were seen) and ``links.tsv`` (what of ours links to which, and by
which property).  A link is a direct triple, and a named record of it that carries its provenance;
there is one VoID linkset a dataset (VoID, section 5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, Literal, URIRef

from gapgraph.errors import InputError
from gapgraph.namespaces import (
    CC_BY,
    DATASET,
    DCTERMS,
    GG,
    ID,
    PREFIXES,
    RDF,
    SCHEMA,
    SDGO,
    SKOS,
    VOID,
    XSD,
    Names,
    instrument_iri,
)
from gapgraph.tables import Row, read_tsv
from gapgraph.told import told
from gapgraph.turtle import empty_graph

__all__ = ["Link", "Node", "Target", "links_graph", "read_links"]

_KEY = re.compile(r"[A-Za-z0-9._-]+")
_CURIES = {**PREFIXES, "sdgo": str(SDGO)}
#: The property by which a node of a class is part of another, as the UN's own data has it.
_PART_OF = {
    SDGO.Target: SDGO.isTargetOf,
    SDGO.Indicator: SDGO.isIndicatorOf,
    SDGO.Series: SDGO.isSeriesOf,
}


@dataclass(frozen=True)
class Target:
    """A dataset that is linked to.

    :param name: its short name, part of IRIs
    :param es: its Spanish title
    :param en: its English title
    :param pattern: what the IRIs of its nodes look like
    :param same: the IRI that its owner gives the dataset, or nothing
    :param rights: on which terms it may be used
    """

    name: str
    es: str
    en: str
    pattern: str
    same: str
    rights: str

    @property
    def iri(self) -> URIRef:
        """The dataset, as we describe it (``void:Dataset``)."""
        return ID[f"dataset/{self.name}"]

    @property
    def linkset(self) -> URIRef:
        """The links from our dataset to this one (``void:Linkset``)."""
        return ID[f"linkset/{self.name}"]


@dataclass(frozen=True)
class Node:
    """A node of another dataset.

    :param target: its dataset
    :param key: its short name in the tables
    :param iri: its IRI
    :param type: its class
    :param within: the nodes that it is part of, as its own dataset has them
    :param es: its Spanish label, or nothing
    :param en: its English label, or nothing
    :param evidence: where identifier and label were seen
    """

    target: Target
    key: str
    iri: URIRef
    type: URIRef
    within: tuple[Node, ...]
    es: str
    en: str
    evidence: str


@dataclass(frozen=True)
class Link:
    """A link from a node of ours to one of another dataset.

    :param iri: the link's own IRI, ``…/id/link/{kind}/{key}/{target}/{object}``
    :param subject: the node it starts from
    :param predicate: its property
    :param node: the node it arrives at
    :param note: why it is so, where that needs a word
    """

    iri: URIRef
    subject: URIRef
    predicate: URIRef
    node: Node
    note: str


def _targets(data: Path) -> dict[str, Target]:
    columns = ("target", "es", "en", "pattern", "same", "rights")
    targets: dict[str, Target] = {}
    for row in read_tsv(data / "link-targets.tsv", columns):
        target = Target(*(row[each] for each in columns))
        if not _KEY.fullmatch(target.name) or target.name in targets:
            raise row.fail(
                told("{target!r} is no name, or an earlier one", target=target.name),
                told("give it its own name"),
            )
        try:
            re.compile(target.pattern)
        except re.error as error:
            raise row.fail(
                told("the pattern cannot be read ({error})", error=error), told("mend it")
            ) from error
        targets[target.name] = target
    return targets


def _nodes(data: Path, targets: dict[str, Target]) -> dict[tuple[str, str], Node]:
    columns = ("target", "object", "iri", "type", "within", "es", "en", "evidence")
    nodes: dict[tuple[str, str], Node] = {}
    seen: set[URIRef] = set()
    for row in read_tsv(data / "link-objects.tsv", columns):
        target, key, iri = _target(row, targets), row["object"], URIRef(row["iri"])
        if not _KEY.fullmatch(key) or (target.name, key) in nodes or iri in seen:
            raise row.fail(
                told("{key!r} is no key, or stands twice", key=key), told("give each node one row")
            )
        if not re.fullmatch(target.pattern, iri):
            raise row.fail(
                told("{iri} does not look like a node of {target}", iri=iri, target=target.name),
                told("mend the IRI, or the pattern in link-targets.tsv"),
            )
        if not row["evidence"] or not (row["es"] or row["en"]):
            raise row.fail(
                told("has no label or no evidence"), told("say where it was seen, and its label")
            )
        kind = _curie(row, "type")
        wholes = [nodes.get((target.name, each)) for each in row["within"].split()]
        if None in wholes or (wholes and kind not in _PART_OF):
            raise row.fail(
                told("{key!r} cannot be within {within!r}", key=key, within=row["within"]),
                told("name goals, targets or indicators that stand above it"),
            )
        seen.add(iri)
        within = tuple(filter(None, wholes))
        nodes[target.name, key] = Node(
            target, key, iri, kind, within, row["es"], row["en"], row["evidence"]
        )
    return nodes


def _target(row: Row, targets: dict[str, Target]) -> Target:
    if row["target"] not in targets:
        raise row.fail(
            told("{target!r} is no dataset of link-targets.tsv", target=row["target"]),
            told("add it there"),
        )
    return targets[row["target"]]


def _curie(row: Row, column: str) -> URIRef:
    """Return the IRI that a cell writes with a prefix."""
    prefix, _, local = row[column].partition(":")
    if prefix not in _CURIES or not _KEY.fullmatch(local):
        raise row.fail(
            told("{column} {value!r} has no known prefix", column=column, value=row[column]),
            told("write prefix:name"),
        )
    return URIRef(_CURIES[prefix] + local)


def _subject(row: Row, names: Names, known: Graph) -> URIRef:
    """Return the node of ours that a row's kind and key name."""
    kind, key = row["kind"], row["key"]
    whole = {
        "framework": names.framework,
        "plan": names.plan,
        "analysis": names.analysis,
        "jurisdiction": known.value(names.analysis, GG.jurisdiction),
    }
    subject: object = None
    if kind in whole and not key:
        subject = whole[kind]
    elif kind in {"directive", "category"}:
        subject = (names.directive if kind == "directive" else names.category)(key)
    elif kind == "instrument":
        subject = instrument_iri(key)
    elif kind == "theme":
        subject = GG[key]
    elif kind in {"concept", "institution"}:
        subject = ID[f"{kind}/{key}"]
    if not isinstance(subject, URIRef) or (subject, None, None) not in known:
        raise row.fail(
            told("{kind} {key!r} is nothing that the graph holds", kind=kind, key=key),
            told("mend kind and key"),
        )
    return subject


def read_links(data: Path, names: Names, known: Graph) -> tuple[list[Target], list[Link]]:
    """Read the reviewed tables.

    :param data: the folder of the three tables
    :param names: the IRIs of the table that the links start from
    :param known: a graph that holds every node of ours that may link
    :return: the datasets and the links, both as ordered in the tables
    :raises InputError: with file and line, for a row that names a node of ours that is not there, a
        dataset or node that is not in its table, an IRI that does not look like one of its dataset,
        a pair of nodes linked twice, or a node that nothing links to and that has no parts
    """
    targets = _targets(data)
    nodes = _nodes(data, targets)
    links: dict[tuple[URIRef, URIRef], Link] = {}
    file = data / "links.tsv"
    for row in read_tsv(file, ("kind", "key", "predicate", "target", "object", "note")):
        subject, target = _subject(row, names, known), _target(row, targets)
        node = nodes.get((target.name, row["object"]))
        if node is None:
            raise row.fail(
                told(
                    "{target} {object!r} is no node of link-objects.tsv",
                    target=target.name,
                    object=row["object"],
                ),
                told("add it there"),
            )
        if (subject, node.iri) in links:
            raise row.fail(
                told("{subject} already links to {iri}", subject=subject, iri=node.iri),
                told("keep one link a pair"),
            )
        parts = filter(None, (row["kind"], row["key"], target.name, node.key))
        links[subject, node.iri] = Link(
            ID["link/" + "/".join(parts)], subject, _curie(row, "predicate"), node, row["note"]
        )
    wholes = {whole.iri for node in nodes.values() for whole in node.within}
    unused = {node.iri for node in nodes.values()} - {iri for _, iri in links} - wholes
    if unused:
        raise InputError(
            told("nothing links to {unused}", unused=min(unused)),
            todo=told("add a link, or remove its row from link-objects.tsv"),
            file=file,
        )
    return list(targets.values()), list(links.values())


def links_graph(data: Path, names: Names, known: Graph) -> Graph:
    """Return the links, the outside nodes' labels and classes, and the linksets.

    :param data: the folder of the three tables
    :param names: the IRIs of the table that the links start from
    :param known: a graph that holds every node of ours that may link
    :raises InputError: as `read_links`
    """
    targets, links = read_links(data, names, known)
    graph = empty_graph()
    for link in links:
        node = link.node
        _add_node(graph, node)
        graph.add((link.subject, link.predicate, node.iri))
        graph.add((link.iri, RDF.type, GG.ExternalLink))
        graph.add((link.iri, GG.linkFrom, link.subject))
        graph.add((link.iri, GG.linkProperty, link.predicate))
        graph.add((link.iri, GG.linkTo, node.iri))
        graph.add((link.iri, GG.basis, GG.editorial))
        graph.add((link.iri, DCTERMS.source, Literal(node.evidence)))
        graph.add((link.iri, DCTERMS.isPartOf, node.target.linkset))
        if link.note:
            graph.add((link.iri, GG.reason, Literal(link.note, lang="en")))
    for target in targets:
        _describe(graph, target, [link for link in links if link.node.target == target])
    return graph


def _add_node(graph: Graph, node: Node) -> None:
    """Add an outside node's class and labels, and those of what it is part of."""
    graph.add((node.iri, RDF.type, node.type))
    for language, label in (("es", node.es), ("en", node.en)):
        if label:
            graph.add((node.iri, SKOS.prefLabel, Literal(label, lang=language)))
    for whole in node.within:
        graph.add((node.iri, _PART_OF[node.type], whole.iri))
        _add_node(graph, whole)


def _describe(graph: Graph, target: Target, links: list[Link]) -> None:
    """Add a dataset and the linkset that leads to it."""
    graph.add((DATASET, RDF.type, VOID.Dataset))
    graph.add((DATASET, VOID.subset, target.linkset))
    graph.add((target.iri, RDF.type, VOID.Dataset))
    graph.add((target.iri, VOID.uriRegexPattern, Literal(f"^({target.pattern})$")))
    graph.add((target.iri, DCTERMS.rights, Literal(target.rights, lang="en")))
    if target.same:
        graph.add((target.iri, SCHEMA.sameAs, URIRef(target.same)))
    graph.add((target.linkset, RDF.type, VOID.Linkset))
    graph.add((target.linkset, VOID.subjectsTarget, DATASET))
    graph.add((target.linkset, VOID.objectsTarget, target.iri))
    graph.add((target.linkset, VOID.triples, Literal(len(links), datatype=XSD.integer)))
    graph.add((target.linkset, DCTERMS.license, CC_BY))
    for link in links:
        graph.add((target.linkset, VOID.linkPredicate, link.predicate))
    for language, title, lead in (("es", target.es, "Vínculos con"), ("en", target.en, "Links to")):
        graph.add((target.iri, DCTERMS.title, Literal(title, lang=language)))
        graph.add((target.linkset, DCTERMS.title, Literal(f"{lead}: {title}", lang=language)))
