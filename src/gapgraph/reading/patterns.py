"""Patterns of the reviewed tables: named pieces put in place, then compiled.

A pattern may name a piece of ``terms.tsv`` as ``{name}``, and the verbs of a group of
``verbs.tsv`` as ``{verbs:group}``.  Letter case does not count unless a pattern says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gapgraph.errors import InputError
from gapgraph.reading.packs import Pack
from gapgraph.tables import Row

__all__ = ["Patterns", "read_patterns"]

# Not a repetition such as {0,2}: a piece's name has letters only.
_PIECE = re.compile(r"\{([a-z]+(?::[a-z]+)?)\}")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern once: they are long, and there are more than `re` itself remembers."""
    return re.compile(pattern, re.IGNORECASE)


@dataclass(frozen=True)
class Patterns:
    """The named pieces that patterns are put together from."""

    pieces: dict[str, str]
    file: Path

    def named(self, name: str) -> re.Pattern[str]:
        """Return the pattern of a piece, compiled.

        :raises InputError: where ``terms.tsv`` does not name it
        """
        if name not in self.pieces:
            raise InputError(f"names no {name}", todo="restore the row", file=self.file)
        return re.compile(self.pieces[name], re.IGNORECASE)

    def text(self, row: Row, column: str) -> str:
        """Return a cell's pattern with its pieces put in place.

        :raises InputError: for a piece that no table names
        """

        def piece(match: re.Match[str]) -> str:
            if match[1] not in self.pieces:
                raise row.fail(
                    f"no piece is called {{{match[1]}}}", "use one of " + ", ".join(self.pieces)
                )
            return self.pieces[match[1]]

        return _PIECE.sub(piece, row[column])

    def compiled(self, row: Row, column: str) -> re.Pattern[str]:
        """Return a cell's pattern, compiled.

        :raises InputError: for a piece that no table names, or what is no pattern
        """
        try:
            return _compiled(self.text(row, column))
        except re.error as error:
            raise row.fail(f"{column} is no pattern ({error})", "mend the pattern") from error


def read_patterns(pack: Pack) -> Patterns:
    """Read ``terms.tsv`` and ``verbs.tsv``.

    :param pack: the tables of a language
    :raises InputError: where a table cannot be read, or a piece names one that comes after it
    """
    groups: dict[str, list[str]] = {}
    for row in pack.rows("verbs.tsv", ("verb", "forms", "group", "example", "counterexample")):
        groups.setdefault(row["group"], []).append(row["forms"])
    patterns = Patterns(
        {f"verbs:{group}": rf"\b(?:{'|'.join(forms)})\b" for group, forms in groups.items()},
        pack.file("terms.tsv"),
    )
    for row in pack.rows("terms.tsv", ("name", "pattern", "note")):
        patterns.pieces[row["name"]] = patterns.text(row, "pattern")
    return patterns
