"""The typed records of a table, between its text and its graph.

Every record knows the lines of the source it was read from; texts are verbatim but for white
space, and hold no marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gapgraph.intake.catalogue import KnownFramework
from gapgraph.namespaces import slug

__all__ = [
    "Citation",
    "ColumnHeading",
    "Directive",
    "Element",
    "Observation",
    "Section",
    "Table",
    "Text",
    "Topic",
    "Value",
    "whole_number",
]

Lines = tuple[int, ...]


def whole_number(notation: str) -> int | None:
    """Return the number that an identifier is, where it is a whole one.

    >>> whole_number("17"), whole_number("5-A"), whole_number("007")
    (17, None, None)
    """
    return int(notation) if re.fullmatch(r"[1-9][0-9]{0,8}", notation) else None


@dataclass(frozen=True)
class Text:
    """A text and its lines: an indicator, for one.

    :param notation: the identifier printed before its words, if there is one
    """

    text: str
    lines: Lines
    notation: str = ""


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
    :param notation: the identifier of the part of the plan that it names; empty for anything else
    :param says: what the words say, one of `gapgraph.annex.values.VALUE_CLASSES`
    :param name: the name of a part of the plan that has no identifier
    :param relation: how the part is related to what is asked, where the table says so
    :param status: the status that the table gives in a column of its own
    :param degree: a degree, in the table's own words
    """

    literal: str
    notation: str
    says: str
    lines: Lines
    name: str = ""
    relation: str = ""
    status: str = ""
    degree: str = ""

    @property
    def none(self) -> bool:
        """Whether the words say that nothing was found."""
        return self.says == "none"

    @property
    def element(self) -> bool:
        """Whether the words name a part of the plan."""
        return self.says == "element"


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

    :param notation: its identifier as printed
    :param position: its place in the framework, from 1
    :param section: the key of the narrowest section that it stands in; empty where there is none
    :param paragraphs: the text's paragraphs; nearly always one
    """

    notation: str
    position: int
    section: str
    paragraphs: tuple[str, ...]
    indicators: tuple[Text, ...]
    topics: tuple[Topic, ...]
    observations: tuple[Observation, ...]
    citations: tuple[Citation, ...]
    lines: Lines

    @property
    def key(self) -> str:
        """What its IRI ends in."""
        return slug(self.notation)

    @property
    def text(self) -> str:
        """The whole text, a line for each paragraph."""
        return "\n".join(self.paragraphs)


@dataclass(frozen=True)
class Section:
    """A section of the framework, and the column headings printed under its heading.

    :param notation: its identifier as printed, or its place where it has none
    :param position: its place among all sections, from 1
    :param parent: the key of the section that it is part of; empty for a widest one
    """

    notation: str
    position: int
    heading: str
    title: str
    columns: tuple[ColumnHeading, ...]
    lines: Lines
    parent: str = ""

    @property
    def key(self) -> str:
        """What its IRI ends in."""
        return slug(self.notation)


@dataclass(frozen=True)
class Element:
    """A part of the plan that has an identifier, by the names its values give it.

    :param notation: its identifier as printed
    :param position: its place in the plan, from 1
    :param names: the forms in which the name occurs, most frequent first
    :param parent: the key of the part that it belongs to; empty where there is none
    """

    notation: str
    position: int
    names: tuple[str, ...]
    lines: Lines
    parent: str = ""

    @property
    def key(self) -> str:
        """What its IRI ends in."""
        return slug(self.notation)


@dataclass(frozen=True)
class Table:
    """A whole table.

    :param file: the source's file name, without a folder
    :param sha256: SHA-256 of its normalised text
    :param framework: the framework, where its texts are known from elsewhere
    """

    file: str
    sha256: str
    sections: tuple[Section, ...]
    directives: tuple[Directive, ...]
    elements: tuple[Element, ...]
    framework: KnownFramework | None = None
