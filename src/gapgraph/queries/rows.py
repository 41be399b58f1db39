"""Rows of answers with names, and terms as plain text: what pages and reports are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gapgraph.store.answers import Term

__all__ = ["Row", "Text"]


@dataclass(frozen=True)
class Text:
    """Words in a language, which may be another than the page's.

    :param value: the words
    :param lang: their language
    """

    value: str
    lang: str = "es"

    def __str__(self) -> str:
        return self.value


class Row:
    """A row of an answer: values by the name of their column.

    :param names: the names of the columns
    :param terms: a term, or nothing where unbound, for each
    """

    def __init__(self, names: Sequence[str], terms: Sequence[Term | None]) -> None:
        self._terms = dict(zip(names, terms, strict=True))

    def has(self, name: str) -> bool:
        """Tell whether the answer has a column: one of labels is there where a cell has an IRI."""
        return name in self._terms

    def __getitem__(self, name: str) -> str:
        """Return a value as text; nothing where it is unbound."""
        term = self._terms[name]
        return term.value if term else ""

    def term(self, name: str) -> Term | None:
        """Return a value as a term, with its language."""
        return self._terms[name]

    def text(self, name: str) -> Text:
        """Return a value as words in their language."""
        term = self._terms[name]
        return Text(term.value, term.language) if term else Text("", "")

    def number(self, name: str) -> int:
        """Return a value that is a whole number; 0 where it is unbound or none."""
        text = self[name]
        return int(text) if text.removeprefix("-").isdecimal() else 0

    def several(self, name: str) -> tuple[str, ...]:
        """Return the IRIs or numbers that a value holds, separated by spaces."""
        return tuple(self[name].split())

    def lines(self, name: str) -> tuple[str, ...]:
        """Return the lines of a value."""
        return tuple(line for line in self[name].split("\n") if line)
