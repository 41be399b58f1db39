"""A second, invented table: another State, plan, framework and language, with nothing but files."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from rdflib import Graph, Literal

from conftest import SECOND, Built, copy_home, keeping
from gapgraph.annex.description import read_description
from gapgraph.annex.export import export_table
from gapgraph.annex.graph import graph_of
from gapgraph.annex.parse import read_table
from gapgraph.assembly import Assembly
from gapgraph.build import build
from gapgraph.errors import InputError
from gapgraph.namespaces import BASE, GG, SKOS
from gapgraph.ntriples import Writer, ntriples_of
from gapgraph.rdf import read_ntriples
from gapgraph.settings import Home
from gapgraph.store.dataset import DatasetFile

FRAMEWORK, PLAN, ANALYSIS = (
    f"{BASE}id/framework/aldeia",
    f"{BASE}id/plan/ilha-2024",
    f"{BASE}id/analysis/aldeia-ilha",
)


def key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


SECOND_TEXT = "Avisar a vizinhança:\na) por sino;\nb) por carta."
#: All triples about some nodes of the second table, written by hand from its rows.
BY_HAND = f"""
PREFIX gg: <{BASE}ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

<{ANALYSIS}> a gg:GapAnalysis ; gg:framework <{FRAMEWORK}> ; gg:plan <{PLAN}> ;
    gg:jurisdiction <https://example.org/country/ilha> ; dcterms:language "pt" ;
    dcterms:date "2024-03-01"^^xsd:date ; prov:wasDerivedFrom <{ANALYSIS}/source> .
<{FRAMEWORK}> a gg:Framework ; skos:prefLabel "Carta da Aldeia"@pt ; gg:directiveCount 5 ;
    gg:textLanguage "pt" ; prov:wasDerivedFrom <{ANALYSIS}/source> .
<{PLAN}> a gg:Plan ; skos:prefLabel "Plano da Ilha 2024"@pt ; gg:categoryCount 3 .
<{FRAMEWORK}/section/2> a gg:Section ; gg:number 2 ; skos:notation "2" ; gg:position 2 ;
    gg:ofFramework <{FRAMEWORK}> ; gg:partOf <{FRAMEWORK}> ;
    skos:prefLabel "Diretrizes de pesca"@pt ; gg:literalLabel "DIRETRIZES DE PESCA (4-5)"@pt ;
    gg:sourceLine 6 .
<{ANALYSIS}/column/2.4> a gg:ColumnHeading ; gg:position 4 ; gg:sourceLine 7 ;
    gg:literalLabel "PLANO DA ILHA"@pt ; gg:ofSection <{FRAMEWORK}/section/2> ;
    gg:inAnalysis <{ANALYSIS}> .
<{FRAMEWORK}/directive/2> a gg:Directive ; gg:number 2 ; skos:notation "2" ; gg:position 2 ;
    gg:sourceLine 4 ;
    gg:inSection <{FRAMEWORK}/section/1> ; gg:ofFramework <{FRAMEWORK}> ;
    gg:text "Avisar a vizinhança:\\na) por sino;\\nb) por carta."@pt ;
    gg:textKey "{key(SECOND_TEXT)}" ;
    gg:hasIndicator <{FRAMEWORK}/directive/2/indicator/1>, <{FRAMEWORK}/directive/2/indicator/2> ;
    gg:hasTopic <{ANALYSIS}/topic/2.1>, <{ANALYSIS}/topic/2.2> ;
    gg:hasObservation <{ANALYSIS}/observation/2.1>, <{ANALYSIS}/observation/2.2> .
<{FRAMEWORK}/directive/2/indicator/2> a gg:Indicator ; gg:position 2 ; gg:sourceLine 4 ;
    gg:text "Cartas enviadas."@pt ; gg:textKey "{key("Cartas enviadas.")}" .
<{FRAMEWORK}/directive/3> a gg:Directive ; gg:number 3 ; skos:notation "3" ; gg:position 3 ;
    gg:sourceLine 5 ;
    gg:inSection <{FRAMEWORK}/section/1> ; gg:ofFramework <{FRAMEWORK}> ;
    gg:text "Guardar a chuva."@pt ; gg:textKey "{key("Guardar a chuva.")}" .
<{FRAMEWORK}/directive/4> a gg:Directive ; gg:number 4 ; skos:notation "4" ; gg:position 4 ;
    gg:sourceLine 8 ;
    gg:inSection <{FRAMEWORK}/section/2> ; gg:ofFramework <{FRAMEWORK}> ;
    gg:text "Respeitar o Acordo do Farol."@pt ; gg:textKey "{key("Respeitar o Acordo do Farol.")}" ;
    gg:cites <{BASE}id/instrument/acordo-do-farol> ; gg:hasTopic <{ANALYSIS}/topic/4.1> .
<{BASE}id/instrument/acordo-do-farol> a gg:Instrument ; gg:literalLabel "Acordo do Farol"@pt .
<{ANALYSIS}/topic/2.1> a gg:Topic ; gg:position 1 ; gg:sourceLine 4 ; gg:inAnalysis <{ANALYSIS}> ;
    skos:prefLabel "Sinos"@pt ; gg:text "Sinos"@pt ; gg:textKey "{key("Sinos")}" ;
    gg:declaredGap true ; gg:aboutConcept <{BASE}id/concept/sinos> .
<{ANALYSIS}/mapping/2.1.1> a gg:Mapping ; gg:position 1 ; gg:sourceLine 4 ;
    gg:literalLabel "Não há"@pt ; gg:inAnalysis <{ANALYSIS}> ; gg:mapsTopic <{ANALYSIS}/topic/2.1> .
<{ANALYSIS}/topic/2.2> a gg:Topic ; gg:position 2 ; gg:sourceLine 4 ; gg:inAnalysis <{ANALYSIS}> ;
    skos:prefLabel "Cartas"@pt ; gg:text "Cartas"@pt ; gg:textKey "{key("Cartas")}" ;
    gg:declaredGap false ; gg:aboutConcept <{BASE}id/concept/cartas> ;
    gg:addressedBy <{PLAN}/category/1>, <{PLAN}/category/2> .
<{ANALYSIS}/mapping/2.2.2> a gg:Mapping ; gg:position 2 ; gg:sourceLine 4 ;
    gg:literalLabel "Eixo 1 – Água Limpa."@pt ; gg:inAnalysis <{ANALYSIS}> ;
    gg:mapsTopic <{ANALYSIS}/topic/2.2> ; gg:mapsTo <{PLAN}/category/1> .
<{ANALYSIS}/observation/2.1> a gg:Observation ; gg:position 1 ; gg:sourceLine 4 ;
    gg:inAnalysis <{ANALYSIS}> ; gg:text "O plano não menciona os sinos."@pt ;
    gg:textKey "{key("O plano não menciona os sinos.")}" .
<{PLAN}/category/1> a gg:PlanElement ; gg:number 1 ; skos:notation "1" ; gg:position 1 ;
    gg:ofPlan <{PLAN}> ;
    skos:prefLabel "Água limpa"@pt ; skos:altLabel "Água Limpa."@pt .
<{PLAN}/category/2> a gg:PlanElement ; gg:number 2 ; skos:notation "2" ; gg:position 2 ;
    gg:ofPlan <{PLAN}> ;
    skos:prefLabel "Avisos"@pt .
<{PLAN}/element/quadro-legal> a gg:PlanElement ; gg:ofPlan <{PLAN}> ;
    skos:prefLabel "Quadro legal"@pt .
<{ANALYSIS}/topic/5.1> a gg:Topic ; gg:position 1 ; gg:sourceLine 9 ; gg:inAnalysis <{ANALYSIS}> ;
    skos:prefLabel "cartas"@pt ; gg:text "cartas:"@pt ; gg:textKey "{key("cartas:")}" ;
    gg:declaredGap false ; gg:aboutConcept <{BASE}id/concept/cartas> ;
    gg:addressedBy <{PLAN}/category/2> .
<{BASE}id/concept/cartas> a skos:Concept ; skos:prefLabel "Cartas"@pt ; skos:altLabel "cartas"@pt .
"""


@pytest.fixture(scope="module")
def second() -> Graph:
    description = read_description(SECOND)
    return graph_of(read_table(description), description)


def test_whole_triples_of_some_rows(second: Graph) -> None:
    """Everything the graph says of these nodes is here, and nothing else."""
    expected = Graph(bind_namespaces="none")
    expected.parse(data=BY_HAND, format="turtle")
    subjects = set(expected.subjects())
    assert len(subjects) == 20
    assert {triple for triple in second if triple[0] in subjects} == set(expected)


def test_the_table_printed_again_is_the_file(second: Graph) -> None:
    """The file has the form that ``export table`` prints, byte for byte."""
    assert export_table(second) == (SECOND / "table.tsv").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, DatasetFile]:
    folder = tmp_path_factory.mktemp("both")
    home = copy_home(folder / "home")
    return home, build(home, keeping(), output=folder / "out", analyses=[SECOND])


def graphs(dataset: DatasetFile) -> dict[str, list[str]]:
    """The lines of each named graph."""
    found: dict[str, list[str]] = {}
    for line in dataset.read().decode().splitlines():
        name = line.removesuffix(" .").rsplit(" <", 1)[1].removesuffix(">")
        found.setdefault(name.removeprefix(f"{BASE}graph/"), []).append(line)
    return found


def test_nothing_of_the_first_changes(both: tuple[Home, DatasetFile], built: Built) -> None:
    home, dataset = both
    assert (home.data / "annex.ttl").read_bytes() == built.annex
    alone, together = graphs(built.dataset), graphs(dataset)
    assert len(alone) >= 6
    for name in alone:
        if name == "context":  # what is known of nodes that analyses share: it grows
            assert set(alone[name]) < set(together[name])
        elif name != "meta":  # it describes every graph there is
            assert together[name] == alone[name], name
    new = set(together) - set(alone)
    assert {"framework/aldeia", "plan/ilha-2024", "analysis/aldeia-ilha/asserted"} <= new
    assert all("aldeia" in name or "ilha-2024" in name for name in new)


def test_the_second_has_its_own_file_and_counts(both: tuple[Home, DatasetFile]) -> None:
    _, dataset = both
    written = Graph(bind_namespaces="none")
    written.parse(dataset.path.parent / "aldeia-ilha.ttl", format="turtle")
    lines = graphs(dataset)
    names = ("framework/aldeia", "plan/ilha-2024", "analysis/aldeia-ilha/asserted")
    assert len(written) == sum(len(lines[name]) for name in names)
    counted = dataset.manifest["analyses"][1]
    assert counted["analysis"] == ANALYSIS
    found = [counted[name] for name in ("sections", "directives", "indicators", "topics")]
    assert found == [2, 5, 4, 5]
    found = [counted[name] for name in ("categories", "mappings", "observations")]
    assert found == [2, 6, 4]
    assert (counted["mappings_to_categories"], counted["mappings_to_none"]) == (4, 1)


def third(folder: Path, **changes: str) -> Path:
    """Another analysis of the same framework and plan, with words replaced."""
    shutil.copytree(SECOND, folder)
    toml = (folder / "analysis.toml").read_text(encoding="utf-8")
    toml = toml.replace("analysis/aldeia-ilha", "analysis/aldeia-outra")
    table = (folder / "table.tsv").read_text(encoding="utf-8")
    for old, new in changes.items():
        table, toml = table.replace(old, new), toml.replace(old, new)
    (folder / "analysis.toml").write_text(toml, encoding="utf-8")
    (folder / "table.tsv").write_text(table, encoding="utf-8")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return copy_home(tmp_path / "home")


def test_two_analyses_share_a_framework(
    home: Home, both: tuple[Home, DatasetFile], tmp_path: Path
) -> None:
    """The framework is not doubled, and each analysis keeps its own topics and mappings."""
    other = third(tmp_path / "third", **{"Eixo 1 – Água limpa": "Não há", "mede": "não mede"})
    # One line further down: the shared framework keeps the lines of the first table.
    table = (other / "table.tsv").read_text(encoding="utf-8")
    (other / "table.tsv").write_text("\n" + table, encoding="utf-8")
    dataset = build(home, keeping(), output=tmp_path / "out", analyses=[SECOND, other])
    before, after = graphs(both[1]), graphs(dataset)
    for name in before:
        if name != "meta":
            assert after[name] == before[name], name
    again = Graph(bind_namespaces="none")
    again.parse(tmp_path / "out" / "aldeia-outra.ttl", format="turtle")
    assert export_table(again) == table
    mine = after["analysis/aldeia-outra/asserted"]
    assert any("/mapping/1.1.1>" in line and '"Não há"@pt' in line for line in mine)


@pytest.mark.parametrize(
    ("changes", "file", "line", "words"),
    [
        (
            {"analysis/aldeia-outra": "analysis/aldeia-ilha"},
            "analysis.toml",
            None,
            f"the analysis {ANALYSIS} is also that of",
        ),
        ({"Carta da Aldeia": "Carta"}, "analysis.toml", None, f"describes {FRAMEWORK} otherwise"),
        ({"Plano da Ilha": "Plano"}, "analysis.toml", None, f"describes {PLAN} otherwise"),
        ({"categories = 3": "categories = 4"}, "analysis.toml", None, f"describes {PLAN} other"),
        ({"ÁGUA (1-3)": "RIO (1-3)"}, "table.tsv", 1, "section 1 is 'DIRETRIZES DE RIO (1-3)'"),
        ({"Guardar a chuva": "Colher a chuva"}, "table.tsv", 5, "directive 3 differs from that"),
        ({"Barcos contados": "Barcos vistos"}, "table.tsv", 9, "directive 5 differs from that of"),
        ({"2 – Avisos": "2 – Alarmes"}, "table.tsv", 4, "category 2 is 'Alarmes' here and 'Aviso"),
    ],
    ids=[
        "same analysis",
        "framework's label",
        "plan's label",
        "plan's number",
        "section",
        "directive's text",
        "indicator's text",
        "category's name",
    ],
)
def test_tables_that_contradict_one_another_are_refused(
    home: Home, tmp_path: Path, changes: dict[str, str], file: str, line: int | None, words: str
) -> None:
    other = third(tmp_path / "third", **changes)
    before = (home.data / "annex.ttl").read_bytes()
    with pytest.raises(InputError) as caught:
        build(home, keeping(), output=tmp_path / "out", analyses=[SECOND, other])
    assert words in str(caught.value)
    assert (caught.value.file, caught.value.line) == (other / file, line)
    assert not (tmp_path / "out").exists()
    assert (home.data / "annex.ttl").read_bytes() == before


def test_a_category_another_table_writes_otherwise_keeps_one_label(tmp_path: Path) -> None:
    """Known variants are no contradiction: the second form becomes an alternative label."""
    assembly = Assembly()
    other = third(tmp_path / "third", **{"2 – Avisos": "2 – AVISOS"})
    for folder in (SECOND, other):
        description = read_description(folder)
        table = read_table(description)
        assembly.add_table(description.names, {*Writer().written(graph_of(table, description))})
    assert {
        triple[1:]
        for graph in assembly.graphs.values()
        for triple in read_ntriples(ntriples_of(graph))
        if str(triple[0]) == f"{PLAN}/category/2" and isinstance(triple[2], Literal)
    } == {
        (GG.number, Literal(2)),
        (GG.position, Literal(2)),
        (SKOS.notation, Literal("2")),
        (SKOS.prefLabel, Literal("Avisos", lang="pt")),
        (SKOS.altLabel, Literal("AVISOS", lang="pt")),
    }
