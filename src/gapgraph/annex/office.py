"""Tables as Excel and Word files: apart from other forms, since their libraries are heavy."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from typing import Any

import docx
import openpyxl
from docx.enum.section import WD_ORIENT
from docx.table import _Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from gapgraph.annex.forms import Leaf, Lines, plain
from gapgraph.errors import InputError
from gapgraph.files import dateless
from gapgraph.told import told

__all__ = ["WRITERS", "check"]


def check(leaves: Sequence[Leaf]) -> None:
    """Refuse what no office file can hold.

    :raises InputError: for a sign that it cannot
    """
    for cell in itertools.chain.from_iterable(row for leaf in leaves for row in leaf.rows):
        if ILLEGAL_CHARACTERS_RE.search(plain(cell)):
            raise InputError(
                told("{cell!r} holds a sign that no office file can hold", cell=plain(cell)[:40]),
                todo=told("write it as csv or html"),
            )


def _docx(leaves: Sequence[Leaf]) -> bytes:
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    for leaf in leaves:
        document.add_heading(leaf.name, level=1)
        table = document.add_table(len(leaf.rows), len(leaf.rows[0]), style="Table Grid")
        for number, (row, cells) in enumerate(zip(table.rows, leaf.rows, strict=True), start=1):
            for place, lines in zip(row.cells, cells, strict=True):
                _fill(place, lines, bold=number == leaf.header)
    made = io.BytesIO()
    document.save(made)
    return dateless(made.getvalue())


def _fill(cell: _Cell, lines: Lines, *, bold: bool) -> None:
    """Write the paragraphs of a cell of a document."""
    for place, line in enumerate(lines):
        paragraph = cell.add_paragraph() if place else cell.paragraphs[0]
        run = paragraph.add_run(line.text)
        run.underline, run.bold = line.underline or None, bold or None


def _xlsx(leaves: Sequence[Leaf]) -> bytes:
    book = openpyxl.Workbook()
    for place, leaf in enumerate(leaves):
        sheet: Any = book.create_sheet(leaf.name[:31], place)
        for row, cells in enumerate(leaf.rows, start=1):
            for column, lines in enumerate(cells, start=1):
                if not lines:
                    continue
                cell = sheet.cell(row, column, _rich(lines))
                # Words that begin with "=" are words.
                cell.data_type = "s"
                cell.alignment = Alignment(wrap_text=row >= leaf.header, vertical="top")
                if row == leaf.header:
                    cell.font = Font(bold=True)
                    cell.fill = PatternFill("solid", fgColor="DDE6EE")
        for column, width in leaf.widths.items():
            sheet.column_dimensions[get_column_letter(column + 1)].width = width
        sheet.freeze_panes = sheet.cell(leaf.header + 1, 1)
        _validate(sheet, leaf)
    del book[book.sheetnames[-1]]
    made = io.BytesIO()
    book.save(made)
    return dateless(made.getvalue())


def _rich(lines: Lines) -> str | CellRichText:
    """Return the value of a cell; only underlined paragraphs need runs."""
    if not any(line.underline for line in lines):
        return plain(lines)
    runs: list[str | TextBlock] = []
    for line in lines:
        text = line.text if line is lines[-1] else f"{line.text}\n"
        runs.append(TextBlock(InlineFont(u="single"), text) if line.underline else text)
    return CellRichText(runs)


def _validate(sheet: Any, leaf: Leaf) -> None:
    """Add the lists of words that a cell may be chosen from, and the remarks."""
    for column in sorted({*leaf.choices, *leaf.notes}):
        words = leaf.choices.get(column, ())
        listed = '"' + ",".join(words) + '"'
        rule = DataValidation(
            type="list" if words else None,
            formula1=listed if words else None,
            allow_blank=True,
            # Whoever knows another word writes it: what it says is asked about in reading.
            showErrorMessage=False,
            showInputMessage=column in leaf.notes,
            prompt=leaf.notes.get(column, "")[:255] or None,
        )
        letter = get_column_letter(column + 1)
        rule.add(f"{letter}{leaf.header + 1}:{letter}{len(leaf.rows) + 500}")
        sheet.add_data_validation(rule)


#: What writes tables, by suffix.
WRITERS = {"xlsx": _xlsx, "docx": _docx}
