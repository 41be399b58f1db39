"""What an address asks a comparison of plans to show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from gapgraph.errors import NotFoundError, UsageError
from gapgraph.web.language import gettext as _
from gapgraph.web.pages.filters import Filters, one_of, themes
from gapgraph.web.pages.lists import parts
from gapgraph.web.pages.plans import Plan, peers
from gapgraph.web.pages.status import marks

__all__ = ["NAMES", "Asked", "asked", "check"]

#: The parameters of a comparison, beside the analyses.
NAMES = ("by", "section", "status", "theme", "differ", "assessed")
#: What has a row.
DIRECTIVE, CONCEPT = "directive", "concept"


@dataclass(frozen=True)
class Asked:
    """What an address asks the comparison to show.

    :param plans: the plans, in the order of the build
    :param by: what has a row: `DIRECTIVE` or `CONCEPT`
    :param sections: numbers of sections, as text; all if none
    :param statuses: names of statuses, one of which some plan must give; any if none
    :param theme: the code of a theme; any if empty
    :param differing: whether only directives are shown on which the plans differ
    :param assessed: whether only those are shown that all of the plans assess
    """

    plans: list[Plan]
    by: str
    sections: tuple[str, ...]
    statuses: tuple[str, ...]
    theme: str
    differing: bool
    assessed: bool

    @property
    def any(self) -> bool:
        """Whether something is left out."""
        return bool(self.sections or self.statuses or self.theme or self.differing or self.assessed)

    @property
    def by_concept(self) -> bool:
        """Whether concepts have the rows."""
        return self.by == CONCEPT

    @property
    def whole(self) -> bool:
        """Whether all plans of the framework are compared."""
        return len(self.plans) == len(peers())

    def values(self) -> dict[str, Any]:
        """Return it as the values of parameters, for the address of the same comparison."""
        found: dict[str, Any] = {
            "analysis": [] if self.whole else [each.name for each in self.plans],
            "by": [self.by] if self.by_concept else [],
            "section": list(self.sections),
            "status": list(self.statuses),
            "theme": [self.theme] if self.theme else [],
            "differ": ["1"] * self.differing,
            "assessed": ["1"] * self.assessed,
        }
        return {name: values for name, values in found.items() if values}

    def said(self) -> list[str]:
        """Return what it leaves out, in words."""
        labels = {str(part.number): part.label.value for part in parts([])}
        found = [labels[each] for each in self.sections]
        if self.theme:
            found += [row["themeLabel"] for row in themes() if row["notation"] == self.theme]
        if self.statuses:
            named = ", ".join(marks()[each].word for each in self.statuses)
            found.append(_("en algún plan: %(statuses)s", statuses=named))
        found += [_("donde difieren")] * self.differing
        found += [_("lo que todos evalúan")] * self.assessed
        return found


def asked() -> Asked:
    """Read the address.

    :raises UsageError: for a value that a parameter does not take
    :raises NotFoundError: for an analysis that is not there to compare
    """
    filters = Filters.of_request(tuple(marks()))
    by = one_of("by", (DIRECTIVE, CONCEPT), DIRECTIVE)
    return Asked(
        _named(),
        by,
        filters.sections,
        filters.statuses,
        filters.theme,
        _flag("differ"),
        _flag("assessed"),
    )


def _named() -> list[Plan]:
    """Return the plans that the address names, in the order of the build; all if fewer than two."""
    known = peers()
    named = {each for each in request.args.getlist("analysis") if each}
    check(named, known)
    chosen = [plan for plan in known if {plan.name, plan.analysis} & named]
    return chosen if len(chosen) > 1 else known


def check(named: Iterable[str], known: Sequence[Plan]) -> None:
    """Check that analyses are among those that can be compared.

    :raises NotFoundError: for one that is not there, or is of another framework
    """
    names = {name for plan in known for name in (plan.name, plan.analysis)}
    for each in named:
        if each not in names:
            raise NotFoundError(
                f"there is no analysis {each[:60]!r} to compare",
                todo="use two of " + ", ".join(plan.name for plan in known),
            )


def _flag(name: str) -> bool:
    """Return a parameter of the address that is 1 or left out.

    :raises UsageError: for anything else
    """
    given = request.args.get(name, "")
    if given not in {"", "1"}:
        raise UsageError(f"the parameter {name} is {given[:40]!r}", todo="use 1, or leave it out")
    return given == "1"
