"""Excel workbooks (``.xlsx``), read with openpyxl: values as they were last computed, and looks."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from gapgraph.errors import InputError
from gapgraph.grid.model import Grid, GridLimits, Paragraph, Run, paragraphs_of
from gapgraph.grid.packages import open_package, parts_with
from gapgraph.grid.sheets import sheet_grid, value_text
from gapgraph.told import told

__all__ = ["read_xlsx"]


def read_xlsx(path: Path, content: bytes, limits: GridLimits) -> list[Grid]:
    """Return the sheets of a workbook.

    :param content: the bytes of the file
    :raises InputError: where it is not a workbook, is refused, or a formula has no value
    """
    package = open_package(path, content, limits)
    formulas = any(parts_with(package, "xl/worksheets/", b"<f"))
    book = _open(path, content, data_only=True)
    plain = _open(path, content, data_only=False) if formulas else None
    if plain is not None:
        for sheet in book.worksheets:
            _check_formulas(path, sheet, plain[sheet.title])
    return [_grid(path, sheet, limits) for sheet in book.worksheets]


def _open(path: Path, content: bytes, *, data_only: bool) -> Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl leaves out is nothing a table needs
            return openpyxl.load_workbook(
                io.BytesIO(content), data_only=data_only, rich_text=True, keep_links=False
            )
    except Exception as error:  # noqa: BLE001 - openpyxl lets whatever it met pass through
        raise InputError(
            told(
                "is not a workbook that can be read ({name}: {error})",
                name=type(error).__name__,
                error=error,
            ),
            todo=told("open it in the program that made it, and save it as .xlsx"),
            file=path,
        ) from None


def _check_formulas(path: Path, values: Worksheet, formulas: Worksheet) -> None:
    """Refuse a formula whose value the file does not hold: nothing is computed here."""
    without = [
        f"{values.title}!{cell.coordinate}"
        for cell in _cells(formulas)
        if cell.data_type == "f" and values[cell.coordinate].value is None
    ]
    if without:
        raise InputError(
            told(
                "{cells}{more}: a formula without a value",
                cells=", ".join(without[:5]),
                more=" …" if len(without) > 5 else "",
            ),
            todo=told("open it in a spreadsheet program and save it, or paste values in its place"),
            file=path,
        )


def _cells(sheet: Worksheet) -> Iterator[Any]:
    """Yield the cells that the file holds: the rows between two of them may be a million."""
    yield from sheet._cells.values()  # noqa: SLF001 - `iter_rows` makes every cell between


def _grid(path: Path, sheet: Worksheet, limits: GridLimits) -> Grid:
    found: dict[tuple[int, int], tuple[Paragraph, ...]] = {}
    notes: list[str] = []
    for cell in _cells(sheet):
        if cell.value is None:
            continue
        if cell.data_type == "e":
            place = f"{sheet.title}!{cell.coordinate}"
            notes.append(told("{place} holds the error {error}", place=place, error=cell.value))
        paragraphs = paragraphs_of([list(_runs(cell))])
        if paragraphs:
            found[cell.row, cell.column] = paragraphs
    merged = [
        ((area.min_row, area.min_col), (area.max_row, area.max_col))
        for area in sheet.merged_cells.ranges
    ]
    hidden = sheet.sheet_state != "visible"
    return sheet_grid(
        sheet.title, found, merged, path=path, limits=limits, hidden=hidden, notes=tuple(notes)
    )


def _runs(cell: Any) -> Iterator[Run]:
    """Yield the runs of a cell; what a run does not say, the cell's own font does."""
    bold, underline = bool(cell.font.b), cell.font.u not in (None, "none")
    if not isinstance(cell.value, CellRichText):
        yield Run(value_text(cell.value), bold, underline)
        return
    for block in cell.value:
        if isinstance(block, TextBlock):
            font = block.font
            yield Run(block.text, bool(font.b), font.u not in (None, "none"))
        else:
            yield Run(str(block), bold, underline)
