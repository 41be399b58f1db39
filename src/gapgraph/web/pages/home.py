"""The first page: what this is, coverage by section, the gaps that recur, ways in.

Where there are several plans it begins with all of them, and each has a first page of its own.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

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
    partial = [topic for topic in listed if topic.mark.name == "partial"]
    return page(
        "pages/home.html",
        mapped=sum(bool(topic.elements) for topic in listed),
        # What a word of the table makes partial, no observation need say.
        observed=all(topic.elements and not topic.declared for topic in partial),
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
        counted=tally(listed),
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


def register(blueprint: Blueprint) -> None:
    """Add the first page."""
    blueprint.add_url_rule("/", "home", home)
