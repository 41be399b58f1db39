"""Tables of web pages and Markdown (``.html``, ``.md``): every table, with its merged cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import lxml.html
from lxml.etree import LxmlError, ParserError
from markdown_it import MarkdownIt

from gapgraph.errors import InputError
from gapgraph.grid.delimited import decoded
from gapgraph.grid.model import Cell, Grid, GridLimits, Paragraph, Run, paragraphs_of
from gapgraph.told import told

__all__ = ["read_html", "read_markdown"]

_BLOCKS = frozenset(
    {"p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
)
_SILENT = frozenset({"script", "style", "template", "head"})


def read_html(path: Path, content: bytes, limits: GridLimits) -> list[Grid]:
    """Return the tables of a page.

    :param content: the bytes of the file
    :raises InputError: where it holds no table
    """
    text, encoding = decoded(path, content)
    return _tables(path, text, limits, [told("read as {encoding}", encoding=encoding)])


def read_markdown(path: Path, content: bytes, limits: GridLimits) -> list[Grid]:
    """Return the tables of a Markdown text (pipe tables, as GitHub writes them).

    :param content: the bytes of the file
    :raises InputError: where it holds no table
    """
    text, encoding = decoded(path, content)
    page = MarkdownIt("commonmark").enable("table").render(text)
    return _tables(path, page, limits, [told("read as {encoding}", encoding=encoding)])


def _tables(path: Path, page: str, limits: GridLimits, notes: Sequence[str]) -> list[Grid]:
    parser = lxml.html.HTMLParser(huge_tree=False, no_network=True, remove_comments=True)
    try:
        root = lxml.html.document_fromstring(page, parser=parser)
    except (LxmlError, ParserError, ValueError) as error:
        raise InputError(
            told("is not a page that can be read ({error})", error=error),
            todo=told("save the table anew"),
            file=path,
        ) from None
    left = limits.cells
    grids = []
    tables = [each for each in root.iter("table") if not list(each.iterancestors("table"))]
    for number, table in enumerate(tables, start=1):
        grid = _grid(path, table, number, left, notes)
        left -= len(grid.rows) * grid.width
        grids.append(grid)
    if not grids:
        raise InputError(
            told("holds no table"), todo=told("put the comparison in a table"), file=path
        )
    return grids


def _grid(
    path: Path, table: lxml.html.HtmlElement, number: int, left: int, notes: Sequence[str]
) -> Grid:
    name = f"table {number}"
    found: dict[tuple[int, int], tuple[tuple[Paragraph, ...], bool]] = {}
    lines = [row for row in table.iter("tr") if next(row.iterancestors("table"), None) is table]
    for place, row in enumerate(lines):
        column = 0
        for cell in row.iterchildren("td", "th"):
            while (place, column) in found:
                column += 1
            down = min(_span(cell, "rowspan"), len(lines) - place)
            across = min(_span(cell, "colspan"), 1_000)
            if len(found) + down * across > left:
                raise InputError(
                    told("its tables hold too many cells"),
                    todo=told("give the table alone"),
                    file=path,
                )
            paragraphs = tuple(_paragraphs(cell))
            for below in range(down):
                for beside in range(across):
                    key = (place + below, column + beside)
                    found.setdefault(key, (paragraphs, bool(below or beside)))
            column += across
    width = max((column + 1 for _, column in found), default=0)
    rows = []
    for place in range(len(lines)):
        cells = []
        for column in range(width):
            paragraphs, covered = found.get((place, column), ((), False))
            where = f"{name}, row {place + 1}, column {column + 1}"
            cells.append(Cell(where, paragraphs, place + 1, covered))
        if any(cell.paragraphs for cell in cells):
            rows.append(tuple(cells))
    return Grid(name, tuple(rows), notes=tuple(notes))


def _span(cell: lxml.html.HtmlElement, name: str) -> int:
    """Return a span as browsers read it: at least one; 0 reaches to the end."""
    text = (cell.get(name) or "1").strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        return 1
    return int(text) or 65_534


def _paragraphs(cell: lxml.html.HtmlElement) -> Iterator[Paragraph]:
    """Yield the paragraphs of a cell: blocks and line breaks part them."""
    lines: list[tuple[list[Run], int]] = [([], 0)]

    def walk(element: lxml.html.HtmlElement, bold: bool, underline: bool, level: int) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _SILENT:
            return
        bold = bold or tag in {"b", "strong"}
        underline = underline or tag in {"u", "ins"} or "underline" in (element.get("style") or "")
        level += tag == "li"
        if tag in _BLOCKS or tag == "br":
            lines.append(([], level))
        put(element.text, bold, underline)
        for child in element:
            walk(child, bold, underline, level)
            put(child.tail, bold, underline)
        if tag in _BLOCKS:
            lines.append(([], level - (tag == "li")))

    def put(text: str | None, bold: bool, underline: bool) -> None:
        if text:
            # Line ends of the page's source are blanks.
            flat = text.replace("\n", " ").replace("\r", " ")
            lines[-1][0].append(Run(flat, bold, underline))

    walk(cell, bold=False, underline=False, level=0)
    for runs, level in lines:
        yield from paragraphs_of([runs], level)
