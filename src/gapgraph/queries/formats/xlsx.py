"""XLSX: the rows on one sheet, what was asked on another; equal results have equal bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from gapgraph.errors import UsageError
from gapgraph.files import dateless
from gapgraph.messages import Message, translate
from gapgraph.namespaces import CC_BY
from gapgraph.queries.formats.sparql import value_of
from gapgraph.queries.result import Result
from gapgraph.told import told

__all__ = ["MAX_CELL", "cell", "write_xlsx"]

#: The most characters that a cell holds: Excel's own limit.
MAX_CELL = 32_767
_MAX_ROWS = 1_048_575
_EXACT = 2**53
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DATA, _FACTS = Message("Datos"), Message("Acerca de")
_ABOUT = (
    Message("Consulta"),
    Message("Título"),
    Message("Pregunta"),
    Message("Versión"),
    Message("Filas en total"),
    Message("Filas aquí"),
    Message("Conjunto de datos"),
    Message("Licencia"),
)


def cell(sheet: WriteOnlyWorksheet, value: str | float, *, bold: bool = False) -> Cell:
    """Return a cell that holds a value as data, never as a formula."""
    if isinstance(value, str):
        made = WriteOnlyCell(sheet, value=_ILLEGAL.sub("\ufffd", value))
        made.data_type = "s"
    else:
        exact = not isinstance(value, int) or abs(value) <= _EXACT
        made = WriteOnlyCell(sheet, value=value if exact else str(value))
    made.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str))
    if bold:
        made.font = Font(bold=True)
    return made


def write_xlsx(result: Result, lang: str, excel: bool) -> Iterator[bytes]:  # noqa: ARG001
    """Write a workbook.

    :raises UsageError: for a cell or a number of rows over what the format holds
    """
    if len(result.rows) > _MAX_ROWS:
        raise UsageError(
            told("{count} rows are more than XLSX holds", count=len(result.rows)),
            todo=told("use csv"),
        )
    longest = max((len(term.value) for row in result.rows for term in row if term), default=0)
    if longest > MAX_CELL:
        raise UsageError(
            told("a cell has {longest} characters, more than XLSX holds", longest=longest),
            todo=told("use csv"),
        )
    book = Workbook(write_only=True)
    data = book.create_sheet(translate(_DATA, lang))
    data.freeze_panes = "A2"
    for place, column in enumerate(result.columns):
        cells = [row[place].value for row in result.rows if row[place]]  # type: ignore[union-attr]
        wide = max(map(len, (*cells, column.label[lang])), default=0)
        data.column_dimensions[get_column_letter(place + 1)].width = min(60, max(8, wide + 2))
    data.append([cell(data, each.label[lang], bold=True) for each in result.columns])
    for row in result.rows:
        data.append([None if term is None else cell(data, value_of(term)) for term in row])
    _about(result, lang, book.create_sheet(translate(_FACTS, lang)))
    raw = io.BytesIO()
    book.save(raw)
    yield dateless(raw.getvalue())


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
    for name, fact in zip(_ABOUT, facts, strict=True):
        sheet.append([cell(sheet, translate(name, lang), bold=True), cell(sheet, fact)])
