"""Full-text search over the texts of the dataset, by Spanish word stems.

The only module that imports ``tantivy``.  Each text is indexed twice: stemmed with its accents,
as the Spanish stemmer needs them, and stemmed without, so that a word typed without accents is
found too.  The index is made in memory from the rows of a stored query.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy

from gapgraph.tables import read_tsv
from gapgraph.unicode import INVISIBLE, comparable

__all__ = ["HOWS", "FullText", "Hit", "Words"]

#: How texts hold the words that are looked for, the nearest first: as they are, or what is meant by
#: them; nearly, as with a slip of a letter; any of them.
HOWS = ("all", "near", "any")

#: The two forms of a text: accents kept for the stemmer, and accents away before it.
_FORMS = {"accented": ("lower", "stem", "fold"), "plain": ("lower", "fold", "stem")}
_WORD = re.compile(r"[^\W_]+")
#: A word as it may be written: with accents apart from their letters and with invisible signs.
_WRITTEN = re.compile(rf"[^\W_](?:[^\W_]|[\u0300-\u036f{INVISIBLE}])*")
# Typed without its accent, such an ending is no ending to the stemmer (violacion, expresion).
_UNACCENTED = re.compile(r"([cgsx])ion\b", re.IGNORECASE)
#: More words than anybody types; the rest is left out.
_MOST_WORDS = 32
#: A stem of so many letters may differ in one; in a shorter one that is another word.
_LONG = 5

#: The stems of each word, in each of the forms.
_Phrase = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Hit:
    """A text that was found.

    :param place: its place among the texts indexed
    :param score: how well it fits; higher is better
    :param spans: the words to mark, as offsets in code points
    """

    place: int
    score: float
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Words:
    """What readers say, and what the texts call it; a reviewed table.

    :param meant: words as readers say them, each with words of the texts
    :param empty: words that say nothing of what is looked for
    """

    meant: tuple[tuple[str, str], ...] = ()
    empty: frozenset[str] = frozenset()

    @classmethod
    def read(cls, path: Path) -> Words:
        """Read the table: language, what is said, what is meant; nothing for an empty word.

        The language is for those who review the table: readers mix theirs with the table's.

        :raises InputError: for a file that is none
        """
        rows = read_tsv(path, ("language", "said", "meant"))
        return cls(
            tuple((row["said"], row["meant"]) for row in rows if row["meant"]),
            frozenset(comparable(row["said"]).casefold() for row in rows if not row["meant"]),
        )


def _analyzer(steps: Sequence[str]) -> tantivy.TextAnalyzer:
    """Return what turns a text into stems."""
    filters = {
        "lower": tantivy.Filter.lowercase(),
        "fold": tantivy.Filter.ascii_fold(),
        "stem": tantivy.Filter.stemmer("spanish"),
    }
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in steps:
        builder = builder.filter(filters[step])
    return builder.build()


class FullText:
    """An index of texts.

    :param texts: the texts, found again by their place
    :param words: what readers say, and what is meant
    """

    def __init__(self, texts: Iterable[str], words: Words | None = None) -> None:
        self._texts = tuple(texts)
        self._words = words or Words()
        self._analyzers = {name: _analyzer(steps) for name, steps in _FORMS.items()}
        self._meant: defaultdict[tuple[str, ...], list[_Phrase]] = defaultdict(list)
        for said, meant in self._words.meant:
            key = tuple(stem[-1] for stem in self._phrase(said))
            self._meant[key].append(self._phrase(meant))
        self._longest = max(map(len, self._meant), default=0)
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("place", stored=True, indexed=True)
        for name in _FORMS:
            builder.add_text_field(name, stored=False, tokenizer_name=name)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        for name, analyzer in self._analyzers.items():
            self._index.register_tokenizer(name, analyzer)
        writer = self._index.writer(heap_size=15_000_000, num_threads=1)
        for place, text in enumerate(self._texts):
            forms = dict.fromkeys(_FORMS, comparable(text))
            writer.add_document(tantivy.Document(place=place, **forms))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def find(self, words: str, how: str = "all") -> list[Hit]:
        """Return the texts that hold words, best first; equal ones in the texts' order.

        :param words: what a reader typed: words only, nothing in it is syntax
        :param how: one of `HOWS`
        """
        typed = self._phrase(words)
        groups = self._groups(typed)
        if not groups:
            return []
        near = how != "all"
        occur = tantivy.Occur.Should if how == "any" else tantivy.Occur.Must
        query = tantivy.Query.boolean_query(
            [(occur, self._one_of(group, near=near)) for group in groups]
        )
        searcher = self._index.searcher()
        found = searcher.search(query, limit=len(self._texts) or 1)
        marked = [stems for group in groups for phrase in group for stems in phrase]
        hits = []
        for score, address in found.hits:
            place = int(searcher.doc(address)["place"][0])
            hits.append(Hit(place, float(score), self._spans(self._texts[place], marked)))
        return sorted(hits, key=lambda hit: (-round(hit.score, 4), hit.place))

    def nearest(self, words: str) -> tuple[str, list[Hit]]:
        """Return the texts that hold words in the nearest way that any does, and that way.

        :param words: what a reader typed
        :return: one of `HOWS`, and the texts; an empty way where none holds any
        """
        for how in HOWS:
            if hits := self.find(words, how):
                return how, hits
        return "", []

    def _phrase(self, words: str) -> _Phrase:
        """Return the stems of the words of a phrase; those that say nothing are left out."""
        typed = _UNACCENTED.sub(r"\1ión", " ".join(_WORD.findall(comparable(words))[:_MOST_WORDS]))
        listed = _WORD.findall(typed)
        telling = [word for word in listed if word.casefold() not in self._words.empty]
        return tuple(stems for word in telling or listed if all(stems := self._stems(word)))

    def _groups(self, typed: _Phrase) -> list[list[_Phrase]]:
        """Return what is looked for: each word, or longest phrase that has a meaning, with those.

        :return: for each, the phrases that will do
        """
        groups, at = [], 0
        while at < len(typed):
            for length in range(min(self._longest, len(typed) - at), 0, -1):
                part = typed[at : at + length]
                meant = self._meant.get(tuple(stem[-1] for stem in part))
                if meant:
                    break
            else:
                part, meant = typed[at : at + 1], None
            groups.append([part, *(meant or ())])
            at += len(part)
        return groups

    def _one_of(self, phrases: Sequence[_Phrase], *, near: bool) -> tantivy.Query:
        """Return a query for texts that hold all the words of one of some phrases."""
        return tantivy.Query.boolean_query(
            [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.boolean_query(
                        [
                            (tantivy.Occur.Must, self._either(stems, near=near and not place))
                            for stems in phrase
                        ]
                    ),
                )
                for place, phrase in enumerate(phrases)
                if phrase
            ]
        )

    def _stems(self, word: str) -> tuple[str, ...]:
        """Return a word's stem in each form; an empty one where it has none."""
        return tuple("".join(analyzer.analyze(word)[:1]) for analyzer in self._analyzers.values())

    def _either(self, stems: tuple[str, ...], *, near: bool) -> tantivy.Query:
        """Return a query for a word in either form.

        :param near: whether a longer word will do that differs in a letter
        """
        fields = list(zip(_FORMS, stems, strict=True))
        wanted = [tantivy.Query.term_query(self._schema, name, stem) for name, stem in fields]
        if near:
            wanted += [
                tantivy.Query.fuzzy_term_query(self._schema, name, stem, distance=1)
                for name, stem in fields
                if len(stem) >= _LONG
            ]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, each) for each in wanted])

    def _spans(self, text: str, wanted: Sequence[tuple[str, ...]]) -> tuple[tuple[int, int], ...]:
        """Return where the words stand that were looked for."""
        return tuple(
            (match.start(), match.end())
            for match in _WRITTEN.finditer(text)
            if any(
                own == stem
                for stems in wanted
                for own, stem in zip(self._stems(comparable(match[0])), stems, strict=True)
            )
        )
