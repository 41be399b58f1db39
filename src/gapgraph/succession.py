"""Plans that followed others, and what one closes, leaves or opens of the gaps of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gapgraph.namespaces import last_segment
from gapgraph.queries.rows import Row
from gapgraph.statuses import ADDRESSED, GAPS

__all__ = ["Succession", "followed", "succession"]


@dataclass(frozen=True)
class Succession:
    """The directives of one framework in an earlier plan and a later one, by number.

    ``closed``, ``left`` and ``untold`` are together the gaps of the earlier plan.

    :param closed: gaps of the earlier plan that the later one addresses
    :param left: gaps of both
    :param untold: gaps of the earlier plan of which the later one tells neither: it has an element
        and no more is known, does not assess them, or says that they do not apply
    :param opened: what the earlier plan addresses and is a gap of the later one
    """

    closed: tuple[str, ...]
    left: tuple[str, ...]
    untold: tuple[str, ...]
    opened: tuple[str, ...]

    @property
    def gaps(self) -> int:
        """How many gaps the earlier plan has."""
        return len(self.closed) + len(self.left) + len(self.untold)


def followed(rows: Iterable[Row]) -> set[tuple[str, str]]:
    """Return what is known to have followed the plans of analyses.

    What followed a plan is known from outside its table, where it is an instrument: it is the plan
    of the same name, once a table of it is there.

    :param rows: rows of the query ``analyses``
    :return: pairs of an analysis's IRI and the name of a plan, the last part of its IRI
    """
    return {(row["analysis"], last_segment(row["successor"])) for row in rows if row["successor"]}


def succession(
    before: Mapping[str, str], after: Mapping[str, str], order: Iterable[str]
) -> Succession:
    """Return what a plan closes of the gaps of an earlier one.

    :param before: the name of the status of each directive in the earlier plan, by its number
    :param after: that in the later one
    :param order: the numbers, in order

    >>> succession({"1": "none", "2": "partial", "3": "none", "4": "addressed"},
    ...            {"1": "addressed", "2": "none", "3": "mapped", "4": "partial"}, "1234")
    Succession(closed=('1',), left=('2',), untold=('3',), opened=('4',))
    """
    closed, left, untold, opened = list[str](), list[str](), list[str](), list[str]()
    for number in order:
        was, now = before.get(number, ""), after.get(number, "")
        if was in GAPS:
            (closed if now == ADDRESSED else left if now in GAPS else untold).append(number)
        elif was == ADDRESSED and now in GAPS:
            opened.append(number)
    return Succession(tuple(closed), tuple(left), tuple(untold), tuple(opened))
