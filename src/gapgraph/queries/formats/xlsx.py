"""XLSX: the rows on one sheet, what was asked on another; equal results have equal bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from gapgraph.errors import UsageError
from gapgraph.namespaces import CC_BY
from gapgraph.queries.formats.sparql import value_of
from gapgraph.queries.result import Result

__all__ = ["write_xlsx"]

_MAX_CELL = 32_767  # characters, Excel's own limit
_MAX_ROWS = 1_048_575
_EXACT = 2**53
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SHEETS = {"es": ("Datos", "Acerca de"), "en": ("Data", "About")}
_ABOUT = {
    "es": (
        "Consulta",
        "Título",
        "Pregunta",
        "Versión",
        "Filas en total",
        "Filas aquí",
        "Conjunto de datos",
        "Licencia",
    ),
    "en": (
        "Query",
        "Title",
        "Question",
        "Version",
        "Rows in all",
        "Rows here",
        "Dataset",
        "Licence",
    ),
}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def _cell(sheet: WriteOnlyWorksheet, value: str | float, *, bold: bool = False) -> Cell:
    """Return a cell that holds a value as data, never as a formula."""
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=_ILLEGAL.sub("\ufffd", value))
        cell.data_type = "s"
    else:
        exact = not isinstance(value, int) or abs(value) <= _EXACT
        cell = WriteOnlyCell(sheet, value=value if exact else str(value))
    cell.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str))
    if bold:
        cell.font = Font(bold=True)
    return cell


def write_xlsx(result: Result, lang: str, excel: bool) -> Iterator[bytes]:  # noqa: ARG001
    """Write a workbook.

    :raises UsageError: for a cell or a number of rows over what the format holds
    """
    if len(result.rows) > _MAX_ROWS:
        raise UsageError(f"{len(result.rows)} rows are more than XLSX holds", todo="use csv")
    longest = max((len(term.value) for row in result.rows for term in row if term), default=0)
    if longest > _MAX_CELL:
        raise UsageError(f"a cell has {longest} characters, more than XLSX holds", todo="use csv")
    book = Workbook(write_only=True)
    data = book.create_sheet(_SHEETS[lang][0])
    data.freeze_panes = "A2"
    for place, column in enumerate(result.columns):
        cells = [row[place].value for row in result.rows if row[place]]  # type: ignore[union-attr]
        wide = max(map(len, (*cells, column.label[lang])), default=0)
        data.column_dimensions[get_column_letter(place + 1)].width = min(60, max(8, wide + 2))
    data.append([_cell(data, each.label[lang], bold=True) for each in result.columns])
    for row in result.rows:
        data.append([None if term is None else _cell(data, value_of(term)) for term in row])
    _about(result, lang, book.create_sheet(_SHEETS[lang][1]))
    raw = io.BytesIO()
    book.save(raw)
    yield _dateless(raw.getvalue())


def _about(result: Result, lang: str, sheet: Any) -> None:
    """Write what was asked, so that a sheet that is passed on still says it."""
    query = result.query
    facts: tuple[str | int, ...] = (
        query.iri if query else result.text,
        query.header.summary[lang] if query else "",
        result.question(lang),
        query.version if query else "",
        result.total,
        len(result.rows),
        result.dataset,
        str(CC_BY),
    )
    sheet.column_dimensions["A"].width = 20
    sheet.column_dimensions["B"].width = 100
    for name, fact in zip(_ABOUT[lang], facts, strict=True):
        sheet.append([_cell(sheet, name, bold=True), _cell(sheet, fact)])


def _dateless(content: bytes) -> bytes:
    """Return a workbook without the time it was made at."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", part)
            new.writestr(zipfile.ZipInfo(name, _EPOCH), part, zipfile.ZIP_DEFLATED)
    return made.getvalue()
