"""Subjects found by the words of people: for pages and for assistants.

What a subject is called counts before what is said of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gapgraph.web.fulltext import HOWS, FullText, Words

__all__ = ["Subjects"]


class Subjects:
    """An index of subjects.

    :param named: for each, what it is called, in every language it has a name in
    :param told: for each, what is said of it
    :param words: what readers say, and what is meant
    """

    def __init__(self, named: Iterable[str], told: Sequence[str], words: Words) -> None:
        self._named = FullText(named, words)
        self._told = FullText(told, words)

    def find(self, words: str) -> tuple[str, list[int]]:
        """Return the subjects that words lead to, the best first, by their place.

        :param words: what a reader typed
        :return: how the words are held, as in `HOWS`, and the places; an empty way where none is
        """
        for how in HOWS:
            hits = [*self._named.find(words, how), *self._told.find(words, how)]
            if hits:
                return how, list(dict.fromkeys(hit.place for hit in hits))
        return "", []
