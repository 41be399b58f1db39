"""The service described: SPARQL Service Description, VoID and DCAT, counted in the data itself.

Sources: SPARQL 1.1 Service Description; Describing Linked Datasets with the VoID Vocabulary
(W3C Interest Group Note); DCAT 3.  No blank nodes: parts of a description have IRIs of their own.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from rdflib import BNode, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, FOAF, VOID, XSD
from rdflib.term import Node

from gapgraph.iris import is_iri
from gapgraph.messages import Message, has, translate
from gapgraph.metadata import part
from gapgraph.namespaces import BASE, CC_BY, DATASET, DCTERMS, GG, ID, PROV, RDF, SCHEMA, SD
from gapgraph.store.answers import Term
from gapgraph.store.engine import Engine
from gapgraph.texts import LANGUAGES, SOURCE
from gapgraph.web.contact import link_of, mail_of
from gapgraph.web.service import Service
from gapgraph.web.tables import TABLES, tables_file

__all__ = [
    "DATASET",
    "DUMPS",
    "describe_dataset",
    "describe_service",
    "dump",
    "dumps_of",
    "node_of",
    "packed_dump",
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
#: What the EU's table of file types calls them.
_TYPES = {"ttl": "RDF_TURTLE", "trig": "RDF_TRIG", "nq": "RDF_N_QUADS", "jsonld": "JSON_LD"}
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
_WHOLE = Message("Todo el conjunto de datos, en %(format)s.")
_FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type/"
_AVAILABILITY = URIRef("http://data.europa.eu/r5r/availability")
_AVAILABLE = URIRef(
    "http://publications.europa.eu/resource/authority/planned-availability/AVAILABLE"
)
_VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
CATALOG = URIRef(f"{BASE}.well-known/void#catalog")


@lru_cache(maxsize=32)
def _rows(store: Engine, query: str) -> list[tuple[str, ...]]:
    """Return the values of the rows of a query that lies beside this module, sorted."""
    text = (files("gapgraph.web") / "counts" / f"{query}.rq").read_text(encoding="utf-8")
    rows = store.select(text).rows
    return sorted(tuple(term.value if term else "" for term in row) for row in rows)


def vocabulary(store: Engine) -> dict[str, list[str]]:
    """Return the classes and properties that the data uses."""
    return {
        "classes": [row[0] for row in _rows(store, "classes")],
        "properties": [row[0] for row in _rows(store, "properties")],
    }


def _number(value: str) -> Literal:
    return Literal(value, datatype=XSD.integer)


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
    yield from _built(current, VOID)
    yield DATASET, SD.defaultGraph, default
    yield default, RDF.type, SD.Graph
    yield from _totals(current, default)
    yield from _named_graphs(current)


def _named_graphs(current: Service) -> Iterator[Triple]:
    """Yield the named graphs, as the service description and VoID both call them."""
    for graph, count in _rows(current.store, "graphs"):
        named = part("graph", graph)
        yield DATASET, SD.namedGraph, named
        yield named, RDF.type, SD.NamedGraph
        yield named, SD.name, URIRef(graph)
        yield named, SD.graph, URIRef(graph)
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
    yield from _built(current)
    yield DATASET, _VERSION, Literal(current.dataset.version)
    for analysis in current.dataset.manifest.get("analyses", ()):
        yield DATASET, PROV.wasDerivedFrom, URIRef(f"{analysis['analysis']}/source")
    for term, value in _rows(current.store, "about"):
        yield DATASET, URIRef(term), URIRef(value)
    yield DATASET, VOID.uriSpace, Literal(str(ID))
    yield DATASET, VOID.vocabulary, URIRef(str(GG))
    yield DATASET, DCAT.landingPage, URIRef(f"{root}data/")
    yield from _contact(current)
    yield from _distributions(current, root)
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


def _built(current: Service, vocabulary: object = "") -> Iterator[Triple]:
    """Yield what the build says of the dataset and of the catalogue that lists it.

    :param vocabulary: the namespace of the properties that are wanted; all if empty
    """
    text = (files("gapgraph.web") / "counts" / "dataset.rq").read_text(encoding="utf-8")
    for subject, predicate, value in current.store.construct(text):
        if predicate.value.startswith(str(vocabulary)):
            yield node_of(subject), node_of(predicate), node_of(value)


def node_of(term: Term) -> Node:
    """Return a term of an answer as rdflib writes it."""
    if term.kind != "literal":
        return URIRef(term.value) if term.kind == "uri" else BNode(term.value)
    return Literal(
        term.value,
        lang=term.language or None,
        datatype=URIRef(term.datatype) if term.datatype else None,
        normalize=False,
    )


def _contact(current: Service) -> Iterator[Triple]:
    """Yield whom to write to, where the settings say it."""
    contact = current.config.settings.text("contact")
    if not contact:
        return
    node = part("contact", "service")
    yield DATASET, DCAT.contactPoint, node
    yield node, RDF.type, _VCARD.Kind
    yield node, _VCARD.fn, Literal("gapgraph")
    if mail_of(contact):
        yield node, _VCARD.hasEmail, URIRef(link_of(contact))
    elif is_iri(contact):
        yield node, _VCARD.hasURL, URIRef(contact)


def _distributions(current: Service, root: str) -> Iterator[Triple]:
    """Yield the files and the endpoint as distributions (DCAT 3, sections 6.8 and 6.9)."""
    for suffix, packed in dumps_of(current):
        media, name = DUMPS[suffix]
        file = URIRef(f"{root}data/gapgraph.{suffix}{packed}")
        each = part("distribution", f"{suffix}{packed}")
        title = f"{name}{' (gzip)' if packed else ''}"
        size = len(packed_dump(current, suffix) if packed else dump(current, suffix))
        yield DATASET, VOID.dataDump, file
        yield from _distribution(each, file, title, media, _TYPES[suffix], size)
        if packed:
            yield each, DCAT.compressFormat, _media("application/gzip")
    for suffix, table in TABLES.items():
        file, each = URIRef(f"{root}data/{table.file}"), part("distribution", suffix)
        size = len(tables_file(current, suffix, SOURCE))
        media = table.holds or table.media
        yield from _distribution(each, file, table.title, media, table.name, size)
        if table.holds:
            yield each, DCAT.packageFormat, _media(table.media)
    if current.config.site:
        return
    service = part("service", "sparql")
    yield DATASET, VOID.sparqlEndpoint, URIRef(f"{root}sparql")
    yield CATALOG, DCAT.service, service
    yield service, RDF.type, DCAT.DataService
    yield service, DCTERMS.title, Literal("SPARQL 1.1", lang="en")
    yield service, DCTERMS.license, CC_BY
    yield service, DCAT.endpointURL, URIRef(f"{root}sparql")
    yield service, DCAT.endpointDescription, URIRef(f"{root}sparql")
    yield service, DCAT.servesDataset, DATASET


def _distribution(
    each: URIRef, file: URIRef, title: str, media: str, kind: str, size: int
) -> Iterator[Triple]:
    """Yield what every file of the dataset has.

    :param media: the media type of what it holds
    :param kind: what the EU's table of file types calls that
    """
    yield DATASET, DCAT.distribution, each
    yield each, RDF.type, DCAT.Distribution
    yield each, DCTERMS.title, Literal(title, lang="en")
    for lang in LANGUAGES:
        if has(lang, _WHOLE):
            words = translate(_WHOLE, lang) % {"format": title}
            yield each, DCTERMS.description, Literal(words, lang=lang)
    yield each, DCTERMS.license, CC_BY
    yield each, DCAT.accessURL, URIRef(str(file).rpartition("/")[0] + "/")
    yield each, DCAT.downloadURL, file
    yield each, DCAT.mediaType, _media(media)
    yield each, DCTERMS["format"], URIRef(f"{_FILE_TYPES}{kind}")
    yield each, DCAT.byteSize, Literal(str(size), datatype=XSD.nonNegativeInteger)
    yield each, _AVAILABILITY, _AVAILABLE


def dumps_of(current: Service) -> list[tuple[str, str]]:
    """Return the dumps on offer: the suffix of a format, and that of compression or nothing.

    A site has the smallest files only: each is another copy of everything.
    """
    if current.config.site:
        return [(suffix, ".gz") for suffix in ("ttl", "nq")]
    return [(suffix, packed) for suffix in DUMPS for packed in ("", ".gz")]


def dump(current: Service, form: str, graph: str = "") -> bytes:
    """Return the dataset or one of its graphs as a file, made once.

    :param form: the suffix of a format
    :param graph: IRI of a named graph; all graphs if empty
    """
    return current.once(("dump", form, graph), lambda: current.dump(form, graph))


def packed_dump(current: Service, form: str) -> bytes:
    """Return the dataset compressed; no time of writing inside: equal data, equal validator."""
    return current.once(("packed", form), lambda: gzip.compress(dump(current, form), mtime=0))


def _media(media: str) -> URIRef:
    """Return the IRI of a media type."""
    return URIRef(f"https://www.iana.org/assignments/media-types/{media}")


def schema_dataset(current: Service, root: str, language: str) -> dict[str, object]:
    """Return the dataset in schema.org's terms, as JSON-LD for a page.

    :param root: the address of this service, with a final slash
    """
    said = list(_built(current))

    def texts(predicate: URIRef, about: Node = DATASET) -> list[str]:
        return sorted(
            str(value)
            for subject, verb, value in said
            if (subject, verb) == (about, predicate)
            and getattr(value, "language", None) in {None, language}
        )

    def first(predicate: URIRef) -> str:
        return next(iter(texts(predicate)), "")

    agents = [
        {"@type": "Organization", "@id": each, "name": name}
        for each in texts(DCTERMS.publisher)
        for name in texts(FOAF.name, URIRef(each))
    ]
    about = _rows(current.store, "about")
    return {
        "@context": str(SCHEMA),
        "@type": "Dataset",
        "@id": str(DATASET),
        "name": first(DCTERMS.title),
        "description": first(DCTERMS.description),
        "identifier": str(DATASET),
        "inLanguage": language,
        "isAccessibleForFree": True,
        "license": str(CC_BY),
        "version": current.dataset.version,
        "url": f"{root}data/",
        "creator": agents,
        "publisher": agents,
        "datePublished": first(DCTERMS.issued),
        "dateModified": first(DCTERMS.modified),
        "keywords": texts(DCAT.keyword),
        "spatialCoverage": [
            {"@type": "Place", "@id": value}
            for term, value in about
            if term == str(DCTERMS.spatial)
        ],
        "temporalCoverage": "/".join(_years(current)) or None,
        "distribution": list(_downloads(current, root)),
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": str(CATALOG)},
    }


def _downloads(current: Service, root: str) -> Iterator[dict[str, str]]:
    """Yield the files in schema.org's terms, none of them twice for being compressed too.

    Their sizes are in DCAT: to know them here, a page would wait until all of them are made.
    """
    for suffix, packed in dumps_of(current):
        if packed and (suffix, "") in dumps_of(current):
            continue
        yield {
            "@type": "DataDownload",
            "encodingFormat": "application/gzip" if packed else DUMPS[suffix][0],
            "contentUrl": f"{root}data/gapgraph.{suffix}{packed}",
            "license": str(CC_BY),
        }
    for table in TABLES.values():
        yield {
            "@type": "DataDownload",
            "encodingFormat": table.media,
            "contentUrl": f"{root}data/{table.file}",
            "license": str(CC_BY),
        }


def _years(current: Service) -> list[str]:
    """Return the first and the last year that the labels of the plans name."""
    labels = [row[0] for row in _rows(current.store, "plans")]
    years = sorted(year for label in labels for year in re.findall(r"\b(?:19|20)\d\d\b", label))
    return [years[0], years[-1]] if years else []
