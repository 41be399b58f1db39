"""What a dataset says of itself in ``graph/meta``: what catalogues list, and its partitions.

Clients that know an endpoint and nothing else look for classes and properties in it (VoID,
sections 4.4 and 4.5).  Everything is counted but ``graph/meta``, which cannot count itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from rdflib import Literal, URIRef

from gapgraph.namespaces import BASE, DATASET, RDF, VOID, XSD
from gapgraph.ntriples import Triple, Written, iri_of, iri_term
from gapgraph.rdf import read_turtle

__all__ = ["CATALOG", "catalog", "part", "partitions"]

#: The file of what catalogues list, in the folder of the data.
CATALOG = "catalog.ttl"


def catalog(data: Path) -> Iterable[Triple]:
    """Return what catalogues list of the dataset.

    :param data: the folder of the data
    :raises InputError: where the file cannot be read
    """
    return read_turtle(data / CATALOG)


def part(kind: str, iri: str) -> URIRef:
    """Return the IRI of a part of the dataset's description."""
    return URIRef(f"{BASE}.well-known/void#{kind}-{quote(iri.removeprefix(BASE), safe='')}")


def partitions(graphs: Mapping[URIRef, Iterable[Written]]) -> Iterator[Triple]:
    """Yield the partitions of a dataset by class, by property, and by property within a class.

    :param graphs: its triples by named graph, as they are written, none of them twice
    """
    classes: dict[str, set[str]] = {}
    kind_of = iri_term(RDF.type)
    for triples in graphs.values():
        for subject, predicate, value in triples:
            if predicate == kind_of and iri_of(value):
                classes.setdefault(subject, set()).add(value)
    entities = Counter(kind for kinds in classes.values() for kind in kinds)
    used: Counter[str] = Counter()
    within: Counter[tuple[str, str]] = Counter()
    subjects: defaultdict[str, set[str]] = defaultdict(set)
    objects: defaultdict[str, set[str]] = defaultdict(set)
    for triples in graphs.values():
        for subject, predicate, value in triples:
            used[predicate] += 1
            subjects[predicate].add(subject)
            objects[predicate].add(value)
            for kind in classes.get(subject, ()):
                within[kind, predicate] += 1
    yield DATASET, VOID.triples, _number(used.total())
    yield DATASET, VOID.distinctSubjects, _number(len(set().union(*subjects.values())))
    yield DATASET, VOID.distinctObjects, _number(len(set().union(*objects.values())))
    yield DATASET, VOID.classes, _number(len(entities))
    yield DATASET, VOID.properties, _number(len(used))
    for kind, count in entities.items():
        node = part("class", iri_of(kind))
        yield DATASET, VOID.classPartition, node
        yield node, VOID["class"], URIRef(iri_of(kind))
        yield node, VOID.entities, _number(count)
    for predicate, count in used.items():
        node = part("property", iri_of(predicate))
        yield DATASET, VOID.propertyPartition, node
        yield node, VOID.property, URIRef(iri_of(predicate))
        yield node, VOID.triples, _number(count)
        yield node, VOID.distinctSubjects, _number(len(subjects[predicate]))
        yield node, VOID.distinctObjects, _number(len(objects[predicate]))
    for (kind, predicate), count in within.items():
        outer = part("class", iri_of(kind))
        inner = URIRef(f"{outer}-{quote(iri_of(predicate).removeprefix(BASE), safe='')}")
        yield outer, VOID.propertyPartition, inner
        yield inner, VOID.property, URIRef(iri_of(predicate))
        yield inner, VOID.triples, _number(count)


def _number(count: int) -> Literal:
    return Literal(str(count), datatype=XSD.integer)
