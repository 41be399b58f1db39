"""The stored queries asked of other analyses than the annex's: another language, one framework.

The rows are written by hand from ``tests/second``, an invented table in Portuguese.
"""

from __future__ import annotations

import shutil

import pytest

from conftest import SECOND, copy_home, keeping
from expected import ANALYSIS, GG, ID
from gapgraph.build import build
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.results import Result, run
from gapgraph.store.embedded import EmbeddedStore

FRAMEWORK, PLAN = f"{ID}framework/aldeia", f"{ID}plan/ilha-2024"
MINE, OTHER = f"{ID}analysis/aldeia-ilha", f"{ID}analysis/aldeia-outra"
D = f"{FRAMEWORK}/directive/"
WATER = (f"{FRAMEWORK}/section/1", "1", "Diretrizes de água")
FISHING = (f"{FRAMEWORK}/section/2", "2", "Diretrizes de pesca")
SECOND_TEXT = "Avisar a vizinhança:\na) por sino;\nb) por carta."
FARO = f"{ID}instrument/acordo-do-farol"
SEEN = "O plano não menciona os sinos.\nO plano envia cartas."

#: What each query answers of the second table, the analysis in the last column aside.
ROWS: dict[str, list[tuple[str | None, ...]]] = {
    "topics-without-category": [
        (*WATER, "2", f"{D}2", f"{MINE}/topic/2.1", "Sinos", SEEN),
    ],
    "directives-not-assessed": [(*WATER, "3", f"{D}3", "Guardar a chuva.")],
    "directives-without-indicator": [
        (*WATER, "3", f"{D}3", "Guardar a chuva."),
        (*FISHING, "4", f"{D}4", "Respeitar o Acordo do Farol."),
    ],
    "list-categories": [
        (f"{PLAN}/category/1", "1", "Água limpa"),
        (f"{PLAN}/category/2", "2", "Avisos"),
    ],
    "plan-elements": [
        (f"{PLAN}/category/1", "1", "Água limpa", None),
        (f"{PLAN}/category/2", "2", "Avisos", None),
        (f"{PLAN}/element/quadro-legal", None, "Quadro legal", None),
    ],
    "mixed-directives": [("2", f"{D}2", SECOND_TEXT, "2", "1")],
    "topics-with-several-categories": [
        ("2", f"{D}2", f"{MINE}/topic/2.2", "Cartas", "2",
         "Eixo 2 – Avisos · Eixo 1 – Água Limpa."),
    ],
    "list-concepts": [
        (f"{ID}concept/acordo", "Acordo"),
        (f"{ID}concept/cartas", "Cartas"),
        (f"{ID}concept/pocos", "Poços"),
        (f"{ID}concept/sinos", "Sinos"),
    ],
    "list-instruments": [(FARO, "Acordo do Farol", None, None)],
    "directives-citing": [("4", f"{D}4", FARO, "Acordo do Farol", None, None)],
    "instrument-uses": [(FARO, "Acordo do Farol", "cites", "4", f"{D}4", None, None)],
    "treaties-cited": [(FARO, "Acordo do Farol", None, "1", "4", None)],
    "source-lines": [(n, "table.tsv", line) for n, line in zip("12345", "34589", strict=True)],
    "category-usage": [
        # Of counting boats no rule knows whether it is the plan's: nobody has read that.
        (f"{PLAN}/category/2", "2", "Avisos", "2", "2", "1", "0", "0", "1", "4", "50"),
        (f"{PLAN}/category/1", "1", "Água limpa", "2", "2", "2", "0", "0", "0", "4", "50"),
        (f"{PLAN}/element/quadro-legal", None, "Quadro legal", "1", "1", "0", "0", "0", "1", "4",
         "25"),
    ],
}  # fmt: skip
ROWS["category-usage"][:2] = reversed(ROWS["category-usage"][:2])
#: Further queries that must answer something of it, and how many rows.
COUNTS = {
    "coverage-by-directive": 5, "coverage-by-section": 2, "directive-category-matrix": 5,
    "gaps": 1, "list-topics": 5, "topic-mappings": 6, "analyses": 3, "list-analyses": 3,
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """The annex, the second table, and a further one on the second's framework and plan."""
    folder = tmp_path_factory.mktemp("three")
    shutil.copytree(SECOND, folder / "other")
    for name, changes in {
        "analysis.toml": {"analysis/aldeia-ilha": "analysis/aldeia-outra"},
        "table.tsv": {"Eixo 1 – Água limpa": "Não há", "mede": "não mede"},
    }.items():
        file = folder / "other" / name
        text = file.read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        # One line further down than the second's.
        file.write_text("\n" + text, encoding="utf-8")
    home = copy_home(folder / "home")
    analyses = [SECOND, folder / "other"]
    return EmbeddedStore(build(home, keeping(), output=folder / "out", analyses=analyses))


@pytest.fixture(scope="module")
def catalogue(real: object) -> Catalogue:
    return Catalogue.load(real.queries)  # type: ignore[attr-defined]


def rows(result: Result) -> list[tuple[str | None, ...]]:
    return [tuple(term.value if term else None for term in row) for row in result.rows]


def decimals(row: tuple[str | None, ...]) -> tuple[str | None, ...]:
    return tuple(each.removesuffix(".0") if each else each for each in row)


@pytest.mark.whole
@pytest.mark.parametrize("name", ROWS)
def test_rows_in_the_language_of_the_analysis(
    name: str, store: EmbeddedStore, catalogue: Catalogue
) -> None:
    found = rows(run(store, catalogue, name, {"analysis": [MINE]}))
    assert list(map(decimals, found)) == [(*row, MINE) for row in ROWS[name]]


@pytest.mark.whole
@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_nothing_is_left_out_silently(
    name: str, count: int, store: EmbeddedStore, catalogue: Catalogue
) -> None:
    query = catalogue[name]
    takes = "analysis" in {each.name for each in query.header.parameters}
    result = run(store, catalogue, name, {"analysis": [MINE]} if takes else {})
    assert result.total == count
    labels = [i for i, each in enumerate(result.names) if each in {"topicLabel", "sectionLabel"}]
    for row in result.rows:
        assert all(cell is not None and cell.language == "pt" for cell in (row[i] for i in labels))


@pytest.mark.whole
def test_the_evidence_of_a_topic_comes_in_its_own_language(
    store: EmbeddedStore, catalogue: Catalogue
) -> None:
    found = rows(run(store, catalogue, "evidence-for-topic", {"topic": [f"{MINE}/topic/2.1"]}))
    assert ("2", f"{MINE}/topic/2.1", "Sinos", f"{GG}cell") in {row[:4] for row in found}
    assert {row[-1] for row in found} == {"true"}


@pytest.mark.whole
def test_a_directive_whole(store: EmbeddedStore, catalogue: Catalogue) -> None:
    values = {"analysis": [MINE], "number": ["4"]}
    found = rows(run(store, catalogue, "directive-detail", values))
    assert [(row[1], row[4], row[6]) for row in found] == [
        ("Directriz", "Respeitar o Acordo do Farol.", "Diretrizes de pesca"),
        ("Instrumento", None, "Acordo do Farol"),
        ("Tema", "Acordo", "con elemento, sin más noticia"),
        ("Correspondencia", "Quadro legal", "Quadro legal"),
    ]


@pytest.mark.whole
def test_analyses_asked_together_are_told_apart(store: EmbeddedStore, catalogue: Catalogue) -> None:
    """Each row names its analysis, and each analysis has the rows it has alone."""
    told = 0
    for query in catalogue:
        # A query that leaves the analysis open, or takes one and another, sets plans side by side.
        parameters = {
            each.name for each in query.header.parameters if each.repeats and not each.optional
        }
        if query.form != "SELECT" or "analysis" not in parameters:
            continue
        assert query.header.columns[-1].name == "analysis", query.id
        alone = [
            run(store, catalogue, query.id, {"analysis": [each]}).rows
            for each in sorted((ANALYSIS, MINE, OTHER))
        ]
        together = run(store, catalogue, query.id, {"analysis": [ANALYSIS, OTHER, MINE]})
        assert list(together.rows) == [row for part in alone for row in part], query.id
        told += any(alone[0]) and any(alone[1])
    assert told > 15


@pytest.mark.whole
def test_lines_of_the_source_are_those_of_one_analysis(
    store: EmbeddedStore, catalogue: Catalogue
) -> None:
    """The framework has the lines of the table that came first: they are not lines of this one."""
    found = rows(run(store, catalogue, "source-lines", {"analysis": [OTHER], "number": ["1"]}))
    assert found == [("1", "table.tsv", "4", OTHER)]


@pytest.mark.whole
def test_the_graph_of_a_directive_is_that_of_one_analysis(
    store: EmbeddedStore, catalogue: Catalogue
) -> None:
    """Two analyses share the directive."""
    for mine, other in ((MINE, OTHER), (OTHER, MINE)):
        values = {"analysis": [mine], "number": ["2"]}
        result = run(store, catalogue, "directive-graph", values)
        triples = {tuple(term.value for term in triple) for triple in result.triples or ()}
        assert (f"{D}2", f"{GG}hasTopic", f"{mine}/topic/2.1") in triples
        assert not [each for each in triples if f"{other}/topic" in each[0] + each[2]]
        assert not [each for each in triples if f"{other}/observation" in each[0] + each[2]]
