"""Three plans of one framework: one partial, one in a language that nothing here reads."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import three_plans
from conftest import ROOT, copy_home, keeping
from gapgraph.build import build
from gapgraph.errors import ViolationError
from gapgraph.namespaces import BASE, GG, ID
from gapgraph.queries.catalogue import Catalogue
from gapgraph.settings import Home, Settings
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig

#: One worker builds the four analyses.
pytestmark = pytest.mark.xdist_group("four")

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ANALYSES = {name: f"{ID}analysis/{name}" for name in ("oas-pnat", *three_plans.NAMES)}
FRAMEWORK = "id/framework/oas-work-plan-2"


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> DatasetFile:
    folder = tmp_path_factory.mktemp("three")
    home = copy_home(folder / "home")
    tables = three_plans.write(folder / "tables")
    return build(home, keeping(), output=folder / "out", analyses=tables)


@pytest.fixture(scope="module")
def store(three: DatasetFile) -> EmbeddedStore:
    return EmbeddedStore(three)


@pytest.fixture(scope="module")
def client(three: DatasetFile) -> FlaskClient:
    home = Home(ROOT, checkout=True)
    return create_app(ServiceConfig(home, Settings(), three.path.parent)).test_client()


def rows(client: FlaskClient, query: str, **values: str) -> list[dict[str, str]]:
    answer = client.get(f"/queries/{query}.csv", query_string=values)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def shown(client: FlaskClient, path: str, **values: str) -> str:
    answer = client.get(path, headers=BROWSER, query_string=values or None)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.text


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


@pytest.mark.whole
@pytest.mark.parametrize("number", [1, 2, 24, 35, 52, 59])
@pytest.mark.parametrize("name", ANALYSES)
def test_a_directive_s_page_shows_its_status_in_each_plan(
    client: FlaskClient, number: int, name: str
) -> None:
    page = shown(client, f"/{FRAMEWORK}/directive/{number}.html", analysis=name)
    compared = words(page.split('id="compared"')[1].split("</table>")[0])
    wanted = {}
    for analysis in ANALYSES.values():
        for row in rows(client, "coverage-by-directive", analysis=analysis):
            if row["number"] == str(number):
                wanted[analysis] = row["statusLabel"]
    labels = {row["analysis"]: row["planLabel"] for row in rows(client, "list-analyses")}
    assert set(wanted) == set(ANALYSES.values())
    for analysis, label in wanted.items():
        assert f"{labels[analysis]} {label}" in compared
    of_meseta = wanted[ANALYSES["meseta"]]
    assert (of_meseta == "no evaluado") == (number not in three_plans.PARTIAL)


@pytest.mark.whole
@pytest.mark.parametrize("name", ANALYSES)
def test_figures_of_pages_are_those_of_their_queries(client: FlaskClient, name: str) -> None:
    """The first page's totals, the rows of the list of gaps, the account of the reading."""
    sections = rows(client, "coverage-by-section", analysis=ANALYSES[name])
    page = shown(client, "/", analysis=name)
    figures = page.split('class="figures"')[1].split("</table>")[0]
    heads = re.findall(r'<th scope="col"><span class="st (\w+)"', figures)
    totals = re.findall(r"<td[^>]*>(\d+)</td>", figures.split("<tfoot>")[1])
    assert heads
    for head, total in zip(heads, totals, strict=False):
        assert int(total) == sum(int(row[head]) for row in sections), head
    assert int(totals[len(heads)]) == sum(int(row["topics"]) for row in sections)

    found = rows(client, "gaps", analysis=ANALYSES[name])
    listed = shown(client, "/gaps", analysis=name)
    assert listed.count('<article class="gap-card') == len(found)

    (account,) = rows(client, "reading-account", analysis=ANALYSES[name])
    for path in ("/", "/method"):
        told = words(shown(client, path, analysis=name).split('class="note account"')[1])
        assert f"De {account['statements']} enunciados, {account['statementsByRule']} los" in told


@pytest.mark.whole
def test_the_account_adds_up(client: FlaskClient, three: DatasetFile) -> None:
    """Query, manifest and the table's own numbers tell the same."""
    told = {}
    for name, analysis in ANALYSES.items():
        (row,) = rows(client, "reading-account", analysis=analysis)
        told[name] = {key: float(value) for key, value in row.items() if key != "analysis"}
    for each in told.values():
        parts = ("statementsByRule", "statementsByReview", "statementsUnread")
        assert sum(each[part] for part in parts) == each["statements"]
        assert each["topicsByRule"] + each["topicsByReview"] == each["topics"]
    for counts in three.manifest["analyses"]:
        each = told[counts["analysis"].rpartition("/")[2]]
        assert (each["characters"], each["charactersUnread"]) == (
            counts["characters"], counts["characters_unread"]
        )  # fmt: skip
    assert told["oas-pnat"]["statements"] == 151
    assert told["oas-pnat"]["statementsUnread"] == 0
    # By hand: three observations of one sentence, of which no rule knows the third.
    assert (told["meseta"]["statements"], told["meseta"]["statementsUnread"]) == (3, 1)
    assert told["meseta"]["topicsUnread"] == 1
    assert told["islands"]["unreadShare"] == 100
    assert told["islands"]["topicsUnread"] == 67 - 13


@pytest.mark.whole
def test_what_nothing_here_reads_is_addressed_nowhere(
    client: FlaskClient, three: DatasetFile
) -> None:
    found = Counter(
        row["status"] for row in rows(client, "list-topics", analysis=ANALYSES["islands"])
    )
    assert found == {str(GG.mapped): 67 - 13, str(GG.none): 13}
    (row,) = [row for row in rows(client, "list-topics", analysis=ANALYSES["meseta"])
              if row["number"] == "35"]  # fmt: skip
    assert row["status"] == str(GG.mapped)
    page = words(shown(client, "/", analysis="islands"))
    assert "67 enunciados están sin leer (100 % de su texto)" in page
    english = words(shown(client, "/", analysis="islands", lang="en"))
    assert "67 statements are unread (100 % of their text)" in english
    text = shown(client, f"/{FRAMEWORK}/directive/1.html", analysis="islands")
    assert 'mark class="UnreadStatement"' in text
    assert '<p lang="en">' in text


@pytest.mark.whole
def test_no_status_is_without_an_analysis(store: EmbeddedStore) -> None:
    """Every status is of a topic or an assessment of one analysis; none of a shared node."""
    loose = store.select(f"""
        PREFIX gg: <{GG}>
        SELECT ?node WHERE {{
          ?node gg:coverageStatus ?status .
          FILTER NOT EXISTS {{ ?node gg:inAnalysis ?analysis }}
        }}""")
    assert not loose.rows
    shared = store.select(f"""
        PREFIX gg: <{GG}>
        SELECT ?node ?verb WHERE {{
          GRAPH ?graph {{ ?node ?verb ?value }}
          FILTER(STRENDS(STR(?graph), "/derived"))
          BIND(STRBEFORE(REPLACE(STR(?graph), "/graph/", "/id/"), "/derived") AS ?analysis)
          FILTER(?node NOT IN (?graph, IRI(?analysis))
                && !STRSTARTS(STR(?node), CONCAT(?analysis, "/")))
        }}""")
    assert not shared.rows
    each = store.select(f"""
        PREFIX gg: <{GG}>
        SELECT ?analysis (COUNT(DISTINCT ?directive) AS ?assessed) WHERE {{
          ?assessment a gg:DirectiveAssessment ;
            gg:assesses ?directive ;
            gg:inAnalysis ?analysis .
        }} GROUP BY ?analysis""")
    assessed = {row[0].value: row[1].value for row in each.rows if row[0] and row[1]}
    assert assessed == dict.fromkeys(ANALYSES.values(), "67")


@pytest.mark.whole
def test_the_default_is_the_first_of_the_manifest(client: FlaskClient) -> None:
    """Every stored query answers without parameters what it answers of the annex."""
    catalogue = Catalogue.load(ROOT / "queries")
    compared = 0
    for query in catalogue:
        takes = {each.name: each for each in query.header.parameters}
        # What compares analyses speaks of all where none is named.
        if query.form != "SELECT" or "analysis" not in takes or takes["analysis"].optional:
            continue
        answer = json.loads(client.get(f"/queries/{query.id}.json").text)
        own = json.loads(
            client.get(
                f"/queries/{query.id}.json", query_string={"analysis": ANALYSES["oas-pnat"]}
            ).text
        )
        assert answer["rows"] == own["rows"], query.id
        compared += 1
    assert compared > 40


@pytest.mark.whole
def test_strict_refuses_what_is_unread_and_keeps_the_last_build(tmp_path: Path) -> None:
    home = copy_home(tmp_path / "home")
    (tables := tmp_path / "tables").mkdir()
    _, islands = three_plans.write(tables)
    output = tmp_path / "out"
    first = build(home, keeping(), output=output, analyses=[islands], annex=False)
    before = {each.name: each.read_bytes() for each in output.iterdir() if each.is_file()}
    for _ in range(2):
        with pytest.raises(ViolationError, match=r"islands 100\.0 % of the observations"):
            build(home, keeping(), output=output, analyses=[islands], annex=False, unread_limit=99)
    assert {each.name: each.read_bytes() for each in output.iterdir() if each.is_file()} == before
    assert DatasetFile.find(output).sha256 == first.sha256
    again = build(home, keeping(), output=output, analyses=[islands], annex=False, unread_limit=100)
    assert again.sha256 == first.sha256


def published() -> list[str]:
    """The addresses of all things of version 0.1, as it published them."""
    lines = (ROOT / "tests" / "golden" / "addresses-0.1.tsv").read_text(encoding="utf-8")
    return [
        f"{folder}/{name}"
        for folder, _, names in (line.partition("\t") for line in lines.splitlines())
        for name in names.split(" ")
    ]


@pytest.mark.whole
def test_what_0_1_published_is_found_after_two_tables_are_added(
    client: FlaskClient, store: EmbeddedStore
) -> None:
    addresses = published()
    assert len(addresses) == 3108
    found = store.select("SELECT DISTINCT ?node WHERE { ?node ?verb ?value FILTER(isIRI(?node)) }")
    subjects = {row[0].value for row in found.rows if row[0]}
    assert [each for each in addresses if f"{BASE}{each}" not in subjects] == []
    for each in addresses[::9]:
        assert client.get(f"/{each}").status_code == 303, each
        answer = client.get(f"/{each}.nt")
        assert answer.status_code == 200, each
        assert f"<{BASE}{each}> " in answer.text


#: Pages of 0.1.
PAGES = ("/", "/gaps", "/matrix", "/matrix.svg", "/directives", "/categories", "/concepts",
         "/instruments", "/method", "/queries", "/search?q=trata", "/validation",
         "/ontology")  # fmt: skip


@pytest.mark.whole
@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_0_1_is_about_the_annex_still(client: FlaskClient, path: str) -> None:
    page = shown(client, path)
    joint = "&" if "?" in path else "?"
    assert page.count("<h1") <= 1
    # The lines to copy name the analysis where the address does.
    named = shown(client, f"{path}{joint}analysis=oas-pnat").replace(
        f"{joint}analysis=oas-pnat", ""
    )
    mine, its = (words(each.split("<main")[-1]) for each in (page, named))
    if path == "/":
        # What it was follows the index of the plans.
        index, _, mine = mine.partition("62 de los 111 temas")
        assert "3 planes, ante lo que se les pide" in index
        its = its.partition("62 de los 111 temas")[2]
    assert mine == its
    assert mine


@pytest.mark.whole
def test_a_concept_of_another_plan_alone_has_no_picture_of_its_own(client: FlaskClient) -> None:
    own = {each["concept"] for each in rows(client, "topics-in-full", analysis=ANALYSES["meseta"])}
    others = rows(client, "topics-in-full", analysis=ANALYSES["oas-pnat"])
    other = next(each["concept"] for each in others if each["concept"] not in own)
    page = shown(client, f"/{other.removeprefix(BASE)}.html", analysis="meseta")
    assert "El cuadro de este plan no destaca ningún tema de este concepto." in words(page)
    assert "<img" not in page
    assert f"concept={other.rpartition('/')[2]}" not in page.split('property="og:image"')[1][:200]


@pytest.mark.whole
def test_what_is_only_mapped_is_told_beside_what_was_found(client: FlaskClient) -> None:
    for name, analysis in ANALYSES.items():
        counted = rows(client, "coverage-by-section", analysis=analysis)
        mapped, addressed = (
            sum(int(row[key]) for row in counted) for key in ("mapped", "addressed")
        )
        page = words(shown(client, "/", analysis=name))
        assert (f"De {mapped} con elemento no consta nada más." in page) == bool(mapped)
        assert (f"; de {mapped} con elemento no consta" in page) == (mapped > addressed)
