"""The words by which columns and values are known, in each language: ``data/intake/*.tsv``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gapgraph.tables import read_tsv
from gapgraph.told import told
from gapgraph.unicode import comparable

__all__ = ["CLASSES", "RELATIONS", "ROLES", "IntakeWords", "fold", "read_words"]

#: What a column may be.
ROLES = (
    "section",
    "directive",
    "text",
    "indicator",
    "topic",
    "element",
    "label",
    "relation",
    "degree",
    "status",
    "observation",
    "ignore",
)
#: How two things may be related, as local names of the ontology (OSCAL, NIST IR 8477).
RELATIONS = ("equal", "equivalent", "subset", "superset", "intersects")
#: What a value may say.
CLASSES = ("none", "notApplicable", "partial", "addressed", "element", *RELATIONS)


def fold(text: str) -> str:
    """Return a text without what people write differently: capitals, accents, signs at its ends.

    >>> fold(" Sin  Correspondencia. ")
    'sin correspondencia'
    >>> fold("N.º"), fold(" ? ")
    ('n.o', '?')
    """
    plain = unicodedata.normalize("NFKD", comparable(text).casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    bare = " ".join(letters.split())
    # What is nothing but such signs is those signs, and not an empty cell.
    return bare.strip(" .:;,!¡?¿()[]\"'«»“”°") or bare


@dataclass(frozen=True)
class IntakeWords:
    """The words of all languages, folded.

    :param headings: the roles of headings, by their words
    :param values: the classes of values, by their words
    :param languages: the languages of usual words, parted by spaces
    :param listed: the words of each role and class in a language, as they are written
    :param ambiguous: the roles of words that head columns of one as well as of another
    """

    headings: dict[str, str]
    values: dict[str, str]
    languages: dict[str, str]
    listed: dict[tuple[str, str], tuple[str, ...]]
    ambiguous: dict[str, tuple[str, ...]]

    def word(self, name: str, language: str) -> str:
        """Return how a language writes a role or class; else how the first does that has one.

        :param name: a role or class
        :param language: a BCP 47 tag
        """
        family = language.partition("-")[0]
        for each in (family, *self.languages):
            if (each, name) in self.listed:
                return self.listed[each, name][0]
        return name

    def heading(self, role: str, language: str) -> str:
        """Return a heading by which a column is known."""
        word = self.word(role, language)
        return word[:1].upper() + word[1:]

    def role(self, heading: str) -> str | None:
        """Return the role that a heading names: its own words first, then the longest in it."""
        words = " ".join(fold(re.sub(r"[,;:/()]", " ", heading)).split())
        if words in self.headings:
            return self.headings[words]
        found = [
            known
            for known in self.headings
            if len(known) > 3
            and known in words
            and re.search(rf"(?<!\w){re.escape(known)}(?:e?s)?(?!\w)", words)
        ]
        # What stands first in a heading names it; of two there, the longer.
        found.sort(key=lambda known: (words.find(known), -len(known)))
        return self.headings[found[0]] if found else None

    def may_be(self, heading: str) -> tuple[str, ...]:
        """Return the roles between which a heading does not decide ("Eje"); none for others."""
        words = fold(heading)
        return next(
            (
                roles
                for known, roles in self.ambiguous.items()
                if re.search(rf"(?<!\w){re.escape(known)}(?:e?s)?(?!\w)", words)
            ),
            (),
        )


def read_words(data: Path) -> IntakeWords:
    """Read the words.

    :param data: the folder ``data/``
    :raises InputError: for a row with an unknown role or class
    """
    folder = data / "intake"
    listed: dict[tuple[str, str], tuple[str, ...]] = {}
    return IntakeWords(
        headings=_words(folder / "headings.tsv", "role", ROLES, listed),
        values=_words(folder / "values.tsv", "class", CLASSES, listed),
        languages=_languages(folder / "languages.tsv"),
        listed=listed,
        ambiguous=_ambiguous(folder / "ambiguous.tsv"),
    )


def _ambiguous(file: Path) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in read_tsv(file, ("language", "words", "roles")):
        roles = tuple(row["roles"].split())
        if unknown := set(roles) - set(ROLES):
            raise row.fail(
                told("has the unknown role {unknown!r}", unknown=min(unknown)),
                told("use {these}", these=", ".join(ROLES)),
            )
        found[fold(row["words"])] = roles
    return found


def _languages(file: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in read_tsv(file, ("language", "words")):
        found[row["words"]] = f"{found.get(row['words'], '')} {row['language']}".strip()
    return found


def _words(
    file: Path, column: str, known: Iterable[str], listed: dict[tuple[str, str], tuple[str, ...]]
) -> dict[str, str]:
    """Return the role or class of each word, and list the words of each."""
    found: dict[str, str] = {}
    for row in read_tsv(file, ("language", column, "words")):
        if row[column] not in known:
            raise row.fail(
                told("has the unknown {column} {word!r}", column=column, word=row[column]),
                told("use {these}", these=", ".join(known)),
            )
        key = (row["language"], row[column])
        listed[key] = (*listed.get(key, ()), row["words"])
        if found.setdefault(fold(row["words"]), row[column]) != row[column]:
            raise row.fail(
                told("{words!r} has another {column} above", words=row["words"], column=column),
                told("keep one of the two"),
            )
    return found
