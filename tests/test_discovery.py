"""What clients that know an address and nothing else find: in the endpoint, and beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pyoxigraph
import pyshacl
import pytest
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, SH, VOID

from asking import ask, endpoint, rows
from conftest import Built
from gapgraph.namespaces import BASE
from gapgraph.texts import LANGUAGES
from serving import Server

pytestmark = pytest.mark.xdist_group("sparql")

DATASET = f"{BASE}.well-known/void#dataset"
#: The mandatory properties of DCAT-AP 3, and the ranges that harvesters check.
DCAT_AP = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ap: <urn:dcat-ap#> .
ap:Catalog a sh:NodeShape ; sh:targetClass dcat:Catalog ;
    sh:property [ sh:path dcterms:title ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ;
    sh:property [ sh:path dcterms:description ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ;
    sh:property [ sh:path dcterms:publisher ; sh:minCount 1 ; sh:maxCount 1 ;
        sh:class foaf:Agent ] ;
    sh:property [ sh:path dcat:dataset ; sh:minCount 1 ; sh:class dcat:Dataset ] .
ap:Dataset a sh:NodeShape ; sh:targetClass dcat:Dataset ;
    sh:property [ sh:path dcterms:title ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ;
    sh:property [ sh:path dcterms:description ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ;
    sh:property [ sh:path dcterms:publisher ; sh:minCount 1 ; sh:maxCount 1 ;
        sh:class foaf:Agent ] ;
    sh:property [ sh:path dcterms:identifier ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ;
    sh:property [ sh:path dcterms:language ; sh:minCount 1 ; sh:nodeKind sh:IRI ;
        sh:pattern "^http://publications.europa.eu/resource/authority/language/" ] ;
    sh:property [ sh:path dcterms:issued ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:date ] ;
    sh:property [ sh:path dcterms:modified ; sh:minCount 1 ; sh:maxCount 1 ;
        sh:datatype xsd:date ] ;
    sh:property [ sh:path dcterms:rights ; sh:class dcterms:RightsStatement ] ;
    sh:property [ sh:path dcat:keyword ; sh:minCount 2 ; sh:nodeKind sh:Literal ] ;
    sh:property [ sh:path dcat:distribution ; sh:minCount 1 ; sh:class dcat:Distribution ] .
ap:Distribution a sh:NodeShape ; sh:targetClass dcat:Distribution ;
    sh:property [ sh:path dcat:accessURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path dcat:byteSize ; sh:minCount 1 ; sh:datatype xsd:nonNegativeInteger ] ;
    sh:property [ sh:path dcterms:format ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path dcterms:license ; sh:minCount 1 ; sh:nodeKind sh:IRI ] .
ap:Agent a sh:NodeShape ; sh:targetClass foaf:Agent ;
    sh:property [ sh:path foaf:name ; sh:minCount 1 ; sh:nodeKind sh:Literal ] .
ap:DataService a sh:NodeShape ; sh:targetClass dcat:DataService ;
    sh:property [ sh:path dcterms:title ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ;
    sh:property [ sh:path dcat:endpointURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] .
"""


@pytest.fixture(scope="module")
def server(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("discovery")
    with endpoint(built, folder, GAPGRAPH_CONTACT="data@example.org") as running:
        yield running


@pytest.fixture(scope="module")
def described(server: Server) -> Graph:
    return Graph().parse(data=server.get("/.well-known/void").body, format="turtle")


def test_dcat_ap_s_mandatory_properties_hold(described: Graph) -> None:
    shapes = Graph().parse(data=DCAT_AP, format="turtle")
    conforms, _, text = pyshacl.validate(described, shacl_graph=shapes, inference="none")
    assert conforms, text
    kinds = (DCAT.Catalog, DCAT.Dataset, DCAT.Distribution, DCAT.DataService)
    assert [len(set(described.subjects(RDF.type, kind))) for kind in kinds] == [1, 1, 10, 1]
    (contact,) = described.objects(URIRef(DATASET), DCAT.contactPoint)
    assert URIRef("mailto:data@example.org") in set(described.objects(contact))


@pytest.mark.parametrize(
    "left_out",
    [DCAT.accessURL, DCTERMS.publisher, DCAT.byteSize, DCTERMS.title, DCAT.endpointURL, FOAF.name],
)
def test_the_shapes_of_dcat_ap_find_what_is_missing(described: Graph, left_out: URIRef) -> None:
    graph = Graph()
    for triple in described:
        if triple[1] != left_out:
            graph.add(triple)
    shapes = Graph().parse(data=DCAT_AP, format="turtle")
    assert not pyshacl.validate(graph, shacl_graph=shapes, inference="none")[0]


def test_sizes_are_those_of_the_files(server: Server, described: Graph) -> None:
    sizes = {
        str(described.value(each, DCAT.downloadURL)): int(str(described.value(each, DCAT.byteSize)))
        for each in described.subjects(RDF.type, DCAT.Distribution)
    }
    assert len(sizes) == 10
    for url, size in sizes.items():
        assert len(server.get(url.removeprefix(server.url)).body) == size, url


def test_an_editor_finds_examples_prefixes_and_classes_in_the_endpoint(server: Server) -> None:
    """The questions that SPARQL editors ask an endpoint."""
    listed = json.loads(server.get("/queries.json").body)["queries"]
    sh = "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX schema: <https://schema.org/> "
    sh += "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    sh += "PREFIX void: <http://rdfs.org/ns/void#> "
    examples = rows(
        ask(
            server,
            sh + "SELECT ?q ?text ?target { ?q a sh:SPARQLExecutable ; schema:target ?target ; "
            "sh:select|sh:construct|sh:ask ?text }",
        )
    )
    assert {each["q"]: each["text"] for each in examples} == {
        each["iri"]: each["query"] for each in listed
    }
    assert {each["target"] for each in examples} == {f"{BASE}sparql"}
    spoken = rows(
        ask(server, sh + "SELECT ?q ?k { ?q a sh:SPARQLExecutable ; schema:keywords ?k "
            "FILTER (LANG(?k) = 'en') }")
    )  # fmt: skip
    assert {each["q"] for each in spoken} == {each["iri"] for each in listed}
    classes = rows(ask(server, sh + "SELECT ?c ?p { ?part void:class ?c ; "
                       "void:propertyPartition/void:property ?p }"))  # fmt: skip
    used = {(each["c"], each["p"]) for each in classes}
    gg = "https://w3id.org/gapgraph/ontology#"
    assert (f"{gg}Topic", f"{gg}addressedBy") in used
    assert len({kind for kind, _ in used}) > 40
    described = Graph().parse(data=server.get("/sparql", Accept="text/turtle").body)
    assert {str(each) for each in described.objects(None, VOID["class"])} == {k for k, _ in used}


def test_every_partition_counts_what_is_there(built: Built, described: Graph) -> None:
    quads = [
        each
        for each in pyoxigraph.parse(built.dataset.read(), format=pyoxigraph.RdfFormat.N_QUADS)
        if each.graph_name.value != f"{BASE}graph/meta"
    ]
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    for part in described.objects(URIRef(DATASET), VOID.classPartition):
        name = str(described.value(part, VOID["class"]))
        found = {str(q.subject) for q in quads
                 if q.predicate.value == kind and str(q.object) == f"<{name}>"}  # fmt: skip
        assert described.value(part, VOID.entities) == Literal(len(found)), name
    assert described.value(URIRef(DATASET), VOID.triples) == Literal(len(quads))


@pytest.mark.parametrize("query", ["gaps", "topics-without-category", "framework-complete"])
def test_a_stored_query_answers_as_itself(server: Server, query: str) -> None:
    file = server.get(f"/queries/{query}.rq")
    assert file.headers.get_content_type() == "application/sparql-query"
    node = URIRef(f"{BASE}queries/{query}")
    for form, parser in (("ttl", "turtle"), ("nt", "nt"), ("jsonld", "json-ld"), ("rdf", "xml")):
        reply = server.get(f"/queries/{query}.{form}")
        assert reply.status == 200, reply.text
        graph = Graph().parse(data=reply.body, format=parser)
        (text,) = [*graph.objects(node, SH.select), *graph.objects(node, SH.ask)]
        assert str(text).strip() in file.text
    assert server.get(f"/queries/{query}", Accept="text/turtle").status == 200
    assert server.get(f"/queries/{query}", Accept="application/sparql-query").body == file.body


def test_the_answer_of_a_query_that_builds_rdf_stays_its_answer(server: Server) -> None:
    reply = server.get("/queries/directive-graph.ttl?number=7")
    assert SH.SPARQLExecutable not in set(Graph().parse(data=reply.body).objects())
    assert server.get("/queries/directive-graph.rq").status == 200


@pytest.mark.parametrize("query", ["gaps", "category-usage", "treaties-cited"])
def test_a_csv_has_its_columns_described_beside_it(server: Server, query: str) -> None:
    for path in (f"/queries/{query}.csv", f"/queries/{query}.csv?limit=2"):
        reply = server.get(path)
        (beside,) = re.findall(r'<([^>]+)>; rel="describedby"', reply.headers["Link"])
        told = server.get(f"/queries/{beside}")
        assert told.headers.get_content_type() == "application/csvm+json"
        table = json.loads(told.body)
        assert table["url"] == f"{query}.csv"
        columns = table["tableSchema"]["columns"]
        assert [each["titles"] for each in columns] == reply.text.splitlines()[0].split(",")
        assert all(len(each["dc:description"]) >= 2 for each in columns)
    assert server.get("/queries/nothing.csv-metadata.json").status == 404


@pytest.mark.parametrize("version", ["deadbeef", "0", "0123456789abcdef"])
def test_a_version_that_is_not_here_is_not_found(server: Server, version: str) -> None:
    assert server.get(f"/.well-known/void?version={version}").status == 404
    here = json.loads(server.get("/health").body)["dataset"]
    assert server.get(f"/.well-known/void?version={here}").status == 200


@pytest.mark.parametrize("form", ["nt", "rdf", "ttl", "jsonld"])
def test_findings_in_every_format_of_rdf(server: Server, form: str) -> None:
    parser = {"nt": "nt", "rdf": "xml", "ttl": "turtle", "jsonld": "json-ld"}[form]
    given = Graph().parse(data=server.get(f"/validation.{form}").body, format=parser)
    other = Graph().parse(data=server.get("/validation.ttl").body, format="turtle")
    assert len(given) == len(other) > 100
    assert set(given) == set(other)
    sent = server.get("/validation", method="POST", body=b"<urn:a> <urn:b> 1 .",
                      Content_Type="text/turtle", Accept="application/rdf+xml")  # fmt: skip
    assert Graph().parse(data=sent.body, format="xml")


def test_every_graph_of_ours_says_its_licence_in_itself(server: Server) -> None:
    dataset = Dataset()
    dataset.parse(data=server.get("/data/gapgraph.nq").body, format="nquads")
    for name in ("shapes", "ontology", "queries", "links", "context", "meta",
                 "analysis/oas-pnat/inferred", "analysis/oas-pnat/findings"):  # fmt: skip
        iri = URIRef(f"{BASE}graph/{name}")
        own = dataset.graph(iri)
        assert own.value(iri, DCTERMS.license), name
        assert own.value(iri, DCTERMS.modified), name


def test_every_address_that_language_models_are_told_answers(server: Server) -> None:
    told = server.get("/llms.txt")
    assert told.headers.get_content_type() == "text/plain"
    health = json.loads(server.get("/health").body)
    assert f"Data version {health['dataset']}." in told.text
    assert f"- {BASE}id/analysis/oas-pnat" in told.text.splitlines()
    links = re.findall(r"\]\((\S+)\)", told.text)
    assert len(links) > 12
    for link in links:
        assert link.startswith(server.url)
        assert server.get(link.removeprefix(server.url)).status == 200, link


def test_what_crawlers_and_browsers_ask_for(server: Server) -> None:
    robots = server.get("/robots.txt")
    assert robots.headers.get_content_type() == "text/plain"
    assert f"Sitemap: {server.url}sitemap.xml" in robots.text.splitlines()
    icon = server.get("/favicon.ico")
    assert (icon.status, icon.body[:4]) == (200, b"\x00\x00\x01\x00")
    tree = ElementTree.fromstring(server.get("/sitemap.xml").body)
    site, html = "{http://www.sitemaps.org/schemas/sitemap/0.9}", "{http://www.w3.org/1999/xhtml}"
    pages = {}
    for each in tree.findall(f"{site}url"):
        links = {link.get("hreflang"): link.get("href") for link in each.findall(f"{html}link")}
        assert tuple(links) == LANGUAGES
        pages[each.findtext(f"{site}loc") or ""] = links
    assert len(pages) > 160
    assert len(pages) == len(tree.findall(f"{site}url"))
    for place in sorted(pages)[::12]:
        assert place.startswith(server.url)
        for lang, way in pages[place].items():
            page = server.get(str(way).removeprefix(server.url), Accept="text/html")
            assert page.status == 200, way
            assert f'<html lang="{lang}"' in page.text


def test_schema_org_describes_the_dataset(server: Server) -> None:
    page = server.get("/data/?lang=en", Accept="text/html").text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    told = json.loads(found[1])
    for key in ("creator", "publisher", "spatialCoverage", "temporalCoverage", "keywords",
                "distribution", "datePublished", "dateModified", "identifier"):  # fmt: skip
        assert told[key], key
    assert told["creator"][0]["name"]
    assert re.fullmatch(r"\d{4}/\d{4}", told["temporalCoverage"])
    assert "gap analysis" in told["keywords"]
    # What search engines ask of a dataset beside: a text of some length, files to be had.
    assert 50 <= len(told["description"]) <= 5_000
    assert told["license"].startswith("https://")
    assert told["includedInDataCatalog"]["@type"] == "DataCatalog"
    assert len(told["distribution"]) == 6
    for each in told["distribution"]:
        assert each["contentUrl"].startswith(server.url)
        assert each["encodingFormat"]
