"""Every stored query in every format: read back by other people's readers, with equal rows."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pandas
import pytest
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.query import Result as RdflibResult
from rich.cells import cell_len

from conftest import ROOT, Built
from gapgraph.errors import UnwritableError, UsageError
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.formats.sparql import ntriples, value_of
from gapgraph.queries.result import Result, plain_column
from gapgraph.queries.results import FORMATS, ask, formats_of, run, write
from gapgraph.store.answers import Term
from gapgraph.store.embedded import EmbeddedStore

QUERIES = sorted(each.stem for each in (ROOT / "queries").glob("*.rq"))
#: Those that give rows; what the others give is another test's.
WITH_ROWS = [
    each
    for each in QUERIES
    if re.search(r"^SELECT\b", (ROOT / "queries" / f"{each}.rq").read_text("utf-8"), re.MULTILINE)
]
XSD = "http://www.w3.org/2001/XMLSchema#"

Cells = list[tuple[str, ...]]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(ROOT / "queries")


@pytest.fixture(scope="module")
def store(built: Built) -> EmbeddedStore:
    return EmbeddedStore(built.dataset)


@pytest.fixture(scope="module")
def answers(store: EmbeddedStore, catalogue: Catalogue) -> dict[str, Result]:
    return {query.id: run(store, catalogue, query.id, {}) for query in catalogue}


def content(result: Result, name: str, **options: bool) -> bytes:
    return b"".join(write(result, name, **options))


def cells(result: Result) -> Cells:
    return [tuple(term.value if term else "" for term in row) for row in result.rows]


def terms(result: Result) -> list[tuple[str, ...]]:
    return [tuple(ntriples(term) if term else "" for term in row) for row in result.rows]


def by_rdflib(data: bytes, form: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """Columns, and rows of terms in N-Triples, as rdflib reads them."""
    parsed = RdflibResult.parse(io.BytesIO(data), format=form)
    names = [str(each) for each in parsed.vars or ()]
    return names, [
        tuple("" if row[name] is None else node(row[name]) for name in names) for row in parsed
    ]


def node(given: object) -> str:
    assert isinstance(given, URIRef | Literal | BNode)
    if isinstance(given, URIRef):
        return f"<{given}>"
    assert isinstance(given, Literal)
    datatype = str(given.datatype or "")
    return ntriples(
        Term(
            "literal",
            str(given),
            given.language or "",
            "" if datatype == f"{XSD}string" else datatype,
        )
    )


def test_there_are_queries_and_formats() -> None:
    assert len(QUERIES) >= 35
    assert len(WITH_ROWS) >= len(QUERIES) - 2
    assert set(FORMATS) == {
        "table", "srj", "srx", "csv", "tsv", "json", "xlsx", "md", "ttl", "nt", "jsonld", "rdf"
    }  # fmt: skip
    for part in (0, 1):
        found = [each[part] for each in FORMATS.values()]
        assert len(set(found)) == len(found)


@pytest.mark.parametrize("query", WITH_ROWS)
def test_rows_are_equal_in_every_format(query: str, answers: dict[str, Result]) -> None:
    result = answers[query]
    names, plain = list(result.names), cells(result)

    assert by_rdflib(content(result, "srj"), "json") == (names, terms(result))
    assert by_rdflib(content(result, "srx"), "xml") == (names, terms(result))
    assert by_rdflib(content(result, "tsv"), "tsv") == (names, terms(result))

    text = content(result, "csv").decode()
    assert text.count("\r\n") >= len(plain) + 1
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert (lines[0], [tuple(line) for line in lines[1:]]) == (names, plain)
    frame = pandas.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    assert (list(frame.columns), [tuple(row) for row in frame.to_numpy()]) == (names, plain)

    shown = json.loads(content(result, "json"))
    assert [each["name"] for each in shown["columns"]] == names
    assert (shown["total"], len(shown["rows"])) == (result.total, len(plain))
    values = [
        {name: value_of(term) if term else None for name, term in zip(names, row, strict=True)}
        for row in result.rows
    ]
    assert shown["rows"] == values

    data = content(result, "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    found = list(sheet.iter_rows(values_only=True))
    assert list(found[0]) == [each.label["es"] for each in result.columns]
    assert found[1:] == [tuple(row.values()) for row in values]
    table = pandas.read_excel(io.BytesIO(data), engine="openpyxl")
    assert table.shape == (len(plain), len(names))

    asked, _, *marked = content(result, "md").decode().splitlines()
    assert re.sub(r"\\(.)", r"\1", asked) == f"**{result.question('es')}**"
    # A query that lacks what it needs says so after its rows.
    lacks = 2 if result.missing else 0
    assert len(marked) == len(plain) + 4 + lacks
    for line, row in zip(marked[2 : 2 + len(plain)], result.rows, strict=True):
        parts = re.split(r"(?<!\\)\|", line)[1:-1]
        links = re.findall(r"\]\(<([^>]*)>\)", line)
        plain_text = re.sub(r"\\(.)", r"\1", line).replace("<br>", "\n")
        assert len(parts) == len(re.split(r"(?<!\\)\|", marked[0])[1:-1])
        for column, term in zip(names, row, strict=True):
            # The one analysis that was asked about has no column.
            if term is None or (column == "analysis" and "analysis" in result.values):
                continue
            yes = {"true": "sí", "false": "no"}.get(term.value, term.value)
            assert term.value in links if term.kind == "uri" else yes in plain_text


@pytest.mark.whole
@pytest.mark.parametrize("width", [60, 120])
def test_tables_fit_the_terminal_and_leave_no_row_out(
    width: int, answers: dict[str, Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    shown = 0
    for query, result in answers.items():
        if result.is_graph or result.boolean is not None:
            continue
        text = content(result, "table").decode()
        assert max(map(cell_len, text.splitlines())) <= width, query
        counted = f"\nfilas: {result.total}"
        assert counted in text if result.missing else text.rstrip().endswith(counted.strip())
        labels = {name.removesuffix("Label") for name in result.names if name.endswith("Label")}
        letters = re.sub(r"\W", "", text)
        for row in result.rows:
            for name, term in zip(result.names, row, strict=True):
                if term and term.kind == "literal" and term.datatype and name not in labels:
                    assert re.sub(r"\W", "", term.value) in letters or term.value in "truefalse"
        shown += 1
    assert shown >= 30


@pytest.mark.parametrize("name", formats_of("CONSTRUCT"))
def test_rdf_is_equal_in_every_format(name: str, answers: dict[str, Result]) -> None:
    reader = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}[name]
    tried = 0
    for result in answers.values():
        if result.triples is None:
            continue
        graph = Graph().parse(data=content(result, name), format=reader)
        assert {tuple(map(node, triple)) for triple in graph} == {
            tuple(map(ntriples, triple)) for triple in result.triples
        }
        assert len(graph) == result.total > 50
        tried += 1
    assert tried >= 1


def test_yes_or_no_in_every_format(answers: dict[str, Result]) -> None:
    result = answers["framework-complete"]
    assert result.boolean is True
    assert formats_of("ASK") == ("table", "srj", "srx", "json")
    assert RdflibResult.parse(io.BytesIO(content(result, "srj")), format="json").askAnswer is True
    assert RdflibResult.parse(io.BytesIO(content(result, "srx")), format="xml").askAnswer is True
    assert json.loads(content(result, "json"))["boolean"] is True
    asked = "¿Están todas las directrices del marco?"
    assert content(result, "table") == f"{asked}\nsí\n".encode()


def test_a_format_that_does_not_fit_is_an_error(answers: dict[str, Result]) -> None:
    for query, name in (
        ("directive-graph", "csv"),
        ("list-topics", "ttl"),
        ("framework-complete", "xlsx"),
        ("list-topics", "docx"),
    ):
        with pytest.raises(UsageError, match="is not a format of"):
            write(answers[query], name)


HOSTILE = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x","y")', 'a "b", c', "a\nb",
    "a\r\nb", "|", "`x`", "<script>", "[a](javascript:b)", "\x1b[31m", "\u202eabc", "", "'",
    "=cmd|' /C calc'!A0", "\\", "\\|", "é", "\U0001f600",
)  # fmt: skip


def hostile() -> Result:
    rows = tuple((Term("literal", value), Term("uri", "javascript:alert(1)")) for value in HOSTILE)
    return Result((plain_column("a"), plain_column("b")), rows, len(rows))


def test_csv_is_exact_and_for_a_spreadsheet_harmless() -> None:
    result = hostile()
    exact = list(csv.reader(io.StringIO(content(result, "csv").decode(), newline="")))
    assert [row[0] for row in exact[1:]] == list(HOSTILE)
    safe = content(result, "csv", excel=True)
    assert safe.startswith(b"\xef\xbb\xbf")
    found = [row[0] for row in csv.reader(io.StringIO(safe.decode("utf-8-sig"), newline=""))][1:]
    assert len(found) == len(HOSTILE)
    for cell, value in zip(found, HOSTILE, strict=True):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert cell.removeprefix("'") == value.removeprefix("'")
    number = Result((plain_column("n"),), ((Term("literal", "-7", datatype=f"{XSD}integer"),),), 1)
    assert content(number, "csv", excel=True).endswith(b"-7\r\n")


def test_a_workbook_holds_no_formula_and_no_date() -> None:
    data = content(hostile(), "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert {cell.data_type for row in sheet for cell in row} <= {"s", "n", "inlineStr"}
    assert [cell.value for cell in sheet["A"]][1] == "=1+1"
    assert data == content(hostile(), "xlsx")
    long = Result((plain_column("a"),), ((Term("literal", "x" * 40_000),),), 1)
    with pytest.raises(UsageError, match="40000 characters"):
        content(long, "xlsx")


def test_hostile_cells_stay_data_in_every_format() -> None:
    result = hostile()
    assert by_rdflib(content(result, "srj"), "json")[1] == terms(result)
    with pytest.raises(UnwritableError, match=r"U\+001B, which XML cannot hold: ask for JSON"):
        content(result, "srx")
    rest = tuple(row for row in result.rows if row[0] and "\x1b" not in row[0].value)
    text = content(Result(result.columns, rest, len(rest)), "srx")
    assert len(RdflibResult.parse(io.BytesIO(text), format="xml")) == len(HOSTILE) - 1
    assert "\x1b" not in content(result, "table").decode()
    marked = content(result, "md").decode()
    assert "](" not in marked.replace(r"\]", "")
    assert "<script" not in marked.replace(r"\<", "")
    assert len(marked.splitlines()) == len(HOSTILE) + 2


@pytest.mark.whole
def test_bytes_do_not_depend_on_the_hash_seed(built: Built, tmp_path: Path) -> None:
    script = tmp_path / "all.py"
    script.write_text(
        "import hashlib, sys\n"
        "from pathlib import Path\n"
        "from gapgraph.queries.catalogue import Catalogue\n"
        "from gapgraph.queries.results import formats_of, run, write\n"
        "from gapgraph.store.dataset import DatasetFile\n"
        "from gapgraph.store.embedded import EmbeddedStore\n"
        "store = EmbeddedStore(DatasetFile.find(Path(sys.argv[1])))\n"
        "catalogue, digest = Catalogue.load(Path(sys.argv[2])), hashlib.sha256()\n"
        "for query in catalogue:\n"
        "    result = run(store, catalogue, query.id, {}, labels=True, lang='en')\n"
        "    for name in formats_of(query.form):\n"
        "        if name == 'xlsx' and not query.id.startswith('coverage'):\n"
        "            continue\n"
        "        for part in write(result, name, lang='en'):\n"
        "            digest.update(part)\n"
        "print(digest.hexdigest())\n",
        encoding="utf-8",
    )
    folder = built.dataset.path.parent

    def once(seed: str) -> str:
        return subprocess.run(
            [sys.executable, str(script), str(folder), str(ROOT / "queries")],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert once("0") == once("1") != ""


# --- What a page of a result is -----------------------------------------------------------


def values(result: Result, column: str) -> list[str]:
    place = result.names.index(column)
    return [row[place].value if row[place] else "" for row in result.rows]  # type: ignore[union-attr]


def test_pages_have_the_exact_total(store: EmbeddedStore, catalogue: Catalogue) -> None:
    whole = run(store, catalogue, "list-topics", {})
    assert len(whole.rows) == whole.total == 111
    pages: list[Sequence[object]] = []
    for offset in range(0, 130, 10):
        page = run(store, catalogue, "list-topics", {}, limit=10, offset=offset)
        assert page.total == 111
        pages += page.rows
    assert pages == list(whole.rows)
    assert run(store, catalogue, "list-topics", {}, limit=0).rows == ()
    for wrong in ({"limit": -1}, {"offset": -1}):
        with pytest.raises(UsageError, match="limit and offset"):
            run(store, catalogue, "list-topics", {}, **wrong)


def test_sorting_is_spanish_and_stable(store: EmbeddedStore, catalogue: Catalogue) -> None:
    query = (
        "SELECT ?w ?n WHERE { VALUES (?w ?n) "
        '{ ("ñu" 2) ("nube" 10) ("Ola" 2) ("ábaco" 9) ("abad" 10) } }'
    )
    assert values(ask(store, query, sort=["w"]), "w") == ["ábaco", "abad", "nube", "ñu", "Ola"]
    assert values(ask(store, query, sort=["-w"]), "w") == ["Ola", "ñu", "nube", "abad", "ábaco"]
    assert values(ask(store, query, sort=["n", "w"]), "n") == ["2", "2", "9", "10", "10"]
    assert values(ask(store, query, sort=["-n", "w"]), "w")[:2] == ["abad", "nube"]
    usage = run(store, catalogue, "category-usage", {}, sort=["categoryLabel"])
    assert values(usage, "categoryLabel")[0] == "Acceso a la Salud"
    # What has no number comes last, whichever way.
    for key in ("categoryNumber", "-categoryNumber"):
        assert (
            values(run(store, catalogue, "category-usage", {}, sort=[key]), key.strip("-"))[-1]
            == ""
        )
    with pytest.raises(UsageError, match="there is no column 'x': use category"):
        run(store, catalogue, "category-usage", {}, sort=["x"])


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("number=16", 1), ("number!=16", 66), ("number<10", 9), ("number<=10", 10),
        ("number>60", 7), ("number>=60", 8), ("statusLabel:PARCIAL", None),
        ("sectionLabel:sancion", 10), ("directiveText:xyzzy", 0),
    ],
)  # fmt: skip
def test_filters(
    condition: str, count: int | None, store: EmbeddedStore, catalogue: Catalogue
) -> None:
    result = run(store, catalogue, "coverage-by-directive", {}, filters=[condition])
    if count is None:
        assert set(values(result, "statusLabel")) == {"parcial"}
        count = sum(
            each == "parcial"
            for each in values(run(store, catalogue, "coverage-by-directive", {}), "statusLabel")
        )
        assert count > 5
    assert result.total == len(result.rows) == count


def test_filters_together_and_wrong_ones(store: EmbeddedStore, catalogue: Catalogue) -> None:
    result = run(
        store, catalogue, "coverage-by-directive", {}, filters=["number>5", "number<9"], limit=2
    )
    assert (values(result, "number"), result.total) == (["6", "7"], 3)
    for wrong in ("number", "", "number~7", "=7", "nada:7"):
        with pytest.raises(UsageError):
            run(store, catalogue, "coverage-by-directive", {}, filters=[wrong])


def test_labels_stand_beside_iris_in_the_language_asked_for(
    store: EmbeddedStore, catalogue: Catalogue
) -> None:
    bare = run(store, catalogue, "coverage-by-section", {}, lang="en")
    assert values(bare, "sectionLabel")[0] == "General directives"
    labelled = run(store, catalogue, "evidence-for-topic", {}, labels=True)
    assert "sourceLabel" in labelled.names
    assert labelled.names.index("sourceLabel") == labelled.names.index("source") + 1
    assert all(values(labelled, "sourceLabel"))
    assert labelled.total == run(store, catalogue, "evidence-for-topic", {}).total
    mine = ask(
        store,
        "SELECT ?s { ?s a <https://w3id.org/gapgraph/ontology#Section> } ORDER BY ?s",
        labels=True,
        lang="en",
    )
    assert mine.names == ("s", "sLabel")
    assert values(mine, "sLabel")[0] == "General directives"


def test_rows_of_a_graph_cannot_be_paged(store: EmbeddedStore, catalogue: Catalogue) -> None:
    for query in ("directive-graph", "framework-complete"):
        with pytest.raises(UsageError, match="has no rows"):
            run(store, catalogue, query, {}, limit=5)
