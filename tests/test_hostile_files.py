"""Files that would have a reader fetch, run, compute or swell: read within limits, or refused."""

from __future__ import annotations

import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE

from gapgraph.errors import InputError
from gapgraph.grid import SUFFIXES, read_grids
from test_exports_read_back import as_ods
from test_grid import packed, texts

#: Where the kinds of relation of office files are named.
RELATIONS_OF_OFFICE = RELATIONSHIP_TYPE.HYPERLINK.removesuffix("hyperlink")


@pytest.fixture
def trap() -> Iterator[socket.socket]:
    """A place on this machine that tells whether anybody came."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def address(trap: socket.socket) -> str:
    return f"http://127.0.0.1:{trap.getsockname()[1]}/x"


def xlsx(folder: Path, cell: str = "hola") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = cell
    book.save(folder / "plain.xlsx")
    return folder / "plain.xlsx"


def document(folder: Path, url: str, kind: str) -> Path:
    made = docx.Document()
    made.add_table(1, 1).cell(0, 0).text = "hola"
    made.part.relate_to(url, kind, is_external=True)
    made.save(str(folder / "t.docx"))
    return folder / "t.docx"


def sheet_of_odf(folder: Path, name: str, part: str) -> Path:
    """An OpenDocument sheet with one part more."""
    (folder / "plain.ods").write_bytes(as_ods([["hola"]]))
    return packed(
        folder / "t.ods", lambda package: package.writestr(name, part), folder / "plain.ods"
    )


def test_nothing_is_fetched(tmp_path: Path, trap: socket.socket) -> None:
    url = address(trap)
    refused = []
    for kind in ("image", "oleObject", "attachedTemplate", "frame"):
        with pytest.raises(InputError, match="outside the file") as wrong:
            read_grids(document(tmp_path, url, RELATIONS_OF_OFFICE + kind))
        refused.append(wrong.value.todo)
    assert all(refused)
    linked = packed(
        tmp_path / "linked.xlsx",
        lambda package: package.writestr(
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" TargetMode="External" Target="{url}" Type="http://schemas.'
            'openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"/>'
            "</Relationships>",
        ),
        xlsx(tmp_path),
    )
    with pytest.raises(InputError, match="outside the file"):
        read_grids(linked)
    with pytest.raises(InputError, match="document type"):
        read_grids(
            sheet_of_odf(
                tmp_path, "x.xml", f'<!DOCTYPE a SYSTEM "{url}" [<!ENTITY b SYSTEM "{url}">]><a/>'
            )
        )
    page = tmp_path / "t.html"
    page.write_text(
        f'<!DOCTYPE html SYSTEM "{url}"><link rel=stylesheet href="{url}"><base href="{url}">'
        f'<script src="{url}"></script><iframe src="{url}"></iframe><table background="{url}">'
        f'<tr><td>hola<img src="{url}"><object data="{url}"></object>'
        f"<td style='background: url({url})'>{url}</table>"
    )
    (grid,) = read_grids(page)
    assert texts(grid) == [["hola", url]]
    for name, text in (
        ("t.csv", f'a,b\n"=WEBSERVICE(""{url}"")",x\n'),
        ("t.md", f"| a | b |\n|---|---|\n| ![x]({url}) | hola |\n"),
    ):
        (tmp_path / name).write_text(text)
        (grid,) = read_grids(tmp_path / name)
        assert len(grid.rows) == 2
    with pytest.raises(BlockingIOError):
        trap.accept()


def test_programs_are_refused_in_every_packed_form(tmp_path: Path) -> None:
    word = document(tmp_path, "http://x/", RELATIONSHIP_TYPE.HYPERLINK)
    assert texts(read_grids(word)[0]) == [["hola"]]
    for file in (
        packed(
            tmp_path / "m.docx",
            lambda package: package.writestr("word/vbaProject.bin", "x"),
            word,
        ),
        packed(
            tmp_path / "m.xlsx",
            lambda package: package.writestr("xl/activeX/activeX1.xml", "<a/>"),
            xlsx(tmp_path),
        ),
        sheet_of_odf(tmp_path, "Basic/Standard/script-lb.xml", "<a/>"),
    ):
        with pytest.raises(InputError, match="macros"):
            read_grids(file)


def test_a_formula_gives_the_value_that_the_file_holds(tmp_path: Path) -> None:
    """What it computes now nobody asks; without a value it is named, see test_grid."""
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(xlsx(tmp_path)) as package:
        sheet = package.read(part).decode()
    start, end = sheet.index("<sheetData>"), sheet.index("</sheetData>")
    sheet = (
        f'{sheet[:start]}<sheetData><row r="1"><c r="A1" t="str"><f>1+1</f><v>Pozos</v></c></row>'
        f"{sheet[end:]}"
    )
    with (
        zipfile.ZipFile(tmp_path / "plain.xlsx") as old,
        zipfile.ZipFile(tmp_path / "f.xlsx", "w") as new,
    ):
        for name in old.namelist():
            new.writestr(name, sheet if name == part else old.read(name))
    (grid,) = read_grids(tmp_path / "f.xlsx")
    assert texts(grid) == [["Pozos"]]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_hundred_megabytes_are_refused_unread(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(InputError, match="larger than 16000000 bytes") as refused:
        read_grids(path)
    assert refused.value.todo
