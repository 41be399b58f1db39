"""Our translations of the texts: all of them, sentence by sentence, marked as ours on pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, PROV, SKOS

import expected
import oracle
from conftest import ROOT, Built
from gapgraph.errors import InputError
from gapgraph.ntriples import Writer
from gapgraph.rdf import read_turtle
from gapgraph.settings import Settings
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.texts import LANGUAGE_NAMES, SOURCE, aligned, sentence_starts
from gapgraph.translated import translations_graph
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig

BROWSER = {"Accept": "text/html"}
ANNEX = ROOT / "data" / "source" / "annex.txt"
GRAPH = "https://w3id.org/gapgraph/graph/translations"
#: The languages that there are translations into.
LANGUAGES = sorted(each.stem[-2:] for each in (ROOT / "data").glob("translations-*.tsv"))


def table(language: str) -> dict[tuple[str, str], str]:
    rows = expected.tsv(f"data/translations-{language}.tsv")
    return {(row["kind"], row["es"].replace("\\n", "\n")): row[language] for row in rows}


def texts() -> set[tuple[str, str]]:
    """All that is translated, as the source has it."""
    return {
        (kind, text)
        for row in oracle.read(ANNEX)
        for kind, found in (
            ("directive", [row.text]),
            ("indicator", row.indicators),
            ("observation", row.observations),
        )
        for text in found
    }


@pytest.fixture(scope="module")
def client(built: Built) -> FlaskClient:
    return create_app(ServiceConfig(built.home, Settings(), built.output)).test_client()


@pytest.mark.every
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_whole(language: str) -> None:
    """Each text once; as many sentences, lettered items, numbers and names as it has."""
    assert language in LANGUAGE_NAMES
    found = table(language)
    plain = {(kind, " ".join(text.split())): said for (kind, text), said in found.items()}
    assert len(plain) == len(found)
    assert plain.keys() == {(kind, " ".join(text.split())) for kind, text in texts()}
    kept = re.compile(r"\([a-z]\)|\b(?:PNAT|RENIEC|SUTRAN|CMNP TP-TIM|1818|189|R230|201)\b")
    for (kind, text), said in plain.items():
        assert said not in ("", text)
        assert sorted(kept.findall(said)) == sorted(kept.findall(text)), said
        assert 0.6 < len(said) / len(text) < 1.7, said
        if kind == "observation":
            assert len(sentence_starts(said)) == len(sentence_starts(text)), said


def test_their_graph_says_whose_they_are(built: Built) -> None:
    """Who, when, read again by whom; and the table's own text is in no way touched."""
    store = EmbeddedStore(built.dataset)
    ask = f"ASK {{ GRAPH ?g {{ ?s <{expected.GG}translation> ?o }} FILTER(?g != <{GRAPH}>) }}"
    assert store.ask(ask) is False
    graph = read_turtle(ROOT / "data" / "translations.ttl")
    node = URIRef(GRAPH)
    notes = {str(getattr(each, "language", "")): str(each) for each in
             graph.objects(node, SKOS.editorialNote)}  # fmt: skip
    assert notes.keys() == {"es", "en", "pt"}
    assert "second time" in notes["en"]
    assert "no professional translator" in notes["en"]
    assert graph.value(node, DCTERMS.created)
    assert graph.value(node, PROV.wasGeneratedBy)
    assert "translation" not in (built.home.data / "annex.ttl").read_text(encoding="utf-8")


def asserted() -> Graph:
    """A table with one observation and one directive, in Spanish."""
    graph = Graph()
    for name, kind, text in (
        ("urn:o", "Observation", "El plan calla. Sin embargo, invoca el Protocolo."),
        ("urn:d", "Directive", "Hablar\nclaro."),
    ):
        graph.add((URIRef(name), RDF.type, URIRef(expected.GG + kind)))
        graph.add((URIRef(name), URIRef(f"{expected.GG}text"), Literal(text, lang=SOURCE)))
    return graph


@pytest.fixture
def data(tmp_path: Path) -> Callable[..., Path]:
    def written(*rows: str) -> Path:
        (tmp_path / "translations.ttl").write_text("# Nobody.\n", encoding="utf-8")
        lines = ["kind\tes\ten", *rows, ""]
        (tmp_path / "translations-en.tsv").write_text("\n".join(lines), encoding="utf-8")
        return tmp_path

    return written


OBSERVED = "observation\tEl plan calla. Sin embargo, invoca el Protocolo.\t"


@pytest.mark.every
@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (["topic\tTema\tTopic"], "kind 'topic' is unknown"),
        (["observation\tOtra cosa.\tSomething else."], "no observation of the table has this text"),
        (["directive\tEl plan calla. Sin embargo, invoca el Protocolo.\tA. B."], "no directive"),
        ([f"{OBSERVED}It is silent. But it invokes.", f"{OBSERVED}A. B."], "was translated above"),
        ([f"{OBSERVED}It is silent, but it invokes the Protocol."], "as many sentences"),
        (["directive\tHablar\\nclaro.\t"], "has no translation"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused(
    data: Callable[..., Path], rows: list[str], fault: str
) -> None:
    with pytest.raises(InputError, match=fault) as raised:
        translations_graph(data(*rows), [set(Writer().written(asserted()))], whole=True)
    assert "translations-en.tsv" in str(raised.value)


def test_other_tables_take_what_they_have(data: Callable[..., Path]) -> None:
    """Without the project's table, what is of no text there is left aside."""
    folder = data("directive\tHablar\\nclaro.\tSpeak\\nplainly.", "directive\tOtra.\tAnother.")
    graph = translations_graph(folder, [set(Writer().written(asserted()))], whole=False)
    said = Literal("Speak\nplainly.", lang="en")
    assert set(graph) == {(URIRef("urn:d"), URIRef(f"{expected.GG}translation"), said)}
    assert not translations_graph(folder, [()], whole=False)


@pytest.mark.every
@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (0, 14, "It is silent."),
        (15, 49, "But it invokes."),
        (0, 49, "It is silent. But it invokes."),
        (3, 20, "It is silent. But it invokes."),
    ],
)
def test_a_stretch_has_its_sentences(start: int, end: int, found: str) -> None:
    text = "El plan calla. Sin embargo, invoca el Protocolo."
    assert aligned(text, "It is silent. But it invokes.", start, end) == found
    assert aligned(text, "It is silent, but it invokes.", start, end) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_show_them_below_the_evidence(client: FlaskClient, language: str) -> None:
    """Below each sentence, in the reader's language and marked; nowhere in Spanish."""
    sentence = "El PNAT no menciona a los indígenas y no impulsa acciones en relación a este grupo."
    translation = table(language)["observation", sentence]
    mark = {"en": "unofficial translation by gapgraph", "pt": "tradução não oficial do gapgraph"}
    asked = table(language)["directive", oracle.read(ANNEX)[6].text]
    for path, whole in (
        ("/id/concept/indigenas.html", True),
        ("/id/framework/oas-work-plan-2/directive/7.html", True),
        ("/gaps", False),
    ):
        page = client.get(f"{path}?lang={language}", headers=BROWSER).text
        assert f"{sentence}</mark>" in page
        ours = re.findall(r'<p class="ours">(.*?)</p>', page)
        assert any(translation in each for each in ours), path
        assert all((mark[language] if whole else "(gapgraph)") in each for each in ours)
        assert any(asked in each for each in ours) is whole
        assert 'class="ours"' not in client.get(f"{path}?lang=es", headers=BROWSER).text
    report = client.get(f"/report.md?lang={language}&directive=7").text
    assert report.index(sentence) < report.index(f"{translation} ({mark[language]})")
    assert asked in report
    assert mark["en"] not in client.get("/report.md?lang=es&directive=7").text


@pytest.mark.parametrize("language", ["en", "pt"])
def test_labels_of_ours_are_marked(client: FlaskClient, language: str) -> None:
    """A plan element's name: ours where we have one in the reader's language, and told so."""
    path = "/id/plan/pnat-2017-2021/category/16.html"
    page = client.get(f"{path}?lang={language}", headers=BROWSER).text
    labels = expected.tsv(f"data/labels-{language}.tsv")
    (own,) = (row[language] for row in labels if (row["kind"], row["key"]) == ("category", "16"))
    assert f">{own}</h1>" in page
    assert '<span lang="es">Cooperación Internacional</span>' in page
