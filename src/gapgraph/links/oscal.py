"""Mappings of the table in the control mapping model of OSCAL 1.2 (JSON).

A topic is a statement of the framework; a directive that is its own topic is a control.  A topic
for which there is nothing is listed among the unmapped.  Where the table says how two things are
related, the relationship is OSCAL's; else it is ``addressed-by``, in the namespace of the ontology.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from rdflib import Graph
from rdflib.term import Node

from gapgraph import __version__
from gapgraph.annex.values import RELATIONS, STATUSES
from gapgraph.files import sha256
from gapgraph.links.sssom import label_of, names_of, rows_of
from gapgraph.namespaces import DCTERMS, GG, PROV

__all__ = ["RELATIONSHIPS", "export_oscal"]

#: The relationships of OSCAL, by those of the ontology.
RELATIONSHIPS = {
    "equal": "equal-to",
    "equivalent": "equivalent-to",
    "subset": "subset-of",
    "superset": "superset-of",
    "intersects": "intersects-with",
}
_OTHER = "addressed-by"
_NEVER = "1970-01-01"


def export_oscal(graph: Graph, analysis: str = "") -> str:
    """Return the mappings of a table as a mapping collection: a map for each of its values.

    :param graph: an asserted graph
    :param analysis: IRI of the analysis or the last part of that; needed where there are several
    :return: JSON; equal tables give equal bytes
    :raises NotFoundError: where there is no such analysis
    :raises InputError: where the graph holds none, or more than one and none is named
    """
    names = names_of(graph, analysis)
    rows = list(rows_of(graph, names))
    maps = [_map(graph, mapping, topic, part) for mapping, topic, part in rows if part is not None]
    unmapped = [_token(topic) for _, topic, part in rows if part is None]
    source = graph.value(names.analysis, PROV.wasDerivedFrom)
    rights = str(graph.value(source, DCTERMS.rights) or "")
    date = graph.value(names.analysis, DCTERMS.date) or _NEVER
    mapping: dict[str, Any] = {
        "uuid": _uuid(f"{names.analysis}#mapping"),
        "source-resource": {"type": "catalog", "href": str(names.framework)},
        "target-resource": {"type": "catalog", "href": str(names.plan)},
        "maps": maps,
    }
    if unmapped:
        mapping["source-gap-summary"] = {
            "uuid": _uuid(f"{names.analysis}#unmapped"),
            "unmapped-controls": [{"with-ids": list(dict.fromkeys(unmapped))}],
        }
    title = f"{label_of(graph, names.framework)}: {label_of(graph, names.plan)}"
    content = {
        "metadata": {
            "title": title,
            "last-modified": f"{date}T00:00:00Z",
            "version": sha256(json.dumps(mapping))[:16],
            "oscal-version": "1.2.0",
            "remarks": " ".join(filter(None, (f"gapgraph {__version__}.", rights))),
        },
        "provenance": {
            "method": "human",
            "matching-rationale": "semantic",
            "status": "complete",
            "mapping-description": title,
        },
        "mappings": [mapping],
    }
    identifier = _uuid(f"{names.analysis}#{content['metadata']['version']}")  # type: ignore[index]
    document = {"mapping-collection": {"uuid": identifier, **content}}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _map(graph: Graph, mapping: Node, topic: Node, part: Node) -> dict[str, Any]:
    """Return the entry of one value."""
    relation = str(graph.value(mapping, GG.relation) or "").removeprefix(str(GG))
    status = str(graph.value(mapping, GG.declaredStatus) or "").removeprefix(str(GG))
    degree = str(graph.value(mapping, GG.degree) or "")
    said = {"status": status if status in STATUSES else "", "degree": degree}
    entry: dict[str, Any] = {"uuid": _uuid(str(mapping))}
    if relation not in RELATIONS:
        entry["ns"] = str(GG)
    entry["relationship"] = RELATIONSHIPS.get(relation, _OTHER)
    entry["sources"] = [{"type": "statement", "id-ref": _token(topic)}]
    entry["targets"] = [
        {
            "type": "control",
            "id-ref": _token(part),
            "remarks": label_of(graph, part),
        }
    ]
    props = [
        {"name": name, "ns": str(GG), "value": " ".join(value.split())}
        for name, value in said.items()
        if value
    ]
    if props:
        entry["props"] = props
    entry["remarks"] = label_of(graph, mapping, GG.literalLabel)
    return entry


def _token(node: Node) -> str:
    """Return a name that OSCAL takes for an identifier: what an IRI of ours ends in.

    >>> from rdflib import URIRef
    >>> _token(URIRef("https://w3id.org/gapgraph/id/analysis/a/topic/6-1-a.2"))
    'topic-6-1-a.2'
    """
    family, name = str(node).rsplit("/", 2)[-2:]
    return f"{family}-{name}"


def _uuid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))
