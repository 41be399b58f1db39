"""Statuses by their names: those that code must tell from others, and the colours of all.

Their order, words and meanings are the ontology's.  The colours stand in one table for every
picture, and the pages' style sheet says the same; a status that has no line there (not applicable,
not assessed) is drawn as ``unknown``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from gapgraph.tables import read_tsv

__all__ = [
    "ADDRESSED",
    "AGAINST",
    "FOR",
    "GAPS",
    "NOT_APPLICABLE",
    "NOT_ASSESSED",
    "PALETTE",
    "Colour",
    "colour_of",
]

#: The statuses of gaps, as the stored query ``gaps`` has them.
GAPS = ("none", "partial", "indeterminate")
#: The status of what is covered by words that were read, or by the table's own.
ADDRESSED = "addressed"
#: The kinds of statements that speak against coverage, and for it.
AGAINST, FOR = frozenset({"Omission", "Doubt"}), frozenset({"Provision", "Invocation"})
#: The status that only a directive has, and the one of what does not apply: neither is a judgement.
NOT_ASSESSED, NOT_APPLICABLE = "notAssessed", "notApplicable"


class Colour(NamedTuple):
    """A colour and that of words on it, as ``#rrggbb``: on paper, and on a dark page.

    :param colour: the colour
    :param on: that of words on it
    :param dark: the colour on a dark page
    :param on_dark: that of words on it there
    """

    colour: str
    on: str
    dark: str
    on_dark: str


#: The colours by the name of a status.
PALETTE: Mapping[str, Colour] = {
    row["status"]: Colour(row["colour"], row["on"], row["dark"], row["onDark"])
    for row in read_tsv(
        Path(__file__).parent / "statuses.tsv", ("status", "colour", "on", "dark", "onDark")
    )
}


def colour_of(status: str) -> Colour:
    """Return the colours of a status, by its name.

    >>> colour_of("none").colour, colour_of("notAssessed") == colour_of("unknown")
    ('#b23f2a', True)
    """
    return PALETTE.get(status, PALETTE["unknown"])
