"""The first page: what this is, coverage by section, the gaps that recur, ways in.

Where there are several plans it begins with all of them, and each has a first page of its own.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from gapgraph.statuses import GAPS
from gapgraph.web.pages.cards import Shown, cards, in_reading_order
from gapgraph.web.pages.finding import finding, share_lacking
from gapgraph.web.pages.lists import Part, parts
from gapgraph.web.pages.plans import by_framework, plans, standings
from gapgraph.web.pages.rows import ask, facts, page, site
from gapgraph.web.pages.topics import tally, topics
from gapgraph.web.parameters import takes

__all__ = ["register"]


@takes(page=True)
def home() -> Response:
    """Answer the first page."""
    listed = topics()
    several = len(plans()) > 1
    index = list(by_framework().values()) if several and not request.args.get("analysis") else []
    sections: list[Part] = parts(listed)
    counted = tally(listed)
    return page(
        "pages/home.html",
        index=index,
        nobody={
            group[0].framework: ask(
                "covered-by-nobody", {"analysis": [each.analysis for each in group]}, here=False
            )
            for group in index
            if len(group) > 1
        },
        standings={name: each for group in index for name, each in standings(group).items()},
        listed=listed,
        counted=counted,
        finding=finding(counted),
        gaps=sum(counted[name] for name in GAPS),
        share=share_lacking(counted),
        examples=_examples(),
        country=site().country,
        sections=sections,
        recurring=ask("recurring-gaps"),
        first={topic.concept: topic for topic in reversed(listed)},
        elements=ask("plan-elements"),
        account=ask("reading-account"),
        plan=facts(site().facts["plan"]),
        by_target=ask("gaps-by-sdg-target"),
        # A plan that something followed has ended; of another it is not known.
        successors=[
            row
            for row in ask("analyses", here=False)
            if row["analysis"] == site().analysis and row["successor"]
        ],
    )


#: How many sentences the first page shows.
_EXAMPLES = 3


def _examples() -> list[Shown]:
    """Return the first cards in reading order that have a sentence, of different concepts."""
    found: dict[str, Shown] = {}
    for each in in_reading_order(cards().values()):
        if each.card.gap and each.card.sentences:
            found.setdefault(each.row["concept"], each)
    return list(found.values())[:_EXAMPLES]


def register(blueprint: Blueprint) -> None:
    """Add the first page."""
    blueprint.add_url_rule("/", "home", home)
