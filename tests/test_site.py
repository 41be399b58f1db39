"""The site without a server: every page, every link, and the questions in a real browser."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from conftest import ROOT, SECOND, Built, copy_home, keeping
from gapgraph.build import build
from gapgraph.errors import UsageError
from gapgraph.settings import Home, Settings
from gapgraph.site import Exported, export_site
from gapgraph.site.export import MANIFEST
from gapgraph.site.rules import NOT_FOUND, place_of
from gapgraph.texts import COMPLETE
from gapgraph.web import create_app
from gapgraph.web.assets import has_asset
from gapgraph.web.service import ServiceConfig
from gapgraph.web.site_address import address_of, file_of
from serving import wait_until

if not has_asset("oxigraph/web.js") and not os.environ.get("REQUIRE_BROWSER"):
    pytest.skip("npm has not brought the scripts of a site", allow_module_level=True)

pytestmark = pytest.mark.xdist_group("site")

BASE = "https://example.org/a/"
#: What the whole site of the annex may weigh.
LARGEST = 60_000_000
LINK = re.compile(r'<[a-z][^<>]* (?:href|src|action)="([^"]*)"')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the site is served: beneath a folder of its own, as under a prefix."""
    return tmp_path_factory.mktemp("host")


@pytest.fixture(scope="module")
def exported(built: Built, folder: Path) -> Exported:
    config = ServiceConfig(built.home, Settings(), built.output, base=BASE)
    return export_site(config, folder / "a", COMPLETE)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder on a plain server of files."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    running = subprocess.Popen(
        [*command, "--directory", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def up() -> bool:
        with socket.socket() as trying:
            return trying.connect_ex(("127.0.0.1", port)) == 0

    try:
        wait_until(up)
        yield f"http://127.0.0.1:{port}/"
    finally:
        running.terminate()
        running.wait()


@pytest.fixture(scope="module")
def host(exported: Exported, folder: Path) -> Iterator[str]:
    """The site of the annex, beneath a prefix."""
    assert exported.files
    with served(folder) as address:
        yield f"{address}a/"


def pages(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*.html"))
    }


def astray(site: Path, prefix: str) -> tuple[list[tuple[str, str]], int]:
    """Links of pages that lead to no file or no place in it; how many anchors there are.

    :param prefix: the path of the site's base, which links of a page shown anywhere begin with
    """
    read = pages(site)
    there = {str(file.relative_to(site)) for file in site.rglob("*") if file.is_file()}
    ids = {name: set(re.findall(r' id="([^"]*)"', text)) for name, text in read.items()}
    lost, anchors = [], 0
    for name, text in read.items():
        for link in map(unescape, LINK.findall(text)):
            parts = urlsplit(link)
            if parts.scheme or link.startswith("//"):
                continue
            target = name
            if Path(name).name == NOT_FOUND and parts.path:
                assert link.startswith(prefix), (name, link)
                target = unquote(parts.path).removeprefix(prefix)
                target += "index.html" if not target or target.endswith("/") else ""
            elif parts.path:
                assert not link.startswith("/"), (name, link)
                target = os.path.normpath(Path(name).parent / unquote(parts.path))
            if target not in there:
                lost.append((name, link))
            elif parts.fragment and target in ids:
                anchors += 1
                if parts.fragment not in ids[target]:
                    lost.append((name, link))
    return lost, anchors


@pytest.mark.every
@pytest.mark.parametrize(
    ("address", "file", "asked"),
    [
        ("", "index.html", ""),
        ("?lang=en", "en/index.html", ""),
        ("gaps?status=none&lang=pt", "pt/gaps/status=none/index.html", ""),
        ("gaps?status=none&section=", "gaps/status=none/index.html", ""),
        ("id/analysis/oas-pnat/topic/19.2", "id/analysis/oas-pnat/topic/19.2.html", ""),
        ("id/plan/x/category/6.ttl?lang=en", "id/plan/x/category/6.ttl", ""),
        ("lookup?uri=http%3A%2F%2Fa", "queries/links-to/index.html", "uri=http%3A%2F%2Fa"),
        ("search?q=ni%C3%B1as&lang=en", "en/search/index.html", "q=ni%C3%B1as"),
        ("sparql?example=gaps", "sparql.html", "example=gaps"),
        ("report.docx?directive=7&lang=en", "report/directive=7.docx", ""),
        ("report.docx?lang=en", "en/report.docx", ""),
        ("queries/gaps.csv?lang=en", "queries/gaps.csv", ""),
        (".well-known/void", ".well-known/void", ""),
    ],
)
def test_an_address_has_its_file(address: str, file: str, asked: str) -> None:
    place = place_of(address, COMPLETE)
    assert place is not None
    assert (place.file, place.asked) == (file, asked)


@pytest.mark.every
@pytest.mark.parametrize("address", ["health", "openapi.json", "gaps?lang=fr", "queries/gaps.srx"])
def test_what_is_not_in_a_site_has_no_file(address: str) -> None:
    assert place_of(address, COMPLETE) is None


@pytest.mark.every
def test_a_file_leads_back_to_the_address(built: Built) -> None:
    """A service in the place of a site takes its addresses."""
    client = create_app(ServiceConfig(built.home, Settings(), built.output)).test_client()
    for path, pairs, lang in (
        ("gaps", [("status", "none")], "en"),
        ("report.docx", [("directive", "7")], "es"),
        ("", [], "pt"),
        ("sparql", [], "es"),
        ("id/concept/indigenas.html", [], "en"),
    ):
        file = file_of(path, pairs, lang)
        answer = client.get(f"/{file}", headers={"Accept": "text/html"})
        assert answer.status_code == 308, file
        assert address_of(file) == answer.headers["Location"].lstrip("/")
        end = client.get(answer.headers["Location"], headers={"Accept": "text/html"})
        assert end.status_code == 200, file
    assert client.get("/en", headers={"Accept": "text/html"}).status_code == 308
    assert client.get("/gaps", headers={"Accept": "text/html"}).status_code == 200


@pytest.mark.whole
def test_every_link_leads_to_a_file(exported: Exported, folder: Path) -> None:
    site = folder / "a"
    read = pages(site)
    assert len(read) > 1500
    assert sum(file.is_file() for file in site.rglob("*")) == exported.files
    lost, anchors = astray(site, "/a/")
    assert lost[:10] == []
    assert anchors > 1000
    for lang in COMPLETE[1:]:
        assert f"{lang}/index.html" in read
    # Nothing of a running service is offered.
    assert not any("openapi" in text for text in read.values())
    assert {Path(name).name for name, text in read.items() if 'action="/' in text} == {NOT_FOUND}


@pytest.mark.whole
def test_the_site_of_the_annex_is_small(exported: Exported) -> None:
    assert exported.size < LARGEST
    assert exported.written == exported.files
    # What the documentation says of it, within a twentieth.
    told = re.search(
        r"^publish: (\d+) files, ([\d.]+) MB",
        (ROOT / "docs" / "site.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert told
    assert exported.files == pytest.approx(int(told[1]), rel=0.05)
    assert exported.size == pytest.approx(float(told[2]) * 1_000_000, rel=0.05)


@pytest.mark.whole
def test_every_short_address_leads_on_without_a_script(exported: Exported, folder: Path) -> None:
    site = folder / "a"
    table = (ROOT / "src" / "gapgraph" / "web" / "short.tsv").read_text(encoding="utf-8")
    words = {row.split("\t")[0]: row.split("\t") for row in table.splitlines()[1:]}
    languages = {"en": "en/", "pt": "pt/", "es": ""}
    many = dict.fromkeys(words, 0)
    for word, (_, leads, lang) in words.items():
        for file in sorted((site / word).rglob("index.html")):
            text = file.read_text(encoding="utf-8")
            if 'http-equiv="refresh"' not in text:
                continue
            many[word] += 1
            (to,) = re.findall(r'content="0; url=([^"]*)"', text)
            target = (file.parent / unquote(to)).resolve()
            assert re.findall(r'<a href="([^"]*)">', text) == [to]
            assert "<script" not in text
            page = target.read_text(encoding="utf-8")
            assert f'<html lang="{lang}">' in text
            assert f'<html lang="{lang}">' in page
            (title,) = re.findall(r"<title>(.*?)</title>", text)
            assert f"<title>{title}</title>" in page
            name = str(target.relative_to(site.resolve()))
            assert name.startswith(languages[lang])
            (canonical,) = re.findall(r'canonical" href="([^"]*)"', text)
            assert f'canonical" href="{canonical}"' in page
            if leads == "concept":
                assert name == f"{languages[lang]}id/concept/{file.parent.name}.html"
            elif leads == "directive":
                assert name.endswith(f"/directive/{file.parent.name}.html")
            else:
                assert name == f"{languages[lang]}{leads.strip('/')}/index.html"
    assert many == {
        word: {"concept": 92, "directive": 67}.get(leads, 1)
        for word, (_, leads, _lang) in words.items()
    }
    assert exported.files > sum(many.values())


@pytest.mark.whole
def test_an_address_without_a_file_has_a_page_that_leads_on(
    browser, host: str, folder: Path
) -> None:  # type: ignore[no-untyped-def]
    """A host gives the page at any depth; the plain server of files here does not."""
    site = folder / "a"
    page, faults = watched(browser, host)

    def answer(route) -> None:  # type: ignore[no-untyped-def]
        own = site / ("en" if "/en/" in route.request.url else "") / NOT_FOUND
        route.fulfill(status=404, content_type="text/html; charset=utf-8", body=own.read_text())

    page.route("**/nada/**", answer)
    look_at(page, f"{host}nada/de/nada")
    assert page.locator("h1").inner_text() == "No hay nada en esta dirección"
    assert page.locator("main p[lang=en] a").inner_text() == "There is nothing at this address"
    page.locator("main p[lang=en] a").click()
    page.wait_for_url(f"{host}en/404.html")
    page.goto(f"{host}en/nada/x")
    page.locator("nav.rooms a").first.click()
    page.wait_for_url(f"{host}en/gaps/")
    page.goto(f"{host}en/nada/x")
    page.locator("form.find [name=q]").fill("indigenous")
    page.locator("form.find button").click()
    page.wait_for_selector("#site-answer:not([hidden])")
    assert page.url.startswith(f"{host}en/search/")
    page.close()
    # The browser tells of the answer itself.
    assert [each for each in faults if "404" not in each] == []


@pytest.mark.whole
def test_a_short_address_is_a_page_that_a_browser_leaves(browser, host: str) -> None:  # type: ignore[no-untyped-def]
    page, faults = watched(browser, host)
    page.goto(f"{host}tema/indigenas/")
    page.wait_for_url(f"{host}id/concept/indigenas.html")
    page.goto(f"{host}topic/indigenas/")
    page.wait_for_url(f"{host}en/id/concept/indigenas.html")
    page.close()
    assert faults == []


@pytest.mark.whole
def test_whole_addresses_are_those_of_files(exported: Exported, folder: Path) -> None:
    site = folder / "a"
    listed = re.findall(r"<loc>(.*?)</loc>", (site / "sitemap.xml").read_text(encoding="utf-8"))
    assert exported.files > len(listed) > 150
    for address in (unescape(each) for each in listed):
        file = unquote(address.removeprefix(BASE))
        assert (
            site / file / "index.html" if file.endswith("/") or not file else site / file
        ).is_file()
    page = (site / "en" / "gaps" / "index.html").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="{BASE}en/gaps/">' in page
    assert f'hreflang="pt" href="{BASE}pt/gaps/">' in page
    image = re.search(r'og:image" content="([^"]*)"', page)
    assert image
    assert (site / image[1].removeprefix(BASE)).is_file()
    void = (site / ".well-known" / "void").read_text(encoding="utf-8")
    files = set(re.findall(rf"<{re.escape(BASE)}(data/gapgraph[^>]*)>", void))
    assert {"data/gapgraph.nq.gz", "data/gapgraph-csv.zip", "data/gapgraph.xlsx"} < files
    assert all((site / each).is_file() for each in files), files
    assert "sparqlEndpoint" not in void


def watched(browser, home):  # type: ignore[no-untyped-def]
    """A tab that takes note of errors, and of requests to elsewhere."""
    page = browser.new_page(locale="es-PE", viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            faults.append(asked.url) if not asked.url.startswith((home, "data:", "blob:")) else None
        ),
    )
    return page, faults


@pytest.fixture(scope="module")
def browser():  # type: ignore[no-untyped-def]
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    from test_browser import BROWSER  # noqa: PLC0415

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield running
        running.close()


def as_rows(answer: str) -> list[str]:
    """The rows of an answer by value, in an order of their own."""
    read = json.loads(answer)
    if "boolean" in read:
        return [str(read["boolean"])]
    rows = []
    for row in read["results"]["bindings"]:
        told = {}
        for name, term in row.items():
            value = term["value"]
            if term["type"] == "bnode":
                value = "_"
            # A list's values may come in any order; who shows them puts them in theirs.
            value = "\n".join(sorted(value.split("\n")))
            told[name] = (term["type"], value, term.get("xml:lang", "").lower())
        rows.append(json.dumps(told, sort_keys=True))
    return sorted(rows)


def compare_rows(page, config: ServiceConfig) -> tuple[int, list[str]]:  # type: ignore[no-untyped-def]
    """Ask the stored queries in the browser: how many, and which have other rows than here."""
    application = create_app(config)
    store = application.extensions["gapgraph"].store
    compared, other = 0, []
    for query in application.extensions["gapgraph"].catalogue:
        if query.form == "CONSTRUCT":
            continue
        answer = page.evaluate("query => Site.ask(query).then((each) => each.json)", query.text)
        if query.form == "ASK":
            expected = [str(store.ask(query.text))]
        else:
            made = store.select(query.text)
            bindings = [
                {
                    name: {"type": term.kind, "value": term.value, "xml:lang": term.language}
                    for name, term in zip(made.variables, row, strict=True)
                    if term is not None
                }
                for row in made.rows
            ]
            expected = as_rows(json.dumps({"results": {"bindings": bindings}}))
        compared += 1
        if as_rows(answer) != expected:
            other.append(query.id)
    return compared, other


@pytest.mark.whole
def test_stored_queries_have_equal_rows_in_the_browser(browser, host: str, built: Built) -> None:  # type: ignore[no-untyped-def]
    page, faults = watched(browser, host)
    page.goto(f"{host}sparql.html")
    compared, other = compare_rows(page, ServiceConfig(built.home, Settings(), built.output))
    page.close()
    assert compared > 70
    assert other == []
    assert faults == []


@pytest.mark.whole
def test_questions_are_filled_in_and_answered_in_the_browser(
    browser, host: str, built: Built
) -> None:  # type: ignore[no-untyped-def]
    client = create_app(ServiceConfig(built.home, Settings(), built.output)).test_client()
    page, faults = watched(browser, host)
    page.goto(f"{host}queries/directive-detail/index.html")
    assert page.locator("#site-answer").is_hidden()
    page.locator("form.question [name=number]").select_option("19")
    page.locator("form.question button").click()
    page.wait_for_selector("#site-answer table")
    expected = client.get("/queries/directive-detail.srj?number=19").get_json()
    shown = page.locator("#site-answer tbody tr").count()
    assert shown == len(expected["results"]["bindings"]) > 0
    assert page.locator("[data-usual]").first.is_hidden()
    page.goto(f"{host}en/queries/gaps/index.html?all=1")
    page.wait_for_selector("#site-answer table")
    assert page.locator("#site-answer tbody tr").count() == 63
    link = page.locator("#site-answer tbody a").first.get_attribute("href")
    assert link
    assert link.startswith(f"{host}en/id/")
    page.goto(
        f"{host}sparql.html?query=ASK%20%7B%20%3Fs%20a%20<https://w3id.org/gapgraph/ontology%23Directive>%20%7D"
    )
    page.wait_for_selector("#site-answer .lede")
    assert page.locator("#site-answer .lede").inner_text() == "Sí"
    page.goto(f"{host}sparql.html?query=SELECT%20WHERE")
    page.wait_for_selector("#site-status.problem")
    assert faults == []
    page.close()


@pytest.mark.whole
def test_words_lead_to_their_subject_without_a_server(browser, host: str) -> None:  # type: ignore[no-untyped-def]
    """The searches that the service's own search is held to."""
    with (ROOT / "tests" / "golden" / "searches.tsv").open(encoding="utf-8", newline="") as file:
        searches = list(csv.DictReader(file, delimiter="\t"))
    page, faults = watched(browser, host)
    missed = []
    for each in searches:
        folder = "" if each["language"] == "es" else f"{each['language']}/"
        page.goto(f"{host}{folder}search/index.html?q={each['words']}")
        page.wait_for_selector("#site-answer:not([hidden])")
        hrefs = page.locator("#site-answer a").evaluate_all(
            "all => all.slice(0, 8).map((each) => each.href)"
        )
        found = set()
        for href in hrefs:
            number = re.search(r"/directive/(\d+)", href)
            if number:
                found.add(number[1])
            elif "/concept/" in href or "/topic/" in href:
                text = page.request.get(href).text()
                found |= set(re.findall(r"/directive/(\d+)\.html", text))
        if found.isdisjoint(each["directives"].split()):
            missed.append(each["words"])
    page.close()
    assert faults == []
    assert missed == []


def look_at(page, address: str) -> None:  # type: ignore[no-untyped-def]
    """Open a page, which must be accessible and fit a phone."""
    from test_browser import too_wide, violations  # noqa: PLC0415

    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert violations(page) == [], address
    page.set_viewport_size({"width": 360, "height": 740})
    assert not too_wide(page), address
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.whole
def test_choices_lead_to_files_and_pages_are_accessible(browser, host: str) -> None:  # type: ignore[no-untyped-def]

    page, faults = watched(browser, host)
    page.goto(f"{host}gaps/index.html")
    page.locator("main form [name=status][value=partial]").check()
    page.locator("main form button").click()
    page.wait_for_url("**/gaps/status=partial/index.html")
    page.locator("main form [name=section]").select_option(index=2)
    page.locator("main form button").click()
    said = page.locator("main form [role=status]")
    said.wait_for()
    assert "una sola cosa" in said.inner_text()
    for path in (
        "index.html",
        "en/gaps/index.html",
        "pt/sparql.html",
        "queries/gaps/index.html?all=1",
        "search/index.html?q=indigenas",
        "id/analysis/oas-pnat/statement/6.1.2.html",
        "en/data/index.html",
    ):
        look_at(page, host + path)
    page.close()
    assert faults == []


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> ServiceConfig:
    """Two plans, one of them the small invented one."""
    home = copy_home(tmp_path_factory.mktemp("small") / "home")
    output = home.data.parent / "out"
    build(home, keeping(), output=output, analyses=[ROOT / "tests" / "second"], annex=False)
    return ServiceConfig(home, Settings(), output, base="https://example.net/")


def contents(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.mark.whole
def test_equal_builds_give_equal_sites(small: ServiceConfig, tmp_path: Path) -> None:
    first = export_site(small, tmp_path / "one", ("es",))
    again = export_site(small, tmp_path / "two", ("es",))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert (first.files, first.removed) == (again.files, 0)
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "one").rglob("*.html")}
    (tmp_path / "one" / "gone.html").write_text("x")
    listed = json.loads((tmp_path / "one" / MANIFEST).read_text(encoding="utf-8"))
    assert listed["complete"]
    listed["files"] += ["gone.html", "../kept.txt"]
    (tmp_path / "one" / MANIFEST).write_text(json.dumps(listed), encoding="utf-8")
    (tmp_path / "kept.txt").write_text("not the site's")
    third = export_site(small, tmp_path / "one", ("es",))
    # The manifest alone, which was written over.
    assert third.written == 1
    assert not (tmp_path / "one" / "gone.html").exists()
    assert (tmp_path / "kept.txt").exists()
    after = {file: file.stat().st_mtime_ns for file in (tmp_path / "one").rglob("*.html")}
    assert before == after


@pytest.mark.every
def test_a_folder_of_other_things_is_left_alone(built: Built, tmp_path: Path) -> None:
    config = ServiceConfig(built.home, Settings(), built.output, base=BASE)
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds things that are no site"):
        export_site(config, tmp_path, ("es",))
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]
    shutil.rmtree(tmp_path)


#: A sentence of the plan that changes, and what it becomes.
SENTENCE, CHANGED = "O plano mede os poços.", "O plano mede os poços e os rios."
#: Pages that show several plans, or what all of them have.
SHARED = (
    "analysis=",
    "compare/",
    "data/",
    "id/framework/aldeia/directive/1",
    "index.html",
    "queries/",
)


def write_plan(folder: Path, name: str, sentence: str) -> Path:
    """Write a plan of the second table's framework under another name."""
    target = folder / name
    shutil.copytree(SECOND, target)
    toml = (target / "analysis.toml").read_text(encoding="utf-8")
    toml = toml.replace("analysis/aldeia-ilha", f"analysis/aldeia-{name}")
    toml = toml.replace("plan/ilha-2024", f"plan/{name}-2024")
    toml = toml.replace("Plano da Ilha 2024", f"Plano {name} 2024")
    (target / "analysis.toml").write_text(toml, encoding="utf-8")
    table = (target / "table.tsv").read_text(encoding="utf-8")
    assert SENTENCE in table
    (target / "table.tsv").write_text(table.replace(SENTENCE, sentence), encoding="utf-8")
    return target


def export(
    home: Home, folder: Path, site: Path, sentence: str, languages: tuple[str, ...]
) -> Exported:
    """Build four plans, two of them of one framework, and write their site."""
    tables = [
        write_plan(folder, "ilha", SENTENCE),
        write_plan(folder, "costa", sentence),
        ROOT / "tests" / "english",
        ROOT / "tests" / "portuguese",
    ]
    build(home, keeping(), output=folder / "out", analyses=tables, annex=False)
    config = ServiceConfig(home, Settings(), folder / "out", base="https://example.net/")
    return export_site(config, site, languages)


@pytest.mark.whole
def test_four_plans_and_what_a_changed_one_writes_again(browser, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    home, site = copy_home(tmp_path / "home"), tmp_path / "site"
    first = export(home, tmp_path / "first", site, SENTENCE, COMPLETE)
    before, read = contents(site), pages(site)
    assert first.written == first.files == len(before)
    lost, anchors = astray(site, "/")
    assert lost[:10] == []
    assert anchors > 500
    later = ("aldeia-costa", "charter-haven", "carta-enseada")
    for name in later:
        for lang in ("", *(f"{each}/" for each in COMPLETE[1:])):
            assert f"{lang}gaps/analysis={name}/index.html" in read
            assert f"{lang}analysis={name}/index.html" in read
        assert (site / "search" / f"{name}.es.json").is_file()
    assert "Plano costa 2024" in read["compare/index.html"]

    config = ServiceConfig(home, Settings(), tmp_path / "first" / "out")
    with served(site) as address:
        page, faults = watched(browser, address)
        page.goto(f"{address}sparql.html")
        compared, other = compare_rows(page, config)
        assert compared > 70
        assert other == []
        for path in ("index.html", "compare/index.html", "pt/gaps/analysis=carta-enseada/"):
            look_at(page, address + path)
        page.close()
        assert faults == []

    second = export(home, tmp_path / "second", site, CHANGED, COMPLETE)
    after = contents(site)
    changed = {name for name in after if before.get(name) != after[name]}
    assert second.written == len(changed)
    html = {name.removeprefix("en/").removeprefix("pt/") for name in changed if ".html" in name}
    assert "id/analysis/aldeia-costa/topic/1.1/analysis=aldeia-costa.html" in html
    assert "compare/1/aldeia-costa/index.html" in html
    # Of the plans that are as they were nothing is written anew but what shows plans together.
    own = {name for name in html if "aldeia-costa" in name}
    assert {name for name in html - own if not name.startswith(SHARED)} == set()
    assert len(html) < len(pages(site)) / 4
