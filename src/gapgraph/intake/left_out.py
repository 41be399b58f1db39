"""Columns that nobody gave a role: what they hold is read by nobody, and so is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gapgraph.grid import Cell, Grid
from gapgraph.intake.guess import headings
from gapgraph.intake.mapping import Column, TableMapping
from gapgraph.intake.problems import Problem
from gapgraph.intake.words import IntakeWords, fold
from gapgraph.told import one_of, told

__all__ = ["LeftOut", "left_out", "numbers_left_out"]

#: A word: signs, ticks and codes of a letter and digits say nothing that an analysis lacks.
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBER = re.compile(r"\d")


@dataclass(frozen=True)
class LeftOut:
    """A column with words in it that plays no role, and that no person left out.

    :param letter: its letter, as spreadsheets count
    :param heading: its heading, empty where there is none
    :param cells: how many of its cells hold words
    :param place: its heading's place, else that of its first words
    :param beside: the letters of the columns that a guess takes for observations: a guess takes
        no further one once a person has named one
    :param roles: the roles between which its heading does not decide
    :param options: what is typed for each of them, and to leave it out
    """

    letter: str
    heading: str
    cells: int
    place: str
    beside: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How people find it."""
        if not self.heading:
            return told("column {letter}", letter=self.letter)
        return told("column {letter} ({heading!r})", letter=self.letter, heading=self.heading)

    @property
    def problem(self) -> Problem:
        """What intake says of it: nothing stops, but nobody reads those words."""
        if self.roles:
            *named, ignore = self.options
            return Problem(
                self.place,
                self.heading,
                told(
                    "column {letter} is left out, since its heading may stand for {roles}: "
                    "{cells} of its cells hold words",
                    letter=self.letter,
                    roles=one_of(self.roles),
                    cells=self.cells,
                ),
                told(
                    "say which it is, with {named}, or that it is left out, with {ignore}",
                    named=one_of(named),
                    ignore=ignore,
                ),
                blocking=False,
            )
        options = " ".join(f"-c observation={each}" for each in (*self.beside, self.letter))
        return Problem(
            self.place,
            self.heading,
            told(
                "column {letter} is left out, and nobody said so: {cells} of its cells hold words",
                letter=self.letter,
                cells=self.cells,
            ),
            told(
                "say what it is, as with {options} (in [columns] of analysis.toml: "
                'observation = "{letter}"), or that it is left out, with -c ignore={letter}',
                options=options,
                letter=self.letter,
            ),
            blocking=False,
        )


def left_out(grid: Grid, mapping: TableMapping, words: IntakeWords) -> tuple[LeftOut, ...]:
    """Return the columns of a table that hold words and were left out by a guess.

    A heading that the lists of words know whole for what no analysis needs ("Page") is no guess.

    :param words: the words by which columns are known
    """
    body = [row for row in grid.rows if row[0].row > mapping.header_row]
    header = next((row for row in grid.rows if row[0].row == mapping.header_row), ())
    names = headings(grid, mapping.header_row)
    return tuple(_of_columns(mapping.columns, header, body, words, names))


def numbers_left_out(grid: Grid, mapping: TableMapping, words: IntakeWords) -> Iterator[Problem]:
    """Yield a remark on each column of numbers that was left out, where none has identifiers.

    Each text then is a directive, numbered in order, and those numbers may be the directives'.

    :param words: the words by which columns are known
    """
    if mapping.of_role("directive"):
        return
    body = [row for row in grid.rows if row[0].row > mapping.header_row]
    names = headings(grid, mapping.header_row)
    for column in _guessed(mapping.columns, words):
        cells = [cell for row in body if not (cell := row[column.index]).covered and cell.text]
        if any(_NUMBER.search(cell.text) for cell in cells) and not any(
            _WORD.search(cell.text) for cell in cells
        ):
            yield Problem(
                cells[0].place,
                cells[0].text,
                told(
                    "column {letter} has numbers or codes in {count} cells and is left out, "
                    "and no column holds the directives' identifiers: they are numbered in "
                    "order",
                    letter=column.letter,
                    count=len(cells),
                ),
                told(
                    "say that it holds them, with {identifier}, or that it is left out, with "
                    "{ignore}",
                    identifier=column.option("directive", names),
                    ignore=column.option("ignore", names),
                ),
                blocking=False,
            )


def _guessed(columns: Iterable[Column], words: IntakeWords) -> Iterator[Column]:
    """Yield the columns that play no role by a guess alone."""
    for column in columns:
        known = words.headings.get(fold(column.heading)) == "ignore"
        if column.role == "ignore" and column.guess and not known:
            yield column


def _of_columns(
    columns: Sequence[Column],
    header: Sequence[Cell],
    body: Sequence[Sequence[Cell]],
    words: IntakeWords,
    names: list[str],
) -> Iterator[LeftOut]:
    beside = tuple(each.letter for each in columns if each.role == "observation" and each.guess)
    for column in _guessed(columns, words):
        cells = [
            cell
            for row in body
            if not (cell := row[column.index]).covered and _WORD.search(cell.text)
        ]
        if cells:
            place = header[column.index].place if column.heading and header else cells[0].place
            roles = words.may_be(column.heading)
            options = tuple(column.option(role, names) for role in (*roles, "ignore"))
            yield LeftOut(column.letter, column.heading, len(cells), place, beside, roles, options)
