"""The table's own words: what each says is classified by people, and nothing is an element else."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from rdflib import RDF, Graph, Literal, URIRef

from conftest import ROOT, SECOND
from gapgraph.annex.description import read_description
from gapgraph.annex.export import export_table
from gapgraph.annex.graph import graph_of
from gapgraph.annex.parse import read_table
from gapgraph.annex.together import check_together
from gapgraph.annex.values import VALUE_CLASSES
from gapgraph.errors import InputError
from gapgraph.namespaces import GG, ID
from gapgraph.reading.graph import reading_graph

#: Cells as people write them, in four languages: verdicts, marks, codes, parts of plans.
_VERDICTS = (
    "Parcial", "Parcialmente", "En parte", "Insuficiente", "Débil", "Vacío", "Ausente", "Cumple",
    "No cumple", "Sí", "No", "Presente", "Semipresente", "Por definir", "Pendiente", "n/a", "N/A",
    "No aplica", "Sin dato", "Sin correspondencia", "No existe", "Ninguno", "Nada", "Weak",
    "Strong", "Not found", "None", "Partly", "Partially covered", "Missing", "Gap", "TBD", "Yes",
    "Fraco", "Não consta", "Ausente no plano", "Em parte", "Não se aplica", "Nenhum", "Lacuna",
    "Faible", "Absent", "Aucun", "Partiel", "Sans objet", "Néant", "✓", "✗", "?", "–", "—", "...",
    "0", "1", "50 %", "A", "B-", "++", "alto", "bajo", "medio",
)  # fmt: skip
_CODES = tuple(
    f"{word} {number}"
    for word in ("OE.", "Acción", "Action", "Ação", "Objetivo", "Meta", "Línea", "Pilar", "R")
    for number in ("1", "2.3", "4.1.2")
)
_WORDS = tuple(
    f"{first} {second}"
    for first in ("Fortalecer", "Ver", "Sobre", "Mejora de", "Plan de", "Red de", "Ley de")
    for second in ("refugios", "datos", "becas", "jueces", "puertos", "fondos", "redes", "mapas",
                   "vuelos", "censos", "aulas", "ferias", "radios", "campañas", "turnos",
                   "barcos", "mares")
)  # fmt: skip
UNKNOWN = (*_VERDICTS, *_CODES, *_WORDS)


def table(folder: Path, cell: str, toml: str = "") -> Path:
    """The invented second table with another value in one cell, and more in its description."""
    shutil.copytree(SECOND, folder)
    for name, old, new in (
        ("table.tsv", "<p>Quadro legal</p>", cell if "<p>" in cell else f"<p>{cell}</p>"),
        ("analysis.toml", 'element = ["Quadro legal"]', toml),
    ):
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return folder


def graph(folder: Path) -> Graph:
    description = read_description(folder)
    return graph_of(read_table(description), description)


def test_there_are_over_200_cells() -> None:
    assert len(set(UNKNOWN)) > 200


def test_no_unknown_value_is_an_element(tmp_path: Path) -> None:
    """All are refused together, each with its line; none is taken for a part of the plan."""
    folder = table(tmp_path / "t", "".join(f"<p>{each}</p>" for each in UNKNOWN))
    description = read_description(folder)
    for each in UNKNOWN:
        assert description.values.class_of(each) == ""
    with pytest.raises(InputError) as caught:
        read_table(description)
    assert "it is not known what these values say: 'Parcial' (line 8)" in str(caught.value)
    assert f"and {len(set(UNKNOWN)) - 20} more" in str(caught.value)
    assert (caught.value.file, caught.value.line) == (folder / "table.tsv", 8)
    assert all(name in (caught.value.todo or "") for name in VALUE_CLASSES)


@pytest.mark.parametrize("cell", UNKNOWN[::9])
def test_each_unknown_value_is_refused_alone(tmp_path: Path, cell: str) -> None:
    with pytest.raises(InputError, match=re.escape(cell)):
        graph(table(tmp_path / "t", cell))


def test_unknown_values_are_counted(tmp_path: Path) -> None:
    folder = table(tmp_path / "t", "<p>Fraco</p> <p>Fraco</p> <p>Nenhum</p>")
    with pytest.raises(InputError, match=r"'Fraco' \(2 times, first on line 8\), 'Nenhum' \(line"):
        graph(folder)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("notApplicable", "Não se aplica"),
        ("partial", "Em parte"),
        ("addressed", "Cumpre"),
        ("partial", "½"),
    ],
)
def test_a_status_in_the_tables_own_words(tmp_path: Path, name: str, word: str) -> None:
    found = graph(table(tmp_path / "t", word, f'{name} = ["{word}", "outra palavra"]'))
    topic = URIRef(f"{ID}analysis/aldeia-ilha/topic/4.1")
    mapping = URIRef(f"{ID}analysis/aldeia-ilha/mapping/4.1.1")
    assert set(found.objects(topic, GG.declaredStatus)) == {GG[name]}
    assert found.value(topic, GG.declaredGap) == Literal(False)
    assert (mapping, GG.degree, Literal(word)) in found
    assert found.value(mapping, GG.mapsTo) is None
    assert found.value(topic, GG.addressedBy) is None
    assert word in export_table(found)


@pytest.mark.parametrize("word", ["Nada consta", "Sem correspondência", "✗"])
def test_several_words_for_nothing(tmp_path: Path, word: str) -> None:
    found = graph(table(tmp_path / "t", word, 'none = ["Nada consta", "Sem correspondência", "✗"]'))
    gaps = {str(each).rsplit("/", 1)[1] for each in found.subjects(GG.declaredGap, Literal(True))}
    assert gaps == {"2.1", "4.1"}


@pytest.mark.parametrize("name", ["equal", "subset", "intersects"])
def test_a_relation_stands_beside_an_element(tmp_path: Path, name: str) -> None:
    toml = f'{name} = ["⊂"]'
    found = graph(table(tmp_path / "t", "<p>Eixo 2 – Avisos</p> <p>⊂</p>", toml))
    mapping = URIRef(f"{ID}analysis/aldeia-ilha/mapping/4.1.2")
    assert found.value(mapping, GG.relation) == GG[name]
    with pytest.raises(InputError, match="has the relation '⊂', and nothing that it leads to"):
        graph(table(tmp_path / "u", "⊂", toml))


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('none = ["x"]\npartial = ["x"]', "has 'x' under none and under partial"),
        ("none = []", r"none is \[\]: give it a list of texts"),
        ("weak = ['x']", "unknown key 'weak': use none, notApplicable, partial"),
        ("partial = [1]", r"partial is \[1\]: give it a list of texts"),
    ],
)
def test_slips_in_the_classes_are_told(tmp_path: Path, toml: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_description(table(tmp_path / "t", "x", toml))


def partial(folder: Path, rows: set[int]) -> Path:
    """The second table with some directives only."""
    shutil.copytree(SECOND, folder)
    toml = (SECOND / "analysis.toml").read_text(encoding="utf-8")
    toml = toml.replace("aldeia-ilha", "aldeia-parte").replace("[table]", "[table]\npartial = true")
    (folder / "analysis.toml").write_text(toml, encoding="utf-8")
    lines = (SECOND / "table.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [
        line
        for line in lines
        if not line.partition("\t")[0].isdecimal() or int(line.partition("\t")[0]) in rows
    ]
    (folder / "table.tsv").write_text("".join(kept), encoding="utf-8")
    return folder


@pytest.mark.parametrize("rows", [{2}, {1, 5}, {4, 5}, {2, 3}])
def test_a_table_may_hold_some_directives_only(tmp_path: Path, rows: set[int]) -> None:
    folder = partial(tmp_path / "t", rows)
    found = graph(folder)
    numbers = {int(str(each).rsplit("/", 1)[1]) for each in found.subjects(RDF.type, GG.Directive)}
    assert numbers == rows
    assert found.value(URIRef(f"{ID}framework/aldeia"), GG.directiveCount) == Literal(5)
    assert found.value(URIRef(f"{ID}analysis/aldeia-parte"), GG.partialTable) == Literal(True)
    both = [read_description(each) for each in (SECOND, folder)]
    check_together([(each, read_table(each)) for each in both])
    # Without the word for it, the same table is cut.
    toml = (folder / "analysis.toml").read_text(encoding="utf-8").replace("partial = true\n", "")
    (folder / "analysis.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(InputError):
        graph(folder)


def test_a_framework_may_have_another_language_than_the_table(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    shutil.copytree(SECOND, folder)
    toml = (SECOND / "analysis.toml").read_text(encoding="utf-8")
    toml = toml.replace("directives = 5", 'directives = 5\nlanguage = "gl"')
    (folder / "analysis.toml").write_text(toml, encoding="utf-8")
    found = graph(folder)
    framework, topic = f"{ID}framework/aldeia", URIRef(f"{ID}analysis/aldeia-ilha/topic/2.1")
    for node in ("directive/2", "directive/2/indicator/1"):
        text = found.value(URIRef(f"{framework}/{node}"), GG.text)
        assert isinstance(text, Literal)
        assert text.language == "gl"
    text = found.value(topic, GG.text)
    assert isinstance(text, Literal)
    assert text.language == "pt"
    other = read_description(SECOND)
    mine = read_description(folder)
    with pytest.raises(InputError, match="analysis"):
        check_together([(each, read_table(each)) for each in (other, mine)])


#: Sentences that name bodies by words that several States use.
BODIES = (
    "El Plan dispone que la Policía y la Fiscalía participen.",
    "El Plan capacita al personal de Migraciones y del MTC.",
    "El Plan dispone que el Ministerio Público coordine con la Policía Nacional.",
)


def said(state: str, text: str, institutions: Path | None = None) -> set[str]:
    """The institutions mentioned where a State's table has an observation."""
    description = read_description(SECOND)
    asserted = graph(SECOND)
    analysis = description.names.analysis
    country = "http://publications.europa.eu/resource/authority/country/"
    asserted.set((analysis, GG.jurisdiction, URIRef(country + state)))
    observation = URIRef(f"{analysis}/observation/1.1")
    asserted.set((observation, GG.text, Literal(text, lang="es")))
    read = reading_graph(asserted, description.names, ROOT / "data", institutions=institutions)
    return {str(each).removeprefix(f"{ID}institution/") for each in read.objects(None, GG.mentions)}


@pytest.mark.parametrize("text", BODIES)
def test_the_bodies_of_a_state_are_of_that_state_only(text: str) -> None:
    assert len(said("PER", text)) == 2
    for state in ("CHL", "COL", "ESP"):
        assert said(state, text) == set()


def test_a_body_of_all_states_is_of_each() -> None:
    for state in ("PER", "CHL", "BRA"):
        assert said(state, "El Plan dispone informar a la OEA.") == {"oea"}


def test_an_analysis_has_institutions_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "institutions.tsv"
    file.write_text(
        "slug\tlabel\tshort\tnote\npdi\tPolicía de Investigaciones de Chile\tPDI\t\n"
        "carabineros\tCarabineros de Chile\tCarabineros\t\n",
        encoding="utf-8",
    )
    text = "El Plan dispone que la PDI coordine con Carabineros."
    assert said("CHL", text, file) == {"chl/pdi", "chl/carabineros"}
    assert said("CHL", "El Plan dispone que el PDIX participe.", file) == set()
