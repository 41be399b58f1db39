"""The typed records of a table, between its text and its graph.

Every record knows the lines of the source it was read from; texts are verbatim but for white
space, and hold no marks.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "Category",
    "Citation",
    "ColumnHeading",
    "Directive",
    "Observation",
    "Section",
    "Table",
    "Text",
    "Topic",
    "Value",
]

Lines = tuple[int, ...]


@dataclass(frozen=True)
class Text:
    """A text and its lines: an indicator, for one."""

    text: str
    lines: Lines


@dataclass(frozen=True)
class Observation(Text):
    """One paragraph of an observations cell."""


@dataclass(frozen=True)
class ColumnHeading(Text):
    """The heading of one column, as printed over a section."""


@dataclass(frozen=True)
class Value:
    """One value in a topic's cell.

    :param literal: the words as they stand
    :param category: the category's number; ``None`` for another element or for none
    :param none: whether the words say that nothing was found
    """

    literal: str
    category: int | None
    none: bool
    lines: Lines


@dataclass(frozen=True)
class Topic:
    """One underlined topic of a row, with its values in order."""

    label: str
    values: tuple[Value, ...]
    lines: Lines


@dataclass(frozen=True)
class Citation:
    """An instrument that a directive's text names, by the words it uses."""

    instrument: str
    literal: str


@dataclass(frozen=True)
class Directive:
    """One row: a directive and what the comparison says of it.

    :param paragraphs: the text's paragraphs; nearly always one
    """

    number: int
    section: int
    paragraphs: tuple[str, ...]
    indicators: tuple[Text, ...]
    topics: tuple[Topic, ...]
    observations: tuple[Observation, ...]
    citations: tuple[Citation, ...]
    lines: Lines

    @property
    def text(self) -> str:
        """The whole text, a line for each paragraph."""
        return "\n".join(self.paragraphs)


@dataclass(frozen=True)
class Section:
    """A heading, its range of directives, and the column headings printed under it."""

    number: int
    heading: str
    title: str
    first: int
    last: int
    columns: tuple[ColumnHeading, ...]
    lines: Lines


@dataclass(frozen=True)
class Category:
    """A category of the plan, by the names its values give it.

    :param names: the forms in which the name occurs, most frequent first
    """

    number: int
    names: tuple[str, ...]
    lines: Lines


@dataclass(frozen=True)
class Table:
    """A whole table.

    :param file: the source's file name, without a folder
    :param sha256: SHA-256 of its normalised text
    """

    file: str
    sha256: str
    sections: tuple[Section, ...]
    directives: tuple[Directive, ...]
    categories: tuple[Category, ...]
