"""The mapping of a table: which column plays which role, and what values say (``analysis.toml``).

`gapgraph intake` writes it; people edit it; it is read again.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import tomlkit
import tomlkit.items

from gapgraph.errors import InputError, UsageError
from gapgraph.intake.keys import TOPIC_MARKS, form_of, read_content
from gapgraph.intake.words import CLASSES, ROLES, fold
from gapgraph.told import joined, told

__all__ = ["Column", "Parties", "TableMapping", "mapping_as_toml", "read_mapping"]


def _letter(index: int) -> str:
    """Return the letter of a column, as spreadsheets count."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    return get_column_letter(index + 1)


@dataclass(frozen=True)
class Column:
    """A column and its role.

    :param index: its place, from 0
    :param heading: its heading, empty where there is none
    :param guess: why it has this role, where nobody said so
    """

    index: int
    role: str
    heading: str
    guess: str = ""

    @property
    def letter(self) -> str:
        """Its letter, as spreadsheets count."""
        return _letter(self.index)

    def option(self, role: str, headings: list[str]) -> str:
        """Return what is typed to give it a role, by its heading where that names it alone.

        :param headings: the headings of all columns, in order
        """
        known = bool(self.heading) and column_index(self.heading, headings) == self.index
        return "-c " + shlex.quote(f"{role}={self.heading if known else self.letter}")


@dataclass(frozen=True)
class Parties:
    """Who is compared with what: slugs and names of framework and plan."""

    framework: str = ""
    framework_label: str = ""
    plan: str = ""
    plan_label: str = ""
    jurisdiction: str = ""
    language: str = ""


@dataclass(frozen=True)
class TableMapping:
    """How one table is read.

    :param file: the file's name, beside ``analysis.toml``
    :param table: the sheet's or table's name; empty where there is one
    :param header_row: the row of the column headings; 0 where there is none
    :param columns: the columns that play a role
    :param topic_mark: how topics stand in a table, one of ``TOPIC_MARKS``
    :param separators: what parts values within a paragraph
    :param directive_id: a pattern whose first group is the identifier, where text follows it in
        the same cell
    :param element_id: a pattern with the groups ``code`` and ``label``: what it fits is an element
    :param values: the words of each class, as people wrote them
    """

    file: str
    table: str
    header_row: int
    columns: tuple[Column, ...]
    topic_mark: str
    parties: Parties
    separators: tuple[str, ...] = ()
    directive_id: str = ""
    element_id: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of_role(self, role: str) -> tuple[int, ...]:
        """Return the places of the columns that play a role."""
        return tuple(column.index for column in self.columns if column.role == role)

    def value_classes(self) -> dict[str, str]:
        """Return the class of each word that the mapping names, folded."""
        return {fold(word): name for name, words in self.values.items() for word in words}


def mapping_as_toml(
    mapping: TableMapping, more: Mapping[str, Mapping[str, object]] | None = None
) -> str:
    """Return a mapping as TOML, with what was guessed as comments.

    :param more: further keys of the sections on analysis, framework and plan
    """
    document = tomlkit.document()
    document.add(
        tomlkit.comment("How this table is read. Edit it, and run `gapgraph intake` again.")
    )
    source = tomlkit.table()
    source["file"] = mapping.file
    if mapping.table:
        source["table"] = mapping.table
    source["header_row"] = mapping.header_row
    document["source"] = source
    document["columns"] = _columns_as_toml(mapping)
    cells = tomlkit.table()
    cells["topic_mark"] = mapping.topic_mark
    cells["topic_mark"].comment(f"one of {', '.join(TOPIC_MARKS)}")
    if mapping.separators:
        cells["separators"] = list(mapping.separators)
    for name in ("directive_id", "element_id"):
        if getattr(mapping, name):
            cells[name] = tomlkit.string(getattr(mapping, name), literal=True)
    document["cells"] = cells
    values = tomlkit.table()
    for name in CLASSES:
        if mapping.values.get(name):
            values[name] = list(mapping.values[name])
    document["values"] = values
    parties = mapping.parties
    for section, pairs in (
        ("analysis", (("jurisdiction", parties.jurisdiction), ("language", parties.language))),
        ("framework", (("slug", parties.framework), ("label", parties.framework_label))),
        ("plan", (("slug", parties.plan), ("label", parties.plan_label))),
    ):
        table = tomlkit.table()
        for key, value in (*pairs, *(more or {}).get(section, {}).items()):
            if value:
                table[key] = value
        document[section] = table
    return tomlkit.dumps(document)


def _left_out(column: Column) -> bool:
    """Tell whether a column plays no role by a guess alone."""
    return column.role == "ignore" and bool(column.guess)


def _columns_as_toml(mapping: TableMapping) -> tomlkit.items.Table:
    """Return the section on columns, with what was guessed as comments."""
    columns = tomlkit.table()
    for role in ROLES:
        # What is left out by a guess alone is not written as if a person had left it out.
        playing = [
            column for column in mapping.columns if column.role == role and not _left_out(column)
        ]
        if not playing:
            continue
        names = [column.heading or column.letter for column in playing]
        # A heading that stands twice names no column.
        headings = [column.heading for column in mapping.columns]
        names = [
            column.letter if headings.count(name) > 1 else name
            for column, name in zip(playing, names, strict=True)
        ]
        columns[role] = names[0] if len(names) == 1 else names
        guesses = [f"{column.letter}: {column.guess}" for column in playing if column.guess]
        if guesses:
            columns[role].comment("guessed; " + "; ".join(guesses))
    for column in mapping.columns:
        if _left_out(column):
            name = f"{column.letter} {column.heading}".strip()
            columns.add(tomlkit.comment(f"{name}: no role ({column.guess})"))
    return columns


def column_index(reference: str | int, headings: list[str]) -> int | None:
    """Return the place of a column: its heading, else its letter, else its number.

    :param headings: the headings, in order; empty where there are none
    """
    text = str(reference).strip()
    exact = [place for place, heading in enumerate(headings) if heading == text]
    alike = [
        place for place, heading in enumerate(headings) if heading and fold(heading) == fold(text)
    ]
    for found in (exact, alike):
        if len(found) == 1:
            return found[0]
    if re.fullmatch(r"[A-Za-z]{1,2}", text):
        # The library takes half a second to load, and most builds name no column by its letter.
        from openpyxl.utils import column_index_from_string  # noqa: PLC0415

        place = column_index_from_string(text.upper()) - 1
    elif re.fullmatch(r"[1-9][0-9]{0,3}", text):
        place = int(text) - 1
    else:
        return None
    return place if place < len(headings) else None


def column_named(reference: str | int, headings: list[str], role: str) -> int:
    """Return the place of the column that a person named for a role.

    :raises UsageError: where there is none, with the headings that there are
    """
    place = column_index(reference, headings)
    if place is None:
        raise UsageError(
            told("there is no column {reference!r} for {role}", reference=reference, role=role),
            todo=told(
                "name one of {these}",
                these=joined(
                    ", ",
                    (
                        joined(
                            " ",
                            [
                                _letter(number),
                                joined("", ["(", heading or told("no heading"), ")"]),
                            ],
                        )
                        for number, heading in enumerate(headings)
                    ),
                ),
            ),
        )
    return place


def read_mapping(file: Path, headings_of: Callable[[str, str, int], list[str]]) -> TableMapping:
    """Read a mapping.

    :param file: the ``analysis.toml``
    :param headings_of: given the file's name, the table's and the header row, returns the headings
    :raises InputError: where it is not TOML, or a section, key or value is not one of a mapping
    """
    content = read_content(file)
    if form_of(content) != "source":
        raise InputError(
            told("is of the form of five columns, which `gapgraph build` reads"),
            todo=told("name the table itself to read it otherwise"),
            file=file,
        )
    source, cells = content["source"], content.get("cells", {})
    table, header = source.get("table", ""), source.get("header_row", 0)
    headings = headings_of(source["file"], table, header)
    columns = []
    for role, named in content["columns"].items():
        for reference in named if isinstance(named, list) else [named]:
            try:
                place = column_named(reference, headings, role)
            except UsageError as error:
                raise InputError(error.what, todo=error.todo, file=file) from None
            columns.append(Column(place, role, headings[place]))
    named = {column.index for column in columns}
    columns += [
        Column(place, "ignore", heading, told("named nowhere"))
        for place, heading in enumerate(headings)
        if place not in named
    ]
    parties = {
        key: str(content.get(section, {}).get(name, ""))
        for key, section, name in (
            ("framework", "framework", "slug"),
            ("framework_label", "framework", "label"),
            ("plan", "plan", "slug"),
            ("plan_label", "plan", "label"),
            ("jurisdiction", "analysis", "jurisdiction"),
            ("language", "analysis", "language"),
        )
    }
    return TableMapping(
        file=source["file"],
        table=table,
        header_row=header,
        columns=tuple(columns),
        topic_mark=cells.get("topic_mark", "none"),
        parties=Parties(**parties),
        separators=tuple(cells.get("separators", ())),
        directive_id=cells.get("directive_id", ""),
        element_id=cells.get("element_id", ""),
        values={name: tuple(words) for name, words in content.get("values", {}).items()},
    )
