"""Columns that nobody gave a role: what they hold is read by nobody, and so is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gapgraph.grid import Cell, Grid
from gapgraph.intake.mapping import Column, TableMapping
from gapgraph.intake.problems import Problem
from gapgraph.intake.words import IntakeWords, fold

__all__ = ["LeftOut", "left_out"]

#: A word: signs, ticks and codes of a letter and digits say nothing that an analysis lacks.
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class LeftOut:
    """A column with words in it that plays no role, and that no person left out.

    :param letter: its letter, as spreadsheets count
    :param heading: its heading, empty where there is none
    :param cells: how many of its cells hold words
    :param place: its heading's place, else that of its first words
    :param beside: the letters of the columns that a guess takes for observations: a guess takes
        no further one once a person has named one
    """

    letter: str
    heading: str
    cells: int
    place: str
    beside: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How people find it."""
        return f"column {self.letter}" + (f" ({self.heading!r})" if self.heading else "")

    @property
    def problem(self) -> Problem:
        """What intake says of it: nothing stops, but nobody reads those words."""
        options = " ".join(f"-c observation={each}" for each in (*self.beside, self.letter))
        return Problem(
            self.place,
            self.heading,
            f"column {self.letter} is left out, and nobody said so: {self.cells} of its cells "
            "hold words",
            f"say what it is, as with {options} (in [columns] of "
            f'analysis.toml: observation = "{self.letter}"), or that it is left out, with '
            f"-c ignore={self.letter}",
            blocking=False,
        )


def left_out(grid: Grid, mapping: TableMapping, words: IntakeWords) -> tuple[LeftOut, ...]:
    """Return the columns of a table that hold words and were left out by a guess.

    A heading that the lists of words know whole for what no analysis needs ("Page") is no guess.

    :param words: the words by which columns are known
    """
    body = [row for row in grid.rows if row[0].row > mapping.header_row]
    header = next((row for row in grid.rows if row[0].row == mapping.header_row), ())
    return tuple(_of_columns(mapping.columns, header, body, words))


def _of_columns(
    columns: Iterable[Column],
    header: Sequence[Cell],
    body: Sequence[Sequence[Cell]],
    words: IntakeWords,
) -> Iterator[LeftOut]:
    listed = list(columns)
    beside = tuple(each.letter for each in listed if each.role == "observation" and each.guess)
    for column in listed:
        if column.role != "ignore" or not column.guess:
            continue
        if words.headings.get(fold(column.heading)) == "ignore":
            continue
        cells = [
            cell
            for row in body
            if not (cell := row[column.index]).covered and _WORD.search(cell.text)
        ]
        if cells:
            place = header[column.index].place if column.heading and header else cells[0].place
            yield LeftOut(column.letter, column.heading, len(cells), place, beside)
