"""Linked data: every IRI of ours resolves, descriptions are true, dumps are whole."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pyoxigraph
import pytest
from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, OWL, RDFS, SKOS, VOID

from asking import ask, endpoint, rows
from conftest import Built
from gapgraph.namespaces import BASE, ID
from serving import ROOT, Reply, Server

pytestmark = pytest.mark.xdist_group("sparql")

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
PARSERS = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}
MEDIA = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}
DATASET = URIRef(f"{BASE}.well-known/void#dataset")
PUBLIC = "https://example.org/data/grafo/"


@pytest.fixture(scope="module")
def server(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with endpoint(built, tmp_path_factory.mktemp("linked")) as running:
        yield running


@pytest.fixture(scope="module")
def quads(built: Built) -> list[pyoxigraph.Quad]:
    """The build's quads, read by another parser than the service's answers."""
    return list(pyoxigraph.parse(built.dataset.read(), format=pyoxigraph.RdfFormat.N_QUADS))


def read(reply: Reply, form: str = "ttl") -> Graph:
    assert reply.status == 200, reply.text
    return Graph().parse(data=reply.body, format=PARSERS[form])


def of_subject(quads: list[pyoxigraph.Quad], iri: str) -> Graph:
    """Return the triples of a subject."""
    lines = "".join(f"{each.triple} .\n" for each in quads if str(each.subject) == f"<{iri}>")
    return Graph().parse(data=lines, format="nt")


THINGS = (
    "id/framework/oas-work-plan-2",
    "id/framework/oas-work-plan-2/section/1",
    "id/framework/oas-work-plan-2/directive/17",
    "id/framework/oas-work-plan-2/directive/40/indicator/2",
    "id/plan/pnat-2017-2021",
    "id/plan/pnat-2017-2021/category/24",
    "id/plan/pnat-2017-2021/element/marco-normativo",
    "id/analysis/oas-pnat",
    "id/analysis/oas-pnat/topic/7.2",
    "id/analysis/oas-pnat/mapping/7.2.1",
    "id/analysis/oas-pnat/observation/7.1",
    "id/concept/servicio-domestico",
)


@pytest.mark.parametrize("path", THINGS)
def test_a_thing_leads_to_its_documents(
    server: Server, quads: list[pyoxigraph.Quad], path: str
) -> None:
    expected = of_subject(quads, f"{BASE}{path}")
    assert len(expected) >= 2
    for form, media in MEDIA.items():
        seen = server.get(path, Accept=media)
        assert (seen.status, seen.headers["Location"]) == (303, f"/{path}.{form}")
        assert "Accept" in seen.headers["Vary"]
        document = server.get(seen.headers["Location"])
        assert document.headers["Content-Type"].partition(";")[0] == media
        assert isomorphic(read(document, form), expected)
    browser = server.get(path, Accept="text/html,application/xhtml+xml,application/xml;q=0.9")
    assert (browser.status, browser.headers["Location"]) == (303, f"/{path}.html")
    kept = server.get(f"{path}?lang=en&analysis=oas-pnat&other=1", Accept="text/html")
    assert kept.headers["Location"] == f"/{path}.html?lang=en&analysis=oas-pnat"
    page = server.get(f"{path}.html")
    assert page.status == 200
    assert page.headers["Content-Type"].startswith("text/html")
    described = re.search(
        r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL
    )
    assert described is not None
    assert json.loads(described[1])["@context"].startswith("https://schema.org")


@pytest.mark.whole
def test_every_iri_of_ours_in_the_data_resolves(
    server: Server, quads: list[pyoxigraph.Quad]
) -> None:
    """Whatever the data names under our base: as a subject, and nothing dangles."""
    subjects = {each.subject.value for each in quads}
    named = {
        node.value
        for each in quads
        for node in (each.subject, each.predicate, each.object, each.graph_name)
        if isinstance(node, pyoxigraph.NamedNode) and node.value.startswith(BASE)
    }
    assert len(named) > 800
    things = {iri for iri in named if iri.startswith(str(ID))}
    assert things - subjects == set()
    # A version that went before is not here, and says so.
    gone = {each.object.value for each in quads if each.predicate.value == str(OWL.priorVersion)}
    assert gone == {f"{BASE}ontology/0.1.0", f"{BASE}shapes/0.1.0"}
    for iri in gone:
        assert server.get(iri.removeprefix(BASE), Accept="text/turtle").status == 404, iri
    documents = {iri.partition("#")[0] for iri in named - things - gone}
    sampled = sorted(things)[::40] + sorted(documents)
    for iri in sampled:
        status = server.get(iri.removeprefix(BASE), Accept="text/turtle").status
        assert status in {200, 303}, iri
    for iri in named - things:
        if iri.startswith(f"{BASE}ontology#"):
            assert iri in subjects, f"{iri} is not declared"


@pytest.mark.whole
@pytest.mark.parametrize(
    "path",
    [
        "id/framework/oas-work-plan-2/directive/99999",
        "id/nothing",
        "id/",
        "id/plan/pnat-2017-2021/",
        "id/plan/../plan/pnat-2017-2021",
        "id/plan/%3E%20%3Fp",
        "id/plan/pnat-2017-2021.docx",
        "graph/nothing",
        "ontology/nothing",
        "ontology.docx",
        "data/gapgraph.docx",
        "data/../pyproject.toml",
        "data/%2e%2e/pyproject.toml",
    ],
)
def test_what_is_not_ours(server: Server, path: str) -> None:
    reply = server.get(path, Accept="text/turtle")
    assert reply.status == 404
    assert reply.headers["Content-Type"] == "application/problem+json"


@pytest.mark.whole
def test_graphs(server: Server, quads: list[pyoxigraph.Quad]) -> None:
    names = {each.graph_name.value for each in quads}
    assert len(names) >= 6
    for name in sorted(names):
        path = name.removeprefix(BASE)
        expected = Graph().parse(
            data="".join(f"{each.triple} .\n" for each in quads if each.graph_name.value == name),
            format="nt",
        )
        assert len(read(server.get(path, Accept="text/turtle"))) == len(expected)
        assert server.get(path, Accept="text/html").status == 200


@pytest.mark.whole
def test_ontology(server: Server) -> None:
    file = ROOT / "ontology" / "gapgraph.ttl"
    reply = server.get("ontology", Accept="text/turtle")
    assert reply.body == file.read_bytes()
    reference = Graph().parse(file)
    for form, media in MEDIA.items():
        graph = read(server.get(f"ontology.{form}"), form)
        assert len(graph) == len(reference)
        assert isomorphic(graph, reference)
        assert server.get("ontology", Accept=media).headers["Content-Type"].startswith(media)
    # Definitions are in the reader's language, where there are any.
    for language in ("es", "en", "pt"):
        page = server.get(f"ontology.html?lang={language}").text
        for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty):
            for term in reference.subjects(RDF.type, kind):
                if isinstance(term, BNode):
                    continue
                if not str(term).startswith(BASE):  # declared here, and another's
                    assert f'id="{term.rpartition("#")[2]}"' not in page, term
                    continue
                assert f'id="{term.rpartition("#")[2]}"' in page, term
        texts = [
            str(text)
            for text in reference.objects(None, SKOS.definition)
            if isinstance(text, Literal) and text.language == language
        ]
        assert len(texts) > (40 if language == "pt" else 100)
        plain = page.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
        assert [text for text in texts if text not in plain] == []
        ours = set(reference.subjects(RDFS.isDefinedBy, URIRef(f"{BASE}ontology")))
        assert page.count('<article id="') == len(ours)
        assert "<svg" in page


@pytest.mark.whole
def test_service_description(server: Server, quads: list[pyoxigraph.Quad]) -> None:
    graph = read(server.get("sparql", Accept="text/turtle"))
    (service,) = graph.subjects(RDF.type, SD.Service)
    assert str(service) == f"{server.url}sparql"
    assert list(graph.objects(service, SD.endpoint)) == [service]
    assert SD.UnionDefaultGraph in set(graph.objects(service, SD.feature))
    assert SD.BasicFederatedQuery not in set(graph.objects(service, SD.feature))
    assert list(graph.objects(service, SD.supportedLanguage)) == [SD.SPARQL11Query]
    formats = {str(each).rpartition("/")[2] for each in graph.objects(service, SD.resultFormat)}
    assert formats >= {"SPARQL_Results_JSON", "SPARQL_Results_XML", "Turtle", "JSON-LD"}
    counts: dict[str, int] = {}
    for each in quads:
        counts[each.graph_name.value] = counts.get(each.graph_name.value, 0) + 1
    told = {
        str(name): int(str(graph.value(part_graph, VOID.triples)))
        for part in graph.objects(None, SD.namedGraph)
        for name in graph.objects(part, SD.name)
        for part_graph in graph.objects(part, SD.graph)
        if str(name).startswith(BASE)
    }
    assert told == counts
    for form, media in MEDIA.items():
        assert isomorphic(read(server.get("sparql", Accept=media), form), graph)
        assert isomorphic(read(server.get(f"sparql?format={form}"), form), graph)
    assert not any(isinstance(node, BNode) for triple in graph for node in triple)


@pytest.mark.whole
def test_void_and_dcat(server: Server) -> None:
    graph = read(server.get(".well-known/void", Accept="text/turtle"))
    assert set(graph.objects(DATASET, DCTERMS.spatial)) == {
        URIRef("http://publications.europa.eu/resource/authority/country/PER")
    }
    assert set(graph.objects(DATASET, DCTERMS.conformsTo)) == {URIRef(f"{BASE}ontology/0.2.0")}
    assert set(graph.objects(DATASET, DCAT.theme))
    named = {graph.value(part, SD.name) for part in graph.objects(DATASET, SD.namedGraph)}
    linksets = set(graph.subjects(RDF.type, VOID.Linkset))
    assert named == set(graph.objects(DATASET, VOID.subset)) - linksets
    assert {VOID.Dataset, DCAT.Dataset} <= set(graph.objects(DATASET, RDF.type))
    assert str(graph.value(DATASET, VOID.sparqlEndpoint)) == f"{server.url}sparql"
    assert graph.value(DATASET, DCTERMS.license) is not None
    rights = [words for each in graph.objects(DATASET, DCTERMS.rights)
              for words in graph.objects(each, RDFS.label)]  # fmt: skip
    assert {getattr(each, "language", "") for each in rights} == {"es", "en"}
    version = json.loads(server.get("/health").body)["dataset"]
    assert str(graph.value(DATASET, URIRef(f"{DCAT}version"))) == version
    # All of the build but what describes it, which cannot count itself.
    meta = f"<{BASE}graph/meta>"
    counting = (
        f"SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p ?o }} FILTER (?g != {meta} && "
        f'STRSTARTS(STR(?g), "{BASE}")) }}'
    )
    total = int(rows(ask(server, counting))[0]["n"])
    assert int(str(graph.value(DATASET, VOID.triples))) == total
    by_property = {
        str(graph.value(part, VOID.property)): int(str(graph.value(part, VOID.triples)))
        for part in graph.objects(DATASET, VOID.propertyPartition)
    }
    assert sum(by_property.values()) == total
    directive = "https://w3id.org/gapgraph/ontology#Directive"
    by_class = {
        str(graph.value(part, VOID["class"])): int(str(graph.value(part, VOID.entities)))
        for part in graph.objects(DATASET, VOID.classPartition)
    }
    counted = ask(server, f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a <{directive}> }}")
    assert by_class[directive] == int(rows(counted)[0]["n"]) == 67
    dumps = [str(each) for each in graph.objects(DATASET, VOID.dataDump)]
    assert len(dumps) == 8
    for file in dumps:
        assert server.get(file.removeprefix(server.url), method="HEAD").status == 200
    downloads = {str(each) for each in graph.objects(None, DCAT.downloadURL)}
    tables = {f"{server.url}data/{name}" for name in ("gapgraph.xlsx", "gapgraph-csv.zip")}
    assert downloads == {*dumps, *tables}
    for path in ("data/", ""):
        page = server.get(path, Accept="text/html").text
        script = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
        assert script is not None
        described = json.loads(script[1])
        assert (described["@type"], described["@id"]) == ("Dataset", str(DATASET))
        assert {each["contentUrl"] for each in described["distribution"]} <= downloads


@pytest.mark.whole
def test_dumps(server: Server, quads: list[pyoxigraph.Quad]) -> None:
    expected = {str(each) for each in quads}
    forms = {
        "trig": pyoxigraph.RdfFormat.TRIG,
        "nq": pyoxigraph.RdfFormat.N_QUADS,
        "jsonld": pyoxigraph.RdfFormat.JSON_LD,
    }
    for suffix, form in forms.items():
        plain = server.get(f"data/gapgraph.{suffix}")
        packed = server.get(f"data/gapgraph.{suffix}.gz")
        assert gzip.decompress(packed.body) == plain.body
        found = {str(each) for each in pyoxigraph.parse(plain.body, format=form)}
        assert {each for each in found if "kasei.us" not in each} == expected
    turtle = server.get("data/gapgraph.ttl")
    triples = {
        str(each.triple)
        for each in pyoxigraph.parse(turtle.body, format=pyoxigraph.RdfFormat.TURTLE)
    }
    assert {each for each in triples if "kasei.us" not in each} == {
        str(each.triple) for each in quads
    }


@pytest.mark.whole
@pytest.mark.parametrize("path", ["data/gapgraph.nq", "data/gapgraph.nq.gz", "ontology.ttl"])
def test_conditions_and_ranges(server: Server, path: str) -> None:
    """RFC 9110, sections 13 and 14."""
    whole = server.get(path)
    tag = whole.headers["ETag"]
    assert tag.startswith('"')
    assert server.get(path).headers["ETag"] == tag
    assert server.get(path, If_None_Match=tag).status == 304
    assert server.get(path, If_None_Match='"other"').status == 200
    assert server.get(path, If_Match='"other"').status == 412
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = server.get(path, Range="bytes=10-19")
    assert (part.status, part.body) == (206, whole.body[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.body)}"
    assert server.get(path, Range="bytes=-5").body == whole.body[-5:]
    assert server.get(path, Range="bytes=10-19", If_Range=tag).status == 206
    assert server.get(path, Range="bytes=10-19", If_Range='"other"').status == 200
    beyond = server.get(path, Range=f"bytes={len(whole.body)}-")
    assert beyond.status == 416


@pytest.mark.whole
def test_base_changes_links_in_pages_and_never_data(
    built: Built, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("based")
    with endpoint(built, folder, "--base", PUBLIC.rstrip("/")) as based:
        path = "id/framework/oas-work-plan-2/directive/17"
        assert based.get(f"{path}.ttl").body == server.get(f"{path}.ttl").body
        assert based.get("data/gapgraph.nq").body == server.get("data/gapgraph.nq").body
        prefix = urlsplit(PUBLIC).path
        assert (
            f'href="{prefix}id/framework/oas-work-plan-2/section/1.html"'
            in based.get(f"{path}.html").text
        )
        assert (
            'href="/id/framework/oas-work-plan-2/section/1.html"' in server.get(f"{path}.html").text
        )
        graph = read(based.get("sparql", Accept="text/turtle"))
        assert [str(each) for each in graph.objects(None, SD.endpoint)] == [f"{PUBLIC}sparql"]


@pytest.mark.whole
def test_the_dumps_have_a_page_whatever_was_asked_before(server: Server) -> None:
    browser = "text/html,application/xhtml+xml,*/*;q=0.8"
    for path in ("/queries/directive-graph?number=7", "/sparql", "/ontology", "/data/", "/shapes"):
        page = server.get(path, Accept=browser)
        assert (page.status, page.headers.get_content_type()) == (200, "text/html"), path


#: What tools send that ask for a format under a name it has had, and the format they then parse.
OLDER = {
    "text/plain, */*;q=0.1": "nt",
    "text/plain": "nt",
    "application/x-turtle": "turtle",
    "text/rdf+n3;q=0.9, text/html;q=0.1": "turtle",
    "application/json": "json-ld",
    "application/xml;q=0.9, text/html;q=0.2": "xml",
    "text/xml": "xml",
}


@pytest.mark.whole
@pytest.mark.parametrize("accept", OLDER)
@pytest.mark.parametrize(
    "path",
    [
        "/ontology",
        "/shapes",
        "/id/plan/pnat-2017-2021",
        "/graph/links",
        "/.well-known/void",
    ],
)
def test_formats_may_be_asked_for_by_their_older_names(
    server: Server, path: str, accept: str
) -> None:
    answer = server.get(path, Accept=accept)
    if answer.status == 303:
        answer = server.get(answer.headers["Location"], Accept=accept)
    assert answer.status == 200
    graph = Graph().parse(data=answer.body, format=OLDER[accept])
    assert len(graph) > 5
