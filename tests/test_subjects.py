"""The sentence first: cards, the pages of subjects, their pictures, and words of people."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image

from conftest import ROOT, Built
from gapgraph.report import social
from gapgraph.report.fonts import font_of
from gapgraph.settings import Settings
from gapgraph.web import create_app
from gapgraph.web.fulltext import FullText, Words
from gapgraph.web.pages.cards import cards, in_reading_order
from gapgraph.web.pages.search import cited_by, find_subjects
from gapgraph.web.service import ServiceConfig

SEARCHES = ROOT / "tests" / "golden" / "searches.tsv"
BROWSER = {"Accept": "text/html", "Accept-Language": "es"}
#: What a picture may weigh, so that those who show it take it.
LARGEST = 60_000


@pytest.fixture(scope="module")
def client(built: Built) -> FlaskClient:
    return create_app(ServiceConfig(built.home, Settings(), built.output)).test_client()


def said(html: str) -> str:
    """The words of a page, without what only listeners hear."""
    spoken = re.sub(r'<span class="unseen".*?</span>', "", html)
    return " ".join(re.sub(r"<[^>]+>", "", spoken).split())


def rows(client: FlaskClient, query: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"/queries/{query}.csv").text)))


def test_every_gap_has_a_card_with_whole_sentences(client: FlaskClient) -> None:
    page = client.get("/gaps", headers=BROWSER).text
    gaps = rows(client, "gaps")
    assert page.count('<article class="gap-card') == len(gaps) == 63
    observations = {row["observationText"] for row in rows(client, "statements-in-full")}
    quoted = re.findall(r'<p class="said">(.*?)</p>', page)
    assert len(quoted) > 70
    for each in map(said, quoted):
        # Not "y, por lo tanto, …": a quotation has its subject.
        assert each[0].isupper(), each
        assert any(each in " ".join(text.split()) for text in observations), each
    assert "Sin embargo, el PNAT no especifica en qué ámbitos se debe cooperar" in said(page)


def test_a_card_can_be_taken_away(client: FlaskClient) -> None:
    """A link with its citation, a picture and a Word document of the card alone."""
    page = client.get("/gaps?section=2&lang=en", headers=BROWSER).text
    cards = re.findall(r'<article class="gap-card.*?</article>', page, re.DOTALL)
    assert len(cards) > 10
    for card in cards:
        topic = re.search(r'data-topic="([^"]+)"', card)
        assert topic
        taken = re.findall(r'<p class="note take">(.*?)</p>', card)
        assert len(taken) == 1
        assert re.findall(r'href="([^"?#]*)[^"]*"', taken[0]) == [
            f"/id/analysis/oas-pnat/topic/{topic[1]}.html", "/card.png", "/report.docx",
            "/review.xlsx",
        ]  # fmt: skip
        assert taken[0].count(f"topic={topic[1]}&") == 3
    subject = client.get("/id/analysis/oas-pnat/topic/29.3.html", headers=BROWSER).text
    assert 'id="share"' in subject
    assert '<p class="cite" data-take>' in subject
    # What a script adds to what is copied.
    cite = re.search(r'data-cite="([^"]*)"', page)
    assert cite
    assert cite[1].startswith("gapgraph. «{name}». ")
    assert "https://w3id.org/gapgraph/id/analysis/oas-pnat/topic/{topic}. " in cite[1]
    report = client.get("/report.md?topic=29.3").text
    assert "no menciona la investigación judicial" in report
    assert "Directriz 30" not in report
    assert client.get("/report.md?topic=29.9").status_code == 400


@pytest.mark.parametrize("path", ["/gaps", "/id/concept/indigenas.html", "/search?q=agua"])
def test_sentences_in_another_language_are_told_so(client: FlaskClient, path: str) -> None:
    told = {
        "es": "",
        "en": "The sentences are in the language of the table (Spanish)",
        "pt": "As frases estão na língua do quadro (espanhol)",
    }
    for lang, words in told.items():
        page = said(client.get(path, headers={**BROWSER, "Accept-Language": lang}).text)
        for each in told.values():
            assert (each in page) is (each in {"", words}), (path, lang)


def test_a_concept_shows_what_is_asked_and_what_is_observed(client: FlaskClient) -> None:
    page = client.get("/id/concept/indigenas.html", headers=BROWSER).text
    words = said(page)
    assert page.count('<section class="gap-pair none"') == 2
    assert "en las directrices 7 · 19" in words
    for text in (
        "inclusive indígenas y otras poblaciones tradicionales",
        "A diferencia de la OEA, el PNAT no menciona a los indígenas y no impulsa acciones",
        "En la casilla del plan: «No hay»",
        "Son palabras de quien hizo el cuadro, no del plan.",
    ):
        assert text in words
    assert "<title>Indígenas: sin elemento del plan" in page
    assert 'href="/report.docx?concept=indigenas&amp;status=none"' in page
    topic = client.get("/id/analysis/oas-pnat/topic/19.2.html", headers=BROWSER).text
    assert topic.count('<section class="gap-pair') == 1
    assert "personas de origen indígena" not in said(topic)


def test_a_topic_without_a_sentence_says_so(client: FlaskClient) -> None:
    page = said(client.get("/id/analysis/oas-pnat/topic/3.2.html", headers=BROWSER).text)
    assert "Ninguna observación explica por qué." in page


def test_cards_come_in_the_order_that_is_told(client: FlaskClient) -> None:
    order = ("none", "partial", "indeterminate")
    with client.application.test_request_context("/", headers=BROWSER):
        listed = in_reading_order(each for each in cards().values() if each.card.gap)
        told = [
            (order.index(each.mark.name), not each.card.sentences, bool(each.card.easing))
            for each in listed
        ]
    assert len(listed) == 63
    assert told == sorted(told)
    assert {each.card.label.value for each in listed[:4]} & {"Indígenas", "Tipificar el delito"}
    page = client.get("/gaps?sort=reading&group=no", headers=BROWSER).text
    shown = re.findall(r'<h2><a href="[^"]*">(.*?)</a></h2>', page)
    assert shown == [each.card.label.value for each in listed]


def test_the_first_page_says_what_was_found(client: FlaskClient) -> None:
    page = client.get("/", headers=BROWSER).text
    words = said(page)
    assert "62 de los 111 temas que piden las directrices faltan en el plan" in words
    assert "Es el 56 %: 31 no tienen ningún elemento del plan y 31 constan como parciales." in words
    assert page.count('<article class="gap-card') == 3
    assert "<title>Perú: 62 de los 111 temas" in page


@pytest.mark.parametrize(
    "path", ["/", "/id/concept/extradicion.html", "/id/analysis/oas-pnat/topic/19.2.html", "/gaps"]
)
def test_a_page_says_of_itself_what_a_preview_needs(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers=BROWSER).text
    told = dict(re.findall(r'<meta (?:property|name)="([a-z:]+)" content="([^"]*)">', page))
    assert told["og:title"] in page
    assert len(told["description"]) > 60
    assert told["og:description"] == told["description"]
    assert told["og:url"] == f"http://localhost{path}?lang=es"
    assert f'<link rel="canonical" href="http://localhost{path}?lang=es">' in page
    assert f'hreflang="x-default" href="http://localhost{path}"' in page
    picture = told["og:image"].replace("&amp;", "&")
    assert picture.startswith("http://localhost/card.png")
    answer = client.get(picture.removeprefix("http://localhost"))
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert Image.open(io.BytesIO(answer.data)).size == social.SIZE
    assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.whole
def test_pictures_of_subjects_are_small_and_the_same_each_time(client: FlaskClient) -> None:
    concepts = sorted({row["concept"].rpartition("/")[2] for row in rows(client, "topics-in-full")})
    assert len(concepts) > 80
    # One in four, and those whose names are longest.
    some = {*concepts[::4], *sorted(concepts, key=len)[-4:]}
    for lang, listed in (("es", sorted(some)), ("en", concepts[:3])):
        for each in listed:
            answer = client.get(f"/card.png?concept={each}&lang={lang}")
            assert answer.status_code == 200, each
            assert 5_000 < len(answer.data) < LARGEST, each
    path = "/card.png?concept=extradicion"
    other = client.application.test_client()
    assert client.get(path).data == other.get(path).data
    assert client.get("/card.png?concept=nada").status_code == 404
    assert client.get("/card.png?concept=%3E%20x").status_code == 404
    assert client.get(f"{path}&topic=19.2").status_code == 400


def test_the_font_of_pictures_has_the_letters_of_our_languages() -> None:
    font = font_of(40)
    none = bytes(font.getmask("\u4e2d"))
    for letter in "áéíóúüñÁÉÍÓÚÑãõâêôàçœ«»—“”…ß":
        assert bytes(font.getmask(letter)) != none, letter


def test_a_long_sentence_is_cut_and_a_short_one_is_large() -> None:
    def picture(text: str) -> bytes:
        return social.face(social.Face("a", "b", ((text, True),), "none", "c", "d"))

    long, longer = (picture("palabra " * many) for many in (200, 400))
    # Both are cut at the same place.
    assert long == longer
    assert picture("Una palabra.") != picture("Otra palabra.")


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/tema/indigenas", "/id/concept/indigenas.html"),
        ("/tema/Indígenas", "/id/concept/indigenas.html"),
        ("/topic/extradicion?lang=en", "/id/concept/extradicion.html?lang=en"),
        ("/directriz/19", "/id/framework/oas-work-plan-2/directive/19.html"),
        ("/directive/19", "/id/framework/oas-work-plan-2/directive/19.html"),
        ("/brechas?status=none&lang=es", "/gaps?status=none&lang=es"),
        ("/datos", "/data/"),
    ],
)
def test_a_short_address_leads_to_the_page(client: FlaskClient, path: str, leads: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert (answer.status_code, answer.headers["Location"]) == (303, leads)
    assert client.get(leads, headers=BROWSER).status_code == 200


@pytest.mark.parametrize("path", ["/tema/nada", "/directriz/990"])
def test_a_short_address_of_nothing_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers=BROWSER).status_code == 404


def test_words_of_people_lead_to_the_directive(client: FlaskClient) -> None:
    """The searches were written down before the table of words was; all are reached by now.

    They say that what people were thought to type is found, not how much of what they type is.
    """
    with SEARCHES.open(encoding="utf-8", newline="") as file:
        searches = list(csv.DictReader(file, delimiter="\t"))
    assert len(searches) == 48
    missed = []
    for each in searches:
        asked = {"lang": each["language"], "q": each["words"]}
        with client.application.test_request_context("/search", query_string=asked):
            first = find_subjects(each["words"], cited_by(each["words"]))[1][:3]
            found = {
                number
                for shown in first
                for number in (shown.row["directiveIdentifier"], *shown.also)
            }
        if found.isdisjoint(each["directives"].split()):
            missed.append(each["words"])
    assert missed == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("pueblos indígenas", "sin elemento del plan"),
        ("indiginas", "Con esas letras no hay nada; esto es lo más parecido."),
        ("venezolanos sin papeles", "Nada tiene todas esas palabras; esto tiene alguna."),
        ("xyzzy", "Ni las directrices, ni las categorías del plan, ni las observaciones"),
    ],
)
def test_the_search_says_how_it_found(client: FlaskClient, words: str, told: str) -> None:
    answer = client.get("/search", query_string={"q": words}, headers=BROWSER)
    assert told in said(answer.text)


def test_words_mean_other_words_only_as_the_table_has_it(tmp_path: Path) -> None:
    table = tmp_path / "words.tsv"
    table.write_text(
        "language\tsaid\tmeant\nes\tcasa de acogida\talbergue\nes\tde\t\n", encoding="utf-8"
    )
    texts = ["Un albergue.", "La casa.", "Una acogida en casa."]
    index = FullText(texts, Words.read(table))
    assert [hit.place for hit in index.find("casas de acogida")] == [2, 0]
    assert [hit.place for hit in index.find("casa")] == [1, 2]
    assert index.find("alvergue") == []
    assert index.nearest("alvergue")[0] == "near"
    assert [hit.place for hit in index.nearest("casa jardín")[1]] == [1, 2]
    assert index.nearest("jardín") == ("", [])
    # Words that say nothing are looked for where there are no others.
    assert [hit.place for hit in FullText(["de", "a"], Words.read(table)).find("de")] == [0]


@pytest.mark.parametrize(
    ("typed", "places"),
    [("niños no acompañados", {1}), ("crianças não acompanhadas", {1, 2}), ("not for boys", set())],
)
def test_words_that_say_nothing_find_nothing(typed: str, places: set[int]) -> None:
    """Most of a table denies something: "no" is no word to look for, if there are others."""
    texts = ["El plan no dice nada de ellas", "Los niños", "Crianças da rua, não", "not for us"]
    index = FullText(texts, Words.read(ROOT / "data" / "search" / "words.tsv"))
    assert {hit.place for hit in index.nearest(typed)[1]} == places
