"""Texts in several languages, and the one list of the languages that gapgraph speaks.

Every text is written in Spanish, the source language; other languages come from catalogues.  A
text that a catalogue lacks falls back to Spanish, and says so: `Text.language` is the language
that a reader really gets.  A further language is a line of ``languages.tsv`` and its catalogues.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gapgraph.tables import read_tsv

__all__ = [
    "COMPLETE",
    "LANGUAGES",
    "LANGUAGE_NAMES",
    "SOURCE",
    "Text",
    "aligned",
    "said",
    "sentence_starts",
]

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


#: Where a sentence ends: a stop, what closes after it, white space.
_END = re.compile(r"[.?!…][»”’\"')]*\s+")


def sentence_starts(text: str) -> list[int]:
    """Return where the sentences of a text begin: after a stop, where a capital letter follows.

    >>> sentence_starts("El plan calla. Sin embargo, invoca el Protocolo (art. 3).")
    [0, 15]
    """
    ends = (found.end() for found in _END.finditer(text))
    return [0, *(end for end in ends if text[end:].lstrip("«“‘\"'(¿¡")[:1].isupper())]


def aligned(text: str, translation: str, start: int, end: int) -> str:
    """Return the sentences of a translation that stand for a stretch of the text.

    :param text: the text, which has as many sentences as its translation
    :param translation: its translation
    :param start: where the stretch begins, in code points
    :param end: where it ends
    :return: whole sentences; nothing where the two have not as many

    >>> aligned("Calla. Pero invoca.", "It is silent. But it invokes.", 7, 19)
    'But it invokes.'
    """
    of_text, of_translation = sentence_starts(text), sentence_starts(translation)
    if len(of_text) != len(of_translation):
        return ""
    ends = [*of_translation[1:], len(translation)]
    stops = [*of_text[1:], len(text)]
    taken = [
        translation[first:last].strip()
        for first, last, begins, stops_at in zip(of_translation, ends, of_text, stops, strict=True)
        if begins < end and stops_at > start
    ]
    return " ".join(taken)
