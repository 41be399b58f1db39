"""Taking a table in: from a file to a folder with its mapping, and what is wrong with it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gapgraph.errors import InputError, UsageError
from gapgraph.files import read_bytes, write_atomic
from gapgraph.grid import Grid, GridLimits, place_told, read_grids
from gapgraph.intake.catalogue import (
    KnownFramework,
    check_framework,
    framework_hints,
    framework_named,
    known_frameworks,
)
from gapgraph.intake.guess import choose_table, guess_mapping, headings
from gapgraph.intake.keys import FILE_NAME
from gapgraph.intake.mapping import Parties, TableMapping, mapping_as_toml, read_mapping
from gapgraph.intake.parties import guessed_parties
from gapgraph.intake.preview import preview_page
from gapgraph.intake.problems import problems_as_tsv
from gapgraph.intake.records import ReadTable
from gapgraph.intake.understand import understand
from gapgraph.intake.words import IntakeWords, read_words
from gapgraph.rdf import read_turtle
from gapgraph.told import joined, told

__all__ = ["PROBLEMS_FILE", "Catalogue", "Intake", "guess", "read_folder", "take_in"]

#: Frameworks that are known, by slug.
Catalogue = Mapping[str, KnownFramework]

#: The file of the problems, in the folder of an analysis.
PROBLEMS_FILE = "problems.tsv"
#: The largest mapping, in bytes.
_LARGEST = 1_000_000
#: The mapping before, where a run of intake guessed another.
_BEFORE = f"{FILE_NAME}.before"


@dataclass(frozen=True)
class Intake:
    """A table that was taken in.

    :param grid: the table as it was
    :param mapping: how it was read
    :param table: what it says, and what is wrong in it
    :param framework: the framework, where the catalogue has it
    :param before: where the mapping is kept that this one took the place of, if there was one
    """

    grid: Grid
    mapping: TableMapping
    table: ReadTable
    framework: KnownFramework | None = None
    before: Path | None = None

    def preview(self) -> str:
        """Return the page that shows both, side by side."""
        return preview_page(self.grid, self.mapping, self.table)

    def summary(self) -> str:
        """Return what was read and how, for people: columns, counts, values."""
        lines: list[str] = [
            joined(
                ", ", [self.mapping.file, *([place_told(self.grid.name)] * bool(self.grid.name))]
            )
        ]
        lines += [joined("  ", ["", note]) for note in self.grid.notes[:1]]
        for column in self.mapping.columns:
            heading = column.heading or told("no heading")
            why = told(" (guessed: {guess})", guess=column.guess) if column.guess else ""
            lines.append(joined("", ["  ", column.letter, " ", heading, ": ", column.role, why]))
        topics = sum(len(directive.topics) for directive in self.table.directives)
        observations = sum(len(each.observations) for each in self.table.directives)
        without = sum(not directive.topics for directive in self.table.directives)
        lines.append(
            told(
                "{directives} directives ({without} not assessed), {topics} topics, "
                "{observations} paragraphs of observations",
                directives=len(self.table.directives),
                without=without,
                topics=topics,
                observations=observations,
            )
        )
        seen = self.table.reader.seen
        for (literal, kind), count in sorted(
            seen.items(), key=lambda item: (item[0][1], -item[1], item[0][0])
        ):
            if kind != "element":
                what = [literal or told("(blank)"), ": ", kind or told("UNKNOWN"), ", "]
                lines.append(joined("", ["  ", *what, _times(count)]))
        elements = [kind for _, kind in seen if kind == "element"]
        lines.append(
            told("  {count} different values name an element of the plan", count=len(elements))
        )
        return joined("", [joined("\n", lines), "\n"])


def _times(count: int) -> str:
    return told("once") if count == 1 else told("{count} times", count=count)


def guess(
    file: Path,
    data: Path,
    *,
    sheet: str = "",
    header_row: int | None = None,
    columns: Iterable[tuple[str, str]] = (),
    values: Iterable[tuple[str, str]] = (),
    parties: Parties | None = None,
    limits: GridLimits | None = None,
    catalogue: Catalogue | None = None,
) -> Intake:
    """Read a table by a mapping that is guessed.

    :param file: the table, of any form that `read_grids` reads
    :param data: the project's ``data/``
    :param sheet: the sheet or table, by name or number
    :param header_row: the row of the column headings, 0 for none; guessed where nobody says
    :param columns: roles and columns that a person named
    :param values: classes and words that a person named
    :param parties: what is known of framework, plan, State and language
    :param catalogue: the frameworks that are known, by slug; the project's own, if none
    :raises InputError: where the file cannot be read
    :raises UsageError: where what is named is not there
    """
    words = read_words(data)
    grid = choose_table(file, read_grids(file, limits), words, sheet)
    mapping = guess_mapping(
        file,
        grid,
        words,
        columns=columns,
        values=values,
        parties=parties or Parties(),
        header_row=header_row,
    )
    if catalogue is None:
        catalogue = _own_catalogue(data)
    if not mapping.parties.framework:
        above = (cell.text for row in grid.rows if row[0].row < mapping.header_row for cell in row)
        named = framework_named(above, catalogue)
        mapping = replace(mapping, parties=replace(mapping.parties, framework=named))
    known = mapping.parties.framework in catalogue
    found = guessed_parties(file, grid, mapping, words, known=known)
    mapping = replace(mapping, parties=found)
    return _understood(grid, mapping, words, catalogue)


def _own_catalogue(data: Path) -> Catalogue:
    """Return the frameworks of the project's own graph."""
    return known_frameworks(read_turtle(data / "annex.ttl"))


def take_in(
    file: Path, folder: Path, data: Path, *, limits: GridLimits | None = None, **named: Any
) -> Intake:
    """Read a table, guess its mapping, and write both to a folder.

    :param file: the table, of any form that `read_grids` reads
    :param folder: gets ``analysis.toml``, ``problems.tsv`` and a copy of the file; an
        ``analysis.toml`` that says otherwise is kept beside it, see `Intake.before`
    :param data: the project's ``data/``
    :param named: what a person named, as `guess` takes it
    :raises InputError: where the file cannot be read
    :raises UsageError: where what is named is not there, or the folder holds another analysis
    """
    taken = guess(file, data, limits=limits, **named)
    written = folder / FILE_NAME
    if written.exists() and f'file = "{file.name}"' not in written.read_text(encoding="utf-8"):
        raise UsageError(
            told("{folder} holds the analysis of another file", folder=folder),
            todo=told("name another folder with --to"),
        )
    folder.mkdir(parents=True, exist_ok=True)
    if file.resolve() != (folder / file.name).resolve():
        content = read_bytes(file, limit=(limits or GridLimits()).file_bytes)
        write_atomic(folder / file.name, content)
    write_atomic(folder / PROBLEMS_FILE, problems_as_tsv(taken.table.problems))
    mapping = mapping_as_toml(taken.mapping)
    if written.exists() and (before := read_bytes(written, limit=_LARGEST)) != mapping.encode():
        # People edit it: what is guessed anew takes the place of nothing that is not kept.
        taken = replace(taken, before=folder / _BEFORE)
        write_atomic(folder / _BEFORE, before)
    write_atomic(written, mapping)
    return taken


def read_folder(
    folder: Path,
    data: Path,
    *,
    limits: GridLimits | None = None,
    catalogue: Catalogue | None = None,
) -> Intake:
    """Read a table again by the mapping in its folder.

    :param folder: an analysis that `take_in` wrote, and people edited
    :param data: the project's ``data/``
    :param catalogue: the frameworks that are known, by slug; the project's own, if none
    :raises InputError: where the mapping or the table cannot be read
    """
    words = read_words(data)
    found: list[Grid] = []

    def headings_of(name: str, table: str, header_row: int) -> list[str]:
        grids = read_grids(folder / name, limits)
        try:
            found.append(choose_table(folder / name, grids, words, table))
        except UsageError as error:
            raise InputError(error.what, todo=error.todo, file=folder / FILE_NAME) from None
        return headings(found[0], header_row)

    mapping = read_mapping(folder / FILE_NAME, headings_of)
    catalogue = _own_catalogue(data) if catalogue is None else catalogue
    return _understood(found[0], mapping, words, catalogue)


def _understood(
    grid: Grid,
    mapping: TableMapping,
    words: IntakeWords,
    catalogue: Catalogue,
) -> Intake:
    """Return what a table says; a framework of the catalogue gives what the table leaves out."""
    known = catalogue.get(mapping.parties.framework)
    check = (
        functools.partial(check_framework, framework=known)
        if known
        else functools.partial(framework_hints, catalogue=catalogue)
    )
    return Intake(grid, mapping, understand(grid, mapping, words, check), known)
