"""Words without which a pattern cannot match: asked first, for a pattern costs more than they do.

Of ``{theplan}{adverb}(?:omits|skips)`` it is known, without compiling it, that "omits" or "skips"
stands wherever it matches.
"""

from __future__ import annotations

from collections.abc import Mapping

from gapgraph.told import told

__all__ = ["Needles", "needles", "plain"]

#: Words of which one stands in every match; nothing where none is known.
Needles = frozenset[str] | None

#: Letters that a pattern takes for others where letter case does not count.
_ALIKE = str.maketrans({"ı": "i", "İ": "i", "ſ": "s"})


def plain(text: str) -> str:
    """Return a text as needles are looked for in it."""
    return text.translate(_ALIKE).lower()


def needles(pattern: str, pieces: Mapping[str, Needles]) -> Needles:
    """Return the needles of a pattern.

    :param pattern: a pattern with its pieces as ``{name}``
    :param pieces: the needles of each piece
    :raises ValueError: for brackets that do not close, or were never opened
    """
    reader = _Reader(pattern, pieces)
    found = reader.alternatives()
    if reader.place < len(pattern):
        raise ValueError(told("a bracket closes that was never opened"))
    return found


def _better(one: Needles, other: Needles) -> Needles:
    """Return which of two says more: that whose shortest word is longer, or which has fewer."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other, key=lambda words: (min(map(len, words)), -len(words)))


class _Reader:
    """Reads a pattern from left to right; what it does not know needs nothing."""

    def __init__(self, pattern: str, pieces: Mapping[str, Needles]) -> None:
        self.pattern, self.pieces, self.place = pattern, pieces, 0

    def alternatives(self) -> Needles:
        """Read up to a closing bracket or the end."""
        found: set[str] = set()
        known = True
        while True:
            branch = self._branch()
            known = known and branch is not None
            found |= branch or set()
            if self.pattern[self.place : self.place + 1] != "|":
                return frozenset(found) if known else None
            self.place += 1

    def _branch(self) -> Needles:
        best: Needles = None
        run = ""
        while self.place < len(self.pattern) and self.pattern[self.place] not in "|)":
            letter, inner = self._atom()
            least, repeated = self._repeats()
            if letter and least:
                run += letter
            if not letter or repeated:
                best = _better(best, frozenset({run}) if run else None)
                run = ""
            if inner and least:
                best = _better(best, inner)
        return _better(best, frozenset({run}) if run else None)

    def _atom(self) -> tuple[str, Needles]:
        """Read one atom: a letter, or what may need something."""
        sign = self.pattern[self.place]
        if sign == "(":
            return "", self._group()
        if sign == "{":
            end = self.pattern.index("}", self.place)
            name = self.pattern[self.place + 1 : end]
            self.place = end + 1
            return "", self.pieces.get(name)
        if sign == "[":
            self._set()
            return "", None
        if sign == "\\":
            self.place += 4 if self.pattern.startswith("\\x", self.place) else 2
            return "", None
        self.place += 1
        return (plain(sign), None) if sign.isalnum() else ("", None)

    def _set(self) -> None:
        """Pass over a set of letters."""
        self.place += 2 if self.pattern.startswith("[^", self.place) else 1
        self.place += self.pattern.startswith("]", self.place)
        while not self.pattern.startswith("]", self.place):
            if self.place >= len(self.pattern):
                raise ValueError(told("a bracket does not close"))
            self.place += 2 if self.pattern[self.place] == "\\" else 1
        self.place += 1

    def _group(self) -> Needles:
        """Read a group; what must not stand there, or stands before, needs nothing."""
        opening = next(
            (
                each
                for each in ("(?:", "(?=", "(?!", "(?<=", "(?<!", "(?-i:", "(?i:")
                if self.pattern.startswith(each, self.place)
            ),
            "(",
        )
        if self.pattern.startswith("(?P<", self.place):
            opening = self.pattern[self.place : self.pattern.index(">", self.place) + 1]
        self.place += len(opening)
        found = self.alternatives()
        if self.pattern[self.place : self.place + 1] != ")":
            raise ValueError(told("a bracket does not close"))
        self.place += 1
        return None if opening in {"(?!", "(?<=", "(?<!"} else found

    def _repeats(self) -> tuple[bool, bool]:
        """Read how often an atom comes: whether at least once, and whether that is told."""
        rest = self.pattern[self.place : self.place + 2]
        if rest[:1] in {"?", "*", "+"}:
            self.place += 1
            least = rest[0] == "+"
        elif rest[:1] == "{" and rest[1:].isdigit():
            end = self.pattern.index("}", self.place)
            least = self.pattern[self.place + 1 : end].partition(",")[0] != "0"
            self.place = end + 1
        else:
            return True, False
        self.place += self.pattern[self.place : self.place + 1] == "?"
        return least, True
