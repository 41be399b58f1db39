"""A document as its writers see it: headings, paragraphs, lists, tables, a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from gapgraph.queries.rows import Text

__all__ = [
    "Block",
    "Document",
    "Figure",
    "Heading",
    "Items",
    "Look",
    "Paragraph",
    "Run",
    "Table",
    "run",
]

#: How words look: plain, the clause that decides, or what a program reads.
Look = Literal["plain", "mark", "code"]
#: What a paragraph is.
Role = Literal["subtitle", "lede", "body", "asked", "status", "said", "ours", "note"]


@dataclass(frozen=True)
class Run:
    """Words of one look in one language."""

    text: str
    look: Look = "plain"
    lang: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading; the title of the document is of level 1."""

    level: int
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, and what it is."""

    role: Role
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Items:
    """A list."""

    items: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True)
class Figure:
    """A picture, with what it shows in words.

    :param png: its bytes
    :param alt: for those who do not see it
    :param caption: what stands below it
    """

    png: bytes
    alt: str
    caption: str


@dataclass(frozen=True)
class Table:
    """A table, which Word alone has.

    :param heads: the words over each column
    :param rows: the words of each cell; those of the first column say what the row is
    """

    heads: tuple[tuple[Run, ...], ...]
    rows: tuple[tuple[tuple[Run, ...], ...], ...]


#: What every form of a document has.
Block = Heading | Paragraph | Items | Figure
_Part_co = TypeVar("_Part_co", bound=Block | Table, covariant=True)


@dataclass(frozen=True)
class Document(Generic[_Part_co]):
    """A document.

    :param lang: its language
    :param title: its title, which is its first heading too
    :param subject: what it is about, for the properties of a file
    :param wide: whether its pages lie on their side
    """

    lang: str
    title: str
    subject: str
    blocks: tuple[_Part_co, ...]
    wide: bool = False


def run(text: str | Text, look: Look = "plain") -> Run:
    """Return words as a run, in their language."""
    return Run(text, look) if isinstance(text, str) else Run(text.value, look, text.lang)


def plain(runs: Sequence[Run]) -> str:
    """Return the words of runs."""
    return "".join(each.text for each in runs)
