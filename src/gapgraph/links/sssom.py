"""Mappings of the table, and links of concepts, as SSSOM/TSV (SSSOM 1.1, "The TSV format").

A cell that says there is no element is a row whose object is ``sssom:NoTermFound``, with the plan
as the source that was searched.  No "exact" match is claimed there: the table relates two things.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.term import Literal
from rdflib.term import Node as Term

from gapgraph.annex.export import chosen_analysis
from gapgraph.errors import InputError
from gapgraph.links.table import read_links
from gapgraph.namespaces import (
    BASE,
    CC_BY,
    DATASET,
    DCTERMS,
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
from gapgraph.turtle import natural

__all__ = ["export_links_sssom", "export_sssom"]

_BUILT_IN = {
    "gg": PREFIXES["gg"],
    "semapv": "https://w3id.org/semapv/vocab/",
    "sssom": "https://w3id.org/sssom/",
}
_BY_HAND = "semapv:ManualMappingCuration"
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


#: One mapping: cell by column.
Row = dict[str, str]
#: The columns that are written, in the order of the schema's slots.
_COLUMNS = (
    "record_id", "subject_id", "subject_label", "predicate_id", "object_id", "object_label",
    "mapping_justification", "subject_source", "object_source", "comment",
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
        raise InputError(f"{iri} has no prefix", todo="give its namespace a prefix")


def _label(graph: Graph, node: Term, predicate: URIRef = SKOS.prefLabel) -> str:
    """Return a Spanish label, or nothing."""
    labels = sorted(
        str(each)
        for each in graph.objects(node, predicate)
        if isinstance(each, Literal) and each.language == "es"
    )
    return labels[0] if labels else ""


def _document(facts: Mapping[str, str], prefixes: Mapping[str, str], rows: Sequence[Row]) -> str:
    """Return an SSSOM/TSV document; columns that no row fills are left out."""
    head = ["#curie_map:", *(f"#  {name}: {prefixes[name]}" for name in sorted(prefixes))]
    # A JSON string is a YAML one.
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


def export_sssom(graph: Graph, analysis: URIRef | None = None) -> str:
    """Return the table's mappings: one row for each ``gg:Mapping``.

    :param graph: an asserted graph
    :param analysis: IRI of the analysis; needed where the graph holds several
    :return: SSSOM/TSV; ``gg:addressedBy`` is the predicate
    :raises InputError: where there is no such analysis, or more than one and none is named
    """
    names = _names(graph, analysis)
    short = _Shortener(
        {
            **names.prefixes(),
            "framework": PREFIXES["framework"],
            "plan": PREFIXES["plan"],
        }
    )
    rows = []
    for mapping in _in_order(graph.subjects(GG.inAnalysis, names.analysis)):
        topic = graph.value(mapping, GG.mapsTopic)
        if topic is None or (mapping, RDF.type, GG.Mapping) not in graph:
            continue
        element = graph.value(mapping, GG.mapsTo)
        rows.append(
            {
                "record_id": short(mapping),
                "subject_id": short(topic),
                "subject_label": _label(graph, topic),
                "predicate_id": "gg:addressedBy",
                "object_id": "sssom:NoTermFound" if element is None else short(element),
                "object_label": "" if element is None else _label(graph, element),
                "mapping_justification": _BY_HAND,
                "subject_source": short(names.framework),
                "object_source": short(names.plan),
                "comment": _label(graph, mapping, GG.literalLabel),
            }
        )
    source = graph.value(names.analysis, PROV.wasDerivedFrom)
    facts = {
        "mapping_set_id": str(names.analysis),
        "mapping_set_title": f"{_label(graph, names.framework)}: {_label(graph, names.plan)}",
        "license": "https://w3id.org/sssom/license/unspecified",
        "comment": str(graph.value(source, DCTERMS.rights) or ""),
        "sssom_version": "1.1",
    }
    return _document(facts, short.used, rows)


def export_links_sssom(data: Path, asserted: Graph, ontology: Graph) -> str:
    """Return the links of concepts to other datasets: one row for each.

    :param data: the folder of the reviewed tables
    :param asserted: an asserted graph of one analysis, from which the links start
    :param ontology: the ontology, whose concepts link too
    :return: SSSOM/TSV of the links by a SKOS mapping property or ``dcterms:relation``
    :raises InputError: where the tables cannot be read
    """
    names = _names(asserted, None)
    graph = ontology + context_graph(data, names, asserted) + asserted
    kept = [
        link
        for link in read_links(data, names, graph)[1]
        if link.predicate in _PROPERTIES and _is_concept(graph, link.subject)
    ]
    prefixes = {name: PREFIXES[name] for name in ("concept", "dcterms", "gg", "plan", "skos")}
    prefixes |= {
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
            "subject_label": _label(graph, link.subject),
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
        "sssom_version": "1.1",
    }
    return _document(facts, short.used, rows)


def _names(graph: Graph, analysis: URIRef | None) -> Names:
    """Return the IRIs of the analysis that is meant, its framework and its plan."""
    chosen = chosen_analysis(graph, analysis)
    framework, plan = graph.value(chosen, GG.framework), graph.value(chosen, GG.plan)
    if not isinstance(framework, URIRef) or not isinstance(plan, URIRef):
        raise InputError(f"{chosen} has no framework or no plan", todo="add gg:framework, gg:plan")
    return Names(URIRef(str(chosen)), framework, plan)


def _is_concept(graph: Graph, node: URIRef) -> bool:
    """Tell whether a node of ours is a concept: a plan's elements are."""
    kinds = (SKOS.Concept, GG.PlanElement, GG.PNATCategory)
    return any((node, RDF.type, kind) in graph for kind in kinds)


def _in_order(nodes: Iterable[Term]) -> list[Term]:
    return sorted(set(nodes), key=lambda node: natural(str(node)))
