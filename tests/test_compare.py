"""Plans side by side: four analyses of one framework, one of them the annex with planted rows."""

from __future__ import annotations

import html
import io
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient

import three_plans
from conftest import ROOT, Built
from gapgraph.namespaces import GG
from gapgraph.settings import Home, Settings
from gapgraph.store.dataset import DatasetFile
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig
from several import (
    ANALYSES,
    BROWSER,
    FRAMEWORK,
    LACKING,
    NAMES,
    UNJUDGED,
    Row,
    cells,
    nobody_covers,
    rows,
    shown,
    words,
)

#: One worker builds the four analyses.
pytestmark = pytest.mark.xdist_group("four")


@pytest.fixture(scope="module")
def client(four: DatasetFile) -> FlaskClient:
    home = Home(ROOT, checkout=True)
    return create_app(ServiceConfig(home, Settings(), four.path.parent)).test_client()


def ours(client: FlaskClient, query: str, **values: str | Sequence[str]) -> list[Row]:
    """The rows about the framework that the four plans share."""
    return [row for row in rows(client, query, **values) if row["framework"] == FRAMEWORK]


@pytest.fixture(scope="module")
def statuses(client: FlaskClient) -> dict[str, dict[str, str]]:
    """The status of each directive in each plan, asked one analysis at a time."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for name, analysis in ANALYSES.items():
        for row in rows(client, "coverage-by-directive", analysis=analysis):
            found[row["number"]][name] = row["status"]
    assert len(found) == 67
    return dict(found)


def test_compare_has_every_directive_in_every_plan(
    client: FlaskClient, statuses: dict[str, dict[str, str]]
) -> None:
    told = {
        (row["number"], row["analysis"]): row["status"] for row in ours(client, "compare")
    }  # fmt: skip
    assert told == {
        (number, ANALYSES[name]): status
        for number, each in statuses.items()
        for name, status in each.items()
    }
    two = rows(client, "compare", analysis=[ANALYSES["meseta"], ANALYSES["variant"]])
    assert Counter(row["analysis"] for row in two) == {
        ANALYSES["meseta"]: 67, ANALYSES["variant"]: 67
    }  # fmt: skip
    assert [int(row["number"]) for row in two] == [n for n in range(1, 68) for _ in range(2)]


@pytest.mark.parametrize(
    ("name", "number", "words"),
    [
        ("meseta", "2", "El plan no menciona la reforma de las leyes."),
        ("meseta", "24", "Respuesta rápida: Sin correspondencia"),
        ("meseta", "35", "Vaya usted a saber, decía la abuela."),
        ("meseta", "36", ""),
        ("islands", "5", "Topic 5: Nothing found"),
        ("islands", "6", "People of the islands talk of action 6, whoever pays for it."),
        # The clause that decides, and not the beginning of its long sentence.
        ("variant", "5", "… pero desatiende el aporte de las poblaciones vulnerables y de las "
                         "víctimas."),
        ("variant", "28", "Sin embargo, no menciona la corrupción."),
        ("variant", "30", "Servicio Doméstico: Categoría 15 – Transparencia y Corrupción"),
    ],
)  # fmt: skip
def test_the_first_words_are_those_of_what_decides(
    client: FlaskClient, name: str, number: str, words: str
) -> None:
    (row,) = rows(client, "compare", analysis=ANALYSES[name], number=number)
    assert row["firstWords"] == words


def test_differences_are_the_planted_ones(client: FlaskClient) -> None:
    """Both ways; what is not assessed in the variant is none."""
    for first, second, turned in (("oas-pnat", "variant", 1), ("variant", "oas-pnat", -1)):
        found = rows(
            client, "differences", analysis=ANALYSES[first], otherAnalysis=ANALYSES[second]
        )
        assert {
            int(row["number"]): (row["status"], row["otherStatus"])[::turned] for row in found
        } == {
            number: tuple(f"{GG}{name}" for name in pair)
            for number, pair in three_plans.DIFFERENCES.items()
        }
    by_number = {row["number"]: row for row in found}
    row = by_number["13"]
    assert row["sentence"] == "El PNAT no menciona el presupuesto."
    assert row["otherSentence"].startswith("Con relación al presupuesto y la asignación de recurs")
    assert row["source"] == f"{ANALYSES['variant']}/observation/13.1"
    assert row["otherSource"] == f"{ANALYSES['oas-pnat']}/observation/13.1"
    assert (row["planLabel"], row["otherPlanLabel"]) == (
        "Plan de los Andes 2031", "PNAT 2017-2021"
    )  # fmt: skip
    # The line of each in its own document.
    lines = {name: rows(client, "source-lines", analysis=analysis, number="13")
             for name, analysis in ANALYSES.items()}  # fmt: skip
    assert row["sourceLine"] in {each["line"] for each in lines["variant"]}
    assert row["otherSourceLine"] in {each["line"] for each in lines["oas-pnat"]}
    assert by_number["30"]["source"] == f"{ANALYSES['variant']}/mapping/30.1.1"


def test_differences_of_all_pairs_follow_from_the_statuses(
    client: FlaskClient, statuses: dict[str, dict[str, str]]
) -> None:
    """Nothing that one of two has not assessed is among them, and nothing else is missing."""
    not_assessed = str(GG.notAssessed)
    for name, analysis in ANALYSES.items():
        found = rows(client, "differences", analysis=analysis)
        told = {(row["number"], row["otherAnalysis"]) for row in found}
        assert len(told) == len(found) > 0
        assert told == {
            (number, ANALYSES[other])
            for number, each in statuses.items()
            for other in NAMES
            if not_assessed not in {each[name], each[other]} and each[name] != each[other]
        }
        first = {row["number"]: row["firstWords"] for row in rows(client, "compare",
                 analysis=analysis)}  # fmt: skip
        for row in found:
            begun = first[row["number"]].removeprefix("… ").removesuffix(" …")
            assert begun in row["sentence"]


def test_what_nobody_covers_is_told_with_who_assessed_it(
    client: FlaskClient, statuses: dict[str, dict[str, str]]
) -> None:
    seen: Counter[str] = Counter()
    for query, holds in (
        ("covered-by-nobody", lambda covered, assessed: covered == 0),
        ("covered-by-everybody", lambda covered, assessed: covered == assessed),
    ):
        for chosen in (NAMES, ("oas-pnat", "islands"), ("oas-pnat", "variant"), ("meseta",)):
            wanted = {}
            for number, each in statuses.items():
                mine = [each[name] for name in chosen]
                assessed = sum(status not in UNJUDGED for status in mine)
                covered = mine.count(str(GG.addressed))
                if assessed and holds(covered, assessed):
                    wanted[number] = (len(chosen), assessed, covered, mine.count(str(GG.partial)),
                                      assessed == len(chosen))  # fmt: skip
            found = ours(client, query, analysis=[ANALYSES[name] for name in chosen])
            seen[query] += len(wanted)
            assert {
                row["number"]: (
                    *(int(row[name]) for name in ("plans", "assessedIn", "coveredIn", "partialIn")),
                    row["allAssessed"] == "true",
                )
                for row in found
            } == wanted
    assert seen["covered-by-nobody"] > 100
    assert seen["covered-by-everybody"] > 10
    # "0 of 4 cover it, 3 assessed it" is told as such.
    (row,) = [row for row in ours(client, "covered-by-nobody") if row["number"] == "3"]
    assert (row["plans"], row["assessedIn"], row["coveredIn"], row["allAssessed"]) == (
        "4", "3", "0", "false"
    )  # fmt: skip


def test_what_only_one_plan_covers(
    client: FlaskClient, statuses: dict[str, dict[str, str]]
) -> None:
    addressed = str(GG.addressed)
    seen = 0
    for name, analysis in ANALYSES.items():
        for others in ([each for each in NAMES if each != name], [NAMES[name == NAMES[0]]]):
            found = rows(
                client, "only-in", analysis=analysis,
                otherAnalysis=[ANALYSES[each] for each in others],
            )  # fmt: skip
            seen += len(found)
            assert [row["number"] for row in found] == [
                number
                for number, each in statuses.items()
                if each[name] == addressed
                and all(each[other] != addressed for other in others)
                and any(each[other] not in UNJUDGED for other in others)
            ]
            assert {row["coveredIn"] for row in found} <= {"1"}
            assert {int(row["plans"]) for row in found} <= {1 + len(others)}
    assert seen >= 5


def test_coverage_by_analysis_has_its_denominators(
    client: FlaskClient, statuses: dict[str, dict[str, str]]
) -> None:
    common = [
        number
        for number, each in statuses.items()
        if not UNJUDGED & set(each.values())
    ]  # fmt: skip
    assert 0 < len(common) < 10
    found = ours(client, "coverage-by-analysis")
    assert len(found) == 7 * len(NAMES)
    for name, analysis in ANALYSES.items():
        counts = Counter(each[name] for each in statuses.values())
        shared = Counter(statuses[number][name] for number in common)
        mine = [row for row in found if row["analysis"] == analysis]
        assert {row["status"]: int(row["directives"]) for row in mine} == {
            row["status"]: counts[row["status"]] for row in mine
        }
        assert sum(int(row["directives"]) for row in mine) == 67
        assessed = 67 - sum(counts[each] for each in UNJUDGED)
        for row in mine:
            assert int(row["directivesInCommon"]) == shared[row["status"]]
            assert (int(row["assessed"]), int(row["assessedByAll"]), row["directiveCount"]) == (
                assessed, len(common), "67"
            )  # fmt: skip
            if row["status"] in UNJUDGED:
                assert row["directiveShare"] == ""
            else:
                share = 100 * int(row["directives"]) / assessed
                assert abs(float(row["directiveShare"]) - share) <= 0.05


def test_concepts_that_are_a_gap_in_several_plans(client: FlaskClient) -> None:
    plans = {row["analysis"]: row["planLabel"] for row in rows(client, "list-analyses")}
    gaps: defaultdict[str, set[str]] = defaultdict(set)
    singled: defaultdict[str, set[str]] = defaultdict(set)
    for analysis in ANALYSES.values():
        for row in rows(client, "topic-mappings", analysis=analysis):
            singled[row["concept"]].add(analysis)
            if row["status"] in LACKING:
                gaps[row["concept"]].add(analysis)
    found = rows(client, "concept-gaps-across", analysis=list(ANALYSES.values()))
    assert {row["concept"]: (row["gapIn"], row["singledOutIn"], row["plans"]) for row in found} == {
        concept: (str(len(where)), str(len(singled[concept])), "4")
        for concept, where in gaps.items()
        if len(where) > 1
    }
    for row in found:
        assert set(row["gapPlans"].split("\n")) == {plans[each] for each in gaps[row["concept"]]}
    (three,) = [row for row in found if row["concept"].endswith("/respuesta-rapida")]
    assert (three["gapIn"], three["conceptLabel"]) == ("3", "Respuesta rápida")


@pytest.mark.parametrize(
    "query", ["compare", "differences", "covered-by-nobody", "covered-by-everybody", "only-in"]
)
def test_a_section_narrows_each_query(client: FlaskClient, query: str) -> None:
    whole = rows(client, query)
    assert query == "covered-by-everybody" or whole
    parts = []
    for section in "1234":
        part = rows(client, query, sectionNumber=section)
        assert part == [row for row in whole if row["sectionNumber"] == section]
        parts += part
    assert {tuple(row.items()) for row in parts} == {tuple(row.items()) for row in whole}
    assert rows(client, query, sectionNumber="9") == []


@pytest.fixture(scope="module")
def labels(client: FlaskClient) -> dict[str, str]:
    listed = {row["analysis"]: row["planLabel"] for row in rows(client, "list-analyses")}
    return {name: listed[analysis] for name, analysis in ANALYSES.items()}


def test_every_cell_says_directive_plan_and_status(
    client: FlaskClient, statuses: dict[str, dict[str, str]], labels: dict[str, str]
) -> None:
    page = shown(client, "/compare")
    told = {place: status for place, (status, _) in cells(page).items()}
    assert told == {
        (number, labels[name]): status.rpartition("#")[2]
        for number, each in statuses.items()
        for name, status in each.items()
    }
    found = ours(client, "compare")
    assert page.count('<p class="first"') == sum(bool(row["firstWords"]) for row in found)
    for row in found[::7]:
        assert row["firstWords"] in words(page)


def test_the_planted_differences_are_those_of_the_page(
    client: FlaskClient, labels: dict[str, str]
) -> None:
    """On the page, in its query, and in the files of it."""
    pair = ["oas-pnat", "variant"]
    page = shown(client, "/compare", analysis=pair, differ="1")
    numbers = {int(number) for number, _ in cells(page)}
    assert numbers == set(three_plans.DIFFERENCES)
    # 64 of 67 are assessed in both.
    assert "2 planes: difieren en 4 de 64 directrices" in words(page)
    assert "4 de 67 directrices" in words(page)
    english = words(shown(client, "/compare", analysis=pair, differ="1", lang="en"))
    assert "2 plans: they differ on 4 of 64 directives" in english
    asked = {"analysis": ANALYSES["oas-pnat"], "otherAnalysis": ANALYSES["variant"]}
    assert {int(row["number"]) for row in rows(client, "differences", **asked)} == numbers
    book = client.get("/queries/differences.xlsx", query_string=asked)
    sheet = openpyxl.load_workbook(io.BytesIO(book.data)).worksheets[0]
    heads, *lines = sheet.iter_rows(values_only=True)
    assert len(lines) == len(numbers)
    assert set(numbers) == {line[list(heads).index("N.º")] for line in lines}


def test_filters_of_the_comparison(
    client: FlaskClient, statuses: dict[str, dict[str, str]]
) -> None:
    def numbers(**asked: str | Sequence[str]) -> set[str]:
        return {number for number, _ in cells(shown(client, "/compare", **asked))}

    assert len(numbers()) == 67
    assert numbers(assessed="1") == {
        number for number, each in statuses.items() if not UNJUDGED & set(each.values())
    }
    assert numbers(status="indeterminate") == {"55"}
    assert numbers(status=["indeterminate", "addressed"], analysis=["meseta", "islands"]) == {"1"}
    sections = [numbers(section=each) for each in "1234"]
    assert [len(each) for each in sections] == [17, 17, 10, 23]
    assert set().union(*sections) == set(statuses)
    assert "Nada cumple esas condiciones" in shown(client, "/compare", status="notApplicable")
    for wrong in ({"differ": "x"}, {"status": "x"}, {"section": "x"}):
        assert client.get("/compare", headers=BROWSER, query_string=wrong).status_code == 400
    # One that is of another framework is not compared with these.
    for stranger in (["oas-pnat", "aldeia-ilha"], ["oas-pnat", "nobody"]):
        answer = client.get("/compare", headers=BROWSER, query_string={"analysis": stranger})
        assert answer.status_code == 404


def test_figures_of_the_comparison_are_rows_of_its_queries(client: FlaskClient) -> None:
    for pair in ([], ["oas-pnat", "islands"], ["oas-pnat", "variant"]):
        asked = {"analysis": [ANALYSES[name] for name in pair or NAMES]}
        page = words(shown(client, "/compare", **({"analysis": pair} if pair else {})))
        nobody = rows(client, "covered-by-nobody", **asked)
        all_ = sum(row["allAssessed"] == "true" for row in nobody)
        assert nobody_covers(all_, len(nobody) - all_) in page
        everybody = rows(client, "covered-by-everybody", **asked)
        assert f"{len(everybody)} directrices las cubren todos los planes" in page


@pytest.mark.parametrize("number", ["13", "5", "28", "64", "30"])
def test_a_cell_opens_both_observations(
    client: FlaskClient, number: str, labels: dict[str, str]
) -> None:
    page = shown(client, "/compare")
    for (directive, plan), (_, address) in cells(page).items():
        if directive != number:
            continue
        name = next(name for name, label in labels.items() if label == plan)
        assert address == f"compare/{number}/{NAMES[1] if name == NAMES[0] else name}"
        asked = (NAMES[0], NAMES[1] if name == NAMES[0] else name)
        side = shown(client, f"/{address}")
        assert f"Directriz {number}: {' y '.join(labels[each] for each in asked)}" in side
        assert len(re.findall(r'id="(\w[^"]*)"', side)) == len(
            set(re.findall(r'id="(\w[^"]*)"', side))
        )
        halves = side.split('<section aria-labelledby="side-')[1:]
        for each, half in zip(asked, halves, strict=True):
            told = {row["text"] for row in rows(client, "observation-statements",
                    analysis=ANALYSES[each], number=number)}  # fmt: skip
            said = words(re.sub(r'<span class="unseen".*?</span>|</?mark[^>]*>', "", half))
            for text in told:
                assert " ".join(text.split()) in said
            (row,) = rows(client, "compare", analysis=ANALYSES[each], number=number)
            assert row["statusLabel"] in words(half)


def test_the_words_that_decide_are_marked(client: FlaskClient) -> None:
    side = shown(client, "/compare/28", analysis=["oas-pnat", "variant"])
    first, second = side.split('<section aria-labelledby="side-')[1:]
    assert 'mark class="Provision"' in first
    assert re.findall(r'<mark class="(\w+)"', second.split('class="obs"')[1]) == ["Omission"]
    # In the order of the address.
    turned = shown(client, "/compare/28", analysis=["variant", "oas-pnat"])
    assert turned.index("Plan de los Andes 2031</a></h2>") < turned.index("PNAT 2017-2021</a></h2>")
    assert client.get("/compare/999", headers=BROWSER).status_code == 404


def test_the_front_page_is_an_index_by_framework(
    client: FlaskClient, labels: dict[str, str]
) -> None:
    page = shown(client, "/")
    assert page.count("<h1") == 1
    index = page.split('<section class="hero')[1]
    standing = defaultdict(dict)
    for row in rows(client, "coverage-by-analysis"):
        standing[row["analysis"]][row["status"].rpartition("#")[2]] = row
    bars = re.findall(r'<div class="bar">.*?</div>', index, re.DOTALL)
    assert len(bars) == len(standing) == 5
    for bar, (analysis, each) in zip(
        bars, sorted(standing.items(), key=lambda pair: _rank(pair[0])), strict=True
    ):
        row = each["none"]
        assert f"{row['assessed']} de {row['directiveCount']} directrices evaluadas" in words(bar)
        assert f"analysis={analysis.rpartition('/')[2]}" in bar
        drawn = {name: int(n) for name, n in re.findall(r'class="on (\w+)"[^>]*>(\d+)<', bar)}
        assert drawn == {
            name: int(row["directives"])
            for name, row in each.items()
            if f"{GG}{name}" not in UNJUDGED and row["directives"] != "0"
        }
    for name in NAMES:
        own = shown(client, "/", analysis=name)
        assert "planes, ante lo que se les pide" not in own
        assert own.count("<h1") == 1


def _rank(analysis: str) -> int:
    listed = [*ANALYSES.values()]
    return listed.index(analysis) if analysis in listed else len(listed)


@pytest.mark.parametrize("number", ["1", "28", "59"])
def test_a_directive_s_page_has_what_decides_in_every_plan(
    client: FlaskClient, number: str
) -> None:
    path = f"/id/framework/oas-work-plan-2/directive/{number}.html"
    told = {row["analysis"]: row for row in ours(client, "compare", number=number)}
    for name in NAMES:
        page = shown(client, path, analysis=name)
        table = page.split('id="compared"')[1].split("</table>")[0]
        assert table.count("<details>") == sum(bool(row["firstWords"]) for row in told.values())
        heard = words(re.sub(r'<span class="unseen".*?</span>', "", table))
        for row in told.values():
            # Whole sentences, of which these are the first words; else what the cell says.
            assert row["firstWords"].strip(" …") in heard
        for address in re.findall(r'href="(/compare/[^"]*)"', table):
            assert "Directriz" in shown(client, html.unescape(address))


@pytest.mark.parametrize("name", NAMES)
def test_pages_and_files_say_which_plan_they_speak_of(client: FlaskClient, name: str) -> None:
    """In title, heading or note, file and citation."""
    listed = {row["analysis"]: row for row in rows(client, "list-analyses")}
    label = listed[ANALYSES[name]]["planLabel"]
    concept = "topic-3" if name == "islands" else "leyes" if name == "meseta" else "presupuesto"
    for path in ("/gaps", "/search", f"/id/concept/{concept}.html", "/categories", "/matrix"):
        page = shown(client, path, analysis=name)
        assert label in html.unescape(page.split("<title>")[1].split("</title>")[0])
        body = words(page.split("<main")[1])
        assert label in body or "Plan Nacional contra la Trata de Personas 2017-2021" in body, path
    page = shown(client, f"/id/concept/{concept}.html", analysis=name)
    cited = words(page.split('class="cite"')[1].split("</p>")[0])
    assert label in cited or "Plan Nacional contra la Trata de Personas 2017-2021" in cited
    for path in ("/matrix.svg", "/report.md", "/queries/gaps.csv"):
        asked = {"analysis": ANALYSES[name] if "queries" in path else name}
        told = client.get(path, query_string=asked).headers["Content-Disposition"]
        assert name in told, (path, told)


def test_a_plan_that_followed_is_offered_for_comparison(client: FlaskClient, built: Built) -> None:
    way = 'href="/compare?analysis=oas-pnat&amp;analysis=variant&amp;differ=1"'
    plan, after = (f"/id/plan/{each}.html" for each in ("pnat-2017-2021", three_plans.SUCCESSOR))
    own = {"analysis": "variant"}
    for path, asked in (("/", {}), ("/", {"analysis": "oas-pnat"}), ("/", own), (plan, {}),
                        (after, {})):  # fmt: skip
        page = shown(client, path, **asked)
        assert page.count(way) == (2 if path == "/" and not asked else 1), (path, asked)
        assert "A PNAT 2017-2021 le siguió Plan de los Andes 2031" in words(page)
        assert "ahora cubiertas: 1 (25); siguen siendo brecha: 43; no consta: 1 (30)" in words(page)
    for name in ("islands", "meseta"):
        assert way not in shown(client, "/", analysis=name)
    home = Home(ROOT, checkout=True)
    alone = create_app(ServiceConfig(home, Settings(), built.output)).test_client()
    assert "le siguió Plan" not in words(shown(alone, "/"))


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/gaps?section=2&status=none", "/gaps?section=2&status=none&analysis=islands"),
        ("/matrix?category=11&status=none", "/matrix?status=none&analysis=islands"),
        ("/search?q=trata", "/search?q=trata&analysis=islands"),
        ("/compare?differ=1", "/compare?differ=1&analysis=islands"),
        ("/id/framework/oas-work-plan-2/directive/7.html",
         "/id/framework/oas-work-plan-2/directive/7.html?analysis=islands"),
        ("/id/concept/indigenas.html", "/id/concept/indigenas.html?analysis=islands"),
        ("/id/plan/pnat-2017-2021/category/11.html", "/?analysis=islands"),
        ("/id/analysis/oas-pnat/topic/7.7.html", "/?analysis=islands"),
        ("/queries", "/?analysis=islands"),
        ("/sparql?lang=en", "/?analysis=islands&lang=en"),
    ],
)  # fmt: skip
def test_the_switch_keeps_the_place(client: FlaskClient, path: str, kept: str) -> None:
    page = shown(client, path)
    switch = page.split('<details class="plans">')[1].split("</details>")[0]
    addresses = [html.unescape(each) for each in re.findall(r'href="([^"]*)"', switch)]
    assert kept in addresses
    assert len(addresses) == 6
    answer = client.get(kept, headers=BROWSER)
    assert answer.status_code == 200


def test_with_one_plan_the_comparison_says_how_to_add_another(built: Built) -> None:
    home = Home(ROOT, checkout=True)
    alone = create_app(ServiceConfig(home, Settings(), built.output)).test_client()
    for path in ("/compare", "/compare/7"):
        page = shown(alone, path)
        assert "Un solo plan" in words(page)
        assert "gapgraph intake" in page
        assert "One plan only" in words(shown(alone, path, lang="en"))
    assert '<details class="plans">' not in shown(alone, "/")
    assert ">Comparar</a>" not in shown(alone, "/")


def test_34_plans_are_compared_in_a_small_page(built: Built, tmp_path: Path) -> None:
    output = three_plans.widened(built, tmp_path / "wide", 33)
    client = create_app(ServiceConfig(Home(ROOT, checkout=True), Settings(), output)).test_client()
    for lang in ("es", "en"):
        answer = client.get("/compare", headers={**BROWSER, "Accept-Language": lang})
        page = answer.text
        assert len(answer.data) < 300_000
        assert len(cells(page)) == 34 * 67
    # Nothing is left out where fewer are chosen, which have room for words.
    few = shown(client, "/compare", analysis=["oas-pnat", "estado-04", "estado-05"])
    assert len(cells(few)) == 3 * 67
    assert 'class="first"' in few
    assert 'class="first"' not in page


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize(
    ("name", "own"), [("oas-pnat", "es"), ("islands", "en"), ("variant", "es")]
)
@pytest.mark.parametrize("number", ["2", "28", "52"])
def test_words_of_a_table_are_in_its_language_on_every_page(
    client: FlaskClient, number: str, name: str, own: str, lang: str
) -> None:
    """Whatever the page speaks, and though the plan has a title in that language."""
    path = f"/id/framework/oas-work-plan-2/directive/{number}.html"
    page = shown(client, path, analysis=name, lang=lang)
    assert set(re.findall(r'<p lang="(\w+)"><mark', page)) == {own}
    assert 'class="quote" lang="es"' in page
    beside = shown(
        client, f"/compare/{number}/{'meseta' if name == 'oas-pnat' else name}", lang=lang
    )
    halves = beside.split('<section aria-labelledby="side-')[1:]
    assert set(re.findall(r'class="obs"><p lang="(\w+)"', halves[0])) == {"es"}
    if name != "oas-pnat":
        assert set(re.findall(r'class="obs"><p lang="(\w+)"', halves[1])) == {own}


@pytest.mark.parametrize("name", NAMES)
def test_what_nobody_has_read_is_no_silence(client: FlaskClient, name: str) -> None:
    """Of a gap whose observation is unread, no page says that no observation explains it."""
    analysis = ANALYSES[name]
    unread = {
        row["directive"]: row["statementText"]
        for row in rows(client, "statements-in-full", analysis=analysis)
        if row["kind"] == str(GG.UnreadStatement)
    }
    gaps = rows(client, "gaps", analysis=analysis)
    text = unescape(client.get("/gaps", query_string={"analysis": name}).text)
    bare = [row for row in gaps if not row["evidence"]]
    told = {row["directive"] for row in bare} & set(unread)
    assert text.count("Nadie ha leído lo que dice su observación") == sum(
        row["directive"] in told for row in bare
    )
    assert text.count("Ninguna observación explica por qué") == sum(
        row["directive"] not in told for row in bare
    )
    assert all(unread[each] in text for each in told)
    assert ("sin leer" in text) is bool(unread)
    report = client.get("/report.md", query_string={"analysis": name}).text
    assert report.count("Nadie ha leído") >= len(told)


@pytest.mark.parametrize("name", NAMES)
def test_the_front_page_counts_what_is_missing(client: FlaskClient, name: str) -> None:
    """A topic that has no element and one that is partly addressed; of those that apply."""
    listed = {row["topic"]: row for row in rows(client, "topic-mappings", analysis=ANALYSES[name])}
    of = Counter(row["status"].rpartition("#")[2] for row in listed.values())
    address = "/" if name == NAMES[0] else f"/?analysis={name}"
    text = unescape(client.get(address).text)
    lacking, total = of["none"] + of["partial"], len(listed) - of["notApplicable"]
    assert f"{lacking} de los {total} temas que piden las directrices" in text
    lede = re.findall(r'<p class="lede">(?!De cada).*?</p>', text, re.DOTALL)[-1]
    numbers = [int(each) for each in re.findall(r"<strong>(\d+)</strong>", lede)]
    # What is doubtful is a gap, too: the sum is told, and is that of the page of gaps.
    gaps = lacking + of["indeterminate"]
    told = [of["none"], of["partial"]] if lacking else []
    assert numbers == told + [gaps] * (of["indeterminate"] > 0)
    listed_gaps = unescape(client.get(f"/gaps{address.removeprefix('/')}").text)
    assert f"{gaps} de {len(listed)} temas" in listed_gaps
    assert "Son brechas los temas de estos estados: sin elemento del plan, parcial, " in listed_gaps
