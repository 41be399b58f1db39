"""Reports to take away: every topic, sentence, figure and source that the queries have, in Word."""

from __future__ import annotations

import csv
import html
import io
import os
import re
import shutil
import subprocess
import time
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Pt
from flask.testing import FlaskClient
from markdown_it import MarkdownIt

import three_plans
from conftest import ROOT, copy_home, keeping
from gapgraph.build import build
from gapgraph.errors import InputError, UsageError
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.results import run
from gapgraph.queries.rows import Row
from gapgraph.report.asking import Asker
from gapgraph.report.choice import Asked
from gapgraph.report.document import document_of, share
from gapgraph.report.formats import MEDIA, report
from gapgraph.report.model import Count, report_of
from gapgraph.report.sentences import sentences_of
from gapgraph.settings import Home, Settings
from gapgraph.store.answers import Term
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig
from serving import gapgraph
from test_taken_tables import ARTICLES, folder_of

ID = "https://w3id.org/gapgraph/id/"
GG = "https://w3id.org/gapgraph/ontology#"
NODE = ROOT / "tests" / "browser"
VALIDATOR = NODE / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
ANNEX, ISLANDS, TREATY = (
    f"{ID}analysis/{n}" for n in ("oas-pnat", "islands", "treaty-plan-treaty")
)


@dataclass(frozen=True)
class Several:
    """A build of the annex, a table in English and one without sections, and what asks it."""

    dataset: DatasetFile
    store: EmbeddedStore
    catalogue: Catalogue

    def rows(self, query: str, lang: str = "es", **values: str) -> list[Row]:
        given = {name: [value] for name, value in values.items()}
        result = run(self.store, self.catalogue, query, given, lang=lang, labels=True)
        return [Row(result.names, row) for row in result.rows]

    def report(self, asked: Asked, form: str = "docx", **options: object) -> bytes:
        return report(
            self.store,
            self.catalogue,
            self.dataset.analyses,
            asked,
            form=form,
            **options,  # type: ignore[arg-type]
        )


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Several:
    folder = tmp_path_factory.mktemp("reports")
    (folder / "tables").mkdir()
    islands = three_plans.write(folder / "tables")[1]
    treaty = folder_of(folder, "treaty", ARTICLES)
    home = copy_home(folder / "home")
    dataset = build(home, keeping(), output=folder / "out", analyses=[islands, treaty])
    catalogue = Catalogue.load(home.queries).about(dataset.analyses)
    return Several(dataset, EmbeddedStore(dataset), catalogue)


@pytest.fixture(scope="module")
def client(several: Several) -> FlaskClient:
    home = Home(ROOT, checkout=True)
    output = several.dataset.path.parent
    return create_app(ServiceConfig(home, Settings(), output)).test_client()


def said(content: bytes) -> str:
    """The words of a Word document, as python-docx reads them."""
    return "\n".join(each.text for each in docx.Document(io.BytesIO(content)).paragraphs)


#: What is asked for, and the conditions on the rows of the query that it must hold.
FILTERS = {
    "gaps": (Asked(), {}, ("none", "partial", "indeterminate")),
    "section": (
        Asked(sections=("2",)),
        {"sectionNumber": "2"},
        ("none", "partial", "indeterminate"),
    ),
    "status": (Asked(statuses=("none",)), {}, ("none",)),
    "both": (Asked(sections=("3",), statuses=("partial",)), {"sectionNumber": "3"}, ("partial",)),
    "directive": (
        Asked(directives=("11",)),
        {"number": "11"},
        ("addressed", "mapped", "indeterminate", "partial", "none"),
    ),
    "addressed": (Asked(statuses=("addressed", "mapped")), {}, ("addressed", "mapped")),
    "reading": (
        Asked(sections=("2",), sort="reading"),
        {"sectionNumber": "2"},
        ("none", "partial", "indeterminate"),
    ),
}


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize("name", FILTERS)
def test_word_has_all_that_the_queries_have(several: Several, name: str, lang: str) -> None:
    asked, narrowed, statuses = FILTERS[name]
    text = said(several.report(asked, lang=lang))
    # Another query than the report's own gives the topics, once each.
    counted = {row["topic"]: row for row in several.rows("topic-mappings", lang, **narrowed)}
    shown = {
        topic: row for topic, row in counted.items() if row["status"].removeprefix(GG) in statuses
    }
    assert shown
    for topic, row in counted.items():
        assert (topic in text.split()) == (topic in shown), topic
        if topic in shown:
            label = row.text("conceptLabel") if lang == "en" else row.text("topicLabel")
            assert label.value in text.split("\n")
    gaps = {row["topic"]: row for row in several.rows("gaps", lang, **narrowed)}
    found = 0
    for topic in shown.keys() & gaps.keys():
        for clause in (*gaps[topic].lines("evidence"), *gaps[topic].lines("mitigations")):
            assert clause in text
            found += 1
    assert found or not shown.keys() & gaps.keys()
    total = len(counted)
    of = "of {} topics" if lang == "en" else "de {} temas"
    for status in several.rows("list-statuses", lang):
        number = sum(row["status"] == status["status"] for row in counted.values())
        line = f"{status['statusLabel']}: {number} {of.format(total)} ({share(number, total)}"
        assert (line in text) == (number > 0), line
    assert f"{len(gaps)} ({share(len(gaps), total)}" in text
    version, cited = several.dataset.version, text.rpartition("gapgraph. ")[2]
    assert all(each in cited for each in (version, ANNEX, "CC BY 4.0"))
    assert "Trata de Personas 2017-2021" in cited or "Trafficking in Persons 2017-2021" in cited


@pytest.mark.whole
@pytest.mark.skipif(
    not (shutil.which("soffice") or os.environ.get("REQUIRE_OFFICE")),
    reason="not installed: libreoffice-writer-nogui",
)
def test_libreoffice_opens_the_word_report(several: Several, tmp_path: Path) -> None:
    """It makes a PDF of several pages, and has every word, heading and the picture."""
    content = several.report(Asked(sections=("2",)), lang="en")
    (tmp_path / "report.docx").write_bytes(content)
    for form in ("pdf", "html:HTML:EmbedImages"):
        subprocess.run(
            ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'own').as_uri()}",
             "--convert-to", form, "--outdir", tmp_path, tmp_path / "report.docx"],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
    printed = (tmp_path / "report.pdf").read_bytes()
    assert printed.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 5
    shown = (tmp_path / "report.html").read_text(encoding="utf-8")
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())
    plain = re.sub(r"\W+", "", words)
    paragraphs = [each.text for each in docx.Document(io.BytesIO(content)).paragraphs]
    assert len(paragraphs) > 100
    for each in paragraphs:
        assert re.sub(r"\W+", "", each) in plain, each
    assert "(unofficial translation by gapgraph)" in words
    assert re.search(r'<img [^>]*src="data:image/png', shown)
    assert shown.count("<h3") > 10


@pytest.mark.whole
def test_the_figures_of_sections_are_those_of_their_query(several: Several) -> None:
    for row in several.rows("coverage-by-section"):
        text = said(several.report(Asked(sections=(row["sectionNumber"],))))
        gaps = row.number("none") + row.number("partial") + row.number("indeterminate")
        assert f"De {row['topics']} temas, {gaps} (" in text
        assert f"no son brechas: {row['notAssessed']} de {row['directives']}\n" in text
        assert f"temas de los que trata este informe: {row['topics']} de los 111" in text
        assert f"{row['sectionLabel']} ({gaps} de {row['topics']} temas)" in text
        assert f"Solo: {row['sectionLabel']}" in text


@pytest.mark.whole
def test_shares_are_of_what_applies(several: Several) -> None:
    """As in the query on sections, whose shares leave out what does not apply."""
    asker = Asker(several.store, several.catalogue, several.dataset.analyses[0], "es")
    whole = report_of(asker, Asked())
    counts = (
        Count("none", "sin elemento del plan", 1),
        Count("partial", "parcial", 3),
        Count("notApplicable", "no aplicable", 1),
    )
    told = document_of(replace(whole, counts=counts, topics=8))
    words = str(told)
    assert "De 7 temas, 4 (57 %)" in words
    assert "sin elemento del plan: 1 de 7 temas (14 %)" in words
    assert "no aplicable: 1 de 8 temas (13 %)" in words


@pytest.mark.whole
def test_the_account_of_the_reading_is_told(several: Several) -> None:
    (row,) = several.rows("reading-account")
    text = said(several.report(Asked()))
    numbers = (row["statements"], row["statementsByRule"], row["statementsByReview"])
    assert "De {} enunciados, {} los leyó una regla y en {} decidió".format(*numbers) in text
    (row,) = several.rows("reading-account", analysis=ISLANDS)
    text = said(several.report(Asked(), analysis="islands"))
    assert row.number("statementsUnread") == 67
    assert f"{row['statementsUnread']} enunciados están sin leer (100" in text


@pytest.mark.whole
def test_the_clause_that_decides_is_marked_in_its_whole_sentence(several: Several) -> None:
    document = docx.Document(io.BytesIO(several.report(Asked())))
    paragraphs = [each for each in document.paragraphs if each.style.name == "Quote"]
    assert len(paragraphs) > 60
    statements = {row["statementText"].strip() for row in several.rows("statements-in-full")}
    observations = [row["observationText"] for row in several.rows("statements-in-full")]
    for each in paragraphs:
        marked = [run.text for run in each.runs if run.style.name == "gapgraph mark"]
        assert marked
        assert statements >= {text.strip() for text in marked}
        whole = each.text.split("«", 1)[1].removesuffix("»")
        assert whole[0].isupper(), whole
        inside = [text for text in observations if whole in text]
        assert inside
        # The source leaves out the stop at the end of two cells.
        assert whole.endswith((".", "?", "!")) or inside[0].endswith(whole), whole
    # A clause that goes on from another stands with its subject.
    (cut,) = {e.text for e in paragraphs if "no menciona la investigación judicial" in e.text}
    assert cut.startswith("«Sin embargo, el PNAT no especifica en qué ámbitos")


def invented(text: str, *statements: str) -> list[Row]:
    names = (
        *("observation", "observationText", "statement", "start", "end", "kind"),
        *("directiveIdentifier", "observationPosition", "sourceLine"),
    )
    return [
        Row(
            names,
            (
                Term("uri", "urn:o"),
                Term("literal", text, language="es"),
                Term("uri", f"urn:{place}"),
                Term("literal", str(text.index(each))),
                Term("literal", str(text.index(each) + len(each))),
                Term("uri", f"{GG}Omission"),
                Term("literal", "7"),
                Term("literal", "1"),
                None,
            ),
        )
        for place, each in enumerate(statements)
    ]


@pytest.mark.whole
@pytest.mark.parametrize(
    ("text", "statements", "deciding", "wanted"),
    [
        ("Hay pan. No hay vino.", ["Hay pan.", "No hay vino."], [1], ["No hay vino."]),
        ("Hay pan, pero no vino.", ["Hay pan", ", pero no vino."], [1], ["Hay pan, pero no vino."]),
        (
            "Según el art. 5 hay pan, mas no sal. Fin.",
            ["Según el art. 5 hay pan", ", mas no sal.", "Fin."],
            [1],
            ["Según el art. 5 hay pan, mas no sal."],
        ),
        (
            "«No hay.» Y falta sal; y agua",
            ["«No hay.»", "Y falta sal", "; y agua"],
            [1, 2],
            ["Y falta sal; y agua"],
        ),
        ("Uno. Dos. Tres.", ["Uno.", "Dos.", "Tres."], [0, 2], ["Uno.", "Tres."]),
    ],
)
def test_a_sentence_ends_where_a_statement_ends_one(
    text: str, statements: list[str], deciding: list[int], wanted: list[str]
) -> None:
    found = sentences_of(invented(text, *statements), {f"urn:{each}" for each in deciding})
    assert [each.text for each in found] == wanted
    assert {(each.number, each.line) for each in found} == {("7.1", "")}
    marked = [piece for each in found for piece, kind in each.pieces if kind == "Omission"]
    assert "".join(marked) == "".join(statements[each] for each in deciding)


@pytest.mark.whole
def test_equal_builds_give_equal_bytes(several: Several) -> None:
    other = EmbeddedStore(several.dataset)
    for form in MEDIA:
        first = several.report(Asked(sections=("2",)), form)
        time.sleep(2.1 if form == "docx" else 0)  # longer than the clock of a packed file counts
        again = Several(several.dataset, other, several.catalogue)
        assert again.report(Asked(sections=("2",)), form) == first, form
    with zipfile.ZipFile(io.BytesIO(several.report(Asked()))) as package:
        assert {each.date_time for each in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.whole
def test_the_picture_says_in_words_what_it_shows(several: Several) -> None:
    content = several.report(Asked(sections=("2",)))
    document = docx.Document(io.BytesIO(content))
    (picture,) = document.inline_shapes
    alt = picture._inline.docPr.get("descr")
    for row in several.rows("coverage-by-section"):
        if row["sectionNumber"] == "2":
            for name, word in (("none", "sin elemento del plan"), ("partial", "parcial")):
                assert f"{word}: {row[name]} de {row['topics']} temas" in alt
    assert picture.width < document.sections[0].page_width
    page = several.report(Asked(sections=("2",)), "html").decode()
    assert html.escape(alt) in page


def template(folder: Path) -> Path:
    """A ministry's template: a style, a header and a page of its own, and words to leave out."""
    document = docx.Document()
    document.styles["Heading 2"].font.size = Pt(31)
    document.styles.add_style("gapgraph note", WD_STYLE_TYPE.PARAGRAPH).font.size = Pt(7)
    document.sections[0].header.paragraphs[0].text = "Ministerio de los Faros"
    document.sections[0].left_margin = Pt(99)
    document.add_paragraph("Escriba aquí su texto.")
    document.save(folder / "faros.docx")
    return folder / "faros.docx"


@pytest.mark.whole
def test_a_template_gives_its_styles_page_and_header(several: Several, tmp_path: Path) -> None:
    path = template(tmp_path)
    made = several.report(Asked(sections=("2",)), template=(path, path.read_bytes()))
    document = docx.Document(io.BytesIO(made))
    assert document.sections[0].header.paragraphs[0].text == "Ministerio de los Faros"
    assert document.sections[0].left_margin == Pt(99)
    assert document.styles["Heading 2"].font.size == Pt(31)
    assert document.styles["gapgraph note"].font.size == Pt(7)
    assert said(made) == said(several.report(Asked(sections=("2",))))


@pytest.mark.whole
@pytest.mark.parametrize("content", [b"", b"PK no package", b"<html>", "xlsx"])
def test_what_is_no_template_is_told(
    several: Several, tmp_path: Path, content: bytes | str
) -> None:
    if content == "xlsx":
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as package:
            package.writestr("[Content_Types].xml", "<Types/>")
        content = made.getvalue()
    with pytest.raises(InputError, match=r"casa\.docx: is not a"):
        several.report(Asked(), template=(Path("casa.docx"), content))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="not for html"):
        several.report(Asked(), "html", template=(Path("casa.docx"), b""))


@pytest.mark.whole
@pytest.mark.parametrize("form", MEDIA)
@pytest.mark.parametrize("lang", ["es", "en"])
def test_other_tables(several: Several, form: str, lang: str) -> None:
    """One without sections or numbers, and one in English that nothing reads."""
    treaty = several.report(Asked(), form, analysis="treaty-plan-treaty", lang=lang).decode(
        "latin-1"
    )
    islands = several.report(Asked(), form, analysis="islands", lang=lang).decode("latin-1")
    if form == "docx":
        treaty, islands = (
            said(several.report(Asked(), form, analysis=name, lang=lang))
            for name in ("treaty-plan-treaty", "islands")
        )
    assert "Article 6(1)(a)" in treaty.replace("\\", "")
    assert "Bells are rung in fog." in treaty
    assert ("1 of 3 topics" if lang == "en" else "1 de 3 temas") in treaty
    assert "Perú" not in treaty + islands
    assert "PNAT" not in treaty + islands
    assert "Nothing found" in islands
    numbers = several.rows("coverage-by-section", analysis=ISLANDS)
    none = sum(row.number("none") for row in numbers)
    total = sum(row.number("topics") for row in numbers)
    assert f"{none} {'of' if lang == 'en' else 'de'} {total}" in islands


@pytest.mark.whole
def test_a_table_of_bare_verdicts_and_a_directive_by_its_slug(several: Several) -> None:
    for name in (
        "Article 6(1)(a)",
        "article-6-1-a",
        f"{ID}framework/treaty/directive/article-6-1-a",
    ):
        text = said(several.report(Asked(directives=(name,)), analysis="treaty-plan-treaty"))
        assert "Article 6(1)(a)" in text
        assert "Article 1\n" not in text


@pytest.mark.whole
def test_every_mistake_is_told_at_once_with_what_there_is(several: Several) -> None:
    asked = Asked(sections=("9", "x"), statuses=("red", "notAssessed"), directives=("70",))
    with pytest.raises(UsageError) as caught:
        several.report(asked)
    message = str(caught.value)
    for words in ("no section '9', 'x'", "2 ", "no status 'red', 'notAssessed'", "indeterminate",
                  "no directive '70'", "67"):  # fmt: skip
        assert words in message
    with pytest.raises(UsageError, match=r"no analysis 'chile'.*treaty-plan-treaty"):
        several.report(Asked(), analysis="chile")


@pytest.mark.whole
def test_the_command_writes_whole_or_not_at_all(several: Several, tmp_path: Path) -> None:
    output = str(several.dataset.path.parent)
    target = tmp_path / "informe.docx"
    run = gapgraph("report", "--section", "2", "--output", output, "-o", str(target), cwd=tmp_path)
    assert (run.returncode, run.stdout) == (0, "")
    assert target.read_bytes() == several.report(Asked(sections=("2",)))
    run = gapgraph(
        "report", "--section", "9", "--status", "red", "--output", output, "-o", str(target),
        cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "'9'" in run.stderr
    assert "'red'" in run.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["informe.docx"]
    run = gapgraph(
        "report", "--output", output, "-o", str(tmp_path / "informe.docx" / "x"), cwd=tmp_path
    )
    assert run.returncode == 3
    run = gapgraph("report", "--format", "md", "--output", output, cwd=tmp_path)
    assert run.stdout.encode() == several.report(Asked(), "md")
    # Of which of several it is: its title says the plan, and who ran the command how to choose.
    assert "Plan Nacional contra la Trata" in run.stdout.splitlines()[0]
    assert run.stderr == (
        "the report is about oas-pnat, one of 3 analyses; --analysis NAME chooses another: "
        "islands, treaty-plan-treaty\n"
    )
    run = gapgraph("report", "--format=md", "--sort=reading", "--output", output, cwd=tmp_path)
    assert run.stdout.encode() == several.report(Asked(sort="reading"), "md")


@pytest.mark.whole
def test_an_analysis_has_one_name_in_all_commands(several: Several, tmp_path: Path) -> None:
    """By its IRI or the last part of that; `load` and `review` take the same (their own tests)."""
    output = str(several.dataset.path.parent)
    form = ("--format", "md", "--output", output)
    run = gapgraph("report", *form, "--analysis", ISLANDS, cwd=tmp_path)
    assert "Islands Strategy 2028" in run.stdout.splitlines()[0]
    assert run.stderr.startswith("the report is about islands, one of 3 analyses; ")
    form = ("--format", "csv", "--output", output)
    run = gapgraph("query", "coverage-by-section", *form, "--analysis", "islands", cwd=tmp_path)
    told = [row["section"] for row in csv.DictReader(io.StringIO(run.stdout))]
    rows = several.rows("coverage-by-section", analysis=ISLANDS)
    assert told == [row["section"] for row in rows] != []
    assert {row["analysis"] for row in csv.DictReader(io.StringIO(run.stdout))} == {ISLANDS}
    for query, name, words in (
        ("coverage-by-section", "chile", "there is no analysis 'chile': use one of oas-pnat"),
        ("list-statuses", "islands", "'analysis'"),
    ):
        run = gapgraph("query", query, "--analysis", name, "--output", output, cwd=tmp_path)
        assert (run.returncode, run.stdout) == (2, "")
        assert words in run.stderr


@pytest.mark.whole
def test_markdown_reads_as_what_word_says(several: Several) -> None:
    rendered = MarkdownIt().render(several.report(Asked(), "md").decode())
    marked = {html.unescape(each) for each in re.findall(r"<strong>(.*?)</strong>", rendered)}
    assert "**" not in rendered
    document = docx.Document(io.BytesIO(several.report(Asked())))
    wanted = {
        run.text.strip(" ,;:")
        for each in document.paragraphs
        for run in each.runs
        if run.style.name == "gapgraph mark"
    }
    assert {each.strip(" ,;:") for each in marked} == wanted
    text = html.unescape(re.sub(r"<[^>]*>", "", rendered))
    for row in several.rows("gaps"):
        assert row["topicLabel"] in text


@pytest.mark.whole
@pytest.mark.skipif(not VALIDATOR.exists(), reason="html-validate is not installed")
def test_html_is_valid(several: Several, tmp_path: Path) -> None:
    for name in ("oas-pnat", "islands", "treaty-plan-treaty"):
        for lang in ("es", "en"):
            made = several.report(Asked(), "html", analysis=name, lang=lang)
            (tmp_path / f"{name}-{lang}.html").write_bytes(made)
    files = sorted(map(str, tmp_path.glob("*.html")))
    assert len(files) == 6
    node = shutil.which("node")
    assert node
    run = subprocess.run(
        [node, str(VALIDATOR), "--config", str(NODE / "htmlvalidate.json"), *files],
        capture_output=True, text=True, check=False, cwd=NODE, timeout=300,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]


@pytest.mark.whole
def test_the_pages_lead_to_the_report_of_what_they_show(
    several: Several, client: FlaskClient
) -> None:
    browser = {"Accept": "text/html"}
    pages = {
        "/gaps?section=2&status=none": Asked(sections=("2",), statuses=("none",)),
        "/gaps?category=3": Asked(elements=("3",)),
        "/gaps?concept=servicio-domestico": Asked(concepts=("servicio-domestico",)),
        "/id/framework/oas-work-plan-2/section/2.html": Asked(sections=("2",)),
        "/id/framework/oas-work-plan-2/directive/11.html": Asked(directives=("11",)),
    }
    for path, asked in pages.items():
        text = client.get(path, headers=browser).text
        found = re.findall(r'href="(/report\.docx[^"]*)"', text)
        assert found, path
        answer = client.get(html.unescape(found[0]))
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == MEDIA["docx"]
        assert "attachment" in answer.headers["Content-Disposition"]
        assert answer.headers["X-Dataset-Version"] == several.dataset.version
        assert 'rel="license"' in answer.headers["Link"]
        assert answer.data == several.report(asked), path


@pytest.mark.whole
def test_the_worst_gaps_of_a_section_are_two_steps_from_the_front_page(client: FlaskClient) -> None:
    browser = {"Accept": "text/html"}

    def step(page: str, wanted: str) -> str:
        """Follow the link of a page that an expression finds."""
        found = re.findall(wanted, client.get(page, headers=browser).text)
        assert found, (page, wanted)
        return html.unescape(found[0])

    section = step("/?analysis=oas-pnat", r'href="([^"]*/section/2\.html[^"]*)"')
    word = step(section, r'href="(/report\.docx\?[^"]*sort=reading[^"]*)"')
    order = re.findall(r'data-topic="([^"]*)"', client.get(section, headers=browser).text)
    assert len(order) > 5
    written = client.get(word.replace(".docx", ".md")).text
    topics = re.findall(r"/topic/([0-9.]+)", written)
    assert topics == order
    # The page of gaps has that order too, and its own link takes it along.
    gaps = "/gaps?section=2&sort=reading&group=no"
    assert re.findall(r'data-topic="([^"]*)"', client.get(gaps, headers=browser).text) == order
    assert client.get(step(gaps, r'href="(/report\.docx[^"]*)"')).data == client.get(word).data
    # Another order, and the same figures.
    usual = client.get("/report.md?section=2").text
    assert sorted(re.findall(r"/topic/([0-9.]+)", usual)) == sorted(topics)
    assert usual.split("\n## ")[1] == written.split("\n## ")[1]
    assert re.findall(r"/topic/([0-9.]+)", usual) != topics
    of = re.findall(r"\((\d+) de (\d+) temas\)", written)
    assert of == re.findall(r"\((\d+) de (\d+) temas\)", usual)
    assert of[0][0] == str(len(topics))
    assert client.get("/report.md?sort=worst").status_code == 400


@pytest.mark.whole
def test_the_address_of_the_report(several: Several, client: FlaskClient) -> None:
    for form, media in MEDIA.items():
        answer = client.get(f"/report.{form}?lang=en&analysis=islands&utm_source=x")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == media
        assert answer.data == several.report(Asked(), form, analysis="islands", lang="en")
    assert client.get("/report.pdf").status_code == 404
    assert client.get("/report.docx?analysis=chile").status_code == 404
    wrong = client.get("/report.docx?section=9&status=red&directive=70")
    assert wrong.status_code == 400
    assert all(each in wrong.json["detail"] for each in ("'9'", "'red'", "'70'"))  # type: ignore[index]
