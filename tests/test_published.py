"""What is published is what is meant: every graph, in every format, read back and compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pyoxigraph
import pyshacl
import pytest
from rdflib import RDF, BNode, Dataset, Graph
from rdflib.compare import isomorphic

from asking import endpoint
from conftest import Built
from gapgraph.namespaces import BASE
from gapgraph.rdf import read_turtle
from gapgraph.validation.gate import findings_file
from gapgraph.validation.shapes import read_shapes
from gapgraph.validation.terms import SH
from serving import ROOT, Reply, Server, gapgraph

pytestmark = pytest.mark.xdist_group("sparql")

#: Of each format: its media type, and what rdflib and Oxigraph call it.
FORMATS = {
    "ttl": ("text/turtle", "turtle", pyoxigraph.RdfFormat.TURTLE),
    "nt": ("application/n-triples", "nt", pyoxigraph.RdfFormat.N_TRIPLES),
    "jsonld": ("application/ld+json", "json-ld", pyoxigraph.RdfFormat.JSON_LD),
    "rdf": ("application/rdf+xml", "xml", pyoxigraph.RdfFormat.RDF_XML),
    "trig": ("application/trig", "trig", pyoxigraph.RdfFormat.TRIG),
    "nq": ("application/n-quads", "nquads", pyoxigraph.RdfFormat.N_QUADS),
}
TRIPLES = ("ttl", "nt", "jsonld", "rdf")


@pytest.fixture(scope="module")
def server(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with endpoint(built, tmp_path_factory.mktemp("published")) as running:
        yield running


@pytest.fixture(scope="module")
def graphs(built: Built) -> dict[str, list[pyoxigraph.Quad]]:
    """The build's quads by named graph."""
    found: dict[str, list[pyoxigraph.Quad]] = {}
    for quad in pyoxigraph.parse(built.dataset.read(), format=pyoxigraph.RdfFormat.N_QUADS):
        found.setdefault(quad.graph_name.value, []).append(quad)
    return found


def both_ways(server: Server, path: str, form: str) -> Reply:
    """Ask by suffix and by ``Accept``: one answer."""
    reply = server.get(f"{path}.{form}")
    media = FORMATS[form][0]
    assert reply.status == 200, f"{path}.{form}: {reply.text}"
    assert reply.headers["Content-Type"].partition(";")[0] == media
    assert server.get(path, Accept=media).body == reply.body
    return reply


def parsed(reply: Reply, form: str) -> Graph:
    """What rdflib reads, all graphs together."""
    dataset = Dataset(default_union=True)
    dataset.parse(data=reply.body, format=FORMATS[form][1])
    found = Graph()
    for subject, predicate, value, _ in dataset.quads():
        found.add((subject, predicate, value))
    return found


def as_graph(quads: list[pyoxigraph.Quad]) -> Graph:
    lines = "".join(f"{each.triple} .\n" for each in quads)
    return Graph().parse(data=lines, format="nt")


@pytest.mark.whole
@pytest.mark.parametrize("form", FORMATS)
def test_every_graph_in_every_format(
    server: Server, graphs: dict[str, list[pyoxigraph.Quad]], form: str
) -> None:
    assert len(graphs) >= 11
    for name, quads in graphs.items():
        reply = both_ways(server, name.removeprefix(BASE), form)
        found = list(pyoxigraph.parse(reply.body, format=FORMATS[form][2]))
        if form in {"trig", "nq"}:
            assert {each.graph_name.value for each in found} == {name}
        if any(isinstance(each.subject, pyoxigraph.BlankNode) for each in quads):
            assert isomorphic(parsed(reply, form), as_graph(quads)), name
        else:
            triples = {str(each.triple) for each in quads}
            assert {str(each.triple) for each in found} == triples, name


@pytest.mark.whole
@pytest.mark.parametrize("form", TRIPLES)
@pytest.mark.parametrize(
    ("path", "level"),
    [("shapes", "build"), ("shapes/build", "build"), ("shapes/asserted", "asserted")],
)
def test_shapes_are_what_their_files_say(server: Server, path: str, level: str, form: str) -> None:
    source = read_shapes(ROOT / "ontology" / "shapes", level).graph
    found = parsed(both_ways(server, path, form), form)
    assert isomorphic(found, source)
    paths = set(found.objects(None, SH.path))
    assert sum(isinstance(each, BNode) for each in paths) >= 5
    assert not [each for each in paths if "genid" in str(each)]


@pytest.mark.whole
@pytest.mark.parametrize("form", TRIPLES)
def test_the_ontology_is_what_its_file_says(server: Server, form: str) -> None:
    found = parsed(both_ways(server, "ontology", form), form)
    assert isomorphic(found, read_turtle(ROOT / "ontology" / "gapgraph.ttl"))
    lists = set(found.subjects(RDF.first, None))
    assert lists
    assert all(isinstance(each, BNode) for each in lists)


@pytest.mark.whole
@pytest.mark.parametrize("form", FORMATS)
def test_the_dumps_by_accept(
    server: Server, graphs: dict[str, list[pyoxigraph.Quad]], form: str
) -> None:
    reply = server.get("data/gapgraph", Accept=FORMATS[form][0])
    assert reply.headers["Content-Type"].partition(";")[0] == FORMATS[form][0]
    expected = {str(each.triple) for quads in graphs.values() for each in quads}
    found = {str(each.triple) for each in pyoxigraph.parse(reply.body, format=FORMATS[form][2])}

    # Labels of blank nodes are a file's own; the W3C's graphs are served beside the build.
    def named(lines: set[str]) -> set[str]:
        return {line for line in lines if "_:" not in line and "kasei.us" not in line}

    assert named(found) == named(expected)


@pytest.mark.whole
def test_levels_there_are_none_of(server: Server) -> None:
    for path in ("shapes/derived", "shapes/build.docx", "shapes/asserted/x", "shapes/.ttl"):
        assert server.get(path, Accept="text/turtle").status == 404, path


def results(report: Graph) -> Counter[tuple[str, str, str]]:
    """What a report lists: shape, severity and focus node of each result."""
    return Counter(
        (
            str(report.value(each, SH.sourceShape)),
            str(report.value(each, SH.resultSeverity)),
            str(report.value(each, SH.focusNode)),
        )
        for listed in report.subjects(RDF.type, SH.ValidationReport)
        for each in report.objects(listed, SH.result)
    )


def judged_outside(server: Server, data: Graph, shapes: str) -> Counter[tuple[str, str, str]]:
    """What pyshacl by itself finds, with shapes and ontology as they are served."""
    _, report, _ = pyshacl.validate(
        data,
        shacl_graph=parsed(server.get(f"{shapes}.ttl"), "ttl"),
        ont_graph=parsed(server.get("ontology.ttl"), "ttl"),
        inference="none",
        do_owl_imports=False,
    )
    assert isinstance(report, Graph)
    return results(report)


def found_here(text: str) -> Counter[tuple[str, str, str]]:
    return Counter(
        (each["shape"], str(SH[each["severity"]]), each["focus"].strip("<>"))
        for report in json.loads(text)["reports"]
        for each in report["findings"]
    )


@pytest.mark.whole
def test_the_served_shapes_judge_the_served_data_in_another_s_hands(
    server: Server, built: Built
) -> None:
    dump = parsed(server.get("data/gapgraph.ttl"), "ttl")
    outside = judged_outside(server, dump, "shapes")
    text = (built.output / findings_file(built.dataset.version)).read_text(encoding="utf-8")
    here = found_here(text)
    assert sum(here.values()) > 50
    assert outside == here


@pytest.mark.whole
@pytest.mark.parametrize(
    ("taken", "given"),
    [
        ("", ""),
        ("gg:declaredGap true ;", ""),
        ("gg:position 1 ;", "gg:position 1, 2 ;"),
        ("gg:declaredGap false ;", 'gg:declaredGap "no" ;'),
    ],
)
def test_the_served_shapes_of_a_table_judge_a_table(
    server: Server, built: Built, tmp_path_factory: pytest.TempPathFactory, taken: str, given: str
) -> None:
    text = built.annex.decode()
    assert taken in text
    folder = tmp_path_factory.mktemp("table")
    (folder / "table.ttl").write_text(text.replace(taken, given, 1), encoding="utf-8")
    run = gapgraph("validate", "--format", "json", folder / "table.ttl", cwd=folder)
    here = found_here(run.stdout)
    assert any("#Violation" in severity for _, severity, _ in here) == bool(taken)
    table = Graph().parse(folder / "table.ttl")
    assert judged_outside(server, table, "shapes/asserted") == here
