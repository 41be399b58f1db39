"""How far two people agree who read the same texts: Cohen's kappa, and what is in dispute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gapgraph.errors import UsageError
from gapgraph.review.table import DECIDED, Decision
from gapgraph.told import told
from gapgraph.unicode import comparable

__all__ = ["Agreement", "Dispute", "agreement", "kappa"]


@dataclass(frozen=True)
class Dispute:
    """A thing of which two people decided differently."""

    field: str
    first: Decision
    second: Decision


@dataclass(frozen=True)
class Agreement:
    """How far two people agree on one column.

    :param kappa: Cohen's kappa; nothing where both always decided the same one thing
    :param same: of how many things they decided the same
    :param both: how many things both decided
    """

    field: str
    kappa: float | None
    same: int
    both: int


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Return Cohen's kappa of pairs of decisions; nothing where chance alone agrees always.

    >>> kappa([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")])
    0.5
    >>> kappa([("a", "a")]) is None
    True
    """
    if not pairs:
        return None
    total = len(pairs)
    first, second = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    by_chance = Fraction(sum(first[each] * second[each] for each in first), total * total)
    agreed = Fraction(sum(one == other for one, other in pairs), total)
    if by_chance == 1:
        return None
    return float((agreed - by_chance) / (1 - by_chance))


def agreement(
    decisions: Iterable[Decision], analysis: str = ""
) -> tuple[tuple[str, str], list[Agreement], list[Dispute]]:
    """Compare what two people decided of the same texts.

    :param analysis: the IRI of an analysis, to compare only what is of it
    :return: who they are; how far they agree, column by column; what is in dispute
    :raises UsageError: where there are not two people
    """
    by_person: dict[str, dict[tuple[str, str], Decision]] = {}
    for each in decisions:
        if not analysis or each.item.startswith(f"{analysis}/"):
            by_person.setdefault(each.reviewer, {})[each.item, each.key] = each
    if len(by_person) != 2:
        named = ", ".join(sorted(by_person)) or told("nobody")
        raise UsageError(
            told(
                "agreement is between two people, and these are {count} ({named})",
                count=len(by_person),
                named=named,
            ),
            todo=told("give the filled tables of two"),
        )
    one, other = sorted(by_person)
    common = [key for key in by_person[one] if key in by_person[other]]
    found, disputes = [], []
    for field in DECIDED:
        pairs = []
        for key in common:
            mine, yours = by_person[one][key], by_person[other][key]
            if field not in mine.decided or field not in yours.decided:
                continue
            pair = (_value(field, mine), _value(field, yours))
            pairs.append(pair)
            if pair[0] != pair[1]:
                disputes.append(Dispute(field, mine, yours))
        if pairs:
            same = sum(first == second for first, second in pairs)
            found.append(Agreement(field, kappa(pairs), same, len(pairs)))
    return (one, other), found, disputes


def _value(field: str, decision: Decision) -> str:
    """Return what was decided as it is compared: case, blanks and the order of a list aside."""
    said = comparable(decision.decided[field]).casefold()
    if field in {"topics", "mitigation"}:
        return ",".join(sorted({each.strip() for each in said.replace("\n", ",").split(",")}))
    return said
