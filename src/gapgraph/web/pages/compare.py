"""Plans side by side: directives by plans, and one directive in two plans with their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for

from gapgraph.errors import NotFoundError, UsageError
from gapgraph.namespaces import last_segment
from gapgraph.statuses import NOT_APPLICABLE, NOT_ASSESSED
from gapgraph.web.language import gettext as _
from gapgraph.web.pages.directive import Observation, observations
from gapgraph.web.pages.filters import Filters
from gapgraph.web.pages.lists import Line, Part, parts
from gapgraph.web.pages.plans import Plan, peers, plans, standings
from gapgraph.web.pages.rows import Row, Text, ask, page, site
from gapgraph.web.pages.status import Mark, mark, marks, reason_words
from gapgraph.web.pages.topics import Topic, topics
from gapgraph.web.parameters import takes

__all__ = ["Cell", "Comparison", "Side", "register"]

#: The most plans whose columns have room for words; beside more of them there are only signs.
_WORDED = 6


@dataclass(frozen=True)
class Cell:
    """A directive in a plan.

    :param row: its row of the query ``compare``
    """

    plan: Plan
    row: Row

    @property
    def mark(self) -> Mark:
        """How its status is shown."""
        return mark(self.row["status"])

    @property
    def words(self) -> Text:
        """The first words of what decides the status."""
        return Text(self.row["firstWords"], self.plan.language)

    @property
    def reasons(self) -> list[str]:
        """Why it is partial, in words."""
        return reason_words(self.row.several("partialReasons"))


@dataclass(frozen=True)
class Across:
    """A directive in the plans that are compared.

    :param line: the directive in the reader's list of directives
    :param cells: it in each plan
    """

    line: Line
    cells: list[Cell]

    @property
    def assessed(self) -> int:
        """How many plans assess it."""
        return sum(each.mark.name not in {NOT_ASSESSED, NOT_APPLICABLE} for each in self.cells)

    @property
    def applies(self) -> int:
        """In how many plans nothing says that it does not apply."""
        return sum(each.mark.name != NOT_APPLICABLE for each in self.cells)

    @property
    def differs(self) -> bool:
        """Whether the plans that say something of it say different things."""
        return len({each.mark.name for each in self.cells} - {NOT_ASSESSED}) > 1

    @property
    def comparable(self) -> bool:
        """Whether more than one plan says something of it."""
        return sum(each.mark.name != NOT_ASSESSED for each in self.cells) > 1

    def keeps(self, asked: Asked) -> bool:
        """Tell whether an address asks for it."""
        return (
            (not asked.statuses or any(each.mark.name in asked.statuses for each in self.cells))
            and (self.differs or not asked.differing)
            and (self.assessed == len(self.cells) or not asked.assessed)
        )


@dataclass(frozen=True)
class Asked:
    """What an address asks the comparison to show.

    :param plans: the plans, in the order of the build
    :param sections: numbers of sections, as text; all if none
    :param statuses: names of statuses, one of which some plan must give; any if none
    :param differing: whether only directives are shown on which the plans differ
    :param assessed: whether only those are shown that all of the plans assess
    """

    plans: list[Plan]
    sections: tuple[str, ...]
    statuses: tuple[str, ...]
    differing: bool
    assessed: bool

    @property
    def any(self) -> bool:
        """Whether something is left out."""
        return bool(self.sections or self.statuses or self.differing or self.assessed)


@dataclass(frozen=True)
class Comparison:
    """The comparison as asked for.

    :param sections: the sections asked for, each with all its directives
    :param shown: of them, those that the other filters keep
    """

    asked: Asked
    sections: list[tuple[Part, list[Across]]]
    shown: list[tuple[Part, list[Across]]]

    @property
    def lines(self) -> list[Across]:
        """The directives of the sections asked for."""
        return [each for _, lines in self.sections for each in lines]

    @property
    def worded(self) -> bool:
        """Whether its columns have room for words."""
        return len(self.asked.plans) <= _WORDED

    @property
    def differing(self) -> int:
        """On how many directives the plans differ."""
        return sum(each.differs for each in self.lines)

    @property
    def comparable(self) -> int:
        """On how many directives more than one plan says something."""
        return sum(each.comparable for each in self.lines)

    @property
    def total(self) -> int:
        """How many directives are shown."""
        return sum(len(lines) for _, lines in self.shown)


def _named() -> list[Plan]:
    """Return the plans that the address names, in the order of the build; all if fewer than two."""
    known = peers()
    named = {each for each in request.args.getlist("analysis") if each}
    _check(named, known)
    chosen = [plan for plan in known if {plan.name, plan.analysis} & named]
    return chosen if len(chosen) > 1 else known


def _check(named: Iterable[str], known: Sequence[Plan]) -> None:
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
    asked = request.args.get(name, "")
    if asked not in {"", "1"}:
        raise UsageError(f"the parameter {name} is {asked[:40]!r}", todo="use 1, or leave it out")
    return asked == "1"


def _asked() -> Asked:
    """Read the address."""
    filters = Filters.of_request(tuple(marks()))
    return Asked(_named(), filters.sections, filters.statuses, _flag("differ"), _flag("assessed"))


def _across(asked: Asked) -> list[tuple[Part, list[Across]]]:
    """Return the directives of the sections asked for, each in all plans."""
    found: dict[tuple[str, str], Row] = {}
    for row in ask("compare", {"analysis": [each.analysis for each in asked.plans]}, here=False):
        found[row["directive"], row["analysis"]] = row
    return [
        (
            part,
            [
                Across(line, [Cell(each, found[line.iri, each.analysis]) for each in asked.plans])
                for line in part.lines
            ],
        )
        for part in parts(topics())
        if not asked.sections or str(part.number) in asked.sections
    ]


@takes("section", "status", "differ", "assessed", page=True)
def compare() -> Response:
    """Answer the comparison of the plans of one framework."""
    known = peers()
    if len(known) < 2:
        return page("pages/compare_alone.html")
    asked = _asked()
    sections = _across(asked)
    kept = [(part, [each for each in lines if each.keeps(asked)]) for part, lines in sections]
    analyses = [each.analysis for each in asked.plans]
    scope = {"analysis": analyses, "sectionNumber": list(asked.sections)}
    # An address need not list what is all there is.
    if len(analyses) == len(plans()):
        del scope["analysis"]
    return page(
        "pages/compare.html",
        found=Comparison(asked, sections, [each for each in kept if each[1]]),
        known=known,
        every=parts([]),
        standings=standings(asked.plans),
        scope={name: values for name, values in scope.items() if values},
        nobody=ask("covered-by-nobody", scope, here=False),
        everybody=ask("covered-by-everybody", scope, here=False),
        others=analyses if len(asked.plans) < len(known) else [],
        address_of=_Addresses(asked.plans),
    )


class _Addresses:
    """The addresses of cells: the directive in the plan of the cell, beside the first plan.

    They are relative to that of the comparison, and say no more than they must: a large
    comparison has thousands.
    """

    def __init__(self, listed: Sequence[Plan]) -> None:
        first, self._second = listed[0], listed[1]
        kept = {"lang": request.args.get("lang", ""), "analysis": first.name}
        if first.analysis == plans()[0].analysis:
            del kept["analysis"]
        query = urlencode({name: value for name, value in kept.items() if value})
        self._first, self._tail = first, f"?{query}" if query else ""

    def __call__(self, cell: Cell) -> str:
        """Return the address of a cell."""
        beside = self._second if cell.plan is self._first else cell.plan
        return f"compare/{last_segment(cell.row['directive'])}/{beside.name}{self._tail}"


@dataclass(frozen=True)
class Side:
    """A directive in one of two plans, with the words of its table.

    :param topics: its topics there
    :param observations: its observations there
    :param lines: where its table has it: documents and lines
    """

    cell: Cell
    topics: list[Topic]
    observations: list[Observation]
    lines: list[Row]

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.cell.plan

    @property
    def deciding(self) -> frozenset[str]:
        """The IRIs of the statements that decide: those against it, else all of them."""
        every = [piece for each in self.observations for piece in each.pieces if piece.statement]
        against = [piece for piece in every if piece.mark.name in {"Omission", "Doubt"}]
        return frozenset(
            piece.statement["statement"] for piece in against or every if piece.statement
        )


def _side(plan: Plan, line: Line) -> Side:
    """Return one side of a directive's comparison."""
    number = str(line.number)
    (row,) = (
        each
        for each in ask("compare", {"analysis": [plan.analysis]}, here=False)
        if each["directive"] == line.iri
    )
    return Side(
        Cell(plan, row),
        [each for each in topics(analysis=plan.analysis) if each.directive == line.iri],
        observations(number, plan.analysis),
        ask("source-lines", number=number, analysis=plan.analysis),
    )


@takes(page=True)
def compared(slug: str, name: str = "") -> Response:
    """Answer one directive in two plans, side by side.

    :param slug: what the directive's IRI ends in
    :param name: the name of an analysis, which is compared with that of the address; else the
        address names both
    :raises NotFoundError: where the framework has no such directive or analysis
    """
    known = peers()
    if len(known) < 2:
        return page("pages/compare_alone.html")
    listed = [(part, line) for part in parts(topics()) for line in part.lines]
    place = next(
        (at for at, (_part, line) in enumerate(listed) if last_segment(line.iri) == slug), None
    )
    if place is None:
        raise NotFoundError(
            f"the framework has no directive {slug[:60]!r}",
            todo=f"start from {url_for('pages.compare')}",
        )
    part, line = listed[place]
    chosen = _pair(known, name)
    return page(
        "pages/compared.html",
        part=part,
        line=line,
        sides=[_side(plan, line) for plan in chosen],
        known=known,
        previous=listed[place - 1][1] if place else None,
        following=listed[place + 1][1] if place + 1 < len(listed) else None,
        beside=lambda other: url_for(
            "pages.compared",
            slug=last_segment(other.iri),
            analysis=[plan.name for plan in chosen],
        ),
        title=_(
            "Directriz %(number)s: %(one)s y %(other)s",
            number=line.number,
            one=chosen[0].label,
            other=chosen[1].label,
        ),
    )


def _pair(known: Sequence[Plan], beside: str) -> tuple[Plan, Plan]:
    """Return the two plans to show: those named, in the order of the address; else one beside.

    :param known: the plans there are
    :param beside: the name of the second
    """
    asked = [each for each in (*request.args.getlist("analysis"), beside) if each]
    _check(asked, known)
    by_name = {name: plan for plan in known for name in (plan.name, plan.analysis)}
    own = by_name[site().analysis]
    first, *more = dict.fromkeys(by_name[each] for each in asked) or [own]
    if not more and first != own:
        return own, first
    return first, more[0] if more else next(plan for plan in known if plan != first)


def register(blueprint: Blueprint) -> None:
    """Add the comparison."""
    blueprint.add_url_rule("/compare", "compare", compare)
    blueprint.add_url_rule("/compare/<slug>", "compared", compared)
    blueprint.add_url_rule("/compare/<slug>/<name>", "compared", compared)
