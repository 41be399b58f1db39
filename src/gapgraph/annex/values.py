"""What a value in a topic's cell says, by the table's own words: nothing, a status, a part.

A word that nobody classified says nothing that is known: it is no part of the plan, and the
table is refused until ``analysis.toml`` says what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gapgraph.namespaces import slug
from gapgraph.told import joined, told

__all__ = ["RELATIONS", "STATUSES", "VALUE_CLASSES", "Unknown", "Vocabulary", "unknown_values"]

#: Statuses that a table may give in words of its own, as local names of the ontology.
STATUSES = ("notApplicable", "partial", "addressed")
#: Relations between what is asked and what the plan has, as local names of the ontology.
RELATIONS = ("equal", "equivalent", "subset", "superset", "intersects")
#: What a value may be classified as: nothing there, a status, a part of the plan, a relation.
VALUE_CLASSES = ("none", *STATUSES, "element", *RELATIONS)

#: How many unknown values a message lists.
_LISTED = 20


def _key(word: str) -> str:
    """Return what two ways to write a word have in common: spaces and a full stop aside."""
    return " ".join(word.split()).removesuffix(".")


class Vocabulary:
    """The words of a table that name no numbered category.

    :param words: the words of each class, as they stand in the table
    :raises ValueError: for a word under two classes
    """

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        self.words = {name: tuple(each) for name, each in words.items()}
        self._classes: dict[str, str] = {}
        for name, listed in self.words.items():
            for word in listed:
                before = self._classes.setdefault(_key(word), name)
                if before != name:
                    raise ValueError(
                        told(
                            "has {word!r} under {before} and under {name}",
                            word=word,
                            before=before,
                            name=name,
                        )
                    )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.words == other.words

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.words.items())))

    def class_of(self, literal: str) -> str:
        """Return the class of a value, or nothing where nobody classified it."""
        return self._classes.get(_key(literal), "")

    def near(self, literal: str) -> str:
        """Return the word that a value is nearly: only case, accents or marks differ."""
        wanted = slug(literal)
        words = (word for listed in self.words.values() for word in listed)
        return next((word for word in words if wanted and slug(word) == wanted), "")


@dataclass(frozen=True)
class Unknown:
    """A value that nobody classified, and the line it stands on."""

    literal: str
    line: int


def unknown_values(found: Iterable[Unknown]) -> str:
    """Say which values are unknown, how often each stands there and where first.

    >>> print(unknown_values([Unknown("Débil", 4), Unknown("Débil", 9), Unknown("n/a", 5)]))
    'Débil' (2 times, first on line 4), 'n/a' (line 5)
    """
    lines: dict[str, list[int]] = {}
    for each in found:
        lines.setdefault(each.literal, []).append(each.line)
    listed = [
        told(
            "{literal!r} ({count} times, first on line {line})",
            literal=literal[:60],
            count=len(at),
            line=at[0],
        )
        if len(at) > 1
        else told("{literal!r} (line {line})", literal=literal[:60], line=at[0])
        for literal, at in lines.items()
    ]
    left = len(listed) - _LISTED
    more = [told("and {count} more", count=left)] if left > 0 else []
    return joined(", ", [*listed[:_LISTED], *more])
