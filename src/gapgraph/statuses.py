"""Statuses by their names: those that code must tell from others, and the colours of all.

Their order, words and meanings are the ontology's.  Colours and signs stand in one table for every
picture, and the pages' style sheet says the same; a status that has no line there (not assessed) is
drawn as ``unknown``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from gapgraph.tables import read_tsv

__all__ = [
    "ADDRESSED",
    "AGAINST",
    "AGREEMENT",
    "FOR",
    "GAPS",
    "NOT_APPLICABLE",
    "NOT_ASSESSED",
    "OF_TOPICS",
    "PALETTE",
    "SIGNS",
    "UNREAD",
    "Colour",
    "colour_of",
    "sign_of",
]

#: The statuses of gaps, as the stored query ``gaps`` has them.
GAPS = ("none", "partial", "indeterminate")
#: The status of what is covered by words that were read, or by the table's own.
ADDRESSED = "addressed"
#: The kinds of statements that speak against coverage, and for it.
AGAINST, FOR = frozenset({"Omission", "Doubt"}), frozenset({"Provision", "Invocation"})
#: The kind of what nobody read.
UNREAD = "UnreadStatement"
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


_UNKNOWN = "unknown"
_ROWS = tuple(
    read_tsv(
        Path(__file__).parent / "statuses.tsv",
        ("status", "colour", "on", "dark", "onDark", "sign", "mapping", "noMapping"),
    )
)
#: The colours by the name of a status.
PALETTE: Mapping[str, Colour] = {
    row["status"]: Colour(row["colour"], row["on"], row["dark"], row["onDark"]) for row in _ROWS
}
#: The signs by the name of a status, as `gapgraph.report.signs` reads them.
SIGNS: Mapping[str, str] = {row["status"]: row["sign"] for row in _ROWS}
#: The statuses that a topic may have: what a table, a rule or a person may give it.
OF_TOPICS = tuple(name for name in PALETTE if name != _UNKNOWN)
#: How far who gives a topic a status agrees that it has the element that a mapping names, and that
#: nothing was found, where a mapping says so: 1 agrees, -1 does not, 0 does not know (SSSOM 1.1).
AGREEMENT: Mapping[str, tuple[int, int]] = {
    row["status"]: (int(row["mapping"]), int(row["noMapping"]))
    for row in _ROWS
    if row["status"] != _UNKNOWN
}


def colour_of(status: str) -> Colour:
    """Return the colours of a status, by its name.

    >>> colour_of("none").colour, colour_of("notAssessed") == colour_of("unknown")
    ('#b23f2a', True)
    """
    return PALETTE.get(status, PALETTE[_UNKNOWN])


def sign_of(status: str) -> str:
    """Return the sign of a status, by its name.

    >>> sign_of("addressed"), sign_of("notAssessed") == sign_of("unknown")
    ('disc 6.5', True)
    """
    return SIGNS.get(status, SIGNS[_UNKNOWN])
