"""What a plan closes of the gaps of one that it is set beside, and what it leaves or opens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gapgraph.statuses import GAPS

__all__ = ["Succession", "succession"]

#: The status of what is covered by words that were read, or by the table's own.
_ADDRESSED = "addressed"


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
            (closed if now == _ADDRESSED else left if now in GAPS else untold).append(number)
        elif was == _ADDRESSED and now in GAPS:
            opened.append(number)
    return Succession(tuple(closed), tuple(left), tuple(untold), tuple(opened))
