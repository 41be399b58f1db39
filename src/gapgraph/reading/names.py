"""Names in a text: institutions, instruments, and the themes it speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from gapgraph.reading.patterns import FOLDER, Patterns
from gapgraph.tables import Row, read_tsv

__all__ = ["Institution", "Instrument", "NameRules", "read_name_rules"]


@dataclass(frozen=True)
class Institution:
    """An institution and how texts name it.

    :param slug: last part of its IRI
    :param labels: its name by language
    :param short: its abbreviation or short name, or nothing
    """

    slug: str
    labels: dict[str, str]
    short: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Instrument:
    """An instrument and how texts name it."""

    slug: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class NameRules:
    """The reviewed names; those of institutions and instruments mind their capital letters.

    :param themes: local names of the ontology's themes, with the words that speak of them
    :param relative: where a name's description begins: "…, que complementa …"
    """

    institutions: tuple[Institution, ...]
    instruments: tuple[Instrument, ...]
    themes: tuple[tuple[str, re.Pattern[str]], ...]
    relative: re.Pattern[str]

    def mentioned(self, text: str) -> list[Institution]:
        """Return the institutions that a text names; an instrument's name does not count."""
        bare = self._without([each.pattern for each in self.instruments], text)
        return [each for each in self.institutions if each.pattern.search(bare)]

    def invoked(self, text: str) -> list[Instrument]:
        """Return the instruments that an invocation is about, its first description aside."""
        places = [hit.end() for each in self.instruments for hit in each.pattern.finditer(text)]
        if not places:
            return []
        description = self.relative.search(text, min(places))
        part = text[: description.start()] if description else text
        return [each for each in self.instruments if each.pattern.search(part)]

    def themes_of(self, text: str) -> list[str]:
        """Return the themes that a text speaks of; names in it do not count."""
        bare = self._without(
            [each.pattern for each in self.instruments]
            + [each.pattern for each in self.institutions],
            text,
        )
        return [theme for theme, pattern in self.themes if pattern.search(bare)]

    @staticmethod
    def _without(patterns: list[re.Pattern[str]], text: str) -> str:
        for pattern in patterns:
            text = pattern.sub(" ", text)
        return text


def _exact(row: Row, column: str) -> re.Pattern[str]:
    """Return a pattern that minds letter case."""
    try:
        return re.compile(row[column])
    except re.error as error:
        raise row.fail(f"{column} is no pattern ({error})", "mend the pattern") from error


def read_name_rules(data: Path, patterns: Patterns) -> NameRules:
    """Read ``institutions.tsv``, ``instruments.tsv`` and ``themes.tsv``.

    :param data: the project's data folder
    :raises InputError: where a table cannot be read, or a pattern is none
    """
    folder, examples = data / FOLDER, ("example", "counterexample")
    return NameRules(
        tuple(
            Institution(
                row["slug"],
                {"es": row["es"], "en": row["en"]},
                row["short"],
                _exact(row, "pattern"),
            )
            for row in read_tsv(
                folder / "institutions.tsv",
                ("slug", "short", "es", "en", "pattern", *examples),
            )
        ),
        tuple(
            Instrument(row["slug"], _exact(row, "pattern"))
            for row in read_tsv(folder / "instruments.tsv", ("slug", "pattern", *examples))
        ),
        tuple(
            (row["theme"], patterns.compiled(row, "pattern"))
            for row in read_tsv(folder / "themes.tsv", ("theme", "pattern", *examples))
        ),
        patterns.named("relative"),
    )
