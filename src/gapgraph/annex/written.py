"""A table in rows and the mapping that reads it, written together in any form."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from gapgraph.annex.forms import Leaf, Line, Lines, lines_of, written
from gapgraph.files import write_atomic
from gapgraph.intake.keys import FILE_NAME
from gapgraph.intake.mapping import Column, TableMapping, mapping_as_toml

__all__ = ["Sheet"]


@dataclass(frozen=True)
class Sheet:
    """A table: its rows, and how they are read.

    :param rows: the cells of each row, a line for each paragraph; the first are the headings
    :param mapping: the mapping by which they are read back
    :param more: what else is known of analysis, framework and plan, as keys of ``analysis.toml``
    """

    rows: tuple[tuple[str, ...], ...]
    mapping: TableMapping
    more: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def write(self, folder: Path, form: str = "csv") -> None:
        """Write the rows and their mapping to a folder, which `gapgraph build` takes.

        :param form: one of ``FORMS``; where looks can be kept, topics are underlined over values
        :raises InputError: for a sign that the form cannot hold
        """
        folder.mkdir(parents=True, exist_ok=True)
        mapping = replace(self.mapping, file=f"{Path(self.mapping.file).stem}.{form}")
        rows = tuple(tuple(map(lines_of, row)) for row in self.rows)
        if form != "csv" and _fits_underlined(self):
            rows, mapping = _underlined(self, mapping)
        leaf = Leaf(Path(self.mapping.file).stem, rows)
        write_atomic(folder / mapping.file, written(form, [leaf], mapping.parties.language))
        write_atomic(folder / FILE_NAME, mapping_as_toml(mapping, self.more))

    def as_csv(self) -> str:
        """Return the rows as comma-separated text."""
        rows = tuple(tuple(map(lines_of, row)) for row in self.rows)
        return written("csv", [Leaf("", rows)]).decode()


def _fits_underlined(sheet: Sheet) -> bool:
    """Tell whether topics may stand over their values in one cell: nothing else is said of one."""
    roles = {column.role for column in sheet.mapping.columns}
    if "topic" not in roles or roles & {"label", "relation", "degree", "status"}:
        return False
    topic, element = (sheet.mapping.of_role(role)[0] for role in ("topic", "element"))
    rows = sheet.rows[1:]
    return all(row[element] for row in rows if row[topic]) and not any(
        "\n" in row[topic] for row in rows
    )


def _underlined(
    sheet: Sheet, mapping: TableMapping
) -> tuple[tuple[tuple[Lines, ...], ...], TableMapping]:
    """Return a sheet's rows, one a directive, with its topics underlined over their values."""
    directive, topic, element = (
        mapping.of_role(role)[0] for role in ("directive", "topic", "element")
    )
    kept = [column.index for column in mapping.columns if column.index != topic]
    rows: list[tuple[Lines, ...]] = [
        tuple(lines_of(sheet.rows[0][place]) for place in kept),
    ]
    for _, group in itertools.groupby(sheet.rows[1:], key=lambda row: row[directive]):
        said = list(group)
        values = tuple(
            line
            for row in said
            for line in (
                *((Line(row[topic], underline=True),) if row[topic] else ()),
                *lines_of(row[element]),
            )
        )
        rows.append(
            tuple(values if place == element else lines_of(said[0][place]) for place in kept)
        )
    columns = tuple(
        Column(place, column.role, column.heading)
        for place, column in enumerate(each for each in mapping.columns if each.index != topic)
    )
    return tuple(rows), replace(mapping, columns=columns, topic_mark="underline")
