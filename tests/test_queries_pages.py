"""The pages of stored queries: the sentence as a form, the answer in words, the whole it is of."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest
from flask.testing import FlaskClient

from conftest import ROOT, SECOND, Built, copy_home, keeping
from expected import GG, ID
from gapgraph.build import build
from gapgraph.settings import Home, Settings
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig

HTML = {"Accept": "text/html"}
MINE = f"{ID}analysis/aldeia-ilha"


@pytest.fixture(scope="module")
def client(built: Built) -> FlaskClient:
    return create_app(
        ServiceConfig(Home(ROOT, checkout=True), Settings(), built.output)
    ).test_client()


def page(client: FlaskClient, path: str, code: int = 200, **asked: Any) -> str:
    answer = client.get(path, headers=HTML, query_string=asked)
    assert answer.status_code == code
    return unescape(answer.text)


def chosen(text: str, name: str) -> list[str]:
    """The values that are chosen in a field."""
    field = re.search(rf'<select id="p-{name}".*?</select>', text, re.DOTALL)
    if field:
        return re.findall(r'<option value="([^"]*)" selected>', field[0])
    return re.findall(rf'<input[^>]* name="{name}" value="([^"]*)"', text)


def words(text: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def test_yes_or_no_is_said(client: FlaskClient) -> None:
    assert "¿Están todas las directrices del marco? Sí Descargar" in words(
        page(client, "/queries/framework-complete")
    )
    english = words(page(client, "/queries/framework-complete", lang="en"))
    assert "Are all directives of the framework there? Yes Download" in english


def test_a_graph_is_shown(client: FlaskClient) -> None:
    text = page(client, "/queries/directive-graph", number=3)
    data = client.get("/queries/directive-graph.nt?number=3").text
    count = sum(line.endswith(" .") for line in data.splitlines() if line[0] != "#")
    assert f"{count} tripletas" in text
    shown = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", text, re.DOTALL)[0]
    assert "gg:Mapping" in shown
    for form in ("ttl", "nt", "jsonld", "rdf"):
        assert f'href="/queries/directive-graph.{form}?number=3"' in text


def test_the_sentence_is_the_form(client: FlaskClient) -> None:
    text = page(client, "/queries/topics-without-category", number=7)
    sentence = re.search(r'<p class="sentence">(.*?)</p>', text, re.DOTALL)
    assert sentence
    around = words(re.sub(r"<select.*?</select>", "…", sentence[1], flags=re.DOTALL))
    assert around == "Temas sin categoría de la directriz … en la sección …"
    assert (chosen(text, "number"), chosen(text, "sectionNumber")) == (["7"], [])
    assert "7. Incluir la trata de personas" in sentence[1]
    assert "Temas sin categoría de la directriz 7 4 de 111 temas" in words(text)


def test_the_form_holds_what_was_asked(client: FlaskClient) -> None:
    several = page(client, "/queries/topics-without-category", number=[7, 31, 900])
    assert chosen(several, "number") == ["900", "7", "31"]
    assert "directriz 7, 31, 900" in several
    searched = page(client, "/queries/search", text=["niñas", "mujer"])
    assert chosen(searched, "text") == ["niñas", "mujer"]
    kept = page(client, "/queries/list-topics", sort=["-number", "topic"], filter="number>9")
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', kept)
    assert set(hidden) == {("sort", "-number"), ("sort", "topic"), ("filter", "number>9")}


def test_every_parameter_that_can_be_listed_is(client: FlaskClient) -> None:
    text = page(client, "/queries/gaps", status=f"{GG}none")
    for name, label in {
        "number": "30. ",
        "sectionNumber": "2. Directrices de prevención",
        "status": "sin elemento del plan",
        "element": "11. Protocolo Intersectorial",
        "concept": "Delito cibernético",
    }.items():
        field = re.search(rf'<select id="p-{name}".*?</select>', text, re.DOTALL)
        assert field, name
        assert f">{label}" in field[0], name
    assert chosen(text, "status") == [f"{GG}none"]
    # There is one analysis, and so nothing to choose.
    assert 'name="analysis"' not in text
    kinds = page(client, "/queries/statements-about", kindName="Omission", lang="en")
    assert '<option value="Omission" selected>omission</option>' in kinds
    assert "Statements of kind omission that contain “refugio”" in kinds


def test_a_permanent_address_says_what_was_taken_by_default(client: FlaskClient) -> None:
    for asked, said in (({}, "number=7"), ({"number": 3}, "number=3")):
        text = page(client, "/queries/directive-detail", **asked)
        for form in ("", ".csv"):
            assert f'href="http://localhost/queries/directive-detail{form}?{said}"' in text or (
                f'href="/queries/directive-detail{form}?{said}"' in text
            ), (asked, form)
        assert f"directive-detail.csv?{said}'</code>" in text


def test_a_query_leads_to_the_editor(client: FlaskClient) -> None:
    assert 'href="/sparql?example=gaps"' in page(client, "/queries/gaps")


def test_counts_have_their_whole(client: FlaskClient) -> None:
    for path, asked, said in (
        ("directives-not-assessed", {}, "2 de 67 directrices"),
        ("topics-without-category", {}, "31 de 111 temas"),
        ("categories-used-once", {}, "7 de 29 categorías"),
        ("coverage-by-directive", {"sectionNumber": 1}, "17 de 67 filas"),
        ("coverage-by-directive", {"filter": "number>60"}, "7 de 67 filas"),
        ("coverage-by-section", {}, "4 filas"),
        ("topics-without-category", {"lang": "en"}, "31 of 111 topics"),
    ):
        assert said in words(page(client, f"/queries/{path}", **asked)), path


def test_names_signs_and_links_of_this_service(client: FlaskClient) -> None:
    text = page(client, "/queries/list-topics", number=7, lang="en")
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    assert '<span class="st partial">partial</span>' in body
    assert '<a href="/id/analysis/oas-pnat/topic/7.1?lang=en">' in body
    assert "https://w3id.org" not in body
    heads = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', text)
    assert "Analysis" not in heads
    assert {"Topic", "Status", "Directive"} <= set(heads)
    bare = page(client, "/queries/list-topics", number=7, labels=0)
    assert "topic/7.1" not in words(bare)  # the query itself has the labels of topics


def test_pages_are_turned_only_where_there_are_several(client: FlaskClient) -> None:
    assert 'class="pager"' not in page(client, "/queries/topics-without-category")
    long = page(client, "/queries/coverage-by-directive")
    assert "67 filas · aquí, de la 1 a la 50" in words(long)
    assert 'rel="next"' in long
    beyond = page(client, "/queries/coverage-by-directive", offset=90)
    assert "67 filas · aquí, ninguna" in words(beyond)
    assert 'rel="prev"' in beyond
    none = page(client, "/queries/coverage-by-directive", limit=0)
    assert "67 filas · aquí, ninguna" in words(none)


def test_a_wrong_value_is_told_at_its_place(client: FlaskClient) -> None:
    text = page(client, "/queries/statements-about", code=400, kindName="nada")
    assert chosen(text, "kindName") == ["nada"]
    assert text.count('role="alert"') == 1
    assert 'id="e-kindName"' in text
    page(client, "/queries/gaps", code=400, format="doc")
    refused = page(client, "/queries/gaps", code=400, lang="xx")
    assert "use es or en or pt or fr" in refused


def test_addresses_are_those_that_the_service_is_known_by(built: Built) -> None:
    base = "https://example.org/grafo/"
    config = ServiceConfig(Home(ROOT, checkout=True), Settings(), built.output, base=base)
    text = page(create_app(config).test_client(), "/queries/search", text="a b'c")
    asked = "queries/search?text=a+b%27c"
    assert f'<a href="{base}{asked}"><code>{base}{asked}</code></a>' in text
    assert f"curl '{base}queries/search.csv?text=a+b%27c'" in text
    assert f'<iframe src="{base}{asked}"' in text
    assert "localhost" not in text


@pytest.mark.whole
def test_another_analysis_has_choices_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("two")
    home = copy_home(folder / "home")
    build(home, keeping(), output=folder / "out", analyses=[SECOND])
    config = ServiceConfig(home, Settings(), folder / "out")
    client = create_app(config).test_client()
    text = page(client, "/queries/topics-without-category", analysis=MINE)
    assert "1 de 5 temas" in words(text)
    assert chosen(text, "analysis") == [MINE]
    assert ">Plano da Ilha 2024</option>" in text
    assert "2. Avisar a vizinhança" in text
    assert "Incluir la trata" not in text
    both = page(client, "/queries/coverage-by-section", analysis=[f"{ID}analysis/oas-pnat", MINE])
    heads = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', both)
    assert heads[-1] == "Análisis"
    assert chosen(both, "analysis") == [MINE, f"{ID}analysis/oas-pnat"]


def test_the_list_of_queries_tells_them_apart(client: FlaskClient) -> None:
    text = page(client, "/queries")
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", text)[:2] == ["Brechas", "Cobertura"]
    stored = {file.stem for file in (ROOT / "queries").glob("*.rq")}
    assert set(re.findall(r'href="/queries/([a-z-]+)"', text)) == stored
    assert 'href="/queries.json"' in text
    english = page(client, "/queries", lang="en")
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", english)[:2] == ["Gaps", "Coverage"]


def test_columns_that_only_point_somewhere_are_folded(client: FlaskClient) -> None:
    """A topic is told by its name; its concept, of the same name, is an address, and aside."""
    page = client.get("/queries/gaps", headers={"Accept": "text/html"}).text
    heads = re.findall(r'<th scope="col"([^>]*)>([^<]*)</th>', page)
    aside = [word for told, word in heads if 'class="aside"' in told]
    assert aside == ["Concepto", "Elementos del plan"]
    assert '<input type="checkbox" id="more"> Mostrar también 2 columnas de direcciones' in page
    rows = re.findall(r"<tr>(<td.*?)</tr>", page, re.DOTALL)
    assert len(rows) == 20
    assert all(len(re.findall(r'<td[^>]* class="aside">', row)) == len(aside) for row in rows)
    assert re.search(r'<a href="[^"]*/topic/7\.3">Delito cibernético</a>', page)


@pytest.mark.parametrize("lang", ["en", "pt"])
def test_files_of_a_page_name_topics_in_its_language(client: FlaskClient, lang: str) -> None:
    with (ROOT / "data" / f"labels-{lang}.tsv").open(encoding="utf-8", newline="") as file:
        reviewed = {
            row["es"].casefold(): row[lang]
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            if row["kind"] == "concept"
        }
    text = page(client, "/queries/mapped-but-gap", lang=lang)
    files = {
        form: re.findall(rf'href="(/queries/mapped-but-gap\.{form}[^"]*)"', text)
        for form in ("csv", "xlsx")
    }
    asked = f"?lang={lang}&labels=1"
    assert files == {form: [f"/queries/mapped-but-gap.{form}{asked}"] for form in files}
    assert f"mapped-but-gap.csv{asked}'</code>" in text

    def rows(path: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(client.get(path).text, newline="")))

    told, plain = rows(files["csv"][0]), rows("/queries/mapped-but-gap.csv")
    assert [row["topic"] for row in told] == [row["topic"] for row in plain]
    assert len(told) == 31
    for row, own in zip(told, plain, strict=True):
        assert row["topicLabel"] == reviewed[own["topicLabel"].rstrip(":").casefold()]
    book = openpyxl.load_workbook(io.BytesIO(client.get(files["xlsx"][0]).data), read_only=True)
    cells = {str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row}
    assert {row["topicLabel"] for row in told} <= cells
    # The list of gaps on its own page is downloaded so, too.
    gaps = page(client, "/gaps", lang=lang)
    (address,) = re.findall(r'href="(/queries/gaps\.xlsx[^"]*)"', gaps)
    assert {"labels=1", f"lang={lang}"} <= set(urlsplit(address).query.split("&"))
    # Who asks for IRIs alone has them, and the Spanish page asks for nothing more.
    assert f"mapped-but-gap.csv?lang={lang}&labels=0" in page(
        client, "/queries/mapped-but-gap", lang=lang, labels="0"
    )
    assert 'href="/queries/mapped-but-gap.csv"' in page(client, "/queries/mapped-but-gap")
