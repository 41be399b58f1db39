"""Texts in several languages, and the one list of the languages that gapgraph speaks.

Every text is written in Spanish, the source language; other languages come from catalogues.  A
text that a catalogue lacks falls back to Spanish, and says so: `Text.language` is the language
that a reader really gets.  A further language is a line of ``languages.tsv`` and its catalogues.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gapgraph.tables import read_tsv

__all__ = ["COMPLETE", "LANGUAGES", "LANGUAGE_NAMES", "SOURCE", "Text", "said"]

#: The language that texts are written in.
SOURCE = "es"
#: What each language calls itself, the source language first.
_LISTED = read_tsv(Path(__file__).parent / "languages.tsv", ("language", "name", "complete"))
LANGUAGE_NAMES: Mapping[str, str] = {row["language"]: row["name"] for row in _LISTED}
#: The languages, the source language first.
LANGUAGES: tuple[str, ...] = tuple(LANGUAGE_NAMES)
#: Those that every text of the interface is there in.  The others are for who asks for them: a
#: browser's reader is better served by the next language that it names.
COMPLETE: tuple[str, ...] = tuple(row["language"] for row in _LISTED if row["complete"] == "yes")


@dataclass(frozen=True)
class Text:
    """A text and its translations.

    :param words: the text by language; the source language is always there

    >>> text = Text({"es": "Temas", "en": "Topics"})
    >>> text["en"], text["it"], text.language("it")
    ('Topics', 'Temas', 'es')
    """

    words: Mapping[str, str] = field(hash=False)

    def __getitem__(self, lang: str) -> str:
        """Return the text in a language, else in Spanish."""
        return self.words[self.language(lang)]

    def language(self, lang: str) -> str:
        """Return the language that ``text[lang]`` is in."""
        return lang if lang in self.words else SOURCE


def said(words: Mapping[str, str], lang: str) -> str:
    """Return what texts by language say in one, else in Spanish, else in any; empty for none.

    >>> said({"en": "gap", "es": "brecha"}, "it"), said({"en": "gap"}, "it"), said({}, "it")
    ('brecha', 'gap', '')
    """
    return words.get(lang) or words.get(SOURCE) or next(iter(words.values()), "")
