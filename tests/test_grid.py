"""Any file that holds a table becomes cells with paragraphs, looks and places."""

from __future__ import annotations

import csv
import json
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from docx.oxml.shared import OxmlElement
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from gapgraph.errors import InputError
from gapgraph.grid import SUFFIXES, Grid, GridLimits, read_grids

Write = Callable[[Path], Path]


def texts(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in row] for row in grid.rows]


def xlsx(folder: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Hoja1"
    sheet.append(["N°", "Directriz", "Plan"])
    sheet.append([1, "Contar los barcos.", None])
    sheet["C2"] = CellRichText(
        [TextBlock(InlineFont(u="single"), "Barcos\n"), "Eje 2", TextBlock(InlineFont(b=True), "!")]
    )
    sheet.append([None, None, "No hay"])
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:B3")
    book.create_sheet("Vacía")
    hidden = book.create_sheet("Notas")
    hidden["B3"] = "x"
    hidden.sheet_state = "hidden"
    path = folder / "tabla.xlsx"
    book.save(path)
    return path


def test_a_workbook(tmp_path: Path) -> None:
    grid, notes = read_grids(xlsx(tmp_path))
    assert grid.name == "Hoja1"
    assert texts(grid) == [
        ["N°", "Directriz", "Plan"],
        ["1", "Contar los barcos.", "Barcos\nEje 2!"],
        ["1", "Contar los barcos.", "No hay"],
    ]
    assert [cell.covered for cell in grid.rows[2]] == [True, True, False]
    cell = grid.rows[1][2]
    assert (cell.place, cell.row) == ("Hoja1!C2", 2)
    assert [paragraph.marked("underline") for paragraph in cell.paragraphs] == [True, False]
    assert [run.bold for run in cell.paragraphs[1].runs] == [False, True]
    assert (notes.name, notes.hidden, texts(notes)) == ("Notas", True, [["", "x"]])
    assert notes.rows[0][1].place == "Notas!B3"


def test_a_document(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = "portada"
    table = document.add_table(3, 3)
    for row, words in zip(
        table.rows, (["N°", "Tema", ""], ["1", "", "a"], ["", "", "b"]), strict=True
    ):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    topic = table.cell(1, 1).paragraphs[0]
    topic.add_run("Bar").underline = True
    topic.add_run("cos").underline = True
    table.cell(1, 1).add_paragraph("Eje 2", style="List Bullet")
    struck = OxmlElement("w:del")
    run = table.cell(2, 2).paragraphs[0].runs[0]._r
    run.addprevious(struck)
    struck.append(run)
    table.cell(2, 2).paragraphs[0].add_run("c")
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    path = tmp_path / "tabla.docx"
    document.save(str(path))
    cover, grid = read_grids(path)
    assert texts(cover) == [["portada"]]
    assert texts(grid) == [["N°", "Tema", "Tema"], ["1", "Barcos\nEje 2", "a"], ["1", "", "c"]]
    assert grid.rows[0][2].covered
    assert grid.rows[2][0].covered
    assert grid.rows[1][1].place == "table 2, row 2, column 2"
    first, second = grid.rows[1][1].paragraphs
    assert first.marked("underline")
    assert not second.marked("underline")


def test_a_page(tmp_path: Path) -> None:
    path = tmp_path / "t.html"
    path.write_text(
        "<html><script>alert(1)</script><table><tr><th>N°<th>Plan</tr>"
        "<tr><td rowspan=2>7<td><u>Agua</u><br>Eje <b>1</b>\n limpia<ul><li>uno<li>dos</ul></tr>"
        "<tr><td style='text-decoration: underline'>Aire<table><tr><td>dentro</table></tr>"
        "</table><p>fin<table><tr><td>otra</table>"
    )
    grid, other = read_grids(path)
    assert texts(other) == [["otra"]]
    assert texts(grid)[:2] == [["N°", "Plan"], ["7", "Agua\nEje 1 limpia\nuno\ndos"]]
    assert grid.rows[2][0].covered
    assert grid.rows[2][0].text == "7"
    topic, value, *items = grid.rows[1][1].paragraphs
    assert (topic.marked("underline"), value.marked("underline")) == (True, False)
    assert [item.level for item in items] == [1, 1]
    assert grid.rows[2][1].paragraphs[0].marked("underline")


def test_markdown(tmp_path: Path) -> None:
    path = tmp_path / "t.md"
    path.write_text(
        "# Tabla\n\n| N° | Plan |\n|---|---|\n| A.1 | [Eje 1](http://x/) \\| **dos** |\n"
    )
    (grid,) = read_grids(path)
    assert texts(grid) == [["N°", "Plan"], ["A.1", "Eje 1 | dos"]]
    assert grid.rows[1][1].paragraphs[0].runs[-1].bold


@pytest.mark.parametrize(
    ("name", "content", "note"),
    [
        ("a.csv", "N°;Tema\r\n1;niñas, niños\r\n".encode("cp1252"), "Windows-1252 with semicolon"),
        ("b.csv", 'N°,Tema\n1,"niñas, niños"\n'.encode(), "UTF-8 with comma"),
        ("c.csv", "N°\tTema\r\n1\tniñas, niños\r\n".encode("utf-16"), "UTF-16 with tab"),
        (
            "d.csv",
            b"\xef\xbb\xbf" + "N°|Tema\n1|niñas, niños\n".encode(),
            "UTF-8 with vertical bar",
        ),
        ("e.tsv", "N°\tTema\n1\tnin\u0303as, nin\u0303os\n".encode("utf-16-le"), "UTF-16 with tab"),
    ],
)
def test_delimited_text(tmp_path: Path, name: str, content: bytes, note: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    (grid,) = read_grids(path)
    assert texts(grid) == [["N°", "Tema"], ["1", "niñas, niños"]]
    assert note in grid.notes[0]
    assert grid.rows[1][1].place == "line 2, column 2"


def test_lines_of_delimited_text_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n\n"dos\nlíneas",x\nfin,y\n')
    (grid,) = read_grids(path)
    assert [row[0].row for row in grid.rows] == [1, 3, 5]
    assert [paragraph.text for paragraph in grid.rows[1][0].paragraphs] == ["dos", "líneas"]


def test_sssom(tmp_path: Path) -> None:
    path = tmp_path / "m.sssom.tsv"
    path.write_text(
        "# mapping_set_id: http://x/\nsubject_id\tpredicate_id\tobject_id\nx:1\tskos:exactMatch\ty:2\n"
    )
    (grid,) = read_grids(path)
    assert texts(grid)[1] == ["x:1", "skos:exactMatch", "y:2"]
    assert grid.rows[1][0].row == 3
    path.write_text("# nothing\na\tb\n1\t2\n")
    with pytest.raises(InputError, match="subject_id"):
        read_grids(path)


def test_oscal(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    one = {"type": "control", "id-ref": "ac-1"}
    maps = [
        {
            "relationship": "subset-of",
            "sources": [one],
            "targets": [{"id-ref": "a.1"}, {"id-ref": "a.2"}],
        },
        {
            "relationship": {"type": "no-relationship"},
            "sources": [{"id-ref": "ac-2"}],
            "targets": [],
        },
    ]
    path.write_text(json.dumps({"mapping-collection": {"mappings": [{"maps": maps}]}}))
    (grid,) = read_grids(path)
    assert [[row[0].text, row[2].text, row[3].text] for row in grid.rows[1:]] == [
        ["ac-1", "subset-of", "a.1"],
        ["ac-1", "subset-of", "a.2"],
        ["ac-2", "no-relationship", ""],
    ]
    for wrong in ("[]", '{"mapping-collection": {"mappings": 3}}', "{", "[" * 100_000):
        path.write_text(wrong)
        with pytest.raises(InputError):
            read_grids(path)


# Unsafe and damaged files


def packed(path: Path, change: Callable[[zipfile.ZipFile], None], source: Path) -> Path:
    """Copy a package and add to it."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
        change(new)
    return path


def bomb(package: zipfile.ZipFile) -> None:
    with package.open("xl/media/a.xml", "w", force_zip64=True) as part:
        part.write(b"<a>")
        for _ in range(40):
            part.write(b" " * 10_000_000)
        part.write(b"</a>")


UNSAFE: dict[str, tuple[Callable[[zipfile.ZipFile], None], str]] = {
    "bomb": (bomb, "unpacks to more than"),
    "macros": (lambda package: package.writestr("xl/vbaProject.bin", b"x"), "macros"),
    "entities": (
        lambda package: package.writestr(
            "xl/a.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16")
        ),
        "document type",
    ),
    "deep": (
        lambda package: package.writestr("xl/a.xml", b"<a>" * 5000 + b"</a>" * 5000),
        "nest over",
    ),
    "outside": (
        lambda package: package.writestr(
            "xl/_rels/x.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r" TargetMode="External" Target="http://127.0.0.1:9/x.png" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>'
            "</Relationships>",
        ),
        "outside the file",
    ),
    "torn": (lambda package: package.writestr("xl/a.xml", b"<a><b></a>"), "not well-formed"),
    "many parts": (
        lambda package: [package.writestr(f"xl/{n}.bin", b"") for n in range(5_001)] and None,
        "over the limit of 5000",
    ),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_packages_are_refused(tmp_path: Path, name: str) -> None:
    change, reason = UNSAFE[name]
    path = packed(tmp_path / "bad.xlsx", change, xlsx(tmp_path))
    with pytest.raises(InputError, match=reason) as refused:
        read_grids(path)
    assert refused.value.todo


def test_links_of_a_document_are_no_danger(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "enlace"
    sheet["A1"].hyperlink = "http://127.0.0.1:9/"
    path = tmp_path / "l.xlsx"
    book.save(path)
    assert texts(read_grids(path)[0]) == [["enlace"]]


def test_formulas_give_their_last_value_or_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["=1+1", '=WEBSERVICE("http://127.0.0.1:9/")'])
    path = tmp_path / "f.xlsx"
    book.save(path)
    with pytest.raises(InputError, match=r"Sheet!A1, Sheet!B1: a formula without a value"):
        read_grids(path)


@pytest.mark.parametrize("suffix", [".pdf", ".xlsm", ".doc", ".numbers", ".exe", ""])
def test_other_forms_are_named_with_what_to_do(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    path.write_bytes(b"x")
    with pytest.raises(InputError) as refused:
        read_grids(path)
    assert ".xlsx" in refused.value.todo or ".docx" in refused.value.todo


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_damaged_and_empty_files_are_refused_with_what_to_do(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    for content in (b"", b" \n", b"PK\x03\x04" + b"\0" * 40, b"\xff\xfe\0", b"\0\1\2\3" * 99):
        path.write_bytes(content)
        with pytest.raises(InputError) as refused:
            read_grids(path)
        assert refused.value.todo


def test_limits(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" * 100)
    for limits, reason in (
        (GridLimits(file_bytes=100), "larger than 100 bytes"),
        (GridLimits(cells=100), "over 100 cells"),
        (GridLimits(cell_characters=0), "characters, over the limit"),
    ):
        with pytest.raises(InputError, match=reason):
            read_grids(path, limits)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["XFD1048576"] = "lejos"
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(InputError, match="reaches to XFD1048576"):
        read_grids(tmp_path / "far.xlsx")
    page = "<table><tr><td rowspan=65000 colspan=900>x" + "<tr><td>y" * 9_000 + "</table>"
    (tmp_path / "far.html").write_text(page)
    with pytest.raises(InputError, match="too many cells"):
        read_grids(tmp_path / "far.html")


def test_a_quotation_mark_left_open_is_named(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text('a,b\n1,x\n2,"y\n3,z\n')
    with pytest.raises(InputError, match="never closed") as refused:
        read_grids(path)
    assert refused.value.line == 3


# Any words, any form

_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs", "Cf"]),
    max_size=12,
)
_TABLES = st.lists(st.lists(_WORDS, min_size=2, max_size=4), min_size=1, max_size=5)


def as_csv(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter="\t").writerows(rows)


def as_xlsx(path: Path, rows: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row, words in enumerate(rows, start=1):
        for column, word in enumerate(words, start=1):
            cell = sheet.cell(row, column, word or None)
            cell.data_type = "s" if word else cell.data_type
    book.save(path)


def as_html(path: Path, rows: list[list[str]]) -> None:
    escape = str.maketrans({"<": "&lt;", "&": "&amp;", ">": "&gt;"})
    cells = ("".join(f"<td>{word.translate(escape)}" for word in row) for row in rows)
    path.write_text(
        f"<meta charset=utf-8><table><tr>{'<tr>'.join(cells)}</table>", encoding="utf-8"
    )


def as_docx(path: Path, rows: list[list[str]]) -> None:
    document = docx.Document()
    table = document.add_table(len(rows), max(map(len, rows)))
    for row, words in zip(table.rows, rows, strict=True):
        for cell, word in zip(row.cells, words, strict=False):
            run = cell.paragraphs[0].add_run()
            element = OxmlElement("w:t")
            element.text = word
            element.set(qn("xml:space"), "preserve")
            run._r.append(element)
    document.save(str(path))


def without_last(rows: list[list[str]]) -> list[list[str]]:
    """Return rows without the last columns in which nothing stands."""
    while all(not row[-1] for row in rows):
        rows = [row[:-1] for row in rows]
    return rows


@pytest.mark.whole
@pytest.mark.parametrize(
    ("suffix", "write"),
    [(".tsv", as_csv), (".xlsx", as_xlsx), (".html", as_html), (".docx", as_docx)],
)
def test_any_table_is_read_as_written(
    tmp_path_factory: pytest.TempPathFactory,
    suffix: str,
    write: Callable[[Path, list[list[str]]], None],
) -> None:
    path = tmp_path_factory.mktemp("any") / f"t{suffix}"

    @settings(max_examples=60, deadline=None)
    @given(_TABLES)
    def holds(rows: list[list[str]]) -> None:
        write(path, rows)
        width = max(map(len, rows))
        expected = [[*row, *[""] * (width - len(row))] for row in rows if any(word for word in row)]
        expected = [[unicodedata.normalize("NFC", word) for word in row] for row in expected]
        if not expected:
            with pytest.raises(InputError):
                read_grids(path)
            return
        (grid,) = read_grids(path)
        # How wide a table is whose last columns are empty, not every form tells.
        assert without_last(texts(grid)) == without_last(expected)

    holds()
