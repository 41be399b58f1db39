"""Word documents (``.docx``), read with python-docx: every table, its merged cells and lists."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.table import CT_Tc
from docx.oxml.text.paragraph import CT_P
from docx.oxml.text.run import CT_R
from docx.styles.style import ParagraphStyle
from docx.table import Table
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run as WordRun

from gapgraph.errors import InputError
from gapgraph.grid.model import Cell, Grid, GridLimits, Paragraph, Run, paragraphs_of, place_told
from gapgraph.grid.packages import open_package
from gapgraph.told import told

__all__ = ["read_docx"]


def read_docx(path: Path, content: bytes, limits: GridLimits) -> list[Grid]:
    """Return the tables of a document, in order.

    :param content: the bytes of the file
    :raises InputError: where it is not a document, is refused, or holds no table
    """
    open_package(path, content, limits)
    try:
        document = docx.Document(io.BytesIO(content))
        tables = document.tables
    except Exception as error:  # noqa: BLE001 - python-docx lets whatever it met pass through
        raise InputError(
            told(
                "is not a document that can be read ({name}: {error})",
                name=type(error).__name__,
                error=error,
            ),
            todo=told("open it in the program that made it, and save it as .docx"),
            file=path,
        ) from None
    if not tables:
        raise InputError(
            told("holds no table"), todo=told("put the comparison in a table"), file=path
        )
    left = limits.cells
    grids = []
    for number, table in enumerate(tables, start=1):
        grid = _grid(document, table, number)
        left -= len(grid.rows) * grid.width
        if left < 0:
            raise InputError(
                told("its tables hold over {cells} cells", cells=limits.cells),
                todo=told("copy the table alone into a new document"),
                file=path,
            )
        grids.append(grid)
    return grids


def _grid(document: Document, table: Table, number: int) -> Grid:
    """Return a table's cells; a merged cell covers each place that it stands over."""
    notes: list[str] = []
    # What each column holds, from the row above, for cells that go on downwards.
    above: dict[int, tuple[Paragraph, ...]] = {}
    rows: list[list[Cell]] = []
    for row_number, row in enumerate(table._tbl.tr_lst, start=1):  # noqa: SLF001 - no public way keeps gridBefore
        cells: list[Cell] = []
        column = 0

        def put(paragraphs: tuple[Paragraph, ...], *, covered: bool) -> None:
            nonlocal column
            column += 1
            place = f"table {number}, row {row_number}, column {column}"  # noqa: B023 - called at once
            cells.append(Cell(place, paragraphs, row_number, covered))  # noqa: B023

        for _ in range(row.grid_before):
            put((), covered=False)
        for cell in row.tc_lst:
            going_on = cell.vMerge == "continue"
            if going_on:
                paragraphs = above.get(column, ())
            else:
                paragraphs = _paragraphs(document, cell)
                if cell.findall(".//" + qn("w:tbl")):
                    where = f"table {number}, row {row_number}, column {column + 1}"
                    notes.append(
                        told(
                            "{place} holds a table of its own, which is not read",
                            place=place_told(where),
                        )
                    )
            first = column
            for step in range(cell.grid_span):
                put(paragraphs, covered=going_on or step > 0)
            for place in range(first, column):
                above[place] = paragraphs
        rows.append(cells)
    width = max((len(row) for row in rows), default=0)
    filled = [
        (
            *row,
            *(
                Cell(f"table {number}, row {place}, column {column + 1}", (), place)
                for column in range(len(row), width)
            ),
        )
        for place, row in enumerate(rows, start=1)
    ]
    kept = tuple(row for row in filled if any(cell.paragraphs for cell in row))
    return Grid(f"table {number}", kept, notes=tuple(notes))


def _paragraphs(document: Document, cell: CT_Tc) -> tuple[Paragraph, ...]:
    found: list[Paragraph] = []
    for element in cell.iterchildren():
        if isinstance(element, CT_P):
            paragraph = WordParagraph(element, document._body)  # noqa: SLF001 - any part of the document will do
            found += paragraphs_of([list(_runs(paragraph))], _level(element))
    return tuple(found)


def _level(element: CT_P) -> int:
    """Return how deep a paragraph stands in a list."""
    properties = element.pPr
    numbering = None if properties is None else properties.find(qn("w:numPr"))
    if numbering is None:
        return 0
    level = numbering.find(qn("w:ilvl"))
    return 1 + (0 if level is None else int(level.get(qn("w:val"), "0")))


def _runs(paragraph: WordParagraph) -> Iterator[Run]:
    """Yield the runs of a paragraph, of its links too, but not what was struck by a revision."""
    style = paragraph.style
    # `paragraph.runs` leaves out the words of links and of insertions.
    for element in paragraph._p.iter(qn("w:r")):  # noqa: SLF001 - as above
        assert isinstance(element, CT_R)
        if any(parent.tag == qn("w:del") for parent in element.iterancestors()):
            continue
        run = WordRun(element, paragraph)
        yield Run(
            run.text,
            _look(run.bold, style, "bold"),
            _look(None if run.underline is None else bool(run.underline), style, "underline"),
        )


def _look(own: bool | None, style: ParagraphStyle | None, name: str) -> bool:
    """Return what a run says of itself, else what its paragraph's style says."""
    if own is not None or style is None:
        return bool(own)
    return bool(getattr(style.font, name))
