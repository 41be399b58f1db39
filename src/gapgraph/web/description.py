"""The service described: SPARQL Service Description, VoID and DCAT, counted in the data itself.

Sources: SPARQL 1.1 Service Description; Describing Linked Datasets with the VoID Vocabulary
(W3C Interest Group Note); DCAT 3.  No blank nodes: parts of a description have IRIs of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from urllib.parse import quote

from rdflib import Literal, URIRef
from rdflib.namespace import DCAT, VOID, XSD
from rdflib.term import Node

from gapgraph.namespaces import BASE, CC_BY, DATASET, DCTERMS, GG, ID, PROV, RDF, SCHEMA, SD
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.web.service import Service

__all__ = [
    "DATASET",
    "DUMPS",
    "describe_dataset",
    "describe_service",
    "schema_dataset",
    "vocabulary",
]

Triple = tuple[Node, Node, Node]

#: The dumps: file name suffix, media type, its name in the W3C's list of formats.
DUMPS = {
    "ttl": ("text/turtle", "Turtle"),
    "trig": ("application/trig", "TriG"),
    "nq": ("application/n-quads", "N-Quads"),
    "jsonld": ("application/ld+json", "JSON-LD"),
}
#: DCAT 3, section 6.4.20.
_VERSION = URIRef(f"{DCAT}version")
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULT_FORMATS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
)
_TITLE = {
    "es": "gapgraph: las brechas entre un marco y un plan, como grafo de conocimiento",
    "en": "gapgraph: the gaps between a framework and a plan, as a knowledge graph",
}
_DESCRIPTION = {
    "es": "Un cuadro que compara un marco internacional con un plan nacional, con cada juicio "
    "unido a las palabras que lo sostienen.",
    "en": "A table that compares an international framework with a national plan, each judgement "
    "tied to the words that bear it out.",
}
_RIGHTS = {
    "es": "Los textos del anexo pertenecen a quien lo publicó; los datos derivados son CC BY 4.0.",
    "en": "The annex's texts belong to its publisher; derived data are CC BY 4.0.",
}


@lru_cache(maxsize=32)
def _rows(store: EmbeddedStore, query: str) -> list[tuple[str, ...]]:
    """Return the values of the rows of a query that lies beside this module, sorted."""
    text = (files("gapgraph.web") / "counts" / f"{query}.rq").read_text(encoding="utf-8")
    rows = store.select(text).rows
    return sorted(tuple(term.value if term else "" for term in row) for row in rows)


def vocabulary(store: EmbeddedStore) -> dict[str, list[str]]:
    """Return the classes and properties that the data uses."""
    return {
        "classes": [row[0] for row in _rows(store, "classes")],
        "properties": [row[0] for row in _rows(store, "properties")],
    }


def _number(value: str) -> Literal:
    return Literal(value, datatype=XSD.integer)


def _part(kind: str, iri: str) -> URIRef:
    """Return the IRI of a part of the description."""
    return URIRef(f"{BASE}.well-known/void#{kind}-{quote(iri.removeprefix(BASE), safe='')}")


def describe_service(current: Service, endpoint: str) -> Iterator[Triple]:
    """Yield the service description.

    :param endpoint: the address that queries are sent to
    """
    there = URIRef(endpoint)
    default = URIRef(f"{BASE}.well-known/void#default-graph")
    yield there, RDF.type, SD.Service
    yield there, SD.endpoint, there
    yield there, SD.supportedLanguage, SD.SPARQL11Query
    yield there, SD.feature, SD.UnionDefaultGraph
    if current.config.services:
        yield there, SD.feature, SD.BasicFederatedQuery
    for name in _RESULT_FORMATS:
        yield there, SD.resultFormat, URIRef(f"{_FORMATS}{name}")
    yield there, SD.defaultDataset, DATASET
    yield there, SD.availableGraphs, DATASET
    yield DATASET, RDF.type, SD.Dataset
    yield DATASET, RDF.type, SD.GraphCollection
    yield DATASET, SD.defaultGraph, default
    yield default, RDF.type, SD.Graph
    yield from _totals(current, default)
    yield from _named_graphs(current)


def _named_graphs(current: Service) -> Iterator[Triple]:
    """Yield the named graphs, as the service description and VoID both call them."""
    for graph, count in _rows(current.store, "graphs"):
        part = _part("graph", graph)
        yield DATASET, SD.namedGraph, part
        yield part, RDF.type, SD.NamedGraph
        yield part, SD.name, URIRef(graph)
        yield part, SD.graph, URIRef(graph)
        yield URIRef(graph), RDF.type, SD.Graph
        yield URIRef(graph), VOID.triples, _number(count)


def _totals(current: Service, about: URIRef) -> Iterator[Triple]:
    """Yield the numbers of a dataset as a whole."""
    ((triples, subjects, objects),) = _rows(current.store, "totals")
    yield about, VOID.triples, _number(triples)
    yield about, VOID.distinctSubjects, _number(subjects)
    yield about, VOID.distinctObjects, _number(objects)


def describe_dataset(current: Service, root: str) -> Iterator[Triple]:
    """Yield the description of the dataset: VoID, with partitions, and DCAT.

    :param root: the address of this service, with a final slash
    """
    yield DATASET, RDF.type, VOID.Dataset
    yield DATASET, RDF.type, DCAT.Dataset
    for language, title in _TITLE.items():
        yield DATASET, DCTERMS.title, Literal(title, lang=language)
        yield DATASET, DCTERMS.description, Literal(_DESCRIPTION[language], lang=language)
        yield DATASET, DCTERMS.rights, Literal(_RIGHTS[language], lang=language)
        yield DATASET, DCTERMS.language, Literal(language)
    yield DATASET, DCTERMS.license, CC_BY
    yield DATASET, _VERSION, Literal(current.dataset.version)
    yield DATASET, DCTERMS.identifier, DATASET
    for analysis in current.dataset.manifest.get("analyses", ()):
        yield DATASET, PROV.wasDerivedFrom, URIRef(f"{analysis['analysis']}/source")
    for term, value in _rows(current.store, "about"):
        yield DATASET, URIRef(term), URIRef(value)
    yield DATASET, VOID.uriSpace, Literal(str(ID))
    yield DATASET, VOID.vocabulary, URIRef(str(GG))
    yield DATASET, VOID.sparqlEndpoint, URIRef(f"{root}sparql")
    yield DATASET, DCAT.landingPage, URIRef(f"{root}data/")
    yield from _totals(current, DATASET)
    yield from _distributions(root)
    classes = _rows(current.store, "classes")
    properties = _rows(current.store, "properties")
    yield DATASET, VOID.classes, _number(str(len(classes)))
    yield DATASET, VOID.properties, _number(str(len(properties)))
    for term, count in classes:
        part = _part("class", term)
        yield DATASET, VOID.classPartition, part
        yield part, VOID["class"], URIRef(term)
        yield part, VOID.entities, _number(count)
    for term, count, subjects, objects in properties:
        part = _part("property", term)
        yield DATASET, VOID.propertyPartition, part
        yield part, VOID.property, URIRef(term)
        yield part, VOID.triples, _number(count)
        yield part, VOID.distinctSubjects, _number(subjects)
        yield part, VOID.distinctObjects, _number(objects)
    yield from _named_graphs(current)
    for graph, _ in _rows(current.store, "graphs"):
        yield DATASET, VOID.subset, URIRef(graph)
        yield URIRef(graph), RDF.type, VOID.Dataset
    for linkset, target, term, count in _rows(current.store, "linksets"):
        yield DATASET, VOID.subset, URIRef(linkset)
        yield URIRef(linkset), RDF.type, VOID.Linkset
        yield URIRef(linkset), VOID.subjectsTarget, DATASET
        yield URIRef(linkset), VOID.objectsTarget, URIRef(target)
        yield URIRef(linkset), VOID.linkPredicate, URIRef(term)
        yield URIRef(linkset), VOID.triples, _number(count)


def _distributions(root: str) -> Iterator[Triple]:
    """Yield the dumps and the endpoint as distributions (DCAT 3, sections 6.8 and 6.9)."""
    for suffix, (media, name) in DUMPS.items():
        for packed in ("", ".gz"):
            file = URIRef(f"{root}data/gapgraph.{suffix}{packed}")
            part = _part("distribution", f"{suffix}{packed}")
            yield DATASET, VOID.dataDump, file
            yield DATASET, DCAT.distribution, part
            yield part, RDF.type, DCAT.Distribution
            yield part, DCTERMS.title, Literal(f"{name}{' (gzip)' if packed else ''}", lang="en")
            yield part, DCTERMS.license, CC_BY
            yield part, DCAT.downloadURL, file
            yield part, DCAT.mediaType, _media(media)
            if packed:
                yield part, DCAT.compressFormat, _media("application/gzip")
    service = _part("service", "sparql")
    yield service, RDF.type, DCAT.DataService
    yield service, DCTERMS.title, Literal("SPARQL 1.1", lang="en")
    yield service, DCAT.endpointURL, URIRef(f"{root}sparql")
    yield service, DCAT.endpointDescription, URIRef(f"{root}sparql")
    yield service, DCAT.servesDataset, DATASET


def _media(media: str) -> URIRef:
    """Return the IRI of a media type."""
    return URIRef(f"https://www.iana.org/assignments/media-types/{media}")


def schema_dataset(current: Service, root: str, language: str) -> dict[str, object]:
    """Return the dataset in schema.org's terms, as JSON-LD for a page.

    :param root: the address of this service, with a final slash
    """
    return {
        "@context": str(SCHEMA),
        "@type": "Dataset",
        "@id": str(DATASET),
        "name": _TITLE[language],
        "description": _DESCRIPTION[language],
        "inLanguage": language,
        "license": str(CC_BY),
        "version": current.dataset.version,
        "url": f"{root}data/",
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": media,
                "contentUrl": f"{root}data/gapgraph.{suffix}",
            }
            for suffix, (media, _) in DUMPS.items()
        ],
    }
