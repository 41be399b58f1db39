"""What a table says, as it was read: directives, topics, values, observations, with places."""

from __future__ import annotations

from dataclasses import dataclass, field

from gapgraph.intake.left_out import LeftOut
from gapgraph.intake.problems import Problem
from gapgraph.intake.values import Value, ValueReader

__all__ = ["ReadDirective", "ReadTable", "ReadText", "ReadTopic"]


@dataclass(frozen=True)
class ReadText:
    """A paragraph and its place."""

    text: str
    place: str
    row: int


@dataclass
class ReadTopic:
    """One topic of a directive; where no column holds topics, the directive is its own.

    :ivar cell: the place of the cell of its first value; nothing where that is its own
    """

    label: str
    place: str
    row: int
    values: list[Value] = field(default_factory=list)
    status: Value | None = None
    cell: str = ""


@dataclass
class ReadDirective:
    """One directive, from the rows that speak of it.

    :ivar notation: its identifier as printed
    :ivar section: the titles of the sections it stands in, the widest first
    """

    notation: str
    place: str
    row: int
    section: tuple[ReadText, ...] = ()
    texts: list[ReadText] = field(default_factory=list)
    indicators: list[ReadText] = field(default_factory=list)
    topics: list[ReadTopic] = field(default_factory=list)
    observations: list[ReadText] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The whole text, a line each paragraph."""
        return "\n".join(each.text for each in self.texts)


@dataclass
class ReadTable:
    """What a table says, and what is wrong in it.

    :ivar reader: the values, counted
    :ivar headings: column headings that stand under a section's title, by the title's row
    :ivar left_out: columns with words in them that nobody gave a role
    """

    directives: list[ReadDirective]
    reader: ValueReader
    problems: list[Problem]
    headings: dict[int, list[str]] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()

    @property
    def blocking(self) -> bool:
        """Whether something must be mended before it can be built."""
        return any(problem.blocking for problem in self.problems)
