"""The words of a text: their stems, and where they stand; synonyms of a label's words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import snowballstemmer

from gapgraph.errors import InputError
from gapgraph.reading.packs import Pack
from gapgraph.reading.patterns import Patterns
from gapgraph.told import told

__all__ = ["Found", "Lexicon", "plain_word", "read_lexicon"]

_WORD = re.compile(r"\w+")

#: A stem is never shorter than this.
_SHORTEST = 4


def plain_word(word: str) -> str:
    """Return a word in lower case without accents; ``ñ`` stays a letter of its own."""
    letters = unicodedata.normalize("NFD", word.casefold().replace("ñ", "\0"))
    return "".join(c for c in letters if not unicodedata.combining(c)).replace("\0", "ñ")


@dataclass(frozen=True)
class Found:
    """How much of a label a text speaks of.

    :param share: the share of the label's words that were found, 0 to 1
    :param places: the offsets in the text of the words that were found
    """

    share: float
    places: frozenset[int]


@dataclass(frozen=True)
class _Synonym:
    """Words of a label, and words of a text that speak of the same."""

    label: re.Pattern[str]
    text: re.Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    """The word lists: endings, words that say nothing of a subject, and synonyms.

    :param stem: returns a word without its ending
    """

    stem: Callable[[str], str]
    stopwords: frozenset[str]
    synonyms: tuple[_Synonym, ...]
    means: re.Pattern[str]

    def stems(self, text: str) -> list[tuple[str, int]]:
        """Return the stems of a text's words, each with its offset; stop words are left out."""
        return [
            (self.stem(match[0]), match.start())
            for match in _WORD.finditer(text)
            if plain_word(match[0]) not in self.stopwords
        ]

    def head(self, text: str) -> str:
        """Return what stands before the means or the list of a statement."""
        match = self.means.search(text)
        return text[: match.start()] if match else text

    def look(self, label: str, text: str) -> Found:
        """Look for a label's words, or their synonyms, in a text.

        :return: the share found and the offsets of the words that speak of the label
        """
        wanted = self.stems(label)
        if not wanted:
            return Found(0.0, frozenset())
        places: dict[int, set[int]] = {offset: set() for _, offset in wanted}
        for stem, place in self.stems(text):
            for other, offset in wanted:
                if stem == other:
                    places[offset].add(place)
        for synonym in self.synonyms:
            for match in synonym.label.finditer(label):
                spoken = {
                    place + hit.start()
                    for hit in synonym.text.finditer(text)
                    for _, place in self.stems(hit[0])
                }
                for offset in places:
                    if match.start() <= offset < match.end():
                        places[offset] |= spoken
        share = sum(bool(found) for found in places.values()) / len(places)
        return Found(share, frozenset().union(*places.values()))


def _by_suffixes(suffixes: Iterable[str]) -> Callable[[str], str]:
    """Return what takes off a word's ending: that of the longest suffix known."""
    longest = sorted(set(map(plain_word, suffixes)), key=lambda each: (-len(each), each))

    def stem(word: str) -> str:
        plain = plain_word(word)
        for suffix in longest:
            if plain.endswith(suffix) and len(plain) - len(suffix) >= _SHORTEST:
                return plain.removesuffix(suffix)
        return plain

    return stem


def _by_algorithm(name: str, file: Path) -> Callable[[str], str]:
    """Return the stemmer of a name; see https://snowballstem.org/algorithms/.

    :param file: the table that names it
    :raises InputError: where there is no such stemmer
    """
    if name not in snowballstemmer.algorithms():
        raise InputError(
            told("names no stemmer ({name!r})", name=name),
            todo=told(
                "use one of {these}",
                these=", ".join(snowballstemmer.algorithms()),
            ),
            file=file,
        )
    stemmer = snowballstemmer.stemmer(name)
    # The algorithms look at accents, so these are taken off last.
    return cache(lambda word: plain_word(stemmer.stemWord(word.casefold())))


def read_lexicon(pack: Pack, patterns: Patterns) -> Lexicon:
    """Read ``stopwords.tsv``, ``synonyms.tsv`` and, where there is one, ``suffixes.tsv``.

    Without one, ``terms.tsv`` names the stemmer that takes off the endings of words.

    :param pack: the tables of a language
    :raises InputError: where a table cannot be read, or a pattern is none
    """
    columns = ("suffix", "example", "same")
    stem = (
        _by_suffixes(row["suffix"] for row in pack.rows("suffixes.tsv", columns))
        if pack.has("suffixes.tsv")
        else _by_algorithm(patterns.pieces.get("stemmer", ""), patterns.file)
    )
    synonyms = [
        _Synonym(patterns.compiled(row, "label"), patterns.compiled(row, "text"))
        for row in pack.rows(
            "synonyms.tsv",
            ("id", "label", "text", "label_example", "example", "counterexample"),
        )
    ]
    return Lexicon(
        stem,
        frozenset(plain_word(row["word"]) for row in pack.rows("stopwords.tsv", ("word", "note"))),
        tuple(synonyms),
        patterns.named("means"),
    )
