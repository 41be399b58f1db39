"""Full-text search over the texts of the dataset, by Spanish word stems.

The only module that imports ``tantivy``.  Each text is indexed twice: stemmed with its accents,
as the Spanish stemmer needs them, and stemmed without, so that a word typed without accents is
found too.  The index is made in memory from the rows of a stored query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import tantivy

from gapgraph.unicode import INVISIBLE, comparable

__all__ = ["FullText", "Hit"]

#: The two forms of a text: accents kept for the stemmer, and accents away before it.
_FORMS = {"accented": ("lower", "stem", "fold"), "plain": ("lower", "fold", "stem")}
_WORD = re.compile(r"[^\W_]+")
#: A word as it may be written: with accents apart from their letters and with invisible signs.
_WRITTEN = re.compile(rf"[^\W_](?:[^\W_]|[\u0300-\u036f{INVISIBLE}])*")
# Typed without its accent, such an ending is no ending to the stemmer (violacion, expresion).
_UNACCENTED = re.compile(r"([cgsx])ion\b", re.IGNORECASE)
#: More words than anybody types; the rest is left out.
_MOST_WORDS = 32


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
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = tuple(texts)
        self._analyzers = {name: _analyzer(steps) for name, steps in _FORMS.items()}
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

    def find(self, words: str) -> list[Hit]:
        """Return the texts that hold all words, best first; equal ones in the texts' order.

        :param words: what a reader typed: words only, nothing in it is syntax
        """
        typed = _UNACCENTED.sub(r"\1ión", " ".join(_WORD.findall(comparable(words))[:_MOST_WORDS]))
        wanted = [stems for word in _WORD.findall(typed) if all(stems := self._stems(word))]
        if not wanted:
            return []
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, self._either(stems)) for stems in wanted]
        )
        searcher = self._index.searcher()
        found = searcher.search(query, limit=len(self._texts) or 1)
        hits = []
        for score, address in found.hits:
            place = int(searcher.doc(address)["place"][0])
            hits.append(Hit(place, float(score), self._spans(self._texts[place], wanted)))
        return sorted(hits, key=lambda hit: (-round(hit.score, 4), hit.place))

    def _stems(self, word: str) -> tuple[str, ...]:
        """Return a word's stem in each form; an empty one where it has none."""
        return tuple("".join(analyzer.analyze(word)[:1]) for analyzer in self._analyzers.values())

    def _either(self, stems: tuple[str, ...]) -> tantivy.Query:
        """Return a query for a word in either form."""
        return tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, name, stem))
                for name, stem in zip(_FORMS, stems, strict=True)
            ]
        )

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
