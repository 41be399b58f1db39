"""Source text → rows: lines, cells, headings and page breaks, with nothing understood yet.

The text is a rendering of a word processor's table.  A row is a line of five cells with tabs
between them; a page break cuts a row in two, and the rest follows in a row with an empty first
cell.  Headings give the range of the directives under them: ``DIRECTRICES GENERALES (1-17)``.
A cell may hold the marks ``<p>``, ``<u>`` and ``<b>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gapgraph.annex.marks import MARK, fault_of
from gapgraph.errors import InputError
from gapgraph.told import told

__all__ = ["COLUMNS", "Cell", "Heading", "Part", "Row", "read_rows", "squeeze", "title_of"]

#: How many columns a table has: number, directive, indicators, topics and values, observations.
COLUMNS = 5

_HEADING = re.compile(r"(?P<title>.*\S)\s*\(\s*(?P<first>\d+)\s*[-–]\s*(?P<last>\d+)\s*\)")


def squeeze(text: str) -> str:
    """Return a text with every run of white space made one space, and none at its ends."""
    return " ".join(text.split())


def title_of(heading: str) -> str:
    """Return a section's title: a heading with the range of its directives without it, unshouted.

    >>> title_of("DIRECTRICES GENERALES (1-17)"), title_of("AGUA")
    ('Directrices generales', 'AGUA')
    """
    found = _HEADING.fullmatch(heading)
    if not found:
        return heading
    return found["title"].capitalize() if found["title"].isupper() else found["title"]


@dataclass(frozen=True)
class Part:
    """What one line holds of a cell."""

    line: int
    raw: str


@dataclass(frozen=True)
class Cell:
    """A cell: one part, and one more for each page break that cuts it."""

    parts: tuple[Part, ...]

    @property
    def lines(self) -> tuple[int, ...]:
        """The lines that hold some of its text."""
        return tuple(part.line for part in self.parts if part.raw.strip())


@dataclass(frozen=True)
class Heading:
    """A section's heading with its range, and the row of column headings under it."""

    literal: str
    title: str
    first: int
    last: int
    line: int
    columns: tuple[Part, ...]


@dataclass(frozen=True)
class Row:
    """The row of one directive, its page breaks mended."""

    number: int
    heading: int
    cells: tuple[Cell, ...]
    line: int


@dataclass
class _Reader:
    """The state between two lines.

    :ivar partial: whether rows of directives may be left out; headings may not
    :ivar unnumbered: the line of a continuation row that looks like a row without its number
    """

    file: Path
    limit: int
    partial: bool = False
    headings: list[Heading] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    unnumbered: int | None = None

    def fail(self, line: int, what: str, todo: str) -> InputError:
        return InputError(what, todo=todo, file=self.file, line=line)

    def read(self, text: str) -> None:
        for line, content in _lines(text):
            cells = content.split("\t")
            if len(cells) == 1:
                self.single(line, content)
            elif len(cells) != COLUMNS:
                raise self.fail(
                    line,
                    told(
                        "the row has {count} cells, not {columns}",
                        count=len(cells),
                        columns=COLUMNS,
                    ),
                    told("put one tab between two cells, and none inside one"),
                )
            elif all(re.fullmatch(r"-+", cell.strip()) for cell in cells):
                continue
            else:
                self.row(line, cells)

    def single(self, line: int, content: str) -> None:
        """A line without tabs: a heading, or the document's title."""
        words = content.strip()
        title = words.lstrip("#").strip()
        if not self.heading(line, title) and not words.startswith("#"):
            raise self.fail(
                line,
                told("the line {title!r} is neither a row nor a heading", title=title[:40]),
                told("give it five cells, or a range such as (1-17)"),
            )

    def heading(self, line: int, literal: str) -> bool:
        plain = squeeze(MARK.sub("", literal))
        found = _HEADING.fullmatch(plain)
        if not found:
            return False
        self.check_marks(line, literal)
        first, last = int(found["first"]), int(found["last"])
        expected = self.headings[-1].last + 1 if self.headings else 1
        if first != expected or last < first:
            raise self.fail(
                line,
                told(
                    "the heading's range is {first}-{last}, and {expected} is the next directive",
                    first=first,
                    last=last,
                    expected=expected,
                ),
                told("is a section missing? put its heading back, or mend the range"),
            )
        self.close_heading()
        self.close_section(line)
        self.headings.append(Heading(plain, found["title"], first, last, line, ()))
        return True

    def close_heading(self, *, used: bool = False) -> None:
        """Refuse a heading that had no row of column headings.

        :param used: whether a directive stands under it; a partial table may have none there
        """
        if self.headings and not self.headings[-1].columns and (used or not self.partial):
            raise self.fail(
                self.headings[-1].line,
                told(
                    "the section {title!r} has no row of column headings",
                    title=self.headings[-1].title,
                ),
                told("put one under the heading"),
            )

    def close_section(self, line: int) -> None:
        """Refuse a section that lacks its last directives, ``line`` being the next heading."""
        expected = self.rows[-1].number + 1 if self.rows else 1
        if not self.headings or expected > self.headings[-1].last or self.partial:
            return
        self.check_numbered(expected, line)
        raise self.fail(
            line,
            told(
                "directive {expected} of the section {title!r} is missing",
                expected=expected,
                title=self.headings[-1].title,
            ),
            told("put its row back before this heading"),
        )

    def check_numbered(self, expected: int, line: int) -> None:
        """Blame the row whose number is missing, where one before ``line`` looks like it."""
        if self.unnumbered is not None:
            raise self.fail(
                self.unnumbered,
                told(
                    "the row has no directive number: {expected} is missing before line {line}",
                    expected=expected,
                    line=line,
                ),
                told("write the number in its first cell"),
            )

    def row(self, line: int, cells: list[str]) -> None:
        number = cells[0].strip()
        alone = number and not any(cell.strip() for cell in cells[1:])
        if alone and self.heading(line, number):
            return
        parts = tuple(Part(line, cell) for cell in cells)
        for part in parts:
            self.check_cell(line, part.raw)
        if not self.headings:
            raise self.fail(
                line,
                told("a row stands before any directive and any heading"),
                told("put a heading with its range first, such as DIRECTRICES GENERALES (1-17)"),
            )
        if not self.headings[-1].columns and not number.isdecimal():
            self.head_columns(line, parts)
        elif not number:
            self.continue_row(line, parts)
        else:
            self.start_row(line, number, parts)

    def head_columns(self, line: int, parts: tuple[Part, ...]) -> None:
        if not all(part.raw.strip() for part in parts):
            raise self.fail(
                line,
                told("a continuation row stands before any directive of its section"),
                told("put the row of five column headings and a numbered row first"),
            )
        last = self.headings[-1]
        self.headings[-1] = Heading(
            last.literal, last.title, last.first, last.last, last.line, parts
        )

    def continue_row(self, line: int, parts: tuple[Part, ...]) -> None:
        if not self.rows or self.rows[-1].heading != len(self.headings) - 1:
            raise self.fail(
                line,
                told("a continuation row (empty first cell) stands before any directive"),
                told("give it its directive's number"),
            )
        row = self.rows.pop()
        cells = tuple(
            Cell((*cell.parts, part)) for cell, part in zip(row.cells, parts, strict=True)
        )
        self.rows.append(Row(row.number, row.heading, cells, row.line))
        # A page break cuts a sentence, so what follows it seldom starts with a capital.
        if squeeze(MARK.sub("", parts[1].raw))[:1].isupper():
            self.unnumbered = line

    def start_row(self, line: int, literal: str, parts: tuple[Part, ...]) -> None:
        self.close_heading(used=True)
        if literal == self.headings[-1].columns[0].raw.strip():
            raise self.fail(
                line,
                told("a row of column headings stands inside a section"),
                told("is the section's heading above it missing? put it back, or remove the row"),
            )
        if not re.fullmatch(r"[1-9][0-9]{0,6}", literal):
            raise self.fail(
                line,
                told("the directive number {literal!r} is not a number", literal=literal[:20]),
                told("write a whole number from 1 in the first cell"),
            )
        number, heading = int(literal), self.headings[-1]
        expected = self.rows[-1].number + 1 if self.rows else 1
        if number < expected:
            same = next((row.line for row in self.rows if row.number == number), 0)
            raise self.fail(
                line,
                (
                    told(
                        "directive number {number} is doubled: line {same} has it too",
                        number=number,
                        same=same,
                    )
                    if same
                    else told(
                        "directive {number} stands behind directive {before}",
                        number=number,
                        before=self.rows[-1].number,
                    )
                ),
                (told("number each directive once") if same else told("put the rows in order")),
            )
        if not heading.first <= number <= heading.last:
            raise self.fail(
                line,
                told(
                    "directive {number} is outside its heading's range ({first}-{last}, line "
                    "{line})",
                    number=number,
                    first=heading.first,
                    last=heading.last,
                    line=heading.line,
                ),
                told("move the row, or mend the range; is a section's heading missing?"),
            )
        if number != expected and not self.partial:
            self.check_numbered(expected, line)
            raise self.fail(
                line,
                told(
                    "directive {number} is out of order: {expected} is next",
                    number=number,
                    expected=expected,
                ),
                told("put the rows in order and give each its number"),
            )
        self.unnumbered = None
        self.rows.append(
            Row(number, len(self.headings) - 1, tuple(Cell((part,)) for part in parts), line)
        )

    def check_cell(self, line: int, raw: str) -> None:
        if len(raw) > self.limit:
            raise self.fail(
                line,
                told(
                    "a cell has {count} characters, over the limit of {limit}",
                    count=len(raw),
                    limit=self.limit,
                ),
                told("is a tab or line end lost? else raise max_cell_characters in the settings"),
            )
        self.check_marks(line, raw)

    def check_marks(self, line: int, raw: str) -> None:
        if fault := fault_of(raw):
            raise self.fail(line, *fault)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, with their numbers from 1."""
    for line, content in enumerate(text.split("\n"), start=1):
        if content.strip():
            yield line, content


def read_rows(
    text: str, *, file: Path, cell_limit: int, partial: bool = False
) -> tuple[tuple[Heading, ...], tuple[Row, ...]]:
    """Read a table's headings and rows.

    :param text: normalised text, as `gapgraph.files.read_text` returns it
    :param file: where it stands, for messages
    :param cell_limit: the longest cell that is read, in characters
    :param partial: whether rows of directives may be left out
    :return: the headings in order, and one row for each directive, in order
    :raises InputError: with file and line, for anything that is not such a table
    """
    reader = _Reader(file, cell_limit, partial)
    reader.read(text)
    if not reader.rows:
        raise InputError(
            told("holds no directive"),
            todo=told("give a table of five columns with tabs"),
            file=file,
        )
    reader.close_heading()
    last, row = reader.headings[-1], reader.rows[-1]
    if row.number != last.last and not partial:
        reader.check_numbered(row.number + 1, text.count("\n") + 1)
        raise InputError(
            told(
                "the last row is directive {number}, and its heading promises {last}: the "
                "file is cut",
                number=row.number,
                last=last.last,
            ),
            todo=told("give the whole file"),
            file=file,
            line=row.line,
        )
    return tuple(reader.headings), tuple(reader.rows)
