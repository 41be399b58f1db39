"""The pages in a real browser: every width, both languages, light and dark.

Needs Debian's Chromium and what ``tests/browser/package.json`` lists.  The gate sets
``REQUIRE_BROWSER`` and fails without them; elsewhere these tests are skipped and say why.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from PIL import Image, ImageChops, ImageStat

import three_plans
from conftest import ROOT, Built, rebuilt
from gapgraph.namespaces import GG
from gapgraph.store.dataset import DatasetFile
from serving import Server, serving

BROWSER = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
NODE = ROOT / "tests" / "browser"
AXE = NODE / "node_modules" / "axe-core" / "axe.min.js"
VALIDATOR = NODE / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
MISSING = [str(each) for each in (BROWSER, AXE, VALIDATOR) if not each.exists()]

if MISSING and not os.environ.get("REQUIRE_BROWSER"):
    pytest.skip(f"not installed: {', '.join(MISSING)}", allow_module_level=True)

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright  # noqa: E402

FRAMEWORK = "/id/framework/oas-work-plan-2"
PLAN = "/id/plan/pnat-2017-2021"
#: A typical page of each kind, and the longest of those that differ: seen in every variant.
PAGES = (
    "/",
    "/matrix",
    "/gaps",
    "/directives",
    "/categories",
    f"{FRAMEWORK}/directive/22.html",
    f"{FRAMEWORK}/directive/7.html",
    f"{FRAMEWORK}/section/4.html",
    f"{PLAN}/category/11.html",
    "/id/concept/cooperacion-internacional.html",
    "/id/instrument/protocolo-intersectorial.html",
    "/id/analysis/oas-pnat/topic/22.4.html",
    "/search?q=cooperacion+internacional",
    "/method",
    "/queries/gaps",
)
#: The others: seen once.
OTHERS = (
    "/matrix?status=none&section=2",
    "/gaps?group=category&status=partial&section=4",
    "/concepts",
    "/instruments",
    f"{FRAMEWORK}/directive/17.html",
    f"{FRAMEWORK}/directive/39/indicator/1.html",
    f"{PLAN}/element/marco-normativo.html",
    f"{PLAN}.html",
    "/id/institution/policia-nacional.html",
    "/id/analysis/oas-pnat/observation/7.1.html",
    "/id/analysis/oas-pnat/statement/6.1.2.html",
    "/search",
    "/data/",
    "/ontology",
    "/queries",
    "/queries/coverage-by-section",
    "/queries/search?text=ni%C3%B1as&text=mujer",
    "/queries/directive-graph?number=3",
    "/queries/framework-complete",
    "/queries/topics-without-category?number=7&number=31",
    "/sparql",
    "/validation",
    "/api",
    "/nowhere",
)
WIDTHS = (360, 768, 1440)
#: The narrowest and the widest screens, for the width only.
EXTREMES = (320, 3840)
SCHEMES = ("light", "dark")
LANGUAGES = {"es": "es-PE", "en": "en-GB"}


@pytest.fixture(scope="module")
def server(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("browsed")
    with serving(folder, "--workers", "1", "--output", built.output) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert not MISSING, f"not installed: {', '.join(MISSING)}"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield running
        running.close()


class Watched:
    """A tab that takes note of all that a page should not do."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("console", lambda said: self._console(said.type, said.text))
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.faults.append("dialog"), dialog.dismiss()))
        self.page.on("request", lambda asked: self._request(home, asked.url))

    def _console(self, kind: str, text: str) -> None:
        # A page that is an error says so by its status, which the browser repeats.
        if kind in {"error", "warning"} and "404 (Not Found)" not in text:
            self.faults.append(f"{kind}: {text}")

    def _request(self, home: str, url: str) -> None:
        if not url.startswith(home) and not url.startswith("data:,"):
            self.faults.append(f"request: {url}")


def too_wide(page: Page) -> bool:
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )


def violations(page: Page, *rules: str) -> list[str]:
    """Ask axe-core, put into the page by the debugger, which the page's policy does not bind.

    :param rules: the rules to apply; all if none
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary'][:200]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_variant_of_a_page(path: str, lang: str, server: Server, browser: Browser) -> None:
    """No console error, no request elsewhere, no sideways scrolling, nothing that axe finds."""
    context = browser.new_context(locale=LANGUAGES[lang], reduced_motion="reduce")
    tab = Watched(context, server.url)
    tab.page.goto(urljoin(server.url, path.lstrip("/")))
    assert tab.page.evaluate("document.documentElement.lang") == lang
    for width in (*EXTREMES, *WIDTHS):
        tab.page.set_viewport_size({"width": width, "height": 900})
        assert not too_wide(tab.page), f"{path} {width}"
        for scheme in SCHEMES if width in WIDTHS else ():
            tab.page.emulate_media(color_scheme=scheme)
            # The scheme changes colours only.
            found = violations(tab.page, *(["color-contrast"] if scheme == "dark" else []))
            assert found == [], f"{path} {width} {scheme}"
    assert tab.faults == [], path
    context.close()


@pytest.mark.parametrize("path", OTHERS)
def test_the_other_pages_once(path: str, server: Server, browser: Browser) -> None:
    context = browser.new_context(locale="es-PE", reduced_motion="reduce")
    tab = Watched(context, server.url)
    tab.page.goto(urljoin(server.url, path.lstrip("/")))
    tab.page.set_viewport_size({"width": 360, "height": 900})
    assert not too_wide(tab.page)
    tab.page.set_viewport_size({"width": 1440, "height": 900})
    assert not too_wide(tab.page)
    assert violations(tab.page) == []
    assert tab.faults == []
    context.close()


#: Pages of a build of several plans.
SEVERAL = (
    "/",
    "/?analysis=meseta",
    "/compare",
    "/compare?analysis=oas-pnat&analysis=variant&differ=1",
    "/compare?by=concept&theme=children",
    "/compare/28?analysis=oas-pnat&analysis=variant",
    "/compare/5?analysis=islands&analysis=meseta",
    f"{FRAMEWORK}/directive/7.html?analysis=islands",
    "/sparql",
)


@pytest.fixture(scope="module")
def old(built: Built, four: DatasetFile, tmp_path_factory: pytest.TempPathFactory) -> DatasetFile:
    """An earlier version of the build of several plans, with another sentence and status."""
    folder = tmp_path_factory.mktemp("old")
    content = four.read().decode().replace("El PNAT no menciona el presupuesto.", "Nada.")
    was = f"variant/assessment/28/rule> <{GG}coverageStatus> <{GG}"
    assert f"{was}partial>" in content
    content = content.replace(f"{was}partial>", f"{was}none>")
    own = Built(built.home, four.path.parent, four)
    return DatasetFile.find(rebuilt(own, content, folder / "out"))


@pytest.fixture(scope="module")
def several(four: DatasetFile, old: DatasetFile) -> Iterator[Server]:
    with serving(
        four.path.parent, "--workers", "1", "--output", four.path.parent,
        "--previous", old.path.parent,
    ) as running:  # fmt: skip
        yield running


@pytest.mark.whole
@pytest.mark.parametrize("path", SEVERAL)
def test_pages_of_several_plans(path: str, several: Server, browser: Browser) -> None:
    """As the others; with the plans to choose among laid open, too."""
    for lang, locale in LANGUAGES.items():
        context = browser.new_context(locale=locale, reduced_motion="reduce")
        tab = Watched(context, several.url)
        tab.page.goto(urljoin(several.url, path.lstrip("/")))
        assert tab.page.evaluate("document.documentElement.lang") == lang
        for width in (*EXTREMES, *WIDTHS):
            tab.page.set_viewport_size({"width": width, "height": 900})
            assert not too_wide(tab.page), f"{path} {width}"
        tab.page.locator(".plans summary").click()
        for width in (360, 1440):
            tab.page.set_viewport_size({"width": width, "height": 900})
            assert not too_wide(tab.page), f"{path} {width}"
            for scheme in SCHEMES:
                tab.page.emulate_media(color_scheme=scheme)
                rules = ["color-contrast"] if scheme == "dark" else []
                assert violations(tab.page, *rules) == [], f"{path} {width} {scheme}"
        assert tab.faults == [], path
        context.close()


@pytest.mark.whole
def test_pages_of_several_plans_are_valid_html(
    several: Server, old: DatasetFile, four: DatasetFile, tmp_path: Path
) -> None:
    paths = (*SEVERAL, *_of_versions(old, four))
    valid([(several, path) for path in paths], tmp_path)


def _of_versions(old: DatasetFile, new: DatasetFile) -> tuple[str, str]:
    """The pages of an earlier version, and of what changed since."""
    return f"/data/{old.version}", f"/data/{old.version}/changes/{new.version}"


@pytest.mark.whole
def test_pages_of_versions(
    several: Server, old: DatasetFile, four: DatasetFile, browser: Browser
) -> None:
    context = browser.new_context(locale="es-PE", reduced_motion="reduce")
    tab = Watched(context, several.url)
    for path in _of_versions(old, four):
        tab.page.goto(urljoin(several.url, path.lstrip("/")))
        for width in WIDTHS:
            tab.page.set_viewport_size({"width": width, "height": 900})
            assert not too_wide(tab.page), f"{path} {width}"
            assert violations(tab.page) == [], f"{path} {width}"
    # The last one: what changed.
    assert tab.page.locator("del, ins").all_inner_texts() == [
        "Nada.", "El PNAT no menciona el presupuesto."
    ]  # fmt: skip
    assert tab.faults == []
    context.close()


@pytest.mark.whole
def test_pages_of_tables_of_others(taken: Path, browser: Browser, tmp_path: Path) -> None:
    """Without sections, observations or indicators, with articles and dotted codes."""
    paths = [
        f"{path}{'&' if '?' in path else '?'}analysis={name}-plan-{name}"
        for name, directive in (
            ("harbour", "h1-1-2"),
            ("treaty", "article-6-1-a"),
            ("eyes", "mp-01"),
        )
        for path in (
            *("/", "/gaps", "/matrix", "/directives", "/categories", "/search?q=bells", "/method"),
            f"/id/framework/{name}/directive/{directive}.html",
            f"/id/analysis/{name}-plan-{name}/topic/{directive}.1.html",
        )
    ]
    with serving(tmp_path, "--workers", "1", "--output", taken) as running:
        context = browser.new_context(locale="es-PE", reduced_motion="reduce")
        tab = Watched(context, running.url)
        for path in paths:
            answer = tab.page.goto(urljoin(running.url, path.lstrip("/")))
            assert answer is not None
            assert answer.status == 200, path
            for width in (360, 1440):
                tab.page.set_viewport_size({"width": width, "height": 900})
                assert not too_wide(tab.page), f"{path} {width}"
            assert violations(tab.page) == [], path
        assert tab.faults == []
        context.close()
        valid([(running, path) for path in paths], tmp_path)


@pytest.mark.whole
@pytest.mark.apart
def test_34_plans_in_a_browser(built: Built, browser: Browser, tmp_path: Path) -> None:
    """No fault at any width; every cell is reached by keyboard, and has its name."""
    output = three_plans.widened(built, tmp_path / "wide", 33)
    with serving(tmp_path, "--workers", "1", "--output", output) as server:
        context = browser.new_context(locale="es-PE", reduced_motion="reduce")
        tab = Watched(context, server.url)
        tab.page.goto(urljoin(server.url, "compare?section=3"))
        for width in WIDTHS:
            tab.page.set_viewport_size({"width": width, "height": 900})
            assert not too_wide(tab.page), width
            assert violations(tab.page) == [], width
        named = tab.page.get_by_role("link", name=re.compile(r"^(3[5-9]|4[0-4]), .+: .+$"))
        assert named.count() == 34 * 10
        named.first.focus()
        tab.page.keyboard.press("Tab")
        assert tab.page.evaluate("document.activeElement.ariaLabel").startswith("35, Plan")
        # On paper, all of them on one sheet.
        tab.page.goto(urljoin(server.url, "compare"))
        assert sheets(tab.page) == [A3]
        valid([(server, "/compare")], tmp_path)
        context.close()


FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
_ON_SCREEN = (
    "selector => [...document.querySelectorAll(selector)]"
    ".filter(each => each.checkVisibility()"
    " && !each.closest('details:not([open]) > :not(summary)'))"
    ".length"
)
_FOCUSED = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  window.seen = window.seen || new Set();
  const fresh = !window.seen.has(here);
  window.seen.add(here);
  // The editor's own field is hidden behind its frame.
  const shown = here.closest('.CodeMirror') || here;
  const style = getComputedStyle(shown);
  const drawn = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const box = shown.getBoundingClientRect();
  const inside = box.width > 0 && box.height > 0;
  return {fresh, ok: drawn && inside, html: here.outerHTML.slice(0, 120)};
}"""


@pytest.mark.whole
@pytest.mark.parametrize(
    "path",
    ["/", "/matrix", "/gaps", f"{FRAMEWORK}/directive/22.html", "/search?q=trata", "/sparql"],
)
def test_everything_is_reached_by_keyboard_with_a_visible_focus(
    path: str, server: Server, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page.goto(urljoin(server.url, path.lstrip("/")))
    expected = page.evaluate(_ON_SCREEN, FOCUSABLE)
    assert expected > 10
    reached = 0
    for _ in range(expected + 5):
        page.keyboard.press("Tab")
        focus = page.evaluate(_FOCUSED)
        if focus is None or not focus["fresh"]:
            break
        assert focus["ok"], f"{path}: the focus does not show on {focus['html']}"
        reached += 1
    assert reached >= expected
    page.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_query_is_written_and_asked(scripts: bool, server: Server, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=scripts, locale="es-PE")
    tab = Watched(context, server.url)
    tab.page.goto(urljoin(server.url, "sparql?example=topics-without-category"))
    if scripts:
        tab.page.locator(".CodeMirror").click()
        tab.page.keyboard.press("Control+Enter")
    else:
        tab.page.locator("main [type=submit]").click()
    tab.page.wait_for_url("**/sparql?query=*")
    assert "31 filas" in tab.page.locator("main").inner_text()
    assert violations(tab.page) == [] if scripts else True
    # A mistake is told where it was made, and what was written stays.
    if scripts:
        tab.page.locator(".CodeMirror").click()
        tab.page.keyboard.press("Control+A")
        tab.page.keyboard.type("ASK { ?s ?p")
        tab.page.keyboard.press("Control+Enter")
    else:
        tab.page.locator("#query").fill("ASK { ?s ?p")
        tab.page.locator("main [type=submit]").click()
    tab.page.wait_for_url("**/sparql?query=ASK*")
    assert "line 1" in tab.page.locator("[role=alert]").inner_text()
    assert tab.page.locator("#query").input_value() == "ASK { ?s ?p"
    context.close()


def test_a_card_is_copied_as_text_and_as_html(server: Server, browser: Browser) -> None:
    """With its sentence and citation; without scripts it is selected, and there is no button."""
    context = browser.new_context(locale="es-PE", permissions=["clipboard-read", "clipboard-write"])
    tab = Watched(context, server.url)
    tab.page.goto(urljoin(server.url, "gaps?concept=extradicion&group=no"))
    card = tab.page.locator("[data-topic='29.3']")
    card.get_by_role("button", name="Copiar").click()
    card.get_by_role("button", name="Copiado").wait_for()
    assert tab.page.get_by_role("status").inner_text() == "Copiado"
    text = tab.page.evaluate("navigator.clipboard.readText()").split("\n")
    assert text[:2] == ["Extradición", "sin elemento del plan sin atenuante"]
    assert text[2].startswith("«Sin embargo, el PNAT no especifica en qué ámbitos")
    assert text[2].endswith("ni la extradición.»")
    assert text[3].startswith("Directriz 29 · ")
    assert text[4].startswith("gapgraph. «Extradición». En: ")
    assert text[4].endswith("/id/analysis/oas-pnat/topic/29.3. CC BY 4.0.")
    html = tab.page.evaluate(
        "navigator.clipboard.read().then(all => all[0].getType('text/html'))"
        ".then(blob => blob.text())"
    )
    assert "<strong>y, por lo tanto, no menciona la investigación judicial" in html
    assert f'href="{server.url}id/concept/extradicion.html"' in html
    for left in ("class=", "[falta", "Copia", "Imagen"):
        assert left not in html
    # The permanent link and the citation, from the page of the subject.
    card.get_by_role("link", name="Enlace y cita").click()
    tab.page.locator(".permanent .copy").click()
    tab.page.locator(".permanent .copy", has_text="Copiado").wait_for()
    permanent = tab.page.evaluate("navigator.clipboard.readText()")
    assert permanent == "https://w3id.org/gapgraph/id/analysis/oas-pnat/topic/29.3"
    # Where the browser has no clipboard to write to (the page came by http), by its older way.
    tab.page.evaluate("delete Clipboard.prototype.write")
    tab.page.locator(".cite .copy").click()
    tab.page.locator(".cite .copy", has_text="Copiado").wait_for()
    cited = tab.page.evaluate("navigator.clipboard.readText()")
    assert cited.startswith("gapgraph. «Extradición». En: ")
    assert cited.endswith("CC BY 4.0.")
    assert tab.faults == []
    context.close()
    plain = browser.new_context(java_script_enabled=False, locale="es-PE")
    page = plain.new_page()
    page.goto(urljoin(server.url, "gaps?concept=extradicion"))
    assert page.locator(".copy").count() == 0
    plain.close()


@pytest.mark.whole
def test_pages_read_the_same_without_scripts(server: Server, browser: Browser) -> None:
    said: dict[bool, list[str]] = {}
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts, locale="es-PE")
        page = context.new_page()
        said[scripts] = []
        for path in (*PAGES, *OTHERS):
            page.goto(urljoin(server.url, path.lstrip("/")))
            # With scripts the editor stands where the text area stood, and what is copied has a
            # button.
            page.evaluate(
                "document.querySelectorAll('#editor, .copy').forEach(each => each.remove())"
            )
            said[scripts].append(page.locator("main").inner_text())
        context.close()
    assert said[True] == said[False]
    assert all(len(text) > 40 for text in said[False])


def test_the_matrix_is_seen_at_a_glance(server: Server, browser: Browser) -> None:
    """On a wide screen whole, on about one and a half of its heights; on a phone a list."""
    context = browser.new_context(locale="es-PE", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(urljoin(server.url, "matrix"))
    rows = page.locator(".mx tbody tr:not(.grp)")
    assert rows.count() == 67
    first, last = (rows.nth(at).bounding_box() for at in (0, 66))
    assert first
    assert last
    assert last["y"] + last["height"] - first["y"] < 1.5 * 900
    assert first["height"] > 15
    # It scrolls with the page, and its heads stay in sight.
    box = page.locator(".scroll:has(.mx)")
    assert box.evaluate("each => each.scrollHeight - each.clientHeight") <= 1
    rows.nth(60).scroll_into_view_if_needed()
    head = page.locator(".mx thead th").nth(3).bounding_box()
    assert head
    assert head["y"] >= 0
    page.set_viewport_size({"width": 360, "height": 900})
    row = page.locator(".mx tbody tr:not(.grp)").nth(18)
    assert row.inner_text().split("\n")[0].startswith("19 ")
    assert "Indígenas: sin elemento del plan" in row.inner_text()
    cells = row.locator("td:visible")
    assert cells.count() == 3
    boxes = [cells.nth(at).bounding_box() for at in range(3)]
    assert len({box["x"] for box in boxes if box}) == 1
    context.close()


#: Paper in points, as Chromium writes it.
A3, A4 = (842, 1191), (596, 843)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "paper"), [("/matrix", A3), (f"{FRAMEWORK}/directive/6.html", A4)]
)
def test_on_paper(
    path: str, paper: tuple[int, int], lang: str, server: Server, browser: Browser
) -> None:
    """The whole matrix fits on one A3 sheet, and a typical directive on one of A4.

    In other languages its sentences stand there twice, with their translation.
    """
    context = browser.new_context(locale=LANGUAGES[lang])
    page = context.new_page()
    page.goto(urljoin(server.url, path.lstrip("/")))
    assert sheets(page) == [paper] * (2 if paper == A4 and lang != "es" else 1)
    context.close()


@pytest.mark.whole
@pytest.mark.parametrize("lang", LANGUAGES)
def test_four_plans_on_paper(lang: str, several: Server, browser: Browser) -> None:
    context = browser.new_context(locale=LANGUAGES[lang])
    page = context.new_page()
    page.goto(urljoin(several.url, "compare"))
    assert sheets(page) == [A3]
    context.close()


def sheets(page: Page) -> list[tuple[int, int]]:
    """Print a page; return the size of each sheet, in points."""
    printed = page.pdf(prefer_css_page_size=True, format="A4")
    found = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", printed)
    return [(round(float(width)), round(float(height))) for width, height in found]


@pytest.mark.whole
def test_pages_are_valid_html(server: Server, tmp_path: Path) -> None:
    valid([(server, path) for path in (*PAGES, *OTHERS)], tmp_path)


def valid(every: Sequence[tuple[Server, str]], folder: Path) -> None:
    """Check the HTML of pages, in both languages."""
    for place, (server, path) in enumerate(every):
        for lang, locale in LANGUAGES.items():
            answer = server.get(path, Accept="text/html", Accept_Language=locale)
            (folder / f"{place:02}-{lang}.html").write_bytes(answer.body)
    files = sorted(map(str, folder.glob("*.html")))
    assert len(files) == 2 * len(every)
    run = subprocess.run(
        ["node", str(VALIDATOR), "--config", str(NODE / "htmlvalidate.json"), *files],
        capture_output=True,
        text=True,
        check=False,
        cwd=NODE,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-1000:]


SCRIPT = """ "'></title></textarea><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"""


def hostile(built: Built, folder: Path) -> Path:
    """Write a build whose every text holds a script, and whose links lead to scripts."""
    content = built.dataset.read().decode()
    quoted = json.dumps(SCRIPT)[1:-1]
    # All but the code of the language that tells which labels are an analysis's own.
    content = "".join(
        line
        if "/dc/terms/language>" in line or "ontology#textLanguage>" in line
        else re.sub(r'(?<=[^\\])"(@[a-z]+| <)', lambda m: f'{quoted}"{m[1]}', line)
        for line in content.splitlines(keepends=True)
    )
    graph = "<https://w3id.org/gapgraph/graph/context>"
    ours = ("framework/oas-work-plan-2/directive/22", "concept/extradicion",
            "plan/pnat-2017-2021", "plan/pnat-2017-2021/category/11")  # fmt: skip
    for node in ours:
        for target in ("javascript:alert(3)", "data:text/html,alert(4)", "vbscript:alert(5)"):
            for name in ("2000/01/rdf-schema#seeAlso", "2002/07/owl#sameAs"):
                content += (
                    f"<https://w3id.org/gapgraph/id/{node}> <http://www.w3.org/{name}> "
                    f"<{target}> {graph} .\n"
                )
    return rebuilt(built, content, folder)


#: How many pages of one family are read: `/id/concept/…` has more than ninety, all of one template.
_FAMILY = 4


@pytest.mark.whole
@pytest.mark.apart
def test_a_hostile_dataset_does_nothing(built: Built, browser: Browser, tmp_path: Path) -> None:
    output = hostile(built, tmp_path / "hostile")
    with serving(tmp_path, "--workers", "1", "--output", output) as server:
        context = browser.new_context(locale="es-PE")
        tab = Watched(context, server.url)
        waiting, seen, families = (
            [f"{server.url}{path[1:]}" for path in (*PAGES, *OTHERS)],
            set(),
            Counter(),
        )
        texts = 0
        while waiting:
            url = waiting.pop()
            family = re.sub(r"[^/]*$", "", urlsplit(url).path)
            if url in seen or families[family] >= _FAMILY + 20 * (family == "/"):
                continue
            seen.add(url)
            families[family] += 1
            answer = tab.page.goto(url)
            assert answer is not None
            assert answer.status in {200, 404}, url
            texts += "<script>alert(1)</script>" in tab.page.locator("body").inner_text()
            links = tab.page.evaluate(
                "[...document.querySelectorAll('[href], [src], [action]')].map("
                "each => each.getAttribute('href') || each.getAttribute('src') || '')"
            )
            for link in links:
                scheme = urlsplit(link.strip()).scheme.lower()
                assert scheme in {"", "http", "https"}, f"{url}: {link}"
                target = urljoin(url, link).partition("#")[0]
                path, query = urlsplit(target).path, urlsplit(target).query
                # What is asked for as data is downloaded, not shown.
                page = parse_qs(query).get("format", ["html"]) == ["html"] and (
                    path.endswith(".html") or re.fullmatch(r"/[a-z/-]*", path)
                )
                if target.startswith(server.url) and page:
                    waiting.append(target)
            assert tab.page.locator("main script:not([type='application/ld+json'])").count() == 0
            assert tab.faults == [], url
        context.close()
    assert len(seen) > 60
    assert texts > 40


#: The picture of the first page in the README, and how far one made here may be from it: fonts
#: differ from machine to machine.
PICTURE = (1200, 1020)
NEARLY = 14


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_picture_in_the_readme_is_of_this_first_page(
    server: Server, browser: Browser, lang: str, tmp_path: Path
) -> None:
    """Where it is not, the one that was made here takes its place."""
    context = browser.new_context(
        locale=LANGUAGES[lang],
        viewport={"width": PICTURE[0], "height": PICTURE[1]},
        color_scheme="light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(server.url)
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    made = tmp_path / f"front-{lang}.png"
    taken.quantize(64).save(made, optimize=True)
    kept = ROOT / "docs" / made.name
    assert f"docs/{made.name}" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert kept.is_file(), f"copy {made} to docs/"
    shown = Image.open(kept).convert("RGB")
    assert (shown.size, kept.stat().st_size < 150_000) == (PICTURE, True)
    small = [each.convert("L").resize((60, 38)) for each in (taken, shown)]
    apart = ImageStat.Stat(ImageChops.difference(*small)).mean[0]
    assert apart < NEARLY, f"{apart:.1f} apart: look at {made}, and copy it to docs/"
