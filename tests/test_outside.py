"""Readings by others: their table, their graph, and where they stand beside ours."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from rdflib import Graph, Literal, URIRef

from conftest import ROOT, Built
from gapgraph.decisions.outside import COLUMNS, read_outside
from gapgraph.errors import InputError
from gapgraph.links.sssom import names_of
from gapgraph.namespaces import DCTERMS, GG, PROV, RDF, RDFS, XSD
from gapgraph.rdf import read_rdf, read_turtle
from gapgraph.settings import Home, Settings
from gapgraph.web.app import create_app
from gapgraph.web.service import ServiceConfig
from serving import gapgraph

A = "https://w3id.org/gapgraph/id/analysis/oas-pnat"
FILE = ROOT / "data" / "source" / "outside.tsv"
#: The languages in which criteria are told.
TOLD = ("es", "en", "pt")
#: The directives of each theme, as page 16 of the document lists them.
THEMES = {
    "Agencias de empleo": {"27"},
    "Agencias de viaje": {"27"},
    "Aplicación del Protocolo de Palermo": {"2", "35"},
    "Buenas prácticas y lecciones aprendidas": {"15"},
    "Cooperación internacional": {"16", "29", "41", "42", "44", "57"},
}


@pytest.fixture(scope="module")
def graph(built: Built) -> Graph:
    found = Graph(bind_namespaces="none")
    for *triple, name in read_rdf(built.dataset.read(), "application/n-quads"):
        if str(name).endswith("/analysis/oas-pnat/reviewed"):
            found.add((triple[0], triple[1], triple[2]))
    return found


def test_the_five_grades_have_reader_document_page_and_criterion(graph: Graph) -> None:
    readings = {str(graph.value(each, RDFS.label)): each
                for each in graph.subjects(RDF.type, GG.OutsideReading)}  # fmt: skip
    assert readings.keys() == THEMES.keys()
    for theme, directives in THEMES.items():
        one = readings[theme]
        graded = [str(each).rpartition("/")[2] for each in graph.objects(one, GG.grades)]
        assert sorted(each.partition(".")[0] for each in graded) == sorted(directives)
        assert graph.value(one, GG.gradedAs) == Literal("semipresente", lang="es")
        assert graph.value(one, GG.gradeMeans) == GG.partial
        assert graph.value(one, GG.onPage) == Literal("16")
        told = {getattr(each, "language", "") for each in graph.objects(one, GG.criterion)}
        assert told == set(TOLD)
        reader = graph.value(one, PROV.wasAssociatedWith)
        assert graph.value(reader, RDFS.label) == Literal("CHS Alternativo")
        document = graph.value(one, DCTERMS.source)
        assert graph.value(document, DCTERMS.issued) == Literal("2020", datatype=XSD.gYear)
    assert (None, GG.decidesStatus, None) not in graph


@pytest.fixture(scope="module")
def client(built: Built) -> FlaskClient:
    config = ServiceConfig(Home(ROOT, checkout=True), Settings(), built.output)
    return create_app(config).test_client()


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("es", ("Lecturas de otros", "difiere", "abordado", "lo más cercano aquí: parcial")),
        ("en", ("Readings by others", "differs", "addressed", "the exchange between States")),
        ("pt", ("Leituras de outros", "difere", "abordado", "intercambiadas entre Estados")),
    ],
)
@pytest.mark.parametrize(
    "path",
    ["/id/framework/oas-work-plan-2/directive/15.html", "/id/analysis/oas-pnat/topic/15.1.html"],
)
def test_both_readings_stand_on_the_page(
    client: FlaskClient, path: str, lang: str, words: tuple[str, ...]
) -> None:
    page = client.get(f"{path}?lang={lang}", headers={"Accept": "text/html"}).text
    for each in (*words[:3], "semipresente", "CHS Alternativo", "p. 16"):
        assert each in page, each


def test_the_query_has_them_and_says_where_they_differ(client: FlaskClient) -> None:
    rows = client.get("/queries/reviews.json?lang=pt").get_json()["rows"]
    assert len(rows) == sum(map(len, THEMES.values()))
    differing = {str(row["number"]) for row in rows if row["disputed"]}
    assert differing == {"2", "15", "35"}
    (one,) = (row for row in rows if str(row["number"]) == "15")
    assert (one["grade"], one["onPage"], one["issued"]) == ("semipresente", "16", "2020")
    assert (one["byRulesLabel"], one["standingLabel"]) == ("abordado", "leitura de outros")
    assert one["reviewCriterion"].startswith("O plano fomenta")


@pytest.mark.whole
def test_sssom_names_the_reader(tmp_path: Path) -> None:
    run = gapgraph("export", "sssom", cwd=tmp_path)
    lines = [line for line in run.stdout.splitlines() if not line.startswith("#")]
    rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["reviewer_id"]]
    topics = {row["subject_id"] for row in rows}
    named = ("2.1", "15.1", "27.1", "29.1", "41.1", "42.1", "57.1")
    assert topics == {f"topic:{each}" for each in named}
    for row in rows:
        assert (row["reviewer_id"], row["reviewer_label"]) == (
            "reviewer:chs-alternativo", "CHS Alternativo",
        )  # fmt: skip
        assert row["reviewer_agreement"] == "1"
        assert "CHS Alternativo, 2020, p. 16: " in row["comment"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("reader", "", "has no reader"),
        ("document", "", "has no document"),
        ("page", "", "has no page"),
        ("issued", "hacia 2020", "is no year"),
        ("address", "aquí", "is no address"),
        ("status", "semipresente", "is unknown"),
        ("on", "", "grades nothing"),
        ("on", "topic/15.9", "'topic/15.9' is not in the table"),
        ("on", "directive/68", "'directive/68' is not in the table"),
        ("es en pt", "", "has no criterion"),
        ("theme", "Agencias de empleo", "graded 'Agencias de empleo' above"),
    ],
)
def test_a_row_that_lacks_what_it_needs_is_refused(
    tmp_path: Path, column: str, value: str, said: str
) -> None:
    annex = read_turtle(ROOT / "data" / "annex.ttl")
    names = names_of(annex, URIRef(A))
    lines = FILE.read_text(encoding="utf-8").splitlines()
    cells = dict(zip((*COLUMNS, *TOLD), lines[2].split("\t"), strict=True))
    cells |= dict.fromkeys(column.split(), value)
    path = tmp_path / "outside.tsv"
    path.write_text("\n".join([*lines[:2], "\t".join(cells.values())]) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=said) as caught:
        read_outside(path, names, annex)
    assert "outside.tsv:3" in str(caught.value)
