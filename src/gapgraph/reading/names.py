"""Names in a text: institutions, instruments, parts of a plan, and the themes it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gapgraph.namespaces import slug
from gapgraph.reading.packs import FOLDER, Pack
from gapgraph.reading.patterns import Patterns
from gapgraph.tables import Row, read_tsv
from gapgraph.told import told

__all__ = ["ALL", "Institution", "Instrument", "Known", "NameRules", "read_name_rules"]

#: The columns of an analysis's own table of institutions.
INSTITUTION_COLUMNS = ("slug", "label", "short", "note")


@dataclass(frozen=True)
class Institution:
    """An institution and how texts name it.

    :param slug: its IRI's end, after ``…/id/institution/``
    :param labels: its name by language, its own language first
    :param short: its abbreviation or short name, in its own language, or nothing
    """

    slug: str
    labels: dict[str, str]
    short: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Instrument:
    """An instrument and how texts name it.

    :param literal: its name, where only the analysis's own table of instruments knows it
    :param language: the language of that name
    """

    slug: str
    pattern: re.Pattern[str]
    literal: str = ""
    language: str = ""


@dataclass(frozen=True)
class Known:
    """What an analysis knows of names: its State's, those of all, and its own tables.

    :param state: code of the State, such as ``PER``; without one, the names of all States
    :param language: the language of the names in its own tables
    :param institutions: its table of institutions, if it has one
    :param instruments: its table of instruments, if it has one
    """

    state: str = ""
    language: str = "es"
    institutions: Path | None = None
    instruments: Path | None = None

    def holds(self, jurisdiction: str) -> bool:
        """Tell whether a name of a jurisdiction, or of all (``*``), is known."""
        return not self.state or jurisdiction in {"*", self.state.upper()}


#: The names of all States.
ALL = Known()


@dataclass(frozen=True)
class Locus:
    """A place in a plan, and how a statement says that it speaks of it.

    :param name: local name of its concept
    :param not_after: what may not stand before the words: there they are not what is spoken of
    """

    name: str
    pattern: re.Pattern[str]
    not_after: re.Pattern[str] | None

    def is_spoken_of(self, text: str) -> bool:
        """Tell whether a text speaks of the place."""
        hit = self.pattern.search(text)
        return hit is not None and not (
            self.not_after and self.not_after.search(text[: hit.start()])
        )


@dataclass(frozen=True)
class NameRules:
    """The reviewed names; those of institutions and instruments mind their capital letters.

    :param themes: local names of the ontology's themes, with the words that speak of them
    :param relative: where a name's description begins: "…, que complementa …"
    """

    institutions: tuple[Institution, ...]
    instruments: tuple[Instrument, ...]
    themes: tuple[tuple[str, re.Pattern[str]], ...]
    loci: tuple[Locus, ...]
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

    def named(self, text: str) -> list[Instrument]:
        """Return the instruments that a text names, wherever it does."""
        return [each for each in self.instruments if each.pattern.search(text)]

    def loci_of(self, text: str) -> list[str]:
        """Return the places in the plan that a text says it speaks of."""
        return [each.name for each in self.loci if each.is_spoken_of(text)]

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
        raise row.fail(
            told("{column} is no pattern ({error})", column=column, error=error),
            told("mend the pattern"),
        ) from error


def _words(names: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of some names as whole words, the longest first."""
    longest = sorted({name for name in names if name}, key=lambda each: (-len(each), each))
    return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in longest))


def _own_institutions(known: Known) -> Iterator[Institution]:
    """Yield the institutions of an analysis's own table; their IRIs have the State's code."""
    if known.institutions is None:
        return
    for row in read_tsv(known.institutions, INSTITUTION_COLUMNS):
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["slug"]) or not row["label"]:
            raise row.fail(told("has no slug or no label"), told("write both"))
        yield Institution(
            f"{slug(known.state)}/{row['slug']}",
            {known.language: row["label"]},
            row["short"],
            _words((row["label"], row["short"])),
        )


def _own_instruments(known: Known, others: Iterable[Instrument]) -> Iterator[Instrument]:
    """Yield the instruments of an analysis's own table that are not known anyway."""
    if known.instruments is None:
        return
    names: dict[str, list[str]] = {}
    for row in read_tsv(known.instruments, ("slug", "literal", "note")):
        names.setdefault(row["slug"], []).append(" ".join(row["literal"].split()))
    for name in names.keys() - {each.slug for each in others}:
        yield Instrument(name, _words(names[name]), names[name][0], known.language)


def read_name_rules(data: Path, pack: Pack, patterns: Patterns, known: Known = ALL) -> NameRules:
    """Read institutions, instruments, themes and loci of all, and an analysis's own names.

    The tables are ``institutions.tsv``, ``instruments.tsv``, ``themes.tsv`` and ``loci.tsv``.

    :param data: the project's data folder, for the names of States
    :param pack: the tables of a language
    :param known: which States' names count, and the analysis's own tables
    :raises InputError: where a table cannot be read, or a pattern is none
    """
    folder, examples = data / FOLDER, ("example", "counterexample")
    instruments = [
        Instrument(row["slug"], _exact(row, "pattern"))
        for row in read_tsv(
            folder / "instruments.tsv", ("slug", "jurisdiction", "pattern", *examples)
        )
        if known.holds(row["jurisdiction"])
    ]
    institutions = [
        Institution(
            row["slug"],
            {"es": row["es"], "en": row["en"]},
            row["short"],
            _exact(row, "pattern"),
        )
        for row in read_tsv(
            folder / "institutions.tsv",
            ("slug", "jurisdiction", "short", "es", "en", "pattern", *examples),
        )
        if known.holds(row["jurisdiction"])
    ]
    return NameRules(
        (*institutions, *_own_institutions(known)),
        (*instruments, *sorted(_own_instruments(known, instruments), key=lambda each: each.slug)),
        tuple(
            (row["theme"], patterns.compiled(row, "pattern"))
            for row in pack.rows("themes.tsv", ("theme", "pattern", *examples))
        ),
        tuple(
            Locus(
                row["locus"],
                patterns.compiled(row, "pattern"),
                patterns.compiled(row, "not_after") if row["not_after"] else None,
            )
            for row in pack.rows("loci.tsv", ("locus", "pattern", "not_after", *examples))
        ),
        patterns.named("relative"),
    )
