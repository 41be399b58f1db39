"""What sheets of every office program share: values as people read them, and merged areas."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path

from openpyxl.utils import get_column_letter

from gapgraph.errors import InputError
from gapgraph.grid.model import Cell, Grid, GridLimits, Paragraph
from gapgraph.told import told

__all__ = ["sheet_grid", "value_text"]

_Place = tuple[int, int]


def value_text(value: object) -> str:
    """Return a value as a person reads it: whole numbers without ``.0``, days without a time."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def sheet_grid(
    name: str,
    found: Mapping[_Place, tuple[Paragraph, ...]],
    merged: Iterable[tuple[_Place, _Place]],
    *,
    path: Path,
    limits: GridLimits,
    hidden: bool,
    notes: tuple[str, ...] = (),
) -> Grid:
    """Return the grid of a sheet, as far as its last filled row and column.

    :param found: the paragraphs of the filled cells, by row and column from 1
    :param merged: the first and the last cell of each merged area
    :param path: the file, for messages
    :raises InputError: where one filled cell stands so far out that the grid is over its limit
    """
    height = max((row for row, _ in found), default=0)
    width = max((column for _, column in found), default=0)
    if height * width > limits.cells:
        raise InputError(
            told(
                "the sheet {name!r} reaches to {column}{height}, which is over {cells} cells",
                name=name,
                column=get_column_letter(width),
                height=height,
                cells=limits.cells,
            ),
            todo=told("copy the table alone into a new workbook"),
            file=path,
        )
    anchors: dict[_Place, _Place] = {}
    for (top, left), (bottom, right) in merged:
        if (top, left) in found:
            for row in range(top, min(bottom, height) + 1):
                for column in range(left, min(right, width) + 1):
                    anchors[row, column] = (top, left)
    rows = []
    for row in range(1, height + 1):
        line = []
        for column in range(1, width + 1):
            anchor = anchors.get((row, column), (row, column))
            place = f"{name}!{get_column_letter(column)}{row}"
            line.append(Cell(place, found.get(anchor, ()), row, anchor != (row, column)))
        if any(cell.paragraphs for cell in line):
            rows.append(tuple(line))
    return Grid(name, tuple(rows), hidden, notes)
