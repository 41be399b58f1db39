r"""Columns that hold several values: put in order here, because no engine owes an order.

``GROUP_CONCAT`` may join its values in any order (SPARQL 1.1, section 18.5.1.7), and that of a
sub-select is not kept.  So a query joins them with line ends, each value after the key to sort it
by and a tab, as in ``CONCAT(STR(?position), "\t", ?text)``; a value without key is its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gapgraph.queries.fields import LISTS, Column
from gapgraph.queries.result import Row

__all__ = ["SEPARATOR", "joined", "ordered", "separators"]

#: What stands between the values that a query joins.
SEPARATOR = "\n"
_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*", re.ASCII)


def separators(columns: Sequence[Column]) -> dict[str, str]:
    """Return what joins the values of each column that holds several."""
    return {column.name: LISTS[column.list] for column in columns if column.list}


def ordered(columns: Sequence[Column], rows: Sequence[Row]) -> Sequence[Row]:
    """Return rows whose lists are in order, joined as their columns have it."""
    named = separators(columns)
    if not named:
        return rows
    between = {
        index: named[column.name] for index, column in enumerate(columns) if column.name in named
    }
    return [
        tuple(
            term._replace(value=joined(term.value, between[index]))
            if term is not None and index in between
            else term
            for index, term in enumerate(row)
        )
        for row in rows
    ]


def joined(text: str, separator: str) -> str:
    r"""Return the values of a list in order, without their keys.

    >>> joined("2.1\tb\n10\tc\n2\ta", ", ")
    'a, b, c'
    """
    values = []
    for line in text.split(SEPARATOR):
        key, tab, value = line.partition("\t")
        values.append((_rank(key), value if tab else key))
    return separator.join(value for _, value in sorted(values))


def _rank(key: str) -> tuple[int, tuple[int, ...], str]:
    """Return what a key is sorted by: numbers, with points or not, come before words."""
    if _NUMBERS.fullmatch(key):
        return 0, tuple(int(each) for each in key.split(".")), ""
    return 1, (), key
