"""Plans side by side, as a page and as files that follow the same filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, url_for

from gapgraph.errors import NotFoundError
from gapgraph.web.headers import as_file, public
from gapgraph.web.language import language
from gapgraph.web.negotiate import chosen, gives, offers_from
from gapgraph.web.pages.compare_asked import NAMES, Asked, asked
from gapgraph.web.pages.compare_files import FILES, file_name
from gapgraph.web.pages.comparison import Comparison, compared
from gapgraph.web.pages.filters import themes
from gapgraph.web.pages.lists import parts
from gapgraph.web.pages.plans import Plan, peers, plans, standings
from gapgraph.web.pages.rows import Row, ask, page
from gapgraph.web.parameters import takes

__all__ = ["register"]


@takes(*NAMES, page=True)
def compare() -> Response:
    """Answer the comparison of the plans of one framework."""
    known = peers()
    if len(known) < 2:
        return page("pages/compare_alone.html")
    wanted = asked()
    found = compared(wanted)
    scope = _scope(wanted)
    every = parts([])
    return page(
        "pages/compare.html",
        found=found,
        known=known,
        every=every,
        titles={line.iri: line.short for part in every for line in part.lines},
        themes=themes(),
        standings=standings(wanted.plans),
        scope=scope,
        behind=_behind(wanted, scope),
        files=[
            (url_for("pages.compare_file", form=form, **wanted.values()), each.label)
            for form, each in FILES.items()
        ],
        figures=_figures(found, scope),
    )


def _behind(wanted: Asked, scope: dict[str, list[str]]) -> tuple[str, dict[str, list[str]]]:
    """Return the query that the rows come from, and what it is asked about."""
    theme = {"themeName": [wanted.theme]} if wanted.theme else {}
    if wanted.by_concept:
        return "compare-concepts", {n: v for n, v in scope.items() if n == "analysis"} | theme
    return "compare", scope | theme


@dataclass(frozen=True)
class Alone:
    """What one of the plans covers, and none of the others that assess it.

    :param given: what the query ``only-in`` is asked about
    :param count: how many directives it has
    """

    plan: Plan
    given: dict[str, Any]
    count: int


def _alone(listed: list[Plan], scope: dict[str, list[str]]) -> list[Alone]:
    """Return what each of some plans covers alone."""
    found = []
    for plan in listed:
        others = [each.analysis for each in listed if each is not plan]
        given = {**scope, "analysis": [plan.analysis], "otherAnalysis": others}
        found.append(Alone(plan, given, len(ask("only-in", given, here=False))))
    return found


@dataclass(frozen=True)
class Figures:
    """How many directives of the plans nobody covers, everybody does, and one of them alone.

    :param nobody: the rows of the query ``covered-by-nobody``
    :param everybody: those of ``covered-by-everybody``
    """

    nobody: list[Row]
    everybody: list[Row]
    alone: list[Alone]


def _figures(found: Comparison, scope: dict[str, list[str]]) -> Figures | None:
    """Return the figures; none beside concepts or a theme, which their queries do not ask about."""
    if found.asked.by_concept or found.asked.theme:
        return None
    return Figures(
        ask("covered-by-nobody", scope, here=False),
        ask("covered-by-everybody", scope, here=False),
        _alone(found.asked.plans if found.worded else [], scope),
    )


def _scope(wanted: Asked) -> dict[str, list[str]]:
    """Return what the stored queries behind the figures are asked about."""
    scope = {
        "analysis": [each.analysis for each in wanted.plans],
        "sectionNumber": list(wanted.sections),
    }
    # An address need not list what is all there is.
    if len(wanted.plans) == len(plans()):
        del scope["analysis"]
    return {name: values for name, values in scope.items() if values}


@gives(*offers_from({form: file.media for form, file in FILES.items()}))
@takes(*NAMES, page=True)
def compare_file(form: str) -> Response:
    """Answer the comparison as a file: the rows that the page shows, and no others.

    :raises NotFoundError: where there is nothing to compare
    """
    wanted = chosen("the comparison", form)
    if len(peers()) < 2:
        raise NotFoundError("the dataset has no two analyses of one framework", todo="see /")
    found, file = compared(asked()), FILES[wanted.name]
    name, shown = file_name(found.asked, form), form in {"svg", "png"}
    return public(as_file(file.write(found, language()), file.media, name, shown=shown))


def register(blueprint: Blueprint) -> None:
    """Add the comparison."""
    blueprint.add_url_rule("/compare", "compare", compare)
    blueprint.add_url_rule("/compare.<form>", "compare_file", compare_file)
