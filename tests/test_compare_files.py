"""The comparison narrowed by theme, by concept, and taken away as files."""

from __future__ import annotations

import csv
import html
import io
import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from xml.etree import ElementTree as ET

import docx
import openpyxl
import pytest
from flask.testing import FlaskClient
from PIL import Image

import three_plans
from conftest import ROOT
from gapgraph.errors import UnwritableError, UsageError
from gapgraph.namespaces import GG
from gapgraph.report.fonts import font_of
from gapgraph.report.grid import Band, Grid, Mark, grid_png, grid_svg
from gapgraph.settings import Home, Settings
from gapgraph.statuses import colour_of
from gapgraph.store.dataset import DatasetFile
from gapgraph.web import create_app
from gapgraph.web.pages.filters import one_of
from gapgraph.web.service import ServiceConfig
from several import ANALYSES, FRAMEWORK, NAMES, cells, nobody_covers, rows, shown, words

#: One worker builds the four analyses.
pytestmark = pytest.mark.xdist_group("four")

PAIR = ["oas-pnat", three_plans.VARIANT]
#: Filters, and parameters of the queries behind.
FILTERS = (
    {},
    {"analysis": PAIR, "differ": "1"},
    {"theme": "children", "status": "partial"},
    {"section": "2", "assessed": "1", "analysis": ["oas-pnat", "islands"]},
    {"by": "concept"},
    {"by": "concept", "differ": "1", "analysis": PAIR},
    {"by": "concept", "section": "4", "theme": "children"},
)


@pytest.fixture(scope="module")
def client(four: DatasetFile) -> FlaskClient:
    home = Home(ROOT, checkout=True)
    return create_app(ServiceConfig(home, Settings(), four.path.parent)).test_client()


def _table(page: str) -> str:
    return page.split('<table class="cmp')[1].split("</table>", maxsplit=1)[0]


def titles(page: str) -> list[str]:
    """What each row of the page is called, without its number."""
    found = re.findall(r'<tr><th scope="row"><a [^>]*>(.*?)</a></th>', _table(page))
    return [words(re.sub(r"<b>.*?</b>", "", each)) for each in found]


def test_concepts_have_the_worst_status_of_their_topics(client: FlaskClient) -> None:
    order = [row["status"] for row in rows(client, "list-statuses")]
    best: dict[tuple[str, str], str] = {}
    placed: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for analysis in ANALYSES.values():
        for row in rows(client, "topic-mappings", analysis=analysis):
            key = row["concept"], analysis
            best[key] = max(best.get(key, row["status"]), row["status"], key=order.index)
            placed[key][row["number"]] = None
    told = {
        (row["concept"], row["analysis"]): row
        for row in rows(client, "compare-concepts", analysis=list(ANALYSES.values()))
    }
    assert {key: row["status"] for key, row in told.items()} == best
    assert len(best) > 250
    for key, numbers in placed.items():
        assert told[key]["numbers"] == ", ".join(sorted(numbers, key=int))
    own = [row for row in told.values() if row["analysis"] == ANALYSES["islands"]]
    assert {row["conceptLabel"] for row in own} == {f"Topic {n}" for n in range(1, 68)}


@pytest.mark.parametrize("theme", ["children", "women", "indigenousPeoples"])
def test_a_theme_narrows_to_what_some_table_says_of_it(client: FlaskClient, theme: str) -> None:
    numbers = {
        row["number"]
        for analysis in ANALYSES.values()
        for row in rows(client, "by-theme", analysis=analysis, themeName=theme)
    }
    assert 0 < len(numbers) < 67
    page = shown(client, "/compare", theme=theme)
    assert {number for number, _ in cells(page)} == numbers
    assert {row["number"] for row in rows(client, "compare", themeName=theme)
            if row["framework"] == FRAMEWORK} == numbers  # fmt: skip
    assert f"themeName={theme}" in page


def test_rows_by_concept(client: FlaskClient) -> None:
    page = shown(client, "/compare", by="concept")
    listed: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in rows(client, "compare-concepts", analysis=list(ANALYSES.values())):
        listed[row["concept"]][row["analysis"]] = row["status"]
    shared = {concept: each for concept, each in listed.items() if len(each) > 1}
    assert len(titles(page)) == len(shared)
    differing = sum(len(set(each.values())) > 1 for each in shared.values())
    assert f"4 planes: difieren en {differing} de {len(shared)} conceptos" in words(page)
    # Where a table does not single a concept out, it says so, and leads nowhere.
    missing = sum(len(NAMES) - len(each) for each in shared.values())
    assert words(page).count("su cuadro no lo destaca") == missing
    linked = re.findall(r'<a class="st (\w+)" href="(id/concept/[^"]+)"', page)
    assert len(linked) == len(NAMES) * len(shared) - missing
    for status, address in linked[::40]:
        one = shown(client, f"/{html.unescape(address)}")
        assert f'class="st {status}"' in one
    for wrong in ({"by": "plan"}, {"theme": "weather"}):
        answer = client.get("/compare", headers={"Accept": "text/html"}, query_string=wrong)
        assert answer.status_code == 400
        assert "use one of , " not in answer.text
    assert ", or leave it out" in answer.text
    with (
        client.application.test_request_context("/compare?theme=weather"),
        pytest.raises(UsageError, match="'weather': leave it out"),
    ):
        one_of("theme", ("",), "")


@pytest.mark.parametrize("asked", FILTERS, ids=str)
def test_files_have_the_rows_of_the_page(
    client: FlaskClient, asked: dict[str, str | Sequence[str]]
) -> None:
    page = shown(client, "/compare", **asked)
    wanted = titles(page)
    assert wanted
    named = dict(re.findall(r'<a href="(/compare\.\w+[^"]*)">(\w+)</a>', page))
    assert list(named.values()) == ["CSV", "Excel", "Word", "SVG", "PNG"]
    files = {
        name: client.get(html.unescape(address)) for address, name in named.items()
    }  # fmt: skip
    assert {each.status_code for each in files.values()} == {200}
    table = list(csv.DictReader(io.StringIO(files["CSV"].text, newline="")))
    assert [" ".join(row["title"].split()) for row in table] == wanted
    plans = asked.get("analysis", NAMES)
    drawn = re.findall(r'class="st (\w+)"', _table(page))
    by_word = {row["statusLabel"]: row["notation"] for row in rows(client, "list-statuses")}
    by_word["su cuadro no lo destaca"] = "notAssessed"
    assert [by_word[row[name]] for row, name in product(table, plans)] == drawn
    sheet = openpyxl.load_workbook(io.BytesIO(files["Excel"].data)).worksheets[0]
    assert [" ".join(row[1].split()) for row in sheet.iter_rows(2, values_only=True)] == wanted
    word = docx.Document(io.BytesIO(files["Word"].data))
    # The page and the file say of what is compared the same, in both forms.
    lede = "los conceptos que destaca más de un cuadro" if "by" in asked else "las directrices que"
    for text in (words(page), "\n".join(each.text for each in word.paragraphs)):
        assert f"Se comparan {lede}" in text
        assert text.count("Se comparan") == 1
    # What nobody covers is of all concepts and themes, and is not told of some.
    told = "y ninguno cubra" in words(page) or "Ningún plan cubre" in words(page)
    assert told is not bool({"by", "theme"} & set(asked))
    lines = [row.cells[0].text for each in word.tables for row in each.rows[1:]]
    assert [" ".join(re.sub(r"^\d+ ", "", line).split()) for line in lines] == wanted
    svg = ET.fromstring(files["SVG"].data)
    assert svg[0].text in words(page)
    # A status is drawn in its colour: those of the rows, and each once in the legend.
    red = colour_of("none").colour
    crosses = sum(each.get("stroke") == red for each in svg.iter()) // 2
    assert crosses == drawn.count("none") + 1
    picture = Image.open(io.BytesIO(files["PNG"].data))
    assert picture.size == (2 * int(svg.get("width", 0)), 2 * int(svg.get("height", 0)))
    again = client.get(html.unescape(next(iter(list(named)[-1:]))))
    assert again.data == files["PNG"].data
    for name, each in files.items():
        assert f'href="{GG}' not in each.headers["Content-Disposition"], name
    name = files["CSV"].headers["Content-Disposition"]
    assert ("part" in name) is bool(set(asked) - {"analysis", "by"})
    assert ("oas-pnat" in name) is ("analysis" in asked)


def test_other_suffixes_are_not_found(client: FlaskClient) -> None:
    assert client.get("/compare.exe").status_code == 404
    assert client.get("/compare.csv?analysis=nobody").status_code == 404


def grid(number: str, *, rows: int = 1) -> Grid:
    """A picture of rows that have one number."""
    lines = [(number, "Título", [Mark("none")] * 35, "35/35")] * rows
    band = Band("Sección", lines)
    return Grid("es", "a", "b", ["Plan"] * 35, "c", [band], [("none", "d")], ["e"])


@pytest.mark.parametrize("number", ["67", "V1.1.1", "Artículo 6(1)(a)"])
def test_a_title_begins_after_its_number(number: str) -> None:
    svg = ET.fromstring(grid_svg(grid(number)))
    (begins,) = (float(each.get("x", 0)) for each in svg.iter() if each.text == "Título")
    assert begins > 10 + font_of(11).getlength(number) * 1.25
    # Columns move with their titles.
    heads = [each.get("transform", "") for each in svg.iter() if each.text == "Plan"]
    first = float(heads[0].removeprefix("translate(").split()[0])
    assert first - begins == 360 + 13 + 4 - 38
    assert Image.open(io.BytesIO(grid_png(grid(number)))).width == 2 * int(svg.get("width", 0))


def test_a_picture_that_is_too_large_is_refused() -> None:
    assert grid_svg(grid("1", rows=1000)).count(b"35/35") == 1000
    with pytest.raises(UnwritableError, match="filter what is shown, or take SVG"):
        grid_png(grid("1", rows=1000))


def test_what_nobody_covers_tells_what_is_not_known(client: FlaskClient) -> None:
    """Plans that assess a directive are counted by its status in each; the counts add up."""
    statuses: defaultdict[str, list[str]] = defaultdict(list)
    unread: defaultdict[str, set[str]] = defaultdict(set)
    for analysis in ANALYSES.values():
        for row in rows(client, "coverage-by-directive", analysis=analysis):
            statuses[row["number"]].append(row["status"].rpartition("#")[2])
        for row in rows(client, "observation-statements", analysis=analysis):
            if row["kind"] == str(GG.UnreadStatement):
                unread[row["number"]].add(analysis)
    told = rows(client, "covered-by-nobody", analysis=list(ANALYSES.values()))
    for row in told:
        found = statuses[row["number"]]
        for column, name in (
            ("partialIn", "partial"), ("noneIn", "none"), ("indeterminateIn", "indeterminate"),
            ("mappedIn", "mapped"), ("notApplicableIn", "notApplicable"),
        ):  # fmt: skip
            assert int(row[column]) == found.count(name), (row["number"], column)
        assert int(row["unreadIn"]) == len(unread[row["number"]])
    assert {row["number"] for row in told} == {
        number
        for number, each in statuses.items()
        if "addressed" not in each and set(each) - {"notAssessed", "notApplicable"}
    }
    page = words(shown(client, "/compare"))
    for row in told[::9]:
        figures = f"0 de 4; {row['assessedIn']} la evalúan {row['mappedIn']}"
        assert re.search(rf" {row['number']} [^0-9]+ {re.escape(figures)}", page), row["number"]
    all_ = sum(row["allAssessed"] == "true" for row in told)
    open_ = sum(row["mappedIn"] != "0" or row["unreadIn"] != "0" for row in told)
    for path in ("/", "/compare"):
        text = words(shown(client, path))
        assert nobody_covers(all_, len(told) - all_) in text
        assert f"De {open_} no se sabe todo" in text


def test_states_by_share_of_gaps(client: FlaskClient) -> None:
    gaps: defaultdict[str, int] = defaultdict(int)
    assessed = {}
    for row in rows(client, "coverage-by-analysis", analysis=list(ANALYSES.values())):
        name = row["status"].rpartition("#")[2]
        gaps[row["analysis"]] += int(row["directives"]) * (
            name in {"none", "partial", "indeterminate"}
        )
        assessed[row["analysis"]] = int(row["assessed"]), int(row["directiveCount"])
    for path in ("/", "/compare"):
        table = shown(client, path).split("Los Estados por la parte de brechas</summary>")[1]
        table = table.split("</tbody>")[0]
        told = [
            (name, tuple(map(int, re.findall(r"\d+", " ".join(numbers)))))
            for name, *numbers in re.findall(
                r'gaps(?:\?analysis=([\w-]+))?"[^\n]*<td class="num">(\d+)</td>'
                r'<td class="num">(\d+/\d+)</td><td class="num">(\d+)</td>',
                table,
            )
        ]
        wanted = []
        for name, analysis in ANALYSES.items():
            of, all_ = assessed[analysis]
            if name != three_plans.VARIANT:
                wanted.append((name, (gaps[analysis], of, all_, round(100 * gaps[analysis] / of))))
        by_name = {name or "oas-pnat": each for name, each in told}
        assert wanted == [(name, by_name[name]) for name, _ in wanted]
        shares = [each[-1] for _, each in told]
        assert shares == sorted(shares, reverse=True)
    # Two States are no table.
    assert "por la parte de brechas" not in shown(client, "/compare", analysis=PAIR)
