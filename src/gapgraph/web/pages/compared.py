"""One directive in two plans, side by side, with the words of both tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request, url_for

from gapgraph.errors import NotFoundError
from gapgraph.namespaces import last_segment
from gapgraph.web.language import gettext as _
from gapgraph.web.pages.compare_asked import check
from gapgraph.web.pages.comparison import Cell
from gapgraph.web.pages.directive import Observation, observations
from gapgraph.web.pages.lists import Line, parts
from gapgraph.web.pages.plans import Plan, peers
from gapgraph.web.pages.rows import Row, Text, ask, page, site
from gapgraph.web.pages.topics import Topic, topics
from gapgraph.web.pages.translated import translations
from gapgraph.web.parameters import takes

__all__ = ["Side", "register"]


@dataclass(frozen=True)
class Side:
    """A directive in one of two plans, with the words of its table.

    :param topics: its topics there
    :param observations: its observations there
    :param lines: where its table has it: documents and lines
    :param translations: our translations of its texts into the reader's language
    """

    cell: Cell
    topics: list[Topic]
    observations: list[Observation]
    lines: list[Row]
    translations: Mapping[str, Text]

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.cell.plan

    @property
    def deciding(self) -> frozenset[str]:
        """The IRIs of the statements that decide: those against it, else all of them."""
        every = [piece for each in self.observations for piece in each.pieces if piece.statement]
        against = [piece for piece in every if piece.against]
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
        Cell(plan, row, ""),
        [each for each in topics(analysis=plan.analysis) if each.directive == line.iri],
        observations(number, plan.analysis),
        ask("source-lines", number=number, analysis=plan.analysis),
        translations(plan.analysis),
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
    check(asked, known)
    by_name = {name: plan for plan in known for name in (plan.name, plan.analysis)}
    own = by_name[site().analysis]
    first, *more = dict.fromkeys(by_name[each] for each in asked) or [own]
    if not more and first != own:
        return own, first
    return first, more[0] if more else next(plan for plan in known if plan != first)


def register(blueprint: Blueprint) -> None:
    """Add the page of a directive in two plans."""
    blueprint.add_url_rule("/compare/<slug>", "compared", compared)
    blueprint.add_url_rule("/compare/<slug>/<name>", "compared", compared)
