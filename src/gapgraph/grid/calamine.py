"""OpenDocument and old Excel sheets (``.ods``, ``.xls``), read with python-calamine.

It gives values and merged areas, but no looks: underlined topics need ``.xlsx`` or ``.docx``.
"""

from __future__ import annotations

import io
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from gapgraph.errors import InputError
from gapgraph.grid.model import Grid, GridLimits, Run, paragraphs_of
from gapgraph.grid.packages import open_package
from gapgraph.grid.sheets import sheet_grid, value_text
from gapgraph.told import told

__all__ = ["read_sheets"]


def read_sheets(path: Path, content: bytes, limits: GridLimits) -> list[Grid]:
    """Return the sheets of a workbook.

    :param content: the bytes of the file
    :raises InputError: where it is not a workbook, or is refused
    """
    if content.startswith(b"PK"):
        open_package(path, content, limits)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            (
                meta.name,
                meta.visible != SheetVisibleEnum.Visible,
                book.get_sheet_by_name(meta.name),
            )
            for meta in book.sheets_metadata
        ]
    except (CalamineError, OSError, ValueError) as error:
        raise InputError(
            told("is not a workbook that can be read ({error})", error=error),
            todo=told("open it in the program that made it, and save it as .xlsx or .ods"),
            file=path,
        ) from None
    grids = []
    for name, hidden, sheet in sheets:
        if sheet.total_height * sheet.total_width > limits.cells:
            raise InputError(
                told("the sheet {name!r} holds over {cells} cells", name=name, cells=limits.cells),
                todo=told("copy the table alone into a new workbook"),
                file=path,
            )
        found = {
            (row, column): paragraphs
            for row, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1)
            for column, value in enumerate(cells, start=1)
            if (paragraphs := paragraphs_of([(Run(value_text(value)),)]))
        }
        # Calamine counts from 0.
        merged = [
            ((top + 1, start + 1), (bottom + 1, end + 1))
            for (top, start), (bottom, end) in sheet.merged_cell_ranges or []
        ]
        grids.append(sheet_grid(name, found, merged, path=path, limits=limits, hidden=hidden))
    return grids
