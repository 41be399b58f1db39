"""The workbook for people: what the queries have, readable, never a formula."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient
from openpyxl.workbook import Workbook

import expected
import three_plans
from conftest import ROOT, SECOND, Built, copy_home, keeping
from gapgraph.build import build
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.results import run
from gapgraph.report.workbook import workbook
from gapgraph.settings import Home, Settings
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig
from serving import gapgraph

SHEETS = {
    "es": ["Directrices", "Temas", "Frases", "Elementos", "Diccionario", "Acerca de"],
    "en": ["Directives", "Topics", "Sentences", "Elements", "Dictionary", "About"],
}


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def made(dataset: DatasetFile, lang: str = "es") -> bytes:
    catalogue = Catalogue.load(ROOT / "queries").about(dataset.analyses)
    return workbook(EmbeddedStore(dataset), catalogue, dataset.analyses, lang=lang)


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> DatasetFile:
    """The annex, a table of the same framework in English, and one of another framework."""
    folder = tmp_path_factory.mktemp("books")
    islands = three_plans.write(folder / "tables")[1]
    home = copy_home(folder / "home")
    return build(home, keeping(), output=folder / "out", analyses=[islands, SECOND])


@pytest.mark.parametrize("lang", SHEETS)
def test_the_sheets_have_all_rows_and_read_well(built: Built, lang: str) -> None:
    book = opened(made(built.dataset, lang))
    assert book.sheetnames == SHEETS[lang]
    sheets = dict(zip(("directives", "topics", "said", "elements", "words"), book, strict=False))
    sizes = {name: sheet.max_row - 1 for name, sheet in sheets.items()}
    columns = sum(sheet.max_column for name, sheet in sheets.items() if name != "words")
    assert sizes == {
        "directives": 67, "topics": 111, "said": len(expected.statements()), "elements": 30,
        "words": columns,
    }  # fmt: skip
    for sheet in sheets.values():
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        head = [each.value for each in sheet[1]]
        assert len(set(head)) == len(head), head
        # IRIs stand last, and only there.
        for place, column in enumerate(sheet.iter_cols(min_row=2, values_only=True)):
            iris = any(str(each).startswith("https://w3id.org/") for each in column)
            assert iris == head[place].endswith(" (IRI)") or not any(column), head[place]
        signs = [name.endswith(" (IRI)") for name in head]
        assert signs == sorted(signs)
        widths = [dimension.width for dimension in sheet.column_dimensions.values()]
        assert all(8 <= width <= 60 for width in widths)
        assert len(widths) >= 4
    labels = expected.labels() if lang == "es" else {}
    texts = {" ".join(str(cell.value).split()) for cell in book.worksheets[0]["D"]}
    assert {each.text for each in expected.directives()} <= texts
    names = {cell.value for cell in book.worksheets[3]["B"]}
    assert {label for (kind, _), label in labels.items() if kind == "category"} <= names
    described = {(row[0].value, row[1].value) for row in sheets["words"].iter_rows(min_row=2)}
    for title, sheet in zip(book.sheetnames[:4], book, strict=False):
        assert {(title, each.value) for each in sheet[1]} <= described
    assert all(row[2].value for row in sheets["words"].iter_rows(min_row=2))
    about = [cell.value for row in book.worksheets[5] for cell in row]
    assert built.dataset.version in about
    assert "https://creativecommons.org/licenses/by/4.0/" in about


@pytest.mark.whole
def test_several_analyses_have_columns_and_names(several: DatasetFile) -> None:
    book = opened(made(several))
    directives, topics = book["Directrices"], book["Temas"]
    plans = ("PNAT 2017-2021", "Islands Strategy 2028")
    head = [each.value for each in directives[1]]
    for plan in plans:
        assert f"Estado de cobertura · {plan}" in head
    rows = {row[head.index("Directriz (IRI)")]: row for row in directives.values}
    store = EmbeddedStore(several)
    catalogue = Catalogue.load(ROOT / "queries").about(several.analyses)
    told = 0
    for plan, analysis in zip(plans, several.analyses, strict=False):
        result = run(store, catalogue, "directives-in-full", {"analysis": [analysis]})
        at = [result.names.index(name) for name in ("directive", "statusLabel", "topics")]
        for cells in result.rows:
            iri, status, count = (cells[place] for place in at)
            row = rows[iri.value]
            assert row[head.index(f"Estado de cobertura · {plan}")] == (status and status.value)
            assert row[head.index(f"Temas · {plan}")] == int(count.value)
            told += 1
    assert told == 134
    # A directive of another framework is in none of these plans.
    own = [iri for iri in rows if "oas-work-plan-2" not in str(iri) and iri.startswith("https:")]
    assert own
    assert all(rows[iri][head.index(f"Temas · {plan}")] is None for iri in own for plan in plans)
    assert topics["A1"].value == "Plan"
    assert {*plans} < {cell.value for cell in topics["A"]}
    assert len({cell.value for cell in topics["A"]}) == 4


@pytest.mark.whole
def test_equal_builds_give_equal_bytes(built: Built) -> None:
    first = made(built.dataset)
    time.sleep(2.1)  # longer than the clock of a packed file counts
    assert made(built.dataset) == first


FORMULAS = ['=HYPERLINK("http://x.example")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "=cmd|' /C'!A0"]


@pytest.mark.whole
def test_no_text_is_a_formula(built: Built, tmp_path: Path) -> None:
    """A build whose labels and sentences begin as formulas do."""
    content = built.dataset.read().decode()
    for place, formula in enumerate(FORMULAS):
        quoted = json.dumps(formula, ensure_ascii=False)
        topic = next(
            line
            for line in content.splitlines()
            if f"oas-pnat/topic/{place + 1}.1> <http://www.w3.org/2004/02/skos/core#prefLabel>"
            in line
        )
        head, _, tail = topic.partition('"')
        content = content.replace(topic, head + quoted + "@es" + tail.rpartition("@es")[2])
    store = EmbeddedStore(built.dataset)
    catalogue = Catalogue.load(ROOT / "queries").about(built.dataset.analyses)
    (tmp_path / "hostile.nq").write_text(content, encoding="utf-8")
    hostile = DatasetFile(
        tmp_path / "hostile.nq", "hostile", _checksum(content), built.dataset.manifest
    )
    store = EmbeddedStore(hostile)
    book = opened(workbook(store, catalogue, built.dataset.analyses))
    labels = [cell for row in book["Temas"].iter_rows() for cell in row if cell.value in FORMULAS]
    assert {cell.value for cell in labels} == set(FORMULAS)
    for sheet in book:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def _checksum(content: str) -> str:
    import hashlib  # noqa: PLC0415

    return hashlib.sha256(content.encode()).hexdigest()


@pytest.fixture(scope="module")
def client(built: Built) -> FlaskClient:
    home = Home(ROOT, checkout=True)
    return create_app(ServiceConfig(home, Settings(), built.output)).test_client()


@pytest.mark.whole
def test_the_service_and_the_command_give_the_same(
    built: Built, client: FlaskClient, tmp_path: Path
) -> None:
    page = client.get("/data/", headers={"Accept": "text/html"})
    assert 'href="/data/gapgraph.xlsx"' in page.text
    for lang in SHEETS:
        answer = client.get(f"/data/gapgraph.xlsx?lang={lang}&utm_source=x")
        assert answer.status_code == 200
        assert "Accept-Language" in answer.headers["Vary"]
        assert answer.data == made(built.dataset, lang)
        target = tmp_path / f"{lang}.xlsx"
        run_ = gapgraph(
            "export", "workbook", "-o", str(target), "--lang", lang, "--output",
            str(built.output), cwd=tmp_path,
        )  # fmt: skip
        assert (run_.returncode, run_.stdout) == (0, "")
        assert target.read_bytes() == answer.data
    tag = answer.headers["ETag"]
    again = client.get(f"/data/gapgraph.xlsx?lang={lang}", headers={"If-None-Match": tag})
    assert again.status_code == 304
