"""The first page: what this is, coverage by section, the gaps that recur, ways in."""

from __future__ import annotations

from flask import Blueprint, Response

from gapgraph.web.pages.lists import Part, parts
from gapgraph.web.pages.rows import ask, facts, page, site
from gapgraph.web.pages.topics import tally, topics

__all__ = ["register"]


def home() -> Response:
    """Answer the first page."""
    listed = topics()
    sections: list[Part] = parts(listed)
    return page(
        "pages/home.html",
        listed=listed,
        counted=tally(listed),
        sections=sections,
        recurring=ask("recurring-gaps"),
        first={topic.concept: topic for topic in reversed(listed)},
        elements=ask("plan-elements"),
        plan=facts(site().facts["plan"]),
        successors=[
            row for row in ask("analyses", here=False) if row["analysis"] == site().analysis
        ],
    )


def register(blueprint: Blueprint) -> None:
    """Add the first page."""
    blueprint.add_url_rule("/", "home", home)
