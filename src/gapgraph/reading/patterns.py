"""Patterns of the reviewed tables: named pieces put in place, then compiled.

A pattern may name a piece of ``terms.tsv`` as ``{name}``, and the verbs of a group of
``verbs.tsv`` as ``{verbs:group}``.  Letter case does not count unless a pattern says so.

Put together they are long, and to compile all takes seconds.  So a pattern of the project's own
tables is compiled when a text first has a word that it needs; the tests compile every one.  What an
analysis brings is compiled at once, so that a build tells what is wrong with it before it reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from gapgraph.errors import InputError
from gapgraph.reading.needles import Needles, needles, plain
from gapgraph.reading.packs import Pack
from gapgraph.tables import Row
from gapgraph.told import told

__all__ = ["Pattern", "Patterns", "read_patterns"]

#: A statement is asked for by many patterns, one after the other.
_plain = lru_cache(maxsize=64)(plain)

# Not a repetition such as {0,2}: a piece's name has letters only.
_PIECE = re.compile(r"\{([a-z]+(?::[a-z]+)?)\}")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern once: they are long, and there are more than `re` itself remembers."""
    return re.compile(pattern, re.IGNORECASE)


@dataclass(frozen=True)
class Pattern:
    """A pattern of a table, compiled when it is first needed.

    :param row: where it stands
    :param source: it, with its pieces put in place
    :param needles: words of which one stands wherever it matches; nothing where none is known
    """

    row: Row
    column: str
    source: str
    needles: Needles

    @property
    def compiled(self) -> re.Pattern[str]:
        """Return it compiled.

        :raises InputError: for what is no pattern
        """
        try:
            return _compiled(self.source)
        except re.error as error:
            raise self.row.fail(
                told("{column} is no pattern ({error})", column=self.column, error=error),
                told("mend the pattern"),
            ) from error

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """Return the first match between two places of a text."""
        if not self._may_match(text):
            return None
        return self.compiled.search(text, start, len(text) if end is None else end)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Return all matches in a text."""
        return self.compiled.finditer(text) if self._may_match(text) else iter(())

    def _may_match(self, text: str) -> bool:
        """Tell whether a text has what every match has."""
        return self.needles is None or any(map(_plain(text).__contains__, self.needles))


@dataclass(frozen=True)
class Patterns:
    """The named pieces that patterns are put together from.

    :param pieces: the pattern of each
    :param file: the table that names them
    :param own: the folder of an analysis's own tables
    :param needles: of each piece the words of which one stands wherever it matches
    """

    pieces: dict[str, str]
    file: Path
    own: Path | None = None
    needles: dict[str, Needles] = field(default_factory=dict)

    def named(self, name: str) -> re.Pattern[str]:
        """Return the pattern of a piece, compiled.

        :raises InputError: where ``terms.tsv`` does not name it
        """
        if name not in self.pieces:
            raise InputError(
                told("names no {name}", name=name), todo=told("restore the row"), file=self.file
            )
        return re.compile(self.pieces[name], re.IGNORECASE)

    def text(self, row: Row, column: str) -> str:
        """Return a cell's pattern with its pieces put in place.

        :raises InputError: for a piece that no table names
        """

        def piece(match: re.Match[str]) -> str:
            if match[1] not in self.pieces:
                raise row.fail(
                    told("no piece is called {{{name}}}", name=match[1]),
                    told("use one of {these}", these=", ".join(self.pieces)),
                )
            return self.pieces[match[1]]

        return _PIECE.sub(piece, row[column])

    def compiled(self, row: Row, column: str) -> re.Pattern[str]:
        """Return a cell's pattern, compiled.

        :raises InputError: for a piece that no table names, or what is no pattern
        """
        return Pattern(row, column, self.text(row, column), None).compiled

    def pattern(self, row: Row, column: str) -> Pattern:
        """Return a cell's pattern, compiled only if it is an analysis's own.

        :raises InputError: for a piece that no table names, or an own one that is no pattern
        """
        return Pattern(row, column, self.text(row, column), self.needed(row, column))

    def needed(self, row: Row, column: str) -> Needles:
        """Return what a cell's pattern needs; of an analysis's own, which is compiled, nothing.

        :raises InputError: for an own one that is no pattern, or one with brackets left open
        """
        if row.file.parent != self.own:
            try:
                return needles(row[column], self.needles)
            except ValueError:
                pass  # what is wrong is told below
        self.compiled(row, column)
        return None


def read_patterns(pack: Pack) -> Patterns:
    """Read ``terms.tsv`` and ``verbs.tsv``.

    :param pack: the tables of a language
    :raises InputError: where a table cannot be read, or a piece names one that comes after it
    """
    groups: dict[str, list[Row]] = {}
    for row in pack.rows("verbs.tsv", ("verb", "forms", "group", "example", "counterexample")):
        groups.setdefault(row["group"], []).append(row)
    patterns = Patterns({}, pack.file("terms.tsv"), pack.own)
    for group, verbs in groups.items():
        _add(patterns, f"verbs:{group}", verbs, "forms")
    for row in pack.rows("terms.tsv", ("name", "pattern", "note")):
        _add(patterns, row["name"], [row], "pattern")
    return patterns


def _add(patterns: Patterns, name: str, rows: list[Row], column: str) -> None:
    """Add a piece: a verb group's rows, or the one row of a term.

    :raises InputError: for a row that names no piece, or an own one that is no pattern
    """
    texts = [patterns.text(row, column) for row in rows]
    needed = [patterns.needed(row, column) for row in rows]
    known = [each for each in needed if each is not None]
    patterns.pieces[name] = texts[0] if column == "pattern" else rf"\b(?:{'|'.join(texts)})\b"
    patterns.needles[name] = frozenset().union(*known) if len(known) == len(needed) else None
