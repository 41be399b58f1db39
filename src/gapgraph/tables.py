"""Reviewed tables: tab-separated files with a header, each row with its line for messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gapgraph.errors import InputError
from gapgraph.files import read_text
from gapgraph.told import told

__all__ = ["Row", "read_tsv"]


@dataclass(frozen=True)
class Row:
    """One row of a table.

    :param file: the table's file
    :param line: the row's line, from 1
    :param cells: its cells by column name, white space at the ends removed
    """

    file: Path
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def fail(self, what: str, todo: str) -> InputError:
        """Return the error that says what is wrong with this row."""
        return InputError(what, todo=todo, file=self.file, line=self.line)


def read_tsv(path: Path, columns: Sequence[str], *, limit: int = 16_000_000) -> list[Row]:
    """Read a tab-separated file whose first line names its columns.

    :param columns: the names it must have, in order
    :param limit: the largest size that is read, in bytes
    :raises InputError: for another header, or a row with more or fewer cells
    """
    lines = read_text(path, limit=limit).splitlines()
    if lines[0].split("\t") != list(columns):
        raise InputError(
            told("has another header"),
            todo=told("write {columns} with tabs", columns=" ".join(columns)),
            file=path,
            line=1,
        )
    rows = []
    for line, content in enumerate(lines[1:], start=2):
        if not content.strip():
            continue
        cells = [cell.strip() for cell in content.split("\t")]
        row = Row(path, line, dict(zip(columns, cells, strict=False)))
        if len(cells) != len(columns):
            raise row.fail(
                told(
                    "the row has {count} cells, not {expected}",
                    count=len(cells),
                    expected=len(columns),
                ),
                told("put one tab between two cells"),
            )
        rows.append(row)
    return rows
