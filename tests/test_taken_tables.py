"""A table of any form becomes a graph: by the folder that intake wrote, or by itself."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from rdflib import Graph, Literal, URIRef

from conftest import ROOT, SECOND
from gapgraph.annex.description import read_description
from gapgraph.annex.sources import Source, read_sources
from gapgraph.errors import InputError, ViolationError
from gapgraph.intake.command import guess, take_in
from gapgraph.intake.mapping import Parties
from gapgraph.namespaces import DCTERMS, GG, ID, PROV, RDF, SKOS, XSD
from gapgraph.queries.binding import bind
from gapgraph.queries.catalogue import Catalogue
from gapgraph.settings import Settings

DATA = ROOT / "data"
SETTINGS = Settings.of({})

Rows = Sequence[Sequence[str | int | None]]

HARBOUR: Rows = [
    ["chapter_id", "chapter_name", "section_id", "section_name", "req_id", "description", "plan"],
    ["H1", "Moles", "H1.1", "Stones", "H1.1.1", "Lay the stones of the mole.", "1.2 Masonry"],
    ["H1", "Moles", "H1.1", "Stones", "H1.1.2", "Count the stones with care.", "1.2.3 Counting"],
    ["H1", "Moles", "H1.2", "Lamps", "H1.2.1", "Light the lamp by the sea.", "1.2"],
    ["H2", "Boats", "H2.1", "Ropes", "H2.1.1", "Mend the ropes that are worn.", "none"],
]
ARTICLES: Rows = [
    ["Article", "Text", "Plan", "Comments"],
    ["Article 1", "The wells of the town are measured.", "A.1 Wells", "It is done every year."],
    ["Article 6(1)(a)", "Bells are rung in fog.", "none", ""],
    ["Article 6(1)(b)", "Bells are oiled.", "not applicable", ""],
    ["Article 9-bis", "A list of bells is kept.", "", ""],
]
EDGES: Rows = [
    ["source_node_id", "target_node_id", "relationship", "strength", "status"],
    ["MP:01", "HP:7", "subset", "90", "Covered"],
    ["MP:01", "HP:8", "intersect", "50", ""],
    ["MP:02", "", "no-relationship", "", ""],
]


def csv_of(folder: Path, name: str, rows: Rows) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return folder / name


def read(*paths: Path) -> list[Source]:
    return read_sources([read_description(each) for each in paths], DATA, SETTINGS, annex=False)


def folder_of(tmp_path: Path, name: str, rows: Rows, **named: object) -> Path:
    folder = tmp_path / name
    options = {"parties": Parties(framework=name, plan=f"plan-{name}"), **named}
    take_in(csv_of(tmp_path, f"{name}.csv", rows), folder, DATA, **options)
    return folder


def one(graph: Graph, subject: URIRef, predicate: URIRef) -> object:
    (value,) = graph.objects(subject, predicate)
    return value


def test_sections_to_any_depth_and_dotted_identifiers(tmp_path: Path) -> None:
    columns = [("section", each) for each in "ABCD"]
    (source,) = read(folder_of(tmp_path, "harbour", HARBOUR, columns=columns))
    graph, framework = source.asserted, ID["framework/harbour"]
    directive = URIRef(f"{framework}/directive/h1-1-2")
    assert one(graph, directive, SKOS.notation) == Literal("H1.1.2")
    assert one(graph, directive, GG.position) == Literal(2, datatype=XSD.integer)
    assert not [*graph.objects(directive, GG.number)]
    inner, outer = (URIRef(f"{framework}/section/{key}") for key in ("h1-1", "h1"))
    assert one(graph, directive, GG.inSection) == inner
    assert one(graph, inner, GG.partOf) == outer
    assert one(graph, outer, GG.partOf) == framework
    assert str(one(graph, inner, SKOS.prefLabel)) == "Stones"
    assert str(one(graph, inner, GG.literalLabel)) == "H1.1 Stones"
    assert source.description.language == "en"
    # A part whose code goes on another's belongs to it; a bare code finds its part.
    plan = ID["plan/plan-harbour"]
    part, whole = (URIRef(f"{plan}/category/{key}") for key in ("1-2-3", "1-2"))
    assert one(graph, part, SKOS.broader) == whole
    assert one(graph, part, GG.partOf) == whole
    assert str(one(graph, whole, SKOS.prefLabel)) == "Masonry"
    assert len([*graph.subjects(GG.mapsTo, whole)]) == 2


@pytest.mark.whole
def test_articles_without_sections_are_part_of_the_framework(tmp_path: Path) -> None:
    (source,) = read(folder_of(tmp_path, "treaty", ARTICLES))
    graph, framework = source.asserted, ID["framework/treaty"]
    keys = ["article-1", "article-6-1-a", "article-6-1-b", "article-9-bis"]
    for place, key in enumerate(keys, start=1):
        directive = URIRef(f"{framework}/directive/{key}")
        assert one(graph, directive, GG.partOf) == framework
        assert one(graph, directive, GG.position) == Literal(place, datatype=XSD.integer)
    assert not [*graph.subjects(RDF.type, GG.Section)]
    analysis = ID["analysis/treaty-plan-treaty"]
    gap = URIRef(f"{analysis}/topic/article-6-1-a.1")
    assert one(graph, gap, GG.declaredGap) == Literal(True)
    assert str(one(graph, gap, GG.text)) == "Bells are rung in fog."
    other = URIRef(f"{analysis}/topic/article-6-1-b.1")
    assert one(graph, other, GG.declaredStatus) == GG.notApplicable
    assert not [*graph.objects(URIRef(f"{framework}/directive/article-9-bis"), GG.hasTopic)]
    assert one(graph, framework, GG.directiveCount) == Literal(4, datatype=XSD.integer)


@pytest.mark.whole
def test_relations_degrees_and_statuses_of_an_edge_list(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "eyes", EDGES, values=[("element", "*")])
    (source,) = read(folder)
    graph, analysis = source.asserted, ID["analysis/eyes-plan-eyes"]
    first, second = (URIRef(f"{analysis}/mapping/mp-01.1.{n}") for n in (1, 2))
    assert one(graph, first, GG.relation) == GG.subset
    assert one(graph, first, GG.degree) == Literal("90")
    assert one(graph, second, GG.relation) == GG.intersects
    status = URIRef(f"{analysis}/mapping/mp-01.1.3")
    assert one(graph, status, GG.declaredStatus) == GG.addressed
    assert one(graph, URIRef(f"{analysis}/topic/mp-01.1"), GG.declaredStatus) == GG.addressed
    nothing = URIRef(f"{analysis}/mapping/mp-02.1.1")
    assert not [*graph.objects(nothing, GG.mapsTo)]
    assert one(graph, URIRef(f"{analysis}/topic/mp-02.1"), GG.declaredGap) == Literal(True)
    assert {str(each) for each in graph.objects(None, DCTERMS.language)} == {"und"}


@pytest.mark.whole
def test_a_known_framework_is_whole_and_says_what_it_says(tmp_path: Path) -> None:
    rows = [["N°", "Tema", "Plan"], [12, "Formación", "No hay"], [3, "Consentimiento", "A.1 Leyes"]]
    folder = folder_of(tmp_path, "oas", rows, parties=Parties("oas-work-plan-2", plan="p"))
    (source,) = read(folder)
    graph, framework = source.asserted, ID["framework/oas-work-plan-2"]
    annex = Graph().parse(DATA / "annex.ttl")
    assert len([*graph.subjects(RDF.type, GG.Directive)]) == 67
    for directive in annex.subjects(RDF.type, GG.Directive):
        for predicate in (GG.text, GG.number, SKOS.notation, GG.inSection, GG.hasIndicator):
            assert set(graph.objects(directive, predicate)) == set(
                annex.objects(directive, predicate)
            )
    assert source.description.directives == 67
    assert {str(each) for each in graph.subjects(RDF.type, GG.Topic)} == {
        f"{ID}analysis/oas-work-plan-2-p/topic/{key}.1" for key in (3, 12)
    }
    # Its lines are still those of the document that they were read from.
    document = one(graph, framework, PROV.wasDerivedFrom)
    assert document == one(annex, framework, PROV.wasDerivedFrom)
    assert document != source.description.names.source()


@pytest.mark.whole
def test_a_framework_that_one_table_brings_the_next_ones_know(tmp_path: Path) -> None:
    first = folder_of(tmp_path, "treaty", ARTICLES)
    rows = [["Article", "Plan"], ["Article 9-bis", "B.4 Lists"], ["Article 1", "none"]]
    second = folder_of(tmp_path, "other", rows, parties=Parties("treaty", plan="other"))
    graph = read(first, second)[1].asserted
    bis = ID["framework/treaty/directive/article-9-bis"]
    assert str(one(graph, bis, GG.text)) == "A list of bells is kept."
    assert one(graph, bis, GG.position) == Literal(4, datatype=XSD.integer)
    third = folder_of(
        tmp_path, "third", [["Article", "Plan"], ["Article 77", "none"]], parties=Parties("treaty")
    )
    with pytest.raises(ViolationError, match="treaty has no directive 'Article 77'"):
        read(first, third)


@pytest.mark.whole
@pytest.mark.parametrize(
    ("one_name", "other"), [("Article 6(1)", "article 6-1"), ("V1.2", "V1-2"), ("5 A", "5-a")]
)
def test_identifiers_of_one_address_are_refused_with_both_places(
    tmp_path: Path, one_name: str, other: str
) -> None:
    rows = [["Article", "Text", "Plan"], [one_name, "Uno.", "none"], [other, "Dos.", "none"]]
    folder = folder_of(tmp_path, "t", rows)
    with pytest.raises(ViolationError) as caught:
        read(folder)
    assert "line 3, column 1" in str(caught.value)
    assert "line 2, column 1" in str(caught.value)


@pytest.mark.whole
def test_identifiers_of_other_scripts_have_addresses_of_their_own(tmp_path: Path) -> None:
    rows = [["Article", "Text", "Plan"]]
    rows += [[name, "Текст.", "none"] for name in ("Статья 3", "Глава 3", "第三条", "المادة ٣")]
    (source,) = read(folder_of(tmp_path, "scripts", rows))
    directives = set(source.asserted.subjects(RDF.type, GG.Directive))
    assert len(directives) == 4
    assert all(str(each).isascii() for each in directives)


@pytest.mark.whole
def test_one_file_is_read_by_one_table_of_keys(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "treaty", ARTICLES)
    file = folder / "analysis.toml"
    text = file.read_text(encoding="utf-8")
    for old, new, words in (
        ("[plan]", '[plan]\nelement_class = "Topic"', "element_class is 'Topic'"),
        ("[analysis]", "[analysis]\ndate = 2020-01-02\nyear = 3", "unknown key 'year'"),
        ("[cells]", "[cells]\nmark = 1", "unknown key 'mark'"),
        ("[cells]", '[table]\nfile = "x"\n[cells]', "keep one of the two"),
    ):
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(InputError) as caught:
            read(folder)
        assert words in str(caught.value)
    both = text.replace("[plan]", "[plan]\ncategorias = 3\n[values]\nnada = 4", 1)
    file.write_text(both.replace("[values]\n\n", "", 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"'categorias'.*; \[values\] has the unknown key 'nada'"):
        read(folder)


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gapgraph", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "GAPGRAPH_HOME": str(ROOT)},
    )


@pytest.mark.whole
def test_a_table_is_built_without_a_folder(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["N°", "Directriz", "Tema", "Plan", "Observaciones"],
        ["1.1", "Medir los pozos de la villa.", "Pozos", "OE.1 Agua", "El plan los mide."],
        ["1.2", "Avisar a los vecinos de la villa.", "Campanas", "No existe", None],
    ):
        sheet.append(row)
    book.save(tmp_path / "pozos.xlsx")
    built = run("build", "--no-annex", "--analysis", "pozos.xlsx", "--output", "b", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert "analysis/pozos: 2 directives, 2 topics, 1 without category" in built.stderr
    assert (tmp_path / "b" / "pozos.ttl").is_file()
    sheet["D3"] = "quién sabe"
    book.save(tmp_path / "pozos.xlsx")
    asked = run("build", "--no-annex", "--analysis", "pozos.xlsx", "--output", "c", cwd=tmp_path)
    assert asked.returncode == 1
    assert "D3: 'quién sabe': nothing says what this value means" in asked.stderr
    assert "gapgraph intake pozos.xlsx --to DIR" in asked.stderr
    assert not (tmp_path / "c").exists()
    unread = run("build", "--no-annex", "--analysis", "nada.xlsx", "--output", "c", cwd=tmp_path)
    assert unread.returncode == 2
    assert "Traceback" not in built.stderr + asked.stderr + unread.stderr


@pytest.mark.whole
def test_a_taken_table_and_one_of_five_columns_share_a_build(tmp_path: Path) -> None:
    second = read_description(SECOND)
    slug = str(second.names.framework).rsplit("/", 1)[-1]
    rows = [["N°", "Tema", "Plan"], [1, "Pozos", "No hay"]]
    folder = folder_of(tmp_path, "mio", rows, parties=Parties(slug, plan="mio"))
    both = read(SECOND, folder)
    assert both[1].description.framework_label == both[0].description.framework_label
    assert both[1].description.directives == both[0].description.directives


@pytest.mark.whole
def test_a_query_about_another_analysis_keeps_its_own_values() -> None:
    """Blocks of values that are no parameter stay what they are, whatever the first analysis is."""
    catalogue = Catalogue.load(ROOT / "queries")
    other = catalogue.about([str(ID["analysis/other"])])
    assert len(other) == len(catalogue) > 60
    for query in catalogue:
        assert [each.name for each in other[query.id].blocks] == [
            each.name for each in query.blocks
        ]
        assert bind(other[query.id], {}).count("VALUES") == bind(query, {}).count("VALUES")


@pytest.mark.whole
def test_an_indicator_keeps_the_identifier_printed_before_it(tmp_path: Path) -> None:
    rows: Rows = [
        ["N°", "Directriz", "Indicador", "Plan"],
        ["1", "Medir.", "I.1: Pozos medidos\n3 pozos por villa", "No hay"],
        ["2", "Avisar.", "Indicador 2.3 Campanas", "No hay"],
        ["3", "Pescar.", "Al 2030: Reducir la pesca\nLey 29.985 Pesca", "No hay"],
        ["4", "Remar.", "Indicator 4.1 Oars\n2030: Remos", "No hay"],
    ]
    (source,) = read(folder_of(tmp_path, "pozos", rows))
    found = {
        str(source.asserted.value(each, GG.text)): source.asserted.value(each, SKOS.notation)
        for each in source.asserted.subjects(RDF.type, GG.Indicator)
    }
    assert found == {
        "I.1: Pozos medidos": Literal("I.1"),
        "3 pozos por villa": None,
        "Indicador 2.3 Campanas": Literal("2.3"),
        "Al 2030: Reducir la pesca": None,
        "Ley 29.985 Pesca": None,
        "Indicator 4.1 Oars": Literal("4.1"),
        "2030: Remos": None,
    }


@pytest.mark.whole
def test_headings_count_once_for_the_language(tmp_path: Path) -> None:
    """Two usual words are too few to tell a language by, whichever row they stand in."""
    rows = [["N.º", "La directriz", "El plan"], ["1", "Pozos", "No hay"]]
    assert guess(csv_of(tmp_path, "pozos.csv", rows), DATA).mapping.parties.language == ""
    rows[1][1] = "Pozos de la villa"
    assert guess(csv_of(tmp_path, "pozos.csv", rows), DATA).mapping.parties.language == "es"


@pytest.mark.whole
def test_a_language_without_rules_is_kept_and_told(tmp_path: Path) -> None:
    rows = [["Nr.", "Plan", "Observations"], ["1", "A.1 Brunnen", "Der Plan nennt sie nicht."]]
    csv_of(tmp_path, "b.csv", rows)
    said = ("intake", "b.csv", "--to", "a", "-c", "directive=A", "--language")
    told = run(*said, "de-AT", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "observations in 'de-AT': no rules read it" in told.stderr
    (source,) = read(tmp_path / "a")
    (text,) = source.asserted.objects(ID["analysis/b/observation/1.1"], GG.text)
    assert text == Literal("Der Plan nennt sie nicht.", lang="de-AT")
    wrong = run(*said, "Deutsch", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "'Deutsch' is no tag of a language" in wrong.stderr
