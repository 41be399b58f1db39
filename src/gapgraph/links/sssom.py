"""Mappings of the table, and links of concepts, as SSSOM/TSV (SSSOM 1.1, "The TSV format").

A cell that says there is no element is a row whose object is ``sssom:NoTermFound``, with the plan
as the source that was searched, and the sentences that say why as its comment.  The predicate is
the relation that the table itself gives; where it gives none, ``gg:addressedBy``, and no more.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from rdflib import Graph, URIRef
from rdflib.namespace import FOAF
from rdflib.term import Literal
from rdflib.term import Node as Term

from gapgraph import __version__
from gapgraph.annex.export import chosen_analysis
from gapgraph.decisions.outside import OutsideReading
from gapgraph.decisions.table import Decided
from gapgraph.errors import InputError
from gapgraph.files import sha256
from gapgraph.links.readers import Row, readers_of, reviewed, rules_of
from gapgraph.links.table import read_links
from gapgraph.namespaces import (
    BASE,
    CC_BY,
    DATASET,
    DCTERMS,
    ELEMENTS,
    GG,
    ID,
    PREFIXES,
    PROV,
    RDF,
    SKOS,
    Names,
    graph_iri,
)
from gapgraph.reviewed import context_graph
from gapgraph.told import told
from gapgraph.turtle import natural

__all__ = ["PREDICATES", "export_links_sssom", "export_sssom", "label_of", "names_of", "rows_of"]

_BUILT_IN = {
    "gg": PREFIXES["gg"],
    "semapv": "https://w3id.org/semapv/vocab/",
    "sssom": "https://w3id.org/sssom/",
}
_BY_HAND = "semapv:ManualMappingCuration"
#: What a value of a cell may say instead of leading to an element.
_NO_TERM_SAID = (GG.declaredStatus, GG.relation)
#: The predicates of the relations that a table gives.
PREDICATES = {
    "equal": SKOS.exactMatch,
    "equivalent": SKOS.closeMatch,
    "subset": SKOS.broadMatch,
    "superset": SKOS.narrowMatch,
    "intersects": SKOS.relatedMatch,
}
_CONFIDENCE = r"0(?:\.\d+)?|1(?:\.0+)?"
#: The properties whose links are mappings.
_PROPERTIES = frozenset(
    {
        SKOS.exactMatch,
        SKOS.closeMatch,
        SKOS.broadMatch,
        SKOS.narrowMatch,
        SKOS.relatedMatch,
        DCTERMS.relation,
    }
)


#: The columns that are written, in the order of the schema's slots.
_COLUMNS = (
    "record_id", "subject_id", "subject_label", "predicate_id", "object_id", "object_label",
    "mapping_justification", "reviewer_id", "reviewer_label", "subject_source", "object_source",
    "review_date", "confidence", "reviewer_agreement", "other", "comment",
)  # fmt: skip


class _Shortener:
    """Writes IRIs as CURIEs, and keeps the prefixes it used.

    :param prefixes: namespaces by prefix
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._namespaces = sorted(prefixes.items(), key=lambda pair: (-len(pair[1]), pair))
        self.used = dict(_BUILT_IN)

    def __call__(self, iri: Term) -> str:
        """Return an IRI as a CURIE.

        :raises InputError: where no prefix fits
        """
        for name, namespace in self._namespaces:
            local = str(iri).removeprefix(namespace)
            if len(local) < len(str(iri)) and re.fullmatch(r"[A-Za-z0-9_./-]+", local):
                self.used[name] = namespace
                return f"{name}:{local}"
        raise InputError(
            told("{iri} has no prefix", iri=iri), todo=told("give its namespace a prefix")
        )


def label_of(graph: Graph, node: Term, predicate: URIRef = SKOS.prefLabel) -> str:
    """Return a label, in Spanish where there is one; nothing where there is none."""
    labels = sorted(
        (each.language != "es", str(each))
        for each in graph.objects(node, predicate)
        if isinstance(each, Literal)
    )
    return labels[0][1] if labels else ""


def _publication(listed: Graph, short: _Shortener) -> dict[str, str | list[str]]:
    """Return who publishes the mappings of this project, and when, as its catalogue lists it."""
    creators = sorted(listed.objects(DATASET, DCTERMS.creator), key=str)
    return {
        "creator_id": [short(each) for each in creators],
        "creator_label": [str(listed.value(each, FOAF.name) or each) for each in creators],
        "publication_date": str(listed.value(DATASET, DCTERMS.modified) or ""),
    }


def _document(
    facts: Mapping[str, str | list[str]], prefixes: Mapping[str, str], rows: Sequence[Row]
) -> str:
    """Return an SSSOM/TSV document; columns that no row fills are left out.

    Its version names its rows: equal mappings have equal versions.
    """
    facts = {
        **facts,
        "mapping_set_version": sha256(json.dumps(rows))[:16],
        "mapping_tool": "gapgraph",
        "mapping_tool_version": __version__,
        "sssom_version": "1.1",
    }
    head = ["#curie_map:", *(f"#  {name}: {prefixes[name]}" for name in sorted(prefixes))]
    # JSON is YAML.
    head += [
        f"#{name}: {json.dumps(value, ensure_ascii=False)}"
        for name, value in facts.items()
        if value
    ]
    columns = [each for each in _COLUMNS if any(row.get(each) for row in rows)]
    table = io.StringIO()
    writer = csv.writer(table, delimiter="\t", lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([" ".join(row.get(each, "").split()) for each in columns] for row in rows)
    return "\n".join(head) + "\n" + table.getvalue()


def rows_of(graph: Graph, names: Names) -> Iterator[tuple[Term, Term, Term | None]]:
    """Yield each value of a table, its topic, and the part of the plan that it names, in order.

    A status or a relation in the table's own words is left out: no part is looked for there.
    """
    for mapping in _in_order(graph.subjects(GG.inAnalysis, names.analysis)):
        topic = graph.value(mapping, GG.mapsTopic)
        if topic is None or (mapping, RDF.type, GG.Mapping) not in graph:
            continue
        part = graph.value(mapping, GG.mapsTo)
        if part is not None or not any((mapping, said, None) in graph for said in _NO_TERM_SAID):
            yield mapping, topic, part


def _sentences(statements: Graph, topic: Term) -> list[str]:
    """Return the omissions that were read on a topic, as quotations."""
    omissions = [
        each
        for each in statements.subjects(GG.concernsTopic, topic)
        if (each, RDF.type, GG.Omission) in statements
    ]
    return [f"“{label_of(statements, each, GG.text)}”" for each in _in_order(omissions)]


def export_sssom(
    graph: Graph,
    analysis: str = "",
    *,
    listed: Graph | None = None,
    statements: Graph | None = None,
    holding: Mapping[str, Sequence[Decided]] = MappingProxyType({}),
    outside: Sequence[OutsideReading] = (),
) -> str:
    """Return the table's mappings: one row for each ``gg:Mapping``.

    :param graph: an asserted graph
    :param analysis: IRI of the analysis or the last part of that; needed where there are several
    :param listed: what catalogues list, where the table is the project's own: who publishes it,
        and when
    :param statements: what was read in the observations: why there is nothing for a topic
    :param holding: the decisions of people that hold, by the end of the IRI of their thing
    :param outside: what documents of others say of its topics
    :return: SSSOM/TSV; the predicate is the relation that the table gives, else ``gg:addressedBy``
    :raises NotFoundError: where there is no such analysis
    :raises InputError: where the graph holds none, or more than one and none is named
    """
    names = names_of(graph, analysis)
    short = _Shortener(
        {
            **names.prefixes(),
            "agent": f"{ID}agent/",
            "reviewer": f"{names.analysis}/reviewer/",
            "framework": PREFIXES["framework"],
            "plan": PREFIXES["plan"],
            "skos": PREFIXES["skos"],
        }
    )
    source = graph.value(names.analysis, PROV.wasDerivedFrom)
    # What a mapping set calls a degree is its confidence; what another table does is its own.
    is_sssom = str(graph.value(source, DCTERMS.title) or "").endswith(".sssom.tsv")
    rows = []
    for mapping, topic, element in rows_of(graph, names):
        relation = str(graph.value(mapping, GG.relation) or "").removeprefix(str(GG))
        degree = str(graph.value(mapping, GG.degree) or "")
        predicate = PREDICATES.get(relation)
        said = [label_of(graph, mapping, GG.literalLabel), degree and f"degree: {degree}"]
        if element is None and statements is not None:
            said += _sentences(statements, topic)
        item = str(topic).removeprefix(f"{names.analysis}/")
        readers = readers_of(item, holding, outside)
        review = reviewed(readers, names, short, none=element is None)
        rows.append(
            review
            | {
                "record_id": short(mapping),
                "subject_id": short(topic),
                "subject_label": label_of(graph, topic),
                "predicate_id": short(predicate) if predicate else "gg:addressedBy",
                "object_id": "sssom:NoTermFound" if element is None else short(element),
                "object_label": "" if element is None else label_of(graph, element),
                "mapping_justification": _BY_HAND,
                "subject_source": short(names.framework),
                "object_source": short(names.plan),
                "confidence": degree if is_sssom and re.fullmatch(_CONFIDENCE, degree) else "",
                "other": rules_of(statements, topic) if statements is not None else "",
                "comment": "; ".join(filter(None, [*said, review.get("comment", "")])),
            }
        )
    facts: dict[str, str | list[str]] = {
        "mapping_set_id": str(names.analysis),
        "mapping_set_title": f"{label_of(graph, names.framework)}: {label_of(graph, names.plan)}",
        "license": "https://w3id.org/sssom/license/unspecified",
        "mapping_date": str(graph.value(names.analysis, DCTERMS.date) or ""),
        "comment": str(graph.value(source, DCTERMS.rights) or ""),
        **(_publication(listed, short) if listed else {}),
    }
    return _document(facts, short.used, rows)


def export_links_sssom(data: Path, asserted: Graph, ontology: Graph, listed: Graph) -> str:
    """Return the links of concepts to other datasets: one row for each.

    :param data: the folder of the reviewed tables
    :param asserted: an asserted graph of one analysis, from which the links start
    :param ontology: the ontology, whose concepts link too
    :param listed: what catalogues list: who publishes the links, and when
    :return: SSSOM/TSV of the links by a SKOS mapping property or ``dcterms:relation``
    :raises InputError: where the tables cannot be read
    """
    names = names_of(asserted)
    graph = ontology + context_graph(data, names, asserted) + asserted
    kept = [
        link
        for link in read_links(data, names, graph)[1]
        if link.predicate in _PROPERTIES and _is_concept(graph, link.subject)
    ]
    prefixes = {name: PREFIXES[name] for name in ("concept", "dcterms", "gg", "plan", "skos")}
    prefixes |= {
        "agent": f"{ID}agent/",
        "dataset": f"{ID}dataset/",
        "link": f"{ID}link/",
        "void": f"{BASE}.well-known/void#",
    }
    for link in kept:
        prefixes.setdefault(link.node.target.name, re.sub(r"[^/#]+$", "", link.node.iri))
    short = _Shortener(prefixes)
    rows: list[Row] = [
        {
            "record_id": short(link.iri),
            "subject_id": short(link.subject),
            "subject_label": label_of(graph, link.subject),
            "predicate_id": short(link.predicate),
            "object_id": short(link.node.iri),
            "object_label": link.node.es or link.node.en,
            "mapping_justification": _BY_HAND,
            "subject_source": short(DATASET),
            "object_source": short(link.node.target.iri),
            "comment": "; ".join(filter(None, (link.note, link.node.evidence))),
        }
        for link in kept
    ]
    facts = {
        "mapping_set_id": str(graph_iri("links")),
        "mapping_set_title": "gapgraph: links of concepts to other datasets",
        "license": str(CC_BY),
        **_publication(listed, short),
    }
    return _document(facts, short.used, rows)


def names_of(graph: Graph, analysis: str = "") -> Names:
    """Return the IRIs of the analysis that is meant, its framework and its plan."""
    chosen = chosen_analysis(graph, analysis)
    framework, plan = graph.value(chosen, GG.framework), graph.value(chosen, GG.plan)
    if not isinstance(framework, URIRef) or not isinstance(plan, URIRef):
        raise InputError(
            told("{chosen} has no framework or no plan", chosen=chosen),
            todo=told("add gg:framework, gg:plan"),
        )
    return Names(chosen, framework, plan)


def _is_concept(graph: Graph, node: URIRef) -> bool:
    """Tell whether a node of ours is a concept: a plan's elements are."""
    return any((node, RDF.type, kind) in graph for kind in (SKOS.Concept, *ELEMENTS))


def _in_order(nodes: Iterable[Term]) -> list[Term]:
    return sorted(set(nodes), key=lambda node: natural(str(node)))
