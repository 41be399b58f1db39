"""The pages: every link resolves in both languages, nothing inline, small, translated, hostile."""

from __future__ import annotations

import csv
import html
import html.parser
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import oracle
from conftest import ROOT, Built
from gapgraph.settings import Settings
from gapgraph.store.answers import Term
from gapgraph.web import create_app
from gapgraph.web.fulltext import FullText
from gapgraph.web.mistyped import defined, mistyped
from gapgraph.web.pages.directive import pieces
from gapgraph.web.pages.rows import Row
from gapgraph.web.service import ServiceConfig

WEB = ROOT / "src" / "gapgraph" / "web"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
#: The largest page, in bytes; the matrix comes near.
LARGEST = 100_000


@pytest.fixture(scope="module")
def app(built: Built) -> Iterator[Flask]:
    made = create_app(ServiceConfig(built.home, Settings(), built.output))
    yield made
    made.extensions["gapgraph"].pool.close()


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@dataclass
class Page(html.parser.HTMLParser):
    """What a page links to, where it can be linked to, and what it says."""

    text: str
    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    inline: list[str] = field(default_factory=list)
    lang: str = ""
    said: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)

    def __hash__(self) -> int:
        return id(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang = given.get("lang", "")
        if "id" in given:
            assert given["id"] not in self.anchors, f"two elements have the id {given['id']}"
            self.anchors.add(given["id"])
        self.links += [given[name] for name in ("href", "src", "action") if name in given]
        self.inline += [f"{tag}[{name}]" for name in given if name == "style" or name[:2] == "on"]
        # A script is a file of ours, or a block of data.
        if tag == "style" or (
            tag == "script"
            and "src" not in given
            and given.get("type") not in {"application/ld+json", "application/json"}
        ):
            self.inline.append(tag)

    def handle_data(self, data: str) -> None:
        self.said += data


#: The data files of queries and things, pictures and reports: one of each family is asked for, all
#: have one source.
_ONE_IS_ENOUGH = re.compile(
    r"(/queries/|/id/(?:.*/)?)[^/]+\.(?:csv|json|md|nt|rdf|srj|srx|table|tsv|ttl|jsonld|xlsx)$"
    r"|(/card\.png|/report\.docx|/lookup(?=.*[?&]format=))\?.*"
)


def crawl(client: FlaskClient, lang: str) -> Iterator[tuple[str, Page]]:
    """Follow every internal link of one language's pages; the other language's are its own crawl's.

    A stored query's page, and that of SPARQL, is read once, whatever is asked: the same template
    answers all.
    """
    start = f"/?lang={lang}"
    waiting, seen = [start], {start}
    anchors: dict[str, set[str]] = {}
    wanted: list[tuple[str, str, str]] = []
    while waiting:
        path = waiting.pop()
        # The reader's browser speaks the language: a plain link to a document says none itself.
        headers = {**BROWSER, "Accept-Language": lang}
        answer = client.get(path, headers=headers, follow_redirects=True)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        if answer.mimetype != "text/html":
            continue
        page = Page(answer.get_data(as_text=True))
        anchors[path] = page.anchors
        yield path, page
        for link in page.links:
            whole = urlsplit(urljoin(f"http://localhost{path}", link))
            if whole.netloc != "localhost":
                assert whole.scheme in {"http", "https"}, f"{path}: {link}"
                continue
            target = whole.path + (f"?{whole.query}" if whole.query else "")
            if whole.fragment:
                wanted.append((path, target, whole.fragment))
            other = re.search(r"[?&]lang=(..)", target)
            if other and other[1] != lang:
                continue
            if not other and whole.path == answer.request.path:
                continue  # this page, for readers of whom no language is known
            once = whole.path if whole.path.startswith(("/queries/", "/sparql")) else target
            once = unquote(_ONE_IS_ENOUGH.sub(r"\1\2", once))
            if once not in seen:
                seen.add(once)
                waiting.append(target)
    for path, target, anchor in wanted:
        if target in anchors:
            assert anchor in anchors[target], f"{path}: {target} has no #{anchor}"


@pytest.mark.whole
@pytest.mark.apart
@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_internal_link_resolves(client: FlaskClient, lang: str) -> None:
    found = dict(crawl(client, lang))
    for path, page in found.items():
        assert page.inline == [], path
        assert len(page.text.encode()) < LARGEST, path
        assert page.lang == lang, path
    directives = oracle.read(ROOT / "data" / "source" / "annex.txt")
    shown = {
        int(match[1])
        for path in found
        if (match := re.match(r"/id/framework/oas-work-plan-2/directive/(\d+)\.html", path))
    }
    assert shown == {each.number for each in directives}


@pytest.mark.whole
@pytest.mark.parametrize("lang", ["es", "en", "pt"])
def test_no_page_is_large(client: FlaskClient, lang: str) -> None:
    """The longest of every kind, in every complete language, and every stored query."""
    framework = "/id/framework/oas-work-plan-2"
    paths = [
        "/", "/matrix", "/directives", "/concepts", "/categories", "/instruments", "/method",
        "/ontology", "/shapes", "/data/", "/queries", "/sparql", "/api", "/validation",
        *(f"/gaps?group={each}" for each in ("section", "category", "concept", "status", "no")),
        "/gaps?sort=reading", "/search?q=plan", "/search?q=trata+de+personas",
        *(f"{framework}/section/{each}.html" for each in range(1, 5)),
        *(f"{framework}/directive/{each}.html" for each in (7, 11, 18, 22, 24)),
        f"{framework}.html", "/id/plan/pnat-2017-2021.html",
        "/id/plan/pnat-2017-2021/category/16.html", "/id/concept/cooperacion-internacional.html",
        *(f"/queries/{path.stem}" for path in sorted((ROOT / "queries").glob("*.rq"))),
    ]  # fmt: skip
    sizes = {}
    for path in paths:
        joined = "&" if "?" in path else "?"
        answer = client.get(f"{path}{joined}lang={lang}", headers=BROWSER, follow_redirects=True)
        assert answer.mimetype == "text/html", path
        sizes[path] = len(answer.data)
    assert {path: size for path, size in sizes.items() if size >= LARGEST} == {}
    assert min(sizes.values()) > 2_000


def test_a_directive_says_what_the_source_says(client: FlaskClient) -> None:
    for directive in oracle.read(ROOT / "data" / "source" / "annex.txt"):
        path = f"/id/framework/oas-work-plan-2/directive/{directive.number}.html"
        answer = client.get(path, headers=BROWSER)
        said = " ".join(
            Page(
                re.sub(r'<a class="ref.*?</a>|<span class="unseen".*?</span>', "", answer.text)
            ).said.split()
        )
        assert directive.text in said
        for text in (*directive.observations, *directive.indicators):
            assert text in said
        for label, _ in directive.topics:
            assert label.rstrip(": ") in said


def test_a_part_shows_where_it_stands(client: FlaskClient) -> None:
    """A statement, measure and mapping: the status, and the words, within their text."""
    rows = {row.number: row for row in oracle.read(ROOT / "data" / "source" / "annex.txt")}

    def seen(path: str) -> tuple[str, list[str]]:
        text = client.get(f"/id/analysis/oas-pnat/{path}.html?lang=en", headers=BROWSER).text
        bare = re.sub(r'<a class="ref.*?</a>|<span class="unseen".*?</span>', "", text)
        assert 'href="/id/framework/oas-work-plan-2/directive/' in bare
        return " ".join(Page(bare).said.split()), re.findall(r"<mark class.*? id.*?>(.*?)<", bare)

    missing, eased = (
        "El PNAT no especifica salvaguardar la privacidad e identidad de las víctimas.",
        "Sin embargo, el PNAT invoca el Protocolo Intersectorial: instrumento que sí aborda la "
        "privacidad e identidad de las víctimas, testigos y familiares dependientes.",
    )
    said, marked = seen("mapping/11.2.1")
    assert "partial" in said
    assert {missing, eased} <= set(marked)
    assert [text in said for text in rows[11].observations].count(True) == 2
    assert seen("mapping/11.2.2")[1] == marked
    topic = seen("topic/11.2")[0]
    assert all(text in topic for text in ("partial", missing, eased, rows[11].text))
    words = "Sin embargo, estas consideraciones se encuentran en el marco conceptual."
    said, marked = seen("statement/6.1.2")
    # What it mitigates stands beside it.
    assert "Context note 6.1.2" in said
    assert marked[1:] == [words]
    assert "no plan element" in said
    assert rows[6].observations[0] in said
    said, marked = seen("measure/21.1.1.a")
    assert len(marked) == 1
    assert "(a) contar con grupos de agentes de prevención" in said
    said, marked = seen("observation/21.1")
    assert "".join(marked) in rows[21].observations[0]
    assert len(marked) == 1


def test_what_is_compared_has_its_pages(client: FlaskClient) -> None:
    """Framework, plan and analysis say what they are, and lead on; none is called unused."""
    titles = (
        "II Plan de Trabajo para Combatir la Trata de Personas en el Hemisferio Occidental",
        "Plan Nacional contra la Trata de Personas 2017-2021",
    )
    paths = ("framework/oas-work-plan-2", "plan/pnat-2017-2021", "analysis/oas-pnat")
    wanted = (
        ("67 directrices en 4 secciones", "/section/4.html", "Cobertura por sección"),
        ("29 categorías", "/category/29.html", "Marco normativo"),
        ("De dónde sale el cuadro", "/gaps", "CHS Alternativo"),
    )
    for path, texts in zip(paths, wanted, strict=True):
        text = client.get(f"/id/{path}.html", headers=BROWSER).text
        for each in (*titles, *texts):
            assert each in text, (path, each)
        assert "no lo cita" not in text
    assert "CHS Alternativo" in client.get("/method", headers=BROWSER).text
    assert 'href="/method#origin"' in client.get("/", headers=BROWSER).text


def test_an_omission_bound_to_no_topic_is_told(client: FlaskClient) -> None:
    """Directives 14 and 52: the words are underlined, and the page says that they do not count."""
    for number in (14, 52):
        path = f"/id/framework/oas-work-plan-2/directive/{number}.html"
        assert "no cuenta en el estado de ninguno" in client.get(path, headers=BROWSER).text
    gaps = client.get("/gaps", headers=BROWSER).text
    said = re.search(r"Además, 2 omisiones.*?</p>", gaps, re.DOTALL)
    assert said is not None
    assert re.findall(r"directriz (\d+)<", said[0]) == ["14", "52"]


def test_downloads_of_the_gaps_have_names(client: FlaskClient) -> None:
    page = Page(client.get("/gaps?status=partial&section=1", headers=BROWSER).text)
    (address,) = (each for each in page.links if each.startswith("/queries/gaps.csv"))
    rows = list(csv.DictReader(io.StringIO(client.get(address).get_data(as_text=True)[1:])))
    assert [row["N.º"] for row in rows] == ["5", "7", "11", "16"]
    assert {row["Estado"] for row in rows} == {"https://w3id.org/gapgraph/ontology#partial"}
    assert "16 Cooperación Internacional" in rows[-1].values()
    assert "parcial" in rows[0].values()


def test_whom_to_tell_of_a_mistake(built: Built) -> None:
    for contact, link in (
        ("a@example.org", "mailto:a@example.org"),
        ("https://example.org/x", None),
    ):
        settings = Settings.of({"GAPGRAPH_CONTACT": contact})
        asked = create_app(ServiceConfig(built.home, settings, built.output)).test_client()
        assert f'href="{link or contact}"' in asked.get("/method", headers=BROWSER).text


@pytest.mark.parametrize("by", ["section", "category", "concept", "status"])
def test_english_pages_have_english_headings(client: FlaskClient, by: str) -> None:
    for path in (f"/gaps?group={by}&", "/matrix?", "/directives?", "/?"):
        page = client.get(f"{path}lang=en", headers=BROWSER).text
        headings = re.findall(
            r"<h[12][^>]*>.*?</h[12]>|<p class=\"kicker\">.*?</p>", page, re.DOTALL
        )
        assert headings, path
        assert not [each for each in headings if 'lang="es"' in each], path


def test_language_of_address_then_browser(client: FlaskClient) -> None:
    assert client.get("/").headers["Content-Language"] == "es"
    english = client.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert english.headers["Content-Language"] == "en"
    assert "Accept-Language" in english.headers["Vary"]
    both = client.get("/?lang=es", headers={"Accept-Language": "en"})
    assert both.headers["Content-Language"] == "es"
    assert client.get("/?lang=xx", headers=BROWSER).status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/gaps?status=addressed", 400),
        ("/gaps?group=moon", 400),
        ("/gaps?sort=moon", 400),
        ("/gaps?section=x", 400),
        ("/gaps?category=99", 400),
        ("/gaps?analysis=moon", 404),
        ("/matrix?category=<script>", 400),
        ("/search?q=" + "a" * 201, 400),
        ("/matrix?endpoint=x&_anchor=x&_method=POST&_scheme=javascript&_external=1", 200),
        ("/search?q=a&page=99999999", 200),
        ("/search?q=%22(OR+*:", 200),
        ("/id/framework/oas-work-plan-2/directive/0.html", 404),
        ("/id/x.html", 404),
    ],
)
def test_addresses_that_ask_for_what_is_not_there(
    client: FlaskClient, path: str, status: int
) -> None:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == status
    assert "<script>" not in answer.text


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=6),
)
def test_pieces_put_together_are_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    rows = [
        Row(
            ("statement", "kind", "start", "end"),
            (
                Term("uri", "urn:x:s"),
                Term("uri", "urn:x:k"),
                Term("literal", str(start), datatype=integer),
                Term("literal", str(end), datatype=integer),
            ),
        )
        for start, end in spans
    ]
    cut = pieces(text, rows)
    assert "".join(piece.text for piece in cut) == text
    assert all(piece.text for piece in cut)


TEXTS = (
    "La violación de derechos de las víctimas",
    "violaciones y niñas",
    "Extradición",
    "Cooperación en investigaciones judiciales",
    "<script>alert(1)</script>",
)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("violacion", {0, 1}),
        ("VIOLACIONES", {0, 1}),
        ("víctima", {0}),
        ("victimas", {0}),
        ("nina", {1}),
        ("extradicion", {2}),
        ("investigación judicial", {3}),
        ("violación cooperación", set()),
        ("script", {4}),
        ("", set()),
        ('" AND * ( : ^ ~', set()),
        ("place:1", set()),
    ],
)
def test_search_knows_spanish(words: str, found: set[int]) -> None:
    hits = FullText(TEXTS).find(words)
    assert {hit.place for hit in hits} == found
    for hit in hits:
        for start, end in hit.spans:
            assert TEXTS[hit.place][start:end].isalpha()
        assert hit.spans


def test_an_index_of_nothing_finds_nothing() -> None:
    assert FullText(()).find("algo") == []


def test_style_sheet_asks_for_nothing_from_elsewhere() -> None:
    sheet = Path(WEB / "static" / "style.css").read_text(encoding="utf-8")
    assert "@import" not in sheet
    assert "url(" not in sheet
    assert "//" not in sheet


def cells(page: str, row: str = "tr") -> list[list[str]]:
    """The words of every table row of a page, cell by cell."""
    return [
        [
            " ".join(html.unescape(re.sub(r"<[^>]*>", " ", cell)).split())
            for cell in re.findall(r"<t[hd]\b.*?(?=<t[hd]\b|$)", found, re.DOTALL)
        ]
        for found in re.findall(rf"<{row}\b[^>]*>(.*?)</{row}>", page, re.DOTALL)
    ]


def asked(client: FlaskClient, query: str, **values: str) -> list[dict[str, str]]:
    answer = client.get(f"/queries/{query}.csv", query_string=values)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))


STATUS_COLUMNS = ("addressed", "mapped", "indeterminate", "partial", "none")


def test_numbers_of_the_first_page_are_those_of_its_query(client: FlaskClient) -> None:
    shown = client.get("/", headers=BROWSER).text
    table = cells(shown[shown.index('class="figures"') :])
    rows = asked(client, "coverage-by-section")
    columns = (*STATUS_COLUMNS, "topics", "directives", "notAssessed")
    wanted = [[row["sectionLabel"], *(row[name] for name in columns)] for row in rows]
    totals = [str(sum(int(row[name]) for row in rows)) for name in columns]
    assert table[1:] == [*wanted, ["Todas", *totals]]
    drawn = [
        {name: re.search(rf'class="on {name}"[^>]*>(\d+)<', bar) for name in STATUS_COLUMNS}
        for bar in re.findall(r'<svg class="track".*?</svg>', shown, re.DOTALL)
    ]
    by_name = dict(zip(columns, totals, strict=True))
    whole, *parts = (
        {name: found[1] if found else "0" for name, found in bar.items()} for bar in drawn
    )
    assert parts == [{name: row[name] for name in STATUS_COLUMNS} for row in rows]
    # A number wider than its piece of the bar stands in the key alone.
    assert {name: count for name, count in whole.items() if count != "0"} == {
        name: by_name[name] for name in STATUS_COLUMNS if int(by_name[name]) > 1
    }
    key = re.findall(r'class="st (\w+)">[^<]+<span class="num">(\d+)<', shown)[: len(by_name)]
    assert {name: count for name, count in key if name in STATUS_COLUMNS} == {
        name: by_name[name] for name in STATUS_COLUMNS if by_name[name] != "0"
    }
    none, partial = re.findall(r"<strong>(\d+)</strong>", shown)[:2]
    assert [none, partial] == [by_name["none"], by_name["partial"]]
    lacking = int(none) + int(partial)
    assert f"{lacking} de los {by_name['topics']} temas" in shown
    assert f"Es el {round(100 * lacking / int(by_name['topics']))} %" in shown
    recurring = asked(client, "recurring-gaps")
    assert recurring
    for row in recurring:
        assert row["numbers"].replace(", ", " · ") in shown


def test_numbers_of_the_matrix_are_those_of_its_queries(client: FlaskClient) -> None:
    shown = client.get("/matrix", headers=BROWSER).text
    body = cells(shown[shown.index('class="mx ') :])
    by_directive = asked(client, "coverage-by-directive")
    lines = [row for row in body[1:-1] if len(row) > 2]
    assert [int(row[0].split()[0]) for row in lines] == [int(row["number"]) for row in by_directive]
    assert [int(row[-1] or 0) for row in lines] == [int(row["topics"]) for row in by_directive]
    usage = {row["categoryLabel"]: row["topics"] for row in asked(client, "category-usage")}
    elements = asked(client, "plan-elements")
    totals = body[-1][1:]
    assert totals[: len(elements)] == [usage.get(row["label"], "") for row in elements]
    sections = asked(client, "coverage-by-section")
    assert totals[len(elements) :] == [
        str(sum(int(row["none"]) for row in sections)),
        f"({sum(int(row['notAssessed']) for row in sections)})",
        str(sum(int(row["topics"]) for row in sections)),
    ]


def test_the_pictures_of_the_matrix_have_its_numbers(client: FlaskClient) -> None:
    page = client.get("/matrix?section=2", headers=BROWSER).text
    body = cells(page[page.index('class="mx"') :])
    svg = client.get("/matrix.svg?section=2").text
    # Below each column its total; beside a sign how many topics it is of.
    totals = re.findall(r'font-weight="600" fill="#1d1c1a">(\(?\d+\)?)</text>', svg)
    assert totals == [each for each in body[-1][1:] if each]
    many = re.findall(r'font-size="8" fill="#1d1c1a">(\d+)<', svg)
    assert many == re.findall(r'class="many num">(\d+)<', page) != []
    png = client.get("/matrix.png?section=2")
    assert png.headers["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(png.data)) as image:
        wide, high = (int(each) for each in re.findall(r'(?:width|height)="(\d+)"', svg)[:2])
        assert image.size == (2 * wide, 2 * high)
    whole = client.get("/matrix.png")
    assert len(png.data) < len(whole.data) < 300_000
    assert client.get("/matrix.gif").status_code == 404


def test_search_finds_in_every_text(client: FlaskClient) -> None:
    """The stored query gives each text of the source; a search finds each by its own words."""
    rows = asked(client, "searchable-texts")
    texts = {" ".join(row["text"].split()) for row in rows}
    for directive in oracle.read(ROOT / "data" / "source" / "annex.txt"):
        labels = [label for label, _ in directive.topics]
        own = (directive.text, *directive.indicators, *directive.observations, *labels)
        assert texts >= {" ".join(text.split()) for text in own}
    found = client.get("/search", query_string={"q": "EXTRADICION"}, headers=BROWSER).text
    assert found.count("<mark>") >= 6
    assert "directriz 29" in found
    assert "directriz 41" in found
    narrowed = {"q": "extradición", "kind": "Topic", "status": "none", "section": "2"}
    page = client.get("/search", query_string=narrowed, headers=BROWSER).text
    assert "1 texto<" in page
    assert "directriz 29" in page


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("58", "directive/58"),
        ("directriz 29", "directive/29"),
        ("DIRECTRIZ  7", "directive/7"),
        ("Directive 41", "directive/41"),
        ("diretriz 1", "directive/1"),
        ("sección 2", "section/2"),
        ("seção 3", "section/3"),
    ],
)
def test_search_finds_what_is_cited_by_its_number(
    client: FlaskClient, words: str, found: str
) -> None:
    text = client.get("/search", query_string={"q": words}, headers=BROWSER).text
    hits = re.findall(r'<p class="said"><a href="([^"]*)"', text)
    assert hits[0] == f"/id/framework/oas-work-plan-2/{found}.html"
    assert hits.count(hits[0]) == 1


def test_search_takes_no_word_for_a_number(client: FlaskClient) -> None:
    for words in ("9999", "sección 9", "directriz", "tema 7", "7 29"):
        text = client.get("/search", query_string={"q": words}, headers=BROWSER).text
        hits = re.findall(r'<p class="said"><a href="([^"]*)"', text)
        assert not any("directive/7.html" in each or "section/9" in each for each in hits), words


@pytest.mark.parametrize("path", ["/gaps?status=none", "/matrix", "/id/concept/indigenas.html"])
def test_a_page_within_another_has_no_head_and_leads_to_the_whole(
    client: FlaskClient, path: str
) -> None:
    sign = "&" if "?" in path else "?"
    whole = client.get(path, headers=BROWSER).text
    text = client.get(f"{path}{sign}embed=1", headers=BROWSER).text
    for piece in ('<header class="top">', 'class="skip"', "<nav"):
        assert piece in whole
        assert piece not in text
    assert '<base target="_blank">' in text
    canonical = re.search(r'<link rel="canonical" href="([^"]+)"', whole)
    assert canonical
    assert canonical[0] in text
    assert f'<footer>\n<div class="wrap">\n<p><a href="{canonical[1]}">' in text
    # What is said between them is the same, but for the address.
    told = [re.search(r"<main.*</main>", each, re.DOTALL) for each in (whole, text)]
    assert told[0]
    assert told[1]
    assert told[0][0] == re.sub("(&amp;|[?])embed=1", "", told[1][0])


def test_the_page_of_gaps_counts_what_it_shows(client: FlaskClient) -> None:
    for path, said in (
        ("/gaps", "63 de 111 temas: indeterminado 1, parcial 31, sin elemento del plan 31."),
        ("/gaps?status=none", "31 de 111 temas: sin elemento del plan 31."),
        ("/gaps?status=indeterminate&section=1", "0 de 29 temas."),
    ):
        text = " ".join(re.sub(r"<[^>]+>", "", client.get(path, headers=BROWSER).text).split())
        assert said in text, path


def test_the_method_shows_a_row_up_to_its_status_and_where_others_differ(
    client: FlaskClient,
) -> None:
    shown = client.get("/method", headers=BROWSER).text
    row = re.search(
        r'<section class="gap-pair (\w+)" data-topic="([\d.]+)".*?</section>', shown, re.DOTALL
    )
    assert row
    (topic,) = (each for each in asked(client, "gaps") if each["topic"].endswith(f"/{row[2]}"))
    assert row[1] == topic["status"].rpartition("#")[2] == "partial"
    assert topic["elements"]
    assert '<mark class="Omission">' in row[0]
    outside = [each for each in asked(client, "reviews") if each["grade"]]
    apart = sum(each["disputed"] == "true" for each in outside)
    assert 0 < apart < len(outside)
    text = " ".join(re.sub(r"<[^>]+>", "", shown).split())
    assert f"dan {len(outside)} grados a lo que aquí tiene un estado. {apart} difieren" in text


def test_a_problem_names_its_parameter_in_the_readers_language(client: FlaskClient) -> None:
    for path in ("/queries/gaps.csv?limit=x", "/queries/gaps?limit=x"):
        answer = client.get(path, headers=BROWSER)
        assert answer.status_code == 400
        assert "En esta dirección no sirve «limit»." in answer.text, path


def test_every_choice_says_how_many_it_shows(client: FlaskClient) -> None:
    """The number beside a choice is that of the cards it leads to, beside what else is chosen."""
    chosen = "section=2"
    page = client.get(f"/gaps?{chosen}", headers=BROWSER).text
    statuses = dict(
        re.findall(r'value="(\w+)"> <span class="st [^>]*>[^<]*</span> <span [^>]*>(\d+)<', page)
    )
    assert set(statuses) == {"none", "partial", "indeterminate"}
    led = {f"{chosen}&status={name}": number for name, number in statuses.items()}
    for name in ("section", "category", "theme"):
        part = re.search(rf'<select id="{name}".*?</select>', page, re.DOTALL)
        assert part
        options = re.findall(r'<option value="([^"]*)"[^>]*>[^<]*\((\d+)\)</option>', part[0])
        assert len(options) == part[0].count("<option") > 2
        rest = "" if name == "section" else f"&{chosen}"
        led |= {f"{name}={value}{rest}": number for value, number in options[:4] + options[-1:]}
    for query, number in led.items():
        shown = client.get(f"/gaps?group=no&{query}", headers=BROWSER).text
        assert shown.count('<article class="gap-card') == int(number), query


def test_a_theme_narrows_the_page_its_downloads_and_the_matrix_alike(client: FlaskClient) -> None:
    page = client.get("/gaps?theme=migrants&lang=en", headers=BROWSER).text
    topics = set(re.findall(r'data-topic="([^"]+)"', page))
    # By the concept, and by an observation that names them.
    assert topics > {
        row["item"].rpartition("/")[2]
        for row in asked(client, "by-theme", themeName="migrants")
        if row["kind"].endswith("#Topic") and not row["status"].endswith("#addressed")
    }
    rows = asked(client, "gaps", themeName="migrants")
    assert {row["topic"].rpartition("/")[2] for row in rows} == topics
    for link in re.findall(r'href="(/queries/gaps[^"]*|/report\.docx[^"]*)"', page)[:4]:
        assert re.search("theme(Name)?=migrants", link), link
    report = client.get("/report.md?theme=migrants").text
    assert "eje: personas migrantes" in report
    assert "Only: migrants" in page
    matrix = client.get("/matrix?theme=migrants", headers=BROWSER).text
    directives = {each.partition(".")[0] for each in topics}
    assert directives <= set(re.findall(r'<b class="num">(\d+)</b>', matrix))
    assert client.get("/gaps?theme=moon", headers=BROWSER).status_code == 400


def test_the_style_sheet_is_light(client: FlaskClient) -> None:
    """As it is sent; every page asks for it once."""
    for coding in ("br", "gzip"):
        sent = client.get("/static/style.css", headers={"Accept-Encoding": coding})
        assert sent.headers["Content-Encoding"] == coding
        assert len(sent.data) < 12_000, coding


GG_PREFIX = "PREFIX gg: <https://w3id.org/gapgraph/ontology#> "


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (f"{GG_PREFIX} SELECT * {{ ?t gg:coverageStatu gg:partial }}",
         ["La ontología no define gg:coverageStatu: ", "¿Quiso decir gg:coverageStatus?"]),
        ("PREFIX x:<https://w3id.org/gapgraph/ontology#> ASK { ?t a x:topic ; x:xyzzy 1 }",
         ["no define gg:topic: ", "¿Quiso decir gg:Topic?", "no define gg:xyzzy: "]),
        ("CONSTRUCT WHERE { ?t <https://w3id.org/gapgraph/ontology#inAnalisis> ?a }",
         ["no define gg:inAnalisis: ", "¿Quiso decir gg:inAnalysis?"]),
        # What the ontology defines, what is no term, and what others define.
        (f"{GG_PREFIX} PREFIX x: <urn:x:> SELECT ('gg:nada' AS ?x) (x:b AS ?y) {{ ?t a gg:Topic ; "
         "gg:coverageStatus gg:partial ; gg:hasTopc* ?t }} # gg:nada",
         ["no define gg:hasTopc: ", "¿Quiso decir gg:hasTopic?"]),
        (f"{GG_PREFIX} ASK {{ ?t a gg:Topic ; gg:coverageStatus gg:partial }}", []),
    ],
)  # fmt: skip
def test_a_term_that_nobody_defines_is_named_on_the_page_alone(
    client: FlaskClient, query: str, told: list[str]
) -> None:
    query = query.replace("}}", "}")
    page = client.get("/sparql", query_string={"query": query}, headers=BROWSER)
    assert page.status_code == 200
    assert re.findall(r"no define gg:\w+: |¿Quiso decir gg:\w+\?", page.text) == [
        each.removeprefix("La ontología ") for each in told
    ]
    data = {"Accept": "text/csv, */*"}
    plain = client.get("/sparql", query_string={"query": query}, headers=data)
    assert plain.status_code == 200
    assert "no define" not in plain.text


def test_every_stored_query_names_only_what_is_defined(app: Flask) -> None:
    current = app.extensions["gapgraph"]
    known = defined(current.store)
    assert {"Topic", "coverageStatus", "partial", "Omission"} < known
    wrong = {query.id: mistyped(query.text, known) for query in current.catalogue}
    assert {query: found for query, found in wrong.items() if found} == {}
