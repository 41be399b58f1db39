"""A table as people made it, whatever program made it: cells with paragraphs, runs and places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gapgraph.told import Told, joined, told

__all__ = ["Cell", "Grid", "GridLimits", "Paragraph", "Run", "plain_cell"]


@dataclass(frozen=True)
class GridLimits:
    """How much of a file is read.

    :param file_bytes: the largest file
    :param expanded_bytes: the most that a packed file may unpack to
    :param cells: the most cells of all tables together, empty ones between others included
    :param cell_characters: the longest cell
    :param depth: how deep the elements of a document may nest
    """

    file_bytes: int = 16_000_000
    expanded_bytes: int = 200_000_000
    cells: int = 2_000_000
    cell_characters: int = 50_000
    depth: int = 200


@dataclass(frozen=True)
class Run:
    """Words of one look.

    :param text: the words, verbatim
    """

    text: str
    bold: bool = False
    underline: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a cell.

    :param runs: its words, in order
    :param level: how deep it stands in a list; 0 outside one
    """

    runs: tuple[Run, ...]
    level: int = 0

    @property
    def text(self) -> str:
        """The words, with every run of white space made one space."""
        return " ".join("".join(run.text for run in self.runs).split())

    def marked(self, mark: str) -> bool:
        """Tell whether all words have a mark.

        :param mark: ``bold`` or ``underline``
        """
        words = [run for run in self.runs if run.text.strip()]
        return bool(words) and all(getattr(run, mark) for run in words)


@dataclass(frozen=True)
class Cell:
    """A cell of a grid.

    :param place: where a person finds it: ``Hoja1!F7``, ``table 2, row 5, column 3``
    :param paragraphs: its paragraphs that are not empty
    :param row: the row of the file that it stands in, from 1 (a line, where the file is text)
    :param covered: whether a merged cell that begins above or to the left covers this place; its
        paragraphs are then those of that cell
    """

    place: str
    paragraphs: tuple[Paragraph, ...]
    row: int
    covered: bool = False

    @property
    def text(self) -> str:
        """The paragraphs, a line each."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)


@dataclass(frozen=True)
class Grid:
    """One table of a file: every row has as many cells as the widest.

    :param name: the sheet's name, or ``table 2``; empty where a file holds one table
    :param rows: the rows that hold anything, in order
    :param hidden: whether the file hides it
    :param notes: what was guessed or left out in reading it, for people
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    hidden: bool = False
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many columns it has."""
        return len(self.rows[0]) if self.rows else 0


#: What places are told by, where no spreadsheet names them.
_PARTS = {
    str(message): message
    for message in (
        told("table"),
        told("row"),
        told("column"),
        told("line"),
        told("mapping"),
        told("map"),
        told("unmapped controls"),
    )
}


def place_told(place: str) -> Told:
    """Return a place as a message, whose words are those of people.

    :param place: ``Hoja1!F7``, ``table 2, row 5, column 3``

    >>> place_told("table 2, row 5").in_words({"row": "fila", "table": "cuadro"}.get)
    'cuadro 2, fila 5'
    """
    parts: list[str] = []
    for part in re.split(r"(, |: )", place):
        word, _, number = part.rpartition(" ")
        known = _PARTS.get(word) if number.isdecimal() else None
        parts.append(joined(" ", [known, number]) if known else part)
    return joined("", parts)


def plain_cell(text: str, place: str, row: int, *, covered: bool = False) -> Cell:
    """Return a cell of a text without looks; each line is a paragraph."""
    return Cell(place, paragraphs_of([(Run(text),)]), row, covered)


def paragraphs_of(groups: Iterable[Sequence[Run]], level: int = 0) -> tuple[Paragraph, ...]:
    """Return paragraphs of runs in Unicode form C, parted at line ends too, without empty ones."""
    found: list[Paragraph] = []
    for group in groups:
        line: list[Run] = []
        for run in group:
            text = unicodedata.normalize("NFC", run.text)
            first, *others = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            line.append(Run(first, run.bold, run.underline))
            for other in others:
                found.append(Paragraph(tuple(line), level))
                line = [Run(other, run.bold, run.underline)]
        found.append(Paragraph(tuple(line), level))
    return tuple(
        Paragraph(tuple(run for run in paragraph.runs if run.text), paragraph.level)
        for paragraph in found
        if paragraph.text
    )
