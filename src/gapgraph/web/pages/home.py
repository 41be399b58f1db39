"""The first page: what this is, coverage by section, the gaps that recur, ways in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from flask import Blueprint, Response

from gapgraph.web.pages.lists import Part, parts
from gapgraph.web.pages.rows import ask, facts, page, site
from gapgraph.web.pages.topics import Topic, tally, topics

__all__ = ["register"]


@dataclass(frozen=True)
class Recurring:
    """A concept that is a gap in more than one directive."""

    iri: str
    topics: list[Topic]

    @property
    def numbers(self) -> list[Topic]:
        """One topic for each directive, in order."""
        return list({topic.number: topic for topic in self.topics}.values())


def recurring(listed: list[Topic]) -> list[Recurring]:
    """Return the concepts that are gaps in several directives, those of most directives first."""
    found: defaultdict[str, list[Topic]] = defaultdict(list)
    for topic in listed:
        if topic.mark.name in {"none", "partial"}:
            found[topic.concept].append(topic)
    kept = [Recurring(iri, gaps) for iri, gaps in found.items()]
    return sorted(
        (each for each in kept if len(each.numbers) > 1),
        key=lambda each: (-len(each.numbers), each.numbers[0].number),
    )


def home() -> Response:
    """Answer the first page."""
    listed = topics()
    sections: list[Part] = parts(listed)
    return page(
        "pages/home.html",
        listed=listed,
        counted=tally(listed),
        sections=sections,
        recurring=recurring(listed),
        elements=ask("plan-elements"),
        plan=facts(site().facts["plan"]),
        successors=[
            row for row in ask("analyses", here=False) if row["analysis"] == site().analysis
        ],
    )


def register(blueprint: Blueprint) -> None:
    """Add the first page."""
    blueprint.add_url_rule("/", "home", home)
