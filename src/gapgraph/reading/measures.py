"""The lettered items "(a) … (b) …" of a statement."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gapgraph.reading.patterns import Patterns
from gapgraph.reading.statements import Span

__all__ = ["Item", "MeasureRules"]

_LETTER = re.compile(r"\(([a-z])\)\s*")


@dataclass(frozen=True)
class Item:
    """A lettered item: its letter and the slice of its words, the letter aside."""

    letter: str
    span: Span


@dataclass(frozen=True)
class MeasureRules:
    """What ends an item's words without belonging to them.

    :param tail: separators and conjunctions before the next letter or at the end
    :param dangling: the words that introduce the next letter: from a comma to a preposition
    """

    tail: re.Pattern[str]
    dangling: re.Pattern[str]

    @classmethod
    def of(cls, patterns: Patterns) -> MeasureRules:
        """Take the two pieces from the tables."""
        return cls(patterns.named("tail"), patterns.named("dangling"))

    def items(self, statement: str) -> list[Item]:
        """Return a statement's items: letters that follow one another from "(a)".

        A letter out of turn, as a stray "(d)", is no item's; nor is an "(a)" without a "(b)".

        :param statement: the statement's text; offsets count in it
        """
        marks: list[re.Match[str]] = []
        for match in _LETTER.finditer(statement):
            if match[1] == chr(ord("a") + len(marks)):
                marks.append(match)
        if len(marks) < 2:
            return []
        ends = [mark.start() for mark in marks[1:]] + [len(statement)]
        return [
            Item(mark[1], self._words(statement, mark.end(), end, last=end == len(statement)))
            for mark, end in zip(marks, ends, strict=True)
        ]

    def _words(self, statement: str, start: int, end: int, *, last: bool) -> Span:
        """Return the slice without separators, and without what introduces the next letter."""
        words = statement[start:end]
        if not last:
            words = self.dangling.sub("", words)
        return Span(start, start + len(self.tail.sub("", words)))
