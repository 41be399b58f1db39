"""A table in English and one in Portuguese, from the files to the pages in their languages."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from conftest import ROOT, keeping
from gapgraph.account import other_languages
from gapgraph.build import build
from gapgraph.namespaces import GG, ID, last_segment
from gapgraph.reading.belied import belied
from gapgraph.settings import Home, Settings
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig

HOME = Home(ROOT, checkout=False)
#: The analyses, which are of one plan in two languages: the tag of each table's texts, the
#: language of its pages, their word for the status of topic 1.1, and the sentence that says why.
ANALYSES = {
    "charter-haven": ("en", "en", "partial", ", but it does not mention men."),
    "carta-enseada": ("pt-br", "pt", "parcial", ", mas não menciona os homens."),
}
#: Read by hand from the tables: each statement's kind and text, in the order of the analyses.
STATEMENTS = {
    "1.1.1": (
        ("Provision", "The Haven Plan provides for shelters for women and girls"),
        ("Provision", "O Plano da Enseada prevê abrigos para mulheres e meninas"),
    ),
    "1.1.2": (
        ("Omission", ", but it does not mention men."),
        ("Omission", ", mas não menciona os homens."),
    ),
    "2.1.1": (
        ("Omission", "The Plan makes no mention of compensation."),
        ("Omission", "O Plano não faz menção à indenização."),
    ),
    "2.2.1": (
        ("Provision", "Free legal aid is foreseen for all survivors."),
        ("Provision", "Está prevista assistência jurídica gratuita para todos os sobreviventes."),
    ),
    "3.1.1": (
        ("Invocation", "The Plan relies on the Palermo Protocol for its definitions."),
        ("Invocation", "O Plano remete ao Protocolo de Palermo para as suas definições."),
    ),
    "4.1.1": (
        ("UnreadStatement", "Many inspectors never heard of trafficking."),
        ("ContextNote", "Muitos auditores nunca ouviram falar do tráfico."),
    ),
    "5.1.1": (
        ("Provision", "The Plan musters a harbour watch."),
        ("Doubt", "Não está claro se a ronda do Plano equivale à vigia."),
    ),
}
#: Each topic's status, in the same order.
STATUSES = {
    "1.1": ("partial", "partial"),
    "2.1": ("none", "none"),
    "2.2": ("addressed", "addressed"),
    "3.1": ("addressed", "addressed"),
    "4.1": ("mapped", "mapped"),
    "5.1": ("addressed", "indeterminate"),
}


def expected(table: dict[str, tuple[Any, ...]], analysis: str) -> dict[str, Any]:
    """What a table says of one of the analyses."""
    place = list(ANALYSES).index(analysis)
    return {key: row[place] for key, row in table.items()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> DatasetFile:
    return build(
        HOME,
        keeping(),
        output=tmp_path_factory.mktemp("languages"),
        analyses=[ROOT / "tests" / "english", ROOT / "tests" / "portuguese"],
        annex=False,
    )


@pytest.fixture(scope="module")
def store(built: DatasetFile) -> EmbeddedStore:
    return EmbeddedStore(built)


@pytest.fixture(scope="module")
def client(built: DatasetFile) -> FlaskClient:
    return create_app(ServiceConfig(HOME, Settings(), built.path.parent)).test_client()


def _rows(store: EmbeddedStore, query: str) -> list[list[str]]:
    found = store.select(f"PREFIX gg: <{GG}> {query}").rows
    return [[term.value if term else "" for term in row] for row in found]


@pytest.mark.parametrize("analysis", ANALYSES)
def test_statements_have_their_kinds_in_the_words_of_their_language(
    store: EmbeddedStore, analysis: str
) -> None:
    found = {
        last_segment(iri): (kind.removeprefix(str(GG)), text)
        for iri, kind, text in _rows(
            store,
            "SELECT ?s ?kind ?text { ?s a ?kind ; gg:text ?text ;"
            f" gg:inAnalysis <{ID}analysis/{analysis}> . ?o gg:hasStatement ?s ."
            f" FILTER(?kind != gg:Statement && LCASE(LANG(?text)) = '{ANALYSES[analysis][0]}') }}",
        )
    }
    assert found == expected(STATEMENTS, analysis)


@pytest.mark.parametrize("analysis", ANALYSES)
def test_topics_have_the_statuses_that_their_sentences_give(
    store: EmbeddedStore, analysis: str
) -> None:
    found = {
        last_segment(iri): status.removeprefix(str(GG))
        for iri, status in _rows(
            store,
            "SELECT ?t ?status { ?t a gg:Topic ; gg:coverageStatus ?status ;"
            f" gg:inAnalysis <{ID}analysis/{analysis}> }}",
        )
    }
    assert found == expected(STATUSES, analysis)


def test_both_invoke_one_treaty(store: EmbeddedStore) -> None:
    assert {treaty for [treaty] in _rows(store, "SELECT ?i { ?s gg:invokes ?i }")} == {
        f"{ID}instrument/protocolo-de-palermo"
    }


def test_themes_are_found_in_both_languages(store: EmbeddedStore) -> None:
    rows = _rows(
        store,
        "SELECT DISTINCT ?analysis ?theme { ?o a gg:Observation ; gg:theme ?theme ; "
        "gg:inAnalysis ?analysis }",
    )
    assert {(last_segment(analysis), theme.removeprefix(str(GG))) for analysis, theme in rows} == {
        (analysis, theme) for analysis in ANALYSES for theme in ("womenTheme", "childrenTheme")
    }


def test_the_manifest_counts_what_was_read_and_names_the_own_rules(built: DatasetFile) -> None:
    for counts, unread in zip(built.manifest["analyses"], (1, 0), strict=True):
        assert counts["statements"].get("UnreadStatement", 0) == unread
        assert sum(counts["statements"].values()) == 7
    files = {each["file"] for each in built.manifest["inputs"]}
    assert {"data/reading/en/kinds.tsv", "data/reading/pt/kinds.tsv"} <= files
    assert any(each.endswith("reading/verbs.tsv") for each in files - {"data/reading/en/verbs.tsv"})


@pytest.mark.parametrize("analysis", ANALYSES)
def test_a_page_shows_the_gap_in_its_language(client: FlaskClient, analysis: str) -> None:
    _tag, language, words, sentence = ANALYSES[analysis]
    page = client.get(
        "/gaps",
        headers={"Accept": "text/html"},
        query_string={"lang": language, "analysis": f"{ID}analysis/{analysis}"},
    )
    assert page.status_code == 200
    text = html.unescape(re.sub(r"<[^>]*>", "", page.get_data(as_text=True)))
    assert f'<html lang="{language}' in page.get_data(as_text=True)
    assert sentence in text
    assert words in text.casefold()


#: What each analysis's page of topic 5.1 calls its status, and a directive.
FIFTH = {
    "charter-haven": ("Addressed", "Directive"),
    "carta-enseada": ("Indeterminado", "Diretriz"),
}


@pytest.mark.parametrize("analysis", ANALYSES)
def test_a_topic_s_page_tells_its_statement_in_its_language(
    client: FlaskClient, analysis: str
) -> None:
    _tag, language, *_ = ANALYSES[analysis]
    page = client.get(
        f"/id/analysis/{analysis}/topic/5.1.html",
        headers={"Accept": "text/html"},
        query_string={"lang": language},
    )
    assert page.status_code == 200
    text = html.unescape(re.sub(r"<[^>]*>", " ", page.get_data(as_text=True)))
    assert expected(STATEMENTS, analysis)["5.1.1"][1] in text
    for word in FIFTH[analysis]:
        assert word.casefold() in text.casefold()
    assert "directriz" not in text.casefold()


SENTENCES = {
    "es": "El plan dispone crear albergues en todas las regiones y no menciona a los niños.",
    "en": "The plan creates shelters in every region of the country and does not mention children.",
    "pt": "O plano cria abrigos em todas as regiões do país e não menciona as crianças em nada.",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_text_in_another_language_is_noticed(language: str) -> None:
    others = {each for each in SENTENCES if each != language}
    assert belied(SENTENCES.values(), f"{language}-XX") == dict.fromkeys(sorted(others), 1)
    assert belied([SENTENCES[language]], language) == {}


def test_short_texts_and_languages_that_nobody_tells_apart_are_not_judged() -> None:
    assert belied(["The plan.", "No."], "es") == {}
    assert belied(SENTENCES.values(), "ay") == {}
    assert belied([], "es") == {}


def test_the_warning_says_how_many_and_what_to_do() -> None:
    counts = {
        "analysis": "https://example.org/a",
        "observations": 3,
        "language": "es",
        "other_languages": {"en": 2},
    }
    [said] = other_languages(counts)
    assert "2 of 3 observations look like 'en', and were read as 'es'" in said
    assert "[analysis] language" in said
    assert other_languages({**counts, "other_languages": {}}) == []


def test_the_manifest_tells_of_no_other_language_where_there_is_none(built: DatasetFile) -> None:
    assert [each["other_languages"] for each in built.manifest["analyses"]] == [{}, {}]
